//! The life of an alert, explored exhaustively: the real engine, every sequence of what may happen to it.
//!
//! What comes in: all sequences of [`ACTIONS`] up to a depth, over a small country with two officers, a sensor, an official
//! source and a monitor. States that are equal but for their numbers are explored once ([`Life::state`]).
//! What always holds, after every step: see [`check`]; and in every state a restart from the record stands where the
//! engine stood ([`restarts`]).

use crate::world::{AREAS, at, code, config, drone, observer, order, report, source};
use engine::{Config, Engine, Mode, Policy, SourceProfile};
use model::{
    Alert, AlertId, AlertLevel, AlertType, Because, CommunityStatus, Decision, DecisionBody, DeskMemo, Event,
    EventBody, EventId, Item, NoteKind, OfficerAction, OrderAct, Outcome, ReportId, Standing, Status, ThreatKind, Word,
};
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What may happen, from any state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    /// An officer raises a hromada, a raion, another raion, a region, or a rare kind.
    RaiseHromada,
    RaiseRaion,
    RaiseOther,
    RaiseRegion,
    RaiseRare,
    /// The newest waiting order is seconded: by who gave it, under another spelling, or by somebody else.
    SecondSelf,
    SecondOther,
    /// Of this centre's alerts: the newest or the oldest.
    Confirm,
    Hold,
    Release,
    Widen,
    Narrow,
    End,
    Retract,
    /// An order meant for the other world.
    OtherWorld,
    /// A trusted source tells of a drone; a source nobody knows does.
    Drone,
    Stranger,
    /// An official source raises and ends.
    OfficialRaise,
    OfficialEnd,
    /// What could not be read.
    Refused,
    Minute,
    /// Forty minutes with a live sensor; with nobody.
    Watched,
    Silence,
}
use Action::*;

const ACTIONS: [Action; 23] = [
    RaiseHromada,
    RaiseRaion,
    RaiseOther,
    RaiseRegion,
    RaiseRare,
    SecondSelf,
    SecondOther,
    Confirm,
    Hold,
    Release,
    Widen,
    Narrow,
    End,
    Retract,
    OtherWorld,
    Drone,
    Stranger,
    OfficialRaise,
    OfficialEnd,
    Refused,
    Minute,
    Watched,
    Silence,
];

/// How many communities one officer may raise alone.
const REACH_COUNT: usize = 1;

fn settings() -> Config {
    let mut config = config();
    config.mode = Mode::Authority;
    config.policy = Policy::shipped("forecast").unwrap();
    config.policy.officers.reach_count = u32::try_from(REACH_COUNT).unwrap();
    let sensor = SourceProfile { senses: vec![code("UA")], stale_after_ms: 90_000, ..observer(0.95) };
    config.sources.insert(source("sensor"), sensor);
    config
}

/// An engine, and its record as the program keeps it.
#[derive(Clone)]
struct Life {
    engine: Engine,
    record: Vec<(Event, Vec<Decision>)>,
    next: u64,
    minute: f64,
    path: Vec<Action>,
}

impl Life {
    fn new() -> Self {
        let engine = Engine::new(settings(), &AREAS).loud();
        Self { engine, record: Vec::new(), next: 1, minute: 0.0, path: Vec::new() }
    }

    /// Steps one event and checks what must hold of it.
    fn step(&mut self, body: EventBody) {
        let before = self.engine.picture().alerts;
        let event = Event { id: EventId(self.next), at: at(self.minute), body };
        let mut decisions = Vec::new();
        self.engine.step(&event, &mut decisions);
        check(self, &before, &event, &decisions);
        if event.body != EventBody::Tick || !decisions.is_empty() {
            self.next += 1 + decisions.len() as u64;
            self.record.push((event, decisions));
        }
    }

    fn officer(&mut self, name: &str, action: OfficerAction) {
        self.step(EventBody::Officer { officer: name.to_owned(), action, status: Some(Status::Exercise) });
    }

    /// This centre's alert: the newest, or the oldest; a number that nothing has when there is none.
    fn alert(&self, newest: bool) -> Alert {
        let alerts = self.engine.picture().alerts;
        let mut own = alerts.iter().filter(|alert| alert.standing == Standing::Authority);
        let one = if newest { own.next_back() } else { own.next() };
        let advisory = || alerts.iter().find(|alert| alert.standing == Standing::Advisory);
        one.or_else(advisory).cloned().unwrap_or_else(|| Alert {
            id: AlertId(7),
            standing: Standing::Authority,
            community: code("A1a"),
            alert_type: AlertType::AirRaid,
            level: AlertLevel::Red,
            kinds: Vec::new(),
            started_at: at(0.0),
            updated_at: at(0.0),
            ended_at: None,
            holders: BTreeMap::new(),
            arrival: None,
        })
    }

