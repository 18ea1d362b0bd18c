//! Every kind of instrument: what it makes of the sky, what it never makes, and that the order of arrival does not matter.

use crate::world::{World, at, config, drone, place, report, source};
use engine::{Config, SensorModel, SourceProfile};
use model::{
    Bearing, Count, EventBody, Item, KindShare, Plot, Position, Presence, RawBearing, RawPlot, RawPresence,
    RawSystemTrack, RawTraffic, ReportId, Stage, SystemTrack, ThreatKind, Track, Traffic, Velocity,
};
use proptest::prelude::*;

fn home() -> Position {
    place("A1a").centre
}
pub fn plot_of(position: Position, change: impl Fn(&mut RawPlot)) -> Item {
    let mut raw = RawPlot {
        measured_at: None,
        position,
        covariance_km2: [0.04, 0.0, 0.04],
        velocity: None,
        altitude_amsl_m: None,
        kinds: Vec::new(),
        count: None,
    };
    change(&mut raw);
    Item::Plot(Plot::new(raw).unwrap())
}
pub fn plot(position: Position) -> Item {
    plot_of(position, |_| {})
}
fn bearing(observer: Position, toward: Position, acoustic: bool) -> Item {
    let raw = RawBearing {
        measured_at: None,
        observer,
        bearing_deg: observer.bearing_deg(toward),
        bearing_sd_deg: 4.0,
        range_km: Some([0.0, 15.0]),
        acoustic,
        kinds: Vec::new(),
        count: None,
    };
    Item::Bearing(Bearing::new(raw).unwrap())
}
fn presence(observer: Position, range_km: f64) -> Item {
    let raw = RawPresence { measured_at: None, observer, range_km, acoustic: false, kinds: Vec::new(), count: None };
    Item::Presence(Presence::new(raw).unwrap())
}
fn system(track: &str, position: Position, made_by: &[&str]) -> Item {
    let raw = RawSystemTrack {
        track: track.to_owned(),
        measured_at: None,
        position,
        covariance_km2: [0.25, 0.0, 0.25],
        velocity: Some(Velocity { mps: [42.0, 0.0], covariance_m2ps2: [25.0, 0.0, 25.0] }),
        altitude_amsl_m: None,
        kinds: vec![KindShare { kind: ThreatKind::Uav, share: 1.0 }],
        count: None,
        made_by: made_by.iter().map(|&name| name.to_owned()).collect(),
        ended: false,
    };
    Item::SystemTrack(SystemTrack::new(raw).unwrap())
}
/// East of `from`, kilometres.
fn east(from: Position, km: f64) -> Position {
    from.toward(90.0, km)
}
fn with(name: &str, change: impl Fn(&mut SourceProfile)) -> Config {
    let mut config = config();
    let profile = config.sources.get_mut(&source(name)).unwrap();
    change(profile);
    config
}
/// Plots of something that flies east at `mps`, every 5 s for `seconds`, by `name`.
fn follow(world: &mut World, name: &str, mps: f64, seconds: u32) {
    for n in 0..=seconds / 5 {
        let second = f64::from(n) * 5.0;
        let minute = second / 60.0;
        world.say(minute, minute, name, vec![plot(east(home(), mps / 1000.0 * second))]);
    }
}
fn only(world: &World) -> Track {
    let mut tracks = world.tracks();
    assert_eq!(tracks.len(), 1, "{tracks:?}");
    tracks.remove(0)
}

#[test]
fn plots_become_a_track_with_a_course_a_kind_and_a_path_that_no_word_was_needed_for() {
    for (mps, kind) in [(42.0, ThreatKind::Uav), (130.0, ThreatKind::JetUav)] {
        let mut world = World::new();
        follow(&mut world, "radar", mps, 180);
        let track = only(&world);
        assert_eq!((track.stage, track.kind), (Stage::Confirmed, kind), "{mps}: {:?}", track.kinds);
        assert!((track.course_deg.unwrap() - 90.0).abs() < 6.0 && (track.speed_mps - mps).abs() < 6.0, "{track:?}");
        assert!(track.position.distance_km(east(home(), mps * 0.18)) < 0.4);
        assert!(track.path.len() > 5 && track.path.is_sorted_by_key(|(at, _)| *at));
        assert!(!track.approximate);
    }
}

