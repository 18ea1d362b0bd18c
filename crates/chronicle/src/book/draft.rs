//! A dossier as filings: what a file says, cut into things that are filed one by one, and which of them are new.

use super::shelf::{Head, Shelf};
use crate::FileError;
use crate::ceasefire::{AlertSpan, Dossier};
use crate::figures::Claims;
use model::{Content, Filing, FilingKind, Status, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One thing to be filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it is.
    pub kind: FilingKind,
    /// Its name within dossier and kind.
    pub id: String,
    /// Canonical JSON.
    pub text: String,
    /// Not public before.
    pub embargo_until: Option<Timestamp>,
}

/// What a seal hides, and what opens it: kept beside the record, for its owner alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// The hash in the record.
    pub commitment: String,
    /// What was hashed before the text.
    pub salt: String,
    /// Until when.
    pub until: Timestamp,
    /// Which dossier.
    pub dossier: String,
    /// What it is.
    pub kind: FilingKind,
    /// Its name.
    pub id: String,
    /// The text.
    pub text: String,
}

/// The hash that stands in the record for a sealed text: SHA-256 of the salt, a line feed and the text.
#[must_use]
pub fn commitment(salt: &str, text: &str) -> String {
    model::sha256(format!("{salt}\n{text}").as_bytes())
}

impl Sealed {
    /// The filing that hides it.
    #[must_use]
    pub fn seal(&self, status: Status, by: &str) -> Filing {
        let short = self.commitment.get(..16).unwrap_or(&self.commitment);
        Filing {
            status,
            dossier: self.dossier.clone(),
            kind: self.kind,
            id: format!("sealed/{short}"),
            by: by.to_owned(),
            content: Content::Sealed { commitment: self.commitment.clone(), until: self.until },
        }
    }

    /// The filing that opens it.
    #[must_use]
    pub fn open(&self, status: Status, by: &str) -> Filing {
        Filing {
            status,
            dossier: self.dossier.clone(),
            kind: self.kind,
            id: self.id.clone(),
            by: by.to_owned(),
            content: Content::Opened {
                text: self.text.clone(),
                commitment: self.commitment.clone(),
                salt: self.salt.clone(),
            },
        }
    }
}

/// What of an import is new.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    /// To be filed, in the order of the file.
    pub new: Vec<Filing>,
    /// To be kept beside the record, before the filings are.
    pub sealed: Vec<Sealed>,
    /// Things that the record has word for word.
    pub known: usize,
    /// Of `new`: things that the record has in another wording.
    pub revised: usize,
    /// Things of the record that are not in the file. They stay.
    pub absent: Vec<(FilingKind, String)>,
}

struct Drafts {
    made: Vec<Draft>,
    names: BTreeMap<(FilingKind, String), u32>,
}

impl Drafts {
    fn push<T: Serialize>(&mut self, kind: FilingKind, id: String, thing: &T, embargo_until: Option<Timestamp>) {
        let count = self.names.entry((kind, id.clone())).or_default();
        *count += 1;
        let id = if *count == 1 { id } else { format!("{id}#{count}") };
        // Numbers, texts and lists only: there is nothing that JSON could not write.
        let text = serde_json::to_string(thing).unwrap_or_default();
        self.made.push(Draft { kind, id, text, embargo_until });
    }
}

/// A file of the chronicle as filings: a dossier names its parties, claims have none.
///
/// # Errors
/// As the readers of the two files: [`Dossier::read`], [`Claims::read`].
pub fn read_file(text: &str) -> Result<Vec<Draft>, FileError> {
    let parties = text
        .lines()
        .take_while(|line| !line.trim_start().starts_with("[["))
        .any(|line| line.trim_start().strip_prefix("parties").is_some_and(|rest| rest.trim_start().starts_with('=')));
    if parties { Dossier::read(text).map(|it| drafts(&it)) } else { Claims::read(text).map(|it| drafts_of_claims(&it)) }
}

/// A ceasefire's dossier as filings. Things without a name of their own are named by what they are about.
#[must_use]
pub fn drafts(dossier: &Dossier) -> Vec<Draft> {
    let mut drafts = Drafts { made: Vec::new(), names: BTreeMap::new() };
    let head = Head::Ceasefire {
        name: dossier.name.clone(),
        parties: dossier.parties.clone(),
        zone: dossier.zone_name.clone(),
        zone_rule: dossier.zone_rule.clone(),
        cut_off_min: dossier.cut_off_min,
        salvo_s: dossier.salvo_s,
    };
    drafts.push(FilingKind::Head, "head".into(), &head, None);
    for it in &dossier.versions {
        drafts.push(FilingKind::Regime, format!("{}/v{}", it.regime, it.version), it, None);
    }
    for it in &dossier.stances {
        let id = format!("{}/v{}/{}/{}", it.regime, it.version, it.party, it.at);
        drafts.push(FilingKind::Stance, id, it, None);
    }
    for it in &dossier.incidents {
        drafts.push(FilingKind::Incident, format!("{}/v{}", it.id, it.version), it, it.embargo_until);
    }
    for it in &dossier.coverage {
        let id = format!("{}/{}/{}", it.area, it.window[0], it.window[1]);
        drafts.push(FilingKind::Coverage, id, it, None);
    }
    alerts(&mut drafts, &dossier.alerts);
    for it in &dossier.counts {
        let id = format!("{}/{}/{}/{}", it.party, it.unit, it.window[0], it.window[1]);
        drafts.push(FilingKind::Count, id, it, None);
    }
    for it in &dossier.measures {
        drafts.push(FilingKind::Measure, format!("{}/{}/{}", it.by, it.kind, it.at), it, None);
    }
    drafts.made
}

