//! When each community was under alert by one policy.

use super::units::Units;
use model::AlertId;
use std::collections::BTreeMap;

/// Spans of alert by unit, seconds.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks {
    depth: Vec<u32>,
    since: Vec<i64>,
    /// From and to, in order, apart from each other.
    pub(super) spans: Vec<Vec<[i64; 2]>>,
    standing: BTreeMap<AlertId, Vec<usize>>,
}

impl Marks {
    pub(super) fn new(units: &Units) -> Self {
        let n = units.all.len();
        Self { depth: vec![0; n], since: vec![0; n], spans: vec![Vec::new(); n], ..Self::default() }
    }

    fn on(&mut self, unit: usize, second: i64) {
        if self.depth[unit] == 0 {
            self.since[unit] = second;
        }
        self.depth[unit] += 1;
    }

    fn off(&mut self, unit: usize, second: i64) {
        self.depth[unit] = self.depth[unit].saturating_sub(1);
        if self.depth[unit] > 0 {
            return;
        }
        let spans = &mut self.spans[unit];
        match spans.last_mut() {
            // An alert that ends and begins in the same instant went on.
            Some(last) if last[1] == self.since[unit] => last[1] = second,
            _ => spans.push([self.since[unit], second]),
        }
    }

    /// An alert began for these units.
    pub(super) fn raise(&mut self, alert: AlertId, units: &[usize], second: i64) {
        if self.standing.contains_key(&alert) {
            return;
        }
        for &unit in units {
            self.on(unit, second);
        }
        self.standing.insert(alert, units.to_vec());
    }

    /// An alert ended.
    pub(super) fn end(&mut self, alert: AlertId, second: i64) {
        for unit in self.standing.remove(&alert).unwrap_or_default() {
            self.off(unit, second);
        }
    }

    /// The night is over: what stands is counted up to now.
    pub(super) fn closed(&mut self, second: i64) -> &Self {
        for unit in 0..self.depth.len() {
            if self.depth[unit] > 0 {
                self.depth[unit] = 1;
                self.off(unit, second);
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::small;

    #[test]
    fn two_alerts_over_one_community_are_one_span_until_both_have_ended() {
        let units = Units::of(small());
        let mut marks = Marks::new(&units);
        marks.raise(AlertId(1), &[0, 1], 10);
        marks.raise(AlertId(2), &[0], 20);
        marks.end(AlertId(1), 30);
        marks.end(AlertId(2), 50);
        marks.raise(AlertId(3), &[1], 60);
        let marks = marks.closed(100);
        assert_eq!(marks.spans[0], [[10, 50]]);
        assert_eq!(marks.spans[1], [[10, 30], [60, 100]]);
    }
}
