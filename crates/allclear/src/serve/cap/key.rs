//! The key that signs messages, kept beside the record as the record's own: drawn once, readable by its owner alone.

use crate::store::{self, replace};
use anyhow::{Context as _, bail};
use cap::sign::{Certificate, Key};
use std::io::ErrorKind;
use std::path::Path;

/// Years its certificate says it is valid: pinned keys have no end but their replacement.
const YEARS: i16 = 20;

/// The key and certificate in `folder`, made at `now_s` (seconds after 1970) when there is neither. A certificate without its key
/// cannot be made good: whoever pinned it could not tell a new key from a forgery.
pub(super) fn load_or_create(folder: &Path, name: &str, now_s: i64) -> anyhow::Result<(Key, Certificate)> {
    let (path, public) = (folder.join("cap.key"), folder.join("cap.crt"));
    let key = match store::secret(&path)? {
        Some(text) => {
            Key::from_pem(&text).map_err(|error| anyhow::anyhow!("failed to {error} ({})", path.display()))?
        }
        None if public.exists() => {
            bail!(
                "failed to find {}: put it back from a backup, or take {} away and tell everyone who pinned it",
                path.display(),
                public.display()
            );
        }
        None => {
            let mut drawn = None;
            while drawn.is_none() {
                let mut secret = [0_u8; 32];
                getrandom::fill(&mut secret).map_err(|error| anyhow::anyhow!("failed to draw a key: {error}"))?;
                drawn = Key::of(&secret);
            }
            let key = drawn.context("failed to draw a key")?;
            replace(&path, &key.to_pem(), 0o600)?;
            key
        }
    };
    let certificate = match std::fs::read_to_string(&public) {
        Ok(text) => Certificate::from_pem(&text, &key).map_err(|error| {
            anyhow::anyhow!("failed to {error} ({}): or it is not that of {}", public.display(), path.display())
        })?,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let made = key.certificate(name, now_s, YEARS);
            replace(&public, &made.to_pem(), 0o644)?;
            made
        }
        Err(error) => return Err(error).with_context(|| format!("failed to read {}", public.display())),
    };
    tracing::info!(key = key.public().fingerprint(), certificate = %public.display(), "messages are signed");
    Ok((key, certificate))
}
