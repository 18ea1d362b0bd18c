//! What is derived from the entries, kept beside them in the same transaction: alerts for history and restart, the
//! latest word of every source, and the ids of reports already seen.
//!
//! Every row can be derived again from the entries alone; `audit` does, and compares.

use super::entry::Entry;
use model::{Alert, Decision, DecisionBody, Event, EventBody, Item, Outcome, Report, UpstreamSnapshot};
use rusqlite::{Connection, params};
use serde::Serialize;

/// A value's name on the wire: what serde writes for an enum without fields.
fn word<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(other) => Ok(other.to_string()),
        Err(error) => Err(rusqlite::Error::ToSqlConversionFailure(error.into())),
    }
}

/// Takes one entry into the projections.
pub(super) fn project(db: &Connection, index: u64, entry: &Entry) -> rusqlite::Result<()> {
    match entry {
        Entry::Event(Event { body: EventBody::Report(report), .. }) => project_report(db, index, report),
        Entry::Event(Event { body: EventBody::Upstream(snapshot), .. }) => project_picture(db, index, snapshot),
        // Ids of statements are hashes, so that they never meet a report's.
        Entry::Event(Event { body: EventBody::Statement(statement), .. }) => {
            seen(db, statement.source.as_str(), statement.id.as_str(), index)?;
            chronicle(db, index)
        }
        Entry::Event(Event { body: EventBody::Filing(_), .. }) => chronicle(db, index),
        Entry::Event(_) => Ok(()),
        Entry::Decision(Decision { body, .. }) => match body {
            DecisionBody::Raise(alert) | DecisionBody::Update(alert) => project_alert(db, alert, None),
            DecisionBody::End { alert, outcome, by } => project_alert(db, alert, Some((*outcome, by))),
            DecisionBody::Note(_) => Ok(()),
        },
    }
}

/// The first report or statement of an id counts: a later one is a repetition, or a further part of the same.
fn seen(db: &Connection, source: &str, id: &str, index: u64) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR IGNORE INTO reports (source, id, idx) VALUES (?1, ?2, ?3)")?
        .execute(params![source, id, index])?;
    Ok(())
}

/// What the chronicle is made of.
fn chronicle(db: &Connection, index: u64) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO chronicle (idx) VALUES (?1)")?.execute([index])?;
    Ok(())
}

fn project_report(db: &Connection, index: u64, report: &Report) -> rusqlite::Result<()> {
    seen(db, report.source.as_str(), report.id.as_str(), index)?;
    for item in &report.items {
        let Item::Order(order) = item else { continue };
        db.prepare_cached(
            "INSERT OR REPLACE INTO orders (source, community, alert_type, idx) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            report.source.as_str(),
            order.community.as_str(),
            word(&order.alert_type)?,
            index
        ])?;
    }
    Ok(())
}

/// Latest picture of an upstream: the whole one (region ""), and later parts that speak for some regions only.
fn project_picture(db: &Connection, index: u64, snapshot: &UpstreamSnapshot) -> rusqlite::Result<()> {
    let source = snapshot.source.as_str();
    let sql = "INSERT OR REPLACE INTO pictures (source, region, idx) VALUES (?1, ?2, ?3)";
    if snapshot.regions.is_empty() {
        db.prepare_cached("DELETE FROM pictures WHERE source = ?1")?.execute([source])?;
        db.prepare_cached(sql)?.execute(params![source, "", index])?;
    }
    for region in &snapshot.regions {
        db.prepare_cached(sql)?.execute(params![source, region.as_str(), index])?;
    }
    Ok(())
}

fn project_alert(db: &Connection, alert: &Alert, end: Option<(Outcome, &String)>) -> rusqlite::Result<()> {
    let json = serde_json::to_string(alert).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
    let kinds: rusqlite::Result<Vec<String>> = alert.kinds.iter().map(word).collect();
    db.prepare_cached(
        "INSERT OR REPLACE INTO alerts
            (id, community, standing, alert_type, level, kinds, started_at, updated_at, ended_at, outcome, ended_by, json)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        alert.id.0,
        alert.community.as_str(),
        word(&alert.standing)?,
        word(&alert.alert_type)?,
        word(&alert.level)?,
        kinds?.join(" "),
        alert.started_at.millis(),
        alert.updated_at.millis(),
        alert.ended_at.map(model::Timestamp::millis),
        end.map(|(outcome, _)| word(&outcome)).transpose()?,
        end.map(|(_, by)| by),
        json,
    ])?;
    Ok(())
}
