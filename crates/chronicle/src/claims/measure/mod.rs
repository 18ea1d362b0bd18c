//! A quantity in a sentence: hedge, number, and what is counted.
//!
//! The vetoes come first: dates, clock times, ages, units, regions, aircraft, rescuers count nothing of ours, and leave no
//! trace. What is counted but not understood stays as it is, for a person.

mod after;
mod arms;
mod noun;
mod numeral;

use super::claim::{Object, Side};
use super::item::{Item, What};
use super::lexicon::{Act, Mark, Sense};
use super::veto::{are_children, doubt, is_age, vetoed, vetoed_after};
use crate::quantity::{Hedge, Quantity};
use after::{one_of, predicate};
pub(super) use arms::owner;
pub(super) use noun::glued_event;
use noun::noun;
use numeral::{Numeral, numeral, starts_number};

/// Items of a noun phrase at most.
const PHRASE_MAX: usize = 14;

/// Greatest number that is believed to count anything.
const NUMBER_MAX: u64 = 1_000_000_000;

/// What a quantity counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {
    Object(Object),
    /// Weapons of two families under one number.
    Mixed,
    /// Nothing said: what the sentence before was about.
    None,
    /// Said, and not of ours, or not known: what stays unparsed.
    Unknown,
    /// Vetoed.
    Veto,
    /// "times".
    Times,
}

/// A quantity with its noun phrase.
#[allow(clippy::struct_excessive_bools, reason = "each is a mark that a word has left")]
#[derive(Clone, Debug)]
pub(super) struct Measure {
    pub(super) quantity: Quantity,
    pub(super) head: Head,
    pub(super) child: bool,
    /// Rescuers: they count only where their own clause says that they were hurt.
    pub(super) worker: bool,
    /// The noun tells the sex only.
    pub(super) gender: bool,
    pub(super) side: Option<Side>,
    /// A participle inside the phrase: "launched drones".
    pub(super) act: Option<Act>,
    pub(super) all: bool,
    pub(super) of_them: bool,
    /// "N of M": this is M.
    pub(super) whole: bool,
    /// "N of M": this is N.
    pub(super) share: bool,
    /// "по 11", "11 each".
    pub(super) each: bool,
    pub(super) more: bool,
    /// Why the number is not what its words count: "none of the 12", "all but four", "two thirds of the 30".
    pub(super) doubt: Option<&'static str>,
    /// A person by a singular noun, or counted by their ages.
    pub(super) implied: bool,
    /// "the remaining 11": what is left of a whole, and its verb stands beside it.
    pub(super) left: bool,
    /// "6 others".
    pub(super) rest: bool,
    /// The noun is a word that nobody knows.
    pub(super) strange: bool,
    /// First item, and the item after the last.
    pub(super) first: usize,
    pub(super) end: usize,
    /// The items of the number alone.
    pub(super) number: (usize, usize),
}

