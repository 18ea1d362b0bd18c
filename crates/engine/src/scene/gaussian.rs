//! A Gaussian over position and velocity in a plane, and the Kalman filter's two steps on it.
//!
//! State order: x, vx, y, vy. Units: metres and metres a second, or whatever the scene uses throughout.

use crate::fuse::motion::Step;

/// Mean and covariance. The covariance is kept as its upper triangle, row by row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Gaussian {
    pub(super) mean: [f64; 4],
    pub(super) covariance: [f64; 10],
}

/// Where the entry of row `a` and column `b` stands in the upper triangle.
pub(super) const fn at(a: usize, b: usize) -> usize {
    let (row, column) = if a < b { (a, b) } else { (b, a) };
    row * (7 - row) / 2 + column
}

/// A position measurement's innovation: its mean, and the inverse of its covariance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Innovation {
    pub(super) mean: [f64; 2],
    /// Diagonal of the innovation covariance.
    pub(super) variance: [f64; 2],
    /// Inverse of it: xx, xy, yy.
    inverse: [f64; 3],
    /// Density at the mean.
    peak: f64,
}

impl Gaussian {
    /// Independent axes.
    pub(super) fn of(mean: [f64; 4], deviations: [f64; 4]) -> Self {
        let mut covariance = [0.0; 10];
        for (axis, deviation) in deviations.iter().enumerate() {
            covariance[at(axis, axis)] = deviation * deviation;
        }
        Self { mean, covariance }
    }

    /// One step of time later, the same on both axes (Bar-Shalom, Li and Kirubarajan 2001, eq. 6.2.2-13 for white
    /// acceleration).
    #[allow(clippy::similar_names)] // The letters of the covariance.
    pub(super) fn predict(&mut self, step: &Step) {
        let Step { pv: t, vv: a, noise: [q3, q2, q1] } = *step;
        let m = &mut self.mean;
        m[0] += t * m[1];
        m[1] *= a;
        m[2] += t * m[3];
        m[3] *= a;
        // F P Fᵀ, written out.
        let p = &mut self.covariance;
        let [xx, xv, xy, xw, vv, vy, vw, yy, yw, ww] = *p;
        *p = [
            xx + t * (xv + xv + t * vv) + q3,
            a * (xv + t * vv) + q2,
            xy + t * (xw + vy + t * vw),
            a * (xw + t * vw),
            a * a * vv + q1,
            a * (vy + t * vw),
            a * a * vw,
            yy + t * (yw + yw + t * ww) + q3,
            a * (yw + t * ww) + q2,
            a * a * ww + q1,
        ];
    }

    /// What a measurement of the position with this variance on both axes would see.
    pub(super) fn innovation(&self, variance: f64) -> Innovation {
        let [xx, _, xy, _, _, _, _, yy, _, _] = self.covariance;
        let (xx, yy) = (xx + variance, yy + variance);
        let det = xx * yy - xy * xy;
        let inverse = [yy / det, -xy / det, xx / det];
        let peak = 1.0 / (2.0 * std::f64::consts::PI * det.sqrt());
        Innovation { mean: [self.mean[0], self.mean[2]], variance: [xx, yy], inverse, peak }
    }

    /// After a position measurement: mean + K (z - mean), P - K H P.
    pub(super) fn updated(&self, innovation: &Innovation, measured: [f64; 2]) -> Self {
        let [xx, xv, xy, xw, _, vy, _, yy, yw, _] = self.covariance;
        let [ixx, ixy, iyy] = innovation.inverse;
        let miss = [measured[0] - innovation.mean[0], measured[1] - innovation.mean[1]];
        // The two columns of P Hᵀ.
        let (to_x, to_y) = ([xx, xv, xy, xw], [xy, vy, yy, yw]);
        let mut next = *self;
        for row in 0..4 {
            let gain = [to_x[row] * ixx + to_y[row] * ixy, to_x[row] * ixy + to_y[row] * iyy];
            next.mean[row] += gain[0] * miss[0] + gain[1] * miss[1];
            for column in row..4 {
                next.covariance[at(row, column)] -= gain[0] * to_x[column] + gain[1] * to_y[column];
            }
        }
        next
    }

    /// One Gaussian with the mean and covariance of a mixture; the weights are positive and need not add up to one.
    pub(super) fn merged<'a>(mixture: impl Iterator<Item = (f64, &'a Self)> + Clone) -> Self {
        let total: f64 = mixture.clone().map(|part| part.0).sum();
        let scale = 1.0 / total.max(f64::MIN_POSITIVE);
        let mut mean = [0.0; 4];
        for (weight, part) in mixture.clone() {
            for (mean, part) in mean.iter_mut().zip(part.mean) {
                *mean += weight * scale * part;
            }
        }
        let mut covariance = [0.0; 10];
        for (weight, part) in mixture {
            let share = weight * scale;
            let [x, v, y, w] =
                [part.mean[0] - mean[0], part.mean[1] - mean[1], part.mean[2] - mean[2], part.mean[3] - mean[3]];
            let spread = [x * x, x * v, x * y, x * w, v * v, v * y, v * w, y * y, y * w, w * w];
            for ((to, from), spread) in covariance.iter_mut().zip(part.covariance).zip(spread) {
                *to += share * (from + spread);
            }
        }
        Self { mean, covariance }
    }

    /// Squared Mahalanobis distance of another mean in this covariance; infinite when the covariance is degenerate.
    pub(super) fn apart(&self, other: &Self) -> f64 {
        // Cholesky, and one forward substitution.
        let mut lower = [[0.0; 4]; 4];
        let mut solved = [0.0; 4];
        let mut distance = 0.0;
        for row in 0..4 {
            let mut rest = other.mean[row] - self.mean[row];
            for column in 0..=row {
                let mut sum = self.covariance[at(row, column)];
                sum -= lower[row].iter().zip(&lower[column]).take(column).map(|(a, b)| a * b).sum::<f64>();
                if row == column {
                    if sum <= 0.0 {
                        return f64::INFINITY;
                    }
                    lower[row][row] = sum.sqrt();
                } else {
                    lower[row][column] = sum / lower[column][column];
                    rest -= lower[row][column] * solved[column];
                }
            }
            solved[row] = rest / lower[row][row];
            distance += solved[row] * solved[row];
        }
        distance
    }
}

