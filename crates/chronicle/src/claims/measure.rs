//! A quantity in a sentence: hedge, number, and what is counted.
//!
//! The vetoes come first: dates, clock times, ages, units, regions, aircraft, rescuers count nothing of ours, and leave no
//! trace. What is counted but not understood stays as it is, for a person.

use super::claim::{Object, Side};
use super::item::{Item, What};
use super::lexicon::{Act, Family, Kindred, Sense};
use super::veto::{are_children, doubt, is_age, vetoed, vetoed_after};
use crate::quantity::{Hedge, Quantity};

/// Items of a noun phrase at most.
const PHRASE_MAX: usize = 14;
/// Greatest number that is believed to count anything.
const NUMBER_MAX: u64 = 1_000_000_000;

/// What a quantity counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {
    Object(Object),
    /// Weapons of two families under one number.
    Mixed,
    /// Nothing said: what the sentence before was about.
    None,
    /// Said, and not of ours, or not known: what stays unparsed.
    Unknown,
    /// Vetoed.
    Veto,
    /// "times".
    Times,
}

/// A quantity with its noun phrase.
#[allow(clippy::struct_excessive_bools, reason = "each is a mark that a word has left")]
#[derive(Clone, Debug)]
pub(super) struct Measure {
    pub(super) quantity: Quantity,
    pub(super) head: Head,
    pub(super) child: bool,
    /// Rescuers: they count only where their own clause says that they were hurt.
    pub(super) worker: bool,
    /// The noun tells the sex only.
    pub(super) gender: bool,
    pub(super) side: Option<Side>,
    /// A participle inside the phrase: "launched drones".
    pub(super) act: Option<Act>,
    pub(super) all: bool,
    pub(super) of_them: bool,
    /// "N of M": this is M.
    pub(super) whole: bool,
    /// "N of M": this is N.
    pub(super) share: bool,
    /// "по 11", "11 each".
    pub(super) each: bool,
    pub(super) more: bool,
    /// Why the number is not what its words count: "none of the 12", "all but four", "two thirds of the 30".
    pub(super) doubt: Option<&'static str>,
    /// A person by a singular noun, or counted by their ages.
    pub(super) implied: bool,
    /// First item, and the item after the last.
    pub(super) first: usize,
    pub(super) end: usize,
    /// The items of the number alone.
    pub(super) number: (usize, usize),
}

enum Numeral {
    Plain(u64),
    Range(u64, u64),
    Vague(Hedge),
}

/// The quantity whose number begins at `at`; `None` where no number does.
pub(super) fn measure(items: &[Item], at: usize) -> Option<Measure> {
    let (numeral, mut end) = match numeral(items, at) {
        Some(it) => it,
        None if starts_number(items, at) => {
            let head = if matches!(items[at].what, What::Hundredths(_)) { Head::Veto } else { Head::Unknown };
            return Some(blank(at, at + 1, head));
        }
        None => return None,
    };
    let number = (at, end);
    let (mut first, mut hedge, mut all, mut each, mut more) = (at, None, false, false, false);
    // Backwards over what belongs to the number: "at least another 12", "all 33".
    while first > 0 {
        if items[first - 1].what == What::Mark('~') && hedge.is_none() {
            (hedge, first) = (Some(Hedge::Around), first - 1);
            continue;
        }
        match items[first - 1].sense() {
            Some(Sense::Hedge(found)) if hedge.is_none() => {
                hedge = Some(found);
                // "rose to": no hedge.
                let up_to = found == Hedge::UpTo && matches!(items[first - 1].text(), "до");
                let around = items[..first - 1].iter().rev().take(5).chain(items[end..].iter().take(8));
                if up_to && around.take_while(|it| it.what != What::Mark('.')).any(|it| it.is(Sense::Rose)) {
                    hedge = None;
                }
            }
            // "щонайменше у п'яти будинках".
            Some(Sense::Prep)
                if items[first - 1].text().chars().count() <= 2
                    && first > 1
                    && matches!(items[first - 2].sense(), Some(Sense::Hedge(_))) => {}
            Some(Sense::All) => all = true,
            Some(Sense::Each) => each = true,
            Some(Sense::More) => more = true,
            Some(Sense::Article | Sense::The) => {}
            Some(Sense::Skip)
                if matches!(
                    items[first - 1].text(),
                    "total" | "ще" | "еще" | "загалом" | "усього" | "всього" | "всего" | "additional"
                ) =>
            {
                more |= matches!(items[first - 1].text(), "ще" | "еще" | "additional");
            }
            _ => break,
        }
        first -= 1;
    }
    if items.get(end).is_some_and(|it| it.what == What::Mark('+')) {
        hedge = Some(Hedge::AtLeast);
        end += 1;
    }
    if let Some(Sense::After(found)) = items.get(end).and_then(Item::sense) {
        hedge = Some(found);
        end += 1;
    }
    let quantity = match numeral {
        Numeral::Plain(n) if n > NUMBER_MAX => return Some(blank(first, end, Head::Unknown)),
        Numeral::Plain(n) => hedge.map_or_else(|| Quantity::plain(n), |hedge| Quantity::hedged(n, hedge)),
        Numeral::Range(low, high) => Quantity::range(low, high).ok()?,
        Numeral::Vague(hedge) => Quantity::hedged(0, hedge),
    };
    let all = all || items[at].is(Sense::Both);
    let mut it = Measure { quantity, all, each, more, number, ..blank(first, end, Head::None) };
    if vetoed(items, &it) || is_age(items, &it) {
        it.head = Head::Veto;
        return Some(it);
    }
    noun(items, &mut it);
    predicate(items, &mut it);
    one_of(items, &mut it);
    if items.get(it.end).is_some_and(|item| item.is(Sense::Each)) && items[it.end].token.text.is_ascii() {
        it.each = true;
        it.end += 1;
    }
    if it.head == Head::None && vetoed_after(items, &it) {
        it.head = Head::Veto;
    }
    it.doubt = doubt(items, &it);
    it.child |= it.head == Head::Object(Object::Person) && are_children(items, &it);
    Some(it)
}

