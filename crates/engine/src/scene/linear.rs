//! The scene as a model of the filter: nearly constant velocity, positions with white noise.

use super::gaussian::Gaussian;
use super::settings::SceneModel;
use super::state::State;
use crate::fuse::pmbm::{Born, Model, Reach};

/// Least intensity of clutter a scan has, as a share of one detection over the whole area: a scene without any clutter
/// would let no measurement be doubted.
const CLUTTER_MIN: f64 = 1e-6;

/// One sensor at one instant.
#[derive(Debug)]
pub(super) struct Linear<S: State> {
    pub(super) motion: S::Motion,
    variance: f64,
    pd: f64,
    clutter: f64,
    velocity_std: f64,
    sigma: f64,
    pub(super) undetected: Undetected<S>,
}

/// Objects never detected yet.
#[derive(Debug, Clone)]
pub(super) enum Undetected<S> {
    /// Anywhere: intensity a unit of area.
    Uniform(f64),
    /// A mixture: expected number and density of each part.
    Mixture(Vec<(f64, S)>),
}

impl<S: State> Linear<S> {
    pub(super) fn new(model: &SceneModel, motion: S::Motion, undetected: Undetected<S>) -> Self {
        Self {
            motion,
            variance: model.sigma * model.sigma,
            pd: model.pd,
            clutter: model.clutter_per_scan.max(CLUTTER_MIN) / model.size(),
            velocity_std: model.velocity_std,
            sigma: model.sigma,
            undetected,
        }
    }
}

impl<S: State> Model for Linear<S> {
    type Density = S;
    type Measurement = [f64; 2];
    type View = S::View;

    fn place(&self, measurement: &[f64; 2]) -> [f64; 2] {
        *measurement
    }

    fn detects(&self, _: &S) -> f64 {
        self.pd
    }

    fn view(&self, density: &S) -> S::View {
        density.view(self.variance)
    }

    fn reach(&self, view: &S::View) -> Reach {
        let gate = S::gate(view);
        Reach { middle: gate.map(|[low, high]| 0.5 * (low + high)), half: gate.map(|[low, high]| 0.5 * (high - low)) }
    }

    fn likelihood(&self, view: &S::View, measurement: &[f64; 2]) -> Option<f64> {
        S::likelihood(view, *measurement)
    }

    fn updated(&self, density: &S, view: &S::View, measurement: &[f64; 2]) -> S {
        density.updated(view, *measurement)
    }

    fn merged(&self, mixture: &[(f64, S)]) -> S {
        S::merged(mixture)
    }

    fn apart(&self, a: &S, b: &S) -> f64 {
        a.gaussian().apart(&b.gaussian())
    }

    fn born(&self, measurement: &[f64; 2]) -> Option<Born<S>> {
        match &self.undetected {
            Undetected::Uniform(intensity) => {
                let [x, y] = *measurement;
                let deviations = [self.sigma, self.velocity_std, self.sigma, self.velocity_std];
                let density = S::begin(Gaussian::of([x, 0.0, y, 0.0], deviations), &self.motion);
                Some(Born { weight: self.pd * intensity, density })
            }
            Undetected::Mixture(parts) => {
                let seen = |(expected, part): &(f64, S)| {
                    let view = part.view(self.variance);
                    let weight = expected * self.pd * S::density(&view, *measurement);
                    (weight > 0.0).then(|| (weight, part.updated(&view, *measurement)))
                };
                let mixture: Vec<(f64, S)> = parts.iter().filter_map(seen).collect();
                let weight: f64 = mixture.iter().map(|part| part.0).sum();
                (weight > 0.0).then(|| Born { weight, density: S::merged(&mixture) })
            }
        }
    }

    fn clutter(&self, _: &[f64; 2]) -> f64 {
        self.clutter
    }
}
