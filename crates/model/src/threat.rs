//! What flies, what is said of it, and the eight winds.

use serde::{Deserialize, Serialize};

/// What kind of threat. The spelling on the wire is the scorer's and the record's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThreatKind {
    /// Propeller strike drone (Shahed, Geran and the like), or an unmanned aircraft not told apart.
    Uav,
    /// Jet-engined strike drone.
    JetUav,
    /// Reconnaissance drone.
    ReconUav,
    /// First-person-view or other short-range drone.
    Fpv,
    /// Cruise missile.
    CruiseMissile,
    /// Ballistic or aeroballistic missile.
    BallisticMissile,
    /// Missile of a kind not told.
    Missile,
    /// Guided aerial bomb.
    GuidedBomb,
    /// Aircraft active (tactical or strategic aviation): a threat of launch, not yet a weapon in flight.
    Aviation,
    /// MiG-31K in the air: a threat of aeroballistic launch.
    #[serde(rename = "mig31k")]
    Mig31k,
    /// Artillery shelling.
    Artillery,
    /// A threat whose kind was not told.
    Unknown,
}

impl ThreatKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Uav,
        Self::JetUav,
        Self::ReconUav,
        Self::Fpv,
        Self::CruiseMissile,
        Self::BallisticMissile,
        Self::Missile,
        Self::GuidedBomb,
        Self::Aviation,
        Self::Mig31k,
        Self::Artillery,
        Self::Unknown,
    ];
}

/// What a threat message does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Something is seen or heard somewhere, usually moving.
    Track,
    /// A place is threatened; nothing is placed.
    Threat,
    /// Something was launched.
    Launch,
    /// One threat has ended. Never the end of an alert.
    Cancel,
    /// An account of the past. Raises nothing.
    Summary,
}

/// One of the eight winds, as a direction or a part of a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum CompassPoint {
    /// North, 0 degrees.
    N,
    /// North-east, 45 degrees.
    Ne,
    /// East, 90 degrees.
    E,
    /// South-east, 135 degrees.
    Se,
    /// South, 180 degrees.
    S,
    /// South-west, 225 degrees.
    Sw,
    /// West, 270 degrees.
    W,
    /// North-west, 315 degrees.
    Nw,
    /// The middle of a region ("в центрі області"); has no bearing.
    C,
}

impl CompassPoint {
    /// Degrees clockwise from north; `None` for the centre.
    pub const fn bearing_deg(self) -> Option<u16> {
        Some(match self {
            Self::N => 0,
            Self::Ne => 45,
            Self::E => 90,
            Self::Se => 135,
            Self::S => 180,
            Self::Sw => 225,
            Self::W => 270,
            Self::Nw => 315,
            Self::C => return None,
        })
    }
}
