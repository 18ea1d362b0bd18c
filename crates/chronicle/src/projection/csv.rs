//! Tables as CSV (RFC 4180): a header, lines ended by CR LF, UTF-8.
//!
//! Invariant: no cell of words begins as a formula, also where a spreadsheet splits at semicolons or tabs instead of commas. For that an
//! apostrophe is put before it: CSV alone is not word for word, Parquet and JSON are.

use super::{Cell, Table};

/// A table as CSV. A cell that is not said is empty.
#[must_use]
pub fn csv(table: &Table) -> String {
    let mut to = String::new();
    let names: Vec<&str> = table.columns.iter().map(|it| it.name).collect();
    to.push_str(&names.join(","));
    to.push_str("\r\n");
    for row in &table.rows {
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                to.push(',');
            }
            put(cell, &mut to);
        }
        to.push_str("\r\n");
    }
    to
}

fn put(cell: &Cell, to: &mut String) {
    match cell {
        Cell::None => {}
        Cell::Text(text) => words(text, to),
        Cell::Whole(n) => to.push_str(&n.to_string()),
        Cell::Signed(n) => to.push_str(&n.to_string()),
        Cell::Truth(it) => to.push_str(if *it { "true" } else { "false" }),
        Cell::Instant(at) => to.push_str(&at.to_string()),
        Cell::Day(day) => to.push_str(&day.to_string()),
    }
}

fn words(text: &str, to: &mut String) {
    let text = disarmed(text);
    // Blanks at the ends belong to the cell (RFC 4180, section 2.4), which some readers know only of quoted ones.
    let bare = !text.contains([',', '"', '\n', '\r', ';', '\t']) && text.trim() == text;
    if bare {
        to.push_str(&text);
    } else {
        to.push('"');
        to.push_str(&text.replace('"', "\"\""));
        to.push('"');
    }
}

/// What spreadsheets take for the beginning of a formula, in both widths.
const ARMED: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// An apostrophe before every `=`, `+`, `-` and `@` at which a cell may begin: at the beginning, after a line's end, a tab or a
/// semicolon, whatever blanks and quotes stand between. Other control characters have no place in CSV and become U+FFFD.
fn disarmed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut begins = true;
    for c in text.chars() {
        if begins && ARMED.contains(&c) {
            out.push('\'');
        }
        begins = match c {
            '\n' | '\r' | '\t' | ';' => true,
            '"' | '\'' | '\u{feff}' => begins,
            c => begins && (c.is_whitespace() || c.is_control()),
        };
        let control = c.is_control() && !['\n', '\r', '\t'].contains(&c);
        out.push(if control { char::REPLACEMENT_CHARACTER } else { c });
    }
    // A cell that begins with a tab or a line's end is run by some as what follows it.
    if out.starts_with(['\t', '\r', '\n']) { format!("'{out}") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_as_a_formula() {
        let check = |text: &str, expected: &str| {
            let mut to = String::new();
            words(text, &mut to);
            assert_eq!(to, expected, "{text:?}");
        };
        check("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0");
        check("+1", "'+1");
        check("-1", "'-1");
        check("@SUM(A1)", "'@SUM(A1)");
        check("  =1+1", "\"  '=1+1\"");
        check("\"=1", "\"\"\"'=1\"");
        check("\t=1", "\"'\t'=1\"");
        check("a;=cmd()", "\"a;'=cmd()\"");
        check("a\n=cmd()", "\"a\n'=cmd()\"");
        check("a; \"+1", "\"a; \"\"'+1\"");
        check("＝1", "'＝1");
        check("2 + 2 = 4, x-y", "\"2 + 2 = 4, x-y\"");
        check("nul\u{0}=1", "nul\u{fffd}=1");
        check("\u{0}=1", "\u{fffd}'=1");
        check("75 збито", "75 збито");
        check("", "");
    }
}
