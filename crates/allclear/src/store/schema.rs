//! The database: its tables, its number, how it is opened, and what is checked before it is believed.

use super::error::{StoreError, world};
use super::key;
use super::nodes::SqlNodes;
use model::{Status, Timestamp};
use record::{Checkpoint, Frontier, Hash, Signer, TILE_WIDTH, leaf_hash};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

/// "ACLR": tells this program's databases from others'.
const APPLICATION_ID: i64 = 0x4143_4c52;
/// Number of the schema below. Raised with every change; an older program refuses a newer number.
pub(super) const SCHEMA: i64 = 2;

/// The tables of the record itself, and those derived from it. `audit` rebuilds the derived ones and compares.
const RECORD: &str = "
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE entries (
        idx INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        at INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        leaf_hash BLOB NOT NULL
    ) STRICT;
    CREATE TABLE nodes (level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, idx))
        STRICT, WITHOUT ROWID;
    CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, root BLOB NOT NULL, note TEXT NOT NULL) STRICT;
";
pub(super) const PROJECTIONS: &str = "
    CREATE TABLE alerts (
        id INTEGER PRIMARY KEY,
        community TEXT NOT NULL,
        standing TEXT NOT NULL,
        alert_type TEXT NOT NULL,
        level TEXT NOT NULL,
        kinds TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        ended_at INTEGER,
        outcome TEXT,
        ended_by TEXT,
        json TEXT NOT NULL
    ) STRICT;
    CREATE INDEX alerts_by_community ON alerts (community, started_at);
    CREATE INDEX alerts_by_start ON alerts (started_at);
    CREATE INDEX alerts_in_force ON alerts (id) WHERE ended_at IS NULL;
    CREATE TABLE reports (source TEXT NOT NULL, id TEXT NOT NULL, idx INTEGER NOT NULL, PRIMARY KEY (source, id))
        STRICT, WITHOUT ROWID;
    CREATE TABLE orders (
        source TEXT NOT NULL,
        community TEXT NOT NULL,
        alert_type TEXT NOT NULL,
        idx INTEGER NOT NULL,
        PRIMARY KEY (source, community, alert_type)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE pictures (source TEXT NOT NULL, region TEXT NOT NULL, idx INTEGER NOT NULL, PRIMARY KEY (source, region))
        STRICT, WITHOUT ROWID;
    CREATE TABLE chronicle (idx INTEGER PRIMARY KEY) STRICT;
";
/// From schema 1, which had no table of what the chronicle is made of. In a text of an entry a quotation mark is escaped.
const TO_2: &str = r#"
    CREATE TABLE IF NOT EXISTS chronicle (idx INTEGER PRIMARY KEY) STRICT;
    INSERT OR IGNORE INTO chronicle SELECT idx FROM entries
        WHERE kind = 'event' AND instr(CAST(bytes AS TEXT), '"body":{"event":"statement",') > 0;
"#;

/// Takes the store for this process, or tells who has it.
pub(super) fn lock(dir: &Path) -> Result<File, StoreError> {
    let path = dir.join("allclear.lock");
    let io = |e| StoreError::io(&path, e);
    let mut file = File::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0).and_then(|()| file.rewind()).map_err(io)?;
            writeln!(file, "{}", std::process::id()).map_err(io)?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            // The number only helps the message; a lock without one is still a lock.
            let _ = file.read_to_string(&mut pid);
            let holder = match pid.trim() {
                "" => "another process".to_owned(),
                pid => format!("process {pid}"),
            };
            Err(StoreError::Locked { dir: dir.to_owned(), holder })
        }
        Err(TryLockError::Error(error)) => Err(io(error)),
    }
}

/// A connection that writes: durable at every commit.
pub(super) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    let sql = |e| StoreError::sql(path, e);
    let db = Connection::open(path).map_err(sql)?;
    db.busy_timeout(Duration::from_secs(5)).map_err(sql)?;
    db.pragma_update(None, "journal_mode", "wal").map_err(sql)?;
    db.pragma_update(None, "synchronous", "full").map_err(sql)?;
    db.pragma_update(None, "foreign_keys", true).map_err(sql)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}

/// A connection that cannot write.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    if !path.exists() {
        return Err(StoreError::Missing { path: path.to_owned() });
    }
    let sql = |e| StoreError::sql(path, e);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(sql)?;
    db.busy_timeout(Duration::from_secs(5)).map_err(sql)?;
    db.set_prepared_statement_cache_capacity(32);
    if is_new(&db, path)? {
        return Err(StoreError::Missing { path: path.to_owned() });
    }
    Ok(db)
}

/// Whether nothing was ever stored here. Refuses other programs' databases and newer schemas.
pub(super) fn is_new(db: &Connection, path: &Path) -> Result<bool, StoreError> {
    let sql = |e| StoreError::sql(path, e);
    let number = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(sql);
    let (application, found) = (number("application_id")?, number("user_version")?);
    if application == 0 && found == 0 {
        let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(sql)?;
        return if tables == 0 { Ok(true) } else { Err(StoreError::Foreign { path: path.to_owned() }) };
    }
    if application != APPLICATION_ID {
        return Err(StoreError::Foreign { path: path.to_owned() });
    }
    if found > SCHEMA {
        return Err(StoreError::Newer { path: path.to_owned(), found, known: SCHEMA });
    }
    Ok(false)
}

