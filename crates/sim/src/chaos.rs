//! Events that no honest source would send: every field at its edges, every code possibly unknown.

use crate::chance::Chance;
use crate::world::{Arrival, BEGIN, MONITORS, SENSOR, SIREN, UPSTREAMS};
use model::{
    Act, AlertId, AlertLevel, AlertType, AreaSet, Code, CompassPoint, Count, EventBody, Item, Level, OfficerAction,
    Order, OrderAct, Origin, Outcome, PlaceRef, Position, Refusal, Report, ReportId, SourceId, Status, ThreatItem,
    ThreatKind, Timestamp, UpstreamAlert, UpstreamSnapshot,
};
use std::str::FromStr;

const WINDS: [CompassPoint; 4] = [CompassPoint::N, CompassPoint::Se, CompassPoint::W, CompassPoint::C];
const TYPES: [AlertType; 3] = [AlertType::AirRaid, AlertType::ArtilleryShelling, AlertType::Nuclear];

/// `n` arrivals in order of time, most within two hours, some gaps of days.
pub fn arrivals(seed: u64, n: usize, areas: &AreaSet) -> Vec<Arrival> {
    let mut chance = Chance::new(seed);
    let codes: Vec<Code> = areas.iter().map(|area| area.code).collect();
    let mut at = BEGIN;
    (0..n)
        .map(|_| {
            let gap_ms = if chance.happens(0.01) { 86_400_000 * 3 } else { chance.between(0, 20_000) };
            at = at.plus_ms(gap_ms);
            Arrival { at, body: body(&mut chance, at, &codes) }
        })
        .collect()
}

fn one<T: Copy>(chance: &mut Chance, choices: &[T], other: T) -> T {
    chance.pick(choices).copied().unwrap_or(other)
}

fn code(chance: &mut Chance, codes: &[Code]) -> Option<Code> {
    if chance.happens(0.1) { Code::from_str("NOWHERE").ok() } else { chance.pick(codes).copied() }
}

fn source(chance: &mut Chance) -> SourceId {
    let names = [SIREN, UPSTREAMS[0], UPSTREAMS[1], MONITORS[0].0, MONITORS[1].0, SENSOR, "stranger", ""];
    SourceId::new(one(chance, &names, ""))
}

fn time(chance: &mut Chance, at: Timestamp) -> Timestamp {
    match chance.below(8) {
        0 => model::time::EARLIEST,
        1 => model::time::LATEST,
        2 => Timestamp::from_millis(i64::MIN),
        3 => Timestamp::from_millis(i64::MAX),
        _ => at.plus_ms(chance.between(-1_200_000, 150_000)),
    }
}

fn body(chance: &mut Chance, at: Timestamp, codes: &[Code]) -> EventBody {
    match chance.below(12) {
        0..=5 => EventBody::Report(report(chance, at, codes)),
        6 => EventBody::Heartbeat { source: source(chance) },
        7 => EventBody::Upstream(snapshot(chance, at, codes)),
        8 => EventBody::Officer {
            status: None,
            officer: if chance.happens(0.1) { String::new() } else { "duty".to_owned() },
            action: officer(chance, codes),
        },
        9 => EventBody::Refused {
            source: source(chance),
            refusal: refusal(),
            excerpt: "?".to_owned(),
            sha256: "0".repeat(64),
        },
        10 => {
            EventBody::Receipt { channel: "x".to_owned(), alert: AlertId(chance.bits()), sent_at: at, delivery: None }
        }
        _ => EventBody::Tick,
    }
}

fn refusal() -> Refusal {
    Refusal { reason: "odd".to_owned(), detail: "read it".to_owned(), start: 0, end: 0 }
}

fn officer(chance: &mut Chance, codes: &[Code]) -> OfficerAction {
    match code(chance, codes) {
        Some(community) if chance.happens(0.6) => OfficerAction::Raise {
            community,
            alert_type: one(chance, &TYPES, AlertType::Chemical),
            level: AlertLevel::Yellow,
            kinds: vec![one(chance, &ThreatKind::ALL, ThreatKind::Unknown); 3],
            reason: String::new(),
        },
        _ => OfficerAction::End {
            alert: AlertId(chance.below(4_000_000)),
            outcome: Outcome::Mistaken,
            reason: String::new(),
        },
    }
}

