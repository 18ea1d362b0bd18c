//! After a batch: hypotheses that mean the same become one, tracks that no longer depend on each other part.

use super::Settings;
use super::cluster::{Cluster, Global, Lone, NOT_THERE};
use super::model::Model;
use super::sets::Sets;

/// Histories whose existence is below this are no histories.
const LOCAL_FLOOR: f64 = 1e-5;
/// Tracks part when no pair of their histories is more or less frequent together than apart by more than this.
const DEPENDENCE_MIN: f64 = 0.02;
/// Two densities nearer than this (squared, in units of spread) may be one object under two names.
const SAME_MAX: f64 = 4.0;
/// Two tracks of one hypothesis are told apart when they are at least so far from each other.
const APART_MIN: f64 = 9.0;

/// What became of a cluster.
pub(super) struct Settled<D> {
    pub(super) lones: Vec<Lone<D>>,
    pub(super) clusters: Vec<Cluster<D>>,
}

/// Drops what is negligible, joins what is equal, and lets go of what is independent.
pub(super) fn settle<M: Model>(model: &M, cluster: Cluster<M::Density>, settings: &Settings) -> Settled<M::Density> {
    let mut settled = Settled { lones: Vec::new(), clusters: Vec::new() };
    if cluster.globals.len() == 1 {
        settled.lones.extend(cluster.marginals(model, settings.floor));
        return settled;
    }
    let cluster = tidy(cluster, settings);
    for mut part in parts(cluster) {
        compact(&mut part);
        let alone = part.globals.len() == 1 || part.tracks.len() == 1;
        let renamed = if alone { None } else { renamed(model, &part) };
        if alone || renamed.is_some() {
            let part = renamed.unwrap_or(part);
            settled.lones.extend(part.marginals(model, settings.floor));
        } else {
            settled.clusters.push(part);
        }
    }
    settled
}

/// Gives up faint histories, tracks and hypotheses; joins equal hypotheses; heaviest first.
fn tidy<D: Clone>(mut cluster: Cluster<D>, settings: &Settings) -> Cluster<D> {
    for global in &mut cluster.globals {
        for (track, pick) in cluster.tracks.iter().zip(&mut global.picks) {
            if track.locals.get(usize::from(*pick)).is_none_or(|local| local.existence < LOCAL_FLOOR) {
                *pick = NOT_THERE;
            }
        }
    }
    let keep: Vec<bool> = (0..cluster.tracks.len()).map(|track| cluster.existence(track) >= settings.floor).collect();
    if keep.contains(&false) {
        for global in &mut cluster.globals {
            retain(&mut global.picks, &keep);
        }
        retain(&mut cluster.tracks, &keep);
    }
    cluster.globals = joined(std::mem::take(&mut cluster.globals));
    cluster.globals.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.picks.cmp(&b.picks)));
    let least = cluster.globals.first().map_or(0.0, |global| global.weight) * settings.weight_floor;
    cluster.globals.retain(|global| global.weight >= least);
    let total: f64 = cluster.globals.iter().map(|global| global.weight).sum();
    for global in &mut cluster.globals {
        global.weight /= total;
    }
    cluster
}

/// Keeps what is to be kept, by place.
fn retain<T>(list: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    list.retain(|_| keep.next().is_some_and(|keep| *keep));
}

/// Forgets histories that no hypothesis uses.
fn compact<D>(cluster: &mut Cluster<D>) {
    for (at, track) in cluster.tracks.iter_mut().enumerate() {
        let mut used = vec![NOT_THERE; track.locals.len()];
        for global in &cluster.globals {
            if let Some(used) = used.get_mut(usize::from(global.picks[at])) {
                *used = 0;
            }
        }
        for (next, used) in (0..).zip(used.iter_mut().filter(|used| **used == 0)) {
            *used = next;
        }
        let mut keep = used.iter();
        track.locals.retain(|_| keep.next().is_some_and(|used| *used != NOT_THERE));
        for global in &mut cluster.globals {
            global.picks[at] = used.get(usize::from(global.picks[at])).copied().unwrap_or(NOT_THERE);
        }
    }
}

/// Equal hypotheses as one.
fn joined(mut globals: Vec<Global>) -> Vec<Global> {
    globals.sort_by(|a, b| a.picks.cmp(&b.picks).then_with(|| b.weight.total_cmp(&a.weight)));
    globals.dedup_by(|next, kept| {
        let same = next.picks == kept.picks;
        if same {
            kept.weight += next.weight;
        }
        same
    });
    globals
}

