//! Whom a convex shape meets.
//!
//! An area meets a shape when one of its edges does, or when it holds one corner of the shape: there is no third way. So cells
//! only save work: those wholly inside the shape give all they touch, those on its rim have their edges tested, exactly,
//! and an edge all of whose owners are found already is not looked at.

use super::AreaIndex;
use super::borders::owned;
use super::exact::{Point, side};
use super::grid::{Cell, Crossed, Grid, MARGIN, span};
use super::shape::Shape;

/// What a shape covers of a row of cells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Covered {
    pub(super) row: u32,
    /// First and last column that the shape may touch.
    pub(super) outer: (u32, u32),
    /// First column that lies wholly inside it and the one after the last; empty when there is none.
    pub(super) inner: (u32, u32),
}

impl Grid {
    /// The rows that a shape may touch.
    pub(super) fn covered(&self, shape: &Shape) -> Vec<Covered> {
        let (low, high) = shape.bounds();
        let (low, high) = (self.parts(low), self.parts(high));
        let apart = high[0] < 0.0 || low[0] > f64::from(self.columns) || high[1] < 0.0 || low[1] > f64::from(self.rows);
        if apart {
            return Vec::new();
        }
        let (first, last) = span(low[1], high[1], self.rows);
        let count = (last - first + 1) as usize;
        // For each row: the chords along its lower and upper edge with the margin, and the stretch of corners in between.
        let none = (f64::INFINITY, f64::NEG_INFINITY);
        let (mut lower, mut upper, mut corners) = (vec![none; count], vec![none; count], vec![none; count]);
        let wider = |stretch: &mut (f64, f64), x: f64| *stretch = (stretch.0.min(x), stretch.1.max(x));
        for (a, b) in shape.sides() {
            let (a, b) = (self.parts(a), self.parts(b));
            for (lines, shift) in [(&mut lower, -WIDER), (&mut upper, 1.0 + WIDER)] {
                let (from, to) = span(a[1] - shift, b[1] - shift, self.rows);
                for row in from.max(first)..=to.min(last) {
                    let y = f64::from(row) + shift;
                    if a[1].min(b[1]) <= y && y <= a[1].max(b[1]) && a[1].max(b[1]) > a[1].min(b[1]) {
                        wider(&mut lines[(row - first) as usize], a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]));
                    }
                }
            }
        }
        for &corner in shape.corners() {
            let [x, y] = self.parts(corner);
            let (from, to) = span(y - WIDER, y + WIDER, self.rows);
            for row in from.max(first)..=to.min(last) {
                wider(&mut corners[(row - first) as usize], x);
            }
        }
        let row = |at: usize| {
            let (lower, upper, corners) = (lower[at], upper[at], corners[at]);
            let (west, east) = (lower.0.min(upper.0).min(corners.0), lower.1.max(upper.1).max(corners.1));
            let outer = span(west - WIDER, east + WIDER, self.columns);
            let (from, to) = (lower.0.max(upper.0) + WIDER, lower.1.min(upper.1) - WIDER);
            Covered { row: first + u32::try_from(at).unwrap_or(0), outer, inner: whole(from, to, outer) }
        };
        let met = |at: &usize| lower[*at].0.min(upper[*at].0).min(corners[*at].0) < f64::INFINITY;
        (0..count).filter(met).map(row).collect()
    }
}

/// Wider than [`MARGIN`] by enough that what is within the margin of an inner cell lies inside the shape.
const WIDER: f64 = 4.0 * MARGIN;

/// The whole cells between two parts of cells, within `outer`.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Clamped.
fn whole(from: f64, to: f64, outer: (u32, u32)) -> (u32, u32) {
    if from > to {
        return (outer.0, outer.0);
    }
    let (low, high) = (f64::from(outer.0), f64::from(outer.1) + 1.0);
    let (first, end) = (from.ceil().clamp(low, high) as u32, to.floor().clamp(low, high) as u32);
    if first < end { (first, end) } else { (outer.0, outer.0) }
}

/// Areas found so far.
struct Found {
    bits: Vec<u64>,
    /// The set that was put in last.
    last: u32,
}

