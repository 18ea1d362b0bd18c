//! Claims of several sources set beside each other: never averaged, and nothing taken for more than was said.
//!
//! What comes in: [`Told`], a claim with its source and its scope. What goes out: [`Verdict`]s between two of them, and for each
//! source the [`Identity`] of what it says was launched.
//! What always holds:
//!   two claims are compared only when attacker, kind, class, window and area nest, and all in one direction
//!   a narrower scope bounds the wider one from below, and nothing else
//!   harm only grows: what was counted earlier is a least of what is counted later
//!   our own observations are leasts: they can contradict a total and never confirm one
//!   launched = intercepted + lost + hit + left + airborne + unaccounted, and unaccounted is not hit
//! Rules and a worked night: docs/reference/chronicle.md.

mod compare;
mod identity;
mod scope;
#[cfg(test)]
mod tests;

pub use compare::{Apart, Verdict, clusters, compare};
pub use identity::{Identity, identities};
pub use scope::{Kind, Nesting, Scope, Told, nest_objects};
