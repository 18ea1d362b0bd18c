use super::*;
use crate::core::{CoreError, Troubles};
use crate::feed::testing::{Listener, reader, source};
use std::fs;

struct Bench {
    dir: tempfile::TempDir,
    feed: Feed<Listener>,
    listener: Listener,
    troubles: Troubles,
}

fn bench(dir: tempfile::TempDir) -> Bench {
    let (listener, troubles) = (Listener::default(), Troubles::default());
    let memory = dir.path().join("memory").join("here.seen");
    let scanner = Scanner::open(&dir.path().join("in"), Some(memory)).unwrap();
    let speaker = listener.speaker(&troubles);
    let feed = Feed { speaker, text: reader(), scanner: Some(scanner), beat: Duration::from_hours(1), beaten: None };
    Bench { dir, feed, listener, troubles }
}

fn fresh() -> Bench {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("in")).unwrap();
    let mut bench = bench(dir);
    // Signs of life are another test's.
    bench.feed.beaten = Some(Instant::now());
    bench
}

impl Bench {
    /// Writes a file last changed `age_s` ago.
    fn file(&self, name: &str, age_s: u64, bytes: &[u8]) {
        let path = self.dir.path().join("in").join(name);
        fs::write(&path, bytes).unwrap();
        let at = SystemTime::now() - Duration::from_secs(age_s);
        File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
    }

    async fn heard(&mut self) -> Vec<String> {
        self.feed.turn().await;
        self.listener.heard()
    }
}

#[tokio::test]
async fn each_file_is_said_once_and_the_oldest_first() {
    let mut bench = fresh();
    bench.file("c.txt", 10, "\u{FEFF}третє\nі далі\n".as_bytes());
    bench.file("b.json", 20, r#"[{"text":"друге"},{"text":"і ще","source":"here"}]"#.as_bytes());
    bench.file("a.jsonl", 30, "{\"text\":\"перше\",\"id\":1}\n\nпросто слова\n".as_bytes());
    bench.file("notes.md", 30, b"not a message");
    bench.file(".hidden.txt", 30, b"not a message");
    let expected = [
        r#"report "перше""#,
        r#"report "просто слова""#,
        r#"report "друге""#,
        r#"report "і ще""#,
        r#"report "третє\nі далі""#,
    ];
    assert_eq!(bench.heard().await, expected);
    assert!(bench.heard().await.is_empty());
    bench.file("c.txt", 5, "нові слова".as_bytes());
    assert_eq!(bench.heard().await, [r#"report "нові слова""#]);
}

#[tokio::test]
async fn a_growing_file_gives_whole_lines_only() {
    let mut bench = fresh();
    bench.file("a.jsonl", 0, "один\nдв".as_bytes());
    assert_eq!(bench.heard().await, [r#"report "один""#]);
    bench.file("a.jsonl", 0, "один\nдва\nтри\n".as_bytes());
    assert_eq!(bench.heard().await, [r#"report "два""#, r#"report "три""#]);
    bench.file("a.jsonl", 0, "знову\n".as_bytes());
    assert_eq!(bench.heard().await, [r#"report "знову""#], "a file that became shorter is a new one");
}

#[tokio::test]
async fn a_file_that_is_still_changing_is_left_alone() {
    let mut bench = fresh();
    bench.file("a.txt", 0, "пол".as_bytes());
    assert!(bench.heard().await.is_empty());
    bench.file("a.txt", 0, "половина".as_bytes());
    assert!(bench.heard().await.is_empty());
    assert_eq!(bench.heard().await, [r#"report "половина""#]);
}

#[tokio::test]
async fn nothing_is_said_again_after_a_restart() {
    let mut first = fresh();
    first.file("a.jsonl", 30, "один\n".as_bytes());
    first.file("b.txt", 20, "два".as_bytes());
    assert_eq!(first.heard().await.len(), 2);
    let Bench { dir, feed, .. } = first;
    drop(feed);
    // The last line of the memory was cut off by the crash: that file is read once more, no other.
    let memory = dir.path().join("memory").join("here.seen");
    let text = fs::read_to_string(&memory).unwrap();
    fs::write(&memory, &text[..text.len() - 5]).unwrap();
    let mut second = bench(dir);
    second.feed.beaten = Some(Instant::now());
    second.file("c.txt", 10, "три".as_bytes());
    assert_eq!(second.heard().await, [r#"report "два""#, r#"report "три""#]);
}

#[tokio::test]
async fn a_bad_message_is_refused_by_name_and_the_next_is_read() {
    let long_line = format!("{}\nдобре\n", "x".repeat(LINE_BYTES_MAX + 10));
    let cases: [(&str, Vec<u8>, &[&str]); 8] = [
        ("a.json", br#"[{"text":7},{"text":"x"}]"#.to_vec(), &["refused wrong_shape", "report \"x\""]),
        ("a.json", br#"{"text":"x""#.to_vec(), &["refused broken_json"]),
        ("a.json", br#"{"text":"x","source":"other"}"#.to_vec(), &["refused wrong_source"]),
        ("a.txt", b"\xFF\xFE".to_vec(), &["refused invalid_utf8"]),
        ("a.txt", vec![b'x'; 17 * 1024], &["refused too_large"]),
        ("a.txt", vec![b'x'; 2 * 1024 * 1024], &["refused too_large"]),
        ("a.jsonl", long_line.into_bytes(), &["refused too_large", "report \"добре\""]),
        ("a.jsonl", b"{\"text\":\nok\n".to_vec(), &["refused broken_json", "report \"ok\""]),
    ];
    for (name, bytes, expected) in cases {
        let mut bench = fresh();
        bench.file(name, 10, &bytes);
        assert_eq!(bench.heard().await, expected, "{name}");
        assert!(bench.heard().await.is_empty(), "{name}: said once");
    }
}

#[tokio::test]
async fn a_directory_that_vanishes_falls_silent_and_comes_back() {
    let mut bench = bench(tempfile::tempdir().unwrap());
    bench.feed.beat = Duration::ZERO;
    let shown = |bench: &Bench| bench.troubles.get(&source()).unwrap_or_default();
    assert!(bench.heard().await.is_empty());
    assert!(shown(&bench).starts_with("unreadable"), "{}", shown(&bench));
    fs::create_dir(bench.dir.path().join("in")).unwrap();
    assert_eq!(bench.heard().await, ["heartbeat here"]);
    assert_eq!(shown(&bench), "");
    fs::remove_dir(bench.dir.path().join("in")).unwrap();
    assert!(bench.heard().await.is_empty());
    assert!(shown(&bench).starts_with("unreadable"));
}

#[tokio::test]
async fn what_the_core_did_not_take_is_given_again() {
    let mut bench = fresh();
    bench.file("a.jsonl", 10, "один\nдва\n".as_bytes());
    bench.listener.refuse(Some(CoreError::Stopped));
    assert!(bench.heard().await.is_empty());
    assert!(bench.troubles.get(&source()).unwrap_or_default().starts_with("not_taken"));
    bench.listener.refuse(None);
    assert_eq!(bench.heard().await, [r#"report "один""#, r#"report "два""#]);
    assert_eq!(bench.troubles.get(&source()), None);
}

#[test]
fn two_feeds_never_share_a_memory() {
    let names = ["a", "A", "a/b", "ab", "../x", "стрічка", "потік"];
    let files: std::collections::BTreeSet<String> = names.iter().map(|name| memory_name(name)).collect();
    assert_eq!(files.len(), names.len());
    assert!(files.iter().all(|file| !file.contains('/') && file.is_ascii()));
}
