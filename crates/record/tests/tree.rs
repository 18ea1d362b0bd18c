//! The tree against the RFC's own definitions, written out naively here, and against Certificate Transparency's vectors.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;
use record::{
    EMPTY_ROOT, Frontier, Hash, Nodes, consistency, fold_complete, inclusion, leaf_hash, node_hash, tree_root,
    verify_consistency, verify_inclusion,
};
use std::convert::Infallible;

/// MTH of RFC 6962 section 2.1, word for word.
fn mth(leaves: &[Vec<u8>]) -> Hash {
    match leaves {
        [] => EMPTY_ROOT,
        [leaf] => leaf_hash(leaf),
        _ => {
            let k = split(leaves.len());
            node_hash(mth(&leaves[..k]), mth(&leaves[k..]))
        }
    }
}

/// PATH of section 2.1.1.
fn path(m: usize, leaves: &[Vec<u8>]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return vec![];
    }
    let k = split(leaves.len());
    let (mut hashes, other) =
        if m < k { (path(m, &leaves[..k]), mth(&leaves[k..])) } else { (path(m - k, &leaves[k..]), mth(&leaves[..k])) };
    hashes.push(other);
    hashes
}

/// SUBPROOF of section 2.1.2.
fn subproof(m: usize, leaves: &[Vec<u8>], whole: bool) -> Vec<Hash> {
    if m == leaves.len() {
        return if whole { vec![] } else { vec![mth(leaves)] };
    }
    let k = split(leaves.len());
    let (mut hashes, other) = if m <= k {
        (subproof(m, &leaves[..k], whole), mth(&leaves[k..]))
    } else {
        (subproof(m - k, &leaves[k..], false), mth(&leaves[..k]))
    };
    hashes.push(other);
    hashes
}

/// The largest power of two smaller than `n`.
fn split(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}

/// Leaves held in memory, their nodes computed anew at every question.
struct Memory(Vec<Hash>);

impl Nodes for Memory {
    type Error = Infallible;
    fn node(&self, level: u8, index: u64) -> Result<Hash, Infallible> {
        let width = 1_usize << level;
        let from = usize::try_from(index).unwrap() * width;
        Ok(fold_complete(&self.0[from..from + width]).unwrap())
    }
}

fn leaves(n: usize) -> Vec<Vec<u8>> {
    (0..n).map(|i| format!("leaf {i}").into_bytes()).collect()
}

