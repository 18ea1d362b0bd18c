//! Headings: what a line says once for itself and for the lines below.
//!
//! A heading alone on its line ("Чернігівщина:") holds until the next heading; one with text after it ("Сумщина: БпЛА …")
//! holds for its own line.

use super::kind::KindSaid;
use super::mark::{Mark, Meaning, Mention};
use crate::text::gazetteer::Class;
use crate::text::lexicon::Sense;
use crate::text::token::TokenKind;
use model::Area;

/// What stands over a sentence.
#[derive(Clone, Default)]
pub(super) struct Heading {
    /// Places named, with the area when one was resolved.
    pub(super) places: Vec<(Mention, &'static Area)>,
    pub(super) kind: Option<KindSaid>,
}

/// The places of a heading at the start of a sentence and the number of marks it takes; the sign after it included.
pub(super) fn heading_of(marks: &[Mark]) -> Option<(Vec<Mention>, usize)> {
    let mut places: Vec<Mention> = Vec::new();
    let mut at = 0;
    let mut depth = 0_usize;
    while let Some(mark) = marks.get(at) {
        match &mark.meaning {
            Meaning::Place => places.extend(mark.place.clone().filter(|m| !m.tagged)),
            Meaning::Lex(Sense::Filler | Sense::And)
            | Meaning::Figure
            | Meaning::Sign(TokenKind::Comma | TokenKind::Slash | TokenKind::Bullet) => {}
            Meaning::Lex(Sense::Prep(crate::text::lexicon::Role::On | crate::text::lexicon::Role::In)) if at == 0 => {
                return None;
            }
            Meaning::Sign(TokenKind::Open) => depth += 1,
            Meaning::Sign(TokenKind::Close) => depth = depth.saturating_sub(1),
            Meaning::Sign(TokenKind::Colon) if !places.is_empty() && depth == 0 => return Some((places, at + 1)),
            Meaning::Sign(TokenKind::Dash) if !places.is_empty() && depth == 0 => {
                // "Сумщина - …": a heading of its line when it names communities; a town is left to the clause.
                let communities = places.iter().all(|m| m.candidates.iter().any(|c| c.class != Class::Settlement));
                return communities.then_some((places, at + 1));
            }
            _ => return None,
        }
        at += 1;
    }
    (!places.is_empty()).then_some((places, at))
}
