//! One thing changed in a good message: each change is found, by the rule that is meant, and no other error is invented.

use crate::good::GOOD;
use cap::{Gravity, ReadError, Strictness, lint, read};

/// Errors by id, each once, sorted.
fn errors(text: &str) -> Vec<&'static str> {
    let findings = match lint(text.as_bytes()) {
        Ok(findings) => findings,
        Err(ReadError::Root { .. }) => return vec!["root"],
        Err(ReadError::Version { .. }) => return vec!["version"],
        Err(error) => panic!("{error}"),
    };
    let mut ids: Vec<_> = findings.iter().filter(|it| it.gravity == Gravity::Error).map(|it| it.id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

#[track_caller]
fn check(from: &str, to: &str, expected: &[&str]) {
    assert!(GOOD.contains(from), "the good message has no {from:?}");
    let bad = GOOD.replacen(from, to, 1);
    assert_eq!(errors(&bad), expected, "{from:?} -> {to:?}");
    assert!(read(bad.as_bytes(), Strictness::Strict).is_err(), "{from:?} -> {to:?} is read strictly");
}

const REFERENCES: &str =
    "  <references>duty@example.org,urn:oid:2.49.0.1.804.7.2026.41,2026-11-28T03:00:00+02:00</references>\n";
const POLYGON: &str = "51.1,33.0 51.4,33.0 51.4,33.6 51.1,33.0";

#[test]
fn names_and_instants() {
    for bad in ["a b", "a,b", "a&lt;b", "a&amp;b", "a\tb"] {
        check("urn:oid:2.49.0.1.804.7.2026.42", bad, &["name-characters"]);
        check("<sender>duty@example.org", &format!("<sender>{bad}"), &["name-characters"]);
    }
    check("<identifier>urn:oid:2.49.0.1.804.7.2026.42</identifier>", "<identifier> </identifier>", &["element-empty"]);
    for bad in [
        "2026-11-28T03:04:05Z",
        "2026-11-28T03:04:05.5+02:00",
        "2026-11-28T03:04:05,5+02:00",
        "2026-11-28T03:04:05",
        "2026-11-28 03:04:05+02:00",
        "2026-11-31T03:04:05+02:00",
        "2026-11-28T25:04:05+02:00",
        "2026-11-28T03:04+02:00",
        "2026-11-28T03:04:05+0200",
        "2026-11-28T03:04:05+15:00",
        "2026-11-28T03:04:05+02:60",
        "28.11.2026",
        "soon",
        "2026-11-28T03:04:60+02:00",
        "٢٠٢٦-11-28T03:04:05+02:00",
    ] {
        for (element, instant) in [("sent", "2026-11-28T03:04:05+02:00"), ("onset", "2026-11-28T03:10:00+02:00")] {
            let bad = GOOD.replace(&format!("<{element}>{instant}"), &format!("<{element}>{bad}"));
            let found = errors(&bad);
            assert!(found.contains(&"time-form"), "{element}: {found:?}");
        }
    }
}

#[test]
fn closed_lists() {
    for (from, to) in [
        ("<status>Actual", "<status>actual"),
        ("<status>Actual", "<status>Real"),
        ("<status>Actual", "<status> Actual"),
        ("<msgType>Update", "<msgType>Updated"),
        ("<scope>Public", "<scope>public"),
        ("<category>Security", "<category>Military"),
        ("<responseType>Shelter", "<responseType>Hide"),
        ("<urgency>Immediate", "<urgency>Now"),
        ("<severity>Extreme", "<severity>extreme"),
        ("<certainty>Likely", "<certainty>Very Likely"),
    ] {
        let bad = GOOD.replacen(from, to, 1);
        let found = errors(&bad);
        assert!(found.contains(&"value-unknown"), "{from} -> {to}: {found:?}");
        assert!(found.iter().all(|id| ["value-unknown", "info-clash"].contains(id)), "{from} -> {to}: {found:?}");
    }
    for bad in ["ukrainian_UA", "uk_UA", "123", "українська", "uk-"] {
        let bad = GOOD.replacen("<language>uk-UA", &format!("<language>{bad}"), 1);
        assert_eq!(errors(&bad), ["language-form"]);
    }
}

#[test]
fn form() {
    let swapped = GOOD.replacen(
        "  <status>Actual</status>\n  <msgType>Update</msgType>\n",
        "  <msgType>Update</msgType>\n  <status>Actual</status>\n",
        1,
    );
    assert_eq!(errors(&swapped), ["element-order"]);
    for name in ["identifier", "sender", "sent", "status", "msgType", "scope"] {
        let (start, end) = (GOOD.find(&format!("<{name}>")).unwrap(), GOOD.find(&format!("</{name}>")).unwrap());
        let element = &GOOD[start..end + name.len() + 3];
        check(element, "", &["element-missing"]);
        check(element, &format!("{element}{element}"), &["element-repeated"]);
    }
    check("<event>Повітряна тривога</event>", "", &["element-missing"]);
    check("<event>Повітряна тривога</event>", "<event></event>", &["element-empty"]);
    check("<areaDesc>Konotop Raion</areaDesc>", "<areaDesc>\u{a0} </areaDesc>", &["element-empty"]);
    check("<event>Повітряна", "<event><b/>Повітряна", &["element-inside"]);
    check("<scope>Public</scope>", "<scope>Public</scope><password>x</password>", &["element-unknown"]);
    check("<status>", "<status lang=\"uk\">", &["attribute-unexpected"]);
    check("  <info>", "  words <info>", &["text-unexpected"]);
    check("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1", &["version"]);
    check("urn:oasis:names:tc:emergency:cap:1.2", "http://www.incident.com/cap/1.0", &["version"]);
    check("xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"", "", &["version"]);
    check("<valueName>KATOTTG</valueName>", "<valueName></valueName>", &["element-empty"]);
    check("<size>1024", "<size>large", &["number-form"]);
    check("<size>1024", "<size>-1", &["number-form"]);
    check("da39a3ee5e6b4b0d3255bfef95601890afd80709", "da39", &["digest-form"]);
    check("<mimeType>image/png", "<mimeType>picture", &["media-type-form"]);
    check("<uri>https://example.org/map.png</uri>", "", &["resource-nowhere"]);
    check("<uri>https://example.org/map.png", "<uri>map.png", &["uri-form"]);
    check("<web>https://example.org/", "<web>example.org", &["uri-form"]);
}

#[test]
fn references_and_receivers() {
    check(REFERENCES, "", &["references-missing"]);
    let cancel = GOOD.replacen("<msgType>Update", "<msgType>Cancel", 1).replacen(REFERENCES, "", 1);
    assert_eq!(errors(&cancel), ["references-missing"]);
    for bad in [
        "urn:oid:2.49.0.1.804.7.2026.41",
        "a,b",
        "a,b,c",
        "a,b,2026-11-28T03:00:00Z",
        "a,,2026-11-28T03:00:00+02:00",
        "a,b,2026-11-28T03:00:00+02:00,d",
        "a, b, 2026-11-28T03:00:00+02:00",
    ] {
        let bad = GOOD.replacen("duty@example.org,urn:oid:2.49.0.1.804.7.2026.41,2026-11-28T03:00:00+02:00", bad, 1);
        let found = errors(&bad);
        assert!(found.contains(&"references-form"), "{found:?}");
    }
    check("2026.41,2026-11-28T03:00:00+02:00", "2026.42,2026-11-28T03:00:00+02:00", &["references-self"]);
    check("2026.41,2026-11-28T03:00:00+02:00", "2026.41,2026-11-28T04:00:00+02:00", &["references-later"]);
    check("<scope>Public", "<scope>Restricted", &["restriction-missing"]);
    check("<scope>Public", "<scope>Private", &["addresses-missing"]);
    check(
        "<scope>Public</scope>",
        "<scope>Public</scope><restriction>staff</restriction>",
        &["restriction-unexpected"],
    );
    check("<scope>Public</scope>", "<scope>Private</scope><addresses>\"a b</addresses>", &["quotation-open"]);
    check("<status>Actual", "<status>System", &["system-public"]);
    check("<status>Actual", "<status>Draft", &["draft-public"]);
}

#[test]
fn times_and_meaning() {
    let (begin, end) = (GOOD.find("  <info>").unwrap(), GOOD.rfind("</info>").unwrap() + 8);
    check(&GOOD[begin..end], "", &["info-missing"]);
    let no_expires = GOOD.replace("    <expires>2026-11-28T03:34:05+02:00</expires>\n", "");
    assert_eq!(errors(&no_expires), ["expires-missing"]);
    let early = GOOD.replace("<expires>2026-11-28T03:34:05", "<expires>2026-11-28T03:04:05");
    assert_eq!(errors(&early), ["expires-before-sent", "time-order"]);
    let elsewhere = GOOD.replace("<expires>2026-11-28T03:34:05+02:00", "<expires>2026-11-28T03:34:05+03:00");
    assert_eq!(errors(&elsewhere), ["expires-before-sent", "time-order"], "the offset counts");
    let late = GOOD.replace("<onset>2026-11-28T03:10:00", "<onset>2026-11-28T04:10:00");
    assert_eq!(errors(&late), ["time-order"]);
    for (from, to) in [
        ("<severity>Extreme", "<severity>Minor"),
        ("<certainty>Likely", "<certainty>Observed"),
        ("<category>Security", "<category>Met"),
        ("<urgency>Immediate", "<urgency>Expected"),
        ("<expires>2026-11-28T03:34:05", "<expires>2026-11-28T03:44:05"),
        ("<responseType>Shelter", "<responseType>Evacuate"),
    ] {
        check(from, to, &["info-clash"]);
    }
    let clear = GOOD.replace("<responseType>Shelter", "<responseType>AllClear");
    assert_eq!(errors(&clear), ["all-clear-urgency"]);
    let clear = clear.replace("<urgency>Immediate", "<urgency>Past");
    assert_eq!(errors(&clear), [] as [&str; 0]);
    assert_eq!(errors(&clear.replace("<msgType>Update", "<msgType>Cancel")), ["all-clear-cancel"]);
    assert_eq!(errors(&clear.replace("<msgType>Update", "<msgType>Alert")), ["all-clear-alert"]);
    let both = clear.replace(
        "<responseType>AllClear</responseType>",
        "<responseType>AllClear</responseType><responseType>Shelter</responseType>",
    );
    assert_eq!(errors(&both), ["all-clear-contradicted"]);
    assert_eq!(errors(&GOOD.replace("<urgency>Immediate", "<urgency>Past")), ["urgency-contradicted"]);
    let none = GOOD.replace("<responseType>Shelter", "<responseType>None</responseType><responseType>Shelter");
    let found = lint(none.as_bytes()).unwrap();
    assert!(found.iter().all(|it| it.id == "response-contradicted") && found.len() == 2, "{found:?}");
    check("<value>UA59020000000081905", "<value>UA59020000000081906", &["info-elsewhere"]);
}

#[test]
fn places() {
    for (bad, id) in [
        ("51.1,33.0 51.4,33.0 51.4,33.6 51.2,33.0", "polygon-open"),
        ("51.1,33.0 51.4,33.0 51.1,33.0", "polygon-short"),
        ("51.1,33.0", "polygon-short"),
        ("91.1,33.0 51.4,33.0 51.4,33.6 91.1,33.0", "polygon-range"),
        ("51.1,233.0 51.4,33.0 51.4,33.6 51.1,233.0", "polygon-range"),
        ("around Konotop", "polygon-form"),
        ("51.1 33.0 51.4 33.0 51.4 33.6 51.1 33.0", "polygon-form"),
        ("51.1,NaN 51.4,33.0 51.4,33.6 51.1,NaN", "polygon-form"),
        ("51.1,33.0,5 51.4,33.0 51.4,33.6 51.1,33.0,5", "polygon-form"),
        ("51.1,inf 51.4,33.0 51.4,33.6 51.1,inf", "polygon-form"),
        ("51.1,33.0 51.4,33.0 51.1,33.0 51.4,33.0 51.1,33.0", "polygon-flat"),
        ("1e1,33.0 51.4,33.0 51.4,33.6 1e1,33.0", "polygon-form"),
    ] {
        check(POLYGON, bad, &[id]);
    }
    check(POLYGON, "", &["element-empty"]);
    for (bad, id) in [
        ("51.2,33.2 -12", "circle-radius"),
        ("51.2,33.2 99999", "circle-radius"),
        ("95,33.2 12", "circle-range"),
        ("51.2,33.2", "circle-form"),
        ("51.2 33.2 12", "circle-form"),
        ("51.2,33.2 wide", "circle-form"),
        ("51.2,33.2 12 km", "circle-form"),
    ] {
        check("51.2,33.2 12", bad, &[id]);
    }
    check(
        "<geocode><valueName>KATOTTG</valueName><value>UA59020000000081905</value></geocode>\n    </area>\n  </info>\n</alert>",
        "</area></info></alert>",
        &["area-geometry"],
    );
    check("      <altitude>0</altitude>\n", "", &["ceiling-alone"]);
    check("<ceiling>9000", "<ceiling>-1", &["ceiling-low"]);
    check("<altitude>0", "<altitude>low", &["ceiling-alone", "number-form"]);
    let (begin, end) = (GOOD.rfind("    <area>").unwrap(), GOOD.rfind("</area>").unwrap() + 8);
    check(&GOOD[begin..end], "", &["area-missing"]);
}
