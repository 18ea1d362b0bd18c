//! A heavy hour: many objects, every kind of source, thousands of reports a second.
//!
//! What comes in: a [`Plan`]. What goes out: an endless, repeatable stream of events in order of arrival, and the
//! configuration its sources need. Reports come as late as such sources are: plots at once, sound after seconds, words
//! after more. What always holds: the same plan gives the same events everywhere; objects that leave the box are
//! replaced, so that as many are alive at the end as at the beginning.
//! Deliberately absent: a clock. Who measures how long a step takes stands outside (`allclear bench load`).

use crate::chance::Chance;
use crate::world::BEGIN;
use engine::{Config, Mode, SensorModel, SourceProfile};
use model::measurement::shares_of;
use model::{
    Act, AreaSet, Bearing, Check, Checked, Count, Event, EventBody, EventId, Item, Level, PlaceRef, Plot, Position,
    Presence, RawBearing, RawPlot, RawPresence, RawSystemTrack, RawTraffic, Report, ReportId, SourceId, Status,
    SystemTrack, ThreatItem, ThreatKind, Timestamp, Traffic, Velocity,
};
use std::collections::BTreeMap;

/// Where everything flies: south, west, north, east, degrees.
const BOX_DEG: [f64; 4] = [46.5, 25.0, 51.5, 38.0];
/// Sources of each kind.
const RADARS: u64 = 6;
const LISTENERS: u64 = 40;
const SYSTEMS: u64 = 3;
const MONITORS: u64 = 8;

/// What a load is made of.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Decides everything.
    pub seed: u64,
    /// Objects alive at any time.
    pub objects: usize,
    /// Reports a second; a tick comes every second besides.
    pub reports_per_s: u32,
}

struct Object {
    number: u64,
    kind: ThreatKind,
    position: Position,
    course_deg: f64,
    speed_mps: f64,
    at: Timestamp,
}

impl Object {
    #[allow(clippy::cast_precision_loss)] // Hours in milliseconds.
    fn at(&self, at: Timestamp) -> Position {
        self.position.toward(self.course_deg, self.speed_mps / 1e6 * at.ms_since(self.at) as f64)
    }

    fn velocity(&self) -> [f64; 2] {
        let course = self.course_deg.to_radians();
        [self.speed_mps * libm::sin(course), self.speed_mps * libm::cos(course)]
    }
}

/// The stream of a plan.
pub struct Load {
    plan: Plan,
    chance: Chance,
    objects: Vec<Object>,
    born: u64,
    /// Reports and ticks made so far.
    made: u64,
    reports: u64,
    /// Events given out so far; each has a number of its own.
    events: u64,
    /// What has happened and not yet arrived, by arrival.
    under_way: BTreeMap<(Timestamp, u64), EventBody>,
    places: Vec<PlaceRef>,
}

impl std::fmt::Debug for Load {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("Load").field("plan", &self.plan).field("made", &self.made).finish_non_exhaustive()
    }
}

/// The configuration of a load's sources.
pub fn config() -> Config {
    let mut config = Config::of(Status::Exercise);
    config.mode = Mode::Relay;
    let mut add = |kind: &str, n: u64, trust: f64, sensor: SensorModel| {
        for at in 0..n {
            let profile =
                SourceProfile { trust, stale_after_ms: 600_000, sensor: sensor.clone(), ..SourceProfile::default() };
            config.sources.insert(SourceId::new(&format!("{kind}-{at}")), profile);
        }
    };
    add("radar", RADARS, 0.9, SensorModel::default());
    add("listener", LISTENERS, 0.5, SensorModel { range_km: 12.0, ..SensorModel::default() });
    add("system", SYSTEMS, 0.8, SensorModel::default());
    add("monitor", MONITORS, 0.6, SensorModel::default());
    add("adsb", 1, 0.5, SensorModel::default());
    config
}

impl Load {
    /// The stream of a plan over an area set.
    pub fn new(plan: Plan, areas: &AreaSet) -> Self {
        let chance = Chance::new(plan.seed);
        let inside = |at: Position| {
            (BOX_DEG[0]..BOX_DEG[2]).contains(&at.lat_deg()) && (BOX_DEG[1]..BOX_DEG[3]).contains(&at.lon_deg())
        };
        let hromadas = areas.iter().filter(|area| area.level == Level::Hromada && inside(area.centre));
        let places = hromadas.map(|area| PlaceRef {
            code: area.code,
            level: area.level,
            name: area.name_uk.clone(),
            centre: area.centre,
            radius_km: area.radius_km,
        });
        let places = places.collect();
        let mut load = Self {
            plan,
            chance,
            objects: Vec::new(),
            born: 0,
            made: 0,
            reports: 0,
            events: 0,
            under_way: BTreeMap::new(),
            places,
        };
        for _ in 0..plan.objects {
            let object = load.object(BEGIN);
            load.objects.push(object);
        }
        load
    }

