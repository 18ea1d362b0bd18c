//! A connection of ours to another broker: how it is made, and what it fails at.
//!
//! What always holds: no session is kept, a broker answers in time or is given up, and what comes and goes has a longest form.

use super::config::BridgeConfig;
use super::tunnel;
use rumqttc::{AsyncClient, ConnectionError, Event, EventLoop, LastWill, MqttOptions, Packet};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Messages that may wait in the client.
const CLIENT_MAX: usize = 32;
/// Longest content of a message, in bytes: a community's state with 256 sources fits.
pub const PAYLOAD_BYTES_MAX: usize = 256 * 1024;
/// Longest packet that is read, in bytes.
const READ_BYTES_MAX: usize = 64 * 1024;
/// A broker must answer within so long.
const PATIENCE_S: u64 = 10;
/// Wait before the second attempt.
pub const BACK_OFF: Duration = Duration::from_secs(1);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A task that ends with what it was begun for.
pub struct AbortOnDrop(pub JoinHandle<ConnectionError>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Connects as `client`, through TLS when there is somebody to trust, and waits until the broker says yes.
pub async fn connect(
    config: &BridgeConfig,
    trust: Option<&Arc<rustls::ClientConfig>>,
    client: String,
    will: Option<LastWill>,
) -> Result<(AsyncClient, EventLoop), ConnectionError> {
    let (host, port) = config.address().unwrap_or_default();
    let mut options = match trust {
        None => MqttOptions::new(client, host, port),
        Some(trust) => {
            let through = tunnel::open(host, port, trust.clone()).await.map_err(ConnectionError::Io)?;
            MqttOptions::new(client, "127.0.0.1", through)
        }
    };
    options.set_keep_alive(KEEP_ALIVE).set_clean_session(true).set_max_packet_size(READ_BYTES_MAX, PAYLOAD_BYTES_MAX);
    if let Some(will) = will {
        options.set_last_will(will);
    }
    if let Some(user) = &config.user {
        options.set_credentials(user, config.password.as_ref().map_or("", |password| password.reveal()));
    }
    let (client, mut events) = AsyncClient::new(options, CLIENT_MAX);
    events.network_options.set_connection_timeout(PATIENCE_S);
    // A change is small and must not wait for the next one.
    events.network_options.set_tcp_nodelay(true);
    match events.poll().await? {
        Event::Incoming(Packet::ConnAck(_)) => Ok((client, events)),
        _ => Err(ConnectionError::RequestsDone),
    }
}

/// The name of a failure in the metrics.
pub fn reason(error: &ConnectionError) -> &'static str {
    match error {
        ConnectionError::ConnectionRefused(_) => "refused",
        ConnectionError::NetworkTimeout | ConnectionError::FlushTimeout => "timeout",
        ConnectionError::Io(_) => "io",
        _ => "protocol",
    }
}
