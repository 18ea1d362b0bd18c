//! `allclear cbs encode|show`: cell broadcast pages of CAP messages, and back. Nothing is sent.

use super::{cap::bytes, exit};
use anyhow::Context as _;
use cbs::{Action, Chain, Choice, Header, Identifier, Language, Level, MessageCode, Scope, Text};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `cbs`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, clap::Subcommand)]
enum Task {
    /// What the network is to broadcast, replace and stop for the messages of one CAP chain.
    Encode(Encode),
    /// What pages, warning message contents or UMTS messages say. Hexadecimal; exit code 3 when they say nothing.
    Show(Show),
}

/// Arguments of `cbs encode`.
#[derive(Debug, clap::Args)]
struct Encode {
    /// CAP messages of one chain, the earliest first; `-` is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Message code, 0 to 1023. Without it one is derived, which another alert may have.
    #[arg(long, value_parser = code)]
    code: Option<MessageCode>,
    /// EU-Alert level of real warnings, 1 to 4, instead of what CAP says. Phones cannot switch off level 1.
    #[arg(long, value_parser = level)]
    level: Option<Level>,
    /// Within what serial numbers are unique: `cell-immediate`, `network`, `area`, `cell`.
    #[arg(long, value_parser = scope, default_value = "network")]
    scope: Scope,
    /// Pages of a message at most.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=15), default_value = "15")]
    pages: u8,
    /// The national language, two letters: phones show it always.
    #[arg(long, value_parser = language, default_value = "uk")]
    national: Language,
    /// One action a line as JSON.
    #[arg(long)]
    json: bool,
}

/// Arguments of `cbs show`.
#[derive(Debug, clap::Args)]
struct Show {
    /// Hexadecimal: one UMTS message, one contents with `--coding`, or GSM pages, one a line; `-` is standard input.
    file: PathBuf,
    /// The data coding scheme of warning message contents, such as `0x11`.
    #[arg(long, value_parser = octet)]
    coding: Option<u8>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Runs one of the tools.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.task {
        Task::Encode(args) => encode(args),
        Task::Show(args) => show(args),
    }
}

fn code(text: &str) -> Result<MessageCode, String> {
    let number = text.parse::<u16>().map_err(|_| "expected 0 to 1023".to_owned())?;
    MessageCode::new(number).map_err(|_| "expected 0 to 1023".to_owned())
}

fn level(text: &str) -> Result<Level, String> {
    let levels = [Level::One, Level::Two, Level::Three, Level::Four];
    levels.into_iter().find(|it| it.name() == text).ok_or_else(|| "expected 1, 2, 3 or 4".to_owned())
}

fn scope(text: &str) -> Result<Scope, String> {
    let known = || Scope::ALL.map(Scope::name).join(", ");
    Scope::ALL.into_iter().find(|it| it.name() == text).ok_or_else(|| format!("expected {}", known()))
}

fn language(text: &str) -> Result<Language, String> {
    Language::of_tag(text).map_err(|_| "expected two letters".to_owned())
}

fn octet(text: &str) -> Result<u8, String> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    u8::from_str_radix(digits, 16).map_err(|_| "expected two hexadecimal digits".to_owned())
}

fn encode(args: &Encode) -> anyhow::Result<ExitCode> {
    let Encode { code, level, scope, national, .. } = *args;
    let mut chain = Chain::new(Choice { code, level, scope, national, pages_max: usize::from(args.pages) });
    let mut refused = false;
    for file in &args.files {
        let place = file.display();
        let reading = match cap::read(&bytes(file)?, cap::Strictness::Tolerant) {
            Ok(reading) => reading,
            Err(error) => {
                eprintln!("{place}: failed to {error}");
                refused = true;
                continue;
            }
        };
        // What is wrong in a message does not keep it from people; it is said.
        for finding in &reading.findings {
            eprintln!("{place}:{finding}");
        }
        match chain.take(&reading.alert) {
            Ok(actions) => {
                for action in &actions {
                    if args.json {
                        println!("{}", as_json(&reading.alert.identifier, action));
                    } else {
                        print!("{}", in_words(&reading.alert.identifier, action));
                    }
                }
            }
            Err(error) => {
                eprintln!("{place}: failed to {error}");
                refused = true;
            }
        }
    }
    Ok(exit::code(if refused { exit::REFUSED } else { exit::DONE }))
}

fn hex(octets: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16);
    octets.iter().flat_map(|octet| [digit(octet >> 4), digit(octet & 0xf)]).flatten().collect()
}

