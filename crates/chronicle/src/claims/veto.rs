//! What beside a number takes its meaning away: dates, hours, ages, units; "none of", "all but", "two thirds of".
//!
//! What comes in: the items of a sentence and a number in it. What goes out: whether it counts nothing of ours, or why it
//! is not what its words count. Deliberately absent: what it counts.

use super::claim::Object;
use super::item::{Item, What};
use super::lexicon::Sense;
use super::measure::{Head, Measure};

/// Dates, clock times, ages and units beside the number.
pub(super) fn vetoed(items: &[Item], it: &Measure) -> bool {
    let (first, end) = it.number;
    let sense = |at: Option<usize>| at.and_then(|at| items.get(at)).and_then(Item::sense);
    let n = it.quantity.value.unwrap_or(0);
    let before = first.checked_sub(1);
    if sense(before) == Some(Sense::Month) && n <= 2_100 || (sense(Some(end)) == Some(Sense::Month) && n <= 31) {
        return true;
    }
    // "17 та 18 травня", "12 і 15 років", "aged 5, 7 and 9": a row takes the veto of its end.
    let mut at = end;
    while let (
        Some(What::Mark(',' | '-') | What::Sense(Sense::And | Sense::Or | Sense::To | Sense::Each | Sense::Prep)),
        Some(What::Number(m) | What::Sense(Sense::Number(m))),
    ) = (items.get(at).map(|it| it.what), items.get(at + 1).map(|it| it.what))
    {
        at += 2;
        match sense(Some(at)) {
            Some(Sense::Month) if n <= 31 && m <= 31 => return true,
            Some(Sense::YearOld) => return true,
            Some(Sense::Veto) if is_year(items[at].text()) => return true,
            _ => {}
        }
    }
    if matches!(sense(Some(end)), Some(Sense::YearOld | Sense::Veto | Sense::Storey)) {
        return true;
    }
    if items.get(end).is_some_and(|it| it.what == What::Mark('%')) {
        return true;
    }
    // "The oldest of them is 81": an age.
    let eldest = |it: &Item| matches!(it.text(), "oldest" | "youngest" | "eldest");
    if sense(before) == Some(Sense::Was) && items[..first].iter().rev().take(9).any(eldest) {
        return true;
    }
    // Ages: "aged 12 and 15", "у віці 45".
    let mut back = first;
    while back > 0 {
        match items[back - 1].what {
            What::Sense(Sense::Aged) => return true,
            // "a couple aged 68 and 70".
            What::Sense(Sense::Pair) if items[back - 1].last.is_some_and(|it| it.text == "aged") => return true,
            What::Sense(Sense::And | Sense::Or | Sense::To | Sense::From | Sense::Number(_) | Sense::Hedge(_))
            | What::Mark(',')
            | What::Number(_)
                if first - back < 8 =>
            {
                back -= 1;
            }
            _ => break,
        }
    }
    // Shahed 136: the model's own number.
    if matches!(sense(before), Some(Sense::Name(_)))
        && matches!(n, 131 | 136 | 238 | 101 | 555 | 300 | 400)
        && matches!(items[first].what, What::Number(_))
    {
        return true;
    }
    // "a boy of 10".
    before
        .is_some_and(|at| items[at].is(Sense::Of) && at > 0 && matches!(items[at - 1].sense(), Some(Sense::One { .. })))
        && n < 111
}

/// A number alone: a year, an hour, a row of ages.
pub(super) fn vetoed_after(items: &[Item], it: &Measure) -> bool {
    let n = it.quantity.value.unwrap_or(0);
    let digits = matches!(items[it.number.0].what, What::Number(_));
    let before = it.first.checked_sub(1).map(|at| items[at].text());
    let year = digits
        && (1_900..2_100).contains(&n)
        && it.quantity.hedge.is_none()
        && matches!(before, Some("in" | "у" | "в" | "since" | "of" | ","));
    let alone =
        items.get(it.end).is_none_or(|it| matches!(it.what, What::Mark(_)) || it.is(Sense::And) || it.is(Sense::Time));
    let hour = digits && alone && n < 25 && matches!(before, Some("at" | "о" | "об"));
    year || hour
}

pub(super) fn is_year(text: &str) -> bool {
    matches!(
        text,
        "років"
            | "роки"
            | "рік"
            | "року"
            | "лет"
            | "годов"
            | "года"
            | "год"
            | "years"
            | "year"
            | "місяців"
            | "месяцев"
            | "months"
    )
}

