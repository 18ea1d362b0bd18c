//! Convex shapes: the sectors and ellipses of what is uncertain, and polygons that somebody draws.
//!
//! What comes in: positions, kilometres, degrees. What goes out: a convex polygon in the plane of longitude and latitude.
//! What always holds: its corners turn to the left, strictly, and there are at most [`CORNERS_MAX`]; everything that is asked of
//! it is exact for that polygon. Curves are polygons drawn around them: 64 sides for a whole turn, which adds at most 0.13 % of the
//! radius. Sides are straight in the plane of degrees (as in RFC 7946); by that they may lie inside the curve by a metre at 50 km,
//! 30 m at 300 km.
//! Deliberately absent: shapes over a pole or over the 180th meridian, and shapes that are not convex: they are refused.

use super::exact::{Point, same, side, snapped};
use crate::place::Position;

/// Most corners of a shape.
pub const CORNERS_MAX: usize = 4096;
/// Farthest a shape may reach from its centre, kilometres.
pub const REACH_KM_MAX: f64 = 3000.0;
/// Sides of a whole turn.
const SIDES: u32 = 64;

/// Why there is no such shape.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ShapeError {
    /// No corner, or more than [`CORNERS_MAX`].
    #[error("take {0} corners as a shape: expected 1 to {CORNERS_MAX}")]
    Corners(usize),
    /// The corners are not those of a convex polygon in order.
    #[error("take a polygon as a shape: expected a convex one, its corners in order")]
    NotConvex,
    /// A length that is not finite, not positive, or beyond [`REACH_KM_MAX`].
    #[error("take {0} km as the size of a shape: expected more than 0 and at most {REACH_KM_MAX}")]
    Size(f64),
    /// An angle that is not finite, or a sector of more than 180 degrees or none.
    #[error("take {0} degrees as the angle of a shape: expected a finite direction, or a width above 0 and up to 180")]
    Angle(f64),
    /// A point or a stretch where something with an area is needed.
    #[error("spread over a shape without an area: expected three corners or more that are not in a row")]
    Flat,
    /// It goes over a pole or the 180th meridian.
    #[error("lay the shape into the plane: it goes over a pole or the 180th meridian")]
    Wraps,
}

/// A convex polygon in the plane of longitude and latitude; with one or two corners a point or a stretch.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    corners: Vec<Point>,
}

impl Shape {
    /// A convex polygon from its corners in order, either way round, closed or not; a corner may lie on a straight side.
    pub fn polygon(corners: &[Position]) -> Result<Self, ShapeError> {
        if corners.is_empty() || corners.len() > CORNERS_MAX {
            return Err(ShapeError::Corners(corners.len()));
        }
        let ring: Vec<Point> = corners.iter().map(|at| snapped([at.lon_deg(), at.lat_deg()])).collect();
        let hull = hull(ring.clone());
        if goes_around(&ring, &hull) { Ok(Self { corners: hull }) } else { Err(ShapeError::NotConvex) }
    }

    /// What lies within `radius_km` of `centre` between two directions, `width_deg` apart and centred on `bearing_deg`: a piece of
    /// cake with its tip at the centre. Up to 180 degrees; a wider one is two of them.
    pub fn sector(centre: Position, bearing_deg: f64, width_deg: f64, radius_km: f64) -> Result<Self, ShapeError> {
        finite_angle(bearing_deg)?;
        if !(width_deg > 0.0 && width_deg <= 180.0) {
            return Err(ShapeError::Angle(width_deg));
        }
        let steps = libm::ceil(width_deg * f64::from(SIDES) / 360.0).max(1.0);
        let step_deg = width_deg / steps;
        // The sides touch the arc in their middles; the first and last corner lie beyond it.
        let around_km = radius_km / libm::cos((step_deg / 2.0).to_radians());
        let begin_deg = bearing_deg - width_deg / 2.0;
        let corner = |n: f64| (begin_deg + n * step_deg, around_km);
        let arc = std::iter::successors(Some(0.0), |n| Some(n + 1.0)).take_while(|n| *n <= steps).map(corner);
        Self::around(centre, radius_km, std::iter::once((0.0, 0.0)).chain(arc))
    }

