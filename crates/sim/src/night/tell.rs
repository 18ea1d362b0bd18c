//! What sources say of a night: posts, pictures and measurements, with their delays, mistakes, copies, inventions,
//! outages and clock errors, in order of arrival.

use super::fleet::Flier;
use super::official::{Alarmed, orders};
use super::scenario::{Monitor, Scenario, Sensor, SensorType, region};
use super::units::{Unit, Units, chord2, on_sphere};
use super::{normal, real, whole, within};
use crate::chance::Chance;
use crate::ground::place;
use crate::world::{Arrival, instant};
use engine::{Config, Mode, Policy, SensorModel, SourceProfile};
use model::{
    Act, AlertType, AreaSet, Bearing, Code, Count, EventBody, Item, KindShare, Plot, Position, Presence, RawBearing,
    RawPlot, RawPresence, RawTraffic, Report, ReportId, SourceId, Status, ThreatItem, ThreatKind, Timestamp, Traffic,
    UpstreamAlert, UpstreamSnapshot,
};
use std::collections::{BTreeMap, BTreeSet};

/// What is farther than this from every community, beyond the border or at sea, has no name that a post could give it,
/// kilometres.
const NAMED_KM: f64 = 5.0;
/// Seconds between two ticks.
pub(super) const TICK_S: i64 = 15;

/// Speed of sound, kilometres a second.
const SOUND_KMPS: f64 = 0.34;
/// How long a spoofed object is seen, seconds, and how fast it flies.
const SPOOF_S: i64 = 600;
const SPOOF_KMPS: f64 = 0.045;

/// One arrival, and which flier it is about: the index of truth, which the engine never sees.
#[derive(Debug, Clone)]
pub struct Told {
    /// What reaches the engine.
    pub arrival: Arrival,
    /// What it is truly about.
    pub about: Option<usize>,
}

/// The engine's configuration for a scenario's sources.
pub(super) fn config(scenario: &Scenario, seed: u64, policy: Policy, areas: &AreaSet, units: &Units) -> Config {
    let mut config = Config::of(Status::Exercise);
    config.mode = Mode::Authority;
    config.policy = policy;
    let mut add = |name: &str, profile| config.sources.insert(SourceId::new(name), profile);
    for monitor in &scenario.monitors {
        let monitor = monitor.get_ref();
        let profile = SourceProfile { trust: monitor.trust, stale_after_ms: 900_000, ..SourceProfile::default() };
        add(&monitor.name, profile);
    }
    for upstream in &scenario.upstreams {
        let stale_after_ms = i64::from(upstream.get_ref().every_s) * 4000;
        add(
            &upstream.get_ref().name,
            SourceProfile { official: true, trust: 1.0, stale_after_ms, ..Default::default() },
        );
    }
    for (at, sensor) in scenario.sensors.iter().enumerate() {
        let sensor = sensor.get_ref();
        for (n, site) in sites(sensor, at, seed, areas, units).into_iter().enumerate() {
            let profile = SourceProfile {
                trust: 0.9,
                stale_after_ms: i64::from(sensor.every_s) * 4000,
                senses: if sensor.watches.unwrap_or(sensor.is == SensorType::Radar) {
                    watched(sensor, site, units)
                } else {
                    Vec::new()
                },
                sensor: SensorModel { range_km: sensor.range_km, ..SensorModel::default() },
                ..SourceProfile::default()
            };
            add(&site_name(sensor, n), profile);
        }
    }
    if scenario.civil_aircraft > 0 {
        add("civil", SourceProfile { trust: 0.5, stale_after_ms: 120_000, ..SourceProfile::default() });
    }
    config
}

/// Where the sites of a scenario's `at`-th sensor stand in a night: near communities of its region, drawn by the seed.
fn sites(sensor: &Sensor, at: usize, seed: u64, areas: &AreaSet, units: &Units) -> Vec<Position> {
    let mut chance = Chance::new(seed ^ 0x7369_7465_7300_0000 ^ at as u64);
    let home = region(areas, &sensor.region).map(|area| area.code);
    let homes: Vec<Position> =
        units.all.iter().filter(|unit| Some(unit.region) == home).map(|unit| unit.centre).collect();
    let draw = |_| {
        let home = chance.pick(&homes).copied()?;
        Some(home.toward(360.0 * chance.unit(), 5.0 * chance.unit()))
    };
    (0..sensor.sites).filter_map(draw).collect()
}

