//! `allclear bench deliver`: one change to the last of many subscribers, what they cost, and who polls; beside the floor and
//! the peers that are installed, in the same run.
//!
//! Servers run on one core, the readers on another. A round is one message from its publication (ours: posted, decided and
//! durable) to the receipt of the last reader. The floor is one write to each socket in a plain loop, of as many bytes as our
//! change has. What is absent is named, and no gate that needs it is called met.

mod child;
mod crowd;
mod floor;
mod peers;
mod rounds;

use crate::cmd::exit;
use child::{Cores, allclear, installed};
use indicatif::ProgressBar;
use rounds::{Bench, Kind};
use serde::Serialize;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `bench deliver`.
#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools)] // Switches of a command line.
pub struct Deliver {
    /// Subscribers.
    #[arg(long, default_value_t = 10_000)]
    subscribers: usize,
    /// Messages whose median counts.
    #[arg(long, default_value_t = 11)]
    messages: u32,
    /// Seconds of polling, for each server and turn; there are five turns.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Folder for the stores. Default: a temporary folder.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Measure only how soon all are back after a restart.
    #[arg(long)]
    restart: bool,
    /// Exit with 1 when a gate is missed or could not be measured.
    #[arg(long)]
    check: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Be the floor's server.
    #[arg(long, hide = true)]
    floor: bool,
}

/// What was measured.
#[derive(Debug, Default, Serialize)]
struct Figures {
    subscribers: usize,
    messages: u32,
    cores_apart: bool,
    frame_bytes: u64,
    snapshot_bytes: u64,
    /// How long 500 communities took to change, seconds.
    many_s: f64,
    rounds: Vec<Round>,
    /// Why something was not measured.
    absent: Vec<String>,
    polling: Vec<Polling>,
    /// Ours over nginx's, the median of the turns.
    polling_ratio: Option<f64>,
    gates: Vec<Gate>,
}

/// The last receipt of one way, milliseconds.
#[derive(Debug, Serialize)]
struct Round {
    way: String,
    median_ms: f64,
    longest_ms: f64,
    /// The server's resident memory for each idle subscriber, KiB.
    idle_kib: f64,
    lost: usize,
}

/// Answers of 304 a second, the median of the turns.
#[derive(Debug, Serialize)]
struct Polling {
    server: &'static str,
    a_second: f64,
}

/// Turns in which the servers are asked one after the other.
const TURNS: usize = 5;

/// The one in the middle.
fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied()
}

/// A figure and its bound.
#[derive(Debug, Serialize)]
struct Gate {
    what: &'static str,
    /// `None`: not measured.
    value: Option<f64>,
    /// The figure must not be above it, or not below it.
    bound: f64,
    at_least: bool,
    unit: &'static str,
    met: bool,
}

impl Gate {
    fn most(what: &'static str, value: Option<f64>, bound: f64, unit: &'static str) -> Self {
        Self { what, value, bound, at_least: false, unit, met: value.is_some_and(|value| value <= bound) }
    }

    fn least(what: &'static str, value: Option<f64>, bound: f64, unit: &'static str) -> Self {
        Self { what, value, bound, at_least: true, unit, met: value.is_some_and(|value| value >= bound) }
    }
}

/// Runs the bench.
pub fn run(args: &Deliver) -> anyhow::Result<ExitCode> {
    if args.floor {
        floor::serve()?;
        return Ok(exit::code(exit::DONE));
    }
    crate::cmd::run::raise_open_files();
    let dir = args.dir.clone().unwrap_or_else(std::env::temp_dir);
    let dir = dir.join(format!("allclear-bench-{}", std::process::id()));
    std::fs::create_dir_all(&dir)?;
    let outcome = measure(args, &dir);
    std::fs::remove_dir_all(&dir)?;
    let figures = outcome?;
    print(args, &figures)?;
    let failed = args.check && figures.gates.iter().any(|gate| !gate.met);
    Ok(exit::code(if failed { exit::FAILED } else { exit::DONE }))
}

