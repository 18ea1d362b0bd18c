//! What is wrong in a message beyond its form: the rules of section 3 that span elements, and what cannot be meant.
//!
//! What comes in: bytes, or a message made here. What goes out: findings, each with an id, a place and a remedy. The rules
//! stand in docs/reference/cap-lint.md. The public schema lets most of what is found here through.

use crate::alert::{Alert, Area, Info, Reference, Resource};
use crate::finding::{Finding, Gravity};
use crate::profile::Profile;
use crate::read::{ReadError, Walk, short, walk};
use crate::value::{Certainty, MsgType, ResponseType, Scope, Severity, Status, Urgency};
use std::collections::{BTreeMap, BTreeSet};

/// Longest headline that devices show whole, characters (section 3.2.2).
const HEADLINE_CHARS: usize = 160;
/// A time so far before `sent` is a mistake, seconds: six weeks were seen in the field.
const BEFORE_SENT_S: i64 = 7 * 86_400;

/// Everything wrong in these bytes, in the order of the document. Empty: nothing is.
pub fn lint(bytes: &[u8]) -> Result<Vec<Finding>, ReadError> {
    examine(bytes, None).map(|(_, findings)| findings)
}

/// As [`lint`], and everything in which they differ from a profile.
pub fn lint_as(bytes: &[u8], profile: Profile) -> Result<Vec<Finding>, ReadError> {
    examine(bytes, Some(profile)).map(|(_, findings)| findings)
}

/// Reads and applies every rule.
pub(crate) fn examine(bytes: &[u8], profile: Option<Profile>) -> Result<(Option<Alert>, Vec<Finding>), ReadError> {
    let (alert, mut walk) = walk(bytes)?;
    if let Some(alert) = &alert {
        Rules(&mut walk).alert(alert);
        if let Some(profile) = profile {
            profile.check(&mut walk, alert);
        }
    }
    let mut findings = walk.findings;
    findings.sort_by_key(|finding| (finding.place.line, finding.place.column));
    Ok((alert, findings))
}

struct Rules<'a>(&'a mut Walk);

