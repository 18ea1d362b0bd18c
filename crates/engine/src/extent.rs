//! Where something may be of which only the name of a community is told.
//!
//! What comes in: the communities, with their real boundaries where there are any. What goes out: for each the middle of its land
//! and the covariance of a point of it. What always holds: the same set gives the same numbers; a covariance is positive definite.
//!
//! Land without a real boundary is what lies nearer to this centre than to any other's, within its radius (a cell of Voronoi's
//! diagram): who names a community names the nearest. Its centre is where people live and may lie at the edge of it; its radius
//! holds all of it and says little of how wide it is. Source of the moments: Green's theorem over a polygon's sides (Bourke 1988).

use crate::fuse::motion::{KM_PER_DEG, moved, offset_km};
use model::{AreaSet, Code, Position};
use std::collections::BTreeMap;

/// Sides of the polygon that stands for a disc.
const SIDES: u32 = 24;
/// Least variance, km²: land of no width is a mistake of its boundary.
const VARIANCE_MIN: f64 = 1.0;
/// Least land, km².
const AREA_MIN: f64 = 1.0;
/// Two centres so near are one place, kilometres.
const SAME_KM: f64 = 0.1;

/// Where a point of a community's land may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Extent {
    /// The middle of its land.
    pub(crate) middle: Position,
    /// Covariance of east and north, km².
    pub(crate) covariance: [f64; 3],
    /// Its land, km².
    area: f64,
}

/// Land, middle and second moments of a polygon on a plane, kilometres: area and the integrals of 1, x, y, xx, xy, yy.
#[derive(Debug, Clone, Copy, Default)]
struct Moments([f64; 6]);

impl Moments {
    /// Of a ring; counterclockwise adds, clockwise takes away.
    fn ring(&mut self, ring: &[[f64; 2]]) {
        for (at, &[x0, y0]) in ring.iter().enumerate() {
            let [x1, y1] = ring[(at + 1) % ring.len()];
            let cross = x0 * y1 - x1 * y0;
            let sums = [
                0.5,
                (x0 + x1) / 6.0,
                (y0 + y1) / 6.0,
                (x0 * x0 + x0 * x1 + x1 * x1) / 12.0,
                (x0 * y1 + 2.0 * x0 * y0 + 2.0 * x1 * y1 + x1 * y0) / 24.0,
                (y0 * y0 + y0 * y1 + y1 * y1) / 12.0,
            ];
            for (to, sum) in self.0.iter_mut().zip(sums) {
                *to += cross * sum;
            }
        }
    }

    /// The extent about `origin`; `None` of no land.
    fn extent(self, origin: Position) -> Option<Extent> {
        let sign = self.0[0].signum();
        let [area, x, y, xx, xy, yy] = self.0.map(|sum| sum * sign);
        if !area.is_finite() || area <= AREA_MIN {
            return None;
        }
        let [e, n] = [x / area, y / area];
        let covariance =
            [(xx / area - e * e).max(VARIANCE_MIN), xy / area - e * n, (yy / area - n * n).max(VARIANCE_MIN)];
        Some(Extent { middle: moved(origin, [e, n]), covariance, area })
    }
}

/// A polygon without what lies nearer to `other` than to the origin.
fn nearer(ring: &[[f64; 2]], other: [f64; 2]) -> Vec<[f64; 2]> {
    let half = 0.5 * (other[0] * other[0] + other[1] * other[1]);
    let beyond = |[x, y]: [f64; 2]| x * other[0] + y * other[1] - half;
    let mut kept = Vec::with_capacity(ring.len() + 1);
    for (at, &a) in ring.iter().enumerate() {
        let b = ring[(at + 1) % ring.len()];
        let (from, to) = (beyond(a), beyond(b));
        if from <= 0.0 {
            kept.push(a);
        }
        if (from <= 0.0) != (to <= 0.0) {
            let part = from / (from - to);
            kept.push([a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])]);
        }
    }
    kept
}

