//! What the officers' desk remembers between events: orders that wait for a second person, threats that an officer judged
//! to be none, and which long alerts were brought to mind.
//!
//! What always holds: it changes only with an officer's action, or with a note that says so, so that ticks compose. A
//! restart forgets it: a waiting order is given again, a long alert is brought to mind again, and a dismissed threat may be
//! warned of again, which fails towards warning.

use super::danger::{Danger, dangers_but};
use super::officer::held_by;
use super::policy::Policy;
use crate::alerts::Alerts;
use crate::forecast::Outlook;
use crate::fuse::Sky;
use crate::ground::Ground;
use crate::out::Out;
use model::{AlertId, AlertLevel, AlertType, Code, EventId, NoteKind, Standing, ThreatKind, Timestamp, TrackId};
use std::collections::{BTreeMap, BTreeSet};

/// Most orders that wait at once.
const PROPOSALS_MAX: usize = 64;

/// An alert that an officer wants.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) community: Code,
    pub(crate) alert_type: AlertType,
    pub(crate) level: AlertLevel,
    pub(crate) kinds: Vec<ThreatKind>,
    pub(crate) words: String,
}

/// An order that waits for a second officer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Proposal {
    pub(crate) officer: String,
    pub(crate) order: String,
    pub(crate) wanted: Wanted,
    pub(crate) at: Timestamp,
}

/// What threatens a community, by number: tracks, and the events that told of a threat without a place.
#[derive(Debug, Clone, Default, PartialEq)]
struct Threats {
    tracks: BTreeSet<TrackId>,
    told: BTreeSet<EventId>,
}

/// The desk.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Desk {
    proposals: BTreeMap<EventId, Proposal>,
    dismissed: BTreeMap<Code, Threats>,
    /// Communities ended or narrowed by the event at hand, until [`Desk::learn`] has looked up what threatens them.
    dismissing: BTreeSet<Code>,
    /// How often each long alert was brought to mind.
    reminded: BTreeMap<AlertId, i64>,
}

impl Desk {
    /// The order of that number, unless it has waited too long.
    pub(crate) fn proposal(&self, id: EventId, now: Timestamp, policy: &Policy) -> Option<&Proposal> {
        self.proposals.get(&id).filter(|proposal| !late(proposal, now, policy))
    }

    pub(crate) fn withdraw(&mut self, id: EventId) {
        self.proposals.remove(&id);
    }

    pub(crate) fn propose(
        &mut self,
        proposal: Proposal,
        why: &str,
        policy: &Policy,
        out: &mut Out<'_>,
    ) -> Result<(), String> {
        if self.proposals.len() >= PROPOSALS_MAX {
            return Err(format!(
                "{PROPOSALS_MAX} orders wait already for a second officer: second or let them pass first"
            ));
        }
        let community = proposal.wanted.community;
        let detail = format!(
            "order {} of {} ({} {community}) waits {} s for a second officer: {why}",
            out.event, proposal.officer, proposal.order, policy.officers.proposal_s
        );
        out.note(NoteKind::OrderWaits, None, Some(community), None, detail);
        self.proposals.insert(out.event, proposal);
        Ok(())
    }

    /// What threatens the community now is no reason for the policy to raise it again.
    pub(crate) fn dismiss(&mut self, community: Code) {
        self.dismissing.insert(community);
    }

    /// Notes orders that waited too long, and long alerts. Ends nothing.
    pub(crate) fn look(&mut self, alerts: &Alerts, policy: &Policy, out: &mut Out<'_>) {
        let gone = |(&id, proposal): (&EventId, &Proposal)| late(proposal, out.now, policy).then_some(id);
        let gone: Vec<EventId> = self.proposals.iter().filter_map(gone).collect();
        for id in gone {
            let Some(proposal) = self.proposals.remove(&id) else { continue };
            let detail = format!("order {id} of {} was not seconded in time: nothing was raised", proposal.officer);
            out.note(NoteKind::OrderLapsed, None, Some(proposal.wanted.community), None, detail);
        }
        let period_ms = i64::from(policy.officers.remind_s) * 1000;
        for alert in alerts.of(Standing::Authority) {
            let due = out.now.ms_since(alert.started_at).div_euclid(period_ms.max(1));
            if due > self.reminded.get(&alert.id).copied().unwrap_or(0) {
                self.reminded.retain(|&id, _| alerts.get(id).is_some());
                self.reminded.insert(alert.id, due);
                let minutes = due * period_ms / 60_000;
                let detail =
                    format!("alert {} stands for {minutes} minutes and more; held by {}", alert.id, held_by(alert));
                out.note(NoteKind::LongAlert, None, Some(alert.community), None, detail);
            }
        }
    }

    /// Learns what was foreseen for the communities that an officer has just ended or narrowed, and forgets what is gone.
    pub(crate) fn learn(&mut self, sky: &Sky, outlooks: &[Outlook], ground: &Ground) {
        if self.dismissing.is_empty() {
            return;
        }
        let alive: BTreeSet<TrackId> = sky.bodies.iter().map(|body| body.id).collect();
        let told: BTreeSet<EventId> = sky.menaces.iter().map(|menace| menace.event).collect();
        for threats in self.dismissed.values_mut() {
            threats.tracks.retain(|track| alive.contains(track));
            threats.told.retain(|event| told.contains(event));
        }
        self.dismissed.retain(|_, threats| !threats.tracks.is_empty() || !threats.told.is_empty());
        for community in std::mem::take(&mut self.dismissing) {
            let threats = self.dismissed.entry(community).or_default();
            let reaches = |outlook: &&Outlook| {
                let codes = outlook.reaches.iter().filter_map(|&(ordinal, _)| ground.communities().get(ordinal));
                codes.into_iter().any(|near| ground.within(near.code, community))
            };
            threats.tracks.extend(outlooks.iter().filter(reaches).map(|outlook| outlook.track));
            let touches = |area: &Code| ground.within(*area, community) || ground.within(community, *area);
            let told = sky.menaces.iter().filter(|menace| menace.areas.iter().any(touches));
            threats.told.extend(told.map(|menace| menace.event));
        }
    }

    /// The dangers as the policy may see them for each community where something was dismissed.
    pub(crate) fn without_dismissed(
        &self,
        sky: &Sky,
        outlooks: &[Outlook],
        now: Timestamp,
        ground: &Ground,
    ) -> BTreeMap<Code, BTreeMap<Code, Danger>> {
        let left = self.dismissed.iter().map(|(&community, threats)| {
            let skip = |track: Option<TrackId>, event: Option<EventId>| match track {
                Some(track) => threats.tracks.contains(&track),
                None => event.is_some_and(|event| threats.told.contains(&event)),
            };
            (community, dangers_but(sky, outlooks, now, ground, skip))
        });
        left.collect()
    }
}

fn late(proposal: &Proposal, now: Timestamp, policy: &Policy) -> bool {
    now.ms_since(proposal.at) > i64::from(policy.officers.proposal_s) * 1000
}
