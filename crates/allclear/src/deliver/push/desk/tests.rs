//! Who is told what, and what a restart must not forget.

use super::super::book::tests::subscription;
use super::super::message::tests::{KONOTOP, SUMY, picture, state};
use super::*;
use model::ThreatKind;

/// A desk with one subscription, and time that stands still unless it is moved.
struct World {
    desk: Desk,
    now: Instant,
}

fn konotop() -> Code {
    KONOTOP.parse().unwrap()
}

impl World {
    fn new(status: CommunityStatus) -> Self {
        let now = Instant::now();
        let picture = picture(vec![state(KONOTOP, status)]);
        let scene = Scene { picture: &picture, status: Status::Actual, seq: 1 };
        let kept = Kept {
            subscriptions: BTreeMap::from([(1, subscription("https://p.example/1", false))]),
            ..Kept::default()
        };
        Self { desk: Desk::new(AreaSet::bundled(), kept, &scene, now), now }
    }

    fn look(&mut self, state: CommunityState) -> Vec<(u64, bool)> {
        let picture = picture(vec![state]);
        let scene = Scene { picture: &picture, status: Status::Actual, seq: 2 };
        self.desk.look(&scene, self.now, self.now)
    }

    fn see(&mut self, status: CommunityStatus) -> Vec<(u64, bool)> {
        self.look(state(KONOTOP, status))
    }

    /// The state that the next message says; the message is taken.
    fn read(&mut self) -> Option<String> {
        let letter = self.desk.letter(1)?;
        self.desk.told(1, letter.community, letter.version);
        let fields: serde_json::Value = serde_json::from_str(&letter.words).unwrap();
        Some(fields["state"].as_str().unwrap().to_owned())
    }
}

use CommunityStatus::{Active, Clear, Unknown};

#[test]
fn who_was_away_gets_what_is_true_then_and_nothing_queues_up() {
    let mut world = World::new(Clear);
    assert_eq!(world.read(), None, "nothing is new to who just came");
    assert_eq!(world.see(Active), [(1, true)]);
    assert_eq!(world.see(Clear), [(1, false)]);
    assert_eq!(world.see(Active), [(1, true)]);
    assert!(world.see(Active).is_empty());
    assert_eq!(world.desk.owed(1), [konotop()]);
    assert_eq!(world.read().as_deref(), Some("active"));
    assert_eq!(world.read(), None);
    let mut graver = state(KONOTOP, Active);
    graver.kinds.push(ThreatKind::Uav);
    assert_eq!(world.look(graver), [(1, true)], "another kind is news");
}

#[test]
fn a_message_that_was_overtaken_in_flight_is_followed_by_the_newer_one() {
    let mut world = World::new(Clear);
    world.see(Active);
    let flying = world.desk.letter(1).unwrap();
    world.see(Clear);
    world.desk.told(1, flying.community, flying.version);
    assert_eq!(world.read().as_deref(), Some("clear"));
}

#[test]
fn a_short_silence_is_no_news_and_a_long_one_is() {
    let mut world = World::new(Active);
    assert!(world.see(Unknown).is_empty());
    assert_eq!(world.desk.looks_at(), Some(world.now + UNKNOWN_AFTER));
    assert!(world.see(Active).is_empty(), "heard again, and nothing had been told");
    assert_eq!(world.desk.looks_at(), None);
    world.see(Unknown);
    world.now += UNKNOWN_AFTER;
    assert_eq!(world.see(Unknown), [(1, false)]);
    assert_eq!(world.read().as_deref(), Some("unknown"));
    assert_eq!(world.see(Active), [(1, true)], "an alert is never held back");
    world.see(Unknown);
    assert_eq!(world.see(Clear), [(1, false)]);
    assert_eq!(world.read().as_deref(), Some("clear"));
}

#[test]
fn a_community_that_is_not_listed_is_as_the_one_above() {
    let mut world = World::new(Clear);
    let areas = AreaSet::bundled();
    let above = areas.ancestors(konotop()).next().unwrap().code;
    let mut inherited = state(KONOTOP, Active);
    inherited.community = above;
    assert_eq!(world.look(inherited), [(1, true)]);
    assert!(world.desk.letter(1).unwrap().words.contains("Конотопський район"));
}

