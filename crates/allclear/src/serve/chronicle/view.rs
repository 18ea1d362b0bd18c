//! The shapes of the chronicle's answers.

use chronicle::incident::{Account, Attribution, Considered, Evidence, Graded};
use chronicle::{Hedge, Quantity};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// A number with its hedge.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuantityView {
    /// The number as written; none where none was ("several").
    pub value: Option<u64>,
    /// The least that was said.
    pub low: u64,
    /// The most; none is open.
    pub high: Option<u64>,
    /// The words that made it less, or more, than a plain number, such as `more_than`.
    #[schema(value_type = Option<String>)]
    pub hedge: Option<Hedge>,
    /// Whether one number alone is meant.
    pub exact: bool,
}

impl From<&Quantity> for QuantityView {
    fn from(it: &Quantity) -> Self {
        Self { value: it.value, low: it.low, high: it.high, hedge: it.hedge, exact: it.exact }
    }
}

/// A claim that the grammar read in a statement: bytes `start` to `end` of its text.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimView {
    /// `launched`, `intercepted`, `lost`, `hit`, `damaged`, `killed`, `wounded` or `other`.
    #[schema(value_type = String)]
    pub kind: chronicle::claims::ClaimKind,
    /// What is counted, such as `strike_drone`.
    pub object: &'static str,
    /// How many.
    #[serde(flatten)]
    pub quantity: QuantityView,
    /// Only children.
    pub child: bool,
    /// Whose weapon it was.
    #[schema(value_type = String)]
    pub attacker: chronicle::claims::Side,
    /// Where, in English; none is everywhere, a list, or not known.
    pub place: Option<&'static str>,
    /// The text's own words for when.
    pub time_ref: Option<String>,
    /// Of `other`: what.
    pub detail: Option<&'static str>,
    /// First byte of the words it was read from, and the one after the last.
    pub start: usize,
    /// The one after the last.
    pub end: usize,
}

/// A quantity that was not fully understood.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnparsedView {
    /// First byte.
    pub start: usize,
    /// The one after the last.
    pub end: usize,
    /// What is missing.
    pub reason: &'static str,
    /// What a person decided about it: `read` or `set_aside`.
    pub decided: Option<&'static str>,
}

/// Words of time, and what they mean where the day of publication is known.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimeWordsView {
    /// As written.
    pub words: String,
    /// First byte.
    pub start: usize,
    /// The one after the last.
    pub end: usize,
    /// From when; none is not known.
    pub from: Option<String>,
    /// To when.
    pub to: Option<String>,
}

/// Something that was said.
#[derive(Debug, Serialize, ToSchema)]
pub struct SaidView {
    /// The statement.
    pub id: String,
    /// Its entry in the record.
    pub index: u64,
    /// Who speaks.
    pub source: String,
    /// The words.
    pub text: String,
    /// When it was published; without it nobody knows when it was said.
    pub published_at: Option<String>,
    /// When a copy was made. Never a date of what it says.
    pub captured_at: Option<String>,
    /// What its document says of the date.
    pub dated: Option<String>,
    /// Where it can be read.
    pub address: Option<String>,
    /// Whose words are passed on.
    pub forwarded_from: Option<String>,
    /// Posts of its thread may be missing.
    pub gaps: bool,
    /// The later wording that replaces it.
    pub superseded_by: Option<String>,
    /// Why its text could not be read.
    pub refused: Option<String>,
    /// What the grammar read: claims of this source, no findings.
    pub claims: Vec<ClaimView>,
    /// What it left for a person.
    pub unparsed: Vec<UnparsedView>,
    /// Words of time.
    pub windows: Vec<TimeWordsView>,
}

/// Something that happened: an alert of this house, or an incident by its sources.
#[derive(Debug, Serialize, ToSchema)]
pub struct HappenedView {
    /// `alert` or `incident`.
    pub what: &'static str,
    /// Its number or its name.
    pub id: String,
    /// From when.
    pub from: String,
    /// To when; none while an alert is in force.
    pub to: Option<String>,
    /// Code of the community, or the incident's path.
    pub area: String,
    /// The area in Ukrainian.
    pub name_uk: String,
    /// The area in English.
    pub name_en: String,
    /// Level of an alert; weapons of an incident.
    pub detail: Option<String>,
    /// An incident's grade.
    pub grade: Option<&'static str>,
}

