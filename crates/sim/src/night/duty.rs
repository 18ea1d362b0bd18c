//! The duty officer of a simulated centre: ends by explicit orders what no rule of a policy holds any longer.
//!
//! What comes in: the alerts that wait for a word. What goes out: which of them to end now. What always holds: an alert
//! ends because a person said so and never for its age; every policy of a night has the same person, with the same seed.
//! Deliberately absent: raising, for the policies are what is compared.

use super::{real, whole, within};
use crate::chance::Chance;
use model::AlertId;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How the officer works; the `[officer]` table of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Officer {
    /// Until he looks at an alert that waits for his word, seconds.
    pub attends_s: [f64; 2],
    /// How long an alert must have waited without a gap before he ends it, seconds.
    pub ends_after_s: f64,
    /// How long an order for one alert takes him, seconds: the bound of a night's work.
    pub order_s: f64,
    /// How long each further alert takes that the same order ends, seconds: he reads its name.
    pub also_s: f64,
    /// Share of his orders that end another alert than the one he meant.
    pub mistakes: f64,
}

impl Default for Officer {
    fn default() -> Self {
        Self { attends_s: [15.0, 90.0], ends_after_s: 180.0, order_s: 5.0, also_s: 1.0, mistakes: 0.0005 }
    }
}

/// Most alerts that one order of his ends: as many names as are read at a glance.
const TOGETHER: usize = 12;

/// One officer on duty.
#[derive(Debug)]
pub(super) struct Duty {
    officer: Officer,
    chance: Chance,
    /// When each waiting alert is due, seconds.
    due: BTreeMap<AlertId, i64>,
    /// When his hands are free, seconds.
    free_s: f64,
}

impl Duty {
    pub(super) fn new(officer: Officer, seed: u64) -> Self {
        Self { officer, chance: Chance::new(seed ^ 0x6f66_6669_6365_7200), due: BTreeMap::new(), free_s: 0.0 }
    }

    /// What he ends now: the alerts of each order, which ends all that are due at once. `waiting`: alerts that no rule holds; `standing`: all of them, for his mistakes.
    pub(super) fn look(&mut self, second: i64, waiting: &[AlertId], standing: &[AlertId]) -> Vec<Vec<AlertId>> {
        self.due.retain(|alert, _| waiting.contains(alert));
        for &alert in waiting {
            if !self.due.contains_key(&alert) {
                let attends_s = within(&mut self.chance, self.officer.attends_s);
                self.due.insert(alert, second + whole(attends_s + self.officer.ends_after_s));
            }
        }
        let mut due: Vec<(i64, AlertId)> =
            self.due.iter().filter(|&(_, &at)| at <= second).map(|(&alert, &at)| (at, alert)).collect();
        due.sort_unstable();
        let mut orders: Vec<Vec<AlertId>> = Vec::new();
        for due in due.chunks(TOGETHER) {
            if self.free_s > real(second) {
                break;
            }
            self.free_s = self.free_s.max(real(second - super::tell::TICK_S)) + self.officer.order_s;
            let mut ends: Vec<AlertId> = Vec::new();
            for &(_, alert) in due {
                let slips = self.chance.happens(self.officer.mistakes);
                let other = if slips { self.chance.pick(standing).copied() } else { None };
                let meant = other.unwrap_or(alert);
                if !ends.contains(&meant) && !orders.iter().flatten().any(|ended| *ended == meant) {
                    self.free_s += if ends.is_empty() { 0.0 } else { self.officer.also_s };
                    ends.push(meant);
                    self.due.remove(&meant);
                }
            }
            if !ends.is_empty() {
                orders.push(ends);
            }
        }
        orders
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_ends_only_after_it_has_waited_without_a_gap() {
        let officer = Officer { attends_s: [20.0, 20.0], mistakes: 0.0, ..Officer::default() };
        let mut duty = Duty::new(officer, 1);
        let mut ended = Vec::new();
        for second in (0..900).step_by(15) {
            // A rule holds it again for an instant.
            let waiting = if second == 150 { vec![] } else { vec![AlertId(7)] };
            if !duty.look(second, &waiting, &[AlertId(7)]).is_empty() {
                ended.push(second);
                break;
            }
        }
        assert_eq!(ended, [165 + 210]);
    }

    #[test]
    fn a_hundred_alerts_at_once_take_their_time() {
        let officer = Officer { order_s: 15.0, also_s: 5.0, mistakes: 0.0, ..Officer::default() };
        let mut duty = Duty::new(officer, 1);
        let all: Vec<AlertId> = (0..100).map(AlertId).collect();
        let (mut left, mut last) = (all.clone(), 0);
        for second in (0..3000).step_by(15) {
            let ends = duty.look(second, &left, &all).concat();
            assert!(ends.len() <= TOGETHER, "{} alerts in fifteen seconds", ends.len());
            left.retain(|alert| !ends.contains(alert));
            if !ends.is_empty() {
                last = second;
            }
        }
        assert!(left.is_empty());
        // At least nine orders, and five seconds for each name but the first; all are due within 75 s after 195.
        assert!((195 + 500..195 + 75 + 9 * 15 + 91 * 5 + 200).contains(&last), "{last} s");
    }

    #[test]
    fn what_is_due_together_ends_by_one_order() {
        let officer = Officer { attends_s: [20.0, 20.0], mistakes: 0.0, ..Officer::default() };
        let mut duty = Duty::new(officer, 1);
        let all: Vec<AlertId> = (0..5).map(AlertId).collect();
        let told: Vec<usize> = (0..300).step_by(15).map(|second| duty.look(second, &all, &all).len()).collect();
        assert_eq!(told.iter().position(|&orders| orders > 0), Some(14), "{told:?}");
        assert_eq!(told[14], 1);
    }
}
