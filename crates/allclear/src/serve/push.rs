//! `/api/v1/push`: who subscribes to push messages, and to which communities. For app builders: docs/reference/push.md.
//!
//! What always holds: an endpoint is a secret of its subscriber: it is never told, logged or put into the record, and who knows it may
//! change or end its subscription; no position is asked for or kept.

use super::ServeState;
use super::error::ApiError;
use super::ingest::foreign_origin;
use crate::chain::Language;
use crate::config::STRANGER;
use crate::core::Input;
use crate::deliver::outward;
use crate::deliver::push::{Push, Reader, SubscribeError, Subscription};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{Code, Refusal, SourceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Communities of one subscription.
const COMMUNITIES_MAX: usize = 32;
/// Largest body, in bytes.
const BODY_BYTES_MAX: usize = 8192;

/// The routes.
pub fn router() -> Router<ServeState> {
    Router::new()
        .route("/api/v1/push", get(about))
        .route("/api/v1/push/subscriptions", post(subscribe).delete(unsubscribe))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// What a browser or app needs to know before it subscribes.
#[derive(Debug, Serialize, ToSchema)]
pub struct PushView {
    /// Whether subscriptions are taken.
    pub enabled: bool,
    /// `applicationServerKey`: an uncompressed point of P-256 in base64url. A subscription is bound to it.
    pub key: Option<String>,
    /// Communities that one subscription may name.
    pub communities_max: usize,
}

/// A subscription, as `PushSubscription.toJSON()` gives it, with what it is for. Unknown fields are passed over.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SubscriptionBody {
    /// Where messages are posted (RFC 8030): https.
    pub endpoint: String,
    /// For whom they are encrypted (RFC 8291). Without them messages are sent in clear: for UnifiedPush distributors that take no others.
    pub keys: Option<KeysBody>,
    /// Codes of 1 to 32 communities.
    pub communities: Vec<String>,
    /// AllClear's own forecast (`elevated`) is told too. Default: no.
    #[serde(default)]
    pub advisories: bool,
    /// `uk` or `en`. Default: `uk`.
    pub lang: Option<String>,
}

/// Keys of a browser's subscription, base64url.
#[derive(Debug, Deserialize, ToSchema)]
pub struct KeysBody {
    /// Public key: an uncompressed point of P-256.
    pub p256dh: String,
    /// Authentication secret, 16 bytes.
    pub auth: String,
}

/// Which subscription is ended.
#[derive(Debug, Deserialize, ToSchema)]
pub struct EndpointBody {
    /// Its endpoint.
    pub endpoint: String,
}

/// A subscription that is kept. Its endpoint has taken a first message by now.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubscribedView {
    /// The communities, by code.
    pub communities: Vec<String>,
    /// Whether the own forecast is told too.
    pub advisories: bool,
    /// The language of the messages.
    pub lang: &'static str,
}

/// Whether subscriptions are taken, and the key they are bound to.
#[utoipa::path(get, path = "/api/v1/push", tag = "push", responses((status = 200, body = PushView)))]
pub async fn about(State(state): State<ServeState>) -> Response {
    let key = state.push.as_ref().map(|push| push.key().to_owned());
    let view = PushView { enabled: key.is_some(), key, communities_max: COMMUNITIES_MAX };
    ([(header::CACHE_CONTROL, "no-store")], Json(view)).into_response()
}

/// Subscribes, or changes what the same endpoint is told of. The endpoint must take a first message before anything is kept.
#[utoipa::path(post, path = "/api/v1/push/subscriptions", tag = "push", request_body = SubscriptionBody,
    responses((status = 200, body = SubscribedView), (status = 400, body = super::view::ErrorView), (status = 403, body = super::view::ErrorView),
        (status = 404, body = super::view::ErrorView), (status = 422, body = super::view::ErrorView), (status = 429, body = super::view::ErrorView),
        (status = 503, body = super::view::ErrorView)))]
pub async fn subscribe(
    State(state): State<ServeState>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<SubscribedView>, ApiError> {
    let push = open(&state, &headers)?;
    let body = whole(&state, body).await?;
    let read = read(&state, push, &body);
    let subscription = match read {
        Ok(subscription) => subscription,
        Err(error) => return Err(refused(&state, error, &body).await),
    };
    let view = SubscribedView {
        communities: subscription.communities.iter().map(ToString::to_string).collect(),
        advisories: subscription.advisories,
        lang: subscription.language.of("uk", "en"),
    };
    match push.subscribe(subscription).await {
        Ok(()) => Ok(Json(view)),
        Err(error) => {
            let (code, name) = match &error {
                SubscribeError::Busy | SubscribeError::TooSoon(_) => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
                SubscribeError::Full | SubscribeError::HostFull(_) => (StatusCode::TOO_MANY_REQUESTS, "too_many"),
                SubscribeError::Endpoint(_) => (StatusCode::UNPROCESSABLE_ENTITY, "endpoint_refused"),
                SubscribeError::Later(_) => (StatusCode::SERVICE_UNAVAILABLE, "endpoint_later"),
                SubscribeError::Book => (StatusCode::INTERNAL_SERVER_ERROR, "store"),
            };
            let error = ApiError::new(code, name, format!("failed to {error}"));
            Err(if code.is_server_error() { error } else { refused(&state, error, &body).await })
        }
    }
}

/// Ends a subscription; nothing of it is kept.
#[utoipa::path(delete, path = "/api/v1/push/subscriptions", tag = "push", request_body = EndpointBody,
    responses((status = 204), (status = 400, body = super::view::ErrorView), (status = 404, body = super::view::ErrorView),
        (status = 503, body = super::view::ErrorView)))]
