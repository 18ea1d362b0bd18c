//! The book: what the record holds of the chronicle, read from its entries in their order.
//!
//! What comes in: statements and filings, each with its place in the record and its time. What goes out: dossiers and claims as
//! the other rooms work on them, every filing of every item, and what could not be read, named.
//! What always holds:
//!   a later filing replaces the earlier one from then on; all of them stay and can be told
//!   what a seal hides is told only with a salt and a text that hash to it
//!   what cannot be read is a [`Problem`] with its place, and never makes the rest unreadable
//!   an item stands where it was first filed, so that a dossier put in and taken out again is the same
//! Deliberately absent: clock, files, randomness (salts are given); who may file what (the server's business).

mod draft;
mod people;
mod shelf;
mod tell;
#[cfg(test)]
mod tests;

pub use draft::{Desk, Draft, Sealed, Settled, commitment, drafts, drafts_of_claims, read_file, settle};
pub use people::{ASIDE_DOSSIER, GradeText, Reading, ReasonText, grade_id, passage_id};
pub use shelf::{Filed, Item, Problem, Shelf};
pub use tell::{Heard, area_at, area_path, told};

use crate::claims;
use crate::figures::{CLAIMS_MAX, Claims};
use crate::reconcile::Told;
use jiff::tz::TimeZone;
use model::{AreaSet, Event, EventBody, FilingKind, StatementId, Timestamp};
use std::collections::BTreeMap;

/// Most statements, and most filings, that are kept; those beyond are counted.
pub const ENTRIES_MAX: usize = 200_000;
/// Most problems kept; more are counted.
const PROBLEMS_MAX: usize = 1_000;

/// What the record holds of the chronicle.
#[derive(Debug, Default)]
pub struct Book {
    shelves: BTreeMap<String, Shelf>,
    statements: Vec<Heard>,
    by_id: BTreeMap<StatementId, usize>,
    problems: Vec<Problem>,
    filings: usize,
    /// Entries and problems beyond the bounds.
    pub left_out: u64,
    /// The entry after the last one that was heard.
    pub next: u64,
}

impl Book {
    /// Takes the next entry. Entries must come in the order of the record; what is neither a statement nor a filing is nothing to it.
    pub fn hear(&mut self, event: &Event) {
        let index = event.id.0;
        self.next = self.next.max(index.saturating_add(1));
        match &event.body {
            EventBody::Statement(_) if self.statements.len() >= ENTRIES_MAX => self.left_out += 1,
            EventBody::Filing(_) if self.filings >= ENTRIES_MAX => self.left_out += 1,
            EventBody::Statement(statement) => {
                let at = self.statements.len();
                if let Some(before) = statement.supersedes.as_ref().and_then(|it| self.by_id.get(it)) {
                    self.statements[*before].superseded_by = Some(statement.id.clone());
                }
                self.by_id.entry(statement.id.clone()).or_insert(at);
                let reading = claims::read(&statement.text);
                self.statements.push(Heard {
                    index,
                    at: event.at,
                    statement: statement.clone(),
                    reading,
                    superseded_by: None,
                });
            }
            EventBody::Filing(filing) => {
                self.filings += 1;
                let shelf = self.shelves.entry(filing.dossier.clone()).or_default();
                if let Err(what) = shelf.file(Filed { index, at: event.at, filing: filing.clone() }) {
                    self.problem(Problem { index, what });
                }
            }
            _ => {}
        }
    }

    fn problem(&mut self, problem: Problem) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(problem);
        } else {
            self.left_out += 1;
        }
    }

    /// Dossiers by name.
    #[must_use]
    pub const fn shelves(&self) -> &BTreeMap<String, Shelf> {
        &self.shelves
    }

    /// Statements in the order of the record.
    #[must_use]
    pub fn statements(&self) -> &[Heard] {
        &self.statements
    }

    /// A statement by its id.
    #[must_use]
    pub fn statement(&self, id: &str) -> Option<&Heard> {
        self.by_id.get(&StatementId::new(id)).map(|at| &self.statements[*at])
    }

    /// What could not be taken, in the order of the record.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The claims of one dossier of claims; `None` when there is no such one. What of it cannot be read is among the problems.
    #[must_use]
    pub fn claims(&self, dossier: &str) -> Option<(Claims, Vec<Problem>)> {
        self.shelves.get(dossier)?.claims()
    }

    /// Every claim of the record that a span may need: of all dossiers, of readings by people, and of what the grammar read in
    /// statements that nothing replaced. What has a time comes first; the number beyond the bound is told beside.
    #[must_use]
    pub fn all_claims(
        &self,
        areas: &AreaSet,
        zone: (&str, &str, &TimeZone),
        span: Option<[Timestamp; 2]>,
    ) -> (Claims, usize) {
        let mut all: Vec<Told> = Vec::new();
        let mut alerts = Vec::new();
        for (name, shelf) in &self.shelves {
            if let Some((claims, _)) = shelf.claims() {
                // Names are of their dossier only.
                let whole = |id: &String| format!("{name}:{id}");
                all.extend(claims.claims.iter().map(|it| Told {
                    id: whole(&it.id),
                    part_of: it.part_of.as_ref().map(whole),
                    ..it.clone()
                }));
                alerts.extend(claims.alerts);
            }
            all.extend(shelf.readings().map(|(_, reading)| reading.told));
        }
        for heard in self.statements.iter().filter(|it| it.superseded_by.is_none()) {
            all.extend(told(heard, areas, zone.2));
        }
        let touches = |it: &&Told| match (it.scope.window, span) {
            (Some([from, to]), Some(span)) => from < span[1] && span[0] < to,
            _ => true,
        };
        let (dated, undated): (Vec<&Told>, Vec<&Told>) =
            all.iter().filter(touches).partition(|it| it.scope.window.is_some());
        let found = dated.len() + undated.len();
        let claims: Vec<Told> = dated.into_iter().chain(undated).take(CLAIMS_MAX).cloned().collect();
        let left_out = found - claims.len();
        let (zone_name, zone_rule, rule) = zone;
        let claims = Claims {
            name: "The record".to_owned(),
            zone: rule.clone(),
            zone_name: zone_name.to_owned(),
            zone_rule: zone_rule.to_owned(),
            claims,
            alerts,
        };
        (claims, left_out)
    }

    /// Dossiers of ceasefires, by name.
    pub fn ceasefires(&self) -> impl Iterator<Item = &str> {
        self.shelves.iter().filter(|(_, shelf)| shelf.is_ceasefire()).map(|(name, _)| name.as_str())
    }

    /// The standing item of that kind and id.
    #[must_use]
    pub fn item(&self, dossier: &str, kind: FilingKind, id: &str) -> Option<&Item> {
        self.shelves.get(dossier)?.item(kind, id)
    }
}
