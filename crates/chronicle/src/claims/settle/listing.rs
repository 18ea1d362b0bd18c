//! Sentences and lists that have no verb, and verbs that have somebody of their own.

use super::super::clause::{Border, Clause, Trigger};
use super::super::item::{Item, What};
use super::super::lexicon::{Act, Sense};
use super::super::measure::{Head, Measure};
use super::Reader;
use super::meaning::family;

impl Reader<'_> {
    /// The trigger of the sentence before, for one that has no verb at all: "About a thousand drones, 57 missiles."
    pub(super) fn fragment(&self, index: usize) -> Option<Trigger> {
        let silent = self.clauses.iter().all(|it| it.triggers().next().is_none() && !it.unreal);
        let verbless = self.items.iter().all(|it| it.what != What::Unknown || it.place.is_some());
        // «14 БПЛА – над территорией …, пять БПЛА – над …», said after what was shot down.
        let over = self.clauses.get(index + 1).is_some_and(|next| {
            next.border == Border::Dash && self.items.get(next.span.0).is_some_and(|it| it.text() == "над")
        });
        // "The ministry put the total at 112 drones."
        let total = self.items.windows(2).any(|it| it[0].text() == "total" && it[1].text() == "at");
        self.story.last.filter(|it| {
            silent
                && (verbless && it.act == Act::Launch
                    || (verbless || over || total) && it.act == Act::Down
                    || over && it.act == Act::Destroy)
        })
    }

    /// "Зеленський: за тиждень – 1 300 дронів, 1 050 авіабомб і 50 ракет": a list of weapons without any verb.
    pub(super) fn listing(&self, index: usize) -> Option<Trigger> {
        // As far as what a semicolon divides.
        let begin = (0..=index).rev().find(|at| self.clauses[*at].border == Border::Break).unwrap_or(0);
        let end = (index + 1..self.clauses.len()).find(|at| self.clauses[*at].border == Border::Break);
        let clauses = &self.clauses[begin..end.unwrap_or(self.clauses.len())];
        let silent = clauses.iter().all(|it| it.triggers().next().is_none() && !it.unreal);
        let counts = || clauses.iter().flat_map(Clause::counts).filter(|it| it.head != Head::Veto);
        let (first, last) = (counts().next()?, counts().last()?);
        let of = |it: &Measure| match it.head {
            Head::Object(object) if object.is_weapon() => Some(family(object)),
            _ => None,
        };
        let sorts = counts().filter_map(of).any(|it| Some(it) != of(first));
        let weapons = counts().all(|it| of(it).is_some() && it.doubt.is_none());
        let opener = first.first.checked_sub(1).map(|at| self.items[at].what);
        let opened = matches!(opener, Some(What::Mark('-' | ':')));
        let before = &self.items[..first.first];
        let about = clauses
            .iter()
            .any(|it| self.items[it.span.0..it.span.1.min(self.items.len())].iter().any(|it| it.is(Sense::Time)))
            || before
                .iter()
                .any(|it| it.is(Sense::Time) || ["атак", "attack"].iter().any(|a| it.text().starts_with(a)));
        let plain = self.items[first.first..last.end].iter().all(|it| it.what != What::Unknown || it.place.is_some());
        (silent && sorts && weapons && opened && about && plain && self.clauses[index].counts().next().is_some())
            .then_some(Trigger { act: Act::Launch, weak: false, negated: false, at: first.first })
    }

    /// The trigger has a subject or an object of its own, which nobody counted: "большинство целей сбито", "пошкоджено адмінбудівлю".
    pub(super) fn speaks_for_itself(&self, at: usize, trigger: Trigger) -> bool {
        let (first, end) = (self.clauses[at].span.0.min(trigger.at), self.clauses[at].span.1.min(self.items.len()));
        let noun = |it: &&Item| {
            matches!(
                it.sense(),
                Some(
                    Sense::Thing(_)
                        | Sense::Person { .. }
                        | Sense::One { .. }
                        | Sense::Weapon(_)
                        | Sense::Vague
                        | Sense::Event(_)
                )
            ) || it.what == What::Unknown && it.place.is_none() && !it.token.capital && !it.text().ends_with("ly")
        };
        let before = self.items[first..trigger.at].iter().any(|it| noun(&it));
        let after = self.items[(trigger.at + 1).min(end)..end].iter().find(|it| {
            !matches!(it.sense(), Some(Sense::Was | Sense::Skip | Sense::Article | Sense::More | Sense::Act(_)))
        });
        before || after.is_some_and(|it| noun(&it))
    }
}
