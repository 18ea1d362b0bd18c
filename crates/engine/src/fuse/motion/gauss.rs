//! A Gaussian over `[e km, n km, ve km/s, vn km/s]` and the two things a filter does to it.
//!
//! Measurements are taken one scalar at a time in Joseph's form (Bar-Shalom, Li and Kirubarajan 2001, sections 5.2 and
//! 6.2.2): no matrix is inverted, and the covariance stays symmetric and positive. A correlated pair is decorrelated
//! first by the Cholesky factor of its covariance.

use std::f64::consts::PI;

/// Least variance left of a position, km²: one metre.
const POSITION_VARIANCE_MIN: f64 = 1e-6;
/// Least variance left of a velocity, (km/s)²: a centimetre a second.
const VELOCITY_VARIANCE_MIN: f64 = 1e-10;
/// Largest variance kept, km² and (km/s)²: beyond it nothing is known, and numbers stay finite.
const VARIANCE_MAX: f64 = 1e10;

/// Mean and covariance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Gauss {
    pub(crate) mean: [f64; 4],
    pub(crate) covariance: [[f64; 4]; 4],
}

/// One step of time, the same for both axes: `p' = p + pv v`, `v' = vv v`, and the noise that comes with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Step {
    pub(crate) pv: f64,
    pub(crate) vv: f64,
    pub(crate) noise: [f64; 3],
}

impl Step {
    /// `t` of a nearly constant velocity under white acceleration of density `q`.
    pub(crate) fn straight(t: f64, q: f64) -> Self {
        Self { pv: t, vv: 1.0, noise: [q * t * t * t / 3.0, q * t * t / 2.0, q * t] }
    }
}

impl Gauss {
    /// Predicts by one step.
    pub(crate) fn predict(&mut self, step: &Step) {
        let Step { pv, vv, noise: [pp, cross, speed] } = *step;
        let p = self.covariance;
        for axis in 0..2 {
            self.mean[axis] += pv * self.mean[axis + 2];
            self.mean[axis + 2] *= vv;
            for other in 0..2 {
                let (v, w) = (axis + 2, other + 2);
                self.covariance[axis][other] = p[axis][other] + pv * (p[axis][w] + p[v][other]) + pv * pv * p[v][w];
                let mixed = vv * (p[axis][w] + pv * p[v][w]);
                self.covariance[axis][w] = mixed;
                self.covariance[w][axis] = mixed;
                self.covariance[v][w] = vv * vv * p[v][w];
            }
        }
        for axis in 0..2 {
            self.covariance[axis][axis] += pp;
            self.covariance[axis][axis + 2] += cross;
            self.covariance[axis + 2][axis] += cross;
            self.covariance[axis + 2][axis + 2] += speed;
        }
        self.bound();
    }

    /// One scalar measurement `z = h·x + noise` of variance `r > 0`; returns its log likelihood.
    #[allow(clippy::many_single_char_names)] // The letters of the equation.
    pub(crate) fn scalar(&mut self, h: [f64; 4], z: f64, r: f64) -> f64 {
        let p = self.covariance;
        let dot = |row: &[f64; 4]| row[0] * h[0] + row[1] * h[1] + row[2] * h[2] + row[3] * h[3];
        let ph = [dot(&p[0]), dot(&p[1]), dot(&p[2]), dot(&p[3])];
        let s = (dot(&ph) + r).max(1e-12);
        let k = [ph[0] / s, ph[1] / s, ph[2] / s, ph[3] / s];
        let miss = z - dot(&self.mean);
        for row in 0..4 {
            self.mean[row] += k[row] * miss;
            for column in 0..=row {
                let value = p[row][column] - k[row] * ph[column] - ph[row] * k[column] + k[row] * s * k[column];
                self.covariance[row][column] = value;
                self.covariance[column][row] = value;
            }
        }
        self.bound();
        -0.5 * (miss * miss / s + libm::log(2.0 * PI * s))
    }

    /// A measured pair `[z0, z1]` of two rows with a common covariance `[r00, r01, r11]`; returns its log likelihood.
    pub(crate) fn pair(&mut self, rows: [[f64; 4]; 2], [z0, z1]: [f64; 2], [r00, r01, r11]: [f64; 3]) -> f64 {
        let slope = r01 / r00;
        let mut second = rows[1];
        for (to, from) in second.iter_mut().zip(rows[0]) {
            *to -= slope * from;
        }
        let first = self.scalar(rows[0], z0, r00);
        first + self.scalar(second, z1 - slope * z0, (r11 - slope * r01).max(1e-12))
    }

    /// Squared Mahalanobis distance of a position and the determinant of its covariance, km⁴; nothing changes.
    #[allow(clippy::many_single_char_names)] // The letters of the equation.
    pub(crate) fn distance(&self, [e, n]: [f64; 2], [r00, r01, r11]: [f64; 3]) -> (f64, f64) {
        let p = &self.covariance;
        let (east, north) = (e - self.mean[0], n - self.mean[1]);
        let (a, b, c) = (p[0][0] + r00, p[0][1] + r01, p[1][1] + r11);
        let det = (a * c - b * b).max(1e-12);
        ((c * east * east - 2.0 * b * east * north + a * north * north) / det, det)
    }

