//! `allclear bench claims`: how long a passage takes to read, over the passages that the tests of the reader are scored on.
//!
//! Each passage is read many times; its time is the median of its rounds, in the thread's own time, so that what else runs
//! on the machine counts less. The lexicon is made before anything is measured.

use super::thread_s;
use crate::cmd::exit;
use anyhow::Context as _;
use serde::Serialize;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// The gate, microseconds a passage at the 99th hundredth.
const GATE_US: f64 = 1000.0;

/// Arguments of `bench claims`.
#[derive(Debug, clap::Args)]
pub struct Claims {
    /// Folder of passages: text files in which `@ ` begins one.
    #[arg(long, default_value = "crates/chronicle/tests/cases")]
    passages: PathBuf,
    /// Times each passage is read.
    #[arg(long, default_value_t = 21, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Exit with 1 when the gate is missed.
    #[arg(long)]
    check: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Measured {
    passages: usize,
    bytes_mean: usize,
    claims: usize,
    lexicon_ms: f64,
    passage_us_p50: f64,
    passage_us_p99: f64,
    passage_us_max: f64,
    gate_us: f64,
}

/// Runs the bench.
pub fn run(args: &Claims) -> anyhow::Result<ExitCode> {
    let texts = texts(args)?;
    let measured = measure(&texts, args.rounds);
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&measured)?)?;
    } else {
        let Measured { passages, bytes_mean, claims, lexicon_ms, gate_us, .. } = measured;
        writeln!(
            out,
            "{passages} passages of {bytes_mean} bytes in the mean, {claims} claims; lexicon made in {lexicon_ms:.1} ms"
        )?;
        writeln!(
            out,
            "a passage: p50 {:.0} us, p99 {:.0} us, most {:.0} us, gate {gate_us:.0} us",
            measured.passage_us_p50, measured.passage_us_p99, measured.passage_us_max
        )?;
    }
    let met = measured.passage_us_p99 <= GATE_US;
    Ok(exit::code(if met || !args.check { exit::DONE } else { exit::FAILED }))
}

fn texts(args: &Claims) -> anyhow::Result<Vec<String>> {
    let folder = args.passages.display();
    let entries = std::fs::read_dir(&args.passages)
        .with_context(|| format!("failed to open {folder}: expected a folder of passages; see --passages"))?;
    let mut files: Vec<PathBuf> = entries.map(|it| it.map(|it| it.path())).collect::<Result<_, _>>()?;
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        let words = std::fs::read_to_string(&file).with_context(|| format!("failed to read {}", file.display()))?;
        texts.extend(words.lines().filter_map(|it| it.strip_prefix("@ ")).map(str::to_owned));
    }
    anyhow::ensure!(!texts.is_empty(), "failed to find passages in {folder}: expected lines that begin with \"@ \"");
    Ok(texts)
}

fn measure(texts: &[String], rounds: u32) -> Measured {
    let begin = thread_s();
    let _ = chronicle::claims::read("Russia launched 12 drones. Збито 12 дронв без лтери.");
    let lexicon_ms = (thread_s() - begin) * 1e3;
    let mut claims = 0;
    let mut medians: Vec<f64> = texts
        .iter()
        .map(|text| {
            let mut times: Vec<f64> = (0..rounds)
                .map(|round| {
                    let begin = thread_s();
                    let reading = std::hint::black_box(chronicle::claims::read(std::hint::black_box(text)));
                    let time = (thread_s() - begin) * 1e6;
                    claims += if round == 0 { reading.map_or(0, |it| it.claims.len()) } else { 0 };
                    time
                })
                .collect();
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        })
        .collect();
    medians.sort_by(f64::total_cmp);
    let at = |hundredth: usize| medians[(medians.len() * hundredth / 100).min(medians.len() - 1)];
    Measured {
        passages: texts.len(),
        bytes_mean: texts.iter().map(String::len).sum::<usize>() / texts.len().max(1),
        claims,
        lexicon_ms,
        passage_us_p50: at(50),
        passage_us_p99: at(99),
        passage_us_max: at(100),
        gate_us: GATE_US,
    }
}
