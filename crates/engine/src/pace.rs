//! How often the sky is told and warned of when reports come by the thousand.
//!
//! With few reports each one is weighed as it comes. In a busy second the first report of the second decides for all
//! before it, and so does every tick: what a report changes is decided at most one second after it, or with the next
//! event when none comes. What always holds: the pace depends on reports alone, so quiet ticks change nothing.

use model::Timestamp;

/// Reports a second up to which each is weighed at once.
const BUSY: u32 = 32;

/// Reports of this second and of the last.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    second: i64,
    now_n: u32,
    before_n: u32,
}

impl Pace {
    /// Counts a report; returns whether it is weighed at once.
    pub(crate) fn report(&mut self, now: Timestamp) -> bool {
        let second = now.millis().div_euclid(1000);
        if second != self.second {
            self.before_n = if second == self.second.saturating_add(1) { self.now_n } else { 0 };
            self.second = second;
            self.now_n = 0;
        }
        self.now_n = self.now_n.saturating_add(1);
        self.now_n == 1 || !self.busy(now)
    }

    /// Whether reports come faster than they are weighed one by one.
    pub(crate) fn busy(&self, now: Timestamp) -> bool {
        let seconds = now.millis().div_euclid(1000).saturating_sub(self.second);
        (seconds == 0 && self.before_n > BUSY) || (seconds <= 1 && self.now_n > BUSY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_reports_are_weighed_one_by_one_and_many_once_a_second() {
        let weighed = |per_second: i64, seconds: i64| {
            let mut pace = Pace::default();
            let at = |n: i64| Timestamp::from_millis(n * 1000 / per_second);
            (0..per_second * seconds).filter(|&n| pace.report(at(n))).count()
        };
        assert_eq!(weighed(20, 10), 200);
        // The first busy second is not known to be busy before it is.
        assert_eq!(weighed(1000, 10), 32 + 9);
    }
}
