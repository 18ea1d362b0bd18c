//! The routes of the services, and what each answers.

use super::alerts_com_ua;
use super::alerts_in_ua::{self, Letters};
use super::conditional::{self, Answer};
use super::gate::{RETRY_AFTER_S, count_unknown, error, error_of, failed, gate};
use super::limits::{Limits, Refused, Service, key_shown};
use super::live;
use super::map_png;
use super::names::{Names, TEST_REGION};
use super::snapshot::{Latest, One, Snapshot};
use super::truth::{Truth, Whole};
use super::ukrainealarm;
use super::webhook::Hooks;
use crate::clock::wall_s;
use crate::config::ServerTable;
use crate::core::Core;
use crate::serve::ServeState;
use crate::store::{HistoryRow, Reader};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use model::Code;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// How long an answer about history is kept when nothing changed.
const HISTORY_KEPT: Duration = Duration::from_secs(10);
/// Answers about history kept at most.
const HISTORY_ANSWERS_MAX: usize = 256;
/// Rows read for one answer about history.
const HISTORY_ROWS: usize = 10_000;
/// Days of the periods that clients ask for.
const PERIODS: [(&str, i64); 3] = [("day_ago", 1), ("week_ago", 7), ("month_ago", 31)];
/// Where a subscriber finds the secret that signs its webhooks.
const WEBHOOK_SECRET: HeaderName = HeaderName::from_static("webhook-secret");
const NO_LIFE: &str = "the core gives no sign of life: what was known may be old";
const DAY_MS: i64 = 86_400_000;
/// alerts.com.ua's picture.
pub(super) const MAP_PNG: &str = "/map.png";

