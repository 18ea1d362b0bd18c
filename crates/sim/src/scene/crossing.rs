//! Four objects that meet in one place at half time and part again (after Williams 2015, section VI): the scene on which
//! trackers that blend their hypotheses fail.

use super::Scene;
use super::plane::fly;
use crate::chance::Chance;
use engine::scene::SceneModel;

const SCANS: usize = 81;
const MIDDLE: usize = 40;
const SIDE: f64 = 300.0;

pub(super) fn scene(truth_seed: u64, seed: u64) -> Scene {
    let (pd, q, clutter) = (0.9, 0.02, 10.0);
    let mut chance = Chance::new(truth_seed);
    let mut truth = vec![Vec::new(); SCANS];
    for object in 0..4 {
        let mut spread = || 0.1_f64.sqrt() * chance.normal();
        let meeting = [150.0 + spread(), spread(), 150.0 + spread(), spread()];
        let (mut later, mut earlier) = (meeting, meeting);
        // Time runs backwards with the velocity turned.
        (earlier[1], earlier[3]) = (-earlier[1], -earlier[3]);
        let mut places = vec![[meeting[0], meeting[2]]; SCANS];
        for step in 1..=MIDDLE {
            fly(&mut later, q, &mut chance);
            fly(&mut earlier, q, &mut chance);
            places[MIDDLE + step] = [later[0], later[2]];
            places[MIDDLE - step] = [earlier[0], earlier[2]];
        }
        // The first is gone when they meet.
        let last = if object == 0 { MIDDLE } else { SCANS };
        for (there, place) in truth.iter_mut().zip(places).take(last) {
            there.push((object, place));
        }
    }
    let mut chance = Chance::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(truth_seed));
    let mut scans = Vec::with_capacity(SCANS);
    for there in &truth {
        let mut scan = Vec::new();
        for (_, [x, y]) in there {
            if chance.happens(pd) {
                scan.push([x + chance.normal(), y + chance.normal()]);
            }
        }
        for _ in 0..chance.poisson(clutter) {
            scan.push([SIDE * chance.unit(), SIDE * chance.unit()]);
        }
        scans.push(scan);
    }
    let model = SceneModel {
        dt: 1.0,
        q,
        sigma: 1.0,
        pd,
        ps: 0.99,
        area: [0.0, SIDE, 0.0, SIDE],
        clutter_per_scan: clutter,
        velocity_std: 1.0,
        birth_weight: Some(0.005),
        birth_mean: Some([100.0, 0.0, 100.0, 0.0]),
        birth_std: Some([150.0, 1.0, 150.0, 1.0]),
        initial_weight: Some(3.0),
    };
    Scene { model, truth, velocities: Vec::new(), scans, cutoff: 10.0 }
}
