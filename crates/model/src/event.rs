//! Everything that goes into the engine, and everything that comes out.

use crate::alert::{Alert, AlertLevel, AlertType, Outcome};
use crate::desk::DeskMemo;
use crate::filing::Filing;
use crate::place::Code;
use crate::reason::{PolicyRef, Reason};
use crate::report::{Refusal, Report, Status};
use crate::statement::Statement;
use crate::threat::ThreatKind;
use crate::time::Timestamp;
use crate::{AlertId, EventId, ReportId, SourceId};
use serde::{Deserialize, Serialize};

/// One thing that happened, in the order of the record. Invariant: `at` never goes back from one event to the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its place in the record.
    pub id: EventId,
    /// When it reached the engine.
    pub at: Timestamp,
    /// What.
    pub body: EventBody,
}

/// How one channel delivered one alert: times in milliseconds from the decision, so that the wait for the disk is in them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Receivers it was written to. A stream's bytes were taken by the kernel; a webhook answered that it has them.
    pub receivers: u64,
    /// Receivers that were behind and get the newest picture instead, or are cut off.
    pub behind: u64,
    /// The first write.
    pub first_ms: u32,
    /// The last write.
    pub last_ms: u32,
}

impl Delivery {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            receivers: self.receivers.saturating_add(other.receivers),
            behind: self.behind.saturating_add(other.behind),
            first_ms: self.first_ms.min(other.first_ms),
            last_ms: self.last_ms.max(other.last_ms),
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventBody {
    /// A source said something.
    Report(Report),
    /// A source is alive and has nothing new to say.
    Heartbeat {
        /// Which.
        source: SourceId,
    },
    /// Time passed. Recorded only when it decided something (see [`EventId`]).
    Tick,
    /// An officer acted.
    Officer {
        /// Who.
        officer: String,
        /// What.
        action: OfficerAction,
        /// The world the officer meant; `None` in records from before it was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<Status>,
    },
    /// An upstream gave its whole picture.
    Upstream(UpstreamSnapshot),
    /// A decision about an alert was sent out by one channel; summed up, and recorded after it was done.
    Receipt {
        /// The channel, such as `events`.
        channel: String,
        /// The alert delivered.
        alert: AlertId,
        /// When the last of it was sent.
        sent_at: Timestamp,
        /// To how many, and how soon; `None` in records from before it was counted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delivery: Option<Delivery>,
    },
    /// An alert that was in force when the program stopped; enters before anything else after a restart.
    Standing {
        /// The alert.
        alert: Alert,
    },
    /// What the officers' desk kept in mind when the program stopped; enters in a restart only, after the alerts.
    Desk {
        /// One thing of it.
        memo: DeskMemo,
    },
    /// The program started, and this is what it works with: decisions that follow can be worked out again from it.
    Configured {
        /// Which part.
        part: ConfigPart,
        /// SHA-256 of `text`, lower-case hexadecimal; for the policy the hash that stands on every decision.
        sha256: String,
        /// Canonical JSON; `None` when it is too long for one entry.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// Somebody published something: kept for the chronicle. It raises, changes and ends nothing.
    Statement(Statement),
    /// Something of the chronicle was filed. It raises, changes and ends nothing.
    Filing(Filing),
    /// Something came that could not be accepted; counted by source and kept, so that nothing is lost.
    Refused {
        /// Who sent it, as far as known.
        source: SourceId,
        /// Why, and where in the input.
        refusal: Refusal,
        /// The first bytes of the input as text (lossy), at most 1 KiB.
        excerpt: String,
        /// SHA-256 of the whole input, lower-case hexadecimal.
        sha256: String,
    },
}

/// A part of what the engine is told once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfigPart {
    /// When a forecast becomes a warning.
    Policy,
    /// The sources, the mode and the world; not where sensors stand.
    Sources,
    /// Where things came in before.
    CameIn,
    /// How they flew on.
    Courses,
}

/// What an officer may order. Every order has its reason, in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum OfficerAction {
    /// Raise an alert.
    Raise {
        /// For whom.
        community: Code,
        /// Of what.
        alert_type: AlertType,
        /// How grave.
        level: AlertLevel,
        /// Of which kinds.
        kinds: Vec<ThreatKind>,
        /// Why.
        reason: String,
    },
    /// Make an alert of an advisory, or stand behind one that a policy raised.
    Confirm {
        /// Which.
        alert: AlertId,
        /// Why.
        reason: String,
    },
    /// Keep an alert standing whatever the forecast says.
    Hold {
        /// Which.
        alert: AlertId,
        /// Why.
        reason: String,
    },
    /// Hold it no longer; another holder must be left.
    Release {
        /// Which.
        alert: AlertId,
        /// Why.
        reason: String,
    },
    /// Alert these communities inside the alert's own instead.
    Narrow {
        /// Which.
        alert: AlertId,
        /// Where it goes on.
        communities: Vec<Code>,
        /// How it ended for the rest.
        outcome: Outcome,
        /// Why.
        reason: String,
    },
    /// Alert a community that holds the alert's own, as gravely. The smaller alert stands on.
    Widen {
        /// Which.
        alert: AlertId,
        /// The wider community.
        community: Code,
        /// Why.
        reason: String,
    },
    /// End an alert.
    End {
        /// Which.
        alert: AlertId,
        /// How it ended.
        outcome: Outcome,
        /// Why.
        reason: String,
    },
    /// End several alerts by one word. Those that are not in force any longer are passed over.
    EndTogether {
        /// Which, at most [`OfficerAction::TOGETHER_MAX`].
        alerts: Vec<AlertId>,
        /// How they ended.
        outcome: Outcome,
        /// Why.
        reason: String,
    },
    /// End an alert that should not have been raised: one action, one person.
    Retract {
        /// Which.
        alert: AlertId,
        /// Why.
        reason: String,
    },
    /// Second another officer's order that needs two people.
    Second {
        /// The event of that order.
        proposal: EventId,
        /// Why.
        reason: String,
    },
}

