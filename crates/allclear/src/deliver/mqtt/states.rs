//! What each topic says: the state of every community, kept as messages.
//!
//! What comes in: the whole picture, and frames of the stream in their order. What goes out: [`Round`]s, each the messages
//! of one frame with what is retained after it.
//! Invariants:
//!   every community of the tree has a state; one that no picture lists is as the nearest above it that is listed
//!   `seq` of a topic's messages never goes back
//!   a round holds a message for a community exactly when what is said of it changed
//! Deliberately absent: subscribers.

use super::tree::{CHANGE, HEARTBEAT, STATUS, TRACKS, Tree};
use crate::deliver::hub::{Frame, FrameKind};
use crate::publish;
use crate::serve::view::{AlertView, CommunityView, StateView};
use model::{AlertId, AreaSet, Code};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

/// What `…/status` says while the picture is renewed.
pub const ONLINE: &str = "online";
/// What it says when nothing is known: the core gives no sign of life, or the bridge is gone.
pub const UNKNOWN: &str = "unknown";

/// A message's content, shared by everyone it goes to.
pub type Payload = Arc<[u8]>;

/// What is retained, by topic.
#[derive(Clone, Default)]
pub struct Retained(Vec<Option<Payload>>);

impl Retained {
    /// What a topic says.
    pub fn get(&self, topic: u16) -> Option<&Payload> {
        self.0.get(usize::from(topic)).and_then(Option::as_ref)
    }

    /// Keeps what a topic says.
    pub fn put(&mut self, topic: u16, payload: Payload) {
        let place = usize::from(topic);
        if self.0.len() <= place {
            self.0.resize(place + 1, None);
        }
        if let Some(old) = self.0.get_mut(place) {
            *old = Some(payload);
        }
    }

    /// Keeps nothing of a topic.
    pub fn forget(&mut self, topic: u16) {
        if let Some(old) = self.0.get_mut(usize::from(topic)) {
            *old = None;
        }
    }

    /// The topics on which this says something else than before, with what it says.
    pub fn since(&self, before: &Self) -> Vec<Item> {
        let changed = |(topic, now): (u16, &Option<Payload>)| {
            let now = now.as_ref()?;
            let same = before.get(topic).is_some_and(|old| Arc::ptr_eq(old, now));
            (!same).then(|| Item { topic, payload: now.clone() })
        };
        (0_u16..).zip(&self.0).filter_map(changed).collect()
    }
}

/// One message.
#[derive(Clone)]
pub struct Item {
    /// Its topic.
    pub topic: u16,
    /// Its content.
    pub payload: Payload,
}

impl Item {
    /// Whether it is retained.
    pub const fn is_retained(&self) -> bool {
        !matches!(self.topic, CHANGE | TRACKS | HEARTBEAT)
    }
}

/// The messages of one frame.
pub struct Round {
    /// In the order they are sent in.
    pub items: Vec<Item>,
    /// What is retained after it.
    pub retained: Arc<Retained>,
    /// Of a change: what the receipts are about.
    pub told: Option<Told>,
}

/// What a change told of.
#[derive(Debug, Clone)]
pub struct Told {
    /// When it was decided.
    pub decided: Instant,
    /// Its alerts, each with the topic of its community, if that has one.
    pub alerts: Vec<(AlertId, Option<u16>)>,
}

/// A community's state as it is told.
#[derive(Serialize)]
struct Said<'a> {
    /// The world.
    status: &'static str,
    /// Size of the record when this state was first true.
    seq: u64,
    #[serde(flatten)]
    community: &'a CommunityView,
}

/// The keeper.
pub struct States {
    areas: &'static AreaSet,
    tree: Arc<Tree>,
    status: &'static str,
    /// What a picture or a change lists.
    listed: BTreeMap<Code, CommunityView>,
    /// What is told of each community.
    told: BTreeMap<Code, CommunityView>,
    retained: Arc<Retained>,
    seq: u64,
}

