//! `allclear decode FORMAT [FILE|-]`: any source format to reports, JSON Lines on standard output.
//!
//! A refusal goes to standard error with place and reason, and the exit code is then not 0.

use super::exit;
use super::lines::{self, Bounded};
use anyhow::Context as _;
use model::{AreaSet, Item, Refusal, Timestamp};
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Longest line read, in bytes; a longer one is refused by number, not kept in memory.
const LINE_BYTES_MAX: u64 = 1024 * 1024;
/// Largest picture of an upstream, in bytes.
const BODY_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Formats read today.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Format {
    /// Posts: one a line, or `{"id","text"}` objects, one a line.
    Text,
    /// `/v1/alerts/active.json` of alerts.in.ua.
    AlertsInUa,
    /// `/api/v3/alerts` of ukrainealarm and siren.pp.ua.
    Ukrainealarm,
}

/// Arguments of `decode`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Format of the input.
    format: Format,
    /// File to read; `-` is standard input.
    #[arg(default_value = "-")]
    file: PathBuf,
    /// Print `{"id","parsed":[…]}` lines as annotated sets are scored by (text only).
    #[arg(long)]
    score_format: bool,
}

#[derive(Deserialize)]
struct Line {
    id: serde_json::Value,
    text: String,
}

#[derive(Serialize)]
struct Decoded<'a> {
    id: serde_json::Value,
    items: &'a [Item],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    refused: &'a [Refusal],
}

/// Decodes.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let input: Box<dyn Read> = if args.file.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(std::fs::File::open(&args.file).with_context(|| format!("failed to open {}", args.file.display()))?)
    };
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    let refused = match args.format {
        Format::Text => text(input, &mut output, args.score_format)?,
        Format::AlertsInUa | Format::Ukrainealarm => picture(args.format, input, &mut output)?,
    };
    output.flush()?;
    Ok(exit::code(if refused == 0 { exit::DONE } else { exit::REFUSED }))
}

fn text(input: impl Read, output: &mut impl Write, score_format: bool) -> anyhow::Result<u64> {
    let areas = AreaSet::bundled();
    let reader = wire::text::Reader::new(areas);
    let mut input = std::io::BufReader::new(input);
    let mut refused = 0;
    for number in 1_u64.. {
        let bytes = match lines::next(&mut input, LINE_BYTES_MAX)? {
            None => break,
            Some(Bounded::Whole(bytes)) => bytes,
            Some(Bounded::TooLong) => {
                eprintln!("line {number}: failed to read a line of more than {LINE_BYTES_MAX} bytes: send posts apart");
                refused += 1;
                continue;
            }
        };
        let line = match std::str::from_utf8(&bytes) {
            Ok(line) => line.trim(),
            Err(error) => {
                eprintln!(
                    "line {number}, byte {}: failed to read as UTF-8: expected a text file in UTF-8",
                    error.valid_up_to()
                );
                refused += 1;
                continue;
            }
        };
        if line.is_empty() {
            continue;
        }
        let (id, text) = if line.starts_with('{') {
            match serde_json::from_str::<Line>(line) {
                Ok(line) => (line.id, line.text),
                Err(error) => {
                    eprintln!(
                        "line {number}, column {}: failed to read as JSON: {error}; expected {{\"id\",\"text\"}}",
                        error.column()
                    );
                    refused += 1;
                    continue;
                }
            }
        } else {
            (number.into(), line.to_owned())
        };
        let reading = reader.read(&text);
        for refusal in &reading.refused {
            eprintln!(
                "{id}, bytes {}..{}: {}: failed to {}",
                refusal.start, refusal.end, refusal.reason, refusal.detail
            );
            refused += 1;
        }
        if score_format {
            let parsed = wire::text::score::to_score(&reading, areas);
            serde_json::to_writer(&mut *output, &serde_json::json!({"id": id, "parsed": parsed}))?;
        } else {
            serde_json::to_writer(&mut *output, &Decoded { id, items: &reading.items, refused: &reading.refused })?;
        }
        output.write_all(b"\n")?;
    }
    Ok(refused)
}

fn picture(format: Format, input: impl Read, output: &mut impl Write) -> anyhow::Result<u64> {
    let mut bytes = Vec::new();
    input.take(BODY_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    let now = jiff_now();
    let decoded = match format {
        Format::AlertsInUa => wire::alerts_in_ua::decode(&bytes, AreaSet::bundled(), now),
        _ => wire::ukrainealarm::decode(&bytes, AreaSet::bundled(), now),
    };
    match decoded {
        Ok(snapshot) => {
            for refusal in &snapshot.refused {
                eprintln!("{}: failed to {}", refusal.reason, refusal.detail);
            }
            for note in &snapshot.notes {
                eprintln!("{}: {}", note.reason, note.detail);
            }
            serde_json::to_writer(&mut *output, &snapshot)?;
            output.write_all(b"\n")?;
            Ok(snapshot.refused.len() as u64)
        }
        Err(error) => {
            eprintln!("failed to {error}");
            Ok(1)
        }
    }
}

fn jiff_now() -> Timestamp {
    crate::clock::Clock::real().now()
}
