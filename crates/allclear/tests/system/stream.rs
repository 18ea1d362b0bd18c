//! The live stream: snapshot, changes, heartbeats, resumption.

use crate::server::{FEEDS, Server, Stream};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

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
    // The record may have grown by what was sent meanwhile.
    assert!(heartbeat.id.is_none() && heartbeat.data["seq"].as_u64() >= ack["seq"].as_u64(), "{heartbeat:?}");
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

#[test]
fn a_snapshot_says_in_little_what_the_state_says_in_full() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    server.say("off", "Повітряна тривога в Сумській області");
    server.say("off", "Відбій тривоги в Полтавській області");
    server.say("off", "Повітряна тривога в Уманському районі");
    let snapshot = Stream::open(&server, "", None).next().data;
    let whole = server.json("/api/v1/state");
    let listed = |view: &Value| -> BTreeMap<String, Value> {
        let communities = view["communities"].as_array().unwrap();
        communities.iter().map(|c| (c["code"].as_str().unwrap().to_owned(), c.clone())).collect()
    };
    let (short, whole) = (listed(&snapshot), listed(&whole));
    assert!(short.len() * 10 < whole.len(), "{} of {}", short.len(), whole.len());
    let named: BTreeMap<_, _> = snapshot["alike"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|group| group["named"].as_array().unwrap().iter().map(|named| (&named["code"], &group["like"])))
        .map(|(code, like)| (code.as_str().unwrap(), like.as_str().unwrap()))
        .collect();
    for (code, told) in &whole {
        let mut at = code.as_str();
        while !short.contains_key(at) {
            at = whole[at]["parent"].as_str().unwrap();
        }
        let said = |c: &Value| (c["state"].clone(), c["since"].clone(), c["said_by"][0]["word"].clone());
        assert_eq!(said(&short[at]), said(told), "{code} by {at}");
        assert_eq!(short[at]["partial"] == true && at == code, told["partial"] == true, "{code}");
        let by_name = named.get(code.as_str());
        assert!(by_name.is_none_or(|like| *like == at && !short.contains_key(code)));
        assert!(told["level"] != "oblast" || short.contains_key(code) || by_name.is_some(), "{code} is not heard of");
    }
}

/// A WebSocket of the stream: what it is sent, frame by frame.
struct Ws(BufReader<TcpStream>);

impl Ws {
    fn open(server: &Server, query: &str) -> Self {
        let mut socket = TcpStream::connect(server.address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        // In two parts: the head of a request comes as the network likes.
        write!(socket, "GET /api/v1/ws{query} HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\nConnection: Up").unwrap();
        std::thread::sleep(Duration::from_millis(30));
        write!(socket, "grade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            .unwrap();
        let mut reader = BufReader::new(socket);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(reader.read_line(&mut head).unwrap() > 0, "{head}");
        }
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        assert!(head.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), "{head}");
        assert!(head.contains("x-allclear-status: actual\r\n"), "{head}");
        Self(reader)
    }

    /// The next frame: its first byte and payload.
    fn frame(&mut self) -> (u8, Vec<u8>) {
        let mut head = [0; 2];
        self.0.read_exact(&mut head).unwrap();
        let length = match head[1] {
            126 => {
                let mut bytes = [0; 2];
                self.0.read_exact(&mut bytes).unwrap();
                u64::from(u16::from_be_bytes(bytes))
            }
            127 => {
                let mut bytes = [0; 8];
                self.0.read_exact(&mut bytes).unwrap();
                u64::from_be_bytes(bytes)
            }
            short => u64::from(short),
        };
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        self.0.read_exact(&mut payload).unwrap();
        (head[0], payload)
    }

    /// The next message of that name.
    fn until(&mut self, event: &str) -> Value {
        loop {
            let (first, payload) = self.frame();
            assert_eq!(first, 0x81);
            let message: Value = serde_json::from_slice(&payload).unwrap();
            if message["event"] == event {
                return message;
            }
        }
    }

    fn say(&mut self, opcode: u8, payload: &[u8]) {
        let mut bytes = vec![0x80 | opcode, 0x80 | u8::try_from(payload.len()).unwrap(), 0, 0, 0, 0];
        bytes.extend_from_slice(payload);
        self.0.get_mut().write_all(&bytes).unwrap();
    }
}

