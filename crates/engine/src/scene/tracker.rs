//! The tracker of a scene, whichever way its objects are believed to move.

use super::follower::Follower;
use super::gaussian::Gaussian;
use super::modes::{Flight, Modes};
use super::settings::{Filter, Motion, SceneError, SceneModel};
use crate::fuse::motion::Step;

/// A confirmed track after a scan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Its number: given with its first detection, never again.
    pub track: u64,
    /// x, vx, y, vy.
    pub state: [f64; 4],
    /// Variances and covariances of the state: its upper triangle, row by row.
    pub covariance: [f64; 10],
    /// Probability that it exists.
    pub existence: f64,
}

/// The tracker of a scene.
#[derive(Debug)]
pub struct SceneTracker(Way);

#[derive(Debug)]
enum Way {
    Straight(Follower<Gaussian>),
    Modes(Follower<Modes>),
}

impl SceneTracker {
    /// A tracker that has seen nothing, of objects that fly nearly straight. `Err` when the model is refused.
    pub fn new(model: &SceneModel, filter: Filter) -> Result<Self, SceneError> {
        Self::moving(model, filter, Motion::Straight)
    }

    /// A tracker that has seen nothing. `Err` when the model is refused.
    pub fn moving(model: &SceneModel, filter: Filter, motion: Motion) -> Result<Self, SceneError> {
        model.validate()?;
        Ok(Self(match motion {
            Motion::Straight => Way::Straight(Follower::new(model, Step::straight(model.dt, model.q), filter)),
            Motion::Imm => Way::Modes(Follower::new(model, Flight::of(model), filter)),
        }))
    }

    /// Takes the next scan in; `Err` when a detection is not finite, and nothing has changed then.
    pub fn scan(&mut self, detections: &[[f64; 2]]) -> Result<(), SceneError> {
        match &mut self.0 {
            Way::Straight(follower) => follower.scan(detections),
            Way::Modes(follower) => follower.scan(detections),
        }
    }

    /// Confirmed tracks after the last scan, by number. Of tracks that share hypotheses, the heaviest speaks.
    pub fn estimates(&self) -> &[Estimate] {
        match &self.0 {
            Way::Straight(follower) => follower.estimates(),
            Way::Modes(follower) => follower.estimates(),
        }
    }

    /// Whether some cluster of the last scan was too large for hypotheses.
    pub fn approximate(&self) -> bool {
        match &self.0 {
            Way::Straight(follower) => follower.approximate(),
            Way::Modes(follower) => follower.approximate(),
        }
    }

    /// Tracks in memory, confirmed or not.
    pub fn tracks(&self) -> usize {
        match &self.0 {
            Way::Straight(follower) => follower.tracks(),
            Way::Modes(follower) => follower.tracks(),
        }
    }
}
