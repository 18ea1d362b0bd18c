//! The official alerts: every source's words, reconciled into one alert per community and type.

use super::words::{Part, Raise, Subject, Words};
use crate::alerts::{Alerts, all_kinds, gravest};
use crate::config::SourceProfile;
use crate::ground::Ground;
use crate::out::Out;
use crate::sources::Sources;
use model::time::SKEW_MS_MAX;
use model::{
    Alert, AlertId, AlertType, Because, Code, EventId, Holder, NoteKind, Order, OrderAct, Outcome, Reason, Report,
    SourceId, Standing, Timestamp, UpstreamSnapshot, Word,
};
use std::collections::{BTreeMap, BTreeSet};

/// How long an ended word is remembered, so that a still later word about the same time folds right.
const ENDED_KEPT_MS: i64 = 6 * 3_600_000;
/// Ordinals of official alerts within one event stay below this; those of policies lie above.
pub(crate) const OFFICIAL_N_MAX: u64 = 2048;

/// The reconciliation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Relay {
    words: BTreeMap<SourceId, Words>,
    /// Communities with an alert about which fresh sources contradict each other.
    disputed: BTreeSet<Code>,
    /// Grows whenever a word was taken in.
    turns: u64,
    /// Turns of the words and of the sources that `disputed` is true for.
    disputed_at: (u64, u64),
}

/// Whether an official source speaks for `area`.
pub(super) fn speaks_for(profile: &SourceProfile, area: Code, ground: &Ground) -> bool {
    profile.areas.is_empty() || ground.chain(area).any(|link| profile.areas.contains(&link))
}

impl Relay {
    /// An alert that stood when the program stopped: each holder's word stands again.
    pub(crate) fn stand(&mut self, alert: &Alert, ground: &Ground) {
        for (source, holder) in &alert.holders {
            let words = self.words.entry(source.clone()).or_default();
            let raise = Raise {
                said: (holder.since, holder.event),
                since: holder.since,
                level: holder.level,
                kinds: holder.kinds.clone(),
                standing: true,
            };
            words.raise((alert.community, alert.alert_type), raise, ground);
        }
    }

