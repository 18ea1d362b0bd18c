//! What threatens a community now, over all tracks and told threats.

use crate::alerts::Alerts;
use crate::forecast::{FLOOR_P, Outlook, Timing, fine, rounded};
use crate::fuse::{Body, Menace, Sky};
use crate::ground::{Community, Ground};
use crate::sources::Sources;
use model::{
    Alert, AlertLevel, AlertType, Arrival, Code, EventId, Level, Position, Stage, Standing, ThreatKind, Timestamp,
    TrackId,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A believed threat that nobody placed counts as a coin's toss for everyone it names.
pub(super) const TOLD_P: f64 = 0.5;
/// What an entry just now and just here counts for: that another, which nobody has seen, comes over an ordinary community
/// there within half an hour; times how open it lies ([`Ground::open`]). Measured on simulated nights of drones: one in a hundred, from 0.7 to 2 by how many came before.
const ENTRY_P: f64 = 0.01;
/// What an official alert is about comes over so many of the smallest communities of its area within that half hour, and over
/// none with a greater chance: somebody sees what nobody has told of. Half an hour of a drone's flight is 75 km, a fifth of a
/// raion of thirteen communities: 2.6 at most, since some of that is told of in time. How many of them are not is chosen on
/// simulated nights of drones, not measured.
const CALLED_N: f64 = 0.8;
const CALLED_P_MAX: f64 = 0.2;
/// Less is left out.
const CALLED_P_LEAST: f64 = 0.000_5;
/// Official alerts that are looked at: a bound to the work.
const CALLED_MAX: usize = 2_000;
/// What flies so near in time explains an official alert, seconds.
const EXPLAINS_S: f64 = 600.0;
/// That half hour, seconds.
const UNSEEN_S: u32 = 1_800;
/// How far and how long ago an entry may be that a rule asks for: kilometres, milliseconds.
pub(super) const ENTRY_KM_MAX: f64 = 300.0;
pub(super) const ENTRY_S_MAX: f64 = 7_200.0;
/// No entry older than this counts at all, milliseconds.
const ENTRY_MS_MAX: i64 = 14_400_000;
/// Entries that are looked at, the newest of them: a bound to the work.
const ENTRIES_MAX: usize = 128;
/// Length of a degree of latitude, kilometres.
const KM_PER_DEG: f64 = 111.195;
/// Most causes named in a decision.
const CAUSES_MAX: usize = 16;

/// The danger to one community.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Danger {
    pub(crate) arrival: Arrival,
    /// What each kind has in it: rules speak of kinds. Sorted, what one source alone tells of last.
    parts: Vec<Part>,
    /// All that threatens, as it was added up: what a decision names is made of it when there is one.
    threats: Vec<Threat>,
    /// What came in lately, anywhere, newest first; the same list for every community.
    pub(crate) entries: Arc<[Entry]>,
    /// How open the community lies to more of them.
    pub(crate) open: f64,
    /// Official alerts over it that nothing in the picture explains: the event of each, and the chance that what they are
    /// about comes over it within half an hour.
    pub(crate) called: Vec<(EventId, f64)>,
    /// How many tracks may reach anybody, anywhere; the same for every community.
    pub(crate) aloft: u32,
    /// Probability of the likeliest single threat; it names the kind.
    likeliest: f64,
}

/// One kind's part in a danger: what can be asked of thousands at every step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Part {
    pub(crate) kind: ThreatKind,
    /// Of tracks that one source alone tells of.
    pub(crate) tentative: bool,
    /// Of all of them together.
    pub(crate) arrival: Arrival,
    /// How soon the tracks among them arrive.
    timing: Timing,
    /// Probability of those that may arrive at any minute: what was only told.
    any_minute: f64,
    /// One of them is a track.
    pub(crate) tracked: bool,
    /// As in a [`Share`].
    pub(crate) told: bool,
    pub(crate) said_s: Option<u32>,
}

