//! What makes a policy wrong, and on which line.

use super::policy::{POLICY_VERSION, Policy, RAISE_P_MOST, RULES_MAX, Rule};
use super::tally::TOLD_P;
use super::unseen::{ENTRY_KM_MAX, ENTRY_S_MAX};
use crate::forecast::LAST_S;
use model::{Level, ThreatKind};
use std::collections::BTreeSet;

/// A forecast never reaches a probability of exactly 1: above this a rule could never be met.
const REACH_P: f64 = 0.95;

/// The first thing wrong with a policy.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fault {
    /// Which rule; `None` for the policy's own keys.
    pub(super) rule: Option<usize>,
    pub(super) key: &'static str,
    pub(super) reason: String,
}

/// The line of a byte, counted from 1.
pub(super) fn line_of_byte(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|&b| b == b'\n').count()
}

/// The line of a key: inside the `rule`-th `[[rule]]`, or before the first of them. The header's when it is not written
/// there, and the last line when there is none.
pub(super) fn line_of_key(text: &str, rule: Option<usize>, key: &str) -> usize {
    let (mut at, mut header) = (None, None);
    for (line, words) in text.lines().enumerate().map(|(n, line)| (n + 1, line.trim_start())) {
        if words.starts_with("[[rule]]") {
            at = Some(at.map_or(0, |n: usize| n + 1));
            if at == rule {
                header = Some(line);
            }
        }
        let its = words.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
        if at == rule && its {
            return line;
        }
    }
    header.unwrap_or_else(|| text.lines().count().max(1))
}

/// Kinds that are only ever told of a place and never followed as a body.
const fn only_told(kind: ThreatKind) -> bool {
    matches!(kind, ThreatKind::Mig31k | ThreatKind::Artillery)
}

/// Whether whatever meets `rule` also meets `wider`, to at least the same effect.
fn covered(rule: &Rule, wider: &Rule) -> bool {
    rule.kinds.is_subset(&wider.kinds)
        && wider.area <= rule.area
        && wider.level >= rule.level
        && wider.with_raion == rule.with_raion
        && wider.told_s.is_none_or(|wide_s| rule.told_s.is_some_and(|told_s| told_s <= wide_s))
        && wider.official >= rule.official
        && wider.due_s == rule.due_s
        && wider.near_s == rule.near_s
        && wider.near_p == rule.near_p
        && wider.raise_people == rule.raise_people
        && wider.raise_most == rule.raise_most
        && wider.release_people == rule.release_people
        && wider.entry_s.is_some() == rule.entry_s.is_some()
        && wider.entry_s >= rule.entry_s
        && wider.entry_km.unwrap_or(0.0) >= rule.entry_km.unwrap_or(0.0)
        && wider.people_min <= rule.people_min
        && wider.people_max.is_none_or(|wide| rule.people_max.is_some_and(|most| most <= wide))
        && wider.raise_p <= rule.raise_p
        && wider.release_p <= rule.release_p
        && wider.hold_s >= rule.hold_s
        && wider.lead_s.is_none_or(|wide_s| rule.lead_s.is_some_and(|lead_s| lead_s <= wide_s))
        && wider.release_lead_s.is_none_or(|wide_s| rule.release_lead_s.is_some_and(|lead_s| lead_s <= wide_s))
}

struct Check {
    rule: Option<usize>,
}

impl Check {
    fn refuse(&self, key: &'static str, reason: String) -> Result<(), Fault> {
        Err(Fault { rule: self.rule, key, reason })
    }

    fn range(&self, key: &'static str, value: f64, low: f64, high: f64) -> Result<(), Fault> {
        if value.is_finite() && (low..=high).contains(&value) {
            return Ok(());
        }
        self.refuse(key, format!("{key} = {value}: expected a number from {low} to {high}"))
    }

    fn name(&self, name: &str) -> Result<(), Fault> {
        if !name.trim().is_empty() && name.len() <= 64 && !name.chars().any(char::is_control) {
            return Ok(());
        }
        self.refuse("name", format!("name = {name:?}: expected 1 to 64 bytes without control characters"))
    }
}

