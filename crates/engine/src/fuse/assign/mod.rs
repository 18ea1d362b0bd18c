//! Which measurement belongs to which track: best and next-best assignments of a small sparse problem.
//!
//! What comes in: rows (tracks) that each take one column (measurement) at a cost, or none at cost zero; a column serves
//! one row at most. What goes out: the cheapest assignment, and lazily the next ones in order of cost.
//! What always holds: an assignment's cost is the sum of its rows' costs; no assignment is given twice.
//! Deliberately absent: dense matrices and square problems; a gate leaves a handful of columns for each row.
//! Sources: shortest augmenting paths, Jonker and Volgenant 1987; ranking, Murty 1968, with the duals of the parent
//! kept for the children (Miller, Stone and Cox 1997).

mod ranked;
mod shortest;

pub(crate) use ranked::Ranked;
pub(crate) use shortest::{Problem, Scratch};

#[cfg(test)]
mod tests;
