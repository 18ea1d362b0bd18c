//! The full audit: every entry, every hash, every checkpoint, every derived row, from the bytes up.
//!
//! What comes in: a store's directory, and the public key if the auditor pinned one. What goes out: an [`Audit`] with
//! every [`Finding`] in the order of the record, the first named first.
//! What always holds: nothing is written, and a store that is being written to may be audited: all is read in one
//! transaction. An inclusion proof does not notice a changed neighbour; this does.

use super::entry::Entry;
use super::error::{StoreError, world};
use super::{DATABASE, project, schema};
use model::{Decision, Event, EventId, Status, Timestamp};
use record::{Checkpoint, Frontier, Hash, TILE_HEIGHT, Verifier, leaf_hash};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _};
use std::cmp::Ordering;
use std::fmt;
use std::path::Path;

/// Findings kept; more are counted. The first one is what matters.
const FINDINGS_MAX: usize = 100;

/// What an audit found.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    /// The log's name.
    pub origin: String,
    /// The public key it was checked against.
    pub vkey: String,
    /// `actual` or `exercise`.
    pub status: String,
    /// Entries read.
    pub entries: u64,
    /// Events among them.
    pub events: u64,
    /// Decisions among them.
    pub decisions: u64,
    /// Checkpoints whose root and signature were checked.
    pub checkpoints: u64,
    /// Derived rows compared.
    pub rows: u64,
    /// Root of all entries, recomputed.
    pub root: Option<Hash>,
    /// What is wrong, at most a hundred, in the order of the record.
    pub findings: Vec<Finding>,
    /// All that is wrong, counted.
    pub wrong: u64,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What.
    pub what: String,
}

/// Where something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The store as a whole.
    Store,
    /// An entry, by index.
    Entry(u64),
    /// A stored subtree hash, by tile level and index.
    Node(u8, u64),
    /// A checkpoint, by size.
    Checkpoint(u64),
    /// A derived table.
    Table(&'static str),
}

impl Place {
    /// The index of the entry it is about, when it is about one.
    pub const fn index(self) -> Option<u64> {
        match self {
            Self::Entry(index) => Some(index),
            _ => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store => f.write_str("store"),
            Self::Entry(index) => write!(f, "entry {index}"),
            Self::Node(level, index) => write!(f, "node {index} of tile level {level}"),
            Self::Checkpoint(size) => write!(f, "checkpoint of size {size}"),
            Self::Table(name) => write!(f, "derived table {name}"),
        }
    }
}

impl Audit {
    /// Whether nothing is wrong.
    pub const fn is_good(&self) -> bool {
        self.wrong == 0
    }

    fn found(&mut self, place: Place, what: impl Into<String>) {
        self.wrong += 1;
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding { place, what: what.into() });
        }
    }
}

/// Audits the store in `dir`. `pinned` is the key the auditor trusts; without one the key the store itself names is
/// taken, which finds damage but not a wholly forged store. `progress` is told entries done and entries in all.
pub fn audit(dir: &Path, pinned: Option<&Verifier>, mut progress: impl FnMut(u64, u64)) -> Result<Audit, StoreError> {
    let path = dir.join(DATABASE);
    let db = schema::open_reader(&path)?;
    let sql = |e| StoreError::sql(&path, e);
    let tx = db.unchecked_transaction().map_err(sql)?;
    let mut audit = Audit::default();
    let key = audit_store(&tx, pinned, &mut audit).map_err(sql)?;
    let derived = Connection::open_in_memory().map_err(sql)?;
    derived.execute_batch(schema::PROJECTIONS).map_err(sql)?;
    derived.execute_batch("BEGIN").map_err(sql)?;
    audit_entries(&tx, &derived, key.as_ref(), &mut audit, &mut progress).map_err(sql)?;
    audit_derived(&tx, &derived, &mut audit).map_err(sql)?;
    Ok(audit)
}

