//! Is it believable, was it seen before, and what does it say about the sky?
//!
//! What comes in: reports. What goes out: [`Batch`]es of what was said and measured at one instant.
//! What always holds: a report counts once; nothing from the future and nothing older than [`EVIDENCE_AGE_MS_MAX`]
//! counts; a summary of the past says nothing about now; where it comes from is never where it goes.
//! Deliberately absent: tracks. Which object a detection belongs to is asked in `fuse`.

mod read;
mod seen;

pub(crate) use read::{Batch, Course, Detection, Key, Sighting, Statement, read, text_print};
pub(crate) use seen::Seen;

/// Oldest evidence that counts, in milliseconds before its arrival. Also how far back the tracker can be re-told: a
/// later arrival could not be folded in any more.
pub(crate) const EVIDENCE_AGE_MS_MAX: i64 = 2 * 3_600_000;
