//! The alert: a state told to people for one community, from its raise to its explicit end.

use crate::place::Code;
use crate::threat::ThreatKind;
use crate::time::Timestamp;
use crate::{AlertId, EventId, SourceId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How grave (the Ukrainian two-level alert of September 2026).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertLevel {
    /// Drone threat.
    Yellow,
    /// Missile or enhanced threat. A level that was not told is read as red.
    Red,
}

/// What the alert warns of, with the spelling of alerts.in.ua.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertType {
    /// From the air.
    AirRaid,
    /// Artillery shelling.
    ArtilleryShelling,
    /// Fighting in the streets.
    UrbanFights,
    /// Chemical.
    Chemical,
    /// Radiation.
    Nuclear,
}

/// By whose word an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Ordered by an official source; relayed, never altered.
    Official,
    /// AllClear's own forecast, shown beside official alerts (`elevated`). Its end is never an all-clear.
    Advisory,
    /// Raised by the policy or an officer of this centre (authority mode).
    Authority,
}

/// How an alert ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The danger has passed.
    Passed,
    /// It should not have been raised.
    Mistaken,
}

/// An alert for one community. Invariant: in force (`ended_at == None`) implies `holders` is not empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Its number.
    pub id: AlertId,
    /// By whose word.
    pub standing: Standing,
    /// For whom.
    pub community: Code,
    /// Of what.
    pub alert_type: AlertType,
    /// The gravest level any holder gives.
    pub level: AlertLevel,
    /// The kinds all holders give, sorted.
    pub kinds: Vec<ThreatKind>,
    /// When it began, by its first holder.
    pub started_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it ended; `None` while in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Who keeps it standing. For an advisory the holder is the name of the policy.
    pub holders: BTreeMap<SourceId, Holder>,
    /// Probability and window of arrival for an advisory or an authority alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrival: Option<crate::picture::Arrival>,
}

/// One source's word that keeps an alert standing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Holder {
    /// Since when this source says so.
    pub since: Timestamp,
    /// Level it gives, when it gives one; an officer who only holds an alert gives none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<AlertLevel>,
    /// Reasons it gives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<ThreatKind>,
    /// The event that said so.
    pub event: EventId,
    /// The second officer, when two people ordered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<String>,
    /// Why, in an officer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

impl Holder {
    /// A source's word, without a second officer.
    pub const fn of(since: Timestamp, level: Option<AlertLevel>, kinds: Vec<ThreatKind>, event: EventId) -> Self {
        Self { since, level, kinds, event, second: None, words: None }
    }
}
