//! Alerts in the Common Alerting Protocol: signed messages, and the feeds that list them (OASIS CAP Feeds 1.0).
//!
//! What comes in: the chains that the core writes, and requests. What goes out: `/cap/feed.atom`, `/cap/feed.rss`,
//! `/cap/{identifier}.xml` and the certificate to pin. What always holds:
//!   a message is what the record says, signed; the same name gives the same bytes, after a restart too
//!   a feed says as of when, moves each minute even when nothing happens, and names what is unknown
//!   without a sign of life of the core no feed is given: its silence is not calm
//! The profile: docs/reference/cap-profile.md; what is served: docs/reference/cap-feeds.md.

mod feed;
mod key;

use super::ServeState;
use super::conditional::{Answer, respond};
use super::error::ApiError;
use crate::chain::{Atlas, Issuer, Language, Ledger};
use crate::clock::wall_s;
use crate::config::CapTable;
use crate::core::Published;
use crate::store::Store;
use anyhow::Context as _;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use cap::sign::{Certificate, Key};
use model::{AreaSet, Status, Timestamp};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The record of so much time is read at the start, milliseconds: what can still be asked for, and what that refers to.
const READ_MS: i64 = 26 * 3_600_000;
/// Signed messages kept ready; each can be made again.
const READY_MAX: usize = 4_096;
/// Addresses of this server under which a feed is kept ready: clients name it as they like.
const ADDRESSES_MAX: usize = 8;
/// Feeds tell each minute that they are alive, milliseconds.
const HEARTBEAT_MS: i64 = 60_000;

/// Who issues messages, and what was issued.
pub struct Desk {
    issuer: Issuer,
    /// Name of the feeds.
    name: String,
    key: Key,
    certificate: Certificate,
    atlas: Atlas,
    url: Option<String>,
    /// Written by the core.
    ledger: Arc<Mutex<Ledger>>,
    /// Signed messages by name, with the second they were first made in.
    ready: Mutex<BTreeMap<String, (Answer, i64)>>,
    feeds: Mutex<BTreeMap<(feed::Form, bool, bool), Arc<Feed>>>,
}

/// A feed of one moment. The address of this server is not yet in it.
struct Feed {
    /// Decisions taken, minute, and what is unknown; `None` when more was already taken than the core has published.
    stamp: Option<(u64, Timestamp, u64)>,
    text: String,
    changed_s: i64,
    /// The same with the address of this server in it, by that address: packed once, and at most [`ADDRESSES_MAX`].
    answers: Mutex<BTreeMap<String, Answer>>,
}

impl Feed {
    /// What a client is sent that calls this server so.
    fn answer(&self, asked: Asked, base: &str) -> Answer {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = answers.get(base) {
            return answer.clone();
        }
        let answer = Answer::of(asked.form.media_type(), self.text.replace(feed::BASE, base));
        if answers.len() >= ADDRESSES_MAX {
            answers.clear();
        }
        answers.insert(base.to_owned(), answer.clone());
        answer
    }
}

impl Desk {
    /// Opens the desk of a store: its key, made when the store has none, and its chains of the last day.
    pub fn open(config: &CapTable, store: &Store, status: Status, areas: &'static AreaSet) -> anyhow::Result<Self> {
        let reader = store.reader();
        let origin = store.origin();
        let sender = config.sender.clone().unwrap_or_else(|| origin.to_owned());
        let folder = reader.folder().context("failed to find the folder of the record")?;
        let (key, certificate) = key::load_or_create(folder, &sender, wall_s())?;
        let mut ledger = Ledger::default();
        if let Some(last_at) = store.last_at() {
            let told = reader.told_since(last_at.plus_ms(-READ_MS));
            for (index, decision) in told.context("failed to read the alerts of the last day")? {
                ledger.take(index, &decision);
            }
        }
        let issuer = Issuer {
            sender,
            sender_name: config.sender_name.clone().unwrap_or_else(|| "AllClear".to_owned()),
            prefix: match &config.oid {
                Some(oid) => format!("urn:oid:{oid}."),
                None => format!("urn:{}:", origin.replace('/', ":")),
            },
            status,
        };
        Ok(Self {
            issuer,
            name: format!("urn:{}:cap", origin.replace('/', ":")),
            key,
            certificate,
            atlas: Atlas::new(areas),
            url: config.url.clone(),
            ledger: Arc::new(Mutex::new(ledger)),
            ready: Mutex::default(),
            feeds: Mutex::default(),
        })
    }

