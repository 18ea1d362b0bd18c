//! One batch for a cluster: its hypotheses, each with every way to share out the measurements, the best of them all.

use super::Settings;
use super::batch::Claim;
use super::cluster::{Bundle, Cluster, Global, Local, NOT_THERE};
use super::model::Model;
use super::step::Seen;
use crate::fuse::assign::{Problem, Ranked, Scratch};
use std::collections::BinaryHeap;

/// A hypothesis whose ways to share out the measurements are being ranked.
struct Parent {
    problem: Problem,
    ranked: Ranked,
    /// Minus the logarithm of its weight when everything is missed.
    base: f64,
    /// Its number among the cluster's hypotheses.
    at: usize,
}

/// The next best of a ranked parent, for the heap: the cheapest is the greatest; of equals the earlier parent.
#[derive(PartialEq)]
struct Next {
    cost: f64,
    parent: usize,
}

impl Eq for Next {}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Next {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.cost.total_cmp(&self.cost).then(other.parent.cmp(&self.parent))
    }
}

/// A child: its cost, its parent, and where in the list of [`Children`] the measurements its rows took begin.
struct Child {
    cost: f64,
    parent: usize,
    begins: usize,
}

/// The cheapest children, cheapest first, and by row of their parents which measurement each took; [`MISS`] when none.
struct Children {
    list: Vec<Child>,
    taken: Vec<u32>,
    most: usize,
}

const MISS: u32 = u32::MAX;

/// A parent with at most so many ways to share out the measurements is enumerated: ranking would cost more.
const WAYS_MAX: usize = 4096;

/// What a batch shows of a cluster.
pub(super) struct Shown<'a, M: Model> {
    /// By track and history.
    pub(super) seen: &'a [Vec<Seen<M>>],
    pub(super) measurements: &'a [&'a M::Measurement],
    /// By measurement: the intensity of everything else that may have caused it.
    pub(super) background: &'a [f64],
}

/// Updates a cluster. Leaves in `free` the probability that each measurement belongs to none of the cluster's tracks,
/// and adds to `claims` who took what.
pub(super) fn contest<M: Model>(
    model: &M,
    cluster: &Cluster<M::Density>,
    shown: &Shown<'_, M>,
    settings: &Settings,
    free: &mut [f64],
    claims: Option<&mut Vec<Claim>>,
) -> Cluster<M::Density> {
    let Shown { seen, measurements, background } = *shown;
    let mut scratch = Scratch::default();
    let mut parents: Vec<Parent> = Vec::new();
    let mut heap = BinaryHeap::new();
    let mut children = Children { list: Vec::new(), taken: Vec::new(), most: settings.hypotheses.max(1) };
    let logs: Vec<f64> = background.iter().map(|&intensity| libm::log(intensity)).collect();
    let mut problem = Problem::default();
    let (slack, mut limit) = (-libm::log(settings.weight_floor), f64::INFINITY);
    for (at, global) in cluster.globals.iter().enumerate() {
        let mut base = -libm::log(global.weight);
        problem.clear(measurements.len());
        for (track, &pick) in global.picks.iter().enumerate().filter(|(_, pick)| **pick != NOT_THERE) {
            let seen = &seen[track][usize::from(pick)];
            base -= seen.log_missed;
            problem.row(seen.edges.iter().map(|&(m, log_odds)| (m, logs[m as usize] - log_odds)));
        }
        if problem.ways(WAYS_MAX) {
            problem.each(base, slack, &mut limit, |cost, taken| children.push(cost, at, taken));
        } else {
            let ranked = Ranked::of(&problem, &mut scratch);
            if let Some(cost) = ranked.peek() {
                heap.push(Next { cost: base + cost, parent: parents.len() });
            }
            parents.push(Parent { problem: std::mem::take(&mut problem), ranked, base, at });
        }
    }
    best(&mut parents, heap, &mut children, settings, &mut scratch);
    rebuild(model, cluster, shown, &children, free, claims)
}

