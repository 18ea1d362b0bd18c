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

use crate::chain::Ledger;
use crate::clock::Clock;
use crate::deliver::hub::{Frame, FrameKind, Hub};
use crate::deliver::siren::Sirens;
use crate::publish;
use crate::serve::view::{ChangeView, HeartbeatView, ReportView, StateView, TracksView};
use crate::store::{Entry, Store, StoreError};
use arc_swap::ArcSwap;
use engine::{Engine, Mode};
use model::{
    AreaSet, Code, CommunityState, Decision, DecisionBody, Event, EventBody, EventId, NoteKind, OfficerAction, Picture,
    Refusal, Report, ReportId, SourceId, Status, Timestamp, UpstreamAlert, UpstreamSnapshot,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};

/// Inputs that may wait in front of the core.
const QUEUE_MAX: usize = 4096;
/// Inputs stepped and committed together: the group commit.
const BATCH_MAX: usize = 256;
/// Reports kept for the page.
const REPORTS_SHOWN: usize = 30;
/// Real time between signs of life on the stream.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// Time of the core's clock between ticks.
const TICK_MS: i64 = 1000;
/// Real time between frames of moving tracks; also the least wait between two ticks of a fast clock.
const TRACKS: Duration = Duration::from_millis(500);
/// Largest event body kept whole, in bytes of JSON; below the record's 65,535 with room for its frame.
const BODY_BYTES_MAX: usize = 60_000;
/// Entries kept while the record cannot be written, and how often it is tried again.
const UNWRITTEN_MAX: usize = 20_000;
const RETRY: Duration = Duration::from_secs(2);
/// Time between two looks at which chains are over for long.
const FORGET_MS: i64 = 60_000;
/// Refusals of one source written to the record in one minute; the rest are counted and summed up in one line.
const REFUSALS_A_MINUTE: u32 = 60;
/// Receipts of one channel written to the record in one tick; the rest follow in the next.
const RECEIPTS_A_TICK: usize = 64;

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

struct Thread {
    engine: Engine,
    store: Store,
    clock: Clock,
    areas: &'static AreaSet,
    troubles: Troubles,
    hub: Arc<Hub>,
    published: Arc<ArcSwap<Published>>,
    changed: watch::Sender<u64>,
    last_at: Timestamp,
    /// The picture the last change frame told of.
    framed: Picture,
    framed_alike: BTreeSet<Code>,
    framed_seq: u64,
    /// Index of the next entry; runs on when the record has stopped, so that no number is ever given twice.
    next: u64,
    stopped: Option<Stopped>,
    refusals: BTreeMap<SourceId, Refusals>,
    /// Chains of CAP messages: written here, read by whoever asks for them.
    ledger: Arc<Mutex<Ledger>>,
    sirens: Option<Arc<Sirens>>,
    forgot_at: Timestamp,
}

/// A record that could not be written.
struct Stopped {
    why: String,
    /// Entries that wait to be written.
    unwritten: Vec<Entry>,
    tried: Instant,
    /// Too many waited: the record stays stopped until the program is started again.
    lost: bool,
}

/// Looks at what is on the disk and appends what is missing there. The batch that failed is wholly there or not at all.
fn write_again(store: &mut Store, unwritten: &[Entry]) -> Result<(), StoreError> {
    let first = unwritten.iter().find_map(|entry| match entry {
        Entry::Event(event) => Some(event.id.0),
        Entry::Decision(_) => None,
    });
    store.recover()?;
    let written = first.map_or(0, |first| store.next_index().saturating_sub(first));
    let rest = usize::try_from(written).ok().and_then(|written| unwritten.get(written..)).unwrap_or_default();
    store.append(rest).map(|_| ())
}

/// Refusals of one source in the present minute.
struct Refusals {
    minute: i64,
    written: u32,
    unwritten: u32,
}

/// What one batch did.
#[derive(Default)]
struct Done {
    entries: Vec<Entry>,
    replies: Vec<(Reply, Result<Ack, CoreError>)>,
    reports: Vec<ReportView>,
    alerts: Vec<crate::serve::view::AlertView>,
}

