//! Slots to areas: communities first, then towns with what the communities tell.
//!
//! What always holds: a slot is filled by a rule of `place`, or what stood in it is refused by name.

use super::clause::{Draft, Field, Filler, Slot};
use super::heading::Heading;
use super::item::Before;
use super::mark::{Mention, is_city_region};
use super::place::{Around, Found, resolve, told_apart};
use super::refusal;
use model::{Area, AreaSet, Code, Level, Refusal};

/// How far beyond its heading's region a village may lie, kilometres; farther, a quarter or hamlet of the same name is
/// likelier meant.
const STRAY_KM: f64 = 120.0;

/// A resolved slot.
pub(super) struct Filled<'s> {
    pub(super) slot: &'s Slot,
    pub(super) area: Option<&'static Area>,
    pub(super) rule: &'static str,
}

/// Resolves every slot: communities first, then towns with what the communities tell.
pub(super) fn fill<'d>(draft: &'d Draft, before: &Before, refused: &mut Vec<Refusal>) -> Vec<Filled<'d>> {
    let set = before.set;
    let mut filled: Vec<Filled> = draft.slots.iter().map(|slot| Filled { slot, area: None, rule: "" }).collect();
    let heads: Vec<Code> = before
        .heading
        .places
        .iter()
        .filter_map(|(_, a)| set.region_of(a.code).map(|r| if a.level == Level::Raion { a.code } else { r.code }))
        .collect();
    // Communities.
    for entry in &mut filled {
        if let Filler::Named(mention) = &entry.slot.filler
            && entry.area.is_none()
        {
            let community = mention.candidates.iter().any(|c| !matches!(c.area.level, Level::Settlement));
            if community {
                let around = Around { role: entry.slot.role, within: &heads, beside: None };
                if let Found::One(area, rule) = resolve(set, mention, &around) {
                    (entry.area, entry.rule) = (Some(area), rule);
                }
            }
        }
    }
    let named = |fields: &[Field], level: Level, filled: &[Filled]| -> Vec<Code> {
        filled
            .iter()
            .filter(|f| fields.contains(&f.slot.field))
            .filter_map(|f| f.area)
            .filter(|a| a.level == level && !is_city_region(a))
            .map(|a| a.code)
            .collect()
    };
    let all = [Field::Context, Field::Place, Field::Bare, Field::Target, Field::Via, Field::Origin];
    let raions = named(&all, Level::Raion, &filled);
    let contexts = named(&[Field::Context], Level::Oblast, &filled);
    let places = named(&[Field::Place, Field::Bare, Field::Via], Level::Oblast, &filled);
    let targets = named(&[Field::Target], Level::Oblast, &filled);
    let origins = named(&[Field::Origin], Level::Oblast, &filled);
    let scope = |field: Field| -> Vec<Code> {
        let order: [&[Code]; 7] = match field {
            Field::Target => [&contexts, &raions, &targets, &places, &heads, before.hints, &origins],
            Field::Origin => [&contexts, &raions, &origins, &places, &heads, before.hints, &targets],
            _ => [&contexts, &raions, &places, &heads, before.hints, &targets, &origins],
        };
        order.concat()
    };
    // Towns, twice: the second time with a sure one as anchor.
    let mut anchor = None;
    for pass in 0..2 {
        for n in 0..filled.len() {
            let Some(entry) = filled.get(n) else { continue };
            if entry.area.is_some() {
                continue;
            }
            let slot = entry.slot;
            let done = match &slot.filler {
                Filler::Named(mention) => {
                    let within = scope(slot.field);
                    match resolve(set, mention, &Around { role: slot.role, within: &within, beside: anchor }) {
                        Found::One(area, _) if strays(set, area, before.heading, &filled) => {
                            if pass == 1 {
                                refused.push(far(set, mention, area));
                            }
                            None
                        }
                        Found::One(area, rule) => Some((area, rule)),
                        Found::Several(several) => {
                            if pass == 1 {
                                refused.push(ambiguous(set, mention, &several));
                            }
                            None
                        }
                    }
                }
                Filler::TheRegion => {
                    let town_before = filled
                        .iter()
                        .take(n)
                        .rev()
                        .filter_map(|f| f.area)
                        .find(|a| a.level == Level::Settlement || is_city_region(a));
                    let code = places
                        .first()
                        .or(heads.first())
                        .or(before.hints.first())
                        .copied()
                        .or_else(|| town_before.and_then(|a| set.region_of(a.code)).map(|a| a.code));
                    code.and_then(|code| set.get(code)).map(|area| (area, "the_region"))
                }
                Filler::TheTown => {
                    let town = filled
                        .iter()
                        .take(n)
                        .rev()
                        .filter_map(|f| f.area)
                        .find(|a| a.level == Level::Settlement || is_city_region(a));
                    let head = before
                        .heading
                        .places
                        .iter()
                        .rev()
                        .map(|(_, a)| *a)
                        .find(|a| a.level == Level::Settlement || is_city_region(a));
                    town.or(head).or(before.last_town).map(|area| (area, "the_town"))
                }
                Filler::TheSeat => {
                    let region = contexts
                        .first()
                        .or(places.first())
                        .or(targets.first())
                        .or(heads.first())
                        .or(before.hints.first())
                        .copied();
                    region
                        .and_then(|code| set.settlements_of(code).max_by_key(|a| a.population))
                        .map(|area| (area, "the_seat"))
                }
                Filler::Beyond(name) => {
                    if pass == 1 && slot.field != Field::Origin {
                        refused.push(abroad(name, slot.span));
                    }
                    None
                }
            };
            if let Some((area, rule)) = done {
                if anchor.is_none() && area.level == Level::Settlement {
                    anchor = Some(area);
                }
                if let Some(entry) = filled.get_mut(n) {
                    (entry.area, entry.rule) = (Some(area), rule);
                }
            }
        }
    }
    filled
}

