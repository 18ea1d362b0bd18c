//! Claims from text: what a post, a bulletin or an article says was launched, stopped, hit, damaged, and who was harmed.
//!
//! What comes in: a text in English, Ukrainian or Russian. What goes out: claims, each a quantity of one object under one
//! kind, with its hedge, whose weapon it was, and a trace of which rule read which bytes; and the quantities that were
//! not understood, for a person.
//! What always holds: every number of a claim stands in the text, or is a count the reader can repeat; a number that is
//! not fully understood is left, never guessed; the same text gives the same claims; the work grows with the length.
//! Deliberately absent: a model, learned weights, the reader's own knowledge of the war; whether a claim is true.
//! Idea: hedged numbers as Airwars keeps them, read by a closed grammar so that each figure can be traced to its words.

mod claim;
mod clause;
mod headline;
mod item;
mod language;
mod lexicon;
mod measure;
mod settle;
mod token;
mod veto;

pub use claim::{Claim, ClaimKind, ClaimsError, Object, Reading, Severity, Side, Step, Tongue, Unparsed};

/// Longest text read, in bytes. A longer one is named and refused.
pub const TEXT_BYTES_MAX: usize = 5 * 1024 * 1024;
/// Tokens of a sentence at most; a longer one is read in pieces, so that the work stays linear.
const SENTENCE_TOKENS_MAX: usize = 300;

/// Whose country a place of the lexicon is in, by its English name; `None` is a third one, or no place.
#[must_use]
pub fn country_of(place: &str) -> Option<Side> {
    lexicon::Lexicon::get().places.iter().find(|it| it.name == place)?.land
}

/// Reads a text.
///
/// Cost: linear in the length.
///
/// # Errors
/// [`ClaimsError::Size`] beyond [`TEXT_BYTES_MAX`], [`ClaimsError::Language`] for anything but the three languages.
pub fn read(text: &str) -> Result<Reading, ClaimsError> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(ClaimsError::Size { bytes: text.len(), max: TEXT_BYTES_MAX });
    }
    let token::Pieces { tokens, unread } = token::pieces(text);
    let lang = language::of(&tokens).ok_or(ClaimsError::Language)?;
    let lost_letters = language::lost_letters(lang, &tokens);
    let mut story = settle::Story::new(lost_letters);
    let mut from = 0;
    for at in 0..tokens.len() {
        let stop = tokens[at].kind == token::Kind::Stop;
        if stop || at + 1 - from >= SENTENCE_TOKENS_MAX {
            let end = if stop { at } else { at + 1 };
            if end > from {
                settle::sentence(&tokens[from..end], text, &mut story);
            }
            from = at + 1;
        }
    }
    for (start, end) in unread {
        story.unparsed.push(Unparsed { start, end, text: text[start..end].to_owned(), reason: "unclosed" });
    }
    let contradictions = headline::contradictions(text, &story.claims);
    Ok(Reading { lang, lost_letters, claims: story.claims, unparsed: story.unparsed, contradictions })
}
