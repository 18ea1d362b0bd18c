//! Conditional requests: `ETag`, `Last-Modified`, and when "not modified" may be said.
//!
//! `Last-Modified` has whole seconds, and two changes may fall into one. The rule here:
//!   content that last changed within second `c` says `Last-Modified: c + 1`, or the present second while that is `c`
//!   304 is answered only when the client shows exactly `c + 1`, and only once that second has begun
//! Then whoever fetched anything before the end of second `c` shows a time of `c` or earlier and gets the new content,
//! and no time to come is ever sent. A client that shows another time, an empty one or rubbish gets a full answer.
//! Clocks that step back: `c` never goes back within one run.
//!
//! A body of [`PACKED_BYTES_MIN`] or more has a second form, packed with gzip for whoever says that it takes that, made when it is first
//! asked for and kept. It is another representation: it has its own tag, and both say `Vary`.

use crate::clock::{http_date, wall_s};
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write as _;
use std::sync::{Arc, OnceLock};

/// Shorter bodies gain nothing: they go out in one segment all the same.
const PACKED_BYTES_MIN: usize = 1024;

/// A rendered body with its tag. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// What is sent.
    pub(super) body: Bytes,
    /// Its media type.
    pub(super) kind: &'static str,
    /// `ETag`, with its quotes.
    pub(super) etag: HeaderValue,
    packed: Option<Packed>,
}

/// The packed form of a body. Cheap to clone: all clones make it once.
#[derive(Debug, Clone)]
struct Packed {
    etag: HeaderValue,
    body: Arc<OnceLock<Bytes>>,
}

/// What one client is sent of an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form<'a> {
    answer: &'a Answer,
    packed: Option<&'a Packed>,
}

impl<'a> Form<'a> {
    /// Its `ETag`, with its quotes.
    pub(super) fn etag(self) -> &'a HeaderValue {
        self.packed.map_or(&self.answer.etag, |packed| &packed.etag)
    }

    /// Whether it is packed with gzip.
    pub(super) const fn is_packed(self) -> bool {
        self.packed.is_some()
    }

    /// Whether another client may be sent another form of the same.
    pub(super) const fn varies(self) -> bool {
        self.answer.packed.is_some()
    }

    /// Its bytes.
    pub(super) fn body(self) -> Bytes {
        let Some(packed) = self.packed else { return self.answer.body.clone() };
        packed.body.get_or_init(|| pack(&self.answer.body)).clone()
    }
}

/// Packed with gzip, without a name and a time in it: the same body gives the same bytes.
fn pack(body: &[u8]) -> Bytes {
    let mut packed = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::default());
    // Writing to memory cannot fail.
    let _ = packed.write_all(body);
    packed.finish().unwrap_or_default().into()
}

/// Whether who sends this `Accept-Encoding` takes gzip (RFC 9110, section 12.5.3). Allocates nothing.
fn takes_gzip(accepts: &str) -> bool {
    let mut any = false;
    for part in accepts.split(',') {
        let (coding, weight) = part.split_once(';').unwrap_or((part, ""));
        let coding = coding.trim();
        let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
        let wanted = weight.trim().parse::<f32>().is_ok_and(|weight| weight > 0.0);
        if coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip") {
            return wanted;
        }
        any |= coding == "*" && wanted;
    }
    any
}

impl Answer {
    /// The form of it that who sends this `Accept-Encoding` (empty: none) is sent.
    pub(super) fn form(&self, accepts: &str) -> Form<'_> {
        Form { answer: self, packed: self.packed.as_ref().filter(|_| takes_gzip(accepts)) }
    }

    /// Renders a value as JSON.
    pub(super) fn json(value: &impl serde::Serialize) -> Self {
        // Our own types always serialise; an empty body would read as an error to any client, never as calm.
        Self::of("application/json; charset=utf-8", serde_json::to_vec(value).unwrap_or_default())
    }

    /// The same, with a tag that stands for what is told beside it in the head, too: who has the body and not that has not the same.
    pub(super) fn beside(self, told: &str) -> Self {
        if told.is_empty() { self } else { Self::tagged(self.kind, self.body, told) }
    }

    /// A body of that media type.
    pub(super) fn of(kind: &'static str, body: impl Into<Bytes>) -> Self {
        Self::tagged(kind, body.into(), "")
    }

    fn tagged(kind: &'static str, body: Bytes, told: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        (&body, told).hash(&mut hasher);
        let tag = |form: &str| {
            let tag = format!("\"{:016x}{form}\"", hasher.finish());
            HeaderValue::from_str(&tag).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
        };
        let packed = (body.len() >= PACKED_BYTES_MIN).then(|| Packed { etag: tag("-gzip"), body: Arc::default() });
        Self { body, kind, etag: tag(""), packed }
    }
}

