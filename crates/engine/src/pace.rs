//! How often the sky is told and warned of when reports come by the thousand.
//!
//! With few reports each one is weighed as it comes. In a busy second the first report of the second decides for all
//! before it, and so does every tick: what a report changes is decided at most one second after it, or with the next
//! event when none comes. What always holds: the pace depends on reports alone, so quiet ticks change nothing.

use model::Timestamp;

/// Reports a second up to which each is weighed at once, with few tracks.
const BUSY: u32 = 200;
/// Reports a second times tracks up to which each is weighed at once: about a third of one core.
const WORK: u32 = 3000;

/// Reports of this second and of the last.
#[derive(Debug)]
pub(crate) struct Pace {
    /// Reports a second up to which each is weighed at once.
    limit: u32,
    second: i64,
    now_n: u32,
    before_n: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self { limit: BUSY, second: 0, now_n: 0, before_n: 0 }
    }
}

impl Pace {
    /// After a report was weighed: how many tracks there are now. Ticks do not say, so that quiet ones change nothing.
    pub(crate) fn weighed(&mut self, tracks: usize) {
        let tracks = u32::try_from(tracks).unwrap_or(u32::MAX).max(1);
        self.limit = (WORK / tracks).clamp(1, BUSY);
    }

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
        (seconds == 0 && self.before_n > self.limit) || (seconds <= 1 && self.now_n > self.limit)
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
        assert_eq!(weighed(1000, 10), 200 + 9);
    }

    #[test]
    fn many_tracks_make_fewer_reports_a_busy_second() {
        let mut pace = Pace::default();
        pace.weighed(1000);
        let at = |n: i64| Timestamp::from_millis(n * 100);
        assert_eq!((0..100).filter(|&n| pace.report(at(n))).count(), 3 + 9);
    }
}
