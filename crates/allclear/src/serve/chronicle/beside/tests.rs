//! Beside an incident, from the bundled evening in a record on a disk.

use super::*;
use crate::demo;
use crate::store::{Entry, Store};
use engine::{Config, Engine, SourceProfile};
use model::{ConfigPart, EventId, Item, Report, ReportId, SourceId, Status, TrackId};
use std::collections::BTreeSet;

const EVENING: &str = include_str!("../../../../../../scenarios/evening.jsonl");

fn areas() -> &'static AreaSet {
    AreaSet::bundled()
}

fn sources(status: Status, profiles: &[(&str, SourceProfile)]) -> Config {
    let sources = profiles.iter().map(|(name, it)| (SourceId::new(name), it.clone())).collect();
    Config { sources, ..Config::of(status) }
}

/// As the start of the program writes it.
fn configured(config: &Config) -> EventBody {
    let text = serde_json::json!({"status": config.status, "mode": config.mode, "sources": config.sources});
    EventBody::Configured { part: ConfigPart::Sources, sha256: String::new(), text: Some(text.to_string()) }
}

/// The bundled evening, its configuration first.
fn evening() -> (Config, Vec<Event>) {
    let of = |trust, official| SourceProfile { trust, official, stale_after_ms: 20_000, ..SourceProfile::default() };
    let profiles = [("evening-official", of(0.5, true)), ("monitor-a", of(0.8, false)), ("monitor-b", of(0.6, false))];
    let config = sources(Status::Exercise, &profiles);
    let told = demo::events(EVENING, areas()).unwrap();
    let first = Event { id: EventId(0), at: told[0].at, body: configured(&config) };
    let mut events: Vec<Event> = std::iter::once(first).chain(told).collect();
    for (event, n) in events.iter_mut().zip(0..) {
        event.id = EventId(n);
    }
    (config, events)
}

fn recorded_in(dir: &std::path::Path, status: Status, events: &[Event]) -> Reader {
    let mut store = Store::open(dir, status).unwrap();
    let entries: Vec<Entry> = events.iter().cloned().map(Entry::Event).collect();
    store.append(&entries).unwrap();
    store.reader()
}

fn scope_of(area: &str, window: [Timestamp; 2]) -> Scope {
    Scope { area: area.to_owned(), window }
}

/// One line a track.
fn lines(view: &BesideView, began: Timestamp) -> Vec<String> {
    let s = |at: &String| Timestamp::parse(at).unwrap().ms_since(began) / 1_000;
    let both = |both: &[String; 2]| format!("{}-{}", s(&both[0]), s(&both[1]));
    let line = |it: &view::BesideTrack| {
        let inside = it.inside.as_ref().map_or("never".to_owned(), both);
        format!("{} near {} inside {inside} at {} km: {}", it.kind, both(&it.near), it.nearest_km, it.state)
    };
    view.tracks.iter().map(line).collect()
}

#[test]
fn the_tracks_of_an_evening_are_found_again_under_their_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let (config, events) = evening();
    let reader = recorded_in(dir.path(), Status::Exercise, &events);
    let began = events[0].at;
    let window = [began.plus_ms(300_000), began.plus_ms(1_200_000)];
    let now = began.plus_ms(4_000_000);
    let view = look(&reader, areas(), &scope_of("UA/Sumy/Shostka", window), 9, now).unwrap();
    assert_eq!(view.left_out, None);
    let expected = [
        "uav near 300-1200 inside 300-950 at 0 km: followed",
        "jet_uav near 1090-1200 inside never at 17.6 km: followed",
    ];
    assert_eq!(lines(&view, began), expected);

    // The same numbers as the program told then.
    let (mut engine, mut told) = (Engine::new(config, areas()), BTreeSet::new());
    for event in &events {
        engine.step(event, &mut Vec::new());
        told.extend(engine.picture().tracks.iter().map(|track| track.id));
    }
    let found: BTreeSet<TrackId> = view.tracks.iter().map(|it| TrackId(it.id)).collect();
    assert!(found.is_subset(&told), "{found:?} of {told:?}");
}

