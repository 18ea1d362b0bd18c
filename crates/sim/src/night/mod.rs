//! A whole night from a scenario and a seed: what truly flies, what sources say of it, what the engine makes of it, and
//! how good that was.
//!
//! What comes in: a [`Scenario`] and a seed. What goes out: a [`Score`] that adds up over seeds, as JSON or as a page.
//! What always holds: the same scenario and seed give the same bytes on any machine; truth never reaches the engine but
//! through a source. For civil protection only: things enter from a region's side of the country and go to communities
//! drawn by the people who live there; there are no facilities, no launch sites and no defence in it.
//! Deliberately absent: files, clocks, the words of posts (sources give items as the grammar would read them).
//!
//! The page: `docs/reference/scenarios.md`.

mod before;
mod duty;
mod fleet;
mod foresee;
mod gate;
mod mark;
mod official;
mod page;
mod play;
mod scenario;
mod score;
mod tell;
mod units;

pub use before::came_in;
pub use duty::Officer;
pub use fleet::{End, Flier, fleet};
pub use foresee::Foresight;
pub use page::page;
pub use play::{Candidate, play};
pub use scenario::{Scenario, ScenarioError};
pub use score::{Pass, PolicyScore, Score};
pub use tell::{Told, tell};
pub use units::Units;

use crate::chance::Chance;

/// A normal number of mean 0 and deviation 1 (Box and Muller 1958).
fn normal(chance: &mut Chance) -> f64 {
    let u = 1.0 - chance.unit();
    libm::sqrt(-2.0 * libm::log(u)) * libm::cos(2.0 * std::f64::consts::PI * chance.unit())
}

/// Evenly between two numbers.
fn within(chance: &mut Chance, [low, high]: [f64; 2]) -> f64 {
    low + (high - low) * chance.unit()
}

/// Seconds or counts as a float: exact below 2^52.
#[allow(clippy::cast_precision_loss)]
const fn real(n: i64) -> f64 {
    n as f64
}

/// A length as a float.
#[allow(clippy::cast_precision_loss)]
const fn many(n: usize) -> f64 {
    n as f64
}

/// Whole seconds below a float, within a week.
#[allow(clippy::cast_possible_truncation)]
const fn whole(seconds: f64) -> i64 {
    seconds.clamp(-604_800.0, 604_800.0) as i64
}
