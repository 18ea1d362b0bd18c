//! What is written is read back; a stranger's bytes are an answer or a named error; a chain never sounds for nothing.
#![allow(clippy::unwrap_used, clippy::panic)]

use cap::{Alert, Certainty, Info, Instant, MsgType, Reference, ResponseType, Severity, Status, Urgency};
use cbs::{
    Action, Chain, Choice, Coding, Header, Identifier, Language, Level, MessageCode, Note, Serial, Text, TextError,
    contents, fit, gsm, read_contents, read_gsm, read_umts, umts,
};
use proptest::prelude::*;

const LETTERS: &str =
    "@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCXYZÄÖÑÜ§¿abcxyzäöñüà\u{c}^{}\\[~]|€";

fn header(identifier: u16, serial: u16) -> Header {
    Header { identifier: Identifier(identifier), serial: Serial::read(serial) }
}

/// Every form gives back what it was made of.
fn check(coding: Coding, language: Option<Language>, words: &str, header: Header) {
    let text = match Text::new(coding, language, words) {
        Ok(text) => text,
        Err(TextError::Long { at }) => {
            assert!(at >= 15 * 40, "{at} characters always have room");
            return;
        }
        Err(error) => panic!("{words:?}: {error}"),
    };
    let same = |(got, read): (Header, Text)| {
        assert_eq!(got, header);
        assert_eq!((read.words(), read.language(), read.coding()), (words, text.language(), coding));
    };
    same(read_umts(&umts(header, &text)).unwrap());
    same((header, read_contents(coding.octet(), &contents(&text)).unwrap()));
    let mut pages: Vec<Vec<u8>> = gsm(header, &text).iter().map(|page| page.to_vec()).collect();
    pages.reverse();
    pages.push(pages[0].clone());
    same(read_gsm(&pages).unwrap());
}

proptest! {
    #[test]
    fn gsm_texts_come_back(
        picks in proptest::collection::vec(0..LETTERS.chars().count(), 1..1_400),
        id in any::<u16>(), serial in any::<u16>()
    ) {
        let letters: Vec<char> = LETTERS.chars().collect();
        let words: String = picks.iter().map(|at| letters[*at]).collect();
        check(Coding::ENGLISH, None, &words, header(id, serial));
        check(Coding::GSM7_INDICATED, Some(Language::EN), &words, header(id, serial));
    }

    #[test]
    fn ucs2_texts_come_back(words in "[а-яіїєґ \n@€…’]{1,620}", id in any::<u16>(), serial in any::<u16>()) {
        check(Coding::UCS2, None, &words, header(id, serial));
        check(Coding::UCS2_INDICATED, Some(Language::UK), &words, header(id, serial));
    }

    #[test]
    fn bytes_of_strangers_are_a_text_or_an_error(
        bytes in proptest::collection::vec(any::<u8>(), 0..1_300),
        pages in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 86..90), 0..4),
        coding in any::<u8>(), used in 0_u8..90
    ) {
        let _ = (read_umts(&bytes), read_contents(coding, &bytes), read_gsm(&pages));
        // And as far as the text: lengths that fit, with anything in them.
        let mut contents = vec![2];
        contents.extend(bytes.iter().copied().chain(std::iter::repeat(0x1b)).take(82));
        contents.push(used);
        contents.extend(bytes.iter().rev().copied().chain(std::iter::repeat(0xd8)).take(82));
        contents.push(used);
        if let Ok(text) = read_contents(coding, &contents) {
            prop_assert_eq!(text.pages().len(), 2);
            let mut framed = vec![1, 0x11, 0x12, 0x40, 0x00, coding];
            framed.extend(&contents);
            prop_assert_eq!(read_umts(&framed).unwrap().1, text);
        } else {
            prop_assert!(used > 82 || Coding::read(coding).is_err() || used % 2 == 1 || matches!(coding, 0x10 | 0x11));
        }
    }

    #[test]
    fn whatever_is_to_be_said_fits(words in "\\PC{1,900}", pages in 0_usize..20) {
        let fitted = fit(&words, Some(Language::UK), pages).unwrap();
        prop_assert!(fitted.text.pages().len() <= pages.clamp(1, 15));
        if fitted.left_out == 0 && fitted.replaced == 0 && fitted.text.coding() == Coding::UCS2_INDICATED {
            prop_assert_eq!(fitted.text.words(), words);
        }
    }
}

