//! Push messages: what a kill must not lose, and what `/metrics` and the record say. The messages themselves are checked by other
//! hands in tests/push/check.py.

use crate::listener::Listener;
use crate::server::{FEEDS, PATIENCE, Server};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

const PUSH: &str = "[push]\nprivate = true\nper_host_max = 2\n";
const SUMY: &str = "UA59000000000057109";

fn subscribe(server: &Server, listener: &Listener, path: &str) -> (u16, Value) {
    let body = json!({"endpoint": format!("http://{}{path}", listener.address), "communities": [SUMY], "lang": "en"});
    let (code, _, answer) = server.send("POST", "/api/v1/push/subscriptions", "", body.to_string().as_bytes());
    (code, serde_json::from_str(&answer).unwrap_or(Value::String(answer)))
}

fn state(listener: &Listener) -> Value {
    serde_json::from_slice::<Value>(&listener.next().body).unwrap()["state"].clone()
}

#[test]
fn a_message_that_was_on_its_way_when_the_server_was_killed_is_sent_after_the_restart() {
    let dir = tempfile::tempdir().unwrap();
    let tables = format!("{FEEDS}{PUSH}");
    let server = Server::start(dir.path(), &tables);
    server.say("off", "Відбій тривоги в Сумській області");
    let hangs = Arc::new(AtomicBool::new(false));
    let hung = hangs.clone();
    let listener =
        Listener::start("127.0.0.1", Arc::new(move |_| (!hung.load(Ordering::SeqCst)).then(|| "201 Made".to_owned())));
    assert_eq!(subscribe(&server, &listener, "/one").0, 200);
    assert_eq!(state(&listener), Value::Null, "the first message is of no single community");

    hangs.store(true, Ordering::SeqCst);
    server.say("off", "Повітряна тривога в Сумській області");
    assert_eq!(state(&listener), "active");
    server.kill();
    hangs.store(false, Ordering::SeqCst);
    let server = Server::start(dir.path(), &tables);
    assert_eq!(state(&listener), "active", "nobody had confirmed it");
    let began = Instant::now();
    while !server.get("/metrics").1.contains("allclear_push_attempts_total{answer=\"taken\"} 1") {
        assert!(began.elapsed() < PATIENCE, "it was not taken");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    server.say("off", "Відбій тривоги в Сумській області");
    assert_eq!(state(&listener), "clear");
}

#[test]
fn one_host_has_a_bound_and_the_endpoint_of_a_stranger_is_in_no_log() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &format!("{FEEDS}{PUSH}"));
    let listener = Listener::answering("127.0.0.1", &["201 Made"]);
    for path in ["/a-secret-path/1", "/a-secret-path/2", "/a-secret-path/2"] {
        assert_eq!(subscribe(&server, &listener, path).0, 200, "{path}");
    }
    let (code, answer) = subscribe(&server, &listener, "/a-secret-path/3");
    assert_eq!((code, &answer["error"]), (429, &"too_many".into()), "{answer}");
    let refused = Listener::answering("127.0.0.2", &["403 No"]);
    for attempt in 0..40 {
        let (code, answer) = subscribe(&server, &refused, &format!("/a-secret-path/4{attempt}"));
        let expected = if attempt < 30 { (422, "endpoint_refused") } else { (503, "busy") };
        assert_eq!((code, answer["error"].as_str().unwrap()), expected, "{attempt}: {answer}");
    }
    assert_eq!(refused.requests.try_iter().count(), 30, "nobody is called as often as a stranger likes");

    let seq = server.json("/api/v1/state")["seq"].as_u64().unwrap();
    let entries: Vec<_> = (0..seq).map(|n| server.get(&format!("/api/v1/record/entries/{n}")).1).collect();
    let reasons = ["too_many", "endpoint_refused"];
    assert!(reasons.iter().all(|reason| entries.iter().any(|entry| entry.contains(reason))), "{entries:?}");
    let log = std::fs::read_to_string(dir.path().join("log")).unwrap();
    assert!(!entries.iter().chain([&log]).any(|text| text.contains("a-secret-path")), "an endpoint is told");
}

#[test]
fn where_it_is_switched_off_nobody_is_subscribed() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &format!("{FEEDS}[push]\nenabled = false\n"));
    assert_eq!(server.json("/api/v1/push")["enabled"], false);
    let listener = Listener::answering("127.0.0.1", &["201 Made"]);
    let (code, answer) = subscribe(&server, &listener, "/one");
    assert_eq!((code, &answer["error"]), (404, &"push_off".into()), "{answer}");
    assert!(!dir.path().join("store/push.key").exists());
}
