//! How sure it is that an incident happened: Airwars' grades by stated rules.

use super::{Assessment, Incident, Says, Shows};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Refuted, and kept.
    Discounted,
    /// Sources contradict each other in number or in whom they blame.
    Contested,
    /// One independence cluster.
    Weak,
    /// Two clusters or more.
    Fair,
    /// Fair, and something other than words; or the responsible party admits it.
    Confirmed,
}

impl Grade {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Discounted => "discounted",
            Self::Contested => "contested",
            Self::Weak => "weak",
            Self::Fair => "fair",
            Self::Confirmed => "confirmed",
        }
    }
}

/// The rule that gave a grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Reason {
    /// People of this house graded it; the rule's own reasons follow.
    Assessed {
        /// Who.
        by: Vec<String>,
        /// Why.
        why: String,
    },
    /// It is known not to have happened.
    Refuted {
        /// Why.
        why: String,
    },
    /// The party that did it says so.
    Admitted {
        /// Which.
        party: String,
    },
    /// Two sources give numbers that cannot both be true.
    NumbersDisjoint {
        /// The sources.
        sources: [String; 2],
    },
    /// More than one party is blamed.
    RivalBlame {
        /// Which.
        parties: Vec<String>,
    },
    /// A source that nobody blames denies it.
    DeniedByThird {
        /// Which.
        source: String,
    },
    /// So many origins speak for it.
    Clusters {
        /// How many.
        count: usize,
    },
    /// Something other than words shows it.
    Physical,
}

/// A grade with the rules that gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Graded {
    /// How sure.
    pub grade: Grade,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// Grades an incident: as people of this house did, else by the rules.
#[must_use]
pub fn grade(incident: &Incident) -> Graded {
    let by_rule = by_rule(incident);
    match &incident.assessed {
        None => by_rule,
        Some(Assessment { grade, by, why }) => {
            let mut reasons = vec![Reason::Assessed { by: by.clone(), why: why.clone() }];
            reasons.extend(by_rule.reasons);
            Graded { grade: *grade, reasons }
        }
    }
}

/// Grades an incident by the rules alone. The first rule that holds decides: refuted, admitted, contradicted, then by clusters and
/// evidence. A denial by the party that is blamed is its reply and lowers nothing.
#[must_use]
pub fn by_rule(incident: &Incident) -> Graded {
    if let Some(why) = &incident.refuted {
        return Graded { grade: Grade::Discounted, reasons: vec![Reason::Refuted { why: why.clone() }] };
    }
    let admitted = incident.accounts.iter().find(|it| it.says == Says::Admitted).and_then(|it| it.party.as_ref());
    if let Some(party) = admitted {
        return Graded { grade: Grade::Confirmed, reasons: vec![Reason::Admitted { party: party.clone() }] };
    }
    let reasons = contradictions(incident);
    if !reasons.is_empty() {
        return Graded { grade: Grade::Contested, reasons };
    }
    let count = incident.clusters().len();
    let mut reasons = vec![Reason::Clusters { count }];
    let physical = incident.evidence.iter().any(|it| matches!(it.shows, Shows::Physical | Shows::OwnObservation));
    if physical {
        reasons.push(Reason::Physical);
    }
    let grade = match (count, physical) {
        (0 | 1, _) => Grade::Weak,
        (_, true) => Grade::Confirmed,
        (_, false) => Grade::Fair,
    };
    Graded { grade, reasons }
}

fn contradictions(incident: &Incident) -> Vec<Reason> {
    let mut found = Vec::new();
    let told: Vec<_> = incident.accounts.iter().filter(|it| it.affirms() && it.quantity.is_some()).collect();
    'pairs: for (at, a) in told.iter().enumerate() {
        for b in &told[at + 1..] {
            if let (Some(x), Some(y)) = (&a.quantity, &b.quantity)
                && !x.meets(y)
            {
                found.push(Reason::NumbersDisjoint { sources: [a.source.clone(), b.source.clone()] });
                break 'pairs;
            }
        }
    }
    let blamed: BTreeSet<&String> = incident
        .accounts
        .iter()
        .filter(|it| it.affirms())
        .filter_map(|it| it.blames.as_ref())
        .chain(incident.evidence.iter().filter_map(|it| it.party.as_ref()))
        .collect();
    if blamed.len() > 1 {
        found.push(Reason::RivalBlame { parties: blamed.iter().map(|it| (*it).clone()).collect() });
    }
    let third = incident.accounts.iter().find(|it| {
        it.says == Says::Denied && it.party.as_ref().is_none_or(|party| !blamed.is_empty() && !blamed.contains(party))
    });
    found.extend(third.map(|it| Reason::DeniedByThird { source: it.source.clone() }));
    found
}
