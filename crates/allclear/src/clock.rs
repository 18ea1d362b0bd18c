//! The program's only clock.
//!
//! What comes in: the system's clocks, once. What goes out: [`Timestamp`]s that never go back.
//! What always holds: outside an exercise the speed is 1. In a demonstration the clock starts in the past, runs
//! faster until it has caught up with now, and from then on is the ordinary clock; it never shows a time to come.

use model::Timestamp;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Where the program reads the time.
#[derive(Debug, Clone)]
pub struct Clock {
    began: Instant,
    began_at: Timestamp,
    lag_ms: i64,
    speed: f64,
}

impl Clock {
    /// The ordinary clock.
    pub fn real() -> Self {
        Self { began: Instant::now(), began_at: system_now(), lag_ms: 0, speed: 1.0 }
    }

    /// A clock that begins `lag` ago and runs `speed` (> 1) times as fast until it has caught up.
    pub fn catching_up(lag: Duration, speed: f64) -> Self {
        let lag_ms = i64::try_from(lag.as_millis()).unwrap_or(i64::MAX);
        Self { began: Instant::now(), began_at: system_now().plus_ms(-lag_ms), lag_ms, speed: speed.max(1.0) }
    }

    /// Now. Monotonic: a step of the system's wall clock after the start does not show.
    pub fn now(&self) -> Timestamp {
        self.at(self.began.elapsed())
    }

    /// Seconds of this clock in one real second, at present.
    pub fn speed(&self) -> f64 {
        if self.caught_up(self.began.elapsed()) { 1.0 } else { self.speed }
    }

    /// How long to wait until this clock shows `at`; zero when it already does.
    pub fn until(&self, at: Timestamp) -> Duration {
        let ahead_ms = at.ms_since(self.now());
        if ahead_ms <= 0 {
            return Duration::ZERO;
        }
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of a wait are far below 2^52")]
        let wait = ahead_ms as f64 / 1000.0 / self.speed();
        Duration::from_secs_f64(wait)
    }

    fn caught_up(&self, elapsed: Duration) -> bool {
        self.gained_ms(elapsed) >= self.lag_ms
    }

    fn gained_ms(&self, elapsed: Duration) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "saturates after 292 million years")]
        let gained = (elapsed.as_secs_f64() * 1000.0 * (self.speed - 1.0)) as i64;
        gained
    }

    fn at(&self, elapsed: Duration) -> Timestamp {
        let real_ms = i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX);
        self.began_at.plus_ms(real_ms).plus_ms(self.gained_ms(elapsed).min(self.lag_ms))
    }
}

/// Seconds since the epoch by the system's clock: what HTTP dates are made of.
pub fn wall_s() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// The HTTP date of a second since the epoch (RFC 9110, section 5.6.7).
pub fn http_date(second: i64) -> String {
    jiff::Timestamp::from_second(second)
        .map(|at| at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
        .unwrap_or_default()
}

fn system_now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_http_date_has_the_fixed_form() {
        assert_eq!(http_date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn a_catching_up_clock_runs_fast_and_then_stops_gaining() {
        let clock = Clock::catching_up(Duration::from_secs(1900), 20.0);
        let start = clock.at(Duration::ZERO);
        assert_eq!(clock.at(Duration::from_secs(10)).ms_since(start), 200_000);
        assert!(!clock.caught_up(Duration::from_secs(99)));
        assert!(clock.caught_up(Duration::from_secs(100)));
        assert_eq!(clock.at(Duration::from_secs(100)).ms_since(start), 2_000_000);
        assert_eq!(clock.at(Duration::from_secs(110)).ms_since(start), 2_010_000);
    }
}
