//! The real program in a folder of its own, on a port of its own, and a small HTTP client to talk to it.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Longest wait for anything; a test that reaches it has failed.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A port that nobody listens on just now. Below those that the system gives to connections (Linux: from 32768), so that
/// nobody's connection takes it before it is listened on.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let first = std::process::id();
    let mut ports = std::iter::from_fn(|| Some((first + NEXT.fetch_add(1, Relaxed)) % 10_000 + 12_000));
    let free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    ports.by_ref().take(10_000).filter_map(|port| u16::try_from(port).ok()).find(free).unwrap()
}

/// A running server. Killed when dropped.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

/// An official feed `off`, a trusted monitor `mon`, both by POST.
pub const FEEDS: &str = r#"
[[feed]]
name = "off"
kind = "post"
official = true
stale_after_s = 600
[[feed]]
name = "mon"
kind = "post"
trust = 0.9
stale_after_s = 600
"#;

impl Server {
    /// Starts the program in `dir` with these tables behind `[server]` and `[store]`; its log goes to `dir/log`.
    pub fn start(dir: &Path, tables: &str) -> Self {
        Self::start_as(dir, "", tables)
    }

    /// As [`Server::start`], with more keys in `[server]`.
    pub fn start_as(dir: &Path, server: &str, tables: &str) -> Self {
        Self::start_by(Command::new(env!("CARGO_BIN_EXE_allclear")), dir, server, tables)
    }

    /// As [`Server::start`], with no more open files than this.
    pub fn start_within(files: u32, dir: &Path, tables: &str) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -n \"$0\" && exec \"$@\"", &files.to_string(), env!("CARGO_BIN_EXE_allclear")]);
        Self::start_by(shell, dir, "", tables)
    }

    fn start_by(mut program: Command, dir: &Path, server: &str, tables: &str) -> Self {
        let config = format!("[server]\nlisten = \"127.0.0.1:0\"\n{server}[store]\npath = \"store\"\n{tables}");
        std::fs::write(dir.join("config.toml"), config).unwrap();
        let log = std::fs::OpenOptions::new().create(true).append(true).open(dir.join("log")).unwrap();
        let mut child = program
            .args(["run", "--config"])
            .arg(dir.join("config.toml"))
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line
            .trim()
            .trim_end_matches('/')
            .rsplit("http://")
            .next()
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(|| {
                panic!("the server did not start: {}", std::fs::read_to_string(dir.join("log")).unwrap())
            });
        Self { child, address }
    }

    /// SIGKILL, and waits until it is gone.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// GET.
    pub fn get(&self, path: &str) -> (u16, String) {
        self.request(&format!("GET {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"), b"")
    }

    /// GET, read as JSON, expecting 200.
    pub fn json(&self, path: &str) -> Value {
        let (code, body) = self.get(path);
        assert_eq!(code, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// POST of a body to `/api/v1/reports`.
    pub fn post(&self, body: &[u8]) -> (u16, Value) {
        self.send_report("", body)
    }

    /// The same, as a browser sends it for a page of `origin`.
    pub fn post_from(&self, origin: &str, body: &[u8]) -> (u16, Value) {
        self.send_report(&format!("Origin: {origin}\r\n"), body)
    }

    fn send_report(&self, header: &str, body: &[u8]) -> (u16, Value) {
        let head = format!(
            "POST /api/v1/reports HTTP/1.1\r\nHost: t\r\nConnection: close\r\n{header}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let (code, body) = self.request(&head, body);
        (code, serde_json::from_str(&body).unwrap_or(Value::String(body)))
    }

    /// POST of an officer's action.
    pub fn act(&self, action: &Value, token: &str) -> (u16, Value) {
        let body = action.to_string();
        let head = format!(
            "POST /api/v1/officer/actions HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Type: application/json\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let (code, body) = self.request(&head, body.as_bytes());
        (code, serde_json::from_str(&body).unwrap_or(Value::String(body)))
    }

    /// The orders that wait for a second officer, as the officer of this token sees them.
    pub fn orders(&self, token: &str) -> (u16, Value) {
        let head = format!(
            "GET /api/v1/officer/orders HTTP/1.1\r\nHost: t\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        let (code, body) = self.request(&head, b"");
        (code, serde_json::from_str(&body).unwrap_or(Value::String(body)))
    }

    /// POST of one message, expecting that it is taken.
    pub fn say(&self, source: &str, text: &str) -> Value {
        let (code, answer) = self.post(serde_json::json!({"source": source, "text": text}).to_string().as_bytes());
        assert_eq!(code, 200, "{answer}");
        answer["accepted"][0].clone()
    }

    /// The state of one community.
    pub fn community(&self, code: &str) -> Value {
        self.json(&format!("/api/v1/communities/{code}"))
    }

    /// Any request with a JSON body and these lines of head: status, head and body.
    pub fn send(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> (u16, String, String) {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n{headers}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        self.exchange(&head, body)
    }

    fn request(&self, head: &str, body: &[u8]) -> (u16, String) {
        let (code, _, body) = self.exchange(head, body);
        (code, body)
    }

    fn exchange(&self, head: &str, body: &[u8]) -> (u16, String, String) {
        let mut socket = TcpStream::connect(self.address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.write_all(head.as_bytes()).unwrap();
        // A server that refuses a body may close before it is all sent; its answer is what counts.
        let _ = socket.write_all(body);
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let code = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
        (code, head.to_owned(), if chunked { unchunk(body) } else { body.to_owned() })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn unchunk(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        if size == 0 {
            break;
        }
        whole.push_str(&rest[..size]);
        body = &rest[size + 2..];
    }
    whole
}

/// An open stream.
pub struct Stream(BufReader<TcpStream>);

/// One event of a stream.
#[derive(Debug)]
pub struct Frame {
    /// Its name.
    pub event: String,
    /// Its id, if it has one.
    pub id: Option<u64>,
    /// Its data.
    pub data: Value,
}

impl Stream {
    /// Opens the stream, resuming after `last` when given.
    pub fn open(server: &Server, query: &str, last: Option<u64>) -> Self {
        let mut socket = TcpStream::connect(server.address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let resume = last.map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
        // HTTP/1.0 keeps the body free of chunk sizes.
        write!(socket, "GET /api/v1/stream{query} HTTP/1.0\r\nHost: t\r\n{resume}\r\n").unwrap();
        Self(BufReader::new(socket))
    }

    /// The next event, whatever it is.
    pub fn next(&mut self) -> Frame {
        self.next_or_end().unwrap_or_else(|| panic!("the stream ended"))
    }

    /// The next event; `None` when the server has closed the stream.
    pub fn next_or_end(&mut self) -> Option<Frame> {
        let (mut event, mut id) = (String::new(), None);
        let began = Instant::now();
        loop {
            assert!(began.elapsed() < PATIENCE, "no event within {PATIENCE:?}");
            let mut line = String::new();
            match self.0.read_line(&mut line) {
                Ok(0) => return None,
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                read => assert!(read.unwrap() > 0),
            }
            if let Some(name) = line.strip_prefix("event: ") {
                name.trim().clone_into(&mut event);
            } else if let Some(number) = line.strip_prefix("id: ") {
                id = number.trim().parse().ok();
            } else if let Some(data) = line.strip_prefix("data: ") {
                return Some(Frame { event, id, data: serde_json::from_str(data.trim()).unwrap() });
            }
        }
    }

    /// The next event of that name.
    pub fn until(&mut self, event: &str) -> Frame {
        loop {
            let frame = self.next();
            if frame.event == event {
                return frame;
            }
        }
    }
}