/// What was said, and what happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineView {
    /// Size of the record.
    pub seq: u64,
    /// The instant.
    pub as_of: String,
    /// Statements published in the span, oldest first; then those of unknown date, newest in the record last.
    pub said: Vec<SaidView>,
    /// Alerts and incidents in the span, oldest first.
    pub happened: Vec<HappenedView>,
    /// There is more than fits one answer.
    pub cut: bool,
}

/// A person's grade.
#[derive(Debug, Serialize, ToSchema)]
pub struct GradeView {
    /// Who.
    pub by: String,
    /// Which; none when it was taken back.
    pub grade: Option<&'static str>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: String,
    /// Its entry in the record.
    pub index: u64,
}

/// One wording of one version of an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentVersion {
    /// From 1.
    pub version: Option<u32>,
    /// When that version was recorded, by its own word.
    pub recorded_at: Option<String>,
    /// Its entry in the record.
    pub index: u64,
    /// When it entered the record.
    pub at: String,
    /// Who filed it.
    pub by: String,
    /// Why it was withdrawn.
    pub withdrawn: Option<String>,
    /// The hash of what is under seal.
    pub commitment: Option<String>,
    /// Until when it is not public.
    pub embargo_until: Option<String>,
    /// From when to when it happened.
    pub window: Option<[String; 2]>,
    /// How far that clock may be off, seconds.
    pub clock_s: Option<u32>,
    /// Where.
    pub area: Option<String>,
    /// What it belongs to.
    pub domains: BTreeSet<String>,
    /// What was struck or threatened.
    pub objects: BTreeSet<String>,
    /// With what.
    pub weapons: BTreeSet<String>,
    /// How many things.
    pub quantity: Option<QuantityView>,
    /// Harm and damage by field.
    pub harm: BTreeMap<String, QuantityView>,
    /// How sure it is that it happened, and by which rules or people.
    #[schema(value_type = Option<Object>)]
    pub graded: Option<Graded>,
    /// Grades that people gave, oldest first.
    pub judged: Vec<GradeView>,
    /// Who did it, apart from whether it happened.
    #[schema(value_type = Option<Object>)]
    pub attribution: Option<Attribution>,
    /// Independent origins that speak for it.
    pub clusters: Option<usize>,
    /// Who says what.
    #[schema(value_type = Vec<Object>)]
    pub accounts: Vec<Account>,
    /// What shows it.
    #[schema(value_type = Vec<Object>)]
    pub evidence: Vec<Evidence>,
    /// Exceptions that were considered.
    #[schema(value_type = Vec<Object>)]
    pub considered: Vec<Considered>,
    /// Why it is known not to have happened.
    pub refuted: Option<String>,
    /// Alerts of this house in that area at that time: observations beside the words, and no proof of what happened.
    pub alerts: Vec<AlertSpanView>,
}

/// An alert of this house, by its area.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertSpanView {
    /// Where, as a path.
    pub area: String,
    /// From when.
    pub from: String,
    /// To when, or until now.
    pub to: String,
}

/// One incident, every wording, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentView {
    /// Size of the record.
    pub seq: u64,
    /// The instant.
    pub as_of: String,
    /// `dossier:id`.
    pub id: String,
    /// Newest first.
    pub versions: Vec<IncidentVersion>,
}

/// One incident in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentRow {
    /// `dossier:id`; of a sealed one `dossier:sealed/…`.
    pub id: String,
    /// The newest version.
    pub version: Option<u32>,
    /// Its newest entry in the record.
    pub index: u64,
    /// From when to when.
    pub window: Option<[String; 2]>,
    /// Where.
    pub area: Option<String>,
    /// With what.
    pub weapons: BTreeSet<String>,
    /// How sure.
    #[schema(value_type = Option<Object>)]
    pub graded: Option<Graded>,
    /// The hash of what is under seal.
    pub commitment: Option<String>,
    /// Until when it is not public.
    pub embargo_until: Option<String>,
    /// It was withdrawn.
    pub withdrawn: bool,
}

