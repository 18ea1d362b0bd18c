//! A bridge: everything that is retained here, told to another broker and retained there.
//!
//! What comes in: rounds of the topics. What goes out: messages of QoS 1, by rumqttc.
//! Invariants:
//!   each connection begins with the whole state, and says `online` only after it
//!   while a connection lasts, each change of a community is told once and in order; who is too slow for that is told the newest
//!   the broker holds a last will from the first packet on: when the bridge is gone, `…/status` says `unknown`
//!   what waits is bounded, and nobody waits for a broker
//! Deliberately absent: sessions. What was on its way when a connection was lost is in the state of the next one.

use super::config::BridgeConfig;
use super::discovery;
use super::link::{self, AbortOnDrop, BACK_OFF, PAYLOAD_BYTES_MAX};
use super::states::{Item, Payload, Retained, Round, UNKNOWN};
use super::topics::Topics;
use super::tree::{HEARTBEAT, STATUS, root};
use super::tunnel;
use model::{AreaSet, Code, Level, Status};
use rumqttc::{AsyncClient, ConnectionError, EventLoop, LastWill, QoS};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};

/// Rounds that may wait for a bridge.
const ROUNDS_MAX: usize = 256;
/// Messages that may wait for a broker; beyond it each topic waits with its newest alone.
const MESSAGES_MAX: usize = 4096;
/// The longest wait before another attempt.
const BACK_OFF_MAX: Duration = Duration::from_secs(30);

/// Begins a bridge. Fails only when the certificates it is to trust cannot be read.
pub fn start(config: BridgeConfig, topics: &Topics, areas: &'static AreaSet, status: Status) -> Result<(), String> {
    let trust = config.tls.then(|| tunnel::trust(config.ca_file.as_deref())).transpose()?;
    let (give, rounds) = mpsc::channel::<Arc<Round>>(ROUNDS_MAX);
    let lost = Arc::new(AtomicBool::new(false));
    let missed = lost.clone();
    topics.attach(Box::new(move |round| {
        if give.try_send(round.clone()).is_err() {
            missed.store(true, Ordering::Relaxed);
        }
    }));
    let told = areas.iter().filter(|area| area.level <= Level::Hromada).map(|area| area.code);
    let wanted = |code: &Code| config.areas.is_empty() || config.areas.iter().any(|above| areas.covers(*above, *code));
    let mut wants = topics.tree.none();
    wants.put(STATUS);
    wants.put(HEARTBEAT);
    for topic in told.filter(wanted).filter_map(|code| topics.tree.of(code)) {
        wants.put(topic);
    }
    let bridge = Bridge { config, topics: topics.clone(), areas, status, wants, rounds, trust, lost };
    tokio::spawn(bridge.run());
    Ok(())
}

struct Bridge {
    config: BridgeConfig,
    topics: Topics,
    areas: &'static AreaSet,
    status: Status,
    /// What it tells of.
    wants: super::tree::Set,
    rounds: mpsc::Receiver<Arc<Round>>,
    /// Whom TLS trusts, when it is spoken.
    trust: Option<Arc<rustls::ClientConfig>>,
    /// Rounds found no room.
    lost: Arc<AtomicBool>,
}

/// A message on its way.
struct Message {
    /// The topic it is retained on.
    number: Option<u16>,
    topic: String,
    payload: Payload,
    retain: bool,
}

impl Bridge {
    async fn run(mut self) {
        let name = self.config.name.clone();
        let connected = metrics::gauge!("allclear_mqtt_bridge_connected", "bridge" => name.clone());
        connected.set(0.0);
        let (mut wait, mut last) = (BACK_OFF, String::new());
        loop {
            let ended = match self.connect().await {
                Ok((client, events)) => {
                    tracing::info!(bridge = name, broker = self.config.broker, "MQTT bridge connected");
                    connected.set(1.0);
                    last.clear();
                    wait = BACK_OFF;
                    let ended = self.serve(&client, events).await;
                    connected.set(0.0);
                    ended
                }
                Err(error) => error,
            };
            metrics::counter!("allclear_mqtt_bridge_failed_total", "bridge" => name.clone(), "reason" => link::reason(&ended))
                .increment(1);
            let ended = ended.to_string();
            if ended != last {
                tracing::warn!(
                    bridge = name,
                    broker = self.config.broker,
                    "MQTT bridge not connected: {ended}; trying again"
                );
                last = ended;
            }
            // Rounds go on while nobody is told: the next connection begins with the whole state.
            let pause = tokio::time::sleep(wait);
            tokio::pin!(pause);
            loop {
                tokio::select! {
                    () = &mut pause => break,
                    round = self.rounds.recv() => if round.is_none() { return },
                }
            }
            wait = (wait * 2).min(BACK_OFF_MAX);
        }
    }

