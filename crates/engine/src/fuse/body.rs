//! One object or group: everything believed of it, and what it becomes as time passes.

use super::kind::{Flight, flight};
use super::kinds::KINDS;
use super::motion::{Imm, Motion};
use super::path::Path;
use super::state::State;
use crate::sense::Key;
use model::{KindShare, Position, Stage, ThreatKind, Timestamp, Track, TrackId};

/// A source of this trust needs no second one.
pub(crate) const TRUST_ALONE: f64 = 0.8;
/// Existence from which an object is believed.
pub(crate) const CONFIRM_P: f64 = 0.65;
/// A track that may be anywhere in a circle of this standard deviation cannot be placed any more.
const LOST_SD_KM: f64 = 120.0;
/// What only instruments saw and nobody believes yet is given up after this silence, seconds: most of it is clutter.
const DOUBTFUL_S: f64 = 60.0;

/// The trust at which one source is enough for what it tells of: a ballistic missile is down before a second one speaks.
pub(crate) fn trust_alone(kind: ThreatKind) -> f64 {
    if kind == ThreatKind::BallisticMissile { CONFIRM_P } else { TRUST_ALONE }
}

/// One object or group.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Body {
    /// The batch and item that began it: an order that does not depend on arrival.
    pub(crate) key: Key,
    /// Its number in the filter.
    pub(crate) number: u64,
    pub(crate) id: TrackId,
    /// What the heaviest hypothesis believes of it.
    pub(crate) state: State,
    /// The instant of the state.
    pub(crate) at: Timestamp,
    pub(crate) first_seen_at: Timestamp,
    /// Where it was then believed to be.
    pub(crate) first_seen: Position,
    /// The filter's own probability of existence, over all hypotheses; what is told is bounded by who saw it.
    pub(crate) existence: f64,
    pub(crate) confirmed: bool,
    /// Hypotheses were too many to be kept one by one lately.
    pub(crate) approximate: bool,
    /// Another source, trusted no less than its only witness, spoke of the sky about it and not of it.
    pub(crate) doubted: bool,
    pub(crate) path: Path,
}

#[allow(clippy::cast_precision_loss)] // Flights last hours, not millennia.
pub(crate) fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.ms_since(from) as f64 / 1000.0
}

impl Body {
    pub(crate) fn flight(&self) -> Flight {
        flight(self.state.kind)
    }

    /// Its modes at `now`, not before its own instant.
    pub(crate) fn imm_at(&self, now: Timestamp) -> Imm {
        let mut state = self.state.imm.clone();
        state.predict(seconds(self.at, now), &self.state.bank());
        state
    }

    /// Where it is believed to be at `now`.
    pub(crate) fn motion_at(&self, now: Timestamp) -> Motion {
        self.imm_at(now).motion()
    }

    /// Its stage at `now`. Silence makes it coast with growing uncertainty; only when it cannot be placed it is over.
    pub(crate) fn stage_at(&self, now: Timestamp) -> Stage {
        let (flight, silent_s) = (self.flight(), seconds(self.state.last_seen_at, now));
        let patience_s = if self.confirmed {
            flight.end_after_s
        } else if self.state.spoken {
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
        let coasting_s = (seconds(self.state.last_seen_at, now) - flight.coast_after_s).max(0.0);
        self.existence.min(self.state.ceiling) * libm::exp(-coasting_s / flight.end_after_s)
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
        let stage = if self.state.placed { self.stage_at(now) } else { Stage::Ended };
        Track {
            id: self.id,
            stage,
            kind: self.state.kind,
            kinds: self.shares(&motion),
            count: self.state.many.told(),
            position: motion.position,
            position_sd_km: [sd_e, sd_n, (p[0][1] / (sd_e * sd_n).max(1e-9)).clamp(-1.0, 1.0)],
            speed_mps: course.map_or(self.flight().speed_mps, |_| motion.speed_mps()),
            course_deg: course.map(|course| course.deg),
            course_sd_deg: course.map_or(180.0, |course| course.sd_deg),
            existence: self.existence_at(now),
            approximate: self.approximate,
            at: now,
            first_seen_at: self.first_seen_at,
            last_seen_at: self.state.last_seen_at,
            targets: self.state.targets.clone(),
            path: self.path.told(),
            provenance: self.state.provenance.clone(),
        }
    }

    /// Kinds above one in a hundred, likeliest first.
    fn shares(&self, motion: &Motion) -> Vec<KindShare> {
        let p = self.state.kinds.all(motion);
        let shares = KINDS.iter().zip(p).map(|(&kind, share)| KindShare { kind, share });
        let mut shares: Vec<KindShare> = shares.filter(|one| one.share >= 0.01).collect();
        shares.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.kind.cmp(&b.kind)));
        for one in &mut shares {
            one.share = (one.share * 1000.0).round() / 1000.0;
        }
        shares
    }

    /// After evidence of a source of this trust: the path, and whether it is believed now.
    pub(crate) fn settle(&mut self, trust: f64) {
        if self.state.placed && self.path.due(self.at) {
            self.path.push(self.at, self.state.imm.motion(), &self.state.bank());
        }
        let enough = self.state.witnesses.len() >= 2 || trust >= trust_alone(self.state.kind);
        self.confirmed |= self.state.placed && enough && self.existence.min(self.state.ceiling) >= CONFIRM_P;
    }
}
