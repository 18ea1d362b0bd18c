//! The endpoints of alerts.in.ua and of ukrainealarm (siren.pp.ua), so that clients written for them can be pointed here.
//!
//! What comes in: requests as those services' clients send them. What goes out: their answers, from an immutable
//! [`snapshot`] rendered once per change, so that polling costs no work.
//! What always holds:
//!   an alert in force is never missing from an answer that is given
//!   what is unknown is refused (503) or marked, never called calm: `truth.rs`, docs/reference/compat.md
//!   our own forecast (`elevated`) never appears here
//! Deliberately absent: alerts.com.ua, and any decision.

mod alerts_in_ua;
mod limits;
mod names;
mod routes;
mod snapshot;
#[cfg(test)]
mod tests;
mod truth;
mod ukrainealarm;
mod webhook;

pub use routes::router;

use super::conditional;
