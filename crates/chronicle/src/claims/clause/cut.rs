//! A sentence cut into clauses: every word leaves its part or its mark in the clause it stands in.

use super::super::claim::{Object, Side};
use super::super::item::{Item, What};
use super::super::lexicon::{Act, Family, Kindred, Lexicon, Mark, Sense};
use super::super::measure::{self, Measure};
use super::super::veto;
use super::person::{aged, one, somebody};
use super::speaker::{acts_itself, comes_from, guards, owns_weapon, tells};
use super::{Border, Clause, Evidence, Part, Trigger};
use crate::quantity::{Hedge, Quantity};

/// The clauses of a sentence.
pub(in super::super) fn clauses(items: &[Item]) -> Vec<Clause> {
    let places = &Lexicon::get().places;
    let mut out = vec![Clause::new(Border::Start, 0)];
    let (mut at, mut direction, mut whole) = (0, false, false);
    while at < items.len() {
        let item = &items[at];
        let Some(clause) = out.last_mut() else { break };
        clause.span.1 = at + 1;
        if item.has(Mark::Western) {
            clause.evidence.push(Evidence::Attack(Side::Ua));
        }
        if let Some(place) = item.place {
            let after_direction = direction
                || clause.triggers().any(|it| it.act == Act::Launch && !it.weak)
                    && at > 0
                    && items[at - 1].is(Sense::Of);
            let owner = at > 0 && matches!(items[at - 1].sense(), Some(Sense::Weapon(_) | Sense::Name(_)));
            let by = at > 0 && items[at - 1].has(Mark::By);
            if let Some(side) = places[place].country.filter(|_| owner || by) {
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
            if let Some(side) = it.side {
                clause.evidence.push(Evidence::Attack(side));
            }
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
                // "для порівняння, торік – 143 і 801".
                let earlier = clause.earlier && border == Border::Dash;
                out.push(Clause { earlier, ..Clause::new(border, at + 1) });
            }
            What::Sense(sense) => match sense {
                // "45 та 67 років": ages divide nothing.
                Sense::And if between_ages(items, at) => {}
                Sense::And => {
                    let earlier = clause.earlier;
                    out.push(Clause { earlier, ..Clause::new(Border::And, at + 1) });
                }
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
                Sense::Mod(Kindred::Strike) if item.has(Mark::Blow) => {
                    clause.parts.push(Part::Trigger(Trigger { act: Act::Launch, weak: true, negated: false, at }));
                }
                Sense::Event(Object::Hits) => {
                    clause.parts.push(Part::Trigger(Trigger { act: Act::Hit, weak: false, negated: false, at }));
                }
                // "большинство — «шахеды»"; "большинство дронов" counts nothing.
                Sense::Mostly
                    if item.has(Mark::Most)
                        && !items.get(at + 1).is_some_and(|it| it.is(Sense::Was) || it.what == What::Mark('-')) => {}
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
                Sense::Despite => clause.aside = true,
                Sense::Earlier => clause.earlier = true,
                Sense::Rate => clause.rate = Some(at),
                Sense::YearOld => {
                    // "44-річного двірника": one person, whatever they do.
                    if let Some(it) = somebody(items, at) {
                        at = it.end;
                        clause.span.1 = at;
                        clause.parts.push(Part::Count(it));
                        continue;
                    }
                }
                Sense::Others => clause.others = true,
                Sense::More => {
                    clause.more = true;
                    // "one was killed and another injured".
                    let was = usize::from(items.get(at + 1).is_some_and(|it| it.is(Sense::Was)));
                    let next = items.get(at + 1 + was).and_then(Item::sense);
                    if item.has(Mark::Another) && matches!(next, Some(Sense::Act(Act::Kill | Act::Wound))) {
                        let one = measure::implied(Quantity::plain(1), false, true, at, at + 1);
                        clause.parts.push(Part::Count(Measure { more: true, ..one }));
                    }
                }
                Sense::NumberOfTimes => clause.number_of_times = true,
                Sense::Direction => direction = true,
                Sense::Side(side) => {
                    let object = at > 0
                        && (items[at - 1].is(Sense::Prep)
                            && !items[at - 1].has(Mark::By)
                            && !items[at - 1].has(Mark::Loose)
                            || matches!(items[at - 1].sense(), Some(Sense::Of | Sense::From | Sense::To)));
                    let before = at.checked_sub(1).map(|at| &items[at]);
                    if before.is_some_and(|it| it.has(Mark::Accuse))
                        || (before.is_some_and(|it| it.has(Mark::By)) || item.is_instrumental())
                            && clause.counts().any(is_event)
                    {
                        // "accused Russia of", "20 violations by Russian forces".
                        clause.evidence.push(Evidence::Attack(side));
                    } else if object {
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
                Sense::Name(kin) => {
                    if kin == Kindred::Shahed {
                        clause.topic = Some(Object::Shahed);
                    }
                    clause.evidence.extend(measure::owner(kin, item.text()).map(Evidence::Attack));
                }
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

/// "45 та 67 років": between two ages, or years of birth.
fn between_ages(items: &[Item], at: usize) -> bool {
    let number = |it: Option<&Item>| it.is_some_and(|it| matches!(it.what, What::Number(_)));
    at > 0
        && number(items.get(at - 1))
        && number(items.get(at + 1))
        && items.get(at + 2).is_some_and(|it| veto::is_year(it.text()) || it.is(Sense::YearOld))
}

fn is_event(it: &Measure) -> bool {
    matches!(it.head, measure::Head::Object(object) if object.is_event())
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

/// A weapon without a number, after "mostly", also across "– ".
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
            _ if item.what == What::Mark('-') => {}
            _ => return None,
        }
    }
    None
}
