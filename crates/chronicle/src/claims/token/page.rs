//! Pages: tags, and entities.

use super::{Cutter, Kind, is_dash};

impl Cutter<'_> {
    /// A tag is a gap; one that closes a block ends a sentence.
    pub(super) fn tag(&mut self) -> bool {
        let rest = &self.text[self.at..];
        if !rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!') {
            return false;
        }
        // What a script, a style or a comment says is no text.
        for (open, close) in [("<script", "</script"), ("<style", "</style"), ("<!--", "-->")] {
            if rest.get(..open.len()).is_some_and(|it| it.eq_ignore_ascii_case(open)) {
                let end = rest.as_bytes().windows(close.len()).position(|it| it.eq_ignore_ascii_case(close.as_bytes()));
                if end.is_none() {
                    // Nothing closes it: the rest is not read, and that is said.
                    self.unread.push((self.at, self.at + open.len()));
                }
                self.at += end.map_or(rest.len(), |it| if open == "<!--" { it + close.len() } else { it });
                self.stop(0);
                return true;
            }
        }
        // The next ">" is looked for once, however many "<" stand before it.
        if self.closes.is_none_or(|it| it < self.at) {
            self.closes = Some(rest.bytes().position(|it| it == b'>').map_or(usize::MAX, |it| self.at + it));
        }
        let Some(length) = self.closes.map(|it| it - self.at).filter(|it| *it < TAG_BYTES_MAX) else { return false };
        let name: String =
            rest[1..].chars().skip_while(|c| *c == '/').take_while(char::is_ascii_alphanumeric).collect();
        if matches!(
            name.to_ascii_lowercase().as_str(),
            "p" | "br" | "div" | "li" | "h1" | "h2" | "h3" | "tr" | "td" | "ul" | "blockquote"
        ) {
            self.stop(length + 1);
        } else {
            self.at += length + 1;
        }
        true
    }

    /// An entity outside a word and a number.
    pub(super) fn entity(&mut self) -> bool {
        let Some((c, length)) = entity(&self.text[self.at..]) else { return false };
        if c.is_alphabetic() {
            self.word();
        } else if is_dash(c) {
            let start = self.at;
            self.at += length;
            self.push(Kind::Mark('-'), String::new(), start, false);
            self.gap = true;
        } else {
            self.at += length;
            self.gap |= c.is_whitespace() || c == '&';
        }
        true
    }
}

/// Bytes of an HTML tag at most; a longer one is text.
pub(super) const TAG_BYTES_MAX: usize = 1_000;

/// The letter, space or mark of an HTML entity at the head of a text, and its bytes.
pub(super) fn entity(rest: &str) -> Option<(char, usize)> {
    let name = rest.strip_prefix('&')?;
    let end = name.bytes().take(10).position(|it| it == b';')?;
    let c = match &name[..end] {
        "nbsp" => '\u{00A0}',
        "thinsp" => '\u{2009}',
        "amp" => '&',
        "quot" => '"',
        "laquo" => '«',
        "raquo" => '»',
        "mdash" => '—',
        "ndash" => '–',
        "rsquo" | "apos" => '’',
        code => {
            let digits = code.strip_prefix('#')?;
            let hex = digits.strip_prefix(['x', 'X']).map(|it| u32::from_str_radix(it, 16));
            char::from_u32(hex.unwrap_or_else(|| digits.parse()).ok()?)?
        }
    };
    Some((c, end + 2))
}
