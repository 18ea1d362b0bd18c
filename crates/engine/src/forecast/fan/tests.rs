use super::super::FLOOR_P;
use super::super::passage::{LEFT_OUT, Passage};
use super::*;
use crate::CameIn;
use crate::courses::Cell;
use crate::fuse::flight;
use model::{AreaSet, ThreatKind};
use proptest::prelude::*;
use std::sync::LazyLock;

/// Over the bundled communities.
static PEOPLED: LazyLock<Fan> =
    LazyLock::new(|| Fan::new(&Ground::new(AreaSet::bundled(), &CameIn::default()), &Courses::default()));

/// The same where things flew before: in circles, everywhere.
static LED: LazyLock<Fan> = LazyLock::new(|| {
    let mut courses = Courses::default();
    for (row, column) in (0..30).flat_map(|row| (0..30).map(move |column| (row, column))) {
        let place = Position::new(47.0 + 0.25 * f64::from(row), 25.0 + 0.375 * f64::from(column)).unwrap();
        courses.count(Cell::of(place), home().bearing_deg(place) + 90.0, 20);
    }
    Fan { draws: draws(), aims: PEOPLED.aims.clone(), ways: Ways::over(&courses) }
});

fn home() -> Position {
    Position::new(50.0, 31.0).unwrap()
}

/// One mode that flies `speed_kmps` on a course, unsure by so much.
fn start(kind: ThreatKind, course_deg: f64, [speed_kmps, sd_km, sd_kmps]: [f64; 3], left_s: f64) -> Start {
    let (sin, cos) = libm::sincos(course_deg.to_radians());
    let mut covariance = [[0.0; 4]; 4];
    (0..4).for_each(|at| covariance[at][at] = if at < 2 { sd_km * sd_km } else { sd_kmps * sd_kmps });
    let gauss = Gauss { mean: [0.0, 0.0, speed_kmps * sin, speed_kmps * cos], covariance };
    let flight = flight(kind);
    let part = Part { history: 0, weight: 1.0, gauss, wander: flight.wander, circles_s: 0.0 };
    Start { from: home(), parts: vec![part], kinds: vec![(1.0, flight, left_s)], horizon_s: flight.horizon_s }
}

/// The definition: each path on its own, leg after leg, all times sorted.
fn plain(paths: &Paths, centre: Position, radius_km: f64) -> Vec<f64> {
    let [e, n] = crate::fuse::offset_km(paths.from, centre);
    let mut times = Vec::new();
    for path in 0..PATHS {
        let mut entered = None;
        for (k, leg) in paths.legs.iter().enumerate() {
            let [from_e, from_n, ve, vn] = leg.lines.map(|line| f64::from(line[path]));
            let [x, y] = [e - from_e, n - from_n];
            let outside = x * x + y * y - radius_km * radius_km;
            let (closing, speed2) = (x * ve + y * vn, ve * ve + vn * vn);
            let inner = closing * closing - speed2 * outside;
            let after_s = if outside <= 0.0 {
                Some(0.0)
            } else {
                (closing > 0.0 && inner >= 0.0).then(|| (closing - inner.sqrt()) / speed2)
            };
            #[allow(clippy::cast_precision_loss)]
            if let Some(after_s) = after_s.filter(|&after_s| after_s <= paths.leg_s) {
                entered = Some(k as f64 * paths.leg_s + after_s);
                break;
            }
        }
        let entered = entered.map(|time| time.max(paths.begins_s[path]));
        times.extend(entered.filter(|&time| time <= paths.ends_s[path]));
    }
    times.sort_by(f64::total_cmp);
    times
}

#[test]
#[allow(clippy::cast_precision_loss)]
fn cheap_looks_change_no_forecast() {
    let fan = &*PEOPLED;
    let mut reached = 0;
    for (kind, course_deg, how) in [
        (ThreatKind::Uav, 0.0, [0.05, 1.0, 0.005]),
        (ThreatKind::Uav, 160.0, [0.01, 40.0, 0.05]),
        (ThreatKind::JetUav, 77.0, [0.14, 0.2, 0.002]),
        (ThreatKind::CruiseMissile, 251.0, [0.22, 4.0, 0.02]),
        (ThreatKind::BallisticMissile, 333.0, [1.5, 4.0, 0.02]),
    ] {
        let paths = fan.paths(&start(kind, course_deg, how, 900.0));
        for (lat, lon) in (0..60).flat_map(|row| (0..60).map(move |column| (row, column))) {
            let at = Position::new(47.0 + 0.1 * f64::from(lat), 26.0 + 0.17 * f64::from(lon)).unwrap();
            let times = plain(&paths, at, 11.0);
            let found = paths.arrival(at, 11.0, 1);
            let share = times.len() as f64 / PATHS as f64;
            let found_share = found.as_ref().map_or(0.0, |found| found.share);
            assert!((found_share - share).abs() < 1e-12, "{kind:?} {at:?}: {found_share}, not {share}");
            assert_eq!(paths.arrival(at, 11.0, Fan::least(FLOOR_P)).is_some(), share >= FLOOR_P);
            if let Some(Passage { window_s: (early_s, late_s), .. }) = found {
                let outside = |out: &dyn Fn(f64) -> bool| times.iter().filter(|&&time| out(time)).count() as f64;
                let [before, after] = LEFT_OUT.map(|share| share * (times.len() + 1) as f64);
                assert!(outside(&|time| time < early_s - 0.01) <= before, "{early_s} {late_s} {times:?}");
                assert!(outside(&|time| time > late_s + 0.01) <= after, "{early_s} {late_s} {times:?}");
                assert!(outside(&|time| time < early_s + 0.01) + 1.0 >= before.floor(), "{early_s} {late_s} {times:?}");
                reached += 1;
            }
        }
    }
    assert!(reached > 1000, "{reached}");
}