/// Makes the tables of a new store, or checks that an old one is of this world and this key.
pub(super) fn prepare(db: &Connection, path: &Path, status: Status, signer: &Signer) -> Result<(), StoreError> {
    let sql = |e| StoreError::sql(path, e);
    let dir = path.parent().unwrap_or(path);
    if is_new(db, path)? {
        // A key may be left by a start that died before this line: it must be of the same world.
        let stored = signer.name().split('/').nth(1).unwrap_or_default();
        if stored != world(status) {
            return Err(StoreError::World { dir: dir.to_owned(), stored: stored.to_owned(), asked: status });
        }
        let tx = db.unchecked_transaction().map_err(sql)?;
        tx.execute_batch(RECORD).map_err(sql)?;
        tx.execute_batch(PROJECTIONS).map_err(sql)?;
        let vkey = signer.verifier().to_text();
        for (key, value) in [("status", world(status)), ("origin", signer.name()), ("vkey", vkey.as_str())] {
            tx.execute("INSERT INTO meta (key, value) VALUES (?1, ?2)", [key, value]).map_err(sql)?;
        }
        tx.pragma_update(None, "application_id", APPLICATION_ID).map_err(sql)?;
        tx.pragma_update(None, "user_version", SCHEMA).map_err(sql)?;
        return tx.commit().map_err(sql);
    }
    upgrade(db).map_err(sql)?;
    let stored = meta(db, "status").map_err(sql)?;
    if stored != world(status) {
        return Err(StoreError::World { dir: dir.to_owned(), stored, asked: status });
    }
    let pinned = meta(db, "vkey").map_err(sql)?;
    if pinned != signer.verifier().to_text() {
        let why = format!("the record was begun with the key {pinned}; put that one back from a backup");
        return Err(StoreError::Key { path: key::path(dir), why });
    }
    Ok(())
}

/// Brings an older schema to this one, in one transaction; the record itself is not touched.
fn upgrade(db: &Connection) -> rusqlite::Result<()> {
    let found: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found >= SCHEMA {
        return Ok(());
    }
    let tx = db.unchecked_transaction()?;
    tx.execute_batch(TO_2)?;
    tx.pragma_update(None, "user_version", SCHEMA)?;
    tx.commit()
}

/// A fact about the store itself; empty when it is not there.
pub(super) fn meta(db: &Connection, key: &str) -> rusqlite::Result<String> {
    let found = db.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or_default())
}

/// The frontier of what is stored, and the last entry's time, when the last checkpoint agrees with them.
///
/// Cheap: the hashes at the right edge of every level, and the bytes of the last, partial bundle.
pub(super) fn check_tip(
    db: &Connection,
    dir: &Path,
    signer: &Signer,
) -> Result<(Frontier, Option<Timestamp>), StoreError> {
    let path = dir.join(super::DATABASE);
    let sql = |e| StoreError::sql(&path, e);
    let last: Option<(u64, i64)> = db
        .query_row("SELECT idx, at FROM entries ORDER BY idx DESC LIMIT 1", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
        .map_err(sql)?;
    let size = last.map_or(0, |(index, _)| index + 1);
    let note: Option<(u64, Vec<u8>, String)> = db
        .query_row("SELECT size, root, note FROM checkpoints ORDER BY size DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()
        .map_err(sql)?;
    let frontier = Frontier::restore(size, &SqlNodes(db)).map_err(|e| StoreError::damaged(dir, e.to_string()))?;
    let damaged = |why: String| Err(StoreError::damaged(dir, why));
    match note {
        None if size == 0 => return Ok((frontier, None)),
        None => return damaged(format!("there are {size} entries and no checkpoint")),
        Some((told, root, note)) => {
            let checkpoint = match Checkpoint::open(note.as_bytes(), &signer.verifier()) {
                Ok(checkpoint) => checkpoint,
                Err(error) => return damaged(format!("its last checkpoint is not valid: failed to {error}")),
            };
            if checkpoint.size != told || Hash::from_slice(&root) != Some(checkpoint.root) {
                return damaged(format!(
                    "the last checkpoint's row and its signed note (size {}) differ",
                    checkpoint.size
                ));
            }
            if checkpoint.size != size {
                return damaged(format!("its last checkpoint is of {} entries, {size} are stored", checkpoint.size));
            }
            if checkpoint.root != frontier.root() {
                return damaged(format!(
                    "its {size} entries hash to {}, its last checkpoint says {}",
                    frontier.root(),
                    checkpoint.root
                ));
            }
        }
    }
    check_last_bundle(db, size, dir)?;
    Ok((frontier, last.map(|(_, at)| Timestamp::from_millis(at))))
}

/// Recomputes the leaf hashes of the last bundle from its bytes: the entries a crash could have touched.
fn check_last_bundle(db: &Connection, size: u64, dir: &Path) -> Result<(), StoreError> {
    let path = dir.join(super::DATABASE);
    let sql = |e| StoreError::sql(&path, e);
    let from = size.saturating_sub(1) / u64::from(TILE_WIDTH) * u64::from(TILE_WIDTH);
    let mut rows = db.prepare("SELECT idx, bytes, leaf_hash FROM entries WHERE idx >= ?1 ORDER BY idx").map_err(sql)?;
    let mut rows = rows.query([from]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let (index, bytes, hash): (u64, Vec<u8>, Vec<u8>) =
            (row.get(0).map_err(sql)?, row.get(1).map_err(sql)?, row.get(2).map_err(sql)?);
        if Hash::from_slice(&hash) != Some(leaf_hash(&bytes)) {
            return Err(StoreError::damaged(dir, format!("the bytes of entry {index} do not match their hash")));
        }
    }
    Ok(())
}
