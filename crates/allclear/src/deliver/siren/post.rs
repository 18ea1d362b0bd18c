//! The way to the broker and back: signed commands out, answers in.
//!
//! What always holds: a command is retained at the broker, so that a device which comes back hears it even while this server is away; what
//! waits is bounded; whatever comes is only believed by its signature, and what is not is counted by name.

use super::{LOOK, Sirens};
use crate::deliver::hub::Hub;
use crate::deliver::mqtt::link::{self, AbortOnDrop, BACK_OFF};
use crate::deliver::mqtt::tunnel;
use rumqttc::{AsyncClient, ConnectionError, Event, EventLoop, Packet, Publish, QoS};
use siren::{Body, DeviceId, Due, MESSAGE_BYTES_MAX};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc};

/// Messages of devices that may wait.
const WAITING_MAX: usize = 4096;
/// Messages in the name of one device that are looked at in one second; what a device says fits several times.
const A_SECOND_MAX: u32 = 16;
/// Messages that are looked at before it is asked again what is to be sent.
const AT_ONCE_MAX: usize = 32;
/// The longest wait before another attempt: sirens are not kept waiting.
const BACK_OFF_MAX: Duration = Duration::from_secs(5);

/// Begins to send. Fails only when the certificates to trust cannot be read.
pub fn start(sirens: Arc<Sirens>, hub: Arc<Hub>) -> Result<(), String> {
    let broker = &sirens.config.broker;
    let trust = broker.tls.then(|| tunnel::trust(broker.ca_file.as_deref())).transpose()?;
    let post = Post { sirens: sirens.clone(), trust };
    tokio::spawn(post.run());
    tokio::spawn(async move {
        let mut every = tokio::time::interval(LOOK);
        loop {
            every.tick().await;
            sirens.look(&hub.receipts);
        }
    });
    Ok(())
}

struct Post {
    sirens: Arc<Sirens>,
    /// Whom TLS trusts, when it is spoken.
    trust: Option<Arc<rustls::ClientConfig>>,
}

fn refused(reason: &'static str) {
    metrics::counter!("allclear_siren_refused_total", "reason" => reason).increment(1);
}

impl Post {
    async fn run(self) {
        let broker = &self.sirens.config.broker;
        let (mut wait, mut last) = (BACK_OFF, String::new());
        loop {
            let client = format!("allclear-sirens-{}", broker.name);
            let ended = match link::connect(broker, self.trust.as_ref(), client, None).await {
                Ok((client, events)) => {
                    tracing::info!(broker = broker.broker, "sirens' broker connected");
                    (wait, last) = (BACK_OFF, String::new());
                    let ended = self.serve(&client, events).await;
                    self.sirens.connected(false);
                    ended
                }
                Err(error) => error,
            };
            metrics::counter!("allclear_sirens_failed_total", "reason" => link::reason(&ended)).increment(1);
            let ended = ended.to_string();
            if ended != last {
                tracing::warn!(
                    broker = broker.broker,
                    "sirens' broker not connected, no siren can be reached: {ended}; trying again"
                );
                last = ended;
            }
            tokio::time::sleep(wait).await;
            // Orders that expire meanwhile are counted as such.
            let _ = self.sirens.due();
            wait = (wait * 2).min(BACK_OFF_MAX);
        }
    }

    /// Sends and takes until the connection ends; why it ended.
    async fn serve(&self, client: &AsyncClient, mut events: EventLoop) -> ConnectionError {
        let sirens = &self.sirens;
        let (give, mut came) = mpsc::channel::<(DeviceId, Publish)>(WAITING_MAX);
        let mut gate = Gate::new(sirens.clone());
        let moved = Arc::new(Notify::new());
        let progress = moved.clone();
        // rumqttc must not be interrupted in the middle of a packet, so it turns by itself.
        let mut turning = AbortOnDrop(tokio::spawn(async move {
            loop {
                match events.poll().await {
                    Ok(Event::Incoming(Packet::Publish(publish))) => {
                        if let Some(device) = gate.admits(&publish)
                            && give.try_send((device, publish)).is_err()
                        {
                            refused("flood");
                        }
                    }
                    Ok(_) => moved.notify_one(),
                    Err(error) => return error,
                }
            }
        }));
        for kind in ["answer", "beat"] {
            if client.try_subscribe(self.topic("+", kind), QoS::AtLeastOnce).is_err() {
                return ConnectionError::RequestsDone;
            }
        }
        sirens.connected(true);
        let mut outbox: VecDeque<Due> = VecDeque::new();
        loop {
            if outbox.is_empty() {
                outbox.extend(sirens.due());
            }
            while let Some(due) = outbox.front() {
                let command = matches!(due.envelope.body, Body::Command(_));
                let topic = self.topic(due.envelope.device.name(), if command { "command" } else { "pulse" });
                let bytes = due.envelope.sign(&sirens.key);
                if client.try_publish(topic, QoS::AtLeastOnce, command, bytes).is_err() {
                    break;
                }
                if command {
                    let again = if due.again == 0 { "false" } else { "true" };
                    metrics::counter!("allclear_siren_sent_total", "again" => again).increment(1);
                }
                outbox.pop_front();
            }
            tokio::select! {
                error = &mut turning.0 => return error.unwrap_or(ConnectionError::RequestsDone),
                Some((device, publish)) = came.recv() => {
                    self.take(device, &publish.payload);
                    for _ in 1..AT_ONCE_MAX {
                        let Ok((device, publish)) = came.try_recv() else { break };
                        self.take(device, &publish.payload);
                    }
                }
                () = sirens.wake.notified() => {}
                () = progress.notified(), if !outbox.is_empty() => {}
                () = tokio::time::sleep(sirens.rest()), if outbox.is_empty() => {}
            }
        }
    }

    /// The topic of a device, or of all (`+`).
    fn topic(&self, device: &str, kind: &str) -> String {
        format!("{}/siren/{device}/{kind}", self.sirens.beginning())
    }

    fn take(&self, device: DeviceId, bytes: &[u8]) {
        if let Err(error) = self.sirens.take(device, bytes) {
            refused(error.name());
            tracing::debug!(siren = %device, "failed to {error}");
        }
    }
}

/// Lets in what may be a device's, so much of each that a flood in one name drowns no other.
struct Gate {
    sirens: Arc<Sirens>,
    second: Instant,
    came: BTreeMap<DeviceId, u32>,
}

impl Gate {
    fn new(sirens: Arc<Sirens>) -> Self {
        Self { sirens, second: Instant::now(), came: BTreeMap::new() }
    }

    fn admits(&mut self, publish: &Publish) -> Option<DeviceId> {
        let rest = publish.topic.strip_prefix(self.sirens.beginning()).and_then(|rest| rest.strip_prefix("/siren/"));
        let device = rest.and_then(|rest| rest.split('/').next()).and_then(|name| DeviceId::new(name).ok());
        let Some(device) = device.filter(|device| self.sirens.keys.has(*device)) else {
            refused("unknown");
            return None;
        };
        if publish.payload.len() > MESSAGE_BYTES_MAX {
            refused("form");
            return None;
        }
        if self.second.elapsed() >= Duration::from_secs(1) {
            self.second = Instant::now();
            self.came.clear();
        }
        let came = self.came.entry(device).or_default();
        *came += 1;
        if *came > A_SECOND_MAX {
            refused("flood");
            return None;
        }
        Some(device)
    }
}
