//! One thread of pollers and its sockets.
//!
//! The sockets are watched edge-triggered. A read that does not fill its room has emptied the socket (epoll(7)), so that a
//! question costs one read and one write. Short answers of several sockets are written one after the other when their
//! questions have been read: who asks is woken less often, and sleeps less between.

use super::ask::{self, HEAD_BYTES_MAX, Wants};
use super::{Answered, Answers, Moment, Ordinary};
use crate::deliver::frugal;
use axum::body::Bytes;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token, Waker};
use std::io::{self, IoSlice, Read as _, Write as _};
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A head must be whole, and an answer taken, within so long.
const PATIENCE_S: u32 = 10;
/// Who asks nothing for so long is closed; clients of the services ask every minute or more often.
const IDLE_S: u32 = 120;
/// How often the idle are looked for.
const SWEEP: Duration = Duration::from_secs(1);
/// Answers of so many bytes go out before the next question is read.
const OUT_BYTES: usize = 32 * 1024;
/// Who has just answered looks for the next question so long before it sleeps: whoever asks pays for waking it.
const AWAKE: Duration = Duration::from_micros(30);
/// Sockets whose answers are written together.
const TOGETHER: usize = 32;
/// Reads from one socket before the others have their turn.
const TURNS: u32 = 8;
const WAKE: Token = Token(usize::MAX);

/// A socket on its way here.
pub struct Come {
    /// It.
    pub socket: std::net::TcpStream,
    /// What was read from it.
    pub read: Vec<u8>,
    /// Who.
    pub peer: SocketAddr,
}

struct Conn {
    socket: TcpStream,
    peer: SocketAddr,
    /// When it last asked or took something: seconds since the thread began.
    at_s: u32,
    rest: Option<Box<Rest>>,
}

/// What a connection leaves to do.
#[derive(Default)]
struct Rest {
    /// Questions that are not answered yet; at most [`HEAD_BYTES_MAX`].
    asked: Vec<u8>,
    /// An answer that was not taken whole.
    out: Option<Out>,
}

struct Out {
    head: Vec<u8>,
    body: Bytes,
    /// Bytes of both that were taken.
    from: usize,
}

/// A thread's state.
pub struct Pollers {
    answers: Arc<dyn Answers>,
    ordinary: Arc<Ordinary>,
    waiting: Arc<Mutex<Option<Vec<Come>>>>,
    poll: Poll,
    conns: Vec<Option<Conn>>,
    free: Vec<u32>,
    /// Those that had more to say than a turn allows.
    again: Vec<u32>,
    began: Instant,
    swept: Instant,
    at: Moment,
    asked: Vec<u8>,
    out: Vec<u8>,
    /// Answers that are written together: whose, and where each is in `together`.
    due: Vec<(u32, Range<usize>)>,
    together: Vec<u8>,
    answered: metrics::Counter,
}

