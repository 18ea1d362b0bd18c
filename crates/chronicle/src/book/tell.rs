//! From a statement to claims of the record: where it speaks of, when, and by whose word.
//!
//! Invariants:
//!   a claim has a window only if its own words of time have one, or if the statement has words of one time alone; the date of
//!   publication alone is none
//!   a place whose region is not known is a place of its own: it is compared with nothing else

use crate::claims::{self, Claim, ClaimKind, ClaimsError, Reading, Side};
use crate::reconcile::{Kind, Scope, Told};
use crate::thread::{TimeWords, time_words};
use jiff::tz::TimeZone;
use model::{Area, AreaSet, Code, Level, Statement, StatementId, Timestamp};

/// Longest words kept of a claim, in bytes.
const WORDS_BYTES_MAX: usize = 400;

/// A statement of the record, read.
#[derive(Debug, Clone)]
pub struct Heard {
    /// Which entry.
    pub index: u64,
    /// When it entered the record.
    pub at: Timestamp,
    /// The statement.
    pub statement: Statement,
    /// What the grammar reads in it.
    pub reading: Result<Reading, ClaimsError>,
    /// The later wording that replaces it.
    pub superseded_by: Option<StatementId>,
}

impl Heard {
    /// First byte and the one after the last of what a claim was read from; empty without a trace.
    #[must_use]
    pub fn span(&self, claim: &Claim) -> [usize; 2] {
        let start = claim.trace.iter().map(|it| it.start).min().unwrap_or_default();
        let end = claim.trace.iter().map(|it| it.end).max().unwrap_or_default();
        [start.min(end), end]
    }

    /// These bytes of the statement, cut to a bound at a character.
    #[must_use]
    pub fn words(&self, span: [usize; 2]) -> String {
        let text = self.statement.text.get(span[0]..span[1]).unwrap_or_default();
        let mut end = text.len().min(WORDS_BYTES_MAX);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        if end == text.len() { text.to_owned() } else { format!("{}…", &text[..end]) }
    }
}

/// What the grammar read in a statement, as claims that can be set beside others'. Kinds that no figure has are left out.
#[must_use]
pub fn told(heard: &Heard, areas: &AreaSet, zone: &TimeZone) -> Vec<Told> {
    let Ok(reading) = &heard.reading else { return Vec::new() };
    let statement = &heard.statement;
    let times = time_words(&statement.text, statement.published_at, zone);
    let name = |at: usize| format!("{}#{}", statement.id, at + 1);
    let counted = |at: usize| reading.claims.get(at).and_then(kind).is_some();
    let claims = reading.claims.iter().enumerate().filter_map(|(at, claim)| {
        Some(Told {
            id: name(at),
            source: statement.source.to_string(),
            cluster: statement.forwarded_from.clone(),
            as_of: statement.published_at,
            scope: Scope {
                attacker: Some(side(claim.attacker).to_owned()),
                kind: kind(claim)?,
                object: claim.object.name().to_owned(),
                child: claim.child,
                area: area(claim, areas),
                window: window(claim, &times),
            },
            quantity: claim.quantity.clone(),
            part_of: claim.part_of.filter(|whole| counted(*whole)).map(name),
            own: false,
            words: heard.words(heard.span(claim)),
            statement: Some(statement.id.to_string()),
        })
    });
    claims.collect()
}

fn kind(claim: &Claim) -> Option<Kind> {
    Some(match (claim.kind, claim.detail) {
        (ClaimKind::Launched, _) => Kind::Launched,
        (ClaimKind::Intercepted, _) => Kind::Intercepted,
        (ClaimKind::Lost, _) => Kind::Lost,
        (ClaimKind::Hit, _) => Kind::Hit,
        (ClaimKind::Damaged, _) => Kind::Damaged,
        (ClaimKind::Killed, _) => Kind::Killed,
        (ClaimKind::Wounded, _) => Kind::Wounded,
        (ClaimKind::Other, Some("left_airspace")) => Kind::Left,
        (ClaimKind::Other, Some("still_airborne")) => Kind::Airborne,
        (ClaimKind::Other, _) => return None,
    })
}

