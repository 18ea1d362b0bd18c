//! Tables of the worked night and of hostile claims: every cell of its column's kind, every column documented, nothing made up.

use super::*;
use crate::figures::tests::{HEAD, read, worked};
use crate::figures::{Claims, figures};

fn told(claims: &Claims, kind: Kind) -> Table {
    table(kind, &figures(claims, None))
}

fn killed(id: &str, source: &str, quantity: &str, extra: &str) -> String {
    format!(
        "[[claim]]\nid = \"{id}\"\nsource = \"{source}\"\nkind = \"killed\"\nobject = \"person\"\nquantity = {quantity}\nattacker = \"RU\"\n\
         area = \"UA/Sumy\"\nfrom = 2025-03-20T10:00:00Z\nto = 2025-03-20T12:00:00Z\nwords = \"w {id}\"\n{extra}"
    )
}

/// The named cells of the only row.
fn row(table: &Table, names: &[&str]) -> Vec<String> {
    assert_eq!(table.rows.len(), 1, "{table:?}");
    names.iter().map(|name| cell(table, 0, name)).collect()
}

fn cell(table: &Table, row: usize, name: &str) -> String {
    let at = table.columns.iter().position(|it| it.name == name).unwrap_or_else(|| panic!("no column {name}"));
    match &table.rows[row][at] {
        Cell::None => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Whole(n) => n.to_string(),
        Cell::Signed(n) => n.to_string(),
        Cell::Truth(it) => it.to_string(),
        Cell::Instant(at) => at.to_string(),
        Cell::Day(day) => day.to_string(),
    }
}

