//! Marks: the tokens of a post with their meanings and the places they may name.
//!
//! What comes in: tokens. What goes out: marks in order, each over one or more tokens, covering all of them.
//! What always holds: a place is matched on whole tokens only, so "Бар" is never found inside "Баришівка".

use crate::text::decline::Cases;
use crate::text::gazetteer::{Class, Gazetteer};
use crate::text::lexicon::{Lexicon, Sense, regions::BETWEEN};
use crate::text::normalise::key;
use crate::text::token::{Token, TokenKind};
use model::{Area, AreaSet, Level};

/// One area a mention may mean.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    pub(super) area: &'static Area,
    pub(super) class: Class,
    pub(super) cases: Cases,
}

/// A name in the text with everything it may mean.
#[derive(Clone)]
pub(super) struct Mention {
    pub(super) candidates: Vec<Candidate>,
    /// Category called for by the noun before it: `M`, `X`, `C`, or `?` for any settlement.
    pub(super) category: Option<char>,
    /// Written with a capital letter.
    pub(super) capital: bool,
    /// Folded words as written.
    pub(super) words: String,
    /// Bytes in the text.
    pub(super) span: (usize, usize),
    /// Written as a hashtag.
    pub(super) tagged: bool,
    /// Stands right after "на".
    pub(super) on: bool,
}

/// What a mark means.
#[derive(Clone)]
pub(super) enum Meaning {
    /// By the lexicon.
    Lex(Sense),
    /// A place.
    Place,
    /// A plain number or a range.
    Count(u16, u16),
    /// A sign of multiplication.
    Times,
    /// A number that counts nothing.
    Figure,
    /// A sign.
    Sign(TokenKind),
    /// Any other word.
    Word,
}

/// A mark.
#[derive(Clone)]
pub(super) struct Mark {
    pub(super) meaning: Meaning,
    pub(super) place: Option<Mention>,
    /// Bytes in the text.
    pub(super) span: (usize, usize),
    /// Folded words.
    pub(super) words: String,
    pub(super) capital: bool,
    pub(super) shouted: bool,
}

impl Mark {
    /// The lexicon's meaning.
    pub(super) fn sense(&self) -> Option<Sense> {
        if let Meaning::Lex(sense) = self.meaning { Some(sense) } else { None }
    }

    /// Whether it is that sign.
    pub(super) fn is_sign(&self, kind: TokenKind) -> bool {
        matches!(self.meaning, Meaning::Sign(sign) if sign == kind)
    }

    /// Whether it is passed over.
    pub(super) fn is_filler(&self) -> bool {
        matches!(self.meaning, Meaning::Lex(Sense::Filler))
    }
}

/// Reads marks.
pub(super) struct Marker<'r> {
    pub(super) set: &'static AreaSet,
    pub(super) lexicon: &'r Lexicon,
    pub(super) gazetteer: &'r Gazetteer,
    pub(super) text: &'r str,
    pub(super) tokens: &'r [Token],
}

/// Most words in a name.
const WORDS_MAX: usize = 4;
/// Most adjectives in a list before their noun ("Сумська, Харківська, … області").
const LIST_MAX: usize = 30;