#[test]
fn a_websocket_gets_the_same_as_a_stream_of_events() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    let mut socket = Ws::open(&server, &format!("?area={SUMY}"));
    let snapshot = socket.until("snapshot");
    assert_eq!(snapshot["id"], snapshot["data"]["seq"]);
    server.say("off", "Повітряна тривога в Львівській області");
    let seq = server.say("off", "Повітряна тривога в Сумській області")["seq"].clone();
    let change = loop {
        let change = socket.until("change");
        if !change["data"]["alerts"].as_array().unwrap().is_empty() {
            break change;
        }
    };
    assert_eq!((&change["id"], &change["data"]["alerts"][0]["community"]), (&seq, &SUMY.into()));
    socket.say(0x9, b"alive?");
    let pong = loop {
        let (first, payload) = socket.frame();
        if first != 0x81 {
            break (first, payload);
        }
    };
    assert_eq!(pong, (0x8A, b"alive?".to_vec()));
    assert!(socket.until("heartbeat")["data"]["as_of"].is_string());
    socket.say(0x8, &1000_u16.to_be_bytes());
    loop {
        let (first, payload) = socket.frame();
        if first == 0x88 {
            assert_eq!(payload, 1000_u16.to_be_bytes());
            break;
        }
    }
    assert_eq!(socket.0.read(&mut [0]).unwrap(), 0, "closed after the answer");
    let (code, answer) = server.get("/api/v1/ws");
    assert_eq!(code, 426, "{answer}");
}

#[test]
fn a_level_or_a_kind_chooses_among_alerts_and_hides_no_end() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    let mut yellow = Stream::open(&server, "?level=yellow", None);
    let mut red = Stream::open(&server, "?level=red", None);
    // What comes before they are let in is in their snapshots.
    assert_eq!((yellow.next().event, red.next().event), ("snapshot".into(), "snapshot".into()));
    server.say("off", "Повітряна тривога в Сумській області");
    let (change, none) = (red.until("change"), yellow.until("change"));
    assert_eq!(change.data["alerts"][0]["community"], SUMY);
    assert_eq!(none.data["alerts"].as_array().map(Vec::len), Some(0));
    let told = |frame: &Value| frame["communities"].as_array().unwrap().iter().any(|c| c["code"] == SUMY);
    assert!(told(&change.data) && told(&none.data), "the state is told whatever its level");
    for (query, name) in
        [("level=green", "unknown_level"), ("kind=dragon", "unknown_kind"), ("area=UA99", "unknown_area")]
    {
        let (code, answer) = server.get(&format!("/api/v1/stream?{query}"));
        assert!(code == 400 && answer.contains(name), "{answer}");
    }
}

#[test]
fn a_reader_that_stops_is_brought_up_to_date_or_cut_off_and_delays_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    let mut healthy = Stream::open(&server, "", None);
    let mut stopped = Stream::open(&server, "", None);
    stopped.until("snapshot");
    // Enough that neither the reader's buffers nor the kernel's take it all.
    let words = "Повітряна тривога в Сумській області. ".to_owned() + &"Тримайтеся. ".repeat(150);
    let mut last = 0;
    for n in 0..100 {
        last = server.say("off", &format!("{words}{n}"))["seq"].as_u64().unwrap();
        let mut told = healthy.until("change").id;
        while told < Some(last) {
            told = healthy.until("change").id;
        }
        assert_eq!(told, Some(last));
    }
    // It wakes up: whole frames only, the numbers grow, and it ends with the newest picture, or it was cut off.
    let (mut seen, mut whole) = (0, false);
    while let Some(frame) = stopped.next_or_end() {
        let id = frame.id.unwrap_or(seen);
        assert!(id >= seen, "{id} after {seen}");
        seen = id;
        whole |= frame.event == "snapshot";
        if seen >= last {
            assert!(whole, "it had missed frames");
            return;
        }
    }
    // Cut off: also right.
}

