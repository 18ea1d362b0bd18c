//! The HTTP door: the own API, the stream, the compatible endpoints, the page, and operation.
//!
//! What comes in: requests, all bounded. What goes out: the published picture; a reader never waits for the core.
//! What always holds: an error is JSON with a stable name, and says what would have been right.

pub mod api;
pub mod compat;
pub mod error;
pub mod ingest;
pub mod officer;
pub mod page;
pub mod stream;
pub mod view;

use crate::config::{Officer, ServerTable};
use crate::core::{Core, Troubles};
use crate::feed::config::FeedConfig;
use crate::store::Reader;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::map_response_with_state;
use axum::response::Response;
use model::{AreaSet, Status};
use std::sync::Arc;

/// Largest request body, in bytes. A hundred long posts fit.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

/// What every handler may use. Cheap to clone.
#[derive(Clone)]
pub struct ServeState {
    /// The core.
    pub core: Core,
    /// The store, for history and proofs.
    pub reader: Reader,
    /// Areas.
    pub areas: &'static AreaSet,
    /// Reads posts.
    pub text: Arc<wire::text::Reader>,
    /// `[server]`
    pub server: Arc<ServerTable>,
    /// `[[feed]]`
    pub feeds: Arc<Vec<FeedConfig>>,
    /// `[[officer]]`
    pub officers: Arc<Vec<Officer>>,
    /// What feeds fail at.
    pub troubles: Troubles,
    /// Writes the Prometheus text.
    pub metrics: Option<metrics_exporter_prometheus::PrometheusHandle>,
}

/// The whole router.
pub fn router(state: ServeState) -> Router {
    Router::new()
        .merge(api::router())
        .merge(ingest::router())
        .merge(officer::router())
        .merge(stream::router())
        .merge(page::router())
        .with_state(state.clone())
        .merge(compat::router(&state))
        .fallback(error::not_found)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(map_response_with_state(state, headers))
}

/// The same as [`headers`] sets, as lines of a head, for streams that the ordinary server does not send.
pub fn header_lines(server: &ServerTable) -> String {
    let status = match server.status {
        Status::Actual => "actual",
        Status::Exercise => "exercise",
    };
    let mut lines =
        format!("x-allclear-status: {status}\r\nx-content-type-options: nosniff\r\nreferrer-policy: no-referrer\r\n");
    if !server.allow_origin.is_empty() && HeaderValue::from_str(&server.allow_origin).is_ok() {
        lines.push_str("access-control-allow-origin: ");
        lines.push_str(&server.allow_origin);
        lines.push_str("\r\n");
    }
    lines
}

/// Headers of every answer: which world it speaks of, and the page's security.
async fn headers(axum::extract::State(state): axum::extract::State<ServeState>, mut response: Response) -> Response {
    let status = match state.server.status {
        Status::Actual => "actual",
        Status::Exercise => "exercise",
    };
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("x-allclear-status"), HeaderValue::from_static(status));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if !state.server.allow_origin.is_empty()
        && let Ok(origin) = HeaderValue::from_str(&state.server.allow_origin)
    {
        headers.entry(header::ACCESS_CONTROL_ALLOW_ORIGIN).or_insert(origin);
    }
    response
}
