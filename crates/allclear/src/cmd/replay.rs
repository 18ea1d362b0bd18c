//! `allclear replay DIR|FILE`: recorded events through today's engine, and how its decisions differ.
//!
//! What comes in: a store, a file of entries (JSON Lines, as the record shows them), or an evening of `scenarios/`; one
//! policy to compare with what was decided then, or two to compare with each other. What goes out: the decisions that
//! only one of them took or that differ, and what each cost. Nothing is written anywhere.

use super::exit;
use crate::config::{Config, policy};
use crate::store::{Entry, Reader};
use crate::{demo, publish};
use anyhow::{Context as _, bail, ensure};
use engine::{Engine, Mode, Policy, SourceProfile};
use model::{
    Alert, AlertId, AlertType, AreaSet, Because, Code, ConfigPart, Decision, DecisionBody, Event, EventBody, EventId,
    Item, Outcome, SourceId, Standing, Status, Timestamp,
};
use serde::Serialize;
use serde_json::json;
use sim::night::Units;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Largest file, in bytes.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The core's own ticks: the record keeps only those that decided something.
const TICK_MS: i64 = 1000;
/// Longest silence that is filled with ticks; beyond it the engine has nothing left to decide.
const SILENCE_MS_MAX: i64 = 3 * 3_600_000;

/// Arguments of `replay`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The store's directory, a file of entries, or an evening such as scenarios/evening.jsonl.
    from: PathBuf,
    /// A shipped policy (forecast, doctrine, region) or a policy file. One is compared with what was decided then, two
    /// with each other. Without it: the configuration's, compared with what was decided then.
    #[arg(long)]
    policy: Vec<String>,
    /// Configuration with the sources as they were. Without it: what the record says of them (not where sensors stand); in a
    /// record that does not, those that ordered are official and all others are trusted 0.8.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Who decides. Default: authority when policies are compared, whose rules speak there only; else the configuration's.
    #[arg(long, value_enum)]
    mode: Option<ModeName>,
    /// Also decisions that both took alike.
    #[arg(long)]
    all: bool,
    /// Play at so many times the real speed instead of at once.
    #[arg(long, value_name = "N")]
    speed: Option<f64>,
    /// JSON Lines: one a decision, the summary last.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum ModeName {
    Relay,
    Authority,
}

/// What was recorded.
#[derive(Debug, Default)]
pub(super) struct Evening {
    pub(super) events: Vec<Event>,
    decisions: Vec<Decision>,
    pub(super) unreadable: usize,
}

/// Replays.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    ensure!(args.policy.len() <= 2, "failed to compare {} policies: expected at most two", args.policy.len());
    ensure!(args.speed.is_none_or(|n| n.is_finite() && n > 0.0), "failed to play at this speed: expected more than 0");
    let areas = AreaSet::bundled();
    let evening = read(&args.from, areas)?;
    ensure!(!evening.events.is_empty(), "failed to find an event in {}", args.from.display());
    let mut config = match &args.config {
        Some(path) => Config::load(path)?.engine(areas)?,
        None => recorded(&evening.events)?,
    };
    config.mode = match args.mode {
        Some(ModeName::Relay) => Mode::Relay,
        None if args.policy.is_empty() => config.mode,
        Some(ModeName::Authority) | None => Mode::Authority,
    };
    let mut policies = args.policy.iter().map(|name| policy(name, Path::new("."))).collect::<Result<Vec<_>, _>>()?;
    if policies.is_empty() {
        policies.push(config.policy.clone());
    }
    let mut sides = Vec::new();
    if policies.len() == 1 {
        sides.push(Side::of("recorded", &evening.decisions, &evening, areas));
    }
    let last = policies.len() - 1;
    for (n, policy) in policies.iter().enumerate() {
        let decisions = play(&evening.events, &config, policy, areas, args.speed.filter(|_| n == last));
        let mark = policy.mark();
        let name = format!("{} {} ({})", mark.name, mark.revision, mark.sha256.get(..8).unwrap_or_default());
        sides.push(Side::of(&name, &decisions, &evening, areas));
    }
    let [a, b] = sides.try_into().map_err(|_| anyhow::anyhow!("failed to compare: expected two sides"))?;
    let counts = tell(&a, &b, areas, args)?;
    summary(&a, &b, &counts, &evening, args);
    Ok(exit::code(if evening.unreadable == 0 { exit::DONE } else { exit::REFUSED }))
}

