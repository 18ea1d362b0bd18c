//! TLS: which cryptography rustls uses, and the certificate this server shows.
//!
//! What always holds: a certificate that is renewed on disk is shown to the next who connects, without a restart; one that
//! cannot be read leaves the old one in use, and is told and counted.

use arc_swap::ArcSwap;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, ServerConfig};
use rustls::sign::CertifiedKey;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(30);
/// Largest file that is read: a chain of certificates takes a few thousand bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Chooses ring for the whole process; call before building a client. Later calls change nothing.
pub fn choose() {
    // An error only says that a provider was chosen before: by an earlier call of this.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Why a certificate cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is not there, too large or not PEM.
    #[error("read {path}: {why}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Both were read and do not work.
    #[error("use the certificate {path} with its key: {source}")]
    Pair {
        /// The certificate.
        path: PathBuf,
        /// Why.
        source: rustls::Error,
    },
}

/// Where certificate and key are.
#[derive(Debug, Clone)]
pub struct Files {
    /// The chain, PEM, this server's own certificate first.
    pub cert: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
}

/// The certificate in use.
#[derive(Debug)]
struct Shown(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// What a server says in TLS: 1.2 and 1.3, HTTP/1.1, the certificate of `files` as it is on disk. Inside a runtime.
///
/// # Errors
/// [`TlsError`] when the files do not work now; later they are only told.
pub fn serve(files: Files) -> Result<Arc<ServerConfig>, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let bytes = (read(&files.cert)?, read(&files.key)?);
    let shown = Arc::new(Shown(ArcSwap::from_pointee(pair(&files, &bytes, &provider)?)));
    let builder = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
    let builder = builder.map_err(|source| TlsError::Pair { path: files.cert.clone(), source })?;
    let mut config = builder.with_no_client_auth().with_cert_resolver(shown.clone());
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // Subscribers stay for hours; a ticket for coming back costs more than it saves.
    config.send_tls13_tickets = 0;
    let mut renewal = Renewal { files, known: bytes, shown, provider };
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(LOOK).await;
            match renewal.look() {
                Ok(false) => {}
                Ok(true) => tracing::info!("a renewed certificate is shown from now on"),
                // Half of a pair is on disk while it is renewed: the next look sees both.
                Err(error) => {
                    metrics::counter!("allclear_tls_renewal_failed_total").increment(1);
                    tracing::warn!(%error, "the certificate on disk was not taken: the old one is shown");
                }
            }
        }
    });
    Ok(Arc::new(config))
}

/// What is shown, and the files as they were when it was read.
struct Renewal {
    files: Files,
    known: (Vec<u8>, Vec<u8>),
    shown: Arc<Shown>,
    provider: Arc<CryptoProvider>,
}

impl Renewal {
    /// Shows what is on disk if it is another than before: whether it was.
    fn look(&mut self) -> Result<bool, TlsError> {
        let fresh = (read(&self.files.cert)?, read(&self.files.key)?);
        if fresh == self.known {
            return Ok(false);
        }
        self.shown.0.store(Arc::new(pair(&self.files, &fresh, &self.provider)?));
        self.known = fresh;
        Ok(true)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    let bad = |why: String| TlsError::File { path: path.into(), why };
    let size = std::fs::metadata(path).map_err(|error| bad(error.to_string()))?.len();
    if size > FILE_BYTES_MAX {
        return Err(bad(format!("{size} bytes, at most {FILE_BYTES_MAX}")));
    }
    std::fs::read(path).map_err(|error| bad(error.to_string()))
}

/// The chain and its key, if they belong together.
fn pair(files: &Files, (cert, key): &(Vec<u8>, Vec<u8>), provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
    let bad = |path: &Path, why: String| TlsError::File { path: path.into(), why };
    let chain: Result<Vec<CertificateDer<'static>>, _> = CertificateDer::pem_slice_iter(cert).collect();
    let chain = chain.map_err(|error| bad(&files.cert, error.to_string()))?;
    if chain.is_empty() {
        return Err(bad(&files.cert, "no PEM certificate is in it".to_owned()));
    }
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| bad(&files.key, error.to_string()))?;
    CertifiedKey::from_der(chain, key, provider).map_err(|source| TlsError::Pair { path: files.cert.clone(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renewed_pair_is_shown_and_half_of_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let files = Files { cert: dir.path().join("cert.pem"), key: dir.path().join("key.pem") };
        let made = || rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let (first, second) = (made(), made());
        std::fs::write(&files.cert, first.cert.pem()).unwrap();
        std::fs::write(&files.key, first.signing_key.serialize_pem()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let known = (read(&files.cert).unwrap(), read(&files.key).unwrap());
        let shown = Arc::new(Shown(ArcSwap::from_pointee(pair(&files, &known, &provider).unwrap())));
        let mut renewal = Renewal { files: files.clone(), known, shown: shown.clone(), provider };
        assert!(!renewal.look().unwrap());
        std::fs::write(&files.cert, second.cert.pem()).unwrap();
        assert!(matches!(renewal.look(), Err(TlsError::Pair { .. })));
        assert_eq!(&shown.0.load().cert[0], first.cert.der());
        std::fs::write(&files.key, second.signing_key.serialize_pem()).unwrap();
        assert!(renewal.look().unwrap() && !renewal.look().unwrap());
        assert_eq!(&shown.0.load().cert[0], second.cert.der());
        std::fs::remove_file(&files.cert).unwrap();
        assert!(matches!(renewal.look(), Err(TlsError::File { .. })));
    }
}
