//! What truly flies: groups with a path in time, from beyond a region's outer side to a community drawn by its people.
//!
//! What comes in: waves and chance. What goes out: [`Flier`]s, each a list of places at even times.
//! Speeds and shares follow public accounts (propeller drones 120 to 190 km/h, jet drones 400 to 600, nearly half of a
//! large raid decoys, tracks that just end are normal); headings wander as an Ornstein-Uhlenbeck process about the
//! bearing of the target.

use super::scenario::{Corridor, Scenario, Wave, region};
use super::units::{Units, chord2, on_sphere};
use super::{many, normal, real, whole, within};
use crate::chance::Chance;
use model::{AreaSet, Position, ThreatKind};

/// How a flight ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// At its target.
    Arrived,
    /// Somewhere on the way.
    Lost,
    /// The night ended first.
    Flying,
}

/// A group on its way.
#[derive(Debug, Clone)]
pub struct Flier {
    /// What it is.
    pub kind: ThreatKind,
    /// How many fly together.
    pub count: u16,
    /// It will end harmlessly; nobody can tell.
    pub decoy: bool,
    /// Where it goes: an index into the units.
    pub target: usize,
    /// When it begins, seconds.
    pub begins_s: i64,
    /// Seconds between two places.
    pub step_s: i64,
    /// Where it is at each step.
    pub places: Vec<Position>,
    /// How it ended.
    pub end: End,
    /// It passes high over everything but its target.
    pub high: bool,
}

impl Flier {
    /// Where it is at a second; `None` before it begins and after it has ended.
    pub fn at(&self, second: i64) -> Option<Position> {
        let flown_s = second - self.begins_s;
        if flown_s < 0 {
            return None;
        }
        let n = usize::try_from(flown_s / self.step_s).ok()?;
        let (from, part) = (*self.places.get(n)?, real(flown_s % self.step_s) / real(self.step_s));
        match self.places.get(n + 1) {
            Some(&to) if part > 0.0 => Some(from.toward(from.bearing_deg(to), from.distance_km(to) * part)),
            _ => Some(from),
        }
    }

    /// A track so near may be of it: what flies fast is told of late, kilometres.
    pub fn held_km(&self) -> f64 {
        match self.kind {
            ThreatKind::JetUav
            | ThreatKind::CruiseMissile
            | ThreatKind::Missile
            | ThreatKind::BallisticMissile
            | ThreatKind::GuidedBomb => 60.0,
            _ => 25.0,
        }
    }

    /// When it ends, seconds.
    pub fn ends_s(&self) -> i64 {
        self.begins_s + self.step_s * i64::try_from(self.places.len().saturating_sub(1)).unwrap_or(0)
    }

    /// First passage into each unit it reaches: unit and second, by unit. A straight line between two places.
    pub fn passages(&self, units: &Units) -> Vec<(usize, i64)> {
        let ends = self.end == End::Arrived;
        if self.high {
            let last = if ends { self.places.len().saturating_sub(1) } else { return Vec::new() };
            let second = self.begins_s + self.step_s * i64::try_from(last).unwrap_or(0);
            return vec![(self.target, second)];
        }
        let points: Vec<[f64; 3]> = self.places.iter().map(|&place| on_sphere(place)).collect();
        let stride_km = points.windows(2).map(|pair| chord2(pair[0], pair[1])).fold(0.0, f64::max);
        let stride_km = libm::sqrt(stride_km);
        let mut passages = Vec::new();
        for (n, unit) in units.all.iter().enumerate() {
            let mut at = 0;
            while let Some(&point) = points.get(at) {
                let short_km = libm::sqrt(unit.away2(point)) - unit.radius_km;
                if short_km <= 0.0 {
                    passages.push((n, self.begins_s + self.step_s * i64::try_from(at).unwrap_or(0)));
                    break;
                }
                // It cannot be there sooner: a far unit costs a handful of looks.
                let skip = usize::try_from(whole(short_km / stride_km.max(0.01))).unwrap_or(0);
                at += skip.max(1);
            }
        }
        passages
    }
}

/// What comes in begins so far from every community, kilometres: beyond the border or at sea, where no post could name a place.
/// Wider than any gap between communities inside the country.
const OUTSIDE_KM: f64 = 25.0;
/// So far from the side of its region it may begin for that, kilometres.
const SEARCH_KM: f64 = 300.0;
/// So near a place of a corridor what follows it turns to the next, kilometres.
const NEAR_KM: f64 = 12.0;

/// What flies at a second: which flier, how far a track of it may be, and where on the sphere.
pub(super) fn aloft(fliers: &[Flier], second: i64) -> Vec<(usize, f64, [f64; 3])> {
    let there = |(n, flier): (usize, &Flier)| Some((n, flier.held_km(), on_sphere(flier.at(second)?)));
    fliers.iter().enumerate().filter_map(there).collect()
}

