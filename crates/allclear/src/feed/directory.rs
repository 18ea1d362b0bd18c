//! A directory of message files: `.txt` (one post), `.json` (one message or a list), `.jsonl` (one message a line).
//!
//! What comes in: files, oldest first, looked for five times a second. What goes out: one report for each message.
//! What always holds: each message is said once, also over a restart: what was read is remembered by name, size and
//! time beside the store, and files are never changed or deleted. A file is read when it has stopped changing (a whole
//! scan, or a second since its last change); of a growing `.jsonl` only whole lines are taken. While the directory can
//! be read the source is alive; when it cannot, it falls silent.

use super::message::{self, Here, Message, refusal};
use super::speaker::Speaker;
use super::stdin::{LINE_BYTES_MAX, own_source, read_line, submit};
use super::{Said, Sink, content_id};
use model::{Refusal, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use wire::text::Reader;

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(200);
/// Age at which a file is taken to be whole at first sight.
const SETTLED_MS: i64 = 1000;
/// Largest `.txt` and `.json`, in bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// Most bytes read in one look; the rest waits for the next.
const LOOK_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Most messages of one `.json` file.
const MESSAGES_MAX: usize = 100;
/// Most files in the directory.
const FILES_MAX: usize = 100_000;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Text,
    Json,
    Lines,
}

/// A file's size and time: when both are as they were, so is the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Mark {
    size: u64,
    modified_ms: i64,
}

/// What is remembered of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Seen {
    name: String,
    #[serde(flatten)]
    mark: Mark,
    /// Bytes said; of a `.jsonl` up to its last whole line.
    said: u64,
    /// Lines said.
    lines: u64,
}

/// A piece of a file, ready to be read.
#[derive(Debug)]
struct Piece {
    form: Form,
    /// Where it stands, for refusals: the file, and the line of a `.jsonl`.
    place: String,
    bytes: Vec<u8>,
    /// It is longer than is read; `bytes` is its beginning.
    too_large: bool,
    modified_ms: i64,
    /// What is remembered once it was said.
    then: Seen,
}

/// The name of the file that remembers a feed: its name where that is plain, and a digest that keeps two feeds apart.
pub(super) fn memory_name(feed: &str) -> String {
    let plain: String = feed.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(40).collect();
    format!("{plain}-{}.seen", &content_id(&[feed])[..8])
}

/// What was read of a directory, and what there is to read.
#[derive(Debug)]
pub(super) struct Scanner {
    path: PathBuf,
    seen: BTreeMap<String, Seen>,
    /// Marks of the scan before this one.
    before: BTreeMap<String, Mark>,
    memory: Option<File>,
}

