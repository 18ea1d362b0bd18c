//! `POST /api/v1/officer/actions`: what a duty officer of this centre orders (authority mode).
//!
//! What always holds: an action carries an officer's token and is in the record under that officer's name.
//! In this version one officer raises for one raion or hromada; a wider area or a rare kind needs two people
//! and is refused by name until two can act.

use super::ServeState;
use super::error::ApiError;
use crate::core::Input;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;
use axum::{Json, Router};
use engine::Mode;
use model::{AlertId, AlertType, Level, OfficerAction, Standing};
use serde::Serialize;
use utoipa::ToSchema;

/// Longest reason, in bytes.
const REASON_BYTES_MAX: usize = 1024;

/// The route.
pub fn router() -> Router<ServeState> {
    Router::new().route("/api/v1/officer/actions", post(act))
}

/// An action that is in the record.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionReceipt {
    /// Its place in the record.
    pub event: u64,
    /// Size of the record after it.
    pub seq: u64,
    /// Decisions it brought about.
    pub decisions: u32,
}

/// Takes `{"action":"raise","community","alert_type","level","kinds","reason"}` or
/// `{"action":"end","alert","outcome":"passed|mistaken","reason"}`.
#[utoipa::path(post, path = "/api/v1/officer/actions", tag = "officer", request_body(content_type = "application/json"),
    responses((status = 200, body = ActionReceipt), (status = 400, body = super::view::ErrorView), (status = 401, body = super::view::ErrorView),
        (status = 404, body = super::view::ErrorView), (status = 422, body = super::view::ErrorView)))]
pub async fn act(
    State(state): State<ServeState>,
    headers: HeaderMap,
    body: Result<Json<OfficerAction>, JsonRejection>,
) -> Result<Json<ActionReceipt>, ApiError> {
    let officer = admit(&state, &headers)?;
    let Json(action) = body.map_err(|rejection| {
        ApiError::new(rejection.status(), "bad_action", format!("failed to read the action: {}", rejection.body_text()))
    })?;
    check(&state, &action)?;
    let ack = state.core.submit(Input::Officer { officer, action }).await?;
    Ok(Json(ActionReceipt { event: ack.event.0, seq: ack.seq, decisions: ack.decisions }))
}

/// The officer whose token is shown.
fn admit(state: &ServeState, headers: &HeaderMap) -> Result<String, ApiError> {
    let unauthorized = |name, message: &str| ApiError::new(StatusCode::UNAUTHORIZED, name, message);
    let shown = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.trim().split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| crate::digest::hex(token.trim().as_bytes()))
        .ok_or_else(|| unauthorized("no_token", "an officer's action needs \"Authorization: Bearer …\""))?;
    // Digests are compared, so that the time it takes tells nothing of the token.
    let found = state.officers.iter().find(|officer| crate::digest::hex(officer.token.reveal().as_bytes()) == shown);
    found.map(|officer| officer.name.clone()).ok_or_else(|| unauthorized("wrong_token", "no officer has this token"))
}

/// Refuses what this version must not do, by name.
fn check(state: &ServeState, action: &OfficerAction) -> Result<(), ApiError> {
    let refused = |name, message: String| Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, name, message));
    if state.server.mode != Mode::Authority {
        return refused(
            "relay_mode",
            "officers act in authority mode only: set mode = \"authority\" in [server]".into(),
        );
    }
    let (OfficerAction::Raise { reason, .. } | OfficerAction::End { reason, .. }) = action;
    if reason.trim().is_empty() || reason.len() > REASON_BYTES_MAX {
        return refused("no_reason", format!("an action needs its reason in words, at most {REASON_BYTES_MAX} bytes"));
    }
    match action {
        OfficerAction::Raise { community, alert_type, .. } => {
            let Some(area) = state.areas.get(*community) else {
                return Err(ApiError::not_found(format!(
                    "no community {community}; /api/v1/areas.json lists the codes"
                )));
            };
            if !matches!(area.level, Level::Raion | Level::Hromada) {
                return refused(
                    "wide_area",
                    format!(
                        "{community} is wider than a raion (or no community): one officer raises for raions and hromadas, wider areas need two"
                    ),
                );
            }
            if matches!(alert_type, AlertType::Chemical | AlertType::Nuclear) {
                return refused("rare_kind", "chemical and nuclear alerts need two officers".into());
            }
            Ok(())
        }
        OfficerAction::End { alert, .. } => standing(state, *alert),
    }
}

/// Whether the alert stands and is one that an officer of this centre may end.
fn standing(state: &ServeState, id: AlertId) -> Result<(), ApiError> {
    let published = state.core.published();
    match published.picture.alerts.iter().find(|alert| alert.id == id) {
        None => Err(ApiError::not_found(format!("no alert {id} is in force"))),
        Some(alert) if alert.standing == Standing::Advisory => Err(ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "advisory",
            format!("alert {id} is an advisory of the forecast: it ends with its cause"),
        )),
        Some(_) => Ok(()),
    }
}
