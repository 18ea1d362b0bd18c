//! The content of a message, encrypted for one browser (RFC 8291, on the `aes128gcm` coding of RFC 8188).
//!
//! What comes in: the subscription's public key and authentication secret, and the words. What goes out: the body of the request.
//! What always holds: a fresh key pair and salt for each message; every message has the same length, so that its length tells
//! the push service nothing.

use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::{PublicKey, SecretKey};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use ring::rand::SystemRandom;

/// Longest words of a message, in bytes.
pub const WORDS_BYTES_MAX: usize = 1500;
/// Record size, as the header says it (RFC 8188, section 2.1): a message is one record.
const RECORD_BYTES: u32 = 4096;
/// Bytes of a salt, of an uncompressed point (SEC 1, section 2.3.3) and of an authentication secret (RFC 8291, section 3.2).
const SALT_BYTES: usize = 16;
const POINT_BYTES: usize = 65;
/// Bytes of an authentication secret.
pub const AUTH_BYTES: usize = 16;
/// What ends the words of the last record (RFC 8188, section 2).
const LAST: u8 = 2;

/// Whom a message is encrypted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    key: PublicKey,
    auth: [u8; AUTH_BYTES],
}

/// Why a message was not sealed, or whom nothing can be sealed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not a point of the curve.
    #[error("read keys.p256dh: expected an uncompressed point of P-256, 65 bytes in base64url")]
    Key,
    /// Not a secret of the right length.
    #[error("read keys.auth: expected 16 bytes in base64url")]
    Auth,
    /// Too long.
    #[error("seal a message of more than {WORDS_BYTES_MAX} bytes")]
    Long,
    /// No randomness.
    #[error("draw a key: the operating system gave no randomness")]
    Random,
    /// The cipher refused.
    #[error("seal a message: the cipher refused")]
    Cipher,
}

impl Reader {
    /// Of a subscription's two keys, bytes.
    pub fn new(p256dh: &[u8], auth: &[u8]) -> Result<Self, SealError> {
        let auth = auth.try_into().map_err(|_| SealError::Auth)?;
        // A compressed point is not what browsers give (Push API, section 8.1).
        let key = (p256dh.len() == POINT_BYTES).then(|| PublicKey::from_sec1_bytes(p256dh).ok()).flatten();
        Ok(Self { key: key.ok_or(SealError::Key)?, auth })
    }

    /// Its public key, an uncompressed point.
    pub fn p256dh(&self) -> Vec<u8> {
        point(&self.key)
    }

    /// Its authentication secret.
    pub const fn auth(&self) -> &[u8; AUTH_BYTES] {
        &self.auth
    }

    /// Encrypts words with a key pair and a salt drawn for them alone.
    ///
    /// The pair is ring's: its curve is in assembly, whatever the build, and this is most of the work of a message.
    pub fn seal(&self, words: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut salt = [0_u8; SALT_BYTES];
        getrandom::fill(&mut salt).map_err(|_| SealError::Random)?;
        let pair = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).map_err(|_| SealError::Random)?;
        let ours = pair.compute_public_key().map_err(|_| SealError::Cipher)?;
        let theirs = UnparsedPublicKey::new(&ECDH_P256, self.p256dh());
        agree_ephemeral(pair, &theirs, |shared| self.seal_with(shared, ours.as_ref(), salt, words, WORDS_BYTES_MAX))
            .map_err(|_| SealError::Key)?
    }

    /// The same with a given secret of both (ECDH), the pair's public half and the salt; `padded` is the length in bytes that the
    /// words are filled up to.
    fn seal_with(
        &self,
        shared: &[u8],
        ours: &[u8],
        salt: [u8; SALT_BYTES],
        words: &[u8],
        padded: usize,
    ) -> Result<Vec<u8>, SealError> {
        if words.len() > WORDS_BYTES_MAX {
            return Err(SealError::Long);
        }
        // RFC 8291, section 3.4.
        let secret: [u8; 32] =
            expand(&Salt::new(HKDF_SHA256, &self.auth).extract(shared), &[b"WebPush: info\0", &self.p256dh(), ours])?;
        // RFC 8188, sections 2.2 and 2.3; the first record's nonce is as it comes.
        let key = Salt::new(HKDF_SHA256, &salt).extract(&secret);
        let cipher: [u8; 16] = expand(&key, &[b"Content-Encoding: aes128gcm\0"])?;
        let nonce: [u8; 12] = expand(&key, &[b"Content-Encoding: nonce\0"])?;

        let mut record = words.to_vec();
        record.push(LAST);
        record.resize(words.len().max(padded) + 1, 0);
        let cipher = UnboundKey::new(&AES_128_GCM, &cipher).map_err(|_| SealError::Cipher)?;
        LessSafeKey::new(cipher)
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)
            .map_err(|_| SealError::Cipher)?;
        let mut body = Vec::with_capacity(SALT_BYTES + 5 + ours.len() + record.len());
        body.extend_from_slice(&salt);
        body.extend_from_slice(&RECORD_BYTES.to_be_bytes());
        body.push(u8::try_from(ours.len()).map_err(|_| SealError::Cipher)?);
        body.extend_from_slice(ours);
        body.extend_from_slice(&record);
        Ok(body)
    }
}

