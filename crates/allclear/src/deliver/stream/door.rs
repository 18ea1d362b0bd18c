//! The accept loop: sockets that ask for a stream go to the shards, those that poll to their threads, all others to the
//! ordinary server.
//!
//! What always holds: a socket that says nothing, or says it byte by byte, holds up nobody else and is closed in time; what was
//! read of a request that is not ours is handed on with it.

use super::Streams;
use super::head::{self, HEAD_BYTES_MAX, Wants};
use super::socket::Wire;
use crate::deliver::poll::{self, Answers, Polls};
use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use model::AreaSet;
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
    loop {
        match listener.accept().await {
            Ok((socket, peer)) => {
                let (streams, polls, give, tls) = (streams.clone(), polls.clone(), give.clone(), tls.clone());
                tokio::spawn(async move {
                    // Frames are small and must not wait for the next one.
                    let _ = socket.set_nodelay(true);
                    let sorted = async { sort(greeted(socket, tls).await?, peer, &streams, &polls, areas).await };
                    if let Ok(Some(early)) = tokio::time::timeout(PATIENCE, sorted).await {
                        // The server has ended when nobody takes it.
                        let _ = give.send((early, peer)).await;
                    }
                });
            }
            Err(error) => {
                // Too many open files, or a peer that is gone again: the listener itself lives.
                metrics::counter!("allclear_accept_failed_total").increment(1);
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
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

/// Reads until it is plain where the socket belongs. `None`: it was given to its threads, or it is gone.
async fn sort(mut socket: Wire, peer: SocketAddr, streams: &Streams, polls: &Polls, areas: &AreaSet) -> Option<Early> {
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 2048];
        let room = part.len().min(HEAD_BYTES_MAX + 1 - bytes.len());
        match socket.read(part.get_mut(..room)?).await {
            Ok(0) | Err(_) => return None,
            Ok(n) => bytes.extend_from_slice(part.get(..n)?),
        }
        // Who polls in TLS is answered by the ordinary server.
        match socket {
            Wire::Plain(plain) if poll::ask::begins(&bytes) => {
                match plain.into_std() {
                    Ok(plain) => polls.add(plain, bytes, peer),
                    Err(error) => tracing::warn!(%error, "a poller was lost on its way to its thread"),
                }
                return None;
            }
            other => socket = other,
        }
        match head::read(&bytes, areas) {
            Wants::More => {}
            Wants::Other => return Some(Early { bytes, from: 0, socket }),
            Wants::Stream(ask, length) => {
                let early = bytes.split_off(length);
                match socket.into_raw() {
                    Ok(socket) => streams.add(socket, *ask, early),
                    Err(error) => tracing::warn!(%error, "a subscriber was lost on its way to a shard"),
                }
                return None;
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