    /// The chains, for the core to write.
    pub fn ledger(&self) -> Arc<Mutex<Ledger>> {
        self.ledger.clone()
    }

    /// The signed message of that name, when it is due by `now`.
    fn message(&self, identifier: &str, now: Timestamp) -> Option<(Answer, i64)> {
        // Copied out, so that the core never waits for a signature.
        let (letter, ledger) = {
            let ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
            let letter = ledger.find(&self.issuer, identifier, now)?;
            let only = ledger.only(&letter);
            (letter, only)
        };
        if let Some(ready) = self.ready.lock().unwrap_or_else(PoisonError::into_inner).get(identifier) {
            return Some(ready.clone());
        }
        let message = ledger.message(&self.issuer, &self.atlas, &letter)?;
        let text = message.to_signed_xml(&self.key, &self.certificate);
        let answer = (Answer::of("application/cap+xml; charset=utf-8", text), wall_s());
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if ready.len() >= READY_MAX {
            ready.clear();
        }
        Some(ready.entry(identifier.to_owned()).or_insert(answer).clone())
    }

    /// The feed of this moment.
    fn feed(&self, published: &Published, areas: &AreaSet, asked: Asked) -> Arc<Feed> {
        let now = published.picture.as_of;
        let minute = now.plus_ms(-now.millis().rem_euclid(HEARTBEAT_MS));
        let unknown = feed::unknown(&published.picture, areas);
        let taken = self.ledger.lock().unwrap_or_else(PoisonError::into_inner).taken(now);
        let stamp = taken.map(|taken| (taken, minute, feed::mark(&unknown)));
        let key = (asked.form, asked.language == Language::En, asked.advisory);
        // Held while it is made: whoever asks meanwhile waits for the one that is made.
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = feeds.get(&key).filter(|kept| stamp.is_some() && kept.stamp == stamp) {
            return kept.clone();
        }
        let ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut entries = Vec::new();
        for letter in ledger.listed(&self.issuer, now, asked.advisory) {
            entries.extend(ledger.message(&self.issuer, &self.atlas, &letter));
        }
        let told = feed::Told {
            issuer: &self.issuer,
            name: &self.name,
            published,
            entries: &entries,
            unknown: &unknown,
            minute,
        };
        let text = told.write(asked);
        let made = Arc::new(Feed { stamp, text, changed_s: wall_s(), answers: Mutex::default() });
        feeds.insert(key, made.clone());
        made
    }

    /// The address of this server: the configured one, or what the client calls it.
    fn base(&self, headers: &HeaderMap) -> String {
        let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).filter(|host| {
            host.len() <= 255 && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]_".contains(&b))
        });
        self.url.clone().unwrap_or_else(|| format!("http://{}", host.unwrap_or("localhost")))
    }
}

/// What a feed may be asked.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct FeedQuery {
    /// Language of its words, `uk` (default) or `en`; the messages themselves are in both.
    lang: Option<String>,
    /// `alerts` (default): official and authority alerts. `advisory`: AllClear's own forecasts, which are none.
    standing: Option<String>,
}

/// Which feed.
#[derive(Debug, Clone, Copy)]
struct Asked {
    form: feed::Form,
    language: Language,
    advisory: bool,
}