/// Events of these lines with the evening's sources.
fn lines_of(text: &str) -> (Timestamp, Vec<Event>) {
    let (_, mut events) = evening();
    let told = demo::events(text, areas()).unwrap();
    events.truncate(1);
    events.extend(told);
    (events[0].at, events)
}

fn worked(events: &[Event], area: &str, window: [Timestamp; 2]) -> BesideView {
    let mut view = BesideView::of(&scope_of(area, window), 0, window[1]);
    work(&mut view, events, &Place::of(areas(), area).unwrap(), window);
    view
}

#[test]
fn what_became_of_a_track_is_said_and_never_that_it_hit() {
    let seen = r#"{"after_s": 0, "source": "monitor-a", "text": "Сумщина: 2 БпЛА в районі Конотопа"}"#;
    let west = r#"{"after_s": 500, "source": "monitor-a", "text": "Чернігівщина: 2 БпЛА в районі Бахмача курсом на Ніжин"}
{"after_s": 1900, "source": "monitor-a", "text": "Чернігівщина: 2 БпЛА в районі Ніжина"}"#;
    let over = r#"{"after_s": 300, "source": "monitor-a", "text": "Сумщина: відбій загрози БпЛА"}"#;
    for (later, until_s, state) in
        [("", 200, "followed"), (over, 900, "ended"), ("", 4 * 3_600, "lost"), (west, 2_000, "passed_on")]
    {
        let (began, events) = lines_of(&format!("{seen}\n{later}\n"));
        let view = worked(&events, "UA/Sumy/Konotop", [began, began.plus_ms(until_s * 1_000)]);
        let states: Vec<&str> = view.tracks.iter().map(|it| it.state).collect();
        assert_eq!(states, [state], "{later:?} {until_s}");
        assert_eq!((view.tracks[0].count_low, view.tracks[0].nearest_km), (2, 0.0));
    }
}

#[test]
fn nobody_listened_before_the_record_began_and_what_has_no_place_here_is_left_out_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let (_, events) = evening();
    let reader = recorded_in(dir.path(), Status::Exercise, &events);
    let (began, now) = (events[0].at, events[0].at.plus_ms(4_000_000));
    let before = [began.plus_ms(-7_200_000), began.plus_ms(-3_600_000)];
    let view = look(&reader, areas(), &scope_of("UA/Sumy", before), 9, now).unwrap();
    assert_eq!((view.window_s, view.heard_s, view.sensed_s, view.left_out), (3_600, 0, 0, None));
    assert_eq!((view.tracks, view.sources), (vec![], vec![]));
    // Of what has not happened yet only the part until now counts.
    let ahead = [now.plus_ms(-600_000), now.plus_ms(3_600_000)];
    assert_eq!(look(&reader, areas(), &scope_of("UA/Sumy", ahead), 9, now).unwrap().window_s, 600);
    let later = [now.plus_ms(600_000), now.plus_ms(3_600_000)];
    assert_eq!(look(&reader, areas(), &scope_of("UA/Sumy", later), 9, now).unwrap().window_s, 0);
    for strange in ["RU/Kursk", "front", "UA/Nowhere", ""] {
        let view = look(&reader, areas(), &scope_of(strange, before), 9, now).unwrap();
        assert_eq!((view.left_out, view.window_s, view.tracks.len()), (Some("area"), 0, 0), "{strange}");
    }
}

/// A report of one measured item, as it stands in the record.
fn measured(id: u64, at: Timestamp, source: &str, item: &serde_json::Value) -> Event {
    let item: Item = serde_json::from_value(item.clone()).unwrap();
    let report = Report {
        id: ReportId::new(&format!("r-{id}")),
        source: SourceId::new(source),
        status: Status::Exercise,
        observed_at: at,
        received_at: at,
        text: None,
        items: vec![item],
        refused: Vec::new(),
    };
    Event { id: EventId(id), at, body: EventBody::Report(report) }
}

