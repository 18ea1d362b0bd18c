//! Numbers and titles: the two services' names for our communities.
//!
//! What comes in: the [`AreaSet`]. What goes out: for every region, raion and hromada a number in each service's
//! numbering, its title, and its place in the tree.
//! What always holds:
//!   a number names one community, and every community of those three levels has a number
//!   numbers from [`OWN_FIRST`] on are ours alone: the services give none to that community
//! The two numberings are one, with the exceptions of docs/reference/compat.md: Crimea (29 and 9999), Sevastopol
//! (which ukrainealarm does not list), the test region 0, and Kharkiv and Zaporizhzhia, which it lists as regions.

use model::{Area, AreaSet, Code, Level};
use std::collections::BTreeMap;

/// First of the numbers AllClear gives where the services give none; far above theirs, so that the two never meet.
pub(super) const OWN_FIRST: u32 = 100_000;
/// ukrainealarm's test region: always there, never in danger.
pub(super) const TEST_REGION: u32 = 0;
/// Crimea as alerts.in.ua numbers it.
const CRIMEA: u32 = 29;
/// Crimea as ukrainealarm numbers it.
const CRIMEA_V3: u32 = 9999;
/// Sevastopol as alerts.in.ua numbers it. ukrainealarm has no such region.
const SEVASTOPOL: u32 = 30;
/// Hromadas that ukrainealarm lists among the regions: Zaporizhzhia and Kharkiv.
const CITY_STATES: [u32; 2] = [564, 1293];
/// The order of the 27 characters of `active_air_raid_alerts_by_oblast.json`: by name in the Ukrainian alphabet,
/// Crimea first because its title begins with an А.
pub(super) const BY_OBLAST: [u32; 27] =
    [29, 8, 4, 9, 28, 10, 11, 12, 13, 31, 14, 15, 16, 27, 17, 18, 19, 5, 30, 20, 21, 22, 23, 3, 24, 26, 25];
/// Numbers of cities that stand for their hromada: raion's number, hromada's name, number of the hromada where the
/// service gives it one apart from its catalogue, number of the city.
const CITIES: [(u32, &str, Option<u32>, u32); 7] = [
    (46, "Криворізька", None, 5279),
    (44, "Дніпровська", None, 5332),
    (47, "Марганецька", None, 5349),
    (47, "Нікопольська", None, 5351),
    (149, "Запорізька", Some(564), 5564),
    (80, "Світловодська", None, 5786),
    (124, "Харківська", Some(1293), 6293),
];

/// What kind of region ukrainealarm calls a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(super) enum RegionType {
    State,
    District,
    Community,
}

/// The numbers and titles of one area set.
#[derive(Debug)]
pub(super) struct Names {
    areas: &'static AreaSet,
    numbers: BTreeMap<Code, u32>,
    /// alerts.in.ua: number to community.
    by_uid: BTreeMap<u32, Code>,
    /// ukrainealarm: number to community.
    by_region: BTreeMap<u32, Code>,
    children: BTreeMap<Code, Vec<Code>>,
}

impl Names {
    /// Numbers every region, raion and hromada of `areas`.
    pub(super) fn new(areas: &'static AreaSet) -> Self {
        let listed = || areas.iter().filter(|a| matches!(a.level, Level::Oblast | Level::Raion | Level::Hromada));
        let mut numbers: BTreeMap<Code, u32> = BTreeMap::new();
        let mut by_uid = BTreeMap::new();
        let mut children: BTreeMap<Code, Vec<Code>> = BTreeMap::new();
        for area in listed() {
            let uid = area.uid.map(|uid| if uid == CRIMEA_V3 { CRIMEA } else { uid });
            if let Some(uid) = uid
                && by_uid.insert(uid, area.code).is_none()
            {
                numbers.insert(area.code, uid);
            }
            if let Some(parent) = area.parent {
                children.entry(parent).or_default().push(area.code);
            }
        }
        // Cities that the services number apart from their catalogue of hromadas.
        for (raion, name, hromada, city) in CITIES {
            let Some(below) = by_uid.get(&raion).and_then(|code| children.get(code)) else { continue };
            let found = below.iter().find(|code| areas.get(**code).is_some_and(|a| a.name_uk == name)).copied();
            let Some(code) = found else { continue };
            if let Some(number) = hromada.filter(|number| !by_uid.contains_key(number))
                && !numbers.contains_key(&code)
            {
                numbers.insert(code, number);
                by_uid.insert(number, code);
            }
            by_uid.entry(city).or_insert(code);
        }
        // What the services do not number gets a number of ours, from the unique part of its KATOTTG code where it has
        // one, so that it stays the same when the area set grows; saved settings of a client then stay right.
        let mut next = OWN_FIRST * 2;
        for area in listed() {
            let own = own_number(area.code).filter(|n| !by_uid.contains_key(n)).unwrap_or_else(|| {
                next += 1;
                next
            });
            by_uid.insert(own, area.code);
            numbers.entry(area.code).or_insert(own);
        }
        let mut by_region = by_uid.clone();
        if let Some(code) = by_uid.get(&CRIMEA).copied() {
            by_region.insert(CRIMEA_V3, code);
            by_uid.entry(CRIMEA_V3).or_insert(code);
        }
        Self { areas, numbers, by_uid, by_region, children }
    }