/// "both missiles", "обидва «Шахеди»": two; "both drones and missiles" counts nothing.
pub(super) fn is_two(items: &[Item], at: usize) -> bool {
    let rest = &items[(at + 1).min(items.len())..];
    let named = |it: &Item| matches!(it.sense(), Some(Sense::Weapon(_) | Sense::Name(_) | Sense::Thing(_)));
    let inside = |it: &&Item| matches!(it.sense(), Some(Sense::Skip | Sense::Mod(_) | Sense::SideAdj(_) | Sense::The));
    let noun = rest.iter().take(5).take_while(inside).count();
    items[at].is(Sense::Both)
        && rest.get(noun).is_some_and(named)
        && !(items[at].text().is_ascii() && rest.iter().take(noun + 4).any(|it| it.is(Sense::And)))
}

/// Whose a weapon is by its name alone: a Shahed is nobody's but Russia's.
fn owner(kin: Kindred, text: &str) -> Option<Side> {
    let starts = |names: &[&str]| names.iter().any(|it| text.starts_with(it));
    if starts(&[
        "storm",
        "шторм",
        "scalp",
        "neptune",
        "нептун",
        "flamingo",
        "фламинго",
        "фламінго",
        "tomahawk",
        "томагавк",
        "atacms",
        "атакмс",
        "hrim",
        "grom",
        "гром",
        "грім",
    ]) {
        return Some(Side::Ua);
    }
    let named = starts(&[
        "shahed",
        "шахед",
        "geran",
        "геран",
        "gerbera",
        "гербер",
        "lancet",
        "ланцет",
        "orlan",
        "орлан",
        "zala",
        "supercam",
        "суперкам",
        "kalibr",
        "калібр",
        "калибр",
        "iskander",
        "іскандер",
        "искандер",
        "kinzhal",
        "кинжал",
        "кинджал",
        "kh",
        "х",
        "kn",
        "кн",
        "onyx",
        "oniks",
        "онікс",
        "оникс",
        "zircon",
        "zirkon",
        "циркон",
        "oreshnik",
    ]);
    (named && kin != Kindred::AntiAir).then_some(Side::Ru)
}

fn blank(first: usize, end: usize, head: Head) -> Measure {
    Measure {
        quantity: Quantity::plain(0),
        head,
        child: false,
        worker: false,
        gender: false,
        side: None,
        act: None,
        all: false,
        of_them: false,
        whole: false,
        share: false,
        each: false,
        more: false,
        doubt: None,
        implied: false,
        first,
        end,
        number: (first, end),
    }
}

/// A person, or people, whom no number counts: by a singular noun, or by their ages.
pub(super) fn implied(quantity: Quantity, child: bool, gender: bool, first: usize, end: usize) -> Measure {
    Measure { quantity, child, gender, implied: true, ..blank(first, end, Head::Object(Object::Person)) }
}