/// Kinds that fly, to draw from.
const FLYING: [ThreatKind; 6] = [
    ThreatKind::Uav,
    ThreatKind::JetUav,
    ThreatKind::ReconUav,
    ThreatKind::CruiseMissile,
    ThreatKind::GuidedBomb,
    ThreatKind::BallisticMissile,
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// The hard envelope: speed, turn and endurance of the kind.
    #[test]
    fn no_probability_lies_outside_what_the_kind_can_reach(
        kind in proptest::sample::select(&FLYING[..]),
        course_deg in 0.0..360.0,
        speed_kmps in 0.0..3.0,
        sd_km in 0.1..30.0,
        sd_kmps in 0.0..0.5,
        left_s in -100.0..2000.0,
        follows in proptest::bool::ANY,
        away in proptest::collection::vec((0.0..360.0, 0.0..900.0), 40),
    ) {
        let fan = if follows { &*LED } else { &*PEOPLED };
        let paths = fan.paths(&start(kind, course_deg, [speed_kmps, sd_km, sd_kmps], left_s));
        let flight = flight(kind);
        let fastest_kmps = flight.fastest_mps() / 1000.0;
        // No draw is farther than 3 standard deviations on an axis.
        let place_km = PLACE_SD * 3.0 * sd_km * std::f64::consts::SQRT_2;
        let flies_s = left_s.min(flight.horizon_s);
        for (bearing_deg, away_km) in away {
            let centre = home().toward(bearing_deg, away_km);
            if let Some(Passage { window_s: (early_s, late_s), .. }) = paths.arrival(centre, 10.0, 1) {
                let short_km = (away_km - 10.0 - place_km).max(0.0);
                // The plane is flat to one in a hundred over such distances.
                prop_assert!(short_km <= 1.02 * fastest_kmps * flies_s + 0.1, "{away_km} km in {flies_s} s");
                prop_assert!(early_s * 1.02 + 1.0 >= short_km / fastest_kmps, "{away_km} km in {early_s} s");
                prop_assert!(late_s <= flies_s + 1e-9, "{late_s} s of {flies_s}");
            }
        }
        let turn_max = flight.turn_degps.to_radians() * paths.leg_s + 1e-6;
        for path in 0..PATHS {
            let course = |leg: &Leg| (leg.speed2[path] > 0.0).then(|| libm::atan2(f64::from(leg.lines[2][path]), f64::from(leg.lines[3][path])));
            for pair in paths.legs.windows(2) {
                let (Some(a), Some(b)) = (course(&pair[0]), course(&pair[1])) else { continue };
                let full = 2.0 * std::f64::consts::PI;
                let turn = (b - a) - full * libm::round((b - a) / full);
                prop_assert!(turn.abs() <= turn_max, "{turn} of {turn_max}");
            }
            for leg in paths.legs.iter() {
                prop_assert!(libm::sqrt(f64::from(leg.speed2[path])) <= fastest_kmps * (1.0 + 1e-6));
            }
        }
    }
}

#[test]
fn a_gliding_bomb_reaches_nobody_once_its_glide_is_over() {
    let fan = Fan::free();
    let ahead = home().toward(90.0, 30.0);
    let share = |left_s: f64| {
        let paths = fan.paths(&start(ThreatKind::GuidedBomb, 90.0, [0.25, 2.0, 0.02], left_s));
        paths.arrival(ahead, 10.0, 1).map_or(0.0, |passage| passage.share)
    };
    assert!(share(300.0) > 0.6, "{}", share(300.0));
    // At 0.2 to 0.4 km/s it is 20 km short of the rim for at least 50 s.
    assert!(share(40.0) < 0.05, "{}", share(40.0));
    assert!(share(-1.0) < 1e-9, "not even over its head");
}

