//! Components: tracks that claim the same measurements, updated together by the cheapest way that is good enough.

use super::Settings;
use super::batch::Batch;
use super::cluster::{Cluster, Lone};
use super::contest::{Shown, contest};
use super::model::Model;
use super::settle::settle;
use super::step::{Filter, Seen};

/// Tracks compete for a measurement when two of them claim it with at least this probability.
const CLAIM_MIN: f64 = 0.1;

/// A cluster with what the batch shows of its histories, by track and history.
type Tied<M> = (Cluster<<M as Model>::Density>, Vec<Vec<Seen<M>>>);

impl<M: Model> Filter<M> {
    /// Updates firm lones and clusters, component by component; gives the tracks that left a cluster. A lone that
    /// entered one is left behind without existence.
    pub(super) fn firm(&mut self, batch: &mut Batch<'_, M>, mut seen: Vec<Vec<Vec<Seen<M>>>>) -> Vec<Lone<M::Density>> {
        let many = batch.measurements.len();
        let firm: Vec<usize> = (0..batch.lones).filter(|&at| self.lones[at].existence >= self.settings.firm).collect();
        let mut clusters: Vec<Option<Cluster<M::Density>>> =
            std::mem::take(&mut self.clusters).into_iter().map(Some).collect();
        // Nodes: measurements, firm lones, clusters.
        let nodes = many + firm.len() + clusters.len();
        self.sets.reset(nodes);
        for (n, &at) in firm.iter().enumerate() {
            batch.firm[at] = true;
            for edge in self.edges.edges(at) {
                self.sets.join(self.edges.measurement[edge] as usize, many + n);
            }
        }
        for (n, histories) in seen.iter().enumerate() {
            for &(m, _) in histories.iter().flatten().flat_map(|seen| &seen.edges) {
                self.sets.join(m as usize, many + firm.len() + n);
            }
        }
        let mut groups: Vec<(usize, usize)> = (many..nodes).map(|node| (self.sets.root(node), node)).collect();
        groups.sort_unstable();
        let mut settled = Vec::new();
        self.approximated = 0;
        for group in groups.chunk_by(|a, b| a.0 == b.0) {
            if let [(_, node)] = group
                && let Some(&at) = firm.get(node - many)
            {
                self.update_one(batch, at);
                continue;
            }
            let mut alone: Vec<usize> = Vec::new();
            let mut tied: Vec<Tied<M>> = Vec::new();
            for &(_, node) in group {
                if let Some(&at) = firm.get(node - many) {
                    alone.push(at);
                } else if let Some(cluster) = clusters[node - many - firm.len()].take() {
                    tied.push((cluster, std::mem::take(&mut seen[node - many - firm.len()])));
                }
            }
            self.compete(batch, alone, tied, &mut settled);
        }
        settled
    }

    /// The closed form for a track that competes with none: probabilistic data association (Bar-Shalom and Tse 1975),
    /// with existence (Musicki et al. 1994).
    fn update_one(&mut self, batch: &mut Batch<'_, M>, at: usize) {
        let mut shares = std::mem::take(&mut batch.shares);
        shares.clear();
        let mut all = 1.0;
        for edge in self.edges.edges(at) {
            let m = self.edges.measurement[edge] as usize;
            let share = self.edges.odds[edge] / batch.background[m];
            all += share;
            shares.push((m, share));
        }
        for (m, share) in &mut shares {
            *share /= all;
            batch.free[*m] = 1.0 - *share;
        }
        batch.mix(at, &mut self.lones[at], 1.0 / all, &shares);
        batch.shares = shares;
    }

    /// A component of several. Where beliefs show that no measurement is really claimed by two, their marginals are as
    /// good as the closed form; else hypotheses while the tracks are few, and beliefs again beyond.
    fn compete(
        &mut self,
        batch: &mut Batch<'_, M>,
        mut alone: Vec<usize>,
        tied: Vec<Tied<M>>,
        settled: &mut Vec<Lone<M::Density>>,
    ) {
        let count = alone.len() + tied.iter().map(|(cluster, _)| cluster.tracks.len()).sum::<usize>();
        let few = self.settings.hypotheses > 0 && count <= self.settings.cluster_tracks_max;
        if few && !tied.is_empty() {
            return self.hypothesise(batch, &alone, tied, settled);
        }
        for (cluster, _) in tied {
            for lone in cluster.marginals(batch.model, self.floor) {
                self.lones.push(lone);
                alone.push(self.lones.len() - 1);
                self.look_at(batch, self.lones.len() - 1, false);
            }
        }
        self.believe(batch, &alone);
        if self.settings.hypotheses > 0 && self.beliefs.contested(CLAIM_MIN) {
            if few {
                return self.hypothesise(batch, &alone, Vec::new(), settled);
            }
            self.approximated += 1;
        }
        let mut shares = std::mem::take(&mut batch.shares);
        for (n, &at) in alone.iter().enumerate() {
            shares.clear();
            let mut missed = 1.0;
            for (edge, here) in self.beliefs.edges(n).zip(self.edges.edges(at)) {
                let (m, share) = (self.edges.measurement[here] as usize, self.beliefs.edge[edge]);
                shares.push((m, share));
                missed -= share;
                batch.free[m] = self.beliefs.free[self.beliefs.measurement[edge] as usize];
            }
            batch.mix(at, &mut self.lones[at], missed.max(0.0), &shares);
        }
        batch.shares = shares;
    }