/// The quantity whose number begins at `at`; `None` where no number does.
pub(super) fn measure(items: &[Item], at: usize) -> Option<Measure> {
    let (numeral, mut end) = match numeral(items, at) {
        Some(it) => it,
        None if starts_number(items, at) => {
            let head = if matches!(items[at].what, What::Hundredths(_)) { Head::Veto } else { Head::Unknown };
            return Some(blank(at, at + 1, head));
        }
        None => return None,
    };
    let number = (at, end);
    let (mut first, mut hedge, mut all, mut each, mut more) = (at, None, false, false, false);
    let mut left = false;
    // Backwards over what belongs to the number: "at least another 12", "all 33".
    while first > 0 {
        if items[first - 1].what == What::Mark('~') && hedge.is_none() {
            (hedge, first) = (Some(Hedge::Around), first - 1);
            continue;
        }
        match items[first - 1].sense() {
            Some(Sense::Hedge(found)) if hedge.is_none() => {
                hedge = Some(found);
                // "rose to": no hedge.
                let up_to = found == Hedge::UpTo && matches!(items[first - 1].text(), "до");
                let around = items[..first - 1].iter().rev().take(5).chain(items[end..].iter().take(8));
                if up_to && around.take_while(|it| it.what != What::Mark('.')).any(|it| it.is(Sense::Rose)) {
                    hedge = None;
                }
            }
            // "щонайменше у п'яти будинках".
            Some(Sense::Prep)
                if items[first - 1].text().chars().count() <= 2
                    && first > 1
                    && matches!(items[first - 2].sense(), Some(Sense::Hedge(_))) => {}
            // "школа и более 20 автомобилей": the last of a list, and no "20 и более".
            Some(Sense::After(Hedge::AtLeast)) if hedge.is_none() && items[first - 1].is_joined() => {
                hedge = Some(Hedge::MoreThan);
            }
            Some(Sense::All) => all = true,
            Some(Sense::Each) => each = true,
            Some(Sense::More) => more = true,
            Some(Sense::Others) => (more, left) = (true, true),
            Some(Sense::Article | Sense::The) => {}
            Some(Sense::Skip)
                if matches!(
                    items[first - 1].text(),
                    "total" | "ще" | "еще" | "загалом" | "усього" | "всього" | "всего" | "additional"
                ) =>
            {
                more |= matches!(items[first - 1].text(), "ще" | "еще" | "additional");
            }
            _ => break,
        }
        first -= 1;
    }
    if let Some(most) = most_of(items, first).filter(|_| hedge.is_none()) {
        (hedge, first) = (Some(Hedge::Mostly), most);
    }
    if items.get(end).is_some_and(|it| it.what == What::Mark('+')) {
        hedge = Some(Hedge::AtLeast);
        end += 1;
    }
    if let Some(Sense::After(found)) = items.get(end).and_then(Item::sense) {
        hedge = Some(found);
        end += 1;
    }
    let quantity = match numeral {
        Numeral::Plain(n) if n > NUMBER_MAX => return Some(blank(first, end, Head::Unknown)),
        Numeral::Plain(n) => hedge.map_or_else(|| Quantity::plain(n), |hedge| Quantity::hedged(n, hedge)),
        Numeral::Range(low, high) => Quantity::range(low, high).ok()?,
        Numeral::Vague(hedge) => Quantity::hedged(0, hedge),
    };
    let all = all || items[at].is(Sense::Both);
    let mut it = Measure { quantity, all, each, more, left, number, ..blank(first, end, Head::None) };
    if vetoed(items, &it) || is_age(items, &it) {
        it.head = Head::Veto;
        return Some(it);
    }
    noun(items, &mut it);
    predicate(items, &mut it);
    one_of(items, &mut it);
    if items.get(it.end).is_some_and(|item| item.is(Sense::Each)) && items[it.end].token.text.is_ascii() {
        it.each = true;
        it.end += 1;
    }
    if it.head == Head::None && vetoed_after(items, &it) {
        it.head = Head::Veto;
    }
    it.doubt = doubt(items, &it);
    it.child |= it.head == Head::Object(Object::Person) && are_children(items, &it);
    Some(it)
}

/// Where "most of the", "большинство из" begins, if it ends before `first`: the number is the whole of which it is more than half.
fn most_of(items: &[Item], first: usize) -> Option<usize> {
    let mut at = first;
    while at > 0 && matches!(items[at - 1].sense(), Some(Sense::Of | Sense::From | Sense::The | Sense::Article)) {
        at -= 1;
    }
    let most = at.checked_sub(1)?;
    // "most of" is one entry of the lexicon.
    let joined = items[at..first].iter().any(|it| matches!(it.sense(), Some(Sense::Of | Sense::From)))
        || items[most].end - items[most].token.end > 1;
    (joined && items[most].is(Sense::Mostly) && items[most].has(Mark::Most)).then_some(most)
}

/// "both missiles", "обидва «Шахеди»": two; "both drones and missiles" counts nothing.
pub(super) fn is_two(items: &[Item], at: usize) -> bool {
    let rest = &items[(at + 1).min(items.len())..];
    let named = |it: &Item| matches!(it.sense(), Some(Sense::Weapon(_) | Sense::Name(_) | Sense::Thing(_)));
    let inside = |it: &&Item| matches!(it.sense(), Some(Sense::Skip | Sense::Mod(_) | Sense::SideAdj(_) | Sense::The));
    let noun = rest.iter().take(5).take_while(inside).count();
    items[at].is(Sense::Both)
        && rest.get(noun).is_some_and(named)
        && !(items[at].text().is_ascii()
            && rest.windows(2).take(noun + 4).any(|it| it[0].is(Sense::And) && !matches!(it[1].what, What::Number(_))))
}

/// The head of a noun phrase that no number stands before.
pub(super) fn noun_at(items: &[Item], at: usize) -> Option<Head> {
    let mut it = Measure { quantity: Quantity::hedged(0, Hedge::Plural), ..blank(at, at, Head::None) };
    (at < items.len()).then(|| noun(items, &mut it)).map(|()| it.head)
}

fn blank(first: usize, end: usize, head: Head) -> Measure {
    Measure {
        quantity: Quantity::plain(0),
        head,
        child: false,
        worker: false,
        gender: false,
        side: None,
        act: None,
        all: false,
        of_them: false,
        whole: false,
        share: false,
        each: false,
        more: false,
        doubt: None,
        implied: false,
        left: false,
        rest: false,
        strange: false,
        first,
        end,
        number: (first, end),
    }
}

/// A person, or people, whom no number counts: by a singular noun, or by their ages.
pub(super) fn implied(quantity: Quantity, child: bool, gender: bool, first: usize, end: usize) -> Measure {
    Measure { quantity, child, gender, implied: true, ..blank(first, end, Head::Object(Object::Person)) }
}