impl Innovation {
    /// Squared Mahalanobis distance of a measurement.
    pub(super) fn distance(&self, measured: [f64; 2]) -> f64 {
        let miss = [measured[0] - self.mean[0], measured[1] - self.mean[1]];
        let [ixx, ixy, iyy] = self.inverse;
        miss[0] * miss[0] * ixx + 2.0 * miss[0] * miss[1] * ixy + miss[1] * miss[1] * iyy
    }

    /// Density of a measurement at that squared distance.
    pub(super) fn density(&self, distance: f64) -> f64 {
        self.peak * libm::exp(-0.5 * distance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

    /// Whether the covariance has a Cholesky factor.
    fn positive(gaussian: &Gaussian) -> bool {
        let mut other = *gaussian;
        other.mean[0] += 1.0;
        let apart = gaussian.apart(&other);
        apart.is_finite() && apart > 0.0
    }

    #[test]
    fn covariances_stay_positive_definite_through_a_million_random_steps() {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let step = (-3.0..3.0_f64, -4.0..2.0_f64, 0..4_u8, (-4.0..4.0_f64, -4.0..4.0_f64));
        let mut gaussian = Gaussian::of([0.0; 4], [20.0, 10.0, 20.0, 10.0]);
        for n in 0..1_000_000 {
            let (time, noise, kind, (east, north)) = step.new_tree(&mut runner).unwrap().current();
            let size = libm::pow(10.0, noise);
            match kind {
                0 | 1 => gaussian.predict(&Step::straight(libm::pow(10.0, time).min(60.0), size)),
                2 => {
                    let innovation = gaussian.innovation(size);
                    let [dx, dy] = innovation.variance.map(f64::sqrt);
                    let measured = [innovation.mean[0] + dx * east, innovation.mean[1] + dy * north];
                    gaussian = gaussian.updated(&innovation, measured);
                }
                _ => {
                    let mut other = gaussian;
                    other.mean[0] += east;
                    other.mean[3] += north;
                    gaussian = Gaussian::merged([(0.7, &gaussian), (0.3, &other)].into_iter());
                }
            }
            assert!(positive(&gaussian), "step {n}: {gaussian:?}");
            if gaussian.covariance[0] > 1e9 || gaussian.mean.iter().any(|at| at.abs() > 1e7) {
                gaussian = Gaussian::of([0.0; 4], [20.0, 10.0, 20.0, 10.0]);
            }
        }
    }

    #[test]
    fn the_error_is_as_large_as_the_covariance_says() {
        // Normalised estimation error squared: 4 on average (Bar-Shalom, Li and Kirubarajan 2001, section 5.4.2).
        // 200 runs of 50 steps; the runs are independent, so that 99.9 % of the mean lies within 4 ± 0.66.
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let twelve = proptest::collection::vec(0.0..1.0_f64, 12);
        let mut normal = || twelve.new_tree(&mut runner).unwrap().current().iter().sum::<f64>() - 6.0;
        let (t, q, sigma) = (1.0, 0.5_f64, 20.0);
        let mut sum = 0.0;
        for _ in 0..200 {
            let mut truth = [0.0, 10.0 * normal(), 0.0, 10.0 * normal()];
            let mut gaussian = Gaussian::of([sigma * normal(), 0.0, sigma * normal(), 0.0], [sigma, 10.0, sigma, 10.0]);
            for _ in 0..50 {
                for axis in [0, 2] {
                    // White acceleration through its Cholesky factor.
                    let (a, b) = (normal(), normal());
                    let root = (q * t * t * t / 3.0).sqrt();
                    let along = q * t * t / 2.0 / root;
                    truth[axis] += t * truth[axis + 1] + root * a;
                    truth[axis + 1] += along * a + (q * t - along * along).sqrt() * b;
                }
                gaussian.predict(&Step::straight(t, q));
                let measured = [truth[0] + sigma * normal(), truth[2] + sigma * normal()];
                gaussian = gaussian.updated(&gaussian.innovation(sigma * sigma), measured);
            }
            sum += gaussian.apart(&Gaussian { mean: truth, ..gaussian });
        }
        let mean = sum / 200.0;
        assert!((3.34..4.66).contains(&mean), "{mean}");
    }
}