fn memory(leaves: &[Vec<u8>]) -> Memory {
    Memory(leaves.iter().map(|leaf| leaf_hash(leaf)).collect())
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

fn hash(text: &str) -> Hash {
    Hash::from_slice(&hex(text)).unwrap()
}

/// The eight leaves that Certificate Transparency's own tests use.
const CT_LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const CT_ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn roots_are_those_of_certificate_transparency() {
    let mut frontier = Frontier::new();
    assert_eq!(frontier.root(), EMPTY_ROOT);
    for (leaf, root) in CT_LEAVES.iter().zip(CT_ROOTS) {
        frontier.push(leaf_hash(&hex(leaf)), |_, _, _| {});
        assert_eq!(frontier.root(), hash(root), "size {}", frontier.size());
    }
}

#[test]
fn proofs_are_those_of_certificate_transparency() {
    let leaves: Vec<Vec<u8>> = CT_LEAVES.iter().map(|leaf| hex(leaf)).collect();
    let nodes = memory(&leaves);
    let expected = [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ];
    assert_eq!(inclusion(0, 8, &nodes).unwrap(), expected.map(hash));
    assert_eq!(consistency(1, 8, &nodes).unwrap(), expected.map(hash));
}

#[test]
fn every_tree_and_proof_up_to_70_leaves_is_as_the_rfc_defines_and_verifies() {
    let leaves = leaves(70);
    let nodes = memory(&leaves);
    let roots: Vec<Hash> = (0..=70).map(|n| mth(&leaves[..n])).collect();
    let mut frontier = Frontier::new();
    for n in 1..=70_usize {
        let size = n as u64;
        frontier.push(leaf_hash(&leaves[n - 1]), |level, index, hash| {
            assert_eq!(hash, nodes.node(level, index).unwrap(), "level {level}, index {index}");
        });
        assert_eq!((frontier.root(), tree_root(size, &nodes).unwrap()), (roots[n], roots[n]));
        assert_eq!(Frontier::restore(size, &nodes).unwrap(), frontier);
        assert_eq!(Frontier::from_peaks(size, frontier.peaks().to_vec()).unwrap(), frontier);
        for m in 0..n {
            let proof = inclusion(m as u64, size, &nodes).unwrap();
            assert_eq!(proof, path(m, &leaves[..n]), "entry {m} of {n}");
            verify_inclusion(leaf_hash(&leaves[m]), m as u64, size, roots[n], &proof).unwrap();
            let proof = consistency(m as u64, size, &nodes).unwrap();
            if m > 0 {
                assert_eq!(proof, subproof(m, &leaves[..n], true), "from {m} to {n}");
            }
            verify_consistency(m as u64, roots[m], size, roots[n], &proof).unwrap();
        }
        verify_consistency(size, roots[n], size, roots[n], &[]).unwrap();
    }
}

#[test]
fn a_frontier_with_the_wrong_number_of_hashes_is_refused() {
    let error = Frontier::from_peaks(5, vec![EMPTY_ROOT]).unwrap_err();
    assert_eq!(error.to_string(), "restore a tree of 5 leaves from 1 hashes: expected 2");
}

#[test]
fn a_leaf_is_never_a_node() {
    // An entry that spells two hashes must not hash as their parent: the prefixes differ.
    let (left, right) = (leaf_hash(b"a"), leaf_hash(b"b"));
    assert_ne!(leaf_hash(&[left.0, right.0].concat()), node_hash(left, right));
}

proptest! {
    #[test]
    fn a_wrong_index_size_leaf_root_or_hash_never_verifies(
        n in 1..200_u64, pick in any::<u64>(), bit in any::<u8>(), other in 0..200_u64,
    ) {
        let leaves = leaves(200);
        let nodes = memory(&leaves);
        let index = pick % n;
        let (root, proof) = (tree_root(n, &nodes).unwrap(), inclusion(index, n, &nodes).unwrap());
        let leaf = leaf_hash(&leaves[usize::try_from(index).unwrap()]);
        prop_assert!(verify_inclusion(leaf, index, n, root, &proof).is_ok());
        if other != index {
            prop_assert!(verify_inclusion(leaf, other, n, root, &proof).is_err());
        }
        let mut wrong_root = root;
        wrong_root.0[usize::from(bit % 32)] ^= 1 << (bit % 8);
        prop_assert!(verify_inclusion(leaf, index, n, wrong_root, &proof).is_err());
        prop_assert!(verify_inclusion(leaf_hash(b"other"), index, n, root, &proof).is_err());
        for step in 0..proof.len() {
            let mut wrong = proof.clone();
            wrong[step].0[usize::from(bit % 32)] ^= 1 << (bit % 8);
            prop_assert!(verify_inclusion(leaf, index, n, root, &wrong).is_err());
        }
        let longer = [proof.as_slice(), &[root]].concat();
        prop_assert!(verify_inclusion(leaf, index, n, root, &longer).is_err());
        if let Some((_, shorter)) = proof.split_last() {
            prop_assert!(verify_inclusion(leaf, index, n, root, shorter).is_err());
        }
    }

    #[test]
    fn a_history_that_was_changed_is_never_consistent(new in 2..200_u64, pick in any::<u64>(), changed in any::<u64>()) {
        let old = 1 + pick % (new - 1);
        let before = leaves(200);
        let mut after = before.clone();
        let changed = usize::try_from(changed % old).unwrap();
        after[changed].push(b'!');
        let (before, after) = (memory(&before), memory(&after));
        let (old_root, new_root) = (tree_root(old, &before).unwrap(), tree_root(new, &after).unwrap());
        for nodes in [&before, &after] {
            let proof = consistency(old, new, nodes).unwrap();
            prop_assert!(verify_consistency(old, old_root, new, new_root, &proof).is_err());
        }
        let honest = consistency(old, new, &before).unwrap();
        prop_assert!(verify_consistency(old, old_root, new, tree_root(new, &before).unwrap(), &honest).is_ok());
        let longer = [honest.as_slice(), &[old_root]].concat();
        prop_assert!(verify_consistency(old, old_root, new, tree_root(new, &before).unwrap(), &longer).is_err());
    }
}
