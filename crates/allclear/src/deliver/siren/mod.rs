//! Sirens: commands to devices at a broker, before anybody else is told.
//!
//! What comes in: decisions, from the core as soon as they are durable; signed answers and signs of life by way of the broker. What
//! goes out: signed commands until they are confirmed or expire, receipts, and who can be reached.
//! What always holds:
//!   the core waits for no signature and no broker; it only notes what is ordered
//!   what was ordered before a kill and is still valid is ordered again with the same number, out of the record
//!   a device that does not prove that it hears us is *unreachable*, and so is every device while the broker is
//! Deliberately absent: what a device is; `crates/siren` is that. The bytes: docs/reference/sirens.md.

pub mod config;
pub mod key;
mod orders;
mod post;
pub mod view;

use crate::clock::Clock;
use crate::deliver::receipts::{Channel, Receipts};
use crate::store::Store;
use anyhow::Context as _;
use config::SirensConfig;
use model::{AlertId, AreaSet, Decision, Delivery, Status, Timestamp};
use orders::{Ordered, Orders, ms};
use siren::{Desk, DeviceId, Due, Keys, News, Number, Outcome, Reach, Refused, SecretKey, Terms, View, World};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

pub use post::start;

/// The sirens of this server.
pub struct Sirens {
    config: SirensConfig,
    areas: &'static AreaSet,
    status: Status,
    clock: Clock,
    key: SecretKey,
    keys: Keys,
    /// Locked for no longer than it takes to look through the devices.
    room: Mutex<Room>,
    /// Something is to be sent.
    wake: Notify,
    /// Whether the broker is.
    connected: AtomicBool,
}

struct Room {
    orders: Orders,
    desk: Desk,
    /// What is not yet confirmed.
    open: BTreeMap<(DeviceId, Number), Open>,
    /// What waits to be counted, until the receipts are known.
    told: Vec<(AlertId, Delivery, Option<Duration>)>,
    /// What was last said of each device in the log.
    reach: BTreeMap<DeviceId, Reach>,
}

/// A command that is not yet confirmed.
struct Open {
    alert: AlertId,
    decided: Instant,
}

/// The world of sirens for the world of the server.
pub const fn world(status: Status) -> World {
    match status {
        Status::Actual => World::Actual,
        Status::Exercise => World::Exercise,
    }
}

const fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Sounding => "sounding",
        Outcome::Stopped => "stopped",
        Outcome::Expired => "expired",
        Outcome::Old => "old",
        Outcome::Undecided => "undecided",
        Outcome::Faulty => "faulty",
    }
}

impl Sirens {
    /// Opens the room: the store's key, made when it has none, and what the record says is still to be carried out.
    pub fn open(
        config: SirensConfig,
        store: &Store,
        status: Status,
        clock: &Clock,
        areas: &'static AreaSet,
    ) -> anyhow::Result<Arc<Self>> {
        let reader = store.reader();
        let folder = reader.folder().context("failed to find the folder of the record")?;
        let public = folder.join("siren.pub");
        let key = key::load_or_create(&folder.join("siren.key"), &public, true)?;
        tracing::info!(key = key.public().to_text(), devices = config.devices.len(), "sirens are commanded");
        let terms = Terms { world: world(status), unreachable_ms: u64::from(config.terms.unreachable_after_s) * 1000 };
        let keys = Keys::new(terms.world, config.devices.iter().map(|device| (device.id, device.key)));
        let mut desk = Desk::new(terms, config.devices.iter().map(|device| device.id));
        let mut orders = Orders::new(&config, areas);
        let now = clock.now();
        let mut recalled = Vec::new();
        if let Some(last_at) = store.last_at() {
            desk.reached(ms(last_at));
            let since = last_at.plus_ms(-i64::from(config.terms.valid_s) * 1000);
            let told = reader.told_since(since).context("failed to read what sirens were last told")?;
            recalled = orders.recall(&told, since, now);
        }
        let room = Room { orders, desk, open: BTreeMap::new(), told: Vec::new(), reach: BTreeMap::new() };
        let (room, wake, connected) = (Mutex::new(room), Notify::new(), AtomicBool::new(false));
        let sirens = Self { config, areas, status, clock: clock.clone(), key, keys, room, wake, connected };
        let ago = |order: &Ordered| ms(now).saturating_sub(order.command.number.decided_at_ms);
        for order in recalled {
            let decided = Instant::now();
            let decided = decided.checked_sub(Duration::from_millis(ago(&order))).unwrap_or(decided);
            sirens.room().order(order, decided);
        }
        Ok(Arc::new(sirens))
    }

