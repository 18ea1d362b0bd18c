//! Tokens: words, numbers and the signs that part them, each with its bytes in the original.
//!
//! What comes in: any text. What goes out: tokens in order, never overlapping.
//! What always holds: `text[start..end]` is valid for every token, and the number of tokens is at most that of bytes.
//! Deliberately absent: meaning; the lexicon gives it.

use super::normalise::{fold, is_apostrophe, is_invisible};
use model::letter::is_cyrillic;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A word, with inner hyphens and apostrophes.
    Word,
    /// A whole number.
    Number(u32),
    /// A clock time, a date, a decimal or a percentage: never a count.
    Figure,
    /// `х` or `×` beside a number.
    Times,
    /// End of a line.
    Newline,
    /// `.`, `!`, `…`.
    Stop,
    /// `?`.
    Question,
    /// `;`, `|`.
    Semicolon,
    /// `,`.
    Comma,
    /// `:`.
    Colon,
    /// A dash between words.
    Dash,
    /// A hyphen without spaces between numbers.
    Range,
    /// `/`, `\`, `+`, `&`.
    Slash,
    /// An arrow: toward.
    Arrow,
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `#`.
    Hash,
    /// A list sign at the start of a line.
    Bullet,
    /// `~`, `≈`, `>`, `<`, `±`: about, more or less than.
    About,
}

/// One token.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// Folded spelling; empty for signs.
    pub(super) word: String,
    /// First byte.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
    /// Begins with a capital letter.
    pub(super) capital: bool,
    /// A hashtag's part.
    pub(super) tagged: bool,
}

/// Abbreviations whose full stop does not end a sentence.
const ABBREVIATIONS: &[&str] = &[
    "м", "с", "смт", "обл", "р", "н", "п", "ст", "сел", "ім", "вул", "г", "пос", "пгт", "с-ще", "р-н", "р-ну", "р-ні",
    "т", "зв", "тис", "шт", "од", "св", "о", "напр", "пн", "пд", "зх", "сх", "km", "approx", "st", "км", "хв", "год",
    "дер", "нп",
];

/// Designations of missiles whose letter is the same as the sign of multiplication.
const MODELS_OF_X: &[&str] = &["101", "102", "55", "555", "59", "69", "22", "31", "32", "35", "38", "47"];

struct Scanner<'t> {
    text: &'t str,
    chars: Vec<(usize, char)>,
    tokens: Vec<Token>,
}

/// Cuts a text into tokens. Linear in its length.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut scanner = Scanner { text, chars: text.char_indices().collect(), tokens: Vec::new() };
    let mut at = 0;
    let mut tag_until = 0;
    while at < scanner.chars.len() {
        let (next, ends_tag) = scanner.step(at, at < tag_until);
        if let Some(until) = ends_tag {
            tag_until = until;
        }
        at = next.max(at + 1);
    }
    scanner.tokens
}

