//! Which rules of the policy are met, and for whom.
//!
//! What comes in: the danger to every community. What goes out: for each community to alert, every rule that holds there
//! with the numbers by which it holds. What always holds: a rule that is no longer met, but whose probability is not below
//! its `release_p` and whose arrival is not further than its `release_lead_s`, still holds what it raised.

use super::danger::{Danger, Part, Share};
use super::policy::{Policy, Rule};
use crate::forecast::rounded;
use crate::ground::{Community, Ground};
use model::{Code, Level, Numbers, ThreatKind};
use std::collections::{BTreeMap, BTreeSet};

/// However quiet it is, a rule with `quiet_n` asks for this share of its probabilities: below it a warning says nothing.
const QUIET_LEAST: f64 = 0.3;

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
    /// The probability it begins at now.
    raise_p: f64,
}

impl Met<'_> {
    /// The numbers for the record.
    pub(crate) fn numbers(&self) -> Numbers {
        Numbers {
            community: self.community,
            arrival: self.share.arrival,
            threshold: self.raise_p,
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
    let mut found: Vec<BTreeMap<Code, Met<'a>>> = vec![BTreeMap::new(); policy.rule.len()];
    let aloft = aloft(dangers);
    let rules: Vec<(&Rule, Asks)> = policy.rule.iter().map(|rule| (rule, Asks::of(rule, aloft))).collect();
    for (&community, danger) in dangers {
        let Some(place) = Place::of(community, ground) else { continue };
        for (&(rule, Asks { raise_p, release_p }), found) in rules.iter().zip(&mut found) {
            let Some((target, share, kinds)) = counts(rule, release_p, &place, danger) else { continue };
            let begins = share.arrival.probability >= raise_p
                && rule.lead_s.is_none_or(|lead_s| share.arrival.earliest_s <= lead_s);
            let met = Met { rule, community, share, kinds, begins, raise_p };
            if rule.with_raion {
                let few = |code: &&Code| peopled(ground.people(**code), rule);
                for &part in ground.children(community).iter().filter(few) {
                    better(found, part, met.clone());
                }
            } else {
                better(found, target, met);
            }
        }
    }
    let mut all: BTreeMap<Code, Vec<Met<'a>>> = BTreeMap::new();
    for (target, met) in found.into_iter().flatten() {
        all.entry(target).or_default().push(met);
    }
    all
}

fn better<'a>(found: &mut BTreeMap<Code, Met<'a>>, target: Code, met: Met<'a>) {
    if found.get(&target).is_none_or(|known| met.outranks(known)) {
        found.insert(target, met);
    }
}

/// How many tracks may reach anybody.
fn aloft(dangers: &BTreeMap<Code, Danger>) -> u32 {
    dangers.values().next().map_or(0, |danger| danger.aloft)
}

/// The probabilities a rule asks for while so many tracks may reach anybody.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Asks {
    raise_p: f64,
    pub(super) release_p: f64,
}

impl Asks {
    fn of(rule: &Rule, aloft: u32) -> Self {
        let Rule { raise_p, release_p, .. } = *rule;
        let (Some(n), Some(power)) = (rule.quiet_n, rule.quiet_power) else { return Self { raise_p, release_p } };
        let part = libm::pow(f64::from(aloft) / f64::from(n.max(1)), power).clamp(QUIET_LEAST, 1.0);
        Self { raise_p: rounded(raise_p * part), release_p: rounded(release_p * part) }
    }
}

/// A threatened community as the rules look at it; worked out once for all of them.
struct Place<'a> {
    code: Code,
    community: &'a Community,
    /// Itself and what it lies in, up to the country, each with its level.
    chain: &'a [(Code, Level)],
    /// It has communities below it.
    parts: bool,
    people: Option<u32>,
}

impl<'a> Place<'a> {
    /// `None` for a code that is no community of the area set.
    fn of(code: Code, ground: &'a Ground) -> Option<Self> {
        let ordinal = ground.ordinal(code)?;
        let community = ground.communities().get(ordinal)?;
        let (chain, parts) = (ground.lineage(ordinal), !ground.smallest(ordinal));
        Some(Self { code, community, chain, parts, people: community.people })
    }

    /// Whom a danger here alerts under a rule for `area`, and whether that is wider than the rule's own communities: then
    /// only what was told of just that place counts.
    fn target(&self, area: Level) -> (Code, bool) {
        if self.chain.first().is_some_and(|&(_, level)| level < area) {
            // A city that is a region of its own has no parts: it stands for the smaller level too.
            return (self.code, self.parts);
        }
        // Such a city has no raion above its parts: the parts stand for themselves.
        let narrow = self.chain.iter().take_while(|&&(_, level)| level >= area).last();
        (narrow.map_or(self.code, |&(code, _)| code), false)
    }
}

