//! What is wrong in a message: an id, the place, what is there, and what would have been right.

use crate::xml::Place;
use serde::Serialize;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Gravity {
    /// Worth knowing.
    Note,
    /// Some receivers will not do with it what is meant.
    Warning,
    /// It is no CAP, or says what cannot be meant.
    Error,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which rule; the list is in docs/reference/cap-lint.md.
    pub id: &'static str,
    /// How grave.
    pub gravity: Gravity,
    /// The element, such as `alert/info[2]/area[1]/polygon[1]`.
    pub path: String,
    /// Where it begins.
    pub place: Place,
    /// What is there.
    pub message: String,
    /// What would have been right.
    pub remedy: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let gravity = match self.gravity {
            Gravity::Note => "note",
            Gravity::Warning => "warning",
            Gravity::Error => "error",
        };
        let Place { line, column } = self.place;
        write!(f, "{line}:{column}: {gravity} {}: {}: {}; {}", self.id, self.path, self.message, self.remedy)
    }
}
