//! The page: files of `web/dist`, built into the program, and the list of alerts in force as plain HTML.
//!
//! What always holds: the list is whole without scripts; nothing is fetched from anywhere else.

use super::ServeState;
use super::error::ApiError;
use crate::{core, publish};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};
use std::fmt::Write as _;

/// The built page. Without a build (`cargo xtask web`) only the plain list is served.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

/// Where index.html takes the plain list.
const PLACEHOLDER: &str = "<!--allclear:plain-->";
/// Nothing from elsewhere; workers and styles as the map needs them.
const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; font-src 'self'; media-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page's routes.
pub fn router() -> Router<ServeState> {
    Router::new()
        .route("/", get(index))
        .route("/officer", get(|| async { built("officer.html", "docs/reference/officers.md") }))
        .route("/chronicle", get(|| async { built("chronicle.html", "docs/reference/chronicle.md") }))
        .route("/review", get(|| async { built("review.html", "docs/reference/chronicle.md") }))
        .route("/{*path}", get(file))
}

/// The officer's desk, the chronicle, its review. What they show and decide they ask the API for, with the person's token.
fn built(name: &str, doc: &str) -> Response {
    let Some(file) = Dist::get(name) else {
        return ApiError::not_found(format!("no {name} in this build; see {doc}")).into_response();
    };
    framed(String::from_utf8_lossy(&file.data).into_owned())
}

async fn index(State(state): State<ServeState>) -> Response {
    let list = plain(&state);
    let html = match Dist::get("index.html") {
        Some(file) => String::from_utf8_lossy(&file.data).replace(PLACEHOLDER, &list),
        None => format!(
            "<!doctype html><html lang=\"uk\"><head><meta charset=\"utf-8\"><title>AllClear</title></head><body>{list}</body></html>"
        ),
    };
    framed(html)
}

/// A page of our own, which takes nothing from elsewhere.
fn framed(html: String) -> Response {
    let kind = (header::CONTENT_TYPE, "text/html; charset=utf-8");
    ([kind, (header::CACHE_CONTROL, "no-store"), (header::CONTENT_SECURITY_POLICY, POLICY)], html).into_response()
}

async fn file(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some(found) = Dist::get(&path) else {
        let path: String = path.chars().take(200).collect();
        return ApiError::not_found(format!("no /{path} here; /openapi.json lists what there is")).into_response();
    };
    serve(&path, found, &headers)
}

fn serve(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", &model::sha256(&file.metadata.sha256_hash())[..16]);
    // Built names under assets/ carry a hash of their content and never change.
    let lasting = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains(&etag));
    let common = [(header::ETAG, etag), (header::CACHE_CONTROL, lasting.to_owned())];
    if known {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    (common, [(header::CONTENT_TYPE, kind(path))], file.data.into_owned()).into_response()
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" | "webmanifest" => "application/json; charset=utf-8",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// The state of the country in words, in both languages, without scripts.
fn plain(state: &ServeState) -> String {
    let published = state.core.published();
    let view = core::state_view(state.areas, &published, state.core.clock(), &state.troubles);
    let mut html = String::new();
    // Writing to a string cannot fail; the results are dropped for that reason.
    if view.status == "exercise" {
        let _ = write!(html, "<p><strong>НАВЧАННЯ / EXERCISE</strong></p>");
    }
    let _ = write!(html, "<p>Стан на / As of <time datetime=\"{0}\">{0}</time>.</p>", escape(&view.as_of));
    let in_force: Vec<_> = view.alerts.iter().filter(|a| a.standing != "advisory").collect();
    let _ = write!(html, "<h2>Тривоги / Alerts in force: {}</h2><ul>", in_force.len());
    for alert in in_force {
        let _ = write!(
            html,
            "<li><strong>{} / {}</strong>: {} ({}), з / since <time>{}</time>, {}</li>",
            escape(&alert.name_uk),
            escape(&alert.name_en),
            escape(alert.alert_type),
            escape(alert.level),
            escape(&alert.started_at),
            escape(&alert.said_by.join(", "))
        );
    }
    let _ = write!(html, "</ul>");
    let unknown: Vec<_> = view.communities.iter().filter(|c| c.level == "oblast" && c.state == "unknown").collect();
    if !unknown.is_empty() {
        let _ = write!(html, "<h2>Стан невідомий / State unknown: {}</h2><p>", unknown.len());
        let names: Vec<_> =
            unknown.iter().map(|c| format!("{} / {}", escape(&c.name_uk), escape(&c.name_en))).collect();
        let _ = write!(html, "{}</p><p>Невідомо не означає безпечно. / Unknown is not safe.</p>", names.join("; "));
    }
    let _ = write!(html, "<p>{} · seq {}</p>", publish::status_word(published.status), view.seq);
    html
}

/// Text made safe to stand in HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