/// Why the number is not what its words count.
pub(super) fn doubt(items: &[Item], it: &Measure) -> Option<&'static str> {
    let grammar =
        |item: &Item| matches!(item.sense(), Some(Sense::The | Sense::Article | Sense::Of)) && item.text() != "a";
    let at = (0..it.first).rev().find(|at| !grammar(&items[*at])).filter(|at| it.first - at < 5)?;
    let (item, near) = (&items[at], at + 1 == it.first);
    let resident = ["жител", "мешкан", "жильц", "resident", "tenant", "inhabitant", "owner", "власник", "собственник"]
        .iter()
        .any(|it| item.text().starts_with(it));
    match item.sense() {
        Some(Sense::Nobody) => Some("negated"),
        Some(Sense::Not) if near => Some("negated"),
        Some(Sense::Except) => Some("exception"),
        Some(Sense::Fraction) if !near => Some("number"),
        // "мешканці трьох будинків": the houses are only theirs.
        _ if resident && matches!(it.head, Head::Object(object) if object != Object::Person) => Some("object"),
        _ if near && matches!(item.text(), "півтора" | "півтори" | "полтора" | "полторы" | "полутора") => {
            Some("number")
        }
        _ => None,
    }
}

/// "Ivan, 34, was killed", "a boy, 8, and a girl, 14", "two children (8 and 14)": a bare number after a person or a name.
pub(super) fn is_age(items: &[Item], it: &Measure) -> bool {
    let (first, end) = it.number;
    let bare = |at: usize| matches!(items.get(at).map(|it| it.what), Some(What::Number(n)) if n <= 110);
    let closed = |at: usize| items.get(at).is_none_or(|it| matches!(it.what, What::Mark(',' | ')' | '(')));
    let joined = |at: usize| items.get(at).is_some_and(|it| matches!(it.sense(), Some(Sense::And | Sense::Or)));
    if !bare(first) || end != first + 1 || it.quantity.hedge.is_some() || it.first != first {
        return false;
    }
    if !closed(end) && !joined(end) {
        return false;
    }
    let (mut back, mut opened) = (first, false);
    while back > 0 && first - back < 9 {
        match items[back - 1].what {
            What::Mark(',' | '(') => opened = true,
            What::Sense(Sense::And | Sense::Or) => {}
            What::Number(_) if bare(back - 1) => {}
            _ => break,
        }
        back -= 1;
    }
    if !opened || back == 0 {
        return false;
    }
    let before = &items[back - 1];
    match before.what {
        What::Sense(Sense::One { .. } | Sense::Pair) => true,
        // "двое военных, 60": one age is not that of several.
        What::Sense(Sense::Person { .. } | Sense::Worker) => {
            items[back].what == What::Mark('(')
                || items[back..end].iter().filter(|it| matches!(it.what, What::Number(_))).count() > 1
                || items.get(end).is_some_and(|it| matches!(it.sense(), Some(Sense::And | Sense::Or)))
        }
        // A name: "Ivan, 34, …".
        What::Unknown => before.token.capital && before.place.is_none() && closed(end) && back + 1 == first,
        _ => false,
    }
}

/// The item after ", 34," or "(34)", where such an age begins at `at`.
pub(super) fn age_after(items: &[Item], at: usize) -> Option<usize> {
    let close = match items.get(at)?.what {
        What::Mark(',') => ',',
        What::Mark('(') => ')',
        _ => return None,
    };
    let Some(What::Number(n)) = items.get(at + 1).map(|it| it.what) else { return None };
    match items.get(at + 2).map(|it| it.what) {
        _ if n > 110 => None,
        None => Some(at + 2),
        Some(What::Mark(c)) if c == close => Some(at + 3),
        _ => None,
    }
}

/// "двоє братів, 6 та 9 років": children by their ages, one for each.
pub(super) fn are_children(items: &[Item], it: &Measure) -> bool {
    let (mut at, mut ages) = (it.end + 1, 0);
    if !items.get(it.end).is_some_and(|it| matches!(it.what, What::Mark(',' | '(')) || it.is(Sense::Aged)) {
        return false;
    }
    while let Some(What::Number(n)) = items.get(at).map(|it| it.what) {
        if n >= 18 {
            return false;
        }
        (ages, at) = (ages + 1, at + 1);
        while items.get(at).is_some_and(|it| matches!(it.what, What::Mark(',') | What::Sense(Sense::And))) {
            at += 1;
        }
    }
    Some(ages) == it.quantity.value
}
