//! What is taken from a text: claims, what stayed unparsed, and why a text was refused.

use crate::class;
use crate::quantity::Quantity;
use serde::{Deserialize, Serialize};

/// What happened to the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// Fired, used, attacked with, detected in the air.
    Launched,
    /// Shot down, destroyed in the air, suppressed.
    Intercepted,
    /// Lost from location tracking, jammed, astray.
    Lost,
    /// A weapon that hit, or a place that was hit.
    Hit,
    /// Things.
    Damaged,
    /// People.
    Killed,
    /// People.
    Wounded,
    /// Anything else that is counted; see [`Claim::detail`].
    Other,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names are the words of the annotation guide.
pub enum Object {
    DroneAny,
    StrikeDrone,
    Shahed,
    Decoy,
    ReconDrone,
    FpvDrone,
    MissileAny,
    CruiseMissile,
    BallisticMissile,
    AeroballisticMissile,
    AntiaircraftMissile,
    BombAny,
    GuidedBomb,
    Rocket,
    ResidentialBuilding,
    PrivateHouse,
    School,
    Kindergarten,
    Church,
    Museum,
    Shop,
    Vehicle,
    Outbuilding,
    Business,
    EnergyInfrastructure,
    Hospital,
    Location,
    Settlement,
    Household,
    Person,
    Explosion,
    Fire,
    Strike,
    Shelling,
    Assault,
    CeasefireViolation,
    /// Hits whose weapon the sentence before names; never in a claim.
    #[serde(skip)]
    Hits,
}

impl Object {
    const NAMES: [(&'static str, Self); 36] = [
        ("drone_any", Self::DroneAny),
        ("strike_drone", Self::StrikeDrone),
        ("shahed", Self::Shahed),
        ("decoy", Self::Decoy),
        ("recon_drone", Self::ReconDrone),
        ("fpv_drone", Self::FpvDrone),
        ("missile_any", Self::MissileAny),
        ("cruise_missile", Self::CruiseMissile),
        ("ballistic_missile", Self::BallisticMissile),
        ("aeroballistic_missile", Self::AeroballisticMissile),
        ("antiaircraft_missile", Self::AntiaircraftMissile),
        ("bomb_any", Self::BombAny),
        ("guided_bomb", Self::GuidedBomb),
        ("rocket", Self::Rocket),
        ("residential_building", Self::ResidentialBuilding),
        ("private_house", Self::PrivateHouse),
        ("school", Self::School),
        ("kindergarten", Self::Kindergarten),
        ("church", Self::Church),
        ("museum", Self::Museum),
        ("shop", Self::Shop),
        ("vehicle", Self::Vehicle),
        ("outbuilding", Self::Outbuilding),
        ("business", Self::Business),
        ("energy_infrastructure", Self::EnergyInfrastructure),
        ("hospital", Self::Hospital),
        ("location", Self::Location),
        ("settlement", Self::Settlement),
        ("household", Self::Household),
        ("person", Self::Person),
        ("explosion", Self::Explosion),
        ("fire", Self::Fire),
        ("strike", Self::Strike),
        ("shelling", Self::Shelling),
        ("assault", Self::Assault),
        ("ceasefire_violation", Self::CeasefireViolation),
    ];

    /// The object of a name as written in JSON; `hits` is the lexicon's own.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        if name == "hits" {
            return Some(Self::Hits);
        }
        Self::NAMES.iter().find(|(it, _)| *it == name).map(|(_, object)| *object)
    }

    /// The name as written in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, object)| *object == self).map_or("hits", |(name, _)| name)
    }

    /// The widest class it belongs to.
    #[must_use]
    pub fn root(self) -> Self {
        Self::named(class::root(self.name())).unwrap_or(self)
    }

    /// Flies and is meant to harm.
    #[must_use]
    pub fn is_weapon(self) -> bool {
        self <= Self::Rocket
    }

    /// Can be damaged.
    #[must_use]
    pub fn is_thing(self) -> bool {
        (Self::ResidentialBuilding..=Self::Hospital).contains(&self)
    }

    /// Can be hit without being a thing.
    #[must_use]
    pub fn is_place(self) -> bool {
        (Self::Location..=Self::Household).contains(&self)
    }

    /// Is counted by itself.
    #[must_use]
    pub fn is_event(self) -> bool {
        (Self::Explosion..=Self::CeasefireViolation).contains(&self)
    }
}

/// Whose weapon it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Side {
    /// Russia.
    Ru,
    /// Ukraine.
    Ua,
}

impl Side {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Ru => Self::Ua,
            Self::Ua => Self::Ru,
        }
    }
}

/// How badly a thing was damaged, where the words say more than "damaged".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Destroyed, burned out.
    Destroyed,
}

/// Which rule read which bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The rule's name, as listed in docs/reference/claims.md.
    pub rule: &'static str,
    /// First byte of the words in the text.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// One quantity of one object under one kind, as said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// What happened.
    pub kind: ClaimKind,
    /// What is counted.
    pub object: Object,
    /// How many.
    #[serde(flatten)]
    pub quantity: Quantity,
    /// Where, in English; `None` is everywhere, a list, or not known.
    pub place: Option<&'static str>,
    /// The text's own words for when. Never resolved.
    pub time_ref: Option<String>,
    /// Children.
    pub child: bool,
    /// Whose weapon it was.
    pub attacker: Side,
    /// The claim of this text that this one is a part of: its position in the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<usize>,
    /// Of things.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Of [`ClaimKind::Other`]: `left_airspace`, `still_airborne`, `not_intercepted`, `debris`, `missing`, `rescued`, `power`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<&'static str>,
    /// What was read, in the order of reading.
    pub trace: Vec<Step>,
}

/// A quantity that was not fully understood: a person has to look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unparsed {
    /// First byte of the words in the text.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// The words.
    pub text: String,
    /// What is missing: `object`, `kind`, `mixed`, `antecedent`, `number`, `unreal`, `negated`, `exception`, `ambiguous`, `distribution`,
    /// `withdrawn` ("earlier reports of"), `elsewhere` (another war), `accident`, `unclosed` (a script that nothing closes: the rest was not read).
    pub reason: &'static str,
}

/// The language of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tongue {
    /// English.
    En,
    /// Ukrainian.
    Uk,
    /// Russian.
    Ru,
}

/// Why a text was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimsError {
    /// Longer than [`TEXT_BYTES_MAX`](super::TEXT_BYTES_MAX).
    #[error("read a text of {bytes} bytes: at most {max} are read; split it")]
    Size {
        /// Its length.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// Neither English, nor Ukrainian, nor Russian.
    #[error("read the language: expected English, Ukrainian or Russian")]
    Language,
}

impl ClaimsError {
    /// The name of the reason.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Size { .. } => "size",
            Self::Language => "language",
        }
    }
}

/// What a text says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// The language most of it is in.
    pub lang: Tongue,
    /// The text has no letter і where its language needs one: it was damaged on its way, and is read without it.
    pub lost_letters: bool,
    /// In the order of the text.
    pub claims: Vec<Claim>,
    /// In the order of the text.
    pub unparsed: Vec<Unparsed>,
    /// Claims of the headline, and the claim of the body that says otherwise of the same: positions in the list. Both stay.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contradictions: Vec<[usize; 2]>,
}
