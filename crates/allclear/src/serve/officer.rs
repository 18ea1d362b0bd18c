//! `POST /api/v1/officer/actions`: what a duty officer of this centre orders (authority mode), and
//! `GET /api/v1/officer/orders`: which orders wait for a second officer; `GET /api/v1/officer/unheld`: which alerts wait for an
//! officer's word; `GET /api/v1/officer/sirens`: who would sound; `GET /api/v1/officer/dead-letters` (in either mode): who was sent
//! something and did not confirm it.
//!
//! What always holds: an action carries an officer's token and is in the record under that officer's name.
//! What an order may do is the engine's to say (`crates/engine/src/warn/officer.rs`): a wide area or a rare kind waits for a
//! second officer, and what cannot be is refused with its reason.

use super::ServeState;
use super::error::ApiError;
use crate::config::Officer;
use crate::core::{CoreError, Input};
use crate::deliver::dead::DeadLetterView;
use crate::deliver::siren::view::ReachView;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use engine::Mode;
use model::{Alert, AlertId, AlertLevel, AlertType, Code, NoteKind, OfficerAction, Status, ThreatKind, WaitingOrder};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Longest reason, in bytes.
const REASON_BYTES_MAX: usize = 1024;

/// The routes.
pub fn router() -> Router<ServeState> {
    Router::new()
        .route("/api/v1/officer/actions", post(act))
        .route("/api/v1/officer/orders", get(orders))
        .route("/api/v1/officer/unheld", get(unheld))
        .route("/api/v1/officer/sirens", get(sirens))
        .route("/api/v1/officer/dead-letters", get(dead_letters))
}

/// An action that is in the record.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionReceipt {
    /// Its place in the record. A second officer names it to second the order.
    pub event: u64,
    /// Size of the record after it.
    pub seq: u64,
    /// Decisions it brought about.
    pub decisions: u32,
    /// `done`; `waits` for a second officer; or `partly`, when some of several alerts could not be ended.
    pub outcome: &'static str,
    /// What it waits for, and how long; or what was not done, and why.
    pub detail: Option<String>,
    /// Of an order that alerts a community, on a server with sirens: which of its sirens would not sound at this moment.
    pub sirens: Option<ReachView>,
}

/// Takes an order: `action` is `raise`, `confirm`, `hold`, `release`, `narrow`, `widen`, `end`, `end_together`, `retract` or `second`, each
/// with its `reason`; the fields are in docs/reference/officers.md. `status` says which world is meant; on a server of
/// the other one the order is refused.
#[utoipa::path(post, path = "/api/v1/officer/actions", tag = "officer", request_body(content_type = "application/json"),
    responses((status = 200, body = ActionReceipt), (status = 400, body = super::view::ErrorView), (status = 401, body = super::view::ErrorView),
        (status = 404, body = super::view::ErrorView), (status = 409, body = super::view::ErrorView), (status = 422, body = super::view::ErrorView)))]
pub async fn act(
    State(state): State<ServeState>,
    headers: HeaderMap,
    body: Result<Json<Value>, JsonRejection>,
) -> Result<Json<ActionReceipt>, ApiError> {
    let officer = admit(&state, &headers)?;
    let bad = |code, why: String| ApiError::new(code, "bad_action", format!("failed to read the action: {why}"));
    let Json(mut body) = body.map_err(|rejection| bad(rejection.status(), rejection.body_text()))?;
    let status = body.as_object_mut().and_then(|fields| fields.remove("status"));
    let unread = |error: serde_json::Error| bad(StatusCode::UNPROCESSABLE_ENTITY, error.to_string());
    let action: OfficerAction = serde_json::from_value(body).map_err(unread)?;
    if let Some(status) = status {
        let meant: Status = serde_json::from_value(status).map_err(unread)?;
        if meant != state.server.status {
            return Err(CoreError::WrongWorld { here: state.server.status, got: meant }.into());
        }
    }
    check(&state, &action)?;
    let community = alerted(&state, &action);
    let ack = state.core.submit(Input::Officer { officer, action }).await?;
    let sirens = state.sirens.as_ref().zip(community).map(|(sirens, community)| sirens.reach(Some(community), false));
    let (outcome, detail) = match ack.answer {
        None => ("done", None),
        Some((NoteKind::OrderWaits, why)) => ("waits", Some(why)),
        Some((NoteKind::OrderPartly, why)) => ("partly", Some(why)),
        Some((_, why)) => return Err(ApiError::new(StatusCode::CONFLICT, "refused", why)),
    };
    Ok(Json(ActionReceipt { event: ack.event.0, seq: ack.seq, decisions: ack.decisions, outcome, detail, sirens }))
}

