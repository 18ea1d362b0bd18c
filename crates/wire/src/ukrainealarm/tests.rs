use super::*;
use crate::WireReason;
use proptest::prelude::*;

fn now() -> Timestamp {
    Timestamp::parse("2026-10-01T01:00:00Z").unwrap()
}

fn read(body: &str) -> Snapshot {
    decode(body.as_bytes(), AreaSet::bundled(), now()).unwrap()
}

fn shown(snapshot: &Snapshot) -> Vec<String> {
    let line = |a: &UpstreamAlert| {
        let level = a.level.map_or("-".to_owned(), |l| format!("{l:?}"));
        let kinds = a.kinds.iter().map(|k| format!("{k:?}")).collect::<Vec<_>>().join("+");
        format!("{} {:?} {level} {kinds} {}", a.community, a.alert_type, &a.started_at.to_string()[11..19])
    };
    snapshot.alerts.iter().map(line).collect()
}

fn reasons(of: &[model::Refusal]) -> Vec<&str> {
    of.iter().map(|r| r.reason.as_str()).collect()
}

fn sumy(alerts: &str) -> String {
    format!(
        r#"[{{"regionId":"20","regionType":"State","regionName":"Сумська область","regionEngName":"Sumska","lastUpdate":"2026-10-01T00:50:00Z","activeAlerts":{alerts}}}]"#
    )
}

#[test]
fn an_inherited_alert_stands_once_at_its_own_region() {
    let body = r#"[
      {"regionId":"20","regionType":"State","regionName":"Сумська область","lastUpdate":"2026-10-01T00:50:00Z","activeAlerts":[
        {"regionId":"20","regionType":"State","type":"AIR","lastUpdate":"2026-10-01T00:50:00Z","activeAlertLevels":[{"alertLevel":"Red","reason":"Ракетна загроза (червоний рівень)","createdAt":"2026-10-01T00:45:00Z"}]}]},
      {"regionId":"117","regionType":"District","regionName":"Конотопський район","lastUpdate":"2026-10-01T00:40:00Z","activeAlerts":[
        {"regionId":"117","regionType":"District","type":"ARTILLERY","lastUpdate":"2026-10-01T00:40:00Z","activeAlertLevels":null},
        {"regionId":"20","regionType":"State","type":"AIR","lastUpdate":"2026-10-01T00:50:00Z","activeAlertLevels":[{"alertLevel":"Red","reason":"Ракетна загроза (червоний рівень)","createdAt":"2026-10-01T00:45:00Z"}]}]}]"#;
    let snapshot = read(body);
    let konotop = AreaSet::bundled().iter().find(|a| a.uid == Some(117)).unwrap().code;
    let raion = format!("{konotop} ArtilleryShelling -  00:40:00");
    assert_eq!(shown(&snapshot), ["UA59000000000057109 AirRaid Red Missile 00:45:00".to_owned(), raion]);
    assert_eq!(snapshot.observed_at, now());
    assert!(snapshot.refused.is_empty() && snapshot.notes.is_empty(), "{snapshot:?}");
}

