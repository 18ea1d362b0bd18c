//! Who must be told, and when it is over.
//!
//! What comes in: forecasts and the alerts in force. What goes out: advisories (relay mode) and authority alerts.
//! What always holds: a fault or a lost track ends no authority alert; an advisory's end is never an all-clear.
//! Deliberately absent: official alerts, which are only ever relayed.

mod advise;
mod danger;
mod officer;
mod policy;

pub(crate) use advise::{advise, aged, command};
pub(crate) use danger::{Danger, dangers};
pub(crate) use officer::{Raise, raise_by_officer};
pub use policy::Policy;
