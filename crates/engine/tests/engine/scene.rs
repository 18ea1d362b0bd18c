//! The filter on scenes of one sensor: what it finds, what it refuses, and that it says the same thing twice.

use engine::scene::{Estimate, Filter, Motion, SceneError, SceneModel, SceneTracker};
use proptest::prelude::*;

fn model() -> SceneModel {
    SceneModel {
        dt: 1.0,
        q: 0.5,
        sigma: 20.0,
        pd: 0.9,
        ps: 0.998,
        area: [0.0, 2000.0, 0.0, 2000.0],
        clutter_per_scan: 5.0,
        velocity_std: 10.0,
        birth_weight: Some(0.1),
        birth_mean: None,
        birth_std: None,
        initial_weight: Some(2.0),
    }
}

const FILTERS: [Filter; 3] = [Filter::Pmbm { hypotheses: 20 }, Filter::Pmbm { hypotheses: 200 }, Filter::Lbp];

const IMM: (Filter, Motion) = (Filter::Pmbm { hypotheses: 20 }, Motion::Imm);

/// Tracks after each scan.
fn run(model: &SceneModel, filter: Filter, scans: &[Vec<[f64; 2]>]) -> Vec<Vec<Estimate>> {
    run_moving(model, filter, Motion::Straight, scans)
}

fn run_moving(model: &SceneModel, filter: Filter, motion: Motion, scans: &[Vec<[f64; 2]>]) -> Vec<Vec<Estimate>> {
    let mut tracker = SceneTracker::moving(model, filter, motion).unwrap();
    scans.iter().map(|scan| tracker.scan(scan).map(|()| tracker.estimates().to_vec()).unwrap()).collect()
}

/// Objects that fly straight, seen without noise; x, vx, y, vy.
fn flights(states: &[[f64; 4]], scans: usize) -> Vec<Vec<[f64; 2]>> {
    let seen = |scan: usize, s: &[f64; 4]| {
        let t = f64::from(u32::try_from(scan).unwrap());
        [s[0] + t * s[1], s[2] + t * s[3]]
    };
    (0..scans).map(|scan| states.iter().map(|state| seen(scan, state)).collect()).collect()
}

#[test]
fn two_that_cross_keep_their_numbers() {
    let scans = flights(&[[100.0, 20.0, 900.0, 0.0], [500.0, 0.0, 500.0, 20.0]], 40);
    for filter in FILTERS {
        let told = run(&model(), filter, &scans);
        let numbers: Vec<u64> = told[5].iter().map(|estimate| estimate.track).collect();
        assert_eq!(numbers.len(), 2, "{filter:?}");
        assert_eq!(told[39].iter().map(|estimate| estimate.track).collect::<Vec<_>>(), numbers, "{filter:?}");
        let first = told[39].iter().find(|estimate| estimate.track == numbers[0]).unwrap();
        assert!((first.state[0] - 880.0).abs() < 30.0 && (first.state[1] - 20.0).abs() < 3.0, "{filter:?} {first:?}");
    }
}

#[test]
fn what_turns_is_followed_closer_in_modes_than_straight() {
    // A circle at twelve metres a second, a turn in half a minute, seen without noise.
    let place = |scan: u32| {
        let angle = 0.2 * f64::from(scan);
        [1000.0 + 60.0 * libm::cos(angle), 1000.0 + 60.0 * libm::sin(angle)]
    };
    let scans: Vec<Vec<[f64; 2]>> = (0..80).map(|scan| vec![place(scan)]).collect();
    let error = |motion: Motion| {
        let told = run_moving(&model(), Filter::default(), motion, &scans);
        let off = |(scan, told): (u32, &Vec<Estimate>)| {
            let (there, state) = (place(scan), told[0].state);
            libm::hypot(state[0] - there[0], state[2] - there[1])
        };
        (20..).zip(&told[20..]).map(off).sum::<f64>() / 60.0
    };
    let (straight, modes) = (error(Motion::Straight), error(Motion::Imm));
    assert!(modes < 0.7 * straight, "{modes} against {straight}");
}

#[test]
fn two_side_by_side_stay_two_places() {
    // Ten metres apart under noise of twenty, for a while, then apart: they are neither joined nor lost.
    let near = |scan: u32| 200.0 - 10.0 * f64::from(scan.min(19)) + 10.0 * f64::from(scan.saturating_sub(25));
    let scans: Vec<Vec<[f64; 2]>> = (0..50_u32)
        .map(|scan| {
            let (x, off) = (100.0 + 20.0 * f64::from(scan), near(scan).max(5.0));
            vec![[x, 1000.0 + off], [x, 1000.0 - off]]
        })
        .collect();
    for filter in [Filter::Pmbm { hypotheses: 20 }, Filter::Pmbm { hypotheses: 200 }] {
        let told = run(&model(), filter, &scans);
        let mut ys: Vec<f64> = told[49].iter().map(|estimate| estimate.state[2]).collect();
        ys.sort_by(f64::total_cmp);
        assert!(ys.len() == 2 && ys[1] - ys[0] > 350.0, "{filter:?} {ys:?}");
    }
}

