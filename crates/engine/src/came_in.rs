//! Where things came in before: entries of earlier nights, counted by community; and how they flew on ([`crate::courses`]).
//!
//! What comes in: pictures ([`Counting::look`]), or a table that was made of them earlier. What goes out: how open each community lies to what nobody has seen yet ([`CameIn::opens`]). What always holds: without
//! a count nothing changes; the order of the entries does not matter. Deliberately absent: when they came in; tonight says that.
//!
//! Source: a density of points by a kernel about each (Parzen 1962), held to the geometry of [`crate::open`] as if that were
//! [`PRIOR_N`] entries: where few are known it is nearly all that counts.

use crate::config::ConfigError;
use crate::courses::{Cell, Courses};
use crate::fuse::{Way, flight};
use crate::ground::Community;
use model::{AreaSet, Code, Level, Picture, Position, Stage, TrackId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What the geometry weighs beside what is known, entries.
const PRIOR_N: f64 = 60.0;
/// And at least so much, however many are known: routes change.
const PRIOR_LEAST: f64 = 0.2;
/// Deviation of the kernel beyond a community's rim, kilometres: what a drone flies in eight minutes, a jet drone in two and
/// a half.
const KERNEL_KM: f64 = 20.0;
/// So many deviations away a kernel ends.
const KERNEL_END: f64 = 3.0;
/// Where things came in before counts so many times what geometry alone gives there. Chosen on simulated nights, and no less than
/// makes a place where all came in as open as its geometry alone.
const KNOWN: f64 = 0.75;
/// A course less sure than this tells of no way, degrees.
const COURSE_SD_DEG_MAX: f64 = 30.0;
/// Most entries of one community that count.
const COUNT_MAX: u32 = 1_000_000;

/// How many believed objects were first seen in each of the smallest communities, in earlier nights.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CameIn {
    /// By community: the nearest of the smallest.
    pub entries: BTreeMap<Code, u32>,
    /// How they flew on.
    #[serde(skip_serializing_if = "Courses::is_empty")]
    pub courses: Courses,
}

/// Entries being counted in one run of events.
#[derive(Debug, Clone, Default)]
pub struct Counting {
    seen: BTreeSet<TrackId>,
    /// The cell in which each was last counted, of those in the last picture.
    cells: BTreeMap<TrackId, Cell>,
    came_in: CameIn,
}

impl Counting {
    /// Looks at a picture; each confirmed track counts once, where its path begins. Look every minute or so: what comes and
    /// goes between two looks is not counted.
    pub fn look(&mut self, picture: &Picture, areas: &AreaSet) {
        for track in picture.tracks.iter().filter(|track| track.stage == Stage::Confirmed) {
            let first = track.path.first().map_or(track.position, |&(_, position)| position);
            if self.seen.insert(track.id) {
                self.came_in.count(first, areas);
            }
        }
        let mut cells = BTreeMap::new();
        for track in picture.tracks.iter().filter(|track| track.stage == Stage::Confirmed) {
            let Some(course_deg) = track.course_deg.filter(|_| track.course_sd_deg <= COURSE_SD_DEG_MAX) else {
                continue;
            };
            let cell = Cell::of(track.position);
            if self.cells.get(&track.id) != Some(&cell) && flight(track.kind).way == Way::Flies {
                self.came_in.courses.count(cell, course_deg, 1);
            }
            cells.insert(track.id, cell);
        }
        self.cells = cells;
    }

    /// What came in.
    pub fn done(self) -> CameIn {
        self.came_in
    }
}

