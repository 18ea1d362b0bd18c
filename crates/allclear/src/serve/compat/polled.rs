//! The same answers as the routes', as bytes for those who poll: `deliver/poll` writes them without any framework between.
//!
//! What always holds: an answer says here what it says there, header by header; a 304 allocates nothing.
//! Deliberately absent: history, and numbers that are nobody's.

use super::alerts_com_ua;
use super::alerts_in_ua::Letters;
use super::conditional::{Answer, Content};
use super::gate::{self, EXPOSED, NEXT_MINUTE_S, RETRY_AFTER_S};
use super::limits::{Refused, Service, bare, check_key};
use super::routes::{self, Compat};
use super::snapshot::{One, Snapshot};
use crate::deliver::poll::{Answered, Answers, Ask, Moment};
use axum::body::Bytes;
use axum::http::StatusCode;
use std::net::IpAddr;

/// The part of a snapshot that answers a question about the whole country.
type Pick = fn(&Snapshot) -> &Answer;

/// What is asked.
enum Question {
    Whole(Pick),
    One(One),
}

/// What is asked, and in which service's manner.
fn question(compat: &Compat, ask: &Ask<'_>) -> Option<(Service, Question)> {
    whole(ask).map(|(service, pick)| (service, Question::Whole(pick))).or_else(|| {
        let (service, one) = one(compat, ask.path)?;
        Some((service, Question::One(one)))
    })
}

fn one(compat: &Compat, path: &str) -> Option<(Service, One)> {
    let of = |prefix| path.strip_prefix(prefix);
    if let Some(id) = of("/api/v3/alerts/") {
        return Some((Service::UkraineAlarm, compat.region_of(id)?));
    }
    if let Some(id) = of("/api/states/") {
        return Some((Service::AlertsComUa, One::State(Some(alerts_com_ua::number(id)?))));
    }
    let letters = [("/v1/iot/active_air_raid_alerts/", Letters::V1), ("/v2/iot/active_air_raid_alerts/", Letters::V2)];
    let (uid, letters) = letters.into_iter().find_map(|(prefix, letters)| Some((of(prefix)?, letters)))?;
    Some((Service::AlertsInUa, compat.letter_of(letters, uid)?))
}

fn whole(ask: &Ask<'_>) -> Option<(Service, Pick)> {
    Some(match ask.path {
        "/v1/alerts/active.json" => (Service::AlertsInUa, |s| &s.active),
        "/v1/iot/active_air_raid_alerts_by_oblast.json" => (Service::AlertsInUa, |s| &s.by_oblast[0]),
        "/v2/iot/active_air_raid_alerts_by_oblast.json" => (Service::AlertsInUa, |s| &s.by_oblast[1]),
        "/v1/iot/active_air_raid_alerts.json" => (Service::AlertsInUa, |s| &s.by_uid[0]),
        "/v2/iot/active_air_raid_alerts.json" => (Service::AlertsInUa, |s| &s.by_uid[1]),
        "/api/v3/alerts" => (Service::UkraineAlarm, |s| &s.alerts),
        "/api/v3/alerts/status" => (Service::UkraineAlarm, |s| &s.last_action),
        "/api/states" if routes::asks_short(ask.query) => (Service::AlertsComUa, |s| &s.states_short),
        "/api/states" => (Service::AlertsComUa, |s| &s.states),
        _ => return None,
    })
}

/// The key that a question shows; `None` when it is written in escapes.
fn key<'a>(service: Service, ask: &Ask<'a>) -> Option<&'a str> {
    if service == Service::AlertsComUa {
        return Some(ask.api_key);
    }
    let shown = bare(ask.authorization);
    if !shown.is_empty() || service != Service::AlertsInUa {
        return Some(shown);
    }
    let token = ask.query.split('&').find_map(|pair| pair.strip_prefix("token=")).unwrap_or_default();
    (!ask.query.contains(['%', '+'])).then_some(token)
}

impl Answers for Compat {
    fn answer(&self, ask: &Ask<'_>, peer: IpAddr, at: &Moment, out: &mut Vec<u8>) -> Answered {
        let Some((service, question)) = question(self, ask) else { return Answered::Ordinary };
        let Some(key) = key(service, ask) else { return Answered::Ordinary };
        let allowed =
            check_key(service, &self.server.keys, key).and_then(|()| self.limits.count(&self.server, peer, false));
        let head = Head { out, fixed: &self.fixed, service, at };
        if let Err(Refused { code, message }) = allowed {
            gate::count_refused(code);
            let retry = if code == StatusCode::TOO_MANY_REQUESTS { NEXT_MINUTE_S } else { "" };
            return head.failure(code, "", retry, gate::error_body(service, message));
        }
        let snapshot = self.snapshot();
        let found = match question {
            Question::Whole(pick) => self.silence(&snapshot).map_or_else(|| Ok(pick(&snapshot).clone()), Err),
            Question::One(one) => self.about(&snapshot, one),
        };
        match found {
            Ok(answer) => head.answer(ask, &snapshot, &answer),
            Err(why) => {
                gate::count_unknown();
                let body = routes::unknown_body(&snapshot, why);
                head.failure(StatusCode::SERVICE_UNAVAILABLE, &snapshot.lines, RETRY_AFTER_S, body)
            }
        }
    }
}

