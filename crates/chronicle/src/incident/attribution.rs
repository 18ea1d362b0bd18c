//! Who did it, apart from whether it happened.

use super::{Incident, Says, Shows};
use serde::Serialize;
use std::collections::BTreeSet;

/// How sure it is who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Nothing says.
    None,
    /// A claim alone, usually of the side that was harmed.
    Low,
    /// A weapon that one side alone uses, and the direction it came from.
    Moderate,
    /// A launch or a track from the party's side by two independent means, or its own admission.
    High,
}

impl Confidence {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
        }
    }
}

/// What an attribution rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The party says so itself.
    Admission,
    /// Launches or tracks seen by two independent means.
    TwoMeans,
    /// A weapon and a direction.
    WeaponAndDirection,
    /// A claim.
    Claim,
    /// Two parties are named equally well.
    Rivals,
    /// Nothing.
    Nothing,
}

/// Who, how sure, and on what ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attribution {
    /// The party; `None` when nothing names one, or two equally well.
    pub party: Option<String>,
    /// How sure.
    pub confidence: Confidence,
    /// On what ground.
    pub basis: Basis,
    /// Other parties that something names.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub rivals: BTreeSet<String>,
}

/// Attributes an incident. One launch or track counts as a direction; a weapon, a direction or an interception alone
/// attributes nothing.
#[must_use]
pub fn attribute(incident: &Incident) -> Attribution {
    let mut named: BTreeSet<&String> = BTreeSet::new();
    named.extend(incident.accounts.iter().filter(|it| it.says == Says::Admitted).filter_map(|it| it.party.as_ref()));
    named.extend(incident.accounts.iter().filter(|it| it.affirms()).filter_map(|it| it.blames.as_ref()));
    named.extend(incident.evidence.iter().filter_map(|it| it.party.as_ref()));
    let weighed: Vec<(&String, Confidence, Basis)> = named
        .into_iter()
        .map(|party| {
            let (confidence, basis) = weigh(incident, party);
            (party, confidence, basis)
        })
        .filter(|(_, confidence, _)| *confidence > Confidence::None)
        .collect();
    let nobody = |basis, rivals| Attribution { party: None, confidence: Confidence::None, basis, rivals };
    let Some(best) = weighed.iter().map(|(_, confidence, _)| *confidence).max() else {
        return nobody(Basis::Nothing, BTreeSet::new());
    };
    let mut first = weighed.iter().filter(|(_, confidence, _)| *confidence == best);
    let (Some((party, confidence, basis)), None) = (first.next(), first.next()) else {
        return nobody(Basis::Rivals, weighed.iter().map(|(party, ..)| (*party).clone()).collect());
    };
    let rivals = weighed.iter().filter(|(other, ..)| other != party).map(|(other, ..)| (*other).clone()).collect();
    Attribution { party: Some((*party).clone()), confidence: *confidence, basis: *basis, rivals }
}

fn weigh(incident: &Incident, party: &String) -> (Confidence, Basis) {
    let pointing = || incident.evidence.iter().filter(|it| it.party.as_ref() == Some(party));
    let admits = |it: &&super::Account| it.says == Says::Admitted && it.party.as_ref() == Some(party);
    let seen: BTreeSet<&str> = pointing()
        .filter(|it| matches!(it.shows, Shows::Launch | Shows::Track))
        .map(super::Evidence::cluster)
        .collect();
    let direction = !seen.is_empty() || pointing().any(|it| it.shows == Shows::Direction);
    let weapon = pointing().any(|it| it.shows == Shows::Weapon);
    if incident.accounts.iter().any(|it| admits(&it)) {
        (Confidence::High, Basis::Admission)
    } else if seen.len() >= 2 {
        (Confidence::High, Basis::TwoMeans)
    } else if weapon && direction {
        (Confidence::Moderate, Basis::WeaponAndDirection)
    } else if incident.accounts.iter().any(|it| it.affirms() && it.blames.as_ref() == Some(party)) {
        (Confidence::Low, Basis::Claim)
    } else {
        (Confidence::None, Basis::Nothing)
    }
}
