//! Which object does a sighting belong to, and where is that object now?
//!
//! What comes in: [`crate::sense::Sighting`]s in any order of arrival. What goes out: tracks and threats at an instant.
//! What always holds: the result depends on the sightings, ordered by time, source and report, never on the order of
//! arrival; silence alone never removes a track quickly; a track's end ends no alert.
//! Deliberately absent: multiple hypotheses. A gated nearest neighbour with a Kalman filter is enough for a handful of
//! groups told in words; `docs/internals/tracker.md` says where it fails.

mod assign;
mod kind;
mod motion;
pub(crate) mod pmbm;
mod story;
mod track;

pub(crate) use kind::flight;
pub(crate) use motion::{Motion, offset_km};
pub(crate) use story::{Met, Story};
pub(crate) use track::{Body, Sky};
