//! Running other programs: one line says what runs, its output is passed through, its failure carries a remedy.

use crate::house::House;
use anyhow::{Context, Result, bail};
use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

/// So many of the last lines of a command that failed are kept for the summary.
const LAST_LINES: usize = 12;
/// Longest wait for the rest of what a command wrote, once it has ended.
const STRAGGLERS: Duration = Duration::from_secs(5);

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

/// Runs to the end with the terminal passed through. `Err` when it cannot start or does not end well. Without a terminal
/// its last lines are in the error too: a log is read from its end, and often nothing else of it is kept.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = line_of(command);
    println!("$ {line}");
    let start = || format!("start `{line}`: is it installed and on the PATH?");
    let (status, last) = if io::stdout().is_terminal() {
        (command.status().with_context(start)?, Vec::new())
    } else {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().with_context(start)?;
        passed_on(child).with_context(|| format!("wait for `{line}`"))?
    };
    if !status.success() {
        bail!("finish `{line}`: {status}{}", last.join(""));
    }
    Ok(())
}

/// The last lines of a command, of both its outputs.
type Last = Arc<Mutex<VecDeque<String>>>;

/// How it ended, after what it wrote was passed on; and the last lines of it, each on a line of its own.
fn passed_on(mut child: Child) -> io::Result<(ExitStatus, Vec<String>)> {
    let last = Last::default();
    let (done, ended) = mpsc::channel::<()>();
    if let Some(err) = child.stderr.take() {
        let (last, done) = (last.clone(), done.clone());
        std::thread::spawn(move || (pass_on(err, io::stderr(), &last), done));
    }
    if let Some(out) = child.stdout.take() {
        let (last, done) = (last.clone(), done.clone());
        std::thread::spawn(move || (pass_on(out, io::stdout(), &last), done));
    }
    drop(done);
    let status = child.wait()?;
    // Both outputs have ended when the channel has. What the command left running may hold them open for ever.
    let _ = ended.recv_timeout(STRAGGLERS);
    let lines = std::mem::take(&mut *last.lock().unwrap_or_else(PoisonError::into_inner));
    Ok((status, lines.into()))
}

/// Writes on line by line. What cannot be written on is still read, so that nobody waits for us.
fn pass_on(from: impl Read, mut to: impl Write, last: &Last) {
    let mut from = BufReader::new(from);
    let mut bytes = Vec::new();
    while from.read_until(b'\n', &mut bytes).is_ok_and(|n| n > 0) {
        let _ = to.write_all(&bytes);
        let text = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        bytes.clear();
        if !text.is_empty() {
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            if last.len() == LAST_LINES {
                last.pop_front();
            }
            last.push_back(format!("\n  | {text}"));
        }
    }
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
    fn the_last_lines_of_both_outputs_are_kept_without_a_terminal() {
        let mut command = Command::new("sh");
        command.args(["-c", "for n in $(seq 20); do echo line $n; done; echo complaint >&2; printf half; exit 3"]);
        let (status, last) = passed_on(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()).unwrap();
        assert_eq!((status.code(), last.len()), (Some(3), LAST_LINES));
        assert!(
            last.iter().any(|line| line.ends_with("half")) && last.iter().all(|line| !line.ends_with("line 1")),
            "{last:?}"
        );
    }

    #[test]
    fn a_command_that_is_not_there_says_what_to_look_at() {
        let error = run(&mut Command::new("no-such-program-here")).unwrap_err().to_string();
        assert!(error.contains("no-such-program-here") && error.contains("PATH"), "{error}");
    }

    #[test]
    fn a_command_that_leaves_something_running_is_not_waited_for_longer_than_itself() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 60 & echo $!; exit 4"]).stdout(Stdio::piped());
        let (status, last) = passed_on(command.spawn().unwrap()).unwrap();
        assert_eq!((status.code(), last.len()), (Some(4), 1), "{last:?}");
        let left = last[0].trim_start_matches(['\n', ' ', '|']).to_owned();
        assert!(
            Command::new("kill").arg(left).status().unwrap().success(),
            "it still ran, and is stopped by its number"
        );
    }

    #[test]
    fn what_a_failing_command_complained_of_is_kept() {
        let error = read(Command::new("sh").args(["-c", "echo broken >&2; exit 1"])).unwrap_err().to_string();
        assert!(error.contains("broken"), "{error}");
    }
}