    fn object(&mut self, at: Timestamp) -> Object {
        self.born += 1;
        let (kind, speed, spread) = match self.chance.below(20) {
            0..=12 => (ThreatKind::Uav, 38.0, 10.0),
            13..=14 => (ThreatKind::JetUav, 110.0, 40.0),
            15..=18 => (ThreatKind::CruiseMissile, 200.0, 40.0),
            _ => (ThreatKind::GuidedBomb, 220.0, 40.0),
        };
        Object {
            number: self.born,
            kind,
            position: anywhere(&mut self.chance),
            course_deg: self.chance.unit() * 360.0,
            speed_mps: speed + spread * self.chance.unit(),
            at,
        }
    }

    /// Makes one report of one object, which arrives later.
    fn report(&mut self, at: Timestamp) {
        let Ok(at_object) = usize::try_from(self.chance.below(self.objects.len() as u64)) else { return };
        let Some(object) = self.objects.get(at_object) else { return };
        let here = object.at(at);
        if here.lat_deg() < BOX_DEG[0]
            || here.lat_deg() > BOX_DEG[2]
            || here.lon_deg() < BOX_DEG[1]
            || here.lon_deg() > BOX_DEG[3]
        {
            let fresh = self.object(at);
            self.objects[at_object] = fresh;
            return self.report(at);
        }
        let (kind, number, velocity) = (object.kind, object.number, object.velocity());
        // What is heard 5 km away flew there as long ago as sound takes; what is told, as long as telling takes.
        let heard = object.at(at.plus_ms(-14_700));
        let seen = object.at(at.plus_ms(-45_000));
        let chance = &mut self.chance;
        let (source, item, late_ms) = match chance.below(1000) {
            0..=719 => {
                (format!("radar-{}", chance.below(RADARS)), plot(here, kind, velocity, chance), chance.between(80, 300))
            }
            720..=819 => {
                let site = heard.toward(chance.unit() * 360.0, 5.0);
                let listener = format!("listener-{}", chance.below(LISTENERS));
                (listener, bearing(site, heard, chance), chance.between(300, 2500))
            }
            820..=879 => {
                let near = heard.toward(chance.unit() * 360.0, 5.0);
                (format!("listener-{}", chance.below(LISTENERS)), presence(near), chance.between(300, 2500))
            }
            880..=959 => {
                let system = number % SYSTEMS;
                (format!("system-{system}"), system_track(here, number, velocity, chance), chance.between(500, 1500))
            }
            960..=989 => ("adsb-0".to_owned(), traffic(chance), chance.between(100, 1000)),
            _ => (
                format!("monitor-{}", chance.below(MONITORS)),
                words(seen, kind, &self.places, chance),
                chance.between(500, 5000),
            ),
        };
        let Some(item) = item else { return };
        self.reports += 1;
        let received_at = at.plus_ms(late_ms);
        let report = Report {
            id: ReportId::new(&format!("r{}", self.reports)),
            source: SourceId::new(&source),
            status: Status::Exercise,
            observed_at: at,
            received_at,
            text: None,
            items: vec![item],
            refused: Vec::new(),
        };
        self.under_way.insert((received_at, self.reports), EventBody::Report(report));
    }
}

fn anywhere(chance: &mut Chance) -> Position {
    let lat = BOX_DEG[0] + (BOX_DEG[2] - BOX_DEG[0]) * chance.unit();
    let lon = BOX_DEG[1] + (BOX_DEG[3] - BOX_DEG[1]) * chance.unit();
    Position::new(lat, lon).unwrap_or_else(|_| crate::ground::middle())
}

fn checked<R: Check>(raw: R) -> Option<Checked<R>> {
    Checked::new(raw).ok()
}

/// A standard normal number, near enough: the sum of twelve (Irwin and Hall).
fn normal(chance: &mut Chance) -> f64 {
    (0..12).map(|_| chance.unit()).sum::<f64>() - 6.0
}

