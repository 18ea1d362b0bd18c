//! The poller every upstream shares.
//!
//! What comes in: a [`Service`] that says what to ask and what its answers mean. What goes out: a whole picture when it
//! changed, a heartbeat when it did not, a refusal when it could not be read.
//! What always holds: a heartbeat is sent only for a picture the core has taken; a failed poll says nothing, so that
//! the source goes stale and never clear; validators are remembered only after the core has taken the picture.

use super::Sink;
use super::http::{Answer, Ask, Failure, Http};
use super::schedule::{Bucket, Pace, Schedule};
use super::speaker::Speaker;
use crate::core::CoreError;
use model::{AreaSet, Status, Timestamp};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use wire::{Snapshot, WireError};

/// Polls in a row for which a picture older than the one at hand is not believed (a cache that lags); after them the
/// service's clock is, and the picture is taken.
const OLDER_POLLS_MAX: u32 = 3;

/// What an answer means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The picture the core has is still the service's.
    Unchanged,
    /// Something more must be asked.
    Ask(Ask),
    /// A whole picture, not yet decoded.
    Picture(Vec<u8>),
}

/// One service's own part of a poller. No input or output of its own.
pub(super) trait Service: Send + 'static {
    /// The first request of a poll.
    fn begin(&mut self) -> Ask;
    /// What an answer means.
    fn step(&mut self, answer: Answer) -> Result<Step, Failure>;
    /// The core has taken the picture that was on its way.
    fn taken(&mut self);
    /// The core has no picture: ask for all of it.
    fn forget(&mut self);
    /// Reads a picture.
    fn decode(&self, body: &[u8], areas: &AreaSet, received_at: Timestamp) -> Result<Snapshot, WireError>;
}

/// What a poller is made of.
pub(super) struct Poll<S> {
    pub(super) speaker: Speaker<S>,
    pub(super) http: Http,
    pub(super) bucket: Arc<Mutex<Bucket>>,
    pub(super) schedule: Schedule,
    pub(super) areas: &'static AreaSet,
}

/// Polls until the core stops.
pub(super) async fn run<S: Sink, V: Service, P: Pace>(poll: Poll<S>, service: V, pace: P) {
    let mut poller = Poller::new(poll, service, pace);
    while poller.turn().await {}
}

struct Poller<S, V, P> {
    poll: Poll<S>,
    service: V,
    pace: P,
    /// The picture the core has taken, and the digest of its body with the regions unknown there.
    picture: Option<(Snapshot, String)>,
    /// The service's own time of the newest picture taken, and how many older ones came since.
    newest: Option<Timestamp>,
    older: u32,
    /// Digest of the body that was refused last: said once.
    refused: Option<String>,
    /// Notes of the present picture: said once each.
    noted: BTreeSet<String>,
}

impl<S: Sink, V: Service, P: Pace> Poller<S, V, P> {
    const fn new(poll: Poll<S>, service: V, pace: P) -> Self {
        Self { poll, service, pace, picture: None, newest: None, older: 0, refused: None, noted: BTreeSet::new() }
    }

    /// One poll and the wait after it. False when the core has stopped.
    async fn turn(&mut self) -> bool {
        let began_ms = self.pace.now_ms();
        let polled = self.once().await;
        let outcome = polled.as_ref().map_or_else(Failure::name, |what| *what);
        let source = self.poll.speaker.source().to_string();
        metrics::counter!("allclear_feed_polls_total", "source" => source, "outcome" => outcome).increment(1);
        let wait_ms = self.poll.schedule.after(polled.as_ref().err());
        match &polled {
            Ok(_) => self.poll.speaker.fine(),
            Err(Failure::NotTaken(why)) if *why == CoreError::Stopped.to_string() => return false,
            Err(failure) => {
                let detail = format!("{failure}; next try in {} s", wait_ms.div_ceil(1000));
                self.poll.speaker.trouble(failure.name(), &detail);
            }
        }
        let spent_ms = self.pace.now_ms().saturating_sub(began_ms);
        self.pace.wait(wait_ms.saturating_sub(spent_ms)).await;
        true
    }

