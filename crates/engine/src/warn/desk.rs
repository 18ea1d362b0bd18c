//! What the officers' desk remembers between events: orders that wait for a second person, threats that an officer judged
//! to be none, and which long alerts were brought to mind.
//!
//! What always holds: it changes only with a note that says so, so that ticks compose, and a restart hands the notes'
//! memos back ([`Desk::recall`]). A threat that the replay finds under another number may be warned of again, which fails
//! towards warning.

use super::danger::Danger;
use super::officer::held_by;
use super::policy::Policy;
use super::tally::dangers_but;
use super::unseen::Called;
use crate::alerts::Alerts;
use crate::forecast::Outlook;
use crate::fuse::Sky;
use crate::ground::Ground;
use crate::out::Out;
use model::{
    AlertId, AlertLevel, AlertType, Code, DeskMemo, EventId, NoteKind, Standing, ThreatKind, Timestamp, TrackId,
    WaitingOrder,
};
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

/// What threatens a community, by number: tracks, and the events that told of a threat without a place.
#[derive(Debug, Clone, Default, PartialEq)]
struct Threats {
    tracks: BTreeSet<TrackId>,
    told: BTreeSet<EventId>,
}

/// The desk.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Desk {
    waiting: BTreeMap<EventId, WaitingOrder>,
    dismissed: BTreeMap<Code, Threats>,
    /// Communities ended or narrowed by the event at hand, until [`Desk::learn`] has looked up what threatens them.
    dismissing: BTreeSet<Code>,
    /// How often each long alert was brought to mind.
    reminded: BTreeMap<AlertId, i64>,
    /// The last instant of a replay: what was due by then was brought to mind before the restart.
    slept_until: Option<Timestamp>,
}

impl Desk {
    /// The order of that number, unless it has waited too long.
    pub(crate) fn proposal(&self, id: EventId, now: Timestamp) -> Option<&WaitingOrder> {
        self.waiting.get(&id).filter(|order| now <= order.until)
    }

    /// The orders that wait, oldest first.
    pub(crate) fn waiting(&self, now: Timestamp) -> impl Iterator<Item = &WaitingOrder> {
        self.waiting.values().filter(move |order| now <= order.until)
    }

    /// Takes back what the record says it kept in mind.
    pub(crate) fn recall(&mut self, memo: DeskMemo) {
        match memo {
            DeskMemo::Waits(order) if self.waiting.len() < PROPOSALS_MAX => {
                self.waiting.insert(order.order, order);
            }
            DeskMemo::Waits(_) => {}
            DeskMemo::Closed { order } => {
                self.waiting.remove(&order);
            }
            DeskMemo::Dismissed { community, tracks, told } => {
                let threats = self.dismissed.entry(community).or_default();
                threats.tracks.extend(tracks);
                threats.told.extend(told);
            }
        }
    }

    /// An event of `now` is being replayed.
    pub(crate) fn slept(&mut self, now: Timestamp) {
        self.slept_until = Some(now);
    }

    /// A second officer stands by the order: it waits no longer.
    pub(crate) fn second(&mut self, order: &WaitingOrder, second: &str, out: &mut Out<'_>) {
        let memo = DeskMemo::Closed { order: order.order };
        let detail = format!("order {} of {} was seconded by {second}", order.order, order.officer);
        out.memo(NoteKind::OrderSeconded, order.community, detail, memo.clone());
        self.recall(memo);
    }

    /// Keeps what `officer` ordered until another seconds it; `why` says why one is not enough.
    pub(crate) fn propose(
        &mut self,
        (officer, action): (&str, &str),
        wanted: Wanted,
        why: String,
        policy: &Policy,
        out: &mut Out<'_>,
    ) -> Result<(), String> {
        if self.waiting.len() >= PROPOSALS_MAX {
            return Err(format!(
                "{PROPOSALS_MAX} orders wait already for a second officer: second or let them pass first"
            ));
        }
        let Wanted { community, alert_type, level, kinds, words } = wanted;
        let wait_s = policy.officers.proposal_s;
        let detail = format!(
            "order {} of {officer} ({action} {community}) waits {wait_s} s for a second officer: {why}",
            out.event
        );
        let order = WaitingOrder {
            order: out.event,
            officer: officer.to_owned(),
            action: action.to_owned(),
            community,
            alert_type,
            level,
            kinds,
            reason: words,
            why,
            at: out.now,
            until: out.now.plus_ms(i64::from(wait_s) * 1000),
        };
        let memo = DeskMemo::Waits(order);
        out.memo(NoteKind::OrderWaits, community, detail, memo.clone());
        self.recall(memo);
        Ok(())
    }

