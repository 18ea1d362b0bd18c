//! `GET /api/v1/review/queue` and `POST /api/v1/review/decisions`: what the grammar and the rules leave to people.
//!
//! What always holds: a decision carries a reviewer's token and is in the record under that reviewer's name; nobody does what the
//! configuration does not let them; *confirmed*, and an embargo that ends early, take two people; who alone read what an incident
//! leans on does not grade it.

use super::super::ServeState;
use super::super::error::ApiError;
use super::import::writable;
use super::incidents::{grades, newest, sealed};
use super::timeline::decided;
use super::view::{DecisionReceipt, IncidentItem, QuantityItem, QueueView};
use super::{instant, locked, stamp, stored, worked};
use crate::config::{Reviewer, Role};
use crate::core::{CoreError, Input};
use crate::store::seal;
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chronicle::book::{ASIDE_DOSSIER, Book, GradeText, Item, Reading, ReasonText, Shelf, grade_id, passage_id};
use chronicle::incident::{Grade, Incident, grade};
use chronicle::reconcile::{Kind, Scope, Told};
use chronicle::{Hedge, Quantity};
use model::{Content, Filing, FilingKind, Status};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// Longest reason, in bytes, and most things in one queue.
const REASON_BYTES_MAX: usize = 1024;
const QUEUE_MAX: usize = 200;
/// Longest name of an object or an area, in bytes.
const NAME_BYTES_MAX: usize = 128;
/// People an embargo needs to end early.
const PEOPLE_MIN: usize = 2;

/// How a person reads a quantity.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadingBody {
    kind: Kind,
    object: String,
    quantity: QuantityBody,
    #[serde(default)]
    child: bool,
    #[serde(default)]
    attacker: Option<String>,
    area: String,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Option<String>,
}

/// `12`, `{"n": 950, "hedge": "more_than"}` or `{"low": 10, "high": 15}`.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum QuantityBody {
    Plain(u64),
    Hedged { n: u64, hedge: Hedge },
    Range { low: u64, high: u64 },
}

/// What a reviewer decides, each with its `reason`.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
enum Decision {
    Read {
        statement: String,
        start: usize,
        end: usize,
        reading: Box<ReadingBody>,
        reason: String,
    },
    SetAside {
        statement: String,
        start: usize,
        end: usize,
        reason: String,
    },
    Grade {
        incident: String,
        version: u32,
        grade: Grade,
        reason: String,
    },
    Retract {
        #[serde(default)]
        incident: Option<String>,
        #[serde(default)]
        version: Option<u32>,
        #[serde(default)]
        statement: Option<String>,
        #[serde(default)]
        start: Option<usize>,
        #[serde(default)]
        end: Option<usize>,
        reason: String,
    },
    LiftEmbargo {
        incident: String,
        reason: String,
    },
}

impl Decision {
    fn reason(&self) -> &str {
        match self {
            Self::Read { reason, .. }
            | Self::SetAside { reason, .. }
            | Self::Grade { reason, .. }
            | Self::Retract { reason, .. }
            | Self::LiftEmbargo { reason, .. } => reason,
        }
    }

    /// What one must be allowed to do for it.
    const fn role(&self) -> Role {
        match self {
            Self::Read { .. } | Self::SetAside { .. } | Self::Retract { incident: None, .. } => Role::Read,
            Self::Grade { .. } => Role::Grade,
            Self::Retract { .. } | Self::LiftEmbargo { .. } => Role::Publish,
        }
    }
}

pub fn refused(name: &'static str, why: impl Into<String>) -> ApiError {
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, name, why)
}

fn conflict(name: &'static str, why: impl Into<String>) -> ApiError {
    ApiError::new(StatusCode::CONFLICT, name, why)
}

/// The reviewer whose token is shown.
pub fn admit(state: &ServeState, headers: &HeaderMap) -> Result<Reviewer, ApiError> {
    if state.reviewers.is_empty() {
        return Err(ApiError::not_found("this server has no reviewers: see [[reviewer]] in docs/reference/config.md"));
    }
    let at = crate::serve::officer::holder(
        headers,
        "a review needs \"Authorization: Bearer …\"",
        "no reviewer has this token",
        state.reviewers.iter().map(|it| &it.person),
    )?;
    Ok(state.reviewers[at].clone())
}

