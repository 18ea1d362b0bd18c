//! One batch on its way through the filter.

use super::cluster::Lone;
use super::model::{Born, Model};

/// Least share of a mixture that is worth a density of its own.
const SHARE_MIN: f64 = 1e-6;

/// What is known of the batch so far. Lists by measurement, and lists by lone.
pub(super) struct Batch<'a, M: Model> {
    pub(super) model: &'a M,
    pub(super) measurements: &'a [M::Measurement],
    pub(super) places: Vec<[f64; 2]>,
    pub(super) born: Vec<Option<Born<M::Density>>>,
    /// Intensity of everything that may have caused a measurement but the firm tracks.
    pub(super) background: Vec<f64>,
    /// Probability that no firm track caused it.
    pub(super) free: Vec<f64>,
    /// Lones that were there when the batch came.
    pub(super) lones: usize,
    /// Whether a lone is firm: by the existence it came with.
    pub(super) firm: Vec<bool>,
    pub(super) detects: Vec<f64>,
    pub(super) views: Vec<Option<M::View>>,
    /// Memory of the last mixture.
    pub(super) shares: Vec<(usize, f64)>,
    mixture: Vec<(f64, M::Density)>,
}

/// Existence after a miss by a source that detects with this probability, and the probability of that miss.
pub(super) fn missed(existence: f64, detects: f64) -> (f64, f64) {
    let miss = 1.0 - existence * detects;
    if miss <= 0.0 {
        // Certain to be there and certain to be seen: a miss cannot be, and says nothing.
        return (existence, 0.0);
    }
    (existence * (1.0 - detects) / miss, miss)
}

impl<'a, M: Model> Batch<'a, M> {
    /// A batch for a filter of so many lones.
    pub(super) fn of(model: &'a M, measurements: &'a [M::Measurement], lones: usize) -> Self {
        let born: Vec<_> = measurements.iter().map(|measurement| model.born(measurement)).collect();
        let background = measurements
            .iter()
            .zip(&born)
            .map(|(measurement, born)| model.clutter(measurement) + born.as_ref().map_or(0.0, |born| born.weight));
        Self {
            model,
            measurements,
            places: measurements.iter().map(|measurement| model.place(measurement)).collect(),
            background: background.collect(),
            born,
            free: vec![1.0; measurements.len()],
            lones,
            firm: vec![false; lones],
            detects: Vec::with_capacity(lones),
            views: Vec::with_capacity(lones),
            shares: Vec::new(),
            mixture: Vec::new(),
        }
    }

    /// Updates a track by its measurements, each with its probability, and a miss of probability `missed_share`.
    pub(super) fn mix(&mut self, at: usize, lone: &mut Lone<M::Density>, missed_share: f64, shares: &[(usize, f64)]) {
        let (after, _) = missed(lone.existence, self.detects[at]);
        let there = missed_share * after;
        let seen: f64 = shares.iter().map(|share| share.1).sum();
        lone.existence = (there + seen).min(1.0);
        let Some(view) = self.views[at].as_ref().filter(|_| seen > SHARE_MIN) else { return };
        self.mixture.clear();
        for &(m, share) in shares {
            if share > SHARE_MIN * lone.existence {
                self.mixture.push((share, self.model.updated(&lone.density, view, &self.measurements[m])));
            }
        }
        if there > SHARE_MIN * lone.existence {
            self.mixture.push((there, lone.density.clone()));
        }
        match self.mixture.len() {
            0 => {}
            1 => lone.density.clone_from(&self.mixture[0].1),
            _ => lone.density = self.model.merged(&self.mixture),
        }
    }
}
