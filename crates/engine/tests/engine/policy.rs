//! A policy is data: read with line and reason, and what each shipped one makes of the same sky.

use crate::world::{AREAS, World, code, config, drone, observer, short, source};
use engine::{CameIn, Config, Counting, Mode, Policy, SourceProfile};
use expect_test::{Expect, expect};
use model::{Act, Because, DecisionBody, EventBody, EventId, OfficerAction, Outcome, ThreatItem, ThreatKind};

/// A policy as tests change it; `forecast` as it was in its first revision.
const FORECAST: &str = include_str!("plain.toml");

fn authority(policy: &str) -> Config {
    let mut config = config();
    config.mode = Mode::Authority;
    config.policy = Policy::shipped(policy).unwrap();
    let sensor = SourceProfile { senses: vec![code("UA")], stale_after_ms: 60_000, ..observer(0.95) };
    config.sources.insert(source("sensor"), sensor);
    config
}

fn raised(policy: &str, items: &[ThreatItem]) -> Vec<String> {
    let mut world = World::of(authority(policy));
    let told = world.tell(0.0, "radar", items);
    let raised = told.iter().filter_map(|decision| match &decision.body {
        DecisionBody::Raise(alert) if alert.standing == model::Standing::Authority => {
            Some(format!("{} {:?}", alert.community, alert.level))
        }
        _ => None,
    });
    raised.collect()
}

fn threat(kind: ThreatKind, area: &str) -> ThreatItem {
    ThreatItem { act: Act::Threat, kind, ..drone("", &[area]) }
}

