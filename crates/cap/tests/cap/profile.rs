//! One thing changed in a message that keeps the profile, in all its languages: each change is found, by the rule that is meant.

use cap::{Gravity, Profile, lint, lint_as};

/// An alert that keeps UA-AirRaid.
pub const GOOD: &str = include_str!("air-raid.xml");

fn errors(text: &str, profile: bool) -> Vec<&'static str> {
    let found = if profile { lint_as(text.as_bytes(), Profile::UaAirRaid) } else { lint(text.as_bytes()) };
    let mut ids: Vec<_> = found.unwrap().iter().filter(|it| it.gravity == Gravity::Error).map(|it| it.id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// `from` becomes `to` everywhere; the schema and section 3 find nothing, the profile finds `expected`.
#[track_caller]
fn check(from: &str, to: &str, expected: &[&str]) {
    assert!(GOOD.contains(from), "the good message has no {from:?}");
    let bad = GOOD.replace(from, to);
    assert_eq!(errors(&bad, true), expected, "{from:?} -> {to:?}");
    assert_eq!(errors(&bad, false), [] as [&str; 0], "{from:?} -> {to:?}");
}

#[test]
fn a_message_that_keeps_the_profile_is_found_to() {
    assert_eq!(lint_as(GOOD.as_bytes(), Profile::UaAirRaid).unwrap(), []);
}

#[test]
fn the_head() {
    check("<code>profile:UA-AirRaid:1.0</code>", "", &["profile-code"]);
    check("<code>profile:UA-AirRaid:1.0</code>", "<code>profile:UA-AirRaid:2.0</code>", &["profile-code"]);
    check("<identifier>urn:oid:2.49", "<identifier>2.49", &["profile-identifier"]);
    check("<status>Actual", "<status>Test", &["profile-status"]);
    check("<scope>Public</scope>", "<scope>Restricted</scope><restriction>staff</restriction>", &["profile-scope"]);
    check("<msgType>Update", "<msgType>Ack", &["profile-type", "profile-values"]);
    check("<msgType>Update", "<msgType>Alert", &["profile-type"]);
    check("<msgType>Update", "<msgType>Cancel", &["profile-note", "profile-values"]);
    check("<references>duty@", "<references>other@", &["profile-references"]);
    check("<status>Actual", "<status>Exercise", &["profile-exercise"]);
    check("<headline>", "<headline>EXERCISE. ", &["profile-exercise"]);
}

#[test]
fn what_is_said() {
    check("<language>uk-UA", "<language>ru-UA", &["profile-language"]);
    check("<language>en<", "<language>uk<", &["profile-language"]);
    check("<category>Security", "<category>Met", &["profile-category"]);
    check("<category>Security", "<category>CBRNE", &["profile-category"]);
    check("<value>air_raid<", "<value>nuclear<", &["profile-category"]);
    check("<value>air_raid<", "<value>flood<", &["profile-event-code"]);
    check("UA-AirRaid:type", "type", &["profile-event-code"]);
    check("<responseType>Shelter", "<responseType>Evacuate", &["profile-values"]);
    check("<responseType>Shelter", "<responseType>Monitor", &["profile-standing", "profile-values"]);
    check("<urgency>Immediate", "<urgency>Future", &["profile-values"]);
    check("<certainty>Likely", "<certainty>Unlikely", &["profile-values"]);
    check("<severity>Extreme", "<severity>Minor", &["profile-severity"]);
    check("<severity>Extreme", "<severity>Severe", &["profile-severity"]);
    check("<value>red<", "<value>yellow<", &["profile-severity"]);
    check("<value>red<", "<value>orange<", &["profile-parameter", "profile-severity"]);
    check("<value>official<", "<value>advisory<", &["profile-severity", "profile-standing"]);
    check("<value>official<", "<value>me<", &["profile-parameter"]);
    check("<value>42<", "<value>-42<", &["profile-parameter"]);
    check("UA-AirRaid:seq", "seq", &["profile-parameter"]);
    check("<value>2026-11-28T00:50:00.250Z<", "<value>yesterday<", &["profile-parameter"]);
    check("<headline>Air raid alert: Konotop Raion</headline>", "", &["profile-words"]);
    check("<instruction>Go to a shelter.</instruction>", "", &["profile-words"]);
    check("<description>Threat: strike drones.</description>", "", &["profile-words"]);
    check("<senderName>Centre</senderName>", "", &["profile-words"]);
    check("Go to a shelter.", "Go to https://example.org/", &["profile-link"]);
    check("</instruction>", "</instruction><web>https://example.org/</web>", &["profile-link"]);
    check("<headline>", &format!("<headline>{}", "x".repeat(120)), &["profile-headline"]);
    check("<expires>2026-11-28T02", "<expires>2026-11-28T04", &["profile-expires"]);
    check("<effective>2026-11-28T01:04:05", "<effective>2026-11-28T01:04:06", &["profile-effective"]);
    check("<onset>2026-11-28T01:06:05", "<onset>2026-11-28T01:00:00", &["profile-onset"]);
}

#[test]
fn places() {
    let polygon = "51.1,33.0 51.4,33.0 51.4,33.6 51.1,33.0";
    check(polygon, "33.0,51.1 33.0,51.4 33.6,51.4 33.0,51.1", &["profile-place"]);
    check(polygon, "31.1,33.0 31.4,33.0 31.4,33.6 31.1,33.0", &["profile-place"]);
    check("<value>UA59020000000081905", "<value>UA5902000000008190", &["profile-geocode"]);
    check("<value>UA59020000000081905", "<value>PL59020000000081905", &["profile-geocode"]);
    check("<valueName>KATOTTG", "<valueName>SAME", &["profile-geocode"]);
    // A bow and its chord.
    let bow = (0..240).chain([0]).map(f64::from).map(|n| format!("{:.4},{:.6}", 51.0 + n / 1e3, 33.0 + n * n / 1e6));
    let bow: Vec<String> = bow.collect();
    check(polygon, &bow.join(" "), &["profile-points"]);
    let area = "</area>";
    check(
        area,
        "</area><area><areaDesc>x</areaDesc><circle>51.2,33.2 4</circle><geocode><valueName>KATOTTG</valueName><value>UA59020000000081905</value></geocode></area>",
        &["profile-area"],
    );
    let one = GOOD.replacen(polygon, "51.2,33.0 51.4,33.0 51.4,33.6 51.2,33.0", 1);
    assert_eq!(errors(&one, true), ["profile-area"]);
    let one = GOOD.replacen("<value>42<", "<value>43<", 1);
    assert_eq!(errors(&one, true), ["profile-parameter"]);
    let one = GOOD.replacen("<value>UA59020000000081905", "<value>UA59020000000081906", 1);
    assert_eq!(errors(&one, false), ["info-elsewhere"]);
}

/// Every finding's id, each once.
fn all(text: &str) -> Vec<&'static str> {
    let found = lint_as(text.as_bytes(), Profile::UaAirRaid).map(|all| all.iter().map(|it| it.id).collect());
    found.unwrap_or_else(|_| vec!["refused"])
}

