//! Those we are measured beside: nginx, nchan and mosquitto with settings that favour them, and `wrk`, which asks.

use super::child::{Child, Cores, free_port, installed, listens};
use anyhow::{Context as _, bail};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Where Debian keeps the module.
const NCHAN: [&str; 2] = ["/usr/lib/nginx/modules/ngx_nchan_module.so", "/usr/share/nginx/modules/ngx_nchan_module.so"];

/// Whether the nchan module is installed, and where.
pub fn nchan() -> Option<PathBuf> {
    NCHAN.iter().map(PathBuf::from).find(|path| path.is_file())
}

/// Starts nginx with one worker: a static file at `/file.json`, and with the module a channel at `/pub` and `/sub`.
pub fn nginx(cores: Cores, dir: &Path) -> anyhow::Result<(Child, SocketAddr)> {
    let (program, address) = (installed("nginx").context("nginx is not installed")?, free_port()?);
    let module = nchan().map(|path| format!("load_module {};\n", path.display())).unwrap_or_default();
    let channel = if module.is_empty() {
        ""
    } else {
        "location = /pub { nchan_publisher; nchan_channel_id bench; }\n\
         location = /sub { nchan_subscriber; nchan_channel_id bench; nchan_subscriber_first_message newest; }\n"
    };
    let user = if rustix::process::geteuid().is_root() { "user root;\n" } else { "" };
    let here = dir.display();
    let config = format!(
        "{module}{user}daemon off;\nmaster_process off;\nworker_processes 1;\nworker_rlimit_nofile 20000;\npid {here}/pid;\n\
         error_log {here}/nginx.log error;\nevents {{ worker_connections 19000; }}\nhttp {{\naccess_log off;\n\
         keepalive_requests 1000000000;\nopen_file_cache max=16 inactive=1h;\nopen_file_cache_valid 1h;\netag on;\n\
         client_body_temp_path {here}/b;\nproxy_temp_path {here}/p;\nfastcgi_temp_path {here}/f;\nuwsgi_temp_path {here}/u;\n\
         scgi_temp_path {here}/s;\nserver {{ listen {address} backlog=16384;\n{channel}location / {{ root {here}; }}\n}} }}\n"
    );
    std::fs::write(dir.join("nginx.conf"), config)?;
    std::fs::write(dir.join("file.json"), "{\"alerts\":[]}".repeat(16))?;
    let mut command = Command::new(program);
    command.arg("-p").arg(dir).arg("-c").arg(dir.join("nginx.conf"));
    let child = cores.spawn(command.stdout(Stdio::null()).stderr(Stdio::null()))?;
    listens(address)?;
    Ok((child, address))
}

/// Starts mosquitto without persistence or limits of its own.
pub fn mosquitto(cores: Cores, dir: &Path) -> anyhow::Result<(Child, SocketAddr)> {
    let (program, address) = (installed("mosquitto").context("mosquitto is not installed")?, free_port()?);
    let user = if rustix::process::geteuid().is_root() { "user root\n" } else { "" };
    let config = format!(
        "{user}listener {} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_type error\n",
        address.port()
    );
    std::fs::write(dir.join("mosquitto.conf"), config)?;
    let mut command = Command::new(program);
    command.arg("-c").arg(dir.join("mosquitto.conf"));
    let child = cores.spawn(command.stdout(Stdio::null()).stderr(Stdio::null()))?;
    listens(address)?;
    Ok((child, address))
}

/// The topic of all MQTT: ours, and for whoever publishes to others.
pub const MQTT_TOPIC: &str = "allclear/v1/change";
/// MQTT 3.1.1: a clean session without a name and without keep-alive, subscribed to [`MQTT_TOPIC`] at most once.
pub const MQTT_HELLO: &[u8] =
    b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x00\x00\x00\x82\x17\x00\x01\x00\x12allclear/v1/change\x00";
/// The same for one that publishes.
pub const MQTT_CONNECT: &[u8] = b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x00\x00\x00";

/// A message on [`MQTT_TOPIC`], at most once.
pub fn mqtt_publish(payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x30];
    let mut left = payload.len() + 2 + MQTT_TOPIC.len();
    loop {
        let byte = u8::try_from(left % 128).unwrap_or_default();
        left /= 128;
        packet.push(if left > 0 { byte | 0x80 } else { byte });
        if left == 0 {
            break;
        }
    }
    // 18 bytes: the first of the length is 0.
    packet.extend_from_slice(&[0, 18]);
    packet.extend_from_slice(MQTT_TOPIC.as_bytes());
    packet.extend_from_slice(payload);
    packet
}

