//! A clean tree: nothing changed, nothing new that is not ignored.

use crate::command::{command, read};
use crate::house::House;
use anyhow::{Result, bail};

/// Fails with the list of what is not committed.
pub(crate) fn tree(house: &House) -> Result<()> {
    let status = read(command(house, "git").args(["status", "--porcelain", "--untracked-files=all"]))?;
    if status.is_empty() {
        println!("the tree is clean");
        return Ok(());
    }
    let difference = read(command(house, "git").args(["diff", "--stat"]))?;
    bail!("leave the tree clean; commit, ignore or bless these:\n{status}{difference}")
}
