//! The thread of the core: takes inputs in turn, steps the engine, makes entries durable, and only then tells.

use super::fit::{cut, fit};
use super::told::{json, sources, tracks};
use super::unwritten::{RETRY, Stopped, UNWRITTEN_MAX, write_again};
use super::{Ack, CoreError, HEARTBEAT, Input, Message, Published, Reply, Troubles, remember};
use crate::chain::Ledger;
use crate::clock::Clock;
use crate::deliver::hub::{Frame, FrameKind, Hub};
use crate::deliver::siren::Sirens;
use crate::publish;
use crate::serve::view::{ChangeView, HeartbeatView, ReportView, TracksView};
use crate::store::{Entry, Store};
use arc_swap::ArcSwap;
use engine::Engine;
use model::{
    AreaSet, Code, Decision, DecisionBody, Event, EventBody, EventId, NoteKind, Picture, Refusal, Report, SourceId,
    Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Inputs stepped and committed together: the group commit.
const BATCH_MAX: usize = 256;
/// Time of the core's clock between ticks.
const TICK_MS: i64 = 1000;
/// Real time between frames of moving tracks; also the least wait between two ticks of a fast clock.
const TRACKS: Duration = Duration::from_millis(500);
/// Time between two looks at which chains are over for long.
const FORGET_MS: i64 = 60_000;
/// Refusals of one source written to the record in one minute; the rest are counted and summed up in one line.
const REFUSALS_A_MINUTE: u32 = 60;
/// Receipts of one channel written to the record in one tick; the rest follow in the next.
const RECEIPTS_A_TICK: usize = 64;

pub(super) struct Thread {
    pub(super) engine: Engine,
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) areas: &'static AreaSet,
    pub(super) troubles: Troubles,
    pub(super) hub: Arc<Hub>,
    pub(super) published: Arc<ArcSwap<Published>>,
    pub(super) changed: watch::Sender<u64>,
    pub(super) last_at: Timestamp,
    /// The picture the last change frame told of.
    pub(super) framed: Picture,
    pub(super) framed_alike: BTreeSet<Code>,
    pub(super) framed_seq: u64,
    /// Index of the next entry; runs on when the record has stopped, so that no number is ever given twice.
    pub(super) next: u64,
    pub(super) stopped: Option<Stopped>,
    pub(super) refusals: BTreeMap<SourceId, Refusals>,
    /// Chains of CAP messages: written here, read by whoever asks for them.
    pub(super) ledger: Arc<Mutex<Ledger>>,
    pub(super) sirens: Option<Arc<Sirens>>,
    pub(super) forgot_at: Timestamp,
}

/// Refusals of one source in the present minute.
pub(super) struct Refusals {
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
    pub(super) fn run(mut self, receiver: &Receiver<Message>) {
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
    pub(super) fn batch(&mut self, inputs: Vec<(Input, Option<Reply>)>) {
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
                cut(self.areas, snapshot).into_iter().map(EventBody::Upstream).collect()
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
            .filter(|s| !self.framed.sources.iter().any(|o| o.source == s.source && o.link == s.link))
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
