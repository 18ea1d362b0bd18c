//! Times as the alert services write them.
//!
//! Forms: RFC 3339 with any fraction and offset (`2026-10-01T00:00:00.000Z`), `meta.last_updated_at` of alerts.in.ua
//! (`2026/10/01 00:00:00 +0000`), and RFC 3339 without an offset, which the .NET service behind ukrainealarm writes
//! for UTC.

use crate::error::quoted;
use model::Timestamp;
use model::time::SKEW_MS_MAX;

/// Reads one of the documented forms. The error is a fragment that fits after "failed to".
pub(crate) fn read(text: &str) -> Result<Timestamp, String> {
    let text = text.trim();
    let rfc3339 = slashed(text).or_else(|| zoneless(text));
    Timestamp::parse(rfc3339.as_deref().unwrap_or(text)).map_err(|_| {
        format!(
            "read {} as a time: expected a year from 2000 to 2099 as 2026-10-01T00:00:00.000Z or 2026/10/01 00:00:00 +0000",
            quoted(text)
        )
    })
}

/// The instant of a picture: the service's own when it is not ahead of ours, else that of receipt.
pub(crate) fn picture(said: Option<Timestamp>, received_at: Timestamp) -> Timestamp {
    said.filter(|at| *at <= received_at.plus_ms(SKEW_MS_MAX)).unwrap_or(received_at).min(received_at)
}

/// `2026/10/01 00:00:00 +0000` as RFC 3339.
fn slashed(text: &str) -> Option<String> {
    let mut words = text.split(' ');
    let (date, clock, offset) = (words.next()?, words.next()?, words.next()?);
    let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'/' | b':' | b'+' | b'-'));
    if words.next().is_some() || date.len() != 10 || offset.len() != 5 || ![date, clock, offset].into_iter().all(plain)
    {
        return None;
    }
    Some(format!("{}T{clock}{}:{}", date.replace('/', "-"), offset.get(..3)?, offset.get(3..)?))
}

/// `2026-10-01T00:00:00[.fraction]` with `Z`.
fn zoneless(text: &str) -> Option<String> {
    let (_, clock) = text.split_once(['T', ' '])?;
    let bare = !clock.is_empty() && clock.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.'));
    bare.then(|| format!("{text}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_form_of_a_time_is_read() {
        let cases = [
            ("2026-10-01T00:00:00.000Z", "2026-10-01T00:00:00.000Z"),
            ("2026-10-01T03:00:00+03:00", "2026-10-01T00:00:00.000Z"),
            ("2026-10-01T00:00:00.1234567Z", "2026-10-01T00:00:00.123Z"),
            ("2026-10-01T00:00:00", "2026-10-01T00:00:00.000Z"),
            ("2026-10-01T00:00:00.5", "2026-10-01T00:00:00.500Z"),
            ("2026/10/01 00:00:00 +0000", "2026-10-01T00:00:00.000Z"),
            ("2026/10/01 03:30:00 +0330", "2026-10-01T00:00:00.000Z"),
            (" 2026-10-01T00:00:00Z ", "2026-10-01T00:00:00.000Z"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text).map(|at| at.to_string()), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_time_is_refused_with_what_would_have_been_right() {
        for text in ["", "вчора", "2026/10/01", "2026/10/01 00:00:00", "1970-01-01T00:00:00Z", "26/10/1 0:0:0 +0000"]
        {
            let error = read(text).unwrap_err();
            assert!(error.contains("expected a year from 2000"), "{text}: {error}");
        }
    }

    #[test]
    fn a_picture_from_the_future_is_dated_by_its_receipt() {
        let now = Timestamp::parse("2026-10-01T00:00:00Z").unwrap();
        assert_eq!(picture(Some(now.plus_ms(-5)), now), now.plus_ms(-5));
        assert_eq!(picture(Some(now.plus_ms(3_600_000)), now), now);
        assert_eq!(picture(None, now), now);
    }
}
