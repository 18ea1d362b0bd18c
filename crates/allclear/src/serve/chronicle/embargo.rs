//! Opens what was under seal when its time has come.

use super::super::ServeState;
use super::import::submit;
use super::locked;
use crate::core::Input;
use crate::store::seal;
use model::Filing;
use std::collections::BTreeSet;
use std::time::Duration;

/// Between two looks.
const EVERY: Duration = Duration::from_secs(30);

/// Looks, and files what is due, for as long as the program runs.
pub async fn watch(state: ServeState) {
    // What could not be read is told once, not every half minute.
    let mut told: BTreeSet<String> = BTreeSet::new();
    loop {
        match due(&state).await {
            Ok((filings, broken)) => {
                for why in broken {
                    if told.insert(why.clone()) {
                        tracing::error!("a seal cannot be opened: failed to {why}");
                    }
                }
                for filing in filings {
                    let (dossier, id) = (filing.dossier.clone(), filing.id.clone());
                    match submit(&state, vec![Input::Filing(filing)]).await {
                        Ok(seq) => tracing::info!(dossier, id, seq, "an embargo is over"),
                        Err(error) => tracing::warn!(dossier, id, "an embargo is over: failed to {error}"),
                    }
                }
            }
            Err(why) => tracing::warn!("embargoes: {why}"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// What is due and not opened yet, and what could not be read.
async fn due(state: &ServeState) -> Result<(Vec<Filing>, Vec<String>), String> {
    let folder = state.reader.folder().map(std::path::Path::to_owned).ok_or("the record has no folder")?;
    let read = tokio::task::spawn_blocking(move || seal::kept(&folder)).await;
    let (kept, broken) = read.map_err(|error| error.to_string())?.map_err(|error| format!("failed to {error}"))?;
    let now = state.core.now();
    let due: Vec<_> = kept.into_iter().filter(|it| it.until <= now).collect();
    if due.is_empty() {
        return Ok((Vec::new(), broken));
    }
    let filings = locked(state, move |book, state| {
        let sealed = |it: &chronicle::book::Sealed| {
            book.shelves().get(&it.dossier).and_then(|shelf| shelf.opened(&it.commitment)) == Some(false)
        };
        Ok(due.iter().filter(|it| sealed(it)).map(|it| it.open(state.server.status, "embargo")).collect())
    });
    Ok((filings.await.map_err(|error| error.message)?, broken))
}