impl Part {
    /// Probability of an arrival before `s` seconds have passed.
    pub(crate) fn by(&self, s: u32) -> f64 {
        1.0 - (1.0 - self.any_minute) * (1.0 - self.timing.by(f64::from(s)))
    }

    /// Probability that the first arrival falls between two instants, seconds from now. What may come at any minute may come
    /// then.
    pub(crate) fn due(&self, [from_s, to_s]: [u32; 2]) -> f64 {
        // What is there already has come by now: it is due in a span that begins now.
        let before = if from_s == 0 { 0.0 } else { self.timing.by(f64::from(from_s)) };
        let timed = self.timing.by(f64::from(to_s)) - before;
        1.0 - (1.0 - self.any_minute) * (1.0 - timed)
    }
}

/// One of those that make a part.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Threat {
    tentative: bool,
    arrival: Arrival,
    by: By,
}

/// A part with what it is made of, for a decision.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Share {
    pub(crate) arrival: Arrival,
    pub(crate) causes: BTreeSet<EventId>,
    /// The likeliest tracks, at most [`CAUSES_MAX`].
    pub(crate) tracks: Vec<(f64, TrackId)>,
    /// A threat was told of exactly this community.
    pub(crate) told: bool,
    /// How long ago the newest threat without a place was said, seconds; `None` without one.
    pub(crate) said_s: Option<u32>,
}

/// Something believed, where and when it was first seen: where one comes in unseen, others may.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) kind: ThreatKind,
    track: TrackId,
    event: Option<EventId>,
    place: Position,
    /// How long ago that was, seconds.
    since_s: f64,
}

impl Entry {
    /// What it counts for in a community after [`ENTRY_P`]: less the farther from its rim (a biweight of `km`) and the longer
    /// ago (exponential of `tau_s`), as the intensity of a process whose events bring more of their kind (Mohler et al. 2011).
    fn weight(&self, community: &Community, km: f64, tau_s: f64) -> f64 {
        let lat_km = (community.centre.lat_deg() - self.place.lat_deg()) * KM_PER_DEG;
        let reach_km = km + community.radius_km;
        if lat_km.abs() >= reach_km {
            return 0.0;
        }
        let [east_km, north_km] = crate::fuse::offset_km(self.place, community.centre);
        let away_km = (libm::sqrt(east_km * east_km + north_km * north_km) - community.radius_km).max(0.0);
        let left = 1.0 - away_km * away_km / (km * km);
        if left <= 0.0 { 0.0 } else { left * left * libm::exp(-self.since_s / tau_s) }
    }
}

/// An official air raid alert in force, by a source that is heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Called {
    pub(crate) area: Code,
    pub(crate) event: EventId,
}

/// The official air raid alerts in force that a source which is heard stands behind, by community.
pub(crate) fn called(alerts: &Alerts, sources: &Sources) -> Vec<Called> {
    let raids = alerts.of(Standing::Official).filter(|alert| alert.alert_type == AlertType::AirRaid);
    // The word that raised it: what is said again is no new word.
    let by = |alert: &Alert| Called { area: alert.community, event: alert.id.event() };
    let heard = |alert: &&Alert| alert.holders.keys().any(|name| sources.is_fresh(name));
    raids.filter(heard).map(by).take(CALLED_MAX).collect()
}

/// By what something threatens: a track, or words that place nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
struct By {
    track: Option<TrackId>,
    event: Option<EventId>,
    told: bool,
    said_s: Option<u32>,
}

impl Danger {
    fn none(like: Arrival) -> Self {
        Self {
            arrival: Arrival { probability: 0.0, ..like },
            parts: Vec::with_capacity(2),
            threats: Vec::with_capacity(16),
            entries: Arc::default(),
            open: 0.0,
            called: Vec::new(),
            aloft: 0,
            likeliest: 0.0,
        }
    }

