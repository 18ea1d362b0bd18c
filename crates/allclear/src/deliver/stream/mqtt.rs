//! The part of a shard that serves MQTT clients: 3.1.1 and 5, QoS 0 and 1, reading only. What is made for them: `mqtt_groups.rs`.
//!
//! Invariants:
//!   a client is in exactly one group, the one of its version and subscriptions; what goes to a group is encoded once
//!   who cannot take a round now is owed its topics: a set of numbers, not the messages; it gets the newest of each, once
//!   of a topic's messages a client is never sent an older one after a newer one, and none twice
//!   packet identifiers are the shard's: a client acknowledges far sooner than they come round again
//!   what a client may cost is bounded: its packets, its filters, its answers that wait, one piece in flight
//! Deliberately absent: sessions. A client that comes back subscribes again and is told what is retained.

use super::conn::{Conn, send};
use super::mqtt_groups::{Client, Larder, SLOW_S, Subscription, count_refused, encode};
use super::receipt::Receipt;
use super::shard::Shard;
use super::socket::{Raw, Socket};
use crate::deliver::mqtt::packet::{self, Broken, FILTER_BYTES_MAX, Packet, Version, Wish};
use crate::deliver::mqtt::speak;
use crate::deliver::mqtt::states::{Item, Told};
use crate::deliver::mqtt::tree::{CHANGE, HEARTBEAT, STATUS, TRACKS, Tree};
use crate::deliver::receipts::Channel;
use std::io::Write as _;
use std::sync::Arc;

/// Most filters of one client.
const SUBSCRIPTIONS_MAX: usize = 64;
/// Filters and messages that are refused before the client is.
const REFUSED_MAX: u16 = 100;
/// Most bytes of answers that wait for a reader.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// Most messages of QoS 1 that wait for a client's word, in 3.1.1, which names no bound.
const UNACKED_MAX: u16 = 1024;

/// What a client said of itself.
#[derive(Debug)]
pub struct Hello {
    /// Which MQTT.
    pub version: Version,
    /// Seconds; 0: none.
    pub keep_alive_s: u16,
    /// Messages of QoS 1 it takes unacknowledged.
    pub receive_max: u16,
    /// Longest packet it takes, in bytes.
    pub packet_max: u32,
    /// It wants reasons in words (5).
    pub reasons: bool,
    /// The CONNACK.
    pub welcome: Vec<u8>,
}

impl Shard {
    fn tree(&self) -> Option<Arc<Tree>> {
        self.house.topics.get().map(|topics| topics.tree.clone())
    }

    fn client(&mut self, id: u32) -> Option<&mut Client> {
        self.conns.get_mut(id as usize)?.as_mut()?.client.as_deref_mut()
    }

    /// Takes a client in.
    pub(super) fn join_client(&mut self, socket: Raw, hello: &Hello, early: &[u8]) {
        let Some(tree) = self.tree() else { return };
        if self.full() {
            // 3.1.1: server unavailable; 5: quota exceeded.
            let code = if hello.version == Version::Five { 0x97 } else { 3 };
            metrics::counter!("allclear_mqtt_refused_total", "reason" => "full").increment(1);
            let _ = Socket::from(socket).write_all(&speak::unwelcome(hello.version, code, "as many clients as can be"));
            return;
        }
        let Some((id, socket)) = self.watch(socket) else { return };
        let Some(group) = self.mqtt.group(&tree, hello.version, Vec::new()) else { return };
        let place = self.mqtt.enter(group, id);
        let now_s = self.mqtt.now_s();
        let mut client = Box::new(Client {
            version: hello.version,
            closing: false,
            reasons: hello.reasons,
            keep_alive_s: hello.keep_alive_s,
            receive_max: hello.receive_max.min(UNACKED_MAX),
            unacked: 0,
            refused: 0,
            packet_max: hello.packet_max,
            heard_s: now_s,
            acked_s: now_s,
            look_s: 0,
            partial: Vec::new(),
            out: hello.welcome.clone(),
            owed: None,
        });
        let look_s = client.look_next_s(now_s);
        self.mqtt.look_later(id, &mut client, look_s);
        let client = Some(client);
        self.keep(id, Conn { socket, group, place, since: 0, behind: false, flight: None, side: None, client });
        self.heard_client(id, early);
        // What came before the registration raises no edge.
        self.hear(id);
    }

