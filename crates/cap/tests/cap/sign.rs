//! Signatures: ours, and those of partners made by xmlsec1; and everything by which a message could seem to be signed.

use crate::profile::GOOD;
use cap::sign::{Certificate, Key, PublicKey, UnsealError, verify};
use cap::{Strictness, read};
use proptest::prelude::*;

/// Signed by xmlsec1 1.2.37: RSA-SHA256 over the exclusive form, RSA-SHA512 over the inclusive one, ECDSA on P-256.
const PARTNERS: [(&str, &str); 3] = [
    (include_str!("signed/rsa.xml"), include_str!("signed/rsa.crt")),
    (include_str!("signed/inclusive.xml"), include_str!("signed/rsa.crt")),
    (include_str!("signed/ecdsa.xml"), include_str!("signed/ecdsa.crt")),
];

fn key(n: u8) -> Key {
    Key::of(&[n; 32]).unwrap()
}

fn signed() -> String {
    let alert = read(GOOD.as_bytes(), Strictness::Strict).unwrap().alert;
    let key = key(7);
    alert.to_signed_xml(&key, &key.certificate("duty@example.org", 1_795_000_000, 20))
}

fn pinned() -> Vec<PublicKey> {
    vec![key(9).public(), key(7).public()]
}

fn refused(text: &str) -> &'static str {
    match verify(text.as_bytes(), &pinned()) {
        Ok(_) => "taken",
        Err(error) => error.id(),
    }
}

#[test]
fn what_is_signed_verifies_and_is_what_was_meant() {
    let text = signed();
    assert_eq!(text, signed(), "the same message and key give the same bytes");
    let verified = verify(text.as_bytes(), &pinned()).unwrap();
    assert_eq!(verified.key, 1);
    let mut alert = read(GOOD.as_bytes(), Strictness::Strict).unwrap().alert;
    alert.signed = true;
    assert_eq!(verified.reading.alert, alert);
    assert_eq!(verified.reading.findings, []);
    assert_eq!(cap::lint(text.as_bytes()).unwrap(), [], "the signature is no foreign element");
}

#[test]
fn partners_signatures_verify_and_one_changed_character_does_not() {
    for (text, pem) in PARTNERS {
        let pinned = PublicKey::all_from_pem(pem).unwrap();
        verify(text.as_bytes(), &pinned).unwrap();
        let changed = text.replacen("Immediate", "Expected", 1);
        assert_eq!(verify(changed.as_bytes(), &pinned).unwrap_err(), UnsealError::Changed);
        let foreign = verify(text.as_bytes(), &[key(7).public()]).unwrap_err();
        assert_eq!(foreign, UnsealError::Foreign { fingerprint: pinned[0].fingerprint() });
        let at = text.find("SignatureValue>").unwrap() + 20;
        let other = if &text[at..=at] == "A" { "B" } else { "A" };
        let damaged = format!("{}{other}{}", &text[..at], &text[at + 1..]);
        assert_eq!(verify(damaged.as_bytes(), &pinned).unwrap_err(), UnsealError::Signature);
    }
}

#[test]
fn no_changed_character_of_a_signed_message_is_taken() {
    let text = signed();
    let message = verify(text.as_bytes(), &pinned()).unwrap().reading.alert;
    for (at, old) in text.char_indices().filter(|(at, c)| c.is_ascii() && at % 3 == 0) {
        let new = if old == 'x' { 'y' } else { 'x' };
        let changed = format!("{}{new}{}", &text[..at], &text[at + 1..]);
        // Only what says nothing may differ: the declaration, and the certificate, which is not believed.
        if let Ok(verified) = verify(changed.as_bytes(), &pinned()) {
            assert_eq!(verified.reading.alert, message, "{}", &text[at.saturating_sub(30)..=at]);
        }
    }
}

#[test]
fn a_signature_of_another_shape_is_refused_by_name() {
    let text = signed();
    let check = |from: &str, to: &str, expected: &str| {
        assert!(text.contains(from), "{from}");
        assert_eq!(refused(&text.replacen(from, to, 1)), expected, "{from:?} -> {to:?}");
    };
    let (begin, end) = (text.find("<Signature ").unwrap(), text.find("</Signature>").unwrap() + 12);
    let signature = &text[begin..end];
    check(signature, "", "unsigned");
    check(signature, &format!("{signature}{signature}"), "several-signatures");
    check("</identifier>", &format!("</identifier>{signature}"), "several-signatures");
    check(signature, &format!("{signature}<note>safe</note>"), "signature-misplaced");
    check("<event>", "<event><!-- -->", "comment");
    check("Immediate", "Imme<!---->diate", "comment");
    check("<info>", "<?do it?><info>", "instruction");
    check("<alert ", "<!DOCTYPE alert [<!ENTITY x \"y\">]><alert ", "xml");
    check("<event>", "<event>&unknown;", "xml");
    check("URI=\"\"", "URI=\"#a\"", "reference");
    check(" URI=\"\"", "", "reference");
    check("URI=\"\"", "URI=\"https://example.org/\"", "reference");
    check(
        "<Transforms>",
        "<Transforms><Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"/>",
        "transform",
    );
    check(
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "transform",
    );
    check(
        "http://www.w3.org/2001/10/xml-exc-c14n#",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        "transform",
    );
    check("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1", "weak-algorithm");
    for (weak, id) in [
        ("http://www.w3.org/2000/09/xmldsig#rsa-sha1", "weak-algorithm"),
        ("http://www.w3.org/2000/09/xmldsig#hmac-sha1", "weak-algorithm"),
        ("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", "weak-algorithm"),
        ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", "algorithm"),
        ("none", "algorithm"),
        ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "signature"),
    ] {
        check("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", weak, id);
    }
    check("<SignatureValue>", "<SignatureValue>!", "signature-shape");
    check("</SignedInfo>", "</SignedInfo><Object Id=\"a\"/>", "signature-shape");
    check("</KeyInfo>", "</KeyInfo><Object/>", "signature-shape");
    check("<SignedInfo>", "<SignedInfo>words", "signature-shape");
    check("<KeyInfo>", "<KeyInfo xmlns=\"urn:x\">", "signature-shape");
    let reference = &text[text.find("<Reference ").unwrap()..text.find("</SignedInfo>").unwrap()];
    check(reference, &format!("{reference}{reference}"), "signature-shape");
    check("<info>", "<info id=\"a\"><x Id=\"a\"/>", "duplicate-id");
    check("<alert ", "<alert xml:lang=\"uk\" ", "signature-shape");
    check("<severity>Extreme", "<severity>Minor", "changed");
    check("</area>", "</area> ", "changed");
    check("<alert ", "<alert xmlns:x=\"urn:x\" x:a=\"1\" ", "changed");
}

