//! A fan of paths drawn from what the filter believes of a track: its histories, modes and kinds.
//!
//! What comes in: where and how an object may fly ([`Start`]). What goes out: [`Paths`]. What always holds: the same start
//! gives the same fan; no path is faster than [`Flight::fastest_mps`], turns faster than its kind can, or flies beyond
//! its endurance.

use super::aim::{Aims, CALM_KM, FREE, Field, RETURNS_S, View};
use super::draws::{Draw, draws};
use super::passage::{BLOCKS, Leg, NOWHERE, Paths, widened};
use super::ways::Ways;
use super::{LEGS, PATHS};
use crate::courses::Courses;
use crate::fuse::{Flight, Gauss, Way, moved};
use crate::ground::Ground;
use model::Position;

/// Communities reach no farther beyond the paths than this, degrees of latitude.
const FARTHER_DEG: f64 = 3.0;
/// The filter's place is this many times less sure than it believes: words about one flight err together (the same road,
/// the same town, copied from each other), which it takes for independent.
const PLACE_SD: f64 = 1.4;
/// Its course is at least so unsure, degrees: people tell the eight winds.
const COURSE_SD_DEG: f64 = 10.0;
/// Least and most of the believed speed: the filter leans on the usual speed of the kind, and nothing flies quite straight.
const SPEEDS: [f64; 2] = [0.85, 1.2];
/// Share of the paths with somewhere to go that fly as others flew before, where very many did.
const WAYS_MOST: f64 = 0.8;
/// So many that agreed (smoothed, `ways.rs`) make it half of that. All numbers of ways were chosen on simulated nights.
const WAYS_N: f64 = 40.0;
/// What is drawn back of a course beside theirs in the first leg, of which a part is flown already, and in a later one.
const WAYS_GAIN: [f64; 2] = [0.7, 1.0];
/// What is left of the turns of one that flies as others did.
const WAYS_WANDER: f64 = 0.4;

/// The draws of all fans.
pub(crate) struct Fan {
    draws: Vec<Draw>,
    aims: Aims,
    ways: Ways,
}

impl std::fmt::Debug for Fan {
    /// The same in every engine: not worth its numbers.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fan")
    }
}

/// One motion mode of one history.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// Which history, and how likely history and mode are.
    pub(crate) history: u8,
    pub(crate) weight: f64,
    pub(crate) gauss: Gauss,
    /// White acceleration density of the mode, km²/s³.
    pub(crate) wander: f64,
    /// For how long on average it circles, seconds; 0 for a mode that goes somewhere.
    pub(crate) circles_s: f64,
}

/// All that a fan is drawn from.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    /// All parts' plane is about this.
    pub(crate) from: Position,
    /// Sorted by history.
    pub(crate) parts: Vec<Part>,
    /// What it may be, with shares, and for how long such a thing may still fly, seconds.
    pub(crate) kinds: Vec<(f64, Flight, f64)>,
    pub(crate) horizon_s: f64,
}

/// The first of some weighted things at which the weights so far pass `u` of their sum.
fn pick<T>(things: &[T], weight: impl Fn(&T) -> f64, u: f64) -> Option<usize> {
    let mut left = u * things.iter().map(&weight).sum::<f64>();
    let passed = things.iter().position(|thing| {
        left -= weight(thing);
        left < 0.0
    });
    passed.or(things.len().checked_sub(1))
}

/// Where one part's course may lead.
#[derive(Debug, Clone)]
struct Lead<'a> {
    field: Field<'a>,
    /// The believed course, radians clockwise from north, and where it begins.
    course: f64,
    at: [f64; 2],
    /// How far a destination draws the course to it: 0 for a course that is known, 1 for one that is not.
    gain: f64,
}

/// What leads a path.
#[derive(Debug, Clone, Copy)]
enum Goal<'a> {
    /// Nothing in particular.
    Nowhere,
    /// A destination, east and north, kilometres.
    At(&'a Lead<'a>, [f64; 2]),
    /// How others flew before.
    Along(&'a Ways),
}

/// Angle in -pi..=pi.
fn wrapped(angle: f64) -> f64 {
    let turn = 2.0 * std::f64::consts::PI;
    angle - turn * (angle / turn).round()
}

/// Standard deviation of a course about the bearing of its destination, radians: what the kind wanders, held together by
/// returning.
fn beside(flight: &Flight, speed: f64) -> f64 {
    (libm::sqrt(flight.wander * RETURNS_S / 2.0) / speed).min(1.0)
}

impl Fan {
    pub(crate) fn new(ground: &Ground, courses: &Courses) -> Self {
        Self { draws: draws(), aims: Aims::over(ground), ways: Ways::over(courses) }
    }

    /// Nothing goes anywhere in particular.
    #[cfg(test)]
    fn free() -> Self {
        Self { draws: draws(), aims: Aims::default(), ways: Ways::default() }
    }

