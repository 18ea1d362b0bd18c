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

mod conn;
mod door;
mod encode;
mod head;
mod mqtt;
mod mqtt_door;
mod mqtt_groups;
mod receipt;
mod shard;
mod socket;
mod ws;

pub use door::{Door, Peer, listen};
use head::Ask;
pub use mqtt_door::open as open_mqtt;

use super::hub::Frame;
use super::mqtt::topics::Topics;
use crate::core::Core;
use crate::core::Troubles;
use model::AreaSet;
use shard::{INBOX_MAX, Message, Shard};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

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
    /// Most streams at a time, over all shards and transports: the sockets this process may hold, less those that reports,
    /// officers and pollers need.
    pub places: usize,
    /// The topics of MQTT, once somebody asked for them.
    pub topics: OnceLock<Topics>,
}

/// The shards.
#[derive(Clone)]
pub struct Streams {
    inboxes: Arc<[Inbox]>,
    next: Arc<AtomicUsize>,
}

/// Where a shard is spoken to.
struct Inbox {
    /// `None` once the shard has ended, which it does only by a fault.
    messages: Arc<Mutex<Option<Vec<Message>>>>,
    /// Frames found no room: the shard gives everyone the whole picture.
    lost: Arc<AtomicBool>,
    waker: mio::Waker,
}

/// Held by a shard's thread for as long as it serves. When it ends its sockets close, those that wait for it too: who
/// listened sees a lost link, comes back and gets another shard.
struct Serving(Arc<Mutex<Option<Vec<Message>>>>);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        metrics::counter!("allclear_stream_shards_lost_total").increment(1);
        tracing::error!("a shard of the streams has ended; the others go on, a restart brings it back");
    }
}

impl Streams {
    /// Starts a shard for each core.
    pub fn start(house: &Arc<House>) -> std::io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut inboxes = Vec::new();
        for n in 0..cores {
            let (messages, lost) = (Arc::new(Mutex::new(Some(Vec::new()))), Arc::new(AtomicBool::new(false)));
            let count = house.core.hub().others.clone();
            let (shard, waker) = Shard::new(house.clone(), messages.clone(), lost.clone(), count)?;
            let serving = Serving(messages.clone());
            std::thread::Builder::new().name(format!("stream-{n}")).spawn(move || {
                let _serving = serving;
                shard.run();
            })?;
            inboxes.push(Inbox { messages, lost, waker });
        }
        let streams = Self { inboxes: inboxes.into(), next: Arc::new(AtomicUsize::new(0)) };
        let told = streams.clone();
        house.core.hub().attach(Box::new(move |frame| told.publish(frame)));
        Ok(streams)
    }

    /// Gives a socket to the next shard that serves; without any it is closed. What it asked for was read from it already.
    fn add(&self, socket: socket::Raw, ask: Ask, early: Vec<u8>) {
        self.give(Message::Add { socket, ask: Box::new(ask), early });
    }

    /// Gives a newcomer to the next shard that serves.
    fn give(&self, mut message: Message) {
        let n = self.next.fetch_add(1, Ordering::Relaxed) % self.inboxes.len().max(1);
        let (later, sooner) = self.inboxes.split_at(n);
        for inbox in sooner.iter().chain(later) {
            match inbox.send(message) {
                Ok(()) => return,
                Err(back) => message = back,
            }
        }
    }

    fn publish(&self, frame: &Frame) {
        for inbox in self.inboxes.iter() {
            // A shard that has ended has nobody to tell.
            let _ = inbox.send(Message::Frame(frame.clone()));
        }
    }

    /// Sends the topics of MQTT on, from now on.
    pub fn carry(&self, topics: &Topics) {
        let told = self.clone();
        topics.attach(Box::new(move |round| {
            for inbox in told.inboxes.iter() {
                let _ = inbox.send(Message::Round(round.clone()));
            }
        }));
    }
}

impl Inbox {
    /// Leaves a message, or gives it back when the shard has ended.
    fn send(&self, message: Message) -> Result<(), Message> {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(waiting) = messages.as_mut() else { return Err(message) };
        let first = waiting.is_empty();
        if matches!(message, Message::Frame(_) | Message::Round(_)) && waiting.len() >= INBOX_MAX {
            self.lost.store(true, Ordering::Relaxed);
        } else {
            waiting.push(message);
        }
        drop(messages);
        // It takes all that waits at once: who finds something there has woken it already. A shard that cannot be woken looks
        // by itself before long.
        if first {
            let _ = self.waker.wake();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::filter::Filter;
    use std::io::Read as _;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_shard_that_ended_closes_who_waited_for_it_and_the_others_take_over() {
        let polls = [mio::Poll::new().unwrap(), mio::Poll::new().unwrap()];
        let inbox = |n: usize| {
            let waker = mio::Waker::new(polls[n].registry(), mio::Token(n)).unwrap();
            Inbox { messages: Arc::new(Mutex::new(Some(Vec::new()))), lost: Arc::default(), waker }
        };
        let inboxes: Arc<[Inbox]> = Arc::new([inbox(0), inbox(1)]);
        let streams = Streams { inboxes: inboxes.clone(), next: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let subscriber = || {
            let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let ask = Ask { transport: head::Transport::Sse, filter: Filter::default(), last: None, key: None };
            streams.add(listener.accept().unwrap().0.into(), ask, Vec::new());
            client
        };
        let waiting = |n: usize| inboxes[n].messages.lock().unwrap().as_ref().map(Vec::len);
        let mut first = subscriber();
        drop(Serving(inboxes[0].messages.clone()));
        assert_eq!(first.read(&mut [0]).unwrap(), 0, "closed, not left to wait");
        let _others = [subscriber(), subscriber()];
        assert_eq!((waiting(0), waiting(1)), (None, Some(2)));
        drop(Serving(inboxes[1].messages.clone()));
        assert_eq!(subscriber().read(&mut [0]).unwrap(), 0, "nobody serves");
    }
}