/// A connection on which one question follows another.
pub struct Http(TcpStream);

impl Http {
    /// Opens it.
    pub fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let socket = TcpStream::connect(address)?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self(socket))
    }

    /// Sends a POST and does not wait for its answer.
    pub fn post(&mut self, path: &str, body: &str) -> anyhow::Result<()> {
        let head = format!("POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n");
        self.0.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes())?;
        Ok(())
    }

    /// Asks, and returns the head of the answer and its body.
    pub fn get(&mut self, path: &str, header: &str) -> anyhow::Result<(String, Vec<u8>)> {
        self.0.write_all(format!("GET {path} HTTP/1.1\r\nHost: bench\r\n{header}\r\n").as_bytes())?;
        self.answer()
    }

    /// The next answer.
    pub fn answer(&mut self) -> anyhow::Result<(String, Vec<u8>)> {
        let (mut bytes, mut part) = (Vec::new(), [0; 16 * 1024]);
        let mut read = |bytes: &mut Vec<u8>| -> anyhow::Result<()> {
            match self.0.read(&mut part)? {
                0 => bail!("the server closed the connection"),
                n => bytes.extend_from_slice(&part[..n]),
            }
            Ok(())
        };
        let end = loop {
            if let Some(end) = memchr::memmem::find(&bytes, b"\r\n\r\n") {
                break end + 4;
            }
            read(&mut bytes)?;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length: usize = header(&head, "content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        let mut body = bytes.split_off(end);
        // A 304 may tell the length of what it does not send.
        while body.len() < length && !head.starts_with("HTTP/1.1 304") {
            read(&mut body)?;
        }
        Ok((head, body))
    }
}

/// A header of a head.
pub fn header(head: &str, name: &str) -> Option<String> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
}

/// Requests a second that are answered with 304, as `wrk` with 64 connections on the readers' core counts them.
pub fn not_modified_a_second(address: SocketAddr, path: &str, seconds: u64) -> anyhow::Result<f64> {
    let program = installed("wrk").context("wrk is not installed")?;
    let mut http = Http::open(address)?;
    let (head, _) = http.get(path, "")?;
    let etag = header(&head, "etag").with_context(|| format!("{path} has no ETag: {head}"))?;
    let (head, _) = http.get(path, &format!("If-None-Match: {etag}\r\n"))?;
    if !head.starts_with("HTTP/1.1 304") {
        bail!("{path} is not answered with 304: {head}");
    }
    let output = Command::new(program)
        .args(["-t1", "-c64", &format!("-d{seconds}s"), "-H", &format!("If-None-Match: {etag}")])
        .arg(format!("http://{address}{path}"))
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        bail!("wrk saw errors: {text}");
    }
    let line = text.lines().find_map(|line| line.trim().strip_prefix("Requests/sec:")).context("wrk gave no figure")?;
    Ok(line.trim().parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_of_mqtt_has_its_length_in_two_bytes() {
        let packet = mqtt_publish(&[b'x'; 300]);
        // 320 = 2 * 128 + 0x40, and more follows: 0xc0 (MQTT 3.1.1, section 2.2.3).
        assert_eq!((&packet[..3], packet.len()), (&[0x30, 0xc0, 2][..], 3 + 20 + 300));
        assert_eq!(&packet[3..23], b"\x00\x12allclear/v1/change");
        // What a subscriber asks for is the same topic, and its packet is as long as it says.
        assert_eq!(usize::from(MQTT_HELLO[15]), MQTT_HELLO.len() - 16);
        assert!(memchr::memmem::find(MQTT_HELLO, MQTT_TOPIC.as_bytes()).is_some() && MQTT_TOPIC.len() == 18);
    }

    #[test]
    fn a_header_is_found_whatever_its_case() {
        let head = "HTTP/1.1 200 OK\r\nETag: \"a:b\"\r\ncontent-length: 7\r\n\r\n";
        assert_eq!(header(head, "etag").as_deref(), Some("\"a:b\""));
        assert_eq!(header(head, "Content-Length").as_deref(), Some("7"));
        assert_eq!(header(head, "date"), None);
    }
}
