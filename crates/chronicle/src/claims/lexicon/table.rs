//! Patterns of words by their first word, with and without an ending.

use super::super::token::fold;
use std::collections::BTreeMap;

/// Endings of Ukrainian and Russian nouns, adjectives and verbs that `*` takes.
const ENDINGS: [&str; 95] = [
    "", "а", "у", "ом", "ем", "єм", "і", "и", "е", "є", "ю", "я", "ь", "й", "ї", "о", "ы", "ів", "їв", "ов", "ев",
    "ей", "ам", "ям", "ами", "ями", "ах", "ях", "ові", "еві", "єві", "ою", "ею", "єю", "ої", "ій", "ий", "их", "ім",
    "им", "ими", "ого", "ому", "ый", "ых", "ым", "ыми", "ая", "ое", "ее", "ые", "ие", "ой", "ую", "яя", "его", "ему",
    "ія", "ії", "ію", "ією", "ья", "ьми", "ія_", "ло", "ли", "ла", "л", "в", "ся", "ась", "ись", "ось", "ию", "ии",
    "ий", "ия", "ием", "ня", "ню", "ням", "іх", "іми", "иям", "іях", "юю", "ьою", "ьої", "ього", "ьому", "іям", "іями",
    "иях", "иями", "иями",
];
/// Letters of the longest ending.
const ENDING_LETTERS_MAX: usize = 4;

#[derive(Default)]
pub(super) struct Table {
    exact: BTreeMap<String, Vec<usize>>,
    stems: BTreeMap<String, Vec<usize>>,
}

impl Table {
    pub(super) fn add(&mut self, pattern: &str, id: usize, lossy: bool) -> Vec<(String, bool)> {
        let pattern = &if lossy { pattern.replace('і', "") } else { pattern.to_owned() };
        let mut words = pattern.split(['_', '-']).map(|it| match it.strip_suffix('*') {
            Some(stem) => (fold(stem), true),
            None => (fold(it), false),
        });
        let (first, stem) = words.next().unwrap_or_default();
        let map = if stem { &mut self.stems } else { &mut self.exact };
        map.entry(first).or_default().push(id);
        words.filter(|(word, _)| !word.is_empty()).collect()
    }

    /// Entries whose first word this is.
    pub(super) fn first<'a>(&'a self, word: &'a str, lossy: bool) -> impl Iterator<Item = (usize, bool)> + 'a {
        let stems = stems_of(word, lossy).filter_map(|stem| self.stems.get(stem)).flatten().map(|id| (*id, false));
        self.exact.get(word).into_iter().flatten().map(|id| (*id, true)).chain(stems)
    }
}

/// Every beginning of a word that leaves an ending.
fn stems_of(word: &str, lossy: bool) -> impl Iterator<Item = &str> {
    let count = word.chars().count();
    (0..=ENDING_LETTERS_MAX.min(count.saturating_sub(1))).filter_map(move |tail| {
        let at = word.char_indices().nth(count - tail).map_or(word.len(), |(at, _)| at);
        let (stem, ending) = word.split_at(at);
        (if lossy { takes_lossy(ending) } else { takes(ending) }).then_some(stem)
    })
}

fn takes(ending: &str) -> bool {
    ENDINGS.contains(&ending) || matches!(ending, "s" | "es")
}

/// What the letter і leaves of an ending.
fn takes_lossy(ending: &str) -> bool {
    takes(ending) || matches!(ending, "х" | "м" | "ми" | "ям" | "ях")
}

pub(super) fn fits(pattern: &(String, bool), word: &str, lossy: bool) -> bool {
    let takes = if lossy { takes_lossy } else { takes };
    if pattern.1 { word.strip_prefix(pattern.0.as_str()).is_some_and(takes) } else { pattern.0 == word }
}