impl Scanner {
    /// A scanner that remembers in `memory`, if any. The directory itself may come later.
    pub(super) fn open(path: &Path, memory: Option<PathBuf>) -> anyhow::Result<Self> {
        let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
        let mut kept = None;
        if let Some(file) = memory {
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder)?;
            }
            if let Ok(old) = File::open(&file) {
                // A line cut off by a crash is a file read once more; its reports have the same names.
                let lines = BufReader::new(old).lines().map_while(Result::ok);
                for line in lines.filter_map(|line| serde_json::from_str::<Seen>(&line).ok()) {
                    seen.insert(line.name.clone(), line);
                }
            }
            let new = file.with_extension("new");
            let mut compact = File::create(&new)?;
            for line in seen.values() {
                remember(&mut compact, line)?;
            }
            compact.sync_all()?;
            std::fs::rename(&new, &file)?;
            kept = Some(compact);
        }
        Ok(Self { path: path.into(), seen, before: BTreeMap::new(), memory: kept })
    }

    /// Pieces to say, oldest file first.
    fn look(&mut self) -> io::Result<Vec<Piece>> {
        let now_ms = millis(SystemTime::now());
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&self.path)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let Some(form) = form(&name) else { continue };
            // A file that vanishes between the two calls is no error.
            let Ok(meta) = entry.metadata() else { continue };
            if meta.is_file() {
                let mark = Mark { size: meta.len(), modified_ms: meta.modified().map_or(0, millis) };
                files.push((mark.modified_ms, name, form, mark));
            }
            if files.len() > FILES_MAX {
                return Err(io::Error::other(format!("more than {FILES_MAX} message files: move old ones away")));
            }
        }
        files.sort();
        let mut pieces = Vec::new();
        let mut room = LOOK_BYTES_MAX;
        let mut marks = BTreeMap::new();
        for (_, name, form, mark) in files {
            let known = self.seen.get(&name).is_some_and(|seen| seen.mark == mark);
            let settled = now_ms - mark.modified_ms >= SETTLED_MS || self.before.get(&name) == Some(&mark);
            if !known && room > 0 && (settled || form == Form::Lines) {
                self.read(&name, form, mark, &mut room, &mut pieces)?;
            }
            marks.insert(name, mark);
        }
        self.before = marks;
        Ok(pieces)
    }

    fn read(&self, name: &str, form: Form, mark: Mark, room: &mut u64, pieces: &mut Vec<Piece>) -> io::Result<()> {
        let mut file = match File::open(self.path.join(name)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        if form == Form::Lines {
            return self.read_lines(name, file, mark, room, pieces);
        }
        let mut bytes = Vec::new();
        io::Read::by_ref(&mut file).take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
        *room = room.saturating_sub(bytes.len() as u64 + 1);
        let then = Seen { name: name.to_owned(), mark, said: mark.size, lines: 0 };
        let too_large = bytes.len() as u64 > FILE_BYTES_MAX;
        pieces.push(Piece { form, place: name.to_owned(), bytes, too_large, modified_ms: mark.modified_ms, then });
        Ok(())
    }

    /// Whole lines behind those already said. A file that became shorter is a new one.
    fn read_lines(
        &self,
        name: &str,
        mut file: File,
        mark: Mark,
        room: &mut u64,
        pieces: &mut Vec<Piece>,
    ) -> io::Result<()> {
        let seen = self.seen.get(name).filter(|seen| seen.said <= mark.size);
        let (mut said, mut lines) = seen.map_or((0, 0), |seen| (seen.said, seen.lines));
        file.seek(SeekFrom::Start(said))?;
        let mut input = BufReader::new(file);
        let first = pieces.len();
        while *room > 0 {
            let mut bytes = Vec::new();
            let read = io::Read::by_ref(&mut input).take(LINE_BYTES_MAX as u64 + 1).read_until(b'\n', &mut bytes)?;
            let mut length = read as u64;
            let too_large = read > LINE_BYTES_MAX && !bytes.ends_with(b"\n");
            let mut whole = bytes.ends_with(b"\n");
            if too_large {
                let rest = skip_line(&mut input)?;
                length += rest.0;
                whole = rest.1;
            }
            if !whole {
                break;
            }
            said += length;
            lines += 1;
            *room = room.saturating_sub(length.min(LINE_BYTES_MAX as u64) + 1);
            // Until the last line is said the file is not done: its mark stays open.
            let then = Seen { name: name.to_owned(), mark: Mark { size: u64::MAX, ..mark }, said, lines };
            let place = format!("{name} line {lines}");
            pieces.push(Piece { form: Form::Lines, place, bytes, too_large, modified_ms: mark.modified_ms, then });
        }
        if *room > 0
            && let Some(last) = pieces[first..].last_mut()
        {
            last.then.mark = mark;
        }
        Ok(())
    }

    /// The piece was said: never again.
    fn said(&mut self, then: Seen) {
        if let Some(memory) = &mut self.memory
            && let Err(error) = remember(memory, &then)
        {
            tracing::warn!(
                "{}: failed to remember what was read: {error}; a restart may read it again",
                self.path.display()
            );
        }
        self.seen.insert(then.name.clone(), then);
    }
}

fn remember(memory: &mut File, seen: &Seen) -> io::Result<()> {
    let mut line = serde_json::to_vec(seen)?;
    line.push(b'\n');
    memory.write_all(&line)
}

/// Passes over the rest of a line: how many bytes, and whether its end was there.
fn skip_line(input: &mut BufReader<File>) -> io::Result<(u64, bool)> {
    let mut skipped = 0;
    loop {
        let chunk = input.fill_buf()?;
        if chunk.is_empty() {
            return Ok((skipped, false));
        }
        let end = chunk.iter().position(|b| *b == b'\n');
        let used = end.map_or(chunk.len(), |at| at + 1);
        input.consume(used);
        skipped += used as u64;
        if end.is_some() {
            return Ok((skipped, true));
        }
    }
}

fn form(name: &str) -> Option<Form> {
    if name.starts_with('.') {
        return None;
    }
    match Path::new(name).extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "txt" => Some(Form::Text),
        "json" => Some(Form::Json),
        "jsonl" | "ndjson" => Some(Form::Lines),
        _ => None,
    }
}

