//! The parts of a sentence: what is counted, what happened, and where one clause ends.

use super::claim::{Object, Side};
use super::item::{Item, What};
use super::lexicon::{Act, Family, Kindred, Lexicon, Sense};
use super::measure::{self, Measure};
use super::veto;
use crate::quantity::{Hedge, Quantity};

/// A part of a clause.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// A quantity.
    Count(Measure),
    /// What happened.
    Trigger(Trigger),
    /// "mostly Shaheds", "at least half of them".
    Fraction(Hedge, Option<Object>),
    /// "all were downed", without a number.
    All,
    /// "no one", "без".
    Nobody,
}

/// A trigger where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Trigger {
    pub(super) act: Act,
    /// Holds only where no other does.
    pub(super) weak: bool,
    pub(super) negated: bool,
    /// Item.
    pub(super) at: usize,
}

/// What divides two clauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Border {
    Start,
    Comma,
    And,
    Colon,
    Dash,
    /// "while", "але", a semicolon: what follows speaks for itself.
    Break,
    Other,
}

/// A clause.
#[allow(clippy::struct_excessive_bools, reason = "each is a mark that a word has left")]
#[derive(Debug)]
pub(super) struct Clause {
    pub(super) border: Border,
    pub(super) parts: Vec<Part>,
    /// First item, and the item after the last.
    pub(super) span: (usize, usize),
    /// "including", "з них": of what was said before.
    pub(super) subset: bool,
    pub(super) among: bool,
    pub(super) unreal: bool,
    pub(super) info: bool,
    pub(super) others: bool,
    pub(super) more: bool,
    pub(super) number_of_times: bool,
    /// "не вдалося".
    pub(super) failed: bool,
    pub(super) places: Vec<usize>,
    /// A weapon that no number counts.
    pub(super) topic: Option<Object>,
    /// Whose weapon, as the words of this clause tell.
    pub(super) evidence: Vec<Evidence>,
}

/// What tells whose weapon it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// Who acts.
    Agent(Side),
    /// Whose air defence.
    Guard(Side),
    /// Whose attack, or whose weapon.
    Attack(Side),
    /// Whose people and things.
    Scene(Side),
    /// Over a sea or a land from which one side fires and where the other's weapons are stopped.
    Far(Side),
}

impl Clause {
    fn new(border: Border, at: usize) -> Self {
        Self {
            border,
            parts: Vec::new(),
            span: (at, at),
            subset: false,
            among: false,
            unreal: false,
            info: false,
            others: false,
            more: false,
            number_of_times: false,
            failed: false,
            places: Vec::new(),
            topic: None,
            evidence: Vec::new(),
        }
    }

    pub(super) fn counts(&self) -> impl Iterator<Item = &Measure> {
        self.parts.iter().filter_map(|it| if let Part::Count(it) = it { Some(it) } else { None })
    }

    pub(super) fn triggers(&self) -> impl Iterator<Item = &Trigger> {
        self.parts.iter().filter_map(|it| if let Part::Trigger(it) = it { Some(it) } else { None })
    }
}

