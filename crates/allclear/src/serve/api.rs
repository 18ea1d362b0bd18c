//! The own API: state, communities, tracks, history, areas, the record, health and metrics.

use super::ServeState;
use super::error::ApiError;
use super::view::{AlertView, CommunityView, StateView, TracksView, WhyView};
use crate::deliver::receipts::{self, Channel, ChannelView};
use crate::{core, explain, publish};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use model::{AlertId, Code, Level, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;
use utoipa::{OpenApi, ToSchema};

/// Most alerts one answer of history holds.
const HISTORY_MAX: usize = 1000;

/// The routes.
pub fn router() -> Router<ServeState> {
    Router::new()
        .route("/api/v1/state", get(state))
        .route("/api/v1/communities/{code}", get(community))
        .route("/api/v1/tracks", get(tracks))
        .route("/api/v1/history", get(history))
        .route("/api/v1/alerts/{id}/why", get(why))
        .route("/api/v1/areas.json", get(areas))
        .route("/api/v1/areas.geojson", get(outlines))
        .route("/api/v1/record/checkpoint", get(checkpoint))
        .route("/log/{*path}", get(log))
        .route("/api/v1/record/entries/{index}", get(entry))
        .route("/api/v1/record/entries/{index}/proof", get(proof))
        .route("/openapi.json", get(openapi))
        .route("/api/v1/delivery", get(delivery))
        .route("/api/v1/webhook-key", get(webhook_key))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
}

/// The OpenAPI document of the own API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "AllClear",
        description = "Air-raid warning: the own API. Clear only by an explicit, attributable clear; silence is unknown.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        state,
        community,
        tracks,
        history,
        why,
        areas,
        outlines,
        checkpoint,
        entry,
        proof,
        delivery,
        webhook_key,
        healthz,
        readyz,
        super::stream::stream,
        super::ingest::reports,
        super::officer::act,
        super::officer::orders,
        super::officer::unheld,
        super::officer::sirens,
        super::officer::dead_letters,
        super::push::about,
        super::push::subscribe,
        super::push::unsubscribe,
        super::cap::atom,
        super::cap::rss,
        super::cap::message,
        super::cap::certificate,
        super::chronicle::timeline::timeline,
        super::chronicle::incidents::incidents,
        super::chronicle::incidents::incident,
        super::chronicle::beside::beside,
        super::chronicle::regimes::regimes,
        super::chronicle::regimes::regime,
        super::chronicle::figures::figures,
        super::chronicle::review::queue,
        super::chronicle::review::decide,
        super::chronicle::import::import
    ),
    components(schemas(
        super::view::ChangeView,
        super::view::HeartbeatView,
        super::view::TracksView,
        super::view::ErrorView
    ))
)]
pub struct ApiDoc;

/// The document as pretty JSON with a closing line break.
pub fn openapi_json() -> String {
    let mut text = ApiDoc::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

async fn openapi() -> Response {
    json_text(openapi_json())
}

fn json_text(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], text).into_response()
}

/// The whole picture.
#[utoipa::path(get, path = "/api/v1/state", tag = "state", responses((status = 200, body = StateView)))]
async fn state(State(state): State<ServeState>) -> Response {
    let published = state.core.published();
    let view = core::state_view(state.areas, &published, state.core.clock(), &state.troubles);
    ([(header::CACHE_CONTROL, "no-store")], Json(view)).into_response()
}

/// One community or settlement, by code.
#[utoipa::path(get, path = "/api/v1/communities/{code}", tag = "state",
    params(("code" = String, Path, description = "code of the area set, such as UA59000000000057109")),
    responses((status = 200, body = CommunityView), (status = 404, body = super::view::ErrorView)))]
async fn community(State(state): State<ServeState>, Path(code): Path<String>) -> Result<Response, ApiError> {
    let unknown = || {
        let code: String = code.chars().take(40).collect();
        ApiError::not_found(format!("no community {code:?}; /api/v1/areas.json lists the codes"))
    };
    let parsed: Code = code.parse().map_err(|_| unknown())?;
    let found = state.core.community(parsed).await?.ok_or_else(unknown)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(publish::community(state.areas, &found))).into_response())
}

