//! Is it believable, was it seen before?
//!
//! What comes in: reports. What goes out: whether a report counts. What always holds: a report counts once.
//! Deliberately absent: tracks.

mod seen;

pub(crate) use seen::Seen;
