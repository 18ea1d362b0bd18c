//! The last two hours of batches in the order in which they happened, and the sky they add up to.
//!
//! A late batch is put in its place and the sky is told again from the nearest snapshot before it, so that any order of
//! arrival gives the same sky. With few reports that is done at once ([`Story::tell`]); under load what is new is told a
//! little with each report ([`Story::tell_toward`]) and what came late beside it, on a second sky that takes the place of
//! the first when it has caught up ([`Story::tell_again`]).
//! Invariants: `log` is sorted by key; each snapshot is the sky after the first `n` batches of the log; the sky of
//! [`Story::sky`] is the fold of its first `told` batches but for those that came late since.

use super::roster::Roster;
use super::sky::{Sky, World};
use crate::ground::Ground;
use crate::sense::{Batch, EVIDENCE_AGE_MS_MAX, Key};
use model::Timestamp;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Most batches kept, some 400 bytes each; beyond it the oldest are settled for good. At 5,000 reports a second this is
/// two minutes, at 80 it is two hours.
const LOG_MAX: usize = 600_000;
/// Snapshots: every second for the newest, every ten for a quarter of an hour, then every five minutes.
const STEPS_MS: [(i64, i64); 3] = [(15_000, 1_000), (900_000, 10_000), (i64::MAX, 300_000)];
/// Under load what came late waits half its lateness, no longer than this, before it is told.
const PATIENCE_MS: i64 = 10_000;
/// Settled batches forgotten with each new one.
const FORGET: usize = 32;
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

/// A sky, and how much of the log it knows.
#[derive(Debug, Clone)]
struct Telling {
    sky: Sky,
    /// Absolute number of batches folded; the log's end when it is up to date.
    told: u64,
    /// The first batch that it does not know although it is among the first `told`.
    stale_from: Option<u64>,
    /// When such a batch came first.
    stale_since: Timestamp,
}

impl Telling {
    fn of(sky: Sky, told: u64) -> Self {
        Self { sky, told, stale_from: None, stale_since: model::time::EARLIEST }
    }

    /// A batch was put in at `number`.
    fn shift(&mut self, number: u64, now: Timestamp) {
        if number < self.told {
            if self.stale_from.is_none() {
                self.stale_since = now;
            }
            self.stale_from = Some(self.stale_from.map_or(number, |from| from.min(number)));
            self.told += 1;
        }
    }
}

/// The sky after the first so many batches of the log (settled ones included), and the instant of the next.
type Snapshots = VecDeque<(u64, Timestamp, Arc<Sky>)>;

/// What came late, being told beside the sky that is shown.
#[derive(Debug, Clone)]
struct Again {
    telling: Telling,
    snapshots: Snapshots,
}

