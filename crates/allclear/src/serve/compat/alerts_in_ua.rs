//! The bodies of alerts.in.ua's endpoints, v1 and v2.
//!
//! What comes in: [`Truth`] and history. What goes out: JSON with that service's keys, all of them always present,
//! but for `threats`, which is absent when none is open.
//! What always holds:
//!   a time has a fraction and `Z`; `meta.last_updated_at` has the other form its clients read
//!   `location_uid` is text, `location_oblast_uid` a number
//!   a letter is `N` only for a community known to be clear of air-raid alerts; unknown is a space
//! Deliberately absent: whether an answer may be given at all (`truth.rs`), HTTP.

use super::names::{BY_OBLAST, Names, OWN_FIRST};
use super::truth::Truth;
use crate::store::HistoryRow;
use model::{Alert, AlertLevel, AlertType, Code, CommunityStatus, Level, Outcome, Status, ThreatKind, Timestamp};
use serde::Serialize;

/// What marks every payload of an exercise.
pub(super) const EXERCISE: &str = "НАВЧАННЯ / EXERCISE";
/// Ids stay below this: clients in other languages keep them in 32 bits with a sign.
const ID_MASK: u64 = 0x7fff_ffff;

/// Which letters an endpoint speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Letters {
    /// `A` for any level.
    V1,
    /// `R` and `Y`.
    V2,
}

#[derive(Debug, Serialize)]
struct Envelope {
    alerts: Vec<AlertJson>,
    meta: Meta,
    disclaimer: String,
}

#[derive(Debug, Serialize)]
struct Meta {
    last_updated_at: String,
    #[serde(rename = "type")]
    kind: &'static str,
    /// Not of the service: `actual` or `exercise`.
    status: &'static str,
    /// Not of the service: regions whose state is unknown. That no alert is listed there does not mean calm.
    unknown_uids: Vec<u32>,
}

#[derive(Debug, Serialize)]
struct AlertJson {
    id: u64,
    location_title: String,
    location_title_en: String,
    location_type: &'static str,
    started_at: String,
    finished_at: Option<String>,
    updated_at: String,
    alert_type: AlertType,
    alert_level: AlertLevel,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    threats: Vec<Threat>,
    location_uid: String,
    location_oblast: String,
    location_oblast_uid: u32,
    location_raion: Option<String>,
    notes: Option<String>,
    country: Option<String>,
    deleted_at: Option<String>,
    calculated: bool,
}

#[derive(Debug, Serialize)]
struct Threat {
    #[serde(rename = "threat_type")]
    kind: &'static str,
    level: AlertLevel,
    started_at: String,
    source_message: Option<&'static str>,
}

/// `active.json`. `changed_at` is when the content last changed.
pub(super) fn active(truth: &Truth, changed_at: Timestamp) -> impl Serialize + use<> {
    let (names, status) = (&truth.names, truth.status);
    let mut alerts = Vec::new();
    for alert in truth.alerts() {
        let silent = truth.silent(alert).then_some("Джерело замовкло; тривога триває, доки її не скасовано");
        for (id, place) in places(names, alert) {
            alerts.push(render(names, alert, id, place, true, notes(status, silent)));
        }
    }
    envelope(alerts, status, changed_at, truth.unknown_uids())
}

/// A region's history: its own alerts, those below it and those of the whole country, newest first.
pub(super) fn history(
    names: &Names,
    region: Code,
    rows: &[HistoryRow],
    status: Status,
    changed_at: Timestamp,
) -> impl Serialize + use<> {
    let mut alerts = Vec::new();
    for row in rows.iter().filter(|row| row.alert.standing != model::Standing::Advisory) {
        let mistaken = (row.outcome == Some(Outcome::Mistaken)).then_some("Скасовано: оголошено помилково");
        for (id, place) in places(names, &row.alert) {
            let inside = names.line(place).any(|area| area.code == region);
            let reaches = names.line(region).any(|area| area.code == place);
            if inside || reaches {
                alerts.push(render(names, &row.alert, id, place, false, notes(status, mistaken)));
            }
        }
    }
    envelope(alerts, status, changed_at, Vec::new())
}

fn envelope(alerts: Vec<AlertJson>, status: Status, changed_at: Timestamp, unknown_uids: Vec<u32>) -> Envelope {
    let word = crate::publish::status_word(status);
    let meta = Meta { last_updated_at: slashed(changed_at), kind: "full", status: word, unknown_uids };
    Envelope { alerts, meta, disclaimer: disclaimer(status) }
}

/// The 27 letters.
pub(super) fn by_oblast(truth: &Truth, letters: Letters) -> String {
    BY_OBLAST.iter().map(|uid| truth.names.of_uid(*uid).map_or(' ', |code| letter(truth, code, letters))).collect()
}

/// One letter for each of the numbers up to the highest the services give; a space where a number is nobody's.
pub(super) fn by_uid(truth: &Truth, letters: Letters) -> String {
    let mut text = String::new();
    for (uid, code) in truth.names.service_uids() {
        let at = usize::try_from(uid).unwrap_or(usize::MAX);
        text.extend(std::iter::repeat_n(' ', at.saturating_sub(text.len())));
        text.push(letter(truth, code, letters));
    }
    text
}

/// The letter of a community: the alert that reaches it, else whether one stands below it, else its state.
pub(super) fn letter(truth: &Truth, code: Code, letters: Letters) -> char {
    match (truth.air_level(code), letters) {
        (Some(_), Letters::V1) => return 'A',
        (Some(AlertLevel::Red), Letters::V2) => return 'R',
        (Some(AlertLevel::Yellow), Letters::V2) => return 'Y',
        (None, _) => {}
    }
    if truth.air_partly(code) {
        return 'P';
    }
    match truth.status(code) {
        // Active by an alert of another type: of air raids it is clear.
        CommunityStatus::Clear | CommunityStatus::Active => 'N',
        CommunityStatus::Unknown => ' ',
    }
}

