//! A fan of straight paths drawn from a track's covariance, the same draws for every track and every run.
//!
//! First passage has no closed form for a Gaussian start and velocity; 64 low-discrepancy draws (Halton 1960, bases 2,
//! 3, 5 and 7, made normal by Box and Muller 1958) give it to about two percent, without randomness.

use crate::fuse::Motion;
use model::Position;

/// Paths in a fan: one path is 1.6 % of probability.
const PATHS: usize = 64;
/// The longest detour, as a share of the speed that is not made good; any share up to it is as likely.
const DETOUR: f64 = 0.25;
/// Communities reach no farther beyond the paths than this, degrees of latitude.
const FARTHER_DEG: f64 = 3.0;

/// The draws: standard normal, four to a path.
pub(crate) struct Fan {
    draws: [[f64; 4]; PATHS],
    /// What is made good of each path's speed: nothing flies quite straight.
    gains: [f64; PATHS],
}

impl std::fmt::Debug for Fan {
    /// The same in every engine: not worth its numbers.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fan")
    }
}

/// One track's paths, on the plane about its position, kilometres and kilometres a second.
#[derive(Debug)]
pub(crate) struct Paths {
    from: Position,
    horizon_s: f64,
    /// East, north, east and north velocity, each of all paths.
    lines: [[f64; PATHS]; 4],
    /// Square of each path's speed.
    speed2: [f64; PATHS],
    /// West, south, east, north of everything the paths touch.
    bounds_km: [f64; 4],
    /// A direction, and the least and greatest reach along it and to its left: a narrow fan leaves most of its
    /// bounding box empty.
    along: [f64; 2],
    strip_km: [f64; 4],
    /// Cosine of the latitude farthest from the equator that may matter.
    cosine_min: f64,
}

/// A look that is only meant to be cheap lets by what misses by less than this, kilometres.
const SLACK_KM: f64 = 0.01;

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
        let mut gains = [1.0; PATHS];
        for (n, gain) in gains.iter_mut().enumerate() {
            *gain = 1.0 - DETOUR * halton(n + 1, 11);
        }
        Self { draws, gains }
    }

    /// The fewest paths whose share times `existence` is at least `floor_p`; more than there are when none is.
    #[allow(clippy::cast_precision_loss)] // At most the number of paths.
    pub(crate) fn least(floor_p: f64, existence: f64) -> usize {
        (1..=PATHS).find(|&n| n as f64 / PATHS as f64 * existence >= floor_p).unwrap_or(PATHS + 1)
    }

    /// The fan of a motion. `wander` widens the velocity by what a white acceleration adds over the horizon on average.
    pub(crate) fn paths(&self, motion: &Motion, horizon_s: f64, wander: f64) -> Paths {
        let mut covariance = motion.covariance;
        covariance[2][2] += wander * horizon_s / 3.0;
        covariance[3][3] += wander * horizon_s / 3.0;
        let root = root(&covariance);
        let [ve, vn] = motion.velocity;
        let speed = (ve * ve + vn * vn).sqrt();
        let along = if speed > 0.0 { [ve / speed, vn / speed] } else { [1.0, 0.0] };
        let mut bounds = [0.0_f64; 4];
        let mut strip = [0.0_f64; 4];
        let mut lines = [[0.0; PATHS]; 4];
        let mut speed2 = [0.0; PATHS];
        for (n, draw) in self.draws.iter().enumerate() {
            let mut path = [0.0; 4];
            for row in 0..4 {
                let mut sum = if row < 2 { 0.0 } else { motion.velocity[row - 2] };
                for column in 0..=row {
                    sum += root[row][column] * draw[column];
                }
                if row > 1 {
                    sum *= self.gains[n];
                }
                path[row] = sum;
                lines[row][n] = sum;
            }
            speed2[n] = path[2] * path[2] + path[3] * path[3];
            for (e, n) in [(path[0], path[1]), (path[0] + path[2] * horizon_s, path[1] + path[3] * horizon_s)] {
                bounds = widened(bounds, e, n);
                strip = widened(strip, e * along[0] + n * along[1], n * along[0] - e * along[1]);
            }
        }
        let lat = motion.position.lat_deg();
        let farthest = (lat + bounds[3] / 111.0).abs().max((lat + bounds[1] / 111.0).abs()) + FARTHER_DEG;
        let cosine_min = libm::cos(farthest.min(90.0).to_radians()).max(0.0);
        Paths { from: motion.position, horizon_s, lines, speed2, bounds_km: bounds, along, strip_km: strip, cosine_min }
    }
}

