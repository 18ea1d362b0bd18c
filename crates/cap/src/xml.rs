//! XML as CAP needs it: a small tree with the place of each element, bounded, without anything that reaches outside.
//!
//! What comes in: bytes. What goes out: the root [`Element`]. What always holds: no DOCTYPE, no entity but the five of XML
//! and character references, no other encoding than UTF-8, US-ASCII and ISO-8859-1; everything is bounded.
//! Deliberately absent: comments, processing instructions, and white space between elements.

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;
use std::borrow::Cow;

/// Largest message, in bytes: a resource may be inside it.
pub const BYTES_MAX: usize = 4 * 1024 * 1024;
/// Deepest nesting.
pub const DEPTH_MAX: usize = 16;
/// Most elements.
pub const ELEMENTS_MAX: usize = 20_000;

/// Where in the document: line and column from 1, the column in characters of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// An element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Name without prefix.
    pub name: String,
    /// Namespace; empty when there is none.
    pub namespace: String,
    /// Names of its attributes other than namespace declarations.
    pub attributes: Vec<String>,
    /// Its own text, all pieces together, references resolved.
    pub text: String,
    /// Elements inside it, in order.
    pub children: Vec<Element>,
    /// Where it begins.
    pub place: Place,
}

/// Why bytes are no XML that may be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// Too long.
    #[error("read {bytes} bytes: at most {BYTES_MAX}")]
    TooLong {
        /// How long.
        bytes: usize,
    },
    /// Another encoding.
    #[error("read the encoding {0:?}: expected UTF-8, US-ASCII or ISO-8859-1")]
    Encoding(String),
    /// A DOCTYPE.
    #[error("line {}, column {}: a DOCTYPE may name files and entities: CAP has none", .0.line, .0.column)]
    Doctype(Place),
    /// An entity that XML itself does not know.
    #[error("line {}, column {}: the entity &{name}; is not one of XML's own five", place.line, place.column)]
    Entity {
        /// Its name.
        name: String,
        /// Where.
        place: Place,
    },
    /// Too many or too deep.
    #[error("line {}, column {}: more than {DEPTH_MAX} elements inside each other or {ELEMENTS_MAX} in all", .0.line, .0.column)]
    TooMany(Place),
    /// No XML.
    #[error("line {}, column {}: {why}", place.line, place.column)]
    Syntax {
        /// What is wrong.
        why: String,
        /// Where.
        place: Place,
    },
    /// Nothing in it.
    #[error("find an element: there is none")]
    Empty,
}

/// The text of the document, whatever it was encoded in.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, XmlError> {
    if bytes.len() > BYTES_MAX {
        return Err(XmlError::TooLong { bytes: bytes.len() });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head = bytes.get(..bytes.len().min(200)).unwrap_or_default();
    let declared = std::str::from_utf8(head.split(|&b| b == b'>').next().unwrap_or_default())
        .ok()
        .filter(|head| head.trim_start().starts_with("<?xml"))
        .and_then(|head| head.split_once("encoding")?.1.trim_start().strip_prefix('='))
        .and_then(|rest| {
            let rest = rest.trim_start();
            let quote = rest.chars().next().filter(|c| ['"', '\''].contains(c))?;
            rest[1..].split(quote).next()
        });
    let name = declared.unwrap_or("UTF-8").to_ascii_uppercase();
    match name.as_str() {
        "UTF-8" | "UTF8" | "US-ASCII" | "ASCII" => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(error) => {
                let before = String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default());
                Err(XmlError::Syntax {
                    why: "a byte that is not UTF-8".to_owned(),
                    place: place(&before, before.len()),
                })
            }
        },
        "ISO-8859-1" | "LATIN1" => Ok(Cow::Owned(bytes.iter().map(|&b| char::from(b)).collect())),
        _ => Err(XmlError::Encoding(declared.unwrap_or_default().chars().take(40).collect())),
    }
}

/// The place of a byte of the text.
fn place(text: &str, byte: usize) -> Place {
    let before = text.get(..byte).unwrap_or(text);
    let line = 1 + before.bytes().filter(|&b| b == b'\n').count();
    let column = 1 + before.rsplit('\n').next().map_or(0, |last| last.chars().count());
    Place { line, column }
}

