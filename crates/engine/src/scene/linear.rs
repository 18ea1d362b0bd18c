//! The scene as a model of the filter: nearly constant velocity, positions with white noise.

use super::gaussian::{Gaussian, Innovation};
use super::settings::SceneModel;
use crate::fuse::pmbm::{Born, Model, Reach};

/// Gate: squared Mahalanobis distance. Two measurements in a thousand of two degrees of freedom lie outside 12.4; 16 is
/// three in ten thousand.
const GATE: f64 = 16.0;
/// Least intensity of clutter a scan has, as a share of one detection over the whole area: a scene without any clutter
/// would let no measurement be doubted.
const CLUTTER_MIN: f64 = 1e-6;

/// One sensor at one instant.
#[derive(Debug)]
pub(super) struct Linear {
    variance: f64,
    pd: f64,
    clutter: f64,
    velocity_std: f64,
    sigma: f64,
    pub(super) undetected: Undetected,
}

/// Objects never detected yet.
#[derive(Debug, Clone)]
pub(super) enum Undetected {
    /// Anywhere: intensity a unit of area.
    Uniform(f64),
    /// A mixture: expected number and density of each part.
    Mixture(Vec<(f64, Gaussian)>),
}

impl Linear {
    pub(super) fn new(model: &SceneModel, undetected: Undetected) -> Self {
        Self {
            variance: model.sigma * model.sigma,
            pd: model.pd,
            clutter: model.clutter_per_scan.max(CLUTTER_MIN) / model.size(),
            velocity_std: model.velocity_std,
            sigma: model.sigma,
            undetected,
        }
    }
}

impl Model for Linear {
    type Density = Gaussian;
    type Measurement = [f64; 2];
    type View = Innovation;

    fn place(&self, measurement: &[f64; 2]) -> [f64; 2] {
        *measurement
    }

    fn detects(&self, _: &Gaussian) -> f64 {
        self.pd
    }

    fn view(&self, density: &Gaussian) -> Innovation {
        density.innovation(self.variance)
    }

    fn reach(&self, view: &Innovation) -> Reach {
        Reach { middle: view.mean, half: view.variance.map(|variance| (GATE * variance).sqrt()) }
    }

    fn likelihood(&self, view: &Innovation, measurement: &[f64; 2]) -> Option<f64> {
        let distance = view.distance(*measurement);
        (distance < GATE).then(|| view.density(distance))
    }

    fn updated(&self, density: &Gaussian, view: &Innovation, measurement: &[f64; 2]) -> Gaussian {
        density.updated(view, *measurement)
    }

    fn merged(&self, mixture: &[(f64, Gaussian)]) -> Gaussian {
        Gaussian::merged(mixture)
    }

    fn apart(&self, a: &Gaussian, b: &Gaussian) -> f64 {
        a.apart(b)
    }

    fn born(&self, measurement: &[f64; 2]) -> Option<Born<Gaussian>> {
        match &self.undetected {
            Undetected::Uniform(intensity) => {
                let [x, y] = *measurement;
                let deviations = [self.sigma, self.velocity_std, self.sigma, self.velocity_std];
                Some(Born { weight: self.pd * intensity, density: Gaussian::of([x, 0.0, y, 0.0], deviations) })
            }
            Undetected::Mixture(parts) => {
                let seen = |(expected, part): &(f64, Gaussian)| {
                    let innovation = part.innovation(self.variance);
                    let distance = innovation.distance(*measurement);
                    let weight = expected * self.pd * innovation.density(distance);
                    (weight > 0.0).then(|| (weight, part.updated(&innovation, *measurement)))
                };
                let mixture: Vec<(f64, Gaussian)> = parts.iter().filter_map(seen).collect();
                let weight: f64 = mixture.iter().map(|part| part.0).sum();
                (weight > 0.0).then(|| Born { weight, density: Gaussian::merged(&mixture) })
            }
        }
    }

    fn clutter(&self, _: &[f64; 2]) -> f64 {
        self.clutter
    }
}
