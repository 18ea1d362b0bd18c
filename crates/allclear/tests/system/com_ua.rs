//! alerts.com.ua's shapes: what is unknown is never told as calm, in lists, in events and in lines.

use crate::server::{PATIENCE, Server};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;

const TABLES: &str = "[[feed]]\nname = \"off\"\nkind = \"post\"\nofficial = true\nstale_after_s = 3\n";
const KEYS: &str = "keys = [\"k\"]\nalerts_com_ua_tcp = \"127.0.0.1:0\"\n";

fn lines_address(dir: &Path) -> SocketAddr {
    let log = std::fs::read_to_string(dir.join("log")).unwrap();
    let line = log.lines().find(|line| line.contains("TCP protocol is spoken")).unwrap_or_else(|| panic!("{log}"));
    let digits = line.rsplit("127.0.0.1:").next().unwrap().chars().take_while(char::is_ascii_digit);
    SocketAddr::from(([127, 0, 0, 1], digits.collect::<String>().parse().unwrap()))
}

fn open(address: SocketAddr, say: &str) -> BufReader<TcpStream> {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.write_all(say.as_bytes()).unwrap();
    BufReader::new(socket)
}

fn line(reader: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    line
}

fn get(server: &Server, path: &str) -> (u16, String) {
    let head = format!("GET {path} HTTP/1.1\r\nHost: t\r\nX-API-Key: k\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    open(server.address, &head).read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

#[test]
fn a_wrong_key_and_a_silent_client_are_turned_away_in_the_services_words() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_as(dir.path(), KEYS, TABLES);
    let address = lines_address(dir.path());
    let mut silent = open(address, "");
    let mut long = open(address, &"x".repeat(10_000));
    let mut wrong = open(address, "other,12\n");
    assert_eq!(line(&mut wrong), "a:wrong_api_key\n");
    assert_eq!(line(&mut wrong), "", "closed");
    assert!(["a:wrong_api_key\n", ""].contains(&&*line_or_reset(&mut long)));
    assert_eq!(line(&mut silent), "a:timeout\n");
    assert_eq!(line(&mut silent), "", "closed");
    for path in ["/api/states", "/api/states/12", "/api/states/live", "/api/history"] {
        let (code, body) = server.get(path);
        assert_eq!((code, &*body), (403, r#"{"error":"Unknown or missing X-API-Key value"}"#), "{path}");
    }
}

/// A line; empty when the connection was closed with words of ours unread.
fn line_or_reset(reader: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    match reader.read_line(&mut line) {
        Err(error) if error.kind() != std::io::ErrorKind::ConnectionReset => panic!("{error}"),
        _ => line,
    }
}

#[test]
fn what_is_unknown_is_no_calm_and_a_lost_state_ends_both_streams() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_as(dir.path(), KEYS, TABLES);
    let address = lines_address(dir.path());
    assert_eq!(get(&server, "/api/states").0, 503, "nothing is known");
    let ends_at_once = |say: &str| {
        let mut lines = open(address, say);
        assert_eq!([line(&mut lines), line(&mut lines)], ["a:ok\n", ""], "{say:?}: pings alone would look like calm");
    };
    ends_at_once("k\n");
    server.say("off", "Відбій тривоги в Полтавській області");
    server.say("off", "Повітряна тривога в Конотопському районі");
    let (code, body) = get(&server, "/api/states");
    let states: serde_json::Value = serde_json::from_str(&body).unwrap();
    let alert = |id: usize| states["states"][id - 1]["alert"].clone();
    assert_eq!((code, alert(15), alert(17)), (200, false.into(), true.into()), "a raion is its region's alert");
    assert!(alert(12).is_null(), "nobody spoke for it");
    let (code, body) = get(&server, "/api/states?short");
    assert_eq!(code, 200);
    assert!(
        body.starts_with(r#"{"states":[{"id":1,"alert":null}"#) && body.contains(r#"{"id":15,"alert":false}"#),
        "{body}"
    );
    assert_eq!(get(&server, "/api/states/12").0, 503);
    assert_eq!(get(&server, "/api/states/live/12").0, 503);
    ends_at_once("k,12\n");
    let (code, body) = get(&server, "/api/states/15");
    let one: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (code, &one["state"]["name"], &one["state"]["name_en"]),
        (200, &"Полтавська область".into(), &"Poltava Oblast".into())
    );
    assert!(one["state"]["changed"].as_str().unwrap().ends_with("+00:00"), "{one}");
    assert_eq!(get(&server, "/api/states/26"), get(&server, "/api/states/99"));
    let (code, body) = get(&server, "/api/history");
    let switches: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!((code, &switches[0]["state_id"], &switches[0]["alert"]), (200, &17.into(), &true.into()));

    let mut lines = open(address, "k\n");
    let told: Vec<_> = (0..3).map(|_| line(&mut lines)).collect();
    assert_eq!(told, ["a:ok\n", "s:15=0\n", "s:17=1\n"], "no line for what is unknown");
    let mut events = open(server.address, "GET /api/states/live HTTP/1.0\r\nHost: t\r\nX-API-Key: k\r\n\r\n");
    while line(&mut events) != "\r\n" {}
    let hello: String = (0..3).map(|_| line(&mut events)).collect();
    assert_eq!(hello, "event: hello\r\ndata: null\r\n\r\n");
    server.say("off", "Повітряна тривога в Полтавській області");
    assert_eq!(line(&mut lines), "s:15=1\n");
    assert_eq!(line(&mut events), "event: update\r\n");
    let update: serde_json::Value = serde_json::from_str(line(&mut events).strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!((&update["state"]["id"], &update["state"]["alert"]), (&15.into(), &true.into()));
    assert_eq!(update["notification_id"].as_str().map(str::len), Some(36));
    // An alert stands though its source falls silent; what was calm is not known any more.
    server.say("off", "Відбій тривоги в Полтавській області");
    assert_eq!(line(&mut lines), "s:15=0\n");
    assert_eq!(line(&mut lines), "", "closed when it was lost");
    let mut rest = String::new();
    events.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("\"alert\":false") && !rest.contains("null,\"changed\""), "{rest}");
    let mut lines = open(address, "k\n");
    assert_eq!([line(&mut lines), line(&mut lines)], ["a:ok\n", "s:17=1\n"], "the alert is told all the same");
}

#[test]
fn the_picture_asks_for_no_key_and_is_refused_while_nothing_is_known() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_as(dir.path(), KEYS, TABLES);
    let ask = |more: &str| {
        let head = format!("GET /map.png HTTP/1.1\r\nHost: t\r\nConnection: close\r\n{more}\r\n");
        let mut answer = Vec::new();
        open(server.address, &head).read_to_end(&mut answer).unwrap();
        answer
    };
    let starts =
        |answer: &[u8], with: &str| assert!(answer.starts_with(with.as_bytes()), "{}", String::from_utf8_lossy(answer));
    starts(&ask(""), "HTTP/1.1 503");
    server.say("off", "Харківська область: повітряна тривога");
    let picture = ask("");
    starts(&picture, "HTTP/1.1 200");
    let at = picture.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
    let head = String::from_utf8_lossy(&picture[..at]).into_owned();
    assert!(
        head.contains("content-type: image/png")
            && head.contains("x-allclear-as-of: ")
            && head.contains("cache-control: no-cache"),
        "{head}"
    );
    assert_eq!(&picture[at..at + 8], b"\x89PNG\r\n\x1a\n");
    let etag = head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    let again = ask(&format!("If-None-Match: {etag}\r\n"));
    assert!(again.starts_with(b"HTTP/1.1 304") || !again.windows(etag.len()).any(|bytes| bytes == etag.as_bytes()));
}
