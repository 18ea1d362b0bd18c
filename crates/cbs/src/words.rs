//! What is said of an `<info>` on a phone, and how it is made to fit.

use crate::alphabet::septets;
use crate::coding::{Coding, Language};
use crate::text::{PAGES_MAX, Text, TextError};
use cap::{Info, Status};
use std::borrow::Cow;

/// More characters than fifteen pages hold; of what is longer only so much is looked at.
const CHARS_MAX: usize = 1_500;
/// Typographic signs, and what stands for them when that saves the whole text from UCS-2, which holds less than half.
const PLAIN: [(char, &str); 10] = [
    ('\u{2018}', "'"),
    ('\u{2019}', "'"),
    ('\u{201c}', "\""),
    ('\u{201d}', "\""),
    ('\u{2013}', "-"),
    ('\u{2014}', "-"),
    ('\u{2026}', "..."),
    ('\u{2212}', "-"),
    ('\u{a0}', " "),
    ('\u{202f}', " "),
];

/// A text that fits, and what was done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fitted {
    /// It.
    pub text: Text,
    /// Characters at the end that had no room. Their place has a mark: `…`, or `...` in GSM 7 bit.
    pub left_out: usize,
    /// Characters that no phone shows: beyond the basic plane, or control characters. They became `?` or a blank.
    pub replaced: usize,
}

/// The words in the alphabet that holds them, at most `pages_max` pages (1 to 15), shortened at a word. English takes GSM 7 bit when
/// it can, Ukrainian always UCS-2. A language of `None` is told to nobody. `Err` only for a text without a character.
pub fn fit(words: &str, language: Option<Language>, pages_max: usize) -> Result<Fitted, TextError> {
    let pages_max = pages_max.clamp(1, PAGES_MAX);
    let total = words.chars().count();
    let mut replaced = 0;
    let mut shown = |c: char| match c {
        '\n' => c,
        c if c.is_control() => {
            replaced += 1;
            ' '
        }
        c if u32::from(c) > 0xffff => {
            replaced += 1;
            '?'
        }
        c => c,
    };
    let kept: String = words.chars().take(CHARS_MAX).map(&mut shown).collect();
    // What lies beyond was not looked at, and has no room in any coding.
    let unseen = total.saturating_sub(CHARS_MAX);
    let plain = plain(&kept);
    let narrow = plain.chars().all(|c| septets(c).is_some());
    let (kept, coding, mark) = match (narrow, language) {
        (true, Some(Language::EN)) => (plain, Coding::ENGLISH, "..."),
        (true, Some(_)) => (plain, Coding::GSM7_INDICATED, "..."),
        (true, None) => (plain, Coding::GSM7, "..."),
        (false, Some(_)) => (Cow::Borrowed(kept.as_str()), Coding::UCS2_INDICATED, "…"),
        (false, None) => (Cow::Borrowed(kept.as_str()), Coding::UCS2, "…"),
    };
    let told = language.filter(|_| coding.indicated());
    let fits = |words: &str| match Text::new(coding, told, words) {
        Ok(text) if text.pages().len() <= pages_max => Ok(Some(text)),
        Ok(_) | Err(TextError::Long { .. }) => Ok(None),
        Err(error) => Err(error),
    };
    if unseen == 0
        && let Some(text) = fits(&kept)?
    {
        return Ok(Fitted { text, left_out: 0, replaced });
    }
    // Ends of words from the last one back; then, for a word as long as all pages, any character.
    let ends = kept.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at);
    let anywhere = kept.char_indices().map(|(at, _)| at);
    for at in ends.rev().chain(anywhere.rev()) {
        let begun = kept[..at].trim_end();
        if begun.is_empty() {
            continue;
        }
        if let Some(text) = fits(&format!("{begun}{mark}"))? {
            let left_out = kept.chars().count() - begun.chars().count() + unseen;
            return Ok(Fitted { text, left_out, replaced });
        }
    }
    Err(TextError::Empty)
}

