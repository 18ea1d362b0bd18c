//! The area index answers as its definition does, whatever the outlines and the questions.

#![expect(clippy::unwrap_used, reason = "a test stops where its ground is missing")]

use model::place::index::{
    AreaIndex, Definition, IndexError, LINES_ERROR, SMOOTH_ERROR, Settled, Shape, ShapeError, Spread,
};
use model::{Code, Position};
use proptest::prelude::*;

type Polygon = model::place::Polygon;

fn code(n: usize) -> Code {
    format!("A{n:04}").parse().unwrap()
}

fn at([lon, lat]: [f64; 2]) -> Position {
    Position::new(lat, lon).unwrap()
}

/// Both ways to know the same.
struct Both {
    index: AreaIndex,
    definition: Definition,
}

impl Both {
    fn of(areas: &[Vec<Polygon>]) -> Self {
        Self::with_cells(areas, None)
    }

    fn with_cells(areas: &[Vec<Polygon>], cells: Option<u32>) -> Self {
        let coded = || areas.iter().enumerate().map(|(n, polygons)| (code(n), &polygons[..]));
        Self { index: AreaIndex::with_cells(coded(), cells).unwrap(), definition: Definition::of(coded()).unwrap() }
    }

    /// The ordinals both give.
    fn at(&self, point: [f64; 2]) -> Vec<u32> {
        let mut found = Vec::new();
        self.index.ordinals_at(at(point), &mut found);
        assert_eq!(found, self.definition.at(at(point)), "{point:?}");
        found
    }

    fn touching(&self, corners: &[[f64; 2]]) -> Option<Vec<u32>> {
        let corners: Vec<Position> = corners.iter().copied().map(at).collect();
        let shape = match Shape::polygon(&corners) {
            Ok(shape) => shape,
            Err(ShapeError::NotConvex) => return None,
            Err(error) => panic!("{error}"),
        };
        let mut found = Vec::new();
        self.index.ordinals_touching(&shape, &mut found);
        assert_eq!(found, self.definition.touching(&shape), "{corners:?}");
        Some(found)
    }
}

fn square(west: f64, south: f64, size: f64) -> Vec<[f64; 2]> {
    let (east, north) = (west + size, south + size);
    vec![[west, south], [east, south], [east, north], [west, north], [west, south]]
}

#[test]
fn a_point_on_an_edge_or_a_vertex_belongs_to_all_whose_it_is() {
    let both = Both::of(&[
        vec![vec![square(0.0, 0.0, 1.0)]],
        vec![vec![square(1.0, 0.0, 1.0)]],
        vec![vec![square(0.0, 1.0, 1.0)]],
        vec![vec![square(1.0, 1.0, 1.0)]],
        // An area of two parts that meet in a point, one of them with a hole that the next fills.
        vec![vec![square(4.0, 0.0, 3.0), square(5.0, 1.0, 1.0)], vec![square(7.0, 3.0, 1.0)]],
        vec![vec![square(5.0, 1.0, 1.0)]],
        // All of it again, one level up.
        vec![vec![square(0.0, 0.0, 2.0)]],
    ]);
    for (point, expected) in [
        ([1.0, 1.0], &[0, 1, 2, 3, 6][..]),
        ([1.0, 0.5], &[0, 1, 6]),
        ([0.5, 1.0], &[0, 2, 6]),
        ([0.0, 0.0], &[0, 6]),
        ([0.5, 0.25], &[0, 6]),
        ([2.0, 1.0], &[1, 3, 6]),
        ([2.5, 1.0], &[]),
        ([5.5, 1.5], &[5]),
        ([5.0, 1.0], &[4, 5]),
        ([5.0, 1.5], &[4, 5]),
        ([4.5, 1.5], &[4]),
        ([7.0, 3.0], &[4]),
        ([7.5, 2.5], &[]),
        ([-90.0, 80.0], &[]),
        ([f64::from_bits(1.0_f64.to_bits() - 1), 0.5], &[0, 6]),
        ([f64::from_bits(1.0_f64.to_bits() + 1), 0.5], &[1, 6]),
    ] {
        assert_eq!(both.at(point), expected, "{point:?}");
    }
}

