//! TLS between a bridge and its broker.
//!
//! What comes in: the broker's address and whom to trust. What goes out: a port of the loopback that leads there, once.
//! Why so: rumqttc's own TLS draws in crates that nobody keeps; what the program links for HTTPS does the same here. Whoever
//! else on this machine were to take the one connection would find a broker that asks for a password.

use rustls::ClientConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls_platform_verifier::ConfigVerifierExt as _;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

/// A broker must answer, and the bridge come, within so long.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most certificates in a file.
const CERTIFICATES_MAX: usize = 64;

/// Whom to trust: the certificates of the file, or what this system trusts.
pub fn trust(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, String> {
    crate::tls::choose();
    let Some(path) = ca_file else {
        return ClientConfig::with_platform_verifier().map(Arc::new).map_err(|error| format!("begin TLS: {error}"));
    };
    let refused = |why: String| format!("use the certificates of {}: {why}", path.display());
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|e| refused(e.to_string()))?.take(CERTIFICATES_MAX) {
        let certificate = certificate.map_err(|error| refused(error.to_string()))?;
        roots.add(certificate).map_err(|error| refused(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(refused("found none".into()));
    }
    Ok(Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()))
}

/// Connects to the broker. Gives the port at which one connection is taken and led there.
pub async fn open(host: &str, port: u16, trust: Arc<ClientConfig>) -> io::Result<u16> {
    let late = || io::Error::from(io::ErrorKind::TimedOut);
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let connect = async {
        let socket = TcpStream::connect((host, port)).await?;
        socket.set_nodelay(true)?;
        TlsConnector::from(trust).connect(name, socket).await
    };
    let mut broker = tokio::time::timeout(PATIENCE, connect).await.map_err(|_| late())??;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let here = listener.local_addr()?.port();
    tokio::spawn(async move {
        if let Ok(Ok((mut bridge, _))) = tokio::time::timeout(PATIENCE, listener.accept()).await {
            drop(listener);
            // Either end closing, or failing, ends both: the bridge sees a lost connection and says why it is gone.
            let _ = tokio::io::copy_bidirectional(&mut bridge, &mut broker).await;
        }
    });
    Ok(here)
}
