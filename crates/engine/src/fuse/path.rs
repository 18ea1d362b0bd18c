//! Where an object flew: its filtered places, the newest few smoothed by what came after them.
//!
//! A fixed-lag smoother: of the last [`LAG`] points each is corrected by the points after it (Rauch, Tung and Striebel
//! 1965), then it is left as it is. The steps between them are those of the bank's mean noise, since the smoother needs
//! one model and the modes were merged when the point was taken.

use super::body::seconds;
use super::motion::{Bank, Gauss, Motion, moved, offset_km};
use model::{Position, Timestamp};
use std::collections::VecDeque;

/// Points kept, and the least time between two, milliseconds.
const POINTS_MAX: usize = 20;
const STEP_MS: i64 = 10_000;
/// Points that later ones still correct.
const LAG: usize = 4;

/// Where one object flew. Invariant: `lag` holds the filtered motions of the newest points, in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Path {
    points: VecDeque<(Timestamp, Position)>,
    lag: VecDeque<(Timestamp, Motion)>,
}

impl Path {
    /// When it was and where, oldest first.
    pub(crate) fn told(&self) -> Vec<(Timestamp, Position)> {
        self.points.iter().copied().collect()
    }

    /// Whether the next point is due.
    pub(crate) fn due(&self, at: Timestamp) -> bool {
        self.points.back().is_none_or(|(last, _)| at.ms_since(*last) >= STEP_MS)
    }

    /// Adds the filtered motion at an instant, and corrects the points before it.
    pub(crate) fn push(&mut self, at: Timestamp, motion: Motion, bank: &Bank) {
        if self.points.len() >= POINTS_MAX {
            self.points.pop_front();
        }
        self.points.push_back((at, motion.position));
        self.lag.push_back((at, motion));
        if self.lag.len() > LAG {
            self.lag.pop_front();
        }
        self.smooth(bank);
    }

    fn smooth(&mut self, bank: &Bank) {
        let Some((mut later, newest)) = self.lag.back().map(|(at, motion)| (*at, motion)) else { return };
        // Everything on the plane about the newest point.
        let (anchor, [ve, vn]) = (newest.position, newest.velocity);
        let mut smoothed = [0.0, 0.0, ve, vn];
        let points = self.points.iter_mut().rev().skip(1);
        for ((at, motion), point) in self.lag.iter().rev().skip(1).zip(points) {
            let [e, n] = offset_km(anchor, motion.position);
            let tail = Gauss { mean: [e, n, motion.velocity[0], motion.velocity[1]], covariance: motion.covariance };
            let Some(mean) = tail.smoothed(&bank.mean().step(seconds(*at, later)), smoothed) else { return };
            point.1 = moved(anchor, [mean[0], mean[1]]);
            (smoothed, later) = (mean, *at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::motion::{Fix, Imm, bank};
    use super::*;
    use crate::fuse::kind::flight;
    use model::ThreatKind;

    #[test]
    fn the_path_is_nearer_to_where_it_flew_than_the_filter_was_at_the_time() {
        let home = Position::new(50.0, 30.0).unwrap();
        let bank = bank(ThreatKind::Uav);
        let mut seed = 11_u64;
        let mut noise = || {
            let mut sum = -6.0;
            for _ in 0..12 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                sum += f64::from(u32::try_from(seed >> 32).unwrap()) / f64::from(u32::MAX);
            }
            sum
        };
        let squared = |km: f64| km * km;
        let truth = |n: i32| home.toward(90.0, 0.42 * f64::from(n));
        let (mut filtered_km2, mut smoothed_km2, mut count) = (0.0, 0.0, 0.0);
        for _ in 0..20 {
            let (mut path, mut imm) = (Path::default(), None::<Imm>);
            let mut filtered = Vec::new();
            for n in 0..12 {
                let seen = truth(n).toward(0.0, noise()).toward(90.0, noise());
                let fix = Fix { position: seen, covariance: [1.0, 0.0, 1.0], lag_s: 0.0 };
                let imm = match &mut imm {
                    None => imm.insert(Imm::begin(&fix, &flight(ThreatKind::Uav), &bank)),
                    Some(imm) => {
                        imm.predict(10.0, &bank);
                        imm.see(&fix);
                        imm
                    }
                };
                let at = Timestamp::from_millis(1_790_000_000_000 + i64::from(n) * 10_000);
                assert!(path.due(at) && !path.due(at.plus_ms(-1)) || n == 0);
                path.push(at, imm.motion(), &bank);
                filtered.push(imm.motion().position);
            }
            // The newest few are still to be corrected.
            for ((n, filtered), (_, smoothed)) in (0_i32..).zip(&filtered).zip(path.told()).skip(2).take(7) {
                filtered_km2 += squared(truth(n).distance_km(*filtered));
                smoothed_km2 += squared(truth(n).distance_km(smoothed));
                count += 1.0;
            }
        }
        let (filtered, smoothed) = ((filtered_km2 / count).sqrt(), (smoothed_km2 / count).sqrt());
        assert!(smoothed < 0.85 * filtered, "{smoothed:.3} km, filtered {filtered:.3}");
    }

    #[test]
    fn only_so_much_is_kept() {
        let mut path = Path::default();
        let home = Position::new(50.0, 30.0).unwrap();
        let motion = Motion { position: home, velocity: [0.0; 2], covariance: [[0.0; 4]; 4] };
        for n in 0..100 {
            path.push(Timestamp::from_millis(n * 10_000), motion.clone(), &bank(ThreatKind::Uav));
        }
        assert_eq!((path.points.len(), path.lag.len()), (POINTS_MAX, LAG));
        assert!(
            path.points.iter().all(|(_, at)| at.distance_km(home) < 1e-9),
            "a degenerate covariance corrects nothing"
        );
    }
}
