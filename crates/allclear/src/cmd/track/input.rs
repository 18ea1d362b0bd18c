//! What `track` reads: the model's file and the detections'.

use anyhow::{Context as _, bail};
use engine::scene::SceneModel;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// Most detections of a file.
const DETECTIONS_MAX: usize = 20_000_000;
/// Most scans from the first to the last.
const SCANS_MAX: i64 = 10_000_000;

/// The model as it is written: DESIGN, "the command line".
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFile {
    dt: f64,
    q: f64,
    sigma: f64,
    pd: f64,
    ps: f64,
    area: [f64; 4],
    clutter_per_scan: Option<f64>,
    /// Clutter a scan and a unit of area: the other way to say it.
    clutter_density: Option<f64>,
    velocity_std: f64,
    birth_weight: Option<f64>,
    birth_mean: Option<[f64; 4]>,
    birth_std: Option<[f64; 4]>,
    initial_weight: Option<f64>,
}

impl ModelFile {
    /// The model it means.
    pub fn model(&self) -> anyhow::Result<SceneModel> {
        let [x0, x1, y0, y1] = self.area;
        let clutter_per_scan = match (self.clutter_per_scan, self.clutter_density) {
            (Some(number), None) => number,
            (None, Some(density)) => density * (x1 - x0) * (y1 - y0),
            (Some(_), Some(_)) => {
                bail!("accept clutter_density: clutter_per_scan is there already, expected one of them")
            }
            (None, None) => bail!("find clutter_per_scan: expected the number of false detections a scan"),
        };
        Ok(SceneModel {
            dt: self.dt,
            q: self.q,
            sigma: self.sigma,
            pd: self.pd,
            ps: self.ps,
            area: self.area,
            clutter_per_scan,
            velocity_std: self.velocity_std,
            birth_weight: self.birth_weight,
            birth_mean: self.birth_mean,
            birth_std: self.birth_std,
            initial_weight: self.initial_weight,
        })
    }
}

/// Detections by scan, and the rows that could not be read.
#[derive(Debug, Default)]
pub struct Detections {
    by_scan: BTreeMap<i64, Vec<[f64; 2]>>,
    /// How many.
    pub count: usize,
    /// Why rows were left out, each with its line.
    pub refused: Vec<String>,
}

impl Detections {
    /// Reads a CSV file; gzip is known by its first bytes, whatever the file is called.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let place = path.display();
        let mut input: Box<dyn Read> = if path.as_os_str() == "-" {
            Box::new(std::io::stdin().lock())
        } else {
            Box::new(std::fs::File::open(path).with_context(|| format!("failed to open {place}"))?)
        };
        let mut head = [0; 2];
        let mut got = 0;
        while got < head.len() {
            match input.read(&mut head[got..]).with_context(|| format!("failed to read {place}"))? {
                0 => break,
                more => got += more,
            }
        }
        let whole = std::io::Cursor::new(head[..got].to_vec()).chain(input);
        if head == [0x1f, 0x8b] {
            Self::parse(flate2::read::MultiGzDecoder::new(whole)).with_context(|| format!("failed to read {place}"))
        } else {
            Self::parse(whole).with_context(|| format!("failed to read {place}"))
        }
    }

    fn parse(input: impl Read) -> anyhow::Result<Self> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(input);
        let header = reader.byte_headers().context("the header")?.clone();
        let column = |name: &str| {
            let is = |field: &[u8]| field.strip_prefix(b"\xef\xbb\xbf").unwrap_or(field) == name.as_bytes();
            header.iter().position(is).with_context(|| {
                let found = String::from_utf8_lossy(header.as_slice()).into_owned();
                format!("find the column {name:?} in the header {found:?}: expected scan, x and y")
            })
        };
        let columns = [column("scan")?, column("x")?, column("y")?];
        let mut detections = Self::default();
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record).context("a row")? {
            let line = record.position().map_or(0, csv::Position::line);
            match row(&record, columns) {
                Ok((scan, place)) => {
                    detections.by_scan.entry(scan).or_default().push(place);
                    detections.count += 1;
                }
                Err(why) => detections.refused.push(format!("read line {line}: {why}")),
            }
            if detections.count + detections.refused.len() > DETECTIONS_MAX {
                bail!("keep more than {DETECTIONS_MAX} detections: split the file");
            }
        }
        if let Some((first, last)) = detections.span()
            && last - first >= SCANS_MAX
        {
            bail!("step from scan {first} to scan {last}: expected fewer than {SCANS_MAX} scans");
        }
        Ok(detections)
    }

    /// First and last scan.
    pub fn span(&self) -> Option<(i64, i64)> {
        Some((*self.by_scan.first_key_value()?.0, *self.by_scan.last_key_value()?.0))
    }

    /// Detections of a scan; none where the file has no row of it.
    pub fn of(&self, scan: i64) -> &[[f64; 2]] {
        self.by_scan.get(&scan).map(Vec::as_slice).unwrap_or_default()
    }
}

fn row(record: &csv::ByteRecord, columns: [usize; 3]) -> Result<(i64, [f64; 2]), String> {
    let field = |n: usize, name: &str| {
        let bytes = record.get(columns[n]).ok_or_else(|| format!("{name} is missing"))?;
        std::str::from_utf8(bytes).map_err(|_| format!("{name} is not UTF-8"))
    };
    let number = |n: usize, name: &str| {
        let text = field(n, name)?;
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(format!("{name} = {text:?}: expected a finite number")),
        }
    };
    let text = field(0, "scan")?;
    let scan = match text.parse::<i64>() {
        Ok(scan) if scan.abs() <= 1 << 53 => scan,
        _ => return Err(format!("scan = {text:?}: expected a whole number")),
    };
    Ok((scan, [number(1, "x")?, number(2, "y")?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_and_bad_rows_are_named_with_their_line() {
        let text = "origin,y,scan,x\n1,2.5,0,1.5\n2,zz,0,1\n3,1,1.5,1\n4,7\n5,9,3,inf\n6,4,3,8\n";
        let detections = Detections::parse(text.as_bytes()).unwrap();
        assert_eq!((detections.count, detections.span()), (2, Some((0, 3))));
        assert_eq!(detections.of(0), [[1.5, 2.5]]);
        assert!(detections.of(1).is_empty());
        let lines: Vec<_> = detections.refused.iter().map(|why| why.split(':').next().unwrap()).collect();
        assert_eq!(lines, ["read line 3", "read line 4", "read line 5", "read line 6"]);
        assert!(Detections::parse("scan,x\n".as_bytes()).unwrap_err().to_string().contains("\"y\""));
        assert!(Detections::parse("scan,x,y\n0,1,1\n99999999999,1,1\n".as_bytes()).is_err());
    }

    #[test]
    fn a_model_says_its_clutter_once() {
        let text =
            |more: &str| format!("dt=1\nq=0.5\nsigma=20\npd=0.9\nps=0.99\narea=[0,10,0,20]\nvelocity_std=10\n{more}");
        let model = |more: &str| toml::from_str::<ModelFile>(&text(more)).unwrap().model();
        assert!((model("clutter_density=0.5").unwrap().clutter_per_scan - 100.0).abs() < 1e-9);
        assert!(model("").is_err() && model("clutter_density=0.5\nclutter_per_scan=1").is_err());
        let error = toml::from_str::<ModelFile>(&text("clutter=3")).unwrap_err().to_string();
        assert!(error.contains("line 8") && error.contains("clutter"), "{error}");
    }
}