    /// Drones are yellow; missiles, and what was not told, are red.
    pub(crate) fn level(&self) -> AlertLevel {
        let drone = |kind: ThreatKind| {
            matches!(kind, ThreatKind::Uav | ThreatKind::JetUav | ThreatKind::ReconUav | ThreatKind::Fpv)
        };
        if self.kinds().all(drone) { AlertLevel::Yellow } else { AlertLevel::Red }
    }

    /// Every part: first of what is believed, then of what one source alone tells of, each sorted by kind.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Part> + Clone {
        self.parts.iter()
    }

    /// What is believed to threaten, sorted.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = ThreatKind> {
        self.parts.iter().filter(|part| !part.tentative).map(|part| part.kind)
    }

    /// The newest evidence of each track that is believed, and the threats told; the first [`CAUSES_MAX`] of them.
    pub(crate) fn causes(&self) -> BTreeSet<EventId> {
        let mut causes = BTreeSet::new();
        for event in self.threats.iter().filter(|threat| !threat.tentative).filter_map(|threat| threat.by.event) {
            if causes.len() < CAUSES_MAX {
                causes.insert(event);
            }
        }
        causes
    }

    /// A part with what it is made of.
    pub(crate) fn share(&self, part: &Part) -> Share {
        let its = |threat: &&Threat| (threat.tentative, threat.arrival.kind) == (part.tentative, part.kind);
        let mut share = Share::none(part.kind);
        self.threats.iter().filter(its).for_each(|threat| share.add(threat.arrival, threat.by));
        share
    }

    /// All that is believed, taken together.
    pub(crate) fn believed(&self) -> Option<Share> {
        Share::sum(self.parts.iter().filter(|part| !part.tentative).map(|part| self.share(part)))
    }

    /// Adds one threat to the part of its kind.
    fn add(&mut self, tentative: bool, arrival: Arrival, timing: Option<&Timing>, by: By) {
        let key = |part: &Part| (part.tentative, part.kind);
        let at = self.parts.partition_point(|part| key(part) < (tentative, arrival.kind));
        if self.parts.get(at).is_none_or(|part| key(part) != (tentative, arrival.kind)) {
            let none = Share::nothing(arrival.kind);
            let part = Part {
                kind: arrival.kind,
                tentative,
                arrival: none,
                timing: Timing::NEVER,
                any_minute: 0.0,
                tracked: false,
                told: false,
                said_s: None,
            };
            self.parts.insert(at, part);
        }
        let part = &mut self.parts[at];
        part.arrival = both(part.arrival, arrival);
        match timing {
            Some(timing) => part.timing.either(timing),
            None => part.any_minute = 1.0 - (1.0 - part.any_minute) * (1.0 - arrival.probability),
        }
        part.tracked |= by.track.is_some();
        part.told |= by.told;
        part.said_s = newer(part.said_s, by.said_s);
        self.threats.push(Threat { tentative, arrival, by });
    }
}

/// The danger to every community that something may reach, without the threats that `skip` names by track or by the
/// event that told of them. `outlooks` are sorted by track.
pub(crate) fn dangers_but(
    sky: &Sky,
    outlooks: &[Outlook],
    now: Timestamp,
    called: &[Called],
    ground: &Ground,
    skip: impl Fn(Option<TrackId>, Option<EventId>) -> bool,
) -> BTreeMap<Code, Danger> {
    let mut tally = Tally::new(ground);
    for outlook in outlooks.iter().filter(|outlook| !skip(Some(outlook.track), None)) {
        tally.add(outlook);
    }
    tally.sum(sky, now, called, ground, skip)
}

/// Dangers being added up, track by track; by ordinal of the community.
#[derive(Debug, Clone)]
pub(crate) struct Tally {
    dangers: Vec<Option<Danger>>,
    /// Tracks so far that may reach anybody.
    aloft: u32,
}

impl Tally {
    pub(crate) fn new(ground: &Ground) -> Self {
        Self { dangers: vec![None; ground.communities().len()], aloft: 0 }
    }