#[test]
fn a_ballistic_missile_arrives_where_it_comes_down_and_not_on_its_way() {
    let paths = Fan::free().paths(&start(ThreatKind::BallisticMissile, 90.0, [1.5, 2.0, 0.05], 300.0));
    let share = |km: f64| paths.arrival(home().toward(90.0, km), 12.0, 1).map_or(0.0, |passage| passage.share);
    // Everything on the way shares the places where it may come down.
    let on_the_way: Vec<f64> = (0..8).map(|n| share(30.0 + 60.0 * f64::from(n))).collect();
    assert!(on_the_way.iter().all(|&share| share < 0.25), "{on_the_way:?}");
    assert!(on_the_way.iter().sum::<f64>() > 0.05, "{on_the_way:?}");
    let flies = Fan::free().paths(&start(ThreatKind::CruiseMissile, 90.0, [0.22, 2.0, 0.005], 900.0));
    let over = flies.arrival(home().toward(90.0, 30.0), 12.0, 1).unwrap();
    assert!(over.share > 0.8, "what flies comes over everything on its way: {over:?}");
}

#[test]
fn kinds_and_histories_share_the_paths() {
    let mut two = start(ThreatKind::Uav, 90.0, [0.042, 2.0, 0.004], 1e5);
    let mut west = two.parts[0].clone();
    (west.history, west.weight, west.gauss.mean[2]) = (1, 3.0, -west.gauss.mean[2]);
    two.parts.push(west);
    two.kinds = vec![(0.5, flight(ThreatKind::Uav), 1e5), (0.5, flight(ThreatKind::JetUav), 1e5)];
    let paths = Fan::free().paths(&two);
    let share = |bearing_deg: f64, km: f64| {
        let passage = paths.arrival(home().toward(bearing_deg, km), 15.0, 1);
        passage.map_or((0.0, Vec::new()), |passage| (passage.share, passage.by_history))
    };
    let (east, west) = (share(90.0, 35.0), share(270.0, 35.0));
    assert!((east.0 - 0.25).abs() < 0.06 && (west.0 - 0.75).abs() < 0.15, "{east:?} {west:?}");
    assert!(east.1[0] > 0.8 && east.1[1] < 0.05, "{east:?}");
    // No drone with a propeller is there within half an hour.
    let (far, _) = share(270.0, 115.0);
    assert!((0.03..0.45).contains(&far), "{far}");
}

/// The error of 128 chosen paths is no greater than that of 170 random ones, over four courses together.
#[test]
#[allow(clippy::cast_precision_loss)]
fn the_chosen_paths_are_worth_170_random_ones() {
    let mut seed = 77_u64;
    let mut unit = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (f64::from(u32::try_from(seed >> 33).unwrap()) + 0.5) / f64::from(1_u32 << 31)
    };
    let mut random = || {
        let mut normal = || libm::sqrt(-2.0 * libm::log(unit())) * libm::cos(2.0 * std::f64::consts::PI * unit());
        let mut draws = vec![Draw::default(); PATHS];
        for draw in &mut draws {
            draw.state = std::array::from_fn(|_| normal());
            draw.turns = std::array::from_fn(|_| normal());
            draw.course = normal();
        }
        for draw in &mut draws {
            [draw.mode, draw.kind, draw.speed, draw.circling, draw.fall, draw.aim] = std::array::from_fn(|_| unit());
        }
        Fan { draws, aims: Aims::over(&Ground::new(AreaSet::bundled(), &CameIn::default())), ways: Ways::default() }
    };
    let fans: Vec<Fan> = (0..200).map(|_| random()).collect();
    // Of one start either may be lucky: of several together.
    let shares = |fan: &Fan| -> Vec<f64> {
        let about = |course_deg: f64| {
            let paths = fan.paths(&start(ThreatKind::Uav, course_deg, [0.042, 5.0, 0.006], 1e5));
            (0..12).flat_map(move |n| [10.0, 25.0, 45.0].map(|km| (course_deg + f64::from(n) * 10.0 - 60.0, km))).map(
                move |(bearing_deg, km)| {
                    let passage = paths.arrival(home().toward(bearing_deg, km), 10.0, 1);
                    passage.map_or(0.0, |passage| passage.share)
                },
            )
        };
        [40.0, 130.0, 220.0, 310.0].into_iter().flat_map(about).collect()
    };
    let all: Vec<Vec<f64>> = fans.iter().map(shares).collect();
    let truth: Vec<f64> = (0..all[0].len()).map(|at| all.iter().map(|one| one[at]).sum::<f64>() / 200.0).collect();
    let error2 = |one: &[f64]| one.iter().zip(&truth).map(|(a, b)| (a - b) * (a - b)).sum::<f64>() / truth.len() as f64;
    let random_128 = all.iter().map(|one| error2(one)).sum::<f64>() / 200.0;
    let chosen = error2(&shares(&PEOPLED));
    let more = random_128 * PATHS as f64 / 170.0;
    eprintln!(
        "rms error: chosen {:.4}, random 128 {:.4}, random 170 {:.4}",
        chosen.sqrt(),
        random_128.sqrt(),
        more.sqrt()
    );
    assert!(chosen < more, "{} {}", chosen.sqrt(), more.sqrt());
}

