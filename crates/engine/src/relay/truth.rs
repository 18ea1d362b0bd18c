//! The three-valued truth about one community, combined over the official sources that speak for it.

use super::Relay;
use super::ledger::speaks_for;
use crate::alerts::Alerts;
use crate::ground::Ground;
use crate::sources::Sources;
use model::{Code, CommunityStatus, Standing, Timestamp, View, Word};

/// What is true of a community, before our own forecast is laid on top.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Truth {
    pub(crate) status: CommunityStatus,
    pub(crate) since: Option<Timestamp>,
    pub(crate) last_known: Option<Word>,
    pub(crate) disagreement: bool,
    pub(crate) said_by: Vec<View>,
}

/// Combines every source's word:
/// a fresh active (or our own authority alert) is active; else a stale active is unknown; else a fresh explicit clear is
/// clear; else unknown. Active wins over a contradicting clear.
pub(crate) fn combine(relay: &Relay, area: Code, sources: &Sources, ground: &Ground, alerts: &Alerts) -> Truth {
    let mut said_by = Vec::new();
    let mut active: Option<Timestamp> = None;
    let mut clear: Option<Timestamp> = None;
    let mut silent: Option<(bool, Timestamp)> = None;
    for (name, profile) in sources.official() {
        if !speaks_for(profile, area, ground) {
            continue;
        }
        let (last, since) = relay.last_word(name, area, ground, alerts);
        let fresh = sources.is_fresh(name);
        if fresh {
            match (last, since) {
                (Word::Active, Some(since)) => active = Some(active.map_or(since, |at: Timestamp| at.min(since))),
                (Word::Clear, Some(since)) => clear = Some(clear.map_or(since, |at: Timestamp| at.max(since))),
                _ => {}
            }
        } else if last != Word::Unknown {
            let from = sources.stale_from(name).or(since).unwrap_or(model::time::EARLIEST);
            let before = silent.unwrap_or((false, from));
            silent = Some((before.0 || last == Word::Active, before.1.max(from)));
        }
        said_by.push(View {
            source: name.clone(),
            word: if fresh { last } else { Word::Unknown },
            last_word: if fresh || last == Word::Unknown { None } else { Some(last) },
            since,
            heard_at: sources.heard_at(name),
        });
    }
    // An alert whose holder is no longer configured stands, and nobody alive says so: unknown, last known active.
    let orphan = alerts
        .reaching(area, ground)
        .filter(|alert| alert.standing == Standing::Official)
        .find(|alert| !alert.holders.keys().any(|source| sources.is_fresh(source)));
    if let Some(alert) = orphan {
        let from = alert.holders.keys().filter_map(|source| sources.stale_from(source)).max();
        let before = silent.unwrap_or((false, from.unwrap_or(alert.updated_at)));
        silent = Some((true, before.1));
    }
    let authority = alerts
        .reaching(area, ground)
        .filter(|alert| alert.standing == Standing::Authority)
        .map(|alert| alert.started_at)
        .min();
    let disagreement = active.is_some() && clear.is_some();
    let active = active.into_iter().chain(authority).min();
    let (status, since, last_known) = match (active, silent, clear) {
        (Some(since), _, _) => (CommunityStatus::Active, Some(since), None),
        (None, Some((true, from)), _) => (CommunityStatus::Unknown, Some(from), Some(Word::Active)),
        (None, _, Some(since)) => (CommunityStatus::Clear, Some(since), None),
        (None, Some((false, from)), None) => (CommunityStatus::Unknown, Some(from), Some(Word::Clear)),
        (None, None, None) => (CommunityStatus::Unknown, None, None),
    };
    Truth { status, since, last_known, disagreement, said_by }
}
