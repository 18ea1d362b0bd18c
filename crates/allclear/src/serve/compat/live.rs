//! alerts.com.ua's two streams: server-sent events with CRLF, and lines over TCP.
//!
//! What comes in: subscribers, each of all regions or of one. What goes out: what is true, and each change of it.
//! What always holds:
//!   a subscriber holds what it was told last and nothing else: who reads slowly gets the present, never a queue
//!   a region that becomes unknown ends the stream: the client sees a lost link, which is not calm
//!   who does not take a line in time, or says no key in time, is closed; the number of subscribers is bounded
//! Deliberately absent: the service's rule that an event may be missed. What was told last is compared, not what changed.

use super::alerts_com_ua::{self, Alerts, REGIONS};
use super::limits::{Service, check_key};
use super::routes::Compat;
use super::snapshot::Snapshot;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep_until, timeout};

/// Subscribers of both streams at most.
pub(super) const SUBSCRIBERS_MAX: usize = 10_000;
/// Between pings of the stream of events.
const PING: Duration = Duration::from_secs(5);
/// Between pings over TCP.
const PING_TCP: Duration = Duration::from_secs(15);
/// A TCP client says its key within so long.
const KEY_PATIENCE: Duration = Duration::from_secs(3);
/// The longest line with a key, in bytes.
const KEY_BYTES_MAX: usize = 128;
/// A line must be taken within so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// Regions with their new value.
type Changes = Vec<(usize, bool)>;

/// One who listens.
struct Listener {
    compat: Arc<Compat>,
    changes: watch::Receiver<u64>,
    /// Only this region.
    only: Option<usize>,
    told: Alerts,
    ping: Duration,
    next_ping: Instant,
    _place: OwnedSemaphorePermit,
}

/// What a listener is to be told.
enum News {
    /// Regions with their new value.
    Changed(Changes, Arc<Snapshot>),
    Ping,
    /// Nothing more can be said.
    End,
}

impl Listener {
    fn new(compat: Arc<Compat>, only: Option<usize>, ping: Duration) -> Option<Self> {
        let place = compat.live.clone().try_acquire_owned().ok()?;
        let changes = compat.changes();
        let next_ping = Instant::now() + ping;
        Some(Self { compat, changes, only, told: [None; REGIONS], ping, next_ping, _place: place })
    }

    /// What is true and was not told yet; `None` when something that was told is not known any more.
    fn news(&mut self) -> Option<(Changes, Arc<Snapshot>)> {
        let snapshot = self.compat.snapshot();
        // Pings after no word about anything would look like calm.
        let mut listened =
            snapshot.com_ua.iter().enumerate().filter(|(at, _)| self.only.is_none_or(|only| only == at + 1));
        if !self.compat.alive() || listened.all(|(_, alert)| alert.is_none()) {
            return None;
        }
        let mut changed = Vec::new();
        for (at, (told, now)) in self.told.iter_mut().zip(snapshot.com_ua).enumerate() {
            if self.only.is_some_and(|only| only != at + 1) || *told == now {
                continue;
            }
            // It was told and is not known any more.
            changed.push((at + 1, now?));
            *told = now;
        }
        Some((changed, snapshot))
    }

    async fn next(&mut self) -> News {
        loop {
            match self.news() {
                None => return News::End,
                Some((changed, snapshot)) if !changed.is_empty() => return News::Changed(changed, snapshot),
                Some(_) => {}
            }
            tokio::select! {
                changed = self.changes.changed() => if changed.is_err() { return News::End },
                () = sleep_until(self.next_ping) => {
                    self.next_ping = Instant::now() + self.ping;
                    return if self.compat.alive() { News::Ping } else { News::End };
                }
            }
        }
    }
}

/// `/api/states/live`: `hello`, then every change. As with the service, what is true at the beginning is not told: a client
/// asks `/api/states` for it. `None` when too many listen.
pub(super) fn events(compat: &Arc<Compat>, only: Option<usize>) -> Option<Response> {
    let mut listener = Listener::new(compat.clone(), only, PING)?;
    // A change from here on is told, whatever was true before.
    listener.told = compat.snapshot().com_ua;
    let waiting = VecDeque::from([event("hello", "null")]);
    let frames = futures_util::stream::unfold((listener, waiting), |(mut listener, mut waiting)| async move {
        while waiting.is_empty() {
            match listener.next().await {
                News::End => return None,
                News::Ping => waiting.push_back(event("ping", "null")),
                News::Changed(changed, snapshot) => {
                    for (number, _) in changed {
                        let data = alerts_com_ua::update(&snapshot.truth, number, &notification(&snapshot, number));
                        waiting.push_back(event("update", &data));
                    }
                }
            }
        }
        let frame: Result<Bytes, Infallible> = Ok(waiting.pop_front()?);
        Some((frame, (listener, waiting)))
    });
    let mut response = Response::new(Body::from_stream(frames));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Some(response)
}

