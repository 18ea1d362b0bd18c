//! Officers: one person for what is small and usual, two for what is wide or rare, one action to take it back.

use crate::world::{World, code, config, drone, observer, short, source};
use engine::{Config, Mode, Policy, SourceProfile};
use model::{
    AlertId, AlertLevel, AlertType, Because, DecisionBody, EventBody, EventId, NoteKind, OfficerAction, Outcome,
    Standing, Status, ThreatKind,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn authority(policy: &str, reach_count: u32) -> Config {
    let mut config = config();
    config.mode = Mode::Authority;
    config.policy = Policy::shipped(policy).unwrap();
    config.policy.officers.reach_count = reach_count;
    let sensor = SourceProfile { senses: vec![code("UA")], stale_after_ms: 60_000, ..observer(0.95) };
    config.sources.insert(source("sensor"), sensor);
    config
}

fn raise(community: &str, kind: ThreatKind) -> OfficerAction {
    OfficerAction::Raise {
        community: code(community),
        alert_type: AlertType::AirRaid,
        level: AlertLevel::Red,
        kinds: vec![kind],
        reason: "telephone".to_owned(),
    }
}

fn said() -> String {
    "heard it".to_owned()
}

/// What the order decided, in short, without what sources say meanwhile.
fn act(world: &mut World, minute: f64, officer: &str, action: OfficerAction) -> Vec<String> {
    let body = EventBody::Officer { officer: officer.to_owned(), action, status: Some(Status::Exercise) };
    let told = short(&world.step(minute, body));
    told.into_iter().filter(|word| !word.contains("SourceStale") && !word.contains("Advisory")).collect()
}

/// The newest alert of this centre for a community.
fn alert(world: &World, community: &str) -> AlertId {
    let alerts = world.engine.picture().alerts;
    let its = |alert: &&model::Alert| alert.community == code(community) && alert.standing == Standing::Authority;
    alerts.iter().rfind(its).unwrap().id
}

fn last_event(world: &World) -> EventId {
    world.events.last().unwrap().id
}

#[test]
fn what_is_wide_or_rare_waits_for_another_person() {
    let mut world = World::of(authority("forecast", 3));
    assert_eq!(act(&mut world, 0.0, "Olena", raise("A1", ThreatKind::Uav)), ["Raise Authority A1 by officer:Olena"]);
    assert_eq!(act(&mut world, 0.1, "Olena", raise("K", ThreatKind::Uav)), ["Raise Authority K by officer:Olena"]);
    for (community, kind) in [("B", ThreatKind::Uav), ("UA", ThreatKind::Uav), ("B1", ThreatKind::Mig31k)] {
        assert_eq!(act(&mut world, 1.0, "Olena", raise(community, kind)), ["Note OrderWaits"], "{community}");
        let proposal = last_event(&world);
        let second = || OfficerAction::Second { proposal, reason: said() };
        for same in ["Olena", "olena", " OLENA "] {
            assert_eq!(act(&mut world, 1.1, same, second()), ["Note Disbelieved"], "one person is not two");
        }
        let told = act(&mut world, 1.2, "Taras", second());
        assert_eq!(told, ["Note OrderSeconded".to_owned(), format!("Raise Authority {community} by officer:Olena")]);
        assert_eq!(act(&mut world, 1.3, "Taras", second()), ["Note Disbelieved"], "it is seconded once");
        let held = world.engine.picture().alerts.into_iter().find(|alert| alert.community == code(community)).unwrap();
        assert_eq!(held.holders[&source("officer:Olena")].second.as_deref(), Some("Taras"));
    }
}

#[test]
fn what_two_stand_by_is_not_forgotten_when_one_of_them_orders_more() {
    let mut world = World::of(authority("forecast", 3));
    act(&mut world, 0.0, "Olena", raise("A1b", ThreatKind::Mig31k));
    let proposal = last_event(&world);
    act(&mut world, 1.0, "Taras", OfficerAction::Second { proposal, reason: said() });
    act(&mut world, 2.0, "Olena", raise("A1b", ThreatKind::Uav));
    let alerts = world.engine.picture().alerts;
    let holder = &alerts[0].holders[&source("officer:Olena")];
    assert_eq!((holder.second.as_deref(), holder.since), (Some("Taras"), crate::world::at(1.0)));
    assert_eq!(holder.kinds, [ThreatKind::Uav, ThreatKind::Mig31k]);
}

#[test]
fn an_order_that_nobody_seconds_lapses_and_is_noted() {
    let mut world = World::of(authority("forecast", 3));
    act(&mut world, 0.0, "Olena", raise("A", ThreatKind::Uav));
    let proposal = last_event(&world);
    assert!(!short(&world.tick(9.9)).contains(&"Note OrderLapsed".to_owned()));
    assert!(short(&world.tick(10.1)).contains(&"Note OrderLapsed".to_owned()));
    let late = OfficerAction::Second { proposal, reason: said() };
    assert_eq!(act(&mut world, 10.2, "Taras", late), ["Note Disbelieved"]);
    assert_eq!(world.in_force(), [] as [&str; 0]);
}

#[test]
fn a_retraction_is_one_action_and_the_policy_does_not_raise_the_same_threat_again() {
    let mut world = World::of(authority("doctrine", 3));
    world.tell(0.0, "radar", &[drone("A1a", &["A1b"])]);
    let id = alert(&world, "A1");
    let retract = OfficerAction::Retract { alert: id, reason: "a lorry".to_owned() };
    let told = act(&mut world, 1.0, "Olena", retract);
    assert_eq!(told, ["End Authority A1 Mistaken by officer:Olena", "Note ThreatDismissed"]);
    for half in 3..40 {
        let told = short(&world.beat(f64::from(half) / 2.0, "sensor"));
        assert!(!told.iter().any(|word| word.starts_with("Raise Authority A1 ")), "{told:?}");
    }
    // Another one is another threat.
    let told = short(&world.tell(20.0, "radar", &[drone("A2a", &["A1a"]), drone("A2a", &["A1b"])]));
    assert!(told.contains(&"Raise Authority A2 by policy:doctrine".to_owned()), "{told:?}");
    let raised = (41..120).any(|half| {
        let told = short(&world.beat(f64::from(half) / 2.0, "sensor"));
        told.contains(&"Raise Authority A1 by policy:doctrine".to_owned())
    });
    assert!(raised || told.contains(&"Raise Authority A1 by policy:doctrine".to_owned()));
}

#[test]
fn to_narrow_is_to_begin_the_smaller_ones_before_the_wide_one_ends() {
    let mut world = World::of(authority("region", 3));
    world.tell(0.0, "radar", &[drone("A1a", &["A1b"])]);
    let id = alert(&world, "A");
    let narrow = |communities: &[&str]| OfficerAction::Narrow {
        alert: id,
        communities: communities.iter().map(|text| code(text)).collect(),
        outcome: Outcome::Passed,
        reason: said(),
    };
    for wrong in [&[][..], &["A"], &["B1"], &["A1", "UA"], &["A1a-town"]] {
        assert_eq!(act(&mut world, 0.5, "Olena", narrow(wrong)), ["Note Disbelieved"], "{wrong:?}");
    }
    assert_eq!(
        act(&mut world, 1.0, "Olena", narrow(&["A1a", "A1b"])),
        [
            "Raise Authority A1a by officer:Olena",
            "Raise Authority A1b by officer:Olena",
            "End Authority A Passed by officer:Olena",
            "Note ThreatDismissed"
        ]
    );
    for half in 3..10 {
        let told = short(&world.beat(f64::from(half) / 2.0, "sensor"));
        assert!(!told.iter().any(|word| word.starts_with("Raise Authority")), "{told:?}");
    }
}

#[test]
fn to_widen_keeps_the_smaller_alert_and_needs_two_beyond_the_reach() {
    let mut world = World::of(authority("forecast", 3));
    act(&mut world, 0.0, "Olena", raise("A1a", ThreatKind::Uav));
    let id = alert(&world, "A1a");
    let widen = |community: &str| OfficerAction::Widen { alert: id, community: code(community), reason: said() };
    assert_eq!(act(&mut world, 0.1, "Olena", widen("B1")), ["Note Disbelieved"]);
    assert_eq!(act(&mut world, 0.2, "Olena", widen("A1")), ["Raise Authority A1 by officer:Olena"]);
    assert_eq!(act(&mut world, 0.3, "Olena", widen("A")), ["Note OrderWaits"]);
    assert_eq!(world.in_force().len(), 2);
}

#[test]
fn an_alert_that_is_held_outlives_its_danger_until_it_is_released() {
    let ended = |held: bool| {
        let mut world = World::of(authority("forecast", 3));
        world.tell(0.0, "radar", &[drone("A1a", &["A1b"])]);
        let id = alert(&world, "A1a");
        if held {
            let hold = OfficerAction::Hold { alert: id, reason: "the sensor is new".to_owned() };
            let told = act(&mut world, 0.5, "Olena", hold);
            assert_eq!(told, ["Update Authority A1a by officer:Olena+policy:forecast"]);
        }
        let mut ended = None;
        for half in 2..=300 {
            let minute = f64::from(half) / 2.0;
            if held && half == 200 {
                let release = OfficerAction::Release { alert: id, reason: said() };
                act(&mut world, minute, "Olena", release);
            }
            let told = short(&world.beat(minute, "sensor"));
            if told.contains(&"End Authority A1a Passed by policy:forecast".to_owned()) {
                ended.get_or_insert(minute);
            }
        }
        ended.unwrap()
    };
    assert!(ended(false) < 90.0);
    assert!(ended(true) >= 100.0);
    // The last holder cannot walk away: somebody must end it.
    let mut world = World::of(authority("forecast", 3));
    act(&mut world, 0.0, "Olena", raise("A1", ThreatKind::Uav));
    let release = OfficerAction::Release { alert: alert(&world, "A1"), reason: said() };
    assert_eq!(act(&mut world, 1.0, "Olena", release), ["Note Disbelieved"]);
}

#[test]
fn an_officer_makes_an_alert_of_an_advisory() {
    let mut config = authority("forecast", 3);
    config.policy.rule.retain(|rule| rule.name.starts_with("cruise missile"));
    let mut world = World::of(config);
    world.tell(0.0, "claims", &[drone("A1a", &["A1b"])]);
    world.tell(0.1, "spotter", &[drone("A1a", &["A1b"])]);
    let advisory = world.engine.picture().alerts.into_iter().find(|alert| alert.community == code("A1a")).unwrap();
    assert_eq!(advisory.standing, Standing::Advisory);
    let confirm = OfficerAction::Confirm { alert: advisory.id, reason: said() };
    assert_eq!(act(&mut world, 1.0, "Olena", confirm), ["Raise Authority A1a by officer:Olena"]);
    let reason = world.decisions.iter().rev().find_map(|decision| match &decision.reason.as_ref()?.because {
        Because::Ordered { order, officer, words, .. } => Some(format!("{order} {officer} {words}")),
        _ => None,
    });
    assert_eq!(reason.as_deref(), Some("confirm Olena heard it"));
}

#[test]
fn an_order_meant_for_the_other_world_does_nothing() {
    let mut world = World::of(authority("forecast", 3));
    let action = raise("A1", ThreatKind::Uav);
    let body = EventBody::Officer { officer: "Olena".to_owned(), action, status: Some(Status::Actual) };
    assert_eq!(short(&world.step(0.0, body)), ["Note Disbelieved"]);
    assert_eq!(world.in_force(), [] as [&str; 0]);
}

#[test]
fn a_long_alert_is_brought_to_mind_and_never_ends_for_its_age() {
    let mut world = World::of(authority("forecast", 3));
    act(&mut world, 0.0, "Olena", raise("A1", ThreatKind::Uav));
    let mut reminders = Vec::new();
    for minute in 1..=24 * 60 {
        for decision in world.tick(f64::from(minute)) {
            if let DecisionBody::Note(note) = &decision.body
                && note.kind == NoteKind::LongAlert
            {
                reminders.push((minute, note.detail.clone()));
            }
        }
    }
    let minutes: Vec<i32> = reminders.iter().map(|(minute, _)| *minute).collect();
    assert_eq!(minutes, [180, 360, 540, 720, 900, 1080, 1260, 1440]);
    assert!(reminders[0].1.contains("held by Olena since 2026-11-23T00:00:00"), "{}", reminders[0].1);
    assert_eq!(world.in_force(), ["Authority A1 by officer:Olena"]);
}

/// What one person may try, over every community and in any order.
fn attempt() -> impl Strategy<Value = (usize, usize, usize)> {
    (0..8_usize, 0..10_usize, 0..8_usize)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn one_person_alone_never_raises_more_than_the_reach_however_it_is_split(tries in proptest::collection::vec(attempt(), 1..40)) {
        const CODES: [&str; 10] = ["A1", "A1a", "A1b", "A2", "A2a", "B1", "B1a", "K", "A", "UA"];
        const NAMES: [&str; 3] = ["Olena", "olena ", "OLENA"];
        let mut world = World::of(authority("forecast", 2));
        for (step, (what, place, which)) in tries.into_iter().enumerate() {
            let minute = f64::from(u32::try_from(step).unwrap());
            let alerts = world.engine.picture().alerts;
            let alert = alerts.get(which % alerts.len().max(1)).map_or(AlertId(1), |alert| alert.id);
            let community = code(CODES[place]);
            let kind = if which == 7 { ThreatKind::Mig31k } else { ThreatKind::Uav };
            let action = match what {
                0 | 1 => raise(CODES[place], kind),
                2 => OfficerAction::Widen { alert, community, reason: said() },
                3 => OfficerAction::Narrow { alert, communities: vec![community], outcome: Outcome::Passed, reason: said() },
                4 => OfficerAction::Confirm { alert, reason: said() },
                5 => OfficerAction::Second { proposal: EventId(100 + which as u64), reason: said() },
                6 => OfficerAction::EndTogether { alerts: vec![alert], outcome: Outcome::Passed, reason: said() },
                _ => OfficerAction::End { alert, outcome: Outcome::Passed, reason: said() },
            };
            act(&mut world, minute, NAMES[which % 3], action);
            let standing: Vec<_> = world.engine.picture().alerts;
            let standing: Vec<_> = standing.iter().filter(|alert| alert.standing == Standing::Authority).collect();
            prop_assert!(standing.iter().all(|alert| !alert.kinds.contains(&ThreatKind::Mig31k)));
            let raion = |text: &str| text.get(..2).unwrap_or(text).to_owned();
            let units: BTreeSet<String> = standing.iter().map(|alert| raion(alert.community.as_str())).collect();
            prop_assert!(units.len() <= 2 && !units.contains("A") && !units.contains("UA"), "{units:?}");
        }
    }
}

#[test]
fn who_ends_what_no_rule_holds_overrules_nothing() {
    let mut world = World::of(authority("doctrine", 3));
    world.tell(0.0, "radar", &[drone("A1a", &["A1b"])]);
    let id = alert(&world, "A1");
    assert_eq!(world.engine.unheld(), []);
    // It flies away and is not told of any more.
    let waits = (1..200).map(f64::from).find(|&minute| {
        world.tell(minute - 0.5, "radar", &[drone("A2a", &[])]);
        world.tick(minute);
        assert_eq!(world.engine.unheld(), world.engine.picture().unheld, "what officers see is what waits");
        world.engine.unheld().contains(&id)
    });
    let minute = waits.expect("no rule holds it after a while");
    let end = OfficerAction::End { alert: id, outcome: Outcome::Passed, reason: said() };
    let told = act(&mut world, minute + 0.1, "Olena", end);
    assert_eq!(told, ["End Authority A1 Passed by officer:Olena"], "nothing is dismissed");
    let again = short(&world.tell(minute + 1.0, "radar", &[drone("A1a", &["A1b"])]));
    assert!(again.contains(&"Raise Authority A1 by policy:doctrine".to_owned()), "{again:?}");
}

#[test]
fn several_alerts_end_by_one_word_and_what_cannot_end_is_named() {
    let mut world = World::of(authority("doctrine", 3));
    act(&mut world, 0.0, "Olena", raise("A1a", ThreatKind::Uav));
    act(&mut world, 0.1, "Olena", raise("B1a", ThreatKind::Uav));
    let together =
        |alerts: Vec<AlertId>| OfficerAction::EndTogether { alerts, outcome: Outcome::Passed, reason: said() };
    let (a, b, gone) = (alert(&world, "A1a"), alert(&world, "B1a"), AlertId(1));
    assert_eq!(act(&mut world, 0.2, "Taras", together(vec![])), ["Note Disbelieved"]);
    assert_eq!(act(&mut world, 0.3, "Taras", together((0..65).map(AlertId).collect())), ["Note Disbelieved"]);
    assert_eq!(act(&mut world, 0.4, "Taras", together(vec![gone])), ["Note Disbelieved"]);
    assert_eq!(world.in_force().len(), 2);
    let told = act(&mut world, 0.5, "Taras", together(vec![a, gone, b, a]));
    let ends = |at: &str| format!("End Authority {at} Passed by officer:Taras");
    assert_eq!(told, [ends("A1a"), ends("B1a"), "Note OrderPartly".to_owned()]);
    assert!(world.in_force().is_empty());
}

#[test]
fn what_a_rule_holds_again_does_not_end_among_others() {
    let mut world = World::of(authority("doctrine", 3));
    world.tell(0.0, "radar", &[drone("A1a", &["A1b"])]);
    act(&mut world, 0.1, "Olena", raise("B1a", ThreatKind::Uav));
    let (held, free) = (alert(&world, "A1"), alert(&world, "B1a"));
    let together = |outcome| OfficerAction::EndTogether { alerts: vec![held, free], outcome, reason: said() };
    let told = act(&mut world, 0.2, "Taras", together(Outcome::Passed));
    assert_eq!(told, ["End Authority B1a Passed by officer:Taras", "Note OrderPartly"]);
    assert!(world.in_force().contains(&"Authority A1 by policy:doctrine".to_owned()));
    // A mistake is called one: that is no list of what has passed.
    let told = act(&mut world, 0.3, "Taras", together(Outcome::Mistaken));
    assert!(told.contains(&"End Authority A1 Mistaken by officer:Taras".to_owned()), "{told:?}");
}