fn widened(bounds: [f64; 4], x: f64, y: f64) -> [f64; 4] {
    [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x), bounds[3].max(y)]
}

/// Whether a disc may touch the box; one that misses it by less than [`SLACK_KM`] may.
fn touches([left, below, right, above]: [f64; 4], x: f64, y: f64, radius_km: f64) -> bool {
    let reach = radius_km + SLACK_KM;
    x >= left - reach && x <= right + reach && y >= below - reach && y <= above + reach
}

impl Paths {
    /// Southern and northern end of all paths, degrees.
    pub(crate) fn latitudes(&self) -> (f64, f64) {
        let lat = self.from.lat_deg();
        (lat + self.bounds_km[1] / 111.0, lat + self.bounds_km[3] / 111.0)
    }

    /// Share of the paths that enter the disc inside the horizon, and the window that holds nine tenths of their first
    /// passages, in seconds; `None` when fewer than `least` do, or none.
    #[allow(clippy::needless_bitwise_bool)] // Without branches the loops become vector instructions.
    pub(crate) fn arrival(&self, centre: Position, radius_km: f64, least: usize) -> Option<(f64, f64, f64)> {
        let [west, south, east, north] = self.bounds_km;
        // Cheap looks before the exact plane: a degree of latitude is 111.2 km, one of longitude at least so many as
        // at the farthest latitude.
        let rough_n = (centre.lat_deg() - self.from.lat_deg()) * 111.195;
        if rough_n < south - radius_km - 1.0 || rough_n > north + radius_km + 1.0 {
            return None;
        }
        let east_deg = centre.lon_deg() - self.from.lon_deg();
        let rough_e = east_deg * self.cosine_min * 111.195;
        if east_deg.abs() < 180.0 && (rough_e < west - radius_km - 1.0 || rough_e > east + radius_km + 1.0) {
            return None;
        }
        let [e, n] = crate::fuse::offset_km(self.from, centre);
        let [x, y] = self.along;
        let (ahead, left) = (e * x + n * y, n * x - e * y);
        if !touches(self.bounds_km, e, n, radius_km) || !touches(self.strip_km, ahead, left, radius_km) {
            return None;
        }
        let radius2 = radius_km * radius_km;
        let [from_e, from_n, ve, vn] = &self.lines;
        // All paths at once, first without a root: which of them ever enter.
        let (mut outside, mut closing, mut inner) = ([0.0; PATHS], [0.0; PATHS], [0.0; PATHS]);
        let mut count = 0;
        for at in 0..PATHS {
            let (x, y) = (e - from_e[at], n - from_n[at]);
            outside[at] = x * x + y * y - radius2;
            closing[at] = x * ve[at] + y * vn[at];
            inner[at] = closing[at] * closing[at] - self.speed2[at] * outside[at];
            count += usize::from((outside[at] <= 0.0) | ((closing[at] > 0.0) & (inner[at] >= 0.0)));
        }
        if count < least.max(1) {
            return None;
        }
        let mut times = [0.0; PATHS];
        for at in 0..PATHS {
            let entry_s = (closing[at] - inner[at].max(0.0).sqrt()) / self.speed2[at];
            let ahead = if (closing[at] > 0.0) & (inner[at] >= 0.0) { entry_s } else { f64::INFINITY };
            times[at] = if outside[at] <= 0.0 { 0.0 } else { ahead };
        }
        let mut ends = Ends::default();
        times.iter().filter(|&&time| time <= self.horizon_s).for_each(|&time| ends.add(time));
        if ends.count < least.max(1) {
            return None;
        }
        #[allow(clippy::cast_precision_loss)] // At most PATHS.
        let share = ends.count as f64 / PATHS as f64;
        let (early_s, late_s) = ends.window();
        Some((share, early_s, late_s))
    }
}

/// The first and the last few of some times: enough for a window that holds nine tenths of what at most [`PATHS`] are
/// drawn from. Of `n` drawn times, those between the `k`-th from either end hold `(n - 1 - 2 k) / (n + 1)` of the rest
/// (David and Nagaraja 2003, section 7.2); where all of them hold less than nine tenths, the window ends later in
/// proportion: what comes late is what was not drawn.
#[derive(Debug)]
struct Ends {
    count: usize,
    first: [f64; KEPT],
    last: [f64; KEPT],
}

