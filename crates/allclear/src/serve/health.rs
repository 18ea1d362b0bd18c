//! `/health`: a page for whoever keeps the server. Whether the core turns, the record is written, each source is heard, and how
//! soon after its decision a change was written to those who listen.
//!
//! What always holds: whole without scripts, renewed by the browser every 5 s; it shows nothing that `/metrics` does not.

use super::ServeState;
use super::page::escape;
use crate::core;
use crate::deliver::receipts::{Channel, ChannelView};
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::fmt::Write as _;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color-scheme:light dark}\
    table{border-collapse:collapse;margin:.5rem 0 1.5rem}th,td{text-align:left;padding:.15rem .8rem .15rem 0;vertical-align:baseline}\
    td.n{text-align:right;font-variant-numeric:tabular-nums}meter{width:14rem}";

/// The page's route.
pub fn router() -> Router<ServeState> {
    Router::new().route("/health", get(health))
}

async fn health(State(state): State<ServeState>) -> Response {
    let published = state.core.published();
    let mut html = String::from(
        "<!doctype html><html lang=\"uk\"><head><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"5\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>AllClear: стан сервера / health</title>",
    );
    // Writing to a string cannot fail; the results are dropped for that reason.
    let _ = write!(html, "<style>{STYLE}</style></head><body><h1>Стан сервера / Server health</h1>");
    if published.status == model::Status::Exercise {
        html += "<p><strong>НАВЧАННЯ / EXERCISE</strong></p>";
    }
    let alive =
        if published.is_alive() { "працює / turns" } else { "НЕ ВІДПОВІДАЄ / GIVES NO SIGN OF LIFE" };
    let record = published.record_stopped.as_ref().map_or_else(
        || format!("пишеться / is written, {} entries", published.seq),
        |why| format!("ЗУПИНЕНО / HAS STOPPED: {}", escape(why)),
    );
    let _ = write!(
        html,
        "<table><tr><th scope=\"row\">Ядро / Core</th><td>{alive}</td></tr>\
         <tr><th scope=\"row\">Запис / Record</th><td>{record}</td></tr>\
         <tr><th scope=\"row\">Стан на / As of</th><td><time>{}</time></td></tr>\
         <tr><th scope=\"row\">Підписники / Subscribers</th><td>{}</td></tr></table>",
        published.picture.as_of,
        state.core.hub().subscribers()
    );
    if let Some(why) = state.certificate.get() {
        let _ = write!(html, "<p><strong>TLS: {why}.</strong></p>");
    }
    html += "<h2>Доставка / Delivery</h2><p>Від рішення до запису в канал / from the decision to the write.</p>";
    for channel in state.core.hub().receipts.view() {
        histogram(&mut html, &channel);
    }
    html += "<h2>Не підтверджено / Not confirmed</h2><table>";
    for channel in [Channel::Webhook, Channel::Push] {
        let waiting = state.core.hub().dead.waiting(channel);
        let _ = write!(html, "<tr><th scope=\"row\">{}</th><td class=\"n\">{waiting}</td></tr>", channel.name());
    }
    html += "</table>";
    html += "<h2>Джерела / Sources</h2><table><tr><th scope=\"col\">Джерело / Source</th><th scope=\"col\">Зв’язок / Link</th>\
             <th scope=\"col\">Прийнято / Accepted</th><th scope=\"col\">Відхилено / Refused</th></tr>";
    for source in core::sources(&published.picture, &state.troubles) {
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            escape(&source.source),
            escape(source.link),
            source.accepted,
            source.refused
        );
    }
    html += "</table></body></html>";
    let policy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let kind = (header::CONTENT_TYPE, "text/html; charset=utf-8");
    ([kind, (header::CACHE_CONTROL, "no-store"), (header::CONTENT_SECURITY_POLICY, policy)], html).into_response()
}

/// One channel: its quantiles, and how many writes fell between each two bounds.
fn histogram(html: &mut String, channel: &ChannelView) {
    let ms = |seconds: Option<f64>| seconds.map_or_else(|| "–".into(), |s| format!("{:.1}", s * 1000.0));
    let ChannelView { channel: name, count, p50_s, p90_s, p99_s, max_s, buckets, .. } = channel;
    let _ = write!(
        html,
        "<h3>{name}</h3><p>{count} · p50 {} ms · p90 {} ms · p99 {} ms · max {} ms</p>",
        ms(*p50_s),
        ms(*p90_s),
        ms(*p99_s),
        ms(*max_s)
    );
    if *count == 0 {
        return;
    }
    *html += "<table><tr><th scope=\"col\">до / up to</th><th scope=\"col\">записів / writes</th><th></th></tr>";
    let mut before = 0;
    for (bound, below) in buckets {
        row(html, &format!("{} ms", bound * 1000.0), below - before, *count);
        before = *below;
    }
    row(html, "∞", count - before, *count);
    *html += "</table>";
}

fn row(html: &mut String, bound: &str, writes: u64, of: u64) {
    if writes > 0 {
        let _ = write!(
            html,
            "<tr><td class=\"n\">{bound}</td><td class=\"n\">{writes}</td><td><meter max=\"{of}\" value=\"{writes}\">{writes}</meter></td></tr>"
        );
    }
}
