//! How many fly together: a distribution over 1 to 64.
//!
//! A number that was said is right nine times in ten and otherwise near; a word or an open end is an interval with soft
//! sides. What is told is the interval that holds nine tenths.

use model::Count;

/// Most that are told apart in one group.
pub(crate) const COUNT_MAX: usize = 64;
/// Share told by the interval.
const TOLD: f64 = 0.9;
/// Each more is so much less likely before anything was said (a geometric prior).
const PRIOR_STEP: f64 = 0.95;
/// A number outside what was said, relative to one inside.
const OUTSIDE: f64 = 0.004;

/// The distribution; `None` while nothing was said.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Many(Option<Box<[f64; COUNT_MAX]>>);

/// `n + 1` as a number of objects.
#[allow(clippy::cast_precision_loss)] // At most 64.
fn number(at: usize) -> f64 {
    (at + 1) as f64
}

/// What is believed before anything was said; sums to 1 with the first update.
fn prior() -> Box<[f64; COUNT_MAX]> {
    let mut p = [0.0; COUNT_MAX];
    let mut value = 1.0;
    for p in &mut p {
        *p = value;
        value *= PRIOR_STEP;
    }
    Box::new(p)
}

impl Many {
    /// The weighted sum of two beliefs about the same group: `self` with `1 - share`, `other` with `share`. Where one of
    /// them heard nothing the other speaks.
    pub(crate) fn blend(&mut self, other: &Self, share: f64) {
        match (&mut self.0, &other.0) {
            (_, None) => {}
            (None, Some(_)) => self.0.clone_from(&other.0),
            (Some(own), Some(other)) => {
                for (p, other) in own.iter_mut().zip(other.iter()) {
                    *p = *p * (1.0 - share) + other * share;
                }
            }
        }
    }

    /// Takes what was said in.
    pub(crate) fn hear(&mut self, count: &Count) {
        let low = usize::from(count.low).clamp(1, COUNT_MAX);
        let high = count.high.map_or(COUNT_MAX, usize::from).clamp(low, COUNT_MAX);
        let exact = low == high && count.word.is_none();
        let p = self.0.get_or_insert_with(prior);
        let mut sum = 0.0;
        for (at, p) in p.iter_mut().enumerate() {
            let n = at + 1;
            let outside = if n < low { low - n } else { n.saturating_sub(high) };
            let likelihood = if outside == 0 {
                match count.high {
                    _ if exact => 1.0,
                    Some(_) => 1.0 / number(high - low),
                    // An open end: "several" is seldom fifty.
                    None => libm::exp(-number(n - low) / (number(low) + 1.0)) / (number(low) + 1.0),
                }
            } else {
                // In proportion: nine of ten is nearer than one of two.
                let side = number((if n < low { low } else { high }) - 1);
                OUTSIDE * libm::exp(-4.0 * libm::fabs(libm::log(number(at) / side)))
            };
            *p = (*p * likelihood).max(1e-12);
            sum += *p;
        }
        for p in p.iter_mut() {
            *p /= sum;
        }
    }

    /// The shortest interval about the likeliest number that holds nine tenths; one object while nothing was said.
    pub(crate) fn told(&self) -> Count {
        let Some(p) = &self.0 else { return Count::exactly(1) };
        let mut best = 0;
        for (at, value) in p.iter().enumerate() {
            if *value > p[best] {
                best = at;
            }
        }
        let (mut low, mut high, mut held) = (best, best, p[best]);
        while held < TOLD && (low > 0 || high + 1 < COUNT_MAX) {
            let below = if low > 0 { p[low - 1] } else { -1.0 };
            let above = if high + 1 < COUNT_MAX { p[high + 1] } else { -1.0 };
            if below > above {
                low -= 1;
                held += below;
            } else {
                high += 1;
                held += above;
            }
        }
        let told = |at: usize| u16::try_from(at + 1).unwrap_or(u16::MAX);
        Count { low: told(low), high: Some(told(high)), word: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(said: &[(u16, Option<u16>, Option<&str>)]) -> (u16, u16) {
        let mut many = Many::default();
        for &(low, high, word) in said {
            many.hear(&Count { low, high, word: word.map(str::to_owned) });
        }
        let count = many.told();
        (count.low, count.high.unwrap())
    }

    #[test]
    fn a_number_is_told_as_it_was_said() {
        for n in [1, 2, 6, 15, 40] {
            assert_eq!(told(&[(n, Some(n), None)]), (n, n));
        }
    }

    #[test]
    fn a_word_is_told_as_a_range_and_a_number_narrows_it() {
        let several = (2, None, Some("several"));
        let (low, high) = told(&[several]);
        assert!(low == 2 && (6..=14).contains(&high), "{low} {high}");
        assert_eq!(told(&[several, (4, Some(4), None)]), (4, 4));
        assert_eq!(told(&[(3, Some(12), Some("group")), (6, Some(6), None)]), (6, 6));
    }

    #[test]
    fn two_who_disagree_leave_a_range_that_holds_both() {
        let (low, high) = told(&[(5, Some(5), None), (6, Some(6), None)]);
        assert!(low <= 5 && high >= 6, "{low} {high}");
    }

    #[test]
    fn absurd_counts_stay_in_bounds() {
        for said in [(0, Some(0), None), (65_535, None, None), (9, Some(3), None)] {
            let (low, high) = told(&[said, said, said]);
            assert!(1 <= low && low <= high && high <= 64, "{low} {high}");
        }
    }
}
