//! The filter on scenes of every kind: accuracy as a number, with room for the seed. Time is `allclear bench track`'s.

use engine::scene::{Filter, SceneTracker};
use sim::scene::{NAMES, Scene};
use sim::score::Run;

fn score(scene: &Scene, filter: Filter) -> Run {
    let mut tracker = SceneTracker::new(&scene.model, filter).unwrap();
    let mut told = Vec::new();
    for scan in &scene.scans {
        tracker.scan(scan).unwrap();
        told.push(tracker.estimates().iter().map(|one| (one.track, [one.state[0], one.state[2]])).collect());
    }
    Run::of(&scene.steps(&told), scene.cutoff)
}

fn squared(scene: &Scene, filter: Filter) -> f64 {
    let rms = score(scene, filter).rms_gospa;
    rms * rms
}

#[test]
fn a_scene_is_the_same_everywhere_and_as_large_as_it_says() {
    for name in NAMES.into_iter().filter(|name| !name.starts_with("heavy")) {
        let (one, two) = (Scene::of(name, 3).unwrap(), Scene::of(name, 3).unwrap());
        assert_eq!((&one.truth, &one.scans), (&two.truth, &two.scans), "{name}");
        assert_ne!(one.scans, Scene::of(name, 4).unwrap().scans, "{name}");
        let seen: f64 = one.scans.iter().map(|scan| f64::from(u32::try_from(scan.len()).unwrap())).sum();
        let there: f64 = one.truth.iter().map(|there| f64::from(u32::try_from(there.len()).unwrap())).sum();
        let expected = 0.9 * there + one.model.clutter_per_scan * f64::from(u32::try_from(one.scans.len()).unwrap());
        assert!((seen / expected - 1.0).abs() < 0.1, "{name}: {seen} detections, {expected} expected");
    }
    assert!(Scene::of("nowhere", 0).is_none());
}

#[test]
fn crossing_objects_are_told_apart_by_hypotheses_and_not_without() {
    let mean = |filter: Filter| {
        let runs = (0..6).flat_map(|truth| (0..2).map(move |run| Scene::crossing(truth, run)));
        let squares: Vec<f64> = runs.map(|scene| squared(&scene, filter)).collect();
        (squares.iter().sum::<f64>() / 12.0).sqrt()
    };
    let (many, few, none) =
        (mean(Filter::Pmbm { hypotheses: 200 }), mean(Filter::Pmbm { hypotheses: 20 }), mean(Filter::Lbp));
    assert!(many < 3.1 && few < 3.1 && none > few + 0.1, "200: {many}, 20: {few}, none: {none}");
}

#[test]
fn scenes_are_followed_as_well_as_the_gates_ask_with_a_tenth_of_room() {
    for (name, gate, seeds) in [("small", 56.0, 4_u32), ("mid", 217.0, 1), ("dense", 150.0, 3), ("n200", 400.0, 1)] {
        let scenes = (0..seeds).map(|seed| Scene::of(name, u64::from(seed)).unwrap());
        let squares: f64 = scenes.map(|scene| squared(&scene, Filter::default())).sum();
        let rms = (squares / f64::from(seeds)).sqrt();
        assert!(rms < gate * 1.1, "{name}: {rms}, gate {gate}");
    }
}

#[test]
fn a_model_that_learns_its_births_does_nearly_as_well() {
    for (name, seed, slack) in [("small", 1, 1.1), ("mid", 0, 1.02), ("n200", 0, 1.02)] {
        let scene = Scene::of(name, seed).unwrap();
        let told = score(&scene, Filter::default()).rms_gospa;
        let mut untold = scene.clone();
        (untold.model.birth_weight, untold.model.initial_weight) = (None, None);
        let learned = score(&untold, Filter::default()).rms_gospa;
        assert!(learned < told * slack, "{name}: {learned} against {told}");
    }
}
