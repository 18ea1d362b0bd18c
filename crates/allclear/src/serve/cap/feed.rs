//! A feed of messages as Atom (RFC 4287) or RSS 2.0, after OASIS CAP Feeds 1.0: an entry for each message, its id the
//! message's identifier, with a link to the whole and a copy of its chief fields.
//!
//! Beyond that note, in a namespace of ours: as of when, and what is unknown. A feed without alerts is not calm by itself.

use super::Asked;
use crate::chain::{Issuer, Language};
use crate::core::Published;
use crate::publish;
use cap::{Alert, Info, Instant};
use model::{AreaSet, Code, CommunityStatus, Level, Picture, Timestamp};
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Where this server's address goes.
pub(super) const BASE: &str = "\u{1}base\u{1}";
/// Our namespace.
const OURS: &str = "urn:allclear:cap-feed:1";

/// Which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Atom,
    Rss,
}

impl Form {
    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Rss => "application/rss+xml; charset=utf-8",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Atom => "/cap/feed.atom",
            Self::Rss => "/cap/feed.rss",
        }
    }
}

/// Regions whose state is unknown, in order.
pub(super) fn unknown(picture: &Picture, areas: &AreaSet) -> Vec<Code> {
    let is = |code: Code| areas.get(code).is_some_and(|area| area.level == Level::Oblast);
    let all = picture.communities.iter().filter(|it| it.status == CommunityStatus::Unknown);
    all.map(|it| it.community).filter(|code| is(*code)).collect()
}

/// Tells one list of regions from another.
pub(super) fn mark(unknown: &[Code]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for code in unknown {
        code.as_str().hash(&mut hasher);
    }
    hasher.finish()
}

/// What a feed tells.
pub(super) struct Told<'a> {
    pub(super) issuer: &'a Issuer,
    /// The feed's own name, a URN.
    pub(super) name: &'a str,
    pub(super) published: &'a Published,
    pub(super) entries: &'a [Alert],
    pub(super) unknown: &'a [Code],
    /// The last heartbeat.
    pub(super) minute: Timestamp,
}

impl Told<'_> {
    pub(super) fn write(&self, asked: Asked) -> String {
        let mut out = Writer(String::with_capacity(2_048 * (1 + self.entries.len())));
        out.0.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        match asked.form {
            Form::Atom => self.atom(asked, &mut out),
            Form::Rss => self.rss(asked, &mut out),
        }
        out.0
    }

    fn title(&self, asked: Asked) -> String {
        let language = asked.language;
        let what = if asked.advisory {
            language.of("прогнози AllClear, не офіційні тривоги", "AllClear's forecasts, not official alerts")
        } else {
            language.of("тривоги", "alerts")
        };
        let exercise = match self.issuer.status {
            model::Status::Exercise => language.of("НАВЧАННЯ. ", "EXERCISE. "),
            model::Status::Actual => "",
        };
        format!("{exercise}{}: {what}", self.issuer.sender_name)
    }

    fn subtitle(&self, language: Language) -> String {
        let said = language.of(
            "Відсутність повідомлення не означає безпеки: відбій лише той, що сказано прямо.",
            "That no message is here does not mean safety: an all-clear is only what says so.",
        );
        match self.unknown.len() {
            0 => said.to_owned(),
            n => format!(
                "{} {n}. {said}",
                language.of("Регіонів, стан яких НЕВІДОМИЙ:", "Regions whose state is UNKNOWN:")
            ),
        }
    }

    /// When anything here last changed, a heartbeat at least.
    fn updated(&self) -> Option<Instant> {
        let latest = self.entries.iter().map(|it| it.sent.unix_s()).max().unwrap_or(0);
        Instant::from_unix_s(latest.max(self.minute.millis().div_euclid(1000)))
    }

    fn state(&self, out: &mut Writer) {
        out.field("ac:asOf", &self.published.picture.as_of.to_string());
        out.field("ac:status", publish::status_word(self.issuer.status));
        out.field("ac:heartbeatSeconds", "60");
        if self.published.record_stopped.is_some() {
            out.field("ac:recordStopped", "true");
        }
        for code in self.unknown {
            out.field("ac:unknown", code.as_str());
        }
    }

    fn atom(&self, asked: Asked, out: &mut Writer) {
        let _ = writeln!(
            out.0,
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:cap=\"{}\" xmlns:ac=\"{OURS}\" xml:lang=\"{}\">",
            cap::NAMESPACE,
            asked.language.tag()
        );
        let own = own(asked);
        out.field("id", &format!("{}{}", self.name, if asked.advisory { ":advisory" } else { "" }));
        out.field("title", &self.title(asked));
        out.field("subtitle", &self.subtitle(asked.language));
        out.field("updated", &self.updated().map_or_else(String::new, rfc3339));
        let _ = writeln!(out.0, "<author><name>{}</name></author>", escape(&self.issuer.sender_name));
        let _ = writeln!(out.0, "<link rel=\"self\" type=\"application/atom+xml\" href=\"{BASE}{}\"/>", escape(&own));
        out.field("generator", "AllClear");
        self.state(out);
        for alert in self.entries {
            let Some(info) = info(alert, asked.language) else { continue };
            out.0.push_str("<entry>\n");
            out.field("id", &alert.identifier);
            out.field("title", info.headline.as_deref().unwrap_or(&info.event));
            out.field("updated", &rfc3339(alert.sent));
            out.field("published", &rfc3339(alert.sent));
            out.field("summary", info.description.as_deref().unwrap_or(&info.event));
            let _ = writeln!(
                out.0,
                "<link rel=\"alternate\" type=\"application/cap+xml\" href=\"{BASE}/cap/{}.xml\"/>",
                escape(&alert.identifier)
            );
            let _ = writeln!(out.0, "<category term=\"{}\"/>", escape(&info.event));
            copy(alert, info, out);
            out.0.push_str("</entry>\n");
        }
        out.0.push_str("</feed>\n");
    }

    fn rss(&self, asked: Asked, out: &mut Writer) {
        let _ = writeln!(
            out.0,
            "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\" xmlns:cap=\"{}\" xmlns:ac=\"{OURS}\">\n<channel>",
            cap::NAMESPACE
        );
        out.field("title", &self.title(asked));
        let _ = writeln!(out.0, "<link>{BASE}/</link>");
        out.field("description", &self.subtitle(asked.language));
        out.field("language", asked.language.of("uk", "en"));
        out.field("lastBuildDate", &self.updated().map_or_else(String::new, |at| rfc822(at.unix_s())));
        out.field("ttl", "1");
        out.field("generator", "AllClear");
        let _ = writeln!(
            out.0,
            "<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"{BASE}{}\"/>",
            escape(&own(asked))
        );
        self.state(out);
        for alert in self.entries {
            let Some(info) = info(alert, asked.language) else { continue };
            out.0.push_str("<item>\n");
            let _ = writeln!(out.0, "<guid isPermaLink=\"false\">{}</guid>", escape(&alert.identifier));
            out.field("title", info.headline.as_deref().unwrap_or(&info.event));
            let _ = writeln!(out.0, "<link>{BASE}/cap/{}.xml</link>", escape(&alert.identifier));
            out.field("description", info.description.as_deref().unwrap_or(&info.event));
            out.field("category", &info.event);
            out.field("pubDate", &rfc822(alert.sent.unix_s()));
            copy(alert, info, out);
            out.0.push_str("</item>\n");
        }
        out.0.push_str("</channel>\n</rss>\n");
    }
}

