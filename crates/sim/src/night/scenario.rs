//! The scenario: a night as a readable file, checked before anything flies.
//!
//! What comes in: TOML. What goes out: a [`Scenario`] whose numbers are finite and in range and whose sources and regions
//! exist, or a [`ScenarioError`] with the line and the reason.

use super::duty::Officer;
use model::{Area, AreaSet, Code, Level, ThreatKind};
use serde::Deserialize;
use std::collections::BTreeSet;
use toml::Spanned;

/// The version of the format that is read.
pub(super) const VERSION: u32 = 1;
/// Most groups in one night: beyond it the engine's own bounds would be what is measured.
const GROUPS_MAX: u32 = 1_000;

/// Most regions that a corridor leads through.
const CORRIDOR_MAX: usize = 12;

/// Most looks of one sensor's sites in a day.
const LOOKS_MAX: u32 = 4_000_000;

/// Why a scenario was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read line {line} of the scenario: {reason}")]
pub struct ScenarioError {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong, and what would have been right.
    pub reason: String,
}

/// A night.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// [`VERSION`].
    pub version: Spanned<u32>,
    /// What a person calls it.
    pub name: String,
    /// How long it lasts, minutes.
    pub minutes: Spanned<u32>,
    /// What flies.
    #[serde(rename = "wave")]
    pub waves: Vec<Spanned<Wave>>,
    /// Ways that groups follow, night for night.
    #[serde(rename = "corridor", default)]
    pub corridors: Vec<Spanned<Corridor>>,
    /// People who post.
    #[serde(rename = "monitor", default)]
    pub monitors: Vec<Spanned<Monitor>>,
    /// Official sources that are polled.
    #[serde(rename = "upstream", default)]
    pub upstreams: Vec<Spanned<Upstream>>,
    /// Instruments.
    #[serde(rename = "sensor", default)]
    pub sensors: Vec<Spanned<Sensor>>,
    /// Civil aircraft that say where they are.
    #[serde(default)]
    pub civil_aircraft: u32,
    /// When sources say nothing.
    #[serde(rename = "outage", default)]
    pub outages: Vec<Spanned<Outage>>,
    /// Who ends alerts; an ordinary one when the table is absent.
    pub officer: Option<Spanned<Officer>>,
}

/// Groups of one kind that enter within one span of time.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wave {
    /// What flies.
    pub kind: ThreatKind,
    /// Least and most groups.
    pub groups: [u32; 2],
    /// Least and most objects in a group.
    #[serde(default = "one")]
    pub size: [u16; 2],
    /// When groups begin, beyond the rim, minutes after the beginning of the night.
    pub enter_min: [f64; 2],
    /// Regions over whose outer side they come in, by English name or code.
    pub enter: Vec<String>,
    /// Regions whose communities they go to; every region when empty.
    #[serde(default)]
    pub toward: Vec<String>,
    /// Share of groups that are decoys: they fly alike and end harmlessly.
    #[serde(default)]
    pub decoys: f64,
    /// Share of groups that circle somewhere on the way.
    #[serde(default)]
    pub loiter: f64,
    /// Groups that just end, per hour of flight.
    #[serde(default)]
    pub lost_per_hour: f64,
    /// Corridors that its groups follow, each one of them, by name.
    #[serde(default)]
    pub along: Vec<String>,
    /// Share of groups that follow one of them.
    #[serde(default = "all")]
    pub follow: f64,
}

const fn all() -> f64 {
    1.0
}

/// A way over the country: one place in each of some regions, drawn once for the scenario and the same in every night of it, as
/// rivers and habits are. No place in it is a real one's.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corridor {
    /// What waves call it.
    pub name: String,
    /// Regions by English name or code, in either direction.
    pub through: Vec<String>,
}

const fn one() -> [u16; 2] {
    [1, 1]
}

/// A person who posts what others saw.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Monitor {
    /// Its source.
    pub name: String,
    /// What the engine is told of its trust.
    pub trust: f64,
    /// Mean minutes between two posts about one group.
    pub every_min: f64,
    /// From what happened to the post, seconds.
    pub delay_s: [f64; 2],
    /// Standard deviation of where it says something is, on each axis, kilometres.
    pub error_km: f64,
    /// Share of posts with a wrong kind or count.
    pub mistakes: f64,
    /// Share of posts that copy another monitor's last post, minutes later.
    pub copies: f64,
    /// Invented objects an hour.
    pub spoofs_per_hour: f64,
    /// How far its clock is ahead, seconds.
    pub clock_s: f64,
}

