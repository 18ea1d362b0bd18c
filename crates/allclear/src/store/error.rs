//! What can go wrong with a store, each with its place and remedy.

use model::{EventId, Status, Timestamp};
use std::path::{Path, PathBuf};

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process writes it.
    #[error("open the store in {}: {} writes it already; stop that one, or give this one another [store] path", dir.display(), holder)]
    Locked {
        /// The store.
        dir: PathBuf,
        /// Who holds it, as far as known.
        holder: String,
    },
    /// It belongs to the other world.
    #[error("open the store in {} as {}: it was begun as {}; exercise and actual never mix, give another [store] path",
        dir.display(), world(*asked), stored)]
    World {
        /// The store.
        dir: PathBuf,
        /// What it says it is.
        stored: String,
        /// What was asked for.
        asked: Status,
    },
    /// A newer program wrote it.
    #[error("open {}: its schema is number {found}, this program knows up to {known}; use the newer program", path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its schema number.
        found: i64,
        /// The newest known here.
        known: i64,
    },
    /// Not a store of this program.
    #[error("open {}: it is a database of another program; give another [store] path", path.display())]
    Foreign {
        /// The database.
        path: PathBuf,
    },
    /// There is none.
    #[error("open {}: there is no store here; `allclear run` with this [store] path begins one", path.display())]
    Missing {
        /// The database.
        path: PathBuf,
    },
    /// A signing key is missing, read by others, unreadable or another one.
    #[error("use the key {}: {why}", path.display())]
    Key {
        /// The key file.
        path: PathBuf,
        /// Why, and what to do.
        why: String,
    },
    /// What is stored does not match its own last checkpoint.
    #[error("continue the record in {}: {why}; find the place with `allclear record verify {}`, and restore the directory from a backup", dir.display(), dir.display())]
    Damaged {
        /// The store.
        dir: PathBuf,
        /// What does not match.
        why: String,
    },
    /// An event does not carry its index.
    #[error("append entry {index}: the event in it says it is number {found}")]
    WrongIndex {
        /// Where it would stand.
        index: u64,
        /// What it says.
        found: EventId,
    },
    /// Time went back.
    #[error("append entry {index}: its time {at} is before {before} of the entry before it")]
    TimeWentBack {
        /// Where it would stand.
        index: u64,
        /// Its time.
        at: Timestamp,
        /// The time before.
        before: Timestamp,
    },
    /// An entry does not fit a leaf.
    #[error(
        "append entry {index} ({kind}): it has {bytes} bytes, the limit of one entry is {} bytes",
        record::ENTRY_BYTES_MAX
    )]
    TooLarge {
        /// Where it would stand.
        index: u64,
        /// What it is.
        kind: &'static str,
        /// Its length.
        bytes: usize,
    },
    /// An entry has no JSON form.
    #[error("append entry {index}: {why}")]
    Unwritable {
        /// Where it would stand.
        index: u64,
        /// Why.
        why: String,
    },
    /// A write failed and its outcome is unknown: nothing more is written until [`super::Store::recover`] succeeds.
    #[error("write the record in {}: it has stopped, because its state is unknown since a write failed ({why}); \
        warning continues unrecorded; make room or repair the disk, then restart", dir.display())]
    Poisoned {
        /// The store.
        dir: PathBuf,
        /// The failure.
        why: String,
    },
    /// The database refused.
    #[error("use {}: {source}", path.display())]
    Sql {
        /// The database.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The file system refused.
    #[error("use {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl StoreError {
    pub(crate) fn sql(path: &Path, source: rusqlite::Error) -> Self {
        Self::Sql { path: path.to_owned(), source }
    }

    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }

    pub(crate) fn damaged(dir: &Path, why: impl Into<String>) -> Self {
        Self::Damaged { dir: dir.to_owned(), why: why.into() }
    }
}

/// A world as the store writes it.
pub(crate) const fn world(status: Status) -> &'static str {
    match status {
        Status::Actual => "actual",
        Status::Exercise => "exercise",
    }
}
