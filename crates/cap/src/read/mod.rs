//! Bytes to a message, and everything in them that CAP section 3 and its schema do not allow.
//!
//! What comes in: bytes from anybody. What goes out: a [`Reading`]. What always holds: an element that cannot be read is named
//! with its place; an optional one is then left out, a required one leaves no message; a `status` that cannot be read is never
//! taken for another.

use crate::alert::Alert;
use crate::finding::{Finding, Gravity};
use crate::xml::{XmlError, parse};
use crate::{NAMESPACE, lint};

mod parts;
mod walk;

pub(crate) use walk::{Walk, short};

const CAP_1_1: &str = "urn:oasis:names:tc:emergency:cap:1.1";
const CAP_1_0: &str = "http://www.incident.com/cap/1.0";

/// How much is forgiven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// Nothing: the first error in the findings refuses the message.
    Strict,
    /// Whatever leaves a message whose world and kind are certain. CAP 1.1 is read as 1.2.
    Tolerant,
}

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The message.
    pub alert: Alert,
    /// What is wrong in it, in the order of the document.
    pub findings: Vec<Finding>,
}

/// Why no message could be had.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ReadError {
    /// No XML that may be read.
    #[error("read it as XML: {0}")]
    Xml(#[from] XmlError),
    /// Another document.
    #[error("read a CAP message: the root is <{root}>{hint}")]
    Root {
        /// Name of the root element.
        root: String,
        /// What it may be.
        hint: &'static str,
    },
    /// CAP of another version.
    #[error("read CAP {version}: expected 1.2, whose namespace is {NAMESPACE}")]
    Version {
        /// Which, or the namespace found.
        version: String,
    },
    /// Something in it is wrong.
    #[error("accept the message: {}", .0.iter().find(|f| f.gravity == Gravity::Error).map_or_else(String::new, ToString::to_string))]
    Invalid(Vec<Finding>),
}

/// Reads a message.
pub fn read(bytes: &[u8], strictness: Strictness) -> Result<Reading, ReadError> {
    let (alert, findings) = lint::examine(bytes, None)?;
    let wrong = findings.iter().any(|finding| finding.gravity == Gravity::Error);
    match alert {
        Some(alert) if strictness == Strictness::Tolerant || !wrong => Ok(Reading { alert, findings }),
        _ => Err(ReadError::Invalid(findings)),
    }
}

/// Reads the document; the message is `None` when something it needs cannot be had, which a finding then says.
pub(crate) fn walk(bytes: &[u8]) -> Result<(Option<Alert>, Walk), ReadError> {
    let root = parse(bytes)?;
    if root.name != "alert" {
        let hint = match root.name.as_str() {
            "feed" => ": an Atom feed; give the messages that it links to",
            "rss" => ": an RSS feed; give the messages that it links to",
            "EDXLDistribution" => ": an EDXL-DE envelope; give the message inside it",
            "alerts" => ": several messages under an invented root; give them one by one",
            _ => "",
        };
        return Err(ReadError::Root { root: root.name.chars().take(60).collect(), hint });
    }
    let mut walk = Walk::new(&root.namespace);
    match root.namespace.as_str() {
        NAMESPACE => {}
        CAP_1_1 => {
            walk.error("version", "alert", root.place, "it is CAP 1.1", format!("the namespace of 1.2 is {NAMESPACE}"));
        }
        CAP_1_0 => return Err(ReadError::Version { version: "1.0".to_owned() }),
        "" => return Err(ReadError::Version { version: "without a namespace".to_owned() }),
        other => return Err(ReadError::Version { version: other.chars().take(80).collect() }),
    }
    let alert = walk.alert(&root);
    Ok((alert, walk))
}
