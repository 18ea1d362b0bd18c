//! Forecasts become advisories and, in authority mode, alerts; only positive evidence or an officer ends those.

use crate::world::{World, code, config, drone, observer, short, source};
use engine::{Config, Mode, SourceProfile};
use model::{Act, DecisionBody, EventBody, OfficerAction, Outcome, ThreatItem, ThreatKind};

fn authority() -> Config {
    let mut config = config();
    config.mode = Mode::Authority;
    config
        .sources
        .insert(source("sensor"), SourceProfile { senses: vec![code("A")], stale_after_ms: 60_000, ..observer(0.95) });
    config
}

#[test]
fn an_advisory_begins_where_a_believed_drone_may_arrive_and_changes_no_truth() {
    let mut world = World::new();
    world.picture(0.0, 0.0, "o1", &[]);
    let told = short(&world.tell(0.1, "radar", &[drone("A1a", &["A1b"])]));
    assert_eq!(
        told,
        [
            "Raise Advisory A1 by policy:advisory",
            "Raise Advisory A1a by policy:advisory",
            "Raise Advisory A1b by policy:advisory"
        ]
    );
    assert_eq!(world.status("A1b"), model::CommunityStatus::Clear, "official truth is never altered");
    assert!(world.elevated("A1b").unwrap() > 0.6);
    assert!(world.elevated("A").is_some(), "a region shows what its raions may meet");
    assert_eq!(world.elevated("B1a"), None);
}

#[test]
fn an_advisory_is_told_again_only_when_it_changes_and_ends_by_name() {
    let mut world = World::new();
    world.tell(0.0, "radar", &[drone("A2a", &["A1a"])]);
    let mut told = std::collections::BTreeMap::new();
    for second in 1..=5400 {
        for decision in world.tick(f64::from(second) / 60.0) {
            if let DecisionBody::Update(alert) | DecisionBody::Raise(alert) = &decision.body {
                *told.entry(alert.community).or_insert(0) += 1;
            }
            if let DecisionBody::End { by, outcome, .. } = &decision.body {
                assert_eq!((by.as_str(), *outcome), ("policy:advisory", Outcome::Passed));
            }
            assert!(!decision.causes.is_empty());
        }
    }
    assert!(world.in_force().is_empty(), "{:?}", world.in_force());
    assert!(told.values().all(|&times| times < 40), "{told:?}");
}

#[test]
fn a_told_threat_warns_those_it_names_without_inventing_a_track() {
    let threat = |kind, area: &str| ThreatItem { act: Act::Threat, kind, ..drone("", &[area]) };
    let mut world = World::new();
    let told = short(&world.tell(0.0, "radar", &[threat(ThreatKind::BallisticMissile, "B")]));
    assert_eq!(told, ["Raise Advisory B by policy:advisory"]);
    assert!(world.tracks().is_empty());
    assert_eq!(world.elevated("B1a"), Some(0.5), "told of the region, so of all of it");
    assert_eq!(world.elevated("A1a"), None);
    assert_eq!(short(&world.tick(19.9)), ["Note SourceStale"]);
    assert_eq!(short(&world.tick(20.1)), ["End Advisory B Passed by policy:advisory"]);
    // One doubtful source is not enough, two are.
    assert_eq!(short(&world.tell(21.0, "spotter", &[threat(ThreatKind::Missile, "A1a")])), [] as [&str; 0]);
    assert_eq!(
        short(&world.tell(22.0, "claims", &[threat(ThreatKind::Missile, "A1")])),
        ["Raise Advisory A1 by policy:advisory", "Raise Advisory A1a by policy:advisory"]
    );
}

#[test]
fn of_a_ballistic_missile_one_likely_word_is_enough() {
    let threat = |kind| ThreatItem { act: Act::Threat, kind, ..drone("", &["A1"]) };
    let alone = |trust: f64, kind| {
        let mut config = config();
        config.sources.insert(source("watcher"), observer(trust));
        !World::of(config).tell(0.0, "watcher", &[threat(kind)]).is_empty()
    };
    assert!(alone(0.65, ThreatKind::BallisticMissile));
    assert!(!alone(0.64, ThreatKind::BallisticMissile), "a doubtful one waits for a second");
    assert!(!alone(0.79, ThreatKind::CruiseMissile), "where there is time, so does a likely one");
    assert!(alone(0.8, ThreatKind::CruiseMissile));
    // Seen somewhere, too: it is believed, and not only there.
    let placed = |trust: f64, kind| {
        let mut config = config();
        config.sources.insert(source("watcher"), observer(trust));
        let mut world = World::of(config);
        world.tell(0.0, "watcher", &[ThreatItem { kind, ..drone("A1a", &["A1b"]) }]);
        world.tracks().iter().any(|track| track.stage == model::Stage::Confirmed)
    };
    assert!(placed(0.7, ThreatKind::BallisticMissile));
    assert!(!placed(0.7, ThreatKind::CruiseMissile));
    assert!(!placed(0.6, ThreatKind::BallisticMissile));
}