#[test]
fn a_lone_plot_in_clutter_is_no_track_that_warns_and_is_given_up() {
    let mut world = World::of(with("radar", |radar| radar.sensor.clutter_per_1000_km2 = 1.0));
    world.say(0.0, 0.0, "radar", vec![plot(home())]);
    assert!(world.tracks().iter().all(|track| track.stage == Stage::Tentative));
    world.tick(1.0);
    world.say(2.0, 2.0, "radar", vec![plot(place("B1a").centre)]);
    assert!(world.tracks().iter().all(|track| track.position.distance_km(home()) > 50.0));
    assert_eq!(world.elevated("A1a"), None);
}

#[test]
fn one_bearing_makes_no_track_and_a_second_observer_places_it() {
    let (a, b, there) = (home(), east(home(), 8.0), home().toward(45.0, 6.0));
    let mut world = World::of(with("spotter", |spotter| spotter.trust = 0.9));
    world.say(0.0, 0.0, "spotter", vec![bearing(a, there, false)]);
    world.say(0.05, 0.05, "spotter", vec![bearing(a, there, false)]);
    assert!(world.tracks().is_empty(), "one observer alone, however often: {:?}", world.tracks());
    assert!(world.engine.picture().forecasts.is_empty());
    world.say(0.1, 0.1, "claims", vec![bearing(b, there, false)]);
    world.say(0.15, 0.15, "spotter", vec![bearing(a, there, false)]);
    world.say(0.2, 0.2, "claims", vec![bearing(b, there, false)]);
    let track = only(&world);
    assert!(track.position.distance_km(there) < 2.0, "{track:?}");
    assert!(track.position_sd_km[0] < 3.0 && track.position_sd_km[1] < 3.0, "{track:?}");
    assert_eq!(track.provenance.len(), 5);
}

#[test]
fn no_observer_is_told_in_any_view() {
    let mut world = World::new();
    let observer = home().toward(200.0, 3.123);
    world.say(0.0, 0.0, "spotter", vec![bearing(observer, home(), true)]);
    world.say(0.1, 0.1, "claims", vec![presence(observer, 4.0)]);
    let json = serde_json::to_string(&world.engine.picture()).unwrap();
    assert!(!json.contains(&observer.lat_deg().to_string()), "{json}");
}

#[test]
fn a_sound_is_as_old_as_its_way_is_long() {
    // 220 m/s east; heard from the south, where the sound of 10 km ago comes from 6.5 km behind.
    let (mps, second) = (220.0, 180.0);
    let mut world = World::new();
    follow(&mut world, "radar", mps, 180);
    let now = east(home(), mps / 1000.0 * second);
    let ear = now.toward(180.0, 8.0);
    let mut lag_s = 0.0;
    for _ in 0..20 {
        lag_s = ear.distance_km(east(now, -mps / 1000.0 * lag_s)) / 0.340;
    }
    let then = east(now, -mps / 1000.0 * lag_s);
    assert!(then.distance_km(now) > 5.0);
    world.say(3.0, 3.0, "spotter", vec![bearing(ear, then, true)]);
    let track = only(&world);
    assert_eq!(track.provenance.len(), 38, "the sound is of the track: {track:?}");
    assert!(track.position.distance_km(now) < 0.5, "and does not pull it back: {track:?}");
}

