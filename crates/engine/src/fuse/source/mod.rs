//! One model for each kind of evidence: how well it fits an object, what it changes, and what it begins.
//!
//! What comes in: a sighting with its source's profile. What goes out: [`Evidence`]: odds against anything not known
//! yet, an update, a beginning. What always holds: odds are finite and positive; an update never makes a covariance
//! indefinite; words and presences carry no negative information; one bearing alone makes no track.
//! Deliberately absent: which object it is (`associate`), and who is believed (`trust`).

mod bearing;
mod plot;
mod presence;
mod remote;
mod traffic;
mod words;

pub(crate) use traffic::Aircraft;

use super::count::Many;
use super::kind::flight;
use super::kinds::Kinds;
use super::motion::{Fix, Imm, bank};
use super::roster::Profile;
use super::state::State;
use crate::sense::{Sighting, Statement};
use model::{Position, ThreatKind};

/// Kilometres that sound flies in a second, at 15 degrees Celsius.
pub(crate) const SOUND_KMPS: f64 = 0.340;
/// Standard deviation of an axis' velocity of what flies fast, km/s.
const FAST_KMPS: f64 = 0.2;
/// Squared distance beyond which a position does not belong: 99.99 % of a chi-squared variable of two degrees of
/// freedom. What lies inside is weighed; one plot in ten thousand begins an echo.
pub(crate) const GATE: f64 = 18.4;
/// Least background, per km²: no evidence is beyond doubt.
const BACKGROUND_MIN: f64 = 1e-9;

