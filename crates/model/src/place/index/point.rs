//! Who holds a point.

use super::AreaIndex;
use super::borders::owned;
use super::exact::{Point, Way, side, way};
use super::grid::{Cell, Crossed, toggle};

impl AreaIndex {
    /// Puts the ordinals of all areas that hold or touch the point into `found`, sorted.
    pub(super) fn holding(&self, point: Point, found: &mut Vec<u32>) {
        found.clear();
        match self.grid.at(point) {
            None => {}
            Some(Cell::Interior(set)) => found.extend_from_slice(self.sets.of(set)),
            Some(Cell::Crossed(cell, place)) => {
                let on = self.sides(cell, place, point, found);
                found.extend(on);
                found.sort_unstable();
                found.dedup();
            }
        }
    }

    /// Puts into `inside` whom the even-odd rule gives the point, in any order; answers with whose border it lies on.
    pub(super) fn sides(&self, cell: &Crossed, place: u32, point: Point, inside: &mut Vec<u32>) -> Vec<u32> {
        inside.extend_from_slice(self.sets.of(cell.inside));
        let from = cell.reference;
        let mut on = Vec::new();
        for &(begin, end) in self.grid.runs_of(place) {
            let mut a = self.borders.points[begin as usize];
            let mut side_a = side(from, point, a);
            for edge in begin..end {
                let b = self.borders.points[edge as usize + 1];
                let side_b = side(from, point, b);
                // Both strictly on one side, as nearly always.
                if !(side_a > 0.0 && side_b > 0.0 || side_a < 0.0 && side_b < 0.0) {
                    let owners = || self.sets.of(self.borders.owners[edge as usize]);
                    match way(from, point, (a, side_a), (b, side_b)) {
                        Way::Apart => {}
                        Way::Over => toggle(inside, owners()),
                        Way::On => on.extend(owners().iter().map(|&one| owned(one).0)),
                    }
                }
                (a, side_a) = (b, side_b);
            }
        }
        on
    }
}
