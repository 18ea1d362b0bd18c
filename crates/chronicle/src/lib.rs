//! The chronicle: what was launched, stopped, hit, who was harmed, and by whose word.
//!
//! What comes in: words that somebody published. What goes out: quantities with their hedges kept.
//! What always holds: a number keeps the hedge it was said with; what follows from two numbers is an interval too, and is
//! never said to be more certain than they were; the same input gives the same bytes.
//! Deliberately absent: clock, files, network, randomness; averages of what two sources said; a guess.

pub mod book;
pub mod ceasefire;
pub mod claims;
mod class;
pub mod figures;
pub mod incident;
mod page;
pub mod projection;
mod quantity;
pub mod reconcile;
pub mod thread;
mod written;

pub use quantity::{Balance, Hedge, Quantity, QuantityError};
pub use written::{FileError, KYIV, zone};
