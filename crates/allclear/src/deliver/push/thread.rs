//! The thread that pushes: it looks at each change, keeps the desk and the pools, and sends.
//!
//! What comes in: signs of change from the hub, subscriptions from the door. What goes out: requests, receipts, dead letters.
//! What always holds: the core and the streams wait for nothing here; what must survive a restart is on the disk whenever nothing is
//! on its way, and at least every [`KEEP_EVERY`].

use super::book::{Book, Kept, Subscription};
use super::config::PushTable;
use super::desk::{Desk, Letter, Scene};
use super::message::{At, Said};
use super::pools::{HOST_FLYING, Pools, SERVICE_FLYING, Went};
use super::sender::{self, Answer, Request};
use super::service::{Command, Greeting, SubscribeError};
use super::vapid::Vapid;
use crate::clock::wall_s;
use crate::core::{Core, Published};
use crate::deliver::dead::{End, Failure};
use crate::deliver::receipts::Channel;
use crate::publish;
use model::{AreaSet, Code, Delivery, Picture};
use reqwest::{Client, Url};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

/// How often it is asked whether the core is alive.
const LOOK: Duration = Duration::from_secs(5);
/// Longest time between two writes of what must survive a restart.
const KEEP_EVERY: Duration = Duration::from_secs(30);
/// Failures in a row after which the officer is told.
const DEAD_AFTER: u32 = 4;
/// Messages in a row that a push service refused for good, after which a subscription is ended.
const REFUSED_MAX: u32 = 10;
/// First messages a minute to one host that is no known service: strangers must not aim this server at somebody.
const GREETED_A_MINUTE: u32 = 30;
/// Such hosts a minute.
const GREETED_HOSTS_MAX: usize = 4096;
/// How long an endpoint must have taken nothing before its subscription is ended: a service that is down for a night, or for a
/// week, must not cost anyone their warning.
const SILENT: Duration = Duration::from_hours(14 * 24);

/// A picture, as it may be told.
struct Look {
    published: Arc<Published>,
    /// What a core that gives no sign of life still knows: nothing.
    blind: Option<Picture>,
}

impl Look {
    fn at(core: &Core) -> Self {
        let published = core.published();
        let blind = (!published.is_alive()).then(|| publish::blinded(published.picture.clone()));
        Self { published, blind }
    }

    fn scene(&self) -> Scene<'_> {
        let Published { picture, status, seq, .. } = &*self.published;
        Scene { picture: self.blind.as_ref().unwrap_or(picture), status: *status, seq: *seq }
    }
}

/// The thread's state.
pub(super) struct Thread {
    core: Core,
    areas: &'static AreaSet,
    table: PushTable,
    client: Client,
    vapid: Vapid,
    book: Book,
    desk: Desk,
    pools: Pools,
    /// Subscriptions of each host.
    hosts: BTreeMap<String, usize>,
    /// Messages in a row that each subscription's service refused.
    refused: BTreeMap<u64, u32>,
    /// First messages to each host since that instant, for a minute.
    greeted: (Instant, BTreeMap<String, u32>),
    /// Since when each took nothing.
    failing: BTreeMap<u64, Instant>,
    kept_at: Instant,
    flying: JoinSet<(Letter, Answer)>,
}

impl Thread {
    /// Takes up what was kept: the key, the book and what it holds.
    pub(super) fn new(
        (vapid, book, kept): (Vapid, Book, Kept),
        client: Client,
        table: PushTable,
        core: &Core,
        areas: &'static AreaSet,
    ) -> Self {
        let look = Look::at(core);
        let mut thread = Self {
            core: core.clone(),
            areas,
            client,
            table,
            vapid,
            book,
            desk: Desk::new(areas, kept, &look.scene(), Instant::now()),
            pools: Pools::default(),
            hosts: BTreeMap::new(),
            refused: BTreeMap::new(),
            greeted: (Instant::now(), BTreeMap::new()),
            failing: BTreeMap::new(),
            kept_at: Instant::now(),
            flying: JoinSet::new(),
        };
        let all: Vec<(u64, String)> = thread.desk.all().map(|(id, one)| (id, one.endpoint.clone())).collect();
        for (id, endpoint) in all {
            thread.enter(id, &endpoint);
            if thread.desk.letter(id).is_some() {
                thread.pools.want(id, true);
            }
        }
        thread.count();
        thread
    }

