//! Everything believed to be in the sky, and how one more sighting changes it.
//!
//! [`Sky::take`] is a fold: the same sightings in the same order give the same sky, bit for bit. It must be called with
//! sightings sorted by their key; [`super::Story`] sees to that.

use super::kind::{Flight, cancels, flight, related};
use super::motion::{Motion, turn_deg};
use crate::ground::Ground;
use crate::sense::{Detection, Key, Sighting, Statement};
use model::{Code, Count, EventId, ReportId, SourceId, Stage, ThreatKind, Timestamp, Track, TrackId};
use std::collections::{BTreeMap, BTreeSet};

/// A source of this trust needs no second one.
pub(crate) const TRUST_ALONE: f64 = 0.8;
/// What is said lies so long in the past: somebody saw, wrote and posted it.
const DELAY_MS: i64 = 45_000;
/// The delay's standard deviation, seconds.
const DELAY_SD_S: f64 = 30.0;
/// Gate: 99 % of a chi-squared variable of two degrees of freedom.
const GATE: f64 = 9.21;
/// Inside the 68 % ellipse a contradicting course is a turn, not another object.
const TURN_GATE: f64 = 2.28;
/// A course so many standard deviations away contradicts.
const COURSE_SIGMAS: f64 = 3.0;
/// A track that may be anywhere in a circle of this standard deviation cannot be placed any more.
const LOST_SD_KM: f64 = 120.0;
/// The same words of the same source within this time are a repetition.
const REPEAT_MS: i64 = 600_000;
/// Most tracks followed at once.
pub(crate) const TRACKS_MAX: usize = 512;
/// Most threats without a place at once.
const THREATS_MAX: usize = 512;
/// Most events named as a track's provenance: the first and the newest.
const PROVENANCE_MAX: usize = 64;
/// Most targets kept.
const TARGETS_MAX: usize = 16;

/// One object or group.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Body {
    pub(crate) id: TrackId,
    pub(crate) kind: ThreatKind,
    count: Count,
    pub(crate) motion: Motion,
    /// The instant of `motion`.
    at: Timestamp,
    first_seen_at: Timestamp,
    pub(crate) last_seen_at: Timestamp,
    existence: f64,
    confirmed: bool,
    variable: bool,
    sources: BTreeSet<SourceId>,
    last_report: (SourceId, ReportId),
    pub(crate) targets: Vec<Code>,
    pub(crate) provenance: Vec<EventId>,
}

/// A threat without a place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Menace {
    pub(crate) kind: ThreatKind,
    pub(crate) areas: Vec<Code>,
    pub(crate) source: SourceId,
    pub(crate) trust: f64,
    pub(crate) event: EventId,
    pub(crate) said_at: Timestamp,
    pub(crate) until: Timestamp,
}

/// Everything believed after some sightings.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sky {
    /// By the sighting that began them: an order that does not depend on arrival.
    pub(crate) bodies: BTreeMap<Key, Body>,
    pub(crate) menaces: Vec<Menace>,
    /// Words said lately: when, and in which report.
    said: BTreeMap<(SourceId, u128), (Timestamp, ReportId)>,
    /// Sightings that found no room.
    pub(crate) crowded_out: u64,
}

#[allow(clippy::cast_precision_loss)] // Flights last hours, not millennia.
fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.ms_since(from) as f64 / 1000.0
}

impl Body {
    fn flight(&self) -> Flight {
        flight(self.kind)
    }

    fn wander(&self) -> f64 {
        self.flight().wander * if self.variable { 6.0 } else { 1.0 }
    }

    /// Where it is believed to be at `now`.
    pub(crate) fn motion_at(&self, now: Timestamp) -> Motion {
        self.motion.predicted(seconds(self.at, now), self.wander())
    }

    /// Its stage at `now`. Silence makes it coast with growing uncertainty; only when it cannot be placed it is over.
    pub(crate) fn stage_at(&self, now: Timestamp) -> Stage {
        let (flight, silent_s) = (self.flight(), seconds(self.last_seen_at, now));
        let patience_s = if self.confirmed { flight.end_after_s } else { flight.end_after_s * 0.5 };
        if silent_s > patience_s || (silent_s > flight.coast_after_s && self.motion_at(now).sd_km() > LOST_SD_KM) {
            Stage::Ended
        } else if !self.confirmed {
            Stage::Tentative
        } else if silent_s > flight.coast_after_s {
            Stage::Coasting
        } else {
            Stage::Confirmed
        }
    }

    /// Probability that it is still there: falls slowly once it coasts.
    pub(crate) fn existence_at(&self, now: Timestamp) -> f64 {
        let flight = self.flight();
        let coasting_s = (seconds(self.last_seen_at, now) - flight.coast_after_s).max(0.0);
        self.existence * libm::exp(-coasting_s / flight.end_after_s)
    }

    pub(crate) fn horizon_s(&self) -> f64 {
        self.flight().horizon_s
    }

