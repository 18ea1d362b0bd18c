//! Forecasts become advisories, whatever the mode.
//!
//! Everything here is a function of the dangers now and of the alerts in force as they were last told; nothing is
//! remembered from one tick to the next, so that ticks compose.

use super::danger::Danger;
use super::policy::Policy;
use crate::alerts::{Alerts, all_kinds};
use crate::ground::Ground;
use crate::out::Out;
use crate::relay::OFFICIAL_N_MAX;
use model::{
    Alert, AlertId, AlertLevel, AlertType, Arrival, Because, Code, EventId, Holder, Numbers, Outcome, Reason, SourceId,
    Standing, ThreatKind, Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};

/// The holder of an advisory.
const ADVISORY: &str = "policy:advisory";
/// What a decision about an advisory names as its rule.
const ADVISORY_RULE: &str = "advisory";

/// Raises, changes and ends advisories.
pub(crate) fn advise(
    dangers: &BTreeMap<Code, Danger>,
    policy: &Policy,
    ground: &Ground,
    alerts: &mut Alerts,
    out: &mut Out<'_>,
) {
    let advised: BTreeMap<Code, AlertId> =
        alerts.of(Standing::Advisory).map(|alert| (alert.community, alert.id)).collect();
    let communities: BTreeSet<Code> = dangers.keys().chain(advised.keys()).copied().collect();
    for community in communities {
        let danger = dangers.get(&community);
        let p = danger.map_or(0.0, |danger| danger.arrival.probability);
        match (advised.get(&community), danger) {
            (None, Some(danger)) if p >= policy.advise_p => {
                raise(community, danger, policy, ground, alerts, out);
            }
            (Some(&id), _) if p < policy.advise_release_p => {
                alerts.end(id, Outcome::Passed, ADVISORY.to_owned(), fell(id, p, policy, alerts, out), out);
            }
            // Most dangers are as they were told: only what is worth telling is put into words.
            (Some(&id), Some(danger))
                if alerts.get(id).is_some_and(|alert| worth_telling(alert, danger, policy, out.now)) =>
            {
                change(id, ADVISORY, &said(community, danger, policy), policy, alerts, out);
            }
            _ => {}
        }
    }
}

fn fell(id: AlertId, probability: f64, policy: &Policy, alerts: &Alerts, out: &Out<'_>) -> Reason {
    let stood_ms = alerts.get(id).map_or(0, |alert| out.now.ms_since(alert.started_at));
    let stood_s = u32::try_from(stood_ms / 1000).unwrap_or(u32::MAX);
    let threshold = policy.advise_release_p;
    let because = Because::Fell { probability, threshold, stood_s, hold_s: 0, watch: None };
    Reason { rule: ADVISORY_RULE.to_owned(), because }
}

fn raise(community: Code, danger: &Danger, policy: &Policy, ground: &Ground, alerts: &mut Alerts, out: &mut Out<'_>) {
    let Some(ordinal) = ground.ordinal(community) else { return };
    let Change { level, kinds, arrival, causes, rule, numbers } = said(community, danger, policy);
    let holder = Holder::of(out.now, Some(level), kinds.clone(), out.event);
    let alert = Alert {
        id: alerts.number(out.event, OFFICIAL_N_MAX + ordinal as u64),
        standing: Standing::Advisory,
        community,
        alert_type: AlertType::AirRaid,
        level,
        kinds,
        started_at: out.now,
        updated_at: out.now,
        ended_at: None,
        holders: BTreeMap::from([(SourceId::new(ADVISORY), holder)]),
        arrival: Some(arrival),
    };
    alerts.raise(alert, causes, Reason { rule, because: Because::Reached(numbers) }, out);
}

/// What there is to say of an alert that a forecast keeps standing.
pub(super) struct Change {
    pub(super) level: AlertLevel,
    pub(super) kinds: Vec<ThreatKind>,
    pub(super) arrival: Arrival,
    pub(super) causes: Vec<EventId>,
    /// The rule, and the numbers by which it holds.
    pub(super) rule: String,
    pub(super) numbers: Numbers,
}

