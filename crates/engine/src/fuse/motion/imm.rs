//! The interacting multiple model filter (Blom and Bar-Shalom 1988) over one bank.
//!
//! What comes in: time and measurements. What goes out: the log likelihood of each measurement, and the mixture as one
//! [`Motion`]. What always holds: weights are positive and sum to 1; all means are offsets, in kilometres, from one
//! anchor that follows the object, so that the plane never grows stale.

use super::bank::{Bank, MODES};
use super::gauss::Gauss;
use super::plane::{moved, offset_km};
use super::{Course, Motion};
use crate::fuse::kind::Flight;
use model::Position;

/// The anchor is moved when the mean is so far from it, kilometres.
const ANCHOR_KM_MAX: f64 = 15.0;
/// Least weight of a mode: none is ever given up.
const WEIGHT_MIN: f64 = 1e-4;

/// One object's modes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Imm {
    anchor: Position,
    weights: [f64; MODES],
    modes: [Gauss; MODES],
}

/// A measurement of position at a delay: `z = p - v lag`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fix {
    pub(crate) position: Position,
    /// Covariance of east and north, km².
    pub(crate) covariance: [f64; 3],
    /// How long before the filter's instant it was there, seconds.
    pub(crate) lag_s: f64,
}

impl Imm {
    /// An object first placed at `fix` (whose lag the caller predicts away), flying in any direction as its kind does.
    pub(crate) fn begin(fix: &Fix, flight: &Flight, bank: &Bank) -> Self {
        let [a, b, c] = fix.covariance;
        let mut gauss = Gauss { mean: [0.0; 4], covariance: [[0.0; 4]; 4] };
        gauss.covariance[0] = [a, b, 0.0, 0.0];
        gauss.covariance[1] = [b, c, 0.0, 0.0];
        let mut imm = Self { anchor: fix.position, weights: bank.shares, modes: [gauss; MODES] };
        imm.forget_course(flight);
        imm
    }

    /// Any direction is possible: the mean stands still and the spread is that of a ring of the usual speed.
    pub(crate) fn forget_course(&mut self, flight: &Flight) {
        let (speed, sd) = (flight.speed_mps / 1000.0, flight.speed_sd_mps / 1000.0);
        let variance = 0.5 * (speed * speed + sd * sd);
        for mode in &mut self.modes {
            mode.mean[2] = 0.0;
            mode.mean[3] = 0.0;
            for at in 0..4 {
                for velocity in 2..4 {
                    mode.covariance[at][velocity] = 0.0;
                    mode.covariance[velocity][at] = 0.0;
                }
            }
            mode.covariance[2][2] = variance;
            mode.covariance[3][3] = variance;
        }
    }

    /// `seconds` later (none when negative).
    pub(crate) fn predict(&mut self, seconds: f64, bank: &Bank) {
        if seconds <= 0.0 {
            return;
        }
        self.mix(seconds, bank);
        for (mode, how) in self.modes.iter_mut().zip(&bank.modes) {
            mode.predict(&how.step(seconds));
        }
        self.follow();
    }

    /// The interaction: each mode begins from the mixture of what may have been before.
    fn mix(&mut self, seconds: f64, bank: &Bank) {
        let stay = libm::exp(-bank.rate * seconds);
        let all = Gauss::merged(self.weights.iter().copied().zip(&self.modes));
        for mode in 0..MODES {
            // Of mode j's new weight, `stay w_j` kept its mode and `(1 - stay) share_j` came from the whole mixture.
            let kept = stay * self.weights[mode];
            let came = (1.0 - stay) * bank.shares[mode];
            let total = kept + came;
            let own = self.modes[mode];
            self.modes[mode] = Gauss::merged([(kept / total, &own), (came / total, &all)].into_iter());
            self.weights[mode] = total;
        }
    }