    /// A client left its group.
    pub(super) fn leave_group(&mut self, number: u32, place: u32) {
        let Some(Some(group)) = self.mqtt.groups.get_mut(number as usize) else { return };
        group.members.swap_remove(place as usize);
        let moved = group.members.get(place as usize).copied();
        if let Some(Some(other)) = moved.and_then(|moved| self.conns.get_mut(moved as usize)) {
            other.place = place;
        }
        self.mqtt.forget_empty(number);
    }

    /// A client said something.
    pub(super) fn heard_client(&mut self, id: u32, bytes: &[u8]) {
        let Some(client) = self.client(id).filter(|client| !client.closing) else { return };
        let version = client.version;
        let mut partial = std::mem::take(&mut client.partial);
        partial.extend_from_slice(bytes);
        let mut rest = partial.as_slice();
        loop {
            let said = match packet::split(rest) {
                Ok(None) => break,
                Ok(Some((first, from, end))) => {
                    let said = packet::read(version, first, rest.get(from..end).unwrap_or_default());
                    rest = rest.get(end..).unwrap_or_default();
                    said
                }
                Err(broken) => Err(broken),
            };
            self.said(id, said);
            if self.client(id).is_none_or(|client| client.closing) {
                return self.go_on_client(id);
            }
        }
        if let Some(client) = self.client(id) {
            client.partial = rest.to_vec();
        }
        self.go_on_client(id);
    }

    fn said(&mut self, id: u32, said: Result<Packet, Broken>) {
        let now_s = self.mqtt.now_s();
        let Some(client) = self.client(id) else { return };
        client.heard_s = now_s;
        let five = client.version == Version::Five;
        match said {
            Ok(Packet::Ping) => speak::pong(&mut client.out),
            Ok(Packet::Ack) => {
                client.unacked = client.unacked.saturating_sub(1);
                client.acked_s = now_s;
            }
            Ok(Packet::Disconnect) => {
                client.out.clear();
                client.closing = true;
            }
            Ok(Packet::Subscribe { id: packet, mark, wishes }) => self.subscribe(id, packet, mark, wishes),
            Ok(Packet::Unsubscribe { id: packet, filters }) => self.unsubscribe(id, packet, &filters),
            Ok(Packet::Publish { qos, id: packet }) => {
                const WHY: &str = "nothing can be published here: this server only tells";
                count_refused("publish");
                client.refused += 1;
                match qos {
                    1 if five => speak::refused(&mut client.out, packet, 0x87, Some(WHY).filter(|_| client.reasons)),
                    2 => self.dismiss(id, 0x9B, WHY),
                    _ => self.dismiss(id, 0x87, WHY),
                }
            }
            Ok(Packet::Auth) => {
                count_refused(Broken::Order.name());
                self.dismiss(id, Broken::Order.code(), "no authentication was agreed on");
            }
            Err(broken) => {
                count_refused(broken.name());
                self.dismiss(id, broken.code(), &format!("failed to {broken}"));
            }
        }
        let Some(client) = self.client(id).filter(|client| !client.closing) else { return };
        if client.refused > REFUSED_MAX {
            count_refused("quota");
            self.dismiss(id, 0x97, "too much of it had to be refused");
        } else if client.out.len() > ANSWER_BYTES_MAX {
            count_refused("unread_answers");
            client.out.clear();
            self.dismiss(id, 0x97, "the answers are not read");
        }
    }

    /// Ends a client after what waits for it.
    fn dismiss(&mut self, id: u32, code: u8, why: &str) {
        let Some(client) = self.client(id) else { return };
        speak::goodbye(&mut client.out, client.version, code, why);
        client.owed = None;
        client.closing = true;
    }

