//! The body of `POST /api/v1/reports`: one report, or up to a hundred.
//!
//! What comes in: bytes. What goes out: one answer for each report of the body, in its order: the report, or why it was
//! refused; or one refusal for a body that is not even JSON. What always holds: a good report beside a bad one is
//! kept. Deliberately absent: HTTP, and the reading of the words.

use super::config::{FeedConfig, FeedKind};
use super::message::{self, Here, refusal};
use model::{Item, Refusal, SourceId, Timestamp};
use serde_json::Value;

/// Most bytes of one body.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Most reports of one body.
pub const REPORTS_MAX: usize = 100;

/// A report that was posted, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// The source it names.
    pub source: SourceId,
    /// The source's own identifier, if any.
    pub id: Option<String>,
    /// The words; empty when it has only measurements.
    pub text: String,
    /// What instruments measured.
    pub measured: Vec<Item>,
    /// When it was said: as told, else the instant of receipt.
    pub observed_at: Timestamp,
}

/// A report that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The source it names, as far as it could be read.
    pub source: Option<SourceId>,
    /// Why.
    pub refusal: Refusal,
}

/// Reads a body. `Err` refuses it whole.
pub fn parse(body: &[u8], here: Here) -> Result<Vec<Result<Post, Refused>>, Refusal> {
    let value = wire::upstream::parse_json(body, BODY_BYTES_MAX).map_err(|error| error.refusal())?;
    match &value {
        Value::Object(_) => Ok(vec![report(&value, "$", here)]),
        Value::Array(reports) if reports.is_empty() => {
            Err(refusal("wrong_shape", "read $: an empty list, expected one report or more".into()))
        }
        Value::Array(reports) if reports.len() > REPORTS_MAX => {
            let detail = format!("read $: {} reports, expected at most {REPORTS_MAX}", reports.len());
            Err(refusal("too_many", detail))
        }
        Value::Array(reports) => {
            Ok(reports.iter().enumerate().map(|(n, value)| report(value, &format!("$[{n}]"), here)).collect())
        }
        _ => Err(refusal("wrong_shape", "read $: expected a report or a list of reports".into())),
    }
}

fn report(value: &Value, path: &str, here: Here) -> Result<Post, Refused> {
    let named = value.get("source").and_then(Value::as_str).filter(|name| !name.is_empty()).map(SourceId::new);
    let refused = |refusal| Refused { source: named.clone(), refusal };
    let message = message::read(value, path, here).map_err(refused)?;
    let Some(source) = named.clone() else {
        let detail = format!("read {path}.source: missing, expected the name of a configured feed");
        return Err(refused(refusal("no_source", detail)));
    };
    let observed_at = message.observed_at.unwrap_or(here.received_at);
    Ok(Post { source, id: message.id, text: message.text, measured: message.measured, observed_at })
}

/// Why a sender was not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// No feed of that name takes posts.
    #[error("find a feed of kind \"post\" with that name in the configuration")]
    UnknownSource,
    /// The feed has a token and none was shown.
    #[error("see a token: this feed asks for \"Authorization: Bearer …\"")]
    NoToken,
    /// It was not the feed's.
    #[error("accept the token shown: it is not this feed's")]
    WrongToken,
}