/// Reads a document.
pub fn parse(bytes: &[u8]) -> Result<Element, XmlError> {
    let text = decode(bytes)?;
    let mut reader = NsReader::from_str(&text);
    let (mut open, mut root, mut count) = (Vec::<Element>::new(), None::<Element>, 0);
    // Where the reading stands, moved on with each event, so that long documents cost their length once.
    let (mut from, mut at) = (0, Place { line: 1, column: 1 });
    loop {
        let byte = usize::try_from(reader.buffer_position()).unwrap_or(from);
        at = moved(at, text.get(from..byte).unwrap_or_default());
        from = byte;
        let syntax = |why: String| XmlError::Syntax { why, place: at };
        let event = reader.read_event().map_err(|error| {
            let byte = usize::try_from(reader.error_position()).unwrap_or(0);
            XmlError::Syntax { why: error.to_string(), place: place(&text, byte) }
        })?;
        match event {
            Event::Start(ref start) | Event::Empty(ref start) => {
                count += 1;
                if open.len() >= DEPTH_MAX || count > ELEMENTS_MAX {
                    return Err(XmlError::TooMany(at));
                }
                let (namespace, local) = reader.resolver().resolve_element(start.name());
                let namespace = match namespace {
                    ResolveResult::Bound(namespace) => namespace.0.to_owned(),
                    ResolveResult::Unbound => String::new(),
                    ResolveResult::Unknown(prefix) => {
                        return Err(syntax(format!("the prefix {prefix:?} is not declared")));
                    }
                };
                let mut attributes = Vec::new();
                for attribute in start.attributes() {
                    let attribute = attribute.map_err(|error| syntax(error.to_string()))?;
                    if attribute.key.as_namespace_binding().is_none() {
                        attributes.push(attribute.key.as_ref().to_owned());
                    }
                }
                let name = local.as_ref().to_owned();
                let element =
                    Element { name, namespace, attributes, text: String::new(), children: Vec::new(), place: at };
                if matches!(event, Event::Start(_)) {
                    open.push(element);
                } else {
                    close(element, &mut open, &mut root).map_err(syntax)?;
                }
            }
            Event::End(_) => {
                let element = open.pop().ok_or_else(|| syntax("an end without a beginning".to_owned()))?;
                close(element, &mut open, &mut root).map_err(syntax)?;
            }
            Event::Text(words) => {
                let words = words.xml_content(XmlVersion::Implicit1_0);
                add(&words, &mut open).map_err(syntax)?;
            }
            Event::CData(words) => {
                let words = words.xml_content(XmlVersion::Implicit1_0);
                add(&words, &mut open).map_err(syntax)?;
            }
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|error| syntax(error.to_string()))?;
                if let Some(character) = character {
                    add(character.encode_utf8(&mut [0; 4]), &mut open).map_err(syntax)?;
                } else {
                    let name: &str = &reference;
                    let known = resolve_predefined_entity(name);
                    let known =
                        known.ok_or_else(|| XmlError::Entity { name: name.chars().take(40).collect(), place: at })?;
                    add(known, &mut open).map_err(syntax)?;
                }
            }
            Event::DocType(_) => return Err(XmlError::Doctype(at)),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            Event::Eof => break,
        }
    }
    match (root, open.pop()) {
        (_, Some(unclosed)) => {
            Err(XmlError::Syntax { why: format!("<{}> has no end", unclosed.name), place: unclosed.place })
        }
        (Some(root), None) => Ok(root),
        (None, None) => Err(XmlError::Empty),
    }
}

fn moved(at: Place, over: &str) -> Place {
    let lines = over.bytes().filter(|&b| b == b'\n').count();
    let last = over.rsplit('\n').next().unwrap_or_default().chars().count();
    Place { line: at.line + lines, column: if lines == 0 { at.column + last } else { 1 + last } }
}

/// Whether XML 1.0 allows the character (section 2.2).
pub(crate) const fn allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

fn add(words: &str, open: &mut [Element]) -> Result<(), String> {
    if let Some(bad) = words.chars().find(|c| !allowed(*c)) {
        return Err(format!("the character U+{:04X}, which XML does not allow", u32::from(bad)));
    }
    match open.last_mut() {
        Some(element) => element.text.push_str(words),
        None if words.trim().is_empty() => {}
        None => return Err("words outside of the root element".to_owned()),
    }
    Ok(())
}

fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) -> Result<(), String> {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None if root.is_none() => *root = Some(element),
        None => return Err("a second root element".to_owned()),
    }
    Ok(())
}
