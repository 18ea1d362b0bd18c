//! Day by day: breaches, hours observed, hours without a breach. An hour that nobody observed says nothing.

use super::breach::{Breach, Status};
use super::dossier::{Coverage, Domain, Dossier, within};
use super::force::Period;
use jiff::civil::{Date, Time};
use jiff::{Span, ToSpan as _};
use model::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Most days of one report.
pub(super) const DAYS_MAX: usize = 400;
const HOUR_MS: i64 = 3_600_000;

/// One area on one day, in whole clock hours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AreaDay {
    /// Hours in force.
    pub hours: u32,
    /// Of these observed for their whole length, in everything that is protected.
    pub observed: u32,
    /// Observed in a part of it only: their silence says nothing of the rest, and they are not among the observed.
    #[serde(skip_serializing_if = "none")]
    pub partly: u32,
    /// Observed, and without a confirmed or recorded breach.
    pub breach_free: u32,
    /// Observed, without such a breach, and with an alleged one.
    pub alleged_only: u32,
    /// In which the feed of alerts was up; no hour is observed by that alone.
    pub feed: u32,
    /// Of these without an alert of our own log.
    pub alert_free: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn none(hours: &u32) -> bool {
    *hours == 0
}

/// One day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Day {
    /// The date on which it begins, in the dossier's zone.
    pub date: String,
    /// From when to when; the last may be cut off by the time of the report.
    pub window: [Timestamp; 2],
    /// Breaches that begin on it, by status; only those that count.
    pub by_status: BTreeMap<&'static str, u32>,
    /// The same by clause.
    pub by_clause: BTreeMap<String, u32>,
    /// The same by area.
    pub by_area: BTreeMap<String, u32>,
    /// The same by the party they are attributed to; `-` is nobody.
    pub by_party: BTreeMap<String, u32>,
    /// Incidents in them: the raw count.
    pub incidents: u32,
    /// More or fewer breaches than on the day before.
    pub change: Option<i64>,
    /// Contested breaches: clause and incidents.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disputed: Vec<String>,
    /// Hours, by area of coverage.
    pub areas: BTreeMap<String, AreaDay>,
}

/// Days of force from the first period to its end or `at`, with what happened on them.
pub(super) fn days(
    dossier: &Dossier,
    protected: &BTreeSet<Domain>,
    periods: &[Period],
    breaches: &[Breach],
    at: Timestamp,
) -> Vec<Day> {
    let (Some(first), Some(last)) = (periods.first(), periods.last()) else { return Vec::new() };
    let end = last.to.map_or(at, |to| to.min(at));
    let mut days: Vec<Day> = Vec::new();
    for window in windows(dossier, first.from, end) {
        let date = jiff::Timestamp::from_millisecond(window[0].millis())
            .map_or_else(|_| String::new(), |it| it.to_zoned(dossier.zone.clone()).date().to_string());
        let mut day = Day {
            date,
            window: [window[0], window[1].min(end)],
            by_status: BTreeMap::new(),
            by_clause: BTreeMap::new(),
            by_area: BTreeMap::new(),
            by_party: BTreeMap::new(),
            incidents: 0,
            change: None,
            disputed: Vec::new(),
            areas: BTreeMap::new(),
        };
        let begins = |it: &&Breach| it.window[0] >= window[0] && it.window[0] < window[1];
        for breach in breaches.iter().filter(begins).filter(|it| Status::COUNTED.contains(&it.status)) {
            *day.by_status.entry(breach.status.name()).or_default() += 1;
            *day.by_clause.entry(breach.clause.clone()).or_default() += 1;
            *day.by_area.entry(breach.area.clone()).or_default() += 1;
            let party = breach.attribution.party.clone().unwrap_or_else(|| "-".to_owned());
            *day.by_party.entry(party).or_default() += 1;
            day.incidents += u32::try_from(breach.incidents.len()).unwrap_or(u32::MAX);
            if breach.grade == crate::incident::Grade::Contested {
                day.disputed.push(format!("{}: {}", breach.clause, breach.incidents.join(", ")));
            }
        }
        let count = |day: &Day| day.by_status.values().map(|n| i64::from(*n)).sum::<i64>();
        day.change = days.last().map(|before| count(&day) - count(before));
        let watched: BTreeSet<&String> = dossier.coverage.iter().map(|it| &it.area).collect();
        for area in watched {
            day.areas.insert(area.clone(), hours(dossier, (area, protected), periods, breaches, day.window, at));
        }
        days.push(day);
    }
    days
}

