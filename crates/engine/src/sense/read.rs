//! From what a report says to where something may be.
//!
//! A community is its land, any other place a disc; a Gaussian of the same middle and spread stands for it. A part of a region
//! ("на півночі") moves the middle toward that part and narrows it; a side of a place ("на північ від") puts it outside. The
//! numbers are judged by eye on what such posts turned out to mean; they are wide on purpose.

use crate::ground::Ground;
use model::{
    Act, Bearing, Code, CompassPoint, Count, EventId, Item, PlaceRef, Plot, Position, Presence, Report, SystemTrack,
    ThreatItem, ThreatKind, Timestamp, Traffic,
};
use std::sync::Arc;

/// Least spread of any place told in words: "in the area of" reaches a few kilometres beyond the houses.
const PLACE_SD_KM_MIN: f64 = 4.0;
/// How far beside the place that somebody names the thing is, beyond the place's own width, kilometres an axis.
const TOLD_SD_KM: f64 = 6.0;
/// A place so near a community's centre is the community, kilometres.
const SAME_KM: f64 = 1.0;
/// Spread of a course told as one of eight winds, degrees: half a wind and the teller's eye.
const COURSE_SD_DEG: f64 = 18.0;
/// Above this spread a bomb or a ballistic missile is not placed at all: it is over before a track would mean anything.
const FAST_SD_KM_MAX: f64 = 30.0;

/// What orders batches, whatever order they arrive in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    /// When it was measured or said.
    pub(crate) at: Timestamp,
    /// The source's place in the sorted list of all sources.
    pub(crate) source: u16,
    pub(crate) report: Arc<str>,
    /// The first item.
    pub(crate) item: u16,
}

/// Everything one report says about the sky at one instant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Batch {
    pub(crate) key: Key,
    pub(crate) event: EventId,
    /// Whether it holds all that the report measured: then a sensor that watches an area has looked at all of it. Plots
    /// of several instants are no one look.
    pub(crate) whole: bool,
    /// Fingerprint of the words, to know the same post under another id or from another mouth.
    pub(crate) text: Option<u128>,
    pub(crate) sightings: Vec<Sighting>,
}

/// One thing said about the sky.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sighting {
    pub(crate) item: u16,
    pub(crate) kind: ThreatKind,
    pub(crate) statement: Statement,
}

/// What it says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Statement {
    /// Something is there, in words.
    Detection(Box<Detection>),
    /// A radar-like position.
    Plot(Box<Plot>),
    /// A direction.
    Bearing(Box<Bearing>),
    /// Something is near.
    Presence(Box<Presence>),
    /// Another system's track.
    SystemTrack(Box<SystemTrack>),
    /// An aircraft that says who it is.
    Traffic(Box<Traffic>),
    /// These communities are threatened; nothing is placed.
    Threat(Vec<Code>),
    /// The threat of this kind is over in these communities. Ends tracks, never an alert.
    Cancel(Vec<Code>),
}

/// Where something is believed to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Detection {
    pub(crate) position: Position,
    /// Covariance of east and north, km².
    pub(crate) covariance: [f64; 3],
    pub(crate) count: Count,
    pub(crate) course: Option<Course>,
    /// The message says that the course changes.
    pub(crate) variable: bool,
    /// Named targets, as said.
    pub(crate) targets: Vec<Code>,
}

/// A course with its spread, degrees clockwise from north.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Course {
    pub(crate) deg: f64,
    pub(crate) sd_deg: f64,
}

