//! The area set: communities and settlements with codes, names, parents, centres and people.
//!
//! What comes in: areas, each naming its parent. What goes out: look-ups by code, uid, level, ancestry and position.
//! What always holds: one root; every parent exists; codes and uids are unique; `iter` and every list is in code order.
//! Deliberately absent: grammar (declined names are the business of `wire`), exact boundaries (see [`Outline`]).

use super::index::AreaIndex;
use super::{Code, Level, Outline, Position};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// One community or settlement.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Its code.
    pub code: Code,
    /// Its level.
    pub level: Level,
    /// The community directly above; `None` for the country.
    pub parent: Option<Code>,
    /// Name in Ukrainian without its type: "Сумська", "Конотопський", "Бахмацька", "Конотоп".
    pub name_uk: String,
    /// Name in English (KMU-55 romanisation unless there is an established one), without its type: "Sumy", "Konotop", "Bakhmach".
    pub name_en: String,
    /// KATOTTG category letter: O, K, P, H, M, T, C, X, B; `U` for the country.
    pub category: char,
    /// The number the alert services give it.
    pub uid: Option<u32>,
    /// Centre, WGS 84. An unplaced hromada carries its raion's centre, an unplaced settlement its hromada's.
    pub centre: Position,
    /// Radius about `centre` that holds it, kilometres; of an unplaced one the radius of what holds it.
    pub radius_km: f64,
    /// Whether the centre is its own (matched) or its parent's.
    pub placed: bool,
    /// People, when known; of a community those of its settlements whose number is known (a lower bound).
    pub population: Option<u32>,
}

/// Why a list of areas is no area set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AreaSetError {
    /// Two areas share a code.
    #[error("put {0} into the area set a second time")]
    CodeTwice(Code),
    /// A code that no area has.
    #[error("find area {0}: not in the area set")]
    NoArea(Code),
    /// An area names a parent that is not there.
    #[error("find parent {parent} of {code}: not in the area set")]
    NoParent {
        /// The area.
        code: Code,
        /// The parent it names.
        parent: Code,
    },
    /// A parent must be wider than its child, so that no chain is a ring.
    #[error("put {code} under {parent}: expected a wider level above, or a settlement under a city")]
    ParentNotWider {
        /// The area.
        code: Code,
        /// The parent it names.
        parent: Code,
    },
    /// Outlines that are none: what the index says of them.
    #[error("{0}")]
    Outlines(String),
    /// Two areas share a uid.
    #[error("give uid {uid} to {code}: {other} has it")]
    UidTwice {
        /// The number.
        uid: u32,
        /// The second area.
        code: Code,
        /// The first area.
        other: Code,
    },
    /// A line of an area file cannot be read.
    #[error("read line {line} of {file}: {reason}")]
    Line {
        /// The file.
        file: &'static str,
        /// Counted from 1.
        line: usize,
        /// What was wrong.
        reason: &'static str,
    },
}

/// Every community and settlement of a country, by code.
#[derive(Debug, Clone, Default)]
pub struct AreaSet {
    /// Sorted by code.
    areas: Vec<Area>,
    /// Index of each area's parent; its own index for the root.
    parents: Vec<u32>,
    /// Children of area `i` are `children[children_from[i]..children_from[i + 1]]`, in code order.
    children: Vec<u32>,
    children_from: Vec<u32>,
    by_uid: BTreeMap<u32, u32>,
    seats: BTreeMap<Code, Code>,
    pub(super) outlines: BTreeMap<Code, Outline>,
    /// Of the outlines and settlements, made when it is first asked.
    pub(super) index: OnceLock<AreaIndex>,
}

impl AreaSet {
    /// Ties areas together.
    pub fn new(mut areas: Vec<Area>) -> Result<Self, AreaSetError> {
        areas.sort_by_key(|area| area.code);
        if let Some(pair) = areas.windows(2).find(|pair| pair[0].code == pair[1].code) {
            return Err(AreaSetError::CodeTwice(pair[0].code));
        }
        let mut set = Self { areas, ..Self::default() };
        let mut counts = vec![0_u32; set.areas.len() + 1];
        // Neighbours in code order mostly share their parent, so the last answer is asked first.
        let mut last = 0;
        for at in 0..set.areas.len() {
            let area = &set.areas[at];
            let parent = match area.parent {
                None => at,
                Some(parent) if set.areas[last].code == parent => last,
                Some(parent) => set.index(parent).ok_or(AreaSetError::NoParent { code: area.code, parent })?,
            };
            last = parent;
            let above = &set.areas[parent];
            // A city district lies in a city, both settlements; a city never lies in a city district.
            let district = area.level == Level::Settlement && above.level == Level::Settlement && area.category == 'B';
            if parent != at && above.level >= area.level && (!district || above.category == 'B') {
                return Err(AreaSetError::ParentNotWider { code: area.code, parent: above.code });
            }
            if let Some(uid) = area.uid
                && let Some(before) = set.by_uid.insert(uid, small(at))
            {
                return Err(AreaSetError::UidTwice { uid, code: area.code, other: set.areas[before as usize].code });
            }
            if parent != at {
                counts[parent + 1] += 1;
            }
            set.parents.push(small(parent));
        }
        for at in 1..counts.len() {
            counts[at] += counts[at - 1];
        }
        let mut next = counts.clone();
        set.children = vec![0; counts.last().map_or(0, |n| *n as usize)];
        for (at, &parent) in set.parents.iter().enumerate() {
            let parent = parent as usize;
            if parent != at {
                set.children[next[parent] as usize] = small(at);
                next[parent] += 1;
            }
        }
        set.children_from = counts;
        Ok(set)
    }