fn audit_store(db: &Connection, pinned: Option<&Verifier>, audit: &mut Audit) -> rusqlite::Result<Option<Verifier>> {
    let check: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if check != "ok" {
        audit.found(Place::Store, format!("the database file is damaged: {check}"));
    }
    audit.status = schema::meta(db, "status")?;
    audit.origin = schema::meta(db, "origin")?;
    if ![Status::Actual, Status::Exercise].map(world).contains(&audit.status.as_str()) {
        audit.found(Place::Store, format!("its world is {:?}: expected actual or exercise", audit.status));
    }
    let named = schema::meta(db, "vkey")?;
    let key = match (pinned, Verifier::parse(&named)) {
        (Some(pinned), _) => {
            if pinned.to_text() != named {
                let ours = pinned.to_text();
                audit.found(
                    Place::Store,
                    format!("it names the key {named}, you gave {ours}: it is another log or was forged"),
                );
            }
            Some(pinned.clone())
        }
        (None, Ok(key)) => Some(key),
        (None, Err(error)) => {
            audit.found(Place::Store, format!("its own key is not usable: failed to {error}"));
            None
        }
    };
    if let Some(key) = &key {
        audit.vkey = key.to_text();
        if key.name() != audit.origin {
            audit.found(Place::Store, format!("its name is {:?}, its key's name is {:?}", audit.origin, key.name()));
        }
    }
    Ok(key)
}

/// What is carried from entry to entry.
struct Walk<'a> {
    key: Option<&'a Verifier>,
    frontier: Frontier,
    last_at: Option<Timestamp>,
    // Instants of events by index; `None` where a decision stands. Causes are looked up here.
    events: Vec<Option<Timestamp>>,
    // Size of the last checkpoint that held, and whether one failed since: what follows a wrong root is wrong by it.
    good_size: u64,
    broken: bool,
}

fn audit_entries(
    db: &Connection,
    derived: &Connection,
    key: Option<&Verifier>,
    audit: &mut Audit,
    progress: &mut impl FnMut(u64, u64),
) -> rusqlite::Result<()> {
    let total: u64 = db.query_row("SELECT count(*) FROM entries", [], |row| row.get(0))?;
    let mut walk =
        Walk { key, frontier: Frontier::new(), last_at: None, events: Vec::new(), good_size: 0, broken: false };
    let mut checkpoints = db.prepare("SELECT size, root, note FROM checkpoints ORDER BY size")?;
    let mut checkpoints = checkpoints.query([])?;
    let mut next = next_checkpoint(&mut checkpoints)?;
    let mut entries = db.prepare("SELECT idx, kind, at, bytes, leaf_hash FROM entries ORDER BY idx")?;
    let mut rows = entries.query([])?;
    let mut expected = 0_u64;
    while let Some(row) = rows.next()? {
        let stored =
            Stored { index: row.get(0)?, kind: row.get(1)?, at_ms: row.get(2)?, bytes: row.get(3)?, leaf: row.get(4)? };
        if stored.index != expected {
            let what = format!("it is missing: the next one stored is {}", stored.index);
            audit.found(Place::Entry(expected), what);
            // Nothing after a gap can be placed in the tree.
            return Ok(());
        }
        expected += 1;
        walk.entry(db, derived, &stored, audit)?;
        while let Some(checkpoint) = next.take_if(|c| c.size <= walk.frontier.size()) {
            walk.checkpoint(&checkpoint, audit);
            next = next_checkpoint(&mut checkpoints)?;
        }
        if stored.index.is_multiple_of(512) {
            progress(stored.index, total);
        }
    }
    progress(total, total);
    audit.root = Some(walk.frontier.root());
    if let Some(beyond) = next {
        let what = format!("only {total} entries are stored: the end of the record was cut off");
        audit.found(Place::Checkpoint(beyond.size), what);
    } else if audit.checkpoints > 0 || total > 0 {
        let last: Option<u64> = db.query_row("SELECT max(size) FROM checkpoints", [], |row| row.get(0))?;
        if last != Some(total) {
            let what = format!("no checkpoint speaks for it: the last one is of {} entries", last.unwrap_or(0));
            audit.found(Place::Entry(last.unwrap_or(0)), what);
        }
    }
    audit_node_count(db, total, audit)
}