fn millis(at: SystemTime) -> i64 {
    at.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Looks and says until the program ends.
pub(super) async fn run<S: Sink>(speaker: Speaker<S>, text: Arc<Reader>, scanner: Scanner, beat_s: u32) {
    let mut feed =
        Feed { speaker, text, scanner: Some(scanner), beat: Duration::from_secs(u64::from(beat_s)), beaten: None };
    loop {
        feed.turn().await;
        tokio::time::sleep(LOOK).await;
    }
}

struct Feed<S> {
    speaker: Speaker<S>,
    text: Arc<Reader>,
    /// Away while a look is under way on a thread that may block.
    scanner: Option<Scanner>,
    beat: Duration,
    beaten: Option<Instant>,
}

impl<S: Sink> Feed<S> {
    async fn turn(&mut self) {
        let Some(mut scanner) = self.scanner.take() else {
            return self.speaker.trouble("fault", "the directory is no longer read: restart the server");
        };
        let looked = tokio::task::spawn_blocking(move || {
            let pieces = scanner.look();
            (scanner, pieces)
        });
        let Ok((scanner, pieces)) = looked.await else { return };
        let place = scanner.path.display().to_string();
        self.scanner = Some(scanner);
        let pieces = match pieces {
            Ok(pieces) => pieces,
            Err(error) => return self.speaker.trouble("unreadable", &format!("failed to read {place}: {error}")),
        };
        for piece in pieces {
            if !self.say(&piece).await {
                return self.speaker.trouble("not_taken", "the core did not take a message: it will be given again");
            }
            if let Some(scanner) = &mut self.scanner {
                scanner.said(piece.then);
            }
        }
        self.speaker.fine();
        if self.beaten.is_none_or(|at| at.elapsed() >= self.beat) {
            self.beaten = Some(Instant::now());
            if let Err(error) = self.speaker.heartbeat().await {
                tracing::warn!(source = %self.speaker.source(), "heartbeat: failed to {error}");
            }
        }
    }

    /// Says a piece; false when the core did not take it.
    async fn say(&self, piece: &Piece) -> bool {
        let here = Here { received_at: self.speaker.now(), status: self.speaker.status() };
        // The file's own time bounds the time of its words: an old file read late says nothing about now.
        let written_at = Timestamp::checked(piece.modified_ms).map_or(here.received_at, |at| at.min(here.received_at));
        for (n, read) in self.messages(piece, here).into_iter().enumerate() {
            match read {
                Err(refusal) => self.speaker.refused(refusal, &piece.bytes).await,
                Ok(message) => {
                    let observed_at = message.observed_at.unwrap_or(written_at);
                    let source = self.speaker.source().as_str();
                    let said = Said { text: &message.text, measured: &message.measured }.content();
                    let named = content_id(&[source, &piece.place, &n.to_string(), &said]);
                    let id = message.id.as_deref().unwrap_or(&named);
                    if !submit(&self.speaker, &self.text, &message, Some(id), observed_at, here.received_at).await {
                        return false;
                    }
                }
            }
        }
        true
    }

    fn messages(&self, piece: &Piece, here: Here) -> Vec<Result<Message, Refusal>> {
        let place = &piece.place;
        let source = self.speaker.source().as_str();
        if piece.too_large {
            let most = if piece.form == Form::Lines { LINE_BYTES_MAX as u64 } else { FILE_BYTES_MAX };
            return vec![Err(refusal("too_large", format!("read {place}: more than {most} bytes")))];
        }
        if piece.form == Form::Lines {
            return read_line(&piece.bytes, place, source, here).transpose().into_iter().collect();
        }
        let value = if piece.form == Form::Text {
            let bytes = piece.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&piece.bytes);
            return vec![whole_text(bytes, place)];
        } else {
            let most = usize::try_from(FILE_BYTES_MAX).unwrap_or(usize::MAX);
            match wire::upstream::parse_json(&piece.bytes, most) {
                Ok(value) => value,
                Err(error) => {
                    let mut refusal = error.refusal();
                    refusal.detail = format!("{}, in {place}", refusal.detail);
                    return vec![Err(refusal)];
                }
            }
        };
        let own = |value: &serde_json::Value, place: String| {
            let message = message::read(value, &place, here)?;
            own_source(&message, &place, source)?;
            Ok(message)
        };
        match &value {
            serde_json::Value::Array(list) if list.len() > MESSAGES_MAX => {
                let detail = format!("read {place}: {} messages, expected at most {MESSAGES_MAX}", list.len());
                vec![Err(refusal("too_many", detail))]
            }
            serde_json::Value::Array(list) => {
                list.iter().enumerate().map(|(n, value)| own(value, format!("{place} $[{n}]"))).collect()
            }
            one => vec![own(one, format!("{place} $"))],
        }
    }
}

fn whole_text(bytes: &[u8], place: &str) -> Result<Message, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let byte = u32::try_from(error.valid_up_to()).unwrap_or(u32::MAX);
        let detail = format!("read {place}, byte {byte}: expected UTF-8");
        Refusal { reason: "invalid_utf8".into(), detail, start: byte, end: byte }
    })?;
    message::words(text, place)?;
    Ok(Message { source: None, id: None, text: text.trim().to_owned(), measured: Vec::new(), observed_at: None })
}

#[cfg(test)]
mod tests;
