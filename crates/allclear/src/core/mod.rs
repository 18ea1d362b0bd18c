//! The core: one thread that owns the engine and the store, and the order of everything.
//!
//! What comes in: [`Input`]s from feeds and from HTTP, and the passing of time. What goes out: acknowledgements, the
//! published picture, and frames for the stream.
//! What always holds:
//!   an entry is durable before its decision is published or its input acknowledged
//!   `Event::at` never goes back
//!   the queue in front of the core is bounded; when it is full the sender is told, nothing is dropped in silence
//! When the store's state is unknown the core stops recording, says so in everything it publishes, and goes on warning.
//! Why one thread: docs/decisions/0001-one-core-thread.md.

mod fit;
mod thread;
mod told;
mod unwritten;

use thread::Thread;
pub use told::{sources, state_view, tracks};

use crate::chain::Ledger;
use crate::clock::Clock;
use crate::deliver::hub::Hub;
use crate::deliver::siren::Sirens;
use crate::publish;
use crate::serve::view::ReportView;
use crate::store::Store;
use arc_swap::ArcSwap;
use engine::{Engine, Mode};
use model::{
    AreaSet, Code, CommunityState, Event, EventBody, EventId, NoteKind, OfficerAction, Picture, Refusal, Report,
    SourceId, Status, Timestamp, UpstreamSnapshot,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};

/// Inputs that may wait in front of the core.
const QUEUE_MAX: usize = 4096;
/// Reports kept for the page.
const REPORTS_SHOWN: usize = 30;
/// Real time between signs of life on the stream.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// What can be given to the core.
#[derive(Debug, Clone)]
pub enum Input {
    /// A source said something.
    Report(Report),
    /// A source is alive.
    Heartbeat(SourceId),
    /// An upstream's whole picture.
    Upstream(UpstreamSnapshot),
    /// An officer acted.
    Officer {
        /// Who.
        officer: String,
        /// What.
        action: OfficerAction,
    },
    /// Somebody published something.
    Statement(model::Statement),
    /// Something of the chronicle is filed.
    Filing(model::Filing),
    /// What the engine was told at the start: an `EventBody::Configured`.
    Configured(EventBody),
    /// Something came that could not be accepted.
    Refused {
        /// Who sent it, as far as known.
        source: SourceId,
        /// Why and where.
        refusal: Refusal,
        /// First bytes of the input.
        excerpt: String,
        /// SHA-256 of the input, hexadecimal.
        sha256: String,
    },
}

/// The answer to an input, given after it is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    /// Where the event stands in the record.
    pub event: EventId,
    /// Size of the record after it.
    pub seq: u64,
    /// Decisions it brought about.
    pub decisions: u32,
    /// It was said before by the same source with the same id; nothing was recorded again.
    pub repeated: bool,
    /// Why an officer's order was not carried out, or what it waits for.
    pub answer: Option<(NoteKind, String)>,
}

/// Why an input got no acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoreError {
    /// The queue is full.
    #[error("take the input: {QUEUE_MAX} are waiting already; send it again in a second")]
    Busy,
    /// The core has stopped.
    #[error("take the input: the core has stopped; the log says why, a restart replays the record")]
    Stopped,
    /// The other world.
    #[error("accept a message of status {got:?} on a server of status {here:?}: exercise and actual never mix")]
    WrongWorld {
        /// The server's.
        here: Status,
        /// The message's.
        got: Status,
    },
    /// It was warned of, but could not be recorded.
    #[error("record the input: the record has stopped ({0}); warning continues, see /readyz")]
    RecordStopped(String),
}

/// What everyone may read without asking the core.
#[derive(Debug)]
pub struct Published {
    /// Size of the record.
    pub seq: u64,
    /// World.
    pub status: Status,
    /// Mode.
    pub mode: Mode,
    /// What is true.
    pub picture: Picture,
    /// Communities that a snapshot may leave out: they say the same as the one above, now and in the last change told.
    pub alike: BTreeSet<Code>,
    /// Latest reports, newest first.
    pub reports: VecDeque<ReportView>,
    /// When `picture` last changed in anything told to people (not its age).
    pub changed_at: Timestamp,
    /// Why the record has stopped, if it has.
    pub record_stopped: Option<String>,
    /// The real instant the core was last alive.
    pub alive: Instant,
}

impl Published {
    /// Whether the core renewed this within three heartbeats. Older than that, nothing in it may be told as true now.
    pub fn is_alive(&self) -> bool {
        self.alive.elapsed() < HEARTBEAT * 3
    }
}

type Reply = oneshot::Sender<Result<Ack, CoreError>>;

#[expect(clippy::large_enum_variant, reason = "nearly every message is an input, and the queue is bounded")]
enum Message {
    Input(Input, Option<Reply>),
    Community(Code, oneshot::Sender<Option<CommunityState>>),
}

/// A handle on the core. Cheap to clone.
#[derive(Clone)]
pub struct Core {
    sender: SyncSender<Message>,
    published: Arc<ArcSwap<Published>>,
    hub: Arc<Hub>,
    clock: Clock,
    changes: watch::Receiver<u64>,
}