/// Refuses what the configuration does not let this person do.
pub fn allow(reviewer: &Reviewer, role: Role) -> Result<(), ApiError> {
    if reviewer.may.contains(&role) {
        return Ok(());
    }
    let (name, role) = (&reviewer.person.name, role.name());
    let why = format!("{name:?} may not {role}: [[reviewer]] gives it by may = [{role:?}]");
    Err(ApiError::new(StatusCode::FORBIDDEN, "not_allowed", why))
}

/// Quantities that the grammar left, and incidents that want a grade, for a reviewer.
#[utoipa::path(get, path = "/api/v1/review/queue", tag = "review",
    responses((status = 200, body = QueueView), (status = 401, body = crate::serve::view::ErrorView),
        (status = 404, body = crate::serve::view::ErrorView)))]
pub async fn queue(State(state): State<ServeState>, headers: HeaderMap) -> Result<Response, ApiError> {
    let reviewer = admit(&state, &headers)?;
    worked(&state, move |book, state| {
        let mut quantities = waiting_quantities(book);
        let mut incidents = waiting_incidents(book);
        let cut = quantities.len() > QUEUE_MAX || incidents.len() > QUEUE_MAX;
        quantities.truncate(QUEUE_MAX);
        incidents.truncate(QUEUE_MAX);
        let (seq, as_of) = stamp(state);
        let may = reviewer.may.iter().map(|it| it.name()).collect();
        Ok(QueueView { seq, as_of, reviewer: reviewer.person.name.clone(), may, quantities, incidents, cut })
    })
    .await
}

fn waiting_quantities(book: &Book) -> Vec<QuantityItem> {
    let mut found = Vec::new();
    for heard in book.statements().iter().filter(|it| it.superseded_by.is_none()) {
        let Ok(reading) = &heard.reading else { continue };
        let statement = &heard.statement;
        for it in &reading.unparsed {
            if decided(book, statement.id.as_str(), [it.start, it.end]).is_some() {
                continue;
            }
            found.push(QuantityItem {
                statement: statement.id.to_string(),
                source: statement.source.to_string(),
                published_at: statement.published_at.map(|it| it.to_string()),
                text: statement.text.clone(),
                start: it.start,
                end: it.end,
                reason: it.reason,
            });
            if found.len() > QUEUE_MAX {
                return found;
            }
        }
    }
    found
}

fn waiting_incidents(book: &Book) -> Vec<IncidentItem> {
    let mut found = Vec::new();
    for (name, shelf) in book.shelves() {
        for (_, incident) in newest(shelf) {
            let given = grade(&incident).grade;
            let waits = if incident.assessed.as_ref().is_some_and(|it| it.grade == Grade::Confirmed) {
                Vec::new()
            } else {
                sure(shelf, &incident).into_iter().collect()
            };
            let doubtful = incident.assessed.is_none() && matches!(given, Grade::Weak | Grade::Contested);
            if doubtful || !waits.is_empty() {
                found.push(IncidentItem {
                    id: format!("{name}:{}", incident.id),
                    version: Some(incident.version),
                    area: Some(incident.area.clone()),
                    window: Some(incident.window.map(|it| it.to_string())),
                    grade: Some(given.name()),
                    sealed: false,
                    embargo_until: None,
                    waits,
                });
            }
        }
        for (item, _, commitment, until) in sealed(shelf) {
            found.push(IncidentItem {
                id: format!("{name}:{}", item.id),
                version: None,
                area: None,
                window: None,
                grade: None,
                sealed: true,
                embargo_until: Some(until.to_string()),
                waits: lifted_by(shelf, commitment).into_iter().collect(),
            });
        }
    }
    found
}

/// Who grades a version *confirmed* by their newest word.
fn sure(shelf: &Shelf, incident: &Incident) -> BTreeSet<String> {
    let mut sure = BTreeSet::new();
    for grade in grades(shelf, incident) {
        if grade.grade == Some(Grade::Confirmed.name()) {
            sure.insert(grade.by);
        } else {
            sure.remove(&grade.by);
        }
    }
    sure
}

