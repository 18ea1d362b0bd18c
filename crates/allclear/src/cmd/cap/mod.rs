//! `allclear cap lint|show|sign|verify`: Common Alerting Protocol tools, for messages of anybody.

mod sign;

use super::exit;
use anyhow::Context as _;
use cap::{Finding, Gravity, Profile, ReadError, Strictness};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments of `cap`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, clap::Subcommand)]
enum Task {
    /// What is wrong in messages: rules of the schema, of section 3, and what cannot be meant. Exit code not 0 when any is an error.
    Lint {
        /// Messages; `-` is standard input.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Also what differs from a profile: `UA-AirRaid`.
        #[arg(long, value_parser = profile)]
        profile: Option<Profile>,
        /// One finding a line as JSON, with its file.
        #[arg(long)]
        json: bool,
    },
    /// A message for people, or as JSON. Reads also what is wrong, as far as it can, and says what was.
    Show {
        /// The message; `-` is standard input.
        file: PathBuf,
        /// JSON, with the findings.
        #[arg(long)]
        json: bool,
    },
    /// Sign a message in which nothing is wrong: an enveloped XML signature, ECDSA on P-256 with SHA-256.
    Sign(sign::Sign),
    /// Whether pinned keys signed messages, and what exactly. Exit code 4 when any did not verify.
    Verify(sign::Verify),
}

/// Runs one of the tools.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.task {
        Task::Lint { files, profile, json } => lint(files, *profile, *json),
        Task::Show { file, json } => show(file, *json),
        Task::Sign(args) => sign::sign(args),
        Task::Verify(args) => sign::verify(args),
    }
}

/// The bytes of a message, one more than may be read, so that a longer one is refused and not held.
pub(super) fn bytes(file: &Path) -> anyhow::Result<Vec<u8>> {
    let (mut bytes, most) = (Vec::new(), cap::xml::BYTES_MAX as u64 + 1);
    let read = if file == Path::new("-") {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        let opened = std::fs::File::open(file).with_context(|| format!("failed to open {}", file.display()))?;
        opened.take(most).read_to_end(&mut bytes)
    };
    read.with_context(|| format!("failed to read {}", file.display()))?;
    Ok(bytes)
}

/// The profile of that name.
fn profile(name: &str) -> Result<Profile, String> {
    let known = || Profile::ALL.map(Profile::name).join(", ");
    Profile::ALL.into_iter().find(|it| it.name() == name).ok_or_else(|| format!("expected {}", known()))
}

fn lint(files: &[PathBuf], profile: Option<Profile>, as_json: bool) -> anyhow::Result<ExitCode> {
    let (mut errors, mut others) = (0_usize, 0_usize);
    for file in files {
        let place = file.display();
        let bytes = bytes(file)?;
        let findings = match profile.map_or_else(|| cap::lint(&bytes), |profile| cap::lint_as(&bytes, profile)) {
            Ok(findings) => findings,
            Err(error) => {
                errors += 1;
                if as_json {
                    let id = refusal(&error);
                    println!(
                        "{}",
                        serde_json::json!({"file": file, "id": id, "gravity": "error", "message": error.to_string()})
                    );
                } else {
                    println!("{place}: error {}: failed to {error}", refusal(&error));
                }
                continue;
            }
        };
        for finding in &findings {
            if finding.gravity == Gravity::Error {
                errors += 1;
            } else {
                others += 1;
            }
            if as_json {
                let mut line = serde_json::to_value(finding)?;
                line["file"] = serde_json::to_value(file)?;
                println!("{line}");
            } else {
                println!("{place}:{finding}");
            }
        }
        if findings.is_empty() && !as_json {
            println!("{place}: nothing is wrong");
        }
    }
    if !as_json && errors + others > 0 {
        eprintln!("{errors} errors, {others} warnings and notes in {} messages", files.len());
    }
    Ok(exit::code(if errors == 0 { exit::DONE } else { exit::REFUSED }))
}

/// The id of a refusal, as of a finding.
const fn refusal(error: &ReadError) -> &'static str {
    match error {
        ReadError::Xml(_) => "xml",
        ReadError::Root { .. } => "root",
        ReadError::Version { .. } => "version",
        ReadError::Invalid(_) => "invalid",
    }
}

fn show(file: &Path, as_json: bool) -> anyhow::Result<ExitCode> {
    let reading = match cap::read(&bytes(file)?, Strictness::Tolerant) {
        Ok(reading) => reading,
        Err(error) => {
            eprintln!("{}: failed to {error}", file.display());
            return Ok(exit::code(exit::REFUSED));
        }
    };
    if as_json {
        println!("{}", serde_json::json!({"alert": reading.alert, "findings": reading.findings}));
    } else {
        print!("{}", words(&reading.alert));
        for finding in &reading.findings {
            eprintln!("{}:{finding}", file.display());
        }
    }
    let wrong = reading.findings.iter().any(|Finding { gravity, .. }| *gravity == Gravity::Error);
    Ok(exit::code(if wrong { exit::REFUSED } else { exit::DONE }))
}

/// The message for people. Control characters of a stranger's words do not reach the terminal.
fn words(alert: &cap::Alert) -> String {
    let mut lines = vec![
        format!(
            "{} {} ({}, {})",
            alert.status.as_str(),
            alert.msg_type.as_str(),
            alert.scope.as_str(),
            alert.identifier
        ),
        format!("from {} at {}{}", alert.sender, alert.sent, if alert.signed { ", signed" } else { ", not signed" }),
    ];
    lines.extend(alert.note.iter().map(|note| format!("note: {note}")));
    lines.extend(
        alert.references.iter().map(|it| format!("refers to {} of {} at {}", it.identifier, it.sender, it.sent)),
    );
    for info in &alert.info {
        lines.push(String::new());
        let language = info.language.as_deref().unwrap_or("en-US");
        let (urgency, severity, certainty) = (info.urgency.as_str(), info.severity.as_str(), info.certainty.as_str());
        lines.push(format!("[{language}] {}: {urgency}, {severity}, {certainty}", info.event));
        let expires = info.expires.map_or("until it is said otherwise: no end is told".to_owned(), |at| {
            format!("until {at}; then nothing is known")
        });
        lines.push(format!("  {expires}"));
        let response = info.response_type.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(", ");
        let told = [
            ("do", Some(response).filter(|it| !it.is_empty())),
            ("headline", info.headline.clone()),
            ("description", info.description.clone()),
            ("instruction", info.instruction.clone()),
            ("web", info.web.clone()),
        ];
        lines.extend(told.into_iter().filter_map(|(name, text)| Some(format!("  {name}: {}", text?))));
        for area in &info.area {
            let codes = area
                .geocode
                .iter()
                .map(|code| format!("{}={}", code.value_name, code.value))
                .collect::<Vec<_>>()
                .join(" ");
            let shapes = format!("{} polygons, {} circles", area.polygon.len(), area.circle.len());
            lines.push(format!(
                "  where: {} ({shapes}{}{codes})",
                area.area_desc,
                if codes.is_empty() { "" } else { ", " }
            ));
        }
    }
    let plain = |line: String| line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>() + "\n";
    lines.into_iter().map(plain).collect()
}