    /// What threatens the community now is no reason for the policy to raise it again.
    pub(crate) fn dismiss(&mut self, community: Code) {
        self.dismissing.insert(community);
    }

    /// Notes orders that waited too long, and long alerts. Ends nothing.
    pub(crate) fn look(&mut self, alerts: &Alerts, policy: &Policy, out: &mut Out<'_>) {
        let late = |order: &&WaitingOrder| out.now > order.until;
        let gone: Vec<WaitingOrder> = self.waiting.values().filter(late).cloned().collect();
        for order in gone {
            let memo = DeskMemo::Closed { order: order.order };
            let (number, officer) = (order.order, &order.officer);
            let detail = format!("order {number} of {officer} was not seconded in time: nothing was raised");
            out.memo(NoteKind::OrderLapsed, order.community, detail, memo.clone());
            self.recall(memo);
        }
        let period_ms = i64::from(policy.officers.remind_s) * 1000;
        for alert in alerts.of(Standing::Authority) {
            let periods = |until: Timestamp| until.ms_since(alert.started_at).div_euclid(period_ms.max(1));
            let due = periods(out.now);
            let reminded = self.reminded.get(&alert.id).copied();
            if due > reminded.or_else(|| self.slept_until.map(periods)).unwrap_or(0).max(0) {
                self.reminded.retain(|&id, _| alerts.get(id).is_some());
                self.reminded.insert(alert.id, due);
                let minutes = due * period_ms / 60_000;
                let detail =
                    format!("alert {} stands for {minutes} minutes and more; held by {}", alert.id, held_by(alert));
                out.note(NoteKind::LongAlert, None, Some(alert.community), None, detail);
            }
        }
    }

    /// Learns what was foreseen for the communities that `officer` has just ended or narrowed, and forgets what is gone.
    pub(crate) fn learn(
        &mut self,
        officer: &str,
        sky: &Sky,
        (outlooks, called): (&[Outlook], &[Called]),
        ground: &Ground,
        out: &mut Out<'_>,
    ) {
        if self.dismissing.is_empty() {
            return;
        }
        let alive: BTreeSet<TrackId> = sky.bodies.iter().map(|body| body.id).collect();
        let menaces = sky.menaces.iter().map(|menace| menace.event);
        let told: BTreeSet<EventId> = menaces.chain(called.iter().map(|called| called.event)).collect();
        for threats in self.dismissed.values_mut() {
            threats.tracks.retain(|track| alive.contains(track));
            threats.told.retain(|event| told.contains(event));
        }
        self.dismissed.retain(|_, threats| !threats.tracks.is_empty() || !threats.told.is_empty());
        for community in std::mem::take(&mut self.dismissing) {
            let reaches = |outlook: &&Outlook| {
                let codes = outlook.reaches.iter().filter_map(|&(ordinal, _)| ground.communities().get(ordinal));
                codes.into_iter().any(|near| ground.within(near.code, community))
            };
            let tracks: Vec<TrackId> = outlooks.iter().filter(reaches).map(|outlook| outlook.track).collect();
            let touches = |area: &Code| ground.within(*area, community) || ground.within(community, *area);
            let told = sky.menaces.iter().filter(|menace| menace.areas.iter().any(touches));
            let called = called.iter().filter(|called| touches(&called.area)).map(|called| called.event);
            let told: Vec<EventId> = told.map(|menace| menace.event).chain(called).collect();
            if tracks.is_empty() && told.is_empty() {
                continue;
            }
            let detail = format!(
                "{officer} judged what threatens {community} to be no reason for an alert: {} tracks, {} told threats",
                tracks.len(),
                told.len()
            );
            let memo = DeskMemo::Dismissed { community, tracks, told };
            out.memo(NoteKind::ThreatDismissed, community, detail, memo.clone());
            self.recall(memo);
        }
    }

    /// The dangers as the policy may see them for each community where something was dismissed.
    pub(crate) fn without_dismissed(
        &self,
        sky: &Sky,
        (outlooks, called): (&[Outlook], &[Called]),
        now: Timestamp,
        ground: &Ground,
    ) -> BTreeMap<Code, BTreeMap<Code, Danger>> {
        let left = self.dismissed.iter().map(|(&community, threats)| {
            let skip = |track: Option<TrackId>, event: Option<EventId>| match track {
                Some(track) => threats.tracks.contains(&track),
                None => event.is_some_and(|event| threats.told.contains(&event)),
            };
            (community, dangers_but(sky, outlooks, now, called, ground, skip))
        });
        left.collect()
    }
}
