//! A fan of straight paths drawn from a track's covariance, the same draws for every track and every run.
//!
//! First passage has no closed form for a Gaussian start and velocity; 64 low-discrepancy draws (Halton 1960, bases 2,
//! 3, 5 and 7, made normal by Box and Muller 1958) give it to about two percent, without randomness.

use crate::fuse::Motion;
use model::Position;

/// Paths in a fan: one path is 1.6 % of probability.
const PATHS: usize = 64;

/// The draws: standard normal, four to a path.
#[derive(Debug)]
pub(crate) struct Fan {
    draws: [[f64; 4]; PATHS],
}

/// One track's paths, on the plane about its position, kilometres and kilometres a second.
#[derive(Debug)]
pub(crate) struct Paths {
    from: Position,
    horizon_s: f64,
    lines: [[f64; 4]; PATHS],
    /// West, south, east, north of everything the paths touch.
    bounds_km: [f64; 4],
}

#[allow(clippy::cast_precision_loss)] // Indexes below a hundred.
fn halton(index: usize, base: usize) -> f64 {
    let (mut n, mut fraction, mut value) = (index, 1.0, 0.0);
    while n > 0 {
        fraction /= base as f64;
        value += fraction * (n % base) as f64;
        n /= base;
    }
    value
}

impl Fan {
    pub(crate) fn new() -> Self {
        let mut draws = [[0.0; 4]; PATHS];
        for (n, draw) in draws.iter_mut().enumerate() {
            for (at, (a, b)) in [(2, 3), (5, 7)].into_iter().enumerate() {
                let radius = libm::sqrt(-2.0 * libm::log(halton(n + 1, a)));
                let angle = 2.0 * std::f64::consts::PI * halton(n + 1, b);
                draw[2 * at] = radius * libm::cos(angle);
                draw[2 * at + 1] = radius * libm::sin(angle);
            }
        }
        // Exactly standard in each coordinate, so that so few draws are not off to one side.
        #[allow(clippy::cast_precision_loss)]
        let n = PATHS as f64;
        for at in 0..4 {
            let mean = draws.iter().map(|draw| draw[at]).sum::<f64>() / n;
            let variance = draws.iter().map(|draw| (draw[at] - mean) * (draw[at] - mean)).sum::<f64>() / n;
            let sd = libm::sqrt(variance);
            for draw in &mut draws {
                draw[at] = (draw[at] - mean) / sd;
            }
        }
        Self { draws }
    }

    /// The fan of a motion. `wander` widens the velocity by what a white acceleration adds over the horizon on average.
    pub(crate) fn paths(&self, motion: &Motion, horizon_s: f64, wander: f64) -> Paths {
        let mut covariance = motion.covariance;
        covariance[2][2] += wander * horizon_s / 3.0;
        covariance[3][3] += wander * horizon_s / 3.0;
        let root = root(&covariance);
        let mut bounds = [0.0_f64; 4];
        let mut lines = [[0.0; 4]; PATHS];
        for (path, draw) in lines.iter_mut().zip(&self.draws) {
            for row in 0..4 {
                let mut sum = if row < 2 { 0.0 } else { motion.velocity[row - 2] };
                for column in 0..=row {
                    sum += root[row][column] * draw[column];
                }
                path[row] = sum;
            }
            for (e, n) in [(path[0], path[1]), (path[0] + path[2] * horizon_s, path[1] + path[3] * horizon_s)] {
                bounds = [bounds[0].min(e), bounds[1].min(n), bounds[2].max(e), bounds[3].max(n)];
            }
        }
        Paths { from: motion.position, horizon_s, lines, bounds_km: bounds }
    }
}

impl Paths {
    /// Southern and northern end of all paths, degrees.
    pub(crate) fn latitudes(&self) -> (f64, f64) {
        let lat = self.from.lat_deg();
        (lat + self.bounds_km[1] / 111.0, lat + self.bounds_km[3] / 111.0)
    }

    /// Share of the paths that enter the disc inside the horizon, and the 5 and 95 % quantile of their first passage in
    /// seconds; `None` when none does.
    pub(crate) fn arrival(&self, centre: Position, radius_km: f64) -> Option<(f64, f64, f64)> {
        let [west, south, east, north] = self.bounds_km;
        // A cheap look before the exact plane: a degree of longitude is at most 111.3 km.
        let rough_n = (centre.lat_deg() - self.from.lat_deg()) * 111.195;
        if rough_n < south - radius_km - 1.0 || rough_n > north + radius_km + 1.0 {
            return None;
        }
        let [e, n] = crate::fuse::offset_km(self.from, centre);
        if e < west - radius_km || e > east + radius_km || n < south - radius_km || n > north + radius_km {
            return None;
        }
        let mut times = [0.0; PATHS];
        let mut count = 0;
        for path in &self.lines {
            if let Some(time) = entry_s(path, e, n, radius_km)
                && time <= self.horizon_s
            {
                times[count] = time;
                count += 1;
            }
        }
        let entered = times.get_mut(..count)?;
        entered.sort_unstable_by(f64::total_cmp);
        let early = *entered.get(count / 20)?;
        let late = *entered.get(count - 1 - count / 20)?;
        #[allow(clippy::cast_precision_loss)] // At most PATHS.
        Some((count as f64 / PATHS as f64, early, late))
    }
}

/// When a path enters the disc about `(e, n)`; 0 when it begins inside.
fn entry_s(path: &[f64; 4], e: f64, n: f64, radius_km: f64) -> Option<f64> {
    let (x, y) = (e - path[0], n - path[1]);
    let outside = x * x + y * y - radius_km * radius_km;
    if outside <= 0.0 {
        return Some(0.0);
    }
    let closing = x * path[2] + y * path[3];
    if closing <= 0.0 {
        return None;
    }
    let speed2 = path[2] * path[2] + path[3] * path[3];
    let inner = closing * closing - speed2 * outside;
    (inner >= 0.0).then(|| (closing - inner.sqrt()) / speed2)
}

/// Lower triangular root (Cholesky) of a covariance; a direction without spread stays without.
fn root(covariance: &[[f64; 4]; 4]) -> [[f64; 4]; 4] {
    let mut root = [[0.0; 4]; 4];
    for row in 0..4 {
        for column in 0..=row {
            let mut rest = covariance[row][column];
            for (a, b) in root[row].iter().zip(&root[column]).take(column) {
                rest -= a * b;
            }
            root[row][column] = if row == column {
                rest.max(0.0).sqrt()
            } else if root[column][column] > 1e-9 {
                rest / root[column][column]
            } else {
                0.0
            };
        }
    }
    root
}
