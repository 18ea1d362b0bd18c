//! As much DER (ITU-T X.690) as keys and certificates need: reading a public key out of a certificate, and writing one.

/// SEQUENCE.
pub(super) const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const EXPLICIT_0: u8 = 0xa0;

/// One value: its tag, its content, and what follows. `None` for anything but a definite, minimal length within bounds.
pub(super) fn value(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
            (digits.first() != Some(&0) && length >= 0x80).then_some(())?;
            (length, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// The content of a value of that tag, and what follows.
pub(super) fn take(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    value(bytes).filter(|(found, ..)| *found == tag).map(|(_, content, rest)| (content, rest))
}

/// SubjectPublicKeyInfo of a certificate (RFC 5280, section 4.1), whole.
pub(super) fn key_of_certificate(der: &[u8]) -> Option<&[u8]> {
    let (certificate, rest) = take(der, SEQUENCE)?;
    rest.is_empty().then_some(())?;
    let (mut inside, _) = take(certificate, SEQUENCE)?;
    if inside.first() == Some(&EXPLICIT_0) {
        inside = take(inside, EXPLICIT_0)?.1;
    }
    inside = take(inside, INTEGER)?.1;
    // Algorithm, issuer, validity, subject.
    for _ in 0..4 {
        inside = take(inside, SEQUENCE)?.1;
    }
    let (_, after) = take(inside, SEQUENCE)?;
    inside.get(..inside.len() - after.len())
}

/// Algorithm identifier's content and key bits of a SubjectPublicKeyInfo.
pub(super) fn key_info(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (inside, rest) = take(der, SEQUENCE)?;
    rest.is_empty().then_some(())?;
    let (algorithm, inside) = take(inside, SEQUENCE)?;
    let (bits, rest) = take(inside, BIT_STRING)?;
    let (unused, bits) = bits.split_first()?;
    (*unused == 0 && rest.is_empty()).then_some((algorithm, bits))
}

/// Modulus and exponent of an RSAPublicKey, big-endian, without leading zeros.
pub(super) fn rsa_key(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (inside, rest) = take(der, SEQUENCE)?;
    rest.is_empty().then_some(())?;
    let (modulus, inside) = take(inside, INTEGER)?;
    let (exponent, rest) = take(inside, INTEGER)?;
    rest.is_empty().then_some(())?;
    let positive = |bytes: &[u8]| bytes.first().is_some_and(|first| *first < 0x80);
    (positive(modulus) && positive(exponent)).then_some(())?;
    Some((trim(modulus), trim(exponent)))
}

fn trim(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// A value of that tag.
pub(super) fn wrap(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = vec![tag];
    let length = content.len().to_be_bytes();
    let digits = trim(&length);
    if let Ok(short @ 0..0x80) = u8::try_from(content.len()) {
        out.push(short);
    } else {
        // At most eight digits.
        out.push(0x80 | u8::try_from(digits.len()).unwrap_or(8));
        out.extend_from_slice(digits);
    }
    out.extend(content);
    out
}

/// What a self-signed certificate says of itself.
pub(super) struct Claims<'a> {
    /// Common name, at most 64 characters.
    pub(super) name: &'a str,
    /// First and last instant, as `YYYYMMDDHHMMSSZ`.
    pub(super) valid: [String; 2],
    /// Positive, at most 20 bytes.
    pub(super) serial: &'a [u8],
    /// SubjectPublicKeyInfo.
    pub(super) key: &'a [u8],
}

/// ecdsa-with-SHA256 (RFC 5758, section 3.2) as an AlgorithmIdentifier.
const ECDSA_SHA256: [u8; 12] = [0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
/// Critical basicConstraints without a CA, and critical keyUsage digitalSignature, each a whole Extension.
const NO_CA: [u8; 14] = [0x30, 0x0c, 0x06, 0x03, 0x55, 0x1d, 0x13, 0x01, 0x01, 0xff, 0x04, 0x02, 0x30, 0x00];
const SIGNS: [u8; 16] =
    [0x30, 0x0e, 0x06, 0x03, 0x55, 0x1d, 0x0f, 0x01, 0x01, 0xff, 0x04, 0x04, 0x03, 0x02, 0x07, 0x80];

/// A certificate (RFC 5280) that `sign`, which gives a DER signature, signs for itself.
pub(super) fn certificate(claims: &Claims<'_>, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let common = wrap(SEQUENCE, &[&[0x06, 0x03, 0x55, 0x04, 0x03], &wrap(0x0c, &[claims.name.as_bytes()])]);
    let name = wrap(SEQUENCE, &[&wrap(0x31, &[&common])]);
    // Years below 2050 are UTCTime, later ones GeneralizedTime (section 4.1.2.5).
    let time = |at: &String| match at.as_str() {
        early if early < "2050" => wrap(0x17, &[early.get(2..).unwrap_or_default().as_bytes()]),
        late => wrap(0x18, &[late.as_bytes()]),
    };
    let validity = wrap(SEQUENCE, &[&time(&claims.valid[0]), &time(&claims.valid[1])]);
    let extensions = wrap(0xa3, &[&wrap(SEQUENCE, &[&NO_CA, &SIGNS])]);
    let version = wrap(EXPLICIT_0, &[&wrap(INTEGER, &[&[2]])]);
    let serial = wrap(INTEGER, &[claims.serial]);
    let told = wrap(SEQUENCE, &[&version, &serial, &ECDSA_SHA256, &name, &validity, &name, claims.key, &extensions]);
    let signature = wrap(BIT_STRING, &[&[0], &sign(&told)]);
    wrap(SEQUENCE, &[&told, &ECDSA_SHA256, &signature])
}
