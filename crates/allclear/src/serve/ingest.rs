//! `POST /api/v1/reports`: the door for messages. An answer is given after the report is durable.
//!
//! What always holds: what is refused is named, counted by source and kept; a good report beside a bad one is taken.

use super::ServeState;
use super::error::ApiError;
use crate::config::STRANGER;
use crate::core::Input;
use crate::feed::message::Here;
use crate::feed::{self, post};
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post as on_post;
use axum::{Json, Router};
use model::{Refusal, SourceId};
use serde::Serialize;
use utoipa::ToSchema;

/// Bytes of a refused input that are kept.
const EXCERPT_BYTES_MAX: usize = 1024;

/// The route.
pub fn router() -> Router<ServeState> {
    Router::new().route("/api/v1/reports", on_post(reports))
}

/// What happened to each report of a body, in its order.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipts {
    /// One for each report.
    pub accepted: Vec<Accepted>,
    /// Reports of the body that were refused.
    pub refused: Vec<RefusedView>,
}

/// A report that is in the record.
#[derive(Debug, Serialize, ToSchema)]
pub struct Accepted {
    /// Its place in the body, from 0.
    pub number: usize,
    /// Its place in the record.
    pub event: u64,
    /// Size of the record after it.
    pub seq: u64,
    /// Items read of it.
    pub items: usize,
    /// Parts of it that could not be read, and why.
    pub refused: Vec<String>,
    /// Said before by the same source with the same id; nothing was recorded again.
    pub repeated: bool,
}

/// A report that was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusedView {
    /// Its place in the body, from 0.
    pub number: usize,
    /// Stable name of the reason.
    pub error: String,
    /// A sentence.
    pub message: String,
}

/// Takes one report or a list of up to a hundred: `{"source","text"?,"measured"?,"id"?,"observed_at"?,"status"?}`, with
/// words, measurements of instruments, or both.
#[utoipa::path(post, path = "/api/v1/reports", tag = "reports", request_body(content_type = "application/json"),
    responses((status = 200, body = Receipts), (status = 400, body = super::view::ErrorView), (status = 401, body = super::view::ErrorView),
        (status = 413, body = super::view::ErrorView), (status = 422, body = super::view::ErrorView), (status = 503, body = super::view::ErrorView)))]
pub async fn reports(
    State(state): State<ServeState>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Receipts>, ApiError> {
    if let Some(foreign) = foreign_origin(&headers) {
        let refusal = whole(
            "foreign_origin",
            format!("accept a message from a page of {foreign}: pages of other sites do not speak here"),
        );
        return Err(refuse(&state, None, refusal, &[], StatusCode::FORBIDDEN).await);
    }
    let authorization = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let body = match body {
        Ok(body) => body,
        Err(rejection) => {
            let code = rejection.status();
            let length = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).unwrap_or("unknown");
            let refusal =
                whole("too_large", format!("read a body of {length} bytes: expected at most {}", post::BODY_BYTES_MAX));
            let refusal = if code == StatusCode::PAYLOAD_TOO_LARGE {
                refusal
            } else {
                whole("broken_body", format!("read the body: {rejection}"))
            };
            return Err(refuse(&state, None, refusal, &[], code).await);
        }
    };
    let now = state.core.now();
    let here = Here { received_at: now, status: state.server.status };
    let parsed = match post::parse(&body, here) {
        Ok(parsed) => parsed,
        Err(refusal) => return Err(refuse(&state, None, refusal, &body, StatusCode::BAD_REQUEST).await),
    };
    let alone = parsed.len() == 1;
    let mut receipts = Receipts { accepted: Vec::new(), refused: Vec::new() };
    for (number, report) in parsed.into_iter().enumerate() {
        let post = match report {
            Ok(post) => post,
            Err(refused) => {
                let source = refused.source.filter(|source| post::admit(&state.feeds, source, authorization).is_ok());
                let code = if refused.refusal.reason == "wrong_world" {
                    StatusCode::UNPROCESSABLE_ENTITY
                } else {
                    StatusCode::BAD_REQUEST
                };
                let error = refuse(&state, source, refused.refusal, &body, code).await;
                if alone {
                    return Err(error);
                }
                receipts.refused.push(RefusedView { number, error: error.name.into_owned(), message: error.message });
                continue;
            }
        };
        if let Err(denied) = post::admit(&state.feeds, &post.source, authorization) {
            let (code, name) = match denied {
                post::Denied::UnknownSource => (StatusCode::UNPROCESSABLE_ENTITY, "unknown_source"),
                post::Denied::NoToken => (StatusCode::UNAUTHORIZED, "no_token"),
                post::Denied::WrongToken => (StatusCode::UNAUTHORIZED, "wrong_token"),
            };
            // A stranger's refusals are not counted against the feed whose name it used.
            let refusal = whole(name, format!("{denied} (it was {:?})", post.source.as_str()));
            let error = refuse(&state, None, refusal, &body, code).await;
            if alone {
                return Err(error);
            }
            receipts.refused.push(RefusedView { number, error: error.name.into_owned(), message: error.message });
            continue;
        }
        let report = feed::read_report(
            &state.text,
            &post.source,
            post.id.as_deref(),
            feed::Said { text: &post.text, measured: &post.measured },
            post.observed_at,
            now,
            state.server.status,
        );
        let (items, refused) = (
            report.items.len(),
            report.refused.iter().map(|r| format!("{}: failed to {}", r.reason, r.detail)).collect(),
        );
        let ack = state.core.submit(Input::Report(report)).await?;
        receipts.accepted.push(Accepted {
            number,
            event: ack.event.0,
            seq: ack.seq,
            items,
            refused,
            repeated: ack.repeated,
        });
    }
    Ok(Json(receipts))
}

/// The origin of a request that a page of another site sends through somebody's browser; programs send none.
pub(super) fn foreign_origin(headers: &HeaderMap) -> Option<String> {
    let origin = headers.get(header::ORIGIN)?.to_str().unwrap_or("?");
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let own = origin.split_once("://").is_some_and(|(_, rest)| !host.is_empty() && rest == host);
    (!own).then(|| origin.chars().take(100).collect())
}

fn whole(reason: &str, detail: String) -> Refusal {
    Refusal { reason: reason.into(), detail, start: 0, end: 0 }
}

/// Counts and keeps a refusal, and makes the answer of it.
async fn refuse(
    state: &ServeState,
    source: Option<SourceId>,
    refusal: Refusal,
    body: &[u8],
    code: StatusCode,
) -> ApiError {
    let name = refusal.reason.clone();
    let message = format!("failed to {}", refusal.detail);
    let input = Input::Refused {
        source: source.unwrap_or_else(|| SourceId::new(STRANGER)),
        refusal,
        excerpt: String::from_utf8_lossy(&body[..body.len().min(EXCERPT_BYTES_MAX)]).into_owned(),
        sha256: model::sha256(body),
    };
    if let Err(error) = state.core.submit(input).await {
        tracing::warn!("a refusal could not be recorded: failed to {error}");
    }
    ApiError::new(code, name, message)
}
