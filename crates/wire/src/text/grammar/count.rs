//! How many: numbers, number words, groups, bounds, and the grammatical number of the noun.

use super::mark::{Mark, Meaning};
use crate::text::lexicon::{Plurality, Sense};
use crate::text::token::TokenKind;
use model::Count;

/// How a number is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Bound {
    #[default]
    Exact,
    /// "понад": it is the least.
    Below,
    /// "до": it is the most.
    Above,
    About,
}

/// What stands beside a kind and tells how many.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    number: Option<(u16, u16)>,
    crowd: Option<(&'static str, u16)>,
    bound: Bound,
    /// An adjective or a verb in the plural.
    pub(super) many: bool,
}

impl Told {
    /// "2 групи БпЛА": so many groups; else so many objects.
    fn number(&mut self, low: u16, high: u16) {
        match &mut self.crowd {
            Some((word, least)) if low > 1 => {
                *word = "several groups";
                *least = (*least).max(low.saturating_mul(2));
            }
            Some(_) => {}
            None => self.number = Some((low, high)),
        }
    }

    /// Takes a mark in, going away from the noun; false when it tells nothing of a number.
    pub(super) fn take(&mut self, mark: &Mark) -> bool {
        match mark.meaning {
            Meaning::Count(low, high) => self.number(low, high),
            Meaning::Lex(Sense::Number(n)) => self.number(n, n),
            Meaning::Lex(Sense::Another) => {
                if self.number.is_none() {
                    self.number(1, 1);
                }
            }
            // "група до 10 БпЛА": the number nearer to the noun counts what is in the group.
            Meaning::Lex(Sense::Crowd(word, least)) => {
                if self.number.is_none() {
                    self.crowd = Some((word, least));
                }
            }
            Meaning::Lex(Sense::MoreThan) => self.bound = Bound::Below,
            Meaning::Lex(Sense::UpTo) => self.bound = Bound::Above,
            Meaning::Lex(Sense::Around) | Meaning::Sign(TokenKind::About) => self.bound = Bound::About,
            Meaning::Lex(Sense::ManyMark) => self.many = true,
            Meaning::Times => {}
            _ => return false,
        }
        true
    }

    /// Whether a number or a word for one was told.
    pub(super) fn is_told(&self) -> bool {
        self.number.is_some() || self.crowd.is_some()
    }

    /// Whether a number was told.
    pub(super) fn is_numbered(&self) -> bool {
        self.number.is_some()
    }

    /// A number behind the noun: it counts objects, whatever crowd they are.
    pub(super) fn counted(&mut self, mark: &Mark) {
        self.crowd = None;
        self.take(mark);
    }

    /// Told to be none.
    pub(super) fn is_zero(&self) -> bool {
        self.number == Some((0, 0))
    }

    /// The upper bound follows.
    pub(super) fn bound_above(&mut self) {
        self.bound = Bound::Above;
    }

    /// A lower bound was told by a preposition ("over 5").
    pub(super) fn bound_below(&mut self) {
        self.bound = Bound::Below;
    }

    /// The count, with the form of the noun where no number is told. `counted` is false where the act counts nothing.
    pub(super) fn count(&self, plurality: Plurality, counted: bool) -> Count {
        let worded =
            |low: u16, high: Option<u16>, word: &str| Count { low: low.max(1), high, word: Some(word.to_owned()) };
        if let Some((word, least)) = self.crowd {
            return worded(least, None, word);
        }
        if let Some((low, high)) = self.number {
            let low = low.max(1);
            return match self.bound {
                Bound::Below => worded(low, None, "more than"),
                Bound::Above => worded(1, Some(high.max(1)), "up to"),
                Bound::About => worded((low - low / 4).max(1), Some(high.saturating_add(high / 4).max(1)), "about"),
                Bound::Exact => Count { low, high: Some(high.max(low)), word: None },
            };
        }
        if !counted {
            return worded(1, None, "unsaid");
        }
        match plurality {
            Plurality::Many => worded(2, None, "plural"),
            Plurality::Either if self.many => worded(2, None, "plural"),
            Plurality::One | Plurality::Either => Count::exactly(1),
            Plurality::Mass => worded(1, None, "unsaid"),
        }
    }
}
