//! A small country on a grid: three regions of three raions of four hromadas, and a city that is a region of its own.

use model::{Area, AreaSet, Code, Level, PlaceRef, Position};
use std::str::FromStr;
use std::sync::LazyLock;

static SMALL: LazyLock<AreaSet> = LazyLock::new(|| AreaSet::new(areas()).unwrap_or_default());

/// The small country, built once.
pub fn small() -> &'static AreaSet {
    &SMALL
}

fn area(name: &str, level: Level, parent: Option<Code>, centre: Position, radius_km: f64) -> Option<Area> {
    Some(Area {
        code: Code::from_str(name).ok()?,
        level,
        parent,
        name_uk: name.to_owned(),
        name_en: name.to_owned(),
        category: 'H',
        uid: None,
        centre,
        radius_km,
        placed: true,
        population: None,
    })
}

/// The middle of the small country.
pub fn middle() -> Position {
    Position::new(49.5, 32.0).unwrap_or_else(|_| unreachable!("49.5° north, 32° east is on the Earth"))
}

fn areas() -> Vec<Area> {
    let middle = middle();
    let mut areas = Vec::new();
    let country = area("UA", Level::Country, None, middle, 400.0);
    let country_code = country.as_ref().map(|area| area.code);
    areas.extend(country);
    for region in 0..3_u32 {
        let name = format!("R{region}");
        let centre = middle.toward(90.0, 160.0 * (f64::from(region) - 1.0));
        let oblast = area(&name, Level::Oblast, country_code, centre, 80.0);
        let oblast_code = oblast.as_ref().map(|area| area.code);
        areas.extend(oblast);
        for r in 0..3_u32 {
            let name = format!("{name}-{r}");
            let centre = centre.toward(0.0, 55.0 * (f64::from(r) - 1.0));
            let raion = area(&name, Level::Raion, oblast_code, centre, 38.0);
            let raion_code = raion.as_ref().map(|area| area.code);
            areas.extend(raion);
            for h in 0..4_u32 {
                let centre = centre.toward(45.0 + 90.0 * f64::from(h), 20.0);
                areas.extend(area(&format!("{name}-{h}"), Level::Hromada, raion_code, centre, 13.0));
            }
        }
    }
    areas.extend(area("K", Level::Oblast, country_code, middle.toward(180.0, 150.0), 18.0));
    areas
}

/// A place of an area set as reports name it.
pub fn place(areas: &AreaSet, code: Code) -> Option<PlaceRef> {
    areas.get(code).map(|area| PlaceRef {
        code,
        level: area.level,
        name: area.name_uk.clone(),
        centre: area.centre,
        radius_km: area.radius_km,
    })
}
