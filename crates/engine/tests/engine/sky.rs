//! Reports become tracks; tracks become forecasts; nothing is invented and nothing vanishes in silence.

use crate::world::{World, at, code, drone, notes, order, place, source};
use model::{Act, CompassPoint, Item, NoteKind, OrderAct, Stage, ThreatItem, ThreatKind};

#[test]
fn one_trusted_source_confirms_and_one_doubtful_source_does_not() {
    let check = |names: &[&str], expected: Stage| {
        let mut world = World::new();
        for (n, name) in names.iter().enumerate() {
            #[allow(clippy::cast_precision_loss)]
            world.tell(n as f64 / 2.0, name, &[drone("A1a", &["A1b"])]);
        }
        let tracks = world.tracks();
        assert_eq!(tracks.len(), 1, "{names:?}: {tracks:?}");
        assert_eq!(tracks[0].stage, expected, "{names:?}");
        assert_eq!(tracks[0].provenance.len(), names.len());
    };
    check(&["radar"], Stage::Confirmed);
    check(&["spotter"], Stage::Tentative);
    check(&["spotter", "spotter"], Stage::Tentative);
    check(&["spotter", "claims"], Stage::Confirmed);
}

#[test]
fn a_tentative_track_is_shown_and_foreseen_but_advises_nobody() {
    let mut world = World::new();
    world.tell(0.0, "spotter", &[drone("A1a", &["A1b"])]);
    assert_eq!(world.tracks().len(), 1);
    let foreseen = world.engine.picture().forecasts;
    assert!(foreseen.iter().all(|one| one.arrival.probability <= world.tracks()[0].existence), "{foreseen:?}");
    assert!(!foreseen.is_empty());
    assert_eq!(world.elevated("A1a"), None);
}

#[test]
fn a_drone_flies_where_it_was_told_to_fly() {
    let mut world = World::new();
    world.tell(0.0, "radar", &[drone("A2a", &["A1a"])]);
    let course = world.tracks()[0].course_deg.unwrap();
    assert!((280.0..300.0).contains(&course), "from A2a to A1a is west-north-west: {course}");
    world.tick(20.0);
    let track = &world.tracks()[0];
    let flown_km = place("A2a").centre.distance_km(track.position);
    assert!((45.0..60.0).contains(&flown_km), "{flown_km} km in 20 minutes and the delay of telling");
    assert!(track.position_sd_km[0] > 8.0, "{:?}", track.position_sd_km);
    assert_eq!(track.stage, Stage::Coasting);
}

#[test]
fn two_groups_of_one_report_stay_two() {
    let mut world = World::new();
    world.tell(0.0, "radar", &[drone("A1a", &["A1b"]), drone("A1a", &["A1b"])]);
    assert_eq!(world.tracks().len(), 2);
    world.tell(1.0, "spotter", &[drone("A1a", &["A1b"]), drone("A1a", &["A1b"])]);
    assert_eq!(world.tracks().len(), 2, "the second witness sees the same two");
}

#[test]
fn the_same_words_of_one_source_count_once() {
    let mut world = World::new();
    let post = |id: &str, minute: f64| {
        let items = vec![Item::Threat(drone("A1a", &[]))];
        let mut report = crate::world::report(&model::ReportId::new(id), minute, minute, "spotter", items);
        report.text = Some("БпЛА над A1a!".to_owned());
        model::EventBody::Report(report)
    };
    world.step(0.0, post("1", 0.0));
    assert_eq!(notes(&world.step(3.0, post("2", 3.0)), NoteKind::Disbelieved), 1);
    assert_eq!(world.tracks()[0].provenance.len(), 1);
    assert_eq!(notes(&world.step(14.0, post("3", 14.0)), NoteKind::Disbelieved), 0);
}

#[test]
fn evidence_from_the_future_or_from_long_ago_is_not_believed() {
    for said in [3.0, -121.0] {
        let mut world = World::new();
        let told = world.say(0.0, said, "radar", vec![Item::Threat(drone("A1a", &[]))]);
        assert_eq!((notes(&told, NoteKind::Disbelieved), world.tracks().len()), (1, 0), "said at {said}");
    }
}

#[test]
fn a_summary_of_the_past_and_a_threat_begin_no_track() {
    for act in [Act::Summary, Act::Threat, Act::Cancel] {
        let mut world = World::new();
        world.tell(0.0, "radar", &[ThreatItem { act, ..drone("A1a", &[]) }]);
        assert!(world.tracks().is_empty(), "{act:?}");
    }
}

