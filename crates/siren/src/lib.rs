//! Sirens: what the server orders, what a device answers, and how each behaves. The bytes: docs/reference/sirens.md.
//!
//! What comes in: orders, bytes of strangers, and the passing of time as data. What goes out: signed messages, and on the device
//! what to keep and when to sound.
//! What always holds:
//!   only what is signed by the pinned key, for this device and this world, acts, and each number acts at most once
//!   a command acts only while the server's own time, proven by an answer to a fresh question, is before its expiry
//!   a siren never sounds longer than its local maximum without a pause, whatever it is told
//!   a device is reachable only while it proves that it hears the server: silence is *unreachable*
//! Deliberately absent: a clock, randomness, the network, and trust in a device's own clock: it is told, and decides nothing.

mod desk;
mod device;
mod key;
mod memory;
mod message;

pub use desk::{Desk, Due, Keys, News, Opened, Reach, Refused, Terms, View};
pub use device::{Channel, Device, Effect, Now, Settings, Why};
pub use key::{KeyError, PublicKey, SecretKey};
pub use memory::{Memory, MemoryError, Run};
pub use message::{
    Action, Answer, Beat, Body, Command, DeviceId, Envelope, MESSAGE_BYTES_MAX, MessageError, NameError, Number,
    Outcome, Pulse, State, World,
};
