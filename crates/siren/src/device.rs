//! A siren: what it does with each message and as time passes.
//!
//! What comes in: bytes, a steady clock that only counts (`mono_ms`), and random numbers. What goes out: [`Effect`]s, to be carried
//! out in their order, each before the next.
//! What always holds:
//!   a command acts only when it is signed by the pinned key for this device and world, its number is above every number acted on
//!   before (over restarts too), and the server's time, proven by the answer to a question of this device, is before its expiry
//!   `Keep` comes before `Sound`, and `Sound` before the answer: killed anywhere in between, a device neither sounds a number anew nor
//!   loses it; what was not over goes on
//!   no run lasts longer than `run_max_ms` without a pause, whatever is ordered meanwhile and however often the device starts
//!   the device's own clock decides nothing; when it differs from the server's the device says so
//! Deliberately absent: an answer to what is not signed: who knocks is counted.

use crate::key::{PublicKey, SecretKey};
use crate::memory::{Memory, Run};
use crate::message::{Action, Answer, Beat, Body, Command, DeviceId, Envelope, Number, Outcome, Pulse, State, World};
use std::collections::VecDeque;

/// Questions that may be open at once.
const ASKED_MAX: usize = 8;
/// An answer later than this proves nothing: its time could be that old.
const ROUND_MS_MAX: u64 = 10_000;
/// Least time between two beats.
const BEAT_MS_MIN: u64 = 500;
/// A steady clock may be wrong by one part in so many: four seconds an hour, worse than any crystal.
const DRIFT: u64 = 1_000;
/// A clock that differs from the server's by more is said to be wrong.
const CLOCK_OFF_MS: u64 = 5_000;

/// What a device is set up with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its name.
    pub device: DeviceId,
    /// Its world.
    pub world: World,
    /// Whom it obeys.
    pub server: PublicKey,
    /// What it signs with.
    pub key: SecretKey,
    /// Longest run without a pause, milliseconds.
    pub run_max_ms: u64,
    /// Between two signs of life, milliseconds.
    pub beat_ms: u64,
}

/// The instant of a call.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// A clock that only counts, also while the machine sleeps; from any beginning, milliseconds.
    pub mono_ms: u64,
    /// The device's own idea of the time, milliseconds after 1970, when it has one.
    pub clock_ms: Option<u64>,
    /// A random number that was never given before.
    pub nonce: u64,
}

/// Where a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// What became of a command.
    Answer,
    /// A sign of life.
    Beat,
}

/// Why it is quiet again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It was ordered.
    Ordered,
    /// The time of the run is over.
    Over,
}

/// What is to be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Keep this over a restart, durably, before the next effect. Who cannot calls [`Device::fault`] and goes on: it warns.
    Keep(Vec<u8>),
    /// Sound from now on, or go on sounding, for so long from now.
    Sound {
        /// By which command.
        number: Number,
        /// Milliseconds.
        for_ms: u64,
        /// The rest of a run that a restart broke off.
        resumed: bool,
    },
    /// Be quiet.
    Quiet {
        /// Which command had it sound.
        number: Number,
        /// Why.
        why: Why,
    },
    /// Publish.
    Send {
        /// Where.
        channel: Channel,
        /// What.
        bytes: Vec<u8>,
    },
    /// A message was refused; why, by name.
    Refused(&'static str),
    /// The device's clock is ahead of the server's by so much (behind: negative), milliseconds. Said when it becomes so.
    ClockOff(i64),
}

/// The server's time as it was proven.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_field_names, reason = "each is milliseconds, of different clocks")]
struct Proven {
    at_ms: u64,
    /// From the question to its answer.
    round_ms: u64,
    mono_ms: u64,
}

impl Proven {
    /// It is this or later.
    const fn low(&self, mono_ms: u64) -> u64 {
        let elapsed = mono_ms.saturating_sub(self.mono_ms);
        self.at_ms.saturating_add(elapsed - elapsed / DRIFT)
    }
    /// It is this or earlier.
    const fn high(&self, mono_ms: u64) -> u64 {
        let elapsed = mono_ms.saturating_sub(self.mono_ms);
        self.at_ms.saturating_add(self.round_ms + elapsed).saturating_add(elapsed / DRIFT + 1)
    }
}

/// It sounds.
#[derive(Debug, Clone, Copy)]
struct Sounding {
    number: Number,
    ends_mono_ms: u64,
    limit_mono_ms: u64,
}

/// A siren.
#[derive(Debug, Clone)]
pub struct Device {
    settings: Settings,
    memory: Memory,
    proven: Option<Proven>,
    heard_at_ms: u64,
    heard_mono_ms: u64,
    /// Open questions, with when each was asked.
    asked: VecDeque<(u64, u64)>,
    /// The highest command that waits for the time.
    waiting: Option<Command>,
    sounding: Option<Sounding>,
    /// A run that was not over when the device stopped.
    broken_off: Option<Run>,
    last_beat_ms: Option<u64>,
    next_beat_ms: u64,
    refused: u32,
    faulty: bool,
    clock_off: bool,
}