impl Scanner<'_> {
    fn char_at(&self, at: usize) -> Option<char> {
        self.chars.get(at).map(|(_, c)| *c)
    }

    fn byte(&self, at: usize) -> usize {
        self.chars.get(at).map_or(self.text.len(), |(byte, _)| *byte)
    }

    fn push(&mut self, kind: TokenKind, from: usize, to: usize, tagged: bool) {
        let (start, end) = (self.byte(from), self.byte(to));
        let raw = self.text.get(start..end).unwrap_or_default();
        let word = if kind == TokenKind::Word { fold(raw) } else { String::new() };
        let capital = raw.chars().next().is_some_and(char::is_uppercase);
        self.tokens.push(Token { kind, word, start, end, capital, tagged });
    }

    /// Reads one token at `at`; gives the next position and, after `#`, where the hashtag ends.
    fn step(&mut self, at: usize, tagged: bool) -> (usize, Option<usize>) {
        let Some(c) = self.char_at(at) else { return (at + 1, None) };
        if c == '\n' || c == '\r' || c == '\u{2028}' || c == '\u{2029}' {
            self.push(TokenKind::Newline, at, at + 1, false);
            return (at + 1, None);
        }
        if c.is_ascii_digit() {
            return (self.number(at, tagged), None);
        }
        if c.is_alphabetic() {
            return (self.word(at, tagged), None);
        }
        if c == '#' {
            let mut until = at + 1;
            while self
                .char_at(until)
                .is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-' || is_apostrophe(c) || is_invisible(c))
            {
                until += 1;
            }
            self.push(TokenKind::Hash, at, at + 1, false);
            return (at + 1, Some(until));
        }
        if let Some(kind) = self.sign(c, at) {
            self.push(kind, at, at + 1, false);
        }
        (at + 1, None)
    }

    fn sign(&self, c: char, at: usize) -> Option<TokenKind> {
        Some(match c {
            '.' if self.is_abbreviation(at) => return None,
            '.' | '!' | '…' | '‼' | '❗' | '❕' | '⁉' => TokenKind::Stop,
            '?' | '❓' | '❔' => TokenKind::Question,
            ';' | '|' | '¦' => TokenKind::Semicolon,
            ',' => TokenKind::Comma,
            ':' => TokenKind::Colon,
            '(' | '[' => TokenKind::Open,
            ')' | ']' => TokenKind::Close,
            '/' | '\\' | '+' | '&' => TokenKind::Slash,
            '×' | '✕' | '✖' | '*' if self.beside_number(at) => TokenKind::Times,
            '•' | '·' | '*' | '▪' | '▫' | '◦' | '‣' | '●' | '○' | '■' => TokenKind::Bullet,
            '>' if self.char_at(at + 1).is_some_and(|c| c.is_ascii_digit()) => TokenKind::About,
            '~' | '≈' | '±' => TokenKind::About,
            '→' | '➡' | '➔' | '⇒' | '➜' | '➞' | '⟶' | '⟹' | '▶' | '►' | '👉' | '↗' | '↘' | '⤵' | '⤴' | '↪' | '➝'
            | '➤' | '>' => TokenKind::Arrow,
            '-' | '‑' | '‐' | '–' | '—' | '−' | '―' => {
                if self.char_at(at + 1) == Some('>') {
                    return None;
                }
                let digit = |at: Option<usize>| at.and_then(|at| self.char_at(at)).is_some_and(|c| c.is_ascii_digit());
                if digit(at.checked_sub(1)) && digit(Some(at + 1)) { TokenKind::Range } else { TokenKind::Dash }
            }
            _ => return None,
        })
    }

    fn beside_number(&self, at: usize) -> bool {
        let digit = |at: Option<usize>| at.and_then(|at| self.char_at(at)).is_some_and(|c| c.is_ascii_digit());
        digit(at.checked_sub(1)) || digit(Some(at + 1))
    }

    fn is_abbreviation(&self, at: usize) -> bool {
        let start = self.byte(at);
        self.tokens.last().is_some_and(|last| {
            last.kind == TokenKind::Word && last.end == start && ABBREVIATIONS.contains(&last.word.as_str())
        })
    }

    /// A run of digits with what is glued to it: `2х`, `03:12`, `20.09`, `5-й`, `100%`.
    fn number(&mut self, at: usize, tagged: bool) -> usize {
        let mut to = at;
        while self.char_at(to).is_some_and(|c| c.is_ascii_digit()) {
            to += 1;
        }
        let next_is_digit = |scanner: &Self, at: usize| scanner.char_at(at + 1).is_some_and(|c| c.is_ascii_digit());
        if matches!(self.char_at(to), Some(':' | '.' | ',')) && next_is_digit(self, to) {
            while matches!(self.char_at(to), Some(':' | '.' | ',')) && next_is_digit(self, to) {
                to += 1;
                while self.char_at(to).is_some_and(|c| c.is_ascii_digit()) {
                    to += 1;
                }
            }
            self.push(TokenKind::Figure, at, to, tagged);
            return to;
        }
        if self.char_at(to) == Some('%') {
            self.push(TokenKind::Figure, at, to + 1, tagged);
            return to + 1;
        }
        // An ordinal ("5-й", "20-х") is not a count; "5-ма" is rare enough to lose.
        if matches!(self.char_at(to), Some('-' | '‑')) && self.char_at(to + 1).is_some_and(char::is_alphabetic) {
            while self.char_at(to).is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '‑')) {
                to += 1;
            }
            self.push(TokenKind::Figure, at, to, tagged);
            return to;
        }
        let digits = self.text.get(self.byte(at)..self.byte(to)).unwrap_or_default();
        let kind = digits.parse().map_or(TokenKind::Figure, TokenKind::Number);
        self.push(kind, at, to, tagged);
        if matches!(self.char_at(to), Some('х' | 'Х' | 'x' | 'X'))
            && !self.char_at(to + 1).is_some_and(char::is_alphanumeric)
        {
            self.push(TokenKind::Times, to, to + 1, tagged);
            return to + 1;
        }
        to
    }

    fn word(&mut self, at: usize, tagged: bool) -> usize {
        // "х2": a sign of multiplication, unless the figure is that of a missile ("х101").
        if matches!(self.char_at(at), Some('х' | 'Х' | 'x' | 'X')) {
            let mut to = at + 1;
            while self.char_at(to).is_some_and(|c| c.is_ascii_digit()) {
                to += 1;
            }
            let digits = self.text.get(self.byte(at + 1)..self.byte(to)).unwrap_or_default();
            let glued = self.char_at(to).is_some_and(char::is_alphabetic);
            if !digits.is_empty() && !glued && !MODELS_OF_X.contains(&digits) {
                self.push(TokenKind::Times, at, at + 1, tagged);
                return at + 1;
            }
            if digits.is_empty() && !glued && !matches!(self.char_at(to), Some('-' | '‑')) && self.near_number(at) {
                self.push(TokenKind::Times, at, at + 1, tagged);
                return at + 1;
            }
        }
        let mut to = at;
        while let Some(c) = self.char_at(to) {
            if c.is_alphanumeric() || is_mark(c) {
                to += 1;
            } else if (is_apostrophe(c) || is_hyphen(c))
                && self.char_at(to + 1).is_some_and(char::is_alphanumeric)
                && to > at
            {
                // A long dash glued between a whole word and a capital parts two words ("Суми—Конотоп" stays one here).
                to += 1;
            } else {
                break;
            }
        }
        self.push(TokenKind::Word, at, to, tagged);
        to
    }

    /// Whether a number stands right before, across blanks.
    fn near_number(&self, at: usize) -> bool {
        let before = self.tokens.last().is_some_and(|last| {
            matches!(last.kind, TokenKind::Number(_))
                && self.text.get(last.end..self.byte(at)).is_some_and(|gap| gap.chars().all(char::is_whitespace))
        });
        let mut next = at + 1;
        while self.char_at(next).is_some_and(|c| c == ' ' || c == '\u{a0}') {
            next += 1;
        }
        before || (next > at + 1 && self.char_at(next).is_some_and(|c| c.is_ascii_digit()))
    }
}

