//! Common Alerting Protocol 1.2 (OASIS, 1 July 2010).
//!
//! What comes in: bytes of a message, or an [`Alert`]. What goes out: the message with everything that is wrong in it, or its
//! bytes, signed if asked. What always holds: nothing outside of the bytes is ever looked at; the same message gives the same bytes; a message
//! whose world (`status`) cannot be read is refused, never taken for an actual one.
//! Deliberately absent: AllClear. What an alert of ours becomes in CAP is the program's affair.

mod alert;
mod finding;
mod instant;
mod lint;
mod profile;
mod read;
pub mod sign;
mod value;
mod write;
pub mod xml;

pub use alert::{Alert, Area, Info, Pair, Reference, Resource};
pub use finding::{Finding, Gravity};
pub use instant::{Instant, InstantError};
pub use lint::{crosses, lint, lint_as};
pub use profile::Profile;
pub use read::{ReadError, Reading, Strictness, read};
pub use value::{Category, Certainty, MsgType, ResponseType, Scope, Severity, Status, Urgency};

/// Namespace of CAP 1.2.
pub const NAMESPACE: &str = "urn:oasis:names:tc:emergency:cap:1.2";