/// The clauses of a sentence.
pub(super) fn clauses(items: &[Item]) -> Vec<Clause> {
    let places = &Lexicon::get().places;
    let mut out = vec![Clause::new(Border::Start, 0)];
    let (mut at, mut direction, mut whole) = (0, false, false);
    while at < items.len() {
        let item = &items[at];
        let Some(clause) = out.last_mut() else { break };
        clause.span.1 = at + 1;
        if let Some(place) = item.place {
            let after_direction = direction
                || clause.triggers().any(|it| it.act == Act::Launch && !it.weak)
                    && at > 0
                    && items[at - 1].is(Sense::Of);
            let owner = at > 0 && matches!(items[at - 1].sense(), Some(Sense::Weapon(_) | Sense::Name(_)));
            if let Some(side) = places[place].country.filter(|_| owner) {
                // "беспилотники Киева": whose, not where.
                clause.evidence.push(Evidence::Attack(side));
            } else if !after_direction {
                clause.places.push(place);
                let country = places[place].country;
                let far = matches!(places[place].name, "Crimea" | "Black Sea" | "Sea of Azov");
                if let Some(side) = country.filter(|_| !comes_from(items, at)) {
                    clause.evidence.push(if far { Evidence::Far(side) } else { Evidence::Scene(side) });
                }
            }
        }
        let began_number = matches!(
            item.what,
            What::Number(_)
                | What::Span(..)
                | What::Hundredths(_)
                | What::Sense(Sense::Number(_) | Sense::Mult(_) | Sense::Many(_) | Sense::Several)
        ) || measure::is_two(items, at);
        if began_number && let Some(mut it) = measure::measure(items, at) {
            it.whole = whole;
            whole = false;
            // "Of 171 drones, 75 …": the whole stands first.
            if !it.whole && it.first > 0 && items[it.first - 1].is(Sense::Of) && opens(items, it.first - 1) {
                it.whole = true;
            }
            let end = it.end.max(at + 1);
            let of = items.get(end).is_some_and(|next| next.is(Sense::Of));
            if of
                && let Some(next) = (end + 1..items.len().min(end + 4)).find(|next| !is_filler(&items[*next]))
                && starts(&items[next])
            {
                it.share = true;
                whole = true;
            }
            clause.more |= it.more;
            clause.span.1 = end;
            let blow = matches!(it.head, measure::Head::Object(Object::Strike | Object::Shelling));
            let hits = it.head == measure::Head::Object(Object::Hits);
            clause.parts.push(Part::Count(it));
            // "24 hits at 13 locations".
            if hits {
                clause.parts.push(Part::Trigger(Trigger { act: Act::Hit, weak: true, negated: false, at }));
            }
            // "524 удари по 14 населених пунктах": what was counted also hit.
            if blow {
                clause.parts.push(Part::Trigger(Trigger { act: Act::Blow, weak: true, negated: false, at }));
            }
            at = end;
            continue;
        }
        match item.what {
            What::Mark(c) => {
                let border = match c {
                    ',' => Border::Comma,
                    ':' => Border::Colon,
                    '-' => Border::Dash,
                    ';' => Border::Break,
                    '(' | ')' => Border::Other,
                    _ => {
                        at += 1;
                        continue;
                    }
                };
                if matches!(c, ';' | ':') {
                    direction = false;
                }
                out.push(Clause::new(border, at + 1));
            }
            What::Sense(sense) => match sense {
                // "45 та 67 років": ages divide nothing.
                Sense::And if between_ages(items, at) => {}
                Sense::And => out.push(Clause::new(Border::And, at + 1)),
                Sense::But => {
                    direction = false;
                    let denied = items[at.saturating_sub(2)..at].iter().any(|it| it.is(Sense::Deny));
                    out.push(Clause { unreal: denied, ..Clause::new(Border::Break, at + 1) });
                }
                Sense::Fail => clause.failed = true,
                Sense::Pair => {
                    let two = Quantity::hedged(2, Hedge::Enumerated);
                    clause.parts.push(Part::Count(measure::implied(two, false, true, at, at + 1)));
                }
                Sense::Subset | Sense::OfThem => {
                    let mut next = Clause::new(Border::Comma, at + 1);
                    next.subset = true;
                    out.push(next);
                }
                Sense::Among => {
                    let mut next = Clause::new(Border::Other, at + 1);
                    next.among = true;
                    out.push(next);
                }
                Sense::Act(act) | Sense::Weak(act) => {
                    let negated = at > 0
                        && (items[at - 1].is(Sense::Not)
                            || at > 1 && items[at - 2].is(Sense::Not) && items[at - 1].is(Sense::Was));
                    let weak = matches!(sense, Sense::Weak(_));
                    clause.parts.push(Part::Trigger(Trigger { act, weak, negated, at }));
                }
                // "attack", "strike" as nouns of their own; hits that nobody counted.
                Sense::Mod(Kindred::Strike) if matches!(item.text(), "attack" | "strike") => {
                    clause.parts.push(Part::Trigger(Trigger { act: Act::Launch, weak: true, negated: false, at }));
                }
                Sense::Event(Object::Hits) => {
                    clause.parts.push(Part::Trigger(Trigger { act: Act::Hit, weak: false, negated: false, at }));
                }
                Sense::Mostly => {
                    let object = bare_weapon(items, at + 1);
                    if object.is_some() {
                        clause.parts.push(Part::Fraction(Hedge::Mostly, object));
                    }
                }
                Sense::HalfOf => clause.parts.push(Part::Fraction(Hedge::AtLeastHalf, bare_weapon(items, at + 1))),
                Sense::All | Sense::Both => clause.parts.push(Part::All),
                Sense::Nobody => clause.parts.push(Part::Nobody),
                Sense::Unreal | Sense::Deny => clause.unreal = true,
                Sense::Info => clause.info = true,
                Sense::Others => clause.others = true,
                Sense::More => {
                    clause.more = true;
                    // "one was killed and another injured".
                    let was = usize::from(items.get(at + 1).is_some_and(|it| it.is(Sense::Was)));
                    let next = items.get(at + 1 + was).and_then(Item::sense);
                    if item.text() == "another" && matches!(next, Some(Sense::Act(Act::Kill | Act::Wound))) {
                        let one = measure::implied(Quantity::plain(1), false, true, at, at + 1);
                        clause.parts.push(Part::Count(Measure { more: true, ..one }));
                    }
                }
                Sense::NumberOfTimes => clause.number_of_times = true,
                Sense::Direction => direction = true,
                Sense::Side(side) => {
                    let object = at > 0
                        && (items[at - 1].is(Sense::Prep)
                            && !matches!(items[at - 1].text(), "by" | "as" | "since" | "amid" | "still" | "also")
                            || matches!(items[at - 1].sense(), Some(Sense::Of | Sense::From | Sense::To)));
                    if object {
                        clause.evidence.push(Evidence::Scene(side));
                    } else if !tells(items, at) {
                        clause.evidence.push(Evidence::Agent(side));
                    } else if acts_itself(items, at) {
                        // "The military said it had downed": who tells also acts.
                        clause.evidence.push(Evidence::Agent(side));
                    }
                }
                Sense::SideAdj(side) if owns_weapon(items, at + 1) => clause.evidence.push(Evidence::Attack(side)),
                Sense::Weapon(Family::Drone) => clause.topic = Some(clause.topic.unwrap_or(Object::DroneAny)),
                Sense::Weapon(Family::Missile) => clause.topic = Some(clause.topic.unwrap_or(Object::MissileAny)),
                Sense::Name(Kindred::Shahed) => clause.topic = Some(Object::Shahed),
                Sense::Guard(side) => clause.evidence.push(Evidence::Guard(side)),
                Sense::Raid(side) => {
                    clause.evidence.push(Evidence::Attack(side));
                    clause.parts.push(Part::Trigger(Trigger { act: Act::Launch, weak: true, negated: false, at }));
                }
                Sense::Scene(side) => clause.evidence.push(Evidence::Scene(side)),
                Sense::One { child } => {
                    if let Some(it) = one(items, at, child) {
                        clause.parts.push(Part::Count(it));
                    }
                    // "a man, 34, was": the age divides nothing.
                    if let Some(end) = veto::age_after(items, at + 1) {
                        // A comma after it divides only where something new begins.
                        let goes_on = |it: &Item| matches!(it.sense(), Some(Sense::And | Sense::Was | Sense::Act(_)));
                        let divides = items[end - 1].what == What::Mark(',') && !items.get(end).is_some_and(goes_on);
                        at = if divides { end - 1 } else { end };
                        continue;
                    }
                }
                Sense::Person { child, gender } => {
                    if let Some(it) = aged(items, at, child, gender) {
                        let end = it.end;
                        clause.parts.push(Part::Count(it));
                        clause.span.1 = end;
                        at = end;
                        continue;
                    }
                }
                _ => {}
            },
            _ => {}
        }
        at += 1;
    }
    for clause in &mut out {
        if clause.failed {
            for part in &mut clause.parts {
                if let Part::Trigger(it) = part {
                    it.negated |= matches!(it.act, Act::Down | Act::Destroy);
                }
            }
        }
        guards(clause);
    }
    out
}

