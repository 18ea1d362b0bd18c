//! Who must be told what: subscriptions, what is true of their communities, and what each of them was told.
//!
//! What comes in: pictures, subscriptions, and which messages were taken. What goes out: who has something to be told, and the
//! message that is the newest then.
//! Invariants:
//!   of a community a subscription is owed one message at most: the newest
//!   *unknown* is told only after it lasted [`UNKNOWN_AFTER`]: a restart of the server or of a source is no news
//!   what a subscription was told when it began is not told to it again
//! Deliberately absent: the network and the clock. Time is given.

use super::book::{Kept, Subscription};
use super::message::{At, Said};
use crate::chain::Language;
use model::{AlertId, AreaSet, Code, CommunityState, CommunityStatus, Picture, Status};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a community must be unknown before that is told.
pub const UNKNOWN_AFTER: Duration = Duration::from_mins(2);

/// What is said of one community, with or without advisories.
struct Edition {
    said: Said,
    version: u64,
    /// In each language.
    words: [Arc<str>; 2],
    /// Alerts that it raises, changes or ends.
    alerts: BTreeSet<AlertId>,
    decided: Instant,
    unknown_since: Option<Instant>,
}

/// A subscription, and the version it was told of each community.
struct One {
    subscription: Subscription,
    told: BTreeMap<Code, u64>,
}

/// A message to one subscription.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The subscription.
    pub id: u64,
    /// Of which community.
    pub community: Code,
    /// Which version of what is said of it.
    pub version: u64,
    /// Content.
    pub words: Arc<str>,
    /// An official alert.
    pub urgent: bool,
    /// Alerts that it is about.
    pub alerts: BTreeSet<AlertId>,
    /// When what it says was decided.
    pub decided: Instant,
    /// To whom.
    pub to: Subscription,
}

/// The picture that messages are made of.
pub struct Scene<'a> {
    /// What is true.
    pub picture: &'a Picture,
    /// World.
    pub status: Status,
    /// Size of the record.
    pub seq: u64,
}

/// The desk.
pub struct Desk {
    areas: &'static AreaSet,
    all: BTreeMap<u64, One>,
    by_endpoint: BTreeMap<String, u64>,
    /// Who wants which edition.
    index: BTreeMap<(Code, bool), BTreeSet<u64>>,
    editions: BTreeMap<(Code, bool), Edition>,
    /// Whether what must survive a restart differs from what was last given to [`Desk::take_changes`].
    changed: bool,
}

impl Desk {
    /// Of what was kept. Whoever was owed something still is, with what is true now.
    pub fn new(areas: &'static AreaSet, kept: Kept, scene: &Scene<'_>, now: Instant) -> Self {
        let mut desk = Self {
            areas,
            all: BTreeMap::new(),
            by_endpoint: BTreeMap::new(),
            index: BTreeMap::new(),
            editions: BTreeMap::new(),
            changed: false,
        };
        for (id, subscription) in kept.subscriptions {
            desk.add(id, subscription, scene, now);
        }
        let as_of = scene.picture.as_of.to_string();
        let write = at_scene(areas, scene, &as_of);
        for (at, said) in kept.told {
            if let Some(edition) = desk.editions.get_mut(&at) {
                // Whoever is owed something is owed this, until a picture says otherwise: at a start nobody was heard yet.
                edition.words = write.about(at.0, &said);
                edition.said = said;
            }
        }
        for (id, code) in kept.owed {
            if let Some(told) = desk.all.get_mut(&id).and_then(|one| one.told.get_mut(&code)) {
                *told = 0;
            }
        }
        desk
    }

    /// Takes up a subscription that knows what is true now.
    pub fn add(&mut self, id: u64, subscription: Subscription, scene: &Scene<'_>, now: Instant) {
        let listed = Listed::of(self.areas, scene.picture);
        let mut told = BTreeMap::new();
        for code in &subscription.communities {
            let at = (*code, subscription.advisories);
            self.index.entry(at).or_default().insert(id);
            if !self.editions.contains_key(&at)
                && let Some(said) = self.said(&listed, at)
            {
                let words = at_scene(self.areas, scene, &scene.picture.as_of.to_string()).about(*code, &said);
                let (alerts, unknown_since) = (said.alerts.clone(), None);
                self.editions.insert(at, Edition { said, version: 1, words, alerts, decided: now, unknown_since });
            }
            told.insert(*code, self.editions.get(&at).map_or(1, |edition| edition.version));
        }
        self.by_endpoint.insert(subscription.endpoint.clone(), id);
        self.all.insert(id, One { subscription, told });
        self.changed = true;
    }

