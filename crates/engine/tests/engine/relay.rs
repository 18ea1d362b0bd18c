//! Official words become official alerts, unaltered; nothing else ends them.

use crate::world::{World, code, official, order, refusal, short, snapshot, source};
use engine::Config;
use model::CommunityStatus::{Active, Clear, Unknown};
use model::OrderAct::{End, Raise};
use model::{EventBody, EventId, Item, OfficerAction, Word};

#[test]
fn an_order_raises_at_once_and_its_end_ends() {
    let mut world = World::new();
    assert_eq!(short(&world.order(0.0, 0.0, "o1", Raise, "A1")), ["Raise Official A1 by o1"]);
    assert_eq!(
        ["A1", "A1a", "A1a-town", "A", "A2"].map(|c| world.status(c)),
        [Active, Active, Active, Unknown, Unknown]
    );
    assert!(world.engine.community(code("A")).unwrap().partial);
    assert_eq!(short(&world.order(1.0, 1.0, "o1", End, "A1")), ["End Official A1 Passed by o1"]);
    assert_eq!(["A1", "A1a", "A"].map(|c| world.status(c)), [Clear, Clear, Unknown]);
}

#[test]
fn an_end_for_a_region_ends_what_stands_below_it_from_the_same_source_only() {
    let mut world = World::new();
    world.order(0.0, 0.0, "o1", Raise, "A1a");
    world.order(0.1, 0.1, "o1", Raise, "A2");
    world.order(0.2, 0.2, "o2", Raise, "A2");
    assert_eq!(
        short(&world.order(1.0, 1.0, "o1", End, "A")),
        ["End Official A1a Passed by o1", "Update Official A2 by o2", "Note DisagreementBegan"]
    );
    assert_eq!(world.in_force(), ["Official A2 by o2"]);
}

#[test]
fn an_end_below_does_not_pierce_an_alert_above() {
    let mut world = World::new();
    world.order(0.0, 0.0, "o1", Raise, "A");
    assert_eq!(short(&world.order(1.0, 1.0, "o1", End, "A1")), [] as [&str; 0]);
    assert_eq!(world.status("A1"), Active);
}

#[test]
fn an_alert_held_by_two_ends_only_when_both_have_ended_it() {
    let mut world = World::new();
    world.order(0.0, 0.0, "o1", Raise, "A1");
    assert_eq!(short(&world.picture(0.1, 0.1, "o2", &["A1"])), ["Update Official A1 by o1+o2"]);
    assert_eq!(short(&world.order(0.5, 0.5, "o1", End, "A1")), ["Update Official A1 by o2", "Note DisagreementBegan"]);
    assert!(world.engine.community(code("A1")).unwrap().disagreement);
    assert_eq!(world.status("A1"), Active);
    assert_eq!(short(&world.picture(0.6, 0.6, "o2", &[])), ["End Official A1 Passed by o2", "Note DisagreementEnded"]);
    assert_eq!(world.status("A1"), Clear);
}

#[test]
fn late_words_never_override_newer_ones() {
    let check = |words: &[(f64, model::OrderAct)], expected: model::CommunityStatus| {
        let mut world = World::new();
        for (n, &(said, act)) in words.iter().enumerate() {
            #[allow(clippy::cast_precision_loss)]
            world.order(10.0 + n as f64 / 100.0, said, "o1", act, "A1");
        }
        assert_eq!(world.status("A1"), expected, "{words:?}");
    };
    check(&[(5.0, Raise), (4.0, End)], Active);
    check(&[(5.0, End), (4.0, Raise)], Clear);
    check(&[(3.0, Raise), (6.0, Raise), (5.0, End)], Active);
    check(&[(6.0, End), (3.0, Raise), (5.0, Raise), (4.0, End)], Clear);
    // At the same instant the later arrival counts.
    check(&[(5.0, Raise), (5.0, End)], Clear);
    check(&[(5.0, End), (5.0, Raise)], Active);
}

#[test]
fn any_order_of_arrival_gives_the_same_holder() {
    let words = [(1.0, Raise), (2.0, End), (3.0, Raise), (4.0, Raise)];
    let mut seen = std::collections::BTreeSet::new();
    for shift in 0..4 {
        for flip in [false, true] {
            let mut order: Vec<_> = (0..4).map(|n| words[(n + shift) % 4]).collect();
            if flip {
                order.reverse();
            }
            let mut world = World::new();
            for (said, act) in order {
                world.order(10.0, said, "o1", act, "A1");
            }
            let alert = world.engine.picture().alerts.pop().unwrap();
            seen.insert(alert.holders[&source("o1")].since.to_string());
        }
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["2026-11-23T00:03:00.000Z"]);
}