    fn subscribe(&mut self, id: u32, packet: u16, mark: Option<u32>, wishes: Vec<Wish>) {
        let Some(tree) = self.tree() else { return };
        let Some(Some(Conn { group, client: Some(client), .. })) = self.conns.get(id as usize) else { return };
        let (version, old) = (client.version, *group);
        let five = version == Version::Five;
        let mut subscriptions = self.mqtt.at(old).map(|group| group.key.1.clone()).unwrap_or_default();
        let (mut codes, mut why, mut wanted) = (Vec::new(), None, tree.none());
        for wish in wishes {
            let mut refuse = |code, reason, words| {
                count_refused(reason);
                why = Some(words);
                codes.push(if five { code } else { 0x80 });
            };
            if wish.filter.starts_with("$share/") {
                refuse(0x9E, "shared", "there are no shared subscriptions here");
                continue;
            }
            let Some(set) =
                Some(&wish.filter).filter(|f| f.len() <= FILTER_BYTES_MAX).and_then(|f| self.mqtt.find(&tree, f))
            else {
                refuse(0x8F, "filter", "no topic of this server is meant: docs/reference/mqtt.md lists them");
                continue;
            };
            let place = subscriptions.iter().position(|old| old.filter == wish.filter);
            if place.is_none() && subscriptions.len() >= SUBSCRIPTIONS_MAX {
                refuse(0x97, "subscriptions", "one client may hold 64 filters");
                continue;
            }
            let qos = wish.qos.min(1);
            if wish.retained == 0 || (wish.retained == 1 && place.is_none()) {
                wanted.add(&set);
            }
            let new = Subscription { filter: wish.filter, qos, as_published: wish.as_published, mark };
            match place.and_then(|place| subscriptions.get_mut(place)) {
                Some(old) => *old = new,
                None => subscriptions.push(new),
            }
            codes.push(qos);
        }
        subscriptions.sort_unstable();
        if !self.move_client(id, &tree, version, subscriptions) {
            count_refused("groups");
            why = Some("this server holds too many different subscriptions now: try again");
            codes.fill(if five { 0x97 } else { 0x80 });
            wanted = tree.none();
        }
        let Some(client) = self.client(id) else { return };
        let refused = codes.iter().filter(|code| **code >= 0x80).count();
        client.refused = client.refused.saturating_add(u16::try_from(refused).unwrap_or(u16::MAX));
        speak::subscribed(&mut client.out, version, packet, &codes, why.filter(|_| client.reasons));
        if wanted.next(0).is_some() {
            let owed = client.owe(&tree);
            owed.topics.add(&wanted);
            owed.kept.add(&wanted);
        }
    }

    fn unsubscribe(&mut self, id: u32, packet: u16, filters: &[String]) {
        let Some(tree) = self.tree() else { return };
        let Some(Some(Conn { group, client: Some(client), .. })) = self.conns.get(id as usize) else { return };
        let (version, old) = (client.version, *group);
        let mut subscriptions = self.mqtt.at(old).map(|group| group.key.1.clone()).unwrap_or_default();
        let mut codes = Vec::new();
        for filter in filters {
            let place = subscriptions.iter().position(|old| old.filter == *filter);
            codes.push(if place.is_some() { 0 } else { 0x11 });
            if let Some(place) = place {
                subscriptions.remove(place);
            }
        }
        // Fewer filters than before find room: the old group's leave with its last member, or are shared.
        let moved = self.move_client(id, &tree, version, subscriptions);
        if let Some(client) = self.client(id) {
            speak::unsubscribed(&mut client.out, version, packet, &codes);
        }
        if !moved {
            count_refused("groups");
            self.dismiss(id, 0x97, "this server holds too many different subscriptions now: come again");
        }
    }

    /// Moves a client to the group of these subscriptions.
    fn move_client(&mut self, id: u32, tree: &Tree, version: Version, subscriptions: Vec<Subscription>) -> bool {
        let Some(Some(Conn { group: old, place, .. })) = self.conns.get(id as usize) else { return false };
        let (old, place) = (*old, *place);
        let Some(new) = self.mqtt.group(tree, version, subscriptions) else { return false };
        if new == old {
            return true;
        }
        let new_place = self.mqtt.enter(new, id);
        self.leave_group(old, place);
        if let Some(Some(conn)) = self.conns.get_mut(id as usize) {
            (conn.group, conn.place) = (new, new_place);
        }
        true
    }