/// Everything a report says about the sky: one batch for each instant it speaks of, in the order of its items. A report
/// without words or items is a look that saw nothing: one empty batch.
pub(crate) fn read(report: &Report, event: EventId, source: u16, ground: &Ground) -> Vec<Batch> {
    let text = report.text.as_deref().and_then(text_print);
    let name: Arc<str> = Arc::from(report.id.as_str());
    let mut batches: Vec<Batch> = Vec::new();
    for (n, item) in report.items.iter().enumerate() {
        let Ok(n) = u16::try_from(n) else { break };
        let (at, kind, statement) = match item {
            Item::Threat(threat) => {
                let Some(statement) = statement(threat, ground) else { continue };
                (None, threat.kind, statement)
            }
            Item::Plot(plot) => (plot.measured_at, ThreatKind::Unknown, Statement::Plot(Box::new(plot.clone()))),
            Item::Bearing(one) => (one.measured_at, ThreatKind::Unknown, Statement::Bearing(Box::new(one.clone()))),
            Item::Presence(one) => (one.measured_at, ThreatKind::Unknown, Statement::Presence(Box::new(one.clone()))),
            Item::SystemTrack(one) => {
                (one.measured_at, ThreatKind::Unknown, Statement::SystemTrack(Box::new(one.clone())))
            }
            Item::Traffic(one) => (one.measured_at, ThreatKind::Aviation, Statement::Traffic(Box::new(one.clone()))),
            Item::Order(_) => continue,
        };
        let at = at.unwrap_or(report.observed_at);
        let sighting = Sighting { item: n, kind, statement };
        if let Some(batch) = batches.iter_mut().find(|batch| batch.key.at == at) {
            batch.sightings.push(sighting);
        } else {
            let key = Key { at, source, report: Arc::clone(&name), item: n };
            batches.push(Batch { key, event, whole: false, text, sightings: vec![sighting] });
        }
    }
    if batches.is_empty() && report.items.is_empty() && report.text.is_none() && report.refused.is_empty() {
        // Somebody looked and saw nothing.
        let key = Key { at: report.observed_at, source, report: name, item: 0 };
        batches.push(Batch { key, event, whole: true, text, sightings: Vec::new() });
    }
    if let [only] = batches.as_mut_slice() {
        only.whole = true;
    }
    batches
}

fn statement(threat: &ThreatItem, ground: &Ground) -> Option<Statement> {
    let named = || {
        let mut codes: Vec<Code> = threat.targets.iter().map(|target| target.code).collect();
        if codes.is_empty() {
            codes.extend(threat.place.as_ref().map(|place| place.code).or(threat.region));
        }
        codes.retain(|&code| ground.knows(code));
        codes.sort_unstable();
        codes.dedup();
        if codes.is_empty() { None } else { Some(codes) }
    };
    match threat.act {
        Act::Summary => None,
        Act::Cancel => named().map(Statement::Cancel),
        Act::Threat => named().map(Statement::Threat),
        Act::Track | Act::Launch => {
            let detection = if flies(threat.kind) { detection(threat, ground) } else { None };
            detection
                .map(|detection| Statement::Detection(Box::new(detection)))
                .or_else(|| named().map(Statement::Threat))
        }
    }
}

/// Whether a weapon of this kind is a body that can be followed. An aircraft that may launch is a threat, not a weapon.
const fn flies(kind: ThreatKind) -> bool {
    !matches!(kind, ThreatKind::Aviation | ThreatKind::Mig31k | ThreatKind::Artillery)
}

fn detection(threat: &ThreatItem, ground: &Ground) -> Option<Detection> {
    let (disc, land) = if let Some(place) = &threat.place {
        let whole = threat.place_part.is_none() && threat.place_side.is_none();
        let land = whole.then(|| land(place, ground)).flatten();
        (spread(place, threat.place_part, threat.place_side), land)
    } else {
        let region = ground.community(threat.region?)?;
        let land = ground.extent(region.code).map(|extent| (extent.middle, told(extent.covariance)));
        ((region.centre, round((region.radius_km * 0.5).max(PLACE_SD_KM_MIN))), land)
    };
    // By how far it reaches, not by how wide it is: who is told of a wide place is warned in all of it.
    let fast = matches!(threat.kind, ThreatKind::BallisticMissile | ThreatKind::GuidedBomb);
    let [variance, ..] = disc.1;
    if !variance.is_finite() || (fast && variance > FAST_SD_KM_MAX * FAST_SD_KM_MAX) {
        return None;
    }
    let (position, covariance) = land.unwrap_or(disc);
    let course = if threat.course_variable { None } else { course(threat, position) };
    Some(Detection {
        position,
        covariance,
        count: threat.count.clone(),
        course,
        variable: threat.course_variable,
        targets: threat.targets.iter().map(|target| target.code).filter(|&code| ground.knows(code)).collect(),
    })
}

