//! One quantity: what its trigger says of it, or why it stays for a person.

use super::super::claim::{Claim, ClaimKind, Object};
use super::super::clause::{Border, Part, Trigger};
use super::super::item::Item;
use super::super::lexicon::{Act, Sense};
use super::super::measure::{Head, Measure};
use super::meaning::{family, fits, is_blow, meaning};
use super::{BACK_MAX, Reader};

impl Reader<'_> {
    /// A quantity.
    pub(super) fn count(&mut self, index: usize, position: usize, it: &Measure) {
        if it.head == Head::Veto {
            return;
        }
        let clause = &self.clauses[index];
        // "Among the dead are two children, among the wounded seven": children too.
        let among = clause.among || index > 0 && self.clauses[index - 1].among;
        let children =
            among && it.head == Head::None && self.story.recent_in(self.begins).last().is_some_and(|it| it.child);
        let it = &Measure { child: it.child || children, ..it.clone() };
        // "Among the wounded are three women": the sexes of people already counted.
        if it.gender && !it.child && self.clauses[..=index].iter().any(|it| it.among) {
            return;
        }
        if it.implied && !self.implied_counts(index, position, it) {
            return;
        }
        if let Some(cause) = self.strange_cause {
            self.orphan = true;
            return self.leave(it, cause);
        }
        if clause.unreal {
            return self.leave(it, "unreal");
        }
        if clause.earlier || clause.aside {
            return self.leave(it, "withdrawn");
        }
        if it.doubt == Some("negated") && self.not_one(index, position, it) {
            return;
        }
        if let Some(reason) = it.doubt {
            return self.leave(it, reason);
        }
        // "No drones were shot down out of 12."
        let nobody =
            |it: &Item| matches!(it.text(), "no" | "none" | "neither" | "жоден" | "ни") && it.is(Sense::Nobody);
        if matches!(it.head, Head::Object(object) if object.is_weapon() || object.is_thing())
            || it.whole && it.head == Head::None
        {
            let before = &self.items[clause.span.0.min(it.first)..it.first];
            if before.iter().any(nobody) {
                return self.leave(it, "negated");
            }
        }
        // "75 of 171 drones": the noun is said once.
        let next = clause.parts.get(position + 1);
        let shared = match next {
            Some(Part::Count(whole)) if it.share && it.head == Head::None => Some(whole),
            _ => None,
        };
        if let Some(whole) = shared
            && let Some(object) = self.part_is(whole)
        {
            self.emit(index, it, object, ClaimKind::Launched, None, None, &[("subset.predicate", None)]);
            return;
        }
        let head = shared.map_or(it.head, |whole| whole.head);
        let head = if head == Head::None && clause.number_of_times { Head::Times } else { head };
        let head = if it.rest { self.place_told().unwrap_or(head) } else { head };
        let before = if head == Head::None || it.strange { self.noun_before(it) } else { None };
        let (head, before) = before.map_or((head, false), |found| (found, true));
        let shared =
            if head == Head::None { self.noun_after(index, it).or_else(|| self.noun_of_pair(index)) } else { None };
        let head = shared.unwrap_or(head);
        if head == Head::None && self.again(index, it) {
            return;
        }
        let trigger = self.governs(index, position, it, head).or_else(|| self.at_a_rate(index, head));
        let head =
            if it.strange && !before && self.is_harm(index, it, trigger) { Head::Object(Object::Person) } else { head };
        if self.is_denied(it) {
            return self.denied(index, it, head);
        }
        if it.worker && !self.subset {
            let harm = |it: &Trigger| !it.negated && matches!(it.act, Act::Kill | Act::Wound | Act::Suffer);
            // "Загинули, як стало відомо, двоє рятувальників": nobody else the verb could be of.
            let alone = it.first == clause.span.0
                && trigger.is_some_and(|found| {
                    harm(&found)
                        && !found.weak
                        && self.clauses[..index].iter().all(|it| it.counts().next().is_none() || it.span.1 <= found.at)
                });
            let hurt = alone || clause.triggers().any(harm);
            if !hurt {
                return;
            }
        }
        if let Head::Object(object) = head
            && object.is_event()
            && !it.whole
        {
            self.emit(index, it, object, ClaimKind::Other, None, None, &[("kind.event", None)]);
            return;
        }
        // "Of 24 drones that did not reach their targets, 15 were shot down": a whole with a fate of its own.
        if it.whole
            && let Some(found) = self.relative(index, it, head).filter(|it| it.act != Act::Launch)
            && let Head::Object(object) = head
            && let Some(said) = meaning(found.act, object)
        {
            self.emit(index, it, object, said.kind, said.detail, said.severity, &[("kind.relative", Some(found))]);
            return;
        }
        // The whole of "N of M" was launched, if N was stopped.
        if it.whole
            && let Head::Object(object) = head
            && object.is_weapon()
        {
            self.emit(index, it, object, ClaimKind::Launched, None, None, &[("whole.of", None)]);
            return;
        }
        if it.whole
            && head == Head::None
            && trigger.is_some_and(|it| matches!(it.act, Act::Down | Act::Destroy | Act::Lose | Act::Hit))
        {
            // "три ракети з п'ятнадцяти": the noun stands with the part.
            let share = position.checked_sub(1).map(|at| &clause.parts[at]);
            if let Some(Part::Count(Measure { head: Head::Object(object), share: true, .. })) = share
                && object.is_weapon()
            {
                self.emit(index, it, *object, ClaimKind::Launched, None, None, &[("whole.of", None)]);
                return;
            }
            match self.antecedent(index, Act::Launch) {
                Ok(object) => self.emit(index, it, object, ClaimKind::Launched, None, None, &[("whole.of", None)]),
                Err(reason) => return self.leave(it, reason),
            };
            return;
        }
        if it.whole && trigger.is_none() {
            return self.leave(it, "kind");
        }
        // "серед них хлопчик 6 років і 14-річна дівчинка".
        if self.subset
            && it.implied
            && let Some((claim, _)) = self.row_of_people
            && self.story.claims[claim].part_of.is_some()
            && self.joins(index, it, self.story.claims[claim].kind)
        {
            return;
        }
        // "…, of which 365 were ruins, and 1,720 damaged kindergartens": a verb of its own.
        if self.subset && it.act.is_some() && !clause.subset && matches!(clause.border, Border::And) {
            self.subset = false;
        }
        if (self.subset || it.of_them) && self.has_strange_verb(it) {
            return self.leave(it, "kind");
        }
        if self.subset || it.of_them {
            // "of which 441 drones and 4 missiles were stopped": the verb is that of both.
            let shared = matches!(head, Head::Object(object) if object.is_weapon())
                && self.clauses.get(index + 1).is_some_and(|next| {
                    next.border == Border::And
                        && matches!(next.parts.as_slice(), [Part::Count(_), Part::Trigger(it)] if !it.weak && fits(it.act, head))
                });
            let own = shared
                || self.relative(index, it, head).is_some()
                || clause.triggers().any(|it| !it.weak && fits(it.act, head));
            let told = self.story.claims.len();
            if !own && self.part(index, it, head) {
                if it.implied && self.story.claims.len() > told {
                    self.row_of_people = Some((told, index));
                }
                return;
            }
            if !own {
                // "including 26 ballistic, and 650 drones": the row of parts is over.
                self.subset = false;
            }
        }
        // "three of seven missiles fired at the town exploded": the participle is of the seven.
        if it.share
            && let Some(Part::Count(whole)) = next
            && trigger.is_some_and(|it| it.act == Act::Launch && (whole.end..whole.end + 2).contains(&it.at))
        {
            return self.leave(it, "kind");
        }
        // "зруйновано 38 об'єктів, із них 21 будинок": the parts have the verb of a whole that is not understood.
        self.orphan_act = trigger.filter(|it| matches!(head, Head::Unknown) && !it.negated && !it.weak);
        let Some(trigger) = trigger else {
            return self.leave(it, if matches!(head, Head::Unknown) { "object" } else { "kind" });
        };
        if trigger.negated {
            let object = match head {
                Head::Object(object) => Ok(object),
                Head::None => self.antecedent(index, trigger.act),
                _ => Err("object"),
            };
            if trigger.act == Act::Down
                && let Ok(object) = object
            {
                self.emit(
                    index,
                    it,
                    object,
                    ClaimKind::Other,
                    Some("not_intercepted"),
                    None,
                    &[("kind.not", Some(trigger))],
                );
                return;
            }
            return self.leave(it, "negated");
        }
        // "forces lost 60 drones": their own, and not from radar.
        let bare = &self.items[trigger.at.min(self.items.len() - 1)];
        if trigger.act == Act::Lose && trigger.at < it.first && bare.text() == "lost" && bare.end == bare.token.end {
            return self.leave(it, "kind");
        }
        if self.both(index, trigger) {
            return self.leave(it, "ambiguous");
        }
        let object = match head {
            Head::None if it.of_them && self.last_weapon().is_some() => self.last_weapon().unwrap_or(Object::DroneAny),
            Head::Object(Object::Hits) | Head::None => match self.antecedent(index, trigger.act) {
                Ok(object) => object,
                Err(reason) => return self.leave(it, reason),
            },
            // "both missiles": those that were spoken of.
            Head::Object(Object::MissileAny) if it.all => {
                let missile = |it: &&Claim| family(it.object) == family(Object::MissileAny);
                let mut told = self.story.claims.iter().rev().take(BACK_MAX).filter(missile);
                match (told.next(), told.next()) {
                    (Some(one), None) if one.quantity == it.quantity => one.object,
                    _ => Object::MissileAny,
                }
            }
            Head::Object(object) => object,
            Head::Mixed => return self.leave(it, "mixed"),
            Head::Unknown => return self.leave(it, "object"),
            Head::Times => match trigger.act {
                Act::Breach => Object::CeasefireViolation,
                Act::Shell => Object::Shelling,
                // "23 рази бив по району".
                Act::Launch if is_blow(self.items[trigger.at].text()) => Object::Strike,
                _ => return self.leave(it, "kind"),
            },
            Head::Veto => return,
        };
        if object.is_event() {
            self.emit(index, it, object, ClaimKind::Other, None, None, &[("kind.times", Some(trigger))]);
            return;
        }
        let Some(meaning) = meaning(trigger.act, object) else {
            return self.leave(it, if trigger.act == Act::Casualty { "ambiguous" } else { "kind" });
        };
        // A row of sexes after a total says nothing new: "троє людей: дві жінки та чоловік".
        if object == Object::Person
            && !it.child
            && let Some((claim, at)) = self.person_total
            && at < index
            && self.story.claims[claim].kind == meaning.kind
            && it.gender
            && !it.more
            && self.row_of_people.is_none_or(|(row, _)| row != claim)
        {
            return;
        }
        let copies = if it.each && !(object.is_place() || object.is_thing()) { self.row(index, it) } else { 1 };
        if copies == 0 {
            return self.leave(it, "distribution");
        }
        if it.implied && object == Object::Person && self.joins(index, it, meaning.kind) {
            return;
        }
        for _ in 0..copies {
            self.emit(
                index,
                it,
                object,
                meaning.kind,
                meaning.detail,
                meaning.severity,
                &[("kind.trigger", Some(trigger))],
            );
        }
        if it.implied && object == Object::Person {
            self.row_of_people = self.story.claims.len().checked_sub(1).map(|claim| (claim, index));
        }
        // "двох водіїв та охоронця": a row that goes on with one more.
        if object == Object::Person && !it.implied && !it.child && it.quantity.hedge.is_none() {
            let one =
                self.clauses.get(index + 1).filter(|next| next.border == Border::And).map(|it| it.parts.as_slice());
            if let Some([Part::Count(one)]) = one
                && one.implied
                && !one.child
                && one.first == self.clauses[index + 1].span.0
                && clause.parts.len() == position + 1
            {
                self.row_of_people = self.story.claims.len().checked_sub(1).map(|claim| (claim, index));
            }
        }
        if object == Object::Person && !it.implied && !it.child {
            self.person_total = Some((self.story.claims.len() - 1, index));
        }
        // "all 33 drones launched were shot down": both.
        if it.all
            && matches!(trigger.act, Act::Down | Act::Destroy)
            && clause.triggers().any(|it| it.act == Act::Launch && !it.weak)
        {
            self.emit(index, it, object, ClaimKind::Launched, None, None, &[("whole.all", None)]);
        }
    }
}
