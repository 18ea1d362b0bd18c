//! The parts of a message, each from its element: sections 3.2.1 to 3.2.4.

use super::walk::{Field, Fields, Walk, short};
use crate::alert::{Alert, Area, Info, Pair, Reference, Resource};
use crate::instant::Instant;
use crate::value::{Certainty, Severity, Urgency};
use crate::xml::Element;

const ALERT: [Field; 14] = [
    ("identifier", true, false),
    ("sender", true, false),
    ("sent", true, false),
    ("status", true, false),
    ("msgType", true, false),
    ("source", false, false),
    ("scope", true, false),
    ("restriction", false, false),
    ("addresses", false, false),
    ("code", false, true),
    ("note", false, false),
    ("references", false, false),
    ("incidents", false, false),
    ("info", false, true),
];
const INFO: [Field; 21] = [
    ("language", false, false),
    ("category", true, true),
    ("event", true, false),
    ("responseType", false, true),
    ("urgency", true, false),
    ("severity", true, false),
    ("certainty", true, false),
    ("audience", false, false),
    ("eventCode", false, true),
    ("effective", false, false),
    ("onset", false, false),
    ("expires", false, false),
    ("senderName", false, false),
    ("headline", false, false),
    ("description", false, false),
    ("instruction", false, false),
    ("web", false, false),
    ("contact", false, false),
    ("parameter", false, true),
    ("resource", false, true),
    ("area", false, true),
];
const RESOURCE: [Field; 6] = [
    ("resourceDesc", true, false),
    ("mimeType", true, false),
    ("size", false, false),
    ("uri", false, false),
    ("derefUri", false, false),
    ("digest", false, false),
];
const AREA: [Field; 6] = [
    ("areaDesc", true, false),
    ("polygon", false, true),
    ("circle", false, true),
    ("geocode", false, true),
    ("altitude", false, false),
    ("ceiling", false, false),
];
const PAIR: [Field; 2] = [("valueName", true, false), ("value", true, false)];

impl Walk {
    pub(super) fn alert(&mut self, root: &Element) -> Option<Alert> {
        let fields = self.fields(root, "alert", &ALERT);
        let identifier = self.words(&fields, "identifier");
        let sender = self.words(&fields, "sender");
        let sent = self.one_instant(&fields, "sent");
        let status = self.one_value(&fields, "status");
        let msg_type = self.one_value(&fields, "msgType");
        let source = self.words(&fields, "source");
        let scope = self.one_value(&fields, "scope");
        let restriction = self.words(&fields, "restriction");
        let addresses = self.list(&fields, "addresses");
        let code = self.all(&fields, "code").into_iter().map(|(_, text)| text).collect();
        let note = self.words(&fields, "note");
        let references = self.references(&fields);
        let incidents = self.list(&fields, "incidents");
        let infos = fields.get("info").map_or(&[][..], Vec::as_slice);
        let info = infos.iter().map(|(path, element)| self.info(path, element)).collect();
        Some(Alert {
            identifier: identifier?,
            sender: sender?,
            sent: sent?,
            status: status?,
            msg_type: msg_type?,
            source,
            scope: scope?,
            restriction,
            addresses,
            code,
            note,
            references,
            incidents,
            info,
            signed: fields.contains_key("Signature"),
        })
    }

    /// Words divided by blanks; one with blanks inside stands in quotation marks.
    fn list(&mut self, fields: &Fields<'_>, name: &str) -> Vec<String> {
        let Some((path, text)) = self.one(fields, name) else { return Vec::new() };
        let mut words = Vec::new();
        for (n, part) in text.split('"').enumerate() {
            if n % 2 == 1 {
                words.push(part.to_owned());
            } else {
                words.extend(part.split_whitespace().map(str::to_owned));
            }
        }
        if text.matches('"').count() % 2 == 1 {
            let place = self.places.get(&path).copied().unwrap_or_default();
            self.error("quotation-open", &path, place, "a quotation mark is not closed", "close it");
        }
        words
    }

    fn references(&mut self, fields: &Fields<'_>) -> Vec<Reference> {
        let Some((path, text)) = self.one(fields, "references") else { return Vec::new() };
        let mut references = Vec::new();
        for triple in text.split_whitespace() {
            let parts: Vec<&str> = triple.split(',').collect();
            let read = match parts[..] {
                [sender, identifier, sent] if !sender.is_empty() && !identifier.is_empty() => {
                    Instant::parse(sent).ok().map(|sent| (sender, identifier, sent))
                }
                _ => None,
            };
            if let Some((sender, identifier, sent)) = read {
                references.push(Reference { sender: sender.to_owned(), identifier: identifier.to_owned(), sent });
            } else {
                let place = self.places.get(&path).copied().unwrap_or_default();
                let message = format!("{:?} is not sender,identifier,sent", short(triple));
                self.error(
                    "references-form",
                    &path,
                    place,
                    message,
                    "write each as sender,identifier,sent, divided by blanks",
                );
            }
        }
        references
    }

