//! One message of a text source: the JSON form that directories, standard input and POST share.
//!
//! What comes in: `{"source"?, "id"?, "text"?, "measured"?, "observed_at"?, "status"?}`, with words, measurements or both.
//! What goes out: [`Message`], every field
//! checked, or a refusal that names the field. What always holds: a message of the other world is refused, and so is
//! one from the future.

use model::report::{ITEMS_MAX, TEXT_BYTES_MAX};
use model::time::SKEW_MS_MAX;
use model::{Item, Refusal, Status, Timestamp};
use serde::Deserialize as _;
use serde_json::Value;

/// Longest piece of a stranger's value repeated in a refusal, in characters.
const QUOTE_CHARS_MAX: usize = 60;
const FIELDS: [&str; 6] = ["source", "id", "text", "measured", "observed_at", "status"];
/// What instruments may say, by the name of the item.
const MEASURED: [&str; 5] = ["plot", "bearing", "presence", "system_track", "traffic"];

/// What every message is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Here {
    /// The instant of receipt.
    pub received_at: Timestamp,
    /// The server's world.
    pub status: Status,
}

/// A message, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The source it names, if any.
    pub source: Option<String>,
    /// The source's own identifier, if any.
    pub id: Option<String>,
    /// The words; empty when it has only measurements.
    pub text: String,
    /// What instruments measured; without words too, a look that saw nothing.
    pub measured: Vec<Item>,
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
    let measured = measured(value, path)?;
    let text = optional(value, "text", path)?;
    if text.is_none() && measured.is_none() {
        let detail = format!("read {path}.text: missing, expected the words of the message, or what was measured");
        return Err(refusal("no_text", detail));
    }
    let measured = measured.unwrap_or_default();
    let observed_at = match optional(value, "observed_at", path)? {
        None => None,
        Some(text) => Some(time(text, path, here.received_at)?),
    };
    if let Some(text) = text {
        words(text, &format!("{path}.text"))?;
    }
    let source = optional(value, "source", path)?.map(str::to_owned);
    Ok(Message { source, id, text: text.unwrap_or_default().to_owned(), measured, observed_at })
}

/// What instruments measured: a list of items, each checked by its own type. An empty one is a look that saw nothing.
fn measured(value: &Value, path: &str) -> Result<Option<Vec<Item>>, Refusal> {
    let items = match value.get("measured") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(items)) => items,
        Some(_) => return Err(refusal("wrong_shape", format!("read {path}.measured: expected a list"))),
    };
    if items.len() > ITEMS_MAX {
        let detail = format!("read {path}.measured: {} items, expected at most {ITEMS_MAX}", items.len());
        return Err(refusal("too_many_items", detail));
    }
    let read = |(n, item): (usize, &Value)| {
        let kind = item.get("item").and_then(Value::as_str).unwrap_or_default();
        if !MEASURED.contains(&kind) {
            let detail =
                format!("read {path}.measured[{n}].item: found {:?}, expected {}", clip(kind), MEASURED.join(", "));
            return Err(refusal("unknown_item", detail));
        }
        Item::deserialize(item).map_err(|error| {
            refusal("bad_measurement", format!("{}; at {path}.measured[{n}]", clip_long(&error.to_string())))
        })
    };
    items.iter().enumerate().map(read).collect::<Result<_, _>>().map(Some)
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

fn clip_long(text: &str) -> String {
    text.chars().take(4 * QUOTE_CHARS_MAX).collect()
}

pub(crate) fn clip(text: &str) -> String {
    text.chars().take(QUOTE_CHARS_MAX).collect()
}
