//! An outline as CAP polygons: few enough points for a phone network, closed, without crossings.

use model::place::Outline;
use model::{AreaSet, Code};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Most points of all polygons of an area: a cell broadcast centre takes about a hundred.
const POINTS_MAX: usize = 100;
/// Most polygons of an area. The code beside them stands for what lies in further ones.
const RINGS_MAX: usize = 20;
/// Finest tolerance, degrees: about 100 m.
const TOLERANCE_DEG: f64 = 0.001;

/// The area set, with the rings of what was asked for: made once each.
pub struct Atlas {
    /// The areas.
    pub areas: &'static AreaSet,
    rings: Mutex<BTreeMap<Code, Arc<Rings>>>,
}

type Rings = Vec<Vec<[f64; 2]>>;

impl Atlas {
    /// Of these areas; nothing is made yet.
    pub fn new(areas: &'static AreaSet) -> Self {
        Self { areas, rings: Mutex::default() }
    }

    /// The rings of a community; none for one without an outline.
    pub(super) fn rings(&self, code: Code) -> Arc<Rings> {
        let Some(outline) = self.areas.outline(code) else { return Arc::default() };
        let mut kept = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        kept.entry(code).or_insert_with(|| Arc::new(rings(outline))).clone()
    }
}

/// Rings of latitude and longitude in degrees, the largest first; holes are filled.
fn rings(outline: &Outline) -> Rings {
    let mut outer: Vec<&Vec<[f64; 2]>> = outline.polygons().iter().filter_map(|polygon| polygon.first()).collect();
    outer.sort_by_key(|ring| std::cmp::Reverse(ring.len()));
    outer.truncate(RINGS_MAX);
    let all: usize = outer.iter().map(|ring| ring.len()).sum();
    let share = |ring: &[[f64; 2]]| (ring.len() * POINTS_MAX / all.max(1)).max(5);
    outer.into_iter().filter_map(|ring| simplified(ring, share(ring).min(POINTS_MAX))).collect()
}

/// A ring of at most `most` points that is near to this one; its hull when simplifying would make it cross itself.
fn simplified(ring: &[[f64; 2]], most: usize) -> Option<Vec<[f64; 2]>> {
    let points: Vec<[f64; 2]> = ring.iter().map(|&[lon, lat]| [lat, lon]).collect();
    let mut tolerance = TOLERANCE_DEG;
    for _ in 0..16 {
        let thin = rounded(&thinned(&points, tolerance));
        if thin.len() < 4 {
            break;
        }
        if thin.len() <= most && !cap::crosses(&thin) {
            return Some(thin);
        }
        tolerance *= 1.5;
    }
    let hull = rounded(&hull(points));
    (hull.len() >= 4).then_some(hull)
}

/// To four decimals, 11 m, each point once, closed.
fn rounded(ring: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut ring: Vec<[f64; 2]> = ring.iter().map(|point| point.map(|x| (x * 1e4).round() / 1e4)).collect();
    ring.dedup();
    if ring.len() > 1 && ring.first() != ring.last() {
        ring.extend(ring.first().copied());
    }
    ring
}

/// Douglas and Peucker (1973), on a closed ring: cut at the point farthest from the first.
fn thinned(ring: &[[f64; 2]], tolerance: f64) -> Vec<[f64; 2]> {
    let Some(&first) = ring.first() else { return Vec::new() };
    let square = |p: [f64; 2]| (p[0] - first[0]).powi(2) + (p[1] - first[1]).powi(2);
    let far = (0..ring.len()).max_by(|&a, &b| square(ring[a]).total_cmp(&square(ring[b]))).unwrap_or(0);
    let mut keep = vec![false; ring.len()];
    let mut open = vec![(0, far), (far, ring.len() - 1)];
    while let Some((from, to)) = open.pop() {
        keep[from] = true;
        keep[to] = true;
        let farthest =
            (from + 1..to).map(|n| (n, off(ring[n], ring[from], ring[to]))).max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((n, distance)) = farthest
            && distance > tolerance
        {
            open.extend([(from, n), (n, to)]);
        }
    }
    ring.iter().zip(keep).filter_map(|(point, keep)| keep.then_some(*point)).collect()
}

/// Distance of `p` from the line through `a` and `b`, or from `a` when they are one.
fn off(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (along, from) = ([b[0] - a[0], b[1] - a[1]], [p[0] - a[0], p[1] - a[1]]);
    // A root is exact everywhere; `hypot` is not.
    let norm = |v: [f64; 2]| (v[0] * v[0] + v[1] * v[1]).sqrt();
    let length = norm(along);
    if length == 0.0 { norm(from) } else { (along[0] * from[1] - along[1] * from[0]).abs() / length }
}

/// Andrew's monotone chain (1979).
fn hull(mut points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    points.dedup();
    let turn = |a: [f64; 2], b: [f64; 2], c: [f64; 2]| (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    let half = |points: &mut dyn Iterator<Item = [f64; 2]>| {
        let mut line: Vec<[f64; 2]> = Vec::new();
        for point in points {
            while let [.., a, b] = line[..]
                && turn(a, b, point) <= 0.0
            {
                line.pop();
            }
            line.push(point);
        }
        line.pop();
        line
    };
    let mut ring = half(&mut points.iter().copied());
    ring.extend(half(&mut points.iter().rev().copied()));
    ring
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outline_of_the_area_set_becomes_few_closed_rings_that_do_not_cross() {
        let areas = AreaSet::bundled();
        let outlines: Vec<_> = areas.iter().filter_map(|area| areas.outline(area.code)).collect();
        assert!(outlines.len() > 100);
        for outline in outlines {
            let rings = rings(outline);
            assert!(!rings.is_empty());
            assert!(rings.iter().map(Vec::len).sum::<usize>() <= POINTS_MAX + 5 * RINGS_MAX);
            for ring in rings {
                assert!(ring.len() >= 4 && ring.first() == ring.last() && !cap::crosses(&ring), "{ring:?}");
            }
        }
    }

    #[test]
    fn a_hull_holds_every_point() {
        let ring = hull(vec![[0.0, 0.0], [1.0, 0.0], [0.5, 0.5], [1.0, 1.0], [0.0, 1.0]]);
        assert_eq!(ring, [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]);
    }
}
