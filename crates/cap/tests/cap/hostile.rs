//! Bytes that mean harm, or nothing: named, bounded, and nothing is looked at outside of them.

use crate::good::GOOD;
use cap::xml::{BYTES_MAX, XmlError};
use cap::{ReadError, Strictness, lint, read};
use proptest::prelude::*;

fn refusal(text: &str) -> XmlError {
    match lint(text.as_bytes()) {
        Err(ReadError::Xml(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn entities_and_doctypes_are_refused() {
    let external = GOOD.replacen("<alert", "<!DOCTYPE alert [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<alert", 1);
    assert!(matches!(refusal(&external), XmlError::Doctype(at) if at.line == 2), "{:?}", refusal(&external));
    let bomb =
        GOOD.replacen("<alert", "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><alert", 1);
    assert!(matches!(refusal(&bomb), XmlError::Doctype(_)));
    let unknown = GOOD.replacen("Alert: strike", "&nbsp;Alert", 1);
    assert!(matches!(refusal(&unknown), XmlError::Entity { ref name, .. } if name == "nbsp"));
    let known = GOOD.replacen("Alert: strike", "&lt;&#x41;&#98;&amp;&quot;", 1);
    let read = read(known.as_bytes(), Strictness::Strict).unwrap();
    assert_eq!(read.alert.info[1].headline.as_deref(), Some("<Ab&\" drones"));
}

#[test]
fn what_is_too_long_deep_or_many_is_refused() {
    assert!(matches!(refusal(&" ".repeat(BYTES_MAX + 1)), XmlError::TooLong { .. }));
    assert!(matches!(refusal(&"<a>".repeat(100_000)), XmlError::TooMany(_)));
    assert!(matches!(refusal(&format!("<a>{}</a>", "<b/>".repeat(30_000))), XmlError::TooMany(_)));
}

#[test]
fn what_is_no_xml_is_refused_with_its_place() {
    for (text, line) in [
        ("<alert>\n<a></b></alert>", 2),
        ("<alert>\n", 1),
        ("<a/>\n<b/>", 2),
        ("words", 1),
        ("<a x=1/>", 1),
        ("<p:a/>", 1),
    ] {
        let place = match refusal(text) {
            XmlError::Syntax { place, .. } => place,
            other => panic!("{text:?}: {other:?}"),
        };
        assert_eq!(place.line, line, "{text:?}");
    }
    assert_eq!(refusal(""), XmlError::Empty);
    assert!(
        matches!(refusal("<?xml version=\"1.0\" encoding=\"UTF-16\"?><alert/>"), XmlError::Encoding(name) if name == "UTF-16")
    );
    assert!(matches!(lint(b"<alert>\xff</alert>"), Err(ReadError::Xml(XmlError::Syntax { .. }))));
}

#[test]
fn a_world_that_cannot_be_read_leaves_no_message() {
    for bad in ["<status>Aktual</status>", "<status></status>", ""] {
        let bad = GOOD.replacen("<status>Actual</status>", bad, 1);
        assert!(matches!(read(bad.as_bytes(), Strictness::Tolerant), Err(ReadError::Invalid(_))));
    }
    let other = GOOD.replacen("<certainty>Likely", "<certainty>Very Likely", 1);
    let reading = read(other.as_bytes(), Strictness::Tolerant).unwrap();
    assert_eq!(reading.alert.info[0].certainty, cap::Certainty::Unknown);
    assert!(!reading.findings.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_bytes_make_it_panic(at in 0..GOOD.len(), bytes in proptest::collection::vec(any::<u8>(), 0..12), cut in 0..40_usize) {
        let mut text = GOOD.as_bytes().to_vec();
        text.splice(at..(at + cut).min(text.len()), bytes);
        let _ = lint(&text);
    }
}
