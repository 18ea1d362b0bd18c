//! The measurements of one batch by the cells of a grid, so that a gate asks its neighbours and not everyone.

use super::model::Reach;

/// Most cells of a grid.
const CELLS_MAX: usize = 1 << 18;

/// Measurements sorted by cell (counting sort); rebuilt for each batch, its memory kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grid {
    low: [f64; 2],
    /// Cells per unit, by axis.
    scale: [f64; 2],
    columns: usize,
    rows: usize,
    /// Where each cell's measurements begin; one more than there are cells.
    begins: Vec<u32>,
    /// Measurements in the order of their cells.
    order: Vec<u32>,
    cell_of: Vec<u32>,
}

impl Grid {
    /// Sorts the places in. Cells are about as many as places, so that one holds one.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // Bounded by CELLS_MAX.
    pub(crate) fn build(&mut self, places: &[[f64; 2]]) {
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for place in places {
            for axis in 0..2 {
                low[axis] = low[axis].min(place[axis]);
                high[axis] = high[axis].max(place[axis]);
            }
        }
        if places.is_empty() {
            (self.columns, self.rows) = (0, 0);
            return;
        }
        let side = ((places.len() as f64).sqrt().ceil() as usize).clamp(1, 512);
        debug_assert!(side * side <= CELLS_MAX, "the side is bounded");
        (self.low, self.columns, self.rows) = (low, side, side);
        for axis in 0..2 {
            let span = high[axis] - low[axis];
            self.scale[axis] = if span > 0.0 { side as f64 / span } else { 0.0 };
        }
        self.begins.clear();
        self.begins.resize(side * side + 1, 0);
        self.cell_of.clear();
        for place in places {
            let cell = self.row(place[1]) * side + self.column(place[0]);
            self.cell_of.push(cell as u32);
            self.begins[cell + 1] += 1;
        }
        for cell in 0..side * side {
            self.begins[cell + 1] += self.begins[cell];
        }
        self.order.clear();
        self.order.resize(places.len(), 0);
        // Filled from the back, so that `begins` ends up where each cell begins and order within a cell is kept.
        for measurement in (0..places.len()).rev() {
            let cell = self.cell_of[measurement] as usize;
            self.begins[cell + 1] -= 1;
            self.order[self.begins[cell + 1] as usize] = measurement as u32;
        }
        // Each entry was moved back by its own count: shift to where the next cell begins.
        for cell in 0..side * side {
            self.begins[cell] = self.begins[cell + 1];
        }
        self.begins[side * side] = places.len() as u32;
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Clamped to the grid; a NaN becomes 0.
    fn along(&self, axis: usize, at: f64, cells: usize) -> usize {
        (((at - self.low[axis]) * self.scale[axis]).max(0.0) as usize).min(cells.saturating_sub(1))
    }

    fn column(&self, x: f64) -> usize {
        self.along(0, x, self.columns)
    }

    fn row(&self, y: f64) -> usize {
        self.along(1, y, self.rows)
    }

    /// Calls `each` with every measurement whose cell the box touches, in an order that depends on places alone.
    pub(crate) fn near(&self, reach: &Reach, mut each: impl FnMut(usize)) {
        if self.columns == 0 {
            return;
        }
        let [x, y] = reach.middle;
        let [w, h] = reach.half;
        let (first, last) = (self.column(x - w), self.column(x + w));
        for row in self.row(y - h)..=self.row(y + h) {
            let from = self.begins[row * self.columns + first] as usize;
            let to = self.begins[row * self.columns + last + 1] as usize;
            for &measurement in &self.order[from..to] {
                each(measurement as usize);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_inside_the_box_is_found_and_none_twice() {
        let mut grid = Grid::default();
        let mut seed = 7_u64;
        let mut unit = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            f64::from(u32::try_from(seed >> 33).unwrap()) / f64::from(1_u32 << 31)
        };
        for count in [0_usize, 1, 2, 17, 400] {
            let places: Vec<[f64; 2]> = (0..count).map(|_| [1000.0 * unit() - 500.0, 10.0 * unit()]).collect();
            grid.build(&places);
            for _ in 0..50 {
                let reach =
                    Reach { middle: [1200.0 * unit() - 600.0, 12.0 * unit() - 1.0], half: [90.0 * unit(), unit()] };
                let mut found = Vec::new();
                grid.near(&reach, |measurement| found.push(measurement));
                let mut sorted = found.clone();
                sorted.sort_unstable();
                sorted.dedup();
                assert_eq!(sorted.len(), found.len(), "none twice");
                for (n, place) in places.iter().enumerate() {
                    let inside = (0..2).all(|axis| (place[axis] - reach.middle[axis]).abs() <= reach.half[axis]);
                    assert!(!inside || sorted.binary_search(&n).is_ok(), "{n} of {count} is missing");
                }
            }
        }
    }

    #[test]
    fn places_on_one_line_or_one_point_are_a_grid_too() {
        let mut grid = Grid::default();
        for places in [vec![[3.0, 4.0]; 5], vec![[1.0, 2.0], [1.0, 9.0], [1.0, 5.0]]] {
            grid.build(&places);
            let mut found = 0;
            grid.near(&Reach { middle: [0.0, 0.0], half: [100.0, 100.0] }, |_| found += 1);
            assert_eq!(found, places.len());
        }
    }
}
