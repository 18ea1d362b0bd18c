//! The static layout of C2SP tlog-tiles: tiles of 256 hashes, bundles of 256 entries, and where they stand.
//!
//! Tile `n` of tile level `l` holds the tree's nodes of level `8 l` from `256 n` on. The last one of each level may be
//! partial: `.p/W` with its first W hashes.

/// Levels of the tree in one tile.
pub const TILE_HEIGHT: u8 = 8;
/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;
/// Longest entry in bytes: its length is written in two bytes.
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// One file of the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TilePath {
    /// Tile level; `None` for a bundle of entries.
    pub level: Option<u8>,
    /// Number within its level.
    pub n: u64,
    /// Hashes or entries in it, 1 to 256; 256 is a full one.
    pub width: u16,
}

/// Why bytes are no bundle, or entries make none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// An entry is longer than its length field can say.
    #[error("put entry {at} of {bytes} bytes into a bundle: the limit is {ENTRY_BYTES_MAX} bytes")]
    TooLarge {
        /// Position in the bundle.
        at: usize,
        /// Its length.
        bytes: usize,
    },
    /// The bytes end inside an entry.
    #[error("read entry {at} of the bundle: it ends after {found} of {expected} bytes")]
    Short {
        /// Position in the bundle.
        at: usize,
        /// Bytes there.
        found: usize,
        /// Bytes that were announced.
        expected: usize,
    },
}

impl TilePath {
    /// The path below the log's prefix: `tile/0/x001/234`, `tile/entries/067.p/8`.
    pub fn path(&self) -> String {
        let level = self.level.map_or_else(|| "entries".to_owned(), |level| level.to_string());
        let mut number = format!("{:03}", self.n % 1000);
        let mut rest = self.n / 1000;
        while rest > 0 {
            number = format!("x{:03}/{number}", rest % 1000);
            rest /= 1000;
        }
        let partial = if self.width == TILE_WIDTH { String::new() } else { format!(".p/{}", self.width) };
        format!("tile/{level}/{number}{partial}")
    }

    /// Reads what [`TilePath::path`] writes, and nothing else: no leading zeros beyond the groups, no empty tiles.
    pub fn parse(path: &str) -> Option<Self> {
        let rest = path.strip_prefix("tile/")?;
        let (level, rest) = rest.split_once('/')?;
        let level = if level == "entries" { None } else { Some(level.parse().ok().filter(|l| *l < TILE_HEIGHT)?) };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().ok().filter(|w| (1..TILE_WIDTH).contains(w))?),
            None => (rest, TILE_WIDTH),
        };
        let mut n = 0_u64;
        for group in number.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            if digits.len() != 3 {
                return None;
            }
            n = n.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
        }
        // One spelling a tile: whatever reads alike but is written otherwise is refused.
        let read = Self { level, n, width };
        (read.path() == path).then_some(read)
    }
}

/// Every tile and bundle of a log of `size` entries, partial ones with the width they have at that size.
pub fn tile_paths(size: u64) -> Vec<TilePath> {
    let width = u64::from(TILE_WIDTH);
    let mut paths = Vec::new();
    let row = |level: Option<u8>, hashes: u64, paths: &mut Vec<TilePath>| {
        paths.extend((0..hashes / width).map(|n| TilePath { level, n, width: TILE_WIDTH }));
        if let Ok(rest @ 1..) = u16::try_from(hashes % width) {
            paths.push(TilePath { level, n: hashes / width, width: rest });
        }
    };
    row(None, size, &mut paths);
    let (mut level, mut hashes) = (0_u8, size);
    while hashes > 0 {
        row(Some(level), hashes, &mut paths);
        level += 1;
        hashes /= width;
    }
    paths
}

/// Entries as one bundle: each a big-endian length of two bytes and its bytes.
pub fn encode_bundle<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, BundleError> {
    let mut bundle = Vec::with_capacity(entries.iter().map(|e| e.as_ref().len() + 2).sum());
    for (at, entry) in entries.iter().map(AsRef::as_ref).enumerate() {
        let len = u16::try_from(entry.len()).map_err(|_| BundleError::TooLarge { at, bytes: entry.len() })?;
        bundle.extend_from_slice(&len.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Ok(bundle)
}

/// The entries of a bundle.
pub fn decode_bundle(mut bundle: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    while !bundle.is_empty() {
        let at = entries.len();
        let Some((len, rest)) = bundle.split_first_chunk::<2>() else {
            return Err(BundleError::Short { at, found: bundle.len(), expected: 2 });
        };
        let expected = usize::from(u16::from_be_bytes(*len));
        let Some((entry, rest)) = rest.split_at_checked(expected) else {
            return Err(BundleError::Short { at, found: rest.len(), expected });
        };
        entries.push(entry);
        bundle = rest;
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_has_one_path_and_the_path_is_read_back() {
        fn check(level: Option<u8>, n: u64, width: u16, expected: &str) {
            let tile = TilePath { level, n, width };
            assert_eq!(tile.path(), expected);
            assert_eq!(TilePath::parse(expected), Some(tile));
        }
        check(Some(0), 0, 256, "tile/0/000");
        check(Some(1), 67, 8, "tile/1/067.p/8");
        check(None, 1_234_067, 256, "tile/entries/x001/x234/067");
        check(None, 1_000, 255, "tile/entries/x001/000.p/255");
    }

    #[test]
    fn other_spellings_of_a_path_are_refused() {
        for path in [
            "tile/0/0",
            "tile/0/x000/001",
            "tile/0/001/x002",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/08",
            "tile/00/000",
            "tile/8/000",
            "tile/entry/000",
            "tile/0/+01",
            "tile/0/x001",
            "checkpoint",
        ] {
            assert_eq!(TilePath::parse(path), None, "{path}");
        }
    }

    #[test]
    fn a_log_of_70000_entries_has_274_bundles_and_277_tiles() {
        let paths = tile_paths(70_000);
        assert_eq!(paths.iter().filter(|p| p.level.is_none()).count(), 274);
        assert_eq!(paths.iter().filter(|p| p.level.is_some()).count(), 274 + 2 + 1);
        assert!(paths.contains(&TilePath { level: Some(2), n: 0, width: 1 }));
        assert!(tile_paths(0).is_empty());
    }

    #[test]
    fn a_bundle_is_read_back_and_a_cut_one_is_refused() {
        let longest = vec![7; ENTRY_BYTES_MAX];
        let entries: [&[u8]; 3] = [b"", b"a", &longest];
        let bundle = encode_bundle(&entries).unwrap();
        assert_eq!(decode_bundle(&bundle).unwrap(), entries);
        let cut = decode_bundle(&bundle[..bundle.len() - 1]);
        assert_eq!(cut, Err(BundleError::Short { at: 2, found: ENTRY_BYTES_MAX - 1, expected: ENTRY_BYTES_MAX }));
        let large = encode_bundle(&[vec![0; ENTRY_BYTES_MAX + 1]]);
        assert_eq!(large, Err(BundleError::TooLarge { at: 0, bytes: ENTRY_BYTES_MAX + 1 }));
    }
}
