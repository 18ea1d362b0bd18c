//! `GET /api/v1/chronicle/figures/{night|week|month}`: the figures of a span, from the record.

use super::super::ServeState;
use super::super::error::ApiError;
use super::view::FiguresView;
use super::{own_alerts, stamp, stored, worked, zone};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use chronicle::KYIV;
use chronicle::figures::{self, Length};
use serde::Deserialize;

/// Which day.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct FiguresQuery {
    /// The day, such as 2025-03-20: of a night the one on which it ends, of a week the first, of a month any. Default: today in Kyiv.
    date: Option<String>,
}

/// What is said of a night, a week or a month by each source, what is unaccounted for, and our own alert-hours.
#[utoipa::path(get, path = "/api/v1/chronicle/figures/{length}", tag = "chronicle", params(FiguresQuery,
    ("length" = String, Path, description = "`night`, `week` or `month`")),
    responses((status = 200, body = FiguresView), (status = 400, body = crate::serve::view::ErrorView),
        (status = 404, body = crate::serve::view::ErrorView)))]
pub async fn figures(
    State(state): State<ServeState>,
    Path(length): Path<String>,
    Query(query): Query<FiguresQuery>,
) -> Result<Response, ApiError> {
    let length = match length.as_str() {
        "night" => Length::Night,
        "week" => Length::Week,
        "month" => Length::Month,
        other => {
            let shown: String = other.chars().take(40).collect();
            return Err(ApiError::not_found(format!("no figures of a {shown:?}: expected night, week or month")));
        }
    };
    worked(&state, move |book, state| {
        let (rule, now) = (zone(), state.core.now());
        let today = || {
            let at = jiff::Timestamp::from_millisecond(now.millis()).unwrap_or_default();
            rule.to_datetime(at).date().to_string()
        };
        let day = query.date.unwrap_or_else(today);
        let span = figures::span(&rule, length, &day).map_err(|why| {
            let why: String = why.chars().take(200).collect();
            ApiError::new(StatusCode::BAD_REQUEST, "bad_date", format!("date: failed to {why}"))
        })?;
        let (mut claims, left_out) = book.all_claims(state.areas, (KYIV.0, KYIV.1, &rule), Some(span));
        let own = own_alerts(&state.reader, state.areas, span[0], now).map_err(|error| stored(&error))?;
        claims.alerts.extend(own);
        let (seq, as_of) = stamp(state);
        Ok(FiguresView { seq, as_of, left_out, figures: figures::figures(&claims, Some(span)) })
    })
    .await
}