    /// The track as it is told at `now`.
    pub(crate) fn told(&self, now: Timestamp) -> Track {
        let motion = self.motion_at(now);
        let p = &motion.covariance;
        let (sd_e, sd_n) = (libm::sqrt(p[0][0].max(0.0)), libm::sqrt(p[1][1].max(0.0)));
        let course = motion.course();
        Track {
            id: self.id,
            stage: self.stage_at(now),
            kind: self.kind,
            count: self.count.clone(),
            position: motion.position,
            position_sd_km: [sd_e, sd_n, (p[0][1] / (sd_e * sd_n).max(1e-9)).clamp(-1.0, 1.0)],
            speed_mps: course.map_or(self.flight().speed_mps, |_| motion.speed_mps()),
            course_deg: course.map(|course| course.deg),
            course_sd_deg: course.map_or(180.0, |course| course.sd_deg),
            existence: self.existence_at(now),
            at: now,
            first_seen_at: self.first_seen_at,
            last_seen_at: self.last_seen_at,
            targets: self.targets.clone(),
            provenance: self.provenance.clone(),
        }
    }

    fn begin(sighting: &Sighting, detection: &Detection, sd_km: f64) -> Self {
        let flight = flight(sighting.kind);
        let mut motion = Motion::begin(detection.position, sd_km, &flight);
        if let Some(course) = detection.course {
            motion.head(course, &flight);
        }
        Self {
            id: TrackId::of(sighting.event, u64::from(sighting.key.item)),
            kind: sighting.kind,
            count: detection.count.clone(),
            motion,
            at: sighting.key.observed_at.plus_ms(-DELAY_MS),
            first_seen_at: sighting.key.observed_at,
            last_seen_at: sighting.key.observed_at,
            existence: sighting.trust,
            confirmed: sighting.trust >= TRUST_ALONE,
            variable: detection.variable,
            sources: BTreeSet::from([sighting.key.source.clone()]),
            last_report: (sighting.key.source.clone(), sighting.key.report.clone()),
            targets: detection.targets.iter().take(TARGETS_MAX).copied().collect(),
            provenance: vec![sighting.event],
        }
    }

    /// How badly a detection fits, smaller is better; `None` when it does not. Also whether it means a turn.
    fn fit(&self, sighting: &Sighting, detection: &Detection, sd_km: f64, at: Timestamp) -> Option<(f64, bool)> {
        related(self.kind, sighting.kind)?;
        if self.last_report == (sighting.key.source.clone(), sighting.key.report.clone()) {
            return None; // Two groups of one report are two groups.
        }
        let motion = self.motion_at(at);
        let (distance, det) = motion.distance(detection.position, sd_km);
        if distance > GATE {
            return None;
        }
        let mut cost = distance + libm::log(det);
        let mut turned = false;
        if let (Some(told), Some(held)) = (detection.course, motion.course()) {
            let sd = libm::sqrt(told.sd_deg * told.sd_deg + held.sd_deg * held.sd_deg);
            let sigmas = turn_deg(told.deg, held.deg) / sd.max(1.0);
            turned = sigmas > COURSE_SIGMAS;
            if turned && distance > TURN_GATE {
                return None;
            }
            cost += (sigmas * sigmas).min(COURSE_SIGMAS * COURSE_SIGMAS);
        }
        Some((cost, turned))
    }

    fn see(&mut self, sighting: &Sighting, detection: &Detection, sd_km: f64, at: Timestamp, turned: bool) {
        self.motion = self.motion_at(at);
        self.at = self.at.max(at);
        self.kind = related(self.kind, sighting.kind).unwrap_or(self.kind);
        self.variable = detection.variable;
        let flight = self.flight();
        self.motion.see(detection.position, sd_km, (0.4 * sd_km).max(2.0));
        if turned || detection.variable {
            self.motion.forget_course(&flight);
        }
        if let Some(course) = detection.course {
            self.motion.head(course, &flight);
        }
        if self.sources.insert(sighting.key.source.clone()) {
            // Another witness: both would have to be wrong.
            self.existence = 1.0 - (1.0 - self.existence) * (1.0 - sighting.trust);
            self.confirmed = true;
        }
        self.existence = self.existence.max(sighting.trust);
        self.confirmed |= sighting.trust >= TRUST_ALONE;
        self.count = detection.count.clone();
        self.last_seen_at = self.last_seen_at.max(sighting.key.observed_at);
        self.last_report = (sighting.key.source.clone(), sighting.key.report.clone());
        if !detection.targets.is_empty() {
            self.targets = detection.targets.iter().take(TARGETS_MAX).copied().collect();
        }
        if self.provenance.last() != Some(&sighting.event) {
            self.provenance.push(sighting.event);
            if self.provenance.len() > PROVENANCE_MAX {
                self.provenance.remove(1);
            }
        }
    }
}