#[test]
fn every_element_that_is_left_out_doubled_emptied_renamed_or_marked_is_found() {
    let mut tried = 0;
    let mut unfound = Vec::new();
    let lines: Vec<&str> = GOOD.lines().collect();
    for (n, line) in lines.iter().enumerate().skip(2) {
        let bare = line.trim();
        let Some((name, _)) = bare.strip_prefix('<').and_then(|rest| rest.split_once('>')) else { continue };
        let close = format!("</{name}>");
        if !bare.ends_with(&close) {
            continue;
        }
        let with = |new: String| {
            let changed = lines.iter().enumerate().map(|(at, old)| if at == n { new.as_str() } else { *old });
            changed.collect::<Vec<_>>().join("\n")
        };
        for (what, new) in [
            ("left out", String::new()),
            ("doubled", format!("{bare}{bare}")),
            ("emptied", format!("<{name}>{close}")),
            ("blank", format!("<{name}> {close}")),
            ("renamed", format!("<{name}s>x</{name}s>")),
            ("marked", bare.replacen('>', " x=\"1\">", 1)),
            ("filled", format!("<{name}><x/>{}", &bare[name.len() + 2..])),
            ("illegal", bare.replacen('>', ">&#1;", 1)),
        ] {
            tried += 1;
            if all(&with(new)).is_empty() {
                unfound.push(format!("{name} {what}"));
            }
        }
    }
    assert!(tried > 300, "{tried}");
    // `incidents` may be left out, and so may the language of a message in English.
    assert_eq!(unfound, ["incidents left out", "language left out"]);
}
