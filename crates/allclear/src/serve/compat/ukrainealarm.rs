//! The bodies of ukrainealarm's and siren.pp.ua's endpoints, v3.
//!
//! What comes in: [`Truth`], the tree of regions, history. What goes out: JSON with that service's keys and casing;
//! ids are text.
//! What always holds:
//!   a region lists its own alerts first and then those it inherits, each under the id of the region it stands on
//!   an alert in force has at least one level; a level that was not told is red, and its reason says so
//!   `lastUpdate` of an alert is its beginning: its clients show it as such
//! Deliberately absent: whether an answer may be given at all (`truth.rs`), HTTP.

use super::alerts_in_ua::{EXERCISE, enhanced, kind_level};
use super::names::{Names, RegionType, TEST_REGION};
use super::truth::Truth;
use crate::store::HistoryRow;
use model::{Alert, AlertLevel, AlertType, Code, Status, ThreatKind, Timestamp};
use serde::Serialize;

/// Alarms in a region's history.
const HISTORY_ALARMS: usize = 25;

/// A region and what is in force there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AlertRegion {
    pub(super) region_id: String,
    region_type: RegionType,
    region_name: String,
    region_eng_name: String,
    last_update: String,
    /// Empty: clear. Never filled in for a region whose state is unknown.
    pub(super) active_alerts: Vec<ActiveAlert>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ActiveAlert {
    region_id: String,
    region_type: RegionType,
    #[serde(rename = "type")]
    kind: &'static str,
    last_update: String,
    #[serde(rename = "activeAlertLevels")]
    levels: Vec<ActiveLevel>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct ActiveLevel {
    alert_level: &'static str,
    reason: String,
    created_at: String,
}

#[derive(Debug, Serialize)]
struct Region {
    #[serde(rename = "regionId")]
    id: String,
    #[serde(rename = "regionName")]
    name: String,
    #[serde(rename = "regionType")]
    kind: RegionType,
    #[serde(rename = "regionChildIds")]
    children: Vec<Region>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RegionHistory {
    region_id: String,
    region_name: String,
    alarms: Vec<Alarm>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Alarm {
    region_id: String,
    start_date: String,
    end_date: String,
    duration: String,
    alert_type: &'static str,
    region_name: String,
    is_continue: bool,
}

/// One region, calm or not. The caller has made sure that something may be said of it.
pub(super) fn region(truth: &Truth, code: Code) -> AlertRegion {
    let names = &truth.names;
    let active_alerts: Vec<_> = truth.reaching(code).map(|alert| active(names, alert, code, truth.status)).collect();
    let updated = truth.reaching(code).map(|alert| alert.updated_at).max();
    let last_update = updated.or_else(|| truth.since(code)).unwrap_or(model::time::EARLIEST);
    AlertRegion {
        region_id: id(names, code),
        region_type: names.region_type(code),
        region_name: names.title_uk(code),
        region_eng_name: names.title_en(code),
        last_update: last_update.to_string(),
        active_alerts,
    }
}

/// The test region: always there, never in danger.
pub(super) fn test_region() -> AlertRegion {
    AlertRegion {
        region_id: TEST_REGION.to_string(),
        region_type: RegionType::State,
        region_name: "Тестовий регіон".into(),
        region_eng_name: "Test region".into(),
        last_update: model::time::EARLIEST.to_string(),
        active_alerts: Vec::new(),
    }
}

/// Regions on which an alert stands, by number. An alert for the whole country stands on every one of the first level.
pub(super) fn regions_with_alerts(truth: &Truth) -> Vec<Code> {
    let names = &truth.names;
    let country = names.country();
    let mut codes: Vec<Code> = Vec::new();
    for alert in truth.alerts() {
        if Some(alert.community) == country {
            codes.extend(names.states());
        } else {
            codes.extend(names.numbered(alert.community));
        }
    }
    codes.sort_by_key(|code| names.region_id(*code));
    codes.dedup();
    codes
}

/// `/alerts`.
pub(super) fn alerts(truth: &Truth) -> Vec<AlertRegion> {
    regions_with_alerts(truth).into_iter().map(|code| region(truth, code)).collect()
}

/// `/regions`: the whole tree.
pub(super) fn regions(names: &Names) -> impl Serialize + use<> {
    let test = test_region();
    let mut states =
        vec![Region { id: test.region_id, name: test.region_name, kind: test.region_type, children: Vec::new() }];
    states.extend(names.states().into_iter().map(|code| branch(names, code)));
    serde_json::json!({ "states": states })
}

fn branch(names: &Names, code: Code) -> Region {
    Region {
        id: id(names, code),
        name: names.title_uk(code),
        kind: names.region_type(code),
        children: names.region_children(code).into_iter().map(|child| branch(names, child)).collect(),
    }
}

/// `/alerts/regionHistory` for these regions: the last alarms that stood on each or that it inherited, newest first.
/// An alarm that goes on ends, so far, at `now`.
pub(super) fn history(names: &Names, asked: &[Code], rows: &[HistoryRow], now: Timestamp) -> impl Serialize + use<> {
    let told = || rows.iter().filter(|row| row.alert.standing != model::Standing::Advisory);
    let regions: Vec<_> = asked
        .iter()
        .map(|code| RegionHistory {
            region_id: id(names, *code),
            region_name: names.title_uk(*code),
            alarms: told()
                .filter(|row| names.line(*code).any(|area| area.code == row.alert.community))
                .take(HISTORY_ALARMS)
                .map(|row| alarm(names, &row.alert, *code, now))
                .collect(),
        })
        .collect();
    serde_json::json!(regions)
}

fn alarm(names: &Names, alert: &Alert, asked: Code, now: Timestamp) -> Alarm {
    let stands_on = names.numbered(alert.community).unwrap_or(asked);
    let end = alert.ended_at.unwrap_or(now).max(alert.started_at);
    Alarm {
        region_id: id(names, stands_on),
        start_date: alert.started_at.to_string(),
        end_date: end.to_string(),
        duration: time_span(end.ms_since(alert.started_at)),
        alert_type: type_word(alert.alert_type),
        region_name: names.title_uk(stands_on),
        is_continue: alert.ended_at.is_none(),
    }
}

/// .NET's constant form of a time span: `[d.]hh:mm:ss[.fffffff]`.
fn time_span(ms: i64) -> String {
    let (seconds, fraction) = (ms / 1000, ms % 1000);
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    let days = if days > 0 { format!("{days}.") } else { String::new() };
    let fraction = if fraction > 0 { format!(".{:07}", fraction * 10_000) } else { String::new() };
    format!("{days}{hours:02}:{:02}:{:02}{fraction}", seconds / 60 % 60, seconds % 60)
}

fn id(names: &Names, code: Code) -> String {
    names.numbered(code).and_then(|code| names.region_id(code)).unwrap_or(TEST_REGION).to_string()
}

/// An alert as the region `asked` lists it: under the region it stands on. One for the whole country stands on the
/// region of the first level.
fn active(names: &Names, alert: &Alert, asked: Code, status: Status) -> ActiveAlert {
    let oblast = || names.at_level(asked, model::Level::Oblast).map(|area| area.code);
    let stands_on = names.numbered(alert.community).or_else(oblast).unwrap_or(asked);
    ActiveAlert {
        region_id: id(names, stands_on),
        region_type: names.region_type(stands_on),
        kind: type_word(alert.alert_type),
        last_update: alert.started_at.to_string(),
        levels: levels(alert, status),
    }
}

const fn type_word(kind: AlertType) -> &'static str {
    match kind {
        AlertType::AirRaid => "AIR",
        AlertType::ArtilleryShelling => "ARTILLERY",
        AlertType::UrbanFights => "URBAN_FIGHTS",
        AlertType::Chemical => "CHEMICAL",
        AlertType::Nuclear => "NUCLEAR",
    }
}

/// The levels that are open, red first: the alert's own, and below it what its kinds mean by doctrine.
/// Only air-raid alerts have levels.
fn levels(alert: &Alert, status: Status) -> Vec<ActiveLevel> {
    if alert.alert_type != AlertType::AirRaid {
        return Vec::new();
    }
    let enhanced = enhanced(alert);
    let by_doctrine = |kind: ThreatKind| if enhanced { alert.level } else { kind_level(kind).min(alert.level) };
    let mut open: Vec<AlertLevel> = alert.kinds.iter().map(|kind| by_doctrine(*kind)).chain([alert.level]).collect();
    open.sort_unstable_by(|a, b| b.cmp(a));
    open.dedup();
    let told = alert.holders.values().any(|holder| holder.level.is_some());
    open.into_iter()
        .map(|level| {
            let kinds = || alert.kinds.iter().filter(|kind| by_doctrine(**kind) == level);
            let mut words: Vec<&str> = kinds().map(|kind| reason(*kind)).collect();
            words.dedup();
            let since = alert.holders.values().filter(|h| h.level == Some(level)).map(|h| h.since).min();
            ActiveLevel {
                alert_level: match level {
                    AlertLevel::Red => "Red",
                    AlertLevel::Yellow => "Yellow",
                },
                reason: match status {
                    Status::Actual => sentence(&words, level, told),
                    Status::Exercise => format!("{EXERCISE}. {}", sentence(&words, level, told)),
                },
                created_at: since.unwrap_or(alert.started_at).to_string(),
            }
        })
        .collect()
}

fn sentence(words: &[&str], level: AlertLevel, told: bool) -> String {
    let level_words = match (level, told) {
        (AlertLevel::Yellow, _) => "жовтий рівень",
        (AlertLevel::Red, true) => "червоний рівень",
        (AlertLevel::Red, false) => "рівень не повідомлено, діє як червоний",
    };
    let what = if words.is_empty() { "Повітряна тривога".to_owned() } else { words.join(", ") };
    format!("{what} ({level_words})")
}

const fn reason(kind: ThreatKind) -> &'static str {
    match kind {
        ThreatKind::Uav | ThreatKind::JetUav | ThreatKind::ReconUav | ThreatKind::Fpv => "Дронова загроза",
        ThreatKind::CruiseMissile | ThreatKind::Missile => "Ракетна загроза",
        ThreatKind::BallisticMissile => "Балістична загроза",
        ThreatKind::GuidedBomb => "Загроза керованих авіабомб",
        ThreatKind::Aviation => "Активність авіації",
        ThreatKind::Mig31k => "Зліт МіГ-31К",
        ThreatKind::Artillery => "Загроза артобстрілу",
        ThreatKind::Unknown => "Загроза невідомого виду",
    }
}

#[cfg(test)]
mod tests {
    use super::time_span;

    #[test]
    fn a_duration_has_the_form_that_dotnet_clients_read() {
        for (ms, text) in
            [(0, "00:00:00"), (2_496_000, "00:41:36"), (90_061_000, "1.01:01:01"), (61_001, "00:01:01.0010000")]
        {
            assert_eq!(time_span(ms), text);
        }
    }
}