impl Device {
    /// A device that starts with what it kept.
    pub fn new(settings: Settings, memory: Memory) -> Self {
        Self {
            broken_off: memory.run(),
            settings,
            memory,
            proven: None,
            heard_at_ms: 0,
            heard_mono_ms: 0,
            asked: VecDeque::new(),
            waiting: None,
            sounding: None,
            last_beat_ms: None,
            next_beat_ms: 0,
            refused: 0,
            faulty: false,
            clock_off: false,
        }
    }

    /// What it would keep.
    pub const fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Whether it sounds.
    pub const fn is_sounding(&self) -> bool {
        self.sounding.is_some()
    }

    /// It was found that it cannot sound or keep its memory, or that it can again.
    pub const fn fault(&mut self, is: bool) {
        self.faulty = is;
    }

    /// The way to the server is there again: it is asked at once.
    pub fn connected(&mut self, now: Now, out: &mut Vec<Effect>) {
        self.ask(now, out);
    }

    /// When [`Device::tick`] has something to do at the latest, by the steady clock.
    pub fn wake_at_ms(&self) -> u64 {
        self.sounding.map_or(self.next_beat_ms, |it| it.ends_mono_ms.min(self.next_beat_ms))
    }

    /// Time passed.
    pub fn tick(&mut self, now: Now, out: &mut Vec<Effect>) {
        if let Some(run) = self.sounding
            && now.mono_ms >= run.ends_mono_ms
        {
            self.sounding = None;
            out.push(Effect::Quiet { number: run.number, why: Why::Over });
            self.memory.until_ms = 0;
            out.push(Effect::Keep(self.memory.to_bytes()));
        }
        if now.mono_ms >= self.next_beat_ms {
            self.beat(now, out);
        }
    }

    /// Bytes came, from anybody.
    pub fn take(&mut self, now: Now, bytes: &[u8], out: &mut Vec<Effect>) {
        // A run whose time is over must not be prolonged by what comes late to be handled.
        self.tick(now, out);
        match self.read(bytes) {
            Ok(Body::Command(command)) => self.command(command, now, out),
            Ok(Body::Pulse(pulse)) => self.pulse(pulse, now, out),
            Ok(Body::Answer(_) | Body::Beat(_)) => self.refuse("kind", out),
            Err(why) => self.refuse(why, out),
        }
    }

