//! When to send to whom: one pool of connections for each host, and waits after failures.
//!
//! What comes in: who has something to be told, and how each attempt went. What goes out: who is sent to next.
//! Invariants:
//!   a receiver is in one place: idle, in its host's queue, in flight, or waiting
//!   of one host at most so many are in flight as its pool has room for, and one alone while it does not answer
//!   of all at most [`FLYING_MAX`] are in flight
//!   a host that fails delays no other
//! Deliberately absent: what is sent, and the network. Time is given.

use crate::deliver::outward;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

/// Requests in flight, of all hosts.
pub const FLYING_MAX: usize = 192;
/// Of one host: of any, and of a push service that the configuration names.
pub const HOST_FLYING: usize = 8;
/// Of one such service.
pub const SERVICE_FLYING: usize = 64;
/// Attempts in a row that a host did not answer, after which it is tried by one request at a time.
const SILENT: u32 = 4;
/// First wait after a failure.
const FIRST_WAIT: Duration = Duration::from_secs(2);

/// How an attempt went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Went {
    /// The service took it, or refused it for good: nothing is to be repeated.
    Over,
    /// To be repeated; `asked` is the wait that the service asks for.
    Again {
        /// How long.
        asked: Option<Duration>,
        /// Whether anything answered at all.
        answered: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Idle,
    Queued,
    Flying { more: bool },
    Waiting { until: Instant, asked: bool },
}

#[derive(Debug)]
struct One {
    host: String,
    place: Place,
    attempts: u32,
}

#[derive(Debug, Default)]
struct Host {
    urgent: VecDeque<u64>,
    rest: VecDeque<u64>,
    flying: usize,
    most: usize,
    silent: u32,
    members: usize,
    ready: bool,
}

impl Host {
    fn room(&self) -> bool {
        let most = if self.silent >= SILENT { 1 } else { self.most };
        self.flying < most && !(self.urgent.is_empty() && self.rest.is_empty())
    }
}

/// All pools.
#[derive(Debug, Default)]
pub struct Pools {
    all: BTreeMap<u64, One>,
    hosts: BTreeMap<String, Host>,
    /// Hosts with somebody in the queue and room, in the order they are served.
    ready: VecDeque<String>,
    waiting: BTreeSet<(Instant, u64)>,
    flying: usize,
}

impl Pools {
    /// A receiver at a host that takes `most` requests at a time.
    pub fn add(&mut self, id: u64, host: &str, most: usize) {
        let entry = self.hosts.entry(host.to_owned()).or_default();
        entry.most = most;
        entry.members += 1;
        self.all.insert(id, One { host: host.to_owned(), place: Place::Idle, attempts: 0 });
    }

    /// Nothing is sent to it any more. What is in flight comes back to nobody.
    pub fn remove(&mut self, id: u64) {
        let Some(one) = self.all.remove(&id) else { return };
        if let Place::Waiting { until, .. } = one.place {
            self.waiting.remove(&(until, id));
        }
        if matches!(one.place, Place::Flying { .. }) {
            self.landed(&one.host);
        }
        if let Some(host) = self.hosts.get_mut(&one.host) {
            host.members -= 1;
            host.urgent.retain(|other| *other != id);
            host.rest.retain(|other| *other != id);
            if host.members == 0 && host.flying == 0 {
                self.hosts.remove(&one.host);
            }
        }
    }

    /// A receiver has something to be told. One that waits after a failure is tried now, unless its service asked for the wait.
    pub fn want(&mut self, id: u64, urgent: bool) {
        let Some(one) = self.all.get_mut(&id) else { return };
        match one.place {
            Place::Queued | Place::Waiting { asked: true, .. } => return,
            Place::Flying { .. } => {
                one.place = Place::Flying { more: true };
                return;
            }
            Place::Waiting { until, asked: false } => {
                self.waiting.remove(&(until, id));
            }
            Place::Idle => {}
        }
        self.queue(id, urgent);
    }

