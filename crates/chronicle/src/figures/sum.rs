//! The figures of a span.

use super::file::Claims;
use crate::reconcile::{Identity, Kind, Told, Verdict, clusters, compare, identities};
use crate::{Hedge, Quantity};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan as _};
use model::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Most pairs of claims listed that contradict each other.
const CONFLICTS_MAX: usize = 500;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// How long a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// From 18:00 of the day before to 9:00 of the day.
    Night,
    /// Seven days from the day on.
    Week,
    /// The calendar month of the day.
    Month,
}

/// The span of that length at `day` (`2025-03-20`) in a zone; what is wrong with the day in words.
///
/// # Errors
/// A day that is none.
pub fn span(zone: &TimeZone, length: Length, day: &str) -> Result<[Timestamp; 2], String> {
    let date: Date = day.parse().map_err(|_| format!("read {day:?} as a day: expected one such as 2025-03-20"))?;
    let absurd = || format!("accept the day {day}: it has no such span");
    let moved = |date: Date, by: Span| date.checked_add(by).map_err(|_| absurd());
    let (from, to, hours) = match length {
        Length::Night => (moved(date, (-1).days())?, date, [18, 9]),
        Length::Week => (date, moved(date, 7.days())?, [0, 0]),
        Length::Month => (date.first_of_month(), moved(date.first_of_month(), 1.month())?, [0, 0]),
    };
    let instant = |date: Date, hour: i8| {
        let local = date.to_datetime(Time::constant(hour, 0, 0, 0));
        let at = zone.to_ambiguous_timestamp(local).compatible().map_err(|_| absurd())?;
        Timestamp::checked(at.as_millisecond()).map_err(|error| error.to_string())
    };
    Ok([instant(from, hours[0])?, instant(to, hours[1])?])
}

/// One source's numbers of one scope, over the spans it tells of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summed {
    /// Who says so.
    pub source: String,
    /// How many; `None` when its spans overlap, so that they cannot be added.
    pub quantity: Option<Quantity>,
    /// The claims, each with its words.
    pub claims: Vec<Told>,
    /// The one number that ACLED would code: the least, 10 for tens, 12 for dozens, 100 for hundreds.
    pub acled_point: Option<u64>,
    /// Low, best and high as UCDP writes them.
    pub ucdp: Option<Ucdp>,
}

/// Three numbers for one interval, as the UCDP writes them; what was not said is not made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Ucdp {
    /// The least.
    pub low: u64,
    /// The number that was said; `None` where none was ("dozens", "several").
    pub best: Option<u64>,
    /// The most; `None` is open.
    pub high: Option<u64>,
}

/// What is said of one class of things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What is said.
    pub kind: Kind,
    /// Of what.
    pub object: String,
    /// Only children.
    pub child: bool,
    /// Whose weapons.
    pub attacker: Option<String>,
    /// Where.
    pub area: String,
    /// By each source that is not replaced, never added to each other.
    pub sources: Vec<Summed>,
    /// Independent origins.
    pub clusters: usize,
}

/// Two claims that cannot both be true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// The two, with their words.
    pub claims: [Told; 2],
}

/// How long alerts lasted in an area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlertHours {
    /// How many.
    pub alerts: u32,
    /// Minutes in which at least one was in force.
    pub minutes: u64,
}

/// Everything of a span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// What a person calls it.
    pub name: String,
    /// From when to when; `None` is all of the file.
    pub span: Option<[Timestamp; 2]>,
    /// Its zone.
    pub zone: String,
    /// The rule of that zone.
    #[serde(skip)]
    pub clock: TimeZone,
    /// What is said, by kind and class.
    pub rows: Vec<Row>,
    /// What became of what was launched, by source.
    pub identities: Vec<Identity>,
    /// Claims that contradict each other, at most 500 pairs.
    pub conflicts: Vec<Conflict>,
    /// Pairs beyond those.
    #[serde(skip_serializing_if = "is_zero")]
    pub conflicts_more: usize,
    /// Pairs of claims by verdict.
    pub verdicts: BTreeMap<&'static str, u32>,
    /// Claims that the same source replaced by a later one.
    pub superseded: Vec<Told>,
    /// Claims whose time is not resolved: in no figure.
    pub undated: Vec<Told>,
    /// Claims whose window crosses an end of the span: in no figure.
    pub crossing: Vec<Told>,
    /// Alerts, by area.
    pub alerts: BTreeMap<String, AlertHours>,
}

