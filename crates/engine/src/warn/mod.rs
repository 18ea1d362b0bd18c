//! Who must be told, and when it is over.
//!
//! What comes in: forecasts and the alerts in force. What goes out: advisories (relay mode) and authority alerts.
//! What always holds: a fault or a lost track ends no authority alert; an advisory's end is never an all-clear.
//! Official alerts are only ever relayed; that one stands may speak for what nobody has told of.

mod advise;
mod check;
mod command;
mod danger;
mod desk;
mod officer;
mod policy;
mod rules;
mod tally;
mod unseen;

pub(crate) use advise::{advise, aged};
pub(crate) use command::{command, unheld, waits};
pub(crate) use danger::Danger;
pub(crate) use desk::Desk;
pub(crate) use officer::Hall;
pub use policy::{Officers, PEOPLE_UNKNOWN, POLICY_VERSION, Policy, PolicyError, Rule};
pub(crate) use tally::Tally;
pub(crate) use unseen::{Called, called};
