//! The checkpoint (C2SP tlog-checkpoint): the name of the log, its size and its root, as a signed note.

use crate::hash::Hash;
use crate::note::{NoteError, Signer, Verifier, open};

/// A tree head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Name of the log; the log's key has the same name.
    pub origin: String,
    /// Entries.
    pub size: u64,
    /// Root of the tree of these entries.
    pub root: Hash,
}

/// Why a checkpoint was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note around it.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text in it.
    #[error("read the checkpoint: {0}")]
    Malformed(&'static str),
}

impl Checkpoint {
    /// The text that is signed.
    pub fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    /// The signed note. The signer's name should be the origin.
    pub fn sign(&self, signer: &Signer) -> Result<String, CheckpointError> {
        Ok(signer.sign(&self.to_text())?)
    }

    /// Reads the text of a checkpoint. Extension lines are allowed and skipped.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let wrong = CheckpointError::Malformed;
        let mut lines = text.split('\n');
        let origin = lines.next().filter(|l| !l.is_empty()).ok_or(wrong("the first line, its origin, is empty"))?;
        let number = lines.next().unwrap_or_default();
        let size: u64 = number.parse().map_err(|_| wrong("the second line is not a size"))?;
        if size.to_string() != number {
            return Err(wrong("the second line is not a size in plain decimal digits"));
        }
        let root = Hash::from_base64(lines.next().unwrap_or_default())
            .ok_or(wrong("the third line is not the base64 of 32 bytes"))?;
        if lines.next().is_none() {
            return Err(wrong("it does not end in a newline"));
        }
        Ok(Self { origin: origin.to_owned(), size, root })
    }

    /// Opens a signed checkpoint with the log's pinned key, whose name must be its origin.
    pub fn open(note: &[u8], key: &Verifier) -> Result<Self, CheckpointError> {
        let opened = open(note, std::slice::from_ref(key))?;
        let checkpoint = Self::parse(opened.text)?;
        if checkpoint.origin == key.name() {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::Malformed("its origin is not the name of the key"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::EMPTY_ROOT;

    #[test]
    fn a_checkpoint_is_signed_and_opened() {
        let signer = Signer::new("example.org/log", &[3; 32]).unwrap();
        let checkpoint = Checkpoint { origin: "example.org/log".to_owned(), size: 0, root: EMPTY_ROOT };
        let note = checkpoint.sign(&signer).unwrap();
        assert!(note.starts_with("example.org/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u{2014} "));
        assert_eq!(Checkpoint::open(note.as_bytes(), &signer.verifier()), Ok(checkpoint.clone()));
        let stranger = Checkpoint { origin: "example.org/other".to_owned(), ..checkpoint };
        assert!(Checkpoint::open(stranger.sign(&signer).unwrap().as_bytes(), &signer.verifier()).is_err());
    }

    #[test]
    fn malformed_checkpoints_are_refused_by_name() {
        let root = EMPTY_ROOT.to_base64();
        for (text, expected) in [
            (String::new(), "its origin, is empty"),
            ("log\nmany\n".to_owned(), "not a size"),
            (format!("log\n007\n{root}\n"), "plain decimal digits"),
            (format!("log\n+7\n{root}\n"), "plain decimal digits"),
            ("log\n7\nAAAA\n".to_owned(), "base64 of 32 bytes"),
            (format!("log\n7\n{root}"), "end in a newline"),
        ] {
            let error = Checkpoint::parse(&text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text:?}: {error}");
        }
        assert!(Checkpoint::parse(&format!("log\n7\n{root}\nextension\n")).is_ok());
    }
}
