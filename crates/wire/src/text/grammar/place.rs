//! From a mention to one area, or to a refusal. Never a guess.
//!
//! Rules, in order; the first that leaves one area decides, and its name goes into the trace:
//!   `named`        the form belongs to one area only
//!   `hromada`      of those in one hromada its seat stands for all
//!   `region`       one of the areas lies in the region (or raion) that the text, the heading or the item names
//!   `raion`        among several in that region one lies in the raion of a place of the same item that is sure
//!   `seat`         among several in that region one is the seat of a hromada
//!   `prominent`    one is a city far larger than all others: seat of a raion, or [`POPULATION_MIN`] people and
//!                  [`RATIO_MIN`] times as many as any other
//!   `neighbour`    one lies within [`NEAR_KM`] of a place of the same item that is sure, all others beyond [`FAR_KM`]

use super::mark::{Candidate, Mention, is_city_region};
use crate::text::decline::{A, ANY, Cases, D, G, I, L, N};
use crate::text::gazetteer::{Class, raion_seat};
use crate::text::lexicon::Role;
use model::{Area, AreaSet, Code, Level, PlaceRef};

/// People of a city that is meant when nothing else is said.
const POPULATION_MIN: u32 = 50_000;
/// How many times more people than any other of its name.
const RATIO_MIN: u32 = 20;
/// How near to a sure place a homonym must lie, kilometres.
const NEAR_KM: f64 = 80.0;
/// How far all others must lie, kilometres.
const FAR_KM: f64 = 150.0;

/// What surrounds a mention.
pub(super) struct Around<'a> {
    pub(super) role: Option<Role>,
    /// Regions and raions, the most telling first; each is tried alone.
    pub(super) within: &'a [Code],
    /// A sure place of the same item.
    pub(super) beside: Option<&'static Area>,
}

/// What a mention turned out to be.
pub(super) enum Found {
    One(&'static Area, &'static str),
    Several(Vec<&'static Area>),
}

/// Cases a role calls for.
fn expected(role: Option<Role>) -> Cases {
    match role {
        Some(Role::On) => A | L,
        Some(Role::In) => L | A,
        Some(Role::Near) => G | I,
        Some(Role::Onto) => A | N,
        Some(Role::Toward) => G | A | D,
        Some(Role::Via) => A | G,
        Some(Role::From | Role::Of | Role::For) => G,
        Some(Role::By) => L | A | D,
        Some(Role::Between) => I | G,
        Some(Role::Along) | None => ANY,
    }
}

/// Resolves a mention.
pub(super) fn resolve(set: &'static AreaSet, mention: &Mention, around: &Around) -> Found {
    // "на Запоріжжі" is the region; "в Запоріжжі", "на Запоріжжя" and "м. Запоріжжя" the city.
    if mention.on && matches!(mention.words.as_str(), "запоріжжі" | "запорожье") && mention.category.is_none()
    {
        let locative = mention.words == "запоріжжі" || around.role == Some(Role::On);
        if let Some(region) =
            set.at_level(Level::Oblast).find(|area| locative && area.code.as_str().starts_with("UA23"))
        {
            return Found::One(region, "zaporizhzhia_region");
        }
    }
    let mut left: Vec<Candidate> = mention.candidates.clone();
    keep(&mut left, |c| match mention.category {
        Some('M') => c.area.category == 'M' || is_city_region(c.area),
        Some('C') => c.area.category == 'C',
        Some('X') => matches!(c.area.category, 'X' | 'T'),
        _ => true,
    });
    let wanted = expected(around.role);
    // An undeclined city is common ("курсом на Полтава"); an undeclined village that is another's declined form is not.
    keep(&mut left, |c| c.cases & wanted != 0 || (c.cases & N != 0 && matches!(c.area.category, 'M' | 'K')));
    // Region nouns and cities with special status are never outranked by villages of their name.
    if mention.category.is_none_or(|c| c == 'M') {
        keep(&mut left, |c| c.class == Class::Region);
    }
    let mut areas: Vec<&'static Area> = Vec::new();
    for candidate in &left {
        if !areas.iter().any(|area| area.code == candidate.area.code) {
            areas.push(candidate.area);
        }
    }
    if let [area] = areas.as_slice() {
        return Found::One(area, "named");
    }
    // Of those in one hromada its seat stands for all: they lie within a few kilometres.
    let seats: Vec<Code> = areas.iter().filter(|area| is_seat(set, area)).filter_map(|area| area.parent).collect();
    areas.retain(|area| is_seat(set, area) || !area.parent.is_some_and(|hromada| seats.contains(&hromada)));
    if let [area] = areas.as_slice() {
        return Found::One(area, "hromada");
    }
    for scope in around.within {
        let inside: Vec<&'static Area> = areas.iter().copied().filter(|area| set.covers(*scope, area.code)).collect();
        match inside.as_slice() {
            [] => {}
            [area] => return Found::One(area, "region"),
            several => {
                if let Some(area) = of_one_raion(set, several, around.beside) {
                    return Found::One(area, "raion");
                }
                let seats: Vec<&&Area> = several.iter().filter(|area| is_seat(set, area)).collect();
                if let [seat] = seats.as_slice() {
                    return Found::One(seat, "seat");
                }
                if let Some(area) = prominent(set, several) {
                    return Found::One(area, "prominent");
                }
                return beside(several, around.beside)
                    .map_or_else(|| Found::Several(inside.clone()), |area| Found::One(area, "neighbour"));
            }
        }
    }
    if let Some(area) = prominent(set, &areas) {
        return Found::One(area, "prominent");
    }
    if let Some(area) = of_one_raion(set, &areas, around.beside).filter(|area| is_seat(set, area)) {
        return Found::One(area, "raion");
    }
    if let Some(area) = beside(&areas, around.beside) {
        return Found::One(area, "neighbour");
    }
    Found::Several(areas)
}

/// Keeps those that fit, unless none does.
fn keep(left: &mut Vec<Candidate>, fits: impl Fn(&Candidate) -> bool) {
    if left.iter().any(&fits) {
        left.retain(fits);
    }
}

fn is_seat(set: &AreaSet, area: &Area) -> bool {
    area.parent.and_then(|hromada| set.seat(hromada)).is_some_and(|seat| seat.code == area.code)
}

/// The one in the raion of a sure place of the same item, or its seat of a hromada when several are there.
fn of_one_raion(set: &'static AreaSet, areas: &[&'static Area], beside: Option<&Area>) -> Option<&'static Area> {
    let raion = set.at_or_above(beside?.code, Level::Raion)?.code;
    let near: Vec<&'static Area> = areas.iter().copied().filter(|area| set.covers(raion, area.code)).collect();
    if let [area] = near.as_slice() {
        return Some(area);
    }
    let seats: Vec<&'static Area> = near.iter().copied().filter(|area| is_seat(set, area)).collect();
    if let [seat] = seats.as_slice() { Some(seat) } else { None }
}