/// Whether a sender that shows `authorization` (the whole header) may speak as `source`.
pub fn admit(feeds: &[FeedConfig], source: &SourceId, authorization: Option<&str>) -> Result<(), Denied> {
    let feed = feeds.iter().find(|feed| feed.kind == FeedKind::Post && SourceId::new(&feed.name) == *source);
    let feed = feed.ok_or(Denied::UnknownSource)?;
    // A token that could not be read admits nobody; the program does not start with one.
    let Some(token) = feed.token().map_err(|_| Denied::WrongToken)? else { return Ok(()) };
    let shown = authorization.and_then(|header| {
        let (scheme, shown) = header.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| shown.trim())
    });
    let shown = shown.ok_or(Denied::NoToken)?;
    // Digests are compared, so that the time it takes tells nothing of the token.
    if model::sha256(shown.as_bytes()) == model::sha256(token.reveal().as_bytes()) {
        Ok(())
    } else {
        Err(Denied::WrongToken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Status;

    fn here() -> Here {
        Here { received_at: Timestamp::parse("2026-10-01T01:00:00Z").unwrap(), status: Status::Actual }
    }

    fn shown(body: &[u8]) -> Vec<String> {
        match parse(body, here()) {
            Err(refusal) => vec![format!("all: {}", refusal.reason)],
            Ok(reports) => reports
                .into_iter()
                .map(|report| match report {
                    Ok(post) => format!(
                        "{} {} {}",
                        post.source,
                        post.id.unwrap_or_default(),
                        &post.observed_at.to_string()[11..19]
                    ),
                    Err(refused) => {
                        format!(
                            "{}: {}",
                            refused.source.map_or_else(|| "?".to_owned(), |s| s.to_string()),
                            refused.refusal.reason
                        )
                    }
                })
                .collect(),
        }
    }

    #[test]
    fn a_body_is_read_or_refused_by_name() {
        let many = format!("[{}]", vec![r#"{"source":"a","text":"x"}"#; REPORTS_MAX + 1].join(","));
        let long = format!(r#"{{"source":"a","text":"{}"}}"#, "x".repeat(16 * 1024 + 1));
        let huge = vec![b' '; 10 * 1024 * 1024];
        let deep = "[".repeat(1000);
        let cases: [(&[u8], &str); 28] = [
            (
                br#"{"source":"a","measured":[{"item":"plot","position":{"lat_deg":50,"lon_deg":30},"covariance_km2":[1,0,1]}]}"#,
                "a  01:00:00",
            ),
            (
                br#"{"source":"a","measured":[{"item":"plot","position":{"lat_deg":50,"lon_deg":30},"covariance_km2":[1,1,1]}]}"#,
                "a: bad_measurement",
            ),
            (
                br#"{"source":"a","measured":[{"item":"bearing","observer":{"lat_deg":50,"lon_deg":30},"bearing_deg":400,"bearing_sd_deg":5}]}"#,
                "a: bad_measurement",
            ),
            (br#"{"source":"a","measured":[{"item":"order"}]}"#, "a: unknown_item"),
            (br#"{"source":"a","measured":{}}"#, "a: wrong_shape"),
            (br#"{"source":"a","measured":[]}"#, "a  01:00:00"),
            (br#"{"source":"a","measured":null}"#, "a: no_text"),
            (br#"{"source":"a","text":"x"}"#, "a  01:00:00"),
            ("\u{FEFF}{\"source\":\"a\",\"text\":\"x\"}".as_bytes(), "a  01:00:00"),
            (
                br#"{"source":"a","id":7,"text":"x","observed_at":"2026-10-01T00:30:00Z","status":"actual"}"#,
                "a 7 00:30:00",
            ),
            (br#"{"source":"a","id":"m-1","text":"x","observed_at":null}"#, "a m-1 01:00:00"),
            (br#"{"source":"a","text":"x","status":"exercise"}"#, "a: wrong_world"),
            (br#"{"source":"a","text":"x","status":"drill"}"#, "a: unknown_status"),
            (br#"{"source":"a","text":"x","observed_at":"tomorrow"}"#, "a: bad_time"),
            (br#"{"source":"a","text":"x","observed_at":"1970-01-01T00:00:00Z"}"#, "a: bad_time"),
            (br#"{"source":"a","text":"x","observed_at":"2026-10-01T01:03:00Z"}"#, "a: time_in_future"),
            (br#"{"source":"a","text":"x","lat":50}"#, "a: unknown_field"),
            (br#"{"source":"a","text":["x"]}"#, "a: wrong_shape"),
            (br#"{"source":"a","text":" "}"#, "a: no_text"),
            (br#"{"source":"a"}"#, "a: no_text"),
            (br#"{"text":"x"}"#, "?: no_source"),
            (long.as_bytes(), "a: too_large"),
            (b"{\"source\":\"a\",\"text\":\"\xFF\"}", "all: invalid_utf8"),
            (br#"{"source":"a","text":"x""#, "all: broken_json"),
            (deep.as_bytes(), "all: broken_json"),
            (b"7", "all: wrong_shape"),
            (many.as_bytes(), "all: too_many"),
            (&huge, "all: too_large"),
        ];
        for (body, expected) in cases {
            assert_eq!(shown(body), [expected], "{}", String::from_utf8_lossy(&body[..body.len().min(90)]));
        }
    }

    #[test]
    fn a_good_report_beside_a_bad_one_is_kept() {
        let body = br#"[{"source":"a","text":"x"},{"source":"b","text":7},{"source":"c","text":"y"}]"#;
        assert_eq!(shown(body), ["a  01:00:00", "b: wrong_shape", "c  01:00:00"]);
        let refused = parse(body, here()).unwrap().remove(1).unwrap_err();
        assert!(refused.refusal.detail.contains("$[1].text"), "{}", refused.refusal.detail);
    }

    #[test]
    fn only_the_feeds_own_token_admits() {
        let toml = "name = 'a'\nkind = 'post'\ntoken = 's3cret'";
        let open = "name = 'open'\nkind = 'post'";
        let other = "name = 'dir'\nkind = 'directory'\npath = 'x'";
        let feeds: Vec<FeedConfig> = [toml, open, other].iter().map(|text| toml::from_str(text).unwrap()).collect();
        let admit = |source: &str, header: Option<&str>| admit(&feeds, &SourceId::new(source), header);
        assert_eq!(admit("a", Some("Bearer s3cret")), Ok(()));
        assert_eq!(admit("a", Some("bearer  s3cret ")), Ok(()));
        assert_eq!(admit("a", None), Err(Denied::NoToken));
        assert_eq!(admit("a", Some("s3cret")), Err(Denied::NoToken));
        assert_eq!(admit("a", Some("Bearer S3cret")), Err(Denied::WrongToken));
        assert_eq!(admit("open", None), Ok(()));
        assert_eq!(admit("dir", None), Err(Denied::UnknownSource));
        assert_eq!(admit("b", Some("Bearer s3cret")), Err(Denied::UnknownSource));
    }
}
