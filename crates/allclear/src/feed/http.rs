//! The transport of a poller: one bounded GET, and every way it can fail by name.
//!
//! What always holds: TLS is rustls; a body is cut off at [`BODY_BYTES_MAX`] while it streams; a redirect to another
//! origin is not followed, so a token never leaves its service; no error shows the token.

use super::config::{Secret, UpstreamKind};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use std::time::Duration;
use wire::upstream::BODY_BYTES_MAX;

/// Longest time for one request, from the connection to the last byte.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Redirects followed within the origin.
const REDIRECTS_MAX: usize = 3;
/// Bytes read of an error's body, for the health line.
const ERROR_BYTES_MAX: usize = 2048;
/// Characters of it shown.
const ERROR_CHARS_MAX: usize = 120;
/// Header by which a server of this house says which world it speaks of.
const WORLD: &str = "x-allclear-status";
/// Header by which it lists the regions whose state it does not know, and the most numbers read of it.
const UNKNOWN: &str = "x-allclear-unknown";
const UNKNOWN_MAX: usize = 5000;

/// How a poll failed. The text fits after the name: "rate_limited: …".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    #[error("{0}")]
    Network(String),
    #[error("no whole answer within 10 s")]
    Timeout,
    #[error("the service answers {0}")]
    Server(u16),
    #[error("the service answers {code}{}", retry_after_s.map_or(String::new(), |s| format!(" and asks to wait {s} s")))]
    RateLimited { code: u16, retry_after_s: Option<u32> },
    #[error("{0}")]
    Unauthorized(String),
    #[error("{0}")]
    Forbidden(String),
    #[error("the service answers {0}, expected 200 or 304")]
    Unexpected(u16),
    #[error("the service sends us to another address ({0}): set url to it if it is right")]
    Redirected(String),
    #[error("more than 8 MiB in one answer")]
    TooLarge,
    #[error("{0}")]
    Undecodable(String),
    #[error("{0}")]
    WrongWorld(String),
    #[error("{0}")]
    Older(String),
    #[error("{0}")]
    NotTaken(String),
}

impl Failure {
    /// Stable name, for the health line and the counters.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Network(_) => "network",
            Self::Timeout => "timeout",
            Self::Server(_) => "server_error",
            Self::RateLimited { .. } => "rate_limited",
            Self::Unauthorized(_) => "unauthorized",
            Self::Forbidden(_) => "forbidden",
            Self::Unexpected(_) => "unexpected_status",
            Self::Redirected(_) => "redirected",
            Self::TooLarge => "too_large",
            Self::Undecodable(_) => "undecodable",
            Self::WrongWorld(_) => "wrong_world",
            Self::Older(_) => "older",
            Self::NotTaken(_) => "not_taken",
        }
    }
}

/// What is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ask {
    pub(super) path: &'static str,
    pub(super) if_modified_since: Option<String>,
    pub(super) if_none_match: Option<String>,
}

/// What came back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) code: u16,
    pub(super) last_modified: Option<String>,
    pub(super) etag: Option<String>,
    pub(super) retry_after_s: Option<u32>,
    /// The world the server says it speaks of, if it does.
    pub(super) world: Option<String>,
    /// Numbers of the regions whose state the server says it does not know.
    pub(super) unknown_uids: Vec<u32>,
    /// The body of a 200; of anything else the first bytes, for people.
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// What the service says in words about an error, in brackets, if it does.
    pub(super) fn said(&self) -> String {
        let words: Option<String> = serde_json::from_slice::<serde_json::Value>(&self.body)
            .ok()
            .and_then(|value| Some(value.get("message")?.as_str()?.chars().take(ERROR_CHARS_MAX).collect()));
        words.map_or(String::new(), |words| format!(" ({words:?})"))
    }
}

/// A client of one service.
#[derive(Debug)]
pub(super) struct Http {
    client: Client,
    base: Url,
}

