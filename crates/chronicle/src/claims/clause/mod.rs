//! The parts of a sentence: what is counted, what happened, and where one clause ends.

mod cut;
mod person;
mod speaker;

use super::claim::{Object, Side};
use super::lexicon::Act;
use super::measure::Measure;
use crate::quantity::Hedge;
pub(super) use cut::clauses;

/// A part of a clause.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// A quantity.
    Count(Measure),
    /// What happened.
    Trigger(Trigger),
    /// "mostly Shaheds", "at least half of them".
    Fraction(Hedge, Option<Object>),
    /// "all were downed", without a number.
    All,
    /// "no one", "без".
    Nobody,
}

/// A trigger where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Trigger {
    pub(super) act: Act,
    /// Holds only where no other does.
    pub(super) weak: bool,
    pub(super) negated: bool,
    /// Item.
    pub(super) at: usize,
}

/// What divides two clauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Border {
    Start,
    Comma,
    And,
    Colon,
    Dash,
    /// "while", "але", a semicolon: what follows speaks for itself.
    Break,
    Other,
}

/// A clause.
#[allow(clippy::struct_excessive_bools, reason = "each is a mark that a word has left")]
#[derive(Debug)]
pub(super) struct Clause {
    pub(super) border: Border,
    pub(super) parts: Vec<Part>,
    /// First item, and the item after the last.
    pub(super) span: (usize, usize),
    /// "including", "з них": of what was said before.
    pub(super) subset: bool,
    pub(super) among: bool,
    pub(super) unreal: bool,
    pub(super) info: bool,
    pub(super) others: bool,
    pub(super) more: bool,
    pub(super) number_of_times: bool,
    /// "попри …": set aside.
    pub(super) aside: bool,
    /// "earlier reports of": said before, and not now.
    pub(super) earlier: bool,
    /// The item of "a day".
    pub(super) rate: Option<usize>,
    /// "не вдалося".
    pub(super) failed: bool,
    pub(super) places: Vec<usize>,
    /// A weapon that no number counts.
    pub(super) topic: Option<Object>,
    /// Whose weapon, as the words of this clause tell.
    pub(super) evidence: Vec<Evidence>,
}

/// What tells whose weapon it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// Who acts.
    Agent(Side),
    /// Whose air defence.
    Guard(Side),
    /// Whose attack, or whose weapon.
    Attack(Side),
    /// Whose people and things.
    Scene(Side),
    /// Over a sea or a land from which one side fires and where the other's weapons are stopped.
    Far(Side),
}

impl Clause {
    fn new(border: Border, at: usize) -> Self {
        Self {
            border,
            parts: Vec::new(),
            span: (at, at),
            subset: false,
            among: false,
            unreal: false,
            info: false,
            others: false,
            more: false,
            number_of_times: false,
            aside: false,
            earlier: false,
            rate: None,
            failed: false,
            places: Vec::new(),
            topic: None,
            evidence: Vec::new(),
        }
    }

    pub(super) fn counts(&self) -> impl Iterator<Item = &Measure> {
        self.parts.iter().filter_map(|it| if let Part::Count(it) = it { Some(it) } else { None })
    }

    pub(super) fn triggers(&self) -> impl Iterator<Item = &Trigger> {
        self.parts.iter().filter_map(|it| if let Part::Trigger(it) = it { Some(it) } else { None })
    }
}
