//! One dossier of the record: its items, each with every filing of it.

use super::people::{self, Reading};
use crate::ceasefire::{AlertSpan, Dossier};
use crate::figures::Claims;
use crate::incident::Incident;
use crate::reconcile::Told;
use crate::written::posix;
use model::{Content, Filing, FilingKind, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A filing with its place in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// Which entry.
    pub index: u64,
    /// When it entered the record.
    pub at: Timestamp,
    /// What was filed.
    pub filing: Filing,
}

impl Filed {
    /// What it says, when it says something.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.filing.content {
            Content::Told { text } | Content::Opened { text, .. } => Some(text),
            Content::Sealed { .. } | Content::Withdrawn { .. } => None,
        }
    }
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Which entry.
    pub index: u64,
    /// What is wrong with it, in words that fit after "failed to".
    pub what: String,
}

/// One thing with everything that was ever filed about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub kind: FilingKind,
    /// Its name.
    pub id: String,
    /// Oldest first; never empty.
    pub filed: Vec<Filed>,
}

impl Item {
    /// What stands: the last filing, unless that withdrew it or hides it.
    #[must_use]
    pub fn standing(&self) -> Option<&Filed> {
        self.filed.last().filter(|it| it.text().is_some())
    }
}

/// What a dossier is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Head {
    /// Of a ceasefire.
    Ceasefire { name: String, parties: Vec<String>, zone: String, zone_rule: String, cut_off_min: i16, salvo_s: u32 },
    /// Of claims.
    Claims { name: String, zone: String, zone_rule: String },
}

/// A seal, and whether it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seal {
    index: u64,
    opened: bool,
}

/// One dossier of the record.
#[derive(Debug, Default)]
pub struct Shelf {
    /// In the order in which they were first filed.
    items: Vec<Item>,
    by_key: BTreeMap<(FilingKind, String), usize>,
    seals: BTreeMap<String, Seal>,
}

impl Shelf {
    /// Takes a filing; what is wrong with it in words that fit after "failed to".
    pub(super) fn file(&mut self, filed: Filed) -> Result<(), String> {
        filed.filing.check()?;
        match &filed.filing.content {
            Content::Sealed { commitment, .. } => {
                self.seals.entry(commitment.clone()).or_insert(Seal { index: filed.index, opened: false });
            }
            Content::Opened { text, commitment, salt } => {
                let shown: String = commitment.chars().take(16).collect();
                let Some(seal) = self.seals.get_mut(commitment) else {
                    return Err(format!("open the seal {shown}: there is none of that name in the dossier"));
                };
                if super::commitment(salt, text) != *commitment {
                    return Err(format!("open the seal {shown}: the salt and the text do not hash to it"));
                }
                seal.opened = true;
            }
            Content::Told { .. } | Content::Withdrawn { .. } => {}
        }
        let key = (filed.filing.kind, filed.filing.id.clone());
        match self.by_key.get(&key) {
            Some(at) => self.items[*at].filed.push(filed),
            None if matches!(filed.filing.content, Content::Withdrawn { .. }) => {
                return Err(format!("withdraw {} {:?}: it was never filed", key.0.name(), key.1));
            }
            None => {
                self.by_key.insert(key.clone(), self.items.len());
                self.items.push(Item { kind: key.0, id: key.1, filed: vec![filed] });
            }
        }
        Ok(())
    }

    /// Every item, in the order in which it was first filed.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// One item.
    #[must_use]
    pub fn item(&self, kind: FilingKind, id: &str) -> Option<&Item> {
        self.by_key.get(&(kind, id.to_owned())).map(|at| &self.items[*at])
    }

    /// Whether this seal was opened; `None` when there is no such seal.
    #[must_use]
    pub fn opened(&self, commitment: &str) -> Option<bool> {
        self.seals.get(commitment).map(|seal| seal.opened)
    }

    /// Which entry of the record this seal is; `None` when there is no such seal. Of two seals of one thing the later one stands.
    #[must_use]
    pub fn sealed_at(&self, commitment: &str) -> Option<u64> {
        self.seals.get(commitment).map(|seal| seal.index)
    }

    /// Whether it is a dossier of a ceasefire.
    #[must_use]
    pub fn is_ceasefire(&self) -> bool {
        matches!(self.head(), Some(Head::Ceasefire { .. }))
    }

