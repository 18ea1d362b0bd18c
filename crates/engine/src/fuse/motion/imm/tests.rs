use super::*;
use crate::fuse::kind::flight;
use crate::fuse::motion::bank;
use model::ThreatKind;

fn home() -> Position {
    Position::new(51.0, 33.0).unwrap()
}

fn drone(sd_km: f64) -> Imm {
    let fix = Fix { position: home(), covariance: [sd_km * sd_km, 0.0, sd_km * sd_km], lag_s: 0.0 };
    Imm::begin(&fix, &flight(ThreatKind::Uav), &bank(ThreatKind::Uav))
}

#[test]
fn a_course_moves_the_mean_and_time_widens_the_spread() {
    let uav = flight(ThreatKind::Uav);
    let mut imm = drone(6.0);
    assert_eq!(imm.motion().course(), None);
    imm.head(Course { deg: 90.0, sd_deg: 18.0 }, &uav);
    let before = imm.motion();
    let course = before.course().unwrap();
    assert!((course.deg - 90.0).abs() < 0.01 && (10.0..25.0).contains(&course.sd_deg), "{course:?}");
    assert!((38.0..46.0).contains(&before.speed_mps()), "{}", before.speed_mps());
    imm.predict(600.0, &bank(ThreatKind::Uav));
    let later = imm.motion();
    let [east, north] = offset_km(home(), later.position);
    assert!((20.0..28.0).contains(&east) && north.abs() < 0.5, "{east} {north}");
    assert!(later.sd_km() > before.sd_km() && later.sd_km() < 15.0, "{}", later.sd_km());
}

#[test]
fn two_short_steps_change_modes_as_one_long_step_does() {
    let mut once = drone(1.0);
    let mut twice = once.clone();
    once.weights = [0.2, 0.2, 0.6];
    twice.weights = once.weights;
    let uav = bank(ThreatKind::Uav);
    once.predict(120.0, &uav);
    twice.predict(50.0, &uav);
    twice.predict(70.0, &uav);
    for (a, b) in once.weights().into_iter().zip(twice.weights()) {
        assert!((a - b).abs() < 1e-12, "{:?} {:?}", once.weights(), twice.weights());
    }
}

/// Plots every 5 s of a path `at(t)` in kilometres east and north of home.
fn follow(at: impl Fn(f64) -> [f64; 2], seconds: u32) -> Imm {
    let uav = bank(ThreatKind::Uav);
    let mut imm = drone(0.3);
    for n in 1..=seconds / 5 {
        imm.predict(5.0, &uav);
        let [e, n] = at(f64::from(n) * 5.0);
        let fix = Fix { position: moved(home(), [e, n]), covariance: [0.01, 0.0, 0.01], lag_s: 0.0 };
        imm.see(&fix);
    }
    imm
}

#[test]
fn straight_flight_is_quiet_and_circles_are_not() {
    let straight = follow(|t| [0.042 * t, 0.0], 300);
    let circling = follow(|t| [1.2 * libm::sin(t / 25.0), 1.2 * (1.0 - libm::cos(t / 25.0))], 300);
    assert!(straight.weights()[0] > 0.8, "{:?}", straight.weights());
    assert!(circling.weights()[0] < 0.3, "{:?}", circling.weights());
    assert!((straight.motion().speed_mps() - 42.0).abs() < 3.0, "{}", straight.motion().speed_mps());
}

#[test]
fn what_was_seen_a_while_ago_is_now_further_on() {
    let uav = bank(ThreatKind::Uav);
    let mut imm = follow(|t| [0.042 * t, 0.0], 300);
    imm.predict(60.0, &uav);
    // Seen where it was 40 s ago: nothing contradicts the filter.
    let then = Fix { position: moved(home(), [0.042 * 320.0, 0.0]), covariance: [0.04, 0.0, 0.04], lag_s: 40.0 };
    assert!(imm.distance(&then).0 < 2.0, "{:?}", imm.distance(&then));
    imm.see(&then);
    let [east, _] = offset_km(home(), imm.motion().position);
    assert!((east - 0.042 * 360.0).abs() < 0.3, "{east}");
}

#[test]
fn two_bearings_from_two_places_cross_where_it_is() {
    let uav = flight(ThreatKind::Uav);
    let truth = moved(home(), [8.0, 6.0]);
    let (a, b) = (home(), moved(home(), [16.0, 0.0]));
    let fix = Fix { position: moved(home(), [12.0, 9.0]), covariance: [40.0, 25.0, 25.0], lag_s: 0.0 };
    let mut imm = Imm::begin(&fix, &uav, &bank(ThreatKind::Uav));
    for (observer, sd_deg) in [(a, 3.0_f64), (b, 3.0), (a, 3.0), (b, 3.0)] {
        let [e, n] = offset_km(observer, truth);
        imm.sight(observer, libm::atan2(e, n), sd_deg.to_radians() * sd_deg.to_radians(), 0.0);
    }
    assert!(imm.motion().position.distance_km(truth) < 0.8, "{:?}", imm.motion());
    assert!(imm.motion().sd_km() < 1.0, "{}", imm.motion().sd_km());
}
