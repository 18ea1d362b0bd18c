//! An evening: groups of drones and missiles that fly, officials who order, upstreams that are polled, monitors who
//! post, one of whom lies.

use crate::chance::Chance;
use crate::ground::place;
use engine::{Config, Mode, SourceProfile};
use model::{
    Act, AlertLevel, AlertType, AreaSet, Code, Count, EventBody, Item, Level, Order, OrderAct, Position, Report,
    ReportId, SourceId, Status, ThreatItem, ThreatKind, Timestamp, UpstreamAlert, UpstreamSnapshot,
};
use std::collections::BTreeMap;

/// When every evening begins: 2026-11-23T16:00:00Z.
pub const BEGIN: Timestamp = Timestamp::from_millis(1_795_449_600_000);
/// The official channel of orders in text.
pub const SIREN: &str = "siren";
/// Two polled upstreams.
pub const UPSTREAMS: [&str; 2] = ["upstream-a", "upstream-b"];
/// Monitors with their trust; the last one lies.
pub const MONITORS: [(&str, f64); 3] = [("monitor-1", 0.85), ("monitor-2", 0.6), ("monitor-3", 0.4)];
/// A live sensor.
pub const SENSOR: &str = "sensor";

/// Something that reaches the core.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    /// When.
    pub at: Timestamp,
    /// What.
    pub body: EventBody,
}

/// What an evening is made of.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Decides everything.
    pub seed: u64,
    /// How long it lasts, minutes.
    pub minutes: u32,
    /// Groups that fly.
    pub groups: u32,
    /// Seconds between two ticks.
    pub tick_s: u32,
}

impl Plan {
    /// An ordinary evening of a seed.
    pub const fn of(seed: u64) -> Self {
        Self { seed, minutes: 100, groups: 6, tick_s: 20 }
    }
}

/// The configuration an evening's sources need.
pub fn config(mode: Mode, areas: &AreaSet) -> Config {
    let mut config = Config::of(Status::Exercise);
    config.mode = mode;
    let mut add = |name: &str, profile: SourceProfile| config.sources.insert(SourceId::new(name), profile);
    let official = |stale_after_ms: i64, areas: Vec<Code>| SourceProfile {
        official: true,
        stale_after_ms,
        trust: 1.0,
        areas,
        ..SourceProfile::default()
    };
    let regions: Vec<Code> = regions(areas).collect();
    add(SIREN, official(180_000, Vec::new()));
    add(UPSTREAMS[0], official(90_000, Vec::new()));
    add(UPSTREAMS[1], official(90_000, regions.iter().take(2).copied().collect()));
    for (name, trust) in MONITORS {
        add(name, SourceProfile { trust, stale_after_ms: 600_000, ..SourceProfile::default() });
    }
    let senses = regions.first().copied().into_iter().collect();
    add(SENSOR, SourceProfile { trust: 0.9, stale_after_ms: 60_000, senses, ..SourceProfile::default() });
    config
}

fn regions(areas: &AreaSet) -> impl Iterator<Item = Code> {
    areas.iter().filter(|area| area.level == Level::Oblast).map(|area| area.code)
}

struct Group {
    kind: ThreatKind,
    from: Position,
    course_deg: f64,
    speed_mps: f64,
    begins_s: i64,
    lasts_s: i64,
    count: u16,
}

impl Group {
    fn at(&self, second: i64) -> Option<Position> {
        let flown_s = second - self.begins_s;
        #[allow(clippy::cast_precision_loss)] // Hours in seconds.
        (0..self.lasts_s)
            .contains(&flown_s)
            .then(|| self.from.toward(self.course_deg, self.speed_mps * flown_s as f64 / 1000.0))
    }
}

