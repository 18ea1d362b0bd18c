//! Sets of areas, each kept once and known by its number.

use super::rings::small;
use std::collections::BTreeMap;

/// Lists of areas. Set 0 is the empty one.
#[derive(Debug, Clone)]
pub(super) struct Sets {
    /// Where each set begins; one more than there are sets.
    from: Vec<u32>,
    members: Vec<u32>,
}

/// Sets while they are collected.
#[derive(Debug)]
pub(super) struct Collected {
    sets: Sets,
    known: BTreeMap<Box<[u32]>, u32>,
    /// The last one asked for, which is mostly the next one too.
    last: u32,
}

impl Sets {
    pub(super) const EMPTY: u32 = 0;

    /// The members of a set, sorted.
    #[inline]
    pub(super) fn of(&self, set: u32) -> &[u32] {
        &self.members[self.from[set as usize] as usize..self.from[set as usize + 1] as usize]
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.from[..]) + size_of_val(&self.members[..])
    }
}

impl Default for Collected {
    fn default() -> Self {
        let sets = Sets { from: vec![0, 0], members: Vec::new() };
        Self { sets, known: BTreeMap::from([(Box::default(), Sets::EMPTY)]), last: Sets::EMPTY }
    }
}

impl Collected {
    /// The number of a set; `members` must be sorted.
    pub(super) fn number(&mut self, members: &[u32]) -> u32 {
        if self.sets.of(self.last) == members {
            return self.last;
        }
        self.last = self.known.get(members).copied().unwrap_or_else(|| {
            let set = small(self.sets.from.len() - 1);
            self.sets.members.extend_from_slice(members);
            self.sets.from.push(small(self.sets.members.len()));
            self.known.insert(members.into(), set);
            set
        });
        self.last
    }

    pub(super) const fn sets(&self) -> &Sets {
        &self.sets
    }

    pub(super) fn into_sets(self) -> Sets {
        self.sets
    }
}
