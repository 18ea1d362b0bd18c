//! Where what flies is going: communities by the people who live there.
//!
//! What comes in: the area set. What goes out: for a course and how unsure it is, the places it may lead to, each as
//! likely as the people who live there and the course together make it. What always holds: a share [`FREE`] of all paths
//! goes nowhere in particular. Deliberately absent: facilities of any kind, and what a source says of a target (that is
//! counted apart).
//!
//! Source: drones and missiles go where people are; a prior on the destination with a course that wanders about its bearing
//! is the mean-reverting model of Millefiori et al. 2016 and the intent inference of Ahmad et al. 2016.

use crate::fuse::offset_km;
use crate::ground::Ground;
use model::Position;
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// Share of paths that are drawn without a destination.
pub(super) const FREE: f64 = 0.25;
/// After so long a course is forgotten that leads beside the destination, seconds.
pub(super) const RETURNS_S: f64 = 600.0;
/// Within so much of its destination it goes straight, kilometres.
pub(super) const CALM_KM: f64 = 40.0;
/// What a community counts for in which nobody knows how many live, people.
const PEOPLE_UNKNOWN: u32 = 2_000;
/// Side of a cell, degrees of latitude and of longitude.
const CELL_DEG: [f64; 2] = [0.5, 0.75];
/// Nearer than this a cell's communities are looked at one by one, kilometres.
const NEAR_KM: f64 = 90.0;
/// Over so many kilometres all but a third (1/e) is lost on the way. Chosen, not measured.
const LOST_KM: f64 = 400.0;
/// A destination so much less likely than one straight ahead, as a logarithm, is left out.
const LEAST: f64 = -12.0;

/// Communities by cell.
#[derive(Debug, Clone, Default)]
pub(super) struct Aims(Vec<Cell>);

#[derive(Debug, Clone)]
struct Cell {
    middle: Position,
    people: f64,
    members: Vec<(Position, f64)>,
}

/// All communities on the plane about a place, by cell.
#[derive(Debug)]
pub(super) struct View<'a> {
    from: Position,
    cells: Vec<Seen<'a>>,
}

#[derive(Debug)]
struct Seen<'a> {
    cell: &'a Cell,
    /// Its middle, east and north, kilometres.
    middle: [f64; 2],
    /// Its communities, worked out when somebody comes near.
    members: OnceCell<Vec<[f64; 2]>>,
}

/// The destinations that a course may lead to, on the plane about a place.
#[derive(Debug, Clone)]
pub(super) struct Field<'a> {
    /// East and north, kilometres; the weights so far; the communities of a cell that was taken as one.
    aims: Vec<([f64; 2], f64, Option<&'a Cell>)>,
    from: Position,
}

#[allow(clippy::cast_possible_truncation)] // Degrees over a half: hundreds.
fn cell_of(place: Position) -> (i32, i32) {
    ((place.lat_deg() / CELL_DEG[0]).floor() as i32, (place.lon_deg() / CELL_DEG[1]).floor() as i32)
}

impl Aims {
    pub(super) fn over(ground: &Ground) -> Self {
        let mut cells: BTreeMap<(i32, i32), Vec<(Position, f64)>> = BTreeMap::new();
        for (ordinal, community) in ground.communities().iter().enumerate() {
            if ground.smallest(ordinal) {
                let people = f64::from(community.people.unwrap_or(PEOPLE_UNKNOWN));
                cells.entry(cell_of(community.centre)).or_default().push((community.centre, people));
            }
        }
        let cell = |members: Vec<(Position, f64)>| {
            let people: f64 = members.iter().map(|(_, people)| people).sum();
            let mean =
                |of: fn(&Position) -> f64| members.iter().map(|(at, n)| of(at) * n).sum::<f64>() / people.max(1.0);
            let middle = Position::new(mean(|at| at.lat_deg()), mean(|at| at.lon_deg())).ok()?;
            (people > 0.0).then_some(Cell { middle, people, members })
        };
        Self(cells.into_values().filter_map(cell).collect())
    }

    /// All of them about `from`.
    pub(super) fn about<'a>(&'a self, from: Position) -> View<'a> {
        let seen = |cell: &'a Cell| Seen { cell, middle: offset_km(from, cell.middle), members: OnceCell::new() };
        View { from, cells: self.0.iter().map(seen).collect() }
    }
}

impl<'a> View<'a> {
    /// What a course at `at` (east and north, kilometres) may lead to. `along`: its unit vector; `tight`: the
    /// concentration of its direction about a destination's bearing (von Mises), per square radian; nothing farther than
    /// `reach_km`.
    pub(super) fn field(&self, at: [f64; 2], along: [f64; 2], tight: f64, reach_km: f64) -> Field<'a> {
        let mut field = Field { aims: Vec::new(), from: self.from };
        let mut sum = 0.0;
        let weight = |[e, n]: [f64; 2], people: f64| {
            let (e, n) = (e - at[0], n - at[1]);
            let away_km = libm::sqrt(e * e + n * n).max(1.0);
            let ahead = tight * ((e * along[0] + n * along[1]) / away_km - 1.0);
            if away_km > reach_km || ahead < LEAST {
                return 0.0;
            }
            people * libm::exp(ahead - away_km / LOST_KM)
        };
        for &Seen { cell, middle: place, ref members } in &self.cells {
            let (e, n) = (place[0] - at[0], place[1] - at[1]);
            if e * e + n * n < NEAR_KM * NEAR_KM {
                let places = || cell.members.iter().map(|&(member, _)| offset_km(self.from, member)).collect();
                for (&place, &(_, people)) in members.get_or_init(places).iter().zip(&cell.members) {
                    let weight = weight(place, people);
                    if weight > 0.0 {
                        sum += weight;
                        field.aims.push((place, sum, None));
                    }
                }
            } else {
                let weight = weight(place, cell.people);
                if weight > 0.0 {
                    sum += weight;
                    field.aims.push((place, sum, Some(cell)));
                }
            }
        }
        field
    }
}

impl Field<'_> {
    /// The destination at which the weights so far pass `u` of their sum; `None` where there is none.
    pub(super) fn pick(&self, u: f64) -> Option<[f64; 2]> {
        let &(_, sum, _) = self.aims.last()?;
        let at = self.aims.partition_point(|&(_, upto, _)| upto <= u * sum).min(self.aims.len() - 1);
        let &(place, upto, cell) = self.aims.get(at)?;
        let Some(cell) = cell else { return Some(place) };
        let before = at.checked_sub(1).and_then(|n| self.aims.get(n)).map_or(0.0, |aim| aim.1);
        let mut left = ((u * sum - before) / (upto - before)).clamp(0.0, 1.0) * cell.people;
        let member = cell.members.iter().find(|(_, people)| {
            left -= people;
            left < 0.0
        });
        member.map_or(Some(place), |&(at, _)| Some(offset_km(self.from, at)))
    }
}
