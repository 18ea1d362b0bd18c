//! MQTT clients of the server itself, byte by byte: what they are told, what they may not do, and what a bad one costs.
//! Real clients and a real broker: `tests/clients/mqtt.py`.

use crate::server::{FEEDS, PATIENCE, Server, free_port};
use serde_json::Value;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

const SUMY: &str = "UA59000000000057109";

/// A server with a door for MQTT, and its port.
fn start(dir: &Path, more: &str) -> (Server, u16) {
    let port = free_port();
    let server = Server::start_as(dir, &format!("mqtt_listen = \"127.0.0.1:{port}\"\n{more}"), FEEDS);
    (server, port)
}

/// A connection, and what of it was read.
struct Client {
    socket: TcpStream,
    five: bool,
}

/// A message as it came.
#[derive(Debug)]
struct Told {
    topic: String,
    qos: u8,
    retain: bool,
    body: Value,
}

fn text(text: &str) -> Vec<u8> {
    let mut bytes = u16::try_from(text.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

fn packet(first: u8, fields: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    let mut length = fields.len();
    loop {
        let byte = u8::try_from(length & 0x7F).unwrap();
        length >>= 7;
        bytes.push(if length > 0 { byte | 0x80 } else { byte });
        if length == 0 {
            break;
        }
    }
    bytes.extend_from_slice(fields);
    bytes
}

fn connect(level: u8, flags: u8, keep_alive_s: u16, rest: &[u8]) -> Vec<u8> {
    let [high, low] = keep_alive_s.to_be_bytes();
    let properties: &[u8] = if level == 5 { &[0] } else { &[] };
    packet(0x10, &[&b"\0\x04MQTT"[..], &[level, flags, high, low], properties, &text("t"), rest].concat())
}

fn subscribe(five: bool, filters: &[(&str, u8)]) -> Vec<u8> {
    let mut fields = vec![0, 1];
    if five {
        fields.push(0);
    }
    for (filter, options) in filters {
        fields.extend(text(filter));
        fields.push(*options);
    }
    packet(0x82, &fields)
}

impl Client {
    fn raw(port: u16, bytes: &[u8]) -> Self {
        let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.write_all(bytes).unwrap();
        Self { socket, five: false }
    }

    fn open(port: u16, level: u8, filters: &[(&str, u8)]) -> Self {
        let mut client = Self::raw(port, &connect(level, 2, 60, &[]));
        client.five = level == 5;
        let (first, fields) = client.packet().unwrap();
        assert_eq!((first, fields[1]), (0x20, 0), "{fields:02x?}");
        client.say(&subscribe(client.five, filters));
        let (first, fields) = client.packet().unwrap();
        assert_eq!(first, 0x90, "{fields:02x?}");
        client
    }

    fn say(&mut self, bytes: &[u8]) {
        self.socket.write_all(bytes).unwrap();
    }

    /// The next packet; `None` when the server has closed.
    fn packet(&mut self) -> Option<(u8, Vec<u8>)> {
        let mut byte = [0];
        let mut read = |socket: &mut TcpStream| match socket.read(&mut byte) {
            Ok(0) => None,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => None,
            Err(error) => panic!("nothing came: {error}"),
            Ok(_) => Some(byte[0]),
        };
        let first = read(&mut self.socket)?;
        let (mut length, mut shift) = (0, 0);
        loop {
            let byte = read(&mut self.socket)?;
            length |= usize::from(byte & 0x7F) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let mut fields = vec![0; length];
        self.socket.read_exact(&mut fields).unwrap();
        Some((first, fields))
    }

    /// The next message. One of QoS 1 is acknowledged.
    fn told(&mut self) -> Told {
        let (first, fields) = self.packet().unwrap();
        assert_eq!(first & 0xF0, 0x30, "{first:02x} {fields:02x?}");
        let length = usize::from(u16::from_be_bytes([fields[0], fields[1]]));
        let topic = String::from_utf8(fields[2..2 + length].to_vec()).unwrap();
        let mut rest = &fields[2 + length..];
        let qos = (first >> 1) & 3;
        if qos > 0 {
            let id = [rest[0], rest[1]];
            assert_ne!(id, [0, 0]);
            rest = &rest[2..];
            self.say(&packet(0x40, &id));
        }
        if self.five {
            rest = &rest[1 + usize::from(rest[0])..];
        }
        let body = serde_json::from_slice(rest).unwrap_or_else(|_| String::from_utf8_lossy(rest).into_owned().into());
        Told { topic, qos, retain: first & 1 == 1, body }
    }

    /// The next message on a topic with this end.
    fn on(&mut self, end: &str) -> Told {
        loop {
            let told = self.told();
            if told.topic.ends_with(end) {
                return told;
            }
        }
    }

    /// The first message that says this state; those before it were true until just now.
    fn says(&mut self, state: &str) -> Told {
        loop {
            let told = self.told();
            if told.body["state"] == state {
                return told;
            }
        }
    }

    /// Whether it is served: a ping is answered.
    fn is_served(&mut self) -> bool {
        self.say(&[0xC0, 0]);
        loop {
            match self.packet() {
                Some((0xD0, _)) => return true,
                Some(_) => {}
                None => return false,
            }
        }
    }

    /// The last packet before the server closes.
    fn last(&mut self) -> Option<(u8, Vec<u8>)> {
        let mut last = None;
        while let Some(packet) = self.packet() {
            last = Some(packet);
        }
        last
    }
}

fn refused(server: &Server, reason: &str) -> u64 {
    let (_, text) = server.get("/metrics");
    let name = format!("allclear_mqtt_refused_total{{reason=\"{reason}\"}} ");
    text.lines().find_map(|line| line.strip_prefix(&name)?.parse().ok()).unwrap_or(0)
}

#[test]
fn a_client_is_told_what_is_retained_then_each_change() {
    let dir = tempfile::tempdir().unwrap();
    let (server, port) = start(dir.path(), "");
    server.say("off", "Повітряна тривога в Сумській області");
    let topic = format!("allclear/v1/area/{SUMY}/state");
    for (level, qos) in [(4, 0), (4, 1), (5, 0), (5, 1)] {
        let mut client = Client::open(port, level, &[(&topic, qos)]);
        let told = client.told();
        assert_eq!((&told.topic, told.qos, told.retain), (&topic, qos, true));
        let told = if told.body["state"] == "active" { told } else { client.says("active") };
        let before = told.body["seq"].as_u64().unwrap();
        assert_eq!(told.body["status"], "actual");
        server.say("off", "Відбій тривоги в Сумській області");
        let told = client.told();
        assert_eq!((&told.body["state"], told.retain, told.qos), (&"clear".into(), false, qos));
        assert!(told.body["seq"].as_u64().unwrap() > before);
        server.say("off", "Повітряна тривога в Сумській області");
        assert_eq!(client.told().body["state"], "active");
        assert!(client.is_served());
    }
}

#[test]
fn wildcards_reach_below_and_a_hromada_says_what_its_raion_says() {
    let dir = tempfile::tempdir().unwrap();
    let (server, port) = start(dir.path(), "");
    let mut client = Client::open(port, 5, &[(&format!("allclear/v1/area/{SUMY}/+/+/state"), 1), ("+/v1/status", 0)]);
    let mut below = 0;
    loop {
        let told = client.told();
        if told.topic == "allclear/v1/status" {
            assert_eq!(told.body, "online");
        } else {
            assert_eq!((&told.body["state"], &told.body["level"], told.qos), (&"unknown".into(), &"hromada".into(), 1));
        }
        below += 1;
        if below == 52 {
            break;
        }
    }
    server.say("off", "Повітряна тривога в Сумській області");
    let mut active = std::collections::BTreeSet::new();
    while active.len() < 51 {
        let told = client.told();
        assert_eq!((&told.body["state"], told.retain), (&"active".into(), false));
        assert!(active.insert(told.topic), "told twice");
    }
}

#[test]
fn changes_and_signs_of_life_are_messages_too() {
    let dir = tempfile::tempdir().unwrap();
    let (server, port) = start(dir.path(), "");
    let mut client = Client::open(port, 4, &[("allclear/v1/change", 0), ("allclear/v1/heartbeat", 0)]);
    let ack = server.say("off", "Повітряна тривога в Сумській області");
    let change = loop {
        let change = client.on("/change");
        if change.body["alerts"].as_array().is_some_and(|alerts| !alerts.is_empty()) {
            break change;
        }
    };
    assert_eq!((&change.body["seq"], change.retain), (&ack["seq"], false));
    assert!(client.on("/heartbeat").body["server_time"].is_string());
}

#[test]
fn the_record_says_to_how_many_mqtt_clients_an_alert_went() {
    let dir = tempfile::tempdir().unwrap();
    let (server, port) = start(dir.path(), "");
    let topic = format!("allclear/v1/area/{SUMY}/state");
    let mut state = Client::open(port, 5, &[(&topic, 1)]);
    let mut change = Client::open(port, 4, &[("allclear/v1/change", 0)]);
    // One of them asked for elsewhere, and one for signs of life: the alert is not for them.
    let mut lviv = Client::open(port, 4, &[("allclear/v1/area/UA46000000000026241/state", 0)]);
    let mut life = Client::open(port, 4, &[("allclear/v1/heartbeat", 0)]);
    assert!(state.told().retain && lviv.told().retain);
    server.say("off", "Повітряна тривога в Сумській області");
    assert_eq!(state.told().body["state"], "active");
    change.on("/change");
    life.on("/heartbeat");
    let receipt = crate::receipts::receipt(&server, "mqtt");
    assert_eq!(receipt["alert"], server.json("/api/v1/state")["alerts"][0]["id"]);
    let delivery = &receipt["delivery"];
    assert_eq!((&delivery["receivers"], &delivery["behind"]), (&2.into(), &0.into()), "{receipt}");
    let channels = server.json("/api/v1/delivery");
    let mqtt = channels.as_array().unwrap().iter().find(|channel| channel["channel"] == "mqtt").unwrap();
    assert!(mqtt["count"].as_u64() >= Some(2) && mqtt["max_s"].as_f64() > Some(0.0), "{mqtt}");
    let (_, metrics) = server.get("/metrics");
    let count = format!("allclear_delivery_seconds_count{{channel=\"mqtt\"}} {}\n", mqtt["count"]);
    assert!(metrics.contains(&count), "{metrics}");
}

#[test]
fn an_exercise_has_topics_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let (_server, port) = start(dir.path(), "status = \"exercise\"\n");
    let mut client = Client::open(port, 4, &[("#", 0)]);
    let told = client.told();
    assert!(told.topic.starts_with("allclear-exercise/v1/"), "{}", told.topic);
    let mut real = Client::open(port, 4, &[("allclear/#", 0)]);
    assert!(real.is_served(), "it is refused a topic, and told nothing");
}

#[test]
fn after_sigkill_a_client_that_comes_back_is_told_the_same_and_the_numbers_never_go_back() {
    let dir = tempfile::tempdir().unwrap();
    let topic = format!("allclear/v1/area/{SUMY}/state");
    let (server, port) = start(dir.path(), "");
    server.say("off", "Повітряна тривога в Сумській області");
    let mut client = Client::open(port, 4, &[(&topic, 1)]);
    let before = client.says("active");
    server.kill();
    assert!(client.packet().is_none());
    let (_server, port) = start(dir.path(), "");
    let again = Client::open(port, 4, &[(&topic, 1)]).told();
    assert_eq!((&again.body["state"], again.retain), (&"active".into(), true));
    assert!(again.body["seq"].as_u64() >= before.body["seq"].as_u64());
}

#[test]
fn what_may_not_be_done_is_refused_by_name_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    let (server, port) = start(dir.path(), "keys = [\"good\"]\n");
    let key = [text("u"), text("good")].concat();
    let open = |level| {
        let mut client = Client::raw(port, &connect(level, 0xC2, 60, &key));
        client.five = level == 5;
        assert_eq!(client.packet().unwrap().1[1], 0);
        client
    };
    // A wrong key, and none.
    let wrong = [text("u"), text("bad")].concat();
    assert_eq!(Client::raw(port, &connect(4, 0xC2, 60, &wrong)).last(), Some((0x20, vec![0, 4])));
    assert_eq!(Client::raw(port, &connect(5, 2, 60, &[])).last().map(|(_, fields)| fields[1]), Some(0x86));
    assert_eq!(refused(&server, "key"), 2);
    // Publishing.
    let publish = |first, id: &[u8], properties: &[u8]| packet(first, &[&text("t")[..], id, properties, b"x"].concat());
    let mut old = open(4);
    old.say(&publish(0x30, &[], &[]));
    assert_eq!(old.last(), None, "3.1.1 has no word for it but to close");
    let mut new = open(5);
    new.say(&publish(0x32, &[0, 9], &[0]));
    assert_eq!(new.packet().map(|(first, fields)| (first, fields[..3].to_vec())), Some((0x40, vec![0, 9, 0x87])));
    assert!(new.is_served());
    new.say(&publish(0x30, &[], &[0]));
    assert_eq!(new.last().map(|(first, fields)| (first, fields[0])), Some((0xE0, 0x87)));
    assert_eq!(refused(&server, "publish"), 3);
    // Filters that mean nothing here, and too many of them.
    let mut client = open(5);
    client.say(&subscribe(true, &[("allclear/v1/area/UA99/state", 0), ("$share/g/#", 0), ("allclear/v1/status", 2)]));
    let (_, fields) = client.packet().unwrap();
    assert!(fields.ends_with(&[0x8F, 0x9E, 1]), "{fields:02x?}");
    assert_eq!(client.told().body, "online");
    for n in 0..200 {
        let _ = client.socket.write_all(&subscribe(true, &[(&format!("bogus/{n}/#"), 0)]));
    }
    assert_eq!(client.last().map(|(first, fields)| (first, fields[0])), Some((0xE0, 0x97)));
    assert!(refused(&server, "filter") > 50 && refused(&server, "quota") == 1);
}

#[test]
fn bad_bytes_end_their_own_connection_and_nobody_elses() {
    let dir = tempfile::tempdir().unwrap();
    let (server, port) = start(dir.path(), "");
    let mut healthy = Client::open(port, 4, &[(&format!("allclear/v1/area/{SUMY}/state"), 1)]);
    assert_eq!(healthy.told().body["state"], "unknown");
    let good = connect(4, 2, 60, &[]);
    for (name, bytes) in [
        ("no_connect", b"GET / HTTP/1.1\r\n\r\n".to_vec()),
        ("length", vec![0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]),
        ("too_large", vec![0x10, 0xFF, 0xFF, 0xFF, 0x7F]),
        ("version", packet(0x10, b"\0\x06MQIsdp\x03\x02\0\x3c\0\x01t")),
        ("will", connect(4, 6, 60, &[text("t"), text("gone")].concat())),
        ("too_large", [good.clone(), vec![0x30, 0xFF, 0xFF, 0x7F]].concat()),
        ("length", [good.clone(), vec![0x30, 0x80, 0x80, 0x80, 0x80, 1]].concat()),
        ("head", [good.clone(), vec![0, 0]].concat()),
        ("order", [good.clone(), good.clone()].concat()),
        ("fields", [good.clone(), packet(0x82, b"\0\x01\0\x09a\0")].concat()),
        ("text", [good.clone(), packet(0x82, b"\0\x01\0\x02\xc3\x28\0")].concat()),
    ] {
        let before = refused(&server, name);
        let mut client = Client::raw(port, &bytes);
        client.last();
        assert_eq!(refused(&server, name), before + 1, "{name}");
    }
    // Half a packet waits, and costs nobody anything.
    let mut half = Client::raw(port, &good[..3]);
    let mut flood = Client::raw(port, &good);
    flood.say(&[0xC0, 0].repeat(50_000));
    server.say("off", "Повітряна тривога в Сумській області");
    assert_eq!(healthy.told().body["state"], "active");
    assert!(healthy.is_served());
    half.say(&good[3..]);
    assert_eq!(half.packet().map(|(first, _)| first), Some(0x20));
}

#[test]
fn a_client_that_acknowledges_nothing_is_told_no_more_than_it_said_it_takes() {
    let dir = tempfile::tempdir().unwrap();
    let (_server, port) = start(dir.path(), "");
    // Receive maximum 2.
    let fields = [&b"\0\x04MQTT\x05\x02\0\x3c\x03\x21\0\x02"[..], &text("t")].concat();
    let mut client = Client::raw(port, &packet(0x10, &fields));
    client.five = true;
    assert_eq!(client.packet().unwrap().1[1], 0);
    client.say(&subscribe(true, &[("allclear/v1/area/+/state", 1)]));
    assert_eq!(client.packet().unwrap().0, 0x90);
    let (one, two) = (client.packet().unwrap(), client.packet().unwrap());
    assert_eq!((one.0 & 0xF0, two.0 & 0xF0), (0x30, 0x30));
    // Nothing else comes but the answer to a ping.
    client.say(&[0xC0, 0]);
    assert_eq!(client.packet().unwrap().0, 0xD0);
    // One word, one message more.
    client.say(&packet(0x40, &[0, 1]));
    assert_eq!(client.packet().unwrap().0 & 0xF0, 0x30);
    client.say(&[0xC0, 0]);
    assert_eq!(client.packet().unwrap().0, 0xD0);
}

#[test]
fn who_keeps_silent_longer_than_it_said_is_closed() {
    let dir = tempfile::tempdir().unwrap();
    let (server, port) = start(dir.path(), "");
    let mut client = Client::raw(port, &connect(5, 2, 1, &[]));
    client.five = true;
    assert_eq!(client.packet().unwrap().1[1], 0);
    assert_eq!(client.last().map(|(first, fields)| (first, fields[0])), Some((0xE0, 0x8D)));
    assert_eq!(refused(&server, "keep_alive"), 1);
}