fn off(here: Position, sd_km: f64, chance: &mut Chance) -> Position {
    let (e, n) = (sd_km * normal(chance), sd_km * normal(chance));
    here.toward(libm::atan2(e, n).to_degrees(), libm::sqrt(e * e + n * n))
}

fn told(velocity: [f64; 2], sd: f64, chance: &mut Chance) -> Velocity {
    let mps = velocity.map(|part| part + sd * normal(chance));
    Velocity { mps, covariance_m2ps2: [sd * sd, 0.0, sd * sd] }
}

fn plot(here: Position, kind: ThreatKind, velocity: [f64; 2], chance: &mut Chance) -> Option<Item> {
    let sd_km = 0.15;
    let velocity = chance.happens(0.5).then(|| told(velocity, 8.0, chance));
    let kinds = if chance.happens(0.1) { shares_of(kind) } else { Vec::new() };
    let position = off(here, sd_km, chance);
    let covariance_km2 = [sd_km * sd_km, 0.0, sd_km * sd_km];
    let raw =
        RawPlot { measured_at: None, position, covariance_km2, velocity, altitude_amsl_m: None, kinds, count: None };
    let plot: Plot = checked(raw)?;
    Some(Item::Plot(plot))
}

fn bearing(observer: Position, here: Position, chance: &mut Chance) -> Option<Item> {
    let bearing_deg = observer.bearing_deg(here) + 6.0 * normal(chance);
    let raw = RawBearing {
        measured_at: None,
        observer,
        bearing_deg: if bearing_deg < 0.0 { bearing_deg + 360.0 } else { bearing_deg.min(360.0) },
        bearing_sd_deg: 6.0,
        range_km: Some([0.0, 12.0]),
        acoustic: true,
        kinds: Vec::new(),
        count: None,
    };
    let bearing: Bearing = checked(raw)?;
    Some(Item::Bearing(bearing))
}

fn presence(observer: Position) -> Option<Item> {
    let raw =
        RawPresence { measured_at: None, observer, range_km: 7.0, acoustic: true, kinds: Vec::new(), count: None };
    let presence: Presence = checked(raw)?;
    Some(Item::Presence(presence))
}

fn system_track(here: Position, number: u64, velocity: [f64; 2], chance: &mut Chance) -> Option<Item> {
    let raw = RawSystemTrack {
        track: number.to_string(),
        measured_at: None,
        position: off(here, 0.3, chance),
        covariance_km2: [0.09, 0.0, 0.09],
        velocity: Some(told(velocity, 5.0, chance)),
        altitude_amsl_m: None,
        kinds: Vec::new(),
        count: None,
        made_by: vec!["radar-0".to_owned()],
        ended: false,
    };
    let track: SystemTrack = checked(raw)?;
    Some(Item::SystemTrack(track))
}

fn traffic(chance: &mut Chance) -> Option<Item> {
    let raw = RawTraffic {
        identity: format!("a{}", chance.below(60)),
        measured_at: None,
        position: anywhere(chance),
        position_sd_km: 0.1,
        velocity: None,
        altitude_amsl_m: None,
    };
    let traffic: Traffic = checked(raw)?;
    Some(Item::Traffic(traffic))
}

fn words(here: Position, kind: ThreatKind, places: &[PlaceRef], chance: &mut Chance) -> Option<Item> {
    let nearest = places.iter().min_by(|a, b| a.centre.distance_km(here).total_cmp(&b.centre.distance_km(here)))?;
    let mut item = ThreatItem::of(kind, Act::Track);
    item.count = Count::exactly(1 + u16::try_from(chance.below(4)).unwrap_or(0));
    item.place = Some(nearest.clone());
    Some(Item::Threat(item))
}

impl Iterator for Load {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        let per_s = u64::from(self.plan.reports_per_s.max(1));
        loop {
            let happens_at = BEGIN.plus_ms(i64::try_from(self.made * 1000 / per_s).ok()?);
            // Whatever arrives before the next thing happens is an event now.
            let arrived = self.under_way.first_key_value().map(|(&(at, _), _)| at).filter(|&at| at <= happens_at);
            if let Some(at) = arrived
                && let Some((_, body)) = self.under_way.pop_first()
            {
                self.events += 1;
                return Some(Event { id: EventId(self.events), at, body });
            }
            if self.made.is_multiple_of(per_s) {
                self.under_way.insert((happens_at, 0), EventBody::Tick);
            }
            self.made += 1;
            self.report(happens_at);
        }
    }
}
