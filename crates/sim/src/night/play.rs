//! A night through the real engine, and the marks of every policy on it.

use super::duty::Duty;
use super::fleet::{Flier, aloft, fleet};
use super::mark::Marks;
use super::real;
use super::scenario::Scenario;
use super::score::{Pass, PolicyScore, Score, fnv, lead_s, least_person_hours};
use super::tell::{Told, config, tell};
use super::units::{Units, chord2, on_sphere};
use crate::score::{gospa, paired};
use crate::world::BEGIN;
use engine::{CameIn, Config, Engine, Policy, Rival};
use model::{
    AlertId, AreaSet, Decision, DecisionBody, Event, EventBody, EventId, Level, OfficerAction, Outcome, Picture,
    Position, Stage, Standing, Status, Timestamp,
};
use std::collections::BTreeSet;

/// Cut-off of the picture's GOSPA, kilometres: words name places, not points.
pub(super) const GOSPA_C_KM: f64 = 20.0;
/// Seconds between two looks at the picture.
const LOOK_S: i64 = 30;
/// Seconds between two scored forecasts.
const FORESEE_S: i64 = 60;
/// The duty officer's name in the record.
const DUTY: &str = "duty officer";

/// A policy under a name.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// What the score calls it.
    pub name: String,
    /// Its rules.
    pub policy: Policy,
}

impl Candidate {
    /// The shipped policies: `forecast` first, which is held against the others.
    pub fn shipped() -> Vec<Self> {
        let of = |name: &str| Policy::shipped(name).map(|policy| Self { name: name.to_owned(), policy });
        ["forecast", "doctrine", "region"].into_iter().filter_map(of).collect()
    }
}

const fn second_of(at: Timestamp) -> i64 {
    at.ms_since(BEGIN).div_euclid(1000)
}

/// Plays one night. Deterministic in the scenario, the seed and the policies.
///
/// Every policy meets the same events over the same sky, in authority mode, with the same duty officer on its alerts. The
/// first is the engine's own; the others are [`Rival`]s of it. Without candidates nothing is warned of.
/// `came_in`: where things came in in earlier nights, as far as the centre knows.
pub fn play(
    scenario: &Scenario,
    seed: u64,
    candidates: &[Candidate],
    came_in: &CameIn,
    areas: &'static AreaSet,
    units: &Units,
) -> Score {
    let fliers = fleet(scenario, seed, areas, units);
    let told = tell(scenario, seed, &fliers, areas, units);
    let mut night = Night::new(&fliers, areas, units, candidates.len());
    let policy = candidates.first().map_or_else(Policy::default, |first| first.policy.clone());
    let config = Config { came_in: came_in.clone(), ..config(scenario, seed, policy, areas, units) };
    let mut engine = Engine::new(config, areas).loud();
    let mut rivals: Vec<Rival> = candidates.iter().skip(1).map(|rival| Rival::new(rival.policy.clone())).collect();
    let mut duties: Vec<Duty> = candidates.iter().map(|_| Duty::new(scenario.officer(), seed)).collect();
    let (mut next, mut decisions) = (0, Vec::new());
    for Told { arrival, about } in &told {
        let event = Event { id: EventId(next), at: arrival.at, body: arrival.body.clone() };
        night.step(&mut engine, &mut rivals, &event, &mut decisions, &mut next);
        let second = second_of(arrival.at);
        night.heard(&event, *about, second);
        if event.body != EventBody::Tick {
            continue;
        }
        for (n, duty) in duties.iter_mut().enumerate() {
            let rival = n.checked_sub(1).and_then(|n| rivals.get_mut(n));
            let (waiting, standing): (_, Vec<_>) = match &rival {
                Some(rival) => (rival.unheld(&engine), rival.alerts().map(|alert| alert.id).collect()),
                None => (engine.unheld(), engine.own_alerts().map(|alert| alert.id).collect()),
            };
            let orders = duty.look(second, &waiting, &standing);
            night.score.policy(n).orders += orders.len();
            let orders = orders.into_iter().map(ends);
            if let Some(rival) = rival {
                for action in orders {
                    rival.order(&engine, event.id, DUTY, &action, &mut decisions);
                    night.decided(n, &decisions);
                    decisions.clear();
                }
                continue;
            }
            for action in orders {
                let body = EventBody::Officer { officer: DUTY.to_owned(), action, status: Some(Status::Exercise) };
                let order = Event { id: EventId(next), at: arrival.at, body };
                night.step(&mut engine, &mut rivals, &order, &mut decisions, &mut next);
            }
        }
        if second % LOOK_S == 0 {
            night.look(&engine.picture(), second);
        }
    }
    night.close(scenario, seed, candidates)
}

