//! What threatens a community now, over all tracks and told threats.

use crate::forecast::{FLOOR_P, Outlook, rounded};
use crate::fuse::Sky;
use crate::ground::{Community, Ground};
use model::{AlertLevel, Arrival, Code, EventId, Level, ThreatKind, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// A believed threat that nobody placed counts as a coin's toss for everyone it names.
const TOLD_P: f64 = 0.5;
/// Most causes named in a decision.
const CAUSES_MAX: usize = 16;

/// The danger to one community.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Danger {
    pub(crate) arrival: Arrival,
    pub(crate) kinds: BTreeSet<ThreatKind>,
    /// The newest evidence of each track, and the threats told.
    pub(crate) causes: BTreeSet<EventId>,
    /// Probability of the likeliest single threat; it names the kind.
    likeliest: f64,
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

/// The danger to every community that something may reach. `outlooks` are sorted by track.
pub(crate) fn dangers(sky: &Sky, outlooks: &[Outlook], now: Timestamp, ground: &Ground) -> BTreeMap<Code, Danger> {
    let mut dangers: Vec<Option<Danger>> = vec![None; ground.communities().len()];
    for outlook in outlooks {
        for &(ordinal, arrival) in &outlook.reaches {
            if let Some(danger) = dangers.get_mut(ordinal) {
                add(danger, arrival, outlook.cause);
            }
        }
    }
    for menace in sky.menaces.iter().filter(|menace| sky.believes(menace, now, ground)) {
        let left_ms = menace.until.ms_since(now).clamp(0, 86_400_000);
        let arrival = Arrival {
            probability: TOLD_P,
            earliest_s: 0,
            latest_s: u32::try_from(left_ms / 1000).unwrap_or(0),
            kind: menace.kind,
        };
        let named: BTreeSet<Code> = menace.areas.iter().flat_map(|&area| warned(area, ground)).collect();
        for ordinal in named.into_iter().filter_map(|community| ground.ordinal(community)) {
            add(&mut dangers[ordinal], arrival, Some(menace.event));
        }
    }
    let of = |(community, danger): (&Community, Option<Danger>)| {
        let mut danger = danger?;
        danger.arrival.probability = rounded(danger.arrival.probability);
        Some((community.code, danger))
    };
    ground.communities().iter().zip(dangers).filter_map(of).collect()
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

fn add(danger: &mut Option<Danger>, arrival: Arrival, cause: Option<EventId>) {
    if arrival.probability < FLOOR_P {
        return;
    }
    let danger = danger.get_or_insert_with(|| Danger {
        arrival: Arrival { probability: 0.0, ..arrival },
        kinds: BTreeSet::new(),
        causes: BTreeSet::new(),
        likeliest: 0.0,
    });
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
        danger.causes.extend(cause);
    }
}
