//! Everything believed to be in the sky, and how one more batch changes it.
//!
//! [`Sky::take`] is a fold: the same batches in the same order give the same sky, bit for bit. It must be called with
//! batches sorted by their key; [`super::Story`] sees to that.
//!
//! The filter is the Poisson multi-Bernoulli mixture of [`super::pmbm`] (Williams 2015; García-Fernández et al. 2018) with
//! the model of [`super::live`]: what nobody detected is the Poisson intensity of [`super::undetected`], a body that
//! nothing confuses is a Bernoulli by itself, and bodies that compete for evidence share hypotheses, a [`Group`]. It is
//! asked about those near a batch alone: the rest wait where they were, and are moved on when somebody asks.

mod associate;

use super::body::{Body, TRUST_ALONE, seconds};
use super::kind::cancels;
use super::live::Looks;
use super::menace::{Menace, believed, threaten};
use super::motion::{Fix, KM_PER_DEG};
use super::pmbm::Cluster;
use super::roster::Roster;
use super::source::{Aircraft, Evidence};
use super::state::State;
use super::trust::Trust;
use super::undetected::Undetected;
use crate::ground::Ground;
use crate::sense::{Batch, Sighting, Statement};
use model::{Code, Position, Stage, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Most tracks followed at once; the least likely unbelieved one makes room.
pub(crate) const TRACKS_MAX: usize = 4096;
/// Bodies are looked over for ends so often, milliseconds.
const PRUNE_MS: i64 = 1000;
/// Unbelieved bodies below this existence are given up.
const EXISTENCE_MIN: f64 = 0.0005;
/// Silence after which an object that was only heard may be another that is followed, seconds, and how near that must
/// be: 90 % of a chi-squared variable of two degrees of freedom.
const ABSORB_S: f64 = 20.0;
const ABSORB_GATE: f64 = 4.6;
/// Everything believed after some batches.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sky {
    /// In the order they began: sorted by key.
    pub(crate) bodies: Vec<Arc<Body>>,
    /// Where each body roughly is, to find those near a measurement without touching the rest.
    rough: Vec<Rough>,
    /// Bodies whose histories depend on each other; each body is in one at most.
    groups: Vec<Arc<Group>>,
    /// The look that the last batch belongs to.
    scan: Option<Scan>,
    /// Number of the next body.
    next: u64,
    pub(crate) menaces: Vec<Menace>,
    undetected: Undetected,
    aircraft: Aircraft,
    trust: Trust,
    pruned_at: Option<Timestamp>,
    /// Sightings that found no room.
    pub(crate) crowded_out: u64,
}

/// Bodies that share hypotheses, at an instant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Group {
    pub(crate) at: Timestamp,
    pub(crate) cluster: Cluster<State>,
}

/// A sensor's look that is not over: all its reports of one instant belong to it.
#[derive(Debug, Clone, PartialEq)]
struct Scan {
    at: Timestamp,
    source: u16,
    /// Number of the first body that began with it.
    first: u64,
    /// Bodies that it saw.
    seen: BTreeSet<u64>,
}

/// Where a body is, roughly.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rough {
    at: Timestamp,
    lat_deg: f64,
    lon_deg: f64,
    km_per_deg: f64,
    /// Reach at `at` and its growth, kilometres and km/s.
    reach_km: f64,
    grows_kmps: f64,
}

impl Rough {
    fn of(body: &Body) -> Self {
        let motion = body.state.imm.motion();
        let speed_sd = motion.speed_sd_mps() / 1000.0;
        let lat = motion.position.lat_deg();
        Self {
            at: body.at,
            lat_deg: lat,
            lon_deg: motion.position.lon_deg(),
            km_per_deg: KM_PER_DEG * libm::cos(lat.to_radians()).max(0.01),
            reach_km: 4.0 * libm::sqrt(motion.covariance[0][0] + motion.covariance[1][1]) + 0.5,
            grows_kmps: motion.speed_mps() / 1000.0 + 4.0 * speed_sd + 0.005,
        }
    }

