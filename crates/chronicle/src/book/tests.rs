//! A dossier filed and read again is the same; what is later replaces and erases nothing; a seal opens to what it hid.

use super::*;
use crate::ceasefire::{self, Dossier};
use crate::figures;
use crate::incident::Grade;
use model::{Content, EventId, Filing, SourceId, Statement, StatementForm, Status};

fn scenario(path: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/");
    std::fs::read_to_string(format!("{root}{path}")).unwrap()
}

fn instant(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn desk<'a>(dossier: &'a str, now: &str) -> Desk<'a> {
    Desk { status: Status::Actual, dossier, by: "import", now: instant(now) }
}

fn hear(book: &mut Book, body: EventBody) -> u64 {
    let index = book.next;
    book.hear(&Event { id: EventId(index), at: instant("2025-06-01T00:00:00Z"), body });
    index
}

fn file(book: &mut Book, filings: Vec<Filing>) {
    for filing in filings {
        hear(book, EventBody::Filing(filing));
    }
}

fn put(book: &mut Book, name: &str, dossier: &Dossier) -> Settled {
    let desk = desk(name, "2025-06-01T00:00:00Z");
    let settled = settle(book.shelves().get(name), drafts(dossier), &[], desk, || unreachable!("nothing is sealed"));
    file(book, settled.new.clone());
    settled
}

fn reviewer(name: &str, kind: FilingKind, id: &str, text: &impl serde::Serialize) -> Filing {
    Filing {
        status: Status::Actual,
        dossier: "d".into(),
        kind,
        id: id.into(),
        by: format!("reviewer:{name}"),
        content: Content::Told { text: serde_json::to_string(text).unwrap() },
    }
}

#[test]
fn a_dossier_that_was_filed_gives_the_same_report_as_its_file() {
    for name in ["easter-30h", "energy-30", "full-30"] {
        let dossier = Dossier::read(&scenario(&format!("ceasefire/{name}.toml"))).unwrap();
        let mut book = Book::default();
        let settled = put(&mut book, name, &dossier);
        assert!(settled.new.len() > 5 && settled.known == 0, "{name}");
        let (again, problems) = book.shelves()[name].dossier().unwrap();
        assert_eq!(problems, [], "{name}");
        for at in ["2025-04-20T12:00:00Z", "2026-01-01T00:00:00Z"] {
            let json = |it: &Dossier| serde_json::to_string(&ceasefire::report(it, instant(at))).unwrap();
            assert_eq!(json(&again), json(&dossier), "{name} at {at}");
        }
        let twice = put(&mut book, name, &dossier);
        assert_eq!((twice.new.len(), twice.known, twice.absent.len()), (0, settled.new.len(), 0), "{name}");
    }
}

#[test]
fn claims_that_were_filed_give_the_same_figures_as_their_file() {
    let claims = figures::Claims::read(&scenario("chronicle/2025-03-20.toml")).unwrap();
    let mut book = Book::default();
    let desk = desk("night", "2025-06-01T00:00:00Z");
    file(&mut book, settle(None, drafts_of_claims(&claims), &[], desk, || unreachable!()).new);
    let (again, problems) = book.claims("night").unwrap();
    assert_eq!(problems, []);
    let span = figures::span(&claims.zone, figures::Length::Night, "2025-03-20").unwrap();
    let json = |it: &figures::Claims| serde_json::to_string(&figures::figures(it, Some(span))).unwrap();
    assert_eq!(json(&again), json(&claims));
}

#[test]
fn a_changed_thing_replaces_and_a_missing_one_stays() {
    let mut dossier = Dossier::read(&scenario("ceasefire/energy-30.toml")).unwrap();
    let mut book = Book::default();
    let all = put(&mut book, "d", &dossier).new.len();
    let id = format!("{}/v{}", dossier.incidents[0].id, dossier.incidents[0].version);
    dossier.incidents[0].clock_s = 7_777;
    let gone = dossier.measures.pop();
    let settled = put(&mut book, "d", &dossier);
    assert_eq!((settled.new.len(), settled.revised), (1, 1));
    assert_eq!(settled.absent.len(), usize::from(gone.is_some()));
    assert_eq!(settled.known, all - 1 - settled.absent.len());
    let item = book.item("d", FilingKind::Incident, &id).unwrap();
    assert_eq!(item.filed.len(), 2, "the first wording stays");
    let read = book.shelves()["d"].dossier().unwrap().0;
    assert_eq!(read.incidents[0].clock_s, 7_777);
    assert_eq!(read.measures.len(), dossier.measures.len() + settled.absent.len());
    let withdrawn =
        Filing { content: Content::Withdrawn { reason: "it was another day".into() }, ..item.filed[0].filing.clone() };
    file(&mut book, vec![withdrawn]);
    let read = book.shelves()["d"].dossier().unwrap().0;
    assert_eq!(read.incidents.len(), dossier.incidents.len() - 1);
    assert_eq!(book.item("d", FilingKind::Incident, &id).unwrap().filed.len(), 3);
    // Filed again, it stands again.
    assert_eq!(put(&mut book, "d", &dossier).new.len(), 1);
    assert_eq!(book.shelves()["d"].dossier().unwrap().0.incidents.len(), dossier.incidents.len());
}

