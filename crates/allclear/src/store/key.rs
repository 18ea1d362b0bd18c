//! The log's signing key: drawn once from the operating system, kept beside the record, readable by its owner alone.

use super::error::{StoreError, world};
use model::Status;
use record::Signer;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// The secret key's file.
pub(super) fn path(dir: &Path) -> PathBuf {
    dir.join("log.key")
}

/// The public key's file.
pub(super) fn public_path(dir: &Path) -> PathBuf {
    dir.join("log.vkey")
}

/// The key in `dir`. A new store gets a new one; an old store without its key cannot go on, because nobody who pinned
/// the key could tell the continuation from a forgery.
pub(super) fn load_or_create(dir: &Path, status: Status, new_store: bool) -> Result<Signer, StoreError> {
    let path = path(dir);
    let wrong = |why: String| StoreError::Key { path: path.clone(), why };
    match secret(&path)? {
        Some(text) => Signer::parse(&text).map_err(|e| wrong(e.to_string())),
        None if new_store => {
            let mut secret = [0_u8; 32];
            getrandom::fill(&mut secret).map_err(|e| wrong(format!("the operating system gave no randomness: {e}")))?;
            let mut tag = [0_u8; 4];
            getrandom::fill(&mut tag).map_err(|e| wrong(format!("the operating system gave no randomness: {e}")))?;
            let name = format!("allclear/{}/{:08x}", world(status), u32::from_be_bytes(tag));
            let signer = Signer::new(&name, &secret).map_err(|e| wrong(e.to_string()))?;
            replace(&path, &format!("{}\n", signer.to_secret_text()), 0o600)?;
            Ok(signer)
        }
        None => {
            Err(wrong("it is missing; put it back from a backup, or begin a new store in another directory".to_owned()))
        }
    }
}

/// What a file holds that nobody but its owner may read; `None` when there is no such file.
pub(crate) fn secret(path: &Path) -> Result<Option<String>, StoreError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::io(path, error)),
    };
    let mode = std::fs::metadata(path).map_err(|e| StoreError::io(path, e))?.permissions().mode();
    if mode & 0o077 != 0 {
        let why = format!("others can read it (mode {:03o}); chmod 600 it, and think who has read it", mode & 0o777);
        return Err(StoreError::Key { path: path.to_owned(), why });
    }
    Ok(Some(text))
}

/// Writes the public key beside it, for whoever wants to pin it.
pub(super) fn write_public(dir: &Path, signer: &Signer) -> Result<(), StoreError> {
    let (path, text) = (public_path(dir), format!("{}\n", signer.verifier().to_text()));
    match std::fs::read_to_string(&path) {
        Ok(there) if there == text => Ok(()),
        _ => replace(&path, &text, 0o644),
    }
}

/// Writes a file so that after a crash it is either whole or not there.
pub(crate) fn replace(path: &Path, text: &str, mode: u32) -> Result<(), StoreError> {
    let draft = path.with_extension("tmp");
    let write = || -> std::io::Result<()> {
        let _ = std::fs::remove_file(&draft);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&draft, path)?;
        path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
    };
    write().map_err(|e| StoreError::io(path, e))
}