/// Every community's extent by its code: of the smallest that are placed, and of all that hold such.
/// Costs as many looks as there are pairs within a degree of latitude.
pub(crate) fn extents(areas: &AreaSet, smallest: &[Code], chain: impl Fn(Code) -> Vec<Code>) -> BTreeMap<Code, Extent> {
    let mut placed: Vec<(Code, Position, f64)> = smallest
        .iter()
        .filter_map(|&code| areas.get(code))
        .filter(|area| area.placed && area.radius_km.is_finite() && area.radius_km > 0.0)
        .map(|area| (area.code, area.centre, area.radius_km))
        .collect();
    placed.sort_by(|a, b| a.1.lat_deg().total_cmp(&b.1.lat_deg()).then(a.0.cmp(&b.0)));
    let mut extents = BTreeMap::new();
    let mut inside: BTreeMap<Code, Vec<Extent>> = BTreeMap::new();
    for &(code, centre, radius_km) in &placed {
        let Some(extent) = surveyed(areas, code, centre).or_else(|| cell(&placed, code, centre, radius_km)) else {
            continue;
        };
        extents.insert(code, extent);
        for above in chain(code).into_iter().filter(|&above| above != code) {
            inside.entry(above).or_default().push(extent);
        }
    }
    for (code, parts) in inside {
        let own = areas.get(code).and_then(|area| surveyed(areas, code, area.centre));
        extents.extend(own.or_else(|| joined(&parts)).map(|extent| (code, extent)));
    }
    extents
}

/// By its real boundary.
fn surveyed(areas: &AreaSet, code: Code, centre: Position) -> Option<Extent> {
    let outline = areas.outline(code).filter(|outline| !outline.is_approximate())?;
    let mut moments = Moments::default();
    for (polygon, hole) in
        outline.polygons().iter().flat_map(|rings| rings.iter().zip([false].into_iter().chain(std::iter::repeat(true))))
    {
        let on = |&[lon, lat]: &[f64; 2]| Position::new(lat, lon).map_or([0.0; 2], |at| offset_km(centre, at));
        let ring: Vec<[f64; 2]> = polygon.iter().map(on).collect();
        let mut its = Moments::default();
        its.ring(&ring);
        let sign = its.0[0].signum() * if hole { -1.0 } else { 1.0 };
        for (to, sum) in moments.0.iter_mut().zip(its.0) {
            *to += sign * sum;
        }
    }
    moments.extent(centre)
}

/// By the centres around it.
fn cell(placed: &[(Code, Position, f64)], code: Code, centre: Position, radius_km: f64) -> Option<Extent> {
    let side = |n: u32| 2.0 * std::f64::consts::PI * f64::from(n) / f64::from(SIDES);
    let mut ring: Vec<[f64; 2]> =
        (0..SIDES).map(|n| [radius_km * libm::cos(side(n)), radius_km * libm::sin(side(n))]).collect();
    let band_deg = 2.0 * radius_km / KM_PER_DEG;
    let from = placed.partition_point(|other| other.1.lat_deg() < centre.lat_deg() - band_deg);
    for &(other, at, _) in placed.iter().skip(from).take_while(|it| it.1.lat_deg() <= centre.lat_deg() + band_deg) {
        let [e, n] = offset_km(centre, at);
        let away2 = e * e + n * n;
        if other != code && away2 > SAME_KM * SAME_KM && away2 < 4.0 * radius_km * radius_km {
            ring = nearer(&ring, [e, n]);
        }
    }
    let mut moments = Moments::default();
    moments.ring(&ring);
    moments.extent(centre)
}