    /// Adds what is foreseen of the next track; they come sorted.
    pub(crate) fn add(&mut self, outlook: &Outlook) {
        let by = By { track: Some(outlook.track), event: outlook.cause, told: false, said_s: None };
        self.aloft += u32::from(!outlook.reaches.is_empty());
        for (ordinal, arrival, timing) in outlook.counted() {
            if let Some(danger) = self.dangers.get_mut(ordinal) {
                if outlook.tentative {
                    danger.get_or_insert_with(|| Danger::none(arrival)).add(true, arrival, Some(&timing), by);
                    continue;
                }
                add(danger, arrival, Some(&timing), by);
            }
        }
    }

    /// Adds the threats told, and gives the dangers.
    pub(crate) fn sum(
        self,
        sky: &Sky,
        now: Timestamp,
        called: &[Called],
        ground: &Ground,
        skip: impl Fn(Option<TrackId>, Option<EventId>) -> bool,
    ) -> BTreeMap<Code, Danger> {
        let mut dangers = self.dangers;
        let counts = |menace: &&Menace| sky.believes(menace, now, ground) && !skip(None, Some(menace.event));
        for menace in sky.menaces.iter().filter(counts) {
            let left_ms = menace.until.ms_since(now).clamp(0, 86_400_000);
            let arrival = Arrival {
                probability: TOLD_P,
                earliest_s: 0,
                latest_s: u32::try_from(left_ms / 1000).unwrap_or(0),
                kind: menace.kind,
            };
            let named: BTreeSet<Code> = menace.areas.iter().flat_map(|&area| warned(area, ground)).collect();
            for community in named {
                let told = menace.areas.iter().any(|&area| ground.community_of(area) == Some(community));
                let said_s = u32::try_from(now.ms_since(menace.said_at).max(0) / 1000).ok();
                let by = By { track: None, event: Some(menace.event), told, said_s };
                if let Some(danger) = ground.ordinal(community).and_then(|ordinal| dangers.get_mut(ordinal)) {
                    add(danger, arrival, None, by);
                }
            }
        }
        entered(&mut dangers, sky, now, ground, &skip);
        unexplained(&mut dangers, sky, (now, called), ground, &skip);
        let of = |(community, danger): (&Community, Option<Danger>)| {
            let mut danger = danger?;
            danger.arrival.probability = rounded(danger.arrival.probability);
            danger.aloft = self.aloft;
            Some((community.code, danger))
        };
        ground.communities().iter().zip(dangers).filter_map(of).collect()
    }
}

/// Gives each of the smallest communities the entries that are believed, the newest [`ENTRIES_MAX`].
fn entered(
    dangers: &mut [Option<Danger>],
    sky: &Sky,
    now: Timestamp,
    ground: &Ground,
    skip: &impl Fn(Option<TrackId>, Option<EventId>) -> bool,
) {
    let lately = |body: &&Arc<Body>| {
        let since_ms = now.ms_since(body.first_seen_at);
        let believed = matches!(body.stage_at(now), Stage::Confirmed | Stage::Coasting);
        believed && body.state.placed && (0..=ENTRY_MS_MAX).contains(&since_ms) && !skip(Some(body.id), None)
    };
    let mut bodies: Vec<&Arc<Body>> = sky.bodies.iter().filter(lately).collect();
    bodies.sort_by(|a, b| b.first_seen_at.cmp(&a.first_seen_at).then(a.id.cmp(&b.id)));
    let entry = |body: &Arc<Body>| Entry {
        kind: body.state.kind,
        track: body.id,
        event: body.state.provenance.first().copied(),
        place: body.first_seen,
        since_s: crate::fuse::seconds(body.first_seen_at, now),
    };
    let entries: Arc<[Entry]> = bodies.into_iter().take(ENTRIES_MAX).map(entry).collect();
    let Some(first) = entries.first() else { return };
    let like = Arrival { probability: 0.0, earliest_s: 0, latest_s: 0, kind: first.kind };
    for (ordinal, danger) in dangers.iter_mut().enumerate().filter(|(ordinal, _)| ground.smallest(*ordinal)) {
        let near = |entry: &Entry| entry.weight(&ground.communities()[ordinal], ENTRY_KM_MAX, ENTRY_S_MAX) > 0.0;
        if danger.is_some() || entries.iter().any(near) {
            let danger = danger.get_or_insert_with(|| Danger::none(like));
            (danger.entries, danger.open) = (Arc::clone(&entries), ground.open(ordinal));
        }
    }
}

