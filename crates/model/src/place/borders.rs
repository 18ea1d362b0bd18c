//! Outlines put together from shared borders.
//!
//! What comes in: outlines.tsv, each border once with the community on either side. What goes out: an [`Outline`] for every
//! raion and region and the country, and GeoJSON of them. What always holds: neighbours share the very points of their
//! border, so a map shows neither gaps nor overlaps. Approximate, as the file says.

use super::areas::{Area, AreaSet, AreaSetError};
use super::{Code, Level, Outline, Polygon};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const FILE: &str = "outlines.tsv";
/// The file counts in these parts of a degree.
const PARTS_PER_DEG: f64 = 10_000.0;

type Point = [i32; 2];

impl AreaSet {
    /// The set with outlines read from the text of outlines.tsv.
    pub(super) fn with_borders(mut self, text: &str) -> Result<Self, AreaSetError> {
        let mut borders: BTreeMap<Code, Vec<Vec<Point>>> = BTreeMap::new();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.is_empty()) {
            let bad = |reason| AreaSetError::Line { file: FILE, line: at + 1, reason };
            let mut cells = line.split('\t');
            let mut side = || -> Result<Vec<Code>, AreaSetError> {
                match cells.next() {
                    Some("-") => Ok(Vec::new()),
                    cell => {
                        let code = cell.unwrap_or_default().parse().map_err(|_| bad("expected a code or -"))?;
                        self.get(code).ok_or_else(|| bad("expected a code of the set"))?;
                        Ok(std::iter::once(code).chain(self.ancestors(code).map(|area| area.code)).collect())
                    }
                }
            };
            let (left, right) = (side()?, side()?);
            let forward = points(cells.next().unwrap_or_default()).ok_or_else(|| bad("expected pairs of steps"))?;
            let backward: Vec<Point> = forward.iter().rev().copied().collect();
            for (own, other, way) in [(&left, &right, &forward), (&right, &left, &backward)] {
                for code in own.iter().filter(|code| !other.contains(code)) {
                    borders.entry(*code).or_default().push(way.clone());
                }
            }
        }
        self.outlines = borders.into_iter().map(|(code, borders)| (code, outline(borders))).collect();
        Ok(self)
    }

    /// The outlines of all regions and raions as a GeoJSON feature collection (RFC 7946), about 300 kB.
    ///
    /// Properties: `code`, `level` ("oblast" or "raion"), `name_uk` and `name_en` (full names with their type), `uid` (number or
    /// null), `approximate`. Regions come first, so that raions are drawn over them.
    pub fn outlines_geojson(&self) -> String {
        let areas = self.at_level(Level::Oblast).chain(self.at_level(Level::Raion));
        let features: Vec<Value> =
            areas.filter_map(|area| Some(self.feature(area, self.outline(area.code)?))).collect();
        json!({ "type": "FeatureCollection", "attribution": Self::attribution(), "features": features }).to_string()
    }

    fn feature(&self, area: &Area, outline: &Outline) -> Value {
        json!({
            "type": "Feature",
            "id": area.code,
            "properties": {
                "code": area.code,
                "level": area.level,
                "name_uk": self.full_name_uk(area),
                "name_en": self.full_name_en(area),
                "uid": area.uid,
                "approximate": outline.is_approximate(),
            },
            "geometry": { "type": "MultiPolygon", "coordinates": outline.polygons() },
        })
    }
}

/// Absolute points out of steps.
fn points(cell: &str) -> Option<Vec<Point>> {
    let mut steps = cell.split(' ').map(str::parse::<i32>);
    let mut here = [0, 0];
    let mut points = Vec::new();
    while let Some(east) = steps.next() {
        let north = steps.next()?;
        here = [i32::checked_add(here[0], east.ok()?)?, i32::checked_add(here[1], north.ok()?)?];
        points.push(here);
    }
    (points.len() >= 2).then_some(points)
}

/// Joins borders, each with its community on the left, into rings, and puts holes into the polygon around them.
fn outline(mut borders: Vec<Vec<Point>>) -> Outline {
    let mut rings: Vec<Vec<Point>> = Vec::new();
    while let Some(mut ring) = borders.pop() {
        while ring.first() != ring.last() {
            let Some(next) = borders.iter().position(|border| border.first() == ring.last()) else { break };
            let border = borders.swap_remove(next);
            ring.extend_from_slice(&border[1..]);
        }
        if ring.len() >= 4 {
            rings.push(ring);
        }
    }
    // Land on the left: an outer ring turns counter-clockwise, a hole clockwise.
    let (mut outer, holes): (Vec<Vec<Point>>, Vec<Vec<Point>>) =
        rings.into_iter().partition(|ring| twice_area(ring) > 0);
    outer.sort_by_key(|ring| std::cmp::Reverse(twice_area(ring)));
    let mut polygons: Vec<Polygon> = outer.iter().map(|ring| vec![degrees(ring)]).collect();
    for hole in holes {
        // The smallest ring around it; rings are sorted from the largest.
        let around = outer.iter().rposition(|ring| holds(ring, hole[0]) || holds(ring, hole[hole.len() / 2]));
        if let Some(polygon) = around.and_then(|at| polygons.get_mut(at)) {
            polygon.push(degrees(&hole));
        }
    }
    Outline::approximate(polygons)
}

fn degrees(ring: &[Point]) -> Vec<[f64; 2]> {
    ring.iter().map(|point| point.map(|part| f64::from(part) / PARTS_PER_DEG)).collect()
}

fn twice_area(ring: &[Point]) -> i64 {
    let wide = |point: Point| point.map(i64::from);
    ring.windows(2).map(|side| (wide(side[0]), wide(side[1]))).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum()
}

fn holds(ring: &[Point], point: Point) -> bool {
    let [x, y] = point.map(i64::from);
    let mut inside = false;
    for side in ring.windows(2) {
        let ([ax, ay], [bx, by]) = (side[0].map(i64::from), side[1].map(i64::from));
        if (ay > y) != (by > y) {
            // x < (bx - ax) * (y - ay) / (by - ay) + ax, without the division.
            let (left, right) = ((x - ax) * (by - ay), (bx - ax) * (y - ay));
            if (by > ay && left < right) || (by < ay && left > right) {
                inside = !inside;
            }
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_join_into_rings_and_holes_find_their_polygon() {
        let square = |from: i32, to: i32| vec![[from, from], [to, from], [to, to], [from, to], [from, from]];
        let whole = square(0, 40_000);
        let (east, west) = (whole[..3].to_vec(), whole[2..].to_vec());
        let hole: Vec<Point> = square(10_000, 20_000).into_iter().rev().collect();
        let joined = outline(vec![west, hole, east]);
        assert_eq!(joined.polygons().len(), 1);
        let lengths: Vec<_> = joined.polygons()[0].iter().map(Vec::len).collect();
        assert_eq!(lengths, [5, 5]);
    }

    #[test]
    fn a_broken_border_is_named_with_its_line() {
        let error = AreaSet::default().with_borders("# head\nUA\t-\t1 2").unwrap_err();
        assert_eq!(error.to_string(), "read line 2 of outlines.tsv: expected a code of the set");
    }
}