    /// What a person calls it.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        self.head().map(|head| match head {
            Head::Ceasefire { name, .. } | Head::Claims { name, .. } => name,
        })
    }

    fn head(&self) -> Option<Head> {
        serde_json::from_str(self.item(FilingKind::Head, "head")?.standing()?.text()?).ok()
    }

    /// Every standing thing of a kind.
    fn all<T: DeserializeOwned>(&self, kind: FilingKind, problems: &mut Vec<Problem>) -> Vec<T> {
        let mut found = Vec::new();
        for item in self.items.iter().filter(|it| it.kind == kind) {
            let Some(filed) = item.standing() else { continue };
            match serde_json::from_str(filed.text().unwrap_or_default()) {
                Ok(thing) => found.push(thing),
                Err(error) => problems.push(Problem {
                    index: filed.index,
                    what: format!("read {} {:?} of the dossier: {error}", kind.name(), item.id),
                }),
            }
        }
        found
    }

    /// An incident's versions that stand, with people's grades; and of each the item.
    #[must_use]
    pub fn incidents(&self) -> Vec<(&Item, Incident)> {
        let mut found: Vec<(&Item, Incident)> = Vec::new();
        for item in self.items.iter().filter(|it| it.kind == FilingKind::Incident) {
            let text = item.standing().and_then(Filed::text);
            if let Some(mut incident) = text.and_then(|it| serde_json::from_str::<Incident>(it).ok()) {
                incident.assessed = self.assessed(&incident.id, incident.version);
                found.push((item, incident));
            }
        }
        found
    }

    fn assessed(&self, incident: &str, version: u32) -> Option<crate::incident::Assessment> {
        people::assessment(self.item(FilingKind::Grade, &people::grade_id(incident, version))?)
    }

    /// Readings by people that stand.
    pub fn readings(&self) -> impl Iterator<Item = (&Item, Reading)> {
        self.items
            .iter()
            .filter(|it| it.kind == FilingKind::Reading)
            .filter_map(|it| Some((it, serde_json::from_str(it.standing()?.text()?).ok()?)))
    }

    /// The dossier of a ceasefire, with what of it could not be read; `None` when it is none.
    #[must_use]
    pub fn dossier(&self) -> Option<(Dossier, Vec<Problem>)> {
        let Head::Ceasefire { name, parties, zone, zone_rule, cut_off_min, salvo_s } = self.head()? else {
            return None;
        };
        let mut problems = Vec::new();
        let rule = self.zone(&zone_rule, &mut problems)?;
        let mut dossier = Dossier {
            name,
            parties,
            zone: rule,
            zone_name: zone,
            zone_rule,
            cut_off_min,
            salvo_s,
            versions: self.all(FilingKind::Regime, &mut problems),
            stances: self.all(FilingKind::Stance, &mut problems),
            incidents: self.all(FilingKind::Incident, &mut problems),
            sealed: self.seals.values().filter(|seal| !seal.opened).count(),
            coverage: self.all(FilingKind::Coverage, &mut problems),
            alerts: self.all::<AlertSpan>(FilingKind::Alert, &mut problems),
            counts: self.all(FilingKind::Count, &mut problems),
            measures: self.all(FilingKind::Measure, &mut problems),
        };
        for incident in &mut dossier.incidents {
            incident.assessed = self.assessed(&incident.id, incident.version);
        }
        self.keep_consistent(&mut dossier, &mut problems);
        Some((dossier, problems))
    }

    /// Leaves out what speaks of parties and texts that are not there: a file cannot, filings can.
    fn keep_consistent(&self, dossier: &mut Dossier, problems: &mut Vec<Problem>) {
        let (parties, versions) = (dossier.parties.clone(), &mut dossier.versions);
        let head = self.item(FilingKind::Head, "head").and_then(Item::standing).map_or(0, |it| it.index);
        let mut refuse = |what: String| problems.push(Problem { index: head, what });
        let party = |it: &String| parties.contains(it);
        versions.retain(|it| {
            let right = model::sha256(it.text.as_bytes()) == it.text_sha256;
            if !right {
                refuse(format!(
                    "use version {} of {:?}: its text does not hash to its own hash",
                    it.version, it.regime
                ));
            }
            right
        });
        let known = |it: &crate::ceasefire::Stance| {
            versions.iter().any(|text| text.regime == it.regime && text.version == it.version)
        };
        dossier.stances.retain(|it| {
            let right = party(&it.party) && known(it);
            if !right {
                refuse(format!("use a stance of {:?} to {:?}: no such party or text", it.party, it.regime));
            }
            right
        });
        dossier.counts.retain(|it| {
            let right = party(&it.party) && party(&it.accuses);
            if !right {
                refuse(format!("use a count of {:?} about {:?}: no such party", it.party, it.accuses));
            }
            right
        });
    }

    /// A dossier of claims; `None` when it is none.
    #[must_use]
    pub fn claims(&self) -> Option<(Claims, Vec<Problem>)> {
        let Head::Claims { name, zone, zone_rule } = self.head()? else { return None };
        let mut problems = Vec::new();
        let rule = self.zone(&zone_rule, &mut problems)?;
        let claims: Vec<Told> = self.all(FilingKind::Claim, &mut problems);
        let alerts: Vec<AlertSpan> = self.all(FilingKind::Alert, &mut problems);
        let alerts = alerts.into_iter().map(|AlertSpan { area, window }| (area, window)).collect();
        Some((Claims { name, zone: rule, zone_name: zone, zone_rule, claims, alerts }, problems))
    }

    fn zone(&self, rule: &str, problems: &mut Vec<Problem>) -> Option<jiff::tz::TimeZone> {
        posix(rule)
            .inspect_err(|why| {
                let index = self.item(FilingKind::Head, "head").and_then(Item::standing).map_or(0, |it| it.index);
                problems.push(Problem { index, what: format!("use the zone: {why}") });
            })
            .ok()
    }
}
