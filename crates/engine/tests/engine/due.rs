//! Rules that ask when an arrival is due.

use crate::world::{World, code, config, drone, observer, source};
use engine::{Config, Mode, Policy, SourceProfile};
use model::{Act, Because, DecisionBody, Numbers, Standing, ThreatItem, ThreatKind};

const PLAIN: &str = include_str!("plain.toml");
const RULE: &str = "\n[[rule]]\nname = \"due\"\nkinds = [\"uav\"]\narea = \"hromada\"\nlevel = \"yellow\"\n";
const DUE: &str = "raise_p = 0.02\nrelease_p = 0.1\ndue_s = [270, 450]\nnear_s = 300\nnear_p = 0.3\nhold_s = 60\n";

/// A policy with this rule alone.
fn policy(rule: &str) -> Result<Policy, engine::PolicyError> {
    let (head, _) = PLAIN.split_once("remind_s = 10800\n").unwrap();
    Policy::read(&format!("{head}remind_s = 10800\n{RULE}{rule}"))
}

fn authority(rule: &str) -> Config {
    let mut config = config();
    config.mode = Mode::Authority;
    config.policy = policy(rule).unwrap();
    let sensor = SourceProfile { senses: vec![code("UA")], stale_after_ms: 60_000, ..observer(0.95) };
    config.sources.insert(source("sensor"), sensor);
    config
}

/// The numbers by which an alert of this centre began for a community, and when.
fn begun(world: &World, community: &str) -> Option<(f64, Numbers)> {
    let first = world.decisions.first()?.decided_at;
    world.decisions.iter().find_map(|decision| match (&decision.body, &decision.reason) {
        (DecisionBody::Raise(alert), Some(reason))
            if alert.standing == Standing::Authority && alert.community == code(community) =>
        {
            let Because::Reached(numbers) = &reason.because else { return None };
            #[allow(clippy::cast_precision_loss)] // An evening.
            let minute = decision.decided_at.ms_since(first) as f64 / 60_000.0;
            Some((minute, numbers.clone()))
        }
        _ => None,
    })
}

/// A drone that comes from A2a toward A1a, half an hour away.
fn evening(rule: &str) -> World {
    let mut world = World::of(authority(rule));
    world.tell(0.0, "radar", &[drone("A2a", &["A1a"])]);
    for quarter in 1..=160 {
        world.beat(f64::from(quarter) / 4.0, "sensor");
    }
    world
}

#[test]
fn it_begins_when_an_arrival_is_due_and_says_of_what_span() {
    let world = evening(DUE);
    let (minute, numbers) = begun(&world, "A1a").unwrap();
    let due = numbers.due.unwrap();
    assert_eq!([due.from_s, due.to_s], [270, 450]);
    assert!(due.probability >= numbers.threshold, "{numbers:?}");
    // So many as live where nobody knows: nothing is scaled without raise_people.
    assert!((numbers.threshold - 0.02).abs() < 1e-9, "{numbers:?}");
    assert!(due.probability <= numbers.arrival.probability + 1e-3, "{numbers:?}");
    let (late, _) = begun(&evening(&DUE.replace("[270, 450]", "[30, 90]").replace("300", "90")), "A1a").unwrap();
    assert!(late > minute + 2.0, "{late} after {minute}");
    let (early, _) = begun(&evening(&DUE.replace("[270, 450]", "[270, 600]")), "A1a").unwrap();
    assert!(early < minute, "{early} before {minute}");
}

#[test]
fn what_is_here_before_it_was_due_begins_all_the_same() {
    let mut world = World::of(authority(DUE));
    world.tell(0.0, "radar", &[drone("A1a", &[])]);
    let (_, numbers) = begun(&world, "A1a").unwrap();
    let near = numbers.due.unwrap();
    assert_eq!([near.from_s, near.to_s], [0, 300]);
    assert!(near.probability >= 0.3 && (numbers.threshold - 0.3).abs() < 1e-9, "{numbers:?}");
}

#[test]
fn a_span_that_begins_now_holds_what_is_there_already() {
    let mut world = World::of(authority(&DUE.replace("[270, 450]", "[0, 120]")));
    world.tell(0.0, "radar", &[drone("A1a", &[])]);
    let (_, numbers) = begun(&world, "A1a").unwrap();
    let due = numbers.due.unwrap();
    assert_eq!([due.from_s, due.to_s], [0, 120]);
    assert!(due.probability > 0.3, "{numbers:?}");
}

