//! Same events, same decisions; any order of arrival, the same sky; a restart changes nothing.

use crate::over_seeds;
use engine::Mode;
use model::{
    Decision, DecisionBody, EventBody, EventId, ReportId, SourceId, Standing, Track, TrackId, id::ALERTS_PER_EVENT,
};
use sim::chance::Chance;
use sim::faults::{doubled, shuffled};
use sim::ground::small;
use sim::record::{Night, bytes};
use sim::world::{Arrival, Plan, config, evening, instant};
use std::collections::BTreeMap;

fn night(arrivals: &[Arrival], mode: Mode) -> Night {
    let mut night = Night::new(config(mode, small()), small());
    night.run(arrivals);
    night
}

fn modes(seed: u64) -> Mode {
    if seed.is_multiple_of(2) { Mode::Relay } else { Mode::Authority }
}

#[test]
fn same_events_same_decisions() {
    over_seeds("same_events_same_decisions", 4, |seed| {
        let arrivals = doubled(&evening(Plan::of(seed), small()), 0.1, &mut Chance::new(seed));
        let (a, b) = (night(&arrivals, modes(seed)), night(&arrivals, modes(seed)));
        assert!(a.decisions().count() > 50, "{} decisions: an evening decides something", a.decisions().count());
        assert_eq!(a.bytes(), b.bytes());
        assert_eq!(a.engine.picture(), b.engine.picture());
    });
}

/// Tracks as JSON with every event replaced by its report: what does not depend on arrival.
fn canonical(night: &Night) -> String {
    let reports: BTreeMap<EventId, (SourceId, ReportId)> = night
        .recorded
        .iter()
        .filter_map(|recorded| match &recorded.event.body {
            EventBody::Report(report) => Some((recorded.event.id, (report.source.clone(), report.id.clone()))),
            _ => None,
        })
        .collect();
    let mut tracks: Vec<String> = night
        .engine
        .picture()
        .tracks
        .into_iter()
        .map(|track| {
            let began = &reports[&EventId(track.id.0 / ALERTS_PER_EVENT)];
            let made: Vec<_> = track.provenance.iter().map(|event| &reports[event]).collect();
            let words = format!("{began:?} {made:?}");
            let track = Track { id: TrackId(track.id.0 % ALERTS_PER_EVENT), provenance: Vec::new(), ..track };
            format!("{words} {}", serde_json::to_string(&track).unwrap())
        })
        .collect();
    tracks.sort();
    tracks.join("\n")
}

/// What is said of communities, without the instants of arrival.
fn states(night: &Night) -> Vec<String> {
    let picture = night.engine.picture();
    let state = |code| {
        let state = night.engine.community(code).unwrap();
        let words: Vec<_> = state.said_by.iter().map(|view| (&view.source, view.word, view.last_word)).collect();
        format!(
            "{code} {:?} {:?} {:?} {} {:?} {} {words:?}",
            state.status, state.level, state.kinds, state.partial, state.last_known, state.disagreement
        )
    };
    assert!(!picture.communities.is_empty());
    small().iter().map(|area| state(area.code)).collect()
}

#[test]
fn any_order_of_arrival_gives_the_same_sky_and_the_same_truth() {
    over_seeds("any_order_of_arrival_gives_the_same_sky_and_the_same_truth", 6, |seed| {
        let plan = Plan { minutes: 70, ..Plan::of(seed) };
        let mut arrivals = evening(plan, small());
        let mut chance = Chance::new(seed ^ 0xabcd);
        // Afterwards everyone says once more that they are alive, so that only what was said differs.
        let close = |arrivals: &mut Vec<Arrival>| {
            let at = instant(i64::from(plan.minutes) * 60 + 700);
            for source in config(Mode::Relay, small()).sources.into_keys() {
                arrivals.push(Arrival { at, body: EventBody::Heartbeat { source } });
            }
        };
        let mut late = shuffled(&arrivals, 600, &mut chance);
        close(&mut arrivals);
        close(&mut late);
        let (a, b) = (night(&arrivals, Mode::Relay), night(&late, Mode::Relay));
        assert_eq!(canonical(&a), canonical(&b));
        assert_eq!(states(&a), states(&b));
    });
}

