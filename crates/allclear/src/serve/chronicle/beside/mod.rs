//! `GET /api/v1/chronicle/beside/{id}`: our own tracks in the area and time of an incident, who reported of it how often, and who was
//! listening.
//!
//! What comes in: an incident, and what the record has of its time. Tracks are no entries of the record: they are followed again from
//! the reports in it, by the engine. What always holds:
//!   it stands beside: no grade, no attribution and no figure is changed by it
//!   a track was followed, passed on, lost or ended; that it hit something is never said
//!   no silence is told without who listened for how long
//!   no sensor's place is told
//! Deliberately absent: what was decided then (that is history's), and anything told before an embargo ends.

mod listening;
mod place;
#[cfg(test)]
mod tests;
mod tracks;
pub mod view;

use super::super::ServeState;
use super::super::error::ApiError;
use super::incidents::newest;
use super::{apart, locked, stamp, stored};
use crate::cmd::replay::recorded;
use crate::store::{Reader, StoreError};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use chronicle::book::Book;
use model::{AreaSet, Content, Event, EventBody, Timestamp};
use place::Place;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use view::BesideView;

/// Before the window: longer than any track lives.
const LEAD_MS: i64 = 2 * 3_600_000;
/// After it: what was seen in it and came late.
const LATE_MS: i64 = 600_000;
/// Events read for one incident, and reports followed.
const EVENTS_MAX: usize = 50_000;
const REPORTS_MAX: usize = 4_000;
/// Rows of one list.
const ROWS_MAX: usize = 50;
/// Answers kept, and for how long while something may come yet.
const KEPT_MAX: usize = 32;
const KEPT_MS: i64 = 60_000;

/// Where and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// A path.
    area: String,
    window: [Timestamp; 2],
}

/// Answers, oldest first. What is over does not change any more.
#[derive(Debug, Default)]
pub struct Kept(Mutex<VecDeque<(Scope, Timestamp, BesideView)>>);

impl Kept {
    fn get(&self, scope: &Scope, now: Timestamp) -> Option<BesideView> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, at, view) = kept.iter().find(|(it, ..)| it == scope)?;
        let over = *at > scope.window[1].plus_ms(LATE_MS);
        (over || (0..KEPT_MS).contains(&now.ms_since(*at))).then(|| view.clone())
    }

    fn put(&self, scope: Scope, at: Timestamp, view: BesideView) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(it, ..)| *it != scope);
        if kept.len() >= KEPT_MAX {
            kept.pop_front();
        }
        kept.push_back((scope, at, view));
    }
}

/// What our own tracks and sources had of the newest wording of an incident: beside it, and no proof of what happened.
#[utoipa::path(get, path = "/api/v1/chronicle/beside/{id}", tag = "chronicle",
    params(("id" = String, Path, description = "`dossier:id`, as the list of incidents gives it")),
    responses((status = 200, body = BesideView), (status = 404, body = crate::serve::view::ErrorView)))]
pub async fn beside(State(state): State<ServeState>, Path(id): Path<String>) -> Result<Response, ApiError> {
    let scope = locked(&state, move |book, state| {
        scope(book, &id, state.core.now()).ok_or_else(|| {
            let shown: String = id.chars().take(80).collect();
            ApiError::not_found(format!(
                "no incident {shown:?} that may be told; /api/v1/chronicle/incidents lists them"
            ))
        })
    })
    .await?;
    let answer = apart(&state, move |state| {
        let now = state.core.now();
        if let Some(view) = state.chronicle.beside.get(&scope, now) {
            return Ok(view);
        }
        let view = look(&state.reader, state.areas, &scope, stamp(state).0, now).map_err(|error| stored(&error))?;
        state.chronicle.beside.put(scope, now, view.clone());
        Ok(view)
    });
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer.await?)).into_response())
}

/// Of an incident in its newest version; `None` when there is none, and before its embargo ends.
fn scope(book: &Book, id: &str, now: Timestamp) -> Option<Scope> {
    let (dossier, name) = id.split_once(':')?;
    let (item, incident) = newest(book.shelves().get(dossier)?).into_iter().find(|(_, it)| it.id == name)?;
    let opened = matches!(item.filed.last()?.filing.content, Content::Opened { .. });
    let hidden = !opened && incident.embargo_until.is_some_and(|it| now < it);
    (!hidden).then_some(Scope { area: incident.area, window: incident.window })
}

/// Reads the record of that time and works it out. Waits for the disk, and up to a few seconds for the engine.
fn look(
    reader: &Reader,
    areas: &'static AreaSet,
    scope: &Scope,
    seq: u64,
    now: Timestamp,
) -> Result<BesideView, StoreError> {
    let [from, to] = [scope.window[0], scope.window[1].min(now).max(scope.window[0])];
    let mut view = BesideView::of(scope, seq, now);
    let Some(place) = Place::of(areas, &scope.area) else {
        view.left_out = Some("area");
        return Ok(view);
    };
    let Some(events) = reader.happened([from.plus_ms(-LEAD_MS), to.plus_ms(LATE_MS)], EVENTS_MAX)? else {
        view.left_out = Some("events");
        return Ok(view);
    };
    work(&mut view, &events, &place, [from, to]);
    Ok(view)
}

/// The rest of [`look`], without the disk.
fn work(view: &mut BesideView, events: &[Event], place: &Place, window: [Timestamp; 2]) {
    // A configuration that today's program refuses: nothing is followed, and whoever spoke is counted still.
    let config = recorded(events).ok();
    let profiles = config.as_ref().map(|it| it.sources.clone()).unwrap_or_default();
    listening::tell(view, events, &profiles, place, window);
    let reports = events.iter().filter(|it| matches!(it.body, EventBody::Report(_)) && it.at <= window[1]);
    match config {
        Some(config) if reports.clone().count() <= REPORTS_MAX => tracks::tell(view, reports, config, place, window),
        Some(_) => view.left_out = Some("tracks"),
        None => view.left_out = Some("configuration"),
    }
}
