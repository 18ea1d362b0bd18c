//! Inclusion and consistency proofs: built as RFC 6962 section 2.1.1 and 2.1.2 define, verified as RFC 9162
//! sections 2.1.3.2 and 2.1.4.2 write it out. The two share no code, so one checks the other.

use crate::hash::{EMPTY_ROOT, Hash, node_hash};

/// Where complete subtrees are read from. `level` 0 are the leaves; node `index` of a level covers the leaves from
/// `index << level`, `1 << level` of them, and all of them exist.
pub trait Nodes {
    /// What can go wrong on reading.
    type Error;
    /// The hash of a complete subtree.
    fn node(&self, level: u8, index: u64) -> Result<Hash, Self::Error>;
}

/// Why a proof does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The index is not in the tree, or the old tree is larger than the new.
    #[error("prove {what} {at} in a tree of {size} entries: it lies outside")]
    Outside {
        /// "entry" or "the tree of size".
        what: &'static str,
        /// The index or old size.
        at: u64,
        /// The size.
        size: u64,
    },
    /// Too many or too few hashes for the sizes.
    #[error("verify a proof of {found} hashes: these sizes need another number")]
    Length {
        /// Hashes in the proof.
        found: usize,
    },
    /// The hashes lead to another root.
    #[error("verify the proof: it leads to the root {computed}, the checkpoint says {claimed}")]
    Root {
        /// What the proof gives.
        computed: Hash,
        /// What was to be proven.
        claimed: Hash,
    },
}

/// The largest power of two below `n`; `n >= 2`.
const fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// Root of the leaves `begin .. begin + len` (RFC 6962 MTH of that list). `len >= 1`, and `begin` is a multiple of the
/// next power of two at or above `len`, as in every subtree that a proof names.
pub fn subtree_root<N: Nodes>(begin: u64, len: u64, nodes: &N) -> Result<Hash, N::Error> {
    if len.is_power_of_two() {
        let level = len.trailing_zeros();
        return nodes.node(u8::try_from(level).unwrap_or(u8::MAX), begin >> level);
    }
    let k = split(len);
    Ok(node_hash(subtree_root(begin, k, nodes)?, subtree_root(begin + k, len - k, nodes)?))
}

/// Root of the first `size` leaves.
pub fn tree_root<N: Nodes>(size: u64, nodes: &N) -> Result<Hash, N::Error> {
    if size == 0 { Ok(EMPTY_ROOT) } else { subtree_root(0, size, nodes) }
}

/// The proof that entry `index` is in the tree of the first `size` leaves, from the leaf upwards.
/// Empty when there is nothing to prove (`index >= size`) or nothing is needed (`size == 1`).
pub fn inclusion<N: Nodes>(index: u64, size: u64, nodes: &N) -> Result<Vec<Hash>, N::Error> {
    let mut path = Vec::new();
    if index >= size {
        return Ok(path);
    }
    let (mut begin, mut len) = (0, size);
    while len > 1 {
        let k = split(len);
        if index - begin < k {
            path.push(subtree_root(begin + k, len - k, nodes)?);
            len = k;
        } else {
            path.push(subtree_root(begin, k, nodes)?);
            begin += k;
            len -= k;
        }
    }
    path.reverse();
    Ok(path)
}

/// The proof that the tree of the first `old` leaves is a prefix of that of the first `new`. Empty when `old` is 0 or
/// `new`, or above it.
pub fn consistency<N: Nodes>(old: u64, new: u64, nodes: &N) -> Result<Vec<Hash>, N::Error> {
    let mut path = Vec::new();
    if old == 0 || old >= new {
        return Ok(path);
    }
    // SUBPROOF(m, D[n], b): `whole` is b, true while the old tree is still a subtree of its own.
    let (mut begin, mut len, mut m, mut whole) = (0, new, old, true);
    while m != len {
        let k = split(len);
        if m <= k {
            path.push(subtree_root(begin + k, len - k, nodes)?);
            len = k;
        } else {
            path.push(subtree_root(begin, k, nodes)?);
            begin += k;
            len -= k;
            m -= k;
            whole = false;
        }
    }
    if !whole {
        path.push(subtree_root(begin, len, nodes)?);
    }
    path.reverse();
    Ok(path)
}

/// Checks that the entry with `leaf` hash is at `index` of the tree of `size` with `root` (RFC 9162 section 2.1.3.2).
pub fn verify_inclusion(leaf: Hash, index: u64, size: u64, root: Hash, proof: &[Hash]) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Outside { what: "entry", at: index, size });
    }
    let length = ProofError::Length { found: proof.len() };
    let (mut fnode, mut snode, mut hash) = (index, size - 1, leaf);
    for step in proof {
        if snode == 0 {
            return Err(length);
        }
        if fnode & 1 == 1 || fnode == snode {
            hash = node_hash(*step, hash);
            while fnode & 1 == 0 && fnode != 0 {
                fnode >>= 1;
                snode >>= 1;
            }
        } else {
            hash = node_hash(hash, *step);
        }
        fnode >>= 1;
        snode >>= 1;
    }
    if snode != 0 {
        return Err(length);
    }
    same(hash, root)
}

/// Checks that the tree `old` with `old_root` is a prefix of the tree `new` with `new_root` (RFC 9162 section 2.1.4.2).
/// From the empty tree every tree follows, with an empty proof.
pub fn verify_consistency(
    old: u64,
    old_root: Hash,
    new: u64,
    new_root: Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::Outside { what: "the tree of size", at: old, size: new });
    }
    let length = ProofError::Length { found: proof.len() };
    if old == new || old == 0 {
        if !proof.is_empty() {
            return Err(length);
        }
        return same(old_root, if old == 0 { EMPTY_ROOT } else { new_root });
    }
    let mut steps = proof.iter().copied();
    let first = if old.is_power_of_two() { Some(old_root) } else { steps.next() };
    let Some(first) = first else { return Err(length) };
    let (mut fnode, mut snode) = (old - 1, new - 1);
    while fnode & 1 == 1 {
        fnode >>= 1;
        snode >>= 1;
    }
    let (mut from_old, mut from_new) = (first, first);
    for step in steps {
        if snode == 0 {
            return Err(length);
        }
        if fnode & 1 == 1 || fnode == snode {
            from_old = node_hash(step, from_old);
            from_new = node_hash(step, from_new);
            while fnode & 1 == 0 && fnode != 0 {
                fnode >>= 1;
                snode >>= 1;
            }
        } else {
            from_new = node_hash(from_new, step);
        }
        fnode >>= 1;
        snode >>= 1;
    }
    if snode != 0 {
        return Err(length);
    }
    same(from_old, old_root)?;
    same(from_new, new_root)
}

fn same(computed: Hash, claimed: Hash) -> Result<(), ProofError> {
    if computed == claimed { Ok(()) } else { Err(ProofError::Root { computed, claimed }) }
}
