//! How much of a probability lies in each community: one pass over cells.
//!
//! What comes in: a normal distribution or an even spread over a convex shape. What goes out: for each area the part of it that
//! lies inside. What always holds: areas that share a border share it out, so areas without overlap that cover everything sum
//! to 1 within the error. Deliberately absent: the curve of the Earth within one spread: kilometres become degrees as at its
//! centre, which over 100 km misplaces by about a hundredth of the distance.
//!
//! Error, absolute, of each area (tests hold it): [`SMOOTH_ERROR`] where the narrowest standard deviation is a cell and a half or
//! more, [`LINES_ERROR`] where it is narrower, and for even spreads.

use super::AreaIndex;
use super::exact::{Point, snapped};
use super::grid::Cell;
use super::lines::Walk;
use super::moments::{Moments, WHOLE};
use super::shape::{REACH_KM_MAX, Shape, ShapeError, area};
use crate::place::{Code, EARTH_RADIUS_KM, Position};

/// Largest error of a mass where cells are small beside the distribution.
pub const SMOOTH_ERROR: f64 = 0.001;
/// Largest error of a mass where it is summed along lines.
pub const LINES_ERROR: f64 = 0.01;
/// How many standard deviations count: 4e-5 lies outside.
const REACH: f64 = 4.5;
/// A density is smooth in a block whose diagonal is at most so many standard deviations, squared.
const SMOOTH: f64 = 0.5;
/// Lines over the height of a narrow distribution: a border along one of them is misplaced by half a step, 0.007 of the mass.
const LINES: u32 = 256;
/// About so many lines over an even one.
const EVEN_LINES: u32 = 128;
/// Least and most lines in a row of cells.
const ROW_LINES: (u32, u32) = (2, 64);

/// Where something is, uncertainly.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread(Kind);

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    /// Mean, and the covariance in square degrees: east east, east north, north north.
    Normal {
        mean: Point,
        covariance: [f64; 3],
    },
    Even(Shape),
}

impl Spread {
    /// A normal distribution about `centre` from its standard deviations; `bearing_deg` is the direction of the first.
    pub fn normal(centre: Position, along_km: f64, across_km: f64, bearing_deg: f64) -> Result<Self, ShapeError> {
        for km in [along_km, across_km] {
            if km * REACH > REACH_KM_MAX {
                return Err(ShapeError::Size(km));
            }
        }
        // What counts of it must lie in the plane.
        Shape::ellipse(centre, along_km * REACH, across_km * REACH, bearing_deg)?;
        let (sin, cos) = libm::sincos(bearing_deg.to_radians());
        let km_per_deg = EARTH_RADIUS_KM.to_radians();
        let (east, north) = (km_per_deg * libm::cos(centre.lat_deg().to_radians()), km_per_deg);
        let (along, across) = (along_km * along_km, across_km * across_km);
        let covariance = [
            (along * sin * sin + across * cos * cos) / (east * east),
            (along - across) * sin * cos / (east * north),
            (along * cos * cos + across * sin * sin) / (north * north),
        ];
        Ok(Self(Kind::Normal { mean: snapped([centre.lon_deg(), centre.lat_deg()]), covariance }))
    }

    /// Anywhere in the shape, as likely here as there (by square degrees: over 100 km of latitude a few hundredths from even by
    /// square kilometres).
    pub fn even(shape: Shape) -> Result<Self, ShapeError> {
        if area(shape.corners()) > 0.0 { Ok(Self(Kind::Even(shape))) } else { Err(ShapeError::Flat) }
    }
}

/// Sums for each area.
struct Sums(Vec<f64>);

impl Sums {
    fn add(&mut self, areas: &[u32], mass: f64) {
        for &area in areas {
            self.0[area as usize] += mass;
        }
    }
}

impl AreaIndex {
    /// The mass in each area that has any, by code; 0 to 1. Areas that overlap each count all of theirs.
    pub fn mass(&self, spread: &Spread) -> Vec<(Code, f64)> {
        let named = |(ordinal, mass): (u32, f64)| Some((*self.codes.get(ordinal as usize)?, mass));
        self.ordinal_mass(spread).into_iter().filter_map(named).collect()
    }

    /// The same by ordinal.
    pub fn ordinal_mass(&self, spread: &Spread) -> Vec<(u32, f64)> {
        let mut sums = Sums(vec![0.0; self.codes.len()]);
        match &spread.0 {
            Kind::Normal { mean, covariance } => self.normal(*mean, *covariance, &mut sums),
            Kind::Even(shape) => self.even(shape, &mut sums),
        }
        (0..).zip(sums.0).filter(|(_, mass)| *mass > 0.0).map(|(area, mass)| (area, mass.min(1.0))).collect()
    }

