//! `allclear bench index`: the area index on a land of fractal borders, and its answers against the definition.
//!
//! Each question is timed by the clock of the thread, so that what else runs on the machine counts less; a point, which takes
//! less than reading a clock, in lots of a hundred for the mean, and singly by the wall clock for the percentiles.

use super::{oracle, thread_s};
use crate::cmd::exit;
use anyhow::Context as _;
use hdrhistogram::Histogram;
use model::Position;
use model::place::index::{AreaIndex, Definition, Shape, Spread};
use serde::Serialize;
use sim::chance::Chance;
use sim::land::Land;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// Gates: mean for a point, mean and 99.9th percentile for a shape, microseconds.
const POINT_US_MAX: f64 = 1.0;
const SHAPE_US_MAX: f64 = 100.0;
const SHAPE_US_P999_MAX: f64 = 1000.0;

/// Longest time that is told apart.
const TIME_NS_MAX: u64 = 60_000_000_000;

/// Arguments of `bench index`.
#[derive(Debug, clap::Args)]
pub struct Index {
    /// Seed of the land and of the questions.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Communities of the land.
    #[arg(long, default_value_t = 1500)]
    areas: u64,
    /// Points of all their rings.
    #[arg(long, default_value_t = 5_000_000)]
    points: u64,
    /// A tenth of the points and of the questions: for a quick look.
    #[arg(long)]
    quick: bool,
    /// Compare answers with the definition, edge by edge; exit with 1 when one differs, or when a gate is missed in a release build.
    #[arg(long)]
    check: bool,
    /// Folder for the land and answers, for other programs to compare: areas.tsv and answers.tsv, geometry as WKB in hexadecimals.
    #[arg(long)]
    export: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Figures {
    areas: usize,
    points: usize,
    edges: usize,
    cells: usize,
    crossed_cells: usize,
    build_s: f64,
    memory_mb: f64,
    questions: Vec<Line>,
    compared: Option<usize>,
    differ: Option<usize>,
}

/// One kind of question; times in microseconds.
#[derive(Debug, Serialize)]
struct Line {
    what: &'static str,
    asked: usize,
    found_mean: f64,
    mean_us: f64,
    p50_us: f64,
    p999_us: f64,
    max_us: f64,
}

/// Runs the bench.
#[allow(clippy::cast_precision_loss)] // Sizes for people.
pub fn run(args: &Index) -> anyhow::Result<ExitCode> {
    let tenth = |count: u64| if args.quick { count / 10 } else { count };
    let land = Land::of(args.seed, args.areas, tenth(args.points));
    let began = thread_s();
    let index = AreaIndex::of(land.coded()).context("failed to make the index")?;
    let build_s = thread_s() - began;
    let mut chance = Chance::new(args.seed ^ 0xa5a5);
    let places: Vec<Position> = (0..tenth(1_000_000)).map(|_| Land::anywhere(&mut chance)).collect();
    let some = |make: &mut dyn FnMut() -> Option<Shape>| (0..tenth(20_000)).filter_map(|_| make()).collect::<Vec<_>>();
    let sectors = some(&mut || Land::sector(&mut chance));
    let ellipses = some(&mut || Land::ellipse(&mut chance));
    let normals: Vec<Spread> = (0..tenth(20_000)).filter_map(|_| Land::normal(&mut chance)).collect();
    let spreads =
        |shapes: &[Shape]| shapes.iter().filter_map(|shape| Spread::even(shape.clone()).ok()).collect::<Vec<_>>();
    let mass = |spread: &Spread, found: &mut Vec<u32>| {
        found.clear();
        found.extend(index.ordinal_mass(spread).iter().map(|(area, _)| *area));
    };
    let touching = |shape: &Shape, found: &mut Vec<u32>| index.ordinals_touching(shape, found);
    let questions = vec![
        points(&index, &places)?,
        timed("communities of a sector", &sectors, touching)?,
        timed("communities of an ellipse", &ellipses, touching)?,
        timed("mass of an even sector", &spreads(&sectors), mass)?,
        timed("mass of an even ellipse", &spreads(&ellipses), mass)?,
        timed("mass of a normal distribution", &normals, mass)?,
    ];
    let size = index.size();
    let mut figures = Figures {
        areas: size.areas,
        points: land.points(),
        edges: size.edges,
        cells: size.cells,
        crossed_cells: size.crossed,
        build_s,
        memory_mb: size.bytes as f64 / 1e6,
        questions,
        compared: None,
        differ: None,
    };
    if args.check || args.export.is_some() {
        let hard = oracle::Questions::of(&land, &mut chance, tenth(20_000), tenth(5_000));
        let answers = hard.asked(&index);
        if args.check {
            let definition = Definition::of(land.coded()).context("failed to read the land")?;
            let differ = hard.differing(&answers, &definition);
            for what in differ.iter().take(10) {
                eprintln!("failed to agree with the definition: {what}");
            }
            (figures.compared, figures.differ) = (Some(answers.len()), Some(differ.len()));
        }
        if let Some(dir) = &args.export {
            hard.write(dir, &land, &answers)?;
        }
    }
    print(&figures, args.json)?;
    let failed = if args.check { failures(&figures) } else { Vec::new() };
    for why in &failed {
        eprintln!("{why}");
    }
    Ok(exit::code(if failed.is_empty() { exit::DONE } else { exit::FAILED }))
}

/// Points: each alone by the wall clock, and all together by the thread's.
#[allow(clippy::cast_precision_loss)] // Counts of a bench.
fn points(index: &AreaIndex, places: &[Position]) -> anyhow::Result<Line> {
    let mut found = Vec::new();
    let mut count = 0;
    let began = thread_s();
    for &place in places {
        index.ordinals_at(place, &mut found);
        count += found.len();
    }
    let mean_us = (thread_s() - began) * 1e6 / places.len() as f64;
    let mut times = Histogram::<u64>::new_with_max(TIME_NS_MAX, 3)?;
    for &place in places {
        let began = Instant::now();
        index.ordinals_at(place, &mut found);
        times.saturating_record(u64::try_from(began.elapsed().as_nanos())?);
    }
    Ok(line("communities of a point", places.len(), count, mean_us, &times))
}

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Times of a bench.
fn timed<Q>(what: &'static str, questions: &[Q], ask: impl Fn(&Q, &mut Vec<u32>)) -> anyhow::Result<Line> {
    let mut found = Vec::new();
    let mut count = 0;
    let mut times = Histogram::<u64>::new_with_max(TIME_NS_MAX, 3)?;
    let mut sum_s = 0.0;
    for question in questions {
        let began = thread_s();
        ask(question, &mut found);
        let took_s = thread_s() - began;
        sum_s += took_s;
        times.saturating_record((took_s * 1e9) as u64);
        count += found.len();
    }
    Ok(line(what, questions.len(), count, sum_s * 1e6 / questions.len().max(1) as f64, &times))
}

#[allow(clippy::cast_precision_loss)] // Times and counts of a bench.
fn line(what: &'static str, asked: usize, found: usize, mean_us: f64, times: &Histogram<u64>) -> Line {
    let us = |ns: u64| ns as f64 / 1000.0;
    Line {
        what,
        asked,
        found_mean: found as f64 / asked.max(1) as f64,
        mean_us,
        p50_us: us(times.value_at_quantile(0.5)),
        p999_us: us(times.value_at_quantile(0.999)),
        max_us: us(times.max()),
    }
}

fn print(figures: &Figures, json: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(figures)?)?;
        return Ok(());
    }
    let Figures { areas, points, edges, cells, crossed_cells, build_s, memory_mb, .. } = figures;
    writeln!(out, "{areas} communities, {points} points, {edges} edges once, {cells} cells ({crossed_cells} crossed)")?;
    writeln!(out, "built in {build_s:.2} s, {memory_mb:.0} MB")?;
    let head = ["question", "asked", "found", "mean", "p50", "p99.9", "longest, µs"];
    writeln!(
        out,
        "{:<30}{:>9}{:>8}{:>10}{:>10}{:>10}{:>12}",
        head[0], head[1], head[2], head[3], head[4], head[5], head[6]
    )?;
    for line in &figures.questions {
        let Line { what, asked, found_mean, mean_us, p50_us, p999_us, max_us } = line;
        writeln!(
            out,
            "{what:<30}{asked:>9}{found_mean:>8.2}{mean_us:>10.3}{p50_us:>10.3}{p999_us:>10.2}{max_us:>12.1}"
        )?;
    }
    if let (Some(compared), Some(differ)) = (figures.compared, figures.differ) {
        writeln!(out, "{compared} answers compared with the definition, {differ} differ")?;
    }
    Ok(())
}

/// What fails a check. Times are held to their gates in an optimised build alone.
fn failures(figures: &Figures) -> Vec<String> {
    let mut failed = Vec::new();
    if figures.differ.is_some_and(|differ| differ > 0) {
        failed.push("failed to answer every question as its definition does".to_owned());
    }
    if cfg!(debug_assertions) {
        return failed;
    }
    for (at, line) in figures.questions.iter().enumerate() {
        let mean_us_max = if at == 0 { POINT_US_MAX } else { SHAPE_US_MAX };
        if line.mean_us > mean_us_max {
            failed.push(format!("{}: failed to take {mean_us_max} µs at most: {:.2}", line.what, line.mean_us));
        }
        if at > 0 && line.p999_us > SHAPE_US_P999_MAX {
            failed.push(format!("{}: failed to keep p99.9 to {SHAPE_US_P999_MAX} µs: {:.0}", line.what, line.p999_us));
        }
    }
    failed
}
