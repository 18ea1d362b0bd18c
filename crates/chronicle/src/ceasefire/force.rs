//! Whether a regime is in force: for each party, and overall.
//!
//! Invariants:
//!   yes(party, t)  =>  accepted at t' <= t, without open conditions, and start <= t < end
//!   overall yes <=> yes for every party; overall no <=> yes for none

use super::dossier::{Dossier, Position, Stance, Version};
use model::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Overall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InForce {
    /// For every party.
    Yes,
    /// For none.
    No,
    /// For some and not for others.
    Disputed,
}

/// Why it is, or is not, in force for a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Accepted, begun, not ended.
    Accepted,
    /// It has said nothing of this regime.
    NoStance,
    /// It proposes; that is no acceptance.
    Proposed,
    /// It waits for its conditions.
    ConditionsOpen,
    /// It refused.
    Rejected,
    /// It was asked and said nothing.
    Silent,
    /// It withdrew.
    Withdrawn,
    /// Accepted; the text binds nobody before every party accepts.
    OthersMissing,
    /// Accepted, and not begun.
    NotStarted,
    /// Accepted, and over.
    Ended,
}

/// In force for one party or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartyForce {
    /// Whether.
    pub in_force: bool,
    /// Why.
    pub why: Why,
    /// The version it accepted last.
    pub version: Option<u32>,
    /// Since when this holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// What it waits for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
}

/// A span in which it is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Period {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after it; `None` while it lasts.
    pub to: Option<Timestamp>,
}

/// From when on the overall state was what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Turn {
    /// The first instant.
    pub from: Timestamp,
    /// The state from then on.
    pub overall: InForce,
}

/// A regime at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Force {
    /// Overall.
    pub overall: InForce,
    /// For each party.
    pub parties: BTreeMap<String, PartyForce>,
}

/// One regime as known at a time: versions and stances recorded after it do not exist.
pub(super) struct Known<'a> {
    pub(super) parties: &'a [String],
    pub(super) versions: Vec<&'a Version>,
    pub(super) stances: Vec<&'a Stance>,
    pub(super) at: Timestamp,
}

impl<'a> Known<'a> {
    pub(super) fn of(dossier: &'a Dossier, regime: &str, at: Timestamp) -> Self {
        let versions = dossier.versions.iter().filter(|it| it.regime == regime && it.at <= at).collect();
        let mut stances: Vec<&Stance> =
            dossier.stances.iter().filter(|it| it.regime == regime && it.at <= at).collect();
        // A stable order: of two at one instant the later in the file counts.
        stances.sort_by_key(|it| it.at);
        Self { parties: &dossier.parties, versions, stances, at }
    }

