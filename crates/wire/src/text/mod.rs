//! Threat posts and official posts in Ukrainian, English and Russian, read to items.
//!
//! What comes in: one post, several lines possible. What goes out: a [`Reading`]: items with every place resolved to a
//! code and a trace for every field, and a refusal with place and remedy for everything that could not be read safely.
//! What always holds: the same text gives the same reading; no text panics; time is about linear in its length; a place
//! is never guessed; an end of an alert is read only from words that say so and name for whom.
//! Deliberately absent: a clock, memory between posts, learning, judgement of whether the words are true.
//!
//! The rules and the names of the refusals: docs/reference/text.md.

mod decline;
mod describe;
mod gazetteer;
mod grammar;
mod lexicon;
mod normalise;
pub mod score;
mod token;

pub use describe::{describe_en, describe_uk, kind_en, kind_uk};

use gazetteer::Gazetteer;
use lexicon::Lexicon;
use model::report::TEXT_BYTES_MAX;
use model::{AreaSet, Item, Refusal};

/// What was read of a post.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// In the order of the text.
    pub items: Vec<Item>,
    /// What could not be read, and why.
    pub refused: Vec<Refusal>,
}

/// Reads posts. Costly to make (every form of every name), cheap to use; share one.
pub struct Reader {
    set: &'static AreaSet,
    lexicon: Lexicon,
    gazetteer: Gazetteer,
}

impl Reader {
    /// A reader for the places of an area set.
    pub fn new(set: &'static AreaSet) -> Self {
        Self { set, lexicon: Lexicon::new(), gazetteer: Gazetteer::new(set) }
    }

    /// Reads one post.
    pub fn read(&self, text: &str) -> Reading {
        if text.len() > TEXT_BYTES_MAX {
            let refusal = Refusal {
                reason: "text_too_long".to_owned(),
                detail: format!("read a text of {} bytes: expected at most {TEXT_BYTES_MAX}", text.len()),
                start: 0,
                end: u32::try_from(text.len()).unwrap_or(u32::MAX),
            };
            return Reading { items: Vec::new(), refused: vec![refusal] };
        }
        let (items, refused) = grammar::read(self.set, &self.lexicon, &self.gazetteer, text);
        Reading { items, refused }
    }
}
