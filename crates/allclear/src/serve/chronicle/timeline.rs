//! `GET /api/v1/chronicle/timeline`: what was said beside what happened.

use super::super::ServeState;
use super::super::error::ApiError;
use super::view::{ClaimView, HappenedView, SaidView, TimeWordsView, TimelineView, UnparsedView};
use super::{instant, stamp, stored, worked, zone};
use crate::publish;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use chronicle::book::{ASIDE_DOSSIER, Book, Heard, passage_id};
use chronicle::incident::grade;
use chronicle::thread::time_words;
use jiff::tz::TimeZone;
use model::{FilingKind, Timestamp};
use serde::Deserialize;

/// Most statements with a date, most without one, most of what happened.
const SAID_MAX: usize = 500;
const UNDATED_MAX: usize = 100;
const HAPPENED_MAX: usize = 1_000;
const WEEK_MS: i64 = 7 * 86_400_000;

/// Which span.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct TimelineQuery {
    /// Not before this instant (RFC 3339). Default: a week before `until`.
    since: Option<String>,
    /// Not after this instant. Default: now.
    until: Option<String>,
}

/// Statements with the claims read in them, and beside them alerts and incidents.
#[utoipa::path(get, path = "/api/v1/chronicle/timeline", tag = "chronicle", params(TimelineQuery),
    responses((status = 200, body = TimelineView), (status = 400, body = crate::serve::view::ErrorView)))]
pub async fn timeline(
    State(state): State<ServeState>,
    Query(query): Query<TimelineQuery>,
) -> Result<Response, ApiError> {
    let until = query.until.as_deref().map_or_else(|| Ok(state.core.now()), |text| instant("until", text))?;
    let since = query.since.as_deref().map_or_else(|| Ok(until.plus_ms(-WEEK_MS)), |text| instant("since", text))?;
    if since > until {
        let message = format!("since {since} is after until {until}");
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "bad_time", message));
    }
    worked(&state, move |book, state| view(book, state, [since, until])).await
}

fn view(book: &Book, state: &ServeState, [since, until]: [Timestamp; 2]) -> Result<TimelineView, ApiError> {
    let zone = zone();
    let mut dated: Vec<(Timestamp, &Heard)> = book
        .statements()
        .iter()
        .filter_map(|it| Some((it.statement.published_at?, it)))
        .filter(|(at, _)| (since..=until).contains(at))
        .collect();
    dated.sort_by_key(|(at, it)| (*at, it.index));
    let undated: Vec<&Heard> = book.statements().iter().filter(|it| it.statement.published_at.is_none()).collect();
    let cut = dated.len() > SAID_MAX || undated.len() > UNDATED_MAX;
    let (mut happened, more) = happened(book, state, [since, until])?;
    happened.sort_by(|a, b| a.from.cmp(&b.from).then_with(|| a.id.cmp(&b.id)));
    // The newest are kept.
    let newest = |len: usize, limit: usize| len.saturating_sub(limit);
    let said = dated[newest(dated.len(), SAID_MAX)..].iter().map(|(_, it)| *it);
    let said = said.chain(undated[newest(undated.len(), UNDATED_MAX)..].iter().copied());
    let (seq, as_of) = stamp(state);
    Ok(TimelineView {
        seq,
        as_of,
        said: said.map(|it| said_view(book, it, &zone)).collect(),
        happened,
        cut: cut || more,
    })
}

