//! Borders: every edge once, with all whose border it is.
//!
//! What comes in: rings. What goes out: chains of points; each edge knows the areas whose border it is, and whether crossing it
//! goes from inside to outside. What always holds: an edge that several rings have between the very same points, in whichever
//! direction, is stored once. Neighbours whose points differ are two borders, which is right too, only larger.

use super::exact::{Point, same};
use super::rings::{Rings, small};
use super::sets::Collected;

/// The last point of a chain begins no edge.
pub(super) const NO_EDGE: u32 = u32::MAX;

/// All edges: edge `n` goes from point `n` to point `n + 1` unless its owners are [`NO_EDGE`].
#[derive(Debug, Clone, Default)]
pub(super) struct Borders {
    pub(super) points: Vec<Point>,
    /// For each edge the number of a set of [`owner`]s.
    pub(super) owners: Vec<u32>,
}

/// An area as the owner of an edge: crossing it an odd number of times changes sides.
pub(super) const fn owner(area: u32, odd: bool) -> u32 {
    area << 1 | odd as u32
}

/// The area of an owner, and whether crossing the edge changes sides.
#[inline]
pub(super) const fn owned(owner: u32) -> (u32, bool) {
    (owner >> 1, owner & 1 == 1)
}

impl Borders {
    pub(super) fn of(rings: &Rings, sets: &mut Collected) -> Self {
        let owners = owners(rings, sets);
        let mut borders = Self::default();
        for ring in 0..rings.begins.len() {
            let range = rings.range(ring);
            let mut open = false;
            for at in range.clone() {
                let set = owners[at];
                if set == NO_EDGE {
                    borders.end(&mut open, rings.points[at]);
                } else {
                    borders.points.push(rings.points[at]);
                    borders.owners.push(set);
                    open = true;
                }
            }
            borders.end(&mut open, rings.points[range.start]);
        }
        borders.points.shrink_to_fit();
        borders.owners.shrink_to_fit();
        borders
    }

    fn end(&mut self, open: &mut bool, point: Point) {
        if std::mem::take(open) {
            self.points.push(point);
            self.owners.push(NO_EDGE);
        }
    }

    /// The ends of an edge.
    #[inline]
    pub(super) fn edge(&self, at: u32) -> (Point, Point) {
        (self.points[at as usize], self.points[at as usize + 1])
    }

    /// How many edges there are.
    pub(super) fn edges(&self) -> usize {
        self.owners.iter().filter(|set| **set != NO_EDGE).count()
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.points[..]) + size_of_val(&self.owners[..])
    }
}

/// For each point of the rings the owners of the edge that begins there, or [`NO_EDGE`] where the edge stands at another point.
fn owners(rings: &Rings, sets: &mut Collected) -> Vec<u32> {
    let count = rings.points.len();
    let (mut next, mut area) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for (ring, &(of, _)) in rings.begins.iter().enumerate() {
        let range = rings.range(ring);
        for at in range.clone() {
            next.push(small(if at + 1 == range.end { range.start } else { at + 1 }));
            area.push(of);
        }
    }
    let key = |at: u32| {
        let (a, b) = (rings.points[at as usize], rings.points[next[at as usize] as usize]);
        if before(&b, &a) { (b, a) } else { (a, b) }
    };
    let (buckets, order) = bucketed(rings, |at| key(at).0);
    let mut owners = vec![NO_EDGE; count];
    let mut members = Vec::new();
    let mut here: Vec<((Point, Point), u32)> = Vec::new();
    for bucket in buckets.windows(2) {
        here.clear();
        here.extend(order[bucket[0] as usize..bucket[1] as usize].iter().map(|&at| (key(at), at)));
        here.sort_unstable_by(|(a, at_a), (b, at_b)| order_of(a, b).then(at_a.cmp(at_b)));
        for twins in here.chunk_by(|(a, _), (b, _)| same(a.0, b.0) && same(a.1, b.1)) {
            members.clear();
            members.extend(twins.iter().map(|&(_, at)| area[at as usize]));
            members.sort_unstable();
            // Rings of one area along the same edge cancel in pairs.
            let counted = members.chunk_by(|a, b| a == b).map(|times| owner(times[0], times.len() % 2 == 1));
            let counted: Vec<u32> = counted.collect();
            owners[twins[0].1 as usize] = sets.number(&counted);
        }
    }
    owners
}

fn before(a: &Point, b: &Point) -> bool {
    a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])).is_lt()
}

fn order_of(a: &(Point, Point), b: &(Point, Point)) -> std::cmp::Ordering {
    let flat = |edge: &(Point, Point)| [edge.0[0], edge.0[1], edge.1[0], edge.1[1]];
    let pairs = flat(a).into_iter().zip(flat(b));
    pairs.map(|(a, b)| a.total_cmp(&b)).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
}

/// Edges put together by where they lie, about eight in a bucket: where each bucket begins, and the edges in this order.
fn bucketed(rings: &Rings, place: impl Fn(u32) -> Point) -> (Vec<u32>, Vec<u32>) {
    let count = rings.points.len();
    let low = |low: Point, at: &Point| [low[0].min(at[0]), low[1].min(at[1])];
    let high = |high: Point, at: &Point| [high[0].max(at[0]), high[1].max(at[1])];
    let west_south = rings.points.iter().fold([f64::INFINITY; 2], low);
    let east_north = rings.points.iter().fold([f64::NEG_INFINITY; 2], high);
    let side = (1..2048).find(|side| side * side * 8 >= count).unwrap_or(2048);
    #[allow(clippy::cast_precision_loss)] // At most 2048.
    let scale = [0, 1].map(|axis| {
        let width = east_north[axis] - west_south[axis];
        if width > 0.0 { side as f64 / width } else { 0.0 }
    });
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Clamped by min.
    let bucket = |at: u32| {
        let part = |axis: usize| (((place(at)[axis] - west_south[axis]) * scale[axis]) as usize).min(side - 1);
        part(1) * side + part(0)
    };
    counted(side * side, count, bucket)
}

/// Counting sort: where each of `buckets` begins (one more than there are), and `0..count` in their order.
pub(super) fn counted(buckets: usize, count: usize, bucket: impl Fn(u32) -> usize) -> (Vec<u32>, Vec<u32>) {
    let mut from = vec![0_u32; buckets + 1];
    for at in 0..small(count) {
        from[bucket(at) + 1] += 1;
    }
    for at in 1..from.len() {
        from[at] += from[at - 1];
    }
    let mut next = from.clone();
    let mut order = vec![0; count];
    for at in 0..small(count) {
        let place = &mut next[bucket(at)];
        order[*place as usize] = at;
        *place += 1;
    }
    (from, order)
}
