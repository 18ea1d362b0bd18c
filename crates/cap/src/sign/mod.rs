//! XML signatures of messages: made, and verified against keys that were pinned beforehand.
//!
//! What comes in: a message and a key, or bytes and pinned keys. What goes out: a signed message, or what exactly was signed.
//! What always holds:
//!   a key that comes with the message is never trusted; it only tells a stranger's signature from a damaged one
//!   the signature covers the whole message: one reference, to all of the document
//!   what is handed on as verified is read from the very bytes that were digested
//! Deliberately absent: chains of certificates, their dates and revocations (a pinned key is pinned), other documents than this
//! one, XPath, XSLT, SHA-1, HMAC, DSA. Source: XML Signature 1.1 (W3C, 11 April 2013), RFC 6979, RFC 8017.

mod canon;
mod der;
mod key;
mod rsa;
mod tree;
mod verify;

pub use key::{Certificate, Key, KeyError, PublicKey};
pub use verify::{UnsealError, Verified, verify};

use crate::Alert;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const ECDSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";

impl Alert {
    /// The message as XML with an enveloped signature: exclusive canonical form, SHA-256, ECDSA on P-256. The same message and
    /// key give the same bytes (RFC 6979). No blanks stand between elements, so that a reader who drops them verifies it too.
    pub fn to_signed_xml(&self, key: &Key, certificate: &Certificate) -> String {
        let plain = self.to_compact_xml();
        // Our own writer's output is always XML; were it not, the digest of nothing would verify nowhere.
        let canonical = tree::parse(plain.as_bytes()).map(|root| canon::exclusive(&root)).unwrap_or_default();
        let digest = STANDARD.encode(Sha256::digest(canonical.as_bytes()));
        let method = |name: &str, algorithm: &str| format!("<{name} Algorithm=\"{algorithm}\"></{name}>");
        let signed = format!(
            "{}{}<Reference URI=\"\"><Transforms>{}{}</Transforms>{}<DigestValue>{digest}</DigestValue></Reference></SignedInfo>",
            method("CanonicalizationMethod", EXCLUSIVE),
            method("SignatureMethod", ECDSA_SHA256),
            method("Transform", ENVELOPED),
            method("Transform", EXCLUSIVE),
            method("DigestMethod", SHA256),
        );
        let value = STANDARD.encode(key.sign(format!("<SignedInfo xmlns=\"{DSIG}\">{signed}").as_bytes()));
        let certificate = STANDARD.encode(certificate.der());
        let body = plain.strip_suffix("</alert>").unwrap_or(&plain);
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}<Signature xmlns=\"{DSIG}\"><SignedInfo>{signed}\
             <SignatureValue>{value}</SignatureValue><KeyInfo><X509Data><X509Certificate>{certificate}</X509Certificate>\
             </X509Data></KeyInfo></Signature></alert>\n"
        )
    }
}
