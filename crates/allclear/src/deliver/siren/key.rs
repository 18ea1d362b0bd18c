//! The key that commands are signed with, beside the record: drawn once, readable by its owner alone. A store is of one world, and so
//! is its key.

use crate::store::replace;
use anyhow::{Context as _, bail};
use siren::SecretKey;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// The secret key of the file, made when it is missing and `may_make`; its public half stands in `public` from then on.
pub fn load_or_create(path: &Path, public: &Path, may_make: bool) -> anyhow::Result<SecretKey> {
    let key = match std::fs::read_to_string(path) {
        Ok(text) => {
            let mode = std::fs::metadata(path)?.permissions().mode();
            if mode & 0o077 != 0 {
                bail!(
                    "failed to use {}: others can read it (mode {:03o}); chmod 600 it, and think who has read it",
                    path.display(),
                    mode & 0o777
                );
            }
            SecretKey::parse(&text).map_err(|error| anyhow::anyhow!("failed to {error} ({})", path.display()))?
        }
        Err(error) if error.kind() == ErrorKind::NotFound && may_make && public.exists() => {
            bail!(
                "failed to find {}: put it back from a backup, or take {} away and pin the new key in every device",
                path.display(),
                public.display()
            );
        }
        Err(error) if error.kind() == ErrorKind::NotFound && may_make => {
            let mut seed = [0_u8; 32];
            getrandom::fill(&mut seed).map_err(|error| anyhow::anyhow!("failed to draw a key: {error}"))?;
            let key = SecretKey::from_seed(&seed);
            replace(path, &format!("{}\n", key.to_secret_text()), 0o600)?;
            key
        }
        Err(error) => return Err(error).with_context(|| format!("failed to read {}", path.display())),
    };
    let text = format!("{}\n", key.public().to_text());
    if !std::fs::read_to_string(public).is_ok_and(|there| there == text) {
        replace(public, &text, 0o644)?;
    }
    Ok(key)
}