#[test]
fn every_cell_is_empty_or_of_its_column_and_every_column_is_documented() {
    let path = format!("{}/../../docs/reference/chronicle.md", env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(path).unwrap();
    for kind in Kind::ALL {
        let table = told(&worked(), kind);
        let section = page.split(&format!("### `{}`", kind.name())).nth(1).unwrap_or_else(|| panic!("{}", kind.name()));
        let section = section.split("\n#").next().unwrap();
        for column in &table.columns {
            assert!(section.contains(&format!("`{}`", column.name)), "{} of {}", column.name, kind.name());
        }
        for row in &table.rows {
            assert_eq!(row.len(), table.columns.len(), "{}", kind.name());
            for (cell, column) in row.iter().zip(&table.columns) {
                assert!(cell.holds().is_none_or(|it| it == column.holds), "{} {cell:?}", column.name);
            }
        }
    }
}

#[test]
fn the_worked_night_has_its_remainder_and_no_deaths() {
    let claims = worked();
    let remainders = told(&claims, Kind::Remainders);
    assert_eq!(
        row(&remainders, &["source", "launched_low", "intercepted_high", "lost_low", "hit_low", "unaccounted_low"]),
        ["Air Force", "171", "75", "63", "", "33"]
    );
    let acled = told(&claims, Kind::Acled);
    let places: Vec<String> = (0..acled.rows.len()).map(|it| cell(&acled, it, "location")).collect();
    assert_eq!(places, ["", "Kropyvnytskyi"], "one night, two areas: two rows");
    assert_eq!(cell(&acled, 0, "event_type"), "", "of the whole country nobody tells what was hit");
    assert_eq!(cell(&acled, 1, "sub_event_type"), "Air/drone strike");
    assert_eq!((cell(&acled, 1, "time_precision"), cell(&acled, 1, "event_date")), ("2".into(), "2025-03-19".into()));
    assert_eq!((cell(&acled, 1, "admin1"), cell(&acled, 1, "iso")), ("Kirovohrad".into(), "804".into()));
    assert_eq!(cell(&acled, 1, "geo_precision"), "", "the path does not say what the third part is");
    let standing: Vec<String> = (0..told(&claims, Kind::Claims).rows.len())
        .map(|it| cell(&told(&claims, Kind::Claims), it, "standing"))
        .collect();
    assert!(standing.contains(&"undated".to_owned()) && standing.contains(&"in_figures".to_owned()));
    assert_eq!(standing.len(), claims.claims.len(), "every claim is in the table");
}

#[test]
fn deaths_are_put_together_without_a_choice() {
    let check = |claims: &[String], expected: [&str; 5]| {
        let claims = read(&(HEAD.to_owned() + &claims.concat()));
        let acled = told(&claims, Kind::Acled);
        let ucdp = told(&claims, Kind::Ucdp);
        let mut found = row(&acled, &["fatalities"]);
        found.extend(row(&ucdp, &["low", "best", "high", "number_of_sources"]));
        assert_eq!(found, expected);
    };
    check(&[killed("a", "x", "3", "")], ["3", "3", "3", "3", "1"]);
    check(&[killed("a", "x", "3", ""), killed("b", "y", "3", "")], ["3", "3", "3", "3", "2"]);
    // Two numbers have no best one.
    check(&[killed("a", "x", "3", ""), killed("b", "y", "5", "")], ["3", "3", "", "5", "2"]);
    // "Dozens": 12 in ACLED's own coding; no best, no upper end.
    check(&[killed("a", "x", "{ n = 0, hedge = \"dozens\" }", "")], ["12", "20", "", "", "1"]);
    check(&[killed("a", "x", "{ n = 4, hedge = \"more_than\" }", "")], ["5", "5", "5", "", "1"]);
    // A child is a least of all the dead, and a part is not added.
    check(&[killed("a", "x", "1", "child = true\n")], ["1", "1", "", "", "1"]);
    check(
        &[killed("a", "x", "3", ""), killed("b", "x", "1", "child = true\npart_of = \"a\"\n")],
        ["3", "3", "3", "3", "1"],
    );
    // What we saw ourselves bounds nothing from above.
    check(&[killed("a", "x", "2", "own = true\n")], ["2", "2", "", "", "1"]);
}

#[test]
fn what_nobody_said_is_empty_and_nobody_dead_is_no_event_of_the_ucdp() {
    let claims = read(&(HEAD.to_owned() + &killed("a", "x", "0", "")));
    assert_eq!(told(&claims, Kind::Ucdp).rows.len(), 0);
    let acled = told(&claims, Kind::Acled);
    let names = ["fatalities", "event_type", "disorder_type", "latitude", "civilian_targeting", "actor2", "admin2"];
    assert_eq!(row(&acled, &names), ["0", "", "", "", "", "", ""]);
    assert_eq!(
        row(&acled, &["event_date", "time_precision", "geo_precision", "actor1"]),
        ["2025-03-20", "1", "3", "RU"]
    );
    let none = read(&(HEAD.to_owned() + &killed("a", "x", "1", "").replace("attacker = \"RU\"\n", "")));
    let ucdp = told(&none, Kind::Ucdp);
    let names = ["side_a", "x_attacker", "deaths_civilians", "deaths_unknown", "where_prec", "date_prec"];
    assert_eq!(row(&ucdp, &names), ["", "", "", "1", "4", "1"]);
    let elsewhere = read(&(HEAD.to_owned() + &killed("a", "x", "1", "").replace("UA/Sumy", "Atlantis")));
    assert_eq!(
        row(&told(&elsewhere, Kind::Ucdp), &["country", "country_id", "region", "where_prec"]),
        ["", "", "", ""]
    );
}

#[test]
fn csv_is_of_rfc_4180_and_runs_nothing() {
    let text = HEAD.to_owned()
        + &killed("a", "=cmd()", "{ n = 0, hedge = \"dozens\" }", "").replace("\"w a\"", "'''a \"b\",\nc;=d'''");
    let csv = csv(&told(&read(&text), Kind::Figures));
    let line = csv.split("\r\n").nth(1).unwrap();
    assert_eq!(
        line,
        "killed,person,false,RU,UA/Sumy,'=cmd(),20,,,dozens,false,2025-03-20T10:00:00.000Z,2025-03-20T12:00:00.000Z,1,12,20,,,a,\
         \"a \"\"b\"\",\nc;'=d\","
    );
    assert!(csv.ends_with("\r\n"));
}

#[test]
fn a_window_of_a_month_or_more_loses_its_day() {
    let check = |from: &str, to: &str, expected: [&str; 4]| {
        let text = HEAD.to_owned()
            + &killed("a", "x", "1", "").replace("2025-03-20T10:00:00Z", from).replace("2025-03-20T12:00:00Z", to);
        let claims = read(&text);
        let mut found = row(&told(&claims, Kind::Acled), &["event_date", "time_precision"]);
        found.extend(row(&told(&claims, Kind::Ucdp), &["date_prec", "year"]));
        assert_eq!(found, expected, "{from} {to}");
    };
    // Midnight in Kyiv is 22:00 UTC in winter and 21:00 in summer; on 30 March the clock goes forward.
    check("2025-03-29T22:00:00Z", "2025-03-30T21:00:00Z", ["2025-03-30", "1", "1", "2025"]);
    check("2025-03-29T21:59:00Z", "2025-03-30T21:00:00Z", ["2025-03-29", "2", "2", "2025"]);
    check("2025-03-29T22:00:00Z", "2025-03-30T22:00:00Z", ["2025-03-30", "2", "2", "2025"]);
    check("2025-03-01T00:00:00Z", "2025-03-20T00:00:00Z", ["2025-03-01", "3", "4", "2025"]);
    check("2025-03-01T00:00:00Z", "2025-06-01T00:00:00Z", ["", "", "5", "2025"]);
    check("2024-12-31T00:00:00Z", "2025-01-02T00:00:00Z", ["2024-12-31", "2", "2", ""]);
}