    fn normal(&self, mean: Point, covariance: [f64; 3], sums: &mut Sums) {
        let [east, north] = self.grid.pitch();
        let covariance =
            [covariance[0] / (east * east), covariance[1] / (east * north), covariance[2] / (north * north)];
        let [xx, xy, yy] = covariance;
        let determinant = xx * yy - xy * xy;
        let precision = [yy / determinant, -xy / determinant, xx / determinant];
        let mean = self.grid.parts(mean);
        // The widest blocks in which the density is smooth.
        let spread = |level: i32| (precision[0] + precision[2]) * libm::ldexp(1.0, 2 * level);
        let levels = i32::try_from(self.levels.len()).unwrap_or(0);
        match (0..levels).rev().find(|&level| spread(level) <= SMOOTH) {
            Some(level) => {
                let size = libm::ldexp(1.0, level);
                let normal = Normal {
                    mean: mean.map(|part| part / size),
                    precision: precision.map(|part| part * size * size),
                    peak: size * size / (std::f64::consts::TAU * determinant.sqrt()),
                };
                self.smooth(&normal, covariance, usize::try_from(level).unwrap_or(0), sums);
            }
            None => self.narrow(mean, covariance, sums),
        }
    }

    /// Block by block from moments of second order.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Within the grid.
    fn smooth(&self, normal: &Normal, covariance: [f64; 3], at: usize, sums: &mut Sums) {
        let level = &self.levels[at];
        let size = libm::ldexp(1.0, i32::try_from(at).unwrap_or(0));
        let (sd_x, sd_y) = (covariance[0].sqrt() / size, covariance[2].sqrt() / size);
        let slope = covariance[1] / covariance[2];
        let narrow = sd_x * (1.0 - slope * covariance[1] / covariance[0]).max(0.0).sqrt();
        let clamp = |part: f64, count: u32| part.floor().clamp(0.0, f64::from(count)) as u32;
        let rows =
            clamp(normal.mean[1] - REACH * sd_y, level.rows)..clamp(normal.mean[1] + REACH * sd_y + 1.0, level.rows);
        for row in rows {
            let up = f64::from(row) + 0.5 - normal.mean[1];
            let off = (up / sd_y).clamp(-REACH, REACH);
            let reach = narrow * (REACH * REACH - off * off).sqrt() + 1.0;
            let middle = normal.mean[0] + slope * up;
            let columns = clamp(middle - reach, level.columns)..clamp(middle + reach + 1.0, level.columns);
            let mut run = normal.run([f64::from(columns.start) + 0.5 - normal.mean[0], up]);
            for column in columns {
                let density = run.next(normal);
                if at > 0 {
                    for (area, moments) in level.of(row * level.columns + column) {
                        sums.0[*area as usize] += density.over(moments);
                    }
                    continue;
                }
                match self.grid.cell(column, row) {
                    Cell::Interior(set) => sums.add(self.sets.of(set), density.over(&WHOLE)),
                    Cell::Crossed(_, place) => {
                        for (area, moments) in level.of(place) {
                            sums.0[*area as usize] += density.over(moments);
                        }
                    }
                }
            }
        }
    }

    /// Along lines, exactly in each.
    fn narrow(&self, mean: Point, [xx, xy, yy]: [f64; 3], sums: &mut Sums) {
        let sd_y = yy.sqrt();
        let slope = xy / yy;
        let sd = (xx - slope * xy).max(0.0).sqrt();
        let mut walk = Walk::default();
        let step = 2.0 * REACH / f64::from(LINES);
        for line in 0..LINES {
            let off = (f64::from(line) + 0.5) * step - REACH;
            let weight = libm::exp(-off * off / 2.0) * step / std::f64::consts::TAU.sqrt();
            let (y, middle) = (mean[1] + off * sd_y, mean[0] + slope * off * sd_y);
            let wide = sd * (REACH * REACH - off * off).max(0.0).sqrt().max(1.0);
            let mut last = (f64::NAN, 0.0);
            let mut below = |x: f64| {
                if (x - last.0).abs() > 0.0 || last.0.is_nan() {
                    last = (x, libm::erfc((middle - x) / (sd * std::f64::consts::SQRT_2)) / 2.0);
                }
                last.1
            };
            self.walk(&mut walk, y, (middle - wide, middle + wide), |stretch| {
                let (west, east) = (below(stretch.from), below(stretch.to));
                sums.add(stretch.areas, weight * (east - west));
            });
        }
    }