#[test]
fn where_it_comes_from_is_no_course() {
    let mut world = World::new();
    let from_the_north = ThreatItem { origin: vec![model::Origin::Compass(CompassPoint::N)], ..drone("A1a", &[]) };
    world.tell(0.0, "radar", &[from_the_north]);
    assert_eq!(world.tracks()[0].course_deg, None);
}

#[test]
fn a_part_of_a_region_moves_the_middle_and_narrows_it() {
    let mut world = World::new();
    world.tell(0.0, "radar", &[drone("A", &[]), ThreatItem { place_part: Some(CompassPoint::N), ..drone("A", &[]) }]);
    let tracks = world.tracks();
    assert!(tracks[1].position.lat_deg() > tracks[0].position.lat_deg() + 0.3);
    assert!(tracks[1].position_sd_km[0] < tracks[0].position_sd_km[0]);
}

#[test]
fn a_cancel_ends_tracks_of_its_kind_there_and_never_an_alert() {
    let cancel = |kind, area: &str| ThreatItem { act: Act::Cancel, kind, ..drone(area, &[]) };
    let check = |name: &str, item: ThreatItem, left: usize| {
        let mut world = World::new();
        world.say(0.0, 0.0, "o1", vec![Item::Order(order(OrderAct::Raise, "A1"))]);
        world.tell(0.5, "radar", &[drone("A1a", &[])]);
        world.tell(1.0, name, std::slice::from_ref(&item));
        assert_eq!(world.tracks().len(), left, "{name} {item:?}");
        assert!(world.in_force().iter().any(|alert| alert.contains("Official A1 by o1")));
    };
    check("radar", cancel(ThreatKind::Uav, "A"), 0);
    check("radar", cancel(ThreatKind::Uav, "B"), 1);
    check("radar", cancel(ThreatKind::CruiseMissile, "A"), 1);
    check("radar", cancel(ThreatKind::JetUav, "A"), 1);
    check("radar", cancel(ThreatKind::Unknown, "A1"), 0);
    // A stranger ends nothing that others saw.
    check("claims", cancel(ThreatKind::Uav, "A"), 1);
}

#[test]
fn silence_makes_a_track_coast_with_growing_uncertainty_before_it_is_lost() {
    let mut world = World::new();
    world.tell(0.0, "radar", &[drone("A2a", &["A1a"])]);
    let mut before = world.tracks().remove(0);
    for minute in [5.0, 15.0, 30.0, 45.0] {
        world.tick(minute);
        let track = world.tracks().remove(0);
        assert!(track.position_sd_km[0] > before.position_sd_km[0], "minute {minute}");
        assert!(track.existence <= before.existence);
        assert_eq!(track.stage, if minute > 10.0 { Stage::Coasting } else { Stage::Confirmed }, "minute {minute}");
        before = track;
    }
    world.tick(61.0);
    assert!(world.tracks().is_empty());
}

#[test]
fn a_late_report_lands_in_its_place() {
    let items = |here: &str| vec![Item::Threat(drone(here, &["A1b"]))];
    let tell = |order: [usize; 3]| {
        let mut world = World::new();
        let said = [(0.0, "A2a"), (15.0, "A2"), (30.0, "A1a")];
        for (n, &which) in order.iter().enumerate() {
            let id = model::ReportId::new(&format!("r{which}"));
            let (minute, here) = said[which];
            #[allow(clippy::cast_precision_loss)]
            let report = crate::world::report(&id, 40.0 + n as f64, minute, "radar", items(here));
            world.step(40.0, model::EventBody::Report(report));
        }
        let mut tracks = world.tracks();
        for track in &mut tracks {
            track.provenance.clear();
            track.id = model::TrackId(0);
        }
        serde_json::to_string(&tracks).unwrap()
    };
    let expected = tell([0, 1, 2]);
    for order in [[2, 1, 0], [1, 0, 2], [2, 0, 1], [0, 2, 1], [1, 2, 0]] {
        assert_eq!(tell(order), expected, "{order:?}");
    }
}

#[test]
fn a_turn_is_the_same_drone() {
    let mut world = World::new();
    let toward = |deg: u16| ThreatItem { directions_deg: vec![deg], ..drone("A1a", &[]) };
    world.tell(0.0, "radar", &[toward(90)]);
    world.tell(1.0, "radar", &[toward(270)]);
    let tracks = world.tracks();
    assert_eq!(tracks.len(), 1, "{tracks:?}");
    assert!((tracks[0].course_deg.unwrap() - 270.0).abs() < 15.0, "{:?}", tracks[0].course_deg);
}

