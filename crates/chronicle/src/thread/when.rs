//! "Last night": what a statement says of time in words, and why it is, or is not, a date.
//!
//! Invariants:
//!   such words count from the day of publication. When that is not known they stay unresolved; the day on which a copy was
//!   made says nothing of it
//!   that day, and the hours of its night, are those of the place's clock, not of UTC: what was posted at 22:30 UTC in winter was
//!   posted in Kyiv on the next day

use jiff::ToSpan as _;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use model::Timestamp;
use serde::Serialize;

/// Why words of time have no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unresolved {
    /// The statement has no date of publication.
    PublicationUnknown,
}

/// Words of time that count from the day of publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimeWords {
    /// As written.
    pub words: String,
    /// First byte, and the one after the last.
    pub span: [usize; 2],
    /// The window they mean, by the clock of the place; `None` is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<[Timestamp; 2]>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unresolved: Option<Unresolved>,
}

/// From when to when, in hours of the clock from the midnight that begins the day of publication.
const WORDS: [(&str, i64, i64); 33] = [
    ("last night", -6, 9),
    ("yesterday evening", -7, 0),
    ("yesterday morning", -20, -12),
    ("overnight", -6, 9),
    ("this night", -6, 9),
    ("tonight", 18, 33),
    ("yesterday", -24, 0),
    ("this morning", 4, 12),
    ("today", 0, 24),
    ("this week", -144, 24),
    ("over the past week", -168, 24),
    ("минулої ночі", -6, 9),
    ("цієї ночі", -6, 9),
    ("учора ввечері", -7, 0),
    ("вчора ввечері", -7, 0),
    ("учора", -24, 0),
    ("вчора", -24, 0),
    ("вночі", -6, 9),
    ("уночі", -6, 9),
    ("сьогодні вранці", 4, 12),
    ("сьогодні", 0, 24),
    ("цього тижня", -144, 24),
    ("за минулий тиждень", -168, 24),
    ("за останній тиждень", -168, 24),
    ("прошлой ночью", -6, 9),
    ("минувшей ночью", -6, 9),
    ("этой ночью", -6, 9),
    ("вчера вечером", -7, 0),
    ("вчера", -24, 0),
    ("ночью", -6, 9),
    ("сегодня утром", 4, 12),
    ("сегодня", 0, 24),
    ("на этой неделе", -144, 24),
];

/// The words of time in `text`, in its order, the longest where several begin. `zone` is the one of the place that is spoken of. The windows
/// are wide on purpose: a night is from 18:00 to 9:00, whatever the clock did meanwhile, and an end that the clock skips or shows
/// twice is taken so that the window is the wider one.
#[must_use]
pub fn time_words(text: &str, published_at: Option<Timestamp>, zone: &TimeZone) -> Vec<TimeWords> {
    let day = published_at.and_then(|at| {
        let at = jiff::Timestamp::from_millisecond(at.millis()).ok()?;
        Some(zone.to_datetime(at).date().to_datetime(Time::midnight()))
    });
    let mut found: Vec<TimeWords> = Vec::new();
    let mut from = 0;
    while let Some((start, end, range)) = next(text, from) {
        let window = day.and_then(|day| window(day, range, zone));
        found.push(TimeWords {
            words: text[start..end].to_owned(),
            span: [start, end],
            window,
            unresolved: if window.is_none() { Some(Unresolved::PublicationUnknown) } else { None },
        });
        from = end;
    }
    found
}

/// Hours of the clock from a midnight of the clock, as instants.
fn window(midnight: DateTime, hours: [i64; 2], zone: &TimeZone) -> Option<[Timestamp; 2]> {
    let clock = |hours: i64| Some(zone.to_ambiguous_timestamp(midnight.checked_add(hours.hours()).ok()?));
    let (from, to) = (clock(hours[0])?.earlier().ok()?, clock(hours[1])?.later().ok()?);
    Some([from, to].map(|at| Timestamp::from_millis(at.as_millisecond())))
}

/// The next such words from a byte on, whole words only.
fn next(text: &str, from: usize) -> Option<(usize, usize, [i64; 2])> {
    let mut before: Option<char> = None;
    for (at, c) in text[from..].char_indices() {
        let at = from + at;
        if c.is_alphabetic() && before.is_none_or(|before| !before.is_alphanumeric()) {
            let best = WORDS.iter().filter_map(|(words, a, b)| Some((matched(&text[at..], words)?, [*a, *b])));
            if let Some((length, range)) = best.max_by_key(|(length, _)| *length) {
                return Some((at, at + length, range));
            }
        }
        before = Some(c);
    }
    None
}

