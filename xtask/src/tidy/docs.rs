//! Documents: links that lead somewhere, every configuration key explained, decisions numbered without gaps.

use super::{File, Finding};
use std::collections::BTreeSet;
use std::path::Path;

/// Where the configuration's types are, and where their keys are explained.
const CONFIG: [(&str, &str); 4] = [
    ("crates/allclear/src/config.rs", CONFIG_PAGE),
    ("crates/allclear/src/feed/config.rs", CONFIG_PAGE),
    ("crates/allclear/src/deliver/push/config.rs", CONFIG_PAGE),
    ("crates/engine/src/warn/policy.rs", "docs/reference/policy.md"),
];
/// Folders whose names in backquotes mean a place of this tree. Of `web/` only the sources: its results come and go.
const ROOMS: [&str; 6] = ["crates/", "web/src/", "xtask/src/", "docs/", "scenarios/", "schemas/"];
/// The rules themselves, whose tests speak of pages that are not there.
const OWN: &str = "xtask/src/tidy/";
const CONFIG_PAGE: &str = "docs/reference/config.md";

pub(super) fn look(files: &[File], findings: &mut Vec<Finding>) {
    let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    for file in files.iter().filter(|file| file.extension() == "md") {
        links(file, &paths, findings);
        places(file, &paths, findings);
    }
    for file in files.iter().filter(|file| file.is_rust() && !file.path.starts_with(OWN)) {
        pages(file, &paths, findings);
    }
    keys(files, findings);
}

/// Every page that the code refers to is there.
fn pages(file: &File, paths: &BTreeSet<&str>, findings: &mut Vec<Finding>) {
    for (at, line) in file.text.lines().enumerate() {
        for (from, _) in line.match_indices("docs/") {
            let page =
                line[from..].split(|c: char| !c.is_alphanumeric() && !"/-_.".contains(c)).next().unwrap_or_default();
            let page = page.trim_end_matches('.');
            if Path::new(page).extension().is_some_and(|extension| extension == "md") && !paths.contains(page) {
                findings.push(file.finding(at + 1, "link", format!("`{page}` is not there")));
            }
        }
    }
}

/// Every relative link of a page leads to a file or folder of the tree.
fn links(file: &File, paths: &BTreeSet<&str>, findings: &mut Vec<Finding>) {
    for (at, line) in file.text.lines().enumerate() {
        for target in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = target.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let Some(path) = resolve(&file.path, target) else {
                findings.push(file.finding(at + 1, "link", format!("`{target}` leads out of the tree")));
                continue;
            };
            let folder = format!("{path}/");
            if !paths.contains(path.as_str()) && !paths.iter().any(|known| known.starts_with(&folder)) {
                findings.push(file.finding(at + 1, "link", format!("`{target}` leads nowhere")));
            }
        }
    }
}

/// Every place of the tree that a page names in backquotes is there.
fn places(file: &File, paths: &BTreeSet<&str>, findings: &mut Vec<Finding>) {
    for (at, line) in file.text.lines().enumerate() {
        for quoted in line.split('`').skip(1).step_by(2) {
            let named = ROOMS.iter().any(|room| quoted.starts_with(room));
            let plain = quoted.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.".contains(c));
            let folder = format!("{}/", quoted.trim_end_matches('/'));
            if named && plain && !paths.contains(quoted) && !paths.iter().any(|known| known.starts_with(&folder)) {
                findings.push(file.finding(at + 1, "link", format!("`{quoted}` is not there")));
            }
        }
    }
}

/// A relative link as a path from the root; `None` when it climbs out of the tree.
fn resolve(page: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Every key that the configuration's types accept stands in backquotes on the page.
fn keys(files: &[File], findings: &mut Vec<Finding>) {
    let named = |path: &str| files.iter().find(|file| file.path == path);
    for (file, page) in CONFIG.iter().filter_map(|&(types, page)| named(types).zip(named(page))) {
        for (line, key) in keys_of(&file.text) {
            if !page.text.contains(&format!("`{key}`")) {
                findings.push(file.finding(
                    line,
                    "config",
                    format!("the key `{key}` is not explained in {}", page.path),
                ));
            }
        }
    }
}

/// Fields of the structs that refuse unknown keys, by the name the file spells them with, each with its line.
fn keys_of(text: &str) -> Vec<(usize, String)> {
    let mut keys = Vec::new();
    let (mut strict, mut inside, mut skipped, mut renamed) = (false, false, false, None);
    for (at, line) in text.lines().enumerate() {
        let code = line.trim();
        if code.starts_with("#[cfg(test)]") {
            break;
        }
        if code.starts_with("#[serde(") {
            strict |= code.contains("deny_unknown_fields") && !inside;
            skipped = code.contains("(skip)");
            renamed = code.split("rename = \"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
        } else if code.starts_with('}') {
            (strict, inside) = (false, false);
        } else if strict && code.contains("struct ") && code.ends_with('{') {
            inside = true;
        } else if inside && !code.starts_with("//") && !code.starts_with('#') {
            let declared =
                code.trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ").trim_start_matches("pub ");
            if std::mem::take(&mut skipped) {
                continue;
            }
            if let Some((name, _)) = declared.split_once(": ") {
                keys.push((at + 1, renamed.take().unwrap_or_else(|| name.trim_start_matches("r#").to_owned())));
            }
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    fn what(files: &[File]) -> Vec<String> {
        let mut findings = Vec::new();
        look(files, &mut findings);
        findings.into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let pages = |text: &str| [file("docs/a.md", text), file("docs/b.md", ""), file("README.md", "")];
        assert_eq!(what(&pages("[c](c.md)")), ["`c.md` leads nowhere"]);
        assert_eq!(what(&pages("[out](../../x.md)")), ["`../../x.md` leads out of the tree"]);
        assert!(
            what(&pages("[b](b.md#part) [up](../README.md) [web](https://example.org) [docs](../docs)")).is_empty()
        );
    }

    #[test]
    fn a_place_that_a_page_names_and_that_is_not_there_is_found() {
        let files = |text: &str| [file("docs/a.md", text), file("crates/b/src/lib.rs", "//! B.")];
        assert_eq!(what(&files("see `crates/b/src/gone.rs`")), ["`crates/b/src/gone.rs` is not there"]);
        assert!(what(&files("see `crates/b/`, `crates/b/src/lib.rs` and `crates/*/src`")).is_empty());
    }

    #[test]
    fn a_page_that_the_code_refers_to_and_is_not_there_is_found() {
        let files =
            [file("crates/a/src/b.rs", "//! How: docs/gone.md. Why: `docs/here.md`."), file("docs/here.md", "")];
        assert_eq!(what(&files), ["`docs/gone.md` is not there"]);
    }

    #[test]
    fn a_configuration_key_without_a_word_on_the_page_is_found() {
        let config = "#[serde(deny_unknown_fields)]\nstruct Server {\n    /// Where.\n    pub(crate) listen: String,\n    \
                      #[serde(rename = \"type\")]\n    kind: String,\n    #[serde(skip)]\n    read: u8,\n}\nstruct Inside {\n    not_a_key: u8,\n}\n";
        let files = |page: &str| [file("crates/allclear/src/config.rs", config), file(CONFIG_PAGE, page)];
        assert_eq!(what(&files("`listen`")), ["the key `type` is not explained in docs/reference/config.md"]);
        assert!(what(&files("`listen` and `type`")).is_empty());
    }
}
