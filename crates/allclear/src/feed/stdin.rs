//! Messages on standard input, one a line: words, or the JSON form of [`super::message`].
//!
//! What always holds: a line is bounded; a bad one is refused by number and the next is read. When the input ends the
//! heartbeats end with it, and the source goes stale.

use super::message::{self, Here, Message, refusal};
use super::speaker::Speaker;
use super::{Said, Sink, read_report};
use model::{Refusal, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncRead, BufReader};
use wire::text::Reader;

/// Longest line, in bytes.
pub(super) const LINE_BYTES_MAX: usize = 64 * 1024;

/// Reads lines until the input ends.
pub(super) async fn run<S: Sink>(
    mut speaker: Speaker<S>,
    text: Arc<Reader>,
    input: impl AsyncRead + Unpin,
    beat_s: u32,
) {
    let mut input = BufReader::new(input);
    let mut beat = tokio::time::interval(Duration::from_secs(u64::from(beat_s)));
    let mut line = Line::default();
    let mut number = 0_u64;
    loop {
        tokio::select! {
            _ = beat.tick() => {
                if let Err(error) = speaker.heartbeat().await {
                    tracing::warn!(source = %speaker.source(), "heartbeat: failed to {error}");
                }
            }
            // Cancelled halfway, `fill` keeps what it has in `line`.
            whole = line.fill(&mut input) => match whole {
                Ok(true) => {
                    number += 1;
                    say(&speaker, &text, &line, number).await;
                    line.clear();
                }
                Ok(false) => return speaker.trouble("ended", "standard input has ended"),
                Err(error) => return speaker.trouble("ended", &format!("failed to read standard input: {error}")),
            },
        }
    }
}

/// A line in the making: bytes up to the bound, and how many there were.
#[derive(Default)]
struct Line {
    bytes: Vec<u8>,
    length: usize,
}

impl Line {
    /// Reads to the end of the line. True with a line, false at the end of the input.
    async fn fill(&mut self, input: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<bool> {
        loop {
            let chunk = input.fill_buf().await?;
            if chunk.is_empty() {
                return Ok(self.length > 0);
            }
            let end = chunk.iter().position(|b| *b == b'\n');
            let part = &chunk[..end.unwrap_or(chunk.len())];
            self.length += part.len();
            let room = LINE_BYTES_MAX.saturating_sub(self.bytes.len());
            self.bytes.extend_from_slice(&part[..part.len().min(room)]);
            let used = part.len() + usize::from(end.is_some());
            input.consume(used);
            if end.is_some() {
                return Ok(true);
            }
        }
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.length = 0;
    }
}

async fn say<S: Sink>(speaker: &Speaker<S>, text: &Reader, line: &Line, number: u64) {
    let here = Here { received_at: speaker.now(), status: speaker.status() };
    let read = if line.length > LINE_BYTES_MAX {
        let detail = format!("read line {number}: {} bytes, expected at most {LINE_BYTES_MAX}", line.length);
        Err(refusal("too_large", detail))
    } else {
        read_line(&line.bytes, &format!("line {number}"), speaker.source().as_str(), here)
    };
    match read {
        Ok(None) => {}
        Ok(Some(message)) => {
            let observed_at = message.observed_at.unwrap_or(here.received_at);
            submit(speaker, text, &message, message.id.as_deref(), observed_at, here.received_at).await;
        }
        Err(refusal) => speaker.refused(refusal, &line.bytes).await,
    }
}

/// Reads a line: `None` for an empty one, JSON when it begins with a brace, words otherwise.
pub(super) fn read_line(bytes: &[u8], place: &str, source: &str, here: Here) -> Result<Option<Message>, Refusal> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let words = std::str::from_utf8(bytes).map_err(|error| {
        let byte = u32::try_from(error.valid_up_to()).unwrap_or(u32::MAX);
        let detail = format!("read {place}, byte {byte}: expected UTF-8");
        Refusal { reason: "invalid_utf8".into(), detail, start: byte, end: byte }
    })?;
    let words = words.trim();
    if words.is_empty() {
        return Ok(None);
    }
    if !words.starts_with('{') {
        message::words(words, place)?;
        return Ok(Some(Message {
            source: None,
            id: None,
            text: words.to_owned(),
            measured: Vec::new(),
            observed_at: None,
        }));
    }
    let value = wire::upstream::parse_json(words.as_bytes(), LINE_BYTES_MAX).map_err(|error| {
        let mut refusal = error.refusal();
        refusal.detail = format!("{}, in {place}", refusal.detail);
        refusal
    })?;
    let message = message::read(&value, place, here)?;
    own_source(&message, place, source)?;
    Ok(Some(message))
}

/// A message that names its source must name the feed it came by: nobody speaks for another.
pub(super) fn own_source(message: &Message, place: &str, source: &str) -> Result<(), Refusal> {
    match &message.source {
        Some(named) if named != source => {
            let named = message::clip(named);
            Err(refusal(
                "wrong_source",
                format!("accept {place}: it names source {named:?}, expected {source:?} or none"),
            ))
        }
        _ => Ok(()),
    }
}

/// Reads the words and gives the report to the core. False when the core did not take it.
pub(super) async fn submit<S: Sink>(
    speaker: &Speaker<S>,
    text: &Reader,
    message: &Message,
    id: Option<&str>,
    observed_at: Timestamp,
    received_at: Timestamp,
) -> bool {
    let said = Said { text: &message.text, measured: &message.measured };
    let report = read_report(text, speaker.source(), id, said, observed_at, received_at, speaker.status());
    match speaker.report(report).await {
        Ok(_) | Err(crate::core::CoreError::RecordStopped(_)) => true,
        Err(error) => {
            tracing::warn!(source = %speaker.source(), "report: failed to {error}");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Troubles;
    use crate::feed::testing::{Listener, reader, source};

    #[tokio::test]
    async fn lines_are_read_and_bad_ones_refused_until_the_input_ends() {
        let long = "x".repeat(LINE_BYTES_MAX + 1);
        let lines: [&[u8]; 8] = [
            "слова".as_bytes(),
            b"",
            br#"{"text":"json","id":"1"}"#,
            br#"{"text":"json","#,
            b"\xFF",
            long.as_bytes(),
            br#"{"text":"x","source":"other"}"#,
            b"the last has no line break",
        ];
        let input = lines.join(&b'\n');
        let (listener, troubles) = (Listener::default(), Troubles::default());
        run(listener.speaker(&troubles), reader(), &input[..], 3600).await;
        let expected = [
            r#"report "слова""#,
            r#"report "json""#,
            "refused broken_json",
            "refused invalid_utf8",
            "refused too_large",
            "refused wrong_source",
            r#"report "the last has no line break""#,
        ];
        let heard: Vec<String> = listener.heard().into_iter().filter(|line| line != "heartbeat here").collect();
        assert_eq!(heard, expected);
        assert!(troubles.get(&source()).unwrap_or_default().starts_with("ended"));
    }
}
