//! Everything believed to be in the sky, and how one more batch changes it.
//!
//! [`Sky::take`] is a fold: the same batches in the same order give the same sky, bit for bit. It must be called with
//! batches sorted by their key; [`super::Story`] sees to that.
//!
//! The filter is a Poisson multi-Bernoulli one (Williams 2015): each body is a Bernoulli with its own existence, what
//! nobody detected is the Poisson intensity of [`super::undetected`], and after each batch the mixture over assignments
//! is projected back to one body for each track, with its modes moment-matched.

use super::associate::{Edge, marginals, pairs};
use super::body::{Body, TRUST_ALONE, seconds};
use super::kind::cancels;
use super::menace::{Menace, believed, threaten};
use super::motion::{Fix, Imm, KM_PER_DEG};
use super::roster::{Profile, Roster};
use super::source::{Aircraft, Around, Evidence};
use super::trust::Trust;
use super::undetected::Undetected;
use crate::ground::Ground;
use crate::sense::{Batch, Key, Sighting, Statement};
use model::{Code, Position, Stage, Timestamp, TrackId};
use std::collections::VecDeque;
use std::sync::Arc;

/// Most tracks followed at once; the least likely unbelieved one makes room.
pub(crate) const TRACKS_MAX: usize = 4096;
/// Bodies are looked over for ends so often, milliseconds.
const PRUNE_MS: i64 = 1000;
/// Unbelieved bodies below this existence are given up.
const EXISTENCE_MIN: f64 = 0.005;
/// Silence after which an object that was only heard may be another that is followed, seconds, and how near that must
/// be: 90 % of a chi-squared variable of two degrees of freedom.
const ABSORB_S: f64 = 20.0;
const ABSORB_GATE: f64 = 4.6;
/// Where a sensor reports a plot it has looked: an unbelieved body in that plot's gate would have been detected so
/// likely too. It keeps the echoes of one object from living beside it.
const LOOKED_P: f64 = 0.6;
/// A share of an assignment below this changes nothing.
const SHARE_MIN: f64 = 0.01;
/// A share between this and one less this is not clear.
const CLEAR: f64 = 0.05;

