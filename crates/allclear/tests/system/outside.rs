//! The exported log is read by a verifier we did not write: the Go team's `sumdb`. `make test` installs it and sets
//! `ALLCLEAR_OUTSIDE`; a bare `cargo test` without it says aloud that the comparison was not made.

use crate::server::{FEEDS, Server};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

#[test]
fn an_exported_log_is_whole_to_the_go_teams_verifier_and_a_changed_byte_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    // More than one bundle of 256, a hundred reports in one body at a time.
    for body in 0..3 {
        let texts =
            (0..100).map(|n| format!("Сумщина: {} БпЛА в районі Конотопа курсом на Бахмач", body * 100 + n + 1));
        let reports: Vec<_> = texts.map(|text| serde_json::json!({"source": "mon", "text": text})).collect();
        assert_eq!(server.post(serde_json::json!(reports).to_string().as_bytes()).0, 200);
    }
    let (store, out) = (dir.path().join("store"), dir.path().join("out"));
    // Exported while it is in use, twice: the second time finds the first.
    export(&store, &out);
    server.say("off", "Повітряна тривога в Сумській області");
    let size = export(&store, &out);
    assert!(size > 300, "{size}");
    // What the server offers is the same log.
    let (code, checkpoint) = server.get("/log/checkpoint");
    assert_eq!((code, checkpoint), (200, std::fs::read_to_string(out.join("checkpoint")).unwrap()));
    drop(server);

    let verifier = dir.path().join("verify");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outside/verify.go");
    let built = Command::new("go")
        .args(["build", "-o"])
        .args([&verifier, &source])
        .env("GO111MODULE", "off")
        .env("GOPATH", "/usr/share/gocode")
        .env("GOFLAGS", "")
        .env("GOCACHE", dir.path().join("cache"))
        .output();
    if !built.as_ref().is_ok_and(|output| output.status.success()) {
        let why = built.map_or_else(|e| e.to_string(), |o| String::from_utf8_lossy(&o.stderr).into_owned());
        // Straight to standard error: what a passing test prints is hidden, and this must be seen.
        let missing = "NOT RUN: Go's verifier; apt-get install golang-go golang-golang-x-mod-dev";
        assert!(std::env::var_os("ALLCLEAR_OUTSIDE").is_none(), "{missing}: {why}");
        writeln!(std::io::stderr(), "{missing}: {}", why.lines().next().unwrap_or_default()).unwrap();
        return;
    }
    let run = || Command::new(&verifier).arg(&out).output().unwrap();
    let answer = run();
    assert_eq!(text(&answer), format!("whole {size}\n"));
    let bundle = out.join("tile/entries/000");
    let mut bytes = std::fs::read(&bundle).unwrap();
    bytes[5000] ^= 1;
    std::fs::write(&bundle, bytes).unwrap();
    let answer = run();
    assert!(!answer.status.success() && text(&answer).starts_with("not whole: entry "), "{}", text(&answer));
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Exports and returns the size.
fn export(store: &Path, out: &Path) -> u64 {
    let output = Command::new(env!("CARGO_BIN_EXE_allclear"))
        .args(["record", "export", "--json"])
        .args([store, out])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    answer["size"].as_u64().unwrap()
}