/// A drone 90 km from a city that it flies at, 25 degrees off, more likely goes there than as far to the other side; but
/// wherever its course may lead keeps a share.
#[test]
fn what_flies_goes_where_people_are_and_may_go_anywhere() {
    let kharkiv = Position::new(49.99, 36.23).unwrap();
    let from = kharkiv.toward(20.0, 60.0);
    let bearing_deg = from.bearing_deg(kharkiv);
    let shares = |fan: &Fan, off_deg: f64| {
        let mut start = start(ThreatKind::Uav, bearing_deg + off_deg, [0.045, 3.0, 0.006], 1e5);
        start.from = from;
        let paths = fan.paths(&start);
        let share = |at: Position| paths.arrival(at, 12.0, 1).map_or(0.0, |passage| passage.share);
        let beside = from.toward(bearing_deg + 2.0 * off_deg, 60.0);
        (share(kharkiv), share(beside))
    };
    for off_deg in [-25.0, 25.0] {
        let ((free, free_beside), (city, beside)) = (shares(&Fan::free(), off_deg), shares(&PEOPLED, off_deg));
        assert!((free - free_beside).abs() < 0.15, "{free} {free_beside}");
        assert!(city > free + 0.05 && city > beside + 0.05, "{off_deg}: {city} {free} {beside}");
    }
    let (straight, _) = shares(&PEOPLED, 0.0);
    assert!(straight > 0.5, "{straight}");
    // To the east there is no city for a long way: a share flies on all the same.
    let east = from.toward(90.0, 60.0);
    let mut start = start(ThreatKind::Uav, 90.0, [0.045, 3.0, 0.006], 1e5);
    start.from = from;
    let on = PEOPLED.paths(&start).arrival(east, 15.0, 1).map_or(0.0, |passage| passage.share);
    assert!(on > 0.15, "{on}");
}

#[test]
fn a_path_ends_where_it_goes() {
    let kharkiv = Position::new(49.99, 36.23).unwrap();
    let mut start = start(ThreatKind::Uav, 200.0, [0.045, 2.0, 0.004], 1e5);
    start.from = kharkiv.toward(20.0, 30.0);
    let beyond = kharkiv.toward(200.0, 30.0);
    let share = |fan: &Fan| fan.paths(&start).arrival(beyond, 10.0, 1).map_or(0.0, |passage| passage.share);
    assert!(share(&PEOPLED) < 0.8 * share(&Fan::free()), "{} {}", share(&PEOPLED), share(&Fan::free()));
}

/// A valley that leads east for 50 km and then north-east: what flew through it before draws paths along, some fly on straight.
#[test]
fn what_flew_before_is_followed_and_at_least_a_fifth_flies_free() {
    let mut courses = Courses::default();
    let bend = home().toward(90.0, 50.0);
    for km in (-40..50).step_by(10) {
        courses.count(Cell::of(home().toward(90.0, f64::from(km))), 90.0, 30);
    }
    for km in (0..90).step_by(10) {
        courses.count(Cell::of(bend.toward(45.0, f64::from(km))), 45.0, 30);
    }
    let known = Fan { ways: Ways::over(&courses), ..Fan::free() };
    let start = start(ThreatKind::Uav, 90.0, [0.05, 2.0, 0.004], 1e5);
    let share = |fan: &Fan, at: Position| fan.paths(&start).arrival(at, 15.0, 1).map_or(0.0, |passage| passage.share);
    let (up, on) = (bend.toward(45.0, 30.0), home().toward(90.0, 75.0));
    let (free, follows) = (share(&Fan::free(), up), share(&known, up));
    assert!(follows > free + 0.2, "{follows} {free}");
    let (free, follows) = (share(&Fan::free(), on), share(&known, on));
    assert!(follows < free && follows >= 0.2 * free, "{follows} {free}");
    let most = known.by_ways(start.from, &start.parts[0]);
    assert!((0.3..=1.0 - FREE).contains(&most) && FREE >= 0.2, "{most}");
    // What falls or glides follows no valley.
    let bomb = |fan: &Fan| {
        let paths = fan.paths(&self::start(ThreatKind::GuidedBomb, 90.0, [0.25, 2.0, 0.02], 300.0));
        paths.arrival(up, 15.0, 1).map_or(0.0, |passage| passage.share)
    };
    assert!((bomb(&known) - bomb(&Fan::free())).abs() < 1e-12);
}