    fn room(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the topics begin.
    fn beginning(&self) -> &str {
        self.config.broker.prefix(self.status)
    }

    /// Milliseconds after 1970 by the core's clock.
    fn now_ms(&self) -> u64 {
        ms(self.clock.now())
    }

    /// What the core decided, durable by now, or as far as warning goes on without the record; with when it was.
    pub fn tell(&self, told: &[(u64, Decision)], decided: Instant) {
        let mut room = self.room();
        let orders = room.orders.take(told);
        if orders.is_empty() {
            return;
        }
        for order in orders {
            room.order(order, decided);
        }
        drop(room);
        self.wake.notify_one();
    }

    /// What is to be sent now.
    fn due(&self) -> Vec<Due> {
        let (mut room, mut news) = (self.room(), Vec::new());
        let due = room.desk.due(self.now_ms(), &mut news);
        room.news(news);
        due
    }

    /// How long nothing is to be sent, unless something comes.
    fn rest(&self) -> Duration {
        let wake_at_ms = self.room().desk.wake_at_ms().unwrap_or(u64::MAX);
        Duration::from_millis(wake_at_ms.saturating_sub(self.now_ms())).min(LOOK)
    }

    fn take(&self, device: DeviceId, bytes: &[u8]) -> Result<(), Refused> {
        let said = self.keys.open(device, bytes)?;
        let (mut room, mut news) = (self.room(), Vec::new());
        let taken = room.desk.take(self.now_ms(), said, &mut news);
        room.news(news);
        taken
    }

    /// Connected to the broker, or no longer.
    fn connected(&self, is: bool) {
        self.connected.store(is, Ordering::Relaxed);
        metrics::gauge!("allclear_sirens_connected").set(f64::from(u8::from(is)));
        if is {
            self.room().desk.reconnected();
        }
    }

    /// What is known of a device. Nobody can be reached past a broker that is away.
    fn view_of(&self, device: DeviceId) -> Option<View> {
        let view = self.room().desk.view(self.now_ms(), device)?;
        let reach = if self.connected.load(Ordering::Relaxed) { view.reach } else { Reach::Unreachable };
        Some(View { reach, ..view })
    }

    /// Gives the receipts what was confirmed, and says in the log and in figures who can be reached.
    fn look(&self, receipts: &Receipts) {
        for (alert, delivery, after) in std::mem::take(&mut self.room().told) {
            if let Some(after) = after {
                receipts.wrote(Channel::Siren, after, 1);
            }
            receipts.told(Channel::Siren, alert, delivery);
        }
        let mut counts = BTreeMap::from([("reachable", 0_u32), ("unreachable", 0), ("faulty", 0), ("ahead", 0)]);
        for device in &self.config.devices {
            let Some(view) = self.view_of(device.id) else { continue };
            *counts.entry(view::reach_word(view.reach)).or_default() += 1;
            let before = self.room().reach.insert(device.id, view.reach);
            if before != Some(view.reach) {
                let word = view::reach_word(view.reach);
                if view.reach == Reach::Reachable {
                    tracing::info!(siren = %device.id, community = %device.community, "siren {word}");
                } else {
                    tracing::warn!(siren = %device.id, community = %device.community, "siren {word}: it would not sound");
                }
            }
        }
        for (word, count) in counts {
            metrics::gauge!("allclear_sirens", "reach" => word).set(f64::from(count));
        }
    }
}

/// How often it is looked at who can be reached.
const LOOK: Duration = Duration::from_secs(1);

impl Room {
    fn order(&mut self, order: Ordered, decided: Instant) {
        let Ordered { device, command, alert } = order;
        let mut news = Vec::new();
        self.open.insert((device, command.number), Open { alert, decided });
        self.desk.order(device, command, &mut news);
        self.news(news);
    }

    /// It was not confirmed.
    fn missed(&mut self, open: &Open, how: &'static str) {
        metrics::counter!("allclear_siren_commands_total", "outcome" => how).increment(1);
        let after_ms = u32::try_from(open.decided.elapsed().as_millis()).unwrap_or(u32::MAX);
        let delivery = Delivery { receivers: 0, behind: 1, first_ms: after_ms, last_ms: after_ms };
        self.told.push((open.alert, delivery, None));
    }

    fn news(&mut self, news: Vec<News>) {
        for one in news {
            let (News::Confirmed(device, number, _)
            | News::Failed(device, number, _)
            | News::Unconfirmed(device, number)) = one;
            let Some(open) = self.open.remove(&(device, number)) else { continue };
            match one {
                News::Confirmed(_, _, outcome) => {
                    let after = open.decided.elapsed();
                    let word = outcome_word(outcome);
                    metrics::counter!("allclear_siren_commands_total", "outcome" => word).increment(1);
                    tracing::info!(siren = %device, %number, "siren confirms: {word}");
                    let after_ms = u32::try_from(after.as_millis()).unwrap_or(u32::MAX);
                    let delivery = Delivery { receivers: 1, behind: 0, first_ms: after_ms, last_ms: after_ms };
                    self.told.push((open.alert, delivery, Some(after)));
                }
                News::Failed(_, _, outcome) => {
                    let word = outcome_word(outcome);
                    tracing::warn!(siren = %device, %number, "siren does not carry out its command: {word}");
                    self.missed(&open, word);
                }
                News::Unconfirmed(..) => {
                    tracing::warn!(siren = %device, %number, "siren did not confirm its command before it expired");
                    self.missed(&open, "unconfirmed");
                }
            }
        }
    }
}

/// When it was, for people.
fn instant(ms: u64) -> String {
    Timestamp::from_millis(i64::try_from(ms).unwrap_or(i64::MAX)).to_string()
}
