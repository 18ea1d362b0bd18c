//! The key that commands are signed with, beside the record: drawn once, readable by its owner alone. A store is of one world, and so
//! is its key.

use crate::store::{self, replace};
use anyhow::bail;
use siren::SecretKey;
use std::path::Path;

/// The secret key of the file, made when it is missing and `may_make`; its public half stands in `public` from then on.
pub fn load_or_create(path: &Path, public: &Path, may_make: bool) -> anyhow::Result<SecretKey> {
    let key = match store::secret(path)? {
        Some(text) => {
            SecretKey::parse(&text).map_err(|error| anyhow::anyhow!("failed to {error} ({})", path.display()))?
        }
        None if may_make && public.exists() => {
            bail!(
                "failed to find {}: put it back from a backup, or take {} away and pin the new key in every device",
                path.display(),
                public.display()
            );
        }
        None if may_make => {
            let mut seed = [0_u8; 32];
            getrandom::fill(&mut seed).map_err(|error| anyhow::anyhow!("failed to draw a key: {error}"))?;
            let key = SecretKey::from_seed(&seed);
            replace(path, &format!("{}\n", key.to_secret_text()), 0o600)?;
            key
        }
        None => bail!("failed to find {}: a device has its key before it starts", path.display()),
    };
    let text = format!("{}\n", key.public().to_text());
    if !std::fs::read_to_string(public).is_ok_and(|there| there == text) {
        replace(public, &text, 0o644)?;
    }
    Ok(key)
}
