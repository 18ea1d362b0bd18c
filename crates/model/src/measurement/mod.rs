//! What instruments report: structured items beside the ones read from words.
//!
//! What comes in: raw values from outside. What goes out: a [`Checked`] measurement: finite, bounded, its covariance
//! positive definite, its kinds a distribution, its count an interval. A raw value that is none of it is refused by name
//! ([`MeasurementError`]).
//! What always holds: a checked value reads like its raw type and cannot be changed into an unchecked one.
//! Deliberately absent: the sensor's quality (that is the source's profile, known to the engine), and any public view:
//! positions of sensors and observers stand here for the filter and never leave the house (DESIGN, rule 8).
//!
//! Frames: positions WGS 84; planar quantities east then north, on the plane at the measured position.

mod check;
mod error;
mod kinds;

pub use check::{Check, Checked};
pub use error::MeasurementError;
pub use kinds::{KIND_SHARES_MAX, KindShare, shares_of};

use crate::place::Position;
use crate::report::Count;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Smallest standard deviation of a position that is believed, kilometres: no sensor here is better than a metre.
pub const POSITION_SD_KM_MIN: f64 = 0.001;
/// Largest, kilometres: beyond it the position says nothing.
pub const POSITION_SD_KM_MAX: f64 = 500.0;
/// Largest correlation of two coordinates: beyond it the covariance is degenerate.
pub const CORRELATION_MAX: f64 = 0.999_9;
/// Largest speed of anything reported, metres a second: above the burn-out speed of what may fly here.
pub const SPEED_MPS_MAX: f64 = 8_000.0;
/// Largest range of a bearing or a presence, kilometres.
pub const RANGE_KM_MAX: f64 = 1_000.0;
/// Most sources named as the makers of a system track.
pub const MAKERS_MAX: usize = 64;

/// A covariance of two coordinates: variance of the first, covariance, variance of the second, in the square of the
/// coordinates' unit.
pub type Covariance = [f64; 3];

/// Speed over ground with its spread.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Velocity {
    /// East and north, metres a second.
    pub mps: [f64; 2],
    /// Covariance of the two, (m/s)².
    pub covariance_m2ps2: Covariance,
}

/// A position measured at one instant by a radar-like sensor: a plot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RawPlot {
    /// When it was measured; the report's time when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured_at: Option<Timestamp>,
    /// Where.
    pub position: Position,
    /// Covariance of east and north, km².
    pub covariance_km2: Covariance,
    /// Velocity when the sensor measures it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub velocity: Option<Velocity>,
    /// Height above mean sea level, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub altitude_amsl_m: Option<f64>,
    /// What it may be; empty when the sensor cannot tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<KindShare>,
    /// How many, when the sensor tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

/// A direction without a distance: an acoustic array, a person pointing a phone, a direction finder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RawBearing {
    /// When it was heard or seen; the report's time when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured_at: Option<Timestamp>,
    /// Where the observer stands. Never shown.
    pub observer: Position,
    /// Degrees clockwise from true north, 0 to 360.
    pub bearing_deg: f64,
    /// Standard deviation, degrees, 0.05 to 90.
    pub bearing_sd_deg: f64,
    /// Nearest and farthest it may be, kilometres; the sensor's own range when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range_km: Option<[f64; 2]>,
    /// Heard, not seen: the sound is as old as its way is long.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub acoustic: bool,
    /// What it may be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<KindShare>,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

/// Something is near: a microphone, a person who hears an engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RawPresence {
    /// When; the report's time when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured_at: Option<Timestamp>,
    /// Where the sensor or observer is. Never shown.
    pub observer: Position,
    /// Within so many kilometres.
    pub range_km: f64,
    /// Heard, not seen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub acoustic: bool,
    /// What it may be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<KindShare>,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

/// A track that another system has made already.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RawSystemTrack {
    /// The other system's number of the track, at most 64 bytes; the same number is the same object while it lives.
    pub track: String,
    /// The instant of the state; the report's time when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured_at: Option<Timestamp>,
    /// Where.
    pub position: Position,
    /// Covariance of east and north, km².
    pub covariance_km2: Covariance,
    /// Velocity when told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub velocity: Option<Velocity>,
    /// Height above mean sea level, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub altitude_amsl_m: Option<f64>,
    /// What it may be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<KindShare>,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
    /// Names of the sensors that made it, so that nothing counts twice; empty when the system does not tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub made_by: Vec<String>,
    /// The other system has ended it. Ends nothing here: only its support falls away.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
}

/// An aircraft that says who and where it is. Never trusted to clear anything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RawTraffic {
    /// The identity it sends (a 24-bit address, a serial number, a call sign), at most 64 bytes.
    pub identity: String,
    /// When; the report's time when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured_at: Option<Timestamp>,
    /// Where it says it is.
    pub position: Position,
    /// Standard deviation in each direction, kilometres.
    pub position_sd_km: f64,
    /// Velocity when told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub velocity: Option<Velocity>,
    /// Height above mean sea level, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub altitude_amsl_m: Option<f64>,
}

/// A radar-like position.
pub type Plot = Checked<RawPlot>;
/// A direction.
pub type Bearing = Checked<RawBearing>;
/// A presence.
pub type Presence = Checked<RawPresence>;
/// Another system's track.
pub type SystemTrack = Checked<RawSystemTrack>;
/// Cooperative traffic.
pub type Traffic = Checked<RawTraffic>;

#[cfg(test)]
mod tests;
