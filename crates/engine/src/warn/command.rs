//! Authority mode: the policy's rules raise, change and end this centre's alerts.
//!
//! Everything here is a function of the dangers now and of the alerts in force as they were last told; nothing is
//! remembered from one tick to the next, so that ticks compose.

use super::advise::{Change, change};
use super::danger::Danger;
use super::policy::{Policy, Rule};
use super::rules::{Met, holding, left, met};
use crate::alerts::{Alerts, all_kinds};
use crate::ground::Ground;
use crate::out::Out;
use crate::relay::OFFICIAL_N_MAX;
use crate::sources::Sources;
use model::{
    Alert, AlertId, AlertType, Arrival, Because, Code, EventId, Holder, Outcome, Reason, SourceId, Standing, Timestamp,
    Watch,
};
use std::collections::{BTreeMap, BTreeSet};

/// Raises by rule, ends by positive evidence only.
///
/// `seen`: for communities where an officer dismissed something, the dangers without it. Gives the alerts that only a policy
/// holds and no rule of it any longer.
pub(crate) fn command(
    dangers: &BTreeMap<Code, Danger>,
    seen: &BTreeMap<Code, BTreeMap<Code, Danger>>,
    policy: &Policy,
    sources: &Sources,
    ground: &Ground,
    alerts: &mut Alerts,
    out: &mut Out<'_>,
) -> Vec<AlertId> {
    let met = heeded(dangers, seen, policy, ground);
    for (&community, met) in &met {
        let standing = alerts.at((Standing::Authority, community, AlertType::AirRaid)).map(|alert| alert.id);
        match (standing, Call::of(met)) {
            (None, Some(call)) => raise(community, &call, policy, ground, alerts, out),
            (Some(id), Some(call)) => change(id, &policy.holder(), &call.told(), policy, alerts, out),
            (_, None) => {}
        }
    }
    let lapsed = |alert: &&Alert| alert.holders.keys().all(is_policy) && !met.contains_key(&alert.community);
    let lapsed: Vec<AlertId> = alerts.of(Standing::Authority).filter(lapsed).map(|alert| alert.id).collect();
    let ends = |id| {
        let alert: &Alert = alerts.get(id)?;
        over(alert, (dangers, seen.get(&alert.community).unwrap_or(dangers)), policy, sources, ground, out)
    };
    let (over, left): (Vec<_>, Vec<_>) =
        lapsed.into_iter().map(|id| (id, ends(id))).partition(|(_, ends)| ends.is_some());
    for (id, reason) in over {
        if let Some(reason) = reason {
            alerts.end(id, Outcome::Passed, policy.holder(), reason, out);
        }
    }
    left.into_iter().map(|(id, _)| id).collect()
}

/// Every rule that holds, by community; where an officer dismissed something, without it.
fn heeded<'a>(
    dangers: &BTreeMap<Code, Danger>,
    seen: &BTreeMap<Code, BTreeMap<Code, Danger>>,
    policy: &'a Policy,
    ground: &Ground,
) -> BTreeMap<Code, Vec<Met<'a>>> {
    let mut all = met(dangers, policy, ground);
    for (&community, dangers) in seen {
        match met(dangers, policy, ground).remove(&community) {
            Some(left) => all.insert(community, left),
            None => all.remove(&community),
        };
    }
    all
}

/// Alerts that only a policy holds, that no rule of it holds any longer and that have stood as long as they must: what
/// they wait for is a watch, or an officer's word.
pub(crate) fn unheld(
    dangers: &BTreeMap<Code, Danger>,
    seen: &BTreeMap<Code, BTreeMap<Code, Danger>>,
    policy: &Policy,
    ground: &Ground,
    alerts: &Alerts,
    now: Timestamp,
) -> Vec<AlertId> {
    let met = heeded(dangers, seen, policy, ground);
    let waits = |alert: &&Alert| !met.contains_key(&alert.community) && waits(alert, policy, ground, now);
    alerts.of(Standing::Authority).filter(waits).map(|alert| alert.id).collect()
}

/// Whether an alert that no rule holds waits for nothing but a watch or an officer's word: it has stood as long as it must,
/// and no person holds it.
pub(crate) fn waits(alert: &Alert, policy: &Policy, ground: &Ground, now: Timestamp) -> bool {
    let stood_ms = now.ms_since(alert.started_at);
    let mut rules = holding(alert.community, &alert.kinds, policy, ground);
    alert.holders.keys().all(is_policy) && rules.all(|rule| stood_ms >= i64::from(rule.hold_s) * 1000)
}

/// Whether a holder is a policy: this one, or one that was in use when the alert began.
pub(crate) fn is_policy(holder: &SourceId) -> bool {
    holder.as_str().starts_with("policy:")
}

/// What the rules that hold say together.
struct Call<'a> {
    /// The gravest rule that is met now, the most probable among equals; else the most probable that still holds.
    first: &'a Met<'a>,
    all: &'a [Met<'a>],
}

