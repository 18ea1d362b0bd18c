//! The chronicle's door: what was said beside what happened, incidents, regimes, figures; all for reading, by anybody.
//!
//! What comes in: requests. What goes out: what the record holds of the chronicle, every claim with who said it and its words.
//! What always holds:
//!   the book is read from the record as it stands when it is asked for; nothing is answered from memory alone
//!   what is under seal is told as its hash and its time
//!   few questions are worked on at once, and the rest are told to come again: warning never waits for the chronicle

pub mod beside;
pub mod embargo;
pub mod figures;
pub mod import;
pub mod incidents;
pub mod regimes;
pub mod review;
pub mod timeline;
pub mod view;

use super::ServeState;
use super::error::ApiError;
use crate::store::{Reader, StoreError};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use chronicle::book::{Book, area_path};
use jiff::tz::TimeZone;
use model::{AreaSet, Standing, Timestamp};
use serde::Serialize;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Questions worked on at once, and the longest wait for a turn.
const AT_ONCE: usize = 2;
const PATIENCE: Duration = Duration::from_secs(5);
/// Entries read from the record at once.
const BATCH: usize = 2_000;

/// The routes.
pub fn router() -> Router<ServeState> {
    Router::new()
        .route("/api/v1/chronicle/timeline", get(timeline::timeline))
        .route("/api/v1/chronicle/incidents", get(incidents::incidents))
        .route("/api/v1/chronicle/incidents/{*id}", get(incidents::incident))
        .route("/api/v1/chronicle/beside/{*id}", get(beside::beside))
        .route("/api/v1/chronicle/regimes", get(regimes::regimes))
        .route("/api/v1/chronicle/regimes/{id}", get(regimes::regime))
        .route("/api/v1/chronicle/figures/{length}", get(figures::figures))
        .route("/api/v1/review/queue", get(review::queue))
        .route("/api/v1/review/decisions", post(review::decide))
        .route("/api/v1/review/imports", post(import::import).layer(DefaultBodyLimit::max(import::BODY_BYTES_MAX)))
}

/// The book of a record, renewed when it is asked for.
pub struct Chronicle {
    reader: Reader,
    book: RwLock<Book>,
    turns: Arc<Semaphore>,
    beside: beside::Kept,
    /// Held while a decision is made and filed.
    deciding: tokio::sync::Mutex<()>,
}

impl Chronicle {
    /// Of the record behind `reader`; nothing is read yet.
    pub fn new(reader: Reader) -> Self {
        Self {
            reader,
            book: RwLock::default(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            beside: beside::Kept::default(),
            deciding: tokio::sync::Mutex::default(),
        }
    }

    /// The book as the record stands now. Waits for the disk.
    pub fn book(&self) -> Result<RwLockReadGuard<'_, Book>, StoreError> {
        loop {
            let next = self.book.read().unwrap_or_else(PoisonError::into_inner).next;
            let new = self.reader.chronicle(next, BATCH)?;
            if new.is_empty() {
                return Ok(self.book.read().unwrap_or_else(PoisonError::into_inner));
            }
            let mut book = self.book.write().unwrap_or_else(PoisonError::into_inner);
            for event in new.iter().filter(|event| event.id.0 >= book.next).collect::<Vec<_>>() {
                book.hear(event);
            }
        }
    }

    /// The record.
    pub const fn reader(&self) -> &Reader {
        &self.reader
    }
}

/// Alerts of this house that stood at some time since `since`, as paths and windows. One that stands reaches to `now`.
pub fn own_alerts(
    reader: &Reader,
    areas: &AreaSet,
    since: Timestamp,
    now: Timestamp,
) -> Result<Vec<(String, [Timestamp; 2])>, StoreError> {
    let rows = reader.history(&[], since, crate::store::ROWS_MAX)?;
    let mut spans: Vec<(String, [Timestamp; 2])> = rows
        .into_iter()
        // An advisory is a forecast beside the alerts, and none of them.
        .filter(|row| row.alert.standing != Standing::Advisory)
        .filter_map(|row| {
            let to = row.alert.ended_at.unwrap_or(now).max(row.alert.started_at);
            Some((area_path(areas, row.alert.community)?, [row.alert.started_at, to]))
        })
        .collect();
    spans.sort();
    Ok(spans)
}

/// The zone of the days of figures, as the time library has it.
pub fn zone() -> TimeZone {
    chronicle::zone(chronicle::KYIV.0).unwrap_or(TimeZone::UTC)
}

/// Works on a question beside the threads that serve streams, when its turn comes.
async fn worked<T: Serialize + Send + 'static>(
    state: &ServeState,
    work: impl FnOnce(&Book, &ServeState) -> Result<T, ApiError> + Send + 'static,
) -> Result<Response, ApiError> {
    let answer = locked(state, work).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(answer)).into_response())
}

/// As [`worked`], with the answer as it is.
async fn locked<T: Send + 'static>(
    state: &ServeState,
    work: impl FnOnce(&Book, &ServeState) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    apart(state, move |state| {
        let book = state.chronicle.book().map_err(|error| stored(&error))?;
        work(&book, state)
    })
    .await
}

/// As [`locked`], without the book: others go on reading it.
async fn apart<T: Send + 'static>(
    state: &ServeState,
    work: impl FnOnce(&ServeState) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let busy = || {
        let message = format!("failed to take the question: {AT_ONCE} are worked on already; ask again in a second");
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message)
    };
    let turn = tokio::time::timeout(PATIENCE, state.chronicle.turns.clone().acquire_owned()).await;
    let turn = turn.map_err(|_| busy())?.map_err(|_| busy())?;
    let state = state.clone();
    let done = tokio::task::spawn_blocking(move || {
        // Held until the work is done, also when nobody waits for it any more.
        let _turn = turn;
        work(&state)
    });
    done.await.map_err(|error| {
        ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "chronicle", format!("failed to read the chronicle: {error}"))
    })?
}

fn stored(error: &StoreError) -> ApiError {
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "store", format!("failed to {error}"))
}

/// An instant of a query.
fn instant(name: &str, text: &str) -> Result<Timestamp, ApiError> {
    let bad = |error| ApiError::new(StatusCode::BAD_REQUEST, "bad_time", format!("{name}: failed to {error}"));
    Timestamp::parse(text).map_err(bad)
}

/// The size of the record and the instant of an answer.
fn stamp(state: &ServeState) -> (u64, String) {
    (state.core.published().seq, state.core.now().to_string())
}