fn measure(args: &Deliver, dir: &std::path::Path) -> anyhow::Result<Figures> {
    let cores = Cores::take()?;
    let bench = Bench { cores, dir, subscribers: args.subscribers, messages: args.messages };
    let mut figures = Figures {
        subscribers: args.subscribers,
        messages: args.messages,
        cores_apart: cores.apart(),
        ..Figures::default()
    };
    if !cores.apart() {
        figures.absent.push("a second core: servers and readers share one, and times say little".into());
    }
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    let say = |what: &'static str| {
        bar.set_message(what);
        bar.tick();
    };
    if args.restart {
        say("restart");
        figures.gates = restart(&bench, &mut figures.snapshot_bytes)?;
        bar.finish_and_clear();
        return Ok(figures);
    }
    let mut ways = vec![(Kind::Sse, true), (Kind::Ws, true), (Kind::Floor, true)];
    let module = peers::nchan().is_some() && installed("nginx").is_some();
    ways.extend([
        (Kind::NchanSse, module),
        (Kind::NchanWs, module),
        (Kind::Mosquitto, installed("mosquitto").is_some()),
    ]);
    for (kind, there) in ways {
        say(kind.name());
        if there {
            let round = bench.rounds(kind, &mut figures.frame_bytes, &mut figures.snapshot_bytes)?;
            figures.rounds.push(round);
        } else {
            figures.absent.push(format!("{}: not installed", kind.name()));
        }
    }
    figures.absent.push("our MQTT: this bench does not measure it yet".into());
    say("stalled readers");
    let stalled_kib = bench.stalled()?;
    say("restart");
    let back = restart(&bench, &mut figures.snapshot_bytes)?;
    say("500 communities");
    let (sends, took_s) = bench.many()?;
    figures.many_s = took_s;
    say("polling");
    poll(&bench, args.seconds, &mut figures)?;
    figures.gates = gates(&figures, stalled_kib, sends);
    figures.gates.extend(back);
    bar.finish_and_clear();
    Ok(figures)
}

/// Everyone comes back: for everything, and each for its own region.
fn restart(bench: &Bench<'_>, snapshot_bytes: &mut u64) -> anyhow::Result<Vec<Gate>> {
    let (plain_s, bytes) = bench.restart(false)?;
    *snapshot_bytes = bytes;
    let (filtered_s, _) = bench.restart(true)?;
    let gate = |what, value| Gate::most(what, Some(value), 0.5, "s");
    Ok(vec![
        gate("all back with their snapshot, from the moment the server listens", plain_s),
        gate("the same when each asks for one of the regions", filtered_s),
    ])
}

fn poll(bench: &Bench<'_>, seconds: u64, figures: &mut Figures) -> anyhow::Result<()> {
    if installed("wrk").is_none() {
        figures.absent.push("wrk: not installed; nobody asked".into());
        return Ok(());
    }
    let ours = bench.folder("polling")?;
    let (_child, address) = allclear(bench.cores, &ours)?;
    rounds::say(&mut peers::Http::open(address)?, "Повітряна тривога в Сумській області")?;
    // The second of a change is not answered with 304 by date, and a new server is busy for a moment.
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let mut beside = None;
    if installed("nginx").is_some() {
        beside = Some(peers::nginx(bench.cores, &bench.folder("nginx")?)?);
    } else {
        figures.absent.push("nginx: not installed".into());
    }
    // In turns: what else runs on the machine meets both.
    let (mut own, mut others, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let mine = peers::not_modified_a_second(address, "/v1/alerts/active.json", seconds)?;
        own.push(mine);
        if let Some((_, address)) = &beside {
            let other = peers::not_modified_a_second(*address, "/file.json", seconds)?;
            others.push(other);
            ratios.push(mine / other);
        }
    }
    for (server, figures_of) in [("allclear", own), ("nginx", others)] {
        figures.polling.extend(median(figures_of).map(|a_second| Polling { server, a_second }));
    }
    figures.polling_ratio = median(ratios);
    Ok(())
}

