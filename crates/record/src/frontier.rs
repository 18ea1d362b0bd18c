//! The frontier: all that must be remembered of a tree to append to it.
//!
//! One hash per complete subtree, the largest first, so an append costs O(log n) and the root O(log n).

use crate::hash::{EMPTY_ROOT, Hash, node_hash};
use crate::proof::Nodes;

/// The right edge of a tree of `size` leaves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    // Roots of the complete subtrees, the largest first: one for every one bit of `size`.
    peaks: Vec<Hash>,
}

/// Why hashes are no frontier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("restore a tree of {size} leaves from {found} hashes: expected {expected}")]
pub struct FrontierError {
    /// Leaves.
    pub size: u64,
    /// Hashes given.
    pub found: usize,
    /// One for every one bit of `size`.
    pub expected: usize,
}

impl Frontier {
    /// An empty tree.
    pub const fn new() -> Self {
        Self { size: 0, peaks: Vec::new() }
    }

    /// The frontier of `size` leaves whose complete subtrees, the largest first, have these roots.
    pub fn from_peaks(size: u64, peaks: Vec<Hash>) -> Result<Self, FrontierError> {
        let expected = size.count_ones() as usize;
        if peaks.len() == expected {
            Ok(Self { size, peaks })
        } else {
            Err(FrontierError { size, found: peaks.len(), expected })
        }
    }

    /// Reads the frontier of the first `size` leaves from stored nodes, O(log n) reads.
    pub fn restore<N: Nodes>(size: u64, nodes: &N) -> Result<Self, N::Error> {
        let mut peaks = Vec::with_capacity(size.count_ones() as usize);
        for (level, index) in peak_positions(size) {
            peaks.push(nodes.node(level, index)?);
        }
        Ok(Self { size, peaks })
    }

    /// Number of leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Roots of the complete subtrees, the largest first.
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Appends a leaf and tells every subtree that it completes: `(level, index, hash)`, from the leaf (level 0) upwards.
    pub fn push(&mut self, leaf: Hash, mut completed: impl FnMut(u8, u64, Hash)) {
        let index = self.size;
        let (mut hash, mut level) = (leaf, 0_u8);
        completed(0, index, hash);
        while (index >> level) & 1 == 1 {
            // A one bit at `level` means a complete left neighbour of the same height waits among the peaks.
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(left, hash);
            level += 1;
            completed(level, index >> level, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// Root of the tree (RFC 6962 MTH): the peaks folded from the right.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return EMPTY_ROOT };
        peaks.fold(*last, |right, left| node_hash(*left, right))
    }
}

/// Where the complete subtrees of the first `size` leaves stand: `(level, index)`, the largest first.
pub(crate) fn peak_positions(size: u64) -> impl Iterator<Item = (u8, u64)> {
    (0..64_u8).rev().filter(move |level| (size >> level) & 1 == 1).map(move |level| {
        // All larger subtrees lie to the left; at this level they end just before the last one bit.
        (level, (size >> level) - 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_stand_where_the_binary_digits_of_the_size_say() {
        fn check(size: u64, expected: &[(u8, u64)]) {
            assert_eq!(peak_positions(size).collect::<Vec<_>>(), expected, "size {size}");
        }
        check(0, &[]);
        check(1, &[(0, 0)]);
        check(7, &[(2, 0), (1, 2), (0, 6)]);
        check(8, &[(3, 0)]);
        check(11, &[(3, 0), (1, 4), (0, 10)]);
    }
}
