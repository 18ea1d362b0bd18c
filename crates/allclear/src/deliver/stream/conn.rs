//! One subscriber of a shard, and how a frame is written to it.

use super::mqtt_groups::Client;
use super::socket::{Raw, Socket};
use super::ws;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Instant;

/// A subscriber. Small: there are many.
pub(super) struct Conn {
    pub(super) socket: Socket,
    /// Its group, and its place among the members there. An MQTT client's is one of [`Mqtt`].
    pub(super) group: u32,
    pub(super) place: u32,
    /// Changes up to here it has from a snapshot.
    pub(super) since: u64,
    /// It missed a frame: it gets a snapshot when the one in flight is through.
    pub(super) behind: bool,
    pub(super) flight: Option<Box<Flight>>,
    pub(super) side: Option<Box<Side>>,
    /// It speaks MQTT.
    pub(super) client: Option<Box<Client>>,
}

// What docs/internals/streams.md says a subscriber costs.
const _: () = assert!(size_of::<Option<Conn>>() <= 64);

/// A frame of which a part was taken.
pub(super) struct Flight {
    pub(super) bytes: Arc<[u8]>,
    pub(super) from: usize,
    pub(super) since: Instant,
}

/// What is kept of a client that says something.
#[derive(Default)]
pub(super) struct Side {
    pub(super) listener: ws::Listener,
    /// Answers that wait.
    pub(super) out: Vec<u8>,
    pub(super) closing: bool,
}

/// Writes a frame; `false` when a part of it is still to go. Nothing of this socket may be in flight.
pub(super) fn send(conn: &mut Conn, bytes: &Arc<[u8]>) -> io::Result<bool> {
    let mut from = 0;
    while from < bytes.len() {
        match conn.socket.write(bytes.get(from..).unwrap_or_default()) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => from += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                conn.flight = Some(Box::new(Flight { bytes: bytes.clone(), from, since: Instant::now() }));
                return Ok(false);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

/// Why a subscriber is not taken in.
#[derive(Clone, Copy)]
pub(super) enum No {
    Filters,
    Places,
}

/// Says no. The socket is new: what is said fits into the kernel's buffer.
pub(super) fn refuse(socket: Raw, no: No) {
    let (name, message) = match no {
        No::Filters => (
            "too_many_filters",
            "this server holds too many different filters now: ask without level and kind, or try again",
        ),
        No::Places => ("full", "this server holds as many streams as it can: ask another one, poll, or try again"),
    };
    metrics::counter!("allclear_stream_refused_total", "reason" => name).increment(1);
    let body = format!(r#"{{"error":"{name}","message":"{message}"}}"#);
    let mut socket = Socket::from(socket);
    let _ = write!(
        socket,
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 5\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
}
