//! The program is killed fifty times under load. What it acknowledged is in the record, unchanged, and what stood stands.
//!
//! SIGKILL proves the order of write and answer and the restart; it does not prove the disk: a page handed to the kernel
//! outlives the process. That the store asks for the disk at every commit is its `synchronous=FULL`.

use crate::server::{FEEDS, Server};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

/// Times the program is killed.
const KILLS: u64 = 50;
/// One kill in so many comes while the program is starting.
const AT_START: u64 = 5;
/// Seed of the moments; a failure repeats with the same moments, as far as the machine allows.
const SEED: u64 = 0x5eed_a11c_1ea4_0001;

/// Regions whose alerts are raised and ended, by the thread that owns them: within one region orders are in order.
const REGIONS: [(&str, &str); 4] = [
    ("UA59000000000057109", "Сумській"),
    ("UA74000000000025378", "Чернігівській"),
    ("UA53000000000028050", "Полтавській"),
    ("UA63000000000041885", "Харківській"),
];

/// What a client saw: one thing said, and its answer if one came.
struct Said {
    region: Option<usize>,
    raise: bool,
    id: String,
    text: String,
    acknowledged: Option<(u64, u64)>,
}

/// What is known of a region's alert from answers alone.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Standing {
    Never,
    Raised,
    Ended,
    // The last order got no answer: it may be in the record or not.
    Open,
}

#[test]
fn fifty_kills_under_load_lose_nothing_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("store/allclear.db");
    let mut moments = Moments(SEED);
    let mut standing = [Standing::Never; REGIONS.len()];
    let mut acknowledged: Vec<Said> = Vec::new();
    let mut heads: Vec<(u64, Vec<u8>)> = Vec::new();
    let mut stood = 0;
    for kill in 0..KILLS {
        let context = format!("kill {kill} of seed {SEED:#x}");
        if kill % AT_START == AT_START - 1 {
            kill_while_starting(dir.path(), moments.within(200));
        } else {
            let server = Server::start(dir.path(), FEEDS);
            stood += check_standing(&server, &standing, &context);
            let (answers, after) = (1 + moments.below(16), moments.within(15));
            let said = load_until_killed(server, kill, answers, after);
            follow(&mut standing, &said);
            let fresh = acknowledged.len();
            acknowledged.extend(said.into_iter().filter(|s| s.acknowledged.is_some()));
            let db = read(&database);
            for said in &acknowledged[fresh..] {
                check_recorded(&db, said, &context);
            }
        }
        if database.exists() {
            let db = read(&database);
            let head = "SELECT size, root FROM checkpoints ORDER BY size DESC LIMIT 1";
            heads.extend(db.query_row(head, [], |row| Ok((row.get(0)?, row.get(1)?))).ok());
        }
    }

    let server = Server::start(dir.path(), FEEDS);
    stood += check_standing(&server, &standing, "after the last kill");
    // A store in use can be audited.
    audit(dir.path());
    server.kill();
    let audited = audit(dir.path());
    let db = read(&database);
    for said in &acknowledged {
        check_recorded(&db, said, "at the end");
    }
    // Every head ever seen is still the head of its prefix: the record only grew.
    assert!(heads.is_sorted_by_key(|(size, _)| *size));
    for (size, root) in &heads {
        let kept: Vec<u8> =
            db.query_row("SELECT root FROM checkpoints WHERE size = ?1", [size], |row| row.get(0)).unwrap();
        assert_eq!(&kept, root, "the checkpoint of size {size} has changed");
    }
    let log = std::fs::read_to_string(dir.path().join("log")).unwrap();
    let complaint = log.lines().find(|line| line.contains("ERROR") || line.contains("panicked"));
    assert_eq!(complaint, None, "the log is clean");
    // The test means something only when the load was real.
    assert!(acknowledged.len() > 200, "only {} messages were acknowledged", acknowledged.len());
    assert!(stood > 5, "only {stood} standing alerts were met after a kill");
    println!(
        "{KILLS} kills, {} acknowledged, {stood} alerts stood, {} entries",
        acknowledged.len(),
        audited["entries"]
    );
}

/// Four clients talk as fast as they are answered; after so many answers, and a moment more, the server dies under them.
fn load_until_killed(server: Server, kill: u64, answers: u64, after: Duration) -> Vec<Said> {
    let address = server.address;
    let (tell, told) = channel();
    let clients: Vec<_> = (0..4_usize)
        .map(|client| {
            let tell = tell.clone();
            thread::spawn(move || talk(address, kill, client, &tell))
        })
        .collect();
    for _ in 0..answers {
        told.recv_timeout(crate::server::PATIENCE).unwrap();
    }
    thread::sleep(after);
    server.kill();
    clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
}