impl Asked {
    fn of(form: feed::Form, query: &FeedQuery) -> Result<Self, ApiError> {
        let bad = |message| ApiError::new(StatusCode::BAD_REQUEST, "bad_query", message);
        let language = match query.lang.as_deref() {
            None | Some("uk") => Language::Uk,
            Some("en") => Language::En,
            Some(_) => return Err(bad("lang: expected uk or en")),
        };
        let advisory = match query.standing.as_deref() {
            None | Some("alerts") => false,
            Some("advisory") => true,
            Some(_) => return Err(bad("standing: expected alerts or advisory")),
        };
        Ok(Self { form, language, advisory })
    }
}

/// The routes.
pub fn router() -> Router<ServeState> {
    Router::new()
        .route("/cap/feed.atom", get(atom))
        .route("/cap/feed.rss", get(rss))
        .route("/cap/cap.crt", get(certificate))
        .route("/cap/{file}", get(message))
}

/// Alerts in force and lately ended as an Atom feed of CAP messages (OASIS CAP Feeds 1.0). 503 while the core is silent.
#[utoipa::path(get, path = "/cap/feed.atom", tag = "cap", params(FeedQuery),
    responses((status = 200, content_type = "application/atom+xml"), (status = 304),
        (status = 400, body = super::view::ErrorView), (status = 503, body = super::view::ErrorView)))]
pub async fn atom(
    State(state): State<ServeState>,
    Query(query): Query<FeedQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    listed(state, Asked::of(feed::Form::Atom, &query)?, headers).await
}

/// The same as RSS 2.0.
#[utoipa::path(get, path = "/cap/feed.rss", tag = "cap", params(FeedQuery),
    responses((status = 200, content_type = "application/rss+xml"), (status = 304),
        (status = 400, body = super::view::ErrorView), (status = 503, body = super::view::ErrorView)))]
pub async fn rss(
    State(state): State<ServeState>,
    Query(query): Query<FeedQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    listed(state, Asked::of(feed::Form::Rss, &query)?, headers).await
}

async fn listed(state: ServeState, asked: Asked, headers: HeaderMap) -> Result<Response, ApiError> {
    let published = state.core.published();
    if !published.is_alive() {
        let why = "the core gives no sign of life: what was known may be old. This is no all-clear";
        return Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "unknown", why));
    }
    let made = tokio::task::spawn_blocking(move || {
        let feed = state.cap.feed(&published, state.areas, asked);
        let answer = feed.answer(asked, &state.cap.base(&headers));
        // Here, since it may be packed for the first time.
        respond(&headers, &answer, feed.changed_s)
    });
    made.await.map_err(|error| failed(&error))
}

fn failed(error: &tokio::task::JoinError) -> ApiError {
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "cap", format!("failed to write the message: {error}"))
}

/// One message, signed. It can be fetched for a day after it was sent.
#[utoipa::path(get, path = "/cap/{identifier}.xml", tag = "cap",
    params(("identifier" = String, Path, description = "the message's identifier")),
    responses((status = 200, content_type = "application/cap+xml"), (status = 304),
        (status = 404, body = super::view::ErrorView)))]
pub async fn message(
    State(state): State<ServeState>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let none = || {
        let file: String = file.chars().take(200).collect();
        ApiError::not_found(format!("no message {file:?}; /cap/feed.atom lists them, each for a day after it was sent"))
    };
    let identifier = file.strip_suffix(".xml").ok_or_else(none)?.to_owned();
    // By the core's own time: a core that hangs issues nothing.
    let now = state.core.published().picture.as_of;
    let found = tokio::task::spawn_blocking(move || state.cap.message(&identifier, now)).await;
    let (answer, made_s) = found.map_err(|error| failed(&error))?.ok_or_else(none)?;
    Ok(respond(&headers, &answer, made_s))
}

/// The certificate of the key that signs messages, PEM. Pin it from a place that is not this server.
#[utoipa::path(get, path = "/cap/cap.crt", tag = "cap", responses((status = 200, content_type = "application/x-pem-file")))]
pub async fn certificate(State(state): State<ServeState>, headers: HeaderMap) -> Response {
    respond(&headers, &Answer::of("application/x-pem-file", state.cap.certificate.to_pem()), 0)
}