    /// Sends what waits to every client: once encoded for each group, once written to each socket.
    pub(super) fn tick_mqtt(&mut self) {
        let rounds = std::mem::take(&mut self.mqtt.rounds);
        let Some(tree) = self.tree().filter(|_| !rounds.is_empty()) else { return };
        let mut items: Vec<&Item> = Vec::new();
        for round in &rounds {
            let old = &self.mqtt.retained;
            let known = |item: &Item| old.get(item.topic).is_some_and(|kept| Arc::ptr_eq(kept, &item.payload));
            items.extend(round.items.iter().filter(|item| !known(item)));
            self.mqtt.retained = round.retained.clone();
        }
        // Those that left together are counted from the first decision.
        let told: Vec<&Told> = rounds.iter().filter_map(|round| round.told.as_ref()).collect();
        self.tell_clients(&tree, &items, &told, false);
    }

    /// Gives these messages to everyone who subscribed to them. `gap`: changes before them were lost.
    fn tell_clients(&mut self, tree: &Tree, items: &[&Item], told: &[&Told], gap: bool) {
        let decided = told.iter().map(|told| told.decided).min();
        let house = self.house.clone();
        let receipts = &house.core.hub().receipts;
        // Those who asked for least come first.
        let mut order: Vec<(u32, usize)> = self
            .mqtt
            .groups
            .iter()
            .enumerate()
            .filter_map(|(number, group)| Some((group.as_ref()?.any.len(), number)))
            .filter(|(topics, _)| *topics > 0)
            .collect();
        order.sort_unstable();
        let (mut gone, mut later) = (Vec::new(), Vec::new());
        let now_s = self.mqtt.now_s();
        for (_, number) in order {
            let Some(Some(group)) = self.mqtt.groups.get(number) else { continue };
            let mut bytes = Vec::new();
            let (mut ones, mut longest) = (0_u16, 0);
            for item in items.iter().filter(|item| group.any.has(item.topic)) {
                let (length, one) = encode(&mut bytes, tree, group, &mut self.mqtt.next_id, item, false);
                longest = longest.max(length);
                ones = ones.saturating_add(u16::from(one));
            }
            let gap = gap && group.any.has(CHANGE);
            if bytes.is_empty() && !gap {
                continue;
            }
            let bytes: Arc<[u8]> = bytes.into();
            // A heartbeat that left with a change is no delivery of it.
            let about = |item: &&Item| group.any.has(item.topic) && !matches!(item.topic, STATUS | TRACKS | HEARTBEAT);
            let decided = decided.filter(|_| items.iter().copied().any(|item| about(&item)));
            let mut receipt = decided.map(|decided| Receipt::new(Channel::Mqtt, decided));
            let (later_half, sooner) = group.members.split_at(self.turn % group.members.len().max(1));
            for &id in sooner.iter().chain(later_half) {
                let Some(Some(conn)) = self.conns.get_mut(id as usize) else { continue };
                let Some(client) = conn.client.as_deref_mut().filter(|client| !client.closing) else { continue };
                let room = client.unacked.saturating_add(ones) <= client.receive_max
                    && u32::try_from(longest).is_ok_and(|longest| longest <= client.packet_max);
                if conn.flight.is_some() || client.owed.is_some() || !client.out.is_empty() || !room || gap {
                    let owed = client.owe(tree);
                    owed.gap |= gap;
                    for item in items.iter().filter(|item| group.any.has(item.topic)) {
                        if item.is_retained() {
                            owed.topics.put(item.topic);
                            owed.kept.take(item.topic);
                        } else if item.topic == CHANGE {
                            owed.gap = true;
                        }
                    }
                    if conn.flight.is_none() {
                        later.push(id);
                    }
                    if let Some(receipt) = &mut receipt {
                        receipt.delivery.behind += 1;
                    }
                    continue;
                }
                client.count_unacked(ones, now_s);
                match send(conn, &bytes) {
                    Ok(true) => {}
                    Ok(false) => self.stalled.push(id),
                    Err(_) => {
                        gone.push(id);
                        continue;
                    }
                }
                if let Some(receipt) = &mut receipt {
                    receipt.wrote(receipts);
                }
            }
            if let Some(receipt) = receipt {
                let any = &group.any;
                let hears = |topic: &Option<u16>| any.has(CHANGE) || topic.is_some_and(|topic| any.has(topic));
                let alerts = told.iter().flat_map(|told| &told.alerts).filter(|(_, topic)| hears(topic));
                receipt.close(receipts, alerts.map(|(alert, _)| *alert));
            }
        }
        for id in gone {
            self.drop_conn(id);
        }
        for id in later {
            self.go_on_client(id);
        }
    }

