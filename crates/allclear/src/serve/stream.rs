//! `/api/v1/stream`: server-sent events. First the whole picture, then every change, a heartbeat every 5 s.
//!
//! `Last-Event-ID` (or `?last_event_id=`) resumes without a gap while the ring reaches back so far; else a snapshot is
//! sent. `?area=CODE` keeps only that community, what lies below it and what lies above it.
//! A subscriber that falls behind is given a fresh snapshot, never a gap.
//!
//! Most streams never come here: a socket whose first request asks for one is taken at the door (`deliver/stream`). Here are those
//! that ask later on a connection of the ordinary server, as browsers and proxies may.

use super::ServeState;
use super::error::ApiError;
use crate::deliver::filter::{Filter, FilterError};
use crate::deliver::hub::{Frame, FrameKind, sse};
use crate::deliver::snapshot;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// The stream's routes.
pub fn router() -> Router<ServeState> {
    Router::new().route("/api/v1/stream", get(stream)).route("/api/v1/ws", get(no_upgrade))
}

/// A good WebSocket request never comes here: its socket was taken at the door (`deliver/stream`).
async fn no_upgrade() -> ApiError {
    ApiError::new(
        StatusCode::UPGRADE_REQUIRED,
        "bad_upgrade",
        "expected a WebSocket handshake, version 13, as the first request of a connection, with a good filter"
            .to_owned(),
    )
}

/// What a subscriber may ask for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct StreamQuery {
    /// Only this community, what is below and what is above it.
    pub area: Option<String>,
    /// Alerts of this level only, `red` or `yellow`. The states of communities come whatever their level.
    pub level: Option<String>,
    /// Alerts of these kinds only, divided by commas.
    pub kind: Option<String>,
    /// As the `Last-Event-ID` header, for clients that cannot set it.
    pub last_event_id: Option<String>,
}

/// The live stream.
#[utoipa::path(get, path = "/api/v1/stream", params(StreamQuery), tag = "stream",
    responses((status = 200, content_type = "text/event-stream",
        description = "events: snapshot (StateView), change (ChangeView), tracks (TracksView), heartbeat (HeartbeatView)")))]
pub async fn stream(
    State(state): State<ServeState>,
    Query(query): Query<StreamQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let filter = Filter::new(state.areas, query.area.as_deref(), query.level.as_deref(), query.kind.as_deref());
    let filter = filter.map_err(|error| {
        let name = match error {
            FilterError::Area(_) => "unknown_area",
            FilterError::Level(_) => "unknown_level",
            FilterError::Kind(_) => "unknown_kind",
        };
        ApiError::new(StatusCode::BAD_REQUEST, name, error.to_string())
    })?;
    let header = headers.get("last-event-id").and_then(|v| v.to_str().ok()).map(str::to_owned);
    let last: Option<u64> = header.or(query.last_event_id).and_then(|id| id.trim().parse().ok());
    // Subscribed before the picture is read: what happens in between comes twice at worst, and is dropped by its seq.
    let frames = state.core.hub().subscribe();
    let mut subscriber = Subscriber { state, filter, frames, sent_seq: 0, waiting: VecDeque::new() };
    subscriber.begin(last);
    let body = Body::from_stream(tokio_stream_from(subscriber));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

fn tokio_stream_from(subscriber: Subscriber) -> impl tokio_stream::Stream<Item = Result<Bytes, Infallible>> {
    futures_util::stream::unfold(subscriber, |mut subscriber| async move {
        let frame = subscriber.next().await?;
        Some((Ok(Bytes::from(frame.as_bytes().to_vec())), subscriber))
    })
}

struct Subscriber {
    state: ServeState,
    filter: Filter,
    frames: Receiver<Frame>,
    /// Changes up to here were sent.
    sent_seq: u64,
    waiting: VecDeque<Arc<str>>,
}

impl Subscriber {
    fn begin(&mut self, last: Option<u64>) {
        let now = self.state.core.published().seq;
        match last.and_then(|seq| self.state.core.hub().since(seq, now).map(|frames| (seq, frames))) {
            Some((seq, frames)) => {
                self.waiting.push_back("retry: 1000\n\n".into());
                self.sent_seq = seq;
                for frame in frames {
                    self.offer(&frame);
                }
            }
            None => self.snapshot(),
        }
    }

    fn snapshot(&mut self) {
        let published = self.state.core.published();
        let ServeState { core, areas, troubles, .. } = &self.state;
        let view = snapshot::of(areas, &published, core.clock(), troubles, &self.filter);
        self.sent_seq = published.seq;
        let json = serde_json::to_string(&view).unwrap_or_else(|_| "null".into());
        let frame = sse("snapshot", Some(published.seq), &json);
        self.waiting.push_back(format!("retry: 1000\n{frame}").into());
    }

    /// Takes a frame unless it was sent already or is not for this subscriber.
    fn offer(&mut self, frame: &Frame) {
        let FrameKind::Change(change) = &frame.kind else {
            self.waiting.push_back(frame.sse.clone());
            return;
        };
        if frame.seq <= self.sent_seq {
            return;
        }
        self.sent_seq = frame.seq;
        if self.filter.is_open() {
            self.waiting.push_back(frame.sse.clone());
        } else if let Some(view) = self.filter.change(self.state.areas, change) {
            let json = serde_json::to_string(&view).unwrap_or_else(|_| "null".into());
            self.waiting.push_back(sse("change", Some(frame.seq), &json));
        }
    }

    async fn next(&mut self) -> Option<Arc<str>> {
        loop {
            if let Some(frame) = self.waiting.pop_front() {
                return Some(frame);
            }
            match self.frames.recv().await {
                Ok(frame) => self.offer(&frame),
                Err(RecvError::Lagged(_)) => {
                    metrics::counter!("allclear_stream_lagged_total").increment(1);
                    self.snapshot();
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