impl CameIn {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.entries.values().all(|&n| n == 0) && self.courses.is_empty()
    }

    /// How many there are.
    pub fn total(&self) -> u64 {
        self.entries.values().map(|&n| u64::from(n)).sum()
    }

    /// Adds those of another run.
    pub fn add(&mut self, other: &Self) {
        for (&code, &n) in &other.entries {
            let count = self.entries.entry(code).or_default();
            *count = count.saturating_add(n).min(COUNT_MAX);
        }
        self.courses.add(&other.courses);
    }

    /// Counts one that was first seen there.
    fn count(&mut self, first: Position, areas: &AreaSet) {
        let smallest = |area: &&model::Area| area.level == Level::Hromada && area.placed;
        let away = |area: &model::Area| area.centre.distance_km(first) - area.radius_km;
        let nearest = areas.iter().filter(smallest).min_by(|a, b| away(a).total_cmp(&away(b)));
        if let Some(area) = nearest {
            self.add(&Self { entries: BTreeMap::from([(area.code, 1)]), ..Self::default() });
        }
    }

    /// Refuses codes that the area set does not hold.
    pub fn validate_areas(&self, areas: &AreaSet) -> Result<(), ConfigError> {
        match self.entries.keys().find(|&&code| areas.get(code).is_none()) {
            Some(&code) => Err(ConfigError::UnknownArea { key: "came_in.entries".to_owned(), code }),
            None => Ok(()),
        }
    }

    /// How open each of the smallest communities lies: `geometry` mixed with where things came in. Without entries `geometry`.
    pub(crate) fn opens(&self, smallest: &[&Community], geometry: Vec<f64>) -> Vec<f64> {
        let mut density = vec![0.0; smallest.len()];
        let mut n = 0.0;
        for community in smallest {
            let Some(&count) = self.entries.get(&community.code) else { continue };
            let count = f64::from(count.min(COUNT_MAX));
            let near = |other: &&Community| {
                let away_km = (community.centre.distance_km(other.centre) - other.radius_km).max(0.0) / KERNEL_KM;
                if away_km > KERNEL_END { 0.0 } else { libm::exp(-0.5 * away_km * away_km) }
            };
            let shares: Vec<f64> = smallest.iter().map(near).collect();
            let sum = shares.iter().fold(0.0, |sum, share| sum + share);
            for (density, share) in density.iter_mut().zip(&shares) {
                *density += count * share / sum;
            }
            n += count;
        }
        if n <= 0.0 {
            return geometry;
        }
        // So much for what is met where things come in that it is `KNOWN` times what it was there, on the average of entries.
        let mean = |of: &[f64]| density.iter().zip(of).fold(0.0, |sum, (d, x)| sum + d * x) / n;
        let scale = KNOWN * mean(&geometry) / mean(&density).max(1e-9);
        let prior = (PRIOR_N / (PRIOR_N + n)).max(PRIOR_LEAST);
        let mixed = |(open, density): (&f64, &f64)| prior * open + (1.0 - prior) * scale * density;
        geometry.iter().zip(&density).map(mixed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row of communities 40 km apart.
    fn row() -> Vec<Community> {
        let home = Position::new(49.0, 30.0).unwrap();
        let at = |n: u32| Community {
            code: format!("UA{:017}", 1_000 + n).parse().unwrap(),
            level: Level::Hromada,
            centre: home.toward(90.0, 40.0 * f64::from(n)),
            radius_km: 15.0,
            people: None,
        };
        (0..9).map(at).collect()
    }

    fn opens(entries: &[(usize, u32)], geometry: f64) -> Vec<f64> {
        let row = row();
        let entries = entries.iter().map(|&(n, count)| (row[n].code, count)).collect();
        CameIn { entries, ..CameIn::default() }.opens(&row.iter().collect::<Vec<_>>(), vec![geometry; row.len()])
    }

    #[test]
    #[allow(clippy::float_cmp)] // The same numbers.
    fn where_nothing_is_known_geometry_alone_counts() {
        assert_eq!(opens(&[], 0.7), [0.7; 9]);
        assert_eq!(opens(&[(3, 0)], 0.7), [0.7; 9]);
    }

    #[test]
    fn where_things_came_in_lies_open_and_elsewhere_less_so_than_before() {
        let few = opens(&[(2, 6)], 1.0);
        let many = opens(&[(2, 600)], 1.0);
        assert!(many[2] > many[1] && many[1] > many[5], "{many:?}");
        assert!(many[2] > few[2] && few[2] > 1.0, "{few:?} {many:?}");
        assert!(few[8] < 1.0 && (many[8] - PRIOR_LEAST).abs() < 1e-9, "it is closed nowhere: {few:?} {many:?}");
        // On the average of entries it is what it was there, times `KNOWN`, but for the part of geometry.
        let mean: f64 = opens(&[(2, 1_000_000)], 1.0).iter().zip(&many).map(|(a, _)| *a).fold(0.0, f64::max);
        assert!(mean > KNOWN, "{mean}");
    }

    #[test]
    fn many_counts_are_no_flood() {
        let most = opens(&[(2, u32::MAX), (3, u32::MAX)], 1.0);
        assert!(most.iter().all(|open| open.is_finite() && *open > 0.0), "{most:?}");
        let mut all = CameIn { entries: BTreeMap::from([(row()[0].code, u32::MAX)]), ..CameIn::default() };
        all.add(&all.clone());
        assert_eq!(all.total(), u64::from(COUNT_MAX));
    }

    #[test]
    fn a_code_of_no_community_is_refused() {
        let of = |code: Code| {
            CameIn { entries: BTreeMap::from([(code, 1)]), ..CameIn::default() }.validate_areas(AreaSet::bundled())
        };
        assert!(matches!(of(row()[0].code), Err(ConfigError::UnknownArea { .. })));
        let known = AreaSet::bundled().iter().find(|area| area.level == Level::Hromada).unwrap().code;
        assert_eq!(of(known), Ok(()));
    }
}
