//! The land of each community: borders, centres and radii out of the grid.
//!
//! What comes in: units, features, their matches, the country's rings. What goes out: borders of the raions and the two
//! cities, and for every region, raion and hromada a centre and a radius that holds its land.
//! What always holds: a radius reaches every placed settlement of its community. All of it is approximate.

use super::arcs::{self, Arc};
use super::cells::{self, Grid, NOBODY, Site};
use super::country::Ring;
use super::gazetteer::Feature;
use super::katottg::Unit;
use super::matching::Matches;
use anyhow::{Context, Result};
use model::Position;
use std::collections::BTreeMap;

/// Added to every radius: fields and outlying houses beyond the last known place, kilometres.
const MARGIN_KM: f64 = 1.5;
/// Share of a hromada's land its radius holds. The last corners of a cell are an accident of where the neighbours' places
/// are known.
const HROMADA_SHARE: f64 = 0.97;

/// A circle that holds a community.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub(super) centre: Position,
    pub(super) radius_km: f64,
}

/// What the grid says.
#[derive(Debug)]
pub(super) struct Territory {
    /// Codes of raions and of the cities with special status, by owner number.
    pub(super) owners: Vec<String>,
    pub(super) arcs: Vec<Arc>,
    /// By code: regions, raions, hromadas with a centre of their own.
    pub(super) extents: BTreeMap<String, Extent>,
    pub(super) country: Extent,
}

/// The feature of a city with special status.
pub(super) fn city<'f>(features: &'f [Feature], unit: &Unit) -> Option<&'f Feature> {
    let inside = features.iter().filter(|f| f.region.as_deref() == Some(unit.region_prefix()) && f.is_administrative);
    inside.max_by_key(|f| f.population)
}

/// Draws the grid and reads it.
pub(super) fn survey(units: &[Unit], features: &[Feature], matches: &Matches, rings: &[Ring]) -> Result<Territory> {
    let owners: Vec<&Unit> = units.iter().filter(|unit| matches!(unit.category, 'P' | 'K')).collect();
    let regions: Vec<&str> =
        units.iter().filter(|u| matches!(u.category, 'O' | 'K')).map(Unit::region_prefix).collect();
    let region_of: Vec<u16> =
        owners.iter().map(|o| number(regions.iter().position(|r| *r == o.region_prefix()))).collect();
    let land = cells::land(rings);
    let mut grid = cells::share(&land, &raion_sites(&owners, features, matches), |_, _| true);
    let region = |owner: u16| region_of.get(usize::from(owner)).copied().unwrap_or(NOBODY);
    let country = |owner: u16| if owner == NOBODY { NOBODY } else { 0 };
    grid.part_corners(&[&|owner| owner, &region, &country]);

    let mut extents = BTreeMap::new();
    let by_raion = grid.middles_by_owner();
    let mut by_region: BTreeMap<u16, Vec<[f64; 2]>> = BTreeMap::new();
    for (&owner, cells) in &by_raion {
        by_region.entry(region(owner)).or_default().extend(cells);
        let unit = owners[usize::from(owner)];
        let centre = if unit.category == 'K' { city(features, unit).map(|f| f.position) } else { middle(cells) };
        extents.extend(centre.map(|centre| (unit.code.clone(), around(centre, cells, 1.0))));
    }
    for unit in units.iter().filter(|unit| unit.category == 'O') {
        let cells = by_region.get(&number(regions.iter().position(|r| *r == unit.region_prefix())));
        let extent = cells.and_then(|cells| Some(around(middle(cells)?, cells, 1.0)));
        extents.extend(extent.map(|extent| (unit.code.clone(), extent)));
    }
    let all: Vec<[f64; 2]> = by_raion.into_values().flatten().collect();
    let country = around(middle(&all).context("find the country's middle: it has no land")?, &all, 1.0);
    extents.extend(hromadas(units, features, matches, &land, &grid, &owners));
    let owners = owners.into_iter().map(|unit| unit.code.clone()).collect();
    Ok(Territory { arcs: arcs::trace(&grid), owners, extents, country })
}

