//! `allclear report ceasefire FILE`: whether it was in force, and whether it was kept, as of a time.

use super::exit;
use crate::clock::Clock;
use anyhow::{Context as _, ensure};
use chronicle::ceasefire::{Dossier, Lang, page, report, words};
use model::Timestamp;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Largest file read, in bytes: above what a dossier may have, so that its reader names the bound.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Arguments of `report`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// A ceasefire: in force or not for each party, breaches, coverage, the parties' own counts.
    Ceasefire(Ceasefire),
}

/// Arguments of `report ceasefire`.
#[derive(Debug, clap::Args)]
struct Ceasefire {
    /// The dossier, such as scenarios/ceasefire/energy-30.toml; `-` is standard input.
    file: PathBuf,
    /// As of when (RFC 3339): nothing recorded later is known. Without it, now.
    #[arg(long, value_parser = instant)]
    at: Option<Timestamp>,
    /// As JSON.
    #[arg(long, conflicts_with = "html")]
    json: bool,
    /// As one HTML page with plots, in both languages.
    #[arg(long)]
    html: bool,
    /// The language of the words, and the one the page opens in: `uk` or `en`.
    #[arg(long, value_parser = language, default_value = "en")]
    lang: Lang,
}

fn instant(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).map_err(|error| format!("failed to {error}"))
}

fn language(text: &str) -> Result<Lang, String> {
    [Lang::Uk, Lang::En].into_iter().find(|it| it.code() == text).ok_or_else(|| "expected uk or en".to_owned())
}

fn read(path: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let place = path.display();
    if path.as_os_str() == "-" {
        std::io::stdin()
            .lock()
            .take(FILE_BYTES_MAX + 1)
            .read_to_end(&mut bytes)
            .context("failed to read standard input")?;
    } else {
        let file = std::fs::File::open(path).with_context(|| format!("failed to open {place}"))?;
        file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).with_context(|| format!("failed to read {place}"))?;
    }
    ensure!(bytes.len() as u64 <= FILE_BYTES_MAX, "failed to read {place}: above {FILE_BYTES_MAX} bytes");
    String::from_utf8(bytes).with_context(|| format!("failed to read {place} as UTF-8"))
}

/// Reports.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let What::Ceasefire(args) = &args.what;
    let dossier = match Dossier::read(&read(&args.file)?) {
        Ok(dossier) => dossier,
        Err(error) => {
            eprintln!("{}:{}: failed to {error}", args.file.display(), error.line);
            return Ok(exit::code(exit::REFUSED));
        }
    };
    let at = args.at.unwrap_or_else(|| Clock::real().now());
    let report = report(&dossier, at);
    let text = if args.json {
        serde_json::to_string(&report)? + "\n"
    } else if args.html {
        page(&report, args.lang)
    } else {
        words(&report, args.lang)
    };
    std::io::stdout().lock().write_all(text.as_bytes()).context("failed to write the report")?;
    Ok(exit::code(exit::DONE))
}