fn starts_number(items: &[Item], at: usize) -> bool {
    matches!(items[at].what, What::Hundredths(_) | What::Number(_) | What::Sense(Sense::Number(_)))
}

fn multiple(items: &[Item], at: usize) -> Option<u64> {
    match items.get(at)?.sense()? {
        Sense::Mult(m) | Sense::Many(m) => Some(m),
        _ => None,
    }
}

/// The genitive plural without a number before it: "десятків дронів" is vague, "десяток дронів" is ten.
fn is_bare_plural(text: &str) -> bool {
    matches!(text, "десятків" | "десятков" | "десяткам" | "сотень" | "сотен" | "тисяч" | "тис" | "тыс")
}

fn numeral(items: &[Item], at: usize) -> Option<(Numeral, usize)> {
    match items[at].what {
        What::Span(low, high) => {
            let (factor, end) = multiple(items, at + 1).map_or((1, at + 1), |m| (m, at + 2));
            Some((Numeral::Range(low.saturating_mul(factor), high.saturating_mul(factor)), end))
        }
        What::Hundredths(n) => {
            let factor = multiple(items, at + 1).filter(|m| m % 100 == 0)?;
            Some((Numeral::Plain(n.saturating_mul(factor / 100)), at + 2))
        }
        What::Sense(Sense::Several) => match multiple(items, at + 1) {
            Some(100) => Some((Numeral::Vague(Hedge::Hundreds), at + 2)),
            Some(1_000) => Some((Numeral::Vague(Hedge::Thousands), at + 2)),
            Some(_) => Some((Numeral::Vague(Hedge::Dozens), at + 2)),
            None => Some((Numeral::Vague(Hedge::Several), at + 1)),
        },
        What::Sense(Sense::Many(m)) => {
            // "tens of thousands": more than one reading.
            if items.get(at + 1).is_some_and(|it| it.is(Sense::Of)) && multiple(items, at + 2).is_some()
                || multiple(items, at + 1).is_some()
            {
                return None;
            }
            let singular = matches!(items[at].text(), "сотні" | "тисячі" | "тысячи" | "сотни")
                && at > 0
                && matches!(items[at - 1].sense(), Some(Sense::Hedge(Hedge::MoreThan | Hedge::Nearly | Hedge::Around)));
            let vague = match m {
                100 if singular => return Some((Numeral::Plain(100), at + 1)),
                1_000 if singular => return Some((Numeral::Plain(1_000), at + 1)),
                100 => Hedge::Hundreds,
                1_000 => Hedge::Thousands,
                10 if items[at].text() == "tens" => Hedge::Tens,
                _ => Hedge::Dozens,
            };
            Some((Numeral::Vague(vague), at + 1))
        }
        What::Sense(Sense::Both) if is_two(items, at) => Some((Numeral::Plain(2), at + 1)),
        What::Number(_) | What::Sense(Sense::Number(_) | Sense::Mult(_)) => {
            if is_bare_plural(items[at].text()) && matches!(items[at].what, What::Sense(Sense::Mult(_))) {
                let vague = match multiple(items, at)? {
                    100 => Hedge::Hundreds,
                    1_000 => Hedge::Thousands,
                    _ => Hedge::Dozens,
                };
                return Some((Numeral::Vague(vague), at + 1));
            }
            let (low, end) = whole_number(items, at)?;
            // "10 to 15", "two or three", "від 10 до 15", "два-три", "10 – 15".
            // "зросла з 3 до 5".
            let grew = at > 1 && items[..at - 1].iter().rev().take(3).any(|it| it.is(Sense::Rose));
            let opened = at > 0
                && (items[at - 1].is(Sense::From) || grew && matches!(items[at - 1].text(), "з" | "із" | "с" | "со"));
            let joins = match items.get(end).map(|it| it.what) {
                Some(What::Sense(Sense::To | Sense::Or)) => true,
                Some(What::Sense(Sense::Hedge(Hedge::UpTo))) => opened && items[end].text() == "до",
                Some(What::Sense(Sense::And)) => opened,
                Some(What::Mark('-')) => {
                    matches!(items[at].what, What::Number(_))
                        && matches!(items.get(end + 1).map(|it| it.what), Some(What::Number(_)))
                }
                _ => false,
            };
            if joins && items.get(end + 1).is_some() {
                if let Some((high, after)) = whole_number(items, end + 1)
                    && low < high
                {
                    let rose = items[..at].iter().rev().take(4).any(|it| it.is(Sense::Rose));
                    return Some((if rose { Numeral::Plain(high) } else { Numeral::Range(low, high) }, after));
                }
            } else if let Some(Sense::Number(high)) = items.get(end).and_then(Item::sense)
                && items[end].token.glued
                && high > low
            {
                return Some((Numeral::Range(low, high), end + 1));
            }
            Some((Numeral::Plain(low), end))
        }
        _ => None,
    }
}

