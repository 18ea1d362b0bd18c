//! How well a source senses: what its silence, its errors and its delay are worth.
//!
//! What comes in: the `sensor` table of a source's configuration. What goes out: a checked [`SensorModel`].
//! What always holds: without a table a source behaves as it did before there were any: its silence proves nothing
//! (`detection_p` 0), it has no bias, and what people say is as late as [`SensorModel::TOLD_DELAY_S`].
//! Deliberately absent: trust, which is the source's own key, and what a report measures, which it says itself.

use crate::config::{ConfigError, in_range};
use model::Position;
use serde::{Deserialize, Serialize};

/// Quality of a source as a sensor. Every key may be left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SensorModel {
    /// Probability that one look detects an object in its range, 0 to 0.999. 0: its silence says nothing (default).
    pub detection_p: f64,
    /// False plots or calls of one look in 1,000 km². Default 0.01.
    pub clutter_per_1000_km2: f64,
    /// What it measures too far east and north, kilometres.
    pub bias_km: [f64; 2],
    /// What it measures too far clockwise, degrees.
    pub bias_deg: f64,
    /// Mean delay from what happened to the time a report carries, seconds. Absent: 90 for words of people, 0 otherwise.
    pub delay_s: Option<f64>,
    /// Standard deviation of that delay, seconds. Absent: 45 for words of people, 0 otherwise.
    pub delay_sd_s: Option<f64>,
    /// Where it stands. Never shown. Without it and without `senses` it is taken to look everywhere it reports from.
    pub site: Option<Position>,
    /// How far it detects, kilometres. Default 50.
    pub range_km: f64,
}

impl Default for SensorModel {
    fn default() -> Self {
        Self {
            detection_p: 0.0,
            clutter_per_1000_km2: 0.01,
            bias_km: [0.0, 0.0],
            bias_deg: 0.0,
            delay_s: None,
            delay_sd_s: None,
            site: None,
            range_km: 50.0,
        }
    }
}

impl SensorModel {
    /// Mean delay of what people tell, seconds: somebody saw, told, wrote and posted it. Posts are said to be one to five
    /// minutes late; who is followed by many is among the quicker.
    pub const TOLD_DELAY_S: f64 = 90.0;
    /// Its standard deviation, seconds.
    pub const TOLD_DELAY_SD_S: f64 = 45.0;

    /// Refuses a number outside its range. `key` names the source's table.
    pub(crate) fn validate(&self, key: &str) -> Result<(), ConfigError> {
        let of = |field: &str| format!("{key}.{field}");
        in_range(&of("detection_p"), self.detection_p, 0.0, 0.999)?;
        in_range(&of("clutter_per_1000_km2"), self.clutter_per_1000_km2, 1e-9, 1e6)?;
        for part in self.bias_km {
            in_range(&of("bias_km"), part, -100.0, 100.0)?;
        }
        in_range(&of("bias_deg"), self.bias_deg, -180.0, 180.0)?;
        in_range(&of("delay_s"), self.delay_s.unwrap_or(0.0), 0.0, 1800.0)?;
        in_range(&of("delay_sd_s"), self.delay_sd_s.unwrap_or(0.0), 0.0, 600.0)?;
        in_range(&of("range_km"), self.range_km, 0.01, 1000.0)
    }
}
