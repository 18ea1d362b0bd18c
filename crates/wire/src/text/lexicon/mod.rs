//! The lexicon: words of the three languages and what they mean in a threat post. Data tables, no rules.
//!
//! A pattern is words parted by blanks; a word is alternatives parted by `|`; `*` at the end stands for any ending.
//! The longest pattern in words wins; among equals the one without `*`, then the one that stands first.

pub(super) mod abroad;
pub(super) mod acts;
pub(super) mod compass;
pub(super) mod kinds;
pub(super) mod numbers;
pub(super) mod prepositions;
pub(super) mod regions;

use super::token::Token;
use model::{AlertLevel, AlertType, CompassPoint, Level, ThreatKind};
use std::collections::BTreeMap;

/// Grammatical number of a word for a threat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plurality {
    /// One.
    One,
    /// More than one.
    Many,
    /// The form does not tell ("БпЛА", "КАБ"): one, unless an adjective or a verb beside it is plural.
    Either,
    /// A mass noun ("балістика"): no count is said.
    Mass,
}

/// An adjective that narrows a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Narrow {
    Jet,
    Recon,
    Cruise,
    Ballistic,
    Guided,
    Strike,
}

/// The part a preposition gives to the place that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// `на`: place or target, by case.
    On,
    /// `в`, `у`: place, or target in the accusative.
    In,
    /// In the district of, beside, above, under.
    Near,
    /// Toward.
    Toward,
    /// Toward, with `на`: the accusative follows.
    Onto,
    /// Past, through.
    Via,
    /// From.
    From,
    /// `від`, `of`: origin, or what a side is measured from.
    Of,
    /// `для`: threatened.
    For,
    /// `по`.
    By,
    /// Between two places.
    Between,
    /// Along something that is not a point.
    Along,
}

/// How a compass word is formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wind {
    /// "схід": with `на` where it goes.
    Plain,
    /// "сході", "сходу": with `на` where it is, with `з` where it comes from.
    Oblique,
    /// "східний".
    Adjective,
    /// "східніше", "east of".
    Side,
    /// "eastward", "eastbound".
    Heading,
}

/// Words that bear on what is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Say {
    /// A threat, a danger.
    Threat,
    /// Launches, take-off.
    Launch,
    /// The end of something.
    Cancel,
    /// An account of the past.
    Past,
    /// An attack in an account of the past.
    PastAttack,
    /// Not, none.
    Not,
    /// Possible, expected: what follows has not happened.
    Maybe,
    /// Activity of aviation.
    Activity,
}

/// Words of alert orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alarm {
    /// "повітряна тривога".
    Alert(AlertType),
    /// A danger that has its own alert type: "загроза артобстрілу".
    Danger(AlertType),
    /// "триває".
    GoesOn,
    /// A drill, a test.
    Drill,
    /// Word that makes an order doubtful: "чи", "якщо", "очікуємо", "вчора".
    Doubt,
    /// "помилка", "фейк": what the post said before is taken back.
    Retract,
    /// "крім": what follows is left out.
    Except,
    /// "оголошено".
    Declared,
    /// "скасовано", "is over".
    Ended,
    /// "відбою": something about an end, not an end.
    OfEnd,
    /// A level.
    Level(AlertLevel),
    /// "по всій Україні".
    Country,
}

