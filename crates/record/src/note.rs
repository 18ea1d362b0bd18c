//! The signed note (C2SP signed-note) with Ed25519: a text, a blank line, and one line a signature.
//!
//! Only pinned keys count: a signature by an unknown key proves nothing and is ignored, a wrong one by a pinned key
//! refuses the whole note.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// Signature type of a plain Ed25519 note signature.
const ALGORITHM: u8 = 0x01;
/// Longest note read, in bytes; a checkpoint with a hundred cosignatures is below 20 KiB.
const NOTE_BYTES_MAX: usize = 1_000_000;
/// Most signature lines read.
const SIGNATURES_MAX: usize = 100;

/// Why a note or a key was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// A key name is empty or has a space or a plus sign.
    #[error("use {0:?} as a key name: expected no spaces, no '+', and at least one character")]
    Name(String),
    /// Not in the form of a key.
    #[error("read a {what} key: expected {expected}")]
    Key {
        /// "verifier" or "signing".
        what: &'static str,
        /// The form that would have been right.
        expected: &'static str,
    },
    /// Not in the form of a note.
    #[error("read the note: {0}")]
    Malformed(&'static str),
    /// A pinned key's signature does not fit the text.
    #[error("verify the signature of {name:?}: the text was changed or the key is another")]
    Signature {
        /// Whose.
        name: String,
    },
    /// No pinned key signed it.
    #[error("verify the note: none of its {lines} signatures is by a key that was given")]
    Unsigned {
        /// Signature lines.
        lines: usize,
    },
}

/// A note whose signature by at least one pinned key was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened<'a> {
    /// The text with its last newline.
    pub text: &'a str,
    /// Names of the pinned keys that signed it.
    pub signed_by: Vec<String>,
    /// Signature lines of unknown keys.
    pub ignored: usize,
}

/// A key that signs.
#[derive(Clone)]
pub struct Signer {
    name: String,
    id: [u8; 4],
    key: SigningKey,
}

/// A pinned key that verifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

fn check_name(name: &str) -> Result<(), NoteError> {
    let fine = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+');
    if fine { Ok(()) } else { Err(NoteError::Name(name.chars().take(80).collect())) }
}

/// First four bytes of SHA-256(name, newline, algorithm, public key).
fn key_id(name: &str, public: &[u8; 32]) -> [u8; 4] {
    let mut sha = Sha256::new();
    sha.update(name.as_bytes());
    sha.update([b'\n', ALGORITHM]);
    sha.update(public);
    let digest: [u8; 32] = sha.finalize().into();
    [digest[0], digest[1], digest[2], digest[3]]
}

fn hex8(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

/// Algorithm byte and 32 bytes of key behind the base64 of a key line.
fn key_bytes(text: &str) -> Option<[u8; 32]> {
    let bytes = STANDARD.decode(text).ok()?;
    let (algorithm, key) = bytes.split_first()?;
    if *algorithm == ALGORITHM { key.try_into().ok() } else { None }
}

impl Signer {
    /// A signer from 32 secret bytes, which the caller drew from the operating system.
    pub fn new(name: &str, secret: &[u8; 32]) -> Result<Self, NoteError> {
        check_name(name)?;
        let key = SigningKey::from_bytes(secret);
        Ok(Self { name: name.to_owned(), id: key_id(name, key.verifying_key().as_bytes()), key })
    }

    /// Reads `PRIVATE+KEY+name+id+base64`, the form of Go's sumdb/note.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let wrong = NoteError::Key { what: "signing", expected: "PRIVATE+KEY+<name>+<8 hexadecimal digits>+<base64>" };
        let rest = text.trim().strip_prefix("PRIVATE+KEY+").ok_or_else(|| wrong.clone())?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else { return Err(wrong) };
        let signer = Self::new(name, &key_bytes(key).ok_or_else(|| wrong.clone())?)?;
        if hex8(signer.id) == id { Ok(signer) } else { Err(wrong) }
    }

    /// What [`Signer::parse`] reads. Secret: it belongs into a file that only its owner can read.
    pub fn to_secret_text(&self) -> String {
        let mut bytes = vec![ALGORITHM];
        bytes.extend_from_slice(&self.key.to_bytes());
        format!("PRIVATE+KEY+{}+{}+{}", self.name, hex8(self.id), STANDARD.encode(bytes))
    }

    /// The name it signs under.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key to pin.
    pub fn verifier(&self) -> Verifier {
        Verifier { name: self.name.clone(), id: self.id, key: self.key.verifying_key() }
    }

    /// The signed note of a text, which must end in a newline and hold no other control character.
    pub fn sign(&self, text: &str) -> Result<String, NoteError> {
        check_text(text)?;
        let mut bytes = self.id.to_vec();
        bytes.extend_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        Ok(format!("{text}\n\u{2014} {} {}\n", self.name, STANDARD.encode(bytes)))
    }
}

