//! The live stream: snapshot, changes, heartbeats, resumption.

use crate::server::{FEEDS, Server, Stream};

const SUMY: &str = "UA59000000000057109";
const LVIV: &str = "UA46000000000026241";

#[test]
fn a_subscriber_gets_the_snapshot_then_each_change_and_a_heartbeat() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    let mut stream = Stream::open(&server, "", None);
    let snapshot = stream.next();
    assert_eq!(snapshot.event, "snapshot");
    assert_eq!(snapshot.id, snapshot.data["seq"].as_u64());
    let ack = server.say("off", "Повітряна тривога в Сумській області");
    let change = stream.until("change");
    assert_eq!(change.id, ack["seq"].as_u64());
    assert_eq!(change.data["alerts"][0]["community"], SUMY);
    let sumy = change.data["communities"].as_array().unwrap().iter().find(|c| c["code"] == SUMY).unwrap();
    assert_eq!((&sumy["state"], &sumy["said_by"][0]["source"]), (&"active".into(), &"off".into()));
    let heartbeat = stream.until("heartbeat");
    assert_eq!((heartbeat.id, &heartbeat.data["seq"]), (None, &ack["seq"]));
    assert!(heartbeat.data["as_of"].is_string() && heartbeat.data["server_time"].is_string());
}

#[test]
fn a_reader_that_comes_back_gets_exactly_what_it_missed() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    server.say("off", "Відбій тривоги в Полтавській області");
    let mut stream = Stream::open(&server, "", None);
    let seen = stream.next().id.unwrap();
    drop(stream);
    let first = server.say("off", "Повітряна тривога в Сумській області")["seq"].as_u64();
    let second = server.say("off", "Відбій тривоги в Сумській області")["seq"].as_u64();
    let mut stream = Stream::open(&server, "", Some(seen));
    let (one, two) = (stream.until("change"), stream.until("change"));
    assert_eq!((one.id, two.id), (first, second));
    assert!(one.data["alerts"][0]["ended_at"].is_null());
    assert_eq!(two.data["alerts"][0]["outcome"], "passed");
}

#[test]
fn an_id_of_another_record_or_of_before_a_restart_gets_a_snapshot_and_no_alert_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    let seq = server.say("off", "Повітряна тривога в Сумській області")["seq"].as_u64().unwrap();
    assert_eq!(Stream::open(&server, "", Some(999_999)).next().event, "snapshot");
    server.kill();
    let server = Server::start(dir.path(), FEEDS);
    let again = Stream::open(&server, "", Some(seq)).next();
    assert_eq!(again.event, "snapshot");
    assert!(again.id.unwrap() >= seq, "the numbers never go back");
    let alerts = again.data["alerts"].as_array().unwrap();
    assert!(alerts.iter().any(|a| a["community"] == SUMY && a["ended_at"].is_null()), "{alerts:?}");
}

#[test]
fn a_filtered_stream_carries_only_its_area() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    let mut stream = Stream::open(&server, &format!("?area={LVIV}"), None);
    let snapshot = stream.next();
    let codes: Vec<_> =
        snapshot.data["communities"].as_array().unwrap().iter().map(|c| c["code"].as_str().unwrap()).collect();
    assert!(codes.iter().all(|code| code.starts_with("UA46") || *code == "UA"), "{codes:?}");
    server.say("off", "Повітряна тривога в Сумській області");
    let lviv = server.say("off", "Повітряна тривога в Львівській області")["seq"].as_u64();
    let change = loop {
        let change = stream.until("change");
        if !change.data["alerts"].as_array().unwrap().is_empty() {
            break change;
        }
    };
    assert_eq!(change.id, lviv);
    assert_eq!(change.data["alerts"][0]["community"], LVIV);
    let (code, answer) = server.get("/api/v1/stream?area=UA99");
    assert_eq!(code, 400, "{answer}");
}
