//! The noun phrase after a number.

use super::super::claim::{Object, Side};
use super::super::item::{Item, What};
use super::super::lexicon::{Act, Kindred, Mark, Sense};
use super::super::token::Label;
use super::arms::{Arms, joined, owner, same_family};
use super::{Head, Measure, PHRASE_MAX};

/// Reads the noun phrase after the number.
pub(super) fn noun(items: &[Item], it: &mut Measure) {
    let from = it.end;
    let mut arms = Arms::default();
    let (mut weapon, mut named, mut private, mut strange) = (false, false, false, 0);
    let many = it.quantity.value != Some(1);
    let vague = it.quantity.value.is_none()
        || it.number.1 - it.number.0 > 1
        || matches!(items[it.number.0].sense(), Some(Sense::Mult(_)));
    let mut at = from;
    while at < items.len() && at < from + PHRASE_MAX {
        let item = &items[at];
        let head = weapon || named;
        // An English noun in the singular before another noun is no head: "10 drone operators".
        let carrier = items.get(at + 1).is_some_and(|it| it.is(Sense::Veto));
        let attributive = (many || carrier)
            && (item.latin_singular() || item.text() == "uav")
            && items.get(at + 1).is_some_and(goes_on);
        // "19 БПЛА-атак": attacks, not drones.
        if !head
            && matches!(item.what, What::Sense(Sense::Weapon(_) | Sense::Name(_) | Sense::Mod(_)))
            && let Some(next) = items.get(at + 1).filter(|it| it.token.glued)
            && let Some(event) = glued_event(next.text())
        {
            (it.head, it.end) = (Head::Object(event), at + 2);
            return;
        }
        match item.what {
            // "59 instances of shelling", "12 випадків обстрілу".
            What::Sense(Sense::Vague) | What::Unknown
                if !head && item.has(Mark::Case) && case_of(items, at).is_some() =>
            {
                (it.head, it.end) = case_of(items, at).unwrap_or((Head::Unknown, at + 1));
                return;
            }
            What::Sense(Sense::Fraction) if !head => {
                (it.head, it.end) = (Head::Unknown, at + 1);
                return;
            }
            What::Sense(Sense::Weapon(family)) => {
                // "ракет" after "дронів": another noun, whose number is missing.
                if weapon && arms.family.is_some_and(|old| !same_family(old, family)) {
                    break;
                }
                if attributive
                    && !matches!(items[at + 1].sense(), Some(Sense::Name(_) | Sense::Mod(_) | Sense::Weapon(_)))
                {
                    if matches!(items[at + 1].what, What::Unknown) {
                        it.head = Head::Unknown;
                        return;
                    }
                } else {
                    arms.add(family);
                    weapon = true;
                    // Whose launcher it is: "снарядов HIMARS".
                    if item.last.is_some_and(|it| matches!(it.text.as_str(), "himars" | "хаймарс")) {
                        it.side = it.side.or(Some(Side::Ua));
                    }
                    it.end = at + 1;
                }
            }
            What::Sense(Sense::Name(kin)) => {
                it.side = it.side.or_else(|| owner(kin, item.text()));
                arms.kin.push(kin);
                named = true;
                it.end = at + 1;
            }
            What::Sense(Sense::Mod(kin)) => {
                // "Shahed-type strike drones" goes on; "drones strike" does not.
                let on = !weapon && items.get(at + 1).is_some_and(|it| matches!(it.sense(), Some(Sense::Weapon(_))));
                if head && !on && matches!(kin, Kindred::Strike | Kindred::Recon) && item.text().is_ascii() {
                    break;
                }
                arms.kin.push(kin);
                if head {
                    it.end = at + 1;
                }
            }
            What::Sense(Sense::Private) if !head => private = true,
            What::Sense(Sense::Skip | Sense::More) => {
                it.more |= item.is(Sense::More);
                if head && item.is(Sense::More) {
                    break;
                }
            }
            What::Sense(Sense::SideAdj(side)) if !head => it.side = it.side.or(Some(side)),
            // "російських обстрілів", "Russian strikes": counted by themselves.
            What::Sense(Sense::Raid(side)) if !head && item.last.is_some_and(|it| glued_event(&it.text).is_some()) => {
                it.side = Some(side);
                it.head = item.last.and_then(|it| glued_event(&it.text)).map_or(Head::Unknown, Head::Object);
                it.end = at + 1;
                return;
            }
            What::Sense(Sense::Raid(side)) if !head && item.text().is_ascii() && !item.latin_singular() => {
                // "Russian drones" as a phrase of its own.
                it.side = Some(side);
                break;
            }
            What::Sense(Sense::Article | Sense::The) if !head => {}
            What::Sense(Sense::Event(_)) if !head && attributive => {}
            // "цивільні автівки": whose, not who.
            What::Sense(Sense::Person { .. }) if !head && is_civil(item) && items.get(at + 1).is_some_and(is_thing) => {
            }
            What::Sense(Sense::Others) if !head => {
                it.more = true;
                it.end = at + 1;
            }
            What::Sense(Sense::Of) if !head && vague && item.text() == "of" => {}
            // "62 UAVs of the Shahed and Gerbera types".
            What::Sense(Sense::Of) if weapon && !named && of_a_name(items, at) => {}
            What::Sense(Sense::The | Sense::Article) if weapon && items[at - 1].is(Sense::Of) => {}
            What::Sense(Sense::OfThem) => {
                it.of_them = !head;
                it.end = if head { it.end } else { at + 1 };
                break;
            }
            What::Sense(Sense::Side(side)) if head && item.text().chars().count() < 4 && !item.text().is_ascii() => {
                it.side = it.side.or(Some(side));
                it.end = at + 1;
            }
            What::Sense(Sense::Times) if !head => {
                it.head = Head::Times;
                it.end = at + 1;
                return;
            }
            What::Sense(Sense::Veto | Sense::Scene(_)) if !head => {
                it.head = Head::Veto;
                it.end = at + 1;
                return;
            }
            What::Sense(Sense::Thing(object)) if !head => {
                if attributive && matches!(items[at + 1].what, What::Unknown) {
                    it.head = Head::Unknown;
                    return;
                }
                if !attributive {
                    let house = object == Object::ResidentialBuilding && private;
                    it.head = Head::Object(if house { Object::PrivateHouse } else { object });
                    it.end = at + 1;
                    return;
                }
            }
            What::Sense(Sense::Event(object)) if !head && !attributive => {
                it.head = Head::Object(object);
                it.end = at + 1;
                return;
            }
            What::Sense(Sense::Vague | Sense::Guard(_) | Sense::Side(_)) if !head => {
                it.head = Head::Unknown;
                it.end = at + 1;
                return;
            }
            What::Sense(Sense::Worker) if !head => {
                it.head = Head::Object(Object::Person);
                (it.worker, it.end) = (true, at + 1);
                return;
            }
            What::Sense(Sense::Person { child, gender }) if !head => {
                it.head = Head::Object(Object::Person);
                (it.child, it.gender, it.end) = (child, gender, at + 1);
                return;
            }
            What::Sense(Sense::One { child }) if !head => {
                if attributive && matches!(items[at + 1].what, What::Unknown) {
                    it.head = Head::Unknown;
                    return;
                }
                if !attributive {
                    it.head = Head::Object(Object::Person);
                    it.child = child;
                    it.gender = matches!(item.text(), "man" | "woman")
                        || item.text().starts_with("чоловік")
                        || item.text().starts_with("жінк");
                    it.gender |= item.text().starts_with("мужчин") || item.text().starts_with("женщин");
                    it.end = at + 1;
                    return;
                }
            }
            // "6 900 запусків безпілотників": the word itself says what happened.
            What::Sense(Sense::Act(Act::Launch)) if !head && is_launching(item.text()) => it.act = Some(Act::Launch),
            What::Sense(Sense::Act(act)) if !head && item.adjectival() => {
                let mut inner = Measure { end: at + 1, ..it.clone() };
                noun(items, &mut inner);
                if matches!(inner.head, Head::Object(object) if !object.is_event()) {
                    *it = inner;
                    it.act = Some(act);
                    return;
                }
                break;
            }
            // "two five-storey buildings": a number inside the phrase.
            What::Number(_) | What::Sense(Sense::Number(_))
                if !head
                    && items.get(at + 1).is_some_and(|it| {
                        it.is(Sense::Storey) || it.text().starts_with("stor") || it.has(Mark::OneAged)
                    }) =>
            {
                at += 1;
            }
            What::Label(Label::Model) => {
                if head {
                    it.end = at + 1;
                }
            }
            What::Unknown if !head && item.place.is_none() => {
                if (item.adjectival() || is_make(items, at)) && strange < 3 {
                    strange += 1;
                } else if many && is_before_noun(items, at) && strange < 3 {
                    // "19 media workers": an unknown word before a noun in the plural.
                    strange += 1;
                } else {
                    (it.head, it.strange) = (Head::Unknown, true);
                    return;
                }
            }
            What::Unknown if !head && item.adjectival() && strange < 3 => strange += 1,
            What::Sense(Sense::And | Sense::Or) | What::Mark(',' | '(') if head => match joined(items, at, &arms) {
                Some(next) => {
                    if item.what == What::Mark('(') {
                        // What stands in brackets belongs to the phrase, up to the closing one.
                        let close = (next..items.len()).take(PHRASE_MAX).find(|at| items[*at].what == What::Mark(')'));
                        for inner in &items[at + 1..close.unwrap_or(next)] {
                            match inner.sense() {
                                Some(Sense::Weapon(family)) => arms.add(family),
                                Some(Sense::Name(kin) | Sense::Mod(kin)) => arms.kin.push(kin),
                                _ => {}
                            }
                        }
                        at = close.unwrap_or(next);
                        it.end = at + 1;
                    } else {
                        arms.other_strike |= items[at + 1..=next]
                            .windows(2)
                            .any(|it| it[0].is(Sense::Others) && it[1].is(Sense::Mod(Kindred::Strike)));
                        // "drones and decoys": the plain ones stay of any sort.
                        if arms.kin.iter().all(|it| matches!(it, Kindred::Guided | Kindred::Other)) {
                            arms.kin.push(Kindred::Other);
                        }
                        for inner in &items[at + 1..=next] {
                            match inner.sense() {
                                Some(Sense::Weapon(family)) => arms.add(family),
                                Some(Sense::Name(kin) | Sense::Mod(kin)) => arms.kin.push(kin),
                                _ => {}
                            }
                        }
                        at = next;
                        it.end = at + 1;
                    }
                }
                None => break,
            },
            _ => break,
        }
        at += 1;
    }
    // "26 баллистических": the adjective stands for the missile.
    let missile = arms.kin.iter().any(|it| matches!(it, Kindred::Cruise | Kindred::Ballistic | Kindred::Aero));
    named |= missile && it.head == Head::None && !weapon;
    if named && !weapon && it.end == from {
        it.end = from + 1;
    }
    if private && it.head == Head::None {
        it.head = Head::Object(Object::PrivateHouse);
    }
    if weapon || named {
        it.head = if arms.mixed { Head::Mixed } else { arms.object().map_or(Head::Unknown, Head::Object) };
    }
}

