//! Which weapon the words of a noun phrase name together, and whose it is by its name.

use super::super::claim::{Object, Side};
use super::super::item::{Item, What};
use super::super::lexicon::{Family, Kindred, Sense};

#[derive(Default)]
pub(super) struct Arms {
    pub(super) family: Option<Family>,
    pub(super) mixed: bool,
    /// "and other strike drones".
    pub(super) other_strike: bool,
    pub(super) kin: Vec<Kindred>,
}

impl Arms {
    pub(super) fn add(&mut self, family: Family) {
        match self.family {
            None => self.family = Some(family),
            Some(Family::Bomb) if family == Family::Guided => self.family = Some(Family::Guided),
            Some(old) if same_family(old, family) => {}
            Some(_) => self.mixed = true,
        }
    }

    pub(super) fn object(&self) -> Option<Object> {
        if self.mixed {
            return None;
        }
        let named = self.kin.iter().find_map(|it| family_of(*it));
        let family = self.family.or(named)?;
        let has = |kin: Kindred| self.kin.contains(&kin);
        Some(match family {
            Family::Drone => {
                let strike = has(Kindred::Strike);
                // "Shaheds and other strike drones": strike drones all.
                if self.other_strike && has(Kindred::Shahed) && !has(Kindred::Decoy) && !has(Kindred::Recon) {
                    return Some(Object::StrikeDrone);
                }
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

pub(super) fn same_family(a: Family, b: Family) -> bool {
    a == b || matches!((a, b), (Family::Bomb, Family::Guided) | (Family::Guided, Family::Bomb))
}

pub(super) fn family_of(kin: Kindred) -> Option<Family> {
    match kin {
        Kindred::Shahed | Kindred::Strike | Kindred::Decoy | Kindred::Recon | Kindred::Fpv => Some(Family::Drone),
        Kindred::Cruise | Kindred::Ballistic | Kindred::Aero | Kindred::AntiAir | Kindred::AnyMissile => {
            Some(Family::Missile)
        }
        Kindred::Guided | Kindred::Other => None,
    }
}

/// Whose a weapon is by its name alone: a Shahed is nobody's but Russia's.
pub(in super::super) fn owner(kin: Kindred, text: &str) -> Option<Side> {
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

/// "та балістичною ракетою": one, and no part of the number before it.
pub(super) fn is_one_weapon(text: &str) -> bool {
    ["ракет", "бомб", "авіабомб", "авиабомб"]
        .iter()
        .any(|stem| text.strip_prefix(stem).is_some_and(|it| matches!(it, "а" | "у" | "ою" | "ой")))
        || ["дрон", "безпілотник", "беспилотник"]
            .iter()
            .any(|stem| text.strip_prefix(stem).is_some_and(|it| it.is_empty() || it == "ом"))
}

/// The weapon that a conjunction, comma or bracket joins to the phrase, without a number of its own.
pub(super) fn joined(items: &[Item], at: usize, arms: &Arms) -> Option<usize> {
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
            What::Sense(Sense::Skip | Sense::Mod(_) | Sense::SideAdj(_) | Sense::Others) => {}
            What::Unknown if items[here].adjectival() => {}
            _ => return None,
        }
        here += 1;
    }
    None
}