/// Batches and the sky.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    roster: Roster,
    /// Each in a box: what is put in or makes room moves pointers, not batches.
    log: VecDeque<Box<Batch>>,
    /// Absolute number of the first batch of the log.
    first: u64,
    /// Batches that were settled: those of them still in the log are forgotten little by little.
    gone: u64,
    /// The sky before the first batch that is not settled.
    base: Arc<Sky>,
    /// Everything up to here is in `base`.
    settled: Option<Timestamp>,
    /// Sorted.
    snapshots: Snapshots,
    tip: Telling,
    again: Option<Again>,
    /// Absolute number of batches to tell in this round; see [`Story::begin_round`].
    goal: u64,
    /// Batches taken since what came late was last told on.
    fresh: u32,
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
            first: 0,
            gone: 0,
            base: Arc::new(sky.clone()),
            settled: None,
            snapshots: VecDeque::new(),
            tip: Telling::of(sky, 0),
            again: None,
            goal: 0,
            fresh: 0,
            texts: BTreeMap::new(),
            texts_n: 0,
        }
    }

    pub(crate) const fn roster(&self) -> &Roster {
        &self.roster
    }

    /// The sky as last told; see [`Story::tell`].
    pub(crate) const fn sky(&self) -> &Sky {
        &self.tip.sky
    }

    /// Puts a batch in its place. The sky knows it once it is told.
    pub(crate) fn take(&mut self, batch: Batch, now: Timestamp) -> Met {
        self.settle(now.plus_ms(-EVIDENCE_AGE_MS_MAX));
        self.forget();
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
        let number = self.first + at as u64;
        self.goal += u64::from(number < self.goal);
        self.tip.shift(number, now);
        pop_after(&mut self.snapshots, number);
        if let Some(again) = &mut self.again {
            again.telling.shift(number, now);
            pop_after(&mut again.snapshots, number);
        }
        self.log.insert(at, Box::new(batch));
        self.fresh = self.fresh.saturating_add(1);
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

    /// Number of the log's end.
    fn end(&self) -> u64 {
        self.first + self.log.len() as u64
    }

    fn batch(&self, number: u64) -> Option<&Batch> {
        number.checked_sub(self.first).and_then(|at| self.log.get(usize::try_from(at).ok()?)).map(AsRef::as_ref)
    }

    /// Batches that the sky does not know yet, but for late ones.
    pub(crate) fn pending(&self) -> u64 {
        self.end().saturating_sub(self.tip.told)
    }

    /// Folds the next batch into a telling and keeps the sky before it when a second turned; false at the end.
    fn fold(&self, telling: &mut Telling, snapshots: &mut Snapshots, ground: &Ground) -> bool {
        let Some(batch) = self.batch(telling.told) else { return false };
        let second = |key: &Key| key.at.millis().div_euclid(STEPS_MS[0].1);
        let before = telling.told.checked_sub(1).filter(|&before| before >= self.gone).and_then(|n| self.batch(n));
        let turned = before.is_some_and(|before| second(&before.key) != second(&batch.key));
        // What is not the fold of all before it is nothing to go back to.
        if turned && telling.stale_from.is_none() {
            snapshots.push_back((telling.told, batch.key.at, Arc::new(telling.sky.clone())));
        }
        telling.sky.take(batch, self.counts(batch), World { ground, roster: &self.roster });
        telling.told += 1;
        true
    }

    /// Brings the sky up to date with everything taken, late or not.
    pub(crate) fn tell(&mut self, now: Timestamp, ground: &Ground) {
        if self.tip.stale_from.is_some() {
            self.change_over();
        }
        if self.tip.stale_from.is_some() {
            let (n, sky) = self.newest();
            self.tip = Telling::of(Sky::clone(&sky), n);
        }
        self.tell_to(self.end(), u64::MAX, ground);
        thin(&mut self.snapshots, now);
    }

    /// Tells what is pending up to batch `until`, `most` of it.
    fn tell_to(&mut self, until: u64, most: u64, ground: &Ground) {
        let until = until.min(self.tip.told.saturating_add(most));
        if self.tip.told >= until {
            return;
        }
        let mut tip = std::mem::replace(&mut self.tip, Telling::of(Sky::default(), 0));
        let mut snapshots = std::mem::take(&mut self.snapshots);
        while tip.told < until && self.fold(&mut tip, &mut snapshots, ground) {}
        self.snapshots = snapshots;
        self.tip = tip;
    }

    /// Under load: what has come is to be told in this round, and what came late beside it once it waited long enough.
    pub(crate) fn begin_round(&mut self, now: Timestamp) {
        self.goal = self.end();
        thin(&mut self.snapshots, now);
        if let Some(again) = &mut self.again {
            thin(&mut again.snapshots, now);
        }
        let impatient = |from: u64| {
            let late_ms = self.batch(from).map_or(0, |batch| now.ms_since(batch.key.at));
            now.ms_since(self.tip.stale_since) >= (late_ms / 2).min(PATIENCE_MS)
        };
        if self.again.is_none() && self.tip.stale_from.is_some_and(impatient) {
            let (n, sky) = self.newest();
            self.again = Some(Again { telling: Telling::of(Sky::clone(&sky), n), snapshots: VecDeque::new() });
        }
    }

    /// Tells `part` of `of` of what is left of the round, all of it when they are equal. What came late is left out.
    pub(crate) fn tell_toward(&mut self, part: u64, of: u64, ground: &Ground) {
        let left = self.goal.saturating_sub(self.tip.told);
        self.tell_to(self.goal, (left * part).div_ceil(of.max(1)), ground);
    }

    /// Tells everything that is new at once; what came late is left out.
    pub(crate) fn tell_new(&mut self, ground: &Ground) {
        self.tell_to(self.end(), u64::MAX, ground);
    }

    /// The sky with everything that is new, without telling it: for ticks, which must leave no trace.
    pub(crate) fn preview(&self, ground: &Ground) -> Sky {
        let (mut tip, mut snapshots) = (self.tip.clone(), Snapshots::new());
        while self.fold(&mut tip, &mut snapshots, ground) {}
        tip.sky
    }

    /// Under load: tells up to `most` batches of what came late and of all after it, beside as many as came since.
    pub(crate) fn tell_again(&mut self, most: u32, ground: &Ground) {
        let Some(mut again) = self.again.take() else {
            self.fresh = 0;
            return;
        };
        for _ in 0..most.saturating_add(std::mem::take(&mut self.fresh)) {
            if !self.fold(&mut again.telling, &mut again.snapshots, ground) {
                break;
            }
        }
        let end = self.end();
        let caught_up = again.telling.told >= end;
        self.again = Some(again);
        if caught_up {
            self.change_over();
        }
    }

    /// The sky told again takes the place of the one shown.
    fn change_over(&mut self) {
        if let Some(again) = self.again.take() {
            self.tip = again.telling;
            self.snapshots.extend(again.snapshots);
        }
    }

    /// The newest sky to go back to, and its number of batches. It is never after a batch that came late since.
    fn newest(&self) -> (u64, Arc<Sky>) {
        let (n, sky) = self.snapshots.back().map_or((self.gone, &self.base), |(n, _, sky)| (*n, sky));
        (n, Arc::clone(sky))
    }

    /// Settles whole stretches that lie before `cutoff`, or that are too many: nothing so old is accepted any more.
    fn settle(&mut self, cutoff: Timestamp) {
        let surplus = usize::try_from(self.gone - self.first).unwrap_or(0) + LOG_MAX;
        let full = self.log.len() > surplus;
        let old = self.batch(self.gone).is_some_and(|first| first.key.at < cutoff);
        if !full && !old {
            return;
        }
        let mut until = self.first + self.log.partition_point(|batch| batch.key.at < cutoff) as u64;
        if full {
            until = until.max(self.end() - LOG_MAX as u64);
        }
        // The last snapshot before it. A telling never stands before a snapshot.
        let Some(place) = self.snapshots.iter().rposition(|(n, _, _)| *n <= until) else { return };
        let Some((n, _, sky)) = self.snapshots.get(place).cloned() else { return };
        self.settled = n.checked_sub(1).and_then(|last| self.batch(last)).map(|batch| batch.key.at).or(self.settled);
        self.gone = n;
        self.base = sky;
        self.snapshots.drain(..=place);
    }

    /// Forgets a few of the settled batches.
    fn forget(&mut self) {
        let most = usize::try_from(self.gone - self.first).unwrap_or(usize::MAX).min(FORGET).min(self.log.len());
        self.log.drain(..most);
        self.first += most as u64;
    }
}

/// Keeps the snapshots that their age allows: of each stretch the first.
fn thin(snapshots: &mut Snapshots, now: Timestamp) {
    let step = |at: Timestamp| {
        let age = now.ms_since(at);
        STEPS_MS.iter().find(|(until, _)| age <= *until).map_or(300_000, |(_, step)| *step)
    };
    let mut last: Option<(i64, i64)> = None;
    snapshots.retain(|(_, at, _)| {
        let step = step(*at);
        let stretch = at.millis().div_euclid(step);
        let kept = last != Some((step, stretch));
        last = Some((step, stretch));
        kept
    });
}

/// Snapshots that know more than the first `number` batches are not of this log any more.
fn pop_after(snapshots: &mut Snapshots, number: u64) {
    while snapshots.back().is_some_and(|(n, _, _)| *n > number) {
        snapshots.pop_back();
    }
}

/// The same words, near enough in time to be one saying.
fn same_words(one: &Key, other: &Key) -> bool {
    let apart_ms = other.at.ms_since(one.at).saturating_abs();
    let window = if one.source == other.source { REPEAT_MS } else { COPY_MS };
    apart_ms <= window && (one.source != other.source || one.report != other.report)
}
