//! For the tests of this room: a core that only listens, and a pace without waiting.

use super::schedule::Pace;
use super::{Sink, Speaker};
use crate::core::{Ack, CoreError, Input, Troubles};
use model::{AreaSet, EventId, SourceId, Status, Timestamp};
use std::sync::{Arc, Mutex, OnceLock};

/// Keeps what it is given, and may be told to refuse.
#[derive(Debug, Clone, Default)]
pub(super) struct Listener {
    inputs: Arc<Mutex<Vec<Input>>>,
    refusing: Arc<Mutex<Option<CoreError>>>,
}

impl Listener {
    pub(super) fn refuse(&self, error: Option<CoreError>) {
        *self.refusing.lock().unwrap() = error;
    }

    /// What came since the last call, a line each.
    pub(super) fn heard(&self) -> Vec<String> {
        self.inputs.lock().unwrap().drain(..).map(shown).collect()
    }

    pub(super) fn speaker(&self, troubles: &Troubles) -> Speaker<Self> {
        Speaker::new(self.clone(), source(), Status::Actual, troubles.clone())
    }
}

impl Sink for Listener {
    fn now(&self) -> Timestamp {
        Timestamp::parse("2099-10-01T01:00:00Z").unwrap()
    }
    async fn submit(&self, input: Input) -> Result<Ack, CoreError> {
        if let Some(error) = self.refusing.lock().unwrap().clone() {
            return Err(error);
        }
        self.inputs.lock().unwrap().push(input);
        Ok(Ack { event: EventId(0), seq: 0, decisions: 0, repeated: false, answer: None })
    }
}

pub(super) fn source() -> SourceId {
    SourceId::new("here")
}

fn shown(input: Input) -> String {
    match input {
        Input::Report(report) => format!("report {:?}", report.text.unwrap_or_default()),
        Input::Heartbeat(source) => format!("heartbeat {source}"),
        Input::Upstream(snapshot) => {
            let alerts: Vec<String> =
                snapshot.alerts.iter().map(|a| format!(" {}", &a.community.as_str()[..4])).collect();
            format!("picture{}{}", alerts.concat(), " doubt".repeat(snapshot.refused.len()))
        }
        Input::Refused { refusal, .. } => format!("refused {}", refusal.reason),
        Input::Officer { .. } => "officer".to_owned(),
        Input::Configured(_) => "configured".to_owned(),
        Input::Statement(statement) => format!("statement {}", statement.id),
        Input::Filing(filing) => format!("filing {}", filing.id),
    }
}

pub(super) fn reader() -> Arc<wire::text::Reader> {
    static READER: OnceLock<Arc<wire::text::Reader>> = OnceLock::new();
    READER.get_or_init(|| Arc::new(wire::text::Reader::new(AreaSet::bundled()))).clone()
}

/// Time that passes only by waiting; keeps the waits.
#[derive(Debug, Clone, Default)]
pub(super) struct Virtual {
    now_ms: u64,
    waits: Arc<Mutex<Vec<u64>>>,
}

impl Virtual {
    /// Waits since the last call, in seconds.
    pub(super) fn waits(&self) -> Vec<u64> {
        self.waits.lock().unwrap().drain(..).map(|ms| ms / 1000).collect()
    }
}

impl Pace for Virtual {
    fn now_ms(&self) -> u64 {
        self.now_ms
    }
    async fn wait(&mut self, ms: u64) {
        self.now_ms += ms;
        self.waits.lock().unwrap().push(ms);
    }
}
