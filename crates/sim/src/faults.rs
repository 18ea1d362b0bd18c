//! What goes wrong between the world and the core: late, doubled, lost, lying, absurd.

use crate::chance::Chance;
use crate::world::{Arrival, instant};
use model::{Act, AreaSet, EventBody, Item, OrderAct, SourceId, Status, ThreatKind, Timestamp};

/// Sorts by arrival; what arrives in the same millisecond keeps its order.
fn in_order(mut arrivals: Vec<Arrival>) -> Vec<Arrival> {
    arrivals.sort_by_key(|arrival| arrival.at);
    arrivals
}

/// Every report and picture arrives up to `late_s` seconds later than it did; ticks and heartbeats do not.
pub fn shuffled(arrivals: &[Arrival], late_s: i64, chance: &mut Chance) -> Vec<Arrival> {
    let delay = |arrival: &Arrival| {
        let mut late = arrival.clone();
        let late_ms = chance.between(0, late_s * 1000);
        match &mut late.body {
            EventBody::Report(report) => report.received_at = arrival.at.plus_ms(late_ms),
            EventBody::Upstream(snapshot) => snapshot.received_at = arrival.at.plus_ms(late_ms),
            _ => return late,
        }
        late.at = arrival.at.plus_ms(late_ms);
        late
    };
    in_order(arrivals.iter().map(delay).collect())
}

/// Some reports come a second time, up to a minute later.
pub fn doubled(arrivals: &[Arrival], p: f64, chance: &mut Chance) -> Vec<Arrival> {
    let mut all = arrivals.to_vec();
    for arrival in arrivals {
        if matches!(arrival.body, EventBody::Report(_) | EventBody::Upstream(_)) && chance.happens(p) {
            let again = arrival.at.plus_ms(chance.between(0, 60_000));
            all.push(Arrival { at: again, body: arrival.body.clone() });
        }
    }
    in_order(all)
}

/// Nothing comes from `source` (from nobody, when `None`) at or after `from` and before `to`; ticks go on.
pub fn silenced(arrivals: &[Arrival], source: Option<&str>, from: Timestamp, to: Timestamp) -> Vec<Arrival> {
    let speaks = |arrival: &Arrival| match &arrival.body {
        EventBody::Report(report) => Some(report.source.clone()),
        EventBody::Heartbeat { source } => Some(source.clone()),
        EventBody::Upstream(snapshot) => Some(snapshot.source.clone()),
        _ => None,
    };
    let cut = |arrival: &Arrival| {
        let whose = speaks(arrival);
        let named = whose.is_some() && source.is_none_or(|source| whose == Some(SourceId::new(source)));
        named && arrival.at >= from && arrival.at < to
    };
    arrivals.iter().filter(|arrival| !cut(arrival)).cloned().collect()
}

/// The other world talks in between: every report again with other content, marked as actual.
pub fn mixed(arrivals: &[Arrival], chance: &mut Chance) -> Vec<Arrival> {
    let mut all = Vec::new();
    for arrival in arrivals {
        all.push(arrival.clone());
        let mut other = arrival.clone();
        match &mut other.body {
            EventBody::Report(report) => {
                report.status = Status::Actual;
                for item in &mut report.items {
                    if let Item::Order(order) = item {
                        order.act = if chance.happens(0.5) { OrderAct::Raise } else { OrderAct::End };
                    }
                }
            }
            EventBody::Upstream(snapshot) => {
                snapshot.status = Status::Actual;
                snapshot.alerts.clear();
            }
            _ => continue,
        }
        all.push(other);
    }
    all
}

/// Times that no clock can mean: reports from next year, from ten years ago, from three minutes ahead. Orders are left
/// out: a future raise counts on purpose.
pub fn absurd(arrivals: &[Arrival], p: f64, chance: &mut Chance) -> Vec<Arrival> {
    let shift = |arrival: &Arrival| {
        let mut arrival = arrival.clone();
        if let EventBody::Report(report) = &mut arrival.body
            && report.items.iter().all(|item| matches!(item, Item::Threat(_)))
            && chance.happens(p)
        {
            let ms = chance.pick(&[365 * 86_400_000, -3650 * 86_400_000, 180_000]).copied().unwrap_or(0);
            report.observed_at = report.observed_at.plus_ms(ms);
        }
        arrival
    };
    arrivals.iter().map(shift).collect()
}

/// An evening on which everyone who is not official cancels and sums up, all the time.
pub fn talk_of_the_past(areas: &AreaSet, minutes: u32) -> Vec<Arrival> {
    let mut arrivals = Vec::new();
    for (n, area) in areas.iter().enumerate() {
        let second = i64::try_from(n).unwrap_or(0) % (i64::from(minutes) * 60);
        for (m, act) in [Act::Cancel, Act::Summary].into_iter().enumerate() {
            let item = model::ThreatItem { region: Some(area.code), ..model::ThreatItem::of(ThreatKind::Unknown, act) };
            let report = model::Report {
                id: model::ReportId::new(&format!("past-{n}-{m}")),
                source: SourceId::new(crate::world::MONITORS[0].0),
                status: Status::Exercise,
                observed_at: instant(second),
                received_at: instant(second),
                text: None,
                items: vec![Item::Threat(item)],
                refused: Vec::new(),
            };
            arrivals.push(Arrival { at: instant(second), body: EventBody::Report(report) });
        }
    }
    in_order(arrivals)
}