pub(in super::super) fn glued_event(text: &str) -> Option<Object> {
    match text {
        it if it.starts_with("атак") || it.starts_with("удар") => Some(Object::Strike),
        it if it.starts_with("обстр") => Some(Object::Shelling),
        "strikes" | "airstrikes" => Some(Object::Strike),
        "shelling" | "shellings" => Some(Object::Shelling),
        _ => None,
    }
}

/// "of the Shahed": a name after the weapon, as its type.
fn of_a_name(items: &[Item], at: usize) -> bool {
    let next = at + 1 + usize::from(items.get(at + 1).is_some_and(|it| it.is(Sense::The) || it.is(Sense::Article)));
    items.get(next).is_some_and(|it| matches!(it.sense(), Some(Sense::Name(_))))
}

/// The event that "instances of" counts, and the item after it.
fn case_of(items: &[Item], at: usize) -> Option<(Head, usize)> {
    let next = at + 1 + usize::from(items.get(at + 1).is_some_and(|it| it.is(Sense::Of)));
    match items.get(next)?.sense()? {
        Sense::Event(object) if object != Object::Hits => Some((Head::Object(object), next + 1)),
        Sense::Act(Act::Shell) => Some((Head::Object(Object::Shelling), next + 1)),
        Sense::Weak(Act::Launch) => glued_event(items[next].text()).map(|it| (Head::Object(it), next + 1)),
        _ => None,
    }
}

