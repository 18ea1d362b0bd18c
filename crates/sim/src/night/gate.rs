//! What a policy must reach, beside what it reached.

use super::many;
use super::score::{PolicyScore, Score, round};
use serde_json::{Value, json};

/// Most person-hours of those if whole regions sounded.
const REGION_SHARE_MAX: f64 = 0.15;
/// Most person-hours of those of today's doctrine.
const DOCTRINE_SHARE_MAX: f64 = 0.5;
/// Most arrivals missed at the required lead of those whose track existed then.
const TRACKED_MISSED_MAX: f64 = 0.01;

/// One gate.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    pub(super) name: &'static str,
    /// `None` when there is nothing to measure: then it is not passed.
    pub(super) figure: Option<f64>,
    pub(super) bound: Option<f64>,
}

impl Gate {
    /// Whether the figure is there and not above the bound.
    pub(super) fn passes(&self) -> bool {
        self.figure.zip(self.bound).is_some_and(|(figure, bound)| figure <= bound)
    }
}

fn share(n: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| many(n) / many(of))
}

impl Score {
    fn called(&self, name: &str) -> Option<&PolicyScore> {
        self.policies.iter().find(|of| of.name == name)
    }

    /// The gates of the first policy against `region` and `doctrine` of the same nights.
    pub(super) fn gate_list(&self) -> Vec<Gate> {
        let Some(first) = self.policies.first() else { return Vec::new() };
        let hours = |to: &str| {
            let to = self.called(to).map(|to| to.person_hours).filter(|&hours| hours > 0.0)?;
            Some(first.person_hours / to)
        };
        let missed = |of: &PolicyScore| share(of.all.missed, of.all.arrivals);
        vec![
            Gate { name: "person_hours_of_region", figure: hours("region"), bound: Some(REGION_SHARE_MAX) },
            Gate { name: "person_hours_of_doctrine", figure: hours("doctrine"), bound: Some(DOCTRINE_SHARE_MAX) },
            Gate {
                name: "missed_of_tracked",
                figure: share(first.all.tracked_missed, first.all.tracked),
                bound: Some(TRACKED_MISSED_MAX),
            },
            Gate { name: "missed_overall", figure: missed(first), bound: self.called("doctrine").and_then(missed) },
        ]
    }

    /// The gates as lines for a person.
    pub fn gate_lines(&self) -> Vec<String> {
        let percent =
            |share: Option<f64>| share.map_or_else(|| "-".to_owned(), |share| format!("{:.2} %", 100.0 * share));
        let line = |gate: &Gate| {
            let word = if gate.passes() { "passes" } else { "FAILS" };
            format!("{:<26} {} of at most {}: {word}", gate.name, percent(gate.figure), percent(gate.bound))
        };
        self.gate_list().iter().map(line).collect()
    }

    /// The gates as JSON.
    pub(super) fn gates(&self) -> Value {
        let gates = self.gate_list();
        let row = |gate: &Gate| {
            json!({
                "figure": gate.figure.map(|figure| round(figure, 4)),
                "bound": gate.bound.map(|bound| round(bound, 4)),
                "pass": gate.passes(),
            })
        };
        let mut all: Value = gates.iter().map(|gate| (gate.name.to_owned(), row(gate))).collect();
        all["policy"] = json!(self.policies.first().map(|of| of.name.as_str()));
        all["pass"] = json!(!gates.is_empty() && gates.iter().all(Gate::passes));
        all
    }
}
