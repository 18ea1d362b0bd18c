//! One message of a text source: the JSON form that directories, standard input and POST share.
//!
//! What comes in: `{"source"?, "id"?, "text", "observed_at"?, "status"?}`. What goes out: [`Message`], every field
//! checked, or a refusal that names the field. What always holds: a message of the other world is refused, and so is
//! one from the future.

use model::report::TEXT_BYTES_MAX;
use model::time::SKEW_MS_MAX;
use model::{Refusal, Status, Timestamp};
use serde_json::Value;

/// Longest piece of a stranger's value repeated in a refusal, in characters.
const QUOTE_CHARS_MAX: usize = 60;
const FIELDS: [&str; 5] = ["source", "id", "text", "observed_at", "status"];

/// What every message is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Here {
    /// The instant of receipt.
    pub received_at: Timestamp,
    /// The server's world.
    pub status: Status,
}

/// A message, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The source it names, if any.
    pub source: Option<String>,
    /// The source's own identifier, if any.
    pub id: Option<String>,
    /// The words.
    pub text: String,
    /// When it was said, if told.
    pub observed_at: Option<Timestamp>,
}

/// Checks a message that stands at `path` of a JSON document.
pub fn read(value: &Value, path: &str, here: Here) -> Result<Message, Refusal> {
    let Value::Object(fields) = value else {
        return Err(refusal("wrong_shape", format!("read {path}: expected an object with \"text\"")));
    };
    if let Some(unknown) = fields.keys().find(|key| !FIELDS.contains(&key.as_str())) {
        let detail = format!("accept {path}.{}: unknown field, expected {}", clip(unknown), FIELDS.join(", "));
        return Err(refusal("unknown_field", detail));
    }
    let status = match optional(value, "status", path)? {
        None => here.status,
        Some("actual") => Status::Actual,
        Some("exercise") => Status::Exercise,
        Some(other) => {
            let detail = format!("read {path}.status: found {:?}, expected \"actual\" or \"exercise\"", clip(other));
            return Err(refusal("unknown_status", detail));
        }
    };
    if status != here.status {
        let detail =
            format!("accept {path}: its status is {status:?}, the server's {:?}; the two never mix", here.status);
        return Err(refusal("wrong_world", detail));
    }
    let id = match value.get("id") {
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => optional(value, "id", path)?.map(str::to_owned),
    };
    let Some(text) = optional(value, "text", path)? else {
        return Err(refusal("no_text", format!("read {path}.text: missing, expected the words of the message")));
    };
    let observed_at = match optional(value, "observed_at", path)? {
        None => None,
        Some(text) => Some(time(text, path, here.received_at)?),
    };
    words(text, &format!("{path}.text"))?;
    let source = optional(value, "source", path)?.map(str::to_owned);
    Ok(Message { source, id, text: text.to_owned(), observed_at })
}

/// Checks the words alone.
pub fn words(text: &str, path: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(refusal("no_text", format!("read {path}: empty, expected the words of the message")));
    }
    if text.len() > TEXT_BYTES_MAX {
        let detail = format!("read {path}: {} bytes, expected at most {TEXT_BYTES_MAX}", text.len());
        return Err(refusal("too_large", detail));
    }
    Ok(())
}

fn time(text: &str, path: &str, received_at: Timestamp) -> Result<Timestamp, Refusal> {
    let at = Timestamp::parse(text).map_err(|error| refusal("bad_time", format!("{error}; at {path}.observed_at")))?;
    if at > received_at.plus_ms(SKEW_MS_MAX) {
        let detail = format!("accept {path}.observed_at: {at} is in the future of {received_at}");
        return Err(refusal("time_in_future", detail));
    }
    Ok(at)
}

fn optional<'a>(of: &'a Value, field: &str, path: &str) -> Result<Option<&'a str>, Refusal> {
    match of.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(refusal("wrong_shape", format!("read {path}.{field}: expected text"))),
    }
}

pub(crate) fn refusal(reason: &str, detail: String) -> Refusal {
    Refusal { reason: reason.into(), detail, start: 0, end: 0 }
}

pub(crate) fn clip(text: &str) -> String {
    text.chars().take(QUOTE_CHARS_MAX).collect()
}
