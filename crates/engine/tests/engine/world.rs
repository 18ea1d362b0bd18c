//! A small country and a short way to write events.

use engine::{Config, Engine, SourceProfile};
use model::{
    Act, Alert, AlertLevel, AlertType, Area, AreaSet, Code, CommunityStatus, Decision, DecisionBody, Event, EventBody,
    EventId, Item, Level, NoteKind, Order, OrderAct, PlaceRef, Position, Refusal, Report, ReportId, SourceId, Status,
    ThreatItem, ThreatKind, Timestamp, Track, UpstreamAlert, UpstreamSnapshot,
};
use std::str::FromStr;
use std::sync::LazyLock;

/// Minute 0 of every test: 2026-11-23T00:00:00Z.
pub const START_MS: i64 = 1_795_392_000_000;

pub fn at(minute: f64) -> Timestamp {
    #[allow(clippy::cast_possible_truncation)]
    Timestamp::from_millis(START_MS + (minute * 60_000.0) as i64)
}
pub fn code(text: &str) -> Code {
    Code::from_str(text).unwrap()
}
pub fn source(name: &str) -> SourceId {
    SourceId::new(name)
}

fn area(code_: &str, level: Level, parent: Option<&str>, lat: f64, lon: f64, radius_km: f64) -> Area {
    Area {
        code: code(code_),
        level,
        parent: parent.map(code),
        name_uk: code_.to_owned(),
        name_en: code_.to_owned(),
        category: 'H',
        uid: None,
        centre: Position::new(lat, lon).unwrap(),
        radius_km,
        placed: true,
        population: None,
    }
}

/// A country with two oblasts and a city that is a region of its own:
/// oblast A (raion A1 with hromadas A1a, A1b; raion A2 with A2a), oblast B (raion B1 with B1a), city K.
pub static AREAS: LazyLock<AreaSet> = LazyLock::new(|| {
    AreaSet::new(vec![
        area("UA", Level::Country, None, 49.0, 31.0, 700.0),
        area("A", Level::Oblast, Some("UA"), 51.0, 34.0, 90.0),
        area("A1", Level::Raion, Some("A"), 51.2, 33.2, 35.0),
        area("A1a", Level::Hromada, Some("A1"), 51.2, 33.2, 12.0),
        area("A1a-town", Level::Settlement, Some("A1a"), 51.2, 33.2, 3.0),
        area("A1b", Level::Hromada, Some("A1"), 51.18, 32.83, 10.0),
        area("A2", Level::Raion, Some("A"), 51.0, 34.8, 40.0),
        area("A2a", Level::Hromada, Some("A2"), 50.9, 34.8, 14.0),
        area("B", Level::Oblast, Some("UA"), 49.6, 34.5, 100.0),
        area("B1", Level::Raion, Some("B"), 49.6, 34.5, 40.0),
        area("B1a", Level::Hromada, Some("B1"), 49.6, 34.5, 14.0),
        area("K", Level::Oblast, Some("UA"), 50.45, 30.52, 20.0),
    ])
    .unwrap()
});

pub fn official(stale_after_min: i64) -> SourceProfile {
    SourceProfile { official: true, stale_after_ms: stale_after_min * 60_000, trust: 1.0, ..SourceProfile::default() }
}
pub fn observer(trust: f64) -> SourceProfile {
    SourceProfile { trust, stale_after_ms: 10 * 60_000, ..SourceProfile::default() }
}

/// Sources: `o1`, `o2` official, `claims` and `spotter` not, `radar` trusted.
pub fn config() -> Config {
    let mut config = Config::of(Status::Exercise);
    config.sources.insert(source("o1"), official(2));
    config.sources.insert(source("o2"), official(2));
    config.sources.insert(source("claims"), observer(0.5));
    config.sources.insert(source("spotter"), observer(0.6));
    config.sources.insert(source("radar"), observer(0.95));
    config
}

/// An engine with a pen: every step is written down.
pub struct World {
    pub engine: Engine,
    pub decisions: Vec<Decision>,
    pub events: Vec<Event>,
    next: u64,
}

impl World {
    pub fn new() -> Self {
        Self::of(config())
    }
    pub fn of(config: Config) -> Self {
        config.validate().unwrap();
        Self { engine: Engine::new(config, &AREAS).loud(), decisions: Vec::new(), events: Vec::new(), next: 100 }
    }

