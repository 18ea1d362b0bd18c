//! An import of a dossier is killed half way, again and again. What the record has is whole at every moment; the same import again
//! brings the rest, and in the end everything is there once, as if it had never been killed.

use crate::chronicle::{program, runs, scenario};
use crate::server::PATIENCE;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Claims and alerts of the large file: some seventeen transactions.
const CLAIMS: u32 = 1_500;
const ALERTS: u32 = 2_800;
/// It is killed when the record has at least so many entries.
const KILLED_AT: [u64; 5] = [1, 300, 1_000, 2_500, 4_000];
/// Incidents under seal, and how many salts are on the disk when it is killed.
const SEALED: usize = 400;
const KEPT_AT: [usize; 2] = [40, 250];

/// A file of claims of one month, each of its own night.
fn claims() -> String {
    let mut text =
        "version = 1\nname = \"a month\"\nzone = { name = \"Europe/Kyiv\", posix = \"EET-2EEST,M3.5.0/3,M10.5.0/4\" }\n".to_owned();
    for n in 0..CLAIMS {
        let (day, kind) = (n % 28 + 1, ["launched", "intercepted", "lost"][n as usize % 3]);
        write!(
            text,
            "[[claim]]\nid = \"c-{n}\"\nsource = \"s-{}\"\nas_of = 2025-02-{day:02}T07:00:00Z\nkind = \"{kind}\"\nobject = \"drone_any\"\n\
             quantity = {}\nattacker = \"RU\"\narea = \"UA\"\nfrom = 2025-02-{day:02}T00:00:00Z\nto = 2025-02-{day:02}T05:00:00Z\nwords = \"{n} of them\"\n",
            n % 40,
            n % 90 + 1
        )
        .unwrap();
    }
    for n in 0..ALERTS {
        let (day, hour, minute) = (n % 28 + 1, n / 28 % 24, n / 28 / 24 * 10);
        write!(
            text,
            "[[alert]]\narea = \"UA/Sumy\"\nfrom = 2025-02-{day:02}T{hour:02}:{minute:02}:00Z\nto = 2025-02-{day:02}T{hour:02}:{:02}:00Z\n",
            minute + 9
        )
        .unwrap();
    }
    text
}

/// A ceasefire with many incidents under seal.
fn sealed() -> String {
    let text = std::fs::read_to_string(scenario("ceasefire/energy-30.toml")).unwrap();
    let (head, incidents) = text.split_once("[[incident]]\n").unwrap();
    let first = incidents.split("[[incident]]").next().unwrap();
    let id = first.split("id = \"").nth(1).unwrap().split('"').next().unwrap();
    let one = |n: usize| {
        let named = first.replacen(id, &format!("{id}-{n}"), 1);
        format!("[[incident]]\nembargo_until = 2099-01-01T00:00:00Z\n{named}\n")
    };
    format!("{head}{}", (0..SEALED).map(one).collect::<String>())
}

