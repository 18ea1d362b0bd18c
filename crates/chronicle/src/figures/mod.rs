//! Figures of a night, a week or a month: what was launched, stopped, lost, hit, unaccounted; who was harmed; how long alerts lasted.
//!
//! What comes in: claims with their scopes and words ([`Claims`], a TOML file), and a span. What goes out: [`Figures`], in words, as
//! JSON and a page; as tables in [`crate::projection`]. What always holds: every number has its sources and their words beside it; sources are never averaged nor
//! added to each other; spans are added up only for one source and only where they do not overlap; what was not accounted for
//! is shown, and is not hit.
//! Deliberately absent: a best number. `acled_point` and `ucdp` are projections that others ask for, and say so.

mod file;
mod page;
mod sum;
#[cfg(test)]
pub(crate) mod tests;
mod words;

pub(crate) use file::CLAIMS_MAX;
pub use file::Claims;
pub use page::page;
pub use sum::{AlertHours, Conflict, Figures, Length, Row, Summed, Ucdp, figures, span};
pub(crate) use sum::{acled_point, ucdp};
pub use words::words;