/// One whole number in digits or words, with its multiples.
fn whole_number(items: &[Item], at: usize) -> Option<(u64, usize)> {
    if let What::Number(n) = items[at].what {
        return Some(match multiple(items, at + 1) {
            // "17 тис. 63 пожежі".
            Some(1_000) if matches!(items.get(at + 2).map(|it| it.what), Some(What::Number(rest)) if rest < 1_000 && n < 1_000) =>
            {
                let Some(What::Number(rest)) = items.get(at + 2).map(|it| it.what) else { return None };
                (n * 1_000 + rest, at + 3)
            }
            Some(m) => (n.saturating_mul(m), at + 2),
            None => (n, at + 1),
        });
    }
    let (mut total, mut current, mut unit, mut at) = (0_u64, None::<u64>, u64::MAX, at);
    loop {
        match items.get(at).and_then(Item::sense) {
            Some(Sense::Number(n)) => {
                let size = if n >= 100 {
                    100
                } else if n >= 20 {
                    10
                } else {
                    1
                };
                // "20 5" goes down; "5 20" and "12 3" are two numbers.
                if size >= unit {
                    break;
                }
                unit = if n < 20 { 1 } else { size };
                current = Some(current.unwrap_or(0) + n);
            }
            Some(Sense::Mult(m)) => {
                let product = current.unwrap_or(1).saturating_mul(m);
                if m >= 1_000 {
                    total = total.saturating_add(product);
                    (current, unit) = (None, u64::MAX);
                } else if m == 100 {
                    (current, unit) = (Some(product), 100);
                } else {
                    return Some((total.saturating_add(product), at + 1));
                }
            }
            Some(Sense::Many(m)) if current.is_some() => {
                return Some((total.saturating_add(current.unwrap_or(1).saturating_mul(m)), at + 1));
            }
            Some(Sense::And)
                if items[at].text() == "and"
                    && at > 0
                    && items[at - 1].is(Sense::Mult(100))
                    && items.get(at + 1).is_some_and(|it| matches!(it.sense(), Some(Sense::Number(n)) if n < 100)) => {}
            _ => break,
        }
        at += 1;
    }
    match (total, current) {
        (0, None) => None,
        (total, current) => Some((total.saturating_add(current.unwrap_or(0)), at)),
    }
}

#[derive(Default)]
struct Arms {
    family: Option<Family>,
    mixed: bool,
    kin: Vec<Kindred>,
}

impl Arms {
    fn add(&mut self, family: Family) {
        match self.family {
            None => self.family = Some(family),
            Some(Family::Bomb) if family == Family::Guided => self.family = Some(Family::Guided),
            Some(old) if same_family(old, family) => {}
            Some(_) => self.mixed = true,
        }
    }

    fn object(&self) -> Option<Object> {
        if self.mixed {
            return None;
        }
        let named = self.kin.iter().find_map(|it| family_of(*it));
        let family = self.family.or(named)?;
        let has = |kin: Kindred| self.kin.contains(&kin);
        Some(match family {
            Family::Drone => {
                let strike = has(Kindred::Strike);
                let sorts = [
                    has(Kindred::Shahed) || strike,
                    has(Kindred::Decoy),
                    has(Kindred::Recon),
                    has(Kindred::Fpv),
                    has(Kindred::Other),
                ];
                match (sorts.iter().filter(|it| **it).count(), has(Kindred::Shahed)) {
                    (1, true) => Object::Shahed,
                    (1, _) if strike => Object::StrikeDrone,
                    (1, _) if has(Kindred::Decoy) => Object::Decoy,
                    (1, _) if has(Kindred::Recon) => Object::ReconDrone,
                    (1, _) if has(Kindred::Fpv) => Object::FpvDrone,
                    (2, _) if has(Kindred::Fpv) && strike => Object::FpvDrone,
                    _ => Object::DroneAny,
                }
            }
            Family::Missile => {
                let aero = has(Kindred::Aero);
                let sorts = [
                    has(Kindred::Cruise),
                    has(Kindred::Ballistic) && !aero,
                    aero,
                    has(Kindred::AntiAir),
                    has(Kindred::AnyMissile),
                ];
                match sorts.iter().filter(|it| **it).count() {
                    1 if has(Kindred::Cruise) => Object::CruiseMissile,
                    1 if aero => Object::AeroballisticMissile,
                    1 if has(Kindred::AntiAir) => Object::AntiaircraftMissile,
                    1 if has(Kindred::Ballistic) => Object::BallisticMissile,
                    _ => Object::MissileAny,
                }
            }
            Family::Guided => Object::GuidedBomb,
            Family::Bomb if has(Kindred::Guided) => Object::GuidedBomb,
            Family::Bomb => Object::BombAny,
            Family::Rocket => Object::Rocket,
        })
    }
}