/// The evening of a plan, in order of arrival; nothing is late, lost or doubled yet.
pub fn evening(plan: Plan, areas: &AreaSet) -> Vec<Arrival> {
    let mut chance = Chance::new(plan.seed);
    let mut teller = Teller { areas, arrivals: Vec::new(), numbers: BTreeMap::new() };
    let groups: Vec<Group> = (0..plan.groups).filter_map(|_| group(plan, areas, &mut chance)).collect();
    let hromadas: Vec<(Code, Position)> = small_places(areas);
    let raions: Vec<(Code, Position, f64)> = areas
        .iter()
        .filter(|area| area.level == Level::Raion)
        .map(|area| (area.code, area.centre, area.radius_km))
        .collect();
    let mut alarmed: BTreeMap<Code, (AlertLevel, i64)> = BTreeMap::new();
    let mut seen: [Option<BTreeMap<Code, (AlertLevel, i64)>>; 2] = [None, None];
    for second in 0..i64::from(plan.minutes) * 60 {
        let flying: Vec<(&Group, Position)> =
            groups.iter().filter_map(|group| group.at(second).map(|at| (group, at))).collect();
        if second % 15 == 0 {
            officials(&mut teller, second, &flying, &raions, &mut alarmed, &mut chance);
        }
        for (n, upstream) in UPSTREAMS.into_iter().enumerate() {
            if second % 20 == 7 * i64::try_from(n).unwrap_or(0) {
                if seen[n].as_ref() == Some(&alarmed) {
                    teller.beat(second, upstream);
                } else {
                    teller.picture(second, upstream, &alarmed);
                    seen[n] = Some(alarmed.clone());
                }
            }
        }
        if second % 30 == 3 {
            teller.beat(second, SIREN);
            teller.beat(second, SENSOR);
        }
        for (n, (monitor, _)) in MONITORS.into_iter().enumerate() {
            for &(group, at) in &flying {
                if chance.happens(1.0 / 240.0) {
                    let lies = n == 2 && chance.happens(0.3);
                    teller.post(second, monitor, group, at, &hromadas, lies, &mut chance);
                }
            }
            if chance.happens(1.0 / 900.0) {
                teller.aside(second, monitor, &hromadas, &mut chance);
            }
        }
        if second % i64::from(plan.tick_s.max(1)) == 0 {
            teller.push(second, EventBody::Tick);
        }
    }
    teller.arrivals
}

/// What flies at each minute of a plan's evening, and where: the number of its group and its place.
pub fn truth(plan: Plan, areas: &AreaSet) -> Vec<Vec<(u64, Position)>> {
    let mut chance = Chance::new(plan.seed);
    let groups: Vec<Group> = (0..plan.groups).filter_map(|_| group(plan, areas, &mut chance)).collect();
    let at = |minute: u32| {
        let there = |(n, group): (u64, &Group)| Some((n, group.at(i64::from(minute) * 60)?));
        (0..).zip(&groups).filter_map(there).collect()
    };
    (0..plan.minutes).map(at).collect()
}

fn small_places(areas: &AreaSet) -> Vec<(Code, Position)> {
    areas.iter().filter(|area| area.level == Level::Hromada).map(|area| (area.code, area.centre)).collect()
}

fn group(plan: Plan, areas: &AreaSet, chance: &mut Chance) -> Option<Group> {
    let missile = chance.happens(0.2);
    let target = *chance.pick(&small_places(areas))?;
    let course_deg = chance.unit() * 360.0;
    let (kind, speed_mps, away_km) = if missile {
        (ThreatKind::CruiseMissile, 220.0 + 20.0 * chance.unit(), 250.0)
    } else {
        (ThreatKind::Uav, 38.0 + 8.0 * chance.unit(), 90.0 + 60.0 * chance.unit())
    };
    #[allow(clippy::cast_possible_truncation)] // An hour in seconds.
    let lasts_s = (away_km * 1000.0 / speed_mps) as i64;
    Some(Group {
        kind,
        from: target.1.toward(course_deg + 180.0, away_km),
        course_deg,
        speed_mps,
        begins_s: chance.between(0, i64::from(plan.minutes) * 45),
        lasts_s,
        count: u16::try_from(chance.between(1, 6)).unwrap_or(1),
    })
}

/// Raion alerts as an air command would order them: near enough, and two minutes after it has gone.
fn officials(
    teller: &mut Teller<'_>,
    second: i64,
    flying: &[(&Group, Position)],
    raions: &[(Code, Position, f64)],
    alarmed: &mut BTreeMap<Code, (AlertLevel, i64)>,
    chance: &mut Chance,
) {
    for &(raion, centre, radius_km) in raions {
        let near = |group: &Group| if group.kind == ThreatKind::Uav { 40.0 } else { 120.0 };
        let threats = flying.iter().filter(|(group, at)| at.distance_km(centre) < radius_km + near(group));
        let level = threats
            .map(|(group, _)| if group.kind == ThreatKind::Uav { AlertLevel::Yellow } else { AlertLevel::Red })
            .max();
        match (level, alarmed.get(&raion).copied()) {
            (Some(level), held) if held.is_none_or(|(now, _)| level > now) => {
                alarmed.insert(raion, (level, held.map_or(second, |(_, since)| since)));
                teller.order(second, OrderAct::Raise, raion, Some(level));
            }
            (None, Some((_, since))) if second - since > 120 && chance.happens(0.3) => {
                alarmed.remove(&raion);
                teller.order(second, OrderAct::End, raion, None);
            }
            _ => {}
        }
    }
}

struct Teller<'a> {
    areas: &'a AreaSet,
    arrivals: Vec<Arrival>,
    numbers: BTreeMap<String, u64>,
}