    /// An ellipse about `centre` from its half axes; `bearing_deg` is the direction of the first.
    pub fn ellipse(centre: Position, along_km: f64, across_km: f64, bearing_deg: f64) -> Result<Self, ShapeError> {
        finite_angle(bearing_deg)?;
        let size = |km: f64| if km > 0.0 && km <= REACH_KM_MAX { Ok(km) } else { Err(ShapeError::Size(km)) };
        let (along_km, across_km) = (size(along_km)?, size(across_km)?);
        let step = std::f64::consts::TAU / f64::from(SIDES);
        let around = 1.0 / libm::cos(step / 2.0);
        let corner = |n: u32| {
            let (sin, cos) = libm::sincos(f64::from(n) * step);
            let (along, across) = (along_km * around * cos, across_km * around * sin);
            (bearing_deg + libm::atan2(across, along).to_degrees(), libm::hypot(along, across))
        };
        Self::around(centre, along_km.max(across_km), (0..SIDES).map(corner))
    }

    /// From directions and distances seen from a centre, on the sphere.
    fn around(centre: Position, reach_km: f64, corners: impl Iterator<Item = (f64, f64)>) -> Result<Self, ShapeError> {
        if !(reach_km > 0.0 && reach_km <= REACH_KM_MAX) {
            return Err(ShapeError::Size(reach_km));
        }
        let pole_km = (90.0 - centre.lat_deg().abs()).to_radians() * crate::place::EARTH_RADIUS_KM;
        if pole_km <= reach_km * 1.01 {
            return Err(ShapeError::Wraps);
        }
        let corners: Vec<Point> = corners
            .map(|(bearing_deg, km)| if km > 0.0 { centre.toward(bearing_deg, km) } else { centre })
            .map(|at| snapped([at.lon_deg(), at.lat_deg()]))
            .collect();
        if corners.iter().any(|corner| (corner[0] - centre.lon_deg()).abs() > 180.0) {
            return Err(ShapeError::Wraps);
        }
        Ok(Self { corners: hull(corners) })
    }

    /// Its corners as `[lon, lat]`, each once, to the left around.
    pub fn corners(&self) -> &[[f64; 2]] {
        &self.corners
    }

    /// Whether a point lies in it or on its rim; exact.
    pub fn holds(&self, position: Position) -> bool {
        self.holds_point(snapped([position.lon_deg(), position.lat_deg()]))
    }

    pub(super) fn holds_point(&self, point: Point) -> bool {
        let ([west, south], [east, north]) = self.bounds();
        let boxed = west <= point[0] && point[0] <= east && south <= point[1] && point[1] <= north;
        boxed && self.sides().all(|(a, b)| side(a, b, point) >= 0.0)
    }

    /// The corners farthest west and south, and east and north.
    pub(super) fn bounds(&self) -> (Point, Point) {
        let low = |low: Point, at: &Point| [low[0].min(at[0]), low[1].min(at[1])];
        let high = |high: Point, at: &Point| [high[0].max(at[0]), high[1].max(at[1])];
        let first = self.corners.first().copied().unwrap_or_default();
        (self.corners.iter().fold(first, low), self.corners.iter().fold(first, high))
    }

    /// Its sides, each with the shape on the left; none for a point, one there and one back for a stretch.
    pub(super) fn sides(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        let next = self.corners.iter().cycle().skip(1);
        self.corners.iter().copied().zip(next.copied()).take(if self.corners.len() > 1 { usize::MAX } else { 0 })
    }
}

fn finite_angle(deg: f64) -> Result<(), ShapeError> {
    if deg.is_finite() { Ok(()) } else { Err(ShapeError::Angle(deg)) }
}

/// Twice-signed area halved: positive when the corners go to the left around. About the first corner, so that little is lost.
pub(super) fn area(corners: &[Point]) -> f64 {
    let Some(&[x, y]) = corners.first() else { return 0.0 };
    let pairs = corners.windows(2).map(|pair| ([pair[0][0] - x, pair[0][1] - y], [pair[1][0] - x, pair[1][1] - y]));
    pairs.map(|(a, b)| a[0] * b[1] - a[1] * b[0]).sum::<f64>() / 2.0
}