fn instant(minute: i64) -> Instant {
    Instant::from_unix_s(1_795_000_000 + minute * 60).unwrap()
}

fn info(tag: &str, headline: &str, severity: Severity) -> Info {
    Info {
        language: Some(tag.to_owned()),
        category: vec![cap::Category::Security],
        event: "Air raid alert".to_owned(),
        response_type: vec![ResponseType::Shelter],
        urgency: Urgency::Immediate,
        severity,
        certainty: Certainty::Likely,
        audience: None,
        event_code: Vec::new(),
        effective: None,
        onset: None,
        expires: Some(instant(60)),
        sender_name: None,
        headline: Some(headline.to_owned()),
        description: None,
        instruction: None,
        web: None,
        contact: None,
        parameter: Vec::new(),
        resource: Vec::new(),
        area: Vec::new(),
    }
}

/// Message `number` of a chain, which refers to all before it.
fn message(number: usize, msg_type: MsgType, infos: Vec<Info>) -> Alert {
    let reference = |n: usize| Reference {
        sender: "s".to_owned(),
        identifier: format!("urn:m.{n}"),
        sent: instant(i64::try_from(n).unwrap()),
    };
    Alert {
        identifier: format!("urn:m.{number}"),
        sender: "s".to_owned(),
        sent: instant(i64::try_from(number).unwrap()),
        status: Status::Actual,
        msg_type,
        source: None,
        scope: cap::Scope::Public,
        restriction: None,
        addresses: Vec::new(),
        code: Vec::new(),
        note: None,
        references: (0..number).map(reference).collect(),
        incidents: vec!["urn:alert.7".to_owned()],
        info: infos,
        signed: false,
    }
}

fn both(words: &str, severity: Severity) -> Vec<Info> {
    vec![info("uk-UA", &format!("Тривога {words}"), severity), info("en", &format!("Alert {words}"), severity)]
}

