//! What somebody published, as statements: unrolled threads (plain text and HTML), RSS and Atom, Telegram exports.
//!
//! What comes in: the bytes of a document as captured, and what the person who imports it knows ([`Capture`]). What goes out: an
//! [`Import`]: statements, what was left out and by which rule, and what is not known. What always holds: the words of a post
//! are kept as they are, the hash of the original bytes stands on each; a page's own furniture is nobody's words; the date of
//! capture is never a date of a post; every size is bounded and named when it is exceeded.
//! Deliberately absent: the network, guesses about dates, and where a thread ends when the page does not say so.

mod feed;
mod furniture;
mod html;
mod page;
mod refresh;
mod telegram;
#[cfg(test)]
mod tests;
mod when;

pub use refresh::{Settled, settle};
pub use when::{TimeWords, Unresolved, time_words};

use model::sha256;
use model::statement::STATEMENT_BYTES_MAX;
use model::{Post, SourceId, Statement, StatementForm, StatementId, Status, Timestamp};
use serde::Serialize;

/// Largest page, in bytes: real ones are under one megabyte.
pub const PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Largest feed, in bytes.
pub const FEED_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Largest Telegram export, in bytes: years of a channel.
pub const TELEGRAM_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Most posts of one page or feed.
pub const POSTS_MAX: usize = 5_000;
/// Most messages of one Telegram export.
pub const MESSAGES_MAX: usize = 200_000;
/// Most lines of furniture listed one by one.
const DROPPED_MAX: usize = 1_000;

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// An unrolled thread, or any posts, as plain text.
    Text,
    /// The same as HTML.
    Html,
    /// RSS 2.0 or Atom.
    Feed,
    /// A Telegram export (`result.json`).
    Telegram,
}

impl Form {
    /// Every form.
    pub const ALL: [Self; 4] = [Self::Text, Self::Html, Self::Feed, Self::Telegram];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Html => "html",
            Self::Feed => "feed",
            Self::Telegram => "telegram",
        }
    }

    const fn bytes_max(self) -> usize {
        match self {
            Self::Text | Self::Html => PAGE_BYTES_MAX,
            Self::Feed => FEED_BYTES_MAX,
            Self::Telegram => TELEGRAM_BYTES_MAX,
        }
    }

    /// What a document most likely is, by its first characters.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_lowercase();
        let head = head.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
        let tag = |name: &str| head.contains(name);
        if head.starts_with('{') {
            Self::Telegram
        } else if (head.starts_with("<?xml") && !tag("<html")) || head.starts_with("<rss") || head.starts_with("<feed")
        {
            Self::Feed
        } else if ["<!doctype html", "<html", "<head", "<body", "<div", "<article", "<p>", "<span", "<script"]
            .iter()
            .any(|t| tag(t))
        {
            Self::Html
        } else {
            Self::Text
        }
    }
}

/// What whoever imports a document knows of it.
#[derive(Debug, Clone)]
pub struct Capture {
    /// Who speaks.
    pub source: SourceId,
    /// Which world.
    pub status: Status,
    /// When the document was captured, if told.
    pub captured_at: Option<Timestamp>,
}

/// Why a document was refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThreadError {
    /// Above the bound of its form.
    #[error("read {form}: {bytes} bytes, at most {limit}")]
    TooLarge {
        /// As what.
        form: &'static str,
        /// How large it is.
        bytes: usize,
        /// How large it may be.
        limit: usize,
    },
    /// Elements inside elements.
    #[error("read html: elements are nested deeper than {limit}")]
    TooDeep {
        /// How deep it may be.
        limit: usize,
    },
    /// More elements than any page of posts has.
    #[error("read html: more than {limit} elements")]
    TooManyElements {
        /// How many there may be.
        limit: usize,
    },
    /// More posts than one document may hold.
    #[error("read {form}: more than {limit} posts")]
    TooManyPosts {
        /// As what.
        form: &'static str,
        /// How many there may be.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("read {form}: byte {at} is not UTF-8; save the page as UTF-8")]
    NotUtf8 {
        /// As what.
        form: &'static str,
        /// The first wrong byte, from 0.
        at: usize,
    },
    /// Not what it was taken for.
    #[error("read {form}: line {line}: {why}")]
    Malformed {
        /// As what.
        form: &'static str,
        /// From 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// Nothing in it is a post.
    #[error("read {form}: there are no posts in it, {furniture} lines of the page itself")]
    Empty {
        /// As what.
        form: &'static str,
        /// What was left out.
        furniture: usize,
    },
}

/// A line that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// Line of the page's text, from 1.
    pub line: usize,
    /// The rule that names it.
    pub rule: &'static str,
    /// Its words, clipped.
    pub words: String,
}

