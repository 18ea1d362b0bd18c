//! Feeds: everything that fetches or listens, each turned into [`Input`]s for the core.
//!
//! What comes in: the answers of alert services, files, standard input, posts; all bounded.
//! What goes out: [`Input`]s, through [`Speaker`], and the trouble each source has, for the health line.
//! What always holds: a failure never makes a clear. A source that fails says nothing, so the engine lets it go
//! stale, and its communities become unknown. What was refused is counted, kept and shown by name.
//! Deliberately absent: the meaning of words (`wire`), what is true (`engine`), the HTTP route (`serve`).
//!
//! | file | source |
//! |---|---|
//! | `poll.rs`, `schedule.rs`, `http.rs` | the shared poller, its pace, its transport |
//! | `alerts_in_ua.rs`, `ukrainealarm.rs` | what is asked of each service, and what its answers mean |
//! | `directory.rs`, `stdin.rs` | message files and lines |
//! | `post.rs` | bodies of `POST /api/v1/reports` |

mod alerts_in_ua;
pub mod config;
mod directory;
mod http;
pub mod message;
mod poll;
pub mod post;
mod schedule;
mod speaker;
mod stdin;
#[cfg(test)]
mod testing;
mod ukrainealarm;

pub use speaker::Speaker;

use crate::config::Config;
use crate::core::{Ack, Core, CoreError, Input, Troubles};
use anyhow::Context as _;
use config::{FeedKind, UpstreamConfig, UpstreamKind};
use model::report::ITEMS_MAX;
use model::{AreaSet, Code, Item, Refusal, Report, ReportId, SourceId, Status, Timestamp};
use schedule::Bucket;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use wire::text::Reader;

/// Where inputs go: the core, or a list in tests.
pub trait Sink: Clone + Send + Sync + 'static {
    /// The clock that dates receipts.
    fn now(&self) -> Timestamp;
    /// Gives an input and waits until it is durable.
    fn submit(&self, input: Input) -> impl Future<Output = Result<Ack, CoreError>> + Send;
}

impl Sink for Core {
    fn now(&self) -> Timestamp {
        Self::now(self)
    }
    fn submit(&self, input: Input) -> impl Future<Output = Result<Ack, CoreError>> + Send {
        Self::submit(self, input)
    }
}

/// Begins every configured feed. Each runs until the program ends.
///
/// Refuses to begin when a token cannot be read, an address cannot be used, or an exercise would listen to a real
/// service.
pub fn start(
    config: &Config,
    core: &Core,
    text: &Arc<Reader>,
    areas: &'static AreaSet,
    troubles: &Troubles,
) -> anyhow::Result<()> {
    let status = config.server.status;
    let speaker = |name: &str| Speaker::new(core.clone(), SourceId::new(name), status, troubles.clone());
    let mut buckets: BTreeMap<String, Arc<Mutex<Bucket>>> = BTreeMap::new();
    for upstream in &config.upstreams {
        let whole = || format!("failed to start upstream {:?}", upstream.name);
        if status == Status::Exercise && upstream.url() == upstream.kind.url() {
            anyhow::bail!("{}: an exercise listens to no real service; set url to an exercise's server", whole());
        }
        let token = upstream.token().map_err(|error| anyhow::anyhow!("{}: failed to {error}", whole()))?;
        let http = http::Http::new(upstream.url(), upstream.kind, token).with_context(whole)?;
        let bucket = buckets
            .entry(limit_key(upstream))
            .or_insert_with(|| Arc::new(Mutex::new(Bucket::new(upstream.requests_per_minute()))));
        let schedule = schedule::Schedule::new(upstream.poll_s());
        let poll = poll::Poll { speaker: speaker(&upstream.name), http, bucket: bucket.clone(), schedule, areas };
        match upstream.kind {
            UpstreamKind::AlertsInUa => {
                tokio::spawn(poll::run(poll, alerts_in_ua::Service::default(), schedule::RealPace::default()));
            }
            UpstreamKind::Ukrainealarm | UpstreamKind::SirenPpUa => {
                let service = ukrainealarm::Service::new(upstream.poll_s());
                tokio::spawn(poll::run(poll, service, schedule::RealPace::default()));
            }
        }
    }
    for feed in &config.feeds {
        let whole = || format!("failed to start feed {:?}", feed.name);
        feed.token().map_err(|error| anyhow::anyhow!("{}: failed to {error}", whole()))?;
        if feed.official
            && feed.kind == FeedKind::Post
            && matches!(feed.token(), Ok(None))
            && !config.server.listen.ip().is_loopback()
        {
            tracing::warn!(source = %feed.name, "official, and open to anyone who reaches the port: give it a token");
        }
        let beat_s = (feed.stale_after_s() / 4).clamp(1, 15);
        match (feed.kind, &feed.path) {
            (FeedKind::Directory, Some(path)) => {
                let memory = config.store.join("feeds").join(directory::memory_name(&feed.name));
                let scanner = directory::Scanner::open(path, Some(memory)).with_context(whole)?;
                tokio::spawn(directory::run(speaker(&feed.name), text.clone(), scanner, beat_s));
            }
            (FeedKind::Stdin, _) => {
                tokio::spawn(stdin::run(speaker(&feed.name), text.clone(), tokio::io::stdin(), beat_s));
            }
            // Posts come in by the HTTP door; a directory without a path was refused with the configuration.
            (FeedKind::Post | FeedKind::Directory, _) => {}
        }
    }
    Ok(())
}

