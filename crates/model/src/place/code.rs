//! Codes and levels of communities.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// Longest code, in bytes. KATOTTG codes have 19.
pub const CODE_BYTES_MAX: usize = 23;

/// A community's or settlement's code: ASCII letters, digits, `-` and `_`, 1 to [`CODE_BYTES_MAX`] bytes. Copied freely.
///
/// For Ukraine this is the whole KATOTTG code, such as `UA59000000000057109`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Code {
    bytes: [u8; CODE_BYTES_MAX],
    len: u8,
}

/// By bytes, and a shorter one before a longer that begins with it.
impl Ord for Code {
    fn cmp(&self, other: &Self) -> Ordering {
        self.number().cmp(&other.number())
    }
}
impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Why a code was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read {0:?} as a code: expected 1 to 23 ASCII letters, digits, '-' or '_'")]
pub struct CodeError(String);

impl Code {
    /// Its bytes as one number, most significant first, as two words: they are compared on every look-up of a community, and a
    /// call to compare memory costs more than the comparison. What is not used of the bytes is 0.
    fn number(&self) -> (u128, u64) {
        let [head @ .., b16, b17, b18, b19, b20, b21, b22] = self.bytes;
        (u128::from_be_bytes(head), u64::from_be_bytes([b16, b17, b18, b19, b20, b21, b22, self.len]))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        // The constructor let in ASCII only, so this cannot be empty by accident.
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}

impl FromStr for Code {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let fits = (1..=CODE_BYTES_MAX).contains(&text.len());
        if !fits || !text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            return Err(CodeError(text.chars().take(40).collect()));
        }
        let mut bytes = [0; CODE_BYTES_MAX];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self { bytes, len: u8::try_from(text.len()).unwrap_or(u8::MAX) })
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({})", self.as_str())
    }
}
impl Serialize for Code {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}
impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Levels, from the widest to the smallest. `Oblast` stands for every first-level region (Crimea, Kyiv and Sevastopol too).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The whole country.
    Country,
    /// First level: 24 oblasts, Crimea, Kyiv, Sevastopol.
    Oblast,
    /// Second level.
    Raion,
    /// Third level: a territorial community.
    Hromada,
    /// A town or village: a point with people.
    Settlement,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_the_order_of_their_text() {
        let texts = ["UA59", "UA590", "UA5", "A", "Z", "_", "-", "a", "UA59000000000057109", "UA59000000000057110"];
        let long = ["X1234567890123456789012", "X1234567890123456789013", "X123456789012345678901"];
        let mut codes: Vec<Code> = texts.iter().chain(&long).map(|text| text.parse().unwrap()).collect();
        let mut sorted = [&texts[..], &long[..]].concat();
        codes.sort_unstable();
        sorted.sort_unstable();
        assert_eq!(codes.iter().map(Code::as_str).collect::<Vec<_>>(), sorted);
    }
}
