//! Real boundaries from outside: any GeoJSON whose features carry a code (COD-AB among them).
//!
//! What comes in: a feature collection (RFC 7946) and, when it is not one of the usual ones, the name of the property with the
//! code. What goes out: outlines by code, and what could not be used. What always holds: every position is checked, every
//! ring is closed and has 4 points; a code that fits no area, or two, is told and left out.
//! Deliberately absent: centres and radii, which stay as they are, and reprojection: GeoJSON is WGS 84.

use super::areas::{AreaSet, AreaSetError};
use super::{Code, Level, Outline, Polygon, Position};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Most features of one file: all hromadas, raions and regions are 1,936.
pub const FEATURES_MAX: usize = 10_000;
/// Most points of one file, so that a hostile one cannot fill the memory.
pub const POINTS_MAX: usize = 5_000_000;

/// Properties a code is looked for in, the narrowest level first; COD-AB's are P-codes, beginnings of KATOTTG codes.
const USUAL: [&str; 9] =
    ["katottg", "KATOTTG", "code", "ADM3_PCODE", "adm3_pcode", "ADM2_PCODE", "adm2_pcode", "ADM1_PCODE", "adm1_pcode"];

/// What a file of boundaries gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Boundaries {
    /// Outlines by code.
    pub outlines: BTreeMap<Code, Outline>,
    /// What could not be used: sentences that fit after "failed to".
    pub refused: Vec<String>,
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    #[serde(default)]
    properties: BTreeMap<String, Value>,
    geometry: Option<Geometry>,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Polygon(Vec<Vec<Vec<f64>>>),
    MultiPolygon(Vec<Vec<Vec<Vec<f64>>>>),
}

impl AreaSet {
    /// Reads boundaries for the areas of this set. `Err` when the text is no feature collection.
    pub fn read_boundaries(&self, geojson: &str, property: Option<&str>) -> Result<Boundaries, serde_json::Error> {
        let collection: Collection = serde_json::from_str(geojson)?;
        let mut found = Boundaries::default();
        let mut points = 0;
        for (n, feature) in collection.features.into_iter().enumerate() {
            if n >= FEATURES_MAX {
                found.refused.push(format!("read features after the first {FEATURES_MAX}: expected no more"));
                break;
            }
            match self.boundary(feature, property, &mut points) {
                Ok((code, outline)) => {
                    if found.outlines.insert(code, outline).is_some() {
                        found.refused.push(format!("use an earlier boundary of {code}: feature {n} gives another"));
                    }
                }
                Err(why) => found.refused.push(format!("use feature {n}: {why}")),
            }
        }
        Ok(found)
    }

    fn boundary(
        &self,
        feature: Feature,
        property: Option<&str>,
        points: &mut usize,
    ) -> Result<(Code, Outline), String> {
        let names = property.as_ref().map_or(&USUAL[..], std::slice::from_ref);
        let text = names.iter().find_map(|name| feature.properties.get(*name)?.as_str());
        let text = text.ok_or_else(|| format!("expected a text in one of its properties {}", names.join(", ")))?;
        let code =
            self.by_beginning(text).ok_or_else(|| format!("no area, or more than one, has the code {text:?}"))?;
        let polygons = match feature.geometry {
            Some(Geometry::Polygon(polygon)) => vec![polygon],
            Some(Geometry::MultiPolygon(polygons)) => polygons,
            None => return Err(format!("{code} has no geometry")),
        };
        let checked: Result<Vec<Polygon>, String> =
            polygons.into_iter().map(|polygon| polygon.into_iter().map(|ring| check(ring, points)).collect()).collect();
        Ok((code, Outline::surveyed(checked.map_err(|why| format!("{code}: {why}"))?)))
    }

    /// The area of a whole code or of a P-code: the first 4, 6 or 9 characters of a region's, raion's or hromada's code.
    pub fn by_beginning(&self, text: &str) -> Option<Code> {
        if let Some(area) = text.parse().ok().and_then(|code| self.get(code)) {
            return Some(area.code);
        }
        let level = match text.len() {
            4 => Level::Oblast,
            6 => Level::Raion,
            9 => Level::Hromada,
            _ => return None,
        };
        let mut hits = self.at_level(level).filter(|area| area.code.as_str().starts_with(text));
        hits.next().filter(|_| hits.next().is_none()).map(|area| area.code)
    }