/// How many bytes of `text` are `words`, whatever the case, ending at the end of a word.
fn matched(text: &str, words: &str) -> Option<usize> {
    let mut wanted = words.chars();
    let mut length = 0;
    for c in text.chars() {
        match wanted.next() {
            Some(w) if c.to_lowercase().eq(w.to_lowercase()) => length += c.len_utf8(),
            Some(_) => return None,
            None if c.is_alphanumeric() => return None,
            None => return Some(length),
        }
    }
    wanted.next().is_none().then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kyiv() -> TimeZone {
        TimeZone::posix("EET-2EEST,M3.5.0/3,M10.5.0/4").unwrap()
    }

    #[test]
    fn last_night_is_a_date_only_when_the_day_of_publication_is_known() {
        let text = "Last night, 171 drones. Yesterday evening, another strike.";
        let unknown = time_words(text, None, &kyiv());
        assert_eq!(unknown.iter().map(|it| it.words.as_str()).collect::<Vec<_>>(), ["Last night", "Yesterday evening"]);
        assert!(unknown.iter().all(|it| it.window.is_none() && it.unresolved == Some(Unresolved::PublicationUnknown)));
        let at = Timestamp::parse("2025-03-20T10:00:00+02:00").unwrap();
        let known = time_words(text, Some(at), &kyiv());
        let window = known[0].window.unwrap().map(|at| at.to_string());
        assert_eq!(window, ["2025-03-19T16:00:00.000Z", "2025-03-20T07:00:00.000Z"]);
    }

    #[test]
    fn words_of_time_are_whole_words() {
        let words = |text: &str| time_words(text, None, &kyiv()).into_iter().map(|it| it.words).collect::<Vec<_>>();
        assert_eq!(words("УНОЧІ та вчора"), ["УНОЧІ", "вчора"]);
        assert!(words("todays, позавчора, последнегодня").is_empty());
    }

    fn check(words: &str, published_at: &str, zone: &TimeZone, expected: [&str; 2], hours: i64) {
        let at = Timestamp::parse(published_at).unwrap();
        let window = time_words(words, Some(at), zone)[0].window.unwrap();
        assert_eq!(window.map(|at| at.to_string()[..16].to_owned()), expected, "{words} {published_at}");
        assert_eq!(window[1].ms_since(window[0]), hours * 3_600_000, "{words} {published_at}");
    }

    #[test]
    fn the_day_of_publication_is_the_one_of_the_place() {
        // 22:30 UTC is half past midnight in Kyiv, of the next day.
        check("today", "2025-01-10T22:30:00Z", &kyiv(), ["2025-01-10T22:00", "2025-01-11T22:00"], 24);
        check("last night", "2025-01-10T22:30:00Z", &kyiv(), ["2025-01-10T16:00", "2025-01-11T07:00"], 15);
        check("вчора", "2025-07-10T21:30:00Z", &kyiv(), ["2025-07-09T21:00", "2025-07-10T21:00"], 24);
        // Of the feed's own offset only the instant counts.
        check("today", "2025-01-10T14:30:00-08:00", &kyiv(), ["2025-01-10T22:00", "2025-01-11T22:00"], 24);
    }

    #[test]
    fn a_night_of_the_clock_is_an_hour_shorter_in_spring_and_longer_in_autumn() {
        let zone = kyiv();
        check("last night", "2025-03-30T08:00:00+03:00", &zone, ["2025-03-29T16:00", "2025-03-30T06:00"], 14);
        check("last night", "2025-10-26T08:00:00+02:00", &zone, ["2025-10-25T15:00", "2025-10-26T07:00"], 16);
        check("yesterday", "2025-03-31T08:00:00+03:00", &zone, ["2025-03-29T22:00", "2025-03-30T21:00"], 23);
        check("yesterday", "2025-10-27T08:00:00+02:00", &zone, ["2025-10-25T21:00", "2025-10-26T22:00"], 25);
        check("цього тижня", "2025-03-31T08:00:00+03:00", &zone, ["2025-03-24T22:00", "2025-03-31T21:00"], 167);
        // Within the hour that the clock shows twice, and on both sides of the one that it skips.
        for published in ["2025-10-26T03:30:00+03:00", "2025-10-26T03:30:00+02:00"] {
            check("this morning", published, &zone, ["2025-10-26T02:00", "2025-10-26T10:00"], 8);
        }
        for published in ["2025-03-30T02:59:59+02:00", "2025-03-30T04:00:00+03:00"] {
            check("сьогодні вранці", published, &zone, ["2025-03-30T01:00", "2025-03-30T09:00"], 8);
        }
    }

    #[test]
    fn an_end_that_the_clock_skips_or_shows_twice_widens_the_window() {
        // A zone whose clock changes at midnight: 0:00 of 30 March is skipped, 23:00 to 24:00 of 25 October comes twice.
        let zone = TimeZone::posix("XXX-2YYY,M3.5.0/0,M10.5.0/0").unwrap();
        check("today", "2025-03-30T12:00:00+03:00", &zone, ["2025-03-29T21:00", "2025-03-30T21:00"], 24);
        check("yesterday evening", "2025-10-26T12:00:00+02:00", &zone, ["2025-10-25T14:00", "2025-10-25T22:00"], 8);
    }
}