/// The communities that lie wholly within a site's range, and the raions and regions whose communities all do.
fn watched(sensor: &Sensor, site: Position, units: &Units) -> Vec<Code> {
    let within = |unit: &Unit| unit.centre.distance_km(site) + unit.radius_km <= sensor.range_km;
    let seen: Vec<bool> = units.all.iter().map(within).collect();
    let all = |code: Code| units.under(code).iter().all(|&n| seen[n]);
    let near = units.all.iter().zip(&seen).filter(|(_, seen)| **seen).map(|(unit, _)| unit);
    let codes: BTreeSet<Code> =
        near.flat_map(|unit| [unit.code, unit.raion, unit.region]).filter(|&code| all(code)).collect();
    codes.into_iter().collect()
}

fn site_name(sensor: &Sensor, n: usize) -> String {
    if sensor.sites == 1 { sensor.name.clone() } else { format!("{}-{}", sensor.name, n + 1) }
}

struct Teller<'a> {
    areas: &'a AreaSet,
    units: &'a Units,
    fliers: &'a [Flier],
    told: Vec<Told>,
    numbers: BTreeMap<String, u64>,
}

/// Everything that reaches the engine in a night, in order.
pub fn tell(scenario: &Scenario, seed: u64, fliers: &[Flier], areas: &AreaSet, units: &Units) -> Vec<Told> {
    let mut teller = Teller { areas, units, fliers, told: Vec::new(), numbers: BTreeMap::new() };
    let mut chance = Chance::new(seed ^ 0x7465_6c6c_0000_0000);
    for monitor in &scenario.monitors {
        teller.monitor(monitor.get_ref(), scenario, &mut chance);
    }
    teller.upstreams(scenario, &mut chance);
    for (at, sensor) in scenario.sensors.iter().enumerate() {
        let stand = sites(sensor.get_ref(), at, seed, areas, units);
        teller.sensor(sensor.get_ref(), &stand, scenario.seconds(), &mut chance);
    }
    teller.civil(scenario, &mut chance);
    let mut told = teller.told;
    for outage in &scenario.outages {
        let [from, to] = outage.get_ref().span_min.map(|minute| instant(whole(minute * 60.0)));
        let cut = &outage.get_ref().source;
        told.retain(|told| {
            let source = match &told.arrival.body {
                EventBody::Report(report) => report.source.as_str(),
                EventBody::Heartbeat { source } => source.as_str(),
                EventBody::Upstream(snapshot) => snapshot.source.as_str(),
                _ => return true,
            };
            let its = cut == "every" || source == cut || source.starts_with(&format!("{cut}-"));
            !its || told.arrival.at < from || told.arrival.at >= to
        });
    }
    for n in 0..=scenario.seconds() / TICK_S {
        told.push(Told { arrival: Arrival { at: instant(n * TICK_S), body: EventBody::Tick }, about: None });
    }
    told.sort_by_key(|told| told.arrival.at);
    told
}

