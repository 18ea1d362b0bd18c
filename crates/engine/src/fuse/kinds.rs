//! What it may be: a distribution over the kinds, from words, from sensors and from how fast it flies.
//!
//! Words go through a confusion matrix: people say "drone" of a jet drone, seldom "missile" of a drone. Speed is read
//! from the velocity of the moment and not remembered, so that it never counts twice (joint tracking and
//! classification; Ristic and Gordon 2004).

use super::kind::{flight, related};
use super::motion::Motion;
use model::{KindShare, ThreatKind};

/// All kinds, in the order of the distribution.
pub(crate) const KINDS: [ThreatKind; 12] = ThreatKind::ALL;
/// How often each flies, from open daily summaries; only the order of magnitude matters.
const PRIOR: [f64; 12] = [0.5, 0.06, 0.08, 0.03, 0.08, 0.03, 0.05, 0.06, 0.03, 0.005, 0.005, 0.07];
/// Said of another kind altogether.
const MISTAKEN: f64 = 5e-5;
/// Speed says something once its standard deviation is below this share of it.
const SPEED_KNOWN: f64 = 0.35;

/// Probability that people say `said` of `is`.
fn says(said: ThreatKind, is: ThreatKind) -> f64 {
    match related(said, is) {
        _ if said == is => 0.85,
        // A general word for a more exact thing, or the thing nobody told apart.
        Some(exact) if exact == is => 0.3,
        // An exact word for a general thing.
        Some(_) => 0.025,
        None => MISTAKEN,
    }
}

/// A distribution over the kinds. Invariant: positive, sums to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Kinds {
    p: [f64; 12],
    /// Whether anything was said of it yet.
    said: bool,
}

impl Default for Kinds {
    fn default() -> Self {
        Self { p: PRIOR, said: false }
    }
}

impl Kinds {
    /// Probability of the word under this belief, relative to its probability of anything that flies: above 1 speaks
    /// for it. `Unknown` says nothing.
    pub(crate) fn fits(&self, said: ThreatKind) -> f64 {
        if said == ThreatKind::Unknown {
            return 1.0;
        }
        let of = |p: &[f64; 12]| KINDS.iter().zip(p).map(|(&kind, p)| p * says(said, kind)).sum::<f64>();
        of(&self.p) / of(&PRIOR)
    }

    /// The same for a sensor's shares.
    pub(crate) fn fits_shares(&self, shares: &[KindShare]) -> f64 {
        if shares.is_empty() {
            return 1.0;
        }
        let of = |p: &[f64; 12]| KINDS.iter().zip(p).map(|(&kind, p)| p * share(shares, kind)).sum::<f64>();
        of(&self.p) / of(&PRIOR)
    }

    /// Takes a word in.
    pub(crate) fn hear(&mut self, said: ThreatKind) {
        if said != ThreatKind::Unknown {
            self.take(|kind| says(said, kind));
        }
    }

    /// Takes a sensor's shares in.
    pub(crate) fn measure(&mut self, shares: &[KindShare]) {
        if !shares.is_empty() {
            self.take(|kind| share(shares, kind));
        }
    }

    fn take(&mut self, likelihood: impl Fn(ThreatKind) -> f64) {
        let mut sum = 0.0;
        for (p, &kind) in self.p.iter_mut().zip(&KINDS) {
            *p = (*p * likelihood(kind)).max(1e-9);
            sum += *p;
        }
        for p in &mut self.p {
            *p /= sum;
        }
        self.said = true;
    }

    /// The weighted sum of two beliefs about the same object: `self` with `1 - share`, `other` with `share`.
    pub(crate) fn blend(&mut self, other: &Self, share: f64) {
        for (p, other) in self.p.iter_mut().zip(other.p) {
            *p = *p * (1.0 - share) + other * share;
        }
        self.said |= other.said;
    }

