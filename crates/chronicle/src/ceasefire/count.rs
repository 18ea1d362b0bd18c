//! What the parties counted themselves: in common units where they say enough, and never added up across sides.

use super::dossier::{Count, Dossier, Words};
use crate::{Balance, Quantity};
use model::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// One count, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountRow {
    /// Who counts.
    pub party: String,
    /// Whose breaches.
    pub accuses: String,
    /// Of which time.
    pub window: [Timestamp; 2],
    /// The party's own unit.
    pub unit: String,
    /// How many in it.
    pub total: Quantity,
    /// In common units.
    pub common: BTreeMap<String, Quantity>,
    /// The total less its parts: what the party counted and did not break down.
    pub rest: Balance,
    /// By whose words.
    pub statement: Words,
}

/// Why two counts may, or may not, be set side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// Who counts, in the order of the file.
    pub parties: [String; 2],
    /// What of: a common unit, or the totals.
    pub of: String,
    /// The two numbers.
    pub quantities: [Quantity; 2],
    /// `agree`, `compatible`, `conflict` or `incomparable`.
    pub verdict: &'static str,
    /// Why they are incomparable.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<&'static str>,
}

fn in_shared_units(count: &Count) -> BTreeMap<String, Quantity> {
    let mut units: BTreeMap<String, Quantity> = BTreeMap::new();
    for part in count.parts.iter().filter(|part| part.within.is_none()) {
        let sum = units.get(&part.unit).map_or_else(|| part.quantity.clone(), |before| before.plus(&part.quantity));
        units.insert(part.unit.clone(), sum);
    }
    units
}

/// Every count known at `at`.
pub(super) fn rows(dossier: &Dossier, at: Timestamp) -> Vec<CountRow> {
    let known = dossier.counts.iter().filter(|it| it.at <= at);
    known
        .map(|count| {
            let parts = count.parts.iter().filter(|part| part.within.is_none()).map(|part| &part.quantity);
            CountRow {
                party: count.party.clone(),
                accuses: count.accuses.clone(),
                window: count.window,
                unit: count.unit.clone(),
                total: count.quantity.clone(),
                common: in_shared_units(count),
                rest: Balance::of(&count.quantity, parts),
                statement: count.statement.clone(),
            }
        })
        .collect()
}

/// Every two counts whose times meet, by totals and by each unit that both have.
pub(super) fn compared(dossier: &Dossier, at: Timestamp) -> Vec<Compared> {
    let known: Vec<&Count> = dossier.counts.iter().filter(|it| it.at <= at).collect();
    let mut found = Vec::new();
    for (index, a) in known.iter().enumerate() {
        for b in &known[index + 1..] {
            if a.window[0] >= b.window[1] || b.window[0] >= a.window[1] {
                continue;
            }
            let mut apart: Vec<&'static str> = Vec::new();
            if a.accuses != b.accuses {
                apart.push("each counts what the other side did");
            }
            if a.window != b.window {
                apart.push("their times differ");
            }
            if a.area != b.area {
                apart.push("their areas differ");
            }
            let parties = [a.party.clone(), b.party.clone()];
            let mut totals = apart.clone();
            if a.unit != b.unit {
                totals.push("their units differ");
            }
            let (mine, theirs) = (in_shared_units(a), in_shared_units(b));
            found.push(compare(parties.clone(), "total", &a.quantity, &b.quantity, totals));
            for (unit, x) in &mine {
                if let Some(y) = theirs.get(unit) {
                    found.push(compare(parties.clone(), unit, x, y, apart.clone()));
                }
            }
        }
    }
    found
}

fn compare(parties: [String; 2], of: &str, a: &Quantity, b: &Quantity, because: Vec<&'static str>) -> Compared {
    let same = a.low == b.low && a.high == b.high;
    let verdict = match (because.is_empty(), same, a.meets(b)) {
        (false, ..) => "incomparable",
        (_, true, _) => "agree",
        (_, _, true) => "compatible",
        _ => "conflict",
    };
    Compared { parties, of: of.to_owned(), quantities: [a.clone(), b.clone()], verdict, because }
}
