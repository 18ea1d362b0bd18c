//! RSASSA-PKCS1-v1_5 verification (RFC 8017, section 8.2.2), for messages of partners. Nothing secret is in it.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

/// Shortest and longest modulus, bits.
pub(super) const BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;

/// Whether `signature` is that of a digest, whose DigestInfo begins with `prefix`, by the key of modulus `n` and exponent `e`.
pub(super) fn verifies(n: &[u8], e: &[u8], prefix: &[u8], digest: &[u8], signature: &[u8]) -> bool {
    encoded(n, e, signature).is_some_and(|found| {
        // The whole encoding is made and compared: nothing of it is parsed, so nothing can hide in it.
        let told = prefix.len() + digest.len();
        let Some(padding) = n.len().checked_sub(told + 3).filter(|it| *it >= 8) else { return false };
        let mut expected = vec![0, 1];
        expected.resize(2 + padding, 0xff);
        expected.push(0);
        expected.extend_from_slice(prefix);
        expected.extend_from_slice(digest);
        found == expected
    })
}

/// `signature ^ e mod n`, as long as `n`.
fn encoded(n: &[u8], e: &[u8], signature: &[u8]) -> Option<Vec<u8>> {
    if signature.len() != n.len() || e.len() > 8 {
        return None;
    }
    let bits = u32::try_from(n.len() * 8).ok()?;
    let modulus = BoxedUint::from_be_slice(n, bits).ok()?;
    let s = BoxedUint::from_be_slice(signature, bits).ok()?;
    if s >= modulus {
        return None;
    }
    let exponent = BoxedUint::from_be_slice(e, 64).ok()?;
    let params = BoxedMontyParams::new_vartime(Odd::new(modulus).into_option()?);
    let found = BoxedMontyForm::new(s, &params).pow(&exponent).retrieve().to_be_bytes();
    let found = found.get(found.len().checked_sub(n.len())?..)?;
    Some(found.to_vec())
}
