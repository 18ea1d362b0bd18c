//! What is true now, by whose word, and how old it is: the engine's answer to anyone who asks.

use crate::alert::{Alert, AlertLevel};
use crate::desk::WaitingOrder;
use crate::place::Code;
use crate::threat::ThreatKind;
use crate::time::Timestamp;
use crate::track::{Forecast, Track};
use crate::{AlertId, SourceId};
use serde::{Deserialize, Serialize};

/// The three-valued truth about a community. Clear only by an explicit, attributable clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommunityStatus {
    /// An alert is in force here or above.
    Active,
    /// Every live official source that covers it says clear, and none that last said active has gone silent.
    Clear,
    /// Nothing is known, or what was known is too old.
    Unknown,
}

/// What one source says of one community.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// Alert.
    Active,
    /// No alert.
    Clear,
    /// It has not said, or is too silent to be believed.
    Unknown,
}

/// One source's view of one community.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Who.
    pub source: SourceId,
    /// What it says now.
    pub word: Word,
    /// What it said last, when it is now unknown from silence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_word: Option<Word>,
    /// Since when it says so; `None` when it never said anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When it was last heard at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard_at: Option<Timestamp>,
}

/// The state of one community.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CommunityState {
    /// Which.
    pub community: Code,
    /// The truth.
    pub status: CommunityStatus,
    /// Level when active.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<AlertLevel>,
    /// Kinds when active.
    pub kinds: Vec<ThreatKind>,
    /// Alerts in force that reach it (its own and its ancestors').
    pub alerts: Vec<AlertId>,
    /// Some community below it is active while it is not itself.
    pub partial: bool,
    /// AllClear's own forecast says that something may arrive (advisory, on top of the truth).
    pub elevated: Option<Arrival>,
    /// Since when the status holds; `None` when it never was anything but unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When unknown: what was known last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_known: Option<Word>,
    /// Official sources contradict each other.
    pub disagreement: bool,
    /// Who says what.
    pub said_by: Vec<View>,
    /// The instant this is true for.
    pub as_of: Timestamp,
}

/// When something may arrive, and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Arrival {
    /// Probability of arrival inside the horizon, 0..=1.
    pub probability: f64,
    /// Seconds from `as_of` to the early end of the 90 % window; 0 when it may be here already.
    pub earliest_s: u32,
    /// Seconds to the late end of the 90 % window.
    pub latest_s: u32,
    /// Most likely kind.
    pub kind: ThreatKind,
}

/// Whether a source is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceLink {
    /// Heard within its limit.
    Live,
    /// Silent past its limit.
    Stale,
    /// Never heard.
    Never,
}

/// The health of one source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceHealth {
    /// Which.
    pub source: SourceId,
    /// Whether its words are orders.
    pub official: bool,
    /// Whether it is heard.
    pub link: SourceLink,
    /// When it was last heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard_at: Option<Timestamp>,
    /// How long it may be silent, in seconds.
    pub stale_after_s: u32,
    /// Reports accepted.
    pub accepted: u64,
    /// Items and inputs refused.
    pub refused: u64,
    /// The latest refusal in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_refusal: Option<String>,
}

/// Everything the engine knows at `as_of`. Community states are given for every region and raion,
/// and for a hromada only where it differs from its raion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// The instant.
    pub as_of: Timestamp,
    /// Sorted by code.
    pub communities: Vec<CommunityState>,
    /// Alerts in force, sorted by id.
    pub alerts: Vec<Alert>,
    /// Tracks not ended, sorted by id.
    pub tracks: Vec<Track>,
    /// Forecasts above the reporting floor, sorted by track and community.
    pub forecasts: Vec<Forecast>,
    /// Sources, sorted by name.
    pub sources: Vec<SourceHealth>,
    /// Orders that wait for a second officer, oldest first. For officers only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<WaitingOrder>,
    /// Alerts of this centre that only its policy holds and that no rule of it holds any longer: they wait for a watch of
    /// live sensors or for an officer's word. For officers only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unheld: Vec<AlertId>,
}
