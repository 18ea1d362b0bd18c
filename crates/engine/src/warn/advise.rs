//! Forecasts become advisories (always) and authority alerts (authority mode).
//!
//! Everything here is a function of the dangers now and of the alerts in force as they were last told; nothing is
//! remembered from one tick to the next, so that ticks compose.

use super::danger::Danger;
use super::policy::Policy;
use crate::alerts::{Alerts, all_kinds};
use crate::ground::Ground;
use crate::out::Out;
use crate::relay::OFFICIAL_N_MAX;
use crate::sources::Sources;
use model::{
    Alert, AlertId, AlertLevel, AlertType, Arrival, Code, EventId, Holder, Level, Outcome, SourceId, Standing,
};
use std::collections::{BTreeMap, BTreeSet};

/// The holder of an advisory.
const ADVISORY: &str = "policy:advisory";
/// The holder of an alert that the policy raised.
const AUTHORITY: &str = "policy:forecast";

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
                raise(Standing::Advisory, ADVISORY, community, danger, ground, alerts, out);
            }
            (Some(&id), _) if p < policy.advise_release_p => {
                alerts.end(id, Outcome::Passed, ADVISORY.to_owned(), out);
            }
            (Some(&id), Some(danger)) => change(id, ADVISORY, danger, policy, alerts, out),
            _ => {}
        }
    }
}

/// Authority mode: raises by forecast, ends by positive evidence only.
pub(crate) fn command(
    dangers: &BTreeMap<Code, Danger>,
    policy: &Policy,
    sources: &Sources,
    ground: &Ground,
    alerts: &mut Alerts,
    out: &mut Out<'_>,
) {
    for (&community, danger) in dangers {
        let wide = match ground.level(community) {
            Some(Level::Raion) => true,
            Some(Level::Oblast) => ground.children(community).is_empty(),
            _ => false,
        };
        if !wide {
            continue;
        }
        let standing = alerts.at((Standing::Authority, community, AlertType::AirRaid)).map(|alert| alert.id);
        match standing {
            None if danger.arrival.probability >= policy.raise_p => {
                raise(Standing::Authority, AUTHORITY, community, danger, ground, alerts, out);
            }
            Some(id) if danger.arrival.probability >= policy.release_p => {
                change(id, AUTHORITY, danger, policy, alerts, out);
            }
            _ => {}
        }
    }
    let holder = SourceId::new(AUTHORITY);
    let over: Vec<AlertId> = alerts
        .of(Standing::Authority)
        .filter(|alert| alert.holders.keys().eq([&holder]))
        .filter(|alert| dangers.get(&alert.community).is_none_or(|d| d.arrival.probability < policy.release_p))
        .filter(|alert| watched(alert, policy, sources, ground, out))
        .map(|alert| alert.id)
        .collect();
    for id in over {
        alerts.end(id, Outcome::Passed, AUTHORITY.to_owned(), out);
    }
}

/// Whether live sensors covered the community without a gap for long enough, all of it after the alert last changed.
/// A source without a heartbeat detects nothing: its probability of detection is 0.
fn watched(alert: &Alert, policy: &Policy, sources: &Sources, ground: &Ground, out: &Out<'_>) -> bool {
    let watched_ms = i64::from(policy.watched_s) * 1000;
    let settled = out.now.ms_since(alert.updated_at) >= watched_ms;
    settled
        && sources.sensors().any(|(name, profile)| {
            profile.senses.iter().any(|&area| ground.within(alert.community, area))
                && sources.unbroken_since(name).is_some_and(|since| out.now.ms_since(since) >= watched_ms)
        })
}

fn raise(
    standing: Standing,
    holder: &str,
    community: Code,
    danger: &Danger,
    ground: &Ground,
    alerts: &mut Alerts,
    out: &mut Out<'_>,
) {
    let Some(ordinal) = ground.ordinal(community) else { return };
    let (level, kinds) = (danger.level(), all_kinds(&danger.kinds));
    let alert = Alert {
        id: alerts.number(out.event, OFFICIAL_N_MAX + ordinal as u64),
        standing,
        community,
        alert_type: AlertType::AirRaid,
        level,
        kinds: kinds.clone(),
        started_at: out.now,
        updated_at: out.now,
        ended_at: None,
        holders: BTreeMap::from([(SourceId::new(holder), word(level, &kinds, out))]),
        arrival: Some(danger.arrival),
    };
    alerts.raise(alert, danger.causes.iter().copied(), out);
}

fn word(level: AlertLevel, kinds: &[model::ThreatKind], out: &Out<'_>) -> Holder {
    Holder { since: out.now, level: Some(level), kinds: kinds.to_vec(), event: out.event }
}

/// Tells a change when it is worth telling: a graver level at once, anything else after the pause.
fn change(id: AlertId, holder: &str, danger: &Danger, policy: &Policy, alerts: &mut Alerts, out: &mut Out<'_>) {
    let Some(alert) = alerts.get(id) else { return };
    let authority = alert.standing == Standing::Authority;
    // An authority alert only ever becomes graver by itself; to soften it is an officer's decision.
    let level = if authority { alert.level.max(danger.level()) } else { danger.level() };
    let kinds = if authority { all_kinds(alert.kinds.iter().chain(&danger.kinds)) } else { all_kinds(&danger.kinds) };
    let elapsed_ms = out.now.ms_since(alert.updated_at);
    let graver = level > alert.level;
    let differs = level != alert.level
        || kinds != alert.kinds
        || alert.arrival.is_none_or(|told| moved(&aged(told, elapsed_ms), &danger.arrival, policy));
    if !graver && (!differs || elapsed_ms < i64::from(policy.advise_pause_s) * 1000) {
        return;
    }
    let causes: Vec<EventId> = danger.causes.iter().copied().collect();
    let event = out.event;
    alerts.update(id, causes, out, |alert| {
        alert.level = level;
        alert.kinds.clone_from(&kinds);
        alert.arrival = Some(danger.arrival);
        if let Some(held) = alert.holders.get_mut(&SourceId::new(holder)) {
            *held = Holder { since: held.since, level: Some(level), kinds, event };
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
