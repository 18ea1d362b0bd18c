//! The same in TLS: the page, the streams, MQTT; hostile greetings, readers that do not read, and a certificate that is renewed.

use crate::server::{FEEDS, PATIENCE, Server, free_port};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

type Tls = StreamOwned<ClientConnection, TcpStream>;

/// A server with a certificate of its own, and where it speaks TLS.
struct Safe {
    server: Server,
    web: SocketAddr,
    mqtt: SocketAddr,
}

/// Writes a new certificate and key for `localhost`; gives the certificate.
fn certify(dir: &Path) -> rustls::pki_types::CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(dir.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    std::fs::write(dir.join("cert.pem"), made.cert.pem()).unwrap();
    made.cert.der().clone()
}

fn start(dir: &Path) -> Safe {
    let [web, mqtt] = [(); 2].map(|()| SocketAddr::from(([127, 0, 0, 1], free_port())));
    let tables =
        format!("[tls]\nlisten = \"{web}\"\nmqtt_listen = \"{mqtt}\"\ncert = \"cert.pem\"\nkey = \"key.pem\"\n{FEEDS}");
    Safe { server: Server::start(dir, &tables), web, mqtt }
}

/// A client that trusts this certificate alone.
fn connect(address: SocketAddr, trusted: &rustls::pki_types::CertificateDer<'static>) -> std::io::Result<Tls> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(ring).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let client = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
    let socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut tls = StreamOwned::new(client, socket);
    while tls.conn.is_handshaking() {
        tls.conn.complete_io(&mut tls.sock)?;
    }
    Ok(tls)
}

/// Reads lines until one begins so.
fn until(reader: &mut BufReader<Tls>, start: &str) -> String {
    let began = Instant::now();
    loop {
        assert!(began.elapsed() < PATIENCE, "no line {start:?}");
        let mut line = String::new();
        assert!(reader.read_line(&mut line).unwrap() > 0, "the stream ended before {start:?}");
        if line.starts_with(start) {
            return line;
        }
    }
}

#[test]
fn a_certificate_that_cannot_be_used_stops_nothing_but_tls_and_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let certificate = certify(dir.path());
    let first = start(dir.path());
    assert!(connect(first.web, &certificate).is_ok());
    assert_eq!(first.server.get("/healthz").1, "ok\n");
    first.server.say("off", "Повітряна тривога в Сумській області");
    first.server.kill();
    for (what, file, named) in [
        (Some("rubbish"), "cert.pem", "cert.pem"),
        (Some(""), "key.pem", "key.pem"),
        (Some("other"), "key.pem", "cert.pem with its key"),
        (None, "cert.pem", "cert.pem"),
    ] {
        let path = dir.path().join(file);
        certify(dir.path());
        match what {
            Some("other") => {
                let other = std::fs::read(&path).unwrap();
                certify(dir.path());
                std::fs::write(&path, other).unwrap();
            }
            Some(what) => std::fs::write(&path, what).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
        let safe = start(dir.path());
        // Who comes without TLS is told everything.
        assert_eq!(safe.server.json("/api/v1/state")["alerts"][0]["community"], "UA59000000000057109");
        let mut stream = crate::server::Stream::open(&safe.server, "", None);
        stream.until("snapshot");
        let (code, said) = safe.server.get("/healthz");
        assert!(code == 200 && said.starts_with("ok\ntls: ") && said.contains("nothing is served in TLS"), "{said}");
        assert!(connect(safe.web, &certificate).is_err() && connect(safe.mqtt, &certificate).is_err());
        let (_, metrics) = safe.server.get("/metrics");
        assert!(metrics.contains("\nallclear_tls_renewal_failed_total 1\n"), "{metrics}");
        safe.server.kill();
        let log = std::fs::read_to_string(dir.path().join("log")).unwrap();
        assert!(log.contains(named), "the log names {named}: {log}");
    }
}

