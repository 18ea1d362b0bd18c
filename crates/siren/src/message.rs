//! The four messages, as bytes. Every field stands at a fixed place, big-endian; the layout: docs/reference/sirens.md.
//!
//! What comes in: a message and a secret key, or bytes of strangers and a pinned key. What goes out: bytes, or the message.
//! What always holds: one message has one form (what is opened and signed again is the same bytes); nothing is believed of bytes
//! before their signature is verified; the world and the device are in what is signed.

use crate::key::{PublicKey, SecretKey};

const MAGIC: [u8; 4] = *b"ACS1";
/// Magic, kind, world, device.
const HEAD_BYTES: usize = 4 + 1 + 1 + DEVICE_BYTES;
const DEVICE_BYTES: usize = 32;
const SIGNATURE_BYTES: usize = 64;
/// The longest message, in bytes.
pub const MESSAGE_BYTES_MAX: usize = HEAD_BYTES + 45 + SIGNATURE_BYTES;

/// Which world a message belongs to. Each has a key of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum World {
    /// The real one.
    Actual,
    /// Nothing is real.
    Exercise,
}

/// The name of a device: 1 to 32 lower-case letters, digits, `-`, `_` and `.`, as on its topics.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeviceId([u8; DEVICE_BYTES]);

/// Why a text is no device's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("name a device: expected 1 to 32 lower-case letters, digits, '-', '_' or '.'")]
pub struct NameError;

impl DeviceId {
    /// The device of that name.
    pub fn new(name: &str) -> Result<Self, NameError> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
        if name.is_empty() || name.len() > DEVICE_BYTES || !name.bytes().all(fits) {
            return Err(NameError);
        }
        let mut bytes = [0; DEVICE_BYTES];
        bytes[..name.len()].copy_from_slice(name.as_bytes());
        Ok(Self(bytes))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        let end = self.0.iter().position(|b| *b == 0).unwrap_or(DEVICE_BYTES);
        // Only ASCII letters can be in it.
        std::str::from_utf8(&self.0[..end]).unwrap_or_default()
    }

    fn read(bytes: [u8; DEVICE_BYTES]) -> Result<Self, MessageError> {
        let field = MessageError::Field("device");
        let end = bytes.iter().position(|b| *b == 0).unwrap_or(DEVICE_BYTES);
        let name = std::str::from_utf8(&bytes[..end]).map_err(|_| field)?;
        let id = Self::new(name).map_err(|_| field)?;
        // Nothing may hide behind the name.
        if id.0 == bytes { Ok(id) } else { Err(field) }
    }
}

impl std::fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::fmt::Display for DeviceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The number of a command: when it was decided, then where the decision stands in the record. Sixteen bytes, compared as they
/// stand. A record put back from a backup goes on with higher numbers, since time went on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number {
    /// Milliseconds after 1970-01-01T00:00:00 UTC by the server's clock.
    pub decided_at_ms: u64,
    /// Index of the record's entry.
    pub entry: u64,
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.decided_at_ms, self.entry)
    }
}

/// What a device is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Sound for so many seconds (1 or more), or for the local maximum where that is less.
    Sound {
        /// Seconds.
        run_s: u16,
    },
    /// Be quiet.
    Stop,
}

/// An order of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// Its number.
    pub number: Number,
    /// From then on it must not act: milliseconds after 1970 by the server's clock.
    pub expires_at_ms: u64,
    /// What.
    pub action: Action,
}

/// The server's time, for whoever just asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulse {
    /// When it was signed, milliseconds after 1970 by the server's clock.
    pub at_ms: u64,
    /// The question's number that nobody could know before.
    pub nonce: u64,
}

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It sounds, or sounded.
    Sounding,
    /// It is quiet by this command.
    Stopped,
    /// It came too late.
    Expired,
    /// The device acted on a later one already.
    Old,
    /// The device does not know the server's time yet; it asked, and will answer again.
    Undecided,
    /// The device tried, and knows that it cannot sound, or cannot keep its memory.
    Faulty,
}

