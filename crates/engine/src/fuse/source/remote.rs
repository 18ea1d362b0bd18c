//! Another system's track: its errors are correlated with its own last report and perhaps with sensors we hear too.
//!
//! Taken in by covariance intersection (Julier and Uhlmann 1997) with the share of each by its spread (Niehsen 2002):
//! never surer than it may be, whatever was counted before. The same number of the same system is the same object.

use super::{Around, Birth, GATE};
use crate::fuse::count::Many;
use crate::fuse::kinds::Kinds;
use crate::fuse::motion::Fix;
use crate::fuse::roster::Profile;
use crate::fuse::state::State;
use crate::sense::text_print;
use model::{Position, SystemTrack, ThreatKind};

/// Density of tracks that are of nothing known, per km².
const ELSE_PER_KM2: f64 = 1e-5;
/// Density of the same number's being the same object, per km²: a hundred thousand times and more that of its having
/// been used again.
const SAME_PER_KM2: f64 = 10.0;

/// A system track.
#[derive(Debug)]
pub(crate) struct Remote<'a> {
    track: &'a SystemTrack,
    fix: Fix,
    link: (u16, u64),
}

impl<'a> Remote<'a> {
    pub(super) fn new(track: &'a SystemTrack, profile: &Profile, source: u16) -> Self {
        let fix = Fix { position: track.position, covariance: track.covariance_km2, lag_s: profile.delay_s(false).0 };
        #[allow(clippy::cast_possible_truncation)] // A fingerprint.
        let number = text_print(&track.track).unwrap_or(0) as u64;
        Self { track, fix, link: (source, number) }
    }

    pub(super) const fn link(&self) -> (u16, u64) {
        self.link
    }

    pub(super) fn made_by(&self) -> &[String] {
        &self.track.made_by
    }

    /// The place.
    pub(super) const fn place(&self) -> &Fix {
        &self.fix
    }

    pub(super) fn reach(&self) -> (Position, f64) {
        let [a, _, c] = self.fix.covariance;
        (self.fix.position, 5.0 * libm::sqrt(a.max(c)) + 0.3 * self.fix.lag_s + 5.0)
    }

    pub(super) fn likelihood(&self, state: &State) -> Option<f64> {
        let (distance, det) = state.imm.distance(&self.fix);
        if state.links.contains(&self.link) {
            // Its own system follows it: only a jump that nothing flies tells the number was used again.
            return (distance < 4.0 * GATE).then_some(SAME_PER_KM2);
        }
        let other = state.links.iter().any(|(source, _)| *source == self.link.0);
        if distance > GATE || other {
            return None;
        }
        let density = libm::exp(-0.5 * distance) / (2.0 * std::f64::consts::PI * libm::sqrt(det));
        Some(density * state.kinds.fits_shares(&self.track.kinds))
    }

    /// Density of tracks of anything else, per km².
    pub(super) const fn background(around: &Around) -> f64 {
        around.undetected.max(ELSE_PER_KM2)
    }

    pub(super) fn update(&self, state: &mut State) {
        let held = state.imm.motion().covariance;
        let ours = held[0][0] + held[1][1];
        let theirs = self.fix.covariance[0] + self.fix.covariance[2];
        let share = (theirs / (ours + theirs)).clamp(0.05, 0.95);
        state.imm.doubt(1.0 / share);
        let widened = |covariance: [f64; 3]| covariance.map(|value| value / (1.0 - share));
        state.imm.see(&Fix { covariance: widened(self.fix.covariance), ..self.fix });
        if let Some(velocity) = self.track.velocity {
            let [ve, vn] = velocity.mps;
            let covariance = widened(velocity.covariance_m2ps2.map(|value| value / 1e6));
            state.imm.drift([ve / 1000.0, vn / 1000.0], covariance);
        }
        if state.linked(self.link) {
            // Its word about the kind counts once, as its position does.
            state.kinds.measure(&self.track.kinds);
            if let Some(count) = &self.track.count {
                state.many.hear(count);
            }
        }
    }

    pub(super) fn begin(&self, left: f64, around: &Around) -> Birth {
        let mut kinds = Kinds::default();
        kinds.measure(&self.track.kinds);
        let mut many = Many::default();
        if let Some(count) = &self.track.count {
            many.hear(count);
        }
        let mut imm = super::fresh(&self.fix, ThreatKind::Unknown);
        if let Some(velocity) = self.track.velocity {
            let [ve, vn] = velocity.mps;
            imm.drift([ve / 1000.0, vn / 1000.0], velocity.covariance_m2ps2.map(|value| value / 1e6));
        }
        Birth { imm, kinds, many, existence: left * around.trust, observer: None }
    }
}
