//! The dangers to all communities, added up track by track.
//!
//! What comes in: what is foreseen of every track, and the sky with its threats that nobody placed. What goes out: the danger
//! to every community that something may reach. What always holds: the order of the tracks is that of their numbers.

use super::danger::{By, Danger};
use super::unseen::{Called, entered, unexplained};
use crate::forecast::{FLOOR_P, Outlook, Timing, rounded};
use crate::fuse::{Menace, Sky};
use crate::ground::{Community, Ground};
use model::{Arrival, Code, EventId, Level, Timestamp, TrackId};
use std::collections::{BTreeMap, BTreeSet};

/// A believed threat that nobody placed counts as a coin's toss for everyone it names.
pub(super) const TOLD_P: f64 = 0.5;

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
}

impl Tally {
    pub(crate) fn new(ground: &Ground) -> Self {
        Self { dangers: vec![None; ground.communities().len()] }
    }

    /// Adds what is foreseen of the next track; they come sorted.
    pub(crate) fn add(&mut self, outlook: &Outlook) {
        let by = By { track: Some(outlook.track), event: outlook.cause, told: false, said_s: None };
        for (ordinal, arrival, timing) in outlook.counted() {
            if let Some(danger) = self.dangers.get_mut(ordinal) {
                if outlook.tentative {
                    danger.get_or_insert_with(|| Danger::none(arrival)).doubt(arrival, &timing, by);
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

fn add(danger: &mut Option<Danger>, arrival: Arrival, timing: Option<&Timing>, by: By) {
    if arrival.probability >= FLOOR_P {
        danger.get_or_insert_with(|| Danger::none(arrival)).believe(arrival, timing, by);
    }
}