/// What the core is built from.
pub struct Parts {
    /// The engine, new.
    pub engine: Engine,
    /// The store, open.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// World.
    pub status: Status,
    /// Mode.
    pub mode: Mode,
    /// Areas, for names.
    pub areas: &'static AreaSet,
    /// What feeds last failed at.
    pub troubles: Troubles,
    /// What the engine was told, as it goes into the record.
    pub told: Vec<EventBody>,
    /// The chains of CAP messages, with what the record says of the last day.
    pub ledger: Arc<Mutex<Ledger>>,
    /// Sirens, which are told first.
    pub sirens: Option<Arc<Sirens>>,
}

/// What each feed last failed at, while it still fails. Written by the feeds, read when sources are shown.
#[derive(Debug, Clone, Default)]
pub struct Troubles(Arc<Mutex<BTreeMap<SourceId, String>>>);

impl Troubles {
    /// The feed fails so.
    pub fn set(&self, source: &SourceId, trouble: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(source.clone(), trouble);
    }
    /// The feed works again.
    pub fn clear(&self, source: &SourceId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(source);
    }
    /// What it fails at.
    pub fn get(&self, source: &SourceId) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(source).cloned()
    }
}

impl Core {
    /// Replays what the store kept, starts the thread, and returns the handle and the thread.
    pub fn start(parts: Parts) -> anyhow::Result<(Self, std::thread::JoinHandle<()>)> {
        let restart = parts.store.restart()?;
        let mut engine = parts.engine;
        if !restart.unreadable.is_empty() {
            tracing::error!(entries = ?restart.unreadable, "entries could not be replayed; `allclear record verify` says why");
        }
        engine.resume(EventId(parts.store.next_index()));
        let mut dropped = Vec::new();
        let last_at = restart.last_at.unwrap_or(Timestamp::from_millis(0));
        let first_at = restart.events.first().map_or(last_at, |e| e.at);
        for alert in restart.alerts {
            let event = Event { id: EventId(0), at: first_at, body: EventBody::Standing { alert } };
            engine.step(&event, &mut dropped);
        }
        let mut reports = VecDeque::new();
        for event in &restart.events {
            engine.step(event, &mut dropped);
            if let EventBody::Report(report) = &event.body {
                remember(&mut reports, publish::report(parts.areas, event.id.0, report));
            }
        }
        let seq = parts.store.next_index();
        let picture = engine.picture();
        let alike = publish::as_above(parts.areas, &picture);
        let hub = Arc::new(Hub::new(seq));
        let published = Arc::new(ArcSwap::from_pointee(Published {
            seq,
            status: parts.status,
            mode: parts.mode,
            changed_at: parts.clock.now().max(last_at),
            picture: picture.clone(),
            alike: alike.clone(),
            reports,
            record_stopped: None,
            alive: Instant::now(),
        }));
        let (sender, receiver) = sync_channel(QUEUE_MAX);
        let (changed, changes) = watch::channel(seq);
        let mut thread = Thread {
            engine,
            store: parts.store,
            clock: parts.clock.clone(),
            areas: parts.areas,
            troubles: parts.troubles,
            hub: hub.clone(),
            published: published.clone(),
            changed,
            last_at,
            framed: picture,
            framed_alike: alike,
            framed_seq: seq,
            next: seq,
            stopped: None,
            refusals: BTreeMap::new(),
            ledger: parts.ledger,
            sirens: parts.sirens,
            forgot_at: last_at,
        };
        // The first tick tells what silence while we were away means, before anyone asks.
        thread.batch(parts.told.into_iter().map(|body| (Input::Configured(body), None)).collect());
        let handle = std::thread::Builder::new().name("core".into()).spawn(move || thread.run(&receiver))?;
        Ok((Self { sender, published, hub, clock: parts.clock, changes }, handle))
    }

    /// Gives an input to the core and waits until it is durable.
    pub async fn submit(&self, input: Input) -> Result<Ack, CoreError> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Input(input, Some(reply)))?;
        answer.await.map_err(|_| CoreError::Stopped)?
    }

    /// The state of any community or settlement, asked of the engine itself.
    pub async fn community(&self, code: Code) -> Result<Option<CommunityState>, CoreError> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Community(code, reply))?;
        // A core that hangs must not keep the asker hanging: no answer is not a calm one.
        match tokio::time::timeout(HEARTBEAT, answer).await {
            Ok(state) => state.map_err(|_| CoreError::Stopped),
            Err(_) => Err(CoreError::Stopped),
        }
    }

    fn send(&self, message: Message) -> Result<(), CoreError> {
        self.sender.try_send(message).map_err(|error| match error {
            TrySendError::Full(_) => CoreError::Busy,
            TrySendError::Disconnected(_) => CoreError::Stopped,
        })
    }

    /// What everyone may read.
    pub fn published(&self) -> Arc<Published> {
        self.published.load_full()
    }

    /// The hub of the stream.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// The clock.
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Now, by the core's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Wakes when something told to people changed; the value is the record's size.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.clone()
    }

    /// Whether the core thread still turns: false when it gave no sign for three heartbeats.
    pub fn alive(&self) -> bool {
        self.published.load().is_alive()
    }
}

fn remember(reports: &mut VecDeque<ReportView>, report: ReportView) {
    reports.push_front(report);
    reports.truncate(REPORTS_SHOWN);
}
