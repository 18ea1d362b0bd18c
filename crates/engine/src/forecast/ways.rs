//! How things flew before as a prior on how a path goes on: a field of courses over cells.
//!
//! What comes in: courses of earlier nights, and lines such as rivers ([`Courses`]). What goes out: for a place and a course
//! how many flew there about so and agreed ([`Ways::agreed`]), and the course that they took ([`Ways::mean`]). What always
//! holds: without courses there is no field, and a path that comes where nothing flew wanders like any other.
//!
//! Source: a density of courses over a grid, smoothed over neighbours (learned motion patterns, Bennewitz et al. 2005), read
//! through a von Mises kernel about the present course; how far courses agree is their mean resultant length (Mardia and Jupp
//! 2000, 2.3.1).

use crate::courses::{Cell, Courses, SECTORS};
use model::Position;
use std::collections::BTreeMap;
use std::f64::consts::TAU;

/// Concentration of the kernel through which a path looks for its next course, per square radian: a deviation of 40°. A bend
/// of more than 60° within a cell is followed by few.
const TIGHT: f64 = 2.0;
/// Of that through which courses are held against each other.
const WIDE: f64 = 1.0;
/// It ends so far away, degrees: what flies the other way along a valley speaks against nobody.
const WIDE_DEG: f64 = 115.0;
/// Mean resultant length through that kernel at which courses begin to agree, and do so wholly. Courses from everywhere have 0.6,
/// what flies straight to many places 0.70 to 0.87, what keeps to a valley 0.71 to 0.89 (tenth to ninetieth hundredth), a straight
/// river 0.92: measured on simulated nights.
const AGREE: [f64; 2] = [0.8, 0.9];
/// What each sector keeps beside what flew in it, as a share of the cell.
const ANY: f64 = 0.01;
/// Steps of a kernel's table in a full turn.
const STEPS: usize = 128;

/// Counts by sector in one cell, smoothed.
type Sectors = [f64; SECTORS];

/// The field.
#[derive(Debug, Clone, Default)]
pub(super) struct Ways {
    cells: BTreeMap<Cell, Sectors>,
    tight: Vec<f64>,
    wide: Vec<f64>,
    /// Sine and cosine of each sector's middle.
    middles: Vec<(f64, f64)>,
}

/// Sum of weights and their mean resultant: how many, how far they agree (0..=1), and their mean, radians clockwise from north.
struct Resultant {
    n: f64,
    length: f64,
    mean: f64,
}

impl Ways {
    pub(super) fn over(courses: &Courses) -> Self {
        if courses.is_empty() {
            return Self::default();
        }
        let mut cells: BTreeMap<Cell, Sectors> = BTreeMap::new();
        for (&cell, counts) in &courses.0 {
            for (north, east) in (-1..=1).flat_map(|north| (-1..=1).map(move |east| (north, east))) {
                let weight = [1.0, 0.5, 0.25][usize::from(north != 0) + usize::from(east != 0)];
                let sectors = cells.entry(cell.beside([north, east])).or_default();
                for (at, &n) in counts.iter().enumerate() {
                    let n = weight * f64::from(n);
                    for (to, share) in [(at, 0.5), (at + 1, 0.25), (at + SECTORS - 1, 0.25)] {
                        sectors[to % SECTORS] += share * n;
                    }
                }
            }
        }
        #[allow(clippy::cast_precision_loss)] // A hundred.
        let angle = |step: usize, steps: usize| step as f64 * TAU / steps as f64;
        let kernel = |concentration: f64, until_deg: f64| -> Vec<f64> {
            let least = libm::cos(until_deg.to_radians());
            let weight = |cosine: f64| if cosine < least { 0.0 } else { libm::exp(concentration * (cosine - 1.0)) };
            (0..STEPS).map(|step| weight(libm::cos(angle(step, STEPS)))).collect()
        };
        let middles = (0..SECTORS).map(|at| libm::sincos(angle(at, SECTORS))).collect();
        Self { cells, tight: kernel(TIGHT, 180.0), wide: kernel(WIDE, WIDE_DEG), middles }
    }

