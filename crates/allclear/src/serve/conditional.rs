//! Conditional requests: `ETag`, `Last-Modified`, and when "not modified" may be said.
//!
//! `Last-Modified` has whole seconds, and two changes may fall into one. The rule here:
//!   content that last changed within second `c` says `Last-Modified: c + 1`, or the present second while that is `c`
//!   304 is answered only when the client shows exactly `c + 1`, and only once that second has begun
//! Then whoever fetched anything before the end of second `c` shows a time of `c` or earlier and gets the new content,
//! and no time to come is ever sent. A client that shows another time, an empty one or rubbish gets a full answer.
//! Clocks that step back: `c` never goes back within one run.

use crate::clock::{http_date, wall_s};
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A rendered body with its tag. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// What is sent.
    pub(super) body: Bytes,
    /// Its media type.
    pub(super) kind: &'static str,
    /// `ETag`, with its quotes.
    pub(super) etag: HeaderValue,
}

impl Answer {
    /// Renders a value as JSON.
    pub(super) fn json(value: &impl serde::Serialize) -> Self {
        // Our own types always serialise; an empty body would read as an error to any client, never as calm.
        Self::of("application/json; charset=utf-8", serde_json::to_vec(value).unwrap_or_default())
    }

    /// A body of that media type.
    pub(super) fn of(kind: &'static str, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let mut hasher = DefaultHasher::new();
        body.hash(&mut hasher);
        let tag = format!("\"{:016x}\"", hasher.finish());
        Self { body, kind, etag: HeaderValue::from_str(&tag).unwrap_or_else(|_| HeaderValue::from_static("\"\"")) }
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
    let fresh = !not_modified(request, &answer.etag, changed_s, now_s);
    let mut response =
        if fresh { answer.body.clone().into_response() } else { StatusCode::NOT_MODIFIED.into_response() };
    let headers = response.headers_mut();
    if fresh {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.kind));
    }
    headers.insert(header::ETAG, answer.etag.clone());
    if let Ok(date) = HeaderValue::from_str(&http_date(last_modified(changed_s, now_s))) {
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