fn gates(figures: &Figures, stalled_kib: f64, sends: Option<f64>) -> Vec<Gate> {
    let of = |kind: Kind| figures.rounds.iter().find(|r| r.way == kind.name()).map(|r| r.median_ms);
    let over = |a: Kind, b: Kind| Some(of(a)? / of(b)?);
    let idle = figures.rounds.iter().find(|r| r.way == Kind::Sse.name()).map(|r| r.idle_kib);
    let beyond = || Some(of(Kind::Sse)? - of(Kind::Floor)?);
    vec![
        Gate::most("events: last receipt / floor", over(Kind::Sse, Kind::Floor), 1.25, ""),
        Gate::most("WebSocket: last receipt / floor", over(Kind::Ws, Kind::Floor), 1.25, ""),
        Gate::most("events: last receipt / nchan", over(Kind::Sse, Kind::NchanSse), 0.65, ""),
        Gate::most("WebSocket: last receipt / nchan", over(Kind::Ws, Kind::NchanWs), 0.8, ""),
        Gate::most("decided, durable and at the last reader, beyond the floor", beyond(), 10.0, "ms"),
        Gate::most("memory of an idle subscriber", idle, 1.0, "KiB"),
        Gate::most("memory of a stalled reader, the kernel's for its socket included", Some(stalled_kib), 256.0, "KiB"),
        Gate::most("500 communities change: sends per subscriber and round", sends, 1.0, ""),
        Gate::least("polling: our 304 / nginx's, requests a second", figures.polling_ratio, 1.0, ""),
    ]
}

fn print(args: &Deliver, figures: &Figures) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(figures)?)?;
        return Ok(());
    }
    let Figures { subscribers, messages, frame_bytes, snapshot_bytes, .. } = figures;
    writeln!(
        out,
        "{subscribers} subscribers, {messages} messages; our change {frame_bytes} bytes, snapshot {snapshot_bytes}"
    )?;
    writeln!(
        out,
        "{:<34}{:>12}{:>12}{:>16}{:>8}",
        "to the last reader", "median ms", "longest", "KiB each, idle", "lost"
    )?;
    for Round { way, median_ms, longest_ms, idle_kib, lost } in &figures.rounds {
        writeln!(out, "{way:<34}{median_ms:>12.1}{longest_ms:>12.1}{idle_kib:>16.2}{lost:>8}")?;
    }
    for Polling { server, a_second } in &figures.polling {
        writeln!(out, "{:<34}{a_second:>12.0} answers of 304 a second, one core", format!("polling {server}"))?;
    }
    writeln!(out, "{:<34}{:>12.1} s", "500 communities decided and told", figures.many_s)?;
    for why in &figures.absent {
        writeln!(out, "absent: {why}")?;
    }
    writeln!(out)?;
    for gate in &figures.gates {
        let value = gate.value.map_or_else(|| "not measured".into(), |value| format!("{value:.2} {}", gate.unit));
        let bound = format!("{} {} {}", if gate.at_least { "≥" } else { "≤" }, gate.bound, gate.unit);
        let word = if gate.met { "met" } else { "MISSED" };
        writeln!(out, "{:<68}{value:>16}{bound:>14}  {word}", gate.what)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_that_could_not_be_measured_is_not_met() {
        let met = |gate: Gate| gate.met;
        assert!(met(Gate::most("", Some(1.25), 1.25, "")) && met(Gate::least("", Some(1.0), 1.0, "")));
        assert!(!met(Gate::most("", Some(1.26), 1.25, "")) && !met(Gate::least("", Some(0.9), 1.0, "")));
        assert!(!met(Gate::most("", None, 1.25, "")) && !met(Gate::least("", None, 1.0, "")));
        // Without the floor nothing is said beside it.
        assert!(gates(&Figures::default(), 0.0, None)[0].value.is_none());
    }
}