    /// What flew at a place, through a kernel about a course; `None` where nothing did.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // Below `STEPS`.
    fn through(&self, kernel: &[f64], place: Position, course: f64) -> Option<Resultant> {
        let sectors = self.cells.get(&Cell::of(place))?;
        let turns = course / TAU;
        let begin = STEPS - (((turns - turns.floor()) * STEPS as f64) as usize).min(STEPS - 1);
        let any = ANY * sectors.iter().fold(0.0, |sum, n| sum + n);
        let (mut n, mut x, mut y) = (0.0, 0.0, 0.0);
        for (at, (count, &(sin, cos))) in sectors.iter().zip(&self.middles).enumerate() {
            let off = (begin + at * (STEPS / SECTORS)) % STEPS;
            let weight = (count + any) * kernel.get(off).copied().unwrap_or(0.0);
            n += weight;
            x += weight * sin;
            y += weight * cos;
        }
        (n > 0.0).then(|| Resultant { n, length: libm::sqrt(x * x + y * y) / n, mean: libm::atan2(x, y) })
    }

    /// How many flew at a place about so as one on this course (radians clockwise from north), as far as they agreed.
    pub(super) fn agreed(&self, place: Position, course: f64) -> f64 {
        self.through(&self.wide, place, course)
            .map_or(0.0, |all| all.n * ((all.length - AGREE[0]) / (AGREE[1] - AGREE[0])).clamp(0.0, 1.0))
    }

    /// The course that those took who flew at a place about so, radians. `None` where nothing flew.
    pub(super) fn mean(&self, place: Position, course: f64) -> Option<f64> {
        self.through(&self.tight, place, course).map(|all| all.mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat_deg: f64, lon_deg: f64) -> Position {
        Position::new(lat_deg, lon_deg).unwrap()
    }

    /// A valley that leads east and turns to the north.
    fn valley() -> Ways {
        let mut courses = Courses::default();
        let home = at(50.1, 30.0);
        let bend = home.toward(90.0, 80.0);
        for km in (0..80).step_by(10) {
            courses.count(Cell::of(home.toward(90.0, f64::from(km))), 90.0, 10);
            courses.count(Cell::of(bend.toward(0.0, f64::from(km))), 0.0, 10);
        }
        Ways::over(&courses)
    }

    #[test]
    fn a_course_is_drawn_to_what_flew_before() {
        let ways = valley();
        let mean = |place, course_deg: f64| ways.mean(place, course_deg.to_radians()).map(f64::to_degrees);
        for course_deg in [60.0, 90.0, 120.0] {
            let on = mean(at(50.1, 30.2), course_deg).unwrap();
            assert!((on - 90.0).abs() < 0.6 * f64::abs(course_deg - 90.0) + 3.0, "{course_deg}: {on}");
        }
        let north = mean(at(50.6, 31.2), 60.0).unwrap();
        assert!(north.abs() < 35.0, "{north}");
        assert_eq!(mean(at(48.0, 30.0), 90.0), None);
        assert_eq!(Ways::default().mean(at(50.1, 30.2), 1.0), None);
    }

    #[test]
    fn few_agreed_against_the_way_and_nobody_where_all_go_elsewhere() {
        let ways = valley();
        let east = std::f64::consts::FRAC_PI_2;
        let (along, against) = (ways.agreed(at(50.1, 30.2), east), ways.agreed(at(50.1, 30.2), 3.0 * east));
        assert!(along > 10.0 && against < 0.2 * along, "{along} {against}");
        assert!(ways.agreed(at(48.0, 30.0), east) < 1e-12);
        // Along a river some fly up and others down, and both agree.
        let mut river = Courses::default();
        let home = at(50.1, 30.0);
        river.along(&[home, home.toward(90.0, 100.0)], |_| true);
        let river = Ways::over(&river);
        let (down, up) = (river.agreed(at(50.1, 30.6), east), river.agreed(at(50.1, 30.6), -east));
        assert!(down > 3.0 && (down - up).abs() < 0.1 * down, "{down} {up}");
        assert!(river.agreed(at(50.1, 30.6), 0.0) < 0.1 * down, "nobody flew across");
        let mut star = Courses::default();
        for n in 0..16_u16 {
            star.count(Cell::of(at(50.1, 30.2)), 22.5 * f64::from(n), 50);
        }
        let star = Ways::over(&star);
        assert!(star.agreed(at(50.1, 30.2), east) < 1e-12);
        let mean = star.mean(at(50.1, 30.2), east).unwrap();
        assert!((mean - east).abs() < 0.03, "{mean}");
    }
}