#[test]
fn a_missile_is_not_a_drone() {
    let mut world = World::new();
    world.tell(0.0, "radar", &[drone("A1a", &["A1b"])]);
    world.tell(0.5, "spotter", &[ThreatItem { kind: ThreatKind::CruiseMissile, ..drone("A1a", &["A1b"]) }]);
    assert_eq!(world.tracks().len(), 2);
    world.tell(1.0, "claims", &[ThreatItem { kind: ThreatKind::Unknown, ..drone("A1a", &["A1b"]) }]);
    assert_eq!(world.tracks().len(), 2);
}

#[test]
fn a_drone_on_its_way_is_foreseen_where_it_is_going_and_when() {
    let mut world = World::new();
    world.tell(0.0, "radar", &[drone("A2a", &["A2a"]), drone("A1a", &["A1b"])]);
    let picture = world.engine.picture();
    let track = picture.tracks.iter().find(|track| track.targets == [code("A1b")]).unwrap().id;
    let arrival = |community: &str| {
        picture.forecasts.iter().find(|f| f.track == track && f.community == code(community)).map(|f| f.arrival)
    };
    // 26 km at 42 m/s less the radius of 10 km: 6 to 7 minutes, less the delay of telling.
    let target = arrival("A1b").unwrap();
    assert!(target.probability > 0.6, "{target:?}");
    assert!(target.earliest_s < 380 && target.latest_s > 380 && target.latest_s < 1500, "{target:?}");
    assert!(arrival("A1").unwrap().probability > 0.9);
    assert_eq!(arrival("B1a"), None, "170 km away");
    assert_eq!(picture.as_of, at(0.0));
}

#[test]
fn a_flood_of_reports_is_bounded_and_named() {
    let mut world = World::new();
    let mut refused = 0;
    for n in 0..40_u16 {
        let items: Vec<_> = (0..20).map(|m| drone(if (n + m) % 2 == 0 { "A1a" } else { "B1a" }, &[])).collect();
        let minute = f64::from(n) / 100.0;
        refused += notes(&world.tell(minute, "radar", &items), NoteKind::Disbelieved);
        world.tell(minute, "spotter", &items);
    }
    assert!(world.tracks().len() <= 512);
    assert!(refused < 40);
    let health = world.engine.picture().sources;
    assert_eq!(health.iter().find(|s| s.source == source("radar")).unwrap().accepted, 40);
}

#[test]
fn a_source_that_errs_beyond_what_it_says_is_believed_less() {
    // Both follow one drone; the spotter's places are off by more than its ellipse allows, or not.
    let trust = |off_km: f64| {
        let mut world = World::new();
        let home = place("A1a").centre;
        for n in 0..240 {
            let minute = f64::from(n) * 5.0 / 60.0;
            let there = home.toward(90.0, 0.21 * f64::from(n));
            world.say(minute, minute, "radar", vec![crate::sensors::plot(there)]);
            let side = f64::from(n) * 137.0 % 360.0;
            let rough = crate::sensors::plot_of(there.toward(side, off_km), |raw| raw.covariance_km2 = [1.0, 0.0, 1.0]);
            world.say(minute + 0.02, minute + 0.02, "spotter", vec![rough]);
        }
        // What it alone sees, elsewhere.
        for n in 0..8 {
            let minute = 21.0 + f64::from(n) * 5.0 / 60.0;
            let there = place("B1a").centre.toward(90.0, 0.21 * f64::from(n));
            world.say(minute, minute, "spotter", vec![crate::sensors::plot(there)]);
        }
        let tracks = world.tracks();
        let alone = tracks.iter().find(|track| track.position.distance_km(place("B1a").centre) < 10.0);
        alone.map(|track| track.existence).unwrap()
    };
    assert!((trust(0.5) - 0.6).abs() < 0.01, "{}", trust(0.5));
    assert!(trust(3.4) < 0.4, "{}", trust(3.4));
}

#[test]
fn a_source_that_is_alone_in_its_sky_keeps_its_trust() {
    let mut world = World::new();
    for n in 0..60 {
        world.tell(f64::from(n) * 70.0, "radar", &[drone("A1a", &["A1b"])]);
        let tracks = world.tracks();
        assert_eq!(tracks.len(), 1, "after {n}");
        assert_eq!(tracks[0].stage, Stage::Confirmed, "nobody else was there to see object {n}");
    }
}
