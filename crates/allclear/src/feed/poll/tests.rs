use super::*;
use crate::core::Troubles;
use crate::feed::config::UpstreamConfig;
use crate::feed::testing::{Listener, Virtual, source};
use crate::feed::{alerts_in_ua, ukrainealarm};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A server that answers by a script, one request a connection, and keeps what it was asked.
struct Script {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Script {
    async fn new(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let keep = asked.clone();
        tokio::spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.unwrap());
                }
                keep.lock().unwrap().push(String::from_utf8(head).unwrap());
                // A client that stops reading (a body too large) is no fault of the script.
                let _ = stream.write_all(&answer).await;
            }
        });
        Self { url, asked }
    }

    /// Requests since the last call: path, and the headers that matter.
    fn asked(&self) -> Vec<String> {
        let matters = |line: &&str| {
            let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
            ["authorization", "if-modified-since", "if-none-match"].contains(&name.as_str())
        };
        let shown = |head: &String| {
            let mut headers: Vec<&str> = head.lines().filter(matters).collect();
            headers.sort_unstable();
            let path = head.split(' ').nth(1).unwrap_or_default();
            format!("{path} {}", headers.join(" ")).trim_end().to_owned()
        };
        self.asked.lock().unwrap().drain(..).map(|head| shown(&head)).collect()
    }
}

fn answer(code: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {code} X\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}").into_bytes()
}

