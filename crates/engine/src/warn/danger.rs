//! What threatens a community now, over all tracks and told threats.

use crate::forecast::{FLOOR_P, Outlook, rounded};
use crate::fuse::{Menace, Sky};
use crate::ground::{Community, Ground};
use model::{AlertLevel, Arrival, Code, EventId, Level, ThreatKind, Timestamp, TrackId};
use std::collections::{BTreeMap, BTreeSet};

/// A believed threat that nobody placed counts as a coin's toss for everyone it names.
pub(super) const TOLD_P: f64 = 0.5;
/// Most causes named in a decision.
const CAUSES_MAX: usize = 16;

/// The danger to one community.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Danger {
    pub(crate) arrival: Arrival,
    pub(crate) kinds: BTreeSet<ThreatKind>,
    /// The newest evidence of each track, and the threats told.
    pub(crate) causes: BTreeSet<EventId>,
    /// What each kind has in it: rules speak of kinds.
    pub(crate) shares: BTreeMap<ThreatKind, Share>,
    /// Probability of the likeliest single threat; it names the kind.
    likeliest: f64,
}

/// One kind's part in a danger.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Share {
    pub(crate) arrival: Arrival,
    pub(crate) causes: BTreeSet<EventId>,
    /// The likeliest tracks, at most [`CAUSES_MAX`].
    pub(crate) tracks: Vec<(f64, TrackId)>,
    /// A threat was told of exactly this community.
    pub(crate) told: bool,
}

/// By what something threatens: a track, or words that place nothing.
#[derive(Debug, Clone, Copy)]
struct By {
    track: Option<TrackId>,
    event: Option<EventId>,
    told: bool,
}

impl Danger {
    /// Drones are yellow; missiles, and what was not told, are red.
    pub(crate) fn level(&self) -> AlertLevel {
        let drone = |kind: &ThreatKind| {
            matches!(kind, ThreatKind::Uav | ThreatKind::JetUav | ThreatKind::ReconUav | ThreatKind::Fpv)
        };
        if self.kinds.iter().all(drone) { AlertLevel::Yellow } else { AlertLevel::Red }
    }
}

/// The danger to every community that something may reach, without the threats that `skip` names by track or by the
/// event that told of them. `outlooks` are sorted by track.
pub(crate) fn dangers_but(
    sky: &Sky,
    outlooks: &[Outlook],
    now: Timestamp,
    ground: &Ground,
    skip: impl Fn(Option<TrackId>, Option<EventId>) -> bool,
) -> BTreeMap<Code, Danger> {
    let mut tally = Tally::new(ground);
    for outlook in outlooks.iter().filter(|outlook| !skip(Some(outlook.track), None)) {
        tally.add(outlook);
    }
    tally.sum(sky, now, ground, skip)
}

/// Dangers being added up, track by track; by ordinal of the community.
#[derive(Debug, Clone)]
pub(crate) struct Tally(Vec<Option<Danger>>);

impl Tally {
    pub(crate) fn new(ground: &Ground) -> Self {
        Self(vec![None; ground.communities().len()])
    }

    /// Adds what is foreseen of the next track; they come sorted.
    pub(crate) fn add(&mut self, outlook: &Outlook) {
        let by = By { track: Some(outlook.track), event: outlook.cause, told: false };
        for (ordinal, arrival) in outlook.counted() {
            if let Some(danger) = self.0.get_mut(ordinal) {
                add(danger, arrival, by);
            }
        }
    }

    /// Adds the threats told, and gives the dangers.
    pub(crate) fn sum(
        self,
        sky: &Sky,
        now: Timestamp,
        ground: &Ground,
        skip: impl Fn(Option<TrackId>, Option<EventId>) -> bool,
    ) -> BTreeMap<Code, Danger> {
        let mut dangers = self.0;
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
                let by = By { track: None, event: Some(menace.event), told };
                if let Some(danger) = ground.ordinal(community).and_then(|ordinal| dangers.get_mut(ordinal)) {
                    add(danger, arrival, by);
                }
            }
        }
        let of = |(community, danger): (&Community, Option<Danger>)| {
            let mut danger = danger?;
            danger.arrival.probability = rounded(danger.arrival.probability);
            Some((community.code, danger))
        };
        ground.communities().iter().zip(dangers).filter_map(of).collect()
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

fn add(danger: &mut Option<Danger>, arrival: Arrival, by: By) {
    if arrival.probability < FLOOR_P {
        return;
    }
    let danger = danger.get_or_insert_with(|| Danger {
        arrival: Arrival { probability: 0.0, ..arrival },
        kinds: BTreeSet::new(),
        causes: BTreeSet::new(),
        shares: BTreeMap::new(),
        likeliest: 0.0,
    });
    danger.shares.entry(arrival.kind).or_insert_with(|| Share::none(arrival.kind)).add(arrival, by);
    let total = &mut danger.arrival;
    total.probability = 1.0 - (1.0 - total.probability) * (1.0 - arrival.probability);
    total.earliest_s = total.earliest_s.min(arrival.earliest_s);
    total.latest_s = total.latest_s.max(arrival.latest_s);
    if arrival.probability > danger.likeliest {
        danger.likeliest = arrival.probability;
        total.kind = arrival.kind;
    }
    danger.kinds.insert(arrival.kind);
    if danger.causes.len() < CAUSES_MAX {
        danger.causes.extend(by.event);
    }
}

impl Share {
    fn none(kind: ThreatKind) -> Self {
        let arrival = Arrival { probability: 0.0, earliest_s: u32::MAX, latest_s: 0, kind };
        Self { arrival, causes: BTreeSet::new(), tracks: Vec::new(), told: false }
    }

    fn add(&mut self, arrival: Arrival, by: By) {
        self.arrival = both(self.arrival, arrival);
        self.told |= by.told;
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
    pub(crate) fn sum<'a>(shares: impl IntoIterator<Item = &'a Share>) -> Option<Self> {
        let mut shares = shares.into_iter();
        let mut sum = shares.next()?.clone();
        let mut likeliest = sum.arrival.probability;
        for share in shares {
            let kind = if share.arrival.probability > likeliest { share.arrival.kind } else { sum.arrival.kind };
            likeliest = likeliest.max(share.arrival.probability);
            sum.arrival = Arrival { kind, ..both(sum.arrival, share.arrival) };
            sum.causes.extend(&share.causes);
            sum.tracks.extend(&share.tracks);
            sum.told |= share.told;
        }
        while sum.causes.len() > CAUSES_MAX {
            sum.causes.pop_first();
        }
        sum.tracks.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        sum.trim();
        sum.arrival.probability = rounded(sum.arrival.probability);
        Some(sum)
    }

    /// The numbers of tracks, likeliest first.
    pub(crate) fn tracks(&self) -> Vec<TrackId> {
        self.tracks.iter().map(|&(_, track)| track).collect()
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
