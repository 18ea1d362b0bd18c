//! Which measurement of one batch belongs to which track: marginals over all one-to-one assignments.
//!
//! What comes in: sparse weights, each the odds that a measurement is of a track against its being of nothing known.
//! What goes out: the probability of each pair. One pair alone is closed form; anything tangled is loopy belief
//! propagation (Williams and Lau 2014), whose fixed point is unique and reached in a few rounds; the result is then an
//! approximation and says so.
//! What always holds: probabilities of one measurement sum to at most 1, and so do those of one track.

/// Most rounds of message passing.
const ROUNDS_MAX: usize = 60;
/// Messages that change less than this have settled.
const SETTLED: f64 = 1e-6;
/// Odds are kept below this, so that products stay finite.
const ODDS_MAX: f64 = 1e12;

/// One possible pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Edge {
    /// Index of the measurement.
    pub(crate) look: usize,
    /// Index of the track.
    pub(crate) track: usize,
    /// Odds against nothing known; positive.
    pub(crate) odds: f64,
}

/// Probability of each edge, in the order given, and whether the pairs were tangled.
pub(crate) fn marginals(edges: &[Edge], looks: usize, tracks: usize) -> (Vec<f64>, bool) {
    if let [only] = edges {
        let odds = only.odds.min(ODDS_MAX);
        return (vec![odds / (1.0 + odds)], false);
    }
    let odds: Vec<f64> = edges.iter().map(|edge| edge.odds.min(ODDS_MAX)).collect();
    // nu: from measurement to track; mu: from track to measurement.
    let mut nu = vec![1.0_f64; edges.len()];
    let mut mu = vec![1.0_f64; edges.len()];
    let mut by_track = vec![0.0_f64; tracks];
    let mut by_look = vec![0.0_f64; looks];
    let mut tangled = false;
    for round in 0..ROUNDS_MAX {
        by_track.fill(0.0);
        for ((edge, odds), nu) in edges.iter().zip(&odds).zip(&nu) {
            by_track[edge.track] += odds * nu;
        }
        for (((edge, odds), nu), mu) in edges.iter().zip(&odds).zip(&nu).zip(&mut mu) {
            *mu = odds / (1.0 + (by_track[edge.track] - odds * nu).max(0.0));
        }
        by_look.fill(0.0);
        for (edge, mu) in edges.iter().zip(&mu) {
            by_look[edge.look] += mu;
        }
        let mut moved = 0.0_f64;
        for ((edge, mu), nu) in edges.iter().zip(&mu).zip(&mut nu) {
            let next = 1.0 / (1.0 + (by_look[edge.look] - mu).max(0.0));
            moved = moved.max((next - *nu).abs());
            *nu = next;
        }
        if moved < SETTLED {
            break;
        }
        tangled |= round > 1;
    }
    by_track.fill(0.0);
    for ((edge, odds), nu) in edges.iter().zip(&odds).zip(&nu) {
        by_track[edge.track] += odds * nu;
    }
    let p = edges.iter().zip(&odds).zip(&nu).map(|((edge, odds), nu)| odds * nu / (1.0 + by_track[edge.track]));
    (p.collect(), tangled)
}

/// One-to-one pairs for words, likeliest first; ties go to the earlier pair. A pair less likely than not is none.
pub(crate) fn pairs(edges: &[Edge], looks: usize, tracks: usize) -> Vec<Option<usize>> {
    let mut order: Vec<usize> = (0..edges.len()).filter(|&at| edges[at].odds > 1.0).collect();
    order.sort_by(|&a, &b| edges[b].odds.total_cmp(&edges[a].odds).then(a.cmp(&b)));
    let mut taken = vec![false; tracks];
    let mut pairs = vec![None; looks];
    for at in order {
        let edge = &edges[at];
        if pairs[edge.look].is_none() && !taken[edge.track] {
            pairs[edge.look] = Some(edge.track);
            taken[edge.track] = true;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(look: usize, track: usize, odds: f64) -> Edge {
        Edge { look, track, odds }
    }

    #[test]
    fn one_measurement_shared_by_two_tracks_is_exact() {
        let (p, _) = marginals(&[edge(0, 0, 3.0), edge(0, 1, 1.0)], 1, 2);
        assert!((p[0] - 0.6).abs() < 1e-6 && (p[1] - 0.2).abs() < 1e-6, "{p:?}");
    }

    #[test]
    fn two_by_two_is_near_the_sum_over_all_assignments() {
        let odds = [[8.0, 2.0], [3.0, 6.0]];
        let edges = [edge(0, 0, 8.0), edge(0, 1, 2.0), edge(1, 0, 3.0), edge(1, 1, 6.0)];
        let (p, _) = marginals(&edges, 2, 2);
        // None, four single pairs, two double pairs.
        let total = 1.0 + 8.0 + 2.0 + 3.0 + 6.0 + 48.0 + 6.0;
        let exact = [(8.0 + 48.0) / total, (2.0 + 6.0) / total, (3.0 + 6.0) / total, (6.0 + 48.0) / total];
        for (found, exact) in p.iter().zip(exact) {
            // Bethe's approximation overrates the likelier pairing a little.
            assert!((found - exact).abs() < 0.06, "{p:?} {exact:?} {odds:?}");
        }
        assert!(p[0] + p[1] <= 1.0 + 1e-9 && p[0] + p[2] <= 1.0 + 1e-9);
    }

    #[test]
    fn two_groups_that_nothing_tells_apart_are_still_two() {
        let edges = [edge(0, 0, 9.0), edge(0, 1, 9.0), edge(1, 0, 9.0), edge(1, 1, 9.0)];
        assert_eq!(pairs(&edges, 2, 2), [Some(0), Some(1)]);
        assert_eq!(pairs(&[edge(0, 0, 0.9)], 1, 1), [None]);
    }
}