#[test]
fn a_restart_tells_what_happened_meanwhile_and_what_was_owed() {
    let mut world = World::new(Clear);
    world.see(Active);
    let (told, owed) = world.desk.take_changes().unwrap();
    assert!(world.desk.take_changes().is_none(), "nothing changed since");
    assert_eq!(owed, [(1, konotop())]);
    let restart = |told: &[((Code, bool), Said)], owed: &[(u64, Code)], status| {
        let picture = picture(vec![state(KONOTOP, status)]);
        let scene = Scene { picture: &picture, status: Status::Actual, seq: 3 };
        let kept = Kept {
            subscriptions: BTreeMap::from([(1, subscription("https://p.example/1", false))]),
            told: told.iter().cloned().collect(),
            owed: owed.to_vec(),
        };
        let now = Instant::now();
        let mut desk = Desk::new(AreaSet::bundled(), kept, &scene, now);
        desk.look(&scene, now, now);
        desk.letter(1).map(|letter| letter.urgent)
    };
    assert_eq!(restart(&told, &owed, Active), Some(true), "it was owed the alert");
    assert_eq!(restart(&told, &[], Active), None, "it knew");
    assert_eq!(restart(&told, &[], Clear), Some(false), "the alert ended while the server was away");
    assert_eq!(restart(&told, &[], Unknown), None, "a start is no news");
    assert_eq!(restart(&told, &owed, Unknown), Some(true), "what is owed is not lost when nobody was heard yet");
}

#[test]
fn what_changed_after_the_first_message_is_owed() {
    let mut world = World::new(Clear);
    world.see(Active);
    let (calm, alert) = (picture(vec![state(KONOTOP, Clear)]), picture(vec![state(KONOTOP, Active)]));
    let greeted = vec![(konotop(), Said::of(&calm.communities[0], &calm, false, BTreeSet::new()))];
    let scene = Scene { picture: &alert, status: Status::Actual, seq: 3 };
    for (id, known, owed) in [(2, &greeted, 1), (3, &world.desk.now(&scene, &[konotop()], false), 0)] {
        world.desk.add(id, subscription(&format!("https://p.example/{id}"), false), &scene, world.now);
        world.desk.greeted(id, &scene, known);
        assert_eq!(world.desk.owed(id).len(), owed, "{id}");
    }
}

#[test]
fn who_leaves_is_told_nothing_and_leaves_nothing() {
    let mut world = World::new(Clear);
    assert_eq!(world.desk.find("https://p.example/1"), Some(1));
    assert!(world.desk.remove(1).is_some() && world.desk.remove(1).is_none());
    assert!(world.see(Active).is_empty() && world.desk.letter(1).is_none());
    assert!(world.desk.editions.is_empty() && world.desk.index.is_empty() && world.desk.len() == 0);
}

#[test]
fn who_named_a_region_is_told_of_its_parts_and_a_quiet_part_of_none_of_the_others() {
    let areas = AreaSet::bundled();
    let region: Code = SUMY.parse().unwrap();
    let quiet = areas.children(region).map(|area| area.code).find(|code| *code != konotop()).unwrap();
    let below = areas.children(quiet).next().unwrap().code;
    let all = |parts: &[(&str, CommunityStatus)], partial| {
        let mut states: Vec<_> = parts.iter().map(|(code, status)| state(code, *status)).collect();
        states[0].partial = partial;
        picture(states)
    };
    let calm = all(&[(SUMY, Clear), (KONOTOP, Clear), (quiet.as_str(), Clear)], false);
    let in_part = all(&[(SUMY, Clear), (KONOTOP, Active), (quiet.as_str(), Clear)], true);
    let (now, scene) = (Instant::now(), |picture| Scene { picture, status: Status::Actual, seq: 1 });
    let of = |n: u64, code: Code| {
        let communities = vec![code];
        (n, super::Subscription { communities, ..subscription(&format!("https://p.example/{n}"), false) })
    };
    let kept =
        Kept { subscriptions: [of(1, region), of(2, konotop()), of(3, quiet), of(4, below)].into(), ..Kept::default() };
    let mut desk = Desk::new(areas, kept, &scene(&calm), now);
    assert_eq!(desk.look(&scene(&in_part), now, now), [(1, true), (2, true)]);
    let words = desk.letter(1).unwrap().words;
    assert!(words.contains("Тривога в частині: Сумська область") && words.contains(KONOTOP), "{words}");
    assert_eq!(desk.look(&scene(&calm), now, now), [(1, false), (2, false)]);
}
