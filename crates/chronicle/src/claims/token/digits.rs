//! Digits: counts, and all that looks like them: clock times, dates, models, money.

use super::page::entity;
use super::{Cutter, Kind, Label, fold, is_apostrophe, is_dash, is_hyphen, is_thin};

impl Cutter<'_> {
    pub(super) fn digits(&mut self) {
        let start = self.at;
        let model = !self.gap && self.out.last().is_some_and(|it| it.end < start || it.kind == Kind::Word);
        let model = model && !matches!(self.before(), Some('+' | '(' | '[' | '%'));
        if model {
            return self.model(start);
        }
        let sign =
            matches!(self.text[..start].trim_end().chars().next_back(), Some('$' | '€' | '£' | '₴' | '№' | '#' | '₽'));
        let (mut digits, mut groups) = (self.run_of_digits(), 1);
        while let Some((mark, group)) = self.group(digits.len(), groups) {
            self.at += mark + group.len();
            digits.push_str(&group);
            groups += 1;
        }
        let first = number(&digits);
        let kind = self.shape(first, groups);
        let letters = self.letters();
        let percent = self.text[self.at..].trim_start_matches(is_thin).starts_with(['%', '‰', '$', '€', '₴', '°']);
        let kind = if sign || percent { Kind::Label(Label::Sign) } else { kind };
        self.push(kind, letters, start, false);
    }

    pub(super) fn run_of_digits(&mut self) -> String {
        let run: String = self.text[self.at..].chars().take_while(char::is_ascii_digit).collect();
        self.at += run.len();
        run
    }

    /// A separator and three digits more: the bytes of the separator, and the digits.
    pub(super) fn group(&self, have: usize, groups: usize) -> Option<(usize, String)> {
        let rest = &self.text[self.at..];
        let plain = rest.chars().next()?;
        let (mark, length) = entity(rest).unwrap_or((plain, plain.len_utf8()));
        if (groups == 1 && have > 3) || have > 4 * DIGITS_MAX || !(mark == ',' || is_thin(mark) || is_apostrophe(mark))
        {
            return None;
        }
        let after = &rest[length..];
        let group: String = after.chars().take(4).take_while(char::is_ascii_digit).collect();
        let next = after[group.len()..].chars().next();
        let ends = next.is_none_or(|c| !c.is_alphanumeric() && !is_hyphen(c) && c != ':');
        // "On March 20 171 drones": a plain space after a month's day divides.
        let dated = mark == ' ' && self.out.last().is_some_and(|it| is_month(&it.text));
        (group.len() == 3 && ends && !dated).then_some((length, group))
    }

    /// What follows the first number without a space, and makes something else of it.
    pub(super) fn shape(&mut self, first: Option<u64>, groups: usize) -> Kind {
        let here = self.peek();
        let digit_after = |mark: char| {
            here == Some(mark) && self.peek_at(self.at + mark.len_utf8()).is_some_and(|c| c.is_ascii_digit())
        };
        let Some(first) = first else {
            return Kind::Label(Label::Long);
        };
        if digit_after(':') {
            self.swallow(&[':']);
            return Kind::Label(Label::Clock);
        }
        if digit_after('.') || digit_after(',') {
            let comma = here == Some(',');
            self.at += 1;
            let tail = self.run_of_digits();
            if !comma && self.peek() == Some('.') && self.peek_at(self.at + 1).is_some_and(|c| c.is_ascii_digit()) {
                self.swallow(&['.']);
                return Kind::Label(Label::Date);
            }
            return match (tail.len(), number(&tail)) {
                (1, Some(tenths)) if groups == 1 => {
                    Kind::Hundredths(first.saturating_mul(100).saturating_add(tenths * 10))
                }
                (2, Some(rest)) if groups == 1 => Kind::Hundredths(first.saturating_mul(100).saturating_add(rest)),
                _ => Kind::Label(Label::Shape),
            };
        }
        if digit_after('/') {
            self.swallow(&['/', '.']);
            return Kind::Label(Label::Shape);
        }
        if let Some(hyphen) = here.filter(|c| is_dash(*c))
            && self.peek_at(self.at + hyphen.len_utf8()).is_some_and(|c| c.is_ascii_digit())
        {
            self.at += hyphen.len_utf8();
            let second = self.run_of_digits();
            if let Some(again) = self.peek().filter(|c| is_hyphen(*c))
                && self.peek_at(self.at + again.len_utf8()).is_some_and(|c| c.is_ascii_digit())
            {
                self.swallow(&['-', '–', '‑']);
                return Kind::Label(Label::Date);
            }
            if self.peek() == Some(':')
                || self.peek() == Some('.') && self.peek_at(self.at + 1).is_some_and(|c| c.is_ascii_digit())
            {
                self.swallow(&[':', '.']);
                return Kind::Label(Label::Clock);
            }
            return match number(&second) {
                Some(second) if first < second && !(1_900..2_100).contains(&first) => Kind::Span(first, second),
                _ => Kind::Label(Label::Shape),
            };
        }
        Kind::Number(first)
    }

    /// Digits and the marks between them.
    pub(super) fn swallow(&mut self, marks: &[char]) {
        while let Some(c) = self.peek() {
            let between =
                marks.contains(&c) && self.peek_at(self.at + c.len_utf8()).is_some_and(|c| c.is_ascii_digit());
            if !c.is_ascii_digit() && !between {
                break;
            }
            self.at += c.len_utf8();
        }
    }

    /// Letters glued to digits, with or without a hyphen: "110-ю", "20th".
    pub(super) fn letters(&mut self) -> String {
        let rest = &self.text[self.at..];
        let skip = rest.chars().next().filter(|c| is_hyphen(*c)).map_or(0, char::len_utf8);
        let letters: String = rest[skip..].chars().take_while(|c| c.is_alphabetic()).collect();
        if letters.is_empty() || letters.chars().count() > 3 {
            return String::new();
        }
        self.at += skip + letters.len();
        fold(&letters)
    }

    pub(super) fn model(&mut self, start: usize) {
        while let Some(c) = self.peek() {
            let next = self.peek_at(self.at + c.len_utf8());
            let slash = (c == '/' || is_hyphen(c)) && next.is_some_and(|c| c.is_ascii_digit());
            if !(c.is_ascii_digit() || c.is_alphabetic() || slash) {
                break;
            }
            self.at += c.len_utf8();
        }
        let written = &self.text[start..self.at];
        let head: String = written.chars().take_while(char::is_ascii_digit).collect();
        self.push(Kind::Label(Label::Model), head, start, false);
    }
}

/// Digits of a number at most; a longer one is not understood.
pub(super) const DIGITS_MAX: usize = 12;

pub(super) fn number(digits: &str) -> Option<u64> {
    (digits.len() <= DIGITS_MAX).then(|| digits.parse().ok()).flatten()
}

pub(super) fn is_month(word: &str) -> bool {
    matches!(
        word,
        "january"
            | "february"
            | "march"
            | "april"
            | "may"
            | "june"
            | "july"
            | "august"
            | "september"
            | "october"
            | "november"
            | "december"
    )
}
