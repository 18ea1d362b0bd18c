//! TLS: which cryptography rustls uses, and the certificate this server shows.
//!
//! What always holds: a certificate that is renewed on disk is shown to the next who connects, without a restart; one that
//! cannot be used leaves the old one in use, and is told and counted. When there is no old one, at a start, whoever connects is
//! closed until there is one: the listeners without TLS go on.

use arc_swap::ArcSwapOption;
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

/// The certificate in use, once there is one.
#[derive(Debug, Default)]
struct Shown(ArcSwapOption<CertifiedKey>);

/// That the certificate on disk is not shown, while it is not. Cheap to clone. Without paths: anybody may ask for it; the log
/// names the file and the fault.
#[derive(Debug, Clone, Default)]
pub struct Trouble(Arc<ArcSwapOption<&'static str>>);

impl Trouble {
    /// In words.
    pub fn get(&self) -> Option<&'static str> {
        self.0.load().as_ref().map(|said| **said)
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.load_full()
    }
}

/// What a server says in TLS: 1.2 and 1.3, HTTP/1.1, the certificate of `files` as it is on disk. Inside a runtime. Files that
/// do not work are `trouble`, now and later.
///
/// # Errors
/// [`TlsError`] when this program can speak no TLS at all.
pub fn serve(files: Files, trouble: Trouble) -> Result<Arc<ServerConfig>, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let shown = Arc::new(Shown::default());
    let builder = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
    let builder = builder.map_err(|source| TlsError::Pair { path: files.cert.clone(), source })?;
    let mut config = builder.with_no_client_auth().with_cert_resolver(shown.clone());
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // Subscribers stay for hours; a ticket for coming back costs more than it saves.
    config.send_tls13_tickets = 0;
    let mut renewal = Renewal { files, known: None, shown, provider, trouble };
    renewal.look_and_tell();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(LOOK).await;
            renewal.look_and_tell();
        }
    });
    Ok(Arc::new(config))
}

/// What is shown, and the files as they were when it was read.
struct Renewal {
    files: Files,
    known: Option<(Vec<u8>, Vec<u8>)>,
    shown: Arc<Shown>,
    provider: Arc<CryptoProvider>,
    trouble: Trouble,
}

impl Renewal {
    fn look_and_tell(&mut self) {
        let first = self.known.is_none();
        match self.look() {
            Ok(fresh) => {
                let late = self.trouble.0.swap(None).is_some();
                if fresh && (late || !first) {
                    tracing::info!("the certificate on disk is shown from now on");
                }
            }
            // Half of a pair is on disk while it is renewed: the next look sees both.
            Err(error) => {
                metrics::counter!("allclear_tls_renewal_failed_total").increment(1);
                let said = if first {
                    "the certificate on disk cannot be used: nothing is served in TLS until it can"
                } else {
                    "the certificate on disk cannot be used: the old one is shown"
                };
                tracing::warn!(%error, "[tls]: {said}");
                self.trouble.0.store(Some(Arc::new(said)));
            }
        }
    }

    /// Shows what is on disk if it is another than before: whether it was.
    fn look(&mut self) -> Result<bool, TlsError> {
        let fresh = (read(&self.files.cert)?, read(&self.files.key)?);
        if self.known.as_ref() == Some(&fresh) {
            return Ok(false);
        }
        self.shown.0.store(Some(Arc::new(pair(&self.files, &fresh, &self.provider)?)));
        self.known = Some(fresh);
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
        std::fs::write(&files.key, "no key").unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let (shown, trouble) = (Arc::new(Shown::default()), Trouble::default());
        let (known, kept) = (None, trouble.clone());
        let mut renewal = Renewal { files: files.clone(), known, shown: shown.clone(), provider, trouble };
        let shows = || shown.0.load().as_ref().map(|shown| shown.cert[0].clone());
        // A start with a key that is no key: nothing is shown, and it is said why, until it is one.
        renewal.look_and_tell();
        assert!(matches!(renewal.look(), Err(TlsError::File { .. })));
        assert!(shows().is_none() && kept.get().unwrap().contains("nothing is served in TLS"));
        std::fs::write(&files.key, first.signing_key.serialize_pem()).unwrap();
        renewal.look_and_tell();
        assert_eq!((shows().as_ref(), kept.get()), (Some(first.cert.der()), None));
        assert!(!renewal.look().unwrap());
        std::fs::write(&files.cert, second.cert.pem()).unwrap();
        assert!(matches!(renewal.look(), Err(TlsError::Pair { .. })));
        renewal.look_and_tell();
        assert!(kept.get().unwrap().contains("the old one is shown"));
        assert_eq!(shows().as_ref(), Some(first.cert.der()));
        std::fs::write(&files.key, second.signing_key.serialize_pem()).unwrap();
        assert!(renewal.look().unwrap() && !renewal.look().unwrap());
        assert_eq!(shows().as_ref(), Some(second.cert.der()));
        std::fs::remove_file(&files.cert).unwrap();
        assert!(matches!(renewal.look(), Err(TlsError::File { .. })));
    }
}
