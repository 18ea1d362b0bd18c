//! How often the sky is told and warned of when reports come by the thousand.
//!
//! With few reports each one is weighed as it comes. In a busy second reports are weighed in rounds of half a second: a
//! round takes everything that came before it, tells it, forecasts each track and decides, a little of that with each
//! report ([`Round`]), so that no step is long. What a report changes is decided at most 950 ms after it. What always
//! holds: pace and rounds depend on reports alone, so quiet ticks change nothing.

use crate::forecast::Outlook;
use crate::fuse::Sky;
use crate::warn::Tally;
use model::Timestamp;

/// Reports a second up to which each is weighed at once, with few tracks.
const BUSY: u32 = 200;
/// Reports a second times tracks up to which each is weighed at once: about a third of one core.
const WORK: u32 = 3000;
/// A round, milliseconds: the sky is told in its first part and forecast in the second; the dangers are added up in the
/// third and then decided on.
const ROUND_MS: i64 = 500;
const TELL_MS: i64 = 200;
const FORESEE_MS: i64 = 400;
const TALLY_MS: i64 = 450;
/// Batches a second that are told again under load, and the most and fewest of them that one report bears.
const AGAIN: u32 = 30_000;
const AGAIN_MOST: u32 = 400;
const AGAIN_FEWEST: u32 = 6;
/// When no report came for so long, milliseconds, a tick weighs what they left.
const SILENT_MS: i64 = 100;

/// Reports of this second and of the last.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    /// Reports a second up to which each is weighed at once.
    limit: u32,
    second: i64,
    now_n: u32,
    before_n: u32,
    last: Timestamp,
}

impl Default for Pace {
    fn default() -> Self {
        Self { limit: BUSY, second: 0, now_n: 0, before_n: 0, last: model::time::EARLIEST }
    }
}

impl Pace {
    /// After a report was weighed: how many tracks there are now. Ticks do not say, so that quiet ones change nothing.
    pub(crate) fn weighed(&mut self, tracks: usize) {
        let tracks = u32::try_from(tracks).unwrap_or(u32::MAX).max(1);
        self.limit = (WORK / tracks).clamp(1, BUSY);
    }

    /// Counts a report.
    pub(crate) fn report(&mut self, now: Timestamp) {
        let second = now.millis().div_euclid(1000);
        if second != self.second {
            self.before_n = if second == self.second.saturating_add(1) { self.now_n } else { 0 };
            self.second = second;
            self.now_n = 0;
        }
        self.now_n = self.now_n.saturating_add(1);
        self.last = now;
    }

    /// How many batches a report bears of what is told again: a share of one core, and always more than it brings.
    pub(crate) fn again(&self) -> u32 {
        (AGAIN / self.before_n.max(self.now_n).max(1)).clamp(AGAIN_FEWEST, AGAIN_MOST)
    }

    /// Whether reports have paused for a moment.
    pub(crate) fn silent(&self, now: Timestamp) -> bool {
        now.ms_since(self.last) >= SILENT_MS
    }

    /// Whether reports come faster than they are weighed one by one.
    pub(crate) fn busy(&self, now: Timestamp) -> bool {
        let seconds = now.millis().div_euclid(1000).saturating_sub(self.second);
        (seconds == 0 && self.before_n > self.limit) || (seconds <= 1 && self.now_n > self.limit)
    }
}

/// What is to be done at a report of a busy second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// A round begins.
    Begin,
    /// `part` of `of` of what is left to tell; everything when they are equal.
    Tell { part: u64, of: u64 },
    /// `part` of `of` of the tracks that are left to forecast; all of them when they are equal.
    Foresee { part: u64, of: u64 },
    /// `part` of `of` of the tracks whose dangers are left to add up; all of them when they are equal, and to decide.
    Tally { part: u64, of: u64 },
    /// The round is over: nothing before the next.
    Rest,
    /// The last round found too few reports to bear it: everything at once.
    All,
}

/// A round of weighing under load.
#[derive(Debug, Clone, Default)]
pub(crate) struct Round {
    /// Its number since the epoch; `None` while each report is weighed at once.
    number: Option<i64>,
    /// Milliseconds of the round at the last report.
    at_ms: i64,
    pub(crate) stage: Stage,
}

/// How far a round is.
#[derive(Debug, Clone, Default)]
pub(crate) enum Stage {
    /// The sky is being told.
    Telling,
    /// The sky as it was told, the instant of the forecasts, the first body without one, and the forecasts so far.
    Foreseeing(Box<(Sky, Timestamp, usize, Vec<Outlook>)>),
    /// The same sky, its forecasts sorted by track, how many of them are added up, and the dangers so far.
    Tallying(Box<(Sky, Vec<Outlook>, usize, Tally)>),
    /// Decided.
    #[default]
    Over,
}

