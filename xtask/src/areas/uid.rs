//! Numbers the alert services give to regions and raions.
//!
//! What comes in: the table in PyPI `alerts-in-ua`. What goes out: uid by code. Two units with one title,
//! or a title nobody has, are told, never guessed.

use super::katottg::Unit;
use anyhow::{Result, ensure};
use std::collections::BTreeMap;

/// What came of the table.
pub(super) struct Uids {
    pub(super) by_code: BTreeMap<String, u32>,
    /// Titles of the table that are no region or raion.
    pub(super) unmatched: Vec<(u32, String)>,
}

/// Reads lines like `31: "м. Київ",` and finds their units.
pub(super) fn read(python: &str, units: &[Unit]) -> Result<Uids> {
    let mut by_title: BTreeMap<String, Vec<&Unit>> = BTreeMap::new();
    for unit in units {
        let title = match unit.category {
            'O' if unit.name_uk.ends_with("Крим") => unit.name_uk.clone(),
            'O' => format!("{} область", unit.name_uk),
            'P' => format!("{} район", unit.name_uk),
            'K' => format!("м. {}", unit.name_uk),
            _ => continue,
        };
        by_title.entry(fold(&title)).or_default().push(unit);
    }
    let mut found = Uids { by_code: BTreeMap::new(), unmatched: Vec::new() };
    for line in python.lines() {
        let Some((number, rest)) = line.trim().split_once(':') else { continue };
        let Ok(uid) = number.trim().parse::<u32>() else { continue };
        let title = rest.trim().trim_end_matches(',').trim_matches(['"', '\'']);
        match by_title.get(&fold(title)).map(Vec::as_slice) {
            Some([unit]) => {
                let before = found.by_code.insert(unit.code.clone(), uid);
                ensure!(before.is_none(), "{title} has two uids: {before:?} and {uid}");
            }
            _ => found.unmatched.push((uid, title.to_owned())),
        }
    }
    Ok(found)
}

fn fold(title: &str) -> String {
    title.chars().map(|c| if model::place::is_apostrophe(c) { '’' } else { c }).collect::<String>().to_lowercase()
}