/// As many as are ever cut off, and one more.
const KEPT: usize = 3;
/// Share that the window holds.
const HELD: f64 = 0.9;

impl Default for Ends {
    fn default() -> Self {
        Self { count: 0, first: [f64::INFINITY; KEPT], last: [f64::NEG_INFINITY; KEPT] }
    }
}

impl Ends {
    fn add(&mut self, time: f64) {
        self.count += 1;
        if time < self.first[KEPT - 1] {
            let mut early = time;
            for first in &mut self.first {
                (*first, early) = (first.min(early), first.max(early));
            }
        }
        if time > self.last[KEPT - 1] {
            let mut late = time;
            for last in &mut self.last {
                (*last, late) = (last.max(late), last.min(late));
            }
        }
    }

    /// Earliest and latest, seconds.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // At most PATHS.
    fn window(&self) -> (f64, f64) {
        let n = self.count as f64;
        let cut = ((n - 1.0 - HELD * (n + 1.0)) / 2.0).max(0.0) as usize;
        let (first, last) = (self.first[cut.min(KEPT - 1)], self.last[cut.min(KEPT - 1)]);
        let held = (n - 1.0).max(1.0) / (n + 1.0);
        (first, last + (HELD / held - 1.0).max(0.0) * (last - first))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition: every path on its own, all times sorted.
    fn plain(paths: &Paths, centre: Position, radius_km: f64) -> Option<(f64, f64, f64)> {
        let [e, n] = crate::fuse::offset_km(paths.from, centre);
        let entry_s = |at: usize| {
            let [x, y] = [e - paths.lines[0][at], n - paths.lines[1][at]];
            let [ve, vn] = [paths.lines[2][at], paths.lines[3][at]];
            let outside = x * x + y * y - radius_km * radius_km;
            if outside <= 0.0 {
                return Some(0.0);
            }
            let (closing, speed2) = (x * ve + y * vn, ve * ve + vn * vn);
            let inner = closing * closing - speed2 * outside;
            (closing > 0.0 && inner >= 0.0).then(|| (closing - inner.sqrt()) / speed2)
        };
        let mut times: Vec<f64> = (0..PATHS).filter_map(entry_s).filter(|&time| time <= paths.horizon_s).collect();
        times.sort_by(f64::total_cmp);
        let count = times.len();
        #[allow(clippy::cast_precision_loss)]
        let (n, share) = (count as f64, count as f64 / PATHS as f64);
        let (cut, wider) = match count {
            0 => return None,
            1..19 => (0, 0.9 / ((n - 1.0).max(1.0) / (n + 1.0)) - 1.0),
            19..39 => (0, 0.0),
            39..59 => (1, 0.0),
            _ => (2, 0.0),
        };
        let (first, last) = (times[cut], times[count - 1 - cut]);
        Some((share, first, last + wider * (last - first)))
    }

    #[test]
    fn cheap_looks_change_no_forecast() {
        let fan = Fan::new();
        let from = Position::new(50.0, 31.0).unwrap();
        let mut reached = 0;
        for course_deg in [0.0, 77.0, 160.0, 251.0, 333.0_f64] {
            for (speed_kmps, sd_km, sd_kmps) in
                [(0.05, 1.0, 0.005), (0.2, 0.2, 0.002), (0.01, 40.0, 0.05), (0.0, 3.0, 0.0)]
            {
                let (sin, cos) = libm::sincos(course_deg.to_radians());
                let mut covariance = [[0.0; 4]; 4];
                (0..4).for_each(|at| covariance[at][at] = if at < 2 { sd_km * sd_km } else { sd_kmps * sd_kmps });
                let motion = Motion { position: from, velocity: [speed_kmps * sin, speed_kmps * cos], covariance };
                let paths = fan.paths(&motion, 1200.0, 1e-7);
                for (lat, lon) in (0..60).flat_map(|row| (0..60).map(move |column| (row, column))) {
                    let at = Position::new(47.0 + 0.1 * f64::from(lat), 26.0 + 0.17 * f64::from(lon)).unwrap();
                    let expected = plain(&paths, at, 11.0);
                    assert_eq!(paths.arrival(at, 11.0, 1), expected, "{course_deg} {at:?}");
                    let enough = expected.filter(|(share, _, _)| *share >= 0.1);
                    assert_eq!(paths.arrival(at, 11.0, Fan::least(0.1, 1.0)), enough);
                    reached += usize::from(expected.is_some());
                }
            }
        }
        assert!(reached > 1000, "{reached}");
    }
}
