//! The answers of one moment, rendered once and shared by everyone who asks until something changes.
//!
//! What comes in: what the core published. What goes out: [`Snapshot`], immutable.
//! What always holds:
//!   an answer is never older than what was published when the question came
//!   `changed_s` and `index` never go back, and change whenever anything these formats tell changes
//! A tick that changes nothing told renders nothing.

use super::alerts_com_ua::{self, Alerts};
use super::alerts_in_ua::{self, Letters};
use super::conditional::Answer;
use super::names::Names;
use super::truth::{Truth, Whole};
use super::ukrainealarm;
use crate::clock::{http_date, wall_s};
use crate::core::Published;
use arc_swap::ArcSwap;
use axum::http::HeaderValue;
use model::{Code, Status, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Everything that can be answered about one moment.
#[derive(Debug, Clone)]
pub(super) struct Snapshot {
    /// What it was rendered from.
    pub(super) published: Arc<Published>,
    /// The same, indexed.
    pub(super) truth: Arc<Truth>,
    /// World.
    pub(super) status: Status,
    /// The second (of the system's clock) within which anything told last changed.
    pub(super) changed_s: i64,
    /// The HTTP date of the second after.
    pub(super) modified: Arc<str>,
    /// Header lines that every answer of this moment carries.
    pub(super) lines: Arc<str>,
    /// The same instant by the core's clock.
    pub(super) changed_at: Timestamp,
    /// ukrainealarm's `lastActionIndex`: milliseconds of the system's clock, made to grow with every change.
    pub(super) index: i64,
    /// Whether the whole country may be answered for.
    pub(super) whole: Whole,
    /// `X-AllClear-Unknown`, when anything is.
    pub(super) unknown: Option<HeaderValue>,
    /// The numbers in it.
    pub(super) unknown_uids: Arc<[u32]>,
    pub(super) active: Answer,
    pub(super) by_oblast: [Answer; 2],
    pub(super) by_uid: [Answer; 2],
    pub(super) alerts: Answer,
    pub(super) last_action: Answer,
    /// alerts.com.ua's regions.
    pub(super) com_ua: Alerts,
    pub(super) states: Answer,
    pub(super) states_short: Answer,
    /// Answers about one region, made when first asked for. At most one for each number and service.
    ones: Arc<Mutex<BTreeMap<One, Option<Answer>>>>,
}

/// A question about one region, which has a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum One {
    /// alerts.in.ua's letter.
    Letter(Letters, Code),
    /// ukrainealarm's list of one; `None`: the test region.
    Region(Option<Code>),
    /// alerts.com.ua's state; `None`: a number that is nobody's.
    State(Option<usize>),
}

impl Snapshot {
    /// The answer to a question about one region; `None`: nothing may be said of it.
    pub(super) fn one(&self, one: One) -> Option<Answer> {
        let mut ones = self.ones.lock().unwrap_or_else(PoisonError::into_inner);
        ones.entry(one).or_insert_with(|| self.render_one(one)).clone()
    }

    fn render_one(&self, one: One) -> Option<Answer> {
        let truth = &self.truth;
        match one {
            One::Letter(letters, code) => {
                let letter = alerts_in_ua::letter(truth, code, letters);
                (letter != ' ').then(|| Answer::json(&letter))
            }
            One::Region(None) => Some(Answer::json(&[ukrainealarm::test_region()])),
            One::Region(Some(code)) => {
                (!truth.unknown(code)).then(|| Answer::json(&[ukrainealarm::region(truth, code)]))
            }
            One::State(number) => {
                let known = number.is_none_or(|number| self.com_ua.get(number - 1).is_some_and(Option::is_some));
                known.then(|| Answer::json(&alerts_com_ua::one(truth, number, self.changed_at)))
            }
        }
    }

