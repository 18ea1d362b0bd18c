//! The two formats over pictures made by hand: what is told, what is refused, and in which words.

use super::alerts_in_ua::{self, Letters};
use super::names::{BY_OBLAST, Names};
use super::truth::{Truth, Whole};
use super::{map_png, ukrainealarm, webhook};
use crate::store::HistoryRow;
use model::{
    Alert, AlertId, AlertLevel, AlertType, AreaSet, Code, CommunityState, CommunityStatus, EventId, Holder, Level,
    Outcome, Picture, SourceHealth, SourceId, SourceLink, Standing, Status, ThreatKind, Timestamp, Word,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

const NOW: &str = "2026-11-23T03:00:00Z";

fn now() -> Timestamp {
    Timestamp::parse(NOW).unwrap()
}

fn names() -> Arc<Names> {
    Arc::new(Names::new(AreaSet::bundled()))
}

/// A picture in the making: every region and raion has the same state until told otherwise.
struct World {
    names: Arc<Names>,
    picture: Picture,
}

impl World {
    fn all(status: CommunityStatus, last_known: Option<Word>) -> Self {
        let names = names();
        let wide = names.areas().iter().filter(|a| matches!(a.level, Level::Country | Level::Oblast | Level::Raion));
        let communities = wide.map(|area| state(area.code, status, last_known)).collect();
        let source = SourceHealth {
            source: SourceId::new("official"),
            official: true,
            link: SourceLink::Live,
            heard_at: Some(now()),
            stale_after_s: 60,
            accepted: 1,
            refused: 0,
            last_refusal: None,
        };
        let picture = Picture {
            as_of: now(),
            communities,
            alerts: Vec::new(),
            tracks: Vec::new(),
            forecasts: Vec::new(),
            sources: vec![source],
            waiting: Vec::new(),
            unheld: Vec::new(),
        };
        Self { names, picture }
    }

    fn clear() -> Self {
        Self::all(CommunityStatus::Clear, None)
    }

    fn code(&self, uid: u32) -> Code {
        self.names.of_uid(uid).unwrap()
    }

    /// Gives a community and all below it that state.
    fn set(mut self, uid: u32, status: CommunityStatus, last_known: Option<Word>) -> Self {
        let code = self.code(uid);
        let areas = self.names.areas();
        for community in self.picture.communities.iter_mut().filter(|c| areas.covers(code, c.community)) {
            *community = state(community.community, status, last_known);
        }
        self
    }

    /// Raises an alert and makes what it covers active.
    fn alert(self, uid: u32, level: AlertLevel, kinds: &[ThreatKind]) -> Self {
        let code = self.code(uid);
        let mut world = self.set(uid, CommunityStatus::Active, None);
        let id = u64::try_from(world.picture.alerts.len()).unwrap() + 1;
        world.picture.alerts.push(alert(id, code, level, kinds));
        world
    }

    fn change(mut self, change: impl FnOnce(&mut Alert)) -> Self {
        change(self.picture.alerts.last_mut().unwrap());
        self
    }

    fn silent(mut self) -> Self {
        self.picture.sources[0].link = SourceLink::Stale;
        self
    }

    fn truth(&self) -> Truth {
        Truth::new(&self.picture, self.names.clone(), Status::Actual)
    }

    fn letters(&self, letters: Letters) -> String {
        alerts_in_ua::by_oblast(&self.truth(), letters)
    }

    fn active(&self) -> Value {
        serde_json::to_value(alerts_in_ua::active(&self.truth(), now())).unwrap()
    }

    fn region(&self, id: u32) -> Value {
        let code = self.names.of_region(id).unwrap();
        serde_json::to_value(ukrainealarm::region(&self.truth(), code)).unwrap()
    }
}

fn state(community: Code, status: CommunityStatus, last_known: Option<Word>) -> CommunityState {
    CommunityState {
        community,
        status,
        level: None,
        kinds: Vec::new(),
        alerts: Vec::new(),
        partial: false,
        elevated: None,
        since: Some(now()),
        last_known,
        disagreement: false,
        said_by: Vec::new(),
        as_of: now(),
    }
}

fn alert(id: u64, community: Code, level: AlertLevel, kinds: &[ThreatKind]) -> Alert {
    let holder = Holder::of(now(), Some(level), kinds.to_vec(), EventId(1));
    Alert {
        id: AlertId(id),
        standing: Standing::Official,
        community,
        alert_type: AlertType::AirRaid,
        level,
        kinds: kinds.to_vec(),
        started_at: now(),
        updated_at: now(),
        ended_at: None,
        holders: BTreeMap::from([(SourceId::new("official"), holder)]),
        arrival: None,
    }
}

/// The letters that differ from calm, by the number of their region.
fn not_calm(letters: &str) -> Vec<(u32, char)> {
    assert_eq!(letters.chars().count(), 27);
    BY_OBLAST.into_iter().zip(letters.chars()).filter(|(_, letter)| *letter != 'N').collect()
}

#[test]
fn a_calm_country_is_27_times_n_and_an_empty_list() {
    let world = World::clear();
    assert_eq!(world.letters(Letters::V1), "N".repeat(27));
    assert_eq!(world.active()["alerts"], json!([]));
    assert_eq!(world.truth().whole(), Whole::Answer);
    assert!(world.truth().unknown_uids().is_empty());
}

#[test]
fn an_alert_of_a_raion_is_partly_above_and_whole_at_and_below_it() {
    let world = World::clear().alert(117, AlertLevel::Yellow, &[ThreatKind::Uav]);
    assert_eq!(not_calm(&world.letters(Letters::V1)), [(20, 'P')]);
    assert_eq!(not_calm(&world.letters(Letters::V2)), [(20, 'P')]);
    let letter = |code, letters| alerts_in_ua::letter(&world.truth(), code, letters);
    assert_eq!(letter(world.code(117), Letters::V1), 'A');
    assert_eq!(letter(world.code(117), Letters::V2), 'Y');
    assert_eq!(letter(world.code(118), Letters::V2), 'N');
    let hromada = world.names.children(world.code(117))[0];
    assert_eq!(letter(hromada, Letters::V2), 'Y');
}

#[test]
fn an_alert_of_a_region_covers_its_raions_and_the_gravest_level_counts() {
    let world = World::clear().alert(117, AlertLevel::Yellow, &[ThreatKind::Uav]).alert(
        20,
        AlertLevel::Red,
        &[ThreatKind::Missile],
    );
    assert_eq!(not_calm(&world.letters(Letters::V1)), [(20, 'A')]);
    assert_eq!(not_calm(&world.letters(Letters::V2)), [(20, 'R')]);
    let letter = |uid| alerts_in_ua::letter(&world.truth(), world.code(uid), Letters::V2);
    assert_eq!((letter(117), letter(118), letter(109)), ('R', 'R', 'N'));
}

#[test]
fn the_letter_at_index_n_is_that_of_number_n_and_nobodys_number_is_a_space() {
    let world = World::clear().alert(20, AlertLevel::Red, &[]).alert(1293, AlertLevel::Yellow, &[]);
    for letters in [Letters::V1, Letters::V2] {
        let text: Vec<char> = alerts_in_ua::by_uid(&world.truth(), letters).chars().collect();
        assert_eq!((text[0], text[1], text[2], text[6], text[7]), (' ', ' ', ' ', ' ', ' '));
        for (uid, letter) in text.iter().enumerate() {
            let uid = u32::try_from(uid).unwrap();
            let expected =
                world.names.of_uid(uid).map_or(' ', |code| alerts_in_ua::letter(&world.truth(), code, letters));
            assert_eq!(*letter, expected, "{uid}");
        }
        assert_eq!((text[22], text[124]), ('P', 'P'), "a hromada is a part of its raion and of its region");
        assert_eq!(text[1293], text[6293]);
        assert!(text.len() < 9999);
    }
}

#[test]
fn an_alert_has_every_key_of_the_service_and_its_forms() {
    let world = World::clear().alert(117, AlertLevel::Yellow, &[ThreatKind::Uav]);
    let expected = json!({
        "id": 1,
        "location_title": "Конотопський район",
        "location_title_en": "Konotop Raion",
        "location_type": "raion",
        "started_at": "2026-11-23T03:00:00.000Z",
        "finished_at": null,
        "updated_at": "2026-11-23T03:00:00.000Z",
        "alert_type": "air_raid",
        "alert_level": "yellow",
        "threats": [{
            "threat_type": "drones",
            "level": "yellow",
            "started_at": "2026-11-23T03:00:00.000Z",
            "source_message": null,
        }],
        "location_uid": "117",
        "location_oblast": "Сумська область",
        "location_oblast_uid": 20,
        "location_raion": "Конотопський район",
        "notes": null,
        "country": null,
        "deleted_at": null,
        "calculated": false,
    });
    let body = world.active();
    assert_eq!(body["alerts"], json!([expected]));
    assert_eq!(body["meta"]["last_updated_at"], "2026/11/23 03:00:00 +0000");
    assert!(body["disclaimer"].is_string());
}

#[test]
fn threats_are_absent_when_none_is_open_and_keep_their_own_level() {
    let check = |level, kinds: &[ThreatKind], expected: Option<Value>| {
        let body = World::clear().alert(20, level, kinds).active();
        let threats = body["alerts"][0].get("threats").map(|threats| {
            let pairs = threats.as_array().unwrap().iter().map(|t| json!([t["threat_type"], t["level"]]));
            pairs.collect::<Value>()
        });
        assert_eq!(threats, expected);
    };
    check(AlertLevel::Red, &[], None);
    check(AlertLevel::Yellow, &[ThreatKind::Uav, ThreatKind::Fpv], Some(json!([["drones", "yellow"]])));
    check(
        AlertLevel::Yellow,
        &[ThreatKind::Uav, ThreatKind::Missile],
        Some(json!([["drones", "yellow"], ["unspecified_missiles", "red"]])),
    );
    check(AlertLevel::Red, &[ThreatKind::Uav], Some(json!([["drones", "red"]])));
    check(
        AlertLevel::Red,
        &[ThreatKind::Uav, ThreatKind::Mig31k],
        Some(json!([["drones", "yellow"], ["mig31k_departure", "red"]])),
    );
}

#[test]
fn our_own_forecast_is_never_told() {
    let world = World::clear().alert(20, AlertLevel::Red, &[]).change(|alert| alert.standing = Standing::Advisory);
    let world = world.set(20, CommunityStatus::Clear, None);
    assert_eq!(world.letters(Letters::V2), "N".repeat(27));
    assert_eq!(world.active()["alerts"], json!([]));
    assert!(ukrainealarm::alerts(&world.truth()).is_empty());
    assert_eq!(world.region(20)["activeAlerts"], json!([]));
}

#[test]
fn an_authoritys_alert_is_told() {
    let world = World::clear().alert(20, AlertLevel::Red, &[]).change(|alert| alert.standing = Standing::Authority);
    assert_eq!(not_calm(&world.letters(Letters::V1)), [(20, 'A')]);
}

#[test]
fn an_alert_of_another_type_is_listed_but_is_no_air_raid() {
    let shelling = |alert: &mut Alert| alert.alert_type = AlertType::ArtilleryShelling;
    let world = World::clear().alert(47, AlertLevel::Red, &[ThreatKind::Artillery]).change(shelling);
    assert_eq!(world.letters(Letters::V1), "N".repeat(27));
    assert_eq!(world.active()["alerts"][0]["alert_type"], "artillery_shelling");
    let region = world.region(47);
    assert_eq!(region["activeAlerts"][0]["type"], "ARTILLERY");
    assert_eq!(region["activeAlerts"][0]["activeAlertLevels"], json!([]));
}

#[test]
fn an_alert_for_the_whole_country_is_listed_for_every_region() {
    let mut world = World::all(CommunityStatus::Active, None);
    let country = world.names.country().unwrap();
    world.picture.alerts.push(alert(4096, country, AlertLevel::Red, &[ThreatKind::Mig31k]));
    assert_eq!(world.letters(Letters::V2), "R".repeat(27));
    let body = world.active();
    let listed = body["alerts"].as_array().unwrap();
    let mut ids: Vec<_> = listed.iter().map(|alert| alert["id"].as_u64().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((listed.len(), ids.len()), (27, 27));
    assert_eq!(ukrainealarm::alerts(&world.truth()).len(), world.names.states().len());
    let region = world.region(117);
    assert_eq!(region["activeAlerts"][0]["regionId"], "20");
    assert_eq!(region["activeAlerts"][0]["regionType"], "State");
}

#[test]
fn an_alert_of_a_town_is_told_as_its_hromadas() {
    let mut world = World::clear();
    let hromada = world.code(1293);
    let town = world.names.areas().children(hromada).next().unwrap().code;
    world.picture.alerts.push(alert(1, town, AlertLevel::Red, &[]));
    let truth = world.truth();
    let letter = |uid| alerts_in_ua::letter(&truth, world.code(uid), Letters::V1);
    assert_eq!((letter(1293), letter(124), letter(22), letter(20)), ('A', 'P', 'P', 'N'));
    let listed = serde_json::to_value(ukrainealarm::alerts(&truth)).unwrap();
    assert_eq!((&listed[0]["regionId"], &listed[0]["activeAlerts"][0]["regionId"]), (&json!("1293"), &json!("1293")));
    assert_eq!(world.active()["alerts"][0]["location_uid"], "1293");
}

#[test]
fn an_unknown_region_is_marked_and_never_n() {
    let world = World::clear().set(29, CommunityStatus::Unknown, None).set(117, CommunityStatus::Unknown, None);
    assert_eq!(not_calm(&world.letters(Letters::V1)), [(29, ' ')]);
    let truth = world.truth();
    assert_eq!(truth.unknown_uids(), [29, 117]);
    let mut part = World::clear();
    let hromada = part.names.children(part.code(118))[0];
    part.picture.communities.push(state(hromada, CommunityStatus::Unknown, None));
    assert_eq!(part.truth().unknown_uids(), [118], "a part of it");
    assert_eq!(world.active()["meta"]["unknown_uids"], json!([29, 117]));
    let text: Vec<char> = alerts_in_ua::by_uid(&truth, Letters::V1).chars().collect();
    assert_eq!((text[29], text[117], text[118]), (' ', ' ', 'N'));
    for hromada in world.names.children(world.code(117)) {
        assert_eq!(alerts_in_ua::letter(&truth, *hromada, Letters::V1), ' ');
        assert!(truth.unknown(*hromada));
    }
}

#[test]
fn the_whole_country_is_answered_for_only_when_the_answer_cannot_pass_for_calm() {
    use CommunityStatus::{Clear, Unknown};
    let never = |uid| World::clear().set(uid, Unknown, None);
    let lost = |uid| World::clear().set(uid, Unknown, Some(Word::Clear));
    let cases = [
        (World::clear(), Whole::Answer, "all is known"),
        (World::all(Unknown, None), Whole::NothingKnown, "nothing was ever heard"),
        (World::all(Unknown, Some(Word::Clear)), Whole::NothingKnown, "the only source fell silent"),
        (World::all(Unknown, None).set(20, Clear, None), Whole::Answer, "this server never spoke for the others"),
        (never(29), Whole::Answer, "no source speaks for Crimea"),
        (lost(20), Whole::Lost, "one region fell silent in a calm"),
        (lost(117), Whole::Lost, "one raion fell silent in a calm"),
        (lost(20).alert(31, AlertLevel::Red, &[]), Whole::Answer, "a warning is never withheld"),
    ];
    for (world, expected, why) in cases {
        assert_eq!(world.truth().whole(), expected, "{why}");
    }
}

#[test]
fn an_alert_whose_source_fell_silent_stands_and_says_so() {
    let world = World::clear().alert(20, AlertLevel::Red, &[]).silent();
    let world = world.set(20, CommunityStatus::Unknown, Some(Word::Active));
    assert_eq!(not_calm(&world.letters(Letters::V1)), [(20, 'A')]);
    assert!(!world.truth().unknown(world.code(117)));
    assert!(world.active()["alerts"][0]["notes"].as_str().unwrap().contains("замовкло"));
    assert_eq!(world.region(20)["activeAlerts"][0]["type"], "AIR");
}

#[test]
fn a_region_of_ukrainealarm_has_every_key_also_when_calm() {
    let expected = json!({
        "regionId": "117",
        "regionType": "District",
        "regionName": "Конотопський район",
        "regionEngName": "Konotop Raion",
        "lastUpdate": "2026-11-23T03:00:00.000Z",
        "activeAlerts": [],
    });
    assert_eq!(World::clear().region(117), expected);
}

#[test]
fn a_region_lists_its_own_alerts_and_those_it_inherits() {
    let world = World::clear().alert(20, AlertLevel::Red, &[ThreatKind::Missile]).alert(
        117,
        AlertLevel::Yellow,
        &[ThreatKind::Uav],
    );
    let at = "2026-11-23T03:00:00.000Z";
    let active = |id: &str, kind: &str, level: &str, reason: &str| {
        json!({
            "regionId": id, "regionType": kind, "type": "AIR", "lastUpdate": at,
            "activeAlertLevels": [{ "alertLevel": level, "reason": reason, "createdAt": at }],
        })
    };
    let own = active("117", "District", "Yellow", "Дронова загроза (жовтий рівень)");
    let inherited = active("20", "State", "Red", "Ракетна загроза (червоний рівень)");
    assert_eq!(world.region(117)["activeAlerts"], json!([own, inherited]));
    assert_eq!(world.region(118)["activeAlerts"], json!([inherited]));
    assert_eq!(world.region(20)["activeAlerts"], json!([inherited]));
    let listed = serde_json::to_value(ukrainealarm::alerts(&world.truth())).unwrap();
    let ids: Vec<_> = listed.as_array().unwrap().iter().map(|region| region["regionId"].as_str().unwrap()).collect();
    assert_eq!(ids, ["20", "117"], "only regions an alert stands on");
}

#[test]
fn a_level_that_was_not_told_is_red_and_says_so() {
    let untold = |alert: &mut Alert| alert.holders.values_mut().for_each(|holder| holder.level = None);
    let world = World::clear().alert(20, AlertLevel::Red, &[]).change(untold);
    let levels = &world.region(20)["activeAlerts"][0]["activeAlertLevels"];
    assert_eq!(levels[0]["alertLevel"], "Red");
    assert!(levels[0]["reason"].as_str().unwrap().contains("не повідомлено"));
}

#[test]
fn both_levels_may_be_open_and_none_is_above_the_alerts_own() {
    let check = |level, kinds: &[ThreatKind], expected: &[&str]| {
        let region = World::clear().alert(20, level, kinds).region(20);
        let levels = region["activeAlerts"][0]["activeAlertLevels"].as_array().unwrap().clone();
        let found: Vec<_> = levels.iter().map(|l| l["alertLevel"].as_str().unwrap()).collect();
        assert_eq!(found, expected);
    };
    check(AlertLevel::Red, &[ThreatKind::Missile, ThreatKind::Uav], &["Red", "Yellow"]);
    check(AlertLevel::Red, &[ThreatKind::Uav], &["Red"]);
    check(AlertLevel::Yellow, &[ThreatKind::Missile], &["Yellow"]);
    check(AlertLevel::Yellow, &[], &["Yellow"]);
}

#[test]
fn crimea_answers_to_both_numbers_and_shows_its_own_of_each_service() {
    let world = World::clear().alert(29, AlertLevel::Red, &[]);
    assert_eq!(world.region(9999)["regionId"], "9999");
    assert_eq!(world.region(29)["regionId"], "9999");
    assert_eq!(world.active()["alerts"][0]["location_uid"], "29");
    assert_eq!(world.region(9999)["regionType"], "State");
}

#[test]
fn the_tree_of_regions_has_every_region_once() {
    fn walk(region: &Value, kinds: &mut BTreeMap<String, u32>, ids: &mut Vec<String>) {
        *kinds.entry(region["regionType"].as_str().unwrap().into()).or_default() += 1;
        ids.push(region["regionId"].as_str().unwrap().into());
        assert!(!region["regionName"].as_str().unwrap().is_empty());
        for child in region["regionChildIds"].as_array().unwrap() {
            walk(child, kinds, ids);
        }
    }
    let names = names();
    let tree = serde_json::to_value(ukrainealarm::regions(&names)).unwrap();
    let (mut kinds, mut ids) = (BTreeMap::new(), Vec::new());
    for state in tree["states"].as_array().unwrap() {
        walk(state, &mut kinds, &mut ids);
    }
    assert_eq!(kinds["State"], 29);
    assert!(kinds["District"] >= 122 && kinds["Community"] >= 1455, "{kinds:?}");
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
    assert!(ids.iter().all(|id| id == "0" || names.of_region(id.parse().unwrap()).is_some()));
    assert!(ids.iter().any(|id| id == "0") && ids.iter().any(|id| id == "9999") && ids.iter().any(|id| id == "1293"));
}

#[test]
fn history_tells_a_region_what_was_in_it_and_above_it() {
    let names = names();
    let code = |uid| names.of_uid(uid).unwrap();
    let ended = |id, uid, outcome| {
        let mut alert = alert(id, code(uid), AlertLevel::Red, &[ThreatKind::Missile]);
        alert.ended_at = Some(now().plus_ms(2_496_000));
        HistoryRow { alert, outcome: Some(outcome), ended_by: Some("official".into()) }
    };
    let rows = [ended(3, 117, Outcome::Passed), ended(2, 20, Outcome::Mistaken), ended(1, 22, Outcome::Passed)];
    let of =
        |uid| serde_json::to_value(alerts_in_ua::history(&names, code(uid), &rows, Status::Actual, now())).unwrap();
    let ids =
        |body: &Value| body["alerts"].as_array().unwrap().iter().map(|a| a["id"].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!((ids(&of(20)), ids(&of(117)), ids(&of(118)), ids(&of(31))), (vec![3, 2], vec![3, 2], vec![2], vec![]));
    let body = of(20);
    assert_eq!(body["alerts"][0]["finished_at"], "2026-11-23T03:41:36.000Z");
    assert_eq!(body["alerts"][0]["calculated"], json!(false));
    assert!(body["alerts"][0].get("threats").is_none(), "history has none");
    assert!(body["alerts"][1]["notes"].as_str().unwrap().contains("помилково"));

    let v3 = serde_json::to_value(ukrainealarm::history(&names, &[code(117)], &rows, now())).unwrap();
    let alarms = v3[0]["alarms"].as_array().unwrap();
    assert_eq!((v3.as_array().unwrap().len(), &v3[0]["regionId"], alarms.len()), (1, &json!("117"), 2));
    let expected = json!({
        "regionId": "117", "startDate": "2026-11-23T03:00:00.000Z", "endDate": "2026-11-23T03:41:36.000Z",
        "duration": "00:41:36", "alertType": "AIR", "regionName": "Конотопський район", "isContinue": false,
    });
    assert_eq!(alarms[0], expected);
}

#[test]
fn an_exercise_is_marked_in_every_alert() {
    let world = World::clear().alert(20, AlertLevel::Red, &[]);
    let truth = Truth::new(&world.picture, world.names.clone(), Status::Exercise);
    let region = serde_json::to_value(ukrainealarm::region(&truth, world.code(20))).unwrap();
    let reason = region["activeAlerts"][0]["activeAlertLevels"][0]["reason"].as_str().unwrap();
    assert!(reason.starts_with(alerts_in_ua::EXERCISE), "{reason}");
    let body = serde_json::to_value(alerts_in_ua::active(&truth, now())).unwrap();
    assert_eq!(body["alerts"][0]["notes"], alerts_in_ua::EXERCISE);
    assert!(body["disclaimer"].as_str().unwrap().starts_with(alerts_in_ua::EXERCISE));
    assert_eq!(body["meta"]["status"], "exercise");
}

#[test]
fn a_webhook_gets_one_event_for_each_change_and_no_calm_that_is_not_known() {
    use CommunityStatus::{Clear, Unknown};
    let mut told = BTreeMap::new();
    let mut events = |world: &World| {
        let due = webhook::due(&told, &world.truth());
        let listed = due.iter().map(|(_, region)| serde_json::to_value(region).unwrap());
        let listed: Vec<_> = listed
            .map(|r| (r["regionId"].as_str().unwrap().to_owned(), r["activeAlerts"].as_array().unwrap().len()))
            .collect();
        for (code, region) in due {
            if region.active_alerts.is_empty() {
                told.remove(&code)
            } else {
                told.insert(code, region)
            };
        }
        listed
    };
    let owned = |list: &[(&str, usize)]| list.iter().map(|(id, n)| ((*id).to_owned(), *n)).collect::<Vec<_>>();
    let raised = World::clear().alert(117, AlertLevel::Yellow, &[]);
    assert_eq!(events(&raised), owned(&[("117", 1)]));
    assert_eq!(events(&raised), owned(&[]), "nothing changed");
    let both = World::clear().alert(117, AlertLevel::Yellow, &[]).alert(20, AlertLevel::Red, &[]);
    assert_eq!(events(&both), owned(&[("20", 1), ("117", 2)]));
    assert_eq!(events(&World::all(Unknown, Some(Word::Active))), owned(&[]), "silence is no all-clear");
    assert_eq!(events(&World::all(Unknown, None).set(117, Clear, None)), owned(&[("117", 0)]));
    assert_eq!(events(&World::clear()), owned(&[("20", 0)]));
}

#[test]
fn a_tick_that_changes_nothing_told_is_the_same_picture() {
    let world = World::clear().alert(20, AlertLevel::Red, &[]);
    let mut later = World::clear().alert(20, AlertLevel::Red, &[]);
    later.picture.as_of = now().plus_ms(1000);
    for community in &mut later.picture.communities {
        community.as_of = now().plus_ms(1000);
    }
    assert!(world.truth().same(&later.truth()));
    assert!(!world.truth().same(&later.silent().truth()), "the notes differ");
    assert!(!world.truth().same(&World::clear().truth()));
}

/// The picture of a world so many minutes from now.
fn drawn(truth: &Truth, minutes: i64) -> (tiny_skia::Pixmap, Vec<u8>) {
    let at = Timestamp::from_millis(now().millis() + minutes * 60_000);
    let bytes = map_png::draw(AreaSet::bundled(), truth, at).unwrap();
    (tiny_skia::Pixmap::decode_png(&bytes).unwrap(), bytes)
}

/// How many of its pixels have that colour; of a million.
fn count(pixels: &tiny_skia::Pixmap, colour: [u8; 3]) -> usize {
    pixels.pixels().iter().filter(|p| [p.red(), p.green(), p.blue()] == colour).count()
}

#[test]
fn a_picture_hatches_what_is_unknown_and_shows_an_alert_where_it_is() {
    const CLEAR: [u8; 3] = [0xff; 3];
    const HATCH: [u8; 3] = [0x7c, 0x88, 0x96];
    const RED: [u8; 3] = [0xd5, 0x5e, 0x00];
    let (calm, bytes) = drawn(&World::clear().truth(), 0);
    assert!(count(&calm, CLEAR) > 300_000 && count(&calm, HATCH) == 0 && count(&calm, RED) == 0);
    assert_eq!(drawn(&World::clear().truth(), 0).1, bytes, "the same minute, the same bytes");
    assert_ne!(drawn(&World::clear().truth(), 1).1, bytes, "an old picture says its time");
    let (lost, _) = drawn(&World::all(CommunityStatus::Unknown, None).truth(), 0);
    assert_eq!(count(&lost, CLEAR), 0, "nothing unknown looks clear");
    assert!(count(&lost, HATCH) > 50_000);
    // Kharkiv region whole, then one raion of it: smaller, and bordered.
    let whole = count(&drawn(&World::clear().alert(22, AlertLevel::Red, &[]).truth(), 0).0, RED);
    assert!(whole > 20_000, "{whole}");
    let kharkiv = names().of_uid(22).unwrap();
    let raion = names().children(kharkiv).iter().find_map(|code| names().uid(*code)).unwrap();
    let part = count(&drawn(&World::clear().alert(raion, AlertLevel::Red, &[]).truth(), 0).0, RED);
    assert!(part > 2_000 && part < whole, "{part} {whole}");
    // Shelling is no air raid, and no calm.
    let shelled =
        World::clear().alert(22, AlertLevel::Red, &[]).change(|alert| alert.alert_type = AlertType::ArtilleryShelling);
    assert_eq!(count(&drawn(&shelled.truth(), 0).0, RED), whole);
    // A yellow alert is no red one, and an exercise is no alert of the real world.
    let yellow = World::clear().alert(22, AlertLevel::Yellow, &[]);
    assert_eq!(count(&drawn(&yellow.truth(), 0).0, RED), 0);
    let exercise = Truth::new(&yellow.picture, yellow.names.clone(), Status::Exercise);
    assert_ne!(drawn(&exercise, 0).1, drawn(&yellow.truth(), 0).1);
}
