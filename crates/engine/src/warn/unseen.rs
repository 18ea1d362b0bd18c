//! What nobody has seen yet: where one came in others may, and an official alert that nothing explains is about something.
//!
//! What comes in: where and when each believed object was first seen, and the official alerts in force. What goes out: to each
//! of the smallest communities, the chance that such a one comes over it within half an hour. What always holds: it is
//! never part of a forecast; only rules that ask for it (`entry_km`) count it.

use super::danger::{By, Danger, Share};
use crate::alerts::Alerts;
use crate::forecast::fine;
use crate::fuse::{Body, Sky};
use crate::ground::{Community, Ground};
use crate::sources::Sources;
use model::{Alert, AlertType, Arrival, Code, EventId, Position, Stage, Standing, ThreatKind, Timestamp, TrackId};
use std::sync::Arc;

/// What an entry just now and just here counts for: that another, which nobody has seen, comes over an ordinary community
/// there within half an hour; times how open it lies ([`Ground::open`]). Chosen: of the order that simulated nights of drones
/// show; what a rule asks for is fitted to it.
const ENTRY_P: f64 = 0.01;
/// Where it is known where things come in, an entry counts for so much however far away: one that comes in anywhere says that
/// they come tonight. Chosen on simulated nights.
const FAR: f64 = 0.1;
/// Less than this, of what came in afar alone, is left out: a bound to the work.
const FAR_P_LEAST: f64 = 0.002;
/// What an official alert is about comes over so many of the smallest communities of its area within that half hour, and over
/// none with a greater chance: somebody sees what nobody has told of. Half an hour of a drone's flight is 75 km, a fifth of a
/// raion of thirteen communities: 2.6 at most, since some of that is told of in time. How many of them are not is chosen on
/// simulated nights of drones, not measured.
const CALLED_N: f64 = 0.8;
const CALLED_P_MAX: f64 = 0.2;
/// Less is left out.
const CALLED_P_LEAST: f64 = 0.000_5;
/// Official alerts that are looked at: a bound to the work.
const CALLED_MAX: usize = 2_000;
/// What flies so near in time explains an official alert, seconds.
const EXPLAINS_S: f64 = 600.0;
/// That half hour, seconds.
const UNSEEN_S: u32 = 1_800;
/// How far and how long ago an entry may be that a rule asks for: kilometres, milliseconds.
pub(super) const ENTRY_KM_MAX: f64 = 300.0;
pub(super) const ENTRY_S_MAX: f64 = 7_200.0;
/// No entry older than this counts at all, milliseconds.
const ENTRY_MS_MAX: i64 = 14_400_000;
/// Entries that are looked at, the newest of them: a bound to the work.
const ENTRIES_MAX: usize = 128;
/// Length of a degree of latitude, kilometres.
const KM_PER_DEG: f64 = 111.195;
/// Something believed, where and when it was first seen: where one comes in unseen, others may.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) kind: ThreatKind,
    track: TrackId,
    event: Option<EventId>,
    place: Position,
    /// How long ago that was, seconds.
    since_s: f64,
    /// What it counts for however far away: [`FAR`] where it is known where things come in.
    far: f64,
}

impl Entry {
    /// What it counts for in a community after [`ENTRY_P`]: less the farther from its rim (a biweight of `km`) and the longer
    /// ago (exponential of `tau_s`), as the intensity of a process whose events bring more of their kind (Mohler et al. 2011).
    fn weight(&self, community: &Community, km: f64, tau_s: f64) -> f64 {
        let weight = self.near(community, km) + self.far;
        if weight <= 0.0 { 0.0 } else { weight * libm::exp(-self.since_s / tau_s) }
    }

    /// The biweight: 1 within the community, 0 from `km` away on.
    fn near(&self, community: &Community, km: f64) -> f64 {
        let lat_km = (community.centre.lat_deg() - self.place.lat_deg()) * KM_PER_DEG;
        let reach_km = km + community.radius_km;
        if lat_km.abs() >= reach_km {
            return 0.0;
        }
        let [east_km, north_km] = crate::fuse::offset_km(self.place, community.centre);
        let away_km = (libm::sqrt(east_km * east_km + north_km * north_km) - community.radius_km).max(0.0);
        let left = (1.0 - away_km * away_km / (km * km)).max(0.0);
        left * left
    }
}

/// An official air raid alert in force, by a source that is heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Called {
    pub(crate) area: Code,
    pub(crate) event: EventId,
}

/// The official air raid alerts in force that a source which is heard stands behind, by community.
pub(crate) fn called(alerts: &Alerts, sources: &Sources) -> Vec<Called> {
    let raids = alerts.of(Standing::Official).filter(|alert| alert.alert_type == AlertType::AirRaid);
    // The word that raised it: what is said again is no new word.
    let by = |alert: &Alert| Called { area: alert.community, event: alert.id.event() };
    let heard = |alert: &&Alert| alert.holders.keys().any(|name| sources.is_fresh(name));
    raids.filter(heard).map(by).take(CALLED_MAX).collect()
}

