//! Several modes of flight at once: the interacting multiple model filter (Blom and Bar-Shalom 1988) over the banks of
//! `fuse/motion`, for scenes whose objects turn.
//!
//! What always holds: the modes' weights are positive and add up to one.

use super::gaussian::{Gaussian, Innovation};
use super::settings::SceneModel;
use super::state::{GATE, State};
use crate::fuse::motion::{Bank, MODES, Mode, Step};

/// Least weight of a mode: none is ever given up.
const WEIGHT_MIN: f64 = 1e-4;

/// One object's modes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Modes {
    weights: [f64; MODES],
    parts: [Gaussian; MODES],
}

/// How a bank's modes move and change in one scan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flight {
    steps: [Step; MODES],
    shares: [f64; MODES],
    /// Probability that a mode is kept.
    stay: f64,
}

/// The modes before a position.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    weights: [f64; MODES],
    innovations: [Innovation; MODES],
}

impl Flight {
    /// The bank of a scene: straighter than told, a manoeuvre, and a velocity that forgets itself in ten scans, as that
    /// of what turns or loiters; a mode lasts sixty scans.
    pub(super) fn of(model: &SceneModel) -> Self {
        let straight = |wander: f64| Mode { wander, forgets_s: 0.0, variance: 0.0 };
        let turning =
            Mode { wander: 0.0, forgets_s: 10.0 * model.dt, variance: model.velocity_std * model.velocity_std };
        let bank = Bank {
            modes: [straight(0.5 * model.q), straight(8.0 * model.q), turning],
            shares: [0.8, 0.15, 0.05],
            rate: 1.0 / (60.0 * model.dt),
        };
        Self {
            steps: bank.modes.map(|mode| mode.step(model.dt)),
            shares: bank.shares,
            stay: libm::exp(-bank.rate * model.dt),
        }
    }
}

impl Modes {
    fn all(&self) -> Gaussian {
        Gaussian::merged(self.weights.into_iter().zip(&self.parts))
    }
}

/// Weights that add up to one, none below the least.
fn normal(mut weights: [f64; MODES]) -> [f64; MODES] {
    let sum: f64 = weights.iter().sum();
    weights = weights.map(|weight| (weight / sum.max(f64::MIN_POSITIVE)).max(WEIGHT_MIN));
    let sum: f64 = weights.iter().sum();
    weights.map(|weight| weight / sum)
}

impl State for Modes {
    type Motion = Flight;
    type View = View;

    fn begin(gaussian: Gaussian, flight: &Flight) -> Self {
        Self { weights: flight.shares, parts: [gaussian; MODES] }
    }

    /// Each mode begins from the mixture of what may have been before: of its new weight, `stay` times the old one kept
    /// its mode and the rest came from all of them.
    fn predict(&mut self, flight: &Flight) {
        let all = self.all();
        for (mode, step) in flight.steps.iter().enumerate() {
            let (kept, came) = (flight.stay * self.weights[mode], (1.0 - flight.stay) * flight.shares[mode]);
            self.parts[mode] = Gaussian::merged([(kept, &self.parts[mode]), (came, &all)].into_iter());
            self.parts[mode].predict(step);
            self.weights[mode] = kept + came;
        }
    }

    fn view(&self, variance: f64) -> View {
        View { weights: self.weights, innovations: self.parts.map(|part| part.innovation(variance)) }
    }

    fn gate(view: &View) -> [[f64; 2]; 2] {
        let mut gate = Gaussian::gate(&view.innovations[0]);
        for innovation in &view.innovations[1..] {
            for (gate, other) in gate.iter_mut().zip(Gaussian::gate(innovation)) {
                *gate = [gate[0].min(other[0]), gate[1].max(other[1])];
            }
        }
        gate
    }

    fn likelihood(view: &View, measured: [f64; 2]) -> Option<f64> {
        let distances = view.innovations.map(|innovation| innovation.distance(measured));
        if distances.iter().all(|distance| *distance >= GATE) {
            return None;
        }
        let parts = view.weights.iter().zip(&view.innovations).zip(distances);
        Some(parts.map(|((weight, innovation), distance)| weight * innovation.density(distance)).sum())
    }

    fn density(view: &View, measured: [f64; 2]) -> f64 {
        let parts = view.weights.iter().zip(&view.innovations);
        parts.map(|(weight, innovation)| weight * innovation.density(innovation.distance(measured))).sum()
    }

    fn updated(&self, view: &View, measured: [f64; 2]) -> Self {
        let mut next = *self;
        for (mode, innovation) in view.innovations.iter().enumerate() {
            next.weights[mode] *= innovation.density(innovation.distance(measured));
            next.parts[mode] = self.parts[mode].updated(innovation, measured);
        }
        next.weights = normal(next.weights);
        next
    }

    fn merged(mixture: &[(f64, Self)]) -> Self {
        let nothing = Gaussian { mean: [0.0; 4], covariance: [0.0; 10] };
        let mut merged = Self { weights: [0.0; MODES], parts: [nothing; MODES] };
        for mode in 0..MODES {
            let parts = mixture.iter().map(|(weight, part)| (weight * part.weights[mode], &part.parts[mode]));
            merged.weights[mode] = parts.clone().map(|part| part.0).sum();
            merged.parts[mode] = Gaussian::merged(parts);
        }
        merged.weights = normal(merged.weights);
        merged
    }

    fn inside(&self, area: [f64; 4]) -> f64 {
        self.weights.iter().zip(&self.parts).map(|(weight, part)| weight * part.inside(area)).sum()
    }

    fn gaussian(&self) -> Gaussian {
        self.all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> SceneModel {
        SceneModel {
            dt: 1.0,
            q: 0.5,
            sigma: 20.0,
            pd: 0.9,
            ps: 0.99,
            area: [0.0, 1e4, 0.0, 1e4],
            clutter_per_scan: 1.0,
            velocity_std: 10.0,
            birth_weight: None,
            birth_mean: None,
            birth_std: None,
            initial_weight: None,
        }
    }

    /// The modes after following a path without noise.
    fn follow(path: impl Fn(f64) -> [f64; 2]) -> Modes {
        let flight = Flight::of(&model());
        let [x, y] = path(0.0);
        let mut modes = Modes::begin(Gaussian::of([x, 0.0, y, 0.0], [20.0, 10.0, 20.0, 10.0]), &flight);
        for t in 1..60 {
            modes.predict(&flight);
            modes = modes.updated(&modes.view(400.0), path(f64::from(t)));
        }
        modes
    }

    #[test]
    fn straight_flight_is_quiet_and_turns_are_not() {
        let straight = follow(|t| [100.0 + 12.0 * t, 500.0]);
        let turning = follow(|t| [500.0 + 80.0 * libm::sin(t / 4.0), 500.0 + 80.0 * libm::cos(t / 4.0)]);
        assert!(straight.weights[0] > 0.8, "{:?}", straight.weights);
        assert!(turning.weights[0] < 0.2, "{:?}", turning.weights);
        let sum: f64 = turning.weights.iter().sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }

    #[test]
    fn equal_parts_merge_to_themselves() {
        let modes = follow(|t| [100.0 + 12.0 * t, 500.0]);
        let merged = Modes::merged(&[(0.3, modes), (0.7, modes)]);
        assert!((merged.weights[1] - modes.weights[1]).abs() < 1e-12);
        assert!(modes.gaussian().apart(&merged.gaussian()) < 1e-12);
    }
}