/// An action as JSON: numbers as they are sent, and every form of the message.
fn as_json(cap: &str, action: &Action) -> serde_json::Value {
    let Action { act, identifier, serial, language, text, until, notes } = action;
    let header = Header { identifier: *identifier, serial: *serial };
    let old = if let cbs::Act::Replace { old } = act { Some(old.bits()) } else { None };
    json!({
        "cap": cap,
        "act": act.name(),
        "messageIdentifier": identifier.0,
        "level": identifier.level().map(|(level, _)| level.name()),
        "serialNumber": serial.bits(),
        "oldSerialNumber": old,
        "scope": serial.scope.name(),
        "code": serial.code.get(),
        "update": serial.update.get(),
        "language": language.map(|it| it.to_string()),
        "until": until,
        "message": text.as_ref().map(|text| said(Some(header), text)),
        "notes": notes.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// A text as JSON, in the forms that its header allows.
fn said(header: Option<Header>, text: &Text) -> serde_json::Value {
    json!({
        "dataCodingScheme": text.coding().octet(),
        "language": text.language().map(|it| it.to_string()),
        "text": text.words(),
        "pages": text.pages().iter().map(|page| json!({"hex": hex(&page.octets), "used": page.used})).collect::<Vec<_>>(),
        "contents": hex(&cbs::contents(text)),
        "gsm": header.map(|it| cbs::gsm(it, text).iter().map(|page| hex(page)).collect::<Vec<_>>()),
        "umts": header.map(|it| hex(&cbs::umts(it, text))),
    })
}

/// An action for people.
fn in_words(cap: &str, action: &Action) -> String {
    let Action { act, identifier, serial, language, text, until, notes } = action;
    let name = language.map_or_else(|| "no language".to_owned(), |it| it.to_string());
    let mut lines = vec![format!("{} [{name}] {identifier}, serial number {serial}; of {cap}", act.name())];
    if let cbs::Act::Replace { old } = act {
        lines.push(format!("  instead of {old}"));
    }
    lines.extend(until.map(|until| format!("  until {until}; that it stops then is no all-clear")));
    lines.extend(text.iter().flat_map(text_lines));
    lines.extend(notes.iter().map(|note| format!("  note: {note}")));
    plain(lines)
}

fn text_lines(text: &Text) -> Vec<String> {
    let count = text.pages().len();
    let mut lines = vec![format!("  data coding scheme {:#04x}, {count} pages:", text.coding().octet())];
    lines.extend(text.words().lines().map(|line| format!("  | {line}")));
    lines.extend(
        text.pages()
            .iter()
            .zip(1..)
            .map(|(page, number)| format!("  page {number}/{count}, {} octets used: {}", page.used, hex(&page.octets))),
    );
    lines
}

/// Control characters of a stranger's words do not reach the terminal.
fn plain(lines: Vec<String>) -> String {
    let line = |line: String| line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>() + "\n";
    lines.into_iter().map(line).collect()
}

fn show(args: &Show) -> anyhow::Result<ExitCode> {
    let place = args.file.display();
    let told = bytes(&args.file)?;
    let told = String::from_utf8_lossy(&told);
    let lines: Vec<&str> = told.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let octets: Vec<Vec<u8>> = lines
        .iter()
        .map(|line| unhex(line))
        .collect::<Option<_>>()
        .with_context(|| format!("failed to read {place}: pairs of hexadecimal digits would be right"))?;
    let read = match (args.coding, octets.as_slice()) {
        (Some(coding), [one]) => cbs::read_contents(coding, one).map(|text| (None, text)),
        (None, [one]) if one.len() != cbs::GSM_OCTETS => cbs::read_umts(one).map(|(header, text)| (Some(header), text)),
        (_, pages) => cbs::read_gsm(pages).map(|(header, text)| (Some(header), text)),
    };
    let (header, text) = match read {
        Ok(read) => read,
        Err(error) => {
            eprintln!("{place}: failed to {error}");
            return Ok(exit::code(exit::REFUSED));
        }
    };
    if args.json {
        let mut value = said(header, &text);
        value["messageIdentifier"] = json!(header.map(|it| it.identifier.0));
        value["serialNumber"] = json!(header.map(|it| it.serial.bits()));
        println!("{value}");
    } else {
        let named = |Header { identifier, serial }: Header| {
            let identifier: Identifier = identifier;
            format!("{identifier}, serial number {serial}")
        };
        let language = text.language().map_or_else(|| "no language".to_owned(), |it| it.to_string());
        let mut lines = vec![format!("[{language}] {}", header.map_or_else(|| "contents".to_owned(), named))];
        lines.extend(text_lines(&text));
        print!("{}", plain(lines));
    }
    Ok(exit::code(exit::DONE))
}

fn unhex(line: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = line.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|it| u8::try_from(it).ok());
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}