    /// The mean after what came a step later was smoothed to `later` (Rauch, Tung and Striebel 1965): it moves by
    /// `P Fᵀ (F P Fᵀ + Q)⁻¹ (later − F x)`. `None` where the covariance has no Cholesky factor.
    pub(crate) fn smoothed(&self, step: &Step, later: [f64; 4]) -> Option<[f64; 4]> {
        let mut predicted = *self;
        predicted.predict(step);
        let mut miss = [0.0; 4];
        for ((miss, later), mean) in miss.iter_mut().zip(later).zip(predicted.mean) {
            *miss = later - mean;
        }
        let y = solved(&predicted.covariance, miss)?;
        let back = [y[0], y[1], step.pv * y[0] + step.vv * y[2], step.pv * y[1] + step.vv * y[3]];
        let mut mean = self.mean;
        for (mean, row) in mean.iter_mut().zip(&self.covariance) {
            *mean += row.iter().zip(back).map(|(p, y)| p * y).sum::<f64>();
        }
        mean.iter().all(|value| value.is_finite()).then_some(mean)
    }

    /// Variances stay between their bounds; correlations follow, so that the covariance stays positive definite.
    fn bound(&mut self) {
        for at in 0..4 {
            let least = if at < 2 { POSITION_VARIANCE_MIN } else { VELOCITY_VARIANCE_MIN };
            let variance = self.covariance[at][at];
            if variance < least {
                self.covariance[at][at] = least;
            } else if variance > VARIANCE_MAX {
                let shrink = (VARIANCE_MAX / variance).sqrt();
                for other in 0..4 {
                    self.covariance[at][other] *= shrink;
                    self.covariance[other][at] *= shrink;
                }
            }
        }
    }

    /// Weighted sum of Gaussians as one: mean and covariance kept, the rest forgotten. Weights sum to 1.
    pub(crate) fn merged<'a>(parts: impl Iterator<Item = (f64, &'a Gauss)> + Clone) -> Gauss {
        let mut mean = [0.0; 4];
        for (weight, part) in parts.clone() {
            for (to, from) in mean.iter_mut().zip(part.mean) {
                *to += weight * from;
            }
        }
        let mut covariance = [[0.0; 4]; 4];
        for (weight, part) in parts {
            let off = [part.mean[0] - mean[0], part.mean[1] - mean[1], part.mean[2] - mean[2], part.mean[3] - mean[3]];
            for row in 0..4 {
                for column in 0..=row {
                    covariance[row][column] += weight * (part.covariance[row][column] + off[row] * off[column]);
                }
            }
        }
        #[allow(clippy::needless_range_loop)] // Two rows at once.
        for row in 0..4 {
            for column in 0..row {
                covariance[column][row] = covariance[row][column];
            }
        }
        Gauss { mean, covariance }
    }
}

/// `x` of `A x = b` by Cholesky's factor; `None` when `A` is not positive definite.
fn solved(a: &[[f64; 4]; 4], b: [f64; 4]) -> Option<[f64; 4]> {
    let mut root = [[0.0_f64; 4]; 4];
    let mut x = b;
    for row in 0..4 {
        for column in 0..=row {
            let known: f64 = root[row].iter().zip(&root[column]).take(column).map(|(a, b)| a * b).sum();
            let rest = a[row][column] - known;
            if row > column {
                root[row][column] = rest / root[column][column];
            } else if rest > 0.0 {
                root[row][row] = libm::sqrt(rest);
            } else {
                return None;
            }
        }
        let known: f64 = root[row].iter().zip(&x).take(row).map(|(a, b)| a * b).sum();
        x[row] = (x[row] - known) / root[row][row];
    }
    for row in (0..4).rev() {
        let known: f64 = (row + 1..4).map(|below| root[below][row] * x[below]).sum();
        x[row] = (x[row] - known) / root[row][row];
    }
    Some(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The smallest pivot of a Cholesky factorisation, relative to its diagonal.
    fn definite(covariance: &[[f64; 4]; 4]) -> bool {
        let mut root = [[0.0_f64; 4]; 4];
        for row in 0..4 {
            for column in 0..=row {
                let mut rest = covariance[row][column];
                for (a, b) in root[row].iter().zip(&root[column]).take(column) {
                    rest -= a * b;
                }
                if row == column {
                    if rest <= 0.0 || !rest.is_finite() {
                        return false;
                    }
                    root[row][row] = rest.sqrt();
                } else {
                    root[row][column] = rest / root[column][column];
                }
            }
        }
        (0..4).all(|r| (0..4).all(|c| covariance[r][c].to_bits() == covariance[c][r].to_bits()))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]
        /// 100 cases of 10,000 steps: a million.
        #[test]
        fn a_covariance_stays_symmetric_and_positive_definite_under_a_million_steps(seed in any::<u64>()) {
            let mut state = seed | 1;
            let mut unit = move || {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                #[allow(clippy::cast_precision_loss)]
                { (state >> 11) as f64 / (1_u64 << 53) as f64 }
            };
            let mut gauss = Gauss { mean: [0.0; 4], covariance: [[0.0; 4]; 4] };
            for at in 0..4 {
                gauss.covariance[at][at] = 1.0;
            }
            for _ in 0..10_000 {
                if unit() < 0.5 {
                    let t = 60.0 * unit();
                    let q = libm::pow(10.0, -8.0 + 5.0 * unit());
                    let noise = [q * t * t * t / 3.0, q * t * t / 2.0, q * t];
                    gauss.predict(&Step { pv: t, vv: 1.0, noise });
                } else {
                    let sd = libm::pow(10.0, -3.0 + 5.0 * unit());
                    let r = [sd * sd, 0.9 * sd * sd * (2.0 * unit() - 1.0), sd * sd];
                    let z = [gauss.mean[0] + sd * (unit() - 0.5), gauss.mean[1] + sd * (unit() - 0.5)];
                    let lag = if unit() < 0.3 { 30.0 * unit() } else { 0.0 };
                    gauss.pair([[1.0, 0.0, -lag, 0.0], [0.0, 1.0, 0.0, -lag]], z, r);
                }
                prop_assert!(definite(&gauss.covariance), "{:?}", gauss);
                prop_assert!(gauss.mean.iter().all(|x| x.is_finite()));
            }
        }
    }
}
