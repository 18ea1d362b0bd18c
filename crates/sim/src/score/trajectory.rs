//! The metric for sets of trajectories, with a price for changing names (García-Fernández, Rahmathullah and Svensson
//! 2020), for p = 2.

use super::assignment::components;

/// Most assignments of one component at one step that are weighed; with more, the cheapest are, and the score is an
/// upper bound.
const WAYS_MAX: usize = 512;

/// One object or track: its places from its first step on. A step without a place is a gap.
#[derive(Debug, Clone, PartialEq)]
pub struct Trajectory {
    /// Step of the first place.
    pub begins: usize,
    /// Places, step by step.
    pub places: Vec<Option<[f64; 2]>>,
}

/// The score and its parts, each already to the power of 2.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
pub struct TrajectoryScore {
    /// The metric to the power of 2.
    pub total: f64,
    /// Squared distances.
    pub localisation: f64,
    /// c²/2 for each missed step of an object.
    pub missed: f64,
    /// c²/2 for each false step of a track.
    pub false_ones: f64,
    /// gamma² for each change of name, half of it for each beginning and end of one.
    pub switches: f64,
    /// Whether every assignment was weighed: else `total` is an upper bound.
    pub exact: bool,
}

impl Trajectory {
    fn at(&self, step: usize) -> Option<[f64; 2]> {
        *self.places.get(step.checked_sub(self.begins)?)?
    }

    fn end(&self) -> usize {
        self.begins + self.places.len()
    }
}

/// Who is found by whom at one step, and what that costs.
#[derive(Debug, Clone)]
struct Way {
    /// By object of the component: the track, if any.
    taken: Vec<Option<usize>>,
    localisation: f64,
    missed: usize,
    false_ones: usize,
}

/// Scores trajectories with cutoff `c` and switching price `gamma`.
///
/// Dynamic programming over the steps, over every assignment of each component (tracks and objects that ever come nearer
/// than `c`). Exact while a component has at most 512 assignments at each step; beyond it the cheapest 512 are weighed.
pub fn trajectories(truth: &[Trajectory], told: &[Trajectory], c: f64, gamma: f64) -> TrajectoryScore {
    let steps = truth.iter().chain(told).map(Trajectory::end).max().unwrap_or(0);
    let near = |object: &Trajectory, track: &Trajectory| {
        (object.begins.max(track.begins)..object.end().min(track.end()))
            .any(|step| distance(object, track, step).is_some_and(|squared| squared < c * c))
    };
    let pairs = (0..truth.len())
        .flat_map(|row| (0..told.len()).map(move |column| (row, column)))
        .filter(|&(row, column)| near(&truth[row], &told[column]));
    let mut score = TrajectoryScore { exact: true, ..TrajectoryScore::default() };
    for (rows, columns) in components(truth.len(), told.len(), pairs) {
        let rows: Vec<&Trajectory> = rows.iter().map(|&row| &truth[row]).collect();
        let columns: Vec<&Trajectory> = columns.iter().map(|&column| &told[column]).collect();
        component(&rows, &columns, steps, c, gamma, &mut score);
    }
    score.total = score.localisation + score.missed + score.false_ones + score.switches;
    score
}

fn distance(a: &Trajectory, b: &Trajectory, step: usize) -> Option<f64> {
    let (a, b) = (a.at(step)?, b.at(step)?);
    Some((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]))
}

#[allow(clippy::cast_precision_loss)] // Counts of objects.
fn component(
    truth: &[&Trajectory],
    told: &[&Trajectory],
    steps: usize,
    c: f64,
    gamma: f64,
    score: &mut TrajectoryScore,
) {
    let half = c * c / 2.0;
    let cost = |way: &Way| way.localisation + half * (way.missed + way.false_ones) as f64;
    // By step: the ways, what each costs up to here, and which way of the step before is best for it.
    let mut table: Vec<(Vec<Way>, Vec<f64>, Vec<usize>)> = Vec::with_capacity(steps);
    for step in 0..steps {
        let ways = ways(truth, told, step, c, &mut score.exact);
        let mut costs = Vec::with_capacity(ways.len());
        let mut from = Vec::with_capacity(ways.len());
        for way in &ways {
            let mut best = (f64::INFINITY, 0);
            match table.last() {
                None => best.0 = 0.0,
                Some((before, sums, _)) => {
                    for (n, (other, sum)) in before.iter().zip(sums).enumerate() {
                        let here = sum + switching(other, way, gamma);
                        if here < best.0 {
                            best = (here, n);
                        }
                    }
                }
            }
            costs.push(best.0 + cost(way));
            from.push(best.1);
        }
        table.push((ways, costs, from));
    }
    let Some((_, costs, _)) = table.last() else { return };
    let mut at = costs.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |best| best.0);
    let mut after: Option<&Way> = None;
    for (ways, _, from) in table.iter().rev() {
        let way = &ways[at];
        score.localisation += way.localisation;
        score.missed += half * way.missed as f64;
        score.false_ones += half * way.false_ones as f64;
        score.switches += after.map_or(0.0, |after| switching(way, after, gamma));
        after = Some(way);
        at = from[at];
    }
}

/// Price of going from one assignment to the next (equation 8): 1 for another track, half for a beginning or an end.
fn switching(before: &Way, after: &Way, gamma: f64) -> f64 {
    let price = |(a, b): (&Option<usize>, &Option<usize>)| match (a, b) {
        (a, b) if a == b => 0.0,
        (Some(_), Some(_)) => 1.0,
        _ => 0.5,
    };
    gamma * gamma * before.taken.iter().zip(&after.taken).map(price).sum::<f64>()
}

/// The assignments of one step, cheapest first when there are too many. A pair may be made at any distance below c of
/// two that are there; one that is not there may keep its partner's name through a gap only as none.
fn ways(truth: &[&Trajectory], told: &[&Trajectory], step: usize, c: f64, exact: &mut bool) -> Vec<Way> {
    let there: Vec<usize> = (0..truth.len()).filter(|&row| truth[row].at(step).is_some()).collect();
    let tracks = told.iter().filter(|track| track.at(step).is_some()).count();
    let empty = Way { taken: vec![None; truth.len()], localisation: 0.0, missed: 0, false_ones: 0 };
    let mut partial = vec![empty];
    for &row in &there {
        let mut next = Vec::with_capacity(partial.len() * 2);
        for way in partial {
            for (column, track) in told.iter().enumerate() {
                if let Some(squared) = distance(truth[row], track, step).filter(|squared| *squared < c * c)
                    && !way.taken.contains(&Some(column))
                {
                    let mut more = way.clone();
                    more.taken[row] = Some(column);
                    more.localisation += squared;
                    next.push(more);
                }
            }
            next.push(Way { missed: way.missed + 1, ..way });
        }
        if next.len() > WAYS_MAX {
            *exact = false;
            #[allow(clippy::cast_precision_loss)] // Counts of objects.
            next.sort_by(|a: &Way, b: &Way| {
                let cost = |way: &Way| way.localisation + c * c * way.missed as f64;
                cost(a).total_cmp(&cost(b))
            });
            next.truncate(WAYS_MAX);
        }
        partial = next;
    }
    for way in &mut partial {
        way.false_ones = tracks - way.taken.iter().flatten().count();
    }
    partial
}