/// How a kind flies: speed, heading deviation in degrees, seconds a step.
fn habit(kind: ThreatKind, chance: &mut Chance) -> (f64, f64, i64) {
    match kind {
        ThreatKind::JetUav => (within(chance, [111.0, 167.0]), 10.0, 5),
        ThreatKind::ReconUav => (within(chance, [25.0, 36.0]), 25.0, 10),
        ThreatKind::CruiseMissile => (within(chance, [195.0, 250.0]), 12.0, 3),
        ThreatKind::BallisticMissile => (within(chance, [1100.0, 1900.0]), 0.0, 1),
        ThreatKind::GuidedBomb => (within(chance, [210.0, 270.0]), 3.0, 2),
        _ => (within(chance, [36.0, 51.0]), 18.0, 10),
    }
}

/// Everything that flies in a night.
pub fn fleet(scenario: &Scenario, seed: u64, areas: &AreaSet, units: &Units) -> Vec<Flier> {
    let mut chance = Chance::new(seed ^ 0x666c_6565_7400_0000);
    let mut fliers = Vec::new();
    let corridors: Vec<(&str, Vec<Position>)> = scenario
        .corridors
        .iter()
        .map(|corridor| (corridor.get_ref().name.as_str(), places(scenario, corridor.get_ref(), areas)))
        .collect();
    for wave in &scenario.waves {
        let wave = wave.get_ref();
        let groups = chance.between(i64::from(wave.groups[0]), i64::from(wave.groups[1]));
        for _ in 0..groups {
            fliers.extend(flier(wave, &corridors, scenario.seconds(), areas, units, &mut chance));
        }
    }
    fliers.sort_by_key(|flier| flier.begins_s);
    fliers
}

/// The places of a corridor: of the scenario's and its own name, not of the night.
fn places(scenario: &Scenario, corridor: &Corridor, areas: &AreaSet) -> Vec<Position> {
    let name = model::sha256(format!("{}\n{}", scenario.name, corridor.name).as_bytes());
    // The first sixteen of its digits.
    let seed = name.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default();
    let mut chance = Chance::new(seed);
    let place = |area: &model::Area| {
        area.centre.toward(360.0 * chance.unit(), 0.6 * area.radius_km * libm::sqrt(chance.unit()))
    };
    corridor.through.iter().filter_map(|name| region(areas, name)).map(place).collect()
}

/// The places of a corridor on the way from one place to another: from the one nearest to where it begins to the one nearest to
/// where it goes.
fn on_the_way(corridor: &[Position], from: Position, goal: Position) -> Vec<Position> {
    let nearest = |to: Position| {
        (0..corridor.len()).min_by(|&a, &b| corridor[a].distance_km(to).total_cmp(&corridor[b].distance_km(to)))
    };
    match (nearest(from), nearest(goal)) {
        (Some(first), Some(last)) if first < last => corridor[first..=last].to_vec(),
        (Some(first), Some(last)) if first > last => corridor[last..=first].iter().rev().copied().collect(),
        _ => Vec::new(),
    }
}

/// Where the country is entered: the outer side of a region, seen from the middle of the country, blurred by its size; from
/// there on to where no community is, for nothing begins over one.
fn entry(wave: &Wave, areas: &AreaSet, units: &Units, chance: &mut Chance) -> Option<Position> {
    let name = chance.pick(&wave.enter)?;
    let region = region(areas, name)?;
    let middle = areas.ancestors(region.code).last().map_or(region.centre, |country| country.centre);
    let outward_deg = middle.bearing_deg(region.centre) + 40.0 * normal(chance);
    let side = region.centre.toward(outward_deg, region.radius_km * within(chance, [0.6, 1.1]));
    Some(outside(side, outward_deg, units))
}

/// The nearest place beyond the rim of the country, the outward direction first: [`OUTSIDE_KM`] from every community. `side`
/// itself where there is none within [`SEARCH_KM`].
fn outside(side: Position, outward_deg: f64, units: &Units) -> Position {
    let free = |place: Position| {
        let place = on_sphere(place);
        units.all.iter().all(|unit| {
            let clear_km = unit.radius_km + OUTSIDE_KM;
            unit.away2(place) >= clear_km * clear_km
        })
    };
    let turned = |km: f64| (0..=18).flat_map(move |n| [10.0, -10.0].map(|deg| (km, deg * f64::from(n))));
    let looks = (0..).map(|n| 5.0 * f64::from(n)).take_while(|&km| km <= SEARCH_KM).flat_map(turned);
    let mut places = looks.map(|(km, deg)| side.toward(outward_deg + deg, km));
    places.find(|&place| free(place)).unwrap_or(side)
}

