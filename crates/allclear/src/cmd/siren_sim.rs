//! `allclear siren-sim`: a device without a horn, at a real broker. The reference for whoever builds one (docs/reference/sirens.md).
//!
//! What comes in: a configuration, a secret key, what was kept, and messages from the broker. What goes out: answers, and on standard
//! output a line of JSON for everything it does. What always holds: the decisions are `crates/siren`'s; here are only the clock, the
//! disk, the broker and the horn, which is a file that holds `1` while it sounds.

use super::exit;
use crate::config::ConfigError;
use crate::deliver::mqtt::config::BridgeConfig;
use crate::deliver::mqtt::{link, tunnel};
use crate::deliver::siren::{key, world};
use crate::store::replace;
use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Status;
use rumqttc::{AsyncClient, Event, Packet, QoS};
use serde::Deserialize;
use serde_json::json;
use siren::{Channel, Device, DeviceId, Effect, Memory, Now, PublicKey, SecretKey, Settings, Why};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc;

/// Messages that may wait.
const WAITING_MAX: usize = 256;
/// Wait between two attempts to connect.
const AGAIN: Duration = Duration::from_secs(1);
/// The longest sleep: a clock that counts while the machine sleeps may run ahead of the timer.
const SLEEP_MAX: Duration = Duration::from_millis(500);
const MEMORY: &str = "siren-memory:";

/// Arguments of `siren-sim`.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["config", "key"])))]
pub struct Args {
    /// The device's configuration (TOML): docs/reference/sirens.md names every key.
    #[arg(long, short)]
    config: Option<PathBuf>,
    /// Print the public key of this secret key file, which is made when it is missing; do nothing else.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Have the device's own clock be wrong by so many seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 0, allow_negative_numbers = true, requires = "config")]
    clock_off_s: i64,
}

/// The file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Setup {
    id: String,
    status: Status,
    server_key: String,
    key_file: PathBuf,
    memory_file: PathBuf,
    #[serde(default)]
    horn_file: Option<PathBuf>,
    #[serde(default = "run_max_s")]
    run_max_s: u16,
    #[serde(default = "beat_s")]
    beat_s: u16,
    mqtt: BridgeConfig,
}

const fn run_max_s() -> u16 {
    300
}

const fn beat_s() -> u16 {
    10
}

/// Runs `siren-sim`, until SIGINT or SIGTERM.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if let Some(file) = &args.key {
        println!("{}", key::load_or_create(file, &file.with_extension("pub"), true)?.public().to_text());
        return Ok(exit::code(exit::DONE));
    }
    let Some(path) = &args.config else { bail!("failed to begin: give --config or --key") };
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.clone(), source })?;
    let file: Setup =
        toml::from_str(&text).map_err(|error| ConfigError::Syntax { path: path.clone(), why: error.to_string() })?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let sim = Sim::new(file, folder, args.clock_off_s)?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(sim.run())?;
    Ok(exit::code(exit::DONE))
}

/// What comes from the broker.
enum Came {
    Connected(AsyncClient),
    Message(Vec<u8>),
    Lost(String),
}

struct Sim {
    id: DeviceId,
    device: Device,
    mqtt: BridgeConfig,
    trust: Option<std::sync::Arc<rustls::ClientConfig>>,
    /// Where its topics begin, without the last part.
    topic: String,
    memory_file: PathBuf,
    horn_file: Option<PathBuf>,
    clock_off_s: i64,
    client: Option<AsyncClient>,
}

fn value(why: impl std::fmt::Display) -> ConfigError {
    ConfigError::Value(why.to_string())
}

impl Sim {
    fn new(file: Setup, folder: &Path, clock_off_s: i64) -> anyhow::Result<Self> {
        let id = DeviceId::new(&file.id).map_err(value)?;
        let server = PublicKey::parse(&file.server_key).map_err(|error| value(format!("server_key: {error}")))?;
        if file.run_max_s == 0 || file.beat_s == 0 {
            return Err(value("run_max_s or beat_s: expected 1 or more").into());
        }
        let mqtt = file.mqtt.checked(folder).map_err(ConfigError::Value)?;
        let key_file = folder.join(&file.key_file);
        let key: SecretKey = key::load_or_create(&key_file, &key_file.with_extension("pub"), false)?;
        let memory_file = folder.join(&file.memory_file);
        let memory = remembered(&memory_file, server)?;
        let settings = Settings {
            device: id,
            world: world(file.status),
            server,
            key,
            run_max_ms: u64::from(file.run_max_s) * 1000,
            beat_ms: u64::from(file.beat_s) * 1000,
        };
        let trust = mqtt.tls.then(|| tunnel::trust(mqtt.ca_file.as_deref())).transpose().map_err(value)?;
        Ok(Self {
            id,
            device: Device::new(settings, memory),
            topic: format!("{}/siren/{id}/", mqtt.prefix(file.status)),
            mqtt,
            trust,
            memory_file,
            horn_file: file.horn_file.map(|file| folder.join(file)),
            clock_off_s,
            client: None,
        })
    }

    async fn run(mut self) -> anyhow::Result<()> {
        let (give, mut came) = mpsc::channel(WAITING_MAX);
        tokio::spawn(listen(self.mqtt.clone(), self.trust.clone(), self.id, self.topic.clone(), give));
        self.horn(false);
        say(&json!({"event": "started", "last": self.device.memory().last.to_string()}));
        let mut stop = std::pin::pin!(super::run::stop_signal());
        loop {
            let now = self.now()?;
            let mut effects = Vec::new();
            self.device.tick(now, &mut effects);
            self.carry_out(effects);
            let wait = Duration::from_millis(self.device.wake_at_ms().saturating_sub(now.mono_ms)).min(SLEEP_MAX);
            tokio::select! {
                () = &mut stop => {
                    self.horn(false);
                    return Ok(());
                }
                () = tokio::time::sleep(wait) => {}
                Some(one) = came.recv() => self.take(one)?,
            }
        }
    }

