//! Every chain that may still be asked for, by alert.
//!
//! What comes in: decisions, in the order of the record, and once at the start those of the last day. What goes out:
//! messages, one by one or all that hold. What always holds: an alert in force keeps its chain; the memory of ended ones, and
//! of changes, is bounded.

use super::link::{Link, Told, link, links};
use super::message::{Issuer, message};
use super::shape::Atlas;
use model::{AlertId, Decision, DecisionBody, Standing, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How long a message can be fetched after it was sent, and an ended chain's last one stays listed, seconds.
pub const KEEP_S: i64 = 86_400;
/// Most decisions kept of one alert: the oldest go first.
const TOLD_MAX: usize = 2_000;
/// Most messages listed, unless more hold at once: the oldest ends go first.
const LISTED_MAX: usize = 5_000;
/// Most ended chains kept: those that ended first go first.
const ENDED_MAX: usize = 20_000;

/// A message of a chain, before it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its name.
    pub identifier: String,
    /// Whose chain.
    pub alert: AlertId,
    /// When it is sent, seconds after 1970-01-01T00:00:00 UTC.
    pub sent_s: i64,
    /// Until when it holds.
    pub expires_s: i64,
    link: Link,
}

/// The chains.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    chains: BTreeMap<AlertId, Arc<Vec<Told>>>,
    /// Whose decision an entry of the record is.
    whose: BTreeMap<u64, AlertId>,
    /// How many decisions were taken, and the second of the latest: something is new when these are more.
    taken: (u64, i64),
    /// Ended chains, by when they ended.
    ended: BTreeSet<(i64, AlertId)>,
}

impl Ledger {
    /// Takes a decision that stands, or will stand, at `index` of the record.
    pub fn take(&mut self, index: u64, decision: &Decision) {
        let (alert, end) = match &decision.body {
            DecisionBody::Raise(alert) | DecisionBody::Update(alert) => (alert, None),
            DecisionBody::End { alert, outcome, by } => (alert, Some((*outcome, by.clone()))),
            DecisionBody::Note(_) => return,
        };
        self.tell(Told { index, at: decision.decided_at, alert: Arc::new(alert.clone()), end });
    }

    fn tell(&mut self, told: Told) {
        let id = told.alert.id;
        if told.end.is_some() && !self.chains.contains_key(&id) {
            // An end of what nobody was told of has nothing to refer to.
            return;
        }
        let chain = Arc::make_mut(self.chains.entry(id).or_default());
        // What was taken once is not taken twice: the start reads what the core may also have told.
        if chain.last().is_some_and(|last| last.index >= told.index || last.end.is_some() || last.same_as(&told)) {
            return;
        }
        self.whose.insert(told.index, id);
        self.taken = (self.taken.0 + 1, self.taken.1.max(told.at_s()));
        if told.end.is_some() {
            self.ended.insert((told.at_s(), id));
        }
        chain.push(told);
        if chain.len() > TOLD_MAX {
            self.whose.remove(&chain.remove(0).index);
        }
    }

    /// Forgets what can no longer be asked for at `now`.
    pub fn forget(&mut self, now: Timestamp) {
        let before = now.millis().div_euclid(1000) - KEEP_S;
        while let Some(&key) = self.ended.first() {
            if key.0 >= before && self.ended.len() <= ENDED_MAX {
                break;
            }
            self.ended.pop_first();
            for told in self.chains.remove(&key.1).iter().flat_map(|chain| chain.iter()) {
                self.whose.remove(&told.index);
            }
        }
        for chain in self.chains.values_mut() {
            // The last decision before the kept time is renewed within it.
            let old = chain.iter().take_while(|told| told.at_s() < before - super::EXPIRES_S).count().saturating_sub(1);
            if old > 0 {
                for told in Arc::make_mut(chain).drain(..old) {
                    self.whose.remove(&told.index);
                }
            }
        }
    }

    /// How many decisions were taken that told something new; `None` when the latest is of a time after `now`, so that what
    /// is listed for `now` is not the last word.
    pub const fn taken(&self, now: Timestamp) -> Option<u64> {
        if self.taken.1 > now.millis().div_euclid(1000) { None } else { Some(self.taken.0) }
    }

    /// Alerts in force and lately ended that this holds.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.chains.len()
    }

    /// Messages that hold at `now`, and the last of each ended chain for a day, the latest first; ours alone
    /// (`advisory`) or all others.
    pub fn listed(&self, issuer: &Issuer, now: Timestamp, advisory: bool) -> Vec<Letter> {
        let now_s = now.millis().div_euclid(1000);
        let mut letters = Vec::new();
        for (id, chain) in &self.chains {
            let Some(last) = chain.last() else { continue };
            if (last.alert.standing == Standing::Advisory) != advisory {
                continue;
            }
            let mut of = links(chain, now_s - super::EXPIRES_S + 1, now_s);
            if of.is_empty() && last.end.is_some() && last.at_s() > now_s - KEEP_S {
                of.extend(link(chain, chain.len() - 1, 0));
            }
            letters.extend(of.into_iter().filter_map(|link| letter(issuer, *id, chain, link)));
        }
        letters.sort_by(|a, b| {
            b.sent_s.cmp(&a.sent_s).then_with(|| b.link.cmp(&a.link)).then_with(|| a.alert.cmp(&b.alert))
        });
        // Those that hold are of the last hour: they come first.
        let hold = letters.iter().filter(|letter| letter.expires_s > now_s).count();
        letters.truncate(hold.max(LISTED_MAX));
        letters
    }

    /// The chain of a letter alone: to make its message of, while the ledger goes on.
    pub fn only(&self, letter: &Letter) -> Self {
        let chain = self.chains.get(&letter.alert).map(|chain| (letter.alert, chain.clone()));
        Self { chains: chain.into_iter().collect(), ..Self::default() }
    }

    /// The letter of that name, when it was due by `now` and is kept.
    pub fn find(&self, issuer: &Issuer, identifier: &str, now: Timestamp) -> Option<Letter> {
        let (index, at_s, renewal) = issuer.read(identifier)?;
        let id = *self.whose.get(&index)?;
        let chain = self.chains.get(&id)?;
        let told = chain.iter().position(|told| told.index == index && told.at_s() == at_s)?;
        let found = link(chain, told, renewal)?;
        let now_s = now.millis().div_euclid(1000);
        (now_s - KEEP_S..=now_s).contains(&found.sent_s).then(|| letter(issuer, id, chain, found))?
    }

    /// The message itself.
    pub fn message(&self, issuer: &Issuer, atlas: &Atlas, letter: &Letter) -> Option<cap::Alert> {
        message(issuer, atlas, self.chains.get(&letter.alert)?, letter.link)
    }
}

fn letter(issuer: &Issuer, alert: AlertId, chain: &[Told], link: Link) -> Option<Letter> {
    let identifier = issuer.identifier(chain, link)?;
    Some(Letter { identifier, alert, sent_s: link.sent_s, expires_s: link.expires_s(), link })
}