#[test]
fn a_restart_at_any_event_changes_no_later_decision() {
    over_seeds("a_restart_at_any_event_changes_no_later_decision", 3, |seed| {
        let plan = Plan { minutes: 75, ..Plan::of(seed) };
        let arrivals = doubled(&evening(plan, small()), 0.05, &mut Chance::new(seed));
        let arrivals = shuffled(&arrivals, if seed % 3 == 0 { 300 } else { 0 }, &mut Chance::new(seed));
        let mode = modes(seed);
        let whole = night(&arrivals, mode);
        let step = arrivals.len() / 6;
        for cut in (0..arrivals.len()).skip(step / 2).step_by(step.max(1)) {
            let mut before = Night::new(config(mode, small()), small());
            before.run(&arrivals[..cut]);
            for told in [true, false] {
                let mut after = before.restarted(config(mode, small()), small(), told);
                assert_eq!(after.engine.picture().alerts, before.in_force(), "cut at {cut}, told {told}");
                after.run(&arrivals[cut..]);
                let expected = bytes(&whole.recorded[before.recorded.len()..]);
                assert_eq!(bytes(&after.recorded), expected, "cut at {cut}, told {told}");
                assert_eq!(after.engine.picture().tracks, whole.engine.picture().tracks);
            }
        }
    });
}

#[test]
fn a_restart_in_a_long_night_changes_no_later_official_decision() {
    let official = |night: &Night, from: usize| -> Vec<Decision> {
        let told = |decision: &&Decision| match &decision.body {
            DecisionBody::Raise(alert) | DecisionBody::Update(alert) | DecisionBody::End { alert, .. } => {
                alert.standing == Standing::Official
            }
            DecisionBody::Note(_) => false,
        };
        let mut decisions: Vec<Decision> =
            night.recorded[from..].iter().flat_map(|r| &r.decisions).filter(told).cloned().collect();
        // Advisories may take more or fewer numbers once tracks older than the replay are forgotten.
        for decision in &mut decisions {
            decision.causes.clear();
            if let DecisionBody::Raise(alert) | DecisionBody::Update(alert) | DecisionBody::End { alert, .. } =
                &mut decision.body
            {
                alert.id = model::AlertId(0);
                alert.holders.values_mut().for_each(|holder| holder.event = EventId(0));
            }
        }
        decisions
    };
    over_seeds("a_restart_in_a_long_night_changes_no_later_official_decision", 0, |seed| {
        let plan = Plan { minutes: 300, groups: 14, tick_s: 60, ..Plan::of(seed) };
        let arrivals = evening(plan, small());
        let whole = night(&arrivals, Mode::Relay);
        for part in [2, 3] {
            let cut = arrivals.len() * part / 4;
            let mut before = Night::new(config(Mode::Relay, small()), small());
            before.run(&arrivals[..cut]);
            let mut after = before.restarted(config(Mode::Relay, small()), small(), part == 2);
            after.run(&arrivals[cut..]);
            assert_eq!(official(&after, 0), official(&whole, before.recorded.len()));
        }
    });
}

#[test]
fn ticks_compose_on_any_evening() {
    over_seeds("ticks_compose_on_any_evening", 4, |seed| {
        let plan = Plan { minutes: 50, tick_s: 5, ..Plan::of(seed) };
        let arrivals = evening(plan, small());
        let mut whole = Night::new(config(modes(seed), small()), small());
        let mut told = Vec::new();
        for arrival in &arrivals {
            told.push(!whole.step(arrival).is_empty());
        }
        let needed: Vec<Arrival> = arrivals
            .iter()
            .zip(&told)
            .filter(|(arrival, told)| arrival.body != EventBody::Tick || **told)
            .map(|(arrival, _)| arrival.clone())
            .collect();
        assert!(needed.len() < arrivals.len());
        let sparse = night(&needed, modes(seed));
        assert_eq!(whole.bytes(), sparse.bytes());
    });
}
