//! How things flew before: courses of earlier nights, counted by cell and sector.
//!
//! What comes in: where believed objects were and whither they flew. What goes out: counts, from which the forecast draws
//! corridors (`forecast/ways.rs`). What always holds: at most [`CELLS_MAX`] cells, no count above [`COUNT_MAX`]: what is
//! older counts for less. Deliberately absent: times, kinds, sources; and what lies below, which a line may say
//! ([`Courses::along`]).

use crate::config::ConfigError;
use model::Position;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Sectors of the compass; the first is centred on north, then clockwise.
pub const SECTORS: usize = 16;
/// Sides of a cell, degrees of latitude and of longitude: some 27 km each at 50° N.
const CELL_DEG: [f64; 2] = [0.25, 0.375];
/// Most cells: the country has some 770, and an entry of the record holds no more.
pub(crate) const CELLS_MAX: usize = 850;
/// Most of one sector: what would be more halves the whole cell. So nights long ago fade, and a file stays small.
pub(crate) const COUNT_MAX: u32 = 99;
/// What a line counts for in each cell that it crosses, in both directions.
const LINE_COUNT: u32 = 5;
/// Between two looks along a line, kilometres.
const LINE_STEP_KM: f64 = 10.0;
/// Longest line that is followed, steps.
const LINE_STEPS_MAX: usize = 10_000;

/// A cell of the grid; written as latitude and longitude of its south-western corner, degrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Cell {
    row: i16,
    column: i16,
}

/// What is no cell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read {0:?} as a cell: expected latitude and longitude of its south-western corner, such as \"50.25 30.375\"")]
pub struct CellError(String);

impl Cell {
    /// The one that a place lies in.
    #[allow(clippy::cast_possible_truncation)] // Places are on the map: 180 / 0.25 at most.
    pub fn of(place: Position) -> Self {
        Self {
            row: (place.lat_deg() / CELL_DEG[0]).floor() as i16,
            column: (place.lon_deg() / CELL_DEG[1]).floor() as i16,
        }
    }

    /// So many rows to the north and columns to the east.
    pub(crate) const fn beside(self, [north, east]: [i16; 2]) -> Self {
        Self { row: self.row.saturating_add(north), column: self.column.saturating_add(east) }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} {:.3}", f64::from(self.row) * CELL_DEG[0], f64::from(self.column) * CELL_DEG[1])
    }
}

impl From<Cell> for String {
    fn from(cell: Cell) -> Self {
        cell.to_string()
    }
}

impl FromStr for Cell {
    type Err = CellError;

    fn from_str(text: &str) -> Result<Self, CellError> {
        let error = || CellError(text.chars().take(40).collect());
        let (lat, lon) = text.split_once(' ').ok_or_else(error)?;
        let number = |text: &str| text.parse::<f64>().map_err(|_| error());
        let place = Position::new(number(lat)?, number(lon)?).map_err(|_| error())?;
        let cell = Self::of(place);
        if cell.to_string() == text { Ok(cell) } else { Err(error()) }
    }
}

impl TryFrom<String> for Cell {
    type Error = CellError;

    fn try_from(text: String) -> Result<Self, CellError> {
        text.parse()
    }
}

/// How many believed objects flew through each cell, by sector of their course.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Courses(pub BTreeMap<Cell, [u32; SECTORS]>);

/// The sector of a course, degrees clockwise from north.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // Below sixteen.
fn sector(course_deg: f64) -> usize {
    let turns = course_deg / 360.0;
    (libm::round((turns - turns.floor()) * SECTORS as f64) as usize) % SECTORS
}

