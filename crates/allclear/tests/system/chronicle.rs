//! The chronicle in the record and behind its API: filed, read again, reviewed; under seal, opened; attacked.

use crate::server::{FEEDS, Server};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const ANNA: &str = "reader-token-0001";
const BOHDAN: &str = "grader-token-0002";
const DARIA: &str = "publisher-token-03";

pub fn scenario(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios").join(path)
}

pub fn program(args: &[&str], paths: &[&Path]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_allclear"));
    let mut paths = paths.iter();
    for arg in args {
        if *arg == "@" {
            command.arg(paths.next().unwrap())
        } else {
            command.arg(arg)
        };
    }
    command.output().unwrap()
}

/// Runs the program, `@` standing for the next path; what it printed.
pub fn runs(args: &[&str], paths: &[&Path]) -> String {
    let output = program(args, paths);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn import(file: &Path, store: &Path, more: &[&str]) -> Value {
    let args = [&["import", "chronicle", "@", "--store", "@", "--json"], more].concat();
    serde_json::from_str(&runs(&args, &[file, store])).unwrap()
}

/// A thread with a quantity that the grammar leaves, published on a day that its feed names.
fn statements(dir: &Path, store: &Path) {
    let feed = r#"<rss version="2.0"><channel><title>t</title>
        <item><guid>1</guid><pubDate>Thu, 20 Mar 2025 08:00:00 +0200</pubDate>
        <description>Last night Russia launched 171 drones; 75 were shot down. 14 more of something happened.</description></item>
        <item><guid>2</guid><description>Last night Russia launched 90 drones.</description></item>
        </channel></rss>"#;
    let path = dir.join("feed.xml");
    std::fs::write(&path, feed).unwrap();
    runs(&["import", "thread", "@", "--source", "air-force", "--store", "@", "--json"], &[&path, store]);
}

fn reviewers(dir: &Path) -> String {
    let person = |name: &str, token: &str, may: &str| {
        std::fs::write(dir.join(format!("{name}.token")), token).unwrap();
        format!("[[reviewer]]\nname = \"{name}\"\ntoken_file = \"{name}.token\"\nmay = {may}\n")
    };
    let people = [
        person("anna", ANNA, r#"["read", "grade"]"#),
        person("bohdan", BOHDAN, r#"["grade"]"#),
        person("daria", DARIA, r#"["read", "grade", "publish"]"#),
    ];
    format!("{FEEDS}{}", people.concat())
}

fn decide(server: &Server, token: &str, body: &Value) -> (u16, Value) {
    let header = format!("Authorization: Bearer {token}\r\n");
    let (code, _, body) = server.send("POST", "/api/v1/review/decisions", &header, body.to_string().as_bytes());
    (code, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

fn queue(server: &Server, token: &str) -> Value {
    let header = format!("Authorization: Bearer {token}\r\n");
    let (code, _, body) = server.send("GET", "/api/v1/review/queue", &header, b"");
    assert_eq!(code, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

#[test]
fn a_dossier_in_the_record_reports_what_its_file_reports() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    let (energy, night) = (scenario("ceasefire/energy-30.toml"), scenario("chronicle/2025-03-20.toml"));
    let first = import(&energy, &store, &[]);
    assert!(first["new"].as_u64() > Some(10) && first["known"] == 0, "{first}");
    let again = import(&energy, &store, &[]);
    assert_eq!((&again["new"], &again["known"], &again["absent"]), (&json!(0), &first["new"], &json!([])));
    let claims = import(&night, &store, &["--dossier", "night"]);
    assert_eq!(claims["dossier"], "night");

    let at = ["--at", "2025-04-01T00:00:00Z", "--json"];
    let by_file = runs(&[&["report", "ceasefire", "@"], &at[..]].concat(), &[&energy]);
    let by_record = runs(&[&["report", "ceasefire", "--store", "@"], &at[..]].concat(), &[&store]);
    assert_eq!(by_file, by_record);
    for form in [&["--json"][..], &["--html"], &["--csv", "--table", "claims"], &["--lang", "uk"]] {
        let of =
            |from: &[&str], paths| runs(&[&["report", "night"], from, &["--day", "2025-03-20"], form].concat(), paths);
        assert_eq!(of(&["@"], &[&night]), of(&["--store", "@", "--dossier", "night"], &[&store]), "{form:?}");
    }
    // The whole record: its dossiers and its statements beside each other.
    statements(dir.path(), &store);
    let all: Value =
        serde_json::from_str(&runs(&["report", "night", "--store", "@", "--day", "2025-03-20", "--json"], &[&store]))
            .unwrap();
    let launched =
        all["rows"].as_array().unwrap().iter().find(|it| it["kind"] == "launched" && it["object"] == "drone_any");
    let sources: Vec<&Value> =
        launched.unwrap()["sources"].as_array().unwrap().iter().map(|it| &it["source"]).collect();
    assert!(sources.contains(&&json!("air-force")) && sources.contains(&&json!("Air Force")), "{sources:?}");
    let undated = all["undated"].as_array().unwrap().iter().filter(|it| it["source"] == "air-force").count();
    assert_eq!(undated, 1, "the statement of unknown date is in no figure");
    let verify = program(&["record", "verify", "@"], &[&store]);
    assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stdout));

    // No dossier of that name, two ceasefires and none named, a file that is refused: said with the place.
    let wrong = program(&["report", "night", "--store", "@", "--dossier", "no"], &[&store]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("there is night"), "{wrong:?}");
    import(&scenario("ceasefire/easter-30h.toml"), &store, &[]);
    let wrong = program(&["report", "ceasefire", "--store", "@"], &[&store]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("easter-30h, energy-30"), "{wrong:?}");
    let broken = dir.path().join("broken.toml");
    std::fs::write(&broken, "version = 1\nname = \"x\"\nparties = [\"A\", \"B\"]\nsurprise = 1\n").unwrap();
    let wrong = program(&["import", "chronicle", "@", "--store", "@"], &[&broken, &store]);
    let said = String::from_utf8_lossy(&wrong.stderr);
    assert!(!wrong.status.success() && said.contains("broken.toml:4"), "{said}");
    let wrong = program(&["import", "chronicle", "@", "--store", "@", "--dossier", "../x"], &[&energy, &store]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("a to z"), "{wrong:?}");
    let wrong = program(&["import", "chronicle", "@", "--store", "@", "--exercise"], &[&energy, &store]);
    assert!(!wrong.status.success(), "a record is of one world");
}

#[test]
fn what_changes_replaces_and_what_goes_is_withdrawn_with_a_reason_only() {
    let dir = tempfile::tempdir().unwrap();
    let (store, file) = (dir.path().join("store"), dir.path().join("night.toml"));
    let text = std::fs::read_to_string(scenario("chronicle/2025-03-20.toml")).unwrap();
    std::fs::write(&file, &text).unwrap();
    import(&file, &store, &[]);
    let changed = text.replacen("quantity = 171", "quantity = 172", 1);
    let (head, first) = changed.split_once("[[claim]]").unwrap();
    let rest: Vec<&str> = first.split("[[claim]]").collect();
    std::fs::write(&file, format!("{head}[[claim]]{}", rest[..rest.len() - 1].join("[[claim]]"))).unwrap();
    let second = import(&file, &store, &[]);
    assert_eq!(
        (&second["new"], &second["revised"], second["absent"].as_array().unwrap().len()),
        (&json!(1), &json!(1), 1)
    );
    let third = import(&file, &store, &["--withdraw-absent", "said of another night"]);
    assert_eq!((&third["new"], &third["withdrawn"]), (&json!(1), &json!(1)));
    let of_file = runs(&["report", "night", "@", "--json"], &[&file]);
    assert_eq!(of_file, runs(&["report", "night", "--store", "@", "--dossier", "night", "--json"], &[&store]));
    // Nothing was erased.
    let server = Server::start(dir.path(), FEEDS);
    let seq = server.json("/api/v1/state")["seq"].as_u64().unwrap();
    let entries: Vec<String> = (0..seq).map(|n| server.get(&format!("/api/v1/record/entries/{n}")).1).collect();
    let has = |text: &str| entries.iter().any(|it| it.contains(text));
    assert!(has(r#"\"value\":171"#) && has(r#"\"value\":172"#) && has("said of another night"));
}

#[test]
fn everybody_reads_what_was_said_beside_what_happened_and_can_prove_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(&scenario("ceasefire/energy-30.toml"), &store, &[]);
    statements(dir.path(), &store);
    let server = Server::start(dir.path(), FEEDS);
    server.say("off", "Повітряна тривога в Полтавській області");
    let span = "since=2025-03-01T00:00:00Z&until=2025-05-01T00:00:00Z";
    let line = server.json(&format!("/api/v1/chronicle/timeline?{span}"));
    let said = line["said"].as_array().unwrap();
    assert_eq!(said.len(), 2, "{line}");
    assert_eq!(
        (&said[0]["published_at"], &said[1]["published_at"]),
        (&json!("2025-03-20T06:00:00.000Z"), &Value::Null)
    );
    let claim = &said[0]["claims"][0];
    assert_eq!(
        (&claim["kind"], &claim["low"], &claim["object"]),
        (&json!("launched"), &json!(171), &json!("drone_any"))
    );
    let (from, to) = (claim["start"].as_u64().unwrap(), claim["end"].as_u64().unwrap());
    let words = said[0]["text"].as_str().unwrap().get(usize::try_from(from).unwrap()..usize::try_from(to).unwrap());
    assert_eq!(words, Some("launched 171 drones"));
    assert_eq!(said[0]["windows"][0]["from"], "2025-03-19T16:00:00.000Z");
    assert_eq!(said[1]["windows"][0]["from"], Value::Null, "never the capture date");
    assert!(line["happened"].as_array().unwrap().iter().all(|it| it["what"] == "incident" && it["grade"].is_string()));
    let today = server.json("/api/v1/chronicle/timeline");
    assert_eq!(today["happened"][0]["name_en"], "Poltava Oblast", "{today}");

    let list = server.json("/api/v1/chronicle/incidents?limit=2");
    let id = list["incidents"][0]["id"].as_str().unwrap();
    assert!(id.starts_with("energy-30:") && list["next"].is_string(), "{list}");
    let rest = server.json(&format!("/api/v1/chronicle/incidents?after={}", list["next"].as_str().unwrap()));
    assert!(rest["incidents"][0]["id"].as_str() > list["incidents"][1]["id"].as_str());
    let incident = server.json(&format!("/api/v1/chronicle/incidents/{id}"));
    let version = &incident["versions"][0];
    assert!(version["graded"]["grade"].is_string() && version["attribution"]["confidence"].is_string(), "{incident}");
    assert!(!version["accounts"].as_array().unwrap().is_empty());
    assert_eq!(version["alerts"], json!([]), "nothing was alerted there at that time");

    // The proof verifies offline by the program, with the entry and the key; of another entry it does not.
    let index = version["index"].as_u64().unwrap();
    let paths = ["p", "e", "other"].map(|name| dir.path().join(name));
    std::fs::write(&paths[0], server.get(&format!("/api/v1/record/entries/{index}/proof")).1).unwrap();
    std::fs::write(&paths[1], server.get(&format!("/api/v1/record/entries/{index}")).1).unwrap();
    std::fs::write(&paths[2], server.get("/api/v1/record/entries/0").1).unwrap();
    let key = store.join("log.vkey");
    let said = runs(&["record", "check", "@", "@", "--vkey", "@"], &[&paths[0], &paths[1], &key]);
    assert!(said.starts_with(&format!("entry {index} is in allclear/actual/")), "{said}");
    let wrong = program(&["record", "check", "@", "@", "--vkey", "@"], &[&paths[0], &paths[2], &key]);
    assert_eq!(wrong.status.code(), Some(4), "{wrong:?}");

    let regimes = server.json("/api/v1/chronicle/regimes");
    assert_eq!((&regimes["regimes"][0]["id"], &regimes["problems"]), (&json!("energy-30"), &json!([])), "{regimes}");
    let regime = server.json("/api/v1/chronicle/regimes/energy-30");
    assert!(regime["report"]["regimes"][0]["judged"][0]["days"].is_array());
    let night = server.json("/api/v1/chronicle/figures/night?date=2025-03-20");
    let claims = &night["figures"]["rows"][0]["sources"][0]["claims"][0];
    assert!(claims["words"].is_string() && claims["statement"].is_string(), "{night}");
    // What is alerted now stands beside an incident of now, in the area that the alert holds.
    let (file, later) = (dir.path().join("now.toml"), dir.path().join("later"));
    let text = std::fs::read_to_string(scenario("ceasefire/energy-30.toml")).unwrap();
    let (head, incidents) = text.split_once("[[incident]]\n").unwrap();
    let dated = |line: &str| match line.split(" =").next().unwrap() {
        key @ ("from" | "recorded_at") => format!("{key} = {}\n", now_plus(0)),
        "to" => format!("to = {}\n", now_plus(3_600)),
        "area" => "area = \"UA/Poltava/Poltava\"\n".to_owned(),
        _ => format!("{line}\n"),
    };
    let incident: String = incidents.split("[[incident]]").next().unwrap().lines().map(dated).collect();
    std::fs::write(&file, format!("{head}[[incident]]\n{incident}")).unwrap();
    std::fs::create_dir(&later).unwrap();
    import(&file, &later.join("store"), &["--dossier", "now"]);
    let second = Server::start(&later, FEEDS);
    second.say("off", "Повітряна тривога в Полтавській області");
    second.say("off", "Повітряна тривога в Сумській області");
    let id = second.json("/api/v1/chronicle/incidents")["incidents"][0]["id"].clone();
    let sheet = second.json(&format!("/api/v1/chronicle/incidents/{}", id.as_str().unwrap()));
    let beside: Vec<&Value> = sheet["versions"][0]["alerts"].as_array().unwrap().iter().map(|it| &it["area"]).collect();
    assert_eq!(beside, [&json!("UA/Poltava")], "{sheet}");
    // So do tracks and sources, over HTTP and for everybody.
    second.say("mon", "Полтавщина: 2 БпЛА в районі Полтави");
    let own = second.json(&format!("/api/v1/chronicle/beside/{}", id.as_str().unwrap()));
    assert_eq!((&own["left_out"], &own["area"]), (&Value::Null, &json!("UA/Poltava/Poltava")), "{own}");
    let (track, live) = (&own["tracks"][0], second.json("/api/v1/state"));
    assert_eq!(
        (&track["state"], &track["nearest_km"], &track["count_low"]),
        (&json!("followed"), &json!(0.0), &json!(2))
    );
    assert_eq!(track["id"], live["tracks"][0]["id"], "the same track under the same number");
    let row = |source: &str| own["sources"].as_array().unwrap().iter().find(|it| it["source"] == source).unwrap();
    assert_eq!((&row("mon")["reports"], &row("mon")["class"]), (&json!(1), &json!("words")), "{own}");
    assert_eq!((&row("off")["wider"], &row("off")["reports"]), (&json!(1), &json!(0)), "the region was alerted");
    assert_eq!(own["sensed_s"], 0, "no sensor covers it: {own}");
    drop(second);
    let tonight = server.json("/api/v1/chronicle/figures/month");
    assert!(tonight["figures"]["alerts"]["UA/Poltava"]["alerts"] == 1, "our own alert-hours stand beside: {tonight}");

    // Asked wrongly: named, and what would have been right.
    for (path, code, name, right) in [
        ("timeline?since=yesterday", 400, "bad_time", "since"),
        ("timeline?since=2025-03-02T00:00:00Z&until=2025-03-01T00:00:00Z", 400, "bad_time", "after"),
        ("incidents?limit=0", 400, "bad_limit", "1 to 500"),
        ("incidents/energy-30:no", 404, "not_found", "lists them"),
        ("incidents/energy-30", 404, "not_found", "lists them"),
        ("beside/energy-30:no", 404, "not_found", "lists them"),
        ("beside/no", 404, "not_found", "lists them"),
        ("regimes/no", 404, "not_found", "lists them"),
        ("figures/year", 404, "not_found", "night, week or month"),
        ("figures/night?date=2025-02-30", 400, "bad_date", "2025-03-20"),
    ] {
        let (status, body) = server.get(&format!("/api/v1/chronicle/{path}"));
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((status, &body["error"]), (code, &json!(name)), "{path}: {body}");
        assert!(body["message"].as_str().unwrap().contains(right), "{path}: {body}");
    }
    let long = "x".repeat(4_000);
    assert_eq!(server.get(&format!("/api/v1/chronicle/incidents/{long}")).0, 404);
    assert_eq!(server.get("/api/v1/record/entries/999999/proof").0, 404);
    assert_eq!(server.get("/api/v1/review/queue").0, 404, "a server without reviewers has no queue");
}

#[test]
fn people_decide_what_the_grammar_and_the_rules_left() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(&scenario("ceasefire/energy-30.toml"), &store, &[]);
    statements(dir.path(), &store);
    let tables = reviewers(dir.path());
    let server = Server::start(dir.path(), &tables);
    let (code, _, _) = server.send("GET", "/api/v1/review/queue", "Authorization: Bearer wrong\r\n", b"");
    assert_eq!(code, 401);
    let waits = queue(&server, ANNA);
    assert_eq!((&waits["reviewer"], &waits["may"]), (&json!("anna"), &json!(["read", "grade"])));
    let item = &waits["quantities"][0];
    let place = json!({"statement": item["statement"], "start": item["start"], "end": item["end"]});
    let at = |more: Value| {
        let mut body = place.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let reading = json!({"kind": "damaged", "object": "residential_building", "quantity": {"n": 14, "hedge": "at_least"},
        "area": "UA/Odesa", "from": "2025-03-19T16:00:00Z", "to": "2025-03-20T07:00:00Z"});
    let read = at(
        json!({"action": "read", "status": "actual", "reading": reading, "reason": "the sentence before says houses"}),
    );
    // Not allowed, no reason, the other world, a passage that is none, a reading that cannot be.
    let mut refusals = vec![
        (BOHDAN, read.clone(), 403, "not_allowed"),
        (ANNA, at(json!({"action": "set_aside", "reason": " "})), 422, "no_reason"),
        (ANNA, at(json!({"action": "set_aside", "status": "exercise", "reason": "x"})), 422, "wrong_world"),
        (
            ANNA,
            json!({"action": "set_aside", "statement": "no", "start": 0, "end": 1, "reason": "x"}),
            404,
            "not_found",
        ),
        (ANNA, json!({"action": "dance", "reason": "x"}), 422, "bad_decision"),
        (ANNA, at(json!({"action": "retract", "reason": "x"})), 404, "not_found"),
        (
            ANNA,
            json!({"action": "set_aside", "statement": item["statement"], "start": 0, "end": 3, "reason": "x"}),
            404,
            "not_found",
        ),
    ];
    for (field, value) in [
        ("kind", json!("exploded")),
        ("quantity", json!({"low": 3, "high": 1})),
        ("area", json!("")),
        ("to", Value::Null),
    ] {
        let mut odd = read.clone();
        odd["reading"][field] = value;
        refusals.push((ANNA, odd, 422, if field == "kind" { "bad_decision" } else { "bad_reading" }));
    }
    for (token, body, code, name) in refusals {
        let (status, answer) = decide(&server, token, &body);
        assert_eq!((status, &answer["error"]), (code, &json!(name)), "{body}: {answer}");
    }
    let before = server.json("/api/v1/state")["seq"].clone();
    let (code, answer) = decide(&server, ANNA, &read);
    assert_eq!((code, &answer["outcome"]), (200, &json!("done")), "{answer}");
    assert!(answer["seq"].as_u64() > before.as_u64());
    let entry = server.json(&format!("/api/v1/record/entries/{}", answer["index"]));
    assert_eq!((&entry["body"]["by"], &entry["body"]["kind"]), (&json!("reviewer:anna"), &json!("reading")));
    assert_eq!(decide(&server, DARIA, &read).1["error"], "decided");
    assert!(queue(&server, ANNA)["quantities"].as_array().unwrap().iter().all(|it| it["start"] != item["start"]));
    let homes = |server: &Server| {
        let night = server.json("/api/v1/chronicle/figures/night?date=2025-03-20");
        night["figures"]["rows"]
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["kind"] == "damaged" && it["area"] == "UA/Odesa")
    };
    assert!(homes(&server), "what a person read is in the figures, with the words");
    assert_eq!(decide(&server, DARIA, &at(json!({"action": "retract", "reason": "a slip"}))).0, 200);
    assert!(!homes(&server), "and taken back it is not");

    // Grades: confirmed takes two; the queue says who waits.
    let id = server.json("/api/v1/chronicle/incidents")["incidents"][0]["id"].clone();
    let version =
        server.json(&format!("/api/v1/chronicle/incidents/{}", id.as_str().unwrap()))["versions"][0]["version"].clone();
    let grade = |grade: &str| json!({"action": "grade", "incident": id, "version": version, "grade": grade, "reason": "pictures, placed"});
    let shown = |server: &Server| {
        server.json(&format!("/api/v1/chronicle/incidents/{}", id.as_str().unwrap()))["versions"][0].clone()
    };
    let by_rule = shown(&server)["graded"]["grade"].clone();
    let (code, answer) = decide(&server, ANNA, &grade("confirmed"));
    assert_eq!((code, &answer["outcome"]), (200, &json!("waits")), "{answer}");
    assert_eq!(shown(&server)["graded"]["grade"], by_rule);
    let waiting = queue(&server, BOHDAN);
    let waiting = waiting["incidents"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap().clone();
    assert_eq!(waiting["waits"], json!(["anna"]));
    assert_eq!(decide(&server, ANNA, &grade("confirmed")).1["outcome"], "waits", "one person twice is one");
    assert_eq!(decide(&server, BOHDAN, &grade("confirmed")).1["outcome"], "done");
    let graded = shown(&server);
    assert_eq!(graded["graded"]["grade"], "confirmed");
    assert_eq!(graded["judged"].as_array().unwrap().len(), 3);
    let mut missing = grade("fair");
    missing["version"] = json!(99);
    assert_eq!(decide(&server, ANNA, &missing).0, 404);

    // Withdrawn, it is in no list of what happened; its words stay.
    let retract = json!({"action": "retract", "incident": id, "version": version, "reason": "another town"});
    assert_eq!(decide(&server, ANNA, &retract).1["error"], "not_allowed");
    assert_eq!(decide(&server, DARIA, &retract).0, 200);
    let after = shown(&server);
    assert_eq!(after["withdrawn"], "another town");
    server.kill();
    // All of it stands after a kill, and the record is whole.
    let server = Server::start(dir.path(), &tables);
    let versions = server.json(&format!("/api/v1/chronicle/incidents/{}", id.as_str().unwrap()))["versions"].clone();
    assert_eq!(versions.as_array().unwrap().len(), 2);
    drop(server);
    assert!(program(&["record", "verify", "@"], &[&store]).status.success());
}

#[test]
fn an_embargo_hides_all_until_its_time_or_two_people_end_it() {
    let dir = tempfile::tempdir().unwrap();
    let (store, file) = (dir.path().join("store"), dir.path().join("energy.toml"));
    let text = std::fs::read_to_string(scenario("ceasefire/energy-30.toml")).unwrap();
    let marked = |until: &str| {
        let (head, rest) = text.split_once("[[incident]]\n").unwrap();
        format!("{head}[[incident]]\nembargo_until = {until}\n{rest}")
    };
    std::fs::write(&file, marked("2035-01-01T00:00:00Z")).unwrap();
    let first = import(&file, &store, &[]);
    assert_eq!(first["sealed"], 1);
    assert_eq!(import(&file, &store, &[])["new"], 0, "known, though it is sealed");
    let server = Server::start(dir.path(), &reviewers(dir.path()));
    let name = text.split_once("[[incident]]\nid = \"").unwrap().1.split('"').next().unwrap();
    let list = server.json("/api/v1/chronicle/incidents?limit=500");
    let sealed = list["incidents"].as_array().unwrap().iter().find(|it| it["commitment"].is_string()).unwrap().clone();
    assert_eq!((&sealed["window"], &sealed["area"]), (&Value::Null, &Value::Null));
    let seq = server.json("/api/v1/state")["seq"].as_u64().unwrap();
    let told = |server: &Server, seq: u64| {
        (0..seq).any(|n| server.get(&format!("/api/v1/record/entries/{n}")).1.contains(&format!("\"{name}/v")))
    };
    assert!(!told(&server, seq), "neither its words nor its name are in the record");
    let path = format!("/api/v1/chronicle/incidents/{}", sealed["id"].as_str().unwrap());
    assert_eq!(server.json(&path)["versions"][0]["area"], Value::Null);
    assert_eq!(server.json("/api/v1/chronicle/regimes/energy")["report"]["withheld"], 1);
    for hidden in [sealed["id"].as_str().unwrap(), &format!("energy:{name}")] {
        assert_eq!(server.get(&format!("/api/v1/chronicle/beside/{hidden}")).0, 404, "{hidden}");
    }

    let lift = json!({"action": "lift_embargo", "incident": sealed["id"], "reason": "the family agreed"});
    assert_eq!(decide(&server, BOHDAN, &lift).1["error"], "not_allowed");
    assert_eq!(decide(&server, DARIA, &lift).1["outcome"], "waits");
    assert_eq!(decide(&server, DARIA, &lift).1["error"], "second_needed");
    assert!(!told(&server, seq + 1));
    server.kill();
    let more = "[[reviewer]]\nname = \"eva\"\ntoken_file = \"eva.token\"\nmay = [\"publish\"]\n";
    std::fs::write(dir.path().join("eva.token"), "publisher-token-04").unwrap();
    let server = Server::start(dir.path(), &format!("{}{more}", reviewers(dir.path())));
    let (code, answer) = decide(&server, "publisher-token-04", &lift);
    assert_eq!((code, &answer["outcome"]), (200, &json!("done")), "{answer}");
    let open = server.json(&format!("/api/v1/chronicle/incidents/energy:{name}"));
    assert!(
        open["versions"][0]["area"].is_string() && open["versions"][0]["commitment"] == sealed["commitment"],
        "{open}"
    );
    drop(server);

    // An embargo whose time comes while nobody looks is opened by the program itself.
    let (store, own) = (dir.path().join("b/store"), dir.path().join("b"));
    std::fs::create_dir(&own).unwrap();
    let soon = now_plus(3);
    std::fs::write(&file, marked(&soon)).unwrap();
    assert_eq!(import(&file, &store, &[])["sealed"], 1);
    std::thread::sleep(std::time::Duration::from_secs(4));
    let server = Server::start(&own, FEEDS);
    let began = std::time::Instant::now();
    while server.get(&format!("/api/v1/chronicle/incidents/energy:{name}")).0 != 200 {
        assert!(began.elapsed() < crate::server::PATIENCE, "the embargo was over and nothing opened it");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

/// So many seconds from now, RFC 3339.
pub fn now_plus(seconds: i64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    model::Timestamp::from_millis(i64::try_from(now).unwrap() + seconds * 1_000).to_string()
}

#[test]
fn a_running_server_takes_documents_from_who_may_import() {
    let dir = tempfile::tempdir().unwrap();
    let more = "[[reviewer]]\nname = \"eva\"\ntoken_file = \"eva.token\"\nmay = [\"import\"]\n";
    std::fs::write(dir.path().join("eva.token"), "importer-token-05").unwrap();
    let server = Server::start(dir.path(), &format!("{}{more}", reviewers(dir.path())));
    let put = |token: &str, query: &str, body: &[u8]| {
        let header = format!("Authorization: Bearer {token}\r\n");
        let (code, _, body) = server.send("POST", &format!("/api/v1/review/imports?{query}"), &header, body);
        (code, serde_json::from_str::<Value>(&body).unwrap_or(Value::String(body)))
    };
    let eva = "importer-token-05";
    let energy = std::fs::read(scenario("ceasefire/energy-30.toml")).unwrap();
    let (code, first) = put(eva, "what=chronicle&name=energy-30", &energy);
    assert!(code == 200 && first["new"].as_u64() > Some(10), "{first}");
    let (_, again) = put(eva, "what=chronicle&name=energy-30", &energy);
    assert_eq!((&again["new"], &again["known"]), (&json!(0), &first["new"]));
    assert_eq!(server.json("/api/v1/chronicle/regimes")["regimes"][0]["id"], "energy-30");
    let post = b"Last night Russia launched 50 drones.";
    let (_, said) = put(eva, "what=thread&name=president&format=text&captured_at=2025-03-20T10:00:00Z", post);
    assert_eq!((&said["new"], &said["form"]), (&json!(1), &json!("text")), "{said}");
    let (_, later) = put(eva, "what=thread&name=president&format=text", b"Last night Russia launched 51 drones.");
    assert_eq!((&later["new"], &later["revised"]), (&json!(1), &json!(1)), "{later}");
    let line = server.json("/api/v1/chronicle/timeline");
    let replaced: Vec<bool> =
        line["said"].as_array().unwrap().iter().map(|it| it["superseded_by"].is_string()).collect();
    assert_eq!(replaced, [true, false], "a later wording replaces the earlier one, and both are told");
    for (token, query, body, code, name) in [
        (ANNA, "what=chronicle&name=x", &energy[..], 403, "not_allowed"),
        ("wrong", "what=chronicle&name=x", &energy[..], 401, "wrong_token"),
        (eva, "what=song&name=x", b"la", 422, "bad_form"),
        (eva, "what=chronicle&name=../x", &energy[..], 422, "bad_filing"),
        (eva, "what=chronicle&name=x", b"version = 7", 422, "unreadable"),
        (eva, "what=chronicle&name=x", b"\xff\xfe", 422, "unreadable"),
        (eva, "what=thread&name=x&format=tape", b"x", 422, "bad_form"),
        (eva, "what=thread&name=x&captured_at=soon", b"x", 400, "bad_time"),
        (eva, "what=thread&name=", b"x", 422, "bad_name"),
    ] {
        let (status, answer) = put(token, query, body);
        assert_eq!((status, &answer["error"]), (code, &json!(name)), "{query}: {answer}");
    }
    assert_eq!(put(eva, "what=thread&name=x", &vec![b'a'; 5 * 1024 * 1024]).0, 413);
}

#[test]
fn reviewers_that_cannot_be_are_refused_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let check = |tables: &str, expected: &str| {
        let config = dir.path().join("config.toml");
        std::fs::write(&config, format!("[server]\nlisten = \"127.0.0.1:0\"\n[store]\npath = \"store\"\n{tables}"))
            .unwrap();
        let output = program(&["run", "--config", "@"], &[&config]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(expected), "{tables}: {said}");
    };
    std::fs::write(dir.path().join("t"), "a-token-of-some-length").unwrap();
    let person = "[[reviewer]]\nname = \"a\"\ntoken_file = \"t\"\n";
    check(&format!("{person}may = []\n"), "at least one of");
    check(&format!("{person}may = [\"rule\"]\n"), "unknown variant");
    check(&format!("{person}may = [\"read\"]\n[[officer]]\nname = \"o\"\ntoken_file = \"t\"\n"), "an officer's too");
    check(
        &format!("{person}may = [\"read\"]\n{person}may = [\"read\"]\n").replacen("t\"\n", "t\"\n", 1),
        "another reviewer's too",
    );
}
