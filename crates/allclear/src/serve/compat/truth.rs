//! What the old formats can honestly say: active, clear, or no answer.
//!
//! What comes in: the published picture. What goes out: for one community whether it is under alert, clear or unknown,
//! and for the whole country whether an answer may be given at all.
//! What always holds:
//!   an alert in force is told, also when its source has gone silent; advisories never are
//!   a community is called clear only when its state is clear
//!   an answer that would read as "calm everywhere" is given only when nothing is known to be lost
//! These formats have no word for unknown; the reasoning is in docs/reference/compat.md.

use super::names::Names;
use model::{
    Alert, AlertLevel, AlertType, Code, CommunityState, CommunityStatus, Picture, SourceLink, Standing, Status,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// May an answer about the whole country be given?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    /// Yes; what is unknown is marked.
    Answer,
    /// No: nothing at all is known.
    NothingKnown,
    /// No: no alert is in force and the state of a region was lost, so the answer would read as calm there.
    Lost,
}

/// The part of a picture that these formats can tell, indexed.
#[derive(Debug)]
pub(super) struct Truth {
    pub(super) names: Arc<Names>,
    /// World.
    pub(super) status: Status,
    states: BTreeMap<Code, Heard>,
    /// Official and authority alerts in force, by id.
    alerts: Vec<Alert>,
    own: BTreeMap<Code, Vec<usize>>,
    /// Communities with an air-raid alert somewhere below them.
    air_below: BTreeSet<Code>,
    stale: BTreeSet<model::SourceId>,
}

/// What is kept of a community's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Heard {
    status: CommunityStatus,
    lost: bool,
    since: Option<model::Timestamp>,
}

impl Heard {
    const fn of(state: &CommunityState) -> Self {
        Self { status: state.status, lost: state.last_known.is_some(), since: state.since }
    }
}

impl Truth {
    /// Indexes a picture.
    pub(super) fn new(picture: &Picture, names: Arc<Names>, status: Status) -> Self {
        let states = picture.communities.iter().map(|state| (state.community, Heard::of(state))).collect();
        let alerts: Vec<Alert> = picture.alerts.iter().filter(|alert| told(alert)).cloned().collect();
        let mut own: BTreeMap<Code, Vec<usize>> = BTreeMap::new();
        let mut air_below = BTreeSet::new();
        for (at, alert) in alerts.iter().enumerate() {
            // These formats number nothing below a hromada: an alert of a town is told as its hromada's.
            let place = names.numbered(alert.community).unwrap_or(alert.community);
            own.entry(place).or_default().push(at);
            if alert.alert_type == AlertType::AirRaid {
                air_below.extend(names.line(place).skip(1).map(|area| area.code));
            }
        }
        let stale = picture.sources.iter().filter(|s| s.link != SourceLink::Live).map(|s| s.source.clone()).collect();
        Self { names, status, states, alerts, own, air_below, stale }
    }

    /// Whether both would be told in the same words.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.states == other.states
            && self.alerts == other.alerts
            && self.alerts.iter().all(|alert| self.silent(alert) == other.silent(alert))
    }

    /// Alerts in force that are told, by id.
    pub(super) fn alerts(&self) -> &[Alert] {
        &self.alerts
    }

    /// Alerts in force on the community itself.
    pub(super) fn own(&self, code: Code) -> impl Iterator<Item = &Alert> {
        self.own.get(&code).into_iter().flatten().filter_map(|at| self.alerts.get(*at))
    }

    /// Alerts in force that reach the community: its own first, then what it inherits.
    pub(super) fn reaching(&self, code: Code) -> impl Iterator<Item = &Alert> {
        self.names.line(code).flat_map(|area| self.own(area.code))
    }

    /// Whether everyone who holds the alert has gone silent: it stands all the same.
    pub(super) fn silent(&self, alert: &Alert) -> bool {
        !alert.holders.is_empty() && alert.holders.keys().all(|source| self.stale.contains(source))
    }

    /// The state; a hromada that is not listed is as its raion, a settlement as its hromada.
    pub(super) fn status(&self, code: Code) -> CommunityStatus {
        self.heard(code).map_or(CommunityStatus::Unknown, |heard| heard.status)
    }

    fn heard(&self, code: Code) -> Option<&Heard> {
        self.names.line(code).find_map(|area| self.states.get(&area.code))
    }

    /// Since when the state holds.
    pub(super) fn since(&self, code: Code) -> Option<model::Timestamp> {
        self.heard(code).and_then(|heard| heard.since)
    }

    /// Whether nothing may be said of the community: no alert reaches it and it is not known to be clear.
    pub(super) fn unknown(&self, code: Code) -> bool {
        self.status(code) == CommunityStatus::Unknown && self.reaching(code).next().is_none()
    }

    /// Gravest level of the air-raid alerts that reach the community.
    pub(super) fn air_level(&self, code: Code) -> Option<AlertLevel> {
        self.reaching(code).filter(|a| a.alert_type == AlertType::AirRaid).map(|a| a.level).max()
    }

    /// Whether an air-raid alert is in force somewhere below.
    pub(super) fn air_partly(&self, code: Code) -> bool {
        self.air_below.contains(&code)
    }

    /// Numbers (of alerts.in.ua) of what is unknown, wholly or in part: regions, and raions of regions that are known.
    /// What the service does not number is told by the number above it. Ascending.
    pub(super) fn unknown_uids(&self) -> Vec<u32> {
        let mut found = BTreeSet::new();
        for oblast in self.names.oblasts() {
            if self.unknown(oblast.code) {
                found.extend(self.names.service_uid(oblast.code));
                continue;
            }
            let listed = |code: &Code| self.states.contains_key(code) && self.unknown(*code);
            for raion in self.names.children(oblast.code) {
                if listed(raion) || self.names.children(*raion).iter().any(listed) {
                    found.extend(self.names.service_uid(*raion));
                }
            }
        }
        found.into_iter().collect()
    }

    /// Whether an answer about the whole country may be given.
    pub(super) fn whole(&self) -> Whole {
        // The country as a whole has no number in these formats and is no region of its own.
        let mut regions =
            self.states.iter().filter(|(code, _)| self.names.uid(**code).is_some()).map(|(_, heard)| heard);
        if regions.clone().all(|heard| heard.status == CommunityStatus::Unknown) {
            return Whole::NothingKnown;
        }
        let lost = regions.any(|heard| heard.lost && heard.status == CommunityStatus::Unknown);
        if lost && self.alerts.is_empty() { Whole::Lost } else { Whole::Answer }
    }
}

/// Whether an alert belongs in these formats: our own forecast never does.
fn told(alert: &Alert) -> bool {
    alert.ended_at.is_none() && alert.standing != Standing::Advisory
}