    /// Whole cells by their shares, the rim along lines.
    fn even(&self, shape: &Shape, sums: &mut Sums) {
        let corners: Vec<Point> = shape.corners().iter().map(|&corner| self.grid.parts(corner)).collect();
        let whole = 1.0 / area(&corners);
        let sides: Vec<(Point, Point)> = corners.iter().copied().zip(corners.iter().cycle().skip(1).copied()).collect();
        let (south, north) = corners
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), corner| (low.min(corner[1]), high.max(corner[1])));
        let rows = self.grid.covered(shape);
        let lines = (EVEN_LINES / super::rings::small(rows.len()).max(1)).clamp(ROW_LINES.0, ROW_LINES.1);
        let mut walk = Walk::default();
        let mut near = Vec::new();
        for row in &rows {
            for column in row.inner.0..row.inner.1 {
                match self.grid.cell(column, row.row) {
                    Cell::Interior(set) => sums.add(self.sets.of(set), whole),
                    Cell::Crossed(_, place) => {
                        for (area, moments) in self.levels[0].of(place) {
                            sums.0[*area as usize] += f64::from(moments[0]) * whole;
                        }
                    }
                }
            }
            let (low, high) = (f64::from(row.row).max(south), (f64::from(row.row) + 1.0).min(north));
            let step = (high - low) / f64::from(lines);
            near.clear();
            near.extend(sides.iter().filter(|(a, b)| a[1].min(b[1]) <= high && a[1].max(b[1]) >= low));
            for line in 0..lines {
                let y = low + (f64::from(line) + 0.5) * step;
                let Some((west, east)) = chord(&near, y) else { continue };
                let inner = (f64::from(row.inner.0), f64::from(row.inner.1));
                let rim = if row.inner.0 < row.inner.1 {
                    [(west, inner.0.min(east)), (inner.1.max(west), east)]
                } else {
                    [(west, east), (east, east)]
                };
                for stretch in rim {
                    self.walk(&mut walk, y, stretch, |stretch| {
                        sums.add(stretch.areas, whole * step * (stretch.to - stretch.from));
                    });
                }
            }
        }
    }
}

/// Where a line of latitude enters and leaves a convex ring.
fn chord(sides: &[(Point, Point)], y: f64) -> Option<(f64, f64)> {
    let mut met = sides.iter().filter(|(a, b)| (a[1] > y) != (b[1] > y));
    let x = |(a, b): &(Point, Point)| a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]);
    let (one, other) = (x(met.next()?), x(met.next()?));
    Some((one.min(other), one.max(other)))
}

/// A normal density in units of blocks.
struct Normal {
    mean: Point,
    precision: [f64; 3],
    peak: f64,
}

/// The density and its course in the middle of a block.
struct Density {
    value: f64,
    /// Precision times the way from the mean: the density falls so fast.
    fall: Point,
    /// Half of what the second derivative is of the density.
    bend: [f64; 3],
}

/// A row of blocks: the density of each from that of the one before, by two products.
struct Run {
    value: f64,
    ratio: f64,
    change: f64,
    fall: Point,
}

impl Normal {
    fn run(&self, [x, y]: Point) -> Run {
        let [xx, xy, yy] = self.precision;
        let fall = [xx * x + xy * y, xy * x + yy * y];
        Run {
            value: self.peak * libm::exp(-(fall[0] * x + fall[1] * y) / 2.0),
            ratio: libm::exp(-fall[0] - xx / 2.0),
            change: libm::exp(-xx),
            fall,
        }
    }
}

impl Run {
    #[inline]
    fn next(&mut self, normal: &Normal) -> Density {
        let [xx, xy, yy] = normal.precision;
        let ([x, y], value) = (self.fall, self.value);
        self.value *= self.ratio;
        self.ratio *= self.change;
        self.fall = [x + xx, y + xy];
        Density { value, fall: [x, y], bend: [(x * x - xx) / 2.0, x * y - xy, (y * y - yy) / 2.0] }
    }
}

impl Density {
    /// Over what an area holds of the block, to the second order.
    #[inline]
    fn over(&self, moments: &Moments) -> f64 {
        let [share, east, north, east_east, east_north, north_north] = moments.map(f64::from);
        let first = self.fall[0] * east + self.fall[1] * north;
        let second = self.bend[0] * east_east + self.bend[1] * east_north + self.bend[2] * north_north;
        self.value * (share - first + second)
    }
}