/// Gives the smallest communities the official alerts over them, as far as what is believed does not explain those.
fn unexplained(
    dangers: &mut [Option<Danger>],
    sky: &Sky,
    (now, called): (Timestamp, &[Called]),
    ground: &Ground,
    skip: &impl Fn(Option<TrackId>, Option<EventId>) -> bool,
) {
    let flies = |body: &&Arc<Body>| body.state.placed && body.stage_at(now) != Stage::Ended;
    let flying: Vec<(Position, f64, f64)> = if called.is_empty() {
        Vec::new()
    } else {
        let bodies = sky.bodies.iter().filter(flies);
        let near_km = |body: &Body| body.flight().speed_mps * EXPLAINS_S / 1000.0;
        bodies.map(|body| (body.motion_at(now).position, near_km(body), body.existence_at(now))).collect()
    };
    for &Called { area, event } in called.iter().filter(|called| !skip(None, Some(called.event))) {
        let Some(community) = ground.community(area) else { continue };
        let mut unexplained = 1.0;
        for &(position, near_km, existence) in &flying {
            let lat_km = (position.lat_deg() - community.centre.lat_deg()).abs() * KM_PER_DEG;
            let reach_km = near_km + community.radius_km;
            if lat_km < reach_km && position.distance_km(community.centre) < reach_km {
                unexplained *= 1.0 - existence;
            }
        }
        let smallest = ground.smallest_in(area);
        let open: f64 = smallest.iter().map(|&ordinal| ground.open(ordinal)).sum();
        if unexplained < CALLED_P_LEAST {
            continue;
        }
        let like = Arrival { probability: 0.0, earliest_s: 0, latest_s: UNSEEN_S, kind: ThreatKind::Unknown };
        for &ordinal in smallest {
            let each = (CALLED_N * ground.open(ordinal) / open).min(CALLED_P_MAX) * unexplained;
            if each < CALLED_P_LEAST {
                continue;
            }
            if let Some(danger) = dangers.get_mut(ordinal) {
                danger.get_or_insert_with(|| Danger::none(like)).called.push((event, each));
            }
        }
    }
}

/// Who is warned when `area` is named: the community itself, and a hromada's raion with it.
fn warned(area: Code, ground: &Ground) -> Vec<Code> {
    let mut codes: Vec<Code> = ground.community_of(area).into_iter().collect();
    if let Some(&code) = codes.first()
        && ground.level(code) == Some(Level::Hromada)
    {
        codes.extend(ground.chain(code).nth(1));
    }
    codes
}

fn add(danger: &mut Option<Danger>, arrival: Arrival, timing: Option<&Timing>, by: By) {
    if arrival.probability < FLOOR_P {
        return;
    }
    let danger = danger.get_or_insert_with(|| Danger::none(arrival));
    danger.add(false, arrival, timing, by);
    let total = &mut danger.arrival;
    total.probability = 1.0 - (1.0 - total.probability) * (1.0 - arrival.probability);
    total.earliest_s = total.earliest_s.min(arrival.earliest_s);
    total.latest_s = total.latest_s.max(arrival.latest_s);
    if arrival.probability > danger.likeliest {
        danger.likeliest = arrival.probability;
        total.kind = arrival.kind;
    }
}

impl Share {
    /// The arrival of nothing.
    const fn nothing(kind: ThreatKind) -> Arrival {
        Arrival { probability: 0.0, earliest_s: u32::MAX, latest_s: 0, kind }
    }