    fn tell(&mut self, name: &str, item: Item) {
        let id = ReportId::new(&format!("r{}", self.next));
        self.step(EventBody::Report(report(&id, self.minute, self.minute, name, vec![item])));
    }

    fn take(&mut self, action: Action) {
        self.path.push(action);
        let reason = || "seen".to_owned();
        let raise = |community: &str, kind| OfficerAction::Raise {
            community: code(community),
            alert_type: AlertType::AirRaid,
            level: AlertLevel::Red,
            kinds: vec![kind],
            reason: reason(),
        };
        let waiting = self.engine.picture().waiting.last().map_or(EventId(3), |order| order.order);
        let (newest, oldest) = (self.alert(true), self.alert(false));
        match action {
            RaiseHromada => self.officer("Olena", raise("A1a", ThreatKind::Uav)),
            RaiseRaion => self.officer("olena ", raise("A1", ThreatKind::CruiseMissile)),
            RaiseOther => self.officer("Olena", raise("A2", ThreatKind::Uav)),
            RaiseRegion => self.officer("Olena", raise("A", ThreatKind::Uav)),
            RaiseRare => self.officer("Olena", raise("A1b", ThreatKind::Mig31k)),
            SecondSelf => self.officer(" OLENA", OfficerAction::Second { proposal: waiting, reason: reason() }),
            SecondOther => self.officer("Taras", OfficerAction::Second { proposal: waiting, reason: reason() }),
            Confirm => self.officer("Olena", OfficerAction::Confirm { alert: newest.id, reason: reason() }),
            Hold => self.officer("Taras", OfficerAction::Hold { alert: oldest.id, reason: reason() }),
            Release => self.officer("Taras", OfficerAction::Release { alert: oldest.id, reason: reason() }),
            Widen => {
                let parent = AREAS.get(newest.community).unwrap().parent.unwrap_or(newest.community);
                self.officer("Olena", OfficerAction::Widen { alert: newest.id, community: parent, reason: reason() });
            }
            Narrow => {
                let inside = AREAS.iter().filter(|area| area.parent == Some(oldest.community));
                let communities = inside.map(|area| area.code).collect();
                let (alert, outcome) = (oldest.id, Outcome::Passed);
                self.officer("Olena", OfficerAction::Narrow { alert, communities, outcome, reason: reason() });
            }
            End => {
                let (alert, outcome) = (oldest.id, Outcome::Passed);
                self.officer("Taras", OfficerAction::End { alert, outcome, reason: reason() });
            }
            Retract => self.officer("Olena", OfficerAction::Retract { alert: newest.id, reason: reason() }),
            OtherWorld => self.step(EventBody::Officer {
                officer: "Olena".to_owned(),
                action: raise("B1", ThreatKind::Uav),
                status: Some(Status::Actual),
            }),
            Drone => self.tell("radar", Item::Threat(drone("A1a", &["A1b"]))),
            Stranger => self.tell("stranger", Item::Threat(drone("B1a", &["B1a"]))),
            OfficialRaise => self.tell("o1", Item::Order(order(OrderAct::Raise, "A2a"))),
            OfficialEnd => self.tell("o1", Item::Order(order(OrderAct::End, "A2a"))),
            Refused => self.step(EventBody::Refused {
                source: source("radar"),
                refusal: crate::world::refusal(),
                excerpt: "?".to_owned(),
                sha256: "0".repeat(64),
            }),
            Minute => {
                self.minute += 1.0;
                self.step(EventBody::Tick);
            }
            Watched => {
                for _ in 0..40 {
                    self.minute += 1.0;
                    self.step(EventBody::Heartbeat { source: source("sensor") });
                }
            }
            Silence => {
                for _ in 0..8 {
                    self.minute += 5.0;
                    self.step(EventBody::Tick);
                }
            }
        }
    }

    /// Alerts in force by the record alone.
    fn in_force(&self) -> Vec<Alert> {
        let mut alerts = BTreeMap::new();
        for decision in self.record.iter().flat_map(|(_, decisions)| decisions) {
            match &decision.body {
                DecisionBody::Raise(alert) | DecisionBody::Update(alert) => {
                    alerts.insert(alert.id, alert.clone());
                }
                DecisionBody::End { alert, .. } => {
                    alerts.remove(&alert.id);
                }
                DecisionBody::Note(_) => {}
            }
        }
        alerts.into_values().collect()
    }

