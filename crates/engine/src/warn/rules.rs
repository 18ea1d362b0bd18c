//! Which rules of the policy are met, and for whom.
//!
//! What comes in: the danger to every community. What goes out: for each community to alert, every rule that holds there
//! with the numbers by which it holds. What always holds: a rule that is no longer met, but whose probability is not below
//! its `release_p` and whose arrival is not further than its `release_lead_s`, still holds what it raised.

use super::danger::{Danger, Part, Share};
use super::policy::{PEOPLE_UNKNOWN, PEOPLE_USUAL, Policy, RAISE_P_MOST, RELEASE_P_MOST, Rule};
use crate::forecast::fine;
use crate::ground::{Community, Ground};
use model::{Code, Due, Level, Numbers, ThreatKind};
use std::collections::{BTreeMap, BTreeSet};

/// However few live there, a rule asks for some chance: none at all is no reason.
const ASKED_P_LEAST: f64 = 0.000_1;

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
    /// The probability it begins at now, here.
    raise_p: f64,
    /// What of the arrival counts, for a rule that asks when it is due.
    due: Option<Due>,
}

impl Met<'_> {
    /// The numbers for the record.
    pub(crate) fn numbers(&self) -> Numbers {
        Numbers {
            community: self.community,
            arrival: self.share.arrival,
            threshold: self.raise_p,
            lead_s: self.rule.lead_s,
            due: self.due,
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
    for (&community, danger) in dangers {
        let Some(place) = Place::of(community, ground) else { continue };
        for (rule, found) in policy.rule.iter().zip(&mut found) {
            let asks = Asks::of(rule, place.people);
            let Some(counts) = counts(rule, asks, &place, danger) else { continue };
            let Counts { target, share, kinds, asked, due, begins } = counts;
            let met = Met { rule, community, share, kinds, begins, raise_p: asked, due };
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

/// The probabilities a rule asks for, here and now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Asks {
    /// To begin.
    raise: f64,
    /// To begin by what arrives within `near_s`, in a rule with `due_s`.
    near: f64,
    /// To hold.
    pub(super) release: f64,
}

impl Asks {
    /// What a rule asks for where so many live.
    fn of(rule: &Rule, people: Option<u32>) -> Self {
        let written = Self { raise: rule.raise_p, near: rule.near_p.unwrap_or(rule.raise_p), release: rule.release_p };
        if rule.raise_people.is_none() && rule.release_people.is_none() {
            return written;
        }
        let usual = people.map_or(PEOPLE_UNKNOWN, f64::from).max(1.0) / PEOPLE_USUAL;
        let of = |p: f64, power: Option<f64>, most: f64| {
            power.map_or(p, |power| fine((p * libm::pow(usual, power)).clamp(ASKED_P_LEAST, p.max(most))))
        };
        let most = rule.raise_most.unwrap_or(RAISE_P_MOST);
        let raise = of(written.raise, rule.raise_people, most);
        let near = of(written.near, rule.release_people, most);
        let release = of(written.release, rule.release_people, RELEASE_P_MOST);
        // What holds stays as far below what begins as it is written.
        let release =
            if rule.due_s.is_some() { release.min(fine(near * written.release / written.near)) } else { release };
        Self { raise, near, release }
    }
}

/// What a danger counts for under a rule.
struct Counts {
    /// Whom it alerts.
    target: Code,
    /// By what.
    share: Share,
    kinds: Vec<ThreatKind>,
    /// The probability it begins at.
    asked: f64,
    /// What of the arrival counted, for a rule that asks when it is due.
    due: Option<Due>,
    /// The rule is met now, and not only still holds.
    begins: bool,
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

/// What a danger counts for under a rule. `None` when it is not of the rule's kinds, when less is left than what the rule
/// holds on to now, or when too few live there.
fn counts(rule: &Rule, asks: Asks, place: &Place<'_>, danger: &Danger) -> Option<Counts> {
    // With the raion its parts are asked for their people one by one.
    if !rule.with_raion && !peopled(place.people, rule) {
        return None;
    }
    if let (Some(km), Some(until_s)) = (rule.entry_km, rule.entry_s) {
        return entered(rule, asks, place, danger, (km, until_s));
    }
    // What was only told grows old.
    let fresh = |part: &Part| rule.told_s.is_none_or(|most| part.said_s.is_none_or(|said_s| said_s <= most));
    // One source alone is enough for the smallest area, not for a wide one.
    let small = rule.area == Level::Hromada && !place.parts;
    let counts =
        |part: &&Part| (small || !part.tentative) && rule.kinds.contains(&part.kind) && (part.tracked || fresh(part));
    let its = || danger.parts().filter(counts);
    let any = |p: &dyn Fn(&Part) -> f64| 1.0 - its().map(|part| 1.0 - p(part)).product::<f64>();
    // Cheap, and a little wide: what is rounded is asked again below.
    let least = if rule.due_s.is_some() { asks.raise.min(asks.release) } else { asks.release };
    if any(&|part| part.arrival.probability) < least - 0.001 {
        return None;
    }
    if rule.with_raion && place.chain.first().is_none_or(|&(_, level)| level != Level::Raion) {
        return None;
    }
    let (target, wide) = place.target(rule.area);
    let its = || its().filter(|part| !wide || rule.with_raion || part.told);
    let any = |p: &dyn Fn(&Part) -> f64| 1.0 - its().map(|part| 1.0 - p(part)).product::<f64>();
    // Asked before the share is made, which costs more.
    let due = match rule.due_s.zip(rule.near_s) {
        Some(([from_s, to_s], near_s)) => {
            let span = |[from_s, to_s]: [u32; 2], p: f64| Due { from_s, to_s, probability: fine(p) };
            let due = span([from_s, to_s], any(&|part| part.due([from_s, to_s])));
            let near = span([0, near_s], any(&|part| part.by(near_s)));
            if due.probability < asks.raise && near.probability < asks.release {
                return None;
            }
            // What is nearer than it should be is told of by that.
            if due.probability < asks.raise { Some((near, asks.near)) } else { Some((due, asks.raise)) }
        }
        None => None,
    };
    let share = Share::sum(its().map(|part| danger.share(part)))?;
    let begins = if let Some((due, asked)) = due {
        due.probability >= asked
    } else {
        let p = share.arrival.probability;
        if p < asks.release || rule.release_lead_s.is_some_and(|most_s| share.arrival.earliest_s > most_s) {
            return None;
        }
        p >= asks.raise && rule.lead_s.is_none_or(|lead_s| share.arrival.earliest_s <= lead_s)
    };
    let kinds: BTreeSet<ThreatKind> = its().map(|part| part.kind).collect();
    let (due, asked) = due.unzip();
    let asked = asked.unwrap_or(asks.raise);
    Some(Counts { target, share, kinds: kinds.into_iter().collect(), asked, due, begins })
}

/// What came in lately counts for under a rule that asks for it.
fn entered(rule: &Rule, asks: Asks, place: &Place<'_>, danger: &Danger, (km, tau_s): (f64, u32)) -> Option<Counts> {
    if danger.entries.is_empty() && danger.called.is_empty() {
        return None;
    }
    let its = || danger.entries.iter().filter(|entry| rule.kinds.contains(&entry.kind));
    let kind = rule.kinds.first().copied().unwrap_or(ThreatKind::Unknown);
    let called = if rule.official { danger.called.as_slice() } else { &[] };
    let near = (place.community, km, f64::from(tau_s));
    let share = Share::entered(its(), called, kind, near, (danger.open, asks.release))?;
    let (target, _) = place.target(rule.area);
    let mut kinds: BTreeSet<ThreatKind> = its().map(|entry| entry.kind).collect();
    if kinds.is_empty() {
        kinds.insert(kind);
    }
    let begins = share.arrival.probability >= asks.raise;
    Some(Counts { target, share, kinds: kinds.into_iter().collect(), asked: asks.raise, due: None, begins })
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
    let rules = holding(community, kinds, policy, ground);
    let left = |rule: &Rule| {
        // Whatever is left is told, also what holds the alert no longer: over the whole horizon.
        let any = Rule { release_lead_s: None, due_s: None, ..rule.clone() };
        let asks = Asks { raise: 0.0, near: 0.0, release: 0.0 };
        let near = dangers.iter().filter_map(|(&at, danger)| {
            let place = Place::of(at, ground)?;
            let its = rule.with_raion || place.target(rule.area).0 == community;
            if its { counts(&any, asks, &place, danger) } else { None }
        });
        near.filter(|counts| counts.target == community)
            .map(|counts| counts.share.arrival.probability)
            .fold(0.0, f64::max)
    };
    let release_p = |rule: &Rule| Asks::of(rule, ground.people(community)).release;
    rules.map(|rule| (rule, release_p(rule), left(rule))).collect()
}

/// Whether as many people live there as the rule asks for.
fn peopled(people: Option<u32>, rule: &Rule) -> bool {
    let least = rule.people_min == 0 || people.is_some_and(|people| people >= rule.people_min);
    least && rule.people_max.is_none_or(|most| people.is_none_or(|people| people <= most))
}

#[cfg(test)]
mod tests {
    use super::super::danger::By;
    use super::*;
    use crate::CameIn;
    use crate::forecast::Timing;
    use model::{AreaSet, Arrival, TrackId};

    /// A slow drone circles near by: at some instant within nine minutes it comes with this probability.
    fn circles(probability: f64) -> Danger {
        let arrival = Arrival { probability, earliest_s: 0, latest_s: 540, kind: ThreatKind::Uav };
        let by = By { track: Some(TrackId(1)), event: None, told: false, said_s: None };
        let mut danger = Danger::none(arrival);
        danger.believe(arrival, Some(&Timing::evenly((0.0, 540.0), probability)), by);
        danger
    }

    #[test]
    fn what_circles_near_a_city_counts_over_nine_minutes_whole() {
        let ground = Ground::new(AreaSet::bundled(), &CameIn::default());
        let whole = ground.communities().iter().filter(|community| ground.children(community.code).is_empty());
        let city = whole.max_by_key(|community| community.people).unwrap().code;
        let begins = |probability: f64| {
            let dangers = BTreeMap::from([(city, circles(probability))]);
            met(&dangers, &Policy::default(), &ground).get(&city).is_some_and(|all| all.iter().any(|met| met.begins))
        };
        // One in three is one in five in no part of it.
        assert!(begins(0.33) && begins(0.22) && !begins(0.1));
    }

    #[test]
    #[allow(clippy::float_cmp)] // Rounded to five digits.
    fn where_many_live_more_is_asked_for_and_never_more_than_a_half() {
        let written = &Policy::default().rule[0];
        let (raise_people, release_people) = (Some(0.8), Some(0.5));
        let rule = Rule {
            raise_p: 0.002,
            due_s: Some([270, 450]),
            near_s: Some(300),
            near_p: Some(0.05),
            release_p: 0.025,
            raise_people,
            raise_most: None,
            release_people,
            ..written.clone()
        };
        let asks = |rule: &Rule, people: Option<u32>| {
            let Asks { raise, near, release } = Asks::of(rule, people);
            [raise, near, release]
        };
        assert_eq!(asks(&rule, Some(5_000)), [0.002, 0.05, 0.025]);
        assert_eq!(asks(&rule, None), asks(&rule, Some(1_500)), "where nobody knows how many live, few do");
        assert_eq!(asks(&rule, Some(500_000)), [0.07962, 0.5, 0.25]);
        assert_eq!(asks(&rule, Some(u32::MAX)), [0.5, 0.5, 0.25], "it holds at half of what begins, as it is written");
        assert_eq!(asks(&rule, Some(0))[0], 0.000_1, "where nobody lives, not at nothing");
        let most = Rule { raise_most: Some(0.06), ..rule.clone() };
        assert_eq!(asks(&most, Some(500_000)), [0.06, 0.06, 0.03]);
        assert_eq!(asks(&most, Some(5_000)), asks(&rule, Some(5_000)));
        let alone = Rule { due_s: None, near_s: None, near_p: None, ..rule.clone() };
        assert_eq!(asks(&alone, Some(u32::MAX))[2], 0.4, "without a lead to wait for it holds by itself");
        let plain = Rule { raise_people: None, release_people: None, ..rule.clone() };
        assert_eq!(Asks::of(&plain, Some(500_000)), Asks::of(&plain, None));
    }

    #[test]
    fn what_begins_an_alert_in_a_large_city_holds_it() {
        let policy = Policy::default();
        let mut asked = 0;
        for rule in policy.rule.iter().filter(|rule| rule.due_s.is_some()) {
            for people in [10_000, 100_000, 400_000, 1_400_000, 3_000_000, u32::MAX] {
                let Asks { raise, near, release } = Asks::of(rule, Some(people));
                assert!(release < near && near <= 0.2, "{}: {release} {near} of {people}", rule.name);
                // Where the most is asked for, also what is due.
                assert!(raise < 0.2 || release < raise, "{}: {release} {raise} of {people}", rule.name);
                asked += 1;
            }
        }
        assert_eq!(asked, 4 * 6);
    }
}