#[test]
fn a_shape_meets_what_it_touches_at_a_point_and_nothing_else() {
    let both = Both::of(&[
        vec![vec![square(0.0, 0.0, 1.0)]],
        vec![vec![square(1.0, 0.0, 1.0)]],
        vec![vec![square(4.0, 0.0, 3.0), square(5.0, 1.0, 1.0)]],
    ]);
    for (corners, expected) in [
        // Its tip on the outer corner of one, and just not.
        (&[[0.0, 0.0], [-1.0, 0.0], [-1.0, -1.0]][..], &[0][..]),
        (&[[-5e-324, -1e-9], [-1.0, 0.0], [-1.0, -1.0]], &[]),
        // A point, a stretch along an edge, one that ends at it, one that goes by.
        (&[[1.0, 0.5]], &[0, 1]),
        (&[[0.25, 1.0], [0.75, 1.0]], &[0]),
        (&[[0.5, 2.0], [0.5, 1.0]], &[0]),
        (&[[0.5, 2.0], [0.5, 1.5]], &[]),
        // Wholly inside, wholly around, wholly in the hole, in the hole and touching its rim, between.
        (&[[0.2, 0.2], [0.4, 0.2], [0.4, 0.4]], &[0]),
        (&[[-9.0, -9.0], [19.0, -9.0], [19.0, 9.0], [-9.0, 9.0]], &[0, 1, 2]),
        (&[[5.2, 1.2], [5.8, 1.2], [5.8, 1.8]], &[]),
        (&[[5.0, 1.5], [5.8, 1.2], [5.8, 1.8]], &[2]),
        (&[[2.2, 0.2], [3.8, 0.2], [3.8, 0.8]], &[]),
        // A side along the common border, a side that passes the corner where both end.
        (&[[1.0, 0.2], [1.0, 0.8], [0.5, 0.5]], &[0, 1]),
        (&[[0.0, 2.0], [2.0, 0.0], [3.0, 3.0]], &[0, 1]),
    ] {
        assert_eq!(both.touching(corners).unwrap(), expected, "{corners:?}");
    }
}

#[test]
fn what_is_no_ring_is_named() {
    let of = |ring: Vec<[f64; 2]>| AreaIndex::of([(code(0), &[vec![ring]][..])]).unwrap_err().to_string();
    let two = vec![[1.0, 1.0], [2.0, 2.0], [2.0, 2.0], [1.0, 1.0], [1.0, 1.0]];
    assert_eq!(of(two), "index ring 0 of A0000: 2 different points in a row, expected 3 or more");
    assert!(of(vec![[f64::NAN, 1.0], [2.0, 2.0], [2.0, 3.0]]).contains("longitude NaN"));
    assert!(of(vec![[0.0, f64::INFINITY], [2.0, 2.0], [2.0, 3.0]]).contains("latitude inf"));
    assert!(of(vec![[0.0, 90.1], [2.0, 2.0], [2.0, 3.0]]).contains("latitude 90.1"));
    let twice = [vec![square(0.0, 0.0, 1.0)]];
    let twice = AreaIndex::of([(code(0), &twice[..]), (code(0), &twice[..])]).unwrap_err();
    assert_eq!(twice, IndexError::CodeTwice(code(0)));
    let empty = AreaIndex::of([]).unwrap();
    assert!(empty.at(at([30.0, 50.0])).is_empty());
    assert!(empty.touching(&Shape::ellipse(at([30.0, 50.0]), 9.0, 9.0, 0.0).unwrap()).is_empty());
}

#[test]
fn an_edge_between_the_same_points_is_stored_once() {
    let index = |areas: &[Polygon]| {
        let coded = areas.iter().enumerate().map(|(n, polygon)| (code(n), std::slice::from_ref(polygon)));
        AreaIndex::of(coded).unwrap().size()
    };
    assert_eq!(index(&[vec![square(0.0, 0.0, 1.0)]]).edges, 4);
    assert_eq!(index(&[vec![square(0.0, 0.0, 1.0)], vec![square(1.0, 0.0, 1.0)]]).edges, 7);
    assert_eq!(index(&[vec![square(0.0, 0.0, 1.0)], vec![square(0.0, 0.0, 1.0)]]).edges, 4);
    let mut open = square(0.0, 0.0, 1.0);
    open.pop();
    open.reverse();
    assert_eq!(index(&[vec![square(0.0, 0.0, 1.0)], vec![open]]).edges, 4);
}

