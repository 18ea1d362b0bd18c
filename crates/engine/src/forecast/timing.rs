//! When something arrives, for whoever asks how soon: the distribution of the first passage at a few instants.
//!
//! What comes in: the first passages of a fan's paths. What goes out: the probability of an arrival before any instant
//! within [`KNOTS_S`]. What always holds: it never falls as time passes, and never exceeds the probability of an arrival at
//! all. Deliberately absent: what is later than ten minutes; the window tells it.

/// The instants that are kept, seconds from now.
pub(crate) const KNOTS_S: [f64; KNOTS] = [30.0, 60.0, 120.0, 180.0, 240.0, 300.0, 360.0, 420.0, 480.0, 600.0];
pub(crate) const KNOTS: usize = 10;
/// The last of them, seconds: nothing later can be asked for.
pub(crate) const LAST_S: u32 = 600;
/// Seconds of a bin of [`Entered`].
const BIN_S: f64 = 15.0;
/// Bins: the last instant, and the half minute for which a forecast is at most counted down.
const BINS: usize = 43;

#[allow(clippy::cast_precision_loss)] // Seconds of half an hour.
const _: () = {
    assert!(KNOTS_S[KNOTS - 1] == LAST_S as f64, "the last knot is the last instant that can be asked for");
    assert!(
        BINS as f64 * BIN_S >= LAST_S as f64 + super::STEP_MS[1] as f64 / 1000.0,
        "bins reach as far as it is counted down"
    );
};

/// How many paths have entered by the end of each bin, from the instant at which they were drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Entered([f32; BINS]);

impl Entered {
    /// By times of entry; each counts `each`.
    pub(super) fn of(times: impl Iterator<Item = f64>, each: f64) -> Self {
        let mut by = [0.0_f32; BINS];
        for time in times {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Asked of the bins there are.
            let bin = (time.max(0.0) / BIN_S) as usize;
            if let Some(count) = by.get_mut(bin) {
                #[allow(clippy::cast_possible_truncation)] // A share.
                let each = each as f32;
                *count += each;
            }
        }
        let mut sum = 0.0;
        for count in &mut by {
            sum += *count;
            *count = sum;
        }
        Self(by)
    }

    /// Somewhere in a window, everywhere as likely.
    pub(super) fn evenly((from_s, to_s): (f64, f64), share: f64) -> Self {
        let width_s = (to_s - from_s).max(1.0);
        let mut bin_s = 0.0;
        Self(std::array::from_fn(|_| {
            bin_s += BIN_S;
            #[allow(clippy::cast_possible_truncation)] // A share.
            let by = (share * ((bin_s - from_s) / width_s).clamp(0.0, 1.0)) as f32;
            by
        }))
    }

    /// The same, times `factor`.
    pub(super) fn times(self, factor: f64) -> Self {
        #[allow(clippy::cast_possible_truncation)] // A share.
        Self(self.0.map(|by| by * factor as f32))
    }
}

/// Where the knots lie among the bins, when the paths were drawn so long ago.
pub(super) struct Knots([(usize, f32); KNOTS]);

impl Knots {
    pub(super) fn since(since_s: f64) -> Self {
        Self(KNOTS_S.map(|knot_s| {
            // A bin's count stands at its end.
            let at = ((knot_s + since_s) / BIN_S - 1.0).max(0.0);
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Bounded next.
            let bin = (at as usize).min(BINS - 2);
            #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // A part of a bin.
            (bin, (at - bin as f64).clamp(0.0, 1.0) as f32)
        }))
    }

    /// The distribution at the knots, times `existence`.
    pub(super) fn of(&self, entered: &Entered, existence: f64) -> Timing {
        #[allow(clippy::cast_possible_truncation)] // A probability.
        let existence = existence as f32;
        let by = |(bin, part): (usize, f32)| {
            let (before, after) = (entered.0[bin], entered.0[bin + 1]);
            (before + part * (after - before)) * existence
        };
        Timing(self.0.map(by))
    }
}

/// Probability that it has arrived by each of [`KNOTS_S`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Timing([f32; KNOTS]);

impl Timing {
    /// It never arrives.
    pub(crate) const NEVER: Self = Self([0.0; KNOTS]);

    /// Somewhere in a window of seconds from now, everywhere as likely.
    #[cfg(test)]
    pub(crate) fn evenly(window_s: (f64, f64), share: f64) -> Self {
        Knots::since(0.0).of(&Entered::evenly(window_s, share), 1.0)
    }

    /// With all probabilities times `factor`.
    pub(crate) fn scaled(self, factor: f64) -> Self {
        #[allow(clippy::cast_possible_truncation)] // A probability.
        Self(self.0.map(|by| by * factor as f32))
    }

    /// The first of either, as if they were independent.
    pub(crate) fn either(&mut self, other: &Self) {
        for (by, other) in self.0.iter_mut().zip(other.0) {
            *by = 1.0 - (1.0 - *by) * (1.0 - other);
        }
    }

    /// Probability of an arrival before `s` seconds have passed; as far as the last knot.
    pub(crate) fn by(&self, s: f64) -> f64 {
        let after = KNOTS_S.iter().position(|&knot_s| s < knot_s).unwrap_or(KNOTS);
        let at = |n: usize| (KNOTS_S[n], f64::from(self.0[n]));
        match after {
            // What may be here already is here.
            0 => at(0).1,
            KNOTS => at(KNOTS - 1).1,
            n => {
                let ((from_s, from), (to_s, to)) = (at(n - 1), at(n));
                from + (to - from) * (s - from_s) / (to_s - from_s)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_drawn_a_while_ago_is_nearer_by_now() {
        let times = || (0..100).map(|n| 200.0 + 2.0 * f64::from(n));
        let entered = Entered::of(times(), 0.01);
        for (since_s, by_300, by_420) in [(0.0, 0.5, 1.0), (30.0, 0.65, 1.0)] {
            let timing = Knots::since(since_s).of(&entered, 0.8);
            assert!((timing.by(300.0) - 0.8 * by_300).abs() < 0.03, "{since_s}: {}", timing.by(300.0));
            assert!((timing.by(420.0) - 0.8 * by_420).abs() < 0.03, "{since_s}: {}", timing.by(420.0));
            assert!(timing.by(120.0) < 1e-6);
        }
    }

    #[test]
    fn it_never_falls_and_never_exceeds_an_arrival_at_all() {
        let entered = Entered::of([0.0, 3.0, 90.0, 500.0, 644.0, 900.0].into_iter(), 1.0 / 6.0);
        let timing = Knots::since(30.0).of(&entered, 0.9);
        let mut last = 0.0;
        for s in 0..700 {
            let by = timing.by(f64::from(s));
            assert!(by >= last - 1e-6 && by <= 0.9 + 1e-6, "{s}: {by} after {last}");
            last = by;
        }
        assert!(timing.by(0.0) > 0.29, "what is there already counts at once");
    }

    #[test]
    fn either_of_two_comes_first() {
        let one = Knots::since(0.0).of(&Entered::evenly((100.0, 200.0), 0.5), 1.0);
        let mut both = one;
        both.either(&one);
        assert!((both.by(300.0) - 0.75).abs() < 1e-6);
        both.either(&Timing::NEVER);
        assert!((both.by(300.0) - 0.75).abs() < 1e-6);
        assert!((one.scaled(0.5).by(300.0) - 0.25).abs() < 1e-6);
    }
}