/// An order that waits for a second officer.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderView {
    /// What a second officer names as `proposal`.
    pub order: u64,
    /// Who gave it.
    pub officer: String,
    /// `raise`, `confirm` or `widen`.
    pub action: String,
    /// For whom the alert is wanted, and its names.
    pub community: String,
    /// In Ukrainian.
    pub name_uk: String,
    /// In English.
    pub name_en: String,
    /// Of what.
    #[schema(value_type = String)]
    pub alert_type: AlertType,
    /// How grave.
    #[schema(value_type = String)]
    pub level: AlertLevel,
    /// Of which kinds.
    #[schema(value_type = Vec<String>)]
    pub kinds: Vec<ThreatKind>,
    /// The officer's reason.
    pub reason: String,
    /// Why one person is not enough.
    pub why: String,
    /// When it was given.
    pub at: String,
    /// Until when it can be seconded.
    pub until: String,
}

/// Orders that wait for a second officer, oldest first. A restart forgets none.
#[utoipa::path(get, path = "/api/v1/officer/orders", tag = "officer",
    responses((status = 200, body = Vec<OrderView>), (status = 401, body = super::view::ErrorView)))]
pub async fn orders(State(state): State<ServeState>, headers: HeaderMap) -> Result<Json<Vec<OrderView>>, ApiError> {
    admit(&state, &headers)?;
    let (published, now) = (state.core.published(), state.core.now());
    let waiting = published.picture.waiting.iter().filter(|order| now <= order.until);
    let view = |order: &WaitingOrder| {
        let area = state.areas.get(order.community);
        let WaitingOrder { officer, action, level, alert_type, kinds, reason, why, .. } = order.clone();
        OrderView {
            order: order.order.0,
            officer,
            action,
            community: order.community.to_string(),
            name_uk: area.map_or_else(String::new, |area| state.areas.full_name_uk(area)),
            name_en: area.map_or_else(String::new, |area| state.areas.full_name_en(area)),
            alert_type,
            level,
            kinds,
            reason,
            why,
            at: order.at.to_string(),
            until: order.until.to_string(),
        }
    };
    Ok(Json(waiting.map(view).collect()))
}

/// An alert that waits for an officer's word.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnheldView {
    /// What an order names.
    #[schema(value_type = u64)]
    pub alert: AlertId,
    /// For whom it stands, and its names.
    pub community: String,
    /// In Ukrainian.
    pub name_uk: String,
    /// In English.
    pub name_en: String,
    /// How grave.
    #[schema(value_type = String)]
    pub level: AlertLevel,
    /// Of which kinds.
    #[schema(value_type = Vec<String>)]
    pub kinds: Vec<ThreatKind>,
    /// Since when.
    pub started_at: String,
}

/// Alerts that only the policy holds, and no rule of it any longer, sorted by community: they stand until live sensors have
/// watched long enough or an officer ends them.
#[utoipa::path(get, path = "/api/v1/officer/unheld", tag = "officer",
    responses((status = 200, body = Vec<UnheldView>), (status = 401, body = super::view::ErrorView)))]
pub async fn unheld(State(state): State<ServeState>, headers: HeaderMap) -> Result<Json<Vec<UnheldView>>, ApiError> {
    admit(&state, &headers)?;
    let published = state.core.published();
    let picture = &published.picture;
    let alerts = picture.alerts.iter().filter(|alert| picture.unheld.contains(&alert.id));
    let view = |alert: &Alert| {
        let area = state.areas.get(alert.community);
        UnheldView {
            alert: alert.id,
            community: alert.community.to_string(),
            name_uk: area.map_or_else(String::new, |area| state.areas.full_name_uk(area)),
            name_en: area.map_or_else(String::new, |area| state.areas.full_name_en(area)),
            level: alert.level,
            kinds: alert.kinds.clone(),
            started_at: alert.started_at.to_string(),
        }
    };
    let mut unheld: Vec<UnheldView> = alerts.map(view).collect();
    unheld.sort_by(|a, b| a.community.cmp(&b.community).then(a.alert.cmp(&b.alert)));
    Ok(Json(unheld))
}

/// Which sirens are asked about.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct SirensQuery {
    /// Only those that an alert of this community would have sound.
    area: Option<String>,
}

/// Every siren, and where none would sound: before an alert is raised. 404 on a server without sirens.
#[utoipa::path(get, path = "/api/v1/officer/sirens", tag = "officer", params(SirensQuery),
    responses((status = 200, body = ReachView), (status = 401, body = super::view::ErrorView), (status = 404, body = super::view::ErrorView)))]
