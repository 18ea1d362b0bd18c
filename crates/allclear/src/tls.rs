//! TLS: which cryptography rustls uses for outgoing requests.

/// Chooses ring for the whole process; call before building a client. Later calls change nothing.
pub fn choose() {
    // An error only says that a provider was chosen before: by an earlier call of this.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
