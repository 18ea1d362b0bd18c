//! Questions that are hard to answer, our answers, and who else may judge them: the definition, or another program by files.

use anyhow::Context as _;
use model::Position;
use model::place::Polygon;
use model::place::index::{AreaIndex, Definition, Shape};
use sim::chance::Chance;
use sim::land::Land;
use std::io::Write;
use std::path::Path;

/// Points and shapes.
pub(super) struct Questions {
    points: Vec<Position>,
    shapes: Vec<Shape>,
}

impl Questions {
    /// Half of them awkward: on vertices, on edges, touching at a tip; half as they come.
    pub(super) fn of(land: &Land, chance: &mut Chance, points: u64, shapes: u64) -> Self {
        let shape = |n: u64, chance: &mut Chance| match n % 4 {
            0 => Land::sector(chance),
            1 => Land::ellipse(chance),
            _ => land.touchy(chance),
        };
        Self {
            points: (0..points).map(|_| land.awkward(chance)).collect(),
            shapes: (0..shapes).filter_map(|n| shape(n, chance)).collect(),
        }
    }

    /// The index's answers: for the points, then for the shapes.
    pub(super) fn asked(&self, index: &AreaIndex) -> Vec<Vec<u32>> {
        let mut answers = Vec::with_capacity(self.points.len() + self.shapes.len());
        let mut found = Vec::new();
        for &point in &self.points {
            index.ordinals_at(point, &mut found);
            answers.push(found.clone());
        }
        for shape in &self.shapes {
            index.ordinals_touching(shape, &mut found);
            answers.push(found.clone());
        }
        answers
    }

    /// What the definition answers otherwise.
    pub(super) fn differing(&self, answers: &[Vec<u32>], definition: &Definition) -> Vec<String> {
        let points = self.points.iter().map(|&point| (definition.at(point), format!("{point:?}")));
        let shapes = self.shapes.iter().map(|shape| (definition.touching(shape), format!("{shape:?}")));
        let differing = points.chain(shapes).zip(answers).filter(|((right, _), answer)| right != *answer);
        differing.map(|((right, what), answer)| format!("{what}: {answer:?}, expected {right:?}")).collect()
    }

    /// areas.tsv: code and WKB; answers.tsv: kind, WKB, codes with commas between.
    pub(super) fn write(&self, dir: &Path, land: &Land, answers: &[Vec<u32>]) -> anyhow::Result<()> {
        let open = |name: &str| {
            let path = dir.join(name);
            let file = std::fs::File::create(&path).with_context(|| format!("failed to write {}", path.display()))?;
            anyhow::Ok(std::io::BufWriter::new(file))
        };
        std::fs::create_dir_all(dir).with_context(|| format!("failed to make {}", dir.display()))?;
        let mut areas = open("areas.tsv")?;
        for (code, polygons) in &land.outlines {
            writeln!(areas, "{code}\t{}", model::hex(&multi_polygon(polygons)))?;
        }
        areas.flush()?;
        let mut file = open("answers.tsv")?;
        let points = self.points.iter().map(|at| ("point", point([at.lon_deg(), at.lat_deg()])));
        let shapes = self.shapes.iter().map(|shape| ("shape", outline(shape.corners())));
        for ((kind, wkb), answer) in points.chain(shapes).zip(answers) {
            let codes: Vec<&str> =
                answer.iter().filter_map(|&at| Some(land.outlines.get(at as usize)?.0.as_str())).collect();
            writeln!(file, "{kind}\t{}\t{}", model::hex(&wkb), codes.join(","))?;
        }
        Ok(file.flush()?)
    }
}

/// Well-known binary (OGC 06-103r4, 8.2), little-endian: byte order, kind, then as the kind has it.
fn head(kind: u32) -> Vec<u8> {
    std::iter::once(1).chain(kind.to_le_bytes()).collect()
}

fn point(point: [f64; 2]) -> Vec<u8> {
    let mut wkb = head(1);
    wkb.extend(point.iter().flat_map(|part| part.to_le_bytes()));
    wkb
}

/// A shape: a point, a stretch, or a polygon.
fn outline(corners: &[[f64; 2]]) -> Vec<u8> {
    match corners {
        [only] => point(*only),
        [_, _] => [head(2), points(corners)].concat(),
        _ => polygon(&[closed(corners)]),
    }
}

fn closed(corners: &[[f64; 2]]) -> Vec<[f64; 2]> {
    corners.iter().chain(corners.first()).copied().collect()
}

fn points(points: &[[f64; 2]]) -> Vec<u8> {
    let mut wkb = count(points.len());
    wkb.extend(points.iter().flatten().flat_map(|part| part.to_le_bytes()));
    wkb
}

fn polygon(rings: &[Vec<[f64; 2]>]) -> Vec<u8> {
    let mut wkb = head(3);
    wkb.extend(count(rings.len()));
    wkb.extend(rings.iter().flat_map(|ring| points(ring)));
    wkb
}

fn multi_polygon(polygons: &[Polygon]) -> Vec<u8> {
    let mut wkb = head(6);
    wkb.extend(count(polygons.len()));
    wkb.extend(polygons.iter().flat_map(|rings| polygon(rings)));
    wkb
}

fn count(count: usize) -> Vec<u8> {
    u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes().to_vec()
}
