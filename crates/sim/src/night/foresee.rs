//! How good the forecasts were: Brier score, reliability, the error of calibration, CRPS with mass at never, coverage of
//! the window, and skill against a straight line and against climatology.
//!
//! A window says when the object that a track follows comes: it is held against the arrival of that object, the nearest to
//! the track of those it may follow. That something else comes first says nothing of it.
//!
//! Otherwise scored pairs are (community, minute) where something that flies could be within 20 minutes at its kind's highest
//! speed and nothing is there yet: a choice that knows neither forecast nor outcome, the same for every forecaster.
//! The continuous ranked probability score of an arrival time with mass at never is the integral of the Brier score over
//! the lead (Hersbach 2000): here the sum over 20 whole minutes.

use super::fleet::{Flier, aloft};
use super::units::{Units, chord2, on_sphere};
use super::{many, real};
use model::{Arrival, Picture, Stage, ThreatKind, Track, TrackId};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Minutes ahead that are scored.
pub(super) const MINUTES: usize = 20;
/// Minutes whose reliability is kept.
const TOLD_MIN: [usize; 4] = [2, 5, 10, 20];

/// One bin of a reliability diagram.
#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    n: f64,
    p: f64,
    hits: f64,
}

/// Sums over pairs; they add up over seeds.
#[derive(Debug, Clone)]
pub struct Foresight {
    pairs: f64,
    hits: [f64; MINUTES],
    ours: [f64; MINUTES],
    straight: [f64; MINUTES],
    bins: [[Bin; 10]; 4],
    windows: [f64; 2],
    early_late: [f64; 2],
}

impl Default for Foresight {
    fn default() -> Self {
        let none = [0.0; MINUTES];
        let bins = [[Bin::default(); 10]; 4];
        Self { pairs: 0.0, hits: none, ours: none, straight: none, bins, windows: [0.0; 2], early_late: [0.0; 2] }
    }
}

/// How far a kind may come in 20 minutes, kilometres; `None` when nothing can be foreseen so far ahead.
const fn reach_km(kind: ThreatKind) -> Option<f64> {
    match kind {
        ThreatKind::Uav | ThreatKind::ReconUav => Some(62.0),
        ThreatKind::JetUav => Some(200.0),
        ThreatKind::CruiseMissile => Some(300.0),
        ThreatKind::GuidedBomb => Some(90.0),
        _ => None,
    }
}

/// How far ahead the engine forecasts a kind, seconds.
const fn horizon_s(kind: ThreatKind) -> f64 {
    match kind {
        ThreatKind::Uav | ThreatKind::ReconUav | ThreatKind::Unknown => 1800.0,
        ThreatKind::JetUav | ThreatKind::CruiseMissile => 900.0,
        _ => 300.0,
    }
}

/// Share of an arrival's mass that falls before `after_s`: the told window holds its middle 90 %, evenly spread.
pub(super) fn mass_before(arrival: &Arrival, after_s: f64) -> f64 {
    let (early, late) = (f64::from(arrival.earliest_s), f64::from(arrival.latest_s));
    if after_s < early {
        return 0.05 * after_s / early;
    }
    if after_s < late {
        return 0.05 + 0.9 * (after_s - early) / (late - early);
    }
    // The last twentieth lies between the window's end and a tenth more of it.
    0.95 + 0.05 * ((after_s - late) / (0.1 * late + 1.0)).min(1.0)
}

/// Seconds until a straight line from a track's state enters a disc; `None` when it never does.
fn straight_s(track: &Track, unit: &super::units::Unit) -> Option<f64> {
    let east =
        (unit.centre.lon_deg() - track.position.lon_deg()) * 111.195 * libm::cos(track.position.lat_deg().to_radians());
    let north = (unit.centre.lat_deg() - track.position.lat_deg()) * 111.195;
    let outside = east * east + north * north - unit.radius_km * unit.radius_km;
    if outside <= 0.0 {
        return Some(0.0);
    }
    let course = track.course_deg?.to_radians();
    let speed = track.speed_mps / 1000.0;
    let closing = (east * libm::sin(course) + north * libm::cos(course)) * speed;
    let inner = closing * closing - speed * speed * outside;
    if closing <= 0.0 || inner < 0.0 {
        return None;
    }
    Some((closing - libm::sqrt(inner)) / (speed * speed))
}

