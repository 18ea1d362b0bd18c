//! Webhooks: signed, tried again, known as dead letters, and never in each other's way.

use crate::listener::Listener;
use crate::server::{FEEDS, PATIENCE, Server, Stream};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;

const PRIVATE: &str = "webhook_private = true\n";
const OFFICER: &str = "[[officer]]\nname = \"duty\"\ntoken_file = \"duty.token\"\n";
const TOKEN: &str = "a token of twenty-odd bytes";
const SUMY: &str = "Сумській області";

/// POST or DELETE of a subscription: status and the secret that the answer tells.
fn ask(server: &Server, method: &str, listener: &Listener) -> (u16, Option<String>) {
    let body = json!({"webHookUrl": format!("http://{}/secret-path", listener.address)}).to_string();
    let (code, head, _) = server.send(method, "/api/v3/webhook", "", body.as_bytes());
    let secret = head.lines().find_map(|line| line.strip_prefix("webhook-secret: ").map(str::to_owned));
    (code, secret)
}

fn letters(server: &Server) -> Vec<Value> {
    let authorization = format!("Authorization: Bearer {TOKEN}\r\n");
    let (code, _, body) = server.send("GET", "/api/v1/officer/dead-letters", &authorization, b"");
    assert_eq!(code, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// Asks for the letters until there is one with this outcome.
fn letter(server: &Server, outcome: &str) -> Value {
    let began = Instant::now();
    loop {
        let all = letters(server);
        if let Some(found) = all.iter().find(|letter| letter["outcome"] == outcome) {
            return found.clone();
        }
        assert!(began.elapsed() < PATIENCE, "no letter {outcome}: {all:?}");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[test]
fn one_that_never_answers_delays_neither_the_others_nor_the_streams() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_as(dir.path(), PRIVATE, FEEDS);
    let silent = Listener::start("127.0.0.1", Arc::new(|_| None));
    let well = Listener::answering("127.0.0.1", &["200 OK"]);
    for listener in [&silent, &well] {
        assert_eq!(ask(&server, "POST", listener).0, 200);
    }
    let mut stream = Stream::open(&server, "", None);
    stream.until("snapshot");
    server.say("off", &format!("Повітряна тривога в {SUMY}"));
    assert_eq!(silent.next().path, "/secret-path");
    // From here on the silent one holds its request, and everything else goes on.
    let mut told = Vec::new();
    for words in ["Відбій тривоги в", "Повітряна тривога в", "Відбій тривоги в"]
    {
        told.push(
            serde_json::from_slice::<Value>(&well.next().body).unwrap()["activeAlerts"].as_array().unwrap().len(),
        );
        server.say("off", &format!("{words} {SUMY}"));
        stream.until("change");
    }
    told.push(serde_json::from_slice::<Value>(&well.next().body).unwrap()["activeAlerts"].as_array().unwrap().len());
    assert_eq!(told, [1, 0, 1, 0]);
    assert!(silent.given_up.try_recv().is_err(), "all of that while the first request to the silent one was open");
}

#[test]
fn a_request_is_signed_twice_tried_again_and_a_dead_letter_until_it_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("duty.token"), TOKEN).unwrap();
    let server = Server::start_as(dir.path(), PRIVATE, &format!("{FEEDS}{OFFICER}"));
    let busy = Listener::answering(
        "127.0.0.1",
        &["500 Oops", "503 Busy\r\nRetry-After: 1", "500 Oops", "500 Oops", "200 OK", "410 Gone"],
    );
    let (code, secret) = ask(&server, "POST", &busy);
    assert_eq!(code, 200);
    let secret = secret.unwrap();
    assert_eq!(ask(&server, "POST", &busy), (200, None), "a stranger who repeats it is not");
    server.say("off", &format!("Повітряна тривога в {SUMY}"));

    let key = server.json("/api/v1/webhook-key")["key"].as_str().unwrap().to_owned();
    let key = STANDARD.decode(key.strip_prefix("whpk_").unwrap()).unwrap();
    let key = VerifyingKey::from_bytes(&key.try_into().unwrap()).unwrap();
    let secret = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &secret);
    let all: Vec<_> = (0..3).map(|_| busy.next()).collect();
    for request in &all {
        let header = |name: &str| request.headers.get(name).unwrap_or_else(|| panic!("{name}: {request:?}")).as_str();
        let mut signed = format!("{}.{}.", header("webhook-id"), header("webhook-timestamp")).into_bytes();
        signed.extend_from_slice(&request.body);
        let (shared, own) = header("webhook-signature").split_once(' ').unwrap();
        let own = STANDARD.decode(own.strip_prefix("v1a,").unwrap()).unwrap();
        key.verify(&signed, &Signature::from_slice(&own).unwrap()).unwrap();
        let shared = STANDARD.decode(shared.strip_prefix("v1,").unwrap()).unwrap();
        ring::hmac::verify(&secret, &signed, &shared).unwrap();
        assert_eq!(header("webhook-id"), all[0].headers["webhook-id"], "one message, one id");
    }
    let dead = letter(&server, "waits");
    assert_eq!((&dead["channel"], &dead["host"]), (&"webhook".into(), &"127.0.0.1".into()), "{dead}");
    assert_eq!(dead["about"], json!(["UA59000000000057109"]));
    assert!(dead["attempts"].as_u64() >= Some(3) && dead["why"] == "answered 500", "{dead}");
    assert!(!dead.to_string().contains("secret-path"), "the address is the receiver's secret: {dead}");
    let (_, metrics) = server.get("/metrics");
    assert!(metrics.contains("allclear_dead_letters_total{channel=\"webhook\"} 1"), "{metrics}");
    assert!(metrics.contains("allclear_dead_letters_waiting{channel=\"webhook\"} 1"), "{metrics}");
    let (code, _, _) = server.send("GET", "/api/v1/officer/dead-letters", "", b"");
    assert_eq!(code, 401, "officers only");

    letter(&server, "delivered");
    let receipts = server.json("/api/v1/delivery");
    let webhook = receipts.as_array().unwrap().iter().find(|one| one["channel"] == "webhook").unwrap();
    assert_eq!(webhook["count"], 1, "{receipts}");
    // The receiver says that it is gone for good: the subscription ends with that.
    server.say("off", &format!("Відбій тривоги в {SUMY}"));
    let began = Instant::now();
    while !server.get("/metrics").1.contains("allclear_webhook_gone_total 1\n") {
        assert!(began.elapsed() < PATIENCE, "the subscription of a receiver that is gone goes on");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(ask(&server, "DELETE", &busy).0, 404);
}

#[test]
fn without_leave_no_address_inside_is_called() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    let inside = Listener::answering("127.0.0.1", &["200 OK"]);
    assert_eq!(ask(&server, "POST", &inside).0, 400, "plain http");
    for url in [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.1/",
        "https://169.254.169.254/x",
        "https://2130706433/",
    ] {
        let body = json!({"webHookUrl": url}).to_string();
        assert_eq!(server.send("POST", "/api/v3/webhook", "", body.as_bytes()).0, 400, "{url}");
    }
    assert!(inside.requests.try_recv().is_err());
}
