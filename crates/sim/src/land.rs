//! A land of communities with jagged borders from a seed, and questions about it.
//!
//! What comes in: a seed, how many areas and how many points. What goes out: polygons that neighbours share to the point, some of
//! them enclaves in the hole of another; points and convex shapes to ask for, many of them exactly on vertices and edges.
//! What always holds: rings do not cross themselves or each other; every coordinate is a multiple of 2^-30 degrees, so that
//! the middle of an edge is representable too. Deliberately absent: any real border.
//!
//! Borders are broken lines whose middle is moved aside again and again (Fournier, Fussell and Carpenter 1982), by angles
//! that together stay below [`BUDGET_DEG`]: each part then keeps to its own side of its neighbours.

use crate::chance::Chance;
use model::place::{
    Polygon,
    index::{Shape, Spread},
};
use model::{Code, Position};

/// West, south, east, north of the land, degrees.
pub const BOUNDS_DEG: [f64; 4] = [22.0, 44.5, 40.0, 52.5];
/// Angles at which parts of a border may leave its straight line, degrees; half the least angle at a corner.
const BUDGET_DEG: f64 = 42.0;
/// Most that one division uses of what is left.
const SHARE: f64 = 0.35;
/// Coordinates are whole numbers of these to a degree.
const PARTS_PER_DEG: f64 = 1_073_741_824.0;

type Point = [f64; 2];

/// Communities and their borders.
#[derive(Debug, Clone)]
pub struct Land {
    /// By code.
    pub outlines: Vec<(Code, Vec<Polygon>)>,
}

/// Where corners of the land lie: rows of bricks, each row moved by half a brick, pushed into six-sided ones.
struct Frame {
    seed: u64,
    columns: u64,
    rows: u64,
    /// Points of one border of a brick.
    parts: usize,
}

impl Frame {
    /// The corner `half` half bricks from the west on line `line` from the south.
    #[allow(clippy::cast_precision_loss)] // Small counts.
    fn corner(&self, line: u64, half: u64) -> Point {
        let [west, south, east, north] = BOUNDS_DEG;
        let mut chance = Chance::new(self.seed ^ (line << 32 | half).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (width, height) = ((east - west) / (self.columns as f64 + 0.5) / 2.0, (north - south) / self.rows as f64);
        let up = if line % 2 == half % 2 { 0.14 } else { -0.14 };
        let jitter = [(chance.unit() - 0.5) * 0.16, (chance.unit() - 0.5) * 0.1];
        [west + (half as f64 + jitter[0]) * width, south + (line as f64 + up + jitter[1]) * height]
    }

    /// The border between two corners, without the last: the same in both directions.
    fn border(&self, from: (u64, u64), to: (u64, u64)) -> Vec<Point> {
        let (low, high) = if from < to { (from, to) } else { (to, from) };
        let key = (low.0 << 48 | low.1 << 32 | high.0 << 16 | high.1).wrapping_mul(0xd6e8_feb8_6659_fd93);
        let mut line = jagged(self.corner(low.0, low.1), self.corner(high.0, high.1), self.parts, self.seed ^ key);
        if from > to {
            line.reverse();
        }
        line.pop();
        line
    }

    fn brick(&self, row: u64, column: u64) -> Vec<Point> {
        let west = 2 * column + row % 2;
        let [a, b, c] = [west, west + 1, west + 2];
        let corners = [(row, a), (row, b), (row, c), (row + 1, c), (row + 1, b), (row + 1, a)];
        let mut ring: Vec<Point> = (0..6).flat_map(|n| self.border(corners[n], corners[(n + 1) % 6])).collect();
        ring.push(ring[0]);
        ring
    }

    /// A small jagged ring about the middle of a brick.
    #[allow(clippy::cast_precision_loss)] // Small counts.
    fn enclave(&self, ring: &[Point], n: u64) -> Vec<Point> {
        let count = (ring.len() - 1) as f64;
        let middle = [0, 1].map(|axis| ring[1..].iter().map(|point| point[axis]).sum::<f64>() / count);
        let reach = |axis: usize| ring.iter().map(|point| (point[axis] - middle[axis]).abs()).fold(0.0, f64::max) * 0.2;
        let corner = |n: u64| {
            let (sin, cos) = libm::sincos((n % 6) as f64 * std::f64::consts::FRAC_PI_3);
            [middle[0] + reach(0) * cos, middle[1] + reach(1) * sin]
        };
        let mut around: Vec<Point> = Vec::new();
        for side in 0..6 {
            let mut line = jagged(corner(side), corner(side + 1), self.parts, self.seed ^ (n * 6 + side) << 8);
            line.pop();
            around.extend(line);
        }
        around.push(around[0]);
        around
    }
}

impl Land {
    /// About `areas` communities (30 to 20,000) with together about `points` points, each shared one counted as often as it is used.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Small counts.
    pub fn of(seed: u64, areas: u64, points: u64) -> Self {
        let areas = areas.clamp(30, 20_000);
        let rows = libm::sqrt(areas as f64 * 0.92) as u64;
        let columns = (areas as f64 * 0.97 / rows as f64) as u64;
        let enclaves = areas - rows * columns;
        // An enclave's points are used twice, by itself and by the hole around it.
        let parts = (points / ((areas + enclaves) * 6)).max(1);
        let frame = Frame { seed, columns, rows, parts: parts as usize };
        let mut outlines = Vec::new();
        let every = (rows * columns / enclaves.max(1)).max(1);
        for brick in 0..rows * columns {
            let ring = frame.brick(brick / columns, brick % columns);
            let within = (brick % every == every / 2 && brick / every < enclaves).then(|| frame.enclave(&ring, brick));
            outlines.push((code(outlines.len()), vec![std::iter::once(ring).chain(within.clone()).collect()]));
            outlines.extend(within.map(|ring| (code(outlines.len()), vec![vec![ring]])));
        }
        Self { outlines }
    }