fn event(name: &str, data: &str) -> Bytes {
    Bytes::from(format!("event: {name}\r\ndata: {data}\r\n\r\n"))
}

/// A notification's id in the form of a UUID (version 8, RFC 9562): the same change has the same id for everyone.
fn notification(snapshot: &Snapshot, number: usize) -> String {
    let (index, seq) = (snapshot.index.unsigned_abs(), snapshot.published.seq);
    format!(
        "{:08x}-{:04x}-8{:03x}-8{:03x}-{:012x}",
        (index >> 28) & 0xffff_ffff,
        (index >> 12) & 0xffff,
        index & 0xfff,
        number & 0xfff,
        seq & 0xffff_ffff_ffff
    )
}

/// Accepts clients of the TCP protocol for as long as the program runs.
pub async fn accept(listener: TcpListener, compat: Arc<Compat>) {
    // Those that have not shown a key yet are bounded too.
    let door = Arc::new(Semaphore::new(SUBSCRIBERS_MAX));
    loop {
        match listener.accept().await {
            Ok((socket, peer)) => {
                let Ok(place) = door.clone().try_acquire_owned() else { continue };
                let compat = compat.clone();
                tokio::spawn(async move {
                    let _place = place;
                    let _ = socket.set_nodelay(true);
                    // A lost connection is its client's affair.
                    let _ = serve(socket, peer.ip(), compat).await;
                });
            }
            Err(error) => {
                metrics::counter!("allclear_accept_failed_total").increment(1);
                tracing::warn!(%error, "a TCP client could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn serve(mut socket: TcpStream, peer: std::net::IpAddr, compat: Arc<Compat>) -> std::io::Result<()> {
    let line = match timeout(KEY_PATIENCE, first_line(&mut socket)).await {
        Ok(Ok(line)) => line,
        Ok(Err(error)) => return Err(error),
        Err(_) => return say(&mut socket, "a:timeout\n").await,
    };
    let (key, only) = match line.split_once(',') {
        Some((key, number)) => (key.trim(), alerts_com_ua::number(number.trim())),
        None => (line.trim(), None),
    };
    let allowed = check_key(Service::AlertsComUa, &compat.server.keys, key)
        .and_then(|()| compat.limits.count(&compat.server, peer, false));
    if let Err(refused) = allowed {
        super::gate::count_refused(refused.code);
        // The protocol knows no word for "too often".
        let word = if refused.code == axum::http::StatusCode::TOO_MANY_REQUESTS { "timeout" } else { "wrong_api_key" };
        return say(&mut socket, &format!("a:{word}\n")).await;
    }
    let Some(mut listener) = Listener::new(compat, only, PING_TCP) else {
        return say(&mut socket, "a:timeout\n").await;
    };
    say(&mut socket, "a:ok\n").await?;
    let mut sink = [0; 256];
    loop {
        let news = tokio::select! {
            news = listener.next() => news,
            // Nothing is expected from the client but its end.
            read = socket.read(&mut sink) => match read? {
                0 => return Ok(()),
                _ => continue,
            },
        };
        let mut text = String::new();
        match news {
            News::End => return Ok(()),
            News::Ping => {
                let random = getrandom::u32().unwrap_or_default() % 10_000;
                // Writing to a string cannot fail.
                let _ = writeln!(text, "p:{random}");
            }
            News::Changed(changed, _) => {
                for (number, alert) in changed {
                    let _ = writeln!(text, "s:{number}={}", u8::from(alert));
                }
            }
        }
        say(&mut socket, &text).await?;
    }
}

/// The line with the key; without its end when the client sends none but stops.
async fn first_line(socket: &mut TcpStream) -> std::io::Result<String> {
    let (mut bytes, mut part) = (Vec::new(), [0; KEY_BYTES_MAX]);
    while !bytes.contains(&b'\n') && bytes.len() < KEY_BYTES_MAX {
        let read = socket.read(&mut part).await?;
        if read == 0 {
            break;
        }
        bytes.extend_from_slice(part.get(..read).unwrap_or_default());
    }
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(String::from_utf8_lossy(line).into_owned())
}

async fn say(socket: &mut TcpStream, text: &str) -> std::io::Result<()> {
    match timeout(PATIENCE, socket.write_all(text.as_bytes())).await {
        Ok(wrote) => wrote,
        Err(_) => Err(std::io::ErrorKind::TimedOut.into()),
    }
}