/// A secret key of P-256 from the operating system's randomness.
pub(super) fn drawn() -> Result<SecretKey, SealError> {
    loop {
        let mut secret = [0_u8; 32];
        getrandom::fill(&mut secret).map_err(|_| SealError::Random)?;
        // About one in 2^32 draws is no key.
        if let Ok(key) = SecretKey::from_slice(&secret) {
            return Ok(key);
        }
    }
}

/// A public key as an uncompressed point.
pub(super) fn point(key: &PublicKey) -> Vec<u8> {
    key.to_sec1_point(false).as_bytes().to_vec()
}

/// A length in bytes, as ring asks for it.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// HKDF's second half (RFC 5869, section 2.3).
fn expand<const N: usize>(key: &Prk, about: &[&[u8]]) -> Result<[u8; N], SealError> {
    let mut out = [0_u8; N];
    key.expand(about, Length(N)).and_then(|okm| okm.fill(&mut out)).map_err(|_| SealError::Cipher)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use p256::elliptic_curve::point::AffineCoordinates as _;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    /// Figures of RFC 8291, appendix A.
    const THEIRS: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
    const OURS: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
    const SHARED: &str = "kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs";
    const SALT: &str = "DGv6ra1nlYgDCS1FRnbzlw";
    const SEALED: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";

    fn reader() -> Reader {
        Reader::new(&bytes(THEIRS), &bytes(AUTH)).unwrap()
    }

    #[test]
    fn the_example_of_rfc_8291_comes_out_byte_for_byte() {
        let pair = SecretKey::from_slice(&bytes(OURS)).unwrap();
        let (reader, ours) = (reader(), point(&pair.public_key()));
        let shared = agreed(&pair, &reader.key);
        assert_eq!(shared, bytes(SHARED));
        let salt = bytes(SALT).try_into().unwrap();
        let words = b"When I grow up, I want to be a watermelon";
        let sealed = reader.seal_with(&shared, &ours, salt, words, 0).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(sealed), SEALED);
    }

    #[test]
    fn the_browser_comes_to_the_same_secret_as_we_do() {
        // What a browser does, with another implementation of the curve: sealing again with the secret it comes to gives the same.
        let theirs = drawn().unwrap();
        let reader = Reader::new(&point(&theirs.public_key()), &bytes(AUTH)).unwrap();
        let sealed = reader.seal(b"words").unwrap();
        let (salt, ours) = (sealed[..SALT_BYTES].try_into().unwrap(), &sealed[SALT_BYTES + 5..][..POINT_BYTES]);
        let shared = agreed(&theirs, &PublicKey::from_sec1_bytes(ours).unwrap());
        assert_eq!(reader.seal_with(&shared, ours, salt, b"words", WORDS_BYTES_MAX).unwrap(), sealed);
    }

    /// ECDH (SEC 1, section 3.3.1) by the other implementation in this house.
    fn agreed(secret: &SecretKey, public: &PublicKey) -> Vec<u8> {
        (public.to_projective() * *secret.to_nonzero_scalar()).to_affine().x().to_vec()
    }

    #[test]
    fn every_message_has_one_length_and_a_key_of_its_own() {
        let reader = reader();
        let all = ["", "short", &"x".repeat(WORDS_BYTES_MAX)].map(|words| reader.seal(words.as_bytes()).unwrap());
        assert!(all.iter().all(|sealed| sealed.len() == all[0].len() && sealed.len() <= RECORD_BYTES as usize));
        assert_ne!(all[0][..SALT_BYTES + 5 + POINT_BYTES], all[1][..SALT_BYTES + 5 + POINT_BYTES]);
        assert_eq!(reader.seal(&[b'x'; WORDS_BYTES_MAX + 1]), Err(SealError::Long));
    }

    #[test]
    fn what_is_no_key_is_refused_by_name() {
        let mut off_the_curve = bytes(THEIRS);
        off_the_curve[64] ^= 1;
        let compressed = [&[2_u8][..], &bytes(THEIRS)[1..33]].concat();
        for key in [Vec::new(), vec![0; 65], off_the_curve, compressed] {
            assert_eq!(Reader::new(&key, &bytes(AUTH)), Err(SealError::Key), "{key:?}");
        }
        assert_eq!(Reader::new(&bytes(THEIRS), &[0; 15]), Err(SealError::Auth));
    }
}
