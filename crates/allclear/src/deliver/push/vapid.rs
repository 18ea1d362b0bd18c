//! Who sends: the server's key for push services, and the tokens it signs (RFC 8292, ES256 of RFC 7518).
//!
//! What always holds: the key is drawn once and readable by its owner alone; every subscription is bound to it, so without it
//! all of them are lost; a token names one push service and lasts half a day.

use super::seal::{drawn, point};
use crate::store::{self, replace};
use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::SecretKey;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use ring::hmac;
use std::collections::BTreeMap;
use std::path::Path;

/// The key's file in the record's folder: the secret in base64url, as tools for Web Push take it.
const FILE: &str = "push.key";
/// How long a token is good for, in seconds; at most a day is allowed (RFC 8292, section 2).
const TOKEN_S: i64 = 12 * 3600;
/// A token with less than this left is made anew, in seconds.
const TOKEN_LEFT_S: i64 = 3600;
/// Push services whose tokens are kept.
const TOKENS_MAX: usize = 1024;

/// The server's key.
pub struct Vapid {
    key: SigningKey,
    /// The public half, base64url.
    public: String,
    /// Who may be written to about what is sent: `mailto:` or `https:`.
    contact: Option<String>,
    topics: hmac::Key,
    tokens: BTreeMap<String, (String, i64)>,
}

impl std::fmt::Debug for Vapid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vapid({})", self.public)
    }
}

impl Vapid {
    /// The key in `folder`, drawn when there is none.
    pub fn load_or_create(folder: &Path, contact: Option<String>) -> anyhow::Result<Self> {
        let path = folder.join(FILE);
        let secret = if let Some(text) = store::secret(&path)? {
            let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok();
            let key = bytes.and_then(|bytes| SecretKey::from_slice(&bytes).ok());
            key.with_context(|| format!("failed to read {}: expected 32 bytes in base64url", path.display()))?
        } else {
            let key = drawn().map_err(|error| anyhow::anyhow!("failed to {error}"))?;
            replace(&path, &format!("{}\n", URL_SAFE_NO_PAD.encode(key.to_bytes())), 0o600)?;
            key
        };
        Ok(Self::of(&secret, contact))
    }

    fn of(secret: &SecretKey, contact: Option<String>) -> Self {
        let mut about = b"allclear topics ".to_vec();
        about.extend_from_slice(&secret.to_bytes());
        Self {
            key: SigningKey::from(secret),
            public: URL_SAFE_NO_PAD.encode(point(&secret.public_key())),
            contact,
            topics: hmac::Key::new(hmac::HMAC_SHA256, &about),
            tokens: BTreeMap::new(),
        }
    }

    /// The public key as browsers take it (`applicationServerKey`): an uncompressed point in base64url.
    pub fn public(&self) -> &str {
        &self.public
    }

    /// The `Authorization` of a request to the push service of this origin (`https://host`), at `now_s` (seconds after 1970).
    pub fn authorization(&mut self, origin: &str, now_s: i64) -> String {
        if let Some((token, _)) = self.tokens.get(origin).filter(|(_, until_s)| *until_s - now_s > TOKEN_LEFT_S) {
            return format!("vapid t={token},k={}", self.public);
        }
        if self.tokens.len() >= TOKENS_MAX {
            self.tokens.clear();
        }
        let (token, until_s) = (self.token(origin, now_s + TOKEN_S), now_s + TOKEN_S);
        let header = format!("vapid t={token},k={}", self.public);
        self.tokens.insert(origin.to_owned(), (token, until_s));
        header
    }

    fn token(&self, origin: &str, until_s: i64) -> String {
        let mut claims = serde_json::json!({"aud": origin, "exp": until_s});
        if let Some(contact) = &self.contact {
            claims["sub"] = contact.as_str().into();
        }
        let head = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
        let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        // r and s, 32 bytes each (RFC 7518, section 3.4); the nonce is RFC 6979's.
        let signature: Signature = self.key.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }

    /// The `Topic` under which a push service keeps only the newest message of a community (RFC 8030, section 5.4): of this
    /// subscription alone, so that the service cannot tell who asked for the same community.
    pub fn topic(&self, endpoint: &str, community: &str) -> String {
        let tag = hmac::sign(&self.topics, format!("{community} {endpoint}").as_bytes());
        URL_SAFE_NO_PAD.encode(&tag.as_ref()[..24])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;
    use std::os::unix::fs::PermissionsExt as _;

    fn verified(vapid: &Vapid, authorization: &str) -> serde_json::Value {
        let (token, key) = authorization.strip_prefix("vapid t=").unwrap().split_once(",k=").unwrap();
        assert_eq!(key, vapid.public());
        let key = VerifyingKey::from_sec1_bytes(&URL_SAFE_NO_PAD.decode(key).unwrap()).unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        key.verify(signed.as_bytes(), &signature).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(signed.split_once('.').unwrap().1).unwrap()).unwrap()
    }

    #[test]
    fn a_token_names_its_service_and_is_made_anew_before_it_ends() {
        let contact = Some("mailto:duty@example.org".to_owned());
        let mut vapid = Vapid::of(&SecretKey::from_slice(&[7; 32]).unwrap(), contact);
        let first = vapid.authorization("https://push.example.org", 1000);
        let claims = verified(&vapid, &first);
        assert_eq!(claims["aud"], "https://push.example.org");
        assert_eq!(claims["exp"], 1000 + TOKEN_S);
        assert_eq!(claims["sub"], "mailto:duty@example.org");
        assert_eq!(vapid.authorization("https://push.example.org", 2000), first, "kept");
        let later = vapid.authorization("https://push.example.org", 1000 + TOKEN_S - TOKEN_LEFT_S);
        assert_eq!(verified(&vapid, &later)["exp"], 1000 + 2 * TOKEN_S - TOKEN_LEFT_S);
        let elsewhere = vapid.authorization("https://else.example", 1);
        assert_eq!(verified(&vapid, &elsewhere)["aud"], "https://else.example");
    }

    #[test]
    fn a_topic_is_of_one_subscription_and_community_and_tells_neither() {
        let vapid = Vapid::of(&SecretKey::from_slice(&[7; 32]).unwrap(), None);
        let topic = vapid.topic("https://a/1", "UA59");
        assert_eq!(topic, vapid.topic("https://a/1", "UA59"));
        assert!(topic.len() == 32 && topic.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        assert_ne!(topic, vapid.topic("https://a/2", "UA59"));
        assert_ne!(topic, vapid.topic("https://a/1", "UA32"));
    }

    #[test]
    fn the_key_is_drawn_once_kept_for_its_owner_and_refused_when_others_can_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let first = Vapid::load_or_create(dir.path(), None).unwrap();
        let path = dir.path().join(FILE);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Vapid::load_or_create(dir.path(), None).unwrap().public(), first.public());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Vapid::load_or_create(dir.path(), None).unwrap_err().to_string().contains("chmod 600"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "nonsense").unwrap();
        assert!(Vapid::load_or_create(dir.path(), None).is_err());
    }
}
