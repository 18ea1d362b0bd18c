//! The links of a chain: which messages there are, when each is sent, and to which it refers.
//!
//! A link is known by what it tells (an entry of the record) and how often that was renewed since: both follow from the
//! record and the time alone. A renewal's `sent` is the instant it falls due.

use model::{Alert, Outcome, Timestamp};
use std::sync::Arc;

/// How long a message holds, seconds. Afterwards its receivers know nothing: they are not told that it is over.
pub const EXPIRES_S: i64 = 3_600;
/// After so long without a change the same is told again, seconds: one lost message is survived.
pub const RENEW_S: i64 = 1_800;
/// Most messages one message refers to. Only an alert that changes more often than every 18 s for an hour has more.
const REFERENCES_MAX: usize = 200;

/// A decision about an alert that was told to people.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Its place in the record.
    pub index: u64,
    /// When it was decided.
    pub at: Timestamp,
    /// The alert after it.
    pub alert: Arc<Alert>,
    /// How and by whom it was ended.
    pub end: Option<(Outcome, String)>,
}

impl Told {
    /// The second it was decided in, after 1970-01-01T00:00:00 UTC.
    pub fn at_s(&self) -> i64 {
        self.at.millis().div_euclid(1000)
    }

    /// Whether people are told anything new by `next`. A window of arrival that moves is not: it moves each second.
    pub(super) fn same_as(&self, next: &Self) -> bool {
        let (a, b) = (&self.alert, &next.alert);
        next.end.is_none() && (a.level, &a.kinds) == (b.level, &b.kinds) && a.holders.keys().eq(b.holders.keys())
    }
}

/// One message of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    /// Which of the chain's decisions it tells.
    pub(super) told: usize,
    /// How often that was told before.
    pub(super) renewal: i64,
    /// When, seconds after 1970-01-01T00:00:00 UTC.
    pub(super) sent_s: i64,
}

impl Link {
    pub(super) const fn expires_s(self) -> i64 {
        self.sent_s + EXPIRES_S
    }
}

/// The link of decision `told` renewed so often; `None` when there is none such.
pub(super) fn link(chain: &[Told], told: usize, renewal: i64) -> Option<Link> {
    (0..=last_renewal(chain, told)?).contains(&renewal).then_some(())?;
    Some(Link { told, renewal, sent_s: chain.get(told)?.at_s() + renewal * RENEW_S })
}

/// How often a decision is renewed before the next: without a bound for the last one of an alert in force.
fn last_renewal(chain: &[Told], told: usize) -> Option<i64> {
    let this = chain.get(told)?;
    Some(match chain.get(told + 1) {
        _ if this.end.is_some() => 0,
        Some(next) => (next.at_s() - 1 - this.at_s()).max(0) / RENEW_S,
        None => i64::MAX / RENEW_S / 4,
    })
}

/// The links sent in `from_s..=to_s`, in order.
pub(super) fn links(chain: &[Told], from_s: i64, to_s: i64) -> Vec<Link> {
    let mut links = Vec::new();
    for (told, this) in chain.iter().enumerate() {
        let at_s = this.at_s();
        let first = if from_s <= at_s { 0 } else { (from_s - at_s + RENEW_S - 1) / RENEW_S };
        let last = last_renewal(chain, told).unwrap_or(0).min((to_s - at_s).div_euclid(RENEW_S));
        links.extend((first..=last).map(|renewal| Link { told, renewal, sent_s: at_s + renewal * RENEW_S }));
    }
    links
}

/// The earlier links that `of` refers to: all that have not expired when it is sent, or else the one just before.
/// Empty for the first of the chain.
pub(super) fn referred(chain: &[Told], of: Link) -> Vec<Link> {
    let mut earlier = links(chain, of.sent_s - EXPIRES_S + 1, of.sent_s);
    earlier.retain(|link| (link.told, link.renewal) < (of.told, of.renewal));
    if earlier.is_empty() {
        let before = if of.renewal > 0 {
            link(chain, of.told, of.renewal - 1)
        } else {
            of.told.checked_sub(1).and_then(|told| link(chain, told, last_renewal(chain, told)?))
        };
        earlier.extend(before);
    }
    earlier.drain(..earlier.len().saturating_sub(REFERENCES_MAX));
    earlier
}
