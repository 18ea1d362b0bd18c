//! The scores against enumeration, against figures worked out elsewhere, and against what a metric must hold to.

use sim::chance::Chance;
use sim::score::{Run, Step, Trajectory, gospa, paired, trajectories};

fn places(chance: &mut Chance, most: u64) -> Vec<[f64; 2]> {
    (0..chance.below(most + 1)).map(|_| [100.0 * chance.unit(), 100.0 * chance.unit()]).collect()
}

/// The least squared GOSPA over every assignment.
fn enumerated(truth: &[[f64; 2]], told: &[[f64; 2]], c: f64, used: u32) -> f64 {
    let half = c * c / 2.0;
    let Some((first, rest)) = truth.split_first() else {
        return half * f64::from(u32::try_from(told.len()).unwrap() - used.count_ones());
    };
    let mut best = half + enumerated(rest, told, c, used);
    for (n, other) in told.iter().enumerate().filter(|(n, _)| used & (1 << n) == 0) {
        let (dx, dy) = (first[0] - other[0], first[1] - other[1]);
        let squared = dx * dx + dy * dy;
        if squared < c * c {
            best = best.min(squared + enumerated(rest, told, c, used | 1 << n));
        }
    }
    best
}

#[test]
fn of_two_near_one_track_only_the_nearer_is_tracked() {
    let (groups, tracks) = ([0.0_f64, 10.0], [4.0_f64, 90.0]);
    let cost = |row: usize, column: usize| (groups[row] - tracks[column]).abs() - 25.0;
    assert_eq!(paired(2, 2, cost), [(0, 0)]);
    // A second one lets both be, though each is nearest to the first.
    let tracks = [4.0_f64, 25.0];
    let cost = |row: usize, column: usize| (groups[row] - tracks[column]).abs() - 25.0;
    assert_eq!(paired(2, 2, cost), [(0, 0), (1, 1)]);
    assert_eq!(paired(0, 2, |_, _| -1.0), []);
}

#[test]
fn gospa_is_the_least_over_every_assignment() {
    let mut chance = Chance::new(1);
    for _ in 0..500 {
        let (truth, told) = (places(&mut chance, 6), places(&mut chance, 6));
        let c = 10.0 + 60.0 * chance.unit();
        let (score, found) = gospa(&truth, &told, c);
        assert!((score.total - enumerated(&truth, &told, c, 0)).abs() < 1e-9);
        assert_eq!((score.missed, score.false_ones), (truth.len() - found.len(), told.len() - found.len()));
        let (back, _) = gospa(&told, &truth, c);
        assert!((back.total - score.total).abs() < 1e-9, "a metric does not ask who is right");
    }
}

#[test]
fn a_run_scores_as_worked_out_by_hand() {
    // c = 10. Step 1: one found at 3, one missed. Step 2: found at 4 by another track, one false. Step 3: nothing.
    let step = |truth: &[(u64, f64)], told: &[(u64, f64)]| Step {
        truth: truth.iter().map(|&(id, x)| (id, [x, 0.0])).collect(),
        told: told.iter().map(|&(id, x)| (id, [x, 0.0])).collect(),
    };
    let steps =
        [step(&[(1, 0.0), (2, 50.0)], &[(7, 3.0)]), step(&[(1, 10.0)], &[(8, 14.0), (9, 90.0)]), step(&[], &[])];
    let run = Run::of(&steps, 10.0);
    assert!((run.rms_gospa - ((9.0_f64 + 50.0 + 16.0 + 50.0) / 3.0).sqrt()).abs() < 1e-12);
    assert!((run.rms_localisation - (25.0_f64 / 3.0).sqrt()).abs() < 1e-12);
    assert!((run.missed_per_step - 1.0 / 3.0).abs() < 1e-12 && (run.false_per_step - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!(run.switches, 1);
}

fn flight(begins: usize, xs: &[f64]) -> Trajectory {
    Trajectory { begins, places: xs.iter().map(|&x| Some([x, 0.0])).collect() }
}

#[test]
fn a_change_of_name_costs_its_price_and_no_more() {
    let truth = [flight(0, &[0.0; 6])];
    let score = |told: &[Trajectory]| trajectories(&truth, told, 10.0, 2.0);
    assert!(score(&truth).total.abs() < 1e-12);
    // Three steps by one track, three by another: one change of name (gamma² = 4).
    let score = score(&[flight(0, &[0.0; 3]), flight(3, &[0.0; 3])]);
    assert!(score.exact && (score.total - 4.0).abs() < 1e-12 && (score.switches - 4.0).abs() < 1e-12, "{score:?}");
    // A track two steps late: two misses of 50, half a change for the beginning.
    let late = trajectories(&truth, &[flight(2, &[1.0; 4])], 10.0, 2.0);
    assert!((late.total - (100.0 + 4.0 + 2.0)).abs() < 1e-12, "{late:?}");
    // Where a change of name is dearer than a miss, the nearer track is not taken for one step.
    let near = [flight(0, &[3.0; 6]), flight(2, &[0.0])];
    let cheap = trajectories(&truth, &near, 10.0, 0.1);
    let dear = trajectories(&truth, &near, 10.0, 100.0);
    assert!(
        (cheap.localisation - 45.0).abs() < 1e-12 && (dear.localisation - 54.0).abs() < 1e-12,
        "{cheap:?} {dear:?}"
    );
}

#[test]
fn without_a_price_for_names_trajectories_score_as_their_steps() {
    let mut chance = Chance::new(5);
    for _ in 0..40 {
        let mut some = |most: u64| -> Vec<Trajectory> {
            (0..chance.below(most + 1))
                .map(|_| {
                    let (begins, length) = (chance.below(4), 1 + chance.below(5));
                    let mut at = [60.0 * chance.unit(), 60.0 * chance.unit()];
                    let mut place = || {
                        at = [at[0] + 6.0 * chance.normal(), at[1] + 6.0 * chance.normal()];
                        chance.happens(0.9).then_some(at)
                    };
                    let places = (0..length).map(|_| place()).collect();
                    Trajectory { begins: usize::try_from(begins).unwrap(), places }
                })
                .collect()
        };
        let (truth, told) = (some(4), some(4));
        let at = |list: &[Trajectory], step: usize| -> Vec<[f64; 2]> {
            let place = |one: &Trajectory| *one.places.get(step.checked_sub(one.begins)?)?;
            list.iter().filter_map(place).collect()
        };
        let steps: f64 = (0..9).map(|step| gospa(&at(&truth, step), &at(&told, step), 20.0).0.total).sum();
        let score = trajectories(&truth, &told, 20.0, 0.0);
        assert!(score.exact && (score.total - steps).abs() < 1e-9, "{score:?} {steps}");
        let back = trajectories(&told, &truth, 20.0, 7.0);
        let forth = trajectories(&truth, &told, 20.0, 7.0);
        assert!(back.total.is_finite() && forth.total >= score.total - 1e-9);
    }
}