/// Every complete tile has its root among the nodes, and nothing else is there.
fn audit_node_count(db: &Connection, total: u64, audit: &mut Audit) -> rusqlite::Result<()> {
    let stored: u64 = db.query_row("SELECT count(*) FROM nodes", [], |row| row.get(0))?;
    let expected: u64 = (1..8).map(|level| total >> (TILE_HEIGHT * level)).sum();
    if stored > expected {
        audit.found(Place::Store, format!("it holds {stored} subtree hashes: {total} entries have {expected}"));
    }
    Ok(())
}

struct Stored {
    index: u64,
    kind: String,
    at_ms: i64,
    bytes: Vec<u8>,
    leaf: Vec<u8>,
}

struct StoredCheckpoint {
    size: u64,
    root: Vec<u8>,
    note: String,
}

fn next_checkpoint(rows: &mut rusqlite::Rows<'_>) -> rusqlite::Result<Option<StoredCheckpoint>> {
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(StoredCheckpoint { size: row.get(0)?, root: row.get(1)?, note: row.get(2)? }))
}

impl Walk<'_> {
    fn entry(
        &mut self,
        db: &Connection,
        derived: &Connection,
        stored: &Stored,
        audit: &mut Audit,
    ) -> rusqlite::Result<()> {
        let place = Place::Entry(stored.index);
        audit.entries += 1;
        let computed = leaf_hash(&stored.bytes);
        let kept = Hash::from_slice(&stored.leaf);
        if kept != Some(computed) {
            audit.found(place, "its bytes do not match its stored hash: one of the two was changed");
        }
        // With the kept hash in the tree, the checkpoints say whether the bytes or the hash is the true one.
        let mut tops = Vec::new();
        self.frontier.push(kept.unwrap_or(computed), |level, index, hash| {
            if level > 0 && level % TILE_HEIGHT == 0 {
                tops.push((level / TILE_HEIGHT, index, hash));
            }
        });
        for (level, index, hash) in tops {
            let kept: Option<Vec<u8>> = db
                .prepare_cached("SELECT hash FROM nodes WHERE level = ?1 AND idx = ?2")?
                .query_row([u64::from(level), index], |row| row.get(0))
                .optional()?;
            match kept {
                None => audit.found(Place::Node(level, index), "it is missing"),
                Some(kept) if Hash::from_slice(&kept) != Some(hash) => {
                    audit.found(Place::Node(level, index), "it is not the hash of the entries below it");
                }
                Some(_) => {}
            }
        }
        match Entry::from_bytes(&stored.bytes) {
            Ok(entry) => {
                self.meaning(stored, &entry, audit);
                project::project(derived, stored.index, &entry)?;
            }
            Err(error) => {
                audit.found(place, format!("it cannot be read: {error}"));
                self.events.push(None);
            }
        }
        Ok(())
    }

    fn meaning(&mut self, stored: &Stored, entry: &Entry, audit: &mut Audit) {
        let place = Place::Entry(stored.index);
        let at = entry.at();
        if entry.kind() != stored.kind {
            audit.found(place, format!("its row says {}, its bytes say {}", stored.kind, entry.kind()));
        }
        if at.millis() != stored.at_ms {
            let row = Timestamp::from_millis(stored.at_ms);
            audit.found(place, format!("its row says {row}, its bytes say {at}"));
        }
        if let Some(before) = self.last_at.filter(|before| at < *before) {
            audit.found(place, format!("its time {at} is before {before} of the entry before it"));
        }
        self.last_at = Some(at);
        match entry {
            Entry::Event(Event { id, .. }) => {
                audit.events += 1;
                if *id != EventId(stored.index) {
                    audit.found(place, format!("the event in it says it is number {id}"));
                }
                self.events.push(Some(at));
            }
            Entry::Decision(Decision { causes, .. }) => {
                audit.decisions += 1;
                if causes.is_empty() {
                    audit.found(place, "the decision in it names no cause");
                }
                for cause in causes {
                    let index = usize::try_from(cause.0).unwrap_or(usize::MAX);
                    match self.events.get(index) {
                        Some(Some(caused_at)) if *caused_at <= at => {}
                        Some(Some(_)) => audit.found(place, format!("it was decided before its cause {cause}")),
                        Some(None) => audit.found(place, format!("its cause {cause} is not an event")),
                        None => audit.found(place, format!("its cause {cause} does not stand before it")),
                    }
                }
                self.events.push(None);
            }
        }
    }

    fn checkpoint(&mut self, stored: &StoredCheckpoint, audit: &mut Audit) {
        audit.checkpoints += 1;
        let place = Place::Checkpoint(stored.size);
        let Some(key) = self.key else { return };
        let signed = match Checkpoint::open(stored.note.as_bytes(), key) {
            Ok(signed) => signed,
            Err(error) => return audit.found(place, format!("it does not verify: failed to {error}")),
        };
        if signed.size != stored.size || Hash::from_slice(&stored.root) != Some(signed.root) {
            return audit.found(place, format!("its row and its signed note (size {}) differ", signed.size));
        }
        if signed.size != self.frontier.size() {
            return audit.found(place, "it stands twice or out of order");
        }
        if signed.root == self.frontier.root() {
            if !self.broken {
                self.good_size = signed.size;
            }
        } else if !self.broken {
            self.broken = true;
            let (from, to) = (self.good_size, signed.size - 1);
            let what = format!(
                "entries {from} to {to} are not those that were signed: they hash to {}, it says {}",
                self.frontier.root(),
                signed.root
            );
            audit.found(place, what);
        } else {
            // Wrong by the same change; counted, not told again.
            audit.wrong += 1;
        }
    }
}

