//! The sources as the tracker knows them: by their place in the sorted list, with what they are worth.

use crate::config::SourceProfile;
use crate::ground::Ground;
use crate::sensor::SensorModel;
use model::{Code, Position, SourceId};
use std::collections::BTreeMap;

/// All sources, sorted by name; fixed for the life of the engine.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Roster {
    names: Vec<SourceId>,
    profiles: Vec<Profile>,
}

/// What the tracker needs of a source.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Profile {
    pub(crate) trust: f64,
    pub(crate) sensor: SensorModel,
    senses: Vec<Code>,
}

impl Roster {
    pub(crate) fn new(sources: &BTreeMap<SourceId, SourceProfile>) -> Self {
        let profile = |profile: &SourceProfile| Profile {
            trust: profile.trust,
            sensor: profile.sensor.clone(),
            senses: profile.senses.clone(),
        };
        Self { names: sources.keys().cloned().collect(), profiles: sources.values().map(profile).collect() }
    }

    /// Place of a source; `None` when it is not configured or stands beyond the 65,535th.
    pub(crate) fn place(&self, source: &SourceId) -> Option<u16> {
        self.names.binary_search(source).ok().and_then(|at| u16::try_from(at).ok())
    }

    pub(crate) fn profile(&self, source: u16) -> Option<&Profile> {
        self.profiles.get(usize::from(source))
    }

    /// Trust as configured; 0 for a stranger.
    pub(crate) fn trust(&self, source: u16) -> f64 {
        self.profile(source).map_or(0.0, |profile| profile.trust)
    }

    /// Name of the source at a place.
    pub(crate) fn name(&self, source: u16) -> Option<&SourceId> {
        self.names.get(usize::from(source))
    }

    /// Place of a source by its plain name.
    pub(crate) fn named(&self, name: &str) -> Option<u16> {
        self.place(&SourceId::new(name))
    }
}

impl Profile {
    /// Probability that one look detects an object at `place`: 0 where it does not look, and 0 when nobody said where
    /// it looks.
    pub(crate) fn detection_p(&self, place: Position, ground: &Ground) -> f64 {
        let sensor = &self.sensor;
        if sensor.detection_p <= 0.0 {
            return 0.0;
        }
        let looks = match sensor.site {
            Some(site) => site.distance_km(place) <= sensor.range_km,
            None => self.senses.iter().any(|&area| {
                ground.community(area).is_some_and(|area| area.centre.distance_km(place) <= area.radius_km)
            }),
        };
        if looks { sensor.detection_p } else { 0.0 }
    }

    /// Mean and standard deviation of the delay, seconds, of words or of a measurement.
    pub(crate) fn delay_s(&self, words: bool) -> (f64, f64) {
        let (mean, sd) = if words { (SensorModel::TOLD_DELAY_S, SensorModel::TOLD_DELAY_SD_S) } else { (0.0, 0.0) };
        (self.sensor.delay_s.unwrap_or(mean), self.sensor.delay_sd_s.unwrap_or(sd))
    }

    /// False plots of one look, per km².
    pub(crate) fn clutter_per_km2(&self) -> f64 {
        self.sensor.clutter_per_1000_km2 / 1000.0
    }
}
