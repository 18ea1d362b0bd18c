//! What an act says of an object, and of a quantity whose object nobody names.

use super::super::claim::{ClaimKind, Object, Severity};
use super::super::lexicon::Act;
use super::super::measure::Head;

/// What an act says of an object.
pub(super) struct Meaning {
    pub(super) kind: ClaimKind,
    pub(super) detail: Option<&'static str>,
    pub(super) severity: Option<Severity>,
}

pub(super) fn meaning(act: Act, object: Object) -> Option<Meaning> {
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
pub(super) enum Bare {
    Person,
    /// Whatever the sentence before was about.
    Antecedent,
}

pub(super) fn bare(act: Act) -> Option<Bare> {
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

pub(super) fn fits(act: Act, head: Head) -> bool {
    match head {
        Head::Object(Object::Hits) => matches!(act, Act::Hit),
        Head::Object(object) => meaning(act, object).is_some() || act == Act::Aside,
        Head::None | Head::Unknown => bare(act).is_some() || matches!(act, Act::Casualty | Act::Aside),
        Head::Mixed => matches!(act, Act::Launch | Act::Down | Act::Destroy | Act::Lose),
        Head::Times => matches!(act, Act::Breach | Act::Shell | Act::Launch),
        Head::Veto => false,
    }
}

pub(super) fn is_blow(text: &str) -> bool {
    matches!(text, "бив" | "била" | "били" | "бил" | "бє" | "бють" | "бьет" | "бьют") || {
        ["вдарив", "вдарил", "ударив", "ударил"].iter().any(|it| text.starts_with(it))
    }
}

/// What two objects must share to be counted together: weapons their widest class, things and all else theirs.
pub(super) fn family(object: Object) -> Object {
    match object {
        it if it.is_weapon() => it.root(),
        it if it.is_thing() => Object::ResidentialBuilding,
        _ => Object::Person,
    }
}

/// The widest object of a family.
pub(super) fn general(object: Object) -> Object {
    if object.is_weapon() { object.root() } else { object }
}
