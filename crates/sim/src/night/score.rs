//! The score of a night, and of many: sums that add up, told as JSON.

use super::duty::Officer;
use super::foresee::Foresight;
use super::mark::Marks;
use super::units::Units;
use super::{many, real, whole};
use model::{Code, ThreatKind};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// An alert with nothing coming in it or within so many seconds of its end was false.
const FALSE_AFTER_S: i64 = 600;
/// Leads beyond an hour count as an hour.
const LEAD_S_MAX: i64 = 3_600;

/// Something came within a community.
#[derive(Debug, Clone, Copy)]
pub struct Pass {
    /// Which community: an index into the units.
    pub unit: usize,
    /// What.
    pub kind: ThreatKind,
    /// When, seconds.
    pub second: i64,
    /// Whether the picture held it at the required lead.
    pub tracked: bool,
    /// Which group it is, and when that was first told of, seconds.
    pub flier: (usize, Option<i64>),
}

/// The lead a kind requires, seconds: drones five minutes, cruise missiles one, ballistic missiles and bombs half of one.
pub(super) const fn lead_s(kind: ThreatKind) -> i64 {
    match kind {
        ThreatKind::CruiseMissile | ThreatKind::Missile => 60,
        ThreatKind::BallisticMissile | ThreatKind::GuidedBomb => 30,
        _ => 300,
    }
}

/// Decimal digits that are told; the same everywhere.
pub(super) fn round(value: f64, digits: u32) -> f64 {
    let scale = f64::from(10_u32.pow(digits));
    (value * scale).round() / scale
}

/// How arrivals of one kind, or at one community, were warned of.
#[derive(Debug, Clone, Default)]
pub(super) struct Warned {
    pub(super) arrivals: usize,
    /// Under alert when it came.
    pub(super) detected: usize,
    /// Not under alert, without a gap, from the required lead on.
    pub(super) missed: usize,
    pub(super) tracked: usize,
    pub(super) tracked_missed: usize,
    pub(super) leads_s: Vec<i64>,
}

impl Warned {
    fn take(&mut self, pass: &Pass, since_s: Option<i64>) {
        let lead = since_s.map(|since| (pass.second - since).min(LEAD_S_MAX));
        let missed = lead.is_none_or(|lead| lead < lead_s(pass.kind));
        self.arrivals += 1;
        self.detected += usize::from(lead.is_some());
        self.missed += usize::from(missed);
        self.tracked += usize::from(pass.tracked);
        self.tracked_missed += usize::from(pass.tracked && missed);
        self.leads_s.extend(lead);
    }

    fn add(&mut self, other: &Self) {
        self.arrivals += other.arrivals;
        self.detected += other.detected;
        self.missed += other.missed;
        self.tracked += other.tracked;
        self.tracked_missed += other.tracked_missed;
        self.leads_s.extend(&other.leads_s);
    }

    pub(super) fn json(&self) -> Value {
        let share = |n: usize, of: usize| (of > 0).then(|| round(many(n) / many(of), 4));
        json!({
            "arrivals": self.arrivals,
            "pod": share(self.detected, self.arrivals),
            "missed_at_lead": self.missed,
            "missed_share": share(self.missed, self.arrivals),
            "tracked_at_lead": self.tracked,
            "tracked_missed": self.tracked_missed,
            "tracked_missed_share": share(self.tracked_missed, self.tracked),
            "lead_s_median": quantile(&self.leads_s, 50),
            "lead_s_p10": quantile(&self.leads_s, 10),
        })
    }
}

/// A quantile in percent; `None` of nothing.
pub(super) fn quantile(values: &[i64], percent: usize) -> Option<i64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted.get((sorted.len().saturating_sub(1)) * percent / 100).copied()
}

