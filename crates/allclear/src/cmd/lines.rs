//! Lines of strangers, each of a bounded length.

use std::io::{self, BufRead, Read as _};

/// A line as it was read.
pub enum Bounded {
    /// With its end, if it has one.
    Whole(Vec<u8>),
    /// Longer than it may be: skipped to its end.
    TooLong,
}

/// The next line of at most `most` bytes, its end included; `None` at the end of the input.
pub fn next(input: &mut impl BufRead, most: u64) -> io::Result<Option<Bounded>> {
    let mut bytes = Vec::new();
    if input.by_ref().take(most).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.len() as u64 == most && !bytes.ends_with(b"\n") {
        input.skip_until(b'\n')?;
        return Ok(Some(Bounded::TooLong));
    }
    Ok(Some(Bounded::Whole(bytes)))
}
