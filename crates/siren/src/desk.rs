//! The sender: which command each device still owes an answer to, when it is sent again, and who can be reached.
//!
//! What comes in: orders, bytes of strangers, and the server's time as data. What goes out: messages to sign and send, and news.
//! What always holds:
//!   one command waits for a device: a later one takes the place of an earlier
//!   a command is sent, the same bytes each time, until its device confirms it, a later one comes or it expires
//!   a device is reachable only while its newest beat names a pulse of this server that is younger than `unreachable_ms`: neither
//!   silence, nor an old beat played again, nor a beat from a device that does not hear us counts
//!   what is kept of a device is bounded, whatever comes in its name
//! Deliberately absent: signing and verifying. Both are done beside it ([`Envelope::sign`], [`Keys::open`]), outside of any lock.

use crate::key::PublicKey;
use crate::message::{
    Answer, Beat, Body, Command, DeviceId, Envelope, MessageError, Number, Outcome, Pulse, State, World,
};
use std::collections::BTreeMap;

/// Questions of one device that may wait for a pulse.
const OWED_MAX: usize = 4;
/// Commands of one device that a later one took the place of, and that may still be answered.
const REPLACED_MAX: usize = 4;
/// Wait before a command is sent a second time, and the longest, milliseconds.
const AGAIN_MS: u64 = 1_000;
const AGAIN_MS_MAX: u64 = 5_000;
/// A beat may name a pulse of so much ahead of the server's clock, and a number decided then, milliseconds: clocks step.
const AHEAD_MS: u64 = 60_000;

/// What holds for all devices.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// The world.
    pub world: World,
    /// Silence after which a device is unreachable, milliseconds.
    pub unreachable_ms: u64,
}

/// A message to sign and send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// What, and for whom.
    pub envelope: Envelope,
    /// How often it was sent before; 0 for a pulse.
    pub again: u32,
}

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// The device has carried it out, and said so.
    Confirmed(DeviceId, Number, Outcome),
    /// The device has said that it cannot.
    Failed(DeviceId, Number, Outcome),
    /// Nobody confirmed it before it expired.
    Unconfirmed(DeviceId, Number),
}

/// Why bytes in a device's name were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No such device is configured.
    #[error("know a device of that name")]
    Unknown,
    /// Not its message.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// Of the other world, or another device's, or of a kind that devices do not send.
    #[error("take a message that is signed for another {0}")]
    Foreign(&'static str),
    /// It names a pulse that this clock has not reached: it was put back, or somebody made it up.
    #[error("believe a beat that heard a pulse of the future")]
    Future,
}

impl Refused {
    /// Its name in figures.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Message(error) => error.name(),
            Self::Foreign(what) => what,
            Self::Future => "future",
        }
    }
}

/// Whether a device would sound now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It proves that it hears the server.
    Reachable,
    /// It does not.
    Unreachable,
    /// It is heard, and says that it cannot sound or remember.
    Faulty,
    /// It is heard, and remembers a number that this server has not reached: it would refuse what it is ordered.
    Ahead,
}

/// What is known of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// Whether it would sound.
    pub reach: Reach,
    /// Its newest proven sign of life is younger than this pulse of ours, milliseconds after 1970; `None`: none since our start.
    pub heard_at_ms: Option<u64>,
    /// What it then did.
    pub state: Option<State>,
    /// Its clock less ours when it last spoke, milliseconds; `None`: it has no clock, or was not heard.
    pub clock_off_ms: Option<i64>,
    /// Messages it refused since its start.
    pub refused: u32,
    /// The command that waits for its answer.
    pub waiting: Option<Command>,
}

#[derive(Debug, Clone, Default)]
struct Post {
    heard: Option<(Beat, u64)>,
    order: Option<Order>,
    /// No longer sent; what was sent of them may still be carried out and answered.
    replaced: Vec<Command>,
    owed: Vec<u64>,
}

#[derive(Debug, Clone, Copy)]
struct Order {
    command: Command,
    sent: u32,
    next_at_ms: u64,
}

/// Whose signature is whose.
#[derive(Debug, Clone)]
pub struct Keys {
    world: World,
    keys: BTreeMap<DeviceId, PublicKey>,
}

/// A device's message, verified.
#[derive(Debug, Clone, Copy)]
pub struct Opened {
    device: DeviceId,
    body: Body,
}

