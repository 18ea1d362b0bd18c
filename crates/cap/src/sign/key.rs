//! Keys: ours, which sign; pinned ones, which verify.

use super::{der, rsa};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{DerSignature, Signature, SigningKey, VerifyingKey};
use p256::pkcs8::DecodePrivateKey as _;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// Longest file of keys, bytes, and most keys in it.
const PEM_BYTES_MAX: usize = 256 * 1024;
const KEYS_MAX: usize = 64;
/// Algorithm identifiers: rsaEncryption with NULL; id-ecPublicKey with prime256v1 (RFC 3279, RFC 5480).
const RSA: [u8; 13] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
const P256: [u8; 19] =
    [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// Why a text is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No PEM that holds one.
    #[error("find a PEM block of {0}")]
    Missing(&'static str),
    /// A block that cannot be read.
    #[error("read the PEM block of {0}: it is damaged, or of a kind that is not known here")]
    Damaged(&'static str),
    /// Another algorithm.
    #[error("use the key: expected ECDSA on P-256, or RSA of 2,048 to 8,192 bits")]
    Kind,
    /// Too long.
    #[error("read the keys: at most {PEM_BYTES_MAX} bytes and {KEYS_MAX} keys")]
    TooMany,
}

/// A secret key: ECDSA on P-256.
#[derive(Clone)]
pub struct Key(SigningKey);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", self.public().fingerprint())
    }
}

impl Key {
    /// The key of these 32 bytes, which must be drawn evenly; `None` for about one in 2^32 of them: draw again.
    pub fn of(secret: &[u8; 32]) -> Option<Self> {
        SigningKey::from_slice(secret).ok().map(Self)
    }

    /// Reads PKCS #8 in PEM.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let found = blocks(text, "PRIVATE KEY")?.into_iter().next().ok_or(KeyError::Missing("PRIVATE KEY"))?;
        SigningKey::from_pkcs8_der(&found).map(Self).map_err(|_| KeyError::Damaged("PRIVATE KEY"))
    }

    /// PKCS #8 in PEM.
    pub fn to_pem(&self) -> String {
        // RFC 5958, and in it RFC 5915 with the public half.
        let secret = der::wrap(0x04, &[&self.0.to_bytes()]);
        let public = der::wrap(0xa1, &[&der::wrap(0x03, &[&[0], &self.public().point()])]);
        let inside = der::wrap(0x04, &[&der::wrap(der::SEQUENCE, &[&[0x02, 1, 1], &secret, &public])]);
        pem("PRIVATE KEY", &der::wrap(der::SEQUENCE, &[&[0x02, 1, 0], &der::wrap(der::SEQUENCE, &[&P256]), &inside]))
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(Public::P256(Box::new(*self.0.verifying_key())))
    }

    /// Signs the SHA-256 of `bytes`: r and s, 32 bytes each (XML Signature 1.1, section 6.4.3; nonce of RFC 6979).
    pub(super) fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        let signature: Signature = self.0.sign(bytes);
        signature.to_bytes().to_vec()
    }

    /// A certificate of its public half, signed by itself: for tools that take keys in no other form. Valid for `years` from
    /// `from_unix_s`, seconds after 1970-01-01T00:00:00 UTC.
    pub fn certificate(&self, name: &str, from_unix_s: i64, years: i16) -> Certificate {
        let name: String = name.chars().take(64).collect();
        let instant = |years: i16| {
            let at = jiff::Timestamp::from_second(from_unix_s).unwrap_or_default();
            let at = at.to_zoned(jiff::tz::TimeZone::UTC);
            let at = at.checked_add(jiff::Span::new().years(years)).unwrap_or(at);
            at.strftime("%Y%m%d%H%M%SZ").to_string()
        };
        let key = self.public().to_der();
        let mut serial = Sha256::digest(&key)[..16].to_vec();
        if let Some(first) = serial.first_mut() {
            *first = *first & 0x3f | 0x40;
        }
        let claims = der::Claims { name: &name, valid: [instant(0), instant(years)], serial: &serial, key: &key };
        Certificate(der::certificate(&claims, |bytes| {
            let signature: DerSignature = self.0.sign(bytes);
            signature.as_bytes().to_vec()
        }))
    }
}

/// A certificate, DER. Nothing here believes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate(Vec<u8>);

impl Certificate {
    /// Reads PEM; `key` must be its key.
    pub fn from_pem(text: &str, key: &Key) -> Result<Self, KeyError> {
        let found = blocks(text, "CERTIFICATE")?.into_iter().next().ok_or(KeyError::Missing("CERTIFICATE"))?;
        let its = der::key_of_certificate(&found).and_then(PublicKey::from_der);
        if its == Some(key.public()) { Ok(Self(found)) } else { Err(KeyError::Damaged("CERTIFICATE")) }
    }

    /// PEM.
    pub fn to_pem(&self) -> String {
        pem("CERTIFICATE", &self.0)
    }