#[test]
fn scattered_noise_is_no_track_and_two_misses_are_no_end() {
    let mut scans = flights(&[[1000.0, 5.0, 1000.0, 5.0]], 20);
    for (n, scan) in scans.iter_mut().enumerate() {
        let n = f64::from(u32::try_from(n).unwrap());
        scan.push([(617.0 * n + 40.0) % 2000.0, (1279.0 * n + 90.0) % 2000.0]);
    }
    scans[14].remove(0);
    scans[15].remove(0);
    for filter in FILTERS {
        let told = run(&model(), filter, &scans);
        for told in &told[4..] {
            assert_eq!(told.len(), 1, "{filter:?}");
        }
    }
}

#[test]
fn what_leaves_the_area_is_over() {
    let scans = flights(&[[1900.0, 20.0, 1000.0, 0.0]], 5);
    let mut tracker = SceneTracker::new(&model(), Filter::default()).unwrap();
    for scan in &scans {
        tracker.scan(scan).unwrap();
    }
    assert_eq!(tracker.estimates().len(), 1);
    for _ in 0..3 {
        tracker.scan(&[]).unwrap();
    }
    assert!(tracker.estimates().is_empty(), "{:?}", tracker.estimates());
}

#[test]
fn a_crowd_is_followed_and_said_to_be_approximate() {
    let states: Vec<[f64; 4]> = (0..14).map(|n| [500.0, 10.0, 700.0 + 12.0 * f64::from(n), 0.0]).collect();
    let mut tracker = SceneTracker::new(&model(), Filter::default()).unwrap();
    let mut approximate = false;
    for scan in flights(&states, 20) {
        tracker.scan(&scan).unwrap();
        approximate |= tracker.approximate();
    }
    assert!(approximate);
    assert!((10..=16).contains(&tracker.estimates().len()), "{}", tracker.estimates().len());
}

#[test]
fn a_model_that_cannot_be_is_refused_by_its_key() {
    let check = |change: fn(&mut SceneModel), key: &str| {
        let mut model = model();
        change(&mut model);
        let error = SceneTracker::new(&model, Filter::default()).unwrap_err().to_string();
        assert!(error.starts_with(&format!("accept {key}")), "{error}");
    };
    check(|m| m.sigma = 0.0, "sigma");
    check(|m| m.sigma = f64::NAN, "sigma");
    check(|m| m.dt = -1.0, "dt");
    check(|m| m.q = f64::INFINITY, "q");
    check(|m| m.pd = 0.0, "pd");
    check(|m| m.ps = 1.5, "ps");
    check(|m| m.area = [0.0, 0.0, 0.0, 1.0], "area");
    check(|m| m.clutter_per_scan = -1.0, "clutter_per_scan");
    check(|m| m.birth_std = Some([1.0; 4]), "birth_std");
    check(|m| m.birth_mean = Some([1.0; 4]), "birth_mean");
    check(|m| m.birth_weight = Some(-1.0), "birth_weight");
    let mut tracker = SceneTracker::new(&model(), Filter::default()).unwrap();
    assert_eq!(tracker.scan(&[[1.0, 1.0], [f64::NAN, 0.0]]), Err(SceneError::NotFinite { number: 1 }));
}

fn coordinate() -> impl Strategy<Value = f64> {
    prop_oneof![8 => 0.0..2000.0_f64, 1 => Just(1000.0), 1 => -1e300..1e300_f64]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_scans_give_probabilities_and_numbers_and_the_same_ones_twice(
        scans in proptest::collection::vec(proptest::collection::vec((coordinate(), coordinate()), 0..30), 1..12),
        pd in prop_oneof![Just(1.0), 0.01..1.0_f64],
        clutter in prop_oneof![Just(0.0), 0.0..50.0_f64],
        learned in any::<bool>(),
    ) {
        let scans: Vec<Vec<[f64; 2]>> =
            scans.into_iter().map(|scan| scan.into_iter().map(|(x, y)| [x, y]).collect()).collect();
        let mut model = SceneModel { pd, clutter_per_scan: clutter, ..model() };
        if learned {
            (model.birth_weight, model.initial_weight) = (None, None);
        }
        for (filter, motion) in FILTERS.map(|filter| (filter, Motion::Straight)).into_iter().chain([IMM]) {
            let told = run_moving(&model, filter, motion, &scans);
            prop_assert_eq!(&told, &run_moving(&model, filter, motion, &scans));
            for estimate in told.iter().flatten() {
                prop_assert!((0.0..=1.0).contains(&estimate.existence), "{estimate:?}");
                prop_assert!(estimate.state.iter().all(|at| at.is_finite()), "{estimate:?}");
            }
            for told in &told {
                prop_assert!(told.windows(2).all(|pair| pair[0].track < pair[1].track));
            }
        }
    }
}
