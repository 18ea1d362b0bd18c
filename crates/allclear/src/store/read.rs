//! Reading beside the writer: history for people, and the static layout of the log for machines.

use super::entry::Entry;
use super::error::StoreError;
use super::nodes::SqlNodes;
use super::restart::first_at_or_after;
use super::{DATABASE, schema};
use model::id::ALERTS_PER_EVENT;
use model::{
    Alert, AlertId, Code, Decision, DecisionBody, Event, EventBody, EventId, Outcome, SourceId, Statement, Timestamp,
};
use record::{Hash, TILE_WIDTH, TlogProof, encode_bundle, inclusion};
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Most rows one question may get.
pub const ROWS_MAX: usize = 10_000;
/// Most entries looked at for decisions of the last day, and for those before them.
const TOLD_BACK: u64 = 500_000;
const LOOK_BACK: u64 = 200_000;
/// Connections kept open between questions.
const IDLE_MAX: usize = 4;

/// A read-only view of a store. Cheap to clone, may be used from any thread; every call may wait for the disk.
#[derive(Debug, Clone)]
pub struct Reader {
    path: Arc<PathBuf>,
    // Guarded by its mutex; a connection is taken out for a question and put back after it.
    idle: Arc<Mutex<Vec<Connection>>>,
}

/// One alert of history.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryRow {
    /// The alert as last told.
    pub alert: Alert,
    /// How it ended; `None` while in force.
    pub outcome: Option<Outcome>,
    /// Who ended it.
    pub ended_by: Option<String>,
}

/// An entry with its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The bytes that are hashed.
    pub entry: Vec<u8>,
    /// Its place under the latest checkpoint.
    pub proof: TlogProof,
    /// Entries the checkpoint speaks for.
    pub size: u64,
    /// Root the checkpoint speaks for.
    pub root: Hash,
}

impl Reader {
    /// A view of the store in `dir`; nothing is opened before the first question.
    pub fn new(dir: &Path) -> Self {
        Self { path: Arc::new(dir.join(DATABASE)), idle: Arc::default() }
    }

    /// The folder of the record, for what is kept beside it.
    pub fn folder(&self) -> Option<&Path> {
        self.path.parent()
    }

    fn ask<T>(&self, question: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let db = match idle {
            Some(db) => db,
            None => schema::open_reader(&self.path)?,
        };
        // One transaction, so that an answer made of several reads is of one moment.
        let tx = db.unchecked_transaction().map_err(|e| StoreError::sql(&self.path, e))?;
        let answer = question(&tx).map_err(|e| StoreError::sql(&self.path, e));
        tx.finish().map_err(|e| StoreError::sql(&self.path, e))?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX {
            idle.push(db);
        }
        answer
    }

    /// Alerts of these communities (all, when none is named) that stand or stood at any time since `since`, the latest
    /// beginning first, at most `limit` and never above [`ROWS_MAX`].
    pub fn history(&self, communities: &[Code], since: Timestamp, limit: usize) -> Result<Vec<HistoryRow>, StoreError> {
        let codes = serde_json::Value::from(communities.iter().map(Code::as_str).collect::<Vec<_>>()).to_string();
        self.ask(|db| {
            let filter =
                if communities.is_empty() { "?1 = ?1" } else { "community IN (SELECT value FROM json_each(?1))" };
            let sql = format!(
                "SELECT json, outcome, ended_by FROM alerts WHERE {filter} AND (ended_at IS NULL OR ended_at >= ?2)
                 ORDER BY started_at DESC, id DESC LIMIT ?3"
            );
            db.prepare_cached(&sql)?
                .query_map(params![codes, since.millis(), limit.min(ROWS_MAX)], history_row)?
                .collect()
        })
    }

    /// One alert as last told.
    pub fn alert(&self, id: AlertId) -> Result<Option<HistoryRow>, StoreError> {
        self.ask(|db| {
            let mut read = db.prepare_cached("SELECT json, outcome, ended_by FROM alerts WHERE id = ?1")?;
            if i64::try_from(id.0).is_err() { Ok(None) } else { read.query_row([id.0], history_row).optional() }
        })
    }

