//! A text in pages of 82 octets, at most fifteen: TS 23.041 sections 9.4.1.2.4 and 9.4.2.2.5.
//!
//! Every page begins with the language when the coding says so, since phones read it from every page. No character is
//! divided between two pages. What a text leaves of its last page is filled with CR, which is why no text may have one.

use crate::alphabet::{Alphabet, CR, characters, pack, septets, unpack};
use crate::coding::{Coding, Language};

/// Octets of a page.
pub const PAGE_OCTETS: usize = 82;
/// Pages of a message.
pub const PAGES_MAX: usize = 15;
/// Septets of a page.
const PAGE_SEPTETS: usize = PAGE_OCTETS * 8 / 7;

/// One page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// What is sent, filled to its end.
    pub octets: [u8; PAGE_OCTETS],
    /// CBS-Message-Information-Length: how many octets are the sender's, 0 to 82.
    pub used: u8,
}

/// Why a text is none, or pages hold none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// A character that the coding has not.
    #[error("write {character:?} at character {at}: the coding has no such character")]
    Character {
        /// It.
        character: char,
        /// Counted from 0.
        at: usize,
    },
    /// It is longer than fifteen pages.
    #[error("write character {at} and what follows: {PAGES_MAX} pages are full")]
    Long {
        /// The first character that has no room, counted from 0.
        at: usize,
    },
    /// Nothing is said.
    #[error("write an empty text: some character would be right")]
    Empty,
    /// The coding asks for a language, or has no place for one.
    #[error("write data coding scheme {0:#04x}: a language is wanted with 0x10 and 0x11, and with no other")]
    Language(u8),
    /// A page begins with no language.
    #[error("read a language at the beginning of page {page}: two letters a to z would be right")]
    NoLanguage {
        /// Counted from 1.
        page: usize,
    },
    /// Two pages tell different languages.
    #[error("read page {page}: it tells another language than the first")]
    OtherLanguage {
        /// Counted from 1.
        page: usize,
    },
    /// A number of pages, or of octets in one, that cannot be.
    #[error(
        "read {pages} pages with at most {used} octets: 1 to {PAGES_MAX} with at most {PAGE_OCTETS} would be right"
    )]
    Size {
        /// How many there are.
        pages: usize,
        /// The largest length that one tells.
        used: u8,
    },
    /// Half a character of UCS-2.
    #[error("read page {page}: {used} octets are no whole characters")]
    Odd {
        /// Counted from 1.
        page: usize,
        /// What its length tells.
        used: u8,
    },
}

/// A text that fits, with its coding and pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    coding: Coding,
    language: Option<Language>,
    words: String,
    pages: Vec<Page>,
}

impl Text {
    /// The text in pages. `language` goes with the codings 0x10 and 0x11 and no other.
    pub fn new(coding: Coding, language: Option<Language>, words: &str) -> Result<Self, TextError> {
        if coding.indicated() != language.is_some() {
            return Err(TextError::Language(coding.octet()));
        }
        let pages = match coding.alphabet() {
            Alphabet::Gsm7 => gsm7(language, words),
            Alphabet::Ucs2 => ucs2(language, words),
        }?;
        if pages.is_empty() {
            return Err(TextError::Empty);
        }
        Ok(Self { coding, language, words: words.to_owned(), pages })
    }

    /// What pages say. CR that fill the end of a page are not part of it; of UCS-2 a lone half of a pair reads as U+FFFD.
    pub fn read(coding: Coding, pages: &[Page]) -> Result<Self, TextError> {
        let used_max = pages.iter().map(|page| page.used).max().unwrap_or_default();
        if !(1..=PAGES_MAX).contains(&pages.len()) || usize::from(used_max) > PAGE_OCTETS {
            return Err(TextError::Size { pages: pages.len(), used: used_max });
        }
        let (mut first, mut words, mut units) = (None, String::new(), Vec::new());
        for (at, page) in pages.iter().enumerate() {
            let number = at + 1;
            let octets = &page.octets[..usize::from(page.used)];
            let language = match coding.alphabet() {
                Alphabet::Gsm7 => {
                    let septets = unpack(octets);
                    let (language, body) = split(coding, &septets, 3, number)?;
                    let end = body.iter().rposition(|septet| *septet != CR).map_or(0, |last| last + 1);
                    words.push_str(&characters(&body[..end]));
                    language
                }
                Alphabet::Ucs2 => {
                    let (language, body) = split(coding, octets, 2, number)?;
                    let (pairs, rest) = body.as_chunks::<2>();
                    if !rest.is_empty() {
                        return Err(TextError::Odd { page: number, used: page.used });
                    }
                    let end = pairs.iter().rposition(|pair| *pair != [0, CR]).map_or(0, |last| last + 1);
                    units.extend(pairs[..end].iter().map(|pair| u16::from_be_bytes(*pair)));
                    language
                }
            };
            if at > 0 && language != first {
                return Err(TextError::OtherLanguage { page: number });
            }
            first = language;
        }
        words.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
        Ok(Self { coding, language: first, words, pages: pages.to_vec() })
    }

