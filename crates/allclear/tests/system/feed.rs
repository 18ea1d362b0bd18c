//! The feeds of the real program: services that answer, contradict, fail and fall silent; a folder of messages; and one
//! AllClear that listens to another.

use crate::server::{FEEDS, PATIENCE, Server};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Sumy oblast, 20 to the services.
const SUMY: &str = "UA59000000000057109";

/// An alert service of one sort or the other, under our hand.
#[derive(Clone)]
struct Service {
    url: String,
    /// Numbers of the regions under alert; `None`: every request fails.
    alerts: Arc<Mutex<Option<Vec<u32>>>>,
}

impl Service {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let service = Self { url, alerts: Arc::new(Mutex::new(Some(Vec::new()))) };
        let answering = service.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.unwrap());
                let mut request = String::new();
                while stream.read_line(&mut request).is_ok_and(|read| read > 2) {}
                let (code, body) = answering.answer(request.split(' ').nth(1).unwrap_or_default());
                let head = format!("HTTP/1.1 {code} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
                let _ = stream.get_mut().write_all((head + &body).as_bytes());
            }
        });
        service
    }

    fn answer(&self, path: &str) -> (u16, String) {
        let alerts = self.alerts.lock().unwrap();
        let Some(uids) = alerts.as_ref() else { return (503, String::new()) };
        let begun = "2026-01-01T00:00:00.000Z";
        let list = |entry: &dyn Fn(&u32) -> String| uids.iter().map(entry).collect::<Vec<_>>().join(",");
        match path {
            "/v1/alerts/active.json" => {
                let entry =
                    |uid: &u32| format!(r#"{{"location_uid":"{uid}","alert_type":"air_raid","started_at":"{begun}"}}"#);
                (200, format!(r#"{{"alerts":[{}]}}"#, list(&entry)))
            }
            "/api/v3/alerts/status" => (200, format!(r#"{{"lastActionIndex":{}}}"#, uids.len())),
            "/api/v3/alerts" => {
                let entry = |uid: &u32| {
                    format!(
                        r#"{{"regionId":"{uid}","activeAlerts":[{{"regionId":"{uid}","type":"AIR","lastUpdate":"{begun}"}}]}}"#
                    )
                };
                (200, format!("[{}]", list(&entry)))
            }
            _ => (404, String::new()),
        }
    }

    fn say(&self, alerts: Option<&[u32]>) {
        *self.alerts.lock().unwrap() = alerts.map(<[u32]>::to_vec);
    }
}

fn upstream(name: &str, kind: &str, url: &str) -> String {
    format!("[[upstream]]\nname = \"{name}\"\nkind = \"{kind}\"\nurl = \"{url}\"\npoll_s = 1\nstale_after_s = 3\n")
}

/// Waits until Sumy is as `expected` says.
fn wait(server: &Server, what: &str, expected: impl Fn(&Value) -> bool) {
    let began = Instant::now();
    loop {
        let community = server.community(SUMY);
        if expected(&community) {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "never {what}: {community}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Waits until the health of a source holds `words`: it is counted one event after what it came with may be seen.
fn wait_source(server: &Server, name: &str, words: &str) {
    let began = Instant::now();
    loop {
        let state = server.json("/api/v1/state");
        let health = state["sources"].as_array().unwrap().iter().find(|source| source["source"] == name).unwrap();
        if health.to_string().contains(words) {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{name} never told \"{words}\": {health}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn two_upstreams_are_reconciled_and_their_silence_is_unknown_never_clear() {
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (Service::start(), Service::start());
    first.say(Some(&[20]));
    let tables = upstream("first", "alerts-in-ua", &first.url) + &upstream("second", "ukrainealarm", &second.url);
    let server = Server::start(dir.path(), &tables);
    wait(&server, "active by one, disputed by the other", |sumy| {
        sumy["state"] == "active" && sumy["disagreement"] == true
    });
    second.say(Some(&[20]));
    wait(&server, "active by both", |sumy| sumy["state"] == "active" && sumy["disagreement"] == false);
    first.say(Some(&[]));
    second.say(Some(&[]));
    wait(&server, "clear by both", |sumy| sumy["state"] == "clear");
    first.say(Some(&[20, 31]));
    second.say(Some(&[20, 31]));
    wait(&server, "active again", |sumy| sumy["state"] == "active" && sumy["disagreement"] == false);
    first.say(None);
    second.say(None);
    wait(&server, "unknown", |sumy| {
        // Until it is unknown it is active, and never clear.
        assert_ne!(sumy["state"], "clear");
        sumy["state"] == "unknown"
    });
    assert_eq!(server.community(SUMY)["last_known"], "active");
    wait_source(&server, "first", "server_error");
    second.say(Some(&[]));
    wait(&server, "unknown still, by the one that is silent", |sumy| {
        sumy["state"] == "unknown" && sumy["said_by"].to_string().contains("clear")
    });
    first.say(Some(&[]));
    wait(&server, "clear when both speak again", |sumy| sumy["state"] == "clear");
}

#[test]
fn a_folder_of_official_messages_is_relayed_and_its_loss_is_unknown() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("messages");
    std::fs::create_dir(&folder).unwrap();
    let tables =
        "[[feed]]\nname = \"folder\"\nkind = \"directory\"\npath = \"messages\"\nofficial = true\nstale_after_s = 3\n";
    let server = Server::start(dir.path(), tables);
    std::fs::write(folder.join("1.txt"), "Повітряна тривога в Сумській області").unwrap();
    wait(&server, "active", |sumy| sumy["state"] == "active");
    std::fs::write(folder.join("2.jsonl"), "{\"text\":\"Відбій тривоги в Сумській області\"}\n{\"text\":\n").unwrap();
    wait(&server, "clear", |sumy| sumy["state"] == "clear");
    wait_source(&server, "folder", "2.jsonl line 2");
    server.kill();
    // What was said once is not said again: the raise of before the restart stays ended.
    let server = Server::start(dir.path(), tables);
    std::fs::write(folder.join("3.txt"), "Повітряна тривога в м. Київ").unwrap();
    let kyiv = "UA80000000000093317";
    let began = Instant::now();
    while server.community(kyiv)["state"] != "active" {
        assert!(began.elapsed() < PATIENCE, "Kyiv never active");
        std::thread::sleep(Duration::from_millis(50));
    }
    wait(&server, "clear", |sumy| {
        // Unknown while the folder has not been heard for 3 s, and never active again.
        assert_ne!(sumy["state"], "active");
        sumy["state"] == "clear"
    });
    std::fs::remove_dir_all(&folder).unwrap();
    wait(&server, "unknown", |sumy| sumy["state"] == "unknown");
    wait_source(&server, "folder", "unreadable");
}

#[test]
fn one_allclear_listens_to_another_in_both_shapes() {
    let (near, far) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let origin = Server::start(far.path(), FEEDS);
    origin.say("off", "Повітряна тривога в Сумській області");
    let url = format!("http://{}", origin.address);
    let tables = upstream("v1", "alerts-in-ua", &url) + &upstream("v3", "siren-pp-ua", &url);
    let server = Server::start(near.path(), &tables);
    wait(&server, "active by both shapes", |sumy| {
        let words =
            sumy["said_by"].as_array().map_or(0, |said| said.iter().filter(|one| one["word"] == "active").count());
        sumy["state"] == "active" && words == 2
    });
    origin.say("off", "Відбій тривоги в Сумській області");
    wait(&server, "clear", |sumy| sumy["state"] == "clear");
    origin.kill();
    wait(&server, "unknown", |sumy| sumy["state"] == "unknown");
}
