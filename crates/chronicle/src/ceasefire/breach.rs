//! Incidents against clauses: was it in time, in the area, excepted, how sure, and by whom.

use super::dossier::{Clause, Dossier, Version, within};
use super::force::{Known, Period};
use crate::Quantity;
use crate::incident::{Applies, Attribution, Grade, Incident, Says, attribute, grade};
use model::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Whether it lies in a time of force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InTime {
    /// Wholly, by more than the grace.
    Yes,
    /// Not at all, by more than the grace.
    No,
    /// Within the grace of a start or an end, or launched on one side of it and arrived on the other.
    ClockUncertain,
}

/// Whether it lies in the area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InArea {
    /// Surely.
    Yes,
    /// Surely not.
    No,
    /// Near a boundary, or told of a wider area only.
    BoundaryUncertain,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A confirmed incident, in time, in the area, without an exception.
    Confirmed,
    /// Fair or confirmed, with something of that uncertain.
    Recorded,
    /// Weak or contested.
    Alleged,
    /// An exception applies.
    Excepted,
    /// Outside of time or area.
    Outside,
    /// Refuted, and kept.
    Discounted,
}

impl Status {
    /// Those that count, the surest first.
    pub const COUNTED: [Self; 3] = [Self::Confirmed, Self::Recorded, Self::Alleged];

    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Recorded => "recorded",
            Self::Alleged => "alleged",
            Self::Excepted => "excepted",
            Self::Outside => "outside",
            Self::Discounted => "discounted",
        }
    }
}

/// One breach of one clause: an incident, or a salvo of several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Breach {
    /// The clause.
    pub clause: String,
    /// The versions it is judged by.
    pub versions: BTreeSet<u32>,
    /// The incidents: what was counted raw.
    pub incidents: Vec<String>,
    /// How many things, over all of them.
    pub quantity: Quantity,
    /// From when to when.
    pub window: [Timestamp; 2],
    /// Where.
    pub area: String,
    /// In time.
    pub in_time: InTime,
    /// What else is to be known of its time.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub marks: BTreeSet<Mark>,
    /// In the area.
    pub in_area: InArea,
    /// Exceptions considered: id to result.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub exceptions: BTreeMap<String, Applies>,
    /// How sure it is that it happened: of a salvo the surest.
    pub grade: Grade,
    /// Who did it.
    pub attribution: Attribution,
    /// What the party that is blamed replies: sources.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub replies: BTreeSet<String>,
    /// What becomes of it.
    pub status: Status,
}

/// What was launched on one side of a start or an end and arrived on the other is marked, not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Launched before the start.
    LaunchedBefore,
    /// Arrived after the end.
    ArrivedAfter,
}

/// What is forbidden at a time, by one text or by what several have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Rules {
    pub(super) versions: BTreeSet<u32>,
    pub(super) clauses: Vec<Clause>,
    /// `None` is everywhere; an empty list is nowhere.
    pub(super) area: Option<Vec<String>>,
    pub(super) grace_s: u32,
    pub(super) exceptions: BTreeSet<String>,
}

impl Rules {
    pub(super) fn of(version: &Version) -> Self {
        Self {
            versions: BTreeSet::from([version.version]),
            clauses: version.clauses.clone(),
            area: if version.area.is_empty() { None } else { Some(version.area.clone()) },
            grace_s: version.grace_s,
            exceptions: version.exceptions.iter().map(|it| it.id.clone()).collect(),
        }
    }

    /// What both forbid, where both do.
    pub(super) fn shared(&self, other: &Self) -> Self {
        let mut clauses: Vec<Clause> = Vec::new();
        for a in &self.clauses {
            for clause in other.clauses.iter().filter_map(|b| shared_clause(a, b)) {
                if !clauses.contains(&clause) {
                    clauses.push(clause);
                }
            }
        }
        clauses.sort_by(|a, b| a.id.cmp(&b.id));
        let area = match (&self.area, &other.area) {
            (None, area) | (area, None) => area.clone(),
            (Some(a), Some(b)) => {
                let mut both: BTreeSet<&String> = BTreeSet::new();
                for (x, y) in a.iter().flat_map(|x| b.iter().map(move |y| (x, y))) {
                    both.extend(within(x, y).then_some(x));
                    both.extend(within(y, x).then_some(y));
                }
                Some(both.into_iter().cloned().collect())
            }
        };
        Self {
            versions: self.versions.union(&other.versions).copied().collect(),
            clauses,
            area,
            grace_s: self.grace_s.max(other.grace_s),
            // What one text allows, not both forbid.
            exceptions: self.exceptions.union(&other.exceptions).cloned().collect(),
        }
    }
}

