//! From raw to checked: the door of every measurement.

use super::error::MeasurementError;
use super::{
    CORRELATION_MAX, Covariance, MAKERS_MAX, POSITION_SD_KM_MAX, POSITION_SD_KM_MIN, RANGE_KM_MAX, RawBearing, RawPlot,
    RawPresence, RawSystemTrack, RawTraffic, SPEED_MPS_MAX, Velocity, kinds,
};
use crate::report::Count;
use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde::{Serialize, Serializer};
use std::ops::Deref;

/// Longest identity or track number of another system, in bytes.
const NAME_BYTES_MAX: usize = 64;
/// Heights believed, metres above mean sea level: from below the Dead Sea to above any apogee that is warned of.
const ALTITUDE_M: [f64; 2] = [-500.0, 400_000.0];

/// What can be checked.
pub trait Check {
    /// Refuses what no filter could use, by name.
    fn check(&self) -> Result<(), MeasurementError>;
}

/// A raw value that passed its check. It reads like the raw one (`plot.position`); only [`Checked::new`] makes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked<R>(R);

impl<R: Check> Checked<R> {
    /// Checks and keeps.
    pub fn new(raw: R) -> Result<Self, MeasurementError> {
        raw.check()?;
        Ok(Self(raw))
    }

    /// The raw value again, to change and check anew.
    pub fn into_raw(self) -> R {
        self.0
    }
}

impl<R> Deref for Checked<R> {
    type Target = R;
    fn deref(&self) -> &R {
        &self.0
    }
}

impl<R: Serialize> Serialize for Checked<R> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}

impl<'de, R: DeserializeOwned + Check> Deserialize<'de> for Checked<R> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::new(R::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

/// Refuses a number outside `low..=high`; one that is not finite is outside.
pub(super) fn in_range(field: &'static str, value: f64, low: f64, high: f64) -> Result<(), MeasurementError> {
    if value.is_finite() && (low..=high).contains(&value) {
        Ok(())
    } else {
        Err(MeasurementError::Range { field, value, low, high })
    }
}

/// Refuses a covariance whose standard deviations leave `low..=high` or that is degenerate.
fn definite(field: &'static str, covariance: Covariance, low: f64, high: f64) -> Result<(), MeasurementError> {
    let [a, b, c] = covariance;
    if ![a, b, c].iter().all(|value| value.is_finite()) || a <= 0.0 || c <= 0.0 {
        return Err(MeasurementError::Degenerate { field, covariance });
    }
    in_range(field, a, low * low, high * high)?;
    in_range(field, c, low * low, high * high)?;
    if b * b > CORRELATION_MAX * CORRELATION_MAX * a * c {
        return Err(MeasurementError::Degenerate { field, covariance });
    }
    Ok(())
}

fn position(covariance_km2: Covariance) -> Result<(), MeasurementError> {
    definite("covariance_km2", covariance_km2, POSITION_SD_KM_MIN, POSITION_SD_KM_MAX)
}

fn velocity(velocity: Option<&Velocity>) -> Result<(), MeasurementError> {
    let Some(velocity) = velocity else { return Ok(()) };
    for part in velocity.mps {
        in_range("velocity.mps", part, -SPEED_MPS_MAX, SPEED_MPS_MAX)?;
    }
    definite("velocity.covariance_m2ps2", velocity.covariance_m2ps2, 0.01, SPEED_MPS_MAX)
}

fn altitude(altitude_amsl_m: Option<f64>) -> Result<(), MeasurementError> {
    altitude_amsl_m.map_or(Ok(()), |height| in_range("altitude_amsl_m", height, ALTITUDE_M[0], ALTITUDE_M[1]))
}

fn count(count: Option<&Count>) -> Result<(), MeasurementError> {
    let Some(count) = count else { return Ok(()) };
    let high = count.high.unwrap_or(u16::MAX);
    if count.low == 0 || high < count.low {
        return Err(MeasurementError::Count { low: count.low, high });
    }
    Ok(())
}

fn name(field: &'static str, text: &str) -> Result<(), MeasurementError> {
    if text.is_empty() || text.len() > NAME_BYTES_MAX {
        return Err(MeasurementError::Text { field, bytes: text.len(), most: NAME_BYTES_MAX });
    }
    Ok(())
}

impl Check for RawPlot {
    fn check(&self) -> Result<(), MeasurementError> {
        position(self.covariance_km2)?;
        velocity(self.velocity.as_ref())?;
        altitude(self.altitude_amsl_m)?;
        kinds::check(&self.kinds)?;
        count(self.count.as_ref())
    }
}

impl Check for RawBearing {
    fn check(&self) -> Result<(), MeasurementError> {
        in_range("bearing_deg", self.bearing_deg, 0.0, 360.0)?;
        in_range("bearing_sd_deg", self.bearing_sd_deg, 0.05, 90.0)?;
        if let Some([near, far]) = self.range_km {
            in_range("range_km", near, 0.0, RANGE_KM_MAX)?;
            in_range("range_km", far, 0.0, RANGE_KM_MAX)?;
            if near >= far {
                return Err(MeasurementError::Interval { field: "range_km", low: near, high: far });
            }
        }
        kinds::check(&self.kinds)?;
        count(self.count.as_ref())
    }
}

impl Check for RawPresence {
    fn check(&self) -> Result<(), MeasurementError> {
        in_range("range_km", self.range_km, 0.01, RANGE_KM_MAX)?;
        kinds::check(&self.kinds)?;
        count(self.count.as_ref())
    }
}

impl Check for RawSystemTrack {
    fn check(&self) -> Result<(), MeasurementError> {
        name("track", &self.track)?;
        position(self.covariance_km2)?;
        velocity(self.velocity.as_ref())?;
        altitude(self.altitude_amsl_m)?;
        kinds::check(&self.kinds)?;
        if self.made_by.len() > MAKERS_MAX {
            return Err(MeasurementError::TooMany { field: "made_by", found: self.made_by.len(), most: MAKERS_MAX });
        }
        for maker in &self.made_by {
            name("made_by", maker)?;
        }
        count(self.count.as_ref())
    }
}

impl Check for RawTraffic {
    fn check(&self) -> Result<(), MeasurementError> {
        name("identity", &self.identity)?;
        in_range("position_sd_km", self.position_sd_km, POSITION_SD_KM_MIN, POSITION_SD_KM_MAX)?;
        velocity(self.velocity.as_ref())?;
        altitude(self.altitude_amsl_m)
    }
}
