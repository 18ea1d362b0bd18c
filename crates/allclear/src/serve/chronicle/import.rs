//! `POST /api/v1/review/imports`: a document or a dossier into the record of a running server, as `allclear import` does it into one that
//! no server has open.
//!
//! What always holds: what is known is not put in again; what opens a seal is on the disk before the seal is in the record; few inputs
//! wait in front of the core at once, so that a long document never keeps a warning waiting.

use super::super::ServeState;
use super::super::error::ApiError;
use super::review::{admit, allow, refused};
use super::view::ImportReceipt;
use super::{instant, locked, stored};
use crate::config::Role;
use crate::core::{CoreError, Input};
use crate::store::seal::{self, SettleError};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use chronicle::book::{Desk, read_file};
use chronicle::thread::{self, Capture, Form};
use futures_util::{StreamExt as _, stream};
use model::{SourceId, Statement};
use serde::Deserialize;

/// Largest document, in bytes; a longer one goes in by `allclear import` while no server runs.
pub const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Inputs that wait in front of the core at once.
const AT_ONCE: usize = 32;
/// Longest name of a source, in bytes.
const NAME_BYTES_MAX: usize = 128;

/// What the document is.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct ImportQuery {
    /// `thread`: what somebody published, as `allclear import thread` takes it. `chronicle`: a dossier or a file of claims.
    what: String,
    /// Who speaks, of a thread; the name of the dossier, of the chronicle.
    name: String,
    /// When the document was captured (RFC 3339). It dates nothing that the document says.
    captured_at: Option<String>,
    /// As what a thread is read: `text`, `html`, `feed` or `telegram`. Without it the first characters decide.
    format: Option<String>,
}

/// Puts a document into the record: its body as it is, at most 4 MiB. Needs a reviewer who may `import`.
#[utoipa::path(post, path = "/api/v1/review/imports", tag = "review", params(ImportQuery),
    request_body(content_type = "application/octet-stream"),
    responses((status = 200, body = ImportReceipt), (status = 401, body = crate::serve::view::ErrorView),
        (status = 403, body = crate::serve::view::ErrorView), (status = 404, body = crate::serve::view::ErrorView),
        (status = 422, body = crate::serve::view::ErrorView)))]
pub async fn import(
    State(state): State<ServeState>,
    headers: HeaderMap,
    Query(query): Query<ImportQuery>,
    body: Bytes,
) -> Result<Json<ImportReceipt>, ApiError> {
    let reviewer = admit(&state, &headers)?;
    allow(&reviewer, Role::Import)?;
    let name = query.name.trim().to_owned();
    if name.is_empty() || name.len() > NAME_BYTES_MAX || name.chars().any(char::is_control) {
        let why = format!("name: expected 1 to {NAME_BYTES_MAX} bytes without control characters");
        return Err(refused("bad_name", why));
    }
    // One at a time: a second import sees the first.
    let _turn = state.chronicle.deciding.lock().await;
    writable(&state)?;
    match query.what.as_str() {
        "thread" => posts(&state, name, &query, body).await,
        "chronicle" => dossier(&state, name, &reviewer.person.name, body).await,
        other => {
            let shown: String = other.chars().take(40).collect();
            Err(refused("bad_form", format!("what {shown:?}: expected thread or chronicle")))
        }
    }
    .map(Json)
}

/// Refuses by name while the record cannot be written. Asked before the book is read: once it says yes, all that was taken before is
/// on the disk, and the book has it.
pub fn writable(state: &ServeState) -> Result<(), CoreError> {
    match &state.core.published().record_stopped {
        Some(why) => Err(CoreError::RecordStopped(why.clone())),
        None => Ok(()),
    }
}

/// Puts them into the record in their order; the size of the record after the last. While the record cannot be written nothing is put
/// in: what waits to be written then is for warnings.
pub async fn submit(state: &ServeState, inputs: Vec<Input>) -> Result<u64, CoreError> {
    writable(state)?;
    let mut seq = state.core.published().seq;
    let mut acks = stream::iter(inputs).map(|input| state.core.submit(input)).buffered(AT_ONCE);
    while let Some(ack) = acks.next().await {
        seq = ack?.seq;
    }
    Ok(seq)
}

async fn posts(state: &ServeState, name: String, query: &ImportQuery, body: Bytes) -> Result<ImportReceipt, ApiError> {
    let captured_at = query.captured_at.as_deref().map(|text| instant("captured_at", text)).transpose()?;
    let form = match query.format.as_deref() {
        None => Form::of(&body),
        Some(text) => Form::ALL
            .into_iter()
            .find(|it| it.name() == text)
            .ok_or_else(|| refused("bad_form", format!("format: expected {}", Form::ALL.map(Form::name).join(", "))))?,
    };
    let capture = Capture { source: SourceId::new(&name), status: state.server.status, captured_at };
    let (mut read, settled) = locked(state, move |book, _| {
        let unread = |error: thread::ThreadError| refused("unreadable", format!("failed to {error}"));
        let mut read = thread::read(&body, form, &capture).map_err(unread)?;
        let same = book.statements().iter().map(|it| &it.statement).filter(|it| it.source == capture.source);
        let before: Vec<Statement> = same.cloned().collect();
        let settled = thread::settle(&before, std::mem::take(&mut read.statements));
        Ok((read, settled))
    })
    .await?;
    let new = settled.new.len();
    let revised = settled.new.iter().filter(|it| it.supersedes.is_some()).count();
    let seq = submit(state, settled.new.into_iter().map(Input::Statement).collect()).await?;
    Ok(ImportReceipt {
        seq,
        form: form.name(),
        new,
        revised,
        known: settled.known,
        sealed: 0,
        absent: settled.absent.len(),
        refused: read.refused.drain(..).map(|it| format!("{}: {}", it.at, it.why)).collect(),
        notes: read.notes.iter().map(ToString::to_string).collect(),
    })
}

async fn dossier(state: &ServeState, name: String, by: &str, body: Bytes) -> Result<ImportReceipt, ApiError> {
    let text = String::from_utf8(body.to_vec());
    let text = text.map_err(|_| refused("unreadable", "failed to read the body as UTF-8"))?;
    let drafts =
        read_file(&text).map_err(|error| refused("unreadable", format!("line {}: failed to {error}", error.line)))?;
    let by = format!("reviewer:{by}");
    let settled = locked(state, move |book, state| {
        let folder = state.reader.folder().unwrap_or(std::path::Path::new("."));
        let desk = Desk { status: state.server.status, dossier: &name, by: &by, now: state.core.now() };
        seal::settled(Some(folder), book.shelves().get(&name), drafts, desk, None).map_err(|error| match error {
            SettleError::Salt(_) => {
                ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "no_salt", format!("failed to {error}"))
            }
            SettleError::Unfit(_) => refused("bad_filing", format!("failed to {error}")),
            SettleError::Store(error) => stored(&error),
        })
    })
    .await?
    .0;
    let (new, revised, known) = (settled.new.len(), settled.revised, settled.known);
    let (sealed, absent) = (settled.sealed.len(), settled.absent.len());
    let seq = submit(state, settled.new.into_iter().map(Input::Filing).collect()).await?;
    Ok(ImportReceipt { seq, form: "chronicle", new, revised, known, sealed, absent, ..ImportReceipt::default() })
}
