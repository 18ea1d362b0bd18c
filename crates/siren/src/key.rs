//! Keys: Ed25519 (RFC 8032), each as one line of text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

const PUBLIC: &str = "siren-key:";
const SECRET: &str = "siren-secret:";
/// Every signature of this room is over these bytes and then the message: no other program's signature fits, and ours no other's.
const CONTEXT: &[u8] = b"AllClear siren message v1\0";

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Its form.
    #[error("read a key: expected {0:?} and the base64 of 32 bytes")]
    Form(&'static str),
    /// Not a point of the curve, or one of small order, whose signatures anybody can make.
    #[error("use a key: its 32 bytes are no public key that binds")]
    Weak,
}

/// A public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// A secret key. It is shown to nobody.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

fn parse(text: &str, name: &'static str) -> Result<[u8; 32], KeyError> {
    let form = KeyError::Form(name);
    let rest = text.trim().strip_prefix(name).ok_or(form)?;
    STANDARD.decode(rest).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(form)
}

impl PublicKey {
    /// Reads `siren-key:` and base64.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        Self::from_bytes(&parse(text, PUBLIC)?)
    }

    /// The key of 32 bytes (RFC 8032, section 5.1.5).
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Weak)?;
        if key.is_weak() { Err(KeyError::Weak) } else { Ok(Self(key)) }
    }

    /// Its 32 bytes.
    pub fn bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// As it is written in configurations.
    pub fn to_text(&self) -> String {
        format!("{PUBLIC}{}", STANDARD.encode(self.bytes()))
    }

    /// Whether the signature is this key's over `message`.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let signed = [CONTEXT, message].concat();
        self.0.verify_strict(&signed, &Signature::from_bytes(signature)).is_ok()
    }
}

impl SecretKey {
    /// A key of 32 random bytes.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Reads what [`SecretKey::to_secret_text`] wrote.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        Ok(Self::from_seed(&parse(text, SECRET)?))
    }

    /// The secret itself: for the file that its owner alone can read.
    pub fn to_secret_text(&self) -> String {
        format!("{SECRET}{}", STANDARD.encode(self.0.to_bytes()))
    }

    /// What others pin.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(&[CONTEXT, message].concat()).to_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_written_and_a_weak_one_is_refused() {
        let secret = SecretKey::from_seed(&[7; 32]);
        assert_eq!(SecretKey::parse(&secret.to_secret_text()).unwrap().public(), secret.public());
        assert_eq!(PublicKey::parse(&secret.public().to_text()), Ok(secret.public()));
        assert_eq!(PublicKey::parse(&secret.to_secret_text()), Err(KeyError::Form(PUBLIC)));
        assert_eq!(PublicKey::parse("siren-key:AAAA"), Err(KeyError::Form(PUBLIC)));
        // The neutral element: a signature of zeros would do for any message.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        assert_eq!(PublicKey::from_bytes(&neutral), Err(KeyError::Weak));
        assert!(!format!("{secret:?}").contains("Bwc"), "a secret is not shown");
    }
}