    fn none(kind: ThreatKind) -> Self {
        let arrival = Self::nothing(kind);
        Self { arrival, causes: BTreeSet::new(), tracks: Vec::new(), told: false, said_s: None }
    }

    fn add(&mut self, arrival: Arrival, by: By) {
        self.arrival = both(self.arrival, arrival);
        self.told |= by.told;
        self.said_s = newer(self.said_s, by.said_s);
        if self.causes.len() < CAUSES_MAX {
            self.causes.extend(by.event);
        }
        self.tracks.extend(by.track.map(|track| (arrival.probability, track)));
        self.trim();
    }

    /// The likeliest tracks stay.
    fn trim(&mut self) {
        if self.tracks.len() > CAUSES_MAX {
            self.tracks.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            self.tracks.truncate(CAUSES_MAX);
        }
    }

    /// Several kinds taken together; `None` when none of them threatens.
    pub(crate) fn sum(shares: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut shares = shares.into_iter();
        let mut sum = shares.next()?;
        let mut likeliest = sum.arrival.probability;
        for share in shares {
            let kind = if share.arrival.probability > likeliest { share.arrival.kind } else { sum.arrival.kind };
            likeliest = likeliest.max(share.arrival.probability);
            sum.arrival = Arrival { kind, ..both(sum.arrival, share.arrival) };
            sum.causes.extend(&share.causes);
            sum.tracks.extend(&share.tracks);
            sum.told |= share.told;
            sum.said_s = newer(sum.said_s, share.said_s);
        }
        while sum.causes.len() > CAUSES_MAX {
            sum.causes.pop_first();
        }
        sum.tracks.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        sum.trim();
        sum.arrival.probability = rounded(sum.arrival.probability);
        Some(sum)
    }

    /// What the entries of some kinds say together of those that nobody has seen yet: that one of them comes over the
    /// community within half an hour. `None` of none, and when that is less than `least`.
    pub(crate) fn entered<'a>(
        entries: impl Iterator<Item = &'a Entry> + Clone,
        called: &[(EventId, f64)],
        kind: ThreatKind,
        (community, km, tau_s): (&Community, f64, f64),
        (open, least): (f64, f64),
    ) -> Option<Self> {
        let weight = |entry: &Entry| ENTRY_P * open * entry.weight(community, km, tau_s);
        let called_weights = called.iter().map(|&(_, weight)| weight);
        let expected = called_weights.chain(entries.clone().map(weight)).fold(0.0, |sum, weight| sum + weight);
        let probability = fine(-libm::expm1(-expected));
        if probability < least {
            return None;
        }
        let mut sum: Option<Self> = None;
        let entries = entries.filter_map(|entry| {
            let weight = weight(entry);
            let by = By { track: Some(entry.track), event: entry.event, told: false, said_s: None };
            (weight > 0.0).then_some((entry.kind, weight, by))
        });
        let called = called
            .iter()
            .map(|&(event, weight)| (kind, weight, By { track: None, event: Some(event), told: false, said_s: None }));
        for (kind, weight, by) in called.chain(entries) {
            let arrival = Arrival { probability: weight, earliest_s: 0, latest_s: UNSEEN_S, kind };
            sum.get_or_insert_with(|| Self::none(kind)).add(arrival, by);
        }
        let mut sum = sum?;
        sum.arrival.probability = probability;
        Some(sum)
    }

    /// The numbers of tracks, likeliest first.
    pub(crate) fn tracks(&self) -> Vec<TrackId> {
        self.tracks.iter().map(|&(_, track)| track).collect()
    }
}

/// The lesser of two ages, where there is one.
fn newer(a: Option<u32>, b: Option<u32>) -> Option<u32> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Either of two threats arrives; the window spans both.
fn both(a: Arrival, b: Arrival) -> Arrival {
    Arrival {
        probability: 1.0 - (1.0 - a.probability) * (1.0 - b.probability),
        earliest_s: a.earliest_s.min(b.earliest_s),
        latest_s: a.latest_s.max(b.latest_s),
        kind: a.kind,
    }
}