    fn read(&self, bytes: &[u8]) -> Result<Body, &'static str> {
        let Envelope { world, device, body } =
            Envelope::open(bytes, &self.settings.server).map_err(crate::MessageError::name)?;
        if world != self.settings.world {
            return Err("world");
        }
        if device == self.settings.device { Ok(body) } else { Err("device") }
    }

    fn refuse(&mut self, why: &'static str, out: &mut Vec<Effect>) {
        self.refused = self.refused.saturating_add(1);
        out.push(Effect::Refused(why));
    }

    fn pulse(&mut self, pulse: Pulse, now: Now, out: &mut Vec<Effect>) {
        let Some(at) = self.asked.iter().position(|(nonce, _)| *nonce == pulse.nonce) else {
            return self.refuse("not_asked", out);
        };
        let round_ms = now.mono_ms.saturating_sub(self.asked.remove(at).map_or(0, |(_, asked)| asked));
        if round_ms > ROUND_MS_MAX {
            return self.refuse("late_pulse", out);
        }
        self.proven = Some(Proven { at_ms: pulse.at_ms, round_ms, mono_ms: now.mono_ms });
        let silent = now.mono_ms.saturating_sub(self.heard_mono_ms) > self.settings.beat_ms.saturating_mul(2);
        let news = self.heard_at_ms == 0 || silent;
        (self.heard_at_ms, self.heard_mono_ms) = (pulse.at_ms, now.mono_ms);
        if let Some(clock_ms) = now.clock_ms {
            let off = clock_ms.abs_diff(pulse.at_ms) > CLOCK_OFF_MS + round_ms;
            if off && !self.clock_off {
                out.push(Effect::ClockOff(clock_ms.cast_signed().wrapping_sub(pulse.at_ms.cast_signed())));
            }
            self.clock_off = off;
        }
        let waiting = self.waiting.take();
        // Who is to be quiet does not first go on sounding.
        let stop = waiting.filter(|command| command.action == Action::Stop);
        if let Some(command) = stop {
            self.command(command, now, out);
        }
        if let Some(run) = self.broken_off.take() {
            self.go_on(run, now, out);
        }
        if let Some(command) = waiting.filter(|_| stop.is_none()) {
            self.command(command, now, out);
        }
        if news {
            // The server learns that it is heard.
            self.ask(now, out);
        }
    }

    /// Sounds the rest of a run that a restart broke off.
    fn go_on(&mut self, run: Run, now: Now, out: &mut Vec<Effect>) {
        let Some(proven) = self.proven else { return };
        let high = proven.high(now.mono_ms);
        let left = |until_ms: u64| until_ms.saturating_sub(high).min(self.settings.run_max_ms);
        let for_ms = left(run.until_ms);
        if for_ms == 0 {
            self.memory.until_ms = 0;
            out.push(Effect::Keep(self.memory.to_bytes()));
            return;
        }
        let limit_mono_ms = now.mono_ms.saturating_add(left(run.limit_ms));
        let ends_mono_ms = now.mono_ms.saturating_add(for_ms).min(limit_mono_ms);
        self.sounding = Some(Sounding { number: run.number, ends_mono_ms, limit_mono_ms });
        out.push(Effect::Sound { number: run.number, for_ms: ends_mono_ms - now.mono_ms, resumed: true });
    }

    fn command(&mut self, command: Command, now: Now, out: &mut Vec<Effect>) {
        let number = command.number;
        if number <= self.memory.last {
            // Its first answer may have been lost; what it did is said again, and not done again.
            let same = number == self.memory.last;
            let outcome = self.memory.outcome.filter(|_| same).unwrap_or(Outcome::Old);
            let until_ms = if same { self.memory.until_ms } else { 0 };
            return self.answer(Answer { number, outcome, until_ms }, out);
        }
        match self.proven {
            Some(proven) if proven.low(now.mono_ms) >= command.expires_at_ms => {
                self.answer(Answer { number, outcome: Outcome::Expired, until_ms: 0 }, out);
            }
            Some(proven) if proven.high(now.mono_ms) < command.expires_at_ms => self.act(command, proven, now, out),
            _ => {
                if self.waiting.is_none_or(|waiting| waiting.number < number) {
                    self.waiting = Some(command);
                }
                self.answer(Answer { number, outcome: Outcome::Undecided, until_ms: 0 }, out);
                self.ask(now, out);
            }
        }
    }

    fn act(&mut self, Command { number, action, .. }: Command, proven: Proven, now: Now, out: &mut Vec<Effect>) {
        let before = self.sounding;
        self.memory.last = number;
        self.broken_off = None;
        match action {
            Action::Sound { run_s } => {
                let max = self.settings.run_max_ms;
                let low = proven.low(now.mono_ms);
                let limit_mono_ms = before.map_or(now.mono_ms.saturating_add(max), |it| it.limit_mono_ms);
                let asked = now.mono_ms.saturating_add((u64::from(run_s) * 1000).min(max)).min(limit_mono_ms);
                let ends_mono_ms = before.map_or(asked, |it| it.ends_mono_ms.max(asked));
                let for_ms = ends_mono_ms.saturating_sub(now.mono_ms);
                self.memory.outcome = Some(if self.faulty { Outcome::Faulty } else { Outcome::Sounding });
                self.memory.until_ms = low.saturating_add(for_ms);
                self.memory.limit_ms = low.saturating_add(limit_mono_ms.saturating_sub(now.mono_ms));
                out.push(Effect::Keep(self.memory.to_bytes()));
                self.sounding = Some(Sounding { number, ends_mono_ms, limit_mono_ms });
                out.push(Effect::Sound { number, for_ms, resumed: false });
            }
            Action::Stop => {
                self.memory.outcome = Some(Outcome::Stopped);
                self.memory.until_ms = 0;
                out.push(Effect::Keep(self.memory.to_bytes()));
                if let Some(run) = self.sounding.take() {
                    out.push(Effect::Quiet { number: run.number, why: Why::Ordered });
                }
            }
        }
        let outcome = self.memory.outcome.unwrap_or(Outcome::Old);
        self.answer(Answer { number, outcome, until_ms: self.memory.until_ms }, out);
    }

    fn seal(&self, body: Body) -> Vec<u8> {
        let Settings { world, device, .. } = self.settings;
        Envelope { world, device, body }.sign(&self.settings.key)
    }

    fn answer(&self, answer: Answer, out: &mut Vec<Effect>) {
        out.push(Effect::Send { channel: Channel::Answer, bytes: self.seal(Body::Answer(answer)) });
    }

    /// Asks for the time, at once or as soon as it may.
    fn ask(&mut self, now: Now, out: &mut Vec<Effect>) {
        match self.last_beat_ms.map(|last| last.saturating_add(BEAT_MS_MIN)) {
            Some(earliest) if now.mono_ms < earliest => self.next_beat_ms = self.next_beat_ms.min(earliest),
            _ => self.beat(now, out),
        }
    }

    fn beat(&mut self, now: Now, out: &mut Vec<Effect>) {
        (self.last_beat_ms, self.next_beat_ms) =
            (Some(now.mono_ms), now.mono_ms.saturating_add(self.settings.beat_ms.max(BEAT_MS_MIN)));
        if self.asked.len() == ASKED_MAX {
            self.asked.pop_front();
        }
        self.asked.push_back((now.nonce, now.mono_ms));
        let state = match self.sounding {
            _ if self.faulty => State::Faulty,
            Some(_) => State::Sounding,
            None => State::Quiet,
        };
        let beat = Beat {
            nonce: now.nonce,
            heard_at_ms: self.heard_at_ms,
            last: self.memory.last,
            state,
            clock_ms: now.clock_ms.unwrap_or(0),
            refused: self.refused,
        };
        out.push(Effect::Send { channel: Channel::Beat, bytes: self.seal(Body::Beat(beat)) });
    }
}
