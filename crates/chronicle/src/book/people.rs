//! What people decide: how they read what the grammar left, and how they grade an incident.
//!
//! A grade of *confirmed* stands when two people gave it; until then the newest other grade stands, and where there is none the rules'.

use super::shelf::Item;
use crate::incident::{Assessment, Grade};
use crate::reconcile::Told;
use serde::{Deserialize, Serialize};

/// The dossier in which readings are filed, and passages set aside.
pub const ASIDE_DOSSIER: &str = "review";

/// How a person read a quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// The statement.
    pub statement: String,
    /// First byte of the words in it, and the one after the last.
    pub span: [usize; 2],
    /// What it says.
    pub told: Told,
    /// Why it is read so.
    pub reason: String,
}

/// A reason alone: of a passage that was set aside, of an embargo that may end early.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonText {
    /// Why.
    pub reason: String,
}

/// A grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeText {
    /// Which.
    pub grade: Grade,
    /// Why.
    pub reason: String,
}

/// The name of a passage: of readings, and of what was set aside.
#[must_use]
pub fn passage_id(statement: &str, span: [usize; 2]) -> String {
    format!("{statement}/{}-{}", span[0], span[1])
}

/// The name of grades of a version of an incident.
#[must_use]
pub fn grade_id(incident: &str, version: u32) -> String {
    format!("{incident}/v{version}")
}

/// What people's grades of one version come to; `None` while the rules' grade stands.
pub(super) fn assessment(item: &Item) -> Option<Assessment> {
    // The newest grade of each person, the newest person first.
    let mut newest: Vec<(&str, GradeText)> = Vec::new();
    for filed in item.filed.iter().rev() {
        let by = filed.filing.by.strip_prefix("reviewer:").unwrap_or(&filed.filing.by);
        if newest.iter().any(|(person, _)| *person == by) {
            continue;
        }
        if let Some(text) = filed.text().and_then(|it| serde_json::from_str(it).ok()) {
            newest.push((by, text));
        }
    }
    let sure: Vec<&(&str, GradeText)> = newest.iter().filter(|(_, it)| it.grade == Grade::Confirmed).collect();
    let (first, second) = (newest.first()?, sure.get(1));
    if first.1.grade == Grade::Confirmed && second.is_some() {
        let by = sure.iter().take(2).map(|(by, _)| (*by).to_owned()).collect();
        return Some(Assessment { grade: Grade::Confirmed, by, why: first.1.reason.clone() });
    }
    let (by, text) = newest.iter().find(|(_, it)| it.grade != Grade::Confirmed)?;
    Some(Assessment { grade: text.grade, by: vec![(*by).to_owned()], why: text.reason.clone() })
}
