//! Official state: what the official sources say, reconciled per community.
//!
//! What comes in: orders and whole pictures of official sources. What goes out: official alerts raised, changed and
//! ended exactly as ordered, and each source's word about any community. What always holds:
//!   an official alert ends only when every holder has ended it by explicit word
//!   a word never overrides a newer word of the same source
//!   silence and contradiction end nothing
//! Deliberately absent: forecasts, tracks, any opinion of our own.
//!
//! The rules with their reasons are in `docs/internals/engine.md`.

mod ledger;
mod truth;
mod words;

pub(crate) use ledger::{OFFICIAL_N_MAX, Relay};
pub(crate) use truth::{Truth, combine};
