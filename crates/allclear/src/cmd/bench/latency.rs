//! `allclear bench latency`: from the POST of a message to its change on an open stream, beside the floor measured in the
//! same run on the same disk and loopback.

use crate::clock::Clock;
use crate::cmd::exit;
use crate::cmd::run::Server;
use crate::config::{Config, ConfigFile};
use anyhow::{Context as _, bail};
use hdrhistogram::Histogram;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// Longest wait for one message to come out of the stream.
const PATIENCE: Duration = Duration::from_secs(10);

/// Arguments of `bench latency`.
#[derive(Debug, clap::Args)]
pub struct Latency {
    /// How many messages, one after the other.
    #[arg(long, default_value_t = 100)]
    messages: u32,
    /// Folder for the store and the floor's file; on the disk that is to be measured. Default: a temporary folder.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the bench.
pub fn run(args: &Latency) -> anyhow::Result<ExitCode> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(latency(args))
}

async fn latency(args: &Latency) -> anyhow::Result<ExitCode> {
    let dir = match &args.dir {
        Some(dir) => dir.join(format!("allclear-bench-{}", std::process::id())),
        None => std::env::temp_dir().join(format!("allclear-bench-{}", std::process::id())),
    };
    std::fs::create_dir_all(&dir).with_context(|| format!("failed to make {}", dir.display()))?;
    let outcome = measure(args, &dir).await;
    std::fs::remove_dir_all(&dir).with_context(|| format!("failed to remove {}", dir.display()))?;
    outcome
}

async fn measure(args: &Latency, dir: &Path) -> anyhow::Result<ExitCode> {
    let file: ConfigFile = toml::from_str(
        "[server]\nlisten = \"127.0.0.1:0\"\nstatus = \"exercise\"\n[store]\npath = \"store\"\n[[feed]]\nname = \"bench\"\nkind = \"post\"\ntrust = 0.9\n",
    )?;
    let server = Server::start(Config::check(file, dir)?, Clock::real(), false).await?;
    let mut stream = Stream::open(server.address).await?;
    let mut poster = Poster::open(server.address).await?;
    let mut ours = Histogram::<u64>::new(3)?;
    let mut floor = Histogram::<u64>::new(3)?;
    for number in 0..args.messages {
        floor.record(fsync(dir)?)?;
        let id = format!("bench-{number}");
        let began = Instant::now();
        poster.post(&id, number).await?;
        tokio::time::timeout(PATIENCE, stream.until_change(&id))
            .await
            .with_context(|| format!("no change for message {number} within {PATIENCE:?}"))??;
        ours.record(micros(began.elapsed()))?;
        poster.answer().await?;
        // The server is idle between messages: the gate is about one message, not about a queue.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    report(args, &ours, &floor)?;
    Ok(exit::code(exit::DONE))
}

fn report(args: &Latency, ours: &Histogram<u64>, floor: &Histogram<u64>) -> anyhow::Result<()> {
    #[expect(clippy::cast_precision_loss, reason = "microseconds far below 2^52, shown with two digits")]
    let ms = |histogram: &Histogram<u64>, quantile: f64| histogram.value_at_quantile(quantile) as f64 / 1000.0;
    let mut out = std::io::stdout().lock();
    if args.json {
        let line = |h: &Histogram<u64>| serde_json::json!({"p50_ms": ms(h, 0.5), "p90_ms": ms(h, 0.9), "p99_ms": ms(h, 0.99), "max_ms": ms(h, 1.0)});
        let ratio = ms(ours, 0.5) / ms(floor, 0.5);
        writeln!(
            out,
            "{}",
            serde_json::json!({"messages": args.messages, "post_to_change": line(ours), "floor_fsync": line(floor), "ratio_p50": ratio})
        )?;
        return Ok(());
    }
    writeln!(
        out,
        "{} messages, one after the other, server idle            p50       p90       p99       max",
        args.messages
    )?;
    for (name, h) in [
        ("POST to the change on an open stream, durable", ours),
        ("floor: append 4 KiB and fsync on the same disk", floor),
    ] {
        writeln!(
            out,
            "{name:<52} {:>6.2} ms {:>6.2} ms {:>6.2} ms {:>6.2} ms",
            ms(h, 0.5),
            ms(h, 0.9),
            ms(h, 0.99),
            ms(h, 1.0)
        )?;
    }
    writeln!(out, "ratio to the floor at p50: {:.2}", ms(ours, 0.5) / ms(floor, 0.5))?;
    Ok(())
}

fn micros(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX)
}

/// The floor: one append of a page and one fsync, in microseconds.
fn fsync(dir: &Path) -> anyhow::Result<u64> {
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(dir.join("floor"))?;
    let began = Instant::now();
    file.write_all(&[0x55; 4096])?;
    file.sync_data()?;
    Ok(micros(began.elapsed()))
}

struct Stream {
    lines: BufReader<TcpStream>,
}

impl Stream {
    async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let mut socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        socket.write_all(b"GET /api/v1/stream HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n").await?;
        let mut stream = Self { lines: BufReader::with_capacity(1 << 20, socket) };
        stream.until(|line| line.starts_with("event: snapshot")).await?;
        stream.until(str::is_empty).await?;
        Ok(stream)
    }

    async fn until(&mut self, found: impl Fn(&str) -> bool) -> anyhow::Result<()> {
        let mut line = String::new();
        loop {
            line.clear();
            if self.lines.read_line(&mut line).await? == 0 {
                bail!("the stream ended");
            }
            if found(line.trim_end()) {
                return Ok(());
            }
        }
    }

    /// Waits for the change that carries the report with this text in it.
    async fn until_change(&mut self, id: &str) -> anyhow::Result<()> {
        let marked = format!("({id})");
        self.until(|line| line.starts_with("data: ") && line.contains(&marked)).await
    }
}

struct Poster {
    socket: TcpStream,
}

impl Poster {
    async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        Ok(Self { socket })
    }

    async fn post(&mut self, id: &str, number: u32) -> anyhow::Result<()> {
        let targets = ["Бахмач", "Ромни", "Охтирку", "Лубни"];
        let target = targets[number as usize % targets.len()];
        let text = format!("Сумщина: 2 ударних БпЛА в районі Конотопа курсом на {target} ({id})");
        let body = serde_json::json!({"source": "bench", "id": id, "text": text, "status": "exercise"}).to_string();
        let request = format!(
            "POST /api/v1/reports HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.socket.write_all(request.as_bytes()).await?;
        Ok(())
    }

    async fn answer(&mut self) -> anyhow::Result<()> {
        let mut buffer = vec![0; 64 * 1024];
        let read = self.socket.read(&mut buffer).await?;
        let head = String::from_utf8_lossy(&buffer[..read.min(200)]);
        if !head.starts_with("HTTP/1.1 200") {
            bail!("the server answered {}", head.lines().next().unwrap_or("nothing"));
        }
        Ok(())
    }
}
