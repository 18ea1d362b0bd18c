//! Motion modes and the banks of them that each class flies with.
//!
//! Three modes: quiet flight (nearly constant velocity), manoeuvre (the same with a strong white acceleration) and
//! loiter (a velocity that forgets itself, an Ornstein-Uhlenbeck process, for drones; a hard turn for what cannot
//! loiter). Modes change at a rate; over `t` seconds the transition matrix is
//! `exp(-k t) I + (1 - exp(-k t)) 1 shares^T`, so two short steps change modes exactly as one long step does.

use super::gauss::Step;
use crate::fuse::kind::flight;
use model::ThreatKind;

/// Modes in a bank.
pub(crate) const MODES: usize = 3;

/// How one mode moves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mode {
    /// White acceleration density, km²/s³.
    pub(crate) wander: f64,
    /// Time in which a velocity forgets itself, seconds; 0: never.
    pub(crate) forgets_s: f64,
    /// Standing variance of a forgetting velocity, (km/s)² an axis.
    pub(crate) variance: f64,
}

/// The modes of a class and how they change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bank {
    pub(crate) modes: [Mode; MODES],
    /// Share of time in each mode.
    pub(crate) shares: [f64; MODES],
    /// Changes of mode a second.
    pub(crate) rate: f64,
}

/// The bank of a kind.
pub(crate) fn bank(kind: ThreatKind) -> Bank {
    let flight = flight(kind);
    let (speed, sd) = (flight.speed_mps / 1000.0, flight.speed_sd_mps / 1000.0);
    let straight = |wander: f64| Mode { wander, forgets_s: 0.0, variance: 0.0 };
    let loiter = |forgets_s: f64| Mode { wander: 0.0, forgets_s, variance: 0.5 * (speed * speed + sd * sd) };
    let q = flight.wander;
    match kind {
        ThreatKind::Uav | ThreatKind::Unknown => Bank {
            modes: [straight(0.5 * q), straight(8.0 * q), loiter(90.0)],
            shares: [0.8, 0.15, 0.05],
            rate: 1.0 / 240.0,
        },
        ThreatKind::ReconUav | ThreatKind::Fpv => Bank {
            modes: [straight(0.5 * q), straight(8.0 * q), loiter(60.0)],
            shares: [0.5, 0.2, 0.3],
            rate: 1.0 / 180.0,
        },
        ThreatKind::JetUav => Bank {
            modes: [straight(0.5 * q), straight(8.0 * q), loiter(60.0)],
            shares: [0.88, 0.1, 0.02],
            rate: 1.0 / 400.0,
        },
        ThreatKind::BallisticMissile => Bank {
            modes: [straight(0.5 * q), straight(10.0 * q), straight(40.0 * q)],
            shares: [0.7, 0.2, 0.1],
            rate: 1.0 / 60.0,
        },
        _ => Bank {
            modes: [straight(0.5 * q), straight(8.0 * q), straight(40.0 * q)],
            shares: [0.75, 0.2, 0.05],
            rate: 1.0 / 120.0,
        },
    }
}

impl Bank {
    /// One mode for all: nearly constant velocity with the mean of their noises. A velocity that forgets itself wanders
    /// by twice its variance over its time.
    pub(crate) fn mean(&self) -> Mode {
        let noise = |mode: &Mode| {
            if mode.forgets_s > 0.0 { 2.0 * mode.variance / mode.forgets_s } else { mode.wander }
        };
        let wander = self.modes.iter().zip(self.shares).map(|(mode, share)| share * noise(mode)).sum();
        Mode { wander, forgets_s: 0.0, variance: 0.0 }
    }
}

impl Mode {
    /// The step of `t >= 0` seconds.
    pub(crate) fn step(&self, t: f64) -> Step {
        if self.forgets_s > 0.0 {
            let tau = self.forgets_s;
            let a = libm::exp(-t / tau);
            // Singer (1970): the exact noise of an Ornstein-Uhlenbeck velocity and its integral.
            let x = t / tau;
            let pp = 2.0 * self.variance * tau * tau * (x - 1.5 + 2.0 * a - 0.5 * a * a);
            let pv = self.variance * tau * (1.0 - a) * (1.0 - a);
            let vv = self.variance * (1.0 - a * a);
            return Step { pv: tau * (1.0 - a), vv: a, noise: [pp.max(0.0), pv, vv] };
        }
        Step::straight(t, self.wander)
    }
}
