//! What readers miss when the server is killed and they come back: nothing lost, nothing twice, nothing out of order.
//!
//! Readers understand what they read: the number of each frame, and what it says of each community.

use super::child::allclear;
use super::peers::Http;
use super::rounds::Bench;
use anyhow::{Context as _, bail};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Readers.
const READERS: usize = 100;
/// Times the server is killed.
const KILLS: u32 = 4;
/// Messages before each.
const MESSAGES: u32 = 12;
/// Longest wait for the last message.
const PATIENCE: Duration = Duration::from_secs(20);
/// Where alerts are raised and ended.
const REGIONS: [(&str, &str); 3] = [
    ("UA59000000000057109", "Сумській"),
    ("UA53000000000028050", "Полтавській"),
    ("UA63000000000041885", "Харківській"),
];

/// What went wrong, over all readers.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Faults {
    /// Acknowledged messages that a reader was told neither alone nor in a snapshot, and communities it is wrong about.
    pub lost: u32,
    /// Changes a reader was told twice.
    pub twice: u32,
    /// Frames older than one before.
    pub out_of_order: u32,
    /// Messages times readers, so that nothing wrong means something.
    pub looked_at: u32,
}

/// One that understands what it reads.
#[derive(Default)]
struct Reader {
    socket: Option<TcpStream>,
    unread: Vec<u8>,
    last: u64,
    changes: Vec<u64>,
    snapshots: Vec<u64>,
    states: BTreeMap<String, String>,
    faults: Faults,
}

impl Reader {
    /// Comes, or comes back and says what it had last.
    fn come(&mut self, address: SocketAddr) -> anyhow::Result<()> {
        let mut socket = TcpStream::connect(address)?;
        let last = if self.last > 0 { format!("Last-Event-ID: {}\r\n", self.last) } else { String::new() };
        let head = "GET /api/v1/stream HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n";
        socket.write_all(format!("{head}{last}\r\n").as_bytes())?;
        socket.set_nonblocking(true)?;
        // What was cut off in the middle was not told.
        self.unread.clear();
        self.socket = Some(socket);
        Ok(())
    }

    /// Reads what is there.
    fn read(&mut self) -> anyhow::Result<()> {
        let mut part = [0; 16 * 1024];
        while let Some(socket) = &mut self.socket {
            match socket.read(&mut part) {
                Ok(n) if n > 0 => self.unread.extend_from_slice(part.get(..n).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // The server is gone.
                Ok(_) | Err(_) => self.socket = None,
            }
        }
        while let Some(end) = memchr::memmem::find(&self.unread, b"\n\n") {
            let frame: Vec<u8> = self.unread.drain(..end + 2).collect();
            self.frame(&String::from_utf8(frame)?)?;
        }
        Ok(())
    }

    fn frame(&mut self, frame: &str) -> anyhow::Result<()> {
        let field = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name));
        let Some(id) = field("id: ") else { return Ok(()) };
        let id: u64 = id.parse()?;
        let body: Value = serde_json::from_str(field("data: ").context("a frame without content")?)?;
        let snapshot = field("event: ") == Some("snapshot");
        if self.changes.contains(&id) && !snapshot {
            self.faults.twice += 1;
        } else if id < self.last {
            self.faults.out_of_order += 1;
        }
        self.last = self.last.max(id);
        if snapshot {
            self.states.clear();
            self.snapshots.push(id);
        } else {
            self.changes.push(id);
        }
        let codes = |list: &Value| list.as_array().cloned().unwrap_or_default();
        for gone in codes(&body["communities_gone"]) {
            self.states.remove(gone.as_str().unwrap_or_default());
        }
        for community in codes(&body["communities"]) {
            let text = |name: &str| community[name].as_str().unwrap_or_default().to_owned();
            self.states.insert(text("code"), text("state"));
        }
        Ok(())
    }

    /// What it takes to be true: who is not listed is as the country.
    fn knows(&self, code: &str) -> Option<&str> {
        self.states.get(code).or_else(|| self.states.get("UA")).map(String::as_str)
    }

    /// Whether it was told of the change with this number, alone or in a picture that holds it.
    fn was_told(&self, seq: u64) -> bool {
        self.changes.contains(&seq) || self.snapshots.iter().any(|snapshot| *snapshot >= seq)
    }
}

