//! Which rules of the policy are met, and for whom.
//!
//! What comes in: the danger to every community. What goes out: for each community to alert, every rule that holds there
//! with the numbers by which it holds. What always holds: a rule that is no longer met, but whose probability is not below
//! its `release_p`, still holds what it raised.

use super::danger::{Danger, Share};
use super::policy::{Policy, Rule};
use crate::ground::Ground;
use model::{Code, Level, Numbers, ThreatKind};
use std::collections::BTreeMap;

/// A rule that holds for a community.
#[derive(Debug, Clone)]
pub(crate) struct Met<'a> {
    pub(crate) rule: &'a Rule,
    /// The threatened community: the one to alert, or a part of it.
    pub(crate) community: Code,
    pub(crate) share: Share,
    pub(crate) kinds: Vec<ThreatKind>,
    /// It is met now, and not only still held.
    pub(crate) begins: bool,
}

impl Met<'_> {
    /// The numbers for the record.
    pub(crate) fn numbers(&self) -> Numbers {
        Numbers {
            community: self.community,
            arrival: self.share.arrival,
            threshold: self.rule.raise_p,
            lead_s: self.rule.lead_s,
            tracks: self.share.tracks(),
        }
    }

    fn outranks(&self, other: &Self) -> bool {
        let p = |met: &Self| met.share.arrival.probability;
        (self.begins, p(self)) > (other.begins, p(other))
    }
}

/// Every rule that holds, by the community to alert and in the order of the policy.
pub(crate) fn met<'a>(
    dangers: &BTreeMap<Code, Danger>,
    policy: &'a Policy,
    ground: &Ground,
) -> BTreeMap<Code, Vec<Met<'a>>> {
    let mut all: BTreeMap<Code, Vec<Met<'a>>> = BTreeMap::new();
    for rule in &policy.rule {
        let mut found: BTreeMap<Code, Met<'a>> = BTreeMap::new();
        for (&community, danger) in dangers {
            let Some((target, share, kinds)) = counts(rule, community, danger, ground) else { continue };
            if share.arrival.probability < rule.release_p {
                continue;
            }
            let begins = share.arrival.probability >= rule.raise_p
                && rule.lead_s.is_none_or(|lead_s| share.arrival.earliest_s <= lead_s);
            let met = Met { rule, community, share, kinds, begins };
            if found.get(&target).is_none_or(|known| met.outranks(known)) {
                found.insert(target, met);
            }
        }
        for (target, met) in found {
            all.entry(target).or_default().push(met);
        }
    }
    all
}

/// What a danger counts for under a rule: whom it alerts, by what, of which kinds. `None` when it is not of the rule's
/// kinds, or too few live there.
fn counts(rule: &Rule, community: Code, danger: &Danger, ground: &Ground) -> Option<(Code, Share, Vec<ThreatKind>)> {
    let (target, wide) = target(community, rule.area, ground)?;
    let its = |kind: &ThreatKind, share: &Share| rule.kinds.contains(kind) && (!wide || share.told);
    let shares = || danger.shares.iter().filter(|(kind, share)| its(kind, share));
    let share = Share::sum(shares().map(|(_, share)| share))?;
    peopled(community, rule, ground).then(|| (target, share, shares().map(|(&kind, _)| kind).collect()))
}

/// The rules that could hold an alert of these kinds for `community`, each with the probability that is left for it.
pub(super) fn left<'a>(
    community: Code,
    kinds: &[ThreatKind],
    dangers: &BTreeMap<Code, Danger>,
    policy: &'a Policy,
    ground: &Ground,
) -> Vec<(&'a Rule, f64)> {
    let its = |rule: &&Rule| kinds.iter().any(|kind| rule.kinds.contains(kind)) && peopled(community, rule, ground);
    let rules = policy.rule.iter().filter(its);
    let left = |rule: &Rule| {
        let near = dangers.iter().filter_map(|(&at, danger)| counts(rule, at, danger, ground));
        near.filter(|(target, ..)| *target == community)
            .map(|(_, share, _)| share.arrival.probability)
            .fold(0.0, f64::max)
    };
    rules.map(|rule| (rule, left(rule))).collect()
}

/// Whom a danger to `community` alerts under a rule for `area`, and whether that is wider than the rule's own communities:
/// then only what was told of just that place counts.
fn target(community: Code, area: Level, ground: &Ground) -> Option<(Code, bool)> {
    let level = ground.level(community)?;
    if level < area {
        // A city that is a region of its own has no parts: it stands for the smaller level too.
        let parts = !ground.children(community).is_empty();
        return Some((community, parts));
    }
    let mut narrow = community;
    for link in ground.chain(community) {
        match ground.level(link) {
            Some(level) if level >= area => narrow = link,
            _ => break,
        }
    }
    // Such a city has no raion above its parts: the parts stand for themselves.
    Some((narrow, false))
}

fn peopled(community: Code, rule: &Rule, ground: &Ground) -> bool {
    rule.people_min == 0 || ground.people(community).is_some_and(|people| people >= rule.people_min)
}
