//! What our alerts become in the Common Alerting Protocol: a chain of messages for each alert.
//!
//! What comes in: decisions with their places in the record. What goes out: CAP messages. A chain begins with `Alert`, goes on
//! with an `Update` for every change and, long before the last one expires, for none; it ends with an `Update` whose
//! `responseType` is `AllClear`, or with a `Cancel` when the alert was a mistake.
//! What always holds:
//!   the same record gives the same messages, identifiers included
//!   every message refers to all earlier ones of its chain that have not expired
//!   the end of our own forecast is no all-clear
//! Deliberately absent: a clock, files, the network; keys. The written profile: docs/reference/cap-profile.md.

mod ledger;
mod link;
mod message;
mod shape;
#[cfg(test)]
mod tests;
pub(crate) mod words;

pub use ledger::Ledger;
pub use link::EXPIRES_S;
pub use message::Issuer;
pub use shape::Atlas;
pub use words::Language;
