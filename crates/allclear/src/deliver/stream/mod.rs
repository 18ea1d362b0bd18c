//! The streams: sockets owned by shards, one for each core. A frame is encoded once for each transport and filter, and
//! written once to each socket in a tick.
//!
//! What comes in: sockets whose first request asks for a stream ([`door`]), and frames of the hub. What goes out: bytes.
//! Invariants:
//!   no task, no queue and no buffer of its own for a subscriber: a socket, two numbers, and at most one shared frame in flight
//!   at most one write per socket and tick, unless it was behind
//!   who falls behind gets the newest snapshot of its filter, never a gap, and is cut off when it takes nothing for long
//!   the number of a change grows for each subscriber; none is told twice
//! Deliberately absent: a queue per subscriber, and any await while frames are written.

mod door;
mod encode;
mod head;
mod shard;
mod ws;

pub use door::{Door, Peer};
use head::Ask;

use super::hub::Frame;
use crate::core::Core;
use crate::core::Troubles;
use model::AreaSet;
use shard::{INBOX_MAX, Message, Shard};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What shards know of the house.
pub struct House {
    /// The state that snapshots are made of.
    pub core: Core,
    /// Areas, for filters and names.
    pub areas: &'static AreaSet,
    /// What feeds last failed at.
    pub troubles: Troubles,
    /// Header lines of every answer, each with its end of line: the world it speaks of, and the page's security.
    pub headers: String,
}

/// The shards.
#[derive(Clone)]
pub struct Streams {
    inboxes: Arc<[Inbox]>,
    next: Arc<AtomicUsize>,
}

/// Where a shard is spoken to.
struct Inbox {
    messages: Arc<Mutex<Vec<Message>>>,
    /// Frames found no room: the shard gives everyone the whole picture.
    lost: Arc<AtomicBool>,
    waker: Arc<mio::Waker>,
}

impl Streams {
    /// Starts a shard for each core.
    pub fn start(house: &Arc<House>) -> std::io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut inboxes = Vec::new();
        for n in 0..cores {
            let (messages, lost) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
            let count = house.core.hub().others.clone();
            let (shard, waker) = Shard::new(house.clone(), messages.clone(), lost.clone(), count)?;
            std::thread::Builder::new().name(format!("stream-{n}")).spawn(move || shard.run())?;
            inboxes.push(Inbox { messages, lost, waker: Arc::new(waker) });
        }
        let streams = Self { inboxes: inboxes.into(), next: Arc::new(AtomicUsize::new(0)) };
        let told = streams.clone();
        house.core.hub().attach(Box::new(move |frame| told.publish(frame)));
        Ok(streams)
    }

    /// Gives a socket to a shard. What it asked for was read from it already.
    fn add(&self, socket: std::net::TcpStream, ask: Ask, early: Vec<u8>) {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        if let Some(inbox) = self.inboxes.get(n % self.inboxes.len()) {
            inbox.send(Message::Add { socket, ask: Box::new(ask), early });
        }
    }

    fn publish(&self, frame: &Frame) {
        for inbox in self.inboxes.iter() {
            inbox.send(Message::Frame(frame.clone()));
        }
    }
}

impl Inbox {
    fn send(&self, message: Message) {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(message, Message::Frame(_)) && messages.len() >= INBOX_MAX {
            self.lost.store(true, Ordering::Relaxed);
        } else {
            messages.push(message);
        }
        drop(messages);
        // A shard that cannot be woken looks by itself before long.
        let _ = self.waker.wake();
    }
}
