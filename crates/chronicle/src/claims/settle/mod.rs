//! From the clauses of a sentence to claims: which trigger governs which quantity, and what both together say.

mod govern;
mod scene;

use super::claim::{Claim, ClaimKind, Object, Severity, Side, Step, Unparsed};
use super::clause::{Border, Clause, Part, Trigger, clauses};
use super::item::{Item, What, items};
use super::lexicon::{Act, Lexicon, Sense};
use super::measure::{self, Head, Measure};
use super::token::Token;
use crate::quantity::{Hedge, Quantity};

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

/// What an act says of an object.
struct Meaning {
    kind: ClaimKind,
    detail: Option<&'static str>,
    severity: Option<Severity>,
}

fn meaning(act: Act, object: Object) -> Option<Meaning> {
    let plain = |kind| Some(Meaning { kind, detail: None, severity: None });
    let other = |detail| Some(Meaning { kind: ClaimKind::Other, detail: Some(detail), severity: None });
    let wrecked = Some(Meaning { kind: ClaimKind::Damaged, detail: None, severity: Some(Severity::Destroyed) });
    match act {
        Act::Launch | Act::Note if object.is_weapon() => plain(ClaimKind::Launched),
        Act::Launch | Act::Shell if object == Object::Settlement => plain(ClaimKind::Hit),
        Act::Down | Act::Destroy if object.is_weapon() => plain(ClaimKind::Intercepted),
        Act::Destroy | Act::Wreck if object.is_thing() => wrecked,
        Act::Lose if object.is_weapon() => plain(ClaimKind::Lost),
        Act::Hit if object.is_weapon() || object.is_thing() || object.is_place() => plain(ClaimKind::Hit),
        Act::Blow if object.is_place() => plain(ClaimKind::Hit),
        Act::Harm | Act::Suffer if object.is_thing() || object == Object::Household => plain(ClaimKind::Damaged),
        Act::Kill if object == Object::Person => plain(ClaimKind::Killed),
        Act::Wound | Act::Suffer if object == Object::Person => plain(ClaimKind::Wounded),
        Act::Missing if object == Object::Person => other("missing"),
        Act::Rescue if object == Object::Person => other("rescued"),
        Act::Airborne if object.is_weapon() => other("still_airborne"),
        Act::Left if object.is_weapon() => other("left_airspace"),
        Act::Unstopped if object.is_weapon() => other("not_intercepted"),
        Act::Debris if object == Object::Location => other("debris"),
        Act::Power if matches!(object, Object::Household | Object::Settlement) => other("power"),
        _ => None,
    }
}

/// What a quantity without a noun can be under an act.
enum Bare {
    Person,
    /// Whatever the sentence before was about.
    Antecedent,
}

fn bare(act: Act) -> Option<Bare> {
    match act {
        Act::Kill | Act::Wound | Act::Suffer | Act::Missing | Act::Rescue => Some(Bare::Person),
        Act::Launch
        | Act::Down
        | Act::Destroy
        | Act::Lose
        | Act::Hit
        | Act::Airborne
        | Act::Left
        | Act::Unstopped
        | Act::Harm
        | Act::Wreck => Some(Bare::Antecedent),
        _ => None,
    }
}

