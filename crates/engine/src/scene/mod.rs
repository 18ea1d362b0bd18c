//! A scene of one sensor: points in a plane, scan by scan, and the tracks among them.
//!
//! What comes in: a [`SceneModel`] (how objects move, appear and are detected) and scans of detections. What goes out:
//! confirmed tracks after each scan. What always holds: the same scans give the same tracks, bit for bit.
//! Deliberately absent: everything a live sky has and a scene has not: kinds, several sources, late reports.
//!
//! This is the filter of `fuse/pmbm` with the simplest model there is, for `allclear track`, for comparison with other
//! trackers, and as the measure of the filter itself. Equations: `docs/internals/filter.md`.

mod births;
mod follower;
mod gaussian;
mod linear;
mod modes;
mod settings;
mod state;
mod tracker;

pub use settings::{Filter, Motion, SceneError, SceneModel};
pub use tracker::{Estimate, SceneTracker};
