//! What one official source said, kept so that late and doubled words fold to the same state in any order.
//!
//! What comes in: raises and ends with the time they were said, and whole pictures. What goes out: the holds that stand
//! by this source's word, and its word about a community. What always holds: the result depends on the set of words,
//! ordered by (said at, event), not on the order of arrival.
//! Deliberately absent: other sources, freshness.

use crate::ground::Ground;
use model::{AlertLevel, AlertType, Code, EventId, Holder, ThreatKind, Timestamp};
use std::collections::BTreeMap;

/// Most raises remembered for one area and type; the first and the latest always stay.
const RAISES_MAX: usize = 8;

/// When a word was said; the event settles a tie, so that the later arrival counts.
pub(super) type Said = (Timestamp, EventId);
/// What an alert is about.
pub(super) type Subject = (Code, AlertType);

/// A word that keeps an alert standing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Raise {
    pub(super) said: Said,
    /// Since when, by the source.
    pub(super) since: Timestamp,
    pub(super) level: Option<AlertLevel>,
    pub(super) kinds: Vec<ThreatKind>,
    /// Taken over from an alert that stood when the program stopped: nothing that happened before it can end it.
    pub(super) standing: bool,
}

impl Raise {
    /// Whether this raise outlives an end.
    fn outlives(&self, end: Option<Said>) -> bool {
        end.is_none_or(|end| self.said > end || (self.standing && end.1 <= self.said.1))
    }
}

/// Part of a picture: everything it covers and does not list is clear by it.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) said: Said,
    /// Since when this source's pictures are known to cover this part.
    pub(super) first_at: Timestamp,
    pub(super) listed: BTreeMap<Subject, Raise>,
    pub(super) doubtful: Vec<Code>,
    /// Something could not be resolved at all: nothing unlisted is clear.
    pub(super) doubt_anywhere: bool,
}

/// Everything one source said that still matters.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    raises: BTreeMap<Subject, Vec<Raise>>,
    ends: BTreeMap<Subject, Said>,
    /// The latest whole picture.
    whole: Option<Part>,
    /// Later parts, by region.
    parts: BTreeMap<Code, Part>,
}

impl Words {
    /// Remembers a raise. Returns whether it is the newest word about its subject.
    pub(super) fn raise(&mut self, subject: Subject, mut raise: Raise, ground: &Ground) -> bool {
        let end = self.ended(subject, ground);
        let newest = raise.outlives(end);
        let raises = self.raises.entry(subject).or_default();
        if let Some(known) = raises.iter_mut().find(|known| known.said.1 == raise.said.1) {
            // The same event twice: the report names a subject twice, or a standing alert meets the word that made it.
            raise.since = raise.since.min(known.since);
            if !known.standing && known.level.unwrap_or(AlertLevel::Red) > raise.level.unwrap_or(AlertLevel::Red) {
                raise.level = known.level;
            }
            *known = raise;
        } else {
            raises.push(raise);
        }
        raises.sort_by_key(|raise| raise.said);
        if raises.len() > RAISES_MAX {
            // The first one alive tells since when, so it stays.
            raises.remove(usize::from(raises.first().is_some_and(|first| first.outlives(end))));
        }
        newest
    }

    /// Remembers an end. Returns whether it is newer than the last end of the same subject.
    pub(super) fn end(&mut self, subject: Subject, said: Said) -> bool {
        let last = self.ends.entry(subject).or_insert(said);
        let newer = said >= *last;
        *last = said.max(*last);
        newer
    }

    /// The time of the newest picture that covers any of `scope` (all of it when empty).
    pub(super) fn pictured(&self, scope: &[Code]) -> Option<Timestamp> {
        let whole = self.whole.as_ref().map(|part| part.said.0);
        let parts = self.parts.iter().filter(|(region, _)| scope.is_empty() || scope.contains(region));
        parts.map(|(_, part)| part.said.0).chain(whole).max()
    }

    /// Takes a picture over: whole when `scope` is empty, else one part for each region of `scope`.
    pub(super) fn picture(&mut self, scope: &[Code], part: &Part, ground: &Ground) {
        let scopes: Vec<Option<Code>> =
            if scope.is_empty() { vec![None] } else { scope.iter().copied().map(Some).collect() };
        for scope in scopes {
            let inside = |subject: &Subject| scope.is_none_or(|region| ground.within(subject.0, region));
            let mut next = part.clone();
            next.listed.retain(|subject, _| inside(subject));
            for (subject, old) in self.listed_now(ground) {
                if !inside(&subject) {
                    continue;
                }
                let doubted = next.in_doubt(subject.0, ground);
                match next.listed.get_mut(&subject) {
                    // Unchanged: the word that made it stays its cause.
                    Some(new) if same_words(new, &old) => new.said.1 = old.said.1,
                    Some(_) => {}
                    None if doubted => {
                        next.listed.insert(subject, old);
                    }
                    None => {
                        self.end(subject, next.said);
                    }
                }
            }
            // From here on the picture itself says so, since when it says.
            for subject in next.listed.keys() {
                if let Some(raises) = self.raises.get_mut(subject) {
                    raises.retain(|raise| !raise.standing || raise.said.1 > part.said.1);
                }
            }
            let before = match scope {
                None => self.whole.as_ref(),
                Some(region) => self.parts.get(&region).or(self.whole.as_ref()),
            };
            next.first_at = before.map_or(next.first_at, |before| before.first_at.min(next.first_at));
            match scope {
                None => {
                    self.parts.clear();
                    self.whole = Some(next);
                }
                Some(region) => {
                    self.parts.insert(region, next);
                }
            }
        }
    }

