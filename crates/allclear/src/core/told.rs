//! The published picture as it is told: flat views of it.

use super::{Published, Troubles};
use crate::clock::Clock;
use crate::publish;
use crate::serve::view::StateView;
use engine::Mode;
use model::{AreaSet, Picture};

/// The whole public picture.
pub fn state_view(areas: &AreaSet, published: &Published, clock: &Clock, troubles: &Troubles) -> StateView {
    let picture =
        if published.is_alive() { published.picture.clone() } else { publish::blinded(published.picture.clone()) };
    StateView {
        status: publish::status_word(published.status),
        mode: match published.mode {
            Mode::Relay => "relay",
            Mode::Authority => "authority",
        },
        seq: published.seq,
        as_of: picture.as_of.to_string(),
        server_time: clock.now().to_string(),
        speed: clock.speed(),
        record_stopped: published.record_stopped.clone(),
        communities: picture.communities.iter().map(|c| publish::community(areas, c)).collect(),
        alike: Vec::new(),
        alerts: picture.alerts.iter().map(|a| publish::alert(areas, a, None)).collect(),
        tracks: tracks(areas, &picture),
        sources: sources(&picture, troubles),
        reports: published.reports.iter().cloned().collect(),
    }
}

/// All tracks, flat.
pub fn tracks(areas: &AreaSet, picture: &Picture) -> Vec<crate::serve::view::TrackView> {
    picture.tracks.iter().map(|t| publish::track(areas, t, &picture.forecasts)).collect()
}

/// All sources, flat.
pub fn sources(picture: &Picture, troubles: &Troubles) -> Vec<crate::serve::view::SourceView> {
    picture.sources.iter().filter(|s| publish::shown(s)).map(|s| publish::source(s, troubles.get(&s.source))).collect()
}

pub(super) fn json<T: serde::Serialize>(view: &T) -> String {
    // Views hold only strings, numbers and lists: they cannot fail to serialise.
    serde_json::to_string(view).unwrap_or_else(|_| "null".into())
}
