//! `allclear bench deliver`: one change to the last of many subscribers, what they cost, what is lost over kills, and who polls;
//! beside the floor and the peers that are installed, in the same run.
//!
//! Servers run on one core, the readers on another. A message counts from its publication (ours: posted, decided and
//! durable) to the receipt of the last reader. The floor is one write to each socket in a plain loop, of as many bytes as our
//! change has. All ways have their turn in each round, and are compared within it: what else runs on the machine meets all.
//! What is absent is named, and no gate that needs it is called met.

mod child;
mod crowd;
mod faults;
mod floor;
mod gates;
mod hostile;
mod peers;
mod rounds;

use crate::cmd::exit;
use child::{Cores, allclear, installed};
use faults::Faults;
use gates::{Apart, Gate, Measured};
use indicatif::ProgressBar;
use model::{AreaSet, Level};
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
    /// Rounds in which each way has its turn, whose median counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// Messages of a round, whose median is the round's figure.
    #[arg(long, default_value_t = 11, value_parser = clap::value_parser!(u32).range(1..=1000))]
    messages: u32,
    /// Seconds of polling, for each server and turn; there are fifteen turns.
    #[arg(long, default_value_t = 1)]
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
    rounds: u32,
    messages: u32,
    cores_apart: bool,
    frame_bytes: u64,
    snapshot_bytes: u64,
    /// How long 500 communities took to change, seconds.
    many_s: Option<f64>,
    /// Hostile clients that came a second, at least.
    hostile_a_second: Option<f64>,
    ways: Vec<Way>,
    /// What was missed, told twice or out of order, over kills.
    faults: Option<Faults>,
    /// Why something was not measured.
    absent: Vec<String>,
    polling: Vec<Polling>,
    /// Ours over nginx's, of each turn.
    polling_ratios: Vec<f64>,
    gates: Vec<Gate>,
}

/// One way from a publisher to readers.
#[derive(Debug, Serialize)]
struct Way {
    kind: Kind,
    name: &'static str,
    /// Time to the last receipt, milliseconds: the median of each round.
    rounds_ms: Vec<f64>,
    /// The longest of all, milliseconds.
    longest_ms: f64,
    /// The server's resident memory for each idle subscriber, KiB, in each round.
    idle_kib: Vec<f64>,
    lost: usize,
}

impl Way {
    fn of(kind: Kind) -> Self {
        Self { kind, name: kind.name(), rounds_ms: Vec::new(), longest_ms: 0.0, idle_kib: Vec::new(), lost: 0 }
    }
}

/// Answers of 304 a second, the median of the turns.
#[derive(Debug, Serialize)]
struct Polling {
    server: &'static str,
    a_second: f64,
}

/// Turns in which the servers are asked one after the other.
const TURNS: usize = 15;

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
        rounds: args.rounds,
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
    let mut apart = Apart::default();
    if args.restart {
        for round in 0..args.rounds {
            say("restart");
            back(&bench, round, &mut apart, &mut figures)?;
        }
        figures.gates = gates::restart(&apart).into();
        bar.finish_and_clear();
        return Ok(figures);
    }
    let module = peers::nchan().is_some() && installed("nginx").is_some();
    let mosquitto = installed("mosquitto").is_some();
    // Each of ours beside whom it is compared with.
    let all = [
        (Kind::Sse, true),
        (Kind::Floor, true),
        (Kind::NchanSse, module),
        (Kind::Ws, true),
        (Kind::NchanWs, module),
        (Kind::Mqtt, true),
        (Kind::Mosquitto, mosquitto),
    ];
    for (kind, there) in all {
        if there {
            figures.ways.push(Way::of(kind));
        } else {
            figures.absent.push(format!("{}: not installed", kind.name()));
        }
    }
    for round in 0..args.rounds {
        for way in &mut figures.ways {
            say(way.name);
            bench.round(way, &mut figures.frame_bytes, &mut figures.snapshot_bytes)?;
        }
        say("restart");
        back(&bench, round, &mut apart, &mut figures)?;
        say("stalled readers");
        apart.stalled_kib.push(bench.stalled(round)?);
        say("hostile clients");
        let (ratio, a_second) = hostile::beside(&bench, round)?;
        apart.hostile.push(ratio);
        figures.hostile_a_second = Some(figures.hostile_a_second.map_or(a_second, |least: f64| least.min(a_second)));
        say("500 communities");
        let (sends, took_s) = bench.many(round)?;
        apart.sends.extend(sends);
        figures.many_s = Some(figures.many_s.unwrap_or(0.0).max(took_s));
    }
    say("kills");
    let faults = faults::count(&bench)?;
    apart.faults.push(f64::from(faults.lost + faults.twice + faults.out_of_order));
    figures.faults = Some(faults);
    say("polling");
    poll(&bench, args.seconds, &mut figures)?;
    figures.gates = gates::all(&figures, &apart);
    bar.finish_and_clear();
    Ok(figures)
}

