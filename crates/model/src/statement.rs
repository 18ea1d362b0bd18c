//! The statement: words that somebody published, kept with where they came from and what is not known of them.
//!
//! Invariants:
//!   text.len() <= [`STATEMENT_BYTES_MAX`]; what is longer is clipped, says so, and keeps the hash of the whole
//!   a statement never changes: a later wording is a statement of its own that `supersedes` the earlier one
//!   `captured_at` says when a copy was made, and nothing of when the words were said

use crate::report::Status;
use crate::time::Timestamp;
use crate::{SourceId, StatementId};
use serde::{Deserialize, Serialize};

/// Longest text kept of one statement, in bytes: with its fields it fits into one entry of the record, however escaped.
pub const STATEMENT_BYTES_MAX: usize = 24 * 1024;

/// What a statement was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementForm {
    /// An unrolled thread as plain text.
    ThreadText,
    /// An unrolled thread as HTML.
    ThreadHtml,
    /// An item of an RSS or Atom feed.
    Feed,
    /// A message of a Telegram export.
    Telegram,
}

/// Where on its page a post stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Post {
    /// Which thread of the page, from 1.
    pub thread: u32,
    /// Which post of the thread as found, from 1: posts may be missing before it.
    pub number: u32,
}

/// One thing that somebody published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Made of the source, the source's own identifier, the words and what they replace.
    pub id: StatementId,
    /// Who speaks.
    pub source: SourceId,
    /// Which world.
    pub status: Status,
    /// What it was read from.
    pub form: StatementForm,
    /// SHA-256 of the original bytes of the whole document, lower-case hexadecimal.
    pub document_sha256: String,
    /// When that document was captured, as far as told. Never a date of what it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured_at: Option<Timestamp>,
    /// When it was published; `None` is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    /// What the document says of the date in words that do not date this post by themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated: Option<String>,
    /// The source's own identifier where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_id: Option<String>,
    /// Where it can be read, as the document says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Whose words are passed on, where the document says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded_from: Option<String>,
    /// Its place on a page of threads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<Post>,
    /// Posts of its thread may be missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gaps: bool,
    /// The words.
    pub text: String,
    /// SHA-256 of all the words, also of those that were clipped; lower-case hexadecimal.
    pub text_sha256: String,
    /// `text` is only the beginning.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub clipped: bool,
    /// The earlier wording that this one replaces. It stays in the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<StatementId>,
}
