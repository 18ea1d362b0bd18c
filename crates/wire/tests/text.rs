//! Threat posts and official posts, read as a person reads them.
//!
//! The cases stand in `cases/*.txt`: `>` a post (`⏎` for a new line), then what must be read of it, one line an item or a
//! refusal, in order. Items: kind, act, count (`-` where no plain number is said), `@` place, `/` part of it, `^` side of it,
//! `!` only passed, `~` region, `<` origins, `>` targets, `=` degrees, `?` course varies. Orders: raise or end, type, community,
//! level, kinds. Refusals: `refused` and the reason.

use model::{AreaSet, Item, OrderAct, Origin, PlaceRef};
use proptest::prelude::*;
use std::fmt::Write as _;
use std::sync::OnceLock;
use wire::text::{Reader, Reading, describe_en, describe_uk, score};

fn reader() -> &'static Reader {
    static READER: OnceLock<Reader> = OnceLock::new();
    READER.get_or_init(|| Reader::new(AreaSet::bundled()))
}

fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn brief(item: &Item) -> String {
    let set = AreaSet::bundled();
    let region_of = |place: &PlaceRef| {
        set.region_of(place.code).map_or("-".to_owned(), |region| region.code.as_str()[..4].to_owned())
    };
    let named = |place: &PlaceRef| format!("{}[{}]", place.name, region_of(place));
    match item {
        Item::Threat(t) => {
            let count = if t.count.word.is_none() && t.count.high == Some(t.count.low) {
                t.count.low.to_string()
            } else {
                "-".to_owned()
            };
            let mut line = format!("{} {} {count}", word(&t.kind), word(&t.act));
            if let Some(place) = &t.place {
                let _ = write!(line, " @{}", named(place));
            }
            for (sign, point) in [('/', t.place_part), ('^', t.place_side)] {
                if let Some(point) = point {
                    let _ = write!(line, " {sign}{}", word(&point));
                }
            }
            if t.via {
                line.push_str(" !");
            }
            if let Some(region) = t.region.and_then(|code| set.get(code)) {
                let _ = write!(line, " ~{}", region.name_uk);
            }
            for origin in &t.origin {
                let _ = match origin {
                    Origin::Place(place) => write!(line, " <{}", named(place)),
                    Origin::Compass(point) => write!(line, " <{}", word(point)),
                    Origin::Beyond(name) => write!(line, " <<{name}"),
                };
            }
            for target in &t.targets {
                let _ = write!(line, " >{}", named(target));
            }
            for deg in &t.directions_deg {
                let _ = write!(line, " ={deg}");
            }
            if t.course_variable {
                line.push_str(" ?");
            }
            line
        }
        Item::Order(order) => {
            let act = if order.act == OrderAct::Raise { "raise" } else { "end" };
            let name = set
                .get(order.community)
                .map(|area| format!("{} {}", word(&area.level), area.name_uk))
                .unwrap_or_default();
            let mut line = format!("{act} {} {name}", word(&order.alert_type));
            if let Some(level) = order.level {
                let _ = write!(line, " {}", word(&level));
            }
            for kind in &order.kinds {
                let _ = write!(line, " {}", word(kind));
            }
            line
        }
        other => panic!("{other:?} is measured, not read"),
    }
}

fn read_in_brief(text: &str) -> Vec<String> {
    let reading = reader().read(text);
    let refused = reading.refused.iter().map(|refusal| format!("refused {}", refusal.reason));
    reading.items.iter().map(brief).chain(refused).collect()
}

/// Reads every case of a file and compares.
fn check(cases: &str) {
    let mut wrong = String::new();
    let mut number = 0;
    for case in cases.split("\n>").map(|case| case.trim_start_matches('>')) {
        let mut lines = case.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let Some(text) = lines.next() else { continue };
        number += 1;
        let expected: Vec<&str> = lines.collect();
        let got = read_in_brief(&text.trim_start().replace('⏎', "\n"));
        if got != expected {
            let _ = writeln!(wrong, ">{text}\n{}\n  expected:\n{}", got.join("\n"), expected.join("\n"));
        }
    }
    assert!(number > 0, "the file holds no case");
    assert!(wrong.is_empty(), "read otherwise than expected:\n{wrong}");
}