/// Days of the dossier's zone from cut-off to cut-off that meet a span, at most [`DAYS_MAX`].
fn windows(dossier: &Dossier, from: Timestamp, to: Timestamp) -> Vec<[Timestamp; 2]> {
    let cut: Span = i64::from(dossier.cut_off_min).minutes();
    let begin = |date: Date| -> Option<Timestamp> {
        let local = date.to_datetime(Time::midnight()).checked_add(cut).ok()?;
        let at = dossier.zone.to_ambiguous_timestamp(local).compatible().ok()?;
        Some(Timestamp::from_millis(at.as_millisecond()))
    };
    let Ok(start) = jiff::Timestamp::from_millisecond(from.millis()) else { return Vec::new() };
    let mut date = start.to_zoned(dossier.zone.clone()).date();
    if begin(date).is_some_and(|it| it > from)
        && let Ok(before) = date.yesterday()
    {
        date = before;
    }
    let mut found = Vec::new();
    while found.len() < DAYS_MAX {
        let (Some(a), Some(b)) = (begin(date), date.tomorrow().ok().and_then(begin)) else { break };
        if a >= to {
            break;
        }
        found.push([a, b]);
        let Ok(next) = date.tomorrow() else { break };
        date = next;
    }
    found
}

fn hours(
    dossier: &Dossier,
    (area, protected): (&str, &BTreeSet<Domain>),
    periods: &[Period],
    breaches: &[Breach],
    window: [Timestamp; 2],
    at: Timestamp,
) -> AreaDay {
    let mut day = AreaDay::default();
    let watches = || dossier.coverage.iter().filter(|it| within(area, &it.area) && it.recorded_at <= at);
    let today = |it: &[Timestamp; 2]| meets(*it, window);
    // A feed of alerts watches for alerts alone: of shelling, or of what no siren is for, its silence says nothing.
    let someone = watches().filter(|it| it.sensor_hours > 0 || it.reporters > 0);
    let someone: Vec<&Coverage> = someone.filter(|it| today(&it.window)).collect();
    // Who watches a front does not watch the sky over it.
    let watching: Vec<Vec<[Timestamp; 2]>> = protected
        .iter()
        .map(|domain| {
            let watches = |it: &&&Coverage| it.domains.is_empty() || it.domains.contains(domain);
            someone.iter().filter(watches).map(|it| it.window).collect()
        })
        .collect();
    // That no alert sounded says something only of hours in which the feed of alerts was up.
    let feed: Vec<[Timestamp; 2]> = watches().filter(|it| it.alert_feed).map(|it| it.window).filter(today).collect();
    // What is told of a wider area may have been here: an hour with it is not called quiet.
    let here = |it: &str| within(it, area) || within(area, it);
    let alerts: Vec<[Timestamp; 2]> =
        dossier.alerts.iter().filter(|it| here(&it.area)).map(|it| it.window).filter(today).collect();
    let here: Vec<&Breach> = breaches.iter().filter(|it| here(&it.area) && meets(it.window, window)).collect();
    let mut from = window[0];
    while from < window[1] {
        let hour = [from, from.plus_ms(HOUR_MS)];
        from = hour[1];
        let in_force = periods.iter().any(|it| it.from <= hour[0] && it.to.is_none_or(|to| hour[0] < to));
        if !in_force || hour[1] > at {
            continue;
        }
        day.hours += 1;
        if covered(hour, &feed) {
            day.feed += 1;
            day.alert_free += u32::from(!alerts.iter().any(|alert| meets(*alert, hour)));
        }
        let watched = watching.iter().filter(|it| covered(hour, it)).count();
        if watched < watching.len() || watched == 0 {
            day.partly += u32::from(watched > 0);
            continue;
        }
        day.observed += 1;
        let with = |statuses: &[Status]| here.iter().any(|it| statuses.contains(&it.status) && meets(it.window, hour));
        if !with(&[Status::Confirmed, Status::Recorded]) {
            day.breach_free += 1;
            day.alleged_only += u32::from(with(&[Status::Alleged]));
        }
    }
    day
}

/// Whether a window, or an instant, has anything in `span`.
fn meets(window: [Timestamp; 2], span: [Timestamp; 2]) -> bool {
    window[0] < span[1] && (window[1] > span[0] || window[0] >= span[0])
}

/// Whether windows together hold a whole span.
fn covered(span: [Timestamp; 2], windows: &[[Timestamp; 2]]) -> bool {
    let mut reached = span[0];
    loop {
        let next = windows.iter().filter(|it| it[0] <= reached && it[1] > reached).map(|it| it[1]).max();
        match next {
            _ if reached >= span[1] => return true,
            Some(next) => reached = next,
            None => return false,
        }
    }
}
