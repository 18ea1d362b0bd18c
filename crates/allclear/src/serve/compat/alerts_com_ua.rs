//! The bodies of alerts.com.ua's endpoints, and the lines of its TCP protocol.
//!
//! What comes in: [`Truth`] and history. What goes out: JSON and lines with that service's keys and numbers: 24 regions and
//! Kyiv, by the Ukrainian alphabet.
//! What always holds:
//!   a region is under alert when an air-raid alert reaches it or stands anywhere inside: the service knows no raions, and
//!   its users must not miss one
//!   a region that is not known to be clear is never told as calm: `null` in a list, no line, the end of a stream
//! Deliberately absent: whether an answer may be given at all (`truth.rs`), HTTP, sockets (`live.rs`).

use super::names::Names;
use super::truth::Truth;
use crate::store::HistoryRow;
use model::{AlertType, Code, CommunityStatus, Timestamp};
use serde::Serialize;

/// Regions the service numbers, from 1.
pub(super) const REGIONS: usize = 25;
/// alerts.in.ua's number of each, in the order of its own.
const UIDS: [u32; REGIONS] =
    [4, 8, 9, 28, 10, 11, 12, 13, 14, 15, 16, 27, 17, 18, 19, 5, 20, 21, 22, 23, 3, 24, 26, 25, 31];

/// Whether each region is under alert; `None`: unknown.
pub(super) type Alerts = [Option<bool>; REGIONS];

#[derive(Debug, Serialize)]
struct StateJson {
    id: usize,
    name: String,
    name_en: String,
    alert: Option<bool>,
    changed: String,
}

#[derive(Debug, Serialize)]
struct ShortJson {
    id: usize,
    alert: Option<bool>,
}

#[derive(Debug, Serialize)]
struct States<T> {
    states: Vec<T>,
    last_update: String,
}

#[derive(Debug, Serialize)]
struct One {
    state: Option<StateJson>,
    last_update: String,
}

#[derive(Debug, Serialize)]
struct Update<'a> {
    state: Option<StateJson>,
    notification_id: &'a str,
}

#[derive(Debug, Serialize)]
struct Switch {
    id: u64,
    date: String,
    state_id: usize,
    alert: bool,
}

/// Its number of a region, from the text of a path.
pub(super) fn number(text: &str) -> Option<usize> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && (1..=REGIONS).contains(number))
}

/// The region of its number.
pub(super) fn region(names: &Names, number: usize) -> Option<Code> {
    UIDS.get(number.checked_sub(1)?).and_then(|uid| names.of_uid(*uid))
}

/// Whether the region of this number is under alert.
fn alert(truth: &Truth, code: Code) -> Option<bool> {
    if truth.air_level(code).is_some() || truth.air_partly(code) {
        return Some(true);
    }
    // An alert of another kind makes a region active; of air raids it is clear then, as its source says.
    (truth.status(code) != CommunityStatus::Unknown).then_some(false)
}

/// All regions.
pub(super) fn alerts(truth: &Truth) -> Alerts {
    std::array::from_fn(|at| region(&truth.names, at + 1).and_then(|code| alert(truth, code)))
}

/// `/api/states`.
pub(super) fn states(truth: &Truth, changed_at: Timestamp) -> impl Serialize + use<> {
    let states: Vec<_> = (1..=REGIONS).filter_map(|number| state(truth, number)).collect();
    States { states, last_update: time(changed_at) }
}

/// `/api/states?short`.
pub(super) fn short(truth: &Truth, changed_at: Timestamp) -> impl Serialize + use<> {
    let alerts = alerts(truth);
    let states: Vec<_> = alerts.iter().enumerate().map(|(at, alert)| ShortJson { id: at + 1, alert: *alert }).collect();
    States { states, last_update: time(changed_at) }
}

/// `/api/states/{id}`; a number that is nobody's has no state.
pub(super) fn one(truth: &Truth, number: Option<usize>, changed_at: Timestamp) -> impl Serialize + use<> {
    One { state: number.and_then(|number| state(truth, number)), last_update: time(changed_at) }
}

/// The data of an `update`.
pub(super) fn update(truth: &Truth, number: usize, notification_id: &str) -> String {
    // Our own types always serialise.
    serde_json::to_string(&Update { state: state(truth, number), notification_id }).unwrap_or_default()
}

