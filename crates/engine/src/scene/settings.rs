//! What a scene's tracker is told: the model's numbers, checked, and which filter.

/// Which filter resolves competing tracks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// Global hypotheses, at most so many of a cluster.
    Pmbm {
        /// Most hypotheses of a cluster.
        hypotheses: usize,
    },
    /// No hypotheses: marginal probabilities by loopy belief propagation, one Gaussian a track.
    Lbp,
}

impl Default for Filter {
    /// The product's: 20 hypotheses where tracks compete.
    fn default() -> Self {
        Self::Pmbm { hypotheses: 20 }
    }
}

/// How objects of a scene are believed to fly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Motion {
    /// Nearly straight, all alike.
    #[default]
    Straight,
    /// In modes that change: straighter than told, manoeuvring, turning; an interacting multiple model filter each.
    Imm,
}

/// How objects of a scene move, appear, vanish and are detected. Units are the scene's own, throughout.
#[derive(Debug, Clone, PartialEq)]
pub struct SceneModel {
    /// Time between two scans.
    pub dt: f64,
    /// Density of the white acceleration, distance² / time³.
    pub q: f64,
    /// Standard deviation of a detection on each axis.
    pub sigma: f64,
    /// Probability that an object is detected in a scan.
    pub pd: f64,
    /// Probability that an object is still there one scan later.
    pub ps: f64,
    /// Where objects can be: x from, x to, y from, y to.
    pub area: [f64; 4],
    /// Expected number of detections of nothing real in a scan, uniform over the area.
    pub clutter_per_scan: f64,
    /// Standard deviation of a new object's velocity on each axis.
    pub velocity_std: f64,
    /// Expected number of objects that appear between two scans, on average; `None`: judged by the first scan. Where
    /// they may appear anywhere, what each scan shows corrects it.
    pub birth_weight: Option<f64>,
    /// Where they appear, as x, vx, y, vy; `None`: anywhere in the area.
    pub birth_mean: Option<[f64; 4]>,
    /// Standard deviations of `birth_mean`.
    pub birth_std: Option<[f64; 4]>,
    /// Expected number of objects before the first scan; `None`: judged by its number of detections.
    pub initial_weight: Option<f64>,
}

/// Why a model was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SceneError {
    /// A number is not in its range.
    #[error("accept {key} = {value}: expected {expected}")]
    Range {
        /// Which.
        key: &'static str,
        /// What was given.
        value: f64,
        /// What would have been right.
        expected: &'static str,
    },
    /// Two keys do not go together.
    #[error("accept {key}: {why}")]
    Contradiction {
        /// Which.
        key: &'static str,
        /// Why, and what would have been right.
        why: &'static str,
    },
    /// A detection is not a number.
    #[error("accept detection {number} of the scan: its place is not finite")]
    NotFinite {
        /// Which, counted from 0.
        number: usize,
    },
}

const POSITIVE: &str = "a positive number";
const NOT_NEGATIVE: &str = "a number not below 0";
const PROBABILITY: &str = "a probability above 0 and at most 1";

impl SceneModel {
    /// Checks every number. A degenerate covariance (a sigma of 0) is refused: no filter can weigh a certainty.
    pub fn validate(&self) -> Result<(), SceneError> {
        let check = |key, value: f64, good: bool, expected| {
            if value.is_finite() && good { Ok(()) } else { Err(SceneError::Range { key, value, expected }) }
        };
        let sizes = 1e-6..=1e9;
        check("dt", self.dt, sizes.contains(&self.dt), "a time from 1e-6 to 1e9")?;
        check("q", self.q, (0.0..=1e12).contains(&self.q), "a density from 0 to 1e12")?;
        check("sigma", self.sigma, sizes.contains(&self.sigma), "a deviation from 1e-6 to 1e9")?;
        check("pd", self.pd, self.pd > 0.0 && self.pd <= 1.0, PROBABILITY)?;
        check("ps", self.ps, self.ps > 0.0 && self.ps <= 1.0, PROBABILITY)?;
        check("velocity_std", self.velocity_std, sizes.contains(&self.velocity_std), "a deviation from 1e-6 to 1e9")?;
        check("clutter_per_scan", self.clutter_per_scan, self.clutter_per_scan >= 0.0, NOT_NEGATIVE)?;
        let [x0, x1, y0, y1] = self.area;
        for value in self.area {
            check("area", value, value.abs() <= 1e12, "a distance up to 1e12")?;
        }
        if x1 - x0 < 1e-6 || y1 - y0 < 1e-6 {
            return Err(SceneError::Contradiction {
                key: "area",
                why: "it is empty: expected [x0, x1, y0, y1] with x0 < x1 and y0 < y1",
            });
        }
        for (key, weight) in [("birth_weight", self.birth_weight), ("initial_weight", self.initial_weight)] {
            if let Some(weight) = weight {
                check(key, weight, (0.0..=1e9).contains(&weight), NOT_NEGATIVE)?;
            }
        }
        match (self.birth_mean, self.birth_std) {
            (None, Some(_)) => Err(SceneError::Contradiction { key: "birth_std", why: "birth_mean is missing" }),
            (Some(_), None) => Err(SceneError::Contradiction { key: "birth_mean", why: "birth_std is missing" }),
            (Some(mean), Some(std)) => {
                for value in mean {
                    check("birth_mean", value, value.abs() <= 1e12, "a finite state x, vx, y, vy")?;
                }
                std.into_iter().try_for_each(|value| check("birth_std", value, sizes.contains(&value), POSITIVE))
            }
            (None, None) => Ok(()),
        }
    }

    /// Size of the area.
    pub(super) fn size(&self) -> f64 {
        let [x0, x1, y0, y1] = self.area;
        (x1 - x0) * (y1 - y0)
    }
}
