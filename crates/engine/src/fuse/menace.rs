//! Threats told of places without an object in one: they warn, and make no track.

use super::body::trust_alone;
use super::kind::{flight, related};
use crate::ground::Ground;
use model::{Code, EventId, ThreatKind, Timestamp};

/// Most threats without a place at once.
const MENACES_MAX: usize = 512;

/// A threat without a place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Menace {
    pub(crate) kind: ThreatKind,
    pub(crate) areas: Vec<Code>,
    pub(crate) source: u16,
    pub(crate) trust: f64,
    pub(crate) event: EventId,
    pub(crate) said_at: Timestamp,
    pub(crate) until: Timestamp,
}

impl Menace {
    pub(crate) fn new(
        kind: ThreatKind,
        areas: &[Code],
        source: u16,
        trust: f64,
        event: EventId,
        said_at: Timestamp,
    ) -> Self {
        #[allow(clippy::cast_possible_truncation)] // An hour in milliseconds.
        let lasts_ms = (flight(kind).threat_s * 1000.0) as i64;
        Self { kind, areas: areas.to_vec(), source, trust, event, said_at, until: said_at.plus_ms(lasts_ms) }
    }
}

/// Adds a threat; saying it again prolongs it. Returns whether there was room.
pub(crate) fn threaten(menaces: &mut Vec<Menace>, menace: Menace) -> bool {
    menaces
        .retain(|other| !(other.source == menace.source && other.kind == menace.kind && other.areas == menace.areas));
    if menaces.len() >= MENACES_MAX {
        return false;
    }
    menaces.push(menace);
    true
}

/// Whether a threat without a place is believed at `now`: by a trusted source, or by two.
pub(crate) fn believed(menace: &Menace, all: &[Menace], now: Timestamp, ground: &Ground) -> bool {
    let alive = |menace: &Menace| menace.said_at <= now && menace.until > now;
    let overlap =
        |a: &[Code], b: &[Code]| a.iter().any(|&a| b.iter().any(|&b| ground.within(a, b) || ground.within(b, a)));
    let seconded = |other: &Menace| {
        other.source != menace.source
            && alive(other)
            && related(other.kind, menace.kind).is_some()
            && overlap(&other.areas, &menace.areas)
    };
    alive(menace) && (menace.trust >= trust_alone(menace.kind) || all.iter().any(seconded))
}
