//! A sentence as the grammar reads it: words with their senses, numbers, marks.

use super::lexicon::{Lexicon, Mark, Sense};
use super::token::{Kind, Label, Token};

/// What stands at one place of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A word of the lexicon.
    Sense(Sense),
    /// A word that is not in the lexicon.
    Unknown,
    /// Digits that may count something.
    Number(u64),
    /// Hundredths, which count only before "thousand".
    Hundredths(u64),
    /// "10-15".
    Span(u64, u64),
    /// Digits that count nothing.
    Label(Label),
    /// A mark.
    Mark(char),
}

/// One place of a sentence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    pub(super) what: What,
    /// The first of its tokens.
    pub(super) token: &'a Token,
    /// The last of its tokens, where there are several.
    pub(super) last: Option<&'a Token>,
    /// The byte after the last.
    pub(super) end: usize,
    /// The place whose name begins here.
    pub(super) place: Option<usize>,
    /// The bits of [`Mark`].
    marks: u32,
}

impl Item<'_> {
    pub(super) fn sense(&self) -> Option<Sense> {
        match self.what {
            What::Sense(sense) => Some(sense),
            _ => None,
        }
    }

    pub(super) fn is(&self, sense: Sense) -> bool {
        self.what == What::Sense(sense)
    }

    pub(super) fn has(&self, mark: Mark) -> bool {
        self.marks & mark.bit() != 0
    }

    pub(super) fn text(&self) -> &str {
        &self.token.text
    }

    /// "и более", "та більше": begins with an "and".
    pub(super) fn is_joined(&self) -> bool {
        matches!(self.text(), "и" | "і" | "й" | "та")
    }

    /// "російською армією": who did it, where the deed stands before.
    pub(super) fn is_instrumental(&self) -> bool {
        let word = self.last.map_or(self.text(), |it| it.text.as_str());
        !word.is_ascii() && ["ой", "ей", "ою", "ею", "єю", "ами", "ями", "ом"].iter().any(|it| word.ends_with(it))
    }

    /// A phrase of several words, the last of which is "to".
    pub(super) fn ends_with_to(&self) -> bool {
        self.last.is_some_and(|it| matches!(it.text.as_str(), "to" | "до"))
    }

    /// A Latin word that names one thing, not several.
    pub(super) fn latin_singular(&self) -> bool {
        let text = self.text();
        self.token.kind == Kind::Word
            && text.is_ascii()
            && !text.ends_with('s')
            && !matches!(text, "people" | "men" | "women" | "children" | "uav" | "aircraft" | "personnel" | "police")
    }

    /// Looks like an adjective or a participle, of which nothing else is known.
    pub(super) fn adjectival(&self) -> bool {
        const ENDINGS: [&str; 24] = [
            "их", "ых", "ими", "ыми", "ого", "ому", "ого", "ий", "ый", "ої", "ою", "ая", "ую", "ое", "ые", "ие", "ій",
            "ой", "ed", "al", "ic", "ous", "ary", "ive",
        ];
        let text = self.text();
        self.token.kind == Kind::Word && text.chars().count() > 4 && ENDINGS.iter().any(|it| text.ends_with(it))
    }
}

/// The items of a sentence.
pub(super) fn items<'a>(tokens: &'a [Token], lexicon: &Lexicon) -> Vec<Item<'a>> {
    let mut out = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let token = &tokens[at];
        let place = lexicon.place(&tokens[at..]);
        let (what, length) = match token.kind {
            Kind::Number(n) => (if ordinal(n, &token.text) { What::Label(Label::Shape) } else { What::Number(n) }, 1),
            Kind::Hundredths(n) => (What::Hundredths(n), 1),
            Kind::Span(a, b) => (What::Span(a, b), 1),
            Kind::Mark(c) => (What::Mark(c), 1),
            Kind::Stop => (What::Mark('.'), 1),
            Kind::Label(label) => (What::Label(label), 1),
            Kind::Word => match (lexicon.at(&tokens[at..]), place) {
                // A name longer than any other reading is a name: "Black Sea", "Біла Церква".
                (Some((_, length)), Some((_, longer))) if longer > length => (What::Unknown, longer),
                (Some((sense, length)), _) => (What::Sense(sense), length),
                (None, Some((_, length))) => (What::Unknown, length),
                (None, None) => (What::Unknown, 1),
            },
        };
        // "may" is a month only with a capital and a number beside it.
        let what = if what == What::Sense(Sense::Month) && token.text == "may" && !beside_number(tokens, at) {
            What::Sense(Sense::Unreal)
        } else {
            what
        };
        let last = (length > 1).then(|| &tokens[at + length - 1]);
        let marks = tokens[at..at + length].iter().fold(0, |bits, it| bits | lexicon.marks(it));
        let end = tokens[at + length - 1].end;
        out.push(Item { what, token, last, end, place: place.map(|(it, _)| it), marks });
        at += length;
    }
    out
}

fn beside_number(tokens: &[Token], at: usize) -> bool {
    let number = |it: Option<&Token>| it.is_some_and(|it| matches!(it.kind, Kind::Number(_) | Kind::Span(..)));
    let inside = at > 0 && !matches!(tokens[at - 1].kind, Kind::Stop);
    tokens[at].capital && (inside || number(tokens.get(at + 1)) || at > 0 && number(tokens.get(at - 1)))
}

/// Whether the letters after digits make a place in a row of them: "93rd", "5-й". A hyphen with case endings keeps a number.
fn ordinal(n: u64, letters: &str) -> bool {
    let cardinal = matches!(
        letters,
        "" | "ю"
            | "ма"
            | "ти"
            | "х"
            | "ми"
            | "мя"
            | "ох"
            | "ьох"
            | "ьома"
            | "ома"
            | "м"
            | "ом"
            | "ро"
            | "ть"
            | "и"
            | "ка"
            | "ьм"
            | "ра"
            | "є"
    );
    !cardinal || (letters == "х" && n >= 1_900)
}
