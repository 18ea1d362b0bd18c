//! Assignments in order of cost, one after another (Murty 1968).

use super::shortest::{Bans, NONE, Problem, Scratch, Solution};
use std::collections::BinaryHeap;

/// A part of the space of assignments: rows before `first` are fixed as the solution has them, row `first` may not take
/// what is banned; the solution is the cheapest of the part.
#[derive(Debug, Clone)]
struct Part {
    solution: Solution,
    first: usize,
    banned: Vec<u32>,
    banned_none: bool,
    /// Parts of equal cost leave in the order they came, so that the ranking is the same everywhere.
    number: u32,
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Part {}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Part {
    /// The cheapest is the greatest, for the heap.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.solution.cost.total_cmp(&self.solution.cost).then(other.number.cmp(&self.number))
    }
}

/// The ranking of one problem, as far as it was asked for.
#[derive(Debug, Default)]
pub(crate) struct Ranked {
    parts: BinaryHeap<Part>,
    number: u32,
}

impl Ranked {
    /// Begins the ranking.
    pub(crate) fn of(problem: &Problem, scratch: &mut Scratch) -> Self {
        let solution = problem.solve(scratch);
        let whole = Part { solution, first: 0, banned: Vec::new(), banned_none: false, number: 0 };
        Self { parts: BinaryHeap::from([whole]), number: 1 }
    }

    /// Cost of the next assignment; `None` when there is none left.
    pub(crate) fn peek(&self) -> Option<f64> {
        self.parts.peek().map(|part| part.solution.cost)
    }

    /// The next assignment in order of cost. The part it was the best of is split into one for each row that may
    /// differ first; parts dearer than `limit` are not kept.
    pub(crate) fn next(&mut self, problem: &Problem, limit: f64, scratch: &mut Scratch) -> Option<Solution> {
        let part = self.parts.pop()?;
        for row in part.first..problem.rows() {
            let taken = part.solution.column_of[row];
            let (mut banned, mut banned_none) =
                if row == part.first { (part.banned.clone(), part.banned_none) } else { (Vec::new(), false) };
            if taken == NONE {
                banned_none = true;
            } else {
                banned.push(taken);
            }
            let mut solution = part.solution.clone();
            let hole = solution.free(row);
            let bans = Bans { first: row, columns: &banned, none: banned_none, hole };
            if problem.place(&mut solution, row, bans, scratch) && solution.cost <= limit {
                self.parts.push(Part { solution, first: row, banned, banned_none, number: self.number });
                self.number += 1;
            }
        }
        Some(part.solution)
    }
}
