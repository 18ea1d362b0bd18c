//! Marginal probabilities of association by loopy belief propagation (Williams and Lau 2014; Meyer et al. 2018).

/// Most rounds of messages.
const ROUNDS_MAX: usize = 200;
/// The messages stand still when none changes by more than this share.
const CHANGE_MIN: f64 = 1e-5;

/// Tracks, measurements, and the odds of their edges.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beliefs {
    /// Where each track's edges begin.
    pub(crate) begins: Vec<u32>,
    /// The measurement of each edge.
    pub(crate) measurement: Vec<u32>,
    /// Odds of each edge against being missed, over the intensity of the measurement's other causes.
    pub(crate) odds: Vec<f64>,
    /// After [`Beliefs::settle`]: probability of each edge.
    pub(crate) edge: Vec<f64>,
    /// After [`Beliefs::settle`]: probability that each measurement belongs to none of the tracks.
    pub(crate) free: Vec<f64>,
    to_track: Vec<f64>,
    to_measurement: Vec<f64>,
    sums: Vec<f64>,
}

impl Beliefs {
    /// Empties it for `measurements`.
    pub(crate) fn clear(&mut self, measurements: usize) {
        self.begins.clear();
        self.begins.push(0);
        self.measurement.clear();
        self.odds.clear();
        self.free.clear();
        self.free.resize(measurements, 1.0);
    }

    /// Ends a track's edges.
    #[allow(clippy::cast_possible_truncation)] // Far fewer edges than that.
    pub(crate) fn end_track(&mut self) {
        self.begins.push(self.measurement.len() as u32);
    }

    /// Edges of a track.
    pub(crate) fn edges(&self, track: usize) -> std::ops::Range<usize> {
        self.begins[track] as usize..self.begins[track + 1] as usize
    }

    /// Whether two tracks claim one measurement with at least this probability each.
    pub(crate) fn contested(&mut self, claim_min: f64) -> bool {
        self.sums.fill(0.0);
        for (edge, &measurement) in self.edge.iter().zip(&self.measurement) {
            if *edge >= claim_min {
                self.sums[measurement as usize] += 1.0;
            }
        }
        self.sums.iter().any(|claims| *claims > 1.5)
    }

    /// Sends messages until they stand still. Exact where the edges hold no loop, and convergent always (Williams and
    /// Lau 2014, theorem 2).
    pub(crate) fn settle(&mut self) {
        let (tracks, edges) = (self.begins.len() - 1, self.odds.len());
        self.to_track.clear();
        self.to_track.resize(edges, 1.0);
        self.to_measurement.clear();
        self.to_measurement.resize(edges, 0.0);
        for _ in 0..ROUNDS_MAX {
            self.sums.clear();
            self.sums.resize(self.free.len(), 1.0);
            for track in 0..tracks {
                let edges = self.edges(track);
                let all: f64 = 1.0 + edges.clone().map(|edge| self.odds[edge] * self.to_track[edge]).sum::<f64>();
                for edge in edges {
                    let rest = (all - self.odds[edge] * self.to_track[edge]).max(1.0);
                    self.to_measurement[edge] = self.odds[edge] / rest;
                    self.sums[self.measurement[edge] as usize] += self.to_measurement[edge];
                }
            }
            let mut change = 0.0_f64;
            for edge in 0..edges {
                let rest = (self.sums[self.measurement[edge] as usize] - self.to_measurement[edge]).max(1.0);
                let message = 1.0 / rest;
                change = change.max((message - self.to_track[edge]).abs() / message);
                self.to_track[edge] = message;
            }
            if change < CHANGE_MIN {
                break;
            }
        }
        self.edge.clear();
        self.edge.resize(edges, 0.0);
        for track in 0..tracks {
            let edges = self.edges(track);
            let all: f64 = 1.0 + edges.clone().map(|edge| self.odds[edge] * self.to_track[edge]).sum::<f64>();
            for edge in edges {
                self.edge[edge] = self.odds[edge] * self.to_track[edge] / all;
            }
        }
        for (free, sum) in self.free.iter_mut().zip(&self.sums) {
            *free = 1.0 / sum;
        }
    }
}
