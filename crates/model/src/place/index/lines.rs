//! Walking along a line of latitude: who holds which stretch of it.

use super::AreaIndex;
use super::grid::{Cell, toggle};

/// A stretch of a line all of which lies in the same areas.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch<'a> {
    /// From and to, in parts of cells from the west.
    pub(super) from: f64,
    pub(super) to: f64,
    /// Who holds it; in no order.
    pub(super) areas: &'a [u32],
    /// The crossed cell it lies in; `None` where it lies in cells without borders.
    pub(super) crossed: Option<u32>,
}

/// Lists that a walk needs, kept from one to the next.
#[derive(Debug, Default)]
pub(super) struct Walk {
    inside: Vec<u32>,
    crossings: Vec<(f64, u32)>,
}

impl AreaIndex {
    /// Tells the stretches of the line `y` from `from` to `to`, all in parts of cells, from west to east; not those in no area.
    ///
    /// Where the line leaves and enters is rounded. A line that begins on a border may take the first stretch, up to the
    /// next cell without one, for the wrong side.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Within the grid.
    pub(super) fn walk(&self, walk: &mut Walk, y: f64, (from, to): (f64, f64), mut tell: impl FnMut(Stretch<'_>)) {
        let grid = &self.grid;
        let (from, to) = (from.max(0.0), to.min(f64::from(grid.columns)));
        if from >= to || y < 0.0 || y >= f64::from(grid.rows) {
            return;
        }
        let Walk { inside, crossings } = walk;
        let (row, latitude) = (y as u32, grid.point([0.0, y])[1]);
        // What lies behind in cells of one set is told when the set changes.
        let (mut set, mut since) = (None, from);
        let mut known = false;
        let first = from as u32;
        let last = (to.ceil() as u32).min(grid.columns);
        for column in first..last {
            match grid.cell(column, row) {
                Cell::Interior(here) => {
                    if set != Some(here) {
                        let begin = from.max(f64::from(column));
                        if let Some(set) = set {
                            let areas = self.sets.of(set);
                            tell_some(&mut tell, since, begin, areas, None);
                        }
                        (set, since) = (Some(here), begin);
                    }
                    known = false;
                }
                Cell::Crossed(cell, place) => {
                    let begin = from.max(f64::from(column));
                    let end = to.min(f64::from(column) + 1.0);
                    if let Some(set) = set.take() {
                        tell_some(&mut tell, since, begin, self.sets.of(set), None);
                        inside.clear();
                        inside.extend_from_slice(self.sets.of(set));
                    } else if !known {
                        inside.clear();
                        self.sides(cell, place, grid.point([begin, y]), inside);
                    }
                    known = true;
                    crossings.clear();
                    for &(run, run_end) in grid.runs_of(place) {
                        let mut a = self.borders.points[run as usize];
                        for edge in run..run_end {
                            let b = self.borders.points[edge as usize + 1];
                            if (a[1] > latitude) != (b[1] > latitude) {
                                let share = (latitude - a[1]) / (b[1] - a[1]);
                                let x = grid.parts([a[0] + share * (b[0] - a[0]), latitude])[0];
                                // An edge that two cells list is met in one of them.
                                if begin <= x && x < end {
                                    crossings.push((x, self.borders.owners[edge as usize]));
                                }
                            }
                            a = b;
                        }
                    }
                    crossings.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
                    let mut at = begin;
                    for &(x, owners) in &*crossings {
                        tell_some(&mut tell, at, x, inside, Some(place));
                        toggle(inside, self.sets.of(owners));
                        at = x;
                    }
                    tell_some(&mut tell, at, end, inside, Some(place));
                }
            }
        }
        if let Some(set) = set {
            tell_some(&mut tell, since, to, self.sets.of(set), None);
        }
    }
}

fn tell_some(tell: &mut impl FnMut(Stretch<'_>), from: f64, to: f64, areas: &[u32], crossed: Option<u32>) {
    if from < to && !areas.is_empty() {
        tell(Stretch { from, to, areas, crossed });
    }
}