#[test]
fn an_old_picture_changes_nothing_and_is_no_sign_of_life() {
    let mut world = World::new();
    world.picture(1.0, 1.0, "o1", &["A1"]);
    assert_eq!(short(&world.picture(2.9, 0.5, "o1", &[])), ["Note Disbelieved"]);
    assert_eq!(world.in_force(), ["Official A1 by o1"]);
    assert_eq!(short(&world.tick(3.1)), ["Note SourceStale"]);
}

#[test]
fn a_silent_source_makes_unknown_never_clear_and_ends_nothing() {
    let mut world = World::new();
    world.picture(0.0, 0.0, "o1", &["A1"]);
    assert_eq!(["A1", "B1a"].map(|c| world.status(c)), [Active, Clear]);
    assert_eq!(short(&world.tick(2.0)), [] as [&str; 0]);
    assert_eq!(short(&world.tick(2.01)), ["Note SourceStale"]);
    assert_eq!(["A1", "B1a", "K", "UA"].map(|c| world.status(c)), [Unknown; 4]);
    assert_eq!(world.engine.community(code("A1")).unwrap().last_known, Some(Word::Active));
    assert_eq!(world.engine.community(code("B1a")).unwrap().last_known, Some(Word::Clear));
    assert_eq!(world.in_force(), ["Official A1 by o1"]);
    // Another source's clear does not clear what the silent one last called active.
    world.picture(2.1, 2.1, "o2", &[]);
    assert_eq!(["A1", "B1a"].map(|c| world.status(c)), [Unknown, Clear]);
    assert_eq!(short(&world.beat(2.2, "o1")), ["Note SourceBack", "Note DisagreementBegan"]);
    assert_eq!(world.status("A1"), Active);
}

#[test]
fn what_a_picture_could_not_resolve_is_unknown_never_clear() {
    let mut world = World::new();
    world.picture(0.0, 0.0, "o1", &["A1a"]);
    let mut doubtful = snapshot(0.5, 0.5, "o1", &[]);
    doubtful.refused = vec![refusal()];
    doubtful.doubtful = vec![code("A")];
    assert_eq!(short(&world.step(0.5, EventBody::Upstream(doubtful.clone()))), [] as [&str; 0]);
    assert_eq!(["A1a", "A2", "A", "B"].map(|c| world.status(c)), [Active, Unknown, Unknown, Clear]);
    doubtful.doubtful.clear();
    doubtful.observed_at = crate::world::at(0.6);
    world.step(0.6, EventBody::Upstream(doubtful));
    assert_eq!(["A1a", "A2", "A", "B"].map(|c| world.status(c)), [Active, Unknown, Unknown, Unknown]);
    assert_eq!(short(&world.picture(1.0, 1.0, "o1", &[])), ["End Official A1a Passed by o1"]);
}

#[test]
fn a_part_of_a_picture_speaks_for_its_regions_only() {
    let mut world = World::new();
    world.picture(0.0, 0.0, "o1", &["A1", "B1"]);
    let mut part = snapshot(1.0, 1.0, "o1", &[]);
    part.regions = vec![code("A")];
    assert_eq!(short(&world.step(1.0, EventBody::Upstream(part))), ["End Official A1 Passed by o1"]);
    assert_eq!(["A1", "B1"].map(|c| world.status(c)), [Clear, Active]);
}

#[test]
fn an_order_of_a_source_that_is_not_official_is_a_claim_only() {
    let mut world = World::new();
    assert_eq!(short(&world.order(0.0, 0.0, "claims", Raise, "A1")), ["Note ClaimOnly"]);
    assert_eq!(short(&world.picture(0.1, 0.1, "claims", &["A1"])), ["Note ClaimOnly"]);
    assert_eq!(world.status("A1"), Unknown);
    let mut config = crate::world::config();
    config.sources.insert(source("o1"), engine::SourceProfile { areas: vec![code("A1")], ..official(2) });
    let mut world = World::of(config);
    assert_eq!(short(&world.order(0.0, 0.0, "o1", Raise, "A1a")), ["Raise Official A1a by o1"]);
    assert_eq!(short(&world.order(0.1, 0.1, "o1", End, "A")), ["Note ClaimOnly"]);
    assert_eq!(world.status("A1a"), Active);
}

