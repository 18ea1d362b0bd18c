//! What leaves the reader: a claim with its trace, or a quantity for a person.

use super::super::claim::{Claim, ClaimKind, Object, Severity, Side, Step, Unparsed};
use super::super::clause::Trigger;
use super::super::measure::Measure;
use super::{BACK_MAX, Reader};

impl Reader<'_> {
    pub(super) fn step(&self, rule: &'static str, first: usize, end: usize) -> Step {
        let last = end.max(first + 1).min(self.items.len()) - 1;
        Step { rule, start: self.items[first.min(last)].token.start, end: self.items[last].end }
    }

    fn words(&self, at: usize) -> String {
        self.text[self.items[at].token.start..self.items[at].end].to_lowercase()
    }

    #[allow(clippy::too_many_arguments, reason = "one call for every field of a claim")]
    pub(super) fn emit(
        &mut self,
        index: usize,
        it: &Measure,
        object: Object,
        kind: ClaimKind,
        detail: Option<&'static str>,
        severity: Option<Severity>,
        rules: &[(&'static str, Option<Trigger>)],
    ) -> Option<usize> {
        let clause = &self.clauses[index];
        let mut trace = vec![self.step("number", it.number.0, it.number.1)];
        if it.quantity.hedge.is_some() {
            trace.push(self.step("hedge", it.first, it.end));
        }
        if it.end > it.number.1 {
            trace.push(self.step("noun", it.number.1, it.end));
        }
        for (rule, trigger) in rules {
            let (first, end) = trigger.map_or((it.first, it.end), |it| (it.at, it.at + 1));
            trace.push(self.step(rule, first, end));
        }
        self.orphan = false;
        let place = self.place(clause, kind, object);
        // The whole of "N of M" is as its part.
        let whole = rules.iter().any(|(rule, _)| rule.starts_with("whole"));
        let attacker = if whole {
            self.story.attacker = it.side.or(self.story.attacker);
            self.story.attacker
        } else {
            self.attacker(index, it, kind, detail)
        };
        let pushed = self.push(Claim {
            kind,
            object,
            quantity: it.quantity.clone(),
            place,
            time_ref: clause.rate.map(|at| self.words(at)).or_else(|| self.story.time_ref.clone()),
            child: it.child,
            attacker: attacker.unwrap_or(Side::Ru),
            part_of: None,
            severity,
            detail,
            trace,
        });
        if attacker.is_none() {
            self.story.undecided.extend(pushed);
        }
        pushed
    }

    pub(super) fn push(&mut self, claim: Claim) -> Option<usize> {
        let same = |it: &Claim| {
            it.kind == claim.kind
                && it.object == claim.object
                && it.quantity == claim.quantity
                && it.child == claim.child
                && it.attacker == claim.attacker
                && it.detail == claim.detail
                && (it.place == claim.place || it.place.is_none() || claim.place.is_none())
                && it.trace.first() != claim.trace.first()
        };
        // What is said twice, as a headline and its text do, is one claim.
        let start = claim.trace.first().map_or(0, |it| it.start);
        let far = |it: &Claim| {
            it.trace
                .first()
                .is_some_and(|old| self.text[old.start.min(start)..start.max(old.start)].contains(['.', '\n', '!']))
        };
        if self.story.claims.iter().rev().take(BACK_MAX).any(|it| same(it) && far(it) && claim.part_of.is_none()) {
            return None;
        }
        self.story.claims.push(claim);
        Some(self.story.claims.len() - 1)
    }

    pub(super) fn leave(&mut self, it: &Measure, reason: &'static str) {
        if it.implied {
            return;
        }
        self.orphan = true;
        let step = self.step("unparsed", it.first, it.end);
        let text = self.text[step.start..step.end].to_owned();
        self.story.unparsed.push(Unparsed { start: step.start, end: step.end, text, reason });
    }
}
