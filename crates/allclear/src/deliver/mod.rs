//! Sending what was decided to those who listen.
//!
//! What comes in: frames that are already durable in the record. What goes out: the same frames to every subscriber.
//! Deliberately absent: decisions, and any queue per subscriber without a bound.

pub mod dead;
pub mod filter;
pub mod hub;
pub mod mqtt;
pub mod outward;
pub mod poll;
pub mod push;
pub mod receipts;
pub mod sign;
pub mod siren;
pub mod snapshot;
pub mod stream;
