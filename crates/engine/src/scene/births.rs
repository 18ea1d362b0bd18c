//! How many objects appear between two scans, learned from those that did.
//!
//! What comes in: the tracks that began with each of the last scans, as they are believed now. What goes out: the rate of
//! births, and what it makes of the existence of each young track.
//!
//! The rate λ has a Gamma posterior. A track that began under the rate λ₀ and exists with probability r exists, were the
//! rate λ, with odds λ/λ₀ times as large; so the likelihood of λ is a product over tracks, and its maximum is found by a
//! few steps of expectation and maximisation. What is older than [`WINDOW`] scans enters as a count. Births may begin and
//! cease, so each scan forgets a part of what the scans before it said.

use std::collections::VecDeque;

/// Births that a told rate counts for: little, for a rate is told as a mean over a time that need not be this one.
const TOLD_COUNT: f64 = 1.0;
/// Births that a guessed rate counts for.
const GUESSED_COUNT: f64 = 0.2;
/// Scans whose tracks are asked again. After three it is known which of them exist.
const WINDOW: usize = 3;
/// Share of what a scan said that the next one keeps.
const KEPT: f64 = 0.6;
/// Steps of expectation and maximisation a scan; each begins where the last scan's ended.
const STEPS: usize = 3;
/// The rate is never less than this share of what was told or guessed, so that births may begin again.
const RATE_SHARE_MIN: f64 = 0.1;
/// Tracks fainter than this are counted together: their odds are their existence, nearly.
const FAINT: f64 = 0.02;
/// Least rate that is told or guessed, objects a scan.
const RATE_MIN: f64 = 1e-9;

/// The tracks that began with one scan.
#[derive(Debug, Clone, Copy)]
struct Cohort {
    /// Number of the first of them.
    first: u64,
    /// The rate that their existence supposes.
    rate: f64,
    /// Objects that were undetected before that scan, expected, besides those just born.
    older: f64,
}

/// The rate of births and what is known of it.
#[derive(Debug, Clone)]
pub(super) struct Births {
    /// Expected number of births between two scans.
    pub(super) rate: f64,
    /// Births, and scans they were seen in, that the first word counts for.
    prior: [f64; 2],
    /// The same of scans before the cohorts'.
    known: [f64; 2],
    /// Oldest first; at most [`WINDOW`].
    cohorts: VecDeque<Cohort>,
    /// Cohort and existence of each young track: memory of the last scan.
    young: Vec<(usize, f64)>,
}

impl Births {
    /// From a rate that was told.
    pub(super) fn told(rate: f64) -> Self {
        Self::of(rate, TOLD_COUNT)
    }

    /// From a rate that was guessed.
    pub(super) fn guessed(rate: f64) -> Self {
        Self::of(rate, GUESSED_COUNT)
    }

    fn of(rate: f64, count: f64) -> Self {
        let prior = [count, count / rate.max(RATE_MIN)];
        Self { rate, prior, known: [0.0; 2], cohorts: VecDeque::new(), young: Vec::new() }
    }

    /// A scan's tracks will begin with the number `first`; so many objects are undetected, the newly born among them.
    pub(super) fn begin(&mut self, first: u64, undetected: f64) {
        self.cohorts.push_back(Cohort { first, rate: self.rate, older: (undetected - self.rate).max(0.0) });
    }