impl Teller<'_> {
    /// One report: seen at a second, written on a clock that may be off, here after a while.
    fn report(&mut self, source: &str, said: Timestamp, here: Timestamp, items: Vec<Item>, about: Option<usize>) {
        let number = self.numbers.entry(source.to_owned()).or_default();
        *number += 1;
        let report = Report {
            id: ReportId::new(&format!("{source}-{number}")),
            source: SourceId::new(source),
            status: Status::Exercise,
            observed_at: said,
            received_at: here,
            text: None,
            items,
            refused: Vec::new(),
        };
        self.told.push(Told { arrival: Arrival { at: here, body: EventBody::Report(report) }, about });
    }

    fn beats(&mut self, source: &str, every_s: i64, seconds: i64) {
        for n in 0..=seconds / every_s {
            let body = EventBody::Heartbeat { source: SourceId::new(source) };
            self.told.push(Told { arrival: Arrival { at: instant(n * every_s), body }, about: None });
        }
    }

    fn nearest(&self, to: Position) -> Option<usize> {
        let to = on_sphere(to);
        let away = |&(_, a): &(usize, &Unit), &(_, b): &(usize, &Unit)| a.away2(to).total_cmp(&b.away2(to));
        self.units.all.iter().enumerate().min_by(away).map(|(n, _)| n)
    }

    fn monitor(&mut self, monitor: &Monitor, scenario: &Scenario, chance: &mut Chance) {
        self.beats(&monitor.name, 300, scenario.seconds());
        for n in 0..self.fliers.len() {
            let flier = &self.fliers[n];
            let (begins_s, ends_s, high) = (flier.begins_s, flier.ends_s(), flier.high);
            if high {
                let after_s = within(chance, [5.0, 40.0]);
                self.launch(monitor, n, begins_s + whole(after_s), chance);
                continue;
            }
            // Fast things are told more often; nobody tells of each second.
            let quick = if flier.kind == ThreatKind::Uav || flier.kind == ThreatKind::ReconUav { 1.0 } else { 0.35 };
            let mut seen_s = real(begins_s) + 60.0 * monitor.every_min * quick * chance.unit();
            while seen_s < real(ends_s) {
                self.sighting(monitor, n, whole(seen_s), chance);
                seen_s += 60.0 * monitor.every_min * quick * within(chance, [0.5, 1.5]);
            }
        }
        let invented = whole(monitor.spoofs_per_hour * real(scenario.seconds()) / 3600.0 + chance.unit());
        for _ in 0..invented {
            let at = chance.between(0, scenario.seconds());
            let Some(unit) = chance.pick(&self.units.all).map(|unit| unit.code) else { return };
            let mut item = ThreatItem::of(ThreatKind::Uav, Act::Track);
            item.place = place(self.areas, unit);
            self.report(&monitor.name, instant(at), instant(at + 3), vec![Item::Threat(item)], None);
        }
    }

    /// A post about where a group was seen.
    fn sighting(&mut self, monitor: &Monitor, n: usize, seen_s: i64, chance: &mut Chance) {
        let flier = &self.fliers[n];
        let Some(at) = flier.at(seen_s) else { return };
        let shown = at.toward(90.0, monitor.error_km * normal(chance)).toward(0.0, monitor.error_km * normal(chance));
        let Some(here) = self.nearest(shown).and_then(|n| self.units.all.get(n)) else { return };
        if here.centre.distance_km(shown) > here.radius_km + NAMED_KM {
            return;
        }
        let mut item = ThreatItem::of(flier.kind, Act::Track);
        item.count = Count::exactly(flier.count);
        if chance.happens(monitor.mistakes) {
            let kinds = [ThreatKind::Uav, ThreatKind::JetUav, ThreatKind::ReconUav, ThreatKind::CruiseMissile];
            item.kind = chance.pick(&kinds).copied().unwrap_or(ThreatKind::Unknown);
            item.count = Count::exactly(u16::try_from(chance.between(1, 6)).unwrap_or(1));
        }
        item.place = place(self.areas, here.code);
        item.region = Some(here.region);
        let before = flier.at(seen_s - 120.min(seen_s - flier.begins_s)).unwrap_or(at);
        if before.distance_km(at) > 0.5 {
            let course_deg = before.bearing_deg(at);
            if chance.happens(0.6) {
                // People tell the eight winds.
                let wind = whole((course_deg + 22.5) / 45.0) % 8 * 45;
                item.directions_deg = vec![u16::try_from(wind).unwrap_or(0)];
            } else if chance.happens(0.5) {
                let ahead = self.nearest(at.toward(course_deg, 45.0)).and_then(|n| self.units.all.get(n));
                let ahead = ahead.filter(|ahead| ahead.code != here.code);
                item.targets = ahead.and_then(|unit| place(self.areas, unit.code)).into_iter().collect();
            }
        }
        let said_s = real(seen_s) + within(chance, monitor.delay_s);
        let said = instant(0).plus_ms(whole(said_s + monitor.clock_s) * 1000);
        let here = instant(0).plus_ms(whole(said_s) * 1000 + chance.between(200, 4000));
        let items = vec![Item::Threat(item)];
        self.report(&monitor.name, said, here, items.clone(), Some(n));
        if chance.happens(monitor.copies) {
            // Copied word for word a while later: it says nothing new and carries a newer time.
            let late_ms = chance.between(30, 240) * 1000;
            self.report(&monitor.name, said.plus_ms(late_ms), here.plus_ms(late_ms), items, Some(n));
        }
    }

    /// A post about something too fast to follow: a threat told of a region.
    fn launch(&mut self, monitor: &Monitor, n: usize, second: i64, chance: &mut Chance) {
        let Some(unit) = self.units.all.get(self.fliers[n].target) else { return };
        let mut item = ThreatItem::of(self.fliers[n].kind, Act::Threat);
        item.region = Some(unit.region);
        item.targets = place(self.areas, unit.region).into_iter().collect();
        let late_ms = chance.between(500, 6000);
        let said = instant(second).plus_ms(whole(monitor.clock_s) * 1000);
        self.report(&monitor.name, said, instant(second).plus_ms(late_ms), vec![Item::Threat(item)], Some(n));
    }

    fn upstreams(&mut self, scenario: &Scenario, chance: &mut Chance) {
        let (mut alarmed, mut last) = (Alarmed::new(), BTreeMap::new());
        for second in (0..=scenario.seconds()).step_by(5) {
            if second % 15 == 0 {
                orders(&mut alarmed, &mut last, second, self.fliers, self.units);
            }
            for upstream in &scenario.upstreams {
                let upstream = upstream.get_ref();
                if second % i64::from(upstream.every_s) >= 5 {
                    continue;
                }
                let here = instant(second).plus_ms(whole(within(chance, upstream.delay_s) * 1000.0));
                let alerts = alarmed.iter().map(|(&community, &(level, since_s))| UpstreamAlert {
                    community,
                    alert_type: AlertType::AirRaid,
                    level: Some(level),
                    kinds: Vec::new(),
                    started_at: instant(since_s),
                });
                let snapshot = UpstreamSnapshot {
                    source: SourceId::new(&upstream.name),
                    status: Status::Exercise,
                    observed_at: instant(second),
                    received_at: here,
                    regions: Vec::new(),
                    alerts: alerts.collect(),
                    refused: Vec::new(),
                    doubtful: Vec::new(),
                };
                self.told
                    .push(Told { arrival: Arrival { at: here, body: EventBody::Upstream(snapshot) }, about: None });
            }
        }
    }

    fn sensor(&mut self, sensor: &Sensor, stand: &[Position], seconds: i64, chance: &mut Chance) {
        let every_s = i64::from(sensor.every_s);
        let clock_ms = whole(sensor.clock_s * 1000.0);
        for (n, &site) in stand.iter().enumerate() {
            let name = site_name(sensor, n);
            self.beats(&name, every_s.max(10), seconds);
            let at = on_sphere(site);
            let spoofs = spoofs(sensor, site, seconds, chance);
            let first_s = chance.between(0, every_s - 1);
            for second in (first_s..seconds).step_by(usize::try_from(every_s).unwrap_or(1)) {
                let mut items = Vec::new();
                let mut about = None;
                let said = instant(second).plus_ms(clock_ms);
                for flier in 0..self.fliers.len() {
                    let Some(there) = self.seen_from(flier, site, sensor.is, second) else { continue };
                    if chord2(on_sphere(there), at) < sensor.range_km * sensor.range_km
                        && chance.happens(sensor.detection_p)
                    {
                        items.extend(measured(sensor, site, there, self.fliers[flier].kind, said, chance));
                        about = Some(flier);
                    }
                }
                for there in spoofs.iter().filter_map(|spoof| spoof.at(second)) {
                    if chance.happens(sensor.detection_p) {
                        items.extend(measured(sensor, site, there, ThreatKind::Uav, said, chance));
                    }
                }
                if chance.happens(sensor.false_per_hour * real(every_s) / 3600.0) {
                    let ghost = site.toward(360.0 * chance.unit(), sensor.range_km * libm::sqrt(chance.unit()));
                    items.extend(measured(sensor, site, ghost, ThreatKind::Uav, said, chance));
                }
                if !items.is_empty() {
                    let late_ms = whole(within(chance, sensor.delay_s) * 1000.0);
                    self.report(&name, said, instant(second).plus_ms(late_ms), items, about);
                }
            }
        }
    }

    /// Where a site sees a group at a second. What is heard comes from where it was when the sound left.
    fn seen_from(&self, flier: usize, site: Position, is: SensorType, second: i64) -> Option<Position> {
        let flier = &self.fliers[flier];
        let there = flier.at(second).filter(|_| !flier.high)?;
        if !matches!(is, SensorType::Acoustic | SensorType::Presence) {
            return Some(there);
        }
        // Twice is near enough: nothing heard outruns its sound by much.
        let once = flier.at(second - whole(site.distance_km(there) / SOUND_KMPS))?;
        flier.at(second - whole(site.distance_km(once) / SOUND_KMPS))
    }

    /// Aircraft of civil aviation west and abroad, which say where they are.
    fn civil(&mut self, scenario: &Scenario, chance: &mut Chance) {
        for n in 0..scenario.civil_aircraft {
            let from = crate::ground::middle().toward(within(chance, [250.0, 290.0]), within(chance, [300.0, 700.0]));
            let course_deg = 360.0 * chance.unit();
            let begins_s = chance.between(0, scenario.seconds());
            for second in (begins_s..scenario.seconds().min(begins_s + 1800)).step_by(30) {
                let position = from.toward(course_deg, 0.22 * real(second - begins_s));
                let raw = RawTraffic {
                    identity: format!("civil-{n}"),
                    measured_at: Some(instant(second)),
                    position,
                    position_sd_km: 0.1,
                    velocity: None,
                    altitude_amsl_m: Some(10_000.0),
                };
                let items = Traffic::new(raw).ok().map(Item::Traffic).into_iter().collect();
                self.report("civil", instant(second), instant(second).plus_ms(800), items, None);
            }
        }
    }
}