    /// Every decision about an alert with its place in the record, oldest first, at most [`ROWS_MAX`]. One that this
    /// program cannot read is left out. Costs a look at every entry between the alert's first and last decision.
    pub fn decisions(&self, alert: &Alert) -> Result<Vec<(u64, Decision)>, StoreError> {
        let first = alert.id.0 / ALERTS_PER_EVENT;
        // As entries are written. In a text of an entry a quotation mark is escaped: no words can look like this.
        let mark = format!("\"id\":{},\"standing\":", alert.id);
        let found: Vec<(u64, Vec<u8>)> = self.ask(|db| {
            let last = db.query_row("SELECT COALESCE(MAX(idx), 0) FROM entries", [], |row| row.get(0))?;
            let end = first_at_or_after(db, last, alert.updated_at.millis().saturating_add(1))?;
            db.prepare_cached(
                "SELECT idx, bytes FROM entries WHERE idx BETWEEN ?1 AND ?2 AND kind = 'decision'
                 AND instr(CAST(bytes AS TEXT), ?3) > 0 ORDER BY idx LIMIT ?4",
            )?
            .query_map(params![first, end, mark, ROWS_MAX], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
        })?;
        let read = |(index, bytes): (u64, Vec<u8>)| match Entry::from_bytes(&bytes) {
            Ok(Entry::Decision(decision)) => Some((index, decision)),
            _ => None,
        };
        Ok(found.into_iter().filter_map(read).collect())
    }

    /// Decisions about alerts since `since` (among the last 500,000 entries), and before them the last one of each alert that was then in force, as far as
    /// it is found among the 200,000 entries before: each with its place in the record, in its order.
    pub fn told_since(&self, since: Timestamp) -> Result<Vec<(u64, Decision)>, StoreError> {
        self.ask(|db| {
            let last: u64 = db.query_row("SELECT COALESCE(MAX(idx), 0) FROM entries", [], |row| row.get(0))?;
            let from = first_at_or_after(db, last, since.millis())?.max(last.saturating_sub(TOLD_BACK));
            let mut told: BTreeMap<u64, Decision> = BTreeMap::new();
            let mut known: BTreeSet<AlertId> = BTreeSet::new();
            let mut wanted: BTreeSet<AlertId> = BTreeSet::new();
            let mut forward = db
                .prepare_cached("SELECT idx, bytes FROM entries WHERE idx >= ?1 AND kind = 'decision' ORDER BY idx")?;
            let mut rows = forward.query([from])?;
            while let Some(row) = rows.next()? {
                let Some((alert, decision)) = about_alert(&row.get::<_, Vec<u8>>(1)?) else { continue };
                if known.insert(alert) && !matches!(decision.body, DecisionBody::Raise(_)) {
                    wanted.insert(alert);
                }
                told.insert(row.get(0)?, decision);
            }
            // What was not decided about since then: its last decision is where the alert was last changed.
            let mut standing = db.prepare_cached("SELECT id, updated_at FROM alerts WHERE ended_at IS NULL")?;
            let mut rows = standing.query([])?;
            let mut find = db.prepare_cached(
                "SELECT idx, bytes FROM entries WHERE idx >= ?1 AND at = ?2 AND kind = 'decision' ORDER BY idx LIMIT ?3",
            )?;
            while let Some(row) = rows.next()? {
                let (id, at): (u64, i64) = (row.get(0)?, row.get(1)?);
                if known.contains(&AlertId(id)) {
                    continue;
                }
                let first = first_at_or_after(db, last, at)?;
                let mut same = find.query(params![first, at, ROWS_MAX])?;
                while let Some(row) = same.next()? {
                    let Some((alert, decision)) = about_alert(&row.get::<_, Vec<u8>>(1)?) else { continue };
                    if alert == AlertId(id) {
                        told.insert(row.get(0)?, decision);
                    }
                }
            }
            let mut back = db.prepare_cached(
                "SELECT idx, bytes FROM entries WHERE idx < ?1 AND idx >= ?2 AND kind = 'decision' ORDER BY idx DESC",
            )?;
            let mut rows = back.query([from, from.saturating_sub(LOOK_BACK)])?;
            while !wanted.is_empty()
                && let Some(row) = rows.next()?
            {
                let Some((alert, decision)) = about_alert(&row.get::<_, Vec<u8>>(1)?) else { continue };
                if wanted.remove(&alert) {
                    told.insert(row.get(0)?, decision);
                }
            }
            Ok(told.into_iter().collect())
        })
    }

    /// An event; `None` when it is not there or cannot be read.
    pub fn event(&self, id: EventId) -> Result<Option<Event>, StoreError> {
        Ok(self.entry(id.0)?.as_deref().and_then(event))
    }

    /// What happened from `since` to `until`, in the order of the record, but for what the chronicle is made of: the newest
    /// configuration from before first, as far as it is among the 200,000 entries before. `None` when it is more than `most`
    /// events. One that this program cannot read is left out.
    pub fn happened(&self, [since, until]: [Timestamp; 2], most: usize) -> Result<Option<Vec<Event>>, StoreError> {
        let found: Vec<Vec<u8>> = self.ask(|db| {
            let last: u64 = db.query_row("SELECT COALESCE(MAX(idx), 0) FROM entries", [], |row| row.get(0))?;
            let first = first_at_or_after(db, last, since.millis())?;
            // In a text of an entry a quotation mark is escaped: no words can look like these.
            let mut found: Vec<Vec<u8>> = db
                .prepare_cached(
                    r#"SELECT bytes FROM entries WHERE idx < ?1 AND idx >= ?2 AND kind = 'event'
                       AND instr(CAST(bytes AS TEXT), '"body":{"event":"configured",') > 0 ORDER BY idx DESC LIMIT 2"#,
                )?
                .query_map([first, first.saturating_sub(LOOK_BACK)], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            found.reverse();
            let mut rows = db.prepare_cached(
                r#"SELECT bytes FROM entries WHERE idx BETWEEN ?1 AND ?2 AND at BETWEEN ?3 AND ?4 AND kind = 'event'
                   AND instr(CAST(bytes AS TEXT), '"body":{"event":"statement",') = 0
                   AND instr(CAST(bytes AS TEXT), '"body":{"event":"filing",') = 0 ORDER BY idx LIMIT ?5"#,
            )?;
            let end = first_at_or_after(db, last, until.millis().saturating_add(1))?;
            let span = params![first, end, since.millis(), until.millis(), most.saturating_add(1)];
            let rows = rows.query_map(span, |row| row.get(0))?;
            for bytes in rows {
                found.push(bytes?);
            }
            Ok(found)
        })?;
        if found.len() > most {
            return Ok(None);
        }
        Ok(Some(found.iter().filter_map(|bytes| event(bytes)).collect()))
    }

    /// What the chronicle is made of from entry `first` on: statements and filings, each with its place and its time, in the order
    /// of the record, at most `limit` and never above [`ROWS_MAX`]. One that this program cannot read is left out.
    pub fn chronicle(&self, first: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        let first = i64::try_from(first).unwrap_or(i64::MAX);
        let found: Vec<Vec<u8>> = self.ask(|db| {
            let schema: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
            db.prepare_cached(if schema < 2 {
                // Before that there were statements only, and no table of them.
                r#"SELECT bytes FROM entries WHERE idx >= ?1 AND kind = 'event'
                   AND instr(CAST(bytes AS TEXT), '"body":{"event":"statement",') > 0 ORDER BY idx LIMIT ?2"#
            } else {
                "SELECT bytes FROM chronicle JOIN entries USING (idx) WHERE idx >= ?1 ORDER BY idx LIMIT ?2"
            })?
            .query_map(params![first, limit.min(ROWS_MAX)], |row| row.get(0))?
            .collect()
        })?;
        Ok(found.iter().filter_map(|bytes| event(bytes)).collect())
    }

    /// The bytes of an entry.
    pub fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.ask(|db| {
            let mut read = db.prepare_cached("SELECT bytes FROM entries WHERE idx = ?1")?;
            // An index above what SQLite can hold is simply not there.
            if i64::try_from(index).is_err() { Ok(None) } else { read.query_row([index], |row| row.get(0)).optional() }
        })
    }

    /// The bytes of entries `first ..`, at most `limit` and never above [`ROWS_MAX`].
    pub fn entries(&self, first: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let first = i64::try_from(first).unwrap_or(i64::MAX);
        self.ask(|db| {
            db.prepare_cached("SELECT idx, bytes FROM entries WHERE idx >= ?1 ORDER BY idx LIMIT ?2")?
                .query_map(params![first, limit.min(ROWS_MAX)], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
    }

    /// The latest checkpoint as a signed note; `None` before the first entry.
    pub fn checkpoint(&self) -> Result<Option<String>, StoreError> {
        self.ask(|db| Ok(latest(db)?.map(|(_, note)| note)))
    }

    /// Entries the latest checkpoint speaks for.
    pub fn size(&self) -> Result<u64, StoreError> {
        self.ask(|db| Ok(latest(db)?.map_or(0, |(size, _)| size)))
    }

    /// The log's public key.
    pub fn verifier_key(&self) -> Result<String, StoreError> {
        self.ask(|db| schema::meta(db, "vkey"))
    }

    /// The proof that an entry is under the latest checkpoint; `None` when there is no such entry.
    pub fn inclusion(&self, index: u64) -> Result<Option<Proven>, StoreError> {
        self.ask(|db| {
            let Some((size, note)) = latest(db)?.filter(|(size, _)| index < *size) else { return Ok(None) };
            let entry: Vec<u8> = db.query_row("SELECT bytes FROM entries WHERE idx = ?1", [index], |row| row.get(0))?;
            let nodes = SqlNodes(db);
            let hashes = inclusion(index, size, &nodes)?;
            let root = record::tree_root(size, &nodes)?;
            Ok(Some(Proven { entry, proof: TlogProof { index, hashes, checkpoint: note }, size, root }))
        })
    }

    /// The proof that the record of `old` entries is a prefix of that of `new`; `None` unless `old <= new <= size`.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Option<Vec<Hash>>, StoreError> {
        self.ask(|db| {
            let size = latest(db)?.map_or(0, |(size, _)| size);
            if old > new || new > size { Ok(None) } else { record::consistency(old, new, &SqlNodes(db)).map(Some) }
        })
    }

    /// A tile of `width` hashes; `None` when the tree has not so many there.
    pub fn tile(&self, level: u8, n: u64, width: u16) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(first) = first_of(n, width) else { return Ok(None) };
        let hashes = self.ask(|db| SqlNodes(db).row(level, first, u64::from(width)))?;
        Ok((hashes.len() == usize::from(width)).then(|| hashes.iter().flat_map(|hash| hash.0).collect()))
    }

    /// A bundle of `width` entries; `None` when there are not so many.
    pub fn entry_bundle(&self, n: u64, width: u16) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(first) = first_of(n, width) else { return Ok(None) };
        let entries = self.entries(first, usize::from(width))?;
        if entries.len() != usize::from(width) {
            return Ok(None);
        }
        let bytes: Vec<Vec<u8>> = entries.into_iter().map(|(_, bytes)| bytes).collect();
        Ok(encode_bundle(&bytes).ok())
    }

    /// Any path of the static layout below the log's prefix: `checkpoint` or `tile/…`; `None` when it is not there.
    pub fn file(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        if path == "checkpoint" {
            return Ok(self.checkpoint()?.map(String::into_bytes));
        }
        match record::TilePath::parse(path) {
            Some(record::TilePath { level: Some(level), n, width }) => self.tile(level, n, width),
            Some(record::TilePath { level: None, n, width }) => self.entry_bundle(n, width),
            None => Ok(None),
        }
    }
}

/// Every statement of a source, in the order of the record. What is a report of that source, or unreadable, is left out.
pub(super) fn statements(db: &Connection, source: &SourceId) -> rusqlite::Result<Vec<Statement>> {
    let mut rows = db.prepare_cached(
        "SELECT entries.bytes FROM reports JOIN entries USING (idx) WHERE reports.source = ?1 ORDER BY entries.idx",
    )?;
    let rows = rows.query_map([source.as_str()], |row| row.get::<_, Vec<u8>>(0))?;
    let mut found = Vec::new();
    for bytes in rows {
        if let Ok(Entry::Event(Event { body: EventBody::Statement(statement), .. })) = Entry::from_bytes(&bytes?) {
            found.push(statement);
        }
    }
    Ok(found)
}

/// An event, from an entry's bytes; `None` for a decision, and for what this program cannot read.
fn event(bytes: &[u8]) -> Option<Event> {
    match Entry::from_bytes(bytes) {
        Ok(Entry::Event(event)) => Some(event),
        _ => None,
    }
}

/// First hash or entry of tile `n`; `None` when that is beyond any log.
fn first_of(n: u64, width: u16) -> Option<u64> {
    let first = n.checked_mul(u64::from(TILE_WIDTH))?;
    let last = first.checked_add(u64::from(TILE_WIDTH))?;
    (i64::try_from(last).is_ok() && (1..=TILE_WIDTH).contains(&width)).then_some(first)
}

fn latest(db: &Connection) -> rusqlite::Result<Option<(u64, String)>> {
    db.prepare_cached("SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

/// A decision about an alert, from an entry's bytes; `None` for a note, and for what this program cannot read.
fn about_alert(bytes: &[u8]) -> Option<(AlertId, Decision)> {
    let Ok(Entry::Decision(decision)) = Entry::from_bytes(bytes) else { return None };
    match &decision.body {
        DecisionBody::Raise(alert) | DecisionBody::Update(alert) | DecisionBody::End { alert, .. } => {
            Some((alert.id, decision))
        }
        DecisionBody::Note(_) => None,
    }
}

fn history_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<HistoryRow> {
    let broken = |column, error: serde_json::Error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, error.into())
    };
    let (json, outcome): (String, Option<String>) = (row.get(0)?, row.get(1)?);
    let outcome = outcome.map(|word| serde_json::from_value(serde_json::Value::String(word))).transpose();
    Ok(HistoryRow {
        alert: serde_json::from_str(&json).map_err(|e| broken(0, e))?,
        outcome: outcome.map_err(|e| broken(1, e))?,
        ended_by: row.get(2)?,
    })
}
