//! The last two hours of batches in the order in which they happened, and the sky they add up to.
//!
//! A late batch is put in its place and the sky is told again from the nearest snapshot before it, so that any order of
//! arrival gives the same sky. Nothing is told again before somebody asks for the sky: many late batches cost one
//! retelling.
//! Invariants: `log` is sorted by key; each snapshot is the sky after the first `n` batches of the log; the sky of
//! [`Story::sky`] is the fold of the first `told` batches.

use super::roster::Roster;
use super::sky::{Sky, World};
use crate::ground::Ground;
use crate::sense::{Batch, EVIDENCE_AGE_MS_MAX, Key};
use model::Timestamp;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Most batches kept; beyond it the oldest are settled for good. At 5,000 reports a second this is a minute.
const LOG_MAX: usize = 300_000;
/// Snapshots: every second for the newest, every ten for a quarter of an hour, then every five minutes.
const STEPS_MS: [(i64, i64); 3] = [(15_000, 1_000), (900_000, 10_000), (i64::MAX, 300_000)];
/// What came late waits no longer than this to be told, however much comes.
const PATIENCE_MS: i64 = 10_000;
/// The same words of one source within this time are a repetition.
const REPEAT_MS: i64 = 600_000;
/// The same words of another source within this time are a copy.
const COPY_MS: i64 = 180_000;
/// Texts remembered, and for how long after they were said.
const TEXTS_MAX: usize = 20_000;
const TEXT_KEPT_MS: i64 = 2 * 3_600_000 + REPEAT_MS;

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Met {
    /// It counts.
    New,
    /// The same words were said shortly before, or the very same batch came twice.
    Repeated,
    /// Its time is settled already.
    TooLate,
}

/// Batches and the sky.
#[derive(Debug)]
pub(crate) struct Story {
    roster: Roster,
    log: VecDeque<Batch>,
    /// Batches that were settled: the log begins with this one's successor.
    gone: u64,
    /// The sky before the first batch of the log.
    base: Arc<Sky>,
    /// Everything up to here is in `base`.
    settled: Option<Timestamp>,
    /// Absolute number of batches folded (settled ones included), and the sky then; sorted.
    snapshots: VecDeque<(u64, Timestamp, Arc<Sky>)>,
    tip: Sky,
    /// Absolute number of batches folded into `tip`; the log's end when it is up to date.
    told: u64,
    /// The first batch that `tip` does not know although it is among the first `told`.
    stale_from: Option<u64>,
    /// When such a batch came first.
    stale_since: Timestamp,
    /// Who said the same words when: sorted by key.
    texts: BTreeMap<u128, Vec<Key>>,
    texts_n: usize,
}

impl Story {
    pub(crate) fn new(roster: Roster, ground: &Ground) -> Self {
        let sky = Sky::over(ground);
        Self {
            roster,
            log: VecDeque::new(),
            gone: 0,
            base: Arc::new(sky.clone()),
            settled: None,
            snapshots: VecDeque::new(),
            tip: sky,
            told: 0,
            stale_from: None,
            stale_since: model::time::EARLIEST,
            texts: BTreeMap::new(),
            texts_n: 0,
        }
    }

    pub(crate) const fn roster(&self) -> &Roster {
        &self.roster
    }

    /// The sky as last told; see [`Story::tell`].
    pub(crate) const fn sky(&self) -> &Sky {
        &self.tip
    }

    /// Puts a batch in its place. The sky knows it after the next [`Story::tell`].
    pub(crate) fn take(&mut self, batch: Batch, now: Timestamp) -> Met {
        self.settle(now.plus_ms(-EVIDENCE_AGE_MS_MAX));
        if self.settled.is_some_and(|settled| batch.key.at <= settled) {
            return Met::TooLate;
        }
        let at = self.log.partition_point(|other| other.key < batch.key);
        if self.log.get(at).is_some_and(|other| other.key == batch.key) {
            return Met::Repeated;
        }
        let mut met = Met::New;
        if let Some(print) = batch.text {
            met = self.remember(print, &batch.key, now);
        }
        let number = self.gone + at as u64;
        if number < self.told {
            if self.stale_from.is_none() {
                self.stale_since = now;
            }
            self.stale_from = Some(self.stale_from.map_or(number, |from| from.min(number)));
            self.told += 1;
            while self.snapshots.back().is_some_and(|(n, _, _)| *n > number) {
                self.snapshots.pop_back();
            }
        }
        self.log.insert(at, batch);
        met
    }

    /// Keeps the words; says whether they were said before or after by a key near in time.
    fn remember(&mut self, print: u128, key: &Key, now: Timestamp) -> Met {
        if self.texts_n >= TEXTS_MAX {
            let cutoff = now.plus_ms(-TEXT_KEPT_MS);
            self.texts.retain(|_, keys| {
                keys.retain(|key| key.at > cutoff);
                !keys.is_empty()
            });
            self.texts_n = self.texts.values().map(Vec::len).sum();
            if self.texts_n >= TEXTS_MAX {
                // A flood of new words: the guard against repetition gives way, not the evidence.
                self.texts.clear();
                self.texts_n = 0;
            }
        }
        let keys = self.texts.entry(print).or_default();
        let repeated = keys.iter().any(|other| same_words(other, key));
        let at = keys.partition_point(|other| other < key);
        keys.insert(at, key.clone());
        self.texts_n += 1;
        if repeated { Met::Repeated } else { Met::New }
    }

