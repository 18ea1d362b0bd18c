//! A clustered, track-oriented Poisson multi-Bernoulli mixture filter (Williams 2015; García-Fernández et al. 2018).
//!
//! What comes in: batches, each what one source says at one instant, and the time between them. What goes out: tracks,
//! each with the probability that it exists and a density. What always holds: existence lies in 0..=1; weights of a
//! cluster's hypotheses add up to one; a track's number is given once and never again; the same batches give the same
//! tracks, bit for bit.
//! Deliberately absent: units, frames, kinds and motion, which are the [`Model`]'s.
//!
//! Tracks that nothing confuses are kept one by one ([`Lone`]); those that compete for measurements share a [`Cluster`]
//! of global hypotheses until they part. Faint tracks (below [`Settings::firm`]) compete as the Poisson part they nearly
//! are. `docs/internals/filter.md` has the equations and says what is approximate.

mod batch;
mod beliefs;
mod cluster;
mod component;
mod contest;
mod grid;
mod model;
mod sets;
mod settle;
mod step;

pub(crate) use batch::Claim;
#[cfg(test)]
pub(crate) use cluster::Global;
pub(crate) use cluster::{Bundle, Cluster, Local, Lone};
pub(crate) use model::{Born, Model, Reach};
pub(crate) use step::Filter;

/// How hypotheses are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Settings {
    /// Most global hypotheses of a cluster; 0: none are kept, and association is by belief propagation alone.
    pub(crate) hypotheses: usize,
    /// Most tracks of a cluster that keeps hypotheses; a larger one is resolved by belief propagation and flagged.
    pub(crate) cluster_tracks_max: usize,
    /// Existence from which a track competes for measurements by itself.
    pub(crate) firm: f64,
    /// Existence below which a track is given up, or less where tracks begin fainter.
    pub(crate) floor: f64,
    /// Hypotheses below this share of the best are given up.
    pub(crate) weight_floor: f64,
    /// Most tracks; beyond it the faintest are given up.
    pub(crate) tracks_max: usize,
    /// Whether [`Filter::claims`] are kept.
    pub(crate) claims: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hypotheses: 20,
            cluster_tracks_max: 8,
            firm: 0.05,
            floor: 5e-3,
            weight_floor: 1e-2,
            tracks_max: 200_000,
            claims: false,
        }
    }
}
