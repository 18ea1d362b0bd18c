//! CAP section 3.3.2: the instants of a message.
//!
//! What comes in: `2026-01-02T03:04:05+02:00`. What goes out: an [`Instant`] that remembers its offset, and is written
//! back as it was. Z, fractions of a second and a missing offset are not CAP; [`Instant::lenient`] reads them all the same.

use jiff::civil::DateTime;
use std::fmt;

/// Largest offset from UTC, in minutes: 14 hours.
const OFFSET_MIN_MAX: i32 = 14 * 60;

/// An instant with the offset it was told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Instant {
    /// Local date and time, whole seconds.
    local: DateTime,
    /// Offset from UTC, minutes; UTC itself is written `-00:00`.
    offset_min: i32,
    unix_s: i64,
}

/// Why a text is no instant of CAP.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstantError {
    /// `Z`, which CAP does not allow.
    #[error("ends with Z: CAP writes UTC as -00:00")]
    Zulu,
    /// Parts of a second.
    #[error("has a fraction of a second: CAP knows whole seconds")]
    Fraction,
    /// No offset from UTC.
    #[error("has no offset from UTC: add one such as +02:00")]
    NoOffset,
    /// Anything else.
    #[error("is not of the form 2026-01-02T03:04:05+02:00")]
    Form,
    /// No such date, time or offset.
    #[error("names a date, time or offset that does not exist")]
    Impossible,
}

impl Instant {
    /// Reads exactly what section 3.3.2 allows.
    pub fn parse(text: &str) -> Result<Self, InstantError> {
        if text.ends_with(['Z', 'z']) {
            return Err(InstantError::Zulu);
        }
        let bytes = text.as_bytes();
        if bytes.len() < 19 || !text.is_ascii() {
            return Err(InstantError::Form);
        }
        let (local, offset) = text.split_at(19);
        if offset.starts_with(['.', ',']) {
            return Err(InstantError::Fraction);
        }
        if offset.is_empty() {
            return Err(InstantError::NoOffset);
        }
        Self::of(local, offset)
    }

    /// Reads also `Z`, fractions (dropped) and surrounding blanks.
    pub fn lenient(text: &str) -> Result<Self, InstantError> {
        let text = text.trim();
        if !text.is_ascii() || text.len() < 20 {
            return Err(if text.len() == 19 { InstantError::NoOffset } else { InstantError::Form });
        }
        let (local, rest) = text.split_at(19);
        let offset =
            rest.strip_prefix(['.', ',']).map_or(rest, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
        match offset {
            "Z" | "z" => Self::of(local, "-00:00"),
            "" => Err(InstantError::NoOffset),
            offset => Self::of(local, offset),
        }
    }

    fn of(local: &str, offset: &str) -> Result<Self, InstantError> {
        let shape = |text: &str, like: &str| {
            text.len() == like.len()
                && text.bytes().zip(like.bytes()).all(|(a, b)| if b == b'0' { a.is_ascii_digit() } else { a == b })
        };
        let sign = match offset.as_bytes().first() {
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => return Err(InstantError::Form),
        };
        if !shape(local, "0000-00-00T00:00:00") || !shape(&offset[1..], "00:00") {
            return Err(InstantError::Form);
        }
        let number = |text: &str| text.parse::<i32>().map_err(|_| InstantError::Form);
        let (hours, minutes) = (number(&offset[1..3])?, number(&offset[4..6])?);
        let offset_min = sign * (hours * 60 + minutes);
        if minutes > 59 || offset_min.abs() > OFFSET_MIN_MAX || &local[17..19] == "60" {
            return Err(InstantError::Impossible);
        }
        let local: DateTime = local.parse().map_err(|_| InstantError::Impossible)?;
        let as_utc = jiff::tz::TimeZone::UTC.to_timestamp(local).map_err(|_| InstantError::Impossible)?;
        let unix_s = as_utc.as_second() - i64::from(offset_min) * 60;
        Ok(Self { local, offset_min, unix_s })
    }

    /// The instant at so many seconds after 1970-01-01T00:00:00 UTC, told in UTC; `None` beyond the years 0 to 9999.
    pub fn from_unix_s(unix_s: i64) -> Option<Self> {
        let at = jiff::Timestamp::from_second(unix_s).ok()?;
        let local = at.to_zoned(jiff::tz::TimeZone::UTC).datetime();
        (0..=9999).contains(&local.year()).then_some(Self { local, offset_min: 0, unix_s })
    }

    /// Seconds after 1970-01-01T00:00:00 UTC.
    pub const fn unix_s(self) -> i64 {
        self.unix_s
    }
}

impl PartialOrd for Instant {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Instant {
    /// By what instant it is, then by the offset it was told in.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.unix_s, self.offset_min).cmp(&(other.unix_s, other.offset_min))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, min) = if self.offset_min > 0 { ('+', self.offset_min) } else { ('-', -self.offset_min) };
        write!(f, "{}{sign}{:02}:{:02}", self.local.strftime("%Y-%m-%dT%H:%M:%S"), min / 60, min % 60)
    }
}

impl serde::Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