/// All tracks with their forecasts.
#[utoipa::path(get, path = "/api/v1/tracks", tag = "state", responses((status = 200, body = TracksView)))]
async fn tracks(State(state): State<ServeState>) -> Response {
    let published = state.core.published();
    let view = TracksView {
        seq: published.seq,
        as_of: published.picture.as_of.to_string(),
        tracks: core::tracks(state.areas, &published.picture),
    };
    ([(header::CACHE_CONTROL, "no-store")], Json(view)).into_response()
}

/// What history may be asked.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct HistoryQuery {
    /// Only this community and what lies below it.
    area: Option<String>,
    /// Not before this instant (RFC 3339). Default: one day back.
    since: Option<String>,
}

/// Alerts of the past and present, newest first.
#[derive(Debug, Serialize, ToSchema)]
struct HistoryView {
    /// Size of the record.
    seq: u64,
    /// The instant.
    as_of: String,
    /// Alerts, newest first, at most 1,000.
    alerts: Vec<AlertView>,
}

/// Alerts since an instant, ended ones included.
#[utoipa::path(get, path = "/api/v1/history", tag = "record", params(HistoryQuery),
    responses((status = 200, body = HistoryView), (status = 400, body = super::view::ErrorView)))]
async fn history(State(state): State<ServeState>, Query(query): Query<HistoryQuery>) -> Result<Response, ApiError> {
    let bad = |name, message| ApiError::new(StatusCode::BAD_REQUEST, name, message);
    let now = state.core.now();
    let since = match &query.since {
        None => now.plus_ms(-86_400_000),
        Some(text) => Timestamp::parse(text).map_err(|error| bad("bad_time", format!("since: failed to {error}")))?,
    };
    let mut codes = Vec::new();
    if let Some(text) = &query.area {
        let unknown = || {
            bad("unknown_area", format!("area {:?} is not in the area set", text.chars().take(40).collect::<String>()))
        };
        let code: Code = text.parse().map_err(|_| unknown())?;
        state.areas.get(code).ok_or_else(unknown)?;
        codes.push(code);
        codes.extend(state.areas.descendants(code).map(|a| a.code));
    }
    let published = state.core.published();
    let rows = state.reader.history(&codes, since, HISTORY_MAX).map_err(|e| stored(&e))?;
    let alerts = rows
        .iter()
        .map(|row| publish::alert(state.areas, &row.alert, row.outcome.zip(row.ended_by.as_deref())))
        .collect();
    let view = HistoryView { seq: published.seq, as_of: published.picture.as_of.to_string(), alerts };
    Ok(Json(view).into_response())
}

/// Why an alert began, changed and ended: the events and the numbers of every decision, in both languages.
#[utoipa::path(get, path = "/api/v1/alerts/{id}/why", tag = "record",
    params(("id" = u64, Path, description = "the alert's number")),
    responses((status = 200, body = WhyView), (status = 404, body = super::view::ErrorView)))]
async fn why(State(state): State<ServeState>, Path(id): Path<u64>) -> Result<Response, ApiError> {
    let (reader, areas) = (state.reader.clone(), state.areas);
    // A long alert reads many entries: not on the threads that serve streams.
    let found = tokio::task::spawn_blocking(move || explain::why(&reader, areas, AlertId(id))).await;
    let broken = |why: String| ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "store", why);
    let found =
        found.map_err(|error| broken(format!("failed to read the record: {error}")))?.map_err(|e| stored(&e))?;
    let view = found.ok_or_else(|| ApiError::not_found(format!("no alert {id}; /api/v1/history lists them")))?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(view)).into_response())
}

fn stored(error: &crate::store::StoreError) -> ApiError {
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "store", format!("failed to {error}"))
}

/// One community of the area set.
#[derive(Debug, Serialize, ToSchema)]
struct AreaView {
    /// Code.
    code: String,
    /// `oblast`, `raion` or `hromada`.
    level: &'static str,
    /// The community above.
    parent: Option<String>,
    /// Name in Ukrainian with its type.
    name_uk: String,
    /// Name in English with its type.
    name_en: String,
    /// Number of the alert services.
    uid: Option<u32>,
    /// Latitude of the centre.
    lat: f64,
    /// Longitude of the centre.
    lon: f64,
    /// Radius that holds it, kilometres.
    radius_km: f64,
}