    fn take(&mut self, came: Came) -> anyhow::Result<()> {
        let (now, mut effects) = (self.now()?, Vec::new());
        match came {
            Came::Message(bytes) => self.device.take(now, &bytes, &mut effects),
            Came::Connected(client) => {
                self.client = Some(client);
                say(&json!({"event": "connected"}));
                self.device.connected(now, &mut effects);
            }
            Came::Lost(why) => {
                self.client = None;
                say(&json!({"event": "disconnected", "why": why}));
            }
        }
        self.carry_out(effects);
        Ok(())
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Keep(bytes) => {
                    let text = format!("{MEMORY}{}\n", STANDARD.encode(bytes));
                    let kept = replace(&self.memory_file, &text, 0o600);
                    if let Err(error) = &kept {
                        say(&json!({"event": "fault", "why": format!("failed to {error}")}));
                    }
                    // It sounds all the same, and says that it cannot remember.
                    self.device.fault(kept.is_err());
                }
                Effect::Sound { number, for_ms, resumed } => {
                    self.horn(true);
                    say(&json!({"event": "sound", "number": number.to_string(), "for_ms": for_ms, "resumed": resumed}));
                }
                Effect::Quiet { number, why } => {
                    self.horn(false);
                    let why = if why == Why::Over { "over" } else { "ordered" };
                    say(&json!({"event": "quiet", "number": number.to_string(), "why": why}));
                }
                Effect::Send { channel, bytes } => {
                    let kind = if channel == Channel::Answer { "answer" } else { "beat" };
                    // What cannot be sent is asked for again: the server repeats its command, and the next beat comes.
                    let topic = format!("{}{kind}", self.topic);
                    if let Some(client) = &self.client
                        && client.try_publish(topic, QoS::AtLeastOnce, false, bytes).is_err()
                    {
                        say(&json!({"event": "unsent", "what": kind}));
                    }
                }
                Effect::Refused(why) => say(&json!({"event": "refused", "why": why})),
                Effect::ClockOff(off_ms) => say(&json!({"event": "clock_off", "ms": off_ms})),
            }
        }
    }

    /// Sounds, or is quiet.
    fn horn(&mut self, sounds: bool) {
        let Some(file) = &self.horn_file else { return };
        if let Err(error) = std::fs::write(file, if sounds { "1\n" } else { "0\n" }) {
            say(&json!({"event": "fault", "why": format!("failed to write {}: {error}", file.display())}));
            self.device.fault(true);
        }
    }

    fn now(&self) -> anyhow::Result<Now> {
        let counted = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let since = Duration::try_from(counted).context("failed to read the clock that counts")?;
        let mono_ms = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let wall_ms = u64::try_from(wall.as_millis()).unwrap_or(u64::MAX);
        let clock_ms = Some(wall_ms.saturating_add_signed(self.clock_off_s.saturating_mul(1000)));
        let mut nonce = [0; 8];
        getrandom::fill(&mut nonce).map_err(|error| anyhow::anyhow!("failed to draw a number: {error}"))?;
        Ok(Now { mono_ms, clock_ms, nonce: u64::from_ne_bytes(nonce) })
    }
}

/// What it kept; a device that never acted has kept nothing.
fn remembered(file: &Path, server: PublicKey) -> anyhow::Result<Memory> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Memory::new(server)),
        Err(error) => return Err(error).with_context(|| format!("failed to read {}", file.display())),
    };
    let bytes = text.trim().strip_prefix(MEMORY).and_then(|rest| STANDARD.decode(rest).ok()).unwrap_or_default();
    Memory::from_bytes(&bytes, server).map_err(|error| anyhow::anyhow!("failed to {error} ({})", file.display()))
}

/// Keeps a connection to the broker, and gives on what comes by it.
async fn listen(
    mqtt: BridgeConfig,
    trust: Option<std::sync::Arc<rustls::ClientConfig>>,
    id: DeviceId,
    topic: String,
    give: mpsc::Sender<Came>,
) {
    loop {
        let ended = match link::connect(&mqtt, trust.as_ref(), format!("siren-{id}"), None).await {
            Err(error) => error.to_string(),
            Ok((client, mut events)) => {
                let asked =
                    ["command", "pulse"].map(|kind| client.try_subscribe(format!("{topic}{kind}"), QoS::AtLeastOnce));
                if asked.iter().all(Result::is_ok) && give.send(Came::Connected(client)).await.is_err() {
                    return;
                }
                loop {
                    match events.poll().await {
                        Ok(Event::Incoming(Packet::Publish(publish))) => {
                            // The broker waits when the device is busy.
                            if give.send(Came::Message(publish.payload.to_vec())).await.is_err() {
                                return;
                            }
                        }
                        Ok(_) => {}
                        Err(error) => break error.to_string(),
                    }
                }
            }
        };
        if give.send(Came::Lost(ended)).await.is_err() {
            return;
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// A line on standard output, at once.
fn say(line: &serde_json::Value) {
    let mut out = std::io::stdout().lock();
    // Whoever reads it may have gone; the device goes on.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