/// What the handlers share.
pub struct Compat {
    core: Core,
    reader: Reader,
    pub(super) server: Arc<ServerTable>,
    /// Header lines of every answer of this server that has a body, and of those that have none.
    pub(super) fixed: [String; 2],
    names: Arc<Names>,
    latest: Latest,
    regions: Answer,
    began_s: i64,
    pub(super) limits: Limits,
    hooks: Hooks,
    /// Places for listeners of alerts.com.ua's streams.
    pub(super) live: Arc<Semaphore>,
    // Guarded by its mutex; at most HISTORY_ANSWERS_MAX.
    histories: Mutex<BTreeMap<(Code, &'static str), Kept>>,
}

/// Why an answer could not be made.
type Fault = Box<dyn std::error::Error + Send + Sync>;

/// An answer that costs more than a look.
#[derive(Clone)]
struct Kept {
    answer: Answer,
    changed_s: i64,
    index: i64,
    made: Instant,
}

type Shared = State<Arc<Compat>>;

/// The answers of the services. Must be called inside a runtime: it keeps them fresh from then on.
pub fn answers(state: &ServeState) -> Arc<Compat> {
    let names = Arc::new(Names::new(state.areas));
    let compat = Arc::new(Compat {
        latest: Latest::new(state.core.published(), names.clone()),
        regions: Answer::json(&ukrainealarm::regions(&names)),
        began_s: wall_s(),
        limits: Limits::new(),
        hooks: Hooks::new(
            state.server.webhook_private,
            state.reader.folder().map(ToOwned::to_owned),
            state.webhook_key.clone(),
        ),
        live: Arc::new(Semaphore::new(live::SUBSCRIBERS_MAX)),
        histories: Mutex::default(),
        core: state.core.clone(),
        reader: state.reader.clone(),
        fixed: [true, false].map(|body| crate::serve::header_lines(&state.server, body)),
        server: state.server.clone(),
        names,
    });
    compat.hooks.restore(&compat);
    tokio::spawn(keep_fresh(compat.clone()));
    compat
}

/// The router of the services.
pub fn router(compat: Arc<Compat>) -> Router {
    let routes = alerts_in_ua_routes(&compat).merge(ukrainealarm_routes(&compat));
    routes.merge(alerts_com_ua_routes(&compat)).with_state(compat)
}

/// Renders each change at once, not when the first client asks: then the second that a change counts in is its own.
async fn keep_fresh(compat: Arc<Compat>) {
    let mut changes = compat.core.changes();
    while changes.changed().await.is_ok() {
        compat.snapshot();
    }
}

fn alerts_in_ua_routes(compat: &Arc<Compat>) -> Router<Arc<Compat>> {
    let mut routes = Router::new()
        .route("/v1/alerts/active.json", get(active))
        .route("/v1/regions/{uid}/alerts/{period}", get(region_history));
    for (version, letters) in [("v1", Letters::V1), ("v2", Letters::V2)] {
        routes = routes
            .route(
                &format!("/{version}/iot/active_air_raid_alerts_by_oblast.json"),
                get(move |compat: Shared, headers: HeaderMap| async move {
                    compat.whole(&headers, |snapshot| &snapshot.by_oblast[letters as usize])
                }),
            )
            .route(
                &format!("/{version}/iot/active_air_raid_alerts.json"),
                get(move |compat: Shared, headers: HeaderMap| async move {
                    compat.whole(&headers, |snapshot| &snapshot.by_uid[letters as usize])
                }),
            )
            .route(
                &format!("/{version}/iot/active_air_raid_alerts/{{uid}}"),
                get(move |compat: Shared, uid: Path<String>, headers: HeaderMap| async move {
                    compat.one(&headers, compat.letter_of(letters, &uid))
                }),
            )
            .route(&format!("/{version}/{{*rest}}"), get(nothing_here));
    }
    let compat = compat.clone();
    routes.layer(from_fn(move |request, next| gate(Service::AlertsInUa, compat.clone(), request, next)))
}

fn ukrainealarm_routes(compat: &Arc<Compat>) -> Router<Arc<Compat>> {
    let routes = Router::new()
        .route("/api/v3/alerts", get(async |compat: Shared, headers: HeaderMap| compat.whole(&headers, |s| &s.alerts)))
        .route(
            "/api/v3/alerts/status",
            get(async |compat: Shared, headers: HeaderMap| compat.whole(&headers, |s| &s.last_action)),
        )
        .route("/api/v3/alerts/regionHistory", get(alarms_history))
        .route("/api/v3/alerts/{id}", get(one_region))
        .route(
            "/api/v3/regions",
            get(async |compat: Shared, headers: HeaderMap| {
                conditional::respond(&headers, &compat.regions, compat.began_s)
            }),
        )
        .route("/api/v3/webhook", post(subscribe).patch(resubscribe).delete(unsubscribe))
        .route("/api/v3/{*rest}", get(nothing_here));
    let compat = compat.clone();
    routes.layer(from_fn(move |request, next| gate(Service::UkraineAlarm, compat.clone(), request, next)))
}

fn alerts_com_ua_routes(compat: &Arc<Compat>) -> Router<Arc<Compat>> {
    let routes = Router::new()
        .route(
            "/api/states",
            get(async |compat: Shared, uri: Uri, headers: HeaderMap| {
                let short = asks_short(uri.query().unwrap_or_default());
                compat.whole(&headers, |s| if short { &s.states_short } else { &s.states })
            }),
        )
        .route("/api/states/live", get(live_all))
        .route("/api/states/live/{id}", get(live_one))
        .route("/api/states/{id}", get(one_state))
        .route("/api/history", get(switches))
        .route(MAP_PNG, get(picture));
    let compat = compat.clone();
    routes.layer(from_fn(move |request, next| gate(Service::AlertsComUa, compat.clone(), request, next)))
}

/// Whether alerts.com.ua's `?short` is asked for.
pub(super) fn asks_short(query: &str) -> bool {
    query.split('&').any(|pair| pair == "short" || pair.starts_with("short="))
}

impl Compat {
    /// Wakes at each change.
    pub(super) fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.core.changes()
    }

    /// Whether the core still turns.
    pub(super) fn alive(&self) -> bool {
        self.core.alive()
    }

    /// What was sent.
    pub(super) fn receipts(&self) -> &crate::deliver::receipts::Receipts {
        &self.core.hub().receipts
    }

    /// What was sent and not confirmed.
    pub(super) fn dead(&self) -> &crate::deliver::dead::DeadLetters {
        &self.core.hub().dead
    }

    /// Now, by the core's clock.
    pub(super) fn now(&self) -> model::Timestamp {
        self.core.now()
    }

    /// Ends the subscription of a webhook that is gone; called by its own task.
    pub(super) fn forget_hook(&self, owner: &str, url: &str) {
        self.hooks.forget(owner, url, self);
    }

    fn hook_url(&self, body: &[u8]) -> Result<reqwest::Url, Refused> {
        super::webhook::url_of(body, self.hooks.private())
    }

