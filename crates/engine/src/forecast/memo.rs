//! Forecasts kept while nothing was told of their track: what changed is made anew, the rest is counted down.
//!
//! What always holds: what is remembered equals what would be made, so that a memory more or less changes no forecast.

use super::fan::Fan;
use super::{Outlook, Reached, believed, made_at, outlook, reached};
use crate::fuse::{Body, Group, Sky};
use crate::ground::Ground;
use model::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was made of one body.
#[derive(Debug, Clone)]
struct Made {
    body: Arc<Body>,
    group: Option<Arc<Group>>,
    at: Timestamp,
    reached: Vec<Reached>,
}

/// What was made of each body, by its number.
#[derive(Clone, Default)]
pub(crate) struct Memo(BTreeMap<u64, Made>);

impl std::fmt::Debug for Memo {
    /// It changes nothing: not worth its numbers.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memo")
    }
}

impl Memo {
    /// What is foreseen of a body at `now`; `None` for one that is not believed or has no place.
    ///
    /// Costs some 150 microseconds when something was told of it or its clock turned, and two
    /// otherwise.
    pub(crate) fn forecast(
        &mut self,
        body: &Arc<Body>,
        group: Option<&Arc<Group>>,
        now: Timestamp,
        untold_ms: i64,
        ground: &Ground,
        fan: &Fan,
    ) -> Option<Outlook> {
        if !believed(body, now) {
            self.0.remove(&body.number);
            return None;
        }
        let at = made_at(body, now);
        let known = |made: &&Made| {
            let same_group = match (&made.group, group) {
                (None, None) => true,
                (Some(a), Some(b)) => Arc::ptr_eq(a, b),
                _ => false,
            };
            made.at == at && Arc::ptr_eq(&made.body, body) && same_group
        };
        let since_ms = now.ms_since(at);
        if let Some(made) = self.0.get(&body.number).filter(known) {
            return Some(outlook(body, &made.reached, since_ms, now, untold_ms));
        }
        let reached = reached(body, group.map(AsRef::as_ref), at, ground, fan);
        let told = outlook(body, &reached, since_ms, now, untold_ms);
        self.0.insert(body.number, Made { body: Arc::clone(body), group: group.cloned(), at, reached });
        Some(told)
    }

    /// Forgets bodies that are no more.
    pub(crate) fn keep(&mut self, sky: &Sky) {
        if self.0.len() > sky.bodies.len() {
            self.0.retain(|&number, _| sky.bodies.binary_search_by_key(&number, |body| body.number).is_ok());
        }
    }
}