pub async fn sirens(
    State(state): State<ServeState>,
    headers: HeaderMap,
    Query(query): Query<SirensQuery>,
) -> Result<Response, ApiError> {
    admit(&state, &headers)?;
    let sirens =
        state.sirens.as_ref().ok_or_else(|| ApiError::not_found("this server has no sirens: see [[siren]]"))?;
    let area = query.area.as_deref().map(|text| {
        let code = text.parse::<Code>().ok().filter(|code| state.areas.get(*code).is_some());
        let shown: String = text.chars().take(40).collect();
        code.ok_or_else(|| ApiError::not_found(format!("no community {shown:?}; /api/v1/areas.json lists the codes")))
    });
    let view = sirens.reach(area.transpose()?, true);
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(view)).into_response())
}

/// The community that the order would alert, when it is one that alerts.
fn alerted(state: &ServeState, action: &OfficerAction) -> Option<Code> {
    let published = state.core.published();
    match action {
        OfficerAction::Raise { community, .. } | OfficerAction::Widen { community, .. } => Some(*community),
        OfficerAction::Confirm { alert, .. } => {
            published.picture.alerts.iter().find(|it| it.id == *alert).map(|it| it.community)
        }
        OfficerAction::Second { proposal, .. } => {
            published.picture.waiting.iter().find(|order| order.order == *proposal).map(|order| order.community)
        }
        _ => None,
    }
}

/// Receivers of webhooks and pushes that did not confirm what they were sent: those that wait, then those that are over, newest
/// first. Addresses are secrets of their receivers: only host and digest are told.
#[utoipa::path(get, path = "/api/v1/officer/dead-letters", tag = "officer",
    responses((status = 200, body = Vec<DeadLetterView>), (status = 401, body = super::view::ErrorView)))]
pub async fn dead_letters(
    State(state): State<ServeState>,
    headers: HeaderMap,
) -> Result<Json<Vec<DeadLetterView>>, ApiError> {
    admit(&state, &headers)?;
    Ok(Json(state.core.hub().dead.view()))
}

/// The officer whose token is shown.
fn admit(state: &ServeState, headers: &HeaderMap) -> Result<String, ApiError> {
    let none = "an officer's action needs \"Authorization: Bearer …\"";
    let at = holder(headers, none, "no officer has this token", state.officers.iter())?;
    Ok(state.officers[at].name.clone())
}

/// Which of these people the token shown belongs to.
pub fn holder<'a>(
    headers: &HeaderMap,
    none: &str,
    wrong: &str,
    mut people: impl Iterator<Item = &'a Officer>,
) -> Result<usize, ApiError> {
    let unauthorized = |name, message: &str| ApiError::new(StatusCode::UNAUTHORIZED, name, message);
    let shown = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.trim().split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| model::sha256(token.trim().as_bytes()))
        .ok_or_else(|| unauthorized("no_token", none))?;
    // Digests are compared, so that the time it takes tells nothing of the token.
    let found = people.position(|person| model::sha256(person.token.reveal().as_bytes()) == shown);
    found.ok_or_else(|| unauthorized("wrong_token", wrong))
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
    let reason = action.reason();
    if reason.trim().is_empty() || reason.len() > REASON_BYTES_MAX {
        return refused("no_reason", format!("an action needs its reason in words, at most {REASON_BYTES_MAX} bytes"));
    }
    if let OfficerAction::Raise { community, .. } | OfficerAction::Widen { community, .. } = action
        && state.areas.get(*community).is_none()
    {
        return Err(ApiError::not_found(format!("no community {community}; /api/v1/areas.json lists the codes")));
    }
    match action {
        OfficerAction::Confirm { alert, .. }
        | OfficerAction::Hold { alert, .. }
        | OfficerAction::Release { alert, .. }
        | OfficerAction::Narrow { alert, .. }
        | OfficerAction::Widen { alert, .. }
        | OfficerAction::End { alert, .. }
        | OfficerAction::Retract { alert, .. } => standing(state, *alert),
        // Of several the engine says which are in force.
        OfficerAction::Raise { .. } | OfficerAction::Second { .. } | OfficerAction::EndTogether { .. } => Ok(()),
    }
}

/// Whether the alert stands. Whether the order fits it the engine says.
fn standing(state: &ServeState, id: AlertId) -> Result<(), ApiError> {
    let published = state.core.published();
    if published.picture.alerts.iter().any(|alert| alert.id == id) {
        Ok(())
    } else {
        Err(ApiError::not_found(format!("no alert {id} is in force")))
    }
}