fn shared_clause(a: &Clause, b: &Clause) -> Option<Clause> {
    if a.domain != b.domain {
        return None;
    }
    let objects: BTreeSet<String> = match (a.objects.is_empty(), b.objects.is_empty()) {
        (true, _) => b.objects.clone(),
        (_, true) => a.objects.clone(),
        _ => a.objects.intersection(&b.objects).cloned().collect(),
    };
    let nothing = objects.is_empty() && !(a.objects.is_empty() && b.objects.is_empty());
    let id =
        if a.id == b.id { a.id.clone() } else { format!("{}&{}", a.id.as_str().min(&b.id), a.id.as_str().max(&b.id)) };
    let words = a.words.clone().filter(|words| b.words.as_ref() == Some(words));
    (!nothing).then_some(Clause { id, domain: a.domain, objects, words })
}

/// By what is judged.
#[derive(Clone, Copy)]
pub(super) enum By<'a> {
    /// What the versions of all parties have in common.
    Common,
    /// One party's own version.
    Own(&'a str),
}

impl Known<'_> {
    /// What is forbidden at `t`; before a party's first acceptance, what it accepted later.
    pub(super) fn rules(&self, by: By<'_>, t: Timestamp) -> Option<Rules> {
        let own = |party: &str| {
            let first = || self.stances.iter().find_map(|it| self.own(party, it.at));
            self.own(party, t).or_else(first).map(Rules::of)
        };
        match by {
            By::Own(party) => own(party),
            By::Common => {
                let all: Option<Vec<Rules>> = self.parties.iter().map(|party| own(party)).collect();
                all?.into_iter().reduce(|a, b| a.shared(&b))
            }
        }
    }

    pub(super) fn periods_by(&self, by: By<'_>) -> Vec<Period> {
        match by {
            By::Own(party) => self.periods(party),
            By::Common => self.shared_periods(),
        }
    }
}

/// Where an incident lies in time, with a margin of grace and clock at every edge.
pub(super) fn in_time(incident: &Incident, periods: &[Period], grace_s: u32) -> (InTime, BTreeSet<Mark>) {
    let margin = (i64::from(grace_s) + i64::from(incident.clock_s)) * 1000;
    let [from, to] = incident.window;
    let mut marks = BTreeSet::new();
    let mut best = InTime::No;
    for period in periods {
        if let Some(launched) = incident.launched_at {
            if launched < period.from && from >= period.from && period.to.is_none_or(|end| from < end) {
                marks.insert(Mark::LaunchedBefore);
            }
            if period.to.is_some_and(|end| launched >= period.from && launched < end && from >= end) {
                marks.insert(Mark::ArrivedAfter);
            }
        }
        let inside = from >= period.from.plus_ms(margin) && period.to.is_none_or(|end| to < end.plus_ms(-margin));
        let near = to >= period.from.plus_ms(-margin) && period.to.is_none_or(|end| from <= end.plus_ms(margin));
        best = match (best, inside, near) {
            (_, true, _) | (InTime::Yes, ..) => InTime::Yes,
            (_, _, true) | (InTime::ClockUncertain, ..) => InTime::ClockUncertain,
            _ => InTime::No,
        };
    }
    if marks.is_empty() { (best, marks) } else { (InTime::ClockUncertain, marks) }
}

fn in_area(incident: &Incident, area: Option<&[String]>) -> InArea {
    let Some(area) = area else { return InArea::Yes };
    let inside = area.iter().any(|it| within(&incident.area, it));
    let wider = area.iter().any(|it| within(it, &incident.area));
    match (inside, wider, incident.area_sure) {
        (true, _, true) => InArea::Yes,
        (false, false, true) => InArea::No,
        _ => InArea::BoundaryUncertain,
    }
}

fn status(grade: Grade, in_time: InTime, in_area: InArea, exceptions: &BTreeMap<String, Applies>) -> Status {
    let any = |applies| exceptions.values().any(|it| *it == applies);
    let sure = in_time == InTime::Yes && in_area == InArea::Yes && !any(Applies::Unclear);
    match grade {
        Grade::Discounted => Status::Discounted,
        _ if in_time == InTime::No || in_area == InArea::No => Status::Outside,
        _ if any(Applies::Yes) => Status::Excepted,
        Grade::Confirmed if sure => Status::Confirmed,
        Grade::Confirmed | Grade::Fair => Status::Recorded,
        Grade::Weak | Grade::Contested => Status::Alleged,
    }
}

