//! The record cannot be written for a while. What the chronicle is asked to file then is refused by name, or waits; afterwards
//! everything is there, once.

use crate::chronicle::{now_plus, program, scenario};
use crate::server::{FEEDS, PATIENCE, Server};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

const EVA: &str = "importer-token-05";
const REVIEWER: &str = "[[reviewer]]\nname = \"eva\"\ntoken_file = \"eva.token\"\nmay = [\"import\", \"read\"]\n";

/// Nobody else can write the database while this lives, as on a full disk; reading goes on.
struct Hold(#[expect(dead_code, reason = "held for its lock")] Connection);

impl Hold {
    fn of(dir: &Path) -> Self {
        let db = Connection::open(dir.join("store/allclear.db")).unwrap();
        db.busy_timeout(PATIENCE).unwrap();
        db.execute_batch("BEGIN IMMEDIATE").unwrap();
        Self(db)
    }
}

fn start(dir: &Path) -> Server {
    std::fs::write(dir.join("eva.token"), EVA).unwrap();
    Server::start(dir, &format!("{FEEDS}{REVIEWER}"))
}

fn put(server: &Server, query: &str, body: &[u8]) -> (u16, Value) {
    let header = format!("Authorization: Bearer {EVA}\r\n");
    let (code, _, body) = server.send("POST", &format!("/api/v1/review/imports?{query}"), &header, body);
    (code, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn writes_again(server: &Server) {
    until("the record is written again", || server.get("/readyz").0 == 200);
}

/// Says something that cannot be written: from then on the record has stopped, and the program says so.
fn stop(server: &Server) {
    let body = json!({"source": "mon", "id": "meanwhile", "text": "Сумщина: 2 БпЛА в районі Конотопа"}).to_string();
    let (code, answer) = server.post(body.as_bytes());
    assert_eq!((code, &answer["error"]), (503, &json!("record_stopped")), "{answer}");
    assert_eq!(server.get("/readyz").0, 503);
}

fn seq(server: &Server) -> u64 {
    server.json("/api/v1/state")["seq"].as_u64().unwrap()
}

/// How often each filing is in the record, by kind, name and what it is; and the reports, by id.
fn entries(server: &Server) -> BTreeMap<String, u32> {
    let mut found = BTreeMap::new();
    for index in 0..seq(server) {
        let entry = server.json(&format!("/api/v1/record/entries/{index}"));
        let body = &entry["body"];
        let name = match body["event"].as_str() {
            Some("filing") => format!("{} {} {}", body["kind"], body["id"], body["content"]["is"]),
            Some("statement" | "report") => format!("{} {}", body["event"], body["id"]),
            _ => continue,
        };
        *found.entry(name.replace('"', "")).or_default() += 1;
    }
    found
}

fn verified(dir: &Path) {
    let output = program(&["record", "verify", "@"], &[&dir.join("store")]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn an_import_into_a_record_that_has_stopped_is_refused_by_name_and_files_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    let energy = std::fs::read(scenario("ceasefire/energy-30.toml")).unwrap();
    let hold = Hold::of(dir.path());
    stop(&server);
    let before = seq(&server);
    let post = b"Last night Russia launched 50 drones.";
    let decision =
        json!({"action": "set_aside", "status": "actual", "statement": "s-1", "start": 0, "end": 1, "reason": "x"});
    for _ in 0..3 {
        for (query, body) in
            [("what=chronicle&name=energy-30", &energy[..]), ("what=thread&name=president&format=text", post)]
        {
            let (code, answer) = put(&server, query, body);
            assert_eq!((code, &answer["error"]), (503, &json!("record_stopped")), "{answer}");
            assert!(answer["message"].as_str().unwrap().contains("record"), "{answer}");
        }
        let header = format!("Authorization: Bearer {EVA}\r\n");
        let body = decision.to_string();
        let (code, _, answer) = server.send("POST", "/api/v1/review/decisions", &header, body.as_bytes());
        assert!(code == 503 && answer.contains("record_stopped"), "{answer}");
    }
    assert_eq!(seq(&server), before, "what waits to be written is for warnings");
    drop(hold);
    writes_again(&server);
    assert_eq!(server.json("/api/v1/chronicle/regimes")["regimes"], json!([]), "nothing was filed, not even in part");
    let (code, first) = put(&server, "what=chronicle&name=energy-30", &energy);
    assert!(code == 200 && first["new"].as_u64() > Some(10) && first["known"] == 0, "{first}");
    let (_, again) = put(&server, "what=chronicle&name=energy-30", &energy);
    assert_eq!((&again["new"], &again["known"]), (&json!(0), &first["new"]));
    let found = entries(&server);
    assert!(found.values().all(|n| *n == 1), "{found:?}");
    assert_eq!(found.keys().filter(|it| it.ends_with(" told")).count() as u64, first["new"].as_u64().unwrap());
    assert!(found.contains_key("report meanwhile"), "what was said meanwhile is in the record: {found:?}");
    verified(dir.path());
}

#[test]
fn an_import_that_meets_a_record_that_stops_says_so_and_the_same_again_brings_the_rest_once() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    let energy = std::fs::read_to_string(scenario("ceasefire/energy-30.toml")).unwrap();
    // One thing of it goes in under seal: what opens it is kept before the record is asked.
    let sealed = energy.replacen("[[incident]]\n", &format!("[[incident]]\nembargo_until = {}\n", now_plus(86_400)), 1);
    let hold = Hold::of(dir.path());
    let (code, answer) = put(&server, "what=chronicle&name=energy", sealed.as_bytes());
    assert_eq!((code, &answer["error"]), (503, &json!("record_stopped")), "{answer}");
    drop(hold);
    writes_again(&server);
    let (code, rest) = put(&server, "what=chronicle&name=energy", sealed.as_bytes());
    assert_eq!(code, 200, "{rest}");
    let found = entries(&server);
    assert!(found.values().all(|n| *n == 1), "{found:?}");
    assert_eq!(found.keys().filter(|it| it.ends_with(" sealed")).count(), 1, "{found:?}");
    assert_eq!(found.len() as u64, rest["new"].as_u64().unwrap() + rest["known"].as_u64().unwrap());
    assert_eq!(server.json("/api/v1/chronicle/regimes/energy")["problems"], json!([]));
    verified(dir.path());
}

#[test]
fn an_embargo_that_ends_while_the_record_has_stopped_waits_and_is_opened_once() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("energy.toml");
    let energy = std::fs::read_to_string(scenario("ceasefire/energy-30.toml")).unwrap();
    let name = energy.split_once("[[incident]]\nid = \"").unwrap().1.split('"').next().unwrap();
    // Not due before the record has stopped, which takes the program five seconds to believe.
    let until_when = now_plus(15);
    let text = energy.replacen("[[incident]]\n", &format!("[[incident]]\nembargo_until = {until_when}\n"), 1);
    std::fs::write(&file, text).unwrap();
    let args = ["import", "chronicle", "@", "--store", "@", "--json"];
    let imported = program(&args, &[&file, &dir.path().join("store")]);
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    let server = start(dir.path());
    let hold = Hold::of(dir.path());
    stop(&server);
    let before = seq(&server);
    let log = || std::fs::read_to_string(dir.path().join("log")).unwrap();
    until("the embargo ends", || log().contains("an embargo is over, and waits"));
    // More than one look later it waits still, and nothing of it was put where warnings wait to be written.
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(seq(&server), before, "{}", log());
    assert_eq!(log().matches("an embargo is over, and waits").count(), 1, "said once: {}", log());
    let path = format!("/api/v1/chronicle/incidents/energy:{name}");
    assert_eq!(server.get(&path).0, 404);
    drop(hold);
    until("what was sealed is opened", || server.get(&path).0 == 200);
    std::thread::sleep(Duration::from_secs(4));
    let found = entries(&server);
    assert!(found.values().all(|n| *n == 1), "{found:?}");
    assert_eq!(found.keys().filter(|it| it.ends_with(" opened")).count(), 1, "{found:?}");
    verified(dir.path());
}
