//! From the clauses of a sentence to claims: which trigger governs which quantity, and what both together say.

mod govern;
mod meaning;
mod part;
mod people;
mod scene;
mod tell;

use super::claim::{Claim, ClaimKind, Object, Side, Unparsed};
use super::clause::{Border, Clause, Part, Trigger, clauses};
use super::item::{Item, What, items};
use super::lexicon::{Act, Lexicon, Sense};
use super::measure::{Head, Measure};
use super::token::Token;
use meaning::{family, fits, is_blow, meaning};

/// Claims looked back at for an antecedent.
const BACK_MAX: usize = 12;

/// What a text has said so far.
#[derive(Default)]
pub(super) struct Story {
    /// The text has lost every letter і.
    lossy: bool,
    pub(super) claims: Vec<Claim>,
    pub(super) unparsed: Vec<Unparsed>,
    /// Whose weapons were spoken of last.
    attacker: Option<Side>,
    time_ref: Option<String>,
    place: Option<&'static str>,
    /// The trigger of a sentence that ended in a colon, for the list after it.
    heading: Option<Trigger>,
    /// Claims from the sentence before, from here on.
    recent: usize,
    /// The trigger of the sentence before.
    last: Option<Trigger>,
    /// A weapon named without a number.
    topic: Option<Object>,
    /// Claims before anything told whose weapons these are.
    undecided: Vec<usize>,
}

/// Reads one sentence.
pub(super) fn sentence(tokens: &[Token], text: &str, story: &mut Story) {
    let items = items(tokens, if story.lossy { Lexicon::lossy() } else { Lexicon::get() });
    let clauses = clauses(&items);
    let mut reader = Reader {
        items: &items,
        text,
        clauses: &clauses,
        story,
        subset: false,
        person_total: None,
        row_of_people: None,
        begins: 0,
        orphan: false,
    };
    reader.time();
    reader.all();
}

struct Reader<'a> {
    items: &'a [Item<'a>],
    text: &'a str,
    clauses: &'a [Clause],
    story: &'a mut Story,
    /// Inside "including …".
    subset: bool,
    /// The claim of people in this sentence that a number gave, and the clause it stood in.
    person_total: Option<(usize, usize)>,
    /// The claim of people named one by one, and the clause of the last of them.
    row_of_people: Option<(usize, usize)>,
    /// The claims there were before this sentence.
    begins: usize,
    /// The last quantity of this sentence stayed unparsed: its parts have no whole.
    orphan: bool,
}

impl Story {
    /// Nothing said yet; whether the text has lost every letter і.
    pub(super) fn new(lossy: bool) -> Self {
        Self { lossy, ..Self::default() }
    }

    fn recent_in(&self, from: usize) -> &[Claim] {
        self.claims.get(from..).unwrap_or_default()
    }
}

impl Reader<'_> {
    fn time(&mut self) {
        let Some(at) = self.items.iter().position(|it| it.is(Sense::Time)) else { return };
        let mut end = at + 1;
        // "у ніч на 17 травня", "as of 8:30 a.m.": what follows belongs to it.
        if matches!(self.items[at].token.text.as_str(), "у" | "в" | "станом" | "по")
            && self.items[at].end - self.items[at].token.start > 8
            && self.items.get(end).is_some_and(|it| !matches!(it.what, What::Unknown))
            && self.text[self.items[at].token.start..self.items[at].end].ends_with("на")
        {
            while end < self.items.len()
                && end < at + 3
                && matches!(
                    self.items[end].what,
                    What::Number(_) | What::Label(_) | What::Hundredths(_) | What::Sense(Sense::Month)
                )
            {
                end += 1;
            }
        }
        let words = &self.text[self.items[at].token.start..self.items[end - 1].end];
        self.story.time_ref = Some(words.to_lowercase());
    }

    fn all(&mut self) {
        let begins = self.story.claims.len();
        self.begins = begins;
        for index in 0..self.clauses.len() {
            self.clause(index);
        }
        let spoke = self.story.claims.len() > begins;
        self.story.last =
            self.clauses.iter().flat_map(Clause::triggers).filter(|it| !it.negated && !it.weak).last().copied();
        self.story.topic = self.clauses.iter().rev().find_map(|it| it.topic);
        self.told_at_all(spoke);
        // A list after a colon goes on with the heading's trigger, as long as nothing else is said.
        let strong = self.clauses.iter().flat_map(Clause::triggers).filter(|it| !it.negated).last().copied();
        let colon = self.clauses.last().is_some_and(|it| it.border == Border::Colon && it.parts.is_empty());
        if colon {
            self.story.heading = strong.or(self.story.heading);
        } else if strong.is_some_and(|it| !it.weak) || !spoke {
            self.story.heading = None;
        }
        if spoke {
            self.story.recent = begins;
        }
        if let Some(place) = self.clauses.iter().flat_map(|it| &it.places).next() {
            self.story.place = Some(Lexicon::get().places[*place].name);
        }
    }

    fn clause(&mut self, index: usize) {
        let clause = &self.clauses[index];
        if clause.subset {
            self.subset = true;
        } else if clause.triggers().any(|it| !it.weak)
            || matches!(clause.border, Border::Other | Border::Break | Border::Dash | Border::Colon)
        {
            self.subset = false;
        }
        let mut all = false;
        let mut nobody = false;
        for (position, part) in clause.parts.iter().enumerate() {
            match part {
                Part::Count(it) => self.count(index, position, it),
                Part::Fraction(hedge, object) => self.fraction(index, *hedge, *object),
                Part::All => all = true,
                Part::Nobody => nobody = true,
                Part::Trigger(_) => {}
            }
        }
        if all && clause.counts().next().is_none() {
            self.every(index);
        }
        if nobody {
            self.none(index);
        } else {
            self.unharmed(index);
        }
    }

    /// A quantity.
    fn count(&mut self, index: usize, position: usize, it: &Measure) {
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
        if clause.unreal {
            return self.leave(it, "unreal");
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
        let head = shared.map_or(it.head, |whole| whole.head);
        let head = if head == Head::None && clause.number_of_times { Head::Times } else { head };
        let trigger = self.governs(index, position, it, head);
        if it.worker && !self.subset {
            let hurt =
                clause.triggers().any(|it| !it.negated && matches!(it.act, Act::Kill | Act::Wound | Act::Suffer));
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
            && trigger.is_some_and(|it| matches!(it.act, Act::Down | Act::Destroy | Act::Lose))
        {
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
        if self.subset || it.of_them {
            // "of which 441 drones and 4 missiles were stopped": the verb is that of both.
            let shared = matches!(head, Head::Object(object) if object.is_weapon())
                && self.clauses.get(index + 1).is_some_and(|next| {
                    next.border == Border::And
                        && matches!(next.parts.as_slice(), [Part::Count(_), Part::Trigger(it)] if !it.weak && fits(it.act, head))
                });
            let own = shared || clause.triggers().any(|it| !it.weak && fits(it.act, head));
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
        let Some(trigger) = trigger else {
            return self.leave(it, if matches!(head, Head::Unknown) { "object" } else { "kind" });
        };
        if trigger.negated {
            if trigger.act == Act::Down
                && let Head::Object(object) = head
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
