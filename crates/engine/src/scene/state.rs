//! What is believed of one object's motion: one Gaussian, or several modes of flight.

use super::gaussian::{Gaussian, Innovation, at};
use crate::fuse::motion::Step;

/// Gate: squared Mahalanobis distance. Two measurements in a thousand of two degrees of freedom lie outside 12.4; 16 is
/// three in ten thousand.
pub(super) const GATE: f64 = 16.0;

/// A density over x, vx, y, vy that time and positions change.
pub(super) trait State: Clone + std::fmt::Debug {
    /// How it moves in one scan.
    type Motion: std::fmt::Debug;
    /// It as a sensor would see it.
    type View: std::fmt::Debug;

    /// An object of which only this is known.
    fn begin(gaussian: Gaussian, motion: &Self::Motion) -> Self;
    /// One scan later.
    fn predict(&mut self, motion: &Self::Motion);
    /// Before a position with this variance on both axes.
    fn view(&self, variance: f64) -> Self::View;
    /// The box of the gate: low and high by axis.
    fn gate(view: &Self::View) -> [[f64; 2]; 2];
    /// Density of a position; `None` outside the gate.
    fn likelihood(view: &Self::View, measured: [f64; 2]) -> Option<f64>;
    /// Density of a position, however far.
    fn density(view: &Self::View, measured: [f64; 2]) -> f64;
    /// After a position.
    fn updated(&self, view: &Self::View, measured: [f64; 2]) -> Self;
    /// A mixture as one.
    fn merged(mixture: &[(f64, Self)]) -> Self;
    /// Probability that the object is inside the area.
    fn inside(&self, area: [f64; 4]) -> f64;
    /// Its mean and covariance.
    fn gaussian(&self) -> Gaussian;
}

impl State for Gaussian {
    type Motion = Step;
    type View = Innovation;

    fn begin(gaussian: Gaussian, _: &Step) -> Self {
        gaussian
    }

    fn predict(&mut self, motion: &Step) {
        Self::predict(self, motion);
    }

    fn view(&self, variance: f64) -> Innovation {
        self.innovation(variance)
    }

    fn gate(view: &Innovation) -> [[f64; 2]; 2] {
        let half = view.variance.map(|variance| (GATE * variance).sqrt());
        [0, 1].map(|axis| [view.mean[axis] - half[axis], view.mean[axis] + half[axis]])
    }

    fn likelihood(view: &Innovation, measured: [f64; 2]) -> Option<f64> {
        let distance = view.distance(measured);
        (distance < GATE).then(|| view.density(distance))
    }

    fn density(view: &Innovation, measured: [f64; 2]) -> f64 {
        view.density(view.distance(measured))
    }

    fn updated(&self, view: &Innovation, measured: [f64; 2]) -> Self {
        Self::updated(self, view, measured)
    }

    fn merged(mixture: &[(f64, Self)]) -> Self {
        Self::merged(mixture.iter().map(|(weight, part)| (*weight, part)))
    }

    /// Axis by axis.
    fn inside(&self, area: [f64; 4]) -> f64 {
        let mut probability = 1.0;
        for (axis, bounds) in [(0, [area[0], area[1]]), (2, [area[2], area[3]])] {
            let (mean, variance) = (self.mean[axis], self.covariance[at(axis, axis)]);
            // Four deviations inside: nothing to compute.
            let near = (mean - bounds[0]).min(bounds[1] - mean);
            if near > 0.0 && near * near > 16.0 * variance {
                continue;
            }
            let scale = 1.0 / (2.0 * variance).sqrt().max(1e-150);
            let below = |bound: f64| 0.5 * libm::erfc((mean - bound) * scale);
            probability *= (below(bounds[1]) - below(bounds[0])).clamp(0.0, 1.0);
        }
        probability
    }

    fn gaussian(&self) -> Gaussian {
        *self
    }
}
