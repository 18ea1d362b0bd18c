//! Who may know whom: between crates by `cargo metadata`, inside the engine by its `use` lines.
//!
//! Invariants:
//!   allclear ► engine, wire, cap, cbs, siren, record, chronicle, sim ► model; cap, record and siren stand alone; cbs ► cap
//!   engine knows neither wire nor cap
//!   inside engine: step ► warn ► forecast ► fuse ► sense
//!   only `allclear` links the runtime, HTTP, SQL and TLS

use super::{File, Finding};
use crate::command::{cargo, read};
use crate::house::House;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Which crates of ours each crate of ours may name.
const ARROWS: [(&str, &[&str]); 11] = [
    ("model", &[]),
    ("record", &[]),
    ("cap", &[]),
    ("cbs", &["cap"]),
    ("siren", &[]),
    ("wire", &["model"]),
    ("engine", &["model"]),
    ("chronicle", &["model"]),
    ("sim", &["engine", "model", "wire"]),
    ("allclear", &["model", "wire", "engine", "cap", "cbs", "siren", "record", "chronicle", "sim"]),
    ("xtask", &["model"]),
];
/// What only the program may link.
const HEAVY: [&str; 10] =
    ["tokio", "axum", "hyper", "reqwest", "rusqlite", "rustls", "ring", "aws-lc-rs", "rumqttc", "tower-http"];
/// The engine's rooms, from the first stage to the one that calls them all.
const STAGES: [&str; 5] = ["sense", "fuse", "forecast", "warn", "step"];

/// What `cargo metadata` tells of one package.
#[derive(Debug, Deserialize)]
pub(super) struct Package {
    id: String,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) license: Option<String>,
    /// `None` for the packages of the workspace.
    source: Option<String>,
    dependencies: Vec<Dependency>,
    /// Everything it links, found through the resolved graph; filled in after reading.
    #[serde(skip)]
    linked: BTreeSet<String>,
}

impl Package {
    pub(super) fn is_ours(&self) -> bool {
        self.source.is_none()
    }
}

#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    pkg: String,
    dep_kinds: Vec<EdgeKind>,
}

#[derive(Deserialize)]
struct EdgeKind {
    kind: Option<String>,
}

/// All packages of the build, ours and others'.
pub(super) fn packages(house: &House) -> Result<Vec<Package>> {
    let text = read(&mut cargo(house, &["metadata", "--format-version", "1", "--locked"]))?;
    let mut metadata: Metadata = serde_json::from_str(&text).context("read what `cargo metadata` wrote")?;
    let names: BTreeMap<String, String> =
        metadata.packages.iter().map(|package| (package.id.clone(), package.name.clone())).collect();
    // Only what is linked: build scripts and tests may use what they like.
    let edges: BTreeMap<&str, Vec<&str>> = metadata
        .resolve
        .nodes
        .iter()
        .map(|node| {
            let kept = node.deps.iter().filter(|edge| edge.dep_kinds.iter().any(|kind| kind.kind.is_none()));
            (node.id.as_str(), kept.map(|edge| edge.pkg.as_str()).collect())
        })
        .collect();
    for package in metadata.packages.iter_mut().filter(|package| package.is_ours()) {
        let (mut reached, mut next) = (BTreeSet::new(), vec![package.id.as_str()]);
        while let Some(id) = next.pop() {
            for to in edges.get(id).into_iter().flatten() {
                if reached.insert(*to) {
                    next.push(to);
                }
            }
        }
        package.linked = reached.into_iter().filter_map(|id| names.get(id).cloned()).collect();
    }
    Ok(metadata.packages)
}