impl Policy {
    /// The first thing wrong, if any.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.check().err()
    }

    fn check(&self) -> Result<(), Fault> {
        let own = Check { rule: None };
        if self.version != POLICY_VERSION {
            own.refuse("version", format!("version = {}: expected {POLICY_VERSION}", self.version))?;
        }
        own.name(&self.name)?;
        own.range("revision", f64::from(self.revision), 1.0, 1e9)?;
        own.range("advise_p", self.advise_p, 0.01, REACH_P)?;
        own.range("advise_release_p", self.advise_release_p, 0.0, REACH_P)?;
        own.range("advise_step_p", self.advise_step_p, 0.01, 1.0)?;
        own.range("advise_step_s", f64::from(self.advise_step_s), 1.0, 3600.0)?;
        own.range("advise_pause_s", f64::from(self.advise_pause_s), 1.0, 600.0)?;
        own.range("watched_s", f64::from(self.watched_s), 60.0, 86_400.0)?;
        if self.advise_release_p >= self.advise_p {
            let (end, begin) = (self.advise_release_p, self.advise_p);
            own.refuse(
                "advise_release_p",
                format!(
                    "advise_release_p = {end}: expected less than advise_p = {begin}, or every advisory would flicker"
                ),
            )?;
        }
        self.check_officers(&own)?;
        if self.rule.is_empty() || self.rule.len() > RULES_MAX {
            own.refuse(
                "rule",
                format!(
                    "{} rules: expected 1 to {RULES_MAX} [[rule]] tables, or nothing is ever raised",
                    self.rule.len()
                ),
            )?;
        }
        for (at, rule) in self.rule.iter().enumerate() {
            self.check_rule(at, rule)?;
        }
        Ok(())
    }

    fn check_officers(&self, own: &Check) -> Result<(), Fault> {
        let officers = &self.officers;
        if officers.reach == Level::Settlement {
            own.refuse(
                "reach",
                "reach = \"settlement\": alerts are for communities, expected hromada or wider".to_owned(),
            )?;
        }
        own.range("reach_count", f64::from(officers.reach_count), 1.0, 1000.0)?;
        // What waits must be found again by a restart, which looks back two hours.
        own.range("proposal_s", f64::from(officers.proposal_s), 30.0, 7_200.0)?;
        own.range("remind_s", f64::from(officers.remind_s), 600.0, 604_800.0)
    }

    fn check_due(check: &Check, rule: &Rule) -> Result<(), Fault> {
        for (key, power) in [("raise_people", rule.raise_people), ("release_people", rule.release_people)] {
            if let Some(power) = power {
                check.range(key, power, 0.0, 1.5)?;
            }
        }
        if let Some(most) = rule.raise_most {
            if rule.raise_people.is_none() {
                check.refuse("raise_most", "raise_most without raise_people: expected both".to_owned())?;
            }
            if rule.raise_p > RAISE_P_MOST {
                let p = rule.raise_p;
                check.refuse(
                    "raise_most",
                    format!("raise_most beside raise_p = {p}: expected at most {RAISE_P_MOST}"),
                )?;
            }
            check.range("raise_most", most, rule.raise_p, RAISE_P_MOST)?;
            // A rule with due_s asks for two things: its release_p is of the other.
            if rule.due_s.is_none() && rule.release_people.is_some() {
                check.refuse("raise_most", "raise_most beside release_people: it could end as it begins".to_owned())?;
            }
        }
        if rule.with_raion && (rule.raise_people.is_some() || rule.release_people.is_some()) {
            check.refuse("with_raion", "with_raion beside raise_people: whose people would count?".to_owned())?;
        }
        let (Some([from_s, to_s]), Some(near_s), Some(near_p)) = (rule.due_s, rule.near_s, rule.near_p) else {
            let keys =
                [("due_s", rule.due_s.is_some()), ("near_s", rule.near_s.is_some()), ("near_p", rule.near_p.is_some())];
            return match keys.iter().find(|(_, there)| *there) {
                Some(&(key, _)) => {
                    check.refuse(key, format!("{key} alone: expected due_s, near_s and near_p, or none of them"))
                }
                None => Ok(()),
            };
        };
        for (key, there) in [("lead_s", rule.lead_s.is_some()), ("entry_km", rule.entry_km.is_some())] {
            if there {
                check.refuse("due_s", format!("due_s beside {key}: expected one of them"))?;
            }
        }
        if from_s >= to_s || to_s > LAST_S {
            check
                .refuse("due_s", format!("due_s = [{from_s}, {to_s}]: expected the lesser first, at most {LAST_S}"))?;
        }
        // What lies between would be held by nothing.
        check.range("near_s", f64::from(near_s), f64::from(from_s.max(30)), f64::from(LAST_S))?;
        check.range("near_p", near_p, 0.01, RAISE_P_MOST)?;
        if rule.release_p >= near_p {
            let end = rule.release_p;
            check.refuse(
                "release_p",
                format!("release_p = {end}: expected less than near_p = {near_p}, or it could end as it begins"),
            )?;
        }
        Ok(())
    }

    fn check_entry(check: &Check, rule: &Rule) -> Result<(), Fault> {
        match (rule.entry_km, rule.entry_s) {
            (None, None) if rule.official => {
                check.refuse("official", "official without entry_km: expected both, or neither".to_owned())?;
            }
            (None, None) => return Ok(()),
            (Some(_), None) => check.refuse("entry_km", "entry_km without entry_s: expected both".to_owned())?,
            (None, Some(_)) => check.refuse("entry_s", "entry_s without entry_km: expected both".to_owned())?,
            (Some(km), Some(s)) => {
                check.range("entry_km", km, 10.0, ENTRY_KM_MAX)?;
                check.range("entry_s", f64::from(s), 60.0, ENTRY_S_MAX)?;
            }
        }
        if rule.lead_s.is_some() {
            check.refuse("lead_s", "lead_s beside entry_km: when the next comes in is not foreseen".to_owned())?;
        }
        Ok(())
    }

    fn check_rule(&self, at: usize, rule: &Rule) -> Result<(), Fault> {
        let check = Check { rule: Some(at) };
        check.name(&rule.name)?;
        let (before, after) = (&self.rule[..at], &self.rule[at + 1..]);
        if before.iter().any(|other| other.name == rule.name) {
            check.refuse("name", format!("name = {:?}: another rule has this name", rule.name))?;
        }
        if rule.kinds.is_empty() {
            check.refuse("kinds", "kinds = []: it could never be met, expected at least one kind".to_owned())?;
        }
        if rule.area == Level::Settlement {
            check.refuse(
                "area",
                "area = \"settlement\": alerts are for communities, expected hromada or wider".to_owned(),
            )?;
        }
        // What nobody has seen is never more than a small chance.
        let (least, most) =
            if rule.entry_km.is_some() || rule.due_s.is_some() { (0.000_5, RAISE_P_MOST) } else { (0.01, REACH_P) };
        check.range("raise_p", rule.raise_p, least, most)?;
        check.range("release_p", rule.release_p, 0.0, REACH_P)?;
        check.range("hold_s", f64::from(rule.hold_s), 0.0, 86_400.0)?;
        if let Some(lead_s) = rule.lead_s {
            check.range("lead_s", f64::from(lead_s), 30.0, 7200.0)?;
        }
        if let Some(end_s) = rule.release_lead_s {
            let Some(begin_s) = rule.lead_s else {
                return check.refuse("release_lead_s", "release_lead_s without lead_s: expected both".to_owned());
            };
            check.range("release_lead_s", f64::from(end_s), 30.0, 7200.0)?;
            if end_s <= begin_s {
                check.refuse(
                    "release_lead_s",
                    format!(
                        "release_lead_s = {end_s}: expected more than lead_s = {begin_s}, or it could end as it begins"
                    ),
                )?;
            }
        }
        if let Some(most) = rule.people_max.filter(|&most| most < rule.people_min) {
            let least = rule.people_min;
            check.refuse("people_max", format!("people_max = {most}: expected at least people_min = {least}"))?;
        }
        if let Some(told_s) = rule.told_s {
            check.range("told_s", f64::from(told_s), 60.0, 7200.0)?;
        }
        if rule.with_raion && (rule.area != Level::Hromada || rule.entry_km.is_some()) {
            check.refuse("with_raion", "with_raion: expected area = \"hromada\" and no entry_km".to_owned())?;
        }
        Self::check_entry(&check, rule)?;
        Self::check_due(&check, rule)?;
        // A rule with due_s asks for two things: its release_p is of the other.
        if rule.release_p >= rule.raise_p && rule.due_s.is_none() {
            let (end, begin) = (rule.release_p, rule.raise_p);
            check.refuse(
                "release_p",
                format!("release_p = {end}: expected less than raise_p = {begin}, or it could end as it begins"),
            )?;
        }
        if rule.kinds.iter().copied().all(only_told) && rule.raise_p > TOLD_P {
            check.refuse(
                "raise_p",
                format!("raise_p = {}: these kinds are only told of, at {TOLD_P}: it could never be met", rule.raise_p),
            )?;
        }
        // Of two equal rules the later one is in vain.
        let over = before.iter().find(|other| covered(rule, other));
        let over = over.or_else(|| after.iter().find(|other| covered(rule, other) && !covered(other, rule)));
        if let Some(over) = over {
            check.refuse("name", format!("rule {:?} is never needed: {:?} covers all of it", rule.name, over.name))?;
        }
        Ok(())
    }
}

/// Kinds that no rule of a policy speaks of: nobody is ever alerted of them by it.
impl Policy {
    /// The kinds no rule speaks of, for a warning to the operator.
    pub fn unheeded(&self) -> Vec<ThreatKind> {
        let heeded: BTreeSet<ThreatKind> = self.rule.iter().flat_map(|rule| rule.kinds.iter().copied()).collect();
        ThreatKind::ALL.into_iter().filter(|kind| !heeded.contains(kind)).collect()
    }
}