pub async fn unsubscribe(
    State(state): State<ServeState>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, ApiError> {
    let push = open(&state, &headers)?;
    let body = whole(&state, body).await?;
    let bad = |error: serde_json::Error| bad("bad_subscription", &format!("read the endpoint to end: {error}"));
    let asked: EndpointBody = serde_json::from_slice(&body).map_err(bad)?;
    // Kept as it was understood, so compared as it is understood.
    let endpoint = reqwest::Url::parse(&asked.endpoint).map_or(asked.endpoint, String::from);
    match push.unsubscribe(endpoint).await {
        Some(true) => Ok(StatusCode::NO_CONTENT),
        Some(false) => Err(ApiError::not_found("no subscription has this endpoint")),
        None => Err(ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "failed to end the subscription: too many ask at once; send it again in a second",
        )),
    }
}

/// The service, when it is on and no page of another site asks.
fn open<'a>(state: &'a ServeState, headers: &HeaderMap) -> Result<&'a Push, ApiError> {
    let off = "push messages are switched off here ([push] enabled)";
    let push = state.push.as_deref().ok_or_else(|| ApiError::new(StatusCode::NOT_FOUND, "push_off", off))?;
    match foreign_origin(headers) {
        None => Ok(push),
        Some(origin) => Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            format!("failed to accept a subscription from a page of {origin}: pages of other sites do not speak here"),
        )),
    }
}

fn bad(name: &'static str, detail: &str) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, name, format!("failed to {detail}"))
}

/// Reads and checks a subscription.
fn read(state: &ServeState, push: &Push, body: &[u8]) -> Result<Subscription, ApiError> {
    let unread = |why: String| bad("bad_subscription", &why);
    let body: SubscriptionBody =
        serde_json::from_slice(body).map_err(|error| unread(format!("read the subscription: {error}")))?;
    let endpoint = outward::read(&body.endpoint, push.table().private)
        .map_err(|why| bad("bad_endpoint", &format!("accept the endpoint: {why}")))?;
    let reader = match &body.keys {
        None => None,
        Some(keys) => {
            // Some browsers and libraries pad; the bytes are the same.
            let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).unwrap_or_default();
            let reader = Reader::new(&bytes(&keys.p256dh), &bytes(&keys.auth));
            Some(reader.map_err(|why| bad("bad_keys", &why.to_string()))?)
        }
    };
    if body.communities.is_empty() || body.communities.len() > COMMUNITIES_MAX {
        return Err(unread(format!("accept {} communities: expected 1 to {COMMUNITIES_MAX}", body.communities.len())));
    }
    let known = |text: &String| text.parse::<Code>().ok().filter(|code| state.areas.get(*code).is_some());
    let mut communities = Vec::with_capacity(body.communities.len());
    for text in &body.communities {
        let short: String = text.chars().take(40).collect();
        communities.push(known(text).ok_or_else(|| {
            bad("unknown_area", &format!("find the community {short:?}: /api/v1/areas.json lists the codes"))
        })?);
    }
    communities.sort_unstable();
    communities.dedup();
    let language = match body.lang.as_deref() {
        None | Some("uk") => Language::Uk,
        Some("en") => Language::En,
        Some(_) => return Err(unread("accept lang: expected \"uk\" or \"en\"".into())),
    };
    Ok(Subscription { endpoint: endpoint.into(), reader, language, advisories: body.advisories, communities })
}

/// The body, when it came whole and is not too large.
async fn whole(state: &ServeState, body: Result<Bytes, BytesRejection>) -> Result<Bytes, ApiError> {
    match body {
        Ok(body) => Ok(body),
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let message = format!("failed to read the body: expected at most {BODY_BYTES_MAX} bytes");
            let error = ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message);
            Err(refused(state, error, &[]).await)
        }
        Err(rejection) => Err(bad("broken_body", &format!("read the body: {rejection}"))),
    }
}

/// Counts and keeps a refusal: its reason and the digest of the body, never the body, which holds secrets.
async fn refused(state: &ServeState, error: ApiError, body: &[u8]) -> ApiError {
    let input = Input::Refused {
        source: SourceId::new(STRANGER),
        refusal: Refusal {
            reason: error.name.to_string(),
            detail: "take a push subscription".into(),
            start: 0,
            end: 0,
        },
        excerpt: String::new(),
        sha256: model::sha256(body),
    };
    if let Err(why) = state.core.submit(input).await {
        tracing::warn!("a refusal could not be recorded: failed to {why}");
    }
    error
}