/// Kills the server again and again as soon as it has acknowledged a message, and asks every reader in the end.
pub fn count(bench: &Bench<'_>) -> anyhow::Result<Faults> {
    let dir = bench.folder("faults")?;
    let mut readers: Vec<Reader> = (0..READERS).map(|_| Reader::default()).collect();
    let mut told = Vec::new();
    let (mut server, mut number) = (allclear(bench.cores, &dir, None)?, 0_usize);
    for kill in 0..=KILLS {
        for reader in &mut readers {
            reader.come(server.1)?;
        }
        let mut http = Http::open(server.1)?;
        for n in 0..MESSAGES {
            // Some are told to readers who are still on their way.
            if n % 3 == 2 {
                all(&mut readers, Reader::read)?;
            }
            let (_, region) = REGIONS[number % REGIONS.len()];
            let act = if (number / REGIONS.len()).is_multiple_of(2) {
                "Повітряна тривога"
            } else {
                "Відбій тривоги"
            };
            number += 1;
            let body = serde_json::json!({"source": "bench", "text": format!("{act} в {region} області ({number})")});
            http.post("/api/v1/reports", &body.to_string())?;
            let (head, body) = http.answer()?;
            let answer: Value = serde_json::from_slice(&body)?;
            let Some(seq) = answer["accepted"][0]["seq"].as_u64() else { bail!("a message was not taken: {head}") };
            told.push(seq);
        }
        if kill < KILLS {
            drop(server);
            // What had left before is still read.
            all(&mut readers, Reader::read)?;
            server = allclear(bench.cores, &dir, None)?;
        }
    }
    let last = told.last().copied().unwrap_or_default();
    let began = Instant::now();
    while readers.iter().any(|reader| !reader.was_told(last)) && began.elapsed() < PATIENCE {
        all(&mut readers, Reader::read)?;
        std::thread::sleep(Duration::from_millis(1));
    }
    let state: Value = serde_json::from_slice(&Http::open(server.1)?.get("/api/v1/state", "")?.1)?;
    let listed = state["communities"].as_array().context("a state without communities")?;
    let mut sum = Faults::default();
    for reader in &readers {
        let missed = told.iter().filter(|seq| !reader.was_told(**seq)).count();
        let wrong = |(code, _): &&(&str, &str)| {
            let true_state = listed.iter().find(|community| community["code"] == *code);
            true_state.and_then(|community| community["state"].as_str()) != reader.knows(code)
        };
        sum.lost += u32::try_from(missed + REGIONS.iter().filter(wrong).count())?;
        sum.twice += reader.faults.twice;
        sum.out_of_order += reader.faults.out_of_order;
        sum.looked_at += u32::try_from(told.len())?;
    }
    Ok(sum)
}

fn all(readers: &mut [Reader], act: fn(&mut Reader) -> anyhow::Result<()>) -> anyhow::Result<()> {
    readers.iter_mut().try_for_each(act)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_told_twice_a_step_back_and_a_gap_are_seen() {
        let mut reader = Reader::default();
        let frame = |event: &str, id: u64, state: &str| {
            format!(
                "event: {event}\nid: {id}\ndata: {{\"communities\":[{{\"code\":\"UA59\",\"state\":\"{state}\"}}]}}\n\n"
            )
        };
        reader.frame(&frame("snapshot", 4, "unknown")).unwrap();
        reader.frame(&frame("change", 7, "active")).unwrap();
        assert_eq!((reader.faults, reader.knows("UA59")), (Faults::default(), Some("active")));
        assert!(reader.was_told(3) && reader.was_told(7) && !reader.was_told(6), "6 is in no picture");
        reader.frame(&frame("change", 7, "active")).unwrap();
        reader.frame(&frame("change", 5, "clear")).unwrap();
        assert_eq!((reader.faults.twice, reader.faults.out_of_order), (1, 1));
    }
}
