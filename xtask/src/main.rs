//! The tasks behind `make`: everything about the house that has an `if` in it.
//!
//! What comes in: a target of the Makefile. What goes out: the work done, or an error that names the remedy.
//! What always holds: a task finds what it needs, installs it, or says which command installs it; nothing is
//! skipped in silence. Deliberately absent: the product. `allclear` does not know these tasks.

#[cfg(feature = "areas")]
mod areas;
mod bench;
mod bless;
mod check;
mod command;
mod house;
mod need;
mod run;
mod test;
mod tidy;
mod tree;
mod web;

use anyhow::Result;
use clap::{Parser, Subcommand};
use house::House;
use std::process::ExitCode;

/// The tasks behind `make`.
#[derive(Parser)]
#[command(name = "xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Set up what is missing and start AllClear; without arguments the bundled evening.
    Run {
        /// Passed to `allclear run`, after `--`: `cargo xtask run -- --config allclear.toml`.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Everything: tidy, format, lints, tests, real clients, a real browser.
    Test {
        /// Only these steps, separated by commas (for you; the judging machine runs all).
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
        /// All but these steps.
        #[arg(long, value_delimiter = ',')]
        skip: Vec<String>,
    },
    /// The quick look while writing: types and tidiness.
    Check,
    /// Format, lints and tidiness.
    Lint,
    /// Arrows, file sizes, licences, words: what a compiler does not see.
    Tidy,
    /// Write golden and generated files anew.
    Bless,
    /// Fail when a generated file is not what its source gives.
    Fresh,
    /// Generate the bundled area set from registry packages.
    #[cfg(feature = "areas")]
    Areas(areas::Args),
    /// Generate the bundled area set from registry packages.
    #[cfg(not(feature = "areas"))]
    Areas {
        /// See `cargo xtask areas -- --help`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Build the page into web/dist.
    Web,
    /// The figures of the README, measured here.
    Bench {
        /// Only this bench.
        name: Option<String>,
    },
    /// Fail when the working tree is not clean, and print what is not.
    Tree,
}

fn main() -> ExitCode {
    let outcome = House::find().and_then(|house| begin(&house, Arguments::parse().task));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nfailed to {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn begin(house: &House, task: Task) -> Result<()> {
    match task {
        Task::Run { arguments } => run::run(house, &arguments),
        Task::Test { only, skip } => test::test(house, &only, &skip),
        Task::Check => check::check(house),
        Task::Lint => check::lint(house),
        Task::Tidy => tidy::tidy(house),
        Task::Bless => bless::bless(house),
        Task::Fresh => bless::fresh(house),
        #[cfg(feature = "areas")]
        Task::Areas(arguments) => areas::run(arguments),
        #[cfg(not(feature = "areas"))]
        Task::Areas { arguments } => areas_with_its_parts(house, &arguments),
        Task::Web => web::build(house),
        Task::Bench { name } => bench::bench(house, name.as_deref()),
        Task::Tree => tree::tree(house),
    }
}

/// Builds this program again with what opens spreadsheets and archives, and lets that one do it.
#[cfg(not(feature = "areas"))]
fn areas_with_its_parts(house: &House, arguments: &[String]) -> Result<()> {
    let mut cargo =
        command::cargo(house, &["run", "--quiet", "--package", "xtask", "--features", "areas", "--", "areas"]);
    command::run(cargo.args(arguments))
}
