//! Sending what was decided to those who listen.
//!
//! What comes in: frames that are already durable in the record. What goes out: the same frames to every subscriber.
//! Deliberately absent: decisions, and any queue per subscriber without a bound.

pub mod filter;
pub mod hub;
pub mod mqtt;
pub mod poll;
pub mod receipts;
pub mod siren;
pub mod snapshot;
pub mod stream;
