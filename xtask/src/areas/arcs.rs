//! The borders of a grid as arcs: each border once, with its owner on either side, simplified.
//!
//! What comes in: a grid of owners. What goes out: arcs from corner to corner. What always holds: neighbours share an arc, so
//! a simplified outline still neither overlaps nor gapes. Method: Douglas and Peucker (1973) on each arc between junctions.

use super::cells::{Grid, HIGH, NOBODY, WIDE};
use std::collections::{BTreeMap, BTreeSet};

/// How far a simplified border may lie from the grid's, in cells (0.55 km): below the stairs of a slanted line nothing is gained.
const TOLERANCE_CELLS: f64 = 1.15;

/// A border between two owners. Walking it, `left` lies left.
#[derive(Debug, Clone)]
pub(super) struct Arc {
    pub(super) left: u16,
    pub(super) right: u16,
    /// Grid corners.
    pub(super) points: Vec<(usize, usize)>,
}

type Corner = (usize, usize);

/// Every border of the grid.
pub(super) fn trace(grid: &Grid) -> Vec<Arc> {
    let sides = sides(grid);
    let is_junction = |corner: &Corner| sides[corner].len() != 2;
    let mut walked: BTreeSet<(Corner, Corner)> = BTreeSet::new();
    let mut arcs = Vec::new();
    // Arcs between junctions first, then what is left: rings without a junction.
    let starts = sides.keys().filter(|c| is_junction(c)).chain(sides.keys());
    for &start in starts {
        for &next in &sides[&start] {
            if walked.contains(&(start, next)) {
                continue;
            }
            let mut points = vec![start];
            let (mut from, mut to) = (start, next);
            loop {
                walked.insert((from, to));
                walked.insert((to, from));
                points.push(to);
                if is_junction(&to) || to == start {
                    break;
                }
                let Some(&ahead) = sides[&to].iter().find(|&&corner| corner != from) else { break };
                (from, to) = (to, ahead);
            }
            let (left, right) = owners_beside(grid, points[0], points[1]);
            arcs.push(Arc { left, right, points: simplify(&points) });
        }
    }
    arcs
}

/// For each corner on a border, the corners one side further.
fn sides(grid: &Grid) -> BTreeMap<Corner, Vec<Corner>> {
    let mut sides: BTreeMap<Corner, Vec<Corner>> = BTreeMap::new();
    let mut add = |a: Corner, b: Corner| {
        sides.entry(a).or_default().push(b);
        sides.entry(b).or_default().push(a);
    };
    for y in 0..=HIGH {
        for x in 0..=WIDE {
            if x < WIDE && owner(grid, x, y) != owner(grid, x, y.wrapping_sub(1)) {
                add((x, y), (x + 1, y));
            }
            if y < HIGH && owner(grid, x, y) != owner(grid, x.wrapping_sub(1), y) {
                add((x, y), (x, y + 1));
            }
        }
    }
    sides
}

fn owner(grid: &Grid, x: usize, y: usize) -> u16 {
    if x < WIDE && y < HIGH { grid.owners[y * WIDE + x] } else { NOBODY }
}

/// Owners left and right of the side from `a` to `b`, its neighbour corner.
fn owners_beside(grid: &Grid, a: Corner, b: Corner) -> (u16, u16) {
    let (x, y) = (a.0.min(b.0), a.1.min(b.1));
    if a.1 == b.1 {
        let (above, below) = (owner(grid, x, y), owner(grid, x, y.wrapping_sub(1)));
        if b.0 > a.0 { (above, below) } else { (below, above) }
    } else {
        let (east, west) = (owner(grid, x, y), owner(grid, x.wrapping_sub(1), y));
        if b.1 > a.1 { (west, east) } else { (east, west) }
    }
}

fn simplify(points: &[Corner]) -> Vec<Corner> {
    let last = points.len() - 1;
    let mut keep = vec![false; points.len()];
    keep[0] = true;
    keep[last] = true;
    let mut open = Vec::new();
    if points[0] == points[last] {
        // A ring has no two ends: its farthest points from one another take their part.
        let far = |from: usize| (0..last).max_by_key(|&at| (square(points[from], points[at]), at)).unwrap_or(0);
        let first = far(0);
        let second = far(first);
        let (a, b) = (first.min(second), first.max(second));
        keep[a] = true;
        keep[b] = true;
        open.extend([(0, a), (a, b), (b, last)]);
    } else {
        open.push((0, last));
    }
    while let Some((from, to)) = open.pop() {
        let farthest =
            (from + 1..to).map(|at| (off(points[from], points[to], points[at]), at)).max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((cells, at)) = farthest
            && cells > TOLERANCE_CELLS
        {
            keep[at] = true;
            open.extend([(from, at), (at, to)]);
        }
    }
    points.iter().zip(keep).filter_map(|(point, keep)| keep.then_some(*point)).collect()
}

fn square(a: Corner, b: Corner) -> usize {
    a.0.abs_diff(b.0).pow(2) + a.1.abs_diff(b.1).pow(2)
}

/// Distance of `p` from the segment a to b, in cells.
#[expect(clippy::cast_precision_loss, reason = "a few thousand cells")]
fn off(a: Corner, b: Corner, p: Corner) -> f64 {
    let of = |c: Corner| (c.0 as f64 - a.0 as f64, c.1 as f64 - a.1 as f64);
    let ((bx, by), (px, py)) = (of(b), of(p));
    let length2 = bx * bx + by * by;
    let t = if length2 > 0.0 { ((px * bx + py * by) / length2).clamp(0.0, 1.0) } else { 0.0 };
    ((px - t * bx).powi(2) + (py - t * by).powi(2)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_neighbours_share_one_border_and_each_has_the_rest_for_itself() {
        let mut owners = vec![NOBODY; WIDE * HIGH];
        for y in 100..140 {
            for x in 100..180 {
                owners[y * WIDE + x] = u16::from(x >= 140);
            }
        }
        let arcs = trace(&Grid { owners });
        let mut found: Vec<_> =
            arcs.iter().map(|arc| (arc.left.min(arc.right), arc.left.max(arc.right), arc.points.len())).collect();
        found.sort_unstable();
        assert_eq!(found, [(0, 1, 2), (0, NOBODY, 4), (1, NOBODY, 4)]);
    }
}
