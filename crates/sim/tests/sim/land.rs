//! The area index on a land with jagged borders: answers as its definition, masses as counted point by point.

use model::place::index::{AreaIndex, Definition, LINES_ERROR, SMOOTH_ERROR, Shape, Spread};
use model::{Position, place::EARTH_RADIUS_KM};
use sim::chance::Chance;
use sim::land::Land;

#[test]
fn a_land_is_shared_by_its_communities_without_gaps() {
    let land = Land::of(3, 60, 20_000);
    assert_eq!(land.outlines.len(), 60);
    assert!((18_000..22_000).contains(&land.points()), "{}", land.points());
    let index = AreaIndex::of(land.coded()).unwrap();
    assert!(index.size().edges < land.points() * 6 / 10, "neighbours share their borders: {:?}", index.size());
    let mut chance = Chance::new(4);
    let inside = (0..2000).map(|_| index.at(Land::anywhere(&mut chance)).len()).filter(|found| *found == 1).count();
    assert!(inside > 1800, "{inside} of 2000 in one community each");
}

#[test]
fn the_index_answers_a_land_as_its_definition_does() {
    let land = Land::of(5, 200, 40_000);
    let (index, definition) = (AreaIndex::of(land.coded()).unwrap(), Definition::of(land.coded()).unwrap());
    let mut chance = Chance::new(6);
    let (mut found, mut shared) = (Vec::new(), 0);
    for _ in 0..3000 {
        let position = land.awkward(&mut chance);
        index.ordinals_at(position, &mut found);
        assert_eq!(found, definition.at(position), "{position:?}");
        shared += usize::from(found.len() > 2);
    }
    assert!(shared > 0, "some vertices belong to three communities");
    for n in 0..400 {
        let shape = match n % 3 {
            0 => Land::sector(&mut chance),
            1 => Land::ellipse(&mut chance),
            _ => land.touchy(&mut chance),
        };
        let Some(shape) = shape else { continue };
        index.ordinals_touching(&shape, &mut found);
        assert_eq!(found, definition.touching(&shape), "{shape:?}");
    }
}

/// Standard deviations and direction of a normal distribution: as many points as it takes, weighed by its density.
fn counted(index: &AreaIndex, centre: Position, (along, across, bearing_deg): (f64, f64, f64)) -> Vec<f64> {
    const SIDE: u32 = 240;
    let km_per_deg = EARTH_RADIUS_KM.to_radians();
    let shrink = libm::cos(centre.lat_deg().to_radians());
    let (sin, cos) = libm::sincos(bearing_deg.to_radians());
    let step = 10.0 / f64::from(SIDE);
    let mut sums = vec![0.0; index.codes().len()];
    let mut found = Vec::new();
    for (row, column) in (0..SIDE).flat_map(|row| (0..SIDE).map(move |column| (row, column))) {
        let [u, v] = [row, column].map(|n| (f64::from(n) + 0.5) * step - 5.0);
        let (east, north) = (u * along * sin + v * across * cos, u * along * cos - v * across * sin);
        let (lat, lon) = (centre.lat_deg() + north / km_per_deg, centre.lon_deg() + east / km_per_deg / shrink);
        index.ordinals_at(Position::new(lat, lon).unwrap(), &mut found);
        for &area in &found {
            sums[area as usize] += libm::exp(-(u * u + v * v) / 2.0) * step * step / std::f64::consts::TAU;
        }
    }
    sums
}

fn largest_error(index: &AreaIndex, spread: &Spread, counted: &[f64]) -> f64 {
    let mut masses = vec![0.0; counted.len()];
    for (area, mass) in index.ordinal_mass(spread) {
        masses[area as usize] = mass;
    }
    masses.iter().zip(counted).map(|(mass, right)| (mass - right).abs()).fold(0.0, f64::max)
}

#[test]
fn masses_are_those_counted_point_by_point_within_the_stated_error() {
    /// What counting itself may be wrong by, with so many points.
    const COUNTING: f64 = 0.001;
    let land = Land::of(7, 120, 30_000);
    let index = AreaIndex::of(land.coded()).unwrap();
    let mut chance = Chance::new(8);
    for n in 0..16 {
        // Narrower than a cell, a few cells, many cells, and long and thin. Cells are some 13 km here.
        let (along, narrow, error) = match n % 4 {
            0 => (1.0, 0.5, LINES_ERROR),
            1 => (12.0, 0.8, LINES_ERROR),
            2 => (60.0, 0.6, SMOOTH_ERROR),
            _ => (60.0, 0.04, LINES_ERROR),
        };
        let (centre, bearing_deg) = (Land::anywhere(&mut chance), 360.0 * chance.unit());
        let spread = Spread::normal(centre, along, along * narrow, bearing_deg).unwrap();
        let counted = counted(&index, centre, (along, along * narrow, bearing_deg));
        let wrong = largest_error(&index, &spread, &counted);
        assert!(wrong < error + COUNTING, "{along} km by {narrow} toward {bearing_deg} at {centre:?}: {wrong}");
    }
}

#[test]
fn an_even_spread_over_a_sector_is_what_points_in_it_count() {
    const SIDE: u32 = 250;
    let land = Land::of(9, 120, 30_000);
    let index = AreaIndex::of(land.coded()).unwrap();
    let mut chance = Chance::new(10);
    for _ in 0..8 {
        let shape = Land::sector(&mut chance).unwrap();
        let inside =
            |side: fn(f64, f64) -> f64, axis: usize| shape.corners().iter().map(|at| at[axis]).reduce(side).unwrap();
        let low = [inside(f64::min, 0), inside(f64::min, 1)];
        let high = [inside(f64::max, 0), inside(f64::max, 1)];
        let mut sums = vec![0.0; index.codes().len()];
        let (mut all, mut found) = (0.0, Vec::new());
        for (row, column) in (0..SIDE).flat_map(|row| (0..SIDE).map(move |column| (row, column))) {
            let part =
                |axis: usize, n: u32| low[axis] + (high[axis] - low[axis]) * (f64::from(n) + 0.5) / f64::from(SIDE);
            let position = Position::new(part(1, row), part(0, column)).unwrap();
            if shape.holds(position) {
                all += 1.0;
                index.ordinals_at(position, &mut found);
                for &area in &found {
                    sums[area as usize] += 1.0;
                }
            }
        }
        for sum in &mut sums {
            *sum /= all;
        }
        let wrong = largest_error(&index, &Spread::even(shape.clone()).unwrap(), &sums);
        assert!(wrong < LINES_ERROR, "{shape:?}: {wrong}");
    }
}

#[test]
fn a_tip_on_the_westernmost_corner_touches_it_and_a_hair_beside_it_does_not() {
    let land = Land::of(11, 60, 6_000);
    let index = AreaIndex::of(land.coded()).unwrap();
    let all = land.outlines.iter().flat_map(|(_, polygons)| polygons.iter().flatten().flatten());
    let tip = all.copied().min_by(|a, b| a[0].total_cmp(&b[0])).unwrap();
    let triangle = |tip: f64, lat: f64| {
        let corners = [(tip, lat), (tip - 0.1, lat + 0.1), (tip - 0.1, lat - 0.1)];
        Shape::polygon(&corners.map(|(lon, lat)| Position::new(lat, lon).unwrap())).unwrap()
    };
    assert!(!index.touching(&triangle(tip[0], tip[1])).is_empty());
    assert!(index.touching(&triangle(f64::from_bits(tip[0].to_bits() - 1), tip[1])).is_empty());
}