impl Default for Monitor {
    fn default() -> Self {
        Self {
            name: String::new(),
            trust: 0.7,
            every_min: 5.0,
            delay_s: [40.0, 180.0],
            error_km: 5.0,
            mistakes: 0.03,
            copies: 0.1,
            spoofs_per_hour: 0.0,
            clock_s: 0.0,
        }
    }
}

/// An official source of alerts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upstream {
    /// Its source.
    pub name: String,
    /// Seconds between two pictures.
    pub every_s: u32,
    /// From its picture to us, seconds.
    pub delay_s: [f64; 2],
}

/// What an instrument measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SensorType {
    /// Positions.
    Radar,
    /// Directions of what is heard.
    Acoustic,
    /// That something is near.
    Presence,
    /// Directions that people point a phone at.
    Observer,
}

/// Instruments of one type spread over a region.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sensor {
    /// Its source; with several sites a number is added.
    pub name: String,
    /// What it measures.
    #[serde(rename = "type")]
    pub is: SensorType,
    /// The region whose communities hold its sites, drawn anew for each seed: no site here is a real one.
    pub region: String,
    /// How many.
    pub sites: u32,
    /// How far it detects, kilometres.
    pub range_km: f64,
    /// Seconds between two looks.
    pub every_s: u32,
    /// Probability that a look detects what is in range.
    pub detection_p: f64,
    /// Standard deviation: kilometres for a radar, degrees for what gives a direction; not used for presence.
    #[serde(default = "unit")]
    pub error: f64,
    /// False detections of one site, an hour.
    #[serde(default)]
    pub false_per_hour: f64,
    /// From a look to us, seconds.
    #[serde(default = "prompt")]
    pub delay_s: [f64; 2],
    /// How far its clock is ahead, seconds.
    #[serde(default)]
    pub clock_s: f64,
    /// Objects an hour that somebody makes one site see: each flies straight for ten minutes and is not there.
    #[serde(default)]
    pub spoofs_per_hour: f64,
    /// The engine may take its watch for evidence that nothing is there, over communities that lie within its range; a
    /// radar's when not said otherwise.
    #[serde(default)]
    pub watches: Option<bool>,
}

const fn prompt() -> [f64; 2] {
    [0.1, 2.0]
}

const fn unit() -> f64 {
    1.0
}

/// A source says nothing for a while; of `every` source when so named.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// Which source, or `every`.
    pub source: String,
    /// From and to, minutes after the beginning.
    pub span_min: [f64; 2],
}

/// The line of a byte, counted from 1.
fn line_of(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|&b| b == b'\n').count()
}

struct Check<'a> {
    text: &'a str,
    byte: usize,
}

impl Check<'_> {
    fn refuse<T>(&self, reason: String) -> Result<T, ScenarioError> {
        Err(ScenarioError { line: line_of(self.text, self.byte), reason })
    }

    fn range(&self, key: &str, value: f64, low: f64, high: f64) -> Result<(), ScenarioError> {
        if value.is_finite() && (low..=high).contains(&value) {
            return Ok(());
        }
        self.refuse(format!("{key} = {value}: expected a number from {low} to {high}"))
    }

    fn span(&self, key: &str, [from, to]: [f64; 2], low: f64, high: f64) -> Result<(), ScenarioError> {
        self.range(key, from, low, high)?;
        self.range(key, to, low, high)?;
        if from > to {
            return self.refuse(format!("{key} = [{from}, {to}]: expected the lesser first"));
        }
        Ok(())
    }

    fn region(&self, areas: &AreaSet, name: &str) -> Result<(), ScenarioError> {
        match region(areas, name) {
            Some(_) => Ok(()),
            None => self.refuse(format!("{name} is no region of the area set: expected an English name such as Sumy")),
        }
    }
}

/// The region of that English name or code.
pub(super) fn region<'a>(areas: &'a AreaSet, name: &str) -> Option<&'a Area> {
    let code: Option<Code> = name.parse().ok();
    areas.at_level(Level::Oblast).find(|area| area.name_en == name || Some(area.code) == code)
}

