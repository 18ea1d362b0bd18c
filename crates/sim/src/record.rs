//! The record in small: numbers events as the program does, keeps them with their decisions, and restarts from them.
//!
//! What always holds: an event takes the next number, each decision one more; a tick that decided nothing takes none.
//! The restart follows the program's store: alerts in force first, then the latest order of each source for each
//! community and type, the latest pictures, and everything of the last two hours.

use crate::world::Arrival;
use engine::{Config, Engine};
use model::{Alert, AlertId, AreaSet, Code, Decision, DecisionBody, Event, EventBody, EventId, Item, Note, SourceId};
use std::collections::{BTreeMap, BTreeSet};

/// How far back a restart replays everything, milliseconds.
pub const REPLAY_MS: i64 = 2 * 3_600_000;

/// One recorded event with what it decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The event.
    pub event: Event,
    /// Its decisions.
    pub decisions: Vec<Decision>,
}

/// An engine and its record.
#[derive(Debug)]
pub struct Night {
    /// The engine.
    pub engine: Engine,
    /// What was recorded.
    pub recorded: Vec<Recorded>,
    next: u64,
}

impl Night {
    /// A night that has not begun.
    pub fn new(config: Config, areas: &'static AreaSet) -> Self {
        Self { engine: Engine::new(config, areas).loud(), recorded: Vec::new(), next: 0 }
    }

    /// Lets one arrival in.
    pub fn step(&mut self, arrival: &Arrival) -> &[Decision] {
        let event = Event { id: EventId(self.next), at: arrival.at, body: arrival.body.clone() };
        let mut decisions = Vec::new();
        self.engine.step(&event, &mut decisions);
        if event.body == EventBody::Tick && decisions.is_empty() {
            return &[];
        }
        self.next += 1 + decisions.len() as u64;
        self.recorded.push(Recorded { event, decisions });
        self.recorded.last().map_or(&[], |recorded| &recorded.decisions)
    }

    /// Lets all arrivals in.
    pub fn run(&mut self, arrivals: &[Arrival]) {
        for arrival in arrivals {
            self.step(arrival);
        }
    }

    /// All decisions, in order.
    pub fn decisions(&self) -> impl Iterator<Item = &Decision> {
        self.recorded.iter().flat_map(|recorded| &recorded.decisions)
    }

    /// All decisions as the bytes that would be recorded.
    pub fn bytes(&self) -> String {
        bytes(&self.recorded)
    }

    /// A new engine that knows what the record knows. With `told` it is told where the replay ends, as
    /// [`Engine::resume`] wants it; without, it must find out.
    #[must_use]
    pub fn restarted(&self, config: Config, areas: &'static AreaSet, told: bool) -> Self {
        let mut engine = Engine::new(config, areas).loud();
        let mut dropped = Vec::new();
        if told {
            engine.resume(EventId(self.next));
        }
        let replay = self.replay();
        let first_at = replay.first().map_or(crate::world::BEGIN, |event| event.at);
        for alert in self.in_force() {
            engine.step(&Event { id: EventId(0), at: first_at, body: EventBody::Standing { alert } }, &mut dropped);
        }
        for event in &replay {
            engine.step(event, &mut dropped);
        }
        Self { engine, recorded: Vec::new(), next: self.next }
    }

    /// Alerts in force by the record alone.
    pub fn in_force(&self) -> Vec<Alert> {
        let mut alerts: BTreeMap<AlertId, Alert> = BTreeMap::new();
        for decision in self.decisions() {
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

    fn replay(&self) -> Vec<Event> {
        let Some(last) = self.recorded.last() else { return Vec::new() };
        let from = last.event.at.plus_ms(-REPLAY_MS);
        let mut orders: BTreeMap<(SourceId, Code, model::AlertType), usize> = BTreeMap::new();
        let mut pictures: BTreeMap<SourceId, usize> = BTreeMap::new();
        let mut wanted = BTreeSet::new();
        for (n, recorded) in self.recorded.iter().enumerate() {
            match &recorded.event.body {
                EventBody::Report(report) => {
                    for item in &report.items {
                        if let Item::Order(order) = item {
                            orders.insert((report.source.clone(), order.community, order.alert_type), n);
                        }
                    }
                }
                EventBody::Upstream(snapshot) => {
                    pictures.insert(snapshot.source.clone(), n);
                }
                _ => {}
            }
            if recorded.event.at >= from {
                wanted.insert(n);
            }
        }
        wanted.extend(orders.into_values().chain(pictures.into_values()));
        let read = |n| {
            self.recorded.get(n).into_iter().flat_map(|recorded| {
                let memos = memos(recorded);
                std::iter::once(recorded.event.clone()).chain(memos)
            })
        };
        wanted.into_iter().flat_map(read).collect()
    }
}

/// What the officers' desk keeps in mind by these decisions, as a restart hands it back.
fn memos(recorded: &Recorded) -> impl Iterator<Item = Event> {
    let numbered = recorded.decisions.iter().zip(recorded.event.id.0 + 1..);
    numbered.filter_map(|(decision, number)| match &decision.body {
        DecisionBody::Note(Note { desk: Some(memo), .. }) => {
            let body = EventBody::Desk { memo: memo.clone() };
            Some(Event { id: EventId(number), at: decision.decided_at, body })
        }
        _ => None,
    })
}

/// Decisions as the bytes that would be recorded, one line each.
pub fn bytes(recorded: &[Recorded]) -> String {
    let line = |decision: &Decision| serde_json::to_string(decision).unwrap_or_else(|error| error.to_string());
    recorded.iter().flat_map(|recorded| &recorded.decisions).map(line).collect::<Vec<_>>().join("\n")
}
