//! Programs that are started for the bench: on a core of their own, with a folder of their own, and ended with it.

use anyhow::{Context as _, bail};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Longest wait for a program to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// The core of the servers and the one of the readers; the same when this process may use only one.
#[derive(Debug, Clone, Copy)]
pub struct Cores {
    /// Where servers run.
    pub server: usize,
    /// Where this process runs.
    pub readers: usize,
}

impl Cores {
    /// The first two cores that this process may use. From here on the readers are on theirs.
    pub fn take() -> anyhow::Result<Self> {
        let allowed = sched_getaffinity(None).context("failed to ask for cores")?;
        let mut free = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core));
        let server = free.next().context("no core")?;
        let cores = Self { server, readers: free.next().unwrap_or(server) };
        pin(cores.readers)?;
        Ok(cores)
    }

    /// Whether the server has its core to itself.
    pub fn apart(self) -> bool {
        self.server != self.readers
    }

    /// Starts a program on the servers' core.
    pub fn spawn(self, command: &mut Command) -> anyhow::Result<Child> {
        // A program begins on the core of the thread that starts it.
        pin(self.server)?;
        let child = command.stdin(Stdio::null()).spawn();
        pin(self.readers)?;
        Ok(Child(child.with_context(|| format!("failed to start {}", command.get_program().to_string_lossy()))?))
    }
}

fn pin(core: usize) -> anyhow::Result<()> {
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set).with_context(|| format!("failed to stay on core {core}"))
}

/// A running program; killed when dropped.
pub struct Child(std::process::Child);

impl Child {
    /// The rest of an address on its first line of output.
    pub fn address(&mut self) -> anyhow::Result<SocketAddr> {
        let output = self.0.stdout.take().context("its output is not read")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let text = line.trim().trim_end_matches('/').rsplit(['/', ' ']).next().unwrap_or_default();
        text.parse().with_context(|| format!("the server did not start: it said {line:?}"))
    }

    /// Resident memory, KiB.
    pub fn resident_kib(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("the system does not tell")?;
        Ok(line.trim().trim_end_matches("kB").trim().parse()?)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Memory of the system's TCP sockets, of both ends, KiB.
pub fn tcp_kib() -> anyhow::Result<f64> {
    let text = std::fs::read_to_string("/proc/net/sockstat")?;
    let line = text.lines().find_map(|line| line.strip_prefix("TCP: ")).context("the system does not tell")?;
    let pages: f64 = line.rsplit(' ').next().unwrap_or_default().parse()?;
    #[allow(clippy::cast_precision_loss, reason = "the size of a page")]
    let page_kib = rustix::param::page_size() as f64 / 1024.0;
    Ok(pages * page_kib)
}

/// A port that nobody listens on.
pub fn free_port() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Waits until somebody listens there.
pub fn listens(address: SocketAddr) -> anyhow::Result<()> {
    let began = Instant::now();
    while TcpStream::connect(address).is_err() {
        if began.elapsed() > PATIENCE {
            bail!("nobody listens on {address} after {PATIENCE:?}");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// Where a program is, if it is installed.
pub fn installed(name: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Servers of the system stand outside of most people's path.
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Starts our own server in `dir`, with a door for MQTT if it is told where, and waits until it listens.
pub fn allclear(cores: Cores, dir: &Path, mqtt: Option<SocketAddr>) -> anyhow::Result<(Child, SocketAddr)> {
    const REST: &str = "[store]\npath = \"store\"\n[[feed]]\nname = \"bench\"\nkind = \"post\"\nofficial = true\nstale_after_s = 3600\n";
    let mqtt = mqtt.map(|address| format!("mqtt_listen = \"{address}\"\n")).unwrap_or_default();
    std::fs::write(dir.join("config.toml"), format!("[server]\nlisten = \"127.0.0.1:0\"\n{mqtt}{REST}"))?;
    let log = std::fs::OpenOptions::new().create(true).append(true).open(dir.join("log"))?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["run", "--config"]).arg(dir.join("config.toml")).env("RUST_LOG", "warn");
    let mut child = cores.spawn(command.stdout(Stdio::piped()).stderr(log))?;
    let address = child.address()?;
    Ok((child, address))
}