impl Http {
    pub(super) fn new(url: &str, kind: UpstreamKind, token: Option<&Secret>) -> anyhow::Result<Self> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(token) = token {
            let shown = match kind {
                UpstreamKind::AlertsInUa => format!("Bearer {}", token.reveal()),
                UpstreamKind::Ukrainealarm | UpstreamKind::SirenPpUa => token.reveal().to_owned(),
            };
            let mut value = HeaderValue::from_str(&shown)?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        // "https://host/api/v3" and "https://host/" name the same service as "https://host".
        let trimmed = url.trim_end_matches('/');
        let trimmed = ["/api/v3", "/v1"].iter().find_map(|tail| trimmed.strip_suffix(tail)).unwrap_or(trimmed);
        let base = Url::parse(&format!("{trimmed}/"))?;
        crate::tls::choose();
        let mut client = Client::builder()
            .user_agent(concat!("AllClear/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .timeout(TIMEOUT)
            .connect_timeout(TIMEOUT)
            .redirect(Policy::custom(|attempt| {
                let same = attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
                if same && attempt.previous().len() <= REDIRECTS_MAX { attempt.follow() } else { attempt.stop() }
            }));
        if matches!(base.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")) {
            client = client.no_proxy();
        }
        Ok(Self { client: client.build()?, base })
    }

    /// One GET. Codes are not judged here, except redirects.
    pub(super) async fn get(&self, ask: &Ask) -> Result<Answer, Failure> {
        let url =
            self.base.join(ask.path.trim_start_matches('/')).map_err(|error| Failure::Network(error.to_string()))?;
        let mut request = self.client.get(url);
        if let Some(since) = &ask.if_modified_since {
            request = request.header(header::IF_MODIFIED_SINCE, since);
        }
        if let Some(etag) = &ask.if_none_match {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        let mut response = request.send().await.map_err(failed)?;
        let code = response.status().as_u16();
        if response.status().is_redirection() && code != 304 {
            let to = text(&response, &header::LOCATION).unwrap_or_default();
            let to = self.base.join(&to).map_or_else(
                |_| "an unreadable one".to_owned(),
                |url| url.host_str().unwrap_or_default().chars().take(ERROR_CHARS_MAX).collect(),
            );
            return Err(Failure::Redirected(to));
        }
        let mut answer = Answer {
            code,
            last_modified: text(&response, &header::LAST_MODIFIED),
            etag: text(&response, &header::ETAG),
            retry_after_s: text(&response, &header::RETRY_AFTER).and_then(|words| retry_after(&words, &response)),
            world: text(&response, &HeaderName::from_static(WORLD)),
            unknown_uids: text(&response, &HeaderName::from_static(UNKNOWN))
                .map(|list| list.split(',').take(UNKNOWN_MAX).filter_map(|uid| uid.trim().parse().ok()).collect())
                .unwrap_or_default(),
            body: Vec::new(),
        };
        let whole = code == 200;
        let most = if whole { BODY_BYTES_MAX } else { ERROR_BYTES_MAX };
        if whole && response.content_length().is_some_and(|len| len > most as u64) {
            return Err(Failure::TooLarge);
        }
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if answer.body.len() + chunk.len() > most {
                if whole {
                    return Err(Failure::TooLarge);
                }
                break;
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }
}

fn text(response: &Response, name: &HeaderName) -> Option<String> {
    response.headers().get(name)?.to_str().ok().map(str::to_owned).filter(|text| !text.is_empty())
}

/// Seconds to wait: a number, or an HTTP date against the service's own `Date`.
fn retry_after(words: &str, response: &Response) -> Option<u32> {
    if let Ok(seconds) = words.trim().parse::<u32>() {
        return Some(seconds);
    }
    let read = |words: &str| jiff::fmt::rfc2822::parse(words.trim()).ok().map(|at| at.timestamp().as_second());
    let wait_s = read(words)? - read(&text(response, &header::DATE)?)?;
    u32::try_from(wait_s.max(0)).ok()
}

/// A transport error without its address (which might hold a secret), with its innermost cause.
fn failed(error: reqwest::Error) -> Failure {
    if error.is_timeout() {
        return Failure::Timeout;
    }
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let inner = cause.to_string();
    let outer = error.to_string();
    Failure::Network(if inner == outer { outer } else { format!("{outer}: {inner}") })
}
