//! What is appended is there after a close, a restart and a failed write.

use super::fixture::{alert, at, code, end, evening, event, open, picture, raise, report, update};
use crate::store::{DATABASE, Entry, Reader, StoreError, audit};
use model::{EventBody, EventId, OrderAct, ReportId, SourceId, Statement, StatementForm, StatementId, Status};
use record::{TilePath, Verifier, decode_bundle, leaf_hash, verify_consistency};
use tempfile::tempdir;

#[test]
fn what_is_appended_is_read_back_after_a_reopen() {
    let dir = tempdir().unwrap();
    let mut store = open(dir.path());
    let written =
        [report(0, 0, "a", &[(1, OrderAct::Raise)]), raise(0, 0, alert(0, 1, 0)), event(2, 1, EventBody::Tick)];
    let appended = store.append(&written).unwrap();
    assert_eq!((appended.first, appended.size), (0, 3));
    drop(store);

    let store = open(dir.path());
    assert_eq!((store.next_index(), store.root()), (3, appended.root));
    let reader = store.reader();
    for (index, entry) in (0..).zip(&written) {
        let bytes = reader.entry(index).unwrap().unwrap();
        assert_eq!(&Entry::from_bytes(&bytes).unwrap(), entry);
    }
    assert_eq!(reader.entry(3).unwrap(), None);
    let line = String::from_utf8(reader.entry(0).unwrap().unwrap()).unwrap();
    let head = r#"{"v":1,"entry":"event","id":0,"at":"2026-11-18T11:06:40.000Z","body":{"event":"report","id":"a","source":"posts""#;
    assert!(line.starts_with(head), "{line}");
    let line = String::from_utf8(reader.entry(1).unwrap().unwrap()).unwrap();
    let head = r#"{"v":1,"entry":"decision","decided_at":"2026-11-18T11:06:40.000Z","causes":[0],"body":{"decision":"raise","id":0,"#;
    assert!(line.starts_with(head), "{line}");
}

#[test]
fn a_number_is_read_back_to_the_last_bit() {
    // Values that a quick decimal reader gets wrong by one unit in the last place.
    for probability in
        [0.1 + 0.2, 1.0 / 3.0, 5e-324, 0.987_654_321_012_345_6, f64::MIN_POSITIVE, 0.123_456_789_012_345_68]
    {
        let mut standing = alert(0, 1, 0);
        standing.arrival =
            Some(model::Arrival { probability, earliest_s: 1, latest_s: 2, kind: model::ThreatKind::Uav });
        let entry = raise(0, 0, standing);
        assert_eq!(Entry::from_bytes(&entry.to_bytes().unwrap()).unwrap(), entry);
    }
}