    /// The orders of a report, in the order of its text.
    pub(crate) fn orders(
        &mut self,
        report: &Report,
        orders: &[(usize, &Order)],
        profile: &SourceProfile,
        ground: &Ground,
        alerts: &mut Alerts,
        out: &mut Out<'_>,
    ) {
        let from_the_future = report.observed_at.ms_since(out.now) > SKEW_MS_MAX;
        let mut numbers: BTreeMap<Subject, u64> = BTreeMap::new();
        for &(n, order) in orders {
            let refuse = |out: &mut Out<'_>, kind: NoteKind, why: String| {
                out.note(kind, Some(&report.source), Some(order.community), Some(&report.id), why);
            };
            if !ground.knows(order.community) {
                refuse(out, NoteKind::Disbelieved, format!("{} is not a community of this area set", order.community));
                continue;
            }
            if !speaks_for(profile, order.community, ground) {
                let why = format!("{} does not speak for {}: kept as a claim", report.source, order.community);
                refuse(out, NoteKind::ClaimOnly, why);
                continue;
            }
            let subject = (order.community, order.alert_type);
            let words = self.words.entry(report.source.clone()).or_default();
            match order.act {
                OrderAct::Raise => {
                    // A clock that runs ahead must not swallow a warning: it counts from its arrival.
                    let said_at = if from_the_future { out.now } else { report.observed_at };
                    let raise = Raise {
                        said: (said_at, out.event),
                        since: said_at,
                        level: order.level,
                        kinds: order.kinds.clone(),
                        standing: false,
                    };
                    numbers.entry(subject).or_insert(n as u64);
                    if !words.raise(subject, raise, ground) {
                        let why = format!("raise said at {said_at} is older than a newer end: it changes nothing");
                        refuse(out, NoteKind::Disbelieved, why);
                    }
                }
                OrderAct::End if from_the_future => {}
                OrderAct::End => {
                    if !words.end(subject, (report.observed_at, out.event)) {
                        let why = format!("end said at {} is older than a newer end", report.observed_at);
                        refuse(out, NoteKind::Disbelieved, why);
                    }
                }
            }
        }
        self.settle(&report.source, &numbers, ground, alerts, out);
    }

    /// A whole picture of an upstream, or the part of it for some regions. Returns why it was not believed, if so.
    pub(crate) fn picture(
        &mut self,
        snapshot: &UpstreamSnapshot,
        profile: &SourceProfile,
        ground: &Ground,
        alerts: &mut Alerts,
        out: &mut Out<'_>,
    ) -> Result<(), String> {
        let words = self.words.entry(snapshot.source.clone()).or_default();
        let from_the_future = snapshot.observed_at.ms_since(out.now) > SKEW_MS_MAX;
        let newest = words.pictured(&snapshot.regions);
        if !from_the_future && newest.is_some_and(|newest| snapshot.observed_at < newest) {
            return Err(format!(
                "picture of {} is older than the one at hand: it changes nothing",
                snapshot.observed_at
            ));
        }
        let said_at = if from_the_future { out.now } else { snapshot.observed_at };
        let said = (said_at, out.event);
        let mut listed: BTreeMap<Subject, Raise> = BTreeMap::new();
        let mut numbers: BTreeMap<Subject, u64> = BTreeMap::new();
        let mut doubt_anywhere = !snapshot.refused.is_empty() && snapshot.doubtful.is_empty();
        for (n, alert) in snapshot.alerts.iter().enumerate() {
            if !ground.knows(alert.community) {
                doubt_anywhere = true;
                let why = format!("{} is not a community of this area set", alert.community);
                out.note(NoteKind::Disbelieved, Some(&snapshot.source), Some(alert.community), None, why);
                continue;
            }
            if !speaks_for(profile, alert.community, ground) {
                continue;
            }
            let subject = (alert.community, alert.alert_type);
            // A beginning after the picture itself is a slip of the upstream's clock.
            let since = alert.started_at.min(said_at);
            let raise = Raise { said, since, level: alert.level, kinds: alert.kinds.clone(), standing: false };
            numbers.entry(subject).or_insert(n as u64);
            listed.entry(subject).or_insert(raise);
        }
        if from_the_future {
            words.warn_only(listed, ground);
            self.settle(&snapshot.source, &numbers, ground, alerts, out);
            return Err(format!(
                "picture of {} lies in the future of {}: its alerts count, its silence clears nothing",
                snapshot.observed_at, out.now
            ));
        }
        let part = Part { said, first_at: said_at, listed, doubtful: snapshot.doubtful.clone(), doubt_anywhere };
        words.picture(&snapshot.regions, &part, ground);
        self.settle(&snapshot.source, &numbers, ground, alerts, out);
        Ok(())
    }

    /// Brings the official alerts in line with what `source` says now.
    fn settle(
        &mut self,
        source: &SourceId,
        numbers: &BTreeMap<Subject, u64>,
        ground: &Ground,
        alerts: &mut Alerts,
        out: &mut Out<'_>,
    ) {
        self.turns += 1;
        let Some(words) = self.words.get_mut(source) else { return };
        words.forget_ended(out.now.plus_ms(-ENDED_KEPT_MS), ground);
        if out.replaying {
            return; // The alerts in force were handed over; the words only fill the memory again.
        }
        let holds = words.holds(ground);
        let held_before: Vec<Subject> = alerts
            .of(Standing::Official)
            .filter(|alert| alert.holders.contains_key(source))
            .map(|alert| (alert.community, alert.alert_type))
            .collect();
        let subjects: BTreeSet<Subject> = holds.keys().copied().chain(held_before).collect();
        for subject in subjects {
            let key = (Standing::Official, subject.0, subject.1);
            let standing = alerts.at(key).map(|alert| (alert.id, alert.holders.clone()));
            match (standing, holds.get(&subject)) {
                (None, None) => {}
                (None, Some(holder)) => {
                    // Only a word of this very event begins an alert; one that was told to be over stays over.
                    let Some(&n) = numbers.get(&subject) else { continue };
                    let id = alerts.number(out.event, n.min(OFFICIAL_N_MAX - 1));
                    alerts.raise(begin(id, subject, source, holder, out.now), [], said(source, Word::Active), out);
                }
                (Some((id, mut holders)), Some(holder)) => {
                    if holders.get(source).is_some_and(|known| same_word(known, holder)) {
                        continue;
                    }
                    holders.insert(source.clone(), holder.clone());
                    alerts.update(id, [], said(source, Word::Active), out, |alert| hold(alert, holders));
                }
                (Some((id, mut holders)), None) => {
                    let Some(last) = holders.remove(source) else { continue };
                    if holders.is_empty() {
                        alerts.end(id, Outcome::Passed, source.to_string(), said(source, Word::Clear), out);
                    } else {
                        let reason = said(source, Word::Clear);
                        alerts.update(id, [last.event], reason, out, |alert| hold(alert, holders));
                    }
                }
            }
        }
    }

    /// An officer ends an official alert that nobody alive holds.
    pub(crate) fn release(&mut self, alert: &Alert, at: Timestamp, event: EventId) {
        self.turns += 1;
        for source in alert.holders.keys() {
            let words = self.words.entry(source.clone()).or_default();
            words.end((alert.community, alert.alert_type), (at, event));
        }
    }

    /// One source's last word about a community, and since when, whether or not it is still heard. Active is what it
    /// holds of the alerts in force: the words that people were told.
    pub(super) fn last_word(
        &self,
        source: &SourceId,
        area: Code,
        ground: &Ground,
        alerts: &Alerts,
    ) -> (Word, Option<Timestamp>) {
        let held = alerts
            .reaching(area, ground)
            .filter(|alert| alert.standing == Standing::Official)
            .filter_map(|alert| alert.holders.get(source))
            .map(|holder| holder.since)
            .min();
        match (held, self.words.get(source)) {
            (Some(since), _) => (Word::Active, Some(since)),
            (None, Some(words)) => {
                words.cleared(area, ground).map_or((Word::Unknown, None), |at| (Word::Clear, Some(at)))
            }
            (None, None) => (Word::Unknown, None),
        }
    }

    /// Communities any source has a word of its own about.
    pub(crate) fn touched(&self) -> BTreeSet<Code> {
        self.words.values().flat_map(Words::touched).collect()
    }

    /// Notes where fresh sources began or ceased to contradict each other about a community with an alert.
    pub(crate) fn dispute(&mut self, sources: &Sources, ground: &Ground, alerts: &Alerts, out: &mut Out<'_>) {
        let at = (self.turns, sources.turns);
        if at == self.disputed_at {
            return;
        }
        self.disputed_at = at;
        let told: BTreeSet<Code> = alerts.of(Standing::Official).map(|alert| alert.community).collect();
        let disputed: BTreeSet<Code> =
            told.into_iter().filter(|&code| super::combine(self, code, sources, ground, alerts).disagreement).collect();
        for &code in disputed.difference(&self.disputed) {
            let detail = format!("official sources contradict each other about {code}: it counts as active");
            out.note(NoteKind::DisagreementBegan, None, Some(code), None, detail);
        }
        for &code in self.disputed.difference(&disputed) {
            let detail = format!("no fresh contradiction about {code} is left");
            out.note(NoteKind::DisagreementEnded, None, Some(code), None, detail);
        }
        self.disputed = disputed;
    }
}

