//! Objects that nobody has detected: a Poisson intensity on a grid over the area set.
//!
//! It is high where they enter and where no source looks, and low where a live sensor has just looked and seen nothing.
//! It decides how readily a plot begins a track, and it is what says "we cannot see here".
//! Invariant: each cell lies between a hundredth of its standing value and that value.

use super::roster::Profile;
use crate::ground::Ground;
use model::{Position, Timestamp};
use std::sync::Arc;

/// Side of a cell, degrees of latitude and of longitude.
const CELL_DEG: [f64; 2] = [0.25, 0.4];
/// Cells beyond the outermost community: they enter over the edge.
const RIM: i32 = 3;
/// Most cells along one side.
const SIDE_MAX: i32 = 400;
/// Objects not detected yet where nobody looks, per km²: a handful over a large country.
const STANDING: f64 = 1e-5;
/// The same in the rim.
const STANDING_RIM: f64 = 3e-5;
/// After a look it takes so long to be as full again, seconds: a cell is crossed in about that time.
const REFILL_S: f64 = 600.0;
/// Least share left by any number of looks: sensors share blind spots.
const LEAST: f64 = 0.01;

/// The grid; shared between snapshots until it changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Undetected {
    south: i32,
    west: i32,
    rows: i32,
    columns: i32,
    /// Share of the standing value, and when it was so.
    cells: Arc<Vec<(f64, Timestamp)>>,
}

#[allow(clippy::cast_possible_truncation)] // Degrees over a quarter: hundreds.
fn cell_of(place: Position) -> (i32, i32) {
    ((place.lat_deg() / CELL_DEG[0]).floor() as i32, (place.lon_deg() / CELL_DEG[1]).floor() as i32)
}

impl Undetected {
    pub(crate) fn over(ground: &Ground) -> Self {
        let places = || ground.communities().iter().map(|community| cell_of(community.centre));
        let Some(first) = places().next() else { return Self::default() };
        let mut bounds = [first.0, first.0, first.1, first.1];
        for (row, column) in places() {
            bounds = [bounds[0].min(row), bounds[1].max(row), bounds[2].min(column), bounds[3].max(column)];
        }
        let rows = (bounds[1] - bounds[0] + 1 + 2 * RIM).min(SIDE_MAX);
        let columns = (bounds[3] - bounds[2] + 1 + 2 * RIM).min(SIDE_MAX);
        let count = usize::try_from(rows * columns).unwrap_or(0);
        Self {
            south: bounds[0] - RIM,
            west: bounds[2] - RIM,
            rows,
            columns,
            cells: Arc::new(vec![(1.0, model::time::EARLIEST); count]),
        }
    }

    fn index(&self, place: Position) -> Option<usize> {
        let (row, column) = cell_of(place);
        let (row, column) = (row - self.south, column - self.west);
        let inside = (0..self.rows).contains(&row) && (0..self.columns).contains(&column);
        if inside { usize::try_from(row * self.columns + column).ok() } else { None }
    }

    fn standing(&self, at: usize) -> f64 {
        let Ok(at) = i32::try_from(at) else { return STANDING };
        let (row, column) = (at / self.columns.max(1), at % self.columns.max(1));
        let rim = row < RIM || column < RIM || row >= self.rows - RIM || column >= self.columns - RIM;
        if rim { STANDING_RIM } else { STANDING }
    }

    /// Objects not detected yet at `place`, per km².
    pub(crate) fn at(&self, place: Position, now: Timestamp) -> f64 {
        let Some(at) = self.index(place) else { return STANDING_RIM };
        self.standing(at) * self.cells.get(at).map_or(1.0, |cell| refilled(*cell, now))
    }

    /// A look of a sensor that detects with the probability its profile gives for each place.
    pub(crate) fn look(&mut self, profile: &Profile, ground: &Ground, now: Timestamp) {
        if profile.sensor.detection_p <= 0.0 {
            return;
        }
        let (south, west, columns) = (self.south, self.west, self.columns.max(1));
        for (at, cell) in Arc::make_mut(&mut self.cells).iter_mut().enumerate() {
            let Ok(at) = i32::try_from(at) else { break };
            let lat = (f64::from(south + at / columns) + 0.5) * CELL_DEG[0];
            let lon = (f64::from(west + at % columns) + 0.5) * CELL_DEG[1];
            let Ok(middle) = Position::new(lat.clamp(-90.0, 90.0), lon.clamp(-180.0, 180.0)) else { continue };
            let detected = profile.detection_p(middle, ground);
            if detected > 0.0 {
                *cell = ((refilled(*cell, now) * (1.0 - detected)).max(LEAST), now);
            }
        }
    }
}

fn refilled((share, at): (f64, Timestamp), now: Timestamp) -> f64 {
    let since_s = super::body::seconds(at, now).max(0.0);
    1.0 - (1.0 - share) * libm::exp(-since_s / REFILL_S)
}
