//! How kinds of threat fly, and which kinds may be the same thing told twice.

use model::ThreatKind;

/// How a kind flies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flight {
    /// Usual speed, metres a second, and its standard deviation.
    pub(crate) speed_mps: f64,
    pub(crate) speed_sd_mps: f64,
    /// White acceleration density, km²/s³: how fast a straight course is forgotten.
    pub(crate) wander: f64,
    /// Silence after which it is coasting, seconds.
    pub(crate) coast_after_s: f64,
    /// Silence after which it cannot be placed any more, seconds: the rest of its endurance or of our patience.
    pub(crate) end_after_s: f64,
    /// How far ahead it is forecast, seconds.
    pub(crate) horizon_s: f64,
    /// How long a threat without a place stands, seconds.
    pub(crate) threat_s: f64,
    /// How long it can stay in the air, seconds.
    pub(crate) endurance_s: f64,
    /// Fastest lasting turn, degrees a second.
    pub(crate) turn_degps: f64,
    /// How it comes.
    pub(crate) way: Way,
}

/// How something comes to where it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Over everything on its way.
    Flies,
    /// Over everything on its way, and down anywhere on it before its endurance is over, everywhere as likely.
    Glides,
    /// High over everything but the place where it comes down.
    Falls,
}

impl Flight {
    /// No slower than this in the air, metres a second: two standard deviations below the usual speed.
    pub(crate) const fn slowest_mps(&self) -> f64 {
        (self.speed_mps - 2.0 * self.speed_sd_mps).max(5.0)
    }

    /// No faster than this, metres a second: three standard deviations above.
    pub(crate) const fn fastest_mps(&self) -> f64 {
        self.speed_mps + 3.0 * self.speed_sd_mps
    }
}

/// The table. Speeds are of common open descriptions: propeller drones 120 to 190 km/h, jet drones 400 to 600 (a range is its
/// middle and what an even spread over it deviates by), cruise missiles 750 to 850; endurance is range over speed (2,000 km, 1,500 km, 90 km for a gliding bomb). Times are chosen: longer keeps a lost group in mind, shorter forgets it.
pub(crate) const fn flight(kind: ThreatKind) -> Flight {
    const fn of(
        [speed_mps, speed_sd_mps]: [f64; 2],
        wander: f64,
        [coast_after_s, end_after_s]: [f64; 2],
        [horizon_s, threat_s]: [f64; 2],
        [endurance_s, turn_degps]: [f64; 2],
    ) -> Flight {
        let way = Way::Flies;
        Flight {
            speed_mps,
            speed_sd_mps,
            wander,
            coast_after_s,
            end_after_s,
            horizon_s,
            threat_s,
            endurance_s,
            turn_degps,
            way,
        }
    }
    match kind {
        ThreatKind::Uav => of([43.0, 6.0], 4e-7, [600.0, 3600.0], [1800.0, 1800.0], [43_200.0, 10.0]),
        ThreatKind::JetUav => of([138.0, 20.0], 2.5e-6, [240.0, 1200.0], [900.0, 1200.0], [10_800.0, 6.0]),
        ThreatKind::ReconUav => of([30.0, 8.0], 8e-7, [600.0, 3600.0], [1800.0, 1800.0], [64_800.0, 15.0]),
        ThreatKind::Fpv => of([25.0, 8.0], 8e-7, [300.0, 900.0], [600.0, 900.0], [2_400.0, 60.0]),
        ThreatKind::CruiseMissile => of([220.0, 30.0], 1e-5, [180.0, 1200.0], [900.0, 1800.0], [10_800.0, 5.0]),
        ThreatKind::BallisticMissile => {
            Flight { way: Way::Falls, ..of([1500.0, 400.0], 1e-4, [60.0, 420.0], [300.0, 1200.0], [720.0, 0.5]) }
        }
        ThreatKind::Missile => of([300.0, 200.0], 2e-5, [120.0, 900.0], [600.0, 1200.0], [10_800.0, 5.0]),
        ThreatKind::GuidedBomb => {
            Flight { way: Way::Glides, ..of([250.0, 50.0], 1e-5, [60.0, 420.0], [300.0, 900.0], [480.0, 1.5]) }
        }
        ThreatKind::Aviation | ThreatKind::Mig31k => {
            of([250.0, 50.0], 1e-5, [300.0, 1200.0], [900.0, 3600.0], [21_600.0, 5.0])
        }
        ThreatKind::Artillery => of([400.0, 200.0], 1e-5, [60.0, 300.0], [120.0, 1800.0], [300.0, 0.5]),
        ThreatKind::Unknown => of([60.0, 40.0], 1e-6, [600.0, 2400.0], [1800.0, 1800.0], [64_800.0, 60.0]),
    }
}

/// Whether the cancel of one kind is the cancel of another: its own or one it holds in itself. "Jet drones are over"
/// does not end a drone of a kind nobody told; "drones are over" ends the jet drones too.
pub(crate) fn cancels(cancelled: ThreatKind, flying: ThreatKind) -> bool {
    related(cancelled, flying) == Some(flying)
}

/// Whether two kinds may be one thing told by two people; then the more exact of the two. `None` when they cannot.
pub(crate) fn related(a: ThreatKind, b: ThreatKind) -> Option<ThreatKind> {
    use ThreatKind::{BallisticMissile, CruiseMissile, Fpv, JetUav, Missile, ReconUav, Uav, Unknown};
    #[allow(clippy::match_same_arms)] // Each line is one reason.
    match (a, b) {
        (a, b) if a == b => Some(a),
        (Unknown, exact) | (exact, Unknown) => Some(exact),
        (Uav, exact @ (JetUav | ReconUav | Fpv)) | (exact @ (JetUav | ReconUav | Fpv), Uav) => Some(exact),
        (Missile, exact @ (CruiseMissile | BallisticMissile))
        | (exact @ (CruiseMissile | BallisticMissile), Missile) => Some(exact),
        _ => None,
    }
}