    /// The outlines as an index takes them.
    pub fn coded(&self) -> impl Iterator<Item = (Code, &[Polygon])> {
        self.outlines.iter().map(|(code, polygons)| (*code, &polygons[..]))
    }

    /// Points of all rings.
    pub fn points(&self) -> usize {
        self.outlines.iter().flat_map(|(_, polygons)| polygons.iter().flatten()).map(Vec::len).sum()
    }

    /// A position anywhere in the land.
    pub fn anywhere(chance: &mut Chance) -> Position {
        let [west, south, east, north] = BOUNDS_DEG;
        place([west + chance.unit() * (east - west), south + chance.unit() * (north - south)])
    }

    /// A position that is hard to answer: on a vertex, in the middle of an edge, a hair beside it, on the line of an edge,
    /// outside; one in five anywhere.
    pub fn awkward(&self, chance: &mut Chance) -> Position {
        let (a, b) = self.edge(chance);
        let middle = [f64::midpoint(a[0], b[0]), f64::midpoint(a[1], b[1])];
        let hair = |chance: &mut Chance, part: f64| match chance.below(3) {
            0 => part,
            1 => f64::from_bits(part.to_bits() + 1),
            _ => f64::from_bits(part.to_bits() - 1),
        };
        match chance.below(10) {
            0 | 1 => place(a),
            2 | 3 => place(middle),
            4 => place([hair(chance, a[0]), hair(chance, a[1])]),
            5 => place([hair(chance, middle[0]), hair(chance, middle[1])]),
            6 => place([2.0 * b[0] - a[0], 2.0 * b[1] - a[1]]),
            7 => place([BOUNDS_DEG[0] - 3.0 * chance.unit(), a[1]]),
            _ => Self::anywhere(chance),
        }
    }

    /// A sector of up to 60 km, as one sees an object by its direction.
    pub fn sector(chance: &mut Chance) -> Option<Shape> {
        let (width_deg, radius_km) = (15.0 + 105.0 * chance.unit(), 5.0 + 55.0 * chance.unit());
        Shape::sector(Self::anywhere(chance), 360.0 * chance.unit(), width_deg, radius_km).ok()
    }

    /// An ellipse with half axes of up to 40 km.
    pub fn ellipse(chance: &mut Chance) -> Option<Shape> {
        let (along_km, narrow) = (1.0 + 39.0 * chance.unit(), 0.1 + 0.9 * chance.unit());
        Shape::ellipse(Self::anywhere(chance), along_km, along_km * narrow, 360.0 * chance.unit()).ok()
    }

