//! Whole nights: the same everywhere, refused when wrong, scored as the definitions say.

use engine::CameIn;
use expect_test::{Expect, expect, expect_file};
use model::{AreaSet, Position, ThreatKind};
use sim::night::{Candidate, End, Scenario, Score, Units, came_in, fleet, page, play, tell};

const SMALL: &str = r#"
version = 1
name = "a small night"
minutes = 60

[[wave]]
kind = "uav"
groups = [3, 3]
enter_min = [0, 10]
enter = ["Sumy"]
toward = ["Sumy", "Poltava"]

[[wave]]
kind = "ballistic_missile"
groups = [1, 1]
enter_min = [20, 30]
enter = ["Kharkiv"]

[[monitor]]
name = "monitor"
trust = 0.9
every_min = 3

[[upstream]]
name = "upstream"
every_s = 20
delay_s = [0.2, 2]
"#;

fn small() -> Scenario {
    Scenario::read(SMALL, AreaSet::bundled()).unwrap()
}

fn played(seed: u64) -> Score {
    let areas = AreaSet::bundled();
    let one = play(&small(), seed, &Candidate::shipped(), &CameIn::default(), areas, &Units::of(areas));
    let mut score = Score::default();
    score.add(&one);
    score
}

/// FNV-1a of everything that reaches the engine.
fn print_of(seed: u64) -> u64 {
    let areas = AreaSet::bundled();
    let units = Units::of(areas);
    let fliers = fleet(&small(), seed, areas, &units);
    let told = tell(&small(), seed, &fliers, areas, &units);
    let bytes = told.iter().flat_map(|told| {
        let body = serde_json::to_vec(&told.arrival.body).unwrap();
        told.arrival.at.millis().to_le_bytes().into_iter().chain(body)
    });
    bytes.fold(0xcbf2_9ce4_8422_2325, |print, byte| (print ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[test]
fn a_seed_gives_the_same_arrivals_on_every_machine() {
    let prints: Vec<String> = (1..=3).map(|seed| format!("{seed} {:016x}", print_of(seed))).collect();
    expect_file!["night.golden"].assert_eq(&(prints.join("\n") + "\n"));
}

#[test]
fn a_night_played_twice_is_scored_to_the_same_byte_and_another_seed_is_another_night() {
    let (a, b) = (played(1), played(1));
    assert_eq!(a.json().to_string(), b.json().to_string());
    assert_eq!(page(&a), page(&b));
    assert_ne!(a.fingerprint, played(2).fingerprint);
}

#[test]
fn what_flies_comes_to_communities_and_each_passage_is_inside_the_stated_radius() {
    let areas = AreaSet::bundled();
    let units = Units::of(areas);
    let fliers = fleet(&small(), 5, areas, &units);
    assert_eq!(fliers.len(), 4);
    for flier in &fliers {
        let passages = flier.passages(&units);
        for &(unit, second) in &passages {
            let at = flier.at(second).unwrap();
            let unit = &units.all[unit];
            assert!(at.distance_km(unit.centre) <= unit.radius_km + 0.01, "{flier:?} {unit:?}");
        }
        let reached = passages.iter().any(|&(unit, _)| unit == flier.target);
        assert!(reached || flier.end != End::Arrived, "{flier:?}");
        if flier.kind == ThreatKind::BallisticMissile {
            assert_eq!(passages.len(), 1);
            assert!((60..=200).contains(&(flier.ends_s() - flier.begins_s)), "{} s", flier.ends_s() - flier.begins_s);
        }
    }
}

#[test]
fn a_country_that_sounds_as_a_whole_region_costs_more_people_more_hours_than_its_raions() {
    let score = played(1);
    let hours = |policy| score.person_hours(policy).unwrap();
    assert!(hours("region") > hours("doctrine"), "{} {}", hours("region"), hours("doctrine"));
    assert!(hours("doctrine") > 0.0);
    let [forecast, doctrine, region] = score.policies.as_slice() else { panic!("three policies") };
    assert!(region.detected() >= doctrine.detected());
    assert!(hours("forecast") < hours("doctrine"));
    assert_eq!(forecast.name, "forecast");
    let gates = &score.json()["gates"];
    assert!(gates["person_hours_of_region"]["figure"].as_f64() < gates["person_hours_of_doctrine"]["figure"].as_f64());
    assert_eq!(gates["missed_overall"]["bound"], score.json()["policies"]["doctrine"]["all"]["missed_share"]);
    // Where everything sounds, nobody waits longer from the first report than where the smallest area does.
    let waited = |policy: &str| score.json()["policies"][policy]["report_to_alert"].clone();
    let (wide, small) = (waited("region"), waited("forecast"));
    assert!(wide["median_s"].as_i64() <= small["median_s"].as_i64() && wide["median_s"].is_i64(), "{wide} {small}");
    assert!(wide["groups_never_alerted"].as_u64() <= small["groups_never_alerted"].as_u64(), "{wide} {small}");
}

#[test]
fn every_bundled_scenario_is_read_and_something_flies_in_it() {
    let areas = AreaSet::bundled();
    let units = Units::of(areas);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios");
    let mut found = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let scenario = Scenario::read(&text, areas).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let fliers = fleet(&scenario, 1, areas, &units);
        assert!(fliers.len() > 5, "{}", path.display());
        // Nothing begins over a community, nor where a post could name one.
        for flier in fliers.iter().filter(|flier| !flier.high) {
            let away_km = units.all.iter().map(|unit| flier.places[0].distance_km(unit.centre) - unit.radius_km);
            let nearest_km = away_km.fold(f64::INFINITY, f64::min);
            assert!(nearest_km > 24.0, "{nearest_km} km: {} {:?}", path.display(), flier.kind);
        }
        assert!(tell(&scenario, 1, &fliers, areas, &units).len() > 100, "{}", path.display());
        found += 1;
    }
    assert!(found >= 6, "{found} scenarios");
}

fn check_refused(was: &str, is: &str, expected: &Expect) {
    assert!(SMALL.contains(was), "{was}");
    let error = Scenario::read(&SMALL.replacen(was, is, 1), AreaSet::bundled()).unwrap_err();
    expected.assert_eq(&error.to_string());
}

#[test]
fn a_scenario_that_is_wrong_is_refused_with_its_line_and_reason() {
    check_refused("version = 1", "version = 2", &expect!["read line 2 of the scenario: version = 2: expected 1"]);
    check_refused(
        "minutes = 60",
        "minuets = 60",
        &expect![
            "read line 4 of the scenario: unknown field `minuets`, expected one of `version`, `name`, `minutes`, `wave`, `corridor`, `monitor`, `upstream`, `sensor`, `civil_aircraft`, `outage`, `officer`"
        ],
    );
    check_refused(
        "groups = [3, 3]",
        "groups = [4, 3]",
        &expect!["read line 6 of the scenario: groups = [4, 3]: expected the lesser first, and one at most zero"],
    );
    check_refused(
        "enter = [\"Sumy\"]",
        "enter = [\"Atlantis\"]",
        &expect![
            "read line 6 of the scenario: Atlantis is no region of the area set: expected an English name such as Sumy"
        ],
    );
    check_refused(
        "kind = \"uav\"",
        "kind = \"artillery\"",
        &expect!["read line 6 of the scenario: kind = Artillery: expected something that flies on a course"],
    );
    check_refused(
        "enter_min = [0, 10]",
        "enter_min = [0, 90]",
        &expect!["read line 6 of the scenario: enter_min = 90: expected a number from 0 to 60"],
    );
    check_refused(
        "name = \"upstream\"",
        "name = \"monitor\"",
        &expect!["read line 24 of the scenario: two sources are called monitor"],
    );
    check_refused(
        "trust = 0.9",
        "trust = nan",
        &expect!["read line 19 of the scenario: trust = NaN: expected a number from 0 to 1"],
    );
    check_refused(
        "enter = [\"Kharkiv\"]",
        "enter = [\"Kharkiv\"]\nloiter = 0.5",
        &expect!["read line 13 of the scenario: loiter: only drones circle"],
    );
    check_refused(
        "groups = [1, 1]",
        "groups = [0, 0]",
        &expect!["read line 13 of the scenario: groups = [0, 0]: expected the lesser first, and one at most zero"],
    );
    check_refused(
        "groups = [1, 1]",
        "groups = [1, 2000]",
        &expect!["read line 13 of the scenario: 2003 groups in one night: expected at most 1000"],
    );
    check_refused(
        "kind = \"ballistic_missile\"",
        "kind = \"balloon\"",
        &expect![
            "read line 14 of the scenario: unknown variant `balloon`, expected one of `uav`, `jet_uav`, `recon_uav`, `fpv`, `cruise_missile`, `ballistic_missile`, `missile`, `guided_bomb`, `aviation`, `mig31k`, `artillery`, `unknown`"
        ],
    );
    check_refused(
        "enter = [\"Kharkiv\"]",
        "enter = []",
        &expect!["read line 13 of the scenario: enter is empty: expected at least one region"],
    );
    check_refused(
        "delay_s = [0.2, 2]",
        "delay_s = [2, 0.2]",
        &expect!["read line 24 of the scenario: delay_s = [2, 0.2]: expected the lesser first"],
    );
    check_refused(
        "delay_s = [0.2, 2]",
        "delay_s = [0.2, 2]\n[officer]\nends_after_s = -1",
        &expect!["read line 28 of the scenario: ends_after_s = -1: expected a number from 0 to 7200"],
    );
    check_refused(
        "delay_s = [0.2, 2]",
        "delay_s = [0.2, 2]\n[officer]\nsleeps = true",
        &expect![
            "read line 29 of the scenario: unknown field `sleeps`, expected one of `attends_s`, `ends_after_s`, `order_s`, `also_s`, `mistakes`"
        ],
    );
    check_refused(
        "delay_s = [0.2, 2]",
        "delay_s = [0.2, 2]\n[[outage]]\nsource = \"moon\"\nspan_min = [1, 2]",
        &expect!["read line 28 of the scenario: outage of moon, which is no source of this scenario"],
    );
    let listeners = "delay_s = [0.2, 2]\n[[sensor]]\nname = \"ears\"\ntype = \"presence\"\nregion = \"Sumy\"\nsites = 3\n\
                     range_km = 5\nevery_s = 20\ndetection_p = 0.8\n";
    check_refused(
        "delay_s = [0.2, 2]",
        &format!("{listeners}watches = true"),
        &expect!["read line 28 of the scenario: watches: only a radar or an acoustic array looks all the time"],
    );
    check_refused(
        "delay_s = [0.2, 2]",
        &listeners.replace("sites = 3", "sites = 0"),
        &expect!["read line 28 of the scenario: sites = 0: expected a number from 1 to 200"],
    );
    check_refused(
        "delay_s = [0.2, 2]",
        &listeners.replace("presence", "telescope"),
        &expect![
            "read line 30 of the scenario: unknown variant `telescope`, expected one of `radar`, `acoustic`, `presence`, `observer`"
        ],
    );
}

/// The same night with a corridor from Sumy to Khmelnytskyi that `follow` of its drones follow.
fn along(follow: f64) -> Scenario {
    let corridor = "[[corridor]]\nname = \"valley\"\nthrough = [\"Sumy\", \"Poltava\", \"Cherkasy\", \"Khmelnytskyi\"]\n\n[[wave]]";
    let text = SMALL
        .replacen("[[wave]]", corridor, 1)
        .replace("minutes = 60", "minutes = 600")
        .replace("groups = [3, 3]", "groups = [20, 20]")
        .replace(
            "toward = [\"Sumy\", \"Poltava\"]",
            &format!("toward = [\"Lviv\"]\nalong = [\"valley\"]\nfollow = {follow:?}"),
        );
    Scenario::read(&text, AreaSet::bundled()).unwrap()
}

#[test]
#[allow(clippy::cast_precision_loss)] // Twenty.
fn groups_follow_the_same_corridor_night_for_night() {
    let areas = AreaSet::bundled();
    let units = Units::of(areas);
    // How far from each other two nights' drones pass, half way: the least distance, on average.
    let apart = |follow: f64| {
        let [one, other] = [1, 2].map(|seed| {
            let fliers = fleet(&along(follow), seed, areas, &units);
            fliers
                .into_iter()
                .filter(|flier| flier.kind == ThreatKind::Uav)
                .map(|flier| flier.places)
                .collect::<Vec<_>>()
        });
        let least = |from: &Vec<Position>, of: &Vec<Vec<Position>>| {
            let middle = from[from.len() / 2];
            of.iter().flatten().map(|at| at.distance_km(middle)).fold(f64::INFINITY, f64::min)
        };
        one.iter().map(|from| least(from, &other)).sum::<f64>() / one.len() as f64
    };
    let length = |follow: f64| {
        let fliers = fleet(&along(follow), 1, areas, &units);
        fliers.iter().filter(|flier| flier.end == End::Arrived && !flier.high).map(|f| f.places.len()).sum::<usize>()
    };
    assert!(apart(1.0) < 6.0, "{}", apart(1.0));
    assert!(length(1.0) > length(0.0), "a corridor is a detour: {} {}", length(1.0), length(0.0));
}

#[test]
fn corridors_that_nobody_could_follow_are_refused() {
    let refused = |text: &str| Scenario::read(text, AreaSet::bundled()).unwrap_err().to_string();
    let with = |corridor: &str, wave: &str| {
        SMALL.replacen("[[wave]]", &format!("{corridor}\n[[wave]]"), 1).replacen(
            "enter_min = [0, 10]",
            &format!("enter_min = [0, 10]\n{wave}"),
            1,
        )
    };
    let valley = "[[corridor]]\nname = \"valley\"\nthrough = [\"Sumy\", \"Poltava\"]";
    for (text, why) in [
        (with("", "along = [\"valley\"]"), "line 7 of the scenario: along names valley, which is no [[corridor]]"),
        (with(valley, "along = [\"valley\"]\nfollow = 1.5"), "follow = 1.5: expected a number from 0 to 1"),
        (
            with("[[corridor]]\nname = \"v\"\nthrough = [\"Sumy\"]", ""),
            "line 6 of the scenario: through names 1 regions",
        ),
        (with("[[corridor]]\nname = \"v\"\nthrough = [\"Sumy\", \"Mordor\"]", ""), "Mordor is no region"),
        (with(&format!("{valley}\n{valley}"), ""), "name = \"valley\": expected a corridor's own"),
        (
            with(valley, "").replace("enter = [\"Kharkiv\"]", "enter = [\"Kharkiv\"]\nalong = [\"valley\"]"),
            "along: what falls or glides follows no corridor",
        ),
    ] {
        let error = refused(&text);
        assert!(error.contains(why), "{error} instead of {why}");
    }
}

#[test]
fn where_radars_watch_alerts_end_without_an_order() {
    let areas = AreaSet::bundled();
    let radars = "[[sensor]]\nname = \"radar\"\ntype = \"radar\"\nregion = \"Sumy\"\nsites = 2\nrange_km = 400\nevery_s = 10\n\
                  detection_p = 0.8\nerror = 0.5\n[officer]\nattends_s = [3600, 3600]\n";
    let longer = SMALL.replacen("minutes = 60", "minutes = 120", 1);
    let watched = Scenario::read(&format!("{longer}{radars}"), areas).unwrap();
    let silent =
        Scenario::read(&format!("{longer}{}", radars.replace("[officer]", "watches = false\n[officer]")), areas)
            .unwrap();
    let units = Units::of(areas);
    let doctrine = &Candidate::shipped()[1..2];
    let hours = |scenario: &Scenario| {
        play(scenario, 1, doctrine, &CameIn::default(), areas, &units).person_hours("doctrine").unwrap()
    };
    let (watched, silent) = (hours(&watched), hours(&silent));
    assert!(watched < silent, "{watched} {silent}");
}

#[test]
fn the_page_asks_nothing_of_the_net_and_a_name_cannot_become_markup() {
    let areas = AreaSet::bundled();
    let text = SMALL.replacen("a small night", "<script>alert(1)</script>", 1);
    let scenario = Scenario::read(&text, areas).unwrap();
    let mut score = Score::default();
    score.add(&play(&scenario, 1, &Candidate::shipped(), &CameIn::default(), areas, &Units::of(areas)));
    let page = page(&score);
    assert!(!page.contains("<script"));
    assert!(!page.contains("http"));
    assert!(page.contains("lang=uk") && page.contains("lang=en") && page.contains("prefers-color-scheme:dark"));
}

#[test]
fn a_policy_beside_another_decides_as_it_would_alone() {
    let areas = AreaSet::bundled();
    let units = Units::of(areas);
    let all = Candidate::shipped();
    let together = play(&small(), 1, &all, &CameIn::default(), areas, &units).json();
    for one in all {
        let alone = play(&small(), 1, std::slice::from_ref(&one), &CameIn::default(), areas, &units).json();
        assert_eq!(alone["policies"][&one.name], together["policies"][&one.name], "{}", one.name);
    }
}

#[test]
fn an_officer_who_never_looks_leaves_every_alert_standing() {
    let areas = AreaSet::bundled();
    let text = format!("{SMALL}\n[officer]\nattends_s = [3600, 3600]\n");
    let scenario = Scenario::read(&text, areas).unwrap();
    let units = Units::of(areas);
    let score = play(&scenario, 1, &Candidate::shipped(), &CameIn::default(), areas, &units).json();
    let usual = play(&small(), 1, &Candidate::shipped(), &CameIn::default(), areas, &units).json();
    for policy in ["forecast", "doctrine", "region"] {
        assert_eq!(score["policies"][policy]["officer_orders"], 0);
        let hours = |score: &serde_json::Value| score["policies"][policy]["alert_person_hours"].as_f64().unwrap();
        assert!(hours(&score) > hours(&usual), "{policy}");
    }
}

#[test]
fn where_earlier_nights_came_in_is_the_same_every_time_and_near_where_they_enter() {
    let areas = AreaSet::bundled();
    let units = Units::of(areas);
    let of = |seed| came_in(&small(), seed, areas, &units);
    let one = of(7);
    assert_eq!(one, of(7));
    assert!((1..=3).contains(&one.total()), "three groups, of which some may never be believed: {one:?}");
    let sumy = Position::new(51.0, 34.0).unwrap();
    for code in one.entries.keys() {
        let away_km = areas.get(*code).unwrap().centre.distance_km(sumy);
        assert!(away_km < 200.0, "{code}: {away_km} km");
    }
    assert!(one.courses.0.len() > 3, "they flew through some cells: {one:?}");
    let mut all = one.clone();
    all.add(&of(8));
    assert!(all.total() > one.total(), "{all:?}");
}
