//! Clients of MQTT by what they subscribed to, and what is made for them.
//!
//! What comes in: subscriptions and messages. What goes out: the bytes of a group, and of what one client is owed.
//! Everything here belongs to one shard; its sockets are the affair of `mqtt.rs`.

use crate::deliver::mqtt::packet::Version;
use crate::deliver::mqtt::speak::{self, Publish};
use crate::deliver::mqtt::states::{Item, Retained, Round};
use crate::deliver::mqtt::tree::{CHANGE, Set, Tree};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

/// Most filters that all groups of a shard hold together.
const SUBSCRIPTIONS_ALL_MAX: usize = 131_072;
/// Filters with wildcards whose meaning is kept.
const FOUND_MAX: usize = 256;
/// Bytes that are made at once for one who is owed something.
const PIECE_BYTES: usize = 32 * 1024;
/// Seconds in which a packet must be whole, and in which one of too many messages must be acknowledged.
pub(super) const SLOW_S: u32 = 60;

/// What is kept of a client.
pub(super) struct Client {
    pub(super) version: Version,
    pub(super) closing: bool,
    pub(super) reasons: bool,
    pub(super) keep_alive_s: u16,
    pub(super) receive_max: u16,
    pub(super) unacked: u16,
    pub(super) refused: u16,
    pub(super) packet_max: u32,
    /// Seconds of the shard: when its last packet was whole, when it last acknowledged, when it is looked at next.
    pub(super) heard_s: u32,
    pub(super) acked_s: u32,
    pub(super) look_s: u32,
    pub(super) partial: Vec<u8>,
    pub(super) out: Vec<u8>,
    pub(super) owed: Option<Box<Owed>>,
}

// What docs/internals/streams.md says a client costs.
const _: () = assert!(size_of::<Client>() <= 96);

/// What a client has still to be told.
pub(super) struct Owed {
    /// Topics whose newest message it lacks.
    pub(super) topics: Set,
    /// Those of them that are told as kept from before.
    pub(super) kept: Set,
    /// It missed changes, which are not retained.
    pub(super) gap: bool,
    /// Where the next piece begins.
    pub(super) turn: u16,
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Subscription {
    pub(super) filter: String,
    pub(super) qos: u8,
    pub(super) as_published: bool,
    pub(super) mark: Option<u32>,
}

pub(super) type Key = (Version, Vec<Subscription>);

/// Everyone of one version and the same subscriptions.
pub(super) struct Group {
    pub(super) key: Arc<Key>,
    /// Topics of any subscription, of one with QoS 1, of one that keeps the retain flag.
    pub(super) any: Set,
    pub(super) one: Set,
    pub(super) as_published: Set,
    /// Subscriptions that have an identifier.
    pub(super) marked: Vec<(Set, u32)>,
    pub(super) members: Vec<u32>,
}

/// The part.
#[derive(Default)]
pub(super) struct Mqtt {
    /// Rounds that wait.
    pub(super) rounds: Vec<Arc<Round>>,
    pub(super) retained: Arc<Retained>,
    pub(super) groups: Vec<Option<Group>>,
    pub(super) free: Vec<u32>,
    pub(super) by_key: BTreeMap<Arc<Key>, u32>,
    pub(super) subscriptions: usize,
    /// What filters with wildcards mean: when everybody comes back at once they ask for the same.
    pub(super) found: BTreeMap<String, Set>,
    pub(super) next_id: u16,
    pub(super) began: Option<Instant>,
    /// Clients by the second at which they are looked at.
    pub(super) looks: BTreeMap<u32, Vec<u32>>,
}

impl Mqtt {
    pub(super) fn now_s(&mut self) -> u32 {
        let began = *self.began.get_or_insert_with(Instant::now);
        u32::try_from(began.elapsed().as_secs()).unwrap_or(u32::MAX)
    }

    /// The topics a filter means.
    pub(super) fn find(&mut self, tree: &Tree, filter: &str) -> Option<Set> {
        if let Some(set) = self.found.get(filter) {
            return Some(set.clone());
        }
        let set = tree.find(filter)?;
        if filter.contains(['+', '#']) {
            if self.found.len() >= FOUND_MAX {
                self.found.clear();
            }
            self.found.insert(filter.to_owned(), set.clone());
        }
        Some(set)
    }

    /// The group of these subscriptions; `None` when the shard holds too many different ones.
    pub(super) fn group(&mut self, tree: &Tree, version: Version, subscriptions: Vec<Subscription>) -> Option<u32> {
        let key = Arc::new((version, subscriptions));
        if let Some(&number) = self.by_key.get(&key) {
            return Some(number);
        }
        if self.subscriptions + key.1.len() > SUBSCRIPTIONS_ALL_MAX {
            return None;
        }
        let mut group = Group {
            key: key.clone(),
            any: tree.none(),
            one: tree.none(),
            as_published: tree.none(),
            marked: Vec::new(),
            members: Vec::new(),
        };
        for subscription in &key.1 {
            let Some(set) = self.find(tree, &subscription.filter) else { continue };
            group.any.add(&set);
            if subscription.qos > 0 {
                group.one.add(&set);
            }
            if subscription.as_published {
                group.as_published.add(&set);
            }
            if let Some(mark) = subscription.mark {
                group.marked.push((set, mark));
            }
        }
        self.subscriptions += key.1.len();
        let number = if let Some(number) = self.free.pop() {
            *self.groups.get_mut(number as usize)? = Some(group);
            number
        } else {
            self.groups.push(Some(group));
            u32::try_from(self.groups.len() - 1).ok()?
        };
        self.by_key.insert(key, number);
        Some(number)
    }

