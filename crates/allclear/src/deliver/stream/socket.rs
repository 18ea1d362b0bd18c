//! A socket of a shard, with or without TLS.
//!
//! What always holds: what was taken of a frame and is not in the kernel yet is bounded ([`HELD_BYTES_MAX`]), and nothing more
//! is taken before it is through; reading and writing never block.

use mio::event::Source;
use mio::net::TcpStream;
use rustls::ServerConnection;
use std::io::{self, IoSlice, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::server::TlsStream;

/// Most bytes of records that wait for one socket.
const HELD_BYTES_MAX: usize = 64 * 1024;

/// A socket on its way to a shard.
pub(super) struct Raw {
    tcp: std::net::TcpStream,
    tls: Option<Box<ServerConnection>>,
}

impl From<std::net::TcpStream> for Raw {
    fn from(tcp: std::net::TcpStream) -> Self {
        Self { tcp, tls: None }
    }
}

impl AsFd for Raw {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.tcp.as_fd()
    }
}

/// A socket that a shard watches.
pub(super) enum Socket {
    Plain(TcpStream),
    Tls(Box<(TcpStream, ServerConnection)>),
}

impl From<Raw> for Socket {
    fn from(raw: Raw) -> Self {
        let tcp = TcpStream::from_std(raw.tcp);
        match raw.tls {
            None => Self::Plain(tcp),
            Some(mut tls) => {
                tls.set_buffer_limit(Some(HELD_BYTES_MAX));
                Self::Tls(Box::new((tcp, *tls)))
            }
        }
    }
}

impl Socket {
    /// What the kernel knows it by.
    pub(super) fn source(&mut self) -> &mut impl Source {
        match self {
            Self::Plain(tcp) => tcp,
            Self::Tls(tls) => &mut tls.0,
        }
    }
}

/// Sends records that wait, until the socket takes no more. `WouldBlock`: some are left.
fn drain(tcp: &mut TcpStream, tls: &mut ServerConnection) -> io::Result<()> {
    while tls.wants_write() {
        match tls.write_tls(tcp) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Records that wait are no error: the socket is watched, and [`Write::flush`] sends them when it can.
fn later(sent: io::Result<()>) -> io::Result<()> {
    match sent {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
        sent => sent,
    }
}

impl Read for Socket {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let (tcp, tls) = match self {
            Self::Plain(tcp) => return tcp.read(into),
            Self::Tls(both) => (&mut both.0, &mut both.1),
        };
        loop {
            match tls.reader().read(into) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
            if tls.read_tls(tcp)? == 0 {
                return Ok(0);
            }
            let understood = tls.process_new_packets();
            // Also what says why it was not understood.
            later(drain(tcp, tls))?;
            understood.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        }
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            // `send`: of what a round costs a twelfth less than `writev` of one part.
            Self::Plain(tcp) => tcp.write(bytes),
            Self::Tls(_) => self.write_vectored(&[IoSlice::new(bytes)]),
        }
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => tcp.write_vectored(parts),
            Self::Tls(both) => {
                let (tcp, tls) = &mut **both;
                drain(tcp, tls)?;
                let taken = tls.writer().write_vectored(parts)?;
                later(drain(tcp, tls))?;
                Ok(taken)
            }
        }
    }

    /// Sends what was taken and is not in the kernel yet.
    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Tls(both) => drain(&mut both.0, &mut both.1),
        }
    }
}

/// A socket of the accept loop.
#[derive(Debug)]
pub(super) enum Wire {
    Plain(tokio::net::TcpStream),
    Tls(Box<TlsStream<tokio::net::TcpStream>>),
}

impl Wire {
    /// For a shard: what was decrypted and not read goes with it.
    pub(super) fn into_raw(self) -> io::Result<Raw> {
        match self {
            Self::Plain(tcp) => Ok(tcp.into_std()?.into()),
            Self::Tls(stream) => {
                let (tcp, tls) = stream.into_inner();
                Ok(Raw { tcp: tcp.into_std()?, tls: Some(Box::new(tls)) })
            }
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_read(cx, buf),
            Self::Tls(tls) => Pin::new(tls.as_mut()).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_write(cx, buf),
            Self::Tls(tls) => Pin::new(tls.as_mut()).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_write_vectored(cx, bufs),
            Self::Tls(tls) => Pin::new(tls.as_mut()).poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(tcp) => tcp.is_write_vectored(),
            Self::Tls(tls) => tls.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_flush(cx),
            Self::Tls(tls) => Pin::new(tls.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Self::Tls(tls) => Pin::new(tls.as_mut()).poll_shutdown(cx),
        }
    }
}
