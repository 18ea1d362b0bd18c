//! Which tracks and measurements belong together: disjoint sets with path halving (Tarjan 1975).

/// Disjoint sets over `0..n`. The representative is the smallest member, so that order does not depend on how the
/// sets were joined.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sets(Vec<u32>);

impl Sets {
    /// `n` sets of one.
    #[allow(clippy::cast_possible_truncation)] // Batches and tracks are bounded far below.
    pub(crate) fn reset(&mut self, n: usize) {
        self.0.clear();
        self.0.extend(0..n as u32);
    }

    /// The smallest member of the set of `at`.
    pub(crate) fn root(&mut self, at: usize) -> usize {
        let mut at = at;
        while self.0[at] as usize != at {
            self.0[at] = self.0[self.0[at] as usize];
            at = self.0[at] as usize;
        }
        at
    }

    /// Joins two sets.
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        self.0[high] = low as u32;
    }
}