    /// With what its speed says of it; `None` while the speed is not known.
    fn with_speed(&self, motion: &Motion) -> Option<[f64; 12]> {
        let (speed, sd) = (motion.speed_mps(), motion.speed_sd_mps());
        if sd > SPEED_KNOWN * speed {
            return None;
        }
        let mut p = self.p;
        let mut sum = 0.0;
        for (p, &kind) in p.iter_mut().zip(&KINDS) {
            let flight = flight(kind);
            let variance = flight.speed_sd_mps * flight.speed_sd_mps + sd * sd;
            let off = speed - flight.speed_mps;
            *p *= (libm::exp(-0.5 * off * off / variance) / libm::sqrt(variance)).max(1e-12);
            sum += *p;
        }
        for p in &mut p {
            *p /= sum;
        }
        Some(p)
    }

    /// The distribution, with what its speed says of it.
    pub(crate) fn all(&self, motion: &Motion) -> [f64; 12] {
        self.with_speed(motion).unwrap_or(self.p)
    }

    /// The likeliest kind; `Unknown` while neither words nor speed said anything.
    pub(crate) fn likeliest(&self, motion: &Motion) -> ThreatKind {
        let p = match self.with_speed(motion) {
            Some(p) => p,
            None if self.said => self.p,
            None => return ThreatKind::Unknown,
        };
        let mut best = (0.0, ThreatKind::Unknown);
        for (&p, &kind) in p.iter().zip(&KINDS) {
            if p > best.0 {
                best = (p, kind);
            }
        }
        best.1
    }
}

fn share(shares: &[KindShare], kind: ThreatKind) -> f64 {
    shares.iter().find(|one| one.kind == kind).map_or(1e-3, |one| one.share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Position;

    fn still() -> Motion {
        Motion { position: Position::new(50.0, 30.0).unwrap(), velocity: [0.0; 2], covariance: [[1.0; 4]; 4] }
    }
    fn at_speed(mps: f64) -> Motion {
        let mut covariance = [[0.0; 4]; 4];
        for (at, row) in covariance.iter_mut().enumerate() {
            row[at] = 1e-5;
        }
        Motion { velocity: [mps / 1000.0, 0.0], covariance, ..still() }
    }
    fn heard(words: &[ThreatKind]) -> Kinds {
        let mut kinds = Kinds::default();
        for &word in words {
            kinds.hear(word);
        }
        kinds
    }

    #[test]
    fn nothing_said_and_nothing_measured_is_unknown() {
        assert_eq!(Kinds::default().likeliest(&still()), ThreatKind::Unknown);
        assert_eq!(heard(&[ThreatKind::Unknown]).likeliest(&still()), ThreatKind::Unknown);
        assert_eq!(Kinds::default().likeliest(&at_speed(43.0)), ThreatKind::Uav);
    }

    #[test]
    fn what_is_said_is_believed_and_the_more_exact_word_wins() {
        for kind in KINDS {
            assert_eq!(heard(&[kind]).likeliest(&still()), kind);
        }
        assert_eq!(heard(&[ThreatKind::Uav, ThreatKind::JetUav]).likeliest(&still()), ThreatKind::JetUav);
        assert_eq!(
            heard(&[ThreatKind::Missile, ThreatKind::CruiseMissile]).likeliest(&still()),
            ThreatKind::CruiseMissile
        );
    }

    #[test]
    fn a_drone_at_a_hundred_and_thirty_metres_a_second_has_a_jet() {
        assert_eq!(heard(&[ThreatKind::Uav]).likeliest(&at_speed(130.0)), ThreatKind::JetUav);
        assert_eq!(heard(&[ThreatKind::Uav]).likeliest(&at_speed(44.0)), ThreatKind::Uav);
    }

    #[test]
    fn a_missile_does_not_fit_a_drone() {
        let drone = heard(&[ThreatKind::Uav]);
        assert!(drone.fits(ThreatKind::Uav) > 1.0);
        assert!(drone.fits(ThreatKind::CruiseMissile) < 0.02, "{}", drone.fits(ThreatKind::CruiseMissile));
        assert!((drone.fits(ThreatKind::Unknown) - 1.0).abs() < 1e-12);
    }
}
