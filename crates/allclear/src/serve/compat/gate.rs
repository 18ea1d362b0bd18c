//! Who may ask, and what every answer of the services carries.
//!
//! What comes in: a request before its route, and what the route answered. What goes out: that answer with the common headers, or an
//! error as the service writes it.

use super::limits::{Refused, Service, check_key, key_shown};
use super::routes::{Compat, MAP_PNG};
use crate::deliver::stream::Peer;
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;
use std::sync::Arc;

/// How soon a client that got 503 may ask again, in seconds. Its own polling is slower anyway.
pub(super) const RETRY_AFTER_S: &str = "5";
/// The same for one that asked too often, in seconds.
pub(super) const NEXT_MINUTE_S: &str = "60";
/// What a browser's script may read of an answer.
pub(super) const EXPOSED: &str = "ETag, Last-Modified, Retry-After, X-AllClear-Status, X-AllClear-Unknown";

/// Whether an answer says what scripts of other pages may read of it: one with a body does, for whoever keeps it, and a 304 when
/// such a page asks.
pub(super) fn is_exposed(service: Service, body: bool, page: bool) -> bool {
    matches!(service, Service::AlertsInUa | Service::AlertsComUa) && (body || page)
}

/// The key and the count, before anything else; the answer's common headers, after.
pub(super) async fn gate(service: Service, compat: Arc<Compat>, request: Request, next: Next) -> Response {
    if request.method() == Method::OPTIONS {
        return preflight();
    }
    let key = key_shown(service, request.headers(), request.uri());
    let page = request.headers().get(header::ORIGIN).is_some_and(|origin| !origin.is_empty());
    let address = request.extensions().get::<ConnectInfo<Peer>>().map_or(IpAddr::from([0, 0, 0, 0]), |c| c.0.0.ip());
    let path = request.uri().path();
    let history = path.starts_with("/v1/regions/") || ["/api/v3/alerts/regionHistory", "/api/history"].contains(&path);
    // A picture is shown by pages, which send no key.
    let keys: &[String] = if path == MAP_PNG { &[] } else { &compat.server.keys };
    let allowed = check_key(service, keys, &key).and_then(|()| compat.limits.count(&compat.server, address, history));
    let mut response = match allowed {
        Ok(()) => next.run(request).await,
        Err(Refused { code, message }) => {
            count_refused(code);
            error_of(service, code, message)
        }
    };
    if is_exposed(service, response.status() != StatusCode::NOT_MODIFIED, page) {
        response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
    response
}

/// Counts who was turned away.
pub(super) fn count_refused(code: StatusCode) {
    metrics::counter!("allclear_compat_refused_total", "code" => code.as_u16().to_string()).increment(1);
}

/// Counts a question that nobody could answer.
pub(super) fn count_unknown() {
    metrics::counter!("allclear_compat_unknown_total").increment(1);
}

/// A browser asks before it sends a key.
fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, OPTIONS"));
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("Authorization, Cache-Control, If-Modified-Since, If-None-Match, X-API-Key"),
    );
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    response
}

/// An error as alerts.in.ua and ukrainealarm write it.
pub(super) fn error(code: StatusCode, message: &str) -> Response {
    error_of(Service::AlertsInUa, code, message)
}

/// An error as its service writes it.
pub(super) fn error_of(service: Service, code: StatusCode, message: &str) -> Response {
    let mut response = failed(code, error_body(service, message));
    if code == StatusCode::TOO_MANY_REQUESTS {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(NEXT_MINUTE_S));
    }
    response
}

/// The body of an error as its service writes it.
pub(super) fn error_body(service: Service, message: &str) -> String {
    let key = if service == Service::AlertsComUa { "error" } else { "message" };
    serde_json::json!({ key: message }).to_string()
}

/// An answer without content that may be kept.
pub(super) fn failed(code: StatusCode, body: String) -> Response {
    let kind = (header::CONTENT_TYPE, "application/json; charset=utf-8");
    (code, [kind, (header::CACHE_CONTROL, "no-store")], body).into_response()
}
