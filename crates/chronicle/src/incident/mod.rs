//! The incident: something that happened somewhere at some time, who says so, what shows it, and how sure that makes us.
//!
//! What comes in: accounts (words of sources) and evidence (what was seen, measured or found). What goes out: a [`Grade`] of
//! whether it happened, and apart from it an [`Attribution`] of who did it. What always holds: three outlets that quote one post
//! are one cluster; a claim of the harmed side alone attributes no higher than low; both sides go through the same lines.
//! The grades are those of Airwars, by rules that are written down: docs/reference/chronicle.md.

mod attribution;
mod grade;

pub use attribution::{Attribution, Basis, Confidence, attribute};
pub use grade::{Grade, Graded, Reason, by_rule, grade};

use crate::Quantity;
use model::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What kind of source speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceClass {
    /// A sensor of this house.
    OwnSensor,
    /// An officer of this house.
    DutyOfficer,
    /// A government or its forces.
    State,
    /// A region or a town.
    LocalAuthority,
    /// Firefighters, rescuers.
    Rescue,
    /// Police, prosecutors.
    Police,
    /// Hospitals.
    Medical,
    /// Press and broadcasters.
    Media,
    /// People who post.
    Social,
    /// A monitoring mission.
    Monitor,
}

/// What an account does with the incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// It happened, by its own knowledge.
    Asserted,
    /// Somebody else says that it happened.
    Reported,
    /// It did not happen, or not so.
    Denied,
    /// We did it.
    Admitted,
}

/// Words of one source about the incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Who speaks.
    pub source: String,
    /// What it is.
    pub class: SourceClass,
    /// The party it belongs to, if to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    /// Accounts that lean on one origin have one cluster; without it the source is its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// What it does.
    pub says: Says,
    /// Whom it blames.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blames: Option<String>,
    /// How many, of what the incident counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    /// The statement: its id or its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}

/// What shows the incident or who did it, other than words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shows {
    /// A launch was seen.
    Launch,
    /// A track from the party's side.
    Track,
    /// From which side it came.
    Direction,
    /// A weapon that one side alone uses.
    Weapon,
    /// It was shot down. That proves an incursion, and not who ordered it.
    Interception,
    /// Remains, craters, pictures that were placed.
    Physical,
    /// Our own sensor or officer.
    OwnObservation,
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Of what kind.
    pub shows: Shows,
    /// Who has it.
    pub source: String,
    /// As for accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// The party it points to, if to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
}

/// An exception of a regime that was considered, and with what result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Considered {
    /// The exception's id.
    pub exception: String,
    /// Whether it applies.
    pub applies: Applies,
    /// Why.
    pub why: String,
}

/// Whether an exception applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Applies {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// Nobody can say yet.
    Unclear,
}

/// A grade that people gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// Which.
    pub grade: Grade,
    /// Who: one, or for a grade that needs them two.
    pub by: Vec<String>,
    /// Why.
    pub why: String,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incident {
    /// Its name; versions of one incident have one.
    pub id: String,
    /// From 1. A later version replaces the earlier from `recorded_at` on and erases nothing.
    pub version: u32,
    /// When this version entered the record.
    pub recorded_at: Timestamp,
    /// From when to when.
    pub window: [Timestamp; 2],
    /// How far the window's clock may be off, seconds.
    pub clock_s: u32,
    /// When it was launched, if known and before the window.
    pub launched_at: Option<Timestamp>,
    /// Where, as a path from the widest area: `UA/Poltava`.
    pub area: String,
    /// Whether it was certainly there; `false` near a boundary.
    pub area_sure: bool,
    /// What it belongs to: `air`, `energy`, …; a drone on a substation is both.
    pub domains: BTreeSet<String>,
    /// What was struck or threatened, by class.
    pub objects: BTreeSet<String>,
    /// With what.
    pub weapons: BTreeSet<String>,
    /// How many things: shells, drones, attempts.
    pub quantity: Quantity,
    /// Harm and damage by field.
    pub harm: BTreeMap<String, Quantity>,
    /// Who says what.
    pub accounts: Vec<Account>,
    /// What shows it.
    pub evidence: Vec<Evidence>,
    /// Exceptions that were considered.
    pub considered: Vec<Considered>,
    /// Why it is known not to have happened.
    pub refuted: Option<String>,
    /// Its content is not public before.
    pub embargo_until: Option<Timestamp>,
    /// How people of this house graded it, where they did; it stands above the rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessed: Option<Assessment>,
}

impl Account {
    fn cluster(&self) -> &str {
        self.cluster.as_deref().unwrap_or(&self.source)
    }

    /// Whether it speaks for the incident.
    fn affirms(&self) -> bool {
        self.says != Says::Denied
    }
}

impl Evidence {
    fn cluster(&self) -> &str {
        self.cluster.as_deref().unwrap_or(&self.source)
    }
}

impl Incident {
    /// Independent origins that speak for it: accounts and evidence, each cluster once.
    #[must_use]
    pub fn clusters(&self) -> BTreeSet<&str> {
        let accounts = self.accounts.iter().filter(|it| it.affirms()).map(Account::cluster);
        accounts.chain(self.evidence.iter().map(Evidence::cluster)).collect()
    }
}
