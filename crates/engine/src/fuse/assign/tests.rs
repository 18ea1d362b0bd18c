//! Against every assignment there is.

use super::shortest::{NONE, Scratch};
use super::{Problem, Ranked};
use proptest::prelude::*;

type Rows = Vec<Vec<(u32, f64)>>;

fn problem(rows: &Rows, width: usize) -> Problem {
    let mut problem = Problem::default();
    problem.clear(width);
    for row in rows {
        problem.row(row.iter().copied());
    }
    problem
}

/// Costs of all assignments, sorted, by enumeration.
fn all(rows: &Rows) -> Vec<f64> {
    fn go(rows: &Rows, at: usize, used: &mut Vec<u32>, cost: f64, out: &mut Vec<f64>) {
        let Some(row) = rows.get(at) else { return out.push(cost) };
        go(rows, at + 1, used, cost, out);
        for &(column, more) in row {
            if !used.contains(&column) {
                used.push(column);
                go(rows, at + 1, used, cost + more, out);
                used.pop();
            }
        }
    }
    let mut out = Vec::new();
    go(rows, 0, &mut Vec::new(), 0.0, &mut out);
    out.sort_by(f64::total_cmp);
    out
}

fn rows() -> impl Strategy<Value = (Rows, usize)> {
    (1_usize..6, 1_u32..6).prop_flat_map(|(rows, width)| {
        let row = proptest::collection::btree_map(0..width, -10.0..3.0_f64, 0..=width as usize)
            .prop_map(|edges| edges.into_iter().collect::<Vec<_>>());
        (proptest::collection::vec(row, rows), Just(width as usize))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_ranking_is_every_assignment_in_order_of_cost((rows, width) in rows()) {
        let problem = problem(&rows, width);
        let mut scratch = Scratch::default();
        let mut ranked = Ranked::of(&problem, &mut scratch);
        let mut seen = std::collections::BTreeSet::new();
        for (n, expected) in all(&rows).iter().enumerate() {
            let solution = ranked.next(&problem, f64::INFINITY, &mut scratch);
            prop_assert!(solution.is_some(), "assignment {} is missing", n);
            let solution = solution.unwrap();
            prop_assert!((solution.cost - expected).abs() < 1e-9, "{} is {}, expected {}", n, solution.cost, expected);
            let taken: Vec<_> = (0..rows.len()).map(|row| solution.of(row)).collect();
            prop_assert!(seen.insert(taken), "assignment {} came twice", n);
        }
        prop_assert!(ranked.next(&problem, f64::INFINITY, &mut scratch).is_none());
        let mut problem = problem;
        for slack in [f64::INFINITY, 2.0, 0.0] {
            let (mut each, mut limit) = (Vec::new(), f64::INFINITY);
            problem.each(1.0, slack, &mut limit, |cost, _| {
                each.push(cost - 1.0);
                f64::INFINITY
            });
            each.sort_by(f64::total_cmp);
            let costs = all(&rows);
            let wanted = costs.iter().filter(|cost| **cost <= costs[0] + slack).count();
            prop_assert!(each.len() >= wanted && (slack.is_finite() || each.len() == wanted));
            prop_assert!(each.iter().zip(&costs[..wanted]).all(|(a, b)| (a - b).abs() < 1e-9));
        }
    }

    #[test]
    fn a_limit_cuts_only_what_is_dearer((rows, width) in rows(), slack in 0.0..6.0_f64) {
        let problem = problem(&rows, width);
        let mut scratch = Scratch::default();
        let costs = all(&rows);
        let limit = costs[0] + slack;
        let mut ranked = Ranked::of(&problem, &mut scratch);
        for expected in costs.iter().filter(|cost| **cost < limit - 1e-9) {
            let solution = ranked.next(&problem, limit, &mut scratch).unwrap();
            prop_assert!((solution.cost - expected).abs() < 1e-9);
        }
    }
}

#[test]
fn a_row_takes_none_rather_than_pay() {
    let problem = problem(&vec![vec![(0, 2.0)], vec![(0, -1.0)]], 1);
    let solution = problem.solve(&mut Scratch::default());
    assert_eq!((solution.of(0), solution.of(1), solution.cost), (NONE, 0, -1.0));
}