impl Scenario {
    /// Reads and checks a scenario over an area set.
    pub fn read(text: &str, areas: &AreaSet) -> Result<Self, ScenarioError> {
        let scenario: Self = toml::from_str(text).map_err(|error| ScenarioError {
            line: error.span().map_or(1, |span| line_of(text, span.start)),
            reason: error.message().to_owned(),
        })?;
        scenario.check(text, areas)?;
        Ok(scenario)
    }

    /// How long the night lasts, seconds.
    pub fn seconds(&self) -> i64 {
        i64::from(*self.minutes.get_ref()) * 60
    }

    /// The duty officer.
    pub fn officer(&self) -> Officer {
        self.officer.as_ref().map_or_else(Officer::default, |officer| *officer.get_ref())
    }

    fn check(&self, text: &str, areas: &AreaSet) -> Result<(), ScenarioError> {
        let at = |byte| Check { text, byte };
        let head = at(self.version.span().start);
        if *self.version.get_ref() != VERSION {
            return head.refuse(format!("version = {}: expected {VERSION}", self.version.get_ref()));
        }
        let long = f64::from(*self.minutes.get_ref());
        at(self.minutes.span().start).range("minutes", long, 5.0, 1440.0)?;
        if self.waves.is_empty() {
            return head.refuse("no [[wave]]: expected at least one".to_owned());
        }
        head.range("civil_aircraft", f64::from(self.civil_aircraft), 0.0, 500.0)?;
        let mut corridors = BTreeSet::new();
        for corridor in &self.corridors {
            let (check, corridor) = (at(corridor.span().start), corridor.get_ref());
            if corridor.name.is_empty() || corridor.name.len() > 64 || !corridors.insert(corridor.name.as_str()) {
                return check
                    .refuse(format!("name = {:?}: expected a corridor's own, of 1 to 64 bytes", corridor.name));
            }
            if !(2..=CORRIDOR_MAX).contains(&corridor.through.len()) {
                let n = corridor.through.len();
                return check.refuse(format!("through names {n} regions: expected 2 to {CORRIDOR_MAX}"));
            }
            corridor.through.iter().try_for_each(|name| check.region(areas, name))?;
        }
        let mut groups = 0;
        for wave in &self.waves {
            let (check, wave) = (at(wave.span().start), wave.get_ref());
            wave.check(&check, areas, long)?;
            if let Some(name) = wave.along.iter().find(|name| !corridors.contains(name.as_str())) {
                return check.refuse(format!("along names {name}, which is no [[corridor]] of this scenario"));
            }
            groups += wave.groups[1];
            if groups > GROUPS_MAX {
                return check.refuse(format!("{groups} groups in one night: expected at most {GROUPS_MAX}"));
            }
        }
        if let Some(officer) = &self.officer {
            let (check, officer) = (at(officer.span().start), officer.get_ref());
            check.span("attends_s", officer.attends_s, 0.0, 3600.0)?;
            check.range("ends_after_s", officer.ends_after_s, 0.0, 7200.0)?;
            check.range("order_s", officer.order_s, 0.1, 600.0)?;
            check.range("also_s", officer.also_s, 0.0, 600.0)?;
            check.range("mistakes", officer.mistakes, 0.0, 1.0)?;
        }
        let mut names = BTreeSet::new();
        let mut new = |check: &Check<'_>, name: &str| {
            if name.is_empty() || name == "every" || name.len() > 64 {
                return check.refuse(format!("name = {name:?}: expected 1 to 64 bytes other than `every`"));
            }
            if names.insert(name.to_owned()) { Ok(()) } else { check.refuse(format!("two sources are called {name}")) }
        };
        for monitor in &self.monitors {
            let (check, monitor) = (at(monitor.span().start), monitor.get_ref());
            new(&check, &monitor.name)?;
            check.range("trust", monitor.trust, 0.0, 1.0)?;
            check.range("every_min", monitor.every_min, 0.2, 240.0)?;
            check.span("delay_s", monitor.delay_s, 0.0, 3600.0)?;
            check.range("error_km", monitor.error_km, 0.0, 100.0)?;
            check.range("mistakes", monitor.mistakes, 0.0, 1.0)?;
            check.range("copies", monitor.copies, 0.0, 1.0)?;
            check.range("spoofs_per_hour", monitor.spoofs_per_hour, 0.0, 600.0)?;
            check.range("clock_s", monitor.clock_s, -3600.0, 3600.0)?;
        }
        for upstream in &self.upstreams {
            let (check, upstream) = (at(upstream.span().start), upstream.get_ref());
            new(&check, &upstream.name)?;
            check.range("every_s", f64::from(upstream.every_s), 5.0, 600.0)?;
            check.span("delay_s", upstream.delay_s, 0.0, 600.0)?;
        }
        for sensor in &self.sensors {
            let (check, sensor) = (at(sensor.span().start), sensor.get_ref());
            new(&check, &sensor.name)?;
            check.region(areas, &sensor.region)?;
            check.range("sites", f64::from(sensor.sites), 1.0, 200.0)?;
            check.range("range_km", sensor.range_km, 0.5, 400.0)?;
            check.range("every_s", f64::from(sensor.every_s), 2.0, 600.0)?;
            check.range("detection_p", sensor.detection_p, 0.01, 0.999)?;
            check.range("error", sensor.error, 0.05, 30.0)?;
            check.range("false_per_hour", sensor.false_per_hour, 0.0, 60.0)?;
            check.span("delay_s", sensor.delay_s, 0.0, 600.0)?;
            check.range("clock_s", sensor.clock_s, -3600.0, 3600.0)?;
            check.range("spoofs_per_hour", sensor.spoofs_per_hour, 0.0, 60.0)?;
            if sensor.watches == Some(true) && !matches!(sensor.is, SensorType::Radar | SensorType::Acoustic) {
                return check.refuse("watches: only a radar or an acoustic array looks all the time".to_owned());
            }
            let most = sensor.sites.saturating_mul(86_400 / sensor.every_s.max(1));
            if most > LOOKS_MAX {
                return check.refuse(format!("{most} looks a day of {}: expected at most {LOOKS_MAX}", sensor.name));
            }
        }
        for outage in &self.outages {
            let (check, outage) = (at(outage.span().start), outage.get_ref());
            check.span("span_min", outage.span_min, 0.0, 1440.0)?;
            if outage.source != "every" && !names.contains(&outage.source) {
                return check.refuse(format!("outage of {}, which is no source of this scenario", outage.source));
            }
        }
        if self.monitors.is_empty() && self.sensors.is_empty() {
            return head.refuse("nobody sees anything: expected a [[monitor]] or a [[sensor]]".to_owned());
        }
        Ok(())
    }
}

