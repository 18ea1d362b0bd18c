//! The closed lexicon: words and phrases of three languages, and what each means to the grammar.
//!
//! Written by hand in `en.txt`, `uk.txt`, `ru.txt` and `places.txt`. `[sense]` opens a table; patterns follow, divided by
//! spaces; `_` joins the words of a phrase; `*` stands for any ending of [`ENDINGS`] (Cyrillic) or of a plural (Latin).
//! The longest pattern wins; of two equally long ones the first in the order English, Ukrainian, Russian. One lexicon
//! reads all three languages, because posts mix them and damaged posts lose the letters that tell them apart.
//! Deliberately absent: anything learned; a word that is not here is not understood.

mod header;
mod sense;
mod table;

use super::claim::Side;
use super::token::{Kind, Token};
use header::{Header, folk, header_of};
pub(super) use sense::{Act, Family, Kindred, Mark, Sense};
use std::sync::LazyLock;
use table::{Table, fits};

struct Entry {
    /// Words after the first; whether each takes an ending.
    rest: Vec<(String, bool)>,
    sense: Sense,
}

/// A name of a place.
pub(super) struct Place {
    pub(super) name: &'static str,
    /// Who is struck there; `None` says nothing.
    pub(super) country: Option<Side>,
    /// Whose country it is in; `None` is a third one, or no country.
    pub(super) land: Option<Side>,
}

/// The lexicon.
pub(super) struct Lexicon {
    senses: Table,
    entries: Vec<Entry>,
    names: Table,
    name_entries: Vec<(Vec<(String, bool)>, usize)>,
    /// Every place, once.
    pub(super) places: Vec<Place>,
    /// Without the letter і.
    lossy: bool,
    marks: Table,
    mark_entries: Vec<u32>,
    /// Headers that no sense answers to; a test holds that there are none.
    unknown: Vec<&'static str>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::written(false));
/// For pages that have lost every letter і.
static LOSSY: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::written(true));

impl Lexicon {
    /// The one lexicon there is.
    pub(super) fn get() -> &'static Self {
        &LEXICON
    }

    /// The same one, for a text that has lost every letter і.
    pub(super) fn lossy() -> &'static Self {
        &LOSSY
    }

    fn written(lossy: bool) -> Self {
        let mut it = Self {
            lossy,
            senses: Table::default(),
            entries: Vec::new(),
            names: Table::default(),
            name_entries: Vec::new(),
            places: Vec::new(),
            marks: Table::default(),
            mark_entries: Vec::new(),
            unknown: Vec::new(),
        };
        for table in [include_str!("en.txt"), include_str!("uk.txt"), include_str!("ru.txt")] {
            it.words(table);
        }
        for line in include_str!("places.txt").lines().filter(|it| !it.starts_with('#')) {
            let mut parts = line.split('|');
            let (Some(country), Some(name), Some(forms)) = (parts.next(), parts.next(), parts.next()) else { continue };
            let (country, land) = match country {
                "UA" => (Some(Side::Ua), Some(Side::Ua)),
                "RU" => (Some(Side::Ru), Some(Side::Ru)),
                // Ukraine's, held by Russia: who is struck there, and by whose word it is told.
                "OC" => (Some(Side::Ru), Some(Side::Ua)),
                // Ukraine's, and the name alone tells nothing of who strikes it.
                "U?" => (None, Some(Side::Ua)),
                _ => (None, None),
            };
            it.places.push(Place { name, country, land });
            for form in forms.split_whitespace() {
                let rest = it.names.add(form, it.name_entries.len(), lossy);
                it.name_entries.push((rest, it.places.len() - 1));
                // "Грайворон*" is "грайворонський" and "грайворонский" too.
                if let Some(stem) = form.strip_suffix('*').filter(|it| is_bare_stem(it)) {
                    for adjective in [format!("{stem}ськ*"), format!("{stem}ск*")] {
                        let rest = it.names.add(&adjective, it.name_entries.len(), lossy);
                        it.name_entries.push((rest, it.places.len() - 1));
                    }
                }
            }
        }
        it
    }

    fn words(&mut self, table: &'static str) {
        let mut header = None;
        for line in table.lines().filter(|it| !it.starts_with('#')) {
            let mut words = line;
            if let Some((name, rest)) = line.strip_prefix('[').and_then(|it| it.split_once(']')) {
                header = header_of(name);
                if header.is_none() {
                    self.unknown.push(name);
                }
                words = rest;
            }
            for pattern in words.split_whitespace().filter(|it| !it.ends_with('_')) {
                match header {
                    Some(Header::Sense(sense)) => self.sense(pattern, sense),
                    Some(Header::Mark(mark)) => {
                        self.marks.add(pattern, self.mark_entries.len(), self.lossy);
                        self.mark_entries.push(mark.bit());
                    }
                    Some(Header::Folk { feminine }) => {
                        for (word, sense) in folk(pattern, feminine) {
                            self.entry(&word, sense);
                        }
                    }
                    None => {}
                }
            }
        }
    }

    fn entry(&mut self, pattern: &str, sense: Sense) {
        let rest = self.senses.add(pattern, self.entries.len(), self.lossy);
        self.entries.push(Entry { rest, sense });
    }

    fn sense(&mut self, pattern: &str, sense: Sense) {
        self.entry(pattern, sense);
        if !matches!(sense, Sense::Act(_) | Sense::Weak(_)) {
            return;
        }
        // Russian participles double their н when they stand before a noun.
        if ["ен*", "ан*", "ян*"].iter().any(|it| pattern.ends_with(it)) {
            self.entry(&pattern.replacen('*', "н*", pattern.matches('*').count()), sense);
        }
        // Masculine past and gerund: "збил*" is "збив" and "збивши" too.
        if ["ил*", "ал*", "ял*", "іл*", "ул*"].iter().any(|it| pattern.contains(it)) {
            for end in ["в", "вши"] {
                let past = ["и", "а", "я", "і", "у"].iter().fold(pattern.to_owned(), |word, vowel| {
                    word.replace(&format!("{vowel}л*"), &format!("{vowel}{end}"))
                });
                self.entry(&past, sense);
            }
        }
    }

    /// What a word is beside its sense, as the bits of [`Mark`].
    pub(super) fn marks(&self, token: &Token) -> u32 {
        let Some(head) = word(token) else { return 0 };
        self.marks.first(head, self.lossy).fold(0, |bits, (id, _)| bits | self.mark_entries[id])
    }

    /// The longest entry at the head of these tokens: its sense, and how many tokens it takes.
    pub(super) fn at(&self, tokens: &[Token]) -> Option<(Sense, usize)> {
        // The longest, then the one without an ending, then the first.
        let mut best: Option<(usize, bool, usize)> = None;
        let head = word(tokens.first()?)?;
        for (id, exact) in self.senses.first(head, self.lossy) {
            let rest = &self.entries[id].rest;
            let this = (rest.len() + 1, exact, usize::MAX - id);
            if best.is_none_or(|best| this > best) && follows(rest, &tokens[1..], self.lossy) {
                best = Some(this);
            }
        }
        best.map(|(length, _, id)| (self.entries[usize::MAX - id].sense, length))
    }

    /// The longest name of a place at the head of these tokens.
    pub(super) fn place(&self, tokens: &[Token]) -> Option<(usize, usize)> {
        let head = word(tokens.first()?)?;
        if !tokens[0].capital {
            return None;
        }
        self.names
            .first(head, self.lossy)
            .map(|(id, _)| &self.name_entries[id])
            .filter(|(rest, _)| follows(rest, &tokens[1..], self.lossy))
            .map(|(rest, place)| (*place, rest.len() + 1))
            .max_by_key(|(place, length)| (*length, usize::MAX - place))
    }
}