    /// A new engine that knows what the record knows.
    fn restarted(&self) -> Self {
        let mut engine = Engine::new(settings(), &AREAS).loud();
        engine.resume(EventId(self.next));
        let mut dropped = Vec::new();
        let first = self.record.first().map_or(at(0.0), |(event, _)| event.at);
        for alert in self.in_force() {
            engine.step(&Event { id: EventId(0), at: first, body: EventBody::Standing { alert } }, &mut dropped);
        }
        for (event, decisions) in &self.record {
            engine.step(event, &mut dropped);
            for (memo, n) in decisions.iter().zip(1..).filter_map(|(decision, n)| Some((memo(decision)?, n))) {
                let body = EventBody::Desk { memo: memo.clone() };
                engine.step(&Event { id: EventId(event.id.0 + n), at: event.at, body }, &mut dropped);
            }
        }
        let tells = |decision: &Decision| !matches!(decision.body, DecisionBody::Note(_));
        assert!(!dropped.iter().any(tells), "a replay raises and ends nothing: {:?}", self.path);
        Self { engine, ..self.clone() }
    }

    /// The state, up to the numbers of events and the instant: what it decides next depends on nothing else.
    fn state(&self) -> u64 {
        let text = format!("{:?}", self.engine);
        let now = at(self.minute).millis();
        let mut hasher = DefaultHasher::new();
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        let mut rest = text.as_str();
        while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
            let (words, number) = rest.split_at(start);
            let length = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
            let (number, after) = number.split_at(length);
            words.hash(&mut hasher);
            let numbered = ["EventId(", "AlertId(", "TrackId(", "\"r"].iter().any(|name| words.ends_with(name));
            if numbered {
                let next = names.len();
                names.entry(number).or_insert(next).hash(&mut hasher);
            } else if words.ends_with("Timestamp(") {
                number.parse::<i64>().map(|at| now - at).ok().hash(&mut hasher);
            } else {
                number.hash(&mut hasher);
            }
            rest = after;
        }
        rest.hash(&mut hasher);
        hasher.finish()
    }
}

fn memo(decision: &Decision) -> Option<&DeskMemo> {
    match &decision.body {
        DecisionBody::Note(note) => note.desk.as_ref(),
        _ => None,
    }
}

fn person(name: &str) -> String {
    name.trim_start_matches("officer:").trim().to_lowercase()
}

/// What must hold of any step.
fn check(life: &Life, before: &[Alert], event: &Event, decisions: &[Decision]) {
    let after = life.engine.picture();
    let path = &life.path;
    let mut folded: BTreeMap<AlertId, Alert> = before.iter().map(|alert| (alert.id, alert.clone())).collect();
    for decision in decisions {
        match &decision.body {
            DecisionBody::Raise(alert) => assert!(folded.insert(alert.id, alert.clone()).is_none(), "{path:?}"),
            DecisionBody::Update(alert) => assert!(folded.insert(alert.id, alert.clone()).is_some(), "{path:?}"),
            DecisionBody::End { alert, by, .. } => {
                assert!(folded.remove(&alert.id).is_some(), "{path:?}");
                ends_with_cause(path, event, alert, by, decision);
            }
            DecisionBody::Note(note) => assert_ne!(note.kind, NoteKind::Fault, "{path:?}"),
        }
    }
    // No alert is lost or comes without a decision.
    assert_eq!(folded.into_values().collect::<Vec<_>>(), after.alerts, "{path:?}");
    if let EventBody::Officer { status: Some(Status::Actual), .. } = event.body {
        let raised = decisions.iter().any(|decision| matches!(decision.body, DecisionBody::Raise(_)));
        assert!(!raised, "the other world: {path:?}");
    }
    two_persons(path, &after.alerts);
    for state in &after.communities {
        if state.status == CommunityStatus::Clear {
            let said = state.said_by.iter().any(|view| view.word == Word::Clear && view.heard_at.is_some());
            assert!(said, "{} clear from silence: {path:?}", state.community);
        }
        let reaching = |standing| {
            let its = |alert: &&Alert| alert.standing == standing && state.alerts.contains(&alert.id);
            after.alerts.iter().any(|alert| its(&alert))
        };
        if reaching(Standing::Authority) {
            assert_eq!(state.status, CommunityStatus::Active, "{}: {path:?}", state.community);
        }
        // An official source that fell silent makes its alert unknown, and never clear.
        if reaching(Standing::Official) {
            assert_ne!(state.status, CommunityStatus::Clear, "{}: {path:?}", state.community);
        }
    }
}

