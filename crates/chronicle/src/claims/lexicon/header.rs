//! The headers of the tables: which sense the words under them have.

use super::super::claim::{Object, Side};
use super::sense::{Act, Family, Kindred, Mark, Sense};
use crate::quantity::Hedge;

/// What a header makes of the words under it.
#[derive(Clone, Copy)]
pub(super) enum Header {
    Sense(Sense),
    Mark(Mark),
    /// People by what they do; the words are stems.
    Folk {
        feminine: bool,
    },
}

/// What a header is; `None` where nothing answers to it.
pub(super) fn header_of(header: &str) -> Option<Header> {
    match header.split_once(' ') {
        Some(("mark", name)) => Mark::named(name).map(Header::Mark),
        Some(("folk", sex)) => Some(Header::Folk { feminine: sex == "f" }),
        _ => sense_of(header).map(Header::Sense),
    }
}

/// The forms of a noun for a person, by its stem: one person, or several.
pub(super) fn folk(stem: &str, feminine: bool) -> Vec<(String, Sense)> {
    let (one, many): (&[&str], &[&str]) = if feminine {
        (&["ка", "ку", "кою", "кой", "ці", "ке"], &["ок", "кам", "ками", "ках"])
    } else {
        (&["", "а", "у", "ові", "ом", "ем"], &["и", "ы", "ів", "ов", "ам", "ами", "ах"])
    };
    let of = |endings: &[&str], sense: Sense| -> Vec<(String, Sense)> {
        endings.iter().map(|it| (format!("{stem}{it}"), sense)).collect()
    };
    let mut out = of(one, Sense::One { child: false });
    out.extend(of(many, Sense::Person { child: false, gender: false }));
    out
}

fn sense_of(header: &str) -> Option<Sense> {
    let mut parts = header.split_whitespace();
    let (name, argument) = (parts.next()?, parts.next().unwrap_or_default());
    let number = argument.parse::<u64>().ok();
    Some(match name {
        "number" => Sense::Number(number?),
        "mult" => Sense::Mult(number?),
        "many" => Sense::Many(number?),
        "several" => Sense::Several,
        "fraction" => Sense::Fraction,
        "except" => Sense::Except,
        "fail" => Sense::Fail,
        "deny" => Sense::Deny,
        "say" => Sense::Say,
        "pair" => Sense::Pair,
        "hedge" => Sense::Hedge(hedge(argument)?),
        "after" => Sense::After(hedge(argument)?),
        "mostly" => Sense::Mostly,
        "half-of" => Sense::HalfOf,
        "drone" => Sense::Weapon(Family::Drone),
        "missile" => Sense::Weapon(Family::Missile),
        "bomb" => Sense::Weapon(Family::Bomb),
        "kab" => Sense::Weapon(Family::Guided),
        "rocket" => Sense::Weapon(Family::Rocket),
        "name" => Sense::Name(kindred(argument)?),
        "mod" if argument == "private" => Sense::Private,
        "mod" if argument == "skip" => Sense::Skip,
        "mod" => Sense::Mod(kindred(argument)?),
        "thing" => Sense::Thing(Object::named(argument)?),
        "event" => Sense::Event(Object::named(argument)?),
        "vague" => Sense::Vague,
        "person" => Sense::Person { child: argument == "child", gender: argument == "gender" },
        "one" => Sense::One { child: argument == "child" },
        "worker" => Sense::Worker,
        "veto" => Sense::Veto,
        "month" | "may" => Sense::Month,
        "aged" => Sense::Aged,
        "yearold" => Sense::YearOld,
        "storey" => Sense::Storey,
        "times" => Sense::Times,
        "number-of-times" => Sense::NumberOfTimes,
        "rose" => Sense::Rose,
        "act" => Sense::Act(act(argument)?),
        "weak" => Sense::Weak(act(argument)?),
        "article" => Sense::Article,
        "the" => Sense::The,
        "of" => Sense::Of,
        "to" => Sense::To,
        "or" => Sense::Or,
        "from" => Sense::From,
        "and" => Sense::And,
        "but" => Sense::But,
        "subset" => Sense::Subset,
        "ofthem" => Sense::OfThem,
        "among" => Sense::Among,
        "all" => Sense::All,
        "both" => Sense::Both,
        "nobody" => Sense::Nobody,
        "info" => Sense::Info,
        "each" => Sense::Each,
        "more" => Sense::More,
        "others" => Sense::Others,
        "was" => Sense::Was,
        "not" => Sense::Not,
        "unreal" => Sense::Unreal,
        "prep" => Sense::Prep,
        "direction" => Sense::Direction,
        "side" => Sense::Side(side(argument)?),
        "adj" => Sense::SideAdj(side(argument)?),
        "guard" => Sense::Guard(side(argument)?),
        "raid" => Sense::Raid(side(argument)?),
        "scene" => Sense::Scene(side(argument)?),
        "time" => Sense::Time,
        "word" | "half-whole" => Sense::Word,
        "rate" => Sense::Rate,
        "foreign" => Sense::Foreign,
        "mishap" => Sense::Mishap,
        "despite" => Sense::Despite,
        "earlier" => Sense::Earlier,
        _ => return None,
    })
}

fn hedge(name: &str) -> Option<Hedge> {
    Some(match name {
        "more_than" => Hedge::MoreThan,
        "at_least" => Hedge::AtLeast,
        "up_to" => Hedge::UpTo,
        "less_than" => Hedge::LessThan,
        "nearly" => Hedge::Nearly,
        "around" => Hedge::Around,
        _ => return None,
    })
}

fn side(name: &str) -> Option<Side> {
    match name {
        "RU" => Some(Side::Ru),
        "UA" => Some(Side::Ua),
        _ => None,
    }
}

fn kindred(name: &str) -> Option<Kindred> {
    Some(match name {
        "shahed" => Kindred::Shahed,
        "strike" => Kindred::Strike,
        "decoy" => Kindred::Decoy,
        "recon" => Kindred::Recon,
        "fpv" => Kindred::Fpv,
        "cruise" => Kindred::Cruise,
        "ballistic" => Kindred::Ballistic,
        "aero" => Kindred::Aero,
        "antiair" => Kindred::AntiAir,
        "anymissile" => Kindred::AnyMissile,
        "guided" => Kindred::Guided,
        "other" => Kindred::Other,
        _ => return None,
    })
}

fn act(name: &str) -> Option<Act> {
    Some(match name {
        "launch" => Act::Launch,
        "note" => Act::Note,
        "down" => Act::Down,
        "destroy" => Act::Destroy,
        "lose" => Act::Lose,
        "hit" => Act::Hit,
        "harm" => Act::Harm,
        "wreck" => Act::Wreck,
        "kill" => Act::Kill,
        "wound" => Act::Wound,
        "suffer" => Act::Suffer,
        "casualty" => Act::Casualty,
        "missing" => Act::Missing,
        "rescue" => Act::Rescue,
        "airborne" => Act::Airborne,
        "left" => Act::Left,
        "unstopped" => Act::Unstopped,
        "debris" => Act::Debris,
        "power" => Act::Power,
        "breach" => Act::Breach,
        "shell" => Act::Shell,
        "evacuate" => Act::Aside,
        _ => return None,
    })
}
