//! Polling: many questions on one connection, answered from memory, say what the ordinary server says.

use crate::server::{FEEDS, PATIENCE, Server};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

/// What is answered from memory.
const POLLED: [&str; 12] = [
    "/v1/alerts/active.json",
    "/v1/iot/active_air_raid_alerts_by_oblast.json",
    "/v2/iot/active_air_raid_alerts_by_oblast.json",
    "/v1/iot/active_air_raid_alerts.json",
    "/v2/iot/active_air_raid_alerts.json",
    "/api/v3/alerts",
    "/api/v3/alerts/status",
    "/v1/iot/active_air_raid_alerts/20.json",
    "/v2/iot/active_air_raid_alerts/20.json",
    "/api/v3/alerts/20",
    "/api/states",
    "/api/states/17",
];

/// A connection that is kept.
struct Kept(BufReader<TcpStream>);

#[derive(Debug, PartialEq, Eq)]
struct Answer {
    code: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(String::as_str).unwrap_or_default()
    }
}

impl Kept {
    fn open(server: &Server) -> Self {
        let socket = TcpStream::connect(server.address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(socket))
    }

    fn send(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
    }

    fn ask(&mut self, path: &str, headers: &str) -> Answer {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: t\r\n{headers}\r\n"));
        self.answer()
    }

    fn answer(&mut self) -> Answer {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        let code = line.split(' ').nth(1).unwrap_or_else(|| panic!("{line:?}")).parse().unwrap();
        let mut headers = BTreeMap::new();
        loop {
            line.clear();
            self.0.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            assert_eq!(headers.insert(name.to_ascii_lowercase(), value.to_owned()), None, "{name} twice");
        }
        let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; if code == 304 { 0 } else { length }];
        self.0.read_exact(&mut body).unwrap();
        // What is packed is compared as it is.
        Answer { code, headers, body: String::from_utf8_lossy(&body).into_owned() }
    }
}

/// What differs from one second or one tick to the next, and how the connection goes on.
fn lasting(mut answer: Answer) -> Answer {
    for name in ["date", "x-allclear-as-of", "connection"] {
        answer.headers.remove(name);
    }
    answer
}

#[test]
fn an_answer_from_memory_is_that_of_the_ordinary_server_header_by_header() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_as(dir.path(), "keys = [\"k\"]\n", FEEDS);
    let mut kept = Kept::open(&server);
    // The ordinary server answers those that close.
    let both = |kept: &mut Kept, path: &str, headers: &str| {
        let ordinary = Kept::open(&server).ask(path, &format!("Connection: close\r\n{headers}"));
        let polled = kept.ask(path, headers);
        (lasting(polled), lasting(ordinary))
    };
    for path in POLLED {
        let (polled, ordinary) = both(&mut kept, path, "Authorization: k\r\nX-API-Key: k\r\n");
        assert_eq!(polled, ordinary, "nothing is known: {path}");
        assert_eq!(polled.code, 503);
    }
    server.say("off", "Відбій тривоги в Полтавській області");
    server.say("off", "Повітряна тривога в Сумській області");
    // Within the second of the change the present one is told; it must be over for both to say the same.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let mut long = 0;
    for path in POLLED {
        let (polled, ordinary) = both(&mut kept, path, "Authorization: k\r\nX-API-Key: k\r\n");
        assert_eq!(polled, ordinary, "{path}");
        assert_eq!(polled.code, 200);
        let etag = polled.header("etag").to_owned();
        let modified = polled.header("last-modified").to_owned();
        let blank = format!("If-None-Match:\r\nOrigin:\r\nIf-Modified-Since: {modified}");
        for shown in [format!("If-None-Match: {etag}"), format!("If-Modified-Since: {modified}"), blank] {
            let (polled, ordinary) = both(&mut kept, path, &format!("Authorization: k\r\nX-API-Key: k\r\n{shown}\r\n"));
            assert_eq!(polled, ordinary, "{path} {shown}");
            assert_eq!((polled.code, polled.header("etag")), (304, &*etag));
            assert_eq!(
                polled.header("x-allclear-status"),
                "actual",
                "which world it speaks of is said whatever is left out"
            );
        }
        let page =
            format!("Authorization: k\r\nX-API-Key: k\r\nOrigin: https://a.example\r\nIf-None-Match: {etag}\r\n");
        let (polled, ordinary) = both(&mut kept, path, &page);
        assert_eq!(polled, ordinary, "{path} by a page");
        let exposed = polled.header("access-control-expose-headers").contains("ETag");
        assert_eq!((polled.code, exposed), (304, !path.starts_with("/api/v3")), "{path} by a page");
        let asks = "Authorization: k\r\nX-API-Key: k\r\nAccept-Encoding: br, gzip\r\n";
        let (polled, ordinary) = both(&mut kept, path, asks);
        assert_eq!(polled, ordinary, "{path} packed");
        let packed = polled.header("content-encoding") == "gzip";
        assert_eq!((polled.code, packed), (200, polled.header("vary") == "accept-encoding"), "{path}");
        assert_eq!(packed, polled.header("etag") != etag, "{path}: another form has another tag");
        long += usize::from(packed);
        let shown = format!("{asks}If-None-Match: {}\r\n", polled.header("etag"));
        let (again, ordinary) = both(&mut kept, path, &shown);
        assert_eq!(again, ordinary, "{path} packed");
        assert_eq!((again.code, again.header("etag")), (304, polled.header("etag")));
        let (polled, ordinary) = both(&mut kept, path, "Authorization: wrong\r\nIf-None-Match: *\r\n");
        assert_eq!(polled, ordinary, "{path}");
        assert_eq!(polled.code, if path.starts_with("/api/states") { 403 } else { 401 });
    }
    assert!((1..POLLED.len()).contains(&long), "{long} answers are long enough to be packed");
    let (polled, ordinary) = both(&mut kept, "/api/v3/alerts", "");
    assert_eq!((polled.code, &polled), (403, &ordinary));
    let polled = kept.ask("/v1/alerts/active.json?token=k", "");
    assert_eq!(polled.code, 200);
    assert!(polled.header("date").ends_with(" GMT"), "{polled:?}");
}

