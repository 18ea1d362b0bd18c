//! What the store refuses, each by name and with what to do.

use super::fixture::{at, evening, event, open, report};
use crate::store::{DATABASE, Entry, Store};
use model::{EventBody, Status};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use tempfile::tempdir;

/// Opening fails, and the message has all of `expected`.
#[track_caller]
fn check(dir: &Path, status: Status, expected: &[&str]) {
    let error = Store::open(dir, status).unwrap_err().to_string();
    for part in expected {
        assert!(error.contains(part), "{error:?} does not say {part:?}");
    }
}

#[test]
fn a_second_writer_is_refused_and_told_who_has_it() {
    let dir = tempdir().unwrap();
    let first = open(dir.path());
    let holder = format!("process {}", std::process::id());
    check(dir.path(), Status::Exercise, &[&dir.path().display().to_string(), &holder, "stop that one"]);
    drop(first);
    open(dir.path());
}

#[test]
fn a_store_of_the_other_world_is_refused() {
    let dir = tempdir().unwrap();
    drop(open(dir.path()));
    check(dir.path(), Status::Actual, &["as actual", "begun as exercise", "another [store] path"]);
    // Even when only the key is left of a start that died early.
    std::fs::remove_file(dir.path().join(DATABASE)).unwrap();
    check(dir.path(), Status::Actual, &["as actual", "begun as exercise"]);
    open(dir.path());
}

#[test]
fn a_newer_schema_and_a_foreign_database_are_refused() {
    let dir = tempdir().unwrap();
    let path = dir.path().join(DATABASE);
    drop(open(dir.path()));
    let db = rusqlite::Connection::open(&path).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    check(dir.path(), Status::Exercise, &["schema is number 99", "use the newer program"]);
    db.pragma_update(None, "user_version", super::super::schema::SCHEMA).unwrap();
    db.pragma_update(None, "application_id", 7).unwrap();
    check(dir.path(), Status::Exercise, &["database of another program"]);
    drop(db);
    let other = tempdir().unwrap();
    let db = rusqlite::Connection::open(other.path().join(DATABASE)).unwrap();
    db.execute_batch("CREATE TABLE cookies (name TEXT)").unwrap();
    check(other.path(), Status::Exercise, &["database of another program"]);
    let third = tempdir().unwrap();
    std::fs::write(third.path().join(DATABASE), b"this is no database, it is a shopping list").unwrap();
    check(third.path(), Status::Exercise, &["not a database"]);
}

#[test]
fn a_lost_foreign_or_open_key_is_refused() {
    let dir = tempdir().unwrap();
    drop(open(dir.path()));
    let key = dir.path().join("log.key");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    check(dir.path(), Status::Exercise, &["others can read it", "chmod 600"]);
    std::fs::remove_file(&key).unwrap();
    check(dir.path(), Status::Exercise, &["log.key", "it is missing", "backup"]);
    let other = tempdir().unwrap();
    drop(open(other.path()));
    std::fs::copy(other.path().join("log.key"), &key).unwrap();
    check(dir.path(), Status::Exercise, &["was begun with the key", "backup"]);
    std::fs::write(&key, "secret").unwrap();
    check(dir.path(), Status::Exercise, &["log.key", "read a signing key"]);
}

#[test]
fn a_store_cut_off_or_changed_at_its_end_is_not_continued() {
    for (sql, expected) in [
        ("DELETE FROM entries WHERE idx = 9", "checkpoint is of 10 entries, 9 are stored"),
        ("DELETE FROM checkpoints WHERE size = 10", "checkpoint is of 8 entries, 10 are stored"),
        ("UPDATE entries SET bytes = x'7b7d' WHERE idx = 8", "bytes of entry 8 do not match"),
        ("UPDATE entries SET leaf_hash = zeroblob(32) WHERE idx = 3", "its last checkpoint says"),
        ("UPDATE entries SET leaf_hash = zeroblob(31) WHERE idx = 9", "32 bytes"),
        ("UPDATE checkpoints SET note = replace(note, '10', '11') WHERE size = 10", "last checkpoint is not valid"),
        ("UPDATE checkpoints SET root = zeroblob(32) WHERE size = 10", "signed note (size 10) differ"),
        ("DELETE FROM checkpoints", "10 entries and no checkpoint"),
    ] {
        let dir = tempdir().unwrap();
        let mut store = open(dir.path());
        evening(&mut store, 3);
        assert_eq!(store.next_index(), 10);
        drop(store);
        let db = rusqlite::Connection::open(dir.path().join(DATABASE)).unwrap();
        assert!(db.execute(sql, []).unwrap() > 0);
        drop(db);
        check(dir.path(), Status::Exercise, &[expected, "allclear record verify", &dir.path().display().to_string()]);
    }
}

#[test]
fn entries_that_break_the_order_or_the_bounds_are_refused_and_nothing_is_written() {
    let dir = tempdir().unwrap();
    let mut store = open(dir.path());
    store.append(&[event(0, 10, EventBody::Tick)]).unwrap();
    let huge = |index| {
        let Entry::Event(mut event) = report(index, 10, "huge", &[]) else { unreachable!() };
        if let EventBody::Report(report) = &mut event.body {
            report.text = Some("я".repeat(40_000));
        }
        Entry::Event(event)
    };
    for (batch, expected) in [
        (vec![event(5, 10, EventBody::Tick)], "append entry 1: the event in it says it is number 5"),
        (
            vec![event(1, 10, EventBody::Tick), event(1, 10, EventBody::Tick)],
            "append entry 2: the event in it says it is number 1",
        ),
        (vec![event(1, 9, EventBody::Tick)], "append entry 1: its time 2026-11-18T11:06:49.000Z is before"),
        (vec![event(1, 12, EventBody::Tick), event(2, 11, EventBody::Tick)], "append entry 2: its time"),
        (vec![event(1, 10, EventBody::Tick), huge(2)], "append entry 2 (a report): it has 80"),
    ] {
        let error = store.append(&batch).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
        assert_eq!((store.next_index(), store.poisoned.as_deref()), (1, None));
    }
    store.append(&[]).unwrap();
    store.append(&[event(1, 10, EventBody::Tick)]).unwrap();
    assert_eq!(store.restart().unwrap().last_at, Some(at(10)));
}

#[test]
fn a_reader_of_nothing_says_so() {
    let dir = tempdir().unwrap();
    let error = crate::store::Reader::new(dir.path()).size().unwrap_err().to_string();
    assert!(error.contains("there is no store here"), "{error}");
}