/// One sighting, ready to be weighed.
#[derive(Debug)]
pub(crate) enum Evidence<'a> {
    Words(words::Words<'a>),
    Plot(plot::Seen<'a>),
    Bearing(bearing::Heard<'a>),
    Presence(presence::Near<'a>),
    Remote(remote::Remote<'a>),
}

/// What is around a sighting before anyone asks which object it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around {
    /// Objects not detected yet, per km².
    pub(crate) undetected: f64,
    /// Plots that known traffic explains, per km².
    pub(crate) traffic: f64,
    /// Effective trust of the source.
    pub(crate) trust: f64,
}

/// A new object as evidence begins it.
#[derive(Debug)]
pub(crate) struct Birth {
    pub(crate) imm: Imm,
    pub(crate) kinds: Kinds,
    pub(crate) many: Many,
    pub(crate) existence: f64,
    /// Without a place yet: where its observer stands.
    pub(crate) observer: Option<Position>,
}

impl<'a> Evidence<'a> {
    /// The evidence of a sighting; `None` for what says nothing of one object.
    pub(crate) fn of(sighting: &'a Sighting, profile: &'a Profile, source: u16) -> Option<Self> {
        Some(match &sighting.statement {
            Statement::Detection(detection) => Self::Words(words::Words::new(detection, sighting.kind, profile)),
            Statement::Plot(plot) => Self::Plot(plot::Seen::new(plot, profile)),
            Statement::Bearing(bearing) => Self::Bearing(bearing::Heard::new(bearing, profile)),
            Statement::Presence(presence) => Self::Presence(presence::Near::new(presence, profile)),
            Statement::SystemTrack(track) if track.ended => return None,
            Statement::SystemTrack(track) => Self::Remote(remote::Remote::new(track, profile, source)),
            Statement::Traffic(_) | Statement::Threat(_) | Statement::Cancel(_) => return None,
        })
    }

    /// Where to look for objects it may be of: a centre and a radius in kilometres.
    pub(crate) fn reach(&self) -> (Position, f64) {
        match self {
            Self::Words(words) => words.reach(),
            Self::Plot(plot) => plot.reach(),
            Self::Bearing(bearing) => bearing.reach(),
            Self::Presence(presence) => presence.reach(),
            Self::Remote(remote) => remote.reach(),
        }
    }

    /// Density of the evidence if it is of this object at its instant, per km² or radian, against what its kind is of
    /// at all; `None` when it cannot be.
    pub(crate) fn likelihood(&self, state: &State) -> Option<f64> {
        let density = match self {
            Self::Words(words) => words.likelihood(state),
            Self::Plot(plot) => plot.likelihood(state),
            Self::Bearing(bearing) => bearing.likelihood(state),
            Self::Presence(presence) => presence.likelihood(state),
            Self::Remote(remote) => remote.likelihood(state),
        }?;
        (density.is_finite() && density > 0.0).then_some(density)
    }

    /// Squared distance of where it says the object is from where the object is believed, in units of both their
    /// spreads; `None` for what gives no place.
    pub(crate) fn distance(&self, state: &State) -> Option<f64> {
        let fix = match self {
            Self::Words(words) => words.place(),
            Self::Plot(plot) => plot.place(),
            Self::Remote(remote) => remote.place(),
            Self::Bearing(_) | Self::Presence(_) => return None,
        };
        Some(state.imm.distance(fix).0)
    }

    /// Density of such evidence from anything that is not known yet or not real, in the same unit; positive.
    pub(crate) fn background(&self, around: &Around) -> f64 {
        let density = match self {
            Self::Words(_) => words::Words::background(around),
            Self::Plot(plot) => plot.background(around),
            Self::Bearing(_) => bearing::Heard::background(),
            Self::Presence(presence) => presence.background(),
            Self::Remote(_) => remote::Remote::background(around),
        };
        density.max(BACKGROUND_MIN)
    }

    /// Probability that its source detects an object it looks at; 1 for a source that chooses what it tells of.
    pub(crate) const fn detection_p(&self) -> f64 {
        match self {
            Self::Plot(plot) => plot.detection_p(),
            _ => 1.0,
        }
    }

    /// What is believed of an object after it, if it is of this object.
    pub(crate) fn update(&self, state: &mut State) {
        match self {
            Self::Words(words) => words.update(state),
            Self::Plot(plot) => plot.update(state),
            Self::Bearing(bearing) => bearing.update(state),
            Self::Presence(presence) => presence.update(state),
            Self::Remote(remote) => remote.update(state),
        }
    }

    /// A new object, when `left` is the probability that it is of nothing known.
    pub(crate) fn begin(&self, left: f64, around: &Around) -> Option<Birth> {
        match self {
            Self::Words(words) => Some(words.begin(around)),
            Self::Plot(plot) => plot.begin(left, around),
            Self::Bearing(bearing) => bearing.begin(left, around),
            Self::Presence(presence) => presence.begin(left, around),
            Self::Remote(remote) => Some(remote.begin(left, around)),
        }
    }

    /// Whether a look that did not see an object says something: only a position sensor's.
    pub(crate) const fn scans(&self) -> bool {
        matches!(self, Self::Plot(_))
    }

    /// Whether it says that somebody told of the object, in words or as a track of theirs.
    pub(crate) const fn speaks(&self) -> bool {
        matches!(self, Self::Words(_) | Self::Remote(_))
    }

    /// Whether it places an object as an instrument does.
    pub(crate) const fn sharp(&self) -> bool {
        matches!(self, Self::Plot(_) | Self::Remote(_))
    }

    /// Where its observer stands, when it gives no place.
    pub(crate) fn observer(&self) -> Option<Position> {
        match self {
            Self::Bearing(bearing) => Some(bearing.observer()),
            Self::Presence(presence) => Some(presence.observer()),
            _ => None,
        }
    }

    /// The other system's track it is, when it is one.
    pub(crate) const fn link(&self) -> Option<(u16, u64)> {
        match self {
            Self::Remote(remote) => Some(remote.link()),
            _ => None,
        }
    }

    /// Targets and a changing course, as words told them of something new.
    pub(crate) fn told(&self) -> (Vec<model::Code>, bool) {
        match self {
            Self::Words(words) => (words.targets(), words.variable()),
            _ => (Vec::new(), false),
        }
    }

    /// Names of the sensors behind it, when another system told them.
    pub(crate) fn made_by(&self) -> &[String] {
        match self {
            Self::Remote(remote) => remote.made_by(),
            _ => &[],
        }
    }
}

/// A new object at a fix, flying as its kind does in any direction.
fn fresh(fix: &Fix, kind: ThreatKind) -> Imm {
    let mut imm = Imm::begin(fix, &flight(kind), &bank(kind));
    if kind == ThreatKind::Unknown {
        // It may as well be a missile: the second mode is as wide as those fly.
        imm.hasten(1, FAST_KMPS);
    }
    imm
}

/// The delay of sound from where `imm` says it was when it sounded, seconds, up to `most`: solved by iteration, since
/// the source moved while the sound flew.
fn sound_lag_s(imm: &Imm, observer: Position, most: f64) -> f64 {
    let motion = imm.motion();
    let [e, n] = super::motion::offset_km(observer, motion.position);
    let mut lag = 0.0;
    for _ in 0..4 {
        let (east, north) = (e - lag * motion.velocity[0], n - lag * motion.velocity[1]);
        lag = (libm::sqrt(east * east + north * north) / SOUND_KMPS).min(most);
    }
    lag
}

#[cfg(test)]
mod tests;
