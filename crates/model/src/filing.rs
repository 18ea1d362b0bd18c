//! The filing: one thing of the chronicle that a person or an import put into the record, such as an incident or a stance.
//!
//! Invariants:
//!   text.len() <= [`FILING_BYTES_MAX`]
//!   a filing never changes: a later one of the same dossier, kind and id replaces it from then on, and erases nothing
//!   what is sealed is in the record as a hash of a salt and the text; both come with the filing that opens it

use crate::report::Status;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Longest text of one filing, in bytes: it fits into one entry of the record, however much of it is escaped.
pub const FILING_BYTES_MAX: usize = 28 * 1024;
/// Longest name of a dossier and longest id of a filing, in bytes.
pub const DOSSIER_BYTES_MAX: usize = 64;
/// As above.
pub const FILING_ID_BYTES_MAX: usize = 256;

/// What is filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilingKind {
    /// What a dossier is: its name, its parties, its zone.
    Head,
    /// A version of a regime's text.
    Regime,
    /// How a party stands to a regime.
    Stance,
    /// A version of an incident.
    Incident,
    /// Hours in which somebody could have seen something.
    Coverage,
    /// What a party counted.
    Count,
    /// A sanction, a pledge or another dated thing.
    Measure,
    /// An alert as somebody else's log has it.
    Alert,
    /// A claim as a person wrote it down.
    Claim,
    /// How a person read a quantity that the grammar left.
    Reading,
    /// A quantity that a person looked at and set aside.
    Aside,
    /// A person's grade of an incident.
    Grade,
    /// A person's word that an embargo may end early.
    Lift,
}

impl FilingKind {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Regime => "regime",
            Self::Stance => "stance",
            Self::Incident => "incident",
            Self::Coverage => "coverage",
            Self::Count => "count",
            Self::Measure => "measure",
            Self::Alert => "alert",
            Self::Claim => "claim",
            Self::Reading => "reading",
            Self::Aside => "aside",
            Self::Grade => "grade",
            Self::Lift => "lift",
        }
    }
}

/// What a filing says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Content {
    /// This, as canonical JSON: the fields in one order, nothing between them.
    Told {
        /// The JSON.
        text: String,
    },
    /// Something that is not public before a time.
    Sealed {
        /// SHA-256 of the salt, a line feed and the text; lower-case hexadecimal.
        commitment: String,
        /// Until when.
        until: Timestamp,
    },
    /// What was sealed.
    Opened {
        /// The JSON.
        text: String,
        /// Which seal it answers.
        commitment: String,
        /// What was hashed before the text, so that the text could not be guessed.
        salt: String,
    },
    /// It no longer stands, and stays in the record.
    Withdrawn {
        /// Why.
        reason: String,
    },
}

/// One thing of the chronicle, filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    /// Which world.
    pub status: Status,
    /// Which dossier: 1 to [`DOSSIER_BYTES_MAX`] letters a to z, digits and hyphens.
    pub dossier: String,
    /// What it is.
    pub kind: FilingKind,
    /// Its name within dossier and kind, 1 to [`FILING_ID_BYTES_MAX`] bytes.
    pub id: String,
    /// Who filed it: `import`, or a reviewer's name after `reviewer:`.
    pub by: String,
    /// What it says.
    pub content: Content,
}

impl Filing {
    /// What is wrong with its names or its length, in words that fit after "failed to".
    ///
    /// # Errors
    /// The field and the bound.
    pub fn check(&self) -> Result<(), String> {
        let slug = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
        if self.dossier.is_empty() || self.dossier.len() > DOSSIER_BYTES_MAX || !self.dossier.bytes().all(slug) {
            let shown: String = self.dossier.chars().take(40).collect();
            return Err(format!(
                "use the dossier's name {shown:?}: expected 1 to {DOSSIER_BYTES_MAX} of a to z, 0 to 9 and -"
            ));
        }
        if self.id.is_empty() || self.id.len() > FILING_ID_BYTES_MAX || self.id.chars().any(char::is_control) {
            let shown: String = self.id.chars().take(40).collect();
            return Err(format!(
                "use the id {shown:?}: expected 1 to {FILING_ID_BYTES_MAX} bytes without control characters"
            ));
        }
        let text = match &self.content {
            Content::Told { text } | Content::Opened { text, .. } | Content::Withdrawn { reason: text } => text,
            Content::Sealed { commitment, .. } => commitment,
        };
        if text.len() > FILING_BYTES_MAX {
            return Err(format!(
                "file {} {:?}: {} bytes, at most {FILING_BYTES_MAX}; name where the long text stands instead",
                self.kind.name(),
                self.id,
                text.len()
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_lengths_are_refused_with_what_would_have_been_right() {
        let right = Filing {
            status: Status::Actual,
            dossier: "energy-30".into(),
            kind: FilingKind::Incident,
            id: "poltava-1/v1".into(),
            by: "import".into(),
            content: Content::Told { text: "{}".into() },
        };
        assert_eq!(right.check(), Ok(()));
        let wrong = [
            Filing { dossier: "Energy".into(), ..right.clone() },
            Filing { dossier: String::new(), ..right.clone() },
            Filing { id: "a\u{0}".into(), ..right.clone() },
            Filing { id: "x".repeat(FILING_ID_BYTES_MAX + 1), ..right.clone() },
            Filing { content: Content::Told { text: "x".repeat(FILING_BYTES_MAX + 1) }, ..right },
        ];
        for filing in wrong {
            assert!(filing.check().is_err(), "{filing:?}");
        }
    }
}