impl Round {
    /// What a report at `now` is to bear. The answer takes the round as far as it says.
    pub(crate) fn due(&mut self, now: Timestamp) -> Due {
        let (number, ms) = (now.millis().div_euclid(ROUND_MS), now.millis().rem_euclid(ROUND_MS));
        let before_ms = std::mem::replace(&mut self.at_ms, ms);
        let last = self.number.replace(number);
        if last != Some(number) {
            // A round that is not over, or one that nobody began, is late already.
            let late = last.is_some_and(|last| !matches!(self.stage, Stage::Over) || number > last.saturating_add(1));
            self.stage = if late { Stage::Over } else { Stage::Telling };
            return if late { Due::All } else { Due::Begin };
        }
        let part = |until_ms: i64| {
            let count = |ms: i64| u64::try_from(ms).unwrap_or(0);
            let of = count(until_ms - before_ms).max(1);
            (count(ms - before_ms).min(of), of)
        };
        match self.stage {
            Stage::Telling => {
                let (part, of) = part(TELL_MS);
                Due::Tell { part, of }
            }
            Stage::Foreseeing(_) => {
                let (part, of) = part(FORESEE_MS);
                Due::Foresee { part, of }
            }
            Stage::Tallying(_) => {
                let (part, of) = part(TALLY_MS);
                Due::Tally { part, of }
            }
            Stage::Over => Due::Rest,
        }
    }

    /// Whether nobody began the round of `now`: if a report comes in it, it will weigh no less than is there now.
    pub(crate) fn past(&self, now: Timestamp) -> bool {
        self.number.is_none_or(|number| number < now.millis().div_euclid(ROUND_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_reports_are_weighed_one_by_one_and_many_in_rounds() {
        let at_once = |per_second: i64, seconds: i64| {
            let mut pace = Pace::default();
            let at = |n: i64| Timestamp::from_millis(n * 1000 / per_second);
            let mut weighed = |n: i64| {
                pace.report(at(n));
                !pace.busy(at(n))
            };
            (0..per_second * seconds).filter(|&n| weighed(n)).count()
        };
        assert_eq!(at_once(20, 10), 200);
        // The first busy second is not known to be busy before it is.
        assert_eq!(at_once(1000, 10), 200);
    }

    #[test]
    fn many_tracks_make_fewer_reports_a_busy_second() {
        let mut pace = Pace::default();
        pace.weighed(1000);
        let at = |n: i64| Timestamp::from_millis(n * 100);
        let mut weighed = |n: i64| {
            pace.report(at(n));
            !pace.busy(at(n))
        };
        assert_eq!((0..100).filter(|&n| weighed(n)).count(), 3);
    }

    /// What each report bears, by its milliseconds.
    fn dues(reports_ms: impl IntoIterator<Item = i64>) -> Vec<Due> {
        let mut round = Round::default();
        let mut due = |ms: i64| {
            let due = round.due(Timestamp::from_millis(ms));
            match due {
                Due::Tell { part, of } if part == of => {
                    round.stage = Stage::Foreseeing(Box::new((Sky::default(), Timestamp::from_millis(ms), 0, vec![])));
                }
                Due::Foresee { part, of } if part == of => {
                    let tally =
                        Tally::new(&crate::ground::Ground::new(model::AreaSet::bundled(), &crate::CameIn::default()));
                    round.stage = Stage::Tallying(Box::new((Sky::default(), vec![], 0, tally)));
                }
                Due::Tally { part, of } if part == of => round.stage = Stage::Over,
                _ => {}
            }
            due
        };
        reports_ms.into_iter().map(&mut due).collect()
    }

    #[test]
    fn a_round_is_begun_told_foreseen_and_over_in_its_half_second() {
        use Due::{All, Begin, Foresee, Rest, Tally, Tell};
        let told = dues([1000, 1100, 1150, 1210, 1310, 1399, 1400, 1425, 1470, 1480, 1500, 1500]);
        let tell = |part, of| Tell { part, of };
        let foresee = |part, of| Foresee { part, of };
        assert_eq!(
            told,
            [
                Begin,
                tell(100, 200),
                tell(50, 100),
                tell(50, 50),
                foresee(100, 190),
                foresee(89, 90),
                foresee(1, 1),
                Tally { part: 25, of: 50 },
                Tally { part: 25, of: 25 },
                Rest,
                Begin,
                tell(0, 200)
            ]
        );
        // Reports are too few to bear a round, or pause: the next bears all.
        assert_eq!(dues([1000, 1300, 1600, 2000]), [Begin, tell(200, 200), All, Begin]);
        assert_eq!(
            dues([1000, 1300, 1450, 1460, 2100]),
            [Begin, tell(200, 200), foresee(100, 100), Tally { part: 1, of: 1 }, All]
        );
    }
}
