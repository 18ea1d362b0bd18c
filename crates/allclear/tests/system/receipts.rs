//! What was sent where and when: the histogram of each channel, and the summaries in the record.

use crate::server::{FEEDS, PATIENCE, Server, Stream};
use serde_json::Value;
use std::time::Instant;

/// The first entry of the record that is a receipt by this channel.
pub fn receipt(server: &Server, channel: &str) -> Value {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let seq = server.json("/api/v1/state")["seq"].as_u64().unwrap();
        let entries = (0..seq).map(|n| server.json(&format!("/api/v1/record/entries/{n}")));
        let found = entries.map(|e| e["body"].clone()).find(|b| b["event"] == "receipt" && b["channel"] == channel);
        if let Some(found) = found {
            return found;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    panic!("no receipt by {channel}");
}

#[test]
fn the_record_says_to_how_many_an_alert_went_and_how_soon() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    // One of them asked for elsewhere: the alert is not for it.
    let mut all: Vec<_> = (0..3).map(|_| Stream::open(&server, "", None)).collect();
    let mut lviv = Stream::open(&server, "?area=UA46000000000026241", None);
    for stream in all.iter_mut().chain([&mut lviv]) {
        stream.until("snapshot");
    }
    server.say("off", "Повітряна тривога в Сумській області");
    for stream in &mut all {
        assert_eq!(stream.until("change").data["alerts"][0]["community"], "UA59000000000057109");
    }
    let alert = server.json("/api/v1/state")["alerts"][0]["id"].clone();
    let receipt = receipt(&server, "events");
    assert_eq!((&receipt["alert"], &receipt["delivery"]["receivers"]), (&alert, &3.into()), "{receipt}");
    let (first, last) = (&receipt["delivery"]["first_ms"], &receipt["delivery"]["last_ms"]);
    assert!(first.as_u64() <= last.as_u64() && receipt["sent_at"].is_string(), "{receipt}");

    let channels = server.json("/api/v1/delivery");
    let events = &channels[0];
    assert_eq!(events["channel"], "events");
    assert!(events["count"].as_u64() >= Some(3) && events["p99_s"].as_f64() > Some(0.0), "{events}");
    assert_eq!((&channels[1]["count"], &channels[1]["p50_s"]), (&0.into(), &Value::Null), "nobody by WebSocket");
    let (_, metrics) = server.get("/metrics");
    assert!(metrics.contains("\n# TYPE allclear_delivery_seconds histogram\n"), "{metrics}");
    let count = format!("allclear_delivery_seconds_count{{channel=\"events\"}} {}\n", events["count"]);
    assert!(metrics.contains(&count), "{metrics}");
    let (code, page) = server.get("/health");
    assert!(code == 200 && page.contains("<h3>events</h3>") && page.contains("</meter>"), "{page}");

    // A receipt is about the past: the record with it is whole, and the alert stands after a restart.
    server.kill();
    let server = Server::start(dir.path(), FEEDS);
    assert_eq!(server.json("/api/v1/state")["alerts"][0]["id"], alert);
    drop(server);
    let verify = std::process::Command::new(env!("CARGO_BIN_EXE_allclear"))
        .args(["record", "verify"])
        .arg(dir.path().join("store"))
        .output()
        .unwrap();
    assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stderr));
}
