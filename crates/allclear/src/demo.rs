//! The bundled evening: an exercise that shows a newcomer the whole way from the first report to the all-clear.
//!
//! What comes in: `scenarios/evening.jsonl`, messages written for this house in the public style. What goes out: the
//! same messages through the ordinary door, at 20 times speed, until the clock has caught up with now.
//! What always holds: its world is `exercise`; its store is a fresh folder, never one of the real world.

use crate::clock::Clock;
use crate::config::{Config, ConfigError, ConfigFile};
use crate::core::Input;
use crate::feed;
use crate::serve::ServeState;
use crate::serve::chronicle::import::submit;
use chronicle::book::{Desk, read_file, settle};
use chronicle::thread::{self, Capture, Form};
use model::{AreaSet, Event, EventBody, EventId, SourceId, Status, Timestamp, UpstreamAlert, UpstreamSnapshot};
use serde::Deserialize;
use std::time::Duration;

/// The evening, one message a line.
const EVENING: &str = include_str!("../../../scenarios/evening.jsonl");
/// Real ceasefires and a real night, by the words of their sources, each with its name in the record.
const DOSSIERS: [(&str, &str); 4] = [
    ("full-30", include_str!("../../../scenarios/ceasefire/full-30.toml")),
    ("energy-30", include_str!("../../../scenarios/ceasefire/energy-30.toml")),
    ("easter-30h", include_str!("../../../scenarios/ceasefire/easter-30h.toml")),
    ("night-2025-03-20", include_str!("../../../scenarios/chronicle/2025-03-20.toml")),
];
/// Invented posts, so that something is said and something is left to people.
const POSTS: &str = include_str!("../../../scenarios/chronicle/posts.xml");
/// How long the evening lasts.
const EVENING_LASTS: Duration = Duration::from_mins(40);
/// How fast it is played.
const SPEED: f64 = 20.0;
/// The day of an evening that is replayed: 2026-01-01.
const DAY_MS: i64 = 1_767_225_600_000;
/// How often the evening's sources give a sign of life, by the exercise's clock.
const ALIVE_MS: i64 = 15_000;

/// One line of the evening.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    after_s: u32,
    source: String,
    #[serde(default)]
    text: Option<String>,
    /// An official whole picture, instead of words.
    #[serde(default)]
    snapshot: Option<Whole>,
}

/// A whole picture: what is not listed is clear by the source's word.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    alerts: Vec<UpstreamAlert>,
}

/// A clock that begins when the evening began and catches up.
pub fn clock() -> Clock {
    Clock::catching_up(EVENING_LASTS, SPEED)
}

/// The configuration of the exercise.
pub fn config() -> Result<Config, ConfigError> {
    let stamp: String = Clock::real().now().to_string().chars().filter(char::is_ascii_alphanumeric).collect();
    let text = format!(
        r#"
[server]
status = "exercise"
[store]
path = "allclear-data/exercise-{stamp}"
[[feed]]
name = "evening-official"
kind = "post"
official = true
stale_after_s = 120
[[feed]]
name = "monitor-a"
kind = "post"
trust = 0.8
stale_after_s = 600
[[feed]]
name = "monitor-b"
kind = "post"
trust = 0.6
stale_after_s = 600
"#
    );
    let file: ConfigFile =
        toml::from_str(&text).map_err(|error| ConfigError::Value(format!("the built-in exercise: {error}")))?;
    let here = std::env::current_dir().map_err(|source| ConfigError::Read { path: ".".into(), source })?;
    Config::check(file, &here)
}

/// Plays the evening, then keeps its sources alive until the program ends: an exercise does not end in false silence.
pub async fn play(state: ServeState) {
    let began = state.core.now();
    let mut alive_at = began;
    shelve(&state).await;
    for (number, line) in EVENING.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let line: Line = match serde_json::from_str(line) {
            Ok(line) => line,
            Err(error) => {
                tracing::error!("scenarios/evening.jsonl line {}: {error}", number + 1);
                continue;
            }
        };
        let at = began.plus_ms(i64::from(line.after_s) * 1000);
        while alive_at < at {
            tokio::time::sleep(state.core.clock().until(alive_at)).await;
            keep_alive(&state).await;
            alive_at = alive_at.plus_ms(ALIVE_MS);
        }
        tokio::time::sleep(state.core.clock().until(at)).await;
        say(&state, line, number, at).await;
    }
    loop {
        tokio::time::sleep(state.core.clock().until(alive_at)).await;
        keep_alive(&state).await;
        alive_at = alive_at.max(state.core.now()).plus_ms(ALIVE_MS);
    }
}

