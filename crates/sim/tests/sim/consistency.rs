//! Whether the whole filter is as sure as it is right: births, clutter, misses and competition included.
//!
//! Normalised estimation error squared (Bar-Shalom, Li and Kirubarajan 2001, section 5.4.2): of a consistent filter it is
//! chi-squared with as many degrees of freedom as the state has, four here.

use engine::scene::{Estimate, Filter, Motion, SceneTracker};
use sim::scene::Scene;

/// Squared Mahalanobis distance of the truth from an estimate, by a Cholesky factor of its covariance.
fn nees(told: &Estimate, truth: [f64; 4]) -> f64 {
    let at = |a: usize, b: usize| told.covariance[a.min(b) * (7 - a.min(b)) / 2 + a.max(b)];
    let (mut lower, mut solved) = ([[0.0; 4]; 4], [0.0; 4]);
    for row in 0..4 {
        for column in 0..=row {
            let known: f64 = (0..column).map(|n| lower[row][n] * lower[column][n]).sum();
            let rest: f64 = at(row, column) - known;
            lower[row][column] = if row == column { rest.sqrt() } else { rest / lower[column][column] };
        }
        let known: f64 = (0..row).map(|n| lower[row][n] * solved[n]).sum();
        solved[row] = (truth[row] - told.state[row] - known) / lower[row][row];
    }
    solved.iter().map(|part| part * part).sum()
}

/// NEES of every object at some scans that lie far apart, of runs of a scene. An object is of the track nearest to it,
/// where no other object and no other track is near.
fn errors(name: &str, seeds: u64, motion: Motion, every: usize) -> Vec<f64> {
    let mut errors = Vec::new();
    for seed in 0..seeds {
        let scene = Scene::of(name, seed).unwrap();
        let mut tracker = SceneTracker::moving(&scene.model, Filter::default(), motion).unwrap();
        for (n, scan) in scene.scans.iter().enumerate() {
            tracker.scan(scan).unwrap();
            if n % every != every - 1 {
                continue;
            }
            let (truth, velocities) = (&scene.truth[n], &scene.velocities[n]);
            let far = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).abs().max((a[1] - b[1]).abs());
            for (object, (_, place)) in truth.iter().enumerate() {
                let near = |other: [f64; 2]| far(other, *place) < 150.0;
                let alone = truth.iter().filter(|other| near(other.1)).count() == 1;
                let told: Vec<&Estimate> =
                    tracker.estimates().iter().filter(|told| near([told.state[0], told.state[2]])).collect();
                if let (true, [told]) = (alone, told.as_slice()) {
                    let [vx, vy] = velocities[object];
                    errors.push(nees(told, [place[0], vx, place[1], vy]));
                }
            }
        }
    }
    errors
}

/// Half of chi-squared of four degrees of freedom lies below this, one in a hundred above that.
const HALF: f64 = 3.357;
const HUNDREDTH: f64 = 13.277;
/// Deviations within which a normal variable is 999 times in a thousand.
const DEVIATIONS: f64 = 3.29;

/// Mean, share below [`HALF`], share above [`HUNDREDTH`], and the number they are of.
fn figures(errors: &[f64]) -> [f64; 4] {
    let count = f64::from(u32::try_from(errors.len()).unwrap());
    let share = |is: fn(f64) -> bool| errors.iter().filter(|error| is(**error)).map(|_| 1.0).sum::<f64>() / count;
    [errors.iter().sum::<f64>() / count, share(|error| error < HALF), share(|error| error > HUNDREDTH), count]
}

#[test]
fn the_filter_is_as_sure_as_it_is_right() {
    let [mean, half, hundredth, count] = figures(&errors("small", 40, Motion::Straight, 25));
    assert!(count > 500.0, "{count}");
    assert!((mean - 4.0).abs() < DEVIATIONS * (8.0 / count).sqrt(), "mean {mean}");
    assert!((half - 0.5).abs() < DEVIATIONS * 0.5 / count.sqrt(), "half {half}");
    assert!((hundredth - 0.01).abs() < DEVIATIONS * (0.01 * 0.99 / count).sqrt(), "hundredth {hundredth}");
}

#[test]
fn among_many_it_is_sure_of_a_wrong_thing_now_and_then_and_right_about_the_rest() {
    // A hundred objects: a track may have taken its neighbour's measurements, and no mean survives that.
    let [_, half, hundredth, count] = figures(&errors("mid", 6, Motion::Straight, 25));
    assert!(count > 400.0, "{count}");
    assert!((half - 0.5).abs() < DEVIATIONS * 0.5 / count.sqrt(), "half {half}");
    assert!(hundredth < 0.04, "hundredth {hundredth}");
}

#[test]
fn modes_are_less_sure_than_straight_flight_deserves_and_never_surer() {
    let [mean, half, hundredth, count] = figures(&errors("small", 40, Motion::Imm, 25));
    assert!((3.0..4.35).contains(&mean), "mean {mean} of {count}");
    assert!(half > 0.44 && hundredth < 0.022, "half {half}, hundredth {hundredth}");
}
