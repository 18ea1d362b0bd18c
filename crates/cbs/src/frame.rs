//! The forms in which pages travel, TS 23.041: single pages of 88 octets (section 9.4.1, GSM), one message (section 9.4.2, UMTS), and the
//! warning message contents of LTE and 5G (sections 9.3.35, 9.4.2.2.5), whose header travels beside it.

use crate::coding::{Coding, CodingError};
use crate::identifier::Identifier;
use crate::serial::Serial;
use crate::text::{PAGE_OCTETS, PAGES_MAX, Page, Text, TextError};

/// Octets of a GSM page with its header.
pub const GSM_OCTETS: usize = 6 + PAGE_OCTETS;
/// A page and its length.
const CELL: usize = PAGE_OCTETS + 1;
/// Message type of section 9.4.2.2.1: a CBS message.
const CBS_MESSAGE: u8 = 1;
/// Octets before the contents in section 9.4.2.
const UMTS_HEADER: usize = 6;

/// What goes with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// What kind of message.
    pub identifier: Identifier,
    /// Which one.
    pub serial: Serial,
}

/// Why bytes are no message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Too short, too long, or not as long as the number of pages asks.
    #[error("read {octets} octets: {wanted} would be right")]
    Length {
        /// How many there are.
        octets: usize,
        /// What would have been right.
        wanted: String,
    },
    /// No CBS message, but a schedule or what is reserved.
    #[error("read message type {0}: 1 would be right")]
    Type(u8),
    /// A page of another message, twice the same number with other words, or a number outside of the count.
    #[error("join page {page} of {count} to the first: {why}")]
    Page {
        /// Its number, from 1.
        page: u8,
        /// How many it says there are.
        count: u8,
        /// What is wrong.
        why: &'static str,
    },
    /// The data coding scheme.
    #[error(transparent)]
    Coding(#[from] CodingError),
    /// The text.
    #[error(transparent)]
    Text(#[from] TextError),
}

/// Single pages, as GSM sends them.
pub fn gsm(header: Header, text: &Text) -> Vec<[u8; GSM_OCTETS]> {
    let count = count(text);
    (1..=count)
        .zip(text.pages())
        .map(|(number, page)| {
            let mut octets = [0; GSM_OCTETS];
            octets[..2].copy_from_slice(&header.serial.bits().to_be_bytes());
            octets[2..4].copy_from_slice(&header.identifier.0.to_be_bytes());
            octets[4] = text.coding().octet();
            octets[5] = number << 4 | count;
            octets[6..].copy_from_slice(&page.octets);
            octets
        })
        .collect()
}

/// Warning message contents: the number of pages, then each with its length.
pub fn contents(text: &Text) -> Vec<u8> {
    let mut octets = vec![count(text)];
    for page in text.pages() {
        octets.extend(page.octets);
        octets.push(page.used);
    }
    octets
}

/// One message with its header.
pub fn umts(header: Header, text: &Text) -> Vec<u8> {
    let mut octets = vec![CBS_MESSAGE];
    octets.extend(header.identifier.0.to_be_bytes());
    octets.extend(header.serial.bits().to_be_bytes());
    octets.push(text.coding().octet());
    octets.extend(contents(text));
    octets
}

/// A text never has more pages than fifteen.
fn count(text: &Text) -> u8 {
    u8::try_from(text.pages().len()).unwrap_or_default()
}

/// The message of GSM pages, in any order, the same page as often as it was received.
pub fn read_gsm(received: &[Vec<u8>]) -> Result<(Header, Text), FrameError> {
    let whole = |page: &Vec<u8>| <[u8; GSM_OCTETS]>::try_from(page.as_slice()).ok();
    let length = |octets: usize| FrameError::Length { octets, wanted: format!("{GSM_OCTETS} in each page") };
    let first = received.first().ok_or_else(|| length(0))?;
    let first = whole(first).ok_or_else(|| length(first.len()))?;
    let count = first[5] & 0xf;
    let mut pages: [Option<Page>; PAGES_MAX] = [None; PAGES_MAX];
    for page in received {
        let octets = whole(page).ok_or_else(|| length(page.len()))?;
        // Reserved values of the parameter are read as page 1 of 1: section 9.4.1.2.4.
        let (number, of) = match (octets[5] >> 4, octets[5] & 0xf) {
            (0, _) | (_, 0) => (1, 1),
            told => told,
        };
        let wrong = |why| FrameError::Page { page: number, count: of, why };
        if octets[..5] != first[..5] || of != count.max(1) {
            return Err(wrong("its header is another"));
        }
        let place = pages.get_mut(usize::from(number) - 1).filter(|_| number <= of);
        let place = place.ok_or_else(|| wrong("there are fewer"))?;
        let mut body = [0; PAGE_OCTETS];
        body.copy_from_slice(&octets[6..]);
        let page = Page { octets: body, used: 82 };
        if place.replace(page).is_some_and(|had| had != page) {
            return Err(wrong("it was received with other words"));
        }
    }
    let count = count.max(1);
    let mut whole = Vec::new();
    for number in 1..=count {
        let page = pages.get(usize::from(number) - 1).copied().flatten();
        whole.push(page.ok_or(FrameError::Page { page: number, count, why: "it is missing" })?);
    }
    let [a, b, c, d, coding, ..] = first;
    let header =
        Header { identifier: Identifier(u16::from_be_bytes([c, d])), serial: Serial::read(u16::from_be_bytes([a, b])) };
    Ok((header, Text::read(Coding::read(coding)?, &whole)?))
}

/// The text of warning message contents, with the data coding scheme that came beside it.
pub fn read_contents(coding: u8, octets: &[u8]) -> Result<Text, FrameError> {
    let coding = Coding::read(coding)?;
    let (count, rest) = octets.split_first().unwrap_or((&0, &[]));
    let wanted = usize::from(*count) * CELL;
    if *count == 0 || usize::from(*count) > PAGES_MAX || rest.len() != wanted {
        let wanted = format!("a count of 1 to {PAGES_MAX}, then {CELL} for each page");
        return Err(FrameError::Length { octets: octets.len(), wanted });
    }
    let (cells, _) = rest.as_chunks::<CELL>();
    let pages: Vec<Page> = cells
        .iter()
        .map(|cell| {
            let mut octets = [0; PAGE_OCTETS];
            octets.copy_from_slice(&cell[..PAGE_OCTETS]);
            Page { octets, used: cell[PAGE_OCTETS] }
        })
        .collect();
    Ok(Text::read(coding, &pages)?)
}

/// One message with its header.
pub fn read_umts(octets: &[u8]) -> Result<(Header, Text), FrameError> {
    let Some((&[kind, a, b, c, d, coding], rest)) = octets.split_first_chunk::<UMTS_HEADER>() else {
        let wanted = format!("{UMTS_HEADER}, then the contents");
        return Err(FrameError::Length { octets: octets.len(), wanted });
    };
    if kind != CBS_MESSAGE {
        return Err(FrameError::Type(kind));
    }
    let header =
        Header { identifier: Identifier(u16::from_be_bytes([a, b])), serial: Serial::read(u16::from_be_bytes([c, d])) };
    Ok((header, read_contents(coding, rest)?))
}