/// What a danger counts for under a rule: whom it alerts, by what, of which kinds. `None` when it is not of the rule's
/// kinds, when less is left than the `release_p` the rule holds on to now, or when too few live there.
fn counts(rule: &Rule, release_p: f64, place: &Place<'_>, danger: &Danger) -> Option<(Code, Share, Vec<ThreatKind>)> {
    // With the raion its parts are asked for their people one by one.
    if !rule.with_raion && !peopled(place.people, rule) {
        return None;
    }
    if let (Some(km), Some(until_s)) = (rule.entry_km, rule.entry_s) {
        return entered(rule, place, danger, km, until_s);
    }
    // What was only told grows old.
    let fresh = |part: &Part| rule.told_s.is_none_or(|most| part.said_s.is_none_or(|said_s| said_s <= most));
    // One source alone is enough for the smallest area, not for a wide one.
    let small = rule.area == Level::Hromada && !place.parts;
    let counts =
        |part: &&Part| (small || !part.tentative) && rule.kinds.contains(&part.kind) && (part.tracked || fresh(part));
    let its = || danger.parts().filter(counts);
    let none: f64 = its().map(|part| 1.0 - part.arrival.probability).product();
    // Cheap, and a little wide: what is rounded is asked again below.
    if 1.0 - none < release_p - 0.001 {
        return None;
    }
    if rule.with_raion && place.chain.first().is_none_or(|&(_, level)| level != Level::Raion) {
        return None;
    }
    let (target, wide) = place.target(rule.area);
    let its = || its().filter(|part| !wide || rule.with_raion || part.told);
    let share = Share::sum(its().map(|part| danger.share(part)))?;
    let near = rule.release_lead_s.is_none_or(|most_s| share.arrival.earliest_s <= most_s);
    (near && share.arrival.probability >= release_p).then(|| {
        let kinds: BTreeSet<ThreatKind> = its().map(|part| part.kind).collect();
        (target, share, kinds.into_iter().collect())
    })
}

/// What came in lately counts for under a rule that asks for it.
fn entered(
    rule: &Rule,
    place: &Place<'_>,
    danger: &Danger,
    km: f64,
    tau_s: u32,
) -> Option<(Code, Share, Vec<ThreatKind>)> {
    if danger.entries.is_empty() && danger.called.is_empty() {
        return None;
    }
    let its = || danger.entries.iter().filter(|entry| rule.kinds.contains(&entry.kind));
    let kind = rule.kinds.first().copied().unwrap_or(ThreatKind::Unknown);
    let called = if rule.official { danger.called.as_slice() } else { &[] };
    let share =
        Share::entered(its(), called, kind, (place.community, km, f64::from(tau_s)), (danger.open, rule.release_p))?;
    let (target, _) = place.target(rule.area);
    let mut kinds: BTreeSet<ThreatKind> = its().map(|entry| entry.kind).collect();
    if kinds.is_empty() {
        kinds.insert(kind);
    }
    Some((target, share, kinds.into_iter().collect()))
}

/// The rules that could hold an alert of these kinds for `community`.
pub(super) fn holding<'a>(
    community: Code,
    kinds: &[ThreatKind],
    policy: &'a Policy,
    ground: &Ground,
) -> impl Iterator<Item = &'a Rule> {
    let its = move |rule: &&Rule| {
        kinds.iter().any(|kind| rule.kinds.contains(kind)) && peopled(ground.people(community), rule)
    };
    policy.rule.iter().filter(its)
}

/// The rules that could hold an alert of these kinds for `community`, each with the probability it asks for now to hold it
/// and the probability that is left for it.
pub(super) fn left<'a>(
    community: Code,
    kinds: &[ThreatKind],
    dangers: &BTreeMap<Code, Danger>,
    policy: &'a Policy,
    ground: &Ground,
) -> Vec<(&'a Rule, f64, f64)> {
    let aloft = aloft(dangers);
    let rules = holding(community, kinds, policy, ground);
    let left = |rule: &Rule| {
        // Whatever is left is told, also what holds the alert no longer.
        let any = Rule { release_p: 0.0, release_lead_s: None, ..rule.clone() };
        let near = dangers.iter().filter_map(|(&at, danger)| {
            let place = Place::of(at, ground)?;
            let its = rule.with_raion || place.target(rule.area).0 == community;
            if its { counts(&any, 0.0, &place, danger) } else { None }
        });
        near.filter(|(target, ..)| *target == community)
            .map(|(_, share, _)| share.arrival.probability)
            .fold(0.0, f64::max)
    };
    rules.map(|rule| (rule, Asks::of(rule, aloft).release_p, left(rule))).collect()
}

/// Whether as many people live there as the rule asks for.
fn peopled(people: Option<u32>, rule: &Rule) -> bool {
    let least = rule.people_min == 0 || people.is_some_and(|people| people >= rule.people_min);
    least && rule.people_max.is_none_or(|most| people.is_none_or(|people| people <= most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_few_fly_a_smaller_chance_is_enough_and_when_many_do_never_more_than_is_written() {
        let policy = Policy::default();
        let written = &policy.rule[0];
        let asks = |quiet: Option<(u32, f64)>, aloft: u32| {
            let (quiet_n, quiet_power) = quiet.unzip();
            let rule = Rule { raise_p: 0.4, release_p: 0.2, quiet_n, quiet_power, ..written.clone() };
            let Asks { raise_p, release_p } = Asks::of(&rule, aloft);
            [raise_p, release_p]
        };
        let cases = [
            (None, 1, [0.4, 0.2]),
            (Some((8, 1.0)), 4, [0.2, 0.1]),
            (Some((16, 0.5)), 4, [0.2, 0.1]),
            (Some((8, 1.0)), 0, [0.12, 0.06]),
            (Some((8, 1.0)), 8, [0.4, 0.2]),
            (Some((8, 1.0)), 900, [0.4, 0.2]),
        ];
        for (quiet, aloft, expected) in cases {
            let asked = asks(quiet, aloft);
            assert!(asked.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{quiet:?} with {aloft}: {asked:?}");
        }
    }
}