/// Reads a store, a file of entries or an evening.
pub(super) fn read(from: &Path, areas: &'static AreaSet) -> anyhow::Result<Evening> {
    let mut evening = Evening::default();
    let place = from.display();
    if from.is_dir() {
        let (reader, mut next) = (Reader::new(from), 0);
        loop {
            let rows = reader.entries(next, 10_000).map_err(|error| anyhow::anyhow!("failed to {error}"))?;
            let Some((index, _)) = rows.last() else { break };
            next = index + 1;
            for (index, bytes) in &rows {
                evening.take(&bytes[..], &format!("entry {index}"));
            }
        }
        return Ok(evening);
    }
    let size = std::fs::metadata(from).with_context(|| format!("failed to open {place}"))?.len();
    ensure!(size <= FILE_BYTES_MAX, "failed to read {place}: {size} bytes, at most {FILE_BYTES_MAX}");
    let text = std::fs::read_to_string(from).with_context(|| format!("failed to read {place}"))?;
    if text.lines().find(|line| !line.trim().is_empty()).is_some_and(|line| line.contains("\"after_s\"")) {
        evening.events = demo::events(&text, areas).map_err(|why| anyhow::anyhow!("failed to read {place}: {why}"))?;
        return Ok(evening);
    }
    for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        evening.take(line.as_bytes(), &format!("line {}", n + 1));
    }
    let order = evening.events.windows(2).position(|pair| pair[1].at < pair[0].at);
    if let Some(n) = order {
        bail!("failed to replay {place}: event {} happened before the one it follows", n + 2);
    }
    Ok(evening)
}

impl Evening {
    fn take(&mut self, bytes: &[u8], place: &str) {
        match Entry::read(bytes) {
            Ok(Entry::Event(event)) => self.events.push(event),
            Ok(Entry::Decision(decision)) => self.decisions.push(decision),
            Err(why) => {
                eprintln!("{place}: failed to read it: {why}");
                self.unreadable += 1;
            }
        }
    }
}

/// What the program worked with when it was last started, as the record says.
pub fn recorded(events: &[Event]) -> anyhow::Result<engine::Config> {
    let last = |wanted: ConfigPart| {
        events.iter().rev().find_map(|event| match &event.body {
            EventBody::Configured { part, text: Some(text), .. } if *part == wanted => Some((event.id, text)),
            _ => None,
        })
    };
    let unread = |id: EventId| format!("failed to read the configuration in entry {}: give --config", id.0);
    let mut config = match last(ConfigPart::Sources) {
        Some((id, text)) => serde_json::from_str(text).with_context(|| unread(id))?,
        None => guessed(events),
    };
    if let Some((id, text)) = last(ConfigPart::Policy) {
        config.policy = serde_json::from_str(text).with_context(|| unread(id))?;
    }
    if let Some((id, text)) = last(ConfigPart::CameIn) {
        config.came_in = serde_json::from_str(text).with_context(|| unread(id))?;
    }
    if let Some((id, text)) = last(ConfigPart::Courses) {
        config.came_in.courses = serde_json::from_str(text).with_context(|| unread(id))?;
    }
    config.validate().context("failed to use the configuration in the record: give --config")?;
    Ok(config)
}

/// Sources as far as what they said shows them.
fn guessed(events: &[Event]) -> engine::Config {
    let mut status = Status::Actual;
    let mut sources: BTreeMap<SourceId, SourceProfile> = BTreeMap::new();
    for event in events {
        let (source, official) = match &event.body {
            EventBody::Report(report) => {
                status = report.status;
                (&report.source, report.items.iter().any(|item| matches!(item, Item::Order(_))))
            }
            EventBody::Upstream(snapshot) => {
                status = snapshot.status;
                (&snapshot.source, true)
            }
            EventBody::Heartbeat { source } => (source, false),
            _ => continue,
        };
        let profile = sources.entry(source.clone()).or_insert_with(|| SourceProfile {
            trust: 0.8,
            stale_after_ms: 600_000,
            ..SourceProfile::default()
        });
        profile.official |= official;
    }
    engine::Config { sources, ..engine::Config::of(status) }
}

