//! Whom a night is scored for: placed hromadas, and cities that are regions of their own.

use engine::PEOPLE_UNKNOWN;
use model::place::EARTH_RADIUS_KM;
use model::{AreaSet, Code, Level, Position};
use std::collections::BTreeMap;

/// One community that is scored.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Its code.
    pub code: Code,
    /// Its centre.
    pub centre: Position,
    /// Its radius, kilometres: an object that comes so near has arrived.
    pub radius_km: f64,
    /// People; 0 when not known.
    pub people: f64,
    /// People an alert is counted for: where nobody knows, [`PEOPLE_UNKNOWN`].
    pub counted: f64,
    /// Its raion; itself for a city.
    pub raion: Code,
    /// Its region.
    pub region: Code,
    at: [f64; 3],
}

/// All of them, by code.
#[derive(Debug, Clone, Default)]
pub struct Units {
    /// By code.
    pub all: Vec<Unit>,
    by_code: BTreeMap<Code, Vec<usize>>,
}

/// A position on the sphere, kilometres from its middle: distances by straight differences.
pub(super) fn on_sphere(position: Position) -> [f64; 3] {
    let (lat, lon) = (position.lat_deg().to_radians(), position.lon_deg().to_radians());
    let flat = EARTH_RADIUS_KM * libm::cos(lat);
    [flat * libm::cos(lon), flat * libm::sin(lon), EARTH_RADIUS_KM * libm::sin(lat)]
}

/// Square of the chord, km²; below 300 km it is the distance to 0.01 %.
pub(super) fn chord2(a: [f64; 3], b: [f64; 3]) -> f64 {
    let d = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    d[0] * d[0] + d[1] * d[1] + d[2] * d[2]
}

impl Unit {
    /// Square of the distance from a place on the sphere, km².
    pub(super) fn away2(&self, at: [f64; 3]) -> f64 {
        chord2(self.at, at)
    }
}

impl Units {
    /// Of an area set.
    pub fn of(areas: &AreaSet) -> Self {
        let mut units = Self::default();
        for area in areas.iter() {
            let alone = area.level == Level::Oblast && !areas.children(area.code).any(|a| a.level == Level::Raion);
            if !(alone || area.level == Level::Hromada) || !area.placed {
                continue;
            }
            let above = |level| areas.at_or_above(area.code, level).map_or(area.code, |area| area.code);
            let n = units.all.len();
            units.all.push(Unit {
                code: area.code,
                centre: area.centre,
                radius_km: area.radius_km,
                people: area.population.map_or(0.0, f64::from),
                counted: area.population.map_or(PEOPLE_UNKNOWN, f64::from),
                raion: above(Level::Raion),
                region: above(Level::Oblast),
                at: on_sphere(area.centre),
            });
            units.by_code.entry(area.code).or_default().push(n);
            for over in areas.ancestors(area.code) {
                units.by_code.entry(over.code).or_default().push(n);
            }
        }
        units
    }

    /// The unit that is just this community, by index.
    pub fn at(&self, code: Code) -> Option<usize> {
        match self.under(code) {
            &[n] if self.all[n].code == code => Some(n),
            _ => None,
        }
    }

    /// The units a community is made of, by index.
    pub fn under(&self, code: Code) -> &[usize] {
        self.by_code.get(&code).map_or(&[], Vec::as_slice)
    }
}