    /// Steps one event at `minute`; returns what it decided.
    pub fn step(&mut self, minute: f64, body: EventBody) -> Vec<Decision> {
        let event = Event { id: EventId(self.next), at: at(minute), body };
        let mut out = Vec::new();
        self.engine.step(&event, &mut out);
        // As in the record: decisions take numbers too, and a tick that decides nothing takes none.
        if event.body != EventBody::Tick || !out.is_empty() {
            self.next += 1 + out.len() as u64;
        }
        self.events.push(event);
        self.decisions.extend(out.iter().cloned());
        out
    }
    /// Number of the event that comes next.
    pub fn next_event(&self) -> EventId {
        EventId(self.next)
    }
    pub fn tick(&mut self, minute: f64) -> Vec<Decision> {
        self.step(minute, EventBody::Tick)
    }
    pub fn beat(&mut self, minute: f64, name: &str) -> Vec<Decision> {
        self.step(minute, EventBody::Heartbeat { source: source(name) })
    }
    /// A report that arrives at `minute` and was said at `said`.
    pub fn say(&mut self, minute: f64, said: f64, name: &str, items: Vec<Item>) -> Vec<Decision> {
        let id = ReportId::new(&format!("r{}", self.next));
        self.step(minute, EventBody::Report(report(&id, minute, said, name, items)))
    }
    pub fn order(&mut self, minute: f64, said: f64, name: &str, act: OrderAct, community: &str) -> Vec<Decision> {
        self.say(minute, said, name, vec![Item::Order(order(act, community))])
    }
    pub fn picture(&mut self, minute: f64, said: f64, name: &str, listed: &[&str]) -> Vec<Decision> {
        self.step(minute, EventBody::Upstream(snapshot(minute, said, name, listed)))
    }
    /// `name` tells of threats at `minute`.
    pub fn tell(&mut self, minute: f64, name: &str, threats: &[ThreatItem]) -> Vec<Decision> {
        self.say(minute, minute, name, threats.iter().cloned().map(Item::Threat).collect())
    }
    pub fn tracks(&self) -> Vec<Track> {
        self.engine.picture().tracks
    }
    pub fn elevated(&self, community: &str) -> Option<f64> {
        self.engine.community(code(community)).unwrap().elevated.map(|arrival| arrival.probability)
    }
    pub fn status(&self, community: &str) -> CommunityStatus {
        self.engine.community(code(community)).unwrap().status
    }
    pub fn in_force(&self) -> Vec<String> {
        self.engine.picture().alerts.iter().map(name_of).collect()
    }
}

pub fn name_of(alert: &Alert) -> String {
    let holders: Vec<_> = alert.holders.keys().map(ToString::to_string).collect();
    format!("{:?} {} by {}", alert.standing, alert.community, holders.join("+"))
}

pub fn report(id: &ReportId, minute: f64, said: f64, name: &str, items: Vec<Item>) -> Report {
    Report {
        id: id.clone(),
        source: source(name),
        status: Status::Exercise,
        observed_at: at(said),
        received_at: at(minute),
        text: None,
        items,
        refused: Vec::new(),
    }
}
pub fn order(act: OrderAct, community: &str) -> Order {
    Order {
        act,
        community: code(community),
        alert_type: AlertType::AirRaid,
        level: None,
        kinds: Vec::new(),
        trace: Vec::new(),
    }
}
pub fn snapshot(minute: f64, said: f64, name: &str, listed: &[&str]) -> UpstreamSnapshot {
    let alert = |community: &&str| UpstreamAlert {
        community: code(community),
        alert_type: AlertType::AirRaid,
        level: Some(AlertLevel::Yellow),
        kinds: Vec::new(),
        started_at: at(said),
    };
    UpstreamSnapshot {
        source: source(name),
        status: Status::Exercise,
        observed_at: at(said),
        received_at: at(minute),
        regions: Vec::new(),
        alerts: listed.iter().map(alert).collect(),
        refused: Vec::new(),
        doubtful: Vec::new(),
    }
}
pub fn place(code_: &str) -> PlaceRef {
    let area = AREAS.get(code(code_)).unwrap();
    PlaceRef {
        code: area.code,
        level: area.level,
        name: area.name_uk.clone(),
        centre: area.centre,
        radius_km: area.radius_km,
    }
}
/// A drone at `here`, flying to each of `targets`.
pub fn drone(here: &str, targets: &[&str]) -> ThreatItem {
    ThreatItem {
        place: (!here.is_empty()).then(|| place(here)),
        targets: targets.iter().map(|target| place(target)).collect(),
        ..ThreatItem::of(ThreatKind::Uav, Act::Track)
    }
}
pub fn refusal() -> Refusal {
    Refusal { reason: "unknown_place".to_owned(), detail: "find region 999".to_owned(), start: 0, end: 0 }
}

/// The decisions in short: `Raise A1`, `End A1 Passed by o1`, `Note SourceStale`.
pub fn short(decisions: &[Decision]) -> Vec<String> {
    let word = |decision: &Decision| match &decision.body {
        DecisionBody::Raise(alert) => format!("Raise {}", name_of(alert)),
        DecisionBody::Update(alert) => format!("Update {}", name_of(alert)),
        DecisionBody::End { alert, outcome, by } => {
            format!("End {:?} {} {outcome:?} by {by}", alert.standing, alert.community)
        }
        DecisionBody::Note(note) => format!("Note {:?}", note.kind),
    };
    decisions.iter().map(word).collect()
}
pub fn notes(decisions: &[Decision], kind: NoteKind) -> usize {
    decisions.iter().filter(|d| matches!(&d.body, DecisionBody::Note(note) if note.kind == kind)).count()
}
