//! When paths enter a disc: first passages of a fan, all paths at once.

use super::timing::Entered;
use super::{HISTORIES_MAX, LEGS, PATHS};
use model::Position;

/// One leg of all paths, on the plane about the start, kilometres and kilometres a second. In single precision, which is a
/// metre in ten thousand kilometres and twice as fast; sums, products, quotients and roots are the same on every machine.
#[derive(Debug, Clone)]
pub(super) struct Leg {
    /// East, north, east and north velocity.
    pub(super) lines: [[f32; PATHS]; 4],
    /// Square of each path's speed.
    pub(super) speed2: [f32; PATHS],
    /// West, south, east, north of everything the leg touches.
    pub(super) bounds_km: [f64; 4],
    /// The same of each [`BLOCK`] paths, side after side.
    pub(super) blocks_km: [[f32; BLOCKS]; 4],
}

/// Paths that are looked at together: those that lead the same way ([`Paths::sort`]).
pub(super) const BLOCK: usize = 8;
pub(super) const BLOCKS: usize = PATHS / BLOCK;

/// One track's paths.
#[derive(Debug)]
pub(crate) struct Paths {
    pub(super) from: Position,
    pub(super) leg_s: f64,
    pub(super) legs: Box<[Leg; LEGS]>,
    /// When each path begins and ends to matter, seconds: what falls matters at its end alone.
    pub(super) begins_s: [f64; PATHS],
    pub(super) ends_s: [f64; PATHS],
    /// Which history each path is drawn from, and how many paths each history has.
    pub(super) histories: [u8; PATHS],
    pub(super) drawn: Vec<u16>,
    pub(super) bounds_km: [f64; 4],
    /// Cosine of the latitude farthest from the equator that may matter.
    pub(super) cosine_min: f64,
}

/// When some of a fan's paths enter a disc.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Passage {
    /// Share of all paths.
    pub(crate) share: f64,
    /// The window that holds nine tenths of their first passages, seconds.
    pub(crate) window_s: (f64, f64),
    /// Share of each history's paths; empty when there is one history.
    pub(crate) by_history: Vec<f64>,
    /// Share of all paths that have entered, as time passes.
    pub(super) entered: Entered,
}

/// Shares of the drawn times that a window of nine tenths leaves out, before and after it. The fan is wider in time than what
/// comes: doubts of place, course and speed are drawn apart, and words that err one way err that way again. What begins to
/// circle on its way is late, and no path does. Measured on simulated nights: with these about one object in ten comes
/// outside, of drones 4 to 8 % before and 3 to 6 % after, near the front 1 % and 7 %.
pub(super) const LEFT_OUT: [f64; 2] = [0.17, 0.042];

/// A box that holds nothing.
pub(super) const NOWHERE: [f64; 4] = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
/// A look that is only meant to be cheap lets by what misses by less than this, kilometres.
const SLACK_KM: f64 = 0.01;

/// The box with a point more.
pub(super) const fn widened(bounds: [f64; 4], x: f64, y: f64) -> [f64; 4] {
    [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x), bounds[3].max(y)]
}

/// Whether a disc may touch the box; one that misses it by less than [`SLACK_KM`] may.
fn touches([left, below, right, above]: [f64; 4], x: f64, y: f64, radius_km: f64) -> bool {
    let reach = radius_km + SLACK_KM;
    x >= left - reach && x <= right + reach && y >= below - reach && y <= above + reach
}

/// Which of a leg's blocks a disc may touch, a bit for each; single precision errs by much less than [`SLACK_KM`].
// All are looked at, without branches: which they are cannot be foreseen.
#[allow(clippy::needless_bitwise_bool)]
fn touched([left, below, right, above]: &[[f32; BLOCKS]; 4], x: f32, y: f32, reach: f32) -> u32 {
    let mut touched = 0;
    for block in 0..BLOCKS {
        let touches = (x >= left[block] - reach)
            & (x <= right[block] + reach)
            & (y >= below[block] - reach)
            & (y <= above[block] + reach);
        touched |= u32::from(touches) << block;
    }
    touched
}

/// Where a path is after so long of a leg, kilometres.
fn along(leg: &Leg, path: usize, after_s: f64) -> [f64; 2] {
    let [e, north, ve, vn] = leg.lines.each_ref().map(|line| f64::from(line[path]));
    [e + ve * after_s, north + vn * after_s]
}

