//! `allclear report night|week|month|ceasefire FILE`: what happened, by whose word; and whether a ceasefire was kept.

use super::{exit, parquet};
use crate::clock::Clock;
use anyhow::{Context as _, ensure};
use chronicle::ceasefire::{self, Dossier, Lang};
use chronicle::figures::{self, Claims, Length};
use chronicle::projection::{self, Kind};
use model::Timestamp;
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Largest file read, in bytes: above what a file may have, so that its reader names the bound.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Arguments of `report`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// The figures of a night, from 18:00 of the day before to 9:00.
    Night(Span),
    /// The figures of seven days from a day on.
    Week(Span),
    /// The figures of a calendar month.
    Month(Span),
    /// A ceasefire: in force or not for each party, breaches, coverage, the parties' own counts.
    Ceasefire(Ceasefire),
}

/// Arguments of `report night`, `week` and `month`.
#[derive(Debug, clap::Args)]
struct Span {
    /// Claims, such as scenarios/chronicle/2025-03-20.toml; `-` is standard input.
    file: PathBuf,
    /// The day: of a night the one on which it ends, of a week the first, of a month any. Without it all of the file.
    #[arg(long)]
    day: Option<String>,
    /// As JSON.
    #[arg(long, conflicts_with_all = ["html", "csv", "parquet"])]
    json: bool,
    /// As one HTML page with plots, in both languages.
    #[arg(long, conflicts_with_all = ["csv", "parquet"])]
    html: bool,
    /// A table as CSV.
    #[arg(long)]
    csv: bool,
    /// A table as Parquet, into this file; `-` is standard output.
    #[arg(long, value_name = "OUT", conflicts_with = "csv")]
    parquet: Option<PathBuf>,
    /// Which table: figures, claims, remainders, alerts, acled or ucdp. Without it figures.
    #[arg(long, value_parser = table)]
    table: Option<Kind>,
    /// The language of the words, and the one the page opens in: `uk` or `en`.
    #[arg(long, value_parser = language, default_value = "en")]
    lang: Lang,
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

fn table(text: &str) -> Result<Kind, String> {
    let names = || Kind::ALL.map(Kind::name).join(", ");
    Kind::ALL.into_iter().find(|it| it.name() == text).ok_or_else(|| format!("expected one of {}", names()))
}

fn read(path: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let place = path.display();
    if path.as_os_str() == "-" {
        let input = std::io::stdin().lock();
        input.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).context("failed to read standard input")?;
    } else {
        let file = std::fs::File::open(path).with_context(|| format!("failed to open {place}"))?;
        file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).with_context(|| format!("failed to read {place}"))?;
    }
    ensure!(bytes.len() as u64 <= FILE_BYTES_MAX, "failed to read {place}: above {FILE_BYTES_MAX} bytes");
    String::from_utf8(bytes).with_context(|| format!("failed to read {place} as UTF-8"))
}

/// Reports.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.what {
        What::Night(args) => span(args, Length::Night),
        What::Week(args) => span(args, Length::Week),
        What::Month(args) => span(args, Length::Month),
        What::Ceasefire(args) => ceasefire(args),
    }
}

fn write(text: &str) -> anyhow::Result<ExitCode> {
    std::io::stdout().lock().write_all(text.as_bytes()).context("failed to write the report")?;
    Ok(exit::code(exit::DONE))
}

fn save(path: &Path, bytes: &[u8]) -> anyhow::Result<ExitCode> {
    if path.as_os_str() == "-" {
        let mut out = std::io::stdout().lock();
        ensure!(!out.is_terminal(), "failed to write Parquet to a terminal: name a file, or send it on");
        out.write_all(bytes).context("failed to write the table")?;
    } else {
        std::fs::write(path, bytes).with_context(|| format!("failed to write {}", path.display()))?;
    }
    Ok(exit::code(exit::DONE))
}

/// Says what was refused and where.
fn refused(file: &Path, line: usize, error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("{}:{line}: failed to {error}", file.display());
    exit::code(exit::REFUSED)
}

fn span(args: &Span, length: Length) -> anyhow::Result<ExitCode> {
    let claims = match Claims::read(&read(&args.file)?) {
        Ok(claims) => claims,
        Err(error) => return Ok(refused(&args.file, error.line, &error)),
    };
    let span = args.day.as_deref().map(|day| figures::span(&claims, length, day)).transpose();
    let span = span.map_err(|why| anyhow::anyhow!("failed to {why}"))?;
    let figures = figures::figures(&claims, span);
    ensure!(
        args.table.is_none() || args.csv || args.parquet.is_some(),
        "failed to choose a table: --table belongs to --csv or --parquet"
    );
    let table = || projection::table(args.table.unwrap_or(Kind::Figures), &figures);
    if let Some(out) = &args.parquet {
        let bytes = parquet::bytes(&table()).context("failed to make Parquet of the table")?;
        return save(out, &bytes);
    }
    write(&if args.json {
        serde_json::to_string(&figures)? + "\n"
    } else if args.csv {
        projection::csv(&table())
    } else if args.html {
        figures::page(&figures, args.lang)
    } else {
        figures::words(&figures, args.lang)
    })
}

fn ceasefire(args: &Ceasefire) -> anyhow::Result<ExitCode> {
    let dossier = match Dossier::read(&read(&args.file)?) {
        Ok(dossier) => dossier,
        Err(error) => return Ok(refused(&args.file, error.line, &error)),
    };
    let at = args.at.unwrap_or_else(|| Clock::real().now());
    let report = ceasefire::report(&dossier, at);
    write(&if args.json {
        serde_json::to_string(&report)? + "\n"
    } else if args.html {
        ceasefire::page(&report, args.lang)
    } else {
        ceasefire::words(&report, args.lang)
    })
}