impl Marker<'_> {
    /// All marks of the tokens.
    pub(super) fn marks(&self) -> Vec<Mark> {
        let mut marks = Vec::with_capacity(self.tokens.len());
        let mut at = 0;
        while at < self.tokens.len() {
            at = self.read(at, &mut marks).max(at + 1);
        }
        bulleted(&mut marks);
        marks
    }

    fn mark(&self, meaning: Meaning, place: Option<Mention>, from: usize, to: usize) -> Mark {
        let span = self.span(from, to);
        let tokens = self.tokens.get(from..to).unwrap_or_default();
        let words: Vec<&str> = tokens.iter().map(|t| t.word.as_str()).collect();
        let raw = self.text.get(span.0..span.1).unwrap_or_default();
        let letters = raw.chars().filter(|c| c.is_alphabetic()).count();
        let shouted = letters > 3 && !raw.chars().any(char::is_lowercase);
        Mark {
            meaning,
            place,
            span,
            words: words.join(" "),
            capital: tokens.first().is_some_and(|t| t.capital),
            shouted,
        }
    }

    fn span(&self, from: usize, to: usize) -> (usize, usize) {
        let start = self.tokens.get(from).map_or(self.text.len(), |t| t.start);
        let end = to.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |t| t.end);
        (start, end.max(start))
    }

    fn sense_at(&self, at: usize) -> Option<(Sense, usize)> {
        self.lexicon.read(self.tokens, at)
    }

    fn read(&self, at: usize, marks: &mut Vec<Mark>) -> usize {
        let Some(token) = self.tokens.get(at) else { return at + 1 };
        match token.kind {
            TokenKind::Word => {}
            TokenKind::Number(n) => return self.number(at, n, marks),
            TokenKind::Figure => {
                marks.push(self.mark(Meaning::Figure, None, at, at + 1));
                return at + 1;
            }
            TokenKind::Times => {
                marks.push(self.mark(Meaning::Times, None, at, at + 1));
                return at + 1;
            }
            sign => {
                marks.push(self.mark(Meaning::Sign(sign), None, at, at + 1));
                return at + 1;
            }
        }
        if let Some((mention, to)) = self.headed(at) {
            marks.push(self.mark(Meaning::Place, Some(mention), at, to));
            return to;
        }
        if let Some(to) = self.adjectives(at, marks) {
            return to;
        }
        let sense = self.sense_at(at);
        let place = self.named(at, None);
        match (sense, place) {
            (Some((sense, length)), Some((mention, to))) if at + length >= to => {
                // A compass adjective with a capital may still be a town ("у напрямку Південного").
                let kept = matches!(sense, Sense::Compass(..)) && at + length == to && mention.capital;
                marks.push(self.mark(Meaning::Lex(sense), kept.then_some(mention), at, at + length));
                at + length
            }
            (_, Some((mention, to))) => {
                marks.push(self.mark(Meaning::Place, Some(mention), at, to));
                to
            }
            (Some((sense, length)), None) => {
                marks.push(self.mark(Meaning::Lex(sense), None, at, at + length));
                at + length
            }
            (None, None) => {
                if !self.paired(at, marks) {
                    marks.push(self.mark(Meaning::Word, None, at, at + 1));
                }
                at + 1
            }
        }
    }

    fn number(&self, at: usize, n: u32, marks: &mut Vec<Mark>) -> usize {
        let low = u16::try_from(n).unwrap_or(u16::MAX);
        let kind = |at: usize| self.tokens.get(at).map(|t| t.kind);
        let mut to = at + 1;
        let mut high = low;
        if kind(to) == Some(TokenKind::Range)
            && let Some(TokenKind::Number(m)) = kind(to + 1)
        {
            high = u16::try_from(m).unwrap_or(u16::MAX);
            to += 2;
        }
        let times = kind(to) == Some(TokenKind::Times);
        let unit = !times && matches!(self.sense_at(to), Some((Sense::Unit, _)));
        let meaning = if unit || high < low { Meaning::Figure } else { Meaning::Count(low, high) };
        let to = to + usize::from(times) + usize::from(unit);
        marks.push(self.mark(meaning, None, at, to));
        to
    }

    /// "м. Нікополь", "село Степанівка", "the city of Sumy".
    fn headed(&self, at: usize) -> Option<(Mention, usize)> {
        let token = self.tokens.get(at)?;
        let dotted = self.text.get(token.end..).is_some_and(|rest| rest.starts_with('.'));
        let (category, length) = match (token.word.as_str(), dotted) {
            ("с", true) => ('C', 1),
            ("г", true) => ('M', 1),
            ("с" | "г", false) => return None,
            _ => match self.sense_at(at)? {
                (Sense::TownHead(category), length) => (category, length),
                (Sense::TheTown, length) if token.word != "city" && token.word != "town" => ('M', length),
                _ => return None,
            },
        };
        let next = self.tokens.get(at + length)?;
        if !next.is_word() || !next.capital {
            return None;
        }
        let (mut mention, to) = self.named(at + length, Some(category))?;
        mention.candidates.retain(|c| matches!(c.class, Class::Settlement) || is_city_region(c.area));
        if mention.candidates.is_empty() {
            return None;
        }
        mention.span = self.span(at, to);
        Some((mention, to))
    }

    /// A name at `at`: the longest that the gazetteer knows.
    fn named(&self, at: usize, category: Option<char>) -> Option<(Mention, usize)> {
        let first = self.tokens.get(at)?;
        for length in (1..=WORDS_MAX).rev() {
            let Some(words) = self.key_of(at, length) else { continue };
            let mut candidates = self.candidates(&words);
            if !first.capital {
                // A small letter names only what cannot be a common word: a region, or a town of some length.
                let long = words.chars().count() >= 4;
                candidates
                    .retain(|c| !first.is_latin() && (c.class == Class::Region || long && c.area.category == 'M'));
            }
            if !candidates.is_empty() {
                let to = at + length;
                let mention = Mention {
                    candidates,
                    category,
                    capital: first.capital,
                    words,
                    span: self.span(at, to),
                    tagged: first.tagged,
                    on: self.follows_on(at),
                };
                return Some((mention, to));
            }
        }
        None
    }

    /// "Шостку-Кролевець": two names under one hyphen, when both are known and the whole is not.
    fn paired(&self, at: usize, marks: &mut Vec<Mark>) -> bool {
        let Some(token) = self.tokens.get(at).filter(|t| t.capital) else { return false };
        let raw = self.text.get(token.start..token.end).unwrap_or_default();
        let Some((left, right)) = raw.split_once('-').filter(|(_, right)| right.starts_with(char::is_uppercase)) else {
            return false;
        };
        let parts = [(left, token.start), (right, token.end - right.len())];
        let mut found = Vec::new();
        for (part, start) in parts {
            let words = key(part);
            let mut candidates = self.candidates(&words);
            candidates.retain(|c| matches!(c.class, Class::Settlement | Class::Region));
            if candidates.is_empty() {
                return false;
            }
            let span = (start, start + part.len());
            let mention = Mention {
                candidates,
                category: None,
                capital: true,
                words,
                span,
                tagged: token.tagged,
                on: self.follows_on(at),
            };
            found.push(Mark { span, place: Some(mention), ..self.mark(Meaning::Place, None, at, at + 1) });
        }
        for (n, mark) in found.into_iter().enumerate() {
            if n > 0 {
                marks.push(Mark {
                    span: (mark.span.0, mark.span.0),
                    ..self.mark(Meaning::Lex(Sense::And), None, at, at)
                });
            }
            marks.push(mark);
        }
        true
    }

    /// Regions by their own nouns, settlements and raions that `words` can name.
    fn candidates(&self, words: &str) -> Vec<Candidate> {
        let mut candidates: Vec<Candidate> = self
            .gazetteer
            .find_region(words)
            .into_iter()
            .filter(|(class, ..)| *class == Class::Region)
            .filter_map(|(class, code, cases)| Some(Candidate { area: self.set.get(code)?, class, cases }))
            .collect();
        for hit in self.gazetteer.find(words) {
            if matches!(hit.class, Class::Settlement | Class::Raion) {
                candidates.extend(hit.areas.iter().filter_map(|code| {
                    Some(Candidate { area: self.set.get(*code)?, class: hit.class, cases: hit.cases })
                }));
            }
        }
        candidates
    }

    fn follows_on(&self, at: usize) -> bool {
        at.checked_sub(1).and_then(|before| self.tokens.get(before)).is_some_and(|t| t.word == "на")
    }

    fn key_of(&self, at: usize, length: usize) -> Option<String> {
        let tokens = self.tokens.get(at..at + length)?;
        if !tokens.iter().all(Token::is_word) {
            return None;
        }
        // A name of several words has no capital verb or preposition inside; the gazetteer settles that.
        let words: Vec<String> = tokens.iter().map(|t| key(&t.word)).collect();
        Some(words.join(" "))
    }

    /// One or several adjectives with their noun: "Сумська, Харківська та Полтавська області", "Конотопському р-ні".
    fn adjectives(&self, at: usize, marks: &mut Vec<Mark>) -> Option<usize> {
        let token = self.tokens.get(at)?;
        if !token.capital && !token.tagged && token.is_latin() {
            return None;
        }
        let mut found: Vec<(Vec<Candidate>, usize, usize)> = Vec::new();
        let mut next = at;
        let (level, end) = loop {
            let (candidates, to) = self.adjective(next)?;
            found.push((candidates, next, to));
            if let Some(head) = self.head(to) {
                break head;
            }
            if found.len() >= LIST_MAX {
                return None;
            }
            next = to;
            let mut parted = false;
            while let Some(token) = self.tokens.get(next) {
                let sign = matches!(token.kind, TokenKind::Comma | TokenKind::Slash);
                let and = matches!(self.sense_at(next), Some((Sense::And, 1))) && token.is_word();
                if !sign && !and {
                    break;
                }
                parted = true;
                next += 1;
            }
            // "в Сумській та в Чернігівській областях"
            if parted && self.tokens.get(next).is_some_and(|t| matches!(t.word.as_str(), "в" | "у" | "на" | "the"))
            {
                next += 1;
            }
            if !parted {
                return None;
            }
        };
        let class = match level {
            Level::Oblast => Class::RegionAdjective,
            Level::Raion => Class::RaionAdjective,
            _ => Class::HromadaAdjective,
        };
        if found.iter().any(|(candidates, ..)| !candidates.iter().any(|c| c.class == class)) {
            return None;
        }
        let count = found.len();
        for (n, (mut candidates, from, to)) in found.into_iter().enumerate() {
            candidates.retain(|c| c.class == class);
            let to = if n + 1 == count { end } else { to };
            let mut mark = self.mark(Meaning::Place, None, from, to);
            mark.place = Some(Mention {
                candidates,
                category: None,
                capital: true,
                words: mark.words.clone(),
                span: mark.span,
                tagged: token.tagged,
                on: false,
            });
            if n > 0 {
                marks.push(self.mark(Meaning::Lex(Sense::And), None, from, from));
            }
            marks.push(mark);
        }
        Some(end)
    }

    fn adjective(&self, at: usize) -> Option<(Vec<Candidate>, usize)> {
        for length in [2, 1] {
            let Some(words) = self.key_of(at, length) else { continue };
            let mut candidates: Vec<Candidate> = self
                .gazetteer
                .find_region(&words)
                .into_iter()
                .filter(|(class, ..)| *class == Class::RegionAdjective)
                .filter_map(|(class, code, cases)| Some(Candidate { area: self.set.get(code)?, class, cases }))
                .collect();
            for hit in self.gazetteer.find(&words) {
                if matches!(hit.class, Class::RaionAdjective | Class::HromadaAdjective) {
                    candidates.extend(hit.areas.iter().filter_map(|code| {
                        Some(Candidate { area: self.set.get(*code)?, class: hit.class, cases: hit.cases })
                    }));
                }
            }
            if !candidates.is_empty() {
                return Some((candidates, at + length));
            }
        }
        None
    }

    /// The noun of an adjective, past words such as "територіальна".
    fn head(&self, at: usize) -> Option<(Level, usize)> {
        let mut at = at;
        for _ in 0..3 {
            let token = self.tokens.get(at)?;
            if !token.is_word() || !BETWEEN.contains(&token.word.as_str()) {
                break;
            }
            at += 1;
        }
        let token = self.tokens.get(at)?;
        if !token.is_word() {
            return None;
        }
        match Lexicon::head(token)? {
            Level::Country | Level::Settlement => None,
            level => Some((level, at + 1)),
        }
    }
}

/// An arrow at the beginning of a line that has a heading or a kind of its own points at the line, not to a place:
/// "➡️ Сумщина: БпЛА в районі Шостки".
fn bulleted(marks: &mut [Mark]) {
    let newline = |mark: &Mark| mark.is_sign(TokenKind::Newline);
    for line in marks.split_mut(newline) {
        let own = line.iter().any(|m| m.is_sign(TokenKind::Colon) || matches!(m.sense(), Some(Sense::Kind(..))));
        if let Some(first) = line.first_mut().filter(|first| own && first.is_sign(TokenKind::Arrow)) {
            first.meaning = Meaning::Sign(TokenKind::Bullet);
        }
    }
}

/// Kyiv and Sevastopol are cities and first-level regions at once.
pub(super) fn is_city_region(area: &Area) -> bool {
    area.level == Level::Oblast && area.category == 'K'
}
