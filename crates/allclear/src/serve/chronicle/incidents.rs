//! `GET /api/v1/chronicle/incidents` and `…/incidents/{id}`: incidents with every wording, their grades and where each stands in the
//! record.

use super::super::ServeState;
use super::super::error::ApiError;
use super::view::{AlertSpanView, GradeView, IncidentRow, IncidentVersion, IncidentView, IncidentsView, QuantityView};
use super::{own_alerts, stamp, stored, worked};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use chronicle::book::{Book, Filed, GradeText, Item, Shelf, grade_id};
use chronicle::incident::{Incident, attribute, grade};
use model::{Content, FilingKind, Timestamp};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Incidents in one answer, unless fewer are asked for.
const PAGE: usize = 100;
const PAGE_MAX: usize = 500;
/// Alerts shown beside one incident.
const ALERTS_MAX: usize = 200;

/// An alert of this house: its area as a path, and its window.
type Own = (String, [Timestamp; 2]);

/// Which incidents.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct IncidentsQuery {
    /// Those after this id, as `next` of the answer before.
    after: Option<String>,
    /// At most so many, up to 500. Default: 100.
    limit: Option<usize>,
}

/// The newest version of every incident that stands.
pub fn newest(shelf: &Shelf) -> Vec<(&Item, Incident)> {
    let mut newest: BTreeMap<String, (&Item, Incident)> = BTreeMap::new();
    for (item, incident) in shelf.incidents() {
        let later = newest.get(&incident.id).is_none_or(|(_, before)| before.version < incident.version);
        if later {
            newest.insert(incident.id.clone(), (item, incident));
        }
    }
    newest.into_values().collect()
}

/// A seal that hides an incident still.
pub fn sealed(shelf: &Shelf) -> impl Iterator<Item = (&Item, &Filed, &str, Timestamp)> {
    shelf.items().iter().filter(|it| it.kind == FilingKind::Incident).filter_map(|item| {
        let filed = item.filed.last()?;
        let Content::Sealed { commitment, until } = &filed.filing.content else { return None };
        (shelf.opened(commitment) == Some(false)).then_some((item, filed, commitment.as_str(), *until))
    })
}

/// Every incident of every dossier by `dossier:id`, each in its newest version.
pub fn rows(book: &Book, now: Timestamp) -> BTreeMap<String, IncidentRow> {
    let mut rows = BTreeMap::new();
    for (name, shelf) in book.shelves() {
        for (item, incident) in newest(shelf) {
            let hidden = incident.embargo_until.is_some_and(|it| now < it);
            let index = item.filed.last().map_or(0, |it| it.index);
            let row = IncidentRow {
                id: format!("{name}:{}", incident.id),
                version: Some(incident.version),
                index,
                window: (!hidden).then(|| incident.window.map(|it| it.to_string())),
                area: (!hidden).then(|| incident.area.clone()),
                weapons: if hidden { BTreeSet::new() } else { incident.weapons.clone() },
                graded: (!hidden).then(|| grade(&incident)),
                commitment: None,
                embargo_until: incident.embargo_until.map(|it| it.to_string()),
                withdrawn: false,
            };
            rows.insert(row.id.clone(), row);
        }
        for (item, filed, commitment, until) in sealed(shelf) {
            let row = IncidentRow {
                id: format!("{name}:{}", item.id),
                index: filed.index,
                commitment: Some(commitment.to_owned()),
                embargo_until: Some(until.to_string()),
                ..withdrawn(String::new(), 0)
            };
            rows.insert(row.id.clone(), IncidentRow { withdrawn: false, ..row });
        }
        for item in shelf.items().iter().filter(|it| it.kind == FilingKind::Incident) {
            let Some(filed) = item.filed.last() else { continue };
            if let (Content::Withdrawn { .. }, Some((id, _))) = (&filed.filing.content, item.id.rsplit_once("/v")) {
                let id = format!("{name}:{id}");
                rows.entry(id.clone()).or_insert_with(|| withdrawn(id, filed.index));
            }
        }
    }
    rows
}

