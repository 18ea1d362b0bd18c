//! Whether a ceasefire was in force, and whether it was kept: everything worked out from a log of dated words and incidents.
//!
//! What comes in: a [`Dossier`] — versions of regimes, stances of parties, incidents, coverage, the parties' own counts — read
//! from TOML by [`Dossier::read`]. What goes out: a [`Report`] as of a time, in words, as JSON and as a page.
//! What always holds:
//!   what was recorded after the time asked for is not known at it
//!   yes for a party only from the later of its acceptance and the start, without open conditions; yes overall only
//!   when for all; no only when for none; everything between is disputed
//!   a statement is never a breach; a breach has an incident
//!   silence counts only in hours that somebody observed
//!   both sides by the same code: swapping the labels of the parties swaps the result
//! Deliberately absent: a clock, a verdict on who is right, an average of two counts.
//! Format and rules: docs/reference/ceasefire.md.

mod breach;
mod count;
mod days;
mod dossier;
mod file;
mod force;
mod page;
mod report;
#[cfg(test)]
mod tests;
mod words;

pub use breach::{Breach, InArea, InTime, Status};
pub use count::{Compared, CountRow};
pub use days::{AreaDay, Day};
pub use dossier::{
    AlertSpan, Clause, Count, Coverage, Domain, Dossier, Exception, Measure, Part, Position, Stance, Version, Words,
};
pub use force::{Force, InForce, PartyForce, Period, Turn, Why};
pub use page::page;
pub use report::{Core, Judged, RegimeReport, Report, TimelineEntry, report};
pub use words::{Lang, words};