fn fits(act: Act, head: Head) -> bool {
    match head {
        Head::Object(Object::Hits) => matches!(act, Act::Hit),
        Head::Object(object) => meaning(act, object).is_some() || act == Act::Aside,
        Head::None | Head::Unknown => bare(act).is_some() || matches!(act, Act::Casualty | Act::Aside),
        Head::Mixed => matches!(act, Act::Launch | Act::Down | Act::Destroy | Act::Lose),
        Head::Times => matches!(act, Act::Breach | Act::Shell | Act::Launch),
        Head::Veto => false,
    }
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

    /// "Мирні жителі не постраждали", "civilians were not hurt".
    fn unharmed(&mut self, index: usize) {
        let clause = &self.clauses[index];
        if clause.unreal || clause.info || clause.others || clause.counts().next().is_some() {
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

    /// "A man and a woman were hurt": two, counted by the reader.
    fn joins(&mut self, index: usize, it: &Measure, kind: ClaimKind) -> bool {
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
    fn both(&self, index: usize, trigger: Trigger) -> bool {
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

    /// How many things of a row a distributive quantity stands for: one for each place named.
    fn row(&self, index: usize, it: &Measure) -> usize {
        if !it.each {
            return 1;
        }
        let mut count = self.clauses[index].places.len();
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

    /// Whether one person named by a noun is a person more, and not one already counted.
    fn implied_counts(&self, index: usize, position: usize, it: &Measure) -> bool {
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
            && !clause.triggers().any(|it| it.act == Act::Wound && !it.weak && it.at > aside.at)
        {
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
                && (place.is_none() || claim.place == place || claim.place.is_none())
        });
        let row = self.row_of_people.is_some_and(|(claim, last)| {
            self.story.claims[claim].kind == meaning.kind
                && (index == last || index == last + 1 && matches!(clause.border, Border::And | Border::Comma))
        });
        !told || it.more || clause.more || row
    }

    /// Whether a clause without a trigger goes on with a row of people begun before it.
    fn continues(&self, index: usize) -> bool {
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

    /// What a quantity without a noun counts.
    fn antecedent(&self, index: usize, act: Act) -> Result<Object, &'static str> {
        match bare(act) {
            Some(Bare::Person) => return Ok(Object::Person),
            Some(Bare::Antecedent) => {}
            None if act == Act::Casualty => return Err("ambiguous"),
            None => return Err("object"),
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

    /// A part of what was said before: the kind is the whole's.
    fn part(&mut self, index: usize, it: &Measure, head: Head) -> bool {
        if self.orphan {
            self.leave(it, "antecedent");
            return true;
        }
        let from = self.story.claims.len().saturating_sub(BACK_MAX);
        let whole = (from..self.story.claims.len()).rev().find(|at| {
            let claim = &self.story.claims[*at];
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
    fn fraction(&mut self, index: usize, hedge: Hedge, object: Option<Object>) {
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
    fn every(&mut self, index: usize) {
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

    /// "No one was hurt", "жертв и пострадавших нет".
    fn none(&mut self, index: usize) {
        let clause = &self.clauses[index];
        if clause.info
            || clause.others
            || clause.unreal
            || clause.counts().any(|it| it.head != Head::Veto && !it.implied)
        {
            return;
        }
        let before = clause.parts.iter().position(|it| matches!(it, Part::Nobody)).unwrap_or(0);
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

    fn step(&self, rule: &'static str, first: usize, end: usize) -> Step {
        let last = end.max(first + 1).min(self.items.len()) - 1;
        Step { rule, start: self.items[first.min(last)].token.start, end: self.items[last].end }
    }

    #[allow(clippy::too_many_arguments, reason = "one call for every field of a claim")]
    fn emit(
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
            time_ref: self.story.time_ref.clone(),
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

    fn push(&mut self, claim: Claim) -> Option<usize> {
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

    fn leave(&mut self, it: &Measure, reason: &'static str) {
        if it.implied {
            return;
        }
        self.orphan = true;
        let step = self.step("unparsed", it.first, it.end);
        let text = self.text[step.start..step.end].to_owned();
        self.story.unparsed.push(Unparsed { start: step.start, end: step.end, text, reason });
    }
}

fn is_blow(text: &str) -> bool {
    matches!(text, "бив" | "била" | "били" | "бил" | "бє" | "бють" | "бьет" | "бьют") || {
        ["вдарив", "вдарил", "ударив", "ударил"].iter().any(|it| text.starts_with(it))
    }
}

fn family(object: Object) -> u8 {
    match object {
        it if it <= Object::FpvDrone => 0,
        it if it <= Object::AntiaircraftMissile => 1,
        it if it <= Object::GuidedBomb => 2,
        Object::Rocket => 3,
        it if it.is_thing() => 4,
        _ => 5,
    }
}

/// The widest object of a family.
fn general(object: Object) -> Object {
    match family(object) {
        0 => Object::DroneAny,
        1 => Object::MissileAny,
        2 => Object::BombAny,
        _ => object,
    }
}