    /// The areas.
    pub(super) const fn areas(&self) -> &'static AreaSet {
        self.areas
    }

    /// alerts.in.ua's number of a community; `None` for the country and for settlements.
    pub(super) fn uid(&self, code: Code) -> Option<u32> {
        self.numbers.get(&code).copied()
    }

    /// The number the services themselves give a community, or else the nearest above it.
    pub(super) fn service_uid(&self, code: Code) -> Option<u32> {
        self.line(code).filter_map(|area| self.uid(area.code)).find(|uid| *uid < OWN_FIRST)
    }

    /// ukrainealarm's number.
    pub(super) fn region_id(&self, code: Code) -> Option<u32> {
        self.uid(code).map(|uid| if uid == CRIMEA { CRIMEA_V3 } else { uid })
    }

    /// The community of an alerts.in.ua number.
    pub(super) fn of_uid(&self, uid: u32) -> Option<Code> {
        self.by_uid.get(&uid).copied()
    }

    /// The community of a ukrainealarm number. Crimea answers to both of its numbers.
    pub(super) fn of_region(&self, id: u32) -> Option<Code> {
        self.by_region.get(&id).copied()
    }

    /// Numbers the services themselves give (not ours), with their communities, ascending.
    pub(super) fn service_uids(&self) -> impl Iterator<Item = (u32, Code)> {
        self.by_uid.range(..CRIMEA_V3).map(|(uid, code)| (*uid, *code))
    }

    /// The country, if the set has one.
    pub(super) fn country(&self) -> Option<Code> {
        self.areas.at_level(Level::Country).next().map(|a| a.code)
    }

    /// Regions of the first level, by code.
    pub(super) fn oblasts(&self) -> impl Iterator<Item = &'static Area> {
        self.areas.at_level(Level::Oblast)
    }

    /// Communities directly below.
    pub(super) fn children(&self, code: Code) -> &[Code] {
        self.children.get(&code).map_or(&[], Vec::as_slice)
    }

    /// The community and everything above it, itself first.
    pub(super) fn line(&self, code: Code) -> impl Iterator<Item = &'static Area> {
        self.areas.get(code).into_iter().chain(self.areas.ancestors(code))
    }

    /// The area of that level in the line of `code`.
    pub(super) fn at_level(&self, code: Code, level: Level) -> Option<&'static Area> {
        self.areas.at_or_above(code, level)
    }

    /// A settlement's hromada, any other community itself: what carries a number.
    pub(super) fn numbered(&self, code: Code) -> Option<Code> {
        self.line(code).map(|area| area.code).find(|code| self.numbers.contains_key(code))
    }

    /// Whether ukrainealarm lists this hromada among the regions.
    fn city_state(&self, code: Code) -> bool {
        self.uid(code).is_some_and(|uid| CITY_STATES.contains(&uid))
    }

    /// What ukrainealarm calls it.
    pub(super) fn region_type(&self, code: Code) -> RegionType {
        let level = self.areas.get(code).map(|a| a.level);
        match level {
            Some(Level::Oblast) if self.uid(code) == Some(SEVASTOPOL) => RegionType::District,
            Some(Level::Oblast | Level::Country) => RegionType::State,
            Some(Level::Raion) => RegionType::District,
            _ if self.city_state(code) => RegionType::State,
            _ => RegionType::Community,
        }
    }

    /// ukrainealarm's regions of the first level, by code: ours but for Sevastopol, and the two cities.
    pub(super) fn states(&self) -> Vec<Code> {
        let oblasts = self.oblasts().map(|a| a.code).filter(|code| self.region_type(*code) == RegionType::State);
        oblasts.chain(CITY_STATES.iter().filter_map(|uid| self.of_uid(*uid)).filter(|c| self.city_state(*c))).collect()
    }

    /// What ukrainealarm lists directly below a region. Sevastopol stands below Crimea: the service knows no such
    /// region, and one that its clients do not know would stop some of them.
    pub(super) fn region_children(&self, code: Code) -> Vec<Code> {
        let mut below: Vec<Code> = self.children(code).iter().copied().filter(|c| !self.city_state(*c)).collect();
        if self.uid(code) == Some(CRIMEA)
            && let Some(sevastopol) = self.of_uid(SEVASTOPOL)
        {
            below.push(sevastopol);
        }
        below
    }

    /// Title in Ukrainian as the services write it.
    pub(super) fn title_uk(&self, code: Code) -> String {
        let Some(area) = self.areas.get(code) else { return code.to_string() };
        let name = plain_apostrophe(&area.name_uk);
        match (area.level, area.category) {
            (Level::Oblast, 'K') | (Level::Settlement, 'M') => format!("м. {name}"),
            (Level::Oblast, _) if name.contains(' ') => name,
            (Level::Oblast, _) => format!("{name} область"),
            (Level::Raion, _) => format!("{name} район"),
            (Level::Hromada, _) => match self.areas.seat(code).filter(|seat| is_larger_city(seat)) {
                Some(city) => format!("м. {} та {name} територіальна громада", plain_apostrophe(&city.name_uk)),
                None => format!("{name} територіальна громада"),
            },
            _ => name,
        }
    }

    /// Title in English.
    pub(super) fn title_en(&self, code: Code) -> String {
        self.areas.get(code).map_or_else(|| code.to_string(), |area| self.areas.full_name_en(area))
    }
}

