//! How far each source is believed, learned from what others saw too.
//!
//! A Beta distribution for each source: an object that another source saw as well speaks for both, and so does each
//! measurement that lies where a source trusted no less has the object; one far outside speaks against its own. An object
//! that nobody else saw before it was given up speaks a little against, but only where a source trusted no less spoke of the sky about
//! it: who is alone in a sky keeps its trust. Learning only ever lowers trust below what was configured:
//! nobody earns more than the operator gave, and the floor keeps a doubted source worth something.

/// What a source's record is worth before anything was learned: nine right of ten.
const BEGIN: [f64; 2] = [18.0, 2.0];
/// Weight of one object that stayed alone: others may have missed it.
const ALONE: f64 = 0.25;
/// Weight of one measurement that agrees with what others made of the object, and of one that lies outside where 99 of a
/// hundred would lie. A source that is as exact as it says keeps its trust with five times as many outside.
const AGREES: f64 = 0.05;
const DISAGREES: f64 = 0.1;
/// Squared distance within which 99 of a hundred lie: chi-squared of two degrees of freedom.
const AGREES_MAX: f64 = 9.21;
/// Most that is remembered, so that a source can change.
const MEMORY: f64 = 200.0;
/// A doubted source keeps so much of its configured trust.
const FLOOR: f64 = 0.3;

/// The record of every source, by place in the roster.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Trust(Vec<[f64; 2]>);

impl Trust {
    fn record(&mut self, source: u16) -> &mut [f64; 2] {
        let at = usize::from(source);
        if self.0.len() <= at {
            self.0.resize(at + 1, BEGIN);
        }
        &mut self.0[at]
    }

    fn learn(&mut self, source: u16, right: f64, wrong: f64) {
        let record = self.record(source);
        record[0] += right;
        record[1] += wrong;
        let sum = record[0] + record[1];
        if sum > MEMORY {
            record[0] *= MEMORY / sum;
            record[1] *= MEMORY / sum;
        }
    }

    /// Two sources saw the same object.
    pub(crate) fn corroborate(&mut self, a: u16, b: u16) {
        self.learn(a, 1.0, 0.0);
        self.learn(b, 1.0, 0.0);
    }

    /// A measurement of this source lay at this squared distance from where others had the object.
    pub(crate) fn consistent(&mut self, source: u16, distance: f64) {
        if distance <= AGREES_MAX {
            self.learn(source, AGREES, 0.0);
        } else {
            self.learn(source, 0.0, DISAGREES);
        }
    }

    /// An object that only this source saw was given up.
    pub(crate) fn alone(&mut self, source: u16) {
        self.learn(source, 0.0, ALONE);
    }

    /// What a source of `configured` trust is worth now: never more, and never less than [`FLOOR`] of it.
    pub(crate) fn of(&self, source: u16, configured: f64) -> f64 {
        let [right, wrong] = self.0.get(usize::from(source)).copied().unwrap_or(BEGIN);
        let begin = BEGIN[0] / (BEGIN[0] + BEGIN[1]);
        configured * (right / (right + wrong) / begin).clamp(FLOOR, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_nobody_confirms_loses_trust_down_to_a_floor_and_can_regain_it() {
        let mut trust = Trust::default();
        assert!((trust.of(3, 0.6) - 0.6).abs() < 1e-12);
        for _ in 0..2000 {
            trust.alone(3);
        }
        assert!((trust.of(3, 0.6) - 0.18).abs() < 0.02, "{}", trust.of(3, 0.6));
        for _ in 0..2000 {
            trust.corroborate(3, 1);
        }
        assert!(trust.of(3, 0.6) > 0.55 && trust.of(3, 0.6) <= 0.6);
    }

    #[test]
    fn a_source_as_exact_as_it_says_keeps_its_trust_and_one_that_is_not_loses_it() {
        let trust = |outside_of_a_hundred: u32| {
            let mut trust = Trust::default();
            for n in 0..5000_u32 {
                trust.consistent(0, if n * 37 % 100 < outside_of_a_hundred { 12.0 } else { 1.0 });
            }
            trust.of(0, 0.9)
        };
        assert!((trust(1) - 0.9).abs() < 1e-9 && (trust(5) - 0.9).abs() < 1e-9, "{} {}", trust(1), trust(5));
        assert!(trust(30) < 0.6, "{}", trust(30));
        assert!(trust(100) > 0.25, "the floor");
    }

    #[test]
    fn nobody_earns_more_than_the_operator_gave() {
        let mut trust = Trust::default();
        for _ in 0..100 {
            trust.corroborate(0, 1);
        }
        assert!((trust.of(0, 0.4) - 0.4).abs() < 1e-12);
    }
}