fn state(truth: &Truth, number: usize) -> Option<StateJson> {
    let code = region(&truth.names, number)?;
    let raids = || truth.alerts().iter().filter(|alert| alert.alert_type == AlertType::AirRaid);
    let here = |place: Code| {
        let within = |inner: Code, outer: Code| truth.names.line(inner).any(|area| area.code == outer);
        within(place, code) || within(code, place)
    };
    let began = raids().filter(|alert| here(alert.community)).map(|alert| alert.started_at).min();
    Some(StateJson {
        id: number,
        name: truth.names.title_uk(code),
        name_en: truth.names.title_en(code),
        alert: alert(truth, code),
        changed: time(began.or_else(|| truth.since(code)).unwrap_or(model::time::EARLIEST)),
    })
}

/// `/api/history`: when each region's alert began and ended, oldest first. Alerts that overlap are one.
pub(super) fn history(names: &Names, rows: &[HistoryRow]) -> impl Serialize + use<> {
    let told = |row: &&HistoryRow| {
        row.alert.standing != model::Standing::Advisory && row.alert.alert_type == AlertType::AirRaid
    };
    let mut rows: Vec<&HistoryRow> = rows.iter().filter(told).collect();
    rows.sort_by_key(|row| (row.alert.started_at, row.alert.id));
    let mut switches: Vec<(Timestamp, Switch)> = Vec::new();
    for number in 1..=REGIONS {
        let Some(code) = region(names, number) else { continue };
        let meets = |place: Code| {
            names.line(place).any(|area| area.code == code) || names.line(code).any(|area| area.code == place)
        };
        let mut switch = |at: Timestamp, of: model::AlertId, alert: bool| {
            let id = (of.0 * 2 + u64::from(!alert)) * 32 + number as u64;
            switches.push((at, Switch { id, date: time(at), state_id: number, alert }));
        };
        // The end so far of what began before, and which alert it is; no end while one goes on.
        let mut open: Option<(Option<Timestamp>, model::AlertId)> = None;
        for row in rows.iter().filter(|row| meets(row.alert.community)) {
            let (began, ended) = (row.alert.started_at, row.alert.ended_at);
            match open {
                Some((None, _)) => continue,
                Some((Some(end), _)) if began <= end => {
                    if ended.is_none_or(|ended| ended > end) {
                        open = Some((ended, row.alert.id));
                    }
                    continue;
                }
                Some((Some(end), of)) => switch(end, of, false),
                None => {}
            }
            switch(began, row.alert.id, true);
            open = Some((ended, row.alert.id));
        }
        if let Some((Some(end), of)) = open {
            switch(end, of, false);
        }
    }
    switches.sort_by_key(|(at, switch)| (*at, switch.id));
    switches.into_iter().map(|(_, switch)| switch).collect::<Vec<_>>()
}

/// As the service writes a time: whole seconds and an offset in digits.
fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.millis())
        .map(|at| at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::AreaSet;

    #[test]
    fn the_numbers_are_those_of_the_services_own_clients() {
        let names = Names::new(AreaSet::bundled());
        let title = |number| names.title_uk(region(&names, number).unwrap());
        let expected = [
            (1, "Вінницька область"),
            (2, "Волинська область"),
            (4, "Донецька область"),
            (9, "Київська область"),
            (12, "Львівська область"),
            (17, "Сумська область"),
            (21, "Хмельницька область"),
            (24, "Чернігівська область"),
            (25, "м. Київ"),
        ];
        for (number, name) in expected {
            assert_eq!(title(number), name);
        }
        let all: std::collections::BTreeSet<_> = (1..=REGIONS).filter_map(|n| region(&names, n)).collect();
        assert_eq!(all.len(), REGIONS, "each region once");
        for text in ["0", "26", "", "-1", "+1", "1.json", "99999999999999999999"] {
            assert_eq!(number(text), None, "{text}");
        }
        assert_eq!(number("12"), Some(12));
    }

    #[test]
    fn a_time_has_whole_seconds_and_an_offset() {
        assert_eq!(time(Timestamp::parse("2022-04-05T03:12:52.789Z").unwrap()), "2022-04-05T03:12:52+00:00");
    }
}
