//! The dossier as a TOML file: checked before anything is worked out from it, and refused with the line and the reason.

use super::dossier::{
    AlertSpan, Clause, Count, Coverage, Domain, Dossier, Exception, Measure, Part, Position, Stance, Version, Words,
};
use crate::Quantity;
use crate::incident::{Account, Considered, Evidence, Incident};
use crate::written::{At, FileError, RawQuantity, Zone, line_of};
use model::Timestamp;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// Largest file, in bytes.
pub(crate) const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;
const VERSION: u32 = 1;
const PARTIES_MAX: usize = 8;
const VERSIONS_MAX: usize = 64;
const STANCES_MAX: usize = 2_000;
const INCIDENTS_MAX: usize = 20_000;
const SPANS_MAX: usize = 5_000;
const COUNTS_MAX: usize = 200;
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Units that counts of different parties may be mapped to.
const UNITS: [&str; 10] = [
    "assault",
    "shelling",
    "drone_strike",
    "drone_launched",
    "air_strike",
    "missile_strike",
    "munition_drop",
    "small_arms",
    "incursion",
    "mine_laying",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Spanned<u32>,
    name: String,
    parties: Spanned<Vec<String>>,
    zone: Spanned<Zone>,
    #[serde(default)]
    cut_off: Option<Spanned<String>>,
    #[serde(default = "hour")]
    salvo_s: u32,
    #[serde(rename = "regime", default)]
    regimes: Vec<Spanned<RawVersion>>,
    #[serde(rename = "stance", default)]
    stances: Vec<Spanned<RawStance>>,
    #[serde(rename = "incident", default)]
    incidents: Vec<Spanned<RawIncident>>,
    #[serde(default)]
    coverage: Vec<Spanned<RawCoverage>>,
    #[serde(rename = "alert", default)]
    alerts: Vec<Spanned<RawAlert>>,
    #[serde(rename = "count", default)]
    counts: Vec<Spanned<RawCount>>,
    #[serde(rename = "measure", default)]
    measures: Vec<Spanned<RawMeasure>>,
}

