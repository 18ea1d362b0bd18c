//! Under load: rounds instead of steps, and still a function of the reports alone.

use engine::Engine;
use model::{Act, ThreatKind, Track};
use model::{AreaSet, Decision, DecisionBody, Event, EventBody, EventId, Item, Level, PlaceRef, ReportId, SourceId};
use sim::chance::Chance;
use sim::load::{Load, Plan, config};
use sim::world::instant;

/// So many seconds of a load that is busy from its first second on.
fn load(seconds: i64) -> Vec<Event> {
    let plan = Plan { seed: 7, objects: 60, reports_per_s: 400 };
    Load::new(plan, AreaSet::bundled()).take_while(|event| event.at < instant(seconds)).collect()
}

fn engine() -> Engine {
    Engine::new(config(), AreaSet::bundled()).loud()
}

fn run(engine: &mut Engine, events: &[Event]) -> Vec<Decision> {
    let mut decisions = Vec::new();
    for event in events {
        engine.step(event, &mut decisions);
    }
    decisions
}

fn tick(at_s: i64) -> Event {
    Event { id: EventId(1_000_000), at: instant(at_s), body: EventBody::Tick }
}

fn tracks(mut engine: Engine, at_s: i64) -> Vec<Track> {
    run(&mut engine, &[tick(at_s)]);
    engine.picture().tracks
}

#[test]
fn under_load_quiet_ticks_change_nothing() {
    let mut events = Vec::new();
    let mut next_ms = 0;
    for event in load(14) {
        let ms = event.at.ms_since(instant(0));
        while next_ms <= ms {
            events.push(Event { at: instant(0).plus_ms(next_ms), ..tick(0) });
            next_ms += 130;
        }
        // Two pauses: one shorter than a busy second, one longer.
        if !(5_300..6_100).contains(&ms) && !(9_000..11_700).contains(&ms) {
            events.push(event);
        }
    }
    let mut whole = engine();
    let mut told = Vec::new();
    let mut needed = Vec::new();
    let mut quiet = 0;
    for (n, event) in (1..).zip(events) {
        let event = Event { id: EventId(n), ..event };
        let decisions = run(&mut whole, std::slice::from_ref(&event));
        if event.body == EventBody::Tick && decisions.is_empty() {
            quiet += 1;
        } else {
            needed.push(event);
        }
        told.extend(decisions);
    }
    assert!(quiet > 50 && told.len() > 100, "{quiet} quiet ticks, {} decisions", told.len());
    let mut sparse = engine();
    assert_eq!(run(&mut sparse, &needed), told);
    assert_eq!(tracks(sparse, 20), tracks(whole, 20));
}

#[test]
fn after_a_load_the_sky_is_that_of_any_order_of_arrival() {
    let events = load(12);
    let mut live = engine();
    run(&mut live, &events);
    // The same reports, all at the end and in disorder; each keeps its number.
    let mut chance = Chance::new(3);
    let reports = events.iter().filter(|event| matches!(event.body, EventBody::Report(_)));
    let mut reports: Vec<(u64, &Event)> = reports.map(|event| (chance.below(1 << 40), event)).collect();
    reports.sort_by_key(|&(order, _)| order);
    let mut late = engine();
    for (_, event) in reports {
        run(&mut late, &[Event { at: instant(12), ..event.clone() }]);
    }
    let (live, late) = (tracks(live, 30), tracks(late, 30));
    assert!(live.len() >= 50, "{} tracks", live.len());
    assert_eq!(live, late);
}

#[test]
fn under_load_a_new_drone_is_warned_of_within_a_second() {
    let far =
        AreaSet::bundled().iter().find(|area| area.level == Level::Hromada && area.centre.lon_deg() < 23.0).unwrap();
    for second_ms in [6_000, 6_020, 6_499, 6_777] {
        let mut item = model::ThreatItem::of(ThreatKind::Uav, Act::Track);
        item.place = Some(PlaceRef {
            code: far.code,
            level: far.level,
            name: far.name_uk.clone(),
            centre: far.centre,
            radius_km: far.radius_km,
        });
        let (mut engine, mut said, mut told) = (engine(), false, None);
        for (n, event) in (1..).zip(load(8)) {
            let event = Event { id: EventId(n * 2), ..event };
            let decisions = run(&mut engine, std::slice::from_ref(&event));
            let of_it = |decision: &Decision| {
                matches!(&decision.body, DecisionBody::Raise(alert) if alert.community == far.code)
                    && decision.causes.contains(&EventId(1))
            };
            if let Some(decision) = decisions.into_iter().find(of_it) {
                told.get_or_insert(decision.decided_at);
            }
            if !said
                && event.at >= instant(0).plus_ms(second_ms)
                && let EventBody::Report(mut report) = event.body
            {
                said = true;
                report.id = ReportId::new("new");
                report.source = SourceId::new("radar-0");
                report.observed_at = event.at;
                report.items = vec![Item::Threat(item.clone())];
                run(&mut engine, &[Event { id: EventId(1), at: event.at, body: EventBody::Report(report) }]);
            }
        }
        let ms = told.expect("a warning").ms_since(instant(0).plus_ms(second_ms));
        assert!((0..=1000).contains(&ms), "said at {second_ms} ms, warned of {ms} ms later");
    }
}
