//! A document read again: what is known already, what is new, and what replaces an earlier wording.
//!
//! Invariants:
//!   a statement that is in the record already is not added again
//!   a later wording supersedes the earlier one and erases nothing
//!   what is no longer on the page stays in the record: a page that lost a post says nothing about it

use super::id_of;
use model::{Statement, StatementId};
use std::collections::{BTreeMap, BTreeSet};

/// Share of words that two wordings of one post have in common at least; below it they are two posts. Chosen, not measured.
const ALIKE_MIN: f64 = 0.6;

/// What of an import is new.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    /// To be added, in the order of the document, with what they supersede.
    pub new: Vec<Statement>,
    /// Statements that are in the record already.
    pub known: usize,
    /// Statements said twice in this document.
    pub repeated: usize,
    /// Wordings of the record that are not in this document and that nothing here replaces.
    pub absent: Vec<StatementId>,
}

/// Compares what was read now with what the record has of the same source, in the order of the record.
#[must_use]
pub fn settle(before: &[Statement], now: Vec<Statement>) -> Settled {
    let replaced: BTreeSet<&StatementId> = before.iter().filter_map(|it| it.supersedes.as_ref()).collect();
    let ids: BTreeSet<&StatementId> = before.iter().map(|it| &it.id).collect();
    let standing: Vec<&Statement> = before.iter().filter(|it| !replaced.contains(&it.id)).collect();
    let mut by_own: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_text: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_text_unnamed: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_place: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for (index, it) in standing.iter().enumerate() {
        match &it.own_id {
            Some(own) => _ = by_own.insert(own, index),
            None => _ = by_text_unnamed.insert(&it.text_sha256, index),
        }
        by_text.insert(&it.text_sha256, index);
        if let Some(post) = it.post {
            by_place.insert((post.thread, post.number), index);
        }
    }
    // First what is the same word for word, so that only changed posts are compared by their neighbours.
    let mut matched: Vec<Option<usize>> = now
        .iter()
        .map(|it| match &it.own_id {
            Some(own) => by_own.get(own.as_str()).or_else(|| by_text_unnamed.get(it.text_sha256.as_str())).copied(),
            None => by_text.get(it.text_sha256.as_str()).copied(),
        })
        .collect();
    let mut taken: BTreeSet<usize> = matched.iter().flatten().copied().collect();
    for at in 0..now.len() {
        if matched[at].is_some() || now[at].own_id.is_some() {
            continue;
        }
        let after_previous = at.checked_sub(1).and_then(|i| matched[i]).map(|i| i + 1);
        let before_next = matched.get(at + 1).copied().flatten().and_then(|i| i.checked_sub(1));
        let same_place = now[at].post.and_then(|post| by_place.get(&(post.thread, post.number)).copied());
        let found = [after_previous, before_next, same_place].into_iter().flatten().find(|index| {
            let old = standing.get(*index);
            !taken.contains(index) && old.is_some_and(|old| old.own_id.is_none() && alike(&old.text, &now[at].text))
        });
        if let Some(index) = found {
            taken.insert(index);
            matched[at] = Some(index);
        }
    }
    let mut settled = Settled::default();
    let mut added: BTreeSet<StatementId> = BTreeSet::new();
    for (mut statement, old) in now.into_iter().zip(matched) {
        let old = old.map(|index| standing[index]);
        if old.is_some_and(|old| old.text_sha256 == statement.text_sha256) {
            settled.known += 1;
            continue;
        }
        if let Some(old) = old {
            let own = statement.own_id.as_deref();
            statement.id = id_of(&statement.source, own, &statement.text_sha256, Some(&old.id));
            statement.supersedes = Some(old.id.clone());
        }
        if ids.contains(&statement.id) {
            settled.known += 1;
        } else if added.insert(statement.id.clone()) {
            settled.new.push(statement);
        } else {
            settled.repeated += 1;
        }
    }
    settled.absent = (0..standing.len()).filter(|i| !taken.contains(i)).map(|i| standing[i].id.clone()).collect();
    settled
}

/// Whether two texts may be wordings of one: the share of words in common, as sets.
fn alike(a: &str, b: &str) -> bool {
    let words = |text: &str| -> BTreeSet<String> {
        let letters = |word: &str| word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        text.split_whitespace().map(letters).filter(|word: &String| !word.is_empty()).collect()
    };
    let (a, b) = (words(a), words(b));
    let (shared, all) = (a.intersection(&b).count(), a.union(&b).count());
    #[expect(clippy::cast_precision_loss, reason = "words of one post are far fewer than 2^52")]
    let share = shared as f64 / all.max(1) as f64;
    share >= ALIKE_MIN
}