fn withdrawn(id: String, index: u64) -> IncidentRow {
    IncidentRow {
        id,
        version: None,
        index,
        window: None,
        area: None,
        weapons: BTreeSet::new(),
        graded: None,
        commitment: None,
        embargo_until: None,
        withdrawn: true,
    }
}

/// Incidents of all dossiers, by name.
#[utoipa::path(get, path = "/api/v1/chronicle/incidents", tag = "chronicle", params(IncidentsQuery),
    responses((status = 200, body = IncidentsView), (status = 400, body = crate::serve::view::ErrorView)))]
pub async fn incidents(
    State(state): State<ServeState>,
    Query(query): Query<IncidentsQuery>,
) -> Result<Response, ApiError> {
    let limit = query.limit.unwrap_or(PAGE);
    if !(1..=PAGE_MAX).contains(&limit) {
        let message = format!("limit {limit}: expected 1 to {PAGE_MAX}");
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "bad_limit", message));
    }
    worked(&state, move |book, state| {
        let after = query.after.unwrap_or_default();
        let mut rows = rows(book, state.core.now()).into_iter().filter(|(id, _)| *id > after);
        let incidents: Vec<IncidentRow> = rows.by_ref().take(limit).map(|(_, row)| row).collect();
        let next = rows.next().and_then(|_| incidents.last().map(|it| it.id.clone()));
        let (seq, as_of) = stamp(state);
        Ok(IncidentsView { seq, as_of, incidents, next })
    })
    .await
}

/// One incident: every wording of every version, newest first, with the claims it leans on.
#[utoipa::path(get, path = "/api/v1/chronicle/incidents/{id}", tag = "chronicle",
    params(("id" = String, Path, description = "`dossier:id`, as the list gives it")),
    responses((status = 200, body = IncidentView), (status = 404, body = crate::serve::view::ErrorView)))]
pub async fn incident(State(state): State<ServeState>, Path(id): Path<String>) -> Result<Response, ApiError> {
    worked(&state, move |book, state| {
        let unknown = || {
            let shown: String = id.chars().take(80).collect();
            ApiError::not_found(format!("no incident {shown:?}; /api/v1/chronicle/incidents lists them"))
        };
        let (dossier, name) = id.split_once(':').ok_or_else(unknown)?;
        let shelf = book.shelves().get(dossier).ok_or_else(unknown)?;
        let now = state.core.now();
        let same = shelf.incidents().into_iter().map(|(_, it)| it).filter(|it| it.id == name);
        let alerts = match same.map(|it| it.window[0]).min() {
            Some(since) => own_alerts(&state.reader, state.areas, since, now).map_err(|error| stored(&error))?,
            None => Vec::new(),
        };
        let mut versions: Vec<IncidentVersion> = Vec::new();
        for item in shelf.items().iter().filter(|it| it.kind == FilingKind::Incident) {
            let own = item.id == name || item.id.rsplit_once("/v").is_some_and(|(id, _)| id == name);
            if own {
                versions.extend(item.filed.iter().map(|filed| version(shelf, filed, now, &alerts)));
            }
        }
        if versions.is_empty() {
            return Err(unknown());
        }
        versions.sort_by_key(|it| std::cmp::Reverse(it.index));
        let (seq, as_of) = stamp(state);
        Ok(IncidentView { seq, as_of, id: id.clone(), versions })
    })
    .await
}

