//! The measurements themselves.

use super::Way;
use super::child::{Child, Cores, allclear, free_port, listens, tcp_kib};
use super::crowd::Crowd;
use super::peers::{self, Http, MQTT_CONNECT, MQTT_HELLO};
use anyhow::{Context as _, bail};
use model::{AreaSet, Level};
use serde::Serialize;
use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Longest wait for one message.
const PATIENCE: Duration = Duration::from_secs(20);
/// Nothing came for so long: all that was under way has arrived.
const QUIET: Duration = Duration::from_millis(700);
/// Between two messages.
const REST: Duration = Duration::from_millis(200);
/// Messages that do not count.
const WARM_UP: u32 = 3;
/// Readers that stop reading.
const STALLED: usize = 1000;
/// Communities that change at once.
const MANY: u64 = 500;
/// What a subscriber of events asks.
pub const SSE_HELLO: &[u8] = b"GET /api/v1/stream HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n";
const WS_HELLO: &[u8] = b"GET /api/v1/ws HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const NCHAN_SSE_HELLO: &[u8] = b"GET /sub HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n";
const NCHAN_WS_HELLO: &[u8] = b"GET /sub HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// A way from a publisher to readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Ours, server-sent events.
    Sse,
    /// Ours, WebSocket.
    Ws,
    /// One write to each.
    Floor,
    /// nginx with nchan, server-sent events.
    NchanSse,
    /// nginx with nchan, WebSocket.
    NchanWs,
    /// Ours, MQTT 3.1.1, at most once.
    Mqtt,
    /// The same by mosquitto.
    Mosquitto,
}

impl Kind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sse => "allclear, events",
            Self::Ws => "allclear, WebSocket",
            Self::Floor => "floor: a write to each, in a loop",
            Self::NchanSse => "nchan, events",
            Self::NchanWs => "nchan, WebSocket",
            Self::Mqtt => "allclear, MQTT",
            Self::Mosquitto => "mosquitto, MQTT",
        }
    }
}

/// Where and how much.
pub struct Bench<'a> {
    /// Cores.
    pub cores: Cores,
    /// Folder.
    pub dir: &'a Path,
    /// Subscribers.
    pub subscribers: usize,
    /// Messages that count.
    pub messages: u32,
}

/// Whoever gives a message to a server.
enum Publisher {
    Ours(SocketAddr, Http),
    Nchan(SocketAddr, Http),
    Raw(TcpStream),
    Mqtt(TcpStream),
}

impl Publisher {
    /// A new connection where the server does not keep one on which nothing was asked yet.
    fn fresh(self) -> anyhow::Result<Self> {
        Ok(match self {
            Self::Ours(address, _) => Self::Ours(address, Http::open(address)?),
            Self::Nchan(address, _) => Self::Nchan(address, Http::open(address)?),
            kept => kept,
        })
    }

    fn publish(&mut self, number: u32, mark: &str, bytes: u64) -> anyhow::Result<()> {
        let filled = |bytes: u64| format!("{mark:x<width$}", width = usize::try_from(bytes).unwrap_or(0));
        match self {
            Self::Ours(_, http) => {
                let act = if number.is_multiple_of(2) {
                    "Повітряна тривога"
                } else {
                    "Відбій тривоги"
                };
                let text = format!("{act} в Сумській області ({mark})");
                http.post(
                    "/api/v1/reports",
                    &serde_json::json!({"source": "bench", "id": mark, "text": text}).to_string(),
                )
            }
            Self::Nchan(_, http) => http.post("/pub", &filled(bytes)),
            Self::Raw(socket) => Ok(writeln!(socket, "{mark} {bytes}")?),
            Self::Mqtt(socket) => Ok(socket.write_all(&peers::mqtt_publish(filled(bytes).as_bytes()))?),
        }
    }

    fn answered(&mut self) -> anyhow::Result<()> {
        if let Self::Ours(_, http) | Self::Nchan(_, http) = self {
            let (head, body) = http.answer()?;
            if !head.starts_with("HTTP/1.1 20") {
                bail!("a message was not taken: {head}{}", String::from_utf8_lossy(&body));
            }
        }
        Ok(())
    }
}

