//! Wholes, their parts, and what was spoken of before.

use super::super::claim::{Claim, ClaimKind, Object};
use super::super::clause::{Border, Clause};
use super::super::lexicon::{Act, Sense};
use super::super::measure::{Head, Measure};
use super::meaning::{Bare, bare, family, fits, general, meaning};
use super::{BACK_MAX, Reader};
use crate::quantity::{Hedge, Quantity};

impl Reader<'_> {
    /// How many things of a row a distributive quantity stands for: one for each place named.
    pub(super) fn row(&self, index: usize, it: &Measure) -> usize {
        if !it.each {
            return 1;
        }
        let mut count = self.clauses[index].places.len().max(usize::from(self.names_a_place(index, it)));
        for (offset, next) in self.clauses[index + 1..].iter().enumerate() {
            let joined =
                matches!(next.border, Border::Comma | Border::And) || offset == 0 && next.border == Border::Dash;
            if !joined || next.counts().next().is_some() || next.triggers().next().is_some() || next.subset {
                break;
            }
            if !next.places.is_empty() {
                count += next.places.len();
            } else if self.items[next.span.0..next.span.1.min(self.items.len())].iter().any(|it| it.token.capital) {
                count += 1;
            }
        }
        if count > 30 { 0 } else { count }
    }

    /// A part of what was said before: the kind is the whole's.
    pub(super) fn part(&mut self, index: usize, it: &Measure, head: Head) -> bool {
        if self.orphan
            && let Some(found) = self.orphan_act
            && let Head::Object(object) = head
            && let Some(said) = meaning(found.act, object)
        {
            let act = self.orphan_act;
            self.emit(index, it, object, said.kind, said.detail, said.severity, &[("kind.trigger", act)]);
            (self.orphan, self.orphan_act) = (true, act);
            return true;
        }
        if self.orphan {
            self.leave(it, "antecedent");
            return true;
        }
        let from = self.story.claims.len().saturating_sub(BACK_MAX);
        // "of those killed, 3 were children".
        let said = self.clauses[index.saturating_sub(1)..=index].iter().find(|it| it.subset);
        let said = said.and_then(|it| it.triggers().find(|it| !it.weak && fits(it.act, head)));
        let kind = said.and_then(|it| meaning(it.act, Object::Person)).map(|it| it.kind);
        let whole = (from..self.story.claims.len()).rev().find(|at| {
            let claim = &self.story.claims[*at];
            if kind.is_some_and(|it| claim.object == Object::Person && claim.kind != it) {
                return false;
            }
            match head {
                Head::Object(object) if object.is_weapon() => {
                    claim.object.is_weapon() && family(claim.object) == family(object) && claim.part_of.is_none()
                }
                Head::Object(object) if object.is_thing() => {
                    claim.object.is_thing()
                        && (object == claim.object
                            || object == Object::PrivateHouse && claim.object == Object::ResidentialBuilding)
                }
                Head::Object(object) => claim.object == object && claim.part_of.is_none(),
                Head::None => claim.part_of.is_none(),
                _ => false,
            }
        });
        let Some(whole) = whole else {
            if matches!(head, Head::Object(object) if object.is_weapon()) && !it.of_them {
                return false;
            }
            self.leave(it, if matches!(head, Head::Unknown) { "object" } else { "antecedent" });
            return true;
        };
        if it.gender && !it.child && head == Head::Object(Object::Person) {
            return true;
        }
        let claim = &self.story.claims[whole];
        let object = match head {
            Head::Object(object) => object,
            _ => claim.object,
        };
        let (kind, detail, severity) = (claim.kind, claim.detail, claim.severity);
        let copies = self.row(index, it);
        for _ in 0..copies {
            if let Some(at) = self.emit(index, it, object, kind, detail, severity, &[("subset", None)]) {
                self.story.claims[at].part_of = Some(whole);
            }
        }
        true
    }

    /// "mostly Shaheds", "at least half of them Shaheds".
    pub(super) fn fraction(&mut self, index: usize, hedge: Hedge, object: Option<Object>) {
        let from = self.story.claims.len().saturating_sub(BACK_MAX);
        let whole = (from..self.story.claims.len()).rev().find(|at| {
            let claim = &self.story.claims[*at];
            claim.object.is_weapon() && object.is_none_or(|it| family(it) == family(claim.object))
        });
        let Some(whole) = whole else { return };
        let claim = self.story.claims[whole].clone();
        let (Some(n), true) = (claim.quantity.value, claim.quantity.exact) else { return };
        let clause = &self.clauses[index];
        let kind =
            clause.triggers().filter(|it| !it.weak && !it.negated).last().and_then(|it| meaning(it.act, claim.object));
        let kind = if self.clauses[index].border == Border::Start { kind } else { None };
        let mut part = Claim { quantity: Quantity::hedged(n, hedge), part_of: Some(whole), ..claim };
        part.object = object.unwrap_or(part.object);
        if let Some(kind) = kind {
            part.kind = kind.kind;
        }
        part.trace.push(self.step("subset.fraction", clause.span.0, clause.span.1.max(clause.span.0 + 1)));
        self.push(part);
    }

    /// "All were downed": the number is the antecedent's.
    pub(super) fn every(&mut self, index: usize) {
        let clause = &self.clauses[index];
        let Some(trigger) =
            clause.triggers().find(|it| matches!(it.act, Act::Down | Act::Destroy | Act::Lose) && !it.negated).copied()
        else {
            return;
        };
        // "all the people were …" has its own noun.
        let noun = self.items[clause.span.0..clause.span.1.min(self.items.len())]
            .iter()
            .any(|it| matches!(it.sense(), Some(Sense::Thing(_) | Sense::Person { .. } | Sense::One { .. })));
        if noun {
            return;
        }
        let kind = meaning(trigger.act, Object::DroneAny).map(|it| it.kind);
        let whole: Vec<Claim> = self.story.claims[self.story.recent.min(self.story.claims.len())..]
            .iter()
            .filter(|it| it.kind == ClaimKind::Launched && it.part_of.is_none())
            .filter(|it| clause.topic.is_none_or(|topic| family(topic) == family(it.object)))
            .cloned()
            .collect();
        let Some(kind) = kind else { return };
        for mut claim in whole {
            claim.kind = kind;
            claim.trace.push(self.step("all", trigger.at, trigger.at + 1));
            self.push(claim);
        }
    }

    /// What a quantity without a noun counts.
    pub(super) fn antecedent(&self, index: usize, act: Act) -> Result<Object, &'static str> {
        match bare(act) {
            Some(Bare::Person) => return Ok(Object::Person),
            Some(Bare::Antecedent) => {}
            None if act == Act::Casualty => return Err("ambiguous"),
            None => return Err("object"),
        }
        // "із 23 крилатих ракет перехопили 19": of those.
        // "а з 704 дронів – 585".
        let dash = self.clauses[index].border == Border::Dash && self.clauses[index.saturating_sub(1)].parts.len() == 1;
        let near = self.clauses[index.saturating_sub(usize::from(dash))..=index].iter();
        let whole = near.flat_map(Clause::counts).find(|it| it.whole).map(|it| it.head);
        if let Some(Head::Object(object)) = whole.filter(|_| !matches!(act, Act::Harm | Act::Wreck))
            && object.is_weapon()
        {
            return Ok(object);
        }
        // "12 houses were damaged, 3 destroyed".
        let house = self.story.recent_in(self.begins).last().is_some_and(|it| it.object.is_thing());
        let things = matches!(act, Act::Harm | Act::Wreck) || act == Act::Destroy && house;
        if !things
            && self.story.claims.iter().rev().take(BACK_MAX).all(|it| !it.object.is_weapon())
            && let Some(topic) = self.clauses.iter().find_map(|it| it.topic).or(self.story.topic)
        {
            return Ok(topic);
        }
        // "5 houses were damaged, a shed, one more was destroyed": one more what?
        let counted = (0..index).rev().find(|at| {
            self.clauses[*at].counts().any(|it| matches!(it.head, Head::Object(object) if object.is_thing()))
        });
        let between = counted.map_or(index, |at| at + 1)..index;
        let named = |at: usize| {
            let (first, end) = self.clauses[at].span;
            self.items[first..end.min(self.items.len())].iter().any(|it| matches!(it.sense(), Some(Sense::Thing(_))))
        };
        if things && between.into_iter().any(named) {
            return Err("antecedent");
        }
        // "478 drones, including 226 lost": of the drones.
        if self.clauses[index].subset
            && let Some(last) = self.story.recent_in(self.begins).last().filter(|it| it.object.is_weapon())
        {
            return Ok(last.object);
        }
        // This sentence's own, if it has any; else those of the sentence before.
        let own = self
            .story
            .recent_in(self.begins)
            .iter()
            .any(|it| if things { it.object.is_thing() } else { it.object.is_weapon() });
        let since = if own { self.begins } else { self.story.recent };
        let back = self.story.claims.iter().rev().take(BACK_MAX);
        let mut objects: Vec<(Object, bool)> = Vec::new();
        for (back, claim) in back.enumerate() {
            let at = self.story.claims.len() - 1 - back;
            let suits = if things { claim.object.is_thing() } else { claim.object.is_weapon() };
            if suits {
                // Only the latest sentence that spoke of such things counts.
                if !objects.is_empty() && at < since {
                    break;
                }
                objects.push((claim.object, claim.part_of.is_some()));
            }
        }
        objects.retain(|it| !it.1);
        let Some((first, _)) = objects.first().copied() else { return Err("antecedent") };
        if !objects.iter().all(|it| family(it.0) == family(first)) {
            return Err("antecedent");
        }
        // Two sorts of one family: whatever it is, it is of the family.
        Ok(if objects.iter().all(|it| it.0 == first) { first } else { general(first) })
    }
}
