//! One object or group: everything believed of it, and what it becomes as time passes.

use super::count::Many;
use super::kind::{Flight, flight};
use super::kinds::{KINDS, Kinds};
use super::motion::{Imm, Motion, bank};
use crate::sense::Key;
use model::{Code, EventId, KindShare, Position, Stage, ThreatKind, Timestamp, Track, TrackId};
use std::collections::VecDeque;

/// A source of this trust needs no second one.
pub(crate) const TRUST_ALONE: f64 = 0.8;
/// Existence from which an object is believed.
const CONFIRM_P: f64 = 0.65;
/// A track that may be anywhere in a circle of this standard deviation cannot be placed any more.
const LOST_SD_KM: f64 = 120.0;
/// Most events named as a track's provenance: the first and the newest.
const PROVENANCE_MAX: usize = 64;
/// Most targets kept.
pub(crate) const TARGETS_MAX: usize = 16;
/// Most witnesses and most links to other systems' tracks remembered.
const WITNESSES_MAX: usize = 64;
/// Points of the path kept, and the least time between two, milliseconds.
const PATH_MAX: usize = 20;
const PATH_STEP_MS: i64 = 10_000;
/// What only instruments saw and nobody believes yet is given up after this silence, seconds: most of it is clutter.
const DOUBTFUL_S: f64 = 60.0;
/// A direction or a presence is a place once it is so narrow, kilometres.
const PLACED_SD_KM: f64 = 12.0;

/// One object or group.
#[allow(clippy::struct_excessive_bools)] // Each is a fact of its own; no two exclude each other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Body {
    /// The batch and item that began it: an order that does not depend on arrival.
    pub(crate) key: Key,
    pub(crate) id: TrackId,
    pub(crate) kinds: Kinds,
    /// The likeliest kind, kept with the last update.
    pub(crate) kind: ThreatKind,
    pub(crate) many: Many,
    pub(crate) imm: Imm,
    /// The instant of `imm`.
    pub(crate) at: Timestamp,
    pub(crate) first_seen_at: Timestamp,
    pub(crate) last_seen_at: Timestamp,
    /// The filter's own probability of existence; what is told is bounded by who saw it.
    pub(crate) existence: f64,
    /// 1 less the product of the witnesses' doubts: no source lifts existence above its own trust.
    pub(crate) ceiling: f64,
    pub(crate) confirmed: bool,
    /// Whether it has a place, not only a direction or a circle.
    pub(crate) placed: bool,
    /// Where its only observer stands, while it has no place. Never shown.
    pub(crate) observer: Option<Position>,
    /// Whether anyone told of it in words, or another system has a track of it.
    pub(crate) spoken: bool,
    /// Whether a plot or a system track ever placed it.
    pub(crate) sharp: bool,
    pub(crate) variable: bool,
    /// An assignment was not clear lately.
    pub(crate) approximate: bool,
    /// Sources that saw it, in order of appearance.
    pub(crate) witnesses: Vec<u16>,
    /// Another source, trusted no less than its only witness, spoke of the sky about it and not of it.
    pub(crate) doubted: bool,
    /// Other systems' tracks that are this object: source and fingerprint of the number.
    pub(crate) links: Vec<(u16, u64)>,
    pub(crate) targets: Vec<Code>,
    pub(crate) provenance: Vec<EventId>,
    pub(crate) path: VecDeque<(Timestamp, Position)>,
}

#[allow(clippy::cast_precision_loss)] // Flights last hours, not millennia.
pub(crate) fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.ms_since(from) as f64 / 1000.0
}

impl Body {
    pub(crate) fn flight(&self) -> Flight {
        flight(self.kind)
    }

    /// Its modes at `now`, not before its own instant.
    pub(crate) fn imm_at(&self, now: Timestamp) -> Imm {
        let mut imm = self.imm.clone();
        let mut bank = bank(self.kind);
        if self.variable {
            // The words say that the course changes: all modes forget faster.
            bank.modes.iter_mut().for_each(|mode| mode.wander *= 6.0);
        }
        imm.predict(seconds(self.at, now), &bank);
        imm
    }