/// Covariance of the same spread in each direction, km².
const fn round(sd_km: f64) -> [f64; 3] {
    [sd_km * sd_km, 0.0, sd_km * sd_km]
}

/// Somewhere in a place, told by somebody who errs himself.
const fn told([east, cross, north]: [f64; 3]) -> [f64; 3] {
    [east + TOLD_SD_KM * TOLD_SD_KM, cross, north + TOLD_SD_KM * TOLD_SD_KM]
}

/// Middle and covariance of a community's land; `None` when the place is no community, or another place than its code says.
fn land(place: &PlaceRef, ground: &Ground) -> Option<(Position, [f64; 3])> {
    let community = ground.community(place.code)?;
    let same = community.centre.distance_km(place.centre) < SAME_KM && place.radius_km >= 0.5 * community.radius_km;
    let extent = ground.extent(place.code).filter(|_| same)?;
    Some((extent.middle, told(extent.covariance)))
}

/// Middle and covariance of a disc, or of a part or side of it.
fn spread(place: &PlaceRef, part: Option<CompassPoint>, side: Option<CompassPoint>) -> (Position, [f64; 3]) {
    // A country's radius is the widest there is; anything wider is a slip.
    let radius_km = if place.radius_km.is_finite() { place.radius_km.clamp(0.0, 1000.0) } else { 1000.0 };
    let bearing = |point: CompassPoint| point.bearing_deg().map(f64::from);
    if let Some(bearing_deg) = side.and_then(bearing) {
        let away_km = radius_km + 12.0;
        return (place.centre.toward(bearing_deg, away_km), round((0.5 * away_km).max(PLACE_SD_KM_MIN)));
    }
    match part {
        Some(point) => {
            let sd_km = (0.3 * radius_km).max(PLACE_SD_KM_MIN);
            (bearing(point).map_or(place.centre, |deg| place.centre.toward(deg, 0.5 * radius_km)), round(sd_km))
        }
        // Anywhere in a disc is half its radius an axis, and who writes errs himself; a wide region is rarely meant up to its rim.
        None if radius_km > 25.0 => (place.centre, round(0.5 * radius_km)),
        None => (place.centre, told(round(0.5 * radius_km))),
    }
}

/// The course told, by directions and by targets that lie apart from the place; several give their middle and spread.
fn course(threat: &ThreatItem, from: Position) -> Option<Course> {
    let mut degrees: Vec<(f64, f64)> =
        threat.directions_deg.iter().map(|&deg| (f64::from(deg % 360), COURSE_SD_DEG)).collect();
    for target in &threat.targets {
        let away_km = from.distance_km(target.centre);
        let blur_km = 5.0 + target.radius_km.clamp(0.0, 200.0) * 0.5;
        if away_km > blur_km {
            let sd_deg = libm::atan2(blur_km, away_km).to_degrees().max(10.0);
            degrees.push((from.bearing_deg(target.centre), sd_deg));
        }
    }
    if degrees.is_empty() {
        return None;
    }
    #[allow(clippy::cast_precision_loss)] // A report names a handful of directions.
    let n = degrees.len() as f64;
    let east = degrees.iter().map(|(deg, _)| libm::sin(deg.to_radians())).sum::<f64>() / n;
    let north = degrees.iter().map(|(deg, _)| libm::cos(deg.to_radians())).sum::<f64>() / n;
    let length = libm::sqrt(east * east + north * north);
    if length < 0.3 {
        return None; // They point everywhere.
    }
    let deg = libm::atan2(east, north).to_degrees();
    // Circular standard deviation (Mardia and Jupp 2000, eq. 2.3.11) of the directions, and each one's own blur.
    let between = libm::sqrt((-2.0 * libm::log(length.min(1.0))).max(0.0)).to_degrees();
    let within = degrees.iter().map(|(_, sd)| sd * sd).sum::<f64>() / n;
    let sd_deg = libm::sqrt(between * between + within);
    Some(Course { deg: if deg < 0.0 { deg + 360.0 } else { deg }, sd_deg })
}

