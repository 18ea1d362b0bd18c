//! Words, numbers and marks of a text, each with its bytes.
//!
//! What comes in: any text. What goes out: tokens in order, folded so that one word has one spelling: lower case, no
//! apostrophes, composed letters, Cyrillic letters for their Latin look-alikes in Cyrillic words. Hyphens and slashes
//! join: "безпілотник-імітатор" is two words, the second of them glued; "Х-101" is a word and a glued number.
//! What always holds: spans are whole characters of the text, and never overlap; the work is linear.
//! Deliberately absent: meaning.

mod digits;
mod letter;
mod page;

pub(super) use letter::fold;
use letter::{is_apostrophe, is_dash, is_hyphen, is_invisible, is_short, is_space, is_thin};
use page::entity;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters.
    Word,
    /// A whole number, with or without separators of thousands.
    Number(u64),
    /// A number with tenths or hundredths: hundredths of it.
    Hundredths(u64),
    /// Two numbers with a hyphen: "10-15".
    Span(u64, u64),
    /// Digits that count nothing: a clock time, a date, a model, money, a number out of bounds.
    Label(Label),
    /// A mark that matters.
    Mark(char),
    /// The end of a sentence.
    Stop,
}

/// Why digits count nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// 23:50, 09.30.
    Clock,
    /// 17.05.2025, 2025-03-20.
    Date,
    /// The digits of Shahed-136, Х-101, F-16.
    Model,
    /// "$5", "№5", "5%".
    Sign,
    /// More digits than anything here has.
    Long,
    /// 5.5, 131/136 and other shapes.
    Shape,
}

/// A piece of a text.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Folded; of a number, the letters glued to its digits ("ю" of "110-ю").
    pub(super) text: String,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Begins with a capital letter.
    pub(super) capital: bool,
    /// Follows the one before without a space.
    pub(super) glued: bool,
}

/// A text cut into tokens.
pub(super) struct Pieces {
    pub(super) tokens: Vec<Token>,
    /// Where a script, a style or a comment begins that nothing closes: the bytes of its opening.
    pub(super) unread: Vec<(usize, usize)>,
}

/// Cuts a text into tokens.
pub(super) fn pieces(text: &str) -> Pieces {
    let mut cutter = Cutter { text, at: 0, out: Vec::new(), gap: true, closes: None, unread: Vec::new() };
    cutter.run();
    Pieces { tokens: cutter.out, unread: cutter.unread }
}

/// The tokens alone.
#[cfg(test)]
pub(super) fn cut(text: &str) -> Vec<Token> {
    pieces(text).tokens
}

struct Cutter<'a> {
    text: &'a str,
    at: usize,
    out: Vec<Token>,
    /// Space since the last token.
    gap: bool,
    /// The next ">", where it was looked for.
    closes: Option<usize>,
    unread: Vec<(usize, usize)>,
}