fn active(uids: &[u32]) -> String {
    let alerts: Vec<String> = uids
        .iter()
        .map(|uid| {
            format!(r#"{{"location_uid":"{uid}","alert_type":"air_raid","started_at":"2026-10-01T00:00:00.000Z"}}"#)
        })
        .collect();
    format!(r#"{{"alerts":[{}],"meta":{{"last_updated_at":"2026/10/01 00:00:00 +0000"}}}}"#, alerts.join(","))
}

fn poller<V: Service>(script: &Script, kind: &str, service: V) -> (Poller<Listener, V, Virtual>, Listener, Troubles) {
    let text = format!("name = 'here'\nkind = '{kind}'\nurl = '{}'\ntoken = 's3cret'", script.url);
    let config: UpstreamConfig = toml::from_str(&text).unwrap();
    config.check().unwrap();
    let (listener, troubles) = (Listener::default(), Troubles::default());
    let poll = Poll {
        speaker: listener.speaker(&troubles),
        http: Http::new(config.url(), config.kind, config.token().unwrap()).unwrap(),
        bucket: Arc::new(Mutex::new(Bucket::new(config.requests_per_minute()))),
        schedule: Schedule::new(config.poll_s()),
        areas: AreaSet::bundled(),
    };
    let pace = Virtual::default();
    (Poller::new(poll, service, pace), listener, troubles)
}

#[tokio::test]
async fn an_upstream_that_stumbles_is_asked_slower_and_never_read_as_clear() {
    let modified = "last-modified: Thu, 01 Oct 2026 00:00:00 GMT\r\netag: \"1\"\r\n";
    let script = Script::new(vec![
        answer(200, modified, &active(&[20])),
        answer(304, "", ""),
        answer(500, "", ""),
        answer(502, "", "<html>"),
        answer(503, "", ""),
        answer(429, "retry-after: 30\r\n", r#"{"message":"slow down"}"#),
        answer(401, "", r#"{"message":"Unauthorized"}"#),
        answer(403, "", ""),
        answer(200, modified, &active(&[20])),
        answer(200, "", r#"{"alerts":["#),
        answer(200, "", r#"{"alerts":["#),
        answer(200, "", &active(&[20, 31])),
        answer(200, "", &active(&[])),
    ])
    .await;
    let (mut poller, listener, troubles) = poller(&script, "alerts-in-ua", alerts_in_ua::Service::default());
    let first = "/v1/alerts/active.json authorization: Bearer s3cret";
    let since = format!("{first} if-modified-since: Thu, 01 Oct 2026 00:00:00 GMT if-none-match: \"1\"");
    // (what is asked, what the core hears, the trouble shown, the wait after it in seconds)
    let steps: [(&str, &[&str], &str, u64); 13] = [
        (first, &["picture UA59"], "", 8),
        (&since, &["heartbeat here"], "", 8),
        (&since, &[], "server_error: the service answers 500; next try in 8 s", 8),
        (&since, &[], "server_error: the service answers 502; next try in 16 s", 16),
        (&since, &[], "server_error: the service answers 503; next try in 32 s", 32),
        (&since, &[], "rate_limited: the service answers 429 and asks to wait 30 s; next try in 30 s", 30),
        (&since, &[], "unauthorized: the token is refused (\"Unauthorized\"); next try in 60 s", 60),
        (&since, &[], "forbidden: our address or country is blocked; next try in 60 s", 60),
        (&since, &["heartbeat here"], "", 16),
        (&since, &["refused broken_json"], "undecodable", 16),
        (&since, &[], "undecodable", 32),
        (&since, &["picture UA59 UA80"], "", 16),
        (first, &["picture"], "", 16),
    ];
    for (n, (asked, heard, trouble, wait_s)) in steps.into_iter().enumerate() {
        assert!(poller.turn().await);
        assert_eq!(script.asked(), [asked], "request {n}");
        assert_eq!(listener.heard(), heard, "request {n}");
        let shown = troubles.get(&source()).unwrap_or_default();
        assert!(shown.starts_with(trouble) && shown.is_empty() == trouble.is_empty(), "request {n}: {shown}");
        assert_eq!(poller.pace.waits(), [wait_s], "wait after request {n}");
    }
}

#[tokio::test]
async fn the_action_index_saves_requests_and_401_after_success_is_a_limit() {
    let alerts =
        r#"[{"regionId":"20","activeAlerts":[{"regionId":"20","type":"AIR","lastUpdate":"2026-10-01T00:00:00Z"}]}]"#;
    let index = |n: u32| answer(200, "", &format!(r#"{{"lastActionIndex":{n}}}"#));
    let script = Script::new(vec![
        index(1),
        answer(200, "", alerts),
        index(1),
        answer(401, "", ""),
        index(2),
        answer(200, "", alerts),
        index(3),
        answer(200, "", "[]"),
        answer(200, "", "no json"),
        answer(200, "", "[]"),
    ])
    .await;
    let (mut poller, listener, troubles) = poller(&script, "ukrainealarm", ukrainealarm::Service::new(25));
    let status = "/api/v3/alerts/status authorization: s3cret";
    let whole = "/api/v3/alerts authorization: s3cret";
    let steps: [(&[&str], &[&str], &str); 6] = [
        (&[status, whole], &["picture UA59"], ""),
        (&[status], &["heartbeat here"], ""),
        (&[status], &[], "rate_limited"),
        (&[status, whole], &["heartbeat here"], ""),
        (&[status, whole], &["picture"], ""),
        // An index that cannot be read hides nothing.
        (&[status, whole], &["heartbeat here"], ""),
    ];
    for (n, (asked, heard, trouble)) in steps.into_iter().enumerate() {
        assert!(poller.turn().await);
        assert_eq!(script.asked(), asked, "poll {n}");
        assert_eq!(listener.heard(), heard, "poll {n}");
        assert!(troubles.get(&source()).unwrap_or_default().starts_with(trouble), "poll {n}");
    }
}

#[tokio::test]
async fn a_key_that_never_worked_is_named_as_refused() {
    let script = Script::new(vec![answer(401, "", ""), answer(403, "", "")]).await;
    let (mut poller, listener, troubles) = poller(&script, "ukrainealarm", ukrainealarm::Service::new(25));
    for (name, wait_s) in [("unauthorized", 60), ("forbidden", 60)] {
        assert!(poller.turn().await);
        let shown = troubles.get(&source()).unwrap_or_default();
        assert!(shown.starts_with(name) && !shown.contains("s3cret"), "{shown}");
        assert_eq!(poller.pace.waits(), [wait_s]);
    }
    assert!(listener.heard().is_empty());
}

#[tokio::test]
async fn the_alerts_are_taken_whole_now_and_then_though_the_index_stands_still() {
    let mut answers = Vec::new();
    for poll in 0..14 {
        answers.push(answer(200, "", r#"{"lastActionIndex":1}"#));
        if poll % 12 == 0 {
            answers.push(answer(200, "", "[]"));
        }
    }
    let script = Script::new(answers).await;
    let (mut poller, _, _) = poller(&script, "ukrainealarm", ukrainealarm::Service::new(25));
    let mut whole = Vec::new();
    for poll in 0..14 {
        assert!(poller.turn().await);
        if script.asked().len() == 2 {
            whole.push(poll);
        }
    }
    assert_eq!(whole, [0, 12]);
}

#[tokio::test]
async fn a_service_without_an_index_is_asked_for_the_alerts() {
    let script = Script::new(vec![answer(404, "", ""), answer(200, "", "[]"), answer(200, "", "[]")]).await;
    let (mut poller, listener, _) = poller(&script, "siren-pp-ua", ukrainealarm::Service::new(10));
    assert!(poller.turn().await && poller.turn().await);
    assert_eq!(script.asked().len(), 3);
    assert_eq!(listener.heard(), ["picture", "heartbeat here"]);
}

#[tokio::test]
async fn an_answer_that_must_not_be_used_is_refused_by_name() {
    let long = active(&[20]) + &" ".repeat(9 * 1024 * 1024);
    let mut stream = b"HTTP/1.1 200 X\r\nconnection: close\r\n\r\n".to_vec();
    stream.extend(long.as_bytes());
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (answer(200, "", &long), "too_large"),
        (stream, "too_large"),
        (
            answer(302, "location: https://elsewhere.example/v1\r\n", ""),
            "redirected: the service sends us to another address (elsewhere.example)",
        ),
        (answer(200, "x-allclear-status: exercise\r\n", &active(&[20])), "wrong_world"),
        (answer(304, "", ""), "unexpected_status"),
        (answer(418, "", ""), "unexpected_status"),
        (b"HTTP/1.1 200 X\r\ncontent-length: 100\r\n\r\n{".to_vec(), "network"),
        (b"no http".to_vec(), "network"),
        (answer(200, "", "\u{FEFF}\"calm\""), "undecodable"),
    ];
    for (answer, trouble) in cases {
        let script = Script::new(vec![answer]).await;
        let (mut poller, listener, troubles) = poller(&script, "alerts-in-ua", alerts_in_ua::Service::default());
        assert!(poller.turn().await);
        let shown = troubles.get(&source()).unwrap_or_default();
        assert!(shown.starts_with(trouble), "expected {trouble}: {shown}");
        let heard = listener.heard();
        assert!(heard.iter().all(|line| line.starts_with("refused")), "{trouble}: {heard:?}");
    }
    let closed = Script { url: "http://127.0.0.1:1".into(), asked: Arc::default() };
    let (mut poller, listener, troubles) = poller(&closed, "alerts-in-ua", alerts_in_ua::Service::default());
    assert!(poller.turn().await);
    assert!(troubles.get(&source()).unwrap_or_default().starts_with("network"));
    assert!(listener.heard().is_empty());
}

#[tokio::test]
async fn a_picture_the_core_did_not_take_is_asked_for_again_whole() {
    let modified = "last-modified: Thu, 01 Oct 2026 00:00:00 GMT\r\n";
    let script = Script::new(vec![
        answer(200, modified, &active(&[20])),
        answer(200, modified, &active(&[20])),
        answer(304, "", ""),
    ])
    .await;
    let (mut poller, listener, troubles) = poller(&script, "alerts-in-ua", alerts_in_ua::Service::default());
    listener.refuse(Some(CoreError::WrongWorld { here: Status::Actual, got: Status::Exercise }));
    assert!(poller.turn().await);
    assert!(troubles.get(&source()).unwrap_or_default().starts_with("not_taken"));
    listener.refuse(None);
    assert!(poller.turn().await);
    assert_eq!(listener.heard(), ["picture UA59"]);
    assert!(script.asked().iter().all(|asked| !asked.contains("if-modified-since")));
    listener.refuse(Some(CoreError::Stopped));
    assert!(!poller.turn().await, "a stopped core ends the poller");
}

#[tokio::test]
async fn an_older_picture_clears_nothing_until_it_insists() {
    let older = active(&[]).replace("2026/10/01", "2026/09/30");
    let script = Script::new(vec![
        answer(200, "", &active(&[20])),
        answer(200, "", &older),
        answer(200, "", &active(&[20, 31])),
        answer(200, "", &older),
        answer(200, "", &older),
        answer(200, "", &older),
    ])
    .await;
    let (mut poller, listener, troubles) = poller(&script, "alerts-in-ua", alerts_in_ua::Service::default());
    let steps: [(&[&str], &str); 6] = [
        (&["picture UA59"], ""),
        (&[], "older: the picture of 2026-09-30"),
        (&["picture UA59 UA80"], ""),
        (&[], "older"),
        (&[], "older"),
        (&["picture"], ""),
    ];
    for (n, (heard, trouble)) in steps.into_iter().enumerate() {
        assert!(poller.turn().await);
        assert_eq!(listener.heard(), heard, "poll {n}");
        let shown = troubles.get(&source()).unwrap_or_default();
        assert!(shown.starts_with(trouble) && shown.is_empty() == trouble.is_empty(), "poll {n}: {shown}");
    }
}

#[tokio::test]
async fn what_another_allclear_does_not_know_is_in_doubt_in_both_shapes() {
    let index = |n: u32| answer(200, "", &format!(r#"{{"lastActionIndex":{n}}}"#));
    let script = Script::new(vec![
        index(1),
        answer(200, "x-allclear-unknown: 20,31\r\n", "[]"),
        index(2),
        answer(200, "x-allclear-unknown: 31\r\n", "[]"),
        index(3),
        answer(200, "", "[]"),
    ])
    .await;
    let (mut poller, listener, _) = poller(&script, "siren-pp-ua", ukrainealarm::Service::new(10));
    assert!(poller.turn().await && poller.turn().await && poller.turn().await);
    assert_eq!(listener.heard(), ["picture doubt", "picture doubt", "picture"]);
}

#[tokio::test]
async fn an_oddity_is_told_once_for_as_long_as_it_stands() {
    let odd = r#"{"location_uid":"20","alert_type":"meteor"}"#;
    let body = |uids: &str| format!(r#"{{"alerts":[{uids}{odd}]}}"#);
    let more = r#"{"location_uid":"31","alert_type":"air_raid"},"#;
    let script = Script::new(vec![
        answer(200, "", &body("")),
        answer(200, "", &body(more)),
        answer(200, "", &active(&[31])),
        answer(200, "", &body("")),
    ])
    .await;
    let (mut poller, listener, _) = poller(&script, "alerts-in-ua", alerts_in_ua::Service::default());
    let expected: [&[&str]; 4] = [
        &["refused unknown_alert_type", "picture UA59"],
        &["picture UA59 UA80"],
        &["picture UA80"],
        &["refused unknown_alert_type", "picture UA59"],
    ];
    for heard in expected {
        assert!(poller.turn().await);
        assert_eq!(listener.heard(), heard);
    }
}
