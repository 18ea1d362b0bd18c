//! The area set: communities and settlements with codes, names, parents, centres and people.

use super::{Code, Level, Position};
use std::collections::BTreeMap;

/// One community or settlement.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Its code.
    pub code: Code,
    /// Its level.
    pub level: Level,
    /// The community directly above; `None` for the country.
    pub parent: Option<Code>,
    /// Name in Ukrainian without its type: "Сумська", "Конотопський", "Бахмацька", "Конотоп".
    pub name_uk: String,
    /// Name in English (KMU-55 romanisation unless GeoNames has an established one), without its type.
    pub name_en: String,
    /// KATOTTG category letter: O, K, P, H, M, T, C, X, B.
    pub category: char,
    /// The number the alert services give it.
    pub uid: Option<u32>,
    /// Centre, WGS 84. An unplaced hromada or settlement carries its parent's centre.
    pub centre: Position,
    /// Radius about `centre` that holds it, kilometres.
    pub radius_km: f64,
    /// Whether the centre is its own (matched) or its parent's.
    pub placed: bool,
    /// People, when known.
    pub population: Option<u32>,
}

/// Every community and settlement of a country, by code.
#[derive(Debug, Clone, Default)]
pub struct AreaSet {
    areas: BTreeMap<Code, Area>,
}

impl AreaSet {
    /// A set of these areas; the last one of a code counts.
    pub fn from_areas(areas: impl IntoIterator<Item = Area>) -> Self {
        Self { areas: areas.into_iter().map(|area| (area.code, area)).collect() }
    }

    /// The area of that code.
    pub fn get(&self, code: Code) -> Option<&Area> {
        self.areas.get(&code)
    }

    /// All areas, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Area> {
        self.areas.values()
    }
}
