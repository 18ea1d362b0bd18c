//! The log of one ceasefire: every dated thing that anybody said or did about it.

use crate::Quantity;
use crate::incident::Incident;
use jiff::tz::TimeZone;
use model::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a clause protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Domain {
    /// Missiles, drones, bombs, aircraft.
    Air,
    /// Ships and what is done from them.
    Sea,
    /// The line of contact.
    Frontline,
    /// Energy objects.
    Energy,
    /// Ports and their roads.
    Ports,
    /// Civilian objects.
    Civilian,
}

impl Domain {
    /// Every domain.
    pub const ALL: [Self; 6] = [Self::Air, Self::Sea, Self::Frontline, Self::Energy, Self::Ports, Self::Civilian];

    /// Its name in files and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Air => "air",
            Self::Sea => "sea",
            Self::Frontline => "frontline",
            Self::Energy => "energy",
            Self::Ports => "ports",
            Self::Civilian => "civilian",
        }
    }
}

/// One thing that is forbidden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Its name within the regime.
    pub id: String,
    /// What it protects.
    pub domain: Domain,
    /// Classes of objects; empty is every one.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub objects: BTreeSet<String>,
    /// What it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// What is allowed nevertheless.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Its name.
    pub id: String,
    /// What it says.
    pub words: String,
}

/// One version of a regime's text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// The regime.
    pub regime: String,
    /// From 1.
    pub version: u32,
    /// When this text was known.
    pub at: Timestamp,
    /// Whose reading it is, when the parties read it differently.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading_of: Option<String>,
    /// Who proposed it.
    pub proposer: String,
    /// The text.
    pub text: String,
    /// SHA-256 of the text.
    pub text_sha256: String,
    /// What is forbidden.
    pub clauses: Vec<Clause>,
    /// Where, as paths; empty is everywhere.
    pub area: Vec<String>,
    /// From when; without it from acceptance on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Timestamp>,
    /// It begins for nobody before every party has accepted it.
    pub all_accept: bool,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Timestamp>,
    /// How long after every party accepted, in hours, when there is no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<u32>,
    /// Uncertainty of clocks and flight times at start and end, seconds.
    pub grace_s: u32,
    /// How it may be extended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// What frees a party.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// Who watches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitor: Option<String>,
    /// What is allowed nevertheless.
    pub exceptions: Vec<Exception>,
}

/// What somebody said, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Who.
    pub source: String,
    /// What, in short.
    pub words: String,
    /// A statement's id or an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// How a party stands to a regime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// It proposes.
    Proposed,
    /// It accepts.
    Accepted,
    /// It accepts if its conditions are met.
    AcceptedWith,
    /// It refuses.
    Rejected,
    /// It was asked and said nothing.
    Silent,
    /// It no longer accepts.
    Withdrawn,
}

/// A stance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stance {
    /// Whose.
    pub party: String,
    /// To which regime.
    pub regime: String,
    /// To which version of it.
    pub version: u32,
    /// Which.
    pub position: Position,
    /// What it waits for; for [`Position::AcceptedWith`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// When.
    pub at: Timestamp,
    /// By whose words.
    pub statement: Words,
}

/// Hours in which somebody could have seen a breach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// Where.
    pub area: String,
    /// From when to when.
    pub window: [Timestamp; 2],
    /// When this was recorded.
    pub recorded_at: Timestamp,
    /// Sensor-hours in the window.
    pub sensor_hours: u32,
    /// People who reported.
    pub reporters: u32,
    /// Whether the feed of alerts was up.
    pub alert_feed: bool,
    /// What was watched; empty is everything that a regime protects.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub domains: BTreeSet<Domain>,
}

/// An alert of our own log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertSpan {
    /// Where.
    pub area: String,
    /// From when to when.
    pub window: [Timestamp; 2],
}

/// A part of a party's count in a unit that others use too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Common unit: `shelling`, `assault`, ….
    pub unit: String,
    /// How many.
    pub quantity: Quantity,
    /// The party's own name of it.
    pub words: String,
    /// It is a part of this other part, and not added again.
    pub within: Option<String>,
}

/// What a party counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// Who counts.
    pub party: String,
    /// Whose breaches.
    pub accuses: String,
    /// When it was said.
    pub at: Timestamp,
    /// Of which time.
    pub window: [Timestamp; 2],
    /// Where.
    pub area: String,
    /// The party's own unit.
    pub unit: String,
    /// How many.
    pub quantity: Quantity,
    /// In common units.
    pub parts: Vec<Part>,
    /// By whose words.
    pub statement: Words,
}

/// A sanction, a pledge or another dated thing on the same timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What kind: `sanction`, `pledge`, `talks`, ….
    pub kind: String,
    /// By whose words.
    pub statement: Words,
}

/// Everything about one ceasefire.
#[derive(Debug, Clone)]
pub struct Dossier {
    /// What a person calls it.
    pub name: String,
    /// Who must keep it.
    pub parties: Vec<String>,
    /// The zone of its days.
    pub zone: TimeZone,
    /// Its name for people.
    pub zone_name: String,
    /// Its POSIX rule.
    pub zone_rule: String,
    /// When a day begins, minutes after local midnight.
    pub cut_off_min: i16,
    /// Incidents on one place within so many seconds are one breach.
    pub salvo_s: u32,
    /// Every version of every regime, in the order of the file.
    pub versions: Vec<Version>,
    /// Every stance.
    pub stances: Vec<Stance>,
    /// Every version of every incident.
    pub incidents: Vec<Incident>,
    /// Incidents that the record holds under seal: counted, and not told.
    pub sealed: usize,
    /// Who watched when.
    pub coverage: Vec<Coverage>,
    /// Alerts of our own log.
    pub alerts: Vec<AlertSpan>,
    /// The parties' own counts.
    pub counts: Vec<Count>,
    /// Everything else with a date.
    pub measures: Vec<Measure>,
}

/// Whether `inner` lies in `outer`: the same path, or one below it.
pub(super) fn within(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
