//! The last two hours of sightings in their true order, and the sky they add up to.
//!
//! A late sighting is put in its place and the sky is told again from the nearest mark before it, so that any order of
//! arrival gives the same sky. Invariants: `sightings` is sorted by key; each mark is the sky after its first `n`.

use super::track::Sky;
use crate::ground::Ground;
use crate::sense::{EVIDENCE_AGE_MS_MAX, Sighting};
use model::{SourceId, Timestamp};

/// Most sightings kept; beyond it the oldest are settled for good.
const SIGHTINGS_MAX: usize = 20_000;
/// Sightings between two marks.
const MARK_EVERY: usize = 128;
/// The same words of one source within this time are a repetition.
const REPEAT_MS: i64 = 600_000;

/// What became of a sighting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Met {
    /// It counts.
    New,
    /// The same words were said shortly before.
    Repeated,
    /// Its time is settled already.
    TooLate,
    /// There is no room for another track.
    CrowdedOut,
}

/// Sightings and the sky.
#[derive(Debug, Clone, Default)]
pub(crate) struct Story {
    sightings: Vec<Sighting>,
    /// The sky before the first sighting.
    base: Sky,
    /// Everything up to here is in `base`.
    settled: Option<Timestamp>,
    marks: Vec<(usize, Sky)>,
    tip: Sky,
}

impl Story {
    /// The sky after every sighting so far.
    pub(crate) fn sky(&self) -> &Sky {
        &self.tip
    }

    /// Takes a sighting in, wherever it belongs.
    pub(crate) fn take(&mut self, sighting: Sighting, now: Timestamp, ground: &Ground) -> Met {
        self.settle(now.plus_ms(-EVIDENCE_AGE_MS_MAX));
        if self.settled.is_some_and(|settled| sighting.key.observed_at <= settled) {
            return Met::TooLate;
        }
        let at = self.sightings.partition_point(|other| other.key < sighting.key);
        let repeated = sighting.text.is_some_and(|print| self.said(&sighting.key.source, print, &sighting));
        let crowded = self.tip.crowded_out;
        self.sightings.insert(at, sighting);
        if at + 1 == self.sightings.len() {
            self.tip.take(&self.sightings[at], ground);
            if self.sightings.len().is_multiple_of(MARK_EVERY) {
                self.marks.push((self.sightings.len(), self.tip.clone()));
            }
        } else {
            self.retell(at, ground);
        }
        if self.sightings.len() > SIGHTINGS_MAX {
            self.settle_first(MARK_EVERY * 2);
        }
        match (repeated, self.tip.crowded_out > crowded) {
            (true, _) => Met::Repeated,
            (false, true) => Met::CrowdedOut,
            (false, false) => Met::New,
        }
    }

    /// Whether another report of the same source said the same words at nearly the same time.
    fn said(&self, source: &SourceId, print: u128, than: &Sighting) -> bool {
        let from = than.key.observed_at.plus_ms(-REPEAT_MS);
        let first = self.sightings.partition_point(|other| other.key.observed_at < from);
        self.sightings[first..]
            .iter()
            .take_while(|other| other.key.observed_at.ms_since(than.key.observed_at) <= REPEAT_MS)
            .any(|other| {
                other.key.source == *source && other.text == Some(print) && other.key.report != than.key.report
            })
    }

    /// Tells the sky again from the last mark that does not know what comes at `from`.
    fn retell(&mut self, from: usize, ground: &Ground) {
        self.marks.retain(|(n, _)| *n <= from);
        let (done, mut sky) = self.marks.last().map_or((0, self.base.clone()), |(n, sky)| (*n, sky.clone()));
        for (n, sighting) in self.sightings.iter().enumerate().skip(done) {
            sky.take(sighting, ground);
            if (n + 1).is_multiple_of(MARK_EVERY) {
                self.marks.push((n + 1, sky.clone()));
            }
        }
        self.tip = sky;
    }

    /// Settles whole stretches that lie before `cutoff`: nothing so old is accepted any more.
    fn settle(&mut self, cutoff: Timestamp) {
        let old = self.sightings.partition_point(|sighting| sighting.key.observed_at < cutoff);
        if old >= MARK_EVERY {
            self.settle_first(old);
        }
    }

    /// Settles the sightings before the last mark at or before `most`.
    fn settle_first(&mut self, most: usize) {
        let Some(&(n, _)) = self.marks.iter().rev().find(|(n, _)| *n <= most) else { return };
        if let Some(last) = self.sightings.get(n.saturating_sub(1)) {
            self.settled = Some(last.key.observed_at);
        }
        self.sightings.drain(..n);
        let later = self.marks.split_off(self.marks.partition_point(|(m, _)| *m <= n));
        if let Some((_, sky)) = self.marks.pop() {
            self.base = sky;
        }
        self.marks = later.into_iter().map(|(m, sky)| (m - n, sky)).collect();
    }
}
