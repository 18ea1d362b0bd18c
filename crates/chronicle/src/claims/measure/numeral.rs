//! Numbers, ranges and vague multitudes, in digits and in words.

use super::super::item::{Item, What};
use super::super::lexicon::Sense;
use super::is_two;
use crate::quantity::Hedge;

pub(super) enum Numeral {
    Plain(u64),
    Range(u64, u64),
    Vague(Hedge),
}

pub(super) fn starts_number(items: &[Item], at: usize) -> bool {
    matches!(items[at].what, What::Hundredths(_) | What::Number(_) | What::Sense(Sense::Number(_)))
}

pub(super) fn multiple(items: &[Item], at: usize) -> Option<u64> {
    match items.get(at)?.sense()? {
        Sense::Mult(m) | Sense::Many(m) => Some(m),
        _ => None,
    }
}

/// The genitive plural without a number before it: "десятків дронів" is vague, "десяток дронів" is ten.
pub(super) fn is_bare_plural(text: &str) -> bool {
    matches!(text, "десятків" | "десятков" | "десяткам" | "сотень" | "сотен" | "тисяч" | "тис" | "тыс")
}

pub(super) fn numeral(items: &[Item], at: usize) -> Option<(Numeral, usize)> {
    match items[at].what {
        What::Span(low, high) => {
            let (factor, end) = multiple(items, at + 1).map_or((1, at + 1), |m| (m, at + 2));
            Some((Numeral::Range(low.saturating_mul(factor), high.saturating_mul(factor)), end))
        }
        What::Hundredths(n) => {
            let factor = multiple(items, at + 1).filter(|m| m % 100 == 0)?;
            Some((Numeral::Plain(n.saturating_mul(factor / 100)), at + 2))
        }
        What::Sense(Sense::Several) => match multiple(items, at + 1) {
            Some(100) => Some((Numeral::Vague(Hedge::Hundreds), at + 2)),
            Some(1_000) => Some((Numeral::Vague(Hedge::Thousands), at + 2)),
            Some(_) => Some((Numeral::Vague(Hedge::Dozens), at + 2)),
            None => Some((Numeral::Vague(Hedge::Several), at + 1)),
        },
        What::Sense(Sense::Many(m)) => {
            // "tens of thousands": more than one reading.
            if items.get(at + 1).is_some_and(|it| it.is(Sense::Of)) && multiple(items, at + 2).is_some()
                || multiple(items, at + 1).is_some()
            {
                return None;
            }
            let singular = matches!(items[at].text(), "сотні" | "тисячі" | "тысячи" | "сотни")
                && at > 0
                && matches!(items[at - 1].sense(), Some(Sense::Hedge(_)));
            let vague = match m {
                100 if singular => return Some((Numeral::Plain(100), at + 1)),
                1_000 if singular => return Some((Numeral::Plain(1_000), at + 1)),
                100 => Hedge::Hundreds,
                1_000 => Hedge::Thousands,
                10 if items[at].text() == "tens" => Hedge::Tens,
                _ => Hedge::Dozens,
            };
            Some((Numeral::Vague(vague), at + 1))
        }
        What::Sense(Sense::Both) if is_two(items, at) => Some((Numeral::Plain(2), at + 1)),
        What::Number(_) | What::Sense(Sense::Number(_) | Sense::Mult(_)) => {
            if is_bare_plural(items[at].text()) && matches!(items[at].what, What::Sense(Sense::Mult(_))) {
                let vague = match multiple(items, at)? {
                    100 => Hedge::Hundreds,
                    1_000 => Hedge::Thousands,
                    _ => Hedge::Dozens,
                };
                return Some((Numeral::Vague(vague), at + 1));
            }
            let (low, end) = whole_number(items, at)?;
            // "10 to 15", "two or three", "від 10 до 15", "два-три", "10 – 15".
            // "зросла з 3 до 5".
            let grew = at > 1 && items[..at - 1].iter().rev().take(3).any(|it| it.is(Sense::Rose));
            // "зросла з": one entry of the lexicon.
            let risen = at > 0
                && items[at - 1].is(Sense::Rose)
                && items[at - 1].end - items[at - 1].token.end > 1
                && !items[at - 1].ends_with_to();
            let opened = risen
                || at > 0
                    && (items[at - 1].is(Sense::From)
                        || grew && matches!(items[at - 1].text(), "з" | "із" | "с" | "со"));
            let joins = match items.get(end).map(|it| it.what) {
                Some(What::Sense(Sense::To | Sense::Or)) => true,
                Some(What::Sense(Sense::Hedge(Hedge::UpTo))) => opened && items[end].text() == "до",
                Some(What::Sense(Sense::And)) => opened,
                Some(What::Mark('-')) => {
                    matches!(items[at].what, What::Number(_))
                        && matches!(items.get(end + 1).map(|it| it.what), Some(What::Number(_)))
                }
                _ => false,
            };
            if joins && items.get(end + 1).is_some() {
                if let Some((high, after)) = whole_number(items, end + 1)
                    && low < high
                {
                    let rose = items[..at].iter().rev().take(4).any(|it| it.is(Sense::Rose));
                    return Some((if rose { Numeral::Plain(high) } else { Numeral::Range(low, high) }, after));
                }
            } else if let Some(Sense::Number(high)) = items.get(end).and_then(Item::sense)
                && items[end].token.glued
                && high > low
            {
                return Some((Numeral::Range(low, high), end + 1));
            }
            Some((Numeral::Plain(low), end))
        }
        _ => None,
    }
}

