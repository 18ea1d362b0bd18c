//! Which trigger governs a quantity: that of its own noun phrase, of its clause, of the clauses around, of the heading.

use super::super::claim::Object;
use super::super::clause::{Border, Part, Trigger};
use super::super::item::What;
use super::super::lexicon::{Act, Sense};
use super::super::measure::{Head, Measure};
use super::Reader;
use super::meaning::fits;

impl Reader<'_> {
    /// The trigger of a quantity.
    pub(super) fn governs(&self, index: usize, position: usize, it: &Measure, head: Head) -> Option<Trigger> {
        // "евакуйовано 32 пошкоджених автівки": what was done to them is not our business.
        if let Some(Part::Trigger(aside)) = position.checked_sub(1).map(|at| &self.clauses[index].parts[at])
            && aside.act == Act::Aside
            && it.act.is_some()
        {
            return Some(*aside);
        }
        if let Some(act) = it.act.filter(|act| fits(*act, head)) {
            // "75 збитих дронів" has its own; "22 launched drones were shot down" has the clause's.
            let stronger = self
                .within(index, position, head)
                .filter(|found| act == Act::Launch && !found.weak && found.act != Act::Launch);
            return Some(stronger.unwrap_or(Trigger { act, weak: false, negated: false, at: it.number.1 }));
        }
        // "two civilian casualties: a man killed and a woman injured".
        if let Some(next) = self.items.get(it.end)
            && next.is(Sense::Act(Act::Casualty))
        {
            return Some(Trigger { act: Act::Casualty, weak: false, negated: false, at: it.end });
        }
        let here = self.within(index, position, head);
        // "15 drones were detected and destroyed": what was done to them last.
        if here.is_some_and(|it| it.act == Act::Launch)
            && let Some(next) = self.clauses.get(index + 1).filter(|next| next.border == Border::And)
            && let [Part::Trigger(found), ..] = next.parts.as_slice()
            && found.at == next.span.0
            && next.counts().next().is_none()
            && matches!(found.act, Act::Down | Act::Destroy)
            && here.is_some_and(|it| it.at + 1 == found.at - 1)
        {
            return Some(*found);
        }
        if here.is_some_and(|it| !it.weak) {
            return here;
        }
        if here.is_none()
            && let Some(found) = self.relative(index, it, head).filter(|it| it.act != Act::Launch)
        {
            return Some(found);
        }
        // "«Шахедами» били по трьох підстанціях": what they flew at was hit.
        if let Head::Object(object) = head
            && (object.is_thing() || object == Object::Location)
            && self.items[it.first].text() == "по"
            && let Some(blow) = self.clauses[index].triggers().find(|it| it.act == Act::Launch && !it.negated)
        {
            return Some(Trigger { act: Act::Hit, ..*blow });
        }
        // "двоє вийшли у бік кордону": it has a verb, and nobody knows which.
        if here.is_none() && self.has_strange_verb(it) {
            return None;
        }
        // "погиб мужчина, его жена и двое детей ранены".
        if here.is_none() && self.clauses[index].border == Border::Comma {
            let next = self.clauses.get(index + 1).filter(|next| next.border == Border::And);
            if let Some([Part::Count(_), Part::Trigger(found)]) = next.map(|next| next.parts.as_slice())
                && !found.weak
                && found.act != Act::Aside
                && fits(found.act, head)
            {
                return Some(*found);
            }
        }
        // "загиблих – 14, поранених – 89": what stands right before the dash.
        if here.is_none()
            && self.clauses[index].border == Border::Dash
            && let Some(Part::Trigger(found)) = index.checked_sub(1).and_then(|at| self.clauses[at].parts.last())
            && !found.weak
            && !found.negated
            && found.act != Act::Aside
            && found.at + 2 >= it.first.saturating_sub(1)
            && fits(found.act, head)
        {
            return Some(*found);
        }
        // "6 ракет і 44 дрони за добу; збито 5 ракет": a list that has no verb takes none of the next one's.
        if here.is_none()
            && self.story.heading.is_none()
            && matches!(head, Head::Object(_))
            && let Some(found) = self.listing(index).filter(|it| fits(it.act, head))
        {
            return Some(found);
        }
        if it.left && here.is_none() {
            let dash = self.clauses.get(index + 1).filter(|it| it.border == Border::Dash);
            return dash.and_then(|it| it.triggers().find(|it| fits(it.act, head)).copied());
        }
        let around = self
            .around(index, head)
            .filter(|_| {
                head != Head::None && self.clauses[index].border != Border::Break
                    || !self.beside_unknown(it)
                    || head != Head::None && self.beside_small(it)
            })
            .filter(|_| here.is_some() || !self.has_strange_verb_before(index, it));
        match (here, around) {
            (Some(weak), Some(found)) if found.weak => Some(weak),
            (Some(weak), None) => Some(weak),
            // "зафіксували 20 дронів, збили три": the other verb has its own number.
            (Some(weak), Some(found))
                if weak.act == Act::Note
                    && self.clauses.iter().any(|it| {
                        (it.span.0..it.span.1).contains(&found.at) && it.counts().any(|it| it.head == Head::None)
                    }) =>
            {
                Some(weak)
            }
            // "40 hits were recorded at 22 locations, and debris fell at 6".
            (Some(weak), Some(found))
                if weak.act == Act::Hit
                    && matches!(head, Head::Object(object) if object.is_place())
                    && !(self.clauses[index].span.0..self.clauses[index].span.1).contains(&found.at) =>
            {
                Some(weak)
            }
            (Some(weak), Some(_))
                if weak.act == Act::Launch && self.clauses[index].counts().count() > 0 && self.only_weak(index) =>
            {
                Some(weak)
            }
            (_, Some(found)) => Some(found),
            (None, None) => self
                .story
                .heading
                .or_else(|| self.fragment(index))
                .or_else(|| self.listing(index))
                .filter(|it| fits(it.act, head)),
        }
    }

    /// A number without a noun, after a word that nobody knows: "позивний 101".
    fn beside_unknown(&self, it: &Measure) -> bool {
        it.first > 0 && self.items[it.first - 1].what == What::Unknown && self.items[it.first - 1].place.is_none()
    }

    /// The word before is a small one: "затем", "потім".
    fn beside_small(&self, it: &Measure) -> bool {
        it.first > 0 && self.items[it.first - 1].text().chars().count() <= 5
    }

    /// A verb right after the quantity that the lexicon does not have.
    pub(super) fn has_strange_verb(&self, it: &Measure) -> bool {
        const ENDINGS: [&str; 6] = ["ли", "лися", "лись", "лося", "лось", "ed"];
        self.items.get(it.end).is_some_and(|next| {
            // "три упали на территории завода".
            // "ще три впали, не долетівши до цілей" says where they went.
            let astray = self.clauses.iter().any(|clause| {
                clause.border == Border::Comma
                    && (it.end..it.end + 5).contains(&clause.span.0)
                    && clause.triggers().any(|it| it.act == Act::Lose)
            });
            let fell = next.is(Sense::Act(Act::Debris)) && it.head != Head::Object(Object::Location) && !astray;
            // "5 are critical".
            let predicate = next.is(Sense::Was)
                && it.head == Head::None
                && self.items.get(it.end + 1).is_some_and(|it| {
                    it.what == What::Unknown && it.place.is_none() && !it.token.capital && !it.text().ends_with("ly")
                })
                && self.items.get(it.end + 2).is_none_or(|it| matches!(it.what, What::Mark(_)));
            fell || predicate
                || next.what == What::Unknown
                    && next.place.is_none()
                    && !next.token.capital
                    && next.text().chars().count() > 4
                    && ENDINGS.iter().any(|ending| next.text().ends_with(ending))
        })
    }

    /// A verb before the quantity, in its own clause, that the lexicon does not have: "унесли".
    fn has_strange_verb_before(&self, index: usize, it: &Measure) -> bool {
        const ENDINGS: [&str; 7] = ["ли", "лися", "лись", "ло", "лося", "ено", "ано"];
        self.items[self.clauses[index].span.0.min(it.first)..it.first].iter().any(|item| {
            item.what == What::Unknown
                && item.place.is_none()
                && !item.token.capital
                && item.text().chars().count() > 5
                && ENDINGS.iter().any(|ending| item.text().ends_with(ending))
        })
    }

    fn only_weak(&self, index: usize) -> bool {
        self.clauses[index].triggers().all(|it| it.weak)
    }

    /// In its own clause: the one before it if the clause begins with a trigger, else the one after it.
    fn within(&self, index: usize, position: usize, head: Head) -> Option<Trigger> {
        let parts = &self.clauses[index].parts;
        let trigger = |part: &Part| match part {
            Part::Trigger(it) if fits(it.act, head) => Some(*it),
            _ => None,
        };
        let prefer = |found: Vec<Trigger>, last: bool| {
            let strong: Vec<Trigger> = found.iter().copied().filter(|it| !it.weak).collect();
            let mut pool = if strong.is_empty() { found } else { strong };
            // "14 injured in hospital": what they have, not where they are; unless the word stands right before the number.
            if pool.iter().any(|it| it.act != Act::Aside)
                && !(last && pool.last().is_some_and(|it| it.act == Act::Aside))
            {
                pool.retain(|it| it.act != Act::Aside);
            }
            let main: Vec<Trigger> = pool.iter().copied().filter(|it| it.act != Act::Launch).collect();
            if last { pool.last().copied() } else { main.first().or(pool.first()).copied() }
        };
        let before: Vec<Trigger> = parts[..position].iter().filter_map(trigger).collect();
        let after: Vec<Trigger> = parts[position + 1..]
            .iter()
            .take_while(|it| !matches!(it, Part::Count(next) if !next.whole && next.head != Head::Veto))
            .filter_map(trigger)
            .collect();
        let later: Vec<Trigger> = parts[position + 1..].iter().filter_map(trigger).collect();
        let leads = parts.iter().find(|it| {
            matches!(it, Part::Trigger(found) if fits(found.act, head))
                || matches!(it, Part::Count(it) if it.head != Head::Veto)
        });
        let leads = matches!(leads, Some(Part::Trigger(_)));
        let (before, after) = (prefer(before, true), prefer(after, false));
        let found = if leads {
            match (before, after) {
                (Some(faint), Some(strong)) if is_faint(faint) && !is_faint(strong) => Some(strong),
                (before, after) => before.or(after),
            }
        } else {
            match (after, before) {
                (Some(faint), Some(strong)) if is_faint(faint) && !is_faint(strong) => Some(strong),
                (after, before) => after.or(before),
            }
        };
        found.or_else(|| prefer(later, false))
    }

    /// In the clauses around: the row before that began with a trigger, else the next one, else the one before.
    fn around(&self, index: usize, head: Head) -> Option<Trigger> {
        let of = |at: usize, last: bool| {
            // "and nobody died" is said of nobody else.
            if self.clauses[at].parts.iter().any(|it| matches!(it, Part::Nobody)) {
                return None;
            }
            // "включая 226 потерянных": a part's word is its own.
            let part = |it: &Measure| self.clauses[at].subset || it.of_them;
            if at > index && self.clauses[at].counts().any(part) {
                return None;
            }
            let mut found: Vec<Trigger> = self.clauses[at]
                .triggers()
                .copied()
                .filter(|it| {
                    it.act != Act::Aside && fits(it.act, head) && (last == (at > index) || !self.describes(it))
                })
                .collect();
            if found.iter().any(|it| !it.weak) {
                found.retain(|it| !it.weak);
            }
            if last { found.last().copied() } else { found.first().copied() }
        };
        let before = (0..index).rev().find_map(|at| of(at, true).map(|it| (at, it)));
        // What stands after "while" or a semicolon takes its own verb, if it has one: "; 21 drones and both missiles struck".
        let begin = (0..=index).rev().find(|at| self.clauses[*at].border == Border::Break).unwrap_or(0);
        let own =
            (index + 1..self.clauses.len()).take_while(|at| self.clauses[*at].border != Border::Break).any(|at| {
                let counted = self.clauses[at].counts().any(|it| it.head != Head::Veto);
                of(at, false).is_some_and(|it| !it.weak && (counted || !self.speaks_for_itself(at, it)))
            });
        let before = before.filter(|(at, _)| *at >= begin || !own);
        // What follows "while" or a semicolon speaks for itself.
        let end = (index + 1..self.clauses.len()).find(|at| self.clauses[*at].border == Border::Break);
        let end = end.unwrap_or(self.clauses.len());
        let mut after = (index + 1..end).find_map(|at| of(at, false).map(|it| (at, it)));
        // "усі 24 дрони, запущені з …, були знищені": a participle gives way to the verb.
        if let Some((at, it)) = after
            && it.act == Act::Launch
            && let Some(main) = (at + 1..end)
                .take_while(|at| self.clauses[*at].counts().next().is_none())
                .find_map(|at| of(at, false).filter(|it| !it.weak && it.act != Act::Launch).map(|it| (at, it)))
        {
            after = Some(main);
        }
        // A trigger alone at the end needs somebody: "загинув чоловік, ще 16 людей, зокрема хлопчик, поранені".
        if let (Some((_, old)), Some((at, it))) = (before, after)
            && !it.weak
            && it.act != old.act
            && self.clauses[at].counts().next().is_none()
            && !self.clauses[at].subset
            && !self.clauses[at].among
            && !self.speaks_for_itself(at, it)
            && self.clauses.get(at + 1).is_none_or(|it| it.border != Border::Dash || it.counts().next().is_none())
            && (index + 1..at).all(|at| {
                self.clauses[at].triggers().next().is_none()
                    && (self.clauses[at].subset || self.clauses[at].counts().next().is_none())
            })
        {
            return Some(it);
        }
        let leads = |at: usize| {
            let first = self.clauses[at].parts.iter().find(|it| {
                matches!(it, Part::Trigger(found) if fits(found.act, head))
                    || matches!(it, Part::Count(it) if it.head != Head::Veto)
            });
            matches!(first, Some(Part::Trigger(_)))
        };
        // "31 — локаційно втрачені".
        if let Some((at, it)) = after
            && at == index + 1
            && self.clauses[at].border == Border::Dash
            && self.clauses[at].counts().next().is_none()
            && !it.weak
        {
            return Some(it);
        }
        match (before, after) {
            (Some((at, it)), Some((then, next)))
                if leads(at) || it.weak == next.weak && !leads(at) && self.apart(index) =>
            {
                // A weak trigger before gives way to a strong one after it.
                if it.weak && !next.weak && !self.speaks_for_itself(then, next) { Some(next) } else { Some(it) }
            }
            (_, Some((at, next)))
                if !leads(at) || self.clauses[at].counts().next().is_none() && !self.speaks_for_itself(at, next) =>
            {
                let between = (index + 1..at).all(|it| self.clauses[it].triggers().next().is_none());
                if between { Some(next) } else { before.map(|(_, it)| it).or(Some(next)) }
            }
            (Some((_, it)), _) => Some(it),
            (None, after) => after.map(|(_, it)| it),
        }
    }

    /// "запущенных по Харькову": a participle that describes a noun, and governs nothing beyond its clause.
    fn describes(&self, it: &Trigger) -> bool {
        let item = &self.items[it.at];
        let words = &self.text[item.token.start..item.end];
        let noun = it.at > 0 && self.items[it.at - 1].is(Sense::Act(Act::Debris));
        noun && it.act == Act::Down
            || it.act == Act::Launch && ["ных", "них", "ными", "ними"].iter().any(|ending| words.ends_with(ending))
    }

    fn apart(&self, index: usize) -> bool {
        matches!(self.clauses[index].border, Border::Other | Border::Dash)
    }
}

/// Gives way to any other trigger.
fn is_faint(it: Trigger) -> bool {
    it.weak || it.act == Act::Aside
}