    /// What a new subscription was told in its first message. It is owed what changed since then.
    pub fn greeted(&mut self, id: u64, scene: &Scene<'_>, said: &[(Code, Said)]) {
        let Some(one) = self.all.get(&id) else { return };
        let (listed, advisories) = (Listed::of(self.areas, scene.picture), one.subscription.advisories);
        let news = |(code, before): &&(Code, Said)| {
            let at = (*code, advisories);
            let now = self.said(&listed, at);
            // What is held back for a while is no news to anyone yet.
            let told = |now: &Said| self.editions.get(&at).is_some_and(|edition| edition.said.says_the_same(now));
            now.is_some_and(|now| !now.says_the_same(before) && told(&now))
        };
        let owed: Vec<Code> = said.iter().filter(news).map(|(code, _)| *code).collect();
        if let Some(one) = self.all.get_mut(&id) {
            one.told.extend(owed.into_iter().map(|code| (code, 0)));
        }
    }

    /// Removes a subscription.
    pub fn remove(&mut self, id: u64) -> Option<Subscription> {
        let one = self.all.remove(&id)?;
        self.by_endpoint.remove(&one.subscription.endpoint);
        for code in &one.subscription.communities {
            let at = (*code, one.subscription.advisories);
            if let Some(wanting) = self.index.get_mut(&at) {
                wanting.remove(&id);
                if wanting.is_empty() {
                    self.index.remove(&at);
                    self.editions.remove(&at);
                }
            }
        }
        self.changed = true;
        Some(one.subscription)
    }

    /// The subscription of an endpoint.
    pub fn find(&self, endpoint: &str) -> Option<u64> {
        self.by_endpoint.get(endpoint).copied()
    }

    /// How many subscriptions there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// All subscriptions.
    pub fn all(&self) -> impl Iterator<Item = (u64, &Subscription)> {
        self.all.iter().map(|(id, one)| (*id, &one.subscription))
    }

    /// What would be said now of these communities.
    pub fn now(&self, scene: &Scene<'_>, communities: &[Code], advisories: bool) -> Vec<(Code, Said)> {
        let listed = Listed::of(self.areas, scene.picture);
        let said = |code: &Code| Some((*code, self.said(&listed, (*code, advisories))?));
        communities.iter().filter_map(said).collect()
    }

    /// Compares a picture with what was said. Gives who has something new to be told, and whether urgently.
    /// `decided`: when the newest change was.
    pub fn look(&mut self, scene: &Scene<'_>, now: Instant, decided: Instant) -> Vec<(u64, bool)> {
        let (listed, as_of) = (Listed::of(self.areas, scene.picture), scene.picture.as_of.to_string());
        let write = at_scene(self.areas, scene, &as_of);
        let mut due = Vec::new();
        let wanted: Vec<(Code, bool)> = self.index.keys().copied().collect();
        for at in wanted {
            let Some(said) = self.said(&listed, at) else { continue };
            let Some(edition) = self.editions.get_mut(&at) else { continue };
            if said.says_the_same(&edition.said) {
                edition.unknown_since = None;
                // Who holds an alert, and which one it is, may change without a word to anyone.
                edition.said = said;
                continue;
            }
            if said.status == CommunityStatus::Unknown && edition.said.status != CommunityStatus::Unknown {
                let since = *edition.unknown_since.get_or_insert(now);
                // An advisory that came up meanwhile is told; that nobody is heard can wait.
                if now.duration_since(since) < UNKNOWN_AFTER && said.elevated.is_none() {
                    continue;
                }
            }
            edition.unknown_since = None;
            edition.words = write.about(at.0, &said);
            edition.alerts = said.alerts.union(&edition.said.alerts).copied().collect();
            edition.version += 1;
            edition.decided = decided;
            let urgent = said.is_urgent();
            edition.said = said;
            self.changed = true;
            due.extend(self.index.get(&at).into_iter().flatten().map(|id| (*id, urgent)));
        }
        // Alerts first; of equals in the order they are found.
        due.sort_by_key(|(_, urgent)| !urgent);
        due
    }