impl Keys {
    /// The keys of these devices.
    pub fn new(world: World, devices: impl IntoIterator<Item = (DeviceId, PublicKey)>) -> Self {
        Self { world, keys: devices.into_iter().collect() }
    }

    /// Whether there is such a device.
    pub fn has(&self, device: DeviceId) -> bool {
        self.keys.contains_key(&device)
    }

    /// Bytes that came in the name of `device`.
    pub fn open(&self, device: DeviceId, bytes: &[u8]) -> Result<Opened, Refused> {
        let envelope = Envelope::open(bytes, self.keys.get(&device).ok_or(Refused::Unknown)?)?;
        if envelope.world != self.world {
            return Err(Refused::Foreign("world"));
        }
        if envelope.device != device {
            return Err(Refused::Foreign("device"));
        }
        match envelope.body {
            Body::Answer(_) | Body::Beat(_) => Ok(Opened { device, body: envelope.body }),
            Body::Command(_) | Body::Pulse(_) => Err(Refused::Foreign("kind")),
        }
    }
}

/// The sender's desk.
#[derive(Debug, Clone)]
pub struct Desk {
    terms: Terms,
    /// The latest time that numbers have reached: the clock may have been put back since.
    reached_ms: u64,
    posts: BTreeMap<DeviceId, Post>,
}

impl Desk {
    /// A desk for these devices.
    pub fn new(terms: Terms, devices: impl IntoIterator<Item = DeviceId>) -> Self {
        Self { terms, reached_ms: 0, posts: devices.into_iter().map(|device| (device, Post::default())).collect() }
    }

    /// Numbers have reached this time: what a device remembers from before it is not ahead.
    pub fn reached(&mut self, decided_at_ms: u64) {
        self.reached_ms = self.reached_ms.max(decided_at_ms);
    }

    /// Orders. Takes the place of what that device was ordered before; what is not later than that is not taken.
    pub fn order(&mut self, device: DeviceId, command: Command, news: &mut Vec<News>) {
        self.reached(command.number.decided_at_ms);
        let Some(post) = self.posts.get_mut(&device) else { return };
        if post.order.is_some_and(|old| old.command.number >= command.number) {
            return;
        }
        if let Some(old) = post.order.replace(Order { command, sent: 0, next_at_ms: 0 }) {
            if post.replaced.len() == REPLACED_MAX {
                news.push(News::Unconfirmed(device, post.replaced.remove(0).number));
            }
            post.replaced.push(old.command);
        }
    }

    /// What is to be sent at `now_ms`, commands first, and what nobody confirmed.
    pub fn due(&mut self, now_ms: u64, news: &mut Vec<News>) -> Vec<Due> {
        let mut due = Vec::new();
        let world = self.terms.world;
        for (device, post) in &mut self.posts {
            post.replaced.retain(|old| {
                let valid = now_ms < old.expires_at_ms;
                if !valid {
                    news.push(News::Unconfirmed(*device, old.number));
                }
                valid
            });
            let Some(order) = &mut post.order else { continue };
            let command = order.command;
            if now_ms >= command.expires_at_ms {
                news.push(News::Unconfirmed(*device, command.number));
                post.order = None;
            } else if now_ms >= order.next_at_ms {
                due.push(Due {
                    envelope: Envelope { world, device: *device, body: Body::Command(command) },
                    again: order.sent,
                });
                order.next_at_ms = now_ms + (AGAIN_MS << order.sent.min(8)).min(AGAIN_MS_MAX);
                order.sent = order.sent.saturating_add(1);
            }
        }
        for (device, post) in &mut self.posts {
            let pulses = post.owed.drain(..).map(|nonce| Body::Pulse(Pulse { at_ms: now_ms, nonce }));
            due.extend(pulses.map(|body| Due { envelope: Envelope { world, device: *device, body }, again: 0 }));
        }
        due
    }

    /// When [`Desk::due`] has something to say, by the server's clock; `None`: not before something comes.
    pub fn wake_at_ms(&self) -> Option<u64> {
        let of = |post: &Post| {
            let order = post.order.map(|order| order.next_at_ms.min(order.command.expires_at_ms));
            let next = order.into_iter().chain(post.replaced.iter().map(|old| old.expires_at_ms)).min();
            if post.owed.is_empty() { next } else { Some(0) }
        };
        self.posts.values().filter_map(of).min()
    }