/// Works out the figures of a span, or of everything.
#[must_use]
pub fn figures(claims: &Claims, span: Option<[Timestamp; 2]>) -> Figures {
    let (mut inside, mut undated, mut crossing) = (Vec::new(), Vec::new(), Vec::new());
    for told in &claims.claims {
        match (told.scope.window, span) {
            (None, _) => undated.push(told.clone()),
            (Some(_), None) => inside.push(told),
            (Some([from, to]), Some(span)) if span[0] <= from && to <= span[1] => inside.push(told),
            (Some([from, to]), Some(span)) if from < span[1] && span[0] < to => crossing.push(told.clone()),
            _ => {}
        }
    }
    let mut verdicts: BTreeMap<&'static str, u32> = BTreeMap::new();
    let mut conflicts = Vec::new();
    let mut replaced: BTreeSet<&str> = BTreeSet::new();
    for (at, a) in inside.iter().enumerate() {
        for b in &inside[at + 1..] {
            let verdict = compare(a, b);
            *verdicts.entry(verdict.name()).or_default() += 1;
            match verdict {
                Verdict::Superseded => _ = replaced.insert(if a.as_of < b.as_of { &a.id } else { &b.id }),
                Verdict::Conflict => conflicts.push((*a, *b)),
                _ => {}
            }
        }
    }
    let standing: Vec<&Told> = inside.iter().copied().filter(|it| !replaced.contains(it.id.as_str())).collect();
    let stands = |it: &Told| !replaced.contains(it.id.as_str());
    let contested: Vec<(&Told, &Told)> = conflicts.into_iter().filter(|(a, b)| stands(a) && stands(b)).collect();
    Figures {
        name: claims.name.clone(),
        span,
        zone: claims.zone_name.clone(),
        clock: claims.zone.clone(),
        rows: rows(&standing),
        identities: identities(&standing),
        conflicts_more: contested.len().saturating_sub(CONFLICTS_MAX),
        conflicts: contested
            .into_iter()
            .take(CONFLICTS_MAX)
            .map(|(a, b)| Conflict { claims: [a.clone(), b.clone()] })
            .collect(),
        verdicts,
        superseded: inside.iter().filter(|it| !stands(it)).map(|it| (*it).clone()).collect(),
        undated,
        crossing,
        alerts: alerts(claims, span),
    }
}

fn rows(standing: &[&Told]) -> Vec<Row> {
    type Key<'a> = (Kind, &'a str, bool, Option<&'a str>, &'a str);
    let mut groups: BTreeMap<Key<'_>, Vec<&Told>> = BTreeMap::new();
    for told in standing {
        let scope = &told.scope;
        let key = (scope.kind, scope.object.as_str(), scope.child, scope.attacker.as_deref(), scope.area.as_str());
        groups.entry(key).or_default().push(told);
    }
    let mut rows: Vec<Row> = groups
        .into_iter()
        .map(|((kind, object, child, attacker, area), told)| {
            let mut by_source: BTreeMap<&str, Vec<&Told>> = BTreeMap::new();
            for it in &told {
                by_source.entry(&it.source).or_default().push(it);
            }
            Row {
                kind,
                object: object.to_owned(),
                child,
                attacker: attacker.map(str::to_owned),
                area: area.to_owned(),
                clusters: clusters(told.iter().copied()).len(),
                sources: by_source.into_iter().map(|(source, told)| summed(source, &told)).collect(),
            }
        })
        .collect();
    let order = |kind: Kind| Kind::ALL.iter().position(|it| *it == kind);
    rows.sort_by_key(|row| order(row.kind));
    rows
}

/// One source's claims of one scope: added up only where their windows do not overlap.
fn summed(source: &str, told: &[&Told]) -> Summed {
    let mut windows: Vec<[Timestamp; 2]> = told.iter().filter_map(|it| it.scope.window).collect();
    windows.sort_unstable();
    let overlap = windows.windows(2).any(|pair| pair[1][0] < pair[0][1]);
    let quantity = match told {
        [one] => Some(one.quantity.clone()),
        _ if overlap => None,
        many => many.iter().map(|it| it.quantity.clone()).reduce(|a, b| a.plus(&b)),
    };
    Summed {
        source: source.to_owned(),
        acled_point: quantity.as_ref().map(acled_point),
        ucdp: quantity.as_ref().map(ucdp),
        quantity,
        claims: told.iter().map(|it| (*it).clone()).collect(),
    }
}

/// The one number that ACLED would code.
pub(crate) fn acled_point(quantity: &Quantity) -> u64 {
    match quantity.hedge {
        Some(Hedge::Tens) => 10,
        Some(Hedge::Dozens) => 12,
        Some(Hedge::Hundreds) => 100,
        _ => quantity.low,
    }
}

/// The three numbers that the UCDP would code. "Fewer than ten" says ten and means less: the best lies in the interval.
pub(crate) fn ucdp(quantity: &Quantity) -> Ucdp {
    let exact = quantity.high.filter(|_| quantity.exact);
    let best = quantity.value.map(|it| it.clamp(quantity.low, quantity.high.unwrap_or(u64::MAX))).or(exact);
    Ucdp { low: quantity.low, best, high: quantity.high }
}

fn alerts(claims: &Claims, span: Option<[Timestamp; 2]>) -> BTreeMap<String, AlertHours> {
    let mut windows: BTreeMap<&String, Vec<[Timestamp; 2]>> = BTreeMap::new();
    for (area, [from, to]) in &claims.alerts {
        let (from, to) = span.map_or((*from, *to), |span| ((*from).max(span[0]), (*to).min(span[1])));
        if from < to {
            windows.entry(area).or_default().push([from, to]);
        }
    }
    windows
        .into_iter()
        .map(|(area, mut windows)| {
            windows.sort_unstable();
            let alerts = u32::try_from(windows.len()).unwrap_or(u32::MAX);
            let (mut covered_ms, mut reached) = (0_i64, Timestamp::from_millis(i64::MIN));
            for [from, to] in windows {
                let from = from.max(reached);
                covered_ms += to.ms_since(from).max(0);
                reached = reached.max(to);
            }
            (area.clone(), AlertHours { alerts, minutes: u64::try_from(covered_ms / 60_000).unwrap_or(0) })
        })
        .collect()
}
