//! Something is near: a circle about the observer, without a direction.
//!
//! Its silence says nothing, and many calls tell of one object. Like a bearing it begins an object without a place.

use super::{Around, Birth, sound_lag_s};
use crate::fuse::count::Many;
use crate::fuse::kinds::Kinds;
use crate::fuse::motion::{Fix, Imm};
use crate::fuse::roster::Profile;
use crate::fuse::state::State;
use model::{Position, Presence, ThreatKind};

/// Share of presences that are of nothing known, spread over the circle.
const ELSE: f64 = 0.3;
/// Most that one presence alone makes of existence.
const ALONE_P: f64 = 0.3;

/// A presence.
#[derive(Debug)]
pub(crate) struct Near<'a> {
    presence: &'a Presence,
    lag_s: f64,
}

impl<'a> Near<'a> {
    pub(super) fn new(presence: &'a Presence, profile: &Profile) -> Self {
        Self { presence, lag_s: profile.delay_s(false).0 }
    }

    pub(super) fn observer(&self) -> Position {
        self.presence.observer
    }

    pub(super) fn reach(&self) -> (Position, f64) {
        (self.presence.observer, self.presence.range_km * 2.0)
    }

    /// The circle as a Gaussian of the same spread: half the radius in each direction.
    fn fix(&self, lag_s: f64) -> Fix {
        let variance = 0.25 * self.presence.range_km * self.presence.range_km;
        Fix { position: self.presence.observer, covariance: [variance, 0.0, variance], lag_s }
    }

    fn at(&self, imm: &Imm) -> Fix {
        let most = self.presence.range_km / super::SOUND_KMPS;
        let sound = if self.presence.acoustic { sound_lag_s(imm, self.presence.observer, most) } else { 0.0 };
        self.fix(self.lag_s + sound)
    }

    pub(super) fn likelihood(&self, state: &State) -> Option<f64> {
        let (distance, det) = state.imm.distance(&self.at(&state.imm));
        if distance > super::GATE {
            return None;
        }
        let density = libm::exp(-0.5 * distance) / (2.0 * std::f64::consts::PI * libm::sqrt(det));
        Some(density * state.kinds.fits_shares(&self.presence.kinds))
    }

    /// Density of anything else that may be heard, per km².
    pub(super) fn background(&self) -> f64 {
        ELSE / (std::f64::consts::PI * self.presence.range_km * self.presence.range_km)
    }

    pub(super) fn update(&self, state: &mut State) {
        let before_km = state.imm.motion().sd_km();
        let fix = self.at(&state.imm);
        state.imm.see(&fix);
        // A hundred calls from one street are not a radar.
        state.imm.floor((0.4 * self.presence.range_km).min(before_km));
        state.kinds.measure(&self.presence.kinds);
        if let Some(count) = &self.presence.count {
            state.many.hear(count);
        }
    }

    pub(super) fn begin(&self, left: f64, around: &Around) -> Option<Birth> {
        if left < 0.5 {
            return None;
        }
        let mut kinds = Kinds::default();
        kinds.measure(&self.presence.kinds);
        let mut many = Many::default();
        if let Some(count) = &self.presence.count {
            many.hear(count);
        }
        let imm = super::fresh(&self.fix(0.0), ThreatKind::Unknown);
        Some(Birth { imm, kinds, many, existence: (left * around.trust).min(ALONE_P), observer: Some(self.observer()) })
    }
}
