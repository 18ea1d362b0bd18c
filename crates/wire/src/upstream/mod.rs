//! What the decoders of the alert services have in common: the snapshot they give and how it is put together.
//!
//! What comes in: alerts, refusals and doubts, in the order of the service's list. What goes out: [`Snapshot`].
//! What always holds: alerts are sorted by community and type, one for each pair, with the gravest level, every kind
//! and the earliest begin that any of the service's entries gave; a region that was named but not found is in
//! `refused`, and what may hold it is in `doubtful`, so that it is never read as clear.
//! Deliberately absent: a clock. The instant of receipt comes in as data.

pub(crate) mod json;
pub(crate) mod region;
pub(crate) mod time;

pub use json::parse as parse_json;

use model::{
    AlertLevel, AlertType, AreaSet, Code, Refusal, SourceId, Status, ThreatKind, Timestamp, UpstreamAlert,
    UpstreamSnapshot,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Most bytes of one body.
pub const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Most entries of one body's list.
pub const ALERTS_MAX: usize = 5_000;
/// Most refusals, and most notes, kept of one body; doubts are kept all.
pub const REFUSALS_MAX: usize = 32;

/// The whole picture of an upstream, as one body gave it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Snapshot {
    /// The upstream's own time of the picture; the instant of receipt when it gave none that can be true.
    pub observed_at: Timestamp,
    /// Alerts in force.
    pub alerts: Vec<UpstreamAlert>,
    /// Regions and entries that could not be resolved, at most [`REFUSALS_MAX`].
    pub refused: Vec<Refusal>,
    /// Lowest communities known to hold what was refused. Empty beside a refusal means anywhere.
    pub doubtful: Vec<Code>,
    /// Oddities that leave no community in doubt (an unknown word taken as the gravest, the test region), at most
    /// [`REFUSALS_MAX`]: worth counting and showing.
    pub notes: Vec<Refusal>,
}

impl Snapshot {
    /// Whether the two say the same of every community; times of the picture and notes aside.
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.alerts == other.alerts && self.doubtful == other.doubtful && self.refused.len() == other.refused.len()
    }

    /// Regions of which the service itself says that it knows nothing (a server of this house does): in doubt, not clear.
    pub fn doubt_uids(&mut self, uids: &[u32], areas: &AreaSet) {
        const REASON: &str = "unknown_there";
        if uids.is_empty() || self.refused.iter().any(|refusal| refusal.reason == REASON) {
            return;
        }
        let anywhere = !self.refused.is_empty() && self.doubtful.is_empty();
        let regions = region::Regions::new(areas);
        let found: Option<Vec<Code>> = uids.iter().map(|uid| regions.by_uid(*uid)).collect();
        let listed: Vec<String> = uids.iter().take(30).map(u32::to_string).collect();
        let detail = format!(
            "learn the state of {} regions from the service: unknown there (uids {})",
            uids.len(),
            listed.join(", ")
        );
        self.refused.push(refusal(REASON, detail));
        match found {
            Some(found) if !anywhere => {
                self.doubtful.extend(found);
                self.doubtful.sort_unstable();
                self.doubtful.dedup();
            }
            _ => self.doubtful.clear(),
        }
    }

    /// The snapshot as an event's body.
    pub fn into_upstream(self, source: SourceId, status: Status, received_at: Timestamp) -> UpstreamSnapshot {
        UpstreamSnapshot {
            source,
            status,
            observed_at: self.observed_at,
            received_at,
            regions: Vec::new(),
            alerts: self.alerts,
            refused: self.refused,
            doubtful: self.doubtful,
        }
    }
}

/// What may hold a region that could not be resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// This community or something below it.
    Within(Code),
    /// Nobody can say.
    Anywhere,
}

/// A snapshot in the making.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    alerts: BTreeMap<(Code, AlertType), UpstreamAlert>,
    refused: Vec<Refusal>,
    notes: Vec<Refusal>,
    doubtful: BTreeSet<Code>,
    anywhere: bool,
    unkept: usize,
}

impl Draft {
    /// Adds an alert, or what it says more than an entry before it for the same community and type.
    pub(crate) fn alert(&mut self, alert: UpstreamAlert) {
        let key = (alert.community, alert.alert_type);
        let Some(kept) = self.alerts.get_mut(&key) else {
            let mut alert = alert;
            tidy(&mut alert.kinds);
            self.alerts.insert(key, alert);
            return;
        };
        kept.level = gravest(kept.level, alert.level);
        kept.started_at = kept.started_at.min(alert.started_at);
        kept.kinds.extend(alert.kinds);
        tidy(&mut kept.kinds);
    }

    /// Whether an alert stands for this community.
    pub(crate) fn is_active(&self, community: Code) -> bool {
        self.alerts.range((community, AlertType::AirRaid)..).next().is_some_and(|((code, _), _)| *code == community)
    }

    /// Refuses something that leaves communities in doubt.
    pub(crate) fn refuse(&mut self, reason: &str, detail: String, doubt: Doubt) {
        match doubt {
            Doubt::Within(code) => drop(self.doubtful.insert(code)),
            Doubt::Anywhere => self.anywhere = true,
        }
        if self.refused.len() < REFUSALS_MAX {
            self.refused.push(refusal(reason, detail));
        } else {
            self.unkept += 1;
        }
    }

    /// Notes something that leaves no community in doubt.
    pub(crate) fn note(&mut self, reason: &str, detail: String) {
        if self.notes.len() < REFUSALS_MAX {
            self.notes.push(refusal(reason, detail));
        }
    }

    /// The finished snapshot.
    pub(crate) fn finish(mut self, observed_at: Timestamp) -> Snapshot {
        if self.unkept > 0
            && let Some(last) = self.refused.last_mut()
        {
            last.detail = format!("{}; and {} more entries that were refused", last.detail, self.unkept);
        }
        let doubtful = if self.anywhere { Vec::new() } else { self.doubtful.into_iter().collect() };
        Snapshot {
            observed_at,
            alerts: self.alerts.into_values().collect(),
            refused: self.refused,
            doubtful,
            notes: self.notes,
        }
    }
}

fn tidy(kinds: &mut Vec<ThreatKind>) {
    kinds.sort_unstable();
    kinds.dedup();
}

/// The graver of two levels; one that was not told is read as red beside one that was.
fn gravest(a: Option<AlertLevel>, b: Option<AlertLevel>) -> Option<AlertLevel> {
    if a == b { a } else { Some(a.unwrap_or(AlertLevel::Red).max(b.unwrap_or(AlertLevel::Red))) }
}

fn refusal(reason: &str, detail: String) -> Refusal {
    Refusal { reason: reason.into(), detail, start: 0, end: 0 }
}
