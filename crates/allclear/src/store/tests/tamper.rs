//! Whatever is changed behind the store's back, the audit finds and names it.

use super::fixture::{evening, open};
use crate::store::DATABASE;
use crate::store::audit::{Place, audit};
use record::{Signer, Verifier};
use rusqlite::Connection;
use tempfile::tempdir;

/// An evening of 38 entries is changed by `sql`; the first finding must be at `place` and say `expected`.
#[track_caller]
fn check(sql: &str, place: Place, expected: &str) {
    let dir = tempdir().unwrap();
    let mut store = open(dir.path());
    evening(&mut store, 10);
    assert_eq!(store.next_index(), 38);
    drop(store);
    assert!(audit(dir.path(), None, |_, _| {}).unwrap().is_good());
    let db = Connection::open(dir.path().join(DATABASE)).unwrap();
    assert!(db.execute(sql, []).unwrap() > 0, "{sql} changed nothing");
    drop(db);
    let found = audit(dir.path(), None, |_, _| {}).unwrap();
    let Some(first) = found.findings.first() else { panic!("{sql}: nothing was found") };
    assert_eq!(first.place, place, "{sql}: {found:?}");
    assert!(first.what.contains(expected), "{sql}: {first:?}");
    assert!(!found.is_good() && found.wrong >= found.findings.len() as u64);
}

#[test]
fn a_changed_byte_of_an_entry_is_named() {
    let sql = "UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), 'end-3', 'end-4') AS BLOB) WHERE idx = 14";
    check(sql, Place::Entry(14), "do not match its stored hash");
}

#[test]
fn a_changed_hash_is_named() {
    check("UPDATE entries SET leaf_hash = zeroblob(32) WHERE idx = 5", Place::Entry(5), "do not match its stored hash");
}

#[test]
fn a_missing_entry_is_named() {
    check("DELETE FROM entries WHERE idx = 20", Place::Entry(20), "the next one stored is 21");
}

#[test]
fn a_cut_off_end_is_named() {
    check("DELETE FROM entries WHERE idx >= 36", Place::Checkpoint(38), "the end of the record was cut off");
}

#[test]
fn an_unsigned_end_is_named() {
    check("DELETE FROM checkpoints WHERE size > 30", Place::Entry(30), "no checkpoint speaks for it");
}

#[test]
fn a_changed_checkpoint_is_named() {
    let sql = "UPDATE checkpoints SET note = replace(note, char(10) || '12' || char(10), char(10) || '13' || char(10)) WHERE size = 12";
    check(sql, Place::Checkpoint(12), "verify the signature");
    check("UPDATE checkpoints SET root = zeroblob(32) WHERE size = 12", Place::Checkpoint(12), "differ");
    let swap = "UPDATE checkpoints SET note = (SELECT note FROM checkpoints WHERE size = 14) WHERE size = 12";
    check(swap, Place::Checkpoint(12), "differ");
}

#[test]
fn a_changed_row_is_named() {
    check("UPDATE entries SET at = at + 1 WHERE idx = 7", Place::Entry(7), "its row says 2026");
    check(
        "UPDATE entries SET kind = 'decision' WHERE idx = 8",
        Place::Entry(8),
        "its row says decision, its bytes say event",
    );
}

#[test]
fn a_changed_projection_is_named() {
    check(
        "UPDATE alerts SET ended_at = 7 WHERE id = 147456",
        Place::Table("alerts"),
        "row 147456 is not what the entries give",
    );
    check("DELETE FROM alerts WHERE id = 147456", Place::Table("alerts"), "row 147456 is missing");
    check("UPDATE reports SET idx = 0 WHERE id = 'end-3'", Place::Table("reports"), "row \"posts\" \"end-3\"");
    check("DELETE FROM orders WHERE idx = 36", Place::Table("orders"), "is missing");
    check(
        "INSERT INTO pictures VALUES ('upstream', '', 3)",
        Place::Table("pictures"),
        "does not follow from the entries",
    );
}

#[test]
fn a_changed_world_or_key_is_named() {
    check("UPDATE meta SET value = 'real' WHERE key = 'status'", Place::Store, "expected actual or exercise");
    check("UPDATE meta SET value = 'other' WHERE key = 'origin'", Place::Store, "its key's name is");
    check("UPDATE meta SET value = 'key' WHERE key = 'vkey'", Place::Store, "its own key is not usable");
}

#[test]
fn a_changed_subtree_hash_is_named() {
    let dir = tempdir().unwrap();
    let mut store = open(dir.path());
    evening(&mut store, 150);
    drop(store);
    let db = Connection::open(dir.path().join(DATABASE)).unwrap();
    db.execute("UPDATE nodes SET hash = zeroblob(32) WHERE idx = 1", []).unwrap();
    let found = audit(dir.path(), None, |_, _| {}).unwrap();
    assert_eq!(found.findings[0].place, Place::Node(1, 1));
    db.execute("DELETE FROM nodes WHERE idx = 0", []).unwrap();
    let found = audit(dir.path(), None, |_, _| {}).unwrap();
    assert_eq!((found.findings[0].place, found.findings[0].what.as_str()), (Place::Node(1, 0), "it is missing"));
}

#[test]
fn an_entry_changed_together_with_its_hash_is_found_by_the_signed_root() {
    let dir = tempdir().unwrap();
    let mut store = open(dir.path());
    evening(&mut store, 10);
    let reader = store.reader();
    let bytes = String::from_utf8(reader.entry(14).unwrap().unwrap()).unwrap().replace("end-3", "end-4");
    drop(store);
    let db = Connection::open(dir.path().join(DATABASE)).unwrap();
    let hash = record::leaf_hash(bytes.as_bytes()).0;
    db.execute("UPDATE entries SET bytes = ?1, leaf_hash = ?2 WHERE idx = 14", (bytes.as_bytes(), hash)).unwrap();
    let found = audit(dir.path(), None, |_, _| {}).unwrap();
    assert_eq!(found.findings[0].place, Place::Checkpoint(16));
    assert!(found.findings[0].what.starts_with("entries 14 to 15 are not those that were signed"), "{found:?}");
}

#[test]
fn a_forged_store_is_found_by_the_pinned_key() {
    let dir = tempdir().unwrap();
    let mut store = open(dir.path());
    evening(&mut store, 10);
    let pinned = Signer::new(store.signer.0.name(), &[9; 32]).unwrap().verifier();
    let found = audit(dir.path(), Some(&pinned), |_, _| {}).unwrap();
    assert_eq!(found.findings[0].place, Place::Store);
    assert!(found.findings[0].what.contains("another log or was forged"));
    let ours = Verifier::parse(&store.verifier_key()).unwrap();
    assert!(audit(dir.path(), Some(&ours), |_, _| {}).unwrap().is_good());
}