/// A file of claims as filings.
#[must_use]
pub fn drafts_of_claims(claims: &Claims) -> Vec<Draft> {
    let mut drafts = Drafts { made: Vec::new(), names: BTreeMap::new() };
    let head =
        Head::Claims { name: claims.name.clone(), zone: claims.zone_name.clone(), zone_rule: claims.zone_rule.clone() };
    drafts.push(FilingKind::Head, "head".into(), &head, None);
    for it in &claims.claims {
        drafts.push(FilingKind::Claim, it.id.clone(), it, None);
    }
    let spans: Vec<AlertSpan> =
        claims.alerts.iter().map(|(area, window)| AlertSpan { area: area.clone(), window: *window }).collect();
    alerts(&mut drafts, &spans);
    drafts.made
}

fn alerts(drafts: &mut Drafts, alerts: &[AlertSpan]) {
    for it in alerts {
        drafts.push(FilingKind::Alert, format!("{}/{}", it.area, it.window[0]), it, None);
    }
}

/// Where a dossier is filed, and by whom.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    /// Which world.
    pub status: Status,
    /// The dossier's name.
    pub dossier: &'a str,
    /// Who files it.
    pub by: &'a str,
    /// The instant: an embargo that is over seals nothing.
    pub now: Timestamp,
}

/// Compares drafts with what the record has of the dossier. `kept` is what lies sealed beside the record; `salt` gives a new secret each
/// time it is asked.
#[must_use]
pub fn settle(
    shelf: Option<&Shelf>,
    drafts: Vec<Draft>,
    kept: &[Sealed],
    desk: Desk<'_>,
    mut salt: impl FnMut() -> String,
) -> Settled {
    let mut settled = Settled::default();
    let mut named: BTreeSet<(FilingKind, String)> = BTreeSet::new();
    for Draft { kind, id, text, embargo_until } in drafts {
        named.insert((kind, id.clone()));
        let item = shelf.and_then(|shelf| shelf.item(kind, &id));
        if item.and_then(|it| it.standing()?.text()).is_some_and(|it| it == text) {
            settled.known += 1;
            continue;
        }
        let under_seal = |it: &&Sealed| it.dossier == desk.dossier && it.kind == kind && it.id == id;
        let filed = |it: &Sealed| shelf.and_then(|shelf| shelf.sealed_at(&it.commitment));
        let of_record = kept.iter().filter(under_seal).filter_map(|it| Some((filed(it)?, it)));
        let latest = of_record.max_by_key(|(index, _)| *index).map(|(_, it)| it);
        let embargo = embargo_until.filter(|until| desk.now < *until);
        if embargo.is_some() && latest.is_some_and(|it| it.text == text) {
            settled.known += 1;
            continue;
        }
        settled.revised += usize::from(item.is_some() || latest.is_some());
        if let Some(until) = embargo {
            // What an import kept that was cut off before its seal was in the record: the same seal is filed now.
            let begun = |it: &&Sealed| under_seal(it) && filed(it).is_none() && it.text == text && it.until == until;
            let sealed = kept.iter().find(begun).cloned().unwrap_or_else(|| {
                let salt = salt();
                let commitment = commitment(&salt, &text);
                Sealed {
                    commitment,
                    salt,
                    until,
                    dossier: desk.dossier.to_owned(),
                    kind,
                    id: id.clone(),
                    text: text.clone(),
                }
            });
            settled.new.push(sealed.seal(desk.status, desk.by));
            settled.sealed.push(sealed);
            continue;
        }
        settled.new.push(Filing {
            status: desk.status,
            dossier: desk.dossier.to_owned(),
            kind,
            id,
            by: desk.by.to_owned(),
            content: Content::Told { text },
        });
    }
    let of_people =
        |kind| matches!(kind, FilingKind::Reading | FilingKind::Aside | FilingKind::Grade | FilingKind::Lift);
    let items = shelf.map(Shelf::items).unwrap_or_default();
    settled.absent = items
        .iter()
        .filter(|it| !of_people(it.kind) && it.standing().is_some() && !named.contains(&(it.kind, it.id.clone())))
        .map(|it| (it.kind, it.id.clone()))
        .collect();
    settled
}
