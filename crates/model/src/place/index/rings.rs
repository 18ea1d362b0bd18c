//! Rings at the door: what is no ring is named, the rest is made one list of points.
//!
//! What comes in: coded outlines. What goes out: every ring's points once, without the closing one and without repetitions.
//! What always holds: points are finite degrees; a ring has 3 points at least; there are at most [`POINTS_MAX`] and
//! [`AREAS_MAX`]. A ring may be left open. A ring that crosses itself is taken: inside is what an odd number of its edges
//! parts from the far away (the even-odd rule), for all rings of an area together.

use super::exact::{Point, same, snapped};
use crate::place::{Code, Polygon};

/// Most areas of an index.
pub const AREAS_MAX: usize = 100_000;
/// Most points of all rings together.
pub const POINTS_MAX: usize = 32_000_000;

/// Why there is no index of these outlines.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum IndexError {
    /// More areas than [`AREAS_MAX`].
    #[error("index more than {AREAS_MAX} areas")]
    TooManyAreas,
    /// More points than [`POINTS_MAX`].
    #[error("index more than {POINTS_MAX} points: simplify the outlines first")]
    TooManyPoints,
    /// Two outlines of one code.
    #[error("index two outlines of {0}: give one with all its polygons")]
    CodeTwice(Code),
    /// A ring of fewer than three different points.
    #[error("index ring {ring} of {code}: {points} different points in a row, expected 3 or more")]
    TooFewPoints {
        /// The area.
        code: Code,
        /// Which of its rings, from 0.
        ring: usize,
        /// Points without repetitions.
        points: usize,
    },
    /// A point that is no place on Earth.
    #[error("index ring {ring} of {code}: longitude {lon_deg}, latitude {lat_deg}, expected -180..=180 and -90..=90")]
    NoPlace {
        /// The area.
        code: Code,
        /// Which of its rings, from 0.
        ring: usize,
        /// As given.
        lon_deg: f64,
        /// As given.
        lat_deg: f64,
    },
    /// A settlement that is no place on Earth never comes so far; more of them than [`AREAS_MAX`].
    #[error("index more than {AREAS_MAX} settlements")]
    TooManySettlements,
}

/// All rings, one after the other.
#[derive(Debug, Default)]
pub(super) struct Rings {
    pub(super) codes: Vec<Code>,
    pub(super) points: Vec<Point>,
    /// For each ring: its area's ordinal and where its points begin.
    pub(super) begins: Vec<(u32, u32)>,
}

impl Rings {
    /// Checks and takes outlines, which are put into the order of their codes.
    pub(super) fn take(mut outlines: Vec<(Code, &[Polygon])>) -> Result<Self, IndexError> {
        if outlines.len() > AREAS_MAX {
            return Err(IndexError::TooManyAreas);
        }
        if outlines.iter().flat_map(|(_, polygons)| polygons.iter().flatten()).map(Vec::len).sum::<usize>() > POINTS_MAX
        {
            return Err(IndexError::TooManyPoints);
        }
        outlines.sort_by_key(|(code, _)| *code);
        if let Some(pair) = outlines.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(IndexError::CodeTwice(pair[0].0));
        }
        let mut taken = Self::default();
        for (ordinal, (code, polygons)) in (0..).zip(outlines) {
            taken.codes.push(code);
            for (number, ring) in polygons.iter().flatten().enumerate() {
                taken.ring(code, ordinal, number, ring)?;
            }
        }
        Ok(taken)
    }

    fn ring(&mut self, code: Code, ordinal: u32, ring: usize, points: &[Point]) -> Result<(), IndexError> {
        let begin = self.points.len();
        for &[lon_deg, lat_deg] in points {
            // Not a number is in no range.
            if !((-180.0..=180.0).contains(&lon_deg) && (-90.0..=90.0).contains(&lat_deg)) {
                return Err(IndexError::NoPlace { code, ring, lon_deg, lat_deg });
            }
            let point = snapped([lon_deg, lat_deg]);
            if self.points[begin..].last().is_none_or(|last| !same(*last, point)) {
                self.points.push(point);
            }
        }
        while self.points.len() > begin + 1 && self.points.last().is_some_and(|last| same(*last, self.points[begin])) {
            self.points.pop();
        }
        let points = self.points.len() - begin;
        if points < 3 {
            return Err(IndexError::TooFewPoints { code, ring, points });
        }
        self.begins.push((ordinal, small(begin)));
        Ok(())
    }

    /// The ordinals of a ring's points.
    pub(super) fn range(&self, ring: usize) -> std::ops::Range<usize> {
        let to = self.begins.get(ring + 1).map_or(self.points.len(), |next| next.1 as usize);
        self.begins[ring].1 as usize..to
    }
}

/// Counts fit: there are at most [`POINTS_MAX`] of anything.
pub(super) fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
