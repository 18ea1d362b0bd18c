//! "Last night": what a statement says of time in words, and why it is, or is not, a date.
//!
//! Invariant: such words count from the day of publication. When that is not known they stay unresolved; the day on which a copy
//! was made says nothing of it.

use jiff::tz::Offset;
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
    /// The window they mean, in the offset that was asked for; `None` is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<[Timestamp; 2]>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unresolved: Option<Unresolved>,
}

/// From when to when, in hours from the midnight that begins the day of publication.
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

/// The words of time in `text`, in its order, the longest where several begin. `offset` is the statement's own zone at that
/// time; the windows are wide on purpose: a night is from 18:00 to 9:00.
#[must_use]
pub fn time_words(text: &str, published_at: Option<Timestamp>, offset: Offset) -> Vec<TimeWords> {
    const HOUR_MS: i64 = 3_600_000;
    let day = published_at.and_then(|at| {
        let local = offset.to_datetime(jiff::Timestamp::from_millisecond(at.millis()).ok()?);
        let midnight = local.date().to_datetime(jiff::civil::Time::midnight());
        offset.to_timestamp(midnight).ok()
    });
    let mut found: Vec<TimeWords> = Vec::new();
    let mut from = 0;
    while let Some((start, end, range)) = next(text, from) {
        let window = day.map(|day| range.map(|hours| Timestamp::from_millis(day.as_millisecond() + hours * HOUR_MS)));
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

    const KYIV: Offset = jiff::tz::offset(2);

    #[test]
    fn last_night_is_a_date_only_when_the_day_of_publication_is_known() {
        let text = "Last night, 171 drones. Yesterday evening, another strike.";
        let unknown = time_words(text, None, KYIV);
        assert_eq!(unknown.iter().map(|it| it.words.as_str()).collect::<Vec<_>>(), ["Last night", "Yesterday evening"]);
        assert!(unknown.iter().all(|it| it.window.is_none() && it.unresolved == Some(Unresolved::PublicationUnknown)));
        let at = Timestamp::parse("2025-03-20T10:00:00+02:00").unwrap();
        let known = time_words(text, Some(at), KYIV);
        let window = known[0].window.unwrap().map(|at| at.to_string());
        assert_eq!(window, ["2025-03-19T16:00:00.000Z", "2025-03-20T07:00:00.000Z"]);
    }

    #[test]
    fn words_of_time_are_whole_words() {
        let words = |text: &str| time_words(text, None, KYIV).into_iter().map(|it| it.words).collect::<Vec<_>>();
        assert_eq!(words("УНОЧІ та вчора"), ["УНОЧІ", "вчора"]);
        assert!(words("todays, позавчора, последнегодня").is_empty());
    }
}
