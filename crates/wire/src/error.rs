//! Why a whole body of bytes could not be read.
//!
//! What comes in: the place, what was found there and what would have been right. What goes out: one error that
//! says all three, and the [`Refusal`] that keeps it in the record. Parts that can be refused alone (one alert, one
//! report of an array) are refusals beside the accepted ones, never a `WireError`.

use model::Refusal;
use std::fmt;

/// Longest piece of a stranger's value repeated in a message, in characters.
pub(crate) const QUOTE_CHARS_MAX: usize = 60;

/// Which rule a body broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WireReason {
    /// More bytes, entries or values than are read.
    TooLarge,
    /// Not UTF-8.
    InvalidUtf8,
    /// Not JSON.
    BrokenJson,
    /// JSON, but not of the documented shape.
    WrongShape,
}

impl WireReason {
    /// The stable name, as it appears in refusals and counters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::InvalidUtf8 => "invalid_utf8",
            Self::BrokenJson => "broken_json",
            Self::WrongShape => "wrong_shape",
        }
    }
}

impl fmt::Display for WireReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A body that was refused whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read {place}: found {found}, expected {expected}")]
pub struct WireError {
    /// Which rule it broke.
    pub reason: WireReason,
    /// Where: a JSON path (`$.alerts`) or a byte (`byte 812, line 3`).
    pub place: String,
    /// What stood there, clipped.
    pub found: String,
    /// What would have been right.
    pub expected: String,
    /// First byte concerned, when it is known; 0 otherwise.
    pub byte: usize,
}

impl WireError {
    pub(crate) fn shape(place: &str, found: impl Into<String>, expected: &str) -> Self {
        Self {
            reason: WireReason::WrongShape,
            place: place.into(),
            found: found.into(),
            expected: expected.into(),
            byte: 0,
        }
    }

    pub(crate) fn large(place: &str, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self {
            reason: WireReason::TooLarge,
            place: place.into(),
            found: found.into(),
            expected: expected.into(),
            byte: 0,
        }
    }

    /// The same as the record keeps it.
    pub fn refusal(&self) -> Refusal {
        let byte = u32::try_from(self.byte).unwrap_or(u32::MAX);
        Refusal { reason: self.reason.name().into(), detail: self.to_string(), start: byte, end: byte }
    }
}

/// A stranger's words, clipped and quoted for a message.
pub(crate) fn quoted(text: &str) -> String {
    let clipped: String = text.chars().take(QUOTE_CHARS_MAX).collect();
    if clipped.len() < text.len() { format!("{clipped:?}…") } else { format!("{clipped:?}") }
}
