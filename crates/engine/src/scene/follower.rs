//! The filter over one kind of density, scan by scan.

use super::births::Births;
use super::gaussian::{Gaussian, at};
use super::linear::{Linear, Undetected};
use super::settings::{Filter, SceneError, SceneModel};
use super::state::State;
use super::tracker::Estimate;
use crate::fuse::pmbm::{self, Settings};

/// Existence from which a track is told for the first time, were its place certain: one false track is as bad as one
/// missed object.
const CONFIRMED_MIN: f64 = 0.5;
/// A place this many times the sensor's deviation off is as bad as none. Of an uncertain place, part of the gain of
/// telling it is lost: existence must be greater.
const USELESS_DEVIATIONS: f64 = 5.0;
/// Existence down to which a track once told is told again. Two misses in a row are no end yet.
const TOLD_MIN: f64 = 0.4;
/// Parts of the undetected intensity that expect fewer objects than this are given up.
const UNDETECTED_MIN: f64 = 1e-6;

/// The tracker of a scene whose objects are believed in by `S`.
#[derive(Debug)]
pub(super) struct Follower<S: State> {
    model: SceneModel,
    sensor: Linear<S>,
    filter: pmbm::Filter<Linear<S>>,
    births: Births,
    scans: u64,
    told: Vec<Estimate>,
}

impl<S: State> Follower<S> {
    /// A tracker that has seen nothing; the model is valid.
    pub(super) fn new(model: &SceneModel, motion: S::Motion, filter: Filter) -> Self {
        let hypotheses = match filter {
            Filter::Pmbm { hypotheses } => hypotheses.max(1),
            Filter::Lbp => 0,
        };
        let settings = Settings { hypotheses, ..Settings::default() };
        let undetected = match (model.birth_mean, model.birth_std) {
            (Some(mean), Some(std)) => {
                let expected = model.initial_weight.or(model.birth_weight).unwrap_or(1.0);
                Undetected::Mixture(vec![(expected, S::begin(Gaussian::of(mean, std), &motion))])
            }
            _ => Undetected::Uniform(model.initial_weight.unwrap_or(0.0) / model.size()),
        };
        let births = Births::told(model.birth_weight.unwrap_or(0.0));
        Self {
            model: model.clone(),
            sensor: Linear::new(model, motion, undetected),
            filter: pmbm::Filter::new(settings),
            births,
            scans: 0,
            told: Vec::new(),
        }
    }

    /// Takes the next scan in; `Err` when a detection is not finite, and nothing has changed then.
    pub(super) fn scan(&mut self, detections: &[[f64; 2]]) -> Result<(), SceneError> {
        if let Some(number) = detections.iter().position(|place| place.iter().any(|at| !at.is_finite())) {
            return Err(SceneError::NotFinite { number });
        }
        if self.scans == 0 {
            self.judge(detections.len());
        } else {
            self.pass();
        }
        // Births at told places stay as told: which track stems from them is not kept.
        let learned = match self.sensor.undetected {
            Undetected::Uniform(intensity) if self.scans > 0 => Some(intensity * self.model.size()),
            _ => None,
        };
        self.scans += 1;
        if let Some(undetected) = learned {
            self.births.begin(self.filter.next_id(), undetected);
        }
        self.filter.update(&self.sensor, detections);
        if learned.is_some() {
            self.learn();
        }
        let missed = 1.0 - self.model.pd;
        match &mut self.sensor.undetected {
            Undetected::Uniform(intensity) => *intensity *= missed,
            Undetected::Mixture(parts) => parts.iter_mut().for_each(|part| part.0 *= missed),
        }
        self.tell();
        Ok(())
    }

    /// Before the first scan: what is not told is judged by how much there is.
    #[allow(clippy::cast_precision_loss)] // Detections of one scan.
    fn judge(&mut self, detections: usize) {
        let there = ((detections as f64 - self.model.clutter_per_scan) / self.model.pd).max(1.0);
        if self.model.birth_weight.is_none() {
            self.births = Births::guessed(there / 50.0);
        }
        if let (None, Undetected::Uniform(intensity)) = (self.model.initial_weight, &mut self.sensor.undetected) {
            *intensity = there / self.model.size();
        }
    }

    /// Learns the rate of births, and has young tracks suppose it.
    fn learn(&mut self) {
        let lones = self.filter.lones.iter().map(|lone| (lone.id, lone.existence));
        let tied =
            self.filter.clusters.iter().flat_map(|cluster| {
                cluster.tracks.iter().enumerate().map(|(at, track)| (track.id, cluster.existence(at)))
            });
        self.births.learn(lones.chain(tied), self.model.pd);
        for lone in &mut self.filter.lones {
            lone.existence = self.births.corrected(lone.id, lone.existence);
        }
        self.births.end();
    }

    /// One scan's time passes.
    fn pass(&mut self) {
        let (ps, area, motion) = (self.model.ps, self.model.area, &self.sensor.motion);
        self.filter.predict(|density| {
            density.predict(motion);
            ps * density.inside(area)
        });
        match &mut self.sensor.undetected {
            Undetected::Uniform(intensity) => *intensity = *intensity * ps + self.births.rate / self.model.size(),
            Undetected::Mixture(parts) => {
                for (expected, part) in parts.iter_mut() {
                    part.predict(motion);
                    *expected *= ps;
                }
                parts.retain(|part| part.0 >= UNDETECTED_MIN);
                if let (Some(mean), Some(std)) = (self.model.birth_mean, self.model.birth_std) {
                    parts.push((self.births.rate, S::begin(Gaussian::of(mean, std), motion)));
                }
            }
        }
    }

    /// Confirmed tracks after the last scan, by number. Of tracks that share hypotheses, the heaviest speaks.
    pub(super) fn estimates(&self) -> &[Estimate] {
        &self.told
    }

    fn tell(&mut self) {
        let before = std::mem::take(&mut self.told);
        let useless = (USELESS_DEVIATIONS * self.model.sigma) * (USELESS_DEVIATIONS * self.model.sigma);
        let mut tell = |track: u64, existence: f64, density: &S| {
            if existence <= TOLD_MIN {
                return;
            }
            let density = density.gaussian();
            let spread = density.covariance[at(0, 0)] + density.covariance[at(2, 2)];
            let confirmed = existence * (1.0 - (spread / useless).min(0.5)) > CONFIRMED_MIN;
            let known = before.binary_search_by_key(&track, |estimate| estimate.track).is_ok();
            if known || confirmed {
                self.told.push(Estimate { track, state: density.mean, covariance: density.covariance, existence });
            }
        };
        for lone in &self.filter.lones {
            tell(lone.id, lone.existence, &lone.density);
        }
        for (id, local) in self.filter.clusters.iter().flat_map(pmbm::Cluster::heaviest) {
            tell(id, local.existence, &local.density);
        }
        self.told.sort_by_key(|estimate| estimate.track);
    }

    /// Whether some cluster of the last scan was too large for hypotheses.
    pub(super) fn approximate(&self) -> bool {
        self.filter.approximated > 0
    }

    /// Tracks in memory, confirmed or not.
    pub(super) fn tracks(&self) -> usize {
        self.filter.lones.len() + self.filter.clusters.iter().map(|cluster| cluster.tracks.len()).sum::<usize>()
    }
}
