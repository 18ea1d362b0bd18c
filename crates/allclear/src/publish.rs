//! From the engine's picture to what the public sees: flat views, names, and the difference between two pictures.
//!
//! What comes in: two [`Picture`]s, one after the other. What goes out: [`StateView`] parts and the [`ChangeView`]
//! between them. Deliberately absent: decisions; nothing here changes what is true.

use crate::serve::view::{
    AlertView, ArrivalView, CommunityView, ForecastView, HolderView, KindView, ReportView, SourceView, TrackView,
    WordView,
};
use model::{
    Alert, AlertLevel, AlertType, Area, AreaSet, Arrival, Code, CommunityState, CommunityStatus, Forecast, Level,
    Outcome, Picture, Report, SourceHealth, SourceLink, Stage, Standing, Status, ThreatKind, Track, View, Word,
};
use std::collections::{BTreeMap, BTreeSet};

/// Lines of forecast shown for one track.
const FORECAST_LINES_MAX: usize = 20;
/// Half-axes of the 90 % ellipse of a two-dimensional normal, in standard deviations: sqrt(-2 ln 0.1).
const ELLIPSE_90: f64 = 2.145_966;

/// `actual` or `exercise`.
pub const fn status_word(status: Status) -> &'static str {
    match status {
        Status::Actual => "actual",
        Status::Exercise => "exercise",
    }
}

/// The snake_case name of a kind, as serde writes it.
pub fn kind_word(kind: ThreatKind) -> String {
    serde_json::to_value(kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The name of a level.
pub const fn level_word(level: Level) -> &'static str {
    match level {
        Level::Country => "country",
        Level::Oblast => "oblast",
        Level::Raion => "raion",
        Level::Hromada => "hromada",
        Level::Settlement => "settlement",
    }
}

pub const fn alert_level_word(level: AlertLevel) -> &'static str {
    match level {
        AlertLevel::Red => "red",
        AlertLevel::Yellow => "yellow",
    }
}

pub const fn alert_type_word(kind: AlertType) -> &'static str {
    match kind {
        AlertType::AirRaid => "air_raid",
        AlertType::ArtilleryShelling => "artillery_shelling",
        AlertType::UrbanFights => "urban_fights",
        AlertType::Chemical => "chemical",
        AlertType::Nuclear => "nuclear",
    }
}

const fn word_word(word: Word) -> &'static str {
    match word {
        Word::Active => "active",
        Word::Clear => "clear",
        Word::Unknown => "unknown",
    }
}

fn kinds(kinds: &[ThreatKind]) -> Vec<String> {
    kinds.iter().map(|kind| kind_word(*kind)).collect()
}

fn arrival(arrival: &Arrival) -> ArrivalView {
    ArrivalView {
        probability: round(arrival.probability, 100.0),
        earliest_s: arrival.earliest_s,
        latest_s: arrival.latest_s,
        kind: kind_word(arrival.kind),
    }
}

fn round(x: f64, steps: f64) -> f64 {
    (x * steps).round() / steps
}

/// Names an area in both languages.
pub fn names(areas: &AreaSet, area: &Area) -> (String, String) {
    (areas.full_name_uk(area), areas.full_name_en(area))
}

fn names_of(areas: &AreaSet, code: Code) -> (String, String) {
    areas.get(code).map_or_else(|| (code.to_string(), code.to_string()), |area| names(areas, area))
}

/// One community, flat.
pub fn community(areas: &AreaSet, state: &CommunityState) -> CommunityView {
    let area = areas.get(state.community);
    let (name_uk, name_en) = names_of(areas, state.community);
    CommunityView {
        code: state.community.to_string(),
        level: area.map_or("settlement", |a| level_word(a.level)),
        parent: area.and_then(|a| a.parent).map(|p| p.to_string()),
        uid: area.and_then(|a| a.uid),
        name_uk,
        name_en,
        state: match state.status {
            CommunityStatus::Active => "active",
            CommunityStatus::Clear => "clear",
            CommunityStatus::Unknown => "unknown",
        },
        alert_level: state.level.map(alert_level_word),
        kinds: kinds(&state.kinds),
        partial: state.partial,
        elevated: state.elevated.as_ref().map(arrival),
        since: state.since.map(|t| t.to_string()),
        last_known: state.last_known.map(word_word),
        disagreement: state.disagreement,
        said_by: state.said_by.iter().map(word_view).collect(),
        as_of: state.as_of.to_string(),
    }
}