/// Who said that an embargo may end early.
fn lifted_by(shelf: &Shelf, commitment: &str) -> BTreeSet<String> {
    let people = |item: &Item| {
        let told = item.filed.iter().filter(|it| it.text().is_some());
        told.map(|it| it.filing.by.strip_prefix("reviewer:").unwrap_or(&it.filing.by).to_owned()).collect()
    };
    shelf.item(FilingKind::Lift, commitment).map(people).unwrap_or_default()
}

/// Takes a decision: `action` is `read`, `set_aside`, `grade`, `retract` or `lift_embargo`, each with its `reason`; the fields are in
/// docs/reference/chronicle.md. `status` says which world is meant; on a server of the other one the decision is refused.
#[utoipa::path(post, path = "/api/v1/review/decisions", tag = "review", request_body(content_type = "application/json"),
    responses((status = 200, body = DecisionReceipt), (status = 400, body = crate::serve::view::ErrorView),
        (status = 401, body = crate::serve::view::ErrorView), (status = 403, body = crate::serve::view::ErrorView),
        (status = 404, body = crate::serve::view::ErrorView), (status = 409, body = crate::serve::view::ErrorView),
        (status = 422, body = crate::serve::view::ErrorView)))]
pub async fn decide(
    State(state): State<ServeState>,
    headers: HeaderMap,
    body: Result<Json<Value>, JsonRejection>,
) -> Result<Json<DecisionReceipt>, ApiError> {
    let reviewer = admit(&state, &headers)?;
    let bad = |code, why: String| ApiError::new(code, "bad_decision", format!("failed to read the decision: {why}"));
    let Json(mut body) = body.map_err(|rejection| bad(rejection.status(), rejection.body_text()))?;
    let status = body.as_object_mut().and_then(|fields| fields.remove("status"));
    let unread = |error: serde_json::Error| bad(StatusCode::UNPROCESSABLE_ENTITY, error.to_string());
    let decision: Decision = serde_json::from_value(body).map_err(unread)?;
    let here = state.server.status;
    if let Some(status) = status {
        let meant: Status = serde_json::from_value(status).map_err(unread)?;
        if meant != here {
            return Err(CoreError::WrongWorld { here, got: meant }.into());
        }
    }
    let reason = decision.reason();
    if reason.trim().is_empty() || reason.len() > REASON_BYTES_MAX {
        let why = format!("a decision needs its reason in words, at most {REASON_BYTES_MAX} bytes");
        return Err(refused("no_reason", why));
    }
    let role = decision.role();
    allow(&reviewer, role)?;
    // One at a time: a second decision sees the first.
    let _turn = state.chronicle.deciding.lock().await;
    writable(&state)?;
    let made = locked(&state, move |book, state| make(book, state, &reviewer.person.name, decision)).await?;
    let mut last = None;
    for filing in made.filings {
        filing.check().map_err(|why| refused("bad_filing", format!("failed to {why}")))?;
        last = Some(state.core.submit(Input::Filing(filing)).await?);
    }
    let ack = last.ok_or_else(|| refused("nothing", "the decision changes nothing"))?;
    let outcome = if made.waits.is_some() { "waits" } else { "done" };
    Ok(Json(DecisionReceipt { index: ack.event.0, seq: ack.seq, outcome, detail: made.waits }))
}

/// What a decision comes to.
struct Made {
    filings: Vec<Filing>,
    /// What it waits for.
    waits: Option<String>,
}

