//! Running other programs: one line says what runs, its output is passed through, its failure carries a remedy.

use crate::house::House;
use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

/// A command that runs in the checkout's root.
pub(crate) fn command<S: AsRef<OsStr>>(house: &House, program: S) -> Command {
    let mut command = Command::new(program);
    command.current_dir(house.root());
    // What `cargo run` tells this task about itself is not true for its children.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST") || name == "CARGO_BIN_NAME" {
            command.env_remove(&*name);
        }
    }
    command
}

/// `cargo` with these arguments, in the checkout's root.
pub(crate) fn cargo(house: &House, arguments: &[&str]) -> Command {
    let mut cargo = command(house, std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments);
    cargo
}

/// `cargo` for everything at once: all rooms, all tasks, all tests. Build, tests and lints ask for the same features, so
/// that each dependency is built once.
pub(crate) fn cargo_for_all(house: &House, subcommand: &str) -> Command {
    cargo(house, &[subcommand, "--workspace", "--features", "xtask/areas"])
}

/// `npm` with these arguments, in `web/`.
pub(crate) fn npm(house: &House, arguments: &[&str]) -> Command {
    let mut npm = command(house, "npm");
    npm.args(arguments).current_dir(house.at("web"));
    npm
}

/// Runs to the end with the terminal passed through. `Err` when it cannot start or does not end well.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = line_of(command);
    println!("$ {line}");
    let status = command.status().with_context(|| format!("start `{line}`: is it installed and on the PATH?"))?;
    if !status.success() {
        bail!("finish `{line}`: {status}");
    }
    Ok(())
}

/// Runs to the end and gives what it wrote on standard output. `Err` carries its standard error.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let line = line_of(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("start `{line}`: is it installed and on the PATH?"))?;
    if !output.status.success() {
        bail!("finish `{line}`: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr).trim_end());
    }
    String::from_utf8(output.stdout).with_context(|| format!("read what `{line}` wrote as UTF-8"))
}

/// Whether a program of that name is on the PATH.
pub(crate) fn on_path(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}

/// The command as a person would type it, without the path of the program.
fn line_of(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let mut words = vec![program.to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|argument| argument.to_string_lossy().into_owned()));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_fails_says_which_and_how() {
        let error = run(Command::new("sh").args(["-c", "exit 3"])).unwrap_err().to_string();
        assert!(error.contains("sh -c exit 3") && error.contains('3'), "{error}");
    }

    #[test]
    fn a_command_that_is_not_there_says_what_to_look_at() {
        let error = run(&mut Command::new("no-such-program-here")).unwrap_err().to_string();
        assert!(error.contains("no-such-program-here") && error.contains("PATH"), "{error}");
    }

    #[test]
    fn what_a_failing_command_complained_of_is_kept() {
        let error = read(Command::new("sh").args(["-c", "echo broken >&2; exit 1"])).unwrap_err().to_string();
        assert!(error.contains("broken"), "{error}");
    }
}
