//! `allclear report night|week|month|ceasefire|entries`: what happened, by whose word; whether a ceasefire was kept; where things
//! came in.
//!
//! From a file, or from a record: there a dossier alone gives what its file gives, with the alerts of the record beside.

use super::{exit, parquet};
use crate::clock::Clock;
use crate::serve::chronicle::{self as chronicle_door, Chronicle};
use crate::store::Reader;
use anyhow::{Context as _, ensure};
use chronicle::KYIV;
use chronicle::book::{Problem, Shelf};
use chronicle::ceasefire::{self, AlertSpan, Dossier, Lang};
use chronicle::figures::{self, Claims, Length};
use chronicle::projection::{self, Kind};
use jiff::tz::TimeZone;
use model::{AreaSet, Timestamp};
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
    /// Where things came in and how they flew on: a file for `[areas] came_in` of the configuration.
    Entries(super::entries::Args),
}

/// Arguments of `report night`, `week` and `month`.
#[derive(Debug, clap::Args)]
struct Span {
    /// Claims, such as scenarios/chronicle/2025-03-20.toml; `-` is standard input.
    #[arg(required_unless_present = "store", conflicts_with = "store")]
    file: Option<PathBuf>,
    #[command(flatten)]
    record: Record,
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

/// A record instead of a file.
#[derive(Debug, clap::Args)]
struct Record {
    /// Folder of a record instead of a file. A server may be running on it.
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// Which dossier of the record. Figures without it are of the whole record: all dossiers and all statements.
    #[arg(long, value_name = "NAME", requires = "store")]
    dossier: Option<String>,
}

/// Arguments of `report ceasefire`.
#[derive(Debug, clap::Args)]
struct Ceasefire {
    /// The dossier, such as scenarios/ceasefire/energy-30.toml; `-` is standard input.
    #[arg(required_unless_present = "store", conflicts_with = "store")]
    file: Option<PathBuf>,
    #[command(flatten)]
    record: Record,
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
        What::Entries(args) => super::entries::run(args),
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

/// The book of a record, and where it lies.
fn book(dir: &Path) -> anyhow::Result<Chronicle> {
    let chronicle = Chronicle::new(Reader::new(dir));
    drop(chronicle.book().map_err(|error| anyhow::anyhow!("failed to {error}"))?);
    Ok(chronicle)
}

/// Says what of a dossier could not be read.
fn warn(dir: &Path, problems: &[Problem]) {
    for problem in problems {
        eprintln!("{}: entry {}: failed to {}", dir.display(), problem.index, problem.what);
    }
}

fn no_dossier(dir: &Path, form: &str, names: &[&str]) -> anyhow::Error {
    let names = if names.is_empty() { "there is none".to_owned() } else { format!("there is {}", names.join(", ")) };
    anyhow::anyhow!("failed to choose a dossier of {form} in {}: name one by --dossier; {names}", dir.display())
}

/// The claims of a record, and the span.
fn claims_of_record(dir: &Path, args: &Span, length: Length) -> anyhow::Result<(Claims, Option<[Timestamp; 2]>)> {
    let chronicle = book(dir)?;
    let book = chronicle.book()?;
    let areas = AreaSet::bundled();
    let now = Clock::real().now();
    let span_in = |zone: &TimeZone| {
        let span = args.day.as_deref().map(|day| figures::span(zone, length, day)).transpose();
        span.map_err(|why| anyhow::anyhow!("failed to {why}"))
    };
    let (mut claims, span) = if let Some(name) = &args.record.dossier {
        let names: Vec<&str> = book
            .shelves()
            .iter()
            .filter(|(_, shelf)| shelf.claims().is_some())
            .map(|(name, _)| name.as_str())
            .collect();
        let (claims, problems) = book.claims(name).ok_or_else(|| no_dossier(dir, "claims", &names))?;
        warn(dir, &problems);
        let span = span_in(&claims.zone)?;
        (claims, span)
    } else {
        let rule = chronicle_door::zone();
        let span = span_in(&rule)?;
        let zone = (KYIV.0, KYIV.1, &rule);
        let (claims, left_out) = book.all_claims(areas, zone, span);
        warn(dir, book.problems());
        if left_out > 0 {
            eprintln!("{}: {left_out} claims beyond what is worked out at once: in no figure", dir.display());
        }
        (claims, span)
    };
    let since = span.map_or(Timestamp::from_millis(0), |span| span[0]);
    claims.alerts.extend(chronicle_door::own_alerts(chronicle.reader(), areas, since, now)?);
    Ok((claims, span))
}

/// The dossier of a record: the one that is named, or the only one.
fn dossier_of_record(dir: &Path, name: Option<&str>) -> anyhow::Result<Dossier> {
    let chronicle = book(dir)?;
    let book = chronicle.book()?;
    let names: Vec<&str> = book.ceasefires().collect();
    let name = match (name, &names[..]) {
        (Some(name), _) => name,
        (None, [only]) => only,
        _ => return Err(no_dossier(dir, "a ceasefire", &names)),
    };
    let found = book.shelves().get(name).and_then(Shelf::dossier);
    let (mut dossier, problems) = found.ok_or_else(|| no_dossier(dir, "a ceasefire", &names))?;
    warn(dir, &problems);
    if let Some(since) = dossier.versions.iter().map(|it| it.start.unwrap_or(it.at)).min() {
        let now = Clock::real().now();
        let own = chronicle_door::own_alerts(chronicle.reader(), AreaSet::bundled(), since, now)?;
        dossier.alerts.extend(own.into_iter().map(|(area, window)| AlertSpan { area, window }));
    }
    Ok(dossier)
}

fn span(args: &Span, length: Length) -> anyhow::Result<ExitCode> {
    let (claims, span) = match (&args.record.store, &args.file) {
        (Some(dir), _) => claims_of_record(dir, args, length)?,
        (None, file) => {
            let file = file.as_deref().unwrap_or(Path::new("-"));
            let claims = match Claims::read(&read(file)?) {
                Ok(claims) => claims,
                Err(error) => return Ok(refused(file, error.line, &error)),
            };
            let span = args.day.as_deref().map(|day| figures::span(&claims.zone, length, day)).transpose();
            (claims, span.map_err(|why| anyhow::anyhow!("failed to {why}"))?)
        }
    };
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
    let dossier = match (&args.record.store, &args.file) {
        (Some(dir), _) => dossier_of_record(dir, args.record.dossier.as_deref())?,
        (None, file) => {
            let file = file.as_deref().unwrap_or(Path::new("-"));
            match Dossier::read(&read(file)?) {
                Ok(dossier) => dossier,
                Err(error) => return Ok(refused(file, error.line, &error)),
            }
        }
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