fn make(book: &Book, state: &ServeState, by: &str, decision: Decision) -> Result<Made, ApiError> {
    let status = state.server.status;
    let filing = |dossier: &str, kind, id: String, content| Filing {
        status,
        dossier: dossier.to_owned(),
        kind,
        id,
        by: format!("reviewer:{by}"),
        content,
    };
    let done = |filing| Ok(Made { filings: vec![filing], waits: None });
    match decision {
        Decision::Read { statement, start, end, reading, reason } => {
            let id = passage(book, &statement, [start, end])?;
            let told = told(book, &statement, [start, end], &id, &reading)?;
            let reading = Reading { statement, span: [start, end], told, reason };
            done(filing(ASIDE_DOSSIER, FilingKind::Reading, id, Content::Told { text: text(&reading)? }))
        }
        Decision::SetAside { statement, start, end, reason } => {
            let id = passage(book, &statement, [start, end])?;
            done(filing(ASIDE_DOSSIER, FilingKind::Aside, id, Content::Told { text: text(&ReasonText { reason })? }))
        }
        Decision::Grade { incident, version, grade, reason } => {
            let (dossier, shelf, found) = incident_of(book, &incident, Some(version))?;
            if let Some(alone) = own_reading(book, &found, by) {
                let why =
                    format!("you alone read {alone}, which this incident leans on: another reviewer has to grade it");
                return Err(conflict("own_reading", why));
            }
            let waits = (grade == Grade::Confirmed && !sure(shelf, &found).iter().any(|it| it != by))
                .then(|| "confirmed stands when a second reviewer says so too".to_owned());
            let id = grade_id(&found.id, found.version);
            let content = Content::Told { text: text(&GradeText { grade, reason })? };
            Ok(Made { filings: vec![filing(dossier, FilingKind::Grade, id, content)], waits })
        }
        Decision::Retract { incident: Some(incident), version, statement: None, start: None, end: None, reason } => {
            let (dossier, _, found) = incident_of(book, &incident, version)?;
            let id = format!("{}/v{}", found.id, found.version);
            done(filing(dossier, FilingKind::Incident, id, Content::Withdrawn { reason }))
        }
        Decision::Retract {
            incident: None,
            version: None,
            statement: Some(it),
            start: Some(a),
            end: Some(b),
            reason,
        } => {
            let id = passage_id(&it, [a, b]);
            let stands =
                |kind: &FilingKind| book.item(ASIDE_DOSSIER, *kind, &id).is_some_and(|item| item.standing().is_some());
            let kind = [FilingKind::Reading, FilingKind::Aside].into_iter().find(stands).ok_or_else(|| {
                ApiError::not_found("nobody read or set aside this passage: there is nothing to take back")
            })?;
            done(filing(ASIDE_DOSSIER, kind, id, Content::Withdrawn { reason }))
        }
        Decision::Retract { .. } => {
            Err(refused("bad_decision", "retract takes incident and version, or statement, start and end of a passage"))
        }
        Decision::LiftEmbargo { incident, reason } => lift(book, state, by, &incident, reason),
    }
}

fn text<T: Serialize>(thing: &T) -> Result<String, ApiError> {
    serde_json::to_string(thing).map_err(|error| refused("bad_decision", format!("failed to write it: {error}")))
}

/// The name of a passage that waits for a person.
fn passage(book: &Book, statement: &str, span: [usize; 2]) -> Result<String, ApiError> {
    let shown: String = statement.chars().take(80).collect();
    let heard = book
        .statement(statement)
        .ok_or_else(|| ApiError::not_found(format!("no statement {shown:?}; /api/v1/review/queue lists what waits")))?;
    let waits = heard.reading.as_ref().is_ok_and(|it| it.unparsed.iter().any(|it| [it.start, it.end] == span));
    if !waits {
        let why = format!("bytes {} to {} of {shown:?} are no quantity that the grammar left", span[0], span[1]);
        return Err(ApiError::not_found(why));
    }
    match decided(book, statement, span) {
        None => Ok(passage_id(statement, span)),
        Some(before) => {
            Err(conflict("decided", format!("this passage was {before} before: take that back first, by retract")))
        }
    }
}

fn told(book: &Book, statement: &str, span: [usize; 2], id: &str, body: &ReadingBody) -> Result<Told, ApiError> {
    let name = |field: &str, it: &str| {
        if it.is_empty() || it.len() > NAME_BYTES_MAX || it.chars().any(char::is_control) {
            let why = format!("{field}: expected 1 to {NAME_BYTES_MAX} bytes without control characters");
            return Err(refused("bad_reading", why));
        }
        Ok(it.to_owned())
    };
    let window = match (&body.from, &body.to) {
        (None, None) => None,
        (Some(from), Some(to)) => {
            let window = [instant("from", from)?, instant("to", to)?];
            if window[0] > window[1] {
                return Err(refused("bad_reading", format!("from {from} is after to {to}")));
            }
            Some(window)
        }
        _ => return Err(refused("bad_reading", "from and to stand together; without both the time is not resolved")),
    };
    let quantity = match body.quantity {
        QuantityBody::Plain(n) => Quantity::plain(n),
        QuantityBody::Hedged { n, hedge } => Quantity::hedged(n, hedge),
        QuantityBody::Range { low, high } => {
            Quantity::range(low, high).map_err(|error| refused("bad_reading", error.to_string()))?
        }
    };
    let heard = book.statement(statement).ok_or_else(|| ApiError::not_found("no such statement"))?;
    Ok(Told {
        id: id.to_owned(),
        source: heard.statement.source.to_string(),
        cluster: heard.statement.forwarded_from.clone(),
        as_of: heard.statement.published_at,
        scope: Scope {
            attacker: body.attacker.as_deref().map(|it| name("attacker", it)).transpose()?,
            kind: body.kind,
            object: name("object", &body.object)?,
            child: body.child,
            area: name("area", &body.area)?,
            window,
        },
        quantity,
        part_of: None,
        own: false,
        words: heard.words(span),
        statement: Some(statement.to_owned()),
    })
}

