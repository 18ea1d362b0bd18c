//! What the engine must know of its world before the first event.
//!
//! What comes in: the program's configuration (the tables of `[[upstream]]`, `[[feed]]` and `[policy]`).
//! What goes out: a checked [`Config`]. What always holds after [`Config::validate`]: every number is finite and in its
//! range, and a policy that could never raise is refused. Deliberately absent: files and their syntax.

use crate::came_in::CameIn;
use crate::sensor::SensorModel;
use crate::warn::Policy;
use model::{Code, SourceId, Status};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Shortest silence that may be called stale, in milliseconds. Below it a healthy poller would flap.
pub const STALE_AFTER_MS_MIN: i64 = 1_000;
/// Longest silence that may still be called live, in milliseconds: one day.
pub const STALE_AFTER_MS_MAX: i64 = 86_400_000;

/// Who decides that an alert begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Official sources only; our forecast stands beside them as an advisory.
    #[default]
    Relay,
    /// This centre: its policy and its officers.
    Authority,
}

/// Everything the engine is told once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Which world. An event of the other world is refused.
    pub status: Status,
    /// Who decides.
    #[serde(default)]
    pub mode: Mode,
    /// The sources, by name. A source that is not here is not believed.
    #[serde(default)]
    pub sources: BTreeMap<SourceId, SourceProfile>,
    /// When a forecast becomes a warning.
    #[serde(default)]
    pub policy: Policy,
    /// Where things came in before. Default: nothing is known.
    #[serde(default, skip_serializing_if = "CameIn::is_empty")]
    pub came_in: CameIn,
}

/// What is known of a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourceProfile {
    /// Whether its words are orders. Default: no.
    pub official: bool,
    /// Silence after which it is stale, in milliseconds. Default: two minutes.
    pub stale_after_ms: i64,
    /// Probability that what it reports is there, 0 to 1. Default: 0.5, which needs a second source to confirm.
    pub trust: f64,
    /// Communities an official source speaks for, with all below them. Empty: all.
    pub areas: Vec<Code>,
    /// Areas that a live sensor covers, with all below them. Empty: it senses nothing, and its silence proves nothing.
    pub senses: Vec<Code>,
    /// How well it senses.
    pub sensor: SensorModel,
}

impl Default for SourceProfile {
    fn default() -> Self {
        Self {
            official: false,
            stale_after_ms: 120_000,
            trust: 0.5,
            areas: Vec::new(),
            senses: Vec::new(),
            sensor: SensorModel::default(),
        }
    }
}

/// Why a configuration was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// A number is not in its range.
    #[error("accept {key} = {value}: expected a number from {low} to {high}")]
    Range {
        /// Where.
        key: String,
        /// What was given.
        value: f64,
        /// Least accepted.
        low: f64,
        /// Most accepted.
        high: f64,
    },
    /// Two keys contradict each other.
    #[error("accept {key}: {why}")]
    Contradiction {
        /// Where.
        key: String,
        /// Why, and what would have been right.
        why: String,
    },
    /// A policy that could not work.
    #[error("accept policy.{what}")]
    Policy {
        /// Where, why, and what would have been right.
        what: String,
    },
    /// A code that the area set does not hold.
    #[error("accept {key}: {code} is not a community of this area set")]
    UnknownArea {
        /// Where.
        key: String,
        /// Which.
        code: Code,
    },
}

/// Refuses a number outside `low..=high`; a number that is not finite is outside.
pub(crate) fn in_range(key: &str, value: f64, low: f64, high: f64) -> Result<(), ConfigError> {
    if value.is_finite() && (low..=high).contains(&value) {
        Ok(())
    } else {
        Err(ConfigError::Range { key: key.to_owned(), value, low, high })
    }
}

impl Config {
    /// A configuration of one world with default policy and no sources.
    pub fn of(status: Status) -> Self {
        Self {
            status,
            mode: Mode::default(),
            sources: BTreeMap::new(),
            policy: Policy::default(),
            came_in: CameIn::default(),
        }
    }

    /// Checks every number and every contradiction.
    pub fn validate(&self) -> Result<(), ConfigError> {
        for (name, profile) in &self.sources {
            let key = |field: &str| format!("sources.{name}.{field}");
            #[allow(clippy::cast_precision_loss)] // A day of milliseconds is exact in an f64.
            in_range(
                &key("stale_after_ms"),
                profile.stale_after_ms as f64,
                STALE_AFTER_MS_MIN as f64,
                STALE_AFTER_MS_MAX as f64,
            )?;
            in_range(&key("trust"), profile.trust, 0.0, 1.0)?;
            profile.sensor.validate(&key("sensor"))?;
            if !profile.official && !profile.areas.is_empty() {
                return Err(ConfigError::Contradiction {
                    key: key("areas"),
                    why: "only an official source speaks for communities: set official = true or remove areas"
                        .to_owned(),
                });
            }
        }
        self.came_in.courses.validate()?;
        self.policy.validate()
    }

    /// Checks that every code named is in `areas`; apart from [`Config::validate`], so that a check needs no area set.
    pub fn validate_areas(&self, areas: &model::AreaSet) -> Result<(), ConfigError> {
        for (name, profile) in &self.sources {
            for (field, codes) in [("areas", &profile.areas), ("senses", &profile.senses)] {
                if let Some(&code) = codes.iter().find(|&&code| areas.get(code).is_none()) {
                    return Err(ConfigError::UnknownArea { key: format!("sources.{name}.{field}"), code });
                }
            }
        }
        self.came_in.validate_areas(areas)
    }
}
