//! What threatens one community now, over all tracks and told threats, kind by kind.
//!
//! What comes in: one threat after another, by `warn/tally.rs`. What goes out: to the rules, each kind's part; to a decision,
//! what that part is made of. What always holds: what one source alone tells of stands apart from what is believed.

use super::unseen::Entry;
use crate::forecast::{Timing, rounded};
use model::{AlertLevel, Arrival, EventId, ThreatKind, TrackId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Most causes named in a decision.
const CAUSES_MAX: usize = 16;

/// The danger to one community.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Danger {
    pub(crate) arrival: Arrival,
    /// What each kind has in it: rules speak of kinds. Sorted, what one source alone tells of last.
    parts: Vec<Part>,
    /// All that threatens, as it was added up: what a decision names is made of it when there is one.
    threats: Vec<Threat>,
    /// What came in lately, anywhere, newest first; the same list for every community.
    pub(crate) entries: Arc<[Entry]>,
    /// How open the community lies to more of them.
    pub(crate) open: f64,
    /// Official alerts over it that nothing in the picture explains: the event of each, and the chance that what they are
    /// about comes over it within half an hour.
    pub(crate) called: Vec<(EventId, f64)>,
    /// Probability of the likeliest single threat; it names the kind.
    likeliest: f64,
}

/// One kind's part in a danger: what can be asked of thousands at every step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Part {
    pub(crate) kind: ThreatKind,
    /// Of tracks that one source alone tells of.
    pub(crate) tentative: bool,
    /// Of all of them together.
    pub(crate) arrival: Arrival,
    /// How soon the tracks among them arrive.
    timing: Timing,
    /// Probability of those that may arrive at any minute: what was only told.
    any_minute: f64,
    /// One of them is a track.
    pub(crate) tracked: bool,
    /// As in a [`Share`].
    pub(crate) told: bool,
    pub(crate) said_s: Option<u32>,
}

impl Part {
    /// Probability of an arrival before `s` seconds have passed.
    pub(crate) fn by(&self, s: u32) -> f64 {
        1.0 - (1.0 - self.any_minute) * (1.0 - self.timing.by(f64::from(s)))
    }

    /// Probability that the first arrival falls between two instants, seconds from now. What may come at any minute may come
    /// then.
    pub(crate) fn due(&self, [from_s, to_s]: [u32; 2]) -> f64 {
        // What is there already has come by now: it is due in a span that begins now.
        let before = if from_s == 0 { 0.0 } else { self.timing.by(f64::from(from_s)) };
        let timed = self.timing.by(f64::from(to_s)) - before;
        1.0 - (1.0 - self.any_minute) * (1.0 - timed)
    }
}

/// One of those that make a part.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Threat {
    tentative: bool,
    arrival: Arrival,
    by: By,
}

/// A part with what it is made of, for a decision.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Share {
    pub(crate) arrival: Arrival,
    pub(crate) causes: BTreeSet<EventId>,
    /// The likeliest tracks, at most [`CAUSES_MAX`].
    pub(crate) tracks: Vec<(f64, TrackId)>,
    /// A threat was told of exactly this community.
    pub(crate) told: bool,
    /// How long ago the newest threat without a place was said, seconds; `None` without one.
    pub(crate) said_s: Option<u32>,
}

/// By what something threatens: a track, or words that place nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct By {
    pub(super) track: Option<TrackId>,
    pub(super) event: Option<EventId>,
    pub(super) told: bool,
    pub(super) said_s: Option<u32>,
}

impl Danger {
    /// None yet, of a community that something like this may come to.
    pub(super) fn none(like: Arrival) -> Self {
        Self {
            arrival: Arrival { probability: 0.0, ..like },
            parts: Vec::with_capacity(2),
            threats: Vec::with_capacity(16),
            entries: Arc::default(),
            open: 0.0,
            called: Vec::new(),
            likeliest: 0.0,
        }
    }

    /// Drones are yellow; missiles, and what was not told, are red.
    pub(crate) fn level(&self) -> AlertLevel {
        let drone = |kind: ThreatKind| {
            matches!(kind, ThreatKind::Uav | ThreatKind::JetUav | ThreatKind::ReconUav | ThreatKind::Fpv)
        };
        if self.kinds().all(drone) { AlertLevel::Yellow } else { AlertLevel::Red }
    }