    /// Everything is sent anew at once: the way to the devices was lost and is there again.
    pub fn reconnected(&mut self) {
        for order in self.posts.values_mut().filter_map(|post| post.order.as_mut()) {
            order.next_at_ms = 0;
        }
    }

    /// A device said this.
    pub fn take(&mut self, now_ms: u64, said: Opened, news: &mut Vec<News>) -> Result<(), Refused> {
        let Opened { device, body } = said;
        let post = self.posts.get_mut(&device).ok_or(Refused::Unknown)?;
        match body {
            Body::Beat(beat) => return post.beat(device, beat, now_ms, self.terms.unreachable_ms, news),
            Body::Answer(answer) => post.answer(device, answer, news),
            Body::Command(_) | Body::Pulse(_) => {}
        }
        Ok(())
    }

    /// What is known of a device at `now_ms`; `None`: it is not configured.
    pub fn view(&self, now_ms: u64, device: DeviceId) -> Option<View> {
        let post = self.posts.get(&device)?;
        let waiting = post.order.map(|order| order.command);
        let Some((beat, came_ms)) = post.heard else {
            let reach = Reach::Unreachable;
            return Some(View { reach, heard_at_ms: None, state: None, clock_off_ms: None, refused: 0, waiting });
        };
        let reach = if now_ms.saturating_sub(beat.heard_at_ms) > self.terms.unreachable_ms {
            Reach::Unreachable
        } else if beat.state == State::Faulty {
            Reach::Faulty
        } else if beat.last.decided_at_ms > now_ms.max(self.reached_ms).saturating_add(AHEAD_MS) {
            Reach::Ahead
        } else {
            Reach::Reachable
        };
        let clock_off_ms = (beat.clock_ms > 0).then(|| beat.clock_ms.cast_signed().wrapping_sub(came_ms.cast_signed()));
        let heard_at_ms = Some(beat.heard_at_ms);
        Some(View { reach, heard_at_ms, state: Some(beat.state), clock_off_ms, refused: beat.refused, waiting })
    }
}

impl Post {
    fn answer(&mut self, device: DeviceId, answer: Answer, news: &mut Vec<News>) {
        let number = answer.number;
        let current = self.order.is_some_and(|order| order.command.number == number);
        if !current && !self.replaced.iter().any(|old| old.number == number) {
            return;
        }
        match answer.outcome {
            Outcome::Sounding | Outcome::Stopped => news.push(News::Confirmed(device, number, answer.outcome)),
            Outcome::Faulty | Outcome::Old => news.push(News::Failed(device, number, answer.outcome)),
            // By its time it is too late; by ours it may not be yet, and then it is sent on.
            Outcome::Expired | Outcome::Undecided => return,
        }
        if current {
            self.order = None;
        }
        self.replaced.retain(|old| old.number != number);
    }

    fn beat(
        &mut self,
        device: DeviceId,
        beat: Beat,
        now_ms: u64,
        unreachable_ms: u64,
        news: &mut Vec<News>,
    ) -> Result<(), Refused> {
        // Whoever asks is answered, even an old beat played again: its answer fits no open question.
        if self.owed.len() == OWED_MAX {
            self.owed.remove(0);
        }
        self.owed.push(beat.nonce);
        if beat.heard_at_ms > now_ms.saturating_add(AHEAD_MS) {
            // Our clock was put back since. It is told the time, and believed again when it has heard that.
            return Err(Refused::Future);
        }
        let fresh = now_ms.saturating_sub(beat.heard_at_ms) <= unreachable_ms;
        if !fresh || self.heard.is_some_and(|(old, _)| beat.heard_at_ms < old.heard_at_ms) {
            return Ok(());
        }
        self.heard = Some((beat, now_ms));
        if let Some(order) = &mut self.order {
            let number = order.command.number;
            if beat.last == number {
                let outcome = match (order.command.action, beat.state) {
                    (_, State::Faulty) => Outcome::Faulty,
                    (crate::Action::Sound { .. }, _) => Outcome::Sounding,
                    (crate::Action::Stop, _) => Outcome::Stopped,
                };
                let confirmed = outcome != Outcome::Faulty;
                news.push(if confirmed { News::Confirmed } else { News::Failed }(device, number, outcome));
                self.order = None;
            } else if beat.last < number && order.sent > 0 {
                // It is there and has not heard of it: it need not wait for the next turn.
                order.next_at_ms = order.next_at_ms.min(now_ms);
            }
        }
        Ok(())
    }
}
