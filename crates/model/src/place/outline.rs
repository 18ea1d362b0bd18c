//! Outlines: rings of degrees.
//!
//! What comes in: rings. What goes out: whether a point lies inside, and GeoJSON.
//! What always holds: rings are closed (first = last) and have at least 4 points. An approximate outline is for a map and for a
//! guess where no code is given, never for the decision who is warned.

use super::Position;

/// A multi-polygon as a bag of rings; a point inside an odd number of rings is inside (so holes need no mark).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outline {
    polygons: Vec<Polygon>,
    approximate: bool,
}

/// An outer ring and its holes, each a list of `[lon, lat]` in degrees, closed.
pub type Polygon = Vec<Vec<[f64; 2]>>;

impl Outline {
    /// An outline guessed from where places lie; each polygon an outer ring first and its holes after.
    pub fn approximate(polygons: Vec<Polygon>) -> Self {
        Self { polygons, approximate: true }
    }

    /// A real boundary.
    pub fn surveyed(polygons: Vec<Polygon>) -> Self {
        Self { polygons, approximate: false }
    }

    /// Whether it is guessed from where places lie.
    pub fn is_approximate(&self) -> bool {
        self.approximate
    }

    /// Outer ring first, holes after, for each part.
    pub fn polygons(&self) -> &[Polygon] {
        &self.polygons
    }

    /// Whether the point lies inside (even-odd rule, plate carrée).
    pub fn holds(&self, position: Position) -> bool {
        let (x, y) = (position.lon_deg(), position.lat_deg());
        let mut inside = false;
        for ring in self.polygons.iter().flatten() {
            for side in ring.windows(2) {
                let ([ax, ay], [bx, by]) = (side[0], side[1]);
                if (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax {
                    inside = !inside;
                }
            }
        }
        inside
    }

    /// Distance to the nearest point of any ring, kilometres (local plane; good to 1 % within 100 km).
    pub fn border_km(&self, position: Position) -> f64 {
        const KM_PER_DEG: f64 = super::position::EARTH_RADIUS_KM * std::f64::consts::PI / 180.0;
        let shrink = libm::cos(position.lat_deg().to_radians());
        let plane = |[lon, lat]: [f64; 2]| {
            ((lon - position.lon_deg()) * shrink * KM_PER_DEG, (lat - position.lat_deg()) * KM_PER_DEG)
        };
        let sides = self.polygons.iter().flatten().flat_map(|ring| ring.windows(2));
        sides.map(|side| from_origin(plane(side[0]), plane(side[1]))).fold(f64::INFINITY, f64::min)
    }
}

/// Distance of the origin from the segment a to b.
fn from_origin((ax, ay): (f64, f64), (bx, by): (f64, f64)) -> f64 {
    let (dx, dy) = (bx - ax, by - ay);
    let length2 = dx * dx + dy * dy;
    let t = if length2 > 0.0 { (-(ax * dx + ay * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
    libm::hypot(ax + t * dx, ay + t * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_is_outside_and_the_border_is_where_it_is() {
        let square = |from: f64, to: f64| vec![[from, from], [to, from], [to, to], [from, to], [from, from]];
        let ring = Outline::approximate(vec![vec![square(0.0, 4.0), square(1.0, 2.0)]]);
        let at = |lat, lon| Position::new(lat, lon).unwrap();
        assert!(ring.holds(at(3.0, 3.0)));
        assert!(!ring.holds(at(1.5, 1.5)));
        assert!(!ring.holds(at(5.0, 1.0)));
        assert!((ring.border_km(at(3.0, 3.5)) - 55.5).abs() < 0.5);
    }
}