/// One client: two of them order alerts of two regions each, two report drones.
fn talk(address: SocketAddr, kill: u64, client: usize, tell: &Sender<()>) -> Vec<Said> {
    let mut said = Vec::new();
    let Ok(socket) = TcpStream::connect(address) else { return said };
    socket.set_read_timeout(Some(crate::server::PATIENCE)).unwrap();
    socket.set_nodelay(true).unwrap();
    let mut socket = BufReader::new(socket);
    for n in 0_usize.. {
        let id = format!("{kill}-{client}-{n}");
        let region = (client < 2).then_some(client * 2 + n % 2);
        let raise = (n / 2) % 2 == 0;
        let (source, text) = match region {
            Some(region) if raise => ("off", format!("Повітряна тривога в {} області", REGIONS[region].1)),
            Some(region) => ("off", format!("Відбій тривоги в {} області", REGIONS[region].1)),
            None => ("mon", format!("Сумщина: {} БпЛА в районі Конотопа курсом на Бахмач", n % 7 + 2)),
        };
        let body = serde_json::json!({"source": source, "id": id, "text": text}).to_string();
        let answer = exchange(&mut socket, &body);
        let acknowledged = answer.as_ref().map(|answer| {
            let accepted = &answer["accepted"][0];
            assert_eq!(accepted["repeated"], false, "{answer}");
            (accepted["event"].as_u64().unwrap(), accepted["seq"].as_u64().unwrap())
        });
        said.push(Said { region, raise, id, text, acknowledged });
        if answer.is_none() {
            break;
        }
        // Whoever counts may have counted enough.
        let _ = tell.send(());
    }
    said
}

/// One request on an open connection; `None` when the server died before it answered in full.
fn exchange(socket: &mut BufReader<TcpStream>, body: &str) -> Option<Value> {
    let head = "POST /api/v1/reports HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length:";
    write!(socket.get_mut(), "{head} {}\r\n\r\n{body}", body.len()).ok()?;
    let (mut status, mut length) = (String::new(), 0);
    socket.read_line(&mut status).ok().filter(|n| *n > 0)?;
    loop {
        let mut line = String::new();
        socket.read_line(&mut line).ok().filter(|n| *n > 0)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    let mut answer = vec![0; length];
    socket.read_exact(&mut answer).ok()?;
    assert!(status.contains(" 200 "), "{status}: {}", String::from_utf8_lossy(&answer));
    serde_json::from_slice(&answer).ok()
}

fn kill_while_starting(dir: &Path, after: Duration) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_allclear"))
        .args(["run", "--config"])
        .arg(dir.join("config.toml"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Takes over what the clients' answers say of each region.
fn follow(standing: &mut [Standing], said: &[Said]) {
    for said in said {
        let Some(region) = said.region else { continue };
        standing[region] = match (said.acknowledged, said.raise) {
            (None, _) => Standing::Open,
            (Some(_), true) => Standing::Raised,
            (Some(_), false) => Standing::Ended,
        };
    }
}

/// Alerts that stood before the kill stand after it, and those that ended have ended. Returns how many stood.
fn check_standing(server: &Server, standing: &[Standing], context: &str) -> usize {
    let mut stood = 0;
    for ((code, name), standing) in REGIONS.iter().zip(standing) {
        let community = server.community(code);
        let active = community["state"] == "active";
        match standing {
            Standing::Raised => {
                assert!(active, "{context}: the alert in {name} область is gone: {community}");
                stood += 1;
            }
            Standing::Ended => assert!(!active, "{context}: the alert in {name} область is back: {community}"),
            Standing::Never | Standing::Open => {}
        }
    }
    stood
}

/// An acknowledged message stands where its answer said, as it was said.
fn check_recorded(db: &Connection, said: &Said, context: &str) {
    let Some((event, seq)) = said.acknowledged else { return };
    let bytes: Vec<u8> = db
        .query_row("SELECT bytes FROM entries WHERE idx = ?1", [event], |row| row.get(0))
        .unwrap_or_else(|error| panic!("{context}: {} was acknowledged as entry {event}: {error}", said.id));
    let entry: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(entry["id"], event, "{context}");
    assert_eq!(entry["body"]["id"], said.id.as_str(), "{context}: entry {event} is another one");
    assert_eq!(entry["body"]["text"], said.text.as_str(), "{context}: entry {event} was altered");
    let size: u64 = db.query_row("SELECT max(size) FROM checkpoints", [], |row| row.get(0)).unwrap();
    assert!(event < seq && seq <= size, "{context}: entry {event} was told as part of {seq}, {size} are signed");
}

fn read(database: &Path) -> Connection {
    Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

/// `allclear record verify` with the key the store published; it must find everything whole.
fn audit(dir: &Path) -> Value {
    let store = dir.join("store");
    let output = Command::new(env!("CARGO_BIN_EXE_allclear"))
        .args(["record", "verify", "--json", "--vkey"])
        .args([&store.join("log.vkey"), &store])
        .output()
        .unwrap();
    let answer = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{answer}{}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((&answer["good"], &answer["wrong"]), (&Value::Bool(true), &Value::from(0)));
    answer
}

/// Moments by SplitMix64: the same every time.
struct Moments(u64);

impl Moments {
    /// Up to `ms` milliseconds, in microseconds.
    fn within(&mut self, ms: u64) -> Duration {
        Duration::from_micros(self.below(ms * 1000))
    }

    /// A number below `n`.
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}