    /// How many subscriptions there are.
    pub(super) fn subscriptions(&self) -> usize {
        self.desk.len()
    }

    /// Runs as long as the door has its handle. `decided`: when the earliest change was that has not been looked at.
    pub(super) async fn run(
        mut self,
        mut asked: mpsc::Receiver<Command>,
        changed: &Notify,
        decided: &Mutex<Option<Instant>>,
    ) {
        self.look(Instant::now());
        let mut alive = true;
        let mut looks = tokio::time::interval(LOOK);
        loop {
            self.pools.wake(Instant::now());
            while let Some(id) = self.pools.next() {
                self.fly(id);
            }
            if self.pools.at_rest() || self.kept_at.elapsed() >= KEEP_EVERY {
                self.keep();
            }
            let later = Instant::now() + LOOK;
            let until = self.pools.wakes_at().unwrap_or(later).min(self.desk.looks_at().unwrap_or(later)).min(later);
            tokio::select! {
                () = changed.notified() => {
                    let decided = decided.lock().unwrap_or_else(PoisonError::into_inner).take();
                    self.look(decided.unwrap_or_else(Instant::now));
                }
                Some(landed) = self.flying.join_next() => match landed {
                    Ok((letter, answer)) => self.landed(&letter, answer),
                    Err(error) => tracing::error!(%error, "a push was not finished"),
                },
                command = asked.recv() => match command {
                    Some(command) => self.command(command),
                    None => return self.keep(),
                },
                _ = looks.tick() => {
                    let lives = self.core.alive();
                    if lives != alive || self.desk.looks_at().is_some_and(|at| at <= Instant::now()) {
                        alive = lives;
                        self.look(Instant::now());
                    }
                }
                () = tokio::time::sleep_until(until.into()) => {
                    if self.desk.looks_at().is_some_and(|at| at <= Instant::now()) {
                        self.look(Instant::now());
                    }
                }
            }
        }
    }

    /// Looks at what is true now, and queues who must be told.
    fn look(&mut self, decided: Instant) {
        if self.desk.len() == 0 {
            return;
        }
        let look = Look::at(&self.core);
        let due = self.desk.look(&look.scene(), Instant::now(), decided);
        let urgent = due.iter().take_while(|(_, urgent)| *urgent).count();
        let (first, rest) = due.split_at(urgent);
        for part in [first, rest] {
            // Nobody is always last.
            for (id, urgent) in part.iter().cycle().skip(drawn_below(part.len())).take(part.len()) {
                self.pools.want(*id, *urgent);
            }
        }
    }

    fn fly(&mut self, id: u64) {
        let Some(letter) = self.desk.letter(id) else {
            self.pools.went(id, Went::Over, None, Instant::now());
            return;
        };
        let request = Request {
            words: letter.words.clone(),
            authorization: self.authorization(&letter.to.endpoint),
            topic: Some(self.vapid.topic(&letter.to.endpoint, letter.community.as_str())),
            urgent: letter.urgent,
            to: letter.to.clone(),
        };
        let client = self.client.clone();
        self.flying.spawn(async move { (letter, sender::send(&client, request).await) });
    }

    fn authorization(&mut self, endpoint: &str) -> String {
        let origin = Url::parse(endpoint).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
        self.vapid.authorization(&origin, wall_s())
    }

