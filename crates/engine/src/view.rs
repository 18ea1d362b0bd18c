//! The picture: what is true now, for anyone who asks.

use crate::relay::{Truth, combine};
use crate::step::Engine;
use crate::warn::aged;
use model::{Arrival, Code, CommunityState, CommunityStatus, Level, Picture, Stage, Standing};
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
        let told = self.story.sky().bodies.values().map(|body| body.told(self.now));
        let mut tracks: Vec<_> = told.filter(|track| track.stage != Stage::Ended).collect();
        tracks.sort_by_key(|track| track.id);
        let mut alerts: Vec<_> = self.alerts.iter().cloned().collect();
        alerts.sort_by_key(|alert| alert.id);
        Picture {
            as_of: self.now,
            communities,
            alerts,
            tracks,
            forecasts: self.forecasts.clone(),
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
        for alert in self.alerts.iter() {
            special.insert(alert.community);
            // What may reach a raion does not reach every hromada of it.
            special.extend(self.ground.children(alert.community));
        }
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

    /// The gravest advisory for the community: its own, one for all of what it lies in, and for a region its raions'.
    fn elevated(&self, code: Code) -> Option<Arrival> {
        let below = match self.ground.level(code) {
            Some(Level::Oblast) => self.ground.children(code),
            _ => &[],
        };
        // A track that may reach a raion may miss this hromada of it; a threat told of the raion is told of all of it.
        let sky = self.story.sky();
        let told = |area: Code| {
            sky.menaces
                .iter()
                .any(|menace| menace.areas.contains(&area) && sky.believes(menace, self.now, &self.ground))
        };
        let inherited = self.ground.chain(code).enumerate().filter(|&(up, link)| up == 0 || told(link));
        let here = inherited.map(|(_, link)| link).chain(below.iter().copied());
        let advised = here.flat_map(|link| self.alerts.here(Standing::Advisory, link));
        let arrivals = advised.filter_map(|alert| match self.dangers.get(&alert.community) {
            Some(danger) => Some(danger.arrival),
            None => alert.arrival.map(|told| aged(told, self.now.ms_since(alert.updated_at))),
        });
        arrivals.reduce(|a, b| {
            let gravest = if b.probability > a.probability { b } else { a };
            Arrival { earliest_s: a.earliest_s.min(b.earliest_s), ..gravest }
        })
    }
}

/// Equal in everything but the name.
fn same_state(a: &CommunityState, b: &CommunityState) -> bool {
    CommunityState { community: b.community, ..a.clone() } == *b
}