    fn queue(&mut self, id: u64, urgent: bool) {
        let Some(one) = self.all.get_mut(&id) else { return };
        one.place = Place::Queued;
        let name = one.host.clone();
        let Some(host) = self.hosts.get_mut(&name) else { return };
        if urgent {
            host.urgent.push_back(id);
        } else {
            host.rest.push_back(id);
        }
        self.offer(&name);
    }

    fn offer(&mut self, name: &str) {
        if let Some(host) = self.hosts.get_mut(name)
            && !host.ready
            && host.room()
        {
            host.ready = true;
            self.ready.push_back(name.to_owned());
        }
    }

    /// Who is sent to now; it is in flight from then on. `None`: nobody, or no room.
    pub fn next(&mut self) -> Option<u64> {
        while self.flying < FLYING_MAX {
            let name = self.ready.pop_front()?;
            let Some(host) = self.hosts.get_mut(&name) else { continue };
            host.ready = false;
            if !host.room() {
                continue;
            }
            let Some(id) = host.urgent.pop_front().or_else(|| host.rest.pop_front()) else { continue };
            host.flying += 1;
            self.flying += 1;
            self.offer(&name);
            if let Some(one) = self.all.get_mut(&id) {
                one.place = Place::Flying { more: false };
            }
            return Some(id);
        }
        None
    }

    /// An attempt is over. `more`: the receiver has something else to be told, urgently or not. Gives the number of attempts so far
    /// that failed in a row.
    pub fn went(&mut self, id: u64, went: Went, more: Option<bool>, now: Instant) -> u32 {
        let Some(one) = self.all.get_mut(&id) else { return 0 };
        let Place::Flying { more: wanted } = one.place else { return one.attempts };
        let name = one.host.clone();
        let attempts = match went {
            Went::Over => {
                one.attempts = 0;
                one.place = Place::Idle;
                0
            }
            Went::Again { asked, .. } => {
                one.attempts = one.attempts.saturating_add(1);
                // What came up meanwhile is no reason for another attempt at once: it failed just now.
                let until = now + asked.unwrap_or_default().max(outward::wait(FIRST_WAIT, one.attempts));
                one.place = Place::Waiting { until, asked: asked.is_some() };
                self.waiting.insert((until, id));
                one.attempts
            }
        };
        if let Some(host) = self.hosts.get_mut(&name) {
            let answered = !matches!(went, Went::Again { answered: false, .. });
            host.silent = if answered { 0 } else { host.silent.saturating_add(1) };
        }
        self.landed(&name);
        if went == Went::Over
            && let Some(urgent) = more.or_else(|| wanted.then_some(false))
        {
            self.queue(id, urgent);
        }
        attempts
    }

    fn landed(&mut self, name: &str) {
        self.flying -= 1;
        if let Some(host) = self.hosts.get_mut(name) {
            host.flying -= 1;
        }
        self.offer(name);
    }

    /// Those whose wait is over go back into their queues.
    pub fn wake(&mut self, now: Instant) {
        while let Some(&(until, id)) = self.waiting.first()
            && until <= now
        {
            self.waiting.pop_first();
            self.queue(id, true);
        }
    }

    /// When the next wait is over.
    pub fn wakes_at(&self) -> Option<Instant> {
        self.waiting.first().map(|(until, _)| *until)
    }

