//! The topics: fixed ones, and one for each community along its chain of communities.
//!
//! What comes in: the area set and the world. What goes out: topics by number, and which of them a filter means.
//! What always holds: the topics are known from the start and never change, so a filter is a set of numbers; an exercise has
//! topics of its own, so that no subscriber of the real world hears it.

use model::{AreaSet, Code, Level, Status};
use std::collections::BTreeMap;

/// Number of `…/status`: `online` or `unknown`, retained.
pub const STATUS: u16 = 0;
/// Number of `…/change`: every change whole, as on the stream.
pub const CHANGE: u16 = 1;
/// Number of `…/tracks`.
pub const TRACKS: u16 = 2;
/// Number of `…/heartbeat`.
pub const HEARTBEAT: u16 = 3;

/// Topics by number.
pub struct Tree {
    topics: Vec<Topic>,
    by_text: BTreeMap<String, u16>,
    by_code: BTreeMap<Code, u16>,
}

struct Topic {
    text: String,
    code: Option<Code>,
}

/// A set of topics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set(Box<[u64]>);

impl Set {
    /// Whether the topic is in it.
    pub fn has(&self, topic: u16) -> bool {
        self.0.get(usize::from(topic) / 64).is_some_and(|word| word & (1 << (topic % 64)) != 0)
    }

    /// Puts a topic in.
    pub fn put(&mut self, topic: u16) {
        if let Some(word) = self.0.get_mut(usize::from(topic) / 64) {
            *word |= 1 << (topic % 64);
        }
    }

    /// Takes a topic out; whether it was in.
    pub fn take(&mut self, topic: u16) -> bool {
        let had = self.has(topic);
        if let Some(word) = self.0.get_mut(usize::from(topic) / 64) {
            *word &= !(1 << (topic % 64));
        }
        had
    }

    /// Puts in all of another.
    pub fn add(&mut self, other: &Self) {
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    /// The first topic at or after this one that is in it.
    pub fn next(&self, from: u16) -> Option<u16> {
        let start = usize::from(from) / 64;
        self.0.iter().enumerate().skip(start).find_map(|(at, word)| {
            let word = if at == start { word & (u64::MAX << (from % 64)) } else { *word };
            let found = at * 64 + usize::try_from(word.trailing_zeros()).ok()?;
            if word == 0 { None } else { u16::try_from(found).ok() }
        })
    }

    /// How many are in it.
    pub fn len(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }
}

/// Where the topics of a world begin.
pub const fn root(status: Status) -> &'static str {
    match status {
        Status::Actual => "allclear/v1",
        Status::Exercise => "allclear-exercise/v1",
    }
}

impl Tree {
    /// The topics of an area set.
    pub fn new(areas: &AreaSet, status: Status) -> Self {
        let root = root(status);
        let mut topics: Vec<Topic> = ["status", "change", "tracks", "heartbeat"]
            .into_iter()
            .map(|name| Topic { text: format!("{root}/{name}"), code: None })
            .collect();
        let communities = areas.iter().filter(|area| area.level <= Level::Hromada);
        for area in communities {
            let mut chain: Vec<&str> = vec![area.code.as_str()];
            chain.extend(areas.ancestors(area.code).map(|above| above.code.as_str()));
            // The country is the root and is not named below it.
            chain.pop();
            chain.reverse();
            let path: String = chain.iter().flat_map(|code| [*code, "/"]).collect();
            topics.push(Topic { text: format!("{root}/area/{path}state"), code: Some(area.code) });
        }
        // More than a number of two bytes can name there are in no country.
        topics.truncate(usize::from(u16::MAX));
        let numbered = || (0_u16..).zip(&topics);
        let by_text = numbered().map(|(number, topic)| (topic.text.clone(), number)).collect();
        let by_code = numbered().filter_map(|(number, topic)| Some((topic.code?, number))).collect();
        Self { topics, by_text, by_code }
    }

    /// How many topics.
    pub fn len(&self) -> usize {
        self.topics.len()
    }

    /// A topic as it is written.
    pub fn text(&self, topic: u16) -> &str {
        self.topics.get(usize::from(topic)).map_or("", |topic| &topic.text)
    }

    /// The topic of a community.
    pub fn of(&self, code: Code) -> Option<u16> {
        self.by_code.get(&code).copied()
    }