/// The mean of all paths after so long of a leg, kilometres.
fn middle(leg: &Leg, after_s: f64) -> [f64; 2] {
    let sum = (0..PATHS).map(|n| along(leg, n, after_s)).fold([0.0, 0.0], |sum, at| [sum[0] + at[0], sum[1] + at[1]]);
    sum.map(|sum| sum / real(PATHS))
}

#[allow(clippy::cast_precision_loss)] // At most the number of paths.
const fn real(n: usize) -> f64 {
    n as f64
}

impl Paths {
    /// How far ahead the paths lead, seconds.
    pub(super) fn horizon_s(&self) -> f64 {
        self.leg_s * real(LEGS)
    }

    /// Southern and northern end of all paths, degrees.
    pub(crate) fn latitudes(&self) -> (f64, f64) {
        let lat = self.from.lat_deg();
        (lat + self.bounds_km[1] / 111.0, lat + self.bounds_km[3] / 111.0)
    }

    /// The paths that enter the disc before they end; `None` when fewer than `least` do, or none.
    pub(crate) fn arrival(&self, centre: Position, radius_km: f64, least: usize) -> Option<Passage> {
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
        let Times { times, blocks } = self.times(e, n, radius_km);
        if blocks.count_ones() as usize * BLOCK < least {
            return None;
        }
        let mut count = 0;
        let mut hits = [0_usize; HISTORIES_MAX];
        let mut entries = [f64::INFINITY; PATHS];
        let looked_at = (0..BLOCKS).filter(|block| blocks >> block & 1 == 1);
        for path in looked_at.flat_map(|block| block * BLOCK..(block + 1) * BLOCK) {
            let entered = f64::from(times[path]).max(self.begins_s[path]);
            if entered <= self.ends_s[path] {
                entries[count] = entered;
                count += 1;
                hits[usize::from(self.histories[path]) % HISTORIES_MAX] += 1;
            }
        }
        if count < least.max(1) {
            return None;
        }
        let mut by_history = Vec::new();
        if self.drawn.len() > 1 {
            let share = |(&hits, &drawn): (&usize, &u16)| real(hits) / f64::from(drawn.max(1));
            by_history = hits.iter().zip(&self.drawn).map(share).collect();
        }
        let share = real(count) / real(PATHS);
        let (early_s, late_s) = window(&mut entries[..count]);
        // What is added for the undrawn cannot come after everything has ended.
        let last_s = self.ends_s.iter().copied().fold(early_s, f64::max);
        let entered = Entered::of(entries.into_iter().take(count), 1.0 / real(PATHS));
        let window_s = (early_s, late_s.min(last_s));
        Some(Passage { share, window_s, by_history, entered })
    }

    /// Puts paths that lead the same way beside each other, and says where each block of them leads. The order of paths
    /// says nothing: what is asked of them is how many, and when.
    pub(super) fn sort(&mut self) {
        // Where a path is in the end, as an angle that grows with the real one and costs no arc tangent.
        let begin = middle(&self.legs[0], 0.0);
        let mut angle = [0.0; PATHS];
        if let Some(last) = self.legs.last() {
            for (n, angle) in angle.iter_mut().enumerate() {
                let [e, north] = along(last, n, self.leg_s);
                let (e, north) = (e - begin[0], north - begin[1]);
                let part = north / (e.abs() + north.abs()).max(1e-9);
                *angle = if e < 0.0 { 2.0 - part } else { part };
            }
        }
        let mut order: [usize; PATHS] = std::array::from_fn(|n| n);
        order.sort_unstable_by(|&a, &b| angle[a].total_cmp(&angle[b]).then(a.cmp(&b)));
        self.begins_s = order.map(|n| self.begins_s[n]);
        self.ends_s = order.map(|n| self.ends_s[n]);
        self.histories = order.map(|n| self.histories[n]);
        for leg in self.legs.iter_mut() {
            for line in &mut leg.lines {
                *line = order.map(|n| line[n]);
            }
            leg.speed2 = order.map(|n| leg.speed2[n]);
            for block in 0..BLOCKS {
                let of = |bounds, n| {
                    let ([e, north], [to_e, to_north]) = (along(leg, n, 0.0), along(leg, n, self.leg_s));
                    widened(widened(bounds, e, north), to_e, to_north)
                };
                let bounds = (block * BLOCK..(block + 1) * BLOCK).fold(NOWHERE, of);
                #[allow(clippy::cast_possible_truncation)] // See `Leg`.
                for (side, bound) in leg.blocks_km.iter_mut().zip(bounds) {
                    side[block] = bound as f32;
                }
            }
        }
    }