    /// Whether nothing is in flight and nobody is in a queue.
    pub fn at_rest(&self) -> bool {
        self.flying == 0 && self.hosts.values().all(|host| host.urgent.is_empty() && host.rest.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILED: Went = Went::Again { asked: None, answered: true };
    const SILENT_ONE: Went = Went::Again { asked: None, answered: false };

    fn all(pools: &mut Pools) -> Vec<u64> {
        std::iter::from_fn(|| pools.next()).collect()
    }

    #[test]
    fn a_host_that_never_answers_delays_no_other() {
        let mut pools = Pools::default();
        for id in 0..100 {
            pools.add(id, "dead", HOST_FLYING);
            pools.want(id, true);
        }
        pools.add(100, "well", HOST_FLYING);
        pools.want(100, false);
        let now = all(&mut pools);
        assert_eq!((now.len(), now.contains(&100)), (HOST_FLYING + 1, true), "{now:?}");
        pools.went(100, Went::Over, Some(true), Instant::now());
        assert_eq!(all(&mut pools), [100], "the next message for the healthy one goes while the others hang");
    }

    #[test]
    fn a_host_that_does_not_answer_is_tried_by_one_until_it_does() {
        let (mut pools, now) = (Pools::default(), Instant::now());
        for id in 0..20 {
            pools.add(id, "host", HOST_FLYING);
            pools.want(id, true);
        }
        let first = all(&mut pools);
        for id in &first {
            pools.went(*id, SILENT_ONE, None, now);
        }
        let second = all(&mut pools);
        assert_eq!(second.len(), 1, "{second:?}");
        pools.went(second[0], FAILED, None, now);
        assert_eq!(all(&mut pools).len(), HOST_FLYING, "it answered, if only with an error");
    }

    #[test]
    fn one_receiver_has_one_place_and_hears_the_newest_after_what_is_in_flight() {
        let (mut pools, now) = (Pools::default(), Instant::now());
        pools.add(1, "host", 8);
        pools.want(1, false);
        pools.want(1, true);
        assert_eq!(all(&mut pools), [1]);
        pools.want(1, true);
        assert!(all(&mut pools).is_empty(), "it is in flight");
        pools.went(1, Went::Over, None, now);
        assert_eq!(all(&mut pools), [1], "what came up meanwhile");
        pools.went(1, Went::Over, None, now);
        assert!(all(&mut pools).is_empty() && pools.at_rest());
    }

    #[test]
    fn failures_wait_longer_each_time_and_a_wait_that_was_asked_for_is_kept() {
        let (mut pools, now) = (Pools::default(), Instant::now());
        pools.add(1, "host", 8);
        pools.want(1, true);
        for attempt in 1..6 {
            assert_eq!(all(&mut pools), [1]);
            assert_eq!(pools.went(1, FAILED, None, now), attempt);
            let until = pools.wakes_at().unwrap();
            let whole = FIRST_WAIT * (1 << (attempt - 1));
            assert!(until >= now + whole / 2 && until <= now + whole, "{attempt}");
            pools.wake(until);
        }
        assert_eq!(all(&mut pools), [1]);
        let asked = Duration::from_mins(50);
        pools.went(1, Went::Again { asked: Some(asked), answered: true }, None, now);
        pools.want(1, true);
        pools.wake(now + Duration::from_mins(49));
        assert!(all(&mut pools).is_empty(), "the service asked for quiet");
        pools.wake(now + asked);
        assert_eq!(all(&mut pools), [1]);
        pools.went(1, FAILED, None, now);
        pools.want(1, true);
        assert_eq!(all(&mut pools), [1], "news end a wait of our own");
        assert_eq!(pools.went(1, Went::Over, None, now), 0);
    }

    #[test]
    fn who_is_removed_is_in_no_place_and_what_is_in_flight_is_bounded() {
        let (mut pools, now) = (Pools::default(), Instant::now());
        for id in 0..1000 {
            pools.add(id, &format!("host{}", id % 100), 8);
            pools.want(id, true);
        }
        let flying = all(&mut pools);
        assert_eq!(flying.len(), FLYING_MAX);
        for id in 0..1000 {
            pools.remove(id);
        }
        assert!(pools.at_rest() && pools.hosts.is_empty() && pools.waiting.is_empty());
        for id in flying {
            pools.went(id, Went::Over, None, now);
        }
        assert!(pools.next().is_none());
    }
}
