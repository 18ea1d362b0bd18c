//! Another policy over the same sky: what it would have decided on the same events in authority mode.
//!
//! What comes in: an [`Engine`] after each of its steps, and orders of officers who act on this policy's alerts. What goes
//! out: this policy's own decisions. What always holds: they are those of an engine that runs this policy, but for the
//! numbers of events; the engine is not changed. Deliberately absent: advisories and official alerts, which do not depend
//! on the rules, and a restart.

use crate::alerts::Alerts;
use crate::config::Mode;
use crate::out::Out;
use crate::relay::Relay;
use crate::step::Engine;
use crate::warn::{self, Desk, Policy};
use model::{Alert, AlertId, Decision, EventId, OfficerAction, PolicyRef, Standing};

/// A policy with its own alerts and its own officers' desk.
#[derive(Debug)]
pub struct Rival {
    policy: Policy,
    mark: PolicyRef,
    alerts: Alerts,
    desk: Desk,
    /// What it has followed of the engine.
    weighed: u64,
}

impl Rival {
    /// A rival without alerts. The policy should have passed [`Policy::validate`].
    pub fn new(policy: Policy) -> Self {
        Self { mark: policy.mark(), policy, alerts: Alerts::default(), desk: Desk::default(), weighed: 0 }
    }

    /// Decides on what the engine foresees since its step of `event`; nothing when that step weighed nothing.
    pub fn decide(&mut self, engine: &Engine, event: EventId, decisions: &mut Vec<Decision>) {
        if self.weighed == engine.weighed {
            return;
        }
        self.weighed = engine.weighed;
        let mut out = Out::new(engine.now, event, false, &self.mark, decisions);
        let (ground, outlooks) = (&engine.ground, &engine.outlooks);
        let seen = self.desk.without_dismissed(engine.story.sky(), (outlooks, &engine.called), engine.now, ground);
        warn::command(&engine.dangers, &seen, &self.policy, &engine.sources, ground, &mut self.alerts, &mut out);
        self.desk.look(&self.alerts, &self.policy, &mut out);
    }

    /// Carries out an officer's order about this policy's alerts, or notes why not.
    pub fn order(
        &mut self,
        engine: &Engine,
        event: EventId,
        officer: &str,
        action: &OfficerAction,
        decisions: &mut Vec<Decision>,
    ) {
        let mut out = Out::new(engine.now, event, false, &self.mark, decisions);
        let mut hall = warn::Hall {
            mode: Mode::Authority,
            policy: &self.policy,
            dangers: &engine.dangers,
            ground: &engine.ground,
            sources: &engine.sources,
            relay: &mut Relay::default(),
            alerts: &mut self.alerts,
        };
        self.desk.act(officer, action, &mut hall, &mut out);
        self.desk.learn(officer, engine.story.sky(), (&engine.outlooks, &engine.called), &engine.ground, &mut out);
    }

    /// As [`Engine::unheld`].
    pub fn unheld(&self, engine: &Engine) -> Vec<AlertId> {
        unheld(engine, &self.desk, &self.policy, &self.alerts)
    }

    /// Its alerts in force, by community.
    pub fn alerts(&self) -> impl Iterator<Item = &Alert> {
        self.alerts.of(Standing::Authority)
    }
}

impl Engine {
    /// Alerts of this centre that only a policy holds, that no rule of it holds any longer and that have stood as long as
    /// they must, by community. They end by a watch of live sensors or by an officer's word; until then they stand.
    pub fn unheld(&self) -> Vec<AlertId> {
        unheld(self, &self.desk, &self.config.policy, &self.alerts)
    }

    /// This centre's alerts in force, by community.
    pub fn own_alerts(&self) -> impl Iterator<Item = &Alert> {
        self.alerts.of(Standing::Authority)
    }
}

fn unheld(engine: &Engine, desk: &Desk, policy: &Policy, alerts: &Alerts) -> Vec<AlertId> {
    let seen =
        desk.without_dismissed(engine.story.sky(), (&engine.outlooks, &engine.called), engine.now, &engine.ground);
    warn::unheld(&engine.dangers, &seen, policy, &engine.ground, alerts, engine.now)
}