/// The reason of everything official: the source's word.
fn said(source: &SourceId, word: Word) -> Reason {
    let because = Because::Said { source: source.clone(), word };
    Reason { rule: "official_word".to_owned(), because }
}

fn begin(id: AlertId, subject: (Code, AlertType), source: &SourceId, holder: &Holder, now: Timestamp) -> Alert {
    let mut alert = Alert {
        id,
        standing: Standing::Official,
        community: subject.0,
        alert_type: subject.1,
        level: model::AlertLevel::Red,
        kinds: Vec::new(),
        started_at: holder.since,
        updated_at: now,
        ended_at: None,
        holders: BTreeMap::new(),
        arrival: None,
    };
    hold(&mut alert, BTreeMap::from([(source.clone(), holder.clone())]));
    alert
}

/// Gives an alert its holders and everything that follows from them. The beginning only ever moves back.
fn hold(alert: &mut Alert, holders: BTreeMap<SourceId, Holder>) {
    alert.level = gravest(holders.values().map(|holder| &holder.level));
    alert.kinds = all_kinds(holders.values().flat_map(|holder| &holder.kinds));
    let first = holders.values().map(|holder| holder.since).min();
    alert.started_at = first.map_or(alert.started_at, |first| first.min(alert.started_at));
    alert.holders = holders;
}

fn same_word(a: &Holder, b: &Holder) -> bool {
    a.since == b.since && a.level == b.level && a.kinds == b.kinds
}
