//! One source's way to the core: its name, its world, its refusals, its trouble.

use super::Sink;
use crate::core::{Ack, CoreError, Input, Troubles};
use model::{Refusal, Report, SourceId, Status, Timestamp, UpstreamSnapshot};
use std::time::Duration;

/// Wait before an input is given again to a core whose queue was full.
const BUSY_WAIT: Duration = Duration::from_millis(200);
/// Longest piece of a refused input kept, in bytes.
const EXCERPT_BYTES_MAX: usize = 1024;

/// A source's voice.
#[derive(Debug, Clone)]
pub struct Speaker<S> {
    sink: S,
    source: SourceId,
    status: Status,
    troubles: Troubles,
    /// Name of the trouble told last, so that the log is told once.
    trouble: Option<&'static str>,
}

impl<S: Sink> Speaker<S> {
    /// The voice of `source`.
    pub fn new(sink: S, source: SourceId, status: Status, troubles: Troubles) -> Self {
        Self { sink, source, status, troubles, trouble: None }
    }

    /// Its name.
    pub const fn source(&self) -> &SourceId {
        &self.source
    }

    /// Its world.
    pub const fn status(&self) -> Status {
        self.status
    }

    /// The instant of receipt of what comes now.
    pub fn now(&self) -> Timestamp {
        self.sink.now()
    }

    /// A report. Waits while the core is busy.
    pub async fn report(&self, report: Report) -> Result<Ack, CoreError> {
        metrics::counter!("allclear_feed_messages_total", "source" => self.source.to_string()).increment(1);
        self.submit(Input::Report(report)).await
    }

    /// A whole picture.
    pub async fn picture(&self, snapshot: UpstreamSnapshot) -> Result<Ack, CoreError> {
        self.submit(Input::Upstream(snapshot)).await
    }

    /// A sign of life.
    pub async fn heartbeat(&self) -> Result<Ack, CoreError> {
        self.submit(Input::Heartbeat(self.source.clone())).await
    }

    /// Something that was refused; `input` is the whole of it.
    pub async fn refused(&self, refusal: Refusal, input: &[u8]) {
        metrics::counter!(
            "allclear_feed_refused_total",
            "source" => self.source.to_string(), "reason" => refusal.reason.clone()
        )
        .increment(1);
        let detail = refusal.detail.clone();
        let submitted = self.submit(refused(self.source.clone(), refusal, input)).await;
        if let Err(error) = submitted {
            tracing::warn!(source = %self.source, "refused ({detail}), and failed to {error}");
        }
    }

    /// The source fails: shown on the health line until [`Speaker::fine`]; logged when the name is new.
    pub fn trouble(&mut self, name: &'static str, detail: &str) {
        metrics::counter!("allclear_feed_troubles_total", "source" => self.source.to_string(), "trouble" => name)
            .increment(1);
        self.troubles.set(&self.source, format!("{name}: {detail}"));
        if self.trouble != Some(name) {
            tracing::warn!(source = %self.source, trouble = name, "{detail}");
            self.trouble = Some(name);
        }
    }

    /// The source works.
    pub fn fine(&mut self) {
        if let Some(name) = self.trouble.take() {
            tracing::info!(source = %self.source, "works again after {name}");
            self.troubles.clear(&self.source);
        }
    }

    async fn submit(&self, input: Input) -> Result<Ack, CoreError> {
        loop {
            match self.sink.submit(input.clone()).await {
                Err(CoreError::Busy) => tokio::time::sleep(BUSY_WAIT).await,
                answer => return answer,
            }
        }
    }
}

/// The input that keeps a refusal.
pub fn refused(source: SourceId, refusal: Refusal, input: &[u8]) -> Input {
    let excerpt = String::from_utf8_lossy(&input[..input.len().min(EXCERPT_BYTES_MAX)]);
    // A lossy character is three bytes long; the bound holds after it too.
    let mut end = excerpt.len().min(EXCERPT_BYTES_MAX);
    while !excerpt.is_char_boundary(end) {
        end -= 1;
    }
    Input::Refused { source, refusal, excerpt: excerpt[..end].to_owned(), sha256: model::sha256(input) }
}