impl Children {
    /// Adds a child unless there are as many cheaper ones as are kept; gives the cost from which none is kept any more.
    fn push(&mut self, cost: f64, parent: usize, taken: &[u32]) -> f64 {
        if self.list.len() < self.most || self.list.last().is_some_and(|last| cost < last.cost) {
            self.list.truncate(self.most - 1);
            let at = self.list.partition_point(|child| child.cost <= cost);
            self.list.insert(at, Child { cost, parent, begins: self.taken.len() });
            self.taken.extend(taken);
        }
        if self.list.len() < self.most { f64::INFINITY } else { self.list[self.most - 1].cost }
    }
}

/// Adds the cheapest of the ranked parents' children, and keeps the cheapest of all.
fn best(
    parents: &mut [Parent],
    mut heap: BinaryHeap<Next>,
    children: &mut Children,
    settings: &Settings,
    scratch: &mut Scratch,
) {
    let cheapest = children.list.first().map_or(f64::INFINITY, |child| child.cost);
    let least = heap.peek().map_or(f64::INFINITY, |next| next.cost).min(cheapest);
    let mut limit = least - libm::log(settings.weight_floor);
    children.list.retain(|child| child.cost <= limit);
    let mut taken = Vec::new();
    while let Some(next) = heap.pop() {
        if next.cost > limit {
            break;
        }
        let parent = &mut parents[next.parent];
        let Some(solution) = parent.ranked.next(&parent.problem, limit - parent.base, scratch) else { continue };
        taken.clear();
        taken.extend((0..parent.problem.rows()).map(|row| solution.of(row)));
        limit = limit.min(children.push(next.cost, parent.at, &taken));
        if let Some(cost) = parent.ranked.peek() {
            heap.push(Next { cost: parent.base + cost, parent: next.parent });
        }
    }
}

/// The cluster of the children, each history made once.
#[allow(clippy::cast_possible_truncation)] // Histories are at most hypotheses times tracks.
fn rebuild<M: Model>(
    model: &M,
    cluster: &Cluster<M::Density>,
    shown: &Shown<'_, M>,
    children: &Children,
    free: &mut [f64],
    mut claims: Option<&mut Vec<Claim>>,
) -> Cluster<M::Density> {
    let Shown { seen, measurements, .. } = *shown;
    let least = children.list.first().map_or(0.0, |child| child.cost);
    let mut weights: Vec<f64> = children.list.iter().map(|child| libm::exp(least - child.cost)).collect();
    let total: f64 = weights.iter().sum();
    for weight in &mut weights {
        *weight /= total;
    }
    let mut tracks: Vec<Bundle<M::Density>> =
        cluster.tracks.iter().map(|track| Bundle { id: track.id, locals: Vec::new() }).collect();
    // What each history of each track was made of.
    let mut made: Vec<Vec<(u16, u32)>> = vec![Vec::new(); tracks.len()];
    let mut globals = Vec::with_capacity(children.list.len());
    for (child, weight) in children.list.iter().zip(weights) {
        let before = &cluster.globals[child.parent].picks;
        let mut picks = vec![NOT_THERE; tracks.len()];
        let there = before.iter().enumerate().filter(|(_, pick)| **pick != NOT_THERE);
        for ((track, &pick), &taken) in there.zip(&children.taken[child.begins..]) {
            if taken != MISS {
                free[taken as usize] -= weight;
                if let Some(claims) = &mut claims {
                    claims.push(Claim {
                        id: cluster.tracks[track].id,
                        measurement: taken as usize,
                        probability: weight,
                    });
                }
            }
            let known = made[track].iter().position(|made| *made == (pick, taken));
            picks[track] = known.unwrap_or(made[track].len()) as u16;
            if known.is_some() {
                continue;
            }
            made[track].push((pick, taken));
            let (local, seen) = (&cluster.tracks[track].locals[usize::from(pick)], &seen[track][usize::from(pick)]);
            tracks[track].locals.push(match &seen.view {
                Some(view) if taken != MISS => {
                    let measurement = measurements[taken as usize];
                    Local {
                        existence: model.believed(&local.density, local.existence, measurement),
                        density: model.updated(&local.density, view, measurement),
                    }
                }
                _ => Local { existence: seen.missed, density: local.density.clone() },
            });
        }
        globals.push(Global { weight, picks });
    }
    for free in free.iter_mut() {
        *free = free.clamp(0.0, 1.0);
    }
    Cluster { tracks, globals }
}