/// Of several, each as wide as its land.
fn joined(parts: &[Extent]) -> Option<Extent> {
    let origin = parts.first()?.middle;
    let (mut area, mut mean, mut second) = (0.0, [0.0; 2], [0.0; 3]);
    for part in parts {
        let [e, n] = offset_km(origin, part.middle);
        area += part.area;
        mean = [mean[0] + part.area * e, mean[1] + part.area * n];
        for (to, (own, between)) in second.iter_mut().zip(part.covariance.into_iter().zip([e * e, e * n, n * n])) {
            *to += part.area * (own + between);
        }
    }
    let [e, n] = [mean[0] / area, mean[1] / area];
    let covariance = [second[0] / area - e * e, second[1] / area - e * n, second[2] / area - n * n];
    Some(Extent { middle: moved(origin, [e, n]), covariance, area })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Level;
    use model::place::Outline;

    fn codes() -> Vec<Code> {
        AreaSet::bundled().at_level(Level::Hromada).map(|area| area.code).take(9).collect()
    }

    fn home() -> Position {
        Position::new(49.0, 32.0).unwrap()
    }

    /// The extent of the first of communities at these places, east and north of home, kilometres: how far its middle is moved, and
    /// its covariance.
    fn first(places: &[[f64; 2]], radius_km: f64) -> ([f64; 2], [f64; 3]) {
        let mut placed: Vec<_> =
            codes().into_iter().zip(places).map(|(code, &at)| (code, moved(home(), at), radius_km)).collect();
        let (code, centre, _) = placed[0];
        placed.sort_by(|a, b| a.1.lat_deg().total_cmp(&b.1.lat_deg()));
        let extent = cell(&placed, code, centre, radius_km).unwrap();
        (offset_km(centre, extent.middle), extent.covariance)
    }

    fn near(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() <= within, "{found} is not {expected}");
    }

    #[test]
    fn a_community_alone_is_its_disc() {
        let ([e, n], [east, cross, north]) = first(&[[0.0, 0.0]], 20.0);
        near(e, 0.0, 1e-6);
        near(n, 0.0, 1e-6);
        // Half its radius an axis; the polygon is a little smaller.
        near(east.sqrt(), 10.0, 0.2);
        near(north.sqrt(), 10.0, 0.2);
        near(cross, 0.0, 1e-6);
    }

    #[test]
    fn a_community_among_others_is_what_lies_nearer_to_it() {
        let around = [[0.0, 0.0], [12.0, 0.0], [-12.0, 0.0], [0.0, 12.0], [0.0, -12.0]];
        let ([e, n], [east, cross, north]) = first(&around, 20.0);
        near(e, 0.0, 0.05);
        near(n, 0.0, 0.05);
        // A square of 12 km: 12² / 12.
        near(east, 12.0, 0.2);
        near(north, 12.0, 0.2);
        near(cross, 0.0, 0.1);
        // With a neighbour in the west alone its land lies in the east of its centre, and is narrower that way.
        let ([e, n], [east, _, north]) = first(&[[0.0, 0.0], [-8.0, 0.0]], 20.0);
        assert!(e > 3.0 && n.abs() < 0.05, "{e} {n}");
        assert!(east < 0.8 * north, "{east} {north}");
    }

    #[test]
    fn two_communities_at_one_place_are_both_somewhere() {
        let (_, [east, ..]) = first(&[[0.0, 0.0], [0.01, 0.0]], 20.0);
        near(east.sqrt(), 10.0, 0.2);
    }

    #[test]
    fn what_holds_communities_is_all_their_land_and_a_real_boundary_comes_first() {
        let bundled = AreaSet::bundled();
        let raion = bundled.at_level(Level::Raion).find(|area| bundled.children(area.code).count() > 3).unwrap();
        let hromadas: Vec<Code> = bundled.children(raion.code).map(|area| area.code).collect();
        let chain = |_| vec![raion.code];
        let all = extents(bundled, &hromadas, chain);
        let extent = all[&raion.code];
        let widest = hromadas.iter().filter_map(|code| all.get(code)).map(|it| it.covariance[0]).fold(0.0, f64::max);
        assert!(extent.covariance[0] > widest, "{extent:?}");
        assert!(extent.middle.distance_km(raion.centre) < raion.radius_km);
        // A rectangle of 2° by 1°, less its eastern half as a hole.
        let ring = |west: f64, east: f64| vec![[west, 49.0], [east, 49.0], [east, 50.0], [west, 50.0], [west, 49.0]];
        let outline = Outline::surveyed(vec![vec![ring(32.0, 34.0), ring(33.0, 34.0)]]);
        let set = bundled.clone().with_outlines(BTreeMap::from([(hromadas[0], outline)])).unwrap();
        let own = extents(&set, &hromadas, chain)[&hromadas[0]];
        near(own.middle.lat_deg(), 49.5, 0.01);
        near(own.middle.lon_deg(), 32.5, 0.02);
        near(own.covariance[2].sqrt(), KM_PER_DEG / 12.0_f64.sqrt(), 0.5);
    }

    #[test]
    fn every_placed_community_of_the_bundled_set_has_land_within_its_radius() {
        let bundled = AreaSet::bundled();
        let hromadas: Vec<Code> = bundled.at_level(Level::Hromada).map(|area| area.code).collect();
        let all = extents(bundled, &hromadas, |_| Vec::new());
        let placed: Vec<_> = bundled.at_level(Level::Hromada).filter(|area| area.placed).collect();
        let mut narrower = 0;
        for area in &placed {
            let Extent { middle, covariance: [east, cross, north], .. } = all[&area.code];
            assert!(middle.distance_km(area.centre) < area.radius_km, "{}", area.name_en);
            assert!(
                east * north > cross * cross && east.max(north) <= area.radius_km * area.radius_km,
                "{}",
                area.name_en
            );
            narrower += usize::from(libm::sqrt(f64::midpoint(east, north)) < 0.5 * area.radius_km);
        }
        assert!(narrower * 10 > placed.len() * 9, "{narrower}");
    }
}
