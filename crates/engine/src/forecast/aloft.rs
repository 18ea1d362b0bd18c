//! Whether an object that nobody tells of any more still flies, and for how long it may.

use crate::fuse::{Body, Flight};
use model::Timestamp;

/// How often an object is told of before anyone counted: as if it had been twice in four minutes.
const TOLD_BEFORE: f64 = 2.0;
const TOLD_BEFORE_S: f64 = 240.0;
/// Ends in the time that our patience with its kind lasts: one every nine minutes for a drone, every three
/// for a missile. Chosen on `allclear simulate`: posts come more evenly than by chance, so their absence says more.
const ENDS: f64 = 7.0;
/// For each end, so many that fly on where nobody tells of them.
const LEAVES: f64 = 0.25;
/// Silence that says nothing yet, seconds.
const GRACE_S: f64 = 30.0;

#[allow(clippy::cast_precision_loss)] // Hours in milliseconds.
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

/// Probability that an object which exists is still in the air, when nobody told of it for `untold_ms` although one of
/// those who did was heard.
///
/// It is told of at its own rate, which is learned from how often it was (a gamma prior); it ends, or leaves where it is
/// told of, at constant rates. Silence is then weighed by Bayes: what was told of every minute and is silent for five has
/// come down; what was told of every ten has not. Without anyone to tell, silence says nothing.
pub(super) fn flying(body: &Body, untold_ms: i64) -> f64 {
    let state = &body.state;
    let silent_s = (seconds(untold_ms) - GRACE_S).max(0.0);
    let seen_s = seconds(state.last_seen_at.ms_since(body.first_seen_at)).max(0.0);
    let told = (TOLD_BEFORE + f64::from(state.told_n.saturating_sub(1))) / (TOLD_BEFORE_S + seen_s);
    let ends = ENDS / body.flight().end_after_s;
    let leaves = LEAVES * ends;
    let faded = |rate: f64| libm::exp(-rate * silent_s);
    let by_chance = faded(ends + leaves + told);
    let unseen = leaves / (leaves + told) * faded(ends) * (1.0 - faded(leaves + told));
    let silent = by_chance + (ends + leaves) / (ends + leaves + told) * (1.0 - by_chance);
    ((by_chance + unseen) / silent).clamp(0.0, 1.0)
}

/// For how long something of that kind may still fly: its endurance less its age. What is seen for longer than its kind
/// can fly is another by now, which began no later than it was last seen.
pub(super) fn left_s(body: &Body, flight: &Flight, now: Timestamp) -> f64 {
    let age_s = seconds(now.ms_since(body.first_seen_at));
    let seen_s = seconds(body.state.last_seen_at.ms_since(body.first_seen_at));
    let flown_s = if seen_s <= flight.endurance_s { age_s } else { age_s - seen_s };
    flight.endurance_s - flown_s
}
