//! Scenes of one sensor from a seed: what is there, and what the sensor sees of it.
//!
//! What comes in: a name and a seed. What goes out: a model, the truth and the scans, the same on every machine. The
//! numbers are those of the scenes that the published figures of other trackers were measured on (README, "Figures");
//! the random numbers are our own, so a scene is of the same kind, not the same scene.

mod crossing;
mod plane;

use crate::score::Step;
use engine::scene::SceneModel;

/// Names of the scenes, smallest first.
pub const NAMES: [&str; 9] = ["w15x", "small", "mid", "dense", "n200", "n400", "n1000", "heavy", "heavydense"];

/// A scene.
#[derive(Debug, Clone)]
pub struct Scene {
    /// What the tracker is told.
    pub model: SceneModel,
    /// By scan: name and place of each object that is there.
    pub truth: Vec<Vec<(u64, [f64; 2])>>,
    /// By scan: the velocity of each object of `truth`; empty where it is not known.
    pub velocities: Vec<Vec<[f64; 2]>>,
    /// By scan: the detections.
    pub scans: Vec<Vec<[f64; 2]>>,
    /// Cutoff of the score.
    pub cutoff: f64,
}

impl Scene {
    /// The scene of a name and a seed; `None` when there is none of that name.
    pub fn of(name: &str, seed: u64) -> Option<Self> {
        if name == "w15x" { Some(crossing::scene(seed, seed)) } else { plane::scene(name, seed) }
    }

    /// Another set of measurements of the same four crossing objects.
    pub fn crossing(truth: u64, measurements: u64) -> Self {
        crossing::scene(truth, measurements)
    }

    /// The truth beside what was told, scan by scan.
    pub fn steps(&self, told: &[Vec<(u64, [f64; 2])>]) -> Vec<Step> {
        let step = |(truth, told): (&Vec<_>, &Vec<_>)| Step { truth: truth.clone(), told: told.clone() };
        self.truth.iter().zip(told).map(step).collect()
    }
}
