//! ukrainealarm (and siren.pp.ua, its keyless copy): `/api/v3/alerts` and `/api/v3/alerts/status`.
//!
//! What comes in: a body's bytes and the instant of its receipt. What goes out: [`Snapshot`], or why the body was
//! refused whole. What always holds: an alert that a region inherits from its parents is kept once, at its own
//! `regionId`; an air alert without a level is red; an entry that cannot be read stays an alert at its gravest
//! reading; a region that cannot be found is a refusal and a doubt, never a clear. The service gives no time of the
//! whole picture, and the latest `lastUpdate` goes back when its region becomes calm: the instant of receipt stands
//! for it. Shapes: docs/reference/upstreams.md.

use crate::error::{WireError, quoted};
use crate::upstream::region::{Named, Regions, TEST_UID};
use crate::upstream::{ALERTS_MAX, BODY_BYTES_MAX, Doubt, Draft, Snapshot, json, time};
use model::{AlertLevel, AlertType, AreaSet, Code, ThreatKind, Timestamp, UpstreamAlert};
use serde_json::Value;
use std::collections::BTreeMap;

/// Reads `/api/v3/alerts`.
///
/// The publication of the service's own push channel (`{"alerts": [...]}`) is read as well.
pub fn decode(bytes: &[u8], areas: &AreaSet, received_at: Timestamp) -> Result<Snapshot, WireError> {
    let body = json::parse(bytes, BODY_BYTES_MAX)?;
    let Some(entries) = body.as_array().or_else(|| body.get("alerts")?.as_array()) else {
        return Err(WireError::shape("$", json::kind(&body), "a list of regions, empty when all is calm"));
    };
    let alerts: usize =
        entries.iter().map(|entry| json::list(entry, "activeAlerts").map_or(1, <[_]>::len).max(1)).sum();
    if alerts > ALERTS_MAX {
        return Err(WireError::large("$", format!("{alerts} alerts"), format!("at most {ALERTS_MAX}")));
    }

    let regions = Regions::new(areas);
    let titles = entries.iter().filter_map(|entry| Some((region_id(entry)?, json::text(entry, "regionName")?)));
    let titles: BTreeMap<u32, &str> = titles.collect();
    let mut reading = Reading { draft: Draft::default(), regions: &regions, titles, received_at };
    for (n, entry) in entries.iter().enumerate() {
        reading.region(entry, &format!("$[{n}]"));
    }
    Ok(reading.draft.finish(received_at))
}

/// Reads `/api/v3/alerts/status`: a number that changes whenever any alert does.
pub fn decode_status(bytes: &[u8]) -> Result<i64, WireError> {
    let body = json::parse(bytes, BODY_BYTES_MAX)?;
    let index = match body.get("lastActionIndex") {
        Some(Value::Number(n)) => n.as_i64(),
        Some(Value::String(s)) => s.trim().parse().ok(),
        _ => None,
    };
    index.ok_or_else(|| WireError::shape("$.lastActionIndex", json::kind(&body), "a whole number"))
}

struct Reading<'a> {
    draft: Draft,
    regions: &'a Regions<'a>,
    /// Names of the regions listed, so that an inherited alert finds its own region's.
    titles: BTreeMap<u32, &'a str>,
    received_at: Timestamp,
}