impl Wave {
    fn check(&self, check: &Check<'_>, areas: &AreaSet, minutes: f64) -> Result<(), ScenarioError> {
        use ThreatKind::{BallisticMissile, CruiseMissile, GuidedBomb, JetUav, ReconUav, Uav};
        if !matches!(self.kind, Uav | JetUav | ReconUav | CruiseMissile | BallisticMissile | GuidedBomb) {
            return check.refuse(format!("kind = {:?}: expected something that flies on a course", self.kind));
        }
        if self.groups[0] > self.groups[1] || self.groups[1] == 0 {
            return check
                .refuse(format!("groups = {:?}: expected the lesser first, and one at most zero", self.groups));
        }
        if self.size[0] == 0 || self.size[0] > self.size[1] || self.size[1] > 64 {
            return check.refuse(format!("size = {:?}: expected 1 to 64, the lesser first", self.size));
        }
        check.span("enter_min", self.enter_min, 0.0, minutes)?;
        if self.enter.is_empty() {
            return check.refuse("enter is empty: expected at least one region".to_owned());
        }
        for name in self.enter.iter().chain(&self.toward) {
            check.region(areas, name)?;
        }
        check.range("decoys", self.decoys, 0.0, 1.0)?;
        check.range("loiter", self.loiter, 0.0, 1.0)?;
        check.range("lost_per_hour", self.lost_per_hour, 0.0, 20.0)?;
        check.range("follow", self.follow, 0.0, 1.0)?;
        if !self.along.is_empty() && matches!(self.kind, BallisticMissile | GuidedBomb) {
            return check.refuse("along: what falls or glides follows no corridor".to_owned());
        }
        let slow = matches!(self.kind, Uav | ReconUav | JetUav);
        if self.loiter > 0.0 && !slow {
            return check.refuse("loiter: only drones circle".to_owned());
        }
        Ok(())
    }
}
