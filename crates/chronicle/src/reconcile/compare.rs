//! Two claims: do they say the same, may both be true, or not; and why they cannot be compared.

use super::scope::{Nesting, Told, nest_areas, nest_objects, nest_windows};
use serde::Serialize;
use std::collections::BTreeSet;

/// Why two claims cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Apart {
    /// Other attackers, or one is not said.
    Attacker,
    /// They say different things of the objects.
    Kind,
    /// Classes that do not nest.
    Object,
    /// Areas that do not nest.
    Area,
    /// Windows that do not nest.
    Window,
    /// At least one window is not resolved.
    WindowUnknown,
    /// One is narrower in one way and wider in another.
    Crossed,
}

/// How two claims lie to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "verdict", content = "why", rename_all = "snake_case")]
pub enum Verdict {
    /// The same interval of the same scope.
    Agree,
    /// Both may be true.
    Compatible,
    /// They cannot both be true.
    Conflict,
    /// The same source said something newer of the same scope.
    Superseded,
    /// They speak of different things.
    Incomparable(Apart),
}

impl Verdict {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Compatible => "compatible",
            Self::Conflict => "conflict",
            Self::Superseded => "superseded",
            Self::Incomparable(_) => "incomparable",
        }
    }
}

/// Compares two claims; the order does not matter.
#[must_use]
pub fn compare(a: &Told, b: &Told) -> Verdict {
    let nesting = match nest(a, b) {
        Ok(nesting) => nesting,
        Err(apart) => return Verdict::Incomparable(apart),
    };
    let same = nesting == Nesting::Same;
    if same && a.source == b.source && a.own == b.own && a.as_of != b.as_of && a.as_of.is_some() && b.as_of.is_some() {
        return Verdict::Superseded;
    }
    // A least of what the other counts: the narrower scope, our own observation, an earlier count of what only grows.
    let earlier = |x: &Told, y: &Told| x.scope.kind.grows() && x.as_of.zip(y.as_of).is_some_and(|(x, y)| x < y);
    let least = |x: &Told, y: &Told, inside: Nesting| nesting == inside || (same && (x.own || earlier(x, y)));
    let bounded = |least: &Told, of: &Told| {
        let fits = of.own || of.quantity.high.is_none_or(|high| least.quantity.low <= high);
        if fits { Verdict::Compatible } else { Verdict::Conflict }
    };
    match (least(a, b, Nesting::Inside), least(b, a, Nesting::Around)) {
        // Both are leasts of something that nobody counted whole.
        (true, true) => Verdict::Compatible,
        (true, false) => bounded(a, b),
        (false, true) => bounded(b, a),
        (false, false) if (a.quantity.low, a.quantity.high) == (b.quantity.low, b.quantity.high) => Verdict::Agree,
        (false, false) if a.quantity.meets(&b.quantity) => Verdict::Compatible,
        (false, false) => Verdict::Conflict,
    }
}

fn nest(a: &Told, b: &Told) -> Result<Nesting, Apart> {
    if a.scope.kind != b.scope.kind {
        return Err(Apart::Kind);
    }
    if a.scope.attacker != b.scope.attacker {
        return Err(Apart::Attacker);
    }
    let object = nest_objects(&a.scope.object, &b.scope.object);
    if object == Nesting::Apart {
        return Err(Apart::Object);
    }
    let child = match (a.scope.child, b.scope.child) {
        (true, false) => Nesting::Inside,
        (false, true) => Nesting::Around,
        _ => Nesting::Same,
    };
    let area = nest_areas(&a.scope.area, &b.scope.area);
    if area == Nesting::Apart {
        return Err(Apart::Area);
    }
    let (Some(mine), Some(theirs)) = (a.scope.window, b.scope.window) else { return Err(Apart::WindowUnknown) };
    let window = nest_windows(mine, theirs);
    if window == Nesting::Apart {
        return Err(Apart::Window);
    }
    match object.and(child).and(area).and(window) {
        Nesting::Apart => Err(Apart::Crossed),
        nesting => Ok(nesting),
    }
}

/// Independent origins among claims.
pub fn clusters<'a>(told: impl IntoIterator<Item = &'a Told>) -> BTreeSet<&'a str> {
    told.into_iter().map(Told::cluster).collect()
}