/// Steps everything, with the core's quiet ticks in between.
fn play(
    events: &[Event],
    config: &engine::Config,
    policy: &Policy,
    areas: &'static AreaSet,
    speed: Option<f64>,
) -> Vec<Decision> {
    let mut engine = Engine::new(engine::Config { policy: policy.clone(), ..config.clone() }, areas);
    let (mut decisions, mut now) = (Vec::new(), None::<Timestamp>);
    for event in events {
        if let Some(before) = now {
            let silence_ms = event.at.ms_since(before);
            if let Some(speed) = speed {
                let pause = std::time::Duration::from_millis(u64::try_from(silence_ms).unwrap_or(0));
                std::thread::sleep(pause.div_f64(speed));
            }
            for n in 1..=silence_ms.min(SILENCE_MS_MAX) / TICK_MS {
                let tick = Event { id: event.id, at: before.plus_ms(n * TICK_MS), body: EventBody::Tick };
                engine.step(&tick, &mut decisions);
            }
        }
        engine.step(event, &mut decisions);
        now = Some(event.at);
    }
    decisions
}

/// Which decision: when, what, and about whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    at: Timestamp,
    standing: Standing,
    community: Code,
    alert_type: AlertType,
    what: &'static str,
}

/// What one side decided there.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Told {
    level: model::AlertLevel,
    kinds: Vec<model::ThreatKind>,
    outcome: Option<Outcome>,
    rule: Option<String>,
    probability: Option<f64>,
}

impl Told {
    /// Whether people are told the same.
    fn same(&self, other: &Self) -> bool {
        (self.level, &self.kinds, self.outcome) == (other.level, &other.kinds, other.outcome)
    }
}

/// One policy's evening.
struct Side {
    name: String,
    told: BTreeMap<Key, Told>,
    raised: BTreeMap<Standing, usize>,
    /// Hours that people were under an alert or advisory, by standing; somebody under two alerts counts once.
    person_hours: BTreeMap<Standing, f64>,
}

impl Side {
    fn of(name: &str, decisions: &[Decision], evening: &Evening, areas: &AreaSet) -> Self {
        let mut side = Self {
            name: name.to_owned(),
            told: BTreeMap::new(),
            raised: BTreeMap::new(),
            person_hours: BTreeMap::new(),
        };
        let units = Units::of(areas);
        let mut under: BTreeMap<Standing, Sounding> = BTreeMap::new();
        for decision in decisions {
            let (what, alert, outcome) = match &decision.body {
                DecisionBody::Raise(alert) => ("raise", alert, None),
                DecisionBody::Update(alert) => ("update", alert, None),
                DecisionBody::End { alert, outcome, .. } => ("end", alert, Some(*outcome)),
                DecisionBody::Note(_) => continue,
            };
            let sounding = under.entry(alert.standing).or_default();
            match what {
                "raise" => {
                    *side.raised.entry(alert.standing).or_default() += 1;
                    sounding.begin(alert, decision.decided_at, &units);
                }
                "end" => sounding.end(alert.id, decision.decided_at, &units),
                _ => {}
            }
            let Alert { standing, community, alert_type, .. } = *alert;
            let key = Key { at: decision.decided_at, standing, community, alert_type, what };
            let reason = decision.reason.as_ref();
            let probability = reason.and_then(|reason| match &reason.because {
                Because::Reached(numbers) | Because::Moved(numbers) => Some(numbers.arrival.probability),
                Because::Fell { probability, .. } => Some(*probability),
                Because::Said { .. } | Because::Ordered { .. } => None,
            });
            let rule = reason.map(|reason| reason.rule.clone());
            side.told.insert(key, Told { level: alert.level, kinds: alert.kinds.clone(), outcome, rule, probability });
        }
        if let Some(last) = evening.events.last() {
            for (standing, mut sounding) in under {
                side.person_hours.insert(standing, sounding.close(last.at, &units));
            }
        }
        side
    }
}

/// Who is under how many alerts of one standing, and the hours so far.
#[derive(Default)]
struct Sounding {
    alerts: BTreeMap<AlertId, Code>,
    units: BTreeMap<usize, (usize, Timestamp)>,
    person_ms: f64,
}

impl Sounding {
    fn begin(&mut self, alert: &Alert, at: Timestamp, units: &Units) {
        self.alerts.insert(alert.id, alert.community);
        for &unit in units.under(alert.community) {
            self.units.entry(unit).or_insert((0, at)).0 += 1;
        }
    }