const fn hour() -> u32 {
    3_600
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawVersion {
    id: String,
    version: u32,
    at: At,
    #[serde(default)]
    reading_of: Option<String>,
    proposer: String,
    text: String,
    #[serde(default)]
    area: Vec<String>,
    #[serde(default)]
    start: Option<At>,
    #[serde(default)]
    all_accept: bool,
    #[serde(default)]
    end: Option<At>,
    #[serde(default)]
    hours: Option<u32>,
    #[serde(default = "grace")]
    grace_s: u32,
    #[serde(default)]
    extension: Option<String>,
    #[serde(default)]
    release: Option<String>,
    #[serde(default)]
    monitor: Option<String>,
    #[serde(rename = "clause", default)]
    clauses: Vec<Clause>,
    #[serde(rename = "exception", default)]
    exceptions: Vec<Exception>,
}

const fn grace() -> u32 {
    600
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStance {
    party: String,
    regime: String,
    version: u32,
    says: Position,
    #[serde(default)]
    conditions: Vec<String>,
    at: At,
    statement: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAccount {
    source: String,
    class: crate::incident::SourceClass,
    #[serde(default)]
    party: Option<String>,
    #[serde(default)]
    cluster: Option<String>,
    says: crate::incident::Says,
    #[serde(default)]
    blames: Option<String>,
    #[serde(default)]
    quantity: Option<RawQuantity>,
    #[serde(default)]
    statement: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIncident {
    id: String,
    #[serde(default = "first")]
    version: u32,
    recorded_at: At,
    from: At,
    to: At,
    #[serde(default)]
    clock_s: u32,
    #[serde(default)]
    launched_at: Option<At>,
    area: String,
    #[serde(default = "yes")]
    area_sure: bool,
    domains: BTreeSet<Domain>,
    #[serde(default)]
    objects: BTreeSet<String>,
    #[serde(default)]
    weapons: BTreeSet<String>,
    #[serde(default = "one")]
    quantity: RawQuantity,
    #[serde(default)]
    harm: BTreeMap<String, RawQuantity>,
    #[serde(rename = "account", default)]
    accounts: Vec<RawAccount>,
    #[serde(default)]
    evidence: Vec<Evidence>,
    #[serde(default)]
    considered: Vec<Considered>,
    #[serde(default)]
    refuted: Option<String>,
    #[serde(default)]
    embargo_until: Option<At>,
}

const fn first() -> u32 {
    1
}

const fn yes() -> bool {
    true
}

const fn one() -> RawQuantity {
    RawQuantity::Plain(1)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCoverage {
    area: String,
    from: At,
    to: At,
    #[serde(default)]
    recorded_at: Option<At>,
    #[serde(default)]
    sensor_hours: u32,
    #[serde(default)]
    reporters: u32,
    #[serde(default)]
    alert_feed: bool,
    #[serde(default)]
    domains: BTreeSet<Domain>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAlert {
    area: String,
    from: At,
    to: At,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPart {
    unit: String,
    quantity: RawQuantity,
    words: String,
    #[serde(default)]
    within: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCount {
    party: String,
    accuses: String,
    at: At,
    from: At,
    to: At,
    area: String,
    unit: String,
    quantity: RawQuantity,
    #[serde(rename = "part", default)]
    parts: Vec<RawPart>,
    statement: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMeasure {
    at: At,
    by: String,
    kind: String,
    statement: Words,
}

/// Where something stands, for refusals.
struct Place<'a> {
    text: &'a str,
    byte: usize,
}

impl Place<'_> {
    fn refuse<T>(&self, reason: impl Into<String>) -> Result<T, FileError> {
        Err(FileError { line: line_of(self.text, self.byte), reason: reason.into() })
    }

    fn window(&self, from: Timestamp, to: Timestamp) -> Result<[Timestamp; 2], FileError> {
        if from > to { self.refuse(format!("from {from} is after to {to}")) } else { Ok([from, to]) }
    }

    fn quantity(&self, raw: RawQuantity) -> Result<Quantity, FileError> {
        raw.checked().or_else(|why| self.refuse(why))
    }
}

impl Dossier {
    /// Reads and checks a dossier.
    ///
    /// # Errors
    /// [`FileError`] with the line and what would have been right: unknown keys, unknown parties, regimes and versions,
    /// stances before their text, windows the wrong way round, more than the bounds.
    pub fn read(text: &str) -> Result<Self, FileError> {
        if text.len() > FILE_BYTES_MAX {
            return Err(FileError { line: 1, reason: format!("{} bytes, at most {FILE_BYTES_MAX}", text.len()) });
        }
        let file: File = toml::from_str(text).map_err(|error| FileError {
            line: error.span().map_or(1, |span| line_of(text, span.start)),
            reason: error.message().trim().replace('\n', "; "),
        })?;
        Reader { text, parties: file.parties.get_ref().clone() }.dossier(file)
    }
}

struct Reader<'a> {
    text: &'a str,
    parties: Vec<String>,
}

impl Reader<'_> {
    fn at<T>(&self, spanned: &Spanned<T>) -> Place<'_> {
        Place { text: self.text, byte: spanned.span().start }
    }

    fn bounded<T>(&self, of: &[Spanned<T>], what: &str, limit: usize) -> Result<(), FileError> {
        match of.get(limit) {
            Some(first) => self.at(first).refuse(format!("more than {limit} [[{what}]]")),
            None => Ok(()),
        }
    }

    fn party(&self, place: &Place<'_>, party: &str) -> Result<(), FileError> {
        if self.parties.iter().any(|it| it == party) {
            return Ok(());
        }
        place.refuse(format!("{party:?} is no party here; expected one of {}", self.parties.join(", ")))
    }

    fn dossier(&self, file: File) -> Result<Dossier, FileError> {
        let head = self.at(&file.version);
        if *file.version.get_ref() != VERSION {
            return head.refuse(format!("version = {}: expected {VERSION}", file.version.get_ref()));
        }
        let distinct: BTreeSet<&String> = self.parties.iter().collect();
        let reserved = ["common", "-", ""];
        if self.parties.len() < 2
            || self.parties.len() > PARTIES_MAX
            || distinct.len() != self.parties.len()
            || self.parties.iter().any(|it| reserved.contains(&it.as_str()))
        {
            let expected = format!("expected 2 to {PARTIES_MAX} different names, none of them \"common\" or \"-\"");
            return self.at(&file.parties).refuse(format!("parties: {expected}"));
        }
        let zone = file.zone.get_ref().rule().or_else(|why| self.at(&file.zone).refuse(why))?;
        let cut_off_min = match &file.cut_off {
            None => 0,
            Some(cut) => match minutes(cut.get_ref()) {
                Some(minutes) => minutes,
                None => return self.at(cut).refuse(format!("cut_off {:?}: expected HH:MM", cut.get_ref())),
            },
        };
        self.bounded(&file.regimes, "regime", VERSIONS_MAX)?;
        self.bounded(&file.stances, "stance", STANCES_MAX)?;
        self.bounded(&file.incidents, "incident", INCIDENTS_MAX)?;
        self.bounded(&file.coverage, "coverage", SPANS_MAX)?;
        self.bounded(&file.alerts, "alert", SPANS_MAX)?;
        self.bounded(&file.counts, "count", COUNTS_MAX)?;
        self.bounded(&file.measures, "measure", STANCES_MAX)?;
        if file.regimes.is_empty() {
            return head.refuse("there is no [[regime]]");
        }
        let mut dossier = Dossier {
            name: file.name,
            parties: self.parties.clone(),
            zone,
            zone_name: file.zone.get_ref().name.clone(),
            zone_rule: file.zone.get_ref().posix.clone(),
            cut_off_min,
            salvo_s: file.salvo_s,
            versions: Vec::new(),
            stances: Vec::new(),
            incidents: Vec::new(),
            sealed: 0,
            coverage: Vec::new(),
            alerts: Vec::new(),
            counts: Vec::new(),
            measures: Vec::new(),
        };
        for raw in file.regimes {
            let version = self.version(raw, &dossier.versions)?;
            dossier.versions.push(version);
        }
        for raw in file.stances {
            let stance = self.stance(raw, &dossier.versions)?;
            dossier.stances.push(stance);
        }
        let mut seen: BTreeSet<(String, u32)> = BTreeSet::new();
        for raw in file.incidents {
            let incident = self.incident(raw, &mut seen)?;
            dossier.incidents.push(incident);
        }
        for raw in file.coverage {
            let place = self.at(&raw);
            let raw = raw.get_ref();
            let window = place.window(raw.from.0, raw.to.0)?;
            dossier.coverage.push(Coverage {
                area: raw.area.clone(),
                window,
                recorded_at: raw.recorded_at.unwrap_or(raw.to).0,
                sensor_hours: raw.sensor_hours,
                reporters: raw.reporters,
                alert_feed: raw.alert_feed,
                domains: raw.domains.clone(),
            });
        }
        for raw in file.alerts {
            let window = self.at(&raw).window(raw.get_ref().from.0, raw.get_ref().to.0)?;
            dossier.alerts.push(AlertSpan { area: raw.into_inner().area, window });
        }
        for raw in file.counts {
            dossier.counts.push(self.count(raw)?);
        }
        dossier.measures = file
            .measures
            .into_iter()
            .map(Spanned::into_inner)
            .map(|RawMeasure { at, by, kind, statement }| Measure { at: at.0, by, kind, statement })
            .collect();
        Ok(dossier)
    }

    fn version(&self, raw: Spanned<RawVersion>, before: &[Version]) -> Result<Version, FileError> {
        let place = Place { text: self.text, byte: raw.span().start };
        let raw = raw.into_inner();
        if let Some(party) = &raw.reading_of {
            self.party(&place, party)?;
        }
        if raw.text.trim().is_empty() || raw.text.len() > TEXT_BYTES_MAX {
            return place.refuse(format!("text: expected 1 to {TEXT_BYTES_MAX} bytes"));
        }
        if before.iter().any(|it| it.regime == raw.id && it.version == raw.version) {
            return place.refuse(format!("version {} of {:?} is there already", raw.version, raw.id));
        }
        if raw.clauses.is_empty() {
            return place.refuse(format!("{:?} forbids nothing: expected a [[regime.clause]]", raw.id));
        }
        let ids: BTreeSet<&String> = raw.clauses.iter().map(|it| &it.id).collect();
        if ids.len() != raw.clauses.len() {
            return place.refuse(format!("two clauses of {:?} have one id", raw.id));
        }
        if let (Some(start), Some(end)) = (raw.start, raw.end) {
            place.window(start.0, end.0)?;
        }
        if raw.end.is_some() && raw.hours.is_some() {
            return place.refuse("end and hours exclude each other");
        }
        Ok(Version {
            regime: raw.id,
            version: raw.version,
            at: raw.at.0,
            reading_of: raw.reading_of,
            proposer: raw.proposer,
            text_sha256: model::sha256(raw.text.as_bytes()),
            text: raw.text,
            clauses: raw.clauses,
            area: raw.area,
            start: raw.start.map(|it| it.0),
            all_accept: raw.all_accept,
            end: raw.end.map(|it| it.0),
            hours: raw.hours,
            grace_s: raw.grace_s,
            extension: raw.extension,
            release: raw.release,
            monitor: raw.monitor,
            exceptions: raw.exceptions,
        })
    }

    fn stance(&self, raw: Spanned<RawStance>, versions: &[Version]) -> Result<Stance, FileError> {
        let place = Place { text: self.text, byte: raw.span().start };
        let raw = raw.into_inner();
        self.party(&place, &raw.party)?;
        let Some(version) = versions.iter().find(|it| it.regime == raw.regime && it.version == raw.version) else {
            return place.refuse(format!("there is no version {} of a regime {:?}", raw.version, raw.regime));
        };
        if raw.at.0 < version.at {
            return place.refuse(format!("a stance of {} to a text that was known at {}", raw.at.0, version.at));
        }
        if (raw.says == Position::AcceptedWith) == raw.conditions.is_empty() {
            return place.refuse("conditions belong to accepted_with, and to nothing else");
        }
        let RawStance { party, regime, version, says: position, conditions, at, statement } = raw;
        Ok(Stance { party, regime, version, position, conditions, at: at.0, statement })
    }

    fn incident(&self, raw: Spanned<RawIncident>, seen: &mut BTreeSet<(String, u32)>) -> Result<Incident, FileError> {
        let place = Place { text: self.text, byte: raw.span().start };
        let raw = raw.into_inner();
        if !seen.insert((raw.id.clone(), raw.version)) {
            return place.refuse(format!("version {} of incident {:?} is there already", raw.version, raw.id));
        }
        if raw.accounts.is_empty() && raw.evidence.is_empty() {
            return place.refuse(format!("incident {:?} has neither an account nor evidence", raw.id));
        }
        let window = place.window(raw.from.0, raw.to.0)?;
        if raw.recorded_at.0 < raw.from.0 {
            return place.refuse(format!("incident {:?} was recorded before it began", raw.id));
        }
        if raw.domains.is_empty() {
            return place.refuse(format!("incident {:?} has no domain", raw.id));
        }
        let mut accounts = Vec::with_capacity(raw.accounts.len());
        for account in raw.accounts {
            let RawAccount { source, class, party, cluster, says, blames, quantity, statement } = account;
            for party in [&party, &blames].into_iter().flatten() {
                self.party(&place, party)?;
            }
            let quantity = quantity.map(|it| place.quantity(it)).transpose()?;
            accounts.push(Account { source, class, party, cluster, says, blames, quantity, statement });
        }
        for party in raw.evidence.iter().filter_map(|it| it.party.as_ref()) {
            self.party(&place, party)?;
        }
        let mut harm = BTreeMap::new();
        for (field, quantity) in raw.harm {
            harm.insert(field, place.quantity(quantity)?);
        }
        Ok(Incident {
            id: raw.id,
            version: raw.version,
            recorded_at: raw.recorded_at.0,
            window,
            clock_s: raw.clock_s,
            launched_at: raw.launched_at.map(|it| it.0),
            area: raw.area,
            area_sure: raw.area_sure,
            domains: raw.domains.iter().map(|it| it.name().to_owned()).collect(),
            objects: raw.objects,
            weapons: raw.weapons,
            quantity: place.quantity(raw.quantity)?,
            harm,
            accounts,
            evidence: raw.evidence,
            considered: raw.considered,
            refuted: raw.refuted,
            embargo_until: raw.embargo_until.map(|it| it.0),
            assessed: None,
        })
    }

    fn count(&self, raw: Spanned<RawCount>) -> Result<Count, FileError> {
        let place = Place { text: self.text, byte: raw.span().start };
        let raw = raw.into_inner();
        self.party(&place, &raw.party)?;
        self.party(&place, &raw.accuses)?;
        let units: BTreeSet<String> = raw.parts.iter().map(|it| it.unit.clone()).collect();
        let mut parts = Vec::with_capacity(raw.parts.len());
        for part in raw.parts {
            if !UNITS.contains(&part.unit.as_str()) {
                return place.refuse(format!("unit {:?} is no common one; expected {}", part.unit, UNITS.join(", ")));
            }
            if let Some(whole) = part.within.as_ref().filter(|it| !units.contains(*it)) {
                return place.refuse(format!("within {whole:?}: no part has that unit"));
            }
            let quantity = place.quantity(part.quantity)?;
            parts.push(Part { unit: part.unit, quantity, words: part.words, within: part.within });
        }
        Ok(Count {
            party: raw.party,
            accuses: raw.accuses,
            at: raw.at.0,
            window: place.window(raw.from.0, raw.to.0)?,
            area: raw.area,
            unit: raw.unit,
            quantity: place.quantity(raw.quantity)?,
            parts,
            statement: raw.statement,
        })
    }
}

/// "19:30" as minutes.
fn minutes(text: &str) -> Option<i16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |digits: &str, limit: i16| {
        let two = digits.len() == 2 && digits.bytes().all(|it| it.is_ascii_digit());
        digits.parse::<i16>().ok().filter(|n| two && *n < limit)
    };
    Some(number(hours, 24)? * 60 + number(minutes, 60)?)
}