/// The incidents known at a time: the latest version of each, without those under embargo, and how many of these.
pub(super) fn known_incidents(dossier: &Dossier, at: Timestamp) -> (Vec<&Incident>, usize) {
    let mut latest: BTreeMap<&str, &Incident> = BTreeMap::new();
    for incident in dossier.incidents.iter().filter(|it| it.recorded_at <= at) {
        let entry = latest.entry(&incident.id).or_insert(incident);
        if incident.version > entry.version {
            *entry = incident;
        }
    }
    let (withheld, mut open): (Vec<&Incident>, Vec<&Incident>) =
        latest.into_values().partition(|it| it.embargo_until.is_some_and(|until| at < until));
    open.sort_by(|a, b| a.window.cmp(&b.window).then_with(|| a.id.cmp(&b.id)));
    (open, withheld.len())
}

/// Breaches of what `by` forbids, in the order of time. Incidents that touch none of its clauses are not among them.
pub(super) fn breaches(known: &Known<'_>, by: By<'_>, incidents: &[&Incident], salvo_s: u32) -> Vec<Breach> {
    let periods = known.periods_by(by);
    let mut found: Vec<Breach> = Vec::new();
    // The last breach of each salvo that may still grow.
    let mut growing: BTreeMap<String, usize> = BTreeMap::new();
    for incident in incidents {
        let Some(rules) = known.rules(by, incident.window[0]) else { continue };
        let (in_time, marks) = in_time(incident, &periods, rules.grace_s);
        let in_area = in_area(incident, rules.area.as_deref());
        let exceptions: BTreeMap<String, Applies> = incident
            .considered
            .iter()
            .filter(|it| rules.exceptions.contains(&it.exception))
            .map(|it| (it.exception.clone(), it.applies))
            .collect();
        let grade = grade(incident).grade;
        let attribution = attribute(incident);
        let replies: BTreeSet<String> = incident
            .accounts
            .iter()
            .filter(|it| it.says == Says::Denied && it.party.is_some() && it.party == attribution.party)
            .map(|it| it.source.clone())
            .collect();
        for clause in rules.clauses.iter().filter(|clause| touches(incident, clause)) {
            let party = attribution.party.as_deref().unwrap_or_default();
            let discounted = grade == Grade::Discounted;
            let key = format!(
                "{}\u{1f}{}\u{1f}{party}\u{1f}{in_time:?}{in_area:?}{discounted}{exceptions:?}{marks:?}",
                clause.id, incident.area
            );
            let joins = growing
                .get(&key)
                .copied()
                .filter(|at| incident.window[0].ms_since(found[*at].window[0]) <= i64::from(salvo_s) * 1000);
            if let Some(at) = joins {
                let breach = &mut found[at];
                breach.incidents.push(incident.id.clone());
                breach.quantity = breach.quantity.plus(&incident.quantity);
                breach.window[1] = breach.window[1].max(incident.window[1]);
                breach.grade = breach.grade.max(grade);
                if attribution.confidence > breach.attribution.confidence {
                    breach.attribution = attribution.clone();
                }
                breach.replies.extend(replies.iter().cloned());
                breach.versions.extend(&rules.versions);
                breach.status = status(breach.grade, in_time, in_area, &exceptions);
                continue;
            }
            growing.insert(key, found.len());
            found.push(Breach {
                clause: clause.id.clone(),
                versions: rules.versions.clone(),
                incidents: vec![incident.id.clone()],
                quantity: incident.quantity.clone(),
                window: incident.window,
                area: incident.area.clone(),
                in_time,
                marks: marks.clone(),
                in_area,
                exceptions: exceptions.clone(),
                grade,
                attribution: attribution.clone(),
                replies: replies.clone(),
                status: status(grade, in_time, in_area, &exceptions),
            });
        }
    }
    found
}

fn touches(incident: &Incident, clause: &Clause) -> bool {
    incident.domains.contains(clause.domain.name())
        && (clause.objects.is_empty() || clause.objects.iter().any(|object| incident.objects.contains(object)))
}