fn is_mark(c: char) -> bool {
    is_invisible(c) || matches!(c, '\u{0306}' | '\u{0308}')
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '‑' | '‐')
}

impl Token {
    /// Whether it is written in Latin letters.
    pub(super) fn is_latin(&self) -> bool {
        !self.word.chars().any(is_cyrillic)
    }

    /// Whether it is a word.
    pub(super) fn is_word(&self) -> bool {
        self.kind == TokenKind::Word
    }
}

#[cfg(test)]
mod tests {
    use super::{TokenKind, tokens};

    fn show(text: &str) -> String {
        let parts: Vec<String> = tokens(text)
            .iter()
            .map(|t| match t.kind {
                TokenKind::Word => t.word.clone(),
                TokenKind::Number(n) => format!("#{n}"),
                other => format!("{other:?}"),
            })
            .collect();
        parts.join(" ")
    }

    #[test]
    fn a_text_is_cut_where_a_reader_would_cut_it() {
        for (text, expected) in [
            ("2х БпЛА", "#2 Times бпла"),
            ("х2 БпЛА", "Times #2 бпла"),
            ("2 х БпЛА", "#2 Times бпла"),
            ("2x UAVs", "#2 Times uavs"),
            ("Х-101", "х-101"),
            ("Х101", "х101"),
            ("МіГ-31К", "міг-31к"),
            ("2-3 шахеди", "#2 Range #3 шахеди"),
            ("03:12 Повітряна", "Figure повітряна"),
            ("20.09.2026", "Figure"),
            ("м. Суми.", "м суми Stop"),
            ("Миколаївки/Степанівки", "миколаївки Slash степанівки"),
            ("Хотінь ➡️ Суми", "хотінь Arrow суми"),
            ("А -> Б", "а Arrow б"),
            ("#Сумська_область", "Hash сумська область"),
            ("«Шахеди» – Рава-Руська", "шахеди Dash рава-руська"),
            ("р-н Куп’янська", "р-н куп'янська"),
            ("20-х роках", "Figure роках"),
        ] {
            assert_eq!(show(text), expected, "{text}");
        }
    }
}
