//! What an officer of this centre orders (authority mode).
//!
//! What comes in: an officer's name and an action. What goes out: alerts raised, held, changed and ended under that name,
//! or a note that says why not. What always holds: beyond the configured reach, and for rare kinds, nothing begins by one
//! person's word, however the order is split; a retraction takes one action of one person; a refusal names the remedy.

use super::command::is_policy;
use super::danger::Danger;
use super::desk::{Desk, Wanted};
use super::policy::Policy;
use super::rules::met;
use crate::alerts::{Alerts, all_kinds};
use crate::config::Mode;
use crate::ground::Ground;
use crate::out::Out;
use crate::relay::Relay;
use crate::sources::Sources;
use model::{
    Alert, AlertId, AlertType, Because, Code, Holder, Level, NoteKind, OfficerAction, Outcome, Reason, SourceId,
    Standing, WaitingOrder,
};
use std::collections::{BTreeMap, BTreeSet};

/// Most communities one alert is narrowed to.
const NARROW_MAX: usize = 256;

/// What an order may look at and change.
pub(crate) struct Hall<'a> {
    pub(crate) mode: Mode,
    pub(crate) policy: &'a Policy,
    pub(crate) dangers: &'a BTreeMap<Code, Danger>,
    pub(crate) ground: &'a Ground,
    pub(crate) sources: &'a Sources,
    pub(crate) relay: &'a mut Relay,
    pub(crate) alerts: &'a mut Alerts,
}

/// Who orders, and who seconds.
#[derive(Debug, Clone, Copy)]
struct By<'a> {
    officer: &'a str,
    second: Option<&'a str>,
}

impl By<'_> {
    fn name(&self) -> String {
        format!("officer:{}", self.officer)
    }

    fn holder(&self) -> SourceId {
        SourceId::new(&self.name())
    }

    fn reason(&self, order: &str, words: &str, outcome: Option<Outcome>) -> Reason {
        let because = Because::Ordered {
            order: order.to_owned(),
            officer: self.officer.to_owned(),
            second: self.second.map(str::to_owned),
            words: words.to_owned(),
            outcome,
        };
        Reason { rule: "officer".to_owned(), because }
    }
}

impl Desk {
    /// Takes one order, or notes why not.
    pub(crate) fn act(&mut self, officer: &str, action: &OfficerAction, hall: &mut Hall<'_>, out: &mut Out<'_>) {
        let by = By { officer, second: None };
        if let Err(why) = self.carry_out(by, action, hall, out) {
            out.note(NoteKind::Disbelieved, None, None, None, format!("{officer}: {why}"));
        }
    }

