//! The head of a polled question: only what an answer from memory depends on.
//!
//! Whatever is not plainly such a question (another method, a body, an upgrade, a connection that shall close) goes to the
//! ordinary server, which answers it and says what is wrong.

use httparse::{Request, Status};
use std::mem::MaybeUninit;

/// Longest head of a request, in bytes.
pub const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Most header lines of a head.
const HEADERS_MAX: usize = 48;
/// Where questions begin that may be answered from memory.
const BEGINNINGS: [&[u8]; 4] = [b"GET /v1/", b"GET /v2/", b"GET /api/v3/alerts", b"GET /api/states"];

/// A question. What the client does not show is empty.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Ask<'a> {
    /// Path, as sent.
    pub path: &'a str,
    /// What follows `?`, as sent.
    pub query: &'a str,
    /// `Authorization`
    pub authorization: &'a str,
    /// `X-API-Key`
    pub api_key: &'a str,
    /// `Accept-Encoding`
    pub accept_encoding: &'a str,
    /// `If-None-Match`
    pub if_none_match: &'a str,
    /// `If-Modified-Since`
    pub if_modified_since: &'a str,
    /// `Origin`
    pub origin: &'a str,
}

/// What the head of a request says.
#[derive(Debug, PartialEq, Eq)]
pub enum Wants<'a> {
    /// The head is not whole yet.
    More,
    /// A question; so many bytes belong to it.
    Answer(Ask<'a>, usize),
    /// Anything else.
    Other,
}

/// Whether a connection that begins so may be a poller's.
pub fn begins(bytes: &[u8]) -> bool {
    BEGINNINGS.iter().any(|beginning| bytes.starts_with(beginning))
}

/// Reads the head of the next request. Allocates nothing.
pub fn read(bytes: &[u8]) -> Wants<'_> {
    let mut headers = [const { MaybeUninit::uninit() }; HEADERS_MAX];
    let mut request = Request::new(&mut []);
    let length = match request.parse_with_uninit_headers(bytes, &mut headers) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) if bytes.len() < HEAD_BYTES_MAX => return Wants::More,
        Ok(Status::Partial) | Err(_) => return Wants::Other,
    };
    ask(&request).map_or(Wants::Other, |ask| Wants::Answer(ask, length))
}

fn ask<'a>(request: &Request<'_, 'a>) -> Option<Ask<'a>> {
    let target = request.path?;
    // HTTP/1.0 closes after an answer, which the ordinary server does too.
    if request.method != Some("GET") || request.version != Some(1) || !target.starts_with('/') {
        return None;
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut ask = Ask { path, query, ..Ask::default() };
    for header in &*request.headers {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        let field = match header.name.len() {
            9 if is("x-api-key") => &mut ask.api_key,
            13 if is("authorization") => &mut ask.authorization,
            15 if is("accept-encoding") => &mut ask.accept_encoding,
            13 if is("if-none-match") => &mut ask.if_none_match,
            17 if is("if-modified-since") => &mut ask.if_modified_since,
            10 if is("connection") && !header.value.eq_ignore_ascii_case(b"keep-alive") => return None,
            14 if is("content-length") && header.value != b"0" => return None,
            6 if is("origin") => &mut ask.origin,
            6 if is("expect") => return None,
            7 if is("upgrade") => return None,
            17 if is("transfer-encoding") => return None,
            _ => continue,
        };
        // Of a line that is shown twice the first counts, as in the ordinary server.
        if field.is_empty() {
            *field = std::str::from_utf8(header.value).ok()?.trim();
        }
    }
    Some(ask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_question_is_read_and_what_follows_it_is_left() {
        let text = b"GET /v1/alerts/active.json?token=k HTTP/1.1\r\nHost: t\r\nIF-None-Match: \"a\"\r\nAccept-Encoding: gzip\r\nAuthorization: Bearer x\r\nConnection: keep-alive\r\n\r\nGET /next";
        let Wants::Answer(ask, length) = read(text) else { panic!("it is one") };
        let expected = Ask {
            path: "/v1/alerts/active.json",
            query: "token=k",
            authorization: "Bearer x",
            accept_encoding: "gzip",
            if_none_match: "\"a\"",
            ..Ask::default()
        };
        assert_eq!((ask, &text[length..]), (expected, &b"GET /next"[..]));
        assert!(begins(text));
    }

    #[test]
    fn what_is_no_plain_question_is_left_to_the_ordinary_server() {
        for text in [
            "POST /v1/alerts/active.json HTTP/1.1\r\n\r\n",
            "HEAD /v1/alerts/active.json HTTP/1.1\r\n\r\n",
            "GET /v1/alerts/active.json HTTP/1.0\r\n\r\n",
            "GET http://t/v1/alerts/active.json HTTP/1.1\r\n\r\n",
            "GET /v1/a HTTP/1.1\r\nConnection: close\r\n\r\n",
            "GET /v1/a HTTP/1.1\r\nConnection: keep-alive, upgrade\r\n\r\n",
            "GET /v1/a HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody",
            "GET /v1/a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "GET /v1/a HTTP/1.1\r\nExpect: 100-continue\r\n\r\n",
            "GET /v1/a HTTP/1.1\r\nno colon\r\n\r\n",
            "GET /v1/a HTTP/1.1\r\nIf-None-Match: \u{fffd}\u{1}\r\n\r\n",
            "nonsense\r\n\r\n",
        ] {
            assert_eq!(read(text.as_bytes()), Wants::Other, "{text}");
        }
        assert_eq!(read(b"GET /v1/alerts/active.json HTTP/1.1\r\nHost"), Wants::More);
        let long = format!("GET /v1/a HTTP/1.1\r\nX: {}", "x".repeat(HEAD_BYTES_MAX));
        assert_eq!(read(long.as_bytes()), Wants::Other, "a head without an end is not kept for ever");
        let many = format!("GET /v1/a HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(HEADERS_MAX + 1));
        assert_eq!(read(many.as_bytes()), Wants::Other);
    }
}
