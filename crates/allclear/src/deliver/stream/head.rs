//! The head of a request: only as much as tells whether it asks for a stream.
//!
//! Whatever is not plainly a good request for a stream goes to the ordinary server, which answers it and says what is wrong.

use crate::deliver::filter::Filter;
use model::AreaSet;

/// Longest head of a request, in bytes.
pub const HEAD_BYTES_MAX: usize = 16 * 1024;

/// How frames go to a subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transport {
    /// Server-sent events.
    Sse,
    /// WebSocket, RFC 6455.
    Ws,
}

/// What a subscriber asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// How.
    pub transport: Transport,
    /// Which part.
    pub filter: Filter,
    /// Changes up to here it has.
    pub last: Option<u64>,
    /// `Sec-WebSocket-Key`.
    pub key: Option<String>,
}

/// What the head of a request says.
#[derive(Debug, PartialEq, Eq)]
pub enum Wants {
    /// The head is not whole yet.
    More,
    /// A stream; so many bytes belong to the head.
    Stream(Box<Ask>, usize),
    /// Anything else.
    Other,
}

/// Reads the head.
pub fn read(bytes: &[u8], areas: &AreaSet) -> Wants {
    // The first bytes tell most requests apart without waiting for the rest.
    let begins = |text: &[u8]| bytes.iter().zip(text).all(|(a, b)| a == b);
    if !begins(b"GET /api/v1/stream") && !begins(b"GET /api/v1/ws") {
        return Wants::Other;
    }
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return if bytes.len() < HEAD_BYTES_MAX { Wants::More } else { Wants::Other };
    };
    let ask = std::str::from_utf8(bytes.get(..end).unwrap_or_default()).ok().and_then(|head| ask(head, areas));
    ask.map_or(Wants::Other, |ask| Wants::Stream(Box::new(ask), end + 4))
}

fn ask(head: &str, areas: &AreaSet) -> Option<Ask> {
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (_, target, version) = (first.next()?, first.next()?, first.next()?);
    if !["HTTP/1.1", "HTTP/1.0"].contains(&version) || first.next().is_some() {
        return None;
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let transport = match path {
        "/api/v1/stream" => Transport::Sse,
        "/api/v1/ws" => Transport::Ws,
        _ => return None,
    };
    let (mut key, mut last, mut upgrade, mut connection, mut ws_version) = (None, None, false, false, false);
    for line in lines {
        let (name, value) = line.split_once(':')?;
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "sec-websocket-key" => key = Some(value.to_owned()),
            "sec-websocket-version" => ws_version = value == "13",
            "upgrade" => upgrade = value.eq_ignore_ascii_case("websocket"),
            "connection" => connection = value.split(',').any(|it| it.trim().eq_ignore_ascii_case("upgrade")),
            "last-event-id" => last = Some(value.to_owned()),
            // A body, or an extension of the protocol, is the ordinary server's affair.
            "content-length" | "transfer-encoding" | "expect" => return None,
            _ => {}
        }
    }
    // The key is 16 bytes in base64 (RFC 6455, section 4.2.1).
    let key = key.filter(|key| key.len() == 24 && key.ends_with("=="));
    if transport == Transport::Ws && (version != "HTTP/1.1" || !upgrade || !connection || !ws_version || key.is_none())
    {
        return None;
    }
    let (mut area, mut level, mut kinds) = (None, None, None);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        // Codes, levels and kinds need no escapes; what has some goes to the ordinary server.
        if value.contains(['%', '+']) {
            return None;
        }
        match name {
            "area" => area = Some(value),
            "level" => level = Some(value),
            "kind" => kinds = Some(value),
            "last_event_id" => last = last.or_else(|| Some(value.to_owned())),
            _ => {}
        }
    }
    let filter = Filter::new(areas, area, level, kinds).ok()?;
    let last = last.and_then(|last| last.trim().parse().ok());
    Some(Ask { transport, filter, last, key })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(text: &str) -> Wants {
        read(text.as_bytes(), AreaSet::bundled())
    }

    #[test]
    fn a_request_for_a_stream_is_told_from_all_others() {
        assert_eq!(wants("GET /api/v1/str"), Wants::More);
        assert_eq!(wants("GET /api/v1/state HTTP/1.1\r\n\r\n"), Wants::Other);
        assert_eq!(wants("POST /api/v1/stream HTTP/1.1\r\n\r\n"), Wants::Other);
        assert_eq!(wants("GET /api/v1/streams HTTP/1.1\r\n\r\n"), Wants::Other);
        assert_eq!(wants("GET /api/v1/stream?area=UA99 HTTP/1.1\r\n\r\n"), Wants::Other);
        assert_eq!(wants("GET /api/v1/stream?level=green HTTP/1.1\r\n\r\n"), Wants::Other);
        assert_eq!(wants("GET /api/v1/stream HTTP/2.0\r\n\r\n"), Wants::Other);
        assert_eq!(wants("GET /api/v1/ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"), Wants::Other);
        let Wants::Stream(ask, length) = wants(
            "GET /api/v1/stream?area=UA59000000000057109&kind=uav,missile HTTP/1.0\r\nLAST-event-ID: 7\r\n\r\nrest",
        ) else {
            panic!("it is one")
        };
        assert_eq!((ask.transport, ask.last, length), (Transport::Sse, Some(7), 91));
        assert!(!ask.filter.is_open());
        let Wants::Stream(ask, _) = wants(
            "GET /api/v1/ws HTTP/1.1\r\nHost: t\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        ) else {
            panic!("it is one")
        };
        assert_eq!((ask.transport, ask.key.as_deref()), (Transport::Ws, Some("dGhlIHNhbXBsZSBub25jZQ==")));
    }

    #[test]
    fn a_head_without_an_end_is_not_kept_for_ever() {
        let long = format!("GET /api/v1/stream HTTP/1.1\r\nX: {}", "x".repeat(HEAD_BYTES_MAX));
        assert_eq!(wants(&long), Wants::Other);
    }
}
