//! Where it was, and whose weapon it was.

use super::super::claim::{ClaimKind, Object, Side};
use super::super::clause::{Border, Clause, Evidence};
use super::super::item::What;
use super::super::lexicon::{Act, Lexicon, Sense};
use super::super::measure::{Head, Measure};
use super::Reader;

impl Reader<'_> {
    /// Whose weapons they are, where the sentence tells it without a claim, or after claims that could not know.
    pub(super) fn told_at_all(&mut self, spoke: bool) {
        let told = self.clauses.iter().flat_map(|it| &it.evidence).find_map(|it| match it {
            Evidence::Attack(side) => Some(*side),
            Evidence::Scene(side) => Some(side.other()),
            _ => None,
        });
        let Some(told) = told else { return };
        let late = !self.story.undecided.is_empty();
        for at in std::mem::take(&mut self.story.undecided) {
            if let Some(claim) = self.story.claims.get_mut(at) {
                claim.attacker = told;
            }
        }
        if !spoke || late {
            self.story.attacker = Some(told);
        }
    }

    pub(super) fn place(&self, clause: &Clause, kind: ClaimKind, object: Object) -> Option<&'static str> {
        let name = |it: &usize| Lexicon::get().places[*it].name;
        match clause.places.as_slice() {
            [one] => return Some(name(one)),
            [] => {}
            _ => return None,
        }
        if kind == ClaimKind::Launched || (object.is_weapon() && kind != ClaimKind::Hit) {
            return None;
        }
        let mut all = self.clauses.iter().flat_map(|it| &it.places);
        match (all.next(), all.next()) {
            (Some(one), None) => Some(name(one)),
            // Another place that is not known takes the story's away.
            (None, _) => self.story.place.filter(|_| !self.elsewhere()),
            _ => None,
        }
    }

    /// The sentence names a place after a preposition, and it is none that is known.
    fn elsewhere(&self) -> bool {
        self.items.windows(2).any(|pair| {
            pair[0].is(Sense::Prep) && pair[1].what == What::Unknown && pair[1].place.is_none() && pair[1].token.capital
        })
    }

    /// Whose weapon: the words beside the number, the clause, the sentence, what was said before.
    pub(super) fn attacker(
        &mut self,
        index: usize,
        it: &Measure,
        kind: ClaimKind,
        detail: Option<&str>,
    ) -> Option<Side> {
        let told = it.side.or_else(|| self.told(index, kind, detail));
        if told.is_none() && self.story.attacker.is_none() {
            return None;
        }
        let side = told.or(self.story.attacker).unwrap_or(Side::Ru);
        self.story.attacker = Some(side);
        Some(side)
    }

    fn told(&self, index: usize, kind: ClaimKind, detail: Option<&str>) -> Option<Side> {
        let mut order: Vec<usize> = vec![index];
        // What a side says of the other ends where "while" begins.
        let event = self.clauses[index].counts().any(|it| matches!(it.head, Head::Object(object) if object.is_event()))
            || self.clauses[index].triggers().any(|it| it.act == Act::Breach);
        let bound = |at: &usize| !event || self.clauses[*at].border != Border::Break;
        let begin = (0..=index).rev().find(|at| !bound(at)).unwrap_or(0);
        let end = (index + 1..self.clauses.len()).find(|at| !bound(at)).unwrap_or(self.clauses.len());
        order.extend((begin..index).rev());
        order.extend(index + 1..end);
        let read =
            |at: usize, pick: &dyn Fn(&Evidence) -> Option<Side>| self.clauses[at].evidence.iter().find_map(pick);
        let attack = |it: &Evidence| match it {
            Evidence::Attack(side) => Some(*side),
            _ => None,
        };
        let agent = |it: &Evidence| match (it, kind) {
            (Evidence::Agent(side), ClaimKind::Launched | ClaimKind::Hit) => Some(*side),
            (Evidence::Agent(side), ClaimKind::Other) if detail.is_none() => Some(*side),
            _ => None,
        };
        let guard = |it: &Evidence| match it {
            Evidence::Guard(side) => Some(side.other()),
            _ => None,
        };
        let stopper = |it: &Evidence| match it {
            Evidence::Agent(side) if matches!(kind, ClaimKind::Intercepted | ClaimKind::Lost) => Some(side.other()),
            _ => None,
        };
        let scene = |it: &Evidence| match it {
            Evidence::Scene(side) if kind != ClaimKind::Launched || *side == Side::Ua => Some(side.other()),
            _ => None,
        };
        let far = |it: &Evidence| match it {
            Evidence::Far(side) if kind != ClaimKind::Launched => Some(side.other()),
            _ => None,
        };
        for pick in [&attack as &dyn Fn(&Evidence) -> Option<Side>, &agent, &guard, &stopper] {
            if let Some(side) = read(index, pick) {
                return Some(side);
            }
        }
        // Who tells of the harm knows whose it was, as long as nothing divides them.
        let begin = (0..=index).rev().find(|at| self.clauses[*at].border == Border::Break).unwrap_or(0);
        let end = (index + 1..self.clauses.len()).find(|at| self.clauses[*at].border == Border::Break);
        let harm = matches!(kind, ClaimKind::Killed | ClaimKind::Wounded | ClaimKind::Damaged);
        if harm && let Some(side) = (begin..end.unwrap_or(self.clauses.len())).find_map(|at| read(at, &guard)) {
            return Some(side);
        }
        for pick in [&scene as &dyn Fn(&Evidence) -> Option<Side>, &far] {
            if let Some(side) = read(index, pick) {
                return Some(side);
            }
        }
        for pick in [&attack as &dyn Fn(&Evidence) -> Option<Side>, &agent, &guard, &scene, &far] {
            if let Some(side) = order[1..].iter().find_map(|at| read(*at, pick)) {
                return Some(side);
            }
        }
        None
    }
}
