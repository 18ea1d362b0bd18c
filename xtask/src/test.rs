//! `make test`: every step, each timed, all run even when one fails, and a table at the end.
//!
//! What always holds: a step that cannot run fails with the remedy; nothing is skipped unless you asked for it on
//! the command line, and then the closing line says so. The order is for two cores: what the others need comes first.

use crate::command::{cargo_for_all, command, npm, run};
use crate::house::House;
use crate::{bless, check, need, tidy, web};
use anyhow::{Result, bail};
use std::time::{Duration, Instant};

/// One step: its name, the steps it cannot do without, what it does.
struct Step {
    name: &'static str,
    needs: &'static [&'static str],
    act: fn(&House) -> Result<()>,
}

const STEPS: &[Step] = &[
    Step { name: "tools", needs: &[], act: tools },
    Step { name: "web-install", needs: &[], act: web::install },
    Step { name: "web-unit", needs: &["web-install"], act: |house| run(&mut npm(house, &["test"])) },
    Step { name: "web-build", needs: &["web-install"], act: web::build },
    Step { name: "tidy", needs: &[], act: tidy::tidy },
    Step { name: "format", needs: &[], act: check::format },
    Step { name: "build", needs: &["web-build"], act: build },
    Step { name: "rust", needs: &["web-build"], act: rust },
    Step { name: "clippy", needs: &["web-build"], act: check::clippy },
    Step { name: "fresh", needs: &["build"], act: bless::fresh },
    Step { name: "bench", needs: &["build"], act: bench },
    Step { name: "geos", needs: &["build"], act: geos },
    Step { name: "clients", needs: &["build"], act: clients },
    Step { name: "mqtt", needs: &["build"], act: mqtt },
    Step { name: "siren", needs: &["build"], act: siren },
    Step { name: "cap", needs: &["build"], act: cap },
    Step { name: "cbs", needs: &["build"], act: cbs },
    Step { name: "tables", needs: &["build"], act: tables },
    Step { name: "push", needs: &["build"], act: push },
    Step { name: "browser", needs: &["build", "web-install"], act: browser },
];

/// How a step went.
enum Outcome {
    Passed,
    Failed(String),
}

struct Line {
    name: &'static str,
    took: Duration,
    outcome: Outcome,
}

/// Runs the chosen steps. `Err` when any failed, or when a filter names no step.
pub(crate) fn test(house: &House, only: &[String], skip: &[String]) -> Result<()> {
    let chosen = choose(only, skip)?;
    let began = Instant::now();
    let mut lines: Vec<Line> = Vec::new();
    for (number, step) in chosen.iter().enumerate() {
        println!("\n── {}/{} {} ──", number + 1, chosen.len(), step.name);
        let started = Instant::now();
        let outcome = match failed_need(step, &lines) {
            Some(need) => Outcome::Failed(format!("not run: it needs `{need}`")),
            None => match (step.act)(house) {
                Ok(()) => Outcome::Passed,
                Err(error) => Outcome::Failed(format!("failed to {error:#}")),
            },
        };
        lines.push(Line { name: step.name, took: started.elapsed(), outcome });
    }
    println!("\n{}", table(&lines, STEPS.len(), began.elapsed()));
    let mut failed = Vec::new();
    for line in &lines {
        if let Outcome::Failed(why) = &line.outcome {
            println!("\n{}: {why}", line.name);
            failed.push(line.name);
        }
    }
    if !failed.is_empty() {
        bail!("pass: {}", failed.join(", "));
    }
    Ok(())
}

fn choose(only: &[String], skip: &[String]) -> Result<Vec<&'static Step>> {
    if let Some(unknown) = only.iter().chain(skip).find(|name| STEPS.iter().all(|step| step.name != name.as_str())) {
        let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        bail!("find the step `{unknown}`: the steps are {}", names.join(", "));
    }
    let wanted = |step: &&Step| {
        (only.is_empty() || only.iter().any(|name| name == step.name)) && !skip.iter().any(|name| name == step.name)
    };
    Ok(STEPS.iter().filter(wanted).collect())
}

/// The first step this one needs that was run and failed.
fn failed_need(step: &Step, lines: &[Line]) -> Option<&'static str> {
    let failed =
        |need: &&str| lines.iter().any(|line| line.name == *need && matches!(line.outcome, Outcome::Failed(_)));
    step.needs.iter().find(|need| failed(need)).copied()
}

fn table(lines: &[Line], steps: usize, took: Duration) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    let mut failures = 0_usize;
    for line in lines {
        let word = match &line.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed(_) => {
                failures += 1;
                "FAILED"
            }
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:>8.1} s  {word}  {}", line.took.as_secs_f64(), line.name);
    }
    let left_out = match steps - lines.len() {
        0 => String::new(),
        some => format!(" ({some} left out by your filters)"),
    };
    let passed = lines.len() - failures;
    let _ = write!(text, "{:>8.1} s  {passed} passed, {failures} failed{left_out}", took.as_secs_f64());
    text
}

fn tools(house: &House) -> Result<()> {
    need::rust_components(house)?;
    need::node(house)?;
    need::chromium(house)?;
    need::python_with_clients(house)?;
    need::push_service(house)?;
    need::xmlsec(house)?;
    need::go_verifier(house)?;
    need::mosquitto(house)
}

