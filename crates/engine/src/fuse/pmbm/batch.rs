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
    /// Who claimed what, when that is asked for.
    pub(super) claims: Option<Vec<Claim>>,
}

/// The probability that a measurement is of a track. A track may claim one more than once: the claims add up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Claim {
    pub(crate) id: u64,
    pub(crate) measurement: usize,
    pub(crate) probability: f64,
}

impl<'a, M: Model> Batch<'a, M> {
    /// A batch for a filter of so many lones.
    pub(super) fn of(model: &'a M, measurements: &'a [M::Measurement], lones: usize, claims: bool) -> Self {
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
            claims: claims.then(Vec::new),
        }
    }

    /// Updates a track by its measurements, each with its probability, and a miss of probability `missed_share`.
    pub(super) fn mix(&mut self, at: usize, lone: &mut Lone<M::Density>, missed_share: f64, shares: &[(usize, f64)]) {
        let before = lone.existence;
        let (after, _) = self.model.missed(&lone.density, before, self.detects[at]);
        let there = missed_share * after;
        let (model, measurements) = (self.model, self.measurements);
        let believed = |density: &M::Density, &(m, share): &(usize, f64)| {
            share * model.believed(density, before, &measurements[m])
        };
        let seen: f64 = shares.iter().map(|share| believed(&lone.density, share)).sum();
        lone.existence = (there + seen).min(1.0);
        if let Some(claims) = &mut self.claims {
            let claim = |&(measurement, probability)| Claim { id: lone.id, measurement, probability };
            claims.extend(shares.iter().map(claim));
        }
        let Some(view) = self.views[at].as_ref().filter(|_| seen > SHARE_MIN) else { return };
        self.mixture.clear();
        for share in shares {
            let (m, share) = (share.0, believed(&lone.density, share));
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
