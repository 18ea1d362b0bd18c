//! The picture: what is true now, for anyone who asks.

use crate::relay::{Truth, combine};
use crate::step::Engine;
use crate::warn::{self, aged};
use model::{
    Alert, AlertId, Arrival, Code, CommunityState, CommunityStatus, Level, Picture, Stage, Standing, Timestamp, Track,
};
use std::collections::{BTreeMap, BTreeSet};

impl Engine {
    /// Everything known now. States are given for every region and raion, and for a hromada only where it differs.
    pub fn picture(&self) -> Picture {
        let above = self.above_active();
        let mut wide: BTreeMap<Code, CommunityState> = BTreeMap::new();
        for community in self.ground.communities() {
            if matches!(community.level, Level::Country | Level::Oblast | Level::Raion) {
                wide.extend(self.state(community.code, &above).map(|state| (community.code, state)));
            }
        }
        let touched = self.touched();
        let mut communities: Vec<CommunityState> = Vec::new();
        for hromada in self.hromadas_apart(&touched) {
            let Some(raion) = self.ground.chain(hromada).nth(1).and_then(|raion| wide.get(&raion)) else {
                communities.extend(self.state(hromada, &above));
                continue;
            };
            if touched.contains(&hromada) {
                communities.extend(self.state(hromada, &above).filter(|state| !same_state(raion, state)));
            } else {
                // Nobody has a word about it alone: it is as its raion, but for our own forecast.
                let elevated = self.elevated(hromada);
                if elevated != raion.elevated {
                    communities.push(CommunityState { community: hromada, partial: false, elevated, ..raion.clone() });
                }
            }
        }
        communities.extend(wide.into_values());
        communities.sort_by_key(|state| state.community);
        let told = self.story.sky().bodies.iter().map(|body| body.told(self.now));
        let mut tracks: Vec<_> = told.filter(|track| track.stage != Stage::Ended).collect();
        tracks.sort_by_key(|track| track.id);
        let mut alerts: Vec<_> = self.alerts.iter().cloned().collect();
        alerts.sort_by_key(|alert| alert.id);
        let waits = |alert: &Alert| warn::waits(alert, &self.config.policy, &self.ground, self.now);
        let unheld = |id: &AlertId| self.alerts.get(*id).is_some_and(waits);
        Picture {
            as_of: self.now,
            communities,
            alerts,
            tracks,
            forecasts: self.outlooks.iter().flat_map(|outlook| outlook.told(&self.ground)).collect(),
            sources: self.sources.health(),
            waiting: self.desk.waiting(self.now).cloned().collect(),
            unheld: self.lapsed.iter().copied().filter(unheld).collect(),
        }
    }

    /// What is believed to fly at `at` (not before the newest event), by what was taken in so far; sorted by number.
    ///
    /// For a replay that asks for the sky alone: with [`Engine::resume`] beyond its last event nothing is foreseen and nothing
    /// decided, and a report costs its fusion only. A track that silence has just ended is told once more as
    /// [`Stage::Ended`], or not at all.
    pub fn tracks_at(&mut self, at: Timestamp) -> Vec<Track> {
        let now = self.now.max(at);
        self.story.tell(now, &self.ground);
        let mut tracks: Vec<Track> = self.story.sky().bodies.iter().map(|body| body.told(now)).collect();
        tracks.sort_by_key(|track| track.id);
        tracks
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

    /// Communities about which somebody has a word of their own.
    fn touched(&self) -> BTreeSet<Code> {
        let mut touched = self.relay.touched();
        touched.extend(self.alerts.communities());
        touched.extend(self.sources.official().flat_map(|(_, profile)| &profile.areas));
        touched
    }

    /// Hromadas that may differ from their raion. What may reach a raion does not reach every hromada of it.
    fn hromadas_apart(&self, touched: &BTreeSet<Code>) -> BTreeSet<Code> {
        let advised = self.alerts.of(Standing::Advisory).map(|alert| alert.community);
        let near = advised.flat_map(|code| self.ground.children(code).iter().copied().chain([code]));
        let hromada = |code: &Code| self.ground.level(*code) == Some(Level::Hromada);
        near.chain(touched.iter().copied()).filter(hromada).collect()
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
        let inherited = self.ground.chain(code).enumerate().filter(|&(up, link)| up == 0 || self.told.contains(&link));
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

/// Equal in everything but the name; only a raion can be partial.
fn same_state(raion: &CommunityState, hromada: &CommunityState) -> bool {
    CommunityState { community: hromada.community, partial: hromada.partial, ..raion.clone() } == *hromada
}