    fn render(published: Arc<Published>, truth: Truth, changed_s: i64, index: i64) -> Self {
        let status = published.status;
        let changed_at = published.picture.as_of;
        let unknown_uids: Arc<[u32]> = truth.unknown_uids().into();
        let listed = unknown_uids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        // A region that becomes unknown looks calm in most bodies as before: who has those must not hear "not modified".
        let letters = |render: fn(&Truth, Letters) -> String| {
            [Letters::V1, Letters::V2].map(|letters| Answer::json(&render(&truth, letters)).beside(&listed))
        };
        let unknown = HeaderValue::from_str(&listed).ok().filter(|_| !unknown_uids.is_empty());
        Self {
            status,
            lines: lines(&published, unknown.as_ref()),
            modified: http_date(changed_s + 1).into(),
            changed_s,
            changed_at,
            index,
            whole: truth.whole(),
            unknown,
            unknown_uids,
            active: Answer::json(&alerts_in_ua::active(&truth, changed_at)).beside(&listed),
            by_oblast: letters(alerts_in_ua::by_oblast),
            by_uid: letters(alerts_in_ua::by_uid),
            alerts: Answer::json(&ukrainealarm::alerts(&truth)).beside(&listed),
            last_action: Answer::json(&serde_json::json!({ "lastActionIndex": index })),
            com_ua: alerts_com_ua::alerts(&truth),
            states: Answer::json(&alerts_com_ua::states(&truth, changed_at)).beside(&listed),
            states_short: Answer::json(&alerts_com_ua::short(&truth, changed_at)).beside(&listed),
            ones: Arc::default(),
            truth: Arc::new(truth),
            published,
        }
    }
}

/// The newest snapshot.
#[derive(Debug)]
pub(super) struct Latest {
    now: ArcSwap<Snapshot>,
    // Held while a snapshot is rendered, so that a crowd of questions renders it once.
    rendering: Mutex<()>,
}

impl Latest {
    /// The first snapshot. It counts as changed now: an earlier run's clients must not be told "not modified".
    pub(super) fn new(published: Arc<Published>, names: Arc<Names>) -> Self {
        let truth = Truth::new(&published.picture, names, published.status);
        let snapshot = Snapshot::render(published, truth, wall_s(), wall_ms());
        Self { now: ArcSwap::from_pointee(snapshot), rendering: Mutex::new(()) }
    }

    /// The snapshot of what is published now; `published` is asked again under the lock, so that an older picture
    /// never replaces a newer one.
    pub(super) fn get(&self, published: impl Fn() -> Arc<Published>) -> Arc<Snapshot> {
        let current = self.now.load_full();
        if Arc::ptr_eq(&current.published, &published()) {
            return current;
        }
        let guard = self.rendering.lock().unwrap_or_else(PoisonError::into_inner);
        let (current, published) = (self.now.load_full(), published());
        if Arc::ptr_eq(&current.published, &published) {
            return current;
        }
        let truth = Truth::new(&published.picture, current.truth.names.clone(), published.status);
        let next = if truth.same(&current.truth) {
            Snapshot { lines: lines(&published, current.unknown.as_ref()), published, ..(*current).clone() }
        } else {
            let changed_s = current.changed_s.max(wall_s());
            let index = (current.index + 1).max(wall_ms());
            Snapshot::render(published, truth, changed_s, index)
        };
        let next = Arc::new(next);
        self.now.store(next.clone());
        drop(guard);
        next
    }
}

/// How old the picture is, how long the record was, and what is unknown, as lines of a head.
fn lines(published: &Published, unknown: Option<&HeaderValue>) -> Arc<str> {
    let unknown = unknown.and_then(|unknown| unknown.to_str().ok());
    let unknown = unknown.map(|unknown| format!("x-allclear-unknown: {unknown}\r\n")).unwrap_or_default();
    let (as_of, seq) = (published.picture.as_of, published.seq);
    format!("x-allclear-as-of: {as_of}\r\nx-allclear-seq: {seq}\r\n{unknown}").into()
}

fn wall_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
