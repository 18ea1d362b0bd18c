//! Single lines: silenced tests, unfinished work, silenced lints, paths of one machine, names that say nothing,
//! and the world inside the pure crates.

use super::{File, Finding};

/// Unfinished or silenced. Each is written in two halves so that this file does not find itself.
const SILENCED_RUST: [&str; 4] =
    [concat!("todo", "!("), concat!("unimplemented", "!("), concat!("#[ig", "nore"), concat!("dbg", "!(")];
const SILENCED_SCRIPT: [&str; 6] = [
    concat!(".sk", "ip("),
    concat!(".on", "ly("),
    concat!(".fix", "me("),
    concat!(".to", "do("),
    concat!("@ts-ig", "nore"),
    concat!("@ts-no", "check"),
];
/// Folders that exist on one machine only.
const MACHINE_PATHS: [&str; 5] =
    [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/tm", "p/"), concat!("/fa", "rm/")];
/// The crates in which the same input gives the same output.
const PURE: [&str; 5] =
    ["crates/model/src/", "crates/wire/src/", "crates/engine/src/", "crates/record/src/", "crates/cap/src/"];
/// What a pure crate does not touch. clippy.toml forbids the types; this forbids the rest of the world.
const WORLD: [&str; 11] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::io::std",
    "SystemTime",
    "Instant::now",
    "HashMap",
    "HashSet",
    "async fn",
];
/// Words that are not in a name of ours (STYLE: names).
const EMPTY_WORDS: [&str; 9] = ["manager", "handler", "helper", "helpers", "util", "utils", "common", "misc", "stuff"];

pub(super) fn look(file: &File, findings: &mut Vec<Finding>) {
    machine_paths(file, findings);
    if file.is_script() {
        silenced(file, &SILENCED_SCRIPT, findings);
    }
    if file.is_rust() {
        silenced(file, &SILENCED_RUST, findings);
        allowed(file, findings);
        world(file, findings);
        names(file, findings);
    }
}

fn silenced(file: &File, words: &[&str], findings: &mut Vec<Finding>) {
    for (number, line) in numbered(&file.text) {
        if let Some(word) = words.iter().find(|word| line.contains(**word)) {
            findings.push(file.finding(
                number,
                "silenced",
                format!("`{word}`: finish it, or assert today's behaviour"),
            ));
        }
    }
}

fn machine_paths(file: &File, findings: &mut Vec<Finding>) {
    for (number, line) in numbered(&file.text) {
        let of_one_machine = |path: &&&str| {
            // `src/work/` or `x/tmp/` inside a longer path is a folder of ours, not of the machine.
            line.match_indices(**path)
                .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || ".-_/*})]:".contains(c)))
        };
        if let Some(path) = MACHINE_PATHS.iter().find(of_one_machine) {
            findings.push(file.finding(number, "machine-path", format!("`{path}` exists on one machine only")));
        }
    }
}

/// A silenced lint tells why: `reason = "…"`, or a comment on the line or the one above. Tests need not: a lint that
/// is in their way harms nobody.
fn allowed(file: &File, findings: &mut Vec<Finding>) {
    let lines: Vec<_> = file.text.lines().collect();
    let tests_from = tests_from(file, &lines);
    for (at, line) in lines.iter().enumerate() {
        let attribute = line.trim_start();
        let silences =
            ["#[allow(", "#![allow(", "#[expect(", "#![expect("].iter().any(|begin| attribute.starts_with(begin));
        if !silences {
            continue;
        }
        let end = lines[at..].iter().position(|line| line.contains(")]")).map_or(at, |more| at + more);
        let whole = lines[at..=end].join(" ");
        let commented = whole.contains("//") || (at > 0 && lines[at - 1].trim_start().starts_with("//"));
        if !whole.contains("reason") && !commented && at < tests_from {
            findings.push(file.finding(at + 1, "no-reason", "a silenced lint tells why: add `reason = \"…\"`"));
        }
    }
}

