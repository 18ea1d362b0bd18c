//! How instants, numbers and zones are written in the chronicle's TOML files.

use crate::{Hedge, Quantity};
use jiff::tz::TimeZone;
use model::Timestamp;
use serde::Deserialize;

/// Why a file was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read line {line} of the file: {reason}")]
pub struct FileError {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong, and what would have been right.
    pub reason: String,
}

/// An instant, as a TOML date-time or as a string; always with its offset.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "Written")]
pub(crate) struct At(pub(crate) Timestamp);

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Date(toml::value::Datetime),
    Text(String),
}

impl TryFrom<Written> for At {
    type Error = model::time::TimeError;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let text = match written {
            Written::Date(date) => date.to_string(),
            Written::Text(text) => text,
        };
        Timestamp::parse(&text).map(Self)
    }
}

/// `12`, `{ n = 950, hedge = "more_than" }` or `{ low = 10, high = 15 }`.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum RawQuantity {
    Plain(u64),
    Hedged { n: u64, hedge: Hedge },
    Range { low: u64, high: u64 },
}

impl RawQuantity {
    pub(crate) fn checked(self) -> Result<Quantity, String> {
        match self {
            Self::Plain(n) => Ok(Quantity::plain(n)),
            Self::Hedged { n, hedge } => Ok(Quantity::hedged(n, hedge)),
            Self::Range { low, high } => Quantity::range(low, high).map_err(|error| error.to_string()),
        }
    }
}

/// The zone of the days of a report.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Zone {
    pub(crate) name: String,
    pub(crate) posix: String,
}

impl Zone {
    /// The rule as the time library reads it; what is wrong in words.
    pub(crate) fn rule(&self) -> Result<TimeZone, String> {
        posix(&self.posix).map_err(|why| format!("zone: {why}"))
    }
}

/// The zone of the country's days: its name, and its rule of today.
pub const KYIV: (&str, &str) = ("Europe/Kyiv", "EET-2EEST,M3.5.0/3,M10.5.0/4");

/// Zones that have a name here, with their rules of today; others are written as rules.
const ZONES: [(&str, &str); 3] = [KYIV, ("Europe/Moscow", "MSK-3"), ("UTC", "UTC0")];

pub(crate) fn posix(rule: &str) -> Result<TimeZone, String> {
    let example = "expected a POSIX rule, such as \"EET-2EEST,M3.5.0/3,M10.5.0/4\"";
    TimeZone::posix(rule).map_err(|error| format!("{error}; {example}"))
}

/// A zone by its name (`Europe/Kyiv`, `Europe/Moscow`, `UTC`) or by its POSIX rule (`EET-2EEST,M3.5.0/3,M10.5.0/4`).
///
/// # Errors
/// What is neither, with what would have been right.
pub fn zone(text: &str) -> Result<TimeZone, String> {
    if let Some((_, rule)) = ZONES.iter().find(|(name, _)| *name == text) {
        return posix(rule);
    }
    let names = ZONES.map(|(name, _)| name).join(", ");
    posix(text).map_err(|why| format!("the zone {text:?} is none of {names}, and no rule: {why}"))
}

/// The line, from 1, on which a byte stands.
pub(crate) fn line_of(text: &str, byte: usize) -> usize {
    text.get(..byte).unwrap_or(text).matches('\n').count() + 1
}
