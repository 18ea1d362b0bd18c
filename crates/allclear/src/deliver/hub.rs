//! The hub of the own stream: one frame is encoded once and shared by every subscriber.
//!
//! Invariants:
//!   the `seq` of change frames grows strictly
//!   a frame enters the hub only after the record holds what it says
//!   the ring and every subscriber's backlog are bounded; who falls behind gets a fresh snapshot, never a gap

use super::dead::DeadLetters;
use super::receipts::Receipts;
use crate::serve::view::ChangeView;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::broadcast;

/// Change frames kept for `Last-Event-ID`: about an hour of a busy night.
const RING_FRAMES: usize = 4096;
/// Frames a subscriber may be behind before it is given a fresh snapshot.
const BACKLOG_FRAMES: usize = 256;

/// What a frame is.
#[derive(Debug, Clone)]
pub enum FrameKind {
    /// A change of state; kept in the ring. Holds its content for subscribers that filter.
    Change(Arc<ChangeView>),
    /// All tracks; each replaces the one before.
    Tracks,
    /// A sign of life.
    Heartbeat,
}

/// One frame, encoded for server-sent events.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Size of the record when it was made.
    pub seq: u64,
    /// What it is.
    pub kind: FrameKind,
    /// Its name on the wire.
    pub name: &'static str,
    /// Its content.
    pub json: Arc<str>,
    /// The frame as a server-sent event, with its closing blank line.
    pub sse: Arc<str>,
    /// When what it says was decided; for others than changes, when it was made.
    pub decided: Instant,
}

impl Frame {
    /// A frame, encoded.
    pub fn new(seq: u64, kind: FrameKind, json: &str) -> Self {
        let (name, id) = match kind {
            FrameKind::Change(_) => ("change", Some(seq)),
            FrameKind::Tracks => ("tracks", None),
            FrameKind::Heartbeat => ("heartbeat", None),
        };
        Self { seq, kind, name, json: json.into(), sse: sse(name, id, json), decided: Instant::now() }
    }
}

/// Whoever is told of every frame, at once and without waiting.
type Listener = Box<dyn Fn(&Frame) + Send>;

/// Where frames are published and subscribed to.
pub struct Hub {
    sender: broadcast::Sender<Frame>,
    ring: Mutex<Ring>,
    listeners: Mutex<Vec<Listener>>,
    /// Subscribers of the shards.
    pub others: Arc<AtomicUsize>,
    /// What was sent.
    pub receipts: Receipts,
    /// What was sent and not confirmed.
    pub dead: DeadLetters,
}

#[derive(Debug)]
struct Ring {
    frames: VecDeque<Frame>,
    /// Every change with a `seq` above this is in `frames`.
    floor: u64,
}

impl Hub {
    /// A hub of a program that starts with a record of `seq` entries. Who was here before the start gets a snapshot:
    /// what a source's silence means may have changed while the program was away.
    pub fn new(seq: u64) -> Self {
        let ring = Ring { frames: VecDeque::new(), floor: seq.saturating_add(1) };
        let (sender, ring) = (broadcast::channel(BACKLOG_FRAMES).0, Mutex::new(ring));
        let (listeners, receipts) = (Mutex::new(Vec::new()), Receipts::default());
        Self { sender, ring, listeners, others: Arc::default(), receipts, dead: DeadLetters::default() }
    }

    /// Sends a frame to every subscriber and keeps it when it is a change.
    pub fn publish(&self, frame: Frame) {
        if matches!(frame.kind, FrameKind::Change(_)) {
            let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
            if ring.frames.len() == RING_FRAMES
                && let Some(oldest) = ring.frames.pop_front()
            {
                ring.floor = oldest.seq;
            }
            ring.frames.push_back(frame.clone());
        }
        for listener in self.listeners.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            listener(&frame);
        }
        // No subscriber is not an error.
        let _ = self.sender.send(frame);
    }

    /// Tells `listener` of every frame from now on.
    pub fn attach(&self, listener: Listener) {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).push(listener);
    }

    /// Frames from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Frame> {
        self.sender.subscribe()
    }

    /// How many listen.
    pub fn subscribers(&self) -> usize {
        self.sender.receiver_count() + self.others.load(Ordering::Relaxed)
    }

    /// The changes after `seq`, oldest first; `None` when `seq` is older than the ring, or not of this record.
    pub fn since(&self, seq: u64, now: u64) -> Option<Vec<Frame>> {
        let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let known = ring.floor <= seq && seq <= now;
        known.then(|| ring.frames.iter().filter(|frame| frame.seq > seq).cloned().collect())
    }
}

/// Encodes one server-sent event. JSON text holds no line break, so one `data:` line is enough.
pub fn sse(event: &str, id: Option<u64>, json: &str) -> Arc<str> {
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    format!("event: {event}\n{id}data: {json}\n\n").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(seq: u64) -> Frame {
        let view = ChangeView {
            seq,
            as_of: String::new(),
            communities: Vec::new(),
            communities_gone: Vec::new(),
            alerts: Vec::new(),
            reports: Vec::new(),
            sources: Vec::new(),
        };
        Frame::new(seq, FrameKind::Change(Arc::new(view)), "{}")
    }

    #[test]
    fn a_known_id_is_resumed_without_gap_and_an_unknown_one_is_not_guessed() {
        let hub = Hub::new(1);
        for seq in [3, 5, 9] {
            hub.publish(change(seq));
        }
        let seqs = |from| hub.since(from, 9).map(|frames| frames.iter().map(|f| f.seq).collect::<Vec<_>>());
        assert_eq!(seqs(3), Some(vec![5, 9]));
        assert_eq!(seqs(4), Some(vec![5, 9]));
        assert_eq!(seqs(9), Some(vec![]));
        assert_eq!(seqs(1), None, "from before the start");
        assert_eq!(seqs(10), None, "of another record");
    }

    #[test]
    fn the_ring_is_bounded() {
        let hub = Hub::new(0);
        for seq in 1..=(RING_FRAMES as u64 + 10) {
            hub.publish(change(seq));
        }
        assert!(hub.since(9, u64::MAX).is_none());
        assert_eq!(hub.since(10, u64::MAX).unwrap().len(), RING_FRAMES);
    }
}
