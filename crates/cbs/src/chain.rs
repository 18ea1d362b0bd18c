//! A chain of CAP messages as what is on the air: which broadcasts begin, replace one another, go on and stop.
//!
//! Invariants:
//!   a message that says nothing new changes no serial number, so no phone sounds again
//!   what replaces has the identifier of what it replaces; another identifier is a beginning and a stop, in this order
//!   two languages of one chain that share an identifier never share a serial number

use crate::coding::Language;
use crate::identifier::{Identifier, Level, Tongue};
use crate::serial::{MessageCode, Scope, Serial, UpdateNumber};
use crate::text::{PAGES_MAX, Text, TextError};
use crate::words::{compose, fit};
use cap::{Alert, Instant, MsgType, Status};
use std::fmt;

/// `<info>` blocks of one message that are told.
pub const INFOS_MAX: usize = 8;

/// What a centre decides for its network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Within what serial numbers are unique.
    pub scope: Scope,
    /// The message code of the chain; `None` derives one from its name, which another alert may have too.
    pub code: Option<MessageCode>,
    /// 1 to 4, for real warnings instead of what severity, urgency and certainty say. All-clears stay EU-Info.
    pub level: Option<Level>,
    /// Pages of a message, 1 to 15.
    pub pages_max: usize,
    /// The language that phones show always.
    pub national: Language,
}

impl Default for Choice {
    fn default() -> Self {
        Self { scope: Scope::Network, code: None, level: None, pages_max: PAGES_MAX, national: Language::UK }
    }
}

/// What the network is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Broadcast this.
    Start,
    /// Broadcast this instead of the one with the old serial number and the same identifier.
    Replace {
        /// The one on the air.
        old: Serial,
    },
    /// Go on: the same words hold longer.
    Keep,
    /// Stop the one with this identifier and serial number.
    Stop,
}

impl Act {
    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Replace { .. } => "replace",
            Self::Keep => "keep",
            Self::Stop => "stop",
        }
    }
}

/// What whoever broadcasts has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The message code was derived from the chain's name.
    CodeDerived,
    /// Messages before the first one given are not known: what of them is on the air has to be stopped by hand.
    EarlierUnknown,
    /// So many characters had no room.
    Shortened(usize),
    /// So many characters no phone shows.
    Replaced(usize),
    /// A language tag that is no two letters; none is told.
    NoLanguage(String),
    /// So many `<info>` blocks are more than are told.
    InfosLeftOut(usize),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CodeDerived => write!(
                f,
                "the message code is derived from the alert's name: give codes of your own, since phones do not show a second alert \
                 with the same code"
            ),
            Self::EarlierUnknown => {
                write!(f, "earlier messages of the chain were not given: stop by hand what of them is on the air")
            }
            Self::Shortened(chars) => write!(f, "shortened: {chars} characters at the end had no room"),
            Self::Replaced(chars) => write!(f, "{chars} characters that no phone shows were replaced"),
            Self::NoLanguage(tag) => write!(f, "`{tag}` is no language of two letters: none is told"),
            Self::InfosLeftOut(infos) => write!(f, "{infos} more <info> are left out"),
        }
    }
}

/// One thing that the network is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What.
    pub act: Act,
    /// Of which kind.
    pub identifier: Identifier,
    /// Of which message.
    pub serial: Serial,
    /// In which language.
    pub language: Option<Language>,
    /// What is on the air afterwards; `None` after a stop.
    pub text: Option<Text>,
    /// Until when it holds. That it stops then is no all-clear.
    pub until: Option<Instant>,
    /// What to know.
    pub notes: Vec<Note>,
}

/// Why a message is not taken. The chain stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An answer, not a message to people.
    #[error("broadcast a message of type {0}: Alert, Update or Cancel would be right")]
    Type(&'static str),
    /// A draft.
    #[error("broadcast a draft")]
    Draft,
    /// Not for everybody.
    #[error("broadcast a message of scope {0}: Public would be right")]
    Scope(&'static str),
    /// Another world than the messages before.
    #[error("broadcast a message of status {found} in a chain of status {chain}")]
    World {
        /// The chain's.
        chain: &'static str,
        /// The message's.
        found: &'static str,
    },
    /// It does not refer to the message before.
    #[error("continue the chain: {identifier} does not refer to {last}")]
    NotNext {
        /// The message.
        identifier: String,
        /// The one before.
        last: String,
    },
    /// It says nothing.
    #[error("broadcast {0}: it has no <info>")]
    NoInfo(String),
    /// Its words are none.
    #[error("broadcast an <info> of {identifier}: {error}")]
    Text {
        /// The message.
        identifier: String,
        /// Why.
        error: TextError,
    },
}

/// One broadcast on the air.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Standing {
    language: Option<Language>,
    /// Which of the blocks in this language, from 0.
    rank: usize,
    identifier: Identifier,
    serial: Serial,
    text: Text,
}

/// The broadcasts of one alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    choice: Choice,
    /// World and identifier of the last message, and the code of all.
    begun: Option<(Status, String, MessageCode)>,
    standing: Vec<Standing>,
}

impl Chain {
    /// Nothing is on the air.
    pub const fn new(choice: Choice) -> Self {
        Self { choice, begun: None, standing: Vec::new() }
    }