    fn near(&self, lat_deg: f64, lon_deg: f64, km: f64, now: Timestamp) -> bool {
        let reach = km + self.reach_km + self.grows_kmps * seconds(self.at, now).max(0.0);
        let n = (self.lat_deg - lat_deg) * KM_PER_DEG;
        let e = (self.lon_deg - lon_deg) * self.km_per_deg;
        n.abs() < reach && e.abs() < reach
    }
}

/// What a batch is weighed against: the world as it does not change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct World<'a> {
    pub(crate) ground: &'a Ground,
    pub(crate) roster: &'a Roster,
}

impl Sky {
    /// An empty sky over an area set.
    pub(crate) fn over(ground: &Ground) -> Self {
        Self { undetected: Undetected::over(ground), ..Self::default() }
    }

    /// Takes the next batch in; its key must not be smaller than any before. `counts` is false for words that were said
    /// before.
    pub(crate) fn take(&mut self, batch: &Batch, counts: bool, world: World<'_>) {
        let now = batch.key.at;
        if self.scan.as_ref().is_some_and(|scan| (scan.at, scan.source) != (now, batch.key.source)) {
            self.end_scan(world);
        }
        self.prune(now);
        if !counts {
            return;
        }
        let Some(profile) = world.roster.profile(batch.key.source) else { return };
        let trust = self.trust.of(batch.key.source, profile.trust);
        let mut told: Vec<(&Sighting, Evidence<'_>)> = Vec::new();
        for sighting in &batch.sightings {
            match &sighting.statement {
                Statement::Threat(areas) => {
                    let configured = profile.trust;
                    let menace =
                        Menace::new(sighting.kind, areas, batch.key.source, configured, batch.event, batch.key.at);
                    self.crowded_out += u64::from(!threaten(&mut self.menaces, menace));
                }
                Statement::Cancel(areas) => self.cancel(batch, sighting, areas, world),
                Statement::Traffic(traffic) => self.aircraft.hear(traffic, now),
                _ => {
                    let evidence = Evidence::of(sighting, profile, batch.key.source);
                    told.extend(evidence.map(|evidence| (sighting, evidence)));
                }
            }
        }
        // Nothing seen by one that says where it looks is a look too.
        let plots = told.iter().all(|(_, evidence)| evidence.scans());
        let scans = profile.sensor.detection_p > 0.0 && batch.whole && plots && told.len() == batch.sightings.len();
        if told.is_empty() && !scans {
            return;
        }
        let looks = match told.first() {
            _ if scans => Looks::Scan(profile),
            Some((_, first)) if plots => Looks::Somewhere(first.detection_p()),
            _ => Looks::Silent,
        };
        self.associate(batch, told, trust, looks, world);
    }

    /// Bodies that may be near, by index, and their modes at the instant.
    fn near(&self, place: Position, km: f64, now: Timestamp) -> impl Iterator<Item = usize> + '_ {
        let (lat, lon) = (place.lat_deg(), place.lon_deg());
        self.rough.iter().enumerate().filter(move |(_, rough)| rough.near(lat, lon, km, now)).map(|(at, _)| at)
    }

    /// Gives the least likely unbelieved body up for one of `existence`.
    fn make_room(&mut self, existence: f64) -> bool {
        let weakest = self.bodies.iter().filter(|body| !body.confirmed);
        let weakest = weakest.min_by(|a, b| a.existence.total_cmp(&b.existence));
        let Some(body) = weakest else { return false };
        if body.existence > existence {
            return false;
        }
        let number = body.number;
        self.keep(|body| body.number != number);
        true
    }

    /// Gives up what is over; ends no alert.
    fn prune(&mut self, now: Timestamp) {
        if self.pruned_at.is_some_and(|at| now.ms_since(at) < PRUNE_MS) {
            return;
        }
        self.pruned_at = Some(now);
        self.menaces.retain(|menace| menace.until > now);
        self.aircraft.forget(now);
        let over =
            |body: &Body| body.stage_at(now) == Stage::Ended || (!body.confirmed && body.existence < EXISTENCE_MIN);
        let ended: BTreeSet<u64> = (self.bodies.iter())
            .filter(|body| over(body) || self.absorbed(body, now))
            .map(|body| body.number)
            .collect();
        for body in self.bodies.iter().filter(|body| ended.contains(&body.number)) {
            if let ([only], true) = (body.state.witnesses.as_slice(), body.state.spoken && body.doubted) {
                self.trust.alone(*only);
            }
        }
        self.keep(|body| !ended.contains(&body.number));
    }