#[test]
fn settlements_in_a_shape_are_counted_with_its_rim() {
    let towns = [([0.5, 0.5], 10), ([1.0, 1.0], 200), ([1.5, 0.25], 3000), ([50.0, 50.0], 40_000)];
    let areas = [vec![square(0.0, 0.0, 2.0)]];
    let index = AreaIndex::of([(code(0), &areas[..])]).unwrap();
    assert_eq!(index.settled(&Shape::polygon(&[at([0.5, 0.5])]).unwrap()), Settled::default());
    let index = index.with_settlements(towns.map(|(point, people)| (at(point), people))).unwrap();
    for (corners, settlements, people) in [
        (&[[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]][..], 3, 3210),
        (&[[1.0, 1.0], [2.0, 1.0], [2.0, 2.0]], 1, 200),
        (&[[0.0, 0.0], [2.0, 2.0]], 2, 210),
        (&[[49.0, 49.0], [51.0, 49.0], [50.0, 50.0]], 1, 40_000),
        (&[[-9.0, -9.0], [80.0, -9.0], [80.0, 80.0], [-9.0, 80.0]], 4, 43_210),
        (&[[60.0, 60.0]], 0, 0),
    ] {
        let corners: Vec<Position> = corners.iter().copied().map(at).collect();
        assert_eq!(index.settled(&Shape::polygon(&corners).unwrap()), Settled { settlements, people }, "{corners:?}");
    }
}

/// The mass of an area; 0 for one that is not told.
fn mass(index: &AreaIndex, area: usize, spread: &Spread) -> f64 {
    index.mass(spread).iter().find(|(one, _)| *one == code(area)).map_or(0.0, |(_, mass)| *mass)
}

#[test]
fn a_normal_distribution_at_the_corner_of_four_gives_each_a_quarter() {
    let quarters = [(20.0, 40.0), (30.0, 40.0), (20.0, 50.0), (30.0, 50.0)];
    let areas = quarters.map(|(west, south)| vec![vec![square(west, south, 10.0)]]);
    for cells in [1, 100, 40_000] {
        let index = Both::with_cells(&areas, Some(cells)).index;
        for km in [0.01, 1.0, 10.0, 60.0] {
            for bearing_deg in [0.0, 90.0] {
                let spread = Spread::normal(at([30.0, 50.0]), km, km * 0.3, bearing_deg).unwrap();
                for area in 0..4 {
                    let found = mass(&index, area, &spread);
                    assert!((found - 0.25).abs() < SMOOTH_ERROR, "{cells} cells, {km} km, {area}: {found}");
                }
            }
            // On the middle of an edge, narrow across it and along it.
            for (place, [one, other]) in [([30.0, 45.0], [0, 1]), ([25.0, 50.0], [0, 2])] {
                for bearing_deg in [0.0, 45.0, 90.0] {
                    let spread = Spread::normal(at(place), km, km * 0.02, bearing_deg).unwrap();
                    let (one, other) = (mass(&index, one, &spread), mass(&index, other, &spread));
                    assert!((one - 0.5).abs() < LINES_ERROR && (one + other - 1.0).abs() < SMOOTH_ERROR);
                }
            }
        }
        let far = Spread::normal(at([-60.0, 10.0]), 30.0, 30.0, 0.0).unwrap();
        assert_eq!(index.mass(&far), []);
    }
}

#[test]
fn an_even_spread_is_shared_by_area() {
    let areas = [vec![vec![square(0.0, 0.0, 4.0), square(1.0, 1.0, 1.0)]], vec![vec![square(1.0, 1.0, 1.0)]]];
    for cells in [1, 50, 10_000] {
        let index = Both::with_cells(&areas, Some(cells)).index;
        for (corners, shares) in [
            (&[[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]][..], [15.0 / 16.0, 1.0 / 16.0]),
            (&[[1.0, 1.0], [2.0, 1.0], [2.0, 2.0], [1.0, 2.0]], [0.0, 1.0]),
            (&[[1.5, 1.0], [2.5, 1.0], [2.5, 2.0], [1.5, 2.0]], [0.5, 0.5]),
            (&[[-4.0, 0.0], [4.0, 0.0], [4.0, 0.5], [-4.0, 0.5]], [0.5, 0.0]),
            (&[[0.0, 0.0], [4.0, 0.0], [4.0, 4.0]], [7.5 / 8.0, 0.5 / 8.0]),
            (&[[5.0, 5.0], [6.0, 5.0], [6.0, 6.0]], [0.0, 0.0]),
        ] {
            let corners: Vec<Position> = corners.iter().copied().map(at).collect();
            let spread = Spread::even(Shape::polygon(&corners).unwrap()).unwrap();
            for (area, share) in shares.into_iter().enumerate() {
                let found = mass(&index, area, &spread);
                assert!((found - share).abs() < LINES_ERROR, "{cells} cells, {corners:?}, {area}: {found}");
            }
        }
    }
    let stretch = Shape::polygon(&[at([0.0, 0.0]), at([1.0, 1.0])]).unwrap();
    assert_eq!(Spread::even(stretch), Err(ShapeError::Flat));
    assert_eq!(Spread::normal(at([0.0, 0.0]), 900.0, 1.0, 0.0), Err(ShapeError::Size(900.0)));
    assert!(matches!(Spread::normal(at([0.0, 0.0]), f64::NAN, 1.0, 0.0), Err(ShapeError::Size(_))));
}

