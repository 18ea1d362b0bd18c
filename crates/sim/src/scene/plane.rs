//! Objects that fly nearly straight over a square: half of them from the start, the rest in the first half of the run.

use super::Scene;
use crate::chance::Chance;
use engine::scene::SceneModel;

/// Number of objects, clutter a scan, scans, side of the square.
fn plan(name: &str) -> Option<(u32, f64, usize, f64)> {
    Some(match name {
        "small" => (10, 10.0, 100, 2000.0),
        "mid" => (100, 50.0, 50, 4000.0),
        "dense" => (20, 40.0, 60, 1000.0),
        "n200" => (200, 100.0, 20, 5657.0),
        "n400" => (400, 200.0, 12, 8000.0),
        "n1000" => (1000, 1000.0, 30, 12649.0),
        "heavy" => (1000, 10_000.0, 20, 50_000.0),
        "heavydense" => (1000, 10_000.0, 12, 15_811.0),
        _ => return None,
    })
}

#[allow(clippy::cast_precision_loss)] // Scans and objects.
pub(super) fn scene(name: &str, seed: u64) -> Option<Scene> {
    let (count, clutter, scans, side) = plan(name)?;
    let (pd, ps, sigma, speed, q) = (0.9, 0.998, 20.0, 10.0, 0.5);
    let mut chance = Chance::new(seed);
    let mut truth = vec![Vec::new(); scans];
    let mut velocities = vec![Vec::new(); scans];
    for object in 0..count {
        let half = u64::try_from(scans / 2).unwrap_or(1);
        let begins = if object < count / 2 { 0 } else { usize::try_from(chance.below(half)).unwrap_or(0) };
        let mut state = [side * chance.unit(), speed * chance.normal(), side * chance.unit(), speed * chance.normal()];
        for (there, velocities) in truth.iter_mut().zip(&mut velocities).skip(begins) {
            if ![state[0], state[2]].iter().all(|at| (0.0..=side).contains(at)) {
                break;
            }
            there.push((u64::from(object), [state[0], state[2]]));
            velocities.push([state[1], state[3]]);
            if !chance.happens(ps) {
                break;
            }
            fly(&mut state, q, &mut chance);
        }
    }
    let scans = truth
        .iter()
        .map(|there: &Vec<(u64, [f64; 2])>| {
            let mut scan = Vec::with_capacity(there.len());
            for (_, [x, y]) in there {
                if chance.happens(pd) {
                    scan.push([x + sigma * chance.normal(), y + sigma * chance.normal()]);
                }
            }
            for _ in 0..chance.poisson(clutter) {
                scan.push([side * chance.unit(), side * chance.unit()]);
            }
            chance.shuffle(&mut scan);
            scan
        })
        .collect::<Vec<_>>();
    let model = SceneModel {
        dt: 1.0,
        q,
        sigma,
        pd,
        ps,
        area: [0.0, side, 0.0, side],
        clutter_per_scan: clutter,
        velocity_std: speed,
        birth_weight: Some(f64::from(count) / scans.len() as f64),
        birth_mean: None,
        birth_std: None,
        initial_weight: Some(f64::from(count) / 2.0),
    };
    Some(Scene { model, truth, velocities, scans, cutoff: 100.0 })
}

/// One second of nearly constant velocity under white acceleration of density `q`, by its covariance's Cholesky factor.
pub(super) fn fly(state: &mut [f64; 4], q: f64, chance: &mut Chance) {
    let along = (q / 3.0).sqrt();
    let (cross, rest) = (q / 2.0 / along, (q - q * q / 4.0 / (along * along)).sqrt());
    for axis in [0, 2] {
        let (first, second) = (chance.normal(), chance.normal());
        state[axis] += state[axis + 1] + along * first;
        state[axis + 1] += cross * first + rest * second;
    }
}