    /// Takes the next message: what the network is to do now, beginnings before stops.
    pub fn take(&mut self, alert: &Alert) -> Result<Vec<Action>, Refusal> {
        self.admit(alert)?;
        let first = self.begun.is_none();
        let code = match &self.begun {
            Some((.., code)) => *code,
            None => self.choice.code.unwrap_or_else(|| MessageCode::of_name(name(alert))),
        };
        let mut general = Vec::new();
        if first && self.choice.code.is_none() {
            general.push(Note::CodeDerived);
        }
        if first && (alert.msg_type != MsgType::Alert || !alert.references.is_empty()) {
            general.push(Note::EarlierUnknown);
        }
        let left_out = alert.info.len().saturating_sub(INFOS_MAX);
        if left_out > 0 {
            general.push(Note::InfosLeftOut(left_out));
        }
        let (mut actions, mut now): (Vec<Action>, Vec<Standing>) = (Vec::new(), Vec::new());
        for info in alert.info.iter().take(INFOS_MAX) {
            let tag = info.language.as_deref().unwrap_or("en-US");
            let (language, mut notes) = match Language::of_tag(tag) {
                Ok(language) => (Some(language), Vec::new()),
                Err(error) => (None, vec![Note::NoLanguage(error.0)]),
            };
            let tongue = if language == Some(self.choice.national) { Tongue::National } else { Tongue::Additional };
            let identifier = Identifier::of_cap(alert.status, info, self.choice.level, tongue).ok_or(Refusal::Draft)?;
            let fitted = fit(&compose(alert.status, info, language), language, self.choice.pages_max)
                .map_err(|error| Refusal::Text { identifier: alert.identifier.clone(), error })?;
            notes.extend((fitted.left_out > 0).then_some(Note::Shortened(fitted.left_out)));
            notes.extend((fitted.replaced > 0).then_some(Note::Replaced(fitted.replaced)));
            let rank = now.iter().filter(|it| it.language == language).count();
            let had = self.standing.iter().find(|it| it.language == language && it.rank == rank);
            let (act, serial) = match had {
                Some(had) if had.identifier == identifier && had.text == fitted.text => (Act::Keep, had.serial),
                Some(had) => {
                    let serial = Serial { update: had.serial.update.next(), ..had.serial };
                    (if had.identifier == identifier { Act::Replace { old: had.serial } } else { Act::Start }, serial)
                }
                None => (Act::Start, self.fresh(code, identifier, &now, alert, first)),
            };
            notes.append(&mut general);
            let text = fitted.text;
            now.push(Standing { language, rank, identifier, serial, text: text.clone() });
            let until = info.expires;
            actions.push(Action { act, identifier, serial, language, text: Some(text), until, notes });
        }
        for had in &self.standing {
            let goes_on = now
                .iter()
                .any(|it| it.language == had.language && it.rank == had.rank && it.identifier == had.identifier);
            if !goes_on {
                let Standing { identifier, serial, language, .. } = *had;
                let notes = std::mem::take(&mut general);
                actions.push(Action { act: Act::Stop, identifier, serial, language, text: None, until: None, notes });
            }
        }
        self.begun = Some((alert.status, alert.identifier.clone(), code));
        self.standing = now;
        Ok(actions)
    }

    /// Whether the message may be broadcast, and here.
    fn admit(&self, alert: &Alert) -> Result<(), Refusal> {
        if !matches!(alert.msg_type, MsgType::Alert | MsgType::Update | MsgType::Cancel) {
            return Err(Refusal::Type(alert.msg_type.as_str()));
        }
        if alert.status == Status::Draft {
            return Err(Refusal::Draft);
        }
        if alert.scope != cap::Scope::Public {
            return Err(Refusal::Scope(alert.scope.as_str()));
        }
        if let Some((status, last, _)) = &self.begun {
            if *status != alert.status {
                return Err(Refusal::World { chain: status.as_str(), found: alert.status.as_str() });
            }
            if !alert.references.iter().any(|it| it.identifier == *last) {
                return Err(Refusal::NotNext { identifier: alert.identifier.clone(), last: last.clone() });
            }
        }
        let stops = alert.msg_type == MsgType::Cancel && !self.standing.is_empty();
        if alert.info.is_empty() && !stops {
            return Err(Refusal::NoInfo(alert.identifier.clone()));
        }
        Ok(())
    }

    /// The serial number of a broadcast that was not there before: no other of this chain has it with this identifier.
    fn fresh(&self, code: MessageCode, identifier: Identifier, now: &[Standing], alert: &Alert, first: bool) -> Serial {
        let tongue = identifier.level().map(|(_, tongue)| tongue);
        let taken = |code: MessageCode| {
            let same =
                |it: &Standing| it.identifier.level().map(|(_, tongue)| tongue) == tongue && it.serial.code == code;
            now.iter().chain(&self.standing).any(same)
        };
        // At most sixteen are taken of 1,024.
        let mut free = code;
        while taken(free) {
            free = free.after(1);
        }
        let update = if first { UpdateNumber::after(alert.references.len()) } else { UpdateNumber::default() };
        Serial { scope: self.choice.scope, code: free, update }
    }
}

/// What names the whole chain: its incident when it tells one, else the first message that is known.
fn name(alert: &Alert) -> &str {
    alert.incidents.first().or_else(|| alert.references.first().map(|it| &it.identifier)).unwrap_or(&alert.identifier)
}
