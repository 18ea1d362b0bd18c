//! Identifiers, each its own type so that two can never be swapped.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Longest source or report identifier accepted from outside, in bytes.
pub const ID_BYTES_MAX: usize = 128;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);
        impl $name {
            /// Clips to [`ID_BYTES_MAX`] bytes at a character boundary and drops control characters.
            pub fn new(text: &str) -> Self {
                let mut clean: String = text.chars().filter(|c| !c.is_control()).collect();
                while clean.len() > ID_BYTES_MAX { clean.pop(); }
                Self(clean)
            }
            /// The identifier as text.
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
    };
}
text_id!(
    /// Who speaks: the name of an `[[upstream]]` or `[[feed]]` of the configuration.
    SourceId
);
text_id!(
    /// One report of one source; the source's own identifier where it has one. Unique within its source.
    ReportId
);
text_id!(
    /// One statement that somebody published.
    StatementId
);

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}", self.0) }
        }
    };
}
number_id!(
    /// An event's place in the record: the index of its leaf. A tick that decides nothing is not recorded
    /// and its number is used again by the next event.
    EventId
);
number_id!(
    /// An alert: `event * ALERTS_PER_EVENT + n` for the n-th alert that event raised, so that a replay gives the same number.
    AlertId
);
number_id!(
    /// A track: numbered by the report that began it in the same way as [`AlertId`].
    TrackId
);

/// Most alerts (or tracks) one event can begin; above the number of communities of any area set in use.
pub const ALERTS_PER_EVENT: u64 = 4096;

impl AlertId {
    /// The n-th alert raised by `event`.
    pub const fn of(event: EventId, n: u64) -> Self {
        Self(event.0 * ALERTS_PER_EVENT + n)
    }

    /// The event that raised it.
    pub const fn event(self) -> EventId {
        EventId(self.0 / ALERTS_PER_EVENT)
    }
}
impl TrackId {
    /// The n-th track begun by `event`.
    pub const fn of(event: EventId, n: u64) -> Self {
        Self(event.0 * ALERTS_PER_EVENT + n)
    }
}
