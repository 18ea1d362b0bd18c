//! alerts.in.ua: `/v1/alerts/active.json` and the compact strings of `/v1/iot` and `/v2/iot`.
//!
//! What comes in: a body's bytes and the instant of its receipt. What goes out: [`Snapshot`], or why the body was
//! refused whole. What always holds: an entry that is in force stays an alert even when its type, level or times
//! cannot be read (the gravest reading is taken and noted); an entry whose region cannot be found is a refusal and a
//! doubt, never a clear. Shapes: docs/reference/upstreams.md.

use crate::error::{WireError, quoted};
use crate::upstream::region::{Named, Regions};
use crate::upstream::{ALERTS_MAX, BODY_BYTES_MAX, Doubt, Draft, Snapshot, json, time};
use model::{AlertLevel, AlertType, AreaSet, Code, ThreatKind, Timestamp, UpstreamAlert};
use serde_json::Value;

/// Order of the 27 characters of `…_by_oblast.json`, as uids.
pub const OBLAST_ORDER: [u32; 27] =
    [29, 8, 4, 9, 28, 10, 11, 12, 13, 31, 14, 15, 16, 27, 17, 18, 19, 5, 30, 20, 21, 22, 23, 3, 24, 26, 25];
/// Most characters of the string indexed by uid.
const UID_CHARS_MAX: usize = 65_536;

/// Reads `/v1/alerts/active.json`.
pub fn decode(bytes: &[u8], areas: &AreaSet, received_at: Timestamp) -> Result<Snapshot, WireError> {
    let body = json::parse(bytes, BODY_BYTES_MAX)?;
    let Some(entries) = body.get("alerts") else {
        return Err(WireError::shape("$", json::kind(&body), "an object with a list \"alerts\""));
    };
    let Value::Array(entries) = entries else {
        return Err(WireError::shape("$.alerts", json::kind(entries), "a list of alerts, empty when all is calm"));
    };
    if entries.len() > ALERTS_MAX {
        let found = format!("{} alerts", entries.len());
        return Err(WireError::large("$.alerts", found, format!("at most {ALERTS_MAX}")));
    }

    let regions = Regions::new(areas);
    let mut draft = Draft::default();
    let said = body.get("meta").and_then(|meta| json::text(meta, "last_updated_at"));
    let said = said.and_then(|text| note_err(&mut draft, "$.meta.last_updated_at", time::read(text)));
    let observed_at = time::picture(said, received_at);
    for (n, entry) in entries.iter().enumerate() {
        read_entry(&mut draft, &regions, entry, &format!("$.alerts[{n}]"), observed_at, received_at);
    }
    let mut snapshot = draft.finish(observed_at);
    // A server of this house says what it does not know; the service itself never sends the field.
    snapshot.doubt_uids(&body.get("meta").map(|meta| json::numbers(meta, "unknown_uids")).unwrap_or_default(), areas);
    Ok(snapshot)
}

fn read_entry(
    draft: &mut Draft,
    regions: &Regions<'_>,
    entry: &Value,
    path: &str,
    observed_at: Timestamp,
    received_at: Timestamp,
) {
    if !entry.is_object() {
        let detail = format!("read {path}: found {}, expected an alert", json::kind(entry));
        return draft.refuse("wrong_shape", detail, Doubt::Anywhere);
    }
    if has_ended(draft, entry, path, received_at) {
        return;
    }
    let named = Named {
        uid: json::number(entry, "location_uid"),
        title: json::text(entry, "location_title"),
        oblast_uid: json::number(entry, "location_oblast_uid"),
        oblast: json::text(entry, "location_oblast"),
        raion: json::text(entry, "location_raion"),
    };
    let community = match regions.resolve(named) {
        Ok(code) => code,
        Err(doubt) => return draft.refuse("unknown_region", unknown_region(path, named), doubt),
    };
    // A number and a region that contradict each other: the alert stands where the number says, and the region that
    // was named is in doubt.
    if let (Some(said), Some(true_)) = (regions.oblast(named), regions.oblast_of(community))
        && said != true_
    {
        let detail = format!(
            "place {path}: uid {} lies elsewhere than {}, expected the two to agree",
            named.uid.unwrap_or_default(),
            quoted(named.oblast.unwrap_or_default())
        );
        draft.refuse("contradicting_region", detail, Doubt::Within(said));
    }

    let (alert_type, type_known) = read_type(draft, entry, path);
    let level = read_level(draft, entry, path, type_known);
    let kinds = read_threats(draft, entry, path);
    let started_at = json::text(entry, "started_at")
        .and_then(|text| note_err(draft, &format!("{path}.started_at"), time::read(text)))
        .map_or(observed_at, |at| at.min(received_at));
    draft.alert(UpstreamAlert { community, alert_type, level, kinds, started_at });
}

