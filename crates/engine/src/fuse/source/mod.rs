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

use super::body::Body;
use super::count::Many;
use super::kind::flight;
use super::kinds::Kinds;
use super::motion::{Fix, Imm, bank};
use super::roster::Profile;
use crate::sense::{Sighting, Statement};
use model::{Position, ThreatKind};

/// Kilometres that sound flies in a second, at 15 degrees Celsius.
pub(crate) const SOUND_KMPS: f64 = 0.340;
/// Standard deviation of an axis' velocity of what flies fast, km/s.
const FAST_KMPS: f64 = 0.2;
/// Squared distance beyond which a position does not belong: 99.99 % of a chi-squared variable of two degrees of
/// freedom. What lies inside is weighed; one plot in ten thousand begins an echo.
pub(crate) const GATE: f64 = 18.4;

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

    /// Odds that it is of `body`, whose modes at the instant are `imm`, against its being of nothing known; `None` when
    /// it cannot be.
    pub(crate) fn odds(&self, body: &Body, imm: &Imm, around: &Around) -> Option<f64> {
        let odds = match self {
            Self::Words(words) => words.odds(body, imm, around),
            Self::Plot(plot) => plot.odds(body, imm, around),
            Self::Bearing(bearing) => bearing.odds(body, imm),
            Self::Presence(presence) => presence.odds(body, imm),
            Self::Remote(remote) => remote.odds(body, imm, around),
        }?;
        (odds.is_finite() && odds > 1e-6).then_some(odds)
    }

    /// What `imm` becomes if it is of this object, and what is believed of kind and number.
    pub(crate) fn update(&self, body: &mut Body) {
        match self {
            Self::Words(words) => words.update(body),
            Self::Plot(plot) => plot.update(body),
            Self::Bearing(bearing) => bearing.update(body),
            Self::Presence(presence) => presence.update(body),
            Self::Remote(remote) => remote.update(body),
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

    /// Words and the claims of people are paired hard, one item with one object; measurements softly.
    pub(crate) const fn hard(&self) -> bool {
        matches!(self, Self::Words(_) | Self::Remote(_))
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
