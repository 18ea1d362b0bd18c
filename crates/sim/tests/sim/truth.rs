//! Clear only by word, end only by name, never by silence, fault, talk or the other world.

use crate::over_seeds;
use engine::Mode;
use model::{
    CommunityStatus, Decision, DecisionBody, EventBody, EventId, Item, NoteKind, OrderAct, SourceId, Standing,
};
use sim::chance::Chance;
use sim::faults::{absurd, doubled, mixed, shuffled, silenced, talk_of_the_past};
use sim::ground::small;
use sim::record::Night;
use sim::world::{Arrival, Plan, SIREN, UPSTREAMS, config, evening, instant};
use std::collections::BTreeMap;

fn night(arrivals: &[Arrival], mode: Mode) -> Night {
    let mut night = Night::new(config(mode, small()), small());
    night.run(arrivals);
    night
}

/// Whether an event is an official word that may end (or raise) an alert for `alert.community`.
fn official_word(body: &EventBody, act: OrderAct, by: &SourceId) -> bool {
    match body {
        EventBody::Report(report) => {
            report.source == *by
                && report.items.iter().any(|item| matches!(item, Item::Order(order) if order.act == act))
        }
        EventBody::Upstream(snapshot) => snapshot.source == *by,
        _ => false,
    }
}

/// Every decision of a night has its cause, and every official one an official word as its newest cause.
fn check_causes(night: &Night) {
    let events: BTreeMap<EventId, &EventBody> =
        night.recorded.iter().map(|recorded| (recorded.event.id, &recorded.event.body)).collect();
    let official = [SIREN, UPSTREAMS[0], UPSTREAMS[1]].map(SourceId::new);
    for decision in night.decisions() {
        let cause = events[decision.causes.last().expect("a decision has a cause")];
        match &decision.body {
            DecisionBody::End { alert, by, .. } => {
                assert!(!by.is_empty() && !alert.holders.is_empty() && alert.ended_at == Some(decision.decided_at));
                match alert.standing {
                    Standing::Official => {
                        assert!(official.contains(&SourceId::new(by)), "{by}");
                        assert!(official_word(cause, OrderAct::End, &SourceId::new(by)), "{decision:?} by {cause:?}");
                    }
                    Standing::Advisory => assert_eq!(by, "policy:advisory"),
                    Standing::Authority => assert!(by == "policy:forecast" || by.starts_with("officer:"), "{by}"),
                }
            }
            DecisionBody::Raise(alert) if alert.standing == Standing::Official => {
                let by = alert.holders.keys().next().expect("an alert in force has a holder");
                assert!(official_word(cause, OrderAct::Raise, by), "{decision:?} by {cause:?}");
            }
            DecisionBody::Raise(alert) | DecisionBody::Update(alert) => assert!(!alert.holders.is_empty()),
            DecisionBody::Note(note) => assert_ne!(note.kind, NoteKind::Fault, "{}", note.detail),
        }
    }
}

#[test]
fn every_end_has_a_name_and_every_official_decision_an_official_word() {
    over_seeds("every_end_has_a_name_and_every_official_decision_an_official_word", 4, |seed| {
        let mut chance = Chance::new(seed);
        let arrivals = evening(Plan::of(seed), small());
        let arrivals = shuffled(&doubled(&arrivals, 0.2, &mut chance), 200, &mut chance);
        let arrivals = absurd(&mixed(&arrivals, &mut chance), 0.1, &mut chance);
        check_causes(&night(&arrivals, if seed % 2 == 0 { Mode::Relay } else { Mode::Authority }));
    });
}

