//! Opens what was under seal when its time has come.

use super::super::ServeState;
use super::import::{submit, writable};
use super::locked;
use crate::core::Input;
use crate::store::seal;
use chronicle::book::Sealed;
use model::{Filing, Timestamp};
use std::collections::BTreeSet;
use std::time::Duration;

/// Longest wait between two looks: an import of another process, or a seal put back from a backup.
const EVERY: Duration = Duration::from_secs(30);
/// After one that could not be filed: the record may be written again.
const AGAIN: Duration = Duration::from_secs(3);

/// Looks, and files what is due, for as long as the program runs. While the record cannot be written everything waits where it is.
pub async fn watch(state: ServeState) {
    // What goes on being wrong is told once, not at every look.
    let mut told: BTreeSet<String> = BTreeSet::new();
    let mut said: Option<String> = None;
    loop {
        let wait = match due(&state).await {
            Ok(Due { filings, broken, next }) => {
                said = None;
                let mut wait = next.map_or(EVERY, |next| state.core.clock().until(next).min(EVERY));
                for why in broken {
                    if told.insert(why.clone()) {
                        tracing::error!("a seal cannot be opened: failed to {why}");
                    }
                }
                for filing in filings {
                    let (dossier, id) = (filing.dossier.clone(), filing.id.clone());
                    match submit(&state, vec![Input::Filing(filing)]).await {
                        Ok(seq) => tracing::info!(dossier, id, seq, "an embargo is over"),
                        Err(error) => {
                            wait = AGAIN;
                            tracing::warn!(dossier, id, "an embargo is over: failed to {error}");
                        }
                    }
                }
                wait
            }
            Err(why) => {
                if said.as_ref() != Some(&why) {
                    tracing::warn!("embargoes: {why}");
                }
                said = Some(why);
                AGAIN
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// What is to be done.
struct Due {
    /// What is due and not opened yet, in the order in which it was sealed: of two wordings of one thing the later one stands.
    filings: Vec<Filing>,
    /// What could not be read.
    broken: Vec<String>,
    /// When the next one is due.
    next: Option<Timestamp>,
}

async fn due(state: &ServeState) -> Result<Due, String> {
    let folder = state.reader.folder().map(std::path::Path::to_owned).ok_or("the record has no folder")?;
    let read = tokio::task::spawn_blocking(move || seal::kept(&folder)).await;
    let (kept, broken) = read.map_err(|error| error.to_string())?.map_err(|error| format!("failed to {error}"))?;
    let now = state.core.now();
    let next = kept.iter().map(|it| it.until).filter(|it| *it > now).min();
    let over: Vec<Sealed> = kept.into_iter().filter(|it| it.until <= now).collect();
    if over.is_empty() {
        return Ok(Due { filings: Vec::new(), broken, next });
    }
    // Before the book is read: what was taken and is not written yet would be filed twice.
    writable(state).map_err(|error| format!("an embargo is over, and waits: failed to {error}"))?;
    let filings = locked(state, move |book, state| {
        let sealed = |it: &Sealed| {
            let shelf = book.shelves().get(&it.dossier)?;
            shelf.sealed_at(&it.commitment).filter(|_| shelf.opened(&it.commitment) == Some(false))
        };
        let mut over: Vec<(u64, Sealed)> = over.into_iter().filter_map(|it| Some((sealed(&it)?, it))).collect();
        over.sort_by_key(|(index, _)| *index);
        Ok(over.iter().map(|(_, it)| it.open(state.server.status, "embargo")).collect())
    });
    Ok(Due { filings: filings.await.map_err(|error| error.message)?, broken, next })
}
