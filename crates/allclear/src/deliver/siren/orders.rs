//! From decisions to commands: who is to sound, and who to be quiet.
//!
//! What comes in: decisions that stand in the record, in its order. What goes out: commands to devices, each with the number of its decision.
//! What always holds:
//!   the same record gives the same commands with the same numbers, so a restart repeats and orders nothing anew
//!   a device sounds when its community comes under an alert of a type, or of a graver level of it than it was under; it is told
//!   to be quiet when no alert is left
//!   our own advisories sound nothing
//! Deliberately absent: a clock, and whether a device can be reached: it is ordered all the same.

use super::config::SirensConfig;
use model::{AlertId, AlertLevel, AlertType, AreaSet, Code, Decision, DecisionBody, Standing, Timestamp};
use siren::{Action, Command, DeviceId, Number};
use std::collections::{BTreeMap, BTreeSet};

/// A command, and which alert it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ordered {
    /// Whom.
    pub device: DeviceId,
    /// What.
    pub command: Command,
    /// The alert that begins, grows or ends.
    pub alert: AlertId,
}

type Levels = BTreeMap<AlertType, AlertLevel>;

/// Which alerts each device is under.
#[derive(Debug, Clone)]
pub struct Orders {
    run_s: u16,
    valid_ms: u64,
    least: AlertLevel,
    /// Devices inside each community.
    inside: BTreeMap<Code, Vec<DeviceId>>,
    under: BTreeMap<DeviceId, BTreeMap<AlertId, (AlertType, AlertLevel)>>,
}

/// What one decision says of an alert.
struct Told<'a> {
    index: u64,
    at: Timestamp,
    alert: &'a model::Alert,
    ended: bool,
}

/// Milliseconds after 1970; before it there were no alerts.
pub fn ms(at: Timestamp) -> u64 {
    u64::try_from(at.millis()).unwrap_or(0)
}

fn told(index: u64, decision: &Decision) -> Option<Told<'_>> {
    let (alert, ended) = match &decision.body {
        DecisionBody::Raise(alert) | DecisionBody::Update(alert) => (alert, false),
        DecisionBody::End { alert, .. } => (alert, true),
        DecisionBody::Note(_) => return None,
    };
    Some(Told { index, at: decision.decided_at, alert, ended })
}

impl Orders {
    /// For these devices, under no alert.
    pub fn new(config: &SirensConfig, areas: &AreaSet) -> Self {
        let mut inside: BTreeMap<Code, Vec<DeviceId>> = BTreeMap::new();
        for device in &config.devices {
            let above = areas.ancestors(device.community).map(|area| area.code);
            for code in above.chain([device.community]) {
                inside.entry(code).or_default().push(device.id);
            }
        }
        Self {
            run_s: config.terms.run_s,
            valid_ms: u64::from(config.terms.valid_s) * 1000,
            least: config.terms.level,
            inside,
            under: BTreeMap::new(),
        }
    }

    /// Takes decisions of one moment together, so that an alert that is passed on to another at once neither stops nor sounds anew.
    pub fn take(&mut self, decisions: &[(u64, Decision)]) -> Vec<Ordered> {
        let told: Vec<Told<'_>> = decisions.iter().filter_map(|(index, decision)| told(*index, decision)).collect();
        let mut before: BTreeMap<DeviceId, Levels> = BTreeMap::new();
        // The first decision that brought a device so far.
        let mut causes: BTreeMap<(DeviceId, AlertType, AlertLevel), &Told<'_>> = BTreeMap::new();
        let mut last: BTreeMap<DeviceId, &Told<'_>> = BTreeMap::new();
        for one in &told {
            let sounds = !one.ended && one.alert.standing != Standing::Advisory && one.alert.level >= self.least;
            for device in self.inside.get(&one.alert.community).into_iter().flatten() {
                let under = self.under.entry(*device).or_default();
                before.entry(*device).or_insert_with(|| levels(under));
                let (kind, level) = (one.alert.alert_type, one.alert.level);
                if sounds {
                    under.insert(one.alert.id, (kind, level));
                    causes.entry((*device, kind, level)).or_insert(one);
                } else if under.remove(&one.alert.id).is_some() {
                    last.insert(*device, one);
                }
            }
        }
        let mut orders = Vec::new();
        for (device, before) in before {
            let after = self.under.get(&device).map(levels).unwrap_or_default();
            let grown = after.iter().filter(|(kind, level)| before.get(*kind).is_none_or(|old| old < *level));
            let cause =
                grown.filter_map(|(kind, level)| causes.get(&(device, *kind, *level))).min_by_key(|it| it.index);
            let (action, told) = match (cause, last.get(&device)) {
                (Some(told), _) => (Action::Sound { run_s: self.run_s }, told),
                (None, Some(told)) if after.is_empty() && !before.is_empty() => (Action::Stop, told),
                _ => continue,
            };
            let number = Number { decided_at_ms: ms(told.at), entry: told.index };
            let expires_at_ms = number.decided_at_ms.saturating_add(self.valid_ms);
            orders.push(Ordered { device, command: Command { number, expires_at_ms, action }, alert: told.alert.id });
        }
        orders
    }