#[test]
fn a_seal_hides_all_and_opens_to_what_it_hid_only() {
    let mut dossier = Dossier::read(&scenario("ceasefire/energy-30.toml")).unwrap();
    let until = instant("2025-07-01T00:00:00Z");
    dossier.incidents[0].embargo_until = Some(until);
    let hidden = dossier.incidents[0].id.clone();
    let now = desk("d", "2025-06-01T00:00:00Z");
    let settled = settle(None, drafts(&dossier), &[], now, || "salt-1".into());
    let [sealed] = &settled.sealed[..] else { panic!("{:?}", settled.sealed) };
    let said = serde_json::to_string(&settled.new).unwrap();
    assert!(!said.contains(&format!("\"{hidden}/v")) && !said.contains("salt-1"), "nothing of it is told");
    let mut book = Book::default();
    file(&mut book, settled.new.clone());
    let read = book.shelves()["d"].dossier().unwrap().0;
    assert_eq!((read.incidents.len(), read.sealed), (dossier.incidents.len() - 1, 1));
    assert_eq!(ceasefire::report(&read, instant("2025-06-02T00:00:00Z")).withheld, 1);
    // Put in again while it is sealed it is known; with other words it is sealed anew.
    let again = settle(book.shelves().get("d"), drafts(&dossier), &settled.sealed, now, || unreachable!());
    assert_eq!(again.new, []);
    // Another text, another salt, a seal that is not there: refused by name, and nothing is told.
    for wrong in [
        Sealed { text: sealed.text.replace("energy", "air"), ..sealed.clone() },
        Sealed { salt: "salt-2".into(), ..sealed.clone() },
        Sealed { commitment: "00".repeat(32), ..sealed.clone() },
    ] {
        let index = hear(&mut book, EventBody::Filing(wrong.open(Status::Actual, "import")));
        assert_eq!(book.problems().last().map(|it| it.index), Some(index));
    }
    assert_eq!(book.problems().len(), 3);
    assert_eq!(book.shelves()["d"].dossier().unwrap().0.sealed, 1);
    file(&mut book, vec![sealed.open(Status::Actual, "import")]);
    let read = book.shelves()["d"].dossier().unwrap().0;
    assert_eq!((read.incidents.len(), read.sealed), (dossier.incidents.len(), 0));
    assert!(read.incidents.iter().any(|it| it.id == hidden));
    // After its time nothing is sealed.
    let later = settle(None, drafts(&dossier), &[], desk("d", "2025-08-01T00:00:00Z"), || unreachable!());
    assert_eq!(later.sealed, []);
}

#[test]
fn a_seal_that_an_import_kept_and_did_not_file_is_filed_by_the_next() {
    let mut dossier = Dossier::read(&scenario("ceasefire/energy-30.toml")).unwrap();
    dossier.incidents[0].embargo_until = Some(instant("2025-07-01T00:00:00Z"));
    let now = desk("d", "2025-06-01T00:00:00Z");
    let cut_off = settle(None, drafts(&dossier), &[], now, || "salt-1".into());
    // The salt is on the disk, nothing is in the record.
    let next = settle(None, drafts(&dossier), &cut_off.sealed, now, || unreachable!("the salt is there"));
    assert_eq!((&next.new, &next.sealed, next.revised), (&cut_off.new, &cut_off.sealed, 0));
    let mut book = Book::default();
    file(&mut book, next.new);
    assert_eq!(settle(book.shelves().get("d"), drafts(&dossier), &next.sealed, now, || unreachable!()).new, []);
}