fn said(community: Code, danger: &Danger, policy: &Policy) -> Change {
    let tracks = danger.believed().map_or_else(Vec::new, |share| share.tracks());
    let (arrival, threshold) = (danger.arrival, policy.advise_p);
    Change {
        level: danger.level(),
        kinds: danger.kinds().collect(),
        arrival,
        causes: danger.causes().into_iter().collect(),
        rule: ADVISORY_RULE.to_owned(),
        numbers: Numbers { community, arrival, threshold, lead_s: None, due: None, tracks },
    }
}

/// Whether an advisory may be told anew: the pause is over, or the danger is graver.
fn worth_telling(alert: &Alert, danger: &Danger, policy: &Policy, now: Timestamp) -> bool {
    let elapsed_ms = now.ms_since(alert.updated_at);
    let differs = || {
        danger.level() != alert.level
            || !danger.kinds().eq(alert.kinds.iter().copied())
            || alert.arrival.is_none_or(|told| moved(&aged(told, elapsed_ms), &danger.arrival, policy))
    };
    danger.level() > alert.level || (elapsed_ms >= i64::from(policy.advise_pause_s) * 1000 && differs())
}

/// Tells a change when it is worth telling: a graver level at once, anything else after the pause.
pub(super) fn change(
    id: AlertId,
    holder: &str,
    told: &Change,
    policy: &Policy,
    alerts: &mut Alerts,
    out: &mut Out<'_>,
) {
    let Some(alert) = alerts.get(id) else { return };
    let authority = alert.standing == Standing::Authority;
    // An authority alert only ever becomes graver by itself; to soften it is an officer's decision.
    let level = if authority { alert.level.max(told.level) } else { told.level };
    let kinds = if authority { all_kinds(alert.kinds.iter().chain(&told.kinds)) } else { told.kinds.clone() };
    let elapsed_ms = out.now.ms_since(alert.updated_at);
    let graver = level > alert.level;
    let differs = level != alert.level
        || kinds != alert.kinds
        || alert.arrival.is_none_or(|before| moved(&aged(before, elapsed_ms), &told.arrival, policy));
    if !graver && (!differs || elapsed_ms < i64::from(policy.advise_pause_s) * 1000) {
        return;
    }
    let event = out.event;
    let reason = Reason { rule: told.rule.clone(), because: Because::Moved(told.numbers.clone()) };
    alerts.update(id, told.causes.iter().copied(), reason, out, |alert| {
        alert.level = level;
        alert.kinds.clone_from(&kinds);
        alert.arrival = Some(told.arrival);
        if let Some(held) = alert.holders.get_mut(&SourceId::new(holder)) {
            *held = Holder::of(held.since, Some(level), kinds, event);
        }
    });
}

/// A window told `elapsed_ms` ago, as it reads now.
pub(crate) fn aged(told: Arrival, elapsed_ms: i64) -> Arrival {
    let elapsed_s = u32::try_from(elapsed_ms.max(0) / 1000).unwrap_or(u32::MAX);
    Arrival {
        earliest_s: told.earliest_s.saturating_sub(elapsed_s),
        latest_s: told.latest_s.saturating_sub(elapsed_s),
        ..told
    }
}

fn moved(told: &Arrival, now: &Arrival, policy: &Policy) -> bool {
    // Two minutes matter when it is near; far out a quarter of the time is within what nobody would act on.
    let shifted = |told_s: u32, now_s: u32| told_s.abs_diff(now_s) > policy.advise_step_s.max(now_s / 4);
    (told.probability - now.probability).abs() >= policy.advise_step_p
        || shifted(told.earliest_s, now.earliest_s)
        || shifted(told.latest_s, now.latest_s)
        || told.kind != now.kind
}
