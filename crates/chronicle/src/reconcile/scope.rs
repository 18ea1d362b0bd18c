//! What a claim speaks of: who attacked, with or against what, where and when; and how two of these lie to each other.

use crate::Quantity;
use crate::class::below;
use model::Timestamp;
use serde::{Deserialize, Serialize};

/// What is said of the things counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Fired, used, seen coming.
    Launched,
    /// Shot down, suppressed.
    Intercepted,
    /// Lost from location tracking, gone astray.
    Lost,
    /// Weapons that hit; or places that were hit, by the object.
    Hit,
    /// Left the airspace.
    Left,
    /// Still in the air when it was said.
    Airborne,
    /// Things.
    Damaged,
    /// People.
    Killed,
    /// People.
    Wounded,
}

impl Kind {
    /// Every kind, in the order of reports.
    pub const ALL: [Self; 9] = [
        Self::Launched,
        Self::Intercepted,
        Self::Lost,
        Self::Hit,
        Self::Left,
        Self::Airborne,
        Self::Killed,
        Self::Wounded,
        Self::Damaged,
    ];

    /// Its name in files and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Launched => "launched",
            Self::Intercepted => "intercepted",
            Self::Lost => "lost",
            Self::Hit => "hit",
            Self::Left => "left",
            Self::Airborne => "airborne",
            Self::Damaged => "damaged",
            Self::Killed => "killed",
            Self::Wounded => "wounded",
        }
    }

    /// Whether a count of it only grows as more becomes known.
    pub(crate) const fn grows(self) -> bool {
        matches!(self, Self::Damaged | Self::Killed | Self::Wounded)
    }
}

/// What a claim speaks of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Whose weapon it was; `None` is not said.
    pub attacker: Option<String>,
    /// What is said.
    pub kind: Kind,
    /// The class of things, such as `strike_drone` or `person`.
    pub object: String,
    /// Only children.
    pub child: bool,
    /// Where, as a path from the widest: `UA/Kirovohrad`.
    pub area: String,
    /// When; `None` is not resolved.
    pub window: Option<[Timestamp; 2]>,
}

/// A claim of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Its name.
    pub id: String,
    /// Who says so.
    pub source: String,
    /// Sources that lean on one origin have one cluster; without it the source is its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// As of when it was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
    /// What it speaks of.
    pub scope: Scope,
    /// How many.
    pub quantity: Quantity,
    /// The claim it is a part of: it is not added to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
    /// Seen by our own sensors or people: a least.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
    /// The words.
    pub words: String,
    /// The statement: its id or an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}

impl Told {
    /// What it counts as for independence.
    #[must_use]
    pub fn cluster(&self) -> &str {
        self.cluster.as_deref().unwrap_or(&self.source)
    }
}

/// How one scope, or one side of it, lies to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nesting {
    /// The same.
    Same,
    /// The first lies inside the second.
    Inside,
    /// The second lies inside the first.
    Around,
    /// Neither.
    Apart,
}

impl Nesting {
    /// Both sides of a scope together: they must point one way.
    pub(crate) const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Same, it) | (it, Self::Same) => it,
            (Self::Inside, Self::Inside) => Self::Inside,
            (Self::Around, Self::Around) => Self::Around,
            _ => Self::Apart,
        }
    }
}

/// How two classes of things lie to each other.
#[must_use]
pub fn nest_objects(a: &str, b: &str) -> Nesting {
    if a == b {
        Nesting::Same
    } else if below(a, b) {
        Nesting::Inside
    } else if below(b, a) {
        Nesting::Around
    } else {
        Nesting::Apart
    }
}

/// How two areas lie to each other, as paths.
pub(crate) fn nest_areas(a: &str, b: &str) -> Nesting {
    let inside = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    if a == b {
        Nesting::Same
    } else if inside(a, b) {
        Nesting::Inside
    } else if inside(b, a) {
        Nesting::Around
    } else {
        Nesting::Apart
    }
}

/// How two windows lie to each other.
pub(crate) fn nest_windows(a: [Timestamp; 2], b: [Timestamp; 2]) -> Nesting {
    if a == b {
        Nesting::Same
    } else if b[0] <= a[0] && a[1] <= b[1] {
        Nesting::Inside
    } else if a[0] <= b[0] && b[1] <= a[1] {
        Nesting::Around
    } else {
        Nesting::Apart
    }
}