/// Whether the services' titles name the city beside its hromada. They have no rule; this one meets most of them.
fn is_larger_city(seat: &Area) -> bool {
    seat.category == 'M' && seat.population.is_some_and(|people| people >= 25_000)
}

/// The services write one plain apostrophe; the gazetteer has the letter's own.
fn plain_apostrophe(name: &str) -> String {
    name.replace(['’', 'ʼ', '`'], "'")
}

/// [`OWN_FIRST`] plus the last five digits of a KATOTTG code, which are unique in the code system.
fn own_number(code: Code) -> Option<u32> {
    let text = code.as_str();
    let digits = text.strip_prefix("UA")?;
    if digits.len() != 17 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.get(12..)?.parse::<u32>().ok().map(|n| OWN_FIRST + n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn names() -> Names {
        Names::new(AreaSet::bundled())
    }

    #[test]
    fn every_community_has_one_number_and_every_number_one_community() {
        let names = names();
        let mut seen = BTreeSet::new();
        for area in names.areas().iter().filter(|a| matches!(a.level, Level::Oblast | Level::Raion | Level::Hromada)) {
            let uid = names.uid(area.code).unwrap();
            assert!(seen.insert(uid), "{uid} twice");
            assert_eq!(names.of_uid(uid), Some(area.code));
            assert_eq!(names.of_region(names.region_id(area.code).unwrap()), Some(area.code));
        }
        assert!(seen.len() > 1500);
    }

    #[test]
    fn the_27_regions_stand_in_the_documented_order() {
        let names = names();
        let titles: Vec<_> = BY_OBLAST.iter().map(|uid| names.title_uk(names.of_uid(*uid).unwrap())).collect();
        let expected = [
            "Автономна Республіка Крим",
            "Волинська область",
            "Вінницька область",
            "Дніпропетровська область",
            "Донецька область",
            "Житомирська область",
            "Закарпатська область",
            "Запорізька область",
            "Івано-Франківська область",
            "м. Київ",
            "Київська область",
            "Кіровоградська область",
            "Луганська область",
            "Львівська область",
            "Миколаївська область",
            "Одеська область",
            "Полтавська область",
            "Рівненська область",
            "м. Севастополь",
            "Сумська область",
            "Тернопільська область",
            "Харківська область",
            "Херсонська область",
            "Хмельницька область",
            "Черкаська область",
            "Чернівецька область",
            "Чернігівська область",
        ];
        assert_eq!(titles, expected);
    }

    #[test]
    fn the_numbering_exceptions_are_kept() {
        let names = names();
        let crimea = names.of_uid(29).unwrap();
        assert_eq!(
            (names.of_region(9999), names.of_region(29), names.region_id(crimea)),
            (Some(crimea), Some(crimea), Some(9999))
        );
        let sevastopol = names.of_uid(30).unwrap();
        assert_eq!(names.region_type(sevastopol), RegionType::District);
        assert!(names.region_children(crimea).contains(&sevastopol));
        for (uid, name, raion) in [(1293, "Харківська", 124), (564, "Запорізька", 149)] {
            let code = names.of_uid(uid).unwrap();
            assert_eq!(names.areas().get(code).unwrap().name_uk, name);
            assert_eq!(names.region_type(code), RegionType::State);
            assert!(!names.region_children(names.of_uid(raion).unwrap()).contains(&code), "listed once, as a region");
        }
        assert_eq!(names.of_uid(6293), names.of_uid(1293), "the city stands for its hromada");
        assert_eq!(names.of_region(TEST_REGION), None);
    }

    #[test]
    fn ukrainealarm_has_its_29_states_with_the_test_region() {
        assert_eq!(names().states().len() + 1, 29);
    }

    #[test]
    fn a_number_of_ours_comes_from_the_unique_part_of_the_code() {
        assert_eq!(own_number("UA59000000000057109".parse().unwrap()), Some(157_109));
        assert_eq!(own_number("UA-5900000000005710".parse().unwrap()), None);
        assert_eq!(own_number("XY1".parse().unwrap()), None);
    }
}