    /// What is true now.
    pub(super) fn truth(&self) -> Arc<Truth> {
        self.snapshot().truth.clone()
    }

    /// What may be answered now.
    pub(super) fn snapshot(&self) -> Arc<Snapshot> {
        self.latest.get(|| self.core.published())
    }

    /// An answer about the whole country, or 503.
    fn whole(&self, headers: &HeaderMap, pick: impl Fn(&Snapshot) -> &Answer) -> Response {
        let snapshot = self.snapshot();
        let response = match self.silence(&snapshot) {
            Some(why) => unknown(&snapshot, why),
            None => conditional::respond(headers, pick(&snapshot), snapshot.changed_s),
        };
        dated(&snapshot, response)
    }

    /// Why nothing may be said of the whole country, when nothing may.
    pub(super) fn silence(&self, snapshot: &Snapshot) -> Option<&'static str> {
        match snapshot.whole {
            _ if !self.core.alive() => Some(NO_LIFE),
            Whole::Answer => None,
            Whole::NothingKnown => Some("the state of every region is unknown: no source is heard"),
            Whole::Lost => Some("no alert is known, but the state of some regions was lost: this is not an all-clear"),
        }
    }

    /// What an answer about one region is, or why there is none.
    pub(super) fn about(&self, snapshot: &Snapshot, one: One) -> Result<Answer, &'static str> {
        if !self.core.alive() {
            return Err(NO_LIFE);
        }
        let why = "the state of this region is unknown: this is neither an alert nor an all-clear";
        snapshot.one(one).ok_or(why)
    }

    /// The region that is asked for by its number.
    pub(super) fn region_of(&self, id: &str) -> Option<One> {
        let number = number(id)?;
        if number == TEST_REGION {
            return Some(One::Region(None));
        }
        self.names.of_region(number).map(|code| One::Region(Some(code)))
    }

    /// The same for a letter of alerts.in.ua.
    pub(super) fn letter_of(&self, letters: Letters, uid: &str) -> Option<One> {
        number(uid).and_then(|uid| self.names.of_uid(uid)).map(|code| One::Letter(letters, code))
    }

    /// An answer about one region, or 503 when nothing may be said of it.
    fn one(&self, headers: &HeaderMap, one: Option<One>) -> Response {
        let Some(one) = one else { return no_such_region() };
        let snapshot = self.snapshot();
        let response = match self.about(&snapshot, one) {
            Ok(answer) => conditional::respond(headers, &answer, snapshot.changed_s),
            Err(why) => unknown(&snapshot, why),
        };
        dated(&snapshot, response)
    }

    /// An answer about history: kept for a while, read from the store otherwise.
    async fn past(
        self: &Arc<Self>,
        headers: &HeaderMap,
        key: (Code, &'static str),
        read: impl FnOnce(&Self, &Snapshot) -> Result<Answer, Fault> + Send + 'static,
    ) -> Response {
        let snapshot = self.snapshot();
        let kept = self.histories.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let fresh = |kept: &Kept| kept.index == snapshot.index && kept.made.elapsed() < HISTORY_KEPT;
        if let Some(kept) = kept.as_ref().filter(|kept| fresh(kept)) {
            return dated(&snapshot, conditional::respond(headers, &kept.answer, kept.changed_s));
        }
        let (compat, of) = (self.clone(), snapshot.clone());
        let answer = match tokio::task::spawn_blocking(move || read(&compat, &of)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(why)) => {
                tracing::error!(error = %why, "the answer could not be made");
                return error(StatusCode::INTERNAL_SERVER_ERROR, "the answer could not be made; the log says why");
            }
            Err(_) => return error(StatusCode::INTERNAL_SERVER_ERROR, "the answer could not be made"),
        };
        let before = kept.filter(|kept| kept.answer.etag == answer.etag).map(|kept| kept.changed_s);
        let kept =
            Kept { changed_s: before.unwrap_or_else(wall_s), answer, index: snapshot.index, made: Instant::now() };
        let mut histories = self.histories.lock().unwrap_or_else(PoisonError::into_inner);
        if histories.len() >= HISTORY_ANSWERS_MAX {
            histories.clear();
        }
        histories.insert(key, kept.clone());
        drop(histories);
        dated(&snapshot, conditional::respond(headers, &kept.answer, kept.changed_s))
    }
}

