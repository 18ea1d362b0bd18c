//! The proof file (C2SP tlog-proof): index, inclusion proof and checkpoint in one text that verifies offline.

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::hash::{Hash, leaf_hash};
use crate::note::Verifier;
use crate::proof::{ProofError, verify_inclusion};
use std::fmt::Write as _;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// More hashes than a tree of 2^64 entries needs.
const HASHES_MAX: usize = 64;

/// That an entry is in a log, for someone who has the entry and the log's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// The entry's index.
    pub index: u64,
    /// Inclusion proof, from the leaf upwards.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint.
    pub checkpoint: String,
}

/// Why a proof file was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlogProofError {
    /// Its form.
    #[error("read the proof file: {0}")]
    Malformed(&'static str),
    /// Its checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Its hashes.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl TlogProof {
    /// The proof as text, for a file ending in `.tlog-proof`.
    pub fn to_text(&self) -> String {
        let mut text = format!("{FIRST_LINE}\nindex {}\n", self.index);
        for hash in &self.hashes {
            // Writing into a string cannot fail.
            let _ = writeln!(text, "{hash}");
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }

    /// Reads a proof file; an `extra` line is allowed and skipped.
    pub fn parse(text: &str) -> Result<Self, TlogProofError> {
        let wrong = TlogProofError::Malformed;
        let (head, checkpoint) =
            text.split_once("\n\n").ok_or(wrong("there is no blank line before the checkpoint"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err(wrong("its first line is not c2sp.org/tlog-proof@v1"));
        }
        lines.next_if(|line| line.starts_with("extra "));
        let number =
            lines.next().and_then(|line| line.strip_prefix("index ")).ok_or(wrong("there is no index line"))?;
        let index: u64 = number.parse().map_err(|_| wrong("its index is not a number"))?;
        if index.to_string() != number {
            return Err(wrong("its index is not in plain decimal digits"));
        }
        let hashes: Option<Vec<Hash>> = lines.map(Hash::from_base64).collect();
        let hashes = hashes.ok_or(wrong("a line is not the base64 of 32 bytes"))?;
        if hashes.len() > HASHES_MAX {
            return Err(wrong("it has more hashes than any tree needs"));
        }
        Ok(Self { index, hashes, checkpoint: checkpoint.to_owned() })
    }

    /// Checks the checkpoint's signature by the pinned key and the entry's place under its root.
    pub fn verify(&self, entry: &[u8], key: &Verifier) -> Result<Checkpoint, TlogProofError> {
        let checkpoint = Checkpoint::open(self.checkpoint.as_bytes(), key)?;
        verify_inclusion(leaf_hash(entry), self.index, checkpoint.size, checkpoint.root, &self.hashes)?;
        Ok(checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::node_hash;
    use crate::note::Signer;

    #[test]
    fn a_proof_file_is_read_back_and_verifies_only_its_own_entry() {
        let signer = Signer::new("example.org/log", &[5; 32]).unwrap();
        let root = node_hash(leaf_hash(b"a"), leaf_hash(b"b"));
        let checkpoint = Checkpoint { origin: "example.org/log".to_owned(), size: 2, root };
        let proof =
            TlogProof { index: 1, hashes: vec![leaf_hash(b"a")], checkpoint: checkpoint.sign(&signer).unwrap() };
        let text = proof.to_text();
        assert!(text.starts_with("c2sp.org/tlog-proof@v1\nindex 1\n"));
        assert_eq!(TlogProof::parse(&text), Ok(proof.clone()));
        let extra = text.replacen("index", "extra AAAA\nindex", 1);
        assert_eq!(TlogProof::parse(&extra), Ok(proof.clone()));
        assert_eq!(proof.verify(b"b", &signer.verifier()), Ok(checkpoint));
        assert!(matches!(proof.verify(b"c", &signer.verifier()), Err(TlogProofError::Proof(_))));
        let wrong = TlogProof { index: 2, ..proof };
        assert!(matches!(wrong.verify(b"b", &signer.verifier()), Err(TlogProofError::Proof(_))));
    }

    #[test]
    fn malformed_proof_files_are_refused_by_name() {
        for (text, expected) in [
            ("", "no blank line"),
            ("c2sp.org/tlog-proof@v2\n\nx", "first line"),
            ("c2sp.org/tlog-proof@v1\nentry 1\n\nx", "no index line"),
            ("c2sp.org/tlog-proof@v1\nindex 01\n\nx", "plain decimal"),
            ("c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx", "base64 of 32 bytes"),
        ] {
            let error = TlogProof::parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text:?}: {error}");
        }
    }
}
