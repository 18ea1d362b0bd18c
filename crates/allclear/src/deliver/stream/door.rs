//! The accept loop: sockets that ask for a stream go to the shards, those that poll to their threads, all others to the
//! ordinary server.
//!
//! What always holds: a socket that says nothing, or says it byte by byte, holds up nobody else and is closed in time; what was
//! read of a request that is not ours is handed on with it.

use super::Streams;
use super::head::{self, Ask, HEAD_BYTES_MAX, Wants};
use super::socket::Wire;
use crate::deliver::poll::{self, Answers, Polls};
use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use model::AreaSet;
use rustix::io::Errno;
use rustix::net::{SocketFlags, acceptfrom_with};
use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

/// A first request must be there within so long.
const PATIENCE: Duration = Duration::from_secs(10);
/// Read of a first request at a time, bytes.
const PART: usize = 2048;
/// Newcomers that are sorted before the kernel's queue is looked at again.
const SORTED: usize = 64;
/// Most connections that wait for the ordinary server.
const WAITING_MAX: usize = 1024;

/// Connections that wait to be accepted: after a restart all come back at once, and whom the kernel turns away tries again
/// only a second later. The kernel may hold fewer (Linux: `net.core.somaxconn`).
const BACKLOG: u32 = 16_384;

/// Listens with room for a crowd. Inside a runtime.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // As `TcpListener::bind` does: a restart need not wait for the connections of before.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Who connected.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

impl Connected<IncomingStream<'_, Door>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// What the ordinary server accepts from.
pub struct Door {
    address: SocketAddr,
    others: mpsc::Receiver<(Early, SocketAddr)>,
}

impl Door {
    /// Begins to accept, in TLS where a listener has it. Inside a runtime.
    pub fn open(
        listeners: Vec<(TcpListener, Option<TlsAcceptor>)>,
        streams: &Streams,
        areas: &'static AreaSet,
        answers: &Arc<dyn Answers>,
    ) -> io::Result<Self> {
        let first = listeners.first().ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected))?;
        let address = first.0.local_addr()?;
        let (give, others) = mpsc::channel(WAITING_MAX);
        let polls = Polls::start(answers, back(give.clone()))?;
        for (listener, tls) in listeners {
            tokio::spawn(accept(listener, tls, streams.clone(), polls.clone(), give.clone(), areas));
        }
        Ok(Self { address, others })
    }
}

