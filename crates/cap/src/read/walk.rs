//! A walk over the elements of a message: what each type may hold, in which order, and what is there instead.
//!
//! What comes in: an element and the fields of its type. What goes out: the fields by name, texts, values, instants; findings for
//! whatever does not belong.

use crate::finding::{Finding, Gravity};
use crate::instant::Instant;
use crate::value::Value;
use crate::xml::{Element, Place};
use std::collections::BTreeMap;

const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// One field of a type: its name, whether it must be there, whether it may be there more than once.
pub(super) type Field = (&'static str, bool, bool);

/// Optional words: when they are empty, nothing is lost.
const FREE: [&str; 15] = [
    "source",
    "restriction",
    "addresses",
    "code",
    "note",
    "references",
    "incidents",
    "audience",
    "senderName",
    "headline",
    "description",
    "instruction",
    "web",
    "contact",
    "value",
];

/// What was found so far, and where each element stands.
#[derive(Debug)]
pub(crate) struct Walk {
    pub(crate) findings: Vec<Finding>,
    pub(crate) places: BTreeMap<String, Place>,
    namespace: String,
}

/// The elements of one type by name, each with its path.
pub(super) type Fields<'a> = BTreeMap<&'static str, Vec<(String, &'a Element)>>;

impl Walk {
    pub(super) fn new(namespace: &str) -> Self {
        Self { findings: Vec::new(), places: BTreeMap::new(), namespace: namespace.to_owned() }
    }

    pub(crate) fn find(&mut self, gravity: Gravity, id: &'static str, path: &str, what: (String, String)) {
        let place = self.places.get(path).copied().unwrap_or_default();
        let (message, remedy) = what;
        self.findings.push(Finding { id, gravity, path: path.to_owned(), place, message, remedy });
    }

    pub(super) fn error(
        &mut self,
        id: &'static str,
        path: &str,
        place: Place,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.places.entry(path.to_owned()).or_insert(place);
        self.findings.push(Finding {
            id,
            gravity: Gravity::Error,
            path: path.to_owned(),
            place,
            message: message.into(),
            remedy: remedy.into(),
        });
    }

    /// The children of `element` by name; whatever does not belong there is told.
    pub(super) fn fields<'a>(&mut self, element: &'a Element, path: &str, order: &[Field]) -> Fields<'a> {
        self.places.insert(path.to_owned(), element.place);
        let mut fields: Fields<'a> = BTreeMap::new();
        let (mut last, mut signed) = (0, false);
        self.attributes(element, path);
        if !element.text.trim().is_empty() {
            self.error("text-unexpected", path, element.place, "there are words between its elements", "remove them");
        }
        for child in &element.children {
            let its = format!("{path}/{}", child.name);
            if path == "alert" && child.namespace == SIGNATURE && child.name == "Signature" {
                signed = true;
                fields.entry("Signature").or_default().push((its, child));
                continue;
            }
            let known = order.iter().position(|(name, ..)| *name == child.name);
            let Some(n) = known.filter(|_| child.namespace == self.namespace) else {
                let message =
                    format!("<{}> is no element of {}", short(&child.name), path.rsplit('/').next().unwrap_or(path));
                self.error("element-unknown", &its, child.place, message, "remove it, or put it into a parameter");
                continue;
            };
            let (name, _, many) = order[n];
            let of = fields.entry(name).or_default();
            let its = if many { format!("{its}[{}]", of.len() + 1) } else { its };
            if signed {
                self.error("signature-last", &its, child.place, "it follows the signature", "the signature comes last");
            }
            if n < last {
                let after = order[last].0;
                self.error(
                    "element-order",
                    &its,
                    child.place,
                    format!("it comes after <{after}>"),
                    format!("put it before <{after}>"),
                );
            }
            last = last.max(n);
            let repeated = !many && !of.is_empty();
            self.places.insert(its.clone(), child.place);
            if repeated {
                self.error("element-repeated", &its, child.place, "it is there more than once", "keep one");
            } else {
                of.push((its, child));
            }
        }
        for (name, _, _) in order.iter().filter(|(name, required, _)| *required && !fields.contains_key(name)) {
            let its = format!("{path}/{name}");
            self.error("element-missing", &its, element.place, "it is missing", format!("add <{name}>"));
        }
        fields
    }

    fn attributes(&mut self, element: &Element, path: &str) {
        for name in element.attributes.iter().filter(|name| !name.starts_with("xsi:")) {
            let message = format!("it has an attribute {:?}", short(name));
            self.error("attribute-unexpected", path, element.place, message, "CAP has no attributes: remove it");
        }
    }

    /// The text of an element that holds nothing else; an empty one is told and left out.
    pub(super) fn text(&mut self, path: &str, element: &Element) -> Option<String> {
        self.attributes(element, path);
        if let Some(child) = element.children.first() {
            let message = format!("there is <{}> inside", short(&child.name));
            self.error("element-inside", path, element.place, message, "it holds words only");
        }
        if element.text.trim().is_empty() {
            let gravity = if FREE.contains(&element.name.as_str()) { Gravity::Warning } else { Gravity::Error };
            self.places.entry(path.to_owned()).or_insert(element.place);
            let what = ("it is empty".to_owned(), "say it, or leave the element out".to_owned());
            self.find(gravity, "element-empty", path, what);
            return None;
        }
        Some(element.text.clone())
    }

    pub(super) fn one(&mut self, fields: &Fields<'_>, name: &str) -> Option<(String, String)> {
        let (path, element) = fields.get(name)?.first()?;
        let text = self.text(path, element)?;
        Some((path.clone(), text))
    }

    pub(super) fn words(&mut self, fields: &Fields<'_>, name: &str) -> Option<String> {
        self.one(fields, name).map(|(_, text)| text)
    }

    pub(super) fn all(&mut self, fields: &Fields<'_>, name: &str) -> Vec<(String, String)> {
        let found = fields.get(name).map_or(&[][..], Vec::as_slice);
        found.iter().filter_map(|(path, element)| Some((path.clone(), self.text(path, element)?))).collect()
    }

    pub(super) fn value<T: Value>(&mut self, path: &str, text: &str) -> Option<T> {
        if let Some(value) = T::read(text) {
            return Some(value);
        }
        let place = self.places.get(path).copied().unwrap_or_default();
        let spellings = T::spellings();
        let message = format!("{:?} is not one of its values", short(text));
        self.error("value-unknown", path, place, message, format!("expected one of {spellings}"));
        T::read(text.trim())
    }

    pub(super) fn one_value<T: Value>(&mut self, fields: &Fields<'_>, name: &str) -> Option<T> {
        let (path, text) = self.one(fields, name)?;
        self.value(&path, &text)
    }

    pub(super) fn instant(&mut self, path: &str, text: &str) -> Option<Instant> {
        match Instant::parse(text.trim()) {
            Ok(instant) => Some(instant),
            Err(why) => {
                let place = self.places.get(path).copied().unwrap_or_default();
                self.error(
                    "time-form",
                    path,
                    place,
                    format!("{:?} {why}", short(text)),
                    "write 2026-01-02T03:04:05+02:00",
                );
                Instant::lenient(text).ok()
            }
        }
    }

    pub(super) fn one_instant(&mut self, fields: &Fields<'_>, name: &str) -> Option<Instant> {
        let (path, text) = self.one(fields, name)?;
        self.instant(&path, &text)
    }
}

/// The beginning of a text, for messages.
pub(crate) fn short(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() > 60 { text.chars().take(60).chain("…".chars()).collect() } else { text.to_owned() }
}
