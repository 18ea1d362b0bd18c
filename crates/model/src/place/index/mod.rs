//! The area index: which communities hold a point, meet a shape, or have how much of a probability.
//!
//! What comes in: coded outlines, once. What goes out: answers in about a tenth of a microsecond for a point and some tens for a
//! sector or an ellipse, at millions of vertices. What always holds: answers are those of real arithmetic for the outlines as
//! given (see [`Definition`], which says the same slowly): a point on an edge or a vertex belongs to all whose edge or vertex
//! it is, and a shape that touches an area meets it. The plane is that of longitude and latitude in degrees, edges straight
//! in it, as in RFC 7946; nothing goes over the 180th meridian. Borders that neighbours share are stored once.
//! Deliberately absent: names, levels and parents, which [`AreaSet`](super::AreaSet) has; change: an index is built anew.
//!
//! Method: `docs/internals/index.md`.

mod borders;
mod definition;
mod exact;
mod grid;
mod lines;
mod mass;
mod moments;
mod people;
mod point;
mod rings;
mod sets;
mod shape;
mod touch;

pub use definition::Definition;
pub use mass::{LINES_ERROR, SMOOTH_ERROR, Spread};
pub use people::Settled;
pub use rings::{AREAS_MAX, IndexError, POINTS_MAX};
pub use shape::{CORNERS_MAX, REACH_KM_MAX, Shape, ShapeError};

use super::{Code, Polygon, Position};
use borders::Borders;
use exact::snapped;
use grid::Grid;
use moments::Level;
use people::People;
use rings::Rings;
use sets::{Collected, Sets};

/// An index of coded outlines. An area's ordinal is its place in the order of codes.
#[derive(Debug, Clone)]
pub struct AreaIndex {
    codes: Vec<Code>,
    borders: Borders,
    sets: Sets,
    grid: Grid,
    people: People,
    /// How much of the cells and of blocks of them the areas hold.
    levels: Vec<Level>,
}

/// How large an index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexSize {
    /// Areas.
    pub areas: usize,
    /// Edges, those that several areas share counted once.
    pub edges: usize,
    /// Cells of the grid.
    pub cells: usize,
    /// Cells that a border crosses.
    pub crossed: usize,
    /// Memory, bytes.
    pub bytes: usize,
}

impl AreaIndex {
    /// The index of these outlines. Takes one to two seconds for five million points, and four times their memory meanwhile.
    pub fn of<'a>(outlines: impl IntoIterator<Item = (Code, &'a [Polygon])>) -> Result<Self, IndexError> {
        Self::with_cells(outlines, None)
    }

    /// The index of nothing.
    pub fn empty() -> Self {
        Self::built(Rings::default(), None)
    }

    /// The same with about so many cells (by itself one for six edges): answers are the same, times are not.
    pub fn with_cells<'a>(
        outlines: impl IntoIterator<Item = (Code, &'a [Polygon])>,
        cells: Option<u32>,
    ) -> Result<Self, IndexError> {
        Ok(Self::built(Rings::take(outlines.into_iter().collect())?, cells))
    }

    fn built(rings: Rings, cells: Option<u32>) -> Self {
        let mut sets = Collected::default();
        let borders = Borders::of(&rings, &mut sets);
        let codes = rings.codes;
        let grid = Grid::of(&borders, cells, &mut sets);
        let (people, levels) = (People::default(), Vec::new());
        let mut index = Self { codes, borders, sets: sets.into_sets(), grid, people, levels };
        index.levels = index.measured();
        index
    }

    /// The index with settlements, each a position and its people, in place of those it had.
    pub fn with_settlements(
        mut self,
        settlements: impl IntoIterator<Item = (Position, u32)>,
    ) -> Result<Self, IndexError> {
        self.people = People::of(&self.grid, settlements)?;
        Ok(self)
    }

    /// All areas that hold the position or touch it, by code.
    pub fn at(&self, position: Position) -> Vec<Code> {
        let mut found = Vec::new();
        self.ordinals_at(position, &mut found);
        self.named(&found)
    }

    /// The same as ordinals, into a list that is emptied first: nothing is allocated when it is used again.
    pub fn ordinals_at(&self, position: Position, found: &mut Vec<u32>) {
        self.holding(snapped([position.lon_deg(), position.lat_deg()]), found);
    }

    /// All areas that the shape meets or touches, by code.
    pub fn touching(&self, shape: &Shape) -> Vec<Code> {
        let mut found = Vec::new();
        self.ordinals_touching(shape, &mut found);
        self.named(&found)
    }

    /// The same as ordinals, into a list that is emptied first.
    pub fn ordinals_touching(&self, shape: &Shape, found: &mut Vec<u32>) {
        self.meeting(shape, found);
    }

    /// How many settlements lie in the shape or on its rim, and how many people live in them; exact.
    pub fn settled(&self, shape: &Shape) -> Settled {
        self.people.within(&self.grid, shape)
    }

    /// The codes of the areas: an ordinal's code is at its place.
    pub fn codes(&self) -> &[Code] {
        &self.codes
    }

    /// How large it is.
    pub fn size(&self) -> IndexSize {
        let (cells, crossed) = self.grid.count();
        let codes = size_of_val(&self.codes[..]);
        let bytes = codes + self.borders.bytes() + self.sets.bytes() + self.grid.bytes() + self.people.bytes();
        let bytes = bytes + self.levels.iter().map(Level::bytes).sum::<usize>();
        IndexSize { areas: self.codes.len(), edges: self.borders.edges(), cells, crossed, bytes }
    }

    fn named(&self, ordinals: &[u32]) -> Vec<Code> {
        ordinals.iter().filter_map(|&ordinal| self.codes.get(ordinal as usize).copied()).collect()
    }
}