/// An alert ends by somebody's word, or while a sensor watched; never by age, silence or a fault.
fn ends_with_cause(path: &[Action], event: &Event, alert: &Alert, by: &str, decision: &Decision) {
    assert!(!by.is_empty() && alert.ended_at.is_some() && !alert.holders.is_empty(), "{path:?}");
    let because = decision.reason.as_ref().map(|reason| &reason.because);
    match (alert.standing, &event.body, because) {
        (Standing::Advisory, _, Some(Because::Fell { watch: None, .. })) => {}
        (_, EventBody::Officer { officer, action, .. }, Some(Because::Ordered { officer: named, .. })) => {
            assert_eq!(officer, named, "{path:?}");
            let ends = matches!(
                action,
                OfficerAction::End { .. } | OfficerAction::Retract { .. } | OfficerAction::Narrow { .. }
            );
            assert!(ends && by == format!("officer:{officer}"), "{path:?}");
        }
        (Standing::Official, EventBody::Report(report), Some(Because::Said { word: Word::Clear, .. })) => {
            assert_eq!(report.source.as_str(), by, "{path:?}");
        }
        (Standing::Authority, EventBody::Heartbeat { source }, Some(Because::Fell { watch: Some(watch), .. })) => {
            assert_eq!(source, &watch.source, "{path:?}");
            assert!(event.at.ms_since(watch.since) >= 600_000, "{path:?}");
            assert!(alert.holders.keys().all(|holder| holder.as_str().starts_with("policy:")), "{path:?}");
        }
        other => panic!("ended without a cause: {other:?} after {path:?}"),
    }
}

/// Beyond the reach of one person, two stand by it, however it came about.
fn two_persons(path: &[Action], alerts: &[Alert]) {
    let mut alone: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for alert in alerts.iter().filter(|alert| alert.standing == Standing::Authority) {
        let by_policy = alert.holders.keys().any(|holder| holder.as_str().starts_with("policy:"));
        let telling = |(name, holder): (&model::SourceId, &model::Holder)| {
            let officer = name.as_str().starts_with("officer:") && holder.level.is_some();
            officer.then(|| (person(name.as_str()), holder.second.as_deref().map(person)))
        };
        let tellers: Vec<_> = alert.holders.iter().filter_map(telling).collect();
        for (first, second) in &tellers {
            assert_ne!(Some(first), second.as_ref(), "{path:?}");
            if second.is_none() {
                let unit = alert.community.as_str().get(..2).unwrap_or("wide").to_owned();
                alone.entry(first.clone()).or_default().insert(unit);
            }
        }
        let wide = ["A", "UA"].contains(&alert.community.as_str()) || alert.kinds.contains(&ThreatKind::Mig31k);
        if wide && !by_policy {
            assert!(tellers.iter().any(|(_, second)| second.is_some()), "{} by one: {path:?}", alert.community);
        }
    }
    for (person, units) in alone {
        assert!(units.len() <= REACH_COUNT, "{person} alone holds {units:?}: {path:?}");
    }
}

/// A restart here stands where the engine stands, and what happens next is decided alike.
fn restarts(life: &Life) {
    let mut again = life.restarted();
    let (was, is) = (life.engine.picture(), again.engine.picture());
    assert_eq!(is.alerts, was.alerts, "{:?}", life.path);
    assert_eq!(is.waiting, was.waiting, "{:?}", life.path);
    let mut on = life.clone();
    for world in [&mut on, &mut again] {
        world.minute += 0.5;
        world.step(EventBody::Heartbeat { source: source("sensor") });
    }
    assert_eq!(again.record.last(), on.record.last(), "{:?}", life.path);
}

/// How deep each state was explored already, and how many steps that took.
#[derive(Default)]
struct Explored {
    seen: Mutex<BTreeMap<u64, usize>>,
    steps: AtomicUsize,
}

impl Explored {
    /// Takes one action and everything that may follow it, `depth` actions deep.
    fn explore(&self, life: &Life, action: Action, depth: usize) {
        let mut next = life.clone();
        next.take(action);
        self.steps.fetch_add(1, Ordering::Relaxed);
        let known = {
            let mut seen = self.seen.lock().unwrap();
            let deepest = seen.entry(next.state()).or_insert(0);
            std::mem::replace(deepest, (*deepest).max(depth))
        };
        if known == 0 {
            restarts(&next);
        }
        if known < depth && depth > 1 {
            for action in ACTIONS {
                self.explore(&next, action, depth - 1);
            }
        }
    }
}

#[test]
fn whatever_happens_no_alert_ends_without_a_cause_is_lost_or_is_raised_beyond_ones_reach() {
    let depth = std::env::var("ALLCLEAR_LIFE_DEPTH").ok().and_then(|depth| depth.parse().ok()).unwrap_or(3);
    let (explored, next) = (Explored::default(), AtomicUsize::new(0));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(&action) = ACTIONS.get(next.fetch_add(1, Ordering::Relaxed)) {
                    explored.explore(&Life::new(), action, depth);
                }
            });
        }
    });
    let states = explored.seen.lock().unwrap().len();
    println!("{} steps to {states} states, {depth} actions deep", explored.steps.load(Ordering::Relaxed));
    assert!(states > 1_000, "{states} states are not all");
}
