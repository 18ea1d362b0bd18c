//! `allclear bench NAME`: the figures of the README, reproducible, one file each.
//!
//! A figure is a ratio: ours against the floor measured in the same run, or against a named peer's published figure.

mod claims;
mod deliver;
mod forecast;
mod index;
mod latency;
mod load;
mod oracle;
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
    /// Claims from text: microseconds a passage, over the passages that the tests read.
    Claims(claims::Claims),
    /// One change to the last of ten thousand subscribers, what they cost, and polling, beside the floor and the peers installed.
    Deliver(deliver::Deliver),
    /// The area index: points, sectors and ellipses among millions of vertices, and its answers against the definition.
    Index(index::Index),
    /// A thousand tracks over all communities: everything forecast anew, and a step.
    Forecast(forecast::Forecast),
    /// POST of a message to its change on an open stream, durable write included.
    Latency(latency::Latency),
    /// The engine under a thousand objects and thousands of reports a second: latency of its steps, and memory.
    Load(load::Load),
    /// The tracker on scenes of one sensor: accuracy and time, beside the gates and what other trackers reach.
    Track(track::Track),
}

/// Runs a bench.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.name {
        Name::Claims(args) => claims::run(args),
        Name::Deliver(args) => deliver::run(args),
        Name::Index(args) => index::run(args),
        Name::Forecast(args) => forecast::run(args),
        Name::Latency(args) => latency::run(args),
        Name::Load(args) => load::run(args),
        Name::Track(args) => track::run(args),
    }
}

/// What the thread has used of a processor, seconds.
#[allow(clippy::cast_precision_loss)] // Nanoseconds of a bench.
fn thread_s() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}
