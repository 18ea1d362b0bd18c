//! Figures from files of claims: the worked night, spans, and what is refused.

use super::*;
use crate::ceasefire::Lang;
use crate::reconcile::Kind;

pub(crate) const HEAD: &str =
    "version = 1\nname = \"test\"\nzone = { name = \"Europe/Kyiv\", posix = \"EET-2EEST,M3.5.0/3,M10.5.0/4\" }\n";

pub(crate) fn read(text: &str) -> Claims {
    Claims::read(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

pub(crate) fn worked() -> Claims {
    let path = format!("{}/../../scenarios/chronicle/2025-03-20.toml", env!("CARGO_MANIFEST_DIR"));
    read(&std::fs::read_to_string(path).unwrap())
}

fn claim(id: &str, source: &str, quantity: &str, from: &str, to: &str) -> String {
    format!(
        "[[claim]]\nid = \"{id}\"\nsource = \"{source}\"\nkind = \"launched\"\nobject = \"drone_any\"\nquantity = {quantity}\nattacker = \"RU\"\n\
         area = \"UA\"\nfrom = 2025-{from}:00Z\nto = 2025-{to}:00Z\nwords = \"w\"\n"
    )
}

#[test]
fn the_night_of_20_march_leaves_33_that_nobody_mentions_and_contradicts_nothing() {
    let claims = worked();
    let night = span(&claims.zone, Length::Night, "2025-03-20").unwrap();
    assert_eq!(night.map(|at| at.to_string()), ["2025-03-19T16:00:00.000Z", "2025-03-20T07:00:00.000Z"]);
    let figures = figures(&claims, Some(night));
    let whole = figures.identities.iter().find(|it| it.source == "Air Force").unwrap();
    assert_eq!(whole.launched.to_string(), "171");
    assert_eq!((whole.parts["intercepted"].to_string(), whole.parts["lost"].to_string()), ("75".into(), "63".into()));
    assert_eq!(whole.unaccounted.to_string(), "33");
    assert!(figures.rows.iter().all(|row| row.kind != Kind::Hit), "unaccounted is not hit");
    assert_eq!(figures.conflicts, [], "from a child to ten wounded with four children: versions of one night");
    assert_eq!(figures.undated.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["president-launched"]);
    let wounded: Vec<&Row> = figures.rows.iter().filter(|row| row.kind == Kind::Wounded).collect();
    assert_eq!(wounded.len(), 2);
    let words = words(&figures, Lang::En);
    assert!(words.contains("171 drones = intercepted 75 + lost 63 + unaccounted 33 (not hits)"), "{words}");
    assert!(words.contains("2025-03-19 18:00 +02:00 – 2025-03-20 09:00 +02:00 (Europe/Kyiv)"), "{words}");
    let spring = super::figures(&claims, Some(span(&claims.zone, Length::Night, "2025-03-30").unwrap()));
    assert!(super::words(&spring, Lang::En).contains("2025-03-29 18:00 +02:00 – 2025-03-30 09:00 +03:00"));
    assert!(super::words(&figures, Lang::Uk).contains("невідомо 33 (це не влучання)"));
}

#[test]
fn nights_of_one_source_add_up_when_they_do_not_overlap_and_sources_never() {
    let text = HEAD.to_owned()
        + &claim("a", "af", "171", "03-19T17:00", "03-20T06:00")
        + &claim("b", "af", "{ n = 200, hedge = \"more_than\" }", "03-20T17:00", "03-21T06:00")
        + &claim("c", "other", "170", "03-19T17:00", "03-20T06:00");
    let claims = read(&text);
    let week = figures(&claims, Some(span(&claims.zone, Length::Week, "2025-03-17").unwrap()));
    let sources: Vec<String> =
        week.rows[0].sources.iter().map(|it| it.quantity.as_ref().unwrap().to_string()).collect();
    assert_eq!(sources, ["372+", "170"]);
    assert_eq!(week.conflicts.len(), 1, "171 and 170 of one night");
    assert_eq!(week.identities, [], "no source says what became of any");
    assert_eq!(figures(&claims, Some(span(&claims.zone, Length::Month, "2025-03-31").unwrap())).rows, week.rows);
    assert_eq!(figures(&claims, Some(span(&claims.zone, Length::Week, "2025-03-20").unwrap())).crossing.len(), 2);
    let overlapping = read(&(text + &claim("d", "af", "5", "03-20T20:00", "03-21T07:00")));
    let rows = figures(&overlapping, None).rows;
    assert_eq!(rows[0].sources[0].quantity, None);
}

#[test]
fn alert_hours_count_an_hour_once() {
    let alert = |from: &str, to: &str| {
        format!("[[alert]]\narea = \"UA/Sumy\"\nfrom = 2025-03-20T{from}:00Z\nto = 2025-03-20T{to}:00Z\n")
    };
    let claims =
        read(&(HEAD.to_owned() + &alert("01:00", "02:00") + &alert("01:30", "03:00") + &alert("05:00", "05:10")));
    let found = figures(&claims, None).alerts["UA/Sumy"].clone();
    assert_eq!(found, AlertHours { alerts: 3, minutes: 130 });
}

#[test]
fn bad_claims_are_refused_with_their_line() {
    let check = |text: &str, expected: &str| {
        let error = Claims::read(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    let one = HEAD.to_owned() + &claim("a", "af", "171", "03-19T17:00", "03-20T06:00");
    check(&one.replace("launched", "flown"), "read line 7 of the file");
    check(&one.replace("to = ", "until = "), "unknown field `until`");
    check(&one.replace("to = 2025-03-20T06:00:00Z\n", ""), "line 4 of the file: from and to stand together");
    check(&one.replace("to = 2025-03-20", "to = 2025-03-10"), "is after to");
    check(&(one.clone() + "part_of = \"x\"\n"), "there is no such other claim");
    check(&(one.clone() + &claim("a", "af", "1", "03-19T17:00", "03-20T06:00")), "is there already");
    check(&one.replace("\"w\"", "\" \""), "has no words");
    check(&one.replace("quantity = 171", "quantity = { low = 3, high = 2 }"), "low 3 is above high 2");
    assert!(span(&worked().zone, Length::Night, "yesterday").unwrap_err().contains("expected one such as 2025-03-20"));
}

#[test]
fn the_page_needs_nothing_from_outside() {
    let claims = worked();
    let page = page(&figures(&claims, None), Lang::Uk);
    assert!(!page.contains("<script") && !page.contains("src="));
    assert!(page.contains("id=uk checked") && page.contains("role=img") && page.contains("<q>171 drones</q>"));
}
