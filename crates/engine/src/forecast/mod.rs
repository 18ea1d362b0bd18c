//! Where a track may be later, and whom it may reach when.
//!
//! What comes in: tracks and the communities near them. What goes out: for each community the probability of arrival
//! inside the kind's horizon and the window that holds nine tenths of its first passages. What always holds: the same
//! track at the same instant gives the same forecast; nothing is foreseen outside what its kind can reach; a tentative
//! track gives none; less than [`FLOOR_P`] is not told, which means "no arrival foreseen", never "safe". Deliberately
//! absent: streets, terrain, air defence.
//!
//! Method: `docs/internals/forecast.md`.

mod aim;
mod aloft;
mod draws;
mod fan;
mod joint;
mod memo;
mod passage;
mod timing;
mod ways;

pub(crate) use fan::Fan;
pub(crate) use joint::join;
pub(crate) use memo::Memo;
pub(crate) use timing::{LAST_S, Timing};

use crate::fuse::{Body, Group, KINDS, flight, offset_km};
use crate::ground::{Community, Ground};
use fan::{Part, Start};
use model::{Arrival, Code, EventId, Forecast, Level, Position, Stage, Timestamp, TrackId};
use std::collections::BTreeMap;
use std::sync::Arc;
use timing::{Entered, Knots};

/// Paths in a fan, and legs in a path: one path is 0.8 % of probability.
const PATHS: usize = 128;
const LEGS: usize = 6;
/// Least probability that is told.
pub(crate) const FLOOR_P: f64 = 0.05;
/// Kinds below this share are not flown.
const KIND_MIN: f64 = 0.02;
/// Most histories of a track that are flown, heaviest first.
const HISTORIES_MAX: usize = 16;
/// A forecast is made anew so often in its horizon while nothing is told of its track; meanwhile it is counted down, which
/// loses nothing: without news the paths are the same, and only begin later.
const STEPS: f64 = 30.0;
/// At least and at most so often, milliseconds.
const STEP_MS: [i64; 2] = [5_000, 30_000];
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
    /// How soon, for each of them.
    timings: Vec<Timing>,
    /// Only one source that is not believed alone has told of it.
    pub(crate) tentative: bool,
    /// Its number in the filter.
    pub(crate) number: u64,
    /// For a track that shares hypotheses with others: what it adds to the probability of those before it, by ordinal.
    pub(crate) adds: BTreeMap<usize, f64>,
    /// Share of the paths of each of its histories, sorted by ordinal, and what flies of what exists; empty for one history.
    by_history: Vec<(usize, Arc<[f64]>)>,
    flying: f64,
}

impl Outlook {
    /// The forecasts as they are told, sorted by community.
    pub(crate) fn told<'a>(&'a self, ground: &'a Ground) -> impl Iterator<Item = Forecast> + 'a {
        self.reaches.iter().filter_map(|&(ordinal, arrival)| {
            let community = ground.communities().get(ordinal)?.code;
            Some(Forecast { track: self.track, community, arrival })
        })
    }

    /// The same as it counts beside the other tracks: alternative histories of one object are not two objects.
    pub(crate) fn counted(&self) -> impl Iterator<Item = (usize, Arrival, Timing)> + '_ {
        self.reaches.iter().zip(&self.timings).map(|(&(ordinal, arrival), &timing)| {
            let Some(&probability) = self.adds.get(&ordinal) else { return (ordinal, arrival, timing) };
            let part = probability / arrival.probability.max(FLOOR_P);
            (ordinal, Arrival { probability, ..arrival }, timing.scaled(part))
        })
    }
}

/// Where a track may be later, if it exists and flies: all that does not change from step to step.
#[derive(Debug, Clone)]
struct Reached {
    ordinal: usize,
    share: f64,
    window_s: (f64, f64),
    by_history: Arc<[f64]>,
    entered: Entered,
}

/// The instant of a body's forecast at `now`: the last turn of its own clock, or its newest evidence.
fn made_at(body: &Body, now: Timestamp) -> Timestamp {
    #[allow(clippy::cast_possible_truncation)] // An hour at most.
    let step_ms = ((body.horizon_s() * 1000.0 / STEPS) as i64).clamp(STEP_MS[0], STEP_MS[1]);
    let phase = i64::try_from(body.number % 97).unwrap_or(0) * step_ms / 97;
    let turn = (now.millis() + phase).div_euclid(step_ms) * step_ms - phase;
    Timestamp::from_millis(turn).max(body.at).min(now)
}

