//! The figures as flat tables, for spreadsheets and for those who count with other people's columns.
//!
//! What comes in: [`Figures`]. What goes out: a [`Table`] of typed cells, which [`csv`] writes as text and the
//! program as Parquet. What always holds: a cell that cannot be said is empty; a table adds nothing to what the claims say, and
//! every row names its claims; words stand in Parquet as they were said.
//! Deliberately absent: coordinates, names of dyads, the civilian status of the dead: nobody told us.
//! Columns: docs/reference/chronicle.md.

mod csv;
mod event;
mod own;
#[cfg(test)]
mod tests;

pub use csv::csv;

use crate::figures::Figures;
use jiff::civil::Date;
use model::Timestamp;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Words.
    Text,
    /// A count.
    Whole,
    /// A count that may be below nothing.
    Signed,
    /// Yes or no.
    Truth,
    /// An instant, in milliseconds, UTC.
    Instant,
    /// A day of the zone.
    Day,
}

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
}

/// One cell; [`Cell::None`] is what cannot be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Not said.
    None,
    /// Words.
    Text(String),
    /// A count.
    Whole(u64),
    /// A count that may be below nothing.
    Signed(i64),
    /// Yes or no.
    Truth(bool),
    /// An instant.
    Instant(Timestamp),
    /// A day.
    Day(Date),
}

impl Cell {
    /// What it holds, if anything.
    #[must_use]
    pub fn holds(&self) -> Option<Holds> {
        match self {
            Self::None => None,
            Self::Text(_) => Some(Holds::Text),
            Self::Whole(_) => Some(Holds::Whole),
            Self::Signed(_) => Some(Holds::Signed),
            Self::Truth(_) => Some(Holds::Truth),
            Self::Instant(_) => Some(Holds::Instant),
            Self::Day(_) => Some(Holds::Day),
        }
    }

    fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(cell: Option<T>) -> Self {
        cell.map_or(Self::None, Into::into)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<u64> for Cell {
    fn from(n: u64) -> Self {
        Self::Whole(n)
    }
}

impl From<i64> for Cell {
    fn from(n: i64) -> Self {
        Self::Signed(n)
    }
}

impl From<Timestamp> for Cell {
    fn from(at: Timestamp) -> Self {
        Self::Instant(at)
    }
}

impl From<Date> for Cell {
    fn from(day: Date) -> Self {
        Self::Day(day)
    }
}

/// Which table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A line for each source of each figure.
    Figures,
    /// A line for each claim, also those in no figure.
    Claims,
    /// What became of what was launched, by source.
    Remainders,
    /// Alerts by area.
    Alerts,
    /// A line for each attacker, area and window, in the columns of ACLED.
    Acled,
    /// The same where somebody is said to have died, in the columns of the UCDP's Georeferenced Event Dataset.
    Ucdp,
}

impl Kind {
    /// Every table.
    pub const ALL: [Self; 6] = [Self::Figures, Self::Claims, Self::Remainders, Self::Alerts, Self::Acled, Self::Ucdp];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Figures => "figures",
            Self::Claims => "claims",
            Self::Remainders => "remainders",
            Self::Alerts => "alerts",
            Self::Acled => "acled",
            Self::Ucdp => "ucdp",
        }
    }
}

/// Rows of one shape.
///
/// Invariant: every row has a cell for each column, empty or of what the column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Which.
    pub kind: Kind,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, in the order of the figures.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    fn new(kind: Kind, columns: &[(&'static str, Holds)]) -> Self {
        let columns = columns.iter().map(|(name, holds)| Column { name, holds: *holds }).collect();
        Self { kind, columns, rows: Vec::new() }
    }

    /// A row of what is said, by the names of its columns; the others stay empty.
    fn row<const N: usize>(&mut self, said: [(&str, Cell); N]) {
        let mut row = vec![Cell::None; self.columns.len()];
        for (name, cell) in said {
            let at = self.columns.iter().position(|it| it.name == name);
            debug_assert!(at.is_some(), "no column {name}");
            if let Some(place) = at.and_then(|at| row.get_mut(at)) {
                *place = cell;
            }
        }
        self.rows.push(row);
    }
}

/// A table of the figures; its days are those of their clock.
#[must_use]
pub fn table(kind: Kind, figures: &Figures) -> Table {
    match kind {
        Kind::Figures => own::figures(figures),
        Kind::Claims => own::claims(figures),
        Kind::Remainders => own::remainders(figures),
        Kind::Alerts => own::alerts(figures),
        Kind::Acled => event::acled(figures),
        Kind::Ucdp => event::ucdp(figures),
    }
}