/// A statement, read.
pub fn said_view(book: &Book, heard: &Heard, zone: &TimeZone) -> SaidView {
    let statement = &heard.statement;
    let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let (claims, unparsed, refused) = match &heard.reading {
        Ok(reading) => (&reading.claims[..], &reading.unparsed[..], None),
        Err(error) => (&[][..], &[][..], Some(format!("failed to {error}"))),
    };
    SaidView {
        id: statement.id.to_string(),
        index: heard.index,
        source: statement.source.to_string(),
        text: statement.text.clone(),
        published_at: text(statement.published_at),
        captured_at: text(statement.captured_at),
        dated: statement.dated.clone(),
        address: statement.address.clone(),
        forwarded_from: statement.forwarded_from.clone(),
        gaps: statement.gaps,
        superseded_by: heard.superseded_by.as_ref().map(ToString::to_string),
        refused,
        claims: claims
            .iter()
            .map(|claim| {
                let [start, end] = heard.span(claim);
                ClaimView {
                    kind: claim.kind,
                    object: claim.object.name(),
                    quantity: (&claim.quantity).into(),
                    child: claim.child,
                    attacker: claim.attacker,
                    place: claim.place,
                    time_ref: claim.time_ref.clone(),
                    detail: claim.detail,
                    start,
                    end,
                }
            })
            .collect(),
        unparsed: unparsed
            .iter()
            .map(|it| UnparsedView {
                start: it.start,
                end: it.end,
                reason: it.reason,
                decided: decided(book, statement.id.as_str(), [it.start, it.end]),
            })
            .collect(),
        windows: time_words(&statement.text, statement.published_at, zone)
            .into_iter()
            .map(|it| TimeWordsView {
                words: it.words,
                start: it.span[0],
                end: it.span[1],
                from: text(it.window.map(|it| it[0])),
                to: text(it.window.map(|it| it[1])),
            })
            .collect(),
    }
}

/// What a person decided about a passage.
pub fn decided(book: &Book, statement: &str, span: [usize; 2]) -> Option<&'static str> {
    let id = passage_id(statement, span);
    let stands = |kind| book.item(ASIDE_DOSSIER, kind, &id).is_some_and(|it| it.standing().is_some());
    if stands(FilingKind::Reading) {
        Some("read")
    } else if stands(FilingKind::Aside) {
        Some("set_aside")
    } else {
        None
    }
}

fn happened(
    book: &Book,
    state: &ServeState,
    [since, until]: [Timestamp; 2],
) -> Result<(Vec<HappenedView>, bool), ApiError> {
    let rows = state.reader.history(&[], since, HAPPENED_MAX + 1).map_err(|error| stored(&error))?;
    let mut more = rows.len() > HAPPENED_MAX;
    let mut found = Vec::new();
    for row in rows.into_iter().take(HAPPENED_MAX).filter(|row| row.alert.started_at <= until) {
        let view = publish::alert(state.areas, &row.alert, row.outcome.zip(row.ended_by.as_deref()));
        let area = state.areas.get(row.alert.community);
        let (name_uk, name_en) = area.map(|it| publish::names(state.areas, it)).unwrap_or_default();
        found.push(HappenedView {
            what: "alert",
            id: row.alert.id.to_string(),
            from: row.alert.started_at.to_string(),
            to: row.alert.ended_at.map(|it| it.to_string()),
            area: row.alert.community.to_string(),
            name_uk,
            name_en,
            detail: serde_json::to_value(view.level).ok().and_then(|it| it.as_str().map(str::to_owned)),
            grade: None,
        });
    }
    for (name, shelf) in book.shelves() {
        for (_, incident) in super::incidents::newest(shelf) {
            let [from, to] = incident.window;
            if to < since || from > until || incident.embargo_until.is_some_and(|it| state.core.now() < it) {
                continue;
            }
            if found.len() >= 2 * HAPPENED_MAX {
                more = true;
                break;
            }
            let weapons: Vec<&str> = incident.weapons.iter().map(String::as_str).collect();
            found.push(HappenedView {
                what: "incident",
                id: format!("{name}:{}", incident.id),
                from: from.to_string(),
                to: Some(to.to_string()),
                name_uk: incident.area.clone(),
                name_en: incident.area.clone(),
                detail: (!weapons.is_empty()).then(|| weapons.join(", ")),
                grade: Some(grade(&incident).grade.name()),
                area: incident.area,
            });
        }
    }
    Ok((found, more))
}
