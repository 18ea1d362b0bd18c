//! What became of what one source says was launched: the remainder is worked out, shown, and never called a hit.

use super::scope::{Kind, Nesting, Told, nest_objects};
use crate::{Balance, Quantity};
use model::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// The account of one source for one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// Who says so.
    pub source: String,
    /// Whose weapons.
    pub attacker: Option<String>,
    /// What was launched.
    pub object: String,
    /// Where.
    pub area: String,
    /// When.
    pub window: Option<[Timestamp; 2]>,
    /// How many.
    pub launched: Quantity,
    /// What became of them, by kind, as far as the source says.
    pub parts: BTreeMap<&'static str, Quantity>,
    /// What the source says nothing of. Not hits.
    pub unaccounted: Balance,
    /// The claims it is made of.
    pub claims: Vec<String>,
}

/// The kinds that launched weapons end as.
const ENDS: [Kind; 5] = [Kind::Intercepted, Kind::Lost, Kind::Hit, Kind::Left, Kind::Airborne];

/// One identity for each launch of which a source also tells what became of some, in the order of the claims. Parts of a whole are not taken, nor the
/// claims that the same source has replaced: give only claims that stand.
#[must_use]
pub fn identities(told: &[&Told]) -> Vec<Identity> {
    let wholes = told.iter().filter(|it| it.scope.kind == Kind::Launched && it.part_of.is_none() && !it.own);
    // The same source's launch of a wider class of the same scope holds this one already.
    let widest = wholes.filter(|it| {
        !told.iter().any(|other| {
            beside(it, other)
                && other.scope.kind == Kind::Launched
                && nest_objects(&it.scope.object, &other.scope.object) == Nesting::Inside
        })
    });
    widest.map(|whole| identity(whole, told)).filter(|it| !it.parts.is_empty()).collect()
}

/// Of one source, with one attacker, area and window.
fn beside(a: &Told, b: &Told) -> bool {
    a.source == b.source
        && a.own == b.own
        && a.scope.attacker == b.scope.attacker
        && a.scope.area == b.scope.area
        && a.scope.window == b.scope.window
}

fn identity(whole: &Told, told: &[&Told]) -> Identity {
    let mut parts: BTreeMap<&'static str, Quantity> = BTreeMap::new();
    let mut claims = vec![whole.id.clone()];
    for kind in ENDS {
        let ends: Vec<&&Told> = told
            .iter()
            .filter(|it| {
                let nested = nest_objects(&it.scope.object, &whole.scope.object) != Nesting::Apart;
                beside(it, whole) && it.scope.kind == kind && nested && it.part_of.is_none()
            })
            .collect();
        for end in &ends {
            let held = ends.iter().any(|other| nest_objects(&end.scope.object, &other.scope.object) == Nesting::Inside);
            if held {
                continue;
            }
            let sum = parts.get(kind.name()).map_or_else(|| end.quantity.clone(), |before| before.plus(&end.quantity));
            parts.insert(kind.name(), sum);
            claims.push(end.id.clone());
        }
    }
    Identity {
        source: whole.source.clone(),
        attacker: whole.scope.attacker.clone(),
        object: whole.scope.object.clone(),
        area: whole.scope.area.clone(),
        window: whole.scope.window,
        launched: whole.quantity.clone(),
        unaccounted: Balance::of(&whole.quantity, parts.values()),
        parts,
        claims,
    }
}