#[test]
fn who_says_nothing_at_the_door_holds_up_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    let mut silent: Vec<TcpStream> = (0..200).map(|_| TcpStream::connect(server.address).unwrap()).collect();
    for (n, socket) in silent.iter_mut().enumerate() {
        let part = &b"GET /api/v1/stream HTTP/1.1\r\nX-Slow: "[..n % 38];
        socket.write_all(part).unwrap();
    }
    assert_eq!(server.get("/readyz").0, 200);
    assert_eq!(Stream::open(&server, "", None).next().event, "snapshot");
    for socket in &mut silent {
        socket.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
        // The ordinary server may answer what is no stream; in the end each is closed.
        let mut rest = Vec::new();
        let _ = socket.read_to_end(&mut rest);
        assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
    }
    assert_eq!(server.get("/readyz").0, 200);
}

#[test]
fn beside_hostile_clients_every_healthy_one_hears_each_change_once_before_the_next_is_said() {
    const CHANGES: usize = 20;
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    let mut events: Vec<Stream> = (0..10).map(|_| Stream::open(&server, "", None)).collect();
    let mut sockets: Vec<Ws> = (0..10).map(|_| Ws::open(&server, "")).collect();
    for stream in &mut events {
        stream.until("snapshot");
    }
    for socket in &mut sockets {
        socket.until("snapshot");
    }
    let mut slow: Vec<TcpStream> = Vec::new();
    let (mut refused, mut closed) = (0, 0);
    for change in 0..CHANGES {
        // Heads byte by byte.
        for _ in 0..20 {
            slow.push(TcpStream::connect(server.address).unwrap());
        }
        for socket in &mut slow {
            // Who is closed meanwhile has what it asked for.
            let _ = socket.write_all(b"G");
        }
        // Frames of a tebibyte, and one that no client may send.
        for bytes in
            [&[0x82, 0xFF, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &[0x89, 0xFE, 1, 0, 0, 0, 0, 0], &[0xF1, 0x80]]
        {
            let mut hostile = Ws::open(&server, "");
            hostile.0.get_mut().write_all(bytes).unwrap();
            while hostile.frame().0 != 0x88 {}
            closed += 1;
        }
        // Filters that mean nothing, and many that mean something.
        for n in 0..10 {
            let (code, _) = server.get(&format!("/api/v1/stream?area=UA{change}{n}"));
            refused += usize::from(code == 400);
            let kind = ["uav", "missile", "cruise_missile", "ballistic_missile"][n % 4];
            let stream = Stream::open(&server, &format!("?area={SUMY}&kind={kind}&level=red"), None).next_or_end();
            assert_eq!(stream.unwrap().event, "snapshot");
        }
        let act = if change % 2 == 0 { "Повітряна тривога" } else { "Відбій тривоги" };
        let seq = server.say("off", &format!("{act} в Сумській області ({change})"))["seq"].as_u64().unwrap();
        for stream in &mut events {
            assert_eq!(stream.until("change").id, Some(seq), "the next change is this one");
        }
        for socket in &mut sockets {
            assert_eq!(socket.until("change")["id"], seq, "the next change is this one");
        }
    }
    assert_eq!((refused, closed), (CHANGES * 10, CHANGES * 3));
    let (_, metrics) = server.get("/metrics");
    for absent in ["allclear_stream_resynced_total", "allclear_stream_cut_off_total"] {
        assert!(!metrics.contains(absent), "nobody fell behind: {metrics}");
    }
}

#[test]
fn a_crowd_of_streams_leaves_room_for_reports_and_is_told_when_it_is_full() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_within(256, dir.path(), FEEDS);
    let mut streams: Vec<Stream> = (0..128).map(|_| Stream::open(&server, "", None)).collect();
    for stream in &mut streams {
        assert_eq!(stream.next().event, "snapshot");
    }
    for _ in 0..300 {
        let mut socket = TcpStream::connect(server.address).unwrap();
        write!(socket, "GET /api/v1/stream HTTP/1.0\r\nHost: t\r\n\r\n").unwrap();
        let mut answer = String::new();
        let _ = socket.read_to_string(&mut answer);
        assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("\"full\""), "{answer}");
    }
    server.say("off", "Повітряна тривога в Сумській області");
    for stream in &mut streams {
        stream.until("change");
    }
    streams.truncate(100);
    // Places that are left again are seen by and by.
    let began = std::time::Instant::now();
    while began.elapsed() < Duration::from_secs(10) {
        if Stream::open(&server, "", None).next_or_end().is_some_and(|frame| frame.event == "snapshot") {
            return;
        }
    }
    panic!("nobody is taken in again");
}