    /// One poll: `Ok` with its outcome's name when the service was heard and the core has what it said.
    async fn once(&mut self) -> Result<&'static str, Failure> {
        let mut ask = self.service.begin();
        loop {
            let wait_ms = {
                let mut bucket = self.poll.bucket.lock().unwrap_or_else(PoisonError::into_inner);
                bucket.take(self.pace.now_ms())
            };
            if wait_ms > 0 {
                self.pace.wait(wait_ms).await;
            }
            let answer = self.poll.http.get(&ask).await?;
            self.same_world(&answer)?;
            let unknown_uids = answer.unknown_uids.clone();
            match self.service.step(answer)? {
                Step::Ask(next) => ask = next,
                Step::Picture(body) => return self.picture(&body, &unknown_uids).await,
                Step::Unchanged if self.picture.is_some() => return self.heartbeat().await,
                Step::Unchanged => {
                    self.service.forget();
                    return Err(Failure::Unexpected(304));
                }
            }
        }
    }

    /// A server of this house says which world it speaks of; a picture of the other one is refused.
    fn same_world(&self, answer: &Answer) -> Result<(), Failure> {
        let ours = match self.poll.speaker.status() {
            Status::Actual => "actual",
            Status::Exercise => "exercise",
        };
        match &answer.world {
            Some(theirs) if theirs != ours => {
                let theirs: String = theirs.chars().take(20).collect();
                Err(Failure::WrongWorld(format!("the service speaks of the world {theirs:?}, this server of {ours:?}")))
            }
            _ => Ok(()),
        }
    }

    async fn picture(&mut self, body: &[u8], unknown_uids: &[u32]) -> Result<&'static str, Failure> {
        let sha256 = format!("{} {unknown_uids:?}", model::sha256(body));
        if self.picture.as_ref().is_some_and(|(_, known)| *known == sha256) {
            self.service.taken();
            return self.heartbeat().await;
        }
        let received_at = self.poll.speaker.now();
        let mut snapshot = match self.service.decode(body, self.poll.areas, received_at) {
            Ok(snapshot) => snapshot,
            Err(error) => {
                if self.refused.as_ref() != Some(&sha256) {
                    self.poll.speaker.refused(error.refusal(), body).await;
                    self.refused = Some(sha256);
                }
                return Err(Failure::Undecodable(error.to_string()));
            }
        };
        self.refused = None;
        self.not_older(&snapshot, received_at)?;
        snapshot.doubt_uids(unknown_uids, self.poll.areas);
        self.note(&snapshot, body).await;
        if self.picture.as_ref().is_some_and(|(known, _)| known.says_the_same(&snapshot)) {
            self.picture = Some((snapshot, sha256));
            self.service.taken();
            return self.heartbeat().await;
        }
        let source = self.poll.speaker.source().clone();
        let mut upstream = snapshot.clone().into_upstream(source, self.poll.speaker.status(), received_at);
        // The service says now what stands now: its own time, that of its last change, orders pictures only among
        // themselves, which was done above.
        upstream.observed_at = received_at;
        match self.poll.speaker.picture(upstream).await {
            Ok(_) | Err(CoreError::RecordStopped(_)) => {
                self.picture = Some((snapshot, sha256));
                self.service.taken();
                Ok("changed")
            }
            Err(error) => {
                self.picture = None;
                self.service.forget();
                Err(Failure::NotTaken(error.to_string()))
            }
        }
    }

    /// A picture older than the one at hand comes from a cache: for a few polls it is not believed.
    fn not_older(&mut self, snapshot: &Snapshot, received_at: Timestamp) -> Result<(), Failure> {
        let at = snapshot.observed_at;
        // A picture without a time of its own is dated by its receipt: nothing to compare.
        if at == received_at {
            return Ok(());
        }
        if let Some(newest) = self.newest.filter(|newest| at < *newest) {
            self.older += 1;
            if self.older < OLDER_POLLS_MAX {
                return Err(Failure::Older(format!(
                    "the picture of {at} is older than that of {newest}, which we have"
                )));
            }
        }
        self.older = 0;
        self.newest = Some(at);
        Ok(())
    }

    /// Tells each oddity of a picture once, for as long as it stands.
    async fn note(&mut self, snapshot: &Snapshot, body: &[u8]) {
        let mut standing = BTreeSet::new();
        for note in &snapshot.notes {
            // Places in the list shift from poll to poll; what is odd stays the same.
            let key: String = note.detail.chars().filter(|c| !c.is_ascii_digit()).collect();
            let key = format!("{} {key}", note.reason);
            if !self.noted.contains(&key) && !standing.contains(&key) {
                self.poll.speaker.refused(note.clone(), body).await;
            }
            standing.insert(key);
        }
        self.noted = standing;
    }

    async fn heartbeat(&mut self) -> Result<&'static str, Failure> {
        match self.poll.speaker.heartbeat().await {
            Ok(_) | Err(CoreError::RecordStopped(_)) => Ok("unchanged"),
            Err(error) => Err(Failure::NotTaken(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests;