/// Everyone comes back: for everything, and each for its own region.
fn back(bench: &Bench<'_>, round: u32, apart: &mut Apart, figures: &mut Figures) -> anyhow::Result<()> {
    let (plain_s, bytes) = bench.restart(false, round)?;
    figures.snapshot_bytes = bytes;
    apart.back_s.push(plain_s);
    apart.back_filtered_s.push(bench.restart(true, round)?.0);
    Ok(())
}

fn poll(bench: &Bench<'_>, seconds: u64, figures: &mut Figures) -> anyhow::Result<()> {
    if installed("wrk").is_none() {
        figures.absent.push("wrk: not installed; nobody asked".into());
        return Ok(());
    }
    let ours = bench.folder("polling")?;
    let (_child, address) = allclear(bench.cores, &ours, None)?;
    // As a country is whose sources speak: no answer lists what is unknown.
    let mut http = peers::Http::open(address)?;
    for area in AreaSet::bundled().at_level(Level::Oblast) {
        rounds::say(&mut http, &format!("Відбій тривоги: {} область", area.name_uk))?;
    }
    rounds::say(&mut http, "Повітряна тривога в Сумській області")?;
    // The second of a change is not answered with 304 by date, and a new server is busy for a moment.
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let mut beside = None;
    if installed("nginx").is_some() {
        beside = Some(peers::nginx(bench.cores, &bench.folder("nginx")?)?);
    } else {
        figures.absent.push("nginx: not installed".into());
    }
    // In turns: what else runs on the machine meets both.
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let mine = peers::not_modified_a_second(address, "/v1/alerts/active.json", seconds)?;
        own.push(mine);
        if let Some((_, address)) = &beside {
            let other = peers::not_modified_a_second(*address, "/file.json", seconds)?;
            others.push(other);
            figures.polling_ratios.push(mine / other);
        }
    }
    for (server, figures_of) in [("allclear", own), ("nginx", others)] {
        let measured = Measured::of(figures_of);
        figures.polling.extend(measured.map(|measured| Polling { server, a_second: measured.median }));
    }
    Ok(())
}

fn print(args: &Deliver, figures: &Figures) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(figures)?)?;
        return Ok(());
    }
    let Figures { subscribers, rounds, messages, frame_bytes, snapshot_bytes, ways, .. } = figures;
    write!(out, "{subscribers} subscribers, {rounds} rounds of {messages} messages; ")?;
    writeln!(out, "our change {frame_bytes} bytes, snapshot {snapshot_bytes}")?;
    if !ways.is_empty() {
        writeln!(
            out,
            "{:<34}{:>12}{:>16}{:>10}{:>10}{:>16}{:>8}",
            "to the last reader", "median ms", "rounds", "longest", "of floor", "KiB each, idle", "lost"
        )?;
    }
    let floor = ways.iter().find(|way| way.kind == Kind::Floor);
    for way in ways {
        let Way { name, rounds_ms, longest_ms, idle_kib, lost, .. } = way;
        let of_floor = floor.map(|floor| rounds_ms.iter().zip(&floor.rounds_ms).map(|(a, b)| a / b).collect());
        let of_floor = of_floor.and_then(Measured::of).map_or(f64::NAN, |measured| measured.median);
        let idle = Measured::of(idle_kib.clone()).map_or(f64::NAN, |measured| measured.median);
        let Some(Measured { median, least, most, .. }) = Measured::of(rounds_ms.clone()) else { continue };
        let spread = format!("{least:.1}–{most:.1}");
        writeln!(out, "{name:<34}{median:>12.1}{spread:>16}{longest_ms:>10.1}{of_floor:>10.2}{idle:>16.2}{lost:>8}")?;
    }
    for Polling { server, a_second } in &figures.polling {
        writeln!(out, "{:<34}{a_second:>12.0} answers of 304 a second, one core", format!("polling {server}"))?;
    }
    if let Some(many_s) = figures.many_s {
        writeln!(out, "{:<34}{many_s:>12.1} s at most", "500 communities decided and told")?;
    }
    if let Some(a_second) = figures.hostile_a_second {
        writeln!(out, "{:<34}{a_second:>12.0} connections a second at least", "hostile clients")?;
    }
    if let Some(Faults { lost, twice, out_of_order, looked_at }) = figures.faults {
        let what = "messages over kill -9 and return";
        writeln!(out, "{what:<34}{looked_at:>12} lost {lost}, told twice {twice}, out of order {out_of_order}")?;
    }
    for why in &figures.absent {
        writeln!(out, "absent: {why}")?;
    }
    writeln!(out)?;
    writeln!(out, "{:<66}{:>14}{:>16}{:>9}{:>9}", "", "median", "rounds", "gate", "aim")?;
    for gate in &figures.gates {
        writeln!(out, "{}", gates::line(gate))?;
    }
    Ok(())
}