/// Whom a body may reach, made at `at`.
fn reached(body: &Body, group: Option<&Group>, at: Timestamp, ground: &Ground, fan: &Fan) -> Vec<Reached> {
    let start = start(body, group, at);
    let paths = fan.paths(&start);
    let named = named(body, ground);
    let least = Fan::least(FLOOR_P);
    let mut all = Vec::new();
    let (south_deg, north_deg) = paths.latitudes();
    let mut flown = BTreeMap::new();
    for (ordinal, centre, radius_km) in ground.band(south_deg, north_deg) {
        let by_name = named.contains_key(&ordinal);
        if let Some(passage) = paths.arrival(centre, radius_km, if by_name { 1 } else { least }) {
            let (share, window_s, entered) = (passage.share, passage.window_s, passage.entered);
            let reached = Reached { ordinal, share, window_s, by_history: passage.by_history.into(), entered };
            if by_name {
                flown.insert(ordinal, reached);
            } else {
                all.push(reached);
            }
        }
    }
    let flight = flight(body.state.kind);
    let left_s = aloft::left_s(body, &flight, at).min(start.horizon_s);
    let position = body.motion_at(at).position;
    for (ordinal, least) in named {
        let Some(community) = ground.communities().get(ordinal) else { continue };
        let usual_s = usual_s(community, position, flight.speed_mps);
        let window_s = (usual_s * 0.8, (usual_s * 1.25).min(left_s));
        let entered = Entered::evenly(window_s, least);
        let by_name = Reached { ordinal, share: least, window_s, by_history: Arc::default(), entered };
        if usual_s <= left_s {
            let mut reached = flown.remove(&ordinal).unwrap_or(by_name);
            if reached.share < least {
                reached.entered = reached.entered.times(least / reached.share);
                reached.share = least;
            }
            reached.by_history = reached.by_history.iter().map(|share| share.max(least)).collect();
            all.push(reached);
        } else {
            all.extend(flown.remove(&ordinal));
        }
    }
    all.sort_unstable_by_key(|reached| reached.ordinal);
    all
}

/// What is foreseen of a body at `now`, from whom it may reach as made `since_ms` ago.
///
/// `untold_ms`: for how long nobody told of it while one of those who saw it was heard.
fn outlook(body: &Body, reached: &[Reached], since_ms: i64, now: Timestamp, untold_ms: i64) -> Outlook {
    let flying = aloft::flying(body, untold_ms);
    let existence = body.existence_at(now) * flying;
    #[allow(clippy::cast_precision_loss)] // Seconds in milliseconds.
    let since_s = since_ms as f64 / 1000.0;
    let (mut reaches, mut by_history) = (Vec::with_capacity(reached.len()), Vec::new());
    let (mut timings, knots) = (Vec::with_capacity(reached.len()), Knots::since(since_s));
    for one in reached.iter().filter(|one| one.share * existence >= FLOOR_P) {
        let (early_s, late_s) = (one.window_s.0 - since_s, one.window_s.1 - since_s);
        let arrival = Arrival {
            probability: rounded(one.share * existence),
            earliest_s: whole_s(early_s),
            latest_s: whole_s(late_s.max(early_s)),
            kind: body.state.kind,
        };
        reaches.push((one.ordinal, arrival));
        timings.push(knots.of(&one.entered, existence));
        if !one.by_history.is_empty() {
            by_history.push((one.ordinal, Arc::clone(&one.by_history)));
        }
    }
    let cause = body.state.provenance.last().copied();
    Outlook {
        track: body.id,
        cause,
        reaches,
        timings,
        tentative: !body.confirmed,
        number: body.number,
        adds: BTreeMap::new(),
        by_history,
        flying,
    }
}

/// Whether a body is forecast at all: believed, and somewhere.
fn believed(body: &Body, now: Timestamp) -> bool {
    body.state.placed
        && match body.stage_at(now) {
            Stage::Confirmed | Stage::Coasting => true,
            Stage::Tentative => body.state.spoken,
            Stage::Ended => false,
        }
}

/// What the fan of a body is drawn from: every history that some hypothesis has of it, every mode, every kind.
fn start(body: &Body, group: Option<&Group>, at: Timestamp) -> Start {
    let (from, _) = body.state.imm.parts();
    let mut start = Start { from, parts: Vec::new(), kinds: Vec::new(), horizon_s: body.horizon_s() };
    let mut add = |history: usize, weight: f64, state: &crate::fuse::State, since: Timestamp| {
        let mut imm = state.imm.clone();
        let bank = state.bank();
        imm.predict(crate::fuse::seconds(since, at), &bank);
        let (anchor, modes) = imm.parts();
        let [e, n] = offset_km(from, anchor);
        for ((share, mut gauss), mode) in modes.into_iter().zip(&bank.modes) {
            gauss.mean[0] += e;
            gauss.mean[1] += n;
            let circles_s = if mode.forgets_s > 0.0 { 1.0 / bank.rate } else { 0.0 };
            let history = u8::try_from(history).unwrap_or(u8::MAX);
            start.parts.push(Part { history, weight: weight * share, gauss, wander: mode.wander, circles_s });
        }
    };
    match group.and_then(|group| Some((group, joint::histories(&group.cluster, body.number)?))) {
        Some((group, histories)) if histories.len() > 1 => {
            for (n, (weight, local)) in histories.into_iter().enumerate().take(HISTORIES_MAX) {
                add(n, weight, &local.density, group.at);
            }
        }
        _ => add(0, 1.0, &body.state, body.at),
    }
    let shares = body.state.kinds.all(&body.motion_at(at));
    for (&kind, share) in
        KINDS.iter().zip(shares).filter(|(kind, share)| *share >= KIND_MIN || **kind == body.state.kind)
    {
        let flight = flight(kind);
        start.kinds.push((share.max(KIND_MIN), flight, aloft::left_s(body, &flight, at)));
    }
    start
}

/// Seconds to the rim of a community at the usual speed, straight on.
fn usual_s(community: &Community, from: Position, speed_mps: f64) -> f64 {
    let away_km = (from.distance_km(community.centre) - community.radius_km).max(0.0);
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

/// Five digits, for small chances.
pub(crate) fn fine(p: f64) -> f64 {
    (p * 1e5).round() / 1e5
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Bounded just before.
fn whole_s(seconds: f64) -> u32 {
    seconds.clamp(0.0, 86_400.0).round() as u32
}
