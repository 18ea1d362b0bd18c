//! Words of people: a place, perhaps a course, a kind and a number, told a while after.
//!
//! Many posts tell of one object, and no post tells of all: there is no missed detection and no clutter density. The
//! delay is uncertain: what flew meanwhile widens the place. Words about one place err together, so no number of them
//! makes a place as sharp as a radar would.

use super::{Around, Birth, GATE};
use crate::fuse::count::Many;
use crate::fuse::kind::flight;
use crate::fuse::kinds::Kinds;
use crate::fuse::motion::{Fix, Imm, bank, turn_deg};
use crate::fuse::roster::Profile;
use crate::fuse::state::{State, TARGETS_MAX};
use crate::sense::Detection;
use model::{Position, ThreatKind};

/// A course so many standard deviations away contradicts.
const COURSE_SIGMAS: f64 = 3.0;
/// Share of told courses that mean a turn, or are mistaken.
const TURNED: f64 = 0.1;
/// Most that a course that agrees counts for: what flies near it often flies the same way.
const AGREED_MAX: f64 = 2.0;
/// Share of places that are meant loosely, as "near", "toward" or what was there when the writer last looked, and how much
/// wider they are then.
const LOOSE_P: f64 = 0.15;
const LOOSE: f64 = 2.5;
/// No number of words makes a place surer than this share of one's spread.
const FLOOR: f64 = 0.4;
/// Words about something new are at least so dense, per km²: nobody tells of everything.
const NEW_PER_KM2_MIN: f64 = 1e-5;

/// A detection in words.
#[derive(Debug)]
pub(crate) struct Words<'a> {
    detection: &'a Detection,
    kind: ThreatKind,
    fix: Fix,
    /// The same place, loosely meant.
    loose: Fix,
}

impl<'a> Words<'a> {
    pub(super) fn new(detection: &'a Detection, kind: ThreatKind, profile: &Profile) -> Self {
        let (lag_s, lag_sd_s) = profile.delay_s(true);
        // It flew on by an unknown while before it was told.
        let late_km = flight(kind).speed_mps / 1000.0 * lag_sd_s;
        let fix = |times: f64| {
            let [east, cross, north] = detection.covariance.map(|value| times * times * value);
            let late = 0.5 * late_km * late_km;
            Fix { position: detection.position, covariance: [east + late, cross, north + late], lag_s }
        };
        Self { detection, kind, fix: fix(1.0), loose: fix(LOOSE) }
    }

    /// The place, loosely meant.
    pub(super) const fn place(&self) -> &Fix {
        &self.loose
    }

    pub(super) fn reach(&self) -> (Position, f64) {
        let lag_km = flight(self.kind).speed_mps / 1000.0 * self.fix.lag_s;
        (self.fix.position, 4.0 * libm::sqrt(self.loose.covariance[0].max(self.loose.covariance[2])) + lag_km)
    }

    /// Whether the told course contradicts, and how well it fits against any course.
    fn course(&self, imm: &Imm) -> (bool, f64) {
        let (Some(told), Some(held)) = (self.detection.course, imm.motion().course()) else { return (false, 1.0) };
        let sd = libm::sqrt(told.sd_deg * told.sd_deg + held.sd_deg * held.sd_deg).max(1.0);
        let sigmas = turn_deg(told.deg, held.deg) / sd;
        let density = libm::exp(-0.5 * sigmas * sigmas) / (sd * libm::sqrt(2.0 * std::f64::consts::PI));
        (sigmas > COURSE_SIGMAS, (TURNED + (1.0 - TURNED) * density * 360.0).min(AGREED_MAX))
    }

    pub(super) fn likelihood(&self, state: &State) -> Option<f64> {
        let [narrow, loose] = self.places(&state.imm);
        let place = narrow + loose;
        if place <= 0.0 {
            return None;
        }
        Some(place * state.kinds.fits(self.kind) * self.course(&state.imm).1)
    }

    /// Densities of the place as it was said and loosely meant, each with its share; 0 outside its gate.
    fn places(&self, imm: &Imm) -> [f64; 2] {
        [(1.0 - LOOSE_P, &self.fix), (LOOSE_P, &self.loose)].map(|(share, fix)| {
            let (distance, det) = imm.distance(fix);
            let inside = f64::from(u8::from(distance <= GATE));
            inside * share * libm::exp(-0.5 * distance) / (2.0 * std::f64::consts::PI * libm::sqrt(det))
        })
    }

    /// Density of anything else that may be meant, per km².
    pub(super) const fn background(around: &Around) -> f64 {
        around.undetected.max(NEW_PER_KM2_MIN)
    }

    pub(super) fn update(&self, state: &mut State) {
        let (turned, _) = self.course(&state.imm);
        state.kinds.hear(self.kind);
        state.many.hear(&self.detection.count);
        state.variable = self.detection.variable;
        state.settle();
        let before_km = state.imm.motion().sd_km();
        let [narrow, loose] = self.places(&state.imm);
        let mut loosely = state.imm.clone();
        state.imm.see(&self.fix);
        if loose > 0.0 {
            loosely.see(&self.loose);
            state.imm.blend(&loosely, loose / (narrow + loose));
        }
        let [east, _, north] = self.fix.covariance;
        let floor_km = (FLOOR * libm::sqrt(f64::midpoint(east, north))).max(2.0);
        state.imm.floor(floor_km.min(before_km));
        let flight = flight(state.kind);
        // Only words contradict words: what an instrument measures of the course is not forgotten for a post.
        if (turned || self.detection.variable) && before_km > 1.0 {
            state.imm.forget_course(&flight);
        }
        if let Some(course) = self.detection.course {
            state.imm.head(course, &flight);
        }
        if !self.detection.targets.is_empty() {
            state.targets = self.detection.targets.iter().take(TARGETS_MAX).copied().collect();
        }
    }

    pub(super) fn begin(&self, around: &Around) -> Birth {
        let (flight, bank) = (flight(self.kind), bank(self.kind));
        let mut imm = Imm::begin(&self.fix, &flight, &bank);
        if let Some(course) = self.detection.course {
            imm.head(course, &flight);
        }
        imm.predict(self.fix.lag_s, &bank);
        let mut kinds = Kinds::default();
        kinds.hear(self.kind);
        let mut many = Many::default();
        many.hear(&self.detection.count);
        Birth { imm, kinds, many, existence: around.trust, observer: None }
    }

    pub(super) fn targets(&self) -> Vec<model::Code> {
        self.detection.targets.iter().take(TARGETS_MAX).copied().collect()
    }

    pub(super) const fn variable(&self) -> bool {
        self.detection.variable
    }
}
