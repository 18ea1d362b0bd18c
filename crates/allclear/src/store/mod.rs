//! The store: every event and every decision, durable before anything is told, in one SQLite file.
//!
//! What comes in: [`Entry`]s in order, a batch at a time. What goes out: an append that is on the disk when it returns,
//! what a restart needs ([`Restart`]), and read-only views for history and proofs ([`Reader`]).
//! What always holds:
//!   entry i is leaf i of the tree (RFC 6962), and event i says so itself
//!   times never go back from one entry to the next
//!   entries, tree, signed checkpoint and projections change in one transaction, or not at all
//!   one process writes; anyone may read
//! When the outcome of a write is unknown the store stops writing and says so in every answer
//! ([`StoreError::Poisoned`]); [`Store::recover`] finds out what is on the disk.
//! Deliberately absent: what entries mean to people, threads, and any deletion.
//! How it is laid out: docs/internals/store.md.

mod audit;
mod entry;
mod error;
mod key;
mod nodes;
mod project;
mod read;
mod restart;
mod schema;
pub mod seal;
#[cfg(test)]
mod tests;

pub use audit::{Audit, audit};
pub use entry::Entry;
pub use error::StoreError;
pub(crate) use key::{replace, secret};
pub use read::{HistoryRow, ROWS_MAX, Reader};
pub use restart::Restart;

use model::{EventId, ReportId, SourceId, Statement, Status, Timestamp};
use record::{Checkpoint, ENTRY_BYTES_MAX, Frontier, Hash, Signer, TILE_HEIGHT, leaf_hash};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Name of the database inside the store's directory.
pub(crate) const DATABASE: &str = "allclear.db";

/// The one writer of a store.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    db: Connection,
    signer: Key,
    frontier: Frontier,
    last_at: Option<Timestamp>,
    // Set when a write failed and its outcome is unknown.
    poisoned: Option<String>,
    // Held for as long as the store is open; the kernel lets go of it when the process dies.
    _lock: File,
}

/// The signing key, kept out of debug output.
struct Key(Signer);
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name())
    }
}

/// What an append did. It is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Index of the first entry appended.
    pub first: u64,
    /// Entries in the record now.
    pub size: u64,
    /// Root of the tree of these entries; a signed checkpoint says the same.
    pub root: Hash,
}

impl Store {
    /// Opens the store in `dir`, or begins one. Its world is fixed when it begins.
    ///
    /// Checks cheaply that the last checkpoint is signed by this store's key and is the root of what is stored; the
    /// whole of it is audited by `allclear record verify`.
    pub fn open(dir: &Path, status: Status) -> Result<Self, StoreError> {
        std::fs::create_dir_all(dir).map_err(|e| StoreError::io(dir, e))?;
        let lock = schema::lock(dir)?;
        let path = dir.join(DATABASE);
        let db = schema::open_writer(&path)?;
        let signer = key::load_or_create(dir, status, schema::is_new(&db, &path)?)?;
        schema::prepare(&db, &path, status, &signer)?;
        key::write_public(dir, &signer)?;
        // A file's name is durable only when its directory is.
        File::open(dir).and_then(|d| d.sync_all()).map_err(|e| StoreError::io(dir, e))?;
        let (frontier, last_at) = schema::check_tip(&db, dir, &signer)?;
        let signer = Key(signer);
        let store = Self { dir: dir.to_owned(), db, signer, frontier, last_at, poisoned: None, _lock: lock };
        tracing::info!(key = store.verifier_key(), "the record's public key");
        Ok(store)
    }

    /// Index of the next entry: the size of the record.
    pub const fn next_index(&self) -> u64 {
        self.frontier.size()
    }

    /// Root of the tree of everything stored.
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// The public key of the log, to be pinned by whoever verifies it (`name+id+base64`; also in `log.vkey`).
    pub fn verifier_key(&self) -> String {
        self.signer.0.verifier().to_text()
    }

    /// Time of the last entry; `None` for an empty record.
    pub const fn last_at(&self) -> Option<Timestamp> {
        self.last_at
    }

    /// The name of the log: of which program, which world, and which of its records.
    pub fn origin(&self) -> &str {
        self.signer.0.name()
    }

    /// A view for readers; it opens its own connections.
    pub fn reader(&self) -> Reader {
        Reader::new(&self.dir)
    }

    /// Appends entries in one transaction. They are on the disk when this returns.
    ///
    /// Refuses before it writes anything: an event whose id is not its index, a time that goes back, an entry above
    /// 65,535 bytes. Any failure of the database after that poisons the store, because its outcome is unknown.
    pub fn append(&mut self, entries: &[Entry]) -> Result<Appended, StoreError> {
        if let Some(why) = &self.poisoned {
            return Err(StoreError::Poisoned { dir: self.dir.clone(), why: why.clone() });
        }
        let encoded = self.encode(entries)?;
        if entries.is_empty() {
            return Ok(Appended { first: self.next_index(), size: self.next_index(), root: self.root() });
        }
        match self.write(entries, &encoded) {
            Ok(frontier) => {
                let first = self.next_index();
                self.frontier = frontier;
                self.last_at = entries.last().map(Entry::at);
                Ok(Appended { first, size: self.next_index(), root: self.root() })
            }
            Err(error) => {
                let why = error.to_string();
                self.poisoned = Some(why.clone());
                Err(StoreError::Poisoned { dir: self.dir.clone(), why })
            }
        }
    }

