//! When a forecast becomes a warning.

use crate::config::{ConfigError, Mode, in_range};
use serde::{Deserialize, Serialize};

/// The thresholds. Every probability is that of arrival inside the kind's horizon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// An advisory begins at this probability. Default 0.25: of the places a group may reach in half an hour, those it
    /// reaches in one of four cases. Lower warns more people for nothing; higher warns some too late.
    pub advise_p: f64,
    /// An advisory ends below this probability. Default 0.1; the gap keeps it from flickering.
    pub advise_release_p: f64,
    /// A change of probability smaller than this is not told again. Default 0.1.
    pub advise_step_p: f64,
    /// A shift of the arrival window smaller than this, and than a quarter of the time left, is not told again, in seconds.
    /// Default 120.
    pub advise_step_s: u32,
    /// Least time between two tellings about one community, in seconds. Default 15.
    pub advise_pause_s: u32,
    /// Authority mode: an alert begins at this probability. Default 0.35.
    pub raise_p: f64,
    /// Authority mode: an alert may end below this probability. Default 0.02.
    pub release_p: f64,
    /// Authority mode: live sensors must have covered the community without a gap for so long, in seconds. Default 600.
    pub watched_s: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            advise_p: 0.25,
            advise_release_p: 0.1,
            advise_step_p: 0.1,
            advise_step_s: 120,
            advise_pause_s: 15,
            raise_p: 0.35,
            release_p: 0.02,
            watched_s: 600,
        }
    }
}

impl Policy {
    /// Refuses numbers out of range, and thresholds that could never raise or never rest.
    pub fn validate(&self, mode: Mode) -> Result<(), ConfigError> {
        // A probability of exactly 1 is never reached by a forecast: a policy that asks for it could never raise.
        let reach = 0.95;
        in_range("policy.advise_p", self.advise_p, 0.01, reach)?;
        in_range("policy.advise_release_p", self.advise_release_p, 0.0, reach)?;
        in_range("policy.advise_step_p", self.advise_step_p, 0.01, 1.0)?;
        in_range("policy.advise_step_s", f64::from(self.advise_step_s), 1.0, 3600.0)?;
        in_range("policy.advise_pause_s", f64::from(self.advise_pause_s), 1.0, 600.0)?;
        in_range("policy.raise_p", self.raise_p, 0.01, reach)?;
        in_range("policy.release_p", self.release_p, 0.0, reach)?;
        in_range("policy.watched_s", f64::from(self.watched_s), 60.0, 86_400.0)?;
        let contradiction = |key: &str, why: &str| {
            Err(ConfigError::Contradiction { key: format!("policy.{key}"), why: why.to_owned() })
        };
        if self.advise_release_p >= self.advise_p {
            return contradiction("advise_release_p", "expected less than advise_p, or every advisory would flicker");
        }
        if mode == Mode::Authority && self.release_p >= self.raise_p {
            return contradiction("release_p", "expected less than raise_p, or an alert could end as it begins");
        }
        Ok(())
    }
}