#[test]
fn whatever_is_appended_in_whatever_batches_the_record_is_the_plain_list() {
    let mut state = 0x5eed_u64;
    let mut below = |n: u64| {
        // Knuth's MMIX generator: the same batches every time.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    let dir = tempdir().unwrap();
    let (mut store, mut list) = (open(dir.path()), Vec::new());
    let mut second = 0;
    for _ in 0..60 {
        let batch: Vec<Entry> = (store.next_index()..store.next_index() + below(20))
            .map(|index| {
                second += i64::try_from(below(3)).unwrap();
                match below(3) {
                    0 => report(index, second, &format!("r{}", below(40)), &[(below(9), OrderAct::Raise)]),
                    1 => picture(index, second, &[below(5)]),
                    _ => event(index, second, EventBody::Tick),
                }
            })
            .collect();
        store.append(&batch).unwrap();
        list.extend(batch);
        match below(4) {
            0 => {
                drop(store);
                store = open(dir.path());
            }
            1 => store.recover().unwrap(),
            _ => {}
        }
        assert_eq!(store.next_index(), list.len() as u64);
    }
    let mut frontier = record::Frontier::new();
    let stored = store.reader().entries(0, list.len() + 1).unwrap();
    assert_eq!(stored.len(), list.len());
    for ((index, bytes), entry) in stored.iter().zip(&list) {
        assert_eq!(*index, frontier.size());
        assert_eq!(&Entry::from_bytes(bytes).unwrap(), entry);
        frontier.push(leaf_hash(bytes), |_, _, _| {});
    }
    assert_eq!(store.root(), frontier.root());
    assert!(audit(dir.path(), None, |_, _| {}).unwrap().is_good());
}

#[test]
fn an_evening_passes_the_audit_and_every_proof_verifies() {
    let dir = tempdir().unwrap();
    let mut store = open(dir.path());
    evening(&mut store, 150);
    let (size, root) = (store.next_index(), store.root());
    assert!(size > 512, "two full tiles and a partial one: {size}");
    let key = Verifier::parse(&store.verifier_key()).unwrap();

    let found = audit(dir.path(), Some(&key), |_, _| {}).unwrap();
    assert_eq!(found.findings, []);
    assert_eq!((found.entries, found.root, found.checkpoints), (size, Some(root), 299));
    assert_eq!((found.events, found.decisions), (299, 299));
    assert!(found.rows > 300);

    let reader = store.reader();
    for index in [0, 1, 255, 256, 257, 511, 512, size - 1] {
        let proven = reader.inclusion(index).unwrap().unwrap();
        assert_eq!((proven.size, proven.root), (size, root));
        proven.proof.verify(&proven.entry, &key).unwrap();
        assert_eq!(record::TlogProof::parse(&proven.proof.to_text()).unwrap(), proven.proof);
    }
    assert_eq!(reader.inclusion(size).unwrap(), None);
    for old in [1, 2, 255, 256, 300, size] {
        let proof = reader.consistency(old, size).unwrap().unwrap();
        let entries = reader.entries(0, usize::try_from(old).unwrap()).unwrap();
        let mut frontier = record::Frontier::new();
        for (_, bytes) in &entries {
            frontier.push(leaf_hash(bytes), |_, _, _| {});
        }
        verify_consistency(old, frontier.root(), size, root, &proof).unwrap();
    }
    assert_eq!(reader.consistency(size, size + 1).unwrap(), None);
}

#[test]
fn tiles_and_bundles_hold_the_entries_and_their_hashes() {
    let dir = tempdir().unwrap();
    let mut store = open(dir.path());
    evening(&mut store, 150);
    let (size, reader) = (store.next_index(), store.reader());
    let mut leaves = 0;
    for path in record::tile_paths(size) {
        let file = reader.file(&path.path()).unwrap().unwrap();
        if let TilePath { level: None, n, width } = path {
            let hashes = reader.tile(0, n, width).unwrap().unwrap();
            let entries = decode_bundle(&file).unwrap();
            let computed: Vec<u8> = entries.iter().flat_map(|entry| leaf_hash(entry).0).collect();
            assert_eq!(hashes, computed);
            leaves += entries.len() as u64;
        }
    }
    assert_eq!(leaves, size);
    // A prefix of what is there is served; more than is there is not.
    let rest = u16::try_from(size % 256).unwrap();
    assert!(reader.tile(0, 2, rest - 1).unwrap().is_some());
    assert!(reader.tile(0, 2, rest + 1).unwrap().is_none());
    assert!(reader.entry_bundle(2, rest + 1).unwrap().is_none());
    assert!(reader.tile(0, u64::MAX, 256).unwrap().is_none());
    assert!(reader.file("tile/0/../../log.key").unwrap().is_none());
    assert!(reader.file("checkpoint").unwrap().is_some());
}

#[test]
fn a_restart_gets_what_stands_and_the_latest_words_and_nothing_twice() {
    let dir = tempdir().unwrap();
    let mut store = open(dir.path());
    let hour = 3600;
    let standing = alert(4096, 2, 0);
    let written = vec![
        // Old, and each the latest of its kind: kept.
        report(0, 0, "order-1", &[(1, OrderAct::Raise)]),
        report(1, 0, "order-2", &[(2, OrderAct::Raise)]),
        raise(1, 0, standing.clone()),
        picture(3, 1, &[]),
        // Old, and overtaken: left out.
        report(4, 2, "order-3", &[(3, OrderAct::Raise)]),
        picture(5, 2, &[7]),
        event(6, 3, EventBody::Heartbeat { source: SourceId::new("posts") }),
        // The latest words.
        report(7, hour, "order-3-end", &[(3, OrderAct::End)]),
        picture(8, hour, &[7, 8]),
        // The last two hours: all of it, but not a standing alert, which `alerts` tells.
        event(9, 3 * hour, EventBody::Standing { alert: standing.clone() }),
        event(10, 4 * hour, EventBody::Heartbeat { source: SourceId::new("posts") }),
        report(11, 5 * hour, "last", &[]),
    ];
    store.append(&written).unwrap();
    let check = |store: &crate::store::Store| {
        let restart = store.restart().unwrap();
        assert_eq!(restart.alerts, std::slice::from_ref(&standing));
        let ids: Vec<u64> = restart.events.iter().map(|e| e.id.0).collect();
        assert_eq!(ids, [0, 1, 3, 7, 8, 10, 11]);
        assert_eq!(restart.last_at, Some(at(5 * hour)));
        assert_eq!(restart.unreadable, [0; 0]);
    };
    check(&store);
    drop(store);
    let mut store = open(dir.path());
    check(&store);
    // A whole picture overtakes all parts.
    store.append(&[picture(12, 9 * hour, &[])]).unwrap();
    let ids: Vec<u64> = store.restart().unwrap().events.iter().map(|e| e.id.0).collect();
    assert_eq!(ids, [0, 1, 7, 12]);
}

#[test]
fn an_empty_store_restarts_from_nothing() {
    let dir = tempdir().unwrap();
    let store = open(dir.path());
    assert_eq!(store.restart().unwrap(), crate::store::Restart::default());
    assert_eq!(store.reader().checkpoint().unwrap(), None);
    assert!(audit(dir.path(), None, |_, _| {}).unwrap().is_good());
}

#[test]
fn a_report_seen_before_is_known_after_a_restart() {
    let dir = tempdir().unwrap();
    let mut store = open(dir.path());
    store.append(&[report(0, 0, "a", &[]), report(1, 0, "b", &[]), report(2, 0, "a", &[])]).unwrap();
    drop(store);
    let store = open(dir.path());
    let seen = |source: &str, id: &str| store.seen(&SourceId::new(source), &ReportId::new(id));
    assert_eq!(seen("posts", "a"), Some(EventId(0)));
    assert_eq!(seen("posts", "b"), Some(EventId(1)));
    assert_eq!(seen("posts", "c"), None);
    assert_eq!(seen("others", "a"), None);
}

#[test]
fn history_tells_what_stood_since_the_latest_first() {
    let dir = tempdir().unwrap();
    let mut store = open(dir.path());
    evening(&mut store, 8);
    let reader = store.reader();
    let all = reader.history(&[], at(0), 100).unwrap();
    assert_eq!(all.len(), 8);
    assert_eq!((all[0].outcome, all[0].ended_by.as_deref(), all[0].alert.ended_at), (None, None, None));
    assert_eq!(all[1].outcome, Some(model::Outcome::Passed));
    assert_eq!(all[1].ended_by.as_deref(), Some("posts"));
    assert!(all.is_sorted_by(|a, b| a.alert.started_at >= b.alert.started_at));
    // Rounds 0 and 7 are community 0; round 0 ended at second 30.
    assert_eq!(reader.history(&[code(0)], at(0), 100).unwrap().len(), 2);
    assert_eq!(reader.history(&[code(0)], at(31), 100).unwrap().len(), 1);
    assert_eq!(reader.history(&[code(0), code(1)], at(0), 100).unwrap().len(), 3);
    assert_eq!(reader.history(&[code(99)], at(0), 100).unwrap().len(), 0);
    assert_eq!(reader.history(&[], at(0), 3).unwrap().len(), 3);
}

#[test]
fn a_full_disk_stops_the_record_by_name_and_recovery_takes_it_up_again() {
    let dir = tempdir().unwrap();
    let mut store = open(dir.path());
    evening(&mut store, 3);
    let before = store.next_index();
    let pages: i64 = store.db.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.db.pragma_update(None, "max_page_count", pages).unwrap();
    let text = "x".repeat(2000);
    let large = |index: u64| {
        let Entry::Event(mut event) = report(index, 999, &format!("large-{index}"), &[]) else { unreachable!() };
        if let EventBody::Report(report) = &mut event.body {
            report.text = Some(text.clone());
        }
        Entry::Event(event)
    };
    let batch: Vec<Entry> = (before..before + 50).map(large).collect();
    let error = store.append(&batch).unwrap_err();
    assert!(matches!(error, StoreError::Poisoned { .. }));
    assert!(error.to_string().contains("database or disk is full"), "{error}");
    assert!(error.to_string().contains("its state is unknown"), "{error}");
    // Every answer after it says so, even when there would be room.
    store.db.pragma_update(None, "max_page_count", 1_000_000).unwrap();
    assert!(matches!(store.append(&[event(before, 999, EventBody::Tick)]), Err(StoreError::Poisoned { .. })));
    assert!(store.poisoned.is_some());
    assert_eq!(store.next_index(), before);
    // Reading goes on.
    assert_eq!(store.reader().size().unwrap(), before);

    store.recover().unwrap();
    assert_eq!((store.poisoned.as_deref(), store.next_index()), (None, before));
    store.append(&batch).unwrap();
    assert_eq!(store.next_index(), before + 50);
    assert!(audit(dir.path(), None, |_, _| {}).unwrap().is_good());
}

#[test]
fn what_was_told_lately_comes_with_what_stood_before_it() {
    let dir = tempdir().unwrap();
    let mut store = open(dir.path());
    let (over, standing, changed) = (alert(1, 1, 0), alert(2, 2, 0), alert(3, 3, 0));
    store.append(&[event(0, 0, EventBody::Tick), raise(0, 0, over.clone())]).unwrap();
    store.append(&[event(2, 1, EventBody::Tick), end(2, 1, over), raise(2, 1, changed.clone())]).unwrap();
    let mut standing = standing;
    standing.updated_at = at(2);
    store.append(&[event(5, 2, EventBody::Tick), raise(5, 2, standing), update(5, 2, changed.clone())]).unwrap();
    store.append(&[event(8, 90, EventBody::Tick), update(8, 90, changed.clone())]).unwrap();
    store.append(&[event(10, 99, EventBody::Tick), end(10, 99, changed), raise(10, 99, alert(4, 4, 99))]).unwrap();
    let indexes = |second| -> Vec<u64> {
        store.reader().told_since(at(second)).unwrap().into_iter().map(|(index, _)| index).collect()
    };
    // Of the alert that changed its last word before; of the one that stands its only; of the one that is over nothing.
    assert_eq!(indexes(50), [6, 7, 9, 11, 12]);
    assert_eq!(indexes(95), [6, 9, 11, 12]);
    assert_eq!(indexes(1000), [6, 12], "what is in force is always found");
    assert_eq!(indexes(0), [1, 3, 4, 6, 7, 9, 11, 12]);
}

#[test]
fn statements_of_a_source_are_read_back_in_order_and_audited() {
    let said = |id: &str, source: &str| Statement {
        id: StatementId::new(id),
        source: SourceId::new(source),
        status: Status::Exercise,
        form: StatementForm::ThreadText,
        document_sha256: String::new(),
        captured_at: None,
        published_at: None,
        dated: None,
        own_id: None,
        address: None,
        forwarded_from: None,
        post: None,
        gaps: false,
        text: "слова".to_owned(),
        text_sha256: String::new(),
        clipped: false,
        supersedes: None,
    };
    let dir = tempdir().unwrap();
    let mut store = open(dir.path());
    let statements = [said("s-1", "press"), said("s-2", "other"), said("s-3", "press")];
    let entries: Vec<Entry> =
        (0..).zip(&statements).map(|(i, it)| event(i, 0, EventBody::Statement(it.clone()))).collect();
    store.append(&entries).unwrap();
    store.append(&[report(3, 1, "a", &[])]).unwrap();
    drop(store);
    let store = open(dir.path());
    let found = store.statements(&SourceId::new("press")).unwrap();
    assert_eq!(found, [statements[0].clone(), statements[2].clone()]);
    assert_eq!(store.statements(&SourceId::new("posts")).unwrap(), [], "a report is no statement");
    assert_eq!(store.seen(&SourceId::new("other"), &ReportId::new("s-2")), Some(EventId(1)));
    assert!(store.restart().unwrap().events.iter().all(|it| !matches!(it.body, EventBody::Statement(_))));
    drop(store);
    assert!(audit(dir.path(), None, |_, _| {}).unwrap().is_good());
    // A store of schema 1 had no table of them: it is read and audited as it is, and gets the table when it is next written to.
    let db = rusqlite::Connection::open(dir.path().join(DATABASE)).unwrap();
    db.execute_batch("DROP TABLE chronicle; PRAGMA user_version = 1").unwrap();
    drop(db);
    let indexes =
        || -> Vec<u64> { Reader::new(dir.path()).chronicle(1, 100).unwrap().iter().map(|event| event.id.0).collect() };
    assert_eq!(indexes(), [1, 2]);
    assert!(audit(dir.path(), None, |_, _| {}).unwrap().is_good());
    drop(open(dir.path()));
    assert_eq!(indexes(), [1, 2]);
    let audited = audit(dir.path(), None, |_, _| {}).unwrap();
    assert!(audited.is_good(), "{:?}", audited.findings);
}
