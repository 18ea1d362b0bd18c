//! Cell broadcast: what a network's cell broadcast entity takes (3GPP TS 23.041, TS 23.038; ETSI TS 102 900, EU-Alert).
//!
//! What comes in: a text with its identifier and serial number, a chain of CAP messages, or bytes of strangers. What goes out: pages of
//! 82 octets and the two forms they travel in, or the text again.
//! What always holds: a text comes back as it went in, or was refused by name; what is shortened says so; an exercise never has
//! the identifier of a real alert; the same messages give the same bytes.
//! Deliberately absent: any network. Nothing is sent: cells, repetition and the protocol to the network (CBSP, SBc-AP, N50) are the operator's.

mod alphabet;
mod chain;
mod coding;
mod frame;
mod identifier;
mod serial;
mod text;
mod words;

pub use alphabet::Alphabet;
pub use chain::{Act, Action, Chain, Choice, INFOS_MAX, Note, Refusal};
pub use coding::{Coding, CodingError, Language, LanguageError};
pub use frame::{FrameError, GSM_OCTETS, Header, contents, gsm, read_contents, read_gsm, read_umts, umts};
pub use identifier::{Identifier, Level, Tongue};
pub use serial::{MessageCode, Scope, Serial, SerialError, UpdateNumber};
pub use text::{PAGE_OCTETS, PAGES_MAX, Page, Text, TextError};
pub use words::{Fitted, fit};
