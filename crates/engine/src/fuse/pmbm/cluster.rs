//! Tracks alone, and tracks that share their hypotheses.

use super::model::Model;

/// A track that nothing confuses: one Bernoulli.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lone<D> {
    pub(crate) id: u64,
    /// Probability that it exists.
    pub(crate) existence: f64,
    /// What is believed of it if it does.
    pub(crate) density: D,
}

/// A track under one history of association.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Local<D> {
    pub(crate) existence: f64,
    pub(crate) density: D,
}

/// A track with all histories that some hypothesis uses.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bundle<D> {
    pub(crate) id: u64,
    pub(crate) locals: Vec<Local<D>>,
}

/// A global hypothesis: which history each track of the cluster has.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Global {
    pub(crate) weight: f64,
    /// By track; [`NOT_THERE`] when it does not exist under this hypothesis.
    pub(crate) picks: Vec<u16>,
}

/// No history: the track is not there.
pub(crate) const NOT_THERE: u16 = u16::MAX;

/// Tracks whose histories depend on each other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cluster<D> {
    pub(crate) tracks: Vec<Bundle<D>>,
    /// Heaviest first; the weights add up to one.
    pub(crate) globals: Vec<Global>,
}

impl<D: Clone> Cluster<D> {
    /// A cluster of no track.
    pub(crate) fn empty() -> Self {
        Self { tracks: Vec::new(), globals: vec![Global { weight: 1.0, picks: Vec::new() }] }
    }

    /// The histories of the heaviest hypothesis, with their tracks' numbers.
    pub(crate) fn heaviest(&self) -> impl Iterator<Item = (u64, &Local<D>)> {
        let picks = self.globals.first().map(|global| global.picks.as_slice()).unwrap_or_default();
        self.tracks
            .iter()
            .zip(picks)
            .filter_map(|(track, &pick)| Some((track.id, track.locals.get(usize::from(pick))?)))
    }

    /// What the heaviest hypothesis that knows the track believes of it.
    pub(crate) fn told(&self, track: usize) -> Option<&D> {
        let local = |global: &Global| self.tracks[track].locals.get(usize::from(global.picks[track]));
        self.globals.iter().find_map(local).map(|local| &local.density)
    }

    /// Probability that the track exists, over all hypotheses.
    pub(crate) fn existence(&self, track: usize) -> f64 {
        let local = |global: &Global| self.tracks[track].locals.get(usize::from(global.picks[track]));
        self.globals.iter().map(|global| global.weight * local(global).map_or(0.0, |local| local.existence)).sum()
    }

    /// Takes in a track with one history.
    pub(crate) fn add(&mut self, lone: Lone<D>) {
        let Lone { id, existence, density } = lone;
        self.tracks.push(Bundle { id, locals: vec![Local { existence, density }] });
        for global in &mut self.globals {
            global.picks.push(0);
        }
    }

    /// The two as one: every hypothesis of the one beside every one of the other, the heaviest `most` of them.
    pub(crate) fn joined(mut self, other: Self, most: usize) -> Self {
        let mut pairs: Vec<(f64, usize, usize)> = Vec::with_capacity(self.globals.len() * other.globals.len());
        for (a, left) in self.globals.iter().enumerate() {
            pairs.extend(other.globals.iter().enumerate().map(|(b, right)| (left.weight * right.weight, a, b)));
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        pairs.truncate(most.max(1));
        let total: f64 = pairs.iter().map(|pair| pair.0).sum();
        let globals = pairs.into_iter().map(|(weight, a, b)| {
            let picks = self.globals[a].picks.iter().chain(&other.globals[b].picks).copied().collect();
            Global { weight: weight / total, picks }
        });
        self.globals = globals.collect();
        self.tracks.extend(other.tracks);
        self
    }

    /// Each track's marginal as a track alone; what is given up below `floor` is left out.
    pub(crate) fn marginals<M: Model<Density = D>>(self, model: &M, floor: f64) -> impl Iterator<Item = Lone<D>> {
        let Self { tracks, globals } = self;
        let marginal = move |(at, track): (usize, Bundle<D>), model: &M| {
            let mut weights = vec![0.0; track.locals.len()];
            for global in &globals {
                if let Some(weight) = weights.get_mut(usize::from(global.picks[at])) {
                    *weight += global.weight;
                }
            }
            let mut mixture: Vec<(f64, D)> = Vec::with_capacity(track.locals.len());
            for (local, weight) in track.locals.into_iter().zip(weights) {
                if weight * local.existence > 0.0 {
                    mixture.push((weight * local.existence, local.density));
                }
            }
            let existence: f64 = mixture.iter().map(|part| part.0).sum();
            if existence < floor {
                return None;
            }
            let density = if mixture.len() == 1 { mixture.pop()?.1 } else { model.merged(&mixture) };
            Some(Lone { id: track.id, existence: existence.min(1.0), density })
        };
        let lones: Vec<Lone<D>> = tracks.into_iter().enumerate().filter_map(|track| marginal(track, model)).collect();
        lones.into_iter()
    }
}
