//! A shard: one thread that owns its sockets.
//!
//! Invariants:
//!   a socket is in exactly one group, the one of its transport and filter
//!   at most one shared frame of a socket is in flight; while it is, later ones only mark it as behind
//!   a frame is not in flight for longer than [`PATIENCE`]
//!   a socket is never written in the middle of another frame
//! The sockets are watched edge-triggered: each is read and written until it would block.

use super::conn::{Conn, Flight, No, refuse, send};
use super::head::{Ask, Transport};
use super::mqtt::Hello;
use super::mqtt_groups::Mqtt;
use super::receipt::Receipt;
use super::socket::{Raw, Socket};
use super::{House, encode, ws};
use crate::deliver::filter::Filter;
use crate::deliver::frugal;
use crate::deliver::hub::{Frame, FrameKind};
use crate::deliver::mqtt::states::Round;
use crate::deliver::receipts::Channel;
use mio::{Events, Interest, Poll, Token, Waker};
use model::AlertId;
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, IoSlice, Read as _, Write as _};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Frames of so long a time go out together.
const TICK: Duration = Duration::from_millis(12);
/// A frame must be taken within so long.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// How often those who are behind are looked at.
const SWEEP: Duration = Duration::from_secs(1);
/// A snapshot is used for so long for all who come.
const SNAPSHOT_AGE: Duration = Duration::from_secs(1);
/// Newcomers between two looks at the frames.
const JOIN_MAX: usize = 64;
/// Most filters of one shard that are not the open one.
const GROUPS_MAX: usize = 4096;
/// Most frames that wait for a shard; beyond it everyone gets a snapshot instead.
pub const INBOX_MAX: usize = 4096;
/// What the kernel keeps for a reader that does not read, in bytes; Linux takes twice as much.
const SEND_BUFFER: usize = 64 * 1024;
/// Reads from one socket before the others have their turn.
const READS_MAX: usize = 4;
/// Most bytes of answers to pings that wait for a reader.
const SIDE_BYTES_MAX: usize = 1024;
const WAKE: Token = Token(usize::MAX);

/// What a shard is told.
pub enum Message {
    /// A subscriber; what it asked for, and what it said already.
    Add {
        /// Its socket.
        socket: Raw,
        /// What it wants.
        ask: Box<Ask>,
        /// Bytes after the head of its request.
        early: Vec<u8>,
    },
    /// An MQTT client; what it was answered, and what it said after it asked to be let in.
    Client {
        /// Its socket.
        socket: Raw,
        /// What it said of itself.
        hello: Box<Hello>,
        /// Bytes after its first packet.
        early: Vec<u8>,
    },
    /// A frame for all.
    Frame(Frame),
    /// The same frame as messages of MQTT.
    Round(Arc<Round>),
}

/// Everyone of one transport and filter.
struct Group {
    transport: Transport,
    filter: Filter,
    members: Vec<u32>,
    snapshot: Option<(Instant, u64, Arc<[u8]>)>,
}

/// The shard.
pub struct Shard {
    pub(super) house: Arc<House>,
    inbox: Arc<Mutex<Option<Vec<Message>>>>,
    lost: Arc<AtomicBool>,
    count: Arc<AtomicUsize>,
    poll: Poll,
    pub(super) conns: Vec<Option<Conn>>,
    free: Vec<u32>,
    groups: Vec<Group>,
    by_ask: BTreeMap<(Transport, Filter), u32>,
    joining: VecDeque<Message>,
    frames: Vec<Frame>,
    ticked: Instant,
    mqtt_ticked: Instant,
    swept: Instant,
    /// Those with a frame in flight.
    pub(super) stalled: Vec<u32>,
    /// Those of whom more is there to read than one turn takes.
    again: Vec<u32>,
    /// Where the next round begins, so that nobody is always last.
    pub(super) turn: usize,
    pub(super) mqtt: Mqtt,
}