/// Upstreams that share a service's limit share a bucket: alerts.in.ua counts by address, ukrainealarm by key.
fn limit_key(upstream: &UpstreamConfig) -> String {
    let token = match (upstream.kind, upstream.token()) {
        (UpstreamKind::Ukrainealarm, Ok(Some(token))) => model::sha256(token.reveal().as_bytes()),
        _ => String::new(),
    };
    format!("{} {token}", upstream.url())
}

/// What a message says: words, measurements, or both.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// The words; empty when there are none.
    pub text: &'a str,
    /// What instruments measured.
    pub measured: &'a [Item],
}

impl Said<'_> {
    /// What names the message where it has no name of its own.
    pub(crate) fn content(&self) -> String {
        if self.measured.is_empty() {
            return self.text.to_owned();
        }
        // Items are plain data: they always have a text.
        format!("{}\0{}", self.text, serde_json::to_string(self.measured).unwrap_or_default())
    }
}

/// Reads what a source says into a report.
///
/// Without an id of the source's own, the report is named by its content: SHA-256 of source, time, words and
/// measurements, so that the same message sent twice is one report.
pub fn read_report(
    reader: &Reader,
    source: &SourceId,
    id: Option<&str>,
    said: Said<'_>,
    observed_at: Timestamp,
    received_at: Timestamp,
    status: Status,
) -> Report {
    let text = said.text;
    let mut reading = if text.is_empty() { wire::text::Reading::default() } else { reader.read(text) };
    reading.items.extend(said.measured.iter().cloned());
    if reading.items.len() > ITEMS_MAX {
        let detail = format!("read all of the text: {} items, expected at most {ITEMS_MAX}", reading.items.len());
        reading.items.truncate(ITEMS_MAX);
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        reading.refused.push(Refusal { reason: "too_many_items".into(), detail, start: 0, end });
    }
    let id = match id.map(ReportId::new) {
        Some(id) if !id.as_str().is_empty() => id,
        _ => ReportId::new(&content_id(&[source.as_str(), &observed_at.millis().to_string(), &said.content()])),
    };
    Report {
        id,
        source: source.clone(),
        status,
        observed_at,
        received_at,
        text: (!text.is_empty()).then(|| text.to_owned()),
        items: reading.items,
        refused: reading.refused,
    }
}

/// 24 hexadecimal digits of the SHA-256 of the parts, each closed by a zero byte.
pub(crate) fn content_id(parts: &[&str]) -> String {
    let mut id = model::sha256(format!("{}\0", parts.join("\0")).as_bytes());
    id.truncate(24);
    id
}

/// The bundled area set with the numbers of an alert service's region catalogue, and what of it could not be used.
///
/// The set lives as long as the program.
pub fn catalogue(bytes: &[u8]) -> anyhow::Result<(&'static AreaSet, Vec<String>)> {
    let catalogue = wire::region_catalogue::decode(bytes).map_err(|error| anyhow::anyhow!("failed to {error}"))?;
    let bundled = AreaSet::bundled();
    let (found, refused) = catalogue.matched(bundled);
    let mut findings: Vec<String> =
        catalogue.refused.iter().chain(&refused).map(|refusal| format!("failed to {}", refusal.detail)).collect();
    let mut uids: BTreeMap<Code, u32> = BTreeMap::new();
    for (uid, code) in found {
        // The services number two pairs of communities twice; the bundled number, or the first, is the one sent out.
        if bundled.get(code).and_then(|area| area.uid).is_some_and(|bundled| bundled != uid) {
            findings.push(format!("failed to give uid {uid} to {code}: it has another in the bundled set"));
        } else if let Some(first) = uids.get(&code) {
            findings.push(format!("failed to give uid {uid} to {code}: it has {first}"));
        } else {
            uids.insert(code, uid);
        }
    }
    let areas = bundled.clone().with_uids(&uids).map_err(|error| anyhow::anyhow!("failed to {error}"))?;
    Ok((Box::leak(Box::new(areas)), findings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_without_an_id_is_named_by_its_content() {
        let at = Timestamp::parse("2026-10-01T00:00:00Z").unwrap();
        let read = |source: &str, id: Option<&str>, text: &str, at: Timestamp| {
            let said = Said { text, measured: &[] };
            read_report(&testing::reader(), &SourceId::new(source), id, said, at, at, Status::Actual).id
        };
        let plain = read("a", None, "x", at);
        assert_eq!(plain.as_str().len(), 24);
        assert_eq!(read("a", None, "x", at), plain);
        assert_eq!(read("a", Some(""), "x", at), plain);
        assert_eq!(read("a", Some("m-1"), "x", at).as_str(), "m-1");
        for other in [read("b", None, "x", at), read("a", None, "y", at), read("a", None, "x", at.plus_ms(1))] {
            assert_ne!(other, plain);
        }
    }

    #[test]
    fn a_catalogue_gives_hromadas_their_numbers() {
        let body = r#"{"states":[{"regionId":"20","regionName":"Сумська область","regionChildIds":[
            {"regionId":"117","regionName":"Конотопський район","regionChildIds":[
            {"regionId":"1212","regionName":"м. Конотоп та Конотопська територіальна громада"},
            {"regionId":"98765","regionName":"Вигадана територіальна громада"}]}]}]}"#;
        let (areas, findings) = catalogue(body.as_bytes()).unwrap();
        assert_eq!(areas.by_uid(1212).map(|area| area.name_uk.as_str()), Some("Конотопська"));
        assert_eq!(areas.by_uid(20).map(|area| area.name_uk.as_str()), Some("Сумська"));
        assert!(!findings.is_empty());
        assert!(catalogue(b"{}").is_err());
    }
}