/// Numbers that lie on lines of cells and of each other more often than not.
fn nasty() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => (0_i32..9).prop_map(f64::from),
        4 => (0_i32..33).prop_map(|n| f64::from(n) / 4.0),
        2 => (0_i32..9).prop_map(|n| f64::from_bits(f64::from(n).to_bits() + 1)),
        1 => (1_i32..9).prop_map(|n| f64::from_bits(f64::from(n).to_bits() - 1)),
        1 => (0_i32..9).prop_map(|n| f64::from(n) + 1e-9),
        1 => Just(1e-300),
        1 => Just(-1e-90),
        1 => Just(0.1 + 0.2),
        2 => 0.0..8.0_f64,
    ]
}

fn point() -> impl Strategy<Value = [f64; 2]> {
    [nasty(), nasty()]
}

fn areas() -> impl Strategy<Value = Vec<Vec<Polygon>>> {
    let ring = prop::collection::vec(point(), 3..9).prop_filter("three different points", |ring| {
        let mut ring = ring.clone();
        ring.iter_mut().flatten().for_each(|part| *part = if part.abs() < 1e-100 { 0.0 } else { *part });
        ring.dedup();
        while ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        ring.len() >= 3
    });
    // Rings that cross themselves and each other, holes that stick out, spikes: all of it has a meaning.
    let polygon = prop::collection::vec(ring, 1..3);
    let mixed = prop::collection::vec(prop::collection::vec(polygon, 1..3), 1..5);
    // And squares that share their borders, some cut into two.
    let tiles = prop::collection::vec((0_i32..4, 0_i32..4, 1_i32..4), 1..9).prop_map(|tiles| {
        let tile = |(x, y, size): (i32, i32, i32)| vec![vec![square(f64::from(x), f64::from(y), f64::from(size))]];
        tiles.into_iter().map(tile).collect::<Vec<_>>()
    });
    prop_oneof![mixed, tiles.clone(), (tiles, Just(8.0)).prop_map(|(tiles, parts)| shrunk(tiles, parts))]
}

/// The same in a corner of a wide country, so that everything lies in a few cells.
fn shrunk(mut areas: Vec<Vec<Polygon>>, parts: f64) -> Vec<Vec<Polygon>> {
    areas.iter_mut().flatten().flatten().flatten().flatten().for_each(|part| *part /= parts);
    areas.push(vec![vec![square(-8.0, -8.0, 16.0)]]);
    areas
}

/// Few cells, many, and lines of cells on whole numbers (areas of 8 by 8 degrees).
fn cells() -> impl Strategy<Value = Option<u32>> {
    prop_oneof![Just(None), Just(Some(1)), Just(Some(64)), Just(Some(1000))]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_index_answers_points_as_its_definition_does(
        areas in areas(),
        cells in cells(),
        points in prop::collection::vec(point(), 1..40),
    ) {
        let both = Both::with_cells(&areas, cells);
        for point in points {
            both.at(point);
        }
        for &[x, y] in areas.iter().flatten().flatten().flatten() {
            both.at([x, y]);
        }
        for ring in areas.iter().flatten().flatten() {
            for pair in ring.windows(2) {
                both.at([f64::midpoint(pair[0][0], pair[1][0]), f64::midpoint(pair[0][1], pair[1][1])]);
            }
        }
    }

    #[test]
    fn the_index_answers_shapes_as_its_definition_does(
        areas in areas(),
        shapes in prop::collection::vec(prop::collection::vec(point(), 1..5), 1..12),
        small in point(),
        cells in cells(),
    ) {
        let both = Both::with_cells(&areas, cells);
        for shape in &shapes {
            both.touching(shape);
        }
        // A tip on every vertex.
        for &[x, y] in areas.iter().flatten().flatten().flatten() {
            both.touching(&[[x, y], [x - small[0], y + small[1]], [x - small[1], y - small[0]]]);
        }
    }
}