    /// Lets go of some bodies. A group that loses one is no group any more: the others go on by themselves, as the
    /// heaviest hypothesis has them.
    fn keep(&mut self, keep: impl Fn(&Body) -> bool) {
        let kept: Vec<bool> = self.bodies.iter().map(|body| keep(body)).collect();
        if !kept.contains(&false) {
            return;
        }
        let gone: Vec<u64> =
            self.bodies.iter().zip(&kept).filter(|(_, kept)| !**kept).map(|(body, _)| body.number).collect();
        let there = |track: &super::pmbm::Bundle<State>| gone.binary_search(&track.id).is_err();
        self.groups.retain(|group| group.cluster.tracks.iter().all(there));
        let mut keeps = kept.iter();
        self.bodies.retain(|_| keeps.next().copied().unwrap_or(true));
        let mut keeps = kept.iter();
        self.rough.retain(|_| keeps.next().copied().unwrap_or(true));
    }

    /// Whether an object that was only heard is one that instruments follow by now: for a while everything heard about
    /// there was better explained by one that lies within its own ellipse. What was told in words is never absorbed.
    fn absorbed(&self, body: &Body, now: Timestamp) -> bool {
        if body.state.sharp || body.state.spoken || seconds(body.state.last_seen_at, now) < ABSORB_S {
            return false;
        }
        let imm = body.imm_at(now);
        let motion = imm.motion();
        self.near(motion.position, 3.0 * motion.sd_km(), now).any(|at| {
            let other = &self.bodies[at];
            other.state.sharp && other.confirmed && {
                let theirs = other.motion_at(now);
                let [a, b, c] = [theirs.covariance[0][0], theirs.covariance[0][1], theirs.covariance[1][1]];
                imm.distance(&Fix { position: theirs.position, covariance: [a, b, c], lag_s: 0.0 }).0 < ABSORB_GATE
            }
        })
    }

    /// Ends what this source began or what a trusted source may end; a stranger's cancel ends nothing of others.
    fn cancel(&mut self, batch: &Batch, sighting: &Sighting, areas: &[Code], world: World<'_>) {
        let (now, ground, source) = (batch.key.at, world.ground, batch.key.source);
        let trusted = world.roster.trust(source) >= TRUST_ALONE;
        self.menaces.retain(|menace| {
            let heard = trusted || menace.source == source;
            let there = menace.areas.iter().all(|&area| areas.iter().any(|&over| ground.within(area, over)));
            !(heard && there && cancels(sighting.kind, menace.kind))
        });
        let ends = |body: &Body| {
            let heard = trusted || body.state.witnesses.as_slice() == [source];
            if !heard || !cancels(sighting.kind, body.state.kind) {
                return false;
            }
            let here = ground.nearest(body.motion_at(now).position);
            here.is_some_and(|here| areas.iter().any(|&over| ground.within(here, over) || ground.within(over, here)))
        };
        self.keep(|body| !ends(body));
    }

    /// The group of a body, when it shares hypotheses with others or has several histories.
    pub(crate) fn group_of(&self, number: u64) -> Option<&Arc<Group>> {
        self.groups.iter().find(|group| group.cluster.tracks.iter().any(|track| track.id == number))
    }

    /// The same for all bodies that have one.
    pub(crate) fn groups_by_body(&self) -> BTreeMap<u64, &Arc<Group>> {
        let numbers = |group: &Arc<Group>| group.cluster.tracks.iter().map(|track| track.id).collect::<Vec<u64>>();
        self.groups.iter().flat_map(|group| numbers(group).into_iter().map(move |number| (number, group))).collect()
    }

    /// All groups.
    pub(crate) fn groups(&self) -> &[Arc<Group>] {
        &self.groups
    }

    /// Whether a threat without a place is believed at `now`.
    pub(crate) fn believes(&self, menace: &Menace, now: Timestamp, ground: &Ground) -> bool {
        believed(menace, &self.menaces, now, ground)
    }
}
