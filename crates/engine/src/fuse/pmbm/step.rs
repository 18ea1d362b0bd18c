//! The filter: time passes, a batch comes in.

use super::Settings;
use super::batch::{Batch, Claim};
use super::beliefs::Beliefs;
use super::cluster::{Cluster, Lone};
use super::grid::Grid;
use super::model::{Born, Model};
use super::sets::Sets;

/// An edge whose odds against a miss are below this says nothing, and ties nothing together.
pub(super) const ODDS_MIN: f64 = 1e-3;
/// A track is given up when it is less likely than this share of one that begins anew.
const NEWBORN_SHARE: f64 = 0.2;
/// Least existence that is kept, however faint tracks begin.
const FLOOR_MIN: f64 = 1e-6;

/// Everything believed, and the memory of the last batch.
#[derive(Debug)]
pub(crate) struct Filter<M: Model> {
    pub(super) settings: Settings,
    /// Tracks alone, in the order they became so.
    pub(crate) lones: Vec<Lone<M::Density>>,
    /// Tracks that share hypotheses.
    pub(crate) clusters: Vec<Cluster<M::Density>>,
    next_id: u64,
    /// Components too large for hypotheses in the last batch: their tracks are approximate.
    pub(crate) approximated: u32,
    /// After a batch: probability that each measurement was of no track that was there.
    pub(crate) free: Vec<f64>,
    /// After a batch: who claimed what, if [`Settings::claims`].
    pub(crate) claims: Vec<Claim>,
    /// Existence below which a track is given up now: see [`Filter::lower`].
    pub(super) floor: f64,
    pub(super) grid: Grid,
    pub(super) sets: Sets,
    /// Edges of the lones: by lone, then gate.
    pub(super) edges: Beliefs,
    /// Beliefs of one component, and its measurements by their number in the batch.
    pub(super) beliefs: Beliefs,
    pub(super) numbers: Vec<u32>,
}

/// What a batch shows of one history of one track.
pub(super) struct Seen<M: Model> {
    /// `None` when the source does not look there.
    pub(super) view: Option<M::View>,
    /// Measurements in the gate, with the logarithm of their odds against a miss.
    pub(super) edges: Vec<(u32, f64)>,
    /// Logarithm of the probability of a miss.
    pub(super) log_missed: f64,
    /// Existence after a miss.
    pub(super) missed: f64,
}

