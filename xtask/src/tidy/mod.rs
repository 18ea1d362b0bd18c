//! Tidiness: what a compiler does not see and a reader should not have to.
//!
//! What comes in: the files git knows or would know, and `cargo metadata`. What goes out: findings, each with file,
//! line and what would be right. What always holds: every rule has a test with an example that it refuses.
//! Deliberately absent: taste. A rule here is one that was worth stopping a build for.

mod arrows;
mod docs;
mod files;
mod licences;
mod lines;
mod locks;

use crate::command::{command, read};
use crate::house::House;
use anyhow::{Result, bail};
use std::ffi::OsStr;
use std::fmt;
use std::path::Path;

/// Where and what. `line` counts from 1; 0 speaks of the whole file.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    line: usize,
    rule: &'static str,
    what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, rule, what } = self;
        if *line == 0 { write!(f, "{path}: {rule}: {what}") } else { write!(f, "{path}:{line}: {rule}: {what}") }
    }
}

/// One file of the tree.
struct File {
    path: String,
    /// Empty when it is a picture or an archive.
    text: String,
}

impl File {
    fn finding(&self, line: usize, rule: &'static str, what: impl Into<String>) -> Finding {
        Finding { path: self.path.clone(), line, rule, what: what.into() }
    }

    fn extension(&self) -> &str {
        Path::new(&self.path).extension().and_then(OsStr::to_str).unwrap_or_default()
    }

    fn is_rust(&self) -> bool {
        self.extension() == "rs"
    }

    fn is_script(&self) -> bool {
        ["ts", "tsx", "js", "mjs"].contains(&self.extension())
    }
}

/// Applies every rule. `Err` when any found something; findings are printed, sorted.
pub(crate) fn tidy(house: &House) -> Result<()> {
    let files = tree(house)?;
    let packages = arrows::packages(house)?;
    let mut findings = Vec::new();
    for file in &files {
        files::look(file, &mut findings);
        lines::look(file, &mut findings);
        locks::look(file, &mut findings);
    }
    arrows::look(&packages, &mut findings);
    for file in &files {
        arrows::look_inside_the_engine(file, &mut findings);
    }
    licences::look(&packages, &mut findings);
    licences::look_at_npm(&files, &mut findings);
    docs::look(&files, &mut findings);
    findings.sort();
    let (warnings, faults): (Vec<_>, Vec<_>) = findings.into_iter().partition(|finding| finding.rule == files::LONG);
    for finding in warnings.iter().chain(&faults) {
        println!("{finding}");
    }
    println!("tidy: {} files, {} to look at, {} against a rule", files.len(), warnings.len(), faults.len());
    if !faults.is_empty() {
        bail!("find the house tidy: {} findings above", faults.len());
    }
    Ok(())
}

/// Every file that git tracks or would track.
fn tree(house: &House) -> Result<Vec<File>> {
    let names = read(command(house, "git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
    let open = |path: &str| {
        // A file that was deleted and not committed is not there.
        let bytes = std::fs::read(house.at(path)).ok()?;
        Some(File { path: path.to_owned(), text: String::from_utf8(bytes).unwrap_or_default() })
    };
    Ok(names.split('\0').filter(|path| !path.is_empty()).filter_map(open).collect())
}

#[cfg(test)]
fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_names_the_place_the_rule_and_the_remedy() {
        let finding = file("a/b.rs", "").finding(3, "silenced", "say why");
        assert_eq!(finding.to_string(), "a/b.rs:3: silenced: say why");
    }
}
