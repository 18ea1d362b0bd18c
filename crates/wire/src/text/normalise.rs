//! Folding of characters, so that one word has one spelling.
//!
//! What comes in: characters as people and keyboards make them. What goes out: lower case, one apostrophe, composed
//! letters, no marks of stress, no invisible characters, Cyrillic look-alikes of Latin letters in Cyrillic words.
//! What always holds: folding works character by character, so that a token keeps its byte span in the original.
//! Deliberately absent: full Unicode normalisation; only the decomposed letters of the three languages are composed.

use model::letter::{is_cyrillic, look_alike};

/// Characters that join letters into one word without being letters.
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '′' | '`' | '´' | 'ʹ' | '＇' | '‛')
}

/// Characters that are not there for a reader: joiners, selectors, direction marks, soft hyphen, stress marks.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{0300}' | '\u{0301}' | '\u{0341}' | '\u{20E3}')
}

/// A combining mark that makes another letter of the one before it: breve and diaeresis.
fn composed(before: char, mark: char) -> Option<char> {
    Some(match (before, mark) {
        ('и', '\u{0306}') => 'й',
        ('і' | 'i', '\u{0308}') => 'ї',
        ('е', '\u{0308}') => 'е',
        _ => return None,
    })
}

/// Folds one word (letters, digits, apostrophes, inner hyphens).
///
/// `ґ` and `ё` fold to `г` and `е`: writers leave them out, and no two places differ by them alone.
pub(super) fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase) {
        if is_apostrophe(c) {
            folded.push('\'');
            continue;
        }
        if let Some(last) = folded.chars().next_back()
            && let Some(letter) = composed(last, c)
        {
            folded.pop();
            folded.push(letter);
            continue;
        }
        if is_invisible(c) || matches!(c, '\u{0306}' | '\u{0308}') {
            continue;
        }
        folded.push(match c {
            'ґ' => 'г',
            'ё' => 'е',
            '‑' | '‐' | '−' => '-',
            other => other,
        });
    }
    if folded.chars().any(is_cyrillic) && folded.chars().any(|c| c.is_ascii_alphabetic()) {
        // Part by part: "fpv-дрон" is two honest alphabets, "Kиїв" is one with an intruder.
        let parts: Vec<String> = folded
            .split('-')
            .map(|part| {
                let mixed = part.chars().any(is_cyrillic);
                part.chars().map(|c| if mixed { look_alike(c).unwrap_or(c) } else { c }).collect()
            })
            .collect();
        folded = parts.join("-");
    }
    folded
}

/// A name's key in the gazetteer: folded, hyphens as spaces, apostrophes left out.
pub(super) fn key(name: &str) -> String {
    let mut key = fold(name);
    key.retain(|c| c != '\'');
    key.replace('-', " ")
}

#[cfg(test)]
mod tests {
    use super::{fold, key};

    #[test]
    fn one_word_has_one_spelling() {
        for (written, folded) in [
            ("БпЛА", "бпла"),
            ("Куп’янськ", "куп'янськ"),
            ("Купʼянськ", "куп'янськ"),
            ("КAБ", "кав"),
            ("ґанок", "ганок"),
            ("Ки\u{0456}\u{0308}в", "київ"),
            ("Су\u{0301}ми", "суми"),
            ("Берёзовка", "березовка"),
            ("UAVs", "uavs"),
            ("FPV-дрон", "fpv-дрон"),
        ] {
            let expected = if written == "КAБ" { "каб" } else { folded };
            assert_eq!(fold(written), expected, "{written}");
        }
        assert_eq!(key("Білгород-Дністровський"), "білгород дністровський");
        assert_eq!(key("Слов'янськ"), "словянськ");
    }
}
