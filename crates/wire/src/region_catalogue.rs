//! A service's region catalogue: the numbers it gives to regions, raions and hromadas.
//!
//! What comes in: `/api/v3/regions` of ukrainealarm (`states` with `regionChildIds`) or the nested form with
//! `stateId`, `districtId` and `communityId`. What goes out: [`Catalogue`], a flat list of numbers with level, name
//! and parent, and [`Catalogue::matched`], which finds their communities in an area set by name.
//! What always holds: a number is given to at most one community; a name that fits none or two is refused, not
//! guessed, unless its raion leaves only one choice (see `leftover`). Deliberately absent: changing the area set; `allclear areas import` does that.

use crate::error::{WireError, quoted};
use crate::upstream::region::{Named, Regions, TEST_UID};
use crate::upstream::{BODY_BYTES_MAX, json};
use model::{AreaSet, Code, Level, Refusal};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

mod leftover;

/// Most regions of one catalogue.
pub const REGIONS_MAX: usize = 50_000;

/// The numbers of a service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Regions from the top down: a parent stands before its children.
    pub entries: Vec<Entry>,
    /// Entries that could not be read.
    pub refused: Vec<Refusal>,
}

/// One region of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub uid: u32,
    /// Its level as the catalogue nests it. Kharkiv and Zaporizhzhia hromadas stand on the first level.
    pub level: Level,
    /// Its name with its type.
    pub name: String,
    /// The number of the region it stands under.
    pub parent_uid: Option<u32>,
}

/// How the two forms name the parts of a level: number, name, children.
struct Fields {
    level: Level,
    uid: [&'static str; 2],
    name: [&'static str; 2],
    children: [&'static str; 2],
}

const LEVELS: [Fields; 3] = [
    Fields {
        level: Level::Oblast,
        uid: ["regionId", "stateId"],
        name: ["regionName", "stateName"],
        children: ["regionChildIds", "districts"],
    },
    Fields {
        level: Level::Raion,
        uid: ["regionId", "districtId"],
        name: ["regionName", "districtName"],
        children: ["regionChildIds", "communities"],
    },
    Fields {
        level: Level::Hromada,
        uid: ["regionId", "communityId"],
        name: ["regionName", "communityName"],
        children: ["regionChildIds", "regionChildIds"],
    },
];

/// Reads a catalogue in either form.
pub fn decode(bytes: &[u8]) -> Result<Catalogue, WireError> {
    let body = json::parse(bytes, BODY_BYTES_MAX)?;
    let Some(Value::Array(states)) = body.get("states") else {
        return Err(WireError::shape("$.states", json::kind(&body), "an object with a list \"states\""));
    };
    let mut catalogue = Catalogue::default();
    for (n, state) in states.iter().enumerate() {
        catalogue.read(state, &LEVELS, None, &format!("$.states[{n}]"))?;
    }
    Ok(catalogue)
}

impl Catalogue {
    fn read(&mut self, of: &Value, levels: &[Fields], parent: Option<u32>, path: &str) -> Result<(), WireError> {
        let Some((fields, below)) = levels.split_first() else { return Ok(()) };
        if self.entries.len() + self.refused.len() >= REGIONS_MAX {
            return Err(WireError::large(path, format!("{REGIONS_MAX} regions before it"), "no more"));
        }
        let uid = fields.uid.iter().find_map(|field| json::number(of, field));
        let name = fields.name.iter().find_map(|field| json::text(of, field));
        let (Some(uid), Some(name)) = (uid, name) else {
            let detail = format!("read {path}: found {}, expected a region with number and name", json::kind(of));
            self.refused.push(refusal("wrong_shape", detail));
            return Ok(());
        };
        // ukrainealarm tells the level; where it says otherwise than its nesting, its word is taken.
        let level = match json::text(of, "regionType") {
            Some("State") => Level::Oblast,
            Some("District") => Level::Raion,
            Some("Community") => Level::Hromada,
            _ => fields.level,
        };
        self.entries.push(Entry { uid, level, name: name.to_owned(), parent_uid: parent });
        let children = fields.children.iter().find_map(|field| json::list(of, field).ok().filter(|l| !l.is_empty()));
        for (n, child) in children.unwrap_or_default().iter().enumerate() {
            self.read(child, below, Some(uid), &format!("{path}.{}[{n}]", fields.children[0]))?;
        }
        Ok(())
    }

    /// The community of each number, by names within the parent's community, and what could not be found.
    ///
    /// Numbers the area set already has keep their community.
    pub fn matched(&self, areas: &AreaSet) -> (Vec<(u32, Code)>, Vec<Refusal>) {
        let regions = Regions::new(areas);
        let mut found = BTreeMap::<u32, Code>::new();
        let mut refused = Vec::new();
        let mut open: BTreeMap<Code, Vec<&Entry>> = BTreeMap::new();
        for entry in self.entries.iter().filter(|entry| entry.uid != TEST_UID) {
            if found.contains_key(&entry.uid) {
                refused.push(refusal("double_number", format!("use uid {} a second time: {}", entry.uid, entry.name)));
                continue;
            }
            let within = entry.parent_uid.and_then(|uid| found.get(&uid).copied());
            let named = Named { uid: Some(entry.uid), title: Some(&entry.name), ..Named::default() };
            // A child of a region that was not found is looked for nowhere: the same name may stand elsewhere.
            let hit = if entry.parent_uid.is_some() && within.is_none() {
                regions.by_uid(entry.uid)
            } else {
                regions.resolve_within(named, within)
            };
            match hit {
                Some(code) => drop(found.insert(entry.uid, code)),
                None => match within.filter(|_| entry.level == Level::Hromada) {
                    Some(raion) => open.entry(raion).or_default().push(entry),
                    None => refused.push(unknown(entry)),
                },
            }
        }
        for (raion, entries) in open {
            let claimed: BTreeSet<Code> = found.values().copied().collect();
            let left = entries.iter().map(|entry| leftover::Open { uid: entry.uid, title: &entry.name }).collect();
            found.extend(leftover::settle(areas, raion, &claimed, left));
            refused.extend(entries.into_iter().filter(|entry| !found.contains_key(&entry.uid)).map(unknown));
        }
        (found.into_iter().collect(), refused)
    }
}

fn unknown(entry: &Entry) -> Refusal {
    let why = "no community, or more than one, has this name there";
    refusal("unknown_region", format!("find uid {} {} in the area set: {why}", entry.uid, quoted(&entry.name)))
}

fn refusal(reason: &str, detail: String) -> Refusal {
    Refusal { reason: reason.into(), detail, start: 0, end: 0 }
}

#[cfg(test)]
mod tests;