    fn encode(&self, entries: &[Entry]) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut last_at = self.last_at;
        let mut encoded = Vec::with_capacity(entries.len());
        for (index, entry) in (self.next_index()..).zip(entries) {
            if let Entry::Event(event) = entry
                && event.id != EventId(index)
            {
                return Err(StoreError::WrongIndex { index, found: event.id });
            }
            if let Some(before) = last_at.filter(|before| entry.at() < *before) {
                return Err(StoreError::TimeWentBack { index, at: entry.at(), before });
            }
            last_at = Some(entry.at());
            let bytes = entry.to_bytes().map_err(|e| StoreError::Unwritable { index, why: e.to_string() })?;
            if bytes.len() > ENTRY_BYTES_MAX {
                return Err(StoreError::TooLarge { index, kind: entry.describe(), bytes: bytes.len() });
            }
            encoded.push(bytes);
        }
        Ok(encoded)
    }

    fn write(&mut self, entries: &[Entry], encoded: &[Vec<u8>]) -> Result<Frontier, StoreError> {
        let path = self.dir.join(DATABASE);
        let sql = |e| StoreError::sql(&path, e);
        let mut frontier = self.frontier.clone();
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sql)?;
        {
            let mut insert = tx
                .prepare_cached("INSERT INTO entries (idx, kind, at, bytes, leaf_hash) VALUES (?1, ?2, ?3, ?4, ?5)")
                .map_err(sql)?;
            let mut insert_node =
                tx.prepare_cached("INSERT INTO nodes (level, idx, hash) VALUES (?1, ?2, ?3)").map_err(sql)?;
            for (entry, bytes) in entries.iter().zip(encoded) {
                let index = frontier.size();
                let leaf = leaf_hash(bytes);
                insert.execute(params![index, entry.kind(), entry.at().millis(), bytes, leaf.0]).map_err(sql)?;
                let mut tops = Vec::new();
                frontier.push(leaf, |level, index, hash| {
                    // Between these levels a tile's own hashes give the nodes; see `nodes`.
                    if level > 0 && level % TILE_HEIGHT == 0 {
                        tops.push((level / TILE_HEIGHT, index, hash));
                    }
                });
                for (tile_level, index, hash) in tops {
                    insert_node.execute(params![tile_level, index, hash.0]).map_err(sql)?;
                }
                project::project(&tx, index, entry).map_err(sql)?;
            }
            let root = frontier.root();
            let checkpoint = Checkpoint { origin: self.signer.0.name().to_owned(), size: frontier.size(), root };
            let note = checkpoint
                .sign(&self.signer.0)
                .map_err(|e| StoreError::Key { path: key::path(&self.dir), why: e.to_string() })?;
            tx.prepare_cached("INSERT INTO checkpoints (size, root, note) VALUES (?1, ?2, ?3)")
                .and_then(|mut s| s.execute(params![frontier.size(), root.0, note]))
                .map_err(sql)?;
        }
        tx.commit().map_err(sql)?;
        Ok(frontier)
    }

    /// After a failed write: looks at what is on the disk and takes up writing again if the store is whole.
    ///
    /// The failed batch is either wholly in the record or wholly absent: compare [`Store::next_index`] before and
    /// after. Entries not in the record can be appended again, as they were.
    pub fn recover(&mut self) -> Result<(), StoreError> {
        let path = self.dir.join(DATABASE);
        let db = schema::open_writer(&path)?;
        let (frontier, last_at) = schema::check_tip(&db, &self.dir, &self.signer.0)?;
        // Nothing of the record changes here, but this must reach the disk before writing is believed in again.
        db.execute("UPDATE meta SET value = value WHERE key = 'origin'", []).map_err(|e| StoreError::sql(&path, e))?;
        self.db = db;
        self.frontier = frontier;
        self.last_at = last_at;
        self.poisoned = None;
        Ok(())
    }

    /// Where a source's report with this id stands in the record, if it was said before.
    ///
    /// A failure to read is told as "not seen": a report said twice is better than a report lost.
    pub fn seen(&self, source: &SourceId, id: &ReportId) -> Option<EventId> {
        let found = self
            .db
            .prepare_cached("SELECT idx FROM reports WHERE source = ?1 AND id = ?2")
            .and_then(|mut s| s.query_row([source.as_str(), id.as_str()], |row| row.get(0)).optional());
        match found {
            Ok(index) => index.map(EventId),
            Err(error) => {
                tracing::warn!(%error, %source, %id, "could not look up whether a report was seen before");
                None
            }
        }
    }

    /// Every statement of a source, in the order of the record.
    pub fn statements(&self, source: &SourceId) -> Result<Vec<Statement>, StoreError> {
        read::statements(&self.db, source).map_err(|e| StoreError::sql(&self.dir.join(DATABASE), e))
    }

    /// What the engine needs to go on where it stopped: see [`Restart`].
    pub fn restart(&self) -> Result<Restart, StoreError> {
        restart::restart(&self.db).map_err(|e| StoreError::sql(&self.dir.join(DATABASE), e))
    }
}
