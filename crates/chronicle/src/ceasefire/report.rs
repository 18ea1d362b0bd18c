//! Everything about one ceasefire as of a time.

use super::breach::{Breach, By, Status, breaches, known_incidents};
use super::count::{Compared, CountRow, compared, rows};
use super::days::{Day, days};
use super::dossier::{Clause, Domain, Dossier, Measure, Position, Stance, Version, Words};
use super::force::{Force, Known, Period, Turn};
use crate::Quantity;
use crate::incident::{Attribution, Graded, attribute, grade};
use model::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What all parties accepted in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Core {
    /// Versions it is made of.
    pub versions: Vec<u32>,
    /// What all of them forbid.
    pub clauses: Vec<Clause>,
    /// Where; `None` is everywhere, an empty list nowhere.
    pub area: Option<Vec<String>>,
    /// When it was in force for all.
    pub periods: Vec<Period>,
}

/// What came of it by one measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    /// By what: `common`, or the party whose own version it is.
    pub by: String,
    /// When that was in force.
    pub periods: Vec<Period>,
    /// Every breach, also those outside, excepted and discounted.
    pub breaches: Vec<Breach>,
    /// Those that count, by status.
    pub by_status: BTreeMap<&'static str, u32>,
    /// The same by the party they are attributed to; `-` is nobody.
    pub by_party: BTreeMap<String, u32>,
    /// Day by day.
    pub days: Vec<Day>,
}

/// One regime.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RegimeReport {
    /// Its name.
    pub regime: String,
    /// Every version known.
    pub versions: Vec<Version>,
    /// Every stance known, in the order of time.
    pub stances: Vec<Stance>,
    /// Whether it is in force.
    pub force: Force,
    /// Every change of that, overall.
    pub history: Vec<Turn>,
    /// What all parties accepted, if all accepted something.
    pub core: Option<Core>,
    /// By the common core first, then by each party's own version.
    pub judged: Vec<Judged>,
}

/// One incident with its grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncidentRow {
    /// Its name.
    pub id: String,
    /// Which version.
    pub version: u32,
    /// From when to when.
    pub window: [Timestamp; 2],
    /// Where.
    pub area: String,
    /// What it belongs to.
    pub domains: BTreeSet<String>,
    /// What was struck or threatened.
    pub objects: BTreeSet<String>,
    /// With what.
    pub weapons: BTreeSet<String>,
    /// How many things.
    pub quantity: Quantity,
    /// Harm and damage by field.
    pub harm: BTreeMap<String, Quantity>,
    /// Whether it happened.
    pub graded: Graded,
    /// Who did it.
    pub attribution: Attribution,
    /// Independent origins that speak for it.
    pub clusters: usize,
    /// Statements about it.
    pub statements: Vec<String>,
}

/// One dated thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimelineEntry {
    /// When.
    pub at: Timestamp,
    /// `text`, `stance`, `count` or `measure`.
    pub what: &'static str,
    /// Who.
    pub by: String,
    /// Which position, count or measure.
    pub detail: String,
    /// By whose words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<Words>,
}

/// Everything, as of a time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// What a person calls it.
    pub name: String,
    /// As of when: nothing recorded later is in it.
    pub at: Timestamp,
    /// The zone of its days.
    pub zone: String,
    /// Who must keep it.
    pub parties: Vec<String>,
    /// Regime by regime, in the order of the file.
    pub regimes: Vec<RegimeReport>,
    /// Incidents, graded.
    pub incidents: Vec<IncidentRow>,
    /// Incidents under embargo: counted, and not told.
    pub withheld: usize,
    /// What the parties counted themselves.
    pub counts: Vec<CountRow>,
    /// Whether those can be compared.
    pub compared: Vec<Compared>,
    /// Sanctions, pledges and the like.
    pub measures: Vec<Measure>,
    /// Everything with a date, in its order.
    pub timeline: Vec<TimelineEntry>,
}

