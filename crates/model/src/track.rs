//! The track (an object believed to exist) and the forecast (where it may be later, for one community).

use crate::measurement::KindShare;
use crate::place::{Code, Position};
use crate::report::Count;
use crate::threat::ThreatKind;
use crate::time::Timestamp;
use crate::{EventId, TrackId};
use serde::{Deserialize, Serialize};

/// Where a track is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Seen once by one source that is not trusted alone. Never reaches `warn`.
    Tentative,
    /// Believed.
    Confirmed,
    /// Not seen for a while; believed with growing uncertainty.
    Coasting,
    /// Over: cancelled, merged or too uncertain to place.
    Ended,
}

/// A believed object or group. Position is WGS 84 degrees; the covariance is in the local east-north frame at `position`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// Stable number.
    pub id: TrackId,
    /// Stage.
    pub stage: Stage,
    /// Most likely kind.
    pub kind: ThreatKind,
    /// What it may be, likeliest first; shares below one in a hundred are left out. Empty in records made before there
    /// were any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<KindShare>,
    /// How many fly together.
    pub count: Count,
    /// Where, at `at`.
    pub position: Position,
    /// Standard deviations and correlation of position: east km, north km, correlation -1..=1.
    pub position_sd_km: [f64; 3],
    /// Speed over ground, metres a second.
    pub speed_mps: f64,
    /// Course, degrees clockwise from north; `None` while unknown.
    pub course_deg: Option<f64>,
    /// Standard deviation of the course, degrees.
    pub course_sd_deg: f64,
    /// Probability that something is there, 0..=1.
    pub existence: f64,
    /// Which measurement belongs to which object was not clear lately: read the rest with more doubt than it says.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approximate: bool,
    /// The instant the state is given for.
    pub at: Timestamp,
    /// First evidence.
    pub first_seen_at: Timestamp,
    /// Latest evidence.
    pub last_seen_at: Timestamp,
    /// Communities its messages named as targets, as said.
    pub targets: Vec<Code>,
    /// Where it was believed to be, oldest first, at most 20 points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<(Timestamp, Position)>,
    /// The events (reports) that made it, oldest first, at most 64.
    pub provenance: Vec<EventId>,
}

/// Arrival of one track at one community.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// The track.
    pub track: TrackId,
    /// The community.
    pub community: Code,
    /// When and how likely.
    pub arrival: crate::picture::Arrival,
}