#[test]
fn the_shipped_policies_are_read_and_heed_every_kind() {
    for name in Policy::names() {
        let policy = Policy::shipped(name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(policy.name, name);
        assert_eq!(policy.unheeded(), [], "{name}");
        policy.validate().unwrap();
    }
    assert_eq!(Policy::default().name, "forecast");
    assert!(Policy::shipped("nothing").is_none());
}

#[test]
fn each_shipped_policy_alerts_what_its_rule_says() {
    let drone = [drone("A1a", &["A1b"])];
    // A2a and K lie at the rim and nobody says how many live there: where one came in, another may.
    assert_eq!(raised("forecast", &drone), ["A1a Yellow", "A1b Yellow", "A2a Yellow", "K Yellow"]);
    assert_eq!(raised("doctrine", &drone), ["A1 Yellow"]);
    assert_eq!(raised("region", &drone), ["A Red"]);
    let missile = [threat(ThreatKind::BallisticMissile, "A1")];
    assert_eq!(raised("forecast", &missile), ["A1 Red"]);
    assert_eq!(raised("doctrine", &missile), ["A Red"]);
    let mig = [threat(ThreatKind::Mig31k, "B")];
    for policy in Policy::names() {
        assert_eq!(raised(policy, &mig), ["UA Red"], "{policy}");
    }
    // Told of a whole region: a policy of hromadas alerts that region, and a drone elsewhere in it stays small.
    assert_eq!(raised("forecast", &[threat(ThreatKind::CruiseMissile, "A")]), ["A Red"]);
    let both = [threat(ThreatKind::CruiseMissile, "A1"), drone[0].clone()];
    assert_eq!(raised("forecast", &both), ["A1 Red", "A1a Yellow", "A1b Yellow", "A2a Yellow", "K Yellow"]);
    // A city that is a region of its own has no smaller parts.
    assert_eq!(raised("forecast", &[threat(ThreatKind::GuidedBomb, "K")]), ["K Red"]);
}

#[test]
fn a_rule_waits_until_the_arrival_is_near_and_holds_what_it_raised() {
    // From A2a it is half an hour to A1a.
    let begun = |lead_s: u32| {
        let text =
            FORECAST.replace("lead_s = 900", &format!("lead_s = {lead_s}")).replace("hold_s = 180", "hold_s = 7200");
        let mut config = authority("forecast");
        config.policy = Policy::read(&text).unwrap();
        let mut world = World::of(config);
        let mut told = short(&world.tell(0.0, "radar", &[drone("A2a", &["A1a"])]));
        let (mut begun, mut ended) = (None, None);
        for half in 0..=400 {
            let minute = f64::from(half) / 2.0;
            if told.contains(&"Raise Authority A1a by policy:forecast".to_owned()) {
                begun.get_or_insert(minute);
            }
            if told.contains(&"End Authority A1a Passed by policy:forecast".to_owned()) {
                ended.get_or_insert(minute);
            }
            told = short(&world.beat(minute + 0.5, "sensor"));
        }
        let (begun, ended) = (begun.unwrap(), ended.unwrap());
        assert!(ended - begun >= 120.0, "{begun} to {ended}");
        begun
    };
    let (late, soon) = (begun(300), begun(1500));
    assert!(late > soon, "{late} and {soon}");
}

#[test]
fn what_is_far_again_waits_for_an_officer_and_no_watch_ends_it() {
    // It comes from A2a toward A1a, and then is told of at A2a again and again: no less likely, and no nearer.
    let night = |release: &str| {
        let mut text = FORECAST.to_owned();
        for lead_s in [600, 900, 1200] {
            text = text.replace(&format!("lead_s = {lead_s}\n"), &format!("lead_s = 300\n{release}"));
        }
        let mut config = authority("forecast");
        config.policy = Policy::read(&text).unwrap();
        let mut world = World::of(config);
        let jet = ThreatItem { kind: ThreatKind::JetUav, ..drone("A2a", &["A1a"]) };
        let (mut raised, mut waited) = (None, 0);
        for half in 0..=80 {
            let minute = f64::from(half) / 2.0;
            if half == 0 || (raised.is_some() && half % 2 == 0) {
                world.tell(minute, "radar", std::slice::from_ref(&jet));
            }
            world.beat(minute + 0.25, "sensor");
            let own = world.engine.own_alerts().find(|alert| alert.community == code("A1a"));
            raised = raised.or(own.map(|alert| alert.id));
            waited += usize::from(raised.is_some_and(|id| world.engine.unheld().contains(&id)));
        }
        let stands = raised.is_some_and(|id| world.engine.own_alerts().any(|alert| alert.id == id));
        (stands, waited > 0)
    };
    assert_eq!(night(""), (true, false), "its probability holds it");
    assert_eq!(night("release_lead_s = 330\n"), (true, true), "it waits for a word, and no watch ends it");
}

#[test]
fn every_decision_names_the_policy_and_an_alert_its_numbers() {
    let mut world = World::of(authority("forecast"));
    world.tell(0.0, "radar", &[drone("A1a", &["A1b"])]);
    for half in 1..=200 {
        world.beat(f64::from(half) / 2.0, "sensor");
    }
    let mark = Policy::shipped("forecast").unwrap().mark();
    assert_eq!((mark.name.as_str(), mark.revision, mark.sha256.len()), ("forecast", 13, 64));
    let (mut reached, mut fell) = (0, 0);
    for decision in &world.decisions {
        assert_eq!(decision.policy.as_ref(), Some(&mark));
        if matches!(decision.body, DecisionBody::Note(_)) {
            assert_eq!(decision.reason, None);
            continue;
        }
        let reason = decision.reason.as_ref().unwrap();
        match &reason.because {
            Because::Reached(numbers) => {
                reached += 1;
                let counted = numbers.due.map_or(numbers.arrival.probability, |due| due.probability);
                assert!(counted >= numbers.threshold, "{reason:?}");
                assert!(numbers.lead_s.is_none_or(|lead_s| numbers.arrival.earliest_s <= lead_s), "{reason:?}");
                assert_eq!(numbers.tracks.len(), 1, "{reason:?}");
            }
            Because::Fell { probability, threshold, stood_s, hold_s, watch } => {
                fell += 1;
                assert!(probability < threshold && stood_s >= hold_s, "{reason:?}");
                assert_eq!(watch.is_some(), reason.rule != "advisory", "{reason:?}");
            }
            Because::Moved(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!(reached >= 5 && fell == reached, "{reached} begun, {fell} ended");
}

#[test]
fn the_hash_changes_with_every_number_and_with_no_comment() {
    let mark = |text: &str| Policy::read(text).unwrap().mark().sha256;
    let base = mark(FORECAST);
    assert_eq!(base, mark(&format!("# A comment.\n\n{FORECAST}")));
    assert_ne!(base, mark(&FORECAST.replacen("raise_p = 0.3", "raise_p = 0.31", 1)));
    assert_ne!(base, mark(&FORECAST.replacen("watched_s = 600", "watched_s = 601", 1)));
    assert_ne!(base, mark(&FORECAST.replacen("revision = 1", "revision = 2", 1)));
}

fn check_refused(was: &str, is: &str, expected: &Expect) {
    assert!(FORECAST.contains(was), "{was}");
    expected.assert_eq(&Policy::read(&FORECAST.replacen(was, is, 1)).unwrap_err().to_string());
}

#[test]
fn a_policy_that_could_not_work_is_refused_with_its_line_and_reason() {
    check_refused("version = 1", "version = 7", &expect!["read line 2 of the policy: version = 7: expected 1"]);
    check_refused(
        "\"fpv\"]",
        "\"zeppelin\"]",
        &expect![
            "read line 27 of the policy: unknown variant `zeppelin`, expected one of `uav`, `jet_uav`, `recon_uav`, `fpv`, `cruise_missile`, `ballistic_missile`, `missile`, `guided_bomb`, `aviation`, `mig31k`, `artillery`, `unknown`"
        ],
    );
    check_refused(
        "raise_p = 0.3",
        "raise_p = 1.0",
        &expect!["read line 30 of the policy: raise_p = 1: expected a number from 0.01 to 0.95"],
    );
    check_refused(
        "release_p = 0.1\nlead_s",
        "release_p = 0.4\nlead_s",
        &expect![
            "read line 31 of the policy: release_p = 0.4: expected less than raise_p = 0.3, or it could end as it begins"
        ],
    );
    check_refused(
        "\nkinds = [\"mig31k\"]",
        "\nkinds = []",
        &expect!["read line 88 of the policy: kinds = []: it could never be met, expected at least one kind"],
    );
    check_refused(
        "raise_p = 0.5",
        "raise_p = 0.6",
        &expect![
            "read line 91 of the policy: raise_p = 0.6: these kinds are only told of, at 0.5: it could never be met"
        ],
    );
    check_refused(
        "area = \"country\"",
        "area = \"settlement\"",
        &expect![[
            r#"read line 89 of the policy: area = "settlement": alerts are for communities, expected hromada or wider"#
        ]],
    );
    check_refused(
        "people_min = 100000\n",
        "",
        &expect![[r#"read line 26 of the policy: rule "drone" is never needed: "drone to a city" covers all of it"#]],
    );
    check_refused(
        "name = \"jet drone\"",
        "name = \"drone\"",
        &expect![[r#"read line 48 of the policy: name = "drone": another rule has this name"#]],
    );
    check_refused(
        "hold_s = 180",
        "hold_s = 180\nholds = 3",
        &expect![
            "read line 34 of the policy: unknown field `holds`, expected one of `name`, `kinds`, `area`, `level`, `people_min`, `people_max`, `raise_p`, `release_p`, `lead_s`, `release_lead_s`, `due_s`, `near_s`, `near_p`, `raise_people`, `raise_most`, `release_people`, `with_raion`, `told_s`, `entry_km`, `entry_s`, `official`, `hold_s`"
        ],
    );
    check_refused(
        "advise_p = 0.17",
        "advise_p = 0.05",
        &expect![
            "read line 8 of the policy: advise_release_p = 0.07: expected less than advise_p = 0.05, or every advisory would flicker"
        ],
    );
    check_refused(
        "reach_count = 3",
        "reach_count = 0",
        &expect!["read line 18 of the policy: reach_count = 0: expected a number from 1 to 1000"],
    );
    let text = &FORECAST[..FORECAST.find("# A propeller").unwrap()];
    expect!["read line 23 of the policy: 0 rules: expected 1 to 64 [[rule]] tables, or nothing is ever raised"]
        .assert_eq(&Policy::read(text).unwrap_err().to_string());
}

/// `forecast` with one more rule.
fn with_rule(rule: &str) -> Result<Policy, engine::PolicyError> {
    Policy::read(&format!("{FORECAST}\n[[rule]]\nname = \"more\"\n{rule}"))
}

#[test]
fn where_one_came_in_its_neighbours_are_alerted_for_as_long_as_the_rule_says() {
    let rule = "kinds = [\"uav\"]\narea = \"hromada\"\nlevel = \"yellow\"\nraise_p = 0.024\nrelease_p = 0.012\npeople_max = 5000\n\
                entry_km = 60\nentry_s = 1200\n";
    let alone = format!("[[rule]]\nname = \"entry\"\n{rule}");
    let (head, _) = FORECAST.split_once("[[rule]]").unwrap();
    let head = head.rsplit_once("remind_s = 10800").unwrap().0;
    let mut config = authority("forecast");
    config.policy = Policy::read(&format!("{head}remind_s = 10800\n{alone}")).unwrap();
    let mut world = World::of(config);
    let told = short(&world.tell(0.0, "radar", &[drone("A1a", &[])]));
    let raised: Vec<&String> = told.iter().filter(|word| word.starts_with("Raise Authority")).collect();
    assert_eq!(raised, ["Raise Authority A1a by policy:forecast", "Raise Authority A1b by policy:forecast"]);
    // It flies on: where it came in counts less and less, and the watch of ten minutes ends the alert.
    let mut ended = None;
    for half in 1..=80 {
        let minute = f64::from(half) / 2.0;
        let told = short(&world.beat(minute, "sensor"));
        if told.contains(&"End Authority A1b Passed by policy:forecast".to_owned()) {
            ended.get_or_insert(minute);
        }
    }
    assert!((15.0..=31.0).contains(&ended.unwrap()), "{ended:?}");
}

#[test]
fn where_things_came_in_before_they_are_awaited_when_one_comes_in_anywhere() {
    let (head, _) = FORECAST.split_once("[[rule]]").unwrap();
    let head = head.rsplit_once("remind_s = 10800").unwrap().0;
    let raises = |area: &str, raise_p: f64, came_in: CameIn| {
        let rule = format!(
            "kinds = [\"uav\"]\narea = \"hromada\"\nlevel = \"yellow\"\nraise_p = {raise_p}\nrelease_p = 0.0008\n\
             entry_km = 60\nentry_s = 1200\n"
        );
        let mut config = authority("forecast");
        config.policy = Policy::read(&format!("{head}remind_s = 10800\n[[rule]]\nname = \"entry\"\n{rule}")).unwrap();
        config.came_in = came_in;
        let told = short(&World::of(config).tell(0.0, "radar", &[drone("A1a", &[])]));
        told.contains(&format!("Raise Authority {area} by policy:forecast"))
    };
    let known = || CameIn { entries: [(code("B1a"), 400)].into(), ..CameIn::default() };
    // 180 km away.
    assert!(!raises("B1a", 0.001, CameIn::default()));
    assert!(raises("B1a", 0.001, known()));
    // Beside where it came in, where none ever did: less, but not nothing.
    assert!(raises("A1b", 0.016, CameIn::default()));
    assert!(!raises("A1b", 0.016, known()));
    assert!(raises("A1b", 0.001, known()));
}

#[test]
fn what_came_in_is_counted_once_where_it_was_first_seen() {
    let mut world = World::new();
    let mut counting = Counting::default();
    counting.look(&world.engine.picture(), &AREAS);
    for minute in [0.0, 2.0, 4.0] {
        world.tell(minute, "radar", &[drone(if minute < 3.0 { "A1a" } else { "A1b" }, &[])]);
        counting.look(&world.engine.picture(), &AREAS);
    }
    // Who is not believed alone brings nothing.
    world.tell(5.0, "claims", &[drone("B1a", &[])]);
    counting.look(&world.engine.picture(), &AREAS);
    assert_eq!(counting.done().entries, [(code("A1a"), 1)].into());
}

#[test]
fn what_was_only_told_counts_no_longer_than_the_rule_says() {
    let text = FORECAST.replacen("hold_s = 300\n", "hold_s = 60\n", 9);
    let ends = |told: &str| {
        let text = text.replacen("name = \"ballistic missile\"\n", &format!("name = \"ballistic missile\"\n{told}"), 1);
        let mut config = authority("forecast");
        config.policy = Policy::read(&text.replacen("watched_s = 600", "watched_s = 60", 1)).unwrap();
        let mut world = World::of(config);
        world.tell(0.0, "radar", &[threat(ThreatKind::BallisticMissile, "A1")]);
        (1..=120).map(|half| f64::from(half) / 2.0).find(|&minute| {
            short(&world.beat(minute, "sensor")).contains(&"End Authority A1 Passed by policy:forecast".to_owned())
        })
    };
    let (short, long) = (ends("told_s = 240\n").unwrap(), ends("told_s = 7200\n").unwrap());
    assert!((4.0..=6.0).contains(&short), "{short}");
    assert!((20.0..=22.0).contains(&long), "{long}");
}

#[test]
fn a_rule_about_entries_that_says_half_is_refused() {
    let rule = "kinds = [\"uav\"]\narea = \"hromada\"\nlevel = \"yellow\"\nraise_p = 0.1\nrelease_p = 0.05\n";
    let refused = |more: &str| with_rule(&format!("{rule}{more}")).unwrap_err().reason;
    assert_eq!(refused("entry_km = 20\n"), "entry_km without entry_s: expected both");
    assert_eq!(refused("entry_s = 600\n"), "entry_s without entry_km: expected both");
    assert_eq!(
        refused("entry_km = 20\nentry_s = 600\nlead_s = 600\n"),
        "lead_s beside entry_km: when the next comes in is not foreseen"
    );
    assert_eq!(refused("release_lead_s = 600\n"), "release_lead_s without lead_s: expected both");
    assert_eq!(
        refused("lead_s = 600\nrelease_lead_s = 600\n"),
        "release_lead_s = 600: expected more than lead_s = 600, or it could end as it begins"
    );
    assert_eq!(refused("official = true\n"), "official without entry_km: expected both, or neither");
    assert_eq!(refused("people_min = 9\npeople_max = 5\n"), "people_max = 5: expected at least people_min = 9");
    assert_eq!(refused("entry_km = 301\nentry_s = 600\n"), "entry_km = 301: expected a number from 10 to 300");
    with_rule(&format!("{rule}entry_km = 20\nentry_s = 600\n")).unwrap();
    // What nobody has seen is never likely, and a chance of a thousandth may be asked for.
    let often = rule.replace("raise_p = 0.1", "raise_p = 0.6");
    let refused = with_rule(&format!("{often}entry_km = 20\nentry_s = 600\n")).unwrap_err().reason;
    assert_eq!(refused, "raise_p = 0.6: expected a number from 0.0005 to 0.5");
    let seldom = rule.replace("raise_p = 0.1\nrelease_p = 0.05", "raise_p = 0.001\nrelease_p = 0.0005");
    with_rule(&format!("{seldom}entry_km = 20\nentry_s = 600\n")).unwrap();
    assert_eq!(with_rule(&seldom).unwrap_err().reason, "raise_p = 0.001: expected a number from 0.01 to 0.95");
}

/// One source that is not believed alone: enough for the communities it may reach, for no raion and no region.
#[test]
fn what_one_source_tells_alerts_no_wide_area() {
    let raised = |policy: &str| {
        let mut world = World::of(authority(policy));
        short(&world.tell(0.0, "spotter", &[drone("A1a", &["A1b"])]))
    };
    let small = raised("forecast");
    for hromada in ["A1a", "A1b"] {
        assert!(small.contains(&format!("Raise Authority {hromada} by policy:forecast")), "{small:?}");
    }
    for policy in ["doctrine", "region"] {
        assert!(!raised(policy).iter().any(|word| word.starts_with("Raise")), "{policy}");
    }
    // Nobody is advised of it either.
    assert!(!small.iter().any(|word| word.contains("Advisory")), "{small:?}");
}

/// The alerts of this centre that are in force.
fn own(world: &World) -> Vec<String> {
    world.in_force().into_iter().filter(|name| name.starts_with("Authority")).collect()
}

#[test]
fn an_official_alert_that_nothing_explains_alerts_the_small_communities_of_its_area() {
    let mut world = World::of(authority("forecast"));
    world.picture(0.0, 0.0, "o1", &["A1"]);
    let both = ["Authority A1a by policy:forecast", "Authority A1b by policy:forecast"];
    assert_eq!(own(&world), both);
    let raised = world.decisions.iter().find_map(|decision| match (&decision.body, &decision.reason) {
        (DecisionBody::Raise(alert), Some(reason)) if alert.standing == model::Standing::Authority => {
            Some((decision.causes.clone(), reason.rule.clone()))
        }
        _ => None,
    });
    let (causes, rule) = raised.unwrap();
    assert_eq!(causes, [EventId(100)], "the official word is named");
    assert!(rule.starts_with("unseen"), "{rule}");
    // What flies there explains it: where nothing is foreseen nobody is alerted for it.
    let mut world = World::of(authority("forecast"));
    world.tell(0.0, "radar", &[drone("A2a", &[])]);
    let before = own(&world);
    world.picture(0.1, 0.1, "o1", &["A2"]);
    assert_eq!(own(&world), before);
    // Neither a source that is not official nor a policy that does not ask.
    let mut world = World::of(authority("doctrine"));
    world.picture(0.0, 0.0, "o1", &["A1"]);
    assert_eq!(own(&world), [""; 0]);
}

#[test]
fn what_an_officer_ends_is_not_raised_again_for_the_same_official_word() {
    let mut world = World::of(authority("forecast"));
    world.picture(0.0, 0.0, "o1", &["A1"]);
    let alert = world.engine.own_alerts().find(|alert| alert.community == code("A1a")).unwrap().id;
    let end = OfficerAction::End { alert, outcome: Outcome::Passed, reason: "a drill of theirs".to_owned() };
    world.step(
        0.5,
        EventBody::Officer { officer: "Olena".to_owned(), action: end, status: Some(model::Status::Exercise) },
    );
    for half in 2..10 {
        world.picture(f64::from(half) / 2.0, f64::from(half) / 2.0, "o1", &["A1"]);
    }
    assert_eq!(own(&world), ["Authority A1b by policy:forecast"]);
    // It was ended there and said anew: that is another word.
    world.picture(6.0, 6.0, "o1", &[]);
    world.picture(7.0, 7.0, "o1", &["A1"]);
    assert_eq!(own(&world).len(), 2, "{:?}", own(&world));
}