fn word_view(view: &View) -> WordView {
    WordView {
        source: view.source.to_string(),
        word: word_word(view.word),
        last_word: view.last_word.map(word_word),
        since: view.since.map(|t| t.to_string()),
        heard_at: view.heard_at.map(|t| t.to_string()),
    }
}

/// One alert, flat. `ended` is how and by whom it ended.
pub fn alert(areas: &AreaSet, alert: &Alert, ended: Option<(Outcome, &str)>) -> AlertView {
    let (name_uk, name_en) = names_of(areas, alert.community);
    AlertView {
        id: alert.id.0,
        standing: match alert.standing {
            Standing::Official => "official",
            Standing::Advisory => "advisory",
            Standing::Authority => "authority",
        },
        community: alert.community.to_string(),
        name_uk,
        name_en,
        alert_type: alert_type_word(alert.alert_type),
        level: alert_level_word(alert.level),
        kinds: kinds(&alert.kinds),
        started_at: alert.started_at.to_string(),
        updated_at: alert.updated_at.to_string(),
        ended_at: alert.ended_at.map(|t| t.to_string()),
        outcome: ended.map(|(outcome, _)| match outcome {
            Outcome::Passed => "passed",
            Outcome::Mistaken => "mistaken",
        }),
        said_by: match ended {
            Some((_, by)) => vec![by.to_owned()],
            None => alert.holders.keys().map(ToString::to_string).collect(),
        },
        arrival: alert.arrival.as_ref().map(arrival),
        holders: alert
            .holders
            .iter()
            .map(|(name, holder)| HolderView {
                name: name.to_string(),
                since: holder.since.to_string(),
                second: holder.second.clone(),
                words: holder.words.clone(),
            })
            .collect(),
    }
}

/// One track with its forecast, flat.
pub fn track(areas: &AreaSet, track: &Track, forecasts: &[Forecast]) -> TrackView {
    let [east, north, correlation] = track.position_sd_km;
    let (major, minor, bearing) = ellipse(east, north, correlation);
    let mut lines: Vec<&Forecast> = forecasts.iter().filter(|f| f.track == track.id).collect();
    lines.sort_by(|a, b| {
        b.arrival.probability.total_cmp(&a.arrival.probability).then_with(|| a.community.cmp(&b.community))
    });
    TrackView {
        id: track.id.0,
        stage: match track.stage {
            Stage::Tentative => "tentative",
            Stage::Confirmed => "confirmed",
            Stage::Coasting => "coasting",
            Stage::Ended => "ended",
        },
        kind: kind_word(track.kind),
        kinds: track
            .kinds
            .iter()
            .filter(|one| one.share >= 0.1)
            .map(|one| KindView { kind: kind_word(one.kind), probability: round(one.share, 100.0) })
            .collect(),
        approximate: track.approximate,
        count_low: track.count.low,
        count_high: track.count.high,
        lat: round(track.position.lat_deg(), 1e5),
        lon: round(track.position.lon_deg(), 1e5),
        ellipse_major_km: round(major * ELLIPSE_90, 100.0),
        ellipse_minor_km: round(minor * ELLIPSE_90, 100.0),
        ellipse_bearing_deg: round(bearing, 10.0),
        speed_mps: round(track.speed_mps, 10.0),
        course_deg: track.course_deg.map(|deg| round(deg, 10.0)),
        course_sd_deg: round(track.course_sd_deg, 10.0),
        existence: round(track.existence, 100.0),
        first_seen_at: track.first_seen_at.to_string(),
        last_seen_at: track.last_seen_at.to_string(),
        forecast: lines
            .into_iter()
            .take(FORECAST_LINES_MAX)
            .map(|line| {
                let (name_uk, name_en) = names_of(areas, line.community);
                ForecastView {
                    community: line.community.to_string(),
                    name_uk,
                    name_en,
                    arrival: arrival(&line.arrival),
                }
            })
            .collect(),
        provenance: track.provenance.iter().map(|event| event.0).collect(),
    }
}