    /// Keeps the anchor near.
    fn follow(&mut self) {
        let mean = self.mean();
        if mean[0].abs() < ANCHOR_KM_MAX && mean[1].abs() < ANCHOR_KM_MAX {
            return;
        }
        self.anchor = moved(self.anchor, [mean[0], mean[1]]);
        for mode in &mut self.modes {
            mode.mean[0] -= mean[0];
            mode.mean[1] -= mean[1];
        }
    }

    fn mean(&self) -> [f64; 4] {
        let mut mean = [0.0; 4];
        for (weight, mode) in self.weights.iter().zip(&self.modes) {
            for (to, from) in mean.iter_mut().zip(mode.mean) {
                *to += weight * from;
            }
        }
        mean
    }

    /// Each mode measures by itself; weights follow their likelihoods. Returns the log likelihood of the whole.
    fn measured(&mut self, mut measure: impl FnMut(&mut Gauss) -> f64) -> f64 {
        let mut logs = [0.0; MODES];
        for (log, mode) in logs.iter_mut().zip(&mut self.modes) {
            *log = measure(mode);
        }
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut sum = 0.0;
        for (weight, log) in self.weights.iter_mut().zip(logs) {
            *weight *= libm::exp(log - most);
            sum += *weight;
        }
        let mut total = 0.0;
        for weight in &mut self.weights {
            *weight = (*weight / sum.max(1e-300)).max(WEIGHT_MIN);
            total += *weight;
        }
        for weight in &mut self.weights {
            *weight /= total;
        }
        most + libm::log(sum.max(1e-300))
    }

    /// Takes a position in; returns its log likelihood, per km².
    pub(crate) fn see(&mut self, fix: &Fix) -> f64 {
        let z = offset_km(self.anchor, fix.position);
        let lag = fix.lag_s;
        let rows = [[1.0, 0.0, -lag, 0.0], [0.0, 1.0, 0.0, -lag]];
        let log = self.measured(|mode| mode.pair(rows, z, fix.covariance));
        self.follow();
        log
    }

    /// Takes a velocity in, km/s with covariance (km/s)²; returns its log likelihood.
    pub(crate) fn drift(&mut self, velocity: [f64; 2], covariance: [f64; 3]) -> f64 {
        self.measured(|mode| mode.pair([[0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]], velocity, covariance))
    }

    /// Takes a told course in, as a measurement of the velocity at the usual speed. The modes keep their weights: words
    /// say where it is going, not how it flies.
    pub(crate) fn head(&mut self, course: Course, flight: &Flight) {
        let (sin, cos) = (libm::sin(course.deg.to_radians()), libm::cos(course.deg.to_radians()));
        let speed = flight.speed_mps / 1000.0;
        let along_sd = flight.speed_sd_mps / 1000.0;
        // A sine keeps the sideways spread of a vague course from outgrowing the speed itself.
        let across_sd = (speed * libm::sin(course.sd_deg.clamp(1.0, 80.0).to_radians())).max(1e-4);
        for mode in &mut self.modes {
            mode.scalar([0.0, 0.0, sin, cos], speed, along_sd * along_sd);
            mode.scalar([0.0, 0.0, cos, -sin], 0.0, across_sd * across_sd);
        }
    }

    /// Takes a bearing of variance `r` (rad²) in, seen from `observer` toward where it was `lag_s` ago; returns its log
    /// likelihood per radian. Linearised twice, the second time where the first led (an iterated Kalman filter).
    pub(crate) fn sight(&mut self, observer: Position, bearing_rad: f64, r: f64, lag_s: f64) -> f64 {
        let [oe, on] = offset_km(self.anchor, observer);
        let log = self.measured(|mode| {
            let before = *mode;
            let mut log = 0.0;
            for round in 0..2 {
                let at = if round == 0 { before.mean } else { mode.mean };
                let (e, n) = (at[0] - lag_s * at[2] - oe, at[1] - lag_s * at[3] - on);
                let range2 = (e * e + n * n).max(0.01);
                let h = [n / range2, -e / range2, -lag_s * n / range2, lag_s * e / range2];
                let miss = wrapped(bearing_rad - libm::atan2(e, n));
                let along = h[0] * at[0] + h[1] * at[1] + h[2] * at[2] + h[3] * at[3];
                *mode = before;
                log = mode.scalar(h, miss + along, r);
            }
            log
        });
        self.follow();
        log
    }