#[test]
fn a_plot_that_two_may_have_made_is_decided_by_what_comes_later() {
    // Two drones side by side, 3 km apart. After a minute unseen one plot lies between them, and then both are seen.
    let north = |km: f64, second: f64| east(home(), 0.042 * second).toward(0.0, km);
    let check = |later: [f64; 2]| {
        let mut world = World::new();
        for n in 0..12_u32 {
            let second = f64::from(n) * 5.0;
            world.say(second / 60.0, second / 60.0, "radar", vec![plot(north(0.0, second)), plot(north(3.0, second))]);
        }
        assert_eq!(world.tracks().len(), 2);
        let between = world.next_event();
        world.say(2.0, 2.0, "radar", vec![plot(north(1.5, 120.0))]);
        for n in 0..4_u32 {
            let second = f64::from(n).mul_add(5.0, 130.0);
            let seen = later.map(|km| plot(north(km, second))).to_vec();
            world.say(second / 60.0, second / 60.0, "radar", seen);
        }
        let mut tracks = world.tracks();
        tracks.retain(|track| track.stage == Stage::Confirmed);
        tracks.sort_by(|a, b| a.position.lat_deg().total_cmp(&b.position.lat_deg()));
        assert_eq!(tracks.len(), 2, "{tracks:?}");
        tracks.iter().map(|track| track.provenance.contains(&between)).collect::<Vec<bool>>()
    };
    assert_eq!(check([0.0, 1.6]), [false, true], "the northern one came nearer: the plot between was its");
    assert_eq!(check([1.4, 3.0]), [true, false], "the southern one did");
}

#[test]
fn a_system_track_counts_once_however_often_it_comes_and_whoever_made_it() {
    let mut world = World::of(with("spotter", |spotter| spotter.trust = 0.6));
    let mut before = f64::INFINITY;
    for n in 0..60 {
        let minute = f64::from(n) * 5.0 / 60.0;
        world.say(minute, minute, "spotter", vec![system("17", east(home(), 0.21 * f64::from(n)), &[])]);
        before = before.min(only(&world).position_sd_km[0]);
    }
    assert!(before > 0.35, "its errors are the same errors each time: {before}");
    assert_eq!(only(&world).stage, Stage::Tentative, "one source below 0.8");
    // Another system that only passes on what the first made is no second witness.
    world.say(5.0, 5.0, "claims", vec![system("x", east(home(), 12.6), &["spotter"])]);
    assert_eq!(only(&world).stage, Stage::Tentative);
    world.say(5.1, 5.1, "claims", vec![system("x", east(home(), 12.85), &[])]);
    assert_eq!(only(&world).stage, Stage::Confirmed);
}

#[test]
fn traffic_explains_plots_and_clears_nothing() {
    let aircraft = |position| {
        let raw = RawTraffic {
            identity: "a1b2c3".to_owned(),
            measured_at: None,
            position,
            position_sd_km: 0.1,
            velocity: Some(Velocity { mps: [200.0, 0.0], covariance_m2ps2: [4.0, 0.0, 4.0] }),
            altitude_amsl_m: Some(10_000.0),
        };
        Item::Traffic(Traffic::new(raw).unwrap())
    };
    let fly = |with_traffic: bool| {
        let mut world = World::new();
        for n in 0..20 {
            let minute = f64::from(n) * 5.0 / 60.0;
            let here = east(home(), f64::from(n));
            if with_traffic {
                world.say(minute, minute, "claims", vec![aircraft(here)]);
            }
            world.say(minute, minute, "radar", vec![plot(here)]);
        }
        world
    };
    assert_eq!(fly(false).tracks()[0].stage, Stage::Confirmed);
    assert!(fly(true).tracks().iter().all(|track| track.stage == Stage::Tentative), "{:?}", fly(true).tracks());
    // A track that is there stays there, whatever an aircraft says.
    let mut world = World::new();
    follow(&mut world, "radar", 42.0, 60);
    let before = only(&world);
    for n in 0..10 {
        world.say(1.0 + 0.01 * f64::from(n), 1.0, "claims", vec![aircraft(before.position)]);
    }
    assert!(only(&world).existence >= before.existence);
}

