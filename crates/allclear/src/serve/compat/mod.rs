//! The endpoints of alerts.in.ua, of ukrainealarm (siren.pp.ua) and of alerts.com.ua, so that clients written for them can
//! be pointed here.
//!
//! What comes in: requests as those services' clients send them. What goes out: their answers, from an immutable
//! [`snapshot`] rendered once per change, so that polling costs no work.
//! What always holds:
//!   an alert in force is never missing from an answer that is given
//!   what is unknown is refused (503) or marked, never called calm: `truth.rs`, docs/reference/compat.md
//!   our own forecast (`elevated`) never appears here
//! Deliberately absent: any decision.

mod alerts_com_ua;
mod alerts_in_ua;
mod gate;
mod limits;
mod live;
mod map_png;
mod names;
mod polled;
mod routes;
mod snapshot;
#[cfg(test)]
mod tests;
mod truth;
mod ukrainealarm;
mod webhook;

pub use limits::same as same_key;
pub use live::accept;
pub use routes::{Compat, answers, router};

use super::conditional;
