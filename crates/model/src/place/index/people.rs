//! Settlements as points with people, in the order of the grid's cells.

use super::borders::counted;
use super::exact::{Point, snapped};
use super::grid::Grid;
use super::rings::{AREAS_MAX, IndexError, small};
use super::shape::Shape;
use crate::place::Position;

/// What lies in a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settled {
    /// Settlements.
    pub settlements: u32,
    /// Their people.
    pub people: u64,
}

/// Settlements.
#[derive(Debug, Clone, Default)]
pub(super) struct People {
    /// Where each cell's settlements begin, one more than there are cells and one place for those outside the grid.
    from: Vec<u32>,
    points: Vec<Point>,
    /// People of all settlements before this one; one more than there are settlements.
    before: Vec<u64>,
}

impl People {
    pub(super) fn of(grid: &Grid, settlements: impl IntoIterator<Item = (Position, u32)>) -> Result<Self, IndexError> {
        let given: Vec<(Point, u32)> = settlements
            .into_iter()
            .take(AREAS_MAX + 1)
            .map(|(at, people)| (snapped([at.lon_deg(), at.lat_deg()]), people))
            .collect();
        if given.len() > AREAS_MAX {
            return Err(IndexError::TooManySettlements);
        }
        let cells = grid.columns as usize * grid.rows as usize;
        let cell = |at: u32| grid.place(given[at as usize].0).unwrap_or(cells);
        let (from, order) = counted(cells + 1, given.len(), cell);
        let mut people = Self { from, points: Vec::with_capacity(order.len()), before: vec![0] };
        for (point, count) in order.into_iter().map(|at| given[at as usize]) {
            people.points.push(point);
            people.before.push(people.before.last().copied().unwrap_or(0) + u64::from(count));
        }
        Ok(people)
    }

    pub(super) fn within(&self, grid: &Grid, shape: &Shape) -> Settled {
        let mut settled = Settled::default();
        if self.points.is_empty() {
            return settled;
        }
        let count = |from: u32, to: u32, settled: &mut Settled| {
            settled.settlements += to - from;
            settled.people += self.before[to as usize] - self.before[from as usize];
        };
        let each = |from: u32, to: u32, settled: &mut Settled| {
            for at in (from..to).filter(|&at| shape.holds_point(self.points[at as usize])) {
                count(at, at + 1, settled);
            }
        };
        for row in grid.covered(shape) {
            let at = |column: u32| self.from[row.row as usize * grid.columns as usize + column as usize];
            each(at(row.outer.0), at(row.inner.0), &mut settled);
            count(at(row.inner.0), at(row.inner.1), &mut settled);
            each(at(row.inner.1), at(row.outer.1 + 1), &mut settled);
        }
        each(self.from[self.from.len() - 2], small(self.points.len()), &mut settled);
        settled
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.from[..]) + size_of_val(&self.points[..]) + size_of_val(&self.before[..])
    }
}
