//! What the engine needs to go on where it stopped.

use super::entry::Entry;
use model::{Alert, Decision, DecisionBody, Event, EventBody, EventId, Timestamp};
use rusqlite::{Connection, OptionalExtension as _};
use std::collections::BTreeSet;

/// How far back everything is replayed, in milliseconds before the last entry: longer than any track lives.
const REPLAY_MS: i64 = 2 * 3_600_000;

/// Everything that is fed to a new engine before it meets the world again, its decisions thrown away.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Restart {
    /// Alerts in force: they enter first, as `Standing`.
    pub alerts: Vec<Alert>,
    /// The latest order of every source for every community, the latest picture of every upstream, and everything of
    /// the last two hours before the last entry, with what the officers' desk keeps in mind (`Desk`); in the order of the
    /// record, nothing twice. No `Standing` among them:
    /// [`Restart::alerts`] says what stands now.
    pub events: Vec<Event>,
    /// Time of the last entry: the clock never goes behind it.
    pub last_at: Option<Timestamp>,
    /// Entries that should have been among them and could not be read (damage, or a newer form). The rest is used.
    pub unreadable: Vec<u64>,
}

pub(super) fn restart(db: &Connection) -> rusqlite::Result<Restart> {
    let last: Option<(u64, i64)> = db
        .query_row("SELECT idx, at FROM entries ORDER BY idx DESC LIMIT 1", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((last_index, last_at)) = last else { return Ok(Restart::default()) };
    let mut restart = Restart { last_at: Some(Timestamp::from_millis(last_at)), ..Restart::default() };
    let mut alerts = db.prepare("SELECT id, json FROM alerts WHERE ended_at IS NULL ORDER BY id")?;
    let mut rows = alerts.query([])?;
    while let Some(row) = rows.next()? {
        let (id, json): (u64, String) = (row.get(0)?, row.get(1)?);
        match serde_json::from_str(&json) {
            Ok(alert) => restart.alerts.push(alert),
            Err(error) => tracing::error!(id, %error, "an alert in force could not be read from the store"),
        }
    }
    let recent = first_at_or_after(db, last_index, last_at.saturating_sub(REPLAY_MS))?;
    let mut wanted: BTreeSet<u64> = (recent..=last_index).collect();
    for sql in ["SELECT idx FROM orders", "SELECT idx FROM pictures"] {
        let mut indexes = db.prepare(sql)?;
        let rows: rusqlite::Result<Vec<u64>> = indexes.query_map([], |row| row.get(0))?.collect();
        wanted.extend(rows?);
    }
    let mut read = db.prepare("SELECT kind, bytes FROM entries WHERE idx = ?1")?;
    for index in wanted {
        let (kind, bytes): (String, Vec<u8>) = read.query_row([index], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if kind != "event" && !holds_memo(&bytes) {
            continue;
        }
        match Entry::from_bytes(&bytes) {
            Ok(Entry::Decision(Decision { decided_at: at, body: DecisionBody::Note(note), .. })) => {
                let memo = note.desk.map(|memo| Event { id: EventId(index), at, body: EventBody::Desk { memo } });
                restart.events.extend(memo);
            }
            // The engine knows standing alerts already, and has nothing to learn from what was published.
            Ok(
                Entry::Event(Event {
                    body: EventBody::Standing { .. } | EventBody::Statement(_) | EventBody::Filing(_),
                    ..
                })
                | Entry::Decision(_),
            ) => {}
            Ok(Entry::Event(event)) => restart.events.push(event),
            Err(error) => {
                tracing::error!(index, %error, "an event could not be read from the record");
                restart.unreadable.push(index);
            }
        }
    }
    Ok(restart)
}

/// Whether a decision's bytes may hold what the officers' desk keeps in mind: most do not, and are not read further.
fn holds_memo(bytes: &[u8]) -> bool {
    const MARK: &[u8] = br#""memo":"#;
    bytes.windows(MARK.len()).any(|window| window == MARK)
}

/// Index of the first entry at or after `at_ms`: times never go back, so halving finds it.
pub(super) fn first_at_or_after(db: &Connection, last_index: u64, at_ms: i64) -> rusqlite::Result<u64> {
    let mut at = db.prepare_cached("SELECT at FROM entries WHERE idx = ?1")?;
    let (mut low, mut high) = (0, last_index);
    while low < high {
        let middle = low + (high - low) / 2;
        let found: i64 = at.query_row([middle], |row| row.get(0))?;
        if found < at_ms { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}