    /// An attempt is over.
    fn landed(&mut self, letter: &Letter, answer: Answer) {
        let Letter { id, community, version, .. } = *letter;
        metrics::counter!("allclear_push_attempts_total", "answer" => answer.name()).increment(1);
        if self.desk.find(&letter.to.endpoint) != Some(id) {
            // Its subscriber has left, or chose anew.
            return;
        }
        let (now, at, endpoint) = (Instant::now(), self.core.now(), letter.to.endpoint.as_str());
        let went = answer.went();
        match answer {
            Answer::Taken => {
                self.desk.told(id, community, version);
                self.refused.remove(&id);
                self.failing.remove(&id);
                self.core.hub().dead.over(Channel::Push, endpoint, End::Delivered, at);
                self.receipt(letter);
                self.settled(id, now);
            }
            Answer::Gone => self.end(id, "gone"),
            Answer::Refused(why) => {
                self.dead(letter, 1, &why);
                self.desk.told(id, community, version);
                self.core.hub().dead.over(Channel::Push, endpoint, End::GivenUp, at);
                let refused = self.refused.entry(id).or_default();
                *refused += 1;
                if *refused >= REFUSED_MAX {
                    self.end(id, "refused");
                } else {
                    self.settled(id, now);
                }
            }
            Answer::Later { why, .. } => {
                let more = self.desk.letter(id).map(|letter| letter.urgent);
                let attempts = self.pools.went(id, went, more, now);
                if attempts >= DEAD_AFTER {
                    self.dead(letter, attempts, &why);
                }
                if self.failing.entry(id).or_insert(now).elapsed() > SILENT {
                    self.end(id, "silent");
                }
            }
        }
    }

    /// Nothing of this message is to be repeated; the next one follows.
    fn settled(&mut self, id: u64, now: Instant) {
        let more = self.desk.letter(id).map(|letter| letter.urgent);
        self.pools.went(id, Went::Over, more, now);
    }

    fn dead(&self, letter: &Letter, attempts: u32, why: &str) {
        let about = self.desk.owed(letter.id).iter().map(ToString::to_string).collect();
        let (channel, address, at) = (Channel::Push, letter.to.endpoint.as_str(), self.core.now());
        self.core.hub().dead.failed(Failure { channel, address, about, attempts, why, at });
    }

    fn receipt(&self, letter: &Letter) {
        let after = letter.decided.elapsed();
        let ms = u32::try_from(after.as_millis()).unwrap_or(u32::MAX);
        let receipts = &self.core.hub().receipts;
        receipts.wrote(Channel::Push, after, 1);
        for alert in &letter.alerts {
            let delivery = Delivery { receivers: 1, behind: 0, first_ms: ms, last_ms: ms };
            receipts.told(Channel::Push, *alert, delivery);
        }
    }

    fn command(&mut self, command: Command) {
        // Whoever asked may have gone: then there is nobody to answer.
        match command {
            Command::Greet(subscription, reply) => {
                let _ = reply.send(self.greet(subscription));
            }
            Command::Add(subscription, said, reply) => {
                let _ = reply.send(self.add(subscription, &said));
            }
            Command::Remove(endpoint, reply) => {
                let found = self.desk.find(&endpoint);
                if let Some(id) = found {
                    self.end(id, "left");
                }
                let _ = reply.send(found.is_some());
            }
        }
    }

    fn greet(&mut self, to: Subscription) -> Result<Greeting, SubscribeError> {
        self.room(&to.endpoint)?;
        if self.greeted.0.elapsed() >= Duration::from_mins(1) {
            self.greeted = (Instant::now(), BTreeMap::new());
        }
        let host = host(&to.endpoint);
        if !self.table.knows(&host) {
            let full = self.greeted.1.len() >= GREETED_HOSTS_MAX && !self.greeted.1.contains_key(&host);
            let greeted = if full { u32::MAX } else { self.greeted.1.get(&host).map_or(1, |greeted| greeted + 1) };
            if greeted <= GREETED_A_MINUTE {
                self.greeted.1.insert(host.clone(), greeted);
            } else {
                return Err(SubscribeError::TooSoon(host));
            }
        }
        let look = Look::at(&self.core);
        let said = self.desk.now(&look.scene(), &to.communities, to.advisories);
        let scene = look.scene();
        let as_of = scene.picture.as_of.to_string();
        let at = At { areas: self.areas, status: scene.status, seq: scene.seq, as_of: &as_of };
        let words = at.hello(to.language, &said);
        let authorization = self.authorization(&to.endpoint);
        Ok(Greeting { request: Request { to, words, authorization, topic: None, urgent: false }, said })
    }

