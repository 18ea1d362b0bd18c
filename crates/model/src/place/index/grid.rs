//! The grid: cells that lie wholly inside the same areas, and cells that a border crosses.
//!
//! What comes in: borders. What goes out: for each cell either the set of areas that hold all of it, or the edges that touch it and
//! a reference point with the areas that hold it. What always holds: a cell's list has every edge that comes nearer to it
//! than [`MARGIN`]; a reference point lies on no edge; the outermost cells are empty. Cells are about square at the middle
//! latitude. Deliberately absent: a second level: a cell's cost grows with its edges, and the number of cells with all edges.

use super::borders::{Borders, NO_EDGE, counted, owned};
use super::exact::{Point, Way, between, side, way};
use super::rings::small;
use super::sets::{Collected, Sets};

/// Cells are wider by this for what touches them, in parts of a cell: far above rounding, far below anything on a map.
pub(super) const MARGIN: f64 = 1e-6;
/// Edges for each cell of the grid: fewer make points quicker, more make shapes quicker.
const EDGES_PER_CELL: usize = 6;
/// Most cells along a side.
const SIDE_MAX: f64 = 4096.0;
/// Least width of a cell, degrees (0.1 m): rounding is then far below [`MARGIN`].
const PITCH_DEG_MIN: f64 = 1e-6;
/// Marks a cell that a border crosses.
const CROSSED: u32 = 1 << 31;

/// What a cell is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cell<'a> {
    /// No border: all of it lies in every area of this set and in no other.
    Interior(u32),
    /// Borders go through.
    Crossed(&'a Crossed, u32),
}

/// A cell that borders go through.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crossed {
    /// Where its runs of edges begin; they end where the next cell's begin.
    runs: u32,
    /// The areas that hold the reference point.
    pub(super) inside: u32,
    /// The areas that the cell touches: those and the owners of its edges.
    pub(super) touched: u32,
    /// A point of the cell on no edge.
    pub(super) reference: Point,
}

/// A uniform grid over all borders.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    origin: Point,
    pitch: Point,
    per_pitch: Point,
    pub(super) columns: u32,
    pub(super) rows: u32,
    /// Row by row from the south-west: the number of a set, or [`CROSSED`] and the place of a crossed cell.
    cells: Vec<u32>,
    /// One more than there are crossed cells: the last only ends the runs.
    crossed: Vec<Crossed>,
    /// First edge and the one after the last.
    runs: Vec<(u32, u32)>,
}

impl Grid {
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Sizes of a grid.
    pub(super) fn of(borders: &Borders, cells: Option<u32>, sets: &mut Collected) -> Self {
        let low = |low: Point, at: &Point| [low[0].min(at[0]), low[1].min(at[1])];
        let high = |high: Point, at: &Point| [high[0].max(at[0]), high[1].max(at[1])];
        let first = borders.points.first().copied().unwrap_or_default();
        let (south_west, north_east) =
            (borders.points.iter().fold(first, low), borders.points.iter().fold(first, high));
        let size = [0, 1].map(|axis| (north_east[axis] - south_west[axis]).max(PITCH_DEG_MIN));
        let shrink = libm::cos(f64::midpoint(south_west[1], north_east[1]).to_radians()).max(0.1);
        let wanted = cells.map_or(borders.points.len() / EDGES_PER_CELL, |cells| cells as usize).max(1) as f64;
        let pitch_deg = (size[0] * shrink * size[1] / wanted).sqrt();
        let count = |size: f64, pitch: f64| {
            (size / pitch.max(PITCH_DEG_MIN)).ceil().clamp(1.0, SIDE_MAX).min((size / PITCH_DEG_MIN).floor().max(1.0))
        };
        let counts = [count(size[0], pitch_deg / shrink), count(size[1], pitch_deg)];
        let pitch = [size[0] / counts[0], size[1] / counts[1]];
        let (columns, rows) = (counts[0] as u32 + 3, counts[1] as u32 + 3);
        let mut grid = Self {
            // Half a cell more than one, so that no border comes near the outermost cells.
            origin: [south_west[0] - 1.5 * pitch[0], south_west[1] - 1.5 * pitch[1]],
            pitch,
            per_pitch: pitch.map(|pitch| 1.0 / pitch),
            columns,
            rows,
            cells: vec![Sets::EMPTY; columns as usize * rows as usize],
            crossed: Vec::new(),
            runs: Vec::new(),
        };
        grid.list(borders);
        grid.refer(borders, sets);
        grid
    }

