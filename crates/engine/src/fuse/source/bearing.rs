//! A direction without a distance, perhaps of a sound that is as old as its way is long.
//!
//! One bearing alone makes no track: it begins an object without a place, spread along the whole range, which is not
//! shown and warns nobody until another observer's evidence gives it one.

use super::{Around, Birth, SOUND_KMPS, sound_lag_s};
use crate::fuse::count::Many;
use crate::fuse::kinds::Kinds;
use crate::fuse::motion::{Fix, Imm, offset_km};
use crate::fuse::roster::Profile;
use crate::fuse::state::State;
use model::{Bearing, Position, ThreatKind};

/// Density of bearings that are of nothing known, per radian.
const ELSE_PER_RAD: f64 = 0.02;
/// Most that one bearing alone makes of existence.
const ALONE_P: f64 = 0.3;

/// A bearing, its sensor's bias removed.
#[derive(Debug)]
pub(crate) struct Heard<'a> {
    bearing: &'a Bearing,
    rad: f64,
    /// rad².
    variance: f64,
    near_km: f64,
    far_km: f64,
    lag_s: f64,
}

impl<'a> Heard<'a> {
    pub(super) fn new(bearing: &'a Bearing, profile: &Profile) -> Self {
        let [near_km, far_km] = bearing.range_km.unwrap_or([0.0, profile.sensor.range_km]);
        let sd = bearing.bearing_sd_deg.to_radians();
        Self {
            bearing,
            rad: (bearing.bearing_deg - profile.sensor.bias_deg).to_radians(),
            variance: sd * sd,
            near_km,
            far_km,
            lag_s: profile.delay_s(false).0,
        }
    }

    pub(super) fn observer(&self) -> Position {
        self.bearing.observer
    }

    pub(super) fn reach(&self) -> (Position, f64) {
        (self.bearing.observer, self.far_km)
    }

    /// How long ago what was heard was where it was heard, seconds.
    fn lag_s(&self, imm: &Imm) -> f64 {
        let most = self.far_km / SOUND_KMPS;
        self.lag_s + if self.bearing.acoustic { sound_lag_s(imm, self.bearing.observer, most) } else { 0.0 }
    }

    pub(super) fn likelihood(&self, state: &State) -> Option<f64> {
        let motion = state.imm.motion();
        let lag_s = self.lag_s(&state.imm);
        let [e, n] = offset_km(self.bearing.observer, motion.position);
        let (e, n) = (e - lag_s * motion.velocity[0], n - lag_s * motion.velocity[1]);
        let range_km = libm::sqrt(e * e + n * n);
        let slack_km = 3.0 * motion.sd_km();
        if range_km > self.far_km + slack_km || range_km < self.near_km - slack_km {
            return None;
        }
        let log = state.imm.clone().sight(self.bearing.observer, self.rad, self.variance, lag_s);
        Some(libm::exp(log) * state.kinds.fits_shares(&self.bearing.kinds))
    }

    /// Density of bearings of anything else, per radian.
    pub(super) const fn background() -> f64 {
        ELSE_PER_RAD
    }

    pub(super) fn update(&self, state: &mut State) {
        let lag_s = self.lag_s(&state.imm);
        state.imm.sight(self.bearing.observer, self.rad, self.variance, lag_s);
        state.kinds.measure(&self.bearing.kinds);
        if let Some(count) = &self.bearing.count {
            state.many.hear(count);
        }
    }

    pub(super) fn begin(&self, left: f64, around: &Around) -> Option<Birth> {
        if left < 0.5 {
            return None;
        }
        let middle_km = 0.5 * (self.near_km + self.far_km);
        // A uniform spread along the range, and across it what the angle gives in the middle.
        let along = (self.far_km - self.near_km) * (self.far_km - self.near_km) / 12.0;
        let across = (middle_km * middle_km * self.variance).max(0.01);
        let (sin, cos) = (libm::sin(self.rad), libm::cos(self.rad));
        let fix = Fix {
            position: self.bearing.observer.toward(self.rad.to_degrees(), middle_km),
            covariance: [
                along * sin * sin + across * cos * cos,
                (along - across) * sin * cos,
                along * cos * cos + across * sin * sin,
            ],
            lag_s: 0.0,
        };
        let mut kinds = Kinds::default();
        kinds.measure(&self.bearing.kinds);
        let mut many = Many::default();
        if let Some(count) = &self.bearing.count {
            many.hear(count);
        }
        let imm = super::fresh(&fix, ThreatKind::Unknown);
        Some(Birth { imm, kinds, many, existence: (left * around.trust).min(ALONE_P), observer: Some(self.observer()) })
    }
}