/// Alert person-hours of somebody who knew every arrival: each community sounds from the required lead on, and as long after an
/// arrival as the duty officer takes. Less is not possible for who misses nothing.
pub(super) fn least_person_hours(passes: &[Pass], units: &Units, officer: &Officer, ends_s: i64) -> f64 {
    let takes_s = officer.ends_after_s + f64::midpoint(officer.attends_s[0], officer.attends_s[1]);
    let mut spans: Vec<(usize, i64, i64)> = passes
        .iter()
        .map(|pass| (pass.unit, (pass.second - lead_s(pass.kind)).max(0), (pass.second + whole(takes_s)).min(ends_s)))
        .collect();
    spans.sort_unstable();
    let (mut hours, mut last) = (0.0, (usize::MAX, 0));
    for (unit, from, to) in spans {
        let from = if last.0 == unit { from.max(last.1) } else { from };
        if to > from {
            hours += real(to - from) / 3600.0 * units.all.get(unit).map_or(0.0, |unit| unit.counted);
            last = (unit, to);
        }
    }
    hours
}

/// What one policy did in a night or many.
#[derive(Debug, Clone, Default)]
pub struct PolicyScore {
    /// What it is called.
    pub name: String,
    /// Alerts the duty officer ended.
    pub(super) orders: usize,
    pub(super) person_hours: f64,
    community_hours: f64,
    alerts: usize,
    pub(super) false_minutes: f64,
    false_person_hours: f64,
    pub(super) all: Warned,
    pub(super) kinds: BTreeMap<ThreatKind, Warned>,
    communities: BTreeMap<(Code, ThreatKind), Warned>,
    /// From the first report of a group to the first alert that it came into, seconds: 0 when that stood already.
    pub(super) first_alert_s: Vec<i64>,
    /// Groups that were told of before they came, and came into no alert.
    never_alerted: usize,
}

impl PolicyScore {
    pub(super) fn of(marks: &Marks, passes: &[Pass], units: &Units) -> Self {
        let mut score = Self::default();
        let mut came: Vec<Vec<i64>> = vec![Vec::new(); units.all.len()];
        let mut groups = BTreeMap::new();
        for pass in passes {
            came[pass.unit].push(pass.second);
            let since = marks.spans[pass.unit].iter().find(|span| span[0] <= pass.second && pass.second < span[1]);
            let since_s = since.map(|span| span[0]);
            score.all.take(pass, since_s);
            score.kinds.entry(pass.kind).or_default().take(pass, since_s);
            let community = (units.all[pass.unit].code, pass.kind);
            score.communities.entry(community).or_default().take(pass, since_s);
            if let (flier, Some(reported)) = pass.flier
                && reported < pass.second
            {
                let first: &mut Option<i64> = groups.entry(flier).or_default();
                let waited_s = since_s.map(|since| (since - reported).max(0));
                *first = match (*first, waited_s) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
            }
        }
        score.never_alerted = groups.values().filter(|first| first.is_none()).count();
        score.first_alert_s = groups.into_values().flatten().collect();
        for (n, unit) in units.all.iter().enumerate() {
            for &[from, to] in &marks.spans[n] {
                let hours = real(to - from) / 3600.0;
                score.alerts += 1;
                score.community_hours += hours;
                score.person_hours += hours * unit.counted;
                if !came[n].iter().any(|&second| (from..=to + FALSE_AFTER_S).contains(&second)) {
                    score.false_minutes += hours * 60.0;
                    score.false_person_hours += hours * unit.counted;
                }
            }
        }
        score
    }

    /// People under alert times hours.
    pub const fn person_hours(&self) -> f64 {
        self.person_hours
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.orders += other.orders;
        self.person_hours += other.person_hours;
        self.community_hours += other.community_hours;
        self.alerts += other.alerts;
        self.false_minutes += other.false_minutes;
        self.false_person_hours += other.false_person_hours;
        self.first_alert_s.extend(&other.first_alert_s);
        self.never_alerted += other.never_alerted;
        self.all.add(&other.all);
        for (&kind, warned) in &other.kinds {
            self.kinds.entry(kind).or_default().add(warned);
        }
        for (&community, warned) in &other.communities {
            self.communities.entry(community).or_default().add(warned);
        }
    }

    /// The communities and kinds of which most arrivals were missed; the first by code among equals.
    pub(super) fn worst(&self, most: usize) -> Vec<((Code, ThreatKind), &Warned)> {
        let missed = self.communities.iter().filter(|(_, warned)| warned.missed > 0);
        let mut worst: Vec<_> = missed.map(|(&key, warned)| (key, warned)).collect();
        worst.sort_by_key(|(_, warned)| std::cmp::Reverse(warned.missed));
        worst.truncate(most);
        worst
    }

