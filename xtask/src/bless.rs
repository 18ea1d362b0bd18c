//! Generated and golden files: one source, one command each, and a check that they are what the source gives.

use crate::command::{cargo_for_all, command, npm, read, run};
use crate::house::House;
use crate::{test, web};
use anyhow::{Context, Result, bail};

/// The API's description, generated from the Rust types.
const OPENAPI: &str = "schemas/openapi.json";
/// The page's types, generated from the description.
const WIRE_TS: &str = "web/src/wire.gen.ts";

/// Writes everything anew: the description, the page's types, the expected texts of the tests.
pub(crate) fn bless(house: &House) -> Result<()> {
    std::fs::create_dir_all(house.at("schemas")).context("make the folder schemas")?;
    write(house, OPENAPI, &openapi(house)?)?;
    web::install(house)?;
    run(&mut npm(house, &["run", "wire"]))?;
    run(cargo_for_all(house, "test").env("UPDATE_EXPECT", "1"))?;
    run(command(house, "git").args(["status", "--short"]))
}

/// Fails when a generated file is not what its source gives now. Leaves every file as it was.
pub(crate) fn fresh(house: &House) -> Result<()> {
    let mut stale = Vec::new();
    let had = std::fs::read_to_string(house.at(OPENAPI)).unwrap_or_default();
    if had != openapi(house)? {
        stale.push(OPENAPI);
    }
    let had = std::fs::read_to_string(house.at(WIRE_TS)).unwrap_or_default();
    web::install(house)?;
    run(&mut npm(house, &["run", "wire"]))?;
    let gives = std::fs::read_to_string(house.at(WIRE_TS)).with_context(|| format!("read {WIRE_TS}"))?;
    if had != gives {
        write(house, WIRE_TS, &had)?;
        stale.push(WIRE_TS);
    }
    if !stale.is_empty() {
        bail!("find the generated files current: {} changed; `make bless` writes them anew", stale.join(" and "));
    }
    println!("generated files are current");
    Ok(())
}

fn openapi(house: &House) -> Result<String> {
    test::build(house)?;
    read(command(house, house.program()).arg("openapi"))
}

fn write(house: &House, path: &str, text: &str) -> Result<()> {
    std::fs::write(house.at(path), text).with_context(|| format!("write {path}"))
}