    fn info(&mut self, path: &str, element: &Element) -> Info {
        let fields = self.fields(element, path, &INFO);
        let language = self.words(&fields, "language");
        let category: Vec<_> =
            self.all(&fields, "category").iter().filter_map(|(path, text)| self.value(path, text)).collect();
        let event = self.words(&fields, "event");
        let response_type =
            self.all(&fields, "responseType").iter().filter_map(|(path, text)| self.value(path, text)).collect();
        let urgency = self.one_value(&fields, "urgency");
        let severity = self.one_value(&fields, "severity");
        let certainty = self.one_value(&fields, "certainty");
        let audience = self.words(&fields, "audience");
        let event_code = self.pairs(&fields, "eventCode");
        let effective = self.one_instant(&fields, "effective");
        let onset = self.one_instant(&fields, "onset");
        let expires = self.one_instant(&fields, "expires");
        let mut words = |name| self.words(&fields, name);
        let (sender_name, headline, description) = (words("senderName"), words("headline"), words("description"));
        let (instruction, web, contact) = (words("instruction"), words("web"), words("contact"));
        let parameter = self.pairs(&fields, "parameter");
        let mut resource = Vec::new();
        for (path, element) in fields.get("resource").map_or(&[][..], Vec::as_slice) {
            resource.extend(self.resource(path, element));
        }
        let mut area = Vec::new();
        for (path, element) in fields.get("area").map_or(&[][..], Vec::as_slice) {
            area.push(self.area(path, element));
        }
        Info {
            language,
            category,
            event: event.unwrap_or_default(),
            response_type,
            // Unknown is what a value that cannot be read means; the finding says which it was.
            urgency: urgency.unwrap_or(Urgency::Unknown),
            severity: severity.unwrap_or(Severity::Unknown),
            certainty: certainty.unwrap_or(Certainty::Unknown),
            audience,
            event_code,
            effective,
            onset,
            expires,
            sender_name,
            headline,
            description,
            instruction,
            web,
            contact,
            parameter,
            resource,
            area,
        }
    }

    fn pairs(&mut self, fields: &Fields<'_>, name: &str) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for (path, element) in fields.get(name).map_or(&[][..], Vec::as_slice) {
            let fields = self.fields(element, path, &PAIR);
            let (value_name, value) = (self.words(&fields, "valueName"), self.words(&fields, "value"));
            if let (Some(value_name), Some(value)) = (value_name, value) {
                pairs.push(Pair { value_name, value });
            }
        }
        pairs
    }

    fn resource(&mut self, path: &str, element: &Element) -> Option<Resource> {
        let fields = self.fields(element, path, &RESOURCE);
        let (resource_desc, mime_type) = (self.words(&fields, "resourceDesc"), self.words(&fields, "mimeType"));
        let size = self.one(&fields, "size").and_then(|(path, text)| {
            let size = text.trim().parse().ok();
            if size.is_none() {
                let place = self.places.get(&path).copied().unwrap_or_default();
                self.error(
                    "number-form",
                    &path,
                    place,
                    format!("{:?} is no number of bytes", short(&text)),
                    "write whole bytes",
                );
            }
            size
        });
        let mut words = |name| self.words(&fields, name);
        let (uri, deref_uri, digest) = (words("uri"), words("derefUri"), words("digest"));
        let mime_type = mime_type.unwrap_or_default();
        Some(Resource { resource_desc: resource_desc?, mime_type, size, uri, deref_uri, digest })
    }

    fn area(&mut self, path: &str, element: &Element) -> Area {
        let fields = self.fields(element, path, &AREA);
        let area_desc = self.words(&fields, "areaDesc");
        let mut polygon = Vec::new();
        for (path, text) in self.all(&fields, "polygon") {
            let points: Option<Vec<[f64; 2]>> = text.split_whitespace().map(pair).collect();
            if points.is_none() {
                let place = self.places.get(&path).copied().unwrap_or_default();
                let message = format!("{:?} is no list of points", short(&text));
                self.error("polygon-form", &path, place, message, "write latitude,longitude pairs divided by blanks");
            }
            polygon.extend(points);
        }
        let mut circle = Vec::new();
        for (path, text) in self.all(&fields, "circle") {
            let parts: Vec<&str> = text.split_whitespace().collect();
            let read = match parts[..] {
                [centre, radius] => pair(centre).zip(number(radius)),
                _ => None,
            };
            if read.is_none() {
                let place = self.places.get(&path).copied().unwrap_or_default();
                let message = format!("{:?} is no circle", short(&text));
                self.error("circle-form", &path, place, message, "write latitude,longitude, a blank, and kilometres");
            }
            circle.extend(read.map(|([lat, lon], radius)| [lat, lon, radius]));
        }
        let geocode = self.pairs(&fields, "geocode");
        let mut height = |name| {
            let (path, text) = self.one(&fields, name)?;
            let feet = number(text.trim());
            if feet.is_none() {
                let place = self.places.get(&path).copied().unwrap_or_default();
                self.error("number-form", &path, place, format!("{:?} is no height", short(&text)), "write feet");
            }
            feet
        };
        let (altitude, ceiling) = (height("altitude"), height("ceiling"));
        Area { area_desc: area_desc.unwrap_or_default(), polygon, circle, geocode, altitude, ceiling }
    }
}

fn pair(text: &str) -> Option<[f64; 2]> {
    let (a, b) = text.split_once(',')?;
    Some([number(a)?, number(b)?])
}

/// A decimal number: digits, a sign, a point; nothing that only a programming language calls a number.
fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
    plain.then(|| text.parse().ok()).flatten().filter(|number: &f64| number.is_finite())
}