/// Semi-axes (one standard deviation, kilometres) and bearing of the major axis (degrees clockwise from north, 0..180)
/// of a two-dimensional normal given by its east and north deviations and their correlation.
fn ellipse(east: f64, north: f64, correlation: f64) -> (f64, f64, f64) {
    let (a, b, c) = (east * east, north * north, correlation * east * north);
    let mean = f64::midpoint(a, b);
    let half = ((a - b) / 2.0).hypot(c);
    let bearing = (2.0 * c).atan2(b - a).to_degrees() / 2.0;
    ((mean + half).max(0.0).sqrt(), (mean - half).max(0.0).sqrt(), bearing.rem_euclid(180.0))
}

/// One source, flat. `trouble` is what its feed last failed at, if it still does.
pub fn source(health: &SourceHealth, trouble: Option<String>) -> SourceView {
    SourceView {
        source: health.source.to_string(),
        official: health.official,
        link: match health.link {
            SourceLink::Live => "live",
            SourceLink::Stale => "stale",
            SourceLink::Never => "never",
        },
        heard_at: health.heard_at.map(|t| t.to_string()),
        stale_after_s: health.stale_after_s,
        accepted: health.accepted,
        refused: health.refused,
        last_refusal: trouble.or_else(|| health.last_refusal.clone()),
    }
}

/// What may still be said when the core gives no sign of life: nothing is known any more, only what was known last.
/// Alerts in force stay listed: a fault ends none.
pub fn blinded(mut picture: Picture) -> Picture {
    for state in &mut picture.communities {
        state.last_known = match state.status {
            CommunityStatus::Active => Some(Word::Active),
            CommunityStatus::Clear => Some(Word::Clear),
            CommunityStatus::Unknown => state.last_known,
        };
        state.status = CommunityStatus::Unknown;
        state.level = None;
        state.partial = false;
        state.elevated = None;
        for view in &mut state.said_by {
            if view.word != Word::Unknown {
                view.last_word = Some(view.word);
                view.word = Word::Unknown;
            }
        }
    }
    for source in &mut picture.sources {
        if source.link == SourceLink::Live {
            source.link = SourceLink::Stale;
        }
    }
    picture
}

/// Whether a source is worth a line: the place for unknown senders only when some came.
pub fn shown(health: &SourceHealth) -> bool {
    health.source.as_str() != crate::config::STRANGER || health.refused > 0
}

/// One report, with what was read of it in words.
pub fn report(areas: &AreaSet, event: u64, report: &Report) -> ReportView {
    ReportView {
        event,
        source: report.source.to_string(),
        observed_at: report.observed_at.to_string(),
        received_at: report.received_at.to_string(),
        text: report.text.clone(),
        read_uk: report.items.iter().map(|item| wire::text::describe_uk(item, areas)).collect(),
        read_en: report.items.iter().map(|item| wire::text::describe_en(item, areas)).collect(),
        refused: report.refused.iter().map(|refusal| format!("{}: {}", refusal.reason, refusal.detail)).collect(),
    }
}

/// The communities that say the same as the one above them: a snapshot need not list them. None that is `partial`, or may be
/// reached by something, or lies in one that may.
pub fn as_above(areas: &AreaSet, picture: &Picture) -> BTreeSet<Code> {
    let states: BTreeMap<_, _> = picture.communities.iter().map(|c| (c.community, c)).collect();
    let alike = |state: &&CommunityState| {
        let above = areas.get(state.community).and_then(|area| area.parent).and_then(|parent| states.get(&parent));
        above.is_some_and(|above| above.elevated.is_none() && !state.partial && same_but_where(state, above))
    };
    picture.communities.iter().filter(alike).map(|state| state.community).collect()
}

/// Equal in everything but which community it is about, and whether it is `partial`.
fn same_but_where(a: &CommunityState, b: &CommunityState) -> bool {
    let CommunityState {
        community: _,
        partial: _,
        status,
        level,
        kinds,
        alerts,
        elevated,
        since,
        last_known,
        disagreement,
        said_by,
        as_of,
    } = a;
    (status, level, kinds, alerts, elevated) == (&b.status, &b.level, &b.kinds, &b.alerts, &b.elevated)
        && (since, last_known, disagreement) == (&b.since, &b.last_known, &b.disagreement)
        && (said_by, as_of) == (&b.said_by, &b.as_of)
}

/// Who says what of a community, without when it was last heard.
fn heard(state: &CommunityState) -> impl Iterator<Item = impl PartialEq> {
    state.said_by.iter().map(|v| (&v.source, v.word, v.last_word, v.since))
}