    fn carry_out(
        &mut self,
        by: By<'_>,
        action: &OfficerAction,
        hall: &mut Hall<'_>,
        out: &mut Out<'_>,
    ) -> Result<(), String> {
        if hall.mode == Mode::Relay && !matches!(action, OfficerAction::End { .. }) {
            return Err("in relay mode only official sources raise and hold".to_owned());
        }
        match action {
            OfficerAction::Raise { community, alert_type, level, kinds, reason } => {
                let (community, alert_type, level) = (*community, *alert_type, *level);
                let wanted = Wanted { community, alert_type, level, kinds: all_kinds(kinds), words: reason.clone() };
                self.raise(by, "raise", wanted, hall, out)
            }
            OfficerAction::Confirm { alert, reason } => {
                let alert = hall.standing(*alert)?.clone();
                match alert.standing {
                    Standing::Advisory => {
                        self.raise(by, "confirm", Wanted::like(&alert, alert.community, reason), hall, out)
                    }
                    Standing::Authority => {
                        hold(by, "confirm", alert.id, reason, hall, out);
                        Ok(())
                    }
                    Standing::Official => Err(official(alert.id)),
                }
            }
            OfficerAction::Hold { alert, reason } => {
                let id = hall.own(*alert)?.id;
                hold(by, "hold", id, reason, hall, out);
                Ok(())
            }
            OfficerAction::Release { alert, reason } => {
                let alert = hall.own(*alert)?;
                let (id, holder) = (alert.id, by.holder());
                if !alert.holders.contains_key(&holder) {
                    return Err(format!("alert {id} is not held by this officer"));
                }
                if alert.holders.len() == 1 {
                    return Err(format!("alert {id} has no other holder: end it, or let another hold it first"));
                }
                hall.alerts.update(id, [], by.reason("release", reason, None), out, |alert| {
                    alert.holders.remove(&holder);
                });
                Ok(())
            }
            OfficerAction::Widen { alert, community, reason } => {
                let alert = hall.own(*alert)?.clone();
                if *community == alert.community || !hall.ground.within(alert.community, *community) {
                    return Err(format!("{community} does not hold {}: it would be another alert", alert.community));
                }
                self.raise(by, "widen", Wanted::like(&alert, *community, reason), hall, out)
            }
            OfficerAction::Narrow { alert, communities, outcome, reason } => {
                self.narrow(by, *alert, communities, (*outcome, reason), hall, out)
            }
            OfficerAction::End { alert, outcome, reason } => self.end(by, "end", *alert, (*outcome, reason), hall, out),
            OfficerAction::EndTogether { alerts, outcome, reason } => {
                self.end_together(by, alerts, (*outcome, reason), hall, out)
            }
            OfficerAction::Retract { alert, reason } => {
                hall.own(*alert)?;
                self.end(by, "retract", *alert, (Outcome::Mistaken, reason), hall, out)
            }
            OfficerAction::Second { proposal, .. } => {
                let found = self.proposal(*proposal, out.now);
                let found = found.ok_or_else(|| format!("no order {proposal} waits for a second officer"))?;
                if same_person(&found.officer, by.officer) {
                    return Err(format!("order {proposal} needs another officer than {}", found.officer));
                }
                let waited = found.clone();
                self.second(&waited, by.officer, out);
                let both = By { officer: &waited.officer, second: Some(by.officer) };
                self.raise(both, &waited.action, Wanted::of(&waited), hall, out)
            }
        }
    }

    /// Raises, or waits for a second officer.
    fn raise(
        &mut self,
        by: By<'_>,
        order: &str,
        wanted: Wanted,
        hall: &mut Hall<'_>,
        out: &mut Out<'_>,
    ) -> Result<(), String> {
        let community = wanted.community;
        match hall.ground.level(community) {
            None => return Err(format!("{community} is not a community of this area set")),
            Some(Level::Settlement) => {
                return Err(format!("{community} is a settlement: alerts are for its hromada or wider"));
            }
            Some(_) => {}
        }
        match needs_two(by.officer, &wanted, hall) {
            Some(why) if by.second.is_none() => self.propose((by.officer, order), wanted, why, hall.policy, out),
            _ => {
                raise(by, order, &wanted, hall, out);
                Ok(())
            }
        }
    }

    fn narrow(
        &mut self,
        by: By<'_>,
        alert: AlertId,
        communities: &[Code],
        (outcome, words): (Outcome, &str),
        hall: &mut Hall<'_>,
        out: &mut Out<'_>,
    ) -> Result<(), String> {
        let alert = hall.own(alert)?.clone();
        let parts: BTreeSet<Code> = communities.iter().copied().collect();
        if parts.is_empty() || parts.len() > NARROW_MAX {
            return Err(format!(
                "{} communities: expected 1 to {NARROW_MAX}; to narrow to none is to end",
                parts.len()
            ));
        }
        for &part in &parts {
            let small = hall.ground.level(part).is_some_and(|level| level != Level::Settlement);
            if !small || part == alert.community || !hall.ground.within(part, alert.community) {
                return Err(format!("{part} is not a community inside {}", alert.community));
            }
        }
        // The smaller ones begin before the wide one ends. Who seconded the wide one has seconded its parts.
        let second = alert.holders.values().find_map(|holder| holder.second.clone());
        let by = By { second: second.as_deref(), ..by };
        for &part in &parts {
            raise(by, "narrow", &Wanted::like(&alert, part, words), hall, out);
        }
        self.dismiss(alert.community);
        hall.alerts.end(alert.id, outcome, by.name(), by.reason("narrow", words, Some(outcome)), out);
        Ok(())
    }