#[test]
fn silence_lowers_nothing_and_a_look_that_misses_does() {
    let looking = |detection_p: f64| {
        with("radar", |radar| {
            radar.sensor = SensorModel { detection_p, site: Some(home()), range_km: 60.0, ..SensorModel::default() };
        })
    };
    let existence = |config: Config, looks: Option<fn(f64) -> Vec<Item>>| {
        let mut world = World::of(config);
        for n in 0..6 {
            let minute = f64::from(n) / 12.0;
            world.say(minute, minute, "radar", vec![plot(east(home(), 0.21 * f64::from(n)))]);
        }
        for n in 1..8 {
            let minute = 0.5 + f64::from(n) / 12.0;
            match looks {
                Some(seen) => world.say(minute, minute, "radar", seen(minute)),
                None => world.tick(minute),
            };
        }
        let tracks = world.tracks();
        tracks.iter().find(|track| track.position.distance_km(home()) < 10.0).map_or(0.0, |track| track.existence)
    };
    // It sees something else, 40 km away, and not this; or nothing; or it does not say when it looked where.
    let elsewhere: fn(f64) -> Vec<Item> = |minute| vec![plot(home().toward(0.0, 37.5 + minute * 2.52))];
    let nothing: fn(f64) -> Vec<Item> = |_| Vec::new();
    let turning: fn(f64) -> Vec<Item> = |minute| {
        let mut seen = vec![plot(home().toward(0.0, 37.5 + minute * 2.52))];
        seen.push(plot_of(home().toward(180.0, 45.0), |raw| raw.measured_at = Some(at(minute - 0.02))));
        seen
    };
    assert!(existence(looking(0.0), None) > 0.85);
    assert!(existence(looking(0.0), Some(elsewhere)) > 0.85, "who does not say how well it looks takes nothing away");
    assert!(existence(looking(0.0), Some(nothing)) > 0.85, "nor with an empty look");
    assert!(existence(looking(0.9), None) > 0.85, "silence is no look");
    assert!(existence(looking(0.9), Some(turning)) > 0.85, "plots of several instants are no one look");
    assert!(existence(looking(0.9), Some(elsewhere)) < 0.5);
    let mut world = World::of(looking(0.9));
    for n in 0..12 {
        // Two reports of one look, and each lists one of two.
        let (minute, away_km) = (f64::from(n) / 12.0, 0.21 * f64::from(n));
        world.say(minute, minute, "radar", vec![plot(east(home(), away_km))]);
        world.say(minute, minute, "radar", vec![plot(east(home().toward(0.0, 20.0), away_km))]);
    }
    assert_eq!(world.tracks().iter().filter(|track| track.stage == Stage::Confirmed).count(), 2);
    assert!(existence(looking(0.9), Some(nothing)) < 0.5);
}

#[test]
fn a_radar_in_clutter_finds_what_flies_and_nothing_else() {
    // One object, and eight false plots a look, at other places each time.
    let mut world = World::of(with("radar", |radar| {
        let site = Some(home());
        radar.sensor = SensorModel { detection_p: 0.9, site, range_km: 60.0, ..SensorModel::default() };
        radar.sensor.clutter_per_1000_km2 = 0.7;
    }));
    for n in 0..24_u32 {
        let (second, step) = (f64::from(n) * 5.0, f64::from(n));
        let mut seen = vec![plot(east(home(), 0.042 * second))];
        seen.extend((1..=8).map(|k| {
            let away_km = 8.0 + (f64::from(k) * 17.0 + step * 29.0) % 45.0;
            plot(home().toward((f64::from(k) * 45.0 + step * 61.0) % 360.0, away_km))
        }));
        world.say(second / 60.0, second / 60.0, "radar", seen);
    }
    let tracks = world.tracks();
    let confirmed: Vec<_> = tracks.iter().filter(|track| track.stage == Stage::Confirmed).collect();
    assert_eq!(confirmed.len(), 1, "{confirmed:?}");
    assert!(confirmed[0].position.distance_km(east(home(), 0.042 * 115.0)) < 0.5);
}