/// What a reader of `before` must be told to know `after`: the communities that differ (whatever their `as_of`), those of
/// `alike`, before, that are not of `still`, after, and the codes no longer listed.
///
/// With every change so told, whoever was not told of a community knows it by the one above. Whoever was told of all, too.
pub fn changed_communities<'a>(
    before: &Picture,
    alike: &BTreeSet<Code>,
    after: &'a Picture,
    still: &BTreeSet<Code>,
) -> (Vec<&'a CommunityState>, Vec<Code>) {
    let old: BTreeMap<_, _> = before.communities.iter().map(|c| (c.community, c)).collect();
    let new: BTreeMap<_, _> = after.communities.iter().map(|c| (c.community, c)).collect();
    let same = |a: &CommunityState, b: &CommunityState| {
        a.status == b.status
            && a.level == b.level
            && a.kinds == b.kinds
            && a.alerts == b.alerts
            && a.partial == b.partial
            && same_arrival(a, b)
            && a.since == b.since
            && a.last_known == b.last_known
            && a.disagreement == b.disagreement
            && heard(a).eq(heard(b))
    };
    let apart = |c: &CommunityState| alike.contains(&c.community) && !still.contains(&c.community);
    let news = |c: &&CommunityState| apart(c) || !old.get(&c.community).is_some_and(|o| same(o, c));
    let changed = after.communities.iter().filter(news).collect();
    let gone = old.keys().filter(|code| !new.contains_key(code)).copied().collect();
    (changed, gone)
}

/// Whether the advisories of two states would read the same: an arrival drifts by seconds with every tick,
/// and a frame for each drift would bury the changes that matter.
fn same_arrival(a: &CommunityState, b: &CommunityState) -> bool {
    const PROBABILITY_STEP: f64 = 0.05;
    const WINDOW_STEP_MS: i64 = 60_000;
    match (&a.elevated, &b.elevated) {
        (None, None) => true,
        (Some(x), Some(y)) => {
            let shift = |x_s: u32, y_s: u32| {
                a.as_of.plus_ms(i64::from(x_s) * 1000).ms_since(b.as_of.plus_ms(i64::from(y_s) * 1000)).abs()
            };
            x.kind == y.kind
                && (x.probability - y.probability).abs() < PROBABILITY_STEP
                && shift(x.earliest_s, y.earliest_s) < WINDOW_STEP_MS
                && shift(x.latest_s, y.latest_s) < WINDOW_STEP_MS
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_nobody_renews_says_unknown_and_keeps_its_alerts() {
        let state = |status| CommunityState {
            community: "UA59".parse().unwrap(),
            status,
            level: Some(AlertLevel::Red),
            kinds: Vec::new(),
            alerts: Vec::new(),
            partial: false,
            elevated: None,
            since: None,
            last_known: None,
            disagreement: false,
            said_by: Vec::new(),
            as_of: model::Timestamp::from_millis(0),
        };
        let picture = Picture {
            as_of: model::Timestamp::from_millis(0),
            communities: vec![
                state(CommunityStatus::Active),
                state(CommunityStatus::Clear),
                state(CommunityStatus::Unknown),
            ],
            alerts: Vec::new(),
            tracks: Vec::new(),
            forecasts: Vec::new(),
            sources: Vec::new(),
            waiting: Vec::new(),
            unheld: Vec::new(),
        };
        let blind = blinded(picture);
        assert!(blind.communities.iter().all(|c| c.status == CommunityStatus::Unknown && c.level.is_none()));
        let last: Vec<_> = blind.communities.iter().map(|c| c.last_known).collect();
        assert_eq!(last, [Some(Word::Active), Some(Word::Clear), None]);
    }

    #[test]
    fn the_ellipse_points_along_the_larger_deviation() {
        assert_eq!(ellipse(1.0, 3.0, 0.0), (3.0, 1.0, 0.0));
        let (major, minor, bearing) = ellipse(3.0, 1.0, 0.0);
        assert!((major - 3.0).abs() < 1e-12 && (minor - 1.0).abs() < 1e-12 && (bearing - 90.0).abs() < 1e-9);
        let (_, _, north_east) = ellipse(2.0, 2.0, 0.5);
        assert!((north_east - 45.0).abs() < 1e-9);
    }
}