/// The path of this very feed.
fn own(asked: Asked) -> String {
    let standing = if asked.advisory { "&standing=advisory" } else { "" };
    format!("{}?lang={}{standing}", asked.form.path(), asked.language.of("uk", "en"))
}

/// What the message says in that language.
fn info(alert: &Alert, language: Language) -> Option<&Info> {
    alert.info.iter().find(|it| it.language.as_deref() == Some(language.tag()))
}

/// The chief fields of a message.
fn copy(alert: &Alert, info: &Info, out: &mut Writer) {
    out.field("cap:identifier", &alert.identifier);
    out.field("cap:sender", &alert.sender);
    out.field("cap:sent", &alert.sent.to_string());
    out.field("cap:status", alert.status.as_str());
    out.field("cap:msgType", alert.msg_type.as_str());
    out.field("cap:scope", alert.scope.as_str());
    for category in &info.category {
        out.field("cap:category", category.as_str());
    }
    out.field("cap:event", &info.event);
    for response in &info.response_type {
        out.field("cap:responseType", response.as_str());
    }
    out.field("cap:urgency", info.urgency.as_str());
    out.field("cap:severity", info.severity.as_str());
    out.field("cap:certainty", info.certainty.as_str());
    for (name, at) in [("cap:effective", info.effective), ("cap:onset", info.onset), ("cap:expires", info.expires)] {
        if let Some(at) = at {
            out.field(name, &at.to_string());
        }
    }
    for area in &info.area {
        out.field("cap:areaDesc", &area.area_desc);
        for code in &area.geocode {
            let (name, value) = (escape(&code.value_name), escape(&code.value));
            let _ = writeln!(
                out.0,
                "<cap:geocode><cap:valueName>{name}</cap:valueName><cap:value>{value}</cap:value></cap:geocode>"
            );
        }
    }
}

struct Writer(String);

impl Writer {
    fn field(&mut self, name: &str, text: &str) {
        let _ = writeln!(self.0, "<{name}>{}</{name}>", escape(text));
    }
}

/// RFC 3339, as Atom has it: UTC is `Z`, where CAP writes `-00:00`.
fn rfc3339(at: Instant) -> String {
    jiff::Timestamp::from_second(at.unix_s()).map(|at| at.to_string()).unwrap_or_default()
}

fn rfc822(second: i64) -> String {
    crate::clock::http_date(second)
}

/// Text made safe to stand in XML.
fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    text.chars().filter(|c| !c.is_control() || *c == '\n').collect()
}