impl Rules<'_> {
    fn error(&mut self, id: &'static str, path: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.0.find(Gravity::Error, id, path, (message.into(), remedy.into()));
    }

    fn warn(&mut self, id: &'static str, path: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.0.find(Gravity::Warning, id, path, (message.into(), remedy.into()));
    }

    fn note(&mut self, id: &'static str, path: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.0.find(Gravity::Note, id, path, (message.into(), remedy.into()));
    }

    fn alert(&mut self, alert: &Alert) {
        for (path, text) in [("alert/identifier", &alert.identifier), ("alert/sender", &alert.sender)] {
            if let Some(bad) = text.chars().find(|c| c.is_whitespace() || [',', '<', '&'].contains(c)) {
                let message = format!("{:?} holds {bad:?}, which references divide by", short(text));
                self.error("name-characters", path, message, "no blanks, commas, < or &");
            }
        }
        self.world(alert);
        self.receivers(alert);
        self.refers(alert);
        if alert.info.is_empty() && matches!(alert.msg_type, MsgType::Alert | MsgType::Update) {
            self.error("info-missing", "alert", "it says nothing: there is no <info>", "add one in each language");
        }
        for (n, info) in alert.info.iter().enumerate() {
            self.info(&format!("alert/info[{}]", n + 1), info, alert);
        }
        self.repeated("alert", "code", &alert.code);
        self.languages(alert);
    }

    /// The same thing said twice in a list.
    fn repeated<T: PartialEq>(&mut self, path: &str, name: &str, all: &[T]) {
        if let Some(n) = (1..all.len()).find(|&n| all[..n].contains(&all[n])) {
            let at = format!("{path}/{name}[{}]", n + 1);
            self.warn("value-repeated", &at, "it says what stands before it already", "say it once");
        }
    }

    fn world(&mut self, alert: &Alert) {
        let public = alert.scope == Scope::Public;
        if public && alert.status == Status::System {
            self.error(
                "system-public",
                "alert/status",
                "a message of the network goes to the public",
                "scope Private or Restricted, or status Actual",
            );
        }
        if public && alert.status == Status::Draft {
            self.error("draft-public", "alert/status", "a draft goes to the public", "send it when it is Actual");
        }
        if alert.status == Status::Exercise && alert.note.is_none() {
            self.warn("exercise-note", "alert/status", "nothing names the exercise", "name it in <note>");
        }
        let explains = matches!(alert.msg_type, MsgType::Cancel | MsgType::Error);
        if explains && alert.note.is_none() {
            self.warn("note-missing", "alert/msgType", "nothing says why", "say it in <note>");
        }
        if alert.info.iter().all(|info| info.response_type.contains(&ResponseType::AllClear)) && !alert.info.is_empty()
        {
            match alert.msg_type {
                MsgType::Cancel => self.error(
                    "all-clear-cancel",
                    "alert/msgType",
                    "an all-clear as Cancel says that the alert was a mistake",
                    "Update with responseType AllClear",
                ),
                MsgType::Alert => self.error(
                    "all-clear-alert",
                    "alert/msgType",
                    "an all-clear that ends no message",
                    "Update, with references to what it ends",
                ),
                _ => {}
            }
        }
    }

    fn receivers(&mut self, alert: &Alert) {
        match (alert.scope, &alert.restriction) {
            (Scope::Restricted, None) => self.error(
                "restriction-missing",
                "alert/scope",
                "nothing says to whom it is restricted",
                "add <restriction>",
            ),
            (Scope::Public | Scope::Private, Some(_)) => self.error(
                "restriction-unexpected",
                "alert/restriction",
                format!("the scope is {}", alert.scope.as_str()),
                "scope Restricted, or no <restriction>",
            ),
            _ => {}
        }
        if alert.scope == Scope::Private && alert.addresses.is_empty() {
            self.error("addresses-missing", "alert/scope", "nobody is addressed", "add <addresses>");
        }
    }

    fn refers(&mut self, alert: &Alert) {
        let path = "alert/references";
        if alert.references.is_empty() && alert.msg_type != MsgType::Alert {
            let message = format!("{} refers to no message", alert.msg_type.as_str());
            self.error(
                "references-missing",
                "alert/msgType",
                message,
                "name in <references> every related message that has not expired",
            );
        }
        let mut seen = BTreeSet::new();
        for Reference { sender, identifier, sent } in &alert.references {
            if sender == &alert.sender && identifier == &alert.identifier {
                self.error("references-self", path, "it refers to itself", "a new message has a new identifier");
            } else if *sent > alert.sent {
                self.error(
                    "references-later",
                    path,
                    format!("{identifier} was sent later, at {sent}"),
                    "refer to earlier messages",
                );
            }
            if !seen.insert((sender, identifier)) {
                self.warn("references-repeated", path, format!("{identifier} is named twice"), "name each once");
            }
        }
    }

    fn info(&mut self, path: &str, info: &Info, alert: &Alert) {
        let at = |name: &str| format!("{path}/{name}");
        if let Some(language) = &info.language
            && !is_language(language.trim())
        {
            self.error(
                "language-form",
                &at("language"),
                format!("{:?} is no language", short(language)),
                "write an RFC 3066 code such as uk-UA",
            );
        }
        self.times(path, info, alert);
        self.repeated(path, "category", &info.category);
        self.repeated(path, "responseType", &info.response_type);
        self.repeated(path, "eventCode", &info.event_code);
        self.repeated(path, "parameter", &info.parameter);
        self.repeated(path, "resource", &info.resource);
        self.repeated(path, "area", &info.area);
        let cleared = info.response_type.contains(&ResponseType::AllClear);
        if cleared && info.urgency != Urgency::Past {
            self.error(
                "all-clear-urgency",
                &at("urgency"),
                format!("an all-clear is {}", info.urgency.as_str()),
                "urgency Past",
            );
        }
        if cleared
            && info.response_type.iter().any(|it| {
                !matches!(
                    it,
                    ResponseType::AllClear | ResponseType::Monitor | ResponseType::None | ResponseType::Assess
                )
            })
        {
            self.error(
                "all-clear-contradicted",
                &at("responseType[1]"),
                "it says at once that the danger is over and what to do against it",
                "keep one",
            );
        }
        if info.urgency == Urgency::Past && !cleared && info.response_type.iter().any(|it| asks(*it)) {
            self.error(
                "urgency-contradicted",
                &at("urgency"),
                "it says at once that the danger is past and what to do against it",
                "keep one",
            );
        }
        if info.response_type.contains(&ResponseType::None) && info.response_type.len() > 1 {
            self.warn(
                "response-contradicted",
                &at("responseType[1]"),
                "None stands beside something to do",
                "keep one",
            );
        }
        for (name, unknown) in [
            ("urgency", info.urgency == Urgency::Unknown),
            ("severity", info.severity == Severity::Unknown),
            ("certainty", info.certainty == Certainty::Unknown),
        ] {
            if unknown {
                self.warn("value-insignificant", &at(name), "receivers take Unknown for insignificant", "say it");
            }
        }
        if let Some(headline) = &info.headline {
            if headline.chars().count() > HEADLINE_CHARS {
                self.note(
                    "headline-long",
                    &at("headline"),
                    format!("it has {} characters", headline.chars().count()),
                    format!("at most {HEADLINE_CHARS}, or it is cut"),
                );
            }
            if info.description.as_deref().map(str::trim) == Some(headline.trim()) {
                self.note(
                    "headline-repeated",
                    &at("description"),
                    "it repeats the headline",
                    "say more, or leave it out",
                );
            }
        }
        if let Some(web) = info.web.as_deref().filter(|web| !is_absolute(web)) {
            self.error(
                "uri-form",
                &at("web"),
                format!("{:?} is no absolute address", short(web)),
                "begin with https://",
            );
        }
        for (n, resource) in info.resource.iter().enumerate() {
            self.resource(&format!("{path}/resource[{}]", n + 1), resource);
        }
        if info.area.is_empty() && alert.msg_type != MsgType::Ack && alert.msg_type != MsgType::Error {
            self.error("area-missing", path, "nothing says where", "add <area>");
        }
        for (n, area) in info.area.iter().enumerate() {
            self.area(&format!("{path}/area[{}]", n + 1), area);
        }
    }

    fn times(&mut self, path: &str, info: &Info, alert: &Alert) {
        let at = |name: &str| format!("{path}/{name}");
        match info.expires {
            None if matches!(alert.msg_type, MsgType::Alert | MsgType::Update) => {
                self.error("expires-missing", path, "nothing says until when it holds", "add <expires>");
            }
            Some(expires) if expires.unix_s() <= alert.sent.unix_s() => {
                self.error(
                    "expires-before-sent",
                    &at("expires"),
                    format!("{expires} is not after sent, {}", alert.sent),
                    "let it hold for a while",
                );
            }
            _ => {}
        }
        for (name, instant) in [("effective", info.effective), ("onset", info.onset)] {
            let Some(instant) = instant else { continue };
            if info.expires.is_some_and(|expires| instant.unix_s() >= expires.unix_s()) {
                self.error("time-order", &at(name), format!("{instant} is not before expires"), "begin before the end");
            }
            if instant.unix_s() < alert.sent.unix_s() - BEFORE_SENT_S {
                self.warn(
                    "time-long-before",
                    &at(name),
                    format!("{instant} is more than a week before sent"),
                    "check the year and month",
                );
            }
        }
    }

    fn resource(&mut self, path: &str, resource: &Resource) {
        let at = |name: &str| format!("{path}/{name}");
        if resource.uri.is_none() && resource.deref_uri.is_none() {
            self.error("resource-nowhere", path, "nothing says where it is", "add <uri> or <derefUri>");
        }
        // A relative address is allowed beside the file itself (section 3.2.3).
        if let Some(uri) = resource.uri.as_deref().filter(|uri| resource.deref_uri.is_none() && !is_absolute(uri)) {
            self.error(
                "uri-form",
                &at("uri"),
                format!("{:?} is no absolute address", short(uri)),
                "begin with https://",
            );
        }
        if !resource.mime_type.is_empty() && !is_media_type(resource.mime_type.trim()) {
            self.error(
                "media-type-form",
                &at("mimeType"),
                format!("{:?} is no media type", short(&resource.mime_type)),
                "write one such as image/png",
            );
        }
        if let Some(digest) = &resource.digest
            && !(digest.trim().len() == 40 && digest.trim().bytes().all(|b| b.is_ascii_hexdigit()))
        {
            self.error("digest-form", &at("digest"), "it is no SHA-1", "write 40 hexadecimal digits");
        }
    }

    fn area(&mut self, path: &str, area: &Area) {
        if area.polygon.is_empty() && area.circle.is_empty() && area.geocode.is_empty() {
            self.error("area-geometry", path, "it has neither polygon, circle nor geocode", "add one");
        }
        self.repeated(path, "polygon", &area.polygon);
        self.repeated(path, "circle", &area.circle);
        self.repeated(path, "geocode", &area.geocode);
        for (n, ring) in area.polygon.iter().enumerate() {
            let at = format!("{path}/polygon[{}]", n + 1);
            self.ring(&at, ring);
        }
        for (n, &[lat, lon, radius]) in area.circle.iter().enumerate() {
            let at = format!("{path}/circle[{}]", n + 1);
            if !on_earth(lat, lon) {
                self.error(
                    "circle-range",
                    &at,
                    format!("{lat},{lon} is not on the Earth"),
                    "latitude first, then longitude",
                );
            }
            if !(0.0..=20_038.0).contains(&radius) {
                self.error("circle-radius", &at, format!("a radius of {radius} km"), "0 to 20,038 km");
            }
        }
        match (area.altitude, area.ceiling) {
            (None, Some(_)) => self.error(
                "ceiling-alone",
                &format!("{path}/ceiling"),
                "a ceiling without an altitude",
                "add <altitude>",
            ),
            (Some(low), Some(high)) if high < low => self.error(
                "ceiling-low",
                &format!("{path}/ceiling"),
                format!("{high} ft is below the altitude of {low} ft"),
                "the ceiling is the upper end",
            ),
            _ => {}
        }
    }

    fn ring(&mut self, at: &str, ring: &[[f64; 2]]) {
        if let Some([lat, lon]) = ring.iter().find(|[lat, lon]| !on_earth(*lat, *lon)) {
            self.error(
                "polygon-range",
                at,
                format!("{lat},{lon} is not on the Earth"),
                "latitude first, then longitude",
            );
        }
        if ring.len() < 4 {
            self.error("polygon-short", at, format!("{} points", ring.len()), "at least four, the last as the first");
            return;
        }
        if ring.first() != ring.last() {
            self.error("polygon-open", at, "the last point is not the first", "repeat the first point at the end");
            return;
        }
        let corners: BTreeSet<[u64; 2]> = ring.iter().map(|[lat, lon]| [lat.to_bits(), lon.to_bits()]).collect();
        if corners.len() < 3 {
            self.error(
                "polygon-flat",
                at,
                format!("only {} different points", corners.len()),
                "three at least enclose an area",
            );
        } else if ring.len() <= CROSSING_POINTS_MAX && crosses(ring) {
            self.warn(
                "polygon-crossing",
                at,
                "its line crosses itself",
                "what it encloses is read in different ways: divide it",
            );
        }
    }

    /// Every language says the same.
    fn languages(&mut self, alert: &Alert) {
        let mut by_language: BTreeMap<String, Vec<(String, &Info)>> = BTreeMap::new();
        for (n, info) in alert.info.iter().enumerate() {
            let language = info.language.as_deref().unwrap_or("en-US").trim().to_ascii_lowercase();
            by_language.entry(language).or_default().push((format!("alert/info[{}]", n + 1), info));
        }
        let mut said = by_language.values();
        let Some(first) = said.next() else { return };
        let of = |infos: &[(String, &Info)]| {
            let mut all: Vec<_> = infos.iter().map(|(_, info)| meant(info)).collect();
            all.sort();
            all
        };
        let clashing: Vec<String> =
            said.filter(|infos| of(infos) != of(first)).filter_map(|infos| Some(infos.first()?.0.clone())).collect();
        let places = |infos: &[(String, &Info)]| {
            let areas = infos.iter().flat_map(|(_, info)| &info.area);
            areas.flat_map(|area| area.geocode.iter().cloned()).collect::<BTreeSet<_>>()
        };
        let elsewhere: Vec<String> = by_language
            .values()
            .skip(1)
            .filter(|infos| {
                let (here, there) = (places(first), places(infos));
                !here.is_empty() && !there.is_empty() && here != there
            })
            .filter_map(|infos| Some(infos.first()?.0.clone()))
            .collect();
        let first = first[0].0.clone();
        for path in elsewhere {
            self.error(
                "info-elsewhere",
                &path,
                format!("it names other geocodes than {first} in another language"),
                "the same places in every language",
            );
        }
        for path in clashing {
            self.error(
                "info-clash",
                &path,
                format!("it does not mean what {first} means in another language"),
                "the same category, eventCode, responseType, urgency, severity, certainty and times in every language",
            );
        }
    }
}