/// The head of an answer in the making.
struct Head<'a> {
    out: &'a mut Vec<u8>,
    /// Of an answer with a body, and of one without.
    fixed: &'a [String; 2],
    service: Service,
    at: &'a Moment,
}

impl Head<'_> {
    fn put(&mut self, parts: &[&str]) {
        for part in parts {
            self.out.extend_from_slice(part.as_bytes());
        }
    }

    /// What every head has, and its end. `page`: a script of another page asks.
    fn end(&mut self, body: bool, page: bool) {
        let [full, short] = self.fixed;
        let fixed = if body { full } else { short };
        if gate::is_exposed(self.service, body, page) {
            self.put(&["access-control-expose-headers: ", EXPOSED, "\r\n"]);
        }
        self.put(&[fixed, "date: ", &self.at.date, "\r\n\r\n"]);
    }

    fn answer(mut self, ask: &Ask<'_>, snapshot: &Snapshot, answer: &Answer) -> Answered {
        let form = answer.form(ask.accept_encoding);
        let etag = form.etag().to_str().unwrap_or_default();
        let content = Content { etag, changed_s: snapshot.changed_s, modified: &snapshot.modified };
        let known = content.known(ask.if_none_match, ask.if_modified_since, self.at.second);
        // Of a body that a 304 does not send nothing is made.
        let body = if known { Bytes::new() } else { form.body() };
        if known {
            self.put(&["HTTP/1.1 304 Not Modified\r\n"]);
        } else {
            self.put(&["HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\n"]);
            self.length(body.len());
            if form.is_packed() {
                self.put(&["content-encoding: gzip\r\n"]);
            }
        }
        if form.varies() {
            self.put(&["vary: accept-encoding\r\n"]);
        }
        self.put(&["etag: ", etag, "\r\ncache-control: no-cache\r\n", &snapshot.lines]);
        if !known || ask.if_none_match.is_empty() {
            // As `conditional::last_modified` has it: within the second of the change the present one is told.
            let modified = if self.at.second > snapshot.changed_s { &*snapshot.modified } else { &self.at.date };
            self.put(&["last-modified: ", modified, "\r\n"]);
        }
        self.end(!known, !ask.origin.is_empty());
        if known { Answered::Whole } else { Answered::Body(body) }
    }

    fn failure(mut self, code: StatusCode, lines: &str, retry: &str, body: String) -> Answered {
        let reason = code.canonical_reason().unwrap_or_default();
        self.put(&["HTTP/1.1 ", code.as_str(), " ", reason, "\r\ncontent-type: application/json; charset=utf-8\r\n"]);
        self.length(body.len());
        if !retry.is_empty() {
            self.put(&["retry-after: ", retry, "\r\n"]);
        }
        self.put(&["cache-control: no-store\r\n", lines]);
        self.end(true, false);
        Answered::Body(Bytes::from(body))
    }

    fn length(&mut self, bytes: usize) {
        self.put(&["content-length: ", &bytes.to_string(), "\r\n"]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::cmd::run::Server;
    use crate::config::{Config, ConfigFile};
    use std::io::{Read as _, Write as _};

    const TABLES: &str = "[server]\nlisten = \"127.0.0.1:0\"\nkeys = [\"k\"]\nrate_limit_per_minute = 1000\n\
        [store]\npath = \"store\"\n[[feed]]\nname = \"off\"\nkind = \"post\"\nofficial = true\n";

    fn say(server: &Server, text: &str) {
        let body = serde_json::json!({"source": "off", "text": text}).to_string();
        let mut socket = std::net::TcpStream::connect(server.address).unwrap();
        let head =
            "POST /api/v1/reports HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Type: application/json\r\n";
        write!(socket, "{head}Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    #[test]
    fn an_answer_of_not_modified_allocates_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let file: ConfigFile = toml::from_str(TABLES).unwrap();
        let config = Config::check(file, dir.path()).unwrap();
        let server = runtime.block_on(Server::start(config, Clock::real(), false)).unwrap();
        say(&server, "Повітряна тривога в Сумській області");
        let compat = runtime.block_on(async { routes::answers(&server.state) });
        let etag = compat.snapshot().active.etag.to_str().unwrap().to_owned();
        let ask = Ask {
            path: "/v1/alerts/active.json",
            query: "",
            authorization: "Bearer k",
            if_none_match: &etag,
            ..Ask::default()
        };
        let at = Moment::now();
        let mut out = Vec::with_capacity(4096);
        let peer = IpAddr::from([127, 0, 0, 1]);
        // The first question of an address is remembered, and a picture is rendered by who asks first after it came.
        let fewest = (0..100)
            .map(|_| {
                out.clear();
                let counted = allocation_counter::measure(|| {
                    assert!(matches!(compat.answer(&ask, peer, &at, &mut out), Answered::Whole));
                });
                assert!(out.starts_with(b"HTTP/1.1 304 Not Modified\r\n"));
                counted.count_total
            })
            .min();
        assert_eq!(fewest, Some(0));
        let wrong = Ask { authorization: "x", ..ask };
        out.clear();
        assert!(matches!(compat.answer(&wrong, peer, &at, &mut out), Answered::Body(_)));
        assert!(out.starts_with(b"HTTP/1.1 401 Unauthorized\r\n"));
    }
}