    /// Settles the beliefs of some lones; measurements are numbered anew, those of the component alone.
    fn believe(&mut self, batch: &Batch<'_, M>, alone: &[usize]) {
        self.numbers.clear();
        for &at in alone {
            let edges = self.edges.edges(at);
            self.numbers.extend_from_slice(&self.edges.measurement[edges]);
        }
        self.numbers.sort_unstable();
        self.numbers.dedup();
        self.beliefs.clear(self.numbers.len());
        for &at in alone {
            for edge in self.edges.edges(at) {
                let m = self.edges.measurement[edge];
                let number = self.numbers.partition_point(|&other| other < m);
                self.beliefs.measurement.push(u32::try_from(number).unwrap_or(u32::MAX));
                self.beliefs.odds.push(self.edges.odds[edge] / batch.background[m as usize]);
            }
            self.beliefs.end_track();
        }
        self.beliefs.settle();
    }

    /// Updates the component as one cluster, and lets go of what is settled.
    fn hypothesise(
        &mut self,
        batch: &mut Batch<'_, M>,
        alone: &[usize],
        tied: Vec<Tied<M>>,
        settled: &mut Vec<Lone<M::Density>>,
    ) {
        let most = self.settings.hypotheses;
        let mut seen: Vec<Vec<Seen<M>>> = Vec::new();
        let mut whole: Option<Cluster<M::Density>> = None;
        for (cluster, histories) in tied {
            seen.extend(histories);
            whole = Some(match whole {
                Some(whole) => whole.joined(cluster, most),
                None => cluster,
            });
        }
        let mut whole = whole.unwrap_or_else(Cluster::empty);
        for &at in alone {
            let lone = self.lones[at].clone();
            self.lones[at].existence = 0.0;
            let (after, miss) = batch.model.missed(&lone.density, lone.existence, batch.detects[at]);
            let edges = self.edges.edges(at);
            let edges = edges.map(|edge| (self.edges.measurement[edge], libm::log(self.edges.odds[edge]))).collect();
            let view = batch.views[at].take();
            seen.push(vec![Seen { view, edges, log_missed: libm::log(miss.max(1e-12)), missed: after }]);
            whole.add(lone);
        }
        self.numbers.clear();
        self.numbers.extend(seen.iter().flatten().flat_map(|seen| &seen.edges).map(|edge| edge.0));
        self.numbers.sort_unstable();
        self.numbers.dedup();
        for edge in seen.iter_mut().flatten().flat_map(|seen| &mut seen.edges) {
            edge.0 = u32::try_from(self.numbers.partition_point(|&m| m < edge.0)).unwrap_or(u32::MAX);
        }
        let measurements: Vec<&M::Measurement> =
            self.numbers.iter().map(|&m| &batch.measurements[m as usize]).collect();
        let background: Vec<f64> = self.numbers.iter().map(|&m| batch.background[m as usize]).collect();
        let mut free = vec![1.0; self.numbers.len()];
        let settings = Settings { floor: self.floor, ..self.settings };
        let mut claims = batch.claims.take();
        let before = claims.as_ref().map_or(0, Vec::len);
        let shown = Shown { seen: &seen, measurements: &measurements, background: &background };
        let updated = contest(batch.model, &whole, &shown, &settings, &mut free, claims.as_mut());
        for (&m, free) in self.numbers.iter().zip(free) {
            batch.free[m as usize] = free;
        }
        if let Some(claims) = &mut claims {
            for claim in claims.iter_mut().skip(before) {
                claim.measurement = self.numbers[claim.measurement] as usize;
            }
        }
        batch.claims = claims;
        let parted = settle(batch.model, updated, &settings);
        settled.extend(parted.lones);
        self.clusters.extend(parted.clusters);
    }
}
