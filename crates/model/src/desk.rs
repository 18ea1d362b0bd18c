//! What the officers' desk keeps in mind from one event to the next, as it stands in the record.
//!
//! A note carries it when it changes ([`Note::desk`](crate::Note::desk)); after a restart the same memos are handed back
//! ([`EventBody::Desk`](crate::EventBody::Desk)), so that no order that waits and no judgement of an officer is lost.

use crate::alert::{AlertLevel, AlertType};
use crate::place::Code;
use crate::threat::ThreatKind;
use crate::time::Timestamp;
use crate::{EventId, TrackId};
use serde::{Deserialize, Serialize};

/// One thing the desk keeps in mind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "memo", rename_all = "snake_case")]
pub enum DeskMemo {
    /// An order waits for a second officer.
    Waits(WaitingOrder),
    /// It waits no longer: seconded, or too late.
    Closed {
        /// The event of the order.
        order: EventId,
    },
    /// What an officer judged to be no reason for an alert of this community.
    Dismissed {
        /// For whom.
        community: Code,
        /// The tracks that threatened it then.
        tracks: Vec<TrackId>,
        /// The events that told then of a threat without an object.
        told: Vec<EventId>,
    },
}

/// An order that waits for a second officer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WaitingOrder {
    /// The event of the order: a second officer names it.
    pub order: EventId,
    /// Who gave it.
    pub officer: String,
    /// `raise`, `confirm` or `widen`.
    pub action: String,
    /// For whom the alert is wanted.
    pub community: Code,
    /// Of what.
    pub alert_type: AlertType,
    /// How grave.
    pub level: AlertLevel,
    /// Of which kinds, sorted.
    pub kinds: Vec<ThreatKind>,
    /// The officer's reason.
    pub reason: String,
    /// Why one person is not enough.
    pub why: String,
    /// When it was given.
    pub at: Timestamp,
    /// The last instant at which it can be seconded.
    pub until: Timestamp,
}