/// Every region, raion and hromada.
#[utoipa::path(get, path = "/api/v1/areas.json", tag = "areas", responses((status = 200, body = [AreaView])))]
async fn areas(State(state): State<ServeState>, headers: HeaderMap) -> Response {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| {
        let all: Vec<AreaView> = state
            .areas
            .iter()
            .filter(|a| matches!(a.level, Level::Oblast | Level::Raion | Level::Hromada))
            .map(|area| {
                let (name_uk, name_en) = publish::names(state.areas, area);
                AreaView {
                    code: area.code.to_string(),
                    level: publish::level_word(area.level),
                    parent: area.parent.map(|p| p.to_string()),
                    name_uk,
                    name_en,
                    uid: area.uid,
                    lat: area.centre.lat_deg(),
                    lon: area.centre.lon_deg(),
                    radius_km: area.radius_km,
                }
            })
            .collect();
        serde_json::to_string(&all).unwrap_or_default()
    });
    cached(&headers, "application/json; charset=utf-8", text)
}

/// Approximate outlines of regions and raions, GeoJSON.
#[utoipa::path(get, path = "/api/v1/areas.geojson", tag = "areas", responses((status = 200, content_type = "application/geo+json")))]
async fn outlines(State(state): State<ServeState>, headers: HeaderMap) -> Response {
    static TEXT: OnceLock<String> = OnceLock::new();
    cached(&headers, "application/geo+json", TEXT.get_or_init(|| state.areas.outlines_geojson()))
}

/// An answer that never changes while the program runs, with an entity tag of its content.
fn cached(headers: &HeaderMap, kind: &'static str, text: &'static str) -> Response {
    let etag = format!("\"{}\"", &model::sha256(text.as_bytes())[..16]);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains(&etag));
    let common = [(header::ETAG, etag), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if known {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    (common, [(header::CONTENT_TYPE, kind)], text).into_response()
}

/// The newest signed checkpoint of the record (C2SP tlog-checkpoint).
#[utoipa::path(get, path = "/api/v1/record/checkpoint", tag = "record", responses((status = 200, content_type = "text/plain")))]
async fn checkpoint(State(state): State<ServeState>) -> Result<Response, ApiError> {
    let note = state.reader.checkpoint().map_err(|e| stored(&e))?;
    let note = note.ok_or_else(|| ApiError::not_found("the record is empty: no checkpoint yet"))?;
    Ok(([(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, "text/plain; charset=utf-8")], note)
        .into_response())
}

/// The record as static files: C2SP tlog-tiles under `/log/`.
async fn log(State(state): State<ServeState>, Path(path): Path<String>) -> Result<Response, ApiError> {
    let none = || {
        ApiError::not_found(format!(
            "no /log/{} here; the layout is C2SP tlog-tiles",
            path.chars().take(100).collect::<String>()
        ))
    };
    let bytes = state.reader.file(&path).map_err(|e| stored(&e))?.ok_or_else(none)?;
    // The entries of a bundle stand in it as they were hashed.
    if path.starts_with("tile/entries/") {
        shown(&bytes)?;
    }
    let (kind, lasting) = match path.as_str() {
        "checkpoint" => ("text/plain; charset=utf-8", "no-store"),
        // A tile, even a partial one, never changes.
        _ => ("application/octet-stream", "public, max-age=31536000, immutable"),
    };
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, lasting)], bytes).into_response())
}

/// One entry of the record, its bytes as they were hashed.
#[utoipa::path(get, path = "/api/v1/record/entries/{index}", tag = "record",
    params(("index" = u64, Path, description = "index of the entry")),
    responses((status = 200, content_type = "application/json"), (status = 403, body = super::view::ErrorView),
        (status = 404, body = super::view::ErrorView)))]
async fn entry(State(state): State<ServeState>, Path(index): Path<u64>) -> Result<Response, ApiError> {
    let bytes = state.reader.entry(index).map_err(|e| stored(&e))?;
    let bytes = bytes.ok_or_else(|| {
        ApiError::not_found(format!("no entry {index}; the record holds {}", state.core.published().seq))
    })?;
    shown(&bytes)?;
    Ok(([(header::CONTENT_TYPE, "application/json; charset=utf-8")], bytes).into_response())
}

/// That an entry is in the record: a C2SP tlog-proof under the newest checkpoint. `allclear record check` verifies it.
#[utoipa::path(get, path = "/api/v1/record/entries/{index}/proof", tag = "record",
    params(("index" = u64, Path, description = "index of the entry")),
    responses((status = 200, content_type = "text/plain"), (status = 404, body = super::view::ErrorView)))]