fn world(file: &File, findings: &mut Vec<Finding>) {
    if !PURE.iter().any(|room| file.path.starts_with(room)) {
        return;
    }
    let lines: Vec<_> = file.text.lines().collect();
    for (at, line) in lines.iter().enumerate().take(tests_from(file, &lines)) {
        let code = line.split("//").next().unwrap_or_default();
        if let Some(word) = WORLD.iter().find(|word| code.contains(**word)) {
            findings.push(file.finding(
                at + 1,
                "pure",
                format!("`{word}`: a pure crate is given time, order and bytes"),
            ));
        }
    }
}

fn names(file: &File, findings: &mut Vec<Finding>) {
    for (number, line) in numbered(&file.text) {
        let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        while let Some(word) = words.next() {
            if !["fn", "struct", "enum", "trait", "mod"].contains(&word) {
                continue;
            }
            let Some(name) = words.next() else { break };
            if line.trim_start().starts_with("//") {
                break;
            }
            if let Some(empty) = words_of(name).into_iter().find(|word| EMPTY_WORDS.contains(&word.as_str())) {
                findings.push(file.finding(
                    number,
                    "name",
                    format!("`{name}`: `{empty}` says nothing; say what it does"),
                ));
            }
        }
    }
}

/// `UpdateManager` and `update_manager` both give `update`, `manager`.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in name.chars() {
        if c == '_' || c.is_uppercase() {
            words.push(String::new());
        }
        if c != '_'
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    words
}

/// Index of the first line that only tests see; the number of lines when there is none.
fn tests_from(file: &File, lines: &[&str]) -> usize {
    if file.path.contains("/tests/") || file.path.ends_with("/tests.rs") {
        return 0;
    }
    lines.iter().position(|line| line.trim_start().starts_with("#[cfg(test)]")).unwrap_or(lines.len())
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line))
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
    fn a_silenced_or_unfinished_line_is_found() {
        for word in SILENCED_RUST {
            assert_eq!(rules("crates/a/src/b.rs", &format!("    {word}")), ["silenced"], "{word}");
        }
        for word in SILENCED_SCRIPT {
            assert_eq!(rules("web/src/b.ts", &format!("test{word}\"x\")")), ["silenced"], "{word}");
        }
    }

    #[test]
    fn a_path_of_one_machine_is_found_and_a_path_of_ours_is_not() {
        for path in MACHINE_PATHS {
            assert_eq!(rules("docs/a.md", &format!("see {path}x")), ["machine-path"], "{path}");
        }
        assert!(rules("docs/a.md", concat!("web/src/wo", "rk/a.ts")).is_empty());
    }

    #[test]
    fn a_silenced_lint_tells_why() {
        assert_eq!(rules("crates/a/src/b.rs", "#[allow(dead_code)]\nfn b() {}"), ["no-reason"]);
        assert!(rules("crates/a/src/b.rs", "#[allow(dead_code, reason = \"later\")]\nfn b() {}").is_empty());
        assert!(rules("crates/a/src/b.rs", "// Read by the linker.\n#[allow(dead_code)]\nfn b() {}").is_empty());
        assert!(rules("crates/a/src/b.rs", "#[cfg(test)]\nmod tests {\n#![allow(clippy::unwrap_used)]\n}").is_empty());
        assert_eq!(rules("crates/a/src/b.rs", "#![allow(clippy::unwrap_used)]"), ["no-reason"]);
    }

    #[test]
    fn the_world_does_not_enter_a_pure_crate_except_in_its_tests() {
        for word in WORLD {
            assert_eq!(rules("crates/engine/src/b.rs", &format!("    {word} x")), ["pure"], "{word}");
            assert!(rules("crates/allclear/src/b.rs", &format!("    {word} x")).is_empty(), "{word}");
            assert!(rules("crates/engine/src/b.rs", &format!("#[cfg(test)]\n{word} x")).is_empty(), "{word}");
        }
        assert!(rules("crates/engine/src/b.rs", "// A HashMap would be quicker.").is_empty());
    }

    #[test]
    fn a_name_that_says_nothing_is_found() {
        assert_eq!(rules("crates/a/src/b.rs", concat!("struct Alert", "Manager {}")), ["name"]);
        assert_eq!(rules("crates/a/src/b.rs", concat!("pub(crate) fn com", "mon_part() {}")), ["name"]);
        assert!(rules("crates/a/src/b.rs", concat!("// fn hel", "per() was here\nfn uncommon() {}")).is_empty());
    }
}