/// Starts the import and kills it once `due`; `false` when it was done before.
fn killed(file: &Path, store: &Path, due: impl Fn() -> bool) -> bool {
    let mut import = Command::new(env!("CARGO_BIN_EXE_allclear"))
        .args(["import", "chronicle"])
        .arg(file)
        .arg("--store")
        .arg(store)
        .args(["--dossier", "large", "--json"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while !due() {
        if let Some(status) = import.try_wait().unwrap() {
            assert!(status.success(), "{status}");
            return false;
        }
        assert!(began.elapsed() < PATIENCE * 3, "the import gets nowhere");
        std::thread::sleep(Duration::from_micros(200));
    }
    import.kill().unwrap();
    import.wait().unwrap();
    true
}

fn reading(store: &Path) -> Option<Connection> {
    let db = Connection::open_with_flags(store.join("allclear.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
    db.busy_timeout(PATIENCE).ok()?;
    Some(db)
}

/// Entries in the record; none before there is one.
fn count(store: &Path) -> u64 {
    let of = |db: Connection| db.query_row("SELECT COUNT(*) FROM entries", [], |row| row.get(0)).ok();
    reading(store).and_then(of).unwrap_or(0)
}

fn kept(store: &Path) -> usize {
    let Ok(found) = std::fs::read_dir(store.join("sealed")) else { return 0 };
    found.filter(|it| it.as_ref().is_ok_and(|it| it.path().extension().is_some_and(|it| it == "json"))).count()
}

fn import(file: &Path, store: &Path) -> Value {
    let args = ["import", "chronicle", "@", "--store", "@", "--dossier", "large", "--json"];
    serde_json::from_str(&runs(&args, &[file, store])).unwrap()
}

fn verified(store: &Path) {
    let output = program(&["record", "verify", "@"], &[store]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// What was filed, in the order of the record; of a seal only that it is one, as its salt is another every time.
fn filed(store: &Path) -> Vec<String> {
    let db = reading(store).unwrap();
    let mut entries = db.prepare("SELECT bytes FROM entries ORDER BY idx").unwrap();
    let entry = |bytes: Vec<u8>| {
        let entry: Value = serde_json::from_slice(&bytes).unwrap();
        let body = &entry["body"];
        let id = if body["content"]["is"] == "sealed" { &Value::Null } else { &body["id"] };
        format!("{} {id} {} {}", body["kind"], body["content"]["is"], body["content"]["text"])
    };
    let rows = entries.query_map([], |row| row.get(0)).unwrap();
    rows.map(|row| entry(row.unwrap())).collect()
}

#[test]
fn a_large_dossier_killed_at_five_points_is_there_once_and_reports_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let (file, whole, cut) = (dir.path().join("large.toml"), dir.path().join("whole"), dir.path().join("cut"));
    std::fs::write(&file, claims()).unwrap();
    let all = import(&file, &whole);
    assert_eq!(all["new"], json!(CLAIMS + ALERTS + 1));
    let mut kills = 0;
    for at in KILLED_AT {
        kills += u32::from(killed(&file, &cut, || count(&cut) >= at));
        let had = count(&cut);
        assert!(had >= at.min(1), "{had} of {at}");
        verified(&cut);
    }
    // The test means something only when it was cut off.
    assert!(kills >= 3, "only {kills} imports were killed before they were done");
    let rest = import(&file, &cut);
    assert_eq!(rest["new"].as_u64().unwrap() + rest["known"].as_u64().unwrap(), u64::from(CLAIMS + ALERTS + 1));
    assert_eq!(import(&file, &cut)["new"], 0);
    verified(&cut);
    assert_eq!(filed(&cut), filed(&whole), "in the same order, each once");
    let report = |store: &Path, form: &[&str]| {
        runs(
            &[&["report", "month", "--store", "@", "--dossier", "large", "--day", "2025-02-10"], form].concat(),
            &[store],
        )
    };
    for form in [&["--json"][..], &["--html"], &["--csv", "--table", "claims"], &["--lang", "uk"]] {
        assert_eq!(report(&cut, form), report(&whole, form), "{form:?}");
    }
}

#[test]
fn what_an_import_that_is_killed_had_sealed_is_sealed_once() {
    let dir = tempfile::tempdir().unwrap();
    let (file, whole, cut) = (dir.path().join("large.toml"), dir.path().join("whole"), dir.path().join("cut"));
    std::fs::write(&file, sealed()).unwrap();
    assert_eq!(import(&file, &whole)["sealed"], SEALED);
    for at in KEPT_AT {
        assert!(killed(&file, &cut, || kept(&cut) >= at), "it was done before it was killed");
        // Salts are on the disk before their seals are in the record.
        assert_eq!(count(&cut), 0);
    }
    let rest = import(&file, &cut);
    assert_eq!((&rest["sealed"], &rest["known"], &rest["revised"]), (&json!(SEALED), &json!(0), &json!(0)), "{rest}");
    assert_eq!(kept(&cut), SEALED, "no salt without a seal");
    assert_eq!(import(&file, &cut)["new"], 0);
    verified(&cut);
    assert_eq!(filed(&cut), filed(&whole));
    let report = |store: &Path| {
        runs(
            &["report", "ceasefire", "--store", "@", "--dossier", "large", "--at", "2025-04-01T00:00:00Z", "--json"],
            &[store],
        )
    };
    assert_eq!(report(&cut), report(&whole));
}