    fn json(&self) -> Value {
        let kinds: BTreeMap<String, Value> = self.kinds.iter().map(|(kind, w)| (spelled(*kind), w.json())).collect();
        let communities: Vec<Value> = self
            .communities
            .iter()
            .map(|((code, kind), warned)| {
                let mut row = warned.json();
                row["community"] = json!(code.to_string());
                row["kind"] = json!(spelled(*kind));
                row
            })
            .collect();
        json!({
            "alert_person_hours": round(self.person_hours, 1),
            "alert_community_hours": round(self.community_hours, 2),
            "alert_spans": self.alerts,
            "officer_orders": self.orders,
            "false_alert_minutes": round(self.false_minutes, 1),
            "false_alert_person_hours": round(self.false_person_hours, 1),
            "report_to_alert": {
                "median_s": quantile(&self.first_alert_s, 50),
                "p90_s": quantile(&self.first_alert_s, 90),
                "groups_never_alerted": self.never_alerted,
            },
            "all": self.all.json(),
            "by_kind": kinds,
            "by_community": communities,
        })
    }
}

/// A kind as the record spells it.
pub(super) fn spelled(kind: ThreatKind) -> String {
    serde_json::to_value(kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// GOSPA of the picture, in sums of squares.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    pub(super) looks: f64,
    pub(super) total2: f64,
    pub(super) localisation2: f64,
    pub(super) missed: f64,
    pub(super) false_ones: f64,
}

/// Everything measured.
#[derive(Debug, Clone, Default)]
pub struct Score {
    /// What the scenario is called.
    pub scenario: String,
    /// Which seeds, in order.
    pub seeds: Vec<u64>,
    /// From how many earlier nights it is known where things came in.
    pub earlier_nights: u64,
    /// By policy, in the order of the candidates.
    pub policies: Vec<PolicyScore>,
    /// Of the advisories, which are the same whatever the rules.
    pub advisory: PolicyScore,
    /// [`least_person_hours`].
    pub(super) least_person_hours: f64,
    /// Of the forecasts.
    pub foresight: Foresight,
    pub(super) seen: Seen,
    pub(super) groups: usize,
    pub(super) events: usize,
    pub(super) decisions: usize,
    /// From a group's entry to its first report, and from that to its track: seconds, and reports about it till then.
    pub(super) first_report_s: Vec<i64>,
    pub(super) first_track_s: Vec<i64>,
    pub(super) track_reports: Vec<i64>,
    pub(super) never_tracked: usize,
    /// FNV-1a of every decision of every seed: two machines that agree on it agree on everything.
    pub fingerprint: u64,
}

impl Score {
    /// Adds another seed's.
    pub fn add(&mut self, other: &Self) {
        if self.seeds.is_empty() {
            self.scenario.clone_from(&other.scenario);
        }
        self.seeds.extend(&other.seeds);
        for (n, score) in other.policies.iter().enumerate() {
            let of = self.policy(n);
            of.add(score);
            of.name.clone_from(&score.name);
        }
        self.advisory.add(&other.advisory);
        self.least_person_hours += other.least_person_hours;
        self.decisions += other.decisions;
        self.fingerprint = fnv(self.fingerprint, &other.fingerprint.to_le_bytes());
        self.foresight.add(&other.foresight);
        self.seen.looks += other.seen.looks;
        self.seen.total2 += other.seen.total2;
        self.seen.localisation2 += other.seen.localisation2;
        self.seen.missed += other.seen.missed;
        self.seen.false_ones += other.seen.false_ones;
        self.groups += other.groups;
        self.events += other.events;
        self.first_report_s.extend(&other.first_report_s);
        self.first_track_s.extend(&other.first_track_s);
        self.track_reports.extend(&other.track_reports);
        self.never_tracked += other.never_tracked;
    }

    /// The score of the `n`-th candidate.
    pub(super) fn policy(&mut self, n: usize) -> &mut PolicyScore {
        while self.policies.len() <= n {
            self.policies.push(PolicyScore::default());
        }
        &mut self.policies[n]
    }

    /// The policies and, last, the advisories, each with what the score calls it.
    pub(super) fn named(&self) -> impl Iterator<Item = (&str, &PolicyScore)> {
        self.policies.iter().map(|of| (of.name.as_str(), of)).chain([("advisory", &self.advisory)])
    }

    /// Everything as JSON; the same bytes on any machine.
    pub fn json(&self) -> Value {
        let policies: BTreeMap<&str, Value> = self.named().map(|(name, of)| (name, of.json())).collect();
        let looks = self.seen.looks.max(1.0);
        let ratio = |of: &PolicyScore, to: &str| {
            self.person_hours(to).filter(|&to| to > 0.0).map(|to| round(of.person_hours / to, 4))
        };
        let against: BTreeMap<&str, Value> = self
            .named()
            .map(|(name, of)| {
                let least =
                    (self.least_person_hours > 0.0).then(|| round(of.person_hours / self.least_person_hours, 2));
                (name, json!({"region": ratio(of, "region"), "doctrine": ratio(of, "doctrine"), "least": least}))
            })
            .collect();
        json!({
            "scenario": self.scenario,
            "seeds": self.seeds,
            "earlier_nights": self.earlier_nights,
            "fingerprint": format!("{:016x}", self.fingerprint),
            "groups": self.groups,
            "events": self.events,
            "decisions": self.decisions,
            "required_lead_s": {"drone": 300, "cruise_missile": 60, "ballistic_missile": 30, "guided_bomb": 30},
            "gates": self.gates(),
            "policies": policies,
            "person_hours_against": against,
            "least_person_hours": round(self.least_person_hours, 1),
            "forecast": self.foresight.json(),
            "gospa": {
                "c_km": super::play::GOSPA_C_KM,
                "rms_km": round(libm::sqrt(self.seen.total2 / looks), 3),
                "rms_localisation_km": round(libm::sqrt(self.seen.localisation2 / looks), 3),
                "missed_per_look": round(self.seen.missed / looks, 3),
                "false_per_look": round(self.seen.false_ones / looks, 3),
            },
            "latency": {
                "first_report_s_median": quantile(&self.first_report_s, 50),
                "first_track_s_median": quantile(&self.first_track_s, 50),
                "first_track_s_p90": quantile(&self.first_track_s, 90),
                "reports_to_track_median": quantile(&self.track_reports, 50),
                "groups_never_tracked": self.never_tracked,
            },
        })
    }
}

/// FNV-1a, 64 bits, continued.
pub(super) fn fnv(from: u64, bytes: &[u8]) -> u64 {
    let begin = if from == 0 { 0xcbf2_9ce4_8422_2325 } else { from };
    bytes.iter().fold(begin, |print, &byte| (print ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::small;

    #[test]
    fn who_knows_every_arrival_sounds_from_the_lead_on_until_the_officer_ends_it() {
        let mut units = Units::of(small());
        (units.all[0].counted, units.all[1].counted) = (3_600.0, 7_200.0);
        let officer = Officer { attends_s: [20.0, 40.0], ends_after_s: 170.0, ..Officer::default() };
        let pass = |unit, kind, second| Pass { unit, kind, second, tracked: false, flier: (0, None) };
        let least = |passes: &[Pass]| least_person_hours(passes, &units, &officer, 10_000);
        let drone = pass(0, ThreatKind::Uav, 1_000);
        assert!((least(&[drone]) - 500.0).abs() < 1e-6);
        // Two that come together are one alert; elsewhere a missile's is shorter and twice as many hear it.
        let missile = pass(1, ThreatKind::CruiseMissile, 1_000);
        assert!((least(&[missile, pass(0, ThreatKind::Uav, 1_100), drone]) - 600.0 - 520.0).abs() < 1e-6);
        // What comes within the other's span adds nothing, and the night's ends cut.
        assert!((least(&[drone, pass(0, ThreatKind::GuidedBomb, 900)]) - 500.0).abs() < 1e-6);
        assert!(
            (least(&[pass(0, ThreatKind::Uav, 100), pass(0, ThreatKind::Uav, 9_990)]) - 300.0 - 310.0).abs() < 1e-6
        );
        assert!(least(&[]).abs() < 1e-9);
    }
}
