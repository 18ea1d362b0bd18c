//! The country's outline out of Natural Earth's countries (ESRI shapefile, 1:10m, the edition that shows Crimea in Ukraine).
//!
//! What comes in: the .shp and .dbf of the set. What goes out: rings of degrees. Format: ESRI Shapefile Technical
//! Description (1998), record type 5 (polygon); dBASE III for the attributes.

use anyhow::{Context, Result, bail, ensure};

/// A closed ring of `[lon, lat]` in degrees.
pub(super) type Ring = Vec<[f64; 2]>;

/// The rings of the country whose `field` holds `value`.
pub(super) fn read(shp: &[u8], dbf: &[u8], field: &str, value: &str) -> Result<Vec<Ring>> {
    let record = find(dbf, field, value)?.with_context(|| format!("find {field} = {value} in the countries"))?;
    let mut at = 100;
    for _ in 0..record {
        at += 8 + 2 * big(shp, at + 4)?;
    }
    let body = shp.get(at + 8..).context("shapefile ends before the country")?;
    ensure!(little(body, 0)? == 5, "the country's record is not a polygon");
    let (parts, points) = (little(body, 36)?, little(body, 40)?);
    let mut rings = Vec::new();
    for part in 0..parts {
        let from = little(body, 44 + 4 * part)?;
        let to = if part + 1 < parts { little(body, 48 + 4 * part)? } else { points };
        let point = |n: usize| Ok([double(body, 44 + 4 * parts + 16 * n)?, double(body, 52 + 4 * parts + 16 * n)?]);
        rings.push((from..to).map(point).collect::<Result<Ring>>()?);
    }
    Ok(rings)
}

/// Number of the record whose field has that value.
fn find(dbf: &[u8], field: &str, value: &str) -> Result<Option<usize>> {
    let records = little(dbf, 4)?;
    let sizes = little(dbf, 8)?;
    let (head, width) = (sizes & 0xffff, sizes >> 16);
    let mut from = 1;
    for descriptor in dbf.get(32..head).context("attribute table ends in its head")?.chunks_exact(32) {
        let name = descriptor[..11].split(|b| *b == 0).next().unwrap_or_default();
        let length = usize::from(descriptor[16]);
        if name == field.as_bytes() {
            return Ok((0..records).find(|n| {
                let cell = dbf.get(head + n * width + from..).and_then(|rest| rest.get(..length));
                cell.is_some_and(|cell| cell.trim_ascii() == value.as_bytes())
            }));
        }
        from += length;
    }
    bail!("the attribute table has no field {field}")
}

fn word<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N]> {
    bytes.get(at..).and_then(|rest| rest.first_chunk::<N>()).copied().context("the file ends too early")
}

fn little(bytes: &[u8], at: usize) -> Result<usize> {
    Ok(usize::try_from(u32::from_le_bytes(word(bytes, at)?))?)
}

fn big(bytes: &[u8], at: usize) -> Result<usize> {
    Ok(usize::try_from(u32::from_be_bytes(word(bytes, at)?))?)
}

fn double(bytes: &[u8], at: usize) -> Result<f64> {
    Ok(f64::from_le_bytes(word(bytes, at)?))
}