#[test]
fn a_feed_of_cap_is_packed_for_who_takes_that_and_each_form_has_its_own_tag() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    server.say("off", "Повітряна тривога в Сумській області");
    let mut kept = Kept::open(&server);
    for path in ["/cap/feed.atom", "/cap/feed.rss?lang=en"] {
        let plain = kept.ask(path, "");
        let packed = kept.ask(path, "Accept-Encoding: gzip\r\n");
        let of =
            |answer: &Answer| ["content-encoding", "vary", "content-type"].map(|name| answer.header(name).to_owned());
        let kind = plain.header("content-type").to_owned();
        assert_eq!(of(&plain), [String::new(), "accept-encoding".into(), kind.clone()]);
        assert_eq!(of(&packed), ["gzip".into(), "accept-encoding".into(), kind]);
        let length = |answer: &Answer| answer.header("content-length").parse::<usize>().unwrap();
        assert!(length(&packed) * 2 < length(&plain), "{} of {}", length(&packed), length(&plain));
        // A feed moves each minute: one of two goes at it finds it still.
        let known = |kept: &mut Kept| {
            let tag = kept.ask(path, "Accept-Encoding: gzip\r\n").header("etag").to_owned();
            let shown = format!("If-None-Match: {tag}\r\n");
            let again = kept.ask(path, &format!("Accept-Encoding: gzip\r\n{shown}"));
            (again.code, again.header("etag") == tag, kept.ask(path, &shown).code)
        };
        let first = known(&mut kept);
        let told = if first.0 == 304 { first } else { known(&mut kept) };
        assert_eq!(told, (304, true, 200), "who has the packed form does not have the other");
    }
}