fn report(chance: &mut Chance, at: Timestamp, codes: &[Code]) -> Report {
    let items = (0..chance.below(6)).filter_map(|_| item(chance, codes)).collect();
    Report {
        id: ReportId::new(&chance.below(400).to_string()),
        source: source(chance),
        status: if chance.happens(0.05) { Status::Actual } else { Status::Exercise },
        observed_at: time(chance, at),
        received_at: at,
        text: chance.happens(0.5).then(|| "words ".repeat(usize::try_from(chance.below(20)).unwrap_or(0))),
        items,
        refused: if chance.happens(0.1) { vec![refusal()] } else { Vec::new() },
    }
}

fn item(chance: &mut Chance, codes: &[Code]) -> Option<Item> {
    let community = code(chance, codes)?;
    if chance.happens(0.3) {
        return Some(Item::Order(Order {
            act: if chance.happens(0.6) { OrderAct::Raise } else { OrderAct::End },
            community,
            alert_type: one(chance, &TYPES, AlertType::UrbanFights),
            level: chance.happens(0.5).then_some(AlertLevel::Yellow),
            kinds: vec![one(chance, &ThreatKind::ALL, ThreatKind::Unknown)],
            trace: Vec::new(),
        }));
    }
    let acts = [Act::Track, Act::Track, Act::Track, Act::Launch, Act::Threat, Act::Cancel, Act::Summary];
    Some(Item::Threat(ThreatItem {
        kind: one(chance, &ThreatKind::ALL, ThreatKind::Unknown),
        act: one(chance, &acts, Act::Track),
        count: Count { low: u16::try_from(chance.below(65_536)).unwrap_or(0), high: Some(0), word: None },
        place: chance.happens(0.8).then(|| odd_place(chance, community)),
        place_part: chance.happens(0.2).then(|| one(chance, &WINDS, CompassPoint::C)),
        place_side: chance.happens(0.2).then(|| one(chance, &WINDS, CompassPoint::C)),
        via: chance.happens(0.2),
        region: code(chance, codes),
        origin: vec![Origin::Compass(CompassPoint::S)],
        directions_deg: (0..chance.below(5)).map(|_| u16::try_from(chance.below(65_536)).unwrap_or(0)).collect(),
        course_variable: chance.happens(0.1),
        targets: (0..chance.below(40)).map(|_| odd_place(chance, community)).collect(),
        trace: Vec::new(),
    }))
}

fn odd_place(chance: &mut Chance, code: Code) -> PlaceRef {
    let home_centre = crate::ground::middle();
    let (lat, lon) = (chance.unit() * 180.0 - 90.0, chance.unit() * 360.0 - 180.0);
    let home = (48.0 + 3.0 * chance.unit(), 29.0 + 6.0 * chance.unit());
    let (lat, lon) = match chance.below(10) {
        0 => (90.0, 180.0),
        1 => (-90.0, -180.0),
        2 => (lat, lon),
        _ => home,
    };
    let radii = [0.0, -5.0, 3.0, 3.0, 12.0, 80.0, 1e300, f64::MAX, f64::MIN_POSITIVE];
    PlaceRef {
        code,
        level: Level::Hromada,
        name: String::new(),
        centre: Position::new(lat, lon).unwrap_or(home_centre),
        radius_km: one(chance, &radii, 1.0),
    }
}

fn snapshot(chance: &mut Chance, at: Timestamp, codes: &[Code]) -> UpstreamSnapshot {
    let mut alerts: Vec<UpstreamAlert> = (0..chance.below(12))
        .filter_map(|_| {
            Some(UpstreamAlert {
                community: code(chance, codes)?,
                alert_type: one(chance, &TYPES, AlertType::AirRaid),
                level: chance.happens(0.5).then_some(AlertLevel::Red),
                kinds: Vec::new(),
                started_at: time(chance, at),
            })
        })
        .collect();
    alerts.sort_by_key(|alert| (alert.community, alert.alert_type));
    UpstreamSnapshot {
        source: source(chance),
        status: Status::Exercise,
        observed_at: time(chance, at),
        received_at: at,
        regions: if chance.happens(0.2) { code(chance, codes).into_iter().collect() } else { Vec::new() },
        alerts,
        refused: if chance.happens(0.2) { vec![refusal()] } else { Vec::new() },
        doubtful: if chance.happens(0.2) { code(chance, codes).into_iter().collect() } else { Vec::new() },
    }
}
