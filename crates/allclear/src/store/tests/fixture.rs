//! Entries to store: a small evening, made from numbers.

use crate::store::{Entry, Store};
use model::{
    Alert, AlertId, AlertLevel, AlertType, Code, Decision, DecisionBody, Event, EventBody, EventId, Holder, Item,
    Order, OrderAct, Outcome, Report, ReportId, SourceId, Standing, Status, ThreatKind, Timestamp, UpstreamSnapshot,
};
use std::collections::BTreeMap;
use std::path::Path;

pub(super) const EVENING_MS: i64 = 1_795_000_000_000;

pub(super) fn open(dir: &Path) -> Store {
    Store::open(dir, Status::Exercise).unwrap()
}

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(EVENING_MS + second * 1000)
}

pub(super) fn code(n: u64) -> Code {
    format!("UA{n:017}").parse().unwrap()
}

pub(super) fn report(index: u64, second: i64, id: &str, orders: &[(u64, OrderAct)]) -> Entry {
    let items = orders.iter().map(|(community, act)| {
        Item::Order(Order {
            act: *act,
            community: code(*community),
            alert_type: AlertType::AirRaid,
            level: None,
            kinds: vec![],
            trace: vec![],
        })
    });
    event(
        index,
        second,
        EventBody::Report(Report {
            id: ReportId::new(id),
            source: SourceId::new("posts"),
            status: Status::Exercise,
            observed_at: at(second),
            received_at: at(second),
            text: Some(format!("повідомлення {id}")),
            items: items.collect(),
            refused: vec![],
        }),
    )
}

pub(super) fn picture(index: u64, second: i64, regions: &[u64]) -> Entry {
    event(
        index,
        second,
        EventBody::Upstream(UpstreamSnapshot {
            source: SourceId::new("upstream"),
            status: Status::Exercise,
            observed_at: at(second),
            received_at: at(second),
            regions: regions.iter().map(|n| code(*n)).collect(),
            alerts: vec![],
            refused: vec![],
            doubtful: vec![],
        }),
    )
}

pub(super) fn event(index: u64, second: i64, body: EventBody) -> Entry {
    Entry::Event(Event { id: EventId(index), at: at(second), body })
}

pub(super) fn alert(id: u64, community: u64, second: i64) -> Alert {
    Alert {
        id: AlertId(id),
        standing: Standing::Official,
        community: code(community),
        alert_type: AlertType::AirRaid,
        level: AlertLevel::Red,
        kinds: vec![ThreatKind::Uav],
        started_at: at(second),
        updated_at: at(second),
        ended_at: None,
        holders: BTreeMap::from([(SourceId::new("posts"), Holder::of(at(second), None, vec![], EventId(0)))]),
        arrival: None,
    }
}

pub(super) fn raise(cause: u64, second: i64, alert: Alert) -> Entry {
    decision(cause, second, DecisionBody::Raise(alert))
}

pub(super) fn update(cause: u64, second: i64, mut alert: Alert) -> Entry {
    alert.updated_at = at(second);
    decision(cause, second, DecisionBody::Update(alert))
}

pub(super) fn end(cause: u64, second: i64, mut alert: Alert) -> Entry {
    alert.ended_at = Some(at(second));
    alert.updated_at = at(second);
    decision(cause, second, DecisionBody::End { alert, outcome: Outcome::Passed, by: "posts".to_owned() })
}

fn decision(cause: u64, second: i64, body: DecisionBody) -> Entry {
    Entry::Decision(Decision { decided_at: at(second), causes: vec![EventId(cause)], body, reason: None, policy: None })
}

/// `rounds` rounds of four entries: an order raises, an alert begins, an order ends, the alert ends.
/// The last round's alert stays in force.
pub(super) fn evening(store: &mut Store, rounds: u64) {
    for round in 0..rounds {
        let first = store.next_index();
        let second = i64::try_from(round).unwrap() * 60;
        let standing = alert(first * 4096, round % 7, second);
        store
            .append(&[
                report(first, second, &format!("raise-{round}"), &[(round % 7, OrderAct::Raise)]),
                raise(first, second, standing.clone()),
            ])
            .unwrap();
        if round + 1 < rounds {
            let (next, later) = (first + 2, second + 30);
            store
                .append(&[
                    report(next, later, &format!("end-{round}"), &[(round % 7, OrderAct::End)]),
                    end(next, later, standing),
                ])
                .unwrap();
        }
    }
}
