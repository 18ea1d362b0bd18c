//! Who spoke of an area, and who was heard.
//!
//! What comes in: everything that happened in a time, the sources as they were configured. What goes out: reports by source, and the
//! seconds in which anybody listened. What always holds: a source was heard from each sign of life for as long as it may be silent,
//! not longer; where a sensor stands is told no closer than by region.

use super::ROWS_MAX;
use super::place::{Lies, Place};
use super::view::{BesideSource, BesideView};
use engine::SourceProfile;
use model::{Act, Event, EventBody, Item, Report, SourceId, Timestamp};
use std::collections::BTreeMap;

/// Stretches of time, in milliseconds.
type Stretches = Vec<[i64; 2]>;

/// What is known of one source.
#[derive(Default)]
struct Of {
    reports: u64,
    wider: u64,
    spoke: Option<[Timestamp; 2]>,
    measured: bool,
    heard: Stretches,
}

/// Counts and tells.
pub(super) fn tell(
    view: &mut BesideView,
    events: &[Event],
    profiles: &BTreeMap<SourceId, SourceProfile>,
    place: &Place,
    window: [Timestamp; 2],
) {
    let ordinary = SourceProfile::default();
    let profile = |source: &SourceId| profiles.get(source).unwrap_or(&ordinary);
    let mut found: BTreeMap<SourceId, Of> = BTreeMap::new();
    for event in events {
        let source = match &event.body {
            EventBody::Report(report) => {
                let of = found.entry(report.source.clone()).or_default();
                count(of, report, place, window);
                &report.source
            }
            EventBody::Heartbeat { source } => source,
            EventBody::Upstream(snapshot) => &snapshot.source,
            _ => continue,
        };
        let until = event.at.plus_ms(profile(source).stale_after_ms);
        let [from, to] = [event.at.max(window[0]).millis(), until.min(window[1]).millis()];
        if from < to {
            found.entry(source.clone()).or_default().heard.push([from, to]);
        }
    }
    let covers = |it: &SourceProfile| it.senses.iter().any(|&code| place.areas.covers(code, place.code()));
    found.retain(|source, of| of.spoke.is_some() || (!of.heard.is_empty() && could(profile(source), place)));
    let (mut heard, mut sensed) = (Stretches::new(), Stretches::new());
    let mut rows = Vec::new();
    for (source, of) in &mut found {
        let profile = profile(source);
        if could(profile, place) {
            heard.extend(&of.heard);
        }
        if covers(profile) {
            sensed.extend(&of.heard);
        }
        rows.push(BesideSource {
            source: source.to_string(),
            class: match profile {
                SourceProfile { official: true, .. } => "official",
                it if of.measured || !it.senses.is_empty() => "sensor",
                _ => "words",
            },
            covers: covers(profile),
            reports: of.reports,
            wider: of.wider,
            first: of.spoke.map(|both| both[0].to_string()),
            last: of.spoke.map(|both| both[1].to_string()),
            heard_s: seconds(&mut of.heard),
        });
    }
    rows.sort_by_key(|it| std::cmp::Reverse((it.reports, it.wider)));
    view.sources_more = rows.len().saturating_sub(ROWS_MAX);
    rows.truncate(ROWS_MAX);
    view.sources = rows;
    view.window_s = u64::try_from(window[1].ms_since(window[0]) / 1_000).unwrap_or(0);
    (view.heard_s, view.sensed_s) = (seconds(&mut heard), seconds(&mut sensed));
}

fn count(of: &mut Of, report: &Report, place: &Place, window: [Timestamp; 2]) {
    of.measured |= report.items.iter().any(|item| !matches!(item, Item::Threat(_) | Item::Order(_)));
    let at = report.observed_at;
    if at < window[0] || at > window[1] {
        return;
    }
    match report.items.iter().filter_map(|item| names(item, place)).min() {
        Some(Lies::Here) => of.reports += 1,
        Some(Lies::Around) => of.wider += 1,
        None => return,
    }
    let [first, last] = of.spoke.unwrap_or([at, at]);
    of.spoke = Some([first.min(at), last.max(at)]);
}

/// How what an item names lies to the area; `None` when it names something else.
fn names(item: &Item, place: &Place) -> Option<Lies> {
    let inside = |at| (place.km(at) <= 0.0).then_some(Lies::Here);
    match item {
        // An account of the past says nothing of this time.
        Item::Threat(it) if it.act == Act::Summary => None,
        Item::Threat(it) => {
            let named = it.place.iter().chain(&it.targets).map(|it| it.code);
            // The region of a heading says where the place lies; it is meant itself when no place is named.
            let heading = it.region.filter(|_| it.place.is_none());
            named.chain(heading).filter_map(|code| place.lies(code)).min()
        }
        Item::Order(it) => place.lies(it.community),
        Item::Plot(it) => inside(it.position),
        Item::SystemTrack(it) => inside(it.position),
        Item::Traffic(it) => inside(it.position),
        // What is near a sensor tells where the sensor stands: of anything narrower than a region it is not told.
        Item::Bearing(it) if place.wide() => inside(it.observer),
        Item::Presence(it) if place.wide() => inside(it.observer),
        Item::Bearing(_) | Item::Presence(_) => None,
    }
}

/// Whether a source may speak of the area at all.
fn could(profile: &SourceProfile, place: &Place) -> bool {
    let areas = if profile.senses.is_empty() { &profile.areas } else { &profile.senses };
    areas.is_empty() || areas.iter().any(|&code| place.lies(code).is_some())
}

/// How long they are together, whole seconds; what overlaps counts once.
fn seconds(stretches: &mut Stretches) -> u64 {
    stretches.sort_unstable();
    let (mut total, mut end) = (0, i64::MIN);
    for &[from, to] in stretches.iter() {
        total += (to - from.max(end)).max(0);
        end = end.max(to);
    }
    u64::try_from(total / 1_000).unwrap_or(0)
}