    pub(super) fn at(&self, group: u32) -> Option<&Group> {
        self.groups.get(group as usize).and_then(Option::as_ref)
    }

    /// A client's place among the members of a group.
    pub(super) fn enter(&mut self, group: u32, id: u32) -> u32 {
        let Some(Some(group)) = self.groups.get_mut(group as usize) else { return 0 };
        group.members.push(id);
        u32::try_from(group.members.len() - 1).unwrap_or(u32::MAX)
    }

    /// Forgets a group that nobody is in.
    pub(super) fn forget_empty(&mut self, number: u32) {
        if self.at(number).is_some_and(|group| group.members.is_empty())
            && let Some(group) = self.groups.get_mut(number as usize).and_then(Option::take)
        {
            self.subscriptions -= group.key.1.len();
            self.by_key.remove(&group.key);
            self.free.push(number);
        }
    }

    pub(super) fn look_later(&mut self, id: u32, client: &mut Client, at_s: u32) {
        client.look_s = at_s;
        self.looks.entry(at_s).or_default().push(id);
    }
}

/// Appends a message as this group is told it. Its length, and whether it is of QoS 1.
pub(super) fn encode(
    bytes: &mut Vec<u8>,
    tree: &Tree,
    group: &Group,
    next_id: &mut u16,
    item: &Item,
    kept: bool,
) -> (usize, bool) {
    let one = group.one.has(item.topic);
    let id = one.then(|| {
        *next_id = next_id.checked_add(1).unwrap_or(1);
        *next_id
    });
    let marks: Vec<u32> = group.marked.iter().filter(|(set, _)| set.has(item.topic)).map(|(_, mark)| *mark).collect();
    let retain = item.is_retained() && (kept || group.as_published.has(item.topic));
    let message = Publish { topic: tree.text(item.topic), payload: &item.payload, retain, id, marks: &marks };
    (speak::publish(bytes, group.key.0, message), one)
}

impl Client {
    pub(super) fn owe(&mut self, tree: &Tree) -> &mut Owed {
        let new = || Box::new(Owed { topics: tree.none(), kept: tree.none(), gap: false, turn: 0 });
        self.owed.get_or_insert_with(new)
    }

    /// When it must have said something by.
    pub(super) fn silent_s(&self) -> Option<u32> {
        let keep_alive_s = u32::from(self.keep_alive_s);
        (keep_alive_s > 0).then(|| self.heard_s + keep_alive_s + keep_alive_s.div_ceil(2))
    }

    /// When to look at it again: before long, so that nobody who is gone stands in the list for hours.
    pub(super) fn look_next_s(&self, now_s: u32) -> u32 {
        self.silent_s().unwrap_or(u32::MAX).clamp(now_s + 1, now_s + SLOW_S)
    }

    /// Counts messages of QoS 1 that it has to acknowledge.
    pub(super) fn count_unacked(&mut self, ones: u16, now_s: u32) {
        if self.unacked == 0 {
            self.acked_s = now_s;
        }
        self.unacked = self.unacked.saturating_add(ones);
    }
}

pub(super) fn count_refused(reason: &'static str) {
    metrics::counter!("allclear_mqtt_refused_total", "reason" => reason).increment(1);
}

/// What a piece is made of.
pub(super) struct Larder<'a> {
    pub(super) tree: &'a Tree,
    pub(super) group: &'a Group,
    pub(super) retained: &'a Retained,
    pub(super) now_s: u32,
}

impl Larder<'_> {
    /// Appends the next piece of what a client is owed. `gap` makes what is said of changes that were left out.
    pub(super) fn piece(
        &self,
        bytes: &mut Vec<u8>,
        client: &mut Client,
        next_id: &mut u16,
        gap: impl FnOnce() -> String,
    ) {
        // Taken out while messages are made, and put back unless nothing is left of it.
        let Some(mut owed) = client.owed.take() else { return };
        if owed.gap {
            let item = Item { topic: CHANGE, payload: gap().into_bytes().into() };
            if self.group.any.has(CHANGE) && !self.give(bytes, client, next_id, &item, false) {
                client.owed = Some(owed);
                return;
            }
            owed.gap = false;
        }
        while let Some(topic) = owed.topics.next(owed.turn).or_else(|| owed.topics.next(0)) {
            if bytes.len() >= PIECE_BYTES {
                client.owed = Some(owed);
                return;
            }
            if let Some(payload) = self.retained.get(topic).filter(|_| self.group.any.has(topic)) {
                let item = Item { topic, payload: payload.clone() };
                if !self.give(bytes, client, next_id, &item, owed.kept.has(topic)) {
                    client.owed = Some(owed);
                    return;
                }
            }
            owed.topics.take(topic);
            owed.kept.take(topic);
            owed.turn = topic;
        }
    }

    /// Appends a message; `false` when the client has to acknowledge others first.
    pub(super) fn give(
        &self,
        bytes: &mut Vec<u8>,
        client: &mut Client,
        next_id: &mut u16,
        item: &Item,
        kept: bool,
    ) -> bool {
        if self.group.one.has(item.topic) && client.unacked >= client.receive_max {
            return false;
        }
        let before = bytes.len();
        let (length, one) = encode(bytes, self.tree, self.group, next_id, item, kept);
        if u32::try_from(length).is_ok_and(|length| length <= client.packet_max) {
            client.count_unacked(u16::from(one), self.now_s);
        } else {
            // It said that it takes no packet so long (5, section 3.1.2.11.4).
            count_refused("longer_than_client_takes");
            bytes.truncate(before);
        }
        true
    }
}