    /// Widens everything by `factor >= 1`: one half of covariance intersection (Julier and Uhlmann 1997).
    pub(crate) fn doubt(&mut self, factor: f64) {
        for mode in &mut self.modes {
            for row in &mut mode.covariance {
                for value in row {
                    *value *= factor;
                }
            }
        }
    }

    /// Gives one mode a velocity of this standard deviation in each direction, km/s.
    pub(crate) fn hasten(&mut self, mode: usize, sd_kmps: f64) {
        if let Some(mode) = self.modes.get_mut(mode) {
            mode.covariance[2][2] = sd_kmps * sd_kmps;
            mode.covariance[3][3] = sd_kmps * sd_kmps;
        }
    }

    /// Never surer of the position than `floor_km` in each direction: words about one place err together.
    pub(crate) fn floor(&mut self, floor_km: f64) {
        for mode in &mut self.modes {
            for axis in 0..2 {
                mode.covariance[axis][axis] = mode.covariance[axis][axis].max(floor_km * floor_km);
            }
        }
    }

    /// The weighted sum of two beliefs about the same object: `self` with `1 - share`, `other` with `share`.
    pub(crate) fn blend(&mut self, other: &Self, share: f64) {
        let [e, n] = offset_km(self.anchor, other.anchor);
        for mode in 0..MODES {
            let mut theirs = other.modes[mode];
            theirs.mean[0] += e;
            theirs.mean[1] += n;
            let (a, b) = (self.weights[mode] * (1.0 - share), other.weights[mode] * share);
            let total = (a + b).max(1e-300);
            let own = self.modes[mode];
            self.modes[mode] = Gauss::merged([(a / total, &own), (b / total, &theirs)].into_iter());
            self.weights[mode] = a + b;
        }
        self.follow();
    }

    /// Squared Mahalanobis distance of a fix from the mixture, and the determinant of its covariance, km⁴.
    pub(crate) fn distance(&self, fix: &Fix) -> (f64, f64) {
        let all = Gauss::merged(self.weights.iter().copied().zip(&self.modes));
        let [e, n] = offset_km(self.anchor, fix.position);
        let (lag, p) = (fix.lag_s, &all.covariance);
        // The position `lag` seconds ago has the spread of now less what flew since.
        let back = |axis: usize| lag * lag * p[axis + 2][axis + 2] - 2.0 * lag * p[axis][axis + 2];
        let mut r = fix.covariance;
        r[0] += back(0).max(0.0);
        r[2] += back(1).max(0.0);
        let at = [e + lag * all.mean[2], n + lag * all.mean[3]];
        all.distance(at, r)
    }

    /// The mixture as one.
    pub(crate) fn motion(&self) -> Motion {
        let all = Gauss::merged(self.weights.iter().copied().zip(&self.modes));
        Motion {
            position: moved(self.anchor, [all.mean[0], all.mean[1]]),
            velocity: [all.mean[2], all.mean[3]],
            covariance: all.covariance,
        }
    }

    /// The mixture, mode by mode: weight, and mean and covariance about the anchor that is given with them.
    pub(crate) fn parts(&self) -> (Position, [(f64, Gauss); MODES]) {
        let mut parts = [(0.0, self.modes[0]); MODES];
        for (part, mode) in parts.iter_mut().zip(self.weights.iter().copied().zip(self.modes)) {
            *part = mode;
        }
        (self.anchor, parts)
    }

    #[cfg(test)]
    /// Weights of the modes: quiet, manoeuvre, loiter or hard turn.
    pub(crate) const fn weights(&self) -> [f64; MODES] {
        self.weights
    }
}

/// An angle in -pi..=pi.
fn wrapped(rad: f64) -> f64 {
    let turn = 2.0 * std::f64::consts::PI;
    rad - turn * libm::round(rad / turn)
}

#[cfg(test)]
mod tests;