/// The words with plain signs, when there are any to replace.
fn plain(words: &str) -> Cow<'_, str> {
    let sign = |c: char| PLAIN.iter().find(|(sign, _)| *sign == c).map(|(_, plain)| *plain);
    if words.chars().all(|c| sign(c).is_none()) {
        return Cow::Borrowed(words);
    }
    let mut made = String::with_capacity(words.len());
    for c in words.chars() {
        match sign(c) {
            Some(plain) => made.push_str(plain),
            None => made.push(c),
        }
    }
    Cow::Owned(made)
}

/// What to say, the most needed first, since the end is what may be left out: what and where, what to do, the rest.
/// What is not actual says so in its first word.
pub(crate) fn compose(status: Status, info: &Info, language: Option<Language>) -> String {
    let headline = info.headline.as_deref().unwrap_or(&info.event);
    let areas: Vec<&str> =
        info.area.iter().map(|area| area.area_desc.trim()).filter(|name| !headline.contains(name)).collect();
    let lines = [
        headline.to_owned(),
        areas.join(", "),
        info.instruction.clone().unwrap_or_default(),
        info.description.clone().unwrap_or_default(),
    ];
    let said = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    let (uk, en) = match status {
        Status::Actual => return said,
        Status::Exercise => ("НАВЧАННЯ", "EXERCISE"),
        Status::System | Status::Test | Status::Draft => ("ПЕРЕВІРКА", "TEST"),
    };
    let mark = if language == Some(Language::UK) { uk } else { en };
    if said.to_uppercase().starts_with(mark) { said } else { format!("{mark}. {said}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &str, language: Option<Language>, pages_max: usize, expected: (u8, usize, &str, usize, usize)) {
        let fitted = fit(words, language, pages_max).unwrap();
        let text = &fitted.text;
        let found = (text.coding().octet(), text.pages().len(), text.words(), fitted.left_out, fitted.replaced);
        assert_eq!(found, expected);
    }

    #[test]
    fn a_text_takes_the_alphabet_that_holds_it() {
        let polish = Language::of_tag("pl").unwrap();
        check("Air raid alert", Some(Language::EN), 15, (0x01, 1, "Air raid alert", 0, 0));
        check("Alarm lotniczy", Some(polish), 15, (0x10, 1, "Alarm lotniczy", 0, 0));
        check("Повітряна тривога", Some(Language::UK), 15, (0x11, 1, "Повітряна тривога", 0, 0));
        check("Air raid: Суми", Some(Language::EN), 15, (0x11, 1, "Air raid: Суми", 0, 0));
        check("Air raid", None, 15, (0x0f, 1, "Air raid", 0, 0));
        check("Тривога", None, 15, (0x48, 1, "Тривога", 0, 0));
        check("Don’t go — wait…", Some(Language::EN), 15, (0x01, 1, "Don't go - wait...", 0, 0));
    }

    #[test]
    fn what_has_no_room_is_shortened_at_a_word_and_counted() {
        let words = "слово ".repeat(10);
        check(&words, Some(Language::UK), 1, (0x11, 1, "слово слово слово слово слово слово…", 25, 0));
        check(&"я".repeat(45), Some(Language::UK), 1, (0x11, 1, &format!("{}…", "я".repeat(39)), 6, 0));
        let long = "a".repeat(100_000);
        let fitted = fit(&long, Some(Language::EN), 99).unwrap();
        assert_eq!((fitted.text.pages().len(), fitted.left_out), (15, 100_000 - (15 * 93 - 3)));
    }

    #[test]
    fn what_no_phone_shows_is_replaced_and_counted() {
        check("a\u{7}b\r🚀", Some(Language::EN), 15, (0x01, 1, "a b ?", 0, 3));
        assert_eq!(fit("", None, 15), Err(TextError::Empty));
    }
}