/// 503: nothing may be said. An object, never an array or a string: clients that do not look at the status must not
/// find an empty list of alerts in it.
fn unknown(snapshot: &Snapshot, why: &str) -> Response {
    count_unknown();
    let mut response = failed(StatusCode::SERVICE_UNAVAILABLE, unknown_body(snapshot, why));
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S));
    response
}

pub(super) fn unknown_body(snapshot: &Snapshot, why: &str) -> String {
    serde_json::json!({ "message": why, "unknown_uids": &*snapshot.unknown_uids }).to_string()
}

/// Says how old the picture is, how long the record was, and what is unknown.
fn dated(snapshot: &Snapshot, mut response: Response) -> Response {
    let headers = response.headers_mut();
    let published = &snapshot.published;
    if let Ok(as_of) = HeaderValue::from_str(&published.picture.as_of.to_string()) {
        headers.insert(HeaderName::from_static("x-allclear-as-of"), as_of);
    }
    headers.insert(HeaderName::from_static("x-allclear-seq"), HeaderValue::from(published.seq));
    if let Some(unknown) = &snapshot.unknown {
        headers.insert(HeaderName::from_static("x-allclear-unknown"), unknown.clone());
    }
    headers.insert(
        HeaderName::from_static("x-allclear-status"),
        HeaderValue::from_static(crate::publish::status_word(snapshot.status)),
    );
    response
}

async fn nothing_here() -> Response {
    error(StatusCode::NOT_FOUND, "no such endpoint; docs/reference/compat.md lists what there is")
}

async fn active(State(compat): Shared, headers: HeaderMap) -> Response {
    compat.whole(&headers, |snapshot| &snapshot.active)
}

/// `{uid}.json`, or a bare number.
fn number(text: &str) -> Option<u32> {
    let digits = text.strip_suffix(".json").unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) { None } else { digits.parse().ok() }
}

fn no_such_region() -> Response {
    error(StatusCode::NOT_FOUND, "no region has this number; /api/v3/regions lists them")
}