#[test]
fn of_two_seals_of_one_thing_the_later_in_the_record_is_what_an_import_is_compared_with() {
    let mut dossier = Dossier::read(&scenario("ceasefire/energy-30.toml")).unwrap();
    dossier.incidents[0].embargo_until = Some(instant("2025-07-01T00:00:00Z"));
    let now = desk("d", "2025-06-01T00:00:00Z");
    let (mut book, mut kept, mut salts) = (Book::default(), Vec::new(), 0);
    for clock_s in 1..=6 {
        dossier.incidents[0].clock_s = clock_s;
        let mut put = |kept: &mut Vec<Sealed>| {
            let salt = || {
                salts += 1;
                format!("salt-{salts}")
            };
            let settled = settle(book.shelves().get("d"), drafts(&dossier), kept, now, salt);
            file(&mut book, settled.new.clone());
            kept.extend(settled.sealed.clone());
            // As they are read from the disk: by their hash, in no order of time.
            kept.sort_by(|a, b| a.commitment.cmp(&b.commitment));
            settled.sealed.len()
        };
        assert_eq!((put(&mut kept), put(&mut kept)), (1, 0), "wording {clock_s}");
    }
    let order: Vec<Option<u64>> = kept.iter().map(|it| book.shelves()["d"].sealed_at(&it.commitment)).collect();
    assert!(order.iter().all(Option::is_some) && !order.is_sorted(), "{order:?}");
}