    /// Rounds were lost on the way here: what is retained tells which topics they were about.
    pub(super) fn resync_mqtt(&mut self) {
        let Some(topics) = self.house.topics.get().cloned() else { return };
        let latest = topics.latest();
        // Everything before it has arrived, and is in it.
        self.collect();
        self.mqtt.rounds.clear();
        let items = latest.since(&self.mqtt.retained);
        self.mqtt.retained = latest;
        self.tell_clients(&topics.tree, &items.iter().collect::<Vec<_>>(), &[], true);
    }

    /// A client can take more, or has more to be told.
    pub(super) fn go_on_client(&mut self, id: u32) {
        let Some(tree) = self.tree() else { return };
        let now_s = self.mqtt.now_s();
        loop {
            let Some(Some(conn)) = self.conns.get_mut(id as usize) else { return };
            if conn.flight.is_some() {
                return;
            }
            let Some(client) = conn.client.as_deref_mut() else { return };
            let mut bytes = std::mem::take(&mut client.out);
            let group = self.mqtt.groups.get(conn.group as usize).and_then(Option::as_ref);
            if let Some(group) = group.filter(|_| !client.closing) {
                let larder = Larder { tree: &tree, group, retained: &self.mqtt.retained, now_s };
                larder.piece(&mut bytes, client, &mut self.mqtt.next_id, || {
                    let published = self.house.core.published();
                    format!(r#"{{"seq":{},"as_of":"{}","gap":true}}"#, published.seq, published.picture.as_of)
                });
            }
            if bytes.is_empty() {
                break;
            }
            match send(conn, &bytes.into()) {
                Ok(true) => {}
                Ok(false) => {
                    self.stalled.push(id);
                    return;
                }
                Err(_) => return self.drop_conn(id),
            }
        }
        if self.client(id).is_some_and(|client| client.closing) {
            self.drop_conn(id);
        }
    }

    /// Ends those who are silent for too long, and looks at the others again later.
    pub(super) fn look_at_clients(&mut self) {
        let now_s = self.mqtt.now_s();
        while let Some(entry) = self.mqtt.looks.first_entry().filter(|entry| *entry.key() <= now_s) {
            let (at_s, ids) = entry.remove_entry();
            for id in ids {
                let Some(client) = self.client(id).filter(|client| client.look_s == at_s) else { continue };
                let silent = client.silent_s().is_some_and(|silent_s| silent_s <= now_s);
                let slow = !client.partial.is_empty() && client.heard_s + SLOW_S <= now_s;
                let mute = client.unacked >= client.receive_max && client.acked_s + SLOW_S <= now_s;
                let next_s = client.look_next_s(now_s);
                if silent || slow || mute {
                    count_refused(if silent {
                        "keep_alive"
                    } else if slow {
                        "slow_packet"
                    } else {
                        "unacknowledged"
                    });
                    self.dismiss(id, if silent { 0x8D } else { 0x97 }, "nothing was heard for too long");
                    self.go_on_client(id);
                    // One that takes nothing does not hear why either.
                    self.drop_conn(id);
                } else if let Some(Some(Conn { client: Some(client), .. })) = self.conns.get_mut(id as usize) {
                    self.mqtt.look_later(id, client, next_s);
                }
            }
        }
    }
}
