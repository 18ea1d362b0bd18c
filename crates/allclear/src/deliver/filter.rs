//! Which part of the picture a subscriber asked for.
//!
//! What always holds: a filter leaves whole communities out, and never changes what is said of one. Level and kind choose
//! among alerts only: the state of a community is told whatever its level, so that no filter hides that it ended.

use crate::serve::view::{AlertView, ChangeView, CommunityView, StateView};
use model::{AreaSet, Code};
use std::collections::BTreeSet;

/// Longest value of a parameter, in bytes.
const VALUE_BYTES_MAX: usize = 200;

/// A filter. Equal ones are served together.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Filter {
    /// This community, what is below and what is above it.
    area: Option<Code>,
    /// Alerts of this level.
    level: Option<String>,
    /// Alerts of one of these kinds.
    kinds: BTreeSet<String>,
}

/// Why a filter was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// No such community.
    #[error("area {0:?} is not in the area set; /api/v1/areas.json lists the codes")]
    Area(String),
    /// No such level.
    #[error("level {0:?}: expected red or yellow")]
    Level(String),
    /// No such kind.
    #[error("kind {0:?} is no kind of threat; docs/glossary.md lists them")]
    Kind(String),
}

impl Filter {
    /// A filter of what the query names. Empty values filter nothing.
    pub fn new(
        areas: &AreaSet,
        area: Option<&str>,
        level: Option<&str>,
        kinds: Option<&str>,
    ) -> Result<Self, FilterError> {
        let short = |text: &str| text.chars().take(40).collect::<String>();
        let given = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let mut filter = Self::default();
        if let Some(text) = given(area) {
            let code: Code = text.parse().map_err(|_| FilterError::Area(short(&text)))?;
            areas.get(code).ok_or_else(|| FilterError::Area(short(&text)))?;
            filter.area = Some(code);
        }
        if let Some(level) = given(level) {
            if !["red", "yellow"].contains(&level.as_str()) {
                return Err(FilterError::Level(short(&level)));
            }
            filter.level = Some(level);
        }
        if let Some(kinds) = given(kinds) {
            for kind in kinds.get(..VALUE_BYTES_MAX.min(kinds.len())).unwrap_or_default().split(',').map(str::trim) {
                let known: Result<model::ThreatKind, _> = serde_json::from_value(kind.into());
                known.map_err(|_| FilterError::Kind(short(kind)))?;
                filter.kinds.insert(kind.to_owned());
            }
        }
        Ok(filter)
    }

    /// Everything is wanted.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    fn wants(&self, areas: &AreaSet, code: &str) -> bool {
        let Some(area) = self.area else { return true };
        code.parse::<Code>().is_ok_and(|code| areas.covers(area, code) || areas.covers(code, area))
    }

    fn wants_alert(&self, areas: &AreaSet, alert: &AlertView) -> bool {
        self.wants(areas, &alert.community)
            && self.level.as_deref().is_none_or(|level| alert.level == level)
            && (self.kinds.is_empty() || alert.kinds.iter().any(|kind| self.kinds.contains(kind)))
    }

    /// Leaves out of a picture what is not wanted.
    pub fn state(&self, areas: &AreaSet, view: &mut StateView) {
        if self.is_open() {
            return;
        }
        view.communities.retain(|c: &CommunityView| self.wants(areas, &c.code));
        view.alerts.retain(|alert| self.wants_alert(areas, alert));
    }

    /// The alerts of a change that are wanted.
    pub fn alerts<'a>(&self, areas: &AreaSet, change: &'a ChangeView) -> impl Iterator<Item = &'a AlertView> {
        change.alerts.iter().filter(|alert| self.wants_alert(areas, alert))
    }

    /// The part of a change that is wanted; `None` when nothing is.
    pub fn change(&self, areas: &AreaSet, change: &ChangeView) -> Option<ChangeView> {
        let mut view = change.clone();
        view.communities.retain(|c| self.wants(areas, &c.code));
        view.communities_gone.retain(|c| self.wants(areas, c));
        view.alerts.retain(|alert| self.wants_alert(areas, alert));
        let empty = view.communities.is_empty()
            && view.communities_gone.is_empty()
            && view.alerts.is_empty()
            && view.reports.is_empty()
            && view.sources.is_empty();
        (!empty).then_some(view)
    }

    /// Whether a change is about the community this filter names: who asked for it is told before those who watch all.
    pub fn is_about(&self, areas: &AreaSet, change: &ChangeView) -> bool {
        self.area.is_some()
            && (change.alerts.iter().any(|alert| self.wants(areas, &alert.community))
                || change.communities.iter().any(|community| self.wants(areas, &community.code)))
    }
}