/// An object that somebody makes a site see.
struct Spoof {
    from: Position,
    course_deg: f64,
    begins_s: i64,
}

impl Spoof {
    fn at(&self, second: i64) -> Option<Position> {
        let flown_s = second - self.begins_s;
        (0..SPOOF_S).contains(&flown_s).then(|| self.from.toward(self.course_deg, SPOOF_KMPS * real(flown_s)))
    }
}

fn spoofs(sensor: &Sensor, site: Position, seconds: i64, chance: &mut Chance) -> Vec<Spoof> {
    let many = chance.poisson(sensor.spoofs_per_hour * real(seconds) / 3600.0);
    let mut spoof = |_| Spoof {
        from: site.toward(360.0 * chance.unit(), sensor.range_km * 0.7 * libm::sqrt(chance.unit())),
        course_deg: 360.0 * chance.unit(),
        begins_s: chance.between(0, seconds),
    };
    (0..many).map(&mut spoof).collect()
}

/// What one look of a sensor gives of something at `there`.
fn measured(
    sensor: &Sensor,
    site: Position,
    there: Position,
    kind: ThreatKind,
    said: Timestamp,
    chance: &mut Chance,
) -> Option<Item> {
    let measured_at = Some(said);
    let heard = vec![KindShare { kind, share: 1.0 }];
    match sensor.is {
        SensorType::Radar => {
            let position = there.toward(90.0, sensor.error * normal(chance)).toward(0.0, sensor.error * normal(chance));
            let variance = sensor.error * sensor.error;
            let raw = RawPlot {
                measured_at,
                position,
                covariance_km2: [variance, 0.0, variance],
                velocity: None,
                altitude_amsl_m: None,
                kinds: Vec::new(),
                count: None,
            };
            Plot::new(raw).ok().map(Item::Plot)
        }
        SensorType::Acoustic | SensorType::Observer => {
            let bearing_deg = site.bearing_deg(there) + sensor.error * normal(chance);
            let raw = RawBearing {
                measured_at,
                observer: site,
                bearing_deg: (bearing_deg + 360.0) % 360.0,
                bearing_sd_deg: sensor.error,
                range_km: Some([0.0, sensor.range_km]),
                acoustic: sensor.is == SensorType::Acoustic,
                kinds: heard,
                count: None,
            };
            Bearing::new(raw).ok().map(Item::Bearing)
        }
        SensorType::Presence => {
            let raw = RawPresence {
                measured_at,
                observer: site,
                range_km: sensor.range_km,
                acoustic: true,
                kinds: heard,
                count: None,
            };
            Presence::new(raw).ok().map(Item::Presence)
        }
    }
}
