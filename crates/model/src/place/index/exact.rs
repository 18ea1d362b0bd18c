//! Exact answers about points, edges and convex shapes in the plane.
//!
//! What comes in: points as `[x, y]` of finite numbers. What goes out: signs that are those of real arithmetic, never of rounded
//! arithmetic (Shewchuk 1997, by the crate `robust`). What always holds: no product underflows, because [`snapped`] takes
//! numbers nearer to 0 than [`NEAR_ZERO`] as 0. Deliberately absent: points where lines meet; they are not representable.

use robust::{Coord, orient2d};

/// `[lon, lat]`, degrees.
pub(super) type Point = [f64; 2];

/// Nearer to 0 than this is 0, degrees: far below the size of an atom, and far above where products lose digits.
pub(super) const NEAR_ZERO: f64 = 1e-100;

/// The point with what is nearly 0 as 0; -0 as 0.
pub(super) fn snapped(point: Point) -> Point {
    point.map(|part| if part.abs() < NEAR_ZERO { 0.0 } else { part })
}

/// Positive when `c` lies to the left of the line from `a` to `b`, negative to the right, 0 on it. The sign is exact.
#[inline]
pub(super) fn side(a: Point, b: Point, c: Point) -> f64 {
    let coord = |[x, y]: Point| Coord { x, y };
    orient2d(coord(a), coord(b), coord(c))
}

/// Whether `p`, known to lie on the line through `a` and `b`, lies between them, ends included.
#[inline]
pub(super) fn between(a: Point, b: Point, p: Point) -> bool {
    (0..2).all(|axis| a[axis].min(b[axis]) <= p[axis] && p[axis] <= a[axis].max(b[axis]))
}

/// How the way from a reference to a point meets an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It does not.
    Apart,
    /// It goes over the edge: outside becomes inside.
    Over,
    /// It ends on the edge.
    On,
}

/// How the way from `from`, which lies on no edge, to `to` meets the edge `a` to `b`. `left_a`, `left_b`: whether the ends lie
/// strictly to the left of the way; `on_a`, `on_b`: whether they lie on its line.
///
/// The way is thought of as moved to its left by less than anything, so that it meets no end of an edge; whoever does not
/// touch `to` does not notice.
#[inline]
pub(super) fn way(from: Point, to: Point, (a, side_a): (Point, f64), (b, side_b): (Point, f64)) -> Way {
    if (side_a > 0.0) != (side_b > 0.0) {
        let end = side(a, b, to);
        if end == 0.0 {
            return Way::On;
        }
        let begin = side(a, b, from);
        return if (begin > 0.0) == (end > 0.0) { Way::Apart } else { Way::Over };
    }
    // An end of the edge on the line of the way, or the whole edge along it.
    let along = side_a == 0.0 && side_b == 0.0 && between(a, b, to) && side(a, b, to) == 0.0;
    if along || (side_a == 0.0 && same(a, to)) || (side_b == 0.0 && same(b, to)) { Way::On } else { Way::Apart }
}

/// Whether two points are one.
#[allow(clippy::float_cmp)] // The very same numbers are meant.
#[inline]
pub(super) fn same(a: Point, b: Point) -> bool {
    a == b
}