const fn side(side: Side) -> &'static str {
    match side {
        Side::Ru => "RU",
        Side::Ua => "UA",
    }
}

fn window(claim: &Claim, times: &[TimeWords]) -> Option<[Timestamp; 2]> {
    if let Some(words) = &claim.time_ref {
        let own = times.iter().find(|it| {
            let (a, b) = (it.words.to_lowercase(), words.to_lowercase());
            a == b || b.contains(&a)
        });
        if let Some(own) = own {
            return own.window;
        }
        // Words that are no window here, such as the name of a month: nothing else may stand for them.
        return None;
    }
    let mut windows = times.iter().map(|it| it.window);
    let first = windows.next()??;
    windows.all(|it| it == Some(first)).then_some(first)
}

/// Where a claim speaks of: without a place the country that was attacked.
fn area(claim: &Claim, areas: &AreaSet) -> String {
    let country = |it: Side| if it == Side::Ua { "UA" } else { "RU" };
    let Some(place) = claim.place else { return country(claim.attacker.other()).to_owned() };
    match claims::country_of(place) {
        Some(Side::Ru) => format!("RU/{}", region(place)),
        Some(Side::Ua) => named(place, areas).unwrap_or_else(|| place.to_owned()),
        None => place.to_owned(),
    }
}

/// A region's name without its type, but for the one that would be taken for its city.
fn region(name: &str) -> &str {
    if name == "Kyiv Oblast" { name } else { name.strip_suffix(" Oblast").unwrap_or(name) }
}

/// A place of the country by its English name: a region, or the one town of that name.
fn named(place: &str, areas: &AreaSet) -> Option<String> {
    let oblasts = || areas.iter().filter(|it| it.level == Level::Oblast);
    if let Some(found) = oblasts().find(|it| areas.full_name_en(it) == place || short(areas, it) == place) {
        // "Poltava" alone is the town, "Poltava Oblast" the region.
        if place.ends_with(" Oblast") || found.category == 'K' || place == "Crimea" {
            return area_path(areas, found.code);
        }
    }
    let mut towns = areas.iter().filter(|it| it.level == Level::Hromada && it.name_en == place);
    let town = towns.next()?;
    if towns.next().is_some() { None } else { area_path(areas, town.code) }
}

fn short(areas: &AreaSet, area: &Area) -> String {
    match areas.full_name_en(area).as_str() {
        "Autonomous Republic of Crimea" => "Crimea".to_owned(),
        name => region(name).to_owned(),
    }
}

/// A community as a path from the country: `UA/Poltava/Lubny`; `None` when there is no such community.
#[must_use]
pub fn area_path(areas: &AreaSet, code: Code) -> Option<String> {
    let mut names = Vec::new();
    let mut at = areas.get(code)?;
    while let Some(parent) = at.parent {
        names.push(if at.level == Level::Oblast { short(areas, at) } else { at.name_en.clone() });
        at = areas.get(parent)?;
    }
    names.push("UA".to_owned());
    names.reverse();
    Some(names.join("/"))
}

/// The community of a path, as [`area_path`] writes it; `None` when there is none, or more than one.
#[must_use]
pub fn area_at(areas: &AreaSet, path: &str) -> Option<Code> {
    let mut names = path.split('/');
    if names.next()? != "UA" {
        return None;
    }
    let mut at = areas.at_level(Level::Country).next()?.code;
    for name in names {
        let same = |it: &&Area| if it.level == Level::Oblast { short(areas, it) == name } else { it.name_en == name };
        let mut found = areas.children(at).filter(same);
        at = found.next()?.code;
        if found.next().is_some() {
            return None;
        }
    }
    Some(at)
}
