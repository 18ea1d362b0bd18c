//! What is told beside an incident, as it stands in JSON.

use super::Scope;
use model::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// What our own tracks and sources had of an area and a window: observations beside the words, and no proof of what happened.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BesideView {
    /// Size of the record.
    pub seq: u64,
    /// When it was worked out.
    pub as_of: String,
    /// Where, as a path.
    pub area: String,
    /// From when to when.
    pub window: [String; 2],
    /// What could not be worked out: `area` (nothing; no community of that path here), `events` (nothing; too much happened in that
    /// time), `tracks` (too many reports to follow them again), `configuration` (no tracks; the sources of then cannot be read).
    pub left_out: Option<&'static str>,
    /// Tracks that were inside or within `near_km`, nearest first, at most 50.
    pub tracks: Vec<BesideTrack>,
    /// How near is near, kilometres from the area.
    pub near_km: f64,
    /// Tracks of that kind that are not listed.
    pub tracks_more: usize,
    /// Tracks there that nobody confirmed: they are not listed.
    pub unconfirmed: usize,
    /// Sources that spoke of the area, or were heard and could have, at most 50.
    pub sources: Vec<BesideSource>,
    /// Sources that are not listed.
    pub sources_more: usize,
    /// Seconds of the window until now.
    pub window_s: u64,
    /// Seconds of these in which some source was heard that could have told of the area.
    pub heard_s: u64,
    /// Seconds in which a sensor was heard that covers all of the area. In the others silence says nothing.
    pub sensed_s: u64,
}

impl BesideView {
    /// Nothing yet.
    pub(super) fn of(scope: &Scope, seq: u64, now: Timestamp) -> Self {
        Self {
            seq,
            as_of: now.to_string(),
            area: scope.area.clone(),
            window: scope.window.map(|it| it.to_string()),
            left_out: None,
            tracks: Vec::new(),
            near_km: super::tracks::NEAR_KM,
            tracks_more: 0,
            unconfirmed: 0,
            sources: Vec::new(),
            sources_more: 0,
            window_s: 0,
            heard_s: 0,
            sensed_s: 0,
        }
    }
}

/// One track near an area, as it was believed then.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BesideTrack {
    /// Number.
    pub id: u64,
    /// Likeliest kind when it was nearest.
    pub kind: String,
    /// At least so many.
    pub count_low: u16,
    /// At most so many; null when open.
    pub count_high: Option<u16>,
    /// First and last time inside or near, in the window.
    pub near: [String; 2],
    /// First and last time inside; null when it never was.
    pub inside: Option<[String; 2]>,
    /// Least distance from the area, kilometres; 0 inside.
    pub nearest_km: f64,
    /// Standard deviation of the position then, kilometres, in its worst direction.
    pub sd_km: f64,
    /// At the end of the window: `followed` (still there), `passed_on` (followed until it was further away), `lost` (nobody told of it any
    /// more), `ended` (by a source's word, or taken for another by what was told later).
    pub state: &'static str,
}

/// One source, and what it had of an area.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BesideSource {
    /// Name.
    pub source: String,
    /// `official`, `sensor` or `words`.
    pub class: &'static str,
    /// A sensor that covers all of the area.
    pub covers: bool,
    /// Reports of the area or of a place in it.
    pub reports: u64,
    /// Reports that name only something wider which holds the area.
    pub wider: u64,
    /// The first of both; null when there is none.
    pub first: Option<String>,
    /// The last.
    pub last: Option<String>,
    /// Seconds of the window in which it was heard.
    pub heard_s: u64,
}
