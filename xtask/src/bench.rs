//! `make bench`: the figures of the README.

use crate::command::{cargo, command, run};
use crate::house::House;
use crate::web;
use anyhow::Result;

/// Runs `allclear bench`, optimised, with the page built in as it would be for users.
pub(crate) fn bench(house: &House, name: Option<&str>) -> Result<()> {
    web::build(house)?;
    run(&mut cargo(house, &["build", "--release", "--bin", "allclear"]))?;
    run(command(house, house.built("release/allclear")).arg("bench").arg(name.unwrap_or("latency")))
}
