//! Who owns which piece of land, approximately: a fine grid whose every cell goes to the nearest known place.
//!
//! What comes in: the country's rings, and sites (places with the community they belong to). What goes out: a community for
//! every cell of land. What always holds: every cell of land has exactly one owner, so outlines drawn from the grid
//! neither overlap nor leave gaps. Method: Voronoi cells of the sites, cities weighted by their size (additively).

use super::country::Ring;
use model::Position;

/// Grid, degrees. A cell is about 0.55 km either way.
const WEST: f64 = 22.0;
const SOUTH: f64 = 44.25;
const STEP_LON: f64 = 0.0075;
const STEP_LAT: f64 = 0.005;
pub(super) const WIDE: usize = 2440;
pub(super) const HIGH: usize = 1650;
/// Cells of a block that shares its list of near sites.
const BLOCK: usize = 16;
const KM_PER_DEG: f64 = 111.195;
/// A city's cell begins this far from its centre for each root of a person, kilometres: Kyiv 11.7, Kharkiv 8.4.
const KM_PER_ROOT_PERSON: f64 = 0.007;
/// Below this many people a place is a point.
const CITY_PEOPLE: u32 = 50_000;

/// Owner of a cell outside the country.
pub(super) const NOBODY: u16 = u16::MAX;

/// A known place and its owner.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site {
    pub(super) position: Position,
    pub(super) people: u32,
    pub(super) owner: u16,
}

/// Owners by cell, row by row from the south-west.
pub(super) struct Grid {
    pub(super) owners: Vec<u16>,
}

/// Degrees of a grid corner.
#[expect(clippy::cast_precision_loss, reason = "a few thousand columns")]
pub(super) fn corner(x: usize, y: usize) -> [f64; 2] {
    [WEST + x as f64 * STEP_LON, SOUTH + y as f64 * STEP_LAT]
}

/// Ten-thousandths of a degree of a grid corner, exactly.
pub(super) fn corner_e4(x: usize, y: usize) -> [i64; 2] {
    let steps = |n: usize, step: i64| i64::try_from(n).unwrap_or_default() * step;
    [220_000 + steps(x, 75), 442_500 + steps(y, 50)]
}

/// Degrees of a cell's middle: longitude, latitude.
pub(super) fn middle(x: usize, y: usize) -> [f64; 2] {
    let [lon, lat] = corner(x, y);
    [lon + STEP_LON / 2.0, lat + STEP_LAT / 2.0]
}

/// Kilometres per degree of longitude at a latitude, rounded so that every machine has the same number.
pub(super) fn km_per_lon(lat: f64) -> f64 {
    (lat.to_radians().cos() * 1e6).round() / 1e6 * KM_PER_DEG
}

/// Which cells are land of the country: those whose middle lies inside an odd number of rings.
pub(super) fn land(rings: &[Ring]) -> Vec<bool> {
    let mut inside = vec![false; WIDE * HIGH];
    for y in 0..HIGH {
        let lat = middle(0, y)[1];
        let mut crossings: Vec<f64> = Vec::new();
        for side in rings.iter().flat_map(|ring| ring.windows(2)) {
            let ([ax, ay], [bx, by]) = (side[0], side[1]);
            if (ay > lat) != (by > lat) {
                crossings.push((bx - ax) * (lat - ay) / (by - ay) + ax);
            }
        }
        crossings.sort_by(f64::total_cmp);
        for x in 0..WIDE {
            let lon = middle(x, y)[0];
            inside[y * WIDE + x] = crossings.iter().filter(|crossing| **crossing < lon).count() % 2 == 1;
        }
    }
    inside
}

/// Gives every cell of land to the nearest site that `may` own it (by the cell's index).
pub(super) fn share(land: &[bool], sites: &[Site], may: impl Fn(usize, u16) -> bool) -> Grid {
    let weights: Vec<f64> = sites.iter().map(|site| weight_km(site.people)).collect();
    let mut owners = vec![NOBODY; WIDE * HIGH];
    for (block_y, block_x) in (0..HIGH.div_ceil(BLOCK)).flat_map(|y| (0..WIDE.div_ceil(BLOCK)).map(move |x| (y, x))) {
        let (ys, xs) =
            (block_y * BLOCK..HIGH.min((block_y + 1) * BLOCK), block_x * BLOCK..WIDE.min((block_x + 1) * BLOCK));
        let cells: Vec<(usize, usize)> =
            ys.flat_map(|y| xs.clone().map(move |x| (x, y))).filter(|(x, y)| land[y * WIDE + x]).collect();
        if cells.is_empty() {
            continue;
        }
        let centre = corner(block_x * BLOCK + BLOCK / 2, block_y * BLOCK + BLOCK / 2);
        let mut near: Vec<(f64, usize)> =
            sites.iter().enumerate().map(|(at, site)| (away_km(centre, site.position) - weights[at], at)).collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (x, y) in cells {
            let here = middle(x, y);
            let mut best: Option<(f64, u16)> = None;
            for &(block_km, at) in &near {
                // No cell of the block is farther than 7 km from the block's centre.
                if best.is_some_and(|(km, _)| block_km - 7.0 > km) {
                    break;
                }
                let km = away_km(here, sites[at].position) - weights[at];
                if best.is_none_or(|(best_km, _)| km < best_km) && may(y * WIDE + x, sites[at].owner) {
                    best = Some((km, sites[at].owner));
                }
            }
            owners[y * WIDE + x] = best.map_or(NOBODY, |(_, owner)| owner);
        }
    }
    Grid { owners }
}

fn weight_km(people: u32) -> f64 {
    if people < CITY_PEOPLE { 0.0 } else { KM_PER_ROOT_PERSON * f64::from(people).sqrt() }
}

fn away_km([lon, lat]: [f64; 2], site: Position) -> f64 {
    let east = (site.lon_deg() - lon) * km_per_lon(lat);
    let north = (site.lat_deg() - lat) * KM_PER_DEG;
    (east * east + north * north).sqrt()
}

impl Grid {
    /// Where one owner's cells would touch only by their corners, one of the four cells changes hands, so that no outline
    /// touches itself. `groups` says which owners count as one: for raions, regions, the country.
    pub(super) fn part_corners(&mut self, groups: &[&dyn Fn(u16) -> u16]) {
        for at in (0..HIGH - 1).flat_map(|y| (0..WIDE - 1).map(move |x| y * WIDE + x)) {
            let cells = [at, at + 1, at + WIDE, at + WIDE + 1].map(|cell| self.owners[cell]);
            let by_corners = |group: &&dyn Fn(u16) -> u16| {
                let [a, b, c, d] = cells.map(group);
                (a == d && a != b && a != c) || (b == c && b != a && b != d)
            };
            if groups.iter().any(by_corners) {
                // Only blocks still ahead see this cell again.
                self.owners[at + WIDE + 1] = cells[2];
            }
        }
    }

    /// Middles of each owner's cells, in degrees.
    pub(super) fn middles_by_owner(&self) -> std::collections::BTreeMap<u16, Vec<[f64; 2]>> {
        let mut cells = std::collections::BTreeMap::new();
        for (at, &owner) in self.owners.iter().enumerate() {
            if owner != NOBODY {
                cells.entry(owner).or_insert_with(Vec::new).push(middle(at % WIDE, at / WIDE));
            }
        }
        cells
    }
}