impl Courses {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.0.values().flatten().all(|&n| n == 0)
    }

    /// Counts so many that flew through a cell on a course, degrees clockwise from north.
    pub fn count(&mut self, cell: Cell, course_deg: f64, n: u32) {
        let full = self.0.len() >= CELLS_MAX;
        if !course_deg.is_finite() || (full && !self.0.contains_key(&cell)) {
            return;
        }
        let sectors = self.0.entry(cell).or_default();
        if let Some(count) = sectors.get_mut(sector(course_deg)) {
            *count = count.saturating_add(n);
        }
        fade(sectors);
    }

    /// Adds those of another run.
    pub fn add(&mut self, other: &Self) {
        for (&cell, more) in &other.0 {
            if self.0.len() >= CELLS_MAX && !self.0.contains_key(&cell) {
                continue;
            }
            let sectors = self.0.entry(cell).or_default();
            for (count, more) in sectors.iter_mut().zip(more) {
                *count = count.saturating_add(*more);
            }
            fade(sectors);
        }
    }

    /// Counts what follows a line, a river or a valley, in either direction: as five in each cell that it crosses where `near`.
    pub fn along(&mut self, line: &[Position], near: impl Fn(Position) -> bool) {
        let (mut last, mut steps) = (None, 0);
        for (&from, &to) in line.iter().zip(line.iter().skip(1)) {
            let (way_km, bearing_deg) = (from.distance_km(to), from.bearing_deg(to));
            let mut flown_km = 0.0;
            while flown_km < way_km && steps < LINE_STEPS_MAX {
                let place = from.toward(bearing_deg, flown_km);
                let cell = Cell::of(place);
                if last != Some(cell) && near(place) {
                    self.count(cell, bearing_deg, LINE_COUNT);
                    self.count(cell, bearing_deg + 180.0, LINE_COUNT);
                    last = Some(cell);
                }
                flown_km += LINE_STEP_KM;
                steps += 1;
            }
        }
    }

    /// Refuses more than a table of this kind may hold.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let refuse = |why: String| Err(ConfigError::Contradiction { key: "came_in.courses".to_owned(), why });
        if self.0.len() > CELLS_MAX {
            return refuse(format!("{} cells: expected at most {CELLS_MAX}", self.0.len()));
        }
        match self.0.iter().find(|(_, sectors)| sectors.iter().any(|&n| n > COUNT_MAX)) {
            Some((cell, _)) => refuse(format!("cell {cell} counts above {COUNT_MAX}: halve all its numbers")),
            None => Ok(()),
        }
    }
}

/// Halves a cell until no sector counts for more than [`COUNT_MAX`].
fn fade(sectors: &mut [u32; SECTORS]) {
    while sectors.iter().any(|&n| n > COUNT_MAX) {
        for n in sectors.iter_mut() {
            *n = n.div_ceil(2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell() -> Cell {
        Cell::of(Position::new(50.3, 30.5).unwrap())
    }

    #[test]
    fn a_cell_is_written_by_its_corner_and_read_back() {
        assert_eq!(cell().to_string(), "50.25 30.375");
        assert_eq!("50.25 30.375".parse(), Ok(cell()));
        assert_eq!("-0.25 -0.375".parse(), Ok(Cell { row: -1, column: -1 }));
        for bad in ["", "50.25", "50.3 30.375", "50.25  30.375", "91.00 30.375", "NaN 30.375", "50.250 30.375"] {
            assert!(bad.parse::<Cell>().is_err(), "{bad}");
        }
    }

    #[test]
    fn courses_fall_into_the_nearest_sector() {
        for (course_deg, at) in [(0.0, 0), (11.0, 0), (12.0, 1), (90.0, 4), (350.0, 0), (-90.0, 12), (720.0 + 180.0, 8)]
        {
            let mut courses = Courses::default();
            courses.count(cell(), course_deg, 1);
            assert_eq!(courses.0[&cell()][at], 1, "{course_deg}");
        }
        let mut courses = Courses::default();
        courses.count(cell(), f64::NAN, 1);
        assert!(courses.is_empty());
    }

    #[test]
    fn what_is_older_fades_and_nothing_overflows() {
        let mut courses = Courses::default();
        courses.count(cell(), 90.0, 40);
        for _ in 0..1000 {
            courses.count(cell(), 0.0, 3);
        }
        let [north, .., _] = courses.0[&cell()];
        assert!((50..=COUNT_MAX).contains(&north) && courses.0[&cell()][4] == 1, "{courses:?}");
        courses.count(cell(), 0.0, u32::MAX);
        courses.add(&courses.clone());
        assert!(courses.validate().is_ok());
        for n in 0..4_000 {
            courses.count(Cell { row: 0, column: n }, 0.0, 1);
        }
        courses.add(&Courses(BTreeMap::from([(Cell { row: 9, column: 9 }, [1; SECTORS])])));
        assert!(courses.0.len() == CELLS_MAX && courses.validate().is_ok());
    }

    #[test]
    fn a_line_counts_both_ways_in_each_cell_once() {
        let mut courses = Courses::default();
        let from = Position::new(50.1, 30.5).unwrap();
        courses.along(&[from, from.toward(0.0, 60.0), from.toward(0.0, 100.0)], |_| true);
        courses.along(&[from.toward(90.0, 100.0), from.toward(45.0, 100.0)], |_| false);
        assert_eq!(courses.0.len(), 4, "{courses:?}");
        for sectors in courses.0.values() {
            assert_eq!((sectors[0], sectors[8], sectors.iter().sum::<u32>()), (5, 5, 10), "{courses:?}");
        }
        courses.along(&[from], |_| true);
        courses.along(&[], |_| true);
        assert_eq!(courses.0.len(), 4);
    }

    #[test]
    fn what_counts_too_much_is_refused_by_its_cell() {
        let many = Courses(BTreeMap::from([(cell(), [100; SECTORS])]));
        let error = many.validate().unwrap_err().to_string();
        assert!(error.contains("came_in.courses") && error.contains("50.25 30.375"), "{error}");
    }
}