/// Whether the entry says that it is over. An end that is still to come (`calculated`) or cannot be read is no end.
fn has_ended(draft: &mut Draft, entry: &Value, path: &str, received_at: Timestamp) -> bool {
    if !json::is_said(entry, "finished_at") {
        return false;
    }
    let place = format!("{path}.finished_at");
    let Some(text) = json::text(entry, "finished_at") else {
        draft.note("unknown_time", format!("read {place}: expected null or a time; the alert is kept in force"));
        return false;
    };
    note_err(draft, &place, time::read(text)).is_some_and(|at| at <= received_at)
}

fn read_type(draft: &mut Draft, entry: &Value, path: &str) -> (AlertType, bool) {
    let said = json::text(entry, "alert_type");
    let known = match said {
        Some("air_raid") => Some(AlertType::AirRaid),
        Some("artillery_shelling") => Some(AlertType::ArtilleryShelling),
        Some("urban_fights") => Some(AlertType::UrbanFights),
        Some("chemical") => Some(AlertType::Chemical),
        Some("nuclear") => Some(AlertType::Nuclear),
        _ => None,
    };
    if known.is_none() {
        let found = said.map_or_else(|| "nothing".to_owned(), quoted);
        draft.note("unknown_alert_type", format!("read {path}.alert_type: found {found}, taken as a red air raid"));
    }
    (known.unwrap_or(AlertType::AirRaid), known.is_some())
}

fn read_level(draft: &mut Draft, entry: &Value, path: &str, type_known: bool) -> Option<AlertLevel> {
    let said = json::text(entry, "alert_level");
    let level = match said {
        Some(word) if word.eq_ignore_ascii_case("red") => Some(AlertLevel::Red),
        Some(word) if word.eq_ignore_ascii_case("yellow") => Some(AlertLevel::Yellow),
        _ if json::is_said(entry, "alert_level") => {
            let found = entry.get("alert_level").map(json::kind).unwrap_or_default();
            draft.note("unknown_level", format!("read {path}.alert_level: found {found}, taken as red"));
            Some(AlertLevel::Red)
        }
        _ => None,
    };
    if type_known { level } else { Some(AlertLevel::Red) }
}

fn read_threats(draft: &mut Draft, entry: &Value, path: &str) -> Vec<ThreatKind> {
    let threats = json::list(entry, "threats").unwrap_or_else(|found| {
        draft.note("wrong_shape", format!("read {path}.threats: found {found}, expected a list"));
        &[]
    });
    let mut kinds = Vec::new();
    for (n, threat) in threats.iter().enumerate() {
        kinds.push(match json::text(threat, "threat_type").unwrap_or_default() {
            "tactic_aircraft_activity" | "strategic_aircraft_activity" => ThreatKind::Aviation,
            "mig31k_departure" => ThreatKind::Mig31k,
            "ballistic_missiles" => ThreatKind::BallisticMissile,
            "cruise_missiles" => ThreatKind::CruiseMissile,
            "unspecified_missiles" => ThreatKind::Missile,
            "drones" => ThreatKind::Uav,
            "guided_aerial_bombs" => ThreatKind::GuidedBomb,
            // Our own side firing: a reason for the alert, but nothing of the list of kinds.
            "air_defense" | "unknown" => ThreatKind::Unknown,
            other => {
                let detail = format!("read {path}.threats[{n}].threat_type: found {}", quoted(other));
                draft.note("unknown_threat_type", format!("{detail}, taken as a threat of unknown kind"));
                ThreatKind::Unknown
            }
        });
    }
    kinds
}

/// Reads `/v1|v2/iot/active_air_raid_alerts_by_oblast.json`: 27 characters in the order of [`OBLAST_ORDER`].
///
/// `A`, `R`, `Y`: the whole region; `P`: something in it, so the region is in doubt; `N`: calm.
pub fn decode_by_oblast(bytes: &[u8], areas: &AreaSet, received_at: Timestamp) -> Result<Snapshot, WireError> {
    let letters = read_string(bytes)?;
    if letters.chars().count() < OBLAST_ORDER.len() {
        let found = format!("{} characters", letters.chars().count());
        return Err(WireError::shape("$", found, "27 characters, one for each region"));
    }
    let regions = Regions::new(areas);
    let mut draft = Draft::default();
    for (n, (uid, letter)) in OBLAST_ORDER.iter().zip(letters.chars()).enumerate() {
        let found = regions.by_uid(*uid);
        let doubt = found.map_or(Doubt::Anywhere, Doubt::Within);
        match (read_letter(letter), found) {
            (Letter::Calm, _) => {}
            (Letter::Alert(level), Some(code)) => draft.alert(air_raid(code, level, received_at)),
            (Letter::Alert(_), None) => draft.refuse("unknown_region", format!("find a region of uid {uid}"), doubt),
            (Letter::Partly, _) => {
                let detail = format!("read character {n} (uid {uid}): \"P\" does not say which part is under alert");
                draft.refuse("partial_region", detail, doubt);
            }
            (Letter::Unassigned | Letter::Other, _) => {
                let detail = format!("read character {n} (uid {uid}): found {letter:?}, expected A, R, Y, P or N");
                draft.refuse("unknown_letter", detail, doubt);
            }
        }
    }
    Ok(draft.finish(received_at))
}