async fn region_history(
    State(compat): Shared,
    Path((uid, period)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let Some(code) = number(&uid).and_then(|uid| compat.names.of_uid(uid)) else { return no_such_region() };
    let asked = period.strip_suffix(".json").unwrap_or(&period);
    let Some((name, days)) = PERIODS.into_iter().find(|(name, _)| *name == asked) else {
        return error(StatusCode::BAD_REQUEST, "unknown period: expected day_ago, week_ago or month_ago");
    };
    let since = compat.core.now().plus_ms(-days * DAY_MS);
    compat
        .past(&headers, (code, name), move |compat, snapshot| {
            let rows = compat.reader.history(&inside_or_above(&compat.names, code), since, HISTORY_ROWS)?;
            Ok(Answer::json(&alerts_in_ua::history(&compat.names, code, &rows, snapshot.status, snapshot.changed_at)))
        })
        .await
}

/// The community, all below it down to settlements, and all above it.
fn inside_or_above(names: &Names, code: Code) -> Vec<Code> {
    let inside = names.areas().descendants(code).map(|area| area.code);
    names.line(code).map(|area| area.code).chain(inside).collect()
}

#[derive(Debug, Deserialize)]
struct RegionQuery {
    #[serde(rename = "regionId", default)]
    region_id: String,
}

async fn alarms_history(State(compat): Shared, query: Query<RegionQuery>, headers: HeaderMap) -> Response {
    let (key, asked) = match query.region_id.trim() {
        "" => (compat.names.country(), compat.names.states()),
        text => match number(text).and_then(|id| compat.names.of_region(id)) {
            Some(code) => (Some(code), vec![code]),
            None => return no_such_region(),
        },
    };
    let Some(key) = key else { return no_such_region() };
    let now = compat.core.now();
    compat
        .past(&headers, (key, "regionHistory"), move |compat, _| {
            let mut codes: Vec<Code> =
                asked.iter().flat_map(|code| compat.names.line(*code).map(|area| area.code)).collect();
            codes.sort_unstable();
            codes.dedup();
            let rows: Vec<HistoryRow> = compat.reader.history(&codes, model::time::EARLIEST, HISTORY_ROWS)?;
            Ok(Answer::json(&ukrainealarm::history(&compat.names, &asked, &rows, now)))
        })
        .await
}

async fn one_region(State(compat): Shared, Path(id): Path<String>, headers: HeaderMap) -> Response {
    compat.one(&headers, compat.region_of(&id))
}

/// One region of alerts.com.ua. As with the service, a number that is nobody's has no state.
async fn one_state(State(compat): Shared, Path(id): Path<String>, headers: HeaderMap) -> Response {
    compat.one(&headers, Some(One::State(alerts_com_ua::number(&id))))
}

async fn live_all(State(compat): Shared) -> Response {
    let snapshot = compat.snapshot();
    match compat.silence(&snapshot) {
        Some(why) => dated(&snapshot, unknown(&snapshot, why)),
        None => listen(&compat, None),
    }
}

async fn live_one(State(compat): Shared, Path(id): Path<String>) -> Response {
    let Some(number) = alerts_com_ua::number(&id) else {
        return error_of(
            Service::AlertsComUa,
            StatusCode::NOT_FOUND,
            "no region has this number; /api/states lists them",
        );
    };
    let snapshot = compat.snapshot();
    if !compat.alive() || snapshot.com_ua.get(number - 1).is_none_or(Option::is_none) {
        return dated(
            &snapshot,
            unknown(&snapshot, "the state of this region is unknown: this is neither an alert nor an all-clear"),
        );
    }
    listen(&compat, Some(number))
}

fn listen(compat: &Arc<Compat>, only: Option<usize>) -> Response {
    live::events(compat, only).unwrap_or_else(|| {
        let why = "too many listen here now; /api/v1/stream has room for more";
        error_of(Service::AlertsComUa, StatusCode::SERVICE_UNAVAILABLE, why)
    })
}

/// alerts.com.ua's picture, by the minute that stands in it.
async fn picture(State(compat): Shared, headers: HeaderMap) -> Response {
    let Some(country) = compat.names.country() else { return no_such_region() };
    let snapshot = compat.snapshot();
    if let Some(why) = compat.silence(&snapshot) {
        return dated(&snapshot, unknown(&snapshot, why));
    }
    compat
        .past(&headers, (country, "map"), |compat, snapshot| {
            let drawn = map_png::draw(compat.names.areas(), &snapshot.truth, snapshot.published.picture.as_of);
            drawn.map(|bytes| Answer::of("image/png", bytes)).map_err(Fault::from)
        })
        .await
}

/// alerts.com.ua's history: every region's switches.
async fn switches(State(compat): Shared, headers: HeaderMap) -> Response {
    let Some(country) = compat.names.country() else { return no_such_region() };
    compat
        .past(&headers, (country, "switches"), |compat, _| {
            let rows = compat.reader.history(&[], model::time::EARLIEST, HISTORY_ROWS)?;
            Ok(Answer::json(&alerts_com_ua::history(&compat.names, &rows)))
        })
        .await
}

async fn subscribe(State(compat): Shared, headers: HeaderMap, body: Bytes) -> Response {
    let key = key_shown(Service::UkraineAlarm, &headers, &axum::http::Uri::default());
    answer_hook(compat.hook_url(&body).and_then(|url| compat.hooks.subscribe(&key, &url, &compat)))
}

async fn resubscribe(State(compat): Shared, headers: HeaderMap, body: Bytes) -> Response {
    let key = key_shown(Service::UkraineAlarm, &headers, &axum::http::Uri::default());
    answer_hook(compat.hook_url(&body).and_then(|url| compat.hooks.replace(&key, &url, &compat)))
}

async fn unsubscribe(State(compat): Shared, headers: HeaderMap, body: Bytes) -> Response {
    let key = key_shown(Service::UkraineAlarm, &headers, &axum::http::Uri::default());
    answer_hook(compat.hook_url(&body).and_then(|url| compat.hooks.unsubscribe(&key, &url, &compat)))
}

/// What a subscriber gets: an example of what will be sent, as the service answers, and in a header the secret that will sign it.
fn answer_hook(asked: Result<Option<String>, Refused>) -> Response {
    match asked {
        Ok(secret) => {
            let example = Answer::json(&ukrainealarm::test_region());
            let kind = (header::CONTENT_TYPE, "application/json; charset=utf-8");
            let mut response = ([kind, (header::CACHE_CONTROL, "no-store")], example.body).into_response();
            if let Some(secret) = secret.and_then(|secret| HeaderValue::from_str(&secret).ok()) {
                response.headers_mut().insert(WEBHOOK_SECRET, secret);
            }
            response
        }
        Err(Refused { code, message }) => error(code, message),
    }
}