impl Thread {
    fn run(mut self, receiver: &Receiver<Message>) {
        let mut ticked = Instant::now();
        let mut beat = Instant::now();
        let mut tracked = Instant::now();
        loop {
            let tick_every = Duration::from_secs_f64(1.0 / self.clock.speed()).max(Duration::from_millis(50));
            let wait = tick_every.saturating_sub(ticked.elapsed());
            let mut batch = Vec::new();
            match receiver.recv_timeout(wait) {
                Ok(message) => self.take(message, &mut batch),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            while batch.len() < BATCH_MAX {
                match receiver.try_recv() {
                    Ok(message) => self.take(message, &mut batch),
                    Err(_) => break,
                }
            }
            let due = ticked.elapsed() >= tick_every;
            if !batch.is_empty() || due {
                self.batch(batch);
            }
            if due {
                ticked = Instant::now();
            }
            if tracked.elapsed() >= TRACKS {
                tracked = Instant::now();
                self.tell_tracks();
            }
            if beat.elapsed() >= HEARTBEAT {
                beat = Instant::now();
                self.tell_heartbeat();
            }
        }
    }

    fn take(&mut self, message: Message, batch: &mut Vec<(Input, Option<Reply>)>) {
        match message {
            Message::Input(input, reply) => batch.push((input, reply)),
            Message::Community(code, reply) => {
                // The asker may have gone; that is its affair.
                let _ = reply.send(self.engine.community(code));
            }
        }
    }

    /// Steps a batch, makes it durable, publishes, and only then answers.
    fn batch(&mut self, inputs: Vec<(Input, Option<Reply>)>) {
        let now = self.clock.now().max(self.last_at);
        let due = now.ms_since(self.last_at) >= TICK_MS;
        self.last_at = now;
        let mut done = Done::default();
        for (input, reply) in inputs {
            let outcome = self.input(input, now, &mut done);
            if let Some(reply) = reply {
                done.replies.push((reply, outcome));
            }
        }
        if due {
            self.receipts(now, &mut done);
            self.step(EventBody::Tick, now, &mut done);
        }
        let told: Vec<(u64, Decision)> = (self.next..)
            .zip(&done.entries)
            .filter_map(|(index, entry)| match entry {
                Entry::Decision(decision) if !matches!(decision.body, DecisionBody::Note(_)) => {
                    Some((index, decision.clone()))
                }
                _ => None,
            })
            .collect();
        let decided = Instant::now();
        self.next += done.entries.len() as u64;
        self.record(std::mem::take(&mut done.entries));
        // Sirens first.
        if let Some(sirens) = self.sirens.as_ref().filter(|_| !told.is_empty()) {
            sirens.tell(&told, decided);
        }
        self.tell_chains(&told, now);
        self.publish(now, &mut done, decided);
        let seq = self.next;
        for (reply, outcome) in done.replies {
            let outcome = match (&self.stopped, outcome) {
                (Some(why), Ok(_)) => Err(CoreError::RecordStopped(why.why.clone())),
                (_, outcome) => outcome.map(|ack| Ack { seq, ..ack }),
            };
            // The asker may have gone; its input is recorded all the same.
            let _ = reply.send(outcome);
        }
    }

    /// What goes out as CAP: durable by now, or as far as warning goes on without the record.
    fn tell_chains(&mut self, told: &[(u64, Decision)], now: Timestamp) {
        let forget = now.ms_since(self.forgot_at) >= FORGET_MS;
        if told.is_empty() && !forget {
            return;
        }
        let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        for (index, decision) in told {
            ledger.take(*index, decision);
        }
        if forget {
            self.forgot_at = now;
            ledger.forget(now);
        }
    }

    /// Makes entries durable, or keeps them until the store can be written again.
    fn record(&mut self, entries: Vec<Entry>) {
        if self.stopped.is_none() {
            if entries.is_empty() {
                return;
            }
            let began = Instant::now();
            let outcome = self.store.append(&entries);
            metrics::histogram!("allclear_commit_seconds").record(began.elapsed().as_secs_f64());
            if let Err(error) = outcome {
                tracing::error!(%error, "the record has stopped; warning continues without it");
                metrics::counter!("allclear_record_stopped_total").increment(1);
                self.stopped =
                    Some(Stopped { why: error.to_string(), unwritten: entries, tried: Instant::now(), lost: false });
            }
            return;
        }
        let Some(stopped) = &mut self.stopped else { return };
        if stopped.lost || stopped.unwritten.len() + entries.len() > UNWRITTEN_MAX {
            // What was told in between is missing from then on: a gap must never look like a whole record.
            stopped.lost = true;
            stopped.unwritten = Vec::new();
            return;
        }
        stopped.unwritten.extend(entries);
        if stopped.tried.elapsed() < RETRY {
            return;
        }
        stopped.tried = Instant::now();
        match write_again(&mut self.store, &stopped.unwritten) {
            Ok(()) => {
                tracing::warn!(entries = stopped.unwritten.len(), "the record is written again, without a gap");
                self.stopped = None;
            }
            Err(error) => stopped.why = error.to_string(),
        }
    }

    fn input(&mut self, input: Input, now: Timestamp, done: &mut Done) -> Result<Ack, CoreError> {
        let here = self.published.load().status;
        let bodies = match input {
            Input::Report(report) => {
                if report.status != here {
                    return Err(CoreError::WrongWorld { here, got: report.status });
                }
                if let Some(event) = self.seen(&report, done) {
                    return Ok(Ack { event, seq: 0, decisions: 0, repeated: true, answer: None });
                }
                fit(report).into_iter().map(EventBody::Report).collect()
            }
            Input::Heartbeat(source) => vec![EventBody::Heartbeat { source }],
            Input::Configured(body) => vec![body],
            Input::Upstream(snapshot) => {
                if snapshot.status != here {
                    return Err(CoreError::WrongWorld { here, got: snapshot.status });
                }
                self.cut(snapshot).into_iter().map(EventBody::Upstream).collect()
            }
            Input::Statement(statement) => {
                if statement.status != here {
                    return Err(CoreError::WrongWorld { here, got: statement.status });
                }
                vec![EventBody::Statement(statement)]
            }
            Input::Filing(filing) => {
                if filing.status != here {
                    return Err(CoreError::WrongWorld { here, got: filing.status });
                }
                vec![EventBody::Filing(filing)]
            }
            Input::Officer { officer, action } => {
                vec![EventBody::Officer { officer, action, status: Some(here) }]
            }
            Input::Refused { source, refusal, excerpt, sha256 } => {
                metrics::counter!("allclear_refused_total", "source" => source.to_string(), "reason" => refusal.reason.clone())
                    .increment(1);
                self.refused(source, refusal, excerpt, sha256, now)
            }
        };
        let ordered = matches!(bodies.first(), Some(EventBody::Officer { .. }));
        let (event, before) = (EventId(self.next + done.entries.len() as u64), done.entries.len());
        let mut ack = Ack { event, seq: 0, decisions: 0, repeated: false, answer: None };
        for body in bodies {
            ack.decisions += self.step(body, now, done);
        }
        if ordered {
            ack.answer = done.entries[before..].iter().find_map(answer);
        }
        Ok(ack)
    }

    /// Where this report stands in the record or in this batch, if it was said before.
    fn seen(&self, report: &Report, done: &Done) -> Option<EventId> {
        let here = done.entries.iter().find_map(|entry| match entry {
            Entry::Event(Event { id, body: EventBody::Report(r), .. })
                if r.id == report.id && r.source == report.source =>
            {
                Some(*id)
            }
            _ => None,
        });
        here.or_else(|| self.store.seen(&report.source, &report.id))
    }

    fn step(&mut self, body: EventBody, now: Timestamp, done: &mut Done) -> u32 {
        let id = EventId(self.next + done.entries.len() as u64);
        let tick = matches!(body, EventBody::Tick);
        let event = Event { id, at: now, body };
        let mut decisions = Vec::new();
        self.engine.step(&event, &mut decisions);
        if tick && decisions.is_empty() {
            return 0;
        }
        if let EventBody::Report(report) = &event.body {
            metrics::counter!("allclear_reports_total", "source" => report.source.to_string()).increment(1);
            done.reports.push(publish::report(self.areas, id.0, report));
        }
        done.entries.push(Entry::Event(event));
        let count = u32::try_from(decisions.len()).unwrap_or(u32::MAX);
        for decision in decisions {
            self.tell(&decision, done);
            done.entries.push(Entry::Decision(decision));
        }
        count
    }

    fn tell(&self, decision: &Decision, done: &mut Done) {
        match &decision.body {
            DecisionBody::Raise(alert) | DecisionBody::Update(alert) => {
                done.alerts.push(publish::alert(self.areas, alert, None));
            }
            DecisionBody::End { alert, outcome, by } => {
                done.alerts.push(publish::alert(self.areas, alert, Some((*outcome, by))));
            }
            DecisionBody::Note(note) => tracing::info!(kind = ?note.kind, source = ?note.source, "{}", note.detail),
        }
    }

    /// At most so many refusals of one source a minute are entries of their own; what is beyond is summed up, so that
    /// a flood of rubbish cannot fill the disk and still is not forgotten.
    fn refused(
        &mut self,
        source: SourceId,
        refusal: Refusal,
        excerpt: String,
        sha256: String,
        now: Timestamp,
    ) -> Vec<EventBody> {
        let minute = now.millis().div_euclid(60_000);
        let seen = self.refusals.entry(source.clone()).or_insert(Refusals { minute, written: 0, unwritten: 0 });
        let mut bodies = Vec::new();
        if seen.minute != minute {
            if seen.unwritten > 0 {
                bodies.push(EventBody::Refused {
                    source: source.clone(),
                    refusal: Refusal {
                        reason: "flood".into(),
                        detail: format!(
                            "keep {} more refusals of one minute apart; their reasons are in the metrics",
                            seen.unwritten
                        ),
                        start: 0,
                        end: 0,
                    },
                    excerpt: String::new(),
                    sha256: String::new(),
                });
            }
            *seen = Refusals { minute, written: 0, unwritten: 0 };
        }
        if seen.written < REFUSALS_A_MINUTE {
            seen.written += 1;
            bodies.push(EventBody::Refused { source, refusal, excerpt, sha256 });
        } else {
            seen.unwritten += 1;
        }
        bodies
    }

    /// Cuts a picture too large for one entry into parts by region.
    fn cut(&self, snapshot: UpstreamSnapshot) -> Vec<UpstreamSnapshot> {
        if json_bytes(&snapshot) <= BODY_BYTES_MAX {
            return vec![snapshot];
        }
        let regions = if snapshot.regions.is_empty() {
            self.areas.at_level(model::Level::Oblast).map(|area| area.code).collect()
        } else {
            snapshot.regions.clone()
        };
        let mut parts: Vec<UpstreamSnapshot> = Vec::new();
        for region in regions {
            let inside = |code: &Code| self.areas.covers(region, *code);
            // An alert for more than the region is an alert for the region.
            let above = |code: Code| code != region && self.areas.covers(code, region);
            let alerts: Vec<_> = snapshot
                .alerts
                .iter()
                .filter(|a| inside(&a.community) || above(a.community))
                .map(|a| UpstreamAlert {
                    community: if above(a.community) { region } else { a.community },
                    ..a.clone()
                })
                .collect();
            let doubtful: Vec<_> = snapshot.doubtful.iter().filter(|c| inside(c)).copied().collect();
            // Doubt about anywhere is doubt about every part.
            let doubted = snapshot.doubtful.is_empty() || !doubtful.is_empty();
            let refused = if doubted { snapshot.refused.clone() } else { Vec::new() };
            let part = UpstreamSnapshot { regions: vec![region], alerts, doubtful, refused, ..snapshot.clone() };
            match parts.last_mut() {
                Some(last) if json_bytes(last) + json_bytes(&part) <= BODY_BYTES_MAX => {
                    last.regions.push(region);
                    last.alerts.extend(part.alerts);
                    last.doubtful.extend(part.doubtful);
                }
                _ => parts.push(part),
            }
        }
        parts
    }

    /// What was sent since the last tick goes into the record.
    fn receipts(&mut self, now: Timestamp, done: &mut Done) {
        for (channel, alert, delivery, ago) in self.hub.receipts.take(RECEIPTS_A_TICK) {
            let ago_ms = i64::try_from(ago.as_millis()).unwrap_or(i64::MAX);
            let (channel, sent_at) = (channel.name().to_owned(), now.plus_ms(-ago_ms));
            self.step(EventBody::Receipt { channel, alert, sent_at, delivery: Some(delivery) }, now, done);
        }
    }

    fn publish(&mut self, now: Timestamp, done: &mut Done, decided: Instant) {
        let before = self.published.load_full();
        let seq = self.next;
        let picture = self.engine.picture();
        let mut reports = before.reports.clone();
        for report in &done.reports {
            remember(&mut reports, report.clone());
        }
        let alike = publish::as_above(self.areas, &picture);
        let (changed, gone) = publish::changed_communities(&self.framed, &self.framed_alike, &picture, &alike);
        let told = !changed.is_empty() || !gone.is_empty() || !done.alerts.is_empty() || !done.reports.is_empty();
        let sources: Vec<_> = picture
            .sources
            .iter()
            .filter(|s| {
                !self.framed.sources.iter().any(|o| {
                    o.source == s.source && o.link == s.link && o.accepted == s.accepted && o.refused == s.refused
                })
            })
            .map(|s| publish::source(s, self.troubles.get(&s.source)))
            .collect();
        let frame = (seq > self.framed_seq && (told || !sources.is_empty())).then(|| ChangeView {
            seq,
            as_of: picture.as_of.to_string(),
            communities: changed.into_iter().map(|c| publish::community(self.areas, c)).collect(),
            communities_gone: gone.iter().map(ToString::to_string).collect(),
            alerts: std::mem::take(&mut done.alerts),
            reports: std::mem::take(&mut done.reports),
            sources,
        });
        let changed_at = if told { now } else { before.changed_at };
        let published = Published {
            seq,
            status: before.status,
            mode: before.mode,
            picture: picture.clone(),
            alike: if frame.is_some() {
                alike.clone()
            } else {
                alike.intersection(&self.framed_alike).copied().collect()
            },
            reports,
            changed_at,
            record_stopped: self.stopped.as_ref().map(|s| s.why.clone()),
            alive: Instant::now(),
        };
        self.published.store(Arc::new(published));
        if let Some(view) = frame {
            (self.framed_seq, self.framed, self.framed_alike) = (seq, picture, alike);
            let json = json(&view);
            self.hub.publish(Frame { decided, ..Frame::new(seq, FrameKind::Change(Arc::new(view)), &json) });
            self.changed.send_replace(seq);
        }
    }

    fn tell_tracks(&self) {
        let now = self.published.load();
        if now.picture.tracks.is_empty() && self.framed.tracks.is_empty() {
            return;
        }
        let view =
            TracksView { seq: now.seq, as_of: now.picture.as_of.to_string(), tracks: tracks(self.areas, &now.picture) };
        self.hub.publish(Frame::new(now.seq, FrameKind::Tracks, &json(&view)));
    }

    fn tell_heartbeat(&self) {
        let now = self.published.load();
        let view = HeartbeatView {
            seq: now.seq,
            as_of: now.picture.as_of.to_string(),
            server_time: self.clock.now().to_string(),
            speed: self.clock.speed(),
            sources: sources(&now.picture, &self.troubles),
        };
        self.hub.publish(Frame::new(now.seq, FrameKind::Heartbeat, &json(&view)));
    }
}

/// The whole public picture.
pub fn state_view(areas: &AreaSet, published: &Published, clock: &Clock, troubles: &Troubles) -> StateView {
    let picture =
        if published.is_alive() { published.picture.clone() } else { publish::blinded(published.picture.clone()) };
    StateView {
        status: publish::status_word(published.status),
        mode: match published.mode {
            Mode::Relay => "relay",
            Mode::Authority => "authority",
        },
        seq: published.seq,
        as_of: picture.as_of.to_string(),
        server_time: clock.now().to_string(),
        speed: clock.speed(),
        record_stopped: published.record_stopped.clone(),
        communities: picture.communities.iter().map(|c| publish::community(areas, c)).collect(),
        alike: Vec::new(),
        alerts: picture.alerts.iter().map(|a| publish::alert(areas, a, None)).collect(),
        tracks: tracks(areas, &picture),
        sources: sources(&picture, troubles),
        reports: published.reports.iter().cloned().collect(),
    }
}

/// All tracks, flat.
pub fn tracks(areas: &AreaSet, picture: &Picture) -> Vec<crate::serve::view::TrackView> {
    picture.tracks.iter().map(|t| publish::track(areas, t, &picture.forecasts)).collect()
}

/// All sources, flat.
pub fn sources(picture: &Picture, troubles: &Troubles) -> Vec<crate::serve::view::SourceView> {
    picture.sources.iter().filter(|s| publish::shown(s)).map(|s| publish::source(s, troubles.get(&s.source))).collect()
}

/// The engine's answer to an officer, when it is not the deed itself.
fn answer(entry: &Entry) -> Option<(NoteKind, String)> {
    match entry {
        Entry::Decision(Decision { body: DecisionBody::Note(note), .. })
            if note.source.is_none()
                && matches!(note.kind, NoteKind::OrderWaits | NoteKind::OrderPartly | NoteKind::Disbelieved) =>
        {
            Some((note.kind, note.detail.clone()))
        }
        _ => None,
    }
}

fn remember(reports: &mut VecDeque<ReportView>, report: ReportView) {
    reports.push_front(report);
    reports.truncate(REPORTS_SHOWN);
}

fn json<T: serde::Serialize>(view: &T) -> String {
    // Views hold only strings, numbers and lists: they cannot fail to serialise.
    serde_json::to_string(view).unwrap_or_else(|_| "null".into())
}

fn json_bytes<T: serde::Serialize>(body: &T) -> usize {
    serde_json::to_vec(body).map_or(usize::MAX, |bytes| bytes.len())
}

/// Cuts a report into parts that each fit one entry. The first keeps the words; the others carry `#2`, `#3` behind its id.
fn fit(report: Report) -> Vec<Report> {
    if json_bytes(&report) <= BODY_BYTES_MAX {
        return vec![report];
    }
    let head = Report { items: Vec::new(), refused: Vec::new(), ..report.clone() };
    let tail = Report { text: None, ..head.clone() };
    let mut parts = vec![head];
    let mut place = |add: &dyn Fn(&mut Report)| {
        let mut grown = parts.last().unwrap_or(&tail).clone();
        add(&mut grown);
        if json_bytes(&grown) <= BODY_BYTES_MAX {
            if let Some(last) = parts.last_mut() {
                *last = grown;
            }
            return;
        }
        let mut next = Report { id: ReportId::new(&format!("{}#{}", tail.id, parts.len() + 1)), ..tail.clone() };
        add(&mut next);
        parts.push(next);
    };
    for item in report.items {
        place(&|part| part.items.push(item.clone()));
    }
    for refusal in report.refused {
        place(&|part| part.refused.push(refusal.clone()));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Count, Item, ThreatItem};

    #[test]
    fn a_report_too_large_for_one_entry_is_cut_without_losing_an_item() {
        let item = Item::Threat(ThreatItem {
            kind: model::ThreatKind::Uav,
            act: model::Act::Threat,
            count: Count { low: 1, high: None, word: Some("w".repeat(600)) },
            place: None,
            place_part: None,
            place_side: None,
            via: false,
            region: None,
            origin: Vec::new(),
            directions_deg: Vec::new(),
            course_variable: false,
            targets: Vec::new(),
            trace: Vec::new(),
        });
        let report = Report {
            id: ReportId::new("r"),
            source: SourceId::new("s"),
            status: Status::Actual,
            observed_at: Timestamp::from_millis(1),
            received_at: Timestamp::from_millis(1),
            text: Some("t".repeat(16_000)),
            items: vec![item; 200],
            refused: Vec::new(),
        };
        let parts = fit(report);
        assert!(parts.len() > 1);
        assert_eq!(parts.iter().map(|p| p.items.len()).sum::<usize>(), 200);
        assert!(parts.iter().all(|p| json_bytes(p) <= BODY_BYTES_MAX));
        assert_eq!(parts[1].id.as_str(), "r#2");
    }
}
