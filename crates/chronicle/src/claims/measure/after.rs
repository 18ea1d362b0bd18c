//! What a number counts where its noun does not follow it at once.

use super::super::claim::Object;
use super::super::item::{Item, What};
use super::super::lexicon::{Kindred, Mark, Sense};
use super::noun::noun;
use super::{Head, Measure};
use crate::quantity::{Hedge, Quantity};

/// "one of the drones", "в одному з населених пунктів": the noun stands in the plural; and a number alone after a preposition
/// counts nothing that is known.
pub(super) fn one_of(items: &[Item], it: &mut Measure) {
    if it.head != Head::None || it.of_them {
        return;
    }
    let of = items.get(it.end).is_some_and(|it| it.is(Sense::Of));
    let next = items[(it.end + 1).min(items.len())..].iter().find(|it| {
        !matches!(it.sense(), Some(Sense::The | Sense::All | Sense::Skip | Sense::Hedge(_) | Sense::Article))
    });
    let counted = next.is_some_and(|it| {
        matches!(it.what, What::Number(_) | What::Span(..) | What::Sense(Sense::Number(_) | Sense::Mult(_)))
    });
    let part = it.first > 0 && matches!(items[it.first - 1].sense(), Some(Sense::OfThem | Sense::Subset));
    let participle = items.get(it.end).is_some_and(|it| matches!(it.sense(), Some(Sense::Act(_))));
    if of && part {
        // "из них 110 из РСЗО": of what was counted before.
    } else if of && !counted {
        let mut inner = Measure { end: it.end + 1, quantity: Quantity::hedged(0, Hedge::Plural), ..it.clone() };
        noun(items, &mut inner);
        it.head = if matches!(inner.head, Head::Object(_)) { inner.head } else { Head::Unknown };
        (it.child, it.end) = (inner.child, if it.head == Head::Unknown { it.end } else { inner.end });
    } else if it.first > 0
        && items[it.first - 1].is(Sense::Prep)
        && !of
        && !participle
        && items[it.first - 1].text() != "with"
        && !items[it.first - 1].has(Mark::Only)
        && !is_put(items, it.first - 1)
    {
        it.head = Head::Unknown;
        it.rest = it.end > it.number.1 && items[it.end - 1].is(Sense::Others);
    }
}

/// "put the number of wounded at 28".
pub(super) fn is_put(items: &[Item], at: usize) -> bool {
    items[at].text() == "at" && items[..at].iter().rev().take(6).any(|it| it.text() == "put")
}

/// What a part is, said after it: "nine of them children", "з них одинадцять – балістика", "of which 30 were Shaheds".
pub(super) fn predicate(items: &[Item], it: &mut Measure) {
    let part =
        it.of_them || it.first > 0 && matches!(items[it.first - 1].sense(), Some(Sense::OfThem | Sense::Subset)) || {
            it.first > 1
                && items[it.first - 1].what == What::Mark('-')
                && matches!(items[it.first - 2].sense(), Some(Sense::OfThem | Sense::Subset))
        };
    // "33 БпЛА типу «Герань» і 5 — типу «Молнія»".
    let dash = usize::from(items.get(it.end).is_some_and(|it| it.what == What::Mark('-')));
    let sort = items.get(it.end + dash).is_some_and(|it| matches!(it.text(), "типу" | "типа"));
    // "31 were decoys", "43 становили імітатори": the noun is the predicate.
    let copula = items.get(it.end).is_some_and(|it| it.is(Sense::Was))
        && items.get(it.end + 1).is_some_and(|it| {
            matches!(it.sense(), Some(Sense::Weapon(_) | Sense::Name(_) | Sense::Mod(Kindred::Decoy | Kindred::Strike)))
        });
    // "двое — дети", "3 were children".
    let children = items.get(it.end).is_some_and(|it| it.is(Sense::Was) || it.what == What::Mark('-'))
        && items.get(it.end + 1).is_some_and(|it| it.is(Sense::Person { child: true, gender: false }))
        && items.get(it.end + 2).is_none_or(|it| matches!(it.what, What::Mark(_)) || it.is(Sense::And));
    let copula = copula || children;
    if it.head != Head::None || !(part || sort || copula) {
        return;
    }
    let mut from = it.end;
    while items.get(from).is_some_and(|it| it.what == What::Mark('-') || it.is(Sense::Was)) && from < it.end + 2 {
        from += 1;
    }
    // "один із них – 15-річний хлопець".
    if let Some(What::Number(age)) = items.get(from).map(|it| it.what)
        && items.get(from + 1).is_some_and(|it| it.is(Sense::YearOld))
        && it.quantity.value == Some(1)
    {
        (it.head, it.child, it.of_them) = (Head::Object(Object::Person), age < 18, true);
        return;
    }
    let mut inner = Measure { end: from, quantity: Quantity::hedged(0, Hedge::Plural), ..it.clone() };
    noun(items, &mut inner);
    if matches!(inner.head, Head::Object(object) if object == Object::Person || object.is_weapon() || object.is_event())
    {
        // "з них 75 дрони збили" has a trigger of its own to settle it; a bare noun here names the part.
        (it.head, it.child, it.gender, it.end, it.of_them) = (inner.head, inner.child, inner.gender, inner.end, true);
    }
}