impl Verifier {
    /// Reads `name+id+base64`.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let wrong = NoteError::Key { what: "verifier", expected: "<name>+<8 hexadecimal digits>+<base64>" };
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else { return Err(wrong) };
        check_name(name)?;
        let public = key_bytes(key).ok_or_else(|| wrong.clone())?;
        let verifier = Self {
            name: name.to_owned(),
            id: key_id(name, &public),
            key: VerifyingKey::from_bytes(&public).map_err(|_| wrong.clone())?,
        };
        if hex8(verifier.id) == id { Ok(verifier) } else { Err(wrong) }
    }

    /// What [`Verifier::parse`] reads; public.
    pub fn to_text(&self) -> String {
        let mut bytes = vec![ALGORITHM];
        bytes.extend_from_slice(self.key.as_bytes());
        format!("{}+{}+{}", self.name, hex8(self.id), STANDARD.encode(bytes))
    }

    /// The name it verifies.
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn check_text(text: &str) -> Result<(), NoteError> {
    if !text.ends_with('\n') {
        return Err(NoteError::Malformed("the text does not end in a newline"));
    }
    if text.bytes().any(|b| b < 0x20 && b != b'\n') {
        return Err(NoteError::Malformed("the text has a control character"));
    }
    Ok(())
}

/// Opens a note with the keys that are pinned: at least one must have signed, and none wrongly.
pub fn open<'a>(note: &'a [u8], keys: &[Verifier]) -> Result<Opened<'a>, NoteError> {
    if note.len() > NOTE_BYTES_MAX {
        return Err(NoteError::Malformed("it is longer than a million bytes"));
    }
    let note = std::str::from_utf8(note).map_err(|_| NoteError::Malformed("it is not UTF-8"))?;
    let cut = note.rfind("\n\n").ok_or(NoteError::Malformed("there is no blank line before signatures"))?;
    let (text, signatures) = (&note[..=cut], &note[cut + 2..]);
    check_text(text)?;
    let signatures = signatures.strip_suffix('\n').ok_or(NoteError::Malformed("the last line has no newline"))?;
    let (mut signed_by, mut ignored) = (Vec::<String>::new(), 0);
    for (n, line) in signatures.split('\n').enumerate() {
        if n >= SIGNATURES_MAX {
            return Err(NoteError::Malformed("it has more than a hundred signatures"));
        }
        let broken = NoteError::Malformed("a signature line is not \"\u{2014} <name> <base64>\"");
        let parts = line.strip_prefix("\u{2014} ").and_then(|rest| rest.split_once(' '));
        let (name, base64) = parts.ok_or_else(|| broken.clone())?;
        check_name(name)?;
        let bytes = STANDARD.decode(base64).map_err(|_| broken.clone())?;
        let (id, signature) = bytes.split_first_chunk::<4>().filter(|(_, s)| !s.is_empty()).ok_or(broken)?;
        let Some(key) = keys.iter().find(|key| key.name == name && key.id == *id) else {
            ignored += 1;
            continue;
        };
        let wrong = NoteError::Signature { name: name.to_owned() };
        let signature = ed25519_dalek::Signature::from_slice(signature).map_err(|_| wrong.clone())?;
        key.key.verify_strict(text.as_bytes(), &signature).map_err(|_| wrong)?;
        if signed_by.iter().any(|seen| seen == name) {
            return Err(NoteError::Malformed("the same key signed twice"));
        }
        signed_by.push(name.to_owned());
    }
    if signed_by.is_empty() {
        Err(NoteError::Unsigned { lines: ignored })
    } else {
        Ok(Opened { text, signed_by, ignored })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The worked example of Go's golang.org/x/mod/sumdb/note package documentation.
    const GO_VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const GO_SKEY: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const GO_TEXT: &str = "If you think cryptography is the answer to your problem,\n\
                           then you don't know what your problem is.\n";
    const GO_SIGNATURE: &str = "\u{2014} PeterNeumann \
        x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn a_note_of_the_go_documentation_is_signed_and_opened_alike() {
        let signer = Signer::parse(GO_SKEY).unwrap();
        assert_eq!(signer.to_secret_text(), GO_SKEY);
        assert_eq!(signer.verifier().to_text(), GO_VKEY);
        let note = signer.sign(GO_TEXT).unwrap();
        assert_eq!(note, format!("{GO_TEXT}\n{GO_SIGNATURE}"));
        let opened = open(note.as_bytes(), &[Verifier::parse(GO_VKEY).unwrap()]).unwrap();
        assert_eq!((opened.text, opened.ignored), (GO_TEXT, 0));
    }

    #[test]
    fn only_a_pinned_key_counts_and_a_wrong_signature_refuses_the_note() {
        let (ours, other) = (Signer::new("ours", &[1; 32]).unwrap(), Signer::new("other", &[2; 32]).unwrap());
        let note = ours.sign("text\n").unwrap();
        assert_eq!(open(note.as_bytes(), &[other.verifier()]), Err(NoteError::Unsigned { lines: 1 }));
        let changed = note.replace("text", "next");
        assert_eq!(open(changed.as_bytes(), &[ours.verifier()]), Err(NoteError::Signature { name: "ours".to_owned() }));
        let both = format!("{note}{}", other.sign("text\n").unwrap().split_once("\n\n").unwrap().1);
        let opened = open(both.as_bytes(), &[ours.verifier()]).unwrap();
        assert_eq!((opened.signed_by, opened.ignored), (vec!["ours".to_owned()], 1));
    }

    #[test]
    fn malformed_notes_are_refused_by_name() {
        let ours = Signer::new("ours", &[1; 32]).unwrap();
        let note = ours.sign("text\n").unwrap();
        let twice = format!("{note}{}", note.split_once("\n\n").unwrap().1);
        for (bytes, expected) in [
            (b"text\n".to_vec(), "read the note: there is no blank line before signatures"),
            (b"\xff\n\n".to_vec(), "read the note: it is not UTF-8"),
            (note.trim_end().as_bytes().to_vec(), "read the note: the last line has no newline"),
            (note.replace("text", "te\tt").into_bytes(), "read the note: the text has a control character"),
            (twice.into_bytes(), "read the note: the same key signed twice"),
            (b"text\n\n- ours AAAA\n".to_vec(), "read the note: a signature line is not \"\u{2014} <name> <base64>\""),
        ] {
            assert_eq!(open(&bytes, &[ours.verifier()]).unwrap_err().to_string(), expected);
        }
        assert!(matches!(Signer::new("a b", &[1; 32]), Err(NoteError::Name(_))));
        assert!(matches!(ours.sign("no newline"), Err(NoteError::Malformed(_))));
    }

    #[test]
    fn a_key_with_a_wrong_id_is_refused() {
        let text = Signer::new("ours", &[1; 32]).unwrap().verifier().to_text();
        assert!(Verifier::parse(&text).is_ok());
        assert!(Verifier::parse(&text.replacen("ours", "hers", 1)).is_err());
        assert!(Verifier::parse("ours+00000000+AQ==").is_err());
    }
}
