//! Dead letters: what was sent to a receiver and not confirmed, for the officer and in `/metrics`.
//!
//! What comes in: failures and successes of webhooks and pushes. What goes out: for each receiver that failed, since when, of what,
//! how often it was tried and why it failed.
//! What always holds:
//!   an address is a secret of its receiver: only its host and a digest are kept
//!   at most [`OPEN_MAX`] that wait and [`OVER_MAX`] that are over are kept; those beyond are counted
//! Deliberately absent: what was said. Whoever comes back gets what is true then.

use model::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use utoipa::ToSchema;

use super::receipts::Channel;

/// Receivers kept that still fail.
const OPEN_MAX: usize = 1024;
/// Those kept that failed and are over.
const OVER_MAX: usize = 256;
/// Communities named of one letter.
const ABOUT_MAX: usize = 16;
/// Longest reason kept, in bytes.
const WHY_BYTES_MAX: usize = 200;

/// One receiver that did not confirm what it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeadLetterView {
    /// `webhook` or `push`.
    pub channel: &'static str,
    /// Host of its address.
    pub host: String,
    /// First 16 hexadecimal digits of the SHA-256 of its address.
    pub receiver: String,
    /// Codes of communities that it was to be told of, at most 16.
    pub about: Vec<String>,
    /// Attempts so far.
    pub attempts: u32,
    /// Why the last one failed.
    pub why: String,
    /// When it became a dead letter.
    pub since: String,
    /// When it was tried last.
    pub tried_at: String,
    /// `waits`: it is tried again, with what is true then. `delivered`: later it was. `given_up`: it is not tried again.
    /// `ended`: the receiver or its subscription is gone.
    pub outcome: &'static str,
}

/// How a letter that waited came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Confirmed after all.
    Delivered,
    /// Too old, or refused for good.
    GivenUp,
    /// There is nobody to send it to any more.
    Ended,
}

impl End {
    const fn word(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::GivenUp => "given_up",
            Self::Ended => "ended",
        }
    }
}

/// A failure.
#[derive(Debug, Clone)]
pub struct Failure<'a> {
    /// By which channel.
    pub channel: Channel,
    /// The receiver's address.
    pub address: &'a str,
    /// Of which communities.
    pub about: Vec<String>,
    /// Attempts so far.
    pub attempts: u32,
    /// Why, without the address.
    pub why: &'a str,
    /// When.
    pub at: Timestamp,
}

/// All of them.
#[derive(Debug, Default)]
pub struct DeadLetters(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    open: BTreeMap<(&'static str, String), DeadLetterView>,
    over: VecDeque<DeadLetterView>,
}

impl DeadLetters {
    /// A receiver did not confirm.
    pub fn failed(&self, failure: Failure<'_>) {
        let receiver = digest(failure.address);
        let mut kept = self.kept();
        let full = kept.open.len() >= OPEN_MAX;
        let key = (failure.channel.name(), receiver);
        let known = kept.open.get(&key).map(|letter| letter.since.clone());
        if known.is_none() {
            metrics::counter!("allclear_dead_letters_total", "channel" => failure.channel.name()).increment(1);
            if full {
                return;
            }
        }
        let (at, mut about, mut why) = (failure.at.to_string(), failure.about, failure.why.to_owned());
        about.truncate(ABOUT_MAX);
        why.truncate((0..=WHY_BYTES_MAX).rev().find(|end| why.is_char_boundary(*end)).unwrap_or(0));
        let letter = DeadLetterView {
            channel: key.0,
            host: host(failure.address),
            receiver: key.1.clone(),
            about,
            attempts: failure.attempts,
            why,
            since: known.unwrap_or_else(|| at.clone()),
            tried_at: at,
            outcome: "waits",
        };
        kept.open.insert(key, letter);
    }

    /// A receiver that may have failed before needs nothing of that any more.
    pub fn over(&self, channel: Channel, address: &str, end: End, at: Timestamp) {
        let mut kept = self.kept();
        if kept.open.is_empty() {
            return;
        }
        let Some(letter) = kept.open.remove(&(channel.name(), digest(address))) else { return };
        if kept.over.len() >= OVER_MAX {
            kept.over.pop_front();
        }
        kept.over.push_back(DeadLetterView { outcome: end.word(), tried_at: at.to_string(), ..letter });
    }

    /// Those that wait, then those that are over, newest first.
    pub fn view(&self) -> Vec<DeadLetterView> {
        let kept = self.kept();
        kept.open.values().chain(kept.over.iter().rev()).cloned().collect()
    }

    /// How many of a channel wait.
    pub fn waiting(&self, channel: Channel) -> usize {
        self.kept().open.keys().filter(|(name, _)| *name == channel.name()).count()
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn digest(address: &str) -> String {
    model::sha256(address.as_bytes())[..16].to_owned()
}

fn host(address: &str) -> String {
    reqwest::Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(letters: &DeadLetters, address: &str, attempts: u32, second: i64) {
        letters.failed(Failure {
            channel: Channel::Webhook,
            address,
            about: vec!["UA59".into()],
            attempts,
            why: "answered 500",
            at: Timestamp::from_millis(second * 1000),
        });
    }

    #[test]
    fn a_receiver_that_fails_is_one_letter_and_its_address_is_not_told() {
        let letters = DeadLetters::default();
        failed(&letters, "https://hook.example.org/secret", 5, 1);
        failed(&letters, "https://hook.example.org/secret", 6, 9);
        failed(&letters, "https://hook.example.org/other", 5, 9);
        assert_eq!(letters.waiting(Channel::Webhook), 2);
        assert_eq!(letters.waiting(Channel::Push), 0);
        let all = letters.view();
        let one = all.iter().find(|letter| letter.attempts == 6).unwrap();
        assert_eq!(
            (one.since.as_str(), one.tried_at.as_str()),
            ("1970-01-01T00:00:01.000Z", "1970-01-01T00:00:09.000Z")
        );
        assert_eq!((one.host.as_str(), one.outcome), ("hook.example.org", "waits"));
        assert!(!serde_json::to_string(&all).unwrap().contains("secret"));
        letters.over(
            Channel::Webhook,
            "https://hook.example.org/secret",
            End::Delivered,
            Timestamp::from_millis(20_000),
        );
        assert_eq!(letters.waiting(Channel::Webhook), 1);
        assert_eq!(letters.view().iter().map(|letter| letter.outcome).collect::<Vec<_>>(), ["waits", "delivered"]);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let letters = DeadLetters::default();
        for n in 0..OPEN_MAX + 10 {
            failed(&letters, &format!("https://e.org/{n}"), 1, 1);
        }
        assert_eq!(letters.view().len(), OPEN_MAX);
        for n in 0..OPEN_MAX {
            letters.over(Channel::Webhook, &format!("https://e.org/{n}"), End::Ended, Timestamp::from_millis(0));
        }
        assert_eq!(letters.view().len(), OVER_MAX);
    }
}