/// One wording.
fn version(shelf: &Shelf, filed: &Filed, now: Timestamp, own: &[Own]) -> IncidentVersion {
    let mut view = IncidentVersion {
        version: None,
        recorded_at: None,
        index: filed.index,
        at: filed.at.to_string(),
        by: filed.filing.by.clone(),
        withdrawn: None,
        commitment: None,
        embargo_until: None,
        window: None,
        clock_s: None,
        area: None,
        domains: BTreeSet::new(),
        objects: BTreeSet::new(),
        weapons: BTreeSet::new(),
        quantity: None,
        harm: BTreeMap::new(),
        graded: None,
        judged: Vec::new(),
        attribution: None,
        clusters: None,
        accounts: Vec::new(),
        evidence: Vec::new(),
        considered: Vec::new(),
        refuted: None,
        alerts: Vec::new(),
    };
    match &filed.filing.content {
        Content::Withdrawn { reason } => view.withdrawn = Some(reason.clone()),
        Content::Sealed { commitment, until } => {
            view.commitment = Some(commitment.clone());
            view.embargo_until = Some(until.to_string());
        }
        Content::Told { text } | Content::Opened { text, .. } => {
            if let Content::Opened { commitment, .. } = &filed.filing.content {
                view.commitment = Some(commitment.clone());
            }
            if let Ok(incident) = serde_json::from_str::<Incident>(text) {
                fill(&mut view, shelf, incident, now, own);
            }
        }
    }
    view
}

fn fill(view: &mut IncidentVersion, shelf: &Shelf, mut incident: Incident, now: Timestamp, own: &[Own]) {
    let standing = shelf.incidents().into_iter().find(|(_, it)| it.id == incident.id && it.version == incident.version);
    incident.assessed = standing.and_then(|(_, it)| it.assessed);
    view.version = Some(incident.version);
    view.recorded_at = Some(incident.recorded_at.to_string());
    view.embargo_until = incident.embargo_until.map(|it| it.to_string());
    if incident.embargo_until.is_some_and(|it| now < it) && view.commitment.is_none() {
        return;
    }
    view.judged = grades(shelf, &incident);
    let inside = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    // What was alerted for a wider area was alerted here too.
    let here = |area: &str| inside(area, &incident.area) || inside(&incident.area, area);
    let then = |[from, to]: &[Timestamp; 2]| *from <= incident.window[1] && *to >= incident.window[0];
    let beside = own.iter().filter(|(area, window)| here(area) && then(window)).take(ALERTS_MAX);
    view.alerts = beside
        .map(|(area, window)| AlertSpanView {
            area: area.clone(),
            from: window[0].to_string(),
            to: window[1].to_string(),
        })
        .collect();
    view.graded = Some(grade(&incident));
    view.attribution = Some(attribute(&incident));
    view.clusters = Some(incident.clusters().len());
    view.window = Some(incident.window.map(|it| it.to_string()));
    view.clock_s = Some(incident.clock_s);
    view.quantity = Some(QuantityView::from(&incident.quantity));
    view.harm = incident.harm.iter().map(|(field, it)| (field.clone(), it.into())).collect();
    view.area = Some(incident.area);
    view.domains = incident.domains;
    view.objects = incident.objects;
    view.weapons = incident.weapons;
    view.accounts = incident.accounts;
    view.evidence = incident.evidence;
    view.considered = incident.considered;
    view.refuted = incident.refuted;
}

/// People's grades of a version, oldest first.
pub fn grades(shelf: &Shelf, incident: &Incident) -> Vec<GradeView> {
    let item = shelf.item(FilingKind::Grade, &grade_id(&incident.id, incident.version));
    let view = |filed: &Filed| {
        let by = filed.filing.by.strip_prefix("reviewer:").unwrap_or(&filed.filing.by).to_owned();
        let (at, index) = (filed.at.to_string(), filed.index);
        if let Content::Withdrawn { reason } = &filed.filing.content {
            return Some(GradeView { by, grade: None, reason: reason.clone(), at, index });
        }
        let text: GradeText = serde_json::from_str(filed.text()?).ok()?;
        Some(GradeView { by, grade: Some(text.grade.name()), reason: text.reason, at, index })
    };
    item.map(|it| it.filed.iter().filter_map(view).collect()).unwrap_or_default()
}
