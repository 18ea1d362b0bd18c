//! People: named one by one, none of them, killed or wounded.

use super::super::claim::{ClaimKind, Object};
use super::super::clause::{Border, Clause, Part, Trigger};
use super::super::item::What;
use super::super::lexicon::{Act, Lexicon, Mark, Sense};
use super::super::measure::{self, Head, Measure};
use super::meaning::meaning;
use super::{BACK_MAX, Reader};
use crate::quantity::{Hedge, Quantity};

impl Reader<'_> {
    /// "Мирні жителі не постраждали", "civilians were not hurt".
    pub(super) fn unharmed(&mut self, index: usize) {
        let clause = &self.clauses[index];
        if self.strange_cause.is_some()
            || clause.unreal
            || clause.info
            || clause.others
            || clause.counts().next().is_some()
        {
            return;
        }
        let people = self.items[clause.span.0..clause.span.1.min(self.items.len())]
            .iter()
            .any(|it| it.is(Sense::Person { child: false, gender: false }));
        let harm = clause
            .triggers()
            .find(|it| it.negated && !it.weak && matches!(it.act, Act::Kill | Act::Wound | Act::Suffer))
            .copied();
        if let Some(trigger) = harm.filter(|_| people) {
            let kind = if trigger.act == Act::Kill { ClaimKind::Killed } else { ClaimKind::Wounded };
            let it = measure::implied(Quantity::hedged(0, Hedge::None), false, false, trigger.at, trigger.at + 1);
            self.emit(index, &it, Object::Person, kind, None, None, &[("none", Some(trigger))]);
        }
    }

    /// "A man and a woman were hurt": two, counted by the reader.
    pub(super) fn joins(&mut self, index: usize, it: &Measure, kind: ClaimKind) -> bool {
        let Some((claim, last)) = self.row_of_people else { return false };
        let near =
            index == last || index == last + 1 && matches!(self.clauses[index].border, Border::And | Border::Comma);
        let step = self.step("enumerated", it.first, it.end);
        // "Жінка загинула, її чоловік поранений": the first has had its verb.
        let apart = index > last
            && self.clauses[last].triggers().last().is_some_and(|old| {
                old.at > self.clauses[last].counts().last().map_or(0, |it| it.first)
                    && self.clauses[index..].iter().flat_map(Clause::triggers).next().is_some()
            });
        if apart {
            return false;
        }
        let old = &mut self.story.claims[claim];
        // "A woman and her 9-year-old grandson": two people, one of them a child.
        let child = it.child && !old.child;
        if !near || old.kind != kind || (old.child != it.child && !child) {
            return false;
        }
        let sum = old.quantity.plus(&it.quantity);
        let Some(n) = sum.value else { return false };
        old.quantity = Quantity::hedged(n, Hedge::Enumerated);
        old.trace.push(step);
        self.row_of_people = Some((claim, index));
        if child && let Some(part) = self.emit(index, it, Object::Person, kind, None, None, &[("subset", None)]) {
            self.story.claims[part].part_of = Some(claim);
        }
        true
    }

    /// "A hundred people were killed or wounded": nobody knows how many of each.
    pub(super) fn both(&self, index: usize, trigger: Trigger) -> bool {
        let harm = |act: Act| matches!(act, Act::Kill | Act::Wound | Act::Suffer);
        let clause = &self.clauses[index];
        if !harm(trigger.act) || clause.counts().filter(|it| it.head != Head::Veto).count() > 1 {
            return false;
        }
        let next = self.clauses.get(index + 1).filter(|next| {
            next.border == Border::And
                && next.span.0 == trigger.at + 2
                && next.counts().next().is_none()
                && next.triggers().next().is_some_and(|it| it.at == next.span.0)
        });
        let others = clause.triggers().chain(next.into_iter().flat_map(Clause::triggers));
        others.into_iter().any(|it| harm(it.act) && it.act != trigger.act && it.at.abs_diff(trigger.at) <= 2)
            && clause.counts().all(|it| !it.implied)
    }

    /// Whether one person named by a noun is a person more, and not one already counted.
    pub(super) fn implied_counts(&self, index: usize, position: usize, it: &Measure) -> bool {
        let clause = &self.clauses[index];
        if clause.parts.iter().any(|it| matches!(it, Part::Nobody)) {
            return false;
        }
        let mut acts =
            clause.triggers().filter(|it| matches!(it.act, Act::Kill | Act::Wound | Act::Suffer) && !it.negated);
        let among = |at: usize| self.clauses.get(at).is_some_and(|it| it.among);
        let subset = self.subset || clause.subset || clause.among || index > 0 && among(index - 1) || among(index + 1);
        if acts.next().is_none() && !subset && !self.continues(index) {
            return false;
        }
        // "in hospital" alone is no claim; "hospitalised with shrapnel wounds" is.
        if let Some(aside) = clause.triggers().find(|it| it.act == Act::Aside)
            && !clause.triggers().any(|it| it.act == Act::Kill && !it.weak && !it.negated)
            && !clause.triggers().any(|it| it.act == Act::Wound && !it.weak && it.at > aside.at)
        {
            return false;
        }
        // "їхня мати — в реанімації"; "Марія та її брат": a name that nobody counted.
        let lying = self
            .clauses
            .get(index + 1)
            .is_some_and(|next| next.border == Border::Dash && next.triggers().any(|it| it.act == Act::Aside));
        let begins = clause.span.0.min(it.first);
        let named = clause.border == Border::And
            && self.items[begins..it.first].iter().any(|it| it.has(Mark::Own))
            && begins > 1
            && self.items[begins - 2].what == What::Unknown
            && self.items[begins - 2].token.capital
            && self.items[begins - 2].place.is_none();
        if lying || named {
            return false;
        }
        let begun = self.story.recent_in(self.begins);
        if it.child && begun.iter().any(|claim| claim.child) && self.row_of_people.is_none() {
            return false;
        }
        if it.child && (subset || !self.story.claims.iter().rev().take(BACK_MAX).any(|claim| claim.child)) {
            return true;
        }
        if subset {
            return false;
        }
        let place = clause.places.first().map(|it| Lexicon::get().places[*it].name);
        let Some(trigger) = self.governs(index, position, it, it.head) else { return false };
        let Some(meaning) = meaning(trigger.act, Object::Person) else { return false };
        let told = self.story.claims.iter().rev().take(BACK_MAX).any(|claim| {
            claim.object == Object::Person
                && claim.kind == meaning.kind
                // A child alone is no total that a parent belongs to.
                && !(claim.child && claim.part_of.is_none() && claim.quantity.value == Some(1))
                && (place.is_none() || claim.place == place || claim.place.is_none())
        });
        let row = self.row_of_people.is_some_and(|(claim, last)| {
            self.story.claims[claim].kind == meaning.kind
                && (index == last || index == last + 1 && matches!(clause.border, Border::And | Border::Comma))
        });
        !told || it.more || clause.more || row
    }

    /// Whether a clause without a trigger goes on with a row of people begun before it.
    pub(super) fn continues(&self, index: usize) -> bool {
        index > 0
            && matches!(self.clauses[index].border, Border::And | Border::Comma)
            && self.clauses[index].triggers().next().is_none()
            && (self.clauses[index - 1].counts().any(|it| it.head == Head::Object(Object::Person))
                || self.clauses.get(index + 1).is_some_and(|next| {
                    next.border == Border::And && next.counts().any(|it| it.head == Head::Object(Object::Person))
                }))
            || index + 1 < self.clauses.len()
                && matches!(self.clauses[index + 1].border, Border::And)
                && self.clauses[index + 1].counts().any(|it| it.implied || it.head == Head::Object(Object::Person))
    }

    /// "No one was hurt", "жертв и пострадавших нет".
    pub(super) fn none(&mut self, index: usize) {
        let clause = &self.clauses[index];
        if self.strange_cause.is_some()
            || clause.info
            || clause.others
            || clause.unreal
            || clause.aside
            || clause.counts().any(|it| it.head != Head::Veto && !it.implied)
        {
            return;
        }
        let before = clause.parts.iter().position(|it| matches!(it, Part::Nobody)).unwrap_or(0);
        let after =
            clause.parts[before..].iter().filter_map(|it| if let Part::Trigger(it) = it { Some(*it) } else { None });
        let alone = clause.triggers().find(|it| !it.weak && it.act == Act::Down).copied();
        if let Some(trigger) = after.rev().find(|it| !it.weak).or(alone)
            && self.none_of_weapons(index, before, trigger)
        {
            return;
        }
        let own = clause.parts.iter().position(|it| matches!(it, Part::Trigger(_)));
        let mut triggers: Vec<Trigger> = clause.triggers().copied().collect();
        let quiet = |it: &Clause| {
            it.counts().next().is_none()
                && !it.parts.iter().any(|it| matches!(it, Part::Nobody))
                && !it.info
                && !it.others
        };
        let people = |it: &Trigger| matches!(it.act, Act::Kill | Act::Wound | Act::Suffer | Act::Casualty);
        if own.is_none_or(|it| it < before) {
            let mut at = index;
            // "Загиблих, попри першу інформацію про трьох, немає".
            while at > 0
                && (self.clauses[at - 1].aside
                    || self.clauses[at - 1].parts.is_empty()
                        && self.clauses[at].border == Border::Comma
                        && self.clauses[at - 1].span.1 - self.clauses[at - 1].span.0 <= 3)
            {
                at -= 1;
            }
            while at > 0
                && matches!(self.clauses[at].border, Border::And | Border::Comma)
                && quiet(&self.clauses[at - 1])
                && self.clauses[at - 1].triggers().any(people)
            {
                at -= 1;
                triggers.extend(self.clauses[at].triggers().copied());
            }
        } else {
            for next in &self.clauses[index + 1..] {
                if !matches!(next.border, Border::And | Border::Comma)
                    || !quiet(next)
                    || !next.triggers().any(people)
                    || next.parts.len() > 1
                {
                    break;
                }
                triggers.extend(next.triggers().copied());
            }
        }
        triggers.sort_by_key(|it| it.at);
        for trigger in triggers {
            let kinds: &[ClaimKind] = match trigger.act {
                Act::Kill => &[ClaimKind::Killed],
                Act::Wound | Act::Suffer => &[ClaimKind::Wounded],
                // No casualties: none of either.
                Act::Casualty => &[ClaimKind::Killed, ClaimKind::Wounded],
                _ => continue,
            };
            for kind in kinds {
                let it = measure::implied(Quantity::hedged(0, Hedge::None), false, false, trigger.at, trigger.at + 1);
                self.emit(index, &it, Object::Person, *kind, None, None, &[("none", Some(trigger))]);
            }
        }
    }
}
