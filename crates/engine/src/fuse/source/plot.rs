//! A radar-like position: the standard point detection with a probability of detection and clutter.

use super::{Around, Birth, GATE};
use crate::fuse::count::Many;
use crate::fuse::kinds::Kinds;
use crate::fuse::motion::{Fix, Motion, moved};
use crate::fuse::roster::Profile;
use crate::fuse::state::State;
use model::{Plot, Position, ThreatKind};

/// A sensor that does not say how well it detects is taken to detect so well what it reports.
const DETECTION_P: f64 = 0.9;
/// A new object less likely than this is not kept: in clutter nearly all are of nothing.
const NEW_P_MIN: f64 = 0.001;
/// Nor one that known objects explain but for less than this: it would be the echo of one.
const LEFT_MIN: f64 = 0.02;

/// A plot, its sensor's bias removed.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    plot: &'a Plot,
    fix: Fix,
    /// km/s, (km/s)².
    velocity: Option<([f64; 2], [f64; 3])>,
    detection_p: f64,
    clutter: f64,
}

impl<'a> Seen<'a> {
    #[allow(clippy::many_single_char_names)] // The letters of two covariances.
    pub(super) fn new(plot: &'a Plot, profile: &Profile) -> Self {
        let [east, north] = profile.sensor.bias_km;
        let position = if east == 0.0 && north == 0.0 { plot.position } else { moved(plot.position, [-east, -north]) };
        let (lag_s, lag_sd_s) = profile.delay_s(false);
        // A thing of a usual speed flew so far within the delay's spread.
        let late = 0.05 * lag_sd_s;
        let [a, b, c] = plot.covariance_km2;
        let velocity = plot.velocity.map(|velocity| {
            let [ve, vn] = velocity.mps;
            let [p, q, r] = velocity.covariance_m2ps2;
            ([ve / 1000.0, vn / 1000.0], [p / 1e6, q / 1e6, r / 1e6])
        });
        let detection_p = if profile.sensor.detection_p > 0.0 { profile.sensor.detection_p } else { DETECTION_P };
        Self {
            plot,
            fix: Fix { position, covariance: [a + late * late, b, c + late * late], lag_s },
            velocity,
            detection_p,
            clutter: profile.clutter_per_km2(),
        }
    }

    /// The place.
    pub(super) const fn place(&self) -> &Fix {
        &self.fix
    }

    pub(super) fn reach(&self) -> (Position, f64) {
        let [a, _, c] = self.fix.covariance;
        (self.fix.position, 4.0 * libm::sqrt(a.max(c)) + 0.3 * self.fix.lag_s)
    }

    /// Density of anything else that may have given this plot, per km².
    pub(super) const fn background(&self, around: &Around) -> f64 {
        self.detection_p * around.undetected + self.clutter + around.traffic
    }

    /// Probability that the sensor detects an object that it looks at.
    pub(super) const fn detection_p(&self) -> f64 {
        self.detection_p
    }

    pub(super) fn likelihood(&self, state: &State) -> Option<f64> {
        let (distance, det) = state.imm.distance(&self.fix);
        if distance > GATE {
            return None;
        }
        let mut density = libm::exp(-0.5 * distance) / (2.0 * std::f64::consts::PI * libm::sqrt(det));
        if let Some((velocity, covariance)) = self.velocity {
            density *= agreement(&state.imm.motion(), velocity, covariance);
        }
        Some(density * state.kinds.fits_shares(&self.plot.kinds))
    }

    pub(super) fn update(&self, state: &mut State) {
        state.kinds.measure(&self.plot.kinds);
        if let Some(count) = &self.plot.count {
            state.many.hear(count);
        }
        state.imm.see(&self.fix);
        if let Some((velocity, covariance)) = self.velocity {
            state.imm.drift(velocity, covariance);
        }
    }

    pub(super) fn begin(&self, left: f64, around: &Around) -> Option<Birth> {
        let new = self.detection_p * around.undetected;
        let existence = left * new / self.background(around);
        if existence < NEW_P_MIN || left < LEFT_MIN {
            return None;
        }
        let mut kinds = Kinds::default();
        kinds.measure(&self.plot.kinds);
        let mut many = Many::default();
        if let Some(count) = &self.plot.count {
            many.hear(count);
        }
        let mut imm = super::fresh(&self.fix, ThreatKind::Unknown);
        if let Some((velocity, covariance)) = self.velocity {
            imm.drift(velocity, covariance);
        }
        Some(Birth { imm, kinds, many, existence, observer: None })
    }
}

/// How well a measured velocity fits, against any velocity that anything here flies with.
#[allow(clippy::many_single_char_names)] // The letters of the equation.
fn agreement(motion: &Motion, [ve, vn]: [f64; 2], [r00, r01, r11]: [f64; 3]) -> f64 {
    /// Density of velocities of new objects, per (km/s)²: a disc of 300 m/s.
    const ANY: f64 = 1.0 / (std::f64::consts::PI * 0.09);
    let p = &motion.covariance;
    let (e, n) = (ve - motion.velocity[0], vn - motion.velocity[1]);
    let (a, b, c) = (p[2][2] + r00, p[2][3] + r01, p[3][3] + r11);
    let det = (a * c - b * b).max(1e-18);
    let distance = (c * e * e - 2.0 * b * e * n + a * n * n) / det;
    libm::exp(-0.5 * distance) / (2.0 * std::f64::consts::PI * libm::sqrt(det)) / ANY
}
