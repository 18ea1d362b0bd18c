//! Where a track may be later, and whom it may reach when.
//!
//! What comes in: tracks and the communities near them. What goes out: for each community the probability of arrival
//! inside the kind's horizon and the 5 to 95 % window of the first passage. What always holds: the same track at the
//! same instant gives the same forecast; a tentative track gives none; less than [`FLOOR_P`] is not told, which means
//! "no arrival foreseen", never "safe". Deliberately absent: streets, terrain, air defence.
//!
//! Method: `docs/internals/forecast.md`.

mod fan;

pub(crate) use fan::Fan;

use crate::fuse::{Body, Sky};
use crate::ground::{Community, Ground};
use model::{Arrival, Code, Forecast, Level, Stage, Timestamp};
use std::collections::BTreeMap;

/// Least probability that is told.
pub(crate) const FLOOR_P: f64 = 0.05;
/// What a message that names a target adds: the target itself is at least so probable, shared among those it names.
const NAMED_P: f64 = 0.7;
/// A named target is at least so probable however many are named.
const NAMED_P_MIN: f64 = 0.3;

/// Forecasts of every believed track at `now`, sorted by track and community.
pub(crate) fn forecast(sky: &Sky, now: Timestamp, ground: &Ground, fan: &Fan) -> Vec<Forecast> {
    let mut forecasts = Vec::new();
    for body in &sky.bodies {
        if body.state.placed && matches!(body.stage_at(now), Stage::Confirmed | Stage::Coasting) {
            forecast_body(body, now, ground, fan, &mut forecasts);
        }
    }
    forecasts.sort_by_key(|forecast| (forecast.track, forecast.community));
    forecasts
}

fn forecast_body(body: &Body, now: Timestamp, ground: &Ground, fan: &Fan, forecasts: &mut Vec<Forecast>) {
    let motion = body.motion_at(now);
    let existence = body.existence_at(now);
    let horizon_s = body.horizon_s();
    let paths = fan.paths(&motion, horizon_s, crate::fuse::flight(body.state.kind).wander);
    let named = named(body, ground);
    let mut told = |community: &Community, p: f64, window_s: (f64, f64)| {
        if p >= FLOOR_P {
            let arrival = Arrival {
                probability: rounded(p),
                earliest_s: whole_s(window_s.0),
                latest_s: whole_s(window_s.1.max(window_s.0)),
                kind: body.state.kind,
            };
            forecasts.push(Forecast { track: body.id, community: community.code, arrival });
        }
    };
    let (south_deg, north_deg) = paths.latitudes();
    let mut reached = BTreeMap::new();
    for community in ground.band(south_deg, north_deg) {
        if let Some((share, early_s, late_s)) = paths.arrival(community.centre, community.radius_km) {
            if named.contains_key(&community.code) {
                reached.insert(community.code, (share, early_s, late_s));
            } else {
                told(community, share * existence, (early_s, late_s));
            }
        }
    }
    for (code, least) in named {
        let Some(community) = ground.community(code) else { continue };
        let flown = reached.get(&code).copied();
        let away_km = (motion.position.distance_km(community.centre) - community.radius_km).max(0.0);
        let usual_s = away_km * 1000.0 / crate::fuse::flight(body.state.kind).speed_mps;
        if usual_s <= horizon_s {
            let (share, early_s, late_s) = flown.unwrap_or((0.0, usual_s * 0.8, usual_s * 1.25));
            told(community, share.max(least) * existence, (early_s, late_s));
        } else if let Some((share, early_s, late_s)) = flown {
            told(community, share * existence, (early_s, late_s));
        }
    }
}

/// Communities the track's messages name as targets, up to the raion, with their least share.
fn named(body: &Body, ground: &Ground) -> BTreeMap<Code, f64> {
    let mut named = BTreeMap::new();
    #[allow(clippy::cast_precision_loss)] // A handful of targets.
    let least = (NAMED_P / body.state.targets.len().max(1) as f64).max(NAMED_P_MIN);
    for &target in &body.state.targets {
        for link in ground.chain(target) {
            if matches!(ground.level(link), Some(Level::Hromada | Level::Raion)) {
                named.insert(link, least);
            }
        }
        // A city that is a region of its own.
        if let Some(city) = ground.community_of(target).filter(|&c| ground.level(c) == Some(Level::Oblast))
            && ground.children(city).is_empty()
        {
            named.insert(city, least);
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
