//! `allclear simulate SCENARIO --seed N`: whole nights through the real engine, and how good it was.
//!
//! The score goes to standard output as JSON; a run that fails prints the one command that repeats it.

use super::exit;
use anyhow::Context as _;
use engine::CameIn;
use indicatif::{ProgressBar, ProgressStyle};
use model::AreaSet;
use sim::night::{Candidate, Scenario, Score, Units, came_in, page, play};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Largest scenario file, in bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// Most seeds in one run.
const SEEDS_MAX: u64 = 10_000;
/// Most earlier nights, and the seed of the first of them: nobody plays as many.
const EARLIER_MAX: u64 = 1_000;
const EARLIER_SEED: u64 = 1 << 40;

/// Arguments of `simulate`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Scenario file, such as scenarios/ordinary.toml.
    scenario: PathBuf,
    /// The seed of one night.
    #[arg(long, default_value_t = 1, conflicts_with = "seeds")]
    seed: u64,
    /// Seeds A to B, both included, as `A..B`.
    #[arg(long, value_parser = range)]
    seeds: Option<(u64, u64)>,
    /// A shipped policy (forecast, doctrine, region) or a policy file; several are compared on the same nights, the first
    /// against all gates. `doctrine` and `region` always play too. Without it: forecast.
    #[arg(long)]
    policy: Vec<String>,
    /// So many earlier nights of the same kind, with seeds of their own, from which it is known where things came in. Without
    /// it the centre knows of none.
    #[arg(long, default_value_t = 0, value_name = "NIGHTS", value_parser = clap::value_parser!(u64).range(0..=EARLIER_MAX))]
    earlier: u64,
    /// JSON in one line, without the summary on standard error.
    #[arg(long)]
    json: bool,
    /// Write the score as an HTML page.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

fn range(text: &str) -> Result<(u64, u64), String> {
    let expected = || format!("{text:?}: expected A..B, such as 1..20");
    let (from, to) = text.split_once("..").ok_or_else(expected)?;
    let from: u64 = from.parse().map_err(|_| expected())?;
    let to: u64 = to.parse().map_err(|_| expected())?;
    if from > to || to - from >= SEEDS_MAX {
        return Err(format!("{text:?}: expected the lesser first, and at most {SEEDS_MAX} seeds"));
    }
    Ok((from, to))
}

fn read(path: &Path) -> anyhow::Result<String> {
    let size = std::fs::metadata(path).with_context(|| format!("failed to open {}", path.display()))?.len();
    anyhow::ensure!(
        size <= FILE_BYTES_MAX,
        "failed to read {}: {size} bytes, at most {FILE_BYTES_MAX}",
        path.display()
    );
    std::fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))
}

fn candidate(name: &str) -> anyhow::Result<Candidate> {
    let policy = crate::config::policy(name, Path::new("."))?;
    let path = Path::new(name);
    let name = path.file_stem().map_or_else(|| name.to_owned(), |stem| stem.to_string_lossy().into_owned());
    Ok(Candidate { name, policy })
}