impl States {
    /// Of a first picture.
    pub fn new(areas: &'static AreaSet, tree: Arc<Tree>, first: &StateView) -> Self {
        let retained = Arc::new(Retained(vec![None; tree.len()]));
        let (listed, told) = (BTreeMap::new(), BTreeMap::new());
        let mut states = Self { areas, tree, status: first.status, listed, told, retained, seq: 0 };
        states.whole(first, true);
        states
    }

    /// What is retained now.
    pub fn retained(&self) -> Arc<Retained> {
        self.retained.clone()
    }

    /// Takes the whole picture; `alive` is whether it is renewed. Messages for what differs.
    pub fn whole(&mut self, view: &StateView, alive: bool) -> Round {
        let mut items = Vec::new();
        let word = if alive { ONLINE } else { UNKNOWN };
        if self.retained.get(STATUS).is_none_or(|old| **old != *word.as_bytes()) {
            self.keep(STATUS, word.as_bytes().into(), &mut items);
        }
        self.seq = self.seq.max(view.seq);
        self.listed = view.communities.iter().filter_map(|c| Some((c.code.parse().ok()?, c.clone()))).collect();
        let all: Vec<Code> = self.tree.communities().map(|(code, _)| code).collect();
        for code in all {
            self.tell(code, &mut items);
        }
        Round { items, retained: self.retained(), told: None }
    }

    /// Takes a frame of the stream. A change that the picture held already says nothing new of communities.
    pub fn frame(&mut self, frame: &Frame) -> Round {
        let mut items = Vec::new();
        let mut told = None;
        let event = |topic| Item { topic, payload: frame.json.as_bytes().into() };
        match &frame.kind {
            FrameKind::Change(change) => {
                if change.seq > self.seq {
                    self.seq = change.seq;
                    let mut touched = BTreeSet::new();
                    let gone = change.communities_gone.iter().filter_map(|code| code.parse::<Code>().ok());
                    for code in gone {
                        self.listed.remove(&code);
                        touched.insert(code);
                    }
                    for view in &change.communities {
                        let Ok(code) = view.code.parse::<Code>() else { continue };
                        self.listed.insert(code, view.clone());
                        self.touch(code, &mut touched);
                    }
                    for code in touched {
                        self.tell(code, &mut items);
                    }
                }
                items.push(event(CHANGE));
                let topic = |alert: &AlertView| self.tree.of(alert.community.parse().ok()?);
                let alerts = change.alerts.iter().map(|alert| (AlertId(alert.id), topic(alert))).collect();
                told = Some(Told { decided: frame.decided, alerts });
            }
            FrameKind::Tracks => items.push(event(TRACKS)),
            FrameKind::Heartbeat => items.push(event(HEARTBEAT)),
        }
        let retained = self.retained();
        Round { items, retained, told }
    }

    /// A community and all below it that are as it is.
    fn touch(&self, code: Code, touched: &mut BTreeSet<Code>) {
        touched.insert(code);
        for below in self.areas.children(code) {
            if self.tree.of(below.code).is_some() && !self.listed.contains_key(&below.code) {
                self.touch(below.code, touched);
            }
        }
    }

    /// Says what is true of a community, if it is not what was said last.
    fn tell(&mut self, code: Code, items: &mut Vec<Item>) {
        let Some(topic) = self.tree.of(code) else { return };
        let Some(view) = self.view(code) else { return };
        if self.told.get(&code).is_some_and(|before| says_the_same(before, &view)) {
            return;
        }
        let told = Said { status: self.status, seq: self.seq, community: &view };
        // Views hold only strings, numbers and lists: they cannot fail to serialise.
        let payload = serde_json::to_vec(&told).unwrap_or_default();
        self.told.insert(code, view);
        self.keep(topic, payload.into(), items);
    }

