//! Who signed a message, and what exactly.
//!
//! Only one shape of signature is taken; everything else is refused by name. So there is no element, reference or transform by
//! which what was signed and what is read could differ.

use super::canon::{self, Form};
use super::key::{Algorithm, Hash, PublicKey};
use super::tree::{self, Element, Node};
use super::{DSIG, ENVELOPED, EXCLUSIVE};
use crate::read::{ReadError, Reading, Strictness, read};
use crate::xml::XmlError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeSet;

const INCLUSIVE: [&str; 2] =
    ["http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2006/12/xml-c14n11"];
/// Most certificates looked at in a message, only to say whose signature it is.
const CERTIFICATES_MAX: usize = 8;

/// A message, and who signed it.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// The message, read from what was signed, with what is wrong in it.
    pub reading: Reading,
    /// Which of the pinned keys signed it.
    pub key: usize,
    /// What was signed: the canonical message without its signature.
    pub signed: String,
}

/// Why a signature is not taken.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum UnsealError {
    /// No XML that may be read.
    #[error("read it as XML: {0}")]
    Xml(#[from] XmlError),
    /// What was signed is no message.
    #[error("read what was signed: {0}")]
    Read(#[from] ReadError),
    /// A comment.
    #[error("take a comment in a signed message: it stands outside of what is signed and may divide words")]
    Comment,
    /// A processing instruction.
    #[error("take a processing instruction in a signed message")]
    Instruction,
    /// No signature.
    #[error("find a signature: there is none")]
    Unsigned,
    /// More than one.
    #[error("choose between {0} signatures: expected one")]
    Several(usize),
    /// A signature elsewhere.
    #[error("take a signature that is not the last element of <alert>: what it covers could be moved")]
    Misplaced,
    /// Two elements of one id.
    #[error("take the id {0:?} twice: a reference to it could mean either")]
    DuplicateId(String),
    /// Another shape.
    #[error("take a signature whose {0}")]
    Shape(&'static str),
    /// It covers something else.
    #[error("take a signature over {0:?}: expected one reference, to the whole document (\"\")")]
    Reference(String),
    /// A transform that could change what is signed.
    #[error("apply the transform {0:?}: expected enveloped-signature, then a canonical form without comments")]
    Transform(String),
    /// An algorithm that can be forged.
    #[error("trust the algorithm {0:?}: it can be forged")]
    Weak(String),
    /// An algorithm that is not known here.
    #[error("use the algorithm {0:?}: expected ECDSA on P-256 or RSA, with SHA-256 or longer")]
    Algorithm(String),
    /// The message is not what was signed.
    #[error("match the message with its digest: it was changed after it was signed")]
    Changed,
    /// Signed by a key that was not pinned.
    #[error("trust the key that signed it (SHA-256 {fingerprint}): it is not pinned")]
    Foreign {
        /// SHA-256 of the key that came with the message.
        fingerprint: String,
    },
    /// No pinned key made it.
    #[error("match the signature with a pinned key: it is damaged, or another's")]
    Signature,
}

impl UnsealError {
    /// A short, stable name.
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Xml(_) => "xml",
            Self::Read(_) => "read",
            Self::Comment => "comment",
            Self::Instruction => "instruction",
            Self::Unsigned => "unsigned",
            Self::Several(_) => "several-signatures",
            Self::Misplaced => "signature-misplaced",
            Self::DuplicateId(_) => "duplicate-id",
            Self::Shape(_) => "signature-shape",
            Self::Reference(_) => "reference",
            Self::Transform(_) => "transform",
            Self::Weak(_) => "weak-algorithm",
            Self::Algorithm(_) => "algorithm",
            Self::Changed => "changed",
            Self::Foreign { .. } => "foreign-key",
            Self::Signature => "signature",
        }
    }
}

