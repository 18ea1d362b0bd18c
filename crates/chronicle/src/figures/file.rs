//! Claims as a TOML file, refused with the line and the reason.

use crate::reconcile::{Kind, Scope, Told};
use crate::written::{At, FileError, RawQuantity, Zone, line_of};
use jiff::tz::TimeZone;
use model::Timestamp;
use serde::Deserialize;
use std::collections::BTreeSet;
use toml::Spanned;

const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;
const VERSION: u32 = 1;
// Claims of one scope are compared each with each.
pub(crate) const CLAIMS_MAX: usize = 2_000;
const ALERTS_MAX: usize = 20_000;

/// Claims of many sources, and the alerts beside them.
#[derive(Debug, Clone)]
pub struct Claims {
    /// What a person calls it.
    pub name: String,
    /// The zone of its days.
    pub zone: TimeZone,
    /// Its name.
    pub zone_name: String,
    /// Its POSIX rule.
    pub zone_rule: String,
    /// In the order of the file.
    pub claims: Vec<Told>,
    /// Alerts of our own log: area and window.
    pub alerts: Vec<(String, [Timestamp; 2])>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Spanned<u32>,
    name: String,
    zone: Spanned<Zone>,
    #[serde(rename = "claim", default)]
    claims: Vec<Spanned<RawClaim>>,
    #[serde(rename = "alert", default)]
    alerts: Vec<Spanned<RawAlert>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClaim {
    id: String,
    source: String,
    #[serde(default)]
    cluster: Option<String>,
    #[serde(default)]
    as_of: Option<At>,
    kind: Kind,
    object: String,
    quantity: RawQuantity,
    #[serde(default)]
    attacker: Option<String>,
    #[serde(default)]
    child: bool,
    area: String,
    #[serde(default)]
    from: Option<At>,
    #[serde(default)]
    to: Option<At>,
    #[serde(default)]
    part_of: Option<String>,
    #[serde(default)]
    own: bool,
    words: String,
    #[serde(default)]
    statement: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAlert {
    area: String,
    from: At,
    to: At,
}

impl Claims {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// [`FileError`] with the line: unknown keys and kinds, half a window, a window the wrong way round, a part of a claim that is
    /// not there, more than the bounds.
    pub fn read(text: &str) -> Result<Self, FileError> {
        let refuse = |byte: usize, reason: String| Err(FileError { line: line_of(text, byte), reason });
        if text.len() > FILE_BYTES_MAX {
            return refuse(0, format!("{} bytes, at most {FILE_BYTES_MAX}", text.len()));
        }
        let file: File = toml::from_str(text).map_err(|error| FileError {
            line: error.span().map_or(1, |span| line_of(text, span.start)),
            reason: error.message().trim().replace('\n', "; "),
        })?;
        if *file.version.get_ref() != VERSION {
            let found = file.version.get_ref();
            return refuse(file.version.span().start, format!("version = {found}: expected {VERSION}"));
        }
        let zone = file.zone.get_ref().rule();
        let zone = match zone {
            Ok(zone) => zone,
            Err(why) => return refuse(file.zone.span().start, why),
        };
        if let Some(first) = file.claims.get(CLAIMS_MAX) {
            return refuse(first.span().start, format!("more than {CLAIMS_MAX} [[claim]]"));
        }
        if let Some(first) = file.alerts.get(ALERTS_MAX) {
            return refuse(first.span().start, format!("more than {ALERTS_MAX} [[alert]]"));
        }
        let mut names: BTreeSet<String> = BTreeSet::new();
        for claim in &file.claims {
            if !names.insert(claim.get_ref().id.clone()) {
                return refuse(claim.span().start, format!("claim {:?} is there already", claim.get_ref().id));
            }
        }
        let mut claims = Vec::with_capacity(file.claims.len());
        for spanned in file.claims {
            let at = spanned.span().start;
            let raw = spanned.into_inner();
            let window = match (raw.from, raw.to) {
                (Some(from), Some(to)) if from.0 <= to.0 => Some([from.0, to.0]),
                (None, None) => None,
                (Some(from), Some(to)) => return refuse(at, format!("from {} is after to {}", from.0, to.0)),
                _ => return refuse(at, "from and to stand together; without both the time is not resolved".to_owned()),
            };
            if let Some(whole) = raw.part_of.as_ref().filter(|it| !names.contains(*it) || **it == raw.id) {
                return refuse(at, format!("part_of {whole:?}: there is no such other claim"));
            }
            if raw.words.trim().is_empty() {
                return refuse(at, format!("claim {:?} has no words: a number is kept with what was said", raw.id));
            }
            let quantity = match raw.quantity.checked() {
                Ok(quantity) => quantity,
                Err(why) => return refuse(at, why),
            };
            claims.push(Told {
                id: raw.id,
                source: raw.source,
                cluster: raw.cluster,
                as_of: raw.as_of.map(|it| it.0),
                scope: Scope {
                    attacker: raw.attacker,
                    kind: raw.kind,
                    object: raw.object,
                    child: raw.child,
                    area: raw.area,
                    window,
                },
                quantity,
                part_of: raw.part_of,
                own: raw.own,
                words: raw.words,
                statement: raw.statement,
            });
        }
        let mut alerts = Vec::with_capacity(file.alerts.len());
        for spanned in file.alerts {
            let at = spanned.span().start;
            let RawAlert { area, from, to } = spanned.into_inner();
            if from.0 > to.0 {
                return refuse(at, format!("from {} is after to {}", from.0, to.0));
            }
            alerts.push((area, [from.0, to.0]));
        }
        let Zone { name: zone_name, posix: zone_rule } = file.zone.into_inner();
        Ok(Self { name: file.name, zone, zone_name, zone_rule, claims, alerts })
    }
}