fn same_family(a: Family, b: Family) -> bool {
    a == b || matches!((a, b), (Family::Bomb, Family::Guided) | (Family::Guided, Family::Bomb))
}

fn family_of(kin: Kindred) -> Option<Family> {
    match kin {
        Kindred::Shahed | Kindred::Strike | Kindred::Decoy | Kindred::Recon | Kindred::Fpv => Some(Family::Drone),
        Kindred::Cruise | Kindred::Ballistic | Kindred::Aero | Kindred::AntiAir | Kindred::AnyMissile => {
            Some(Family::Missile)
        }
        Kindred::Guided | Kindred::Other => None,
    }
}

/// Reads the noun phrase after the number.
fn noun(items: &[Item], it: &mut Measure) {
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
                if head && matches!(kin, Kindred::Strike | Kindred::Recon) && item.text().is_ascii() {
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
                    && items.get(at + 1).is_some_and(|it| it.is(Sense::Storey) || it.text().starts_with("stor")) =>
            {
                at += 1;
            }
            What::Label(super::token::Label::Model) => {
                if head {
                    it.end = at + 1;
                }
            }
            What::Unknown if !head && item.place.is_none() => {
                if (item.adjectival() || is_make(items, at)) && strange < 3 {
                    strange += 1;
                } else {
                    it.head = Head::Unknown;
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

/// "one of the drones", "в одному з населених пунктів": the noun stands in the plural; and a number alone after a preposition
/// counts nothing that is known.
fn one_of(items: &[Item], it: &mut Measure) {
    if it.head != Head::None || it.of_them {
        return;
    }
    let of = items.get(it.end).is_some_and(|it| it.is(Sense::Of));
    let next = items[(it.end + 1).min(items.len())..].iter().find(|it| {
        !matches!(it.sense(), Some(Sense::The | Sense::All | Sense::Skip | Sense::Hedge(_) | Sense::Article))
    });
    let counted = next.is_some_and(|it| {
        matches!(it.what, What::Number(_) | What::Span(..) | What::Sense(Sense::Number(_) | Sense::Mult(_)))
    });
    let participle = items.get(it.end).is_some_and(|it| matches!(it.sense(), Some(Sense::Act(_))));
    if of && !counted {
        let mut inner = Measure { end: it.end + 1, quantity: Quantity::hedged(0, Hedge::Plural), ..it.clone() };
        noun(items, &mut inner);
        it.head = if matches!(inner.head, Head::Object(_)) { inner.head } else { Head::Unknown };
        (it.child, it.end) = (inner.child, if it.head == Head::Unknown { it.end } else { inner.end });
    } else if it.first > 0
        && items[it.first - 1].is(Sense::Prep)
        && !of
        && !participle
        && items[it.first - 1].text() != "with"
        && !is_put(items, it.first - 1)
    {
        it.head = Head::Unknown;
    }
}

/// "put the number of wounded at 28".
fn is_put(items: &[Item], at: usize) -> bool {
    items[at].text() == "at" && items[..at].iter().rev().take(6).any(|it| it.text() == "put")
}

/// What a part is, said after it: "nine of them children", "з них одинадцять – балістика", "of which 30 were Shaheds".
fn predicate(items: &[Item], it: &mut Measure) {
    let part =
        it.of_them || it.first > 0 && matches!(items[it.first - 1].sense(), Some(Sense::OfThem | Sense::Subset)) || {
            it.first > 1
                && items[it.first - 1].what == What::Mark('-')
                && matches!(items[it.first - 2].sense(), Some(Sense::OfThem | Sense::Subset))
        };
    // "33 БпЛА типу «Герань» і 5 — типу «Молнія»".
    let dash = usize::from(items.get(it.end).is_some_and(|it| it.what == What::Mark('-')));
    let sort = items.get(it.end + dash).is_some_and(|it| matches!(it.text(), "типу" | "типа"));
    if it.head != Head::None || !(part || sort) {
        return;
    }
    let mut from = it.end;
    while items.get(from).is_some_and(|it| it.what == What::Mark('-') || it.is(Sense::Was)) && from < it.end + 2 {
        from += 1;
    }
    // "один із них – 15-річний хлопець".
    if let Some(What::Number(age)) = items.get(from).map(|it| it.what)
        && items.get(from + 1).is_some_and(|it| it.is(Sense::YearOld))
        && it.quantity.value == Some(1)
    {
        (it.head, it.child, it.of_them) = (Head::Object(Object::Person), age < 18, true);
        return;
    }
    let mut inner = Measure { end: from, quantity: Quantity::hedged(0, Hedge::Plural), ..it.clone() };
    noun(items, &mut inner);
    if matches!(inner.head, Head::Object(object) if object == Object::Person || object.is_weapon() || object.is_event())
    {
        // "з них 75 дрони збили" has a trigger of its own to settle it; a bare noun here names the part.
        (it.head, it.child, it.gender, it.end, it.of_them) = (inner.head, inner.child, inner.gender, inner.end, true);
    }
}

fn glued_event(text: &str) -> Option<Object> {
    match text {
        it if it.starts_with("атак") || it.starts_with("удар") => Some(Object::Strike),
        it if it.starts_with("обстр") => Some(Object::Shelling),
        _ => None,
    }
}

/// A make that is not known, before a weapon that is: "two Bayraktar drones".
fn is_make(items: &[Item], at: usize) -> bool {
    let label = |it: &&Item| matches!(it.what, What::Label(super::token::Label::Model));
    let next = at + 1 + items[at + 1..].iter().take(2).take_while(label).count();
    items[at].token.capital
        && items.get(next).is_some_and(|it| matches!(it.sense(), Some(Sense::Weapon(_) | Sense::Name(_))))
}

fn is_launching(text: &str) -> bool {
    text.starts_with("запуск") || text.starts_with("пуск") || text == "launches"
}

fn is_civil(item: &Item) -> bool {
    ["цивіл", "гражданск", "мирн"].iter().any(|it| item.text().starts_with(it))
}

fn is_thing(item: &Item) -> bool {
    matches!(item.what, What::Sense(Sense::Thing(_) | Sense::Weapon(_) | Sense::Vague) | What::Unknown)
}

/// Whether an English noun phrase goes on here.
fn goes_on(item: &Item) -> bool {
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

/// "та балістичною ракетою": one, and no part of the number before it.
fn is_one_weapon(text: &str) -> bool {
    ["ракет", "бомб", "авіабомб", "авиабомб"]
        .iter()
        .any(|stem| text.strip_prefix(stem).is_some_and(|it| matches!(it, "а" | "у" | "ою" | "ой")))
        || ["дрон", "безпілотник", "беспилотник"]
            .iter()
            .any(|stem| text.strip_prefix(stem).is_some_and(|it| it.is_empty() || it == "ом"))
}

/// The weapon that a conjunction, comma or bracket joins to the phrase, without a number of its own.
fn joined(items: &[Item], at: usize, arms: &Arms) -> Option<usize> {
    let tight = !matches!(items[at].sense(), Some(Sense::And | Sense::Or));
    let mut here = at + 1;
    while here < items.len() && here < at + 6 {
        match items[here].what {
            What::Sense(Sense::Weapon(_)) if is_one_weapon(items[here].text()) => return None,
            What::Sense(Sense::Weapon(family)) => {
                let same = arms.family.is_none_or(|old| same_family(old, family));
                return (same || !tight).then_some(here);
            }
            What::Sense(Sense::Name(kin)) => {
                let same = family_of(kin).zip(arms.family).is_none_or(|(a, b)| same_family(a, b));
                return same.then_some(here);
            }
            What::Sense(Sense::Mod(Kindred::Other)) => return Some(here),
            What::Sense(Sense::And) if here == at + 1 => {}
            What::Sense(Sense::Skip | Sense::Mod(_) | Sense::SideAdj(_)) => {}
            What::Unknown if items[here].adjectival() => {}
            _ => return None,
        }
        here += 1;
    }
    None
}