    async fn connect(&self) -> Result<(AsyncClient, EventLoop), ConnectionError> {
        let client = format!("allclear-{}", self.config.name);
        let will = LastWill::new(self.topic(STATUS), UNKNOWN, QoS::AtLeastOnce, true);
        link::connect(&self.config, self.trust.as_ref(), client, Some(will)).await
    }

    fn topic(&self, topic: u16) -> String {
        let text = self.topics.tree.text(topic);
        let rest = text.strip_prefix(root(self.status)).unwrap_or_default();
        format!("{}{rest}", self.config.prefix(self.status))
    }

    /// Tells the broker everything until the connection ends; why it ended.
    async fn serve(&mut self, client: &AsyncClient, mut events: EventLoop) -> ConnectionError {
        let progress = Arc::new(Notify::new());
        let moved = progress.clone();
        // rumqttc must not be interrupted in the middle of a packet, so it turns by itself.
        let mut turning = AbortOnDrop(tokio::spawn(async move {
            loop {
                match events.poll().await {
                    Ok(_) => moved.notify_one(),
                    Err(error) => return error,
                }
            }
        }));
        let mut queue: VecDeque<Message> = self.entities().into();
        let mut now = self.topics.latest();
        // What was queued last, by topic.
        let mut told = Retained::default();
        let mut behind = true;
        loop {
            if self.lost.swap(false, Ordering::Relaxed) {
                // Rounds of before are in what is retained now.
                while self.rounds.try_recv().is_ok() {}
                (now, behind) = (self.topics.latest(), true);
            }
            if behind && queue.len() < MESSAGES_MAX {
                let mut items = now.since(&told);
                // That all is well is said when all is said.
                items.sort_by_key(|item| item.topic == STATUS);
                for item in &items {
                    self.put(&mut queue, &mut told, item);
                }
                behind = false;
            }
            while let Some(message) = queue.front() {
                let payload = message.payload.to_vec();
                if client.try_publish(&message.topic, QoS::AtLeastOnce, message.retain, payload).is_err() {
                    break;
                }
                queue.pop_front();
            }
            tokio::select! {
                error = &mut turning.0 => return error.unwrap_or(ConnectionError::RequestsDone),
                () = progress.notified(), if !queue.is_empty() => {}
                round = self.rounds.recv() => {
                    let Some(round) = round else { return ConnectionError::RequestsDone };
                    now = round.retained.clone();
                    if queue.len() + round.items.len() > MESSAGES_MAX {
                        metrics::counter!("allclear_mqtt_bridge_behind_total", "bridge" => self.config.name.clone()).increment(1);
                        // Devices stay; each topic that is dropped is told again with its newest.
                        queue.retain(|message| {
                            message.number.inspect(|number| told.forget(*number));
                            message.number.is_none() && message.retain
                        });
                        behind = true;
                    } else {
                        for item in &round.items {
                            self.put(&mut queue, &mut told, item);
                        }
                    }
                }
            }
        }
    }

    /// Queues a message, unless it is told or not wanted.
    fn put(&self, queue: &mut VecDeque<Message>, told: &mut Retained, item: &Item) {
        if !self.wants.has(item.topic) || item.payload.len() > PAYLOAD_BYTES_MAX {
            return;
        }
        let retain = item.is_retained();
        let same = |old: &Payload| Arc::ptr_eq(old, &item.payload);
        if retain && told.get(item.topic).is_some_and(same) {
            return;
        }
        if retain {
            told.put(item.topic, item.payload.clone());
        }
        let number = retain.then_some(item.topic);
        queue.push_back(Message { number, topic: self.topic(item.topic), payload: item.payload.clone(), retain });
    }

    /// What makes Home Assistant show an entity for each area that is named; for each region when none is.
    fn entities(&self) -> Vec<Message> {
        if self.config.discovery.is_empty() {
            return Vec::new();
        }
        let named = |code: Code| {
            if self.config.areas.is_empty() {
                self.areas.get(code).is_some_and(|area| area.level == Level::Oblast)
            } else {
                self.config.areas.contains(&code)
            }
        };
        let shown = self.topics.tree.communities().filter(|(code, _)| named(*code));
        let (beginning, status_topic) = (&self.config.discovery, self.topic(STATUS));
        let message = |(code, topic): (Code, u16)| {
            let area = self.areas.get(code)?;
            let state_topic = self.topic(topic);
            let (topic, content) =
                discovery::entity(self.areas, area, self.status, beginning, &state_topic, &status_topic);
            Some(Message { number: None, topic, payload: content.into_bytes().into(), retain: true })
        };
        shown.filter_map(message).collect()
    }
}
