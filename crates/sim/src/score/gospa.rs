//! The generalised optimal sub-pattern assignment metric with its parts (Rahmathullah, García-Fernández and Svensson
//! 2017), for p = 2 and alpha = 2.

use super::assignment::{cheapest, components};
use std::collections::BTreeMap;

/// GOSPA of one step, squared, and its parts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Gospa {
    /// Sum of squared distances of what was found, plus c²/2 for each missed and each false one.
    pub total: f64,
    /// Sum of squared distances of what was found.
    pub localisation: f64,
    /// Objects that nothing told of.
    pub missed: usize,
    /// Told of, and nothing there.
    pub false_ones: usize,
}

/// Squared distance.
fn squared(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])
}

/// The cheapest pairs of rows and columns, none twice, sorted. `cost` is negative where a pair is worth making; others are never
/// made.
pub fn paired(rows: usize, columns: usize, cost: impl Fn(usize, usize) -> f64) -> Vec<(usize, usize)> {
    let pairs = (0..rows)
        .flat_map(|row| (0..columns).map(move |column| (row, column)))
        .filter(|&(row, column)| cost(row, column) < 0.0);
    let mut found = Vec::new();
    for (rows, columns) in components(rows, columns, pairs) {
        let taken = cheapest(rows.len(), columns.len(), |row, column| cost(rows[row], columns[column]));
        found.extend(taken.iter().enumerate().filter_map(|(row, taken)| Some((rows[row], columns[(*taken)?]))));
    }
    found.sort_unstable();
    found
}

/// GOSPA of one step with cutoff `c`, in the unit of the places; and which place of `truth` was found by which of `told`.
#[allow(clippy::cast_precision_loss)] // Counts of objects.
pub fn gospa(truth: &[[f64; 2]], told: &[[f64; 2]], c: f64) -> (Gospa, Vec<(usize, usize)>) {
    // A pair is worth making when it is nearer than c: it saves one missed and one false.
    let found = paired(truth.len(), told.len(), |row, column| squared(truth[row], told[column]) - c * c);
    let localisation: f64 = found.iter().map(|&(row, column)| squared(truth[row], told[column])).sum();
    let (missed, false_ones) = (truth.len() - found.len(), told.len() - found.len());
    let total = localisation + c * c / 2.0 * (missed + false_ones) as f64;
    (Gospa { total, localisation, missed, false_ones }, found)
}

/// One step of a run: what was there, and what was told, each with its name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Step {
    /// Name and place of each object.
    pub truth: Vec<(u64, [f64; 2])>,
    /// Number and place of each track.
    pub told: Vec<(u64, [f64; 2])>,
}

/// The score of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
pub struct Run {
    /// Steps.
    pub steps: usize,
    /// Root of the mean squared GOSPA.
    pub rms_gospa: f64,
    /// Root of the mean sum of squared distances.
    pub rms_localisation: f64,
    /// Missed objects a step.
    pub missed_per_step: f64,
    /// False tracks a step.
    pub false_per_step: f64,
    /// How often an object was found by another track than before.
    pub switches: usize,
}

impl Run {
    /// Scores steps with cutoff `c`.
    #[allow(clippy::cast_precision_loss)] // Counts of objects.
    pub fn of(steps: &[Step], c: f64) -> Self {
        let mut sum = Gospa::default();
        let mut last: BTreeMap<u64, u64> = BTreeMap::new();
        let mut switches = 0;
        for step in steps {
            let places = |list: &[(u64, [f64; 2])]| list.iter().map(|one| one.1).collect::<Vec<_>>();
            let (score, found) = gospa(&places(&step.truth), &places(&step.told), c);
            sum.total += score.total;
            sum.localisation += score.localisation;
            sum.missed += score.missed;
            sum.false_ones += score.false_ones;
            for (object, track) in found {
                let (object, track) = (step.truth[object].0, step.told[track].0);
                switches += usize::from(last.insert(object, track).is_some_and(|before| before != track));
            }
        }
        let steps_f = (steps.len() as f64).max(1.0);
        Self {
            steps: steps.len(),
            rms_gospa: (sum.total / steps_f).sqrt(),
            rms_localisation: (sum.localisation / steps_f).sqrt(),
            missed_per_step: sum.missed as f64 / steps_f,
            false_per_step: sum.false_ones as f64 / steps_f,
            switches,
        }
    }
}
