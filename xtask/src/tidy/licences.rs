//! Licences: every crate and every npm package is under terms that go with Apache-2.0.
//!
//! The list is the same as in deny.toml, for those who have cargo-deny; nothing needs to be installed for this check.
//! Deliberately absent: advisories. They need a database from the network: `cargo deny check advisories`.

use super::arrows::Package;
use super::{File, Finding};

/// Licences that may be linked into an Apache-2.0 program.
const ALLOWED: [&str; 13] = [
    "Apache-2.0",
    "MIT",
    "MIT-0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "0BSD",
    "ISC",
    "MPL-2.0",
    "Unicode-3.0",
    "Zlib",
    "CC0-1.0",
    "Unlicense",
    "BlueOak-1.0.0",
];
/// Packages whose expression names something else, with the reason it is nevertheless fine.
const WITH_REASON: [(&str, &str); 3] = [
    // Mozilla's list of root certificates as data; the terms ask for nothing but the text of the licence.
    ("webpki-root-certs", "CDLA-Permissive-2.0"),
    // Reads the command line of the generator of the page's types; permissive, and no part of what is built.
    ("argparse", "Python-2.0"),
    // Which browser knows what, used while building the page; no part of what is built.
    ("caniuse-lite", "CC-BY-4.0"),
];

pub(super) fn look(packages: &[Package], findings: &mut Vec<Finding>) {
    for package in packages.iter().filter(|package| !package.is_ours()) {
        let licence = package.license.as_deref().unwrap_or("none told");
        if !is_allowed(licence) && !WITH_REASON.contains(&(package.name.as_str(), licence)) {
            let what = format!("{} {} is under `{licence}`: choose another crate", package.name, package.version);
            findings.push(Finding { path: "Cargo.lock".to_owned(), line: 0, rule: "licence", what });
        }
    }
}

/// The npm lock file tells each package's licence.
pub(super) fn look_at_npm(files: &[File], findings: &mut Vec<Finding>) {
    for file in files.iter().filter(|file| file.path.ends_with("package-lock.json")) {
        let Ok(lock) = serde_json::from_str::<serde_json::Value>(&file.text) else {
            findings.push(file.finding(0, "licence", "not JSON: write the lock file anew"));
            continue;
        };
        for (path, package) in lock["packages"].as_object().into_iter().flatten() {
            let name = path.rsplit("node_modules/").next().unwrap_or(path);
            let licence = package["license"].as_str().unwrap_or("none told");
            if !path.is_empty() && !is_allowed(licence) && !WITH_REASON.contains(&(name, licence)) {
                findings.push(file.finding(
                    0,
                    "licence",
                    format!("{name} is under `{licence}`: choose another package"),
                ));
            }
        }
    }
}

/// Whether an SPDX expression can be satisfied from [`ALLOWED`]. `/` is the old way to write `OR`.
fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    either(&words, &mut at) && at == words.len()
}

fn either(words: &[&str], at: &mut usize) -> bool {
    let mut holds = both(words, at);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        // Not `||`: the right side must be walked over even when the left one is enough.
        holds |= both(words, at);
    }
    holds
}

fn both(words: &[&str], at: &mut usize) -> bool {
    let mut holds = one(words, at);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        holds &= one(words, at);
    }
    holds
}

fn one(words: &[&str], at: &mut usize) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let holds = either(words, at);
        *at += 1;
        return holds;
    }
    if words.get(*at) == Some(&"WITH") {
        // An exception only gives more rights.
        *at += 2;
    }
    ALLOWED.contains(word)
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    #[test]
    fn an_expression_is_allowed_when_some_choice_of_it_is() {
        let cases = [
            ("MIT", true),
            ("MIT OR Apache-2.0", true),
            ("MIT/Apache-2.0", true),
            ("GPL-3.0-only OR MIT", true),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("GPL-3.0-only", false),
            ("MIT AND GPL-3.0-only", false),
            ("(GPL-3.0-only OR AGPL-3.0-only) AND MIT", false),
            ("none told", false),
            ("", false),
        ];
        for (expression, expected) in cases {
            assert_eq!(is_allowed(expression), expected, "{expression}");
        }
    }

    #[test]
    fn a_package_of_the_page_under_other_terms_is_found() {
        let lock = r#"{"packages":{"":{"name":"allclear-web"},"node_modules/good":{"license":"MIT"},
            "node_modules/a/node_modules/bad":{"license":"SSPL-1.0"},"node_modules/silent":{}}}"#;
        let mut findings = Vec::new();
        look_at_npm(&[file("web/package-lock.json", lock)], &mut findings);
        let what: Vec<_> = findings.iter().map(|finding| finding.what.split(' ').next().unwrap()).collect();
        assert_eq!(what, ["bad", "silent"]);
    }
}