    /// Whether there is room for one more, unless it takes the place of another.
    fn room(&self, endpoint: &str) -> Result<(), SubscribeError> {
        if self.desk.find(endpoint).is_some() {
            return Ok(());
        }
        if self.desk.len() >= self.table.subscriptions_max {
            return Err(SubscribeError::Full);
        }
        let host = host(endpoint);
        let there = self.hosts.get(&host).copied().unwrap_or_default();
        if there >= self.table.per_host_max && !self.table.knows(&host) {
            return Err(SubscribeError::HostFull(host));
        }
        Ok(())
    }

    fn add(&mut self, subscription: Subscription, said: &[(Code, Said)]) -> Result<(), SubscribeError> {
        self.room(&subscription.endpoint)?;
        let id = self.book.add(&subscription).map_err(|error| {
            tracing::error!(%error, "a subscription cannot be kept");
            SubscribeError::Book
        })?;
        if let Some(old) = self.desk.find(&subscription.endpoint) {
            self.leave(old);
        }
        let endpoint = subscription.endpoint.clone();
        let look = Look::at(&self.core);
        self.desk.add(id, subscription, &look.scene(), Instant::now());
        self.desk.greeted(id, &look.scene(), said);
        self.enter(id, &endpoint);
        if let Some(letter) = self.desk.letter(id) {
            self.pools.want(id, letter.urgent);
        }
        self.count();
        Ok(())
    }

    fn enter(&mut self, id: u64, endpoint: &str) {
        let host = host(endpoint);
        let most = if self.table.knows(&host) { SERVICE_FLYING } else { HOST_FLYING };
        self.pools.add(id, &host, most);
        *self.hosts.entry(host).or_default() += 1;
    }

    /// Ends a subscription.
    fn end(&mut self, id: u64, why: &'static str) {
        if let Err(error) = self.book.remove(id) {
            tracing::error!(%error, "a subscription that is over cannot be removed");
        }
        self.leave(id);
        metrics::counter!("allclear_push_ended_total", "why" => why).increment(1);
        self.count();
    }

    fn leave(&mut self, id: u64) {
        self.pools.remove(id);
        self.refused.remove(&id);
        self.failing.remove(&id);
        let Some(Subscription { endpoint, .. }) = self.desk.remove(id) else { return };
        self.core.hub().dead.over(Channel::Push, &endpoint, End::Ended, self.core.now());
        let host = host(&endpoint);
        if let Some(there) = self.hosts.get_mut(&host) {
            *there -= 1;
            if *there == 0 {
                self.hosts.remove(&host);
            }
        }
    }

    fn count(&self) {
        #[expect(clippy::cast_precision_loss, reason = "gauges are floats by the exposition format")]
        metrics::gauge!("allclear_push_subscriptions").set(self.desk.len() as f64);
    }

    fn keep(&mut self) {
        self.kept_at = Instant::now();
        let Some((told, owed)) = self.desk.take_changes() else { return };
        if let Err(error) = self.book.keep(&told, &owed) {
            // A restart would tell what is told already; nothing is lost by that.
            tracing::error!(%error, "what was pushed cannot be kept");
        }
    }
}

fn host(endpoint: &str) -> String {
    Url::parse(endpoint).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

/// A number below `bound`, not evenly to the last bit; 0 when there is no randomness.
fn drawn_below(bound: usize) -> usize {
    let mut bytes = [0; 8];
    if bound == 0 || getrandom::fill(&mut bytes).is_err() {
        return 0;
    }
    usize::from_le_bytes(bytes) % bound
}