fn raion_sites(owners: &[&Unit], features: &[Feature], matches: &Matches) -> Vec<Site> {
    let codes: BTreeMap<usize, &str> = matches.feature_of.iter().map(|(code, &at)| (at, code.as_str())).collect();
    let owner = |prefix: &str| {
        owners.iter().position(|unit| unit.code[..6] == *prefix || unit.category == 'K' && unit.code[..4] == *prefix)
    };
    let site = |(at, feature): (usize, &Feature)| {
        // The codifier's word before GeoNames', a city with special status where neither names a raion.
        let prefix = match codes.get(&at) {
            Some(code) => &code[..6],
            None => {
                feature.raion().or(feature.region.as_deref().filter(|region| matches!(*region, "UA80" | "UA85")))?
            }
        };
        let owner = number(Some(owner(prefix)?));
        Some(Site { position: feature.position, people: feature.population.unwrap_or(0), owner })
    };
    features.iter().enumerate().filter_map(site).collect()
}

/// Circles of the hromadas whose seat is placed: their land is what lies nearest to their placed settlements within the raion.
fn hromadas(
    units: &[Unit],
    features: &[Feature],
    matches: &Matches,
    land: &[bool],
    raions: &Grid,
    owners: &[&Unit],
) -> BTreeMap<String, Extent> {
    let all: Vec<&Unit> = units.iter().filter(|unit| unit.category == 'H').collect();
    let number_of: BTreeMap<&str, u16> =
        all.iter().enumerate().map(|(at, unit)| (unit.hromada_prefix(), number(Some(at)))).collect();
    let raion_of: Vec<u16> =
        all.iter().map(|h| number(owners.iter().position(|o| o.code[..6] == h.code[..6]))).collect();
    let sites: Vec<Site> = matches
        .feature_of
        .iter()
        .filter_map(|(code, &at)| {
            Some(Site { position: features[at].position, people: 0, owner: *number_of.get(&code[..9])? })
        })
        .collect();
    let grid = cells::share(land, &sites, |cell, hromada| raion_of[usize::from(hromada)] == raions.owners[cell]);
    let mut cells = grid.middles_by_owner();
    let mut extents = BTreeMap::new();
    for seat in units.iter().filter(|unit| unit.is_seat()) {
        let (Some(&feature), Some(&owner)) = (matches.feature_of.get(&seat.code), number_of.get(seat.hromada_prefix()))
        else {
            continue;
        };
        let centre = features[feature].position;
        let mut extent = around(centre, &cells.remove(&owner).unwrap_or_default(), HROMADA_SHARE);
        for site in sites.iter().filter(|site| site.owner == owner) {
            extent.radius_km = extent.radius_km.max(site.position.distance_km(centre) + MARGIN_KM);
        }
        extents.insert(all[usize::from(owner)].code.clone(), extent);
    }
    extents
}

/// The circle about `centre` that holds that share of the cells.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a million cells"
)]
fn around(centre: Position, cells: &[[f64; 2]], share: f64) -> Extent {
    let mut far: Vec<f64> =
        cells.iter().filter_map(|[lon, lat]| Some(Position::new(*lat, *lon).ok()?.distance_km(centre))).collect();
    far.sort_by(f64::total_cmp);
    let at = ((far.len() as f64 * share).ceil() as usize).clamp(1, far.len().max(1)) - 1;
    Extent { centre, radius_km: far.get(at).copied().unwrap_or(0.0) + MARGIN_KM }
}

/// The middle of the land.
#[expect(clippy::cast_precision_loss, reason = "a few million cells")]
fn middle(cells: &[[f64; 2]]) -> Option<Position> {
    let sum = cells.iter().fold([0.0, 0.0], |sum, cell| [sum[0] + cell[0], sum[1] + cell[1]]);
    let count = cells.len() as f64;
    Position::new(sum[1] / count, sum[0] / count).ok()
}

fn number(at: Option<usize>) -> u16 {
    at.and_then(|at| u16::try_from(at).ok()).unwrap_or(NOBODY)
}
