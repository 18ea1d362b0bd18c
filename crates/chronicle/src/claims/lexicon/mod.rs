//! The closed lexicon: words and phrases of three languages, and what each means to the grammar.
//!
//! Written by hand in `en.txt`, `uk.txt`, `ru.txt` and `places.txt`. `[sense]` opens a table; patterns follow, divided by
//! spaces; `_` joins the words of a phrase; `*` stands for any ending of [`ENDINGS`] (Cyrillic) or of a plural (Latin).
//! The longest pattern wins; of two equally long ones the first in the order English, Ukrainian, Russian. One lexicon
//! reads all three languages, because posts mix them and damaged posts lose the letters that tell them apart.
//! Deliberately absent: anything learned; a word that is not here is not understood.

use super::claim::{Object, Side};
use super::token::{Kind, Token, fold};
use crate::quantity::Hedge;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What a word does in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    /// A number of its own.
    Number(u64),
    /// A number that multiplies the one before: dozen, hundred, thousand.
    Mult(u64),
    /// "dozens", "сотні": no number before, and they are a vague one.
    Many(u64),
    /// "several".
    Several,
    /// "half of", "a third of": the number after it is the whole.
    Fraction,
    /// "all but": the number after it is what is left.
    Except,
    /// "не вдалося": what the clause tells did not happen.
    Fail,
    /// "denied that".
    Deny,
    /// "said": who stands before it tells, and does not act.
    Say,
    /// Two people by one noun.
    Pair,
    /// A hedge before its number.
    Hedge(Hedge),
    /// A hedge after its number.
    After(Hedge),
    /// "mostly Shaheds".
    Mostly,
    /// "at least half of them".
    HalfOf,
    /// A weapon by its family.
    Weapon(Family),
    /// A weapon by its name.
    Name(Kindred),
    /// A word that narrows what follows or went before.
    Mod(Kindred),
    /// "private".
    Private,
    /// A word inside a noun phrase that changes nothing.
    Skip,
    /// A thing that can be damaged, or a place that can be hit.
    Thing(Object),
    /// What happens and is counted by itself.
    Event(Object),
    /// Counted, but what it is cannot be known: "targets".
    Vague,
    /// People; whether children, and whether the word only tells the sex.
    Person {
        child: bool,
        gender: bool,
    },
    /// One person by a singular noun.
    One {
        child: bool,
    },
    /// People who come after: counted only where they were hurt themselves.
    Worker,
    /// Counted, and not our business: years, regions, aircraft, rescuers.
    Veto,
    /// A month.
    Month,
    /// "aged".
    Aged,
    /// "year-old", "-річний".
    YearOld,
    /// "-storey".
    Storey,
    /// "times", "разів".
    Times,
    /// "number of times".
    NumberOfTimes,
    /// "rose to": what follows is the number, not a hedge.
    Rose,
    /// What the trigger says happened.
    Act(Act),
    /// A trigger that holds only where no other does.
    Weak(Act),
    /// Grammar.
    Article,
    The,
    Of,
    To,
    Or,
    From,
    And,
    But,
    Subset,
    OfThem,
    Among,
    All,
    Both,
    Nobody,
    Info,
    Each,
    More,
    Others,
    Was,
    Not,
    Unreal,
    Prep,
    Direction,
    /// Who acts; adjective; air defence; whose attack; where the attacked are.
    Side(Side),
    SideAdj(Side),
    Guard(Side),
    Raid(Side),
    Scene(Side),
    /// Words of time.
    Time,
    /// A phrase that is no number: "one another".
    Word,
}

/// Families of weapons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Drone,
    Missile,
    Bomb,
    Guided,
    Rocket,
}

/// What narrows a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kindred {
    Shahed,
    Strike,
    Decoy,
    Recon,
    Fpv,
    Cruise,
    Ballistic,
    Aero,
    AntiAir,
    AnyMissile,
    Guided,
    Other,
}

/// What a trigger says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Launch,
    /// "recorded": what is recorded, other words tell.
    Note,
    Down,
    /// "destroyed": what, decides whether stopped or damaged.
    Destroy,
    Lose,
    Hit,
    /// A strike or shelling that was counted: places that it came to were hit.
    Blow,
    Harm,
    Wreck,
    Kill,
    Wound,
    /// "постраждали": people are wounded, things damaged.
    Suffer,
    /// "casualties": killed or wounded, nobody knows.
    Casualty,
    Missing,
    Rescue,
    Airborne,
    Left,
    Unstopped,
    Debris,
    Power,
    Breach,
    Shell,
    /// Evacuated, in hospital: not a claim.
    Aside,
}

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

