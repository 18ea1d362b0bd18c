//! The readers: many sockets on one thread, which looks at them every half a millisecond, so that the server does not pay for
//! waking it, as with clients that are elsewhere.

use anyhow::{Context as _, bail};
use memchr::memmem::Finder;
use mio::{Events, Interest, Poll, Token};
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// How often the sockets are looked at.
const LOOK: Duration = Duration::from_micros(500);
/// The longest mark, in bytes.
const MARK_MAX: usize = 64;
/// Bytes read at once.
const PART: usize = 64 * 1024;

struct Reader {
    socket: mio::net::TcpStream,
    /// The end of what came last: a mark may be cut in two.
    tail: Vec<u8>,
    found: bool,
    open: bool,
}

/// Sockets that listen.
pub struct Crowd {
    poll: Poll,
    events: Events,
    readers: Vec<Reader>,
    room: Vec<u8>,
    /// Bytes that came, of all.
    pub bytes: u64,
    /// What the kernel keeps of what is not read; `None`: as it likes.
    pub receive_kib: Option<usize>,
}

/// How a mark came through.
#[derive(Debug, Clone, Copy)]
pub struct Reached {
    /// Sockets that have it.
    pub readers: usize,
    /// When the last one had it.
    pub last: Instant,
}

impl Crowd {
    /// Nobody.
    pub fn new() -> anyhow::Result<Self> {
        let poll = Poll::new().context("failed to watch sockets")?;
        let room = vec![0; MARK_MAX + PART];
        Ok(Self { poll, events: Events::with_capacity(4096), readers: Vec::new(), room, bytes: 0, receive_kib: None })
    }

    /// Opens `count` sockets, each of which says `hello`.
    pub fn join(&mut self, address: SocketAddr, count: usize, hello: &[u8]) -> anyhow::Result<()> {
        for n in 0..count {
            let mut socket = TcpStream::connect(address)
                .with_context(|| format!("failed to open socket {n} of {count} to {address}"))?;
            if let Some(kib) = self.receive_kib {
                rustix::net::sockopt::set_socket_recv_buffer_size(&socket, kib * 1024)?;
            }
            socket.write_all(hello)?;
            socket.set_nonblocking(true)?;
            let mut socket = mio::net::TcpStream::from_std(socket);
            self.poll.registry().register(&mut socket, Token(self.readers.len()), Interest::READABLE)?;
            self.readers.push(Reader { socket, tail: Vec::new(), found: false, open: true });
        }
        Ok(())
    }

    /// Reads until nothing has come for `quiet`.
    pub fn settle(&mut self, quiet: Duration) -> anyhow::Result<()> {
        let mut last = Instant::now();
        while last.elapsed() < quiet {
            let before = self.bytes;
            self.look(None)?;
            if self.bytes > before {
                last = Instant::now();
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Opens `count` sockets, with each `hello` in turn, and reads meanwhile, as those do who come back; until each has had `mark`.
    pub fn come_back(
        &mut self,
        address: SocketAddr,
        count: usize,
        hellos: &[Vec<u8>],
        mark: &[u8],
        patience: Duration,
    ) -> anyhow::Result<Reached> {
        let finder = Finder::new(mark);
        for (left, hello) in (0..count).step_by(32).zip(hellos.iter().cycle()) {
            self.join(address, 32.min(count - left), hello)?;
            self.look(Some(&finder))?;
        }
        self.rest(&finder, patience)
    }

    /// Reads until every socket has had `mark`; what it says when `patience` is over all the same.
    pub fn until(&mut self, mark: &[u8], patience: Duration) -> anyhow::Result<Reached> {
        for reader in &mut self.readers {
            reader.found = false;
        }
        self.rest(&Finder::new(mark), patience)
    }

    fn rest(&mut self, finder: &Finder<'_>, patience: Duration) -> anyhow::Result<Reached> {
        let began = Instant::now();
        let readers = self.readers.iter().filter(|reader| reader.found).count();
        let mut reached = Reached { readers, last: began };
        while reached.readers < self.readers.len() && began.elapsed() < patience {
            let found = self.look(Some(finder))?;
            if found > 0 {
                reached = Reached { readers: reached.readers + found, last: Instant::now() };
            } else {
                std::thread::sleep(LOOK);
            }
        }
        Ok(reached)
    }

    /// How many sockets the other side has closed.
    pub fn lost(&self) -> usize {
        self.readers.iter().filter(|reader| !reader.open).count()
    }

    /// Reads what is there; how many sockets had the mark for the first time.
    fn look(&mut self, mark: Option<&Finder<'_>>) -> anyhow::Result<usize> {
        let mut found = 0;
        loop {
            match self.poll.poll(&mut self.events, Some(Duration::ZERO)) {
                Err(error) if error.kind() != ErrorKind::Interrupted => bail!("failed to watch sockets: {error}"),
                _ => {}
            }
            if self.events.is_empty() {
                return Ok(found);
            }
            for event in &self.events {
                let Some(reader) = self.readers.get_mut(event.token().0) else { continue };
                loop {
                    let kept = reader.tail.len();
                    self.room[..kept].copy_from_slice(&reader.tail);
                    let n = match reader.socket.read(&mut self.room[kept..kept + PART]) {
                        Ok(0) => {
                            reader.open = false;
                            break;
                        }
                        Ok(n) => n,
                        Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                        Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                        Err(_) => {
                            reader.open = false;
                            break;
                        }
                    };
                    self.bytes += n as u64;
                    let all = &self.room[..kept + n];
                    reader.tail.clear();
                    if let Some(mark) = mark.filter(|_| !reader.found) {
                        if mark.find(all).is_some() {
                            reader.found = true;
                            found += 1;
                        } else {
                            let keep = all.len().min(mark.needle().len() - 1).min(MARK_MAX);
                            reader.tail.extend_from_slice(&all[all.len() - keep..]);
                        }
                    }
                    if n < PART {
                        break;
                    }
                }
            }
        }
    }
}
