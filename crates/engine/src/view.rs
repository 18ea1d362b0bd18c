//! The picture: what is true now, for anyone who asks.

use crate::relay::{Truth, combine};
use crate::step::Engine;
use model::{Arrival, Code, CommunityState, CommunityStatus, Level, Picture};
use std::collections::BTreeSet;

impl Engine {
    /// Everything known now. States are given for every region and raion, and for a hromada only where it differs.
    pub fn picture(&self) -> Picture {
        let above = self.above_active();
        let special = self.special();
        let mut communities = Vec::new();
        for community in self.ground.communities() {
            let wide = matches!(community.level, Level::Country | Level::Oblast | Level::Raion);
            if !wide && !special.contains(&community.code) {
                continue;
            }
            let Some(state) = self.state(community.code, &above) else { continue };
            let parent = self.ground.chain(community.code).nth(1);
            let as_parent =
                || parent.and_then(|parent| self.state(parent, &above)).is_some_and(|p| same_state(&p, &state));
            if wide || !as_parent() {
                communities.push(state);
            }
        }
        let mut alerts: Vec<_> = self.alerts.iter().cloned().collect();
        alerts.sort_by_key(|alert| alert.id);
        Picture {
            as_of: self.now,
            communities,
            alerts,
            tracks: Vec::new(),
            forecasts: Vec::new(),
            sources: self.sources.health(),
        }
    }

    /// The state of any community or settlement; `None` for a code that the area set does not hold.
    pub fn community(&self, code: Code) -> Option<CommunityState> {
        self.state(code, &self.above_active())
    }

    /// Every community that has an active one somewhere below it.
    fn above_active(&self) -> BTreeSet<Code> {
        let truth = |code| combine(&self.relay, code, &self.sources, &self.ground, &self.alerts);
        let active = |code: &Code| truth(*code).status == CommunityStatus::Active;
        self.ground.above(self.alerts.communities().into_iter().filter(active))
    }

    /// Hromadas that may differ from their raion.
    fn special(&self) -> BTreeSet<Code> {
        let mut special = self.relay.touched();
        special.extend(self.alerts.iter().map(|alert| alert.community));
        special
    }

    /// `above`: every community that has an active one somewhere below it.
    fn state(&self, code: Code, above: &BTreeSet<Code>) -> Option<CommunityState> {
        if !self.ground.knows(code) {
            return None;
        }
        let Truth { status, since, last_known, disagreement, said_by } =
            combine(&self.relay, code, &self.sources, &self.ground, &self.alerts);
        let reaching: Vec<_> = self.alerts.reaching(code, &self.ground).collect();
        let active = status == CommunityStatus::Active;
        let mut kinds: Vec<_> =
            if active { reaching.iter().flat_map(|alert| &alert.kinds).copied().collect() } else { Vec::new() };
        kinds.sort_unstable();
        kinds.dedup();
        let mut ids: Vec<_> = reaching.iter().map(|alert| alert.id).collect();
        ids.sort_unstable();
        Some(CommunityState {
            community: code,
            status,
            level: if active { reaching.iter().map(|alert| alert.level).max() } else { None },
            kinds,
            alerts: ids,
            partial: !active && above.contains(&code),
            elevated: self.elevated(code),
            since,
            last_known,
            disagreement,
            said_by,
            as_of: self.now,
        })
    }

    #[allow(clippy::unused_self)]
    fn elevated(&self, _code: Code) -> Option<Arrival> {
        None
    }
}

/// Equal in everything but the name.
fn same_state(a: &CommunityState, b: &CommunityState) -> bool {
    CommunityState { community: b.community, ..a.clone() } == *b
}
