//! What the chronicle holds under seal: salts and texts, kept beside the record for its owner alone until their time.
//!
//! One file for each seal, `sealed/COMMITMENT.json`, mode 0600. Without it nobody, not even this house, can open the seal again.

use super::error::StoreError;
use super::key::{replace, secret};
use chronicle::book::{Desk, Draft, Sealed, Settled, Shelf, settle};
use model::{Content, Filing, FilingKind};
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// Most files read.
const SEALS_MAX: usize = 10_000;

fn folder(dir: &Path) -> PathBuf {
    dir.join("sealed")
}

/// Keeps what opens a seal. On the disk when this returns: before the seal itself goes into the record.
pub fn keep(dir: &Path, sealed: &Sealed) -> Result<(), StoreError> {
    let folder = folder(dir);
    match std::fs::DirBuilder::new().mode(0o700).create(&folder) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(StoreError::io(&folder, error)),
    }
    let path = folder.join(format!("{}.json", sealed.commitment));
    let text = serde_json::to_string(sealed).map_err(|error| StoreError::io(&path, error.into()))?;
    replace(&path, &text, 0o600)
}

/// Everything kept, by commitment; and what could not be read, with why.
pub fn kept(dir: &Path) -> Result<(Vec<Sealed>, Vec<String>), StoreError> {
    let folder = folder(dir);
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok((Vec::new(), Vec::new())),
        Err(error) => return Err(StoreError::io(&folder, error)),
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths: Vec<PathBuf> = paths.filter(|it| it.extension().is_some_and(|it| it == "json")).collect();
    paths.sort();
    let (mut found, mut broken) = (Vec::new(), Vec::new());
    for path in paths.into_iter().take(SEALS_MAX) {
        let shown = path.display().to_string();
        match secret(&path) {
            Ok(Some(text)) => match serde_json::from_str::<Sealed>(&text) {
                Ok(sealed) => found.push(sealed),
                Err(error) => broken.push(format!("read {shown}: {error}")),
            },
            Ok(None) => {}
            Err(error) => broken.push(error.to_string()),
        }
    }
    Ok((found, broken))
}

/// Why nothing was settled, in words that fit after "failed to".
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// No secret could be drawn.
    #[error("seal: {0}")]
    Salt(String),
    /// One thing does not fit, and keeps the rest out too.
    #[error("{0}")]
    Unfit(String),
    /// The folder.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What of `drafts` is new to what the record has of their dossier (`shelf`), all of it checked, and what opens its seals on the disk in
/// `dir` already; without `dir` nothing is kept. What the drafts do not have any more is withdrawn when there is a reason to.
///
/// Beside it what of the folder could not be read. Any error leaves everything as it was: it comes before anything is filed, and a salt
/// that was kept then is taken up by the next import.
pub fn settled(
    dir: Option<&Path>,
    shelf: Option<&Shelf>,
    drafts: Vec<Draft>,
    desk: Desk<'_>,
    withdraw: Option<&str>,
) -> Result<(Settled, Vec<String>), SettleError> {
    // A salt that the system refuses to give is found here, before anything is sealed.
    let sealing = drafts.iter().filter(|it| it.embargo_until.is_some());
    let mut salts = sealing.map(|_| salt()).collect::<Result<Vec<_>, _>>().map_err(SettleError::Salt)?;
    let (kept, broken) = dir.map(kept).transpose()?.unwrap_or_default();
    let mut settled = settle(shelf, drafts, &kept, desk, || salts.pop().unwrap_or_default());
    let gone = settled.absent.iter().filter(|(kind, _)| *kind != FilingKind::Head);
    let withdrawn = withdraw.into_iter().flat_map(|reason| {
        gone.clone().map(move |(kind, id)| Filing {
            status: desk.status,
            dossier: desk.dossier.to_owned(),
            kind: *kind,
            id: id.clone(),
            by: desk.by.to_owned(),
            content: Content::Withdrawn { reason: reason.to_owned() },
        })
    });
    let withdrawn: Vec<Filing> = withdrawn.collect();
    settled.new.extend(withdrawn);
    settled.new.iter().try_for_each(Filing::check).map_err(SettleError::Unfit)?;
    if let Some(dir) = dir {
        settled.sealed.iter().try_for_each(|it| keep(dir, it))?;
    }
    Ok((settled, broken))
}

/// A new salt: the SHA-256 of 32 bytes of the operating system's randomness, hexadecimal.
pub fn salt() -> Result<String, String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| format!("the operating system gave no randomness: {error}"))?;
    Ok(model::sha256(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Timestamp;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn what_is_kept_is_read_again_and_is_its_owners_alone() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(kept(dir.path()).unwrap(), (vec![], vec![]));
        let sealed = Sealed {
            commitment: "ab".repeat(32),
            salt: salt().unwrap(),
            until: Timestamp::from_millis(1_750_000_000_000),
            dossier: "d".into(),
            kind: FilingKind::Incident,
            id: "i/v1".into(),
            text: "{}".into(),
        };
        keep(dir.path(), &sealed).unwrap();
        keep(dir.path(), &sealed).unwrap();
        assert_eq!(kept(dir.path()).unwrap(), (vec![sealed.clone()], vec![]));
        let path = dir.path().join("sealed").join(format!("{}.json", sealed.commitment));
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        // Readable by others, or no JSON: named, and the rest is read.
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        std::fs::write(dir.path().join("sealed/x.json"), "{").unwrap();
        let (found, broken) = kept(dir.path()).unwrap();
        assert_eq!((found.len(), broken.len()), (0, 2), "{broken:?}");
        assert_ne!(salt().unwrap(), salt().unwrap());
    }
}