impl Shard {
    /// A shard, and what wakes it.
    pub fn new(
        house: Arc<House>,
        inbox: Arc<Mutex<Option<Vec<Message>>>>,
        lost: Arc<AtomicBool>,
        count: Arc<AtomicUsize>,
    ) -> io::Result<(Self, Waker)> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKE)?;
        let now = Instant::now();
        let before = now.checked_sub(TICK).unwrap_or(now);
        let shard = Self {
            house,
            inbox,
            lost,
            count,
            poll,
            conns: Vec::new(),
            free: Vec::new(),
            groups: Vec::new(),
            by_ask: BTreeMap::new(),
            joining: VecDeque::new(),
            frames: Vec::new(),
            ticked: before,
            mqtt_ticked: before,
            swept: now,
            stalled: Vec::new(),
            again: Vec::new(),
            turn: 0,
            mqtt: Mqtt::default(),
        };
        Ok((shard, waker))
    }

    /// Serves for as long as the program runs.
    pub fn run(mut self) {
        let mut events = Events::with_capacity(1024);
        loop {
            let wait = if !self.joining.is_empty() || !self.again.is_empty() {
                Duration::ZERO
            } else {
                let left = |waits: bool, ticked: Instant| waits.then(|| TICK.saturating_sub(ticked.elapsed()));
                let frames = left(!self.frames.is_empty(), self.ticked);
                let rounds = left(!self.mqtt.rounds.is_empty(), self.mqtt_ticked);
                frames.into_iter().chain(rounds).min().unwrap_or(SWEEP)
            };
            if let Err(error) = self.poll.poll(&mut events, Some(wait))
                && error.kind() != io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "a shard of the stream cannot wait for its sockets");
                std::thread::sleep(TICK);
            }
            for id in std::mem::take(&mut self.again) {
                self.hear(id);
            }
            for event in &events {
                let Ok(id) = u32::try_from(event.token().0) else { continue };
                if event.is_readable() || event.is_read_closed() {
                    self.hear(id);
                }
                if event.is_writable() {
                    self.go_on(id);
                }
            }
            self.collect();
            if self.lost.swap(false, Ordering::Relaxed) {
                self.resync();
            }
            // Those who wait for one topic wait for least. A frame's topics come a moment after it: they do not wait for the
            // tick that it began.
            if !self.mqtt.rounds.is_empty() && self.mqtt_ticked.elapsed() >= TICK {
                self.mqtt_ticked = Instant::now();
                self.tick_mqtt();
            }
            if !self.frames.is_empty() && self.ticked.elapsed() >= TICK {
                self.tick();
            }
            for _ in 0..JOIN_MAX {
                match self.joining.pop_front() {
                    Some(Message::Add { socket, ask, early }) => self.join(socket, *ask, &early),
                    Some(Message::Client { socket, hello, early }) => self.join_client(socket, &hello, &early),
                    Some(Message::Frame(_) | Message::Round(_)) => {}
                    None => break,
                }
            }
            if !self.joining.is_empty() {
                // Whoever lets people in may share this core, and must not come too late for the next.
                std::thread::yield_now();
            }
            if self.swept.elapsed() >= SWEEP {
                self.sweep();
            }
        }
    }

    pub(super) fn collect(&mut self) {
        let mut inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        let messages = inbox.as_mut().map(std::mem::take).unwrap_or_default();
        drop(inbox);
        for message in messages {
            match message {
                Message::Frame(frame) => self.frames.push(frame),
                Message::Round(round) => self.mqtt.rounds.push(round),
                newcomer => self.joining.push_back(newcomer),
            }
        }
    }

    /// Takes a subscriber in: its greeting, and what it missed or the whole picture.
    fn join(&mut self, socket: Raw, ask: Ask, early: &[u8]) {
        let Ask { transport, filter, last, key } = ask;
        if self.full() {
            return refuse(socket, No::Places);
        }
        let Some(group) = self.group(transport, filter) else { return refuse(socket, No::Filters) };
        let Some((id, mut socket)) = self.watch(socket) else { return };
        let head = self.greeting(key.as_deref());
        let hub = self.house.core.hub();
        let missed = last.and_then(|seq| Some((seq, hub.since(seq, self.house.core.published().seq)?)));
        let (since, body) = match missed {
            Some((seq, missed)) => {
                let Some(Group { transport, filter, .. }) = self.groups.get(group as usize) else { return };
                let mut bytes = if *transport == Transport::Sse { b"retry: 1000\n\n".to_vec() } else { Vec::new() };
                bytes.extend(encode::frames(&self.house, filter, *transport, &missed));
                (missed.last().map_or(seq, |frame| frame.seq), bytes.into())
            }
            None => self.snapshot(group),
        };
        let wrote = socket.write_vectored(&[IoSlice::new(head.as_bytes()), IoSlice::new(&body)]);
        let flight = match wrote {
            Ok(n) if n == head.len() + body.len() => None,
            Ok(n) if n >= head.len() => Some(Flight { bytes: body, from: n - head.len(), since: Instant::now() }),
            // A new socket that does not take two hundred bytes is no subscriber.
            _ => return,
        };
        let Some(members) = self.groups.get_mut(group as usize).map(|group| &mut group.members) else { return };
        let place = u32::try_from(members.len()).unwrap_or(u32::MAX);
        members.push(id);
        if flight.is_some() {
            self.stalled.push(id);
        }
        let flight = flight.map(Box::new);
        self.keep(id, Conn { socket, group, place, since, behind: false, flight, side: None, client: None });
        if transport == Transport::Ws && !early.is_empty() {
            self.heard(id, early);
        }
        // What came between the head and the registration is told by the registration itself: epoll_ctl(2) looks once.
    }

    /// Whether the streams of all shards leave no more sockets than others need.
    pub(super) fn full(&self) -> bool {
        self.count.load(Ordering::Relaxed) >= self.house.places
    }

    /// Watches a socket under the number it will have.
    pub(super) fn watch(&mut self, socket: Raw) -> Option<(u32, Socket)> {
        // A reader that does not read costs the kernel no more than this.
        let _ = rustix::net::sockopt::set_socket_send_buffer_size(&socket, SEND_BUFFER);
        frugal(&socket);
        let mut socket = Socket::from(socket);
        let id = self.free.last().copied().unwrap_or_else(|| u32::try_from(self.conns.len()).unwrap_or(u32::MAX - 1));
        let interest = Interest::READABLE | Interest::WRITABLE;
        if let Err(error) = self.poll.registry().register(socket.source(), Token(id as usize), interest) {
            tracing::warn!(%error, "a subscriber cannot be watched");
            return None;
        }
        Some((id, socket))
    }

    /// Keeps a subscriber under the number it is watched by.
    pub(super) fn keep(&mut self, id: u32, conn: Conn) {
        if self.free.pop().is_some() {
            if let Some(slot) = self.conns.get_mut(id as usize) {
                *slot = Some(conn);
            }
        } else {
            self.conns.push(Some(conn));
        }
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    fn group(&mut self, transport: Transport, filter: Filter) -> Option<u32> {
        if let Some(&group) = self.by_ask.get(&(transport, filter.clone())) {
            return Some(group);
        }
        let empty =
            if self.groups.len() < GROUPS_MAX { None } else { self.groups.iter().position(|g| g.members.is_empty()) };
        let group = Group { transport, filter: filter.clone(), members: Vec::new(), snapshot: None };
        let number = match empty {
            Some(n) => {
                let old = std::mem::replace(self.groups.get_mut(n)?, group);
                self.by_ask.remove(&(old.transport, old.filter));
                n
            }
            None if self.groups.len() < GROUPS_MAX || filter.is_open() => {
                self.groups.push(group);
                self.groups.len() - 1
            }
            None => return None,
        };
        let number = u32::try_from(number).ok()?;
        self.by_ask.insert((transport, filter), number);
        Some(number)
    }

    fn greeting(&self, key: Option<&str>) -> String {
        let headers = &self.house.headers;
        match key {
            Some(key) => format!(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n{headers}\r\n",
                ws::accept(key)
            ),
            None => format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-cache, no-transform\r\nX-Accel-Buffering: no\r\nConnection: close\r\n{headers}\r\n"
            ),
        }
    }

    /// The whole picture for a group, made at most once a second.
    fn snapshot(&mut self, group: u32) -> (u64, Arc<[u8]>) {
        let seq_now = self.house.core.published().seq;
        let Some(group) = self.groups.get_mut(group as usize) else { return (0, Arc::new([])) };
        match &group.snapshot {
            Some((at, seq, bytes)) if at.elapsed() < SNAPSHOT_AGE && *seq == seq_now => (*seq, bytes.clone()),
            _ => {
                let (seq, bytes) = encode::snapshot(&self.house, &group.filter, group.transport);
                group.snapshot = Some((Instant::now(), seq, bytes.clone()));
                (seq, bytes)
            }
        }
    }

    /// Sends what waits to everyone: once encoded for each group, once written to each socket.
    fn tick(&mut self) {
        self.ticked = Instant::now();
        let frames = std::mem::take(&mut self.frames);
        let first =
            frames.iter().filter(|frame| matches!(frame.kind, FrameKind::Change(_))).map(|frame| frame.seq).min();
        let changes: Vec<_> = frames
            .iter()
            .filter_map(|frame| if let FrameKind::Change(change) = &frame.kind { Some(change.clone()) } else { None })
            .collect();
        // Those who asked for just these communities come first.
        let about = |group: &Group| changes.iter().any(|change| group.filter.is_about(self.house.areas, change));
        let mut order: Vec<(bool, usize)> = self
            .groups
            .iter()
            .enumerate()
            .filter(|(_, group)| !group.members.is_empty())
            .map(|(n, group)| (!about(group), n))
            .collect();
        order.sort_unstable();
        // Knuth's multiplier: a place that looks like chance, and costs nothing.
        self.turn = self.turn.wrapping_mul(0x9E37_79B9).wrapping_add(0x7F4A_7C15);
        let mut gone = Vec::new();
        let mut sends = 0;
        let decided = frames.iter().filter(|f| matches!(f.kind, FrameKind::Change(_))).map(|frame| frame.decided).min();
        for (_, n) in order {
            let Some(Group { transport, filter, members, .. }) = self.groups.get(n) else { continue };
            let bytes: Arc<[u8]> = encode::frames(&self.house, filter, *transport, &frames).into();
            if bytes.is_empty() {
                continue;
            }
            let channel = match transport {
                Transport::Sse => Channel::Events,
                Transport::Ws => Channel::WebSocket,
            };
            let mut receipt = decided.map(|decided| Receipt::new(channel, decided));
            let start = self.turn % members.len();
            let (later, sooner) = members.split_at(start);
            for &id in sooner.iter().chain(later) {
                let Some(Some(conn)) = self.conns.get_mut(id as usize) else { continue };
                if conn.flight.is_some() {
                    conn.behind = true;
                    if let Some(receipt) = &mut receipt {
                        receipt.delivery.behind += 1;
                    }
                    continue;
                }
                sends += 1;
                let newcomer = first.is_some_and(|first| first <= conn.since);
                let sent = if newcomer {
                    let since = conn.since;
                    let new =
                        frames.iter().filter(|frame| !matches!(frame.kind, FrameKind::Change(_)) || frame.seq > since);
                    let bytes = encode::frames(&self.house, filter, *transport, new);
                    send(conn, &bytes.into())
                } else {
                    send(conn, &bytes)
                };
                match sent {
                    Ok(true) => {}
                    Ok(false) => self.stalled.push(id),
                    Err(_) => {
                        gone.push(id);
                        continue;
                    }
                }
                if let Some(receipt) = &mut receipt {
                    receipt.wrote(&self.house.core.hub().receipts);
                }
            }
            if let Some(receipt) = receipt {
                let alerts = changes.iter().flat_map(|change| filter.alerts(self.house.areas, change));
                receipt.close(&self.house.core.hub().receipts, alerts.map(|alert| AlertId(alert.id)));
            }
        }
        if sends > 0 {
            metrics::counter!("allclear_stream_rounds_total").increment(1);
            metrics::counter!("allclear_stream_sends_total").increment(sends);
        }
        for id in gone {
            self.drop_conn(id);
        }
    }

    /// A socket can take more.
    fn go_on(&mut self, id: u32) {
        loop {
            let Some(Some(conn)) = self.conns.get_mut(id as usize) else { return };
            let Some(flight) = &mut conn.flight else {
                match conn.socket.flush() {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                    Err(_) => return self.drop_conn(id),
                    Ok(()) => {}
                }
                if conn.client.is_some() {
                    return self.go_on_client(id);
                }
                if self.speak(id).is_err() {
                    self.drop_conn(id);
                }
                return;
            };
            match conn.socket.write(flight.bytes.get(flight.from..).unwrap_or_default()) {
                Ok(n) => flight.from += n,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return self.drop_conn(id),
            }
            if flight.from < flight.bytes.len() {
                continue;
            }
            conn.flight = None;
            if std::mem::take(&mut conn.behind) {
                metrics::counter!("allclear_stream_resynced_total").increment(1);
                self.give_snapshot(id);
            }
        }
    }

    /// The newest picture instead of what was missed.
    fn give_snapshot(&mut self, id: u32) {
        let Some(Some(conn)) = self.conns.get(id as usize) else { return };
        let (since, bytes) = self.snapshot(conn.group);
        let Some(Some(conn)) = self.conns.get_mut(id as usize) else { return };
        conn.since = since;
        match send(conn, &bytes) {
            Ok(true) => {}
            Ok(false) => self.stalled.push(id),
            Err(_) => self.drop_conn(id),
        }
    }

    /// Frames were lost on the way here: everyone gets the whole picture.
    fn resync(&mut self) {
        self.frames.clear();
        self.resync_mqtt();
        for id in 0..u32::try_from(self.conns.len()).unwrap_or(0) {
            match self.conns.get_mut(id as usize) {
                Some(Some(conn)) if conn.client.is_some() => {}
                Some(Some(conn)) if conn.flight.is_some() => conn.behind = true,
                Some(Some(_)) => self.give_snapshot(id),
                _ => {}
            }
        }
    }

    /// A socket says something, or is at its end.
    pub(super) fn hear(&mut self, id: u32) {
        let mut part = [0; 4096];
        for _ in 0..READS_MAX {
            let Some(Some(conn)) = self.conns.get_mut(id as usize) else { return };
            match conn.socket.read(&mut part) {
                Ok(0) => return self.drop_conn(id),
                Ok(n) if conn.client.is_some() => self.heard_client(id, part.get(..n).unwrap_or_default()),
                Ok(n) => {
                    let ws = self.groups.get(conn.group as usize).is_some_and(|group| group.transport == Transport::Ws);
                    if ws {
                        self.heard(id, part.get(..n).unwrap_or_default());
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return self.drop_conn(id),
            }
        }
        // Who says much waits until the others had their turn.
        self.again.push(id);
    }

    /// What a WebSocket client said.
    fn heard(&mut self, id: u32, bytes: &[u8]) {
        let Some(Some(conn)) = self.conns.get_mut(id as usize) else { return };
        let side = conn.side.get_or_insert_default();
        if side.closing {
            return;
        }
        let answer = side.listener.hear(bytes);
        // Who asks faster than it reads gets fewer answers.
        if side.out.len() + answer.bytes.len() <= SIDE_BYTES_MAX || answer.close {
            side.out.extend(answer.bytes);
        }
        side.closing = answer.close;
        if conn.flight.is_none() && self.speak(id).is_err() {
            self.drop_conn(id);
        }
    }

    /// Sends answers that wait. Nothing else of this socket is in flight.
    fn speak(&mut self, id: u32) -> io::Result<()> {
        let Some(Some(conn)) = self.conns.get_mut(id as usize) else { return Ok(()) };
        let Some(side) = &mut conn.side else { return Ok(()) };
        let out: Arc<[u8]> = std::mem::take(&mut side.out).into();
        let closing = side.closing;
        if !closing && side.listener.is_idle() {
            conn.side = None;
        }
        if !out.is_empty() && !send(conn, &out)? {
            self.stalled.push(id);
        }
        if closing {
            self.drop_conn(id);
        }
        Ok(())
    }

    /// Cuts off who did not take its frame in time.
    fn sweep(&mut self) {
        self.swept = Instant::now();
        let mut late = Vec::new();
        let conns = &self.conns;
        self.stalled.retain(|&id| {
            let Some(Some(Conn { flight: Some(flight), .. })) = conns.get(id as usize) else { return false };
            let waits = flight.since.elapsed() < PATIENCE;
            if !waits {
                late.push(id);
            }
            waits
        });
        self.stalled.sort_unstable();
        self.stalled.dedup();
        for id in late {
            metrics::counter!("allclear_stream_cut_off_total").increment(1);
            self.drop_conn(id);
        }
        self.look_at_clients();
    }

    pub(super) fn drop_conn(&mut self, id: u32) {
        let Some(mut conn) = self.conns.get_mut(id as usize).and_then(Option::take) else { return };
        let _ = self.poll.registry().deregister(conn.socket.source());
        if conn.client.is_some() {
            self.leave_group(conn.group, conn.place);
        } else if let Some(group) = self.groups.get_mut(conn.group as usize) {
            group.members.swap_remove(conn.place as usize);
            let moved = group.members.get(conn.place as usize).copied();
            if let Some(Some(other)) = moved.and_then(|moved| self.conns.get_mut(moved as usize)) {
                other.place = conn.place;
            }
            if let Some(group) = self.groups.get_mut(conn.group as usize).filter(|group| group.members.is_empty()) {
                group.snapshot = None;
            }
        }
        self.free.push(id);
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}
