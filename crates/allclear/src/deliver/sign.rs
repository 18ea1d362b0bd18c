//! Signatures of webhooks, in the headers of Standard Webhooks 1.0.0, so that its libraries verify them.
//!
//! What comes in: the body that is sent, its id and its time. What goes out: `webhook-id`, `webhook-timestamp` and
//! `webhook-signature` with two signatures of all three: `v1`, HMAC-SHA-256 with the subscription's own secret, and `v1a`, Ed25519 with
//! this server's key, which anyone who pinned the public half can check.
//! What always holds: the key is drawn once and readable by its owner alone; a secret is told to nobody but who subscribed.

use crate::store::{self, replace};
use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use ring::hmac;
use std::path::Path;

/// The key's file in the record's folder.
const FILE: &str = "webhook.key";
/// What the forms of keys begin with (Standard Webhooks, "Signature schemes").
const SECRET_KEY: &str = "whsk_";
const PUBLIC_KEY: &str = "whpk_";
const SHARED_SECRET: &str = "whsec_";
/// Bytes of a shared secret; 24 to 64 are allowed.
const SECRET_BYTES: usize = 32;

/// A secret of one subscription.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; SECRET_BYTES]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A new one.
    pub fn draw() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; SECRET_BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// As [`Secret::reveal`] wrote it.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.strip_prefix(SHARED_SECRET)?).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// In the form that libraries take.
    pub fn reveal(&self) -> String {
        format!("{SHARED_SECRET}{}", STANDARD.encode(self.0))
    }
}

/// The server's key for webhooks.
pub struct WebhookKey(SigningKey);

impl std::fmt::Debug for WebhookKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WebhookKey({})", self.public())
    }
}

impl WebhookKey {
    /// The key in `folder`, drawn when there is none.
    pub fn load_or_create(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(FILE);
        let secret = if let Some(text) = store::secret(&path)? {
            let bytes = text.trim().strip_prefix(SECRET_KEY).and_then(|text| STANDARD.decode(text).ok());
            let secret: Option<[u8; 32]> = bytes.and_then(|bytes| bytes.try_into().ok());
            secret.with_context(|| {
                format!("failed to read {}: expected {SECRET_KEY} and 32 bytes in base64", path.display())
            })?
        } else {
            let mut secret = [0_u8; 32];
            getrandom::fill(&mut secret).map_err(|error| anyhow::anyhow!("failed to draw a key: {error}"))?;
            replace(&path, &format!("{SECRET_KEY}{}\n", STANDARD.encode(secret)), 0o600)?;
            secret
        };
        Ok(Self(SigningKey::from_bytes(&secret)))
    }

    /// The public half, in the form that libraries take.
    pub fn public(&self) -> String {
        format!("{PUBLIC_KEY}{}", STANDARD.encode(self.0.verifying_key().as_bytes()))
    }

    /// The headers of a message: name and value. `at_s`: seconds after 1970, of this attempt.
    pub fn headers(&self, id: &str, at_s: i64, body: &[u8], secret: Option<&Secret>) -> [(&'static str, String); 3] {
        let mut signed = format!("{id}.{at_s}.").into_bytes();
        signed.extend_from_slice(body);
        let mut signatures = format!("v1a,{}", STANDARD.encode(self.0.sign(&signed).to_bytes()));
        if let Some(Secret(secret)) = secret {
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), &signed);
            signatures = format!("v1,{} {signatures}", STANDARD.encode(tag));
        }
        [("webhook-id", id.to_owned()), ("webhook-timestamp", at_s.to_string()), ("webhook-signature", signatures)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};

    /// The example of the Standard Webhooks libraries' own tests.
    #[test]
    fn the_hmac_is_that_of_the_libraries_example() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = br#"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}"#;
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), signed);
        assert_eq!(STANDARD.encode(tag), "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn both_signatures_cover_id_time_and_body() {
        let dir = tempfile::tempdir().unwrap();
        let key = WebhookKey::load_or_create(dir.path()).unwrap();
        assert_eq!(WebhookKey::load_or_create(dir.path()).unwrap().public(), key.public(), "drawn once");
        let secret = Secret::draw().unwrap();
        assert_eq!(Secret::parse(&secret.reveal()), Some(secret.clone()));
        let [id, at, signatures] = key.headers("msg_7_20", 1000, b"{}", Some(&secret));
        assert_eq!((id.1.as_str(), at.1.as_str()), ("msg_7_20", "1000"));
        let (shared, own) = signatures.1.split_once(' ').unwrap();
        let own = Signature::from_slice(&STANDARD.decode(own.strip_prefix("v1a,").unwrap()).unwrap()).unwrap();
        let public = STANDARD.decode(key.public().strip_prefix(PUBLIC_KEY).unwrap()).unwrap();
        let public = VerifyingKey::from_bytes(&public.try_into().unwrap()).unwrap();
        public.verify(b"msg_7_20.1000.{}", &own).unwrap();
        assert!(public.verify(b"msg_7_20.1001.{}", &own).is_err());
        let tag = STANDARD.decode(shared.strip_prefix("v1,").unwrap()).unwrap();
        hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &secret.0), b"msg_7_20.1000.{}", &tag).unwrap();
        // Who subscribed before there were secrets has the other signature.
        assert!(key.headers("m", 1, b"", None)[2].1.starts_with("v1a,"));
    }

    #[test]
    fn a_key_that_others_can_read_or_that_is_none_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE);
        replace(&path, "nonsense\n", 0o600).unwrap();
        assert!(WebhookKey::load_or_create(dir.path()).is_err());
        replace(&path, "whsk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 0o644).unwrap();
        assert!(WebhookKey::load_or_create(dir.path()).unwrap_err().to_string().contains("chmod 600"));
    }
}