impl Found {
    fn has(&self, area: u32) -> bool {
        self.bits[area as usize / 64] >> (area % 64) & 1 == 1
    }
    fn put(&mut self, area: u32) {
        self.bits[area as usize / 64] |= 1 << (area % 64);
    }
    fn put_all(&mut self, areas: &[u32]) {
        for &area in areas {
            self.put(area);
        }
    }
}

impl AreaIndex {
    /// Puts the ordinals of all areas that the shape meets or touches into `found`, sorted.
    pub(super) fn meeting(&self, shape: &Shape, found: &mut Vec<u32>) {
        found.clear();
        let Some(&corner) = shape.corners().first() else { return };
        let mut bits = Found { bits: vec![0; self.codes.len().div_ceil(64)], last: u32::MAX };
        self.holding(corner, found);
        bits.put_all(found);
        let rows = self.grid.covered(shape);
        for row in &rows {
            for column in row.inner.0..row.inner.1 {
                let set = match self.grid.cell(column, row.row) {
                    Cell::Interior(set) => set,
                    Cell::Crossed(cell, _) => cell.touched,
                };
                if set != bits.last {
                    bits.last = set;
                    bits.put_all(self.sets.of(set));
                }
            }
        }
        let mut rim = Rim::of(shape);
        for row in &rows {
            for column in (row.outer.0..row.inner.0).chain(row.inner.1..=row.outer.1) {
                if let Cell::Crossed(cell, place) = self.grid.cell(column, row.row) {
                    self.rim_cell(cell, place, &mut rim, &mut bits);
                }
            }
        }
        found.clear();
        for (at, &word) in (0_u32..).zip(&bits.bits) {
            let mut left = word;
            while left != 0 {
                found.push(at * 64 + left.trailing_zeros());
                left &= left - 1;
            }
        }
    }

    /// Tests the edges of a cell that the shape's rim may cross.
    fn rim_cell(&self, cell: &Crossed, place: u32, rim: &mut Rim<'_>, found: &mut Found) {
        if self.sets.of(cell.touched).iter().all(|&area| found.has(area)) {
            return;
        }
        for &(begin, end) in self.grid.runs_of(place) {
            let (mut known, mut done) = (u32::MAX, false);
            for edge in begin..end {
                let set = self.borders.owners[edge as usize];
                if set != known {
                    known = set;
                    done = self.sets.of(set).iter().all(|&one| found.has(owned(one).0));
                }
                if !done {
                    let (a, b) = self.borders.edge(edge);
                    if rim.meets(a, b) {
                        for &one in self.sets.of(set) {
                            found.put(owned(one).0);
                        }
                        done = true;
                    }
                }
            }
        }
    }
}

/// A shape and the side that parted it from an edge last, which mostly parts it from the next too.
struct Rim<'a> {
    shape: &'a Shape,
    low: Point,
    high: Point,
    sides: Vec<(Point, Point)>,
    last: usize,
}

impl<'a> Rim<'a> {
    fn of(shape: &'a Shape) -> Self {
        let (low, high) = shape.bounds();
        Self { shape, low, high, sides: shape.sides().collect(), last: 0 }
    }

    /// Whether an edge and the shape have a point in common. Two convex things have none when a line along a side of either parts
    /// them; where both lie on one line, their boxes are apart.
    fn meets(&mut self, a: Point, b: Point) -> bool {
        let apart = |axis: usize| a[axis].max(b[axis]) < self.low[axis] || a[axis].min(b[axis]) > self.high[axis];
        if apart(0) || apart(1) {
            return false;
        }
        let parts = |(from, to): (Point, Point)| side(from, to, a) < 0.0 && side(from, to, b) < 0.0;
        if self.sides.get(self.last).is_some_and(|&it| parts(it)) {
            return false;
        }
        if let Some(at) = self.sides.iter().position(|&it| parts(it)) {
            self.last = at;
            return false;
        }
        let mut turns = self.shape.corners().iter().map(|&corner| side(a, b, corner));
        let Some(first) = turns.next() else { return false };
        first == 0.0 || !turns.all(|turn| turn != 0.0 && (turn > 0.0) == (first > 0.0))
    }
}
