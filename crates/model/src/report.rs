//! The report: what a source said, as it said it, with what could be read of it and what could not.

use crate::alert::{AlertLevel, AlertType};
use crate::measurement::{Bearing, Plot, Presence, SystemTrack, Traffic};
use crate::place::{Code, Level, Position};
use crate::threat::{Act, CompassPoint, ThreatKind};
use crate::time::Timestamp;
use crate::{ReportId, SourceId};
use serde::{Deserialize, Serialize};

/// Longest text of one report, in bytes. A Telegram post is at most 4,096 characters.
pub const TEXT_BYTES_MAX: usize = 16 * 1024;
/// Most items one report may hold.
pub const ITEMS_MAX: usize = 256;

/// Which world a message belongs to (CAP 1.2 `status`). The two never mix: a mixed message is refused at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The real world.
    Actual,
    /// An exercise, a demonstration, a simulation.
    Exercise,
}

/// What one source said at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Unique within its source; a second report with the same id and source is a repetition.
    pub id: ReportId,
    /// Who said it.
    pub source: SourceId,
    /// Which world.
    pub status: Status,
    /// When it was said (post time); `<= received_at + SKEW_MS_MAX`.
    pub observed_at: Timestamp,
    /// When it reached us.
    pub received_at: Timestamp,
    /// The words as they came, when it was text. At most [`TEXT_BYTES_MAX`] bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What was read of it, in the order of the text.
    pub items: Vec<Item>,
    /// What could not be read, and why. Never silently dropped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refusal>,
}

/// One thing a report says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "item", rename_all = "snake_case")]
pub enum Item {
    /// About a threat.
    Threat(ThreatItem),
    /// Raise or end an alert: an order when its source is official, only a claim otherwise.
    Order(Order),
    /// A position measured by a radar-like sensor.
    Plot(Plot),
    /// A direction without a distance.
    Bearing(Bearing),
    /// Something is near a sensor.
    Presence(Presence),
    /// A track that another system has made.
    SystemTrack(SystemTrack),
    /// An aircraft that says who it is.
    Traffic(Traffic),
}

/// A statement about a threat, every place resolved to a code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThreatItem {
    /// What kind.
    pub kind: ThreatKind,
    /// What is said of it.
    pub act: Act,
    /// How many.
    pub count: Count,
    /// Where it is (or was last seen, or passes).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceRef>,
    /// Which part of `place` ("на півночі Сумщини").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place_part: Option<CompassPoint>,
    /// On which side of `place` ("на північ від Черкас").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place_side: Option<CompassPoint>,
    /// Whether `place` is only passed ("повз", "через").
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub via: bool,
    /// The region of the heading or the text that the item stands under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Code>,
    /// Where it comes from. Never a target.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origin: Vec<Origin>,
    /// Degrees clockwise from north it moves toward; several where the message names several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub directions_deg: Vec<u16>,
    /// The message says that the course changes ("курс змінний").
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub course_variable: bool,
    /// Places it moves toward or threatens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<PlaceRef>,
    /// Which rule read each field, with the bytes it read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trace: Vec<Trace>,
}

impl ThreatItem {
    /// One of `kind`, of which nothing else is said.
    pub const fn of(kind: ThreatKind, act: Act) -> Self {
        Self {
            kind,
            act,
            count: Count::exactly(1),
            place: None,
            place_part: None,
            place_side: None,
            via: false,
            region: None,
            origin: Vec::new(),
            directions_deg: Vec::new(),
            course_variable: false,
            targets: Vec::new(),
            trace: Vec::new(),
        }
    }
}

/// How many, as an interval with the word that was used. `low >= 1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// At least so many.
    pub low: u16,
    /// At most so many; `None` when the message leaves it open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<u16>,
    /// The word when it was not a number: `plural`, `several`, `group`, `several groups`, `many`, ….
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
}

impl Count {
    /// Exactly `n`.
    pub const fn exactly(n: u16) -> Self {
        Self { low: n, high: Some(n), word: None }
    }
}

/// A place of the area set, with enough to use it without the set: the record stays readable alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceRef {
    /// Its code.
    pub code: Code,
    /// Its level.
    pub level: Level,
    /// Its name as the gazetteer writes it in Ukrainian, with its type for a region ("Сумська область").
    pub name: String,
    /// Centre, WGS 84.
    pub centre: Position,
    /// Radius about the centre that holds the place, in kilometres; honest about an unplaced settlement.
    pub radius_km: f64,
}

/// Where something comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A place of the area set.
    Place(PlaceRef),
    /// A side of the compass ("з півдня").
    Compass(CompassPoint),
    /// A place abroad or at sea, by its name in Ukrainian ("Курська область", "Чорне море").
    Beyond(String),
}

/// Raise or end an alert for a community.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Raise or end.
    pub act: OrderAct,
    /// For whom. An end for a community also ends what stands below it from the same source.
    pub community: Code,
    /// Of what type.
    pub alert_type: AlertType,
    /// Level when it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<AlertLevel>,
    /// Reasons when they were told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<ThreatKind>,
    /// Which rule read each field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trace: Vec<Trace>,
}

/// What an order does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderAct {
    /// The alert begins, or changes its level or reasons.
    Raise,
    /// The alert ends. Only words that say so are read as an end.
    End,
}

/// Something that was said but could not be read safely.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Stable name of the reason, such as `unknown_place` or `ambiguous_place`.
    pub reason: String,
    /// A sentence that fits after "failed to": names the thing, the value and what would have been right.
    pub detail: String,
    /// First byte in the text.
    pub start: u32,
    /// One past the last byte in the text.
    pub end: u32,
}

/// Which rule read which bytes into which field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// Field of the item, such as `place`.
    pub field: String,
    /// Stable rule name, such as `place.near`.
    pub rule: String,
    /// First byte in the text.
    pub start: u32,
    /// One past the last byte in the text.
    pub end: u32,
}
