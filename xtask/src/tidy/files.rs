//! Whole files: their size, their name, the words they begin with.

use super::{File, Finding};

/// A rule that only asks to look: its findings do not fail the build.
pub(super) const LONG: &str = "long";
/// Lines from which a file should have a seam (STYLE: files).
const LINES_SEAM: usize = 600;
/// Lines above which a file needs a reason in [`LONG_WITH_REASON`].
const LINES_MAX: usize = 1000;
/// Files that are better seen whole, with the reason: a catalogue or a state machine.
const LONG_WITH_REASON: [(&str, &str); 0] = [];
/// Drawers, not rooms (STYLE: names).
const DRAWERS: [&str; 11] =
    ["util", "utils", "helper", "helpers", "common", "misc", "manager", "handler", "handlers", "base", "stuff"];
/// Written by a command, not by a hand.
const GENERATED: [&str; 2] = ["web/src/wire.gen.ts", "schemas/openapi.json"];

pub(super) fn look(file: &File, findings: &mut Vec<Finding>) {
    if GENERATED.contains(&file.path.as_str()) {
        return;
    }
    size(file, findings);
    name(file, findings);
    first_words(file, findings);
}

fn size(file: &File, findings: &mut Vec<Finding>) {
    if !file.is_rust() && !file.is_script() {
        return;
    }
    let lines = file.text.lines().count();
    if lines > LINES_MAX && LONG_WITH_REASON.iter().all(|(path, _)| *path != file.path) {
        let what = format!("{lines} lines: find the seam, or list it in xtask/src/tidy/files.rs with the reason");
        findings.push(file.finding(0, "too-long", what));
    } else if lines > LINES_SEAM {
        findings.push(file.finding(0, LONG, format!("{lines} lines: is there a seam?")));
    }
}

fn name(file: &File, findings: &mut Vec<Finding>) {
    for part in file.path.split('/') {
        let stem = part.split('.').next().unwrap_or(part).to_lowercase();
        if DRAWERS.contains(&stem.as_str()) {
            findings.push(file.finding(0, "drawer", format!("`{part}` says nothing: name what is inside")));
        }
    }
}

/// Every room introduces itself: `lib.rs`, `mod.rs`, `main.rs` begin with a module doc.
fn first_words(file: &File, findings: &mut Vec<Finding>) {
    let introduces = ["lib.rs", "mod.rs", "main.rs"].iter().any(|end| file.path.ends_with(&format!("/{end}")));
    if introduces && !file.text.starts_with("//! ") {
        findings.push(file.finding(
            1,
            "introduction",
            "begin with a module doc: what comes in, goes out, always holds",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    fn rules(path: &str, text: &str) -> Vec<&'static str> {
        let mut findings = Vec::new();
        look(&file(path, text), &mut findings);
        findings.iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn a_long_file_is_looked_at_and_a_very_long_one_stops_the_build() {
        assert!(rules("crates/a/src/b.rs", &"x\n".repeat(600)).is_empty());
        assert_eq!(rules("crates/a/src/b.rs", &"x\n".repeat(601)), [LONG]);
        assert_eq!(rules("crates/a/src/b.rs", &"x\n".repeat(1001)), ["too-long"]);
        assert!(rules("crates/a/data/b.tsv", &"x\n".repeat(1001)).is_empty());
    }

    #[test]
    fn a_drawer_is_no_name_for_a_file_or_a_folder() {
        assert_eq!(rules("crates/a/src/utils.rs", ""), ["drawer"]);
        assert_eq!(rules("web/src/common/map.ts", ""), ["drawer"]);
        assert!(rules("crates/a/src/commons.rs", "").is_empty());
    }

    #[test]
    fn a_room_that_does_not_introduce_itself_is_found() {
        assert_eq!(rules("crates/a/src/lib.rs", "use b;\n"), ["introduction"]);
        assert_eq!(rules("crates/a/src/b/mod.rs", ""), ["introduction"]);
        assert!(rules("crates/a/src/lib.rs", "//! The room.\n").is_empty());
    }
}