    /// The fewest paths whose share is at least `floor_p`; more than there are when none is.
    #[allow(clippy::cast_precision_loss)] // At most the number of paths.
    pub(crate) fn least(floor_p: f64) -> usize {
        (1..=PATHS).find(|&n| n as f64 / PATHS as f64 >= floor_p).unwrap_or(PATHS + 1)
    }

    /// Where the course of a part may lead.
    fn lead<'a>(view: &View<'a>, part: &Part, flight: &Flight, left_s: f64) -> Lead<'a> {
        let [e, n, ve, vn] = part.gauss.mean;
        let speed = libm::sqrt(ve * ve + vn * vn).max(1e-6);
        let (ue, un) = (ve / speed, vn / speed);
        let c = &part.gauss.covariance;
        let across = c[2][2] * un * un - 2.0 * c[2][3] * ue * un + c[3][3] * ue * ue;
        let told = COURSE_SD_DEG.to_radians();
        let unsure = (across.max(0.0) / (speed * speed) + told * told).min(10.0);
        let usual = flight.speed_mps / 1000.0;
        let off = beside(flight, usual);
        let tight = 1.0 / (unsure + off * off);
        let reach_km = flight.fastest_mps() / 1000.0 * left_s.max(0.0);
        Lead {
            field: view.field([e, n], [ue, un], tight, reach_km),
            course: libm::atan2(ve, vn),
            at: [e, n],
            gain: unsure * tight,
        }
    }

    /// Share of paths that fly as others flew before from where a part is.
    fn by_ways(&self, from: Position, part: &Part) -> f64 {
        let [e, n, ve, vn] = part.gauss.mean;
        let before = self.ways.agreed(moved(from, [e, n]), libm::atan2(ve, vn));
        (1.0 - FREE) * WAYS_MOST * before / (before + WAYS_N)
    }

    /// The fan of a start.
    pub(crate) fn paths(&self, start: &Start) -> Paths {
        #[allow(clippy::cast_precision_loss)] // A handful.
        let leg_s = start.horizon_s / LEGS as f64;
        let leg =
            Leg { lines: [[0.0; PATHS]; 4], speed2: [0.0; PATHS], bounds_km: NOWHERE, blocks_km: [[0.0; BLOCKS]; 4] };
        let histories = start.parts.last().map_or(1, |part| usize::from(part.history) + 1);
        let mut paths = Paths {
            from: start.from,
            leg_s,
            legs: Box::new(std::array::from_fn(|_| leg.clone())),
            begins_s: [0.0; PATHS],
            ends_s: [f64::NEG_INFINITY; PATHS],
            histories: [0; PATHS],
            drawn: vec![0; histories],
            bounds_km: NOWHERE,
            cosine_min: 0.0,
        };
        let parts: Vec<(&Part, [[f64; 4]; 4])> =
            start.parts.iter().map(|part| (part, root(&part.gauss.covariance))).collect();
        let view = self.aims.about(start.from);
        let mut leads: Vec<Option<Lead<'_>>> = vec![None; parts.len() * start.kinds.len()];
        let by_ways: Vec<f64> = start.parts.iter().map(|part| self.by_ways(start.from, part)).collect();
        for (n, draw) in self.draws.iter().enumerate() {
            let Some(at) = pick(&parts, |(part, _)| part.weight, draw.mode) else { continue };
            let (part, root) = &parts[at];
            let Some(kind) = pick(&start.kinds, |(share, ..)| *share, draw.kind) else { continue };
            let (_, flight, left_s) = &start.kinds[kind];
            let along = by_ways.get(at).copied().filter(|_| flight.way == Way::Flies).unwrap_or(0.0);
            let follows = draw.aim >= FREE && draw.aim < FREE + along;
            let goes = draw.aim >= FREE + along && flight.way != Way::Falls;
            let lead = &mut leads[at * start.kinds.len() + kind];
            let lead = goes.then(|| &*lead.get_or_insert_with(|| Self::lead(&view, part, flight, *left_s)));
            let aimed =
                lead.and_then(|lead| Some((lead, lead.field.pick((draw.aim - FREE - along) / (1.0 - FREE - along))?)));
            paths.histories[n] = part.history;
            paths.drawn[usize::from(part.history)] += 1;
            paths.ends_s[n] = left_s.min(start.horizon_s);
            let goal = match aimed {
                Some((lead, to)) => Goal::At(lead, to),
                None if follows => Goal::Along(&self.ways),
                None => Goal::Nowhere,
            };
            paths.draw(n, draw, (part, root), goal, flight, *left_s);
        }
        paths.sort();
        for leg in paths.legs.iter() {
            let [west, south, east, north] = leg.bounds_km;
            paths.bounds_km = widened(widened(paths.bounds_km, west, south), east, north);
        }
        let lat = start.from.lat_deg();
        let [_, south, _, north] = paths.bounds_km;
        let farthest = (lat + north / 111.0).abs().max((lat + south / 111.0).abs()) + FARTHER_DEG;
        paths.cosine_min = libm::cos(farthest.min(90.0).to_radians()).max(0.0);
        paths
    }
}