/// Whether a village lies far from everything the post and the sentence speak of.
fn strays(set: &AreaSet, area: &Area, heading: &Heading, filled: &[Filled]) -> bool {
    if area.level != Level::Settlement || area.category == 'M' {
        return false;
    }
    let known = heading.places.iter().map(|(_, a)| *a).chain(filled.iter().filter_map(|f| f.area));
    let mut any = false;
    for other in known {
        any = true;
        let margin = if other.level == Level::Settlement { 2.0 * STRAY_KM } else { other.radius_km + STRAY_KM };
        if set.covers(other.code, area.code) || other.centre.distance_km(area.centre) <= margin {
            return false;
        }
    }
    any
}

/// The only place of that name lies where nothing else in the post does.
fn far(set: &AreaSet, mention: &Mention, area: &Area) -> Refusal {
    refusal(
        "far_place",
        format!(
            "take {:?} for {}: it lies far from every other place named; expected its region beside it",
            mention.words,
            told_apart(set, area)
        ),
        mention.span,
    )
}

/// Several places bear the name and nothing tells which is meant.
pub(super) fn ambiguous(set: &AreaSet, mention: &Mention, several: &[&Area]) -> Refusal {
    let mut told: Vec<String> = several.iter().take(5).map(|area| told_apart(set, area)).collect();
    if several.len() > told.len() {
        told.push(format!("{} more", several.len() - told.len()));
    }
    refusal(
        "ambiguous_place",
        format!(
            "tell which {:?} is meant: expected a heading or a region with it; it may be {}",
            mention.words,
            told.join("; ")
        ),
        mention.span,
    )
}

/// A place beyond the area set where one of ours is expected.
pub(super) fn abroad(name: &str, span: (usize, usize)) -> Refusal {
    refusal(
        "abroad",
        format!(
            "take {name:?} as a place or target: it lies beyond the area set and can only be where something comes from"
        ),
        span,
    )
}
