//! What the index answers, said slowly: every ring, edge by edge, without cells. Benches and tests compare with it.

use super::exact::{Point, between, side, snapped};
use super::rings::{IndexError, Rings};
use super::shape::Shape;
use crate::place::{Code, Polygon, Position};

/// Outlines, asked edge by edge.
#[derive(Debug)]
pub struct Definition {
    rings: Rings,
    /// The boxes around the areas: south-west and north-east.
    boxes: Vec<(Point, Point)>,
    /// Each area's first ring; one more than there are areas.
    first: Vec<usize>,
}

impl Definition {
    /// Of the same outlines as an index, in the same order of areas.
    pub fn of<'a>(outlines: impl IntoIterator<Item = (Code, &'a [Polygon])>) -> Result<Self, IndexError> {
        let rings = Rings::take(outlines.into_iter().collect())?;
        let count = rings.codes.len();
        let mut boxes = vec![([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]); count];
        let mut first = vec![0; count + 1];
        for (ring, &(area, _)) in rings.begins.iter().enumerate() {
            first[area as usize + 1] = ring + 1;
            for point in &rings.points[rings.range(ring)] {
                let (low, high) = &mut boxes[area as usize];
                for axis in 0..2 {
                    low[axis] = low[axis].min(point[axis]);
                    high[axis] = high[axis].max(point[axis]);
                }
            }
        }
        for at in 1..first.len() {
            first[at] = first[at].max(first[at - 1]);
        }
        Ok(Self { rings, boxes, first })
    }

    /// The ordinals of the areas that hold or touch a position.
    pub fn at(&self, position: Position) -> Vec<u32> {
        let point = snapped([position.lon_deg(), position.lat_deg()]);
        self.areas(point, point).filter(|&area| self.holds(area, point)).collect()
    }

    /// The ordinals of the areas that have a point in common with a shape.
    pub fn touching(&self, shape: &Shape) -> Vec<u32> {
        let (low, high) = shape.bounds();
        self.areas(low, high).filter(|&area| self.meets(area, shape)).collect()
    }

    /// Areas whose box has a point in common with this one.
    fn areas(&self, low: Point, high: Point) -> impl Iterator<Item = u32> + '_ {
        let near = move |(from, to): &(Point, Point)| (0..2).all(|n| from[n] <= high[n] && low[n] <= to[n]);
        (0..).zip(&self.boxes).filter(move |(_, area)| near(area)).map(|(at, _)| at)
    }

    fn edges(&self, area: u32) -> impl Iterator<Item = (Point, Point)> + '_ {
        (self.first[area as usize]..self.first[area as usize + 1]).flat_map(|ring| {
            let points = &self.rings.points[self.rings.range(ring)];
            points.iter().copied().zip(points.iter().cycle().skip(1).copied())
        })
    }

    /// On an edge, or with an odd number of edges to the west.
    fn holds(&self, area: u32, point: Point) -> bool {
        let mut odd = false;
        for (a, b) in self.edges(area) {
            if (a[1] > point[1]) != (b[1] > point[1]) {
                let (low, high) = if a[1] < b[1] { (a, b) } else { (b, a) };
                let turn = side(low, high, point);
                if turn == 0.0 {
                    return true;
                }
                odd ^= turn < 0.0;
            } else if between(a, b, point) && side(a, b, point) == 0.0 {
                return true;
            }
        }
        odd
    }

    /// A corner of one in the other, or sides that cross.
    fn meets(&self, area: u32, shape: &Shape) -> bool {
        let corner = |corner: &Point| self.holds(area, *corner);
        self.edges(area).any(|(a, b)| shape.holds_point(a) || shape.sides().any(|(c, d)| cross(a, b, c, d)))
            || shape.corners().iter().any(corner)
    }
}

/// Whether two stretches have a point in common.
fn cross(a: Point, b: Point, c: Point, d: Point) -> bool {
    if (0..2).any(|n| a[n].max(b[n]) < c[n].min(d[n]) || c[n].max(d[n]) < a[n].min(b[n])) {
        return false;
    }
    let on_both_sides = |one: f64, other: f64| !(one > 0.0 && other > 0.0 || one < 0.0 && other < 0.0);
    on_both_sides(side(a, b, c), side(a, b, d)) && on_both_sides(side(c, d, a), side(c, d, b))
}
