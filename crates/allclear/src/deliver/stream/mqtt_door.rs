//! The accept loop of MQTT: who asks to be let in as the standard says goes to a shard.
//!
//! What always holds: a socket that says nothing, or says it byte by byte, holds up nobody else and is closed in time; whoever is
//! not let in is told why as far as the protocol has words for it, and is counted by the reason.

use super::Streams;
use super::door::greeted;
use super::mqtt::Hello;
use super::shard::{Message, PATIENCE};
use super::socket::Wire;
use crate::deliver::mqtt::packet::{self, Connect, NoConnect, Version};
use crate::deliver::mqtt::speak;
use crate::serve::compat::same_key;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Begins to accept, in TLS if so. `keys`: passwords of which one must be shown; empty: none is asked.
pub fn open(listener: TcpListener, tls: Option<TlsAcceptor>, streams: Streams, keys: Vec<String>) {
    let (keys, named): (Arc<[String]>, _) = (keys.into(), Arc::new(AtomicU64::new(0)));
    tokio::spawn(async move {
        loop {
            match listener.accept().await {
                Ok((socket, _)) => {
                    let (streams, keys, named, tls) = (streams.clone(), keys.clone(), named.clone(), tls.clone());
                    tokio::spawn(async move {
                        let _ = socket.set_nodelay(true);
                        let comes = async {
                            match greeted(socket, tls).await {
                                Some(socket) => welcome(socket, &streams, &keys, &named).await,
                                None => refused("tls"),
                            }
                        };
                        if tokio::time::timeout(PATIENCE, comes).await.is_err() {
                            refused("slow_connect");
                        }
                    });
                }
                Err(error) => {
                    metrics::counter!("allclear_accept_failed_total").increment(1);
                    tracing::warn!(%error, "an MQTT connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    });
}

fn refused(reason: &'static str) {
    metrics::counter!("allclear_mqtt_refused_total", "reason" => reason).increment(1);
}

async fn welcome(mut socket: Wire, streams: &Streams, keys: &[String], named: &AtomicU64) {
    let mut bytes = Vec::new();
    let (answer, end) = loop {
        let mut part = [0; 1024];
        match socket.read(&mut part).await {
            Ok(0) | Err(_) => return,
            Ok(n) => bytes.extend_from_slice(part.get(..n).unwrap_or_default()),
        }
        // A first byte of anything else is no client of MQTT: nothing more of it is read.
        if bytes.first() != Some(&0x10) {
            return refused("no_connect");
        }
        match packet::split(&bytes) {
            Ok(None) => {}
            Ok(Some((first, from, end))) => {
                let said = packet::connect(first, bytes.get(from..end).unwrap_or_default());
                break (greet(said, keys, named), end);
            }
            Err(broken) => return refused(broken.name()),
        }
    };
    match answer {
        Ok(hello) => match socket.into_raw() {
            Ok(socket) => {
                let early = bytes.split_off(end);
                streams.give(Message::Client { socket, hello: Box::new(hello), early });
            }
            Err(error) => tracing::warn!(%error, "an MQTT client was lost on its way to a shard"),
        },
        Err(No { reason, words }) => {
            refused(reason);
            if socket.write_all(&words).await.is_ok() {
                let _ = socket.shutdown().await;
            }
        }
    }
}

/// A no: why, and the packet that says so.
#[derive(Debug, PartialEq, Eq)]
struct No {
    reason: &'static str,
    words: Vec<u8>,
}

/// Whether a client is let in.
fn greet(said: Result<Connect, NoConnect>, keys: &[String], named: &AtomicU64) -> Result<Hello, No> {
    let connect = match said {
        Ok(connect) => connect,
        // 3.1.1, section 3.1.2.2: the answer to any level that is not spoken, also to those below.
        Err(NoConnect::Level(level)) if level < 5 => {
            return Err(No { reason: "version", words: speak::unwelcome(Version::Three, 1, "") });
        }
        Err(NoConnect::Level(_)) => {
            let words = speak::unwelcome(Version::Five, 0x84, "MQTT 3.1.1 and 5 are spoken here");
            return Err(No { reason: "version", words });
        }
        // There is no answer to what is no CONNECT.
        Err(NoConnect::Broken(broken)) => return Err(No { reason: broken.name(), words: Vec::new() }),
    };
    let version = connect.version;
    let no = |reason, code: u8, old_code: u8, why| {
        let code = if version == Version::Five { code } else { old_code };
        Err(No { reason, words: speak::unwelcome(version, code, why) })
    };
    if connect.other_auth {
        return no("auth", 0x8C, 5, "a password is the only thing asked for here");
    }
    let shown = connect.password.as_deref().unwrap_or_default();
    if !keys.is_empty() && !keys.iter().any(|key| same_key(key.as_bytes(), shown)) {
        return no("key", 0x86, 4, "the password is none of this server's keys");
    }
    if connect.will {
        return no("will", 0x87, 5, "nothing can be published here: connect without a will");
    }
    if version == Version::Three && connect.client.is_empty() && !connect.clean {
        return no("client_id", 0x85, 2, "");
    }
    let assigned = (version == Version::Five && connect.client.is_empty())
        .then(|| format!("allclear-{}", named.fetch_add(1, Ordering::Relaxed)));
    Ok(Hello {
        version,
        keep_alive_s: connect.keep_alive_s,
        receive_max: connect.receive_max,
        packet_max: connect.packet_max,
        reasons: connect.reasons,
        welcome: speak::welcome(version, assigned.as_deref()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reason of a no, or "in", for a CONNECT of these flags and of these fields after the keep-alive.
    fn check(level: u8, flags: u8, fields: &[u8], keys: &[&str], expected: &str) {
        let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
        let all = [&b"\0\x04MQTT"[..], &[level, flags, 0, 9], fields].concat();
        let answer = greet(packet::connect(0x10, &all), &keys, &AtomicU64::new(0));
        let found = answer.as_ref().map_or_else(|no| no.reason, |_| "in");
        assert_eq!(found, expected, "{level} {flags:02x} {fields:02x?}");
        match answer {
            Ok(hello) => assert_eq!((hello.keep_alive_s, hello.welcome[0], hello.welcome[3]), (9, 0x20, 0)),
            Err(no) if no.words.is_empty() => {}
            Err(no) => assert!(no.words[0] == 0x20 && no.words[3] != 0, "{:02x?}", no.words),
        }
    }

    #[test]
    fn who_is_let_in_and_why_not() {
        check(4, 2, b"\0\x01a", &[], "in");
        check(4, 2, b"\0\0", &[], "in");
        check(4, 0, b"\0\x01a", &[], "in");
        check(4, 0, b"\0\0", &[], "client_id");
        check(5, 0, b"\0\0\0", &[], "in");
        check(3, 2, b"\0\0", &[], "version");
        check(6, 2, b"\0\0", &[], "version");
        check(4, 6, b"\0\0\0\x01t\0\x01w", &[], "will");
        check(5, 2, b"\x05\x15\0\x02me\0\0", &[], "auth");
        check(4, 2, b"\0\0", &["good"], "key");
        check(4, 0xC2, b"\0\0\0\x01u\0\x03bad", &["good", "better"], "key");
        check(4, 0xC2, b"\0\0\0\x01u\0\x04good", &["better", "good"], "in");
        check(5, 0x42, b"\0\0\0\0\x04good", &["good"], "in");
        check(4, 0x42, b"\0\0\0\x04good", &["good"], "fields");
    }
}
