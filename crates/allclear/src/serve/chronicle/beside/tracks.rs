//! Tracks near an area, followed again from the reports of the record.
//!
//! What comes in: reports in their order, the sources as they were configured. What goes out: which tracks were near, how near, and what
//! became of them until the window's end. What always holds: a track is looked at as it was believed at that instant, without what
//! came later; the same reports give the same tracks under the same numbers as the running program gave them, as long as the
//! engine is the same.

use super::ROWS_MAX;
use super::place::Place;
use super::view::{BesideTrack, BesideView};
use crate::publish::kind_word;
use engine::{Config, Engine};
use model::{Act, Count, Event, EventBody, EventId, Item, Stage, Timestamp, Track, TrackId};
use std::collections::BTreeMap;

/// How near a track is told, kilometres from the area: what is heard of by name is hardly placed better.
pub(super) const NEAR_KM: f64 = 25.0;
/// Between two looks: a cruise missile makes 3 km of it. Longer windows are looked at so many times.
const LOOK_MS: i64 = 10_000;
const LOOKS_MAX: i64 = 1_500;

/// What is known of a track that was near.
struct Passage {
    near: [Timestamp; 2],
    inside: Option<[Timestamp; 2]>,
    nearest_km: f64,
    sd_km: f64,
    kind: String,
    count: Count,
    /// It was confirmed at some look near.
    believed: bool,
    /// The last look that found it at all.
    last: Timestamp,
    /// It was near then.
    there: bool,
    /// It had been silent then.
    coasting: bool,
}

/// Follows them and tells.
pub(super) fn tell<'a>(
    view: &mut BesideView,
    reports: impl Iterator<Item = &'a Event>,
    config: Config,
    place: &Place,
    [from, to]: [Timestamp; 2],
) {
    let mut engine = Engine::new(config, place.areas);
    // Nothing is foreseen and nothing decided: the sky alone is asked for.
    engine.resume(EventId(u64::MAX));
    let look_ms = (to.ms_since(from) / LOOKS_MAX).max(LOOK_MS);
    let (mut found, mut cancels, mut dropped) = (BTreeMap::new(), Vec::new(), Vec::new());
    let mut next = from;
    for event in reports {
        while next < to && next < event.at {
            look(&mut found, &engine.tracks_at(next), place, next);
            next = next.plus_ms(look_ms);
        }
        engine.step(event, &mut dropped);
        dropped.clear();
        if cancelling(event) {
            cancels.push(event.at);
        }
    }
    while next < to {
        look(&mut found, &engine.tracks_at(next), place, next);
        next = next.plus_ms(look_ms);
    }
    // The last look is at the end, wherever it falls.
    look(&mut found, &engine.tracks_at(to), place, to);
    view.unconfirmed = found.values().filter(|it| !it.believed).count();
    let mut found: Vec<(TrackId, Passage)> = found.into_iter().filter(|(_, it)| it.believed).collect();
    found.sort_by(|(a, x), (b, y)| x.nearest_km.total_cmp(&y.nearest_km).then(x.near.cmp(&y.near)).then(a.cmp(b)));
    view.tracks_more = found.len().saturating_sub(ROWS_MAX);
    let cancelled = |it: &Passage| cancels.iter().any(|at| *at > it.last && at.ms_since(it.last) <= look_ms);
    let state = |it: &Passage| match it {
        Passage { there: false, .. } => "passed_on",
        Passage { last, .. } if *last == to => "followed",
        Passage { coasting: true, .. } if !cancelled(it) => "lost",
        _ => "ended",
    };
    view.tracks = found
        .iter()
        .take(ROWS_MAX)
        .map(|(id, it)| BesideTrack {
            id: id.0,
            kind: it.kind.clone(),
            count_low: it.count.low,
            count_high: it.count.high,
            near: it.near.map(|at| at.to_string()),
            inside: it.inside.map(|both| both.map(|at| at.to_string())),
            nearest_km: tenth(it.nearest_km),
            sd_km: tenth(it.sd_km),
            state: state(it),
        })
        .collect();
}

fn look(found: &mut BTreeMap<TrackId, Passage>, tracks: &[Track], place: &Place, at: Timestamp) {
    for track in tracks.iter().filter(|it| it.stage != Stage::Ended) {
        let km = place.km(track.position);
        let there = km <= NEAR_KM;
        if !there && !found.contains_key(&track.id) {
            continue;
        }
        let coasting = track.stage == Stage::Coasting;
        let believed = there && track.stage != Stage::Tentative;
        let new = || Passage {
            near: [at, at],
            inside: None,
            nearest_km: f64::INFINITY,
            sd_km: 0.0,
            kind: String::new(),
            count: track.count.clone(),
            believed,
            last: at,
            there,
            coasting,
        };
        let it = found.entry(track.id).or_insert_with(new);
        (it.last, it.there, it.coasting) = (at, there, coasting);
        if !there {
            continue;
        }
        it.near[1] = at;
        it.believed |= believed;
        if km <= 0.0 {
            it.inside = Some([it.inside.map_or(at, |both| both[0]), at]);
        }
        if km < it.nearest_km {
            let [east, north, _] = track.position_sd_km;
            (it.nearest_km, it.sd_km) = (km, east.max(north));
            (it.kind, it.count) = (kind_word(track.kind), track.count.clone());
        }
    }
}

/// Whether somebody said in it that a threat is over.
fn cancelling(event: &Event) -> bool {
    let EventBody::Report(report) = &event.body else { return false };
    report.items.iter().any(|item| matches!(item, Item::Threat(threat) if threat.act == Act::Cancel))
}

fn tenth(km: f64) -> f64 {
    (km * 10.0).round() / 10.0
}
