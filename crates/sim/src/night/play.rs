//! A night through the real engine, and the marks of every policy on it.

use super::fleet::{Flier, fleet};
use super::mark::Marks;
use super::real;
use super::scenario::Scenario;
use super::score::{Pass, PolicyScore, Score, fnv, lead_s};
use super::tell::{Told, config, tell};
use super::units::{Units, chord2, on_sphere};
use crate::score::gospa;
use crate::world::BEGIN;
use engine::{Engine, Policy};
use model::{
    Act, AreaSet, Code, Decision, DecisionBody, Event, EventBody, EventId, Item, Level, Picture, Position, Stage,
    Standing, ThreatKind, Timestamp,
};
use std::collections::BTreeSet;

/// Cut-off of the picture's GOSPA, kilometres: words name places, not points.
pub(super) const GOSPA_C_KM: f64 = 20.0;
/// Seconds between two looks at the picture.
const LOOK_S: i64 = 30;
/// Seconds between two scored forecasts.
const FORESEE_S: i64 = 60;
/// How long the rules of comparison sound after their reason is gone, seconds.
const HOLD_S: i64 = 600;

/// A policy of the engine under a name. Its advisories and its alerts are scored apart; the rules of comparison
/// (`region`, `doctrine`) are worked out beside it from the same picture.
#[derive(Debug, Clone, Default)]
pub struct Candidate {
    /// What the score calls it; empty for the built-in first policy.
    pub name: String,
    /// Its thresholds.
    pub policy: Policy,
}

const fn second_of(at: Timestamp) -> i64 {
    at.ms_since(BEGIN).div_euclid(1000)
}

/// Plays one night. Deterministic in the scenario, the seed and the policy.
pub fn play(scenario: &Scenario, seed: u64, candidate: &Candidate, areas: &'static AreaSet, units: &Units) -> Score {
    let fliers = fleet(scenario, seed, areas, units);
    let told = tell(scenario, seed, &fliers, areas, units);
    let mut night = Night::new(&fliers, areas, units);
    let mut engine = Engine::new(config(scenario, candidate.policy.clone(), areas), areas).loud();
    let (mut next, mut decisions) = (0, Vec::new());
    for Told { arrival, about } in &told {
        let event = Event { id: EventId(next), at: arrival.at, body: arrival.body.clone() };
        engine.step(&event, &mut decisions);
        next += 1 + decisions.len() as u64;
        night.score.events += 1;
        night.decided(&decisions);
        decisions.clear();
        let second = second_of(arrival.at);
        night.heard(&event, *about, second);
        if event.body == EventBody::Tick && second % LOOK_S == 0 {
            night.look(&engine.picture(), second);
        }
    }
    night.close(scenario, seed, candidate)
}

struct Night<'a> {
    fliers: &'a [Flier],
    areas: &'a AreaSet,
    units: &'a Units,
    /// Second of arrival and flier, by unit.
    arrivals: Vec<Vec<(i64, usize)>>,
    /// Seconds of the looks at which the picture held each flier.
    tracked: Vec<BTreeSet<i64>>,
    /// First report about each flier, and how many until its track.
    reported: Vec<Option<i64>>,
    reports: Vec<i64>,
    /// Regions told of as a whole, until when.
    menaced: Vec<(Code, i64)>,
    advisory: Marks,
    authority: Marks,
    region: Marks,
    doctrine: Marks,
    score: Score,
}

impl<'a> Night<'a> {
    fn new(fliers: &'a [Flier], areas: &'a AreaSet, units: &'a Units) -> Self {
        let mut arrivals: Vec<Vec<(i64, usize)>> = vec![Vec::new(); units.all.len()];
        for (n, flier) in fliers.iter().enumerate() {
            for (unit, second) in flier.passages(units) {
                arrivals[unit].push((second, n));
            }
        }
        for list in &mut arrivals {
            list.sort_unstable();
        }
        let marks = || Marks::new(units);
        Self {
            fliers,
            areas,
            units,
            arrivals,
            tracked: vec![BTreeSet::new(); fliers.len()],
            reported: vec![None; fliers.len()],
            reports: vec![0; fliers.len()],
            menaced: Vec::new(),
            advisory: marks(),
            authority: marks(),
            region: marks(),
            doctrine: marks(),
            score: Score::default(),
        }
    }

    fn decided(&mut self, decisions: &[Decision]) {
        for decision in decisions {
            let bytes = serde_json::to_vec(decision).unwrap_or_default();
            self.score.fingerprint = fnv(self.score.fingerprint, &bytes);
            self.score.decisions += 1;
            let second = second_of(decision.decided_at);
            let (alert, begins) = match &decision.body {
                DecisionBody::Raise(alert) => (alert, true),
                DecisionBody::End { alert, .. } => (alert, false),
                DecisionBody::Update(_) | DecisionBody::Note(_) => continue,
            };
            let level = self.areas.get(alert.community).map(|area| area.level);
            let marks = match alert.standing {
                // What may reach a raion need not reach every hromada of it: each has its own advisory.
                Standing::Advisory if level == Some(Level::Raion) => continue,
                Standing::Advisory => &mut self.advisory,
                Standing::Authority => &mut self.authority,
                Standing::Official => continue,
            };
            if begins {
                marks.raise(alert.id, self.units.under(alert.community), second);
            } else {
                marks.end(alert.id, second);
            }
        }
    }

