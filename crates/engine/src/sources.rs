//! Who is heard, since when, and how much of what they sent was accepted.
//!
//! What comes in: the arrival of anything from a source, and time. What goes out: whether it is fresh, and its health.
//! What always holds: a source never heard is never fresh; only being heard makes a stale source fresh again.
//! Deliberately absent: what the source said.

use crate::config::SourceProfile;
use crate::out::Out;
use model::{NoteKind, SourceHealth, SourceId, SourceLink, Timestamp};
use std::collections::BTreeMap;

/// Longest refusal kept for the health line, in characters.
const REFUSAL_CHARS_MAX: usize = 300;

#[derive(Debug, Clone)]
struct Source {
    profile: SourceProfile,
    heard_at: Option<Timestamp>,
    /// Start of the present run of being heard without a gap; `None` before the first word.
    unbroken_since: Option<Timestamp>,
    /// The same of the last run, also after it broke off.
    ran_since: Option<Timestamp>,
    stale: bool,
    accepted: u64,
    refused: u64,
    last_refusal: Option<String>,
}

/// All configured sources.
#[derive(Debug, Clone)]
pub(crate) struct Sources {
    by_name: BTreeMap<SourceId, Source>,
    /// Grows whenever a source becomes fresh or stale.
    pub(crate) turns: u64,
}

impl Sources {
    pub(crate) fn new(profiles: &BTreeMap<SourceId, SourceProfile>) -> Self {
        let fresh = |profile: &SourceProfile| Source {
            profile: profile.clone(),
            heard_at: None,
            unbroken_since: None,
            ran_since: None,
            stale: false,
            accepted: 0,
            refused: 0,
            last_refusal: None,
        };
        Self { by_name: profiles.iter().map(|(name, profile)| (name.clone(), fresh(profile))).collect(), turns: 0 }
    }

    pub(crate) fn profile(&self, source: &SourceId) -> Option<&SourceProfile> {
        self.by_name.get(source).map(|source| &source.profile)
    }

    /// Official sources by name.
    pub(crate) fn official(&self) -> impl Iterator<Item = (&SourceId, &SourceProfile)> {
        self.by_name.iter().filter(|(_, source)| source.profile.official).map(|(name, source)| (name, &source.profile))
    }

    /// Sources that sense something, by name.
    pub(crate) fn sensors(&self) -> impl Iterator<Item = (&SourceId, &SourceProfile)> {
        self.by_name
            .iter()
            .filter(|(_, source)| !source.profile.senses.is_empty())
            .map(|(name, source)| (name, &source.profile))
    }

    pub(crate) fn heard_at(&self, source: &SourceId) -> Option<Timestamp> {
        self.by_name.get(source).and_then(|source| source.heard_at)
    }

    /// Since when the source is heard without a gap; `None` while it is not fresh.
    pub(crate) fn unbroken_since(&self, source: &SourceId) -> Option<Timestamp> {
        self.by_name.get(source).filter(|source| !source.stale).and_then(|source| source.unbroken_since)
    }

    /// For how long after `from` the source was heard without a gap, up to its last sign of life: milliseconds, 0 or more.
    pub(crate) fn heard_ms_since(&self, source: &SourceId, from: Timestamp) -> i64 {
        let run = self.by_name.get(source).and_then(|source| source.ran_since.zip(source.heard_at));
        run.map_or(0, |(since, until)| until.ms_since(since.max(from)).max(0))
    }

    /// The instant after which a silent source is stale.
    pub(crate) fn stale_from(&self, source: &SourceId) -> Option<Timestamp> {
        let source = self.by_name.get(source)?;
        source.heard_at.map(|at| at.plus_ms(source.profile.stale_after_ms))
    }

    pub(crate) fn is_fresh(&self, source: &SourceId) -> bool {
        self.by_name.get(source).is_some_and(|source| source.heard_at.is_some() && !source.stale)
    }

    /// Marks sources that fell silent past their limit. Must run before the event's own word counts.
    pub(crate) fn advance(&mut self, out: &mut Out<'_>) {
        for (name, source) in &mut self.by_name {
            let Some(heard_at) = source.heard_at else { continue };
            if !source.stale && out.now.ms_since(heard_at) > source.profile.stale_after_ms {
                source.stale = true;
                self.turns += 1;
                source.unbroken_since = None;
                let detail = format!(
                    "{name} is silent since {heard_at}, longer than {} s: what it says is unknown from now on",
                    source.profile.stale_after_ms / 1000
                );
                out.note(NoteKind::SourceStale, Some(name), None, None, detail);
            }
        }
    }

    /// The source is alive now.
    pub(crate) fn hear(&mut self, name: &SourceId, out: &mut Out<'_>) {
        let Some(source) = self.by_name.get_mut(name) else { return };
        if source.stale {
            source.stale = false;
            out.note(NoteKind::SourceBack, Some(name), None, None, format!("{name} is heard again"));
        }
        if source.unbroken_since.is_none() {
            self.turns += 1;
        }
        source.heard_at = Some(out.now);
        source.ran_since = Some(*source.unbroken_since.get_or_insert(out.now));
    }

    pub(crate) fn count_accepted(&mut self, name: &SourceId) {
        if let Some(source) = self.by_name.get_mut(name) {
            source.accepted += 1;
        }
    }

    pub(crate) fn count_refused(&mut self, name: &SourceId, why: &str) {
        if let Some(source) = self.by_name.get_mut(name) {
            source.refused += 1;
            source.last_refusal = Some(why.chars().take(REFUSAL_CHARS_MAX).collect());
        }
    }

    pub(crate) fn health(&self) -> Vec<SourceHealth> {
        let health = |(name, source): (&SourceId, &Source)| SourceHealth {
            source: name.clone(),
            official: source.profile.official,
            link: match (source.heard_at, source.stale) {
                (None, _) => SourceLink::Never,
                (Some(_), true) => SourceLink::Stale,
                (Some(_), false) => SourceLink::Live,
            },
            heard_at: source.heard_at,
            stale_after_s: u32::try_from(source.profile.stale_after_ms / 1000).unwrap_or(u32::MAX),
            accepted: source.accepted,
            refused: source.refused,
            last_refusal: source.last_refusal.clone(),
        };
        self.by_name.iter().map(health).collect()
    }
}