    /// The communities and their topics.
    pub fn communities(&self) -> impl Iterator<Item = (Code, u16)> {
        self.by_code.iter().map(|(code, topic)| (*code, *topic))
    }

    /// No topic.
    pub fn none(&self) -> Set {
        Set(vec![0; self.topics.len().div_ceil(64)].into())
    }

    /// The topics a filter means (4.7 of both versions); `None` when it is no filter, or means none of these.
    pub fn find(&self, filter: &str) -> Option<Set> {
        let mut found = self.none();
        if !filter.contains(['+', '#']) {
            found.put(*self.by_text.get(filter)?);
            return Some(found);
        }
        let levels: Vec<&str> = filter.split('/').collect();
        let last = levels.len() - 1;
        let fits = levels.iter().enumerate().all(|(at, level)| match *level {
            "#" => at == last,
            "+" => true,
            other => !other.contains(['+', '#']),
        });
        if !fits {
            return None;
        }
        let mut any = false;
        for (number, topic) in (0_u16..).zip(&self.topics) {
            if matches(&levels, &topic.text) {
                found.put(number);
                any = true;
            }
        }
        any.then_some(found)
    }
}

/// Whether a good filter, cut into its levels, means a topic.
fn matches(filter: &[&str], topic: &str) -> bool {
    let mut levels = topic.split('/');
    for level in filter {
        match (*level, levels.next()) {
            // It means its parent level too.
            ("#", _) => return true,
            ("+", Some(_)) => {}
            (level, Some(here)) if level == here => {}
            _ => return false,
        }
    }
    levels.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        Tree::new(AreaSet::bundled(), Status::Actual)
    }

    #[test]
    fn a_community_stands_under_what_it_lies_in() {
        let (tree, areas) = (tree(), AreaSet::bundled());
        let hromada = areas.at_level(Level::Hromada).find(|area| area.name_uk == "Бахмацька").unwrap();
        let above: Vec<_> = areas.ancestors(hromada.code).map(|area| area.code).collect();
        let expected = format!("allclear/v1/area/{}/{}/{}/state", above[1], above[0], hromada.code);
        assert_eq!(tree.text(tree.of(hromada.code).unwrap()), expected);
        assert_eq!(tree.text(tree.of(above[2]).unwrap()), "allclear/v1/area/state");
        assert_eq!(tree.len(), 4 + areas.iter().filter(|area| area.level <= Level::Hromada).count());
        let exercise = Tree::new(areas, Status::Exercise);
        assert!((0..).take(exercise.len()).all(|topic| exercise.text(topic).starts_with("allclear-exercise/v1/")));
    }

    #[test]
    fn a_filter_means_what_the_standard_says() {
        let (tree, areas) = (tree(), AreaSet::bundled());
        let count = |level| u32::try_from(areas.at_level(level).count()).unwrap();
        let all = u32::try_from(tree.len()).unwrap();
        for (filter, expected) in [
            ("#", Some(all)),
            ("allclear/#", Some(all)),
            ("allclear/v1/#", Some(all)),
            ("+/v1/change", Some(1)),
            ("allclear/v1/change/#", Some(1)),
            ("allclear/v1/status", Some(1)),
            ("allclear/v1/area/state", Some(1)),
            ("allclear/v1/area/#", Some(all - 4)),
            ("allclear/v1/area/+/state", Some(count(Level::Oblast))),
            ("allclear/v1/+", Some(4)),
            ("allclear/v1/Change", None),
            ("allclear/v1/area/UA99/state", None),
            ("allclear-exercise/#", None),
            ("/allclear/#", None),
            ("allclear/v1#", None),
            ("allclear/#/change", None),
            ("allclear/v+/change", None),
            ("$SYS/#", None),
            ("", None),
        ] {
            assert_eq!(tree.find(filter).map(|set| set.len()), expected, "{filter}");
        }
    }

    #[test]
    fn a_set_gives_back_what_was_put_in_in_order() {
        let mut set = tree().none();
        for topic in [0, 63, 64, 700] {
            set.put(topic);
        }
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(topic) = set.next(from) {
            found.push(topic);
            from = topic + 1;
        }
        assert_eq!(found, [0, 63, 64, 700]);
        assert!(set.take(64) && !set.take(64) && !set.has(64));
        assert_eq!((set.next(64), set.next(701), set.len()), (Some(700), None, 3));
    }
}
