//! A document with everything that its canonical form needs: prefixes, attributes, and words between elements.
//!
//! What always holds: whatever [`xml`](crate::xml) refuses is refused here too, and comments and processing instructions besides:
//! they stand outside of what is signed and could divide words.

use super::verify::UnsealError;
use crate::xml::{self, XmlError};
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::PrefixDeclaration;
use quick_xml::reader::Reader;
use std::collections::BTreeMap;

const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Prefixes and their namespaces; the empty prefix is the default.
pub(super) type Scope = BTreeMap<String, String>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Element(Element),
    Text(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Element {
    pub(super) prefix: String,
    pub(super) local: String,
    pub(super) namespace: String,
    /// Everything declared here or above.
    pub(super) scope: Scope,
    pub(super) attributes: Vec<Attribute>,
    pub(super) children: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) prefix: String,
    pub(super) local: String,
    pub(super) namespace: String,
    pub(super) value: String,
}

impl Element {
    pub(super) fn is(&self, namespace: &str, local: &str) -> bool {
        self.namespace == namespace && self.local == local
    }

    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// Its own words, all pieces together.
    pub(super) fn text(&self) -> String {
        let words = self.children.iter().filter_map(|node| match node {
            Node::Text(text) => Some(text.as_str()),
            Node::Element(_) => None,
        });
        words.collect()
    }

    /// The attribute of that name without a prefix.
    pub(super) fn attribute(&self, local: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|it| it.prefix.is_empty() && it.local == local);
        found.map(|it| it.value.as_str())
    }

    /// It and everything inside it.
    pub(super) fn all(&self) -> Vec<&Self> {
        let mut all = vec![self];
        let mut next = 0;
        while let Some(element) = all.get(next).copied() {
            all.extend(element.elements());
            next += 1;
        }
        all
    }
}

/// Reads a document.
pub(super) fn parse(bytes: &[u8]) -> Result<Element, UnsealError> {
    // First as any message: bounds, DOCTYPE, entities, characters, undeclared prefixes, places in errors.
    xml::parse(bytes)?;
    let text = xml::decode(bytes)?;
    let mut reader = Reader::from_str(&text);
    let (mut open, mut root) = (Vec::<Element>::new(), None::<Element>);
    let wrong = |why: String| UnsealError::Xml(XmlError::Syntax { why, place: xml::Place::default() });
    loop {
        let event = reader.read_event().map_err(|error| wrong(error.to_string()))?;
        match event {
            Event::Start(ref start) | Event::Empty(ref start) => {
                let element = element(start, open.last()).map_err(wrong)?;
                if matches!(event, Event::Start(_)) {
                    open.push(element);
                } else {
                    close(element, &mut open, &mut root);
                }
            }
            Event::End(_) => {
                let element = open.pop().ok_or_else(|| wrong("an end without a beginning".to_owned()))?;
                close(element, &mut open, &mut root);
            }
            Event::Text(words) => add(&words.xml_content(XmlVersion::Implicit1_0), &mut open),
            Event::CData(words) => add(&words.xml_content(XmlVersion::Implicit1_0), &mut open),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|error| wrong(error.to_string()))?;
                match (character, resolve_predefined_entity(&reference)) {
                    (Some(character), _) => add(character.encode_utf8(&mut [0; 4]), &mut open),
                    (None, Some(known)) => add(known, &mut open),
                    (None, None) => return Err(wrong("an unknown entity".to_owned())),
                }
            }
            Event::Comment(_) => return Err(UnsealError::Comment),
            Event::PI(_) => return Err(UnsealError::Instruction),
            Event::DocType(_) => return Err(wrong("a DOCTYPE".to_owned())),
            Event::Decl(_) => {}
            Event::Eof => break,
        }
    }
    root.ok_or(UnsealError::Xml(XmlError::Empty))
}

fn add(words: &str, open: &mut [Element]) {
    let Some(element) = open.last_mut() else { return };
    match element.children.last_mut() {
        Some(Node::Text(text)) => text.push_str(words),
        _ if words.is_empty() => {}
        _ => element.children.push(Node::Text(words.to_owned())),
    }
}

fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) {
    match open.last_mut() {
        Some(parent) => parent.children.push(Node::Element(element)),
        None => *root = Some(element),
    }
}

fn element(start: &BytesStart<'_>, parent: Option<&Element>) -> Result<Element, String> {
    let mut scope = parent.map(|it| it.scope.clone()).unwrap_or_default();
    let mut plain = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
        match attribute.key.as_namespace_binding() {
            Some(PrefixDeclaration::Default) => {
                scope.insert(String::new(), value.into_owned());
            }
            Some(PrefixDeclaration::Named(prefix)) => {
                if prefix == "xml" || prefix == "xmlns" || prefix.is_empty() || value.is_empty() {
                    return Err(format!("a declaration of the prefix {prefix:?}"));
                }
                scope.insert(prefix.to_owned(), value.into_owned());
            }
            None => plain.push((attribute.key, value.into_owned())),
        }
    }
    let find = |prefix: &str| match (prefix, scope.get(prefix)) {
        ("xml", _) => Ok(XML.to_owned()),
        (_, Some(uri)) => Ok(uri.clone()),
        ("", None) => Ok(String::new()),
        (prefix, None) => Err(format!("the prefix {prefix:?} is not declared")),
    };
    let mut attributes: Vec<Attribute> = Vec::new();
    for (name, value) in plain {
        let prefix = name.prefix().map_or("", |it| it.into_inner()).to_owned();
        let namespace = if prefix.is_empty() { String::new() } else { find(&prefix)? };
        let local = name.local_name().into_inner().to_owned();
        if attributes.iter().any(|it| it.namespace == namespace && it.local == local) {
            return Err(format!("the attribute {local:?} is there twice"));
        }
        attributes.push(Attribute { prefix, local, namespace, value });
    }
    let prefix = start.name().prefix().map_or("", |it| it.into_inner()).to_owned();
    let namespace = find(&prefix)?;
    let local = start.local_name().into_inner().to_owned();
    Ok(Element { prefix, local, namespace, scope, attributes, children: Vec::new() })
}
