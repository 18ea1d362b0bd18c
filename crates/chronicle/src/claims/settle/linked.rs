//! Quantities whose noun or verb stands elsewhere: before a dash, after the next number, in the clause that tells of the
//! noun, with the claim before; and what is denied, set aside, or of another war.

use super::super::claim::{ClaimKind, Object};
use super::super::clause::{Border, Clause, Part, Trigger};
use super::super::item::{Item, What};
use super::super::lexicon::{Act, Mark, Sense};
use super::super::measure::{self, Head, Measure, noun_at};
use super::Reader;
use super::meaning::{fits, meaning};
use crate::quantity::{Hedge, Quantity};

impl Reader<'_> {
    /// Why this sentence tells nothing of this war: it names another one and no side of ours, or an accident.
    pub(super) fn cause(&self) -> Option<&'static str> {
        if self.items.iter().any(|it| it.is(Sense::Mishap)) {
            return Some("accident");
        }
        let ours = self.clauses.iter().any(|it| !it.evidence.is_empty() || !it.places.is_empty())
            || self.items.iter().any(|it| {
                matches!(
                    it.sense(),
                    Some(Sense::Side(_) | Sense::SideAdj(_) | Sense::Guard(_) | Sense::Raid(_) | Sense::Scene(_))
                )
            });
        let foreign = self.items.iter().any(|it| it.is(Sense::Foreign));
        (!ours && (foreign || self.story.elsewhere)).then_some("elsewhere")
    }

    /// Whether an item belongs to a quantity.
    fn counted(&self, at: usize) -> bool {
        self.clauses.iter().flat_map(Clause::counts).any(|it| (it.first..it.end).contains(&at))
    }

    /// "Нарушений – 1 355", "штурмів … було 47", "ракет, близько 25 з них": the noun in the plural stands first.
    pub(super) fn noun_before(&self, it: &Measure) -> Option<Head> {
        let at = it.first.checked_sub(1)?;
        let link = &self.items[at];
        let dash = link.what == What::Mark('-');
        let them = link.has(Mark::Them) || it.of_them && link.what == What::Mark(',');
        if !(dash || link.is(Sense::Was) || them || matches!(link.sense(), Some(Sense::Subset))) {
            return None;
        }
        let mut here = at;
        while here > 0 {
            here -= 1;
            let item = &self.items[here];
            if self.counted(here) || item.what == What::Mark(';') || dash && item.what == What::Mark('-') {
                return None;
            }
            match item.sense() {
                Some(Sense::Event(Object::Hits) | Sense::One { .. } | Sense::Act(_)) => return None,
                Some(Sense::Event(object)) => return Some(Head::Object(object)),
                Some(Sense::Raid(_)) => {
                    let event = item.last.and_then(|it| measure::glued_event(&it.text));
                    return event.map(Head::Object);
                }
                Some(Sense::Weapon(_) | Sense::Thing(_) | Sense::Person { .. } | Sense::Name(_)) if near(at, here) => {
                    let begin = (0..here)
                        .rev()
                        .take(4)
                        .take_while(|at| {
                            matches!(
                                self.items[*at].sense(),
                                Some(Sense::Mod(_) | Sense::Skip | Sense::SideAdj(_) | Sense::Private)
                            )
                        })
                        .last();
                    return noun_at(self.items, begin.unwrap_or(here)).filter(|it| matches!(it, Head::Object(_)));
                }
                _ => {}
            }
        }
        None
    }

    /// "два массированных и шесть групповых ударов", "сначала два, а затем еще четыре КАБа": the next number has the noun.
    pub(super) fn noun_after(&self, index: usize, it: &Measure) -> Option<Head> {
        let offset = self.clauses.get(index + 1..)?.iter().take(3).position(|it| !it.parts.is_empty())?;
        let at = index + 1 + offset;
        let Some(Part::Count(next)) = self.clauses[at].parts.first() else { return None };
        let between = self.items.get(it.end..next.first)?;
        let joins = |item: &Item| {
            matches!(item.what, What::Mark(','))
                || matches!(
                    item.sense(),
                    Some(Sense::And | Sense::But | Sense::Or | Sense::Skip | Sense::More | Sense::Mod(_))
                )
                || item.what == What::Unknown && (item.adjectival() || item.place.is_none() && is_then(item))
        };
        let joined = between.iter().any(|it| matches!(it.sense(), Some(Sense::And | Sense::But | Sense::Or)));
        if it.whole || it.share || !between.iter().all(joins) {
            return None;
        }
        match next.head {
            Head::Object(object)
                if joined && (object.is_weapon() || object.is_event() || object.is_thing() || object.is_place()) =>
            {
                Some(next.head)
            }
            // "45, 62 and 88 drones".
            Head::None => self.noun_after(at, next),
            _ => None,
        }
    }

    /// "зруйновано 2 та пошкоджено 15 будинків": the other verb's number has the noun.
    pub(super) fn noun_of_pair(&self, index: usize) -> Option<Head> {
        let next = self.clauses.get(index + 1).filter(|it| it.border == Border::And)?;
        let [Part::Trigger(_), Part::Count(other), ..] = next.parts.as_slice() else { return None };
        let [Part::Trigger(_), Part::Count(_)] = self.clauses[index].parts.as_slice() else { return None };
        match other.head {
            Head::Object(object) if object.is_thing() => Some(other.head),
            Head::Unknown => Some(Head::Unknown),
            _ => None,
        }
    }

    /// "48 missiles, seven of which hit": the weapon that this sentence counted last.
    pub(super) fn last_weapon(&self) -> Option<Object> {
        self.story.recent_in(self.begins).last().map(|it| it.object).filter(|it| it.is_weapon())
    }

    /// "їх уже 36", "всего за ночь 60", "на Лиманському – 12": the same again of what was told.
    pub(super) fn again(&mut self, index: usize, it: &Measure) -> bool {
        let begin = (0..=index).rev().find(|at| self.clauses[*at].border == Border::Break).unwrap_or(0);
        let end = (index + 1..self.clauses.len()).find(|at| self.clauses[*at].border == Border::Break);
        let end = end.unwrap_or(self.clauses.len());
        let since = self.clauses[..index].iter().flat_map(Clause::counts).map(|it| it.end).max().unwrap_or(0);
        if self.clauses[begin..end].iter().flat_map(Clause::triggers).any(|it| it.at >= since && !it.weak) {
            return false;
        }
        let before = &self.items[self.clauses[index].span.0.min(it.first)..it.first];
        let them = before.iter().any(|it| it.has(Mark::Them))
            && before.iter().all(|it| {
                it.has(Mark::Them) || it.has(Mark::Only) || it.is(Sense::Was) || it.is(Sense::But) || is_short(it)
            });
        let segment = &self.items[self.clauses[begin].span.0.min(it.first)..it.end];
        let total = segment.iter().any(|it| it.has(Mark::Total));
        let told = self.story.recent_in(self.begins);
        let told = if told.is_empty() && them {
            &self.story.claims[self.story.recent.min(self.story.claims.len())..]
        } else {
            told
        };
        let Some(last) = told.last().filter(|it| it.part_of.is_none()).cloned() else { return false };
        let alike = told.iter().all(|it| (it.kind, it.object) == (last.kind, last.object));
        let there =
            self.items.get(it.end).is_some_and(|it| it.is(Sense::Prep)) && !self.clauses[index].places.is_empty();
        let counted = (0..index).rev().find(|at| self.clauses[*at].counts().next().is_some()).map_or(0, |at| at + 1);
        let other =
            self.clauses[counted..index].iter().any(|it| it.evidence.len() > it.places.len() || it.places.len() > 1);
        let event = last.object.is_event() && !other && (self.clauses[index].border == Border::Dash || there);
        if !(them || total && alike && told.len() > 1 || event) || last.child {
            return false;
        }
        self.emit(index, it, last.object, last.kind, last.detail, last.severity, &[("again", None)]);
        true
    }

    /// "43 із 80 запущених дронів становили імітатори": what the part is, said after the whole.
    pub(super) fn part_is(&self, whole: &Measure) -> Option<Object> {
        let was = self.items.get(whole.end).is_some_and(|it| it.is(Sense::Was));
        match noun_at(self.items, whole.end + 1) {
            Some(Head::Object(object)) if was && object.is_weapon() => Some(object),
            _ => None,
        }
    }

    /// "120 guided bombs a day": what flies at a rate is launched, where nothing else is said.
    pub(super) fn at_a_rate(&self, index: usize, head: Head) -> Option<Trigger> {
        let weapon = matches!(head, Head::Object(object) if object.is_weapon());
        let silent = |it: &Clause| !it.unreal && it.triggers().all(|it| it.weak || it.act == Act::Launch);
        let at = self.clauses[index].rate?;
        let closed = self.items.get(at + 1).is_none_or(|it| matches!(it.what, What::Mark('-' | ',' | '.')));
        let beside = self.clauses[index].counts().last().is_some_and(|it| it.end == at);
        (weapon && closed && beside && self.clauses.iter().all(silent)).then_some(Trigger {
            act: Act::Launch,
            weak: false,
            negated: false,
            at,
        })
    }

    /// A noun that nobody knows, of somebody: only people are killed and wounded.
    pub(super) fn is_harm(&self, index: usize, it: &Measure, trigger: Option<Trigger>) -> bool {
        let prep =
            it.first > 0 && matches!(self.items[it.first - 1].sense(), Some(Sense::Prep | Sense::To | Sense::From));
        let own = |found: &Trigger| self.clauses[index].triggers().any(|it| it == found);
        let plural = self.items.get(it.number.1).is_some_and(|it| {
            let text = it.text();
            !it.token.capital && (!text.is_ascii() || text.ends_with('s') && !text.ends_with("ss"))
        });
        !prep
            && plural
            && trigger.is_some_and(|it| matches!(it.act, Act::Kill | Act::Wound) && !it.weak && !it.negated && own(&it))
    }

    /// "two ballistic missiles were not.": the verb before, denied.
    pub(super) fn is_denied(&self, it: &Measure) -> bool {
        let mut at = it.end;
        at += usize::from(self.items.get(at).is_some_and(|it| it.is(Sense::Was)));
        self.items.get(at).is_some_and(|it| it.is(Sense::Not) && it.has(Mark::Nay))
            && self.items.get(at + 1).is_none_or(|it| matches!(it.what, What::Mark(_)))
    }

    pub(super) fn denied(&mut self, index: usize, it: &Measure, head: Head) {
        let before = self.clauses[..index].iter().flat_map(Clause::triggers).filter(|it| !it.weak).last().copied();
        let down = before.or(self.story.last).is_some_and(|it| matches!(it.act, Act::Down | Act::Destroy));
        let object = match head {
            Head::Object(object) if object.is_weapon() => Ok(object),
            Head::None => self.antecedent(index, Act::Down),
            _ => Err("negated"),
        };
        match object {
            Ok(object) if down => {
                let detail = Some("not_intercepted");
                self.emit(index, it, object, ClaimKind::Other, detail, None, &[("kind.not", None)]);
            }
            _ => self.leave(it, "negated"),
        }
    }

    /// The trigger of the clause that tells of the noun: "24 that did not reach", "18 пунктів, що лишилися без світла".
    pub(super) fn relative(&self, index: usize, it: &Measure, head: Head) -> Option<Trigger> {
        let mut at = it.end;
        at += usize::from(self.items.get(at).is_some_and(|it| it.what == What::Mark(',')));
        let link = self.items.get(at)?;
        let begins = if link.has(Mark::Relative) {
            at + 1
        } else if at > it.end
            && head != Head::None
            && self.items.get(at + 1).is_some_and(|it| it.what != What::Mark('-'))
            && link.adjectival()
            && matches!(link.sense(), Some(Sense::Act(_)))
        {
            at
        } else {
            return None;
        };
        let clause = self.clauses[index + 1..].iter().take(2).find(|it| it.span.0 == begins)?;
        let mut found = clause.triggers().filter(|it| !it.weak && it.act != Act::Aside);
        let (first, more) = (found.next()?, found.next());
        (more.is_none() && !first.negated && fits(first.act, head)).then_some(*first)
    }

    /// "Ни один из девяти беспилотников, выпущенных по Измаилу, не долетел": nine were launched, none has hit.
    pub(super) fn not_one(&mut self, index: usize, position: usize, it: &Measure) -> bool {
        let before = &self.items[self.clauses[index].span.0.min(it.first)..it.first];
        if !before.iter().any(|it| it.is(Sense::Nobody)) {
            return false;
        }
        let mut spoke = false;
        if let Some(trigger) = self.relative(index, it, it.head)
            && let Head::Object(object) = it.head
            && let Some(found) = meaning(trigger.act, object)
        {
            let rule = [("kind.relative", Some(trigger))];
            spoke |= self.emit(index, it, object, found.kind, found.detail, found.severity, &rule).is_some();
        }
        let own = self.clauses[index].parts[position + 1..].iter();
        let own = own.filter_map(|it| if let Part::Trigger(it) = it { Some(*it) } else { None });
        let later = self.clauses[index + 1..]
            .iter()
            .take_while(|it| matches!(it.border, Border::Comma) && it.counts().next().is_none())
            .flat_map(Clause::triggers)
            .copied();
        let Some(main) = own.chain(later).filter(|it| !it.weak).last() else { return spoke };
        spoke | self.zero(index, it.head, main)
    }

    /// "Жодна ракета не досягла цілі", "neither was intercepted": none of what is named.
    pub(super) fn none_of_weapons(&mut self, index: usize, nobody: usize, trigger: Trigger) -> bool {
        let end = self.clauses[index].span.1.min(self.items.len());
        let Some(at) = (self.clauses[index].span.0..end).find(|at| self.items[*at].is(Sense::Nobody)) else {
            return false;
        };
        // "we downed none".
        let alone = trigger.at + 1 == at && self.items.get(at + 1).is_none_or(|it| matches!(it.what, What::Mark(_)));
        if alone {
            return self.zero(index, Head::None, trigger);
        }
        if trigger.at < at || nobody > 0 && self.clauses[index].counts().next().is_some() {
            return false;
        }
        let head = noun_at(self.items, at + 1).unwrap_or(Head::None);
        self.zero(index, head, trigger)
    }

    fn zero(&mut self, index: usize, head: Head, trigger: Trigger) -> bool {
        let kind = match trigger.act {
            Act::Down => ClaimKind::Intercepted,
            Act::Hit => ClaimKind::Hit,
            // "not one reached it": what did not arrive has not hit.
            Act::Lose if self.items[trigger.at].has(Mark::Reach) => ClaimKind::Hit,
            _ => return false,
        };
        let object = match head {
            Head::Object(object) if object.is_weapon() => object,
            Head::None => match self.antecedent(index, trigger.act) {
                Ok(object) => object,
                Err(_) => return false,
            },
            _ => return false,
        };
        let it = measure::implied(Quantity::hedged(0, Hedge::None), false, false, trigger.at, trigger.at + 1);
        self.emit(index, &it, object, kind, None, None, &[("none", Some(trigger))]).is_some()
    }

    /// "debris fell at 6 others": the places that this sentence has counted.
    pub(super) fn place_told(&self) -> Option<Head> {
        let told = self.story.recent_in(self.begins).iter().rev().find(|it| it.object.is_place())?;
        Some(Head::Object(told.object))
    }

    /// A clause names some place, known or not: a capital that begins no sentence.
    pub(super) fn names_a_place(&self, index: usize, it: &Measure) -> bool {
        let end = self.clauses[index].span.1.min(self.items.len());
        self.items[it.end.min(end)..end]
            .windows(2)
            .any(|pair| pair[0].is(Sense::Prep) && pair[1].what == What::Unknown && pair[1].token.capital)
    }
}

/// Whether a noun is near enough to its number to be its own.
fn near(at: usize, noun: usize) -> bool {
    at - noun <= 3
}

/// "then", "затем": an unknown small word between two numbers.
fn is_then(item: &Item) -> bool {
    !item.token.capital && item.text().chars().count() <= 6
}

fn is_short(item: &Item) -> bool {
    item.what == What::Unknown && item.text().chars().count() <= 5
}