impl<'a> Call<'a> {
    /// `None` when nothing is met now: what stands goes on standing, and nothing new is said.
    fn of(all: &'a [Met<'a>]) -> Option<Self> {
        let gravity = |met: &Met<'_>| (met.rule.level, met.share.arrival.probability);
        let first = all.iter().filter(|met| met.begins).reduce(|a, b| if gravity(b) > gravity(a) { b } else { a })?;
        Some(Self { first, all })
    }

    fn told(&self) -> Change {
        let met = || self.all.iter().filter(|met| met.begins);
        let kinds: BTreeSet<_> = met().flat_map(|met| met.kinds.iter().copied()).collect();
        let causes: BTreeSet<EventId> = met().flat_map(|met| met.share.causes.iter().copied()).collect();
        let arrival = self.first.share.arrival;
        let earliest_s = met().map(|met| met.share.arrival.earliest_s).min().unwrap_or(arrival.earliest_s);
        Change {
            level: self.first.rule.level,
            kinds: all_kinds(&kinds),
            arrival: Arrival { earliest_s, ..arrival },
            causes: causes.into_iter().collect(),
            rule: self.first.rule.name.clone(),
            numbers: self.first.numbers(),
        }
    }
}

fn raise(community: Code, call: &Call<'_>, policy: &Policy, ground: &Ground, alerts: &mut Alerts, out: &mut Out<'_>) {
    let Some(ordinal) = ground.ordinal(community) else { return };
    let Change { level, kinds, arrival, causes, rule, numbers } = call.told();
    let holder = Holder::of(out.now, Some(level), kinds.clone(), out.event);
    let alert = Alert {
        id: alerts.number(out.event, OFFICIAL_N_MAX + ordinal as u64),
        standing: Standing::Authority,
        community,
        alert_type: AlertType::AirRaid,
        level,
        kinds,
        started_at: out.now,
        updated_at: out.now,
        ended_at: None,
        holders: BTreeMap::from([(SourceId::new(&policy.holder()), holder)]),
        arrival: Some(arrival),
    };
    alerts.raise(alert, causes, Reason { rule, because: Because::Reached(numbers) }, out);
}

/// Why an alert that no rule holds any longer may end; `None` while it must stand on. `heeded`: the dangers without what an
/// officer dismissed.
fn over(
    alert: &Alert,
    (dangers, heeded): (&BTreeMap<Code, Danger>, &BTreeMap<Code, Danger>),
    policy: &Policy,
    sources: &Sources,
    ground: &Ground,
    out: &Out<'_>,
) -> Option<Reason> {
    // What costs nothing is asked first: without a watch an alert stands, whatever is left.
    let watch = watch(alert, policy, sources, ground, out)?;
    let rules = left(alert.community, &alert.kinds, dangers, policy, ground);
    let hold_s = rules.iter().map(|(rule, ..)| rule.hold_s).max().unwrap_or(0);
    let stood_ms = out.now.ms_since(alert.started_at);
    if stood_ms < i64::from(hold_s) * 1000 {
        return None;
    }
    // That it is still far is a reason for an officer, not for a watch: for that little must be left.
    let far = |rule: &Rule| rule.release_lead_s.is_some() || rule.due_s.is_some();
    if rules.iter().any(|(rule, ..)| far(rule))
        && left(alert.community, &alert.kinds, heeded, policy, ground)
            .iter()
            .any(|(rule, release_p, p)| far(rule) && p >= release_p)
    {
        return None;
    }
    let last = rules.into_iter().reduce(|a, b| if b.2 > a.2 { b } else { a });
    Some(Reason {
        rule: last.map_or_else(|| policy.holder(), |(rule, ..)| rule.name.clone()),
        because: Because::Fell {
            probability: last.map_or(0.0, |(.., left)| left),
            threshold: last.map_or(1.0, |(_, release_p, _)| release_p),
            stood_s: u32::try_from(stood_ms / 1000).unwrap_or(u32::MAX),
            hold_s,
            watch: Some(watch),
        },
    })
}

/// The live sensors that covered the community without a gap for long enough, all of it after the alert last changed.
/// A source without a heartbeat detects nothing: its probability of detection is 0.
fn watch(alert: &Alert, policy: &Policy, sources: &Sources, ground: &Ground, out: &Out<'_>) -> Option<Watch> {
    let watched_ms = i64::from(policy.watched_s) * 1000;
    if out.now.ms_since(alert.updated_at) < watched_ms {
        return None;
    }
    sources.sensors().find_map(|(name, profile)| {
        let since = sources.unbroken_since(name)?;
        let covers = profile.senses.iter().any(|&area| ground.within(alert.community, area));
        (covers && out.now.ms_since(since) >= watched_ms).then(|| Watch { source: name.clone(), since })
    })
}
