//! Where a track may be later, and whom it may reach when.
//!
//! What comes in: tracks and the communities near them. What goes out: for each community the probability of arrival
//! inside the kind's horizon and the window that holds nine tenths of its first passages. What always holds: the same track at the
//! same instant gives the same forecast; a tentative track gives none; less than [`FLOOR_P`] is not told, which means
//! "no arrival foreseen", never "safe". Deliberately absent: streets, terrain, air defence.
//!
//! Method: `docs/internals/forecast.md`.

mod fan;

pub(crate) use fan::Fan;

use crate::fuse::{Body, Motion, flight};
use crate::ground::{Community, Ground};
use model::{Arrival, Code, EventId, Forecast, Level, Stage, Timestamp, TrackId};
use std::collections::BTreeMap;

/// Least probability that is told.
pub(crate) const FLOOR_P: f64 = 0.05;
/// So many times in the patience of its kind an object that nobody tells of any more becomes e times less likely to fly:
/// every twenty minutes for a drone. Chosen on `allclear simulate`, so that forecasts come true as often as they say.
const UNTOLD: f64 = 3.0;
/// What a message that names a target adds: the target itself is at least so probable, shared among those it names.
const NAMED_P: f64 = 0.7;
/// A named target is at least so probable however many are named.
const NAMED_P_MIN: f64 = 0.3;

/// What is foreseen of one believed track.
#[derive(Debug, Clone)]
pub(crate) struct Outlook {
    pub(crate) track: TrackId,
    /// The newest evidence of it.
    pub(crate) cause: Option<EventId>,
    /// Ordinals of the communities it may reach, and when; sorted.
    pub(crate) reaches: Vec<(usize, Arrival)>,
}

impl Outlook {
    /// The forecasts as they are told, sorted by community.
    pub(crate) fn told<'a>(&'a self, ground: &'a Ground) -> impl Iterator<Item = Forecast> + 'a {
        self.reaches.iter().filter_map(|&(ordinal, arrival)| {
            let community = ground.communities().get(ordinal)?.code;
            Some(Forecast { track: self.track, community, arrival })
        })
    }
}

/// What is foreseen of a track at `now`; `None` for one that is not believed or has no place.
///
/// `untold_ms`: for how long nobody told of it while one of those who saw it was heard. Costs some 40 microseconds with a tenth of a microsecond for each community near its paths, three tenths for each
/// that is told.
pub(crate) fn forecast(body: &Body, now: Timestamp, untold_ms: i64, ground: &Ground, fan: &Fan) -> Option<Outlook> {
    if !body.state.placed || !matches!(body.stage_at(now), Stage::Confirmed | Stage::Coasting) {
        return None;
    }
    let motion = body.motion_at(now);
    let existence = body.existence_at(now) * flying(body, untold_ms);
    let horizon_s = body.horizon_s();
    let flight = flight(body.state.kind);
    let paths = fan.paths(&motion, horizon_s, flight.wander);
    let named = named(body, ground);
    let least = Fan::least(FLOOR_P, existence);
    let mut reaches = Vec::new();
    let mut told = |ordinal: usize, p: f64, window_s: (f64, f64)| {
        if p >= FLOOR_P {
            let arrival = Arrival {
                probability: rounded(p),
                earliest_s: whole_s(window_s.0),
                latest_s: whole_s(window_s.1.max(window_s.0)),
                kind: body.state.kind,
            };
            reaches.push((ordinal, arrival));
        }
    };
    let (south_deg, north_deg) = paths.latitudes();
    let mut reached = BTreeMap::new();
    for (ordinal, centre, radius_km) in ground.band(south_deg, north_deg) {
        let by_name = named.contains_key(&ordinal);
        if let Some((share, early_s, late_s)) = paths.arrival(centre, radius_km, if by_name { 1 } else { least }) {
            if by_name {
                reached.insert(ordinal, (share, early_s, late_s));
            } else {
                told(ordinal, share * existence, (early_s, late_s));
            }
        }
    }
    for (ordinal, least) in named {
        let Some(community) = ground.communities().get(ordinal) else { continue };
        let flown = reached.get(&ordinal).copied();
        let usual_s = usual_s(community, &motion, flight.speed_mps);
        if usual_s <= horizon_s {
            let (share, early_s, late_s) = flown.unwrap_or((0.0, usual_s * 0.8, usual_s * 1.25));
            told(ordinal, share.max(least) * existence, (early_s, late_s));
        } else if let Some((share, early_s, late_s)) = flown {
            told(ordinal, share * existence, (early_s, late_s));
        }
    }
    reaches.sort_unstable_by_key(|&(ordinal, _)| ordinal);
    Some(Outlook { track: body.id, cause: body.state.provenance.last().copied(), reaches })
}

/// Probability that an object which exists is still in the air, when nobody told of it for so long although one of those
/// who did was heard: most that is not told of any more has come down. The track does not end for it, and without anyone
/// to tell, silence says nothing.
fn flying(body: &Body, untold_ms: i64) -> f64 {
    #[allow(clippy::cast_precision_loss)] // Hours in milliseconds.
    let untold_s = untold_ms as f64 / 1000.0;
    libm::exp(-untold_s * UNTOLD / flight(body.state.kind).end_after_s)
}

/// Seconds to the rim of a community at the usual speed, straight on.
fn usual_s(community: &Community, motion: &Motion, speed_mps: f64) -> f64 {
    let away_km = (motion.position.distance_km(community.centre) - community.radius_km).max(0.0);
    away_km * 1000.0 / speed_mps
}

/// Ordinals of the communities that the track's messages name as targets, up to the raion, with their least share.
fn named(body: &Body, ground: &Ground) -> BTreeMap<usize, f64> {
    let mut named = BTreeMap::new();
    #[allow(clippy::cast_precision_loss)] // A handful of targets.
    let least = (NAMED_P / body.state.targets.len().max(1) as f64).max(NAMED_P_MIN);
    let mut name = |code: Code| named.extend(ground.ordinal(code).map(|ordinal| (ordinal, least)));
    for &target in &body.state.targets {
        for link in ground.chain(target) {
            if matches!(ground.level(link), Some(Level::Hromada | Level::Raion)) {
                name(link);
            }
        }
        // A city that is a region of its own.
        if let Some(city) = ground.community_of(target).filter(|&c| ground.level(c) == Some(Level::Oblast))
            && ground.children(city).is_empty()
        {
            name(city);
        }
    }
    named
}

/// Three digits: what is told and recorded is then the same number everywhere.
pub(crate) fn rounded(p: f64) -> f64 {
    (p * 1000.0).round() / 1000.0
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Bounded just before.
fn whole_s(seconds: f64) -> u32 {
    seconds.clamp(0.0, 86_400.0).round() as u32
}
