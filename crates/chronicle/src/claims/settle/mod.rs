//! From the clauses of a sentence to claims: which trigger governs which quantity, and what both together say.

mod count;
mod govern;
mod linked;
mod listing;
mod meaning;
mod part;
mod people;
mod scene;
mod tell;

use super::claim::{Claim, Object, Side, Unparsed};
use super::clause::{Border, Clause, Part, Trigger, clauses};
use super::item::{Item, What, items};
use super::lexicon::{Lexicon, Sense};
use super::token::Token;

/// Claims looked back at for an antecedent.
const BACK_MAX: usize = 12;

/// What a text has said so far.
#[derive(Default)]
pub(super) struct Story {
    /// The text has lost every letter і.
    lossy: bool,
    pub(super) claims: Vec<Claim>,
    pub(super) unparsed: Vec<Unparsed>,
    /// Whose weapons were spoken of last.
    attacker: Option<Side>,
    time_ref: Option<String>,
    place: Option<&'static str>,
    /// The trigger of a sentence that ended in a colon, for the list after it.
    heading: Option<Trigger>,
    /// Claims from the sentence before, from here on.
    recent: usize,
    /// The trigger of the sentence before.
    last: Option<Trigger>,
    /// A weapon named without a number.
    topic: Option<Object>,
    /// The sentence before was of another war.
    elsewhere: bool,
    /// Claims before anything told whose weapons these are.
    undecided: Vec<usize>,
}

/// Reads one sentence.
pub(super) fn sentence(tokens: &[Token], text: &str, story: &mut Story) {
    let items = items(tokens, if story.lossy { Lexicon::lossy() } else { Lexicon::get() });
    let clauses = clauses(&items);
    let mut reader = Reader {
        items: &items,
        text,
        clauses: &clauses,
        story,
        subset: false,
        person_total: None,
        row_of_people: None,
        begins: 0,
        orphan: false,
        orphan_act: None,
        strange_cause: None,
    };
    reader.strange_cause = reader.cause();
    reader.time();
    reader.all();
}

struct Reader<'a> {
    items: &'a [Item<'a>],
    text: &'a str,
    clauses: &'a [Clause],
    story: &'a mut Story,
    /// Inside "including …".
    subset: bool,
    /// The claim of people in this sentence that a number gave, and the clause it stood in.
    person_total: Option<(usize, usize)>,
    /// The claim of people named one by one, and the clause of the last of them.
    row_of_people: Option<(usize, usize)>,
    /// The claims there were before this sentence.
    begins: usize,
    /// The last quantity of this sentence stayed unparsed: its parts have no whole.
    orphan: bool,
    /// Its verb.
    orphan_act: Option<Trigger>,
    /// Why nothing of this sentence is ours: another war, an accident.
    strange_cause: Option<&'static str>,
}

impl Story {
    /// Nothing said yet; whether the text has lost every letter і.
    pub(super) fn new(lossy: bool) -> Self {
        Self { lossy, ..Self::default() }
    }

    fn recent_in(&self, from: usize) -> &[Claim] {
        self.claims.get(from..).unwrap_or_default()
    }
}

impl Reader<'_> {
    fn time(&mut self) {
        let Some(at) = self.items.iter().position(|it| it.is(Sense::Time)) else { return };
        let mut end = at + 1;
        // "у ніч на 17 травня", "as of 8:30 a.m.": what follows belongs to it.
        if matches!(self.items[at].token.text.as_str(), "у" | "в" | "станом" | "по")
            && self.items[at].end - self.items[at].token.start > 8
            && self.items.get(end).is_some_and(|it| !matches!(it.what, What::Unknown))
            && self.text[self.items[at].token.start..self.items[at].end].ends_with("на")
        {
            while end < self.items.len()
                && end < at + 3
                && matches!(
                    self.items[end].what,
                    What::Number(_) | What::Label(_) | What::Hundredths(_) | What::Sense(Sense::Month)
                )
            {
                end += 1;
            }
        }
        let words = &self.text[self.items[at].token.start..self.items[end - 1].end];
        self.story.time_ref = Some(words.to_lowercase());
    }

    fn all(&mut self) {
        let begins = self.story.claims.len();
        self.begins = begins;
        for index in 0..self.clauses.len() {
            self.clause(index);
        }
        let spoke = self.story.claims.len() > begins;
        self.story.elsewhere = self.strange_cause == Some("elsewhere") && (self.orphan || self.story.elsewhere);
        self.story.last =
            self.clauses.iter().flat_map(Clause::triggers).filter(|it| !it.negated && !it.weak).last().copied();
        self.story.topic = self.clauses.iter().rev().find_map(|it| it.topic);
        self.told_at_all(spoke);
        // A list after a colon goes on with the heading's trigger, as long as nothing else is said.
        let strong = self.clauses.iter().flat_map(Clause::triggers).filter(|it| !it.negated).last().copied();
        let colon = self.clauses.last().is_some_and(|it| it.border == Border::Colon && it.parts.is_empty());
        if colon {
            self.story.heading = strong.or(self.story.heading);
        } else if strong.is_some_and(|it| !it.weak) || !spoke {
            self.story.heading = None;
        }
        if spoke {
            self.story.recent = begins;
        }
        if let Some(place) = self.clauses.iter().flat_map(|it| &it.places).next() {
            self.story.place = Some(Lexicon::get().places[*place].name);
        }
    }

    fn clause(&mut self, index: usize) {
        let clause = &self.clauses[index];
        if clause.subset {
            self.subset = true;
        } else if clause.triggers().any(|it| !it.weak)
            || matches!(clause.border, Border::Other | Border::Break | Border::Dash | Border::Colon)
        {
            self.subset = false;
        }
        let mut all = false;
        let mut nobody = false;
        for (position, part) in clause.parts.iter().enumerate() {
            match part {
                Part::Count(it) => self.count(index, position, it),
                Part::Fraction(hedge, object) => self.fraction(index, *hedge, *object),
                Part::All => all = true,
                Part::Nobody => nobody = true,
                Part::Trigger(_) => {}
            }
        }
        if all && clause.counts().next().is_none() {
            self.every(index);
        }
        if nobody {
            self.none(index);
        } else {
            self.unharmed(index);
        }
    }
}
