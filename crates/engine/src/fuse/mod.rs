//! Which object does a sighting belong to, and where is that object now?
//!
//! What comes in: [`crate::sense::Batch`]es in any order of arrival. What goes out: tracks and threats at an instant.
//! What always holds: the result depends on the batches, ordered by when they happened, never on the order of arrival;
//! silence alone never lowers existence before a track coasts; a track's end ends no alert.
//! Deliberately absent: where a track goes later (`forecast`), and whom it concerns (`warn`).
//!
//! How it works: `docs/internals/tracker.md` and `filter.md`.

mod assign;
mod body;
mod count;
mod kind;
mod kinds;
mod live;
mod menace;
pub(crate) mod motion;
mod path;
pub(crate) mod pmbm;
mod roster;
mod sky;
mod source;
mod state;
mod story;
mod trust;
mod undetected;

pub(crate) use body::{Body, seconds};
pub(crate) use kind::{Flight, Way, flight};
pub(crate) use kinds::KINDS;
pub(crate) use menace::Menace;
pub(crate) use motion::{Gauss, moved, offset_km};
pub(crate) use roster::Roster;
pub(crate) use sky::{Group, Sky};
pub(crate) use state::State;
pub(crate) use story::{Met, Story};
