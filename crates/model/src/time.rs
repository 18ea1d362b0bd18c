//! Instants. Milliseconds since 1970-01-01T00:00:00Z, written as RFC 3339 with a fraction and `Z`.
//!
//! There is no clock here: time enters the house as data.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// How far a reporter's clock may run ahead of ours before its report is refused, in milliseconds.
///
/// Two minutes covers an unsynchronised phone; more would let one bad clock move tracks into the future.
pub const SKEW_MS_MAX: i64 = 120_000;

/// Earliest instant accepted from outside: 2000-01-01T00:00:00Z. Anything before is a broken clock.
pub const EARLIEST: Timestamp = Timestamp(946_684_800_000);
/// Latest instant accepted from outside: 2100-01-01T00:00:00Z.
pub const LATEST: Timestamp = Timestamp(4_102_444_800_000);

/// An instant in UTC, in milliseconds since the Unix epoch, between [`EARLIEST`] and [`LATEST`] when it came from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Why a time was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Not RFC 3339.
    #[error("read {0:?} as a time: expected RFC 3339 with an offset, such as 2026-11-23T03:00:00Z")]
    Syntax(String),
    /// Outside the years this house will live through.
    #[error("accept the time {0}: expected a year from 2000 to 2099")]
    Absurd(String),
}

impl Timestamp {
    /// The instant `ms` milliseconds after the epoch; not bounded, for arithmetic inside the house.
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This instant moved by `ms` milliseconds, saturating.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to `self`; negative when `earlier` is later.
    pub const fn ms_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Reads RFC 3339 (any offset) and refuses absurd years.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let clipped = || text.chars().take(64).collect::<String>();
        let at: jiff::Timestamp = text.trim().parse().map_err(|_| TimeError::Syntax(clipped()))?;
        Self::checked(at.as_millisecond()).map_err(|_| TimeError::Absurd(clipped()))
    }

    /// The instant at `ms` when it lies between [`EARLIEST`] and [`LATEST`].
    pub fn checked(ms: i64) -> Result<Self, TimeError> {
        let at = Self(ms);
        if at < EARLIEST || at >= LATEST { Err(TimeError::Absurd(ms.to_string())) } else { Ok(at) }
    }
}

impl fmt::Display for Timestamp {
    /// `2026-11-23T03:00:00.000Z`: always three digits of fraction, always `Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(at) => write!(f, "{at:.3}"),
            Err(_) => write!(f, "{}ms", self.0),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_with_three_digits_and_read_back() {
        let at = Timestamp::parse("2026-11-23T03:00:00+02:00").unwrap();
        assert_eq!(at.to_string(), "2026-11-23T01:00:00.000Z");
        assert_eq!(Timestamp::parse(&at.to_string()).unwrap(), at);
    }

    #[test]
    fn absurd_times_are_refused_by_name() {
        assert!(matches!(Timestamp::parse("yesterday"), Err(TimeError::Syntax(_))));
        assert!(matches!(Timestamp::parse("1970-01-01T00:00:00Z"), Err(TimeError::Absurd(_))));
        assert!(matches!(Timestamp::parse("9999-01-01T00:00:00Z"), Err(TimeError::Absurd(_))));
    }
}
