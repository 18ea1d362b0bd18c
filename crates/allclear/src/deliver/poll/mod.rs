//! Those who ask again and again: their connections stay on threads that answer from memory, one read and one write for
//! each question.
//!
//! What comes in: sockets whose first request begins like a polled question (`deliver/stream/door`). What goes out: answers,
//! as whoever holds them writes them ([`Answers`]), or the socket itself, given to the ordinary server with what was read.
//! Invariants:
//!   a question that is answered with 304 costs no allocation
//!   a connection holds at most [`ask::HEAD_BYTES_MAX`] of questions and one answer that it has not taken
//!   answers go out in the order of the questions
//!   who neither asks nor takes is closed in time
//! Deliberately absent: what the answers say, who may ask, and any wait for the core.

pub mod ask;
mod pollers;

pub use ask::Ask;

use crate::clock::{http_date, wall_s};
use axum::body::Bytes;
use pollers::{Come, Pollers};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What is left of an answer when its head has been written.
#[derive(Debug)]
pub enum Answered {
    /// Nothing.
    Whole,
    /// This body, as long as the head says.
    Body(Bytes),
    /// It is not answered from memory: nothing was written.
    Ordinary,
}

/// Whoever holds the answers.
pub trait Answers: Send + Sync {
    /// Appends the head of the answer to `out`.
    fn answer(&self, ask: &Ask<'_>, peer: IpAddr, at: &Moment, out: &mut Vec<u8>) -> Answered;
}

/// The second of an answer.
#[derive(Debug)]
pub struct Moment {
    /// Since the epoch.
    pub second: i64,
    /// The same as an HTTP date.
    pub date: String,
}

impl Moment {
    /// The present second.
    pub fn now() -> Self {
        let second = wall_s();
        Self { second, date: http_date(second) }
    }

    /// Renews it when the second is over.
    fn renew(&mut self) {
        if wall_s() != self.second {
            *self = Self::now();
        }
    }
}

/// Takes a socket that asks for something else, with what was read of it.
pub type Ordinary = Box<dyn Fn(TcpStream, Vec<u8>, SocketAddr) + Send + Sync>;

/// The threads.
#[derive(Clone)]
pub struct Polls {
    doors: Arc<[Inbox]>,
    next: Arc<AtomicUsize>,
    ordinary: Arc<Ordinary>,
}

/// Where a thread is given sockets.
struct Inbox {
    /// `None` once the thread has ended, which it does only by a fault.
    waiting: Arc<Mutex<Option<Vec<Come>>>>,
    waker: mio::Waker,
}

/// Held by a thread for as long as it answers. When it ends its sockets close, and newcomers go to the ordinary server.
struct Answering(Arc<Mutex<Option<Vec<Come>>>>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        metrics::counter!("allclear_poll_threads_lost_total").increment(1);
        tracing::error!("a thread of the pollers has ended; the ordinary server answers in its place");
    }
}

impl Polls {
    /// Starts a thread for each core.
    pub fn start(answers: &Arc<dyn Answers>, ordinary: Ordinary) -> std::io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let (mut doors, ordinary) = (Vec::new(), Arc::new(ordinary));
        for n in 0..cores {
            let waiting = Arc::new(Mutex::new(Some(Vec::new())));
            let (pollers, waker) = Pollers::new(answers.clone(), ordinary.clone(), waiting.clone())?;
            let answering = Answering(waiting.clone());
            std::thread::Builder::new().name(format!("poll-{n}")).spawn(move || {
                let _answering = answering;
                pollers.run();
            })?;
            doors.push(Inbox { waiting, waker });
        }
        Ok(Self { doors: doors.into(), next: Arc::default(), ordinary })
    }

    /// Gives a socket to a thread. `read` was read from it.
    pub fn add(&self, socket: TcpStream, read: Vec<u8>, peer: SocketAddr) {
        let n = self.next.fetch_add(1, Ordering::Relaxed) % self.doors.len().max(1);
        let come = Come { socket, read, peer };
        let Some(door) = self.doors.get(n) else { return (self.ordinary)(come.socket, come.read, come.peer) };
        let mut waiting = door.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match waiting.as_mut() {
            Some(waiting) => waiting.push(come),
            None => return (self.ordinary)(come.socket, come.read, come.peer),
        }
        drop(waiting);
        // A thread that cannot be woken looks by itself before long.
        let _ = door.waker.wake();
    }
}