    fn keep(&mut self, topic: u16, payload: Payload, items: &mut Vec<Item>) {
        // Copied once for a round, and not at all for one that keeps nothing.
        Arc::make_mut(&mut self.retained).put(topic, payload.clone());
        items.push(Item { topic, payload });
    }

    /// The state of a community: its own, or that of the nearest above it that is listed.
    fn view(&self, code: Code) -> Option<CommunityView> {
        if let Some(view) = self.listed.get(&code) {
            return Some(view.clone());
        }
        let area = self.areas.get(code)?;
        let above = self.areas.ancestors(code).find_map(|above| self.listed.get(&above.code))?;
        let (name_uk, name_en) = publish::names(self.areas, area);
        Some(CommunityView {
            code: code.to_string(),
            level: publish::level_word(area.level),
            parent: area.parent.map(|parent| parent.to_string()),
            uid: area.uid,
            name_uk,
            name_en,
            partial: false,
            ..above.clone()
        })
    }
}

/// Whether two states say the same, however old they are.
fn says_the_same(before: &CommunityView, now: &CommunityView) -> bool {
    let mut before = before.clone();
    before.as_of.clone_from(&now.as_of);
    if before.said_by.len() == now.said_by.len() {
        for (old, new) in before.said_by.iter_mut().zip(&now.said_by) {
            old.heard_at.clone_from(&new.heard_at);
        }
    }
    before == *now
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::view::ChangeView;
    use model::{Level, Status};

    const SUMY: &str = "UA59000000000057109";

    fn view(code: &str, state: &'static str) -> CommunityView {
        let areas = AreaSet::bundled();
        let area = areas.get(code.parse().unwrap()).unwrap();
        let (name_uk, name_en) = publish::names(areas, area);
        CommunityView {
            code: code.into(),
            level: publish::level_word(area.level),
            parent: area.parent.map(|parent| parent.to_string()),
            uid: area.uid,
            name_uk,
            name_en,
            state,
            alert_level: None,
            kinds: Vec::new(),
            partial: true,
            elevated: None,
            since: None,
            last_known: None,
            disagreement: false,
            said_by: Vec::new(),
            as_of: "2026-01-01T00:00:00Z".into(),
        }
    }

    fn picture(state: &'static str) -> StateView {
        let wide = AreaSet::bundled().iter().filter(|area| area.level <= Level::Raion);
        StateView {
            status: "actual",
            mode: "relay",
            seq: 5,
            as_of: String::new(),
            server_time: String::new(),
            speed: 1.0,
            record_stopped: None,
            communities: wide.map(|area| view(area.code.as_str(), state)).collect(),
            alike: Vec::new(),
            alerts: Vec::new(),
            tracks: Vec::new(),
            sources: Vec::new(),
            reports: Vec::new(),
        }
    }

    fn states() -> States {
        let areas = AreaSet::bundled();
        States::new(areas, Arc::new(Tree::new(areas, Status::Actual)), &picture("unknown"))
    }

    fn change(seq: u64, communities: Vec<CommunityView>, gone: &[&str]) -> Frame {
        let view = ChangeView {
            seq,
            as_of: String::new(),
            communities,
            communities_gone: gone.iter().map(ToString::to_string).collect(),
            alerts: Vec::new(),
            reports: Vec::new(),
            sources: Vec::new(),
        };
        Frame::new(seq, FrameKind::Change(Arc::new(view)), "{}")
    }

    /// `code state seq` of each message about a community, and how many others there are.
    fn told(states: &States, round: &Round) -> (Vec<(String, String, u64)>, usize) {
        let about = |item: &&Item| states.tree.text(item.topic).ends_with("/state");
        let read = |item: &Item| {
            let json: serde_json::Value = serde_json::from_slice(&item.payload).unwrap();
            let text = |key: &str| json[key].as_str().unwrap().to_owned();
            assert!(states.tree.text(item.topic).contains(&text("code")) || text("level") == "country");
            (text("code"), text("state"), json["seq"].as_u64().unwrap())
        };
        let all: Vec<_> = round.items.iter().filter(about).map(read).collect();
        (all.clone(), round.items.len() - all.len())
    }

    #[test]
    fn every_community_has_a_state_from_the_start() {
        let states = states();
        for topic in 0..u16::try_from(states.tree.len()).unwrap() {
            let kept = states.retained.get(topic).is_some();
            assert_eq!(kept, !matches!(topic, CHANGE | TRACKS | HEARTBEAT), "{}", states.tree.text(topic));
        }
    }

    #[test]
    fn a_change_of_a_raion_is_told_to_each_hromada_that_is_as_it_is() {
        let (mut states, areas) = (states(), AreaSet::bundled());
        let raion = areas.children(SUMY.parse().unwrap()).next().unwrap().code;
        let hromadas: Vec<_> = areas.children(raion).map(|area| area.code).collect();
        let apart = hromadas[0];
        // A hromada that differs has a word of its own, and keeps it.
        let round = states.frame(&change(6, vec![view(apart.as_str(), "active")], &[]));
        assert_eq!(told(&states, &round), (vec![(apart.to_string(), "active".into(), 6)], 1));
        let round = states.frame(&change(7, vec![view(raion.as_str(), "clear")], &[]));
        let (about, _) = told(&states, &round);
        let mut expected: Vec<_> =
            hromadas[1..].iter().chain([&raion]).map(|c| (c.to_string(), "clear".into(), 7)).collect();
        expected.sort();
        let mut sorted = about.clone();
        sorted.sort();
        assert_eq!(sorted, expected);
        // It is again as its raion.
        let round = states.frame(&change(8, Vec::new(), &[apart.as_str()]));
        assert_eq!(told(&states, &round).0, [(apart.to_string(), "clear".into(), 8)]);
    }

    #[test]
    fn what_a_picture_held_is_not_told_again() {
        let mut states = states();
        let round = states.frame(&change(5, vec![view(SUMY, "active")], &[]));
        assert_eq!(told(&states, &round), (vec![], 1));
        let mut older = view(SUMY, "unknown");
        older.as_of = "2026-01-01T00:00:09Z".into();
        let round = states.frame(&change(6, vec![older], &[]));
        assert_eq!(told(&states, &round), (vec![], 1));
    }

    #[test]
    fn without_a_sign_of_life_nothing_is_known_and_the_status_says_so_first() {
        let mut states = states();
        let word = |round: &Round| {
            let status = round.items.first().filter(|item| item.topic == STATUS);
            status.map(|item| String::from_utf8_lossy(&item.payload).into_owned())
        };
        let all = states.tree.communities().count();
        let active = states.whole(&picture("active"), true);
        assert_eq!((told(&states, &active).0.len(), word(&active)), (all, None));
        let blind = states.whole(&picture("unknown"), false);
        assert_eq!((told(&states, &blind).0.len(), word(&blind).as_deref()), (all, Some(UNKNOWN)));
        assert!(told(&states, &blind).0.iter().all(|(_, state, seq)| state == "unknown" && *seq == 5));
        assert!(states.whole(&picture("unknown"), false).items.is_empty(), "said once");
        let back = states.whole(&picture("active"), true);
        assert_eq!((told(&states, &back).0.len(), word(&back).as_deref()), (all, Some(ONLINE)));
    }

    #[test]
    fn rounds_that_were_missed_can_be_made_up_from_what_is_retained() {
        let mut states = states();
        let before = states.retained();
        assert!(states.retained().since(&before).is_empty());
        states.frame(&change(6, vec![view(SUMY, "active")], &[]));
        states.frame(&change(7, vec![view(SUMY, "clear")], &[]));
        let missed = states.retained().since(&before);
        let about: Vec<_> = missed.iter().map(|item| states.tree.text(item.topic)).collect();
        assert_eq!(about, [format!("allclear/v1/area/{SUMY}/state")]);
    }
}