/// One whole number in digits or words, with its multiples.
pub(super) fn whole_number(items: &[Item], at: usize) -> Option<(u64, usize)> {
    if let What::Number(n) = items[at].what {
        return Some(match multiple(items, at + 1) {
            // "17 тис. 63 пожежі".
            Some(1_000) if matches!(items.get(at + 2).map(|it| it.what), Some(What::Number(rest)) if rest < 1_000 && n < 1_000) =>
            {
                let Some(What::Number(rest)) = items.get(at + 2).map(|it| it.what) else { return None };
                (n * 1_000 + rest, at + 3)
            }
            Some(m) => (n.saturating_mul(m), at + 2),
            None => (n, at + 1),
        });
    }
    let (mut total, mut current, mut unit, mut at) = (0_u64, None::<u64>, u64::MAX, at);
    loop {
        match items.get(at).and_then(Item::sense) {
            Some(Sense::Number(n)) => {
                let size = if n >= 100 {
                    100
                } else if n >= 20 {
                    10
                } else {
                    1
                };
                // "20 5" goes down; "5 20" and "12 3" are two numbers.
                if size >= unit {
                    break;
                }
                unit = if n < 20 { 1 } else { size };
                current = Some(current.unwrap_or(0) + n);
            }
            Some(Sense::Mult(m)) => {
                let product = current.unwrap_or(1).saturating_mul(m);
                if m >= 1_000 {
                    total = total.saturating_add(product);
                    (current, unit) = (None, u64::MAX);
                } else if m == 100 {
                    (current, unit) = (Some(product), 100);
                } else {
                    return Some((total.saturating_add(product), at + 1));
                }
            }
            Some(Sense::Many(m)) if current.is_some() => {
                return Some((total.saturating_add(current.unwrap_or(1).saturating_mul(m)), at + 1));
            }
            Some(Sense::And)
                if items[at].text() == "and"
                    && at > 0
                    && items[at - 1].is(Sense::Mult(100))
                    && items.get(at + 1).is_some_and(|it| matches!(it.sense(), Some(Sense::Number(n)) if n < 100)) => {}
            _ => break,
        }
        at += 1;
    }
    match (total, current) {
        (0, None) => None,
        (total, current) => Some((total.saturating_add(current.unwrap_or(0)), at)),
    }
}
