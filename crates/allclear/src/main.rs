//! AllClear: an open air-raid warning system, from the first report to the all-clear, and the record after.
//!
//! This file only begins: it reads the command line and hands over to `cmd`.
#![allow(unreachable_pub, reason = "nothing is reachable in a program; `pub` says what a room offers the others")]

mod chain;
mod clock;
mod cmd;
mod config;
mod core;
mod deliver;
mod demo;
mod explain;
mod feed;
mod publish;
mod serve;
mod store;
mod tls;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Air-raid warning, from the first report to the all-clear, and the record after.
#[derive(Debug, Parser)]
#[command(name = "allclear", version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server; without a config: embedded store, localhost, relay mode.
    Run(cmd::run::Args),
    /// Turn any source format into reports, JSON Lines.
    Decode(cmd::decode::Args),
    /// What texts say was launched, stopped, hit and harmed: claims, JSON Lines.
    Claims(cmd::claims::Args),
    /// A file of detections to tracks: the filter on a scene of one sensor.
    Track(cmd::track::Args),
    /// A whole night through the real pipeline: its score as JSON or a page.
    Simulate(cmd::simulate::Args),
    /// Recorded events through today's engine: how its decisions, or two policies', differ.
    Replay(cmd::replay::Args),
    /// Why an alert began, changed and ended: the events and the numbers.
    Why(cmd::why::Args),
    /// The log: full audit, inclusion proof, static tiles.
    Record(cmd::record::Args),
    /// What was published, into the record: threads, feeds, channels.
    Import(cmd::import::Args),
    /// What happened, in figures and words: ceasefires.
    Report(cmd::report::Args),
    /// Common Alerting Protocol: what is wrong in a message, what it says, and who signed it.
    Cap(cmd::cap::Args),
    /// Cell broadcast: CAP messages as pages for phones, and back. Sends nothing.
    Cbs(cmd::cbs::Args),
    /// A siren without a horn, at a real MQTT broker: the reference for whoever builds one.
    SirenSim(cmd::siren_sim::Args),
    /// The gazetteer: list, locate, import, export.
    Areas(cmd::areas::Args),
    /// The figures of the README, reproducible.
    Bench(cmd::bench::Args),
    /// Print the OpenAPI document of the own API.
    Openapi,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Run(args) => cmd::run::run(&args),
        Command::Decode(args) => cmd::decode::run(&args),
        Command::Claims(args) => cmd::claims::run(&args),
        Command::Track(args) => cmd::track::run(&args),
        Command::Simulate(args) => cmd::simulate::run(&args),
        Command::Replay(args) => cmd::replay::run(&args),
        Command::Why(args) => cmd::why::run(&args),
        Command::Record(args) => cmd::record::run(args),
        Command::Import(args) => cmd::import::run(&args),
        Command::Report(args) => cmd::report::run(&args),
        Command::Cap(args) => cmd::cap::run(&args),
        Command::Cbs(args) => cmd::cbs::run(&args),
        Command::SirenSim(args) => cmd::siren_sim::run(&args),
        Command::Areas(args) => cmd::areas::run(args),
        Command::Bench(args) => cmd::bench::run(&args),
        Command::Openapi => cmd::openapi::run(),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("allclear: {error:#}");
        let refused = error.downcast_ref::<config::ConfigError>().is_some();
        cmd::exit::code(if refused { cmd::exit::CONFIG } else { cmd::exit::FAILED })
    })
}