/// Simulates.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let areas = AreaSet::bundled();
    let scenario = match Scenario::read(&read(&args.scenario)?, areas) {
        Ok(scenario) => scenario,
        Err(error) => {
            eprintln!("{}:{}: failed to {error}", args.scenario.display(), error.line);
            return Ok(exit::code(exit::REFUSED));
        }
    };
    let mut candidates = args.policy.iter().map(|name| candidate(name)).collect::<anyhow::Result<Vec<_>>>()?;
    for shipped in Candidate::shipped() {
        let wanted = !args.policy.is_empty() && shipped.name == "forecast";
        if !wanted && candidates.iter().all(|other| other.name != shipped.name) {
            candidates.push(shipped);
        }
    }
    let units = Units::of(areas);
    let (from, to) = args.seeds.unwrap_or((args.seed, args.seed));
    let bar = ProgressBar::new(args.earlier + to - from + 1);
    bar.set_style(ProgressStyle::with_template("{bar:30} {pos}/{len} nights, {eta} left")?);
    if args.json {
        bar.set_draw_target(indicatif::ProgressDrawTarget::hidden());
    }
    let mut before = CameIn::default();
    let earlier = |seed| came_in(&scenario, seed, areas, &units);
    if let Err(seed) = each(EARLIER_SEED..EARLIER_SEED + args.earlier, &bar, earlier, |night| before.add(&night)) {
        bar.abandon();
        eprintln!("the earlier night of seed {seed} fails; repeat it with: {}", again(args, from));
        return Ok(exit::code(exit::FAILED));
    }
    let mut score = Score::default();
    score.earlier_nights = args.earlier;
    let night = |seed| play(&scenario, seed, &candidates, &before, areas, &units);
    if let Err(seed) = each(from..to.saturating_add(1), &bar, night, |night| score.add(&night)) {
        bar.abandon();
        eprintln!("seed {seed} fails; repeat it with: {}", again(args, seed));
        return Ok(exit::code(exit::FAILED));
    }
    bar.finish_and_clear();
    if let Some(file) = &args.html {
        std::fs::write(file, page(&score)).with_context(|| format!("failed to write {}", file.display()))?;
    }
    let json = score.json();
    if args.json {
        println!("{json}");
    } else {
        println!("{}", serde_json::to_string_pretty(&json)?);
        summary(&score);
    }
    Ok(exit::code(exit::DONE))
}

/// Plays nights, as many at once as there are cores. They are apart from each other and added up in order, however they
/// finish. The error is the first seed that fails.
fn each<T: Send>(
    seeds: Range<u64>,
    bar: &ProgressBar,
    night: impl Fn(u64) -> T + Sync,
    mut add: impl FnMut(T),
) -> Result<(), u64> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let night = &|seed| {
        let night = catch_unwind(AssertUnwindSafe(|| night(seed)));
        bar.inc(1);
        night.ok()
    };
    for first in seeds.clone().step_by(cores) {
        let last = seeds.end.min(first.saturating_add(cores as u64));
        let nights = std::thread::scope(|scope| {
            let played: Vec<_> = (first..last).map(|seed| (seed, scope.spawn(move || night(seed)))).collect();
            played.into_iter().map(|(seed, night)| (seed, night.join().ok().flatten())).collect::<Vec<_>>()
        });
        for (seed, night) in nights {
            add(night.ok_or(seed)?);
        }
    }
    Ok(())
}

/// A few lines for a person.
fn summary(score: &Score) {
    eprintln!("{}: {} nights, fingerprint {:016x}", score.scenario, score.seeds.len(), score.fingerprint);
    for policy in &score.policies {
        let detected = policy.detected().map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", 100.0 * share));
        let (name, hours) = (&policy.name, policy.person_hours());
        eprintln!("  {name:<20} {hours:>14.0} person-hours, {detected} of arrivals under alert");
    }
    for line in score.gate_lines() {
        eprintln!("  {line}");
    }
}

/// The one command that plays a night again.
fn again(args: &Args, seed: u64) -> String {
    let policies: Vec<String> = args.policy.iter().map(|name| format!(" --policy {name}")).collect();
    let earlier = if args.earlier > 0 { format!(" --earlier {}", args.earlier) } else { String::new() };
    format!("allclear simulate {} --seed {seed}{}{earlier}", args.scenario.display(), policies.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range_with_the_lesser_first() {
        assert_eq!(range("1..20"), Ok((1, 20)));
        assert!(range("20..1").is_err());
        assert!(range("7").is_err());
        assert!(range("0..10000").is_err());
    }

    #[test]
    fn a_policy_that_is_no_file_is_refused_by_name() {
        let error = candidate("nowhere.toml").unwrap_err();
        assert!(error.to_string().contains("nowhere.toml"), "{error}");
    }
}
