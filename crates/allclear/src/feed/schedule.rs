//! When to ask again: the interval while all is well, longer after failures, never above the service's limit.
//!
//! What comes in: how a poll went, and monotonic milliseconds. What goes out: how long to wait.
//! What always holds: no failure makes the wait shorter than the interval; a wait the service asks for is kept, up to
//! a bound; the bucket holds back even a configuration that asks too often.
//! Deliberately absent: jitter. One server polls one service; equal intervals make a missed poll visible.

use super::http::Failure;
use std::time::Duration;

/// Longest wait after failures of the network, the server, or an answer that cannot be read.
const FAILED_MS_MAX: u64 = 60_000;
/// First and longest wait after a refused key.
const DENIED_MS: u64 = 60_000;
const DENIED_MS_MAX: u64 = 300_000;
/// Wait after a limit was met without a word how long; and the longest wait a service may ask for.
const LIMITED_MS: u64 = 60_000;
const LIMITED_MS_MAX: u64 = 900_000;
/// Good polls after which an interval that a limit doubled is halved again, and the most doublings.
const GOOD_POLLS: u32 = 10;
const DOUBLINGS_MAX: u32 = 3;

/// The pace of one poller.
#[derive(Debug, Clone)]
pub(super) struct Schedule {
    interval_ms: u64,
    /// Failures of one name in a row.
    failures: u32,
    failing: Option<&'static str>,
    /// How often the interval was doubled by limits met.
    doublings: u32,
    /// Good polls since the last limit.
    good: u32,
}

impl Schedule {
    pub(super) fn new(poll_s: u32) -> Self {
        Self { interval_ms: u64::from(poll_s) * 1000, failures: 0, failing: None, doublings: 0, good: 0 }
    }

    /// How long from the beginning of this poll to the beginning of the next, in milliseconds.
    pub(super) fn after(&mut self, failure: Option<&Failure>) -> u64 {
        let Some(failure) = failure else {
            self.failures = 0;
            self.failing = None;
            self.good += 1;
            if self.good >= GOOD_POLLS && self.doublings > 0 {
                self.doublings -= 1;
                self.good = 0;
            }
            return self.interval_ms << self.doublings;
        };
        if self.failing != Some(failure.name()) {
            self.failures = 0;
            self.failing = Some(failure.name());
        }
        let in_a_row = self.failures.min(16);
        self.failures += 1;
        let interval_ms = self.interval_ms << self.doublings;
        let doubled = |first_ms: u64, max_ms: u64| (first_ms << in_a_row).min(max_ms.max(interval_ms)).max(interval_ms);
        match failure {
            Failure::RateLimited { retry_after_s, .. } => {
                self.doublings = (self.doublings + 1).min(DOUBLINGS_MAX);
                self.good = 0;
                let asked_ms = retry_after_s.map(|s| (u64::from(s) * 1000).min(LIMITED_MS_MAX));
                asked_ms.unwrap_or_else(|| doubled(LIMITED_MS, DENIED_MS_MAX)).max(self.interval_ms << self.doublings)
            }
            Failure::Unauthorized(_) | Failure::Forbidden(_) | Failure::Redirected(_) | Failure::WrongWorld(_) => {
                doubled(DENIED_MS, DENIED_MS_MAX)
            }
            _ => doubled(interval_ms, FAILED_MS_MAX),
        }
    }
}

/// A token bucket: so many requests a minute, and at most [`Bucket::BURST`] at once.
#[derive(Debug)]
pub(super) struct Bucket {
    every_ms: u64,
    /// Instant from which on the bucket would be full again.
    full_at_ms: u64,
}

impl Bucket {
    /// Requests that may follow each other at once: a cheap check and the whole picture.
    const BURST: u64 = 2;

    pub(super) const fn new(per_minute: u32) -> Self {
        Self { every_ms: 60_000 / per_minute as u64, full_at_ms: 0 }
    }

    /// Takes one request at `now_ms` and says how long to wait before it may be sent.
    pub(super) fn take(&mut self, now_ms: u64) -> u64 {
        let full_at_ms = self.full_at_ms.max(now_ms);
        self.full_at_ms = full_at_ms + self.every_ms;
        self.full_at_ms.saturating_sub(now_ms).saturating_sub(self.every_ms * Self::BURST)
    }
}

/// Time as a poller feels it.
pub(super) trait Pace: Send {
    /// Monotonic milliseconds.
    fn now_ms(&self) -> u64;
    /// Waits.
    fn wait(&mut self, ms: u64) -> impl Future<Output = ()> + Send;
}

/// The machine's own time.
#[derive(Debug)]
pub(super) struct RealPace(tokio::time::Instant);

impl Default for RealPace {
    fn default() -> Self {
        Self(tokio::time::Instant::now())
    }
}

impl Pace for RealPace {
    fn now_ms(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
    async fn wait(&mut self, ms: u64) {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(retry_after_s: Option<u32>) -> Failure {
        Failure::RateLimited { code: 429, retry_after_s }
    }

    #[test]
    fn waits_grow_with_failures_in_a_row_and_never_fall_below_the_interval() {
        let mut schedule = Schedule::new(8);
        let down = Failure::Server(503);
        let waits: Vec<u64> = (0..6).map(|_| schedule.after(Some(&down)) / 1000).collect();
        assert_eq!(waits, [8, 16, 32, 60, 60, 60]);
        assert_eq!(schedule.after(None), 8000);
        assert_eq!(schedule.after(Some(&down)), 8000);
        let mut slow = Schedule::new(300);
        assert_eq!([slow.after(Some(&down)), slow.after(Some(&down))], [300_000, 300_000]);
    }

    #[test]
    fn a_limit_is_kept_as_asked_and_slows_the_polls_after_it() {
        let mut schedule = Schedule::new(8);
        assert_eq!(schedule.after(Some(&limited(Some(30)))), 30_000);
        assert_eq!(schedule.after(Some(&limited(Some(1)))), 32_000, "never faster than the slowed interval");
        assert_eq!(schedule.after(Some(&limited(Some(86_400)))), 900_000, "a bound on what a service may ask");
        assert_eq!(schedule.after(Some(&limited(None))), 300_000);
        let waits: Vec<u64> = (0..31).map(|_| schedule.after(None) / 1000).collect();
        assert_eq!((waits[0], waits[9], waits[19], waits[29]), (64, 32, 16, 8));
    }

    #[test]
    fn a_refused_key_is_tried_again_slowly() {
        let mut schedule = Schedule::new(8);
        let denied = Failure::Unauthorized(String::new());
        let waits: Vec<u64> = (0..4).map(|_| schedule.after(Some(&denied)) / 1000).collect();
        assert_eq!(waits, [60, 120, 240, 300]);
    }

    #[test]
    fn a_bucket_never_lets_more_through_than_its_minute_and_its_burst() {
        for per_minute in [3, 8, 12] {
            let mut bucket = Bucket::new(per_minute);
            let (mut now_ms, mut sent) = (5_000, Vec::new());
            for n in 0_u64..500 {
                now_ms += bucket.take(now_ms) + (n * 7919) % 9000;
                sent.push(now_ms);
            }
            for (n, from) in sent.iter().enumerate() {
                let within = sent[n..].iter().take_while(|at| **at < from + 60_000).count();
                assert!(within <= per_minute as usize + 2, "{within} in a minute at {per_minute}");
            }
        }
        let mut bucket = Bucket::new(3);
        assert_eq!([bucket.take(0), bucket.take(0), bucket.take(0), bucket.take(60_000)], [0, 0, 20_000, 0]);
    }
}