/// An English word that nobody knows, right before a noun in the plural.
fn is_before_noun(items: &[Item], at: usize) -> bool {
    let (item, next) = (&items[at], items.get(at + 1));
    item.text().is_ascii()
        && item.text().len() > 2
        && !item.token.capital
        && !item.text().ends_with('s')
        && next.is_some_and(|it| {
            it.text().ends_with('s') && matches!(it.sense(), Some(Sense::Thing(_) | Sense::Person { .. }))
        })
}

/// A make that is not known, before a weapon that is: "two Bayraktar drones".
pub(super) fn is_make(items: &[Item], at: usize) -> bool {
    let label = |it: &&Item| matches!(it.what, What::Label(Label::Model));
    let next = at + 1 + items[at + 1..].iter().take(2).take_while(label).count();
    items[at].token.capital
        && items.get(next).is_some_and(|it| matches!(it.sense(), Some(Sense::Weapon(_) | Sense::Name(_))))
}

pub(super) fn is_launching(text: &str) -> bool {
    text.starts_with("запуск") || text.starts_with("пуск") || text == "launches"
}

pub(super) fn is_civil(item: &Item) -> bool {
    ["цивіл", "гражданск", "мирн"].iter().any(|it| item.text().starts_with(it))
}

pub(super) fn is_thing(item: &Item) -> bool {
    matches!(item.what, What::Sense(Sense::Thing(_) | Sense::Weapon(_) | Sense::Vague) | What::Unknown)
}

/// Whether an English noun phrase goes on here.
pub(super) fn goes_on(item: &Item) -> bool {
    matches!(
        item.what,
        What::Unknown
            | What::Sense(
                Sense::Weapon(_)
                    | Sense::Thing(_)
                    | Sense::Event(_)
                    | Sense::Vague
                    | Sense::Person { .. }
                    | Sense::One { .. }
                    | Sense::Veto
                    | Sense::Name(_)
            )
    ) && item.place.is_none()
        && item.text().is_ascii()
        && !item.text().ends_with("ly")
        && !item.text().ends_with("ing")
}