/// Everything, tests included, so that every later step finds it built.
pub(crate) fn build(house: &House) -> Result<()> {
    run(cargo_for_all(house, "build").arg("--all-targets"))
}

fn rust(house: &House) -> Result<()> {
    // Here what the tests compare with is installed: a comparison that cannot be made has failed.
    run(cargo_for_all(house, "test")
        .arg("--no-fail-fast")
        .env("ALLCLEAR_OUTSIDE", "required")
        .env("ALLCLEAR_LIFE_DEPTH", "4"))
}

/// The tracker's figures at reduced size, held to its gates with room for another machine and the development build.
fn bench(house: &House) -> Result<()> {
    run(command(house, house.program()).args(["bench", "track", "--quick", "--check"]))
}

/// The area index against its definition, and against GEOS: every answer, also on vertices, edges and tips that touch.
fn geos(house: &House) -> Result<()> {
    let python = need::python_with_clients(house)?;
    let answers = house.built("geos");
    run(command(house, house.program()).args(["bench", "index", "--quick", "--check", "--export"]).arg(&answers))?;
    run(command(house, python).arg(house.at("crates/allclear/tests/geos/compare.py")).arg(answers))
}

/// The alert services' own clients, unmodified, against the program.
fn clients(house: &House) -> Result<()> {
    let python = need::python_with_clients(house)?;
    run(command(house, python).arg(house.at("crates/allclear/tests/clients/run.py")).arg(house.program()))
}

/// Real MQTT clients against the program, and the program against a real broker.
fn mqtt(house: &House) -> Result<()> {
    let python = need::python_with_clients(house)?;
    need::mosquitto(house)?;
    run(command(house, python).arg(house.at("crates/allclear/tests/clients/mqtt.py")).arg(house.program()))
}

/// Reference devices at a real broker, commanded by the program, all of them killed in turn.
fn siren(house: &House) -> Result<()> {
    let python = need::python_with_clients(house)?;
    need::mosquitto(house)?;
    run(command(house, python).arg(house.at("crates/allclear/tests/clients/siren.py")).arg(house.program()))
}

/// Our CAP messages and feeds, as the OASIS schema, the WMO's validator and xmlsec1 take them.
fn cap(house: &House) -> Result<()> {
    need::xmlsec(house)?;
    let python = need::python_with_clients(house)?;
    run(command(house, python).arg(house.at("crates/allclear/tests/cap/check.py")).arg(house.program()))
}

/// Our cell broadcast pages, as pycrate reads them.
fn cbs(house: &House) -> Result<()> {
    let python = need::python_with_clients(house)?;
    run(command(house, python).arg(house.at("crates/allclear/tests/cbs/check.py")).arg(house.program()))
}

/// Tables of reports, as Apache Arrow's reader of Parquet in C++ and Python's of CSV take them.
fn tables(house: &House) -> Result<()> {
    let python = need::python_with_clients(house)?;
    let scenario = house.at("scenarios/chronicle/2025-03-20.toml");
    run(command(house, python)
        .arg(house.at("crates/allclear/tests/tables/check.py"))
        .arg(house.program())
        .arg(scenario))
}

/// Push messages against a push service that verifies and decrypts them, and webhooks against the verifier of their standard.
fn push(house: &House) -> Result<()> {
    let (python, modules) = (need::python_with_clients(house)?, need::push_service(house)?);
    let check = house.at("crates/allclear/tests/push/check.py");
    run(command(house, python).arg(check).arg(house.program()).arg(modules))
}

/// The page in a real browser against the program.
fn browser(house: &House) -> Result<()> {
    let chromium = need::chromium(house)?;
    run(npm(house, &["run", "e2e"]).env("ALLCLEAR_BIN", house.program()).env("CHROMIUM_BIN", chromium))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_need_is_a_step_that_comes_before() {
        for (at, step) in STEPS.iter().enumerate() {
            for need in step.needs {
                assert!(STEPS[..at].iter().any(|before| before.name == *need), "{} needs {need}", step.name);
            }
        }
    }

    #[test]
    fn a_filter_that_names_no_step_is_an_error() {
        assert!(choose(&["nonesuch".to_owned()], &[]).is_err());
        assert_eq!(choose(&["tidy".to_owned()], &[]).unwrap().len(), 1);
        assert_eq!(choose(&[], &["tidy".to_owned()]).unwrap().len(), STEPS.len() - 1);
    }

    #[test]
    fn a_step_whose_need_failed_fails_too_and_says_why() {
        let lines = [Line { name: "web-install", took: Duration::ZERO, outcome: Outcome::Failed(String::new()) }];
        let step = STEPS.iter().find(|step| step.name == "web-build").unwrap();
        assert_eq!(failed_need(step, &lines), Some("web-install"));
    }

    #[test]
    fn the_closing_line_counts_and_tells_what_was_left_out() {
        let line = |name, outcome| Line { name, took: Duration::from_millis(1500), outcome };
        let lines = [line("one", Outcome::Passed), line("two", Outcome::Failed("why".to_owned()))];
        let text = table(&lines, 3, Duration::from_secs(3));
        let expected = "     1.5 s  passed  one\n     1.5 s  FAILED  two\n     3.0 s  1 passed, 1 failed (1 left out by your filters)";
        assert_eq!(text, expected);
    }
}
