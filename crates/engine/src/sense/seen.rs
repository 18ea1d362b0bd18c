//! Reports seen before, by source and identifier.

use model::{EventId, ReportId, SourceId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// How long a report is remembered after its arrival, in milliseconds: as long as evidence can still matter.
const KEPT_MS: i64 = 2 * 3_600_000;
/// Most reports remembered; the oldest arrivals are forgotten first.
const SEEN_MAX: usize = 20_000;

/// A memory of reports.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    known: BTreeSet<(SourceId, ReportId)>,
    arrivals: BTreeMap<(Timestamp, EventId), (SourceId, ReportId)>,
}

impl Seen {
    /// Remembers a report. Returns whether it is new.
    pub(crate) fn meet(&mut self, source: &SourceId, report: &ReportId, now: Timestamp, event: EventId) -> bool {
        self.forget(now);
        let name = (source.clone(), report.clone());
        if !self.known.insert(name.clone()) {
            return false;
        }
        self.arrivals.insert((now, event), name);
        true
    }

    fn forget(&mut self, now: Timestamp) {
        while let Some((&(at, _), _)) = self.arrivals.first_key_value() {
            if now.ms_since(at) <= KEPT_MS && self.arrivals.len() < SEEN_MAX {
                break;
            }
            if let Some((_, name)) = self.arrivals.pop_first() {
                self.known.remove(&name);
            }
        }
    }
}