impl Cutter<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn peek_at(&self, at: usize) -> Option<char> {
        self.text.get(at..).and_then(|rest| rest.chars().next())
    }

    fn before(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    fn push(&mut self, kind: Kind, text: String, start: usize, capital: bool) {
        let glued = !self.gap;
        self.gap = false;
        self.out.push(Token { kind, text, start, end: self.at, capital, glued });
    }

    fn mark(&mut self, c: char, written: char) {
        let start = self.at;
        self.at += written.len_utf8();
        self.push(Kind::Mark(c), String::new(), start, false);
        self.gap = true;
    }

    fn stop(&mut self, length: usize) {
        let start = self.at;
        self.at += length;
        if self.out.last().is_some_and(|it| it.kind != Kind::Stop) {
            self.push(Kind::Stop, String::new(), start, false);
        }
        self.gap = true;
    }

    fn run(&mut self) {
        while let Some(c) = self.peek() {
            if c == '<' && self.tag() {
                continue;
            }
            if c == '&' && self.entity() {
                continue;
            }
            match c {
                '\n' => self.newline(),
                c if is_space(c) || is_invisible(c) => {
                    self.at += c.len_utf8();
                    self.gap |= is_space(c);
                }
                c if c.is_ascii_digit() => self.digits(),
                c if c.is_alphabetic() => self.word(),
                '.' | '!' | '?' | '…' => self.full_stop(c),
                ',' | ';' | ':' | '%' => self.mark(c, c),
                '(' | '[' => self.mark('(', c),
                ')' | ']' => self.mark(')', c),
                c if is_dash(c) => self.dash(c),
                '•' | '▪' | '●' | '◾' | '■' | '▫' | '◦' | '✅' | '✔' | '❗' | '⚡' | '➡' | '·' | '🔹' | '🔻'
                | '🔺' | '💥' => {
                    self.stop(c.len_utf8());
                }
                '+' => self.mark('+', c),
                '~' | '≈' => self.mark('~', c),
                '/' => {
                    self.at += 1;
                    self.gap = false;
                }
                c if is_apostrophe(c) || matches!(c, '"' | '«' | '»' | '“' | '”' | '„') => {
                    self.at += c.len_utf8();
                }
                c => {
                    self.at += c.len_utf8();
                    self.gap = true;
                }
            }
        }
        self.stop(0);
    }

    /// A line's end ends a sentence where the next line begins like one.
    fn newline(&mut self) {
        let before = self.text[..self.at].trim_end().chars().next_back();
        self.at += 1;
        self.gap = true;
        let rest = self.text[self.at..].trim_start_matches(is_space);
        let next = rest.chars().next();
        let ended = before.is_none_or(|c| matches!(c, '.' | '!' | '?' | ':' | ';' | '…'));
        let begins =
            next.is_none_or(|c| c == '\n' || c.is_uppercase() || is_dash(c) || !(c.is_alphanumeric() || c == '('));
        if ended || begins {
            let listing = before == Some(':') || before == Some(';');
            // The colon before a list stays the last mark of its sentence.
            self.stop(0);
            if listing && is_dash(next.unwrap_or(' ')) {
                self.gap = true;
            }
        }
    }

    fn dash(&mut self, c: char) {
        let next = self.peek_at(self.at + c.len_utf8());
        let joins = is_hyphen(c) && !self.gap && next.is_some_and(char::is_alphanumeric);
        if joins {
            self.at += c.len_utf8();
            self.gap = false;
        } else {
            self.mark('-', c);
        }
    }

    fn full_stop(&mut self, c: char) {
        let next = self.text[self.at + c.len_utf8()..].chars().next();
        let after = self.text[self.at + c.len_utf8()..].trim_start_matches(|c: char| {
            is_space(c) || c == '\n' || is_apostrophe(c) || matches!(c, '"' | '«' | '»' | '“' | '”' | '„' | ')')
        });
        let begins = after.chars().next().is_none_or(|c| !c.is_lowercase());
        let spaced = next.is_none_or(|c| !c.is_alphanumeric() && c != ',');
        let short = c == '.'
            && self.out.last().is_some_and(|last| {
                last.end == self.at
                    && last.kind == Kind::Word
                    && (is_short(&last.text) || (last.text.chars().count() == 1 && last.capital && !last.glued))
            });
        let multiple = self.out.last().is_some_and(|it| matches!(it.text.as_str(), "тис" | "тыс" | "млн" | "млрд"));
        let closes = begins && !short && (!multiple || after.is_empty());
        if spaced && (closes || c != '.') {
            self.stop(c.len_utf8());
        } else {
            self.at += c.len_utf8();
            // "U.S.-made" is one word.
            self.gap = !(short && next.is_some_and(is_hyphen));
        }
    }

    fn word(&mut self) {
        let start = self.at;
        let mut written = String::new();
        while let Some(c) = self.peek() {
            let (c, length) = entity(&self.text[self.at..]).unwrap_or((c, c.len_utf8()));
            let inside = c.is_alphabetic()
                || is_invisible(c)
                || matches!(c, '\u{0306}' | '\u{0308}')
                || (is_apostrophe(c) && self.peek_at(self.at + length).is_some_and(char::is_alphabetic))
                // п"ять: a quotation mark for the apostrophe.
                || (matches!(c, '"' | '*' | '”' | '“')
                    && written.ends_with(['п', 'П', 'б', 'в', 'м', 'ф', 'р', 'д', 'з'])
                    && self.peek_at(self.at + length).is_some_and(|c| matches!(c, 'я' | 'ю' | 'є' | 'ї' | 'Я')));
            if !inside {
                break;
            }
            written.push(if matches!(c, '"' | '*' | '”' | '“') { '\'' } else { c });
            self.at += length;
        }
        let written = written.as_str();
        let capital = written.starts_with(char::is_uppercase);
        // The possessive is no word of its own: "Ukraine's".
        let trimmed = ["'s", "’s", "ʼs"].iter().find_map(|it| written.strip_suffix(it)).unwrap_or(written);
        let text = fold(trimmed);
        self.push(Kind::Word, text, start, capital);
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, cut, fold};

    fn check(text: &str, expected: &str) {
        let shown: Vec<String> = cut(text)
            .into_iter()
            .map(|it| match it.kind {
                Kind::Word => it.text,
                Kind::Number(n) if it.text.is_empty() => n.to_string(),
                Kind::Number(n) => format!("{n}~{}", it.text),
                Kind::Hundredths(n) => format!("{n}%%"),
                Kind::Span(a, b) => format!("{a}..{b}"),
                Kind::Label(label) => format!("{label:?}").to_lowercase(),
                Kind::Mark(c) => c.to_string(),
                Kind::Stop => "|".to_owned(),
            })
            .collect();
        assert_eq!(shown.join(" "), expected, "{text}");
    }

    #[test]
    fn a_text_is_cut_into_words_numbers_and_marks() {
        check("1,170 bombs, 75. Then 6 900 or 6\u{a0}900", "1170 bombs , 75 | then 6900 or 6900 |");
        check("110-ю ударными; 5-річний", "110~ю ударными ; 5 річний |");
        check("Shahed-131/136, Х-101 та С-300", "shahed model , х model та с model |");
        check("о 23:50, 17.05.2025 та 1,7 тис. БпЛА", "о clock , date та 170%% тис бпла |");
        check("10–15 дронів — 2025-03-20", "10..15 дронів - date |");
        check("On March 20 171 drones", "on march 20 171 drones |");
        check("5% of $40", "sign % of sign |");
        check("п’ятеро п'ятеро Kиїв", "пятеро пятеро київ |");
        check("Ukraine’s air defence", "ukraine air defence |");
        check("дронів-імітаторів", "дронів імітаторів |");
        check("1&thinsp;200 будинк&#1110;в &mdash; <script>let killed = 12;</script>99", "1200 будинків - | 99 |");
        check("<p>12 <b>drones</b></p>&nbsp;x", "12 drones | x |");
    }

    #[test]
    fn a_number_of_forty_digits_counts_nothing() {
        check(&format!("{} drones", "1".repeat(40)), "long drones |");
        check("1 000 000 000 000 000 000 drones", "long drones |");
    }

    #[test]
    fn folding_leaves_one_spelling() {
        assert_eq!(fold("Ґвинт’Ё"), "гвинте");
    }
}