    /// The set with these outlines in place of its own, indexed: a second or two for the largest file.
    pub fn with_outlines(mut self, outlines: BTreeMap<Code, Outline>) -> Result<Self, AreaSetError> {
        if let Some(code) = outlines.keys().find(|code| self.get(**code).is_none()) {
            return Err(AreaSetError::NoArea(*code));
        }
        self.outlines.extend(outlines);
        let index = self.indexed().map_err(|error| AreaSetError::Outlines(error.to_string()))?;
        self.index = std::sync::OnceLock::from(index);
        Ok(self)
    }
}

fn check(ring: Vec<Vec<f64>>, points: &mut usize) -> Result<Vec<[f64; 2]>, String> {
    *points += ring.len();
    if *points > POINTS_MAX {
        return Err(format!("more than {POINTS_MAX} points in one file: simplify it first"));
    }
    let point = |point: Vec<f64>| {
        let [lon, lat, ..] = point[..] else { return Err("a point with less than two numbers".to_owned()) };
        Position::new(lat, lon).map_err(|error| format!("failed to {error}")).map(|_| [lon, lat])
    };
    let ring = ring.into_iter().map(point).collect::<Result<Vec<_>, _>>()?;
    let closed = ring.len() >= 4 && ring.first() == ring.last();
    let corners = ring.chunk_by(same_point).count().saturating_sub(1);
    if closed && corners < 3 {
        Err(format!("a ring of {corners} different points in a row: expected 3 or more"))
    } else if closed {
        Ok(ring)
    } else {
        Err(format!("a ring of {} points: expected 4 or more, the last as the first", ring.len()))
    }
}

#[allow(clippy::float_cmp)] // The very same numbers are meant.
fn same_point(a: &[f64; 2], b: &[f64; 2]) -> bool {
    a == b
}

#[cfg(test)]
mod tests {
    use super::*;

    const RING: &str = "[[[33,51],[34,51],[34,52],[33,51]]]";

    fn read(property: &str, code: &str, geometry: &str) -> Boundaries {
        let feature = format!(r#"{{"properties":{{"{property}":"{code}"}},"geometry":{geometry}}}"#);
        AreaSet::bundled().read_boundaries(&format!(r#"{{"features":[{feature}]}}"#), None).unwrap()
    }

    #[test]
    fn a_whole_code_and_a_p_code_find_their_area() {
        let polygon = format!(r#"{{"type":"Polygon","coordinates":{RING}}}"#);
        for (property, code, area) in [
            ("katottg", "UA59000000000057109", "UA59000000000057109"),
            ("ADM1_PCODE", "UA59", "UA59000000000057109"),
            ("ADM2_PCODE", "UA5902", "UA59020000000081905"),
        ] {
            let found = read(property, code, &polygon);
            let codes: Vec<_> = found.outlines.keys().map(Code::as_str).collect();
            assert_eq!(codes, [area], "{:?}", found.refused);
            let set = AreaSet::bundled().clone().with_outlines(found.outlines).unwrap();
            let outline = set.outline(area.parse().unwrap()).unwrap();
            assert!(!outline.is_approximate() && outline.holds(Position::new(51.2, 33.6).unwrap()));
        }
    }

    #[test]
    fn what_cannot_be_used_is_told() {
        for (property, code, geometry, why) in [
            ("name", "UA59", r#"{"type":"Polygon","coordinates":[]}"#, "expected a text in one of its properties"),
            ("code", "UA99", r#"{"type":"Polygon","coordinates":[]}"#, "no area, or more than one"),
            ("code", "UA59", r#"{"type":"Polygon","coordinates":[[[33,51],[34,51]]]}"#, "a ring of 2 points"),
            (
                "code",
                "UA59",
                r#"{"type":"Polygon","coordinates":[[[33,151],[34,51],[34,52],[33,151]]]}"#,
                "place latitude 151",
            ),
            ("code", "UA59", "null", "has no geometry"),
        ] {
            let found = read(property, code, geometry);
            assert!(
                found.outlines.is_empty() && found.refused.len() == 1 && found.refused[0].contains(why),
                "{found:?}"
            );
        }
        assert!(AreaSet::bundled().read_boundaries("[1, 2", None).is_err());
    }
}