#[test]
fn levels_and_reasons_are_read_and_air_without_a_level_is_red() {
    let cases = [
        (r#"{"regionId":"20","type":"AIR","lastUpdate":"2026-10-01T00:50:00Z"}"#, "AirRaid Red  00:50:00"),
        (r#"{"regionId":"20","type":"AIR","activeAlertLevels":null}"#, "AirRaid Red  01:00:00"),
        (r#"{"type":"AIR","activeAlertLevels":[]}"#, "AirRaid Red  01:00:00"),
        (r#"{"regionId":20,"type":"CHEMICAL","lastUpdate":"2026-10-01T00:50:00"}"#, "Chemical -  00:50:00"),
        (r#"{"regionId":"20","type":"URBAN_FIGHTS","activeAlertLevels":[]}"#, "UrbanFights -  01:00:00"),
        (
            r#"{"regionId":"20","type":"AIR","activeAlertLevels":[{"alertLevel":"Yellow","reason":"Дронова загроза (жовтий рівень)","createdAt":"2026-10-01T00:20:00Z"}]}"#,
            "AirRaid Yellow Uav 00:20:00",
        ),
        // Both levels open: the graver one, both reasons, the earlier begin.
        (
            r#"{"regionId":"20","type":"AIR","activeAlertLevels":[{"alertLevel":"Red","reason":"Загроза балістичних ракет","createdAt":"2026-10-01T00:30:00Z"},{"alertLevel":"Yellow","reason":"Дронова загроза (жовтий рівень)","createdAt":"2026-10-01T00:20:00Z"}]}"#,
            "AirRaid Red Uav+BallisticMissile 00:20:00",
        ),
        (
            r#"{"regionId":"20","type":"AIR","activeAlertLevels":[{"alertLevel":"Red","reason":null,"createdAt":null}]}"#,
            "AirRaid Red  01:00:00",
        ),
    ];
    for (alert, expected) in cases {
        let snapshot = read(&sumy(&format!("[{alert}]")));
        assert_eq!(shown(&snapshot), [format!("UA59000000000057109 {expected}")], "{alert}");
        assert!(snapshot.refused.is_empty() && snapshot.notes.is_empty(), "{alert}: {snapshot:?}");
    }
}

#[test]
fn what_cannot_be_read_of_an_alert_is_taken_at_its_gravest_and_noted() {
    let cases = [
        (r#"{"regionId":"20","type":"UNKNOWN"}"#, "AirRaid Red  01:00:00", "unknown_alert_type"),
        (r#"{"regionId":"20"}"#, "AirRaid Red  01:00:00", "unknown_alert_type"),
        (
            r#"{"regionId":"20","type":"AIR","activeAlertLevels":[{"alertLevel":"Black"}]}"#,
            "AirRaid Red  01:00:00",
            "unknown_level",
        ),
        (r#"{"regionId":"20","type":"AIR","activeAlertLevels":"Red"}"#, "AirRaid Red  01:00:00", "wrong_shape"),
        (
            r#"{"regionId":"20","type":"AIR","lastUpdate":"0001-01-01T00:00:00"}"#,
            "AirRaid Red  01:00:00",
            "unknown_time",
        ),
        (r#""AIR""#, "AirRaid Red  01:00:00", "unknown_alert_type"),
    ];
    for (alert, expected, reason) in cases {
        let snapshot = read(&sumy(&format!("[{alert}]")));
        assert_eq!(shown(&snapshot), [format!("UA59000000000057109 {expected}")], "{alert}");
        assert_eq!(reasons(&snapshot.notes), [reason], "{alert}");
    }
}

#[test]
fn a_calm_picture_has_no_alerts_and_no_doubts() {
    for body in ["[]", "\u{FEFF}[]", "{\"alerts\":[]}", &sumy("[]"), &sumy("null"), r#"[{"regionId":"987654"}]"#] {
        let snapshot = read(body);
        assert!(snapshot.alerts.is_empty() && snapshot.refused.is_empty() && snapshot.notes.is_empty(), "{body}");
    }
}

#[test]
fn the_test_region_and_information_warn_nobody_and_are_named() {
    let test = r#"[{"regionId":"0","regionName":"Тестовий регіон","activeAlerts":[{"regionId":"0","type":"AIR"}]}]"#;
    let snapshot = read(test);
    assert!(snapshot.alerts.is_empty() && snapshot.refused.is_empty());
    assert_eq!(reasons(&snapshot.notes), ["test_region"]);
    let snapshot = read(&sumy(r#"[{"regionId":"20","type":"INFO"}]"#));
    assert!(snapshot.alerts.is_empty() && snapshot.refused.is_empty());
    assert_eq!(reasons(&snapshot.notes), ["information"]);
}

#[test]
fn crimea_is_found_under_the_services_own_number() {
    let snapshot = read(
        r#"[{"regionId":"9999","regionType":"State","regionName":"Автономна Республіка Крим","activeAlerts":[{"regionId":"9999","type":"AIR"}]}]"#,
    );
    assert_eq!(shown(&snapshot), ["UA01000000000013043 AirRaid Red  01:00:00"]);
}

#[test]
fn a_region_beyond_the_catalogue_is_a_refusal_and_a_doubt_never_a_clear() {
    let cases = [
        (r#"[{"regionId":"987654","activeAlerts":[{"regionId":"987654","type":"AIR"}]}]"#, "unknown_region", vec![]),
        // Inherited from something unknown: it lies in the oblast of the region that lists it.
        (
            r#"[{"regionId":"117","activeAlerts":[{"regionId":"987654","type":"AIR"}]}]"#,
            "unknown_region",
            vec!["UA59000000000057109"],
        ),
        (r#"[{"regionId":"20","activeAlerts":7}]"#, "wrong_shape", vec!["UA59000000000057109"]),
        ("[null]", "wrong_shape", vec![]),
    ];
    for (body, reason, doubtful) in cases {
        let snapshot = read(body);
        assert_eq!(reasons(&snapshot.refused), [reason], "{body}");
        assert_eq!(snapshot.doubtful.iter().map(Code::as_str).collect::<Vec<_>>(), doubtful, "{body}");
        assert!(snapshot.alerts.is_empty(), "{body}");
    }
}

#[test]
fn a_body_that_is_not_the_documented_one_is_refused_whole_with_its_place() {
    let alerts = vec!["{}"; ALERTS_MAX + 1].join(",");
    let many = sumy(&format!("[{alerts}]"));
    let whole = sumy("[]");
    let cases: [(&[u8], WireReason); 6] = [
        (b"", WireReason::BrokenJson),
        (&whole.as_bytes()[..whole.len() - 1], WireReason::BrokenJson),
        (b"\"\xFF\"", WireReason::InvalidUtf8),
        (b"{}", WireReason::WrongShape),
        (b"\"calm\"", WireReason::WrongShape),
        (many.as_bytes(), WireReason::TooLarge),
    ];
    for (body, reason) in cases {
        let error = decode(body, AreaSet::bundled(), now()).unwrap_err();
        assert_eq!(error.reason, reason, "{error}");
    }
}

#[test]
fn the_action_index_is_read_as_number_or_text() {
    assert_eq!(decode_status(br#"{"lastActionIndex":638000000000000001}"#), Ok(638_000_000_000_000_001));
    assert_eq!(decode_status(br#"{"lastActionIndex":"12"}"#), Ok(12));
    for body in ["{}", "[]", r#"{"lastActionIndex":null}"#, r#"{"lastActionIndex":1.5}"#] {
        assert_eq!(decode_status(body.as_bytes()).unwrap_err().place, "$.lastActionIndex", "{body}");
    }
}

#[test]
fn reasons_in_words_give_the_kinds_they_name_and_no_other() {
    let cases: [(&str, &[ThreatKind]); 8] = [
        ("Дронова загроза (жовтий рівень)", &[ThreatKind::Uav]),
        ("Загроза ударних БпЛА", &[ThreatKind::Uav]),
        ("Ракетна загроза (червоний рівень)", &[ThreatKind::Missile]),
        ("Крилаті ракети", &[ThreatKind::CruiseMissile]),
        ("Балістична загроза", &[ThreatKind::BallisticMissile]),
        ("Загроза керованих авіаційних бомб (КАБ)", &[ThreatKind::GuidedBomb]),
        ("Зліт МіГ-31К", &[ThreatKind::Mig31k]),
        ("Рішення кабінету міністрів", &[]),
    ];
    for (reason, kinds) in &cases {
        assert_eq!(kinds_of_reason(reason), *kinds, "{reason}");
    }
    assert!(kinds_of_reason("").is_empty());
}

proptest! {
    #[test]
    fn no_bytes_make_the_decoder_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = decode(&bytes, AreaSet::bundled(), now());
        let _ = decode_status(&bytes);
    }

    #[test]
    fn the_order_of_regions_does_not_change_what_is_said(seed in any::<u64>()) {
        let mut regions: Vec<String> = (3..=28).filter(|uid| ![6, 7].contains(uid)).map(|uid| {
            let level = if (seed >> (uid % 60)) & 1 == 0 { "Red" } else { "Yellow" };
            format!(r#"{{"regionId":"{uid}","activeAlerts":[{{"regionId":"{uid}","type":"AIR","activeAlertLevels":[{{"alertLevel":"{level}"}}]}}]}}"#)
        }).collect();
        let forwards = read(&format!("[{}]", regions.join(",")));
        regions.reverse();
        let backwards = read(&format!("[{}]", regions.join(",")));
        prop_assert_eq!(forwards.alerts.len(), 24);
        prop_assert!(forwards.says_the_same(&backwards));
    }
}
