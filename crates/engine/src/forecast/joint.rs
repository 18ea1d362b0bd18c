//! Several tracks at one community: inside the filter's hypotheses, not as if each track were an object of its own.
//!
//! Tracks that competed for the same evidence share hypotheses: under one the evidence is of this track, under another of
//! that one, and under neither of both. The probability that any of them arrives is the sum over the hypotheses, weighted,
//! of 1 - Π (1 - p) under each. Only tracks that share nothing multiply as independent ones.

use super::Outlook;
use crate::fuse::Sky;
use crate::fuse::pmbm::{Cluster, Local};
use std::collections::{BTreeMap, BTreeSet};

/// The histories of a track that some hypothesis has, by their place among its histories, each with how likely it is.
/// Histories that no hypothesis has are given with weight 0, so that places agree. `None` for a stranger.
pub(super) fn histories<D: Clone>(cluster: &Cluster<D>, number: u64) -> Option<Vec<(f64, &Local<D>)>> {
    let at = cluster.tracks.iter().position(|track| track.id == number)?;
    let mut histories: Vec<(f64, &Local<D>)> = cluster.tracks[at].locals.iter().map(|local| (0.0, local)).collect();
    for global in &cluster.globals {
        if let Some((weight, local)) = histories.get_mut(usize::from(global.picks[at])) {
            *weight += global.weight * local.existence;
        }
    }
    Some(histories)
}

/// Sets what each outlook of a group adds to those before it. `outlooks` are sorted by track.
pub(crate) fn join(outlooks: &mut [Outlook], sky: &Sky) {
    let place: BTreeMap<u64, usize> = outlooks.iter().enumerate().map(|(at, outlook)| (outlook.number, at)).collect();
    for group in sky.groups() {
        let cluster = &group.cluster;
        let mut members: Vec<(usize, usize)> = (cluster.tracks.iter().enumerate())
            .filter_map(|(track, bundle)| Some((*place.get(&bundle.id)?, track)))
            .collect();
        if members.len() < 2 {
            continue;
        }
        members.sort_unstable();
        let mut several: BTreeMap<usize, usize> = BTreeMap::new();
        for &(at, _) in &members {
            for &(ordinal, _) in &outlooks[at].reaches {
                *several.entry(ordinal).or_default() += 1;
            }
        }
        let ordinals: BTreeSet<usize> =
            several.into_iter().filter(|&(_, n)| n > 1).map(|(ordinal, _)| ordinal).collect();
        for ordinal in ordinals {
            for (at, p) in added(outlooks, cluster, &members, ordinal) {
                outlooks[at].adds.insert(ordinal, p);
            }
        }
    }
}

/// What each member adds at one community to those before it: 1 - Π (1 - what they add) is the probability that any of
/// them arrives.
fn added<D: Clone>(
    outlooks: &[Outlook],
    cluster: &Cluster<D>,
    members: &[(usize, usize)],
    ordinal: usize,
) -> Vec<(usize, f64)> {
    // Probability, by hypothesis, that none of those before arrives.
    let mut none: Vec<f64> = cluster.globals.iter().map(|global| global.weight).collect();
    let mut before = none.iter().sum::<f64>();
    let mut all = Vec::new();
    for &(at, track) in members {
        let outlook = &outlooks[at];
        let Ok(found) = outlook.reaches.binary_search_by_key(&ordinal, |&(ordinal, _)| ordinal) else { continue };
        let told = outlook.reaches[found].1.probability;
        // What the outlook makes of the track over all hypotheses, existence aside.
        let existence = cluster.existence(track).max(1e-9);
        let by_history = outlook.by_history.binary_search_by_key(&ordinal, |&(ordinal, _)| ordinal).ok();
        let by_history = by_history.map(|at| &outlook.by_history[at].1);
        for (none, global) in none.iter_mut().zip(&cluster.globals) {
            let pick = usize::from(global.picks[track]);
            let Some(local) = cluster.tracks[track].locals.get(pick) else { continue };
            let p = match by_history.and_then(|shares| shares.get(pick)) {
                Some(share) => local.existence * outlook.flying * share,
                None => local.existence * (told / existence),
            };
            *none *= 1.0 - p.clamp(0.0, 1.0);
        }
        let after = none.iter().sum::<f64>();
        let adds = if before > 0.0 { (1.0 - after / before).clamp(0.0, 1.0) } else { 0.0 };
        all.push((at, adds));
        before = after;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::Timing;
    use super::*;
    use crate::fuse::pmbm::{Bundle, Global};
    use model::{Arrival, ThreatKind, TrackId};

    const HERE: usize = 7;
    const GONE: u16 = u16::MAX;

    /// The probability that any of two tracks arrives, told `told` each, under these hypotheses.
    fn any(told: [f64; 2], hypotheses: &[(f64, [u16; 2])], existence: f64) -> f64 {
        let bundle = |id: u64| Bundle { id, locals: vec![Local { existence, density: () }] };
        let global = |&(weight, picks): &(f64, [u16; 2])| Global { weight, picks: picks.to_vec() };
        let cluster = Cluster { tracks: vec![bundle(0), bundle(1)], globals: hypotheses.iter().map(global).collect() };
        let outlook = |(number, probability): (u64, f64)| {
            let arrival = Arrival { probability, earliest_s: 0, latest_s: 60, kind: ThreatKind::Uav };
            Outlook {
                track: TrackId(number),
                cause: None,
                reaches: vec![(HERE, arrival)],
                timings: vec![Timing::NEVER],
                tentative: false,
                number,
                adds: BTreeMap::new(),
                by_history: Vec::new(),
                flying: 1.0,
            }
        };
        let outlooks: Vec<Outlook> = (0..).zip(told).map(outlook).collect();
        let added = added(&outlooks, &cluster, &[(0, 0), (1, 1)], HERE);
        1.0 - added.iter().map(|(_, p)| 1.0 - p).product::<f64>()
    }

    #[test]
    fn alternative_histories_of_one_object_are_one_object() {
        // It is either this track or that one, and arrives with 0.8: each is told 0.4.
        let either = any([0.4, 0.4], &[(0.5, [0, GONE]), (0.5, [GONE, 0])], 1.0);
        assert!((either - 0.8).abs() < 1e-9, "{either}");
        // Both or none: one that arrives makes the other no news.
        let both = any([0.45, 0.45], &[(0.5, [0, 0]), (0.5, [GONE, GONE])], 0.9);
        assert!((both - 0.5 * (1.0 - 0.1 * 0.1)).abs() < 1e-9, "{both}");
    }

    #[test]
    fn tracks_that_share_one_sure_hypothesis_multiply_as_independent_ones() {
        let apart = any([0.3, 0.6], &[(1.0, [0, 0])], 1.0);
        assert!((apart - (1.0 - 0.7 * 0.4)).abs() < 1e-9, "{apart}");
    }

    #[test]
    fn histories_are_as_likely_as_the_hypotheses_that_have_them() {
        let locals = vec![Local { existence: 0.5, density: 'a' }, Local { existence: 1.0, density: 'b' }];
        let global = |weight, pick| Global { weight, picks: vec![pick] };
        let globals = vec![global(0.6, 1), global(0.3, 0), global(0.1, GONE)];
        let cluster = Cluster { tracks: vec![Bundle { id: 3, locals }], globals };
        let weights: Vec<f64> = histories(&cluster, 3).unwrap().iter().map(|(weight, _)| *weight).collect();
        assert_eq!(weights, [0.15, 0.6]);
        assert!(histories(&cluster, 4).is_none());
    }
}