/// The cluster in parts whose histories do not depend on each other: exactly where a track has one history under all
/// hypotheses, and within [`DEPENDENCE_MIN`] elsewhere.
fn parts<D: Clone>(cluster: Cluster<D>) -> Vec<Cluster<D>> {
    let count = cluster.tracks.len();
    if count == 0 {
        return Vec::new();
    }
    let mut sets = Sets::default();
    sets.reset(count);
    let frequencies: Vec<Vec<f64>> = (0..count)
        .map(|track| {
            let mut frequency = vec![0.0; cluster.tracks[track].locals.len() + 1];
            for global in &cluster.globals {
                let last = frequency.len() - 1;
                frequency[usize::from(global.picks[track]).min(last)] += global.weight;
            }
            frequency
        })
        .collect();
    for a in 0..count {
        for b in a + 1..count {
            if sets.root(a) != sets.root(b) && depend(&cluster, &frequencies, a, b) {
                sets.join(a, b);
            }
        }
    }
    let roots: Vec<usize> = (0..count).map(|track| sets.root(track)).collect();
    let firsts: Vec<usize> = (0..count).filter(|&track| roots[track] == track).collect();
    if firsts.len() == 1 {
        return vec![cluster];
    }
    let mut parts: Vec<Cluster<D>> = firsts
        .iter()
        .map(|first| {
            let picks = |global: &Global| {
                let mine = global.picks.iter().zip(&roots).filter(|(_, root)| *root == first);
                Global { weight: global.weight, picks: mine.map(|(pick, _)| *pick).collect() }
            };
            let mut globals = joined(cluster.globals.iter().map(picks).collect());
            globals.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.picks.cmp(&b.picks)));
            Cluster { tracks: Vec::new(), globals }
        })
        .collect();
    for (track, root) in cluster.tracks.into_iter().zip(roots) {
        let part = firsts.partition_point(|first| *first < root);
        parts[part].tracks.push(track);
    }
    parts
}

/// Whether some pair of histories of two tracks is told together more or less often than chance would.
fn depend<D>(cluster: &Cluster<D>, frequencies: &[Vec<f64>], a: usize, b: usize) -> bool {
    let alone = |track: usize| frequencies[track].iter().filter(|frequency| **frequency > 0.0).count() < 2;
    if alone(a) || alone(b) {
        return false;
    }
    let width = frequencies[b].len();
    let mut together = vec![0.0; frequencies[a].len() * width];
    for global in &cluster.globals {
        let pick = |track: usize| usize::from(global.picks[track]).min(frequencies[track].len() - 1);
        together[pick(a) * width + pick(b)] += global.weight;
    }
    together
        .iter()
        .enumerate()
        .any(|(at, both)| (both - frequencies[a][at / width] * frequencies[b][at % width]).abs() > DEPENDENCE_MIN)
}

/// The hypotheses as one, when they tell of the same objects under exchanged names: each density of each hypothesis has
/// one near it in the heaviest. Which name is whose is then no longer told; where the objects are stays as it was
/// (the permutation of Williams 2015, section IV, restricted to where it loses nothing but names).
fn renamed<M: Model>(model: &M, cluster: &Cluster<M::Density>) -> Option<Cluster<M::Density>> {
    let count = cluster.tracks.len();
    let (best, others) = cluster.globals.split_first()?;
    if others.is_empty() {
        return None;
    }
    let density = |global: &Global, track: usize| {
        cluster.tracks[track].locals.get(usize::from(global.picks[track])).map(|local| &local.density)
    };
    for a in 0..count {
        for b in a + 1..count {
            if let (Some(one), Some(other)) = (density(best, a), density(best, b))
                && model.apart(one, other).min(model.apart(other, one)) < APART_MIN
            {
                return None;
            }
        }
    }
    let mut renamed = Cluster {
        tracks: cluster
            .tracks
            .iter()
            .map(|track| super::cluster::Bundle { id: track.id, locals: Vec::new() })
            .collect(),
        globals: Vec::with_capacity(cluster.globals.len()),
    };
    for global in &cluster.globals {
        let mut used = vec![false; count];
        let mut picks = vec![NOT_THERE; count];
        for (track, pick) in picks.iter_mut().enumerate() {
            let Some(here) = density(best, track) else { continue };
            let nearest = (0..count)
                .filter(|&other| !used[other])
                .filter_map(|other| Some((model.apart(here, density(global, other)?), other)))
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let Some((apart, other)) = nearest else { continue };
            if apart > SAME_MAX {
                return None;
            }
            used[other] = true;
            let locals = &mut renamed.tracks[track].locals;
            locals.push(cluster.tracks[other].locals[usize::from(global.picks[other])].clone());
            *pick = u16::try_from(locals.len() - 1).ok()?;
        }
        // An object that only this hypothesis knows keeps it apart.
        if (0..count).any(|track| !used[track] && density(global, track).is_some()) {
            return None;
        }
        renamed.globals.push(Global { weight: global.weight, picks });
    }
    Some(renamed)
}