/// The convex hull, to the left around, corners on straight sides left out (Andrew 1979, with exact turns).
fn hull(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    points.dedup_by(|a, b| same(*a, *b));
    if points.len() < 3 {
        return points;
    }
    let half = |points: &mut dyn Iterator<Item = Point>| {
        let mut chain: Vec<Point> = Vec::new();
        for point in points {
            while let [.., a, b] = chain[..]
                && side(a, b, point) <= 0.0
            {
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut hull = half(&mut points.iter().copied());
    hull.extend(half(&mut points.iter().rev().copied()));
    hull
}

/// Whether a ring goes once around its hull: every corner of it on the hull, in order, either way.
fn goes_around(ring: &[Point], hull: &[Point]) -> bool {
    let mut ring = ring.to_vec();
    ring.dedup_by(|a, b| same(*a, *b));
    while ring.len() > 1 && ring.first().zip(ring.last()).is_some_and(|(a, b)| same(*a, *b)) {
        ring.pop();
    }
    if hull.len() < 3 {
        return ring.len() <= 2;
    }
    // Straight corners out; what is left must be the hull's corners in their order.
    let count = ring.len();
    let turns = |at: usize| side(ring[(at + count - 1) % count], ring[at], ring[(at + 1) % count]);
    let mut sharp: Vec<Point> = Vec::new();
    for at in 0..count {
        let (before, here, after) = (ring[(at + count - 1) % count], ring[at], ring[(at + 1) % count]);
        if turns(at) != 0.0 {
            sharp.push(here);
        } else if !super::exact::between(before, after, here) {
            return false;
        }
    }
    if sharp.len() != hull.len() {
        return false;
    }
    if area(&ring) < 0.0 {
        sharp.reverse();
    }
    let Some(from) = sharp.iter().position(|corner| same(*corner, hull[0])) else { return false };
    sharp.rotate_left(from);
    sharp.iter().zip(hull).all(|(a, b)| same(*a, *b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat: f64, lon: f64) -> Position {
        Position::new(lat, lon).unwrap()
    }

    #[test]
    fn a_polygon_is_taken_when_it_is_convex_either_way_round() {
        let square = [at(0.0, 0.0), at(0.0, 1.0), at(0.0, 2.0), at(2.0, 2.0), at(2.0, 0.0), at(0.0, 0.0)];
        let mut back = square;
        back.reverse();
        for corners in [square, back] {
            assert_eq!(Shape::polygon(&corners).unwrap().corners(), [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]]);
        }
        let dented = [at(0.0, 0.0), at(0.5, 1.0), at(0.0, 2.0), at(2.0, 2.0), at(2.0, 0.0)];
        let crossed = [at(0.0, 0.0), at(2.0, 2.0), at(0.0, 2.0), at(2.0, 0.0)];
        let twice = [at(0.0, 0.0), at(0.0, 2.0), at(2.0, 2.0), at(0.0, 0.0), at(0.0, 2.0), at(2.0, 2.0)];
        for corners in [&dented[..], &crossed, &twice] {
            assert_eq!(Shape::polygon(corners), Err(ShapeError::NotConvex));
        }
        assert_eq!(Shape::polygon(&[]), Err(ShapeError::Corners(0)));
        assert_eq!(Shape::polygon(&[at(1.0, 1.0); 3]).unwrap().corners().len(), 1);
    }

    #[test]
    fn curves_are_drawn_around_and_not_inside() {
        let centre = at(50.0, 30.0);
        let sector = Shape::sector(centre, 350.0, 60.0, 60.0).unwrap();
        let ellipse = Shape::ellipse(centre, 40.0, 10.0, 70.0).unwrap();
        for degree in 0..360 {
            let bearing = f64::from(degree) + 0.25;
            let within = (bearing - 350.0).abs() < 29.9 || bearing < 19.9;
            assert_eq!(within, sector.holds(centre.toward(bearing, 59.9)), "{bearing}");
            assert!(!sector.holds(centre.toward(bearing, 60.2)));
            let (sin, cos) = libm::sincos((bearing - 70.0).to_radians());
            let rim_km = 1.0 / libm::hypot(cos / 40.0, sin / 10.0);
            assert!(ellipse.holds(centre.toward(bearing, rim_km - 0.002)), "{bearing}");
            assert!(!ellipse.holds(centre.toward(bearing, rim_km * 1.01)), "{bearing}");
        }
        assert!(sector.holds(centre));
    }

    #[test]
    fn what_cannot_be_drawn_is_named() {
        let centre = at(50.0, 30.0);
        assert_eq!(Shape::sector(centre, 0.0, 190.0, 5.0), Err(ShapeError::Angle(190.0)));
        assert_eq!(Shape::sector(centre, 0.0, 90.0, 0.0), Err(ShapeError::Size(0.0)));
        assert_eq!(Shape::ellipse(centre, 1e9, 5.0, 0.0), Err(ShapeError::Size(1e9)));
        assert!(matches!(Shape::ellipse(centre, f64::NAN, 5.0, 0.0), Err(ShapeError::Size(_))));
        assert!(matches!(Shape::ellipse(centre, 5.0, 5.0, f64::NAN), Err(ShapeError::Angle(_))));
        assert_eq!(Shape::ellipse(at(0.0, 179.9), 50.0, 5.0, 90.0), Err(ShapeError::Wraps));
        assert_eq!(Shape::ellipse(at(89.9, 0.0), 50.0, 5.0, 90.0), Err(ShapeError::Wraps));
    }
}