/// What is sent as `Last-Modified` at second `now` for content that last changed within second `changed`.
pub(super) fn last_modified(changed_s: i64, now_s: i64) -> i64 {
    changed_s.saturating_add(1).min(now_s)
}

/// Content of which a client may have a copy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Content<'a> {
    /// `ETag`, with its quotes.
    pub(super) etag: &'a str,
    /// The second within which it last changed.
    pub(super) changed_s: i64,
    /// The HTTP date of the second after.
    pub(super) modified: &'a str,
}

impl Content<'_> {
    /// Whether who shows these (`If-None-Match`, `If-Modified-Since`; empty: not shown) at second `now_s` has it.
    pub(super) fn known(self, tags: &str, since: &str, now_s: i64) -> bool {
        // RFC 9110, 13.2.2: when tags are shown, the date is not looked at.
        if !tags.is_empty() {
            let same = |tag: &str| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == self.etag;
            return tags.split(',').map(str::trim).any(same);
        }
        now_s > self.changed_s && !since.is_empty() && since == self.modified
    }
}

/// Whether the client, by what it shows, already has this answer.
pub(super) fn not_modified(request: &HeaderMap, etag: &HeaderValue, changed_s: i64, now_s: i64) -> bool {
    let text = |name| request.get(name).and_then(|value| value.to_str().ok()).map(str::trim).unwrap_or_default();
    let modified = http_date(changed_s + 1);
    let content = Content { etag: etag.to_str().unwrap_or_default(), changed_s, modified: &modified };
    content.known(text(header::IF_NONE_MATCH), text(header::IF_MODIFIED_SINCE), now_s)
}