#[test]
fn confirmed_takes_two_people_and_the_rules_stand_until_somebody_grades() {
    let dossier = Dossier::read(&scenario("ceasefire/energy-30.toml")).unwrap();
    let mut book = Book::default();
    put(&mut book, "d", &dossier);
    let (id, version) = (dossier.incidents[0].id.clone(), dossier.incidents[0].version);
    let assessed = |book: &Book| {
        let shelf = &book.shelves()["d"];
        let incidents = shelf.incidents();
        let found = incidents.iter().find(|(_, it)| it.id == id && it.version == version);
        found.unwrap().1.assessed.clone().map(|it| (it.grade, it.by.join("+")))
    };
    let grade = |book: &mut Book, name: &str, grade: Grade| {
        let text = GradeText { grade, reason: "seen".into() };
        file(book, vec![reviewer(name, FilingKind::Grade, &grade_id(&id, version), &text)]);
    };
    assert_eq!(assessed(&book), None);
    grade(&mut book, "a", Grade::Confirmed);
    grade(&mut book, "a", Grade::Confirmed);
    assert_eq!(assessed(&book), None, "one person twice is one person");
    grade(&mut book, "b", Grade::Fair);
    assert_eq!(assessed(&book), Some((Grade::Fair, "b".into())));
    grade(&mut book, "b", Grade::Confirmed);
    assert_eq!(assessed(&book), Some((Grade::Confirmed, "b+a".into())));
    grade(&mut book, "a", Grade::Contested);
    assert_eq!(assessed(&book), Some((Grade::Contested, "a".into())));
    let report = ceasefire::report(&book.shelves()["d"].dossier().unwrap().0, instant("2026-01-01T00:00:00Z"));
    let row = report.incidents.iter().find(|it| it.id == id).unwrap();
    assert_eq!(row.graded.grade, Grade::Contested);
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_read() {
    let dossier = Dossier::read(&scenario("ceasefire/energy-30.toml")).unwrap();
    let mut book = Book::default();
    put(&mut book, "d", &dossier);
    let strange = |kind, id: &str, text: &str| Filing {
        content: Content::Told { text: text.into() },
        ..reviewer("x", kind, id, &"")
    };
    file(
        &mut book,
        vec![
            strange(FilingKind::Incident, "odd/v1", "{\"id\":"),
            strange(
                FilingKind::Stance,
                "odd",
                r#"{"party":"Mars","regime":"energy","version":1,"position":"accepted","at":"2025-03-20T00:00:00Z","statement":{"source":"x","words":"y"}}"#,
            ),
            strange(FilingKind::Measure, "odd", r#"{"surprise":1}"#),
        ],
    );
    let (read, problems) = book.shelves()["d"].dossier().unwrap();
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert_eq!((read.incidents.len(), read.stances.len()), (dossier.incidents.len(), dossier.stances.len()));
    // A withdrawal of what was never filed, and a name that is none.
    let never = Filing { content: Content::Withdrawn { reason: "x".into() }, ..strange(FilingKind::Claim, "no", "") };
    let nameless = Filing { dossier: "../x".into(), ..strange(FilingKind::Claim, "no", "{}") };
    file(&mut book, vec![never, nameless]);
    assert_eq!(book.problems().len(), 2);
}

fn said(book: &mut Book, id: &str, text: &str, published: Option<&str>, supersedes: Option<&str>) {
    let statement = Statement {
        id: StatementId::new(id),
        source: SourceId::new("air-force"),
        status: Status::Actual,
        form: StatementForm::Feed,
        document_sha256: "00".into(),
        captured_at: Some(instant("2030-01-01T00:00:00Z")),
        published_at: published.map(instant),
        dated: None,
        own_id: None,
        address: None,
        forwarded_from: None,
        post: None,
        gaps: false,
        text: text.into(),
        text_sha256: "00".into(),
        clipped: false,
        supersedes: supersedes.map(StatementId::new),
    };
    hear(book, EventBody::Statement(statement));
}

#[test]
fn a_statement_gives_claims_with_its_own_time_and_place_and_never_the_capture_date() {
    let zone = crate::zone(crate::KYIV.0).unwrap();
    let mut book = Book::default();
    said(
        &mut book,
        "a",
        "Last night Russia launched 171 drones; 75 were shot down.",
        Some("2025-03-20T08:00:00Z"),
        None,
    );
    said(&mut book, "b", "Last night Russia launched 90 drones.", None, None);
    said(&mut book, "c", "In Poltava Oblast two people were wounded overnight.", Some("2025-03-20T08:00:00Z"), None);
    said(&mut book, "d", "Last night Russia launched 172 drones.", Some("2025-03-20T08:00:00Z"), Some("a"));
    let span = [instant("2025-03-19T16:00:00Z"), instant("2025-03-20T07:00:00Z")];
    let (claims, left_out) = book.all_claims(AreaSet::bundled(), (crate::KYIV.0, crate::KYIV.1, &zone), Some(span));
    assert_eq!(left_out, 0);
    let row = |it: &Told| {
        format!(
            "{} {} {} {} {}",
            it.id,
            it.scope.kind.name(),
            it.quantity.low,
            it.scope.area,
            it.scope.window.is_some()
        )
    };
    let rows: Vec<String> = claims.claims.iter().map(row).collect();
    // The wording that was replaced is in no figure, and the statement of unknown date has no window.
    assert_eq!(rows, ["c#1 wounded 2 UA/Poltava true", "d#1 launched 172 UA true", "b#1 launched 90 UA false"]);
    assert_eq!(claims.claims[1].scope.window, Some(span));
    assert_eq!(claims.claims[1].words, "launched 172 drones");
    assert_eq!(book.statements()[0].superseded_by.as_ref().map(ToString::to_string).as_deref(), Some("d"));
    let figures = figures::figures(&claims, Some(span));
    assert_eq!(figures.undated.len(), 1);
}

#[test]
fn every_region_has_a_path_and_no_two_have_one() {
    let areas = AreaSet::bundled();
    let mut paths = std::collections::BTreeSet::new();
    for area in areas.iter().filter(|it| it.level == model::Level::Oblast) {
        assert!(paths.insert(area_path(areas, area.code).unwrap()), "{}", area.name_en);
    }
    assert!(paths.contains("UA/Poltava") && paths.contains("UA/Kyiv") && paths.contains("UA/Kyiv Oblast"));
    assert!(paths.contains("UA/Crimea"));
}

#[test]
fn a_path_leads_back_to_its_community_and_a_strange_one_to_none() {
    let areas = AreaSet::bundled();
    let communities = || areas.iter().filter(|it| it.level < model::Level::Settlement);
    let mut paths: std::collections::BTreeMap<String, Vec<model::Code>> = std::collections::BTreeMap::new();
    for area in communities() {
        paths.entry(area_path(areas, area.code).unwrap()).or_default().push(area.code);
    }
    for (path, codes) in &paths {
        // Two of one name in one place are none: nobody can say which.
        assert_eq!(area_at(areas, path), (codes.len() == 1).then(|| codes[0]), "{path}");
    }
    assert!(paths.len() > communities().count() - 10);
    for strange in ["", "UA/", "UA/Nowhere", "RU/Kursk", "UA/Poltava/Lubny/", "ua"] {
        assert_eq!(area_at(areas, strange), None, "{strange:?}");
    }
}