#[test]
fn a_threat_that_was_only_told_may_come_at_any_minute() {
    let mut world = World::of(authority(DUE));
    let told = ThreatItem { act: Act::Threat, kind: ThreatKind::Uav, ..drone("", &["A1a"]) };
    world.tell(0.0, "radar", &[told]);
    let (_, numbers) = begun(&world, "A1a").unwrap();
    assert!((numbers.due.unwrap().probability - 0.5).abs() < 1e-9, "{numbers:?}");
}

#[test]
fn fewer_people_are_alerted_at_less() {
    // Nobody knows how many live there: 1,500.
    let threshold = |more: &str| begun(&evening(&format!("{DUE}{more}")), "A1a").unwrap().1.threshold;
    assert!((threshold("raise_people = 0.8\n") - 0.00763).abs() < 1e-6, "{}", threshold("raise_people = 0.8\n"));
    assert!((threshold("raise_people = 0.0\n") - 0.02).abs() < 1e-9);
    assert!((threshold("raise_people = 0.8\nraise_most = 0.02\n") - 0.00763).abs() < 1e-6);
}

#[test]
fn it_waits_for_a_word_once_nothing_is_due_or_near_and_never_ends_itself_without_a_watch() {
    let mut world = World::of(authority(DUE));
    world.tell(0.0, "radar", &[drone("A2a", &["A1a"])]);
    let (mut waited, mut held) = (false, false);
    for quarter in 1..=320 {
        // Once it stands the radar is heard, which tells of nothing any more, and nothing watches.
        world.beat(f64::from(quarter) / 4.0, if held { "radar" } else { "sensor" });
        let alert = world.engine.own_alerts().find(|alert| alert.community == code("A1a")).map(|alert| alert.id);
        if let Some(id) = alert {
            held |= !world.engine.unheld().contains(&id);
            waited |= world.engine.unheld().contains(&id);
        }
    }
    assert!(held && waited, "{held} {waited} {:?}", begun(&world, "A1a"));
    assert!(world.engine.own_alerts().any(|alert| alert.community == code("A1a")), "silence ends nothing");
}

#[test]
fn a_rule_that_says_half_is_refused() {
    let refused = |rule: &str| policy(rule).unwrap_err().reason;
    let of = |was: &str, is: &str| refused(&DUE.replace(was, is));
    assert_eq!(of("near_p = 0.3\n", ""), "due_s alone: expected due_s, near_s and near_p, or none of them");
    assert_eq!(of("due_s = [270, 450]\n", ""), "near_s alone: expected due_s, near_s and near_p, or none of them");
    assert_eq!(of("[270, 450]", "[450, 270]"), "due_s = [450, 270]: expected the lesser first, at most 600");
    assert_eq!(of("[270, 450]", "[270, 601]"), "due_s = [270, 601]: expected the lesser first, at most 600");
    assert_eq!(of("near_s = 300", "near_s = 200"), "near_s = 200: expected a number from 270 to 600");
    assert_eq!(of("near_p = 0.3", "near_p = 0.6"), "near_p = 0.6: expected a number from 0.01 to 0.5");
    assert_eq!(
        of("release_p = 0.1", "release_p = 0.3"),
        "release_p = 0.3: expected less than near_p = 0.3, or it could end as it begins"
    );
    assert_eq!(of("hold_s = 60", "lead_s = 600"), "due_s beside lead_s: expected one of them");
    assert_eq!(refused(&format!("{DUE}raise_most = 0.2\n")), "raise_most without raise_people: expected both");
    assert_eq!(
        refused(&format!("{DUE}raise_people = 0.5\nraise_most = 0.01\n")),
        "raise_most = 0.01: expected a number from 0.02 to 0.5"
    );
    assert_eq!(
        refused("raise_p = 0.6\nrelease_p = 0.1\nraise_people = 0.5\nraise_most = 0.4\n"),
        "raise_most beside raise_p = 0.6: expected at most 0.5"
    );
    assert_eq!(
        refused("raise_p = 0.3\nrelease_p = 0.1\nraise_people = 0.5\nrelease_people = 0.5\nraise_most = 0.4\n"),
        "raise_most beside release_people: it could end as it begins"
    );
    assert_eq!(refused(&format!("{DUE}raise_people = 2.0\n")), "raise_people = 2: expected a number from 0 to 1.5");
    assert_eq!(
        refused(&format!("{DUE}with_raion = true\nraise_people = 0.5\n")),
        "with_raion beside raise_people: whose people would count?"
    );
    policy(DUE).unwrap();
}
