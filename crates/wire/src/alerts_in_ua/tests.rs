use super::*;
use crate::WireReason;
use proptest::prelude::*;

fn now() -> Timestamp {
    Timestamp::parse("2026-10-01T01:00:00Z").unwrap()
}

fn active(alerts: &str) -> String {
    format!(
        r#"{{"alerts":[{alerts}],"meta":{{"last_updated_at":"2026/10/01 00:59:50 +0000","type":"full"}},"disclaimer":"…"}}"#
    )
}

fn read(alerts: &str) -> Snapshot {
    decode(active(alerts).as_bytes(), AreaSet::bundled(), now()).unwrap()
}

/// One line for each alert: code prefix of the community, type, level, kinds, begin.
fn shown(snapshot: &Snapshot) -> String {
    let line = |a: &UpstreamAlert| {
        let level = a.level.map_or("-".to_owned(), |l| format!("{l:?}"));
        let kinds = a.kinds.iter().map(|k| format!("{k:?}")).collect::<Vec<_>>().join("+");
        format!("{} {:?} {level} {kinds} {}", a.community, a.alert_type, &a.started_at.to_string()[11..19])
    };
    snapshot.alerts.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn reasons(of: &[model::Refusal]) -> Vec<&str> {
    of.iter().map(|r| r.reason.as_str()).collect()
}

#[test]
fn an_entry_is_read_with_every_optional_field_missing_null_or_of_another_type() {
    let cases = [
        (
            r#"{"id":1,"location_title":"Сумська область","location_type":"oblast","started_at":"2026-10-01T00:10:00.000Z","finished_at":null,"updated_at":"2026-10-01T00:10:00.000Z","alert_type":"air_raid","alert_level":"red","location_uid":"20","location_oblast":"Сумська область","location_oblast_uid":"20","notes":"","country":"ua","calculated":false,"threats":[{"threat_type":"ballistic_missiles","level":"red","started_at":"2026-10-01T00:10:00.000Z","source_message":null}]}"#,
            "UA59000000000057109 AirRaid Red BallisticMissile 00:10:00",
        ),
        (r#"{"location_uid":20,"alert_type":"air_raid"}"#, "UA59000000000057109 AirRaid -  00:59:50"),
        (
            r#"{"location_uid":"20","alert_type":"artillery_shelling","threats":null,"alert_level":null,"finished_at":""}"#,
            "UA59000000000057109 ArtilleryShelling -  00:59:50",
        ),
        // A yellow alert with a red threat stays what the service calls it, and tells both kinds.
        (
            r#"{"location_uid":"20","alert_type":"air_raid","alert_level":"yellow","threats":[{"threat_type":"drones","level":"yellow"},{"threat_type":"mig31k_departure","level":"red"}]}"#,
            "UA59000000000057109 AirRaid Yellow Uav+Mig31k 00:59:50",
        ),
        // Without a number the names decide.
        (
            r#"{"location_title":"Конотопський район","location_oblast":"Сумська область","alert_type":"air_raid"}"#,
            "UA59020000000081905 AirRaid -  00:59:50",
        ),
        // The town that alerts.in.ua numbers beyond its catalogue: the hromada it belongs to.
        (
            r#"{"location_uid":"5279","location_title":"м. Кривий Ріг","location_type":"city","location_oblast":"Дніпропетровська область","location_oblast_uid":9,"alert_type":"air_raid","alert_level":"Red"}"#,
            "UA12060170000091033 AirRaid Red  00:59:50",
        ),
        (
            r#"{"location_uid":"31","location_title":"м. Київ","alert_type":"air_raid"}"#,
            "UA80000000000093317 AirRaid -  00:59:50",
        ),
        (r#"{"location_title":"м. Київ","alert_type":"air_raid"}"#, "UA80000000000093317 AirRaid -  00:59:50"),
        // A predicted end that is still to come is no end.
        (
            r#"{"location_uid":"20","alert_type":"air_raid","calculated":true,"finished_at":"2026-10-01T02:00:00.000Z"}"#,
            "UA59000000000057109 AirRaid -  00:59:50",
        ),
        (r#"{"location_uid":"20","alert_type":"air_raid","finished_at":"2026-10-01T00:30:00.000Z"}"#, ""),
        // A begin in the future is dated by its receipt.
        (
            r#"{"location_uid":"20","alert_type":"air_raid","started_at":"2031-10-01T00:30:00.000Z"}"#,
            "UA59000000000057109 AirRaid -  01:00:00",
        ),
    ];
    for (entry, expected) in cases {
        let snapshot = read(entry);
        assert_eq!(shown(&snapshot), expected, "{entry}");
        assert_eq!((snapshot.refused.len(), snapshot.notes.len()), (0, 0), "{entry}: {snapshot:?}");
    }
}

#[test]
fn what_cannot_be_read_of_an_entry_in_force_is_taken_at_its_gravest_and_noted() {
    let cases = [
        (r#""alert_type":"meteor""#, "AirRaid Red  00:59:50", "unknown_alert_type"),
        (r#""alert_level":"yellow""#, "AirRaid Red  00:59:50", "unknown_alert_type"),
        (r#""alert_type":"air_raid","alert_level":"purple""#, "AirRaid Red  00:59:50", "unknown_level"),
        (r#""alert_type":"air_raid","alert_level":7"#, "AirRaid Red  00:59:50", "unknown_level"),
        (
            r#""alert_type":"nuclear","threats":[{"threat_type":"ufo"}]"#,
            "Nuclear - Unknown 00:59:50",
            "unknown_threat_type",
        ),
        (r#""alert_type":"air_raid","threats":{}"#, "AirRaid -  00:59:50", "wrong_shape"),
        (r#""alert_type":"air_raid","started_at":"вночі""#, "AirRaid -  00:59:50", "unknown_time"),
        (r#""alert_type":"air_raid","finished_at":"скоро""#, "AirRaid -  00:59:50", "unknown_time"),
        (r#""alert_type":"air_raid","finished_at":true"#, "AirRaid -  00:59:50", "unknown_time"),
    ];
    for (fields, expected, reason) in cases {
        let snapshot = read(&format!(r#"{{"location_uid":"20",{fields}}}"#));
        assert_eq!(shown(&snapshot), format!("UA59000000000057109 {expected}"), "{fields}");
        assert_eq!(reasons(&snapshot.notes), [reason], "{fields}");
        assert!(snapshot.refused.is_empty() && snapshot.doubtful.is_empty(), "{fields}");
    }
}

#[test]
fn a_region_that_cannot_be_found_is_a_refusal_and_a_doubt_never_a_clear() {
    let cases = [
        (
            r#"{"location_uid":"987654","location_oblast":"Сумська область"}"#,
            vec!["UA59000000000057109"],
            "unknown_region",
        ),
        (
            r#"{"location_uid":"987654","location_title":"Вигадана територіальна громада","location_raion":"Конотопський район","location_oblast_uid":20}"#,
            vec!["UA59020000000081905"],
            "unknown_region",
        ),
        (r#"{"location_uid":"987654"}"#, vec![], "unknown_region"),
        ("{}", vec![], "unknown_region"),
        ("17", vec![], "wrong_shape"),
        // The number says Sumy, the name says Kharkiv: Sumy is warned and Kharkiv is in doubt.
        (
            r#"{"location_uid":"20","location_oblast":"Харківська область","alert_type":"air_raid"}"#,
            vec!["UA63000000000041885"],
            "contradicting_region",
        ),
    ];
    for (entry, doubtful, reason) in cases {
        let snapshot = read(entry);
        assert_eq!(reasons(&snapshot.refused), [reason], "{entry}");
        assert_eq!(snapshot.doubtful.iter().map(Code::as_str).collect::<Vec<_>>(), doubtful, "{entry}");
        assert!(snapshot.refused[0].detail.contains("$.alerts[0]"), "{entry}: {:?}", snapshot.refused);
    }
    // One refusal that may lie anywhere outweighs every narrower doubt.
    let both = read(r#"{"location_uid":"987654","location_oblast":"Сумська область"},{"location_uid":"987655"}"#);
    assert_eq!((both.refused.len(), both.doubtful.len()), (2, 0));
}

#[test]
fn entries_of_one_community_and_type_become_one_alert_at_the_gravest_level() {
    let snapshot = read(
        r#"{"location_uid":"20","alert_type":"air_raid","alert_level":"yellow","started_at":"2026-10-01T00:20:00.000Z","threats":[{"threat_type":"drones"}]},
           {"location_uid":"20","alert_type":"chemical","started_at":"2026-10-01T00:05:00.000Z"},
           {"location_uid":"20","alert_type":"air_raid","alert_level":"red","started_at":"2026-10-01T00:30:00.000Z","threats":[{"threat_type":"cruise_missiles"},{"threat_type":"drones"}]}"#,
    );
    assert_eq!(
        shown(&snapshot),
        "UA59000000000057109 AirRaid Red Uav+CruiseMissile 00:20:00\nUA59000000000057109 Chemical -  00:05:00"
    );
}

#[test]
fn a_body_that_is_not_the_documented_one_is_refused_whole_with_its_place() {
    let long = format!("[{}", "[".repeat(200));
    let many = format!(r#"{{"alerts":[{}]}}"#, vec!["{}"; ALERTS_MAX + 1].join(","));
    let commas = format!("[{}0]", "0,".repeat(600_000));
    let big = vec![b' '; 10 * 1024 * 1024];
    let whole = active(r#"{"location_uid":"20","alert_type":"air_raid"}"#);
    let cases: [(&[u8], WireReason, &str); 10] = [
        (b"", WireReason::BrokenJson, "byte 0"),
        (&whole.as_bytes()[..60], WireReason::BrokenJson, "byte 59 (line 1, column 60)"),
        (b"\xFF\xFE{}", WireReason::InvalidUtf8, "byte 0"),
        (b"{\"alerts\":[\"\xC3\x28\"]}", WireReason::InvalidUtf8, "byte 12"),
        (b"{\"message\":\"Unauthorized\"}", WireReason::WrongShape, "$"),
        (b"{\"alerts\":null}", WireReason::WrongShape, "$.alerts"),
        (long.as_bytes(), WireReason::BrokenJson, "byte 127"),
        (many.as_bytes(), WireReason::TooLarge, "$.alerts"),
        (commas.as_bytes(), WireReason::TooLarge, "the body"),
        (&big, WireReason::TooLarge, "the body"),
    ];
    for (body, reason, place) in cases {
        let error = decode(body, AreaSet::bundled(), now()).unwrap_err();
        assert_eq!(error.reason, reason, "{error}");
        assert!(error.place.starts_with(place), "{error}");
        assert!(error.to_string().contains("expected"), "{error}");
    }
}

#[test]
fn a_byte_order_mark_is_no_error() {
    let body = format!("\u{FEFF}{}", active(""));
    let snapshot = decode(body.as_bytes(), AreaSet::bundled(), now()).unwrap();
    assert_eq!(snapshot.observed_at.to_string(), "2026-10-01T00:59:50.000Z");
    assert!(snapshot.alerts.is_empty());
}

#[test]
fn what_a_server_of_this_house_does_not_know_is_in_doubt() {
    let body = |uids: &str| format!(r#"{{"alerts":[],"meta":{{"unknown_uids":{uids}}}}}"#);
    let read = |uids: &str| decode(body(uids).as_bytes(), AreaSet::bundled(), now()).unwrap();
    let calm = read("[]");
    assert_eq!((calm.refused.len(), calm.doubtful.len()), (0, 0));
    let lost = read("[31,20]");
    assert_eq!(reasons(&lost.refused), ["unknown_there"]);
    assert_eq!(
        lost.doubtful.iter().map(Code::as_str).collect::<Vec<_>>(),
        ["UA59000000000057109", "UA80000000000093317"]
    );
    assert!(!lost.says_the_same(&calm));
    let strange = read("[31,987654]");
    assert_eq!((strange.refused.len(), strange.doubtful.len()), (1, 0), "a number we do not know may be anywhere");
}

#[test]
fn the_string_by_oblast_gives_whole_regions_and_doubts_the_partial() {
    let letters = |changes: &[(usize, char)]| {
        let mut letters = ['N'; 27];
        for (at, letter) in changes {
            letters[*at] = *letter;
        }
        format!("{:?}", letters.iter().collect::<String>())
    };
    let read = |body: &str| decode_by_oblast(body.as_bytes(), AreaSet::bundled(), now());
    let snapshot = read(&letters(&[(0, 'A'), (9, 'R'), (19, 'Y'), (12, 'P'), (26, '?')])).unwrap();
    assert_eq!(
        shown(&snapshot),
        "UA01000000000013043 AirRaid -  01:00:00\nUA59000000000057109 AirRaid Yellow  01:00:00\nUA80000000000093317 AirRaid Red  01:00:00"
    );
    assert_eq!(reasons(&snapshot.refused), ["partial_region", "unknown_letter"]);
    let doubtful: Vec<_> = snapshot.doubtful.iter().map(Code::as_str).collect();
    assert_eq!(doubtful, ["UA44000000000018893", "UA74000000000025378"]);
    assert_eq!(read("\"NNN\"").unwrap_err().reason, WireReason::WrongShape);
    assert_eq!(read("{}").unwrap_err().reason, WireReason::WrongShape);
}

#[test]
fn the_string_by_uid_is_read_at_each_index() {
    let mut letters = vec![' '; 200];
    letters[3..=153].fill('N');
    letters[20] = 'P';
    letters[117] = 'R';
    letters[14] = 'P';
    let body = format!("{:?}", letters.iter().collect::<String>());
    let snapshot = decode_by_uid(body.as_bytes(), AreaSet::bundled(), now()).unwrap();
    let konotop = AreaSet::bundled().iter().find(|a| a.uid == Some(117)).unwrap().code;
    assert_eq!(shown(&snapshot), format!("{konotop} AirRaid Red  01:00:00"));
    // Sumy oblast is partly under alert and a raion of it was found; Kyiv oblast is, and none was.
    assert_eq!(reasons(&snapshot.refused), ["partial_region"]);
    assert_eq!(snapshot.doubtful.iter().map(Code::as_str).collect::<Vec<_>>(), ["UA32000000000030281"]);
    // A string that ends early leaves the regions beyond it in doubt.
    let short = decode_by_uid(b"\"    NN\"", AreaSet::bundled(), now()).unwrap();
    assert_eq!(short.doubtful.len(), 25);
}

proptest! {
    #[test]
    fn no_bytes_make_the_decoders_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = decode(&bytes, AreaSet::bundled(), now());
        let _ = decode_by_oblast(&bytes, AreaSet::bundled(), now());
        let _ = decode_by_uid(&bytes, AreaSet::bundled(), now());
    }

    #[test]
    fn a_broken_body_is_refused_or_loses_no_alert_to_a_clear(at in 0_usize..400, byte in any::<u8>()) {
        let whole = active(
            r#"{"location_uid":"20","location_oblast":"Сумська область","alert_type":"air_raid","alert_level":"red"}"#,
        );
        let mut bytes = whole.into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(snapshot) = decode(&bytes, AreaSet::bundled(), now()) {
            // One broken byte may move the alert to another region's number, but never make the picture calm.
            let finished = String::from_utf8_lossy(&bytes).contains("finished");
            prop_assert!(finished || !snapshot.alerts.is_empty() || !snapshot.refused.is_empty());
        }
    }
}