async fn proof(State(state): State<ServeState>, Path(index): Path<u64>) -> Result<Response, ApiError> {
    let proven = state.reader.inclusion(index).map_err(|e| stored(&e))?;
    let proven = proven.ok_or_else(|| {
        ApiError::not_found(format!("no entry {index}; the record holds {}", state.core.published().seq))
    })?;
    let kind = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((kind, proven.proof.to_text()).into_response())
}

/// Entries that say where a sensor or an observer stands are not shown; their hashes stand in the tiles all the same.
///
/// In an entry's JSON a quotation mark inside a text is escaped, so that no words can look like this key.
fn shown(bytes: &[u8]) -> Result<(), ApiError> {
    const OBSERVER: &[u8] = br#""observer":{"#;
    if bytes.windows(OBSERVER.len()).any(|window| window == OBSERVER) {
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "withheld",
            "show an entry that says where an observer stands: its hash is in the log, its words stay with the operator"
                .to_owned(),
        ));
    }
    Ok(())
}

/// How soon after its decision a change was written to those who listen, for each channel, since the start.
#[utoipa::path(get, path = "/api/v1/delivery", tag = "operation", responses((status = 200, body = [ChannelView])))]
async fn delivery(State(state): State<ServeState>) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(state.core.hub().receipts.view())).into_response()
}

/// The key that signs webhooks.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookKeyView {
    /// Ed25519, as Standard Webhooks has it: `whpk_` and base64. Pin it.
    key: String,
}

/// The public key of the `v1a` signature on webhooks.
#[utoipa::path(get, path = "/api/v1/webhook-key", tag = "operation", responses((status = 200, body = WebhookKeyView)))]
async fn webhook_key(State(state): State<ServeState>) -> Json<WebhookKeyView> {
    Json(WebhookKeyView { key: state.webhook_key.public() })
}

/// Whether the process answers: `ok`, and a line for what it cannot do meanwhile.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200)))]
async fn healthz(State(state): State<ServeState>) -> String {
    state.certificate.get().map_or_else(|| "ok\n".to_owned(), |why| format!("ok\ntls: {why}; the log says why\n"))
}

/// Whether the server can be relied on: the core turns and the record is written.
#[utoipa::path(get, path = "/readyz", tag = "operation", responses((status = 200), (status = 503, body = super::view::ErrorView)))]
async fn readyz(State(state): State<ServeState>) -> Result<&'static str, ApiError> {
    let unready = |name, message| ApiError::new(StatusCode::SERVICE_UNAVAILABLE, name, message);
    if !state.core.alive() {
        return Err(unready(
            "core_stopped",
            "the core gives no sign of life; restart the server, the log says why".to_owned(),
        ));
    }
    match &state.core.published().record_stopped {
        Some(why) => Err(unready("record_stopped", format!("warning continues, but the record has stopped: {why}"))),
        None => Ok("ready\n"),
    }
}

async fn metrics(State(state): State<ServeState>) -> Response {
    let published = state.core.published();
    #[expect(clippy::cast_precision_loss, reason = "gauges are floats by the exposition format")]
    {
        metrics::gauge!("allclear_record_size").set(published.seq as f64);
        metrics::gauge!("allclear_alerts_in_force").set(published.picture.alerts.len() as f64);
        metrics::gauge!("allclear_tracks").set(published.picture.tracks.len() as f64);
        metrics::gauge!("allclear_stream_subscribers").set(state.core.hub().subscribers() as f64);
        for channel in [Channel::Webhook, Channel::Push] {
            let waiting = state.core.hub().dead.waiting(channel) as f64;
            metrics::gauge!("allclear_dead_letters_waiting", "channel" => channel.name()).set(waiting);
        }
        for source in &published.picture.sources {
            let live = f64::from(u8::from(source.link == model::SourceLink::Live));
            metrics::gauge!("allclear_source_live", "source" => source.source.to_string()).set(live);
        }
    }
    let mut text =
        state.metrics.as_ref().map(metrics_exporter_prometheus::PrometheusHandle::render).unwrap_or_default();
    text += &receipts::exposition(&state.core.hub().receipts.view());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