    /// Ends each of them that can be ended, and notes why another cannot; refused when none can.
    ///
    /// The officer read a list that is seconds old: as passed only what no rule holds at this moment ends. What one holds again
    /// is overruled by an order of its own, never in passing.
    fn end_together(
        &mut self,
        by: By<'_>,
        alerts: &[AlertId],
        (outcome, words): (Outcome, &str),
        hall: &mut Hall<'_>,
        out: &mut Out<'_>,
    ) -> Result<(), String> {
        let alerts: BTreeSet<AlertId> = alerts.iter().copied().collect();
        if alerts.is_empty() || alerts.len() > OfficerAction::TOGETHER_MAX {
            return Err(format!("{} alerts: expected 1 to {}", alerts.len(), OfficerAction::TOGETHER_MAX));
        }
        let mut refused = Vec::new();
        for &alert in &alerts {
            let held = hall
                .alerts
                .get(alert)
                .is_some_and(|alert| alert.standing == Standing::Authority && hall.rules_hold(alert.community));
            if held && outcome == Outcome::Passed {
                refused.push(format!("alert {alert} is held by a rule again: end it by an order of its own"));
                continue;
            }
            refused.extend(self.end(by, "end_together", alert, (outcome, words), hall, out).err());
        }
        if refused.len() == alerts.len() {
            return Err(refused.join("; "));
        }
        if !refused.is_empty() {
            out.note(NoteKind::OrderPartly, None, None, None, format!("{}: {}", by.officer, refused.join("; ")));
        }
        Ok(())
    }

    fn end(
        &mut self,
        by: By<'_>,
        order: &str,
        alert: AlertId,
        (outcome, words): (Outcome, &str),
        hall: &mut Hall<'_>,
        out: &mut Out<'_>,
    ) -> Result<(), String> {
        let alert = hall.standing(alert)?.clone();
        let held = alert.holders.keys().any(|source| hall.sources.is_fresh(source));
        match alert.standing {
            Standing::Official if held => {
                return Err(format!(
                    "alert {} is held by a live official source: it ends by that source's word",
                    alert.id
                ));
            }
            Standing::Official => hall.relay.release(&alert, out.now, out.event),
            Standing::Advisory => return Err(format!("alert {} is an advisory: it ends with its cause", alert.id)),
            // Who ends what no rule holds any longer overrules nothing: should the same object turn back, it is told anew.
            Standing::Authority if outcome == Outcome::Passed && !hall.rules_hold(alert.community) => {}
            Standing::Authority => self.dismiss(alert.community),
        }
        hall.alerts.end(alert.id, outcome, by.name(), by.reason(order, words, Some(outcome)), out);
        Ok(())
    }
}

impl Hall<'_> {
    /// A rule of the policy holds for the community, whatever officers have dismissed there.
    fn rules_hold(&self, community: Code) -> bool {
        met(self.dangers, self.policy, self.ground).contains_key(&community)
    }

    fn standing(&self, id: AlertId) -> Result<&Alert, String> {
        self.alerts.get(id).ok_or_else(|| format!("alert {id} is not in force"))
    }

    /// An alert of this centre.
    fn own(&self, id: AlertId) -> Result<&Alert, String> {
        let alert = self.standing(id)?;
        match alert.standing {
            Standing::Authority => Ok(alert),
            Standing::Official => Err(official(id)),
            Standing::Advisory => Err(format!("alert {id} is an advisory: confirm it first")),
        }
    }
}

fn official(id: AlertId) -> String {
    format!("alert {id} stands by an official source's word: it is relayed as it is")
}

