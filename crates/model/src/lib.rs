//! The nouns of AllClear and the invariants they carry themselves.
//!
//! What comes in: nothing; this crate is vocabulary. What goes out: types every other room speaks.
//! What always holds: a value of a checked type ([`Position`], [`Code`], [`Timestamp`]) is valid.
//! Deliberately absent: a clock, files, network, randomness, unordered maps, async.
//!
//! Invariants:
//!   observed_at <= received_at + [`time::SKEW_MS_MAX`]   (a reporter's clock may run ahead a little)
//!   received_at <= decided_at <= sent_at
//!   an [`Alert`] in force has at least one holder

pub mod alert;
pub mod desk;
mod digest;
pub mod event;
pub mod filing;
pub mod id;
pub mod letter;
pub mod measurement;
pub mod picture;
pub mod place;
pub mod reason;
pub mod report;
pub mod statement;
pub mod threat;
pub mod time;
pub mod track;

pub use alert::{Alert, AlertLevel, AlertType, Holder, Outcome, Standing};
pub use desk::{DeskMemo, WaitingOrder};
pub use digest::{hex, sha256};
pub use event::{
    ConfigPart, Decision, DecisionBody, Delivery, Event, EventBody, Note, NoteKind, OfficerAction, UpstreamAlert,
    UpstreamSnapshot,
};
pub use filing::{Content, Filing, FilingKind};
pub use id::{AlertId, EventId, ReportId, SourceId, StatementId, TrackId};
pub use measurement::{
    Bearing, Check, Checked, Covariance, KindShare, MeasurementError, Plot, Presence, RawBearing, RawPlot, RawPresence,
    RawSystemTrack, RawTraffic, SystemTrack, Traffic, Velocity,
};
pub use picture::{Arrival, CommunityState, CommunityStatus, Picture, SourceHealth, SourceLink, View, Word};
pub use place::{Area, AreaSet, Code, Level, Position};
pub use reason::{Because, Due, Numbers, PolicyRef, Reason, Watch};
pub use report::{Count, Item, Order, OrderAct, Origin, PlaceRef, Refusal, Report, Status, ThreatItem, Trace};
pub use statement::{Post, Statement, StatementForm};
pub use threat::{Act, CompassPoint, ThreatKind};
pub use time::Timestamp;
pub use track::{Forecast, Stage, Track};