/// An agent who stopped weapons is air defence, and says nothing of whose hit.
fn guards(clause: &mut Clause) {
    let weapon = clause.counts().any(|it| matches!(it.head, measure::Head::Object(object) if object.is_weapon()));
    let acts: Vec<Act> = clause.triggers().filter(|it| !it.weak).map(|it| it.act).collect();
    let strong = |act: fn(Act) -> bool| acts.iter().any(|it| act(*it));
    let stops = strong(|it| matches!(it, Act::Down | Act::Lose)) || weapon && strong(|it| it == Act::Destroy);
    // Who fires is whose weapon it was, for all that follows from it.
    let blows = clause.triggers().any(|it| it.act == Act::Blow);
    if !stops && (blows || strong(|it| matches!(it, Act::Launch | Act::Shell))) {
        let fires =
            clause.evidence.iter().find_map(|it| if let Evidence::Agent(side) = it { Some(*side) } else { None });
        clause.evidence.extend(fires.map(Evidence::Attack));
    }
    if !stops || strong(|it| matches!(it, Act::Launch | Act::Hit)) {
        return;
    }
    for it in &mut clause.evidence {
        if let Evidence::Agent(side) = *it {
            *it = Evidence::Guard(side);
        }
    }
}

/// "45 та 67 років": between two ages, or years of birth.
fn between_ages(items: &[Item], at: usize) -> bool {
    let number = |it: Option<&Item>| it.is_some_and(|it| matches!(it.what, What::Number(_)));
    at > 0
        && number(items.get(at - 1))
        && number(items.get(at + 1))
        && items.get(at + 2).is_some_and(|it| veto::is_year(it.text()) || it.is(Sense::YearOld))
}