/// Works out the report as of `at`.
#[must_use]
pub fn report(dossier: &Dossier, at: Timestamp) -> Report {
    let (incidents, withheld) = known_incidents(dossier, at);
    let mut names: Vec<&str> = Vec::new();
    for version in dossier.versions.iter().filter(|it| it.at <= at) {
        if !names.contains(&version.regime.as_str()) {
            names.push(&version.regime);
        }
    }
    let regimes = names
        .into_iter()
        .map(|name| {
            let known = Known::of(dossier, name, at);
            let core = known.rules(By::Common, at).map(|rules| Core {
                versions: rules.versions.into_iter().collect(),
                clauses: rules.clauses,
                area: rules.area,
                periods: known.shared_periods(),
            });
            let measures = std::iter::once((By::Common, "common"))
                .chain(dossier.parties.iter().map(|party| (By::Own(party), party.as_str())));
            let judged = measures
                .filter_map(|(by, label)| Some((by, label, known.rules(by, at)?)))
                .map(|(by, label, rules)| {
                    let protected: BTreeSet<Domain> = rules.clauses.iter().map(|it| it.domain).collect();
                    let breaches = breaches(&known, by, &incidents, dossier.salvo_s);
                    judge(dossier, (label, &protected), known.periods_by(by), breaches, at)
                })
                .collect();
            RegimeReport {
                regime: name.to_owned(),
                versions: known.versions.iter().map(|it| (*it).clone()).collect(),
                stances: known.stances.iter().map(|it| (*it).clone()).collect(),
                force: known.force(),
                history: known.history(),
                core,
                judged,
            }
        })
        .collect();
    Report {
        name: dossier.name.clone(),
        at,
        zone: dossier.zone_name.clone(),
        parties: dossier.parties.clone(),
        regimes,
        incidents: incidents
            .iter()
            .map(|it| IncidentRow {
                id: it.id.clone(),
                version: it.version,
                window: it.window,
                area: it.area.clone(),
                domains: it.domains.clone(),
                objects: it.objects.clone(),
                weapons: it.weapons.clone(),
                quantity: it.quantity.clone(),
                harm: it.harm.clone(),
                graded: grade(it),
                attribution: attribute(it),
                clusters: it.clusters().len(),
                statements: it.accounts.iter().filter_map(|account| account.statement.clone()).collect(),
            })
            .collect(),
        withheld: withheld + dossier.sealed,
        counts: rows(dossier, at),
        compared: compared(dossier, at),
        measures: dossier.measures.iter().filter(|it| it.at <= at).cloned().collect(),
        timeline: timeline(dossier, at),
    }
}

fn judge(
    dossier: &Dossier,
    (by, protected): (&str, &BTreeSet<Domain>),
    periods: Vec<Period>,
    breaches: Vec<Breach>,
    at: Timestamp,
) -> Judged {
    let mut by_status: BTreeMap<&'static str, u32> = BTreeMap::new();
    let mut by_party: BTreeMap<String, u32> = BTreeMap::new();
    for breach in breaches.iter().filter(|it| Status::COUNTED.contains(&it.status)) {
        *by_status.entry(breach.status.name()).or_default() += 1;
        *by_party.entry(breach.attribution.party.clone().unwrap_or_else(|| "-".to_owned())).or_default() += 1;
    }
    let days = days(dossier, protected, &periods, &breaches, at);
    Judged { by: by.to_owned(), periods, breaches, by_status, by_party, days }
}

/// The name of a position in files and JSON.
pub(super) const fn position_name(position: Position) -> &'static str {
    match position {
        Position::Proposed => "proposed",
        Position::Accepted => "accepted",
        Position::AcceptedWith => "accepted_with",
        Position::Rejected => "rejected",
        Position::Silent => "silent",
        Position::Withdrawn => "withdrawn",
    }
}

fn timeline(dossier: &Dossier, at: Timestamp) -> Vec<TimelineEntry> {
    let texts = dossier.versions.iter().map(|it| TimelineEntry {
        at: it.at,
        what: "text",
        by: it.proposer.clone(),
        detail: format!("{} v{}", it.regime, it.version),
        statement: None,
    });
    let stances = dossier.stances.iter().map(|it| TimelineEntry {
        at: it.at,
        what: "stance",
        by: it.party.clone(),
        detail: format!("{} v{}: {}", it.regime, it.version, position_name(it.position)),
        statement: Some(it.statement.clone()),
    });
    let counts = dossier.counts.iter().map(|it| TimelineEntry {
        at: it.at,
        what: "count",
        by: it.party.clone(),
        detail: format!("{} ({}) → {}", it.quantity, it.unit, it.accuses),
        statement: Some(it.statement.clone()),
    });
    let measures = dossier.measures.iter().map(|it| TimelineEntry {
        at: it.at,
        what: "measure",
        by: it.by.clone(),
        detail: it.kind.clone(),
        statement: Some(it.statement.clone()),
    });
    let mut all: Vec<TimelineEntry> =
        texts.chain(stances).chain(counts).chain(measures).filter(|it| it.at <= at).collect();
    all.sort_by_key(|it| it.at);
    all
}