impl Share {
    /// What the entries of some kinds say together of those that nobody has seen yet: that one of them comes over the
    /// community within half an hour. `None` of none, and when that is less than `least`.
    pub(crate) fn entered<'a>(
        entries: impl Iterator<Item = &'a Entry> + Clone,
        called: &[(EventId, f64)],
        kind: ThreatKind,
        (community, km, tau_s): (&Community, f64, f64),
        (open, least): (f64, f64),
    ) -> Option<Self> {
        let weight = |entry: &Entry| ENTRY_P * open * entry.weight(community, km, tau_s);
        let called_weights = called.iter().map(|&(_, weight)| weight);
        let expected = called_weights.chain(entries.clone().map(weight)).fold(0.0, |sum, weight| sum + weight);
        let probability = fine(-libm::expm1(-expected));
        if probability < least {
            return None;
        }
        let mut sum: Option<Self> = None;
        let entries = entries.filter_map(|entry| {
            let weight = weight(entry);
            let by = By { track: Some(entry.track), event: entry.event, told: false, said_s: None };
            (weight > 0.0).then_some((entry.kind, weight, by))
        });
        let called = called
            .iter()
            .map(|&(event, weight)| (kind, weight, By { track: None, event: Some(event), told: false, said_s: None }));
        for (kind, weight, by) in called.chain(entries) {
            let arrival = Arrival { probability: weight, earliest_s: 0, latest_s: UNSEEN_S, kind };
            sum.get_or_insert_with(|| Self::none(kind)).add(arrival, by);
        }
        let mut sum = sum?;
        sum.arrival.probability = probability;
        Some(sum)
    }
}

/// Gives each of the smallest communities the entries that are believed, the newest [`ENTRIES_MAX`].
pub(super) fn entered(
    dangers: &mut [Option<Danger>],
    sky: &Sky,
    now: Timestamp,
    ground: &Ground,
    skip: &impl Fn(Option<TrackId>, Option<EventId>) -> bool,
) {
    let lately = |body: &&Arc<Body>| {
        let since_ms = now.ms_since(body.first_seen_at);
        let believed = matches!(body.stage_at(now), Stage::Confirmed | Stage::Coasting);
        believed && body.state.placed && (0..=ENTRY_MS_MAX).contains(&since_ms) && !skip(Some(body.id), None)
    };
    let mut bodies: Vec<&Arc<Body>> = sky.bodies.iter().filter(lately).collect();
    bodies.sort_by(|a, b| b.first_seen_at.cmp(&a.first_seen_at).then(a.id.cmp(&b.id)));
    let entry = |body: &Arc<Body>| Entry {
        kind: body.state.kind,
        track: body.id,
        event: body.state.provenance.first().copied(),
        place: body.first_seen,
        since_s: crate::fuse::seconds(body.first_seen_at, now),
        far: if ground.known() { FAR } else { 0.0 },
    };
    let entries: Arc<[Entry]> = bodies.into_iter().take(ENTRIES_MAX).map(entry).collect();
    let Some(first) = entries.first() else { return };
    let like = Arrival { probability: 0.0, earliest_s: 0, latest_s: 0, kind: first.kind };
    for (ordinal, danger) in dangers.iter_mut().enumerate().filter(|(ordinal, _)| ground.smallest(*ordinal)) {
        let near = |entry: &Entry| entry.near(&ground.communities()[ordinal], ENTRY_KM_MAX) > 0.0;
        let afar =
            || ENTRY_P * ground.open(ordinal) * entries.iter().fold(0.0, |sum, entry| sum + entry.far) >= FAR_P_LEAST;
        if danger.is_some() || entries.iter().any(near) || afar() {
            let danger = danger.get_or_insert_with(|| Danger::none(like));
            (danger.entries, danger.open) = (Arc::clone(&entries), ground.open(ordinal));
        }
    }
}

/// Gives the smallest communities the official alerts over them, as far as what is believed does not explain those.
pub(super) fn unexplained(
    dangers: &mut [Option<Danger>],
    sky: &Sky,
    (now, called): (Timestamp, &[Called]),
    ground: &Ground,
    skip: &impl Fn(Option<TrackId>, Option<EventId>) -> bool,
) {
    let flies = |body: &&Arc<Body>| body.state.placed && body.stage_at(now) != Stage::Ended;
    let flying: Vec<(Position, f64, f64)> = if called.is_empty() {
        Vec::new()
    } else {
        let bodies = sky.bodies.iter().filter(flies);
        let near_km = |body: &Body| body.flight().speed_mps * EXPLAINS_S / 1000.0;
        bodies.map(|body| (body.motion_at(now).position, near_km(body), body.existence_at(now))).collect()
    };
    for &Called { area, event } in called.iter().filter(|called| !skip(None, Some(called.event))) {
        let Some(community) = ground.community(area) else { continue };
        let mut unexplained = 1.0;
        for &(position, near_km, existence) in &flying {
            let lat_km = (position.lat_deg() - community.centre.lat_deg()).abs() * KM_PER_DEG;
            let reach_km = near_km + community.radius_km;
            if lat_km < reach_km && position.distance_km(community.centre) < reach_km {
                unexplained *= 1.0 - existence;
            }
        }
        let smallest = ground.smallest_in(area);
        let open: f64 = smallest.iter().map(|&ordinal| ground.open(ordinal)).sum();
        if unexplained < CALLED_P_LEAST {
            continue;
        }
        let like = Arrival { probability: 0.0, earliest_s: 0, latest_s: UNSEEN_S, kind: ThreatKind::Unknown };
        for &ordinal in smallest {
            let each = (CALLED_N * ground.open(ordinal) / open).min(CALLED_P_MAX) * unexplained;
            if each < CALLED_P_LEAST {
                continue;
            }
            if let Some(danger) = dangers.get_mut(ordinal) {
                danger.get_or_insert_with(|| Danger::none(like)).called.push((event, each));
            }
        }
    }
}