    fn index(&self, code: Code) -> Option<usize> {
        self.areas.binary_search_by_key(&code, |area| area.code).ok()
    }

    /// The area of that code.
    pub fn get(&self, code: Code) -> Option<&Area> {
        self.index(code).map(|at| &self.areas[at])
    }

    /// All areas, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Area> {
        self.areas.iter()
    }

    /// How many areas there are.
    pub fn len(&self) -> usize {
        self.areas.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    /// Areas directly below, by code; none for an unknown code.
    pub fn children(&self, code: Code) -> impl Iterator<Item = &Area> {
        self.index(code).map_or(&[][..], |at| self.below(at)).iter().map(|&at| &self.areas[at as usize])
    }

    fn below(&self, at: usize) -> &[u32] {
        &self.children[self.children_from[at] as usize..self.children_from[at + 1] as usize]
    }

    /// Communities above, nearest first, up to the country; without the area itself.
    pub fn ancestors(&self, code: Code) -> impl Iterator<Item = &Area> {
        let mut at = self.index(code);
        std::iter::from_fn(move || {
            let parent = self.parents[at?] as usize;
            at = (Some(parent) != at).then_some(parent);
            at.map(|at| &self.areas[at])
        })
    }

    /// Everything below at any depth, parents before their children; without the area itself.
    pub fn descendants(&self, code: Code) -> impl Iterator<Item = &Area> {
        let mut open: Vec<u32> = self.index(code).map_or(&[][..], |at| self.below(at)).iter().rev().copied().collect();
        std::iter::from_fn(move || {
            let at = open.pop()? as usize;
            open.extend(self.below(at).iter().rev());
            Some(&self.areas[at])
        })
    }

    /// Whether `code` is `ancestor` or lies below it.
    pub fn covers(&self, ancestor: Code, code: Code) -> bool {
        self.index(code).is_some() && (ancestor == code || self.ancestors(code).any(|area| area.code == ancestor))
    }

    /// The area with that number at the alert services.
    pub fn by_uid(&self, uid: u32) -> Option<&Area> {
        self.by_uid.get(&uid).map(|&at| &self.areas[at as usize])
    }

    /// The region (first level) of an area; itself for a region, `None` for the country.
    pub fn region_of(&self, code: Code) -> Option<&Area> {
        self.at_or_above(code, Level::Oblast)
    }

    /// The area itself or its ancestor at that level.
    pub fn at_or_above(&self, code: Code, level: Level) -> Option<&Area> {
        self.get(code).into_iter().chain(self.ancestors(code)).find(|area| area.level == level)
    }

    /// All areas of a level, by code.
    pub fn at_level(&self, level: Level) -> impl Iterator<Item = &Area> {
        self.areas.iter().filter(move |area| area.level == level)
    }

    /// Towns and villages of a community at any depth, city districts excluded; a city with special status has none
    /// besides itself and gives its districts.
    pub fn settlements_of(&self, code: Code) -> impl Iterator<Item = &Area> {
        let city = self.get(code).is_some_and(|area| area.category == 'K');
        self.descendants(code).filter(move |area| area.level == Level::Settlement && (city || area.category != 'B'))
    }

    /// The settlement a hromada is governed from.
    pub fn seat(&self, hromada: Code) -> Option<&Area> {
        self.seats.get(&hromada).and_then(|seat| self.get(*seat))
    }

    /// The approximate outline of a region or raion.
    pub fn outline(&self, code: Code) -> Option<&Outline> {
        self.outlines.get(&code)
    }

    pub(super) fn with_seats(mut self, seats: BTreeMap<Code, Code>) -> Self {
        self.seats = seats;
        self
    }

    /// The set with numbers of the alert services added or replaced.
    pub fn with_uids(mut self, uids: &BTreeMap<Code, u32>) -> Result<Self, AreaSetError> {
        for (code, uid) in uids {
            let Some(at) = self.index(*code) else { continue };
            if let Some(&other) = self.by_uid.get(uid)
                && other as usize != at
            {
                let other = self.areas[other as usize].code;
                return Err(AreaSetError::UidTwice { uid: *uid, code: *code, other });
            }
            if let Some(before) = self.areas[at].uid.replace(*uid) {
                self.by_uid.remove(&before);
            }
            self.by_uid.insert(*uid, small(at));
        }
        Ok(self)
    }
}

/// Indices fit: an area set has far fewer than 2^32 areas.
fn small(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