/// A device's answer to a command that was signed for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Which command.
    pub number: Number,
    /// What became of it.
    pub outcome: Outcome,
    /// Until when it sounds at the latest, milliseconds after 1970 by the server's clock; 0: it does not.
    pub until_ms: u64,
}

/// What a device does at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing; it would sound.
    Quiet,
    /// It sounds.
    Sounding,
    /// It knows that it cannot sound, or cannot keep its memory.
    Faulty,
}

/// A device's sign of life, and its question for the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beat {
    /// The question: a random number.
    pub nonce: u64,
    /// The time of the newest pulse it heard: proves that this beat is younger than that. 0: none since its start.
    pub heard_at_ms: u64,
    /// The latest number it acted on; all zero: none.
    pub last: Number,
    /// What it does.
    pub state: State,
    /// Its own clock, milliseconds after 1970; 0: it has none. It decides nothing.
    pub clock_ms: u64,
    /// Messages it refused since its start.
    pub refused: u32,
}

/// One of the four.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// Server to device.
    Command(Command),
    /// Server to device.
    Pulse(Pulse),
    /// Device to server.
    Answer(Answer),
    /// Device to server.
    Beat(Beat),
}

/// A message, with whom it is for or from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope {
    /// Which world.
    pub world: World,
    /// Which device.
    pub device: DeviceId,
    /// What.
    pub body: Body,
}

/// Why bytes are no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// No message begins so, is so long, or is of such a kind.
    #[error("read a siren message: these {0} bytes are none of the four")]
    Form(usize),
    /// Not by the pinned key, or changed on its way.
    #[error("believe a siren message: its signature is not the pinned key's")]
    Signature,
    /// Signed, and still not a message of this version.
    #[error("read a siren message: its field {0} holds what this version does not know")]
    Field(&'static str),
}

impl MessageError {
    /// Its name in figures.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Form(_) => "form",
            Self::Signature => "signature",
            Self::Field(_) => "field",
        }
    }
}

/// Writes fields one after another.
struct Writer(Vec<u8>);

impl Writer {
    fn u64(&mut self, value: u64) -> &mut Self {
        self.0.extend(value.to_be_bytes());
        self
    }
    fn u8(&mut self, value: u8) -> &mut Self {
        self.0.push(value);
        self
    }
    fn number(&mut self, number: Number) -> &mut Self {
        self.u64(number.decided_at_ms).u64(number.entry)
    }
}

/// Reads fields one after another. Lengths were checked: what is missing reads as zero and is refused with the field.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (head, rest) = self.0.split_at(N.min(self.0.len()));
        self.0 = rest;
        head.try_into().unwrap_or([0; N])
    }
    fn u64(&mut self) -> u64 {
        u64::from_be_bytes(self.take())
    }
    fn u8(&mut self) -> u8 {
        u8::from_be_bytes(self.take())
    }
    fn number(&mut self) -> Number {
        Number { decided_at_ms: self.u64(), entry: self.u64() }
    }
}

impl World {
    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Actual => 1,
            Self::Exercise => 2,
        }
    }
}

impl Outcome {
    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Sounding => 1,
            Self::Stopped => 2,
            Self::Expired => 3,
            Self::Old => 4,
            Self::Undecided => 5,
            Self::Faulty => 6,
        }
    }
    pub(crate) fn read(byte: u8) -> Option<Self> {
        [Self::Sounding, Self::Stopped, Self::Expired, Self::Old, Self::Undecided, Self::Faulty]
            .into_iter()
            .find(|it| it.byte() == byte)
    }
}

impl State {
    const fn byte(self) -> u8 {
        match self {
            Self::Quiet => 1,
            Self::Sounding => 2,
            Self::Faulty => 3,
        }
    }
}

impl Body {
    /// Kind, and bytes of its fields.
    const fn kind(&self) -> (u8, usize) {
        match self {
            Self::Command(_) => (1, 27),
            Self::Pulse(_) => (2, 16),
            Self::Answer(_) => (3, 25),
            Self::Beat(_) => (4, 45),
        }
    }