    fn version(&self, number: u32) -> Option<&'a Version> {
        self.versions.iter().copied().find(|it| it.version == number)
    }

    fn stance(&self, party: &str, t: Timestamp) -> Option<&'a Stance> {
        self.stances.iter().copied().rfind(|it| it.party == party && it.at <= t)
    }

    /// The version that a party had accepted last at `t`.
    pub(super) fn own(&self, party: &str, t: Timestamp) -> Option<&'a Version> {
        let accepted = |it: &&Stance| it.party == party && it.at <= t && it.position == Position::Accepted;
        self.stances.iter().rfind(|it| accepted(it)).and_then(|it| self.version(it.version))
    }

    /// When a version ends: as it says, or so many hours after every party accepted it.
    pub(super) fn end(&self, version: &Version) -> Option<Timestamp> {
        if version.end.is_some() {
            return version.end;
        }
        let hours = i64::from(version.hours?);
        let begun = self.accepted_by_all(version)?.max(version.start.unwrap_or(Timestamp::from_millis(i64::MIN)));
        Some(begun.plus_ms(hours * 3_600_000))
    }

    /// When the last party accepted this version for the first time.
    fn accepted_by_all(&self, version: &Version) -> Option<Timestamp> {
        let first = |party: &String| {
            let accepted = |it: &&&Stance| {
                it.party == *party && it.version == version.version && it.position == Position::Accepted
            };
            self.stances.iter().find(accepted).map(|it| it.at)
        };
        self.parties.iter().map(first).collect::<Option<Vec<Timestamp>>>()?.into_iter().max()
    }

    /// For one party at `t`, and why.
    pub(super) fn party(&self, party: &str, t: Timestamp) -> (bool, Why) {
        let Some(stance) = self.stance(party, t) else { return (false, Why::NoStance) };
        match stance.position {
            Position::Proposed => (false, Why::Proposed),
            Position::AcceptedWith => (false, Why::ConditionsOpen),
            Position::Rejected => (false, Why::Rejected),
            Position::Silent => (false, Why::Silent),
            Position::Withdrawn => (false, Why::Withdrawn),
            Position::Accepted => match self.version(stance.version) {
                None => (false, Why::NoStance),
                Some(version) if version.all_accept && self.accepted_by_all(version).is_none_or(|since| t < since) => {
                    (false, Why::OthersMissing)
                }
                Some(version) if version.start.is_some_and(|start| t < start) => (false, Why::NotStarted),
                Some(version) if self.end(version).is_some_and(|end| t >= end) => (false, Why::Ended),
                Some(_) => (true, Why::Accepted),
            },
        }
    }

    /// Instants at which anything may change, up to the time known.
    fn turns(&self) -> BTreeSet<Timestamp> {
        let mut turns: BTreeSet<Timestamp> = self.stances.iter().map(|it| it.at).collect();
        for version in &self.versions {
            turns.extend(version.start);
            turns.extend(self.end(version));
        }
        turns.retain(|turn| *turn <= self.at);
        turns
    }

    /// When it was in force for a party, up to the time known.
    pub(super) fn periods(&self, party: &str) -> Vec<Period> {
        let mut periods: Vec<Period> = Vec::new();
        let mut open: Option<Timestamp> = None;
        for turn in self.turns() {
            match (open, self.party(party, turn).0) {
                (None, true) => open = Some(turn),
                (Some(from), false) => {
                    periods.push(Period { from, to: Some(turn) });
                    open = None;
                }
                _ => {}
            }
        }
        periods.extend(open.map(|from| Period { from, to: None }));
        periods
    }

    /// When it was in force for every party.
    pub(super) fn shared_periods(&self) -> Vec<Period> {
        let mut common = match self.parties.first() {
            Some(first) => self.periods(first),
            None => return Vec::new(),
        };
        for party in &self.parties[1..] {
            let own = self.periods(party);
            common = common.iter().flat_map(|a| own.iter().filter_map(|b| meet(*a, *b))).collect();
        }
        common
    }

    /// Every change of the overall state up to the time known.
    pub(super) fn history(&self) -> Vec<Turn> {
        let mut turns: Vec<Turn> = Vec::new();
        for from in self.turns() {
            let yes = self.parties.iter().filter(|party| self.party(party, from).0).count();
            let overall = overall(yes, self.parties.len());
            if turns.last().is_none_or(|last| last.overall != overall) {
                turns.push(Turn { from, overall });
            }
        }
        turns
    }

    /// The state at the time known.
    pub(super) fn force(&self) -> Force {
        let parties: BTreeMap<String, PartyForce> =
            self.parties.iter().map(|party| (party.clone(), self.party_force(party))).collect();
        let yes = parties.values().filter(|it| it.in_force).count();
        Force { overall: overall(yes, parties.len()), parties }
    }

    fn party_force(&self, party: &str) -> PartyForce {
        let now = self.party(party, self.at);
        let mut since = None;
        for turn in self.turns().into_iter().rev() {
            if self.party(party, turn) != now {
                break;
            }
            since = Some(turn);
        }
        let conditions = match self.stance(party, self.at) {
            Some(stance) if stance.position == Position::AcceptedWith => stance.conditions.clone(),
            _ => Vec::new(),
        };
        let version = self.own(party, self.at).map(|it| it.version);
        PartyForce { in_force: now.0, why: now.1, version, since, conditions }
    }
}

fn overall(yes: usize, parties: usize) -> InForce {
    match yes {
        0 => InForce::No,
        yes if yes == parties => InForce::Yes,
        _ => InForce::Disputed,
    }
}

fn meet(a: Period, b: Period) -> Option<Period> {
    let from = a.from.max(b.from);
    let to = match (a.to, b.to) {
        (Some(x), Some(y)) => Some(x.min(y)),
        (x, y) => x.or(y),
    };
    to.is_none_or(|to| from < to).then_some(Period { from, to })
}
