//! How much of each cell each area holds, and where in it: areas, first and second moments, and the same for blocks of cells.
//!
//! Measured along [`LINES`] lines of latitude in each cell, exactly along the line. Blocks of twice the side are sums of four.

use super::AreaIndex;
use super::grid::Cell;
use super::lines::Walk;

/// Lines in a cell.
const LINES: u32 = 32;
/// Most levels of blocks: the widest are 2^12 cells, more than any grid has.
const LEVELS_MAX: usize = 12;

/// What an area holds of a cell or block of side 1, about its middle: `[share, east, north, east east, east north, north
/// north]`, each the integral of this product over the area.
pub(super) type Moments = [f32; 6];

/// Of a whole cell.
pub(super) const WHOLE: Moments = [1.0, 0.0, 0.0, 1.0 / 12.0, 0.0, 1.0 / 12.0];

/// One level of blocks, each of 2^n cells a side.
#[derive(Debug, Clone, Default)]
pub(super) struct Level {
    pub(super) columns: u32,
    pub(super) rows: u32,
    /// Where each block's parts begin; one more than there are blocks. Of the first level, the cells themselves, only crossed
    /// cells count.
    from: Vec<u32>,
    parts: Vec<(u32, Moments)>,
}

impl Level {
    /// The parts of a block; of the first level of a crossed cell by its place.
    #[inline]
    pub(super) fn of(&self, block: u32) -> &[(u32, Moments)] {
        &self.parts[self.from[block as usize] as usize..self.from[block as usize + 1] as usize]
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.from[..]) + size_of_val(&self.parts[..])
    }
}

/// Adds parts of a block; of each area once.
fn add(parts: &mut Vec<(u32, [f64; 6])>, area: u32, moments: [f64; 6]) {
    match parts.iter_mut().find(|(one, _)| *one == area) {
        Some((_, sums)) => sums.iter_mut().zip(moments).for_each(|(sum, more)| *sum += more),
        None => parts.push((area, moments)),
    }
}

#[allow(clippy::cast_possible_truncation)] // Seven digits serve.
fn close(level: &mut Level, parts: &mut Vec<(u32, [f64; 6])>) {
    parts.sort_unstable_by_key(|(area, _)| *area);
    level.parts.extend(parts.drain(..).map(|(area, moments)| (area, moments.map(|moment| moment as f32))));
    level.from.push(super::rings::small(level.parts.len()));
}

impl AreaIndex {
    /// All levels: the cells, then blocks of 2, 4, 8 … cells a side, up to one block.
    pub(super) fn measured(&self) -> Vec<Level> {
        let mut levels = vec![self.cells()];
        while levels.len() < LEVELS_MAX {
            let Some(below) = levels.last().filter(|level| level.columns > 1 || level.rows > 1) else { break };
            levels.push(self.doubled(below, levels.len() == 1));
        }
        levels
    }

    fn cells(&self) -> Level {
        let (columns, rows) = (self.grid.columns, self.grid.rows);
        let crossed = self.grid.count().1;
        let mut parts: Vec<Vec<(u32, [f64; 6])>> = vec![Vec::new(); crossed];
        let mut walk = Walk::default();
        let weight = 1.0 / f64::from(LINES);
        for row in 0..rows {
            for line in 0..LINES {
                let north = (f64::from(line) + 0.5) * weight - 0.5;
                let y = f64::from(row) + 0.5 + north;
                self.walk(&mut walk, y, (0.0, f64::from(columns)), |stretch| {
                    let Some(place) = stretch.crossed else { return };
                    let middle = stretch.from.floor() + 0.5;
                    let (a, b) = (stretch.from - middle, stretch.to - middle);
                    let (share, east) = (weight * (b - a), weight * (b * b - a * a) / 2.0);
                    let east_east = weight * (b * b * b - a * a * a) / 3.0;
                    // A line stands for the stripe around it.
                    let north_north = share * (north * north + weight * weight / 12.0);
                    let moments = [share, east, share * north, east_east, east * north, north_north];
                    for &area in stretch.areas {
                        add(&mut parts[place as usize], area, moments);
                    }
                });
            }
        }
        let mut level = Level { columns, rows, from: vec![0], parts: Vec::new() };
        for mut parts in parts {
            close(&mut level, &mut parts);
        }
        level
    }

    /// The level above: sums of four blocks, in units of the wider one.
    fn doubled(&self, below: &Level, cells: bool) -> Level {
        let (columns, rows) = (below.columns.div_ceil(2), below.rows.div_ceil(2));
        let mut level = Level { columns, rows, from: vec![0], parts: Vec::new() };
        let mut sums = Vec::new();
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
            for (north, east) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let (from_row, from_column) = (2 * row + north, 2 * column + east);
                if from_row >= below.rows || from_column >= below.columns {
                    continue;
                }
                let aside = [east, north].map(|part| f64::from(part) * 0.5 - 0.25);
                let mut put = |area: u32, moments: &Moments| add(&mut sums, area, moved(moments, aside));
                if cells {
                    match self.grid.cell(from_column, from_row) {
                        Cell::Interior(set) => self.sets.of(set).iter().for_each(|&area| put(area, &WHOLE)),
                        Cell::Crossed(_, place) => below.of(place).iter().for_each(|(area, it)| put(*area, it)),
                    }
                } else {
                    below.of(from_row * below.columns + from_column).iter().for_each(|(area, it)| put(*area, it));
                }
            }
            close(&mut level, &mut sums);
        }
        level
    }
}

/// Moments of a block as those of a block twice as wide, whose middle lies `aside` (in its own units) the other way.
fn moved(moments: &Moments, aside: [f64; 2]) -> [f64; 6] {
    let [share, east, north, east_east, east_north, north_north] = moments.map(f64::from);
    let [x, y] = aside;
    // Lengths halve, areas are a quarter.
    let (m, mx, my) = (share / 4.0, east / 8.0, north / 8.0);
    let (mxx, mxy, myy) = (east_east / 16.0, east_north / 16.0, north_north / 16.0);
    [
        m,
        mx + m * x,
        my + m * y,
        mxx + 2.0 * mx * x + m * x * x,
        mxy + mx * y + my * x + m * x * y,
        myy + 2.0 * my * y + m * y * y,
    ]
}