#[test]
fn from_silence_everything_becomes_unknown_and_nothing_clear() {
    over_seeds("from_silence_everything_becomes_unknown_and_nothing_clear", 3, |seed| {
        let cut = instant(Chance::new(seed).between(600, 3000));
        let arrivals = silenced(&evening(Plan::of(seed), small()), None, cut, instant(i64::MAX / 2000));
        let mut night = Night::new(config(Mode::Relay, small()), small());
        let mut before: BTreeMap<_, _> = BTreeMap::new();
        for arrival in &arrivals {
            let silent = arrival.at >= cut;
            let decided = night.step(arrival);
            assert!(!silent || !decided.iter().any(ends_official), "an alert ended in silence");
            for area in small().iter().filter(|_| silent || arrival.at.plus_ms(60_000) >= cut) {
                let status = night.engine.community(area.code).unwrap().status;
                let was = before.insert(area.code, status).unwrap_or(status);
                let allowed = !silent || status == was || status == CommunityStatus::Unknown;
                assert!(allowed, "{} went from {was:?} to {status:?} in silence", area.code);
            }
        }
        // The longest patience of an official source is three minutes.
        assert!(arrivals.last().unwrap().at.ms_since(cut) > 200_000);
        assert!(before.values().all(|&status| status == CommunityStatus::Unknown), "{before:?}");
    });
}

fn ends_official(decision: &Decision) -> bool {
    matches!(&decision.body, DecisionBody::End { alert, .. } if alert.standing == Standing::Official)
}

#[test]
fn a_source_that_falls_silent_ends_nothing_it_holds() {
    over_seeds("a_source_that_falls_silent_ends_nothing_it_holds", 3, |seed| {
        let whole = evening(Plan::of(seed), small());
        let (from, to) = (instant(1200), instant(3600));
        let arrivals = silenced(&whole, Some(UPSTREAMS[0]), from, to);
        let mut night = Night::new(config(Mode::Relay, small()), small());
        for arrival in &arrivals {
            let by_the_silent = night
                .step(arrival)
                .iter()
                .any(|decision| matches!(&decision.body, DecisionBody::End { by, .. } if by == UPSTREAMS[0]));
            assert!(!(by_the_silent && arrival.at >= from && arrival.at < to));
        }
        check_causes(&night);
    });
}

#[test]
fn talk_of_the_past_decides_nothing() {
    let night = night(&talk_of_the_past(small(), 60), Mode::Authority);
    let decided: Vec<_> = night.decisions().collect();
    assert!(decided.is_empty(), "{decided:?}");
}

#[test]
fn the_other_world_never_mixes_in() {
    // What was decided, without the numbers that the refused messages took.
    let told = |night: &Night| -> Vec<String> {
        night
            .decisions()
            .filter_map(|decision| {
                let (word, alert) = match &decision.body {
                    DecisionBody::Raise(alert) => ("raise", alert),
                    DecisionBody::Update(alert) => ("update", alert),
                    DecisionBody::End { alert, .. } => ("end", alert),
                    DecisionBody::Note(_) => return None,
                };
                let holders: Vec<_> = alert.holders.iter().map(|(name, h)| (name, h.since, h.level)).collect();
                let arrival = alert.arrival;
                Some(format!(
                    "{} {word} {:?} {} {holders:?} {arrival:?}",
                    decision.decided_at, alert.standing, alert.community
                ))
            })
            .collect()
    };
    over_seeds("the_other_world_never_mixes_in", 3, |seed| {
        let arrivals = evening(Plan::of(seed), small());
        let with = mixed(&arrivals, &mut Chance::new(seed));
        assert!(with.len() > arrivals.len());
        assert_eq!(told(&night(&arrivals, Mode::Relay)), told(&night(&with, Mode::Relay)));
    });
}

#[test]
fn no_finite_input_brings_the_engine_down() {
    over_seeds("no_finite_input_brings_the_engine_down", 10, |seed| {
        let arrivals = sim::chaos::arrivals(seed, 800, small());
        let mode = if seed % 2 == 0 { Mode::Relay } else { Mode::Authority };
        let mut night = Night::new(config(mode, small()), small());
        for arrival in &arrivals {
            night.step(arrival);
        }
        let picture = night.engine.picture();
        for track in &picture.tracks {
            let numbers = [track.position_sd_km[0], track.position_sd_km[1], track.speed_mps, track.existence];
            assert!(numbers.iter().all(|number| number.is_finite() && *number >= 0.0), "{track:?}");
        }
        for decision in night.decisions() {
            if let DecisionBody::End { by, .. } = &decision.body {
                assert!(!by.is_empty() && !decision.causes.is_empty());
            }
        }
        assert_eq!(night.in_force(), picture.alerts, "the record and the engine agree on what stands");
    });
}
