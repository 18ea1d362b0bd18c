//! Receivers of what the server sends by itself: small HTTP servers that answer as they are told, or never.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

/// A request that came.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its path.
    pub path: String,
    /// Its headers, names in small letters.
    pub headers: BTreeMap<String, String>,
    /// Its body.
    pub body: Vec<u8>,
}

/// What a receiver answers: lines of a head without the empty one, such as `200 OK`, or nothing ever.
pub type Answer = Arc<dyn Fn(&Request) -> Option<String> + Send + Sync>;

/// A receiver. Its threads end with the test.
pub struct Listener {
    /// Where it listens.
    pub address: SocketAddr,
    /// What came.
    pub requests: Receiver<Request>,
    /// Connections that the other side gave up while they waited for an answer.
    pub given_up: Receiver<()>,
}

impl Listener {
    /// On a port of its own of that loopback address.
    pub fn start(ip: &str, answer: Answer) -> Self {
        let listener = TcpListener::bind((ip, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, requests) = channel();
        let (give_up, given_up) = channel();
        std::thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                let (tell, give_up, answer) = (tell.clone(), give_up.clone(), answer.clone());
                std::thread::spawn(move || serve(socket, &tell, &give_up, &answer));
            }
        });
        Self { address, requests, given_up }
    }

    /// One that gives these answers in their order, and the last one from then on.
    pub fn answering(ip: &str, answers: &'static [&'static str]) -> Self {
        let turn = Mutex::new(0_usize);
        let answer = move |_: &Request| {
            let mut turn = turn.lock().unwrap();
            let answer = answers[(*turn).min(answers.len() - 1)];
            *turn += 1;
            Some(answer.to_owned())
        };
        Self::start(ip, Arc::new(answer))
    }

    /// The next request.
    pub fn next(&self) -> Request {
        self.requests.recv_timeout(crate::server::PATIENCE).unwrap()
    }
}

fn serve(socket: TcpStream, tell: &Sender<Request>, give_up: &Sender<()>, answer: &Answer) {
    let mut reader = BufReader::new(socket.try_clone().unwrap());
    let mut socket = socket;
    while let Some(request) = read(&mut reader) {
        let answer = answer(&request);
        // The test may be over.
        let _ = tell.send(request);
        let Some(answer) = answer else {
            let mut rest = Vec::new();
            let _ = reader.read_to_end(&mut rest);
            let _ = give_up.send(());
            return;
        };
        if write!(socket, "HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n").is_err() {
            return;
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Request { path, headers, body })
}