    /// Where it is believed to be at `now`.
    pub(crate) fn motion_at(&self, now: Timestamp) -> Motion {
        self.imm_at(now).motion()
    }

    /// Its stage at `now`. Silence makes it coast with growing uncertainty; only when it cannot be placed it is over.
    pub(crate) fn stage_at(&self, now: Timestamp) -> Stage {
        let (flight, silent_s) = (self.flight(), seconds(self.last_seen_at, now));
        let patience_s = if self.confirmed {
            flight.end_after_s
        } else if self.spoken {
            flight.end_after_s * 0.5
        } else {
            DOUBTFUL_S
        };
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

    /// Probability that it is still there: falls slowly once it coasts, not from silence alone before.
    pub(crate) fn existence_at(&self, now: Timestamp) -> f64 {
        let flight = self.flight();
        let coasting_s = (seconds(self.last_seen_at, now) - flight.coast_after_s).max(0.0);
        self.existence.min(self.ceiling) * libm::exp(-coasting_s / flight.end_after_s)
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
        let stage = if self.placed { self.stage_at(now) } else { Stage::Ended };
        Track {
            id: self.id,
            stage,
            kind: self.kind,
            kinds: self.shares(&motion),
            count: self.many.told(),
            position: motion.position,
            position_sd_km: [sd_e, sd_n, (p[0][1] / (sd_e * sd_n).max(1e-9)).clamp(-1.0, 1.0)],
            speed_mps: course.map_or(self.flight().speed_mps, |_| motion.speed_mps()),
            course_deg: course.map(|course| course.deg),
            course_sd_deg: course.map_or(180.0, |course| course.sd_deg),
            existence: self.existence_at(now),
            approximate: self.approximate,
            at: now,
            first_seen_at: self.first_seen_at,
            last_seen_at: self.last_seen_at,
            targets: self.targets.clone(),
            path: self.path.iter().copied().collect(),
            provenance: self.provenance.clone(),
        }
    }

    /// Kinds above one in a hundred, likeliest first.
    fn shares(&self, motion: &Motion) -> Vec<KindShare> {
        let p = self.kinds.all(motion);
        let shares = KINDS.iter().zip(p).map(|(&kind, share)| KindShare { kind, share });
        let mut shares: Vec<KindShare> = shares.filter(|one| one.share >= 0.01).collect();
        shares.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.kind.cmp(&b.kind)));
        for one in &mut shares {
            one.share = (one.share * 1000.0).round() / 1000.0;
        }
        shares
    }

    /// What an update of any kind leaves behind: who saw it, when, and whether it is believed now.
    pub(crate) fn witnessed(&mut self, source: u16, trust: f64, event: EventId, at: Timestamp) {
        self.last_seen_at = self.last_seen_at.max(at);
        if !self.witnesses.contains(&source) && self.witnesses.len() < WITNESSES_MAX {
            // Another witness: all would have to be wrong.
            self.witnesses.push(source);
            self.ceiling = 1.0 - (1.0 - self.ceiling) * (1.0 - trust);
        }
        if self.provenance.last() != Some(&event) {
            self.provenance.push(event);
            if self.provenance.len() > PROVENANCE_MAX {
                self.provenance.remove(1);
            }
        }
    }

    /// After each update: the likeliest kind, the path, whether it has a place and whether it is believed.
    pub(crate) fn settle(&mut self, trust: f64) {
        let motion = self.imm.motion();
        self.kind = self.kinds.likeliest(&motion);
        let due = self.path.back().is_none_or(|(at, _)| self.at.ms_since(*at) >= PATH_STEP_MS);
        if due && self.placed {
            if self.path.len() >= PATH_MAX {
                self.path.pop_front();
            }
            self.path.push_back((self.at, motion.position));
        }
        if !self.placed && self.observer.is_none() && motion.sd_km() < PLACED_SD_KM {
            self.placed = true;
        }
        let enough = self.witnesses.len() >= 2 || trust >= TRUST_ALONE;
        self.confirmed |= self.placed && enough && self.existence.min(self.ceiling) >= CONFIRM_P;
    }
}