impl Reading<'_> {
    fn region(&mut self, entry: &Value, path: &str) {
        if !entry.is_object() {
            let detail = format!("read {path}: found {}, expected a region", json::kind(entry));
            return self.draft.refuse("wrong_shape", detail, Doubt::Anywhere);
        }
        let listed = Named { uid: region_id(entry), title: json::text(entry, "regionName"), ..Named::default() };
        if listed.uid == Some(TEST_UID) {
            let detail = format!("use {path}: it is the service's test region, which warns nobody");
            return self.draft.note("test_region", detail);
        }
        let here = self.regions.resolve(listed);
        let alerts = match json::list(entry, "activeAlerts") {
            Ok(alerts) => alerts,
            Err(found) => {
                let detail = format!("read {path}.activeAlerts: found {found}, expected a list of alerts");
                let doubt = here.map_or_else(|doubt| doubt, Doubt::Within);
                return self.draft.refuse("wrong_shape", detail, doubt);
            }
        };
        for (n, alert) in alerts.iter().enumerate() {
            self.alert(alert, &format!("{path}.activeAlerts[{n}]"), listed, here);
        }
    }

    fn alert(&mut self, alert: &Value, path: &str, listed: Named<'_>, here: Result<Code, Doubt>) {
        let own = region_id(alert);
        if own == Some(TEST_UID) {
            return self.draft.note("test_region", format!("use {path}: it is the service's test region"));
        }
        let word = json::text(alert, "type").unwrap_or_default();
        if word.eq_ignore_ascii_case("INFO") {
            let detail = format!("raise {path}: type INFO is information, not an alert");
            return self.draft.note("information", detail);
        }
        let inherited = own.is_some() && own != listed.uid;
        let community = if inherited {
            let title = own.and_then(|uid| self.titles.get(&uid).copied());
            let found = self.regions.resolve(Named { uid: own, title, ..Named::default() });
            // Inherited means from above: whatever it is, it lies in the region's oblast or is the oblast.
            found.map_err(|doubt| here.ok().and_then(|code| self.regions.oblast_of(code)).map_or(doubt, Doubt::Within))
        } else {
            here
        };
        let community = match community {
            Ok(code) => code,
            Err(doubt) => {
                let uid = own.or(listed.uid).map_or_else(|| "none".to_owned(), |uid| uid.to_string());
                let title = quoted(listed.title.unwrap_or_default());
                let detail = format!(
                    "find the region of {path}: regionId {uid} under {title}; expected one of the area set \
                     (import the service's region catalogue for hromada numbers)"
                );
                return self.draft.refuse("unknown_region", detail, doubt);
            }
        };

        let (alert_type, gravest) = self.alert_type(word, path);
        let (level, kinds, opened_at) = self.levels(alert, path);
        let level = match (level, alert_type) {
            _ if gravest => Some(AlertLevel::Red),
            (None, AlertType::AirRaid) => Some(AlertLevel::Red),
            (level, _) => level,
        };
        let changed_at = self.read_time(alert, "lastUpdate", path);
        let started_at = opened_at.or(changed_at).unwrap_or(self.received_at).min(self.received_at);
        self.draft.alert(UpstreamAlert { community, alert_type, level, kinds, started_at });
    }

    /// The type, and whether it could not be read so that the gravest was taken.
    fn alert_type(&mut self, word: &str, path: &str) -> (AlertType, bool) {
        let known = match word.to_ascii_uppercase().as_str() {
            "AIR" => AlertType::AirRaid,
            "ARTILLERY" => AlertType::ArtilleryShelling,
            "URBAN_FIGHTS" => AlertType::UrbanFights,
            "CHEMICAL" => AlertType::Chemical,
            "NUCLEAR" => AlertType::Nuclear,
            _ => {
                let detail = format!("read {path}.type: found {}, taken as a red air raid", quoted(word));
                self.draft.note("unknown_alert_type", detail);
                return (AlertType::AirRaid, true);
            }
        };
        (known, false)
    }

    /// The gravest level open, the kinds its reasons name, and when the first was opened.
    fn levels(&mut self, alert: &Value, path: &str) -> (Option<AlertLevel>, Vec<ThreatKind>, Option<Timestamp>) {
        let levels = json::list(alert, "activeAlertLevels").unwrap_or_else(|found| {
            let detail = format!("read {path}.activeAlertLevels: found {found}, expected a list");
            self.draft.note("wrong_shape", detail);
            &[]
        });
        let (mut gravest, mut kinds, mut opened_at) = (None, Vec::new(), None::<Timestamp>);
        for (n, open) in levels.iter().enumerate() {
            let path = format!("{path}.activeAlertLevels[{n}]");
            let level = match json::text(open, "alertLevel").unwrap_or_default() {
                word if word.eq_ignore_ascii_case("yellow") => AlertLevel::Yellow,
                word if word.eq_ignore_ascii_case("red") => AlertLevel::Red,
                other => {
                    let detail = format!("read {path}.alertLevel: found {}, taken as red", quoted(other));
                    self.draft.note("unknown_level", detail);
                    AlertLevel::Red
                }
            };
            gravest = gravest.max(Some(level));
            kinds.extend(kinds_of_reason(json::text(open, "reason").unwrap_or_default()));
            if let Some(at) = self.read_time(open, "createdAt", &path) {
                opened_at = Some(opened_at.map_or(at, |before| before.min(at)));
            }
        }
        (gravest, kinds, opened_at)
    }

    fn read_time(&mut self, of: &Value, field: &str, path: &str) -> Option<Timestamp> {
        let read = time::read(json::text(of, field)?);
        read.map_err(|detail| self.draft.note("unknown_time", format!("{detail}; at {path}.{field}"))).ok()
    }
}

/// The number of a region or of an alert's own region.
fn region_id(of: &Value) -> Option<u32> {
    json::number(of, "regionId")
}

/// The kinds a reason names ("Дронова загроза (жовтий рівень)"). Free text: what it does not name is not guessed.
fn kinds_of_reason(reason: &str) -> Vec<ThreatKind> {
    const STEMS: [(&str, ThreatKind); 13] = [
        ("дрон", ThreatKind::Uav),
        ("бпла", ThreatKind::Uav),
        ("шахед", ThreatKind::Uav),
        ("баліст", ThreatKind::BallisticMissile),
        ("крилат", ThreatKind::CruiseMissile),
        ("каб ", ThreatKind::GuidedBomb),
        ("каби ", ThreatKind::GuidedBomb),
        ("авіабомб", ThreatKind::GuidedBomb),
        ("авіаційних бомб", ThreatKind::GuidedBomb),
        ("міг-31", ThreatKind::Mig31k),
        ("авіаці", ThreatKind::Aviation),
        ("артилер", ThreatKind::Artillery),
        ("ракет", ThreatKind::Missile),
    ];
    let apart = |c: char| if c.is_alphanumeric() || c == '-' { c } else { ' ' };
    let reason = format!("{} ", reason.to_lowercase().chars().map(apart).collect::<String>());
    let mut kinds: Vec<ThreatKind> = Vec::new();
    for (stem, kind) in STEMS {
        // "балістичні ракети" names one kind of missile, not a second one of no kind.
        let told = kinds.iter().any(|k| matches!(k, ThreatKind::BallisticMissile | ThreatKind::CruiseMissile));
        let bombs = kinds.contains(&ThreatKind::GuidedBomb);
        let said_already = (kind == ThreatKind::Missile && told) || (kind == ThreatKind::Aviation && bombs);
        if begins_a_word(&reason, stem) && !said_already && !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

fn begins_a_word(text: &str, stem: &str) -> bool {
    text.match_indices(stem).any(|(at, _)| !text[..at].chars().next_back().is_some_and(char::is_alphabetic))
}

#[cfg(test)]
mod tests;