/// Everything believed after some batches.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sky {
    /// In the order they began: sorted by key.
    pub(crate) bodies: Vec<Arc<Body>>,
    /// Where each body roughly is, to find those near a measurement without touching the rest.
    rough: Vec<Rough>,
    pub(crate) menaces: Vec<Menace>,
    undetected: Undetected,
    aircraft: Aircraft,
    trust: Trust,
    pruned_at: Option<Timestamp>,
    /// Sightings that found no room.
    pub(crate) crowded_out: u64,
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
        let motion = body.imm.motion();
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
        self.prune(now);
        if !counts {
            return;
        }
        let Some(profile) = world.roster.profile(batch.key.source) else { return };
        let trust = self.trust.of(batch.key.source, profile.trust);
        let mut looks: Vec<(&Sighting, Evidence<'_>)> = Vec::new();
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
                    looks.extend(evidence.map(|evidence| (sighting, evidence)));
                }
            }
        }
        if looks.is_empty() {
            return;
        }
        let scans = profile.sensor.detection_p > 0.0 && looks.iter().any(|(_, evidence)| evidence.scans());
        self.associate(batch, &looks, trust, scans.then_some(profile), world);
        if scans {
            self.undetected.look(profile, world.ground, now);
        }
    }

    /// Bodies that may be near, by index, and their modes at the instant.
    fn near(&self, place: Position, km: f64, now: Timestamp) -> impl Iterator<Item = usize> + '_ {
        let (lat, lon) = (place.lat_deg(), place.lon_deg());
        self.rough.iter().enumerate().filter(move |(_, rough)| rough.near(lat, lon, km, now)).map(|(at, _)| at)
    }

    fn associate(
        &mut self,
        batch: &Batch,
        looks: &[(&Sighting, Evidence<'_>)],
        trust: f64,
        scans: Option<&Profile>,
        world: World<'_>,
    ) {
        let now = batch.key.at;
        // Bodies touched by the batch: their index, and their modes at the instant.
        let mut touched: Vec<(usize, Imm)> = Vec::new();
        // Place of each body among the touched ones.
        let mut slots: Vec<Option<u32>> = vec![None; self.bodies.len()];
        let mut edges: Vec<Edge> = Vec::new();
        let mut arounds: Vec<Around> = Vec::with_capacity(looks.len());
        for (look, (_, evidence)) in looks.iter().enumerate() {
            let (place, km) = evidence.reach();
            let around = Around {
                undetected: self.undetected.at(place, now),
                traffic: if evidence.scans() { self.aircraft.explains(place, km * km / 16.0, now) } else { 0.0 },
                trust,
            };
            arounds.push(around);
            for at in self.near(place, km, now) {
                let body = &self.bodies[at];
                let slot = slots[at].and_then(|slot| usize::try_from(slot).ok()).unwrap_or_else(|| {
                    touched.push((at, body.imm_at(now)));
                    slots[at] = u32::try_from(touched.len() - 1).ok();
                    touched.len() - 1
                });
                if let Some(odds) = evidence.odds(body, &touched[slot].1, &around) {
                    edges.push(Edge { look, track: slot, odds });
                }
            }
        }
        let hard = looks.iter().all(|(_, evidence)| evidence.hard());
        let (shares, tangled) = if hard {
            let chosen = pairs(&edges, looks.len(), touched.len());
            (edges.iter().map(|edge| f64::from(u8::from(chosen[edge.look] == Some(edge.track)))).collect(), false)
        } else {
            marginals(&edges, looks.len(), touched.len())
        };
        let mut left = vec![1.0_f64; looks.len()];
        let mut mine: Vec<Vec<(usize, f64)>> = vec![Vec::new(); touched.len()];
        for (edge, &share) in edges.iter().zip(&shares) {
            left[edge.look] -= share;
            if share > SHARE_MIN {
                mine[edge.track].push((edge.look, share));
            }
        }
        for ((at, imm), mine) in touched.iter().zip(&mine) {
            if mine.is_empty() {
                self.doubt(*at, batch.key.source, trust, world);
                continue;
            }
            self.update(*at, imm, batch, looks, mine, trust, tangled, scans, world);
        }
        if let Some(profile) = scans {
            self.miss(profile, now, &slots, world);
        }
        for (look, (sighting, evidence)) in looks.iter().enumerate() {
            if !hard || left[look] > 0.5 {
                self.begin(batch, sighting, evidence, left[look].clamp(0.0, 1.0), &arounds[look]);
            }
        }
    }

    /// Somebody spoke of the sky about a body and not of it. Only the word of a source trusted no less counts: else
    /// anyone could talk away the trust of others, and who is alone in a sky would lose it by being alone.
    fn doubt(&mut self, at: usize, source: u16, trust: f64, world: World<'_>) {
        let body = &self.bodies[at];
        if let ([only], false) = (body.witnesses.as_slice(), body.doubted)
            && *only != source
            && trust >= self.trust.of(*only, world.roster.trust(*only))
        {
            Arc::make_mut(&mut self.bodies[at]).doubted = true;
        }
    }

    /// One body after a batch: each assignment updates a copy, and the copies become one again.
    #[allow(clippy::too_many_arguments)] // One body, one batch: a struct would be made for this call alone.
    fn update(
        &mut self,
        at: usize,
        imm: &Imm,
        batch: &Batch,
        looks: &[(&Sighting, Evidence<'_>)],
        mine: &[(usize, f64)],
        trust: f64,
        tangled: bool,
        scans: Option<&Profile>,
        world: World<'_>,
    ) {
        let now = batch.key.at;
        let sum: f64 = mine.iter().map(|(_, share)| share).sum();
        if mine.is_empty() {
            return;
        }
        let Some(&(main, most)) = mine.iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))) else { return };
        let place = imm.motion().position;
        let body = Arc::make_mut(&mut self.bodies[at]);
        body.imm = imm.clone();
        body.at = body.at.max(now);
        // The part that nothing of this batch is of: missed, or simply not spoken of.
        let looked = mine.iter().any(|&(look, _)| looks[look].1.scans()) && !body.confirmed;
        let detection_p = match scans {
            Some(profile) => profile.detection_p(place, world.ground),
            None if looked => LOOKED_P,
            None => 0.0,
        };
        let missed = body.existence * (1.0 - detection_p) / (1.0 - body.existence * detection_p).max(1e-9);
        let evidence = &looks[main].1;
        let speaks = evidence.speaks();
        let mut grown = body.clone();
        evidence.update(&mut grown);
        // Other assignments of this body: blended into the likeliest one.
        let mut held = most;
        for &(look, share) in mine.iter().filter(|(look, _)| *look != main) {
            let mut other = body.clone();
            looks[look].1.update(&mut other);
            held += share;
            grown.imm.blend(&other.imm, share / held);
        }
        let nothing = (1.0 - sum).max(0.0);
        if nothing > SHARE_MIN {
            let still = nothing * missed / (nothing * missed + sum).max(1e-9);
            grown.imm.blend(&body.imm, still);
        }
        *body = grown;
        body.approximate = tangled || (most > CLEAR && most < 1.0 - CLEAR);
        if most < 0.5 {
            // More likely of something else: it lends position, not its word.
            body.existence = sum + nothing * missed;
            self.rough[at] = Rough::of(body);
            return;
        }
        body.existence = if speaks {
            // Many words tell of one object: only a new witness adds to its existence.
            if body.witnesses.contains(&batch.key.source) {
                body.existence.max(trust)
            } else {
                1.0 - (1.0 - body.existence) * (1.0 - trust)
            }
        } else {
            (sum + nothing * missed).clamp(0.0, 0.999_999)
        };
        let made_by = evidence.made_by();
        let known = !made_by.is_empty()
            && made_by.iter().all(|name| world.roster.named(name).is_some_and(|own| body.witnesses.contains(&own)));
        let elsewhere = match (body.observer, evidence.observer()) {
            (Some(one), Some(other)) => one.distance_km(other) > 0.2,
            _ => true,
        };
        if elsewhere {
            body.observer = None;
        }
        if evidence.observer().is_none() {
            body.placed = true;
        }
        body.spoken |= speaks;
        body.sharp |= evidence.sharp();
        let fresh = !known && !body.witnesses.contains(&batch.key.source);
        let first = body.witnesses.first().copied();
        // What another system made of sensors we hear anyway is no further witness.
        let source = if known { first.unwrap_or(batch.key.source) } else { batch.key.source };
        body.witnessed(source, trust, batch.event, now);
        body.settle(trust);
        self.rough[at] = Rough::of(body);
        if let (true, Some(first)) = (fresh, first) {
            self.trust.corroborate(first, batch.key.source);
        }
    }

    /// A sensor looked and did not see these: its word against them, where it looks.
    fn miss(&mut self, profile: &Profile, now: Timestamp, slots: &[Option<u32>], world: World<'_>) {
        for (at, slot) in slots.iter().enumerate() {
            if slot.is_some() || !self.bodies[at].placed {
                continue;
            }
            let detection_p = profile.detection_p(self.bodies[at].motion_at(now).position, world.ground);
            if detection_p <= 0.0 {
                continue;
            }
            let body = Arc::make_mut(&mut self.bodies[at]);
            let r = body.existence;
            body.existence = r * (1.0 - detection_p) / (1.0 - r * detection_p).max(1e-9);
        }
    }

    fn begin(&mut self, batch: &Batch, sighting: &Sighting, evidence: &Evidence<'_>, left: f64, around: &Around) {
        let Some(birth) = evidence.begin(left, around) else { return };
        if self.bodies.len() >= TRACKS_MAX && !self.make_room(birth.existence) {
            self.crowded_out += 1;
            return;
        }
        let now = batch.key.at;
        let (targets, variable) = evidence.told();
        let mut body = Body {
            key: Key { item: sighting.item, ..batch.key.clone() },
            id: TrackId::of(batch.event, u64::from(sighting.item)),
            kinds: birth.kinds,
            kind: model::ThreatKind::Unknown,
            many: birth.many,
            imm: birth.imm,
            at: now,
            first_seen_at: now,
            last_seen_at: now,
            existence: birth.existence,
            ceiling: 0.0,
            confirmed: false,
            placed: birth.observer.is_none(),
            observer: birth.observer,
            spoken: evidence.speaks(),
            sharp: evidence.sharp(),
            variable,
            approximate: false,
            witnesses: Vec::new(),
            doubted: false,
            links: evidence.link().into_iter().collect(),
            targets,
            provenance: Vec::new(),
            path: VecDeque::new(),
        };
        body.witnessed(batch.key.source, around.trust, batch.event, now);
        body.settle(around.trust);
        self.rough.push(Rough::of(&body));
        self.bodies.push(Arc::new(body));
    }

    /// Gives the least likely unbelieved body up for one of `existence`.
    fn make_room(&mut self, existence: f64) -> bool {
        let weakest = self.bodies.iter().enumerate().filter(|(_, body)| !body.confirmed);
        let weakest = weakest.min_by(|(_, a), (_, b)| a.existence.total_cmp(&b.existence));
        let Some((at, body)) = weakest else { return false };
        if body.existence > existence {
            return false;
        }
        self.bodies.remove(at);
        self.rough.remove(at);
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
        let ended: Vec<bool> = self.bodies.iter().map(|body| over(body) || self.absorbed(body, now)).collect();
        for (body, _) in self.bodies.iter().zip(&ended).filter(|(_, ended)| **ended) {
            if let ([only], true) = (body.witnesses.as_slice(), body.spoken && body.doubted) {
                self.trust.alone(*only);
            }
        }
        let mut ends = ended.iter();
        self.bodies.retain(|_| !ends.next().copied().unwrap_or(false));
        let mut ends = ended.iter();
        self.rough.retain(|_| !ends.next().copied().unwrap_or(false));
    }

    /// Whether an object that was only heard is one that instruments follow by now: for a while everything heard about
    /// there was better explained by one that lies within its own ellipse. What was told in words is never absorbed.
    fn absorbed(&self, body: &Body, now: Timestamp) -> bool {
        if body.sharp || body.spoken || seconds(body.last_seen_at, now) < ABSORB_S {
            return false;
        }
        let imm = body.imm_at(now);
        let motion = imm.motion();
        self.near(motion.position, 3.0 * motion.sd_km(), now).any(|at| {
            let other = &self.bodies[at];
            other.sharp && other.confirmed && {
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
            let heard = trusted || body.witnesses.as_slice() == [source];
            if !heard || !cancels(sighting.kind, body.kind) {
                return false;
            }
            let here = ground.nearest(body.motion_at(now).position);
            here.is_some_and(|here| areas.iter().any(|&over| ground.within(here, over) || ground.within(over, here)))
        };
        let ended: Vec<bool> = self.bodies.iter().map(|body| ends(body)).collect();
        let mut ends = ended.iter();
        self.bodies.retain(|_| !ends.next().copied().unwrap_or(false));
        let mut ends = ended.iter();
        self.rough.retain(|_| !ends.next().copied().unwrap_or(false));
    }

    /// Whether a threat without a place is believed at `now`.
    pub(crate) fn believes(&self, menace: &Menace, now: Timestamp, ground: &Ground) -> bool {
        believed(menace, &self.menaces, now, ground)
    }
}