/// Two names of one person: a difference of capitals or blanks makes no second person.
fn same_person(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// Why this order needs two people; `None` when one is enough.
///
/// Whatever one officer raised alone and still stands counts together, so that a region cannot be raised raion by raion.
fn needs_two(officer: &str, wanted: &Wanted, hall: &Hall<'_>) -> Option<String> {
    let rules = &hall.policy.officers;
    if rules.rare_types.contains(&wanted.alert_type) {
        return Some(format!("{:?} alerts need two officers", wanted.alert_type));
    }
    if let Some(kind) = wanted.kinds.iter().find(|kind| rules.rare_kinds.contains(kind)) {
        return Some(format!("alerts of {kind:?} need two officers"));
    }
    let small = |code: Code| hall.ground.children(code).is_empty();
    if hall.ground.level(wanted.community).is_none_or(|level| level < rules.reach) && !small(wanted.community) {
        return Some(format!("{} is wider than {:?}, the reach of one officer", wanted.community, rules.reach));
    }
    let unit =
        |code: Code| hall.ground.chain(code).find(|&link| hall.ground.level(link) <= Some(rules.reach)).unwrap_or(code);
    let alone = |alert: &&Alert| {
        alert.holders.iter().any(|(name, holder)| {
            let whose = name.as_str().strip_prefix("officer:").is_some_and(|whose| same_person(whose, officer));
            whose && holder.level.is_some() && holder.second.is_none()
        })
    };
    let mut units: BTreeSet<Code> =
        hall.alerts.of(Standing::Authority).filter(alone).map(|alert| unit(alert.community)).collect();
    if units.insert(unit(wanted.community)) && units.len() > rules.reach_count as usize {
        return Some(format!(
            "with {} the officer alone would hold {} communities of level {:?}, and {} is the most",
            wanted.community,
            units.len(),
            rules.reach,
            rules.reach_count
        ));
    }
    None
}

/// Raises an alert, or joins the one that stands: it then needs the officer's word to end.
fn raise(by: By<'_>, order: &str, wanted: &Wanted, hall: &mut Hall<'_>, out: &mut Out<'_>) {
    let Wanted { community, alert_type, level, kinds, words } = wanted;
    let holder = Holder {
        second: by.second.map(str::to_owned),
        words: Some(words.clone()),
        ..Holder::of(out.now, Some(*level), kinds.clone(), out.event)
    };
    let reason = by.reason(order, words, None);
    let standing = hall.alerts.at((Standing::Authority, *community, *alert_type)).map(|alert| alert.id);
    if let Some(id) = standing {
        hall.alerts.update(id, [], reason, out, |alert| {
            alert.level = alert.level.max(*level);
            alert.kinds = all_kinds(alert.kinds.iter().chain(kinds));
            // Who stood by it before, stands by it still: a later word of one takes nothing back from what two said.
            let holder = match alert.holders.remove(&by.holder()) {
                Some(before) => Holder {
                    since: before.since,
                    level: before.level.max(holder.level),
                    kinds: all_kinds(before.kinds.iter().chain(&holder.kinds)),
                    second: holder.second.or(before.second),
                    ..holder
                },
                None => holder,
            };
            alert.holders.insert(by.holder(), holder);
        });
        return;
    }
    let alert = Alert {
        id: hall.alerts.number(out.event, 0),
        standing: Standing::Authority,
        community: *community,
        alert_type: *alert_type,
        level: *level,
        kinds: kinds.clone(),
        started_at: out.now,
        updated_at: out.now,
        ended_at: None,
        holders: BTreeMap::from([(by.holder(), holder)]),
        arrival: None,
    };
    hall.alerts.raise(alert, [], reason, out);
}

/// Keeps an alert standing whatever the forecast says, without a word about its level.
fn hold(by: By<'_>, order: &str, id: AlertId, words: &str, hall: &mut Hall<'_>, out: &mut Out<'_>) {
    let fresh = Holder::of(out.now, None, Vec::new(), out.event);
    hall.alerts.update(id, [], by.reason(order, words, None), out, |alert| {
        let held = alert.holders.entry(by.holder()).or_insert(fresh);
        held.words = Some(words.to_owned());
    });
}

/// What a person reads of who holds an alert and since when.
pub(super) fn held_by(alert: &Alert) -> String {
    let line = |(name, holder): (&SourceId, &Holder)| {
        let who = if is_policy(name) { name.as_str() } else { name.as_str().trim_start_matches("officer:") };
        format!("{who} since {}", holder.since)
    };
    alert.holders.iter().map(line).collect::<Vec<_>>().join(", ")
}

impl Wanted {
    /// The alert that a waiting order asks for.
    fn of(order: &WaitingOrder) -> Self {
        let WaitingOrder { community, alert_type, level, kinds, reason, .. } = order;
        let (community, alert_type, level) = (*community, *alert_type, *level);
        Self { community, alert_type, level, kinds: kinds.clone(), words: reason.clone() }
    }

    /// An alert as grave as `alert`, of the same kinds, for `community`.
    fn like(alert: &Alert, community: Code, words: &str) -> Self {
        let (alert_type, level, kinds): (AlertType, _, _) = (alert.alert_type, alert.level, alert.kinds.clone());
        Self { community, alert_type, level, kinds, words: words.to_owned() }
    }
}
