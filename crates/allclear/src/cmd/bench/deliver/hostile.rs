//! What healthy subscribers notice of clients that mean harm: the same message to the last of them, without and beside those.
//!
//! Beside them means: heads said byte by byte, upgrades that are none, frames of a tebibyte, filters of places that do not
//! exist and of ever new ones that do, and readers that take nothing. Each kind comes again as soon as it was turned away,
//! some hundred connections a second in all, from the readers' core.

use super::child::allclear;
use super::crowd::Crowd;
use super::peers::Http;
use super::rounds::{Bench, SSE_HELLO, say};
use anyhow::bail;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Healthy subscribers.
const HEALTHY: usize = 2000;
/// Messages of each half.
const MESSAGES: usize = 15;
/// Heads said byte by byte, at a time.
const SLOW: usize = 200;
/// Readers that take nothing.
const STALLED: usize = 200;
/// Between two connections of a kind.
const PACE: Duration = Duration::from_millis(5);
/// Longest wait for an answer that turns away.
const PATIENCE: Duration = Duration::from_secs(20);
const WS_HEAD: &str = "GET /api/v1/ws HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n";

/// What a kind says on its `n`th connection.
type Says = fn(n: u64) -> Vec<u8>;

/// The kinds that come and are turned away.
const KINDS: [Says; 4] = [
    // A frame of a tebibyte.
    |_| {
        let mut bytes = format!("{WS_HEAD}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").into_bytes();
        bytes.extend([0x82, 0xFF, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        bytes
    },
    // An upgrade without a key.
    |_| format!("{WS_HEAD}\r\n").into_bytes(),
    // A place that does not exist.
    |n| format!("GET /api/v1/stream?area=UA{n:019} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n").into_bytes(),
    // A head without an end.
    |n| format!("GET /api/v1/stream HTTP/1.1\r\nX-{n}: {}\r\n", "x".repeat(20_000)).into_bytes(),
];

/// Those who mean harm; they stop when dropped.
struct Hostile {
    stop: Arc<AtomicBool>,
    came: Arc<AtomicU64>,
    threads: Vec<JoinHandle<()>>,
}

impl Hostile {
    fn start(address: SocketAddr) -> Self {
        let (stop, came) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let mut threads: Vec<_> = KINDS
            .into_iter()
            .map(|says| {
                let (stop, came) = (stop.clone(), came.clone());
                std::thread::spawn(move || {
                    let mut n = 0;
                    while !stop.load(Ordering::Relaxed) {
                        n += 1;
                        if turned_away(address, &says(n)).is_ok() {
                            came.fetch_add(1, Ordering::Relaxed);
                        }
                        std::thread::sleep(PACE);
                    }
                })
            })
            .collect();
        let (stopped, counted) = (stop.clone(), came.clone());
        threads.push(std::thread::spawn(move || slow(address, &stopped, &counted)));
        Self { stop, came, threads }
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Says it, and reads until the server closes.
fn turned_away(address: SocketAddr, bytes: &[u8]) -> std::io::Result<()> {
    let mut socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(Duration::from_millis(500)))?;
    socket.write_all(bytes)?;
    let mut part = [0; 16 * 1024];
    while socket.read(&mut part)? > 0 {}
    Ok(())
}

/// Heads byte by byte, and new ones for those that were closed.
fn slow(address: SocketAddr, stop: &AtomicBool, came: &AtomicU64) {
    let mut sockets: Vec<TcpStream> = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        sockets.retain_mut(|socket| socket.write_all(b"G").is_ok());
        while sockets.len() < SLOW {
            let Ok(socket) = TcpStream::connect(address) else { break };
            came.fetch_add(1, Ordering::Relaxed);
            sockets.push(socket);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Time to the last healthy subscriber beside hostile clients over the time without them, medians; and how many of those came a
/// second.
#[allow(clippy::cast_precision_loss, reason = "counts of a bench")]
pub fn beside(bench: &Bench<'_>, round: u32) -> anyhow::Result<(f64, f64)> {
    let (_child, address) = allclear(bench.cores, &bench.folder(&format!("hostile-{round}"))?, None)?;
    let mut healthy = Crowd::new()?;
    healthy.join(address, HEALTHY.min(bench.subscribers), SSE_HELLO)?;
    healthy.settle(Duration::from_millis(700))?;
    let mut http = Http::open(address)?;
    let alone = last_ms(&mut http, &mut healthy, 0)?;
    let mut stalled = Crowd::new()?;
    stalled.receive_kib = Some(8);
    stalled.join(address, STALLED, SSE_HELLO)?;
    let hostile = Hostile::start(address);
    let began = Instant::now();
    std::thread::sleep(Duration::from_millis(500));
    let beside = last_ms(&mut http, &mut healthy, MESSAGES)?;
    let a_second = hostile.came.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64();
    if healthy.lost() > 0 {
        bail!("{} healthy subscribers lost their link beside hostile clients", healthy.lost());
    }
    Ok((beside / alone, a_second))
}

/// The median of messages to the last of a crowd, milliseconds.
fn last_ms(http: &mut Http, crowd: &mut Crowd, from: usize) -> anyhow::Result<f64> {
    let mut times = Vec::new();
    for number in from..from + MESSAGES {
        let mark = format!("@{number:05}hostile@");
        let act =
            if number.is_multiple_of(2) { "Повітряна тривога" } else { "Відбій тривоги" };
        let began = Instant::now();
        say(http, &format!("{act} в Сумській області ({mark})"))?;
        let reached = crowd.until(mark.as_bytes(), PATIENCE)?;
        times.push(reached.last.max(began).duration_since(began).as_secs_f64() * 1000.0);
        crowd.settle(Duration::from_millis(100))?;
    }
    times.sort_by(f64::total_cmp);
    Ok(times.get(times.len() / 2).copied().unwrap_or(f64::NAN))
}
