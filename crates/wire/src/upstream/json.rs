//! A stranger's JSON, read once, bounded before it is parsed, then looked at field by field.
//!
//! What always holds: at most so many bytes as the caller allows and [`VALUES_MAX`] values are ever parsed; depth is bounded by
//! the parser (128). Numbers may come as strings and the reverse: the services changed their minds more than once.

use crate::error::{WireError, WireReason, quoted};
use serde_json::Value;

/// Most values of one body. Counted by separators before parsing, so that memory is bounded too: a full list of
/// alerts with every optional field has about sixty values an entry.
pub(crate) const VALUES_MAX: usize = 500_000;
/// Longest text of one field that is used; more is cut.
const TEXT_CHARS_MAX: usize = 512;

/// Parses a body of at most `bytes_max` bytes: a byte order mark is allowed, UTF-8 is asked for, values are counted.
pub fn parse(bytes: &[u8], bytes_max: usize) -> Result<Value, WireError> {
    if bytes.len() > bytes_max {
        let expected = format!("at most {bytes_max} bytes");
        return Err(WireError::large("the body", format!("{} bytes", bytes.len()), expected));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let byte = error.valid_up_to();
        let found = bytes.get(byte).map_or_else(|| "its end".to_owned(), |b| format!("the byte 0x{b:02X}"));
        WireError {
            reason: WireReason::InvalidUtf8,
            place: format!("byte {byte}"),
            found,
            expected: "UTF-8".into(),
            byte,
        }
    })?;
    let values = text.bytes().filter(|b| matches!(b, b',' | b':' | b'[' | b'{')).count();
    if values > VALUES_MAX {
        return Err(WireError::large("the body", format!("about {values} values"), format!("at most {VALUES_MAX}")));
    }
    serde_json::from_str(text).map_err(|error| {
        let byte = byte_of(text, error.line(), error.column());
        WireError {
            reason: WireReason::BrokenJson,
            place: format!("byte {byte} (line {}, column {})", error.line(), error.column()),
            found: error.to_string().split(" at line ").next().unwrap_or_default().to_owned(),
            expected: "a whole JSON document".into(),
            byte,
        }
    })
}

/// The byte offset of a line and column as serde_json counts them (both from 1, columns in bytes).
fn byte_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (start + column.saturating_sub(1)).min(text.len())
}

/// What a value is, for a message.
pub(crate) fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(b) => b.to_string(),
        Value::Number(n) => n.to_string().chars().take(40).collect(),
        Value::String(s) => quoted(s),
        Value::Array(a) => format!("an array of {}", a.len()),
        Value::Object(o) => format!("an object of {} fields", o.len()),
    }
}

/// A field's text, trimmed; `None` when missing, null, empty or not text.
pub(crate) fn text<'a>(of: &'a Value, field: &str) -> Option<&'a str> {
    let text = of.get(field)?.as_str()?.trim();
    let clipped = text.char_indices().nth(TEXT_CHARS_MAX).map_or(text, |(end, _)| &text[..end]);
    Some(clipped).filter(|t| !t.is_empty())
}

/// A field's whole number, written as a number or as text; `None` when missing, null or neither.
pub(crate) fn number(of: &Value, field: &str) -> Option<u32> {
    match of.get(field)? {
        Value::Number(n) => n.as_u64().and_then(|n| u32::try_from(n).ok()),
        Value::String(s) => s.trim().parse().ok(),
        _ => None,
    }
}

/// A field's whole numbers; what is none is left out.
pub(crate) fn numbers(of: &Value, field: &str) -> Vec<u32> {
    let list = list(of, field).unwrap_or_default().iter();
    list.filter_map(|value| value.as_u64().and_then(|n| u32::try_from(n).ok())).collect()
}

/// Whether a field is there and says something.
pub(crate) fn is_said(of: &Value, field: &str) -> bool {
    match of.get(field) {
        None | Some(Value::Null) => false,
        Some(Value::String(s)) => !s.trim().is_empty(),
        Some(_) => true,
    }
}

/// A field's list: empty when missing or null, `Err` with what was found when it is anything else.
pub(crate) fn list<'a>(of: &'a Value, field: &str) -> Result<&'a [Value], String> {
    match of.get(field) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(list)) => Ok(list),
        Some(other) => Err(kind(other)),
    }
}
