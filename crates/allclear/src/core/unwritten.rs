//! What waits while the record cannot be written.

use crate::store::{Entry, Store, StoreError};
use std::time::{Duration, Instant};

/// Entries kept while the record cannot be written, and how often it is tried again.
pub(super) const UNWRITTEN_MAX: usize = 20_000;
pub(super) const RETRY: Duration = Duration::from_secs(2);

/// A record that could not be written.
pub(super) struct Stopped {
    pub(super) why: String,
    /// Entries that wait to be written.
    pub(super) unwritten: Vec<Entry>,
    pub(super) tried: Instant,
    /// Too many waited: the record stays stopped until the program is started again.
    pub(super) lost: bool,
}

/// Looks at what is on the disk and appends what is missing there. The batch that failed is wholly there or not at all.
pub(super) fn write_again(store: &mut Store, unwritten: &[Entry]) -> Result<(), StoreError> {
    let first = unwritten.iter().find_map(|entry| match entry {
        Entry::Event(event) => Some(event.id.0),
        Entry::Decision(_) => None,
    });
    store.recover()?;
    let written = first.map_or(0, |first| store.next_index().saturating_sub(first));
    let rest = usize::try_from(written).ok().and_then(|written| unwritten.get(written..)).unwrap_or_default();
    store.append(rest).map(|_| ())
}
