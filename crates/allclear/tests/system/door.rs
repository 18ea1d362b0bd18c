//! Hostile and broken input at every door: refused by name, counted, kept; the server goes on.

use crate::server::{FEEDS, Server};
use std::process::Command;

/// Sumy oblast.
const SUMY: &str = "UA59000000000057109";

#[test]
fn bad_input_is_refused_by_name_counted_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    server.say("off", "Повітряна тривога в Сумській області");
    let huge = vec![b' '; 10 * 1024 * 1024];
    let cases: &[(&[u8], u16, &str)] = &[
        (b"{\"source\":", 400, "broken_json"),
        (b"{\"source\":\"mon\",\"text\":\"\xff\xfe\"}", 400, "invalid_utf8"),
        (&huge, 413, "too_large"),
        (br#"{"source":"mon","text":"x","observed_at":"1970-01-01T00:00:00Z"}"#, 400, "bad_time"),
        (br#"{"source":"mon","text":"x","observed_at":"2099-01-01T00:00:00Z"}"#, 400, "time_in_future"),
        (br#"{"source":"mon","text":"x","status":"drill"}"#, 400, "unknown_status"),
        (br#"{"source":"mon","text":"x","status":"exercise"}"#, 422, "wrong_world"),
        (br#"{"source":"nobody","text":"x"}"#, 422, "unknown_source"),
        (br#"{"source":"mon","text":"x","speed":3}"#, 400, "unknown_field"),
        (b"[]", 400, "wrong_shape"),
    ];
    for (body, code, name) in cases {
        let (got, answer) = server.post(body);
        assert_eq!((got, answer["error"].as_str()), (*code, Some(*name)), "{answer}");
        assert!(answer["message"].as_str().unwrap().starts_with("failed to "), "{answer}");
    }
    let answer = server.say("mon", "БпЛА в районі Варшави");
    assert!(!answer["refused"].as_array().unwrap().is_empty(), "a place abroad is refused: {answer}");
    let state = server.json("/api/v1/state");
    let refused = |name: &str| {
        let sources = state["sources"].as_array().unwrap();
        sources.iter().find(|s| s["source"] == name).map_or(0, |s| s["refused"].as_u64().unwrap())
    };
    assert_eq!(refused("mon") + refused("http"), cases.len() as u64 + 1, "{}", state["sources"]);
    assert_eq!(server.community(SUMY)["state"], "active", "what was recorded before stands");
    let (code, _) = server.get("/readyz");
    assert_eq!(code, 200);
}

#[test]
fn a_good_report_beside_a_bad_one_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    let body = r#"[{"source":"off","text":"Повітряна тривога в Сумській області"},{"source":"off"},{"source":"zz","text":"x"}]"#;
    let (code, answer) = server.post(body.as_bytes());
    assert_eq!(code, 200);
    assert_eq!(answer["accepted"].as_array().unwrap().len(), 1);
    let refused: Vec<_> = answer["refused"].as_array().unwrap().iter().map(|r| r["error"].as_str().unwrap()).collect();
    assert_eq!(refused, ["no_text", "unknown_source"]);
    assert_eq!(server.community(SUMY)["state"], "active");
}

#[test]
fn what_instruments_measure_makes_a_track_and_their_places_stay_inside() {
    let dir = tempfile::tempdir().unwrap();
    let tables = "[[feed]]\nname = \"radar\"\nkind = \"post\"\ntrust = 0.9\n[[feed]]\nname = \"ears\"\nkind = \"post\"\ntrust = 0.6\n";
    let server = Server::start(dir.path(), tables);
    let plot = |n: u32| {
        let lat = 51.2 - 0.002 * f64::from(n);
        serde_json::json!({"source": "radar", "id": format!("p{n}"), "measured": [{"item": "plot",
            "position": {"lat_deg": lat, "lon_deg": 33.2}, "covariance_km2": [0.01, 0.0, 0.01],
            "kinds": [{"kind": "uav", "share": 0.8}, {"kind": "jet_uav", "share": 0.2}]}]})
    };
    for n in 0..6 {
        let (code, answer) = server.post(plot(n).to_string().as_bytes());
        assert_eq!(code, 200, "{answer}");
    }
    let ears = serde_json::json!({"source": "ears", "measured": [{"item": "bearing", "acoustic": true,
        "observer": {"lat_deg": 51.123, "lon_deg": 33.0}, "bearing_deg": 70.0, "bearing_sd_deg": 8.0}]});
    assert_eq!(server.post(ears.to_string().as_bytes()).0, 200);
    let tracks = server.json("/api/v1/tracks");
    let track = &tracks["tracks"].as_array().unwrap_or(tracks.as_array().unwrap_or(&Vec::new()))[0].clone();
    assert_eq!(track["kind"], "uav", "{tracks}");
    assert!((track["lat"].as_f64().unwrap() - 51.19).abs() < 0.02, "{track}");
    for path in ["/api/v1/state", "/api/v1/tracks", "/api/v1/history"] {
        assert!(!server.get(path).1.contains("51.123"), "{path} holds the place of an observer");
    }
    let size = server.json("/api/v1/state")["seq"].as_u64().unwrap();
    let entries: Vec<(u16, String)> =
        (0..size).map(|index| server.get(&format!("/api/v1/record/entries/{index}"))).collect();
    assert!(entries.iter().any(|(code, body)| *code == 403 && body.contains("withheld")));
    assert!(entries.iter().all(|(_, body)| !body.contains("51.123")));
    let (code, _) = server.get(&format!("/log/tile/entries/000.p/{size}"));
    assert_eq!(code, 403, "a bundle with such an entry is withheld whole");
    let singular = serde_json::json!({"source": "radar", "measured": [{"item": "plot",
        "position": {"lat_deg": 51.0, "lon_deg": 33.2}, "covariance_km2": [1.0, 1.0, 1.0]}]});
    let (code, answer) = server.post(singular.to_string().as_bytes());
    assert_eq!((code, answer["error"].as_str()), (400, Some("bad_measurement")), "{answer}");
}

#[test]
fn a_page_of_another_site_does_not_speak_through_the_operators_browser() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    let body = r#"{"source":"off","text":"Відбій тривоги в Сумській області"}"#;
    let (code, answer) = server.post_from("https://evil.example", body.as_bytes());
    assert_eq!((code, answer["error"].as_str()), (403, Some("foreign_origin")));
    assert_eq!(server.community(SUMY)["state"], "unknown");
    let (code, _) = server.post_from("http://t", body.as_bytes());
    assert_eq!(code, 200, "a page of the server's own address may");
    assert_eq!(server.community(SUMY)["state"], "clear");
}

#[test]
fn a_feed_with_a_token_hears_only_who_shows_it() {
    let dir = tempfile::tempdir().unwrap();
    let tables = "[[feed]]\nname = \"off\"\nkind = \"post\"\nofficial = true\ntoken = \"s3cret\"\n";
    let server = Server::start(dir.path(), tables);
    let (code, answer) = server.post(r#"{"source":"off","text":"Відбій тривоги в Сумській області"}"#.as_bytes());
    assert_eq!((code, answer["error"].as_str()), (401, Some("no_token")));
    assert_eq!(server.community(SUMY)["state"], "unknown");
    let (_, metrics) = server.get("/metrics");
    assert!(!metrics.contains("s3cret"));
}

#[test]
fn a_configuration_with_an_unknown_key_is_refused_with_line_and_key() {
    let dir = tempfile::tempdir().unwrap();
    let check = |text: &str, expected: &[&str]| {
        let path = dir.path().join("bad.toml");
        std::fs::write(&path, text).unwrap();
        let run = Command::new(env!("CARGO_BIN_EXE_allclear")).args(["run", "--config"]).arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(run.status.code(), Some(5), "{said}");
        for word in expected {
            assert!(said.contains(word), "{word:?} is not in: {said}");
        }
    };
    check("[server]\nlisten = \"127.0.0.1:0\"\ncolour = \"red\"\n", &["line 3", "colour"]);
    check("[server]\nlisten = \"nowhere\"\n", &["line 2", "listen"]);
    check(
        "[server]\nlisten = \"0.0.0.0:0\"\n[[feed]]\nname = \"a\"\nkind = \"post\"\nofficial = true\n",
        &["official feed \"a\"", "token"],
    );
    check("[[feed]]\nname = \"a\"\nkind = \"pigeon\"\n", &["line 3", "pigeon"]);
    check(
        "[[feed]]\nname = \"a\"\nkind = \"post\"\n[[feed]]\nname = \"a\"\nkind = \"post\"\n",
        &["two sources named \"a\""],
    );
    check("[[feed]]\nname = \"a\"\nkind = \"post\"\nofficial = true\nareas = [\"UA99\"]\n", &["UA99", "area set"]);
}

#[test]
fn decode_prints_one_report_with_both_places_resolved_and_names_what_it_refuses() {
    let decode = |input: &[u8]| {
        use std::io::Write as _;
        let mut child = Command::new(env!("CARGO_BIN_EXE_allclear"))
            .args(["decode", "text", "-"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        child.wait_with_output().unwrap()
    };
    let run = decode("Сумщина: 2 ударних БпЛА в районі Конотопа курсом на Бахмач\n".as_bytes());
    assert_eq!(run.status.code(), Some(0));
    let lines: Vec<serde_json::Value> = run
        .stdout
        .split(|b| *b == b'\n')
        .filter(|l| !l.is_empty())
        .map(|l| serde_json::from_slice(l).unwrap())
        .collect();
    assert_eq!(lines.len(), 1);
    let item = &lines[0]["items"][0];
    assert_eq!(item["place"]["name"], "Конотоп");
    assert!(item["place"]["code"].as_str().unwrap().starts_with("UA59020"));
    assert_eq!(item["targets"][0]["name"], "Бахмач");
    assert!(item["targets"][0]["code"].as_str().unwrap().starts_with("UA74040"));
    assert_eq!((&item["count"]["low"], &item["count"]["high"]), (&2.into(), &2.into()));

    let run = decode(b"\xff\xfe\n{\"id\":1}\n");
    assert_eq!(run.status.code(), Some(3));
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(said.contains("line 1, byte 0") && said.contains("line 2, column"), "{said}");
}

#[test]
fn cap_lint_names_what_is_wrong_by_place_and_exit_code() {
    const GOOD: &str = include_str!("../../../cap/tests/cap/good.xml");
    let dir = tempfile::tempdir().unwrap();
    let lint = |text: &str| {
        let file = dir.path().join("message.xml");
        std::fs::write(&file, text).unwrap();
        let run = std::process::Command::new(env!("CARGO_BIN_EXE_allclear")).args(["cap", "lint"]).arg(&file).output();
        let run = run.unwrap();
        (run.status.code(), String::from_utf8(run.stdout).unwrap())
    };
    assert!(matches!(lint(GOOD), (Some(0), said) if said.ends_with("message.xml: nothing is wrong\n")));
    let (code, said) = lint(&GOOD.replace("<status>Actual", "<status>System"));
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("message.xml:6:3: error system-public: alert/status: "), "{said}");
    let (code, said) = lint("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>");
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("error xml: failed to read it as XML: line 1, column 1: a DOCTYPE"), "{said}");
}

#[test]
fn an_order_that_waits_outlives_a_kill_and_the_record_says_by_which_policy() {
    const OLENA: &str = "0123456789abcdef";
    const TARAS: &str = "fedcba9876543210";
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("token"), OLENA).unwrap();
    std::fs::write(dir.path().join("other"), TARAS).unwrap();
    let tables = "[[officer]]\nname = \"olena\"\ntoken_file = \"token\"\n[[officer]]\nname = \"taras\"\ntoken_file = \"other\"\n";
    let start = || Server::start_as(dir.path(), "mode = \"authority\"\n", tables);
    let server = start();
    assert_eq!(server.orders("wrong").0, 401);
    assert_eq!(server.orders(OLENA), (200, serde_json::json!([])));
    let raise = serde_json::json!({"action": "raise", "community": SUMY, "alert_type": "air_raid", "level": "red", "kinds": ["uav"], "reason": "seen from the tower"});
    let (_, answer) = server.act(&raise, OLENA);
    let waiting = server.orders(TARAS).1;
    assert_eq!((&waiting[0]["order"], &waiting[0]["officer"]), (&answer["event"], &"olena".into()), "{waiting}");
    assert_eq!(waiting[0]["name_en"], "Sumy Oblast");
    server.kill();
    let server = start();
    assert_eq!(server.orders(TARAS).1, waiting);
    let second = serde_json::json!({"action": "second", "proposal": answer["event"], "reason": "heard it too"});
    assert_eq!(server.act(&second, TARAS).1["outcome"], "done");
    assert_eq!(server.orders(TARAS).1, serde_json::json!([]));
    server.kill();
    let server = start();
    assert_eq!(server.orders(TARAS).1, serde_json::json!([]));
    assert_eq!(server.act(&second, TARAS).0, 409, "seconded before the kill");
    let alerts = server.json("/api/v1/state")["alerts"].clone();
    assert_eq!((alerts.as_array().unwrap().len(), &alerts[0]["holders"][0]["second"]), (1, &"taras".into()));
    // The policy by which it was decided stands in the record in full, under the hash that each decision carries.
    let why = server.json(&format!("/api/v1/alerts/{}/why", alerts[0]["id"]));
    let policy = server.json("/api/v1/record/entries/0")["body"].clone();
    assert_eq!((&policy["event"], &policy["part"]), (&"configured".into(), &"policy".into()));
    assert_eq!(why["steps"][0]["policy_sha256"], policy["sha256"]);
    assert!(policy["text"].as_str().unwrap().contains("\"reach\":\"raion\""));
}

#[test]
fn where_things_came_in_is_learned_from_a_record_and_stands_in_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let evening = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/evening.jsonl");
    let report = |from: &str| {
        let out = Command::new(env!("CARGO_BIN_EXE_allclear")).args(["report", "entries", from]).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    let told = report(evening);
    assert!(told.starts_with("# Where things came in: 4 entries in 4 communities.\n"), "{told}");
    let file = dir.path().join("came-in.toml");
    std::fs::write(&file, &told).unwrap();
    assert_eq!(report(file.to_str().unwrap()), told, "what it wrote is read back");
    let server = Server::start_as(dir.path(), "", "[areas]\ncame_in = \"came-in.toml\"\n");
    let entry = server.json("/api/v1/record/entries/2")["body"].clone();
    assert_eq!((&entry["event"], &entry["part"]), (&"configured".into(), &"came_in".into()));
    let text = entry["text"].as_str().unwrap();
    assert!(text.contains("\"UA59100190000010734\":1") && !text.contains("courses"), "{entry}");
    let entry = server.json("/api/v1/record/entries/3")["body"].clone();
    assert_eq!((&entry["event"], &entry["part"]), (&"configured".into(), &"courses".into()));
    assert!(entry["text"].as_str().unwrap().contains("\"51.50 33.375\":[0,0,0,0,0,0,0,0,0,1,"), "{entry}");
    // The next start replays all four parts.
    server.kill();
    let config = dir.path().join("bad.toml");
    std::fs::write(&config, "[areas]\ncame_in = \"came-in.toml\"\n").unwrap();
    let run = ["run", "--config", config.to_str().unwrap()];
    for (text, why) in [
        ("[entries]\nUA00000000000000000 = 3\n", "came_in.entries: UA00000000000000000 is not a community"),
        ("[courses]\n\"50.3 30.375\" = [0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1]\n", "read \"50.3 30.375\" as a cell"),
        ("[courses]\n\"50.25 30.375\" = [0, 1]\n", "expected an array of length 16"),
        ("[courses]\n\"50.25 30.375\" = [0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,100]\n", "cell 50.25 30.375 counts above 99"),
    ] {
        std::fs::write(&file, text).unwrap();
        let out = Command::new(env!("CARGO_BIN_EXE_allclear")).args(run).output().unwrap();
        let words = String::from_utf8_lossy(&out.stderr);
        assert!(!out.status.success() && words.contains(why), "{words} instead of {why}");
    }
}

#[test]
fn rivers_count_as_ways_and_what_is_no_line_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let report = |geojson: &str| {
        let file = dir.path().join("rivers.geojson");
        std::fs::write(&file, geojson).unwrap();
        let args = ["report", "entries", "--along", file.to_str().unwrap()];
        let out = Command::new(env!("CARGO_BIN_EXE_allclear")).args(args).output().unwrap();
        let [told, words] = [out.stdout, out.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        if out.status.success() { Ok(told) } else { Err(words) }
    };
    let features = |of: &str| format!(r#"{{"type":"FeatureCollection","features":[{of}]}}"#);
    // A place, a river, one of another continent.
    let told = report(&features(
        r#"{"geometry":{"type":"Point","coordinates":[30.5,50.4]}},
           {"properties":{"name":"a river"},"geometry":{"type":"LineString","coordinates":[[30.6,50.3],[31.6,50.3]]}},
           {"geometry":{"type":"MultiLineString","coordinates":[[[-60,-3],[-50,-1]]]}}"#,
    ));
    let told = told.unwrap();
    let cells: Vec<&str> = told.lines().filter(|line| line.starts_with('"')).collect();
    assert_eq!(cells.len(), 4, "{told}");
    assert_eq!(cells[0], "\"50.25 30.375\" = [0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0]", "{told}");
    for (bad, why) in [
        (features(r#"{"geometry":{"type":"LineString","coordinates":[[30,150],[31,50]]}}"#), "latitude 150"),
        (
            features(r#"{"geometry":{"type":"LineString","coordinates":[[30],[31,50]]}}"#),
            "expected longitude and latitude",
        ),
        (features(r#"{"geometry":{"type":"Point","coordinates":[30,50]}}"#), "failed to find a line"),
        ("[entries]".to_owned(), "as a GeoJSON feature collection"),
    ] {
        let words = report(&bad).unwrap_err();
        assert!(words.contains(why) && words.contains("rivers.geojson"), "{words} instead of {why}");
    }
}

#[test]
fn an_officer_raises_and_ends_in_authority_mode_and_nobody_else_does() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("token"), "0123456789abcdef\n").unwrap();
    std::fs::write(dir.path().join("other"), "fedcba9876543210\n").unwrap();
    let tables = "[[officer]]\nname = \"olena\"\ntoken_file = \"token\"\n[[officer]]\nname = \"taras\"\ntoken_file = \"other\"\n";
    let server = Server::start_as(dir.path(), "mode = \"authority\"\n", tables);
    let konotop = server
        .json("/api/v1/areas.json")
        .as_array()
        .unwrap()
        .iter()
        .find(|a| a["name_uk"] == "Конотопський район")
        .map(|a| a["code"].as_str().unwrap().to_owned())
        .unwrap();
    let raise = |community: &str, kind: &str| serde_json::json!({"action": "raise", "community": community, "alert_type": kind, "level": "yellow", "kinds": ["uav"], "reason": "seen from the tower"});
    let act = |action: &serde_json::Value, token: &str| server.act(action, token);
    let refusals = [
        (raise(&konotop, "air_raid"), "wrong", 401, "wrong_token"),
        (raise("UA99", "air_raid"), "0123456789abcdef", 404, "not_found"),
        (serde_json::json!({"action": "launch"}), "0123456789abcdef", 422, "bad_action"),
        (
            serde_json::json!({"action": "end", "alert": 7, "outcome": "passed", "reason": "x"}),
            "0123456789abcdef",
            404,
            "not_found",
        ),
    ];
    for (action, token, code, name) in refusals {
        let (got, answer) = act(&action, token);
        assert_eq!((got, answer["error"].as_str()), (code, Some(name)), "{answer}");
    }
    assert_eq!(server.community(&konotop)["state"], "unknown");
    let mut elsewhere = raise(&konotop, "air_raid");
    elsewhere["status"] = "exercise".into();
    let (code, answer) = act(&elsewhere, "0123456789abcdef");
    assert_eq!((code, answer["error"].as_str()), (422, Some("wrong_world")), "{answer}");
    // What is wide waits for another person.
    let (code, answer) = act(&raise(SUMY, "air_raid"), "0123456789abcdef");
    assert_eq!((code, answer["outcome"].as_str()), (200, Some("waits")), "{answer}");
    let second = serde_json::json!({"action": "second", "proposal": answer["event"], "reason": "heard it too"});
    let (code, answer) = act(&second, "0123456789abcdef");
    assert_eq!((code, answer["error"].as_str()), (409, Some("refused")), "{answer}");
    assert_eq!(server.community(SUMY)["state"], "unknown");
    let (code, answer) = act(&second, "fedcba9876543210");
    assert_eq!((code, answer["outcome"].as_str()), (200, Some("done")), "{answer}");
    assert_eq!(server.community(SUMY)["state"], "active");
    let alerts = server.json("/api/v1/state")["alerts"].clone();
    assert_eq!(alerts[0]["holders"][0]["second"], "taras");
    let retract = serde_json::json!({"action": "retract", "alert": alerts[0]["id"], "reason": "a test of the siren"});
    assert_eq!(act(&retract, "fedcba9876543210").0, 200);
    let (code, answer) = act(&raise(&konotop, "air_raid"), "0123456789abcdef");
    assert_eq!(code, 200, "{answer}");
    assert_eq!(server.community(&konotop)["state"], "active");
    let alerts = server.json("/api/v1/state")["alerts"].clone();
    assert_eq!(alerts[0]["standing"], "authority");
    let end = serde_json::json!({"action": "end", "alert": alerts[0]["id"], "outcome": "mistaken", "reason": "it was a crane"});
    let (code, answer) = act(&end, "0123456789abcdef");
    assert_eq!(code, 200, "{answer}");
    let history = server.json("/api/v1/history")["alerts"].clone();
    assert_eq!((&history[0]["outcome"], &history[0]["said_by"][0]), (&"mistaken".into(), &"officer:olena".into()));
    let id = history[0]["id"].as_u64().unwrap();
    let why = server.json(&format!("/api/v1/alerts/{id}/why"));
    let steps: Vec<_> = why["steps"].as_array().unwrap().iter().map(|step| step["text_en"].as_str().unwrap()).collect();
    let expected = [
        "Raised. Officer olena: raise, \"seen from the tower\".",
        "Ended: mistaken. Officer olena: end, \"it was a crane\".",
    ];
    assert_eq!(steps, expected);
    assert_eq!(why["steps"][0]["causes"][0]["text_uk"], "черговий olena: «seen from the tower»");
    assert_eq!(why["steps"][0]["policy_sha256"].as_str().map(str::len), Some(64));
    let run = |id: u64, lang: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_allclear"));
        command.args(["why", &id.to_string(), "--lang", lang, "--store"]).arg(dir.path().join("store"));
        let run = command.output().unwrap();
        (run.status.code(), String::from_utf8(run.stdout).unwrap())
    };
    let (code, text) = run(id, "uk");
    assert_eq!(code, Some(0));
    assert!(text.contains("Конотопський район") && text.contains("Завершено: помилкова"), "{text}");
    assert_eq!(run(7, "en").0, Some(3));
}

#[test]
fn an_evening_replayed_with_two_policies_tells_where_they_differ_and_with_itself_nothing() {
    let evening = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/evening.jsonl");
    let run = |a: &str, b: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_allclear"));
        let run = command.args(["replay", evening, "--policy", a, "--policy", b, "--json"]).output().unwrap();
        assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
        let lines = String::from_utf8(run.stdout).unwrap();
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<serde_json::Value>>()
    };
    let alone = run("forecast", "forecast");
    assert_eq!(alone.len(), 1, "only the summary");
    let both = run("doctrine", "forecast");
    let summary = both.last().unwrap();
    let hours = |side: &str| summary[side]["authority"]["person_hours"].as_f64().unwrap();
    assert!(hours("b") < hours("a"), "{summary}");
    let raions = both.iter().filter(|line| line["sign"] == "-" && line["decision"] == "raise");
    assert!(raions.clone().count() > 3 && raions.clone().all(|line| line["a"]["rule"] == "drone"), "{summary}");
}
