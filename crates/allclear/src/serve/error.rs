//! Errors of the own API: a stable name, a sentence, a status code.

use super::view::ErrorView;
use crate::core::CoreError;
use axum::Json;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::borrow::Cow;

/// An error on its way out.
#[derive(Debug)]
pub struct ApiError {
    /// HTTP status.
    pub code: StatusCode,
    /// Stable name.
    pub name: Cow<'static, str>,
    /// What went wrong and what would have been right.
    pub message: String,
}

impl ApiError {
    /// An error of that status, name and message.
    pub fn new(code: StatusCode, name: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { code, name: name.into(), message: message.into() }
    }

    /// A 404 with a message.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Json(ErrorView { error: self.name.into_owned(), message: self.message });
        let mut response = (self.code, body).into_response();
        if self.code == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
        }
        response
    }
}

impl From<CoreError> for ApiError {
    fn from(error: CoreError) -> Self {
        let (code, name) = match &error {
            CoreError::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            CoreError::Stopped => (StatusCode::SERVICE_UNAVAILABLE, "core_stopped"),
            CoreError::WrongWorld { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "wrong_world"),
            CoreError::RecordStopped(_) => (StatusCode::SERVICE_UNAVAILABLE, "record_stopped"),
        };
        Self::new(code, name, format!("failed to {error}"))
    }
}

/// The answer to a path that is not there.
pub async fn not_found(uri: Uri) -> ApiError {
    let path: String = uri.path().chars().take(200).collect();
    ApiError::not_found(format!("no {path} here; /openapi.json lists what there is"))
}