/// Verifies the signature of a message against keys that were pinned. A key or certificate in the message is not trusted.
pub fn verify(bytes: &[u8], pinned: &[PublicKey]) -> Result<Verified, UnsealError> {
    let mut root = tree::parse(bytes)?;
    let signature = detach(&mut root)?;
    let parts = Parts::of(&signature)?;
    let signed = canon::canonical(&root, &parts.form);
    if parts.digest_method.of(signed.as_bytes()) != parts.digest {
        return Err(UnsealError::Changed);
    }
    let told = canon::canonical(parts.signed_info, &parts.signed_info_form);
    let by = |key: &PublicKey| key.verifies(parts.algorithm, told.as_bytes(), &parts.value);
    let Some(key) = pinned.iter().position(by) else {
        let foreign = certificates(&signature).into_iter().find(by);
        return Err(
            foreign.map_or(UnsealError::Signature, |key| UnsealError::Foreign { fingerprint: key.fingerprint() })
        );
    };
    let mut reading = read(signed.as_bytes(), Strictness::Tolerant)?;
    reading.alert.signed = true;
    Ok(Verified { reading, key, signed })
}

/// Takes the one signature out of the document, when it stands where it must.
fn detach(root: &mut Element) -> Result<Element, UnsealError> {
    let all = root.all();
    let signatures = all.iter().filter(|it| it.is(DSIG, "Signature")).count();
    let mut ids = BTreeSet::new();
    for id in all.iter().flat_map(|it| &it.attributes).filter(|it| it.local.eq_ignore_ascii_case("id")) {
        if !ids.insert(id.value.as_str()) {
            return Err(UnsealError::DuplicateId(short(&id.value)));
        }
    }
    if all.iter().flat_map(|it| &it.attributes).any(|it| it.prefix == "xml") {
        return Err(UnsealError::Shape(
            "document has attributes of the prefix xml, which canonical forms treat in different ways",
        ));
    }
    match signatures {
        0 => return Err(UnsealError::Unsigned),
        1 => {}
        more => return Err(UnsealError::Several(more)),
    }
    let last = root.children.iter().rposition(|node| matches!(node, Node::Element(_)));
    let at = last.filter(|at| matches!(&root.children[*at], Node::Element(it) if it.is(DSIG, "Signature")));
    match at.map(|at| root.children.remove(at)) {
        Some(Node::Element(signature)) => Ok(signature),
        _ => Err(UnsealError::Misplaced),
    }
}

/// What a signature says, each part of it once and in its place.
struct Parts<'a> {
    signed_info: &'a Element,
    signed_info_form: Form,
    algorithm: Algorithm,
    form: Form,
    digest_method: Hash,
    digest: Vec<u8>,
    value: Vec<u8>,
}

impl<'a> Parts<'a> {
    fn of(signature: &'a Element) -> Result<Self, UnsealError> {
        let (signed_info, value) = match children(signature)?[..] {
            [a, b] if a.local == "SignedInfo" && b.local == "SignatureValue" => (a, b),
            [a, b, c] if a.local == "SignedInfo" && b.local == "SignatureValue" && c.local == "KeyInfo" => (a, b),
            _ => return Err(UnsealError::Shape("parts are not SignedInfo, SignatureValue and at most one KeyInfo")),
        };
        let [form, method, reference] = children(signed_info)?[..] else {
            return Err(UnsealError::Shape("SignedInfo has other than one method of each kind and one reference"));
        };
        let named = [(form, "CanonicalizationMethod"), (method, "SignatureMethod"), (reference, "Reference")];
        if named.iter().any(|(element, name)| element.local != *name) {
            return Err(UnsealError::Shape("SignedInfo has other than one method of each kind and one reference"));
        }
        if method.elements().next().is_some() {
            return Err(UnsealError::Shape("method has parameters"));
        }
        let uri = reference.attribute("URI");
        if uri != Some("") {
            return Err(UnsealError::Reference(uri.map_or_else(|| "nothing".to_owned(), short)));
        }
        let [transforms, digest_method, digest] = children(reference)?[..] else {
            return Err(UnsealError::Shape("reference is not Transforms, DigestMethod and DigestValue"));
        };
        let named = [(transforms, "Transforms"), (digest_method, "DigestMethod"), (digest, "DigestValue")];
        if named.iter().any(|(element, name)| element.local != *name) {
            return Err(UnsealError::Shape("reference is not Transforms, DigestMethod and DigestValue"));
        }
        let steps = children(transforms)?;
        let (first, rest) = steps.split_first().ok_or(UnsealError::Shape("transforms are none"))?;
        if algorithm(first) != ENVELOPED || first.elements().next().is_some() {
            return Err(UnsealError::Transform(short(algorithm(first))));
        }
        let form_of_message = match rest {
            // Without one the document goes through the inclusive form (section 4.4.3.2).
            [] => Form::Inclusive,
            [one] => canonical_form(one)?,
            [_, more, ..] => return Err(UnsealError::Transform(short(algorithm(more)))),
        };
        let digest_method = match algorithm(digest_method) {
            super::SHA256 => Hash::Sha256,
            "http://www.w3.org/2001/04/xmldsig-more#sha384" => Hash::Sha384,
            "http://www.w3.org/2001/04/xmlenc#sha512" => Hash::Sha512,
            other => return Err(unknown(other)),
        };
        let algorithm = match algorithm(method) {
            super::ECDSA_SHA256 => Algorithm::EcdsaSha256,
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => Algorithm::Rsa(Hash::Sha256),
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => Algorithm::Rsa(Hash::Sha384),
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => Algorithm::Rsa(Hash::Sha512),
            other => return Err(unknown(other)),
        };
        let signed_info_form = canonical_form(form)?;
        let (digest, value) = (bytes_of(digest)?, bytes_of(value)?);
        Ok(Self { signed_info, signed_info_form, algorithm, form: form_of_message, digest_method, digest, value })
    }
}

