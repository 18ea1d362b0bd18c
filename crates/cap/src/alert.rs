//! The parts of a message, CAP sections 3.2.1 to 3.2.4, with the standard's own names.
//!
//! A value of these types may still break a rule that spans fields: [`lint`](crate::lint) says so.

use crate::instant::Instant;
use crate::value::{Category, Certainty, MsgType, ResponseType, Scope, Severity, Status, Urgency};
use serde::Serialize;

/// Section 3.2.1: the message.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    /// Its name, unique for the sender; no blanks, commas, `<` or `&`.
    pub identifier: String,
    /// Who sends it; no blanks, commas, `<` or `&`.
    pub sender: String,
    /// When.
    pub sent: Instant,
    /// How it is to be handled.
    pub status: Status,
    /// What it is.
    pub msg_type: MsgType,
    /// Which desk or device it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// For whom.
    pub scope: Scope,
    /// The rule of a restricted message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restriction: Option<String>,
    /// The receivers of a private message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
    /// Codes of special handling.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub code: Vec<String>,
    /// A remark; for a cancellation why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Earlier messages it refers to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// Names of incidents.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incidents: Vec<String>,
    /// What is said, once in each language.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub info: Vec<Info>,
    /// A signature stands in it.
    pub signed: bool,
}

/// One of `references`: `sender,identifier,sent`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// Who sent it.
    pub sender: String,
    /// Its name.
    pub identifier: String,
    /// When it was sent.
    pub sent: Instant,
}

/// Section 3.2.2: what is said, in one language.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Info {
    /// RFC 3066; absent means `en-US`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Of what; at least one.
    pub category: Vec<Category>,
    /// What happens, in words.
    pub event: String,
    /// What to do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub response_type: Vec<ResponseType>,
    /// When to act.
    pub urgency: Urgency,
    /// How grave.
    pub severity: Severity,
    /// How sure.
    pub certainty: Certainty,
    /// For which people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// Codes of the event.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub event_code: Vec<Pair>,
    /// From when it holds; absent means from `sent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective: Option<Instant>,
    /// When the event is expected to begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub onset: Option<Instant>,
    /// Until when it holds. Afterwards nothing is known; it is no all-clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Instant>,
    /// Who speaks, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_name: Option<String>,
    /// In a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    /// At length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What to do, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instruction: Option<String>,
    /// Where more stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web: Option<String>,
    /// Whom to ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// The sender's own values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameter: Vec<Pair>,
    /// Files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource: Vec<Resource>,
    /// Where.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub area: Vec<Area>,
}

/// `valueName` and `value`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pair {
    /// Whose list, or what.
    pub value_name: String,
    /// The value.
    pub value: String,
}

/// Section 3.2.3: a file that goes with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// What it is, in words.
    pub resource_desc: String,
    /// Its media type.
    pub mime_type: String,
    /// Bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// It itself, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deref_uri: Option<String>,
    /// SHA-1 of it, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// Section 3.2.4: where. Several shapes are their union.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Area {
    /// In words.
    pub area_desc: String,
    /// Rings of latitude and longitude, WGS 84, degrees; the first point is also the last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub polygon: Vec<Vec<[f64; 2]>>,
    /// Latitude, longitude, degrees, and radius, kilometres.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub circle: Vec<[f64; 3]>,
    /// Codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub geocode: Vec<Pair>,
    /// Height, or its lower end, feet above mean sea level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub altitude: Option<f64>,
    /// Its upper end, feet above mean sea level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<f64>,
}