    /// Its bytes.
    pub fn der(&self) -> &[u8] {
        &self.0
    }
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(Public);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Public {
    P256(Box<VerifyingKey>),
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

impl PublicKey {
    /// Every key of a PEM text: blocks PUBLIC KEY and CERTIFICATE. Of a certificate only the key counts.
    pub fn all_from_pem(text: &str) -> Result<Vec<Self>, KeyError> {
        let mut keys = Vec::new();
        for block in blocks(text, "PUBLIC KEY")? {
            keys.push(Self::from_der(&block).ok_or(KeyError::Kind)?);
        }
        for block in blocks(text, "CERTIFICATE")? {
            let info = der::key_of_certificate(&block).ok_or(KeyError::Damaged("CERTIFICATE"))?;
            keys.push(Self::from_der(info).ok_or(KeyError::Kind)?);
        }
        if keys.is_empty() {
            return Err(KeyError::Missing("PUBLIC KEY or CERTIFICATE"));
        }
        Ok(keys)
    }

    /// Reads a SubjectPublicKeyInfo; `None` for other algorithms, curves and lengths.
    pub(super) fn from_der(der: &[u8]) -> Option<Self> {
        let (algorithm, bits) = der::key_info(der)?;
        if algorithm == P256 {
            return VerifyingKey::from_sec1_bytes(bits).ok().map(|key| Self(Public::P256(Box::new(key))));
        }
        let (n, e) = der::rsa_key(bits).filter(|_| algorithm == RSA)?;
        let odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
        let fits = rsa::BITS.contains(&(n.len() * 8)) && odd(n) && odd(e) && e.len() <= 8 && e != [1];
        fits.then(|| Self(Public::Rsa { n: n.to_vec(), e: e.to_vec() }))
    }

    pub(super) fn from_certificate(der: &[u8]) -> Option<Self> {
        der::key_of_certificate(der).and_then(Self::from_der)
    }

    /// The point, uncompressed (SEC 1, section 2.3.3); empty for RSA.
    fn point(&self) -> Vec<u8> {
        match &self.0 {
            Public::P256(key) => key.to_sec1_point(false).as_bytes().to_vec(),
            Public::Rsa { .. } => Vec::new(),
        }
    }

    /// SubjectPublicKeyInfo.
    fn to_der(&self) -> Vec<u8> {
        match &self.0 {
            Public::P256(_) => der::wrap(
                der::SEQUENCE,
                &[&der::wrap(der::SEQUENCE, &[&P256]), &der::wrap(0x03, &[&[0], &self.point()])],
            ),
            Public::Rsa { n, e } => {
                let number =
                    |bytes: &[u8]| der::wrap(0x02, &[if bytes.first() > Some(&0x7f) { &[0] } else { &[] }, bytes]);
                let key = der::wrap(der::SEQUENCE, &[&number(n), &number(e)]);
                der::wrap(der::SEQUENCE, &[&der::wrap(der::SEQUENCE, &[&RSA]), &der::wrap(0x03, &[&[0], &key])])
            }
        }
    }

    /// PEM.
    pub fn to_pem(&self) -> String {
        pem("PUBLIC KEY", &self.to_der())
    }

    /// SHA-256 of its SubjectPublicKeyInfo, hexadecimal.
    pub fn fingerprint(&self) -> String {
        Sha256::digest(self.to_der()).iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Whether it made `signature` over `bytes` by that algorithm. An algorithm of another kind of key never verifies.
    pub(super) fn verifies(&self, algorithm: Algorithm, bytes: &[u8], signature: &[u8]) -> bool {
        match (&self.0, algorithm) {
            (Public::P256(key), Algorithm::EcdsaSha256) => {
                Signature::from_slice(signature).is_ok_and(|signature| key.verify(bytes, &signature).is_ok())
            }
            (Public::Rsa { n, e }, Algorithm::Rsa(hash)) => {
                rsa::verifies(n, e, hash.prefix(), &hash.of(bytes), signature)
            }
            _ => false,
        }
    }
}

/// How a signature was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    EcdsaSha256,
    Rsa(Hash),
}

/// A digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(super) fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => sha2::Sha384::digest(bytes).to_vec(),
            Self::Sha512 => sha2::Sha512::digest(bytes).to_vec(),
        }
    }

    /// What stands before the digest in a DigestInfo (RFC 8017, section 9.2, note 1).
    const fn prefix(self) -> &'static [u8] {
        match self {
            Self::Sha256 => &[
                0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
                0x04, 0x20,
            ],
            Self::Sha384 => &[
                0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00,
                0x04, 0x30,
            ],
            Self::Sha512 => &[
                0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00,
                0x04, 0x40,
            ],
        }
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut lines = format!("-----BEGIN {label}-----\n");
    for line in text.as_bytes().chunks(64) {
        lines.push_str(&String::from_utf8_lossy(line));
        lines.push('\n');
    }
    lines + &format!("-----END {label}-----\n")
}

/// The contents of every block with that label.
fn blocks(text: &str, label: &'static str) -> Result<Vec<Vec<u8>>, KeyError> {
    if text.len() > PEM_BYTES_MAX {
        return Err(KeyError::TooMany);
    }
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let mut found = Vec::new();
    for part in text.split(begin.as_str()).skip(1) {
        let (inside, _) = part.split_once(end.as_str()).ok_or(KeyError::Damaged(label))?;
        let bare: String = inside.split_whitespace().collect();
        found.push(STANDARD.decode(bare).map_err(|_| KeyError::Damaged(label))?);
    }
    if found.len() > KEYS_MAX { Err(KeyError::TooMany) } else { Ok(found) }
}