    /// A normal distribution with standard deviations of up to 40 km, narrow ones more often than wide ones.
    pub fn normal(chance: &mut Chance) -> Option<Spread> {
        let (wide, narrow) = (chance.unit(), 0.1 + 0.9 * chance.unit());
        let along_km = 0.05 + 39.95 * wide * wide;
        Spread::normal(Self::anywhere(chance), along_km, along_km * narrow, 360.0 * chance.unit()).ok()
    }

    /// A shape that is hard to answer: with its tip or a side exactly on a vertex or an edge.
    pub fn touchy(&self, chance: &mut Chance) -> Option<Shape> {
        let (a, b) = self.edge(chance);
        let mut aside = |point: Point| {
            let step = |chance: &mut Chance| even((chance.unit() - 0.5) * 0.2);
            [point[0] + step(chance), point[1] + step(chance)]
        };
        let (c, d) = (aside(a), aside(a));
        let corners = match chance.below(6) {
            0 => vec![a],
            1 => vec![a, c],
            2 => vec![a, b, c],
            3 => vec![[f64::midpoint(a[0], b[0]), f64::midpoint(a[1], b[1])], c, d],
            // To the west of the westernmost corner of all, with the tip on it: nothing but the tip touches.
            4 => {
                let tip = self.westernmost();
                vec![tip, [tip[0] - 0.1, tip[1] + 0.1], [tip[0] - 0.1, tip[1] - 0.1]]
            }
            _ => vec![a, c, d],
        };
        Shape::polygon(&corners.into_iter().map(place).collect::<Vec<_>>()).ok()
    }

    fn westernmost(&self) -> Point {
        let points = self.outlines.iter().flat_map(|(_, polygons)| polygons.iter().flatten().flatten());
        points.copied().min_by(|a, b| a[0].total_cmp(&b[0])).unwrap_or_default()
    }

    /// An edge of any ring; of nothing where there is no ring.
    fn edge(&self, chance: &mut Chance) -> (Point, Point) {
        let area = chance.pick(&self.outlines).map_or(&[][..], |(_, polygons)| polygons);
        let polygon = chance.pick(area).map_or(&[][..], Vec::as_slice);
        let ring = chance.pick(polygon).map_or(&[][..], Vec::as_slice);
        let at = usize::try_from(chance.below(ring.len().saturating_sub(1) as u64)).unwrap_or(0);
        ring.get(at).copied().zip(ring.get(at + 1).copied()).unwrap_or_default()
    }
}

fn code(n: usize) -> Code {
    // Letters and digits, ten bytes at most: always a code.
    format!("L{n:05}").parse().unwrap_or_else(|_| unreachable!())
}

/// Where the point lies; the middle of the land for what is no place.
fn place([lon, lat]: Point) -> Position {
    Position::new(lat, lon).or_else(|_| Position::new(48.5, 31.0)).unwrap_or_else(|_| unreachable!())
}

fn even(deg: f64) -> f64 {
    (deg * PARTS_PER_DEG).round() / PARTS_PER_DEG
}

/// A broken line of `parts` edges from `a` to `b`, both included.
fn jagged(a: Point, b: Point, parts: usize, seed: u64) -> Vec<Point> {
    let mut chance = Chance::new(seed);
    let mut line = vec![a.map(even)];
    divide(a, b, parts, BUDGET_DEG, &mut chance, &mut line);
    line
}

#[allow(clippy::cast_precision_loss)] // Small counts.
fn divide(a: Point, b: Point, parts: usize, budget_deg: f64, chance: &mut Chance, line: &mut Vec<Point>) {
    if parts < 2 {
        line.push(b.map(even));
        return;
    }
    let first = parts / 2;
    let angle_deg = budget_deg * SHARE * (2.0 * chance.unit() - 1.0);
    // Near the middle, so that the angle at either end is about the same.
    let share = first as f64 / parts as f64;
    let aside = libm::tan(angle_deg.to_radians()) * share.min(1.0 - share);
    let (east, north) = (b[0] - a[0], b[1] - a[1]);
    let middle = [a[0] + share * east - aside * north, a[1] + share * north + aside * east];
    let left_deg = budget_deg - angle_deg.abs();
    divide(a, middle, first, left_deg, chance, line);
    divide(middle, b, parts - first, left_deg, chance, line);
}