fn ends(alerts: Vec<AlertId>) -> OfficerAction {
    let (outcome, reason) = (Outcome::Passed, "nothing is foreseen any longer".to_owned());
    match alerts.as_slice() {
        &[alert] => OfficerAction::End { alert, outcome, reason },
        _ => OfficerAction::EndTogether { alerts, outcome, reason },
    }
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
    advisory: Marks,
    /// By policy.
    own: Vec<Marks>,
    score: Score,
}

impl<'a> Night<'a> {
    fn new(fliers: &'a [Flier], areas: &'a AreaSet, units: &'a Units, policies: usize) -> Self {
        let mut arrivals: Vec<Vec<(i64, usize)>> = vec![Vec::new(); units.all.len()];
        for (n, flier) in fliers.iter().enumerate() {
            for (unit, second) in flier.passages(units) {
                arrivals[unit].push((second, n));
            }
        }
        for list in &mut arrivals {
            list.sort_unstable();
        }
        Self {
            fliers,
            areas,
            units,
            arrivals,
            tracked: vec![BTreeSet::new(); fliers.len()],
            reported: vec![None; fliers.len()],
            reports: vec![0; fliers.len()],
            advisory: Marks::new(units),
            own: vec![Marks::new(units); policies],
            score: Score::default(),
        }
    }

    /// One event through the engine, and what every policy makes of it.
    fn step(
        &mut self,
        engine: &mut Engine,
        rivals: &mut [Rival],
        event: &Event,
        decisions: &mut Vec<Decision>,
        next: &mut u64,
    ) {
        engine.step(event, decisions);
        *next += 1 + decisions.len() as u64;
        self.score.events += 1;
        self.decided(0, decisions);
        decisions.clear();
        for (n, rival) in rivals.iter_mut().enumerate() {
            rival.decide(engine, event.id, decisions);
            self.decided(n + 1, decisions);
            decisions.clear();
        }
    }

    fn decided(&mut self, policy: usize, decisions: &[Decision]) {
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
                Standing::Authority => match self.own.get_mut(policy) {
                    Some(marks) => marks,
                    None => continue,
                },
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
        let EventBody::Report(_) = &event.body else { return };
        if let Some(n) = about {
            self.reported[n].get_or_insert(second);
            if self.tracked[n].is_empty() {
                self.reports[n] += 1;
            }
        }
    }

    fn look(&mut self, picture: &Picture, second: i64) {
        let believed: Vec<_> =
            picture.tracks.iter().filter(|t| matches!(t.stage, Stage::Confirmed | Stage::Coasting)).collect();
        let places: Vec<[f64; 3]> = believed.iter().map(|track| on_sphere(track.position)).collect();
        let mut aloft = aloft(self.fliers, second);
        aloft.retain(|&(n, ..)| !self.fliers[n].high);
        // One track is of one group: of another it says nothing.
        let cost = |row: usize, column: usize| {
            let (_, held_km, at) = aloft[row];
            chord2(places[column], at) - held_km * held_km
        };
        for (row, _) in paired(aloft.len(), places.len(), cost) {
            self.tracked[aloft[row].0].insert(second);
        }
        if second % FORESEE_S != 0 {
            return;
        }
        let arrivals = &self.arrivals;
        let come = |unit: usize| {
            let list: &[(i64, usize)] = arrivals.get(unit).map_or(&[], Vec::as_slice);
            &list[list.partition_point(|&(at, _)| at <= second)..]
        };
        self.score.foresight.sample(second, picture, self.fliers, self.units, come);
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

    fn close(mut self, scenario: &Scenario, seed: u64, candidates: &[Candidate]) -> Score {
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
                passes.push(Pass { unit, kind, second, tracked, flier: (n, self.reported[n]) });
            }
        }
        self.score.least_person_hours = least_person_hours(&passes, self.units, &scenario.officer(), ends_s);
        let advisory = self.advisory.closed(ends_s);
        self.score.advisory.add(&PolicyScore::of(advisory, &passes, self.units));
        for (n, candidate) in candidates.iter().enumerate() {
            let Some(marks) = self.own.get_mut(n) else { continue };
            let of = PolicyScore::of(marks.closed(ends_s), &passes, self.units);
            let score = self.score.policy(n);
            score.add(&of);
            score.name.clone_from(&candidate.name);
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
        self.policies.iter().find(|of| of.name == policy).map(|of| of.person_hours)
    }

    /// Nights that were played.
    pub fn nights(&self) -> f64 {
        real(i64::try_from(self.seeds.len()).unwrap_or(0))
    }
}