    /// Gives each crossed cell its edges.
    fn list(&mut self, borders: &Borders) {
        let mut pairs: Vec<(u32, u32)> = Vec::with_capacity(borders.points.len() * 9 / 8);
        for edge in 0..small(borders.owners.len()) {
            if borders.owners[edge as usize] != NO_EDGE {
                self.touched_by(borders.edge(edge), |cell| pairs.push((cell, edge)));
            }
        }
        let (from, order) = counted(self.cells.len(), pairs.len(), |at| pairs[at as usize].0 as usize);
        for cell in 0..self.cells.len() {
            let edges = &order[from[cell] as usize..from[cell + 1] as usize];
            if edges.is_empty() {
                continue;
            }
            self.cells[cell] = CROSSED | small(self.crossed.len());
            let runs = small(self.runs.len());
            self.crossed.push(Crossed {
                runs,
                inside: Sets::EMPTY,
                touched: Sets::EMPTY,
                reference: self.candidate(small(cell), 0),
            });
            for &pair in edges {
                let edge = pairs[pair as usize].1;
                match self.runs.get_mut(runs as usize..).and_then(<[_]>::last_mut) {
                    Some(run) if run.1 == edge => run.1 = edge + 1,
                    _ => self.runs.push((edge, edge + 1)),
                }
            }
        }
        let last = Crossed { runs: small(self.runs.len()), inside: 0, touched: 0, reference: [0.0; 2] };
        self.crossed.push(last);
        self.crossed.shrink_to_fit();
        self.runs.shrink_to_fit();
    }

    /// Every cell that the edge touches, with the margin.
    fn touched_by(&self, (a, b): (Point, Point), mut tell: impl FnMut(u32)) {
        let (a, b) = (self.parts(a), self.parts(b));
        let (columns, rows) = (span(a[0], b[0], self.columns), span(a[1], b[1], self.rows));
        if columns.0 == columns.1 || rows.0 == rows.1 {
            for row in rows.0..=rows.1 {
                (columns.0..=columns.1).for_each(|column| tell(row * self.columns + column));
            }
            return;
        }
        for row in rows.0..=rows.1 {
            // The part of the edge in this row; an edge over several rows is not level.
            let share = |y: f64| ((y - a[1]) / (b[1] - a[1])).clamp(0.0, 1.0);
            let (low, high) = (share(f64::from(row) - MARGIN), share(f64::from(row) + 1.0 + MARGIN));
            let x = |share: f64| a[0] + share * (b[0] - a[0]);
            let (from, to) = span(x(low), x(high), self.columns);
            (from..=to).for_each(|column| tell(row * self.columns + column));
        }
    }

    /// Finds reference points and who holds them, cell by cell from the empty outside.
    fn refer(&mut self, borders: &Borders, sets: &mut Collected) {
        let mut edges: Vec<u32> = Vec::new();
        let mut touched: Vec<u32> = Vec::new();
        for row in 0..self.rows {
            let mut inside: Vec<u32> = Vec::new();
            let mut set = Sets::EMPTY;
            let mut before: Option<u32> = None;
            for column in 0..self.columns {
                let cell = row * self.columns + column;
                let here = self.cells[cell as usize];
                if before.is_none_or(|before| before & CROSSED == 0) && here & CROSSED == 0 {
                    self.cells[cell as usize] = set;
                    before = Some(set);
                    continue;
                }
                let own = edges.len();
                edges.extend(self.edges(here));
                let reference = self.free(cell, &edges[own..], borders);
                edges.sort_unstable();
                edges.dedup();
                // The first column is empty, so there is a cell before this one.
                let from = match before {
                    Some(before) if before & CROSSED != 0 => self.crossed[(before & !CROSSED) as usize].reference,
                    _ => self.candidate(cell.saturating_sub(1), 0),
                };
                for &edge in &edges {
                    let (a, b) = borders.edge(edge);
                    if way(from, reference, (a, side(from, reference, a)), (b, side(from, reference, b))) == Way::Over {
                        toggle(&mut inside, sets.sets().of(borders.owners[edge as usize]));
                    }
                }
                inside.sort_unstable();
                set = sets.number(&inside);
                edges.clear();
                if here & CROSSED == 0 {
                    self.cells[cell as usize] = set;
                } else {
                    edges.extend(self.edges(here));
                    touched.clone_from(&inside);
                    for &edge in &edges {
                        let owners = sets.sets().of(borders.owners[edge as usize]).iter();
                        touched.extend(owners.map(|&one| owned(one).0));
                    }
                    touched.sort_unstable();
                    touched.dedup();
                    let touched = sets.number(&touched);
                    let crossed = &mut self.crossed[(here & !CROSSED) as usize];
                    (crossed.inside, crossed.touched, crossed.reference) = (set, touched, reference);
                }
                before = Some(self.cells[cell as usize]);
            }
        }
    }

