//! The quick looks: `make check` while writing, `make lint` before committing.

use crate::command::{cargo, cargo_for_all, npm, run};
use crate::house::House;
use crate::{tidy, web};
use anyhow::{Context, Result};

/// Types of everything, and tidiness.
pub(crate) fn check(house: &House) -> Result<()> {
    run(cargo_for_all(house, "check").arg("--all-targets"))?;
    tidy::tidy(house)
}

/// Format, lints and tidiness; the page's types too.
pub(crate) fn lint(house: &House) -> Result<()> {
    format(house)?;
    clippy(house)?;
    tidy::tidy(house)?;
    web::install(house)?;
    run(&mut npm(house, &["run", "check"]))
}

/// Every Rust file as rustfmt writes it.
pub(crate) fn format(house: &House) -> Result<()> {
    run(&mut cargo(house, &["fmt", "--all", "--check", "--", "--files-with-diff"]))
        .context("find every file formatted: run `cargo fmt --all`")
}

/// Clippy with the workspace's lints, warnings as errors.
pub(crate) fn clippy(house: &House) -> Result<()> {
    run(cargo_for_all(house, "clippy").args(["--all-targets", "--", "-D", "warnings"]))
}