    /// Adds raises from a picture whose time cannot be true: it may warn, it may not clear.
    pub(super) fn warn_only(&mut self, listed: BTreeMap<Subject, Raise>, ground: &Ground) {
        for (subject, raise) in listed {
            self.raise(subject, raise, ground);
        }
    }

    /// The part of the picture that speaks for `area`.
    fn part(&self, area: Code, ground: &Ground) -> Option<&Part> {
        ground.chain(area).find_map(|link| self.parts.get(&link)).or(self.whole.as_ref())
    }

    fn listed_now(&self, ground: &Ground) -> BTreeMap<Subject, Raise> {
        let whole = self.whole.iter().flat_map(|part| &part.listed);
        let parts = self.parts.values().flat_map(|part| &part.listed);
        let speaks = |subject: &Subject, raise: &Raise| {
            self.part(subject.0, ground).is_some_and(|part| part.listed.get(subject) == Some(raise))
        };
        whole
            .chain(parts)
            .filter(|(subject, raise)| speaks(subject, raise))
            .map(|(subject, raise)| (*subject, raise.clone()))
            .collect()
    }

    /// The newest end that reaches `subject`: an explicit one of it or of what it lies in, or a picture without it.
    fn ended(&self, subject: Subject, ground: &Ground) -> Option<Said> {
        let (area, alert_type) = subject;
        let explicit = ground.chain(area).filter_map(|link| self.ends.get(&(link, alert_type))).max().copied();
        let pictured = self
            .part(area, ground)
            .filter(|part| !part.listed.contains_key(&subject) && !part.in_doubt(area, ground))
            .map(|part| part.said);
        explicit.max(pictured)
    }

    /// Everything that stands by this source's word.
    pub(super) fn holds(&self, ground: &Ground) -> BTreeMap<Subject, Holder> {
        let listed = self.listed_now(ground);
        let mut holds = BTreeMap::new();
        for subject in self.raises.keys().chain(listed.keys()) {
            if holds.contains_key(subject) {
                continue;
            }
            let end = self.ended(*subject, ground);
            let said = self.raises.get(subject).into_iter().flatten().chain(listed.get(subject));
            let alive: Vec<&Raise> = said.filter(|raise| raise.outlives(end)).collect();
            // A standing alert already holds every word up to its own event.
            let standing = alive.iter().find(|raise| raise.standing).map(|raise| raise.said.1);
            let later =
                alive.iter().filter(|raise| standing.is_none_or(|event| raise.standing || raise.said.1 > event));
            let Some(newest) = later.max_by_key(|raise| (!raise.standing, raise.said)) else { continue };
            let since = alive.iter().map(|raise| raise.since).min().unwrap_or(newest.since);
            let mut kinds = newest.kinds.clone();
            kinds.sort_unstable();
            kinds.dedup();
            holds.insert(*subject, Holder::of(since, newest.level, kinds, newest.said.1));
        }
        holds
    }

    /// Forgets raises that an end has outlived, so that memory follows what stands, not what was.
    pub(super) fn forget_ended(&mut self, horizon: Timestamp, ground: &Ground) {
        let ends: BTreeMap<Subject, Option<Said>> =
            self.raises.keys().map(|&subject| (subject, self.ended(subject, ground))).collect();
        self.raises.retain(|subject, raises| {
            let end = ends.get(subject).copied().flatten();
            raises.retain(|raise| raise.outlives(end) || raise.said.0 >= horizon);
            !raises.is_empty()
        });
    }

    /// Since when this source says that `area` is clear, given that it holds no alert there; `None` when it never said so.
    pub(super) fn cleared(&self, area: Code, ground: &Ground) -> Option<Timestamp> {
        let explicit = ground.chain(area).filter_map(|link| self.ends.get(&(link, AlertType::AirRaid))).max();
        let pictured = self.part(area, ground);
        if pictured.is_some_and(|part| part.in_doubt(area, ground)) {
            return None;
        }
        explicit.map(|end| end.0).max(pictured.map(|part| part.first_at))
    }

    /// Areas this source has a word of its own about, beyond what follows from the areas above.
    pub(super) fn touched(&self) -> impl Iterator<Item = Code> + '_ {
        let parts = self.whole.iter().chain(self.parts.values());
        let pictured = parts.flat_map(|part| part.listed.keys().map(|s| s.0).chain(part.doubtful.iter().copied()));
        self.raises.keys().chain(self.ends.keys()).map(|subject| subject.0).chain(pictured)
    }
}

impl Part {
    /// Whether what could not be resolved may lie in `area`.
    fn in_doubt(&self, area: Code, ground: &Ground) -> bool {
        self.doubt_anywhere || ground.chain(area).any(|link| self.doubtful.contains(&link))
    }
}

fn same_words(a: &Raise, b: &Raise) -> bool {
    a.since == b.since && a.level == b.level && a.kinds == b.kinds
}
