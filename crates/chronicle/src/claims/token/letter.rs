//! Letters, spaces and marks that mean the same; one spelling of a word; words that a full stop shortens.

use model::letter::{is_cyrillic, look_alike};

pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '′' | '`' | '´' | 'ʹ' | '＇' | '‛')
}

pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{0300}' | '\u{0301}' | '\u{0341}' | '\u{20E3}')
}

pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() && c != '\n'
}

pub(super) fn is_thin(c: char) -> bool {
    matches!(c, ' ' | '\u{00A0}' | '\u{2007}' | '\u{2009}' | '\u{202F}' | '\u{200A}' | '\u{2008}' | '\u{2006}')
}

pub(super) fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '−' | '–')
}

pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '−' | '–' | '—' | '―')
}

/// One spelling of a word.
pub(in super::super) fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase) {
        match (folded.chars().next_back(), c) {
            (Some('и'), '\u{0306}') => {
                folded.pop();
                folded.push('й');
            }
            (Some('і' | 'i'), '\u{0308}') => {
                folded.pop();
                folded.push('ї');
            }
            (_, '\u{0306}' | '\u{0308}') => {}
            (_, c) if is_apostrophe(c) || is_invisible(c) => {}
            (_, 'ґ') => folded.push('г'),
            (_, 'ё') => folded.push('е'),
            (_, c) => folded.push(c),
        }
    }
    if folded.chars().any(is_cyrillic) && folded.chars().any(|c| c.is_ascii_alphabetic()) {
        folded = folded.chars().map(|c| look_alike(c).unwrap_or(c)).collect();
    }
    folded
}

/// A word that a full stop shortens.
pub(super) fn is_short(word: &str) -> bool {
    matches!(
        word,
        "тис"
            | "тыс"
            | "млн"
            | "млрд"
            | "ім"
            | "им"
            | "вул"
            | "ул"
            | "обл"
            | "смт"
            | "пгт"
            | "св"
            | "грн"
            | "см"
            | "напр"
            | "год"
            | "хв"
            | "ст"
            | "рр"
            | "гг"
            | "просп"
            | "буд"
            | "кв"
            | "руб"
            | "mr"
            | "mrs"
            | "dr"
            | "gen"
            | "lt"
            | "col"
            | "maj"
            | "sgt"
            | "st"
            | "approx"
            | "incl"
            | "jan"
            | "feb"
            | "mar"
            | "apr"
            | "jun"
            | "jul"
            | "aug"
            | "sep"
            | "sept"
            | "oct"
            | "nov"
            | "dec"
            | "т"
            | "д"
    )
}