/// "Ukraine's General Staff said": who tells, not who acts.
fn tells(items: &[Item], at: usize) -> bool {
    items[at + 1..]
        .iter()
        .take(5)
        .take_while(|it| {
            matches!(it.what, What::Unknown | What::Sense(Sense::Say | Sense::Skip | Sense::Person { .. }))
        })
        .any(|it| it.is(Sense::Say))
}

/// "The military said it had", "said that its forces".
fn acts_itself(items: &[Item], at: usize) -> bool {
    let said = items[at + 1..].iter().take(6).position(|it| it.is(Sense::Say)).map(|it| at + 1 + it);
    said.is_some_and(|said| {
        items[said + 1..]
            .iter()
            .take(2)
            .any(|it| matches!(it.text(), "it" | "its" | "they" | "вони" | "вона" | "они" | "она" | "її" | "ее"))
    })
}

/// A place of launching, also in a row of them: "з Курська, Орла та Криму".
fn comes_from(items: &[Item], at: usize) -> bool {
    items[..at]
        .iter()
        .rev()
        .take(10)
        .find(|it| {
            !(it.place.is_some()
                || matches!(it.what, What::Mark(',') | What::Sense(Sense::And | Sense::The))
                || it.what == What::Unknown && it.token.capital)
        })
        .is_some_and(|it| matches!(it.sense(), Some(Sense::Of | Sense::From | Sense::Direction)))
}

fn starts(item: &Item) -> bool {
    matches!(item.what, What::Number(_) | What::Sense(Sense::Number(_) | Sense::Mult(_)))
}

fn is_filler(item: &Item) -> bool {
    matches!(item.what, What::Sense(Sense::The | Sense::Article | Sense::All | Sense::Skip | Sense::Hedge(_)))
}

/// Whether a clause begins at `at`.
fn opens(items: &[Item], at: usize) -> bool {
    at == 0 || matches!(items[at - 1].what, What::Mark(_) | What::Sense(Sense::And | Sense::But))
}

fn owns_weapon(items: &[Item], at: usize) -> bool {
    items[at.min(items.len())..]
        .iter()
        .take(4)
        .take_while(|it| {
            matches!(
                it.what,
                What::Sense(Sense::Skip | Sense::Mod(_) | Sense::Weapon(_) | Sense::Name(_)) | What::Unknown
            )
        })
        .any(|it| matches!(it.sense(), Some(Sense::Weapon(_) | Sense::Name(_))))
}

