//! One batch: who it may be of, the filter over those, and what is left begins anew.
//!
//! The filter is built for the batch: bodies in no gate take no part and stay as they are, so that a batch costs by what
//! is near it and not by what is in the sky.

use super::{Body, Group, Rough, Scan, Sky, TRACKS_MAX, World, seconds};
use crate::fuse::live::{Live, Look, Looks};
use crate::fuse::path::Path;
use crate::fuse::pmbm::{Claim, Filter, Lone, Settings};
use crate::fuse::source::{Around, Evidence, GATE};
use crate::fuse::state::State;
use crate::sense::{Batch, Key, Sighting};
use model::{Timestamp, TrackId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A claim below this probability is none.
const CLAIM_MIN: f64 = 0.01;
/// A claim above this probability says whose the measurement most likely is.
const SURE: f64 = 0.5;
/// Squared distance beyond which nothing is claimed.
const APART_MAX: f64 = 4.0 * GATE;
/// Existence that no believed body falls below, whatever sensors miss: its end is told, not weighed.
const BELIEVED_MIN: f64 = 1e-6;
/// Existence that no evidence goes beyond.
const EXISTENCE_MAX: f64 = 0.999_999;
/// How hypotheses are kept: the product mode of the filter, its floor low enough that [`Sky`] decides on ends.
const SETTINGS: Settings = Settings {
    hypotheses: 20,
    cluster_tracks_max: 8,
    firm: 0.05,
    floor: BELIEVED_MIN,
    weight_floor: 1e-3,
    tracks_max: 2 * TRACKS_MAX,
    claims: true,
};

/// By a body's number, which evidence of a batch reaches it, roughly.
type Near = BTreeMap<u64, Vec<usize>>;

impl Sky {
    /// Takes the evidence of a batch in.
    pub(super) fn associate(
        &mut self,
        batch: &Batch,
        told: Vec<(&Sighting, Evidence<'_>)>,
        trust: f64,
        looks: Looks<'_>,
        world: World<'_>,
    ) {
        let now = batch.key.at;
        let mut sightings: Vec<&Sighting> = Vec::with_capacity(told.len());
        let mut measurements: Vec<Look<'_>> = Vec::with_capacity(told.len());
        let mut reach_km = 0.0_f64;
        for (sighting, evidence) in told {
            let (place, km) = evidence.reach();
            let around = Around {
                undetected: self.undetected.at(place, now),
                traffic: if evidence.scans() { self.aircraft.explains(place, km * km / 16.0, now) } else { 0.0 },
                trust,
            };
            reach_km = reach_km.max(km);
            sightings.push(sighting);
            measurements.push(Look { background: evidence.background(&around), evidence, around });
        }
        let live = Live { batch, roster: world.roster, trust, looks, reach_km };
        let near = self.near_any(&measurements, now);
        let mut filter = self.gather(&near, &measurements, &live);
        let asked: BTreeSet<u64> = filter.lones.iter().map(|lone| lone.id).chain(filter.bundled()).collect();
        let first = self.next;
        let apart = self.apart(&filter, &near, &measurements, &live);
        filter.update(&live, &measurements);
        self.scatter(&mut filter, &asked, &live);
        let mut best = vec![0.0_f64; measurements.len()];
        let (mut claimed, mut sure) = (BTreeSet::new(), BTreeSet::new());
        for &Claim { id, measurement, probability } in &filter.claims {
            best[measurement] = best[measurement].max(probability);
            if probability > CLAIM_MIN {
                claimed.insert(id);
            }
            if probability > SURE {
                sure.insert((id, measurement));
            }
        }
        if matches!(looks, Looks::Scan(_)) {
            let key = &batch.key;
            let scan =
                self.scan.get_or_insert_with(|| Scan { at: key.at, source: key.source, first, seen: BTreeSet::new() });
            scan.seen.extend(&claimed);
        }
        for &number in near.keys().filter(|number| !claimed.contains(number)) {
            self.doubt(number, batch.key.source, trust, world);
        }
        for (number, look, distance) in apart {
            if sure.contains(&(number, look)) {
                self.trust.consistent(batch.key.source, distance);
            }
        }
        for (look, (sighting, one)) in sightings.iter().zip(&measurements).enumerate() {
            let left = filter.free[look].clamp(0.0, 1.0);
            // What somebody tells of is either something known or something new, whichever is likelier.
            if !one.evidence.speaks() || left > best[look] {
                self.begin(batch, sighting, &one.evidence, left, &one.around);
            }
        }
    }

    /// Place of a body in the list, by its number.
    fn place(&self, number: u64) -> Option<usize> {
        self.bodies.binary_search_by_key(&number, |body| body.number).ok()
    }

    /// Numbers of the bodies that some evidence reaches, roughly, with which.
    fn near_any(&self, looks: &[Look<'_>], now: Timestamp) -> Near {
        let mut near = Near::new();
        for (n, look) in looks.iter().enumerate() {
            let (place, km) = look.evidence.reach();
            for at in self.near(place, km, now) {
                near.entry(self.bodies[at].number).or_default().push(n);
            }
        }
        near
    }

    /// The filter over the bodies that the evidence may be of, moved on to its instant: those in a gate, and the groups
    /// that are near.
    fn gather<'a>(&mut self, near: &Near, looks: &[Look<'a>], live: &Live<'a>) -> Filter<Live<'a>> {
        let now = live.batch.key.at;
        let mut filter = Filter::new(SETTINGS);
        let mut grouped: BTreeSet<u64> = BTreeSet::new();
        self.groups.retain(|group| {
            let numbers = || group.cluster.tracks.iter().map(|track| track.id);
            if !numbers().any(|number| near.contains_key(&number)) {
                return true;
            }
            grouped.extend(numbers());
            let mut cluster = group.cluster.clone();
            let since_s = seconds(group.at, now);
            let locals = cluster.tracks.iter_mut().flat_map(|track| &mut track.locals);
            locals.for_each(|local| local.density.predict(since_s));
            filter.clusters.push(cluster);
            false
        });
        for (&number, mine) in near.iter().filter(|(number, _)| !grouped.contains(number)) {
            let Some(body) = self.place(number).map(|at| &self.bodies[at]) else { continue };
            let mut density = body.state.clone();
            density.predict(seconds(body.at, now));
            if mine.iter().any(|&look| looks[look].evidence.likelihood(&density).is_some()) {
                filter.lones.push(Lone { id: number, existence: body.existence, density });
            }
        }
        filter
    }

    /// How far each measurement lies from each object that others, trusted no less, have seen: number, measurement and
    /// squared distance. Groups are left out: whose a measurement is, is open there.
    fn apart<'a>(
        &self,
        filter: &Filter<Live<'a>>,
        near: &Near,
        looks: &[Look<'a>],
        live: &Live<'a>,
    ) -> Vec<(u64, usize, f64)> {
        let source = live.batch.key.source;
        let trusted =
            |&witness: &u16| witness != source && self.trust.of(witness, live.roster.trust(witness)) >= live.trust;
        let mut apart = Vec::new();
        for lone in filter.lones.iter().filter(|lone| lone.density.witnesses.iter().any(trusted)) {
            for &look in near.get(&lone.id).into_iter().flatten() {
                let distance = looks[look].evidence.distance(&lone.density).filter(|distance| *distance < APART_MAX);
                apart.extend(distance.map(|distance| (lone.id, look, distance)));
            }
        }
        apart
    }

    /// Puts what the filter believes after a batch back, body by body; who is given up goes, unless it is believed.
    fn scatter<'a>(&mut self, filter: &mut Filter<Live<'a>>, asked: &BTreeSet<u64>, live: &Live<'a>) {
        let approximate = filter.approximated > 0;
        let mut missing = asked.clone();
        for Lone { id, existence, density } in filter.lones.drain(..) {
            missing.remove(&id);
            self.put(id, existence, density, 0.0, approximate, live);
        }
        for cluster in filter.clusters.drain(..) {
            for (track, bundle) in cluster.tracks.iter().enumerate() {
                let Some(density) = cluster.told(track) else { continue };
                missing.remove(&bundle.id);
                let here = density.imm.motion().position;
                let away = bundle.locals.iter().map(|local| here.distance_km(local.density.imm.motion().position));
                let spread_km = away.fold(0.0, f64::max);
                self.put(bundle.id, cluster.existence(track), density.clone(), spread_km, approximate, live);
            }
            self.groups.push(Arc::new(Group { at: live.batch.key.at, cluster }));
        }
        for &number in &missing {
            if let Some(at) = self.place(number).filter(|&at| self.bodies[at].confirmed) {
                Arc::make_mut(&mut self.bodies[at]).existence = BELIEVED_MIN;
            }
        }
        self.keep(|body| body.confirmed || !missing.contains(&body.number));
    }

    /// One body after a batch. `spread_km` is how far away its other histories have it.
    fn put(&mut self, number: u64, existence: f64, state: State, spread_km: f64, approximate: bool, live: &Live<'_>) {
        let Some(at) = self.place(number) else { return };
        let (key, event) = (&live.batch.key, live.batch.event);
        let body = Arc::make_mut(&mut self.bodies[at]);
        let first = body.state.witnesses.first().copied();
        let fresh = !body.state.witnesses.contains(&key.source) && state.witnesses.contains(&key.source);
        let took = state.last_seen_at == key.at && state.provenance.last() == Some(&event);
        body.state = state;
        body.at = body.at.max(key.at);
        body.existence = existence.clamp(BELIEVED_MIN, EXISTENCE_MAX);
        body.approximate = approximate;
        if took {
            body.settle(live.trust);
        }
        let mut rough = Rough::of(body);
        rough.reach_km += spread_km;
        self.rough[at] = rough;
        if let (true, Some(first)) = (fresh, first) {
            self.trust.corroborate(first, key.source);
        }
    }

    /// Somebody spoke of the sky about a body and not of it. Only the word of a source trusted no less counts: else
    /// anyone could talk away the trust of others, and who is alone in a sky would lose it by being alone.
    fn doubt(&mut self, number: u64, source: u16, trust: f64, world: World<'_>) {
        let Some(at) = self.place(number) else { return };
        let body = &self.bodies[at];
        if let ([only], false) = (body.state.witnesses.as_slice(), body.doubted)
            && *only != source
            && trust >= self.trust.of(*only, world.roster.trust(*only))
        {
            Arc::make_mut(&mut self.bodies[at]).doubted = true;
        }
    }

    /// Ends the look of a sensor: what it did not see, where it looks, is less likely to exist.
    pub(super) fn end_scan(&mut self, world: World<'_>) {
        let Some(scan) = self.scan.take() else { return };
        let Some(profile) = world.roster.profile(scan.source) else { return };
        self.undetected.look(profile, world.ground, scan.at);
        let mut missed: BTreeMap<u64, f64> = BTreeMap::new();
        for body in &mut self.bodies {
            if body.number >= scan.first || scan.seen.contains(&body.number) || !body.state.placed {
                continue;
            }
            let detection_p = profile.detection_p(body.motion_at(scan.at).position, world.ground);
            if detection_p > 0.0 {
                missed.insert(body.number, detection_p);
                let body = Arc::make_mut(body);
                body.existence = unseen(body.existence, detection_p).max(BELIEVED_MIN);
            }
        }
        for group in &mut self.groups {
            if !group.cluster.tracks.iter().any(|track| missed.contains_key(&track.id)) {
                continue;
            }
            for track in &mut Arc::make_mut(group).cluster.tracks {
                let Some(&detection_p) = missed.get(&track.id) else { continue };
                for local in &mut track.locals {
                    local.existence = unseen(local.existence, detection_p);
                }
            }
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
        let mut state = State {
            placed: birth.observer.is_none(),
            observer: birth.observer,
            spoken: evidence.speaks(),
            sharp: evidence.sharp(),
            variable,
            links: evidence.link().into_iter().collect(),
            targets,
            ..State::begin(birth.imm, birth.kinds, birth.many, now)
        };
        state.witnessed(batch.key.source, around.trust, batch.event, now);
        state.settle();
        let mut body = Body {
            key: Key { item: sighting.item, ..batch.key.clone() },
            number: self.next,
            id: TrackId::of(batch.event, u64::from(sighting.item)),
            first_seen: state.imm.motion().position,
            state,
            at: now,
            first_seen_at: now,
            existence: birth.existence,
            confirmed: false,
            approximate: false,
            doubted: false,
            path: Path::default(),
        };
        self.next += 1;
        body.settle(around.trust);
        self.rough.push(Rough::of(&body));
        self.bodies.push(Arc::new(body));
    }
}

/// Existence after a look that would have detected it so likely.
fn unseen(existence: f64, detection_p: f64) -> f64 {
    existence * (1.0 - detection_p) / (1.0 - existence * detection_p).max(1e-9)
}