impl Pollers {
    /// A thread's state, and what wakes it.
    pub fn new(
        answers: Arc<dyn Answers>,
        ordinary: Arc<Ordinary>,
        waiting: Arc<Mutex<Option<Vec<Come>>>>,
    ) -> io::Result<(Self, Waker)> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKE)?;
        let now = Instant::now();
        let pollers = Self {
            answers,
            ordinary,
            waiting,
            poll,
            conns: Vec::new(),
            free: Vec::new(),
            again: Vec::new(),
            began: now,
            swept: now,
            at: Moment::now(),
            // A question that is cut off by the end of the room is finished in the same room.
            asked: vec![0; 2 * HEAD_BYTES_MAX],
            out: Vec::with_capacity(2 * OUT_BYTES),
            due: Vec::with_capacity(TOGETHER),
            together: Vec::with_capacity(4 * OUT_BYTES),
            answered: metrics::counter!("allclear_polls_total"),
        };
        Ok((pollers, waker))
    }

    /// Answers for as long as the program runs.
    pub fn run(mut self) {
        let mut events = Events::with_capacity(1024);
        let mut heard = Instant::now();
        loop {
            let wait = if self.again.is_empty() && heard.elapsed() >= AWAKE { SWEEP } else { Duration::ZERO };
            if let Err(error) = self.poll.poll(&mut events, Some(wait))
                && error.kind() != io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "a thread of the pollers cannot wait for its sockets");
                std::thread::sleep(Duration::from_millis(10));
            }
            if !events.is_empty() {
                heard = Instant::now();
            }
            self.at.renew();
            for id in std::mem::take(&mut self.again) {
                self.hear(id);
            }
            for event in &events {
                let Ok(id) = u32::try_from(event.token().0) else {
                    self.collect();
                    continue;
                };
                if event.is_writable() && self.go_on(id) || event.is_readable() || event.is_read_closed() {
                    self.hear(id);
                }
            }
            self.flush();
            if self.swept.elapsed() >= SWEEP {
                self.collect();
                self.sweep();
            }
        }
    }

    fn now_s(&self) -> u32 {
        u32::try_from(self.began.elapsed().as_secs()).unwrap_or(u32::MAX)
    }

    /// Takes in who waits at the door.
    fn collect(&mut self) {
        self.flush();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let come = waiting.as_mut().map(std::mem::take).unwrap_or_default();
        drop(waiting);
        for Come { socket, read, peer } in come {
            frugal(&socket);
            let mut socket = TcpStream::from_std(socket);
            let id = self.free.pop().unwrap_or_else(|| u32::try_from(self.conns.len()).unwrap_or(u32::MAX - 1));
            let interest = Interest::READABLE | Interest::WRITABLE;
            if let Err(error) = self.poll.registry().register(&mut socket, Token(id as usize), interest) {
                tracing::warn!(%error, "a poller cannot be watched");
                self.free.push(id);
                continue;
            }
            let conn = Some(Conn { socket, peer, at_s: self.now_s(), rest: None });
            match self.conns.get_mut(id as usize) {
                Some(slot) => *slot = conn,
                None => self.conns.push(conn),
            }
            // What came between the door and the registration raises no edge.
            let length = keep(&mut self.asked, Some(&Rest { asked: read, out: None }));
            if self.serve(id, 0, length) {
                self.hear(id);
            }
        }
    }

    /// Reads and answers what a socket asks.
    fn hear(&mut self, id: u32) {
        for _ in 0..TURNS {
            let Some(Some(conn)) = self.conns.get_mut(id as usize) else { return };
            let kept = match conn.rest.as_deref() {
                Some(Rest { out: Some(_), .. }) => return,
                rest => keep(&mut self.asked, rest),
            };
            let room = self.asked.get_mut(kept..).unwrap_or_default();
            let read = match conn.socket.read(room) {
                Ok(0) => {
                    // Who says no more may still read.
                    self.flush();
                    return self.close(id);
                }
                Ok(n) => n,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return self.close(id),
            };
            let emptied = read < room.len();
            let open = self.serve(id, kept, kept + read);
            if emptied || !open {
                return;
            }
        }
        self.again.push(id);
    }

    /// Answers the questions in the first `length` bytes of `asked`, of which `kept` were there before, and keeps what
    /// cannot be answered yet. Whether the socket may be read further.
    fn serve(&mut self, id: u32, kept: usize, length: usize) -> bool {
        let mut from = 0;
        self.out.clear();
        loop {
            let Some(Some(conn)) = self.conns.get_mut(id as usize) else { return false };
            let (answered, used) = match ask::read(self.asked.get(from..length).unwrap_or_default()) {
                Wants::More => break,
                Wants::Other => (Answered::Ordinary, 0),
                Wants::Answer(ask, used) => (self.answers.answer(&ask, conn.peer.ip(), &self.at, &mut self.out), used),
            };
            let body = match answered {
                Answered::Ordinary if self.out.is_empty() => {
                    self.give_away(id, from, length);
                    return false;
                }
                // What was asked before is answered before; then this question is looked at again.
                Answered::Ordinary => Bytes::new(),
                Answered::Whole | Answered::Body(_) => {
                    from += used;
                    self.answered.increment(1);
                    match answered {
                        Answered::Body(body) => body,
                        _ if self.out.len() < OUT_BYTES => continue,
                        _ => Bytes::new(),
                    }
                }
            };
            if !self.send(id, body, from, length) {
                return false;
            }
        }
        let at_s = self.now_s();
        let Some(Some(conn)) = self.conns.get_mut(id as usize) else { return false };
        if from > 0 || kept == 0 {
            conn.at_s = at_s;
        }
        let asked = self.asked.get(from..length).unwrap_or_default();
        conn.rest = (!asked.is_empty()).then(|| Box::new(Rest { asked: asked.to_vec(), out: None }));
        if !self.out.is_empty() {
            let from = self.together.len();
            self.together.extend_from_slice(&self.out);
            self.due.push((id, from..self.together.len()));
            if self.due.len() == TOGETHER || self.together.len() >= OUT_BYTES {
                self.flush();
            }
        }
        true
    }

    /// Writes the answers that are written together.
    fn flush(&mut self) {
        let mut due = std::mem::take(&mut self.due);
        for (id, at) in due.drain(..) {
            let answer = self.together.get(at).unwrap_or_default();
            let Some(Some(conn)) = self.conns.get_mut(id as usize) else { continue };
            if let Some(Out { head, .. }) = conn.rest.as_mut().and_then(|rest| rest.out.as_mut()) {
                // An earlier one waits for room.
                head.extend_from_slice(answer);
                continue;
            }
            match write(&mut conn.socket, answer, &[]) {
                Ok(n) if n == answer.len() => {}
                Ok(n) => {
                    let out = Some(Out { head: answer.to_vec(), body: Bytes::new(), from: n });
                    conn.rest.get_or_insert_default().out = out;
                }
                Err(_) => self.close(id),
            }
        }
        self.due = due;
        self.together.clear();
    }

    /// Sends `out` and a body. `false` when the socket is gone, or an answer waits for room; then it is kept, with the
    /// questions from `from` to `length`.
    fn send(&mut self, id: u32, body: Bytes, from: usize, length: usize) -> bool {
        self.flush();
        let Some(Some(conn)) = self.conns.get_mut(id as usize) else { return false };
        if let Some(Rest { asked, out: Some(out) }) = conn.rest.as_deref_mut() {
            // What was written together with others waits for room: this one waits behind it.
            out.head.extend_from_slice(&self.out);
            out.body = body;
            *asked = self.asked.get(from..length).unwrap_or_default().to_vec();
            return false;
        }
        match write(&mut conn.socket, &self.out, &body) {
            Ok(n) if n == self.out.len() + body.len() => {
                self.out.clear();
                return true;
            }
            Ok(n) => {
                let out = Some(Out { head: self.out.clone(), body, from: n });
                let asked = self.asked.get(from..length).unwrap_or_default().to_vec();
                conn.rest = Some(Box::new(Rest { asked, out }));
                let at_s = self.now_s();
                if let Some(Some(conn)) = self.conns.get_mut(id as usize) {
                    conn.at_s = at_s;
                }
            }
            Err(_) => self.close(id),
        }
        false
    }

    /// A socket can take more. Whether it had something to take and has taken it, so that it may be read again.
    fn go_on(&mut self, id: u32) -> bool {
        let Some(Some(conn)) = self.conns.get_mut(id as usize) else { return false };
        let Some(rest) = &mut conn.rest else { return false };
        let Some(out) = &mut rest.out else { return false };
        let head = out.head.get(out.from..).unwrap_or_default();
        let body = out.body.get(out.from.saturating_sub(out.head.len())..).unwrap_or_default();
        match write(&mut conn.socket, head, body) {
            Ok(n) if n == head.len() + body.len() => {}
            Ok(n) => {
                out.from += n;
                return false;
            }
            Err(_) => {
                self.close(id);
                return false;
            }
        }
        rest.out = None;
        let length = keep(&mut self.asked, conn.rest.as_deref());
        self.serve(id, 0, length)
    }

    /// Gives a socket to the ordinary server, with what was asked and not answered.
    fn give_away(&mut self, id: u32, from: usize, length: usize) {
        self.flush();
        let questions = self.asked.get(from..length).unwrap_or_default().to_vec();
        if let Some(Some(Conn { rest: Some(rest), .. })) = self.conns.get_mut(id as usize)
            && rest.out.is_some()
        {
            // An answer waits for room: afterwards this question is looked at again.
            rest.asked = questions;
            return;
        }
        let Some(mut conn) = self.conns.get_mut(id as usize).and_then(Option::take) else { return };
        let _ = self.poll.registry().deregister(&mut conn.socket);
        self.free.push(id);
        (self.ordinary)(conn.socket.into(), questions, conn.peer);
    }

    fn close(&mut self, id: u32) {
        // Its number may soon be another's.
        self.due.retain(|(whose, _)| *whose != id);
        let Some(mut conn) = self.conns.get_mut(id as usize).and_then(Option::take) else { return };
        let _ = self.poll.registry().deregister(&mut conn.socket);
        self.free.push(id);
    }

    /// Closes who neither asks nor takes.
    fn sweep(&mut self) {
        self.swept = Instant::now();
        let now_s = self.now_s();
        let late = |conn: &Conn| {
            let patience = if conn.rest.is_some() { PATIENCE_S } else { IDLE_S };
            now_s.saturating_sub(conn.at_s) > patience
        };
        for id in 0..u32::try_from(self.conns.len()).unwrap_or(u32::MAX) {
            if matches!(self.conns.get(id as usize), Some(Some(conn)) if late(conn)) {
                self.close(id);
            }
        }
    }
}

/// Puts what a connection asked before into the room; how many bytes it was.
fn keep(room: &mut [u8], rest: Option<&Rest>) -> usize {
    let asked = rest.map(|rest| rest.asked.as_slice()).unwrap_or_default();
    let length = asked.len().min(room.len());
    for (to, from) in room.iter_mut().zip(asked) {
        *to = *from;
    }
    length
}

/// Writes as much as the socket takes; how much it was.
fn write(socket: &mut TcpStream, head: &[u8], body: &[u8]) -> io::Result<usize> {
    let (mut sent, all) = (0, head.len() + body.len());
    while sent < all {
        let head = head.get(sent..).unwrap_or_default();
        let wrote = if head.is_empty() {
            socket.write(body.get(sent + body.len() - all..).unwrap_or_default())
        } else if body.is_empty() {
            socket.write(head)
        } else {
            socket.write_vectored(&[IoSlice::new(head), IoSlice::new(body)])
        };
        match wrote {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => sent += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    Ok(sent)
}