impl Sky {
    /// Takes the next sighting in; its key must not be smaller than any before.
    pub(crate) fn take(&mut self, sighting: &Sighting, ground: &Ground) {
        let now = sighting.key.observed_at;
        self.bodies.retain(|_, body| body.stage_at(now) != Stage::Ended);
        self.menaces.retain(|menace| menace.until > now);
        self.said.retain(|_, (at, _)| now.ms_since(*at) <= REPEAT_MS);
        if self.repeats(sighting) {
            return;
        }
        match &sighting.statement {
            Statement::Detection(detection) => self.detect(sighting, detection),
            Statement::Threat(areas) => self.threaten(sighting, areas),
            Statement::Cancel(areas) => self.cancel(sighting, areas, ground),
        }
    }

    fn repeats(&mut self, sighting: &Sighting) -> bool {
        let Some(print) = sighting.text else { return false };
        let name = (sighting.key.source.clone(), print);
        if let Some((_, report)) = self.said.get(&name) {
            return *report != sighting.key.report;
        }
        self.said.insert(name, (sighting.key.observed_at, sighting.key.report.clone()));
        false
    }

    fn detect(&mut self, sighting: &Sighting, detection: &Detection) {
        let at = sighting.key.observed_at.plus_ms(-DELAY_MS);
        // It flew on by an unknown while before it was told.
        let late_km = flight(sighting.kind).speed_mps / 1000.0 * DELAY_SD_S;
        let sd_km = libm::sqrt(detection.sd_km * detection.sd_km + 0.5 * late_km * late_km);
        let mut best: Option<(f64, bool, Key)> = None;
        for (key, body) in &self.bodies {
            if let Some((cost, turned)) = body.fit(sighting, detection, sd_km, at)
                && best.as_ref().is_none_or(|(least, _, _)| cost < *least)
            {
                best = Some((cost, turned, key.clone()));
            }
        }
        if let Some((_, turned, key)) = best
            && let Some(body) = self.bodies.get_mut(&key)
        {
            body.see(sighting, detection, sd_km, at, turned);
        } else if self.bodies.len() < TRACKS_MAX {
            let body = Body::begin(sighting, detection, sd_km);
            self.bodies.insert(sighting.key.clone(), body);
        } else {
            self.crowded_out += 1;
        }
    }

    fn threaten(&mut self, sighting: &Sighting, areas: &[Code]) {
        // Saying it again prolongs it.
        self.menaces.retain(|menace| {
            !(menace.source == sighting.key.source && menace.kind == sighting.kind && menace.areas == areas)
        });
        if self.menaces.len() >= THREATS_MAX {
            self.crowded_out += 1;
            return;
        }
        #[allow(clippy::cast_possible_truncation)] // An hour in milliseconds.
        let lasts_ms = (flight(sighting.kind).threat_s * 1000.0) as i64;
        self.menaces.push(Menace {
            kind: sighting.kind,
            areas: areas.to_vec(),
            source: sighting.key.source.clone(),
            trust: sighting.trust,
            event: sighting.event,
            said_at: sighting.key.observed_at,
            until: sighting.key.observed_at.plus_ms(lasts_ms),
        });
    }

    /// Ends what this source began or what a trusted source may end; a stranger's cancel ends nothing of others.
    fn cancel(&mut self, sighting: &Sighting, areas: &[Code], ground: &Ground) {
        let now = sighting.key.observed_at;
        let source = &sighting.key.source;
        let trusted = sighting.trust >= TRUST_ALONE;
        self.menaces.retain(|menace| {
            let heard = trusted || menace.source == *source;
            let there = menace.areas.iter().all(|&area| areas.iter().any(|&over| ground.within(area, over)));
            !(heard && there && cancels(sighting.kind, menace.kind))
        });
        self.bodies.retain(|_, body| {
            let heard = trusted || body.sources.iter().eq([source]);
            if !heard || !cancels(sighting.kind, body.kind) {
                return true;
            }
            let here = ground.nearest(body.motion_at(now).position);
            !here.is_some_and(|here| areas.iter().any(|&over| ground.within(here, over) || ground.within(over, here)))
        });
    }

    /// Whether a threat without a place is believed at `now`: by a trusted source, or by two.
    pub(crate) fn believes(&self, menace: &Menace, now: Timestamp, ground: &Ground) -> bool {
        let alive = |menace: &Menace| menace.said_at <= now && menace.until > now;
        let overlap =
            |a: &[Code], b: &[Code]| a.iter().any(|&a| b.iter().any(|&b| ground.within(a, b) || ground.within(b, a)));
        let seconded = |other: &Menace| {
            other.source != menace.source
                && alive(other)
                && related(other.kind, menace.kind).is_some()
                && overlap(&other.areas, &menace.areas)
        };
        alive(menace) && (menace.trust >= TRUST_ALONE || self.menaces.iter().any(seconded))
    }
}