    /// Bytes of the fields of a kind.
    const fn length(kind: u8) -> Option<usize> {
        match kind {
            1 => Some(27),
            2 => Some(16),
            3 => Some(25),
            4 => Some(45),
            _ => None,
        }
    }

    fn write(&self, out: &mut Writer) {
        match self {
            Self::Command(Command { number, expires_at_ms, action }) => {
                let (byte, run_s) = match action {
                    Action::Sound { run_s } => (1, *run_s),
                    Action::Stop => (2, 0),
                };
                out.number(*number).u64(*expires_at_ms).u8(byte);
                out.0.extend(run_s.to_be_bytes());
            }
            Self::Pulse(Pulse { at_ms, nonce }) => {
                out.u64(*at_ms).u64(*nonce);
            }
            Self::Answer(Answer { number, outcome, until_ms }) => {
                out.number(*number).u8(outcome.byte()).u64(*until_ms);
            }
            Self::Beat(Beat { nonce, heard_at_ms, last, state, clock_ms, refused }) => {
                out.u64(*nonce).u64(*heard_at_ms).number(*last).u8(state.byte()).u64(*clock_ms);
                out.0.extend(refused.to_be_bytes());
            }
        }
    }

    fn read(kind: u8, from: &mut Reader<'_>) -> Result<Self, MessageError> {
        let field = MessageError::Field;
        Ok(match kind {
            1 => {
                let (number, expires_at_ms, byte) = (from.number(), from.u64(), from.u8());
                let run_s = u16::from_be_bytes(from.take());
                let action = match (byte, run_s) {
                    (1, 1..) => Action::Sound { run_s },
                    (2, 0) => Action::Stop,
                    _ => return Err(field("action")),
                };
                Self::Command(Command { number, expires_at_ms, action })
            }
            2 => Self::Pulse(Pulse { at_ms: from.u64(), nonce: from.u64() }),
            3 => {
                let (number, outcome) = (from.number(), Outcome::read(from.u8()).ok_or(field("outcome"))?);
                Self::Answer(Answer { number, outcome, until_ms: from.u64() })
            }
            4 => {
                let (nonce, heard_at_ms, last) = (from.u64(), from.u64(), from.number());
                let byte = from.u8();
                let states = [State::Quiet, State::Sounding, State::Faulty];
                let state = states.into_iter().find(|it| it.byte() == byte).ok_or(field("state"))?;
                let clock_ms = from.u64();
                Self::Beat(Beat { nonce, heard_at_ms, last, state, clock_ms, refused: u32::from_be_bytes(from.take()) })
            }
            _ => return Err(field("kind")),
        })
    }
}

impl Envelope {
    /// Its bytes, signed. Deterministic: the same message and key give the same bytes.
    pub fn sign(&self, key: &SecretKey) -> Vec<u8> {
        let (kind, length) = self.body.kind();
        let mut out = Writer(Vec::with_capacity(HEAD_BYTES + length + SIGNATURE_BYTES));
        out.0.extend(MAGIC);
        out.u8(kind).u8(self.world.byte());
        out.0.extend(self.device.0);
        self.body.write(&mut out);
        let signature = key.sign(&out.0);
        out.0.extend(signature);
        out.0
    }

    /// The message of these bytes, when they are signed by `key`.
    pub fn open(bytes: &[u8], key: &PublicKey) -> Result<Self, MessageError> {
        let form = MessageError::Form(bytes.len());
        let kind = *bytes.get(4).ok_or(form)?;
        let length = HEAD_BYTES + Body::length(kind).ok_or(form)?;
        if !bytes.starts_with(&MAGIC) || bytes.len() != length + SIGNATURE_BYTES {
            return Err(form);
        }
        let (message, signature) = bytes.split_at(length);
        let signature = signature.try_into().map_err(|_| form)?;
        if !key.verifies(message, signature) {
            return Err(MessageError::Signature);
        }
        let mut from = Reader(&message[5..]);
        let world = match from.u8() {
            1 => World::Actual,
            2 => World::Exercise,
            _ => return Err(MessageError::Field("world")),
        };
        let device = DeviceId::read(from.take())?;
        Ok(Self { world, device, body: Body::read(kind, &mut from)? })
    }
}
