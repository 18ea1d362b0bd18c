//! What is asked of ukrainealarm and siren.pp.ua: the action index, and the alerts when it moved.
//!
//! The index is taken before the alerts, so a change between the two is seen by the next poll. The alerts are taken
//! whole every five minutes in any case: an index that does not move must not hide a change for long.
//! Codes: 200; 401 wrong key, and also the limit (about 3 requests a minute and key); 403 no key; 429; 5xx.

use super::http::{Answer, Ask, Failure};
use super::poll::{self, Step};
use model::{AreaSet, Timestamp};
use wire::{Snapshot, WireError};

const STATUS: &str = "/api/v3/alerts/status";
const ALERTS: &str = "/api/v3/alerts";
/// Seconds after which the alerts are taken whole although the index did not move.
const WHOLE_EVERY_S: u32 = 300;
/// 401s in a row, after good answers, that still count as the limit; more mean a key that was withdrawn.
const LIMITS_IN_A_ROW: u32 = 5;

/// What is known of the service.
#[derive(Debug)]
pub(super) struct Service {
    /// Polls after which the alerts are taken whole.
    whole_every: u32,
    /// Polls since the alerts were taken.
    polls: u32,
    /// The index that stood before the picture the core has taken.
    taken: Option<i64>,
    coming: Option<i64>,
    /// This service has no index.
    no_index: bool,
    /// What the last request asked for.
    asked: &'static str,
    /// The key has worked since the start.
    admitted: bool,
    refusals: u32,
}

impl Service {
    pub(super) fn new(poll_s: u32) -> Self {
        Self {
            whole_every: (WHOLE_EVERY_S / poll_s.max(1)).max(1),
            polls: 0,
            taken: None,
            coming: None,
            no_index: false,
            asked: STATUS,
            admitted: false,
            refusals: 0,
        }
    }

    fn ask(&mut self, path: &'static str) -> Ask {
        self.asked = path;
        Ask { path, ..Ask::default() }
    }

    fn refused(&mut self, answer: &Answer) -> Failure {
        self.refusals += 1;
        if self.admitted && self.refusals <= LIMITS_IN_A_ROW {
            return Failure::RateLimited { code: 401, retry_after_s: answer.retry_after_s };
        }
        let said = answer.said();
        Failure::Unauthorized(format!(
            "the key is refused, or too many requests share it: this service answers 401 to both{said}"
        ))
    }
}

impl poll::Service for Service {
    fn begin(&mut self) -> Ask {
        self.polls += 1;
        self.coming = None;
        self.ask(if self.no_index { ALERTS } else { STATUS })
    }

    fn step(&mut self, answer: Answer) -> Result<Step, Failure> {
        match answer.code {
            200 => {}
            401 => return Err(self.refused(&answer)),
            403 => return Err(Failure::Forbidden(format!("no key is shown, or it may not do this{}", answer.said()))),
            404 if self.asked == STATUS => {
                self.no_index = true;
                return Ok(Step::Ask(self.ask(ALERTS)));
            }
            429 => return Err(Failure::RateLimited { code: 429, retry_after_s: answer.retry_after_s }),
            500..=599 => return Err(Failure::Server(answer.code)),
            code => return Err(Failure::Unexpected(code)),
        }
        self.admitted = true;
        self.refusals = 0;
        if self.asked == ALERTS {
            return Ok(Step::Picture(answer.body));
        }
        // An index that cannot be read hides nothing: the alerts are asked for.
        self.coming = wire::ukrainealarm::decode_status(&answer.body).ok();
        if self.coming.is_some() && self.coming == self.taken && self.polls < self.whole_every {
            return Ok(Step::Unchanged);
        }
        Ok(Step::Ask(self.ask(ALERTS)))
    }

    fn taken(&mut self) {
        self.taken = self.coming;
        self.polls = 0;
    }

    fn forget(&mut self) {
        self.taken = None;
        self.coming = None;
    }

    fn decode(&self, body: &[u8], areas: &AreaSet, received_at: Timestamp) -> Result<Snapshot, WireError> {
        wire::ukrainealarm::decode(body, areas, received_at)
    }
}