    fn heard(&mut self, event: &Event, about: Option<usize>, second: i64) {
        let EventBody::Report(report) = &event.body else { return };
        if let Some(n) = about {
            self.reported[n].get_or_insert(second);
            if self.tracked[n].is_empty() {
                self.reports[n] += 1;
            }
        }
        for item in &report.items {
            if let Item::Threat(threat) = item
                && matches!(threat.act, Act::Threat | Act::Launch)
                && let Some(region) = threat.region
            {
                self.menaced.push((region, second + 1200));
                self.rules(&BTreeSet::from([region]), &BTreeSet::from([region]), second);
            }
        }
    }

    fn rules(&mut self, regions: &BTreeSet<Code>, doctrine: &BTreeSet<Code>, second: i64) {
        self.region.hold(regions, second, HOLD_S, self.units);
        self.doctrine.hold(doctrine, second, HOLD_S, self.units);
    }

    fn look(&mut self, picture: &Picture, second: i64) {
        let believed: Vec<_> =
            picture.tracks.iter().filter(|t| matches!(t.stage, Stage::Confirmed | Stage::Coasting)).collect();
        let places: Vec<[f64; 3]> = believed.iter().map(|track| on_sphere(track.position)).collect();
        for (n, flier) in self.fliers.iter().enumerate() {
            let Some(at) = flier.at(second).map(on_sphere) else { continue };
            let near_km = if lead_s(flier.kind) == 300 && flier.kind != ThreatKind::JetUav { 25.0 } else { 60.0 };
            if places.iter().any(|&place| chord2(place, at) < near_km * near_km) {
                self.tracked[n].insert(second);
            }
        }
        let (mut regions, mut doctrine) = (BTreeSet::new(), BTreeSet::new());
        self.menaced.retain(|&(_, until)| until > second);
        for &(region, _) in &self.menaced {
            regions.insert(region);
            doctrine.insert(region);
        }
        for (track, &place) in believed.iter().zip(&places) {
            let slow = matches!(track.kind, ThreatKind::Uav | ThreatKind::ReconUav | ThreatKind::Fpv);
            let near_km = if slow { 40.0 } else { 120.0 };
            for unit in &self.units.all {
                let reach_km = near_km + unit.radius_km;
                if unit.away2(place) < reach_km * reach_km {
                    regions.insert(unit.region);
                    doctrine.insert(if slow { unit.raion } else { unit.region });
                }
            }
        }
        self.rules(&regions, &doctrine, second);
        if second % FORESEE_S != 0 {
            return;
        }
        let arrivals = &self.arrivals;
        let next = |unit: usize| {
            let list: &Vec<(i64, usize)> = arrivals.get(unit)?;
            let at = list.partition_point(|&(at, _)| at <= second);
            list.get(at).map(|&(at, _)| at - second)
        };
        self.score.foresight.sample(second, picture, self.fliers, self.units, next);
        let flat = |p: Position| [(p.lon_deg() - 31.5) * 72.9, (p.lat_deg() - 49.0) * 111.195];
        let truth: Vec<[f64; 2]> =
            self.fliers.iter().filter(|flier| !flier.high).filter_map(|flier| flier.at(second)).map(flat).collect();
        let told: Vec<[f64; 2]> = believed.iter().map(|track| flat(track.position)).collect();
        let (look, _) = gospa(&truth, &told, GOSPA_C_KM);
        let seen = &mut self.score.seen;
        seen.looks += 1.0;
        seen.total2 += look.total;
        seen.localisation2 += look.localisation;
        seen.missed += super::many(look.missed);
        seen.false_ones += super::many(look.false_ones);
    }

    fn close(mut self, scenario: &Scenario, seed: u64, candidate: &Candidate) -> Score {
        let ends_s = scenario.seconds();
        let mut passes = Vec::new();
        for (unit, list) in self.arrivals.iter().enumerate() {
            for &(second, n) in list.iter().filter(|&&(second, _)| second < ends_s) {
                let kind = self.fliers[n].kind;
                let due_s = second - lead_s(kind);
                let tracked = if self.fliers[n].high {
                    self.reported[n].is_some_and(|at| at <= due_s)
                } else {
                    self.tracked[n].range(due_s - LOOK_S..=due_s).next().is_some()
                };
                passes.push(Pass { unit, kind, second, tracked });
            }
        }
        let named = |rule: &str| {
            if candidate.name.is_empty() { rule.to_owned() } else { format!("{}.{rule}", candidate.name) }
        };
        let all = [
            (named("advisory"), &mut self.advisory),
            (named("authority"), &mut self.authority),
            ("region".to_owned(), &mut self.region),
            ("doctrine".to_owned(), &mut self.doctrine),
        ];
        for (name, marks) in all {
            marks.close(ends_s);
            self.score.policies.insert(name, PolicyScore::of(marks, &passes, self.units));
        }
        self.score.scenario.clone_from(&scenario.name);
        self.score.seeds = vec![seed];
        self.score.groups = self.fliers.len();
        for (n, flier) in self.fliers.iter().enumerate().filter(|(_, flier)| !flier.high) {
            let Some(reported) = self.reported[n] else { continue };
            self.score.first_report_s.push(reported - flier.begins_s);
            match self.tracked[n].first() {
                Some(&first) => {
                    self.score.first_track_s.push((first - reported).max(0));
                    self.score.track_reports.push(self.reports[n]);
                }
                None => self.score.never_tracked += 1,
            }
        }
        self.score
    }
}

/// People under alert, told for a line of progress.
impl Score {
    /// Alert person-hours of a policy.
    pub fn person_hours(&self, policy: &str) -> Option<f64> {
        self.policies.get(policy).map(|policy| policy.person_hours)
    }

    /// Nights that were played.
    pub fn nights(&self) -> f64 {
        real(i64::try_from(self.seeds.len()).unwrap_or(0))
    }
}
