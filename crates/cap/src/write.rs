//! A message to bytes, elements in the order of the schema.

use crate::NAMESPACE;
use crate::alert::{Alert, Area, Info, Pair, Resource};
use crate::xml::allowed;
use quick_xml::escape::{escape, partial_escape};
use std::fmt::{Display, Write as _};

impl Alert {
    /// The message as XML, UTF-8. What [`read`](crate::read()) makes of it equals it, but for a signature, which is not written.
    pub fn to_xml(&self) -> String {
        let mut to = Writer(String::with_capacity(4096), "\n");
        to.0.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        to.alert(self);
        to.0
    }

    /// As [`Alert::to_xml`], without the declaration and without anything between elements.
    pub(crate) fn to_compact_xml(&self) -> String {
        let mut to = Writer(String::with_capacity(4096), "");
        to.alert(self);
        to.0
    }
}

/// The text so far, and what stands between elements.
struct Writer(String, &'static str);

impl Writer {
    fn open(&mut self, tag: &str) {
        let end = self.1;
        let _ = write!(self.0, "<{tag}>{end}");
    }

    fn alert(&mut self, alert: &Alert) {
        let to = self;
        to.open(&format!("alert xmlns=\"{}\"", escape(NAMESPACE)));
        to.words("identifier", &alert.identifier);
        to.words("sender", &alert.sender);
        to.plain("sent", alert.sent);
        to.plain("status", alert.status.as_str());
        to.plain("msgType", alert.msg_type.as_str());
        to.maybe("source", alert.source.as_ref());
        to.plain("scope", alert.scope.as_str());
        to.maybe("restriction", alert.restriction.as_ref());
        to.list("addresses", &alert.addresses);
        for code in &alert.code {
            to.words("code", code);
        }
        to.maybe("note", alert.note.as_ref());
        if !alert.references.is_empty() {
            let triples = alert.references.iter().map(|it| format!("{},{},{}", it.sender, it.identifier, it.sent));
            to.words("references", &triples.collect::<Vec<_>>().join(" "));
        }
        to.list("incidents", &alert.incidents);
        for info in &alert.info {
            to.info(info);
        }
        to.open("/alert");
    }

    fn plain(&mut self, name: &str, value: impl Display) {
        let end = self.1;
        let _ = write!(self.0, "<{name}>{value}</{name}>{end}");
    }

    fn words(&mut self, name: &str, text: &str) {
        // A carriage return would be read back as a line's end, and what XML has no place for not at all.
        let text = partial_escape(text).replace('\r', "&#13;").replace(|c| !allowed(c), "\u{fffd}");
        self.plain(name, text);
    }

    fn maybe(&mut self, name: &str, text: Option<&String>) {
        if let Some(text) = text {
            self.words(name, text);
        }
    }

    fn list(&mut self, name: &str, words: &[String]) {
        if !words.is_empty() {
            let quoted = |word: &String| {
                let blank = word.is_empty() || word.contains(char::is_whitespace);
                if blank { format!("\"{word}\"") } else { word.clone() }
            };
            self.words(name, &words.iter().map(quoted).collect::<Vec<_>>().join(" "));
        }
    }

    fn pair(&mut self, name: &str, pair: &Pair) {
        self.open(name);
        self.words("valueName", &pair.value_name);
        self.words("value", &pair.value);
        self.open(&format!("/{name}"));
    }

    fn info(&mut self, info: &Info) {
        self.open("info");
        self.maybe("language", info.language.as_ref());
        for category in &info.category {
            self.plain("category", category.as_str());
        }
        self.words("event", &info.event);
        for response in &info.response_type {
            self.plain("responseType", response.as_str());
        }
        self.plain("urgency", info.urgency.as_str());
        self.plain("severity", info.severity.as_str());
        self.plain("certainty", info.certainty.as_str());
        self.maybe("audience", info.audience.as_ref());
        for pair in &info.event_code {
            self.pair("eventCode", pair);
        }
        for (name, instant) in [("effective", info.effective), ("onset", info.onset), ("expires", info.expires)] {
            if let Some(instant) = instant {
                self.plain(name, instant);
            }
        }
        self.maybe("senderName", info.sender_name.as_ref());
        self.maybe("headline", info.headline.as_ref());
        self.maybe("description", info.description.as_ref());
        self.maybe("instruction", info.instruction.as_ref());
        self.maybe("web", info.web.as_ref());
        self.maybe("contact", info.contact.as_ref());
        for pair in &info.parameter {
            self.pair("parameter", pair);
        }
        for resource in &info.resource {
            self.resource(resource);
        }
        for area in &info.area {
            self.area(area);
        }
        self.open("/info");
    }

    fn resource(&mut self, resource: &Resource) {
        self.open("resource");
        self.words("resourceDesc", &resource.resource_desc);
        self.words("mimeType", &resource.mime_type);
        if let Some(size) = resource.size {
            self.plain("size", size);
        }
        self.maybe("uri", resource.uri.as_ref());
        self.maybe("derefUri", resource.deref_uri.as_ref());
        self.maybe("digest", resource.digest.as_ref());
        self.open("/resource");
    }

    fn area(&mut self, area: &Area) {
        self.open("area");
        self.words("areaDesc", &area.area_desc);
        for ring in &area.polygon {
            let points = ring.iter().map(|[lat, lon]| format!("{lat},{lon}"));
            self.plain("polygon", points.collect::<Vec<_>>().join(" "));
        }
        for [lat, lon, radius] in &area.circle {
            self.plain("circle", format_args!("{lat},{lon} {radius}"));
        }
        for pair in &area.geocode {
            self.pair("geocode", pair);
        }
        for (name, feet) in [("altitude", area.altitude), ("ceiling", area.ceiling)] {
            if let Some(feet) = feet {
                self.plain(name, feet);
            }
        }
        self.open("/area");
    }
}