/// An incident of the book, in that version or its newest.
fn incident_of<'a>(
    book: &'a Book,
    id: &'a str,
    version: Option<u32>,
) -> Result<(&'a str, &'a Shelf, Incident), ApiError> {
    let shown: String = id.chars().take(80).collect();
    let unknown = || {
        let version = version.map_or_else(String::new, |it| format!("version {it} of "));
        ApiError::not_found(format!("no {version}incident {shown:?} stands; /api/v1/chronicle/incidents lists them"))
    };
    let (dossier, name) = id.split_once(':').ok_or_else(unknown)?;
    let shelf = book.shelves().get(dossier).ok_or_else(unknown)?;
    let versions = shelf.incidents().into_iter().map(|(_, it)| it).filter(|it| it.id == name);
    let found = versions.filter(|it| version.is_none_or(|version| it.version == version)).max_by_key(|it| it.version);
    Ok((dossier, shelf, found.ok_or_else(unknown)?))
}

/// A statement that an incident leans on and that this person alone read; `None` when somebody else read something of it too.
fn own_reading(book: &Book, incident: &Incident, by: &str) -> Option<String> {
    let leans: BTreeSet<&str> = incident.accounts.iter().filter_map(|it| it.statement.as_deref()).collect();
    let shelf = book.shelves().get(ASIDE_DOSSIER)?;
    let mut own = None;
    for (item, reading) in shelf.readings().filter(|(_, it)| leans.contains(it.statement.as_str())) {
        if item.standing().is_some_and(|it| it.filing.by == format!("reviewer:{by}")) {
            own = Some(reading.statement);
        } else {
            return None;
        }
    }
    own
}

/// A word for an early end; the second one opens the seal.
fn lift(book: &Book, state: &ServeState, by: &str, incident: &str, reason: String) -> Result<Made, ApiError> {
    let shown: String = incident.chars().take(80).collect();
    let unknown = || ApiError::not_found(format!("no sealed incident {shown:?}; /api/v1/review/queue lists them"));
    let (dossier, name) = incident.split_once(':').ok_or_else(unknown)?;
    let shelf = book.shelves().get(dossier).ok_or_else(unknown)?;
    let (_, _, commitment, _) = sealed(shelf).find(|(item, ..)| item.id == name).ok_or_else(unknown)?;
    let mut people = lifted_by(shelf, commitment);
    if !people.insert(by.to_owned()) {
        return Err(conflict("second_needed", "you said so before: a second reviewer has to"));
    }
    let status = state.server.status;
    let word = Filing {
        status,
        dossier: dossier.to_owned(),
        kind: FilingKind::Lift,
        id: commitment.to_owned(),
        by: format!("reviewer:{by}"),
        content: Content::Told { text: text(&ReasonText { reason })? },
    };
    if people.len() < PEOPLE_MIN {
        let waits = "an embargo ends early when a second reviewer says so too".to_owned();
        return Ok(Made { filings: vec![word], waits: Some(waits) });
    }
    let folder = state.reader.folder().ok_or_else(|| conflict("no_seal", "the record has no folder"))?;
    let (kept, _) = seal::kept(folder).map_err(|error| stored(&error))?;
    let hidden = kept.iter().find(|it| it.commitment == commitment).ok_or_else(|| {
        conflict(
            "no_seal",
            "what this seal hides is not beside the record any more: put the folder `sealed` back from a backup",
        )
    })?;
    Ok(Made { filings: vec![word, hidden.open(status, &format!("reviewer:{by}"))], waits: None })
}
