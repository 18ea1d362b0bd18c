//! A Telegram export (`result.json` of a channel): messages to statements.
//!
//! What always holds: service messages say nothing and are counted; `date` is the exporter's own clock and dates nothing by
//! itself, `date_unixtime` does; a message that is passed on names whose words it is; a message that cannot be read is named.

use super::{Capture, Import, MESSAGES_MAX, Refused, Said, ThreadError};
use model::{StatementForm, Timestamp};
use serde::Deserialize;

const FORM: &str = "telegram";

#[derive(Deserialize)]
struct Export {
    #[serde(default)]
    messages: Option<Vec<serde_json::Value>>,
    #[serde(default)]
    chats: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Message {
    id: i64,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    date_unixtime: Option<String>,
    #[serde(default)]
    forwarded_from: Option<String>,
    #[serde(default)]
    text: Words,
}

/// A string, or pieces of it with what they look like.
#[derive(Deserialize, Default)]
#[serde(untagged)]
enum Words {
    #[default]
    None,
    Plain(String),
    Pieces(Vec<Piece>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Piece {
    Plain(String),
    Formed { text: String },
}

impl Words {
    fn joined(self) -> String {
        match self {
            Self::None => String::new(),
            Self::Plain(text) => text,
            Self::Pieces(pieces) => pieces
                .into_iter()
                .map(|piece| match piece {
                    Piece::Plain(text) | Piece::Formed { text } => text,
                })
                .collect(),
        }
    }
}

/// Reads an export.
pub(super) fn read(text: &str, capture: &Capture, import: &mut Import) -> Result<(), ThreadError> {
    let malformed = |line: usize, why: String| ThreadError::Malformed { form: FORM, line, why };
    let export: Export =
        serde_json::from_str(text).map_err(|error| malformed(error.line().max(1), error.to_string()))?;
    let Some(messages) = export.messages else {
        let why = if export.chats.is_some() {
            "it is an export of a whole account; export one channel"
        } else {
            "it has no messages; expected result.json of one channel"
        };
        return Err(malformed(1, why.to_owned()));
    };
    if messages.len() > MESSAGES_MAX {
        return Err(ThreadError::TooManyPosts { form: FORM, limit: MESSAGES_MAX });
    }
    let (mut service, mut silent) = (0_usize, 0_usize);
    for (number, value) in (1..).zip(messages) {
        let message: Message = match serde_json::from_value(value) {
            Ok(message) => message,
            Err(error) => {
                import.refused.push(Refused { at: format!("message {number}"), why: error.to_string() });
                continue;
            }
        };
        if message.kind != "message" {
            service += 1;
            continue;
        }
        let words = message.text.joined();
        let words = words.trim();
        if words.is_empty() {
            silent += 1;
            continue;
        }
        let seconds = message.date_unixtime.as_deref().and_then(|it| it.parse::<i64>().ok());
        let published_at = seconds.and_then(|it| Timestamp::checked(it.saturating_mul(1000)).ok());
        import.say(
            StatementForm::Telegram,
            capture,
            Said {
                text: words.to_owned(),
                published_at,
                dated: message.date.filter(|_| published_at.is_none()),
                own_id: Some(message.id.to_string()),
                forwarded_from: message.forwarded_from,
                ..Said::default()
            },
        );
    }
    if service > 0 {
        import.notes.push(format!("{service} messages of Telegram itself left out"));
    }
    if silent > 0 {
        import.notes.push(format!("{silent} messages without words left out"));
    }
    Ok(())
}
