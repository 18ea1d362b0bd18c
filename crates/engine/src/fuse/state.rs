//! What one history of association believes of one object: where and how it flies, what it is, how many, and who says so.
//!
//! What comes in: evidence, as [`super::source`] takes it in. What goes out: the density of the filter's model. What
//! always holds: what is said of the object's evidence (witnesses, events) belongs to this history alone, so that a
//! report which turns out to be of another object is not named on this one's card.
//! Deliberately absent: existence and the instant, which the filter and [`super::body::Body`] keep.

use super::count::Many;
use super::kinds::Kinds;
use super::motion::{Bank, Imm, bank};
use model::{Code, EventId, Position, ThreatKind, Timestamp};

/// Most events named as a track's provenance: the first and the newest.
const PROVENANCE_MAX: usize = 64;
/// Most targets kept.
pub(crate) const TARGETS_MAX: usize = 16;
/// Most witnesses and most links to other systems' tracks remembered.
const WITNESSES_MAX: usize = 64;
const LINKS_MAX: usize = 16;
/// A direction or a presence is a place once it is so narrow, kilometres.
const PLACED_SD_KM: f64 = 12.0;
/// A course that changes by all words makes the modes forget so many times as fast.
const VARIABLE: f64 = 6.0;

/// One object or group under one history.
#[allow(clippy::struct_excessive_bools)] // Each is a fact of its own; no two exclude each other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct State {
    pub(crate) imm: Imm,
    pub(crate) kinds: Kinds,
    /// The likeliest kind, kept with the last update.
    pub(crate) kind: ThreatKind,
    pub(crate) many: Many,
    pub(crate) last_seen_at: Timestamp,
    /// How often it was told of or seen.
    pub(crate) told_n: u32,
    /// 1 less the product of the witnesses' doubts: no source lifts existence above its own trust.
    pub(crate) ceiling: f64,
    /// Whether it has a place, not only a direction or a circle.
    pub(crate) placed: bool,
    /// Where its only observer stands, while it has no place. Never shown.
    pub(crate) observer: Option<Position>,
    /// Whether anyone told of it in words, or another system has a track of it.
    pub(crate) spoken: bool,
    /// Whether a plot or a system track ever placed it.
    pub(crate) sharp: bool,
    pub(crate) variable: bool,
    /// Sources that saw it, in order of appearance.
    pub(crate) witnesses: Vec<u16>,
    /// Other systems' tracks that are this object: source and fingerprint of the number.
    pub(crate) links: Vec<(u16, u64)>,
    pub(crate) targets: Vec<Code>,
    pub(crate) provenance: Vec<EventId>,
}

impl State {
    /// Something new that nobody was said to have seen yet.
    pub(crate) fn begin(imm: Imm, kinds: Kinds, many: Many, at: Timestamp) -> Self {
        Self {
            imm,
            kinds,
            kind: ThreatKind::Unknown,
            many,
            last_seen_at: at,
            told_n: 0,
            ceiling: 0.0,
            placed: true,
            observer: None,
            spoken: false,
            sharp: false,
            variable: false,
            witnesses: Vec::new(),
            links: Vec::new(),
            targets: Vec::new(),
            provenance: Vec::new(),
        }
    }

    /// How its kind flies.
    pub(crate) fn bank(&self) -> Bank {
        let mut bank = bank(self.kind);
        if self.variable {
            bank.modes.iter_mut().for_each(|mode| mode.wander *= VARIABLE);
        }
        bank
    }

    /// Lets seconds pass (none when negative).
    pub(crate) fn predict(&mut self, seconds: f64) {
        self.imm.predict(seconds, &self.bank());
    }

    /// Who saw it, and when.
    pub(crate) fn witnessed(&mut self, source: u16, trust: f64, event: EventId, at: Timestamp) {
        self.last_seen_at = self.last_seen_at.max(at);
        if !self.witnesses.contains(&source) && self.witnesses.len() < WITNESSES_MAX {
            // Another witness: all would have to be wrong.
            self.witnesses.push(source);
            self.ceiling = 1.0 - (1.0 - self.ceiling) * (1.0 - trust);
        }
        if self.provenance.last() != Some(&event) {
            self.told_n = self.told_n.saturating_add(1);
            self.provenance.push(event);
            if self.provenance.len() > PROVENANCE_MAX {
                self.provenance.remove(1);
            }
        }
    }

    /// After each update: the likeliest kind, and whether it has a place by now.
    pub(crate) fn settle(&mut self) {
        let motion = self.imm.motion();
        self.kind = self.kinds.likeliest(&motion);
        self.placed |= self.observer.is_none() && motion.sd_km() < PLACED_SD_KM;
    }

    /// Another system's track is this object; false when that was known.
    pub(crate) fn linked(&mut self, link: (u16, u64)) -> bool {
        let new = !self.links.contains(&link) && self.links.len() < LINKS_MAX;
        if new {
            self.links.push(link);
        }
        new
    }

    /// One state for a weighted mixture: motion, kinds and number are the mixture's; what cannot be averaged is the
    /// heaviest's, the first of equals. The mixture is not empty.
    pub(crate) fn merged(mixture: &[(f64, Self)]) -> Self {
        let mut heaviest = 0;
        for (at, (weight, _)) in mixture.iter().enumerate() {
            if *weight > mixture[heaviest].0 {
                heaviest = at;
            }
        }
        let (weight, first) = &mixture[heaviest];
        let (mut whole, mut held) = (first.clone(), *weight);
        for (_, (weight, other)) in mixture.iter().enumerate().filter(|(at, _)| *at != heaviest) {
            held += weight;
            let share = weight / held.max(1e-300);
            whole.imm.blend(&other.imm, share);
            whole.kinds.blend(&other.kinds, share);
            whole.many.blend(&other.many, share);
        }
        whole
    }
}