/// Which flier each track follows: the nearest of those that the picture may hold by it.
fn followed(second: i64, picture: &Picture, fliers: &[Flier]) -> BTreeMap<TrackId, usize> {
    let aloft = aloft(fliers, second);
    let nearest = |track: &Track| {
        let place = on_sphere(track.position);
        let away2 = aloft.iter().map(|&(n, held_km, at)| (n, held_km, chord2(place, at)));
        let held = away2.filter(|&(_, held_km, away2)| away2 < held_km * held_km);
        held.min_by(|a, b| a.2.total_cmp(&b.2)).map(|(n, ..)| (track.id, n))
    };
    picture.tracks.iter().filter_map(nearest).collect()
}

impl Foresight {
    /// Scores a picture against what came: `come` gives what arrives at a unit after now, seconds from now and flier, the
    /// soonest first.
    pub(super) fn sample<'a>(
        &mut self,
        second: i64,
        picture: &Picture,
        fliers: &[Flier],
        units: &Units,
        come: impl Fn(usize) -> &'a [(i64, usize)],
    ) {
        let mut domain = vec![false; units.all.len()];
        let mut there = vec![false; units.all.len()];
        for flier in fliers {
            let (Some(at), Some(reach_km)) = (flier.at(second).map(on_sphere), reach_km(flier.kind)) else { continue };
            for (n, unit) in units.all.iter().enumerate() {
                let away2 = unit.away2(at);
                let near_km = reach_km + unit.radius_km;
                domain[n] |= away2 < near_km * near_km;
                there[n] |= away2 < unit.radius_km * unit.radius_km;
            }
        }
        let followed = followed(second, picture, fliers);
        let mut told: Vec<Vec<&Arrival>> = vec![Vec::new(); units.all.len()];
        for forecast in &picture.forecasts {
            // A raion's forecast is about the raion: only a unit's own counts.
            let Some(n) = units.at(forecast.community) else { continue };
            told[n].push(&forecast.arrival);
            let its = followed.get(&forecast.track).and_then(|flier| come(n).iter().find(|(_, comes)| comes == flier));
            if let Some(&(at, _)) = its {
                self.window(&forecast.arrival, real(at - second));
            }
        }
        let tracks: Vec<&Track> =
            picture.tracks.iter().filter(|t| matches!(t.stage, Stage::Confirmed | Stage::Coasting)).collect();
        for (n, unit) in units.all.iter().enumerate().filter(|&(n, _)| domain[n] && !there[n]) {
            let arrives_s = come(n).first().map(|&(at, _)| real(at - second));
            let lines: Vec<(f64, f64)> = tracks
                .iter()
                .filter_map(|track| straight_s(track, unit).map(|s| (s, track.existence)))
                .filter(|&(s, _)| s <= 1200.0)
                .collect();
            self.pairs += 1.0;
            for minute in 1..=MINUTES {
                let after_s = 60.0 * many(minute);
                let hit = if arrives_s.is_some_and(|s| s <= after_s) { 1.0 } else { 0.0 };
                let none: f64 = told[n].iter().map(|a| 1.0 - a.probability * mass_before(a, after_s)).product();
                let none_straight: f64 = lines.iter().filter(|&&(s, _)| s <= after_s).map(|&(_, p)| 1.0 - p).product();
                let p = 1.0 - none;
                self.hits[minute - 1] += hit;
                self.ours[minute - 1] += (p - hit) * (p - hit);
                self.straight[minute - 1] += (1.0 - none_straight - hit) * (1.0 - none_straight - hit);
                if let Some(kept) = TOLD_MIN.iter().position(|&told| told == minute) {
                    let bin = usize::try_from(super::whole(p * 10.0)).unwrap_or(0).min(9);
                    let bin = &mut self.bins[kept][bin];
                    *bin = Bin { n: bin.n + 1.0, p: bin.p + p, hits: bin.hits + hit };
                }
            }
        }
    }

    /// Scores one window: the object it is about comes after `s` seconds.
    fn window(&mut self, arrival: &Arrival, s: f64) {
        if s > horizon_s(arrival.kind) {
            return;
        }
        self.windows[0] += 1.0;
        if s < f64::from(arrival.earliest_s) {
            self.early_late[0] += 1.0;
        } else if s > f64::from(arrival.latest_s) {
            self.early_late[1] += 1.0;
        } else {
            self.windows[1] += 1.0;
        }
    }

    /// Adds another night's.
    pub(super) fn add(&mut self, other: &Self) {
        self.pairs += other.pairs;
        for m in 0..MINUTES {
            self.hits[m] += other.hits[m];
            self.ours[m] += other.ours[m];
            self.straight[m] += other.straight[m];
        }
        for (bins, others) in self.bins.iter_mut().zip(&other.bins) {
            for (bin, other) in bins.iter_mut().zip(others) {
                *bin = Bin { n: bin.n + other.n, p: bin.p + other.p, hits: bin.hits + other.hits };
            }
        }
        for n in 0..2 {
            self.windows[n] += other.windows[n];
            self.early_late[n] += other.early_late[n];
        }
    }

    /// Points of the reliability diagram at 10 minutes: mean forecast, share that came, how many.
    pub(super) fn reliability(&self) -> Vec<[f64; 3]> {
        let bins = self.bins[2].iter().filter(|bin| bin.n > 0.0);
        bins.map(|bin| [bin.p / bin.n, bin.hits / bin.n, bin.n]).collect()
    }

    /// Error of calibration of one kept minute: the mean of |forecast − share| over bins, weighted by how many.
    pub(super) fn ece(&self, kept: usize, from_bin: usize) -> Option<f64> {
        let bins = self.bins.get(kept)?.iter().skip(from_bin);
        let n: f64 = bins.clone().map(|bin| bin.n).sum();
        (n > 0.0).then(|| bins.map(|bin| (bin.p - bin.hits).abs()).sum::<f64>() / n)
    }

    /// Brier scores at a minute: ours, the straight line's, climatology's.
    pub(super) fn brier(&self, minute: usize) -> [f64; 3] {
        let (n, m) = (self.pairs.max(1.0), minute - 1);
        let rate = self.hits[m] / n;
        [self.ours[m] / n, self.straight[m] / n, rate * (1.0 - rate)]
    }

    /// Everything as JSON.
    pub(super) fn json(&self) -> Value {
        let skill = |ours: f64, theirs: f64| (theirs > 0.0).then(|| super::score::round(1.0 - ours / theirs, 4));
        let brier: Vec<Value> = TOLD_MIN
            .iter()
            .enumerate()
            .map(|(kept, &minute)| {
                let [ours, straight, climatology] = self.brier(minute);
                json!({
                    "minutes": minute,
                    "forecast": super::score::round(ours, 6),
                    "straight_line": super::score::round(straight, 6),
                    "climatology": super::score::round(climatology, 6),
                    "skill_vs_straight_line": skill(ours, straight),
                    "skill_vs_climatology": skill(ours, climatology),
                    "ece": self.ece(kept, 0).map(|e| super::score::round(e, 5)),
                    "ece_above_10_percent": self.ece(kept, 1).map(|e| super::score::round(e, 5)),
                    "reliability": self.bins[kept].iter().map(|bin| json!({
                        "n": bin.n,
                        "mean_p": (bin.n > 0.0).then(|| super::score::round(bin.p / bin.n, 4)),
                        "came": (bin.n > 0.0).then(|| super::score::round(bin.hits / bin.n, 4)),
                    })).collect::<Vec<_>>(),
                })
            })
            .collect();
        let crps = |which: usize| (1..=MINUTES).map(|m| 60.0 * self.brier(m)[which]).sum::<f64>();
        let share = |n: f64| (self.windows[0] > 0.0).then(|| super::score::round(n / self.windows[0], 4));
        json!({
            "pairs": self.pairs,
            "brier": brier,
            "crps_s": {
                "forecast": super::score::round(crps(0), 3),
                "straight_line": super::score::round(crps(1), 3),
                "climatology": super::score::round(crps(2), 3),
            },
            "window_90": {
                "arrivals": self.windows[0],
                "inside": share(self.windows[1]),
                "earlier": share(self.early_late[0]),
                "later": share(self.early_late[1]),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::fleet::End;
    use super::*;
    use crate::ground::{middle, small};
    use crate::world::BEGIN;
    use model::{Count, Forecast, Position};

    fn flier(from: Position) -> Flier {
        let places = vec![from, from.toward(90.0, 50.0)];
        let (kind, end) = (ThreatKind::Uav, End::Arrived);
        Flier { kind, count: 1, decoy: false, target: 0, begins_s: 0, step_s: 1_000, places, end, high: false }
    }

    fn track(id: u64, position: Position) -> Track {
        Track {
            id: TrackId(id),
            stage: Stage::Confirmed,
            kind: ThreatKind::Uav,
            kinds: Vec::new(),
            count: Count::exactly(1),
            position,
            position_sd_km: [5.0, 5.0, 0.0],
            speed_mps: 50.0,
            course_deg: Some(90.0),
            course_sd_deg: 10.0,
            existence: 1.0,
            approximate: false,
            at: BEGIN,
            first_seen_at: BEGIN,
            last_seen_at: BEGIN,
            targets: Vec::new(),
            path: Vec::new(),
            provenance: Vec::new(),
        }
    }

    #[test]
    fn a_window_is_held_against_the_object_its_track_follows_whatever_comes_first() {
        let units = Units::of(small());
        let fliers = [flier(middle()), flier(middle().toward(0.0, 40.0))];
        let community = units.all[0].code;
        let arrival = |early: u32, late: u32| Arrival {
            probability: 0.5,
            earliest_s: early,
            latest_s: late,
            kind: ThreatKind::Uav,
        };
        let of = |id: u64, arrival: Arrival| Forecast { track: TrackId(id), community, arrival };
        let picture = Picture {
            as_of: BEGIN,
            communities: Vec::new(),
            alerts: Vec::new(),
            // The third follows nothing: no group is near it.
            tracks: vec![
                track(1, middle().toward(180.0, 6.0)),
                track(2, middle().toward(0.0, 33.0)),
                track(3, middle().toward(180.0, 90.0)),
            ],
            forecasts: vec![of(1, arrival(500, 700)), of(2, arrival(150, 190)), of(3, arrival(0, 900))],
            sources: Vec::new(),
            waiting: Vec::new(),
            unheld: Vec::new(),
        };
        let sampled = |come: &[(i64, usize)]| {
            let mut foresight = Foresight::default();
            foresight.sample(0, &picture, &fliers, &units, |unit| if unit == 0 { come } else { &[] });
            (foresight.windows, foresight.early_late)
        };
        // The second group comes first, in 200 s, ten after its window; the first in 600 s, inside its own.
        assert_eq!(sampled(&[(200, 1), (600, 0)]), ([2.0, 1.0], [0.0, 1.0]));
        assert_eq!(sampled(&[(400, 0)]), ([1.0, 0.0], [1.0, 0.0]));
        assert_eq!(sampled(&[(1_801, 0)]), ([0.0, 0.0], [0.0, 0.0]), "beyond the horizon");
        assert_eq!(sampled(&[]), ([0.0, 0.0], [0.0, 0.0]));
    }
}