    /// Whether a batch's words count: not when a counted one said the same shortly before.
    fn counts(&self, batch: &Batch) -> bool {
        let Some(keys) = batch.text.and_then(|print| self.texts.get(&print)) else { return true };
        let mut counted: Vec<&Key> = Vec::new();
        for key in keys {
            let copy = counted.iter().any(|earlier| same_words(earlier, key));
            if *key == batch.key {
                return !copy;
            }
            if !copy {
                counted.push(key);
            }
        }
        true
    }

    /// Batches that the sky does not know yet, but for late ones.
    pub(crate) fn pending(&self) -> u64 {
        (self.gone + self.log.len() as u64).saturating_sub(self.told)
    }

    /// Brings the sky up to date with everything taken. When `busy`, what came late waits up to half its lateness more
    /// (and never longer than [`PATIENCE_MS`]), so that retelling costs a bounded multiple of telling.
    pub(crate) fn tell(&mut self, now: Timestamp, busy: bool, ground: &Ground) {
        let end = self.gone + self.log.len() as u64;
        let patient = |from: &u64| {
            let at = usize::try_from(from - self.gone).ok().and_then(|at| self.log.get(at));
            let late_ms = at.map_or(0, |batch| now.ms_since(batch.key.at));
            let full = self.log.len() > LOG_MAX + LOG_MAX / 8;
            busy && !full && now.ms_since(self.stale_since) < (late_ms / 2).min(PATIENCE_MS)
        };
        if self.stale_from.as_ref().is_some_and(|from| !patient(from))
            && let Some(from) = self.stale_from.take()
        {
            while self.snapshots.back().is_some_and(|(n, _, _)| *n > from) {
                self.snapshots.pop_back();
            }
            let (n, sky) = self.snapshots.back().map_or((self.gone, &self.base), |(n, _, sky)| (*n, sky));
            self.tip = Sky::clone(sky);
            self.told = n;
        }
        while self.told < end {
            let Some(at) = usize::try_from(self.told - self.gone).ok() else { break };
            let Some(batch) = self.log.get(at) else { break };
            let second = |key: &Key| key.at.millis().div_euclid(STEPS_MS[0].1);
            let turned = at > 0 && self.log.get(at - 1).is_some_and(|before| second(&before.key) != second(&batch.key));
            if turned {
                self.snapshots.push_back((self.told, batch.key.at, Arc::new(self.tip.clone())));
            }
            let counts = self.counts(batch);
            self.tip.take(batch, counts, World { ground, roster: &self.roster });
            self.told += 1;
        }
        self.thin();
        if self.log.len() > LOG_MAX {
            self.settle_first(self.log.len() - LOG_MAX + LOG_MAX / 8);
        }
    }

    /// Keeps the snapshots that their age allows: of each stretch the first.
    fn thin(&mut self) {
        let Some(newest) = self.snapshots.back().map(|(_, at, _)| *at) else { return };
        let step = |at: Timestamp| {
            let age = newest.ms_since(at);
            STEPS_MS.iter().find(|(until, _)| age <= *until).map_or(300_000, |(_, step)| *step)
        };
        let mut last: Option<(i64, i64)> = None;
        self.snapshots.retain(|(_, at, _)| {
            let step = step(*at);
            let stretch = at.millis().div_euclid(step);
            let kept = last != Some((step, stretch));
            last = Some((step, stretch));
            kept
        });
    }

    /// Settles whole stretches that lie before `cutoff`: nothing so old is accepted any more.
    fn settle(&mut self, cutoff: Timestamp) {
        if self.log.front().is_none_or(|first| first.key.at >= cutoff) {
            return;
        }
        let old = self.log.partition_point(|batch| batch.key.at < cutoff);
        self.settle_first(old);
    }

    /// Settles the batches before the last snapshot at or before the first `most` of the log.
    fn settle_first(&mut self, most: usize) {
        if self.stale_from.is_some() {
            return; // The snapshots are to be told again first; the next batch will settle.
        }
        let until = self.gone + most as u64;
        let Some(place) = self.snapshots.iter().rposition(|(n, _, _)| *n <= until) else { return };
        let Some((n, _, sky)) = self.snapshots.get(place).cloned() else { return };
        let Ok(count) = usize::try_from(n.saturating_sub(self.gone)) else { return };
        if count == 0 {
            return;
        }
        self.settled = self.log.get(count - 1).map(|batch| batch.key.at);
        self.log.drain(..count.min(self.log.len()));
        self.gone = n;
        self.base = sky;
        self.snapshots.drain(..=place);
    }
}

/// The same words, near enough in time to be one saying.
fn same_words(one: &Key, other: &Key) -> bool {
    let apart_ms = other.at.ms_since(one.at).saturating_abs();
    let window = if one.source == other.source { REPEAT_MS } else { COPY_MS };
    apart_ms <= window && (one.source != other.source || one.report != other.report)
}