#[test]
fn a_lone_source_lifts_existence_no_higher_than_its_trust() {
    for name in ["claims", "spotter"] {
        let mut world = World::new();
        follow(&mut world, name, 42.0, 300);
        let track = only(&world);
        let trust = if name == "claims" { 0.5 } else { 0.6 };
        assert!(track.existence <= trust + 1e-9, "{name}: {}", track.existence);
        assert_eq!(track.stage, Stage::Tentative);
        assert_eq!(world.elevated("A1a"), None);
    }
}

#[test]
fn a_copied_post_is_no_second_witness() {
    let post = |name: &str, id: &str, minute: f64, text: &str| {
        let mut report = report(&ReportId::new(id), minute, minute, name, vec![Item::Threat(drone("A1a", &[]))]);
        report.text = Some(text.to_owned());
        EventBody::Report(report)
    };
    let stage = |second: &str| {
        let mut world = World::new();
        world.step(0.0, post("spotter", "1", 0.0, "БпЛА над A1a, курс на захід"));
        world.step(1.0, post("claims", "2", 1.0, second));
        only(&world).stage
    };
    assert_eq!(stage("БПЛА над A1a — курс на захід!"), Stage::Tentative);
    assert_eq!(stage("чую мопед біля A1a"), Stage::Confirmed);
}

#[test]
fn how_many_is_a_range_that_numbers_narrow() {
    let mut world = World::new();
    let group = |low, high, word: Option<&str>| model::ThreatItem {
        count: Count { low, high, word: word.map(str::to_owned) },
        ..drone("A1a", &[])
    };
    world.tell(0.0, "radar", &[group(2, None, Some("several"))]);
    let count = only(&world).count;
    assert!(count.low == 2 && count.high.unwrap() > 4, "{count:?}");
    world.tell(0.5, "spotter", &[group(6, Some(6), None)]);
    assert_eq!(only(&world).count, Count::exactly(6));
}

/// An event of the property: who, when (tenths of a second), what and where.
#[derive(Debug, Clone)]
struct Said {
    name: &'static str,
    tenth: i64,
    what: u8,
    place: u8,
}

fn said() -> impl Strategy<Value = Said> {
    let names = prop::sample::select(vec!["radar", "spotter", "claims"]);
    (names, 0_i64..6000, 0_u8..6, 0_u8..8).prop_map(|(name, tenth, what, place)| Said { name, tenth, what, place })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_order_of_arrival_within_ten_minutes_gives_bit_equal_tracks(
        all in prop::collection::vec(said(), 1..60),
        keys in prop::collection::vec(any::<u64>(), 60),
    ) {
        let tell = |order: &[usize]| {
            let mut world = World::of(with("radar", |radar| {
                radar.sensor = SensorModel { detection_p: 0.5, site: Some(home()), range_km: 40.0, ..SensorModel::default() };
            }));
            for &n in order {
                let said = &all[n];
                #[allow(clippy::cast_precision_loss)]
                let minute = said.tenth as f64 / 600.0;
                let here = home().toward(f64::from(said.place) * 45.0, 2.0 + f64::from(said.place));
                let item = match said.what {
                    0 | 1 => plot(east(here, 0.0042 * f64::from(u32::try_from(said.tenth).unwrap()))),
                    2 => bearing(home(), here, said.place % 2 == 0),
                    3 => presence(here, 5.0),
                    4 => system("7", here, &[]),
                    _ => Item::Threat(drone("A1a", &["A1b"])),
                };
                let id = ReportId::new(&format!("r{n}"));
                // All arrive in the eleventh minute; the number of the event is the report's own.
                let event = model::Event {
                    id: model::EventId(1000 + n as u64),
                    at: at(11.0),
                    body: EventBody::Report(report(&id, 11.0, minute, said.name, vec![item])),
                };
                world.engine.step(&event, &mut Vec::new());
            }
            world.tick(11.05);
            serde_json::to_string(&world.tracks()).unwrap()
        };
        let sorted: Vec<usize> = (0..all.len()).collect();
        let mut shuffled = sorted.clone();
        shuffled.sort_by_key(|&n| keys[n]);
        prop_assert_eq!(tell(&sorted), tell(&shuffled));
    }
}