    /// When each path enters a disc on the plane, whether or not it matters then.
    // Without branches the loops become vector instructions; single precision is a metre here (see `Leg`).
    #[allow(clippy::needless_bitwise_bool, clippy::cast_possible_truncation)]
    fn times(&self, far_e: f64, far_n: f64, radius_km: f64) -> Times {
        let (e, n, radius, leg_s) = (far_e as f32, far_n as f32, radius_km as f32, self.leg_s as f32);
        let radius2 = radius * radius;
        let mut all = Times { times: [f32::INFINITY; PATHS], blocks: 0 };
        let mut begins_s = 0.0_f32;
        for leg in self.legs.iter() {
            if touches(leg.bounds_km, far_e, far_n, radius_km) {
                let [from_e, from_n, ve, vn] = leg.lines.each_ref().map(|line| line.as_chunks::<BLOCK>().0);
                let speed2 = leg.speed2.as_chunks::<BLOCK>().0;
                let mut left = touched(&leg.blocks_km, e, n, radius + SLACK_KM as f32);
                all.blocks |= left;
                while left != 0 {
                    let block = left.trailing_zeros() as usize;
                    left &= left - 1;
                    let entered = &mut all.times.as_chunks_mut::<BLOCK>().0[block];
                    let (from_e, from_n, ve, vn) = (&from_e[block], &from_n[block], &ve[block], &vn[block]);
                    let speed2 = &speed2[block];
                    for at in 0..BLOCK {
                        let (x, y) = (e - from_e[at], n - from_n[at]);
                        let outside = x * x + y * y - radius2;
                        let closing = x * ve[at] + y * vn[at];
                        let inner = closing * closing - speed2[at] * outside;
                        let entry_s = (closing - if inner > 0.0 { inner } else { 0.0 }.sqrt()) / speed2[at];
                        let enters = (closing > 0.0) & (inner >= 0.0) & (entry_s <= leg_s);
                        let ahead = if enters { entry_s } else { f32::INFINITY };
                        let time = begins_s + if outside <= 0.0 { 0.0 } else { ahead };
                        entered[at] = if time < entered[at] { time } else { entered[at] };
                    }
                }
            }
            begins_s += leg_s;
        }
        all
    }
}

/// When paths enter a disc, seconds; infinite for one that does not.
#[derive(Debug)]
struct Times {
    times: [f32; PATHS],
    /// A bit for each [`BLOCK`] paths of which some may enter.
    blocks: u32,
}

/// The window of some times of entry, seconds; puts them in another order.
///
/// Of `n` drawn times, the `k`-th from either end leaves out `k / (n + 1)` of the rest (David and Nagaraja 2003, section
/// 7.2). Where even all of them hold less than they should, the window ends later in proportion: what comes late is what was
/// not drawn.
fn window(times: &mut [f64]) -> (f64, f64) {
    let Some(last) = times.len().checked_sub(1) else { return (0.0, 0.0) };
    let n = real(times.len());
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // At most PATHS.
    let cut = |share: f64| ((share * (n + 1.0)) as usize).saturating_sub(1);
    let (early, late) = (cut(LEFT_OUT[0]), last - cut(LEFT_OUT[1]));
    let (_, &mut first_s, _) = times.select_nth_unstable_by(early, f64::total_cmp);
    let (_, &mut last_s, _) = times.select_nth_unstable_by(late, f64::total_cmp);
    let (holds, should) = ((n - 1.0).max(1.0) / (n + 1.0), 1.0 - LEFT_OUT[0] - LEFT_OUT[1]);
    (first_s, last_s + (should / holds - 1.0).max(0.0) * (last_s - first_s))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_leaves_out_what_it_should_of_many_times_and_ends_later_than_few() {
        let mut many: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        let (early_s, late_s) = window(&mut many);
        assert_eq!((early_s, late_s), (17.0, 97.0));
        let (early_s, late_s) = window(&mut [300.0, 100.0, 200.0]);
        assert!((early_s - 100.0).abs() < 1e-9 && late_s > 350.0, "{early_s} to {late_s}");
        assert_eq!(window(&mut [60.0]), (60.0, 60.0));
        assert_eq!(window(&mut []), (0.0, 0.0));
    }
}
