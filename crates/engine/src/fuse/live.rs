//! The sky as a model of the filter ([`super::pmbm`]): one batch of one source over live objects.
//!
//! What comes in: evidence with what is around it. What goes out: likelihoods, updates and misses, as the filter asks
//! for them. What always holds: only a sensor that looks everywhere it says lowers existence by not detecting; words,
//! bearings, presences and other systems' tracks never do; words of a source make an object no likelier than the source
//! is trusted.
//! Deliberately absent: births, which [`super::sky`] makes of what no object claims, since what begins with words, with a
//! plot and with a bearing differs.

use super::body::CONFIRM_P;
use super::motion::{Fix, KM_PER_DEG};
use super::pmbm::{Born, Model, Reach};
use super::roster::{Profile, Roster};
use super::source::{Around, Evidence};
use super::state::State;
use crate::sense::Batch;
use model::{Position, ThreatKind};

/// Where a sensor that does not say how well it detects reports a plot it has looked: an unbelieved object in that plot's
/// gate would have been detected so likely too. It keeps the echoes of one object from living beside it.
const LOOKED_P: f64 = 0.6;
/// Nothing is missed with less probability than this: not even a sure object in full sight.
const MISS_MIN: f64 = 1e-3;
/// Standard deviations that hold every gate, another system's jump included.
const SIGMAS: f64 = 9.0;
/// Observers nearer than this are one.
const SAME_SITE_KM: f64 = 0.2;
/// A point's variance, km².
const POINT_KM2: f64 = 1e-4;

/// One batch before the filter.
#[derive(Debug)]
pub(super) struct Live<'a> {
    pub(super) batch: &'a Batch,
    pub(super) roster: &'a Roster,
    /// Effective trust of the source.
    pub(super) trust: f64,
    /// What the batch says of what it does not tell of.
    pub(super) looks: Looks<'a>,
    /// The widest reach of its evidence, km.
    pub(super) reach_km: f64,
}

/// What a batch says of objects it does not tell of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Looks<'a> {
    /// Nothing: people tell of what they choose.
    Silent,
    /// Plots of a sensor that detects so likely but does not say where it looks.
    Somewhere(f64),
    /// A scan of all that the sensor watches.
    Scan(&'a Profile),
}

/// One sighting of the batch.
#[derive(Debug)]
pub(super) struct Look<'a> {
    pub(super) evidence: Evidence<'a>,
    pub(super) around: Around,
    pub(super) background: f64,
}

/// Coordinates of the batch's grid, degrees.
fn flat(place: Position) -> [f64; 2] {
    [place.lat_deg(), place.lon_deg()]
}

impl<'a> Model for Live<'a> {
    type Density = State;
    type Measurement = Look<'a>;
    type View = State;

    fn place(&self, look: &Look<'a>) -> [f64; 2] {
        flat(look.evidence.reach().0)
    }

    fn detects(&self, _: &State) -> f64 {
        match self.looks {
            Looks::Silent => 1.0,
            Looks::Somewhere(detection_p) => detection_p,
            // A plot from beyond the range it names is a plot all the same.
            Looks::Scan(profile) => profile.sensor.detection_p,
        }
    }

    fn missed(&self, state: &State, existence: f64, detects: f64) -> (f64, f64) {
        let missed = |detects: f64| existence * (1.0 - detects) / (1.0 - existence * detects).max(1e-9);
        let miss = (1.0 - existence * detects).max(MISS_MIN);
        match self.looks {
            Looks::Silent => (existence, 1.0),
            _ if !state.placed => (existence, miss),
            Looks::Somewhere(_) if existence < CONFIRM_P => (missed(LOOKED_P), miss),
            // More of the same look may follow: what all of a scan missed is counted when it is over.
            Looks::Somewhere(_) | Looks::Scan(_) => (existence, miss),
        }
    }

    fn believed(&self, state: &State, existence: f64, look: &Look<'a>) -> f64 {
        if !look.evidence.speaks() {
            return 1.0;
        }
        // Many words tell of one object: only a new witness adds to its existence.
        if state.witnesses.contains(&self.batch.key.source) {
            existence.max(self.trust)
        } else {
            1.0 - (1.0 - existence) * (1.0 - self.trust)
        }
    }

    fn view(&self, state: &State) -> State {
        state.clone()
    }

    fn reach(&self, state: &State) -> Reach {
        let motion = state.imm.motion();
        let km = SIGMAS * motion.sd_km() + self.reach_km + 1.0;
        let narrow = libm::cos(motion.position.lat_deg().to_radians()).max(0.01);
        Reach { middle: flat(motion.position), half: [km / KM_PER_DEG, 1.1 * km / (KM_PER_DEG * narrow)] }
    }

    fn likelihood(&self, state: &State, look: &Look<'a>) -> Option<f64> {
        let density = look.evidence.likelihood(state)?;
        Some(if matches!(self.looks, Looks::Silent) { look.evidence.detection_p() * density } else { density })
    }

    fn updated(&self, state: &State, _: &State, look: &Look<'a>) -> State {
        let (mut next, evidence) = (state.clone(), &look.evidence);
        evidence.update(&mut next);
        let elsewhere = match (next.observer, evidence.observer()) {
            (Some(one), Some(other)) => one.distance_km(other) > SAME_SITE_KM,
            _ => true,
        };
        if elsewhere {
            next.observer = None;
        }
        next.placed |= evidence.observer().is_none();
        next.spoken |= evidence.speaks();
        next.sharp |= evidence.sharp();
        let key = &self.batch.key;
        // What another system made of sensors we hear anyway is no further witness.
        let made_by = evidence.made_by();
        let heard = |name: &String| self.roster.named(name).is_some_and(|own| state.witnesses.contains(&own));
        let known = !made_by.is_empty() && made_by.iter().all(heard);
        let witness = if known { state.witnesses.first().copied() } else { None };
        next.witnessed(witness.unwrap_or(key.source), self.trust, self.batch.event, key.at);
        next.settle();
        next
    }

    fn merged(&self, mixture: &[(f64, State)]) -> State {
        State::merged(mixture)
    }

    fn apart(&self, a: &State, b: &State) -> f64 {
        let same_kind = a.kind == b.kind || a.kind == ThreatKind::Unknown || b.kind == ThreatKind::Unknown;
        if !same_kind || a.links != b.links {
            return f64::INFINITY;
        }
        let there = Fix { position: b.imm.motion().position, covariance: [POINT_KM2, 0.0, POINT_KM2], lag_s: 0.0 };
        a.imm.distance(&there).0
    }

    fn born(&self, _: &Look<'a>) -> Option<Born<State>> {
        None
    }

    fn clutter(&self, look: &Look<'a>) -> f64 {
        look.background
    }
}