    /// Its coding.
    pub const fn coding(&self) -> Coding {
        self.coding
    }

    /// Its language, as it or its coding tells.
    pub fn language(&self) -> Option<Language> {
        self.language.or_else(|| self.coding.language())
    }

    /// What it says.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// 1 to 15.
    pub fn pages(&self) -> &[Page] {
        &self.pages
    }
}

/// The language at the beginning of a page, and what follows.
fn split(coding: Coding, page: &[u8], skip: usize, number: usize) -> Result<(Option<Language>, &[u8]), TextError> {
    if !coding.indicated() {
        return Ok((None, page));
    }
    let refused = || TextError::NoLanguage { page: number };
    let (before, body) = page.split_at_checked(skip).ok_or_else(refused)?;
    let septets = if coding.alphabet() == Alphabet::Ucs2 { unpack(before) } else { before.to_vec() };
    let letters = characters(septets.get(..2).ok_or_else(refused)?);
    let language = Language::of_tag(&letters).map_err(|_| refused())?;
    Ok((Some(language), body))
}

/// A character, and what stands for it: nothing of one character may lie on two pages.
fn paged<T: Copy>(
    words: &str,
    room: usize,
    code: impl Fn(char) -> Option<(Option<T>, T)>,
) -> Result<Vec<Vec<T>>, TextError> {
    let mut pages: Vec<Vec<T>> = Vec::new();
    for (at, character) in words.chars().enumerate() {
        let refused = TextError::Character { character, at };
        let (before, last) = code(character).filter(|_| character != '\r').ok_or(refused)?;
        let needed = 1 + usize::from(before.is_some());
        if pages.last().is_none_or(|page| page.len() + needed > room) {
            if pages.len() == PAGES_MAX {
                return Err(TextError::Long { at });
            }
            pages.push(Vec::with_capacity(room));
        }
        if let Some(page) = pages.last_mut() {
            page.extend(before);
            page.push(last);
        }
    }
    Ok(pages)
}

fn gsm7(language: Option<Language>, words: &str) -> Result<Vec<Page>, TextError> {
    let before: Vec<u8> = language.into_iter().flat_map(|it| [it.septets()[0], it.septets()[1], CR]).collect();
    let bodies = paged(words, PAGE_SEPTETS - before.len(), septets)?;
    let page = |body: Vec<u8>| {
        let mut all: Vec<u8> = before.iter().copied().chain(body).collect();
        let used = (all.len() * 7).div_ceil(8);
        all.resize(PAGE_SEPTETS, CR);
        filled(&pack(&all), used)
    };
    Ok(bodies.into_iter().map(page).collect())
}

fn ucs2(language: Option<Language>, words: &str) -> Result<Vec<Page>, TextError> {
    let before = language.map_or_else(Vec::new, |it| pack(&it.septets()));
    // Beyond the basic plane UCS-2 has nothing.
    let unit = |c: char| Some((None, u16::try_from(u32::from(c)).ok()?));
    let bodies = paged(words, (PAGE_OCTETS - before.len()) / 2, unit)?;
    let page = |body: Vec<u16>| {
        let mut all: Vec<u8> = before.iter().copied().chain(body.into_iter().flat_map(u16::to_be_bytes)).collect();
        let used = all.len();
        while all.len() < PAGE_OCTETS {
            all.extend([0, CR]);
        }
        filled(&all, used)
    };
    Ok(bodies.into_iter().map(page).collect())
}

/// A page of exactly that many octets; both callers fill theirs.
fn filled(octets: &[u8], used: usize) -> Page {
    let mut page = Page { octets: [0; PAGE_OCTETS], used: u8::try_from(used).unwrap_or(u8::MAX) };
    for (to, from) in page.octets.iter_mut().zip(octets) {
        *to = *from;
    }
    page
}