#[test]
fn ukrainian_threat_posts_are_read_as_a_person_reads_them() {
    check(include_str!("cases/uk.txt"));
}

#[test]
fn english_threat_posts_are_read_as_a_person_reads_them() {
    check(include_str!("cases/en.txt"));
}

#[test]
fn russian_threat_posts_are_read_as_a_person_reads_them() {
    check(include_str!("cases/ru.txt"));
}

#[test]
fn official_posts_become_orders_and_nothing_else_ends_an_alert() {
    check(include_str!("cases/orders.txt"));
}

#[test]
fn what_is_doubtful_is_refused_and_never_guessed() {
    check(include_str!("cases/adversarial.txt"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_panics_and_every_span_is_within_it(text in "\\PC{0,200}") {
        sound(&text);
    }

    #[test]
    fn shuffled_pieces_of_the_grammar_never_panic(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        sound(&pieces.concat());
        sound(&pieces.join(" "));
    }

    #[test]
    fn no_sentence_of_doubt_ends_an_alert(doubt in prop::sample::select(DOUBTS), before in prop::sample::select(PIECES)) {
        let text = format!("{doubt} {before}");
        let reading = reader().read(&text);
        let ends = reading.items.iter().any(|item| matches!(item, Item::Order(order) if order.act == OrderAct::End));
        prop_assert!(!ends, "{text}: {:?}", reading.items);
    }
}

const PIECES: &[&str] = &[
    "БпЛА",
    "2х ",
    "х2",
    "Сумщина:",
    "\n",
    " ",
    "курсом на ",
    "Конотоп",
    "в районі ",
    "Бахмача",
    ", ",
    "та ",
    "→",
    "➡️",
    "🛵",
    "(",
    ")",
    "#Сумська_область",
    "відбій ",
    "тривоги ",
    "повітряна тривога ",
    "не ",
    "?",
    "!",
    "з ",
    "від ",
    "на північ ",
    "півночі ",
    "північний ",
    "захід",
    "напрямку ",
    "загроза ",
    "пуски ",
    "КАБ",
    "балістики ",
    "Чорного моря ",
    "м. ",
    "Суми",
    "області",
    "Сумська, Харківська області",
    "до ",
    "10 ",
    "2-3 ",
    "кілька груп ",
    "місто ",
    "heading ",
    "north of ",
    "Kyiv region ",
    "UAVs ",
    "near ",
    "Чернігов",
    "Киеву ",
    "со стороны ",
    "Південного ",
    "\u{301}",
    "і\u{308}",
    "’",
    "-",
    "—",
    "/",
    ":",
    "0 ",
    "99999999999 ",
    "03:12 ",
    "триває ",
    "крім ",
    "Курської області ",
    "збито ",
    "атакував ",
];

const DOUBTS: &[&str] = &[
    "Тривога триває в Києві",
    "Відбою в Сумській області не було",
    "Відбій у Києві ще не дали",
    "Чи буде відбій у Сумській області?",
    "Не відбій у Києві",
    "Очікуємо відбій у Києві",
    "Тривога в Києві ще не оголошена",
    "До відбою в Києві лишайтесь в укритті",
    "Коли відбій у Харківській області?",
    "Якщо відбій у Києві, виходьте",
    "Скоро відбій у Києві",
    "Відбій загрози балістики у Києві",
    "Відбій по КАБах у Сумській області",
    "Відбій у всіх областях, крім Сумської області",
    "Вчора відбій у Києві був о 5",
    "All clear in Kyiv is not given",
    "Waiting for the all clear in Kyiv",
    "Отбоя в Киеве не было",
    "Отбоя тревоги в Киеве пока нет",
    "Жовтий рівень: відбій червоного рівня в Сумській області",
];

/// Every span lies within the text on character boundaries, counts hold, and both descriptions and the score can be made.
fn sound(text: &str) -> Reading {
    let set = AreaSet::bundled();
    let reading = reader().read(text);
    assert_eq!(reading, reader().read(text), "the same text, another reading");
    let within = |start: u32, end: u32| text.get(start as usize..end as usize).is_some();
    for item in &reading.items {
        let trace = match item {
            Item::Threat(t) => {
                assert!(
                    t.count.low >= 1 && t.count.high.is_none_or(|high| high >= t.count.low),
                    "{text:?}: {:?}",
                    t.count
                );
                &t.trace
            }
            Item::Order(order) => &order.trace,
            other => panic!("{text:?}: {other:?} is measured, not read"),
        };
        assert!(!trace.is_empty() && trace.iter().all(|t| within(t.start, t.end)), "{text:?}: {trace:?}");
        assert!(!describe_uk(item, set).is_empty() && !describe_en(item, set).is_empty());
    }
    assert!(reading.refused.iter().all(|r| within(r.start, r.end)), "{text:?}: {:?}", reading.refused);
    assert!(score::to_score(&reading, set).is_array());
    reading
}

#[test]
fn a_text_over_the_bound_is_refused_and_a_long_one_is_bounded() {
    let long = "БпЛА на Конотоп. ".repeat(2_000);
    assert_eq!(reader().read(&long).refused.first().map(|r| r.reason.clone()), Some("text_too_long".to_owned()));
    let many = "БпЛА на Суми\n".repeat(700);
    let reading = reader().read(&many);
    assert!(
        reading.items.len() <= model::report::ITEMS_MAX && reading.refused.iter().any(|r| r.reason == "too_many_items")
    );
}

#[test]
fn every_field_tells_its_rule_and_its_bytes() {
    let text = "Сумщина: 2 ударних БпЛА в районі Конотопа курсом на Бахмач";
    let reading = sound(text);
    let Some(Item::Threat(item)) = reading.items.first() else { panic!("one threat expected: {reading:?}") };
    let told: Vec<String> = item
        .trace
        .iter()
        .map(|t| format!("{} {} {}", t.field, t.rule, &text[t.start as usize..t.end as usize]))
        .collect();
    assert_eq!(
        told,
        [
            "region region.heading Сумщина",
            "count count.told 2",
            "kind kind.lexicon ударних БпЛА",
            "place place.near+region Конотопа",
            "targets target.toward+hromada Бахмач"
        ]
    );
    assert_eq!(
        describe_uk(&reading.items[0], AreaSet::bundled()),
        "2 БпЛА · Конотоп · Сумська область · у напрямку Бахмач"
    );
    assert_eq!(describe_en(&reading.items[0], AreaSet::bundled()), "2 UAV · Konotop · Sumy · toward Bakhmach");
}

/// The shared annotated messages, when they are beside the checkout.
#[test]
fn shared_annotated_messages_are_read_when_they_are_there() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/messages/threat-messages.dev.jsonl");
    let Ok(lines) = std::fs::read_to_string(&path) else {
        eprintln!("not compared with the shared messages: they are not beside the checkout; the cases here still ran");
        return;
    };
    let (mut gold_items, mut hits) = (0, 0);
    for line in lines.lines() {
        let Ok(gold) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let reading = reader().read(gold["text"].as_str().unwrap_or_default());
        let got = score::to_score(&reading, AreaSet::bundled());
        let key = |v: &serde_json::Value| format!("{} {}", v["kind"], v["act"]);
        let mut pool: Vec<String> = got.as_array().into_iter().flatten().map(key).collect();
        for item in gold["parsed"].as_array().into_iter().flatten() {
            gold_items += 1;
            if let Some(at) = pool.iter().position(|k| *k == key(item)) {
                pool.remove(at);
                hits += 1;
            }
        }
        assert!(pool.is_empty(), "read too much of {}: {pool:?}", gold["id"]);
    }
    assert_eq!(hits, gold_items);
}