    /// Every part: first of what is believed, then of what one source alone tells of, each sorted by kind.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Part> + Clone {
        self.parts.iter()
    }

    /// What is believed to threaten, sorted.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = ThreatKind> {
        self.parts.iter().filter(|part| !part.tentative).map(|part| part.kind)
    }

    /// The newest evidence of each track that is believed, and the threats told; the first [`CAUSES_MAX`] of them.
    pub(crate) fn causes(&self) -> BTreeSet<EventId> {
        let mut causes = BTreeSet::new();
        for event in self.threats.iter().filter(|threat| !threat.tentative).filter_map(|threat| threat.by.event) {
            if causes.len() < CAUSES_MAX {
                causes.insert(event);
            }
        }
        causes
    }

    /// A part with what it is made of.
    pub(crate) fn share(&self, part: &Part) -> Share {
        let its = |threat: &&Threat| (threat.tentative, threat.arrival.kind) == (part.tentative, part.kind);
        let mut share = Share::none(part.kind);
        self.threats.iter().filter(its).for_each(|threat| share.add(threat.arrival, threat.by));
        share
    }

    /// All that is believed, taken together.
    pub(crate) fn believed(&self) -> Option<Share> {
        Share::sum(self.parts.iter().filter(|part| !part.tentative).map(|part| self.share(part)))
    }

    /// Adds a threat that is believed: to the part of its kind, and to the whole.
    pub(super) fn believe(&mut self, arrival: Arrival, timing: Option<&Timing>, by: By) {
        self.add(false, arrival, timing, by);
        let total = &mut self.arrival;
        total.probability = 1.0 - (1.0 - total.probability) * (1.0 - arrival.probability);
        total.earliest_s = total.earliest_s.min(arrival.earliest_s);
        total.latest_s = total.latest_s.max(arrival.latest_s);
        if arrival.probability > self.likeliest {
            self.likeliest = arrival.probability;
            total.kind = arrival.kind;
        }
    }

    /// Adds one that a single source tells of.
    pub(super) fn doubt(&mut self, arrival: Arrival, timing: &Timing, by: By) {
        self.add(true, arrival, Some(timing), by);
    }

    /// Adds one threat to the part of its kind.
    fn add(&mut self, tentative: bool, arrival: Arrival, timing: Option<&Timing>, by: By) {
        let key = |part: &Part| (part.tentative, part.kind);
        let at = self.parts.partition_point(|part| key(part) < (tentative, arrival.kind));
        if self.parts.get(at).is_none_or(|part| key(part) != (tentative, arrival.kind)) {
            let none = Share::nothing(arrival.kind);
            let part = Part {
                kind: arrival.kind,
                tentative,
                arrival: none,
                timing: Timing::NEVER,
                any_minute: 0.0,
                tracked: false,
                told: false,
                said_s: None,
            };
            self.parts.insert(at, part);
        }
        let part = &mut self.parts[at];
        part.arrival = both(part.arrival, arrival);
        match timing {
            Some(timing) => part.timing.either(timing),
            None => part.any_minute = 1.0 - (1.0 - part.any_minute) * (1.0 - arrival.probability),
        }
        part.tracked |= by.track.is_some();
        part.told |= by.told;
        part.said_s = newer(part.said_s, by.said_s);
        self.threats.push(Threat { tentative, arrival, by });
    }
}

impl Share {
    /// The arrival of nothing.
    const fn nothing(kind: ThreatKind) -> Arrival {
        Arrival { probability: 0.0, earliest_s: u32::MAX, latest_s: 0, kind }
    }

    pub(super) fn none(kind: ThreatKind) -> Self {
        let arrival = Self::nothing(kind);
        Self { arrival, causes: BTreeSet::new(), tracks: Vec::new(), told: false, said_s: None }
    }

    pub(super) fn add(&mut self, arrival: Arrival, by: By) {
        self.arrival = both(self.arrival, arrival);
        self.told |= by.told;
        self.said_s = newer(self.said_s, by.said_s);
        if self.causes.len() < CAUSES_MAX {
            self.causes.extend(by.event);
        }
        self.tracks.extend(by.track.map(|track| (arrival.probability, track)));
        self.trim();
    }

    /// The likeliest tracks stay.
    fn trim(&mut self) {
        if self.tracks.len() > CAUSES_MAX {
            self.tracks.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            self.tracks.truncate(CAUSES_MAX);
        }
    }

    /// Several kinds taken together; `None` when none of them threatens.
    pub(crate) fn sum(shares: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut shares = shares.into_iter();
        let mut sum = shares.next()?;
        let mut likeliest = sum.arrival.probability;
        for share in shares {
            let kind = if share.arrival.probability > likeliest { share.arrival.kind } else { sum.arrival.kind };
            likeliest = likeliest.max(share.arrival.probability);
            sum.arrival = Arrival { kind, ..both(sum.arrival, share.arrival) };
            sum.causes.extend(&share.causes);
            sum.tracks.extend(&share.tracks);
            sum.told |= share.told;
            sum.said_s = newer(sum.said_s, share.said_s);
        }
        while sum.causes.len() > CAUSES_MAX {
            sum.causes.pop_first();
        }
        sum.tracks.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        sum.trim();
        sum.arrival.probability = rounded(sum.arrival.probability);
        Some(sum)
    }

    /// The numbers of tracks, likeliest first.
    pub(crate) fn tracks(&self) -> Vec<TrackId> {
        self.tracks.iter().map(|&(_, track)| track).collect()
    }
}

/// The lesser of two ages, where there is one.
fn newer(a: Option<u32>, b: Option<u32>) -> Option<u32> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Either of two threats arrives; the window spans both.
fn both(a: Arrival, b: Arrival) -> Arrival {
    Arrival {
        probability: 1.0 - (1.0 - a.probability) * (1.0 - b.probability),
        earliest_s: a.earliest_s.min(b.earliest_s),
        latest_s: a.latest_s.max(b.latest_s),
        kind: a.kind,
    }
}