    /// After the scan: `tracks` gives number and existence of every track, and what is there is detected with probability
    /// `pd`.
    pub(super) fn learn(&mut self, tracks: impl Iterator<Item = (u64, f64)>, pd: f64) {
        self.young.clear();
        let mut faint = [0.0; WINDOW];
        for (id, existence) in tracks {
            match self.cohort(id) {
                Some(cohort) if existence < FAINT => faint[cohort] += existence,
                Some(cohort) => self.young.push((cohort, existence)),
                None => {}
            }
        }
        let mut born = [0.0; WINDOW];
        for _ in 0..STEPS {
            let mut scales = [1.0; WINDOW];
            for (scale, cohort) in scales.iter_mut().zip(&self.cohorts) {
                *scale = cohort.scale(self.rate);
            }
            for ((born, faint), scale) in born.iter_mut().zip(faint).zip(scales) {
                *born = faint * scale;
            }
            for &(cohort, existence) in &self.young {
                born[cohort] += scaled(existence, scales[cohort]);
            }
            let [mut births, mut scans] = [self.prior[0] + self.known[0], self.prior[1] + self.known[1]];
            let mut weight = 1.0;
            for (cohort, born) in self.cohorts.iter().zip(&mut born).rev() {
                // Some of them are not newly born, only newly detected.
                *born *= self.rate / (self.rate + cohort.older).max(RATE_MIN);
                births += weight * *born;
                scans += weight * pd;
                weight *= KEPT;
            }
            self.rate = (births / scans).max(RATE_SHARE_MIN * self.prior[0] / self.prior[1]);
        }
        self.known = self.known.map(|known| KEPT * known);
        if self.cohorts.len() == WINDOW {
            let weight = self.cohorts.iter().fold(1.0, |weight, _| KEPT * weight);
            self.known[0] += weight * born[0];
            self.known[1] += weight * pd;
        }
    }

    /// A track's existence under the rate as it is known now.
    pub(super) fn corrected(&self, id: u64, existence: f64) -> f64 {
        self.cohort(id).map_or(existence, |cohort| scaled(existence, self.cohorts[cohort].scale(self.rate)))
    }

    /// All young tracks have been corrected.
    pub(super) fn end(&mut self) {
        if self.cohorts.len() == WINDOW {
            self.cohorts.pop_front();
        }
        for cohort in &mut self.cohorts {
            cohort.rate = self.rate;
        }
    }

    /// Which cohort a track is of; `None` when it is older than all of them.
    fn cohort(&self, id: u64) -> Option<usize> {
        self.cohorts.iter().rposition(|cohort| cohort.first <= id)
    }
}

impl Cohort {
    /// How much larger the odds of its tracks' existence are under another rate.
    fn scale(&self, rate: f64) -> f64 {
        (rate + self.older) / (self.rate + self.older).max(RATE_MIN)
    }
}

/// Existence when its odds are `scale` times as large.
fn scaled(existence: f64, scale: f64) -> f64 {
    let odds = existence * scale;
    odds / (1.0 - existence + odds).max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rate after scans that each began `certain` tracks that are there and twenty that are not.
    fn after(mut births: Births, certain: &[u32]) -> f64 {
        let mut tracks: Vec<(u64, f64)> = Vec::new();
        for &certain in certain {
            let first = tracks.len() as u64 + 1;
            births.begin(first, births.rate);
            let begun =
                (0..u64::from(certain) + 20).map(|n| (first + n, if n < u64::from(certain) { 0.9 } else { 0.01 }));
            tracks.extend(begun);
            births.learn(tracks.iter().copied(), 0.9);
            births.end();
            // Now it is known which are there.
            for track in &mut tracks {
                track.1 = if track.1 > 0.5 { 1.0 } else { 0.0 };
            }
        }
        births.rate
    }

    #[test]
    fn the_rate_follows_what_appears_and_falls_when_nothing_does() {
        for births in [Births::told(10.0), Births::told(2.0), Births::guessed(1.0), Births::guessed(40.0)] {
            let rate = after(births.clone(), &[10; 12]);
            assert!((8.0..13.0).contains(&rate), "{births:?}: {rate}");
            let fallen = after(births.clone(), &[10, 10, 10, 10, 10, 0, 0, 0, 0, 0]);
            assert!(fallen < 4.5 && fallen > 0.0, "{births:?}: {fallen}");
        }
    }

    #[test]
    fn odds_scale_and_certainties_stay() {
        assert!((scaled(0.5, 3.0) - 0.75).abs() < 1e-12);
        assert_eq!((scaled(1.0, 0.2), scaled(0.0, 5.0)), (1.0, 0.0));
    }
}