#[test]
fn an_alert_of_this_centre_ends_by_watching_sensors_or_an_officer_never_by_silence() {
    let run = |beats: bool, minutes: u32| {
        let mut world = World::of(authority());
        world.tell(0.0, "radar", &[drone("A1a", &["A1b"])]);
        assert!(world.in_force().contains(&"Authority A1a by policy:forecast".to_owned()), "{:?}", world.in_force());
        let mut ended_at = None;
        for half in 1..=minutes * 2 {
            let minute = f64::from(half) / 2.0;
            let told = if beats { world.beat(minute, "sensor") } else { world.tick(minute) };
            if short(&told).contains(&"End Authority A1a Passed by policy:forecast".to_owned()) {
                ended_at = Some(minute);
            }
        }
        ended_at
    };
    assert_eq!(run(false, 300), None, "the track was lost long ago, the alert stands");
    let ended = run(true, 300).unwrap();
    assert!((10.0..=75.0).contains(&ended), "{ended}");
}

#[test]
fn a_gap_in_the_watch_starts_it_anew() {
    let mut world = World::of(authority());
    world.tell(0.0, "radar", &[drone("A1a", &["A1b"])]);
    for half in 1..=400 {
        // Alive for nine minutes, then silent for two.
        let told = if half % 22 < 18 {
            world.beat(f64::from(half) / 2.0, "sensor")
        } else {
            world.tick(f64::from(half) / 2.0)
        };
        assert!(!short(&told).iter().any(|word| word.starts_with("End Authority")), "half minute {half}");
    }
}

#[test]
fn an_officer_raises_and_ends_in_authority_mode_only() {
    let raise = || EventBody::Officer {
        status: None,
        officer: "duty".to_owned(),
        action: OfficerAction::Raise {
            community: code("B1"),
            alert_type: model::AlertType::AirRaid,
            level: model::AlertLevel::Red,
            kinds: vec![ThreatKind::CruiseMissile],
            reason: "telephone".to_owned(),
        },
    };
    let mut relay = World::new();
    assert_eq!(short(&relay.step(0.0, raise())), ["Note Disbelieved"]);
    let mut world = World::of(authority());
    assert_eq!(short(&world.step(0.0, raise())), ["Raise Authority B1 by officer:duty"]);
    assert_eq!(world.status("B1a"), model::CommunityStatus::Active);
    world.tick(600.0);
    let alert = world.engine.picture().alerts.pop().unwrap().id;
    let end = EventBody::Officer {
        status: None,
        officer: "duty".to_owned(),
        action: OfficerAction::End { alert, outcome: Outcome::Mistaken, reason: "wrong raion".to_owned() },
    };
    assert_eq!(short(&world.step(601.0, end)), ["End Authority B1 Mistaken by officer:duty"]);
}

#[test]
fn ticks_compose() {
    let say = |world: &mut World| world.tell(0.0, "radar", &[drone("A2a", &["A1a"])]);
    let (mut often, mut seldom) = (World::new(), World::new());
    say(&mut often);
    say(&mut seldom);
    let mut quiet = 0;
    for second in 1..3600 {
        let minute = f64::from(second) / 60.0;
        let before = serde_json::to_string(&often.engine.picture().alerts).unwrap();
        let told = often.tick(minute);
        if told.is_empty() {
            quiet += 1;
            assert_eq!(serde_json::to_string(&often.engine.picture().alerts).unwrap(), before);
        } else {
            let same = seldom.tick(minute);
            assert_eq!(short(&same), short(&told), "second {second}");
            assert_eq!(often.engine.picture(), seldom.engine.picture(), "second {second}");
        }
    }
    assert!(quiet > 3000);
}