    /// When there will be something to tell though nothing changes.
    pub fn looks_at(&self) -> Option<Instant> {
        self.editions.values().filter_map(|edition| edition.unknown_since).min().map(|since| since + UNKNOWN_AFTER)
    }

    /// The next message for a subscription: an alert before anything else. `None`: it knows everything.
    pub fn letter(&self, id: u64) -> Option<Letter> {
        let one = self.all.get(&id)?;
        let owed = one.told.iter().filter_map(|(code, told)| {
            let edition = self.editions.get(&(*code, one.subscription.advisories))?;
            (edition.version > *told).then_some((code, edition))
        });
        let (code, edition) = owed.min_by_key(|(code, edition)| (!edition.said.is_urgent(), **code))?;
        let place = usize::from(one.subscription.language == Language::En);
        Some(Letter {
            id,
            community: *code,
            version: edition.version,
            words: edition.words[place].clone(),
            urgent: edition.said.is_urgent(),
            alerts: edition.alerts.clone(),
            decided: edition.decided,
            to: one.subscription.clone(),
        })
    }

    /// A message was taken, or given up: this version of the community is not owed any more.
    pub fn told(&mut self, id: u64, community: Code, version: u64) {
        if let Some(told) = self.all.get_mut(&id).and_then(|one| one.told.get_mut(&community)) {
            *told = version.max(*told);
            self.changed = true;
        }
    }

    /// Communities of which a subscription is owed something.
    pub fn owed(&self, id: u64) -> Vec<Code> {
        let Some(one) = self.all.get(&id) else { return Vec::new() };
        let behind = |code: &Code, told: u64| {
            self.editions.get(&(*code, one.subscription.advisories)).is_some_and(|edition| edition.version > told)
        };
        one.told.iter().filter(|(code, told)| behind(code, **told)).map(|(code, _)| *code).collect()
    }

    /// What must survive a restart, when it changed since this was asked last.
    #[expect(clippy::type_complexity, reason = "two lists, as the book takes them")]
    pub fn take_changes(&mut self) -> Option<(Vec<((Code, bool), Said)>, Vec<(u64, Code)>)> {
        if !std::mem::take(&mut self.changed) {
            return None;
        }
        let told = self.editions.iter().map(|(at, edition)| (*at, edition.said.clone())).collect();
        let owed = self.all.keys().flat_map(|id| self.owed(*id).into_iter().map(|code| (*id, code))).collect();
        Some((told, owed))
    }

    /// A community's state is its own, or that of the nearest above it that is listed.
    fn said(&self, listed: &Listed<'_>, (code, advisories): (Code, bool)) -> Option<Said> {
        let (state, parts) = if let Some(own) = listed.states.get(&code) {
            let below = |part: &&Code| **part != code && self.areas.covers(code, **part);
            let parts =
                if own.partial { listed.active.iter().filter(below).copied().collect() } else { BTreeSet::new() };
            (own, parts)
        } else {
            (self.areas.ancestors(code).find_map(|above| listed.states.get(&above.code))?, BTreeSet::new())
        };
        Some(Said::of(state, listed.picture, advisories, parts))
    }
}

/// A picture, by community.
struct Listed<'a> {
    picture: &'a Picture,
    states: BTreeMap<Code, &'a CommunityState>,
    /// Those that are active and not by what is above them.
    active: Vec<Code>,
}

impl<'a> Listed<'a> {
    fn of(areas: &AreaSet, picture: &'a Picture) -> Self {
        let states: BTreeMap<Code, &CommunityState> =
            picture.communities.iter().map(|state| (state.community, state)).collect();
        let active = |code: Code| states.get(&code).is_some_and(|state| state.status == CommunityStatus::Active);
        let alone = |code: &Code| active(*code) && !areas.ancestors(*code).any(|above| active(above.code));
        let active = states.keys().copied().filter(alone).collect();
        Self { picture, states, active }
    }
}

const fn at_scene<'a>(areas: &'a AreaSet, scene: &Scene<'_>, as_of: &'a str) -> At<'a> {
    At { areas, status: scene.status, seq: scene.seq, as_of }
}

#[cfg(test)]
mod tests;