fn prominent(set: &'static AreaSet, areas: &[&'static Area]) -> Option<&'static Area> {
    let city =
        areas.iter().copied().filter(|area| matches!(area.category, 'M' | 'K')).max_by_key(|area| area.population)?;
    let mut rivals = areas.iter().filter(|area| area.code != city.code && matches!(area.category, 'M' | 'K'));
    let people = city.population.unwrap_or(0);
    // Another city must be known to be far smaller.
    if rivals.any(|rival| rival.population.is_none_or(|n| n == 0 || people < n.saturating_mul(RATIO_MIN))) {
        return None;
    }
    let others =
        areas.iter().filter(|area| area.code != city.code).filter_map(|area| area.population).max().unwrap_or(0);
    let large = people >= POPULATION_MIN && people >= others.saturating_mul(RATIO_MIN);
    let raion = set.at_or_above(city.code, Level::Raion);
    let governs = raion.and_then(|raion| raion_seat(set, raion)).is_some_and(|seat| seat.code == city.code);
    (large || (governs && people / RATIO_MIN >= others)).then_some(city)
}

fn beside(areas: &[&'static Area], beside: Option<&Area>) -> Option<&'static Area> {
    let anchor = beside?.centre;
    let mut near = areas.iter().copied().filter(|area| area.centre.distance_km(anchor) <= NEAR_KM);
    let one = near.next()?;
    if near.next().is_some() {
        return None;
    }
    let others_far =
        areas.iter().filter(|area| area.code != one.code).all(|area| area.centre.distance_km(anchor) >= FAR_KM);
    others_far.then_some(one)
}

/// The reference that a report keeps.
pub(in crate::text) fn reference(area: &Area) -> PlaceRef {
    PlaceRef {
        code: area.code,
        level: area.level,
        name: full_name(area),
        centre: area.centre,
        radius_km: area.radius_km,
    }
}

/// A name with its type for a community: "Сумська область", "Конотопський район", "Бахмацька територіальна громада".
pub(in crate::text) fn full_name(area: &Area) -> String {
    match area.level {
        Level::Oblast if area.name_uk.ends_with("ька") => format!("{} область", area.name_uk),
        Level::Raion => format!("{} район", area.name_uk),
        Level::Hromada => format!("{} територіальна громада", area.name_uk),
        _ => area.name_uk.clone(),
    }
}

/// A candidate as a person would tell it from others: name, raion and region.
pub(super) fn told_apart(set: &AreaSet, area: &Area) -> String {
    let above: Vec<String> =
        set.ancestors(area.code).filter(|a| matches!(a.level, Level::Raion | Level::Oblast)).map(full_name).collect();
    format!("{} ({}; {})", full_name(area), area.code, above.join(", "))
}