/// Acts, identifiers, codes relative to the first, and update numbers.
fn line(actions: &[Action]) -> String {
    let one = |it: &Action| format!("{} {} u{}", it.act.name(), it.identifier.0, it.serial.update.get());
    actions.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn choice() -> Choice {
    Choice { code: Some(MessageCode::new(7).unwrap()), ..Choice::default() }
}

#[test]
fn a_chain_begins_goes_on_changes_and_ends() {
    let mut chain = Chain::new(choice());
    let mut over = both("all clear", Severity::Severe);
    for info in &mut over {
        info.urgency = Urgency::Past;
        info.response_type = vec![ResponseType::AllClear];
    }
    let cases = [
        (MsgType::Alert, both("one", Severity::Severe), "start 4376 u0; start 4389 u0"),
        (MsgType::Update, both("one", Severity::Severe), "keep 4376 u0; keep 4389 u0"),
        (MsgType::Update, both("two", Severity::Severe), "replace 4376 u1; replace 4389 u1"),
        (MsgType::Update, both("two", Severity::Extreme), "start 4372 u2; start 4385 u2; stop 4376 u1; stop 4389 u1"),
        (MsgType::Update, over, "start 4396 u3; start 4397 u3; stop 4372 u2; stop 4385 u2"),
        (MsgType::Cancel, Vec::new(), "stop 4396 u3; stop 4397 u3"),
    ];
    for (number, (msg_type, infos, expected)) in cases.into_iter().enumerate() {
        let actions = chain.take(&message(number, msg_type, infos)).unwrap();
        assert_eq!(line(&actions), expected);
        assert!(actions.iter().all(|it| it.serial.code.get() == 7 && it.notes.is_empty()), "{actions:?}");
    }
}

#[test]
fn an_exercise_never_has_the_identifier_of_a_real_alert() {
    let every = [Severity::Extreme, Severity::Severe, Severity::Moderate, Severity::Minor, Severity::Unknown];
    for (severity, level) in
        every.into_iter().flat_map(|it| [None, Some(Level::One), Some(Level::Test)].map(|l| (it, l)))
    {
        let levels = |status: Status| {
            let alert = Alert { status, ..message(0, MsgType::Alert, both("x", severity)) };
            let actions = Chain::new(Choice { level, ..choice() }).take(&alert).unwrap();
            actions.iter().map(|it| it.identifier.level().unwrap().0).collect::<Vec<_>>()
        };
        assert_eq!(levels(Status::Exercise), [Level::Exercise; 2]);
        assert_eq!(levels(Status::Test), [Level::Test; 2]);
        let actual = levels(Status::Actual);
        assert!(actual.iter().all(|it| *it <= Level::Four), "{actual:?}");
        assert_eq!(actual.contains(&Level::One), level == Some(Level::One));
    }
    let alert = Alert { status: Status::Exercise, ..message(0, MsgType::Alert, both("x", Severity::Severe)) };
    let said = Chain::new(choice()).take(&alert).unwrap();
    let words: Vec<&str> = said.iter().filter_map(|it| it.text.as_ref()).map(Text::words).collect();
    assert_eq!(words, ["НАВЧАННЯ. Тривога x", "EXERCISE. Alert x"]);
}

#[test]
fn languages_that_share_an_identifier_never_share_a_serial_number() {
    let infos = ["uk", "en", "pl", "en", "und"].map(|tag| info(tag, "x", Severity::Severe)).to_vec();
    let actions = Chain::new(choice()).take(&message(0, MsgType::Alert, infos)).unwrap();
    let names: std::collections::BTreeSet<_> = actions.iter().map(|it| (it.identifier, it.serial)).collect();
    assert_eq!((actions.len(), names.len()), (5, 5));
    assert_eq!(actions[4].notes, [Note::NoLanguage("und".to_owned())]);
}

#[test]
fn what_may_not_be_broadcast_is_refused_and_the_chain_stays() {
    let mut chain = Chain::new(choice());
    let first = message(0, MsgType::Alert, both("x", Severity::Severe));
    chain.take(&first).unwrap();
    let before = chain.clone();
    let second = message(1, MsgType::Update, both("y", Severity::Severe));
    let cases = [
        Alert { msg_type: MsgType::Ack, ..second.clone() },
        Alert { status: Status::Draft, ..second.clone() },
        Alert { status: Status::Exercise, ..second.clone() },
        Alert { scope: cap::Scope::Private, ..second.clone() },
        Alert { references: Vec::new(), ..second.clone() },
        Alert { info: Vec::new(), ..second.clone() },
    ];
    for refused in cases {
        assert!(chain.take(&refused).is_err(), "{refused:?}");
        assert_eq!(chain, before);
    }
    assert_eq!(line(&chain.take(&second).unwrap()), "replace 4376 u1; replace 4389 u1");
}

#[test]
fn a_chain_that_is_not_known_from_its_beginning_says_so() {
    let alert = message(18, MsgType::Update, both("x", Severity::Severe));
    let actions = Chain::new(Choice::default()).take(&alert).unwrap();
    assert_eq!(actions[0].notes, [Note::CodeDerived, Note::EarlierUnknown]);
    assert_eq!(line(&actions), "start 4376 u2; start 4389 u2");
    assert_eq!(actions[0].serial.code, MessageCode::of_name("urn:alert.7"));
}
