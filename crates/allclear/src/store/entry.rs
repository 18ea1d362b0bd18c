//! One entry of the record and its bytes: JSON with a version first and the fields always in the same order.
//!
//! `{"v":1,"entry":"event","id":7,"at":"…","body":{"event":"report",…}}`
//! `{"v":1,"entry":"decision","decided_at":"…","causes":[7],"body":{"decision":"raise",…},"reason":{…},"policy":{…}}`
//! The bytes are what is hashed; they are never written anew from what was read.

use model::{Decision, DecisionBody, Event, EventBody, EventId, PolicyRef, Reason, Timestamp};
use serde::{Deserialize, Serialize};

/// Version of the form of an entry. An old program refuses a newer one instead of losing its fields.
pub(crate) const VERSION: u8 = 1;

/// One entry: something that happened, or something decided.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::large_enum_variant)] // Written and read one at a time: a box would cost an allocation for each.
pub enum Entry {
    /// It happened.
    Event(Event),
    /// It was decided.
    Decision(Decision),
}

/// Why bytes are no entry.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EntryError {
    #[error("its version is {0}, this program knows {VERSION}")]
    Version(u64),
    #[error("it is not an entry: {0}")]
    Form(#[from] serde_json::Error),
}

#[derive(Serialize)]
struct EventLine<'a> {
    v: u8,
    entry: &'static str,
    id: EventId,
    at: Timestamp,
    body: &'a EventBody,
}

#[derive(Serialize)]
struct DecisionLine<'a> {
    v: u8,
    entry: &'static str,
    decided_at: Timestamp,
    causes: &'a [EventId],
    body: &'a DecisionBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: &'a Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: &'a Option<PolicyRef>,
}

#[derive(Deserialize)]
struct Head {
    v: u64,
    entry: String,
}

impl Entry {
    /// `event` or `decision`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Event(_) => "event",
            Self::Decision(_) => "decision",
        }
    }

    /// When it happened or was decided.
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Event(event) => event.at,
            Self::Decision(decision) => decision.decided_at,
        }
    }

    /// What it is, in a word or two, for messages.
    pub(crate) const fn describe(&self) -> &'static str {
        match self {
            Self::Event(event) => match event.body {
                EventBody::Report(_) => "a report",
                EventBody::Heartbeat { .. } => "a heartbeat",
                EventBody::Tick => "a tick",
                EventBody::Officer { .. } => "an officer's action",
                EventBody::Upstream(_) => "an upstream's picture",
                EventBody::Receipt { .. } => "a receipt",
                EventBody::Standing { .. } => "a standing alert",
                EventBody::Desk { .. } => "a memo of the desk",
                EventBody::Configured { .. } => "a start with its configuration",
                EventBody::Statement(_) => "a statement",
                EventBody::Filing(_) => "a filing of the chronicle",
                EventBody::Refused { .. } => "a refusal",
            },
            Self::Decision(_) => "a decision",
        }
    }

    /// The bytes that are stored and hashed.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        match self {
            Self::Event(Event { id, at, body }) => {
                serde_json::to_vec(&EventLine { v: VERSION, entry: "event", id: *id, at: *at, body })
            }
            Self::Decision(Decision { decided_at, causes, body, reason, policy }) => {
                let (v, entry) = (VERSION, "decision");
                serde_json::to_vec(&DecisionLine { v, entry, decided_at: *decided_at, causes, body, reason, policy })
            }
        }
    }

    /// Reads an entry from a file; what is wrong in words.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        Self::from_bytes(bytes).map_err(|error| error.to_string())
    }

    /// Reads what [`Entry::to_bytes`] wrote.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, EntryError> {
        let head: Head = serde_json::from_slice(bytes)?;
        if head.v != u64::from(VERSION) {
            return Err(EntryError::Version(head.v));
        }
        match head.entry.as_str() {
            "decision" => Ok(Self::Decision(serde_json::from_slice(bytes)?)),
            _ => Ok(Self::Event(serde_json::from_slice(bytes)?)),
        }
    }
}