#[test]
fn the_other_world_is_refused_and_counted() {
    let mut world = World::new();
    let mut other = snapshot(0.0, 0.0, "o1", &["A1"]);
    other.status = model::Status::Actual;
    assert_eq!(short(&world.step(0.0, EventBody::Upstream(other))), ["Note Disbelieved"]);
    assert_eq!(world.status("A1"), Unknown);
    let health = world.engine.picture().sources.into_iter().find(|s| s.source == source("o1")).unwrap();
    assert_eq!((health.refused, health.heard_at), (1, None));
    assert!(health.last_refusal.unwrap().contains("other world"));
}

#[test]
fn a_clock_that_runs_ahead_may_warn_but_not_clear() {
    let mut world = World::new();
    assert_eq!(short(&world.order(0.0, 30.0, "o1", Raise, "A1")), ["Note Disbelieved", "Raise Official A1 by o1"]);
    assert_eq!(short(&world.order(0.5, 31.0, "o1", End, "A1")), ["Note Disbelieved"]);
    assert_eq!(short(&world.picture(0.6, 60.0, "o2", &["A2"])), ["Raise Official A2 by o2", "Note Disbelieved"]);
    assert_eq!(short(&world.order(1.0, 1.0, "o1", End, "A1")), ["End Official A1 Passed by o1"]);
}

#[test]
fn an_alert_that_stood_before_a_restart_stands_after_it() {
    let mut world = World::new();
    world.order(0.0, 0.0, "o1", Raise, "A1");
    let alert = world.engine.picture().alerts.pop().unwrap();
    let mut restarted = World::new();
    assert_eq!(short(&restarted.step(5.0, EventBody::Standing { alert: alert.clone() })), [] as [&str; 0]);
    assert_eq!(restarted.in_force(), ["Official A1 by o1"]);
    assert_eq!(restarted.status("A1"), Unknown, "nobody is heard yet");
    assert_eq!(short(&restarted.order(5.1, -1.0, "o1", End, "A1")), [] as [&str; 0]);
    assert_eq!(restarted.status("A1"), Active);
    assert_eq!(short(&restarted.order(5.2, 5.2, "o1", End, "A1")), ["End Official A1 Passed by o1"]);
}

#[test]
fn a_repetition_counts_once() {
    let mut world = World::new();
    let id = model::ReportId::new("same");
    let said = |act| EventBody::Report(crate::world::report(&id, 0.0, 0.0, "o1", vec![Item::Order(order(act, "A1"))]));
    world.step(0.0, said(Raise));
    assert_eq!(short(&world.step(0.1, said(End))), ["Note Disbelieved"]);
    assert_eq!(world.in_force().len(), 1);
}

#[test]
fn an_officer_ends_an_official_alert_only_when_nobody_alive_holds_it() {
    let mut world = World::new();
    world.order(0.0, 0.0, "o1", Raise, "A1");
    let alert = world.engine.picture().alerts.pop().unwrap().id;
    let end = || EventBody::Officer {
        status: None,
        officer: "duty".to_owned(),
        action: OfficerAction::End { alert, outcome: model::Outcome::Passed, reason: "source removed".to_owned() },
    };
    assert_eq!(short(&world.step(0.1, end())), ["Note Disbelieved"]);
    assert_eq!(short(&world.step(9.0, end())), ["Note SourceStale", "End Official A1 Passed by officer:duty"]);
}

#[test]
fn every_end_names_who_and_why() {
    let mut world = World::new();
    world.order(0.0, 0.0, "o1", Raise, "A1");
    let ended = world.order(1.0, 1.0, "o1", End, "A1").pop().unwrap();
    assert_eq!(ended.causes, [EventId(100), EventId(102)]);
}

#[test]
fn a_config_with_a_number_out_of_range_is_refused_by_its_key() {
    let check = |change: fn(&mut Config), expected: &str| {
        let mut config = crate::world::config();
        change(&mut config);
        assert_eq!(config.validate().unwrap_err().to_string(), expected);
    };
    check(|config| config.policy.advise_p = 1.0, "accept policy.advise_p = 1: expected a number from 0.01 to 0.95");
    check(
        |config| config.sources.get_mut(&source("o1")).unwrap().trust = f64::NAN,
        "accept sources.o1.trust = NaN: expected a number from 0 to 1",
    );
    check(
        |config| config.policy.advise_release_p = 0.3,
        "accept policy.advise_release_p = 0.3: expected less than advise_p = 0.17, or every advisory would flicker",
    );
}