/// Files the worked examples of the chronicle, so that its pages have something to show.
async fn shelve(state: &ServeState) {
    let now = state.core.now();
    if let Err(error) = submit(state, posts()).await {
        tracing::error!("the posts of the exercise: failed to {error}");
    }
    for (dossier, text) in DOSSIERS {
        let desk = Desk { status: Status::Exercise, dossier, by: "demo", now };
        let drafts = match read_file(text) {
            Ok(drafts) => drafts,
            Err(error) => {
                tracing::error!("scenarios, {dossier}: failed to {error}");
                continue;
            }
        };
        // Their embargoes, had they any, are long over.
        let filings = settle(None, drafts, &[], desk, String::new).new.into_iter().map(Input::Filing).collect();
        if let Err(error) = submit(state, filings).await {
            tracing::error!("the chronicle of the exercise: failed to {error}");
        }
    }
}

/// The invented posts as statements.
fn posts() -> Vec<Input> {
    let capture = Capture { source: SourceId::new("invented"), status: Status::Exercise, captured_at: None };
    match thread::read(POSTS.as_bytes(), Form::Feed, &capture) {
        Ok(read) => read.statements.into_iter().map(Input::Statement).collect(),
        Err(error) => {
            tracing::error!("scenarios/chronicle/posts.xml: failed to {error}");
            Vec::new()
        }
    }
}

/// An evening of `scenarios/` as events, beginning on a fixed day: its sources give signs of life every 15 s, and for ten
/// minutes after the last line.
pub fn events(text: &str, areas: &'static AreaSet) -> Result<Vec<Event>, String> {
    let reader = wire::text::Reader::new(areas);
    let began = Timestamp::from_millis(DAY_MS);
    let mut bodies: Vec<(Timestamp, EventBody)> = Vec::new();
    let mut sources = std::collections::BTreeSet::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let line: Line = serde_json::from_str(line).map_err(|error| format!("line {}: {error}", number + 1))?;
        let at = began.plus_ms(i64::from(line.after_s) * 1000);
        if bodies.last().is_some_and(|(before, _)| *before > at) {
            return Err(format!("line {}: after_s goes back", number + 1));
        }
        sources.insert(line.source.clone());
        bodies.push((at, body(&reader, line, number, at, at)));
    }
    let last = bodies.last().map_or(began, |(at, _)| at.plus_ms(600_000));
    for n in 0..=last.ms_since(began) / ALIVE_MS {
        let at = began.plus_ms(n * ALIVE_MS);
        bodies.extend(sources.iter().map(|name| (at, EventBody::Heartbeat { source: SourceId::new(name) })));
    }
    bodies.sort_by_key(|(at, _)| *at);
    let numbered = bodies.into_iter().enumerate();
    Ok(numbered.map(|(n, (at, body))| Event { id: EventId(n as u64), at, body }).collect())
}

/// One line as the event it is.
fn body(reader: &wire::text::Reader, line: Line, number: usize, at: Timestamp, now: Timestamp) -> EventBody {
    let source = SourceId::new(&line.source);
    if let Some(whole) = line.snapshot {
        return EventBody::Upstream(UpstreamSnapshot {
            source,
            status: Status::Exercise,
            observed_at: at,
            received_at: now,
            regions: Vec::new(),
            alerts: whole.alerts,
            refused: Vec::new(),
            doubtful: Vec::new(),
        });
    }
    let text = line.text.unwrap_or_default();
    let id = format!("evening-{}", number + 1);
    let said = feed::Said { text: &text, measured: &[] };
    EventBody::Report(feed::read_report(reader, &source, Some(&id), said, at, now, Status::Exercise))
}

async fn keep_alive(state: &ServeState) {
    for feed in state.feeds.iter() {
        if let Err(error) = state.core.submit(Input::Heartbeat(SourceId::new(&feed.name))).await {
            tracing::warn!("heartbeat of {}: failed to {error}", feed.name);
        }
    }
}

async fn say(state: &ServeState, line: Line, number: usize, at: Timestamp) {
    let input = match body(&state.text, line, number, at, state.core.now()) {
        EventBody::Upstream(snapshot) => Input::Upstream(snapshot),
        EventBody::Report(report) => Input::Report(report),
        _ => return,
    };
    if let Err(error) = state.core.submit(input).await {
        tracing::error!("scenarios/evening.jsonl line {}: failed to {error}", number + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_evening_is_understood_and_in_order() {
        let mut last = 0;
        let sources: Vec<String> = config().unwrap().feeds.iter().map(|f| f.name.clone()).collect();
        for (number, line) in EVENING.lines().enumerate() {
            let line: Line = serde_json::from_str(line).unwrap_or_else(|error| panic!("line {}: {error}", number + 1));
            assert!(line.after_s >= last, "line {} goes back in time", number + 1);
            assert!(line.after_s < 40 * 60, "line {} is after the evening", number + 1);
            assert!(line.text.is_some() != line.snapshot.is_some(), "line {} says one thing", number + 1);
            assert!(sources.contains(&line.source), "line {}: source {}", number + 1, line.source);
            last = line.after_s;
        }
    }
}