/// What an info means whatever its language.
type Meant = (
    BTreeSet<crate::Category>,
    BTreeSet<ResponseType>,
    (Urgency, Severity, Certainty),
    BTreeSet<crate::Pair>,
    [Option<i64>; 3],
);

fn meant(info: &Info) -> Meant {
    (
        info.category.iter().copied().collect(),
        info.response_type.iter().copied().collect(),
        (info.urgency, info.severity, info.certainty),
        info.event_code.iter().cloned().collect(),
        [info.effective, info.onset, info.expires].map(|it| it.map(crate::Instant::unix_s)),
    )
}

/// What someone is asked to do against a danger that is still there.
const fn asks(response: ResponseType) -> bool {
    matches!(
        response,
        ResponseType::Shelter
            | ResponseType::Evacuate
            | ResponseType::Prepare
            | ResponseType::Execute
            | ResponseType::Avoid
    )
}

fn on_earth(lat: f64, lon: f64) -> bool {
    (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)
}

/// RFC 3066: a primary tag of 1 to 8 letters, then parts of 1 to 8 letters and digits.
fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let primary = parts.next().unwrap_or_default();
    (1..=8).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// RFC 3986: a scheme, a colon and more, without blanks.
fn is_absolute(text: &str) -> bool {
    let text = text.trim();
    text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
            && !rest.trim_matches('/').is_empty()
            && !rest.contains(char::is_whitespace)
    })
}

fn is_media_type(text: &str) -> bool {
    let text = text.split(';').next().unwrap_or_default().trim();
    let token =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b));
    text.split_once('/').is_some_and(|(kind, sub)| token(kind) && token(sub))
}

/// Rings of more points are not looked at for crossings: it costs the square of them.
const CROSSING_POINTS_MAX: usize = 2_000;

/// Whether two edges of a closed ring that are not neighbours cross. Touching is no crossing. Costs the square of its points.
pub fn crosses(ring: &[[f64; 2]]) -> bool {
    let side = |a: [f64; 2], b: [f64; 2], c: [f64; 2]| (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    let edges: Vec<_> = ring.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let apart = |a: f64, b: f64| (a > 0.0 && b < 0.0) || (a < 0.0 && b > 0.0);
    edges.iter().enumerate().any(|(n, &(a, b))| {
        edges
            .iter()
            .skip(n + 2)
            .any(|&(c, d)| apart(side(a, b, c), side(a, b, d)) && apart(side(c, d, a), side(c, d, b)))
    })
}
