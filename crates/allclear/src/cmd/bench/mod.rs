//! `allclear bench NAME`: the figures of the README, reproducible, one file each.
//!
//! A figure is a ratio: ours against the floor measured in the same run, or against a named peer's published figure.

mod latency;
mod scenes;
mod track;

use std::process::ExitCode;

/// Arguments of `bench`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    name: Name,
}

#[derive(Debug, clap::Subcommand)]
enum Name {
    /// POST of a message to its change on an open stream, durable write included.
    Latency(latency::Latency),
    /// The tracker on scenes of one sensor: accuracy and time, beside the gates and what other trackers reach.
    Track(track::Track),
}

/// Runs a bench.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.name {
        Name::Latency(args) => latency::run(args),
        Name::Track(args) => track::run(args),
    }
}
