//! The world's formats stop here: bytes to reports and snapshots, pure and bounded.

pub mod alerts_in_ua;
pub mod error;
pub mod region_catalogue;
pub mod text;
pub mod ukrainealarm;
pub mod upstream;

pub use error::{WireError, WireReason};
pub use upstream::Snapshot;