struct Entry {
    /// Words after the first; whether each takes an ending.
    rest: Vec<(String, bool)>,
    sense: Sense,
}

/// A name of a place, and whose country it is in; `None` is a third one.
pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) country: Option<Side>,
}

#[derive(Default)]
struct Table {
    exact: BTreeMap<String, Vec<usize>>,
    stems: BTreeMap<String, Vec<usize>>,
}

impl Table {
    fn add(&mut self, pattern: &str, id: usize, lossy: bool) -> Vec<(String, bool)> {
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
    fn first<'a>(&'a self, word: &'a str, lossy: bool) -> impl Iterator<Item = (usize, bool)> + 'a {
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

fn fits(pattern: &(String, bool), word: &str, lossy: bool) -> bool {
    let takes = if lossy { takes_lossy } else { takes };
    if pattern.1 { word.strip_prefix(pattern.0.as_str()).is_some_and(takes) } else { pattern.0 == word }
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
            unknown: Vec::new(),
        };
        for table in [include_str!("en.txt"), include_str!("uk.txt"), include_str!("ru.txt")] {
            it.words(table);
        }
        for line in include_str!("places.txt").lines().filter(|it| !it.starts_with('#')) {
            let mut parts = line.split('|');
            let (Some(country), Some(name), Some(forms)) = (parts.next(), parts.next(), parts.next()) else { continue };
            let country = match country {
                "UA" => Some(Side::Ua),
                "RU" => Some(Side::Ru),
                _ => None,
            };
            it.places.push(Place { name, country });
            for form in forms.split_whitespace() {
                let rest = it.names.add(form, it.name_entries.len(), lossy);
                it.name_entries.push((rest, it.places.len() - 1));
            }
        }
        it
    }

    fn words(&mut self, table: &'static str) {
        let mut sense = None;
        for line in table.lines().filter(|it| !it.starts_with('#')) {
            let mut words = line;
            if let Some((header, rest)) = line.strip_prefix('[').and_then(|it| it.split_once(']')) {
                sense = sense_of(header);
                if sense.is_none() {
                    self.unknown.push(header);
                }
                words = rest;
            }
            let Some(sense) = sense else { continue };
            for pattern in words.split_whitespace().filter(|it| !it.ends_with('_')) {
                let rest = self.senses.add(pattern, self.entries.len(), self.lossy);
                self.entries.push(Entry { rest, sense });
                // Russian participles double their н when they stand before a noun.
                if matches!(sense, Sense::Act(_)) && ["ен*", "ан*", "ян*"].iter().any(|it| pattern.ends_with(it))
                {
                    let rest = self.senses.add(
                        &pattern.replacen('*', "н*", pattern.matches('*').count()),
                        self.entries.len(),
                        self.lossy,
                    );
                    self.entries.push(Entry { rest, sense });
                }
            }
        }
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

/// A token as the lexicon sees it: words, and the digits of models.
fn word(token: &Token) -> Option<&str> {
    matches!(token.kind, Kind::Word | Kind::Label(super::token::Label::Model)).then_some(token.text.as_str())
}

fn follows(rest: &[(String, bool)], tokens: &[Token], lossy: bool) -> bool {
    tokens.len() >= rest.len()
        && rest.iter().zip(tokens).all(|(pattern, token)| word(token).is_some_and(|it| fits(pattern, it, lossy)))
}

fn sense_of(header: &str) -> Option<Sense> {
    let mut parts = header.split_whitespace();
    let (name, argument) = (parts.next()?, parts.next().unwrap_or_default());
    let number = argument.parse::<u64>().ok();
    Some(match name {
        "number" => Sense::Number(number?),
        "mult" => Sense::Mult(number?),
        "many" => Sense::Many(number?),
        "several" => Sense::Several,
        "fraction" => Sense::Fraction,
        "except" => Sense::Except,
        "fail" => Sense::Fail,
        "deny" => Sense::Deny,
        "say" => Sense::Say,
        "pair" => Sense::Pair,
        "hedge" => Sense::Hedge(hedge(argument)?),
        "after" => Sense::After(hedge(argument)?),
        "mostly" => Sense::Mostly,
        "half-of" => Sense::HalfOf,
        "drone" => Sense::Weapon(Family::Drone),
        "missile" => Sense::Weapon(Family::Missile),
        "bomb" => Sense::Weapon(Family::Bomb),
        "kab" => Sense::Weapon(Family::Guided),
        "rocket" => Sense::Weapon(Family::Rocket),
        "name" => Sense::Name(kindred(argument)?),
        "mod" if argument == "private" => Sense::Private,
        "mod" if argument == "skip" => Sense::Skip,
        "mod" => Sense::Mod(kindred(argument)?),
        "thing" => Sense::Thing(Object::named(argument)?),
        "event" => Sense::Event(Object::named(argument)?),
        "vague" => Sense::Vague,
        "person" => Sense::Person { child: argument == "child", gender: argument == "gender" },
        "one" => Sense::One { child: argument == "child" },
        "worker" => Sense::Worker,
        "veto" => Sense::Veto,
        "month" | "may" => Sense::Month,
        "aged" => Sense::Aged,
        "yearold" => Sense::YearOld,
        "storey" => Sense::Storey,
        "times" => Sense::Times,
        "number-of-times" => Sense::NumberOfTimes,
        "rose" => Sense::Rose,
        "act" => Sense::Act(act(argument)?),
        "weak" => Sense::Weak(act(argument)?),
        "article" => Sense::Article,
        "the" => Sense::The,
        "of" => Sense::Of,
        "to" => Sense::To,
        "or" => Sense::Or,
        "from" => Sense::From,
        "and" => Sense::And,
        "but" => Sense::But,
        "subset" => Sense::Subset,
        "ofthem" => Sense::OfThem,
        "among" => Sense::Among,
        "all" => Sense::All,
        "both" => Sense::Both,
        "nobody" => Sense::Nobody,
        "info" => Sense::Info,
        "each" => Sense::Each,
        "more" => Sense::More,
        "others" => Sense::Others,
        "was" => Sense::Was,
        "not" => Sense::Not,
        "unreal" => Sense::Unreal,
        "prep" => Sense::Prep,
        "direction" => Sense::Direction,
        "side" => Sense::Side(side(argument)?),
        "adj" => Sense::SideAdj(side(argument)?),
        "guard" => Sense::Guard(side(argument)?),
        "raid" => Sense::Raid(side(argument)?),
        "scene" => Sense::Scene(side(argument)?),
        "time" => Sense::Time,
        "word" | "half-whole" => Sense::Word,
        _ => return None,
    })
}

fn hedge(name: &str) -> Option<Hedge> {
    Some(match name {
        "more_than" => Hedge::MoreThan,
        "at_least" => Hedge::AtLeast,
        "up_to" => Hedge::UpTo,
        "less_than" => Hedge::LessThan,
        "nearly" => Hedge::Nearly,
        "around" => Hedge::Around,
        _ => return None,
    })
}

fn side(name: &str) -> Option<Side> {
    match name {
        "RU" => Some(Side::Ru),
        "UA" => Some(Side::Ua),
        _ => None,
    }
}

fn kindred(name: &str) -> Option<Kindred> {
    Some(match name {
        "shahed" => Kindred::Shahed,
        "strike" => Kindred::Strike,
        "decoy" => Kindred::Decoy,
        "recon" => Kindred::Recon,
        "fpv" => Kindred::Fpv,
        "cruise" => Kindred::Cruise,
        "ballistic" => Kindred::Ballistic,
        "aero" => Kindred::Aero,
        "antiair" => Kindred::AntiAir,
        "anymissile" => Kindred::AnyMissile,
        "guided" => Kindred::Guided,
        "other" => Kindred::Other,
        _ => return None,
    })
}

fn act(name: &str) -> Option<Act> {
    Some(match name {
        "launch" => Act::Launch,
        "note" => Act::Note,
        "down" => Act::Down,
        "destroy" => Act::Destroy,
        "lose" => Act::Lose,
        "hit" => Act::Hit,
        "harm" => Act::Harm,
        "wreck" => Act::Wreck,
        "kill" => Act::Kill,
        "wound" => Act::Wound,
        "suffer" => Act::Suffer,
        "casualty" => Act::Casualty,
        "missing" => Act::Missing,
        "rescue" => Act::Rescue,
        "airborne" => Act::Airborne,
        "left" => Act::Left,
        "unstopped" => Act::Unstopped,
        "debris" => Act::Debris,
        "power" => Act::Power,
        "breach" => Act::Breach,
        "shell" => Act::Shell,
        "evacuate" => Act::Aside,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::token::cut;
    use super::*;

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