async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    streams: Streams,
    polls: Polls,
    give: mpsc::Sender<(Early, SocketAddr)>,
    areas: &'static AreaSet,
) {
    let sorter = Sorter { streams, polls, areas };
    let mut waiting = VecDeque::new();
    loop {
        if let Err(error) = take_in(&listener, &mut waiting).await {
            // Too many open files, or a peer that is gone again: the listener itself lives.
            metrics::counter!("allclear_accept_failed_total").increment(1);
            tracing::warn!(%error, "a connection could not be accepted");
            if waiting.is_empty() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        for (socket, peer) in waiting.drain(..waiting.len().min(SORTED)) {
            // Frames are small and must not wait for the next one.
            let _ = socket.set_nodelay(true);
            // Who says at once what it wants costs no task: after a restart thousands do.
            let read = if tls.is_some() { Some((socket, Vec::new())) } else { sorter.at_once(socket, peer) };
            let Some((socket, bytes)) = read else { continue };
            let socket = match TcpStream::from_std(socket) {
                Ok(socket) => socket,
                Err(error) => {
                    metrics::counter!("allclear_accept_failed_total").increment(1);
                    tracing::warn!(%error, "a connection could not be watched");
                    continue;
                }
            };
            let (sorter, give, tls) = (sorter.clone(), give.clone(), tls.clone());
            tokio::spawn(async move {
                let sorted = async { sorter.sort(greeted(socket, tls).await?, bytes, peer).await };
                if let Ok(Some(early)) = tokio::time::timeout(PATIENCE, sorted).await {
                    // The server has ended when nobody takes it.
                    let _ = give.send((early, peer)).await;
                }
            });
        }
        tokio::task::yield_now().await;
    }
}

/// Takes in all who wait, at most as many as [`BACKLOG`]; when nobody does, waits for one. The kernel's own queue may be
/// short, and whom it turns away is a second late.
async fn take_in(listener: &TcpListener, waiting: &mut VecDeque<(std::net::TcpStream, SocketAddr)>) -> io::Result<()> {
    while waiting.len() < BACKLOG as usize {
        // The runtime is asked only when nobody waits: it would watch each socket, and no longer a moment later.
        match acceptfrom_with(listener, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC) {
            Ok((socket, peer)) => {
                let peer = peer.and_then(|peer| SocketAddr::try_from(peer).ok()).ok_or(io::ErrorKind::NotConnected)?;
                waiting.push_back((socket.into(), peer));
            }
            Err(Errno::INTR) => {}
            Err(Errno::WOULDBLOCK) if !waiting.is_empty() => return Ok(()),
            Err(Errno::WOULDBLOCK) => {
                let (socket, peer) = listener.accept().await?;
                waiting.push_back((socket.into_std()?, peer));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The socket after its greeting in TLS, if it has one; `None`, and counted, when that fails.
pub(super) async fn greeted(socket: TcpStream, tls: Option<TlsAcceptor>) -> Option<Wire> {
    let Some(tls) = tls else { return Some(Wire::Plain(socket)) };
    match tls.accept(socket).await {
        Ok(stream) => Some(Wire::Tls(Box::new(stream))),
        Err(error) => {
            metrics::counter!("allclear_tls_failed_total").increment(1);
            tracing::debug!(%error, "a greeting in TLS failed");
            None
        }
    }
}

/// The way from the pollers to the ordinary server.
fn back(give: mpsc::Sender<(Early, SocketAddr)>) -> poll::Ordinary {
    let runtime = tokio::runtime::Handle::current();
    Box::new(move |socket, bytes, peer| {
        let _inside = runtime.enter();
        let Ok(socket) = TcpStream::from_std(socket) else { return };
        let give = give.clone();
        runtime.spawn(async move {
            // The server has ended when nobody takes it.
            let _ = tokio::time::timeout(
                PATIENCE,
                give.send((Early { bytes, from: 0, socket: Wire::Plain(socket) }, peer)),
            )
            .await;
        });
    })
}

/// Whose a socket is by what was read of it.
enum Whose {
    /// It has not said enough.
    Nobodys,
    /// The pollers'.
    Pollers,
    /// A shard's: what it asks for, and the bytes that belong to the question.
    Shards(Box<Ask>, usize),
    /// The ordinary server's.
    Ordinary,
}

/// Knows where sockets belong.
#[derive(Clone)]
struct Sorter {
    streams: Streams,
    polls: Polls,
    areas: &'static AreaSet,
}

impl Sorter {
    /// `plain`: who polls in TLS is answered by the ordinary server.
    fn whose(&self, bytes: &[u8], plain: bool) -> Whose {
        if plain && poll::ask::begins(bytes) {
            return Whose::Pollers;
        }
        match head::read(bytes, self.areas) {
            Wants::More => Whose::Nobodys,
            Wants::Other => Whose::Ordinary,
            Wants::Stream(ask, length) => Whose::Shards(ask, length),
        }
    }

    /// Gives a socket without TLS to whose it is by what it has said already. Otherwise it comes back, with what was read.
    fn at_once(&self, mut socket: std::net::TcpStream, peer: SocketAddr) -> Option<(std::net::TcpStream, Vec<u8>)> {
        let mut part = [0; PART];
        let mut bytes = match io::Read::read(&mut socket, &mut part) {
            Ok(0) => return None,
            Ok(n) => part.get(..n)?.to_vec(),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => Vec::new(),
            Err(_) => return None,
        };
        if bytes.is_empty() {
            return Some((socket, bytes));
        }
        match self.whose(&bytes, true) {
            Whose::Nobodys | Whose::Ordinary => return Some((socket, bytes)),
            Whose::Pollers => self.polls.add(socket, bytes, peer),
            Whose::Shards(ask, length) => {
                let early = bytes.split_off(length);
                self.streams.add(socket.into(), *ask, early);
            }
        }
        None
    }

    /// Reads until it is plain where the socket belongs; `bytes` were read already. `None`: it was given to its threads, or
    /// it is gone.
    async fn sort(&self, mut socket: Wire, mut bytes: Vec<u8>, peer: SocketAddr) -> Option<Early> {
        loop {
            let whose =
                if bytes.is_empty() { Whose::Nobodys } else { self.whose(&bytes, matches!(socket, Wire::Plain(_))) };
            match (whose, socket) {
                (Whose::Nobodys, still) => socket = still,
                (Whose::Pollers, Wire::Plain(plain)) => {
                    match plain.into_std() {
                        Ok(plain) => self.polls.add(plain, bytes, peer),
                        Err(error) => tracing::warn!(%error, "a poller was lost on its way to its thread"),
                    }
                    return None;
                }
                (Whose::Pollers | Whose::Ordinary, socket) => return Some(Early { bytes, from: 0, socket }),
                (Whose::Shards(ask, length), socket) => {
                    let early = bytes.split_off(length);
                    match socket.into_raw() {
                        Ok(socket) => self.streams.add(socket, *ask, early),
                        Err(error) => tracing::warn!(%error, "a subscriber was lost on its way to a shard"),
                    }
                    return None;
                }
            }
            let mut part = [0; PART];
            let room = part.len().min(HEAD_BYTES_MAX + 1 - bytes.len());
            match socket.read(part.get_mut(..room)?).await {
                Ok(0) | Err(_) => return None,
                Ok(n) => bytes.extend_from_slice(part.get(..n)?),
            }
        }
    }
}

impl axum::serve::Listener for Door {
    type Io = Early;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Early, SocketAddr) {
        match self.others.recv().await {
            Some(accepted) => accepted,
            // The accept loop has no end.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// A socket of which something was read already.
#[derive(Debug)]
pub struct Early {
    bytes: Vec<u8>,
    from: usize,
    socket: Wire,
}

impl AsyncRead for Early {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let left = this.bytes.get(this.from..).unwrap_or_default();
        if left.is_empty() {
            return Pin::new(&mut this.socket).poll_read(cx, buf);
        }
        let n = left.len().min(buf.remaining());
        buf.put_slice(left.get(..n).unwrap_or_default());
        this.from += n;
        if this.from == this.bytes.len() {
            (this.bytes, this.from) = (Vec::new(), 0);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Early {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, buf)
    }
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(cx, bufs)
    }
    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