/// `2026/10/01 00:00:00 +0000`.
fn slashed(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.millis())
        .map(|at| at.strftime("%Y/%m/%d %H:%M:%S +0000").to_string())
        .unwrap_or_default()
}

fn disclaimer(status: Status) -> String {
    let words = "AllClear передає слова офіційних джерел і не замінює їх. Регіони з meta.unknown_uids мають невідомий \
                 стан: відсутність тривоги у списку не означає там відбою.";
    match status {
        Status::Actual => words.to_owned(),
        Status::Exercise => format!("{EXERCISE}. {words}"),
    }
}

fn notes(status: Status, note: Option<&str>) -> Option<String> {
    match (status, note) {
        (Status::Exercise, Some(note)) => Some(format!("{EXERCISE}. {note}")),
        (Status::Exercise, None) => Some(EXERCISE.to_owned()),
        (Status::Actual, note) => note.map(str::to_owned),
    }
}

/// Where an alert is listed, and under which id: at its community, or, for the whole country, at every region.
fn places(names: &Names, alert: &Alert) -> Vec<(u64, Code)> {
    if Some(alert.community) != names.country() {
        return vec![(alert.id.0 & ID_MASK, alert.community)];
    }
    // The last ordinals of the event that raised it: no alert of its own gets so far.
    let base = alert.id.0 / model::id::ALERTS_PER_EVENT * model::id::ALERTS_PER_EVENT + model::id::ALERTS_PER_EVENT - 1;
    let kind = alert.alert_type as u64 * BY_OBLAST.len() as u64;
    names.oblasts().zip(0_u64..).map(|(area, n)| (base.saturating_sub(kind + n) & ID_MASK, area.code)).collect()
}

fn render(names: &Names, alert: &Alert, id: u64, place: Code, open: bool, notes: Option<String>) -> AlertJson {
    let area = names.areas().get(place);
    let oblast = names.at_level(place, Level::Oblast).map(|a| a.code);
    let raion = names.at_level(place, Level::Raion).map(|a| a.code);
    AlertJson {
        id,
        location_title: names.title_uk(place),
        location_title_en: names.title_en(place),
        location_type: match area.map(|a| a.level) {
            Some(Level::Oblast | Level::Country) => "oblast",
            Some(Level::Raion) => "raion",
            Some(Level::Hromada) => "hromada",
            Some(Level::Settlement) => "city",
            None => "unknown",
        },
        started_at: alert.started_at.to_string(),
        finished_at: alert.ended_at.map(|at| at.to_string()),
        updated_at: alert.updated_at.to_string(),
        alert_type: alert.alert_type,
        alert_level: alert.level,
        threats: if open { threats(alert) } else { Vec::new() },
        location_uid: names.numbered(place).and_then(|code| names.uid(code)).unwrap_or(OWN_FIRST).to_string(),
        location_oblast: names.title_uk(oblast.unwrap_or(place)),
        location_oblast_uid: oblast.and_then(|code| names.uid(code)).unwrap_or(OWN_FIRST),
        location_raion: raion.map(|code| names.title_uk(code)),
        notes,
        country: None,
        deleted_at: None,
        calculated: false,
    }
}

/// What the service calls a kind, and in words what its list has no name for.
const fn threat_type(kind: ThreatKind) -> (&'static str, Option<&'static str>) {
    match kind {
        ThreatKind::Uav | ThreatKind::JetUav | ThreatKind::ReconUav | ThreatKind::Fpv => ("drones", None),
        ThreatKind::CruiseMissile => ("cruise_missiles", None),
        ThreatKind::BallisticMissile => ("ballistic_missiles", None),
        ThreatKind::Missile => ("unspecified_missiles", None),
        ThreatKind::GuidedBomb => ("guided_aerial_bombs", None),
        ThreatKind::Mig31k => ("mig31k_departure", None),
        // The service tells tactical from strategic aircraft; our sources do not always.
        ThreatKind::Aviation => ("unknown", Some("Активність авіації")),
        ThreatKind::Artillery => ("unknown", Some("Загроза артобстрілу")),
        ThreatKind::Unknown => ("unknown", None),
    }
}

/// Level of a threat by doctrine: yellow for drones, red for everything else.
pub(super) const fn kind_level(kind: ThreatKind) -> AlertLevel {
    match kind {
        ThreatKind::Uav | ThreatKind::JetUav | ThreatKind::ReconUav | ThreatKind::Fpv => AlertLevel::Yellow,
        _ => AlertLevel::Red,
    }
}

/// Whether the alert is red although by doctrine its kinds are not: then they are what makes it red.
pub(super) fn enhanced(alert: &Alert) -> bool {
    alert.level == AlertLevel::Red && alert.kinds.iter().all(|kind| kind_level(*kind) == AlertLevel::Yellow)
}

/// Open threats, each once. A yellow alert may hold a red threat; a red alert of drones alone has red drones.
fn threats(alert: &Alert) -> Vec<Threat> {
    let enhanced = enhanced(alert);
    let mut found: Vec<Threat> = Vec::new();
    for kind in &alert.kinds {
        let (name, message) = threat_type(*kind);
        if found.iter().any(|t| t.kind == name && t.source_message == message) {
            continue;
        }
        let level = if enhanced { AlertLevel::Red } else { kind_level(*kind) };
        let since = alert.holders.values().filter(|h| h.kinds.contains(kind)).map(|h| h.since).min();
        let started_at = since.unwrap_or(alert.started_at).to_string();
        found.push(Threat { kind: name, level, started_at, source_message: message });
    }
    found
}