/// What a pattern means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    Kind(ThreatKind, Plurality),
    Narrow(Narrow, Plurality),
    /// A word instead of a number, with the least it stands for.
    Crowd(&'static str, u16),
    /// A number in words.
    Number(u16),
    /// "ще один", "another".
    Another,
    /// "понад".
    MoreThan,
    /// "до" before a number.
    UpTo,
    /// "близько".
    Around,
    /// A unit: the number before it counts something else.
    Unit,
    Prep(Role),
    /// "курс", "курсом".
    Course,
    /// "напрямку": makes a direction of the compass adjective before it.
    Bearing,
    Compass(CompassPoint, Wind),
    /// "частина".
    Part,
    Say(Say),
    Alarm(Alarm),
    Variable,
    Shelter,
    /// "місто": the town already named.
    TheTown,
    /// "область": the region already named.
    TheRegion,
    /// "обласний центр".
    TheSeat,
    /// A place abroad or at sea, by its name in Ukrainian.
    Beyond(&'static str),
    /// Our own country or its air space: no place is said.
    Homeland,
    /// Noun after a region's adjective.
    Head(Level),
    /// Noun before a settlement's name, with the category it calls for.
    TownHead(char),
    And,
    /// A plural verb or adjective: makes a form that does not tell its number plural.
    ManyMark,
    /// A word the grammar passes over.
    Filler,
}

/// One compiled pattern.
struct Pattern {
    words: Vec<Vec<(String, bool)>>,
    exact: bool,
    sense: Sense,
}

/// The compiled lexicon.
pub(super) struct Lexicon {
    patterns: Vec<Pattern>,
    by_first: BTreeMap<char, Vec<usize>>,
}

impl Lexicon {
    /// Compiles the tables.
    pub(super) fn new() -> Self {
        let mut lexicon = Self { patterns: Vec::new(), by_first: BTreeMap::new() };
        let tables: [&[(&str, Sense)]; 6] =
            [kinds::KINDS, acts::ACTS, acts::ALARMS, numbers::NUMBERS, prepositions::PREPOSITIONS, abroad::ABROAD];
        for (pattern, sense) in tables.into_iter().flatten() {
            lexicon.add(pattern, *sense);
        }
        for (pattern, point, wind) in compass::COMPASS {
            lexicon.add(pattern, Sense::Compass(*point, *wind));
        }
        for (pattern, sense) in regions::HEADS {
            lexicon.add(pattern, *sense);
        }
        lexicon
    }

    fn add(&mut self, pattern: &str, sense: Sense) {
        let words: Vec<Vec<(String, bool)>> = pattern
            .split(' ')
            .map(|word| {
                word.split('|')
                    .map(|alternative| match alternative.strip_suffix('*') {
                        Some(stem) => (stem.to_owned(), true),
                        None => (alternative.to_owned(), false),
                    })
                    .collect()
            })
            .collect();
        let exact = words.iter().flatten().all(|(_, open)| !open);
        let at = self.patterns.len();
        let mut firsts: Vec<char> =
            words.iter().take(1).flatten().filter_map(|(stem, _)| stem.chars().next()).collect();
        firsts.sort_unstable();
        firsts.dedup();
        for first in firsts {
            self.by_first.entry(first).or_default().push(at);
        }
        self.patterns.push(Pattern { words, exact, sense });
    }

    /// The level a noun beside an adjective stands for, whatever else the word means.
    pub(super) fn head(token: &Token) -> Option<Level> {
        regions::HEADS.iter().find_map(|(pattern, sense)| match sense {
            Sense::Head(level) if pattern.split('|').any(|word| word == token.word) => Some(*level),
            _ => None,
        })
    }

    /// The meaning of the words at `at`, with the number of tokens read.
    pub(super) fn read(&self, tokens: &[Token], at: usize) -> Option<(Sense, usize)> {
        let first = tokens.get(at)?.word.chars().next()?;
        let mut best: Option<&Pattern> = None;
        for index in self.by_first.get(&first)? {
            let Some(pattern) = self.patterns.get(*index) else { continue };
            let fits = pattern.words.iter().enumerate().all(|(n, alternatives)| {
                tokens.get(at + n).is_some_and(|token| {
                    token.is_word()
                        && alternatives.iter().any(|(stem, open)| {
                            if *open { token.word.starts_with(stem.as_str()) } else { token.word == *stem }
                        })
                })
            });
            let rank = |pattern: &Pattern| (pattern.words.len(), pattern.exact);
            if fits && best.is_none_or(|best| rank(pattern) > rank(best)) {
                best = Some(pattern);
            }
        }
        best.map(|pattern| (pattern.sense, pattern.words.len()))
    }
}