/// An instant of the evening.
pub const fn instant(second: i64) -> Timestamp {
    BEGIN.plus_ms(second * 1000)
}

impl Teller<'_> {
    fn push(&mut self, second: i64, body: EventBody) {
        self.arrivals.push(Arrival { at: instant(second), body });
    }

    fn beat(&mut self, second: i64, source: &str) {
        self.push(second, EventBody::Heartbeat { source: SourceId::new(source) });
    }

    fn report(&mut self, second: i64, source: &str, items: Vec<Item>, text: Option<String>) {
        let number = self.numbers.entry(source.to_owned()).or_default();
        *number += 1;
        let report = Report {
            id: ReportId::new(&format!("{source}-{number}")),
            source: SourceId::new(source),
            status: Status::Exercise,
            observed_at: instant(second).plus_ms(i64::try_from(*number % 997).unwrap_or(0)),
            received_at: instant(second),
            text,
            items,
            refused: Vec::new(),
        };
        self.push(second + 2, EventBody::Report(report));
    }

    fn order(&mut self, second: i64, act: OrderAct, community: Code, level: Option<AlertLevel>) {
        let order =
            Order { act, community, alert_type: AlertType::AirRaid, level, kinds: Vec::new(), trace: Vec::new() };
        self.report(second, SIREN, vec![Item::Order(order)], None);
    }

    fn picture(&mut self, second: i64, source: &str, alarmed: &BTreeMap<Code, (AlertLevel, i64)>) {
        let alert = |(&community, &(level, since)): (&Code, &(AlertLevel, i64))| UpstreamAlert {
            community,
            alert_type: AlertType::AirRaid,
            level: Some(level),
            kinds: Vec::new(),
            started_at: instant(since),
        };
        let snapshot = UpstreamSnapshot {
            source: SourceId::new(source),
            status: Status::Exercise,
            observed_at: instant(second),
            received_at: instant(second),
            regions: Vec::new(),
            alerts: alarmed.iter().map(alert).collect(),
            refused: Vec::new(),
            doubtful: Vec::new(),
        };
        self.push(second, EventBody::Upstream(snapshot));
    }

    #[allow(clippy::too_many_arguments)] // One teller, one moment, one group: a struct would be made for this call alone.
    fn post(
        &mut self,
        second: i64,
        monitor: &str,
        group: &Group,
        at: Position,
        hromadas: &[(Code, Position)],
        lies: bool,
        chance: &mut Chance,
    ) {
        let shown = if lies { at.toward(chance.unit() * 360.0, 150.0) } else { at };
        let nearest = |to: Position| {
            let near =
                |a: &&(Code, Position), b: &&(Code, Position)| a.1.distance_km(to).total_cmp(&b.1.distance_km(to));
            hromadas.iter().min_by(near).map(|(code, _)| *code)
        };
        let Some(here) = nearest(shown) else { return };
        let ahead = nearest(shown.toward(group.course_deg, 60.0)).filter(|&ahead| ahead != here);
        let mut item = ThreatItem::of(group.kind, Act::Track);
        item.count = Count::exactly(group.count);
        item.place = place(self.areas, here);
        if chance.happens(0.7) {
            item.targets = ahead.and_then(|ahead| place(self.areas, ahead)).into_iter().collect();
        }
        let text = format!("{} {:?} {here} {ahead:?}", group.count, group.kind);
        self.report(second, monitor, vec![Item::Threat(item)], Some(text));
    }

    /// What monitors also post: threats, cancels, summaries, and orders that are not theirs to give.
    fn aside(&mut self, second: i64, monitor: &str, hromadas: &[(Code, Position)], chance: &mut Chance) {
        let Some(&(somewhere, _)) = chance.pick(hromadas) else { return };
        let region = self.areas.ancestors(somewhere).find(|area| area.level == Level::Oblast).map(|area| area.code);
        let item = match chance.below(4) {
            0 => Item::Order(Order {
                act: if chance.happens(0.5) { OrderAct::Raise } else { OrderAct::End },
                community: somewhere,
                alert_type: AlertType::AirRaid,
                level: None,
                kinds: Vec::new(),
                trace: Vec::new(),
            }),
            1 => Item::Threat(ThreatItem { region, ..ThreatItem::of(ThreatKind::BallisticMissile, Act::Threat) }),
            2 => Item::Threat(ThreatItem { region, ..ThreatItem::of(ThreatKind::Uav, Act::Cancel) }),
            _ => Item::Threat(ThreatItem { region, ..ThreatItem::of(ThreatKind::Uav, Act::Summary) }),
        };
        self.report(second, monitor, vec![item], None);
    }
}