/// A weapon without a number, after "mostly".
fn bare_weapon(items: &[Item], at: usize) -> Option<Object> {
    let mut strike = false;
    for item in items[at.min(items.len())..].iter().take(6) {
        match item.sense() {
            Some(Sense::Name(Kindred::Shahed)) => return Some(Object::Shahed),
            Some(Sense::Name(Kindred::Decoy) | Sense::Mod(Kindred::Decoy)) => return Some(Object::Decoy),
            Some(Sense::Mod(Kindred::Strike)) => strike = true,
            Some(Sense::Weapon(Family::Drone)) => {
                // "дрони типу Shahed"
                let shahed = items[at..].iter().take(8).any(|it| it.is(Sense::Name(Kindred::Shahed)));
                return if shahed { Some(Object::Shahed) } else { strike.then_some(Object::StrikeDrone) };
            }
            Some(Sense::Skip | Sense::SideAdj(_) | Sense::Was) => {}
            _ => return None,
        }
    }
    None
}

/// One person by a singular noun: "a woman", "45-річний чоловік".
fn one(items: &[Item], at: usize, child: bool) -> Option<Measure> {
    // Backwards over adjectives and age.
    let (mut first, mut age, mut article, mut more) = (at, None, false, false);
    while first > 0 && at - first < 6 {
        match items[first - 1].what {
            What::Sense(Sense::YearOld) if first > 1 => {
                if let What::Number(n) = items[first - 2].what {
                    age = Some(n);
                    first -= 1;
                }
            }
            What::Number(_) if age.is_some() => {}
            What::Sense(Sense::Article) => article = true,
            What::Sense(Sense::More) => more = true,
            What::Sense(Sense::Skip | Sense::SideAdj(_) | Sense::One { .. } | Sense::Person { .. }) => {}
            What::Unknown
                if items[first - 1].adjectival()
                    || items[first - 1].text().is_ascii()
                        && items[first - 1].place.is_none()
                        && article_before(items, first - 1) => {}
            _ => break,
        }
        first -= 1;
    }
    let latin = items[at].text().is_ascii();
    if latin
        && (!article && age.is_none() && !more
            || items.get(at + 1).is_some_and(|it| {
                it.what == What::Unknown && !it.text().ends_with("ing") && !it.text().ends_with("ly")
            }))
    {
        return None;
    }
    // "дівчина 19 років", "a boy, 7,"
    if age.is_none() {
        let skip = usize::from(items.get(at + 1).is_some_and(|it| it.what == What::Mark(',') || it.is(Sense::Aged)));
        if veto::age_after(items, at + 1).is_some()
            && let Some(What::Number(n)) = items.get(at + 2).map(|it| it.what)
        {
            age = Some(n);
        } else if let Some(What::Number(n)) = items.get(at + 1 + skip).map(|it| it.what)
            && items.get(at + 2 + skip).is_some_and(|it| veto::is_year(it.text()))
        {
            age = Some(n);
        }
    }
    let child = age.map_or(child, |age| age < 18);
    let mut it = measure::implied(Quantity::plain(1), child, !child, first, at + 1);
    it.more = more;
    Some(it)
}

fn article_before(items: &[Item], at: usize) -> bool {
    items[..at].iter().rev().take(3).any(|it| it.is(Sense::Article))
}

/// People counted by their ages: "children aged 12 and 15", "діти 12 та 15 років".
fn aged(items: &[Item], at: usize, child: bool, gender: bool) -> Option<Measure> {
    let mut here = at + 1;
    let aged = items.get(here).is_some_and(|it| it.is(Sense::Aged));
    here += usize::from(aged);
    let (mut count, mut last) = (0_u64, here);
    while let Some(What::Number(n) | What::Sense(Sense::Number(n))) = items.get(here).map(|it| it.what) {
        if n > 110 {
            return None;
        }
        count += 1;
        here += 1;
        last = here;
        while items.get(here).is_some_and(|it| matches!(it.what, What::Mark(',') | What::Sense(Sense::And))) {
            here += 1;
        }
    }
    let years = items.get(last).is_some_and(|it| veto::is_year(it.text()) || it.is(Sense::YearOld));
    if count < 2 || !(aged || years) {
        return None;
    }
    Some(measure::implied(Quantity::hedged(count, Hedge::Enumerated), child, gender, at, last + usize::from(years)))
}
