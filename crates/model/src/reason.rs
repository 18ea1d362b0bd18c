//! Why something was decided: the rule that asked for it and the numbers it rests on.

use crate::alert::Outcome;
use crate::picture::{Arrival, Word};
use crate::place::Code;
use crate::time::Timestamp;
use crate::{SourceId, TrackId};
use serde::{Deserialize, Serialize};

/// The policy by which a decision was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRef {
    /// Its name.
    pub name: String,
    /// Its own count of changes.
    pub revision: u32,
    /// SHA-256 of its canonical bytes, lower-case hexadecimal: equal only when every number is equal.
    pub sha256: String,
}

/// Why an alert began, changed or ended. The events are the decision's `causes`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// A rule of the policy by its name there, or `advisory`, `official_word`, `officer`.
    pub rule: String,
    /// What made it apply.
    pub because: Because,
}

/// What made a rule apply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Because {
    /// The probability of arrival reached the threshold, inside the lead where the rule has one.
    Reached(Numbers),
    /// What was told has changed enough to be told again.
    Moved(Numbers),
    /// The probability fell below the threshold; for an alert of this centre, while somebody watched.
    Fell {
        /// Probability left, 0 when nothing is foreseen.
        probability: f64,
        /// Below which it may end.
        threshold: f64,
        /// How long the alert has stood, seconds.
        stood_s: u32,
        /// How long it had to stand at least, seconds.
        hold_s: u32,
        /// The live sensors that covered the community; `None` for an advisory, whose end is no all-clear.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        watch: Option<Watch>,
    },
    /// An official source said so.
    Said {
        /// Which.
        source: SourceId,
        /// What it says now of this alert.
        word: Word,
    },
    /// An officer ordered it.
    Ordered {
        /// What was ordered: `raise`, `confirm`, `hold`, `release`, `narrow`, `widen`, `end`, `retract`.
        order: String,
        /// Who.
        officer: String,
        /// Who seconded it, where two people are needed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        second: Option<String>,
        /// Why, in the officer's words.
        words: String,
        /// How it ended, for an order that ends.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<Outcome>,
    },
}

/// The numbers behind a warning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    /// The community that is threatened: the alert's own or one inside it.
    pub community: Code,
    /// Probability, window and likeliest kind, from `decided_at`.
    pub arrival: Arrival,
    /// The probability the rule asks for.
    pub threshold: f64,
    /// The rule begins when the arrival is no further than this, seconds; `None` when whenever it is foreseen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_s: Option<u32>,
    /// For a rule that asks when the arrival is due, what of it counted. The threshold is for this probability then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due>,
    /// The tracks that may arrive, likeliest first, at most 16. Empty: the threat was told of the place, nothing is placed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tracks: Vec<TrackId>,
}

/// The part of an arrival that falls between two instants.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Due {
    /// From so many seconds after `decided_at`.
    pub from_s: u32,
    /// To so many seconds after it.
    pub to_s: u32,
    /// Probability that the first arrival falls between them.
    pub probability: f64,
}

/// A live sensor's unbroken watch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// Which source.
    pub source: SourceId,
    /// Heard without a gap since.
    pub since: Timestamp,
}
