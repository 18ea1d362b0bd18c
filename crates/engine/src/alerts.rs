//! The alerts in force, whoever raised them.
//!
//! What comes in: alerts begun, changed and ended by `relay` and `warn`. What goes out: lookups by id, community, type
//! and standing. What always holds: every alert here is in force and has a holder; one alert per (standing, community,
//! type). Deliberately absent: any reason to begin or end one.

use crate::faults::never;
use crate::ground::Ground;
use crate::out::Out;
use model::id::ALERTS_PER_EVENT;
use model::{Alert, AlertId, AlertLevel, AlertType, Code, EventId, Outcome, Reason, Standing, ThreatKind};
use std::collections::{BTreeMap, BTreeSet};

/// What tells one alert in force from all others.
pub(crate) type Key = (Standing, Code, AlertType);

/// Alerts in force.
#[derive(Debug, Clone, Default)]
pub(crate) struct Alerts {
    by_id: BTreeMap<AlertId, Alert>,
    by_key: BTreeMap<Standing, BTreeMap<(Code, AlertType), AlertId>>,
}

impl Alerts {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Alert> {
        self.by_id.values()
    }

    pub(crate) fn get(&self, id: AlertId) -> Option<&Alert> {
        self.by_id.get(&id)
    }

    pub(crate) fn at(&self, key: Key) -> Option<&Alert> {
        let (standing, community, alert_type) = key;
        self.by_key.get(&standing)?.get(&(community, alert_type)).and_then(|id| self.by_id.get(id))
    }

    /// Alerts of one standing, sorted by community and type.
    pub(crate) fn of(&self, standing: Standing) -> impl Iterator<Item = &Alert> {
        self.by_key.get(&standing).into_iter().flatten().filter_map(|(_, id)| self.by_id.get(id))
    }

    /// Alerts of one standing for exactly this community.
    pub(crate) fn here(&self, standing: Standing, community: Code) -> impl Iterator<Item = &Alert> {
        let types = (community, AlertType::AirRaid)..=(community, AlertType::Nuclear);
        self.by_key
            .get(&standing)
            .map(|of| of.range(types))
            .into_iter()
            .flatten()
            .filter_map(|(_, id)| self.by_id.get(id))
    }

    /// Official and authority alerts that reach `community`: its own and those of what it lies in.
    pub(crate) fn reaching<'a>(&'a self, community: Code, ground: &'a Ground) -> impl Iterator<Item = &'a Alert> {
        ground.chain(community).flat_map(move |link| {
            [Standing::Official, Standing::Authority].into_iter().flat_map(move |standing| self.here(standing, link))
        })
    }

    /// Communities with an official or authority alert of their own.
    pub(crate) fn communities(&self) -> BTreeSet<Code> {
        let told = [Standing::Official, Standing::Authority].into_iter().flat_map(|standing| self.of(standing));
        told.map(|alert| alert.community).collect()
    }

    /// An identifier for the `n`-th alert of `event`. Distinct callers pass distinct `n`; should two meet, the next
    /// free number is taken, so that no alert is ever lost to another's number.
    pub(crate) fn number(&self, event: EventId, n: u64) -> AlertId {
        let mut n = n % ALERTS_PER_EVENT;
        for _ in 0..ALERTS_PER_EVENT {
            if !self.by_id.contains_key(&AlertId::of(event, n)) {
                break;
            }
            n = (n + 1) % ALERTS_PER_EVENT;
        }
        AlertId::of(event, n)
    }

    /// Takes an alert in force over, from a restart.
    pub(crate) fn stand(&mut self, alert: Alert) {
        let of = self.by_key.entry(alert.standing).or_default();
        of.insert((alert.community, alert.alert_type), alert.id);
        self.by_id.insert(alert.id, alert);
    }

    pub(crate) fn raise(
        &mut self,
        alert: Alert,
        earlier: impl IntoIterator<Item = EventId>,
        reason: Reason,
        out: &mut Out<'_>,
    ) {
        if self.at((alert.standing, alert.community, alert.alert_type)).is_some() {
            never!(out, "raise {:?} twice for {}", alert.standing, alert.community);
            return;
        }
        out.raise(&alert, earlier, reason);
        self.stand(alert);
    }

    /// Changes an alert in force and tells of it.
    pub(crate) fn update(
        &mut self,
        id: AlertId,
        earlier: impl IntoIterator<Item = EventId>,
        reason: Reason,
        out: &mut Out<'_>,
        change: impl FnOnce(&mut Alert),
    ) {
        let Some(alert) = self.by_id.get_mut(&id) else {
            never!(out, "update alert {id}, which is not in force");
            return;
        };
        change(alert);
        alert.updated_at = out.now;
        out.update(alert, earlier, reason);
    }

    /// Ends an alert by the word of `by`.
    pub(crate) fn end(&mut self, id: AlertId, outcome: Outcome, by: String, reason: Reason, out: &mut Out<'_>) {
        if by.is_empty() {
            never!(out, "end alert {id} by nobody");
            return;
        }
        let Some(mut alert) = self.by_id.remove(&id) else {
            never!(out, "end alert {id}, which is not in force");
            return;
        };
        if let Some(of) = self.by_key.get_mut(&alert.standing) {
            of.remove(&(alert.community, alert.alert_type));
        }
        alert.updated_at = out.now;
        alert.ended_at = Some(out.now);
        out.end(alert, outcome, by, reason);
    }
}

/// The gravest level holders give; one that was not told is red.
pub(crate) fn gravest<'a>(levels: impl IntoIterator<Item = &'a Option<AlertLevel>>) -> AlertLevel {
    levels.into_iter().map(|level| level.unwrap_or(AlertLevel::Red)).max().unwrap_or(AlertLevel::Red)
}

/// All kinds, sorted, each once.
pub(crate) fn all_kinds<'a>(kinds: impl IntoIterator<Item = &'a ThreatKind>) -> Vec<ThreatKind> {
    kinds.into_iter().copied().collect::<BTreeSet<_>>().into_iter().collect()
}
