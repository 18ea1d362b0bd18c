//! Catalogue entries whose name alone did not decide: the second look, raion by raion.
//!
//! What comes in: the hromadas of a raion nobody has claimed, and the entries of that raion that claimed none.
//! What goes out: the pairs that follow. What always holds: a pair is taken only when it is the only one by its clue on both
//! sides; what is left afterwards stays refused. Clues in the order of their strength: the town the entry names, the kind
//! of hromada, a renamed hromada's common beginning, and last that one entry and one hromada are all that is left.

use model::{Area, AreaSet, Code, Level};
use std::collections::BTreeSet;

/// Letters two forms of one renamed hromada must share at the beginning: "Курісовська" and "Курісівська".
const SHARED_LETTERS: usize = 4;

/// One entry of the raion that found no hromada.
#[derive(Debug, Clone)]
pub(super) struct Open<'a> {
    pub(super) uid: u32,
    pub(super) title: &'a str,
}

/// Whether an entry may be that hromada.
type Clue<'c> = &'c dyn Fn(&Open<'_>, &Area) -> bool;

/// The pairs that follow inside one raion; `claimed` are the communities that have a number already.
pub(super) fn settle(
    areas: &AreaSet,
    raion: Code,
    claimed: &BTreeSet<Code>,
    mut open: Vec<Open<'_>>,
) -> Vec<(u32, Code)> {
    let unclaimed = areas.children(raion).filter(|area| area.level == Level::Hromada && !claimed.contains(&area.code));
    let mut free: Vec<&Area> = unclaimed.collect();
    let mut pairs = Vec::new();
    let clues: [Clue<'_>; 5] = [
        &|entry, area| {
            town(entry.title).is_some_and(|town| areas.seat(area.code).is_some_and(|seat| fold(&seat.name_uk) == town))
        },
        &|entry, area| {
            kind(entry.title)
                .is_some_and(|kind| adjective(entry.title) == fold(&area.name_uk) && is_of_kind(areas, area, kind))
        },
        &|entry, area| adjective(entry.title) == fold(&area.name_uk),
        &|entry, area| shared(&adjective(entry.title), &fold(&area.name_uk)) >= SHARED_LETTERS,
        &|_, _| true,
    ];
    for clue in clues {
        loop {
            let sole = open.iter().enumerate().find_map(|(at, entry)| {
                let mut fitting = free.iter().enumerate().filter(|(_, area)| clue(entry, area));
                let (hromada, area) = fitting.next()?;
                let only = fitting.next().is_none() && open.iter().filter(|other| clue(other, area)).count() == 1;
                only.then_some((at, hromada))
            });
            let Some((entry, hromada)) = sole else { break };
            pairs.push((open.remove(entry).uid, free.remove(hromada).code));
        }
    }
    pairs
}

/// "м. Покров та Покровська територіальна громада" names its town.
fn town(title: &str) -> Option<String> {
    let title = fold(title);
    Some(title.strip_prefix("м. ")?.split_once(" та ")?.0.to_owned())
}

/// "Миколаївська сільська територіальна громада" names its kind.
fn kind(title: &str) -> Option<&'static str> {
    ["сільська", "селищна", "міська"].into_iter().find(|kind| fold(title).split(' ').any(|word| word == *kind))
}

fn is_of_kind(areas: &AreaSet, area: &Area, kind: &str) -> bool {
    let seat = areas.seat(area.code).map(|seat| seat.category);
    matches!((kind, seat), ("сільська", Some('C')) | ("селищна", Some('X' | 'T')) | ("міська", Some('M')))
}

fn adjective(title: &str) -> String {
    let title = fold(title);
    let name = title.rsplit(" та ").next().unwrap_or(&title);
    let end = [" міська", " селищна", " сільська", " територіальна", " громада"]
        .iter()
        .filter_map(|word| name.find(word))
        .min();
    name[..end.unwrap_or(name.len())].to_owned()
}

fn fold(name: &str) -> String {
    name.chars().map(|c| if model::place::is_apostrophe(c) { '’' } else { c }).collect::<String>().to_lowercase()
}

fn shared(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Position;

    fn area(code: &str, level: Level, parent: Option<&str>, name_uk: &str) -> Area {
        Area {
            code: code.parse().unwrap(),
            level,
            parent: parent.map(|parent| parent.parse().unwrap()),
            name_uk: name_uk.into(),
            name_en: String::new(),
            category: 'H',
            uid: None,
            centre: Position::new(48.0, 34.0).unwrap(),
            radius_km: 1.0,
            placed: true,
            population: None,
        }
    }

    /// Which hromada of a raion with these hromadas each title gets.
    fn check(hromadas: &[&str], titles: &[&str], expected: &[Option<usize>]) {
        let mut list =
            vec![area("UA", Level::Country, None, "Україна"), area("R", Level::Raion, Some("UA"), "Районний")];
        list.extend(
            hromadas.iter().enumerate().map(|(n, name)| area(&format!("H{n}"), Level::Hromada, Some("R"), name)),
        );
        let open = titles.iter().zip(0..).map(|(title, uid)| Open { uid, title }).collect();
        let set = AreaSet::new(list).unwrap();
        let mut found = vec![None; titles.len()];
        for (uid, code) in settle(&set, "R".parse().unwrap(), &BTreeSet::new(), open) {
            found[uid as usize] = code.as_str()[1..].parse().ok();
        }
        assert_eq!(found, expected, "{titles:?}");
    }

    #[test]
    fn what_is_the_only_pair_by_a_clue_is_taken_and_the_rest_is_left() {
        check(
            &["Курісівська", "Чорнівська"],
            &["Курісовська територіальна громада", "Лісова громада"],
            &[Some(0), Some(1)],
        );
        check(&["Айдарська"], &["Новопсковська територіальна громада"], &[Some(0)]);
        check(&["Айдарська", "Чорнівська"], &["Новопсковська громада", "Лісова громада"], &[None, None]);
        check(&["Миколаївська", "Миколаївська"], &["Миколаївська громада"], &[None]);
        check(&["Айдарська", "Чорнівська"], &["Новопсковська громада"], &[None]);
    }

    #[test]
    fn the_town_and_the_kind_tell_namesakes_apart() {
        let set = AreaSet::bundled();
        let raion = set.at_level(Level::Raion).find(|area| area.name_uk == "Нікопольський").unwrap();
        let open = vec![
            Open { uid: 353, title: "Покровська територіальна громада" },
            Open {
                uid: 354, title: "м. Покров та Покровська територіальна громада"
            },
        ];
        let pairs = settle(set, raion.code, &BTreeSet::new(), open);
        let seats: Vec<_> = pairs.iter().map(|(uid, code)| (*uid, set.seat(*code).unwrap().name_uk.as_str())).collect();
        assert_eq!(seats, [(354, "Покров"), (353, "Покровське")]);
    }
}