    fn end(&mut self, id: AlertId, at: Timestamp, units: &Units) {
        let Some(community) = self.alerts.remove(&id) else { return };
        for &unit in units.under(community) {
            let Some((alerts, since)) = self.units.get_mut(&unit) else { continue };
            *alerts -= 1;
            if *alerts == 0 {
                #[expect(clippy::cast_precision_loss, reason = "milliseconds of an evening")]
                let ms = at.ms_since(*since) as f64;
                self.person_ms += units.all.get(unit).map_or(0.0, |unit| unit.people) * ms;
                self.units.remove(&unit);
            }
        }
    }

    fn close(&mut self, at: Timestamp, units: &Units) -> f64 {
        let standing: Vec<AlertId> = self.alerts.keys().copied().collect();
        for id in standing {
            self.end(id, at, units);
        }
        self.person_ms / 3_600_000.0
    }
}

/// How many decisions were alike, differed, and were one side's alone.
#[derive(Debug, Default, Serialize)]
struct Counts {
    same: usize,
    different: usize,
    only_a: usize,
    only_b: usize,
}

fn tell(a: &Side, b: &Side, areas: &AreaSet, args: &Args) -> anyhow::Result<Counts> {
    let mut counts = Counts::default();
    let keys: BTreeSet<Key> = a.told.keys().chain(b.told.keys()).copied().collect();
    for key in keys {
        let (was, is) = (a.told.get(&key), b.told.get(&key));
        let sign = match (was, is) {
            (Some(was), Some(is)) if was.same(is) => {
                counts.same += 1;
                '='
            }
            (Some(_), Some(_)) => {
                counts.different += 1;
                '~'
            }
            (Some(_), None) => {
                counts.only_a += 1;
                '-'
            }
            _ => {
                counts.only_b += 1;
                '+'
            }
        };
        if sign == '=' && !args.all {
            continue;
        }
        let name = areas.get(key.community).map_or_else(|| key.community.to_string(), |area| areas.full_name_en(area));
        if args.json {
            let line = json!({
                "sign": sign.to_string(), "at": key.at, "decision": key.what, "standing": key.standing,
                "community": key.community, "name_en": name, "alert_type": key.alert_type, "a": was, "b": is,
            });
            println!("{}", serde_json::to_string(&line)?);
        } else {
            let side = |told: Option<&Told>| told.map_or_else(String::new, in_words);
            let both = if sign == '~' { format!("{} | {}", side(was), side(is)) } else { side(was.or(is)) };
            println!("{sign} {} {:?} {} {name}: {both}", key.at, key.standing, key.what);
        }
    }
    Ok(counts)
}

fn in_words(told: &Told) -> String {
    let kinds = told.kinds.iter().map(|&kind| publish::kind_word(kind)).collect::<Vec<_>>().join(" ");
    let mut words = format!("{:?} {kinds}", told.level).to_lowercase();
    if let Some(outcome) = told.outcome {
        words = format!("{words} {outcome:?}").to_lowercase();
    }
    if let Some(rule) = &told.rule {
        words = format!("{words} (rule \"{rule}\"");
        if let Some(p) = told.probability {
            words = format!("{words}, p {p:.2}");
        }
        words.push(')');
    }
    words
}

fn summary(a: &Side, b: &Side, counts: &Counts, evening: &Evening, args: &Args) {
    let side = |side: &Side| {
        let of = |standing: Standing| {
            json!({
                "raised": side.raised.get(&standing).copied().unwrap_or(0),
                "person_hours": side.person_hours.get(&standing).copied().unwrap_or(0.0).round(),
            })
        };
        json!({"name": side.name, "official": of(Standing::Official), "advisory": of(Standing::Advisory),
            "authority": of(Standing::Authority)})
    };
    if args.json {
        println!("{}", json!({"summary": counts, "events": evening.events.len(), "a": side(a), "b": side(b)}));
        return;
    }
    eprintln!(
        "{} events; {} decisions alike, {} different, {} only of {} (-), {} only of {} (+)",
        evening.events.len(),
        counts.same,
        counts.different,
        counts.only_a,
        a.name,
        counts.only_b,
        b.name
    );
    for one in [a, b] {
        for standing in [Standing::Advisory, Standing::Authority] {
            let raised = one.raised.get(&standing).copied().unwrap_or(0);
            let hours = one.person_hours.get(&standing).copied().unwrap_or(0.0);
            let word = format!("{standing:?}").to_lowercase();
            eprintln!("  {:<28} {word:<9} {raised:>6} raised, {hours:>12.0} person-hours", one.name);
        }
    }
}