#[test]
fn a_signed_message_inside_another_is_not_taken_for_it() {
    let text = signed();
    let inner = text.split_once("?>\n").unwrap().1;
    let outer = GOOD.replace("</alert>", &format!("{inner}</alert>"));
    assert_eq!(refused(&outer), "signature-misplaced");
    let (begin, end) = (text.find("<Signature ").unwrap(), text.find("</Signature>").unwrap() + 12);
    let moved = GOOD.replace("</alert>", &format!("{}</alert>", &text[begin..end]));
    assert_eq!(refused(&moved), "changed", "blanks between elements are signed too");
    let wrapped = GOOD.replace("Shelter", "AllClear").replace(
        "</alert>",
        &text[begin..end].replace("</Signature>", &format!("<Object>{inner}</Object></Signature></alert>")),
    );
    assert_eq!(refused(&wrapped), "several-signatures");
}

#[test]
fn a_certificate_in_the_message_is_not_believed() {
    let stranger = key(3);
    let alert = read(GOOD.as_bytes(), Strictness::Strict).unwrap().alert;
    let forged = alert.to_signed_xml(&stranger, &stranger.certificate("duty@example.org", 1_795_000_000, 20));
    let expected = UnsealError::Foreign { fingerprint: stranger.public().fingerprint() };
    assert_eq!(verify(forged.as_bytes(), &pinned()).unwrap_err(), expected);
    let stolen = alert.to_signed_xml(&stranger, &key(7).certificate("duty@example.org", 1_795_000_000, 20));
    assert_eq!(verify(stolen.as_bytes(), &pinned()).unwrap_err(), UnsealError::Signature);
    assert_eq!(verify(signed().as_bytes(), &[]).unwrap_err().id(), "foreign-key");
}

#[test]
fn keys_and_certificates_are_read_back() {
    let key = key(7);
    assert_eq!(Key::from_pem(&key.to_pem()).unwrap().public(), key.public());
    assert_eq!(PublicKey::all_from_pem(&key.public().to_pem()).unwrap(), [key.public()]);
    let certificate = key.certificate("duty@example.org", 1_795_000_000, 60);
    assert_eq!(PublicKey::all_from_pem(&certificate.to_pem()).unwrap(), [key.public()]);
    assert_eq!(Certificate::from_pem(&certificate.to_pem(), &key).unwrap(), certificate);
    assert!(Certificate::from_pem(&certificate.to_pem(), &self::key(9)).is_err());
    assert!(!format!("{key:?}").contains("BEGIN"), "a secret is not shown");
    let rsa = &PublicKey::all_from_pem(PARTNERS[0].1).unwrap()[0];
    assert_eq!(&PublicKey::all_from_pem(&rsa.to_pem()).unwrap()[0], rsa);
    assert!(Key::of(&[0; 32]).is_none() && Key::of(&[255; 32]).is_none());
    for bad in [
        "",
        "-----BEGIN PUBLIC KEY-----\nAAAA",
        "-----BEGIN PUBLIC KEY-----\n!!\n-----END PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----",
    ] {
        assert!(PublicKey::all_from_pem(bad).is_err() && Key::from_pem(bad).is_err(), "{bad}");
    }
    let pem = key.public().to_pem();
    for at in (27..pem.len() - 26).step_by(2) {
        let changed = format!("{}{}{}", &pem[..at], if &pem[at..=at] == "A" { "B" } else { "A" }, &pem[at + 1..]);
        assert!(PublicKey::all_from_pem(&changed).ok() != Some(vec![key.public()]), "{at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_bytes_make_verification_panic_or_change_what_it_says(
        at in 0..6_000_usize, bytes in proptest::collection::vec(any::<u8>(), 0..12), cut in 0..40_usize
    ) {
        let (text, pem) = PARTNERS[2];
        let pinned = PublicKey::all_from_pem(pem).unwrap();
        let mut changed = text.as_bytes().to_vec();
        let at = at % changed.len();
        changed.splice(at..(at + cut).min(text.len()), bytes);
        if let Ok(verified) = verify(&changed, &pinned) {
            prop_assert_eq!(verified.signed, verify(text.as_bytes(), &pinned).unwrap().signed);
        }
    }

    #[test]
    fn no_bytes_make_reading_keys_panic(at in 0..900_usize, bytes in proptest::collection::vec(any::<u8>(), 0..12), cut in 0..40_usize) {
        for (_, pem) in PARTNERS {
            let mut changed = pem.as_bytes().to_vec();
            let at = at % changed.len();
            changed.splice(at..(at + cut).min(pem.len()), bytes.iter().copied());
            let text = String::from_utf8_lossy(&changed);
            let _ = (PublicKey::all_from_pem(&text), Key::from_pem(&text));
        }
    }
}