impl Paths {
    /// Draws the `n`-th path.
    fn draw(
        &mut self,
        n: usize,
        draw: &Draw,
        (part, root): (&Part, &[[f64; 4]; 4]),
        goal: Goal<'_>,
        flight: &Flight,
        left_s: f64,
    ) {
        let horizon_s = self.horizon_s();
        let mut state = [0.0; 4];
        for (row, value) in state.iter_mut().enumerate() {
            let off: f64 = (0..=row).map(|column| root[row][column] * draw.state[column]).sum();
            *value = part.gauss.mean[row] + if row < 2 { PLACE_SD * off } else { off };
        }
        let [mut e, mut north, ve, vn] = state;
        let believed = libm::sqrt(ve * ve + vn * vn) * (SPEEDS[0] + (SPEEDS[1] - SPEEDS[0]) * draw.speed);
        let speed = believed.clamp(flight.slowest_mps() / 1000.0, flight.fastest_mps() / 1000.0);
        let mut course = libm::atan2(ve, vn) + COURSE_SD_DEG.to_radians() * draw.course;
        let circles_s = -libm::log(draw.circling) * part.circles_s;
        let turn_max = flight.turn_degps.to_radians() * self.leg_s;
        let falls_s = if flight.way == Way::Falls { Some(draw.fall * left_s.min(horizon_s)) } else { None };
        if let Some(falls_s) = falls_s {
            // It passes high over all but where it comes down: there it is from its fall on, and nowhere before.
            e += speed * libm::sin(course) * falls_s;
            north += speed * libm::cos(course) * falls_s;
            self.begins_s[n] = falls_s;
        }
        if flight.way == Way::Glides {
            self.ends_s[n] = self.ends_s[n].min(draw.fall * left_s);
        }
        let mut begins_s = 0.0;
        let mut beside_by = 0.0;
        if let Goal::At(lead, [to_e, to_n]) = goal {
            // Course and destination are believed together: each draws the other to it.
            let bearing = libm::atan2(to_e - lead.at[0], to_n - lead.at[1]);
            let off = libm::sqrt(1.0 - lead.gain) * wrapped(course - lead.course);
            course = lead.course + lead.gain * wrapped(bearing - lead.course) + off;
            beside_by = wrapped(course - libm::atan2(to_e - e, to_n - north));
        }
        let keeps = libm::exp(-self.leg_s / RETURNS_S);
        let (first_keeps, off) = (RETURNS_S / self.leg_s * (1.0 - keeps), beside(flight, speed));
        let mut there = false;
        for (k, leg) in self.legs.iter_mut().enumerate() {
            // The mean course of a leg differs from that at its beginning by a third of what is wandered in a leg
            // (variance), and from that of the leg before by two thirds.
            let (wander, part) = if k == 0 { (part.wander, 1.0 / 3.0) } else { (flight.wander, 2.0 / 3.0) };
            let turn = libm::sqrt(wander * part * self.leg_s) / speed * draw.turns[k];
            let mut left_km = f64::INFINITY;
            if let Goal::At(_, [to_e, to_n]) = goal {
                let (de, dn) = (to_e - e, to_n - north);
                left_km = libm::sqrt(de * de + dn * dn);
                beside_by = if k == 0 {
                    beside_by * first_keeps + turn
                } else {
                    beside_by * keeps + off * libm::sqrt(1.0 - keeps * keeps) * draw.turns[k]
                };
                let wanted = libm::atan2(de, dn) + beside_by * (left_km / CALM_KM).min(1.0);
                course += wrapped(wanted - course).clamp(-turn_max, turn_max);
            } else {
                let next = match goal {
                    Goal::Along(ways) => ways.mean(moved(self.from, [e, north]), course),
                    _ => None,
                };
                let back = |next| WAYS_GAIN[k.min(1)] * wrapped(next - course) + WAYS_WANDER * turn;
                let turn = next.map_or(turn, back);
                course += turn.clamp(-turn_max, turn_max);
            }
            let flies =
                if falls_s.is_some() { 0.0 } else { 1.0 - ((circles_s - begins_s) / self.leg_s).clamp(0.0, 1.0) };
            let (sin, cos) = libm::sincos(course);
            let pace = if there { 0.0 } else { speed * flies };
            if pace * self.leg_s >= left_km {
                // It ends where it goes.
                there = true;
                self.ends_s[n] = self.ends_s[n].min(begins_s + left_km / pace);
            }
            #[allow(clippy::cast_possible_truncation)] // See `Leg`.
            for (line, value) in leg.lines.iter_mut().zip([e, north, pace * sin, pace * cos]) {
                line[n] = value as f32;
            }
            // Of the velocities as they are kept, so that a path enters where its line does.
            leg.speed2[n] = leg.lines[2][n] * leg.lines[2][n] + leg.lines[3][n] * leg.lines[3][n];
            leg.bounds_km = widened(leg.bounds_km, e, north);
            e += pace * sin * self.leg_s;
            north += pace * cos * self.leg_s;
            leg.bounds_km = widened(leg.bounds_km, e, north);
            begins_s += self.leg_s;
        }
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
mod tests;
