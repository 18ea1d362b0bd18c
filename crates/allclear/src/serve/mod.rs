//! The HTTP door: the own API, the stream, the compatible endpoints, the page, and operation.
//!
//! What comes in: requests, all bounded. What goes out: the published picture; a reader never waits for the core.
//! What always holds: an error is JSON with a stable name, and says what would have been right.

pub mod api;
pub mod cap;
pub mod chronicle;
pub mod compat;
mod conditional;
pub mod error;
pub mod health;
pub mod ingest;
pub mod officer;
pub mod page;
pub mod push;
pub mod stream;
pub mod view;

use crate::config::{Officer, Reviewer, ServerTable};
use crate::core::{Core, Troubles};
use crate::deliver::push::Push;
use crate::deliver::sign::WebhookKey;
use crate::deliver::siren::Sirens;
use crate::feed::config::FeedConfig;
use crate::store::Reader;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::map_response_with_state;
use axum::response::Response;
use model::AreaSet;
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
    /// `[[reviewer]]`
    pub reviewers: Arc<Vec<Reviewer>>,
    /// What the record holds of the chronicle.
    pub chronicle: Arc<chronicle::Chronicle>,
    /// The messages of the Common Alerting Protocol.
    pub cap: Arc<cap::Desk>,
    /// Devices that sound, when there are any.
    pub sirens: Option<Arc<Sirens>>,
    /// Push messages, when they are switched on.
    pub push: Option<Arc<Push>>,
    /// Signs webhooks.
    pub webhook_key: Arc<WebhookKey>,
    /// What feeds fail at.
    pub troubles: Troubles,
    /// Why the certificate on disk is not shown.
    pub certificate: crate::tls::Trouble,
    /// Writes the Prometheus text.
    pub metrics: Option<metrics_exporter_prometheus::PrometheusHandle>,
}

/// The whole router.
pub fn router(state: ServeState, compat: Arc<compat::Compat>) -> Router {
    Router::new()
        .merge(api::router())
        .merge(ingest::router())
        .merge(officer::router())
        .merge(stream::router())
        .merge(health::router())
        .merge(cap::router())
        .merge(push::router())
        .merge(chronicle::router())
        .merge(page::router())
        .with_state(state.clone())
        .merge(compat::router(compat))
        .fallback(error::not_found)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(map_response_with_state(state, headers))
}

/// Headers of every answer: which world it speaks of, and who else may read it; of one that has a body, the page's security.
fn fixed(server: &ServerTable, body: bool) -> [Option<(HeaderName, HeaderValue)>; 4] {
    let status = HeaderValue::from_static(crate::publish::status_word(server.status));
    let origin = (!server.allow_origin.is_empty()).then(|| HeaderValue::from_str(&server.allow_origin).ok()).flatten();
    [
        Some((HeaderName::from_static("x-allclear-status"), status)),
        body.then_some((header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))),
        body.then_some((header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"))),
        origin.map(|origin| (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin)),
    ]
}

/// The same as lines of a head, for what the ordinary server does not send. `body`: not those of a 304.
pub fn header_lines(server: &ServerTable, body: bool) -> String {
    let line = |(name, value): (HeaderName, HeaderValue)| Some(format!("{name}: {}\r\n", value.to_str().ok()?));
    fixed(server, body).into_iter().flatten().filter_map(line).collect()
}

async fn headers(axum::extract::State(state): axum::extract::State<ServeState>, mut response: Response) -> Response {
    let body = response.status() != StatusCode::NOT_MODIFIED;
    for (name, value) in fixed(&state.server, body).into_iter().flatten() {
        // A compatible service answers whom it was told to.
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}