/// Reads `/v1|v2/iot/active_air_raid_alerts.json`: the character at index `uid` is that community's; a space is no
/// community. A known community beyond the end of the string, or under a space, is in doubt when nothing above it
/// was spoken of.
pub fn decode_by_uid(bytes: &[u8], areas: &AreaSet, received_at: Timestamp) -> Result<Snapshot, WireError> {
    let letters = read_string(bytes)?;
    if letters.len() > UID_CHARS_MAX {
        return Err(WireError::large("$", format!("{} characters", letters.len()), format!("at most {UID_CHARS_MAX}")));
    }
    let letters: Vec<Letter> = letters.chars().map(read_letter).collect();
    let regions = Regions::new(areas);
    let mut draft = Draft::default();
    for (uid, letter) in (0_u32..).zip(&letters) {
        match (letter, regions.by_uid(uid)) {
            (Letter::Alert(level), Some(code)) => draft.alert(air_raid(code, *level, received_at)),
            (Letter::Alert(_) | Letter::Partly, None) => {
                draft.refuse("unknown_region", format!("find a region of uid {uid}"), Doubt::Anywhere);
            }
            (Letter::Other, found) => {
                let detail = format!("read character {uid}: expected A, R, Y, P, N or a space");
                draft.refuse("unknown_letter", detail, found.map_or(Doubt::Anywhere, Doubt::Within));
            }
            (Letter::Calm | Letter::Unassigned | Letter::Partly, _) => {}
        }
    }
    // "P" promises an alert below. When none was found there, the region is not calm: something in it is missing.
    let active: Vec<Code> = regions.uids().map(|(_, code)| code).filter(|code| draft.is_active(*code)).collect();
    for (uid, code) in regions.uids() {
        let letter = usize::try_from(uid).ok().and_then(|uid| letters.get(uid)).unwrap_or(&Letter::Unassigned);
        match letter {
            Letter::Partly if !active.iter().any(|below| *below != code && regions.lies_in(*below, code)) => {
                let detail = format!("find the part of uid {uid} that is under alert: no community below it is");
                draft.refuse("partial_region", detail, Doubt::Within(code));
            }
            Letter::Unassigned if regions.oblast_of(code) == Some(code) => {
                let detail = format!("find uid {uid} in a string of {} characters", letters.len());
                draft.refuse("missing_region", detail, Doubt::Within(code));
            }
            _ => {}
        }
    }
    Ok(draft.finish(received_at))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Letter {
    Alert(Option<AlertLevel>),
    Partly,
    Calm,
    Unassigned,
    Other,
}

const fn read_letter(letter: char) -> Letter {
    match letter {
        'A' => Letter::Alert(None),
        'R' => Letter::Alert(Some(AlertLevel::Red)),
        'Y' => Letter::Alert(Some(AlertLevel::Yellow)),
        'P' => Letter::Partly,
        'N' => Letter::Calm,
        ' ' => Letter::Unassigned,
        _ => Letter::Other,
    }
}

fn read_string(bytes: &[u8]) -> Result<String, WireError> {
    match json::parse(bytes, BODY_BYTES_MAX)? {
        Value::String(letters) => Ok(letters),
        other => Err(WireError::shape("$", json::kind(&other), "one JSON string of letters")),
    }
}

const fn air_raid(community: Code, level: Option<AlertLevel>, started_at: Timestamp) -> UpstreamAlert {
    UpstreamAlert { community, alert_type: AlertType::AirRaid, level, kinds: Vec::new(), started_at }
}

fn unknown_region(path: &str, named: Named<'_>) -> String {
    let uid = named.uid.map_or_else(|| "none".to_owned(), |uid| uid.to_string());
    format!(
        "find the region of {path}: uid {uid}, title {}, oblast {}; expected one of the area set \
         (import the service's region catalogue for hromada numbers)",
        quoted(named.title.unwrap_or_default()),
        quoted(named.oblast.unwrap_or_default())
    )
}

/// The value, or `None` with the error kept as a note.
fn note_err<T>(draft: &mut Draft, path: &str, read: Result<T, String>) -> Option<T> {
    read.map_err(|detail| draft.note("unknown_time", format!("{detail}; at {path}"))).ok()
}

#[cfg(test)]
mod tests;