    /// What the record says of before the start, oldest first: the orders that are still valid at `now`. Alerts that began before
    /// `since` and are first met by a change of theirs order nothing.
    pub fn recall(&mut self, decisions: &[(u64, Decision)], since: Timestamp, now: Timestamp) -> Vec<Ordered> {
        let mut known = BTreeSet::new();
        let mut orders: BTreeMap<DeviceId, Ordered> = BTreeMap::new();
        for moment in decisions.chunk_by(|(_, a), (_, b)| a.decided_at == b.decided_at) {
            let old = |(index, decision): &(u64, Decision)| {
                told(*index, decision).is_some_and(|told| {
                    known.insert(told.alert.id)
                        && matches!(decision.body, DecisionBody::Update(_))
                        && told.alert.started_at < since
                })
            };
            let (old, fresh): (Vec<_>, Vec<_>) = moment.iter().cloned().partition(old);
            self.take(&old);
            orders.extend(self.take(&fresh).into_iter().map(|order| (order.device, order)));
        }
        orders.into_values().filter(|order| order.command.expires_at_ms > ms(now)).collect()
    }
}

fn levels(under: &BTreeMap<AlertId, (AlertType, AlertLevel)>) -> Levels {
    let mut levels = Levels::new();
    for (kind, level) in under.values() {
        let most = levels.entry(*kind).or_insert(*level);
        *most = (*most).max(*level);
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::super::config::{SirenConfig, SirensTable};
    use super::*;
    use model::{Alert, Outcome};
    use siren::SecretKey;

    const REGION: &str = "UA59000000000057109";

    /// A raion of the region, a hromada in it, and another region.
    fn places() -> (Code, Code, Code, Code) {
        let areas = AreaSet::bundled();
        let region: Code = REGION.parse().unwrap();
        let at = |level| areas.descendants(region).find(|area| area.level == level).unwrap().code;
        let hromada = at(model::Level::Hromada);
        let raion = areas.get(hromada).unwrap().parent.unwrap();
        (region, raion, hromada, "UA46000000000026241".parse().unwrap())
    }

    fn orders() -> Orders {
        let (_, _, hromada, other) = places();
        let device = |name: &str, community, seed: u8| SirenConfig {
            id: DeviceId::new(name).unwrap(),
            community,
            key: SecretKey::from_seed(&[seed; 32]).public(),
        };
        let broker = toml::from_str("name = \"home\"\nbroker = \"b\"").unwrap();
        let devices = vec![device("here", hromada, 1), device("there", other, 2)];
        Orders::new(&SirensConfig { broker, terms: SirensTable::default(), devices }, AreaSet::bundled())
    }

    fn alert(id: u64, community: Code) -> Alert {
        Alert {
            id: AlertId(id),
            standing: Standing::Official,
            community,
            alert_type: AlertType::AirRaid,
            level: AlertLevel::Yellow,
            kinds: Vec::new(),
            started_at: Timestamp::from_millis(1_000),
            updated_at: Timestamp::from_millis(1_000),
            ended_at: None,
            holders: BTreeMap::new(),
            arrival: None,
        }
    }

    fn decision(at_ms: i64, body: DecisionBody) -> Decision {
        Decision { decided_at: Timestamp::from_millis(at_ms), causes: Vec::new(), body, reason: None, policy: None }
    }

    fn raise(index: u64, alert: &Alert) -> (u64, Decision) {
        (index, decision(i64::try_from(index).unwrap() * 1_000, DecisionBody::Raise(alert.clone())))
    }

    fn update(index: u64, alert: &Alert) -> (u64, Decision) {
        (index, decision(i64::try_from(index).unwrap() * 1_000, DecisionBody::Update(alert.clone())))
    }

    fn end(index: u64, alert: &Alert) -> (u64, Decision) {
        let body = DecisionBody::End { alert: alert.clone(), outcome: Outcome::Passed, by: "official".into() };
        (index, decision(i64::try_from(index).unwrap() * 1_000, body))
    }

    /// Decisions of one moment, and the commands they give: device, number, whether it sounds.
    type Moment<'a> = (Vec<(u64, Decision)>, &'a [(&'a str, u64, bool)]);

    fn check(moments: &[Moment<'_>]) {
        let mut orders = orders();
        for (decisions, expected) in moments {
            let found = orders.take(decisions);
            let short = |it: &Ordered| {
                (it.device.name().to_owned(), it.command.number.entry, it.command.action != Action::Stop)
            };
            let expected: Vec<_> =
                expected.iter().map(|(name, entry, sounds)| ((*name).to_owned(), *entry, *sounds)).collect();
            assert_eq!(found.iter().map(short).collect::<Vec<_>>(), expected, "{decisions:?}");
        }
    }

    #[test]
    fn a_device_sounds_once_for_what_comes_over_it_and_is_quiet_when_all_is_over() {
        let (region, raion, hromada, other) = places();
        let (wide, near) = (alert(1, region), alert(2, raion));
        let red = Alert { level: AlertLevel::Red, ..near.clone() };
        let chemical = Alert { alert_type: AlertType::Chemical, ..alert(3, hromada) };
        check(&[
            (vec![raise(5, &wide)], &[("here", 5, true)]),
            (vec![raise(6, &near)], &[]),
            (vec![update(7, &red)], &[("here", 7, true)]),
            (vec![raise(8, &chemical)], &[("here", 8, true)]),
            (vec![end(9, &wide)], &[]),
            (vec![end(10, &chemical)], &[]),
            (vec![end(11, &red)], &[("here", 11, false)]),
            (vec![end(12, &red)], &[]),
            (vec![raise(13, &alert(4, other))], &[("there", 13, true)]),
        ]);
    }

    #[test]
    fn an_alert_that_is_narrowed_at_once_neither_stops_nor_sounds_anew() {
        let (region, raion, ..) = places();
        let (wide, near) = (alert(1, region), alert(2, raion));
        check(&[
            (vec![raise(5, &wide)], &[("here", 5, true)]),
            (vec![end(6, &wide), raise(7, &near)], &[]),
            (vec![end(8, &near)], &[("here", 8, false)]),
        ]);
    }

    #[test]
    fn an_advisory_sounds_nothing() {
        let (region, ..) = places();
        let advisory = Alert { standing: Standing::Advisory, ..alert(1, region) };
        check(&[(vec![raise(5, &advisory)], &[]), (vec![end(6, &advisory)], &[])]);
    }

    #[test]
    fn a_restart_repeats_the_same_number_and_orders_nothing_anew() {
        let (region, raion, hromada, _) = places();
        let at = Timestamp::from_millis;
        let record = [raise(100, &alert(1, region)), update(400, &alert(1, region)), raise(700, &alert(2, raion))];
        // Alert 1 began long ago; what is left of it within the time is a change.
        let recalled = orders().recall(&record, at(0), at(701_000));
        let numbers = |found: &[Ordered]| found.iter().map(|it| it.command.number.entry).collect::<Vec<_>>();
        assert_eq!(numbers(&recalled), [] as [u64; 0], "the first sound is over for long");
        assert_eq!(numbers(&orders().recall(&record, at(0), at(699_000))), [100]);
        assert_eq!(numbers(&orders().recall(&record[1..], at(300_000), at(701_000))), [] as [u64; 0]);
        let ended = [raise(100, &alert(1, hromada)), end(200, &alert(1, hromada))];
        let mut again = orders();
        assert_eq!(numbers(&again.recall(&ended, at(0), at(201_000))), [200], "the newest alone");
        assert_eq!(again.take(&[end(200, &alert(1, hromada))]), []);
    }
}