pub(super) fn look(packages: &[Package], findings: &mut Vec<Finding>) {
    let ours: BTreeSet<&str> = packages.iter().filter(|p| p.is_ours()).map(|p| p.name.as_str()).collect();
    for package in packages.iter().filter(|package| package.is_ours()) {
        let mut found = |what: String| {
            let path = format!("{}/Cargo.toml", package.name);
            findings.push(Finding { path, line: 0, rule: "arrow", what });
        };
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package.name) else {
            found("a new room: say whom it may know in xtask/src/tidy/arrows.rs and on a decision page".to_owned());
            continue;
        };
        for dependency in &package.dependencies {
            if ours.contains(dependency.name.as_str()) && !allowed.contains(&dependency.name.as_str()) {
                found(format!("{} may not know {}", package.name, dependency.name));
            }
        }
        if package.name != "allclear" {
            for heavy in HEAVY.iter().filter(|heavy| package.linked.contains(**heavy)) {
                found(format!("{heavy} hangs on the program alone"));
            }
        }
    }
}

/// A later stage may know an earlier one, never the reverse.
pub(super) fn look_inside_the_engine(file: &File, findings: &mut Vec<Finding>) {
    let Some(inside) = file.path.strip_prefix("crates/engine/src/") else { return };
    let room = inside.split(['/', '.']).next().unwrap_or_default();
    let Some(here) = STAGES.iter().position(|stage| *stage == room) else { return };
    for (at, line) in file.text.lines().enumerate() {
        if line.trim_start().starts_with("#[cfg(test)]") {
            break;
        }
        let code = line.split("//").next().unwrap_or_default();
        for later in &STAGES[here + 1..] {
            let named = code.match_indices("crate::").any(|(from, _)| {
                code[from + 7..]
                    .strip_prefix(later)
                    .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
            });
            if named {
                findings.push(file.finding(
                    at + 1,
                    "arrow",
                    format!("{room} comes before {later} and may not know it"),
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    fn package(name: &str, dependencies: &[&str], linked: &[&str]) -> Package {
        Package {
            id: name.to_owned(),
            name: name.to_owned(),
            version: "0.1.0".to_owned(),
            license: None,
            source: None,
            dependencies: dependencies.iter().map(|name| Dependency { name: (*name).to_owned() }).collect(),
            linked: linked.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    fn what(packages: &[Package]) -> Vec<String> {
        let mut findings = Vec::new();
        look(packages, &mut findings);
        findings.into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn an_arrow_that_turns_back_is_found() {
        assert_eq!(
            what(&[package("model", &["engine"], &[]), package("engine", &["model"], &[])]),
            ["model may not know engine"]
        );
        assert_eq!(what(&[package("engine", &["wire"], &[]), package("wire", &[], &[])]), ["engine may not know wire"]);
        assert_eq!(
            what(&[package("record", &["model"], &[]), package("model", &[], &[])]),
            ["record may not know model"]
        );
        assert!(what(&[package("allclear", &["engine", "serde"], &["tokio"]), package("engine", &[], &[])]).is_empty());
    }

    #[test]
    fn a_heavy_part_under_another_crate_is_found() {
        assert_eq!(what(&[package("wire", &[], &["serde", "tokio"])]), ["tokio hangs on the program alone"]);
    }

    #[test]
    fn a_room_nobody_announced_is_found() {
        assert_eq!(what(&[package("attic", &[], &[])]).len(), 1);
    }

    #[test]
    fn inside_the_engine_an_earlier_stage_does_not_know_a_later_one() {
        let count = |path: &str, text: &str| {
            let mut findings = Vec::new();
            look_inside_the_engine(&file(path, text), &mut findings);
            findings.len()
        };
        assert_eq!(count("crates/engine/src/sense/mod.rs", "use crate::fuse::Tracker;"), 1);
        assert_eq!(count("crates/engine/src/forecast.rs", "    let x = crate::warn::policy();"), 1);
        assert_eq!(count("crates/engine/src/warn/mod.rs", "use crate::forecast::reach;"), 0);
        assert_eq!(count("crates/engine/src/fuse/mod.rs", "use crate::warning_words;"), 0);
        assert_eq!(count("crates/engine/src/sense.rs", "// crate::fuse comes later"), 0);
    }
}