#[test]
fn a_sensor_counts_as_listening_while_it_is_heard_and_where_it_stands_is_not_told() {
    let konotop = areas().get(chronicle::book::area_at(areas(), "UA/Sumy/Konotop").unwrap()).unwrap();
    let of = |senses: &[model::Code]| SourceProfile {
        stale_after_ms: 60_000,
        senses: senses.to_vec(),
        ..SourceProfile::default()
    };
    let config = sources(Status::Exercise, &[("radar", of(&[konotop.code])), ("ears", of(&[])), ("away", of(&[]))]);
    let began = Timestamp::from_millis(1_767_225_600_000);
    let place = serde_json::json!({"lat_deg": konotop.centre.lat_deg(), "lon_deg": konotop.centre.lon_deg()});
    let plot = serde_json::json!({"item": "plot", "position": place, "covariance_km2": [0.01, 0.0, 0.01]});
    let near = serde_json::json!({"item": "presence", "observer": place, "range_km": 3.0});
    let s = |s: i64| began.plus_ms(s * 1_000);
    let events = [
        Event { id: EventId(0), at: s(-100), body: configured(&config) },
        measured(1, s(10), "radar", &plot),
        measured(2, s(20), "radar", &plot),
        measured(3, s(30), "ears", &near),
        // Before and after the window: heard, and not counted.
        Event { id: EventId(4), at: s(590), body: EventBody::Heartbeat { source: SourceId::new("radar") } },
        measured(5, s(605), "radar", &plot),
    ];
    let window = [s(0), s(600)];
    let view = worked(&events, "UA/Sumy/Konotop", window);
    let row =
        |it: &view::BesideSource| format!("{} {} {} {} {}", it.source, it.class, it.covers, it.reports, it.heard_s);
    // The radar from 10 to 80 s by two reports that overlap, the ears to 90 s, and the last 10 s.
    assert_eq!((view.window_s, view.heard_s, view.sensed_s), (600, 90, 80), "{view:?}");
    let rows: Vec<String> = view.sources.iter().map(row).collect();
    assert_eq!(rows, ["radar sensor true 2 80", "ears sensor false 0 60"]);
    // In the whole region what is near a sensor is counted; and no radar covers all of it.
    let view = worked(&events, "UA/Sumy", window);
    let rows: Vec<String> = view.sources.iter().map(row).collect();
    assert_eq!(rows, ["radar sensor false 2 80", "ears sensor false 1 60"]);
    assert_eq!((view.heard_s, view.sensed_s), (90, 0), "{view:?}");
    // Another region: nothing was said of it, and only who may tell of anything was listening.
    let view = worked(&events, "UA/Poltava", window);
    let rows: Vec<String> = view.sources.iter().map(row).collect();
    assert_eq!(rows, ["ears sensor false 0 60"]);
}

#[test]
fn an_answer_is_kept_a_minute_and_for_good_when_nothing_can_come_any_more() {
    let (kept, at) = (Kept::default(), Timestamp::from_millis(1_767_225_600_000));
    let open = scope_of("UA/Sumy", [at, at]);
    let over = scope_of("UA/Kyiv", [at.plus_ms(-7_200_000), at.plus_ms(-3_600_000)]);
    for scope in [&open, &over] {
        kept.put(scope.clone(), at, BesideView::of(scope, 7, at));
    }
    let has = |scope: &Scope, after_ms: i64| kept.get(scope, at.plus_ms(after_ms)).is_some();
    assert!(has(&open, 59_000) && !has(&open, 60_000) && has(&over, 3_600_000));
    for n in 0..KEPT_MAX {
        let scope = scope_of(&format!("UA/{n}"), [at, at]);
        kept.put(scope.clone(), at, BesideView::of(&scope, 7, at));
    }
    assert!(!has(&over, 0) && kept.0.lock().unwrap().len() == KEPT_MAX);
}