/// An item that was refused beside others that were read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Which, as the document counts: an item, a message, a line.
    pub at: String,
    /// Why.
    pub why: String,
}

/// One thread of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Thread {
    /// From 1.
    pub number: u32,
    /// Posts found.
    pub posts: u32,
    /// The page says, or the posts' own numbers show, that posts are missing.
    pub gaps: bool,
    /// The page does not say that only one thread stands here.
    pub may_be_several: bool,
    /// Numbers that the posts' own counting leaves out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<u32>,
    /// What the page says of its date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dated: Option<String>,
}

/// What was read of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// As what it was read.
    pub form: Form,
    /// SHA-256 of its bytes.
    pub document_sha256: String,
    /// What was said, in the order of the document.
    pub statements: Vec<Statement>,
    /// The threads of a page; none for feeds and exports.
    pub threads: Vec<Thread>,
    /// What was left out as the page's own.
    pub dropped: Vec<Dropped>,
    /// What could not be read.
    pub refused: Vec<Refused>,
    /// What else should be known, in words.
    pub notes: Vec<String>,
}

/// Reads a document.
///
/// # Errors
/// [`ThreadError`] names why nothing of it was read. What is wrong with one item of many is in [`Import::refused`].
pub fn read(bytes: &[u8], form: Form, capture: &Capture) -> Result<Import, ThreadError> {
    let (name, limit) = (form.name(), form.bytes_max());
    if bytes.len() > limit {
        return Err(ThreadError::TooLarge { form: name, bytes: bytes.len(), limit });
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| ThreadError::NotUtf8 { form: name, at: error.valid_up_to() })?
        .trim_start_matches('\u{feff}');
    let mut import = Import {
        form,
        document_sha256: sha256(bytes),
        statements: Vec::new(),
        threads: Vec::new(),
        dropped: Vec::new(),
        refused: Vec::new(),
        notes: Vec::new(),
    };
    match form {
        Form::Text => page::plain(text, capture, &mut import)?,
        Form::Html => page::html(text, capture, &mut import)?,
        Form::Feed => feed::read(text, capture, &mut import)?,
        Form::Telegram => telegram::read(text, capture, &mut import)?,
    }
    if import.statements.is_empty() {
        if let Some(Refused { at, why }) = import.refused.first() {
            return Err(ThreadError::Malformed { form: name, line: 1, why: format!("{at}: {why}") });
        }
        return Err(ThreadError::Empty { form: name, furniture: import.dropped.len() });
    }
    Ok(import)
}

/// What is known of one post before it becomes a statement.
#[derive(Debug, Default)]
struct Said {
    text: String,
    post: Option<Post>,
    gaps: bool,
    published_at: Option<Timestamp>,
    dated: Option<String>,
    own_id: Option<String>,
    address: Option<String>,
    forwarded_from: Option<String>,
}

impl Import {
    fn say(&mut self, form: StatementForm, capture: &Capture, said: Said) {
        let text: String = said.text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
        let text_sha256 = sha256(text.as_bytes());
        let clipped = text.len() > STATEMENT_BYTES_MAX;
        let kept = clip(&text, STATEMENT_BYTES_MAX).to_owned();
        let short = |text: Option<String>| text.map(|text| clip(&text, 1024).to_owned());
        self.statements.push(Statement {
            id: id_of(&capture.source, said.own_id.as_deref(), &text_sha256, None),
            source: capture.source.clone(),
            status: capture.status,
            form,
            document_sha256: self.document_sha256.clone(),
            captured_at: capture.captured_at,
            published_at: said.published_at,
            dated: short(said.dated),
            own_id: short(said.own_id),
            address: short(said.address),
            forwarded_from: short(said.forwarded_from),
            post: said.post,
            gaps: said.gaps,
            text: kept,
            text_sha256,
            clipped,
            supersedes: None,
        });
    }

    fn drop_line(&mut self, line: usize, rule: &'static str, words: &str) {
        if self.dropped.len() < DROPPED_MAX {
            self.dropped.push(Dropped { line, rule, words: clip(words.trim(), 120).to_owned() });
        }
    }
}

/// The name of a statement: the same words of the same post of the same source have the same name, wherever they are read.
fn id_of(source: &SourceId, own_id: Option<&str>, text_sha256: &str, supersedes: Option<&StatementId>) -> StatementId {
    let parts = [source.as_str(), own_id.unwrap_or_default(), text_sha256, supersedes.map_or("", StatementId::as_str)];
    let digest = sha256(parts.join("\u{1f}").as_bytes());
    StatementId::new(&format!("s-{}", &digest[..32]))
}

/// The first `bytes` of a text, at a character's boundary.
fn clip(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The line, from 1, on which a byte stands.
fn line_of(text: &str, byte: usize) -> usize {
    clip(text, byte).matches('\n').count() + 1
}
