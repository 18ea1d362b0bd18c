//! The verifiable log: append-only, signed, provable to a stranger.
//!
//! What comes in: the bytes of entries, in order, and a signing key. What goes out: leaf and tree hashes (RFC 6962),
//! tiles and entry bundles (C2SP tlog-tiles), checkpoints (C2SP tlog-checkpoint in a C2SP signed note, Ed25519),
//! inclusion and consistency proofs, and their verification.
//! What always holds: a root is a function of the entries alone, in order; every verifier here also runs without this
//! program (the formats are public, and two verifiers nobody here wrote read them).
//! Deliberately absent: files, clock, randomness, SQL, and any idea of what an entry means. Keys are given.
//!
//! Invariants:
//!   one entry is at most [`ENTRY_BYTES_MAX`] bytes (its length is written in two bytes)
//!   a [`Frontier`] of size n holds exactly as many hashes as n has one bits
//!   a partial tile is a prefix of the full tile that replaces it

mod checkpoint;
mod frontier;
mod hash;
mod note;
mod proof;
mod tile;
mod tlogproof;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use frontier::{Frontier, FrontierError};
pub use hash::{EMPTY_ROOT, Hash, fold_complete, leaf_hash, node_hash};
pub use note::{NoteError, Opened, Signer, Verifier, open};
pub use proof::{
    Nodes, ProofError, consistency, inclusion, subtree_root, tree_root, verify_consistency, verify_inclusion,
};
pub use tile::{
    BundleError, ENTRY_BYTES_MAX, TILE_HEIGHT, TILE_WIDTH, TilePath, decode_bundle, encode_bundle, tile_paths,
};
pub use tlogproof::{TlogProof, TlogProofError};