impl Bench<'_> {
    /// A folder of its own.
    pub fn folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let dir = self.dir.join(name);
        std::fs::create_dir_all(&dir).with_context(|| format!("failed to make {}", dir.display()))?;
        Ok(dir)
    }

    /// Each in a folder of its own: a round begins with an empty record.
    fn start(&self, kind: Kind, round: usize) -> anyhow::Result<(Child, SocketAddr, Publisher, &'static [u8])> {
        let dir = self.folder(&format!("{kind:?}-{round}"))?;
        Ok(match kind {
            Kind::Sse | Kind::Ws => {
                let (child, address) = allclear(self.cores, &dir, None)?;
                let hello = if kind == Kind::Sse { SSE_HELLO } else { WS_HELLO };
                (child, address, Publisher::Ours(address, Http::open(address)?), hello)
            }
            Kind::Floor => {
                let mut command = Command::new(std::env::current_exe()?);
                command.args(["bench", "deliver", "--floor"]).stdout(Stdio::piped());
                let mut child = self.cores.spawn(&mut command)?;
                let address = child.address()?;
                (child, address, Publisher::Raw(TcpStream::connect(address)?), b"")
            }
            Kind::NchanSse | Kind::NchanWs => {
                let (child, address) = peers::nginx(self.cores, &dir)?;
                let hello = if kind == Kind::NchanSse { NCHAN_SSE_HELLO } else { NCHAN_WS_HELLO };
                (child, address, Publisher::Nchan(address, Http::open(address)?), hello)
            }
            Kind::Mqtt => {
                let door = free_port()?;
                let (child, address) = allclear(self.cores, &dir, Some(door))?;
                listens(door)?;
                (child, door, Publisher::Ours(address, Http::open(address)?), MQTT_HELLO)
            }
            Kind::Mosquitto => {
                let (child, address) = peers::mosquitto(self.cores, &dir)?;
                let mut socket = TcpStream::connect(address)?;
                socket.set_nodelay(true)?;
                socket.write_all(MQTT_CONNECT)?;
                (child, address, Publisher::Mqtt(socket), MQTT_HELLO)
            }
        })
    }

    /// Messages to the last of all subscribers of one way. Ours tells how many bytes the others send.
    #[allow(clippy::cast_precision_loss, reason = "counts of a bench")]
    pub fn round(&self, way: &mut Way, frame: &mut u64, snapshot: &mut u64) -> anyhow::Result<()> {
        let kind = way.kind;
        let (child, address, publisher, hello) = self.start(kind, way.rounds_ms.len())?;
        let mut crowd = Crowd::new()?;
        // Whatever is made once, for the first subscriber, is not what a subscriber costs.
        crowd.join(address, 16, hello)?;
        crowd.settle(QUIET)?;
        let (before, few) = (child.resident_kib()?, crowd.bytes);
        for left in (0..self.subscribers.saturating_sub(16)).step_by(256) {
            crowd.join(address, 256.min(self.subscribers - 16 - left), hello)?;
            crowd.settle(Duration::from_millis(2))?;
        }
        crowd.settle(QUIET)?;
        let idle_kib = (child.resident_kib()? - before) / (self.subscribers - 16) as f64;
        if kind == Kind::Sse {
            *snapshot = few / 16;
        }
        let mut publisher = publisher.fresh()?;
        let (mut times, mut sizes) = (Vec::new(), Vec::new());
        for number in 0..WARM_UP + self.messages {
            let mark = format!("@{number:05}{:010x}@", u64::from(number).wrapping_mul(0x9E37_79B9_7F4A));
            let came = crowd.bytes;
            let began = Instant::now();
            publisher.publish(number, &mark, *frame)?;
            let reached = crowd.until(mark.as_bytes(), PATIENCE)?;
            publisher.answered()?;
            if reached.readers + crowd.lost() < self.subscribers {
                bail!("{}: message {number} reached {} of {}", kind.name(), reached.readers, self.subscribers);
            }
            if number >= WARM_UP {
                times.push(reached.last.duration_since(began).as_secs_f64() * 1000.0);
                sizes.push((crowd.bytes - came) / self.subscribers as u64);
            }
            crowd.settle(REST)?;
        }
        times.sort_by(f64::total_cmp);
        sizes.sort_unstable();
        if kind == Kind::Sse {
            *frame = sizes.get(sizes.len() / 2).copied().unwrap_or_default();
        }
        way.rounds_ms.push(times.get(times.len() / 2).copied().unwrap_or(f64::NAN));
        way.longest_ms = times.iter().copied().fold(way.longest_ms, f64::max);
        way.idle_kib.push(idle_kib);
        way.lost += crowd.lost();
        Ok(())
    }

    /// What a reader that stops reading costs: the server's memory and the kernel's for its socket, KiB, at most. The kernel's
    /// is counted for both ends; the readers' is kept small.
    #[allow(clippy::cast_precision_loss, reason = "counts of a bench")]
    pub fn stalled(&self, round: u32) -> anyhow::Result<f64> {
        let (child, address) = allclear(self.cores, &self.folder(&format!("stalled-{round}"))?, None)?;
        let mut crowd = Crowd::new()?;
        // What waits at the readers' end is theirs.
        crowd.receive_kib = Some(8);
        crowd.join(address, STALLED, SSE_HELLO)?;
        crowd.settle(QUIET)?;
        let mut http = Http::open(address)?;
        let before = (child.resident_kib()?, tcp_kib()?);
        let mut most: f64 = 0.0;
        // More than the kernel takes for one who does not read; nobody reads from here on.
        let words = "Тримайтеся. ".repeat(300);
        for number in 0..200 {
            say(&mut http, &format!("Повітряна тривога в Сумській області. {words}{number}"))?;
            most = most.max(child.resident_kib()? - before.0 + tcp_kib()? - before.1);
        }
        Ok(most / STALLED as f64)
    }

    /// Kills the server under all its subscribers, starts it again, and says how long until all have the whole picture,
    /// seconds from the moment it listens, and how many bytes each was sent. `filtered`: they ask for a region each.
    pub fn restart(&self, filtered: bool, round: u32) -> anyhow::Result<(f64, u64)> {
        let dir = self.folder(&format!("restart-{}{round}", if filtered { "filtered-" } else { "" }))?;
        let hellos: Vec<Vec<u8>> = if filtered {
            let regions = AreaSet::bundled().at_level(Level::Oblast);
            regions
                .map(|area| {
                    String::from_utf8_lossy(SSE_HELLO)
                        .replace("/stream", &format!("/stream?area={}", area.code))
                        .into_bytes()
                })
                .collect()
        } else {
            vec![SSE_HELLO.to_vec()]
        };
        let (child, address) = allclear(self.cores, &dir, None)?;
        let mut http = Http::open(address)?;
        for region in ["Сумській", "Полтавській", "Харківській"] {
            say(&mut http, &format!("Повітряна тривога в {region} області"))?;
        }
        let mut crowd = Crowd::new()?;
        crowd.join(address, self.subscribers, SSE_HELLO)?;
        crowd.settle(QUIET)?;
        drop(child);
        drop(crowd);
        let (_child, address) = allclear(self.cores, &dir, None)?;
        let began = Instant::now();
        let mut crowd = Crowd::new()?;
        // The end of a frame: no text of JSON holds a line break.
        let reached = crowd.come_back(address, self.subscribers, &hellos, b"}\n\n", PATIENCE)?;
        if reached.readers < self.subscribers {
            bail!("{} of {} came back", reached.readers, self.subscribers);
        }
        Ok((reached.last.duration_since(began).as_secs_f64(), crowd.bytes / self.subscribers.max(1) as u64))
    }

    /// Changes 500 communities, sixty at a time: sends to sockets per subscriber and round, and how long it took, seconds.
    #[allow(clippy::cast_precision_loss, reason = "counts of a bench")]
    pub fn many(&self, round: u32) -> anyhow::Result<(Option<f64>, f64)> {
        let (_child, address) = allclear(self.cores, &self.folder(&format!("many-{round}"))?, None)?;
        let mut crowd = Crowd::new()?;
        crowd.join(address, self.subscribers.min(1000), SSE_HELLO)?;
        crowd.settle(QUIET)?;
        let mut http = Http::open(address)?;
        let before = counters(&mut http)?;
        let titles: Vec<_> = AreaSet::bundled()
            .at_level(Level::Hromada)
            .map(|area| format!("{} територіальна громада", area.name_uk))
            .collect();
        let (mut changed, began) = (0, Instant::now());
        for some in titles.chunks(60) {
            let text = format!("Повітряна тривога в {}", some.join(", "));
            http.post("/api/v1/reports", &serde_json::json!({"source": "bench", "text": text}).to_string())?;
            // A name that two share is refused, and does not count.
            let body: serde_json::Value = serde_json::from_slice(&http.answer()?.1)?;
            changed += body["accepted"][0]["items"].as_u64().unwrap_or(0);
            crowd.settle(Duration::from_millis(1))?;
            if changed >= MANY {
                break;
            }
        }
        let took_s = began.elapsed().as_secs_f64();
        crowd.settle(QUIET)?;
        let after = counters(&mut http)?;
        if changed < MANY {
            bail!("only {changed} communities were understood");
        }
        let (sends, rounds) = (after.0 - before.0, after.1 - before.1);
        Ok(((rounds > 0.0).then(|| sends / rounds / self.subscribers.min(1000) as f64), took_s))
    }
}

/// Writes to sockets, and rounds of them, so far.
fn counters(http: &mut Http) -> anyhow::Result<(f64, f64)> {
    let (_, body) = http.get("/metrics", "")?;
    let text = String::from_utf8(body)?;
    let sum = |name: &str| -> f64 {
        let lines = text.lines().filter(|line| line.starts_with(name));
        lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    };
    Ok((sum("allclear_stream_sends_total"), sum("allclear_stream_rounds_total")))
}

/// Posts one official message and waits until it is durable.
pub fn say(http: &mut Http, text: &str) -> anyhow::Result<()> {
    http.post("/api/v1/reports", &serde_json::json!({"source": "bench", "text": text}).to_string())?;
    let (head, body) = http.answer()?;
    if !head.starts_with("HTTP/1.1 200") {
        bail!("a message was not taken: {head}{}", String::from_utf8_lossy(&body));
    }
    Ok(())
}
