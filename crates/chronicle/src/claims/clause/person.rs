//! People whom no number counts: one by a singular noun, several by their ages.

use super::super::item::{Item, What};
use super::super::lexicon::{Mark, Sense};
use super::super::measure::{self, Measure};
use super::super::veto;
use crate::quantity::{Hedge, Quantity};

/// One person by a singular noun: "a woman", "45-річний чоловік".
pub(super) fn one(items: &[Item], at: usize, child: bool) -> Option<Measure> {
    // Backwards over adjectives and age.
    let (mut first, mut age, mut article, mut more) = (at, None, false, false);
    while first > 0 && at - first < 6 {
        match items[first - 1].what {
            What::Sense(Sense::YearOld) if first > 1 => {
                if let What::Number(n) | What::Sense(Sense::Number(n)) = items[first - 2].what {
                    age = Some(n);
                    first -= 1;
                }
            }
            What::Number(_) | What::Sense(Sense::Number(_)) if age.is_some() => {}
            What::Sense(Sense::Article) => article = true,
            What::Sense(Sense::More) => more = true,
            What::Sense(Sense::Skip | Sense::SideAdj(_) | Sense::One { .. } | Sense::Person { .. }) => {}
            What::Unknown
                if items[first - 1].adjectival()
                    || items[first - 1].text().is_ascii()
                        && items[first - 1].place.is_none()
                        && article_before(items, first - 1) => {}
            _ => break,
        }
        first -= 1;
    }
    let latin = items[at].text().is_ascii();
    if latin
        && (!article && age.is_none() && !more
            || items.get(at + 1).is_some_and(|it| {
                it.what == What::Unknown && !it.text().ends_with("ing") && !it.text().ends_with("ly")
            }))
    {
        return None;
    }
    // "дівчина 19 років", "a boy, 7,"
    if age.is_none() {
        let skip = usize::from(items.get(at + 1).is_some_and(|it| it.what == What::Mark(',') || it.is(Sense::Aged)));
        if veto::age_after(items, at + 1).is_some()
            && let Some(What::Number(n)) = items.get(at + 2).map(|it| it.what)
        {
            age = Some(n);
        } else if let Some(What::Number(n)) = items.get(at + 1 + skip).map(|it| it.what)
            && items.get(at + 2 + skip).is_some_and(|it| veto::is_year(it.text()))
        {
            age = Some(n);
        }
    }
    let child = age.map_or(child, |age| age < 18);
    let mut it = measure::implied(Quantity::plain(1), child, !child, first, at + 1);
    it.more = more;
    Some(it)
}

/// One person by their age and a word that nobody knows: "44-річного двірника".
pub(super) fn somebody(items: &[Item], at: usize) -> Option<Measure> {
    let Some(What::Number(age) | What::Sense(Sense::Number(age))) = at.checked_sub(1).map(|at| items[at].what) else {
        return None;
    };
    let noun = items.get(at + 1)?;
    let word = noun.what == What::Unknown && noun.place.is_none() && !noun.token.capital && !noun.adjectival();
    let named = |it: &Item| matches!(it.sense(), Some(Sense::One { .. } | Sense::Person { .. }));
    let word = word && !items.get(at + 2).is_some_and(named);
    let genitive = matches!(noun.sense(), Some(Sense::Person { child: false, .. }));
    (items[at].has(Mark::OneAged) && age < 111 && (word || genitive))
        .then(|| measure::implied(Quantity::plain(1), age < 18, age >= 18, at - 1, at + 2))
}

fn article_before(items: &[Item], at: usize) -> bool {
    items[..at].iter().rev().take(3).any(|it| it.is(Sense::Article))
}

/// People counted by their ages: "children aged 12 and 15", "діти 12 та 15 років".
pub(super) fn aged(items: &[Item], at: usize, child: bool, gender: bool) -> Option<Measure> {
    let mut here = at + 1;
    let aged = items.get(here).is_some_and(|it| it.is(Sense::Aged));
    here += usize::from(aged);
    let (mut count, mut last) = (0_u64, here);
    while let Some(What::Number(n) | What::Sense(Sense::Number(n))) = items.get(here).map(|it| it.what) {
        if n > 110 {
            return None;
        }
        count += 1;
        here += 1;
        last = here;
        while items.get(here).is_some_and(|it| matches!(it.what, What::Mark(',') | What::Sense(Sense::And))) {
            here += 1;
        }
    }
    let years = items.get(last).is_some_and(|it| veto::is_year(it.text()) || it.is(Sense::YearOld));
    if count < 2 || !(aged || years) {
        return None;
    }
    Some(measure::implied(Quantity::hedged(count, Hedge::Enumerated), child, gender, at, last + usize::from(years)))
}
