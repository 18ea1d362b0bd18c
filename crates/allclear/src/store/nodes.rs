//! The tree's nodes, read from the database.
//!
//! Stored are the leaves' hashes (in `entries`) and every complete subtree whose level is a multiple of 8 (in `nodes`,
//! by tile level): the hashes that tiles are made of. Any other node is folded from at most 128 of these.

use record::{Hash, Nodes, TILE_HEIGHT, fold_complete};
use rusqlite::Connection;
use rusqlite::types::Type;

/// A connection seen as a tree.
pub(super) struct SqlNodes<'a>(pub(super) &'a Connection);

impl SqlNodes<'_> {
    /// The hashes `first .. first + count` of a tile level; fewer when they are not there.
    pub(super) fn row(&self, tile_level: u8, first: u64, count: u64) -> rusqlite::Result<Vec<Hash>> {
        let read = |row: &rusqlite::Row<'_>| {
            let bytes: Vec<u8> = row.get(0)?;
            Hash::from_slice(&bytes).ok_or(rusqlite::Error::FromSqlConversionFailure(
                0,
                Type::Blob,
                "a hash has 32 bytes".into(),
            ))
        };
        let last = first.saturating_add(count);
        if tile_level == 0 {
            let sql = "SELECT leaf_hash FROM entries WHERE idx >= ?1 AND idx < ?2 ORDER BY idx";
            self.0.prepare_cached(sql)?.query_map([first, last], read)?.collect()
        } else {
            let sql = "SELECT hash FROM nodes WHERE level = ?3 AND idx >= ?1 AND idx < ?2 ORDER BY idx";
            self.0.prepare_cached(sql)?.query_map([first, last, u64::from(tile_level)], read)?.collect()
        }
    }
}

impl Nodes for SqlNodes<'_> {
    type Error = rusqlite::Error;
    fn node(&self, level: u8, index: u64) -> rusqlite::Result<Hash> {
        let count = 1_u64 << (level % TILE_HEIGHT);
        let hashes = self.row(level / TILE_HEIGHT, index * count, count)?;
        let whole = u64::try_from(hashes.len()).is_ok_and(|found| found == count);
        // A gap would fold to a wrong hash in silence.
        fold_complete(&hashes).filter(|_| whole).ok_or(rusqlite::Error::QueryReturnedNoRows)
    }
}