impl<M: Model> Filter<M> {
    /// A filter that knows of nothing.
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings,
            lones: Vec::new(),
            clusters: Vec::new(),
            next_id: 1,
            approximated: 0,
            free: Vec::new(),
            claims: Vec::new(),
            floor: settings.floor,
            grid: Grid::default(),
            sets: Sets::default(),
            edges: Beliefs::default(),
            beliefs: Beliefs::default(),
            numbers: Vec::new(),
        }
    }

    /// Numbers of the tracks that share hypotheses.
    pub(crate) fn bundled(&self) -> impl Iterator<Item = u64> {
        self.clusters.iter().flat_map(|cluster| &cluster.tracks).map(|track| track.id)
    }

    /// The number that the next track to begin will have.
    pub(crate) const fn next_id(&self) -> u64 {
        self.next_id
    }

    /// Lets time pass: `later` moves a density on and gives the probability that its object is still there.
    pub(crate) fn predict(&mut self, mut later: impl FnMut(&mut M::Density) -> f64) {
        for lone in &mut self.lones {
            lone.existence *= later(&mut lone.density);
        }
        let tracks = self.clusters.iter_mut().flat_map(|cluster| &mut cluster.tracks);
        for local in tracks.flat_map(|track| &mut track.locals) {
            local.existence *= later(&mut local.density);
        }
    }

    /// Takes a batch in: everything that one source says of one instant, each object at most once.
    pub(crate) fn update(&mut self, model: &M, measurements: &[M::Measurement]) {
        let mut batch = Batch::of(model, measurements, self.lones.len(), self.settings.claims);
        self.grid.build(&batch.places);
        self.lower(&batch);
        self.look(&mut batch);
        let seen = self.look_closer(&batch);
        let settled = self.firm(&mut batch, seen);
        self.faint(&mut batch);
        let floor = self.floor;
        self.lones.retain(|lone| lone.existence >= floor);
        self.lones.extend(settled);
        self.free.clone_from(&batch.free);
        self.claims = batch.claims.take().unwrap_or_default();
        self.begin(batch);
        if self.lones.len() > self.settings.tracks_max {
            self.thin();
        }
    }

    /// Where tracks begin with little existence, they must be given up later: the floor is a share of what a track of
    /// this batch begins with, and at most [`Settings::floor`].
    #[allow(clippy::cast_precision_loss)] // Measurements of a batch.
    fn lower(&mut self, batch: &Batch<'_, M>) {
        let begun = |(born, background): (&Option<Born<M::Density>>, &f64)| Some(born.as_ref()?.weight / background);
        let all: f64 = batch.born.iter().zip(&batch.background).filter_map(begun).sum();
        if all > 0.0 {
            let mean = all / batch.born.len() as f64;
            self.floor = (NEWBORN_SHARE * mean).clamp(FLOOR_MIN, self.settings.floor);
        }
    }

    /// Gates the lones; what faint ones explain is background to the others.
    fn look(&mut self, batch: &mut Batch<'_, M>) {
        self.edges.clear(batch.measurements.len());
        for at in 0..self.lones.len() {
            let faint = self.lones[at].existence < self.settings.firm;
            self.look_at(batch, at, faint);
        }
    }

    /// Gates one lone, whose views and edges become the next.
    pub(super) fn look_at(&mut self, batch: &mut Batch<'_, M>, at: usize, faint: bool) {
        let lone = &self.lones[at];
        let detects = batch.model.detects(&lone.density);
        let mut view = None;
        if detects > 0.0 && !batch.measurements.is_empty() {
            let seen = batch.model.view(&lone.density);
            let (_, miss) = batch.model.missed(&lone.density, lone.existence, detects);
            let odds = lone.existence * detects / miss.max(1e-12);
            let (edges, model, measurements) = (&mut self.edges, batch.model, batch.measurements);
            self.grid.near(&model.reach(&seen), |m| {
                if let Some(likelihood) = model.likelihood(&seen, &measurements[m])
                    && odds * likelihood > ODDS_MIN * batch.background[m]
                {
                    edges.measurement.push(u32::try_from(m).unwrap_or(u32::MAX));
                    edges.odds.push(odds * likelihood);
                    if faint {
                        batch.background[m] += odds * likelihood;
                    }
                }
            });
            view = Some(seen);
        }
        batch.detects.push(detects);
        batch.views.push(view);
        self.edges.end_track();
    }

    /// Gates every history of the clusters.
    fn look_closer(&self, batch: &Batch<'_, M>) -> Vec<Vec<Vec<Seen<M>>>> {
        let history = |local: &super::Local<M::Density>| {
            let detects = batch.model.detects(&local.density);
            let (after, miss) = batch.model.missed(&local.density, local.existence, detects);
            let log_missed = libm::log(miss.max(1e-12));
            let mut seen = Seen { view: None, edges: Vec::new(), log_missed, missed: after };
            let there = local.existence * detects;
            if there > 0.0 && !batch.measurements.is_empty() {
                let view = batch.model.view(&local.density);
                let scale = libm::log(there) - log_missed;
                self.grid.near(&batch.model.reach(&view), |m| {
                    if let Some(likelihood) = batch.model.likelihood(&view, &batch.measurements[m])
                        && there * likelihood > ODDS_MIN * batch.background[m] * miss
                    {
                        seen.edges.push((u32::try_from(m).unwrap_or(u32::MAX), scale + libm::log(likelihood)));
                    }
                });
                seen.view = Some(view);
            }
            seen
        };
        let tracks = |cluster: &Cluster<M::Density>| {
            cluster.tracks.iter().map(|track| track.locals.iter().map(history).collect()).collect()
        };
        self.clusters.iter().map(tracks).collect()
    }

    /// Faint tracks share what the firm left, each by its part of the background.
    fn faint(&mut self, batch: &mut Batch<'_, M>) {
        let mut shares = std::mem::take(&mut batch.shares);
        for at in 0..batch.lones {
            let lone = &mut self.lones[at];
            if batch.firm[at] {
                continue;
            }
            shares.clear();
            let mut all = 1.0;
            for edge in self.edges.edges(at) {
                let m = self.edges.measurement[edge] as usize;
                let odds = self.edges.odds[edge];
                // Against everything else that may have caused it.
                let others = batch.background[m] - odds;
                let share = odds * batch.free[m] / others.max(odds * 1e-9);
                all += share;
                shares.push((m, share));
            }
            for share in &mut shares {
                share.1 /= all;
            }
            batch.mix(at, lone, 1.0 / all, &shares);
        }
        batch.shares = shares;
    }

    /// Begins a track with every measurement that something undetected may have caused.
    fn begin(&mut self, batch: Batch<'_, M>) {
        for ((born, background), free) in batch.born.into_iter().zip(batch.background).zip(batch.free) {
            let Some(born) = born else { continue };
            let existence = free * born.weight / background;
            if existence >= self.floor {
                self.lones.push(Lone { id: self.next_id, existence, density: born.density });
                self.next_id += 1;
            }
        }
    }

    /// Gives up the faintest tracks beyond the bound.
    fn thin(&mut self) {
        let mut by_existence: Vec<(f64, u64)> = self.lones.iter().map(|lone| (lone.existence, lone.id)).collect();
        by_existence.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let (least, last) = by_existence[self.settings.tracks_max - 1];
        self.lones.retain(|lone| lone.existence > least || (lone.existence >= least && lone.id <= last));
    }
}