/// Fingerprint of a text without case, spaces and signs; `None` when nothing is left. FNV-1a, 128 bits: fingerprints
/// guard against repetition, not against an adversary, who could post two different texts anyway.
pub(crate) fn text_print(text: &str) -> Option<u128> {
    let mut print: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    let mut any = false;
    for letter in text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase) {
        any = true;
        let mut bytes = [0; 4];
        for byte in letter.encode_utf8(&mut bytes).bytes() {
            print = (print ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }
    any.then_some(print)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::came_in::CameIn;
    use model::{AreaSet, Level};

    #[test]
    fn a_named_community_is_its_land_and_a_place_in_it_is_a_disc() {
        let areas = AreaSet::bundled();
        let ground = Ground::new(areas, &CameIn::default());
        let off = |code| {
            ground.extent(code).map_or(0.0, |land| land.middle.distance_km(ground.community(code).unwrap().centre))
        };
        let hromada = areas.at_level(Level::Hromada).find(|area| area.placed && off(area.code) > 5.0).unwrap();
        let (centre, radius_km) = (hromada.centre, hromada.radius_km);
        let place =
            PlaceRef { code: hromada.code, level: hromada.level, name: hromada.name_uk.clone(), centre, radius_km };
        let mut threat = ThreatItem::of(ThreatKind::Uav, Act::Track);
        let placed = |threat: &ThreatItem| {
            let found = detection(threat, &ground).unwrap();
            (found.position, libm::sqrt(f64::midpoint(found.covariance[0], found.covariance[2])))
        };
        threat.place = Some(place.clone());
        let (land, land_km) = placed(&threat);
        assert!(land.distance_km(hromada.centre) > 5.0);
        assert!(land_km < 0.5 * hromada.radius_km + TOLD_SD_KM, "{land_km}");
        // Only the heading names it: the same.
        let heading = ThreatItem { place: None, region: Some(hromada.code), ..threat.clone() };
        assert_eq!(placed(&heading), (land, land_km));
        // Another point with its code, a narrower place there, a part of it, and a side of it are what they say.
        let elsewhere = hromada.centre.toward(90.0, 3.0);
        threat.place = Some(PlaceRef { centre: elsewhere, ..place.clone() });
        assert_eq!(placed(&threat).0, elsewhere);
        threat.place = Some(PlaceRef { radius_km: 1.0, ..place.clone() });
        assert_eq!(placed(&threat).0, hromada.centre);
        threat.place = Some(place);
        threat.place_part = Some(CompassPoint::N);
        let part = placed(&threat).0;
        assert!((hromada.centre.bearing_deg(part) + 180.0) % 360.0 - 180.0 < 1.0);
        threat.place_part = None;
        threat.place_side = Some(CompassPoint::N);
        assert!(placed(&threat).0.distance_km(hromada.centre) > hromada.radius_km);
    }

    #[test]
    fn a_bomb_or_a_ballistic_missile_told_of_a_wide_place_threatens_all_of_it() {
        let areas = AreaSet::bundled();
        let ground = Ground::new(areas, &CameIn::default());
        let (mut wide, mut narrow) = (0, 0);
        for area in areas.iter().filter(|area| matches!(area.level, Level::Oblast | Level::Raion)) {
            let (level, name) = (area.level, area.name_uk.clone());
            let place = PlaceRef { code: area.code, level, name, centre: area.centre, radius_km: area.radius_km };
            for kind in [ThreatKind::GuidedBomb, ThreatKind::BallisticMissile] {
                let named = ThreatItem { place: Some(place.clone()), ..ThreatItem::of(kind, Act::Track) };
                let headed = ThreatItem { region: Some(area.code), ..ThreatItem::of(kind, Act::Track) };
                let is_wide = 0.5 * area.radius_km > FAST_SD_KM_MAX;
                for threat in [named, headed] {
                    match statement(&threat, &ground).unwrap() {
                        Statement::Threat(_) => assert!(is_wide, "{}", area.name_en),
                        _ => assert!(!is_wide, "{}", area.name_en),
                    }
                }
                if is_wide { wide += 1 } else { narrow += 1 }
            }
        }
        assert!(wide > 50 && narrow > 50, "{wide} {narrow}");
    }
}