/// The elements inside, which must all be of the signature's namespace, with nothing but blanks between them.
fn children(element: &Element) -> Result<Vec<&Element>, UnsealError> {
    let found: Vec<_> = element.elements().collect();
    if !element.text().trim().is_empty() || found.iter().any(|it| it.namespace != DSIG) {
        return Err(UnsealError::Shape("parts hold words or foreign elements"));
    }
    Ok(found)
}

fn algorithm(element: &Element) -> &str {
    element.attribute("Algorithm").unwrap_or_default()
}

fn canonical_form(method: &Element) -> Result<Form, UnsealError> {
    let refused = || UnsealError::Transform(short(algorithm(method)));
    let mut inside = method.elements();
    match (algorithm(method), inside.next()) {
        (EXCLUSIVE, None) => Ok(Form::Exclusive(BTreeSet::new())),
        (EXCLUSIVE, Some(list)) if list.is(EXCLUSIVE, "InclusiveNamespaces") && inside.next().is_none() => {
            let prefixes = list.attribute("PrefixList").ok_or_else(refused)?.split_whitespace();
            Ok(Form::Exclusive(
                prefixes.map(|it| if it == "#default" { String::new() } else { it.to_owned() }).collect(),
            ))
        }
        (form, None) if INCLUSIVE.contains(&form) => Ok(Form::Inclusive),
        _ => Err(refused()),
    }
}

fn unknown(algorithm: &str) -> UnsealError {
    let weak = ["sha1", "md5", "hmac", "dsa-", "ripemd"].iter().any(|it| algorithm.to_ascii_lowercase().contains(it));
    let strong = algorithm.contains("ecdsa-sha") && !algorithm.ends_with("sha1");
    if weak && !strong { UnsealError::Weak(short(algorithm)) } else { UnsealError::Algorithm(short(algorithm)) }
}

fn bytes_of(element: &Element) -> Result<Vec<u8>, UnsealError> {
    let bare: String = element.text().split_whitespace().collect();
    let wrong = UnsealError::Shape("digest or value is not base64");
    if element.elements().next().is_some() { Err(wrong) } else { STANDARD.decode(bare).map_err(|_| wrong) }
}

/// Keys of the certificates that came with the message.
fn certificates(signature: &Element) -> Vec<PublicKey> {
    let all = signature.all();
    let found = all.into_iter().filter(|it| it.is(DSIG, "X509Certificate")).take(CERTIFICATES_MAX);
    found.filter_map(|it| PublicKey::from_certificate(&bytes_of(it).ok()?)).collect()
}

fn short(text: &str) -> String {
    text.chars().take(120).collect()
}