impl OfficerAction {
    /// Most alerts that one order ends.
    pub const TOGETHER_MAX: usize = 64;

    /// Why, in the officer's words.
    pub fn reason(&self) -> &str {
        match self {
            Self::Raise { reason, .. }
            | Self::Confirm { reason, .. }
            | Self::Hold { reason, .. }
            | Self::Release { reason, .. }
            | Self::Narrow { reason, .. }
            | Self::Widen { reason, .. }
            | Self::End { reason, .. }
            | Self::EndTogether { reason, .. }
            | Self::Retract { reason, .. }
            | Self::Second { reason, .. } => reason,
        }
    }
}

/// The whole picture of an upstream at one time: communities it covers and does not list are clear by its word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UpstreamSnapshot {
    /// Which upstream.
    pub source: SourceId,
    /// Which world.
    pub status: Status,
    /// The upstream's own time of the picture.
    pub observed_at: Timestamp,
    /// When it reached us.
    pub received_at: Timestamp,
    /// The regions this part of the picture speaks for; empty means every region. A picture too large for one entry
    /// of the record is cut into parts by region; communities outside `regions` keep the word they had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<Code>,
    /// Alerts in force, sorted by community and type.
    pub alerts: Vec<UpstreamAlert>,
    /// Regions it names that could not be resolved: their communities are *unknown* by this upstream, never clear.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refusal>,
    /// Lowest communities known to hold what could not be resolved; `None` with a refusal means anywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubtful: Vec<Code>,
}

/// One alert in an upstream's picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UpstreamAlert {
    /// For whom.
    pub community: Code,
    /// Of what.
    pub alert_type: AlertType,
    /// Level when told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<AlertLevel>,
    /// Reasons when told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<ThreatKind>,
    /// When it began by the upstream.
    pub started_at: Timestamp,
}

/// One thing decided. The `causes` are the events that brought it about, newest last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// When.
    pub decided_at: Timestamp,
    /// Because of what.
    pub causes: Vec<EventId>,
    /// What.
    pub body: DecisionBody,
    /// Why, with the numbers; `None` for a note, whose sentence says it, and in records from before reasons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The policy in use; `None` in records from before policies had names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyRef>,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum DecisionBody {
    /// An alert begins.
    Raise(Alert),
    /// An alert changes.
    Update(Alert),
    /// An alert ends; `alert.ended_at` is set and `holders` tells who held it last.
    End {
        /// The alert.
        alert: Alert,
        /// How.
        outcome: Outcome,
        /// Who ended it: a source, an officer or a policy. Never empty.
        by: String,
    },
    /// Something worth keeping that changes no alert.
    Note(Note),
}

/// A note of the engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// What about.
    pub kind: NoteKind,
    /// Which source, when it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceId>,
    /// Which community, when it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community: Option<Code>,
    /// Which report, when it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<ReportId>,
    /// A sentence for people.
    pub detail: String,
    /// What the officers' desk keeps in mind from now on, when that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<DeskMemo>,
}

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// A source fell silent past its limit: what it covers is unknown from now on.
    SourceStale,
    /// A source speaks again.
    SourceBack,
    /// Official sources disagree about a community.
    DisagreementBegan,
    /// They agree again.
    DisagreementEnded,
    /// A report was not believed, or was seen before; the detail says why.
    Disbelieved,
    /// An order from a source that is not official: kept as a claim.
    ClaimOnly,
    /// An officer's order waits for a second officer.
    OrderWaits,
    /// An officer's order was carried out in part; the detail says what was not done, and why.
    OrderPartly,
    /// A second officer seconded it.
    OrderSeconded,
    /// Nobody seconded it in time.
    OrderLapsed,
    /// An officer judged what threatens a community to be no reason for an alert: the policy does not raise it again.
    ThreatDismissed,
    /// An alert of this centre stands for long; the detail says who holds it and since when.
    LongAlert,
    /// The engine met something it cannot explain and dropped it; standing alerts stand.
    Fault,
}
