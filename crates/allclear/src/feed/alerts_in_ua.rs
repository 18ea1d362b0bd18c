//! What is asked of alerts.in.ua: one conditional GET of the alerts in force.
//!
//! Codes: 200; 304 unchanged; 401 wrong token; 403 address or country blocked; 429 limit; 5xx.

use super::http::{Answer, Ask, Failure};
use super::poll::{self, Step};
use model::{AreaSet, Timestamp};
use wire::{Snapshot, WireError};

const ACTIVE: &str = "/v1/alerts/active.json";

/// The validators of the picture the core has taken, and of the one on its way.
#[derive(Debug, Default)]
pub(super) struct Service {
    taken: Validators,
    coming: Validators,
}

#[derive(Debug, Default, Clone)]
struct Validators {
    last_modified: Option<String>,
    etag: Option<String>,
}

impl poll::Service for Service {
    fn begin(&mut self) -> Ask {
        Ask {
            path: ACTIVE,
            if_modified_since: self.taken.last_modified.clone(),
            if_none_match: self.taken.etag.clone(),
        }
    }

    fn step(&mut self, answer: Answer) -> Result<Step, Failure> {
        match answer.code {
            200 => {
                self.coming = Validators { last_modified: answer.last_modified, etag: answer.etag };
                Ok(Step::Picture(answer.body))
            }
            304 if self.taken.last_modified.is_some() || self.taken.etag.is_some() => Ok(Step::Unchanged),
            401 => Err(Failure::Unauthorized(format!("the token is refused{}", answer.said()))),
            403 => Err(Failure::Forbidden(format!("our address or country is blocked{}", answer.said()))),
            429 => Err(Failure::RateLimited { code: 429, retry_after_s: answer.retry_after_s }),
            500..=599 => Err(Failure::Server(answer.code)),
            code => Err(Failure::Unexpected(code)),
        }
    }

    fn taken(&mut self) {
        self.taken = std::mem::take(&mut self.coming);
    }

    fn forget(&mut self) {
        *self = Self::default();
    }

    fn decode(&self, body: &[u8], areas: &AreaSet, received_at: Timestamp) -> Result<Snapshot, WireError> {
        wire::alerts_in_ua::decode(body, areas, received_at)
    }
}
