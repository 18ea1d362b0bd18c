//! How good a picture is, as a number.
//!
//! What comes in: what was there and what was told, step by step. What goes out: errors with their parts. What always
//! holds: equal pictures score 0; a score is finite; order of objects changes nothing.
//! Deliberately absent: what a tracker believed. Only what it told is judged.

mod assignment;
mod gospa;
mod trajectory;

pub use gospa::{Gospa, Run, Step, gospa, paired};
pub use trajectory::{Trajectory, TrajectoryScore, trajectories};