/// Derived tables, with the columns that name a row.
const DERIVED: [(&str, &str, usize); 5] = [
    ("alerts", "SELECT * FROM alerts ORDER BY id", 1),
    ("reports", "SELECT * FROM reports ORDER BY source, id", 2),
    ("orders", "SELECT * FROM orders ORDER BY source, community, alert_type", 3),
    ("pictures", "SELECT * FROM pictures ORDER BY source, region", 2),
    ("chronicle", "SELECT * FROM chronicle ORDER BY idx", 1),
];

fn audit_derived(db: &Connection, derived: &Connection, audit: &mut Audit) -> rusqlite::Result<()> {
    let schema: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (table, sql, keys) in DERIVED {
        if schema < 2 && table == "chronicle" {
            // Made when this program first writes to the store.
            continue;
        }
        let (mut here, mut anew) = (db.prepare(sql)?, derived.prepare(sql)?);
        let columns = here.column_count();
        let (mut here, mut anew) = (here.query([])?, anew.query([])?);
        let (mut kept, mut right) = (values(here.next()?, columns)?, values(anew.next()?, columns)?);
        loop {
            // Both come sorted by their keys, so the one that is behind has a row the other lacks.
            let order = match (&kept, &right) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(kept), Some(right)) => compare(&kept[..keys], &right[..keys]),
            };
            let row = if order.is_gt() { &right } else { &kept };
            let row = row.as_ref().map(|row| name(&row[..keys])).unwrap_or_default();
            match order {
                Ordering::Less => {
                    audit.found(Place::Table(table), format!("row {row} does not follow from the entries"));
                }
                Ordering::Greater => audit.found(Place::Table(table), format!("row {row} is missing")),
                Ordering::Equal if kept != right => {
                    audit.found(Place::Table(table), format!("row {row} is not what the entries give"));
                }
                Ordering::Equal => audit.rows += 1,
            }
            if order.is_le() {
                kept = values(here.next()?, columns)?;
            }
            if order.is_ge() {
                right = values(anew.next()?, columns)?;
            }
        }
    }
    Ok(())
}

/// The order SQLite sorts keys in: numbers by value, texts by bytes.
fn compare(kept: &[Value], right: &[Value]) -> Ordering {
    let one = |(kept, right): (&Value, &Value)| match (kept, right) {
        (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
        // The tables are STRICT, so a column has one type.
        _ => Ordering::Equal,
    };
    kept.iter().zip(right).map(one).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

fn values(row: Option<&rusqlite::Row<'_>>, columns: usize) -> rusqlite::Result<Option<Vec<Value>>> {
    row.map(|row| (0..columns).map(|n| row.get(n)).collect()).transpose()
}

fn name(keys: &[Value]) -> String {
    let words = keys.iter().map(|key| match key {
        Value::Integer(n) => n.to_string(),
        Value::Text(text) => format!("{text:?}"),
        other => format!("{other:?}"),
    });
    words.collect::<Vec<_>>().join(" ")
}