/// Answers with the content, or with 304.
pub(super) fn respond(request: &HeaderMap, answer: &Answer, changed_s: i64) -> Response {
    let now_s = wall_s();
    let accepts = request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let form = answer.form(accepts);
    let fresh = !not_modified(request, form.etag(), changed_s, now_s);
    let mut response = if fresh { form.body().into_response() } else { StatusCode::NOT_MODIFIED.into_response() };
    let headers = response.headers_mut();
    if fresh {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.kind));
        if form.is_packed() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
    }
    if form.varies() {
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    headers.insert(header::ETAG, form.etag().clone());
    // Who showed a tag knows the answer by it (RFC 9110, section 15.4.5).
    if (fresh || request.get(header::IF_NONE_MATCH).is_none_or(HeaderValue::is_empty))
        && let Ok(date) = HeaderValue::from_str(&http_date(last_modified(changed_s, now_s)))
    {
        headers.insert(header::LAST_MODIFIED, date);
    }
    // Whoever keeps it must ask before showing it again: an old answer must not pass for the present.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn a_change_within_the_second_of_the_last_answer_is_never_hidden() {
        let tag = HeaderValue::from_static("\"a\"");
        // Every client that was answered at `fetched`, whatever of Last-Modified or Date it kept, then a change within
        // second `changed >= fetched`, then a question at `asked_at`: it must get the content.
        for changed in 1000..1004 {
            for fetched in 996..=changed {
                for before in 990..=fetched {
                    let kept = [last_modified(before, fetched), fetched];
                    for asked_at in changed..changed + 5 {
                        for shown in kept {
                            let request = asked(header::IF_MODIFIED_SINCE, &http_date(shown));
                            assert!(
                                !not_modified(&request, &tag, changed, asked_at),
                                "{before} {fetched} {changed} {asked_at}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn who_has_the_content_is_told_so_from_the_next_second_on() {
        let tag = HeaderValue::from_static("\"a\"");
        let shown = http_date(last_modified(1000, 1001));
        assert!(not_modified(&asked(header::IF_MODIFIED_SINCE, &shown), &tag, 1000, 1001));
        assert!(not_modified(&asked(header::IF_MODIFIED_SINCE, &shown), &tag, 1000, 9999));
        assert!(
            !not_modified(&asked(header::IF_MODIFIED_SINCE, &shown), &tag, 1000, 1000),
            "a clock that stepped back"
        );
    }

    #[test]
    fn no_time_to_come_is_sent() {
        assert_eq!(last_modified(1000, 1000), 1000);
        assert_eq!(last_modified(1000, 1001), 1001);
        assert_eq!(last_modified(1000, 2000), 1001);
        assert_eq!(last_modified(1000, 990), 990);
    }

    #[test]
    fn an_empty_or_broken_date_gets_a_full_answer() {
        let tag = HeaderValue::from_static("\"a\"");
        for shown in ["", " ", "yesterday", "0", "Sun, 06 Nov 1994 08:49:37 GMT", "-1"] {
            assert!(!not_modified(&asked(header::IF_MODIFIED_SINCE, shown), &tag, 1000, 2000), "{shown:?}");
        }
    }

    #[test]
    fn gzip_is_sent_to_who_takes_it_and_to_nobody_else() {
        let takes = ["gzip", "GZIP", "deflate, gzip;q=1.0", "br, *", "x-gzip", "gzip;q=0.001", "identity;q=0, *;q=0.5"];
        let refuses =
            ["", "identity", "br", "gzip;q=0", "*, gzip;q=0", "gzip;q=0.0, *", "gzipped", "*;q=0", "gzip;q=x"];
        assert!(takes.iter().all(|accepts| takes_gzip(accepts)));
        assert_eq!(refuses.iter().find(|accepts| takes_gzip(accepts)), None);
    }

    #[test]
    fn what_is_told_beside_a_body_changes_its_tag() {
        let answer = || Answer::of("text/plain", "[]");
        assert_eq!(answer().beside("").etag, answer().etag);
        assert_ne!(answer().beside("20").etag, answer().etag);
        assert_ne!(answer().beside("20").etag, answer().beside("20,31").etag);
    }

    #[test]
    fn each_form_has_its_own_tag_and_a_short_body_has_one_form() {
        use std::io::Read as _;
        let long = Answer::of("text/plain", "тривога ".repeat(200));
        let (plain, packed) = (long.form(""), long.form("gzip"));
        let mut text = String::new();
        flate2::read::GzDecoder::new(&*packed.body()).read_to_string(&mut text).unwrap();
        assert_eq!(text.as_bytes(), &*plain.body());
        assert!(packed.body().len() < plain.body().len() / 10 && plain.varies() && packed.varies());
        let again = Answer::of("text/plain", "тривога ".repeat(200));
        assert_eq!((again.form("gzip").etag(), again.form("gzip").body()), (packed.etag(), packed.body()));
        // One who has the one form does not have the other.
        for (tag, accepts, known) in [
            (plain.etag(), "", true),
            (packed.etag(), "gzip", true),
            (plain.etag(), "gzip", false),
            (packed.etag(), "", false),
        ] {
            let mut request = HeaderMap::from_iter([(header::IF_NONE_MATCH, tag.clone())]);
            request.insert(header::ACCEPT_ENCODING, HeaderValue::from_str(accepts).unwrap());
            let response = respond(&request, &long, 1000);
            assert_eq!(response.status() == StatusCode::NOT_MODIFIED, known, "{tag:?} {accepts}");
            assert_eq!(response.headers()[header::VARY], "accept-encoding");
            let encoding = response.headers().get(header::CONTENT_ENCODING).is_some();
            assert_eq!(encoding, !known && accepts == "gzip");
        }
        let short = Answer::of("text/plain", "[]");
        assert!(!short.form("gzip").is_packed() && !short.form("gzip").varies());
        assert_eq!(short.form("gzip").etag(), &short.etag);
    }

    #[test]
    fn a_tag_decides_alone() {
        let tag = HeaderValue::from_static("\"a\"");
        for (shown, same) in [("\"a\"", true), ("W/\"a\"", true), ("\"b\", \"a\"", true), ("*", true), ("\"b\"", false)]
        {
            let mut request = asked(header::IF_NONE_MATCH, shown);
            request.insert(header::IF_MODIFIED_SINCE, HeaderValue::from_str(&http_date(1001)).unwrap());
            assert_eq!(not_modified(&request, &tag, 1000, 2000), same, "{shown}");
        }
    }
}