/// A Cyrillic name of one word whose adjective is not written.
fn is_bare_stem(stem: &str) -> bool {
    !stem.is_ascii()
        && !stem.contains(['_', '*'])
        && !stem.ends_with("ськ")
        && !stem.ends_with("ск")
        && stem.chars().count() > 3
}

/// A token as the lexicon sees it: words, and the digits of models.
fn word(token: &Token) -> Option<&str> {
    matches!(token.kind, Kind::Word | Kind::Label(super::token::Label::Model)).then_some(token.text.as_str())
}

fn follows(rest: &[(String, bool)], tokens: &[Token], lossy: bool) -> bool {
    tokens.len() >= rest.len()
        && rest.iter().zip(tokens).all(|(pattern, token)| word(token).is_some_and(|it| fits(pattern, it, lossy)))
}

#[cfg(test)]
mod tests {
    use super::super::token::cut;
    use super::*;
    use crate::quantity::Hedge;

    #[test]
    fn every_table_has_a_sense() {
        assert_eq!(Lexicon::get().unknown, Vec::<&str>::new());
    }

    #[test]
    fn the_longest_entry_wins_in_any_case_of_the_language() {
        let check = |text: &str, sense: Sense, length: usize| {
            assert_eq!(Lexicon::get().at(&cut(text)), Some((sense, length)), "{text}");
        };
        check("безпілотниками", Sense::Weapon(Family::Drone), 1);
        check("керованих авіаційних бомб", Sense::Weapon(Family::Guided), 3);
        check("guided aerial bombs", Sense::Weapon(Family::Guided), 3);
        check("не менше ніж", Sense::Hedge(Hedge::AtLeast), 3);
        check("п’ятеро", Sense::Number(5), 1);
        check("локаційно втрачені", Sense::Act(Act::Lose), 2);
        check("Х-101", Sense::Name(Kindred::Cruise), 2);
        check("S-300", Sense::Name(Kindred::AntiAir), 2);
    }

    #[test]
    fn a_region_is_more_than_its_city() {
        let lexicon = Lexicon::get();
        let name = |text: &str| lexicon.place(&cut(text)).map(|(place, _)| lexicon.places[place].name);
        assert_eq!(name("Харківській області"), Some("Kharkiv Oblast"));
        assert_eq!(name("Харкові"), Some("Kharkiv"));
        assert_eq!(name("Krasnodar Krai"), Some("Krasnodar Krai"));
        assert_eq!(name("сум"), None);
    }
}