/// Incidents, by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentsView {
    /// Size of the record.
    pub seq: u64,
    /// The instant.
    pub as_of: String,
    /// At most `limit`.
    pub incidents: Vec<IncidentRow>,
    /// What to give as `after` for the next ones.
    pub next: Option<String>,
}

/// A ceasefire in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegimeRow {
    /// The dossier.
    pub id: String,
    /// What a person calls it.
    pub name: String,
    /// Whether it is in force at this instant: `yes`, `no` or `disputed`, by its regime that is most in force.
    pub overall: &'static str,
}

/// Ceasefires.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegimesView {
    /// Size of the record.
    pub seq: u64,
    /// The instant.
    pub as_of: String,
    /// By name of the dossier.
    pub regimes: Vec<RegimeRow>,
    /// Entries of the record that could not be read, with why.
    pub problems: Vec<String>,
}

/// One ceasefire.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegimeView {
    /// Size of the record.
    pub seq: u64,
    /// The instant.
    pub as_of: String,
    /// The dossier.
    pub id: String,
    /// What `allclear report ceasefire --json` gives: docs/reference/chronicle.md.
    #[schema(value_type = Object)]
    pub report: chronicle::ceasefire::Report,
    /// What of the dossier could not be read, with why.
    pub problems: Vec<String>,
}

/// Figures of a span.
#[derive(Debug, Serialize, ToSchema)]
pub struct FiguresView {
    /// Size of the record.
    pub seq: u64,
    /// The instant.
    pub as_of: String,
    /// Claims beyond what is worked out at once: in no figure.
    pub left_out: usize,
    /// What `allclear report night|week|month --json` gives: docs/reference/chronicle.md.
    #[schema(value_type = Object)]
    pub figures: chronicle::figures::Figures,
}

/// A quantity that waits for a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuantityItem {
    /// The statement.
    pub statement: String,
    /// Who speaks.
    pub source: String,
    /// When it was published.
    pub published_at: Option<String>,
    /// The statement's words.
    pub text: String,
    /// First byte of the quantity in them.
    pub start: usize,
    /// The one after the last.
    pub end: usize,
    /// What is missing.
    pub reason: &'static str,
}

/// An incident that waits for a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentItem {
    /// `dossier:id`.
    pub id: String,
    /// The newest version.
    pub version: Option<u32>,
    /// Where.
    pub area: Option<String>,
    /// From when to when.
    pub window: Option<[String; 2]>,
    /// The grade it has now.
    pub grade: Option<&'static str>,
    /// Whether it is under seal.
    pub sealed: bool,
    /// Until when it is not public.
    pub embargo_until: Option<String>,
    /// Who graded it *confirmed* or spoke for an early end of its embargo, and waits for a second person.
    pub waits: Vec<String>,
}

/// What waits for people.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueView {
    /// Size of the record.
    pub seq: u64,
    /// The instant.
    pub as_of: String,
    /// Who asks.
    pub reviewer: String,
    /// What this person may do: `read`, `grade`, `publish`.
    pub may: Vec<&'static str>,
    /// Quantities, oldest in the record first.
    pub quantities: Vec<QuantityItem>,
    /// Incidents without a person's grade that are weak or contested, those that wait for a second person, and sealed ones.
    pub incidents: Vec<IncidentItem>,
    /// There is more than fits one answer.
    pub cut: bool,
}

/// What an import came to.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct ImportReceipt {
    /// Size of the record after it.
    pub seq: u64,
    /// As what it was read.
    pub form: &'static str,
    /// Things that were put into the record.
    pub new: usize,
    /// Of these, instead of an earlier wording.
    pub revised: usize,
    /// Things that the record had word for word.
    pub known: usize,
    /// Of the new ones, under seal.
    pub sealed: usize,
    /// Things of the record that are not in the document. They stay.
    pub absent: usize,
    /// What of the document could not be read, with place and reason.
    pub refused: Vec<String>,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// A decision that is in the record.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionReceipt {
    /// Its entry.
    pub index: u64,
    /// Size of the record after it.
    pub seq: u64,
    /// `done`, or `waits` for a second person.
    pub outcome: &'static str,
    /// What it waits for.
    pub detail: Option<String>,
}