    /// The edges of a cell by its entry.
    fn edges(&self, entry: u32) -> impl Iterator<Item = u32> + use<> {
        let runs = if entry & CROSSED == 0 { Vec::new() } else { self.runs_of(entry & !CROSSED).to_vec() };
        runs.into_iter().flat_map(|(from, to)| from..to)
    }

    /// A point of the cell on none of its edges.
    fn free(&self, cell: u32, edges: &[u32], borders: &Borders) -> Point {
        // A line meets the curve of candidates twice at most, so that many must be free; the count ends what rounding spoils.
        let tries = small(edges.len()) * 4 + 16;
        let free = |point: &Point| {
            edges.iter().all(|&edge| {
                let (a, b) = borders.edge(edge);
                !(between(a, b, *point) && side(a, b, *point) == 0.0)
            })
        };
        (0..tries).map(|n| self.candidate(cell, n)).find(free).unwrap_or_else(|| self.candidate(cell, tries))
    }

    /// The n-th candidate for a reference point: along a parabola about the middle of the cell.
    fn candidate(&self, cell: u32, n: u32) -> Point {
        let part = (0.5 + f64::from(n) * 0.618_033_988_749_894_9).fract() - 0.5;
        let (column, row) = (f64::from(cell % self.columns), f64::from(cell / self.columns));
        let (x, y) = (column + 0.5 + 0.8 * part, row + 0.5 + 1.6 * part * part);
        [self.origin[0] + x * self.pitch[0], self.origin[1] + y * self.pitch[1]]
    }

    /// A point in parts of cells from the origin.
    #[inline]
    pub(super) fn parts(&self, point: Point) -> Point {
        [(point[0] - self.origin[0]) * self.per_pitch[0], (point[1] - self.origin[1]) * self.per_pitch[1]]
    }

    /// The point of parts of cells.
    pub(super) fn point(&self, parts: Point) -> Point {
        [self.origin[0] + parts[0] * self.pitch[0], self.origin[1] + parts[1] * self.pitch[1]]
    }

    /// Width and height of a cell, degrees.
    pub(super) const fn pitch(&self) -> Point {
        self.pitch
    }

    /// The place of a point's cell in the grid, row by row; `None` where no area can be.
    #[inline]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Bounded just before.
    pub(super) fn place(&self, point: Point) -> Option<usize> {
        let [x, y] = self.parts(point);
        let within = x >= 0.0 && y >= 0.0 && x < f64::from(self.columns) && y < f64::from(self.rows);
        within.then(|| y as usize * self.columns as usize + x as usize)
    }

    /// The cell of a point; `None` where no area can be.
    #[inline]
    pub(super) fn at(&self, point: Point) -> Option<Cell<'_>> {
        self.place(point).map(|place| self.entry(self.cells[place]))
    }

    /// The cell of a column and a row of the grid.
    #[inline]
    pub(super) fn cell(&self, column: u32, row: u32) -> Cell<'_> {
        self.entry(self.cells[row as usize * self.columns as usize + column as usize])
    }

    #[inline]
    fn entry(&self, entry: u32) -> Cell<'_> {
        if entry & CROSSED == 0 {
            Cell::Interior(entry)
        } else {
            Cell::Crossed(&self.crossed[(entry & !CROSSED) as usize], entry & !CROSSED)
        }
    }

    /// The runs of edges of a crossed cell by its place.
    #[inline]
    pub(super) fn runs_of(&self, place: u32) -> &[(u32, u32)] {
        let (this, next) = (&self.crossed[place as usize], &self.crossed[place as usize + 1]);
        &self.runs[this.runs as usize..next.runs as usize]
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.cells[..]) + size_of_val(&self.crossed[..]) + size_of_val(&self.runs[..])
    }

    /// How many cells there are, and how many of them borders cross.
    pub(super) fn count(&self) -> (usize, usize) {
        (self.cells.len(), self.crossed.len() - 1)
    }
}

/// From and to which of `count` cells a stretch reaches, with the margin.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Clamped.
pub(super) fn span(a: f64, b: f64, count: u32) -> (u32, u32) {
    let last = f64::from(count - 1);
    let cell = |at: f64| at.floor().clamp(0.0, last) as u32;
    (cell(a.min(b) - MARGIN), cell(a.max(b) + MARGIN))
}

/// Takes the areas of those owners in which are out, and out which are in.
#[inline]
pub(super) fn toggle(inside: &mut Vec<u32>, owners: &[u32]) {
    for (area, odd) in owners.iter().map(|&one| owned(one)) {
        if odd {
            match inside.iter().position(|one| *one == area) {
                Some(at) => drop(inside.swap_remove(at)),
                None => inside.push(area),
            }
        }
    }
}