#[test]
fn questions_in_a_row_are_answered_in_their_order_and_what_is_no_poll_goes_on_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    server.say("off", "Відбій тривоги в Полтавській області");
    server.say("off", "Повітряна тривога в Сумській області");
    let mut kept = Kept::open(&server);
    let many: String = POLLED
        .iter()
        .cycle()
        .take(1200)
        .fold(String::new(), |text, path| text + &format!("GET {path} HTTP/1.1\r\nHost: t\r\n\r\n"));
    // More than one read, cut in the middle of a head, and another server's question at the end.
    let (first, second) = many.split_at(many.len() - 30);
    kept.send(first);
    let mut answers: Vec<Answer> = (0..1199).map(|_| kept.answer()).collect();
    kept.send(second);
    answers.push(kept.answer());
    for (n, answer) in answers.iter().enumerate() {
        assert_eq!((answer.code, &answer.body), (200, &answers[n % POLLED.len()].body), "question {n}");
    }
    kept.send("GET /v1/alerts/active.json HTTP/1.1\r\nHost: t\r\n\r\nGET /healthz HTTP/1.1\r\nHost: t\r\n\r\nGET /api/v3/alerts HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_eq!(kept.answer().body, answers[0].body);
    assert_eq!(kept.answer().body, "ok\n");
    assert_eq!(kept.answer().body, answers[5].body);
}

#[test]
fn who_asks_too_often_is_turned_away_whoever_answers() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_as(dir.path(), "rate_limit_per_minute = 100\n", FEEDS);
    server.say("off", "Відбій тривоги в Полтавській області");
    let mut kept = Kept::open(&server);
    let codes: Vec<u16> = (0..230).map(|_| kept.ask("/v1/alerts/active.json", "").code).collect();
    // A minute may begin in between.
    let answered = codes.iter().filter(|code| **code == 200).count();
    assert!((100..=200).contains(&answered), "{answered}");
    assert!(codes.contains(&429));
    if codes.last() == Some(&429) {
        let refused = kept.ask("/v1/alerts/active.json", "");
        assert!(refused.code == 200 || refused.header("retry-after") == "60", "{refused:?}");
    }
}

#[test]
fn who_takes_no_answers_holds_up_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    for oblast in ["Сумській", "Полтавській", "Харківській", "Одеській", "Львівській"]
    {
        server.say("off", &format!("Повітряна тривога в {oblast} області"));
    }
    let mut greedy = Kept::open(&server);
    greedy.0.get_ref().set_write_timeout(Some(std::time::Duration::from_millis(300))).unwrap();
    let question = "GET /v1/alerts/active.json HTTP/1.1\r\nHost: t\r\n\r\n".repeat(100);
    // Until the server takes no more questions of one who takes no answers.
    while greedy.0.get_mut().write_all(question.as_bytes()).is_ok() {}
    let mut kept = Kept::open(&server);
    for _ in 0..100 {
        assert_eq!(kept.ask("/v1/alerts/active.json", "").code, 200);
    }
    assert_eq!(greedy.answer().code, 200);
}

#[test]
fn answers_that_are_written_together_go_each_to_who_asked_also_when_others_hang_up_meanwhile() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), FEEDS);
    server.say("off", "Відбій тривоги в Полтавській області");
    server.say("off", "Повітряна тривога в Сумській області");
    let mut first = Kept::open(&server);
    let known: Vec<(String, String)> = POLLED
        .iter()
        .map(|path| {
            let etag = first.ask(path, "").header("etag").to_owned();
            (format!("GET {path} HTTP/1.1\r\nHost: t\r\nIf-None-Match: {etag}\r\n\r\n"), etag)
        })
        .collect();
    let whole = format!("GET {} HTTP/1.1\r\nHost: t\r\n\r\n", POLLED[0]);
    let mut crowd: Vec<Kept> = (0..100).map(|_| Kept::open(&server)).collect();
    for turn in 0..40 {
        for (n, kept) in crowd.iter_mut().enumerate() {
            let (question, _) = &known[(n + turn) % known.len()];
            // Some ask for a body in between: it comes after what was asked before.
            kept.send(&if n % 5 == 0 { [&**question, &whole, question].concat() } else { question.clone() });
            if (n + turn) % 7 == 3 {
                // Asked, and gone: the number of this socket is soon another's.
                *kept = Kept::open(&server);
                kept.send(question);
            }
        }
        for (n, kept) in crowd.iter_mut().enumerate() {
            let (_, etag) = &known[(n + turn) % known.len()];
            let mut answered = vec![kept.answer()];
            if n % 5 == 0 && (n + turn) % 7 != 3 {
                assert_eq!(kept.answer().code, 200);
                answered.push(kept.answer());
            }
            for answer in answered {
                assert_eq!((answer.code, answer.header("etag")), (304, etag.as_str()), "{n} in turn {turn}");
            }
        }
    }
}
