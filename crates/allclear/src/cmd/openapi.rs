//! `allclear openapi`: prints the OpenAPI document of the own API.

use super::exit;
use std::io::Write as _;
use std::process::ExitCode;

/// Prints the document.
pub fn run() -> anyhow::Result<ExitCode> {
    std::io::stdout().write_all(crate::serve::api::openapi_json().as_bytes())?;
    Ok(exit::code(exit::DONE))
}