/// A community drawn by its people among those that may be reached.
fn target(wave: &Wave, from: Position, areas: &AreaSet, units: &Units, chance: &mut Chance) -> Option<usize> {
    let reach_km = match wave.kind {
        ThreatKind::GuidedBomb => [15.0, 85.0],
        ThreatKind::BallisticMissile => [60.0, 450.0],
        _ => [40.0, 1500.0],
    };
    let regions: Vec<_> = wave.toward.iter().filter_map(|name| region(areas, name)).map(|area| area.code).collect();
    let weight = |unit: &super::units::Unit| {
        let away_km = unit.centre.distance_km(from);
        let wanted = regions.is_empty() || regions.contains(&unit.region);
        if wanted && (reach_km[0]..=reach_km[1]).contains(&away_km) { unit.people } else { 0.0 }
    };
    let weights: Vec<f64> = units.all.iter().map(weight).collect();
    let mut left = weights.iter().sum::<f64>() * chance.unit();
    let drawn = weights.iter().position(|weight| {
        left -= weight;
        left < 0.0
    });
    drawn.filter(|&n| weights.get(n).is_some_and(|&weight| weight > 0.0))
}

fn flier(
    wave: &Wave,
    corridors: &[(&str, Vec<Position>)],
    night_s: i64,
    areas: &AreaSet,
    units: &Units,
    chance: &mut Chance,
) -> Option<Flier> {
    let mut from = entry(wave, areas, units, chance)?;
    let target = target(wave, from, areas, units, chance)?;
    let unit = units.all.get(target)?;
    let goal = unit.centre.toward(360.0 * chance.unit(), unit.radius_km * 0.6 * libm::sqrt(chance.unit()));
    let (speed_mps, deviation_deg, step_s) = habit(wave.kind, chance);
    let high = wave.kind == ThreatKind::BallisticMissile;
    if high {
        // It was launched outside the country, one to two minutes away.
        from = goal.toward(goal.bearing_deg(from), within(chance, [90.0, 210.0]).min(speed_mps * 0.12));
    }
    let begins_s = whole(within(chance, wave.enter_min) * 60.0);
    let loiters = chance.happens(wave.loiter);
    let count = u16::try_from(chance.between(i64::from(wave.size[0]), i64::from(wave.size[1]))).unwrap_or(1);
    let decoy = chance.happens(wave.decoys);
    let mut via = Vec::new();
    if !wave.along.is_empty() && chance.happens(wave.follow) {
        let along = chance.pick(&wave.along)?;
        let corridor = corridors.iter().find(|(name, _)| name == along)?;
        via = on_the_way(&corridor.1, from, goal);
    }
    via.push(goal);
    let legs_km = via.iter().scan(from, |at, &to| Some(std::mem::replace(at, to).distance_km(to)));
    let way_s = legs_km.sum::<f64>() * 1000.0 / speed_mps;
    let lost_after_s = if wave.lost_per_hour > 0.0 {
        -libm::log(1.0 - chance.unit()) * 3600.0 / wave.lost_per_hour
    } else {
        f64::INFINITY
    };
    let circle_s = if loiters {
        let begin = way_s * within(chance, [0.2, 0.8]);
        [begin, begin + within(chance, [300.0, 1200.0])]
    } else {
        [f64::INFINITY; 2]
    };
    let (mut at, mut off_deg, mut places) = (from, deviation_deg * normal(chance), vec![from]);
    let stride_km = speed_mps * real(step_s) / 1000.0;
    let keep = libm::exp(-real(step_s) / 600.0);
    let mut circling_deg = 0.0;
    let mut via = via.into_iter();
    let mut next = via.next()?;
    let end = loop {
        let flown_s = real(step_s) * many(places.len());
        if flown_s > lost_after_s {
            break End::Lost;
        }
        if begins_s + whole(flown_s) > night_s {
            break End::Flying;
        }
        let left_km = at.distance_km(goal);
        if left_km <= stride_km {
            places.push(goal);
            break End::Arrived;
        }
        while at.distance_km(next) <= NEAR_KM
            && let Some(further) = via.next()
        {
            next = further;
        }
        off_deg = off_deg * keep + deviation_deg * libm::sqrt(1.0 - keep * keep) * normal(chance);
        if (circle_s[0]..circle_s[1]).contains(&flown_s) {
            circling_deg += 360.0 * stride_km / 20.0;
        }
        // Near its end it goes straight.
        let calm = (left_km / 40.0).min(1.0);
        at = at.toward(at.bearing_deg(next) + off_deg * calm + circling_deg, stride_km);
        if flown_s >= circle_s[1] {
            circling_deg = 0.0;
        }
        places.push(at);
    };
    Some(Flier { kind: wave.kind, count, decoy, target, begins_s, step_s, places, end, high })
}