#[test]
fn page_polls_streams_and_mqtt_speak_tls() {
    let dir = tempfile::tempdir().unwrap();
    let cert = certify(dir.path());
    let safe = start(dir.path());
    // Nobody was heard yet: a poller is told that nothing is known, in TLS as well.
    for (path, code) in [("/healthz", 200), ("/v1/alerts/active.json", 503)] {
        let mut tls = connect(safe.web, &cert).unwrap();
        write!(tls, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        let _ = tls.read_to_string(&mut answer);
        assert!(answer.starts_with(&format!("HTTP/1.1 {code} ")), "{path}: {answer}");
    }
    let mut tls = connect(safe.web, &cert).unwrap();
    write!(tls, "GET /api/v1/stream HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
    let mut stream = BufReader::new(tls);
    until(&mut stream, "event: snapshot");
    let mut ws = connect(safe.web, &cert).unwrap();
    ws.write_all(b"GET /api/v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").unwrap();
    let mut ws = BufReader::new(ws);
    assert_eq!(until(&mut ws, "Sec-WebSocket-Accept: ").trim(), "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    safe.server.say("off", "Повітряна тривога в Сумській області");
    until(&mut stream, "event: change");
    assert!(until(&mut stream, "data: ").contains("UA59000000000057109"));
    // A frame of a WebSocket client is masked; a ping is answered by a pong.
    ws.get_mut().write_all(&[0x89, 0x82, 1, 2, 3, 4, b'h' ^ 1, b'i' ^ 2]).unwrap();
    let pong = |buffer: &[u8]| buffer.windows(4).any(|part| part == [0x8A, 2, b'h', b'i']);
    let (mut heard, mut part, began) = (Vec::new(), [0; 4096], Instant::now());
    while !pong(&heard) {
        assert!(began.elapsed() < PATIENCE, "no pong");
        let n = ws.read(&mut part).unwrap();
        heard.extend_from_slice(&part[..n]);
    }
    let mut mqtt = connect(safe.mqtt, &cert).unwrap();
    mqtt.write_all(b"\x10\x0D\0\x04MQTT\x04\x02\0\x3C\0\x01a").unwrap();
    let mut welcome = [0; 4];
    mqtt.read_exact(&mut welcome).unwrap();
    assert_eq!(welcome, [0x20, 2, 0, 0]);
}

#[test]
fn what_is_no_tls_is_closed_and_holds_up_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let cert = certify(dir.path());
    let safe = start(dir.path());
    let mut silent = Vec::new();
    for n in 0..200 {
        let mut socket = TcpStream::connect(safe.web).unwrap();
        match n % 3 {
            0 => socket.write_all(b"GET / HTTP/1.1\r\nHost: t\r\n\r\n").unwrap(),
            // The beginning of a greeting, and no more.
            1 => socket.write_all(b"\x16\x03\x01\x02\x00\x01").unwrap(),
            _ => {}
        }
        silent.push(socket);
    }
    let strange = certify(tempfile::tempdir().unwrap().path());
    assert!(connect(safe.web, &strange).is_err(), "another certificate is not trusted");
    let mut tls = connect(safe.web, &cert).unwrap();
    write!(tls, "GET /api/v1/stream HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
    until(&mut BufReader::new(tls), "event: snapshot");
    for mut socket in silent {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut answer = Vec::new();
        match socket.read_to_end(&mut answer) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
        }
        assert!(!answer.starts_with(b"HTTP"), "nothing is said in clear");
    }
    let (_, counted) = safe.server.get("/metrics");
    assert!(counted.contains("allclear_tls_failed_total"), "{counted}");
}

#[test]
fn who_does_not_read_is_cut_off_in_tls_too() {
    let dir = tempfile::tempdir().unwrap();
    let cert = certify(dir.path());
    let safe = start(dir.path());
    let mut deaf = connect(safe.web, &cert).unwrap();
    write!(deaf, "GET /api/v1/stream HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
    let mut tls = connect(safe.web, &cert).unwrap();
    write!(tls, "GET /api/v1/stream HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
    let mut stream = BufReader::new(tls);
    until(&mut stream, "event: snapshot");
    let cut_off = || safe.server.get("/metrics").1.contains("allclear_stream_cut_off_total 1");
    let (began, mut round) = (Instant::now(), 0);
    while !cut_off() {
        assert!(began.elapsed() < 4 * PATIENCE, "a reader that does not read is never cut off");
        for _ in 0..50 {
            let word = if round % 2 == 0 { "Повітряна тривога" } else { "Відбій тривоги" };
            let places = "Сумській області, Полтавській області, Харківській області, Чернігівській області";
            for place in places.split(", ") {
                safe.server.say("off", &format!("{word} в {place}"));
            }
            round += 1;
        }
        // The other one goes on reading, and sees the newest.
        stream.get_ref().sock.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let mut part = [0; 8192];
        while stream.read(&mut part).is_ok_and(|n| n > 0) {}
    }
    stream.get_ref().sock.set_read_timeout(Some(PATIENCE)).unwrap();
    until(&mut stream, "event: ");
}

#[test]
fn a_key_of_the_table_that_is_unknown_is_refused_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    certify(dir.path());
    let config = "[server]\nlisten = \"127.0.0.1:0\"\n[tls]\nlisten = \"127.0.0.1:0\"\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n";
    std::fs::write(dir.path().join("config.toml"), config).unwrap();
    let mut run = std::process::Command::new(env!("CARGO_BIN_EXE_allclear"));
    let run = run.args(["run", "--config"]).arg(dir.path().join("config.toml")).current_dir(dir.path());
    let output = run.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("unknown field `certificate`"), "{said}");
}
